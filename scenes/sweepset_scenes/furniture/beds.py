"""Beds: single and double, bunk beds, cribs, mattresses on the floor; made or slept in, with pillows.

Mattresses are 97 by 191, 137 by 191, 152 by 203 and 193 by 203 cm (twin, full, queen, king: ASTM F1566's usual sizes)
and 90 or 140 by 200 cm (EN 1334); they lie with their tops 0.45 to 0.65 m high (Neufert: 0.4 to 0.6). Bunk beds follow
EN 747, cribs EN 716.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from mathutils import Matrix

from ..materials.room_materials import Looks
from ..piece import Part, Piece, Surface, settled
from ..shapes.legs import four
from ..shapes.padding import laid, level, padded, pillow, upright
from ..shapes.primitives import Material, Shape, arc, box, join, prism, rounded, spot, tube

SINGLE = ((0.97, 1.91), (0.90, 2.00), (0.90, 1.90))
DOUBLE = ((1.37, 1.91), (1.52, 2.03), (1.40, 2.00), (1.93, 2.03), (1.60, 2.00))
HEADS = ("none", "panel", "slats", "padded", "bars", "arch", "shelf")


def single_bed(rng: random.Random, looks: Looks) -> Piece:
    """Make a bed for one."""
    return _bed("single bed", rng, looks, rng.choice(SINGLE))


def double_bed(rng: random.Random, looks: Looks) -> Piece:
    """Make a bed for two."""
    return _bed("double bed", rng, looks, rng.choice(DOUBLE))


def floor_mattress(rng: random.Random, looks: Looks) -> Piece:
    """Make a mattress on the floor, with a second one below it now and then."""
    width, length = rng.choice(SINGLE + DOUBLE[:2])
    thick = rng.uniform(0.16, 0.24)
    parts = [_mattress(looks.linen, width, length, thick)]
    if rng.random() < 0.4:
        parts.append(padded(looks.white, width - 0.01, length - 0.01, 0.2, 0.02))
        parts[0] = parts[0].moved(z=0.2)
    top = thick + 0.2 * (len(parts) - 1)
    parts += _bedding(rng, looks, width, length, top, 0.0)
    bed = join(parts)
    pillows = _pillows(rng, looks, width, length, bed, top)
    return _finish("mattress", bed, pillows, width, length, top)


def bunk_bed(rng: random.Random, looks: Looks) -> Piece:
    """Make a bunk bed with a ladder (EN 747: guards 0.16 m above the mattress, 0.75 m between the beds)."""
    width, length = rng.choice(SINGLE)
    steel = rng.random() < 0.4
    frame = looks.metal if steel else rng.choice((looks.wood, looks.painted, looks.wood2))
    low, high, thick = rng.uniform(0.28, 0.4), rng.uniform(1.3, 1.42), 0.14
    tall = high + thick + rng.uniform(0.24, 0.32)
    w, d, post = width / 2 + 0.035, length / 2 + 0.035, 0.05

    def beam(start: tuple[float, float, float], stop: tuple[float, float, float], wide: float) -> Shape:
        if steel:
            return tube(frame, [start, stop], 0.014, 8)
        a, b = [min(p, q) for p, q in zip(start, stop)], [max(p, q) for p, q in zip(start, stop)]
        half = (0.012 if a[0] == b[0] else 0.0, 0.012 if a[1] == b[1] else 0.0, wide / 2)
        return box(
            frame,
            (a[0] - half[0], a[1] - half[1], a[2] - half[2]),
            (b[0] + half[0], b[1] + half[1], b[2] + half[2]),
            0.003,
        ).crossed()

    parts = []
    for x in (-w, w):
        for y in (-d, d):
            if steel:
                parts.append(tube(frame, [(x, y, 0.0), (x, y, tall)], 0.02, 10))
            else:
                parts.append(box(frame, (x - post / 2, y - post / 2, 0), (x + post / 2, y + post / 2, tall), 0.004))
    for z in (low, high):
        parts += [beam((x, -d, z), (x, d, z), 0.11) for x in (-w, w)]
        parts += [beam((-w, y, z), (w, y, z), 0.11) for y in (-d, d)]
        parts.append(box(frame, (-w, -d, z - 0.02), (w, d, z + 0.002), 0.002))
        parts.append(_mattress(looks.linen, width - 0.02, length - 0.02, thick).moved(z=z + 0.002))
        for y in (-d, d):
            parts += [beam((-w, y, z + rise), (w, y, z + rise), 0.07) for rise in (0.2, 0.32) if z + rise < tall]
    rail, gap = high + thick + 0.16, rng.choice((-1, 1))
    start = -d + 0.42 if gap < 0 else -d
    for z in (rail, high + thick + 0.04):
        parts.append(beam((-w, start, z), (-w, start + 2 * d - 0.42, z), 0.06))
        parts.append(beam((w, -d, z), (w, d, z), 0.06))
    step = -d + 0.06 if gap < 0 else d - 0.36
    for y in (step, step + 0.3):
        parts.append(
            beam((-w - 0.03, y, 0.0), (-w - 0.03, y, tall - 0.05), 0.0) if steel else _pole(frame, -w - 0.03, y, tall)
        )
    count = 5
    parts += [
        beam((-w - 0.03, step, z), (-w - 0.03, step + 0.3, z), 0.03)
        for z in (0.25 + (high - 0.25) * i / (count - 1) for i in range(count))
    ]
    bottom, top = low + thick + 0.002, high + thick + 0.002
    covers, pillows = [], []
    for z in (bottom, top):
        covers += _bedding(rng, looks, width - 0.03, length - 0.03, z, z, tucked=True)
        pillows += _pillows(rng, looks, width - 0.1, length - 0.1, join(parts + covers), z, most=1)
    return _finish("bunk bed", join(parts + covers), pillows, width, length, bottom, room=high - bottom - 0.1)


def crib(rng: random.Random, looks: Looks) -> Piece:
    """Make a baby's bed with barred sides (EN 716: bars 45 to 65 mm apart, sides 0.6 m above the base)."""
    width, length = rng.choice(((0.60, 1.20), (0.70, 1.40), (0.71, 1.32)))
    wood = rng.choice((looks.wood, looks.painted, looks.wood2))
    base, tall = rng.uniform(0.24, 0.45), rng.uniform(0.88, 1.0)
    w, d = width / 2 + 0.02, length / 2 + 0.02
    round_bars, panels = rng.random() < 0.5, rng.random() < 0.35
    parts = [four(wood, "square", w, d, tall, 0.045)]
    parts.append(box(wood, (-w, -d, base - 0.025), (w, d, base), 0.003))
    parts.append(_mattress(looks.linen, width - 0.01, length - 0.01, 0.11).moved(z=base))
    for s in (-1, 1):
        for z in (base - 0.05, tall - 0.04):
            parts.append(box(wood, (s * w - 0.013, -d, z), (s * w + 0.013, d, z + 0.035), 0.004))
            parts.append(box(wood, (-w, s * d - 0.013, z), (w, s * d + 0.013, z + 0.035), 0.004).crossed())
        for i in range(count := round(2 * d / 0.075)):
            y = -d + 2 * d * (i + 0.5) / count
            parts.append(_bar(wood, s * w, y, base - 0.03, tall - 0.02, round_bars))
        if panels:
            parts.append(box(wood, (-w, s * d - 0.006, base - 0.03), (w, s * d + 0.006, tall - 0.02), 0.002))
        else:
            for i in range(count := round(2 * w / 0.075)):
                x = -w + 2 * w * (i + 0.5) / count
                parts.append(_bar(wood, x, s * d, base - 0.03, tall - 0.02, round_bars))
    top = base + 0.11
    if rng.random() < 0.7:
        cover = laid(looks.bedding, width - 0.12, length * 0.55, (0, 0, 0, 0), rng, 0.015, 0.03, steps=16)
        parts.append(cover.moved(y=-length * 0.17, z=top))
    pillows = []
    if rng.random() < 0.6:
        soft = pillow(looks.pillow, 0.38, 0.26, 0.08, rng)
        pillows.append(Part("pillow", soft, "pillow", spot(0.0, length / 2 - 0.2, top + 0.001)))
    main = Part("crib", join(parts), "bed")
    piece = Piece("crib", (main, *pillows), (), (), 0.5)
    return settled(piece)


