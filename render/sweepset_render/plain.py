"""Render frames with Blender alone, the yardstick of `sweepset bench`: no labels, no compositing, nothing read back.

Runs inside Blender: `blender -b -P plain.py -- TASK.json`. Settings that decide an image's cost are the worker's.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import bpy

HERE = Path(__file__).resolve().parent
for place in (HERE.parent, *(HERE.parent.parent / folder for folder in ("addon", "scenes"))):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

from sweepset import preparation  # noqa: E402
from sweepset.protocol import tell  # noqa: E402
from sweepset.quality import Quality  # noqa: E402

task = json.loads(Path(sys.argv[-1]).read_text(encoding="utf-8"))
job = task["job"]
if job["procedural"]:
    import sweepset_scenes

    bpy.ops.wm.read_factory_settings(use_empty=True)
    sweepset_scenes.build(job["scene"], job["seed"])
else:
    bpy.ops.wm.open_mainfile(filepath=job["scene"], load_ui=False, use_scripts=False)
scene = bpy.context.scene
render = scene.render
render.engine = "CYCLES"  # type: ignore[assignment]
render.use_persistent_data = True
render.resolution_x, render.resolution_y = job["size"]
render.resolution_percentage = 100
render.use_compositing = render.use_stamp = render.use_border = render.use_motion_blur = False
if hasattr(render.image_settings, "media_type"):
    render.image_settings.media_type = "IMAGE"
render.image_settings.file_format = "PNG"
render.image_settings.color_mode = "RGB"
render.image_settings.compression = 15
preparation.set_quality(scene, scene.view_layers[0], Quality(**task["look"]), task["denoised"])
scene.view_settings.exposure = task["exposure"]
camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
scene.collection.objects.link(camera)
scene.camera = camera
camera.data.sensor_fit = "HORIZONTAL"
camera.data.clip_start, camera.data.clip_end = 0.02, 1000.0
tell("ready")
for number, shot in enumerate(task["cameras"]):
    camera.matrix_world = [list(column) for column in zip(*shot["matrix"], strict=True)]
    camera.data.angle = shot["angle"]
    scene.cycles.seed = (job["seed"] + number) % 2**31
    render.filepath = str(Path(task["folder"]) / f"{number:06d}.png")
    bpy.ops.render.render(write_still=True)
    tell("frame")
tell("done")
