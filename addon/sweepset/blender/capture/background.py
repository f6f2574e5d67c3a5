"""Work in a second Blender: the open scene stays as it is, and the window remains usable.

The window starts `main` in another process of the same Blender and reads its events. A render or a search for views
there cannot change the user's scene, however it ends.
"""

from __future__ import annotations

import json
import math
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import bpy
import numpy as np

from ... import files
from ...errors import SweepsetError
from ...findings import Finding
from ...job import Job
from ...protocol import (
    TEMPORARY,
    Done,
    Error,
    Event,
    FrameWritten,
    PoseFound,
    PosesReady,
    Ready,
    SweepReady,
    parse,
    tell,
)
from ...sweeps import Pose
from .. import cameras, preparation
from . import rendering
from .dataset_writer import Writing

PACKAGE = Path(__file__).resolve().parents[2]
TAIL = 5
"""Lines of the other Blender's output that are reported if it crashed."""


class Background:
    """Another Blender at work: `Background("render", job, folder)` or `Background("poses", job)`."""

    def __init__(self, work: str, job: Job, folder: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sweepset-")
        task = Path(self._folder.name) / "task.json"
        what = {"work": work, "job": job.to_json(), "folder": str(folder) if folder else ""}
        task.write_text(json.dumps(what), encoding="utf-8")
        self._events: queue.Queue[Event] = queue.Queue()
        self._tail: deque[str] = deque(maxlen=TAIL)
        self._process = subprocess.Popen(
            _command(str(task), job.trust_scripts),
            stdin=subprocess.PIPE,  # it ends with this process, or where it is closed
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | dict.fromkeys(TEMPORARY, self._folder.name),
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def poll(self) -> Iterator[Event]:
        """Yield the events since the last call; the last of all is Done. Raise SweepsetError if the work failed."""
        while not self._events.empty():
            yield self._check(self._events.get())

    def wait(self) -> Iterator[Event]:
        """Yield events as they come, until Done."""
        event: Event | None = None
        while not isinstance(event, Done):
            event = self._check(self._events.get())
            yield event

    def stop(self) -> None:
        """End the work, whether it is done or not; finished frames stay."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._reader.join()
        self._folder.cleanup()

    def _check(self, event: Event) -> Event:
        if isinstance(event, Error):
            raise SweepsetError(event.message)
        return event

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                try:
                    event = parse(line)
                except ValueError as error:
                    event = Error(f"the Blender in the background reported {error}")
                if event is not None:
                    self._events.put(event)
                    if isinstance(event, (Done, Error)):
                        return
                elif line.strip():
                    self._tail.append(line.strip())
        last = "; ".join(self._tail)
        self._events.put(Error(f"the Blender in the background ended early: {last}"))


def _command(task: str, trust_scripts: bool) -> list[str]:
    """Return the command line that runs `main` in this same Blender, an application or a Python with bpy."""
    module = f"{PACKAGE.name}.blender.capture.background"
    code = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); import {module} as b; b.main()"
    if not bpy.app.binary_path:
        return [sys.executable, "-c", f"import bpy; {code}", task]
    scripts = "--enable-autoexec" if trust_scripts else "--disable-autoexec"
    return [bpy.app.binary_path, "-b", "--factory-startup", scripts, "--python-expr", code, "--", task]


def main() -> None:
    """Do the task in the file that the last argument names, report events, and end this process."""
    status = 2
    threading.Thread(target=_end_with_window, daemon=True).start()
    try:
        task = json.loads(Path(sys.argv[-1]).read_text(encoding="utf-8"))
        job = Job.from_json(task["job"])
        lost = preparation.open_file(job.scene, job.trust_scripts)
        if task["work"] == "poses":
            _find_poses(job)
        else:
            _render(job, Path(task["folder"]), lost)
        tell(Done())
        status = 0
    except SweepsetError as error:
        tell(Error(str(error)))
    except OSError as error:
        tell(Error(files.explain(error.filename or task["folder"], error)))
    except Exception as error:
        tell(Error(f"{type(error).__name__} in the Blender in the background: {error}"))
        raise
    finally:
        sys.stdout.flush()
        os._exit(status)  # Blender's own clean-up can hang, and costs time


def _end_with_window() -> None:
    """End this process when the one that started it is gone."""
    sys.stdin.read()
    os._exit(1)


def _find_poses(job: Job) -> None:
    """Report the poses of a job's frames, the same as the command's."""
    stage = rendering.set_stage(job)
    placement = rendering.place(stage, job)
    tell(PosesReady(placement.frames, stage.unit_scale))
    for frame in range(placement.frames):
        pose = placement.pose(frame)
        lens = _intrinsics(stage, pose, job.size)
        tell(PoseFound(frame, pose.matrix.tolist(), lens.tolist(), pose.time, pose.camera))


def _intrinsics(stage: rendering.Stage, pose: Pose, size: tuple[int, int]) -> np.ndarray:
    """Return K, (3, 3), of the camera that a pose stands for."""
    if pose.camera:
        return cameras.intrinsics(stage.scene.objects[pose.camera], stage.view_layer.depsgraph, *size)
    focal = size[0] / 2 / math.tan(math.radians(pose.fov) / 2)
    return np.array([[focal, 0.0, size[0] / 2], [0.0, focal, size[1] / 2], [0.0, 0.0, 1.0]])


def _render(job: Job, folder: Path, lost: list[Finding]) -> None:
    """Render a job's dataset, but for the frames that are there; `lost` are findings from opening the file."""
    stage = rendering.set_stage(job)
    writing = Writing(folder, job, stage.taxonomy)
    there = writing.begin()
    ready: Ready | None = None
    missing = rendering.render(
        stage, job, writing.raw, lambda frames: (frame for frame in range(frames) if frame not in there)
    )
    for event in missing:
        if isinstance(event, Ready):
            ready = event
            writing.note(ready, stage.findings)
            tell(SweepReady(event.frames, len(there)))
        else:
            writing.add(event)
            tell(FrameWritten(event.frame))
    writing.finish(ready, lost + stage.findings)