def daybed(rng: random.Random, looks: Looks) -> Piece:
    """Make a bed that stands along a wall with a back and two ends, like a sofa."""
    length, width = rng.choice(((1.91, 0.97), (2.0, 0.9)))
    steel = rng.random() < 0.5
    frame = looks.metal if steel else rng.choice((looks.wood, looks.painted))
    top, tall = rng.uniform(0.45, 0.55), rng.uniform(0.85, 1.05)
    w, d, thick = length / 2 + 0.03, width / 2 + 0.03, 0.2
    parts = [box(frame, (-w, -d, top - thick - 0.1), (w, d, top - thick), 0.004)]
    parts.append(_mattress(looks.linen, length, width, thick).moved(z=top - thick))
    for x in (-w, w):
        for y in (-d, d):
            high = tall if y > 0 else tall - 0.12
            parts.append(
                _pole(frame, x, y, high, 0.022) if not steel else tube(frame, [(x, y, 0), (x, y, high)], 0.018, 10)
            )
        z = tall - 0.14
        parts.append(tube(frame, [(x, -d, z), (x, d, z + 0.11)], 0.016, 8))
        parts += [_bar(frame, x, -d + 2 * d * i / 7, top - thick - 0.05, z + 0.015 * i, True) for i in range(1, 7)]
    parts.append(tube(frame, [(-w, d, tall - 0.02), (w, d, tall - 0.02)], 0.018, 8))
    parts += [_bar(frame, -w + 2 * w * i / 15, d, top - thick - 0.05, tall - 0.02, True) for i in range(1, 15)]
    hang = (0.0, 0.0, rng.uniform(0.1, 0.3), 0.0)
    parts.append(laid(looks.bedding, length, width, hang, rng, 0.015, 0.01, -top + 0.06).moved(z=top))
    pillows = []
    bed = join(parts)
    x = -w + 0.3
    while x < w - 0.25:
        soft = looks.cloth(rng) if rng.random() < 0.6 else looks.pillow
        size = rng.uniform(0.4, 0.52)
        lean = upright(pillow(soft, size, size, 0.14, rng), size, rng.uniform(14, 22))
        lean = lean.moved(y=-float(lean.vertices[:, 1].max()), z=-float(lean.vertices[:, 2].min()))
        z = level(bed, x, d - 0.02 - 0.12, size, 0.2, top + 0.2)
        pillows.append(Part("pillow", lean, "pillow", spot(x, d - 0.02, z + 0.001)))
        x += size * rng.uniform(1.05, 1.6)
    surface = Surface((-w + 0.1, -d + 0.1), (w - 0.1, d - 0.35), top + 0.03, 0.8, "bed")
    return settled(Piece("daybed", (Part("daybed", bed, "bed"), *pillows), (surface,), (), 0.6))


