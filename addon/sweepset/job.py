"""A job: the input of one command, written by the host and read by the worker. Imports no bpy."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from . import sweeps, variety
from .errors import SweepsetError
from .ground_truth import BY_DEFAULT, KINDS, needed
from .quality import DEFAULT, PRESETS, Quality, named

SENSORS = ("none", "kinect", "phone")
"""Cameras whose faults images can have."""
ON_DISK = {"unit_scale": "unit"}
"""Fields whose key in files has another name: in code, a unit is a variation of a scene."""


@dataclass(frozen=True)
class Job:
    """Everything that decides what the frames of a dataset show; equal jobs give equal labels.

    `scene` is the absolute path of a .blend, or of a .py file that builds a scene, or a shipped scene's name;
    `procedural` is on for the last two, and `scene_parameters` are what `build` is given then, in JSON's types.
    `frames` None means as many as the sweep has. `taxonomy` is in JSON's types, None for the scene's own. `preset`
    names a quality, and `samples` replaces its samples. `exposure` is 'auto', 'keep' or stops as text. `baseline` is
    the distance of a stereo pair's second camera, to the right, in metres. `unit_scale` is metres per scene unit, 0 for
    the file's own.

    A scene built by code with `variation` v is the scene of a seed that is v higher. A .blend with variation 0 is the
    file as it is; other variations differ from it as `vary` says. `textures`, `hdris` and `backgrounds` are absolute
    paths of folders, '' for none, with the SHA-256 of their contents. `sensor` is one of SENSORS. `flash` is the share
    of frames that a flash on the camera lights.
    """

    scene: str
    procedural: bool
    scene_sha256: str
    sweep: dict[str, Any]
    frames: int | None = None
    size: tuple[int, int] = (640, 480)
    preset: str = DEFAULT
    samples: int = PRESETS[DEFAULT].samples
    denoise: bool = True
    fov: float = sweeps.KINECT_FOV
    lens_jitter: float = 0.0
    seed: int = 0
    taxonomy: dict[str, Any] | None = None
    outputs: tuple[str, ...] = BY_DEFAULT
    baseline: float = 0.12
    format: str = "png"
    quality: int = 92
    exposure: str = "auto"
    scene_name: str = ""
    view_layer: str = ""
    unit_scale: float = 0.0
    trust_scripts: bool = False
    variation: int = 0
    sensor: str = "none"
    flash: float = 0.0
    vary: str = ""
    textures: str = ""
    textures_sha256: str = ""
    hdris: str = ""
    hdris_sha256: str = ""
    backgrounds: str = ""
    backgrounds_sha256: str = ""
    scene_parameters: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named(self.preset)
        variety.parse(self.vary or variety.OF_FILES)
        if self.sensor not in SENSORS:
            raise SweepsetError(f"sensor is {self.sensor!r}; choose one of {', '.join(SENSORS)}")
        unbent = [row.name for row in KINDS.values() if row.name in self.outputs and not row.bends]
        if self.sensor != "none" and unbent:
            raise SweepsetError(
                f"sensor {self.sensor}: its lens distorts the image, but not {', '.join(unbent)}; leave these out, or "
                "the sensor"
            )
        if "flow" in self.outputs and not sweeps.SWEEPS[self.sweep["name"]].continuous:
            *able, last = (name for name, kind in sweeps.SWEEPS.items() if kind.continuous)
            raise SweepsetError(
                f"flow: no frame of sweep {self.sweep['name']} follows another; choose {', '.join(able)} or {last}, or "
                "leave flow out"
            )

    @property
    def file(self) -> str:
        """The scene's file, a .blend or .py, '' for a shipped scene."""
        return self.scene if not self.procedural or self.scene.lower().endswith(".py") else ""

    @property
    def own_seed(self) -> int:
        """The seed of this variation, which decides everything random in its frames."""
        return self.seed + self.variation

    @property
    def parts(self) -> dict[str, float]:
        """How much each part of the scene varies in this variation, 0 to 1; textures also make a shipped scene."""
        parts = variety.parse(self.vary or (variety.OF_SHIPPED if self.procedural else variety.OF_FILES))
        return {
            name: parts[name] if self.variation or (self.procedural and name == "textures") else 0.0 for name in parts
        }

    @property
    def needs(self) -> frozenset[str]:
        """The outputs and the ground truth that they are made from."""
        return needed(self.outputs)

    @property
    def look(self) -> Quality:
        """The quality of the images."""
        return named(self.preset).with_samples(self.samples)

    def to_json(self) -> dict[str, Any]:
        """Return the job as JSON's types."""
        told = {**dataclasses.asdict(self), "size": list(self.size), "outputs": list(self.outputs)}
        for name in ("scene_parameters", "backgrounds", "backgrounds_sha256"):  # most jobs have none
            if not told[name]:
                del told[name]
        return {ON_DISK.get(name, name): value for name, value in told.items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Job:
        """Make a job from the result of `to_json`."""
        told = {**data, "size": tuple(data["size"]), "outputs": tuple(data["outputs"])}
        names = {key: name for name, key in ON_DISK.items()}
        return cls(**{names.get(key, key): value for key, value in told.items()})
