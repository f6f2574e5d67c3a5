"""Town houses: storeys of windows over shops, doors and garages, built in the axes of `panels.py`."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..materials import shaders
from ..materials.shaders import Material, srgb, vary
from ..shapes.lettering import lettering
from ..shapes.primitives import Shape
from . import surfaces
from .panels import Hole, Panels

DEPTH = 9.0
"""Metres from a house's front to its back."""
CLOTHS = (0x8E2A2A, 0x2A4A6E, 0x2F5A3E, 0xC9A24A, 0xB8B2A6, 0x3A3A3C, 0xB5562E)
BOARDS = (0x1E3A34, 0x23304A, 0x6E1F22, 0x2B2B2D, 0xE4DFD2, 0xB8862F, 0x3E5C6E, 0x7A8F6A, 0xC4C0B8, 0x8A3E5A)
STARTS = ("Va", "Lo", "Mer", "Ta", "Or", "Bel", "Ni", "Ka", "Dun", "Hol", "Sel", "Per", "Bra", "Ju", "Fen", "Wil")
MIDDLES = ("la", "ri", "no", "ve", "do", "mi", "so", "te", "ber", "lan", "", "")
ENDS = ("ni", "ra", "ton", "lis", "sen", "ro", "ley", "na", "dt", "vik", "ma", "x")
TRADES = (
    "Bakery", "Café", "Books", "Flowers", "Hardware", "Pharmacy", "Shoes", "Optics", "Market", "Bar", "Tailor", "Toys",
    "Bicycles", "Music", "Travel", "Salon", "Kitchen", "Wine", "Cleaners", "Deli", "Fabrics", "Jewellery", "Press",
)  # fmt: skip


def invent_name(rng: random.Random) -> str:
    """Invent the name of a shop."""
    name = rng.choice(STARTS) + rng.choice(MIDDLES) + rng.choice(ENDS)
    trade = rng.choice(TRADES)
    return rng.choice((f"{name} {trade}", f"{trade} {name}", name.upper(), trade.upper(), f"{name} & {trade}"))


@dataclass(frozen=True)
class Kit:
    """The materials that the houses of a street share, each made once."""

    walls: tuple[Material, ...]
    grounds: tuple[Material, ...]
    trims: tuple[Material, ...]
    frames: tuple[Material, ...]
    boards: tuple[Material, ...]
    cloths: tuple[Material, ...]
    insides: tuple[Material, ...]
    panes: Material
    glass: Material
    metal: Material
    roof: Material
    ink: tuple[Material, ...]
    dark: Material


def make_kit(rng: random.Random, dark: bool) -> Kit:
    """Make the materials of a street's houses."""

    def some(count: int, *makers: Callable[[random.Random], Material]) -> tuple[Material, ...]:
        return tuple(rng.choice(makers)(rng) for _ in range(count))

    def plains(name: str, codes: tuple[int, ...], count: int, roughness: float) -> tuple[Material, ...]:
        return tuple(shaders.plain(name, vary(rng, srgb(code), 0.1), roughness) for code in rng.sample(codes, count))

    walls = some(5, surfaces.brickwork, surfaces.brickwork, surfaces.plaster, surfaces.plaster, surfaces.stonework)
    return Kit(
        (*walls, surfaces.cladding(rng)),
        some(3, surfaces.stonework, surfaces.plaster),
        tuple(surfaces.plaster(rng, vary(rng, srgb(code), 0.06)) for code in (0xCFC8BA, 0xA8A196, 0xE4E0D6)),
        plains("frame", surfaces.FRAMES, 3, 0.45),
        plains("board", BOARDS, 5, 0.5),
        plains("awning", CLOTHS, 3, 0.9),
        tuple(surfaces.shop_inside(rng) for _ in range(3)),
        surfaces.panes(dark),
        shaders.pane("shop window"),
        shaders.plain("iron", (0.02, 0.02, 0.022), 0.5),
        surfaces.roof_tiles(rng),
        (shaders.plain("letters", (0.75, 0.73, 0.68), 0.5), shaders.plain("gilt", (0.6, 0.4, 0.12), 0.35)),
        shaders.plain("opening", (0.01, 0.01, 0.01), 0.9),
    )


@dataclass(frozen=True)
class Style:
    """How a house looks: its measures in metres and its materials."""

    width: float
    storeys: int
    storey: float
    ground: float
    bay: float
    window: tuple[float, float]
    """Share of a bay's width, and height."""
    sill: float
    depth: float
    """How far windows are set back."""
    columns: int
    rows: tuple[float, ...]
    lintel: bool
    balconies: bool
    pitched: bool
    wall: Material
    base: Material
    trim: Material
    frame: Material

    @property
    def height(self) -> float:
        return self.ground + self.storeys * self.storey


