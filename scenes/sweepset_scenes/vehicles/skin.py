"""The skin of a vehicle's right half: faces into which outlines are cut, that are sorted, recessed and mirrored.

Each vertex has six coordinates: x, y, z, the length along the skin from the middle of the front, that from the middle
of the rear, and its share of the wall's height. A `View` picks two of them: an outline is a polygon in a view, and is
cut exactly, so that windows and lamps end where their outline says, also where the skin is strongly bowed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np

from ..shapes.primitives import Material, Shape, shape

View = tuple[int, int]
SIDE: View = (1, 2)
PLAN: View = (0, 1)
FRONT: View = (3, 2)
REAR: View = (4, 2)
Outline = Sequence[tuple[float, float]]
NEAR = 2e-5
"""Metres from a line within which a vertex counts as on it."""
REACH = 0.4
"""Metres around an outline in which neighbours of cut faces lie: more than a face's size."""


@dataclass
class Skin:
    """Vertices (n, 6), faces that index them, and per face the zone of the shell and its finish."""

    data: np.ndarray
    faces: list[list[int]]
    zones: list[str]
    finish: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.finish:
            self.finish = ["paint"] * len(self.faces)

    @property
    def points(self) -> np.ndarray:
        """Positions, (n, 3)."""
        return self.data[:, :3]

    @property
    def half(self) -> bool:
        """Whether this is the right half alone."""
        return bool((self.data[:, 0] > -1e-9).all())

    def cut(self, outline: Outline, view: View, zones: Collection[str] = ("wall",)) -> list[int]:
        """Cut an outline in, and return the faces inside it."""
        polygon = np.asarray(outline, dtype=float)
        near = self._near(polygon, view)
        if not near:
            return []
        corners, starts = _flat([self.faces[i] for i in near])
        pieces = [[i] for i in near]
        for start, stop in zip(polygon, np.roll(polygon, -1, axis=0)):
            self._cut_along((start, stop), view, zones, pieces, (corners, starts))
        return self._within(polygon, view, zones, [i for group in pieces for i in group])

    def cut_ring(self, outer: Outline, inner: Outline, view: View, zones: Collection[str] = ("wall",)) -> list[int]:
        """Cut two outlines in, and return the faces inside the outer one alone."""
        self.cut(inner, view, zones)
        chosen = self.cut(outer, view, zones)
        hole = set(self._within(np.asarray(inner, dtype=float), view, zones, chosen))
        return [i for i in chosen if i not in hole]

    def centres(self, faces: Sequence[int]) -> np.ndarray:
        """Return the means of faces' vertices, (faces, 6)."""
        corners, starts = _flat([self.faces[i] for i in faces])
        counts = np.diff([*starts, len(corners)])
        return np.add.reduceat(self.data[corners], starts, axis=0) / counts[:, None] if faces else np.empty((0, 6))

    def _within(self, polygon: np.ndarray, view: View, zones: Collection[str], faces: Sequence[int]) -> list[int]:
        """Return those of some faces whose middles are inside an outline."""
        within = inside(polygon, self.centres(faces)[:, view])
        return [i for i, yes in zip(faces, within) if yes and self.zones[i] in zones]

    def _near(self, polygon: np.ndarray, view: View) -> list[int]:
        corners, starts = _flat(self.faces)
        flat = self.data[corners][:, view]
        low, high = np.minimum.reduceat(flat, starts), np.maximum.reduceat(flat, starts)
        close = (high >= polygon.min(axis=0) - REACH).all(axis=1) & (low <= polygon.max(axis=0) + REACH).all(axis=1)
        return [int(i) for i in np.flatnonzero(close)]

    def _cut_along(
        self,
        segment: tuple[np.ndarray, np.ndarray],
        view: View,
        zones: Collection[str],
        pieces: list[list[int]],
        flat: tuple[np.ndarray, np.ndarray],
    ) -> None:
        """Split the faces that a segment crosses.

        `pieces` has for each face that was near at first the faces it is split into by now, `flat` its first vertices.
        """
        start, stop = segment
        along = stop - start
        length = float(np.hypot(*along))
        if length < 1e-9:
            return
        along = along / length
        offset = self.data[:, view] - start
        sides, runs = offset @ np.array((-along[1], along[0])), offset @ along
        corners, starts = flat
        crossed = np.flatnonzero(
            (np.minimum.reduceat(sides[corners], starts) < -NEAR)
            & (np.maximum.reduceat(sides[corners], starts) > NEAR)
            & (np.maximum.reduceat(runs[corners], starts) > -REACH)
            & (np.minimum.reduceat(runs[corners], starts) < length + REACH)
        ).tolist()
        side, run = sides.tolist(), runs.tolist()
        made: dict[tuple[int, int], int] = {}
        rows: list[np.ndarray] = []

        def crossing(a: int, b: int) -> int:
            key = (a, b) if a < b else (b, a)
            if key not in made:
                p, q = key
                share = side[p] / (side[p] - side[q])
                made[key] = len(side) + len(rows)
                rows.append(self.data[p] + share * (self.data[q] - self.data[p]))
            return made[key]

        for k in crossed:
            for i in tuple(pieces[k]):
                if self.zones[i] in zones and _spans(self.faces[i], side, run, length):
                    halves = _halves(self.faces[i], side, crossing)
                    if halves is not None:
                        self.faces[i] = halves[0]
                        pieces[k].append(self.add(halves[1], self.zones[i], self.finish[i]))
        if rows:
            self.data = np.concatenate((self.data, rows))
            self._share(made, [i for k in crossed for i in pieces[k]])

    def _share(self, made: dict[tuple[int, int], int], near: Iterable[int]) -> None:
        """Give the new vertices of edges to the faces that have those edges and were not split."""
        touched = {v for key in made for v in key}
        for i in near:
            face = self.faces[i]
            if len(touched.intersection(face)) < 2:
                continue
            new = []
            for a, b in zip(face, [*face[1:], face[0]]):
                new.append(a)
                at = made.get((a, b) if a < b else (b, a))
                if at is not None:
                    new.append(at)
            self.faces[i] = new

    def add(self, face: list[int], zone: str, finish: str) -> int:
        """Add a face, and return its number."""
        self.faces.append(face)
        self.zones.append(zone)
        self.finish.append(finish)
        return len(self.faces) - 1

    def dress(self, faces: Iterable[int], finish: str, zone: str | None = None) -> None:
        """Give faces a finish, and another zone if no later outline shall cut them as part of the old one."""
        for i in faces:
            self.finish[i] = finish
            if zone is not None:
                self.zones[i] = zone

    def normals(self, faces: Sequence[int]) -> np.ndarray:
        """Return the normals of faces by Newell, their length twice the area, (faces, 3)."""
        found = []
        for i in faces:
            ring = self.points[self.faces[i]]
            found.append(np.cross(ring, np.roll(ring, -1, axis=0)).sum(axis=0))
        return np.array(found).reshape(-1, 3)

    def recess(
        self,
        faces: Sequence[int],
        depth: float,
        wall: str,
        lid: str | None = None,
        along: Sequence[float] | None = None,
    ) -> list[int]:
        """Push faces in along their normals, or against a direction, and join them to their neighbours by a wall.

        With a `lid`, a copy of the faces stays where they were, in the zone `lid`: it is returned. There is no wall
        where the skin ends, as at x = 0.
        """
        if not faces:
            return []
        push = self._outwards(faces)
        own = edges(self.faces[i] for i in faces)
        chosen = set(faces)
        others = edges(face for i, face in enumerate(self.faces) if i not in chosen and push.keys() & face)
        rows, new = [], {}
        half = self.half
        for v, normal in push.items():
            row = self.data[v].copy()
            normal = np.array(normal if along is None else along, dtype=float)
            middle = abs(row[0]) < 1e-9
            if middle:
                normal[0] = 0.0
            row[:3] -= depth * normal / max(float(np.linalg.norm(normal)), 1e-12)
            row[0] = 0.0 if middle else max(row[0], 0.0) if half else row[0]
            new[v] = len(self.data) + len(rows)
            rows.append(row)
        border = sorted((a, b) for a, b in own if (b, a) in others)
        self.data = np.concatenate((self.data, rows))
        lids = []
        for i in faces:
            if lid is not None:
                lids.append(self.add(list(self.faces[i]), "lid", lid))
            self.faces[i] = [new[v] for v in self.faces[i]]
        for a, b in border:
            self.add([a, b, new[b], new[a]], "inside", wall)
        return lids

    def _outwards(self, faces: Sequence[int]) -> dict[int, np.ndarray]:
        """Return the sum of the faces' normals at each of their vertices."""
        push: dict[int, np.ndarray] = {}
        for i, normal in zip(faces, self.normals(faces)):
            for v in self.faces[i]:
                push[v] = push.get(v, 0.0) + normal
        return push

    def thicken(self, faces: Sequence[int], depth: float) -> None:
        """Make a plate of faces, `depth` metres thick: an inner side, and an edge where no other of them follows."""
        push = self._outwards(faces)
        new = {v: len(self.data) + k for k, v in enumerate(push)}
        rows = self.data[list(push)]
        middle = np.abs(rows[:, 0]) < 1e-9
        normals = np.array(list(push.values()))
        normals[middle, 0] = 0.0
        rows[:, :3] -= depth * normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        self.data = np.concatenate((self.data, rows))
        own = edges(self.faces[i] for i in faces)
        for i in list(faces):
            self.add([new[v] for v in reversed(self.faces[i])], "inside", self.finish[i])
            for a, b in zip(self.faces[i], [*self.faces[i][1:], self.faces[i][0]]):
                if (b, a) not in own and abs(self.data[a, 0]) + abs(self.data[b, 0]) > 1e-9:
                    self.add([b, a, new[a], new[b]], "inside", self.finish[i])

    def remove(self, faces: Iterable[int]) -> None:
        """Delete faces; the numbers of those behind them change."""
        gone = set(faces)
        keep = [i for i in range(len(self.faces)) if i not in gone]
        self.faces = [self.faces[i] for i in keep]
        self.zones = [self.zones[i] for i in keep]
        self.finish = [self.finish[i] for i in keep]

    def spot(self, at: tuple[float, float], view: View, zones: Collection[str] = ("wall",)) -> tuple[np.ndarray, ...]:
        """Return the place on the skin of a point in a view, and the normal there, two of (3,)."""
        chosen = [i for i, zone in enumerate(self.zones) if zone in zones]
        nearest = int(np.argmin(((self.centres(chosen)[:, view] - at) ** 2).sum(axis=1)))
        normal = self.normals([chosen[nearest]])[0]
        normal /= np.linalg.norm(normal)
        ring = self.data[self.faces[chosen[nearest]]]
        # The plane of the face, as a linear map of the view's coordinates.
        design = np.column_stack((ring[:, view], np.ones(len(ring))))
        return np.array((*at, 1.0)) @ np.linalg.lstsq(design, ring[:, :3], rcond=None)[0], normal

    def whole(self) -> Skin:
        """Return both halves, joined at x = 0."""
        used = np.unique(np.concatenate(self.faces))
        place = np.full(len(self.data), -1)
        place[used] = np.arange(len(used))
        data = self.data[used]
        on_plane = np.abs(data[:, 0]) < 1e-9
        twin = np.where(on_plane, np.arange(len(data)), len(data) + np.cumsum(~on_plane) - 1)
        other = data[~on_plane] * (-1.0, 1, 1, -1, -1, 1)
        faces = [[int(place[v]) for v in face] for face in self.faces]
        mirrored = [[int(twin[v]) for v in reversed(face)] for face in faces]
        return Skin(np.concatenate((data, other)), faces + mirrored, self.zones * 2, self.finish * 2)

    def shape(self, materials: dict[str, Material]) -> Shape:
        """Return the skin as a shape, each face with the material of its finish."""
        form = shape(None, self.points, [tuple(face) for face in self.faces])
        return replace(form, materials=[materials[finish] for finish in self.finish])


