"""Plan a command's frames and shards from its jobs, by arithmetic.

A *unit* is one variation of one scene, which one Blender opens; a *shard* is some frames of one unit, for one worker.
Frames are numbered through all units. Memory grows with the number of frames by bitmaps only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sweepset import sweeps
from sweepset.errors import SweepsetError
from sweepset.job import Job
from sweepset_scenes import kind_of

LARGEST = 250
"""Frames of a shard: enough that opening its scene costs little, few enough that no worker is last by long."""

OF_SCENE = ("scene", "procedural", "scene_sha256", "scene_parameters")
"""Fields of a job that differ from scene to scene of a plan."""


def share(total: int, part: tuple[int, int]) -> range:
    """Return the k-th of n parts of so many frames, for `part` (k, n)."""
    k, n = part
    return range(total * k // n, total * (k + 1) // n)


def spread(total: int, most: int) -> list[int]:
    """Return up to `most` numbers below `total`, evenly spread."""
    return sorted({round(i) for i in np.linspace(0, total - 1, min(most, total))})


def chosen(total: int, part: tuple[int, int], sample: int | None) -> list[int]:
    """Return the frames of a part, or no more than `sample` of them, evenly spread."""
    frames = share(total, part)
    return list(frames) if sample is None else [frames[place] for place in spread(len(frames), sample)]


@dataclass(frozen=True)
class Shard:
    """Frames of one unit, by their numbers in the unit, from 0.

    As long as the unit's number of frames is unknown, `frames` is None, and the shard is the k-th of n parts, for
    `part` (k, n), or up to `sample` frames of it.
    `offset` is the number in the dataset of the unit's frame 0.
    """

    unit: int
    job: Job
    offset: int
    frames: tuple[int, ...] | None
    part: tuple[int, int] = (0, 1)
    sample: int | None = None

    def chosen(self, total: int) -> tuple[int, ...]:
        """Return its frames, given how many the unit has."""
        if self.frames is not None:
            return self.frames
        return tuple(chosen(total, self.part, self.sample))


@dataclass(frozen=True)
class Plan:
    """One job for each scene, alike in all but the scene, and how many variations of each there are.

    With `sample` only so many frames of each part are rendered, if Blender has to find their number.
    """

    jobs: tuple[Job, ...]
    variations: int = 1
    sample: int | None = None

    @property
    def units(self) -> int:
        """How many units there are."""
        return len(self.jobs) * self.variations

    @property
    def several(self) -> bool:
        """Whether there is more than one unit, so that frames have to say what they show."""
        return self.units > 1

    @property
    def frames(self) -> int | None:
        """The number of frames of each unit, None if only Blender can find it."""
        return self.jobs[0].frames

    @property
    def total(self) -> int | None:
        """How many frames there are in all."""
        return None if self.frames is None else self.units * self.frames

    def settled(self, frames: int) -> Plan:
        """Return the plan with a unit's number of frames as Blender found it."""
        return self if self.frames is not None else Plan(tuple(replace(j, frames=frames) for j in self.jobs), 1)

    def unit_of(self, frame: int) -> tuple[int, int]:
        """Return the unit that a frame shows, and the frame's number in it."""
        return divmod(frame, self.frames) if self.frames is not None else (0, frame)

    @property
    def names(self) -> tuple[str, ...]:
        """The scenes' names, each its own."""
        stems = [Path(job.scene).stem for job in self.jobs]
        again = [stems[: k + 1].count(stem) for k, stem in enumerate(stems)]
        return tuple(stem if n == 1 else f"{stem}-{n}" for stem, n in zip(stems, again, strict=True))

    def job_of(self, unit: int) -> Job:
        """Return the job of one unit."""
        scene, variation = divmod(unit, self.variations)
        return replace(self.jobs[scene], variation=variation)

    def name_of(self, unit: int) -> tuple[str, int]:
        """Return what frames of a unit say that they show: the scene's name, and the variation."""
        scene, variation = divmod(unit, self.variations)
        return self.names[scene], variation

    def kind_of(self, unit: int) -> str:
        """Return the kind of scene that a unit's seed draws, such as a bedroom of `rooms`, '' if it draws none."""
        job = self.job_of(unit)
        chosen = job.scene_parameters.get("world", "")
        kind = kind_of(job.scene, job.own_seed, chosen) if job.procedural else job.scene
        return kind if kind != job.scene else ""

    def shard_size(self, workers: int, missing: int | None = None) -> int:
        """Return how many frames a shard has at most, so that there are enough shards for all workers."""
        assert self.total is not None
        assert self.frames is not None
        missing = self.total if missing is None else missing
        return max(1, min(self.frames, LARGEST, -(-missing // workers)))

    def shard_count(self, workers: int) -> int:
        """Return how many shards there are as long as no frame exists."""
        assert self.frames is not None
        return self.units * -(-self.frames // self.shard_size(workers))

    def shards(self, there: np.ndarray, workers: int) -> Iterator[Shard]:
        """Yield the shards of the frames that are not `there`, a (total,) bool, one at a time.

        Where the number of frames is not known, none is there, and each worker gets a part.
        """
        if self.frames is None:
            for k in range(workers):
                yield Shard(0, self.job_of(0), 0, None, (k, workers), self.sample)
            return
        size = self.shard_size(workers, int(np.count_nonzero(~there)))
        for unit in range(self.units):
            offset = unit * self.frames
            missing = np.flatnonzero(~there[offset : offset + self.frames])
            for at in range(0, len(missing), size):
                yield Shard(unit, self.job_of(unit), offset, tuple(missing[at : at + size].tolist()))

    def to_json(self) -> dict[str, Any]:
        """Return the plan in JSON's types: for one unit its job, for several with all `scenes` and `variations`."""
        data = self.jobs[0].to_json()
        if not self.several:
            return data
        scenes = [
            {"name": name, **{key: value for key, value in job.to_json().items() if key in OF_SCENE}}
            for name, job in zip(self.names, self.jobs, strict=True)
        ]
        return {**data, "scenes": scenes, "variations": self.variations}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """Make a plan from the result of `to_json`."""
        common = {key: value for key, value in data.items() if key not in ("scenes", "variations")}
        scenes = [{key: value for key, value in scene.items() if key != "name"} for scene in data.get("scenes", [{}])]
        return cls(tuple(Job.from_json({**common, **scene}) for scene in scenes), data.get("variations", 1))

    @property
    def open_ended(self) -> bool:
        """Whether a frame is the same however many there are of its unit."""
        return sweeps.SWEEPS[self.jobs[0].sweep["name"]].open_ended

    def counted(self) -> Plan:
        """Return the plan with its number of frames, unless only Blender can find it."""
        own = sweeps.SWEEPS[self.jobs[0].sweep["name"]].own_frames
        return self if own else self.settled(sweeps.DEFAULT_FRAMES)


def make(jobs: Sequence[Job], variations: int = 1) -> Plan:
    """Return the plan of jobs that differ in their scenes only.

    `frames` counts for each variation of each scene; None becomes sweeps.DEFAULT_FRAMES if there are several. Raise
    SweepsetError for a scene that is named twice.
    """
    scenes = [job.scene for job in jobs]
    twice = next((scene for scene in scenes if scenes.count(scene) > 1), None)
    if twice is not None:
        raise SweepsetError(f"scene {twice!r} is named twice: name each once, or ask for more variations")
    plan = Plan(tuple(jobs), variations)
    return Plan(
        tuple(replace(job, frames=job.frames or sweeps.DEFAULT_FRAMES) for job in jobs) if plan.several else plan.jobs,
        variations,
    )
