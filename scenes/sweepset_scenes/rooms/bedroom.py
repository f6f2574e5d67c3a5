"""A bedroom: a bed with its head to a wall, night stands, a dresser or a wardrobe, maybe a desk, clothes about."""

from __future__ import annotations

from ..clutter import belongings as b
from ..clutter import on_walls as w
from ..clutter.what_lies_where import PICTURES
from ..furniture import beds, cabinets, chairs, lamps, racks, shelving, sofas, tables, wardrobes
from ..interior import furnish, groups
from ..interior.floor_plans import Form
from ..interior.room_kind import Interior, RoomKind, Wish
from ..piece import Placed

FORM = Form((2.6, 4.2), (3.0, 5.0), doors=(1, 1, 1, 1, 2), windows=(0, 1, 1, 1, 2), passage=0.03, slope=0.15)
SMALL = 10.5
"""Square metres below which a bed is for one."""
SINGLE = (beds.single_bed, beds.single_bed, beds.daybed, beds.bunk_bed, beds.floor_mattress)
STANDS = (wardrobes.night_stand, wardrobes.night_stand, wardrobes.night_stand, tables.side_table)
BENCHES = (chairs.bench, sofas.ottoman, wardrobes.trunk)
WISHES = (
    Wish((wardrobes.dresser, wardrobes.chest_of_drawers, wardrobes.dresser), 0.75),
    Wish((wardrobes.wardrobe, wardrobes.wardrobe, wardrobes.open_wardrobe), 0.55, "corner"),
    Wish((shelving.bookcase, shelving.bookcase, shelving.cube_shelf, shelving.open_shelf), 0.5, "corner"),
    Wish((wardrobes.chest_of_drawers, wardrobes.dresser), 0.3),
    Wish((tables.dressing_table,), 0.12),
    Wish((sofas.armchair, chairs.rocking_chair, sofas.bean_bag), 0.25, "askew"),
    Wish((lamps.floor_lamp,), 0.35, "corner"),
    Wish((racks.hamper, racks.shoe_rack, racks.coat_stand, wardrobes.trunk), 0.35, "corner"),
    Wish((cabinets.sideboard, cabinets.drawer_unit, shelving.display_cabinet), 0.25),
    Wish((chairs.dining_chair, chairs.dining_chair, chairs.folding_chair), 0.4),
)
WALLS = (
    *PICTURES, (w.poster, 3), (w.wall_shelf, 2), (w.tapestry, 1), (w.coat_rack, 1), (w.clock, 0.4), (w.pinboard, 1),
    (w.calendar, 0.6), (w.air_conditioner, 0.3), (w.ornament, 0.5),
)  # fmt: skip
FLOOR = (
    (b.clothes_heap, 4), (b.thrown_garment, 2), (b.shoes, 4), (b.laundry_basket, 3), (b.moving_box, 1.5),
    (b.storage_box, 1.5), (b.backpack, 2), (b.handbag, 1), (b.suitcase, 1.5), (b.duffel_bag, 1), (b.book_pile, 1),
    (b.toy_blocks, 0.7), (b.toy_car, 0.5), (b.teddy, 0.7), (b.play_ball, 0.7), (b.waste_basket, 1.5), (b.fan, 0.8),
    (b.guitar, 0.6), (b.floor_plant, 0.6), (b.dropped_towel, 0.6),
)  # fmt: skip


def furnish_bedroom(room: Interior, bed: Placed) -> list[Placed]:
    """Put in a television, a second bed, a desk, and all other furniture."""
    if room.maybe(0.25):
        groups.watch(room, bed, (wardrobes.dresser, cabinets.tv_stand))
    if room.maybe(0.1):
        room.layout.against(room.make(beds.crib, beds.single_bed), corner=0.7)
    if room.maybe(0.3):
        groups.work(room, [tables.desk], [chairs.office_chair, chairs.dining_chair])
    stood = furnish.fulfil_wishes(room)
    return [one for one in (bed, *stood) if float(one.piece.high[2]) < 1.3]


def place_bed(room: Interior) -> Placed | None:
    """Put in the bed and what belongs to it."""
    furnish.heat(room)
    makers = [room.rng.choice(SINGLE), beds.single_bed]
    if room.area > SMALL and room.maybe(0.85):
        makers = [beds.double_bed, beds.double_bed, beds.single_bed]
    return groups.sleep(room, makers, STANDS, BENCHES)


KIND = RoomKind(
    "bedroom",
    FORM,
    place_first=place_bed,
    furnish=furnish_bedroom,
    wishes=WISHES,
    walls=WALLS,
    floor=FLOOR,
    lamps=(lamps.ceiling_lamp, lamps.ceiling_lamp, lamps.pendant),
    curtains=0.45,
    blinds=0.75,
)


def build(seed: int) -> None:
    """Build a bedroom into the current scene."""
    furnish.build(KIND, seed)
