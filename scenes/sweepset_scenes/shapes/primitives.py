"""Building blocks of meshes: shapes with materials and texture coordinates, and objects made of them.

All lengths are metres, Z is up. Every shape is closed, its faces point outwards, and its texture coordinates are metres
on the face (`v` runs up on upright faces), so that a tile or a plank keeps its size on every shape.
Nothing here depends on modifiers or on operators, so every Blender builds the same vertices.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import bpy
import numpy as np
from mathutils import Matrix, Vector

from sweepset.blender import compat, labels

Point = tuple[float, float, float]
Material = bpy.types.Material
SHARP = math.radians(40)
"""Edges that turn by more than this are shown sharp: the chamfers of boxes stay flat, lathed walls become round."""


@dataclass(frozen=True)
class Shape:
    """Vertices (n, 3), faces that index them, and per face its texture coordinates and its material."""

    vertices: np.ndarray
    faces: list[tuple[int, ...]]
    uvs: list[np.ndarray]
    materials: list[Material | None]

    def __add__(self, other: Shape) -> Shape:
        return join((self, other))

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Shape:
        """Return the shape at another place."""
        return replace(self, vertices=self.vertices + np.array((x, y, z)))

    def turned(self, degrees: float, axis: str = "Z") -> Shape:
        """Return the shape turned about an axis through the origin."""
        turn = np.array(Matrix.Rotation(math.radians(degrees), 3, axis))
        return replace(self, vertices=self.vertices @ turn.T)

    def scaled(self, x: float, y: float, z: float) -> Shape:
        """Return the shape stretched along the axes; factors must be positive."""
        return replace(self, vertices=self.vertices * np.array((x, y, z)))

    def crossed(self) -> Shape:
        """Return the shape with its texture turned by 90 degrees: grain along the other direction."""
        return replace(self, uvs=[uv[:, ::-1] for uv in self.uvs])

    def fitted(self, material: Material | None = None) -> Shape:
        """Return the shape with texture coordinates of 0..1 over its faces, or those of a material: an image fits."""
        chosen = [material is None or own == material for own in self.materials]
        points = np.concatenate([uv for uv, fits in zip(self.uvs, chosen) if fits])
        low, high = points.min(axis=0), points.max(axis=0)
        span = np.maximum(high - low, 1e-9)
        return replace(self, uvs=[(uv - low) / span if fits else uv for uv, fits in zip(self.uvs, chosen)])

    def bent(self, bend: Callable[[np.ndarray], np.ndarray]) -> Shape:
        """Return the shape with its vertices mapped by a function of (n, 3)."""
        return replace(self, vertices=bend(self.vertices))

    def within(self, low: Point, high: Point) -> Shape:
        """Return the shape pressed into a box, as leaves are by a wall."""
        return replace(self, vertices=np.clip(self.vertices, low, high))


def join(shapes: Iterable[Shape]) -> Shape:
    """Return one shape made of many."""
    shapes = list(shapes)
    faces: list[tuple[int, ...]] = []
    offset = 0
    for shape in shapes:
        faces += [tuple(i + offset for i in face) for face in shape.faces]
        offset += len(shape.vertices)
    return Shape(
        np.concatenate([shape.vertices for shape in shapes]),
        faces,
        [uv for shape in shapes for uv in shape.uvs],
        [material for shape in shapes for material in shape.materials],
    )


def shape(material: Material | None, vertices: Sequence[Sequence[float]] | np.ndarray, faces: list) -> Shape:
    """Make a shape of vertices and faces, its texture coordinates those of the nearest axis plane."""
    points = np.asarray(vertices, dtype=float)
    uvs = [np.empty(0)] * len(faces)
    planes = np.array(((1, 2), (0, 2), (0, 1)))
    for count in sorted({len(face) for face in faces}):
        which = [i for i, face in enumerate(faces) if len(face) == count]
        corners = points[np.array([faces[i] for i in which])]
        # Newell's normals: right for any planar polygon, the mean plane for others.
        normals = np.abs(np.cross(corners, np.roll(corners, -1, axis=1)).sum(axis=1))
        axes = planes[np.argmax(normals * (1.0, 1.0, 1.001), axis=1)]
        for i, uv in zip(which, np.take_along_axis(corners, axes[:, None, :], axis=2)):
            uvs[i] = uv
    return Shape(points, [tuple(face) for face in faces], uvs, [material] * len(faces))


def box(material: Material | None, low: Point, high: Point, bevel: float = 0.002) -> Shape:
    """Make a box between two corners with chamfered edges."""
    a, b = np.minimum(low, high), np.maximum(low, high)
    bevel = min(bevel, 0.3 * float((b - a).min()))
    sides, inset, faces, planes = _box_form()
    points = np.where(sides, b, a) + bevel * inset
    uvs = [points[face][:, plane] for face, plane in planes]
    return Shape(points, list(faces), uvs, [material] * len(faces))


@cache
def _box_form() -> tuple[np.ndarray, np.ndarray, list[tuple[int, ...]], list[tuple[list[int], list[int]]]]:
    """Return what all boxes share: on which sides their vertices are and where bevels move them, (24, 3) each; faces.

    Last, for each face its vertices and the axes of its texture coordinates.
    """
    index: dict[tuple[int, ...], int] = {}
    sides, inset = [], []
    corners = [(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)]
    for at in corners:
        for axis in range(3):
            index[(*at, axis)] = len(sides)
            sides.append(at)
            inset.append([0 if other == axis else (-1 if at[other] else 1) for other in range(3)])
    faces: list[list[int]] = []

    def corner(axis: int, side: int, p: int, i: int, q: int, j: int) -> tuple[int, ...]:
        at = [0, 0, 0]
        at[axis], at[p], at[q] = side, i, j
        return tuple(at)

    around = ((0, 0), (1, 0), (1, 1), (0, 1))
    for axis in range(3):
        p, q = (other for other in range(3) if other != axis)
        for side in (0, 1):
            faces.append([index[(*corner(axis, side, p, i, q, j), axis)] for i, j in around])
        for i, j in around:
            start, stop = (corner(axis, side, p, i, q, j) for side in (0, 1))
            faces.append([index[(*start, p)], index[(*stop, p)], index[(*stop, q)], index[(*start, q)]])
    faces += [[index[(*at, axis)] for axis in range(3)] for at in corners]
    # The normals of a unit box tell which faces to reverse.
    points = np.array(sides) + 0.1 * np.array(inset)
    planes: list[tuple[list[int], list[int]]] = []
    for face in faces:
        p0, p1, p2 = points[face[0]], points[face[1]], points[face[2]]
        normal = np.cross(p1 - p0, p2 - p0)
        if np.dot(normal, p0 - 0.5) < 0:
            face.reverse()
        planes.append((face, [[1, 2], [0, 2], [0, 1]][int(np.argmax(np.abs(normal) * (1.0, 1.0, 1.001)))]))
    return np.array(sides, bool), np.array(inset), [tuple(face) for face in faces], planes


def loft(material: Material | None, rings: Sequence[Sequence[Sequence[float]]], closed: bool = False) -> Shape:
    """Skin rings of equally many points; they run counter-clockwise seen from where the loft goes.

    Its ends get caps; a `closed` loft goes on from its last ring to its first one instead.
    """
    count = len(rings[0])
    faces: list[tuple[int, ...]] = []
    for i in range(len(rings) if closed else len(rings) - 1):
        a, b = i * count, (i + 1) % len(rings) * count
        for j in range(count):
            k = (j + 1) % count
            faces.append((a + j, a + k, b + k, b + j))
    if not closed:
        last = (len(rings) - 1) * count
        faces += [tuple(range(count))[::-1], tuple(range(last, last + count))]
    return shape(material, [point for ring in rings for point in ring], faces)


def lathe(
    material: Material | None, profile: Sequence[tuple[float, float]], segments: int = 24, closed: bool = False
) -> Shape:
    """Turn a profile of (radius, height) about Z: up the outside, and down the inside of a hollow thing."""
    angles = [2 * math.pi * j / segments for j in range(segments)]
    return loft(material, [[(r * math.cos(t), r * math.sin(t), z) for t in angles] for r, z in profile], closed)


def cylinder(
    material: Material | None, radius: float, height: float, bevel: float = 0.002, segments: int = 24
) -> Shape:
    """Make an upright cylinder that stands on z = 0, its rims chamfered."""
    bevel = min(bevel, 0.4 * radius, 0.4 * height)
    profile = [(radius - bevel, 0), (radius, bevel), (radius, height - bevel), (radius - bevel, height)]
    return lathe(material, profile, segments)


def vessel(
    material: Material | None, outside: Sequence[tuple[float, float]], wall: float = 0.003, segments: int = 24
) -> Shape:
    """Make a hollow thing, open at the top, from its outside profile of (radius, height)."""
    inside = [(max(r - wall, 0.001), max(z, outside[0][1] + wall)) for r, z in reversed(outside)]
    return lathe(material, [*outside, *inside], segments)


def ball(material: Material | None, radius: float, segments: int = 16) -> Shape:
    """Make a sphere about the origin."""
    steps = segments // 2
    turns = [-math.pi / 2 + math.pi * (i + 0.3) / (steps - 0.4) for i in range(steps)]
    return lathe(material, [(radius * math.cos(t), radius * math.sin(t)) for t in turns], segments)


def tube(material: Material | None, path: Sequence[Point], radius: float | Sequence[float], segments: int = 8) -> Shape:
    """Sweep a circle along a path, its radius fixed or given per point."""
    points = [Vector(point) for point in path]
    radii = [radius] * len(points) if isinstance(radius, (int, float)) else list(radius)
    tangents = [(points[min(i + 1, len(points) - 1)] - points[max(i - 1, 0)]).normalized() for i in range(len(points))]
    side = tangents[0].orthogonal().normalized()
    rings = []
    for point, tangent, r in zip(points, tangents, radii):
        side = (side - tangent * side.dot(tangent)).normalized()
        up = tangent.cross(side)
        angles = (2 * math.pi * j / segments for j in range(segments))
        rings.append([tuple(point + r * (math.cos(t) * side + math.sin(t) * up)) for t in angles])
    return loft(material, rings)


def arc(centre: Point, radius: float, start: float, stop: float, steps: int, plane: str = "XZ") -> list[Point]:
    """Return points of an arc, angles in degrees, in the plane of two axes."""
    first, second = ("XYZ".index(axis) for axis in plane)
    points = []
    for i in range(steps + 1):
        angle = math.radians(start + (stop - start) * i / steps)
        point = list(centre)
        point[first] += radius * math.cos(angle)
        point[second] += radius * math.sin(angle)
        points.append((point[0], point[1], point[2]))
    return points


def smooth(path: Sequence[Point], steps: int = 5) -> list[Point]:
    """Return a curve through the points of a path, Catmull and Rom's."""
    p = np.array([path[0], *path, path[-1]], dtype=float)
    points = []
    for i in range(len(path) - 1):
        a, b, c, d = p[i : i + 4]
        for t in np.linspace(0.0, 1.0, steps, endpoint=False):
            points.append(
                0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
            )
    return [(float(x), float(y), float(z)) for x, y, z in [*points, p[-1]]]


