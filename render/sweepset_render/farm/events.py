"""What happens in a run: the events of one shard, and the reports of workers, which the command shows and logs."""

from __future__ import annotations

from dataclasses import dataclass

from sweepset.findings import Finding
from sweepset.protocol import Scene, Step


@dataclass(frozen=True)
class Started:
    """A Blender was started."""


@dataclass(frozen=True)
class Began:
    """A Blender is about to render the first of `frames` of the unit, `took` seconds after it was started."""

    frames: int
    findings: list[Finding]
    memory: int
    took: float


@dataclass(frozen=True)
class Written:
    """A frame is in the dataset, by its number there.

    It took Blender `seconds`, and the host `took` seconds of waiting; `memory` is Blender's resident memory in bytes.
    """

    frame: int
    seconds: float
    memory: int
    took: float


@dataclass(frozen=True)
class Retried:
    """A shard is put back to be tried again."""

    reason: str


@dataclass(frozen=True)
class Failed:
    """Frames, by their numbers in the dataset, are given up."""

    frames: list[int]
    reason: str


ShardEvent = Started | Step | Scene | Began | Written
"""The events of `shard.render`."""


@dataclass(frozen=True)
class Report:
    """An event of a worker in a unit; `left` frames of its shard are still to be rendered."""

    worker: int
    unit: int
    event: ShardEvent | Retried | Failed
    left: int = 0
