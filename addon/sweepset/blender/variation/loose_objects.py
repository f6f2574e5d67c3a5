"""Find loose objects, leave them out, or shift them, together with what rests on them.

An assembly is an object with all objects parented to it. It rests on the surfaces right below its lowest points. It may
move to a place where it rests on the same objects and enters none that it was outside of. Lengths are in scene units.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import bpy
import numpy as np
from mathutils import Matrix, Vector
from mathutils.bvhtree import BVHTree

from ...taxonomy import Category
from .. import instances, labels
from . import surfaces

LOOSE = ("furniture", "object", "textile")
"""Supercategories of objects that can be carried away."""
BUILT_IN = {"counter", "sink", "toilet", "bathtub", "shower curtain", "curtain", "blinds", "cabinet", "refridgerator"}
HUNG = {"picture", "mirror", "whiteboard", "towel", "clothes", "bag"}
"""Categories that count as loose in a taxonomy but are fixed; categories that may hang and can still be left out."""
LARGEST_UNKNOWN = 1.5
"""Metres: the largest width of a loose assembly whose category has no supercategory."""
HEAVY = 200_000
"""Assemblies with more triangles than this stay where they are: the search for a place takes too long."""
CONTACT = 0.02
"""Metres by which an assembly's lowest points may be above or inside the surface that it rests on."""
LIFT = 0.003
"""Metres that an assembly is lifted before it is tested for being inside another: contact doesn't count."""
TRIES = (1.0, 0.7, 0.45, 0.25, 0.12)
"""Shares of a drawn shift that are tried until one fits."""
SIMULATED = {"CLOTH", "SOFT_BODY", "FLUID", "DYNAMIC_PAINT", "PARTICLE_SYSTEM"}
"""Modifiers whose baked results don't follow the object."""


@dataclass(eq=False)
class Body:
    """The shape of one object or of one copy: `vertices`, (n, 3), in world space, and `triangles`, (m, 3)."""

    name: str
    vertices: np.ndarray
    triangles: np.ndarray

    @cached_property
    def low(self) -> np.ndarray:
        """The lowest corner of its box, (3,)."""
        return self.vertices.min(0)

    @cached_property
    def high(self) -> np.ndarray:
        """The highest corner of its box, (3,)."""
        return self.vertices.max(0)

    @cached_property
    def tree(self) -> BVHTree:
        """Its surface, for ray casts."""
        return BVHTree.FromPolygons(self.vertices.tolist(), self.triangles.tolist())

    def moved(self, matrix: np.ndarray) -> Body:
        """Return a copy moved by a matrix, (4, 4)."""
        return Body(self.name, transformed(self.vertices, matrix), self.triangles)


@dataclass(eq=False)
class Assembly:
    """An object with all objects parented to it: their bodies and categories, and the objects they rest on."""

    root: bpy.types.Object
    items: list[bpy.types.Object]
    bodies: list[Body] = field(default_factory=list)
    categories: set[str] = field(default_factory=set)
    feet: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))
    """Its lowest points, (n, 3), eight at most."""
    gaps: list[float | None] = field(default_factory=list)
    """The height of each foot above the surface right below it, None if there is none."""
    supports: set[str] = field(default_factory=set)
    """Names of the roots of the assemblies right below."""

    @property
    def name(self) -> str:
        """The name of its root."""
        return self.root.name_full

    @property
    def rests(self) -> bool:
        """Whether it stands or lies on something."""
        return bool(self.gaps) and sum(gap is not None for gap in self.gaps) >= min(3, len(self.gaps))

    @property
    def width(self) -> float:
        """The diagonal of its outline from above."""
        low, high = (np.array([getattr(body, side) for body in self.bodies]) for side in ("low", "high"))
        return float(np.linalg.norm((high.max(0) - low.min(0))[:2]))


