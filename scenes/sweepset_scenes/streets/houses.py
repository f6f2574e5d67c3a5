"""Detached houses with garages, built in the axes of `panels.py`: their garage's front is y = 0."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from ..materials import shaders
from ..materials.shaders import Material, srgb, vary
from ..shapes.primitives import Shape
from . import facades, surfaces
from .facades import Kit, Style
from .panels import Hole, Panels

EAVES = 0.45
"""Metres that roofs stand out."""
SIDINGS = (0xE6E2D6, 0xC9D0D2, 0xB8C4B0, 0xD8C8A8, 0x8FA0A8, 0xE8E6E0, 0xA89684, 0x6E7A80, 0xD9D4C8)


@dataclass(frozen=True)
class House:
    """A house: its shape, how wide it is from x = 0, where its drive begins and ends, and where its depth ends."""

    shape: Shape
    width: float
    drive: tuple[float, float]
    depth: float


def siding(rng: random.Random) -> Material:
    """Make boards that overlap, each with a shadow below."""
    base = vary(rng, srgb(rng.choice(SIDINGS)), 0.1)
    g = shaders.Graph("siding", base)
    v = g.node("SeparateXYZ", {0: g.on_surface()}).outputs[1]
    board = g.math("FRACT", g.math("DIVIDE", v, 0.16))
    tone = g.mix(g.span(board, 0.0, 0.12, 0.75, 0.0), base, shaders.shade(base, 0.3))
    dirt = g.span(g.noise(g.in_space(), 1.1, 4.0, 0.65), 0.4, 0.75, 0.0, 0.35)
    return g.matt(g.mix(dirt, tone, shaders.shade(base, 0.6)))


def make_house_kit(rng: random.Random, dark: bool) -> Kit:
    """Make the materials of a suburb's houses."""
    kit = facades.make_kit(rng, dark)
    walls = (siding(rng), siding(rng), siding(rng), surfaces.brickwork(rng), surfaces.plaster(rng))
    white = shaders.plain("trim", (0.72, 0.71, 0.68), 0.6)
    return replace(kit, walls=walls, grounds=(surfaces.brickwork(rng), surfaces.stonework(rng)), trims=(white,))


def detached(rng: random.Random, kit: Kit) -> House:
    """Make a house of one or two storeys beside its garage."""
    style = facades.draw_style(rng, kit, rng.uniform(7.5, 10.5))
    style = replace(style, ground=rng.uniform(2.6, 2.9), storey=2.6, lintel=False, trim=kit.trims[0], columns=2)
    p = Panels()
    double = rng.random() < 0.5
    garage, depth, back = 5.6 if double else 3.5, rng.uniform(8.0, 10.0), rng.uniform(0.3, 2.5)
    upper = rng.random() < 0.55
    high = style.ground + (style.storey if upper else 0.0)
    _front(rng, kit, style, p, garage, back, upper)
    _shell(kit, style, p, (garage, back), (garage + style.width, back + depth), high, rng.uniform(1.7, 2.6))
    _garage(rng, kit, style, p, garage, depth, rng.uniform(1.0, 1.5))
    if rng.random() < 0.5:
        x = garage + rng.uniform(1.5, style.width - 2.0)
        p.block(rng.choice(kit.grounds), (x, back + depth * 0.6, high), (x + 0.8, back + depth * 0.6 + 0.7, high + 3.2))
    return House(p.shape(), garage + style.width, (0.35, garage - 0.35), back + depth)


def _front(rng: random.Random, kit: Kit, style: Style, p: Panels, x: float, y: float, upper: bool) -> None:
    """Add the front wall of the house itself, with windows, its door and maybe a porch."""
    front = Panels()
    holes: list[Hole] = []
    door = rng.uniform(0.3, style.width - 2.2)
    facades.door(rng, kit, style, front, holes, door)
    for left in (0.7, style.width - 2.6, style.width / 2 - 0.9):
        hole = (left, left + rng.uniform(1.4, 2.0), 0.75, 2.15)
        if all(hole[1] + 0.2 < other[0] or other[1] + 0.2 < hole[0] for other in holes):
            holes.append(hole)
            facades.window(rng, kit, style, front, hole)
            if rng.random() < 0.5:  # shutters
                for side in (hole[0] - 0.42, hole[1] + 0.04):
                    front.block(kit.boards[0], (side, -0.04, hole[2]), (side + 0.38, 0.0, hole[3]))
    front.wall(style.base, 0.0, style.width, 0.0, style.ground, holes)
    if upper:
        z, over = style.ground, []
        for k in range(3):
            middle = style.width * (k + 0.5) / 3
            over.append((middle - 0.65, middle + 0.65, z + 0.7, z + 2.0))
            facades.window(rng, kit, style, front, over[-1])
        front.wall(style.wall, 0.0, style.width, z, z + style.storey, over)
    if rng.random() < 0.5:  # a porch
        roof = 2.55
        front.ledge(kit.trims[0], door - 0.5, door + 2.1, roof, roof + 0.16, 1.5)
        for post in (door - 0.4, door + 1.9):
            front.block(kit.trims[0], (post, -1.45, 0.0), (post + 0.12, -1.33, roof))
        front.block(kit.grounds[0], (door - 0.4, -1.4, 0.0), (door + 2.0, 0.0, 0.13))
    p.join(front.shape().moved(x, y, 0.0))


