"""Car parks: an open lot before a row of shops, or a floor of a garage."""

from __future__ import annotations

import random
from typing import Any

from ..materials import shaders
from ..piece import Placed
from ..shapes.primitives import box, place, repeat, spot
from . import facades, garage, ground, surfaces
from .conditions import Conditions
from .panels import Panels
from .props import furniture, plants, posts
from .scene import build_scene
from .sidewalks import HEADROOM, Furniture
from .stalls import AISLE, BACKS, DEEP, EDGE, END, STALL, arrows, berths, lines
from .world import Footprint, World

INDOORS = 0.25
"""Share of the car parks that are garages."""
MARGIN = 9.0
"""Metres of asphalt beyond the ends of the rows."""
BEYOND = 90.0
"""Metres from the middle to where the lawns end."""
LAWN = 0.1
"""Height of the lawns."""


def build(seed: int, **choice: Any) -> None:
    """Build a car park with vehicles into the current scene."""
    build_scene("parking", build_world, seed, **choice)


def build_world(rng: random.Random, conditions: Conditions) -> World:
    """Build an open lot or a garage."""
    return garage.build_world(rng) if rng.random() < INDOORS else _lot(rng, conditions)


def _lot(rng: random.Random, conditions: Conditions) -> World:
    _lay_ground(rng, conditions)
    kit = facades.make_kit(rng, conditions.dark)
    for start, shape in facades.row(rng, kit, 2 * END + 8.0):
        place("house", shape.moved(start, 0.0, ground.KERB - 0.02), "building", spot(-END - 4.0, EDGE + 5.0))
    things = Furniture()
    _leave_trolleys(rng, things)
    _plant(rng, conditions, things)
    things.build()
    aisles = tuple(Footprint(0.0, side * (AISLE + 2 * DEEP), 2 * END, AISLE - 0.8) for side in (1, 0, -1))
    return World(
        berths=tuple(berths()),
        walks=aisles,
        obstacles=tuple(things.obstacles),
        lamps=tuple(things.lamps),
        brightness=0.15,
        openness=0.85,
    )


def _lay_ground(rng: random.Random, conditions: Conditions) -> None:
    """Make asphalt with its lines, the shops' sidewalk, and lawns around."""
    paints = ground.make_paints(rng, conditions.wet)
    side = END + MARGIN
    ground.road(paints, [(-side, -EDGE, side, EDGE)], lines(), ())
    marks = Panels()
    arrows(marks, paints.marking)
    place("arrows", marks.shape(), "road")
    ground.sidewalk(paints, (-side - 0.2, EDGE, side + 0.2, EDGE + 5.0), ("south",))
    green, lawn, kerbs = surfaces.grass(rng, conditions.season), Panels(), Panels()
    for x0, y0, x1, y1 in (
        (-BEYOND, -BEYOND, BEYOND, -EDGE - 0.15),
        (-BEYOND, EDGE + 5.0, BEYOND, BEYOND),
        (-BEYOND, -EDGE - 0.15, -side - 0.15, EDGE + 5.0),
        (side + 0.15, -EDGE - 0.15, BEYOND, EDGE + 5.0),
    ):
        lawn.block(green, (x0, y0, -0.2), (x1, y1, LAWN))
    for x0, y0, x1, y1 in (
        (-side - 0.15, -EDGE - 0.15, side + 0.15, -EDGE),
        (-side - 0.15, -EDGE, -side, EDGE),
        (side, -EDGE, side + 0.15, EDGE),
    ):
        kerbs.block(paints.kerb, (x0, y0, -0.2), (x1, y1, LAWN + 0.03))
    place("lawn", lawn.shape(), "terrain")
    place("kerb", kerbs.shape(), "sidewalk")


def _leave_trolleys(rng: random.Random, things: Furniture) -> None:
    """Put trolleys into a shelter on two stalls, and leave some where people unloaded them."""
    trolley = furniture.trolley(rng)
    shelter = furniture.shelter(rng, STALL - 0.3, DEEP - 0.5)
    x, side = (rng.choice((-5, -3, 2, 4)) + 0.5) * STALL, rng.choice((1, -1))
    y = side * (AISLE + DEEP) / 2
    turn = 0.0 if side > 0 else 180.0
    things.placed.append(Placed(shelter, spot(x, y, 0.0, turn)))
    for k in range(rng.randint(3, 9)):  # pushed into each other
        things.placed.append(Placed(trolley, spot(x, y + side * (1.7 - 0.3 * k), 0.0, turn)))
    things.obstacles.append(Footprint(x, y, STALL - 0.2, DEEP - 0.2))
    for _ in range(rng.randint(0, 4)):
        line = rng.choice(range(-7, 8)) * STALL
        things.put(trolley, line, rng.choice(BACKS) + rng.uniform(-2.0, 2.0), 0.0, rng.uniform(0, 360))


def _plant(rng: random.Random, conditions: Conditions, things: Furniture) -> None:
    """Put lamps between rows, islands with trees at their ends, a border and trees around the lot."""
    season = conditions.season
    street = [plants.tree(rng, season, rng.choice(list(plants.CROWNS)), HEADROOM) for _ in range(2)]
    trees = [*street, plants.tree(rng, season, "conifer")]
    bush, lamp = plants.bush(rng, season), posts.street_lamp(rng, rng.choice(("double", "double", "arm")))
    stone = shaders.concrete("island kerb", shaders.vary(rng, (0.34, 0.33, 0.31), 0.15), 0.85)
    soil = surfaces.grass(rng, season)
    island = box(stone, (-1.2, -4.6, -0.1), (1.2, 4.6, 0.15), 0.03)
    island = island + box(soil, (-1.05, -4.45, 0.1), (1.05, 4.45, 0.17), 0.01)
    made = None
    for y in BACKS:
        for x in (-END + 4 * STALL, 0.0, END - 4 * STALL):
            things.put(lamp, x, y, 0.0, 90.0)
        for x in (-END - 1.4, END + 1.4):
            made = repeat(made, spot(x, y)) if made else place("island", island, "terrain", spot(x, y))
            things.obstacles.append(Footprint(x, y, 2.4, 9.2))
            for piece, off in ((rng.choice(street), -2.6), (bush, 0.4), (rng.choice(street), 3.0)):
                things.placed.append(Placed(piece, spot(x, y + off, 0.16, rng.uniform(0, 360))))
    long = 6.0
    hedge = plants.hedge(rng, long, rng.uniform(0.8, 1.4), 0.7, season)
    border = rng.choice((hedge, furniture.fence(rng, long), furniture.wall(rng, long)))
    for k in range(14):
        things.placed.append(Placed(border, spot((k - 6.5) * long, -EDGE - 1.0, LAWN)))
    for k in range(18):
        x, away = -46.0 + 5.4 * k + rng.uniform(-1, 1), rng.uniform(5.0, 12.0)
        things.placed.append(Placed(rng.choice(trees), spot(x, -EDGE - away, LAWN, rng.uniform(0, 360))))
    for way in (1, -1):
        for k in range(6):
            x = way * (END + MARGIN + rng.uniform(4.0, 15.0))
            things.placed.append(Placed(rng.choice(trees), spot(x, -24.0 + 9.0 * k, LAWN, rng.uniform(0, 360))))
    for k, piece in enumerate((posts.sign(rng, "parking"), furniture.bin_(rng), furniture.bench(rng))):
        things.put(piece, -15.0 + 7.0 * k, EDGE + 0.8, ground.KERB, 0.0)
