"""Things to sit on: chairs, stools, armchairs, sofas, benches.

Seats are 0.40 to 0.48 m high for chairs (DIN 68878, EN 1729), 0.38 to 0.46 for sofas and armchairs with 0.50 to 0.62 m
of depth (Neufert), 0.60 to 0.78 for bar stools; office chairs follow EN 1335.
"""

from __future__ import annotations

import math
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
    arc,
    box,
    cylinder,
    join,
    lathe,
    loft,
    prism,
    rounded,
    sheet,
    smooth,
    spot,
    tube,
)

BACKS = ("slats", "ladder", "spindles", "panel", "padded", "cross", "splat")


def dining_chair(rng: random.Random, looks: Looks) -> Piece:
    """Make a chair for a table: of wood, of bent steel, or a shell on legs; some have arms."""
    kind = rng.choices(("wood", "steel", "shell", "parson"), (6, 2, 2, 2))[0]
    make = {"wood": _wooden_chair, "steel": _steel_chair, "shell": _shell_chair, "parson": _parson_chair}[kind]
    shape, high, width = make(rng, looks)
    surface = Surface((-width / 2 + 0.06, -0.14), (width / 2 - 0.06, 0.12), high, 0.4, "seat")
    return settled(Piece("chair", (Part("chair", shape, "chair"),), (surface,), (), 0.45))


def office_chair(rng: random.Random, looks: Looks) -> Piece:
    """Make a swivel chair on castors: task, mesh or executive (EN 1335: seat 0.40 to 0.51 m, arms 0.2 above)."""
    kind = rng.choice(("task", "mesh", "executive", "task"))
    high = rng.uniform(0.44, 0.52)
    cloth = rng.choice((looks.upholstery2, looks.upholstery, looks.black)) if kind != "executive" else looks.leather
    body = rng.choice((looks.black, looks.black, looks.plastic))
    width, deep = rng.uniform(0.46, 0.52), rng.uniform(0.43, 0.48)
    tall = {"task": rng.uniform(0.4, 0.5), "mesh": rng.uniform(0.5, 0.6), "executive": rng.uniform(0.6, 0.72)}[kind]
    thick = 0.11 if kind == "executive" else 0.07
    parts = [legs.star(rng.choice((looks.black, looks.chrome)), looks.black, high - thick, rng.uniform(0.29, 0.33))]
    parts.append(box(body, (-0.1, -0.12, high - thick - 0.035), (0.1, 0.14, high - thick + 0.005), 0.008))
    parts.append(padded(cloth, width, deep, thick, 0.035, 0.02).moved(z=high - thick))
    lean = rng.uniform(8, 14)
    start = high + (0.02 if kind == "executive" else 0.1)
    back = _curved_back(cloth, width * rng.uniform(0.82, 1.0), tall, 0.09 if kind == "executive" else 0.05)
    if kind == "mesh":
        rim = [(x, 0.5 + z / tall) for x, z in rounded(width * 0.94, tall, 0.05, 4)]
        path = [(x * (1 - 0.12 * t**2), -0.006 - 0.5 * x * x - 0.03 * math.sin(3 * t), t * tall) for x, t in rim]
        back = _curved_back(cloth, width * 0.9, tall * 0.96, 0.012).moved(z=tall * 0.02)
        back = back + tube(body, [*path, path[0]], 0.014, 8)
    if kind == "executive":
        back = back + padded(cloth, width * 0.6, 0.2, 0.06, 0.03, 0.02).turned(90, "X").moved(0.0, -0.075, tall - 0.14)
    parts.append(back.turned(-lean, "X").moved(0.0, deep / 2 - 0.01, start))
    behind = deep / 2 - 0.01 + 0.45 * tall * math.sin(math.radians(lean)) - 0.03 * math.sin(1.35) - 0.012
    post = [(0.0, 0.08, high - thick - 0.02), (0.0, deep / 2 + 0.035, high - thick), (0.0, behind, start + tall * 0.45)]
    parts.append(tube(body, smooth(post), 0.019, 8).scaled(1.6, 1.0, 1.0))
    arms = rng.choice(("T", "loop", "none")) if kind != "executive" else "loop"
    for s in (-1, 1) if arms != "none" else ():
        x, z = s * (width / 2 + 0.035), high + rng.uniform(0.195, 0.21)
        parts.append(box(body, (x - 0.035, -0.14, z - 0.014), (x + 0.035, 0.1, z + 0.012), 0.01))
        side = [(x, -0.1, z - 0.01), (x, -0.11, high - thick + 0.01), (s * 0.08, -0.02, high - thick - 0.015)]
        if arms == "loop":
            parts.append(tube(body, smooth([*side[:2], (x, 0.08, high - thick + 0.01), (x, 0.09, z - 0.01)]), 0.014, 8))
            parts.append(tube(body, [(x, 0.0, high - thick), (s * 0.08, 0.0, high - thick - 0.015)], 0.014, 8))
        else:
            parts.append(tube(body, [(x, -0.02, z - 0.01), (x, -0.02, high - thick), side[2]], 0.017, 8))
    surface = Surface((-0.15, -0.15), (0.15, 0.12), high, 0.4, "seat")
    return settled(Piece("office chair", (Part("office chair", join(parts), "chair"),), (surface,), (), 0.5))


