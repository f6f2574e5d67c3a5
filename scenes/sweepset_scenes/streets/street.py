"""A street between houses with shops: lanes, parked rows, sidewalks. It runs along x, its middle is y = 0."""

from __future__ import annotations

import random
from typing import Any

from ..materials import shaders
from ..shapes.primitives import box, place
from .conditions import Conditions
from .scene import build_scene
from .world import Berth, Footprint, Lamp, World

LANE, STRIP, WALK, KERB = 3.4, 2.6, 3.4, 0.13
END = 60.0


def build(seed: int, **choice: Any) -> None:
    """Build a street with vehicles into the current scene."""
    build_scene("street", build_world, seed, **choice)


def build_world(rng: random.Random, conditions: Conditions) -> World:
    """Build a street: the ground, the rows of houses, and what stands between."""
    kerb = LANE + STRIP
    place("road", box(shaders.plain("road", (0.06, 0.06, 0.06), 0.9), (-END, -kerb, -0.2), (END, kerb, 0.0)), "road")
    for side in (1, -1):
        y0, y1 = sorted((side * kerb, side * (kerb + WALK)))
        slab = box(shaders.plain("paving", (0.3, 0.3, 0.29), 0.9), (-END, y0, -0.2), (END, y1, KERB))
        place("sidewalk", slab, "sidewalk")
        y0, y1 = sorted((side * (kerb + WALK), side * (kerb + WALK + 10)))
        place("house", box(shaders.plain("wall", (0.4, 0.3, 0.25), 0.9), (-END, y0, -0.2), (END, y1, 12)), "building")
    berths = [
        Berth(Footprint(x, -side * LANE / 2, 14.0, LANE, 0.0 if side > 0 else 180.0), "lane", abs(x) < 15)
        for side in (1, -1)
        for x in range(-48, 49, 16)
    ] + [
        Berth(Footprint(x, -side * (LANE + STRIP / 2), 6.6, STRIP, 0.0 if side > 0 else 180.0), "parked", abs(x) < 15)
        for side in (1, -1)
        for x in range(-49, 50, 7)
    ]
    lamps = [Lamp((x, side * (kerb + 0.4), 6.0), 400.0) for side in (1, -1) for x in range(-50, 51, 20)]
    return World(tuple(berths), lamps=tuple(lamps), openness=0.5)
