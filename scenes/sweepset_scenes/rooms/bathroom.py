"""A bathroom: a bathtub or a shower, a toilet, a washbasin with a mirror over it, towels, tiles."""

from __future__ import annotations

from collections.abc import Sequence

from ..furniture import lamps, sanitary, storage, textiles
from ..interior import furnish
from ..interior.floor_plans import Form
from ..interior.furnish import Interior, Maker, Wish
from ..piece import Placed
from ..shapes.primitives import spot

FORM = Form(
    (1.7, 2.7), (2.3, 3.6), (2.3, 2.7), corner=0.12, niche=0.05, doors=(1,), windows=(0, 0, 1, 1),
    sills=(1.1, 1.4), full=0.0, wide=(0.5, 1.0), passage=0.05,
)  # fmt: skip
TILES = (0.0, 0.0, 0.0, 1.2, 1.3, 2.0, 9.0)
"""How high tiles may go up the walls."""
MIRRORS = (sanitary.wall_mirror, sanitary.wall_mirror, sanitary.mirror_cabinet)
WISHES = (
    Wish((sanitary.washing_machine,), 0.12, "corner"),
    Wish((storage.hamper, sanitary.waste_bin), 0.45, "corner"),
    Wish((storage.open_shelf, storage.chest_of_drawers, storage.cube_shelf, storage.drawer_unit), 0.2, "corner"),
    Wish((sanitary.waste_bin,), 0.5),
    Wish((sanitary.scales,), 0.2),
)


def build(seed: int) -> None:
    """Build a bathroom into the current scene."""
    room, fixtures = furnish.begin(seed, "bathroom", FORM, place_fixtures, TILES)
    layout, rng = room.layout, room.rng
    mirror, toilet = fixtures.pop("mirror"), fixtures["toilet"]
    if room.maybe(0.6):
        layout.hang(room.make(lamps.wall_lamp), over=mirror, spread=0.0)
    if room.maybe(0.35):
        layout.hang(room.make(storage.wall_cabinet), over=toilet, spread=0.0)
    near = layout.wall_of(toilet)
    if near is not None:
        paper = room.make(sanitary.toilet_paper)
        for side in rng.sample((-1, 1), 2):
            x = near[1] + side * rng.uniform(0.35, 0.5)
            at = near[0].at @ spot(x, -0.001 - layout.skin, paper.hung)
            if 0.1 < x < near[0].length - 0.1 and layout.try_at(paper, at) is not None:
                break
    layout.beside(furnish.ungrouped(room.make(sanitary.toilet_brush)), toilet, rng.choice((-1, 1)), 0.04)
    for _ in range(rng.choice((1, 1, 2))):
        layout.hang(room.make(sanitary.towel_rail, sanitary.towel_rail, textiles.hanging_towel))
    for anchor in fixtures.values():
        if room.maybe(0.4):
            mat = room.make(textiles.bath_mat)
            away = float(anchor.piece.low[1]) - float(mat.size[1]) / 2 - 0.04
            layout.lay(mat, anchor.at @ spot(0.0, away, 0.0, rng.gauss(0.0, 3.0)))
    furnish.furnish(room, WISHES)
    furnish.light_ceiling(room, (lamps.ceiling_lamp,), 0.85)
    furnish.furnish_walls(room, "bathroom")
    furnish.strew(room, "bathroom")
    furnish.finish(room, curtains=0.3, blinds=0.4)


def place_fixtures(room: Interior) -> dict[str, Placed] | None:
    """Put in bath, basin, toilet and the basin's mirror; return them by these names, or None where one does not fit.

    The bath, a tub or a shower, may be missing.
    """
    fixtures: dict[str, Placed] = {}
    furnish.heat(room, 0.2)
    baths = (sanitary.bathtub, sanitary.shower) if room.maybe(0.7) else (sanitary.shower,)
    basins = (sanitary.vanity, sanitary.vanity, sanitary.vanity, sanitary.pedestal_basin)
    for name, makers, corner in (("bath", baths, 1.0), ("basin", basins, 0.3), ("toilet", (sanitary.toilet,), 0.4)):
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
