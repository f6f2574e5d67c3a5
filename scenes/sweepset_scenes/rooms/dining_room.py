"""A dining room: a table with its chairs below a lamp, a sideboard or a cabinet with dishes, pictures."""

from __future__ import annotations

from ..clutter import belongings as b
from ..clutter import on_walls as w
from ..clutter.what_lies_where import PICTURES
from ..furniture import cabinets, chairs, fireplaces, lamps, shelving, sofas, tables, wardrobes
from ..interior import furnish, groups
from ..interior.floor_plans import Form
from ..interior.room_kind import Interior, RoomKind, Wish
from ..piece import Placed

FORM = Form(
    (3.0, 4.4), (3.2, 5.2), (2.4, 3.0), slope=0.03, doors=(1, 1, 2), windows=(1, 1, 1, 2), full=0.25, passage=0.5
)
TABLES = (tables.dining_table, tables.dining_table, tables.dining_table, tables.round_table)
CHAIRS = (chairs.dining_chair, chairs.dining_chair, chairs.dining_chair, chairs.dining_chair, chairs.folding_chair)
WISHES = (
    Wish((cabinets.sideboard, shelving.display_cabinet, cabinets.sideboard), 0.85),
    Wish((shelving.display_cabinet, shelving.bookcase, tables.console_table), 0.6, "corner"),
    Wish((fireplaces.fireplace,), 0.15),
    Wish((chairs.dining_chair,), 0.35),
    Wish((wardrobes.chest_of_drawers, sofas.armchair, chairs.bench), 0.3),
)
WALLS = (
    *PICTURES, (w.clock, 0.8), (w.ornament, 1.5), (w.wall_shelf, 0.7),
)  # fmt: skip
FLOOR = (
    (b.floor_plant, 3), (b.moving_box, 1), (b.shopping_bag, 2), (b.handbag, 1), (b.backpack, 1), (b.basket, 1.5),
    (b.toy_car, 0.5), (b.play_ball, 0.5), (b.book_pile, 0.5), (b.shoes, 1),
)  # fmt: skip


def furnish_dining_room(room: Interior, _table: Placed) -> list[Placed]:
    """Put in all other furniture."""
    stood = furnish.fulfil_wishes(room)
    return [one for one in stood if float(one.piece.high[2]) < 1.3]


def place_table(room: Interior) -> Placed | None:
    """Put in the table with its chairs."""
    furnish.heat(room)
    return groups.dine(room, TABLES, CHAIRS, at_wall=0.08)


KIND = RoomKind(
    "dining_room",
    FORM,
    place_first=place_table,
    furnish=furnish_dining_room,
    wishes=WISHES,
    walls=WALLS,
    floor=FLOOR,
    lamps=(lamps.ceiling_lamp,),
    curtains=0.45,
    blinds=0.65,
)


def build(seed: int) -> None:
    """Build a dining room into the current scene."""
    furnish.build(KIND, seed)
