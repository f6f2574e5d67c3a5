"""A living room: a sofa with a low table, a television that it faces, armchairs, shelves, maybe a table to eat at."""

from __future__ import annotations

from ..clutter import belongings as b
from ..clutter import on_walls as w
from ..clutter.what_lies_where import PICTURES
from ..furniture import cabinets, chairs, fireplaces, lamps, racks, shelving, sofas, tables, wardrobes
from ..interior import furnish, groups
from ..interior.floor_plans import Form
from ..interior.room_kind import Interior, RoomKind, Wish
from ..piece import Placed

FORM = Form((3.4, 5.2), (4.0, 7.0), (2.4, 3.1), doors=(1, 1, 2), windows=(1, 1, 2, 2), full=0.3, passage=0.4)
SOFAS = (sofas.sofa, sofas.sofa, sofas.sofa, sofas.corner_sofa)
STANDS = (cabinets.tv_stand, cabinets.tv_stand, cabinets.tv_stand, shelving.cube_shelf, cabinets.sideboard)
CHAIRS = (sofas.armchair, sofas.armchair, sofas.recliner, chairs.rocking_chair)
WISHES = (
    Wish((sofas.sofa, sofas.sofa, sofas.corner_sofa), 0.6),
    Wish((shelving.bookcase, shelving.bookcase, shelving.cube_shelf, shelving.display_cabinet), 0.65, "wall", 2),
    Wish((fireplaces.fireplace,), 0.4),
    Wish((cabinets.sideboard, cabinets.sideboard, shelving.display_cabinet, tables.console_table), 0.6),
    Wish((sofas.armchair, sofas.recliner), 0.3, "askew"),
    Wish((chairs.dining_chair, chairs.folding_chair), 0.3),
    Wish((sofas.ottoman, sofas.bean_bag), 0.3, "floor"),
    Wish((lamps.floor_lamp,), 0.35, "corner"),
    Wish((racks.coat_stand, racks.shoe_rack, wardrobes.trunk), 0.2, "corner"),
)
WALLS = (
    *PICTURES, (w.wall_shelf, 2), (w.clock, 0.7), (w.tapestry, 0.6), (w.ornament, 1.2), (w.air_conditioner, 0.3),
)  # fmt: skip
FLOOR = (
    (b.floor_plant, 3), (b.toy_blocks, 1.5), (b.toy_car, 1), (b.play_ball, 1), (b.teddy, 0.8), (b.book_pile, 1.5),
    (b.basket, 2), (b.handbag, 1.5), (b.backpack, 1), (b.shoes, 1.5), (b.moving_box, 1), (b.open_box, 0.8),
    (b.shopping_bag, 1), (b.cables, 1), (b.guitar, 0.8), (b.fan, 0.7), (b.floor_papers, 0.6), (b.blanket, 0.6),
)  # fmt: skip


def furnish_living_room(room: Interior, sofa: Placed) -> list[Placed]:
    """Put in a television, armchairs, a table to eat at, a desk, and all other furniture."""
    if room.maybe(0.75):
        groups.watch(room, sofa, STANDS)
    groups.seats_around(room, sofa, CHAIRS, room.rng.choice((0, 1, 1, 2)))
    if room.area > 20.0 and room.maybe(0.35):
        groups.dine(room, (tables.dining_table, tables.round_table), (chairs.dining_chair,), at_wall=0.2)
    if room.maybe(0.2):
        groups.work(room, [tables.desk], [chairs.office_chair, chairs.dining_chair])
    stood = furnish.fulfil_wishes(room)
    return [one for one in (sofa, *stood) if float(one.piece.high[2]) < 1.3]


def place_sofa(room: Interior) -> Placed | None:
    """Put in the sofa and what belongs to it."""
    furnish.heat(room)
    return groups.sit(room, SOFAS)


KIND = RoomKind(
    "living_room",
    FORM,
    place_first=place_sofa,
    furnish=furnish_living_room,
    wishes=WISHES,
    walls=WALLS,
    floor=FLOOR,
    lamps=(lamps.ceiling_lamp, lamps.pendant),
    curtains=0.5,
    blinds=0.65,
)


def build(seed: int) -> None:
    """Build a living room into the current scene."""
    furnish.build(KIND, seed)
