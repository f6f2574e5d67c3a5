"""Furniture for clothes: wardrobes, dressers, chests, night stands.

Hanging clothes need 0.58 to 0.62 m of depth, folded ones 0.40 to 0.50 m (Neufert); night stands are as high as a
mattress.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace

from ..materials.room_materials import Looks
from ..piece import Part, Piece, settled
from ..shapes import cabinetry, legs
from ..shapes.cabinetry import DOOR
from ..shapes.primitives import (
    Material,
    Shape,
    box,
    cylinder,
    join,
    loft,
    panel,
    prism,
    rounded,
    tube,
)
from . import carcass
from .carcass import Cell, Column, T


def wardrobe(rng: random.Random, looks: Looks) -> Piece:
    """Make a wardrobe: hinged doors with or without drawers below, sliding doors, a mirror in one now and then."""
    doors = rng.choice((2, 2, 3, 4))
    width, deep, high = doors * rng.uniform(0.42, 0.5), rng.uniform(0.56, 0.62), rng.uniform(1.85, 2.25)
    style = carcass.fronts(rng, looks)
    mirror = rng.random() < 0.25
    parts: list[Part] = []
    if doors < 4 and rng.random() < 0.3:
        # Two sliding doors in front of each other.
        body = carcass.case(style, width, deep - 0.04, high, [(1.0, [(1.0, "none")])])
        half, tall = width / 2 - T + 0.015, high - 0.1
        for i in (0, 1):
            leaf = panel(style.front, half, tall, [(0.0, 0.016), (0.003, 0.019), (0.05, 0.019), (0.054, 0.014)])
            body += leaf.moved((-width / 2 + T, -0.013)[i], -deep + 0.0615 - 0.021 * i, 0.065)
        body += box(style.front, (-width / 2, -deep + 0.005, 0.0), (width / 2, -deep + 0.062, 0.062), 0.002)
        body += box(style.front, (-width / 2, -deep + 0.005, high - 0.035), (width / 2, -deep + 0.062, high), 0.002)
        if mirror:
            glass = box(looks.mirror, (0.045, -0.02, 0.06), (half - 0.045, -0.0135, tall - 0.06), 0.001)
            parts.append(Part("wardrobe mirror", glass.moved(-0.013, -deep + 0.038, 0.065), "mirror"))
    else:
        drawers = rng.random() < 0.4
        rows: list[Cell] = [(0.16, "drawer"), (0.84, "door")] if drawers else [(1.0, "door")]
        columns: list[Column] = [(2.0, [(s, "double" if kind == "door" else kind) for s, kind in rows])]
        if doors > 2:
            columns.append(
                (doors - 2.0, [(s, ("double" if doors == 4 else kind) if kind == "door" else kind) for s, kind in rows])
            )
        body = carcass.case(style, width, deep, high, columns, rng.uniform(0.05, 0.1))
        if rng.random() < 0.4:
            body += box(
                style.front, (-width / 2 - 0.02, -deep - 0.02, high), (width / 2 + 0.02, 0.0, high + 0.035), 0.01
            ).crossed()
            high += 0.035
        if mirror:
            wide = width / doors
            sill = 0.1 + (0.16 * high if drawers else 0.0)
            x = -width / 2 + wide * rng.randrange(doors)
            glass = box(
                looks.mirror,
                (x + 0.09, -deep - 0.004, sill + 0.1),
                (x + wide - 0.09, -deep + 0.006, high - 0.15),
                0.001,
            )
            parts.append(Part("wardrobe mirror", glass, "mirror"))
    parts.insert(0, Part("wardrobe", body, "otherfurniture"))
    return settled(Piece("wardrobe", tuple(parts), (carcass.top(width, deep, high),), (), 0.7))


def open_wardrobe(rng: random.Random, looks: Looks) -> Piece:
    """Make a rail with clothes on hangers: a rack on castors, or a case without doors."""
    width, deep, high = rng.uniform(0.9, 1.4), rng.uniform(0.45, 0.56), rng.uniform(1.5, 1.85)
    w, d = width / 2, deep / 2
    rack = rng.random() < 0.6
    steel = rng.choice((looks.metal, looks.black, looks.chrome))
    surfaces = []
    if rack:
        parts = []
        for s in (-1, 1):
            parts.append(tube(steel, [(s * (w - 0.03), -d, 0.1), (s * (w - 0.03), -d, high)], 0.013, 8))
            parts.append(tube(steel, [(s * (w - 0.03), -2 * d + 0.02, 0.09), (s * (w - 0.03), -0.02, 0.09)], 0.013, 8))
            for y in (-2 * d + 0.04, -0.04):
                wheel = (
                    cylinder(looks.black, 0.03, 0.022, 0.005, 14).turned(90, "X").moved(s * (w - 0.03), y + 0.011, 0.03)
                )
                parts += [wheel, tube(steel, [(s * (w - 0.03), y, 0.04), (s * (w - 0.03), y, 0.09)], 0.008, 6)]
        parts.append(tube(steel, [(-w + 0.03, -d, high), (w - 0.03, -d, high)], 0.013, 8))
        parts += [tube(steel, [(-w + 0.03, y, 0.14), (w - 0.03, y, 0.14)], 0.009, 8) for y in (-d - 0.1, -d + 0.1)]
        parts += [
            tube(steel, [(s * (w - 0.03), -d - 0.1, 0.14), (s * (w - 0.03), -d + 0.1, 0.14)], 0.009, 8) for s in (-1, 1)
        ]
        body, rail, inner = join(parts), high, w - 0.07
    else:
        style = carcass.fronts(rng, looks)
        deep, high = 0.56, high + 0.15
        body = carcass.case(style, width, deep, high, [(1.0, [(0.12, "drawer"), (0.88, "open")])], 0.06)
        d, rail, inner = deep / 2, high - 0.12, w - 0.05
        body += tube(looks.chrome, [(-w + T, -d, rail), (w - T, -d, rail)], 0.012, 10)
        surfaces.append(carcass.top(width, deep, high))
    clothes, x = [], -inner + rng.uniform(0.0, 0.2)
    while x < inner:
        garment = _garment(rng, looks, rng.choice((0.65, 0.75, 0.95, 1.1)) * rng.uniform(0.9, 1.0))
        clothes.append(garment.moved(x, -d, rail))
        x += rng.choice((0.04, 0.05, 0.06, 0.09, 0.2)) * rng.uniform(0.9, 1.2)
    items = [Part("clothes rail", body, "otherfurniture")]
    if clothes:
        items.append(Part("hanging clothes", join(clothes), "clothes"))
    return settled(Piece("open wardrobe", tuple(items), tuple(surfaces), (), 0.6))


def dresser(rng: random.Random, looks: Looks) -> Piece:
    """Make a wide chest: two or three columns of drawers, with a mirror on it now and then."""
    width, deep, high = rng.uniform(1.1, 1.65), rng.uniform(0.42, 0.5), rng.uniform(0.72, 0.95)
    style = carcass.fronts(rng, looks)
    rows = rng.choice((3, 4))
    columns: list[Column] = [(1.0, carcass.drawers(rows))] * rng.choice((2, 2, 3))
    if len(columns) == 3 and rng.random() < 0.5:
        columns[1] = (1.0, [(0.7, "door"), (0.3, "drawer")])
    body, high = carcass.standing(rng, looks, style, width, deep, high, columns)
    parts = [Part("dresser", body, "dresser")]
    if rng.random() < 0.35:
        glass = cabinetry.mirror(style.front, looks.mirror, width * rng.uniform(0.55, 0.85), rng.uniform(0.6, 0.9))
        tall = float(-glass.vertices[:, 2].min())
        parts.append(Part("dresser mirror", glass.moved(0.0, -0.01, high + tall), "mirror"))
    return settled(Piece("dresser", tuple(parts), (carcass.top(width, deep - 0.03, high),), (), 0.6))


def chest_of_drawers(rng: random.Random, looks: Looks) -> Piece:
    """Make a tall, narrow chest of four to six drawers."""
    width, deep, high = rng.uniform(0.6, 0.95), rng.uniform(0.4, 0.5), rng.uniform(0.95, 1.35)
    style = carcass.fronts(rng, looks)
    rows = carcass.drawers(rng.choice((4, 5, 6)))
    columns: list[Column] = [(1.0, rows)]
    if width > 0.75 and rng.random() < 0.5:
        columns = [(1.0, [*rows[:-1], (rows[-1][0], "pair")])]
    body, high = carcass.standing(rng, looks, style, width, deep, high, columns)
    return settled(
        Piece(
            "chest of drawers", (Part("chest of drawers", body, "dresser"),), (carcass.top(width, deep, high),), (), 0.6
        )
    )


def night_stand(rng: random.Random, looks: Looks) -> Piece:
    """Make a night stand: drawers, a drawer over a shelf or a door, a small table, a crate."""
    width, deep, high = rng.uniform(0.38, 0.56), rng.uniform(0.34, 0.44), rng.uniform(0.45, 0.66)
    style = carcass.fronts(rng, looks)
    kind = rng.choice(("drawers", "open", "door", "table", "crate"))
    surfaces = []
    if kind == "table":
        wood = style.front
        body = prism(wood, rounded(width, deep, 0.015, 3), 0.022, 0.005).crossed().moved(y=-deep / 2, z=high - 0.022)
        body += legs.stand(
            wood, rng.choice(("tapered", "turned", "square", "splayed")), width, deep, high - 0.02, 0.035
        ).moved(y=-deep / 2)
        w = width / 2 - 0.045
        body += box(wood, (-w, -deep + 0.04, high - 0.14), (w, -0.04, high - 0.02), 0.002).crossed()
        body += cabinetry.front(replace(style, profile="flat"), 2 * w - 0.02, 0.1).moved(
            -w + 0.01, -deep + 0.045, high - 0.13
        )
        body += cabinetry.handle(replace(style, handle="knob")).moved(0.0, -deep + 0.045 - DOOR, high - 0.08)
    elif kind == "crate":
        body = carcass.case(style, width, deep, high, [(1.0, [(0.5, "open"), (0.5, "open")])], 0.0)
        surfaces = carcass.niches(width, deep, high, [0.0, 0.5, 1.0])
    else:
        rows: list[Cell] = carcass.drawers(rng.choice((2, 3)))
        if kind != "drawers":
            rows = [(0.62, "open" if kind == "open" else "door"), (0.38, "drawer")]
        body, high = carcass.standing(rng, looks, style, width, deep, high, [(1.0, rows)])
    return settled(
        Piece(
            "night stand",
            (Part("night stand", body, "night stand"),),
            (carcass.top(width, deep, high), *surfaces),
            (),
            0.3,
        )
    )


def trunk(rng: random.Random, looks: Looks) -> Piece:
    """Make a chest with a lid, flat or arched, banded with metal now and then."""
    width, deep, high = rng.uniform(0.75, 1.1), rng.uniform(0.42, 0.52), rng.uniform(0.42, 0.55)
    wood = rng.choice((looks.wood, looks.wood2, looks.leather, looks.painted))
    w, lid = width / 2, high * 0.72
    parts = [box(wood, (-w, -deep, 0.02), (w, 0.0, lid - 0.004), 0.005).crossed()]
    arched = rng.random() < 0.4
    if arched:
        rings = []
        for i in range(11):
            a = math.pi * i / 10
            rings.append((-deep / 2 - (deep / 2 + 0.004) * math.cos(a), lid + (high - lid) * math.sin(a) + 0.002))
        parts.append(_arch(wood, rings, w + 0.005))
    else:
        parts.append(box(wood, (-w - 0.008, -deep - 0.008, lid), (w + 0.008, 0.004, high), 0.008).crossed())
    for x in (-w * 0.7, w * 0.7):
        parts.append(box(looks.metal, (x - 0.02, -deep - 0.004, 0.0), (x + 0.02, 0.002, lid - 0.02), 0.002))
        parts.append(
            box(looks.metal, (x - 0.015, -deep - 0.012, lid - 0.05), (x + 0.015, -deep + 0.001, lid + 0.02), 0.003)
        )
    for s in (-1, 1):
        path = [
            (s * w, -deep / 2 - 0.06, lid * 0.6),
            (s * (w + 0.02), -deep / 2 - 0.05, lid * 0.57),
            (s * (w + 0.02), -deep / 2 + 0.05, lid * 0.57),
            (s * w, -deep / 2 + 0.06, lid * 0.6),
        ]
        parts.append(tube(looks.metal, path, 0.007, 8))
    surfaces = () if arched else (carcass.top(width, deep, high),)
    return settled(Piece("trunk", (Part("trunk", join(parts), "otherfurniture"),), surfaces, (), 0.4))


def _arch(wood: Material, curve: Sequence[tuple[float, float]], half: float) -> Shape:
    """Make a solid below a curve of (y, z), from -half to half along x."""
    return loft(wood, [[(x, y, z) for y, z in curve] for x in (half, -half)])


def _garment(rng: random.Random, looks: Looks, length: float) -> Shape:
    """Make a shirt, jacket or dress on a hanger whose hook holds at the origin; it hangs in the plane of y and z."""
    cloth = looks.cloth(rng)
    thick = rng.uniform(0.012, 0.03)
    half = rng.uniform(0.19, 0.23)
    outline = (
        (0.03, -0.09),
        (0.06, -0.095),
        (half, -0.15),
        (half + 0.01, -0.24),
        (half * 0.9, -0.35),
        (half * rng.uniform(0.8, 1.05), -0.09 - length),
    )
    rings = []
    sway = rng.uniform(-0.012, 0.012)
    for wide, z in outline:
        ring = []
        for i in range(12):
            a = 2 * math.pi * i / 12
            fold = 1 + 0.35 * math.sin(3 * a + z * 9)
            ring.append((thick * math.sin(a) * fold * min(0.5 - z, 1.0) + sway * z, wide * math.cos(a), z))
        rings.append(ring)
    body = loft(cloth, rings)
    hook = [
        (0.0, 0.0, -0.085),
        (0.0, 0.0, -0.03),
        (0.0, 0.02, -0.01),
        (0.0, 0.012, 0.014),
        (0.0, -0.008, 0.017),
        (0.0, -0.018, 0.006),
    ]
    return body + tube(looks.metal, hook, 0.0025, 6)
