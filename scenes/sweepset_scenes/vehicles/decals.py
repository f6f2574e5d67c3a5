"""What is stuck on a vehicle: letters, checks and stickers, projected on its sides, its rear or a plane.

Letters are strokes, the same in every Blender: its own font is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree

from ..shapes.primitives import Material, Shape, shape
from .skin import Skin

Place = Callable[[float, float], tuple[float, float, float] | None]
"""Maps a point of a flat drawing, x to the right as one reads it and y up, to a place on a vehicle."""
Quad = list[tuple[float, float]]
ABOVE = 0.0012
"""Metres that a sticker lies above the skin."""
FAR = 20.0
PIECE = 0.06
"""Longest piece of a sticker, metres: it follows the skin's bow."""
STROKES = {
    "A": "00-14-20 02-22",
    "B": "00-04-14-23-12-21-10-00 02-12",
    "C": "24-04-00-20",
    "D": "00-04-14-23-21-10-00",
    "E": "24-04-00-20 02-12",
    "F": "00-04-24 02-12",
    "G": "24-04-00-20-22-12",
    "I": "10-14",
    "K": "00-04 24-02-20",
    "L": "04-00-20",
    "M": "00-04-12-24-20",
    "N": "00-04-20-24",
    "O": "00-04-24-20-00",
    "P": "00-04-24-22-02",
    "R": "00-04-24-22-02 12-20",
    "S": "24-04-02-22-20-00",
    "T": "04-24 14-10",
    "U": "04-00-20-24",
    "V": "04-10-24",
    "X": "00-24 04-20",
    "Y": "04-12-24 12-10",
    "1": "03-14-10",
    "2": "04-24-22-02-00-20",
    "4": "20-24-02-22",
    "7": "04-24-10",
    "8": "00-04-24-20-00 02-22",
    " ": "",
}
"""Letters as strokes: points (x 0..2, y 0..4) joined by dashes."""


def letters(text: str, height: float, weight: float = 0.15) -> list[Quad]:
    """Draw words about the origin: quads of strokes `weight` times the height thick."""
    unit, pitch, quads = height / 4, 0.78 * height, []
    thick = weight * height
    for k, letter in enumerate(text):
        left = (k - (len(text) - 1) / 2) * pitch - unit
        for run in STROKES[letter].split():
            points = [(left + unit * int(p[0]), unit * int(p[1]) - height / 2) for p in run.split("-")]
            quads += [_stroke(a, b, thick) for a, b in pairwise(points)]
    return quads


def _stroke(a: tuple[float, float], b: tuple[float, float], thick: float) -> Quad:
    """Return a quad round a line, half its thickness longer at both ends."""
    along = np.subtract(b, a) / math.dist(a, b) * thick / 2
    across = np.array((-along[1], along[0]))
    corners = (a - along - across, b + along - across, b + along + across, a - along + across)
    return [(float(x), float(y)) for x, y in corners]


def checks(wide: float, side: float, rows: int = 2) -> list[Quad]:
    """Draw a strip of squares like a chess board's, about the origin."""
    count = max(int(wide / side), 1)
    return [
        rectangle((i - count / 2) * side, (j - rows / 2) * side, side, side)
        for i in range(count)
        for j in range(rows)
        if (i + j) % 2
    ]


def rectangle(x: float, y: float, wide: float, high: float) -> Quad:
    """Return a rectangle by its lower left corner."""
    return [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)]


def stuck(quads: Sequence[Quad], place: Place, material: Material) -> Shape | None:
    """Return quads on a vehicle; those that do not meet it are left out, None if none meets it."""
    points: list[tuple[float, float, float]] = []
    faces: list[tuple[int, ...]] = []
    for quad in quads:
        for piece in _pieces(quad):
            put = [place(x, y) for x, y in piece]
            found = [p for p in put if p is not None]
            # A step of the skin would tear the piece.
            if len(found) == 4 and max(math.dist(found[k - 1], found[k]) for k in range(4)) < 2 * PIECE:
                faces.append(tuple(range(len(points), len(points) + 4)))
                points += found
    return shape(material, points, faces) if faces else None


def _pieces(quad: Quad) -> list[Quad]:
    a, b, c, d = (np.array(p) for p in quad)
    across, up = (max(math.ceil(float(np.hypot(*v)) / PIECE), 1) for v in (b - a, d - a))

    def at(i: int, j: int) -> tuple[float, float]:
        s, t = i / across, j / up
        x, y = (1 - t) * ((1 - s) * a + s * b) + t * ((1 - s) * d + s * c)
        return float(x), float(y)

    return [[at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)] for i in range(across) for j in range(up)]


class Surface:
    """The bare skin of a vehicle (right half), on which stickers are put."""

    def __init__(self, skins: Sequence[Skin]) -> None:
        points, faces = [], []
        for skin in skins:
            offset = len(points)
            points += skin.points.tolist()
            faces += [[v + offset for v in face] for face in skin.faces]
        self._tree = BVHTree.FromPolygons(points, faces)

    def _hit(self, start: tuple[float, float, float], way: tuple[float, float, float]) -> Vector | None:
        return self._tree.ray_cast(Vector(start), Vector(way))[0]

    def side(self, y: float, z: float, mirror: bool) -> Place:
        """Return places on a side about (y, z): on that at positive x, or on the other one if `mirror`."""
        ahead = -1.0 if mirror else 1.0

        def place(right: float, up: float) -> tuple[float, float, float] | None:
            # Seen from +x, +y lies to the right; seen from the other side, to the left.
            hit = self._hit((FAR, y + ahead * right, z + up), (-1.0, 0.0, 0.0))
            return None if hit is None else (ahead * (hit.x + ABOVE), hit.y, hit.z)

        return place

    def rear(self, x: float, z: float) -> Place:
        """Return places on the rear about (x, z)."""

        def place(right: float, up: float) -> tuple[float, float, float] | None:
            # Seen from behind, +x lies to the left.
            across = x - right
            hit = self._hit((abs(across), FAR, z + up), (0.0, -1.0, 0.0))
            return None if hit is None else (across, hit.y + ABOVE, hit.z)

        return place

    def top(self, x: float, y: float) -> float:
        """Return the height of the skin at a place seen from above."""
        hit = self._hit((abs(x), y, FAR), (0.0, 0.0, -1.0))
        return 0.0 if hit is None else float(hit.z)


def on_plane(x: float, y: float, z: float, mirror: bool) -> Place:
    """Return places on an upright plane at x, about (y, z); on that at -x if `mirror`."""
    ahead = -1.0 if mirror else 1.0
    return lambda right, up: (ahead * (x + ABOVE), y + ahead * right, z + up)


def across_plane(y: float, z: float, rear: bool) -> Place:
    """Return places on an upright plane across the vehicle at y, seen from the front or from the rear."""
    ahead = 1.0 if rear else -1.0
    return lambda right, up: (-ahead * right, y + ahead * ABOVE, z + up)
