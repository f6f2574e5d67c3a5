"""Rooms' shells: walls with openings, windows, doors, baseboards, blinds, curtains.

A wall's own coordinates: x runs to the right as seen from the room, y = 0 is its face, -y is the room, z is up.
Lengths are metres.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from mathutils import Matrix, Vector

from .primitives import Material, Shape, box, cylinder, frame, join, lathe, loft, panel, prism, shape, sheet, spot, tube

WALL = 0.22
"""Thickness of walls."""
Rect = tuple[float, float, float, float]
"""A rectangle on the floor: x0, y0, x1, y1."""
SIDES = {"west": 90.0, "north": 0.0, "east": -90.0, "south": 180.0}
"""The side that a wall stands on, by how its own x axis is turned."""


@dataclass(frozen=True)
class Opening:
    """A hole in a wall for a window or, from the floor up, a door: its left and right edge, sill and head."""

    left: float
    right: float
    sill: float
    head: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.head - self.sill

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Wall:
    """One wall of a room: the place of its left end, its direction, its length.

    `ends` is how far its back reaches beyond its face at the left and the right: `WALL` in the room's corners, negative
    where the wall turns away from the room.
    """

    start: tuple[float, float]
    degrees: float
    length: float
    ends: tuple[float, float]

    @property
    def at(self) -> Matrix:
        """The transform from its own coordinates."""
        return spot(*self.start, 0.0, self.degrees)

    @property
    def side(self) -> str:
        """The side of the room that it stands on."""
        return next(side for side, degrees in SIDES.items() if degrees == self.degrees)

    def point(self, x: float, y: float = 0.0) -> tuple[float, float]:
        """Return the floor coordinates of a place on or before it."""
        along = self.at @ Vector((x, y, 0.0))
        return along.x, along.y


@dataclass(frozen=True)
class Slope:
    """A sloped ceiling: `knee` metres high at the wall of a side, rising over `run` metres to the full height."""

    side: str
    knee: float
    run: float


@dataclass(frozen=True)
class Room:
    """A room: width along X, depth along Y, its south-west corner the origin; `blocks` are parts that it lacks."""

    width: float
    depth: float
    height: float
    blocks: tuple[Rect, ...] = ()
    slope: Slope | None = None

    def wall(self, side: str) -> Matrix:
        """Return the transform from the own coordinates of the wall of a rectangular room, by its side."""
        return next(wall for wall in self.walls if wall.side == side).at

    def length(self, side: str) -> float:
        """Return the length of the wall of a rectangular room, by its side."""
        return self.width if side in ("north", "south") else self.depth

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point of the floor is inside."""
        if not (0.0 <= x <= self.width and 0.0 <= y <= self.depth):
            return False
        return not any(x0 < x < x1 and y0 < y < y1 for x0, y0, x1, y1 in self.blocks)

    def ceiling(self, x: float, y: float) -> float:
        """Return the ceiling's height above a point of the floor."""
        if self.slope is None:
            return self.height
        away = {"west": x, "east": self.width - x, "south": y, "north": self.depth - y}[self.slope.side]
        rise = self.height - self.slope.knee
        return min(self.height, self.slope.knee + rise * away / self.slope.run)

    @cached_property
    def walls(self) -> tuple[Wall, ...]:
        """All walls, clockwise as seen from above."""
        corners = self._outline()
        after, before = corners[1:] + corners[:1], corners[-1:] + corners[:-1]
        beyond = after[1:] + after[:1]
        walls = []
        for p, q, o, r in zip(corners, after, before, beyond):
            along = (q[0] - p[0], q[1] - p[1])
            degrees = {(0, 1): 90.0, (1, 0): 0.0, (0, -1): -90.0, (-1, 0): 180.0}[_sign(along[0]), _sign(along[1])]
            ends = tuple(
                -WALL if (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0]) > 0 else WALL
                for a, b, c, d in ((o, p, p, q), (p, q, q, r))
            )
            walls.append(Wall(p, degrees, abs(along[0] + along[1]), (ends[0], ends[1])))
        return tuple(walls)

    def outline(self, out: float = 0.0) -> list[tuple[float, float]]:
        """Return the room's corners, counter-clockwise, each moved outwards from both of its walls."""
        points = []
        for wall, previous in zip(self.walls, self.walls[-1:] + self.walls[:-1]):
            x, y = wall.start
            for one in (wall, previous):
                x -= out * math.sin(math.radians(one.degrees))
                y += out * math.cos(math.radians(one.degrees))
            points.append((x, y))
        return points[::-1]

    def _outline(self) -> list[tuple[float, float]]:
        """Return the corners, clockwise: the edges between what is room and what is not, chained."""
        xs = sorted({0.0, self.width, *(x for block in self.blocks for x in (block[0], block[2]))})
        ys = sorted({0.0, self.depth, *(y for block in self.blocks for y in (block[1], block[3]))})
        cells = {
            (i, j)
            for i in range(len(xs) - 1)
            for j in range(len(ys) - 1)
            if self.holds((xs[i] + xs[i + 1]) / 2, (ys[j] + ys[j + 1]) / 2)
        }
        edges = {}
        for i, j in cells:
            for di, dj, start, stop in (
                (-1, 0, (i, j), (i, j + 1)),
                (0, 1, (i, j + 1), (i + 1, j + 1)),
                (1, 0, (i + 1, j + 1), (i + 1, j)),
                (0, -1, (i + 1, j), (i, j)),
            ):
                if (i + di, j + dj) not in cells:
                    edges[start] = stop
        chain = [min(edges)]
        while edges[chain[-1]] != chain[0]:
            chain.append(edges[chain[-1]])
        corners = []
        for before, here, after in zip(chain[-1:] + chain[:-1], chain, chain[1:] + chain[:1]):
            straight = before[0] == here[0] == after[0] or before[1] == here[1] == after[1]
            if not straight:
                corners.append((xs[here[0]], ys[here[1]]))
        return corners


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def wall(
    material: Material,
    length: float,
    height: float,
    openings: Sequence[Opening] = (),
    ends: tuple[float, float] = (WALL, WALL),
) -> Shape:
    """Make a wall with holes; its back reaches round corners by `ends`, it reaches below floor and above ceiling."""
    return _slab(material, length, (-0.05, height + 0.05), openings, (0.0, WALL), ends)


