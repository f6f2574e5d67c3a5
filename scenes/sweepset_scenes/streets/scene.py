"""A scene of a world: its surroundings, the main vehicle and others, people, and light."""

from __future__ import annotations

import random
from collections.abc import Callable

from .. import light_sources
from .conditions import Conditions, draw_conditions
from .daylight import illuminate
from .populate import populate
from .world import World

BuildWorld = Callable[[random.Random, Conditions], World]


def build_scene(
    name: str,
    build_world: BuildWorld,
    seed: int,
    body: str = "",
    hour: str = "",
    weather: str = "",
    season: str = "",
    driving: bool = False,
) -> None:
    """Build the world of a name with vehicles and people into the current scene.

    Each part has random numbers of its own: another body leaves the street as it is, another hour leaves the vehicles.
    """

    def draw(part: str) -> random.Random:
        return random.Random(f"{name} {seed} {part}")

    conditions = draw_conditions(draw("conditions"), hour, weather, season)
    world = build_world(draw("world"), conditions)
    main = populate(draw("vehicles"), world, body, driving)
    illuminate(draw("light"), conditions, world, (main.x, main.y))
    light_sources.render_with_few_samples()
