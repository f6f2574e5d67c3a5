"""A dining room: a table with its chairs below a lamp, a sideboard or a cabinet with dishes, pictures."""

from __future__ import annotations

from ..furniture import lamps, seating, storage, tables
from ..interior import furnish, groups
from ..interior.floor_plans import Form
from ..interior.furnish import Interior, Wish
from ..piece import Placed

FORM = Form(
    (3.0, 4.4), (3.2, 5.2), (2.4, 3.0), slope=0.03, doors=(1, 1, 2), windows=(1, 1, 1, 2), full=0.25, passage=0.5
)
TABLES = (tables.dining_table, tables.dining_table, tables.dining_table, tables.round_table)
CHAIRS = (seating.dining_chair, seating.dining_chair, seating.dining_chair, seating.dining_chair, seating.folding_chair)
WISHES = (
    Wish((storage.sideboard, storage.display_cabinet, storage.sideboard), 0.85),
    Wish((storage.display_cabinet, storage.bookcase, tables.console_table), 0.6, "corner"),
    Wish((storage.fireplace,), 0.15),
    Wish((seating.dining_chair,), 0.35),
    Wish((storage.chest_of_drawers, seating.armchair, seating.bench), 0.3),
)


def build(seed: int) -> None:
    """Build a dining room into the current scene."""
    room, _ = furnish.begin(seed, "dining_room", FORM, place_table)
    stood = furnish.furnish(room, WISHES)
    furnish.light_ceiling(room, (lamps.ceiling_lamp,))
    furnish.furnish_walls(room, "dining_room", [one for one in stood if float(one.piece.high[2]) < 1.3])
    furnish.strew(room, "dining_room")
    furnish.finish(room, curtains=0.45, blinds=0.65)


def place_table(room: Interior) -> Placed | None:
    """Put in the table with its chairs."""
    furnish.heat(room)
    return groups.dine(room, TABLES, CHAIRS, at_wall=0.08)
