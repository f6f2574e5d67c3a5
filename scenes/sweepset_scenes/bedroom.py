"""A bedroom: a bed with its head to a wall, night stands, a dresser or a wardrobe, maybe a desk, clothes about."""

from __future__ import annotations

from . import beds, groups, interior, seating, tables
from .forms import Form

FORM = Form((2.6, 4.2), (3.0, 5.0), doors=(1, 2, 2), windows=(1, 1, 2, 2), passage=0.03, slope=0.15)
SMALL = 10.5
"""Square metres below which a bed is for one."""
BENCHES = (seating.bench, seating.ottoman)


def build(seed: int) -> None:
    """Build a bedroom into the current scene."""
    room = interior.begin(seed, "bedroom", FORM)
    interior.heat(room)
    wide, deep = room.hull.room.width, room.hull.room.depth
    single = (beds.single_bed, beds.single_bed, beds.daybed, beds.bunk_bed, beds.floor_mattress, beds.crib)
    kinds = [room.rng.choice(single), beds.single_bed]
    if wide * deep > SMALL and room.maybe(0.85):
        kinds = [beds.double_bed, beds.double_bed, beds.single_bed]
    bed = groups.sleep(room, kinds, [tables.side_table], BENCHES)
    if room.maybe(0.35):
        groups.work(room, [tables.desk], [seating.office_chair, seating.dining_chair])
    interior.furnish_walls(room, "bedroom", [bed] if bed else [])
    interior.strew(room, "bedroom")
    interior.finish(room, curtains=0.5, blinds=0.5)