def draw_style(rng: random.Random, kit: Kit, width: float) -> Style:
    """Draw the style of a house of a width."""
    modern = rng.random() < 0.3
    storey = rng.uniform(2.8, 3.3)
    wall = rng.choice(kit.walls)
    return Style(
        width,
        rng.choices((1, 2, 3, 4, 5), (10, 30, 30, 20, 10))[0],
        storey,
        rng.uniform(3.6, 4.3),
        rng.uniform(2.2, 3.2),
        (rng.uniform(0.5, 0.85), rng.uniform(1.3, 1.7)) if modern else (rng.uniform(0.36, 0.5), rng.uniform(1.5, 2.0)),
        rng.uniform(0.65, 0.95),
        rng.uniform(0.08, 0.24),
        rng.choice((1, 2, 2, 3) if modern else (2, 2, 2, 1)),
        () if modern else rng.choice(((), (0.68,), (0.5,), (0.33, 0.66))),
        not modern and rng.random() < 0.6,
        rng.random() < 0.25,
        not modern and rng.random() < 0.4,
        wall,
        rng.choice((wall, rng.choice(kit.grounds))),
        rng.choice(kit.trims),
        rng.choice(kit.frames),
    )


def house(rng: random.Random, kit: Kit, width: float) -> Shape:
    """Make a house whose front is `width` wide from x = 0, closed at its sides and on top."""
    style = draw_style(rng, kit, width)
    p = Panels()
    _ground_floor(rng, kit, style, p)
    bays = max(1, round((width - 0.6) / style.bay))
    pitch = (width - 0.6) / bays
    balconied = {k for k in range(bays) if style.balconies and rng.random() < 0.6}
    for floor in range(style.storeys):
        z = style.ground + floor * style.storey
        holes = []
        for k in range(bays):
            wide, middle = style.window[0] * pitch, 0.3 + (k + 0.5) * pitch
            low = k in balconied
            sill = z + (0.12 if low else style.sill)
            head = min(z + style.sill + style.window[1], z + style.storey - 0.25)
            hole = (middle - wide / 2, middle + wide / 2, sill, head)
            holes.append(hole)
            window(rng, kit, style, p, hole)
            if low:
                _balcony(kit, style, p, middle, wide + 0.7, z)
        p.wall(style.wall, 0.0, width, z, z + style.storey, holes)
        if floor == 0 or (style.lintel and floor == style.storeys - 1):
            p.ledge(style.trim, 0.0, width, z - 0.14, z + 0.02, 0.09)
    _top(kit, style, p)
    top = style.height
    p.add(style.wall, (width, 0, 0), (0, DEPTH, 0), (0, 0, top))
    p.add(style.wall, (0, DEPTH, 0), (0, -DEPTH, 0), (0, 0, top))
    p.add(style.wall, (width, DEPTH, 0), (-width, 0, 0), (0, 0, top))
    p.block(kit.metal, (0.1, -0.1, 0.0), (0.19, -0.01, top - 0.2))  # a drain pipe
    return p.shape()


def window(rng: random.Random, kit: Kit, style: Style, p: Panels, hole: Hole) -> None:
    """Add a window to a hole: reveal, frame, pane, and what is around it."""
    left, right, sill, head = hole
    p.reveal(style.trim if style.lintel else style.wall, hole, style.depth)
    p.bars(style.frame, hole, style.depth, 0.06, style.columns, style.rows)
    pane(rng, p, kit.panes, hole, style.depth + 0.03)
    if style.lintel:
        p.ledge(style.trim, left - 0.12, right + 0.12, head, head + 0.18, 0.05)
    p.ledge(style.trim, left - 0.06, right + 0.06, sill - 0.07, sill, 0.07)


def pane(rng: random.Random, p: Panels, material: Material, hole: Hole, y: float) -> None:
    """Add a pane whose texture coordinates are 0..1 and whole numbers of its own."""
    left, right, sill, head = hole
    i, j = rng.randrange(1, 90), rng.randrange(1, 90)
    uv = ((i, j), (i + 0.999, j), (i + 0.999, j + 0.999), (i, j + 0.999))
    p.add(material, (left, y, sill), (right - left, 0, 0), (0, 0, head - sill), uv)