def folding_chair(rng: random.Random, looks: Looks) -> Piece:
    """Make a folding chair of steel or wood, 0.45 m high."""
    steel = rng.random() < 0.6
    frame = rng.choice((looks.metal, looks.black, looks.white)) if steel else looks.wood2
    seat = rng.choice((looks.upholstery2, looks.black, looks.plastic)) if steel else frame
    w, high = rng.uniform(0.2, 0.23), rng.uniform(0.43, 0.46)
    tall = rng.uniform(0.78, 0.86)
    low, fore = -0.25 + 0.25 * 0.128 / (high * 0.72 + 0.008), 0.22 - 0.32 * 0.108 / (high - 0.012)
    parts = []
    for s in (-1, 1):
        back = [(s * w, -0.25, -0.008), (s * w, 0.0, high * 0.72), (s * w, 0.2, tall)]
        front = [(s * (w - 0.025), 0.22, -0.008), (s * (w - 0.025), -0.1, high - 0.02)]
        for path in (back, front):
            size = 0.011 if steel else 0.014
            bar = tube(frame, path, size, 8)
            bar = bar if steel else bar.scaled(1.0, 1.0, 1.0)
            parts.append(bar.within((-9, -9, 0), (9, 9, 9)))
    parts.append(tube(frame, [(-w, low, 0.12), (w, low, 0.12)], 0.009, 8))
    parts.append(tube(frame, [(-w + 0.025, fore, 0.1), (w - 0.025, fore, 0.1)], 0.009, 8))
    parts.append(tube(frame, [(-w, 0.2, tall), (w, 0.2, tall)], 0.011, 8))
    if steel:
        parts.append(padded(seat, 2 * w - 0.03, 0.38, 0.03, 0.012, 0.008).moved(z=high - 0.02).moved(y=-0.03))
        plate = upright(padded(seat, 2 * w - 0.01, 0.2, 0.022, 0.01), 0.2, 16)
        parts.append(plate.moved(0.0, 0.145, tall - 0.21))
    else:
        for s in (-1, 1):
            x = s * (w - 0.03)
            parts.append(box(frame, (x - 0.01, -0.19, high - 0.034), (x + 0.01, 0.15, high - 0.013), 0.002))
        for i in range(6):
            y = -0.2 + 0.062 * i
            parts.append(box(seat, (-w + 0.012, y, high - 0.014), (w - 0.012, y + 0.05, high + 0.002), 0.003).crossed())
        for z in (tall - 0.06, tall - 0.16):
            y = 0.2 * (z - high * 0.72) / (tall - high * 0.72)
            parts.append(box(seat, (-w, y - 0.008, z - 0.03), (w, y + 0.008, z + 0.03), 0.003).crossed())
    surface = Surface((-0.14, -0.16), (0.14, 0.1), high + 0.01, 0.4, "seat")
    return settled(Piece("folding chair", (Part("folding chair", join(parts), "chair"),), (surface,), (), 0.4))


