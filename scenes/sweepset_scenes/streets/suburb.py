"""A street of detached houses with lawns and driveways. It runs along x, its middle is y = 0."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bpy

from ..materials import shaders
from ..materials.shaders import Material
from ..shapes.primitives import place, repeat, spot
from . import ground, houses, surfaces
from .conditions import Conditions
from .houses import House
from .panels import Panels
from .props import furniture, plants, posts
from .scene import build_scene
from .sidewalks import HEADROOM, Furniture
from .world import Berth, Footprint, World

HALF = 5.9
"""Half the width of the road: a lane, and room to park."""
VERGE, WALK = 1.4, 1.5
"""Widths of the verge and of the sidewalk behind it."""
LAWN = 0.05
"""Height of lawns above road, sidewalk and driveways."""
END = 44.0
"""Metres from the middle to where the road ends at another."""
LOTS = 5
FORMS = 4
"""Different houses: copies share their meshes."""


@dataclass(frozen=True)
class Lot:
    """A house's ground: its side of the road (+1, -1), its middle, the house, and how far its garage is set back."""

    side: int
    x: float
    wide: float
    house: int
    back: float

    def at(self, along: float, away: float) -> tuple[float, float]:
        """Return the place `along` the lot from its left as seen from the road, `away` from the kerb."""
        return self.x + self.side * (along - self.wide / 2), self.side * (HALF + away)


def build(seed: int, **choice: Any) -> None:
    """Build a suburb with vehicles into the current scene."""
    build_scene("suburb", build_world, seed, **choice)


def build_world(rng: random.Random, conditions: Conditions) -> World:
    """Build a suburb: the road, lots with houses, and what stands on them."""
    kit = houses.make_house_kit(rng, conditions.dark)
    forms = [houses.detached(rng, kit) for _ in range(FORMS)]
    wide = max(form.width for form in forms) + rng.uniform(2.5, 5.0)
    lots = [
        Lot(side, (k - (LOTS - 1) / 2) * wide, wide, rng.randrange(FORMS), rng.uniform(6.4, 8.5))
        for side in (1, -1)
        for k in range(LOTS)
    ]
    _lay_ground(rng, conditions, lots, forms)
    _build_houses(forms, lots, LOTS * wide / 2)
    things = Furniture()
    _plant(rng, conditions, lots, forms, things)
    things.build()
    berths = [berth for lot in lots for berth in _driveway(lot, forms[lot.house])]
    for side in (1, -1):
        turn = 0.0 if side > 0 else 180.0
        for k in range(-2, 3):
            lane = Footprint(16.0 * k + 4 * side, -side * 1.75, 14.5, 3.4, turn)
            berths.append(Berth(lane, "lane", abs(lane.x) < 12))
            kerb = Footprint(16.0 * k, -side * (HALF - 1.25), 6.6, 2.4, turn)
            berths.append(Berth(kerb, "parked", abs(kerb.x) < 12, 2.6))
    walls = [_house_ground(lot, forms[lot.house]) for lot in lots]
    walks = tuple(Footprint(0.0, side * (HALF + VERGE + WALK / 2), 2 * END, 1.1) for side in (1, -1))
    return World(tuple(berths), walks, 0.0, (*things.obstacles, *walls), tuple(things.lamps), 0.2, 0.8)


def _setback(lot: Lot) -> float:
    """Return how far a lot's garage is from the kerb."""
    return VERGE + WALK + lot.back


def _house_ground(lot: Lot, house: House) -> Footprint:
    x, y = lot.at(_left(lot, house) + house.width / 2, _setback(lot) + house.depth / 2)
    return Footprint(x, y, house.width, house.depth, 0.0)


def _left(lot: Lot, house: House) -> float:
    """Return where a house begins on its lot."""
    return (lot.wide - house.width) / 2


