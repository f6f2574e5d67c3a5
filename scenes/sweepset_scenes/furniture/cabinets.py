"""Cabinets of living rooms, offices and bathrooms: TV stands, sideboards, filing cabinets, drawer units."""

from __future__ import annotations

import random
from dataclasses import replace

from ..materials.room_materials import Looks
from ..piece import Part, Piece, settled
from ..shapes import cabinetry
from ..shapes.cabinetry import Style
from ..shapes.primitives import (
    box,
    cylinder,
    frame,
    join,
    tube,
)
from . import carcass
from .carcass import Cell, Column


def tv_stand(rng: random.Random, looks: Looks) -> Piece:
    """Make a low stand for a television, with drawers, doors and niches."""
    width, deep, high = rng.uniform(1.0, 1.8), rng.uniform(0.38, 0.48), rng.uniform(0.4, 0.62)
    style = carcass.fronts(rng, looks)
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
    body, high = carcass.standing(rng, looks, style, width, deep, high, columns)
    return settled(
        Piece("TV stand", (Part("TV stand", body, "otherfurniture"),), (carcass.top(width, deep, high),), (), 0.4)
    )


def sideboard(rng: random.Random, looks: Looks) -> Piece:
    """Make a sideboard for dishes: doors and drawers."""
    width, deep, high = rng.uniform(1.2, 1.9), rng.uniform(0.4, 0.48), rng.uniform(0.74, 0.92)
    style = carcass.fronts(rng, looks)
    tall: list[Cell] = [(1.0, "double")]
    mixed: list[Cell] = [(0.72, "double"), (0.28, "drawer")]
    stack: list[Cell] = carcass.drawers(3)
    columns: list[Column] = rng.choice(
        ([(2.0, mixed), (2.0, mixed)], [(1.6, tall), (1.2, stack), (1.6, tall)], [(2.0, tall), (1.4, stack)])
    )
    body, high = carcass.standing(rng, looks, style, width, deep, high, columns)
    return settled(
        Piece("sideboard", (Part("sideboard", body, "cabinet"),), (carcass.top(width, deep, high),), (), 0.6)
    )


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
            (carcass.top(width, deep, high),),
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
        body = carcass.case(style, width, deep, high, columns, 0.06)
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
        body = carcass.case(style, width, deep, high, [(1.0, [(1.0, "double")])], 0.06)
    return settled(
        Piece("steel cabinet", (Part("steel cabinet", body, "cabinet"),), (carcass.top(width, deep, high),), (), 0.6)
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
    body = carcass.case(style, width, deep, high - 0.06, [(1.0, carcass.drawers(rng.choice((2, 3, 4))))], 0.0).moved(
        z=0.06
    )
    for x in (-width / 2 + 0.05, width / 2 - 0.05):
        for y in (-deep + 0.07, -0.06):
            body += cylinder(looks.black, 0.025, 0.02, 0.004, 14).turned(90, "X").moved(x, y + 0.01, 0.025)
            body += tube(looks.metal, [(x, y, 0.035), (x, y, 0.062)], 0.008, 6)
    return settled(
        Piece("drawer unit", (Part("drawer unit", body, "cabinet"),), (carcass.top(width, deep, high),), (), 0.5)
    )


def wall_cabinet(rng: random.Random, looks: Looks) -> Piece:
    """Make a wall cabinet of one to three doors, hung 1.4 m high."""
    doors = rng.choice((1, 2, 2, 3))
    width, high = doors * rng.uniform(0.36, 0.45), rng.uniform(0.55, 0.75)
    unit = cabinetry.wall_unit(carcass.fronts(rng, looks), width, high, doors).moved(-width / 2)
    return replace(
        settled(Piece("wall cabinet", (Part("wall cabinet", unit, "cabinet"),), (carcass.top(width, 0.34, high),))),
        hung=1.4,
    )
