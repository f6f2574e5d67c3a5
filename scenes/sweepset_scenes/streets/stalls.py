"""The plan of a car park, which lots and garages share: rows of stalls, their lines, aisles with arrows; metres.

Aisles run along x, the middle one at y = 0. Rows stand back to back between them.
"""

from __future__ import annotations

from ..materials.shaders import Material
from . import ground
from .panels import Panels
from .world import Berth, Footprint

STALL, DEEP, AISLE = 2.7, 5.3, 7.0
"""Width and depth of a stall, width of an aisle."""
HALF = 12
"""Stalls of a row on each side of x = 0."""
END = STALL * HALF
"""Where rows end."""
EDGE = AISLE * 1.5 + 3 * DEEP
"""How far the outermost rows reach from the middle."""
BACKS = (AISLE / 2 + DEEP, -AISLE / 2 - DEEP)
"""The y where rows stand back to back."""


def rows() -> list[tuple[float, float]]:
    """Return the rows of stalls: the y of their middle, and where a vehicle that drove in looks, in degrees."""
    found = []
    for side in (1, -1):
        near = side * (AISLE + DEEP) / 2
        found += [(near, side * 90.0), (near + side * DEEP, -side * 90.0)]
        found.append((near + side * (2 * DEEP + AISLE), side * 90.0))
    return found


def berths() -> list[Berth]:
    """Return the stalls, and places to drive in the middle aisle: vehicles longer than a stall stand out of it."""
    found = [
        Berth(
            Footprint((k + 0.5) * STALL, y, DEEP + 0.9, STALL - 0.15, heading), "stall", abs(k + 0.5) < 4 and abs(y) < 7
        )
        for y, heading in rows()
        for k in range(-HALF, HALF)
    ]
    for side in (1, -1):
        for x in (-16.0, 0.0, 16.0):
            lane = Footprint(x, -side * AISLE / 4, 14.0, 3.4, 0.0 if side > 0 else 180.0)
            found.append(Berth(lane, "lane", x == 0.0))
    return found


def lines() -> list[ground.Rect]:
    """Return the lines between stalls, and those between rows back to back."""
    found = []
    for y, _ in rows():
        xs = (k * STALL for k in range(-HALF, HALF + 1))
        found += [(x - 0.05, y - DEEP / 2 + 0.1, x + 0.05, y + DEEP / 2 - 0.1) for x in xs]
    return found + [(-END, y - 0.05, END, y + 0.05) for y in BACKS]


def arrows(panels: Panels, paint: Material) -> None:
    """Paint arrows on the middle aisle; traffic keeps to the right."""
    for x, side in ((-12.0, 1), (12.0, 1), (-8.0, -1), (16.0, -1)):
        y = -side * AISLE / 4
        low, high = sorted((x, x + side * 1.6))
        panels.level(paint, (low, y - 0.07), (high, y + 0.07), ground.PAINT)
        for step in range(4):
            tip, wide = x + side * (1.6 + 0.2 * step), 0.36 - 0.09 * step
            low, high = sorted((tip, tip + side * 0.2))
            panels.level(paint, (low, y - wide), (high, y + wide), ground.PAINT)
