"""Procedural scenes, built by code in Blender and labelled at creation. Importing this imports no bpy."""

from __future__ import annotations

import hashlib
from importlib import import_module
from pathlib import Path

SCENES: dict[str, str] = {
    "kitchen": "rooms.kitchen",
    "bedroom": "rooms.bedroom",
    "living_room": "rooms.living_room",
    "bathroom": "rooms.bathroom",
    "office": "rooms.office",
    "dining_room": "rooms.dining_room",
    "rooms": "rooms.any_room",
}
"""Each scene's name and the module of this package that builds it."""


def build(name: str, seed: int = 0) -> None:
    """Build a scene into Blender's current scene, which should be empty; the same seed gives the same scene."""
    if name not in SCENES:
        raise ValueError(f"unknown scene {name!r}: have {', '.join(sorted(SCENES))}")
    import_module(f".{SCENES[name]}", __name__).build(seed)


def digest() -> str:
    """Return the SHA-256 of this package's code, each file by its path: scenes of other code are other scenes."""
    folder = Path(__file__).parent
    code = hashlib.sha256()
    for name in sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py")):
        code.update(f"{name}\0".encode() + (folder / name).read_bytes())
    return code.hexdigest()
