"""Cloth in rooms: rugs, bath mats, curtains, blinds, hanging towels, and the shapes of heaps and coats.

Rugs come in the trade's sizes (0.6 x 0.9 m to 2.4 x 3.0 m), bath mats in 0.5 x 0.8 m, towels in 0.5 x 1.0 and
0.7 x 1.4 m. Hangings have their lowest point at z = 0; `hung` is the height of that point above the floor.
"""

from __future__ import annotations

import math
import random
from dataclasses import replace

from ..materials.room_materials import Looks
from ..piece import Part, Piece, settled, single
from ..shapes import cloth as textiles
from ..shapes import walls
from ..shapes.legs import circle
from ..shapes.padding import ripple
from ..shapes.primitives import Material, Shape, box, cylinder, join, loft, prism, rounded, sheet, tube

RUGS = ((1.2, 1.7), (1.4, 2.0), (1.6, 2.3), (2.0, 3.0), (0.9, 1.5))


def rug(rng: random.Random, looks: Looks) -> Piece:
    """Make a rug: rectangular with a border or fringes, round, oval, or a hide."""
    width, deep = rng.choice(RUGS)
    kind = rng.choice(("plain", "border", "fringe", "round", "oval", "hide"))
    face, thick = rng.choice((looks.rug, looks.rug, looks.pattern, looks.carpet)), rng.uniform(0.006, 0.014)
    if kind in ("round", "oval"):
        radius = rng.uniform(0.6, 1.1)
        shape = prism(face, circle(radius, 40), thick, 0.003).scaled(1.0 if kind == "round" else 1.4, 1.0, 1.0)
        rim = rng.choice((looks.upholstery2, looks.carpet))
        shape += prism(rim, circle(radius * 0.9, 40), thick + 0.0015, 0.001).scaled(
            1.0 if kind == "round" else 1.4, 1, 1
        )
    elif kind == "hide":
        points = [
            (0.0, 1.0),
            (0.16, 0.9),
            (0.3, 0.72),
            (0.62, 0.86),
            (0.68, 0.7),
            (0.44, 0.42),
            (0.42, 0.0),
            (0.46, -0.4),
            (0.72, -0.74),
            (0.6, -0.9),
            (0.34, -0.72),
            (0.1, -0.82),
        ]
        wobble = [(x * rng.uniform(0.92, 1.08), y * rng.uniform(0.95, 1.05)) for x, y in points]
        outline = wobble + [(-x * rng.uniform(0.94, 1.06), y) for x, y in wobble[:0:-1]]
        shape = prism(looks.leather, [(x, y) for x, y in reversed(outline)], 0.006, 0.001)
    else:
        shape = textiles.mat(face, width, deep, thick)
        if kind == "border":
            inner = rng.choice((looks.carpet, looks.upholstery, looks.pattern))
            border = rng.uniform(0.08, 0.25)
            shape += prism(inner, rounded(width - 2 * border, deep - 2 * border, 0.01, 2), thick + 0.0015, 0.001)
        if kind == "fringe":
            threads = []
            for s in (-1, 1):
                for i in range(count := int(width / 0.025)):
                    x = -width / 2 + width * (i + 0.5) / count
                    y0, y1 = sorted((s * deep / 2, s * (deep / 2 + rng.uniform(0.05, 0.07))))
                    threads.append(box(looks.linen, (x - 0.004, y0, 0.0), (x + 0.004, y1, 0.004), 0.001))
            shape += join(threads)
    if rng.random() < 0.5 and kind != "hide":
        shape = shape.turned(90)
    if face is looks.rug and kind != "hide":
        shape = shape.fitted(face)
    return settled(single("rug", shape, "floor mat"))


def runner(rng: random.Random, looks: Looks) -> Piece:
    """Make a long, narrow rug."""
    face = rng.choice((looks.rug, looks.pattern))
    shape = textiles.mat(face, rng.uniform(1.8, 3.0), rng.uniform(0.6, 0.8), 0.008)
    return settled(single("runner", shape.fitted(face) if face is looks.rug else shape, "floor mat"))