def rocking_chair(rng: random.Random, looks: Looks) -> Piece:
    """Make a rocking chair: spindles or slats, arms, two runners."""
    wood = rng.choice((looks.wood, looks.wood2, looks.painted))
    shape, high, width = _wooden_chair(rng, looks, wood, arms=True, lift=0.0)
    w = width / 2 - 0.03
    runners = []
    for s in (-1, 1):
        # The runner's circle stands on the floor in the middle and cuts the legs off above.
        path = [(s * w, y, 0.02 + 0.35 * y * y) for y in np.linspace(-0.42, 0.52, 13)]
        runners.append(tube(wood, path, 0.019, 8))
    cut = shape.moved(z=0.03)
    cushion = rng.random() < 0.5
    parts = [cut, *runners]
    if cushion:
        parts.append(padded(looks.cloth(rng), width - 0.07, 0.38, 0.05, 0.022, 0.01).moved(z=high + 0.03))
    surface = Surface((-0.14, -0.14), (0.14, 0.1), high + (0.08 if cushion else 0.03), 0.4, "seat")
    return settled(Piece("rocking chair", (Part("rocking chair", join(parts), "chair"),), (surface,), (), 0.6))


def stool(rng: random.Random, looks: Looks) -> Piece:
    """Make a low stool: round or square, of wood or padded, 0.42 to 0.48 m high."""
    return _stool("stool", rng, looks, rng.uniform(0.42, 0.48))


def bar_stool(rng: random.Random, looks: Looks) -> Piece:
    """Make a stool for a counter of 0.9 m or a bar of 1.1 m, with or without a low back."""
    return _stool("bar stool", rng, looks, rng.choice((0.62, 0.66, 0.76)))


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


def bench(rng: random.Random, looks: Looks) -> Piece:
    """Make a bench: planks, padded, or a chest to sit on; 0.42 to 0.48 m high."""
    width, deep, high = rng.uniform(0.9, 1.5), rng.uniform(0.32, 0.42), rng.uniform(0.42, 0.48)
    wood = rng.choice((looks.wood, looks.wood2, looks.painted))
    kind = rng.choice(("plank", "padded", "chest", "slats"))
    w, d = width / 2, deep / 2
    if kind == "chest":
        parts = [box(wood, (-w, -d, 0.0), (w, d, high - 0.03), 0.004).crossed()]
        parts.append(box(wood, (-w - 0.015, -d - 0.015, high - 0.03), (w + 0.015, d, high), 0.006).crossed())
        for i in range(3):
            x = -w + 0.05 + i * (width - 0.05) / 3
            parts.append(box(wood, (x, -d - 0.012, 0.08), (x + (width - 0.2) / 3, -d + 0.001, high - 0.08), 0.005))
    else:
        base = legs.stand(wood, rng.choice(("square", "tapered", "splayed", "sled")), width, deep, high - 0.03)
        parts = [base]
        if kind == "slats":
            step = deep / 4
            for i in range(4):
                y = -d + step * i
                parts.append(box(wood, (-w, y + 0.006, high - 0.03), (w, y + step - 0.006, high), 0.004).crossed())
            parts += [
                box(wood, (x - 0.02, -d + 0.01, high - 0.055), (x + 0.02, d - 0.01, high - 0.029), 0.003)
                for x in (-w * 0.7, w * 0.7)
            ]
        else:
            parts.append(prism(wood, rounded(width, deep, 0.02, 3), 0.03, 0.006).crossed().moved(z=high - 0.03))
        if kind == "padded":
            parts.append(padded(looks.upholstery2, width - 0.02, deep - 0.02, 0.07, 0.03, 0.012).moved(z=high - 0.001))
    top = high + (0.069 if kind == "padded" else 0.0)
    surface = Surface((-w + 0.06, -d + 0.06), (w - 0.06, d - 0.06), top, 0.6, "seat")
    return settled(Piece("bench", (Part("bench", join(parts), "otherfurniture"),), (surface,), (), 0.5))


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
    """Make a bean bag with the dent of who sat in it."""
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
    """Make an upholstered seat for some, about the origin; `chaise` is the side of a long seat, or 0."""
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
    for s in (-1, 1) if arm_kind != "none" else ():
        x = s * (w - arm / 2)
        if arm_kind == "rolled":
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
            soft = 0.07 if arm_kind == "pillow" else 0.035
            block = padded(cloth, arm, deep, arm_top - foot, soft, 0.02 if arm_kind == "pillow" else 0.0)
            if arm_kind == "slope":
                block = block.bent(partial(_sloped, depth=deep, height=arm_top - foot))
            parts.append(block.moved(x, 0.0, foot))
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


