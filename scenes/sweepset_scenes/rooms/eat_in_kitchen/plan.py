"""The measures of the eat-in kitchen: room, openings and runs of cabinets, drawn by a seed. Lengths in metres.

The room's south-west corner is the origin. The cabinets stand along the north and the west wall, the table in the
south-east, the door is in the south wall. Places along a wall are in that wall's own coordinates (see `shapes.walls`).
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from ...shapes import cabinetry
from ...shapes.walls import Opening, Room

UPPER, TALL = 1.40, 0.76
"""The underside of wall cabinets above the floor, and their height."""
COUNTER = cabinetry.HEIGHT
CORNER, SINK_UNIT, MACHINE, NARROW = 0.62, 0.9, 0.6, 0.4
"""Widths: the corner that the other run takes, the sink's unit, stove or dishwasher, the unit beside the stove."""
FRIDGE, FRIDGE_HEIGHT, FRIDGE_DEPTH = 0.74, 1.74, 0.70
CASE, CASE_HEIGHT = 0.72, 1.76
"""The bookcase."""


@dataclass(frozen=True)
class Plan:
    """The kitchen's measures; derived ones are properties."""

    room: Room
    drawers: float
    table: tuple[float, float]

    @property
    def sink(self) -> float:
        """The sink's middle on the north wall."""
        return CORNER + self.drawers + SINK_UNIT / 2

    @property
    def over_sink(self) -> Opening:
        """The window over the sink, in the north wall."""
        return Opening(self.sink - 0.56, self.sink + 0.56, 1.12, 2.08)

    @property
    def dining(self) -> Opening:
        """The window by the table, in the east wall."""
        return Opening(self.room.depth - 2.1, self.room.depth - 0.8, 0.92, 2.1)

    @property
    def fridge(self) -> float:
        """The refrigerator's left side on the north wall."""
        return self.room.width - 0.06 - FRIDGE

    @property
    def stop(self) -> float:
        """Where the north run ends, short of the refrigerator."""
        return self.fridge - 0.03

    @property
    def uppers(self) -> float:
        """Where the wall cabinets right of the window begin."""
        return self.over_sink.right + 0.09

    @property
    def stove(self) -> float:
        """The stove's left side on the west wall."""
        return self.room.depth - CORNER - NARROW - MACHINE

    @property
    def end(self) -> float:
        """Where the west run begins, left of the stove."""
        return self.stove - 0.6

    @property
    def shelf(self) -> tuple[float, float]:
        """The wall shelves' left side on the west wall and their length."""
        length = min(0.95, self.end - 1.33)
        return self.end - 0.16 - length, length

    @property
    def case(self) -> float:
        """The bookcase's left side on the east wall."""
        return 1.18


def draw_plan(rng: random.Random) -> Plan:
    """Choose the measures of one kitchen."""
    room = Room(rng.uniform(4.2, 4.6), rng.uniform(4.4, 4.8), rng.uniform(2.45, 2.6))
    return Plan(room, rng.choice((0.45, 0.5, 0.55)), (room.width - 1.75, 1.42))
