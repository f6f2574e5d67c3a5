"""Facts about a file's cameras and curves: poses and intrinsics."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Vector

from ..errors import SweepsetError

OPENCV_FROM_BLENDER = np.diag([1.0, -1.0, -1.0, 1.0])
"""Turns camera axes: Blender's y up and z backward into OpenCV's y down and z forward."""


def camera_matrix(camera: bpy.types.Object, depsgraph: bpy.types.Depsgraph) -> np.ndarray:
    """Return a camera's pose, (4, 4), in scene units with Blender's camera axes."""
    return np.array(camera.evaluated_get(depsgraph).matrix_world.normalized())


def curve_points(curve: bpy.types.Object, depsgraph: bpy.types.Depsgraph) -> np.ndarray:
    """Return points along a curve in world space, (n, 3), n >= 2."""
    if len(curve.data.splines) != 1:
        raise SweepsetError(
            f"sweep path: curve {curve.name!r} has {len(curve.data.splines)} splines; a path is one: separate them"
        )
    plain = curve.data.copy()
    plain.bevel_depth, plain.extrude, plain.bevel_object = 0.0, 0.0, None
    item = bpy.data.objects.new("Sweepset path", plain)
    try:
        mesh = item.to_mesh()
        matrix = curve.evaluated_get(depsgraph).matrix_world
        points = np.array([tuple(matrix @ Vector(vertex.co)) for vertex in mesh.vertices])
        if curve.data.splines[0].use_cyclic_u and len(points):
            points = np.vstack([points, points[:1]])
    finally:
        bpy.data.objects.remove(item)
        bpy.data.curves.remove(plain)
    if len(points) < 2 or np.allclose(points, points[0]):
        raise SweepsetError(f"sweep path: curve {curve.name!r} has no length; draw at least two points")
    return points


def intrinsics(camera: bpy.types.Object, depsgraph: bpy.types.Depsgraph, width: int, height: int) -> np.ndarray:
    """Return K, (3, 3), in pixels, with pixel centres at .5, of a perspective camera with square pixels."""
    projection = np.array(camera.evaluated_get(depsgraph).calc_matrix_camera(depsgraph, x=width, y=height))
    return np.array(
        [
            [projection[0, 0] * width / 2, 0.0, width / 2 * (1 - projection[0, 2])],
            [0.0, projection[1, 1] * height / 2, height / 2 * (1 + projection[1, 2])],
            [0.0, 0.0, 1.0],
        ]
    )
