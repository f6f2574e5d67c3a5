"""Run inside Blender: sweeps around a scene's subject, a box among boxes.

`subject_case.py -- OUT.json` writes the poses of each sweep.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "addon")]

from sweepset import sweeps  # noqa: E402
from sweepset.blender import compat, labels  # noqa: E402
from sweepset.blender.placement import Placement  # noqa: E402

BOXES = {
    "ground": ((-30, -30, -0.2), (30, 30, 0)),
    "wall": ((-2.2, -10, 0), (-2, 10, 3)),
    "container": ((6, -4, 0), (8, -1, 2.6)),
    "pillar": ((1.2, 6.5, 0), (1.8, 7.1, 3)),
}


def box(name: str, low: tuple[float, ...], high: tuple[float, ...]) -> bpy.types.Object:
    """Make a closed box whose faces point outwards."""
    points = [(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(points, [], faces)
    item = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(item)
    return item


def poses(sweep: str, texts: list[str], frames: int, shown: list[int]) -> list[list[object]]:
    """Return matrix, field of view and time of some frames."""
    scene, layer = bpy.context.scene, bpy.context.view_layer
    placed = Placement(scene, layer, sweeps.parse(sweep, texts), frames, 5, 1.0, 57.0, 0.0, 1.5)
    found = [placed.pose(frame) for frame in shown]
    return [[pose.matrix.tolist(), pose.fov, pose.time] for pose in found]


bpy.ops.wm.read_factory_settings(use_empty=True)
for name, (low, high) in BOXES.items():
    box(name, low, high)
subject = box("subject", (-0.9, -2.2, 0), (0.9, 2.2, 1.5))
labels.set_subject(subject)
subject.location, subject.rotation_euler = (3, 2, 0), (0, 0, math.radians(30))
bpy.context.view_layer.update()
told: dict[str, object] = {
    "photographer": poses("photographer", ["cut=0"], 48, list(range(48))),
    "cut": poses("photographer", ["cut=1"], 12, list(range(12))),
    "single": poses("photographer", ["cut=0"], 48, [47]),
    "circled": poses("turntable", ["distance=4", "height=1.5", "lens=18"], 8, list(range(8))),
    "gimbal": poses("gimbal", ["distances=4,5", "elevations=0.5,30"], 8, [0, 1, 2]),
}
axis = bpy.data.objects.new("axis", None)
bpy.context.scene.collection.objects.link(axis)
axis.location = (3, 2, 0)
subject.parent, subject.location = axis, (0, 0, 0)
bpy.context.scene.frame_start, bpy.context.scene.frame_end = 0, 3599
for time, turn in ((0, 0.0), (3600, -2 * math.pi)):
    axis.rotation_euler[2] = turn
    axis.keyframe_insert("rotation_euler", index=2, frame=time)
for key in compat.curves(axis)[0].keyframe_points:
    key.interpolation = "LINEAR"
bpy.context.scene.frame_set(700)
told["turned"] = poses("turntable", ["distance=4"], 16, [3, 0, 15])
told["alone"] = poses("turntable", ["distance=4"], 16, [15])
bpy.context.scene.frame_set(225)
front = -subject.matrix_world.col[1]
told["front"] = math.degrees(math.atan2(front[1], front[0]))
told["still"] = poses("gimbal", ["distances=4,5", "elevations=0.5,30"], 8, [0, 1, 2])
# It drives 6 m to the south, and turns no more.
axis.animation_data_clear()
axis.rotation_euler = (0, 0, 0)
for time, y in ((0, 2.0), (60, -4.0)):
    axis.location = (3, y, 0)
    axis.keyframe_insert("location", frame=time)
for curve in compat.curves(axis):
    for key in curve.keyframe_points:
        key.interpolation = "LINEAR"
bpy.context.scene.frame_start, bpy.context.scene.frame_end = 0, 60
bpy.context.scene.frame_set(15)
told["followed"] = poses("gimbal", ["distances=2.5,3", "heights=4"], 8, [7, 0, 1, 2])
told["stated"] = poses("gimbal", ["target=3,2,0", "distances=2.5,3", "heights=4"], 8, [7])
Path(sys.argv[-1]).write_text(json.dumps(told), encoding="utf-8")
