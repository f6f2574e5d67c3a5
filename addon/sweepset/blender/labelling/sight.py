"""Find the labels that a sweep's cameras see, by ray cast."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Vector

from .. import cameras, instances, labels
from ..shots import Shot
from . import alpha

GRID = (16, 12)
"""Rays across and down a view, which find large objects."""
POINTS = 64
"""Points of one label on an object that are tested one by one if the grid missed it."""
MOST_CLEAR, STEP = 64, 1e-4
"""Surfaces invisible to cameras that a ray passes through, and the distance behind one at which it goes on."""


def own_shots(scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph, size: tuple[int, int]) -> list[Shot]:
    """Return what the scene's perspective cameras see at its present time."""
    eyes = [item for item in scene.objects if item.type == "CAMERA" and item.data.type == "PERSP"]
    return [
        Shot(
            number,
            cameras.camera_matrix(eye, depsgraph),
            cameras.intrinsics(eye, depsgraph, *size),
            scene.frame_current,
        )
        for number, eye in enumerate(eyes)
    ]


def unseen(
    scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, shots: Sequence[Shot], size: tuple[int, int]
) -> list[str]:
    """Return the labels in the viewport that no camera sees, by name."""
    now = scene.frame_current
    sought: set[str] = set()
    try:
        for position, time in enumerate(sorted({shot.time for shot in shots})):
            if scene.frame_current != time:
                scene.frame_set(time)
            sight = _Sight(scene, view_layer)
            if not position:
                sought = set(sight.points)
            for shot in [shot for shot in shots if shot.time == time]:
                sought -= sight.look(shot, size, sought)
                if not sought:
                    return []
    finally:
        if scene.frame_current != now:
            scene.frame_set(now)
    return sorted(sought)


class _Sight:
    """The scene in the viewport at one time: where each label is, and rays that look for it."""

    def __init__(self, scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer) -> None:
        view_layer.update()
        self._scene, self._depsgraph = scene, view_layer.depsgraph
        rendered = set(labels.labellable(scene))
        self._faces: dict[str, _Faces] = {}
        found: dict[str, list[np.ndarray]] = defaultdict(list)
        for instance in instances.visible(self._depsgraph):
            key = instance.object.original.name_full
            if key not in self._faces:
                self._faces[key] = _look_at(instance.object, instance.object.original in rendered)
            matrix = np.array(instance.matrix_world)
            for name, points in self._faces[key].points.items():
                found[name].append(points @ matrix[:3, :3].T + matrix[:3, 3])
        self.points = {name: np.concatenate(parts) for name, parts in found.items()}

    def look(self, shot: Shot, size: tuple[int, int], sought: set[str]) -> set[str]:
        """Return those of the sought labels that a camera sees."""
        across, down = np.meshgrid(*((np.arange(count) + 0.5) / count for count in GRID))
        pixels = np.stack([across.ravel() * size[0], down.ravel() * size[1], np.ones(across.size)], 1)
        rays = (pixels @ np.linalg.inv(shot.lens).T * (1, -1, -1)) @ shot.matrix[:3, :3].T
        seen = {self._label(shot.matrix[:3, 3], ray) for ray in rays} & sought
        for name in sorted(sought - seen):
            rays = self.points.get(name, np.empty((0, 3))) - shot.matrix[:3, 3]
            local = rays @ shot.matrix[:3, :3] * (1, -1, -1)
            image = local @ shot.lens.T
            with np.errstate(divide="ignore", invalid="ignore"):
                place = image[:, :2] / image[:, 2:]
            inside = (local[:, 2] > 0) & (place >= 0).all(1) & (place < size).all(1)
            if any(self._label(shot.matrix[:3, 3], ray) == name for ray in rays[inside]):
                seen.add(name)
        return seen

    def _label(self, origin: np.ndarray, ray: np.ndarray) -> str:
        """Return the label of the first surface along a ray, '' for none."""
        direction, reached = Vector(ray).normalized(), Vector(origin)
        for _ in range(MOST_CLEAR):
            hit, reached, _, face, item, _ = self._scene.ray_cast(self._depsgraph, reached, direction)
            if not hit:
                return ""
            known = self._faces.get(item.original.name_full)
            if known is None or not 0 <= face < len(known.names):
                return labels.category_name(item.original)
            if known.seen[face]:
                return known.names[face]
            reached += direction * STEP * max(1.0, (reached - Vector(origin)).length)
        return ""


@dataclass(frozen=True)
class _Faces:
    """The labels of an object's faces.

    `names` is the label of each, (n,) text, `seen` whether cameras see it, (n,) bool; `points` are on visible faces, in
    the object's space, (m, 3) by label.
    """

    names: np.ndarray
    seen: np.ndarray
    points: dict[str, np.ndarray]


def _look_at(item: bpy.types.Object, rendered: bool) -> _Faces:
    """Return the labels of an evaluated object's faces; none is visible if it doesn't render."""
    try:
        mesh = item.to_mesh()
    except RuntimeError:
        return _Faces(np.empty(0, object), np.empty(0, bool), {})
    try:
        original = item.original
        materials = np.zeros(len(mesh.polygons), np.int32)
        mesh.polygons.foreach_get("material_index", materials)
        ids = labels.face_names(original.data) if original.type == "MESH" else {}
        names = labels.by_face(labels.face_ids(mesh), materials, ids, labels.slots(original))
        names[names == ""] = labels.category_name(original)
        clear = [alpha.of(slot.material) == "clear" for slot in original.material_slots] or [False]
        renders = rendered and original.visible_camera and original.show_instancer_for_render
        seen = ~np.array(clear)[np.minimum(materials, len(clear) - 1)] & renders
        mesh.calc_loop_triangles()
        count = len(mesh.loop_triangles)
        faces, vertices, areas = np.empty(count, np.int32), np.empty(3 * count, np.int32), np.empty(count, np.float32)
        mesh.loop_triangles.foreach_get("polygon_index", faces)
        mesh.loop_triangles.foreach_get("vertices", vertices)
        mesh.loop_triangles.foreach_get("area", areas)
        places = np.empty(3 * len(mesh.vertices), np.float32)
        mesh.vertices.foreach_get("co", places)
        corners = places.reshape(-1, 3)[vertices].reshape(-1, 3, 3)
        areas[~seen[faces]] = 0
        points = {name: _spread(corners, areas * (names[faces] == name)) for name in set(names) - {""}}
        return _Faces(names, seen, points)
    finally:
        item.to_mesh_clear()


def _spread(corners: np.ndarray, areas: np.ndarray) -> np.ndarray:
    """Return points, (POINTS, 3), spread over triangles, (n, 3, 3), by their areas, (n,); none without area."""
    total = float(areas.sum())
    if not total > 0:
        return np.empty((0, 3))
    chance = np.random.default_rng(0)
    chosen = np.searchsorted(np.cumsum(areas) / total, chance.random(POINTS)).clip(0, len(areas) - 1)
    weights = chance.dirichlet((1, 1, 1), POINTS)
    return np.einsum("pc,pcx->px", weights, corners[chosen])
