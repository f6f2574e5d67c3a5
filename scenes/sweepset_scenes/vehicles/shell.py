"""Shells: walls of stacked rings round a vehicle, and a crowned cover over them, as the right half of a skin.

A ring is a super-ellipse in plan at the front, another one at the rear, and a barrelled side between them; so front
and rear wrap round the corners as bumpers, windshields and tailgates do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .skin import Skin

Curve = Callable[[np.ndarray], np.ndarray]
QUARTER = 26
"""Points of a ring from the middle of the front to the side, and as many at the rear."""
ACROSS = 8
"""Faces of the cover from its edge to its middle."""


@dataclass(frozen=True)
class End:
    """The plan of a front or a rear: how deep its bow is, and the super-ellipse's exponent (2 an ellipse, 5 boxy)."""

    depth: float
    power: float
    narrow: float = 0.0
    """The share by which the side is narrower at this end than at the middle."""


@dataclass(frozen=True)
class Level:
    """A ring: its share of the wall's height, metres above that, and how far it is set in at front, rear and side."""

    share: float
    front: float
    rear: float
    side: float
    rise: float = 0.0
    zone: str = "wall"


@dataclass(frozen=True)
class Plan:
    """What the rings of a shell have in common: the y of nose and tail, the half width, both ends."""

    nose: float
    tail: float
    half: float
    front: End
    rear: End


def curve(points: Sequence[tuple[float, float]], smooth: float = 0.0) -> Curve:
    """Return a function through points (y, value), its corners rounded by a Gaussian of `smooth` metres."""
    at, values = np.array(points, dtype=float).T
    if smooth <= 0:
        return lambda y: np.interp(y, at, values)
    fine = np.arange(at[0] - 4 * smooth, at[-1] + 4 * smooth, smooth / 5)
    offsets = np.linspace(-3, 3, 31)
    weights = np.exp(-(offsets**2) / 2)
    # Ends go on straight, so that smoothing does not flatten them.
    dense = sum(w * _extended(fine + smooth * o, at, values) for w, o in zip(weights, offsets)) / weights.sum()
    return lambda y: np.interp(y, fine, dense)


def _extended(y: np.ndarray, at: np.ndarray, values: np.ndarray) -> np.ndarray:
    first = (values[1] - values[0]) / (at[1] - at[0])
    last = (values[-1] - values[-2]) / (at[-1] - at[-2])
    inner = np.interp(y, at, values)
    return inner + np.minimum(y - at[0], 0.0) * first + np.maximum(y - at[-1], 0.0) * last


def rounding(level: Level, out: float, up: float, ends: float, steps: int = 5) -> list[Level]:
    """Return the levels that round the top of a wall into its cover: `out` and `up` metres at the sides."""
    levels = []
    for k in range(1, steps + 1):
        turn = math.pi / 2 * k / steps
        inset = 1 - math.cos(turn)
        levels.append(
            Level(
                level.share,
                level.front + ends * inset,
                level.rear + ends * inset,
                level.side + out * inset,
                level.rise + up * math.sin(turn),
                "round",
            )
        )
    return levels


def _ring(plan: Plan, level: Level, middle: int) -> np.ndarray:
    """Return the points of a ring from the middle of the front to that of the rear, (n, 2)."""
    half = plan.half - level.side
    nose, tail = plan.nose + level.front, plan.tail - level.rear
    turn = np.linspace(0.0, math.pi / 2, 400)
    quarters = []
    for end in (plan.front, plan.rear):
        x = np.sin(turn) ** (2 / end.power) * half
        y = (1 - np.cos(turn) ** (2 / end.power)) * min(end.depth, 0.47 * (tail - nose))
        length = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
        wanted = np.linspace(0.0, length[-1], QUARTER + 1)
        quarters.append((np.interp(wanted, length, x), np.interp(wanted, length, y)))
    (x0, y0), (x1, y1) = quarters
    y0, y1 = nose + y0, tail - y1
    x = np.concatenate((x0, np.full(middle - 1, half), x1[::-1]))
    y = np.concatenate((y0, np.linspace(y0[-1], y1[-1], middle + 1)[1:-1], y1[::-1]))
    centre, reach = (plan.nose + plan.tail) / 2, (plan.tail - plan.nose) / 2
    off = np.clip((y - centre) / reach, -1.0, 1.0)
    narrow = np.where(off < 0, plan.front.narrow, plan.rear.narrow)
    return np.column_stack((x * (1 - narrow * np.abs(off) ** 2.2), y))


def shell(plan: Plan, levels: Sequence[Level], low: Curve, high: Curve, crown: Curve, spacing: float = 0.07) -> Skin:
    """Make the right half of a shell: walls from `low` to `high` (of y), and a cover `crown` higher at its middle."""
    span = plan.tail - plan.nose - plan.front.depth - plan.rear.depth
    middle = max(round(span / spacing), 2)
    rows = []
    for level in levels:
        xy = _ring(plan, level, middle)
        arc = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))))
        bottom, top = low(xy[:, 1]), high(xy[:, 1])
        z = bottom + level.share * (top - bottom) + level.rise
        rows.append(np.column_stack((xy, z, arc, arc[-1] - arc, np.full(len(xy), level.share))))
    edge = rows[-1]
    raised = crown(edge[:, 1])
    for k in range(1, ACROSS + 1):
        row = edge.copy()
        row[:, 0] *= 1 - k / ACROSS
        row[:, 2] += raised * (edge[:, 0] ** 2 - row[:, 0] ** 2) / edge[:, 0].max() ** 2
        rows.append(row)
    count = len(edge)
    faces, zones = [], []
    for i in range(len(rows) - 1):
        zone = levels[i + 1].zone if i + 1 < len(levels) else "cover"
        for j in range(count - 1):
            a, b = i * count + j, (i + 1) * count + j
            faces.append([a, a + 1, b + 1, b])
            zones.append(zone)
    return _welded(Skin(np.concatenate(rows), faces, zones))


def _welded(skin: Skin) -> Skin:
    """Join vertices at one place (the cover's at the middles of front and rear), and drop faces without area."""
    keys = np.round(skin.points / 1e-7).astype(np.int64)
    _, first, number = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    number = first[number.reshape(-1)]
    faces, zones = [], []
    for face, zone in zip(skin.faces, skin.zones):
        ring = [int(number[v]) for v in face]
        ring = [v for k, v in enumerate(ring) if v != ring[k - 1]]
        if len(ring) > 2:
            faces.append(ring)
            zones.append(zone)
    data = skin.data
    data[np.abs(data[:, 0]) < 1e-7, 0] = 0.0
    return Skin(data, faces, zones)
