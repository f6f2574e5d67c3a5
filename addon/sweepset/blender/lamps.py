"""Lamps that cameras see. They have no label, so ground truth is empty where an image shows one.

Cycles draws such a lamp without an index or a depth. While ground truth is rendered, these lamps light nothing, so that
the pass of their light group shows the lamps themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import bpy
import numpy as np

from ..motion import View
from . import compat

KINDS = ("AREA", "POINT", "SPOT")
"""Lamps with a shape. A sun is behind everything."""
LIGHTING = ("visible_diffuse", "visible_glossy", "visible_transmission", "visible_volume_scatter")


def seen_by_cameras(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """Return the lamps of a scene, and of the collections that it instances, that Cycles shows to cameras."""
    return [
        item
        for item in bpy.data.objects
        if item.type == "LIGHT"
        and item.data.type in KINDS
        and item.visible_camera
        and (not item.hide_render or item.animation_data)
        and (not item.users_scene or scene in item.users_scene)
    ]


def group(view_layer: bpy.types.ViewLayer, lamps: Sequence[bpy.types.Object]) -> None:
    """Give lamps a light group of their own, whose pass is `Lamps`."""
    if all(one.name != compat.LAMPS for one in view_layer.lightgroups):
        view_layer.lightgroups.add(name=compat.LAMPS)
    for item in lamps:
        item.lightgroup = compat.LAMPS


@contextmanager
def unlit(lamps: Sequence[bpy.types.Object]) -> Iterator[None]:
    """Let lamps light nothing within the context; cameras still see them."""
    kept = [(item, name, getattr(item, name)) for item in lamps for name in LIGHTING]
    for item, name, _ in kept:
        setattr(item, name, False)
    try:
        yield
    finally:
        for item, name, value in kept:
            setattr(item, name, value)


def in_front(
    shine: np.ndarray, depth: np.ndarray, view: View, depsgraph: bpy.types.Depsgraph, lamps: Sequence[bpy.types.Object]
) -> np.ndarray:
    """Return the pixels, (H, W) bool, where a lamp is before all surfaces.

    `shine` is the pass `Lamps`, (H, W, 3), of one sample; `depth` is along the camera's axis, (H, W), 1e10 for nothing.
    A lamp behind a surface that is partly transparent shines through it by chance: there the surface counts.
    """
    pixels = np.flatnonzero(shine.any(axis=2))
    ends = view.lift(depth, pixels) - view.to_world[:3, 3]
    distances = np.linalg.norm(ends, axis=1)
    rays = ends / distances[:, None]
    before = np.zeros(len(pixels), bool)
    for instance in depsgraph.object_instances:
        if instance.object.type == "LIGHT" and instance.object.original in lamps:
            matrix = np.array(instance.matrix_world)
            middle = matrix[:3, 3] - view.to_world[:3, 3]
            radius = _extent(instance.object.data) * max(1.0, float(np.linalg.norm(matrix[:3, :3], axis=0).max()))
            along = rays @ middle
            aside = np.maximum(middle @ middle - along**2, 0.0)
            near = along - np.sqrt(np.maximum(radius**2 - aside, 0.0))
            before |= (aside <= radius**2) & (near < distances)
    result = np.zeros(depth.shape, bool)
    result.ravel()[pixels[before]] = True
    return result


def _extent(light: bpy.types.Light) -> float:
    """Return the radius of a ball around a lamp, with a little to spare."""
    if isinstance(light, bpy.types.AreaLight):
        wide = light.size_y if light.shape in ("RECTANGLE", "ELLIPSE") else light.size
        return 0.51 * math.hypot(light.size, wide)
    return 1.01 * light.shadow_soft_size
