"""Doors and windows: closed doors, doors ajar or open to a hallway, windows of several kinds.

All are in a wall's own coordinates (see `shapes.walls`). Lengths are metres.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from ..materials.room_materials import Looks
from ..piece import Part, Piece
from ..shapes.primitives import Material, Shape, box, cylinder, frame, join, lathe, panel, spot, tube
from ..shapes.walls import WALL, Opening

LINING, LEAF = 0.022, 0.04
"""Thickness of a door's lining and of its leaf."""
HALL = 1.15
"""Depth of the visible part of the hallway behind a door."""


@dataclass(frozen=True)
class Door:
    """A doorway: its hole, how its leaf looks, and how it stands.

    The leaf is hinged at the hole's left or right edge and opened by `angle` degrees, `inwards` into the room or into
    the hallway; a doorway may have none ("" for its design).
    """

    hole: Opening
    design: str
    left: bool
    inwards: bool
    angle: float

    @property
    def leaf_width(self) -> float:
        return self.hole.width - 2 * LINING - 0.006


def draw_door(rng: random.Random, left: float, design: str, open_: bool) -> Door:
    """Draw a doorway whose casing begins at `left`; leaves are 0.7 to 0.9 m wide and 2.0 to 2.1 m high."""
    width = rng.choice((0.7, 0.76, 0.82, 0.82, 0.9)) + 2 * LINING
    if not design:
        width += rng.choice((0.0, 0.2, 0.6))
    hole = Opening(left + 0.09, left + 0.09 + width, 0.0, rng.choice((2.0, 2.03, 2.03, 2.1)) + LINING)
    inwards = rng.random() < 0.6
    angle = 0.0
    if open_:
        angle = rng.choice((rng.uniform(8, 40), rng.uniform(60, 95), rng.uniform(80, 95)))
    return Door(hole, design, rng.random() < 0.5, inwards, angle if design else 90.0)


DESIGNS: dict[str, tuple[tuple[float, ...], int]] = {
    "flat": ((), 1),
    "two": ((0.75, 0.95), 1),
    "six": ((0.52, 0.58, 0.29), 2),
    "five": ((0.27, 0.27, 0.27, 0.27, 0.27), 1),
    "glass": ((0.32, 0.32, 0.32, 0.32, 0.32), 2),
}
"""A leaf's fields: their heights from the bottom up, to scale, and how many stand side by side."""


def leaf(looks: Looks, design: str, width: float, height: float) -> Shape:
    """Make a door's leaf: hinged at x = 0, y = 0, its face towards -y on y = 0, standing on z = 0."""
    wood = looks.door
    rows, columns = DESIGNS[design]
    if design == "flat":
        parts = [box(wood, (0.0, 0.0, 0.0), (width, LEAF, height), 0.002)]
    else:
        stile = 0.11 if columns == 1 else 0.1
        bottom, rail = 0.2, 0.1 if design != "glass" else 0.035
        mullion = rail if design == "glass" else stile
        field = (width - 2 * stile - (columns - 1) * mullion) / columns
        scale = (height - bottom - 0.11 - rail * (len(rows) - 1)) / sum(rows)
        lefts = [stile + i * (field + mullion) for i in range(columns)]
        parts = [box(wood, (x, 0.0, 0.0), (x + stile, LEAF, height), 0.003) for x in (0.0, width - stile)]
        for x in lefts[1:]:
            parts.append(box(wood, (x - mullion, 0.001, bottom - 0.001), (x, LEAF - 0.001, height - 0.1), 0.003))
        z = bottom
        edges = [(0.0, bottom)]
        for row in rows:
            tall = row * scale
            for x in lefts:
                parts.append(_field(looks, design, field, tall).moved(x, 0.0, z))
            edges.append((z + tall, z + tall + rail))
            z += tall + rail
        edges[-1] = (edges[-1][0], height)
        for low, high in edges:
            across = (stile - 0.001, 0.0005, low), (width - stile + 0.001, LEAF - 0.0005, high)
            parts.append(box(wood, *across, 0.003).crossed())
    x = width - 0.06
    for turn, y in ((90, 0.001), (-90, LEAF - 0.001)):
        parts.append(_grip(looks.metal, design).turned(turn, "X").moved(x, y, 0.98))
    return join(parts)