def _balcony(kit: Kit, style: Style, p: Panels, middle: float, wide: float, z: float) -> None:
    """Add a slab with railings before a window."""
    left, right, out = middle - wide / 2, middle + wide / 2, 0.85
    p.ledge(style.trim, left, right, z - 0.05, z + 0.1, out)
    p.ledge(kit.metal, left, right, z + 1.02, z + 1.07, out)
    count = max(3, round(wide / 0.13))
    for k in range(count + 1):
        x = left + wide * k / count
        p.front(kit.metal, x - 0.01, x + 0.01, z + 0.1, z + 1.05, -out + 0.01)
    for x in (left, right):
        for k in range(7):
            y = -out + 0.12 * k
            p.add(kit.metal, (x, y - 0.01, z + 0.1), (0, 0.02, 0), (0, 0, 0.95))
            p.add(kit.metal, (x, y + 0.01, z + 0.1), (0, -0.02, 0), (0, 0, 0.95))


def _top(kit: Kit, style: Style, p: Panels) -> None:
    """Close a house by a cornice and a roof."""
    top, width = style.height, style.width
    p.ledge(style.trim, 0.0, width, top - 0.3, top, 0.22 if style.pitched else 0.1)
    if not style.pitched:
        p.ledge(style.wall, 0.0, width, top, top + 0.5, 0.0001)
        p.level(kit.dark, (0.0, 0.0), (width, DEPTH), top)
        return
    rise = 2.8
    p.add(kit.roof, (0.0, -0.35, top - 0.02), (width, 0, 0), (0, DEPTH / 2 + 0.35, rise))
    p.add(kit.roof, (width, DEPTH, top), (-width, 0, 0), (0, -DEPTH / 2, rise))
    p.gables(style.wall, 0.0, width, 0.0, DEPTH, top, rise)


def _ground_floor(rng: random.Random, kit: Kit, style: Style, p: Panels) -> None:
    """Add the ground floor: one or two shops and a door, or windows, a door and a garage."""
    width, high = style.width, style.ground
    holes: list[Hole] = []
    x = 0.35
    shops = rng.random() < 0.72
    door_first = rng.random() < 0.5
    if door_first:
        x = door(rng, kit, style, p, holes, x)
    end = width - 0.35 - (0.0 if door_first else 1.6)
    if shops:
        count = 2 if end - x > 8.0 else 1
        pitch = (end - x) / count
        for k in range(count):
            _shop(rng, kit, style, p, holes, x + k * pitch + 0.15, x + (k + 1) * pitch - 0.15)
    else:
        while end - x > 1.7:
            wide = min(rng.uniform(1.1, 1.8), end - x - 0.4)
            if end - x > 4.0 and rng.random() < 0.3:
                x = garage(rng, kit, style, p, holes, x)
                continue
            hole = (x + 0.3, x + 0.3 + wide, 1.0, high - 0.9)
            holes.append(hole)
            window(rng, kit, style, p, hole)
            x += wide + 0.7
    if not door_first:
        door(rng, kit, style, p, holes, width - 1.85)
    p.wall(style.base, 0.0, width, 0.0, high, holes)


def door(rng: random.Random, kit: Kit, style: Style, p: Panels, holes: list[Hole], x: float) -> float:
    """Add a house's door; return where it ends."""
    hole = (x + 0.2, x + 1.35, 0.13, 2.75)
    holes.append(hole)
    p.reveal(style.trim, hole, 0.25)
    leaf = rng.choice(kit.boards)
    p.front(leaf, hole[0], hole[1], 0.13, 2.2, 0.25)
    for low, high in ((0.35, 0.95), (1.1, 2.0)):
        p.bars(style.frame, (hole[0] + 0.2, hole[1] - 0.2, low, high), 0.24, 0.03, 1, ())
    pane(rng, p, kit.panes, (hole[0], hole[1], 2.2, 2.75), 0.25)
    p.bars(style.frame, hole, 0.235, 0.07, 1, (0.79,))
    return x + 1.6


def garage(rng: random.Random, kit: Kit, style: Style, p: Panels, holes: list[Hole], x: float) -> float:
    """Add a garage door; return where it ends."""
    hole = (x + 0.3, x + 2.9, 0.0, 2.4)
    holes.append(hole)
    p.reveal(style.trim, hole, 0.2)
    leaf = rng.choice(kit.boards)
    for k in range(8):
        p.front(leaf, hole[0], hole[1], 0.3 * k, 0.3 * k + 0.28, 0.2)
        p.front(kit.dark, hole[0], hole[1], 0.3 * k + 0.28, 0.3 * k + 0.3, 0.21)
    return x + 3.2


