"""Shelves, filled: bookcases, cubes, open shelves, display cabinets.

Books take 0.25 to 0.32 m of depth (Neufert).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from ..materials.room_materials import Looks
from ..piece import Part, Piece, Surface, settled
from ..shapes import cabinetry
from ..shapes.primitives import (
    Material,
    Shape,
    box,
    join,
    lathe,
    tube,
    vessel,
)
from . import carcass
from .carcass import T


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


def display_cabinet(rng: random.Random, looks: Looks) -> Piece:
    """Make a cabinet with glass doors, dishes or books behind them."""
    width, deep, high = rng.uniform(0.8, 1.1), rng.uniform(0.36, 0.42), rng.uniform(1.7, 2.05)
    style = carcass.fronts(rng, looks)
    foot = 0.07
    low = rng.uniform(0.3, 0.45)
    body = carcass.case(style, width, deep, high, [(1.0, [(low, "double"), (1 - low, "glass")])], foot, looks.glass)
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
    return settled(Piece("display cabinet", tuple(parts), (carcass.top(width, deep, high),), (), 0.6))


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
    """Make the piece of open shelves: books fill part of them, the rest becomes surfaces."""
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
        surfaces.append(carcass.top(spans[-1][1] - spans[0][0], deep, float(case.vertices[:, 2].max())))
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
