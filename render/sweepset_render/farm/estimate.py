"""Estimate a plan's time, disk space and cost from a few rendered frames, and choose settings that fit a time."""

from __future__ import annotations

import heapq
import statistics
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sweepset import dataset, files, quality
from sweepset.errors import SweepsetError

from .. import storage
from ..blender.installations import Blender
from . import shard
from . import workers as crew
from .dataset_builder import DatasetBuilder
from .events import Began, ShardEvent, Written
from .plan import Plan, Shard, spread
from .shard import Limits

MEASURED_FRAMES, MEASURED_UNITS = 3, 4
"""Most frames measured of a unit, and most units measured."""
TO_FIT = ("fine", "standard", "draft")
"""Presets that a budget may choose, the best first."""


@dataclass(frozen=True)
class Pace:
    """Seconds of Blender's start and of a frame, and a frame's bytes on disk, measured on this machine."""

    start: float
    frame: float
    size: float


@dataclass(frozen=True)
class Estimate:
    """A plan's `seconds` on so many workers, `busy` seconds of all of them together, and `size` in bytes on disk."""

    frames: int
    units: int
    shards: int
    workers: int
    seconds: float
    busy: float
    size: float

    def cost(self, price: float) -> float:
        """Return the cost of all machines for the time of the plan, at a price for a machine's hour."""
        return self.workers * self.seconds / 3600 * price

    def to_json(self) -> dict[str, Any]:
        """Return the estimate in JSON's types."""
        return {**vars(self)}


def lines(found: Estimate, pace: Pace, free: int, price: float | None) -> list[str]:
    """Return an estimate as lines of text; `free` is in bytes."""
    disk = f"disk: {files.in_bytes(found.size)}, {files.in_bytes(pace.size)} a frame; {files.in_bytes(free)} are free"
    return [
        f"frames: {found.frames:,} of {found.units:,} scenes and variations, in {found.shards:,} shards",
        f"pace, measured here: {pace.start:.1f} s for Blender to start, {pace.frame:.2f} s a frame",
        f"time: {_in_hours(found.seconds)} on {found.workers:,} workers, each a machine like this one; "
        f"{_in_hours(found.busy)} of one",
        disk + ("; not enough" if found.size > free else ""),
        *([] if price is None else [f"cost: {found.cost(price):,.2f}, at {price:g} for a machine's hour"]),
    ]


def _in_hours(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60:,} h {minutes % 60:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{seconds:.1f} s"


def free_space(folder: Path) -> int:
    """Return the free bytes on the disk of a folder, which may not exist yet; sys.maxsize if unknown."""
    return sys.maxsize if storage.is_remote(folder) else files.free_space(folder.expanduser())


def measure(plan: Plan, blender: Blender, device: str) -> tuple[Plan, Pace]:
    """Render a few of a plan's frames into a temporary folder.

    Return the plan, with its number of frames if Blender had to find it, and the pace: means over the frames of units
    spread over the plan.
    """
    starts, frames, sizes = [], [], []
    for unit in spread(plan.units, MEASURED_UNITS):
        with storage.scratch() as place:
            folder = place / "measured"
            builder = DatasetBuilder(folder, plan, blender)
            builder.begin()
            try:
                for event in _some(plan, unit, builder, device):
                    if isinstance(event, Began):
                        plan = plan.settled(event.frames)
                        starts.append(event.took)
                    elif isinstance(event, Written):
                        frames.append(event.took)
                sizes.append(_bytes_of(folder))
            finally:
                builder.place.close()
    return plan, Pace(statistics.mean(starts), statistics.mean(frames), sum(sizes) / len(frames))


def _some(plan: Plan, unit: int, builder: DatasetBuilder, device: str) -> Iterator[ShardEvent]:
    """Render some frames of a unit, spread over it if their number is known."""
    chosen = None if plan.frames is None else tuple(spread(plan.frames, MEASURED_FRAMES))
    one = Shard(unit, plan.job_of(unit), 0, chosen)
    rendered = 0
    events = shard.render(
        one, builder.blender, builder.folder, builder.place.raw(0), builder.place.log(0),
        Limits(frames=MEASURED_FRAMES, device=device), crew.shows(plan, unit), threading.Event(),
    )  # fmt: skip
    for event in events:
        yield event
        rendered += isinstance(event, Written)
        if rendered == MEASURED_FRAMES:
            return


def _bytes_of(folder: Path) -> int:
    """Return the bytes of a dataset's files and of its frames' records."""
    kept = (path for path in folder.rglob("*.*") if path.is_file())
    state = folder / dataset.STATE
    return sum(p.stat().st_size for p in kept if state not in p.parents or p.parent == state / "frames")


def simulate(plan: Plan, pace: Pace, workers: int) -> Estimate:
    """Estimate a plan by handing its shards, one after another, to the worker that is free first.

    Each worker is a machine of its own and renders at the measured pace. Memory holds the workers only, no shards.
    """
    assert plan.total is not None
    assert plan.frames is not None
    size = plan.shard_size(workers)
    whole, rest = divmod(plan.frames, size)
    shards = plan.shard_count(workers)
    each = pace.start + size * pace.frame
    if rest:
        free = [0.0] * min(workers, shards)
        for _ in range(plan.units):
            for _ in range(whole):
                heapq.heapreplace(free, free[0] + each)
            heapq.heapreplace(free, free[0] + pace.start + rest * pace.frame)
        seconds = max(free)
    else:  # all are alike
        seconds = -(-shards // workers) * each
    busy = shards * pace.start + plan.total * pace.frame
    return Estimate(plan.total, plan.units, shards, workers, seconds, busy, plan.total * pace.size)


def fit(plan: Plan, blender: Blender, budget: float, choose: str, device: str) -> tuple[Plan, Pace]:
    """Return a plan changed so that one worker renders it in `budget` seconds, and the pace that was measured.

    `choose` is "frames", to change their number, or "preset", to take the best that fits. Raise SweepsetError if
    nothing fits.
    """
    if choose == "frames":
        settled, pace = measure(plan, blender, device)
        frames = int((budget / plan.units - pace.start) / pace.frame)
        if plan.frames is None:
            assert settled.frames is not None
            frames = min(frames, settled.frames)
        if frames < 1:
            raise SweepsetError(
                f"--budget {budget:.0f} s: not one frame fits, as a start takes {pace.start:.1f} s and a frame "
                f"{pace.frame:.1f} s for each of {plan.units} units: raise the budget, or choose --preset draft"
            )
        return with_settings(plan, frames=frames), pace
    for preset in TO_FIT:
        changed, pace = measure(
            with_settings(plan, preset=preset, samples=quality.named(preset).samples), blender, device
        )
        needed = simulate(changed, pace, 1).seconds
        if needed <= budget:
            return changed, pace
    raise SweepsetError(
        f"--budget {budget:.0f} s: {changed.total} frames take {needed:.0f} s even in preset {preset}: "
        "raise the budget, lower --frames, or leave --frames out"
    )


def with_settings(plan: Plan, **settings: Any) -> Plan:
    """Return a plan whose jobs have other settings."""
    return replace(plan, jobs=tuple(replace(job, **settings) for job in plan.jobs))
