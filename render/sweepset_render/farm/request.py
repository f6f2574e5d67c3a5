"""What a user asks to render, checked as far as the host can, and the plan of it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sweepset_scenes
from sweepset import supplies, sweeps
from sweepset.errors import SweepsetError
from sweepset.job import Job

from ..blender import installations as blenders
from ..blender.installations import Blender
from ..models import reading
from . import plan as plans
from .plan import Plan


@dataclass(frozen=True)
class Request:
    """Everything asked for that decides what frames show.

    `scenes` are names of shipped scenes, .blend files and Python files; `scene_parameters` are by scene. These,
    `sweep` and `taxonomy` are in JSON's types.
    `folders` are those of `supplies.FOLDERS`, by their names, None for none.
    `settings` are the other fields of a job, by their names. `models` is a folder or table of the user's models, and
    `model_scale` metres per unit of their files, 0 to guess it.
    """

    scenes: tuple[str, ...]
    sweep: Mapping[str, Any] = field(default_factory=lambda: sweeps.to_json(sweeps.parse("viewpoints", [])))
    taxonomy: Mapping[str, Any] | None = None
    unit_scale: float = 0.0
    variations: int = 1
    folders: Mapping[str, Path | None] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    scene_parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    models: Path | None = None
    model_scale: float = 0.0

    def plan(self, blender: Blender) -> Plan:
        """Return the plan; raise SweepsetError for a scene or a folder that is not there or not fit."""
        jobs = [self._job(scene, blender) for scene in self.scenes]
        common = {**_supplies(self.folders), **self.settings}
        return plans.make([replace(job, **common) for job in jobs], self.variations)

    def _job(self, scene: str, blender: Blender) -> Job:
        place = find(scene)
        if place is None:
            name, sha256 = scene, sweepset_scenes.digest()
        else:
            if not is_code(place):
                _check_version(scene, place, blender)
            name, sha256 = str(place.resolve()), _digest(scene, place)
        kinds = None if self.taxonomy is None else dict(self.taxonomy)
        built = place is None or is_code(place)
        own = {**self.scene_parameters.get(scene, {}), **self._models(scene, blender)}
        return Job(
            name, built, sha256, dict(self.sweep), taxonomy=kinds, unit_scale=self.unit_scale, scene_parameters=own
        )

    def _models(self, scene: str, blender: Blender) -> dict[str, Any]:
        """Return the parameter `models` of a scene that shows the user's models; raise SweepsetError for another."""
        takes = scene in sweepset_scenes.SCENES and sweepset_scenes.SCENES[scene].takes_models
        if takes and self.models is None:
            raise SweepsetError(f"scene {scene} shows your own models: name their folder with --models DIR")
        if self.models is None:
            return {}
        if not takes:
            raise SweepsetError(
                f"--models is for the scene {sweepset_scenes.OF_MODELS}: leave out {scene!r}, or --models"
            )
        return {"models": reading.use(self.models, self.model_scale, blender).to_json()}


def find(scene: str) -> Path | None:
    """Return a scene's file, None for a shipped scene, which has a name only; raise SweepsetError if there is none."""
    if scene in sweepset_scenes.SCENES:
        return None
    beside = Path(sweepset_scenes.__file__).parents[1] / f"{scene}.blend"
    for place in (Path(scene).expanduser(), beside):
        if place.exists():
            return place
    close = difflib.get_close_matches(scene, list(sweepset_scenes.SCENES), n=1)
    guess = f"; did you mean {close[0]}?" if close else ""
    raise SweepsetError(
        f"no scene {scene!r}: give a .blend or .py file that exists, or one of {', '.join(sweepset_scenes.SCENES)}"
        f"{guess}"
    )


def is_code(scene: Path) -> bool:
    """Return whether a scene's file is Python code that builds it, not a .blend."""
    return scene.suffix.lower() == ".py"


def _digest(scene: str, place: Path) -> str:
    """Return the SHA-256 of a scene's file; raise SweepsetError if it can't be read."""
    try:
        return blenders.digest(place)
    except OSError as error:
        raise SweepsetError(f"cannot read {scene!r}: {error.strerror or error}; name a .blend or .py file") from None


def _check_version(scene: str, place: Path, blender: Blender) -> None:
    """Raise SweepsetError if a newer Blender saved a .blend."""
    saved_by = blenders.blend_version(place)
    if saved_by > blender.version[:2]:
        newer, here = (".".join(map(str, version)) for version in (saved_by, blender.version))
        raise SweepsetError(
            f"{scene!r} was saved by Blender {newer}, newer than the {here} in use: "
            f"pass --blender with Blender {newer} or later"
        )


def _supplies(folders: Mapping[str, Path | None]) -> dict[str, str]:
    """Return the fields of a job about folders of `supplies.FOLDERS`, each of which must hold its files."""
    found: dict[str, str] = {}
    for name, place in folders.items():
        if place is not None:
            folder = place.expanduser().resolve()
            files = supplies.FOLDERS[name](folder)
            found |= {name: str(folder), f"{name}_sha256": supplies.checksum(folder, files)}
    return found
