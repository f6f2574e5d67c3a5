"""Render frames of a job inside Blender: `blender -b -P worker.py -- TASK.json`, or `python worker.py -- TASK.json`.

The second form needs a Python with the bpy wheel. TASK.json holds the job, the folder to write to and the frames to
leave out; a .blend given to Blender before -P is used where the task names none. What happens is told on standard
output in lines of JSON that begin with `@sweepset`. Exit status: 0 all rendered, 2 bad input, 1 anything else.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import bpy
import numpy as np

HERE = Path(__file__).resolve().parent
# The packages lie beside each other: in one folder when installed, in folders of their own in a checkout.
for place in (HERE.parent, *(HERE.parent.parent / folder for folder in ("addon", "scenes"))):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

from sweepset import sweeps  # noqa: E402
from sweepset.cameras import Placement  # noqa: E402
from sweepset.errors import SweepsetError  # noqa: E402
from sweepset.findings import Finding  # noqa: E402
from sweepset.job import Job  # noqa: E402
from sweepset.protocol import tell  # noqa: E402
from sweepset_render import capture, inspection, preparation  # noqa: E402

METERED = 5
"""Poses of a sweep that are metered for its exposure."""


def resident_memory() -> int:
    """Return this process's resident memory in bytes, 0 where the system does not tell as Linux does."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, AttributeError):
        return 0


def run(job: Job, folder: Path, skip: set[int], look_through_cameras: bool) -> None:
    """Render the frames of a job into `folder`, but for those in `skip`."""
    preparation.open_scene(job)
    scene = preparation.pick_scene(job.scene_name)
    view_layer = preparation.pick_view_layer(scene, job.view_layer)
    unit = job.unit or (scene.unit_settings.scale_length if scene.unit_settings.system != "NONE" else 1.0)
    taxonomy, ids, found = preparation.settle_taxonomy(scene, job)
    found += preparation.prepare(scene, view_layer, job)
    found += inspection.inspect(scene, view_layer, taxonomy, ids, unit)
    if look_through_cameras:
        found += inspection.inspect_cameras(scene, view_layer, unit)
    tell("scene", findings=[finding.to_json() for finding in found], taxonomy=taxonomy.to_json())
    placement = Placement(
        scene, view_layer, sweeps.from_json(job.sweep), job.frames, job.seed, unit, job.fov, job.lens_jitter,
        job.size[0] / job.size[1],
    )  # fmt: skip
    shooting = capture.Capture(scene, view_layer, job, ids, unit, folder)
    table = shooting.instances().table if "instances" in job.outputs else []
    spread = np.unique(np.linspace(0, placement.frames - 1, METERED).round().astype(int)).tolist()
    dark, stops = capture.light_up(shooting, scene, [placement.pose(frame) for frame in spread], job.exposure)
    tell(
        "ready",
        frames=placement.frames,
        instances=_instances(table, ids),
        findings=[finding.to_json() for finding in _light_findings(scene.name, dark, stops)],
        blender=bpy.app.version_string,
        denoised=preparation.denoising(scene, job),
        exposure=scene.view_settings.exposure,
        view_transform=scene.view_settings.view_transform,
        unit=unit,
    )
    for frame in range(placement.frames):
        if frame in skip:
            continue
        begun = time.perf_counter()
        pose = placement.pose(frame)
        image = folder / f"{frame:06d}.png"
        shot = shooting.render(frame, pose, image)
        for kind, array in shot.arrays.items():
            np.save(folder / f"{frame:06d}.{kind}.npy", array)
        seconds = time.perf_counter() - begun
        told = {"frame": frame, "camera": shot.camera, "time": shot.time, "memory": resident_memory()}
        if "instances" in job.outputs and shooting.instances().table != table:
            told["instances"] = _instances(shooting.instances().table, ids)
        tell("frame", **told, seconds=round(seconds, 3))
    tell("done")


def _instances(table: list[dict[str, Any]], ids: dict[str, int]) -> list[dict[str, Any]]:
    return [{"id": row["id"], "object": row["object"], "category_id": ids.get(row["label"], 0)} for row in table]


def _light_findings(subject: str, dark: bool, stops: float | None) -> list[Finding]:
    found = []
    if dark:
        advice = "add lamps or a sky to the scene for natural light"
        found.append(Finding("no-light", "warning", subject, "the scene has no light; ambient light was added", advice))
    elif stops is not None:
        what = f"the scene's exposure was changed by {stops:+.1f} stops, as its pictures came out of range"
        found.append(Finding("exposure", "note", subject, what, "pass --exposure keep to leave it"))
    return found


def main(arguments: list[str]) -> int:
    """Run the task whose file is named last and return the exit status."""
    task = json.loads(Path(arguments[-1]).read_text(encoding="utf-8"))
    try:
        job = Job.from_json(task["job"])
        run(job, Path(task["folder"]), set(task["skip"]), task["look_through_cameras"])
    except SweepsetError as error:
        tell("error", message=str(error))
        return 2
    except OSError as error:
        tell("error", message=f"cannot write to {str(task['folder'])!r}: {error.strerror or error}")
        return 2
    return 0


if __name__ == "__main__":
    status = main(sys.argv)
    sys.stdout.flush()
    os._exit(status)  # all is written; Blender's own clean-up can hang, and costs time
