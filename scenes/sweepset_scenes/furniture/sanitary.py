"""Sanitary ware: washbasins, bathtubs, showers.

Washbasins are 0.80 to 0.87 m high (EN 14688, ADA 606); bathtubs 1.52 to 1.8 by 0.7 to 0.8 m (EN 14516); showers 0.8 to
1.0 m square (EN 14527).
"""

from __future__ import annotations

import math
import random
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ..materials.room_materials import Looks
from ..materials.shaders import Material
from ..piece import Part, Piece, Surface, settled
from ..shapes import appliances, cabinetry
from ..shapes import walls as shell
from ..shapes.primitives import (
    Shape,
    box,
    cylinder,
    frame,
    join,
    lathe,
    loft,
    rounded,
    smooth,
    tube,
    vessel,
)


def vanity(rng: random.Random, looks: Looks) -> Piece:
    """Make a washbasin in a cabinet: let into a stone top, a moulded top, or a bowl that stands on it."""
    basins = 2 if rng.random() < 0.15 else 1
    width = rng.uniform(1.2, 1.5) if basins == 2 else rng.uniform(0.55, 1.05)
    deep, high, t = rng.uniform(0.46, 0.54), rng.uniform(0.8, 0.87), rng.uniform(0.02, 0.04)
    wood = rng.choice((looks.painted, looks.wood, looks.white, looks.wood2))
    style = cabinetry.Style(
        rng.choice(("shaker", "raised", "flat")), wood, wood, wood, looks.metal, rng.choice(("knob", "bar", "cup"))
    )
    kind = rng.choice(("under", "under", "bowl"))
    w, under = width / 2, high - t
    foot = rng.choice((0.09, 0.09, 0.0))
    hanging = foot == 0.0 and rng.random() < 0.4
    parts = _carcass(style, width - 0.02, deep - 0.02, under, foot, rng, 0.28 if hanging else 0.0)
    stone = rng.choice((looks.stone, looks.ceramic, looks.stone))
    taps: list[Shape] = []
    bowls: list[Shape] = []
    plates = []
    for i in range(basins):
        x = (i - (basins - 1) / 2) * width / 2
        if kind == "bowl":
            r, tall = min(rng.uniform(0.17, 0.2), (deep - 0.12) / 2), rng.uniform(0.1, 0.14)
            profile = [(r * 0.55, 0.0), (r * 0.7, 0.01), (r * 0.93, tall * 0.6), (r, tall)]
            bowls.append(vessel(looks.ceramic, profile, 0.012, 32).moved(x, -0.105 - r, high))
            taps.append(appliances.tap(looks.chrome, 0.15, tall + 0.16).moved(x, -0.07, high))
        else:
            plates.append((x, min(0.42, width / basins - 0.12), 0.3))
            taps.append(_faucet(looks.chrome, rng).moved(x, -0.07, high))
    if plates:
        edges = [-w] + [(a[0] + b[0]) / 2 for a, b in pairwise(plates)] + [w]
        tops = []
        for (x, bw, bd), x0, x1 in zip(plates, edges, edges[1:]):
            slab, bowl = _sunk(
                stone, looks.ceramic, looks.chrome, (x0, -deep, x1, 0.0), (x, -deep / 2 - 0.02), bw, bd, high, t
            )
            tops.append(slab)
            bowls.append(bowl)
        counter = join(tops)
    else:
        counter = box(stone, (-w, -deep, under), (w, 0.0, high), 0.004)
    if rng.random() < 0.6:
        counter += box(stone, (-w, -0.014, high - 0.001), (w, 0.0, high + 0.09), 0.003)
    items = (
        Part("vanity", join(parts), "cabinet"),
        Part("vanity top", counter, "counter"),
        Part("washbasin", join(bowls), "sink"),
        Part("tap", join(taps), "sink"),
    )
    surfaces = []
    free = (width - basins * 0.44) / 2
    if free > 0.12 and basins == 1:
        for s in (-1, 1):
            low, up = sorted((s * (w - 0.03), s * (w - free + 0.03)))
            surfaces.append(Surface((low, -deep + 0.06), (up, -0.04), high, 0.4, "counter"))
    return settled(Piece("vanity", items, tuple(surfaces), (), 0.6))


