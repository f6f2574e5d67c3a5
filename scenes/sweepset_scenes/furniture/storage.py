"""What things are kept in: wardrobes, dressers, bookcases, stands, racks, cabinets.

Depths are those of what is kept: 0.58 to 0.62 m for hanging clothes, 0.25 to 0.32 m for books, 0.40 to 0.50 m for
folded clothes (Neufert); counters are 0.90 m high (EN 1116), night stands as high as a mattress.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ..materials.room_materials import Looks
from ..piece import Part, Piece, Surface, settled
from ..shapes import appliances, cabinetry, legs
from ..shapes import cloth as textiles
from ..shapes.cabinetry import DOOR, Style
from ..shapes.primitives import (
    Material,
    Shape,
    box,
    cylinder,
    frame,
    join,
    lathe,
    loft,
    panel,
    prism,
    rounded,
    spot,
    tube,
    vessel,
)
from .textiles import coat, heap

T = 0.018
"""A board's thickness."""
Cell = tuple[float, str]
Column = tuple[float, Sequence[Cell]]


def wardrobe(rng: random.Random, looks: Looks) -> Piece:
    """Make a wardrobe: hinged doors with or without drawers below, sliding doors, a mirror in one now and then."""
    doors = rng.choice((2, 2, 3, 4))
    width, deep, high = doors * rng.uniform(0.42, 0.5), rng.uniform(0.56, 0.62), rng.uniform(1.85, 2.25)
    style = fronts(rng, looks)
    mirror = rng.random() < 0.25
    parts: list[Part] = []
    if doors < 4 and rng.random() < 0.3:
        # Two sliding doors in front of each other.
        body = _case(style, width, deep - 0.04, high, [(1.0, [(1.0, "none")])])
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
        body = _case(style, width, deep, high, columns, rng.uniform(0.05, 0.1))
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
    return settled(Piece("wardrobe", tuple(parts), (_top(width, deep, high),), (), 0.7))


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
        style = fronts(rng, looks)
        deep, high = 0.56, high + 0.15
        body = _case(style, width, deep, high, [(1.0, [(0.12, "drawer"), (0.88, "open")])], 0.06)
        d, rail, inner = deep / 2, high - 0.12, w - 0.05
        body += tube(looks.chrome, [(-w + T, -d, rail), (w - T, -d, rail)], 0.012, 10)
        surfaces.append(_top(width, deep, high))
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
    style = fronts(rng, looks)
    rows = rng.choice((3, 4))
    columns: list[Column] = [(1.0, _drawers(rows))] * rng.choice((2, 2, 3))
    if len(columns) == 3 and rng.random() < 0.5:
        columns[1] = (1.0, [(0.7, "door"), (0.3, "drawer")])
    body, high = _standing(rng, looks, style, width, deep, high, columns)
    parts = [Part("dresser", body, "dresser")]
    if rng.random() < 0.35:
        glass = cabinetry.mirror(style.front, looks.mirror, width * rng.uniform(0.55, 0.85), rng.uniform(0.6, 0.9))
        tall = float(-glass.vertices[:, 2].min())
        parts.append(Part("dresser mirror", glass.moved(0.0, -0.01, high + tall), "mirror"))
    return settled(Piece("dresser", tuple(parts), (_top(width, deep - 0.03, high),), (), 0.6))


def chest_of_drawers(rng: random.Random, looks: Looks) -> Piece:
    """Make a tall, narrow chest of four to six drawers."""
    width, deep, high = rng.uniform(0.6, 0.95), rng.uniform(0.4, 0.5), rng.uniform(0.95, 1.35)
    style = fronts(rng, looks)
    rows = _drawers(rng.choice((4, 5, 6)))
    columns: list[Column] = [(1.0, rows)]
    if width > 0.75 and rng.random() < 0.5:
        columns = [(1.0, [*rows[:-1], (rows[-1][0], "pair")])]
    body, high = _standing(rng, looks, style, width, deep, high, columns)
    return settled(
        Piece("chest of drawers", (Part("chest of drawers", body, "dresser"),), (_top(width, deep, high),), (), 0.6)
    )


def night_stand(rng: random.Random, looks: Looks) -> Piece:
    """Make a night stand: drawers, a drawer over a shelf or a door, a small table, a crate."""
    width, deep, high = rng.uniform(0.38, 0.56), rng.uniform(0.34, 0.44), rng.uniform(0.45, 0.66)
    style = fronts(rng, looks)
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
        body = _case(style, width, deep, high, [(1.0, [(0.5, "open"), (0.5, "open")])], 0.0)
        surfaces = _niches(width, deep, high, [0.0, 0.5, 1.0])
    else:
        rows: list[Cell] = _drawers(rng.choice((2, 3)))
        if kind != "drawers":
            rows = [(0.62, "open" if kind == "open" else "door"), (0.38, "drawer")]
        body, high = _standing(rng, looks, style, width, deep, high, [(1.0, rows)])
    return settled(
        Piece("night stand", (Part("night stand", body, "night stand"),), (_top(width, deep, high), *surfaces), (), 0.3)
    )