def _bed(name: str, rng: random.Random, looks: Looks, size: tuple[float, float]) -> Piece:
    """Make a bed of a mattress's size: frame, head, mattress, bedding, pillows."""
    width, length = size
    thick, base = rng.uniform(0.18, 0.28), rng.uniform(0.24, 0.36)
    head = rng.choice(HEADS)
    metal = head == "bars"
    frame = looks.metal if metal else rng.choice((looks.wood, looks.wood, looks.painted, looks.wood2))
    kind = rng.choice(("frame", "frame", "platform", "divan")) if not metal else "metal"
    foot = rng.random() < 0.4 and kind == "frame"
    w, d = width / 2, length / 2
    parts: list[Shape] = []
    if kind == "divan":
        cloth = rng.choice((looks.linen, looks.upholstery, looks.white))
        parts.append(padded(cloth, width, length, base - 0.06, 0.015).moved(z=0.06))
        parts.append(four(looks.black, "round", w - 0.12, d - 0.12, 0.07, 0.05))
    elif kind == "platform":
        parts.append(prism(frame, rounded(width + 0.1, length + 0.1, 0.02, 2), 0.09, 0.006).moved(z=base - 0.1))
        parts.append(box(frame, (-w + 0.12, -d + 0.14, 0.0), (w - 0.12, d - 0.1, base - 0.09), 0.003))
        parts.append(padded(looks.linen, width, length, 0.012, 0.003).moved(z=base - 0.011))
    else:
        rail = 0.02 if metal else rng.uniform(0.1, 0.2)
        t = 0.012
        for s in (-1, 1):
            low, high = (s * (w + t) - t, -d, base - rail + 0.05), (s * (w + t) + t, d, base + 0.05)
            parts.append(box(frame, low, high, 0.004))
            low, high = (-w - 2 * t, s * (d + t) - t, base - rail + 0.05), (w + 2 * t, s * (d + t) + t, base + 0.05)
            parts.append(box(frame, low, high, 0.004).crossed())
        parts.append(box(frame, (-w, -d, base - 0.02), (w, d, base), 0.002))
        legs = "round" if metal else rng.choice(("square", "tapered", "turned", "round"))
        parts.append(four(frame, legs, w - 0.015, d - 0.015, base - 0.015, 0.03 if metal else 0.06))
    parts.append(_mattress(looks.linen, width, length, thick).moved(z=base))
    top = base + thick
    tall = top + rng.uniform(0.3, 0.65)
    board = _head(rng, looks, frame, head, width + 0.06, tall)
    if board is not None:
        parts.append(board.moved(y=d + (0.002 if kind == "divan" else 0.022)))
    if foot:
        board = _head(
            rng, looks, frame, head if head in ("panel", "slats") else "panel", width + 0.06, top + rng.uniform(0, 0.15)
        )
        if board is not None:
            parts.append(board.turned(180).moved(y=-d - 0.022))
    parts += _bedding(rng, looks, width, length, top, base, tucked=foot)
    bed = join(parts)
    pillows = _pillows(rng, looks, width, length, bed, top)
    return _finish(name, bed, pillows, width, length, top)


