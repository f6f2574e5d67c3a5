"""Instances of a scene: everything a camera may see, each with a number of its own.

Blender's index pass tells objects apart, not the copies that a collection, a geometry-nodes tree or a particle system
makes of one object. Copies are told apart by where the ray ended: the depth pass gives the point, and the point lies
on the surface of one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix, Vector
from mathutils.bvhtree import BVHTree

from . import labels
from .errors import SweepsetError
from .taxonomy import MAX_ID

VISIBLE_TYPES = {"MESH", "CURVE", "SURFACE", "META", "FONT", "CURVES", "POINTCLOUD", "VOLUME", "GPENCIL"}
MAX_INSTANCES = 65535
"""The most that a 16-bit PNG tells apart."""


@dataclass(frozen=True)
class Copy:
    """One object or one copy of it: `key` tells it from the others of its object, `low` and `high` are its bounds.

    `matrix` is local to world, (4, 4); bounds are (3,) in world space.
    """

    name: str
    key: tuple[str, ...]
    matrix: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass
class Indexed:
    """What the pass indices of a scene stand for, after `number_objects`.

    `names` are labels by material index, '' for none; `groups` the objects' names that share an object index, most
    often one; `categories` the label of each object index.
    """

    names: list[str] = field(default_factory=lambda: [""])
    groups: list[list[str]] = field(default_factory=lambda: [[]])
    categories: list[str] = field(default_factory=lambda: [""])

    def material_number(self, name: str) -> int:
        """Return the material index that stands for a label."""
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)


def number_objects(indexed: Indexed) -> None:
    """Give every object a pass index of its own; where there are too many, objects of one category share."""
    items = sorted(bpy.data.objects, key=lambda item: (labels.category_name(item), item.name_full))
    blocks: dict[str, list[bpy.types.Object]] = {}
    for item in items:
        blocks.setdefault(labels.category_name(item), []).append(item)
    sharing = max(1, -(-len(items) // max(1, MAX_ID - len(blocks))))
    for category, members in blocks.items():
        for start in range(0, len(members), sharing):
            group = members[start : start + sharing]
            for item in group:
                item.pass_index = len(indexed.groups)
            indexed.groups.append([item.name_full for item in group])
            indexed.categories.append(category)


def visible(depsgraph: bpy.types.Depsgraph) -> Iterator[bpy.types.DepsgraphObjectInstance]:
    """Go over everything with a surface that the evaluated scene shows."""
    for instance in depsgraph.object_instances:
        if instance.object.type in VISIBLE_TYPES and instance.show_self:
            yield instance


def bounds(instance: bpy.types.DepsgraphObjectInstance) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and highest corner, (3,) each, of an instance's box in world space."""
    matrix = np.array(instance.matrix_world)
    corners = np.array([tuple(corner) for corner in instance.object.bound_box]) @ matrix[:3, :3].T + matrix[:3, 3]
    return corners.min(0), corners.max(0)


def _key(instance: bpy.types.DepsgraphObjectInstance) -> tuple[str, ...]:
    """Return what tells a copy from the others of its object, the same in every process."""
    parent = instance.parent.name_full if instance.parent else ""
    return (parent, *(f"{number:010d}" for number in instance.persistent_id if number != 0x7FFFFFFF))