def _driveway(lot: Lot, house: House) -> list[Berth]:
    """Return places before a garage, which a vehicle enters forwards."""
    low, high = house.drive
    count = 2 if high - low > 4.5 else 1
    step = (high - low) / count
    found = []
    for k in range(count):
        x, y = lot.at(_left(lot, house) + low + (k + 0.5) * step, VERGE + WALK + (lot.back - 0.3) / 2)
        ground_ = Footprint(x, y, lot.back - 0.5, step - 0.1 if count == 2 else step + 0.2, 90.0 * lot.side)
        found.append(Berth(ground_, "driveway", abs(x) < 16, 2.6))
    return found


def _lay_ground(rng: random.Random, conditions: Conditions, lots: Sequence[Lot], forms: Sequence[House]) -> None:
    """Make the road, driveways, sidewalks and lawns."""
    paints = ground.make_paints(rng, conditions.wet)
    concrete = surfaces.paving(rng, conditions.wet) if rng.random() < 0.3 else None
    drive = concrete or (paints.asphalt if rng.random() < 0.3 else _slab(rng, conditions.wet))
    far = END + 12.0
    marks = ground.dashes(-END + 6, END - 6, 0.0, 3.0, 6.0) if rng.random() < 0.5 else []
    covers = [(rng.uniform(-END, END), rng.uniform(-3, 3)) for _ in range(4)]
    areas = [(-END, -HALF, END, HALF), (-far, -60.0, -END, 60.0), (END, -60.0, far, 60.0)]
    ground.road(paints, areas, marks, covers)
    walk, lawn, kerbs = Panels(), Panels(), Panels()
    green = surfaces.grass(rng, conditions.season)
    for side in (1, -1):
        y0, y1 = sorted((side * (HALF + VERGE), side * (HALF + VERGE + WALK)))
        walk.level(paints.paving if concrete is None else concrete, (-END, y0), (END, y1), 0.0)
        mine = sorted((lot for lot in lots if lot.side == side), key=lambda lot: lot.x)
        gaps: list[tuple[float, float, Lot | None]] = []
        for lot in mine:
            low, high = forms[lot.house].drive
            a, b = (lot.at(_left(lot, forms[lot.house]) + one, 0.0)[0] for one in (low - 0.2, high + 0.2))
            gaps.append((min(a, b), max(a, b), lot))
        at = -END
        for a, b, gap in [*gaps, (END, END, None)]:
            for near, away in ((0.0, VERGE), (VERGE + WALK, 40.0)):
                y0, y1 = sorted((side * (HALF + near), side * (HALF + away)))
                lawn.block(green, (at, y0, -0.2), (a, y1, LAWN))
            y0, y1 = sorted((side * HALF, side * (HALF + 0.15)))
            kerbs.block(paints.kerb, (at, y0, -0.2), (a, y1, 0.1))
            if gap is not None:
                for near, away in ((0.0, VERGE), (VERGE + WALK, _setback(gap) + 0.3)):
                    y0, y1 = sorted((side * (HALF + near), side * (HALF + away)))
                    walk.level(drive, (a, y0), (b, y1), 0.0)
                y0, y1 = sorted((side * (HALF + _setback(gap) + 0.3), side * (HALF + 40.0)))
                lawn.block(green, (a, y0, -0.2), (b, y1, LAWN))
            at = b
    for way in (1, -1):
        x0, x1 = sorted((way * far, way * (far + 40)))
        lawn.block(green, (x0, -60.0, -0.2), (x1, 60.0, LAWN))
    place("sidewalk", walk.shape(), "sidewalk")
    place("kerb", kerbs.shape(), "sidewalk")
    place("lawn", lawn.shape(), "terrain")


def _slab(rng: random.Random, wet: bool) -> Material:
    """Make the concrete of driveways."""
    base = shaders.vary(rng, (0.38, 0.37, 0.34), 0.15)
    g = shaders.Graph("driveway", base)
    space = g.in_space()
    tone = g.mix(g.span(g.noise(space, 60.0, 2.0), 0.3, 0.7), shaders.shade(base, 0.85), shaders.shade(base, 1.08))
    stains = g.span(g.noise(space, 0.8, 4.0, 0.65), 0.42, 0.75, 0.0, 0.6)
    return surfaces.ground("driveway", g.mix(stains, tone, shaders.shade(base, 0.4)), g, wet, 0.85)