def _finish(
    name: str, bed: Shape, pillows: Sequence[Part], width: float, length: float, top: float, room: float = 1.0
) -> Piece:
    """Make the piece of a bed about the origin."""
    low, high = (-width / 2 + 0.12, -length / 2 + 0.12), (width / 2 - 0.12, length / 2 - 0.7)
    surface = Surface(low, high, top + 0.05, room, "bed")
    return settled(Piece(name, (Part(name, bed, "bed"), *pillows), (surface,), (), 0.6))


def _mattress(cloth: Material, width: float, length: float, thick: float) -> Shape:
    """Make a mattress with a seam around."""
    seam = padded(cloth, width, length, 0.012, 0.006).moved(z=thick * 0.5 - 0.006)
    return padded(cloth, width - 0.012, length - 0.012, thick, 0.045, 0.006) + seam


def _head(rng: random.Random, looks: Looks, frame: Material, kind: str, width: float, tall: float) -> Shape | None:
    """Make a head board, its front on y = 0, or none."""
    w = width / 2
    if kind == "none":
        return None
    if kind == "padded":
        cloth = rng.choice((looks.upholstery, looks.leather, looks.upholstery2))
        parts = [box(frame, (-w, 0.045, 0.0), (w, 0.065, tall - 0.03), 0.003)]
        columns, rows = rng.choice(((1, 1), (2, 1), (4, 1), (5, 2), (6, 3)))
        cell, high = 2 * w / columns, (tall - 0.25) / rows
        for i in range(columns):
            for j in range(rows):
                pad = upright(padded(cloth, cell - 0.002, high - 0.002, 0.06, 0.025, 0.015), high)
                parts.append(pad.moved(-w + cell * (i + 0.5), 0.05, 0.25 + high * j))
        return join(parts)
    if kind == "bars":
        bend = rng.choice((0.0, 0.12, 0.2))
        path = [(-w, 0.006, 0.0), (-w, 0.006, tall - bend - 0.03)]
        if bend:
            path += [
                (x, 0.006, tall - 0.03 - bend * (abs(x) / w) ** 2) for x in (-0.9 * w, -0.5 * w, 0.0, 0.5 * w, 0.9 * w)
            ]
        path += [(w, 0.006, tall - bend - 0.03), (w, 0.006, 0.0)]
        parts = [tube(frame, path[:2], 0.016, 10), tube(frame, path[-2:], 0.016, 10)]
        parts.append(tube(frame, path[1:-1], 0.013, 8))
        parts.append(tube(frame, [(-w, 0.006, tall * 0.5), (w, 0.006, tall * 0.5)], 0.011, 8))
        count = round(width / rng.uniform(0.09, 0.16))
        for i in range(1, count):
            x = -w + 2 * w * i / count
            parts.append(
                tube(frame, [(x, 0.006, tall * 0.5), (x, 0.006, tall - 0.04 - bend * (abs(x) / w) ** 2)], 0.007, 6)
            )
        return join(parts)
    if kind == "arch":
        bow = [(x, z) for x, _, z in arc((0.0, 0.0, tall - 0.22), 1.0, 0, 180, 16)]
        outline = [(-w, 0.15), (w, 0.15), *((x * w, tall - 0.22 + (z - tall + 0.22) * 0.22) for x, z in bow)]
        return prism(frame, outline, 0.035, 0.006).turned(90, "X").moved(y=0.035).crossed() + join(
            [box(frame, (s * w - 0.03, 0.0, 0.0), (s * w + 0.03, 0.04, tall - 0.21), 0.004) for s in (-1, 1)]
        )
    if kind == "shelf":
        deep = rng.uniform(0.2, 0.28)
        parts = [box(frame, (-w, deep - 0.02, 0.0), (w, deep, tall), 0.002)]
        parts += [
            box(frame, (s * w - 0.02 * (s > 0), 0.0, 0.0), (s * w + 0.02 * (s < 0), deep, tall), 0.002) for s in (-1, 1)
        ]
        parts += [box(frame, (-w, 0.0, z - 0.02), (w, deep, z), 0.002).crossed() for z in (tall * 0.72, tall)]
        parts.append(box(frame, (-w, 0.0, 0.0), (w, 0.02, tall * 0.72), 0.002).crossed())
        return join(parts)
    posts = join([box(frame, (s * w - 0.03, 0.0, 0.0), (s * w + 0.03, 0.05, tall), 0.005) for s in (-1, 1)])
    parts = [posts, box(frame, (-w, 0.006, tall - 0.12), (w, 0.044, tall - 0.03), 0.006).crossed()]
    if kind == "slats":
        parts.append(box(frame, (-w, 0.01, 0.3), (w, 0.04, 0.36), 0.004).crossed())
        wide = rng.choice((0.03, 0.06, 0.1))
        count = round(width / (wide * rng.uniform(1.7, 2.4)))
        for i in range(count):
            x = -w + 2 * w * (i + 0.5) / count
            parts.append(box(frame, (x - wide / 2, 0.016, 0.34), (x + wide / 2, 0.034, tall - 0.1), 0.003))
        return join(parts)
    parts.append(box(frame, (-w, 0.014, 0.2), (w, 0.036, tall - 0.1), 0.003).crossed())
    if rng.random() < 0.6:
        count = rng.choice((2, 3, 4))
        cell = (2 * w - 0.06) / count
        for i in range(count):
            x = -w + 0.03 + cell * i
            parts.append(box(frame, (x + 0.05, 0.007, 0.34), (x + cell - 0.05, 0.03, tall - 0.17), 0.006))
    return join(parts)