def pedestal_basin(rng: random.Random, looks: Looks) -> Piece:
    """Make a washbasin on a pedestal, or on the wall with its trap below."""
    white, width, deep, high = looks.ceramic, rng.uniform(0.46, 0.62), rng.uniform(0.4, 0.5), rng.uniform(0.8, 0.86)
    pedestal = rng.random() < 0.6
    outline = [(x, y - deep / 2) for x, y in rounded(width, deep, min(0.12, width * 0.2), 6)]
    outline = [(x * (1 - 0.12 * max(-y / deep - 0.5, 0.0)), y) for x, y in outline]
    cy = -deep * 0.54

    def ring(sx: float, sy: float, z: float, dy: float = 0.0) -> list:
        return [(x * sx, cy + (y + deep / 2) * sy + dy, z) for x, y in outline]

    full = [(x, y) for x, y in outline]
    rings = [ring(0.3, 0.3, high - 0.19, 0.06), ring(0.55, 0.6, high - 0.16, 0.04), ring(0.9, 0.92, high - 0.07, 0.02)]
    rings += [[(x, y, z) for x, y in full] for z in (high - 0.03, high - 0.006)]
    rings += [
        ring(0.97, 0.97, high, 0.02),
        ring(0.8, 0.66, high - 0.004, -0.02),
        ring(0.76, 0.6, high - 0.03, -0.02),
        ring(0.55, 0.42, high - 0.12, -0.01),
        ring(0.12, 0.12, high - 0.135, 0.0),
    ]
    parts = [loft(white, rings)]
    parts.append(lathe(looks.chrome, [(0.024, 0.0), (0.024, 0.004), (0.01, 0.006)], 16).moved(0.0, cy, high - 0.137))
    if pedestal:
        profile = [(0.13, 0.0), (0.13, 0.03), (0.085, 0.09), (0.075, high * 0.5), (0.1, high - 0.14)]
        parts.append(lathe(white, profile, 24).scaled(1.0, 0.9, 1.0).moved(0.0, cy + 0.06, 0.0))
    else:
        trap = [
            (0.0, cy, high - 0.15),
            (0.0, cy, high - 0.32),
            (0.0, cy + 0.03, high - 0.35),
            (0.0, cy + 0.07, high - 0.32),
            (0.0, cy + 0.09, high - 0.26),
            (0.0, -0.001, high - 0.26),
        ]
        parts.append(tube(looks.chrome, smooth(trap, 4), 0.016, 12))
        parts += [
            tube(
                looks.chrome,
                [(s * 0.08, -0.001, 0.55), (s * 0.08, -0.06, 0.55), (s * 0.05, -0.09, high - 0.1)],
                0.006,
                8,
            )
            for s in (-1, 1)
        ]
    tap = _faucet(looks.chrome, rng).moved(0.0, -0.055, high - 0.001)
    items = (Part("washbasin", join(parts), "sink"), Part("tap", tap, "sink"))
    piece = settled(Piece("washbasin", items, (), (), 0.6))
    return piece if pedestal else replace(piece, hung=min(float(part.bounds[0][2]) for part in items))


