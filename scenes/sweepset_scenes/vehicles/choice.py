"""Which body a vehicle has: drawn by the seed, or chosen by the user. Imports no bpy."""

from __future__ import annotations

import random
from dataclasses import dataclass

from sweepset.parameters import declare, demand

from .bodies import BODIES

KINDS = tuple(dict.fromkeys(body.kind for body in BODIES.values()))
"""The categories of vehicles."""


KIND_WEIGHTS = {"car": 8, "suv": 4, "van": 2, "pickup": 5, "truck": 1, "bus": 1}
"""How often each category is drawn; cars and pickups most, as in the experiment that the project continues."""


def bodies_of(choice: str) -> list[str]:
    """Return the bodies that a choice allows: all for none, those of a category, or a single one; none if unknown."""
    wanted = choice.replace("_", " ")
    return [name for name, body in BODIES.items() if wanted in ("", body.kind, name)]


@dataclass(frozen=True)
class VehicleChoice:
    """The parameters of scenes with one main vehicle."""

    body: str = declare(
        "", "body of the vehicle, such as sedan, or its category, such as pickup", unset="drawn by the seed"
    )

    def __post_init__(self) -> None:
        names = ", ".join(dict.fromkeys((*KINDS, *BODIES)))
        demand("scene", self, "body", bool(bodies_of(self.body)), f"choose one of {names}")


def draw_body(rng: random.Random, choice: str = "") -> str:
    """Draw a body among those that a choice allows, its category first."""
    allowed = bodies_of(choice)
    kind = rng.choices(
        KINDS, [KIND_WEIGHTS[kind] * any(BODIES[name].kind == kind for name in allowed) for kind in KINDS]
    )
    return rng.choice([name for name in allowed if [BODIES[name].kind] == kind])