def _bedding(
    rng: random.Random, looks: Looks, width: float, length: float, top: float, base: float, tucked: bool = False
) -> list[Shape]:
    """Make the bedding on a mattress: a duvet drawn up, thrown back or in a heap; a spread; or a bare sheet."""
    state = rng.choices(("made", "folded", "thrown", "heap", "bare"), (5, 3, 3, 2, 0.7))[0]
    drop = 0.05 if tucked else rng.uniform(0.12, max(top - base, 0.14) + 0.18)
    floor = -top + (base if tucked else 0.02)
    side = 0.0 if tucked else drop
    cloth = rng.choice((looks.bedding, looks.bedding, looks.blanket, looks.pattern))
    if state == "bare":
        return []
    if state in ("made", "folded"):
        cover = length - (rng.uniform(0.74, 0.9) if state == "folded" else rng.uniform(0.02, 0.1))
        puffy = rng.uniform(0.012, 0.045) if state == "folded" else rng.uniform(0.004, 0.009)
        foot = 0.0 if tucked else drop
        duvet = laid(cloth, width, cover, (side, side, foot, 0.0), rng, 0.018, puffy, floor, 34)
        made = [duvet.moved(y=-(length - cover) / 2, z=top)]
        if state == "folded":
            fold = laid(looks.linen, width, 0.3, (side * 0.8, side * 0.8, 0.0, 0.0), rng, 0.02, 0.012, floor, 18)
            y = -length / 2 + cover - 0.12
            z = level(made[0], 0.0, y, width * 0.8, 0.2, top + 0.3) - 0.008
            made.append(fold.bent(lambda p: p + _out(p, width)).moved(y=y, z=z))
        if rng.random() < 0.3:
            throw = laid(
                looks.blanket, width, rng.uniform(0.4, 0.7), (side * 0.9, side * 0.9, 0, 0), rng, 0.014, 0.01, floor, 22
            )
            made.append(
                throw.bent(lambda p: p + _out(p, width)).moved(
                    y=-length * 0.28, z=level(made[0], 0.0, -length * 0.28, width * 0.8, 0.4, top + 0.3) - 0.01
                )
            )
        return made
    if state == "thrown":
        cover = length * rng.uniform(0.5, 0.66)
        shift, turn = rng.uniform(-0.12, 0.12) * width, rng.uniform(-9, 9)
        duvet = laid(cloth, width * 0.8, cover * 0.9, (0.0, 0.0, 0.0, 0.0), rng, 0.03, 0.11, floor, 34)
        spread = laid(
            looks.linen, width, length * 0.94, (side * 0.4, side * 0.4, 0.0, 0.0), rng, 0.008, 0.006, floor, 24
        )
        return [spread.moved(z=top), duvet.turned(turn).moved(shift * 0.5, -(length - cover) / 2 - 0.02, top + 0.014)]
    heap = laid(cloth, width * 0.5, length * 0.4, (0.0, 0.0, 0.0, 0.0), rng, 0.03, 0.24, floor, 32)
    return [
        heap.turned(rng.uniform(-50, 50)).moved(rng.uniform(-0.1, 0.1) * width, rng.uniform(-0.26, -0.14) * length, top)
    ]