def _stool(name: str, rng: random.Random, looks: Looks, high: float) -> Piece:
    """Make a stool of a height, about the origin."""
    kind = rng.choice(("wood", "padded", "swivel", "square"))
    wood = rng.choice((looks.wood, looks.wood2, looks.painted, looks.black))
    cloth = rng.choice((looks.upholstery2, looks.leather, looks.black))
    size = rng.uniform(0.30, 0.38)
    parts = []
    if kind == "swivel":
        foot = "disc"
        parts.append(legs.column(looks.chrome, 0.21, high - 0.05, foot))
        if high > 0.55:
            ring = arc((0.0, 0.0, high * 0.36), 0.15, 0, 360, 20, "XY")
            parts.append(tube(looks.chrome, ring, 0.009, 8))
            parts += [
                tube(looks.chrome, [(0.0, 0.0, high * 0.36), (0.15, 0.0, high * 0.36)], 0.007, 6).turned(a)
                for a in (0, 120, 240)
            ]
        profile = [
            (size / 2 - 0.03, high - 0.06),
            (size / 2, high - 0.04),
            (size / 2, high - 0.015),
            (size / 2 - 0.03, high),
        ]
        parts.append(lathe(cloth, profile, 28))
    else:
        style = rng.choice(("splayed", "square", "tapered", "round"))
        spread = size / 2 - 0.045
        if style == "splayed":
            spread = size / 2 - 0.08
        parts.append(legs.four(wood, style, spread, spread, high - 0.025, 0.036))
        z = high * 0.35
        out = spread + (0.22 * high * (1 - z / high) if style == "splayed" else 0.0)
        deep = spread + (0.16 * high * (1 - z / high) if style == "splayed" else 0.0)
        for s in (-1, 1):
            parts.append(tube(wood, [(-out, s * deep, z), (out, s * deep, z)], 0.009, 8))
            parts.append(tube(wood, [(s * out, -deep, z + 0.05), (s * out, deep, z + 0.05)], 0.009, 8))
        if kind == "wood":
            profile = [
                (size / 2 - 0.012, high - 0.03),
                (size / 2, high - 0.02),
                (size / 2, high - 0.008),
                (size / 2 - 0.01, high),
            ]
            parts.append(lathe(wood, profile, 28))
        else:
            parts.append(prism(wood, rounded(size, size, 0.03, 3), 0.03, 0.005).moved(z=high - 0.03))
        if kind == "padded":
            parts.append(padded(cloth, size, size, 0.05, 0.02, 0.012).moved(z=high - 0.002))
    if high > 0.55 and rng.random() < 0.4 and kind != "wood":
        bar = [(x, 0.16 - 0.6 * x * x, high + 0.2) for x in np.linspace(-0.16, 0.16, 7)]
        parts.append(
            tube(wood if kind != "swivel" else looks.chrome, [(float(a), float(b), c) for a, b, c in bar], 0.013, 8)
        )
        for x in (-0.12, 0.12):
            parts.append(
                tube(
                    wood if kind != "swivel" else looks.chrome, [(x, 0.12, high - 0.03), (x, 0.15, high + 0.2)], 0.01, 8
                )
            )
    top = max(float(parts[-1].vertices[:, 2].max()) if kind == "padded" else high, high)
    surface = Surface((-0.09, -0.09), (0.09, 0.09), min(top, high + 0.048), 0.3, "seat")
    return settled(Piece(name, (Part(name, join(parts), "chair"),), (surface,)))


def _curved_back(cloth: Material, width: float, tall: float, thick: float) -> Shape:
    """Make a back that stands on z = 0, its back on y = 0, hollow towards the front."""
    flat = upright(padded(cloth, width, tall, thick, min(0.04, thick * 0.4), thick * 0.2), tall)
    lean = 0.9 if thick > 0.02 else 0.5
    return flat.bent(
        lambda p: np.stack(
            (
                p[:, 0] * (1 - 0.12 * (p[:, 2] / tall) ** 2),
                p[:, 1] - lean * p[:, 0] ** 2 - 0.03 * np.sin(3 * p[:, 2] / tall),
                p[:, 2],
            ),
            1,
        )
    )


