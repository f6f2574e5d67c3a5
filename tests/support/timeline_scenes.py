"""Run inside Blender: save .blend files whose pictures change with time, into the folder that the last argument names.

Each has a floor and a labelled box, and cameras that stand still.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "addon"))

from sweepset import taxonomy  # noqa: E402
from sweepset.blender import labels  # noqa: E402

FOLDER = Path(sys.argv[-1])
NYU40 = taxonomy.load("nyu40")


def add(name: str, category: str, half: tuple[float, float, float]) -> bpy.types.Object:
    """Add a labelled box around the origin."""
    mesh = bpy.data.meshes.new(name)
    corners = [(x * half[0], y * half[1], z * half[2]) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    mesh.from_pydata(corners, [], [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])
    item = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(item)
    labels.set_category(item, NYU40.category(category))
    return item


def camera(name: str, x: float) -> bpy.types.Object:
    """Add a camera at this x that looks along +y."""
    item = bpy.data.objects.new(name, bpy.data.cameras.new(name))
    item.location, item.rotation_euler = (x, -8, 1.5), (math.pi / 2, 0, 0)
    bpy.context.scene.collection.objects.link(item)
    bpy.context.scene.camera = item
    return item


def begin() -> bpy.types.Scene:
    """Begin a file."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, 20
    add("floor", "floor", (8, 8, 0.05)).location.z = -0.05
    camera("still", 0)
    return scene


def slide() -> None:
    """Add a box that slides from x = -3 at frame 1 by 0.25 a frame."""
    box = add("slider", "box", (0.3, 0.3, 0.3))
    for frame, x in ((1, -3), (25, 3)):
        box.location = (x, 0, 1)
        box.keyframe_insert("location", frame=frame)
    for curve in box.animation_data.action.fcurves:
        for key in curve.keyframe_points:
            key.interpolation = "LINEAR"


def save(name: str) -> None:
    """Save the file at hand."""
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / f"{name}.blend"), compress=False)


scene = begin()
scene.frame_step = 5
slide()
scene.frame_set(3)
save("slider")

scene = begin()
slide()
camera("left", -1)
camera("right", 1)
scene.frame_end = 6
for frame, name in ((3, "left"), (5, "right")):
    scene.timeline_markers.new(name, frame=frame).camera = scene.objects[name]
save("markers")

scene = begin()
box = add("box", "box", (0.3, 0.3, 0.3))
box.location.z = 1
box.keyframe_insert("location", frame=1)
box.modifiers.new("collision", "COLLISION")
camera("second", 1)
save("unchanged")

scene = begin()
scene.frame_end = 12
bpy.ops.rigidbody.world_add()
for item, kind in ((add("ball", "box", (0.3, 0.3, 0.3)), "ACTIVE"), (scene.objects["floor"], "PASSIVE")):
    item.location.z += 3 if kind == "ACTIVE" else 0
    bpy.context.view_layer.objects.active = item
    bpy.ops.rigidbody.object_add(type=kind)
scene.rigidbody_world.point_cache.frame_end = 12
save("falling")
with bpy.context.temp_override(scene=scene, point_cache=scene.rigidbody_world.point_cache):
    bpy.ops.ptcache.bake(bake=True)
save("fallen")