def _field(looks: Looks, design: str, width: float, height: float) -> Shape:
    """Make the panel in a leaf's field, its lower left corner the origin."""
    if design == "glass":
        return box(looks.pane, (-0.004, 0.018, -0.004), (width + 0.004, 0.022, height + 0.004), 0.0005)
    steps = [(-0.002, 0.008), (0.012, 0.008), (0.045, 0.016), (0.047, 0.016)]
    front = panel(looks.door, width, height, steps).moved(y=LEAF / 2)
    return front + front.turned(180).moved(width, LEAF)


def _grip(metal: Material, design: str) -> Shape:
    """Make a knob or a lever that stands up from z = 0."""
    if design in ("flat", "glass"):
        neck = cylinder(metal, 0.025, 0.008, 0.001, 16) + cylinder(metal, 0.009, 0.045, 0.001, 10)
        return neck + tube(metal, [(0.006, 0.0, 0.045), (-0.05, 0.0, 0.048), (-0.11, 0.0, 0.044)], 0.008, 8)
    profile = [(0.026, 0), (0.027, 0.005), (0.011, 0.009), (0.01, 0.03), (0.022, 0.036), (0.027, 0.05), (0.02, 0.062)]
    return lathe(metal, profile, 16)


def casing(looks: Looks, door: Door, trim: Material) -> Shape:
    """Make a doorway's lining, its casing on both sides, its threshold and, if its leaf is closed, the stops."""
    o, t = door.hole, 0.018
    parts = []
    for y0, y1 in ((-t, 0.0), (WALL, WALL + t)):
        for x0, x1 in ((o.left - 0.075, o.left + 0.006), (o.right - 0.006, o.right + 0.075)):
            parts.append(box(trim, (x0, y0, 0.0), (x1, y1, o.head), 0.004))
        over = box(trim, (o.left - 0.08, y0 * 1.15, o.head - 0.006), (o.right + 0.08, y1, o.head + 0.08), 0.004)
        parts.append(over.crossed())
    for x0, x1 in ((o.left - 0.001, o.left + LINING), (o.right - LINING, o.right + 0.001)):
        parts.append(box(trim, (x0, -t / 2, 0.0), (x1, WALL + t / 2, o.head), 0.002))
    parts.append(box(trim, (o.left, -t / 2, o.head - LINING), (o.right, WALL + t / 2, o.head + 0.001), 0.002).crossed())
    if door.design:
        y0, y1 = (LEAF + 0.003, LEAF + 0.018) if door.inwards else (WALL - LEAF - 0.018, WALL - LEAF - 0.003)
        a, b, top = o.left + LINING - 0.001, o.right - LINING + 0.001, o.head - LINING + 0.001
        parts += [
            box(trim, (a, y0, 0.0), (a + 0.014, y1, top), 0.002),
            box(trim, (b - 0.014, y0, 0.0), (b, y1, top), 0.002),
            box(trim, (a, y0, top - 0.014), (b, y1, top), 0.002).crossed(),
        ]
    parts.append(box(trim, (o.left, -0.004, -0.02), (o.right, WALL + 0.004, 0.006), 0.002).crossed())
    if door.angle == 0.0:
        # Closed: a board hides the gaps.
        y = WALL - 0.012 if door.inwards else 0.1
        parts.append(box(trim, (o.left, y, 0.004), (o.right, y + 0.01, o.head - 0.001), 0.001))
    return join(parts)


def doorway(looks: Looks, door: Door) -> Piece:
    """Make a doorway with its leaf."""
    parts = [Part("door frame", casing(looks, door, looks.trim), "door")]
    if door.design:
        wide, height = door.leaf_width, door.hole.head - LINING - 0.012
        what = leaf(looks, door.design, wide, height)
        if not door.left:
            # Mirrored by half a turn: hinged at its right edge, its other face towards the room.
            what = what.turned(180).moved(0.0, LEAF, 0.0)
        if door.inwards:
            x, y, turn = (door.hole.left + LINING + 0.003, -0.012, -door.angle)
        else:
            what = what.moved(0.0, -LEAF, 0.0)
            x, y, turn = (door.hole.left + LINING + 0.003, WALL + 0.012, door.angle)
        if not door.left:
            x, turn = door.hole.right - LINING - 0.003, -turn
        parts.append(Part("door", what, "door", spot(x, y, 0.008, turn)))
    return Piece("door", tuple(parts))