class LooseObjects:
    """The assemblies of an evaluated scene, which of them are loose, and all obstacles."""

    def __init__(
        self, scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph, kinds: Mapping[str, Category], unit_scale: float
    ) -> None:
        self._scene, self._unit_scale, self._kinds = scene, unit_scale, kinds
        self._assemblies: dict[str, Assembly] = {}
        self._others: list[Body] = []
        self._copied: set[str] = set()
        self._owner: dict[str, str] = {}
        self._roots = {item: _root(item) for item in bpy.data.objects}
        self._items: dict[bpy.types.Object, list[bpy.types.Object]] = defaultdict(list)
        for item, root in self._roots.items():
            self._items[root].append(item)
        for instance in instances.visible(depsgraph):
            self._add(instance)
        for assembly in self._assemblies.values():
            assembly.categories = {name for name in map(category_of, assembly.items) if name}
        self._bodies = [body for assembly in self._assemblies.values() for body in assembly.bodies] + self._others
        self._low, self._high = (
            np.array([getattr(body, side) for body in self._bodies]).reshape(-1, 3) for side in ("low", "high")
        )
        self._place = {body.name: k for k, body in enumerate(self._bodies)}
        self._bound = _bound_roots(self._assemblies)
        for assembly in self._assemblies.values():
            if assembly.bodies:
                assembly.feet = self._feet(assembly)
                assembly.gaps, assembly.supports = self._below(assembly, assembly.feet)
        self._resting: dict[str, list[Assembly]] = defaultdict(list)
        for assembly in self._assemblies.values():
            for name in assembly.supports:
                self._resting[name].append(assembly)

    def _add(self, instance: bpy.types.DepsgraphObjectInstance) -> None:
        item = instance.object
        original = item.original
        copy = instance.is_instance and (instance.parent.original != original or original.type == "MESH")
        matrix = np.array(instance.matrix_world)
        if copy:
            self._copied.add(original.name_full)
            corners = np.array([tuple(corner) for corner in item.bound_box])
            name = f"{len(self._others)} {original.name_full}"
            self._others.append(Body(name, transformed(corners, matrix), instances.BOX_TRIANGLES))
            return
        root = self._roots[original]
        assembly = self._assemblies.setdefault(root.name_full, Assembly(root, self._items[root]))
        mesh = instances.mesh_of(item)
        if mesh is None or not len(mesh.triangles) or original.name_full in self._owner:  # a text comes twice
            return
        vertices = transformed(mesh.vertices.astype(float), matrix)
        if np.isfinite(vertices).all():
            assembly.bodies.append(Body(original.name_full, vertices, mesh.triangles))
            self._owner[original.name_full] = root.name_full

    def _feet(self, assembly: Assembly) -> np.ndarray:
        """Return an assembly's lowest points, the outermost in eight directions."""
        vertices = np.concatenate([body.vertices for body in assembly.bodies])
        low = vertices[vertices[:, 2] <= vertices[:, 2].min() + CONTACT / 4 / self._unit_scale]
        angles = np.arange(8) * math.pi / 4 + 0.1
        return low[sorted({int(np.argmax(low[:, :2] @ (math.cos(a), math.sin(a)))) for a in angles})]

    @property
    def known(self) -> bool:
        """Whether anything is of a category that can be moved or left out."""
        return any(map(self._is_kind, self._assemblies.values()))

    def loose(self) -> dict[str, list[Assembly]]:
        """Return groups that can move together, an assembly and all that rests on it, by the name of the lowest."""
        found = {}
        for name in sorted(self._assemblies):
            group = self._group(self._assemblies[name])
            if group and not self._is_stuck(group):
                found[name] = group
        return found

    def hung(self) -> dict[str, list[Assembly]]:
        """Return hanging assemblies that can be left out."""
        return {
            name: [assembly]
            for name, assembly in sorted(self._assemblies.items())
            if assembly.bodies
            and assembly.categories
            and assembly.categories <= HUNG
            and self._is_free(assembly)
            and not assembly.rests
        }

    def fixed(self) -> list[str]:
        """Return the names of assemblies of loose categories that can't be moved, as something else places them."""
        return sorted(
            n for n, assembly in self._assemblies.items() if self._is_kind(assembly) and not self._is_free(assembly)
        )

    def _is_kind(self, assembly: Assembly) -> bool:
        return bool(assembly.bodies and assembly.categories) and all(
            self._is_loose_category(name, assembly) for name in assembly.categories
        )

    def _is_loose_category(self, name: str, assembly: Assembly) -> bool:
        category = self._kinds.get(name)
        if category is None or not category.isthing or name in BUILT_IN or category.supercategory == "structure":
            return False
        return category.supercategory in LOOSE or assembly.width * self._unit_scale <= LARGEST_UNKNOWN

    def _is_free(self, assembly: Assembly) -> bool:
        """Tell whether an assembly's place depends on its own matrix alone."""
        return assembly.name not in self._bound and all(
            item.library is None
            and not (item.constraints or surfaces.is_keyed(item) or item.rigid_body)
            and SIMULATED.isdisjoint(modifier.type for modifier in item.modifiers)
            and item.instance_type == "NONE"
            and item.name_full not in self._copied
            and item.parent_type == "OBJECT"
            for item in assembly.items
        )

    def _group(self, lowest: Assembly) -> list[Assembly]:
        """Return an assembly with all that rests on it, or nothing if a part of it has to stay."""
        group, waiting = [], [lowest]
        while waiting:
            assembly = waiting.pop()
            if assembly in group:
                continue
            if not (self._is_kind(assembly) and self._is_free(assembly) and assembly.rests):
                return []
            group.append(assembly)
            waiting += self._resting[assembly.name]
        names = {assembly.name for assembly in group}
        if any(assembly is not lowest and not assembly.supports <= names for assembly in group):
            return []  # an object in it rests on something else too
        return group if sum(len(body.triangles) for assembly in group for body in assembly.bodies) <= HEAVY else []

    def _is_stuck(self, group: list[Assembly]) -> bool:
        """Tell whether a group is inside another object; a pillow that is sunk into its bed is not stuck."""
        bodies = [body for assembly in group for body in assembly.bodies]
        soft = {
            name for name in group[0].supports if name in self._assemblies and self._is_kind(self._assemblies[name])
        }
        return not self._entered(group, bodies) <= soft

    def _entered(self, group: Iterable[Assembly], bodies: Iterable[Body]) -> set[str]:
        """Return the roots, or copies, that bodies of a group are inside of, after a lift off their support."""
        own = {body.name for assembly in group for body in assembly.bodies}
        sunk = [gap for assembly in list(group)[:1] for gap in assembly.gaps if gap is not None]
        lift = np.eye(4)
        lift[2, 3] = LIFT / self._unit_scale + max(0.0, -min(sunk, default=0.0))
        found = set()
        for body in bodies:
            lifted = body.moved(lift)
            near = (self._low <= lifted.high).all(1) & (self._high >= lifted.low).all(1)
            for k in np.flatnonzero(near).tolist():
                other = self._bodies[k]
                root = self._owner.get(other.name, other.name)
                if other.name not in own and root not in found and lifted.tree.overlap(other.tree):
                    found.add(root)
        return found

    def _below(self, assembly: Assembly, feet: np.ndarray) -> tuple[list[float | None], set[str]]:
        """Return the height of each foot of an assembly above the surface below, and the roots of these surfaces."""
        reach = CONTACT / self._unit_scale
        own = {body.name for body in assembly.bodies}
        gaps: list[float | None] = []
        names: set[str] = set()
        for foot in feet:
            inside = (self._low[:, :2] <= foot[:2] + 1e-6).all(1) & (self._high[:, :2] >= foot[:2] - 1e-6).all(1)
            inside &= (self._low[:, 2] <= foot[2] + reach) & (self._high[:, 2] >= foot[2] - reach)
            best: float | None = None
            for k in np.flatnonzero(inside).tolist():
                body = self._bodies[k]
                if body.name in own:
                    continue
                start = Vector((foot[0], foot[1], foot[2] + reach))
                place, _, _, far = body.tree.ray_cast(start, Vector((0, 0, -1)), 2 * reach)
                if place is not None:
                    names.add(self._owner.get(body.name, body.name))
                    best = far - reach if best is None else min(best, far - reach)
            gaps.append(best)
        return gaps, names

    def hide(self, group: list[Assembly]) -> None:
        """Remove a group, and the lamps inside it, from the scene."""
        for item in [*(item for assembly in group for item in assembly.items), *self._lamps_in(group)]:
            for collection in item.users_collection if item.type != "CAMERA" else ():
                collection.objects.unlink(item)
        gone = {body.name for assembly in group for body in assembly.bodies}
        for name in gone:
            self._low[self._place[name]], self._high[self._place[name]] = np.inf, -np.inf
        for assembly in group:
            for name in assembly.supports:
                self._resting[name].remove(assembly)
            del self._assemblies[assembly.name]

    def _lamps_in(self, group: list[Assembly]) -> list[bpy.types.Object]:
        """Return the lamps inside a group's box that are not part of it."""
        low, high = (np.array([getattr(b, s) for t in group for b in t.bodies]) for s in ("low", "high"))
        low, high = low.min(0) - CONTACT / self._unit_scale, high.max(0) + CONTACT / self._unit_scale
        own = {item for assembly in group for item in assembly.items}
        lamps = [item for item in self._scene.objects if item.type == "LIGHT" and item not in own]
        inside = [lamp for lamp in lamps if (low <= lamp.matrix_world.translation).all()]
        inside = [lamp for lamp in inside if (high >= lamp.matrix_world.translation).all()]
        return [
            lamp for lamp in inside
            if not (lamp.parent or lamp.constraints or lamp.library or surfaces.is_keyed(lamp))
        ]  # fmt: skip

    def shift(self, group: list[Assembly], rng: random.Random, strength: float) -> list[float] | None:
        """Move and turn a group a little, to a place where it fits; return metres along x and y, and degrees.

        None if it fits at none of the places tried.
        """
        lowest = group[0]
        wide = lowest.width * self._unit_scale
        reach, bearing = min(0.1 + 0.3 * wide, 0.5) * strength * rng.uniform(0.3, 1), rng.uniform(-math.pi, math.pi)
        angle = math.radians(60 / (1 + 2 * wide**2)) * strength * rng.uniform(-1, 1)
        bodies = [body for assembly in group for body in assembly.bodies]
        feet = lowest.feet
        middle = np.append((feet[:, :2].min(0) + feet[:, :2].max(0)) / 2, 0.0)
        already = self._entered(group, bodies)
        for share in TRIES:
            step = share * reach / self._unit_scale
            offset = np.array([math.cos(bearing) * step, math.sin(bearing) * step, 0.0])
            matrix = np.array(_about(middle, share * angle, offset))
            if self._fits(group, bodies, matrix, offset, already):
                self._settle(group, matrix)
                return [
                    round(float(offset[0]) * self._unit_scale, 3),
                    round(float(offset[1]) * self._unit_scale, 3),
                    round(math.degrees(share * angle), 1),
                ]
        return None

    def _fits(
        self, group: list[Assembly], bodies: list[Body], matrix: np.ndarray, offset: np.ndarray, already: set[str]
    ) -> bool:
        """Tell whether a group can move by a matrix: it still rests as before, and enters and crosses nothing."""
        lowest = group[0]
        after, names = self._below(lowest, transformed(lowest.feet, matrix))
        for old, new in zip(lowest.gaps, after):
            if (old is None) != (new is None) or (old is not None and abs(old - new) > LIFT / self._unit_scale):
                return False
        if not names <= lowest.supports:
            return False
        if not self._entered(group, [body.moved(matrix) for body in bodies]) <= already:
            return False
        own = {body.name for body in bodies}
        length = float(np.linalg.norm(offset))
        for body in bodies:
            middle = (body.low + body.high) / 2
            ends = np.stack([middle, middle + offset])
            near = (self._low <= ends.max(0)).all(1) & (self._high >= ends.min(0)).all(1)
            for k in np.flatnonzero(near).tolist():
                other = self._bodies[k]
                if other.name in own or self._owner.get(other.name) in lowest.supports:
                    continue
                if other.tree.ray_cast(Vector(middle), Vector(offset / max(length, 1e-9)), length)[0] is not None:
                    return False
        return True

    def _settle(self, group: list[Assembly], matrix: np.ndarray) -> None:
        """Move a group, and the lamps inside it, by a matrix."""
        for item in (*(assembly.root for assembly in group), *self._lamps_in(group)):
            item.matrix_world = Matrix(matrix) @ item.matrix_world
        for assembly in group:
            assembly.bodies = [body.moved(matrix) for body in assembly.bodies]
            assembly.feet = transformed(assembly.feet, matrix)
            for body in assembly.bodies:
                k = self._place[body.name]
                self._bodies[k], self._low[k], self._high[k] = body, body.low, body.high

    def has_room(self, body: Body) -> bool:
        """Tell whether a new body touches no other."""
        return not self._entered([], [body])

    def add(self, body: Body) -> None:
        """Add a new body to the obstacles."""
        self._place[body.name] = len(self._bodies)
        self._bodies.append(body)
        self._low, self._high = np.vstack([self._low, body.low]), np.vstack([self._high, body.high])