def cladding(material: Material, length: float, height: float, openings: Sequence[Opening] = ()) -> Shape:
    """Make tiles or boards on a wall, from the floor up to a height."""
    holes = [hole for hole in openings if hole.sill < height]
    return _slab(material, length, (0.0, height), holes, (-0.008, 0.0), (0.0, 0.0))


def _slab(
    material: Material,
    length: float,
    levels: tuple[float, float],
    openings: Sequence[Opening],
    faces_at: tuple[float, float],
    ends: tuple[float, float],
) -> Shape:
    """Make an upright slab with holes between two levels; its faces are at the front's and the back's y."""
    bottom, top = levels
    xs = sorted({0.0, length, *(x for hole in openings for x in (hole.left, hole.right))})
    edges = (z for hole in openings for z in (hole.sill, hole.head))
    zs = sorted({bottom, top, *(min(max(z, bottom), top) for z in edges)})
    back = [-ends[0], *xs[1:-1], length + ends[1]]
    columns, rows = len(xs), len(zs)
    points = [(x, faces_at[0], z) for z in zs for x in xs] + [(x, faces_at[1], z) for z in zs for x in back]

    def solid(i: int, k: int) -> bool:
        if not (0 <= i < columns - 1 and 0 <= k < rows - 1):
            return False
        x, z = (xs[i] + xs[i + 1]) / 2, (zs[k] + zs[k + 1]) / 2
        return not any(hole.left < x < hole.right and hole.sill < z < hole.head for hole in openings)

    faces: list[tuple[int, ...]] = []
    for i in range(columns - 1):
        for k in range(rows - 1):
            if not solid(i, k):
                continue
            a, b, c, d = k * columns + i, k * columns + i + 1, (k + 1) * columns + i + 1, (k + 1) * columns + i
            e, f, g, h = (corner + columns * rows for corner in (a, b, c, d))
            faces += [(a, b, c, d), (h, g, f, e)]
            sides = ((i - 1, k, (a, d, h, e)), (i + 1, k, (b, f, g, c)), (i, k - 1, (a, e, f, b)))
            faces += [face for p, q, face in (*sides, (i, k + 1, (d, c, g, h))) if not solid(p, q)]
    return shape(material, points, faces)


def floor(material: Material, room: Room) -> Shape:
    """Make a room's floor; it reaches below its walls."""
    return prism(material, room.outline(0.2), 0.1, 0.0005).moved(z=-0.1)


def ceiling(material: Material, room: Room) -> Shape:
    """Make a room's ceiling, flat or with a slope; it reaches over its walls."""
    flat = prism(material, room.outline(0.2), 0.1, 0.0005).moved(z=room.height)
    slope = room.slope
    if slope is None:
        return flat
    out = 0.2
    low = slope.knee - out * (room.height - slope.knee) / slope.run
    section = [(out, low), (out, room.height + 0.09), (-slope.run, room.height + 0.09), (-slope.run, room.height)]
    ends = [[(x, y, z) for y, z in section] for x in (-out, room.length(slope.side) + out)]
    turned = {"west": (0.0, 0.0), "north": (0.0, room.depth), "east": (room.width, room.depth)}
    x, y = turned.get(slope.side, (room.width, 0.0))
    return flat + loft(material, ends).turned(SIDES[slope.side]).moved(x, y)


