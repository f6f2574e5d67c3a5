"""The cameras of a previewed sweep: their frustums, and a keyed camera that repeats them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Matrix

from . import compat

SENSOR = 36.0
"""Width of a baked camera's sensor in millimetres, Blender's own."""
BAKED = "Sweep"
"""Name of a baked camera."""


@dataclass(frozen=True)
class Shot:
    """One frame's camera: `matrix` is camera to world, (4, 4), in scene units with Blender's axes; `lens` is K.

    `time` is the scene's frame number.
    """

    frame: int
    matrix: np.ndarray
    lens: np.ndarray
    time: int


def frustum(shot: Shot, size: tuple[int, int], length: float) -> np.ndarray:
    """Return the camera's place and the corners of its image `length` in front of it, (5, 3), upper left first."""
    width, height = size
    corners = np.array([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)]) @ np.linalg.inv(shot.lens).T
    local = np.vstack([np.zeros(3), length * corners * (1, -1, -1)])
    return local @ shot.matrix[:3, :3].T + shot.matrix[:3, 3]


def bake(scene: bpy.types.Scene, shots: Sequence[Shot], size: tuple[int, int], unit_scale: float) -> bpy.types.Object:
    """Add a camera with a constant key at each shot's frame; lens and shift are keyed too."""
    data = bpy.data.cameras.new(BAKED)
    camera = bpy.data.objects.new(BAKED, data)
    scene.collection.objects.link(camera)
    data.sensor_fit, data.sensor_width = "HORIZONTAL", SENSOR
    data.clip_start, data.clip_end = 0.02 / unit_scale, 1000.0 / unit_scale
    width, height = size
    for shot in shots:
        camera.matrix_world = Matrix(shot.matrix.tolist())
        data.lens = SENSOR * shot.lens[0, 0] / width
        data.shift_x = (width / 2 - shot.lens[0, 2]) / width
        data.shift_y = (shot.lens[1, 2] - height / 2) / width
        for owner, names in ((camera, ("location", "rotation_euler")), (data, ("lens", "shift_x", "shift_y"))):
            for name in names:
                owner.keyframe_insert(name, frame=shot.frame)
    for owner in (camera, data):
        for curve in compat.curves(owner):
            for key in curve.keyframe_points:
                key.interpolation = "CONSTANT"
    return camera
