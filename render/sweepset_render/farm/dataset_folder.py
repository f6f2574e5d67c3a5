"""The folder of a dataset that a command renders to: made, locked, cleaned, and left behind whole or not at all."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import numpy as np

from sweepset import dataset, files, model_files, outputs
from sweepset.errors import SweepsetError
from sweepset.ground_truth import FOLDERS, KINDS

from .. import storage
from ..storage import Lease
from . import growth, repair
from .growth import Growth
from .plan import Plan

LOOK = 1.0
"""Seconds for which something other than a rendering command may hold the lock."""


class DatasetFolder:
    """A dataset's folder, in which one command at a time writes frames; `path` is on a disk or behind a URL."""

    def __init__(self, path: Path, kinds: Iterable[str]) -> None:
        """Name the folder; `kinds` are the kinds of files that frames have in it."""
        self.path = path
        self._state = path / dataset.STATE
        self._records = self._state / "frames"
        self._units = self._state / "units"
        self._kinds = sorted({KINDS[kind].folder for kind in kinds})
        self._before: Path | None = None  # where a dataset that is being overwritten was set aside
        self._work = self._state  # where Blender writes to, on this machine
        self._held = ExitStack()
        self._lease: Lease | None = None

    def raw(self, worker: int) -> Path:
        """Return the folder that a worker's Blender writes to."""
        return self._work / f"raw-{os.getpid()}-{worker}"

    def log(self, worker: int) -> Path:
        """Return the file that holds the output of a worker's Blenders."""
        return self._work / f"blender-{worker}.log"

    def open(self, state: dict[str, Any], overwrite: bool) -> Growth | None:
        """Make the folder ready for frames of a job and lock it; `state` describes the job, in JSON's types.

        Return how the job grew since its frames were rendered. Refuse a folder with anything but this job's frames.
        With `overwrite`, set another job's dataset aside until `remove_before`.
        """
        grown = None
        if self.path.exists() and not self.path.is_dir():
            raise SweepsetError(f"--out {str(self.path)!r} is a file; name a folder")
        if not storage.is_remote(self.path):
            outputs.demand_outside(self.path)
        if self.path.exists() and any(self.path.iterdir()):
            self._accept(state, overwrite)
        storage.make(self._state)
        self._take_lock()
        if (self._state / "job.json").exists():
            grown = self._accept(state, overwrite=False)  # another command may have begun one just now
        if storage.is_remote(self.path):
            self._work = self._held.enter_context(storage.scratch())
        self.clean()
        if grown:
            growth.apply(grown, self.path, self.records)
        for place in (*(self.path / name for name in self._kinds), self._records, self._units):
            storage.make(place)
        files.write_json(self._state / "job.json", state)
        return grown

    def _accept(self, state: dict[str, Any], overwrite: bool) -> Growth | None:
        """Return how the folder's job grows to this one, None if it is the same, or if there is none."""
        if not (self._state / "job.json").exists():
            own = {*FOLDERS, model_files.FOLDER, dataset.STATE}
            if {path.name for path in self.path.iterdir()} <= own and self._state.exists():
                return None  # a command was stopped at its very beginning
            raise SweepsetError(f"--out {str(self.path)!r} has other things in it; name a new or an empty folder")
        before = dataset.read_json(self._state / "job.json")
        plan = Plan.from_json(state["job"])
        self._check_moved(plan)
        if before == state:
            return None
        try:
            if {**before, "job": None} == {**state, "job": None} and (
                grown := growth.find(self.path, Plan.from_json(before["job"]), plan)
            ):
                return grown
        except SweepsetError:
            if not overwrite:
                raise
        if overwrite and storage.is_remote(self.path):
            raise SweepsetError(
                f"--overwrite: {str(self.path)!r} holds another job's frames: remove it first, or name another folder"
            )
        if overwrite:
            self._set_aside()
            return None
        ours, theirs = state["job"], before.get("job", {})
        changed = [key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key)]
        changed += [f"version of {name}" for name in ("blender", "sweepset") if state[name] != before.get(name)]
        raise SweepsetError(
            f"--out {str(self.path)!r} holds frames of another job (other {', '.join(changed)}): "
            "name another folder, or pass --overwrite"
        )

    def _check_moved(self, plan: Plan) -> None:
        """Raise SweepsetError if a killed command left files without their new numbers, unless it had this plan."""
        note = self._state / growth.NOTE
        if note.exists() and Plan.from_json(dataset.read_json(note)) != plan.counted():
            raise SweepsetError(
                f"--out {str(self.path)!r} was growing when its command was stopped: run that command again first"
            )

    def _set_aside(self) -> None:
        self._take_lock()  # nobody renders there; the lock goes along, and the new folder gets its own
        self.close()
        before_us = self.path.with_name(f"{self.path.name}.before-{os.getpid()}")
        self.path.rename(before_us)
        self._before = before_us

    def _take_lock(self) -> None:
        end = time.monotonic() + LOOK  # `sweepset status` holds it for a moment
        while (taken := storage.take(self._state / "lock")) is None and time.monotonic() < end:
            time.sleep(0.1)
        if taken is None:
            raise SweepsetError(f"another command is rendering to {str(self.path)!r}: wait for it or stop it")
        self._held.enter_context(closing(taken))
        self._lease = taken if isinstance(taken, Lease) else None

    def check_lock(self) -> None:
        """Raise SweepsetError if another command took over, believing this one dead, as after a long sleep."""
        if self._lease is not None and self._lease.lost:
            raise SweepsetError(f"another command went on with {str(self.path)!r} in the meantime: this one stops")

    def clean(self) -> None:
        """Remove half-done files of a killed command; behind a URL there are none."""
        if storage.is_remote(self.path):
            return
        for old in self._state.glob("raw-*"):
            shutil.rmtree(old, ignore_errors=True)
        own = (self.path, self._state, self._records, self._units)
        for place in (*own, *(self.path / name for name in self._kinds)):
            for path in place.glob(f"*{files.TEMPORARY}*") if place.exists() else ():
                path.unlink(missing_ok=True)

    def drop_damaged(self, plan: Plan) -> dict[int, str]:
        """Forget the frames whose files are missing or damaged, so that they count as missing; return the reasons."""
        listed = {name: row for name, row in storage.listing(self._records).items() if name.endswith(".json")}
        found = dict(repair.damaged(self.path, listed))
        numbers = sorted({int(Path(name).stem) for name in listed} - found.keys())
        firsts: dict[int, int] = {}
        for number in numbers:
            firsts.setdefault(plan.unit_of(number)[0], number)
        for unit in repair.units_lacking(self.path, firsts):
            found[firsts[unit]] = "the facts about its scene are missing or damaged"
        for number in found:
            dataset.record_file(self.path, number).unlink()
        return found

    def remove_unrecorded(self) -> None:
        """Remove files of frames that are not complete, which a finished dataset must not have; none at a URL."""
        if storage.is_remote(self.path):
            return
        whole = {path.stem for path in self.records()}
        for name in self._kinds:
            for path in storage.entries(self.path / name):
                if path.stem.isdigit() and path.stem not in whole:
                    path.unlink()

    def records(self) -> Iterator[Path]:
        """Go over the files of the frames' records, in any order; a frame with a record is complete."""
        return (path for path in storage.entries(self._records) if path.suffix == ".json")

    def there(self, total: int) -> np.ndarray:
        """Return which of so many frames are complete, (total,) bool."""
        there = np.zeros(total, bool)
        for path in self.records():
            there[int(path.stem)] = True
        return there

    def remove_before(self) -> None:
        """Remove the dataset that was set aside, once the new job has shown that it runs."""
        if self._before is not None:
            shutil.rmtree(self._before, ignore_errors=True)
            self._before = None

    def abandon(self) -> None:
        """Remove everything if no frame is complete, and put back what was set aside; else keep all frames.

        A finished dataset stays, although all its frames may be damaged.
        """
        for place in self._work.glob(f"raw-{os.getpid()}-*"):
            shutil.rmtree(place, ignore_errors=True)
        if (self.path / "dataset.json").exists() or any(True for _ in self.records()):
            return
        self.close()
        for name in (*FOLDERS, model_files.FOLDER, dataset.STATE):
            storage.remove(self.path / name)
        if storage.is_remote(self.path):
            return
        with suppress(OSError):  # a mount point or a link stays, as does a folder with other things in it
            self.path.rmdir()
        if self._before is not None and self._before.exists():
            self._before.rename(self.path)

    def close(self) -> None:
        """Let other commands use the folder."""
        self._held.close()