def strip(material: Material, left: float, right: float, bottom: float, height: float, depth: float = 0.014) -> Shape:
    """Make a baseboard or a cornice along a wall."""
    return box(material, (left, -depth, bottom), (right, 0.0, bottom + height), 0.004).crossed()


def window(trim: Material, pane: Material, opening: Opening, sashes: int = 2, bars: bool = False) -> Shape:
    """Make a window: casing on the wall, lining, sill board, sashes with panes."""
    o = opening
    parts = [
        frame(
            trim,
            (o.left - 0.07, o.sill - 0.02, o.right + 0.07, o.head + 0.07),
            (o.left, o.sill, o.right, o.head),
            0.0,
            -0.018,
        ),
        box(trim, (o.left - 0.1, -0.06, o.sill - 0.045), (o.right + 0.1, 0.0, o.sill - 0.015), 0.005),
        box(trim, (o.left, -0.05, o.sill - 0.02), (o.right, 0.12, o.sill + 0.012), 0.004),
        frame(
            trim,
            (o.left - 0.005, o.sill - 0.005, o.right + 0.005, o.head + 0.005),
            (o.left + 0.035, o.sill + 0.045, o.right - 0.035, o.head - 0.035),
            0.17,
            0.11,
        ),
    ]
    inner = (o.right - o.left - 0.07) / sashes
    for i in range(sashes):
        x0 = o.left + 0.035 + i * inner
        outer = (x0, o.sill + 0.045, x0 + inner, o.head - 0.035)
        hole = (x0 + 0.045, o.sill + 0.095, x0 + inner - 0.045, o.head - 0.08)
        parts.append(frame(trim, outer, hole, 0.155, 0.1))
        parts.append(
            box(pane, (hole[0] - 0.01, 0.128, hole[1] - 0.01), (hole[2] + 0.01, 0.132, hole[3] + 0.01), 0.0005)
        )
        if bars:
            z = (hole[1] + hole[3]) / 2
            x = (hole[0] + hole[2]) / 2
            parts.append(box(trim, (hole[0] - 0.002, 0.118, z - 0.011), (hole[2] + 0.002, 0.142, z + 0.011)))
            parts.append(box(trim, (x - 0.011, 0.117, hole[1] - 0.002), (x + 0.011, 0.143, hole[3] + 0.002)))
        parts.append(
            box(trim, (x0 + inner / 2 - 0.012, 0.075, o.sill + 0.06), (x0 + inner / 2 + 0.012, 0.1, o.sill + 0.08))
        )
    return join(parts)


def door(leaf: Material, trim: Material, knob: Material, width: float = 0.82, height: float = 2.03) -> Shape:
    """Make a closed six-panel door in its casing, centred on x = 0 (82 by 203 cm leaf)."""
    half = width / 2
    parts = [
        box(trim, (-half - 0.09, -0.026, 0.0), (-half - 0.004, 0.0, height + 0.01), 0.004),
        box(trim, (half + 0.004, -0.026, 0.0), (half + 0.09, 0.0, height + 0.01), 0.004),
        box(trim, (-half - 0.1, -0.031, height + 0.006), (half + 0.1, 0.0, height + 0.1), 0.005).crossed(),
        box(trim, (-half - 0.01, -0.003, 0.0), (half + 0.01, 0.0, height + 0.012), 0.001),
        box(leaf, (-half, -0.006, 0.006), (half, -0.001, height), 0.002),
    ]
    stile, rail = 0.115, 0.1
    field = (width - 3 * stile) / 2
    rows = ((0.22, 0.52), (0.22 + 0.52 + rail, 0.58), (0.22 + 0.52 + 0.58 + 2 * rail, 0.29))
    for x in (-half, -stile / 2, half - stile):
        parts.append(box(leaf, (x, -0.019, 0.006), (x + stile, -0.004, height), 0.004))
    edges = [(0.006, 0.22)] + [(low + tall, low + tall + rail) for low, tall in rows[:-1]]
    edges.append((rows[-1][0] + rows[-1][1], height))
    for low, high in edges:
        for x in (-half + stile, stile / 2):
            parts.append(box(leaf, (x - 0.001, -0.0186, low), (x + field + 0.001, -0.004, high), 0.004).crossed())
    for low, tall in rows:
        for x in (-half + stile, stile / 2):
            steps = [(0.014, 0.0065), (0.05, 0.0155), (0.052, 0.0155)]
            parts.append(panel(leaf, field, tall, steps).moved(x, 0.0, low))
    grip = lathe(
        knob,
        [(0.026, 0), (0.027, 0.005), (0.011, 0.009), (0.01, 0.03), (0.022, 0.036), (0.027, 0.05), (0.02, 0.062)],
        20,
    )
    parts.append(grip.turned(90, "X").moved(half - 0.06, -0.018, 0.98))
    for z in (0.25, 1.75):
        parts.append(cylinder(knob, 0.006, 0.09, 0.001, 10).moved(-half - 0.002, -0.02, z))
    return join(parts)


