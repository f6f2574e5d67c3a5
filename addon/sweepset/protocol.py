"""Events that a script inside Blender reports to its host: lines of JSON on standard output. Imports no bpy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, get_args

from .findings import Finding

MARK = "@sweepset "
"""The start of each line that holds an event; all other lines are Blender's own."""
TEMPORARY = ("TMPDIR", "TMP", "TEMP")
"""Environment variables that name the folder for temporary files; each version of Blender reads another one first.

A killed Blender leaves a folder there, so whoever starts Blender points them at a folder that is removed afterwards.
"""


@dataclass(frozen=True)
class Done:
    """The script is done; no event follows."""


@dataclass(frozen=True)
class Error:
    """The script gave up; no event follows. `refused`: its input is wrong, so that another try fails the same way."""

    message: str
    refused: bool = False


@dataclass(frozen=True)
class Step:
    """What the script does now, for people who wait for its first frame."""

    what: str


@dataclass(frozen=True)
class Scene:
    """The worker opened the scene and prepared it; `taxonomy` is in JSON's types, `device` is for people."""

    findings: list[Finding]
    taxonomy: dict[str, Any]
    device: str


@dataclass(frozen=True)
class Ready:
    """The worker is about to render its first frame.

    `frames` counts all frames of the job. `instances` are those at the scene's own time: `id`, `object`,
    `category_id`. `exposure` is in stops, `unit_scale` in metres per scene unit. `varied` is what `vary.vary` returns.
    `memory` is resident memory in bytes. `layout` is where things lie that physics settled: 16 numbers each, a
    transform's rows, None for one that is left out.
    """

    frames: int
    instances: list[dict[str, Any]]
    findings: list[Finding]
    blender: str
    denoised: bool
    exposure: float
    view_transform: str
    unit_scale: float
    varied: dict[str, Any]
    memory: int = 0
    layout: list[Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the event in JSON's types, with the keys that files on disk have."""
        told = {"unit" if key == "unit_scale" else key: value for key, value in vars(self).items()}
        if self.layout is None:  # most scenes have none
            del told["layout"]
        return {**told, "findings": [finding.to_json() for finding in self.findings]}


@dataclass(frozen=True)
class FrameDone:
    """The worker rendered a frame; its files are in the task's folder.

    `camera` is the frame's entry in `cameras.json`, `time` the scene's frame. With flow, `following` is the frame that
    flow leads to, None for a camera's last, and `no_flow` names the objects without flow; without flow, `no_flow` is
    None. `instances` is None if they are those of Ready. `memory` is resident memory in bytes.
    """

    frame: int
    camera: dict[str, Any]
    time: int
    seconds: float
    following: int | None = None
    no_flow: list[str] | None = None
    instances: list[dict[str, Any]] | None = None
    memory: int = 0


@dataclass(frozen=True)
class Gpus:
    """The GPUs that Cycles finds: kind, Cycles' own id, and name of each."""

    found: list[tuple[str, str, str]]


@dataclass(frozen=True)
class ObjectLabel:
    """How an object was labelled; `state` is new, labelled, unsure, linked or unknown, `confidence` from 0 to 1."""

    object: str
    category: str
    confidence: float
    reason: str
    source: str
    state: str


@dataclass(frozen=True)
class Labelled:
    """The labelled copy of a scene is saved; `taxonomy` is a name."""

    taxonomy: str
    objects: list[ObjectLabel]


@dataclass(frozen=True)
class ModelRead:
    """A file of a 3D model was read: its number in the task, and the fields of `models.Facts` in JSON's types."""

    number: int
    facts: dict[str, Any]


@dataclass(frozen=True)
class PlainReady:
    """Blender alone is about to render its first frame."""


@dataclass(frozen=True)
class PlainFrame:
    """Blender alone rendered a frame."""


@dataclass(frozen=True)
class TrialsReady:
    """The scene of a comparison of presets is ready; `exposure` is in stops."""

    frames: int
    light_added: bool
    exposure: float


@dataclass(frozen=True)
class Shot:
    """A preset's image of a frame is rendered; seconds of the clock, and seconds of all cores together."""

    name: str
    frame: int
    clock: float
    processor: float


@dataclass(frozen=True)
class PosesReady:
    """The window's search for cameras begins; `unit_scale` is in metres per scene unit."""

    frames: int
    unit_scale: float


@dataclass(frozen=True)
class PoseFound:
    """A frame's camera is found: `matrix` (4, 4) and `K` (3, 3) as lists, `time` the scene's frame."""

    frame: int
    matrix: list[list[float]]
    K: list[list[float]]
    time: int
    camera: str


@dataclass(frozen=True)
class SweepReady:
    """The window's render is about to begin; `there` frames of `frames` are finished already."""

    frames: int
    there: int


@dataclass(frozen=True)
class FrameWritten:
    """The window's render wrote a frame into its dataset."""

    frame: int


Event = (
    Done | Error | Step | Scene | Ready | FrameDone | Gpus | Labelled | ModelRead | PlainReady | PlainFrame
    | TrialsReady | Shot | PosesReady | PoseFound | SweepReady | FrameWritten
)  # fmt: skip
_KINDS: dict[str, Any] = {kind.__name__: kind for kind in get_args(Event)}
_LISTED: dict[str, Any] = {"findings": Finding, "objects": ObjectLabel}
"""Fields that hold a list of dataclasses."""


def tell(event: Event) -> None:
    """Report an event to the host, on a line of its own."""
    # Blender may have left a line unfinished.
    print(f"\n{MARK}{json.dumps({'event': type(event).__name__, **vars(event)}, default=vars)}", flush=True)


def parse(line: str) -> Event | None:
    """Return the event that a line of output holds, None for a line of Blender's own.

    Raise ValueError if a line begins as an event does and holds none, or one of another version of Sweepset.
    """
    if not line.startswith(MARK):
        return None
    try:
        told = json.loads(line[len(MARK) :])
        kind = _KINDS[told.pop("event")]
        for key in _LISTED.keys() & told.keys():
            told[key] = [_LISTED[key](**entry) for entry in told[key]]
        return kind(**told)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no event of this version of Sweepset: {line.strip()!r} ({error!r})") from None