def bathtub(rng: random.Random, looks: Looks) -> Piece:
    """Make a bathtub along a wall: with an apron, or free on feet; with tap, and a curtain on a rod now and then."""
    long, deep, high = rng.choice((1.52, 1.6, 1.7, 1.8)), rng.uniform(0.7, 0.8), rng.uniform(0.45, 0.58)
    free = rng.random() < 0.2
    white = looks.ceramic
    w, d = long / 2, deep / 2
    side = rng.choice((-1, 1))
    rim = rng.uniform(0.045, 0.07)

    def ring(wide: float, deep_: float, radius: float, z: float) -> list:
        return [(x, y, z) for x, y in rounded(wide, deep_, radius, 5)]

    inner = [
        ring(long - 2 * rim, deep - 2 * rim, 0.16, high - 0.002),
        ring(long - 2 * rim - 0.02, deep - 2 * rim - 0.02, 0.16, high - 0.02),
        ring(long - 2 * rim - 0.16, deep - 2 * rim - 0.1, 0.15, high - 0.25),
        ring(long - 2 * rim - 0.34, deep - 2 * rim - 0.18, 0.14, 0.13),
        ring(long - 2 * rim - 0.5, deep - 2 * rim - 0.3, 0.1, 0.1),
    ]
    if free:
        outer = [
            ring(long - 0.6, deep - 0.32, 0.1, 0.1),
            ring(long - 0.42, deep - 0.2, 0.14, 0.12),
            ring(long - 0.2, deep - 0.08, 0.2, high - 0.22),
            ring(long - 0.06, deep - 0.03, 0.22, high - 0.05),
            ring(long, deep, 0.2, high - 0.02),
            ring(long - 0.01, deep - 0.01, 0.2, high),
        ]
        parts = [loft(white, outer + inner)]
        for s in (-1, 1):
            for t in (-1, 1):
                foot = tube(
                    looks.metal,
                    [
                        (s * (w - 0.38), t * (d - 0.2), 0.16),
                        (s * (w - 0.3), t * (d - 0.12), 0.1),
                        (s * (w - 0.29), t * (d - 0.1), 0.028),
                    ],
                    (0.03, 0.022, 0.028),
                    10,
                )
                parts.append(foot.within((-9, -9, 0), (9, 9, 9)))
    else:
        outer = [
            ring(long - 0.02, deep - 0.03, 0.01, 0.0),
            ring(long - 0.02, deep - 0.03, 0.01, high - 0.05),
            ring(long, deep, 0.015, high - 0.045),
            ring(long, deep, 0.015, high - 0.006),
            ring(long - 0.012, deep - 0.012, 0.02, high),
        ]
        parts = [loft(white, outer + inner)]
    parts.append(
        lathe(looks.chrome, [(0.028, 0.0), (0.028, 0.004), (0.01, 0.006)], 16).moved(side * (w - 0.42), 0.0, 0.1)
    )
    parts.append(
        lathe(looks.chrome, [(0.03, 0.0), (0.03, 0.006), (0.012, 0.01)], 16)
        .turned(-side * 78, "Y")
        .moved(side * (w - rim - 0.055), 0.0, high - 0.16)
    )
    tub = [Part("bathtub", join(parts), "bathtub")]
    spout = tube(
        looks.chrome,
        [
            (0.0, 0.0, high - 0.005),
            (0.0, 0.0, high + 0.1),
            (-side * 0.03, 0.0, high + 0.13),
            (-side * 0.13, 0.0, high + 0.12),
        ],
        (0.022, 0.02, 0.018, 0.016),
        12,
    )
    rises = rng.random() < 0.55 and not free
    knobs = join([cylinder(looks.chrome, 0.022, 0.035, 0.004, 16).moved(0.0, y, high) for y in (-0.1, 0.1)])
    tub.append(Part("bath tap", (spout + knobs).moved(side * (w - rim * 0.5 - 0.01), 0.0, 0.0), "bathtub"))
    if rises:
        tub += _curtain_round(rng, looks, long, d, side, high)
    surface = Surface((-w + 0.1, d - rim + 0.004), (w - 0.1, d - 0.004), high, 0.4, "rim")
    return settled(Piece("bathtub", tuple(tub), (surface,), (), 0.5))


def shower(rng: random.Random, looks: Looks) -> Piece:
    """Make a shower in a corner: tray, glass walls or a curtain, mixer, hose and head."""
    size, deep, tall = rng.uniform(0.8, 1.0), rng.uniform(0.8, 1.0), rng.uniform(1.9, 2.05)
    w, rim, side = size / 2, 0.05, rng.choice((-1, 1))
    glassy = rng.random() < 0.6
    rings = []
    for grow, z in ((0.0, 0.0), (0.0, 0.1), (0.01, 0.11), (rim, 0.11), (rim + 0.02, 0.05), (0.3, 0.045)):
        rings.append(
            [
                (x, y - deep / 2, z)
                for x, y in rounded(size - 2 * grow, deep - 2 * grow, max(0.03 - grow * 0.1, 0.012), 3)
            ]
        )
    tray = loft(looks.ceramic, rings) + lathe(looks.chrome, [(0.045, 0.0), (0.045, 0.003), (0.01, 0.004)], 20).moved(
        0.0, -deep / 2, 0.045
    )
    parts = [Part("shower tray", tray, "otherstructure")]
    parts.append(Part("shower set", _shower_set(looks), "otherstructure"))
    if glassy:
        metal = rng.choice((looks.chrome, looks.white, looks.black))
        parts.append(Part("shower walls", _glass_walls(metal, looks.glass, size, deep, tall, side), "otherstructure"))
    else:
        rod = tube(
            looks.chrome,
            [
                (side * w, -deep + 0.03, tall),
                (-side * (w - 0.12), -deep + 0.03, tall),
                (-side * (w - 0.03), -deep + 0.12, tall),
                (-side * (w - 0.03), 0.0, tall),
            ],
            0.011,
            10,
        )
        parts.append(Part("curtain rod", rod, "otherstructure"))
        wide = size * rng.uniform(0.45, 0.9)
        cloth = shell.curtain(looks.shower_curtain, wide, tall - 0.16, max(round(wide / 0.11), 3), rng)
        parts.append(
            Part(
                "shower curtain",
                cloth.moved(-w + 0.12 if side > 0 else w - 0.12 - wide, -deep + 0.03, tall - 0.009),
                "shower curtain",
            )
        )
    return settled(Piece("shower", tuple(parts), (), (), 0.6))


