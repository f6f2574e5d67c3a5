"""From a job to its frames inside Blender, for the command's worker and the window's renders."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ... import files, sweeps
from ...errors import SweepsetError
from ...findings import Finding
from ...job import Job
from ...protocol import FrameDone, Ready, Step, tell
from ...taxonomy import Taxonomy
from .. import labels, preparation, simulations
from ..placement import Placement
from ..variation import vary
from . import capture, metering

LAYOUT_KEY = "sweepset_layout"
"""The custom property of a scene whose things physics settled: where they lie, as JSON; see `Ready`."""
METERED = 5
"""Poses of a sweep that are metered for its exposure."""


@dataclass(frozen=True)
class Stage:
    """An open scene prepared for a job: `unit_scale` is metres per scene unit, `ids` the id of each label's name.

    `varied` lists the differences from the file, as returned by `vary.vary`.
    """

    scene: bpy.types.Scene
    view_layer: bpy.types.ViewLayer
    unit_scale: float
    taxonomy: Taxonomy
    ids: dict[str, int]
    findings: list[Finding]
    varied: dict[str, Any]


def set_stage(job: Job) -> Stage:
    """Make the open file's scene fit for a job; only for a copy in memory, since the user's settings go."""
    scene = preparation.pick_scene(job.scene_name)
    view_layer = preparation.pick_view_layer(scene, job.view_layer)
    taxonomy, ids, found = preparation.settle_taxonomy(scene, job)
    found += preparation.prepare(scene, view_layer, job)
    unit_scale = job.unit_scale or preparation.metres_per_unit(scene)
    kinds = {category.name: category for category in (*taxonomy, *labels.taxonomy_of(scene)) if category.name in ids}
    varied, left = vary.vary(scene, view_layer, kinds, job, unit_scale)
    return Stage(scene, view_layer, unit_scale, taxonomy, ids, found + left, varied)


def place(stage: Stage, job: Job) -> Placement:
    """Return the placement of the cameras of a job's frames."""
    return Placement(
        stage.scene, stage.view_layer, sweeps.from_json(job.sweep), job.frames, job.own_seed, stage.unit_scale, job.fov,
        job.lens_jitter, job.size[0] / job.size[1],
    )  # fmt: skip


def render(stage: Stage, job: Job, folder: Path, choose: Callable[[int], Iterable[int]]) -> Iterator[Ready | FrameDone]:
    """Render the frames of a job that `choose` picks, given their number, into `folder`; yield events.

    That is one Ready, then a FrameDone for each frame. A frame's image is in `folder` as NUMBER.png, its arrays as
    NUMBER.KIND.npy, its boxes as NUMBER.objects.json, the right image of a stereo pair as NUMBER.right.png.
    """
    scene = stage.scene
    placement = place(stage, job)
    simulations.demand_baked(scene, stage.view_layer.depsgraph, placement.times)
    if "flow" in job.outputs and all(placement.following(frame) is None for frame in range(placement.frames)):
        raise SweepsetError(
            "flow: no frame follows another, as no camera is keyframed or there are too few frames; key one, choose "
            "another --sweep, or leave flow out"
        )
    shots = capture.Capture(scene, stage.view_layer, job, stage.ids, stage.unit_scale, folder)
    table = shots.instances().table if "instances" in job.needs else []
    tell(Step(f"placing cameras: sweep {job.sweep['name']}"))
    spread = np.unique(np.linspace(0, placement.span - 1, METERED).round().astype(int)).tolist()
    metered = [placement.pose(frame) for frame in spread]
    tell(Step("metering the light"))
    exposed = metering.expose(shots, scene, metered, job.exposure)
    yield Ready(
        frames=placement.frames,
        instances=_instances(table, stage.ids),
        findings=[*placement.findings, *exposed.findings],
        blender=bpy.app.version_string,
        denoised=preparation.denoising(scene, job),
        exposure=scene.view_settings.exposure,
        view_transform=scene.view_settings.view_transform,
        unit_scale=stage.unit_scale,
        varied=stage.varied,
        layout=json.loads(scene[LAYOUT_KEY]) if LAYOUT_KEY in scene else None,
    )
    tell(Step("rendering the first frame, which takes longer than the others"))
    for frame in choose(placement.frames):
        begun = time.perf_counter()
        after = placement.following(frame) if "flow" in job.outputs else None
        following = placement.pose(after) if after is not None else None
        shot = shots.render(
            frame, placement.pose(frame), following, folder / f"{frame:06d}.png", folder / f"{frame:06d}.right.png"
        )
        for kind, array in shot.arrays.items():
            np.save(folder / f"{frame:06d}.{kind}.npy", array)
        if shot.objects is not None:
            files.write_json(folder / f"{frame:06d}.objects.json", {"objects": shot.objects})
        yield FrameDone(
            frame=frame,
            camera=shot.camera,
            time=shot.time,
            seconds=round(time.perf_counter() - begun, 3),
            following=after,
            no_flow=shot.no_flow if "flow" in job.outputs else None,
            instances=_instances(shot.table, stage.ids) if shot.table != table else None,
        )


def _instances(table: list[dict[str, Any]], ids: dict[str, int]) -> list[dict[str, Any]]:
    return [{"id": row["id"], "object": row["object"], "category_id": ids.get(row["label"], 0)} for row in table]