def bath_mat(rng: random.Random, looks: Looks) -> Piece:
    """Make a thick bath mat, straight, oval, round or with a hollow for a toilet's foot."""
    cloth, kind = rng.choice((looks.towel, looks.cloth(rng))), rng.choice(("straight", "oval", "round", "hollow"))
    width, deep, thick = rng.uniform(0.7, 0.95), rng.uniform(0.45, 0.55), rng.uniform(0.012, 0.025)
    if kind == "oval":
        outline = [(x * width, y * deep) for x, y in circle(0.5, 32)]
    elif kind == "round":
        outline = circle(deep * 0.62, 32)
    elif kind == "hollow":
        w, d, r = 0.28, 0.24, 0.15
        bow = [(r * math.cos(a), d - 0.0 - 0.2 * math.sin(a)) for a in (math.pi * i / 10 for i in range(11))]
        outline = [(-w, -d), (w, -d), (w, d), *bow, (-w, d)]
    else:
        outline = rounded(width, deep, 0.05, 4)
    return settled(single("bath mat", prism(cloth, outline, thick, 0.005), "floor mat"))


def curtains(rng: random.Random, looks: Looks, width: float = 1.4, high: float = 2.2, sill: float = 0.9) -> Piece:
    """Make a pair of curtains on a rod for a window of `width`: its rod at `high`, its sill at `sill` metres.

    They hang to the floor or to below the sill, drawn by chance; the top of the rod is at z = 0 plus the drop.
    """
    span = width + rng.uniform(0.35, 0.6)
    long = rng.random() < 0.6 or sill < 0.6
    drop = high - (rng.uniform(0.01, 0.05) if long else sill - rng.uniform(0.08, 0.2))
    steel = rng.choice((looks.metal, looks.black, looks.wood, looks.white))
    parts = [Part("curtain rod", walls.curtain_rod(steel, span).moved(-span / 2, 0.0, 0.0), "curtain")]
    state = rng.choice(("open", "open", "half", "closed", "one side", "tied"))
    share = {
        "open": rng.uniform(0.16, 0.24),
        "half": rng.uniform(0.28, 0.4),
        "closed": 0.495,
        "one side": 0.45,
        "tied": 0.3,
    }[state]
    wide = span * share
    for s in (-1, 1):
        if state == "one side" and s > 0:
            continue
        folds = max(round(wide / rng.uniform(0.07, 0.11)), 3)
        pinch = rng.uniform(0.4, 0.6) if state == "tied" else 0.0
        cloth = walls.curtain(looks.curtain, wide - 0.03, drop, min(folds, 9), rng, pinch)
        if s > 0:
            cloth = cloth.turned(180).moved(span / 2 - 0.02, -0.13, 0.018)
        else:
            cloth = cloth.moved(-span / 2 + 0.02, -0.13, 0.018)
        parts.append(Part("curtain", cloth, "curtain"))
    piece = settled(Piece("curtains", tuple(parts)))
    return replace(piece, hung=high + 0.026 - float(piece.high[2]))


def blinds(rng: random.Random, looks: Looks, width: float = 1.2, high: float = 2.1, sill: float = 0.9) -> Piece:
    """Make a blind before a window of `width` from `sill` to `high`: of slats, rolled, pleated, or upright strips."""
    drop = (high - sill) * rng.choice((1.0, 1.0, rng.uniform(0.25, 0.9)))
    kind = rng.choice(("slats", "slats", "roller", "pleated", "strips", "roman"))
    w = width / 2
    cloth = rng.choice((looks.slats, looks.curtain, looks.slats))
    if kind == "slats":
        shape = walls.blind(looks.slats, looks.white, width, drop, rng.uniform(10, 70)).moved(-w, -0.035)
    elif kind == "strips":
        drop = high - sill
        head = box(looks.white, (-w, -0.05, -0.04), (w, -0.005, 0.0), 0.003)
        pitch, turn = 0.085, rng.uniform(20, 75)
        strip = box(cloth, (-0.043, -0.0008, -drop), (0.043, 0.0008, -0.035), 0.0003).turned(turn)
        count = int((width - 0.09) / pitch)
        open_ = rng.choice((1.0, 1.0, 0.35))
        strips = [strip.moved((-w + 0.045 + pitch * open_ * (i + 0.5)), -0.055, 0.0) for i in range(count)]
        shape = join([head, *strips])
    else:
        parts = [cylinder(cloth, 0.024, width, 0.001, 16).turned(90, "Y").moved(-w, -0.035, -0.03)]
        parts += [
            box(looks.white, (s * w - 0.012 * (s > 0), -0.062, -0.06), (s * w + 0.012 * (s < 0), -0.002, 0.0), 0.002)
            for s in (-1, 1)
        ]
        if kind == "roller":
            rows = [
                [(x, -0.058, -0.03 - drop * (1 - v)) for x in (-w + 0.015, 0.0, w - 0.015)] for v in (0.0, 0.5, 1.0)
            ]
        else:
            count = max(round(drop / (0.03 if kind == "pleated" else 0.2)), 2)
            rows = []
            for i in range(count * 4 + 1):
                v, phase = i / (count * 4), (i % 4) / 4
                out = 0.012 * abs(2 * phase - 1) if kind == "pleated" else 0.03 * math.sin(math.pi * phase) ** 2
                rows.append([(x, -0.058 - out, -0.03 - drop * (1 - v)) for x in (-w + 0.015, 0.0, w - 0.015)])
        parts.append(sheet(cloth, rows, 0.0015))
        parts.append(box(looks.white, (-w + 0.015, -0.066, -0.045 - drop), (w - 0.015, -0.05, -0.022 - drop), 0.004))
        shape = join(parts)
    piece = settled(single("blind", shape, "blinds"))
    return replace(piece, hung=high - float(piece.size[2]))


