"""Upholstered seats: sofas, armchairs, recliners, ottomans, bean bags.

Seats are 0.38 to 0.46 m high and 0.50 to 0.62 m deep (Neufert).
"""

from __future__ import annotations

import random
from functools import partial

import numpy as np

from ..materials.room_materials import Looks
from ..piece import Part, Piece, Surface, settled
from ..shapes import legs
from ..shapes.padding import laid, level, padded, pillow, ripple, upright
from ..shapes.primitives import (
    Material,
    Shape,
    box,
    cylinder,
    join,
    lathe,
    loft,
    prism,
    rounded,
    smooth,
    spot,
    tube,
)


def armchair(rng: random.Random, looks: Looks) -> Piece:
    """Make an armchair: boxy, with rolled arms, a wing chair, a tub, or cushions in a wooden frame."""
    kind = rng.choice(("sofa", "sofa", "wing", "tub", "frame"))
    cloth = rng.choice((looks.upholstery, looks.upholstery, looks.leather, looks.upholstery2))
    width, deep = rng.uniform(0.72, 0.95), rng.uniform(0.75, 0.92)
    high = rng.uniform(0.40, 0.46)
    if kind == "sofa":
        return _sofa("armchair", "chair", rng, looks, width, 1, cloth)
    if kind == "frame":
        return _framed("armchair", "chair", rng, looks, rng.uniform(0.65, 0.78), 1)
    foot = rng.uniform(0.08, 0.16)
    feet = rng.choice(("tapered", "round", "turned"))
    wood = rng.choice((looks.wood, looks.black))
    w = width / 2
    if kind == "tub":
        parts = [legs.stand(wood, feet, width * 0.86, deep * 0.8, foot + 0.01)]
        tall = rng.uniform(0.66, 0.8)
        outer = []
        count = 19
        for i in range(count):
            t = np.pi * (-0.06 + 1.12 * i / (count - 1))
            outer.append((t, tall - (tall - high - 0.16) * abs(np.cos(t)) ** 3))
        rings = []
        for t, top in outer:
            c, s = float(np.cos(t)), float(np.sin(t))
            x, y = w - 0.06, deep / 2 - 0.06
            ring = [(a, z) for a, z in rounded(0.13, top - foot, 0.05, 3)]
            rings.append([((x + a) * c, (y + a) * s, z + (top + foot) / 2) for a, z in reversed(ring)])
        parts.append(loft(cloth, rings))
        bottom = [(x, y) for x, y in rounded(width - 0.1, deep - 0.06, 0.2, 5)]
        parts.append(prism(cloth, bottom, high - 0.1 - foot, 0.02).moved(z=foot))
        parts.append(padded(cloth, width - 0.27, deep - 0.14, 0.13, 0.05, 0.03).moved(y=-0.06, z=high - 0.11))
        shape = join(parts)
    else:
        tall = rng.uniform(1.0, 1.12)
        parts = [legs.stand(wood, feet, width - 0.06, deep - 0.1, foot + 0.01)]
        parts.append(padded(cloth, width - 0.04, deep - 0.06, high - 0.12 - foot, 0.03).moved(z=foot))
        parts.append(padded(cloth, width - 0.26, deep - 0.2, 0.14, 0.05, 0.03).moved(y=-0.08, z=high - 0.13))
        back = upright(padded(cloth, width - 0.2, tall - high + 0.1, 0.15, 0.06, 0.02), tall - high + 0.1, 8)
        parts.append(back.moved(0.0, deep / 2 - 0.12, high - 0.1))
        for s in (-1, 1):
            arm = padded(cloth, 0.13, deep - 0.1, 0.62 - foot, 0.05).moved(s * (w - 0.075), -0.02, foot)
            wing = upright(padded(cloth, 0.28, tall - 0.62, 0.09, 0.04), tall - 0.62, 8).turned(s * -78)
            parts += [arm, wing.moved(s * (w - 0.06), deep / 2 - 0.16, 0.58)]
        shape = join(parts)
    extra = _loose(rng, looks, shape, w - 0.16, deep / 2 - 0.26, high, 1) if rng.random() < 0.3 else []
    surface = Surface((-w + 0.2, -deep / 2 + 0.1), (w - 0.2, 0.05), high + 0.03, 0.5, "seat")
    return settled(Piece("armchair", (Part("armchair", shape, "chair"), *extra), (surface,), (), 0.6))