def bookcase(rng: random.Random, looks: Looks) -> Piece:
    """Make a bookcase, filled, half filled or nearly empty, its boards evenly or oddly spaced."""
    width, deep, high = rng.uniform(0.6, 1.2), rng.uniform(0.26, 0.34), rng.choice((0.8, 1.1, 1.5, 1.8, 2.0, 2.1))
    wood = rng.choice((looks.wood, looks.wood2, looks.painted, looks.black))
    foot = rng.uniform(0.05, 0.1)
    levels, z = [], foot + 0.02
    even = rng.random() < 0.5
    step = (high - foot - 0.02) / max(round((high - foot) / rng.uniform(0.28, 0.36)), 1)
    while z < high - 0.2:
        levels.append(z)
        z += step if even else rng.uniform(0.24, 0.4)
    case = cabinetry.bookcase(wood, width, high, levels, deep).moved(-width / 2)
    return _filled(
        "bookcase", "bookshelf", rng, looks, case, [(-width / 2 + 0.022, width / 2 - 0.022)], levels, high, deep
    )


def cube_shelf(rng: random.Random, looks: Looks) -> Piece:
    """Make a shelf of cubes, two to five wide and high, with books, baskets or nothing in them."""
    across, up = rng.choice(((2, 2), (4, 1), (1, 4), (2, 4), (4, 2), (4, 4), (3, 3), (5, 5), (2, 3)))
    side, thick, deep = rng.uniform(0.32, 0.37), rng.choice((0.016, 0.035)), rng.uniform(0.3, 0.39)
    wood = rng.choice((looks.wood, looks.painted, looks.black, looks.white))
    width, high = across * side + thick, up * side + thick
    parts = [box(wood, (-width / 2, -0.008, 0.0), (width / 2, -0.001, high), 0.001)] if rng.random() < 0.5 else []
    for i in range(across + 1):
        x = -width / 2 + i * side
        parts.append(box(wood, (x, -deep, 0.0), (x + thick, -0.002, high), 0.002))
    for j in range(up + 1):
        z = j * side
        parts.append(
            box(wood, (-width / 2 + 0.001, -deep + 0.001, z), (width / 2 - 0.001, -0.003, z + thick), 0.002).crossed()
        )
    spans = [(-width / 2 + i * side + thick, -width / 2 + (i + 1) * side) for i in range(across)]
    levels = [j * side + thick for j in range(up)]
    return _filled("cube shelf", "shelves", rng, looks, join(parts), spans, levels, high, deep, baskets=0.3)


def open_shelf(rng: random.Random, looks: Looks) -> Piece:
    """Make open shelves: steel with posts, wooden, or a ladder that leans on the wall."""
    width, deep, high = rng.uniform(0.6, 1.2), rng.uniform(0.3, 0.42), rng.uniform(1.3, 1.9)
    kind = rng.choice(("steel", "wood", "ladder"))
    wood = rng.choice((looks.wood, looks.wood2, looks.painted))
    post = wood if kind == "wood" else rng.choice((looks.metal, looks.black, looks.white))
    boards = post if kind == "steel" and rng.random() < 0.6 else wood
    count = rng.choice((3, 4, 5))
    levels = [0.1 + (high - 0.14) * i / (count - 1) for i in range(count)]
    parts = []
    w = width / 2
    for s in (-1, 1):
        x = s * (w - 0.012)
        if kind == "ladder":
            parts.append(
                tube(post, [(x, -deep, -0.01), (x, -0.016, high + 0.1)], 0.016, 8).within((-9, -9, 0), (9, 0, 9))
            )
            parts.append(tube(post, [(x, -0.016, 0.0), (x, -0.016, high + 0.1)], 0.014, 8))
        else:
            for y in (-deep + 0.012, -0.013):
                size = 0.011 if kind == "steel" else 0.018
                parts.append(box(post, (x - size, y - size, 0.0), (x + size, y + size, high + 0.02), 0.002))
    shelves = []
    for z in levels:
        reach = deep if kind != "ladder" else deep * (1 - z / (high + 0.1)) * 0.98 + 0.03
        shelves.append(reach)
        parts.append(box(boards, (-w + 0.002, -reach + 0.002, z - 0.022), (w - 0.002, -0.004, z), 0.002).crossed())
    if kind == "steel":
        parts.append(tube(post, [(-w + 0.01, -0.004, levels[0]), (w - 0.01, -0.004, levels[-1])], 0.004, 6))
        parts.append(tube(post, [(w - 0.01, -0.009, levels[0]), (-w + 0.01, -0.009, levels[-1])], 0.004, 6))
    return _filled(
        "shelf",
        "shelves",
        rng,
        looks,
        join(parts),
        [(-w + 0.03, w - 0.03)],
        levels,
        high + 0.4,
        min(shelves),
        baskets=0.15,
    )


def tv_stand(rng: random.Random, looks: Looks) -> Piece:
    """Make a low stand for a television, with drawers, doors and niches."""
    width, deep, high = rng.uniform(1.0, 1.8), rng.uniform(0.38, 0.48), rng.uniform(0.4, 0.62)
    style = fronts(rng, looks)
    outer = rng.choice(("door", "drawer", "open"))
    inner = rng.choice(("open", "shelf", "shelf"))
    middle: list[Cell] = [(1.0, "open")] if inner == "open" else [(0.5, "open"), (0.5, "open")]
    side: list[Cell] = [(1.0, outer)] if outer != "drawer" else [(0.5, "drawer"), (0.5, "drawer")]
    columns: list[Column] = rng.choice(
        (
            [(1.0, side), (1.3, middle), (1.0, side)],
            [(1.0, middle), (1.0, side)],
            [(1.0, side), (1.0, middle)],
            [(1.0, middle)],
        )
    )
    body, high = _standing(rng, looks, style, width, deep, high, columns)
    return settled(Piece("TV stand", (Part("TV stand", body, "otherfurniture"),), (_top(width, deep, high),), (), 0.4))


