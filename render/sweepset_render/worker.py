"""Render frames of a job inside Blender: `blender -b -P worker.py -- TASK.json`, or `python worker.py -- TASK.json`.

The second form needs a Python with the bpy wheel. TASK.json holds the job, the folder to write to and which frames to
render; a .blend given to Blender before -P is used where the task names none. What happens is told on standard
output in lines of JSON that begin with `@sweepset`. Exit status: 0 all rendered, 2 bad input, 1 anything else.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy

HERE = Path(__file__).resolve().parent
# The packages lie beside each other: in one folder when installed, in folders of their own in a checkout.
for place in (HERE.parent, *(HERE.parent.parent / folder for folder in ("addon", "scenes"))):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

from sweepset import compat, preparation, rendering  # noqa: E402
from sweepset.errors import SweepsetError  # noqa: E402
from sweepset.job import Job  # noqa: E402
from sweepset.protocol import tell  # noqa: E402
from sweepset_render import devices, inspection, plan  # noqa: E402


def resident_memory() -> int:
    """Return this process's resident memory in bytes, 0 where the system does not tell as Linux does."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, AttributeError):
        return 0


def end_with_parent() -> None:
    """Let the system end this process with the thread that started it, where it can: on Linux.

    Elsewhere it ends at its next word, which nobody hears.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def run(job: Job, task: dict[str, Any]) -> None:
    """Render a task's frames of a job: its `frames` or its `part` of all, but no more than `most`."""
    open_scene(job)
    stage = rendering.set_stage(job)
    if task["threads"]:
        stage.scene.render.threads_mode, stage.scene.render.threads = "FIXED", task["threads"]
    device = settle_device(stage.scene, task["device"])
    found = stage.findings + inspection.inspect(stage.scene, stage.view_layer, stage.taxonomy, stage.ids, stage.unit)
    if task["look_through_cameras"]:
        found += inspection.inspect_cameras(stage.scene, stage.view_layer, stage.unit)
    tell("scene", findings=[finding.to_json() for finding in found], taxonomy=stage.taxonomy.to_json(), device=device)

    def choose(frames: int) -> Sequence[int]:
        chosen = plan.share(frames, task["part"]) if task["frames"] is None else task["frames"]
        return chosen[: task["most"]]

    for event in rendering.render(stage, job, Path(task["folder"]), choose):
        tell(**event, memory=resident_memory())
    tell("done")


def settle_device(scene: bpy.types.Scene, wanted: str) -> str:
    """Have Cycles render on the device that is wanted, and return its name."""
    found = [] if wanted == "cpu" else [devices.Device(*told) for told in compat.gpus()]
    device = devices.choose(wanted, found)
    if device is None:
        return "CPU"
    compat.use_gpu(scene, device.kind, device.key)
    return f"{device.name} ({device.kind})"


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
    end_with_parent()
    task = json.loads(Path(arguments[-1]).read_text(encoding="utf-8"))
    try:
        job = Job.from_json(task["job"])
        run(job, task)
    except SweepsetError as error:
        tell("error", message=str(error), refused=True)
        return 2
    except OSError as error:
        tell("error", message=f"cannot write to {str(task['folder'])!r}: {error.strerror or error}")
        return 2
    return 0


if __name__ == "__main__":
    status = main(sys.argv)
    sys.stdout.flush()
    os._exit(status)  # all is written; Blender's own clean-up can hang, and costs time
