"""A user's own 3D models: their files, what is known of each, and the cache of what was read. Imports no bpy."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .errors import SweepsetError

BACKGROUND = "background"
"""The category of all that is no model of the user's; a model with this category is a distractor."""
MODEL_KEY = "sweepset_model"
"""The custom property of a placed object that names its model's file, relative to the folder of models."""
KEYPOINTS_KEY = "sweepset_keypoints"
"""The custom property with a model's keypoints as JSON: x, y, z in metres by the names of its empties `kp_*`."""
SYMMETRY_KEY = "sweepset_symmetry"
"""The custom property with a model's symmetry, as `Model.symmetry`."""
LARGEST = 3.0
"""Units of the largest side from which a file without a unit is taken to be in millimetres."""
LARGEST_STATED = 15.0
"""The same, of a file whose format states metres."""
LEAST = 0.002
"""Metres of the largest side below which a model is reported as tiny."""
MILLIMETRE = 0.001
NO_FILE = "no such file"
"""In a warning about a model: a file that it refers to is missing, so that it does not look as it should."""


@dataclass(frozen=True)
class Format:
    """A file format: its title, the axis that points up by its rules, and whether it states metres."""

    title: str
    up: str = "z"
    metres: bool = True


FORMATS = {
    ".glb": Format("glTF", "y"),
    ".gltf": Format("glTF", "y"),
    ".obj": Format("OBJ", "y", metres=False),
    ".stl": Format("STL", metres=False),
    ".ply": Format("PLY", metres=False),
    ".fbx": Format("FBX"),
    ".usd": Format("USD"),
    ".usda": Format("USD"),
    ".usdc": Format("USD"),
    ".usdz": Format("USD"),
    ".blend": Format("Blender"),
}
"""Formats by their suffix. Models of FBX, USD and Blender are read into Blender's axes, others keep their file's."""


def format_of(file: str | Path) -> Format:
    """Return the format of a file by its suffix."""
    return FORMATS[Path(file).suffix.lower()]


@dataclass(frozen=True)
class Model:
    """A model: its file relative to the folder of models, and how it is used.

    `sha256` is of the file and of the files that belong to it, `scale` metres per unit of the file. `symmetry` is a row
    of axes, such as `z` (any turn about z) or `x2 z4` (half turns about x and quarter turns about z). `up` is the axis
    that points up, `y` or `z`.
    """

    file: str
    sha256: str
    category: str
    weight: float = 1.0
    scale: float = 1.0
    symmetry: str = ""
    up: str = "z"


@dataclass(frozen=True)
class Models:
    """The usable models of an absolute folder, and the findings about the others, in JSON's types."""

    folder: str
    models: tuple[Model, ...]
    findings: tuple[dict[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return them in JSON's types."""
        return {
            "folder": self.folder,
            "models": [asdict(model) for model in self.models],
            "findings": list(self.findings),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Models:
        """Make them from the result of `to_json`."""
        return cls(data["folder"], tuple(Model(**row) for row in data["models"]), tuple(data["findings"]))

    @property
    def categories(self) -> list[str]:
        """The categories of all models but distractors, by name."""
        return sorted({model.category for model in self.models} - {BACKGROUND})

    def taxonomy(self) -> dict[str, Any]:
        """Return the taxonomy of the categories, in JSON's types: 1 is the background."""
        first = {"id": 1, "name": BACKGROUND, "supercategory": BACKGROUND, "color": [90, 90, 90], "isthing": 0}
        others = [
            {"id": number, "name": name, "supercategory": "object", "isthing": 1}
            for number, name in enumerate(self.categories, 2)
        ]
        return {"name": "models", "categories": [first, *others]}


@dataclass(frozen=True)
class Facts:
    """What Blender found in a file: the size in the file's units, and how much is in it.

    `polygons` are the file's, `kept` those of the model, which may be reduced. `problem` says why it cannot be used.
    """

    size: tuple[float, float, float] = (0.0, 0.0, 0.0)
    objects: int = 0
    polygons: int = 0
    kept: int = 0
    materials: int = 0
    keypoints: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    problem: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Facts:
        """Make facts from their fields in JSON's types."""
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in data.items()
        }
        return cls(**values)


def guess_scale(file: str, size: float) -> tuple[float, str]:
    """Return the metres in a unit of a file from its largest side, and a sentence if that is no plain reading."""
    stated = format_of(file).metres
    if size > (LARGEST_STATED if stated else LARGEST):
        return MILLIMETRE, f"{size:.4g} units large: read as millimetres, {1000 * size * MILLIMETRE:.4g} mm"
    if size < LEAST:
        return 1.0, f"only {1000 * size:.2g} mm large"
    return 1.0, "" if stated else f"{size:.3g} units large: read as metres"


def cache() -> Path:
    """Return the folder on this machine that keeps models as Blender read them; it may be removed at any time."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "sweepset" / "models"


def kept_at(sha256: str, blender: str, code: str) -> Path:
    """Return where a model is kept, without a suffix, as a version of Blender and of our code read it."""
    return cache() / f"{blender.split()[0]}-{code[:12]}" / sha256


def facts_at(kept: Path) -> Facts | None:
    """Return what is known of a model by where it is kept, None if it was not read, or not whole."""
    try:
        found = Facts.from_json(json.loads(kept.with_suffix(".json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
    return found if found.problem or kept.with_suffix(".blend").is_file() else None


def demand_symmetry(text: str, where: str) -> str:
    """Return a symmetry; raise SweepsetError if it is none."""
    parts = text.replace(",", " ").split()
    if any(part[0] not in "xyz" or (part[1:] and not (part[1:].isdigit() and int(part[1:]) > 1)) for part in parts):
        raise SweepsetError(
            f"{where}: symmetry is {text!r}; write axes such as z (any turn about it) or x2 z4 (half and quarter turns)"
        )
    return " ".join(parts)
