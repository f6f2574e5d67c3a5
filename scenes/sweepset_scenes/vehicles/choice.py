"""Which body a vehicle has and which service it does: drawn by the seed, or chosen by the user. Imports no bpy."""

from __future__ import annotations

import random
from dataclasses import dataclass

from sweepset.parameters import declare, demand

from .bodies import BODIES
from .services import SERVICES

KINDS = tuple(dict.fromkeys(body.kind for body in BODIES.values()))
"""The categories of vehicles."""


KIND_WEIGHTS = {"car": 8, "suv": 4, "van": 2, "pickup": 5, "truck": 1, "bus": 1}
"""How often each category is drawn; cars and pickups most, as in the experiment that the project continues."""


def split_service(name: str) -> tuple[str, str]:
    """Return the service and the body of a name such as `taxi sedan`; either may be empty."""
    first, _, rest = name.partition(" ")
    return (first, rest) if first in SERVICES else ("", name)


def bodies_of(choice: str) -> list[str]:
    """Return the bodies that a choice allows: all for none, those of a category or a service, or a single one.

    There are none if the choice is unknown, or if no such body does the service.
    """
    service, wanted = split_service(choice.replace("_", " "))
    serving = SERVICES[service].bodies if service else BODIES
    return [name for name, body in BODIES.items() if name in serving and wanted in ("", body.kind, name)]


@dataclass(frozen=True)
class VehicleChoice:
    """The parameters of scenes with one main vehicle."""

    body: str = declare(
        "",
        "body of the vehicle, such as sedan, its category, such as pickup, or a service, such as taxi or police_suv",
        unset="drawn by the seed",
    )

    def __post_init__(self) -> None:
        names = ", ".join(dict.fromkeys((*KINDS, *BODIES, *SERVICES)))
        demand("scene", self, "body", bool(bodies_of(self.body)), f"choose one of {names}")


def draw_body(rng: random.Random, choice: str = "") -> str:
    """Draw a body among those that a choice allows, its category first; after the name of a service if it does one.

    Private vehicles alone are drawn for the choice of a single body.
    """
    allowed = bodies_of(choice)
    kind = rng.choices(
        KINDS, [KIND_WEIGHTS[kind] * any(BODIES[name].kind == kind for name in allowed) for kind in KINDS]
    )
    body = rng.choice([name for name in allowed if [BODIES[name].kind] == kind])
    drawn, (chosen, wanted) = _draw_service(rng, body), split_service(choice.replace("_", " "))
    service = chosen or ("" if wanted in BODIES else drawn)
    return f"{service} {body}".strip()


def _draw_service(rng: random.Random, body: str) -> str:
    chance = rng.random()
    for name, service in SERVICES.items():
        if body in service.bodies:
            if chance < service.share:
                return name
            chance -= service.share
    return ""
