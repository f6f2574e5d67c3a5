"""An office: desks with computers and swivel chairs, shelves and filing cabinets, whiteboards, boxes, papers."""

from __future__ import annotations

from ..furniture import electronics, lamps, seating, storage, tables
from ..interior import furnish, groups
from ..interior.floor_plans import Form
from ..interior.furnish import Interior, Wish
from ..piece import Placed

FORM = Form(
    (2.6, 4.4), (3.0, 6.0), (2.4, 3.0), corner=0.2, slope=0.03, doors=(1, 1, 1, 2), windows=(0, 1, 1, 2), full=0.05,
    wide=(1.0, 2.4), passage=0.1,
)  # fmt: skip
DESKS = (tables.office_desk, tables.office_desk, tables.desk, tables.corner_desk)
CHAIRS = (seating.office_chair, seating.office_chair, seating.office_chair, seating.dining_chair)
WISHES = (
    Wish((storage.bookcase, storage.bookcase, storage.open_shelf, storage.cube_shelf), 0.7, "wall", 3),
    Wish((storage.filing_cabinet, storage.filing_cabinet, storage.steel_cabinet), 0.75, "corner", 2),
    Wish((storage.drawer_unit, storage.sideboard, storage.open_shelf), 0.5),
    Wish((seating.office_chair, seating.folding_chair, seating.dining_chair), 0.4),
    Wish((seating.sofa, seating.sofa, seating.armchair), 0.3),
    Wish((storage.coat_stand,), 0.15, "corner"),
    Wish((electronics.copier, storage.refrigerator), 0.15, "corner"),
)


def build(seed: int) -> None:
    """Build an office into the current scene."""
    room, _ = furnish.begin(seed, "office", FORM, place_desk)
    for _ in range(int(room.area / 9.0 * room.rng.random() + 0.3)):
        groups.work(room, DESKS, CHAIRS, 0.9)
    if room.area > 16.0 and room.maybe(0.25):
        groups.dine(room, (tables.meeting_table,), CHAIRS, at_wall=0.1)
    stood = furnish.furnish(room, WISHES)
    furnish.light_ceiling(room, (lamps.office_light, lamps.office_light, lamps.ceiling_lamp))
    furnish.furnish_walls(room, "office", [one for one in stood if float(one.piece.high[2]) < 1.2])
    furnish.strew(room, "office")
    furnish.finish(room, curtains=0.15, blinds=0.7)


def place_desk(room: Interior) -> Placed | None:
    """Put in the first desk with its chair."""
    furnish.heat(room, 0.3)
    return groups.work(room, DESKS, CHAIRS, 0.9)
