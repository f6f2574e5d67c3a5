"""A dataset on its way: begin it in a folder, know what is there, and finish it when its frames are done."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import sweepset
from sweepset import dataset, taxonomy
from sweepset.errors import SweepsetError
from sweepset.findings import Finding, name_frames
from sweepset.job import Job
from sweepset.protocol import Scene

from .. import storage
from ..blender.installations import Blender
from ..datasets import contact_sheet
from ..datasets.limits import BLACK, BLOCKED, BLOWN_SHARE, UNLABELLED_SHARE
from ..storage import Lease
from . import shard
from .events import Began, Report
from .plan import Plan

LOOK = 1.0
"""Seconds for which another may hold the lock without being a command that renders."""


class Collection:
    """A dataset on its way: shards write frames into it one by one, `dataset.json` comes when they are done."""

    def __init__(self, folder: Path, plan: Plan, blender: Blender) -> None:
        self.folder, self.plan, self.blender = folder, plan, blender
        self.findings: list[Finding] = []
        self._asked = plan
        self._state = folder / dataset.STATE
        self._before: Path | None = None  # where a dataset that is being overwritten was set aside
        self._work = self._state  # where Blender writes to, on this machine
        self._held = ExitStack()
        self._lease: Lease | None = None
        self._noted: set[tuple[int, type]] = set()
        self.taxonomy: dict[str, Any] | None = None  # in JSON's types, once a Blender told it

    def raw(self, worker: int) -> Path:
        """Return the folder that a worker's Blender writes to."""
        return self._work / f"raw-{os.getpid()}-{worker}"

    def log(self, worker: int) -> Path:
        """Return where is written what a worker's Blenders print."""
        return self._work / f"blender-{worker}.log"

    def begin(self, overwrite: bool = False) -> None:
        """Make the folder ready, and know the number of frames where an earlier command learned it.

        A folder with anything but this plan's frames is refused; where `overwrite` is on, a dataset in it is set
        aside, and goes when the new plan has shown that it runs.
        """
        state = {
            "job": self.plan.to_json(),
            "blender": ".".join(map(str, self.blender.version)),
            "sweepset": sweepset.__version__,
        }
        try:
            with storage.reached(self.folder):
                self._begin(state, overwrite)
        except OSError as error:
            raise shard.cannot_write(self.folder, error) from None

    def _begin(self, state: dict[str, Any], overwrite: bool) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            raise SweepsetError(f"--out {str(self.folder)!r} is a file; name a folder")
        if self.folder.exists() and any(self.folder.iterdir()):
            self._accept(state, overwrite)
        storage.make(self._state)
        self._take_lock()
        if (self._state / "job.json").exists():
            self._accept(state, overwrite=False)  # another command may have begun one just now
        if storage.is_remote(self.folder):
            self._work = self._held.enter_context(storage.scratch())
        if not self.complete:
            self._clean()
        own = (self.folder / name for name in set(self._folders().values()))
        for place in (*own, self._records, self._state / "units"):
            storage.make(place)
        dataset.write_json(self._state / "job.json", state)
        if self.plan.frames is None and shard.unit_file(self.folder, 0).exists():
            self.settle(dataset.read_json(shard.unit_file(self.folder, 0))["frames"])

    def _accept(self, state: dict[str, Any], overwrite: bool) -> None:
        if not (self._state / "job.json").exists():
            own = {*dataset.FOLDERS.values(), dataset.STATE}
            if {path.name for path in self.folder.iterdir()} <= own and self._state.exists():
                return  # a command was stopped at its very beginning
            raise SweepsetError(f"--out {str(self.folder)!r} has other things in it; name a new or an empty folder")
        before = dataset.read_json(self._state / "job.json")
        if before == state:
            return
        if overwrite and storage.is_remote(self.folder):
            raise SweepsetError(
                f"--overwrite: {str(self.folder)!r} holds another job's frames: remove it first, or name another folder"
            )
        if overwrite:
            self._take_lock()  # nobody renders there; the lock goes along, and the new folder gets its own
            self.close()
            before_us = self.folder.with_name(f"{self.folder.name}.before-{os.getpid()}")
            self.folder.rename(before_us)
            self._before = before_us
            return
        jobs = (state.pop("job"), before.pop("job", {}))
        changed = [key for key in {**jobs[0], **jobs[1]} if jobs[0].get(key) != jobs[1].get(key)]
        changed += [f"version of {name}" for name in ("blender", "sweepset") if state[name] != before.get(name)]
        raise SweepsetError(
            f"--out {str(self.folder)!r} holds frames of another job (other {', '.join(changed)}): "
            "name another folder, or pass --overwrite"
        )

    def _take_lock(self) -> None:
        end = time.monotonic() + LOOK  # `sweepset status` holds it for a moment
        while (taken := storage.take(self._state / "lock")) is None and time.monotonic() < end:
            time.sleep(0.1)
        if taken is None:
            raise SweepsetError(f"another command is rendering to {str(self.folder)!r}: wait for it or stop it")
        self._held.enter_context(closing(taken))
        self._lease = taken if isinstance(taken, Lease) else None

    def check_lock(self) -> None:
        """Raise SweepsetError where another command has taken this one for dead, as after a long sleep."""
        if self._lease is not None and self._lease.lost:
            raise SweepsetError(f"another command went on with {str(self.folder)!r} in the meantime: this one stops")

    def _clean(self) -> None:
        """Remove what a killed command left half-done; behind a URL that is nothing."""
        if storage.is_remote(self.folder):
            return
        for old in self._state.glob("raw-*"):
            shutil.rmtree(old, ignore_errors=True)
        own = (self.folder, self._state, self._records, self._state / "units")
        for place in (*own, *(self.folder / name for name in set(self._folders().values()))):
            for path in place.glob("*.tmp") if place.exists() else ():
                path.unlink(missing_ok=True)

    @property
    def complete(self) -> bool:
        """Whether the dataset is finished and lacks no frame."""
        place = self.folder / "dataset.json"
        return place.exists() and not dataset.read_json(place).get("missing")

    def there(self) -> np.ndarray:
        """Return which frames are there, (total,) bool; (0,) where the number of frames is not known."""
        there = np.zeros(self.plan.total or 0, bool)
        for path in storage.entries(self._records):
            if path.suffix == ".json":
                there[int(path.stem)] = True
        return there

    def settle(self, frames: int) -> None:
        """Learn how many frames there are."""
        self.plan = self.plan.settled(frames)

    def note(self, report: Report) -> None:
        """Take note of the first Scene and Began of each unit; raise SweepsetError if taxonomies differ."""
        unit, event = report.unit, report.event
        if not isinstance(event, (Scene, Began)) or (unit, type(event)) in self._noted:
            return
        self._noted.add((unit, type(event)))
        if isinstance(event, Scene):
            self._check_taxonomy(unit, event.taxonomy)
        else:
            self.settle(event.frames)
            if self._before is not None:
                shutil.rmtree(self._before, ignore_errors=True)
                self._before = None
        self._add_findings(unit, event.findings)

    def _check_taxonomy(self, unit: int, told: dict[str, Any]) -> None:
        self.taxonomy = self.taxonomy or told
        if told != self.taxonomy:
            raise SweepsetError(
                f"{self.plan.name_of(unit)[0]} has taxonomy {told['name']}, other scenes have "
                f"{self.taxonomy['name']} or other categories: pass --taxonomy to map all"
            )

    def _add_findings(self, unit: int, found: Iterable[Finding]) -> None:
        """Keep findings about a unit; of several units, one of each kind."""
        for finding in found:
            if not self.plan.several:
                self.findings.append(finding)
            elif finding.code not in {known.code for known in self.findings}:
                name, variation = self.plan.name_of(unit)
                self.findings.append(replace(finding, subject=f"{name} {variation}, maybe others: {finding.subject}"))

    def close(self) -> None:
        """Let other commands use the folder."""
        self._held.close()

    @property
    def _records(self) -> Path:
        return self.folder / dataset.STATE / "frames"

    def _folders(self) -> dict[str, str]:
        wanted = ("image", "label", *self.plan.jobs[0].outputs)
        return {kind: dataset.FOLDERS[kind] for kind in wanted}

    def finish(self, failed: Mapping[int, str]) -> None:
        """Write `cameras.json`, `index.html` and, last, `dataset.json`; `failed` says why frames are missing."""
        found = [path for path in storage.entries(self._records) if path.suffix == ".json"]
        records = [json.loads(text) for text in storage.read(sorted(found, key=lambda path: int(path.stem)))]
        units = {}
        for unit in dict.fromkeys(self.plan.unit_of(record["frame"])[0] for record in records):
            units[unit] = dataset.read_json(shard.unit_file(self.folder, unit))
            self._check_taxonomy(unit, units[unit]["taxonomy"])
            if not any(noted == unit for noted, _ in self._noted):
                self._add_findings(unit, [Finding(**entry) for entry in units[unit]["findings"]])
        known = {finding.code for finding in self.findings}
        about_frames = _frame_findings(records, self.plan.jobs[0])
        # That nothing is labelled has been said.
        self.findings += [f for f in about_frames if not (f.code == "pixels-unlabelled" and "unlabelled" in known)]
        if failed:
            self.findings.append(_missing(failed, self.plan.total))
        cameras = [record.pop("camera") for record in records]
        first = next(iter(units.values()))
        kinds = taxonomy.parse(first["taxonomy"], first["taxonomy"]["name"])
        name = self.folder.resolve().name
        data = dataset.describe(name, kinds, self._asked.to_json(), first, self.findings, records)
        if self.plan.several:
            data["instances"] = []
            data["units"] = [self._describe_unit(unit, told) for unit, told in units.items()]
        data["missing"] = [{"frame": frame, "reason": reason} for frame, reason in sorted(failed.items())]
        try:
            dataset.write_json(self.folder / "cameras.json", {"frames": cameras})
            contact_sheet.write(self.folder, data)
            dataset.write_json(self.folder / "dataset.json", data)
            self._clean()
        except OSError as error:
            raise shard.cannot_write(self.folder, error) from None

    def _describe_unit(self, unit: int, told: dict[str, Any]) -> dict[str, Any]:
        scene, variation = self.plan.name_of(unit)
        return {"scene": scene, "variation": variation, **{key: told[key] for key in (*dataset.RENDER, "instances")}}

    def abandon(self) -> None:
        """Leave nothing behind where no frame was finished; keep what was."""
        for place in self._work.glob(f"raw-{os.getpid()}-*"):
            shutil.rmtree(place, ignore_errors=True)
        if any(path.suffix == ".json" for path in storage.entries(self._records)):
            return
        self.close()
        for name in (*dataset.FOLDERS.values(), dataset.STATE):
            storage.remove(self.folder / name)
        if storage.is_remote(self.folder):
            return
        with suppress(OSError):  # a mount point or a link stays, as does what has other things in it
            self.folder.rmdir()
        if self._before is not None and self._before.exists():
            self._before.rename(self.folder)