def sideboard(rng: random.Random, looks: Looks) -> Piece:
    """Make a sideboard for dishes: doors and drawers."""
    width, deep, high = rng.uniform(1.2, 1.9), rng.uniform(0.4, 0.48), rng.uniform(0.74, 0.92)
    style = fronts(rng, looks)
    tall: list[Cell] = [(1.0, "double")]
    mixed: list[Cell] = [(0.72, "double"), (0.28, "drawer")]
    stack: list[Cell] = _drawers(3)
    columns: list[Column] = rng.choice(
        ([(2.0, mixed), (2.0, mixed)], [(1.6, tall), (1.2, stack), (1.6, tall)], [(2.0, tall), (1.4, stack)])
    )
    body, high = _standing(rng, looks, style, width, deep, high, columns)
    return settled(Piece("sideboard", (Part("sideboard", body, "cabinet"),), (_top(width, deep, high),), (), 0.6))


def display_cabinet(rng: random.Random, looks: Looks) -> Piece:
    """Make a cabinet with glass doors, dishes or books behind them."""
    width, deep, high = rng.uniform(0.8, 1.1), rng.uniform(0.36, 0.42), rng.uniform(1.7, 2.05)
    style = fronts(rng, looks)
    foot = 0.07
    low = rng.uniform(0.3, 0.45)
    body = _case(style, width, deep, high, [(1.0, [(low, "double"), (1 - low, "glass")])], foot, looks.glass)
    bottom = foot + T + (high - foot - 2 * T) * low + T / 2
    levels = [bottom + (high - bottom - T) * i / 3 for i in range(3)]
    w = width / 2 - T - 0.004
    for z in levels[1:]:
        body += box(
            looks.glass if rng.random() < 0.5 else style.front, (-w, -deep + 0.06, z - 0.008), (w, -0.015, z), 0.002
        )
    parts = [Part("display cabinet", body, "cabinet")]
    bottoms = [levels[0] + 0.0005, *levels[1:]]
    if rng.random() < 0.4:
        rows = [
            book_row(rng, looks, 2 * w * rng.uniform(0.5, 0.95), 0.26, 0.2).moved(-w + 0.004, -0.02, z) for z in bottoms
        ]
        parts.append(Part("books", join(rows), "books"))
    else:
        dishes = []
        for z in bottoms:
            x = -w + 0.12
            while x < w - 0.1:
                dish = rng.choice((looks.glazed(rng), looks.ceramic, looks.glass))
                r, tall = rng.uniform(0.03, 0.08), rng.uniform(0.05, 0.18)
                profile = [(r * 0.6, 0.0), (r * rng.uniform(0.7, 1.0), tall * 0.4), (r, tall)]
                dishes.append(vessel(dish, profile, 0.004, 16).moved(x, -deep / 2 + rng.uniform(-0.04, 0.04), z))
                x += rng.uniform(0.16, 0.26)
        if dishes:
            parts.append(Part("dishes", join(dishes), "otherprop"))
    return settled(Piece("display cabinet", tuple(parts), (_top(width, deep, high),), (), 0.6))


def filing_cabinet(rng: random.Random, looks: Looks) -> Piece:
    """Make a steel filing cabinet of two to four drawers, 0.40 or 0.46 m wide (DIN 4543: A4 hanging files)."""
    count = rng.choice((2, 3, 4))
    width, deep, step = rng.choice((0.40, 0.46)), rng.uniform(0.5, 0.65), rng.uniform(0.28, 0.33)
    high = count * step + 0.06
    steel = rng.choice((looks.painted, looks.metal, looks.plastic, looks.black, looks.white))
    w, front = width / 2, -deep
    parts = [box(steel, (-w, -deep + 0.02, 0.0), (w, 0.0, high), 0.004)]
    for i in range(count):
        z = 0.035 + i * step
        parts.append(box(steel, (-w + 0.006, front, z), (w - 0.006, -deep + 0.021, z + step - 0.008), 0.004))
        parts.append(
            box(
                looks.chrome,
                (-0.07, front - 0.022, z + step * 0.5),
                (0.07, front - 0.012, z + step * 0.5 + 0.022),
                0.003,
            )
        )
        parts += [
            box(
                looks.chrome,
                (x - 0.006, front - 0.014, z + step * 0.5),
                (x + 0.006, front + 0.001, z + step * 0.5 + 0.02),
                0.002,
            )
            for x in (-0.06, 0.06)
        ]
        rim = frame(looks.chrome, (-0.045, 0, 0.045, 0.035), (-0.041, 0.004, 0.041, 0.031), 0.001, -0.002)
        parts.append(rim.moved(0.0, front, z + step * 0.68))
        parts.append(
            box(
                looks.paper,
                (-0.042, front - 0.001, z + step * 0.68 + 0.003),
                (0.042, front + 0.001, z + step * 0.68 + 0.032),
                0.0003,
            )
        )
    lock = cylinder(looks.chrome, 0.009, 0.006, 0.001, 12).turned(90, "X").moved(w - 0.03, -deep + 0.021, high - 0.02)
    return settled(
        Piece(
            "filing cabinet",
            (Part("filing cabinet", join([*parts, lock]), "cabinet"),),
            (_top(width, deep, high),),
            (),
            0.6,
        )
    )