def _shower_set(looks: Looks) -> Shape:
    """Make a rail with mixer, arm, hose and head."""
    x = 0.0
    rail = tube(looks.chrome, [(x, -0.05, 1.0), (x, -0.05, 1.75)], 0.01, 10)
    rail += join([tube(looks.chrome, [(x, 0.0, z), (x, -0.05, z)], 0.008, 8) for z in (1.02, 1.73)])
    head = (
        lathe(looks.chrome, [(0.012, 0.0), (0.05, 0.02), (0.055, 0.03), (0.02, 0.034)], 20)
        .turned(115, "X")
        .moved(x, -0.155, 1.732)
    )
    hose = tube(
        looks.metal,
        smooth(
            [
                (x, -0.07, 1.7),
                (x + 0.05, -0.07, 1.3),
                (x + 0.08, -0.06, 0.85),
                (x + 0.02, -0.06, 0.8),
                (x, -0.045, 0.98),
            ]
        ),
        0.007,
        8,
    )
    mixer = cylinder(looks.chrome, 0.022, 0.28, 0.006, 16).turned(90, "Y").moved(x - 0.14, -0.05, 1.0)
    mixer += join(
        [tube(looks.chrome, [(x + s * 0.075, 0.0, 1.0), (x + s * 0.075, -0.05, 1.0)], 0.014, 10) for s in (-1, 1)]
    )
    arm = tube(looks.chrome, [(x, -0.05, 1.71), (x, -0.16, 1.735)], 0.011, 8)
    return join([rail, head, hose, mixer, arm])


def _glass_walls(metal: Material, pane_: Material, size: float, deep: float, tall: float, side: int) -> Shape:
    """Make the two glass walls of a shower with a handle."""
    w, rim, t = size / 2, 0.05, 0.018
    walls = []
    for width, at in ((size, (0.0, -deep + rim / 2, 0)), (deep, (-side * (w - rim / 2), -deep / 2, 90))):
        half = width / 2 - 0.012
        count = 2
        leaf = 2 * half / count
        for i in range(count):
            x0 = -half + leaf * i
            rim_ = frame(metal, (x0, 0.11, x0 + leaf, tall), (x0 + t, 0.11 + t, x0 + leaf - t, tall - t), 0.012, -0.012)
            pane = box(
                pane_,
                (x0 + t - 0.004, -0.003, 0.11 + t - 0.004),
                (x0 + leaf - t + 0.004, 0.003, tall - t + 0.004),
                0.0005,
            )
            walls.append((rim_ + pane).turned(at[2]).moved(at[0], at[1]))
    handle = tube(
        metal,
        [
            (0.03, -deep + rim / 2 - 0.01, 0.9),
            (0.03, -deep + rim / 2 - 0.045, 0.92),
            (0.03, -deep + rim / 2 - 0.045, 1.1),
            (0.03, -deep + rim / 2 - 0.01, 1.12),
        ],
        0.007,
        8,
    )
    return join([*walls, handle])


