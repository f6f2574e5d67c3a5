"""Build a dataset: begin it in a folder, take note of what Blender reports, and finish it when its frames are done."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

import sweepset
from sweepset import dataset, files, taxonomy
from sweepset.errors import SweepsetError
from sweepset.findings import Finding
from sweepset.ground_truth import ALWAYS
from sweepset.protocol import Scene

from .. import storage
from ..blender import installations as blenders
from ..blender.installations import Blender
from ..datasets import contact_sheet, verification
from . import findings, repair
from .dataset_folder import DatasetFolder
from .events import Began, Report
from .growth import Growth
from .plan import Plan


class DatasetBuilder:
    """A dataset under way: shards write its frames one by one, and `dataset.json` follows when they are done."""

    def __init__(self, folder: Path, plan: Plan, blender: Blender) -> None:
        self.place = DatasetFolder(folder, (*ALWAYS, *plan.jobs[0].outputs))
        self.plan, self.blender = plan, blender
        self.findings: list[Finding] = []
        self.taxonomy: dict[str, Any] | None = None  # in JSON's types, once a Blender reported it
        self._asked = plan
        self.grown: Growth | None = None
        self.damaged: dict[int, str] = {}  # frames that are rendered again, with the reasons
        self._noted: set[tuple[int, type]] = set()

    @property
    def folder(self) -> Path:
        """The dataset's folder."""
        return self.place.path

    def begin(self, overwrite: bool = False, state: dict[str, Any] | None = None) -> None:
        """Make the folder ready and lock it; learn the number of frames if an earlier command knew it.

        Frames whose files are missing or damaged are dropped. Refuse a folder with anything but frames of this plan or
        of a smaller one. With `overwrite`, another job's dataset is set aside, and removed when the new plan has shown
        that it runs. `state` describes the job and the versions, by default these.
        """
        state = state or {
            "job": self.plan.to_json(),
            "blender": ".".join(map(str, self.blender.version)),
            "sweepset": sweepset.__version__,
        }
        with storage.reached(self.folder), files.writing(self.folder):
            self.grown = self.place.open(state, overwrite)
            first = dataset.unit_file(self.folder, 0)
            if self.grown:
                self.plan = self.grown.after
            elif self.plan.frames is None and first.exists():
                with suppress(SweepsetError):  # damaged: its Blender reports it again
                    self.settle(dataset.read_json(first)["frames"])
            self.damaged = self.place.drop_damaged(self.plan)

    @property
    def complete(self) -> bool:
        """Whether the dataset is finished and lacks nothing."""
        there = self.there()
        return bool(there.size) and bool(there.all()) and repair.is_finished(self.folder, there.size)

    def there(self) -> np.ndarray:
        """Return which frames are complete, (total,) bool; (0,) if the number of frames is not known."""
        return self.place.there(self.plan.total or 0)

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
            self.place.remove_before()
        self._add_findings(unit, event.findings)

    def finish(self, failed: Mapping[int, str]) -> None:
        """Write `cameras.json`, `index.html` and, last, `dataset.json`; `failed` has the reasons of missing frames.

        Frames that were not rendered yet are no part of the dataset.
        """
        listed = sorted(self.place.records(), key=lambda path: int(path.stem))
        records = [json.loads(text) for text in storage.read(listed)]
        units = self._read_units(records)
        unlabelled = any(finding.code == "unlabelled" for finding in self.findings)
        for finding in findings.of_frames(records, self.plan.jobs[0]):
            if not (unlabelled and finding.code == "pixels-unlabelled"):  # which would repeat it
                self.findings.append(finding)
        if failed:
            self.findings.append(findings.missing(failed, self.plan.total))
        elif self._asked.sample is None and self.plan.total and len(records) < self.plan.total:
            self.findings.append(findings.finished_early(len(records), self.plan.total))
        cameras = [record.pop("camera") for record in records]
        data = self._describe(records, units, failed)
        self.place.remove_unrecorded()
        if (old := self.folder / verification.FILE).exists():
            old.unlink()  # it is about other files
        files.write_json(self.folder / "cameras.json", {"frames": cameras})
        contact_sheet.write(self.folder, data)
        files.write_json(self.folder / "dataset.json", data)
        self.place.clean()

    def _read_units(self, records: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
        """Return what Blender reported of each unit with frames; keep findings about units rendered by others."""
        units = {}
        for unit in dict.fromkeys(self.plan.unit_of(record["frame"])[0] for record in records):
            units[unit] = dataset.read_json(dataset.unit_file(self.folder, unit))
            self._check_taxonomy(unit, units[unit]["taxonomy"])
            if (unit, Scene) not in self._noted:
                self._add_findings(unit, [Finding(**entry) for entry in units[unit]["findings"]])
        return units

    def _describe(
        self, records: list[dict[str, Any]], units: dict[int, dict[str, Any]], failed: Mapping[int, str]
    ) -> dict[str, Any]:
        """Return the content of `dataset.json`."""
        first = next(iter(units.values()))
        kinds = taxonomy.parse(first["taxonomy"], first["taxonomy"]["name"])
        name = self.folder.resolve().name
        data = dataset.describe(name, kinds, self._asked.to_json(), first, self.findings, records)
        if self.plan.several:
            data["instances"] = []
            data["units"] = [self._describe_unit(unit, found) for unit, found in units.items()]
        data["missing"] = [{"frame": frame, "reason": reason} for frame, reason in sorted(failed.items())]
        return data

    def _describe_unit(self, unit: int, found: dict[str, Any]) -> dict[str, Any]:
        scene, variation = self.plan.name_of(unit)
        kind = self.plan.kind_of(unit)
        names = {"scene": scene, "variation": variation, **({"kind": kind} if kind else {})}
        return {**names, **{key: found[key] for key in (*dataset.RENDER, "instances") if key in found}}

    def _check_taxonomy(self, unit: int, found: dict[str, Any]) -> None:
        self.taxonomy = self.taxonomy or found
        if found != self.taxonomy:
            raise SweepsetError(
                f"{self.plan.name_of(unit)[0]} has taxonomy {found['name']}, other scenes have "
                f"{self.taxonomy['name']} or other categories: pass --taxonomy to map all"
            )

    def _add_findings(self, unit: int, found: Iterable[Finding]) -> None:
        self.findings += findings.of_unit(self.plan, unit, found, self.findings)


def finish_early(folder: Path) -> DatasetBuilder:
    """Make a dataset of the frames that are there in the folder of a stopped job; return its builder, closed.

    Raise SweepsetError if there is no job or no whole frame, or if a command renders there.
    """
    with storage.reached(folder):
        state = dataset.read_json(folder / dataset.STATE / "job.json")
        blender = Blender("wheel", Path(), blenders.parse_version(state["blender"]))
        builder = DatasetBuilder(folder, Plan.from_json(state["job"]), blender)
        builder.begin(state=state)
        try:
            if not any(True for _ in builder.place.records()):
                raise SweepsetError(f"no frame of {str(folder)!r} is complete: run its render command again")
            builder.finish({})
        finally:
            builder.place.close()
    return builder
