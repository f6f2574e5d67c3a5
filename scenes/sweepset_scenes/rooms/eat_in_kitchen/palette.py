"""The materials of the eat-in kitchen: a palette mixed from a few styles by a seed.

Its tones were chosen for this kitchen alone. One sequence of random numbers mixes them all: their order must not
change.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from ...materials import prints
from ...materials import shaders as m
from ...materials.shaders import Color, Material, vary
from ...shapes.appliances import Finish
from ...shapes.cabinetry import Style

OAK = ((0.24, 0.115, 0.04), (0.44, 0.24, 0.1))
CHERRY = ((0.13, 0.035, 0.014), (0.27, 0.085, 0.034))
MAPLE = ((0.46, 0.28, 0.13), (0.62, 0.42, 0.23))
WALNUT = ((0.07, 0.035, 0.018), (0.16, 0.085, 0.042))
BEECH = ((0.4, 0.22, 0.1), (0.55, 0.34, 0.18))


@dataclass(frozen=True)
class KitchenStyle:
    """A style of kitchen: fronts (a wood's two tones or a paint), their profile, stone, tiles, walls, floor."""

    front: tuple[Color, Color] | Color
    profile: str
    stone: tuple[Color, Color, Color]
    tile: tuple[Color, Color, float, float, float]
    accent: Color | None
    wall: Color
    floor: str


STYLES = (
    KitchenStyle(
        OAK,
        "raised",
        ((0.42, 0.36, 0.27), (0.6, 0.53, 0.42), (0.1, 0.07, 0.05)),
        ((0.62, 0.54, 0.4), (0.45, 0.4, 0.32), 0.1, 0.1, 0.0),
        (0.42, 0.26, 0.14),
        (0.62, 0.55, 0.4),
        "tile",
    ),
    KitchenStyle(
        (0.66, 0.64, 0.58),
        "shaker",
        ((0.035, 0.035, 0.038), (0.12, 0.12, 0.12), (0.01, 0.01, 0.01)),
        ((0.7, 0.7, 0.66), (0.4, 0.39, 0.37), 0.15, 0.075, 0.5),
        None,
        (0.42, 0.5, 0.46),
        "planks",
    ),
    KitchenStyle(
        CHERRY,
        "raised",
        ((0.3, 0.22, 0.14), (0.55, 0.45, 0.32), (0.04, 0.03, 0.025)),
        ((0.58, 0.47, 0.33), (0.4, 0.34, 0.27), 0.1, 0.1, 0.5),
        None,
        (0.66, 0.58, 0.42),
        "tile",
    ),
    KitchenStyle(
        (0.27, 0.34, 0.3),
        "shaker",
        ((0.5, 0.48, 0.44), (0.62, 0.6, 0.56), (0.25, 0.23, 0.2)),
        ((0.72, 0.7, 0.64), (0.5, 0.48, 0.44), 0.15, 0.075, 0.5),
        None,
        (0.66, 0.62, 0.54),
        "planks",
    ),
    KitchenStyle(
        MAPLE,
        "flat",
        ((0.2, 0.2, 0.19), (0.34, 0.34, 0.32), (0.06, 0.06, 0.06)),
        ((0.5, 0.55, 0.56), (0.55, 0.54, 0.5), 0.05, 0.05, 0.0),
        (0.12, 0.2, 0.26),
        (0.64, 0.62, 0.56),
        "tile",
    ),
)


CLOTHS = (
    ((0.55, 0.1, 0.07), (0.72, 0.68, 0.6)),
    ((0.12, 0.2, 0.36), (0.7, 0.69, 0.64)),
    ((0.68, 0.5, 0.16), (0.7, 0.68, 0.6)),
    ((0.2, 0.3, 0.16), (0.68, 0.66, 0.56)),
)
"""Pairs of colours of cloths."""
BOOKS = (
    (0.25, 0.03, 0.03),
    (0.03, 0.08, 0.2),
    (0.5, 0.42, 0.3),
    (0.05, 0.14, 0.08),
    (0.55, 0.3, 0.05),
    (0.04, 0.04, 0.05),
    (0.6, 0.57, 0.5),
    (0.2, 0.12, 0.22),
    (0.1, 0.25, 0.3),
)
"""Colours of covers."""


@dataclass(frozen=True)
class Cabinets:
    """The fronts of cabinets and machines (the refrigerator's are `cold`), and metals and plastic of many things."""

    style: Style
    finish: Finish
    cold: Finish
    cornice: bool
    chrome: Material
    steel: Material
    dark_metal: Material
    dark_plastic: Material


@dataclass(frozen=True)
class Mood:
    """How much day, sun and lamplight there is, and the exposure in stops."""

    day: float
    sun: float
    evening: float
    exposure: float


@dataclass(frozen=True)
class Shell:
    """Walls, ceiling, floor, doors and windows."""

    wall: Material
    ceiling: Material
    trim: Material
    door: Material
    floor: Material
    backsplash: Material
    counter: Material
    pane: Material
    slats: Material
    cord: Material
    curtain: Material


@dataclass(frozen=True)
class Furniture:
    """Shelves, table, chairs, and the plastics of many things."""

    wood: Material
    table: Material
    chair: Material
    white_plastic: Material
    plastics: list[Material]


@dataclass(frozen=True)
class Crockery:
    """Dishes, pots, glasses and their contents."""

    china: Material
    mugs: list[Material]
    crock: Material
    enamel: Material
    kettle: Material
    clear: Material
    green_glass: Material
    brown_glass: Material
    coffee: Material
    fillings: list[Material]
    spoon: Material
    board: Material
    wicker: Material


@dataclass(frozen=True)
class Food:
    """Food, plants and cleaning things."""

    crust: Material
    fruit: list[Material]
    leaf: Material
    terracotta: Material
    soil: Material
    sponge: Material
    kraft: Material
    bristle: Material


@dataclass(frozen=True)
class Cloths:
    """Cloths in two colours, and mats."""

    towel: Material
    apron: Material
    dishcloth: Material
    coat: Material
    tote: Material
    cushion: Material
    mat: Material
    door_mat: Material


@dataclass(frozen=True)
class Papers:
    """Paper, books, packages and pictures."""

    paper_white: Material
    note: Material
    news: Material
    label: Material
    calendar: Material
    photo: Material
    pages: Material
    books: Material
    package: list[Material]
    images: list[Material]
    frames: list[Material]
    mount: Material


@dataclass(frozen=True)
class Fittings:
    """Mirror, whiteboard and lamps."""

    mirror: Material
    board_face: Material
    diffuser: Material
    shade: Material
    bulb: Material


@dataclass(frozen=True)
class Palette:
    """The materials of one kitchen, its kind of stove and chairs, and its mood."""

    cabinets: Cabinets
    gas: bool
    chair_kind: str
    mood: Mood
    shell: Shell
    furniture: Furniture
    crockery: Crockery
    food: Food
    cloths: Cloths
    papers: Papers
    fittings: Fittings


def mix_palette(rng: random.Random) -> Palette:
    """Make the materials of one kitchen."""
    look = rng.choice(STYLES)
    cabinets = _mix_cabinets(rng, look)
    floor = _mix_floor(rng, look)
    colors = rng.choice(CLOTHS)
    table = m.wood("table wood", *rng.choice((OAK, BEECH, WALNUT, CHERRY)), 0.3)
    chair = table if rng.random() < 0.5 else m.wood("chair wood", *rng.choice((BEECH, WALNUT, OAK)), 0.35)
    book_colors = list(BOOKS)
    rng.shuffle(book_colors)
    evening = rng.uniform(0.6, 1.4)
    return Palette(
        cabinets=cabinets,
        gas=rng.random() < 0.6,
        chair_kind=rng.choice(("slats", "ladder", "spindles")),
        mood=Mood(rng.uniform(0.5, 1.3), rng.choice((0.0, 0.8, 1.2)), evening, rng.uniform(-0.25, 0.2)),
        shell=_mix_shell(rng, look, floor),
        furniture=_mix_furniture(rng, table, chair),
        crockery=_mix_crockery(rng, cabinets.chrome),
        food=_mix_food(),
        cloths=_mix_cloths(rng, colors),
        papers=_mix_papers(rng, book_colors),
        fittings=_mix_fittings(evening),
    )


def _mix_cabinets(rng: random.Random, look: KitchenStyle) -> Cabinets:
    """Make the materials of cabinets and machines."""
    if isinstance(look.front[0], tuple):
        front = m.wood("cabinet wood", *(vary(rng, tone) for tone in look.front))
    else:
        front = m.paint("cabinet paint", vary(rng, look.front), 0.38, 0.14)
    metal = m.metal(
        "handle metal", *rng.choice((((0.55, 0.55, 0.54), 0.28), ((0.3, 0.24, 0.16), 0.4), ((0.06, 0.055, 0.05), 0.45)))
    )
    dark_plastic = m.plain("dark plastic", (0.018, 0.018, 0.019), 0.35)
    dark_metal = m.plain("dark metal", (0.02, 0.02, 0.022), 0.4, 0.6)
    carcass = front if isinstance(look.front[0], tuple) else m.plain("carcass", (0.6, 0.58, 0.53), 0.5)
    style = Style(look.profile, front, carcass, dark_plastic, metal, rng.choice(("bar", "knob", "bar", "cup")))
    steel = m.metal("stainless steel", (0.52, 0.52, 0.51), 0.3, brushed=True)
    chrome = m.metal("chrome", (0.68, 0.68, 0.68), 0.12)
    screen = m.plain("black glass", (0.008, 0.008, 0.009), 0.06)
    white = m.plain("enamel white", (0.68, 0.67, 0.63), 0.25)
    black = m.plain("enamel black", (0.016, 0.016, 0.017), 0.22)
    body = rng.choice((steel, steel, white, white, black))
    grip = chrome if body is steel else body
    finish = Finish(body, grip, dark_plastic, screen, chrome)
    cold_body = rng.choice((body, body, white))
    cold = Finish(cold_body, chrome if cold_body is steel else cold_body, dark_plastic, screen, chrome)
    return Cabinets(style, finish, cold, look.profile != "flat", chrome, steel, dark_metal, dark_plastic)


def _mix_floor(rng: random.Random, look: KitchenStyle) -> Material:
    """Make the floor of tiles or boards."""
    if look.floor == "tile":
        tone = vary(rng, (0.48, 0.4, 0.3), 0.15)
        side = rng.choice((0.3, 0.33, 0.4))
        return m.tiles("floor tiles", tone, (0.26, 0.22, 0.18), side, side, 0.0, 0.28, gap=0.006)
    return m.planks("floor boards", *rng.choice((OAK, BEECH, CHERRY)))


def _mix_shell(rng: random.Random, look: KitchenStyle, floor: Material) -> Shell:
    """Make the materials of walls, ceiling, floor, doors and windows."""
    tile, grout, wide, tall, offset = look.tile
    return Shell(
        wall=m.paint("wall paint", vary(rng, look.wall), worn=0.1),
        ceiling=m.paint("ceiling paint", (0.74, 0.73, 0.7), worn=0.06),
        trim=m.paint("trim paint", vary(rng, (0.7, 0.68, 0.63), 0.05), 0.35, 0.1),
        door=m.paint("door paint", (0.68, 0.66, 0.6), 0.35, 0.12)
        if rng.random() < 0.7
        else m.wood("door wood", *MAPLE),
        floor=floor,
        backsplash=m.tiles("backsplash tiles", vary(rng, tile), grout, wide, tall, offset, 0.12, look.accent),
        counter=m.stone("counter stone", *(vary(rng, tone) for tone in look.stone)),
        pane=m.pane(),
        slats=m.sheer("blind slats", (0.72, 0.7, 0.64)),
        cord=m.plain("cord", (0.55, 0.5, 0.42), 0.8),
        curtain=m.sheer(
            "curtain cloth",
            vary(rng, rng.choice(((0.7, 0.62, 0.46), (0.4, 0.2, 0.13), (0.34, 0.42, 0.36), (0.66, 0.64, 0.6)))),
        ),
    )


def _mix_furniture(rng: random.Random, table: Material, chair: Material) -> Furniture:
    """Make the materials of shelves, table and chairs, and the plastics of many things."""
    return Furniture(
        wood=m.wood("shelf wood", *rng.choice((OAK, BEECH, WALNUT))),
        table=table,
        chair=chair,
        white_plastic=m.plain("white plastic", (0.7, 0.69, 0.65), 0.35),
        plastics=[
            m.plain("red plastic", (0.5, 0.04, 0.03), 0.3),
            m.plain("blue plastic", (0.04, 0.16, 0.42), 0.3),
            m.plain("yellow plastic", (0.65, 0.45, 0.05), 0.3),
        ],
    )


def _mix_crockery(rng: random.Random, chrome: Material) -> Crockery:
    """Make the materials of dishes, pots, glasses and their contents."""
    return Crockery(
        china=m.plain("china", (0.72, 0.71, 0.67), 0.12),
        mugs=[m.plain("mug glaze", color, 0.15) for color in ((0.32, 0.05, 0.04), (0.08, 0.2, 0.3), (0.62, 0.55, 0.4))],
        crock=m.plain("stoneware", vary(rng, (0.3, 0.26, 0.2), 0.3), 0.3, vary=0.15),
        enamel=m.plain(
            "enamel", vary(rng, rng.choice(((0.5, 0.08, 0.05), (0.12, 0.24, 0.26), (0.66, 0.62, 0.52)))), 0.15
        ),
        kettle=rng.choice((chrome, m.plain("kettle enamel", (0.42, 0.04, 0.03), 0.12))),
        clear=m.glass("clear glass", (0.93, 0.96, 0.95), 0.08),
        green_glass=m.glass("green glass", (0.16, 0.3, 0.1), 0.55),
        brown_glass=m.glass("brown glass", (0.24, 0.08, 0.02), 0.6),
        coffee=m.plain("coffee", (0.015, 0.007, 0.003), 0.1),
        fillings=[
            m.plain("pasta", (0.62, 0.42, 0.15), 0.6, vary=0.3),
            m.plain("flour", (0.72, 0.69, 0.62), 0.9),
            m.plain("lentils", (0.42, 0.15, 0.05), 0.7, vary=0.3),
        ],
        spoon=m.wood("beech", *BEECH, 0.5, 1.5),
        board=m.wood("board wood", *rng.choice((MAPLE, WALNUT)), 0.5),
        wicker=m.plain("wicker", (0.32, 0.18, 0.075), 0.7, vary=0.4),
    )


def _mix_food() -> Food:
    """Make the materials of food, plants and cleaning things."""
    return Food(
        crust=m.plain("crust", (0.42, 0.19, 0.06), 0.7, vary=0.35),
        fruit=[
            m.plain("apple", (0.42, 0.045, 0.03), 0.28, vary=0.35),
            m.plain("orange", (0.75, 0.28, 0.03), 0.42, vary=0.1),
            m.plain("lemon", (0.75, 0.55, 0.06), 0.42, vary=0.1),
            m.plain("green apple", (0.36, 0.45, 0.08), 0.28, vary=0.2),
        ],
        leaf=m.plain("leaf", (0.05, 0.14, 0.03), 0.4, vary=0.4),
        terracotta=m.plain("terracotta", (0.42, 0.16, 0.075), 0.8, vary=0.15),
        soil=m.plain("soil", (0.03, 0.02, 0.012), 0.95, vary=0.4),
        sponge=m.plain("sponge", (0.65, 0.5, 0.06), 0.95, vary=0.15),
        kraft=m.plain("kraft paper", (0.42, 0.27, 0.14), 0.8, vary=0.08),
        bristle=m.plain("bristle", (0.12, 0.2, 0.28), 0.9, vary=0.3),
    )


def _mix_cloths(rng: random.Random, colors: tuple[Color, Color]) -> Cloths:
    """Make cloths in two colours, and mats."""
    cloth_a, cloth_b = colors
    return Cloths(
        towel=m.cloth("towel cloth", cloth_b, cloth_a, "border", 0.14),
        apron=m.cloth("apron cloth", cloth_a, cloth_b, rng.choice(("stripes", "checks")), 0.03),
        dishcloth=m.cloth("dishcloth", (0.62, 0.6, 0.55), cloth_a, "checks", 0.035),
        coat=m.cloth(
            "coat cloth", vary(rng, rng.choice(((0.05, 0.07, 0.12), (0.2, 0.2, 0.2), (0.16, 0.09, 0.05))), 0.2)
        ),
        tote=m.cloth("tote cloth", (0.5, 0.43, 0.3), cloth_a, "border", 0.3),
        cushion=m.cloth("cushion cloth", cloth_a, cloth_b, rng.choice(("checks", "plain", "border")), 0.045),
        mat=m.cloth("mat cloth", vary(rng, (0.2, 0.11, 0.07), 0.3), cloth_b, "border", 0.16),
        door_mat=m.cloth("coir", (0.2, 0.13, 0.06), (0.05, 0.035, 0.02), "border", 0.2),
    )


def _mix_papers(rng: random.Random, book_colors: list[Color]) -> Papers:
    """Make the materials of paper, books, packages and pictures."""
    return Papers(
        paper_white=m.plain("white paper", (0.74, 0.73, 0.7), 0.9),
        note=prints.writing("note"),
        news=prints.writing("newspaper", (0.62, 0.6, 0.54), line=0.008),
        label=prints.writing("bottle label", (0.7, 0.66, 0.54), (0.3, 0.05, 0.03), 0.02),
        calendar=prints.calendar("calendar", (0.5, 0.07, 0.05)),
        photo=prints.landscape("photo", rng),
        pages=m.plain("pages", (0.64, 0.59, 0.48), 0.9),
        books=prints.covers("book covers", book_colors),
        package=[
            prints.package("cereal print", *pair)
            for pair in (
                ((0.5, 0.06, 0.04), (0.75, 0.45, 0.06)),
                ((0.05, 0.14, 0.4), (0.6, 0.6, 0.56)),
                ((0.1, 0.28, 0.08), (0.7, 0.55, 0.1)),
            )
        ]
        + [prints.package("tea print", (0.06, 0.2, 0.12), (0.6, 0.48, 0.16), height=0.12)],
        images=[prints.landscape("painting", rng), prints.poster("print", rng), prints.landscape("sketch", rng)],
        frames=[
            m.wood("frame wood", *WALNUT),
            m.plain("frame black", (0.015, 0.015, 0.016), 0.3),
            m.wood("frame oak", *OAK),
        ],
        mount=m.plain("mount", (0.7, 0.68, 0.62), 0.9),
    )


def _mix_fittings(evening: float) -> Fittings:
    """Make the materials of mirror, whiteboard and lamps."""
    return Fittings(
        mirror=m.metal("mirror", (0.85, 0.87, 0.86), 0.01),
        board_face=prints.scribble("whiteboard face"),
        diffuser=m.glow("lamp diffuser", (1.0, 0.86, 0.66), 2.2 * evening),
        shade=m.sheer("lamp shade", (0.7, 0.6, 0.42)),
        bulb=m.glow("bulb", (1.0, 0.8, 0.52), 6.0 * evening),
    )
