"""A bathroom: a bathtub or a shower, a toilet, a washbasin with a mirror over it, towels, tiles."""

from __future__ import annotations

from collections.abc import Sequence

from ..clutter import belongings as b
from ..clutter import on_walls as w
from ..clutter.what_lies_where import BATH
from ..furniture import (
    bathroom_fittings,
    cabinets,
    lamps,
    racks,
    sanitary,
    shelving,
    textiles,
    toilets,
    wardrobes,
    white_goods,
)
from ..interior import furnish
from ..interior.floor_plans import Form
from ..interior.room_kind import Interior, Maker, RoomKind, Wish
from ..materials.room_materials import Finishes
from ..piece import Placed
from ..shapes.primitives import spot

FORM = Form(
    (1.7, 2.7), (2.3, 3.6), (2.3, 2.7), corner=0.12, niche=0.05, doors=(1,), windows=(0, 0, 1, 1),
    sills=(1.1, 1.4), full=0.0, wide=(0.5, 1.0), passage=0.05,
)  # fmt: skip
TILES = (0.0, 0.0, 0.0, 1.2, 1.3, 2.0, 9.0)
"""How high tiles may go up the walls."""
MIRRORS = (bathroom_fittings.wall_mirror, bathroom_fittings.wall_mirror, bathroom_fittings.mirror_cabinet)
WISHES = (
    Wish((white_goods.washing_machine,), 0.12, "corner"),
    Wish((racks.hamper, bathroom_fittings.waste_bin), 0.45, "corner"),
    Wish((shelving.open_shelf, wardrobes.chest_of_drawers, shelving.cube_shelf, cabinets.drawer_unit), 0.2, "corner"),
    Wish((bathroom_fittings.waste_bin,), 0.5),
    Wish((bathroom_fittings.scales,), 0.2),
)
WALLS = (
    (w.picture, 2), (b.towel_on_rail, 4), (w.mirror, 1), (w.wall_shelf, 1.5), (w.air_vent, 1), (w.coat_rack, 0.7),
)  # fmt: skip
FLOOR = (
    (b.waste_basket, 4), (b.laundry_basket, 3), (b.dropped_towel, 2), (b.clothes_heap, 1.5), (b.basket, 1.5),
    (b.storage_box, 0.7), (b.shoes, 0.7), (b.floor_plant, 0.4),
)  # fmt: skip


def furnish_bathroom(room: Interior, fixtures: dict[str, Placed]) -> list[Placed]:
    """Hang a lamp, a cabinet, paper and towels, lay mats, and put in all other furniture."""
    layout, rng = room.layout, room.rng
    mirror, toilet = fixtures.pop("mirror"), fixtures["toilet"]
    if room.maybe(0.6):
        layout.hang(room.make(lamps.wall_lamp), over=mirror, spread=0.0)
    if room.maybe(0.35):
        layout.hang(room.make(cabinets.wall_cabinet), over=toilet, spread=0.0)
    near = layout.wall_of(toilet)
    if near is not None:
        paper = room.make(bathroom_fittings.toilet_paper)
        for side in rng.sample((-1, 1), 2):
            x = near[1] + side * rng.uniform(0.35, 0.5)
            at = near[0].at @ spot(x, -0.001 - layout.skin, paper.hung)
            if 0.1 < x < near[0].length - 0.1 and layout.try_at(paper, at) is not None:
                break
    layout.beside(furnish.ungrouped(room.make(bathroom_fittings.toilet_brush)), toilet, rng.choice((-1, 1)), 0.04)
    for _ in range(rng.choice((1, 1, 2))):
        layout.hang(room.make(bathroom_fittings.towel_rail, bathroom_fittings.towel_rail, textiles.hanging_towel))
    for anchor in fixtures.values():
        if room.maybe(0.4):
            mat = room.make(textiles.bath_mat)
            away = float(anchor.piece.low[1]) - float(mat.size[1]) / 2 - 0.04
            layout.lay(mat, anchor.at @ spot(0.0, away, 0.0, rng.gauss(0.0, 3.0)))
    furnish.fulfil_wishes(room)
    return []


def place_fixtures(room: Interior) -> dict[str, Placed] | None:
    """Put in bath, basin, toilet and the basin's mirror; return them by these names, or None if one does not fit.

    The bath, a tub or a shower, may be missing.
    """
    fixtures: dict[str, Placed] = {}
    furnish.heat(room, 0.2)
    baths = (sanitary.bathtub, sanitary.shower) if room.maybe(0.7) else (sanitary.shower,)
    basins = (sanitary.vanity, sanitary.vanity, sanitary.vanity, sanitary.pedestal_basin)
    for name, makers, corner in (("bath", baths, 1.0), ("basin", basins, 0.3), ("toilet", (toilets.toilet,), 0.4)):
        one = _first(room, makers, corner)
        if one is not None:
            fixtures[name] = one
    if not {"basin", "toilet"} <= fixtures.keys():
        return None
    for _ in range(5):
        mirror = room.layout.hang(room.make(*MIRRORS), over=fixtures["basin"], spread=0.0)
        if mirror is not None:
            return {**fixtures, "mirror": mirror}
    return None


def _first(room: Interior, makers: Sequence[Maker], corner: float) -> Placed | None:
    """Put the first of some pieces that finds a place at a wall."""
    for maker in makers:
        one = room.layout.against(room.make(maker), corner=corner, tries=80)
        if one is not None:
            return one
    return None


KIND = RoomKind(
    "bathroom",
    FORM,
    place_first=place_fixtures,
    furnish=furnish_bathroom,
    wishes=WISHES,
    walls=WALLS,
    floor=FLOOR,
    lamps=(lamps.ceiling_lamp,),
    curtains=0.3,
    blinds=0.4,
    tiles=TILES,
    on=dict.fromkeys(("counter", "top", "shelf"), BATH),
    finishes=Finishes(
        {"plain": 5, "blue": 2, "green": 2, "yellow": 1, "nordic": 3, "rose": 1, "warm": 2}, ("tiles",), papered=False
    ),
)


def build(seed: int) -> None:
    """Build a bathroom into the current scene."""
    furnish.build(KIND, seed)
