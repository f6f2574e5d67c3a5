"""A floor of a garage: columns, beams, a band of colour, strip lights."""

from __future__ import annotations

import random

from ..materials import shaders
from ..materials.shaders import Material, srgb, vary
from ..shapes.lettering import lettering
from ..shapes.primitives import Shape, box, join, place
from . import ground
from .panels import Panels
from .stalls import AISLE, BACKS, DEEP, EDGE, END, HALF, STALL, arrows, berths, lines
from .world import Footprint, Lamp, World

CEILING = 3.9
"""Height of the ceiling: buses drive below its beams, too."""
BEAM = 0.3
"""How far beams hang down."""
SIDE = END + 6.0
"""How far the floor reaches along x."""
COLUMNS = tuple(k * STALL for k in range(-HALF + 1, HALF, 3))
"""The x of columns and beams."""


def build_world(rng: random.Random) -> World:
    """Build a floor of a garage."""
    raw = shaders.concrete("garage concrete", vary(rng, (0.5, 0.49, 0.47), 0.12), 0.85)
    band = shaders.plain("band", vary(rng, srgb(rng.choice((0x2A5E8C, 0x8C2B2B, 0x2F6B4A, 0xC9A227, 0xC4571B)))), 0.5)
    line = shaders.plain("line", vary(rng, srgb(rng.choice((0xE8E6DE, 0xE0B21E)))), 0.6)
    _lay_floor(rng, line)
    _build_walls(rng, band)
    beams = [box(raw, (-SIDE, -EDGE, CEILING), (SIDE, EDGE, CEILING + 0.3), 0.001)]
    beams += [box(raw, (x - 0.2, -EDGE, CEILING - BEAM), (x + 0.2, EDGE, CEILING), 0.01) for x in COLUMNS]
    place("ceiling", join(beams), "building")
    columns = [_column(rng, raw, band, line, x, y) for x in COLUMNS for y in BACKS]
    place("columns", join(columns), "building")
    posts = [Footprint(x, y, 0.46, 0.62) for x in COLUMNS for y in BACKS]
    walls = [Footprint(0.0, side * (EDGE + 0.2), 2 * SIDE, 0.4) for side in (1, -1)]
    return World(
        berths=tuple(berths()),
        walks=(Footprint(0.0, 0.0, 2 * END, AISLE - 0.8),),
        obstacles=(*posts, *walls),
        lamps=tuple(_hang_lights()),
        brightness=0.25,
        openness=0.0,
    )


def _lay_floor(rng: random.Random, line: Material) -> None:
    """Make the floor with its lines and arrows."""
    floor = shaders.concrete("garage floor", vary(rng, (0.24, 0.24, 0.23), 0.2), 0.35)
    panels = Panels()
    panels.level(floor, (-SIDE, -EDGE), (SIDE, EDGE), 0.0)
    for x0, y0, x1, y1 in lines():
        panels.level(line, (x0, y0), (x1, y1), ground.PAINT)
    arrows(panels, line)
    place("floor", panels.shape(), "road")


def _build_walls(rng: random.Random, band: Material) -> None:
    """Make the walls around, with a band of colour."""
    white = shaders.plain("wall paint", vary(rng, (0.62, 0.61, 0.58), 0.1), 0.7)
    walls = []
    for x0, y0, x1, y1 in (
        (-SIDE, EDGE, SIDE, EDGE + 0.3),
        (-SIDE, -EDGE - 0.3, SIDE, -EDGE),
        (SIDE, -EDGE, SIDE + 0.3, EDGE),
        (-SIDE - 0.3, -EDGE, -SIDE, EDGE),
    ):
        walls.append(box(white, (x0, y0, 0.0), (x1, y1, CEILING), 0.0005))
        walls.append(box(band, (x0 - 0.005, y0 - 0.005, 0.9), (x1 + 0.005, y1 + 0.005, 1.25), 0.0005))
    place("garage wall", join(walls), "wall")


def _column(rng: random.Random, raw: Material, band: Material, paint: Material, x: float, y: float) -> Shape:
    """Make a column with its number, which faces the nearest aisle."""
    side = -1 if y > 0 else 1
    column = box(raw, (x - 0.22, y - 0.3, 0.0), (x + 0.22, y + 0.3, CEILING - BEAM), 0.02)
    column = column + box(band, (x - 0.225, y - 0.305, 0.9), (x + 0.225, y + 0.305, 1.5), 0.02)
    number = lettering(paint, f"{rng.choice('ABCD')}{rng.randint(1, 9)}", 0.3)
    return column + number.turned(0.0 if side < 0 else 180.0).moved(x, y + side * 0.31, 1.7)


def _hang_lights() -> list[Lamp]:
    """Make strip lights between the beams, and return those above the middle aisle as lamps."""
    tube = shaders.glow("strip light", (1.0, 0.97, 0.9), 6.0)
    strips, lamps = [], []
    for x in (x + 1.5 * STALL for x in COLUMNS):
        for y in (-AISLE - 2 * DEEP, 0.0, AISLE + 2 * DEEP):
            strips.append(box(tube, (x - 0.75, y - 0.06, CEILING - 0.12), (x + 0.75, y + 0.06, CEILING - 0.07), 0.01))
            if y == 0.0:
                lamps.append(Lamp((x, y, CEILING - 0.2), 260.0, (1.0, 0.95, 0.86), 0.6))
    place("strip lights", join(strips), "other")
    return lamps
