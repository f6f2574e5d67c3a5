"""A flash on the camera: a small bright lamp beside the lens that lights some of the frames."""

from __future__ import annotations

import math
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ... import sweeps

BESIDE = (0.035, 0.06, 0.01)
"""Metres to the right of, above and behind the lens."""
RADIUS = 0.012
REACH = (0.6, 6.0)
"""The least and the most metres that a flash is metered for."""
LUMINANCE = 0.16
"""How much brighter a grey surface at the metered distance becomes in the image; 1 is white."""
GREY = 0.5
GRID = 5


class Flash:
    """A lamp that goes along with cameras and fires in a share of the frames, by chance from (seed, frame)."""

    def __init__(
        self, scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, share: float, unit_scale: float
    ) -> None:
        self._scene, self._view_layer, self._share, self._unit_scale = scene, view_layer, share, unit_scale
        lamp: Any = bpy.data.lights.new("Sweepset flash", "POINT")
        lamp.energy, lamp.shadow_soft_size = 0.0, RADIUS / unit_scale
        self._lamp = bpy.data.objects.new("Sweepset flash", lamp)
        self._lamp.visible_camera = self._lamp.visible_glossy = False
        scene.collection.objects.link(self._lamp)

    def fire(self, camera: bpy.types.Object, seed: int, frame: int) -> float | None:
        """Place the flash at a camera if this frame has one; return its watts, None for no flash."""
        rng = sweeps.random_for(seed, frame, 4)
        power = self._meter(camera) * 2 ** rng.uniform(-0.7, 0.5) if rng.random() < self._share else 0.0
        self._lamp.data.energy = power
        place = camera.matrix_world.normalized() @ Matrix.Translation(Vector(BESIDE) / self._unit_scale)
        self._lamp.matrix_world = place
        self._view_layer.update()
        return round(power, 3) or None

    def _meter(self, camera: bpy.types.Object) -> float:
        """Return the watts that light the middle of the view well at the scene's exposure."""
        pose = np.array(camera.matrix_world.normalized())
        half = math.tan(camera.data.angle / 2)
        far = []
        for x in np.linspace(-0.5, 0.5, GRID):
            for y in np.linspace(-0.5, 0.5, GRID):
                ray = pose[:3, :3] @ np.array([half * x, half * y, -1.0])
                ray /= np.linalg.norm(ray)
                start = pose[:3, 3] + 0.05 / self._unit_scale * ray
                hit, place, *_ = self._scene.ray_cast(self._view_layer.depsgraph, Vector(start), Vector(ray))
                far.append((place - Vector(start)).length if hit else math.inf)
        distance = float(np.clip(np.median(far), REACH[0] / self._unit_scale, REACH[1] / self._unit_scale))
        # A lamp of P watts lights a surface at distance d with P / (4 pi d^2), which reflects grey / pi of it.
        wanted = LUMINANCE / 2.0**self._scene.view_settings.exposure
        return 4 * math.pi**2 * distance**2 * wanted / GREY
