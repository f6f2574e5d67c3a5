"""Write a dataset from inside Blender, as the window's sweeps do: frames one by one, `dataset.json` when all are there.

The same frames as the command's, and the same records; with a plainer page, and without the command's findings about
the content of the scene and of the frames.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import IO, Any

import bpy
import numpy as np

from ... import dataset, files, lock, overview, png
from ..._version import __version__
from ...errors import SweepsetError
from ...findings import Finding
from ...ground_truth import ALWAYS, KINDS
from ...job import Job
from ...protocol import FrameDone, Ready
from ...taxonomy import Taxonomy
from . import capture


class Writing:
    """A dataset on its way."""

    def __init__(self, folder: Path, job: Job, taxonomy: Taxonomy) -> None:
        self._folder, self._job, self._taxonomy = folder, job, taxonomy
        self._state = folder / dataset.STATE
        self._records = self._state / "frames"
        self._kinds = (*ALWAYS, *job.outputs)
        self._lock: IO[str] | None = None
        self.raw = self._state / f"raw-{os.getpid()}"

    def begin(self) -> set[int]:
        """Make the folder ready and return the frames that are there; refuse one with anything but this job's."""
        check_folder(self._folder, self._job)
        for place in (self.raw, self._records, *(self._folder / KINDS[kind].folder for kind in self._kinds)):
            files.make_folder(place)
        self._lock = lock.take(self._state / "lock", wait=False)
        if self._lock is None:
            raise SweepsetError(f"something else is rendering to {str(self._folder)!r}: wait for it or stop it")
        for old in self._state.glob("raw-*"):
            if old != self.raw:
                shutil.rmtree(old)
        files.write_json(self._state / "job.json", _state_of(self._job))
        return {int(path.stem) for path in self._records.glob("*.json")}

    def note(self, ready: Ready, findings: list[Finding]) -> None:
        """Keep what is known before the first frame, as the command does, which may go on with the dataset."""
        findings = [*findings, *ready.findings]
        told = {**ready.to_json(), "taxonomy": self._taxonomy.to_json(), "device": ""}
        files.make_folder(dataset.unit_file(self._folder, 0).parent)
        found = [finding.to_json() for finding in findings]
        files.write_json(dataset.unit_file(self._folder, 0), {**told, "findings": found})

    def add(self, done: FrameDone) -> None:
        """Encode a frame reported by `rendering.render`; write its record last: a frame with a record is complete."""
        frame = done.frame
        pixels = capture.read_image(self.raw / f"{frame:06d}.png")
        arrays = {"image": np.rint(pixels * 255).astype(np.uint8)}
        for kind in self._kinds[1:]:
            arrays[kind] = np.load(self.raw / f"{frame:06d}.{kind}.npy")
        if max(category.id for category in self._taxonomy) <= 255:
            arrays["label"] = arrays["label"].astype(np.uint8)
        places = {kind: dataset.frame_file(kind, frame) for kind in self._kinds}
        contents = {kind: png.encode(array) for kind, array in arrays.items()}
        depth = arrays.get("depth")
        record = dataset.record(done, {}, places, arrays["image"], arrays["label"], depth, contents)
        for kind, data in contents.items():
            files.write(self._folder / places[kind], data)
        for path in self.raw.glob(f"{frame:06d}.*"):
            path.unlink()
        files.write_json(self._records / f"{frame:06d}.json", record)

    def finish(self, ready: Ready, findings: list[Finding]) -> None:
        """Write `cameras.json`, `index.html` and, last, `dataset.json`."""
        records = [dataset.read_json(path) for path in sorted(self._records.glob("*.json"))]
        files.write_json(self._folder / "cameras.json", {"frames": [record.pop("camera") for record in records]})
        findings = [*findings, *ready.findings]
        data = dataset.describe(
            self._folder.name, self._taxonomy, self._job.to_json(), ready.to_json(), findings, records
        )
        files.write(self._folder / "index.html", overview.page(data).encode())
        files.write_json(self._folder / "dataset.json", data)
        shutil.rmtree(self.raw)


def check_folder(folder: Path, job: Job) -> None:
    """Refuse a folder with anything but frames of this job, or with all of them."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise SweepsetError(f"{str(folder)!r} is a file: choose a folder")
    if not (folder / dataset.STATE / "job.json").exists():
        if any(folder.iterdir()):
            raise SweepsetError(f"{str(folder)!r} has other things in it: choose a new or an empty folder")
        return
    if dataset.read_json(folder / dataset.STATE / "job.json") != _state_of(job):
        raise SweepsetError(f"{str(folder)!r} holds frames of another sweep or scene: choose another folder")
    if (folder / "dataset.json").exists():
        raise SweepsetError(f"{str(folder)!r} is complete already: choose another folder for another sweep")


def _state_of(job: Job) -> dict[str, Any]:
    """Return the state that all frames of a dataset share, as the command also writes it."""
    return {"job": job.to_json(), "blender": bpy.app.version_string.split()[0], "sweepset": __version__}