def _shell(
    kit: Kit, style: Style, p: Panels, low: tuple[float, float], high: tuple[float, float], top: float, rise: float
) -> None:
    """Add the other walls of a house, and its roof with a ridge along x."""
    (x0, y0), (x1, y1) = low, high
    p.add(style.wall, (x1, y0, 0), (0, y1 - y0, 0), (0, 0, top))
    p.add(style.wall, (x0, y1, 0), (0, y0 - y1, 0), (0, 0, top))
    p.add(style.wall, (x1, y1, 0), (x0 - x1, 0, 0), (0, 0, top))
    p.gables(style.wall, x0, x1, y0, y1, top, rise)
    half = (y1 - y0) / 2
    fall = EAVES * rise / half
    wide = x1 - x0 + 2 * EAVES
    p.add(kit.roof, (x0 - EAVES, y0 - EAVES, top - fall + 0.05), (wide, 0, 0), (0, half + EAVES, rise + fall))
    p.add(kit.roof, (x1 + EAVES, y1 + EAVES, top - fall + 0.05), (-wide, 0, 0), (0, -half - EAVES, rise + fall))
    p.front(kit.trims[0], x0 - EAVES, x1 + EAVES, top - fall - 0.13, top - fall + 0.05, y0 - EAVES)
    p.add(kit.trims[0], (x0 - EAVES, y0, top - fall - 0.02), (wide, 0, 0), (0, -EAVES, 0))
    for x, way in ((x0 - EAVES, -1.0), (x1 + EAVES, 1.0)):  # boards at the gables
        start = (x, y0 - EAVES if way > 0 else y1 + EAVES, top - fall - 0.13)
        up = (0, way * (half + EAVES), rise + fall)
        end = (x, (y0 + y1) / 2, top + rise - 0.13)
        p.add(kit.trims[0], start, up, (0, 0, 0.18))
        p.add(kit.trims[0], end, (0, way * (half + EAVES), -rise - fall), (0, 0, 0.18))


def _garage(rng: random.Random, kit: Kit, style: Style, p: Panels, wide: float, depth: float, rise: float) -> None:
    """Add the garage, its gable towards the street."""
    top = 2.65
    hole = (0.35, wide - 0.35, 0.0, 2.2)
    p.reveal(kit.trims[0], hole, 0.15)
    leaf = rng.choice((kit.trims[0], kit.trims[0], rng.choice(kit.boards)))
    for k in range(4):
        p.front(leaf, hole[0], hole[1], 0.55 * k, 0.55 * k + 0.53, 0.15)
        p.front(kit.dark, hole[0], hole[1], 0.55 * k + 0.53, 0.55 * (k + 1), 0.16)
    count = max(2, round((hole[1] - hole[0]) / 0.8))
    for k in range(count):  # lights in the upper row
        x = hole[0] + (hole[1] - hole[0]) * (k + 0.5) / count
        facades.pane(rng, p, kit.panes, (x - 0.24, x + 0.24, 1.75, 2.05), 0.145)
    p.wall(style.base, 0.0, wide, 0.0, top, [hole])
    p.add(style.wall, (0.0, depth, 0), (0, -depth, 0), (0, 0, top))
    p.add(style.wall, (wide, 0.0, 0), (0, depth, 0), (0, 0, top))
    p.triangle(style.wall, (0.0, 0.0, top), (wide, 0.0, top), (wide / 2, 0.0, top + rise))
    fall = EAVES * 2 * rise / wide
    long = depth + EAVES
    half = wide / 2 + EAVES
    p.add(kit.roof, (-EAVES, depth, top - fall + 0.05), (0, -long, 0), (half, 0, rise + fall))
    p.add(kit.roof, (wide + EAVES, -EAVES, top - fall + 0.05), (0, long, 0), (-half, 0, rise + fall))
    for x, way in ((-EAVES, 1.0), (wide / 2, -1.0)):
        z = top - fall - 0.12 if way > 0 else top + rise - 0.12
        p.add(kit.trims[0], (x, -EAVES, z), (half, 0, way * (rise + fall)), (0, 0, 0.18))
