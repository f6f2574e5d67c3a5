"""Rooms' shells: walls with openings, windows, doors, baseboards, blinds, curtains.

A wall's own coordinates: x runs to the right as seen from the room, y = 0 is its face, -y is the room, z is up.
Lengths are metres.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from mathutils import Matrix

from .parts import Material, Shape, box, cylinder, frame, join, lathe, panel, sheet, spot, tube


@dataclass(frozen=True)
class Room:
    """A rectangular room: width along X, depth along Y, its south-west corner the origin."""

    width: float
    depth: float
    height: float

    def wall(self, side: str) -> Matrix:
        """Return the transform from a wall's own coordinates, by its side: north, south, east, west."""
        return {
            "north": spot(0.0, self.depth, 0.0, 0.0),
            "west": spot(0.0, 0.0, 0.0, 90.0),
            "east": spot(self.width, self.depth, 0.0, -90.0),
            "south": spot(self.width, 0.0, 0.0, 180.0),
        }[side]

    def length(self, side: str) -> float:
        """Return a wall's length."""
        return self.width if side in ("north", "south") else self.depth


@dataclass(frozen=True)
class Opening:
    """A window's hole in a wall: its left and right edge, sill and head."""

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


WALL = 0.22
"""Thickness of outer walls."""


def wall(material: Material, length: float, height: float, opening: Opening | None = None) -> Shape:
    """Make a wall, with a hole where there is an opening; it reaches round the corners, so no light leaks."""
    outer = (-WALL, -0.05, length + WALL, height + 0.05)
    if opening is None:
        return box(material, (outer[0], 0.0, outer[1]), (outer[2], WALL, outer[3]), 0.0005)
    return frame(material, outer, (opening.left, opening.sill, opening.right, opening.head), WALL, 0.0)


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