def _root(item: bpy.types.Object) -> bpy.types.Object:
    while item.parent is not None:
        item = item.parent
    return item


def transformed(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Return points, (n, 3), moved by a matrix, (4, 4)."""
    return points @ matrix[:3, :3].T + matrix[:3, 3]


def category_of(item: bpy.types.Object) -> str:
    """Return the name of an object's category, or the only one of its materials; '' if it has none."""
    own = labels.category_name(item)
    parts = set(labels.slots(item)) if item.type in labels.VISIBLE_TYPES and not own else {own}
    return parts.pop() if len(parts) == 1 else ""


def _bound_roots(assemblies: Mapping[str, Assembly]) -> set[str]:
    """Return the roots of assemblies that refer to, or are referred to by, other assemblies, materials or cameras."""
    owner: dict[bpy.types.ID, str] = {item: name for name, assembly in assemblies.items() for item in assembly.items}
    bound = set()
    for item, users in bpy.data.user_map(subset=list(bpy.data.objects)).items():
        for user in users:
            if isinstance(user, (bpy.types.Collection, bpy.types.Scene, bpy.types.WindowManager, bpy.types.Screen)):
                continue
            if not isinstance(user, bpy.types.Object) or owner.get(user) != owner.get(item):
                bound |= {owner[one] for one in (item, user) if one in owner}
    return bound


def _about(middle: np.ndarray, angle: float, offset: np.ndarray) -> Matrix:
    """Return the matrix that turns about the vertical through a point, then shifts."""
    here = Matrix.Translation(Vector(middle))
    return Matrix.Translation(Vector(offset)) @ here @ Matrix.Rotation(angle, 4, "Z") @ here.inverted()
