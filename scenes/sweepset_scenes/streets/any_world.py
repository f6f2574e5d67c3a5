"""A vehicle in any world, drawn by the seed."""

from __future__ import annotations

import dataclasses

from .. import MIXED_WORLDS, SCENES, kind_of


def build(seed: int, world: str = "", **choice: str) -> None:
    """Build a world into the current scene; hour, weather and season are for worlds outdoors."""
    scene = SCENES[kind_of(MIXED_WORLDS, seed, world)]
    taken = {field.name for field in dataclasses.fields(scene.parameters)}
    scene.build(seed, **{key: value for key, value in choice.items() if key in taken})