def blind(slats: Material, cord: Material, width: float, drop: float, closed: float = 35.0) -> Shape:
    """Make a venetian blind that hangs from z = 0 by `drop`, its slats 25 mm, turned by `closed` degrees."""
    parts = [box(slats, (0.0, -0.02, -0.035), (width, 0.02, 0.0), 0.003)]
    count = int((drop - 0.06) / 0.021)
    slat = box(slats, (0.004, -0.0125, -0.0007), (width - 0.004, 0.0125, 0.0007), 0.0003).turned(closed, "X")
    parts += [slat.moved(0.0, 0.0, -0.05 - 0.021 * i) for i in range(count)]
    bottom = -0.05 - 0.021 * count
    parts.append(box(slats, (0.0, -0.013, bottom - 0.012), (width, 0.013, bottom + 0.004), 0.003))
    for x in (0.12, width - 0.12):
        parts.append(box(cord, (x - 0.001, -0.0155, bottom), (x + 0.001, -0.0135, -0.03), 0.0003))
    parts.append(tube(cord, [(0.06, -0.024, -0.02), (0.06, -0.03, -0.3), (0.062, -0.03, -drop * 0.8)], 0.0025, 6))
    return join(parts)


def curtain(material: Material, width: float, drop: float, folds: int, rng: random.Random, pinch: float = 0.0) -> Shape:
    """Make a hanging curtain, its top edge on z = 0 from x = 0 to `width`; `pinch` gathers it at 60 % of the drop."""
    columns, levels = folds * 8, 14
    phases = [rng.uniform(-0.5, 0.5) for _ in range(folds + 1)]
    rows = []
    for i in range(levels + 1):
        t = 1.0 - i / levels
        row = []
        for j in range(columns + 1):
            s = j / columns
            fold = s * folds
            k = min(int(fold), folds - 1)
            drift = phases[k] + (phases[k + 1] - phases[k]) * (fold - k)
            depth = (0.016 + 0.016 * t) * (1.0 + 0.4 * drift)
            y = depth * math.sin(2 * math.pi * fold + 1.6 * t * drift)
            squeeze = 1.0 - pinch * math.exp(-(((t - 0.6) / 0.22) ** 2))
            row.append((width * s * squeeze + 0.012 * t * drift, y, -drop * t))
        rows.append(row)
    return sheet(material, rows, 0.002)


def curtain_rod(metal: Material, width: float) -> Shape:
    """Make a rod with end knobs and brackets to the wall, its axis 0.13 from the wall at z = 0."""
    rod = cylinder(metal, 0.0125, width, 0.001, 12).turned(90, "Y").moved(0.0, -0.13, 0.0)
    parts = [rod]
    for x in (0.0, width):
        end = lathe(metal, [(0.01, -0.03), (0.024, -0.015), (0.026, 0.0), (0.024, 0.015), (0.01, 0.03)], 14)
        parts.append(end.turned(90, "Y").moved(x, -0.13, 0.0))
    for x in (0.08, width - 0.08):
        parts.append(box(metal, (x - 0.008, -0.14, -0.022), (x + 0.008, -0.001, -0.01), 0.001))
        parts.append(box(metal, (x - 0.015, -0.006, -0.05), (x + 0.015, 0.0, 0.02), 0.001))
    return join(parts)


def grille(frame_material: Material, dark: Material, width: float, depth: float) -> Shape:
    """Make an air vent below a ceiling at z = 0, centred."""
    w, d = width / 2, depth / 2
    rim = frame(frame_material, (-w, -d, w, d), (-w + 0.025, -d + 0.025, w - 0.025, d - 0.025), 0.0, -0.008)
    parts = [rim.turned(90, "X"), box(dark, (-w + 0.02, -d + 0.02, -0.002), (w - 0.02, d - 0.02, 0.0), 0.0005)]
    count = int((depth - 0.05) / 0.014)
    for i in range(count):
        y = -d + 0.025 + (i + 0.5) * (depth - 0.05) / count
        slat = box(frame_material, (-w + 0.024, -0.005, -0.0007), (w - 0.024, 0.005, 0.0007), 0.0003).turned(35, "X")
        parts.append(slat.moved(0.0, y, -0.0045))
    return join(parts)
