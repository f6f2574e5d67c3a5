"""A living room: a sofa with a low table, a television that it faces, armchairs, shelves, maybe a table to eat at."""

from __future__ import annotations

from ..furniture import lamps, seating, storage, tables
from ..interior import furnish, groups
from ..interior.floor_plans import Form
from ..interior.furnish import Interior, Wish
from ..piece import Placed

FORM = Form((3.4, 5.2), (4.0, 7.0), (2.4, 3.1), doors=(1, 1, 2), windows=(1, 1, 2, 2), full=0.3, passage=0.4)
SOFAS = (seating.sofa, seating.sofa, seating.sofa, seating.corner_sofa)
STANDS = (storage.tv_stand, storage.tv_stand, storage.tv_stand, storage.cube_shelf, storage.sideboard)
CHAIRS = (seating.armchair, seating.armchair, seating.recliner, seating.rocking_chair)
WISHES = (
    Wish((seating.sofa, seating.sofa, seating.corner_sofa), 0.6),
    Wish((storage.bookcase, storage.bookcase, storage.cube_shelf, storage.display_cabinet), 0.65, "wall", 2),
    Wish((storage.fireplace,), 0.4),
    Wish((storage.sideboard, storage.sideboard, storage.display_cabinet, tables.console_table), 0.6),
    Wish((seating.armchair, seating.recliner), 0.3, "askew"),
    Wish((seating.dining_chair, seating.folding_chair), 0.3),
    Wish((seating.ottoman, seating.bean_bag), 0.3, "floor"),
    Wish((lamps.floor_lamp,), 0.35, "corner"),
    Wish((storage.coat_stand, storage.shoe_rack, storage.trunk), 0.2, "corner"),
)


def build(seed: int) -> None:
    """Build a living room into the current scene."""
    room, sofa = furnish.begin(seed, "living_room", FORM, place_sofa)
    if room.maybe(0.75):
        groups.watch(room, sofa, STANDS)
    groups.seats_around(room, sofa, CHAIRS, room.rng.choice((0, 1, 1, 2)))
    if room.area > 20.0 and room.maybe(0.35):
        groups.dine(room, (tables.dining_table, tables.round_table), (seating.dining_chair,), at_wall=0.2)
    if room.maybe(0.2):
        groups.work(room, [tables.desk], [seating.office_chair, seating.dining_chair])
    stood = furnish.furnish(room, WISHES)
    over = [one for one in (sofa, *stood) if float(one.piece.high[2]) < 1.3]
    furnish.light_ceiling(room, (lamps.ceiling_lamp, lamps.pendant))
    furnish.furnish_walls(room, "living_room", over)
    furnish.strew(room, "living_room")
    furnish.finish(room, curtains=0.5, blinds=0.65)


def place_sofa(room: Interior) -> Placed | None:
    """Put in the sofa and what belongs to it."""
    furnish.heat(room)
    return groups.sit(room, SOFAS)
