"""Run inside Blender: first views of rooms are spread, show what rooms are known by, and depend on few others.

`viewpoints_case.py -- OUT.json` writes the poses of rooms' first frames, asked for in many ways, and what they see.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "addon"), str(ROOT / "scenes")]

from mathutils import Vector  # noqa: E402

import sweepset_scenes  # noqa: E402
from sweepset import sweeps  # noqa: E402
from sweepset.blender.placement import Placement  # noqa: E402

FOV, ASPECT = 65.0, 4 / 3
SOUGHT = {"kitchen": ("sink", "stove"), "dining_room": ("table", "chair")}


def visible(matrix: np.ndarray, item: bpy.types.Object) -> bool:
    """Tell whether a camera of this pose sees one of some points inside an object's box, by single rays."""
    depsgraph = bpy.context.evaluated_depsgraph_get()
    corners = np.array([tuple(item.matrix_world @ Vector(corner)) for corner in item.bound_box])
    shares = np.stack(np.meshgrid(*[np.linspace(0.1, 0.9, 5)] * 3), -1).reshape(-1, 3)
    points = corners.min(0) + shares * (corners.max(0) - corners.min(0))
    half = np.tan(np.radians(FOV) / 2)
    local = (points - matrix[:3, 3]) @ matrix[:3, :3]
    inside = (local[:, 2] < 0) & (np.abs(local[:, :2]) <= -local[:, 2:] * (half, half / ASPECT)).all(1)
    for point in points[inside]:
        ray = Vector(point - matrix[:3, 3]).normalized()
        hit, _, _, _, found, _ = bpy.context.scene.ray_cast(depsgraph, Vector(matrix[:3, 3]), ray)
        if hit and found.original in (item, *item.children):
            return True
    return False


def place(frames: int) -> Placement:
    """Return the default sweep through the scene."""
    sweep = sweeps.parse("viewpoints", [])
    return Placement(bpy.context.scene, bpy.context.view_layer, sweep, frames, 0, 1.0, FOV, 0.1, ASPECT)


told = {}
for kind, sought in SOUGHT.items():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    sweepset_scenes.build(kind, 0)
    bpy.context.view_layer.update()
    few, many = place(4), place(1000)
    poses = [few.pose(frame).matrix for frame in range(4)]
    things = [(word, item) for word in sought for item in bpy.data.objects if item.name.lower().startswith(word)]
    told[kind] = {
        "few": [pose.tolist() for pose in poses],
        "many": [many.pose(frame).matrix.tolist() for frame in range(4)],
        "later": [many.pose(frame).matrix.tolist() for frame in (8, 9, 10)],
        "alone": [place(11).pose(frame).matrix.tolist() for frame in (2, 10)],
        "seen": sorted({word for word, item in things if any(visible(pose, item) for pose in poses)}),
    }
Path(sys.argv[-1]).write_text(json.dumps(told), encoding="utf-8")
sys.stdout.flush()
os._exit(0)