def _missing(failed: Mapping[int, str], total: int | None) -> Finding:
    numbers = sorted(failed)
    return Finding(
        "frames-missing", "error", name_frames(numbers), f"{len(numbers)} of {total} frames failed and are missing",
        "see dataset.json for why, and run the same command again to try them again", numbers,
    )  # fmt: skip


def _frame_findings(records: list[dict[str, Any]], job: Job) -> Iterable[Finding]:
    near = [r["frame"] for r in records if r["median_depth"] is not None and 0 < r["median_depth"] < BLOCKED]
    if near:
        yield Finding(
            "blocked", "warning", name_frames(near),
            f"{len(near)} of {len(records)} views are blocked from less than 0.5 m",
            "try other parameters of the sweep, or --sweep viewpoints", near,
        )  # fmt: skip
    dark = [r["frame"] for r in records if r["mean"] < BLACK and r["frame"] not in near]
    if dark:
        what = f"{len(dark)} of {len(records)} images are black"
        yield Finding("black", "error", name_frames(dark), what, "add light", dark)
    blown = [record["frame"] for record in records if record["blown"] > BLOWN_SHARE]
    if blown:
        yield Finding(
            "blown-out", "warning", name_frames(blown), f"{len(blown)} of {len(records)} images are blown out",
            "pass --exposure with fewer stops, such as -1", blown,
        )  # fmt: skip
    without = [record["frame"] for record in records if record.get("no_flow")]
    if without:
        names = sorted({name for record in records for name in record.get("no_flow", ())})
        yield Finding(
            "flow-undefined", "note", name_frames(without),
            f"flow is undefined on what changes shape or goes: {', '.join(names[:8])}{' …' if len(names) > 8 else ''}",
            "leave these pixels out of what is trained", without,
        )  # fmt: skip
    pixels = len(records) * job.size[0] * job.size[1]
    share = sum(record["pixels"].get("0", 0) for record in records) / max(pixels, 1)
    if share > UNLABELLED_SHARE:
        yield Finding(
            "pixels-unlabelled", "warning", "all frames", f"{share:.1%} of pixels are unlabelled",
            "label what they show; sky and openings stay unlabelled",
        )  # fmt: skip
