"""A kitchen: fitted cabinets along one wall, two or three, with sink, stove and refrigerator, and maybe a table.

Seed 0 and one seed in five stand for the eat-in kitchen of `eat_in`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..clutter import belongings as b
from ..clutter import on_walls as w
from ..furniture import bathroom_fittings, cabinets, chairs, lamps, shelving, tables, textiles, white_goods
from ..interior import furnish, groups
from ..interior.floor_plans import Form, Hull
from ..interior.room_kind import Interior, RoomKind, Wish
from ..materials.room_materials import Finishes
from ..piece import Placed
from ..shapes.primitives import spot
from ..shapes.walls import WALL, Opening, Wall
from . import fitted_cabinets
from .eat_in_kitchen import eat_in

FORM = Form(
    (2.3, 3.9), (2.8, 5.0), (2.4, 2.75), corner=0.15, niche=0.05, slope=0.0, doors=(1, 1, 2), windows=(1, 1, 2),
    sills=(1.06, 1.2), full=0.0, wide=(0.7, 1.5), passage=0.5,
)  # fmt: skip
EAT_IN = 0.2
"""Share of kitchens that are the eat-in one."""
TABLES = (tables.dining_table, tables.dining_table, tables.round_table, tables.folding_table)
CHAIRS = (chairs.dining_chair, chairs.dining_chair, chairs.dining_chair, chairs.folding_chair, chairs.stool)
WISHES = (
    Wish((shelving.open_shelf, shelving.bookcase, shelving.display_cabinet, cabinets.sideboard), 0.3, "corner"),
    Wish((bathroom_fittings.waste_bin,), 0.6, "corner"),
    Wish((white_goods.washing_machine,), 0.12, "corner"),
    Wish((chairs.stool, chairs.bar_stool, chairs.dining_chair), 0.3),
)
WALLS = (
    (w.picture, 3), (w.picture_group, 0.7), (w.clock, 2), (w.calendar, 2), (w.wall_shelf, 1.5), (w.notes, 1),
    (b.towel_on_rail, 1.5), (w.pinboard, 0.7), (w.ornament, 0.7), (w.air_vent, 0.5),
)  # fmt: skip
FLOOR = (
    (b.shopping_bag, 3), (b.waste_basket, 3), (b.moving_box, 1), (b.open_box, 1), (b.basket, 1), (b.shoes, 1.5),
    (b.backpack, 1), (b.floor_plant, 1), (b.toy_car, 0.4), (b.dropped_towel, 0.3),
)  # fmt: skip
LENGTHS = {1: (2.9, 4.4), 2: (1.9, 3.4), 3: (1.7, 2.8)}
"""How long the runs are in kitchens of one, two and three of them."""


@dataclass(frozen=True)
class Stretch:
    """A stretch of wall for a run, from `low` to `high`, and the run's ends (see `fitted_cabinets.draw_units`)."""

    wall: Wall
    low: float
    high: float
    ends: tuple[str, str] = ("", "")


def furnish_kitchen(room: Interior, fitted: list[Placed]) -> list[Placed]:
    """Put in a refrigerator if no run has one, a table, all other furniture, and mats."""
    layout, rng = room.layout, room.rng
    kinds = {part.category for one in fitted for part in one.piece.parts}
    if "refridgerator" not in kinds:
        layout.against(room.make(white_goods.refrigerator), corner=0.8, tries=80)
    furnish.heat(room, 0.25)
    if room.maybe(0.75):
        groups.dine(room, TABLES, CHAIRS, at_wall=0.5)
    furnish.fulfil_wishes(room)
    for one in fitted:
        if room.maybe(0.35):
            mat = room.make(textiles.bath_mat, textiles.runner)
            x = rng.uniform(float(one.piece.low[0]) + 0.5, float(one.piece.high[0]) - 0.5)
            layout.lay(mat, one.at @ spot(x, float(one.piece.low[1]) - float(mat.size[1]) / 2 - 0.05, 0.0))
    return []


def is_eat_in(seed: int) -> bool:
    """Tell whether a seed stands for the eat-in kitchen, whose plan is made by hand."""
    return seed == 0 or random.Random(f"kitchen plan {seed}").random() < EAT_IN


def fit(room: Interior) -> list[Placed] | None:
    """Put in the runs of cabinets, all or none."""
    rng = room.rng
    kit = fitted_cabinets.draw_kit(rng, room.looks)
    plans = list(_plans(rng, room.hull))
    rng.shuffle(plans)
    plans.sort(key=lambda plan: len(plan) * rng.uniform(0.5, 1.5), reverse=True)
    for plan in plans:
        rows = _draw_rows(rng, plan, room.hull)
        if rows is not None:
            return _place(room, kit, rows)
    return None


