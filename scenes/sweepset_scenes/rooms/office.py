"""An office: desks with computers and swivel chairs, shelves and filing cabinets, whiteboards, boxes, papers."""

from __future__ import annotations

from ..clutter import belongings as b
from ..clutter import on_walls as w
from ..furniture import cabinets, chairs, electronics, lamps, racks, shelving, sofas, tables, white_goods
from ..interior import furnish, groups
from ..interior.floor_plans import Form
from ..interior.room_kind import Interior, RoomKind, Wish
from ..materials.room_materials import Finishes
from ..piece import Placed

FORM = Form(
    (2.6, 4.4), (3.0, 6.0), (2.4, 3.0), corner=0.2, slope=0.03, doors=(1, 1, 1, 2), windows=(0, 1, 1, 2), full=0.05,
    wide=(1.0, 2.4), passage=0.1,
)  # fmt: skip
DESKS = (tables.office_desk, tables.office_desk, tables.desk, tables.corner_desk)
CHAIRS = (chairs.office_chair, chairs.office_chair, chairs.office_chair, chairs.dining_chair)
WISHES = (
    Wish((shelving.bookcase, shelving.bookcase, shelving.open_shelf, shelving.cube_shelf), 0.7, "wall", 3),
    Wish((cabinets.filing_cabinet, cabinets.filing_cabinet, cabinets.steel_cabinet), 0.75, "corner", 2),
    Wish((cabinets.drawer_unit, cabinets.sideboard, shelving.open_shelf), 0.5),
    Wish((chairs.office_chair, chairs.folding_chair, chairs.dining_chair), 0.4),
    Wish((sofas.sofa, sofas.sofa, sofas.armchair), 0.3),
    Wish((racks.coat_stand,), 0.15, "corner"),
    Wish((electronics.copier, white_goods.refrigerator), 0.15, "corner"),
)
WALLS = (
    (w.whiteboard, 4), (w.blackboard, 0.8), (w.projector_screen, 0.8), (w.pinboard, 2.5), (w.poster, 2),
    (w.picture, 2), (w.calendar, 1.5), (w.notes, 2), (w.clock, 1), (w.wall_shelf, 1.5), (w.coat_rack, 0.7),
    (w.air_vent, 0.7),
)  # fmt: skip
FLOOR = (
    (b.moving_box, 3), (b.open_box, 2), (b.waste_basket, 4), (b.backpack, 2.5), (b.handbag, 1.5), (b.cables, 2.5),
    (b.book_pile, 2), (b.floor_papers, 1.5), (b.floor_plant, 1.5), (b.shopping_bag, 1), (b.storage_box, 1),
    (b.shoes, 0.5), (b.fan, 1),
)  # fmt: skip


def furnish_office(room: Interior, _desk: Placed) -> list[Placed]:
    """Put in more desks, a meeting table, and all other furniture."""
    for _ in range(int(room.area / 9.0 * room.rng.random() + 0.3)):
        groups.work(room, DESKS, CHAIRS, 0.9)
    if room.area > 16.0 and room.maybe(0.25):
        groups.dine(room, (tables.meeting_table,), CHAIRS, at_wall=0.1)
    stood = furnish.fulfil_wishes(room)
    return [one for one in stood if float(one.piece.high[2]) < 1.2]


def place_desk(room: Interior) -> Placed | None:
    """Put in the first desk with its chair."""
    furnish.heat(room, 0.3)
    return groups.work(room, DESKS, CHAIRS, 0.9)


KIND = RoomKind(
    "office",
    FORM,
    place_first=place_desk,
    furnish=furnish_office,
    wishes=WISHES,
    walls=WALLS,
    floor=FLOOR,
    lamps=(lamps.office_light, lamps.office_light, lamps.ceiling_lamp),
    curtains=0.15,
    blinds=0.7,
    finishes=Finishes({"office": 8, "plain": 4, "blue": 1, "green": 1, "warm": 1, "nordic": 2}, papered=False),
)


def build(seed: int) -> None:
    """Build an office into the current scene."""
    furnish.build(KIND, seed)
