"""Let a dataset grow: more frames, variations or scenes of a job whose other frames stay as they are.

Frames are numbered through all variations of all scenes, so that frames may get other numbers. Their files are moved
then, and not rendered again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sweepset import dataset, files
from sweepset.errors import SweepsetError
from sweepset.ground_truth import FOLDERS

from .. import storage
from .plan import Plan

NOTE = "growing.json"
"""The file in a dataset's state that says which plan its files are being moved for."""
ASIDE = "before"
"""The folder in a dataset's state with the files that are not moved yet."""


@dataclass(frozen=True)
class Growth:
    """A plan and a larger one, whose numbers of frames are known."""

    before: Plan
    after: Plan

    @property
    def renumbers(self) -> bool:
        """Whether a frame that is there gets another number."""
        assert self.before.frames is not None
        firsts = (unit * self.before.frames for unit in range(self.before.units))
        return any(self.number(first) != first for first in firsts)

    @property
    def changes_records(self) -> bool:
        """Whether records change: by numbers, or as they begin to name scene and variation."""
        return self.renumbers or self.before.several != self.after.several

    @property
    def more_frames(self) -> bool:
        """Whether there are more frames of each variation."""
        return self.before.frames != self.after.frames

    def unit(self, unit: int) -> int:
        """Return the new number of a variation of a scene."""
        scene, variation = divmod(unit, self.before.variations)
        scenes = [job.scene for job in self.after.jobs]
        return scenes.index(self.before.jobs[scene].scene) * self.after.variations + variation

    def number(self, frame: int) -> int:
        """Return the new number of a frame."""
        assert self.after.frames is not None
        unit, position = self.before.unit_of(frame)
        return self.unit(unit) * self.after.frames + position

    def record(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return a frame's record under its new number."""
        old = before["frame"]
        number = self.number(old)
        names = {kind: Path(name) for kind, name in before["files"].items()}
        moved = {kind: f"{name.parent}/{number:06d}{name.suffix}" for kind, name in names.items()}
        told = {**before, "frame": number, "files": moved, "camera": {**before["camera"], "frame": number}}
        if before.get("following") is not None:
            told["following"] = self.number(before["following"])
        if self.after.several:
            unit, _ = self.after.unit_of(number)
            told["scene"], told["variation"] = self.after.name_of(unit)
        return told


def find(folder: Path, before: Plan, after: Plan) -> Growth | None:
    """Return how the plan of a folder's frames grows to another plan, None if they are of another job.

    Raise SweepsetError if it would shrink, or if its sweep cannot grow.
    """
    if not _is_same_job(before, after):
        return None
    first = dataset.unit_file(folder, 0)
    if before.counted().frames is None and first.exists():
        before = before.settled(dataset.read_json(first)["frames"])
    before, after = before.counted(), after.counted()
    where = f"--out {str(folder)!r} holds {_told(before)} of this job"
    if before.frames is None or after.frames is None:
        raise SweepsetError(f"{where}: pass --frames to say how many it should have, or name another folder")
    lost = [job.scene for job in before.jobs if job.scene not in {other.scene for other in after.jobs}]
    if lost or after.frames < before.frames or after.variations < before.variations:
        what = f"{lost[0]} was not" if lost else f"{_told(after)} were"
        raise SweepsetError(
            f"{where}, but {what} asked for: a dataset does not shrink; `sweepset finish {folder}` makes a dataset "
            "of what is there; or name another folder"
        )
    if after.frames > before.frames and not before.open_ended:
        raise SweepsetError(
            f"{where}: sweep {before.jobs[0].sweep['name']} spreads its frames over its whole path, so that with "
            f"{after.frames} all would be others; name another folder, or raise --variations, which keeps the frames"
        )
    return Growth(before, after)


def _is_same_job(before: Plan, after: Plan) -> bool:
    """Return whether two plans share a scene, and are equal in all that decides a frame's content."""
    own, other = ({job.scene: replace(job, frames=None) for job in plan.jobs} for plan in (before, after))
    shared = own.keys() & other.keys()
    # All jobs of a plan are alike but for their scenes.
    return bool(shared) and all(own[scene] == other[scene] for scene in shared)


def _told(plan: Plan) -> str:
    """Return a plan's size in words."""
    frames = "all frames" if plan.frames is None else f"{plan.frames} frames"
    if not plan.several:
        return frames
    scenes = f" of {len(plan.jobs)} scenes" if len(plan.jobs) > 1 else ""
    return f"{frames} of each of {plan.variations} variations{scenes}"


def apply(growth: Growth, folder: Path, records: Callable[[], Iterable[Path]]) -> None:
    """Give frames their new numbers, and forget those that change; the caller holds the folder's lock.

    A camera's last frame has no flow, until another one follows. A killed command can be run again. Raise
    SweepsetError at a URL, where files cannot be moved.
    """
    state = folder / dataset.STATE
    if growth.renumbers and storage.is_remote(folder):
        raise SweepsetError(
            f"--out {str(folder)!r} is no folder, and its frames would get other numbers, as each variation has more: "
            "raise --variations instead, or name another place"
        )
    if growth.renumbers:
        files.write_json(state / NOTE, growth.after.to_json())
        for name in ("dataset.json", "cameras.json", "index.html", "verification.json"):
            (folder / name).unlink(missing_ok=True)
        _move(growth, folder)
        (state / NOTE).unlink()
    elif growth.changes_records:
        for path in list(records()):
            files.write_json(path, growth.record(json.loads(path.read_text(encoding="utf-8"))))
    if growth.more_frames:
        for path in list(records()):
            told = json.loads(path.read_text(encoding="utf-8"))
            if "following" in told and told["following"] is None:
                path.unlink()


def _move(growth: Growth, folder: Path) -> None:
    """Move all files of frames aside, and back under their new numbers, each frame's record last."""
    state = folder / dataset.STATE
    aside = state / ASIDE
    files.make_folder(aside)
    for place in (state / "frames", state / "units", *(folder / name for name in FOLDERS)):
        if place.is_dir() and not (aside / place.name).exists():
            place.rename(aside / place.name)
        if (aside / place.name).exists():
            files.make_folder(place)
    for old in sorted((aside / "frames").glob("*.json")):
        before = json.loads(old.read_text(encoding="utf-8"))
        after = growth.record(before)
        for kind, name in before["files"].items():
            if (aside / name).exists():
                (aside / name).rename(folder / after["files"][kind])
        files.write_json(dataset.record_file(folder, after["frame"]), after)
        old.unlink()
    for old in (aside / "units").glob("*.json"):
        old.rename(dataset.unit_file(folder, growth.unit(int(old.stem))))
    shutil.rmtree(aside)
