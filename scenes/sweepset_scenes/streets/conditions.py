"""Hour, weather and season: drawn by the seed, or chosen by the user. Imports no bpy."""

from __future__ import annotations

import random
from dataclasses import dataclass

from sweepset.parameters import declare, demand

from ..vehicles.choice import VehicleChoice

HOURS = {"day": 60, "low_sun": 18, "dusk": 10, "night": 12}
"""Hours and how often each is drawn, by estimate: people photograph cars by day."""
WEATHERS = {"sunny": 55, "overcast": 33, "wet": 12}
"""Weathers: `wet` is an overcast sky over ground that is wet."""
WORLDS = ("blank", "street", "suburb", "parking", "road")
"""The scenes that `vehicles` draws from."""
SEASONS = {"spring": 25, "summer": 40, "autumn": 20, "winter": 15}


@dataclass(frozen=True)
class Conditions:
    """Hour, weather and season of a scene, by their names in `HOURS`, `WEATHERS` and `SEASONS`."""

    hour: str
    weather: str
    season: str

    @property
    def dark(self) -> bool:
        """Whether lamps burn."""
        return self.hour in ("dusk", "night")

    @property
    def wet(self) -> bool:
        return self.weather == "wet"


@dataclass(frozen=True)
class StreetChoice(VehicleChoice):
    """The parameters of scenes with a main vehicle outdoors."""

    hour: str = declare("", f"hour: {', '.join(HOURS)}", unset="drawn by the seed")
    weather: str = declare("", f"weather: {', '.join(WEATHERS)}", unset="drawn by the seed")
    season: str = declare("", f"season: {', '.join(SEASONS)}", unset="drawn by the seed")
    driving: bool = declare(False, "the main vehicle drives along a lane over the frame range; gimbals follow it")

    def __post_init__(self) -> None:
        super().__post_init__()
        for key, names in (("hour", HOURS), ("weather", WEATHERS), ("season", SEASONS)):
            demand("scene", self, key, getattr(self, key) in ("", *names), f"choose one of {', '.join(names)}")


@dataclass(frozen=True)
class VehiclesChoice(StreetChoice):
    """The parameters of the scene that draws a world."""

    world: str = declare("", f"world: {', '.join(WORLDS)}", unset="drawn by the seed")

    def __post_init__(self) -> None:
        super().__post_init__()
        demand("scene", self, "world", self.world in ("", *WORLDS), f"choose one of {', '.join(WORLDS)}")
        for key in ("hour", "weather", "season", "driving"):
            outdoors = not getattr(self, key) or self.world != "blank"
            demand("scene", self, key, outdoors, "the world blank has none: choose another, or leave it out")


def draw_conditions(rng: random.Random, hour: str = "", weather: str = "", season: str = "") -> Conditions:
    """Draw what is not chosen. What is chosen leaves the rest as the seed draws it."""
    drawn = [rng.choices(list(table), list(table.values()))[0] for table in (HOURS, WEATHERS, SEASONS)]
    return Conditions(hour or drawn[0], weather or drawn[1], season or drawn[2])
