"""Procedural scenes, built by code in Blender and labelled at creation. Importing this imports no bpy."""

from __future__ import annotations

from importlib import import_module

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