def _wooden_chair(
    rng: random.Random, looks: Looks, wood: Material | None = None, arms: bool | None = None, lift: float = 0.0
) -> tuple[Shape, float, float]:
    """Make a chair with posts; return it, its seat's height and its width."""
    wood = wood or rng.choice((looks.wood, looks.wood, looks.wood2, looks.painted))
    width, deep, high = rng.uniform(0.41, 0.49), rng.uniform(0.40, 0.45), rng.uniform(0.44, 0.47)
    tall, kind = rng.uniform(0.82, 1.05), rng.choice(BACKS)
    arms = rng.random() < 0.2 if arms is None else arms
    squared = rng.random() < 0.5
    w, d = width / 2 - 0.025, deep / 2 - 0.025
    rake, thick = rng.uniform(0.05, 0.1), rng.uniform(0.014, 0.019)
    cloth = rng.choice((looks.upholstery2, looks.leather, looks.pattern))

    def lean(z: float) -> float:
        return d + rake * max(z - high, 0.0) / (tall - high)

    def beam(path: list[tuple[float, float, float]], radius: float) -> Shape:
        return tube(wood, path, radius, 4 if squared else 10).within((-9, -9, 0), (9, 9, 9))

    parts = []
    style = rng.choice(("tapered", "square", "turned", "round"))
    for s in (-1, 1):
        front = high + 0.21 if arms else high - 0.02
        parts.append(legs.leg(wood, style if not arms else "round", front, 0.04).moved(s * w, -d))
        path = [
            (s * w, d + 0.045, -0.006),
            (s * w, d, high - 0.02),
            (s * w, lean(high + 0.1), high + 0.1),
            (s * w, lean(tall), tall),
        ]
        parts.append(beam(path, thick))
        z = rng.uniform(0.12, 0.24) if style != "turned" else 0.3
        parts.append(tube(wood, [(s * w, -d, z), (s * w, d + 0.02, z)], 0.009, 8))
        if arms:
            z = high + 0.2
            parts.append(box(wood, (s * w - 0.025, -d - 0.035, z), (s * w + 0.025, lean(z) + 0.005, z + 0.022), 0.006))
        parts.append(box(wood, (s * w - 0.01, -d, high - 0.08), (s * w + 0.01, d, high - 0.015), 0.002))
    parts += [
        box(wood, (-w, s * d - 0.01, high - 0.08), (w, s * d + 0.01, high - 0.015), 0.002).crossed() for s in (-1, 1)
    ]
    seat = rng.choice(("board", "padded", "board", "saddle"))
    if seat == "padded":
        parts.append(padded(cloth, width - 0.01, deep - 0.02, 0.055, 0.022, 0.015).moved(y=-0.01, z=high - 0.03))
        high += 0.02
    else:
        board = prism(wood, rounded(width, deep - 0.01, 0.03 if seat == "board" else 0.09, 4), 0.026, 0.007)
        parts.append(board.moved(y=-0.01, z=high - 0.026))

    def rail(z: float, high_: float, deep_: float = 0.008) -> Shape:
        board = box(wood, (-w, -deep_, -high_ / 2), (w, deep_, high_ / 2), 0.003).crossed()
        return board.turned(-5, "X").moved(0.0, lean(z), z)

    low = high + rng.uniform(0.08, 0.16)
    crest = rng.uniform(0.05, 0.1)
    if kind == "padded":
        rise = tall - low - 0.01
        pad = upright(padded(cloth, width - 0.05, rise, 0.05, 0.02, 0.012), rise, 7)
        parts.append(pad.moved(0.0, lean(low) + 0.022, low))
    elif kind == "panel":
        parts += [rail((low + tall) / 2 + 0.04, (tall - low) * 0.75)]
    else:
        parts.append(rail(tall - crest / 2 - 0.005, crest, 0.01))
        span = tall - crest - low
        if kind == "ladder":
            count = rng.choice((2, 3, 4))
            parts += [rail(low + span * i / count, 0.045) for i in range(count)]
        elif kind == "cross":
            parts.append(rail(low, 0.03))
            for s in (-1, 1):
                ends = [(-s * w * 0.95, lean(low), low), (s * w * 0.95, lean(tall - crest), tall - crest)]
                parts.append(tube(wood, ends, 0.011, 8))
        elif kind == "splat":
            wide = rng.uniform(0.1, 0.16)
            parts.append(rail(low, 0.03))
            flat = tube(wood, [(0.0, lean(low), low), (0.0, lean(tall - crest / 2), tall - crest / 2)], 0.009, 8)
            parts.append(flat.scaled(wide / 0.018, 1.0, 1.0))
        else:
            parts.append(rail(low, 0.03))
            count = rng.choice((4, 5, 6, 7)) if kind == "spindles" else rng.choice((3, 4, 5))
            for i in range(count):
                x = w * 0.86 * (2 * i / (count - 1) - 1)
                ends = [(0.0, lean(low), low), (0.0, lean(tall - crest / 2), tall - crest / 2)]
                stick = tube(wood, ends, 0.007, 6)
                parts.append(stick.scaled(1.0 if kind == "spindles" else 2.6, 1.0, 1.0).moved(x))
    shape = join(parts)
    return shape, high, width


