"""Render the same frames at several qualities in one Blender, in turns: the inner part of `sweepset bench --presets`.

All images share the cameras, light and exposure of the task's job. Images of the look "reference" that an earlier run
left, of the same cameras, are kept.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import bpy

from sweepset import files
from sweepset.blender import preparation
from sweepset.blender.capture import capture, metering, rendering
from sweepset.dataset import read_json
from sweepset.errors import SweepsetError
from sweepset.protocol import Shot, TrialsReady, tell
from sweepset.quality import Quality
from sweepset_render.blender import tasks
from sweepset_render.inside_blender import worker


def run(data: dict[str, Any]) -> None:
    """Do a task of `tasks.PresetTrials`: render its shots and report the seconds that each takes."""
    task = tasks.from_json(tasks.PresetTrials, data)
    job = task.job
    worker.open_scene(job)
    stage = rendering.set_stage(job)
    if not preparation.denoising(stage.scene, job):
        raise SweepsetError(f"Blender {bpy.app.version_string} has no OpenImageDenoise; choose another by --blender")
    folder, scene = Path(task.folder), stage.scene
    placement = rendering.place(stage, job)
    poses = [placement.pose(frame) for frame in range(placement.frames)]
    shots = capture.Capture(scene, stage.view_layer, job, stage.ids, stage.unit_scale, folder)
    exposed = metering.expose(shots, scene, poses, job.exposure)
    tell(TrialsReady(len(poses), exposed.light_added, scene.view_settings.exposure))
    cameras = [[pose.matrix.tolist(), pose.fov, pose.time, pose.camera] for pose in poses]
    settings = {"look": task.looks["reference"], "exposure": scene.view_settings.exposure}
    drop_others(folder, {"job": job.to_json(), "cameras": cameras, **settings})
    # The first render, not counted, loads the scene.
    shots.render_image(0, poses[0], folder / "first.png")
    for name, frame in task.shots:
        if name == "reference" and (folder / f"{name}-{frame:06d}.png").exists():
            continue
        look = task.looks[name]
        preparation.set_quality(scene, stage.view_layer, Quality(**look["quality"]), look["denoised"])
        clock, processor = time.perf_counter(), time.process_time()
        shots.render_image(frame + look["seed"], poses[frame], folder / f"{name}-{frame:06d}.png")
        tell(Shot(name, frame, time.perf_counter() - clock, time.process_time() - processor))


def drop_others(folder: Path, shown: dict[str, Any]) -> None:
    """Delete the references in a folder unless they are of the same job, cameras, look and Blender."""
    note, shown = folder / "reference.json", {**shown, "blender": bpy.app.version_string}
    if note.exists() and read_json(note) == shown:
        return
    for old in folder.glob("reference-*.png"):
        old.unlink()
    files.write_json(note, shown)