class Instances:
    """The copies of every object of an evaluated scene, and the numbers that tell them apart.

    An instance id stands for one copy and one category of its parts, so that an instance has one category.
    """

    def __init__(self, depsgraph: bpy.types.Depsgraph, indexed: Indexed) -> None:
        self._depsgraph = depsgraph
        self._indexed = indexed
        self._copies: dict[int, list[Copy]] = {}
        self._parts: dict[int, set[int]] = {}
        for instance in visible(depsgraph):
            original = instance.object.original
            low, high = bounds(instance)
            copy = Copy(original.name_full, _key(instance), np.array(instance.matrix_world), low, high)
            self._copies.setdefault(original.pass_index, []).append(copy)
            parts = self._parts.setdefault(original.pass_index, {0})
            evaluated = getattr(instance.object.data, "materials", ())  # modifiers may bring materials of their own
            parts.update(slot.material.pass_index for slot in original.material_slots if slot.material)
            parts.update(material.pass_index for material in evaluated if material)
        self.table: list[dict[str, Any]] = []
        self._ids: dict[tuple[int, int], list[int]] = {}
        for index in sorted(self._copies):
            self._copies[index].sort(key=lambda copy: (copy.name, copy.key))
            for copy_number, copy in enumerate(self._copies[index]):
                self._number_parts(index, copy_number, copy)

    def _number_parts(self, index: int, copy_number: int, copy: Copy) -> None:
        by_label: dict[str, int] = {}
        for part in sorted(self._parts[index]):
            label = self._indexed.names[part] or self._indexed.categories[index]
            if label not in by_label:
                self.table.append({"id": len(self.table) + 1, "object": copy.name, "label": label})
                by_label[label] = len(self.table)
            self._ids.setdefault((index, part), []).append(by_label[label])

    def ids(self, objects: np.ndarray, materials: np.ndarray, points: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """Return the instance id of each pixel, (H, W) uint16, 0 where there is nothing.

        `objects` and `materials` are index maps, (H, W) integers; `points` gives the world positions, (n, 3), of the
        pixels at n flat positions.
        """
        if len(self.table) > MAX_INSTANCES:
            raise SweepsetError(
                f"the scene has {len(self.table)} instances; a 16-bit instance map tells {MAX_INSTANCES} apart: "
                "render with --without instances"
            )
        result = np.zeros(objects.size, np.uint16)
        objects, materials = objects.ravel(), materials.ravel()
        pairs = objects.astype(np.int64) * (MAX_ID + 1) + materials
        order = np.argsort(pairs, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(pairs[order]) > 0])
        for pixels in np.split(order, starts[1:]):
            index, part = int(objects[pixels[0]]), int(materials[pixels[0]])
            ids = self._ids.get((index, part)) or self._ids.get((index, 0))
            if ids is None:
                continue
            if len(self._copies[index]) == 1:
                result[pixels] = ids[0]
            else:
                result[pixels] = np.array(ids, np.uint16)[self._nearest(self._copies[index], points(pixels))]
        return result

    def _nearest(self, copies: list[Copy], points: np.ndarray) -> np.ndarray:
        """Return for each point the number of the copy on whose surface it lies."""
        low, high = (np.stack([getattr(copy, side) for copy in copies]) for side in ("low", "high"))
        best = np.empty(len(points), np.int64)
        trees: dict[int, BVHTree | None] = {}
        for start in range(0, len(points), 4096):  # bounds memory: points times copies
            block = points[start : start + 4096]
            gaps = np.maximum(np.maximum(low - block[:, None], block[:, None] - high), 0.0)
            distances = np.linalg.norm(gaps, axis=2)
            slack = 1e-4 + 1e-5 * np.abs(block).max(1, keepdims=True)
            candidates = distances <= distances.min(1, keepdims=True) + slack
            best[start : start + 4096] = distances.argmin(1)
            for row in np.flatnonzero(candidates.sum(1) > 1):
                numbers = np.flatnonzero(candidates[row]).tolist()
                missing = [number for number in numbers if number not in trees]
                if missing:
                    trees.update(self._surfaces([copies[number] for number in missing], missing))
                best[start + row] = min(numbers, key=lambda n: _distance(trees[n], copies[n], block[row]))
        return best

    def _surfaces(self, copies: list[Copy], numbers: list[int]) -> dict[int, BVHTree | None]:
        """Return the surfaces of copies by their numbers, in local space; None where one has no mesh."""
        wanted = {(copy.name, copy.key): number for copy, number in zip(copies, numbers)}
        shared: dict[int, BVHTree | None] = {}
        trees: dict[int, BVHTree | None] = dict.fromkeys(numbers)
        for instance in visible(self._depsgraph):
            number = wanted.get((instance.object.original.name_full, _key(instance)))
            if number is not None:
                data = instance.object.data.as_pointer() if instance.object.data else 0
                if data not in shared:
                    shared[data] = _surface(instance.object)
                trees[number] = shared[data]
        return trees


def _surface(item: bpy.types.Object) -> BVHTree | None:
    try:
        mesh = item.to_mesh()
    except RuntimeError:
        return None
    try:
        mesh.calc_loop_triangles()
        triangles = np.empty(3 * len(mesh.loop_triangles), np.int32)
        mesh.loop_triangles.foreach_get("vertices", triangles)
        vertices = np.empty(3 * len(mesh.vertices), np.float32)
        mesh.vertices.foreach_get("co", vertices)
        return BVHTree.FromPolygons(vertices.reshape(-1, 3).tolist(), triangles.reshape(-1, 3).tolist())
    finally:
        item.to_mesh_clear()


def _distance(tree: BVHTree | None, copy: Copy, point: np.ndarray) -> float:
    """Return how far a world point is from a copy's surface; from its box's middle where it has no mesh."""
    if tree is None:
        return float(np.linalg.norm((copy.low + copy.high) / 2 - point))
    matrix = Matrix(copy.matrix)
    try:
        nearest = tree.find_nearest(matrix.inverted() @ Vector(point))[0]
    except ValueError:  # a copy scaled to nothing
        return float("inf")
    return float("inf") if nearest is None else (matrix @ nearest - Vector(point)).length