def rounded(width: float, depth: float, radius: float, steps: int = 4) -> list[tuple[float, float]]:
    """Return a rectangle about the origin with round corners, counter-clockwise."""
    points = []
    for i, (sx, sy) in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        for j in range(steps + 1):
            t = math.pi / 2 * (i + j / steps)
            x, y = sx * (width / 2 - radius), sy * (depth / 2 - radius)
            points.append((x + radius * math.cos(t), y + radius * math.sin(t)))
    return points


def prism(
    material: Material | None, outline: Sequence[tuple[float, float]], height: float, bevel: float = 0.002
) -> Shape:
    """Raise a counter-clockwise outline from z = 0, its rims chamfered."""
    flat = np.asarray(outline, dtype=float)
    ahead, behind = np.roll(flat, -1, axis=0) - flat, flat - np.roll(flat, 1, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    behind /= np.linalg.norm(behind, axis=1, keepdims=True)
    inward = np.stack((-(ahead + behind)[:, 1], (ahead + behind)[:, 0]), axis=1)
    inward /= np.maximum((inward**2).sum(axis=1, keepdims=True) / 2, 0.1)
    bevel = min(bevel, 0.4 * height)
    small = flat + bevel * inward
    rings = [(small, 0), (flat, bevel), (flat, height - bevel), (small, height)]
    return loft(material, [[(x, y, z) for x, y in ring] for ring, z in rings])


def panel(material: Material | None, width: float, height: float, steps: Sequence[tuple[float, float]]) -> Shape:
    """Make an upright board, its back on y = 0 and its front towards -y, its lower left corner the origin.

    Each step is (inset from the edge, distance from the back); the last one closes the front.
    """
    rings = []
    for inset, depth in [(steps[0][0], 0.0), *steps]:
        x0, x1, z0, z1 = inset, width - inset, inset, height - inset
        rings.append([(x0, -depth, z0), (x1, -depth, z0), (x1, -depth, z1), (x0, -depth, z1)])
    return loft(material, rings)


def frame(
    material: Material | None, outer: Sequence[float], inner: Sequence[float], back: float, front: float
) -> Shape:
    """Make an upright board with a rectangular hole; rectangles are (x0, z0, x1, z1), it spans y = front..back."""
    rings = []
    for (x0, z0, x1, z1), depth in ((outer, back), (outer, front), (inner, front), (inner, back)):
        rings.append([(x0, depth, z0), (x1, depth, z0), (x1, depth, z1), (x0, depth, z1)])
    return loft(material, rings, closed=True)


def sheet(material: Material | None, rows: Sequence[Sequence[Point]] | np.ndarray, thickness: float) -> Shape:
    """Make a cloth or a paper of a grid of points, its texture coordinates along its rows and columns.

    The front is the side from which the rows run to the right and follow each other upwards.
    """
    grid = np.asarray(rows, dtype=float)
    height, width = grid.shape[:2]
    normal = np.cross(np.gradient(grid, axis=1), np.gradient(grid, axis=0))
    normal /= np.maximum(np.linalg.norm(normal, axis=2, keepdims=True), 1e-9)
    points = np.concatenate([(grid + s * thickness / 2 * normal).reshape(-1, 3) for s in (1, -1)])
    along = np.linalg.norm(np.diff(grid, axis=1, prepend=grid[:, :1]), axis=2).cumsum(axis=1)
    across = np.linalg.norm(np.diff(grid, axis=0, prepend=grid[:1]), axis=2).cumsum(axis=0)
    place_on = np.tile(np.stack((along, across), axis=2).reshape(-1, 2), (2, 1))
    behind = height * width
    faces = []
    for i in range(height - 1):
        for j in range(width - 1):
            a, b = i * width + j, (i + 1) * width + j
            faces += [(a, a + 1, b + 1, b), (behind + b, behind + b + 1, behind + a + 1, behind + a)]
    bottom, top = range(width), range((height - 1) * width, height * width)
    left, right = range(0, height * width, width), range(width - 1, height * width, width)
    for edge in (bottom, right, list(top)[::-1], list(left)[::-1]):
        edge = list(edge)
        faces += [(q, p, behind + p, behind + q) for p, q in pairwise(edge)]
    return Shape(points, faces, [place_on[list(face)] for face in faces], [material] * len(faces))


def place(name: str, what: Shape, category: str, at: Matrix | None = None) -> bpy.types.Object:
    """Make an object of a shape, labelled in the taxonomy of the current scene, link it to the scene, and return it."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(what.vertices.tolist(), [], what.faces)
    slots: list[Material | None] = []
    indices = []
    for material in what.materials:
        if material not in slots:
            slots.append(material)
            mesh.materials.append(material)
        indices.append(slots.index(material))
    mesh.polygons.foreach_set("material_index", indices)
    mesh.polygons.foreach_set("use_smooth", [True] * len(what.faces))
    mesh.uv_layers.new(name="UVMap").data.foreach_set("uv", np.concatenate(what.uvs).astype(np.float32).ravel())
    compat.sharpen(mesh, SHARP)
    mesh.update()
    return _link(name, mesh, category, at)


def repeat(item: bpy.types.Object, at: Matrix) -> bpy.types.Object:
    """Place an object's mesh once more, with the same label."""
    return _link(item.name, item.data, labels.category_name(item), at)


def _link(name: str, mesh: bpy.types.Mesh, category: str, at: Matrix | None) -> bpy.types.Object:
    item = bpy.data.objects.new(name, mesh)
    labels.set_category(item, labels.taxonomy_of(bpy.context.scene).category(category))
    if at is not None:
        item.matrix_world = at
    bpy.context.scene.collection.objects.link(item)
    return item


def spot(x: float, y: float, z: float = 0.0, degrees: float = 0.0) -> Matrix:
    """Return the transform to a place, turned about the vertical."""
    return Matrix.Translation((x, y, z)) @ Matrix.Rotation(math.radians(degrees), 4, "Z")