def steel_cabinet(rng: random.Random, looks: Looks) -> Piece:
    """Make an office's tall cabinet: two doors, or lockers side by side."""
    width, deep, high = rng.choice((0.8, 0.92, 1.2)), rng.uniform(0.4, 0.46), rng.uniform(1.2, 1.95)
    steel = rng.choice((looks.painted, looks.metal, looks.plastic, looks.wood))
    style = Style("flat", steel, steel, looks.black, looks.chrome, "bar")
    if rng.random() < 0.3:
        columns: list[Column] = [(1.0, [(1.0, "door")])] * 3
        body = _case(style, width, deep, high, columns, 0.06)
        for i in range(3):
            x = -width / 2 + width / 3 * (i + 0.5)
            for k in range(4):
                body += box(
                    looks.black,
                    (x - 0.06, -deep - 0.0015, high - 0.2 - 0.03 * k),
                    (x + 0.06, -deep + 0.001, high - 0.193 - 0.03 * k),
                    0.0005,
                )
    else:
        body = _case(style, width, deep, high, [(1.0, [(1.0, "double")])], 0.06)
    return settled(
        Piece("steel cabinet", (Part("steel cabinet", body, "cabinet"),), (_top(width, deep, high),), (), 0.6)
    )


def drawer_unit(rng: random.Random, looks: Looks) -> Piece:
    """Make a small block of drawers on castors, or a trolley of plastic drawers."""
    width, deep, high = rng.uniform(0.38, 0.44), rng.uniform(0.4, 0.55), rng.uniform(0.52, 0.68)
    front_ = rng.choice((looks.painted, looks.wood, looks.colored(rng), looks.white))
    style = Style(
        "flat",
        front_,
        rng.choice((front_, looks.black, looks.plastic)),
        looks.black,
        looks.metal,
        rng.choice(("bar", "cup")),
    )
    body = _case(style, width, deep, high - 0.06, [(1.0, _drawers(rng.choice((2, 3, 4))))], 0.0).moved(z=0.06)
    for x in (-width / 2 + 0.05, width / 2 - 0.05):
        for y in (-deep + 0.07, -0.06):
            body += cylinder(looks.black, 0.025, 0.02, 0.004, 14).turned(90, "X").moved(x, y + 0.01, 0.025)
            body += tube(looks.metal, [(x, y, 0.035), (x, y, 0.062)], 0.008, 6)
    return settled(Piece("drawer unit", (Part("drawer unit", body, "cabinet"),), (_top(width, deep, high),), (), 0.5))


def shoe_rack(rng: random.Random, looks: Looks) -> Piece:
    """Make a rack with shoes on two to four levels."""
    width, deep, count = rng.uniform(0.6, 0.95), rng.uniform(0.28, 0.33), rng.choice((2, 3, 4))
    high = 0.1 + 0.2 * (count - 1) + 0.12
    rod = rng.choice((looks.metal, looks.wood2, looks.black, looks.white))
    w = width / 2
    parts, shoes = [], []
    for s in (-1, 1):
        for y in (-deep + 0.012, -0.012):
            parts.append(box(rod, (s * w - 0.01, y - 0.01, 0.0), (s * w + 0.01, y + 0.01, high), 0.002))
        parts.append(box(rod, (s * w - 0.008, -deep + 0.012, high - 0.02), (s * w + 0.008, -0.012, high), 0.002))
    for i in range(count):
        z = 0.1 + 0.2 * i
        parts += [
            tube(rod, [(-w, y, z - 0.008), (w, y, z - 0.008)], 0.008, 8) for y in (-deep + 0.03, -deep / 2, -0.03)
        ]
        parts += [tube(rod, [(s * w, -deep + 0.01, z - 0.008), (s * w, -0.01, z - 0.008)], 0.007, 8) for s in (-1, 1)]
        x = -w + 0.07
        while x < w - 0.17:
            if rng.random() < 0.75:
                material = rng.choice((looks.black, looks.leather, looks.cloth(rng), looks.white))
                for k in (0, 1):
                    one = shoe(material, looks.black if rng.random() < 0.5 else looks.white, rng.uniform(0.25, 0.28))
                    shoes.append(one.turned(rng.uniform(-4, 4)).moved(x + 0.1 * k, -deep / 2, z))
            x += 0.22
    items = [Part("shoe rack", join(parts), "otherprop")]
    if shoes:
        items.append(Part("shoes", join(shoes), "clothes"))
    return settled(Piece("shoe rack", tuple(items)))