def _faucet(chrome: Material, rng: random.Random) -> Shape:
    """Make a washbasin's tap on z = 0: a mixer, or two handles beside a spout."""
    if rng.random() < 0.5:
        body = lathe(chrome, [(0.026, 0.0), (0.026, 0.006), (0.02, 0.012), (0.019, 0.1), (0.012, 0.108)], 20)
        spout = tube(
            chrome, [(0.0, -0.005, 0.055), (0.0, -0.06, 0.075), (0.0, -0.125, 0.07)], (0.017, 0.014, 0.012), 12
        )
        return (
            body
            + spout
            + tube(chrome, [(0.0, 0.0, 0.105), (0.0, 0.02, 0.125), (0.0, -0.06, 0.14)], (0.012, 0.01, 0.006), 8)
        )
    spout = tube(
        chrome,
        smooth([(0.0, 0.0, -0.002), (0.0, 0.0, 0.11), (0.0, -0.04, 0.155), (0.0, -0.1, 0.14), (0.0, -0.115, 0.1)], 4),
        0.011,
        12,
    )
    parts = [lathe(chrome, [(0.024, 0.0), (0.022, 0.012), (0.01, 0.02)], 18), spout]
    for x in (-0.1, 0.1):
        parts.append(
            lathe(
                chrome, [(0.022, 0.0), (0.02, 0.01), (0.012, 0.02), (0.012, 0.045), (0.02, 0.05), (0.014, 0.06)], 18
            ).moved(x)
        )
        parts.append(tube(chrome, [(x - 0.028, 0.0, 0.05), (x + 0.028, 0.0, 0.05)], 0.005, 8))
    return join(parts)


def _carcass(
    style: cabinetry.Style, width: float, deep: float, top: float, foot: float, rng: random.Random, lift: float
) -> list[Shape]:
    """Make a vanity's cabinet below `top`: hollow for the basin, with doors, drawers or both."""
    w, d = width / 2, deep - cabinetry.DOOR
    low = max(foot, lift)
    parts = [
        box(style.carcass, (-w, -d, lift and low), (-w + 0.018, 0.0, top), 0.001),
        box(style.carcass, (w - 0.018, -d, lift and low), (w, 0.0, top), 0.001),
    ]
    parts.append(box(style.carcass, (-w + 0.017, -d, low), (w - 0.017, -0.001, low + 0.018), 0.001).crossed())
    parts.append(box(style.carcass, (-w + 0.017, -0.009, low), (w - 0.017, -0.001, top), 0.001))
    parts.append(box(style.carcass, (-w + 0.017, -d, top - 0.06), (w - 0.017, -d + 0.018, top), 0.001).crossed())
    if foot:
        parts.append(
            box(style.carcass, (-w + 0.017, -d + 0.05, 0.0), (w - 0.017, -d + 0.065, foot + 0.001), 0.001).crossed()
        )
    if lift:
        # It hangs on the wall; a back board down to the floor hides the pipes.
        parts.append(box(style.carcass, (-0.09, -0.02, 0.0), (0.09, -0.001, low + 0.01), 0.001))
    count = 1 if width < 0.5 else (2 if width < 1.1 else 3)
    each, kind = width / count, rng.choice(("doors", "drawers", "mixed"))
    for i in range(count):
        x = -w + each * i + 0.002
        tall = top - 0.006 - low - 0.004
        if kind == "drawers" or (kind == "mixed" and i == count - 1):
            half = tall / 2
            for k in (0, 1):
                parts.append(cabinetry.front(style, each - 0.004, half - 0.004).moved(x, -d, low + 0.004 + half * k))
                parts.append(
                    cabinetry.handle(style).moved(
                        x + each / 2, -d - cabinetry.DOOR + _sunken(style, each, half), low + half * (k + 0.55)
                    )
                )
        else:
            parts.append(cabinetry.front(style, each - 0.004, tall).moved(x, -d, low + 0.004))
            inner = x + (each - 0.04 if i % 2 == 0 else 0.035)
            parts.append(cabinetry.handle(style, upright=True).moved(inner, -d - cabinetry.DOOR, top - 0.12))
    return parts


def _sunken(style: cabinetry.Style, width: float, height: float) -> float:
    return 0.011 if style.profile == "shaker" and min(width, height) > 0.2 else 0.0


