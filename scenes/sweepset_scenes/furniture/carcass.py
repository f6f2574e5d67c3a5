"""Carcasses: cases of boards with doors and drawers, the bodies of cabinets, chests and wardrobes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

from ..materials.room_materials import Looks
from ..piece import Surface
from ..shapes import cabinetry, legs
from ..shapes.cabinetry import DOOR, Style
from ..shapes.primitives import (
    Material,
    Shape,
    box,
    frame,
    join,
    prism,
    rounded,
)

T = 0.018
"""A board's thickness."""
Cell = tuple[float, str]
Column = tuple[float, Sequence[Cell]]


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


def drawers(count: int) -> list[Cell]:
    """Return cells of drawers, the lower ones taller."""
    tall = [1.25 - 0.4 * i / max(count - 1, 1) for i in range(count)]
    return [(one / sum(tall), "drawer") for one in tall]


def top(width: float, deep: float, high: float) -> Surface:
    return Surface((-width / 2 + 0.03, -deep + 0.04), (width / 2 - 0.03, -0.03), high, max(2.3 - high, 0.2), "top")


def niches(width: float, deep: float, high: float, shares: Sequence[float]) -> list[Surface]:
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


def standing(
    rng: random.Random, looks: Looks, style: Style, width: float, deep: float, high: float, columns: Sequence[Column]
) -> tuple[Shape, float]:
    """Make a case on legs, feet or a plinth, with a top board or without; return it and how high it is."""
    kind = rng.choice(("plinth", "legs", "feet", "floor"))
    foot = {"plinth": 0.07, "legs": min(rng.uniform(0.12, 0.2), high * 0.3), "feet": 0.06, "floor": 0.0}[kind]
    if kind in ("plinth", "floor"):
        body = case(style, width, deep, high, columns, foot)
    else:
        body = case(style, width, deep, high - foot, columns, 0.0).moved(z=foot)
        leg = "buns" if kind == "feet" else rng.choice(("tapered", "splayed", "round", "square"))
        metal = rng.random() < 0.25
        wood = looks.metal if metal else style.carcass
        body += legs.stand(wood, leg, width, deep - 0.02, foot + 0.001, 0.045).moved(y=-deep / 2)
    if rng.random() < 0.5:
        board = prism(style.front, rounded(width + 0.024, deep + 0.014, 0.01, 2), 0.02, 0.006).crossed()
        body += board.moved(y=-deep / 2 - 0.007, z=high - 0.001)
        high += 0.019
    return body, high


def case(
    style: Style,
    width: float,
    deep: float,
    high: float,
    columns: Sequence[Column],
    foot: float = 0.0,
    glass: Material | None = None,
) -> Shape:
    """Make a case centred on x = 0, its back on y = 0, of columns of cells from the bottom upwards.

    A cell is a "drawer", a "pair", a "door", a "double" door, "glass" doors, "open", or "none" (another
    cell's front closes it).
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
    """Make the front that closes a cell, its lower left corner at (x, z)."""
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