def _build_houses(forms: Sequence[House], lots: Sequence[Lot], half: float) -> None:
    """Place the houses of the lots, and others where the roads across end the view."""
    items: dict[int, bpy.types.Object] = {}
    spots = []
    for lot in lots:
        x, y = lot.at(_left(lot, forms[lot.house]), _setback(lot))
        spots.append((lot.house, spot(x, y, 0.0, 0.0 if lot.side > 0 else 180.0)))
    for way in (1, -1):
        for k in range(4):
            turn = -90.0 if way > 0 else 90.0
            spots.append(((k + way) % FORMS, spot(way * (END + 20.0), way * (34.0 - 19.0 * k), 0.0, turn)))
    for form, at in spots:
        if form in items:
            repeat(items[form], at)
        else:
            items[form] = place("house", forms[form].shape, "building", at)


def _plant(
    rng: random.Random, conditions: Conditions, lots: Sequence[Lot], forms: Sequence[House], things: Furniture
) -> None:
    """Put trees, hedges, fences, bushes, mailboxes, lamps and bins on verges and lots."""
    season = conditions.season
    trees = [plants.tree(rng, season) for _ in range(2)]
    pruned = [plants.tree(rng, season, rng.choice(list(plants.CROWNS)), HEADROOM) for _ in range(2)]
    bushes = [plants.bush(rng, season) for _ in range(2)]
    deep = 8.0
    borders = [
        plants.hedge(rng, deep, rng.uniform(0.8, 1.7), 0.6, season),
        furniture.fence(rng, deep),
        furniture.wall(rng, deep),
    ]
    mailbox, lamp, bin_ = furniture.mailbox(rng), posts.street_lamp(rng), furniture.bin_(rng)
    sign = posts.sign(rng, "street")
    for lot in lots:
        house, turn = forms[lot.house], 0.0 if lot.side > 0 else 180.0
        drive = _left(lot, house) + sum(house.drive) / 2
        wide = (house.drive[1] - house.drive[0]) / 2

        def put(piece: Any, along: float, away: float, more: float = 0.0, lot: Lot = lot, turn: float = turn) -> None:
            things.put(piece, *lot.at(along, away), LAWN, turn + more)

        if rng.random() < 0.7:
            put(mailbox, drive + wide + 0.7, 0.4)
        if rng.random() < 0.6:
            put(rng.choice(pruned), rng.uniform(drive + wide + 1.5, lot.wide - 1), 0.75, rng.uniform(0, 360))
        if rng.random() < 0.7:
            put(
                rng.choice(pruned),
                rng.uniform(drive + wide + 1.5, lot.wide - 1.5),
                VERGE + WALK + 2.5,
                rng.uniform(0, 360),
            )
        if rng.random() < 0.65:
            put(rng.choice(borders), 0.1, VERGE + WALK + deep / 2 + 0.2, 90.0)
        if rng.random() < 0.3:
            put(bin_, drive - wide - 0.6, _setback(lot) - 0.6)
        for k in range(rng.randint(0, 4)):
            along = _left(lot, house) + house.drive[1] + 1.2 + 1.6 * k
            put(rng.choice(bushes), along, _setback(lot) - 0.6, rng.uniform(0, 360))
        for along in (lot.wide * 0.3, lot.wide * 0.8):  # behind the houses
            put(rng.choice(trees), along, _setback(lot) + house.depth + rng.uniform(4, 9), rng.uniform(0, 360))
    for side in (1, -1):
        for x in (-30.0, 0.0, 30.0):
            things.put(lamp, x + 5 * side, side * (HALF + 0.5), LAWN, 0.0 if side > 0 else 180.0)
        things.put(sign, side * (END - 2.0), side * (HALF + 0.6), LAWN, 90.0 * side)
