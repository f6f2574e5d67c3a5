"""A kind of room as one row, and a room in the making."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..clutter.what_lies_where import Weighted
from ..materials.room_materials import Finishes, Looks
from ..piece import Piece, Placed
from .floor_plans import Form, Hull
from .layout import Layout

Maker = Callable[[random.Random, Looks], Piece]


@dataclass(frozen=True)
class Wish:
    """Furniture that a room may have: makers to choose from, the chance of each of up to `most`, and the place.

    "wall" is anywhere along a wall, "corner" most likely in one, "askew" in one and turned to the room, "floor" free.
    """

    makers: tuple[Maker, ...]
    chance: float
    where: str = "wall"
    most: int = 1


@dataclass(frozen=True)
class RoomKind:
    """All facts about a kind of room; chances are from 0 to 1, heights in metres.

    The name is also the name of the scene; name and seed start the random numbers of a room.
    """

    name: str
    form: Form
    place_first: Callable[[Interior], Any]
    """Places the furniture that makes a room one of its kind and returns it; None if it finds no place."""
    furnish: Callable[[Interior, Any], Sequence[Placed]]
    """Places all other furniture; gets the result of `place_first`, returns furniture that pictures may hang above."""
    wishes: tuple[Wish, ...]
    walls: Weighted
    """Things on the walls; sockets, switches and radiators have places of their own."""
    floor: Weighted
    """Things on the floor."""
    lamps: tuple[Maker, ...]
    """Ceiling lamps to choose from."""
    lit: float = 0.85
    """Chance of a ceiling lamp if there is a window; without a window there is one."""
    curtains: float = 0.5
    blinds: float = 0.4
    columns: float = 0.25
    """Chance of a column."""
    tiles: tuple[float, ...] = (0.0,)
    """How high tiles may go up the walls."""
    finishes: Finishes = field(default_factory=Finishes)
    on: Mapping[str, Weighted] = field(default_factory=dict)
    """Things on a kind of surface, instead of those of `what_lies_where.ON`."""


@dataclass
class Interior:
    """A room in the making: its kind, random numbers, materials and form, and what is placed in it."""

    kind: RoomKind
    rng: random.Random
    looks: Looks
    hull: Hull
    layout: Layout
    tiled: float
    """How high tiles go up the walls."""

    @property
    def area(self) -> float:
        """Square metres of the rectangle around the floor."""
        return self.hull.room.width * self.hull.room.depth

    def make(self, *makers: Maker) -> Piece:
        """Make a piece by one of some makers."""
        return self.rng.choice(makers)(self.rng, self.looks)

    def maybe(self, chance: float) -> bool:
        """Return True with a chance."""
        return self.rng.random() < chance