def recliner(rng: random.Random, looks: Looks) -> Piece:
    """Make a padded recliner, upright or with its foot rest out."""
    cloth = rng.choice((looks.leather, looks.upholstery))
    width, high = rng.uniform(0.85, 0.98), rng.uniform(0.44, 0.48)
    w, d, foot = width / 2, 0.42, 0.05
    out = rng.random() < 0.4
    lean = 34 if out else 12
    parts = [box(looks.black, (-w + 0.1, -d + 0.1, 0.0), (w - 0.1, d - 0.1, foot + 0.01), 0.003)]
    parts.append(padded(cloth, width - 0.1, 2 * d - 0.06, high - 0.15 - foot, 0.03).moved(z=foot))
    parts.append(padded(cloth, width - 0.38, 2 * d - 0.12, 0.17, 0.06, 0.04).moved(y=-0.05, z=high - 0.16))
    for s in (-1, 1):
        parts.append(padded(cloth, 0.2, 2 * d - 0.02, 0.56, 0.07, 0.02).moved(s * (w - 0.1), 0.0, foot))
    for i, (tall, thick) in enumerate(((0.24, 0.19), (0.24, 0.2), (0.22, 0.22))):
        pad = upright(padded(cloth, width - 0.38 + 0.06 * i, tall, thick, 0.07, 0.05), tall)
        parts.append(pad.moved(0.0, 0.08, 0.22 * i).turned(-lean, "X").moved(0.0, d - 0.1, high - 0.03))
    shell = upright(padded(cloth, width - 0.34, 0.68, 0.06, 0.025), 0.68).moved(0.0, 0.12, 0.0)
    parts.append(shell.turned(-lean, "X").moved(0.0, d - 0.1, high - 0.05))
    if out:
        parts.append(
            padded(cloth, width - 0.4, 0.42, 0.12, 0.05, 0.02).turned(-6, "X").moved(0.0, -d - 0.2, high - 0.14)
        )
        for s in (-1, 1):
            parts.append(
                tube(looks.metal, [(s * 0.2, -d + 0.1, high - 0.2), (s * 0.2, -d - 0.2, high - 0.12)], 0.01, 6)
            )
    else:
        parts.append(
            upright(padded(cloth, width - 0.4, high - 0.16, 0.09, 0.04, 0.02), high - 0.16).moved(0.0, -d + 0.06, 0.12)
        )
    surface = Surface((-w + 0.24, -d + 0.12), (w - 0.24, 0.05), high + 0.03, 0.5, "seat")
    return settled(Piece("recliner", (Part("recliner", join(parts), "chair"),), (surface,), (), 0.6))


def sofa(rng: random.Random, looks: Looks) -> Piece:
    """Make a sofa for two or three, upholstered or cushions in a frame, with loose cushions and a throw."""
    seats = rng.choice((2, 3, 3))
    cloth = rng.choice((looks.upholstery, looks.upholstery, looks.leather))
    if rng.random() < 0.18:
        return _framed("sofa", "sofa", rng, looks, seats * rng.uniform(0.6, 0.68) + 0.1, seats)
    return _sofa("sofa", "sofa", rng, looks, seats * rng.uniform(0.58, 0.7) + 0.35, seats, cloth)


def corner_sofa(rng: random.Random, looks: Looks) -> Piece:
    """Make an L-shaped sofa: two or three seats and a chaise at one side."""
    seats = rng.choice((2, 3))
    width = seats * rng.uniform(0.54, 0.62) + 1.0
    cloth = rng.choice((looks.upholstery, looks.upholstery, looks.leather))
    return _sofa("corner sofa", "sofa", rng, looks, width, seats, cloth, chaise=rng.choice((-1, 1)))


