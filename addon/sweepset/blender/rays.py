"""Rays through the evaluated scene, by search trees that are built once.

Blender's own `Scene.ray_cast` goes over all copies of all objects for each ray, and makes those of particles and
geometry nodes anew each time. In a scene of thousands of copies, a ray then takes milliseconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Matrix, Vector
from mathutils.bvhtree import BVHTree

from . import instances

GROUP = 64
"""Copies whose boxes are tested together, after the box around all of them."""
SLACK = 1e-6
"""Share of the scene's size by which boxes are larger than what they hold, so that flat things are not missed."""


@dataclass(frozen=True)
class _Copy:
    """One copy of an object: `shape` is the key of its tree; `matrix` is from its own space to the world."""

    item: bpy.types.Object
    shape: int
    matrix: Matrix
    inverse: Matrix


class Rays:
    """The surfaces of a scene at its present time."""

    def __init__(self, depsgraph: bpy.types.Depsgraph) -> None:
        self._depsgraph = depsgraph
        self._copies: list[_Copy] = []
        self._trees: dict[int, BVHTree | None] = {}
        self._owners: dict[int, bpy.types.Object] = {}
        boxes = []
        for instance in instances.visible(depsgraph):
            box = instances.bounds(instance)
            copy = self._copy(instance)
            if copy is not None and np.isfinite(box).all():
                boxes.append(box)
                self._copies.append(copy)
        self._sort(np.array(boxes).reshape(-1, 2, 3))

    def _copy(self, instance: bpy.types.DepsgraphObjectInstance) -> _Copy | None:
        """Return a copy, None if it has no surface or is scaled to nothing; an object's mesh gets its tree later."""
        item, matrix = instance.object, instance.matrix_world.copy()
        try:
            inverse = matrix.inverted()
        except ValueError:
            return None
        if item.data is None:
            return None
        shape, owner = item.data.as_pointer(), item.original
        if shape not in self._trees and shape not in self._owners:
            own = owner.evaluated_get(self._depsgraph)
            if owner.type == "MESH" and own.data is not None and own.data.as_pointer() == shape:
                self._owners[shape] = owner
            else:  # made by geometry nodes, or from a text or a curve: there is no other way to it later
                mesh = instances.mesh_of(item)
                made = BVHTree.FromPolygons(mesh.vertices.tolist(), mesh.triangles.tolist()) if mesh else None
                self._trees[shape] = made
        return _Copy(owner, shape, matrix, inverse)

    def _sort(self, boxes: np.ndarray) -> None:
        """Put copies that are near each other into groups."""
        count = len(boxes)
        size = float(np.ptp(boxes, axis=(0, 1)).max()) if count else 0.0
        order = _near_each_other(boxes.mean(1), np.arange(count))
        self._copies = [self._copies[number] for number in order]
        boxes = boxes[order] + np.array([[-1.0], [1.0]]) * SLACK * max(size, 1e-9)
        self._boxes = boxes
        starts = range(0, count, GROUP)
        groups = [(boxes[at : at + GROUP, 0].min(0), boxes[at : at + GROUP, 1].max(0)) for at in starts]
        self._groups = np.array(groups).reshape(-1, 2, 3)

    def cast(
        self, origin: np.ndarray, direction: np.ndarray, reach: float
    ) -> tuple[float, bpy.types.Object | None, Vector]:
        """Return the distance to the first surface along a unit direction, inf for none, its object and normal."""
        start, along = Vector(origin), Vector(direction)
        best, found, facing = reach, None, Vector()
        for number, enters in self._met(np.asarray(origin, float), np.asarray(direction, float), reach):
            if enters > best:
                break
            copy = self._copies[number]
            tree = self._tree(copy.shape)
            if tree is None:
                continue
            ray = copy.inverse.to_3x3() @ along
            place, normal, _, _ = tree.ray_cast(copy.inverse @ start, ray, best * ray.length * (1 + 1e-5))
            if place is None:
                continue
            distance = (copy.matrix @ place - start).length
            if distance <= best:
                best, found = distance, copy
                facing = copy.inverse.to_3x3().transposed() @ normal
        return (best, found.item, facing.normalized()) if found else (math.inf, None, facing)

    def _met(self, origin: np.ndarray, direction: np.ndarray, reach: float) -> list[tuple[int, float]]:
        """Return the copies whose boxes a ray meets, with the distances at which it enters them, nearest first."""
        groups = np.flatnonzero(np.isfinite(_enter(self._groups, origin, direction, reach)))
        if not groups.size:
            return []
        members = (groups[:, None] * GROUP + np.arange(GROUP)).ravel()
        members = members[members < len(self._copies)]
        enters = _enter(self._boxes[members], origin, direction, reach)
        order = np.argsort(enters, kind="stable")
        order = order[np.isfinite(enters[order])]
        return list(zip(members[order].tolist(), enters[order].tolist()))

    def _tree(self, shape: int) -> BVHTree | None:
        if shape not in self._trees:
            self._trees[shape] = BVHTree.FromObject(self._owners[shape], self._depsgraph)
        return self._trees[shape]


def _enter(boxes: np.ndarray, origin: np.ndarray, direction: np.ndarray, reach: float) -> np.ndarray:
    """Return the distances at which a ray enters boxes (n, 2, 3), 0 inside one, inf where it misses; (n,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        sides = (boxes - origin) / direction
    first, last = np.fmin(sides[:, 0], sides[:, 1]).max(1), np.fmax(sides[:, 0], sides[:, 1]).min(1)
    first = np.maximum(first, 0.0)
    return np.where((first <= last) & (first <= reach), first, np.inf)


def _near_each_other(points: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Return the numbers of points (n, 3) in an order in which groups of GROUP are near each other; (n,)."""
    if len(numbers) <= GROUP:
        return numbers
    axis = int(np.ptp(points[numbers], axis=0).argmax())
    ordered = numbers[np.argsort(points[numbers, axis], kind="stable")]
    half = max(GROUP, len(ordered) // (2 * GROUP) * GROUP)
    return np.concatenate([_near_each_other(points, ordered[:half]), _near_each_other(points, ordered[half:])])
