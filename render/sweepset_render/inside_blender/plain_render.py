"""Render frames with Blender alone, the yardstick of `sweepset bench`: no labels, no compositing, nothing read back.

Settings that decide an image's cost are the worker's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from sweepset.blender import compat, preparation
from sweepset.protocol import PlainFrame, PlainReady, tell
from sweepset_render.blender import tasks
from sweepset_render.inside_blender import scene_code


def run(data: dict[str, Any]) -> None:
    """Do a task of `tasks.PlainRender`: render its cameras in the scene of its job, one after the other."""
    task = tasks.from_json(tasks.PlainRender, data)
    job = task.job
    if job.procedural:
        scene_code.build(job.scene, job.seed, job.scene_parameters)
    else:
        bpy.ops.wm.open_mainfile(filepath=job.scene, load_ui=False, use_scripts=False)
    scene = bpy.context.scene
    render = scene.render
    render.engine = "CYCLES"  # type: ignore[assignment]
    render.use_persistent_data = True
    render.resolution_x, render.resolution_y = job.size
    render.resolution_percentage = 100
    render.use_compositing = render.use_stamp = render.use_border = render.use_motion_blur = False
    compat.use_image_format(render.image_settings, "PNG")
    render.image_settings.color_mode = "RGB"
    render.image_settings.compression = 15
    preparation.set_quality(scene, scene.view_layers[0], job.look, task.denoised)
    scene.view_settings.exposure = task.exposure
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    camera.data.sensor_fit = "HORIZONTAL"
    camera.data.clip_start, camera.data.clip_end = 0.02, 1000.0
    tell(PlainReady())
    for number, shot in enumerate(task.cameras):
        camera.matrix_world = [list(column) for column in zip(*shot["matrix"], strict=True)]
        camera.data.angle = shot["angle"]
        scene.cycles.seed = (job.seed + number) % 2**31
        render.filepath = str(Path(task.folder) / f"{number:06d}.png")
        bpy.ops.render.render(write_still=True)
        tell(PlainFrame())