def ottoman(rng: random.Random, looks: Looks) -> Piece:
    """Make a footstool: square, round, tufted or a pouf, 0.36 to 0.46 m high."""
    cloth = rng.choice((looks.upholstery, looks.leather, looks.upholstery2, looks.pattern))
    high, size = rng.uniform(0.34, 0.44), rng.uniform(0.42, 0.65)
    kind = rng.choice(("square", "round", "pouf", "chest"))
    foot = rng.uniform(0.05, 0.14)
    wood = rng.choice((looks.wood, looks.black))
    deep = size
    if kind == "pouf":
        bump = ripple(rng, 0.2)
        profile = [(0.1, 0.0), (0.32, 0.01), (0.46, 0.12), (0.5, 0.4), (0.48, 0.75), (0.36, 0.95), (0.12, 1.0)]
        shape = lathe(cloth, [(r * size, z * high) for r, z in profile], 24)
        shape = shape.bent(lambda p: p * (1 - 0.05 * np.array([[bump(a, b)] * 2 + [0.0] for a, b, _ in p])))
    elif kind == "round":
        body = lathe(
            cloth,
            [
                (size / 2 - 0.03, foot),
                (size / 2, foot + 0.03),
                (size / 2, high - 0.05),
                (size / 2 - 0.02, high - 0.02),
                (size / 2 - 0.08, high),
                (0.05, high + 0.01),
            ],
            32,
        )
        shape = body + legs.four(wood, "round", size / 2 - 0.13, size / 2 - 0.13, foot + 0.01, 0.04)
    else:
        width = size if kind == "square" else size * rng.uniform(1.4, 1.9)
        body = padded(cloth, width, deep, high - foot - 0.1, 0.02).moved(z=foot)
        pad = padded(cloth, width + 0.01, deep + 0.01, 0.11, 0.04, 0.025).moved(z=high - 0.105)
        shape = join([body, pad, legs.stand(wood, rng.choice(("tapered", "round", "buns")), width, deep, foot + 0.01)])
        size = width
    surface = Surface(
        (-size * 0.3, -deep * 0.3), (size * 0.3, deep * 0.3), float(shape.vertices[:, 2].max()), 0.5, "seat"
    )
    return settled(Piece("ottoman", (Part("ottoman", shape, "otherfurniture"),), (surface,)))


def bean_bag(rng: random.Random, looks: Looks) -> Piece:
    """Make a bean bag with a dent."""
    cloth = looks.cloth(rng)
    size, high = rng.uniform(0.75, 0.95), rng.uniform(0.5, 0.7)
    profile = [
        (0.2, 0.0),
        (0.42, 0.02),
        (0.5, 0.15),
        (0.5, 0.35),
        (0.44, 0.55),
        (0.36, 0.72),
        (0.26, 0.88),
        (0.12, 0.98),
        (0.02, 1.0),
    ]
    shape = lathe(cloth, [(r * size, z * high) for r, z in profile], 32)
    bump = ripple(rng, 0.35)

    def sag(p: np.ndarray) -> np.ndarray:
        x, y, z = p.T
        wrinkle = 1 + 0.07 * (np.array([bump(a * 1.5 + c, b * 1.5 - c) for a, b, c in p]) - 0.5)
        seat = np.exp(-((x / 0.28) ** 2) - ((y + 0.16) / 0.24) ** 2)
        return np.stack(
            (x * wrinkle, y * wrinkle + 0.25 * z, np.maximum(z - 0.24 * seat * (z / high) ** 2, 0.0)), axis=1
        )

    return settled(Piece("bean bag", (Part("bean bag", shape.bent(sag), "chair"),), (), (), 0.4))