def hanging_towel(rng: random.Random, looks: Looks) -> Piece:
    """Make a towel on a hook of the wall, gathered at its top."""
    long, cloth = rng.uniform(0.6, 1.0), rng.choice((looks.towel, looks.cloth(rng)))
    phase, rows = rng.uniform(0, 6), []
    for i in range(15):
        t = 1 - i / 14
        wide = 0.03 + (0.17 + 0.05 * math.sin(phase)) * t**0.7
        row = []
        for j in range(25):
            s = 2 * j / 24 - 1
            row.append(
                (
                    wide * s,
                    -0.055 - 0.028 * (0.4 + t) * math.sin(11 * s + phase + 0.6 * t),
                    -long * t + 0.05 * t * abs(s),
                )
            )
        rows.append(row)
    hook = tube(
        looks.chrome, [(0.0, 0.0, 0.015), (0.0, -0.04, 0.0), (0.0, -0.07, 0.004), (0.0, -0.078, 0.03)], 0.005, 8
    )
    hook += cylinder(looks.chrome, 0.02, 0.006, 0.001, 16).turned(90, "X").moved(0.0, 0.0, 0.015)
    parts = (Part("towel", sheet(cloth, rows, 0.006), "towel"), Part("towel hook", hook, "otherstructure"))
    piece = settled(Piece("hanging towel", parts))
    return replace(piece, hung=1.65 - float(piece.size[2]))


def heap(material: Material, radius: float, high: float, rng: random.Random) -> Shape:
    """Make a crumpled heap of cloth on z = 0, about the origin."""
    coarse, fine = ripple(rng, radius * 0.9), ripple(rng, radius * 0.4)
    count, rings = 30, []
    phase, lobes = rng.uniform(0, 6), rng.choice((3, 4, 5))
    edge = [
        1 + 0.16 * math.sin(lobes * a + phase) + 0.1 * math.sin(2 * a + 2 * phase)
        for a in (2 * math.pi * j / count for j in range(count))
    ]
    for share, level in (
        (0.97, 0.0),
        (1.0, 0.06),
        (0.97, 0.16),
        (0.85, 0.5),
        (0.7, 0.75),
        (0.52, 0.9),
        (0.33, 0.98),
        (0.15, 1.0),
    ):
        ring = []
        for j in range(count):
            a = 2 * math.pi * j / count
            x, y = radius * share * edge[j] * math.cos(a), radius * share * edge[j] * math.sin(a)
            lump = 1.0 if level < 0.1 else 0.35 + 0.75 * coarse(x, y) + 0.5 * (fine(x, y) - 0.5)
            ring.append((x, y, max(high * level * lump, 0.0)))
        rings.append(ring)
    return loft(material, rings)


def coat(cloth: Material, rng: random.Random, length: float) -> Shape:
    """Make a coat that hangs by its collar from the origin, folded on itself."""
    phase = rng.uniform(0, 6)
    rings = []
    for i in range(12):
        t = i / 11
        wide = 0.035 + 0.15 * min(t * 3.2, 1.0) + 0.04 * t
        ring = []
        for j in range(20):
            a = -2 * math.pi * j / 20
            fold = 1 + 0.16 * math.sin(4 * a + phase + 1.5 * t) * min(t * 4, 1.0)
            ring.append(
                (
                    wide * math.cos(a) * fold,
                    -0.02 + (0.03 + 0.06 * min(t * 3, 1.0)) * math.sin(a) * fold,
                    0.01 - length * t,
                )
            )
        rings.append(ring)
    sleeves = []
    for s in (-1, 1):
        path = [(s * 0.15, -0.02, -0.2 * length), (s * 0.2, -0.03, -0.35 * length), (s * 0.19, -0.05, -0.72 * length)]
        sleeves.append(tube(cloth, path, (0.055, 0.055, 0.042), 10))
    return join([loft(cloth, rings), *sleeves])
