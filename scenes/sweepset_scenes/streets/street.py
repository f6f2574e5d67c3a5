"""A street between houses with shops. It runs along x, its middle is y = 0; at both ends it meets another street."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ..materials import shaders
from ..shapes.primitives import place, spot
from . import facades, ground
from .conditions import Conditions
from .ground import KERB, Rect
from .props import posts
from .scene import build_scene
from .sidewalks import Furniture, Row, furnish
from .world import Berth, Footprint, World

END = 46.0
"""Metres from the middle to the streets across."""
ACROSS = 13.0
"""Width of the streets across, sidewalks included."""
PARKED = 6.7
"""Length of a place to park at the kerb."""
TRAFFIC = 15.5
"""Length of a place in a lane: that of a bus and a gap."""


@dataclass(frozen=True)
class Plan:
    """The street's measures: lanes a direction, their width, the parking strips and sidewalks by side (+1, -1)."""

    lanes: int
    lane: float
    strips: dict[int, float]
    walks: dict[int, float]
    crossing: float
    """x of a crossing."""

    def kerb(self, side: int) -> float:
        """Return how far a side's kerb is from the middle."""
        return self.lanes * self.lane + self.strips[side]

    def front(self, side: int) -> float:
        """Return how far a side's houses are from the middle."""
        return self.kerb(side) + self.walks[side]


def draw_plan(rng: random.Random) -> Plan:
    """Draw a street."""
    both = rng.random() < 0.75
    bare = 0 if both else rng.choice((1, -1))
    return Plan(
        rng.choices((1, 2), (75, 25))[0],
        rng.uniform(3.35, 3.7),
        {side: 0.0 if side == bare else 2.6 for side in (1, -1)},
        {side: rng.uniform(2.6, 5.0) for side in (1, -1)},
        rng.choice((-1, 1)) * rng.uniform(17.0, 30.0),
    )


def build(seed: int, **choice: Any) -> None:
    """Build a street with vehicles into the current scene."""
    build_scene("street", build_world, seed, **choice)


def build_world(rng: random.Random, conditions: Conditions) -> World:
    """Build a street: the ground, the rows of houses, and what stands between."""
    plan = draw_plan(rng)
    _lay_ground(rng, plan, conditions.wet)
    _build_houses(rng, plan, conditions.dark)
    berths = [*_lanes(plan), *_strips(plan)]
    walks = tuple(
        Footprint(0.0, side * (plan.kerb(side) + 0.5 + plan.walks[side] / 2), 2 * END - 4, plan.walks[side] - 1.9)
        for side in (1, -1)
    )
    things = _furnish(rng, conditions, plan)
    walls = tuple(Footprint(0.0, side * (plan.front(side) + 5.0), 2 * END, 10.0) for side in (1, -1))
    return World(tuple(berths), walks, KERB, (*things.obstacles, *walls), tuple(things.lamps), 0.19, 0.45)


def _lay_ground(rng: random.Random, plan: Plan, wet: bool) -> None:
    """Make the road, its markings, and the sidewalks."""
    paints = ground.make_paints(rng, wet)
    north, south = plan.kerb(1), -plan.kerb(-1)
    far = END + ACROSS
    areas: list[Rect] = [(-END, south, END, north), (-far, -45.0, -END, 45.0), (END, -45.0, far, 45.0)]
    half = plan.lanes * plan.lane
    marks = _markings(plan, half)
    covers = [(rng.uniform(-END, END), rng.uniform(-half, half)) for _ in range(7)]
    covers += [(x, side * (plan.kerb(side) - 0.3)) for side in (1, -1) for x in (-25.0, -3.0, 21.0)]
    ground.road(paints, areas, marks, covers)
    for side in (1, -1):
        y0, y1 = sorted((side * plan.kerb(side), side * (plan.front(side) + 0.5)))
        ground.sidewalk(paints, (-END, y0, END, y1), ("south" if side > 0 else "north", "west", "east"))
    for way in (1, -1):
        x0, x1 = sorted((way * (far - 3.5), way * (far + 0.5)))
        ground.sidewalk(paints, (x0, -45.0, x1, 45.0), ("west" if way > 0 else "east",))


