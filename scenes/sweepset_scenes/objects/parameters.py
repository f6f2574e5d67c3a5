"""Parameters of the scenes of solids and of a user's own models. Imports no bpy."""

from __future__ import annotations

from dataclasses import dataclass

from sweepset.parameters import declare, demand

KINDS = ("cube", "sphere", "cylinder", "cone", "torus", "capsule", "prism")


@dataclass(frozen=True)
class Solids:
    """What lies on the ground, and how the scene is randomized."""

    count: tuple[float, float] = declare((10.0, 49.0), "least and largest number of solids")
    kinds: str = declare("cube,sphere,cylinder", f"kinds of solids: some of {', '.join(KINDS)}, or `all`")
    size: tuple[float, float] = declare((0.06, 0.18), "least and largest size in metres")
    physics: bool = declare(True, "`on`: they fall and come to rest; `off`: they float, turned at random")
    surfaces: str = declare(
        "varied", "their materials: `varied` ones, `plain` colours, or `other` ones that `varied` never draws"
    )
    ground: str = declare("varied", "ground and walls: `varied`, a `plain` grey ground, or `other` materials")
    lights: str = declare(
        "varied", "`varied` lamps, one white `sun`, or `other`: hard coloured lamps, before trees or houses"
    )
    sky: str = declare("varied", "`varied`, or `plain`: white, and as strong in every layout; not with lights=other")

    def __post_init__(self) -> None:
        self._demand_pair("count", 1, 500)
        self._demand_pair("size", 0.01, 1.0)
        unknown = [kind for kind in self.chosen if kind not in KINDS]
        self._demand("kinds", bool(self.chosen) and not unknown, f"name some of {', '.join(KINDS)}, or all")
        for key, other in (("surfaces", "plain"), ("ground", "plain"), ("lights", "sun")):
            self._demand(key, getattr(self, key) in ("varied", other, "other"), f"choose varied, {other} or other")
        skies = ("varied",) if self.lights == "other" else ("varied", "plain")
        self._demand("sky", self.sky in skies, "choose varied or plain; lights=other has a sky of its own")

    @property
    def chosen(self) -> tuple[str, ...]:
        """The kinds of solids, each once."""
        return KINDS if self.kinds == "all" else tuple(dict.fromkeys(filter(None, self.kinds.split(","))))

    def _demand(self, key: str, holds: bool, allowed: str) -> None:
        demand("scene solids", self, key, holds, allowed)

    def _demand_pair(self, key: str, least: float, largest: float) -> None:
        pair = getattr(self, key)
        holds = len(pair) == 2 and least <= pair[0] <= pair[1] <= largest
        self._demand(key, holds, f"write least,largest between {least:g} and {largest:g}")


SETTINGS = ("tabletop", "bin", "floor", "shelf", "conveyor", "turntable", "air")
OCCLUSIONS = ("none", "some", "heavy")


@dataclass(frozen=True)
class Objects:
    """Where a user's own models appear, how many of them, and among what."""

    setting: str = declare("tabletop", f"where they are: {', '.join(SETTINGS)}")
    count: tuple[float, float] = declare((4.0, 12.0), "least and largest number of your models")
    distractors: float = declare(0.3, "share of other things among them, 0 to 0.9: clutter, and models of `background`")
    occlusion: str = declare("some", f"how they hide each other: {', '.join(OCCLUSIONS)}")
    materials: str = declare("own", "`own`: the files'; `varied`: at random, also of files that have some")

    def __post_init__(self) -> None:
        pair = self.count
        holds = len(pair) == 2 and 1 <= pair[0] <= pair[1] <= 500
        self._demand("count", holds, "write least,largest between 1 and 500")
        self._demand("distractors", 0 <= self.distractors <= 0.9, "write a share from 0 to 0.9")
        for key, allowed in (("setting", SETTINGS), ("occlusion", OCCLUSIONS), ("materials", ("own", "varied"))):
            self._demand(key, getattr(self, key) in allowed, f"choose one of {', '.join(allowed)}")

    def _demand(self, key: str, holds: bool, allowed: str) -> None:
        demand("scene objects", self, key, holds, allowed)