def _steel_chair(rng: random.Random, looks: Looks) -> tuple[Shape, float, float]:
    """Make a chair of bent tube: cantilever, sled or four legs, with padded or caned seat and back."""
    metal = rng.choice((looks.chrome, looks.chrome, looks.metal, looks.black))
    cloth = rng.choice((looks.upholstery2, looks.leather, looks.black, looks.wood))
    width, deep, high, tall = rng.uniform(0.44, 0.5), rng.uniform(0.42, 0.46), 0.45, rng.uniform(0.8, 0.88)
    w, d, r = width / 2 - 0.02, deep / 2, 0.0115
    kind = rng.choice(("cantilever", "sled", "four"))
    parts = []
    for s in (-1, 1):
        x = s * w
        upper = [(x, d, high - 0.02), (x, d + 0.09, tall)]
        if kind == "cantilever":
            path = [
                (x, d - 0.02, r),
                (x, -d + 0.03, r),
                (x, -d - 0.01, 0.05),
                (x, -d - 0.01, high - 0.07),
                (x, -d + 0.03, high - 0.02),
            ]
            parts.append(tube(metal, [*path, (x, d - 0.04, high - 0.02), (x, d, high + 0.02), upper[1]], r, 8))
        elif kind == "sled":
            path = [
                (x, -d + 0.04, high - 0.02),
                (x, -d + 0.02, high - 0.04),
                (x, -d, 0.04),
                (x, -d + 0.03, r),
                (x, d, r),
                (x, d + 0.03, 0.04),
                (x, d - 0.02, high - 0.02),
                upper[1],
            ]
            parts.append(tube(metal, path, r, 8))
            parts.append(tube(metal, [(x, -d + 0.04, high - 0.02), (x, d - 0.02, high - 0.02)], r, 8))
        else:
            parts.append(
                tube(
                    metal,
                    [
                        (x * 1.05, -d - 0.02, -0.004),
                        (x, -d + 0.02, high - 0.04),
                        (x, -d + 0.05, high - 0.02),
                        upper[0],
                        upper[1],
                    ],
                    r,
                    8,
                ).within((-9, -9, 0), (9, 9, 9))
            )
            parts.append(
                tube(metal, [(x * 1.05, d + 0.05, -0.004), (x, d - 0.03, high - 0.02)], r, 8).within(
                    (-9, -9, 0), (9, 9, 9)
                )
            )
    if kind == "cantilever":
        parts.append(tube(metal, [(-w, d - 0.02, r), (w, d - 0.02, r)], r, 8))
    parts.append(tube(metal, [(-w, -d + 0.06, high - 0.02), (w, -d + 0.06, high - 0.02)], r * 0.9, 8))
    parts.append(tube(metal, [(-w, d - 0.06, high - 0.02), (w, d - 0.06, high - 0.02)], r * 0.9, 8))
    hard = rng.random() < 0.4
    thick = 0.014 if hard else 0.045
    parts.append(
        padded(cloth, width - 0.01, deep - 0.02, thick, 0.02, 0.0 if hard else 0.012).moved(y=-0.01, z=high - 0.014)
    )
    rise = rng.uniform(0.16, 0.32)
    back = _curved_back(cloth, width - 0.03, rise, thick * 0.9).turned(-12, "X")
    parts.append(back.moved(0.0, d + 0.105 - 0.22 * rise, tall - rise - 0.01))
    return join(parts), high + thick - 0.014, width