def _sofa(
    name: str,
    category: str,
    rng: random.Random,
    looks: Looks,
    width: float,
    seats: int,
    cloth: Material,
    chaise: int = 0,
) -> Piece:
    """Make an upholstered seat for `seats` persons, about the origin; `chaise` is the side of a long seat, or 0."""
    deep, high = rng.uniform(0.84, 0.98), rng.uniform(0.40, 0.46)
    tall, foot = rng.uniform(0.74, 0.92), rng.choice((0.03, 0.06, 0.1, 0.15))
    arm_kind = rng.choice(("square", "rolled", "slope", "pillow", "none" if chaise or seats > 1 else "square"))
    arm = {"square": rng.uniform(0.1, 0.2), "rolled": 0.19, "slope": 0.14, "pillow": 0.24, "none": 0.02}[arm_kind]
    arm_top = rng.uniform(high + 0.12, min(high + 0.24, tall - 0.02))
    w, d, back = width / 2, deep / 2, rng.uniform(0.14, 0.22)
    wood = rng.choice((looks.wood, looks.black, looks.metal))
    skirt = rng.random() < 0.2
    parts: list[Shape] = []
    cushion = rng.uniform(0.12, 0.18)
    base = high - cushion + 0.01
    if skirt:
        parts.append(box(cloth, (-w + 0.01, -d + 0.01, 0.0), (w - 0.01, d - 0.01, foot + 0.05), 0.004))
    else:
        kind = rng.choice(("tapered", "round", "square", "turned")) if foot > 0.05 else "square"
        parts.append(legs.four(wood, kind, w - 0.08, d - 0.08, foot + 0.012, 0.05))
    parts.append(padded(cloth, width - 0.02, deep - 0.02, base - foot, 0.025).moved(z=foot))
    lean = rng.uniform(4, 12)
    shell = upright(padded(cloth, width - 2 * min(arm, 0.1), tall - base, 0.12, 0.05), tall - base, lean / 2)
    parts.append(shell.moved(0.0, d - 0.03 - (tall - base) * 0.09, base - 0.02))
    parts += _arms(cloth, arm_kind, width, deep, (arm, foot, arm_top))
    inner = width - 2 * arm
    reach = rng.uniform(0.55, 0.75) if chaise else 0.0
    long = inner / (seats + 1) if chaise else 0.0
    long = max(long, 0.65) if chaise else 0.0
    cell = (inner - long) / seats
    left = -w + arm + (long if chaise < 0 else 0.0)
    front = -d + rng.uniform(-0.01, 0.02)
    spots = [(left + cell * (i + 0.5), cell, 0.0) for i in range(seats)]
    if chaise:
        x = chaise * (w - arm - long / 2)
        spots.append((x, long, reach))
        wide = long + (arm if arm_kind != "none" else 0.0)
        block = padded(cloth, wide, reach + 0.1, base - foot, 0.025)
        parts.append(block.moved(x + chaise * (wide - long) / 2 * (arm_kind != "none"), -d - reach / 2 + 0.05, foot))
        if not skirt:
            parts += [
                legs.leg(wood, "square", foot + 0.01, 0.05).moved(x + s * (long / 2 - 0.06), -d - reach + 0.08)
                for s in (-1, 1)
            ]
    loose_back = rng.random() < 0.75
    back_tall = rng.uniform(0.36, 0.46) if loose_back else tall - high
    for x, wide, extra in spots:
        length = d - back + 0.1 - front + extra
        pad = padded(cloth, wide - 0.006, length, cushion, 0.045, rng.uniform(0.015, 0.035))
        parts.append(pad.moved(x, front - extra + length / 2, base - 0.005))
        rest = padded(cloth, wide - 0.01, back_tall, back, 0.07, rng.uniform(0.03, 0.06))
        if not loose_back:
            rest = padded(cloth, wide - 0.004, back_tall, back * 0.8, 0.04, 0.02)
        turned = upright(rest, back_tall, lean + rng.uniform(-1, 2))
        parts.append(turned.moved(x, d - 0.06 - 0.02 * (back_tall > 0.4), high - 0.07))
    top = high + 0.005
    extras: list[Part] = []
    if rng.random() < 0.65:
        extras += _loose(rng, looks, join(parts), inner / 2, d - back - 0.14, top, max(seats, 1))
    if arm_kind in ("square", "slope") and seats > 1 and rng.random() < 0.3:
        s = rng.choice((-1, 1))
        cloth2 = looks.blanket
        throw = laid(cloth2, arm + 0.012, 0.4, (0.22, 0.2, 0, 0), rng, 0.01, 0.006, -arm_top + high + 0.03, 18)
        if arm_kind == "square":
            extras.append(Part("throw", throw, "otherprop", spot(s * (w - arm / 2), -0.12, arm_top + 0.002)))
    low = (-inner / 2 + 0.08, -d + 0.06)
    surface = Surface(low, (inner / 2 - 0.08, d - back - 0.2), top + 0.03, 0.6, "seat")
    return settled(Piece(name, (Part(name, join(parts), category), *extras), (surface,), (), 0.6))