def _plans(rng: random.Random, hull: Hull) -> Iterator[tuple[Stretch, ...]]:
    """Yield the walls that runs could take: one, two opposite or round a corner, three."""
    walls = hull.room.walls
    free = {wall: _free(hull, wall) for wall in walls}
    for wall, after, before in zip(walls, walls[1:] + walls[:1], walls[-1:] + walls[:-1]):
        rights = [one for one in free[after] if one.low == 0.0 and wall.ends[1] == WALL]
        lefts = [one for one in free[before] if one.high == before.length and wall.ends[0] == WALL]
        for one in free[wall]:
            yield (_cut(one, rng.uniform(*LENGTHS[1]), rng.choice(("left", "right"))),)
            others = [a for w in walls if abs(w.degrees - wall.degrees) == 180 for a in free[w] if w is not wall]
            long = rng.uniform(*LENGTHS[2])
            yield from (
                (_cut(one, long, rng.choice(("left", "right"))), _cut(other, long, rng.choice(("left", "right"))))
                for other in others
            )
            right = rights if one.high == wall.length else []
            left = lefts if one.low == 0.0 else []
            for two in right:
                main, side = rng.uniform(*LENGTHS[2]), rng.uniform(*LENGTHS[2])
                yield _cut(one, main, "right", ("", "corner")), _cut(two, side, "left", ("beyond", ""))
            for two in left:
                main, side = rng.uniform(*LENGTHS[2]), rng.uniform(*LENGTHS[2])
                yield _cut(one, main, "left", ("corner", "")), _cut(two, side, "right", ("", "beyond"))
            if left and right and wall.length < LENGTHS[2][1]:
                a, b = (rng.uniform(*LENGTHS[3]) for _ in range(2))
                yield (
                    Stretch(wall, one.low, one.high, ("corner", "corner")),
                    _cut(right[0], a, "left", ("beyond", "")),
                    _cut(left[0], b, "right", ("", "beyond")),
                )


def _free(hull: Hull, wall: Wall) -> list[Stretch]:
    """Return the stretches of a wall without doors."""
    found, x = [], 0.0
    for hole in sorted((hole for hole in hull.holes(wall) if hole.sill < 1.0), key=lambda hole: hole.left):
        found.append(Stretch(wall, x, hole.left - 0.12))
        x = hole.right + 0.12
    found.append(Stretch(wall, x, wall.length))
    return [one for one in found if one.high - one.low > 1.2]


def _cut(stretch: Stretch, length: float, anchor: str, ends: tuple[str, str] = ("", "")) -> Stretch:
    """Return a part of a stretch, so long at most, at its left or right end; off walls without a run on them."""
    low, high = stretch.low, stretch.high
    if not ends[0]:
        low += 0.02
    if not ends[1]:
        high -= 0.02
    if anchor == "left":
        return Stretch(stretch.wall, low, min(high, low + length), ends)
    return Stretch(stretch.wall, max(low, high - length), high, ends)


def _draw_rows(
    rng: random.Random, plan: Sequence[Stretch], hull: Hull
) -> list[tuple[Stretch, list[fitted_cabinets.Unit], list[Opening]]] | None:
    """Share sink, stove, refrigerator and dishwasher out among stretches of wall, and fill these with units."""
    for _ in range(12):
        shared: list[list[str]] = [[] for _ in plan]
        wet = rng.choice(shared)
        wet.append("sink")
        if rng.random() < 0.5:
            wet.append("dishwasher")
        rng.choice([some for some in shared if some is not wet] or shared).append("stove")
        if rng.random() < 0.95:
            rng.choice(shared).append("refrigerator")
        rows = []
        for stretch, fixed in zip(plan, shared):
            holes = [hole for hole in hull.holes(stretch.wall) if hole.sill >= 1.0]
            units = fitted_cabinets.draw_units(rng, (stretch.low, stretch.high), fixed, stretch.ends, holes)
            if units is not None:
                rows.append((stretch, units, holes))
        if len(rows) == len(plan):
            return rows
    return None


def _place(
    room: Interior, kit: fitted_cabinets.Kit, rows: Sequence[tuple[Stretch, list[fitted_cabinets.Unit], list[Opening]]]
) -> list[Placed] | None:
    """Put in all runs; return None if one does not fit."""
    placed: list[Placed] = []
    for stretch, units, holes in rows:
        run = fitted_cabinets.make_run(room.rng, room.looks, kit, units, holes, room.hull.room.height)
        # Taps and wall cabinets of a run may be near the windows that the run was drawn for.
        windows = [window for wall, window in room.hull.windows if wall == stretch.wall]
        one = room.layout.try_at(run, stretch.wall.at, 0.0, [*windows, *placed])
        if one is None:
            return None
        placed.append(one)
    return placed


KIND = RoomKind(
    "kitchen",
    FORM,
    place_first=fit,
    furnish=furnish_kitchen,
    wishes=WISHES,
    walls=WALLS,
    floor=FLOOR,
    lamps=(lamps.ceiling_lamp,),
    lit=0.95,
    curtains=0.2,
    blinds=0.55,
    columns=0.0,
    finishes=Finishes(floors=("tiles", "tiles", "tiles", "planks", "laminate"), papered=False),
)


def build(seed: int) -> None:
    """Build a kitchen into the current scene."""
    if is_eat_in(seed):
        eat_in.build(seed)
    else:
        furnish.build(KIND, seed)
