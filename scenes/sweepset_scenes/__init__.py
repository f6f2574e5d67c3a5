"""Procedural scenes, built by code in Blender and labelled at creation. Importing this imports no bpy."""

from __future__ import annotations

from importlib import import_module

SCENES: dict[str, str] = {
    "kitchen": "kitchen",
    "bedroom": "bedroom",
    "living_room": "living_room",
    "bathroom": "bathroom",
    "office": "office",
    "dining_room": "dining_room",
    "rooms": "rooms",
}
"""Each scene's name and the module of this package that builds it."""


def build(name: str, seed: int = 0) -> None:
    """Build a scene into Blender's current scene, which should be empty; the same seed gives the same scene."""
    if name not in SCENES:
        raise ValueError(f"unknown scene {name!r}: have {', '.join(sorted(SCENES))}")
    import_module(f".{SCENES[name]}", __name__).build(seed)
