"""Run inside Blender: the Sweep panel's operators, as a script calls them, on a room with cameras and a curve.

`sweep_case.py -- SWEEPS ROOM.blend FOLDER`, with sweeps such as orbit,cameras, viewpoints the last but one, writes into
FOLDER: scene.blend, a job file of each sweep, baked.blend with a baked camera, `f12` with plain renders, `window`
with a rendered sweep, and result.json with each preview.
"""

from __future__ import annotations

import json
import math
import os
import sys
import traceback
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "addon"), str(ROOT / "tests" / "addon" / "blender")]

from direct_case import everything  # noqa: E402

import sweepset  # noqa: E402

SWEEPS, BLEND, FOLDER = sys.argv[-3].split(","), Path(sys.argv[-2]), Path(sys.argv[-1])
FRAMES, SIZE = 3, (64, 48)


def add_paths(scene: bpy.types.Scene) -> None:
    """Add a keyed camera that looks through an odd lens, a still one, and a curve."""
    moving = bpy.data.objects.new("moving", bpy.data.cameras.new("moving"))
    moving.data.sensor_fit, moving.data.sensor_height, moving.data.lens = "VERTICAL", 20.0, 24.0
    moving.data.shift_x, moving.data.shift_y = 0.1, -0.05
    for frame, x in ((1, -1.0), (3, 1.0)):
        moving.location, moving.rotation_euler = (x, -1.2, 1.4), (math.radians(80), 0, -0.3 * x)
        moving.keyframe_insert("location", frame=frame)
        moving.keyframe_insert("rotation_euler", frame=frame)
    scene.collection.objects.link(moving)
    scene.frame_start, scene.frame_end = 1, 3
    curve = bpy.data.curves.new("rail", "CURVE")
    curve.dimensions = "3D"
    spline = curve.splines.new("POLY")
    spline.points.add(2)
    for point, place in zip(spline.points, ((-1, -1, 1.5, 1), (1, -1, 1.5, 1), (1, 1, 1.5, 1))):
        point.co = place
    scene.collection.objects.link(bpy.data.objects.new("rail", curve))
    scene.camera = moving


def preview(settings: bpy.types.PropertyGroup, sweep: str) -> dict[str, object]:
    """Preview a sweep and return its cameras; write its job file."""
    from sweepset.ui import frustums

    settings.sweep = sweep
    assert bpy.ops.sweepset.preview_sweep() == {"FINISHED"}
    assert bpy.ops.sweepset.write_job(filepath=str(FOLDER / f"{sweep}.json")) == {"FINISHED"}
    shown = frustums.preview_of(bpy.context.scene)
    assert shown.whole
    return {
        "unit": shown.unit_scale,
        "matrices": [shot.matrix.tolist() for shot in shown.shots],
        "lenses": [shot.lens.tolist() for shot in shown.shots],
    }


def run() -> None:
    """Work through the operators."""
    sweepset.register()
    bpy.ops.wm.open_mainfile(filepath=str(BLEND))
    scene = bpy.context.scene
    scene.render.engine, scene.cycles.use_denoising = "CYCLES", False  # Debian's Blender is built without a denoiser
    scene.cycles.samples = 2
    scene.unit_settings.scale_length = 0.5
    add_paths(scene)
    settings = scene.sweepset_output
    settings.frames, settings.seed, settings.samples, settings.lens_jitter = FRAMES, 7, 1, 0.2
    settings.width, settings.height = SIZE
    settings.viewpoints.clearance = 0.1
    settings.orbit.use_target, settings.orbit.target = True, (0.1, 0.2, 0.3)
    settings.gimbal.distances, settings.gimbal.heights = "0.4, 0.6", "0.5"
    settings.path.along, settings.path.look = "rail", "subject"
    settings.every_frame = False
    settings.sweep_folder = str(FOLDER / "window")
    settings.direct_folder = str(FOLDER / "f12")
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "scene.blend"))
    before = everything(scene)
    result: dict[str, object] = {sweep: preview(settings, sweep) for sweep in SWEEPS[:-1]}
    assert not (FOLDER / "window").exists()
    assert bpy.ops.sweepset.render_sweep() == {"FINISHED"}
    try:
        bpy.ops.sweepset.render_sweep()
    except RuntimeError as error:
        result["again"] = str(error)
    result[SWEEPS[-1]] = preview(settings, SWEEPS[-1])
    result["before"], result["after"] = before, everything(scene)
    assert bpy.ops.sweepset.bake_sweep() == {"FINISHED"}
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "baked.blend"), copy=True)
    assert bpy.ops.sweepset.hide_sweep() == {"FINISHED"}
    assert not bpy.ops.sweepset.bake_sweep.poll()
    settings.sweep = "viewpoints"
    bpy.ops.sweepset.preview_sweep()
    bpy.ops.sweepset.bake_sweep()
    bpy.ops.sweepset.set_up_compositing()
    scene.render.filepath = str(FOLDER / "picture_")
    bpy.ops.render.render(animation=True)
    bpy.ops.sweepset.hide_sweep()
    (FOLDER / "result.json").write_text(json.dumps(result))


if __name__ == "__main__":
    status = 1
    try:
        run()
        status = 0
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