def _flat(faces: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the vertices of faces one after the other, and where each face starts."""
    corners = np.fromiter(chain.from_iterable(faces), np.int64)
    return corners, np.cumsum([0, *map(len, faces[:-1])])


def _halves(
    face: Sequence[int], side: Sequence[float], crossing: Callable[[int, int], int]
) -> tuple[list[int], list[int]] | None:
    """Split a face by the line at which `side` is 0; None if it lies on one side."""
    halves: tuple[list[int], list[int]] = ([], [])
    if min(side[v] for v in face) > -NEAR or max(side[v] for v in face) < NEAR:
        return None
    for a, b in zip(face, [*face[1:], face[0]]):
        sa, sb = side[a], side[b]
        if abs(sa) <= NEAR:
            halves[0].append(a)
            halves[1].append(a)
        else:
            halves[sa > 0].append(a)
        if (sa > NEAR and sb < -NEAR) or (sa < -NEAR and sb > NEAR):
            new = crossing(a, b)
            halves[0].append(new)
            halves[1].append(new)
    return halves if min(map(len, halves)) > 2 else None


def edges(faces: Iterable[Sequence[int]]) -> set[tuple[int, int]]:
    """Return the directed edges of faces."""
    return {(a, b) for face in faces for a, b in zip(face, [*face[1:], face[0]])}


def _spans(face: Sequence[int], side: Sequence[float], run: Sequence[float], length: float) -> bool:
    """Tell whether the line's crossings of a face touch the segment from 0 to `length`."""
    low, high = np.inf, -np.inf
    for a, b in zip(face, [*face[1:], face[0]]):
        sa, sb = side[a], side[b]
        if abs(sa) <= NEAR:
            at = run[a]
        elif sa * sb < 0 and abs(sb) > NEAR:
            at = run[a] + (run[b] - run[a]) * sa / (sa - sb)
        else:
            continue
        low, high = min(low, at), max(high, at)
    return high > NEAR and low < length - NEAR


def inside(polygon: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Tell which points (n, 2) are inside a polygon (k, 2), by the even-odd rule."""
    x, y = points[:, :1], points[:, 1:]
    a, b = polygon, np.roll(polygon, -1, axis=0)
    rising = (a[:, 1] > y) != (b[:, 1] > y)
    slope = (b[:, 0] - a[:, 0]) / np.where(b[:, 1] == a[:, 1], 1.0, b[:, 1] - a[:, 1])
    return (rising & (x < a[:, 0] + (y - a[:, 1]) * slope)).sum(axis=1) % 2 == 1


def joined(skins: Sequence[Skin]) -> Skin:
    """Return one skin of several, which do not share vertices."""
    faces, offset = [], 0
    for skin in skins:
        faces += [[v + offset for v in face] for face in skin.faces]
        offset += len(skin.data)
    return Skin(
        np.concatenate([skin.data for skin in skins]),
        faces,
        [zone for skin in skins for zone in skin.zones],
        [finish for skin in skins for finish in skin.finish],
    )
