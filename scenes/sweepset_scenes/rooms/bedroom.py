"""A bedroom: a bed with its head to a wall, night stands, a dresser or a wardrobe, maybe a desk, clothes about."""

from __future__ import annotations

from ..furniture import beds, lamps, seating, storage, tables
from ..interior import furnish, groups
from ..interior.floor_plans import Form
from ..interior.furnish import Interior, Wish
from ..piece import Placed

FORM = Form((2.6, 4.2), (3.0, 5.0), doors=(1, 1, 1, 1, 2), windows=(0, 1, 1, 1, 2), passage=0.03, slope=0.15)
SMALL = 10.5
"""Square metres below which a bed is for one."""
SINGLE = (beds.single_bed, beds.single_bed, beds.daybed, beds.bunk_bed, beds.floor_mattress)
STANDS = (storage.night_stand, storage.night_stand, storage.night_stand, tables.side_table)
BENCHES = (seating.bench, seating.ottoman, storage.trunk)
WISHES = (
    Wish((storage.dresser, storage.chest_of_drawers, storage.dresser), 0.75),
    Wish((storage.wardrobe, storage.wardrobe, storage.open_wardrobe), 0.55, "corner"),
    Wish((storage.bookcase, storage.bookcase, storage.cube_shelf, storage.open_shelf), 0.5, "corner"),
    Wish((storage.chest_of_drawers, storage.dresser), 0.3),
    Wish((tables.dressing_table,), 0.12),
    Wish((seating.armchair, seating.rocking_chair, seating.bean_bag), 0.25, "askew"),
    Wish((lamps.floor_lamp,), 0.35, "corner"),
    Wish((storage.hamper, storage.shoe_rack, storage.coat_stand, storage.trunk), 0.35, "corner"),
    Wish((storage.sideboard, storage.drawer_unit, storage.display_cabinet), 0.25),
    Wish((seating.dining_chair, seating.dining_chair, seating.folding_chair), 0.4),
)


def build(seed: int) -> None:
    """Build a bedroom into the current scene."""
    room, bed = furnish.begin(seed, "bedroom", FORM, place_bed)
    if room.maybe(0.25):
        groups.watch(room, bed, (storage.dresser, storage.tv_stand))
    if room.maybe(0.1):
        room.layout.against(room.make(beds.crib, beds.single_bed), corner=0.7)
    if room.maybe(0.3):
        groups.work(room, [tables.desk], [seating.office_chair, seating.dining_chair])
    stood = furnish.furnish(room, WISHES)
    over = [one for one in (bed, *stood) if float(one.piece.high[2]) < 1.3]
    furnish.light_ceiling(room, (lamps.ceiling_lamp, lamps.ceiling_lamp, lamps.pendant))
    furnish.furnish_walls(room, "bedroom", over)
    furnish.strew(room, "bedroom")
    furnish.finish(room, curtains=0.45, blinds=0.75)


def place_bed(room: Interior) -> Placed | None:
    """Put in the bed and what belongs to it."""
    furnish.heat(room)
    makers = [room.rng.choice(SINGLE), beds.single_bed]
    if room.area > SMALL and room.maybe(0.85):
        makers = [beds.double_bed, beds.double_bed, beds.single_bed]
    return groups.sleep(room, makers, STANDS, BENCHES)