def _arms(cloth: Material, kind: str, width: float, deep: float, sizes: tuple[float, float, float]) -> list[Shape]:
    """Make both arms of a seat, or none; `sizes` are their thickness, lower and upper end."""
    arm, foot, arm_top = sizes
    w, d = width / 2, deep / 2
    parts: list[Shape] = []
    for s in (-1, 1) if kind != "none" else ():
        x = s * (w - arm / 2)
        if kind == "rolled":
            parts.append(
                padded(cloth, arm * 0.72, deep - 0.03, arm_top - foot - 0.06, 0.03).moved(
                    s * (w - arm * 0.42), 0.0, foot
                )
            )
            roll = (
                cylinder(cloth, arm / 2 + 0.012, deep - 0.02, 0.02, 20)
                .turned(90, "X")
                .moved(x, d - 0.01, arm_top - arm / 2)
            )
            parts.append(roll)
        else:
            soft = 0.07 if kind == "pillow" else 0.035
            block = padded(cloth, arm, deep, arm_top - foot, soft, 0.02 if kind == "pillow" else 0.0)
            if kind == "slope":
                block = block.bent(partial(_sloped, depth=deep, height=arm_top - foot))
            parts.append(block.moved(x, 0.0, foot))
    return parts


def _sloped(p: np.ndarray, depth: float, height: float) -> np.ndarray:
    """Lower a block's front end by 11 cm."""
    return np.stack((p[:, 0], p[:, 1], p[:, 2] + (p[:, 1] / depth - 0.5) * 0.11 * p[:, 2] / height), axis=1)


