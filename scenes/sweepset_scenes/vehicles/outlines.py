"""Outlines to cut into a skin: bands between curves, round corners, rims, and lines that follow the shells' corners."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from .skin import Skin

Line = Callable[[float], float]
Points = list[tuple[float, float]]


def between(low: Line, high: Line, start: float, stop: float, steps: int = 10, lean: float = 0.0) -> Points:
    """Return the outline between two lines over a range; its ends lean by `lean` metres a metre of height."""
    at = np.linspace(start, stop, steps + 1)
    bottom = [(float(a), float(low(a))) for a in at]
    top = []
    for a in at:
        height = high(a) - low(a)
        moved = min(max(a + lean * height, start - 1.0), stop + 1.0)
        top.append((float(moved), float(max(high(moved), low(a) + 1e-4))))
    return bottom + top[::-1]


def circle(at: tuple[float, float], radius: float, steps: int = 28) -> Points:
    """Return a circle, counter-clockwise."""
    turns = (2 * math.pi * (k + 0.5) / steps for k in range(steps))
    return [(at[0] + radius * math.cos(t), at[1] + radius * math.sin(t)) for t in turns]


def softened(outline: Sequence[tuple[float, float]], radius: float, steps: int = 2) -> Points:
    """Return an outline with its corners of more than 25 degrees rounded."""
    points = np.asarray(outline, dtype=float)
    found: Points = []
    for k, here in enumerate(points):
        before, after = points[k - 1] - here, points[(k + 1) % len(points)] - here
        a, b = float(np.hypot(*before)), float(np.hypot(*after))
        if a < 1e-6 or b < 1e-6:
            continue
        bend = math.acos(max(-1.0, min(1.0, float(-(before @ after)) / (a * b))))
        if bend < math.radians(25):
            found.append((float(here[0]), float(here[1])))
            continue
        start, stop = here + before * min(radius / a, 0.45), here + after * min(radius / b, 0.45)
        for t in np.linspace(0.0, 1.0, steps + 1):
            x, y = (1 - t) ** 2 * start + 2 * t * (1 - t) * here + t**2 * stop
            found.append((float(x), float(y)))
    return found


def grown(outline: Sequence[tuple[float, float]], by: float) -> Points:
    """Return a counter-clockwise or clockwise outline moved outwards by some metres, inwards if negative."""
    points = np.asarray(outline, dtype=float)
    following = np.roll(points, -1, axis=0)
    area = float((points[:, 0] * following[:, 1] - following[:, 0] * points[:, 1]).sum())
    ahead = following - points
    ahead /= np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
    behind = np.roll(ahead, 1, axis=0)
    out = np.column_stack(((ahead + behind)[:, 1], -(ahead + behind)[:, 0])) * (1.0 if area > 0 else -1.0)
    out /= np.maximum((out**2).sum(axis=1, keepdims=True) / 2, 0.15)
    moved = points + by * out
    return [(float(x), float(y)) for x, y in moved]


def corners(skin: Skin, share: float, offset: float, rear: bool = False) -> np.ndarray:
    """Return where the uncut wall's rings turn a corner: rows of (arc from that end, y, z), from low to high.

    The corner is where a ring's half width reaches `share` of its largest; `offset` metres further along the ring.
    """
    column = 4 if rear else 3
    wall = skin.data[np.unique([v for face, zone in zip(skin.faces, skin.zones) if zone == "wall" for v in face])]
    rows = []
    for level in np.unique(wall[:, 5]):
        ring = wall[wall[:, 5] == level]
        ring = ring[np.argsort(ring[:, column])]
        at = int(np.argmax(ring[:, 0] >= share * ring[:, 0].max()))
        before = ring[at - 1]
        wanted = share * ring[:, 0].max()
        part = (wanted - before[0]) / max(ring[at, 0] - before[0], 1e-9)
        arc = before[column] + part * (ring[at, column] - before[column]) + offset
        rows.append([arc, *(np.interp(arc, ring[:, column], ring[:, k]) for k in (1, 2))])
    return np.array(rows)


def along_ring(skin: Skin, level: float, rear: bool = False) -> Callable[[float], float]:
    """Return the y of a point by its length along the uncut ring nearest to a level, from the front or the rear."""
    column = 4 if rear else 3
    wall = skin.data[np.unique([v for face, zone in zip(skin.faces, skin.zones) if zone == "wall" for v in face])]
    nearest = wall[np.argmin(np.abs(wall[:, 5] - level)), 5]
    ring = wall[wall[:, 5] == nearest]
    ring = ring[np.argsort(ring[:, column])]
    return lambda arc: float(np.interp(abs(arc), ring[:, column], ring[:, 1]))
