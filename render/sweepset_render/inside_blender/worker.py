"""Render frames of a job. If the job names no scene, the .blend that Blender was started with is rendered."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy

from sweepset.blender import compat, preparation
from sweepset.blender.capture import rendering
from sweepset.findings import Finding
from sweepset.job import Job
from sweepset.protocol import Scene, Step, tell
from sweepset_render.blender import devices, tasks
from sweepset_render.farm import plan
from sweepset_render.inside_blender import inspection, scene_code


def resident_memory() -> int:
    """Return this process's resident memory in bytes, 0 on systems without Linux's /proc."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def run(data: dict[str, Any]) -> None:
    """Do a task of `tasks.Render`."""
    task = tasks.from_json(tasks.Render, data)
    job = task.job
    tell(Step(f"{'building' if job.procedural else 'opening'} {Path(job.scene).name}"))
    lost = open_scene(job, task.layout)
    tell(Step("preparing the scene"))
    stage = rendering.set_stage(job)
    if task.threads:
        stage.scene.render.threads_mode, stage.scene.render.threads = "FIXED", task.threads
    device = settle_device(stage.scene, task.device)
    found = (
        lost
        + stage.findings
        + inspection.inspect(stage.scene, stage.view_layer, stage.taxonomy, stage.ids, stage.unit_scale)
    )
    if task.look_through_cameras:
        found += inspection.inspect_cameras(stage.scene, stage.view_layer, stage.unit_scale)
    tell(Scene(found, stage.taxonomy.to_json(), device))

    def choose(frames: int) -> Sequence[int]:
        chosen = plan.chosen(frames, task.part, task.sample) if task.frames is None else task.frames
        return chosen[: task.most]

    for event in rendering.render(stage, job, Path(task.folder), choose):
        tell(replace(event, memory=resident_memory()))


def settle_device(scene: bpy.types.Scene, wanted: str) -> str:
    """Set the device that Cycles renders on, and return its name."""
    found = [] if wanted == "cpu" else [devices.Device(*told) for told in compat.gpus()]
    device = devices.choose(wanted, found)
    if device is None:
        return "CPU"
    compat.use_gpu(scene, device.kind, device.key)
    return f"{device.name} ({device.kind})"


def open_scene(job: Job, layout: list[Any] | None = None) -> list[Finding]:
    """Open the job's .blend, or build its scene by code, as the open file; return what was lost or found.

    `layout` is where an earlier build recorded that things lie, None for none.
    """
    if job.procedural:
        known = {"layout": layout} if layout else {}
        return scene_code.build(job.scene, job.own_seed, {**job.scene_parameters, **known})
    if job.scene:  # else Blender was started with the file
        return preparation.open_file(job.scene, job.trust_scripts)
    return []