def _framed(name: str, category: str, rng: random.Random, looks: Looks, width: float, seats: int) -> Piece:
    """Make a seat of loose cushions in a frame of wood or steel."""
    wood = rng.choice((looks.wood, looks.wood2, looks.black))
    cloth = rng.choice((looks.upholstery, looks.upholstery2, looks.leather))
    deep, high, tall = rng.uniform(0.72, 0.82), rng.uniform(0.40, 0.45), rng.uniform(0.76, 0.9)
    w, d, lean = width / 2, deep / 2, rng.uniform(12, 20)
    rail, arm = high - 0.14, rng.uniform(0.56, 0.64)
    half = 0.017
    parts = []
    bent = rng.random() < 0.4
    for s in (-1, 1):
        if bent:
            # One bent piece of laminated wood from the back foot over the arm to the runner.
            path = smooth(
                [
                    (s * w, d - 0.02, 0.022),
                    (s * w, -d + 0.06, 0.022),
                    (s * w, -d + 0.01, 0.3),
                    (s * w, -d + 0.07, arm),
                    (s * w, d - 0.12, arm - 0.02),
                ],
                6,
            )
            parts.append(tube(wood, [(0.0, y, z) for _, y, z in path], 0.022, 8).scaled(1.5, 1.0, 1.0).moved(s * w))
            parts.append(tube(wood, [(s * w, 0.0, 0.022), (s * w, -0.05, rail)], 0.02, 8))
        else:
            parts.append(box(wood, (s * w - half, -d, 0.0), (s * w + half, -d + 0.05, arm), 0.004))
            parts.append(box(wood, (s * w - half, d - 0.1, 0.0), (s * w + half, d - 0.05, arm), 0.004))
            parts.append(
                box(wood, (s * w - 0.032, -d - 0.02, arm - 0.005), (s * w + 0.032, d - 0.02, arm + 0.022), 0.006)
            )
            parts.append(
                box(wood, (s * w - half, -d + 0.02, rail - 0.04), (s * w + half, d - 0.06, rail + 0.02), 0.004)
            )
    parts.append(box(wood, (-w, -d + 0.01, rail - 0.03), (w, -d + 0.035, rail + 0.03), 0.004).crossed())
    parts.append(box(wood, (-w, d - 0.14, rail - 0.05), (w, d - 0.115, rail + 0.01), 0.004).crossed())
    parts.append(box(wood, (-w, -d + 0.03, rail - 0.012), (w, d - 0.12, rail + 0.002), 0.002).crossed())
    rise = tall - rail
    back = [
        box(wood, (-w + 0.02, 0.0, z), (w - 0.02, 0.02, z + 0.05), 0.004).crossed()
        for z in (0.05, rise * 0.5, rise - 0.08)
    ]
    back += [
        box(wood, (s * (w - 0.05) - 0.015, -0.004, 0.0), (s * (w - 0.05) + 0.015, 0.024, rise), 0.003) for s in (-1, 1)
    ]
    parts.append(join(back).turned(-lean, "X").moved(0.0, d - 0.16, rail))
    cell = (width - 0.06) / seats
    for i in range(seats):
        x = -w + 0.03 + cell * (i + 0.5)
        parts.append(padded(cloth, cell - 0.006, deep - 0.14, 0.14, 0.045, 0.02).moved(x, -0.06, rail + 0.003))
        pad = upright(padded(cloth, cell - 0.008, rise - 0.1, 0.12, 0.045, 0.02), rise - 0.1, lean)
        parts.append(pad.moved(x, d - 0.165 - 0.022, rail + 0.1))
    extras = _loose(rng, looks, join(parts), w - 0.1, d - 0.33, rail + 0.145, 1) if rng.random() < 0.3 else []
    surface = Surface((-w + 0.1, -d + 0.08), (w - 0.1, 0.0), rail + 0.145, 0.5, "seat")
    return settled(Piece(name, (Part(name, join(parts), category), *extras), (surface,), (), 0.6))


def _loose(
    rng: random.Random, looks: Looks, below: Shape, half: float, back: float, high: float, most: int
) -> list[Part]:
    """Make cushions that lean on a back at y = `back`, between -`half` and `half`, on a seat about `high`."""
    parts = []
    first = looks.cloth(rng)
    ends = [-1.0, 1.0] if most > 1 else [0.0]
    rng.shuffle(ends)
    for end in ends[: rng.randint(1, len(ends))]:
        for k in range(rng.choice((1, 1, 2)) if most > 1 else 1):
            size = rng.uniform(0.38, 0.48)
            if size > 2 * half - 0.02:
                size = 2 * half - 0.02
            soft = first if rng.random() < 0.6 else looks.cloth(rng)
            shape = upright(pillow(soft, size, size * rng.uniform(0.8, 1.0), 0.14, rng), size, rng.uniform(18, 30))
            shape = shape.moved(y=-float(shape.vertices[:, 1].max()), z=-float(shape.vertices[:, 2].min()))
            x = end * max(half - size / 2 - 0.02 - k * size * 1.1, 0.0)
            if k and abs(x) < size / 2:
                break
            z = level(below, x, back - 0.1, size * 0.6, 0.1, high + 0.06)
            parts.append(Part("cushion", shape, "pillow", spot(x, back - 0.005, z + 0.001, rng.uniform(-3, 3))))
    return parts
