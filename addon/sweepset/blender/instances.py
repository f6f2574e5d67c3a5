"""Instances of a scene: everything a camera may see, each with its own number.

Blender's index pass tells objects apart, not the copies that a collection, a geometry-nodes tree or a particle system
makes of one object. Copies are told apart by the end of the ray: the depth pass gives the point, and the point is on
the surface of one of them.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix, Vector
from mathutils.bvhtree import BVHTree

from ..boxes import Shape
from ..taxonomy import MAX_ID
from . import labels

MAX_INSTANCES = 65535
"""The largest id in a 16-bit PNG."""
CELLS = 64
"""A copy that spans more cells of the search grid than this is a candidate in every cell."""


@dataclass(frozen=True)
class Copy:
    """One object or one copy of it: `key` tells it from the others of its object, `low` and `high` are its bounds.

    `matrix` is local to world, (4, 4); bounds are (3,) in world space; `mesh` names its shape, '' for none; `slots` are
    the material indices of its slots; `corners`, (8, 3), are those of its box in its own space.
    """

    name: str
    key: tuple[str, ...]
    matrix: np.ndarray
    low: np.ndarray
    high: np.ndarray
    mesh: str
    slots: tuple[int, ...]
    corners: np.ndarray


@dataclass(frozen=True)
class Mesh:
    """An evaluated mesh in its own space: `vertices`, (n, 3), `triangles`, (m, 3), and the `slots` of these, (m,)."""

    vertices: np.ndarray
    triangles: np.ndarray
    slots: np.ndarray


@dataclass(frozen=True)
class Member:
    """The meaning of one instance id: the faces of a copy whose materials have one of these indices."""

    copy: Copy
    parts: frozenset[int]


BOX_TRIANGLES = np.array(
    [0, 1, 2, 0, 2, 3, 4, 5, 6, 4, 6, 7, 0, 1, 5, 0, 5, 4, 3, 2, 6, 3, 6, 7, 0, 3, 7, 0, 7, 4, 1, 2, 6, 1, 6, 5]
).reshape(12, 3)
"""Triangles of a box with Blender's order of corners."""


@dataclass
class Indexed:
    """The meaning of a scene's pass indices after `number_objects`.

    `names` are labels by material index, '' for none; `categories` the label of each object index; that of 0
    is the world's, where there is no surface.
    """

    names: list[str] = field(default_factory=lambda: [""])
    categories: list[str] = field(default_factory=lambda: [""])

    def material_number(self, name: str) -> int:
        """Return the material index of a label."""
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)


