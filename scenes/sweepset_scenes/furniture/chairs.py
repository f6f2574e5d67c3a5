"""Chairs, stools and benches.

Seats are 0.40 to 0.48 m high for chairs (DIN 68878, EN 1729), 0.60 to 0.78 m for bar stools; office chairs follow
EN 1335.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np

from ..materials.room_materials import Looks
from ..piece import Part, Piece, Surface, settled
from ..shapes import legs
from ..shapes.padding import padded, upright
from ..shapes.primitives import (
    Material,
    Shape,
    arc,
    box,
    join,
    lathe,
    prism,
    rounded,
    sheet,
    smooth,
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

    parts += _back(rng, wood, cloth, kind, width, (high, tall), lean)
    return join(parts), high, width


def _back(
    rng: random.Random,
    wood: Material,
    cloth: Material,
    kind: str,
    width: float,
    heights: tuple[float, float],
    lean: Callable[[float], float],
) -> list[Shape]:
    """Make the back between a chair's posts, from its seat to its top; `lean(z)` is the posts' y at a height."""
    high, tall = heights
    w = width / 2 - 0.025
    parts: list[Shape] = []

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
    return parts


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
