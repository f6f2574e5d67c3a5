"""Render frames of a job inside Blender: `blender -b -P worker.py -- TASK.json`, or `python worker.py -- TASK.json`.

The second form needs a Python with the bpy wheel. TASK.json holds the job, the folder to write to and the frames to
leave out; a .blend given to Blender before -P is used where the task names none. What happens is told on standard
output in lines of JSON that begin with `@sweepset`. Exit status: 0 all rendered, 2 bad input, 1 anything else.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import bpy

HERE = Path(__file__).resolve().parent
# The packages lie beside each other: in one folder when installed, in folders of their own in a checkout.
for place in (HERE.parent, *(HERE.parent.parent / folder for folder in ("addon", "scenes"))):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

from sweepset import preparation, rendering  # noqa: E402
from sweepset.errors import SweepsetError  # noqa: E402
from sweepset.job import Job  # noqa: E402
from sweepset.protocol import tell  # noqa: E402
from sweepset_render import inspection  # noqa: E402


def resident_memory() -> int:
    """Return this process's resident memory in bytes, 0 where the system does not tell as Linux does."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, AttributeError):
        return 0


def run(job: Job, folder: Path, skip: set[int], look_through_cameras: bool) -> None:
    """Render the frames of a job into `folder`, but for those in `skip`."""
    open_scene(job)
    stage = rendering.set_stage(job)
    found = stage.findings + inspection.inspect(stage.scene, stage.view_layer, stage.taxonomy, stage.ids, stage.unit)
    if look_through_cameras:
        found += inspection.inspect_cameras(stage.scene, stage.view_layer, stage.unit)
    tell("scene", findings=[finding.to_json() for finding in found], taxonomy=stage.taxonomy.to_json())
    for event in rendering.render(stage, job, folder, skip):
        tell(**event, memory=resident_memory())
    tell("done")


def open_scene(job: Job) -> None:
    """Open the job's .blend, or build its shipped scene, as the file at hand."""
    if job.procedural:
        import sweepset_scenes

        bpy.ops.wm.read_factory_settings(use_empty=True)
        sweepset_scenes.build(job.scene, job.own_seed)
    elif job.scene:  # else Blender was started with the file
        preparation.open_file(job.scene, job.trust_scripts)


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