def hallway(looks: Looks, door: Door) -> Piece:
    """Make the visible part of the hallway behind an open door: floor, walls and ceiling around a shallow space."""
    o = door.hole
    # Too narrow for a camera; a leaf that opens outwards fits.
    near, far = WALL, WALL + max(HALL, door.leaf_width + 0.1)
    left, right, top, t = o.left - 0.6, o.right + 0.6, o.head + 0.35, 0.06
    wall = [
        box(looks.wall, (left - t, far, -0.05), (right + t, far + t, top), 0.001),
        box(looks.wall, (left - t, near, -0.05), (left, far + 0.01, top), 0.001),
        box(looks.wall, (right, near, -0.05), (right + t, far + 0.01, top), 0.001),
    ]
    skirt = box(looks.trim, (left, far - 0.014, 0.0), (right, far, 0.1), 0.004)
    return Piece(
        "hallway",
        (
            Part("hallway wall", join([*wall, skirt]), "wall"),
            Part("hallway floor", box(looks.floor, (left, near - 0.03, -0.1), (right, far, -0.001), 0.001), "floor"),
            Part("hallway ceiling", box(looks.ceiling, (left, near, top - 0.05), (right, far, top), 0.001), "ceiling"),
        ),
    )


@dataclass(frozen=True)
class Window:
    """A window: its hole, how many sashes wide and high it is, and whether they have bars."""

    hole: Opening
    columns: int
    rows: int
    bars: bool

    @property
    def full(self) -> bool:
        """Whether it reaches to the floor."""
        return self.hole.sill < 0.3


def window(looks: Looks, one: Window) -> Piece:
    """Make a window: casing on the wall, lining, sill, sashes with panes; upper sashes slide behind lower ones."""
    trim, o = looks.trim, one.hole
    edge = 0.012 if one.full else 0.02
    outer = (o.left - 0.07, o.sill - edge, o.right + 0.07, o.head + 0.07)
    hole = (o.left, o.sill, o.right, o.head)
    low = 0.012 if one.full else 0.045
    inner = (o.left + 0.035, o.sill + low, o.right - 0.035, o.head - 0.035)
    parts = [
        frame(trim, outer, hole, 0.0, -0.018),
        frame(trim, (o.left - 0.005, o.sill - 0.005, o.right + 0.005, o.head + 0.005), inner, 0.17, 0.09),
        box(trim, (o.left, -0.018, o.sill - edge), (o.right, 0.12, o.sill + 0.008), 0.004),
    ]
    if not one.full:
        parts.append(box(trim, (o.left - 0.1, -0.06, o.sill - 0.045), (o.right + 0.1, 0.0, o.sill - 0.015), 0.005))
        parts.append(box(trim, (o.left, -0.05, o.sill - 0.02), (o.right, 0.12, o.sill + 0.012), 0.004))
    for i in range(one.columns):
        for k in range(one.rows):
            wide, tall = (inner[2] - inner[0]) / one.columns, (inner[3] - inner[1]) / one.rows
            x, z = inner[0] + i * wide, inner[1] + k * tall
            # Sashes that overlap slide past each other.
            back = 0.028 * (k if one.rows > 1 else i % 2 if one.full else 0)
            parts.append(_sash(looks, wide, tall, one.bars).moved(x, 0.1 + back, z))
    return Piece("window", (Part("window", join(parts), "window"),))


def _sash(looks: Looks, width: float, height: float, bars: bool) -> Shape:
    """Make a sash with its pane, its lower left corner the origin."""
    trim, rim = looks.trim, 0.042
    low, high = (rim, rim), (width - rim, height - rim)
    parts = [
        frame(trim, (0.0, 0.0, width, height), (*low, *high), 0.026, 0.0),
        box(looks.pane, (low[0] - 0.008, 0.011, low[1] - 0.008), (high[0] + 0.008, 0.015, high[1] + 0.008), 0.0005),
    ]
    if bars:
        for i in (1, 2) if height > 0.9 else (1,):
            z = low[1] + (high[1] - low[1]) * i / (3 if height > 0.9 else 2)
            parts.append(box(trim, (low[0] - 0.002, 0.003, z - 0.01), (high[0] + 0.002, 0.023, z + 0.01), 0.001))
        x = width / 2
        parts.append(box(trim, (x - 0.01, 0.0025, low[1] - 0.002), (x + 0.01, 0.0235, high[1] + 0.002), 0.001))
    return join(parts)