def _shell_chair(rng: random.Random, looks: Looks) -> tuple[Shape, float, float]:
    """Make a shell of plastic or plywood, seat and back in one, on legs."""
    shell = rng.choice((looks.white, looks.black, looks.colored(rng), looks.plastic, looks.wood))
    width, high, tall = rng.uniform(0.44, 0.48), 0.45, rng.uniform(0.78, 0.84)
    curve = smooth(
        [
            (-0.21, 0.0, high - 0.02),
            (-0.17, 0.0, high),
            (0.02, 0.0, high - 0.012),
            (0.15, 0.0, high + 0.01),
            (0.2, 0.0, high + 0.09),
            (0.235, 0.0, high + 0.22),
            (0.27, 0.0, tall),
        ],
        4,
    )
    arms = rng.random() < 0.3
    columns = 13
    rows = []
    count = len(curve)
    for i, (y, _, z) in enumerate(curve):
        t = i / (count - 1)
        half = width / 2 * (0.96 + 0.1 * np.sin(np.pi * t) - 0.16 * max(t - 0.6, 0.0) / 0.4 - 0.35 * max(t - 0.88, 0.0))
        row = []
        for j in range(columns):
            s = 2 * j / (columns - 1) - 1
            lift = 0.035 * abs(s) ** 3 * (1 - t)
            if arms and 0.3 < t < 0.85:
                lift += 0.2 * max(abs(s) - 0.72, 0.0) / 0.28 * np.sin(np.pi * (t - 0.3) / 0.55) ** 2
            row.append((half * s, y - 0.06 * t * s * s, z + lift))
        rows.append(row)
    parts = [sheet(shell, rows, 0.009)]
    kind = rng.choice(("splayed", "metal", "sled", "star"))
    under = high - 0.02
    if kind == "splayed":
        parts.append(legs.four(rng.choice((looks.wood, looks.black)), "splayed", 0.11, 0.12, under, 0.034))
        parts.append(box(looks.black, (-0.13, -0.13, under - 0.014), (0.13, 0.13, under + 0.003), 0.003))
    elif kind == "metal":
        for s in (-1, 1):
            for t in (-1, 1):
                path = [(s * 0.23, t * 0.22, -0.004), (s * 0.17, t * 0.14, under - 0.01), (s * 0.05, t * 0.12, under)]
                parts.append(tube(looks.chrome, path, 0.009, 8).within((-9, -9, 0), (9, 9, 9)))
        parts.append(box(looks.black, (-0.06, -0.13, under - 0.01), (0.06, 0.13, under + 0.004), 0.003))
    elif kind == "sled":
        parts.append(legs.sled(looks.chrome, 0.19, 0.2, under + 0.006, 0.008))
    else:
        parts.append(legs.star(looks.chrome, looks.black, under + 0.005, 0.28, 4, wheels=False))
    return join(parts), high - 0.005, width


def _parson_chair(rng: random.Random, looks: Looks) -> tuple[Shape, float, float]:
    """Make a chair that is padded all over, on four legs."""
    cloth = rng.choice((looks.upholstery, looks.upholstery2, looks.leather, looks.pattern))
    wood = rng.choice((looks.wood, looks.black))
    width, deep, high, tall = (
        rng.uniform(0.44, 0.5),
        rng.uniform(0.44, 0.5),
        rng.uniform(0.45, 0.48),
        rng.uniform(0.86, 1.05),
    )
    parts = [
        legs.four(wood, rng.choice(("tapered", "square", "round")), width / 2 - 0.03, deep / 2 - 0.03, high - 0.1, 0.04)
    ]
    parts.append(padded(cloth, width, deep, 0.125, 0.03, 0.018).moved(z=high - 0.12))
    back = upright(
        padded(cloth, width - 0.01, tall - high + 0.08, 0.075, 0.03, 0.012), tall - high + 0.08, rng.uniform(5, 9)
    )
    parts.append(back.moved(0.0, deep / 2 - 0.005, high - 0.08))
    return join(parts), high, width
