"""Tasks: the input of each script in `inside_blender`, passed from the host in a file of JSON.

Imported on both sides of the boundary.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar

from sweepset.job import Job


class Task(Protocol):
    """A dataclass of JSON's types and a job; `script` names the module of `inside_blender` that it is for."""

    script: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


@dataclass(frozen=True)
class Render:
    """Render frames of a job into `folder`: `frames`, or without these `part` (k, n) of all, at most `most` of them.

    With a `sample` only so many of a part, evenly spread.
    `threads` 0 leaves Blender all cores; `device` is what `devices.check` allows. `layout` is what an earlier Blender
    reported of the unit, if its scene has one.
    """

    script: ClassVar[str] = "worker"
    job: Job
    folder: str
    frames: list[int] | None
    part: tuple[int, int]
    most: int
    threads: int
    device: str
    look_through_cameras: bool
    sample: int | None = None
    layout: list[Any] | None = None


@dataclass(frozen=True)
class Label:
    """Save a labelled copy of the .blend `scene` to `out`, which messages call `target`.

    `taxonomy` is in JSON's types, None for the scene's own.
    """

    script: ClassVar[str] = "label_scene"
    scene: str
    out: str
    target: str
    taxonomy: dict[str, Any] | None
    threshold: float
    trust_scripts: bool


@dataclass(frozen=True)
class ListGpus:
    """Report the GPUs that Cycles finds."""

    script: ClassVar[str] = "list_gpus"


@dataclass(frozen=True)
class ReadModels:
    """Read the files of 3D models, each a path and its SHA-256, and render a picture of each into `folder`, if any.

    A picture's name is the file's number in the task.
    """

    script: ClassVar[str] = "read_models"
    models: list[tuple[str, str]]
    folder: str = ""


@dataclass(frozen=True)
class PlainRender:
    """Render `cameras` with Blender alone: each has a `matrix` (4, 4) in scene units and an `angle` of view."""

    script: ClassVar[str] = "plain_render"
    job: Job
    folder: str
    cameras: list[dict[str, Any]]
    denoised: bool
    exposure: float


@dataclass(frozen=True)
class PresetTrials:
    """Render `shots`, each (look, frame), in this order; a look has a `quality`, `denoised` and a `seed`."""

    script: ClassVar[str] = "preset_trials"
    job: Job
    folder: str
    looks: dict[str, dict[str, Any]]
    shots: list[tuple[str, int]]


T = TypeVar("T", bound=Task)


def to_json(task: Task) -> dict[str, Any]:
    """Return a task in JSON's types."""
    return dataclasses.asdict(task)


def from_json(kind: type[T], data: dict[str, Any]) -> T:
    """Make a task from what `to_json` returned."""
    return kind(**{key: Job.from_json(value) if key == "job" else value for key, value in data.items()})
