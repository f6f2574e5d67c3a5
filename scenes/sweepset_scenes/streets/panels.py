"""Meshes of flat panels, as facades and roads are: quads gathered to one shape.

A facade's own axes: x runs to the right as seen from the street, the wall's face is y = 0, -y is the street, z is up.
Lengths are metres.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..shapes.primitives import Material, Shape, join
from ..shapes.primitives import shape as triangle
from .world import Point

Hole = tuple[float, float, float, float]
"""A hole in a wall: left, right, sill and head."""


class Panels:
    """Quads with materials, gathered to be one shape."""

    def __init__(self) -> None:
        self._points: list[np.ndarray] = []
        self._uvs: list[np.ndarray] = []
        self._materials: list[Material] = []
        self._shapes: list[Shape] = []

    def add(
        self,
        material: Material,
        corner: Sequence[float],
        right: Sequence[float],
        up: Sequence[float],
        uv: object = None,
    ) -> None:
        """Add a parallelogram that faces right x up; its texture coordinates are metres along both, or `uv`, (4, 2)."""
        a, r, u = (np.asarray(one, float) for one in (corner, right, up))
        self._points.append(np.array((a, a + r, a + r + u, a + u)))
        if uv is None:
            along, upward = r / np.linalg.norm(r), u / np.linalg.norm(u)
            uv = self._points[-1] @ np.array((along, upward)).T
        self._uvs.append(np.asarray(uv, float))
        self._materials.append(material)

    def join(self, shape: Shape) -> None:
        """Add another shape."""
        self._shapes.append(shape)

    def shape(self) -> Shape:
        """Return all as one shape."""
        faces = [tuple(range(4 * i, 4 * i + 4)) for i in range(len(self._points))]
        quads = Shape(np.concatenate(self._points), faces, list(self._uvs), list(self._materials))
        return join((quads, *self._shapes)) if self._shapes else quads

    def front(self, material: Material, x0: float, x1: float, z0: float, z1: float, y: float = 0.0) -> None:
        """Add an upright rectangle that faces the street."""
        self.add(material, (x0, y, z0), (x1 - x0, 0, 0), (0, 0, z1 - z0))

    def triangle(self, material: Material, a: Sequence[float], b: Sequence[float], c: Sequence[float]) -> None:
        """Add a triangle that faces (b - a) x (c - a)."""
        self._shapes.append(triangle(material, (a, b, c), [(0, 1, 2)]))

    def gables(self, material: Material, x0: float, x1: float, y0: float, y1: float, z: float, rise: float) -> None:
        """Close both ends of a roof whose ridge is along x, over walls that end at z."""
        top = (y0 + y1) / 2, z + rise
        self.triangle(material, (x0, y1, z), (x0, y0, z), (x0, *top))
        self.triangle(material, (x1, y0, z), (x1, y1, z), (x1, *top))

    def level(self, material: Material, low: tuple[float, float], high: tuple[float, float], z: float) -> None:
        """Add a level rectangle that faces up."""
        self.add(material, (*low, z), (high[0] - low[0], 0, 0), (0, high[1] - low[1], 0))

    def block(self, material: Material, low: Point, high: Point) -> None:
        """Add a box without a bottom."""
        (x0, y0, z0), (x1, y1, z1) = low, high
        self.front(material, x0, x1, z0, z1, y0)
        self.add(material, (x1, y0, z0), (0, y1 - y0, 0), (0, 0, z1 - z0))
        self.add(material, (x1, y1, z0), (x0 - x1, 0, 0), (0, 0, z1 - z0))
        self.add(material, (x0, y1, z0), (0, y0 - y1, 0), (0, 0, z1 - z0))
        self.level(material, (x0, y0), (x1, y1), z1)

    def ledge(self, material: Material, x0: float, x1: float, z0: float, z1: float, out: float) -> None:
        """Add a sill, a cornice or a board that stands out from the wall."""
        self.block(material, (x0, -out, z0), (x1, 0.0, z1))
        self.add(material, (x0, 0.0, z0), (x1 - x0, 0, 0), (0, -out, 0))

    def wall(self, material: Material, x0: float, x1: float, z0: float, z1: float, holes: Sequence[Hole] = ()) -> None:
        """Add a storey's wall with holes beside each other."""
        at = x0
        for left, right, sill, head in sorted(holes):
            if left > at:
                self.front(material, at, left, z0, z1)
            if sill > z0:
                self.front(material, left, right, z0, sill)
            if head < z1:
                self.front(material, left, right, head, z1)
            at = right
        if at < x1:
            self.front(material, at, x1, z0, z1)

    def reveal(self, material: Material, hole: Hole, depth: float) -> None:
        """Add the four sides of a hole, which run `depth` into the wall."""
        left, right, sill, head = hole
        width, height = right - left, head - sill
        self.add(material, (left, 0, sill), (0, depth, 0), (0, 0, height))
        self.add(material, (right, depth, sill), (0, -depth, 0), (0, 0, height))
        self.add(material, (left, 0, sill), (width, 0, 0), (0, depth, 0))
        self.add(material, (left, depth, head), (width, 0, 0), (0, -depth, 0))

    def bars(self, material: Material, hole: Hole, y: float, edge: float, columns: int, rows: Sequence[float]) -> None:
        """Add a window's frame at a depth: its border, uprights between `columns`, and bars at shares of the height."""
        left, right, sill, head = hole
        self.front(material, left, left + edge, sill, head, y)
        self.front(material, right - edge, right, sill, head, y)
        self.front(material, left + edge, right - edge, sill, sill + edge, y)
        self.front(material, left + edge, right - edge, head - edge, head, y)
        for k in range(1, columns):
            x = left + (right - left) * k / columns
            self.front(material, x - edge / 2, x + edge / 2, sill + edge, head - edge, y)
        for row in rows:
            z = sill + (head - sill) * row
            self.front(material, left + edge, right - edge, z - edge / 2, z + edge / 2, y - 0.002)