def _sunk(
    stone: Material,
    white: Material,
    chrome: Material,
    area: tuple[float, float, float, float],
    middle: tuple[float, float],
    width: float,
    deep: float,
    high: float,
    thick: float,
) -> tuple[Shape, Shape]:
    """Make a top with an oval hole and the basin below it; return both."""
    x0, y0, x1, y1 = area
    cx, cy = middle
    count = 40
    angles = [2 * math.pi * (i + 0.5) / count for i in range(count)]
    hole = [(cx + width / 2 * math.cos(a), cy + deep / 2 * math.sin(a)) for a in angles]
    outer = []
    corners = [math.atan2(y - cy, x - cx) % (2 * math.pi) for x, y in ((x1, y1), (x0, y1), (x0, y0), (x1, y0))]
    for a in angles:
        c, s = math.cos(a), math.sin(a)
        reach = min(
            ((x1 if c > 0 else x0) - cx) / c if abs(c) > 1e-9 else 9.0,
            ((y1 if s > 0 else y0) - cy) / s if abs(s) > 1e-9 else 9.0,
        )
        outer.append([cx + reach * c, cy + reach * s])
    for corner, point in zip(corners, ((x1, y1), (x0, y1), (x0, y0), (x1, y0))):
        nearest = min(range(count), key=lambda i: abs((angles[i] - corner + math.pi) % (2 * math.pi) - math.pi))
        outer[nearest] = list(point)
    rings = [
        [(x, y, z) for x, y in ring]
        for ring, z in ((outer, high - thick), (outer, high), (hole, high), (hole, high - thick))
    ]
    slab = loft(stone, rings, closed=True)

    def oval(grow: float, z: float) -> list:
        return [(cx + width / 2 * grow * math.cos(a), cy + deep / 2 * grow * math.sin(a), z) for a in angles]

    low = high - 0.15
    bowl = loft(
        white,
        [
            oval(0.2, low - 0.012),
            oval(0.75, low + 0.02),
            oval(1.02, high - thick - 0.002),
            oval(1.02, high + 0.004),
            oval(0.985, high + 0.006),
            oval(0.95, high - 0.01),
            oval(0.7, low + 0.03),
            oval(0.15, low),
        ],
    )
    drain = lathe(chrome, [(0.026, 0.0), (0.026, 0.004), (0.01, 0.006)], 16).moved(cx, cy, low - 0.001)
    return slab, bowl + drain


def _curtain_round(rng: random.Random, looks: Looks, long: float, half: float, side: int, high: float) -> list[Part]:
    """Make a shower over a bathtub: head, rod and curtain along its front."""
    w, rod, y = long / 2, rng.uniform(1.95, 2.05), -half + 0.03
    ends = (-w + 0.06, w - 0.06)
    path = [(ends[0], half, rod), (ends[0], y + 0.06, rod), (ends[0] + 0.06, y, rod)]
    path += [(-a, b, c) for a, b, c in reversed(path)]
    pole = tube(looks.chrome, path, 0.012, 10)
    pole += join([cylinder(looks.chrome, 0.03, 0.01, 0.002, 16).turned(90, "X").moved(a, half, rod) for a in ends])
    parts = [Part("shower rod", pole, "otherstructure")]
    wide = rng.choice((rng.uniform(0.3, 0.5), rng.uniform(0.5, 0.8), long - 0.3))
    outside = rng.random() < 0.6
    drop = rod - (rng.uniform(0.12, 0.25) if outside else high + 0.04)
    cloth = shell.curtain(looks.shower_curtain, wide, drop, min(max(round(wide / 0.12), 3), 12), rng)
    x = -w + 0.13 if side > 0 else w - 0.13 - wide
    at = y - (0.065 if outside else 0.0)
    if outside:
        # It hangs from the rod and falls over the rim outwards.
        cloth = cloth.bent(
            lambda p: np.stack((p[:, 0], p[:, 1] + 0.062 * (1 - np.clip(-p[:, 2] / 0.4, 0, 1)), p[:, 2]), 1)
        )
    parts.append(Part("shower curtain", cloth.moved(x, at, rod - 0.009), "shower curtain"))
    head = lathe(looks.chrome, [(0.012, 0.0), (0.045, 0.03), (0.05, 0.04), (0.02, 0.044)], 20).turned(
        180 - side * 25, "Y"
    )
    riser = [(side * (w - 0.03), 0.0, high + 0.12), (side * (w - 0.03), 0.0, 1.86), (side * (w - 0.06), 0.0, 1.9)]
    arm = tube(looks.chrome, [*riser, (side * (w - 0.13), 0.0, 1.89), (side * (w - 0.16), 0.0, 1.865)], 0.01, 8)
    parts.append(Part("shower head", arm + head.moved(side * (w - 0.16), 0.0, 1.86), "otherstructure"))
    return parts
