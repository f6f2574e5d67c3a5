"""Save scenes whose things shine in one colour each, so that images tell what is where: `glowing_scene.py -- FOLDER`.

A ball moves at an even pace, so that a picture of it with motion blur has its middle where the ball is.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parent))

import hazard
from sweepset import taxonomy
from sweepset.blender import compat, labels

COLORS = {"wall": (0, 0, 1), "chair": (0, 1, 0), "table": (1, 1, 0), "lamp": (1, 0, 0)}
FRAMES = (1, 9)


def add(name: str, mesh: bpy.types.Mesh, place: tuple[float, float, float], **settings: Any) -> bpy.types.Object:
    """Add an object that shines in its category's colour and reflects nothing."""
    glow = hazard.shader_material(name, "ShaderNodeEmission")
    node = next(node for node in glow.node_tree.nodes if node.bl_idname == "ShaderNodeEmission")
    node.inputs["Color"].default_value = (*COLORS[name], 1)
    mesh.materials.append(glow)
    item = hazard.add(mesh, name, place, **settings)
    labels.set_category(item, taxonomy.load("nyu40").category(name))
    return item


def build(path: Path) -> None:
    """Build and save the scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.preferences.filepaths.save_version = 0
    scene = bpy.context.scene
    labels.write_taxonomy(scene, taxonomy.load("nyu40"))
    scene.frame_start, scene.frame_end = FRAMES
    scene.render.engine = "CYCLES"  # of whose motion blur Blender 4.2 makes that of all engines
    scene.view_settings.view_transform = "Standard"
    scene.render.motion_blur_shutter = 0.8
    add("wall", hazard.card("wall", 20, 20), (0, 6, -10))
    add("chair", hazard.box("chair", (1.2, 0.9, 1.6)), (-1.5, 1, -1.3), rotation_euler=(0.2, 0.1, 0.5))
    add("table", hazard.box("table", (2.5, 0.5, 0.06)), (1.2, 2, -1.1), rotation_euler=(0, 0.2, 0.3))
    ball = add("lamp", hazard.ball("lamp", 0.45, 24), (0, 0, 1.0))
    for frame, x in zip(FRAMES, (-1.2, 1.2)):
        ball.location.x = x
        ball.keyframe_insert("location", index=0, frame=frame)
    for curve in compat.curves(ball):
        for point in curve.keyframe_points:
            point.interpolation = "LINEAR"
        curve.extrapolation = "LINEAR"
    camera = hazard.add(bpy.data.cameras.new("camera"), "camera", (0, -6, 0), rotation_euler=(math.pi / 2, 0, 0))
    scene.camera = camera
    for frame in FRAMES:  # which stays where it is, and makes the sweep play
        camera.keyframe_insert("location", frame=frame)
    for name, blur in (("sharp", False), ("blurred", True)):
        scene.render.use_motion_blur = blur
        bpy.ops.wm.save_as_mainfile(filepath=str(path / f"{name}.blend"))


if __name__ == "__main__":
    build(Path(sys.argv[-1]))