def _shop(rng: random.Random, kit: Kit, style: Style, p: Panels, holes: list[Hole], x0: float, x1: float) -> None:
    """Add a shop: its window and door with what is inside, the board with its name, and maybe an awning."""
    head, sill, inside, board = (
        style.ground - 0.95,
        rng.uniform(0.25, 0.7),
        rng.choice(kit.insides),
        rng.choice(kit.boards),
    )
    hole = (x0, x1, 0.0, head)
    holes.append(hole)
    back, frame = 2.4, rng.choice((board, style.frame))
    p.reveal(frame, hole, 0.18)
    wide = x1 - x0
    p.front(inside, x0, x1, 0.13, head, back)
    p.add(inside, (x0, 0.2, 0.13), (0, back - 0.2, 0), (0, 0, head))
    p.add(inside, (x1, back, 0.13), (0, 0.2 - back, 0), (0, 0, head))
    p.level(inside, (x0, 0.2), (x1, back), 0.13)
    p.add(inside, (x0, back, head), (wide, 0, 0), (0, 0.2 - back, 0))
    entry = x0 + rng.choice((0.0, wide - 1.1)) if wide > 2.6 else x0
    left, right = (entry + 1.1, x1) if entry == x0 else (x0, entry)
    p.front(board, left, right, 0.0, sill, 0.15)
    p.add(board, (left, 0.15, sill), (right - left, 0, 0), (0, 0.4, 0))
    for _ in range(int((right - left) * 2.2)):  # what the shop shows
        tall, middle = rng.uniform(0.15, 0.8), left + 0.25 + (right - left - 0.5) * rng.random()
        size = rng.uniform(0.08, 0.3)
        thing = rng.choice((*kit.boards, *kit.cloths, *kit.ink))
        p.block(thing, (middle - size / 2, 0.3, sill), (middle + size / 2, 0.3 + size, sill + tall))
    p.front(kit.glass, left, right, sill, head, 0.17)
    p.bars(frame, (left, right, sill, head), 0.16, 0.07, max(1, round((right - left) / 1.6)), (0.78,))
    p.front(kit.glass, entry, entry + 1.1, 0.13, head, 0.17)
    p.bars(frame, (entry, entry + 1.1, 0.05, head), 0.16, 0.1, 1, (0.22, 0.78))
    low = head + 0.1
    p.ledge(board, x0 - 0.08, x1 + 0.08, low, low + 0.65, 0.08)
    ink = rng.choice(kit.ink if shades(board) < 0.3 else (kit.dark, kit.metal))
    text = lettering(ink, invent_name(rng), rng.uniform(0.24, 0.34), 0.02)
    text = text.scaled(min(1.0, 0.85 * wide / float(np.ptp(text.vertices[:, 0]))), 1.0, 1.0)
    p.join(text.moved((x0 + x1) / 2, -0.08, low + 0.16))
    if rng.random() < 0.4:
        _awning(rng, kit, p, x0 - 0.05, x1 + 0.05, low)
    elif rng.random() < 0.5:  # a sign across the sidewalk
        x, z = rng.choice((x0, x1 - 0.05)), style.ground + 0.3
        p.block(board, (x, -0.95, z), (x + 0.06, -0.15, z + 0.7))
        p.block(kit.metal, (x + 0.02, -0.95, z + 0.72), (x + 0.04, 0.0, z + 0.75))


def _awning(rng: random.Random, kit: Kit, p: Panels, x0: float, x1: float, z: float) -> None:
    """Add an awning, striped or plain."""
    out, drop = rng.uniform(0.9, 1.4), rng.uniform(0.35, 0.7)
    first = rng.choice(kit.cloths)
    second = first if rng.random() < 0.5 else kit.ink[0]
    count = max(2, round((x1 - x0) / 0.3))
    step = (x1 - x0) / count
    for k in range(count):
        cloth, x = (first, second)[k % 2], x0 + k * step
        p.add(cloth, (x, -out, z - drop), (step, 0, 0), (0, out - 0.02, drop))
        p.add(cloth, (x, -0.02, z - 0.01), (step, 0, 0), (0, 0.02 - out, -drop))
        p.front(cloth, x, x + step, z - drop - 0.22, z - drop, -out)
        p.add(cloth, (x + step, -out + 0.01, z - drop - 0.22), (-step, 0, 0), (0, 0, 0.22))


def shades(material: Material) -> float:
    """Return how light a material is, 0 to 1."""
    red, green, blue = list(material.diffuse_color)[:3]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def row(rng: random.Random, kit: Kit, length: float) -> list[tuple[float, Shape]]:
    """Make houses side by side, `length` metres long: each with the x where it begins. Now and then one is missing."""
    made, x = [], 0.0
    while length - x > 5.0:
        width = min(rng.uniform(6.0, 15.0), length - x)
        if length - x - width < 5.0:
            width = length - x
        if made and rng.random() < 0.07:
            x += rng.uniform(2.5, 5.0)
            continue
        made.append((x, house(rng, kit, width)))
        x += width
    return made