def number_objects(indexed: Indexed) -> None:
    """Give every object its own pass index; if there are too many, objects of one category share one."""
    blocks: dict[str, list[bpy.types.Object]] = defaultdict(list)
    for item in sorted(bpy.data.objects, key=lambda item: (labels.category_name(item), item.name_full)):
        blocks[labels.category_name(item)].append(item)
    sharing = max(1, -(-len(bpy.data.objects) // max(1, MAX_ID - len(blocks))))
    for category, members in blocks.items():
        for start in range(0, len(members), sharing):
            for item in members[start : start + sharing]:
                item.pass_index = len(indexed.categories)
            indexed.categories.append(category)


def visible(depsgraph: bpy.types.Depsgraph) -> Iterator[bpy.types.DepsgraphObjectInstance]:
    """Yield everything with a surface that the evaluated scene shows."""
    for instance in depsgraph.object_instances:
        if instance.object.type in labels.VISIBLE_TYPES and instance.show_self:
            yield instance


def bounds(instance: bpy.types.DepsgraphObjectInstance) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and highest corner, (3,) each, of an instance's box in world space."""
    return _bounds(_corners(instance), np.array(instance.matrix_world))


def _corners(instance: bpy.types.DepsgraphObjectInstance) -> np.ndarray:
    return np.array([tuple(corner) for corner in instance.object.bound_box])


def _bounds(corners: np.ndarray, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    corners = corners @ matrix[:3, :3].T + matrix[:3, 3]
    return corners.min(0), corners.max(0)


def _finite_corners(vertices: np.ndarray) -> np.ndarray:
    """Return the corners, (8, 3), of the box around those vertices, (n, 3), whose coordinates are numbers."""
    drawn = vertices[np.isfinite(vertices).all(1)]
    low, high = (drawn.min(0), drawn.max(0)) if len(drawn) else (np.full(3, np.nan), np.full(3, np.nan))
    return np.array([(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])


def _key(instance: bpy.types.DepsgraphObjectInstance) -> tuple[str, ...]:
    """Return a key that tells a copy from others of its object, the same in every process.

    A text or curve is listed twice, the second time as a mesh: that is not another copy.
    """
    item = instance.object
    if item.type != item.original.type and instance.matrix_world == item.original.matrix_world:
        return ("",)
    parent = instance.parent.name_full if instance.parent else ""
    return (parent, *(f"{number:010d}" for number in instance.persistent_id if number != 0x7FFFFFFF))


class _Listener(bpy.types.RenderEngine):
    """An engine that renders nothing, but passes on the scene as Blender evaluates it for a render."""

    bl_idname = "SWEEPSET_LISTENER"
    bl_label = "Sweepset"
    heard: Callable[[bpy.types.Depsgraph], None] | None = None

    def render(self, depsgraph: bpy.types.Depsgraph) -> None:  # type: ignore[override]
        """Pass on the evaluated scene."""
        if _Listener.heard is not None:
            _Listener.heard(depsgraph)


def evaluate(scene: bpy.types.Scene, use: Callable[[bpy.types.Depsgraph], None]) -> None:
    """Call `use` with the scene as a render sees it: objects that render, at their render resolution. Needs a camera.

    It differs from the viewport's evaluation, and its data are freed when `use` returns.
    """
    render = scene.render
    kept = render.engine, render.use_compositing, render.use_persistent_data
    bpy.utils.register_class(_Listener)
    _Listener.heard = use
    try:
        render.engine = _Listener.bl_idname  # type: ignore[assignment]
        render.use_compositing = render.use_persistent_data = False
        bpy.ops.render.render(write_still=False, scene=scene.name)
    finally:
        render.engine, render.use_compositing, render.use_persistent_data = kept
        _Listener.heard = None
        bpy.utils.unregister_class(_Listener)


class Instances:
    """The copies of every object of an evaluated scene, and the numbers that tell them apart.

    An instance id stands for one copy and one category of its parts, so that an instance has one category. `table`
    lists ids, objects and names of labels; `members` has their meaning, in the same order. Shapes are available if
    `with_shapes` is on.
    """

    def __init__(self, depsgraph: bpy.types.Depsgraph, indexed: Indexed, with_shapes: bool = False) -> None:
        copies: dict[int, dict[tuple[str, ...], Copy]] = defaultdict(dict)
        parts: dict[int, set[int]] = defaultdict(lambda: {0})
        self._meshes: dict[str, Mesh | None] = {}
        self._shapes: dict[tuple[str, tuple[int, ...], frozenset[int]], Shape] = {}
        several = self._indices_of_several(depsgraph)
        for instance in visible(depsgraph):
            item, original = instance.object, instance.object.original
            index = original.pass_index
            mesh = ""
            if index in several or with_shapes:
                mesh = f"{item.data.as_pointer()}" if item.data else ""
                if mesh not in self._meshes:
                    self._meshes[mesh] = mesh_of(item)
            matrix, corners = np.array(instance.matrix_world), _corners(instance)
            slots = tuple(slot.material.pass_index if slot.material else 0 for slot in item.material_slots)
            if not np.isfinite(corners).all() and self._meshes.get(mesh):
                corners = _finite_corners(self._meshes[mesh].vertices)
            low_and_high = _bounds(corners, matrix)
            copy = Copy(original.name_full, _key(instance), matrix, *low_and_high, mesh, slots, corners)
            copies[index][(copy.name, *copy.key)] = copy
            brought = getattr(item.data, "materials", ())  # modifiers may bring materials of their own
            parts[index].update(slot.material.pass_index for slot in original.material_slots if slot.material)
            parts[index].update(material.pass_index for material in brought if material)
        self.table: list[dict[str, Any]] = []
        self.members: list[Member] = []
        self._ids: dict[tuple[int, int], list[int]] = defaultdict(list)
        self._groups: dict[int, _Group] = {}
        for index in sorted(copies):
            members = [copy for _, copy in sorted(copies[index].items())]
            for copy in members:
                self._number_parts(index, copy, parts[index], indexed)
            self._groups[index] = _Group(members, self._meshes)

    @staticmethod
    def _indices_of_several(depsgraph: bpy.types.Depsgraph) -> set[int]:
        seen: set[int] = set()
        several: set[int] = set()
        for instance in visible(depsgraph):
            index = instance.object.original.pass_index
            (several if index in seen else seen).add(index)
        return several

    def _number_parts(self, index: int, copy: Copy, parts: set[int], indexed: Indexed) -> None:
        by_label: dict[str, list[int]] = defaultdict(list)
        for part in sorted(parts):
            by_label[indexed.names[part] or indexed.categories[index]].append(part)
        for label, same in by_label.items():
            self.table.append({"id": len(self.table) + 1, "object": copy.name, "label": label})
            self.members.append(Member(copy, frozenset(same)))
            for part in same:
                self._ids[index, part].append(len(self.table))

    def shape(self, member: Member) -> Shape:
        """Return the triangles of an instance, in its copy's own space.

        These are the triangles of its copy's box if Blender makes no mesh of it (hair curves, point clouds), or if the
        mesh has no such faces (only hair has the material).
        """
        mesh = self._meshes[member.copy.mesh]
        box = Shape(member.copy.corners, BOX_TRIANGLES)
        if mesh is None:
            return box
        key = (member.copy.mesh, member.copy.slots, member.parts)
        if key not in self._shapes:
            slots = np.array(member.copy.slots or (0,))
            chosen = np.isin(slots[np.clip(mesh.slots, 0, len(slots) - 1)], list(member.parts))
            used, triangles = np.unique(mesh.triangles[chosen], return_inverse=True)
            self._shapes[key] = Shape(mesh.vertices[used], triangles.reshape(-1, 3)) if len(used) else box
        return self._shapes[key]

    def motions(self, then: Instances) -> dict[int, np.ndarray | None]:
        """Return the motion of instances that move, by id: matrices, (4, 4), in world space.

        None for an instance that is gone by then or has another shape, as its surface moved otherwise.
        """
        found = {(member.copy.name, member.copy.key): member.copy for member in then.members}
        result: dict[int, np.ndarray | None] = {}
        for number, member in enumerate(self.members, 1):
            now, later = member.copy, found.get((member.copy.name, member.copy.key))
            if later is None or not self._is_same(self._meshes[now.mesh], then._meshes[later.mesh]):
                result[number] = None
            elif not np.array_equal(now.matrix, later.matrix):
                try:
                    result[number] = later.matrix @ np.linalg.inv(now.matrix)
                except np.linalg.LinAlgError:  # scaled to nothing
                    result[number] = None
        return result

    @staticmethod
    def _is_same(a: Mesh | None, b: Mesh | None) -> bool:
        if a is None or b is None:
            return False
        return np.array_equal(a.vertices, b.vertices) and np.array_equal(a.triangles, b.triangles)

    def ids(self, objects: np.ndarray, materials: np.ndarray, points: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """Return the instance id of each pixel, (H * W,) uint16, 0 for none.

        `objects` and `materials` are index maps, (H, W) integers; `points` gives the world positions, (n, 3), of the
        pixels at n flat positions.
        """
        result = np.zeros(objects.size, np.uint16)
        objects, materials = objects.ravel(), materials.ravel()
        pairs = objects.astype(np.int64) * (MAX_ID + 1) + materials
        order = np.argsort(pairs, kind="stable")
        starts = np.flatnonzero(np.diff(pairs[order])) + 1
        for pixels in np.split(order, starts):
            index, part = int(objects[pixels[0]]), int(materials[pixels[0]])
            if index in self._groups:
                ids = np.array(self._ids.get((index, part)) or self._ids[index, 0], np.uint16)
                result[pixels] = ids[self._groups[index].nearest(partial(points, pixels))]
        return result


class _Group:
    """Copies that share a pass index, and the search for the one that a point lies on."""

    def __init__(self, copies: list[Copy], meshes: dict[str, Mesh | None]) -> None:
        self._copies, self._meshes = copies, meshes
        self._trees: dict[str, BVHTree | None] = {}
        self._cells: dict[tuple[int, ...], list[int]] = defaultdict(list)
        self._everywhere: list[int] = []
        if len(copies) == 1:
            return
        self._low, self._high = (np.stack([getattr(copy, side) for copy in copies]) for side in ("low", "high"))
        # A copy whose place is no number is not drawn: no point is on it.
        lost = ~np.isfinite([self._low, self._high]).all((0, 2))
        self._low[lost] = self._high[lost] = np.inf
        known = np.abs([self._low[~lost], self._high[~lost]])
        self._slack = 1e-4 + 1e-5 * float(known.max(initial=0.0))
        spans = (self._high[~lost] - self._low[~lost]).max(1)
        self._step = max(float(np.median(spans)) if len(spans) else 0.0, 10 * self._slack)
        first = np.floor((self._low[~lost] - self._slack) / self._step).astype(int)
        last = np.floor((self._high[~lost] + self._slack) / self._step).astype(int)
        for number, start, end in zip(np.flatnonzero(~lost).tolist(), first, last):
            if np.prod(end - start + 1) > CELLS:
                self._everywhere.append(number)
                continue
            for cell in itertools.product(*(range(a, b + 1) for a, b in zip(start.tolist(), end.tolist()))):
                self._cells[cell].append(number)

    def nearest(self, points: Callable[[], np.ndarray]) -> np.ndarray | int:
        """Return the number of the copy on whose surface each world point is."""
        if len(self._copies) == 1:
            return 0
        where = points()
        cells = np.floor(where / self._step).astype(int)
        best = np.empty(len(where), np.int64)
        inverse = np.unique(cells, axis=0, return_inverse=True)[1].ravel()
        order = np.argsort(inverse, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(inverse[order])) + 1):
            near = self._cells.get(tuple(cells[rows[0]].tolist()), []) + self._everywhere
            best[rows] = self._nearest_of(np.array(near or range(len(self._copies))), where[rows])
        return best

    def _nearest_of(self, numbers: np.ndarray, points: np.ndarray) -> np.ndarray:
        low, high = self._low[numbers], self._high[numbers]
        best = np.empty(len(points), np.int64)
        block = max(1, 2**20 // len(numbers))  # limits the memory
        for start in range(0, len(points), block):
            here = points[start : start + block]
            gaps = np.maximum(np.maximum(low - here[:, None], here[:, None] - high), 0.0)
            distances = np.linalg.norm(gaps, axis=2)
            best[start : start + block] = numbers[distances.argmin(1)]
            close = distances <= distances.min(1, keepdims=True) + self._slack
            for row in np.flatnonzero(close.sum(1) > 1):
                candidates = numbers[close[row]].tolist()
                best[start + row] = min(candidates, key=lambda number: self._distance(number, here[row]))
        return best

    def _distance(self, number: int, point: np.ndarray) -> float:
        """Return a world point's distance from a copy's surface, or from its box's middle if it has none."""
        copy = self._copies[number]
        if copy.mesh not in self._trees:
            mesh = self._meshes[copy.mesh]
            made = None
            if mesh:
                drawn = mesh.triangles[np.isfinite(mesh.vertices[mesh.triangles]).all((1, 2))]
                made = BVHTree.FromPolygons(np.nan_to_num(mesh.vertices).tolist(), drawn.tolist())
            self._trees[copy.mesh] = made
        tree = self._trees[copy.mesh]
        if tree is None:
            return float(np.linalg.norm((copy.low + copy.high) / 2 - point))
        matrix = Matrix(copy.matrix)
        try:
            nearest = tree.find_nearest(matrix.inverted() @ Vector(point))[0]
        except ValueError:  # a copy scaled to nothing
            return float("inf")
        return float("inf") if nearest is None else (matrix @ nearest - Vector(point)).length


def mesh_of(item: bpy.types.Object) -> Mesh | None:
    """Return an evaluated object's mesh, None if it has none."""
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
        slots = np.empty(len(mesh.loop_triangles), np.int32)
        mesh.loop_triangles.foreach_get("material_index", slots)
        return Mesh(vertices.reshape(-1, 3), triangles.reshape(-1, 3), slots)
    finally:
        item.to_mesh_clear()