def coat_stand(rng: random.Random, looks: Looks) -> Piece:
    """Make a coat stand with hooks, a jacket or a bag on it."""
    high, wood = rng.uniform(1.65, 1.85), rng.choice((looks.wood, looks.black, looks.metal, looks.wood2))
    parts = [tube(wood, [(0.0, 0.0, 0.05), (0.0, 0.0, high)], (0.024, 0.018), 12)]
    if rng.random() < 0.5:
        parts.append(lathe(wood, [(0.17, 0.0), (0.17, 0.012), (0.1, 0.03), (0.03, 0.06)], 28))
    else:
        parts += [
            tube(wood, [(0.0, 0.0, 0.2), (0.14, 0.0, 0.09), (0.25, 0.0, 0.018)], 0.017, 8).turned(90 * i + 20)
            for i in range(4)
        ]
    count = rng.choice((4, 6))
    for i in range(count):
        z = high - 0.06 - 0.16 * (i % 2)
        hook = [(0.015, 0.0, z - 0.06), (0.07, 0.0, z - 0.03), (0.12, 0.0, z + 0.03), (0.15, 0.0, z + 0.08)]
        parts.append(tube(wood, hook, 0.01, 8).turned(360 / count * i))
    parts.append(lathe(wood, [(0.02, high - 0.01), (0.03, high + 0.01), (0.012, high + 0.03)], 14))
    items = [Part("coat stand", join(parts), "otherfurniture")]
    for i in (0, count // 2)[: rng.choice((0, 1, 2, 2))]:
        cloth, angle, z = looks.cloth(rng), 360 / count * i + 90, high + 0.015 - 0.16 * (i % 2)
        if rng.random() < 0.25:
            items.append(Part("bag", textiles.tote(cloth).moved(y=-0.118), "bag", spot(0.0, 0.0, z, angle)))
        else:
            jacket = coat(cloth, rng, rng.uniform(0.75, 1.0)).scaled(0.85, 0.8, 1.0).moved(y=-0.168)
            items.append(Part("coat", jacket, "clothes", spot(0.0, 0.0, z, angle)))
    return settled(Piece("coat stand", tuple(items)))


def wall_cabinet(rng: random.Random, looks: Looks) -> Piece:
    """Make a wall cabinet of one to three doors, hung 1.4 m high."""
    doors = rng.choice((1, 2, 2, 3))
    width, high = doors * rng.uniform(0.36, 0.45), rng.uniform(0.55, 0.75)
    unit = cabinetry.wall_unit(fronts(rng, looks), width, high, doors).moved(-width / 2)
    return replace(
        settled(Piece("wall cabinet", (Part("wall cabinet", unit, "cabinet"),), (_top(width, 0.34, high),))), hung=1.4
    )


def refrigerator(rng: random.Random, looks: Looks) -> Piece:
    """Make a refrigerator: two doors, or an office's small one."""
    small = rng.random() < 0.3
    body = rng.choice((looks.white, looks.white, looks.steel, looks.black))
    finish = appliances.Finish(body, looks.metal, looks.black, looks.screen, looks.chrome)
    width, high, deep = (
        (0.5, 0.85, 0.52) if small else (rng.uniform(0.6, 0.8), rng.uniform(1.5, 1.85), rng.uniform(0.62, 0.72))
    )
    shape = appliances.refrigerator(finish, width, high, deep, 0.7 if small else rng.uniform(0.58, 0.68)).moved(
        -width / 2
    )
    return settled(
        Piece(
            "refrigerator",
            (Part("refrigerator", shape, "refridgerator"),),
            (_top(width, deep - 0.08, high - 0.012),),
            (),
            0.7,
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
    surfaces = () if arched else (_top(width, deep, high),)
    return settled(Piece("trunk", (Part("trunk", join(parts), "otherfurniture"),), surfaces, (), 0.4))


def fireplace(rng: random.Random, looks: Looks) -> Piece:
    """Make a cold fireplace: mantelpiece, hearth, and an opening 0.6 to 0.9 m wide and 0.65 to 0.75 m high."""
    wide, high, leg = rng.uniform(0.6, 0.9), rng.uniform(0.65, 0.75), rng.uniform(0.15, 0.3)
    width, top, deep = wide + 2 * leg, high + rng.uniform(0.2, 0.4), rng.uniform(0.2, 0.35)
    frame_, lining = (
        rng.choice((looks.trim, looks.wood, looks.tile, looks.stone)),
        rng.choice((looks.black, looks.tile)),
    )
    ledge, hearth = rng.uniform(0.03, 0.12), rng.uniform(0.25, 0.4)
    parts = [
        *(box(frame_, (x, -deep, 0.0), (x + leg, 0.0, high), 0.004) for x in (-width / 2, wide / 2)),
        box(frame_, (-width / 2, -deep, high), (width / 2, 0.0, top), 0.004),
        box(frame_, (-width / 2 - ledge, -deep - ledge, top), (width / 2 + ledge, 0.0, top + 0.05), 0.006),
        box(lining, (-wide / 2, -0.02, 0.0), (wide / 2, 0.0, high), 0.001),
        box(looks.stone, (-width / 2, -deep - hearth, 0.0), (width / 2, -deep, 0.04), 0.004),
    ]
    for k in range(rng.choice((0, 0, 1, 2))):
        log = cylinder(looks.wood2, 0.045, 0.7 * wide, 0.006, 14).turned(90, "Y")
        parts.append(log.moved(-0.35 * wide, -0.08 - 0.095 * k, 0.045))
    surface = _top(width, deep + ledge, top + 0.05)
    return settled(Piece("fireplace", (Part("fireplace", join(parts), "otherstructure"),), (surface,), (), 0.5))


def hamper(rng: random.Random, looks: Looks) -> Piece:
    """Make a laundry basket: wicker, cloth on a frame, or plastic, with clothes over its rim now and then."""
    size, high = rng.uniform(0.36, 0.46), rng.uniform(0.45, 0.62)
    kind = rng.choice(("wicker", "plastic", "cloth"))
    r = size / 2
    material = {"wicker": looks.basket, "plastic": looks.colored(rng), "cloth": looks.cloth(rng)}[kind]
    if kind == "wicker":
        rings = round(high / 0.02)
        profile = [(r * (0.84 + 0.16 * i / rings) + 0.004 * (i % 2), i * high / rings) for i in range(rings + 1)]
        body = vessel(material, profile, 0.012, 28)
    else:
        body = vessel(
            material,
            [(r * 0.82, 0.0), (r * 0.84, 0.01), (r * 0.95, high * 0.9), (r, high * 0.93), (r, high)],
            0.006,
            28,
        )
    oblong, full = rng.random() < 0.5, rng.random() < 0.6
    if kind == "wicker" and not full:
        body += lathe(material, [(r * 0.5, high), (r * 1.03, high), (r * 1.03, high + 0.02), (0.03, high + 0.04)], 28)
    if oblong:
        body = body.scaled(1.25, 0.85, 1.0)
    parts = [Part("laundry basket", body, "otherfurniture")]
    if full:
        load = heap(looks.cloth(rng), r * 0.5, high * 1.1, rng)
        parts.append(Part("laundry", load.moved(z=0.0125 if kind == "wicker" else 0.0065), "clothes"))
    return settled(Piece("laundry basket", tuple(parts)))


def book_row(rng: random.Random, looks: Looks, length: float, tall: float, deep: float) -> Shape:
    """Make books from x = 0 to about `length` on z = 0, their backs near y = 0: upright, leaning, some lying."""
    cover = looks.books(rng)
    parts, x = [], 0.0
    while x < length - 0.05:
        if rng.random() < 0.1 and length - x > 0.26 and tall > 0.16:
            z = 0.0
            for _ in range(rng.randint(2, 5)):
                thick, wide, back = (
                    rng.uniform(0.012, 0.035),
                    rng.uniform(0.2, 0.24),
                    min(rng.uniform(0.14, 0.19), deep),
                )
                if z + thick > tall:
                    break
                parts.append(_book(cover, looks.pages, thick, back, wide).turned(90, "Y").moved(x, -0.01, z + thick))
                z += thick
            x += 0.26
            continue
        high = tall * rng.uniform(0.7, 0.98)
        for _ in range(rng.randint(2, 9)):
            thick = rng.uniform(0.012, 0.045)
            if x + thick > length - 0.04:
                break
            back = min(deep * rng.uniform(0.62, 0.92), high * 0.85)
            book = _book(cover, looks.pages, thick, back, min(high * rng.uniform(0.9, 1.06), tall))
            parts.append(book.moved(x, -0.01 - max(deep - 0.26, 0.0) * rng.random(), 0.0))
            x += thick + 0.0008
        if rng.random() < 0.2:
            gap = rng.uniform(0.05, 0.15)
            if x + gap < length:
                lean = _book(cover, looks.pages, 0.02, min(deep * 0.75, 0.16), tall * 0.7)
                parts.append(lean.turned(-rng.uniform(6, 14), "Y").moved(x + 0.001, -0.015, 0.0))
                x += tall * 0.7 * 0.25 + 0.025
    if not parts:
        parts.append(_book(cover, looks.pages, 0.03, min(deep * 0.8, 0.16), tall * 0.8))
    return join(parts)


def shoe(upper: Material, sole: Material, length: float) -> Shape:
    """Make a shoe on z = 0, its toe towards -y."""
    outline = [
        (0.0, -0.5),
        (0.1, -0.47),
        (0.155, -0.36),
        (0.15, -0.1),
        (0.12, 0.15),
        (0.125, 0.38),
        (0.08, 0.49),
        (0.0, 0.5),
    ]
    ring = [(x * 0.28, y) for x, y in outline] + [(-x * 0.28, y) for x, y in outline[-2:0:-1]]
    flat = [(x * length / 0.28, y * length) for x, y in ring]
    under = prism(sole, flat, 0.022, 0.004)
    rings = []
    for shrink, z, back in (
        (0.97, 0.02, 0.0),
        (0.95, 0.045, 0.0),
        (0.8, 0.065, 0.12),
        (0.62, 0.085, 0.22),
        (0.55, 0.1, 0.26),
        (0.4, 0.098, 0.26),
        (0.38, 0.05, 0.26),
    ):
        rings.append([(x * shrink, y * shrink + back * length * 0.8, z) for x, y in flat])
    return under + loft(upper, rings)


def _arch(wood: Material, curve: Sequence[tuple[float, float]], half: float) -> Shape:
    """Make a solid below a curve of (y, z), from -half to half along x."""
    return loft(wood, [[(x, y, z) for y, z in curve] for x in (half, -half)])


def fronts(rng: random.Random, looks: Looks) -> Style:
    """Choose how fronts look."""
    wood = rng.choice((looks.wood, looks.wood, looks.painted, looks.wood2, looks.white))
    body = wood if rng.random() < 0.7 else rng.choice((looks.painted, looks.wood))
    return Style(
        rng.choice(("shaker", "raised", "flat", "flat")),
        wood,
        body,
        body,
        looks.metal,
        rng.choice(("bar", "knob", "cup", "knob")),
    )


def _drawers(count: int) -> list[Cell]:
    """Return cells of drawers, the lower ones taller."""
    tall = [1.25 - 0.4 * i / max(count - 1, 1) for i in range(count)]
    return [(one / sum(tall), "drawer") for one in tall]


def _top(width: float, deep: float, high: float) -> Surface:
    return Surface((-width / 2 + 0.03, -deep + 0.04), (width / 2 - 0.03, -0.03), high, max(2.3 - high, 0.2), "top")


def _niches(width: float, deep: float, high: float, shares: Sequence[float]) -> list[Surface]:
    levels = [T + (high - 2 * T) * share for share in shares]
    return [
        Surface(
            (-width / 2 + 0.04, -deep + 0.05),
            (width / 2 - 0.04, -0.03),
            low + T / 2 * (low > T),
            high_ - low - T,
            "shelf",
        )
        for low, high_ in pairwise(levels)
    ]


def _standing(
    rng: random.Random, looks: Looks, style: Style, width: float, deep: float, high: float, columns: Sequence[Column]
) -> tuple[Shape, float]:
    """Make a case on legs, feet or a plinth, with a top board or without; return it and how high it is."""
    kind = rng.choice(("plinth", "legs", "feet", "floor"))
    foot = {"plinth": 0.07, "legs": min(rng.uniform(0.12, 0.2), high * 0.3), "feet": 0.06, "floor": 0.0}[kind]
    if kind in ("plinth", "floor"):
        body = _case(style, width, deep, high, columns, foot)
    else:
        body = _case(style, width, deep, high - foot, columns, 0.0).moved(z=foot)
        leg = "buns" if kind == "feet" else rng.choice(("tapered", "splayed", "round", "square"))
        metal = rng.random() < 0.25
        wood = looks.metal if metal else style.carcass
        body += legs.stand(wood, leg, width, deep - 0.02, foot + 0.001, 0.045).moved(y=-deep / 2)
    if rng.random() < 0.5:
        board = prism(style.front, rounded(width + 0.024, deep + 0.014, 0.01, 2), 0.02, 0.006).crossed()
        body += board.moved(y=-deep / 2 - 0.007, z=high - 0.001)
        high += 0.019
    return body, high


def _case(
    style: Style,
    width: float,
    deep: float,
    high: float,
    columns: Sequence[Column],
    foot: float = 0.0,
    glass: Material | None = None,
) -> Shape:
    """Make a case centred on x = 0, its back on y = 0, of columns of cells from the bottom upwards.

    A cell is a "drawer", a "pair", a "door", a "double" door, "glass" doors, "open", or "none" (closed by others).
    """
    w, d, wood = width / 2, deep - DOOR, style.carcass
    bottom = foot + T
    parts = [
        box(wood, (-w, -d, 0.0), (-w + T, 0.0, high), 0.001),
        box(wood, (w - T, -d, 0.0), (w, 0.0, high), 0.001),
        box(wood, (-w + T - 0.001, -0.008, foot), (w - T + 0.001, -0.001, high - 0.001), 0.001),
        box(wood, (-w + T - 0.001, -d, high - T), (w - T + 0.001, -0.001, high), 0.001).crossed(),
        box(wood, (-w + T - 0.001, -d, foot), (w - T + 0.001, -0.001, bottom), 0.001).crossed(),
    ]
    if foot:
        parts.append(
            box(
                style.plinth, (-w + T - 0.001, -d + 0.03, 0.0), (w - T + 0.001, -d + 0.045, foot + 0.001), 0.001
            ).crossed()
        )
    total, x = sum(share for share, _ in columns), -w
    for i, (share, cells) in enumerate(columns):
        wide = width * share / total
        if i:
            parts.append(box(wood, (x - T / 2, -d + 0.001, foot + 0.002), (x + T / 2, -0.002, high - 0.002), 0.001))
        z, tall = bottom - T / 2, high - foot - T
        for j, (part, kind) in enumerate(cells):
            rise = tall * part
            if j:
                parts.append(
                    box(
                        wood, (x + T / 2, -d + 0.001, z - T / 2), (x + wide - T / 2, -0.002, z + T / 2), 0.001
                    ).crossed()
                )
            parts.append(_front(style, kind, x, z, wide, rise, d, glass, i == 0, high))
            z += rise
        x += wide
    return join(parts)


def _front(
    style: Style,
    kind: str,
    x: float,
    z: float,
    wide: float,
    tall: float,
    d: float,
    glass: Material | None,
    first: bool,
    high: float,
) -> Shape:
    """Make what closes a cell whose lower left corner is at (x, z)."""
    gap = 0.002
    parts = [box(style.carcass, (x + T, -d + 0.03, z + 0.002), (x + T + 0.01, -d + 0.04, z + 0.012), 0.0005)]
    if kind == "drawer" or kind == "pair":
        count = 2 if kind == "pair" else 1
        each = wide / count
        # A shaker front's field lies 11 mm behind its rails.
        sunk = 0.011 if style.profile == "shaker" and min(each, tall) - 2 * gap > 0.2 else 0.0
        for i in range(count):
            parts.append(cabinetry.front(style, each - 2 * gap, tall - 2 * gap).moved(x + i * each + gap, -d, z + gap))
            grips = (0.25, 0.75) if each > 0.65 else (0.5,)
            parts += [
                cabinetry.handle(style).moved(x + i * each + each * at, -d - DOOR + sunk, z + tall / 2) for at in grips
            ]
    elif kind in ("door", "double", "glass"):
        leaves = 1 if kind == "door" or wide < 0.5 else 2
        each = wide / leaves
        for i in range(leaves):
            left = x + i * each + gap
            if kind == "glass" and glass is not None:
                hole = (0.05, 0.05, each - 2 * gap - 0.05, tall - 2 * gap - 0.05)
                leaf = frame(style.front, (0.0, 0.0, each - 2 * gap, tall - 2 * gap), hole, 0.0, -DOOR)
                leaf += box(
                    glass,
                    (hole[0] - 0.005, -0.012, hole[1] - 0.005),
                    (hole[2] + 0.005, -0.008, hole[3] + 0.005),
                    0.0005,
                )
            else:
                leaf = cabinetry.front(style, each - 2 * gap, tall - 2 * gap)
            parts.append(leaf.moved(left, -d, z + gap))
            right = i == 0 if leaves == 2 else first
            at = left + (each - 0.035 if right else 0.03)
            grip = z + (
                tall / 2 if tall > 0.9 else (tall - 0.1 if z + tall / 2 < 0.7 else 0.1) if tall > 0.25 else tall / 2
            )
            parts.append(cabinetry.handle(style, upright=True).moved(at, -d - DOOR, grip))
    return join(parts)


def _filled(
    name: str,
    category: str,
    rng: random.Random,
    looks: Looks,
    case: Shape,
    spans: Sequence[tuple[float, float]],
    levels: Sequence[float],
    high: float,
    deep: float,
    baskets: float = 0.0,
) -> Piece:
    """Make the piece of open shelves; books take part of them, and what is free becomes surfaces."""
    fill = rng.choice((1.0, 0.95, 0.9, 0.7, 0.3))
    books, bins, surfaces = [], [], []
    for i, z in enumerate(levels):
        room = (levels[i + 1] if i + 1 < len(levels) else high) - z - 0.03
        for left, right in spans:
            length = right - left
            used = 0.0
            if room > 0.2 and rng.random() < fill:
                if rng.random() < baskets:
                    count = max(round(length / 0.36), 1)
                    each, size = length / count, (min(deep - 0.03, 0.32), min(room - 0.02, 0.28))
                    bins += [
                        _bin(rng, looks, each - 0.02, *size).moved(left + each * (k + 0.5), -deep / 2, z)
                        for k in range(count)
                        if k == 0 or rng.random() < 0.7
                    ]
                    continue
                used = length * (rng.uniform(0.6, 1.0) if rng.random() < fill else rng.uniform(0.15, 0.5))
                row = book_row(rng, looks, used, min(room - 0.01, rng.uniform(0.22, 0.3)), deep - 0.02)
                books.append(row.moved(left + 0.003, -0.012, z))
                used = float(row.vertices[:, 0].max()) + 0.01
            if length - used > 0.12:
                surfaces.append(Surface((left + used + 0.02, -deep + 0.02), (right - 0.02, -0.03), z, room, "shelf"))
    if high < 1.95:
        surfaces.append(_top(spans[-1][1] - spans[0][0], deep, float(case.vertices[:, 2].max())))
    parts = [Part(name, case, category)]
    if books:
        parts.append(Part("books", join(books), "books"))
    if bins:
        parts.append(Part("boxes", join(bins), "box"))
    return settled(Piece(name, tuple(parts), tuple(surfaces), (), 0.4))


def _bin(rng: random.Random, looks: Looks, width: float, deep: float, high: float) -> Shape:
    """Make a box of cloth or cardboard with a hole to pull it by."""
    material = rng.choice((looks.basket, looks.cloth(rng), looks.cardboard, looks.colored(rng)))
    parts = [box(material, (-width / 2, -deep / 2, 0.0), (width / 2, deep / 2, high), 0.008)]
    ring = lathe(looks.metal, [(0.013, 0.0), (0.022, 0.0), (0.022, 0.004), (0.013, 0.004)], 14, closed=True)
    return join([*parts, ring.turned(90, "X").moved(0.0, -deep / 2 + 0.001, high * 0.65)])


def _book(cover: Material, pages: Material, thick: float, deep: float, high: float) -> Shape:
    """Make a closed book, its spine towards -y at y = -deep, from x = 0; of few faces, as shelves hold many."""
    made = box(cover, (0.0, -deep, 0.0), (thick, 0.0, high), 0.0012)
    materials = list(made.materials)
    for i, face in enumerate(made.faces):
        points = made.vertices[list(face)]
        if len(face) == 4 and (points[:, 2].min() > high - 1e-6 or points[:, 1].min() > -1e-6):
            materials[i] = pages
    return replace(made, materials=materials)


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