def _out(points: np.ndarray, width: float) -> np.ndarray:
    """Return how far a second layer's sides lie outside of the first one's."""
    shift = points * 0.0
    beyond = abs(points[:, 0]) > width / 2
    shift[beyond, 0] = 0.045 * (points[beyond, 0] / abs(points[beyond, 0]))
    return shift


def _pillows(
    rng: random.Random, looks: Looks, width: float, length: float, below: Shape, top: float, most: int = 3
) -> list[Part]:
    """Make pillows at a bed's head, lying or leaning, 50 by 66 cm or square 80 cm ones, and a cushion or two."""
    wide, deep, thick = rng.choice(((0.66, 0.48, 0.15), (0.7, 0.5, 0.18), (0.75, 0.5, 0.16)))
    wide = min(wide, width - 0.08)
    columns = 1 if width < 1.2 else 2
    parts = []
    above = top + 0.3
    for i in range(columns):
        x = (i - (columns - 1) / 2) * min(wide + 0.06, width / 2)
        soft = rng.choice((looks.pillow, looks.pillow, looks.linen, looks.bedding))
        shape = pillow(soft, wide - rng.uniform(0.0, 0.05), deep, thick, rng)
        if rng.random() < 0.35:
            lean = upright(shape, deep, rng.uniform(35, 55))
            high = lean.vertices.max(axis=0)
            lean = lean.moved(y=-float(high[1]), z=-float(lean.vertices[:, 2].min()))
            y = length / 2 - 0.01 - float(np.ptp(lean.vertices[:, 1])) / 2
            z = level(below, x, y, wide * 0.6, 0.6 * float(np.ptp(lean.vertices[:, 1])), above)
            parts.append(Part("pillow", lean, "pillow", spot(x, length / 2 - 0.01, z + 0.001)))
            continue
        y = length / 2 - deep / 2 - 0.05 - rng.uniform(0, 0.05)
        at = spot(x, y, level(below, x, y, wide * 0.6, deep * 0.6, above) + 0.001, rng.uniform(-7, 7))
        parts.append(Part("pillow", shape, "pillow", at))
        if most > 1 and rng.random() < 0.2:
            stacked = Matrix.Translation((0.0, 0.0, float(shape.vertices[:, 2].max()) - 0.002)) @ at
            parts.append(Part("pillow", pillow(soft, wide, deep, thick, rng), "pillow", stacked))
    if most > 1 and rng.random() < 0.35:
        size = rng.uniform(0.36, 0.45)
        cushion = pillow(looks.cloth(rng), size, size, 0.13, rng).turned(rng.uniform(-25, 25))
        x, y = rng.uniform(-0.2, 0.2) * width, length / 2 - deep - 0.2 - size / 2
        at = spot(x, y, level(below, x, y, size * 0.7, size * 0.7, above) + 0.001)
        parts.append(Part("cushion", cushion, "pillow", at))
    return parts


def _pole(material: Material, x: float, y: float, tall: float, half: float = 0.018) -> Shape:
    return box(material, (x - half, y - half, 0.0), (x + half, y + half, tall), 0.003)


def _bar(material: Material, x: float, y: float, low: float, high: float, rod: bool) -> Shape:
    if rod:
        return tube(material, [(x, y, low), (x, y, high)], 0.008, 6)
    return box(material, (x - 0.01, y - 0.006, low), (x + 0.01, y + 0.006, high), 0.002)