def _markings(plan: Plan, half: float) -> list[Rect]:
    """Return the lines between lanes, at parking strips, the crossing and where the street ends."""
    marks = [*ground.dashes(-END + 5, END - 5, 0.0, 3.0, 3.0)]
    if plan.lanes == 2:
        marks = [*ground.dashes(-END + 5, END - 5, 0.12, 1, 0), *ground.dashes(-END + 5, END - 5, -0.12, 1, 0)]
        for side in (1, -1):
            marks += ground.dashes(-END + 5, END - 5, side * plan.lane, 3.0, 6.0)
    marks = [mark for mark in marks if not mark[0] - 4 < plan.crossing < mark[2] + 4 or mark[2] - mark[0] > 20]
    for side in (1, -1):
        if plan.strips[side]:
            marks += ground.dashes(-END + 8, END - 8, side * half, 1.0, 0, 0.1)
            for x in _parking_lines(plan):
                y0, y1 = sorted((side * half, side * (half + 2.2)))
                marks.append((x - 0.05, y0, x + 0.05, y1))
    marks += ground.zebra(plan.crossing, half)
    for way in (1, -1):
        y0, y1 = sorted((0.15 * -way, half * -way))
        marks.append((way * (END - 3.2) - 0.2, y0, way * (END - 3.2) + 0.2, y1))
        marks += ground.zebra(way * (END - 1.2), half, 2.6) if plan.lanes == 2 else []
    return marks


def _parking_lines(plan: Plan) -> list[float]:
    """Return where places to park begin and end, none near the crossing."""
    count = int(2 * (END - 8) // PARKED)
    lines = [(k - count / 2) * PARKED for k in range(count + 1)]
    return [x for x in lines if abs(x - plan.crossing) > 4.0]


def _lanes(plan: Plan) -> list[Berth]:
    """Return places in the lanes; traffic keeps to the right."""
    found = []
    for side in (1, -1):
        for lane in range(plan.lanes):
            y = -side * (lane + 0.5) * plan.lane
            for k in range(-2, 3):
                x = TRAFFIC * k + 3.0 * side
                place_ = Footprint(x, y, TRAFFIC - 1.5, plan.lane - 0.1, 0.0 if side > 0 else 180.0)
                found.append(Berth(place_, "lane", abs(x) < 12))
    return found


def _strips(plan: Plan) -> list[Berth]:
    """Return places to park."""
    half, lines, found = plan.lanes * plan.lane, _parking_lines(plan), []
    for side in (1, -1):
        for x0, x1 in pairwise(lines):
            if plan.strips[side] and x1 - x0 < PARKED + 0.1:
                middle = Footprint((x0 + x1) / 2, side * (half + 1.3), PARKED - 0.2, 2.5, 180.0 if side > 0 else 0.0)
                found.append(Berth(middle, "parked", abs(middle.x) < 12, 2.6))
    return found


def _furnish(rng: random.Random, conditions: Conditions, plan: Plan) -> Furniture:
    """Put traffic lights at the crossings, and what stands along the kerbs."""
    things = Furniture()
    signal = posts.traffic_light(rng)
    reaching = posts.traffic_light(rng, plan.lane) if plan.lanes == 2 else signal
    for side in (1, -1):
        y = side * (plan.kerb(side) + 0.45)
        # Traffic keeps to the right: that of side 1, on the south, drives towards +x.
        things.put(signal, plan.crossing - 2.3 * -side, y, KERB, 90.0 if side > 0 else -90.0)
        things.put(reaching, -side * (END - 2.6), y, KERB, 90.0 if side > 0 else -90.0)
    rows = [Row(side, side * plan.kerb(side), plan.walks[side], KERB, (4.0 - END, END - 4.0)) for side in (1, -1)]
    furnish(rng, conditions, rows, (plan.crossing,), things)
    things.build()
    return things


def _build_houses(rng: random.Random, plan: Plan, dark: bool) -> None:
    """Build rows of houses on both sides, and where the streets across end the view."""
    kit = facades.make_kit(rng, dark)
    far = END + ACROSS
    rows: Sequence[tuple[float, float, float, float]] = (
        (-END, plan.front(1), 0.0, 2 * END),
        (END, -plan.front(-1), 180.0, 2 * END),
        (far, 36.0, -90.0, 72.0),
        (-far, -36.0, 90.0, 72.0),
    )
    for x, y, turn, length in rows:
        for start, shape in facades.row(rng, kit, length):
            place("house", shape.moved(start, 0.0, KERB - 0.02), "building", spot(x, y, 0.0, turn))
    _show_what_is_between(rng, plan)


def _show_what_is_between(rng: random.Random, plan: Plan) -> None:
    """Close the gaps between houses by a wall further back."""
    wall = shaders.concrete("yard wall", shaders.vary(rng, (0.3, 0.27, 0.23), 0.2), 0.9)
    panels = ground.Panels()
    for side in (1, -1):
        y0, y1 = sorted((side * (plan.front(side) + 6.0), side * (plan.front(side) + 6.3)))
        panels.block(wall, (-END, y0, 0.0), (END, y1, 5.0))
    place("yard wall", panels.shape(), "wall")
