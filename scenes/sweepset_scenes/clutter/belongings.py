"""Belongings left about on floors, beds and seats: bags, boxes, clothes, shoes, toys, baskets, plants.

Makers of pieces, for `what_lies_where`. Sizes are those of the trade: parcels of 30 to 60 cm, backpacks of 20 to 30
litres, a cabin bag of 55 x 40 x 20 cm (IATA), shoes of 25 to 30 cm.
"""

from __future__ import annotations

import math
import random

import numpy as np

from ..materials.room_materials import Looks
from ..piece import Part, Piece, single
from ..shapes import cloth as textiles
from ..shapes import crockery, paper
from ..shapes.padding import padded, ripple
from ..shapes.primitives import Material, Shape, ball, box, cylinder, join, loft, prism, rounded, smooth, tube, vessel


def settled(shape: Shape) -> Shape:
    """Return a shape moved to where a piece is: centred on x = 0, its back at y = 0, standing on z = 0."""
    low, high = shape.vertices.min(axis=0), shape.vertices.max(axis=0)
    return shape.moved(-(low[0] + high[0]) / 2, -high[1], -low[2])


def one(name: str, shape: Shape, category: str = "otherprop") -> Piece:
    """Make a piece of one thing, settled."""
    return single(name, settled(shape), category)


def heap(material: Material, rng: random.Random, width: float, depth: float, height: float) -> Shape:
    """Make a crumpled heap of cloth on z = 0, centred."""
    bump, fold = ripple(rng, 0.16), ripple(rng, 0.07)
    count, rings = 26, []
    for radius, rise in ((1.0, 0.0), (1.04, 0.12), (0.95, 0.4), (0.8, 0.66), (0.58, 0.86), (0.32, 0.97), (0.08, 1.0)):
        ring = []
        for j in range(count):
            a = 2 * math.pi * j / count
            x, y = width / 2 * radius * math.cos(a), depth / 2 * radius * math.sin(a)
            out = 0.72 + 0.36 * bump(1.3 * math.cos(a), 1.3 * math.sin(a)) + 0.1 * fold(x + rise, y)
            z = height * rise * (0.55 + 0.45 * bump(x, y)) * (0.85 + 0.3 * fold(x, y))
            ring.append((x * out, y * out, z))
        rings.append(ring)
    return loft(material, rings)


def clothes_heap(rng: random.Random, looks: Looks) -> Piece:
    """Make clothes thrown down: two to four garments over each other."""
    parts = []
    for i in range(rng.randint(2, 4)):
        size = rng.uniform(0.25, 0.42)
        one_heap = heap(looks.cloth(rng), rng, size * rng.uniform(1.0, 1.5), size, rng.uniform(0.06, 0.13))
        place = (rng.uniform(-0.14, 0.14), rng.uniform(-0.1, 0.1), 0.03 * i)
        parts.append(one_heap.turned(rng.uniform(0, 180)).moved(*place))
        if rng.random() < 0.6:
            a = rng.uniform(0, 2 * math.pi)
            reach = [(r * math.cos(a + 0.5 * r), r * math.sin(a + 0.5 * r), 0.035 - 0.01 * r) for r in (0.1, 0.25, 0.4)]
            sleeve = tube(looks.cloth(rng), smooth(reach), 0.045, 10).scaled(1.0, 1.0, 0.6)
            parts.append(sleeve.moved(z=0.012))
    return one("clothes", join(parts), "clothes")


def folded_clothes(rng: random.Random, looks: Looks) -> Piece:
    """Make a stack of folded clothes."""
    parts, z = [], 0.0
    for _ in range(rng.randint(2, 6)):
        thick = rng.uniform(0.025, 0.05)
        garment = padded(looks.cloth(rng), rng.uniform(0.25, 0.33), rng.uniform(0.22, 0.3), thick, 0.012)
        parts.append(garment.turned(rng.uniform(-6, 6)).moved(rng.uniform(-0.01, 0.01), rng.uniform(-0.01, 0.01), z))
        z += thick + 0.001
    return one("folded clothes", join(parts), "clothes")


def thrown_garment(rng: random.Random, looks: Looks) -> Piece:
    """Make a single garment or scarf that was dropped."""
    size = rng.uniform(0.3, 0.5)
    cloth = looks.cloth(rng)
    return one("garment", heap(cloth, rng, size * 1.4, size * 0.8, rng.uniform(0.05, 0.09)), "clothes")


def folded_towels(rng: random.Random, looks: Looks) -> Piece:
    """Make one to five folded towels."""
    parts, z = [], 0.0
    for _ in range(rng.randint(1, 5)):
        thick = rng.uniform(0.035, 0.06)
        cloth = looks.towel if rng.random() < 0.7 else looks.cloth(rng)
        parts.append(padded(cloth, 0.36, 0.26, thick, 0.02).turned(rng.uniform(-4, 4)).moved(z=z))
        z += thick + 0.001
    return one("towels", join(parts), "towel")


def dropped_towel(rng: random.Random, looks: Looks) -> Piece:
    """Make a towel on the floor or over an edge."""
    return one("towel", heap(looks.towel, rng, rng.uniform(0.45, 0.7), 0.4, rng.uniform(0.05, 0.1)), "towel")


def blanket(rng: random.Random, looks: Looks) -> Piece:
    """Make a throw that was left crumpled or folded."""
    if rng.random() < 0.5:
        return one("blanket", padded(looks.blanket, 0.55, 0.4, rng.uniform(0.06, 0.12), 0.03, 0.01))
    return one("blanket", heap(looks.blanket, rng, rng.uniform(0.6, 0.9), 0.55, rng.uniform(0.1, 0.18)))


def moving_box(rng: random.Random, looks: Looks) -> Piece:
    """Make one to three closed parcels, taped, stacked."""
    parts, z = [], 0.0
    wide, deep = rng.uniform(0.3, 0.6), rng.uniform(0.25, 0.45)
    for i in range(rng.choice((1, 1, 1, 2, 2, 3))):
        shrink = rng.uniform(0.75, 1.0) if i else 1.0
        w, d, h = wide * shrink, deep * shrink, rng.uniform(0.18, 0.4)
        carton = looks.cardboard if rng.random() < 0.75 else looks.box_print(rng)
        crate = box(carton, (-w / 2, -d / 2, 0.0), (w / 2, d / 2, h), 0.004)
        tape = box(looks.plastic, (-w / 2 - 0.0006, -0.025, h - 0.1), (w / 2 + 0.0006, 0.025, h + 0.0006), 0.0003)
        parts.append((crate + tape).turned(rng.uniform(-8, 8)).moved(z=z))
        z += h + 0.001
    return one("boxes", join(parts), "box")


def open_box(rng: random.Random, looks: Looks) -> Piece:
    """Make an open cardboard box, maybe with things in it."""
    w, d, h = rng.uniform(0.28, 0.5), rng.uniform(0.24, 0.36), rng.uniform(0.16, 0.36)
    crate = paper.open_box(looks.cardboard, w, d, h)
    if rng.random() < 0.6:
        crate = crate + heap(looks.cloth(rng), rng, 0.75 * w, 0.75 * d, 0.25 * h).moved(z=0.7 * h)
        crate = crate + box(looks.cardboard, (-0.46 * w, -0.46 * d, 0.62 * h), (0.46 * w, 0.46 * d, 0.7 * h))
    return one("open box", crate, "box")


def storage_box(rng: random.Random, looks: Looks) -> Piece:
    """Make a plastic or cloth box with a lid."""
    w, d, h = rng.uniform(0.25, 0.6), rng.uniform(0.2, 0.4), rng.uniform(0.12, 0.3)
    body = looks.colored(rng) if rng.random() < 0.6 else looks.cloth(rng)
    lid = prism(looks.plastic, rounded(w + 0.02, d + 0.02, 0.03), 0.025, 0.006).moved(z=h)
    base = loft(body, [[(x, y, z) for x, y in rounded(w * s, d * s, 0.03)] for s, z in ((0.9, 0.0), (1.0, h))])
    return one("storage box", base + lid, "box")


def shoe_box(rng: random.Random, looks: Looks) -> Piece:
    """Make one to four shoe boxes or gift boxes."""
    parts, z = [], 0.0
    for _ in range(rng.randint(1, 4)):
        h = rng.uniform(0.09, 0.13)
        face = looks.box_print(rng) if rng.random() < 0.6 else looks.colored(rng)
        body = box(face, (-0.165, -0.095, 0.0), (0.165, 0.095, h - 0.03), 0.002)
        lid = box(face, (-0.17, -0.1, h - 0.035), (0.17, 0.1, h), 0.002)
        parts.append((body + lid).turned(rng.uniform(-10, 10)).moved(z=z))
        z += h + 0.0005
    return one("shoe boxes", join(parts), "box")


def backpack(rng: random.Random, looks: Looks) -> Piece:
    """Make a backpack that stands or leans: body, pocket, handle, straps."""
    cloth = looks.cloth(rng) if rng.random() < 0.7 else looks.black
    w, d, h = rng.uniform(0.27, 0.33), rng.uniform(0.15, 0.2), rng.uniform(0.4, 0.48)
    levels = (
        (0.0, 0.94, 0.98),
        (0.04, 1.0, 1.0),
        (0.45, 1.0, 1.05),
        (0.75, 0.94, 0.85),
        (0.93, 0.74, 0.6),
        (1.0, 0.5, 0.3),
    )
    slack = rng.uniform(0.75, 1.0)
    body = loft(
        cloth,
        [[(x, y, h * t * slack) for x, y in rounded(w * a, d * b, 0.29 * d, 4)] for t, a, b in levels],
    )
    pocket = padded(looks.cloth(rng), 0.75 * w, 0.42 * h, 0.07, 0.03).turned(90, "X")
    parts = [body, pocket.moved(0.0, -0.44 * d, 0.25 * h)]
    grip = [(-0.03, 0.02, h * slack - 0.01), (0.0, 0.02, h * slack + 0.035), (0.03, 0.02, h * slack - 0.01)]
    parts.append(tube(looks.black, smooth(grip), 0.008, 6))
    for s in (-1, 1):
        strap = [(s * 0.06, 0.3 * d, 0.9 * h * slack), (s * 0.1, 0.62 * d, 0.6 * h), (s * 0.11, 0.5 * d, 0.12 * h)]
        parts.append(tube(looks.black, smooth(strap), 0.014, 6))
    return one("backpack", join(parts).turned(rng.choice((0.0, 0.0, -7.0)), "X"), "bag")


def handbag(rng: random.Random, looks: Looks) -> Piece:
    """Make a handbag or a tote with two handles."""
    face = rng.choice((looks.leather, looks.cloth(rng), looks.black))
    w, d, h = rng.uniform(0.26, 0.42), rng.uniform(0.1, 0.16), rng.uniform(0.2, 0.34)
    rings = []
    for t, a, b in ((0.0, 1.0, 1.0), (0.06, 1.04, 1.1), (0.6, 0.98, 0.85), (1.0, 0.86, 0.32)):
        rings.append([(x, y, h * t) for x, y in rounded(w * a, d * b, 0.14 * d, 3)])
    parts = [loft(face, rings)]
    for s in (-1, 1):
        y = s * 0.13 * d
        path = [(-0.22 * w, y, h - 0.02), (-0.14 * w, y, h + 0.11), (0.14 * w, y, h + 0.11), (0.22 * w, y, h - 0.02)]
        parts.append(tube(face, smooth(path), 0.007, 6))
    return one("handbag", join(parts), "bag")


def shopping_bag(rng: random.Random, looks: Looks) -> Piece:
    """Make a paper or plastic carrier bag."""
    face = looks.cardboard if rng.random() < 0.5 else looks.colored(rng)
    w, d, h = rng.uniform(0.22, 0.36), rng.uniform(0.1, 0.18), rng.uniform(0.26, 0.42)
    return one("shopping bag", paper.shopping_bag(face, looks.black, w, d, h), "bag")


def duffel_bag(rng: random.Random, looks: Looks) -> Piece:
    """Make a sports bag that lies down."""
    cloth = rng.choice((looks.cloth(rng), looks.black))
    length, r = rng.uniform(0.45, 0.65), rng.uniform(0.12, 0.16)
    rings = []
    for t, s in ((-1.0, 0.6), (-0.94, 0.9), (-0.5, 1.0), (0.0, 0.94), (0.5, 1.02), (0.94, 0.9), (1.0, 0.6)):
        turns = (2 * math.pi * k / 20 for k in range(20))
        rings.append([(length / 2 * t, r * s * math.cos(a), max(r + r * s * math.sin(a), 0.01)) for a in turns])
    parts = [loft(cloth, rings)]
    for s in (-1, 1):
        path = [
            (-0.12, s * 0.5 * r, 1.8 * r),
            (-0.06, s * 0.25 * r, 2.5 * r),
            (0.06, s * 0.25 * r, 2.5 * r),
            (0.12, s * 0.5 * r, 1.8 * r),
        ]
        parts.append(tube(looks.black, smooth(path), 0.01, 6))
    return one("sports bag", join(parts), "bag")


def suitcase(rng: random.Random, looks: Looks) -> Piece:
    """Make an upright suitcase on castors."""
    w, d, h = rng.choice(((0.4, 0.2, 0.53), (0.45, 0.26, 0.64)))
    shell = padded(looks.colored(rng), w, h, d, 0.05).turned(90, "X").moved(0.0, d / 2, h / 2 + 0.04)
    parts = [shell, box(looks.black, (-0.09, d / 2 - 0.05, h + 0.03), (0.09, d / 2 - 0.02, h + 0.055), 0.006)]
    parts += [
        cylinder(looks.black, 0.025, 0.025, 0.004, 12).turned(90, "Y").moved(x, y, 0.025)
        for x in (-0.38 * w, 0.33 * w)
        for y in (-0.3 * d, 0.3 * d)
    ]
    parts += [
        box(looks.black, (-w / 2 + 0.03, s * 0.06, h * 0.1), (w / 2 - 0.03, s * 0.06 + 0.006, h * 0.1 + 0.01))
        for s in (-1,)
    ]
    return one("suitcase", join(parts), "bag")


def shoes(rng: random.Random, looks: Looks) -> Piece:
    """Make a pair of shoes, slippers or boots, one maybe kicked over."""
    upper = rng.choice((looks.leather, looks.black, looks.colored(rng), looks.cloth(rng)))
    sole, length = rng.choice((looks.black, looks.white)), rng.uniform(0.25, 0.3)
    boot = rng.random() < 0.2
    pair = []
    for s in (-1, 1):
        rings = []
        for t, wide, high in (
            (0.0, 0.5, 0.5),
            (0.06, 0.8, 0.9),
            (0.25, 0.85, 1.0),
            (0.5, 0.9, 0.72),
            (0.8, 1.0, 0.45),
            (0.97, 0.7, 0.36),
            (1.0, 0.4, 0.25),
        ):
            high *= 0.24 if boot and t < 0.3 else 0.1
            turns = (2 * math.pi * k / 16 for k in range(16))
            rings.append(
                [
                    (0.046 * wide * math.cos(a), -length * t, 0.02 + max(high * (0.5 + 0.5 * math.sin(a)), 0.0))
                    for a in turns
                ]
            )
        outline = [
            (0.042 * wide, -length * t)
            for t, wide in ((0.0, 0.6), (0.1, 0.9), (0.5, 0.8), (0.78, 1.05), (0.95, 0.8), (1.0, 0.4))
        ]
        outline = outline[::-1] + [(-x, y) for x, y in outline]
        shoe = loft(upper, rings) + prism(sole, outline[::-1], 0.024, 0.004)
        lying = s > 0 and not boot and rng.random() < 0.2
        shoe = shoe.turned(84, "Y").moved(z=0.045) if lying else shoe
        pair.append(shoe.turned(rng.uniform(-25, 25)).moved(s * 0.065, rng.uniform(-0.06, 0.06), 0.0))
    return one("shoes", join(pair))


def toy_blocks(rng: random.Random, looks: Looks) -> Piece:
    """Make building blocks, some stacked."""
    parts = []
    for _ in range(rng.randint(6, 14)):
        a, b, c = (rng.choice((0.03, 0.04, 0.06)) for _ in range(3))
        block = box(looks.colored(rng), (-a / 2, -b / 2, 0.0), (a / 2, b / 2, c), 0.002)
        parts.append(block.turned(rng.uniform(0, 90)).moved(rng.uniform(-0.18, 0.18), rng.uniform(-0.14, 0.14)))
    tower = 0.0
    for _ in range(rng.randint(2, 5)):
        parts.append(
            box(looks.colored(rng), (-0.02, -0.02, tower), (0.02, 0.02, tower + 0.04), 0.002).turned(rng.uniform(0, 30))
        )
        tower += 0.0405
    return one("building blocks", join(parts))


def toy_car(rng: random.Random, looks: Looks) -> Piece:
    """Make a toy car or lorry."""
    size = rng.uniform(0.6, 1.6)
    body, wheel = looks.colored(rng), looks.black
    parts = [
        padded(body, 0.09, 0.2, 0.045, 0.015).moved(z=0.018),
        padded(looks.colored(rng), 0.08, 0.09, 0.045, 0.014).moved(0.0, 0.01, 0.06),
    ]
    for x in (-0.045, 0.03):
        for y in (-0.062, 0.062):
            parts.append(cylinder(wheel, 0.024, 0.015, 0.003, 16).turned(90, "Y").moved(x, y, 0.024))
    return one("toy car", join(parts).scaled(size, size, size))


def teddy(rng: random.Random, looks: Looks) -> Piece:
    """Make a sitting soft toy."""
    fur = looks.cloth(rng)
    k, ears = rng.uniform(0.7, 1.5), rng.choice((1.0, 2.4))
    parts = [
        ball(fur, 0.085, 18).scaled(1.0, 0.85, 1.15).moved(z=0.095),
        ball(fur, 0.065, 18).moved(0.0, -0.005, 0.235),
    ]
    for s in (-1, 1):
        parts.append(ball(fur, 0.026, 12).scaled(1.0, 0.6, ears).moved(s * 0.045, 0.0, 0.285 + 0.012 * ears))
        parts.append(tube(fur, [(s * 0.07, -0.02, 0.16), (s * 0.105, -0.07, 0.1)], (0.03, 0.034), 10))
        parts.append(tube(fur, [(s * 0.045, -0.05, 0.04), (s * 0.075, -0.15, 0.036)], (0.036, 0.036), 10))
        parts.append(ball(looks.black, 0.008, 8).moved(s * 0.022, -0.062, 0.25))
    parts.append(ball(looks.black, 0.011, 8).moved(0.0, -0.07, 0.228))
    return one("soft toy", join(parts).scaled(k, k, k))


def play_ball(rng: random.Random, looks: Looks) -> Piece:
    """Make a ball: a toy's, a football's or an exercise ball's size."""
    radius = rng.choice((0.04, 0.09, 0.11, 0.11, 0.28))
    return one("ball", ball(looks.colored(rng), radius, 28))


def laundry_basket(rng: random.Random, looks: Looks) -> Piece:
    """Make a laundry basket full of clothes; they are labelled as such."""
    body = rng.choice((looks.white, looks.plastic, looks.basket, looks.colored(rng)))
    w, d, h = rng.uniform(0.42, 0.58), rng.uniform(0.34, 0.4), rng.uniform(0.24, 0.38)
    walls = []
    for s, z in ((0.84, 0.0), (0.86, 0.01), (1.0, h), (1.05, h + 0.006), (1.03, h + 0.012), (0.96, h), (0.82, 0.012)):
        walls.append([(x, y, z) for x, y in rounded(w * s, d * s, 0.08, 4)])
    tub = loft(body, walls)
    low, high = tub.vertices.min(axis=0), tub.vertices.max(axis=0)
    shift = (-(low[0] + high[0]) / 2, -high[1], 0.0)
    pile = heap(looks.cloth(rng), rng, 0.86 * w, 0.84 * d, 0.2) + heap(
        looks.cloth(rng), rng, 0.5 * w, 0.5 * d, 0.16
    ).moved(rng.uniform(-0.08, 0.08), 0.0, 0.12)
    inside = pile.moved(z=h - 0.14).within((-0.47 * w, -0.45 * d, 0.0), (0.47 * w, 0.45 * d, 2.0))
    parts = (Part("laundry basket", tub.moved(*shift), "otherprop"), Part("laundry", inside.moved(*shift), "clothes"))
    return Piece("laundry basket", parts if rng.random() < 0.85 else parts[:1])


def basket(rng: random.Random, looks: Looks) -> Piece:
    """Make a wicker basket."""
    return one(
        "basket", crockery.basket(looks.basket, rng.uniform(0.25, 0.45), rng.uniform(0.2, 0.35), rng.uniform(0.1, 0.3))
    )


def waste_basket(rng: random.Random, looks: Looks) -> Piece:
    """Make a waste-paper basket, with paper or a bag in it."""
    body = rng.choice((looks.black, looks.metal, looks.plastic, looks.white, looks.basket))
    r, h = rng.uniform(0.11, 0.15), rng.uniform(0.26, 0.36)
    parts = [vessel(body, [(0.8 * r, 0.0), (0.82 * r, 0.01), (r, h), (1.03 * r, h + 0.004)], 0.004, 28)]
    if rng.random() < 0.5:
        parts.append(heap(looks.white, rng, 1.5 * r, 1.5 * r, 0.06).moved(z=h - 0.08))
    return one("waste basket", join(parts), "otherfurniture")


def floor_plant(rng: random.Random, looks: Looks) -> Piece:
    """Make a tall potted plant."""
    tall = rng.uniform(0.6, 1.5)
    return one(
        "plant",
        crockery.plant(looks.plant, looks.pot, looks.soil, rng, tall, rng.uniform(0.25, 0.42), rng.randint(18, 32)),
    )


def cables(rng: random.Random, looks: Looks) -> Piece:
    """Make a tangle of cables with a power strip."""
    parts = [box(looks.white, (-0.16, -0.025, 0.0), (0.16, 0.025, 0.035), 0.006)] if rng.random() < 0.6 else []
    for _ in range(rng.randint(2, 4)):
        path = [(rng.uniform(-0.25, 0.25), rng.uniform(-0.18, 0.18), 0.006 + 0.012 * (k % 3)) for k in range(6)]
        parts.append(tube(looks.black if rng.random() < 0.7 else looks.white, smooth(path, 4), 0.0035, 5))
    return one("cables", join(parts))


def floor_papers(rng: random.Random, looks: Looks) -> Piece:
    """Make papers or newspapers that lie about."""
    parts = [_sheet_of_paper(looks.page(rng), rng, 0.0012 * i) for i in range(rng.randint(2, 6))]
    return one("papers", join(parts), "paper")


def _sheet_of_paper(face: Material, rng: random.Random, z: float) -> Shape:
    """Make a sheet of A4 (ISO 216) that lies at a height."""
    w, h = 0.21, 0.297
    page = box(face, (-w / 2, -h / 2, z), (w / 2, h / 2, z + 0.0009), 0.0002).fitted()
    return page.turned(rng.uniform(-40, 40)).moved(rng.uniform(-0.1, 0.1), rng.uniform(-0.1, 0.1))


def book_pile(rng: random.Random, looks: Looks) -> Piece:
    """Make a pile of books or magazines on the floor."""
    return one("pile of books", paper.lying_books(looks.books(rng), looks.pages, rng, rng.randint(3, 14)), "books")


def guitar(rng: random.Random, looks: Looks) -> Piece:
    """Make a guitar on its stand, leaning back."""
    outline = []
    for k in range(28):
        a = 2 * math.pi * k / 28
        waist = 0.19 - 0.035 * math.exp(-((math.sin(a) - 0.25) ** 2) / 0.05) - 0.04 * max(math.sin(a), 0.0)
        outline.append((waist * math.cos(a), 0.24 * math.sin(a)))
    body = prism(looks.wood2, outline, 0.09, 0.006) + cylinder(looks.black, 0.045, 0.002).moved(0.0, 0.06, 0.09)
    neck = box(looks.black, (-0.025, 0.2, 0.075), (0.025, 0.64, 0.1)) + box(
        looks.wood2, (-0.035, 0.62, 0.07), (0.035, 0.77, 0.085)
    )
    leaning = (body + neck).turned(75, "X").moved(z=0.3)
    foot = join(
        [
            tube(looks.black, [(s * 0.12, -0.12, 0.012), (s * 0.1, 0.1, 0.05), (0.0, 0.1, 0.3)], 0.008, 6)
            for s in (-1, 1)
        ]
    )
    return one("guitar", leaning + foot)


def fan(rng: random.Random, looks: Looks) -> Piece:
    """Make a fan on a foot."""
    tall, dark = rng.uniform(0.3, 1.1), rng.choice((looks.black, looks.white))
    parts = [cylinder(dark, 0.15, 0.025, 0.006, 28), cylinder(dark, 0.014, tall, 0.002, 12)]
    cage = []
    for k in range(12):
        t = math.pi * k / 12
        ring = [
            (0.2 * math.cos(a), -0.06 * math.cos(2 * t), 0.2 * math.sin(a))
            for a in (2 * math.pi * j / 24 for j in range(25))
        ]
        cage.append(
            tube(
                looks.chrome,
                [(0.2 * (k + 1) / 12 * x / 0.2, -0.05, 0.2 * (k + 1) / 12 * z / 0.2) for x, _, z in ring],
                0.002,
                5,
            )
        )
    blades = [
        prism(dark, [(0.0, -0.02), (0.17, -0.06), (0.18, 0.05), (0.0, 0.02)], 0.004, 0.001)
        .turned(90, "X")
        .turned(120 * k, "Y")
        for k in range(3)
    ]
    motor = cylinder(dark, 0.05, 0.11, 0.01, 20).turned(90, "X").moved(0.0, 0.06, 0.0)
    return one("fan", join([*parts, join([*cage, *blades, motor]).moved(z=tall + 0.18)]))


def hanging_coat(rng: random.Random, looks: Looks) -> Piece:
    """Make a coat or a bag on a hook on the wall."""
    hook = tube(looks.metal, [(0.0, 0.0, 0.02), (0.0, -0.04, 0.0), (0.0, -0.055, 0.03)], 0.006, 8)
    if rng.random() < 0.3:
        hung, category = textiles.tote(looks.cloth(rng)), "bag"
    else:
        phase, cloth = rng.uniform(0, 6), looks.cloth(rng)
        length, width = rng.uniform(0.65, 1.05), rng.uniform(0.42, 0.52)
        rings = []
        for t in np.linspace(1.0, 0.0, 9):
            half = width / 2 * (0.18 + 0.82 * min(t / 0.18, 1.0)) * (1.0 - 0.12 * math.sin(math.pi * t))
            deep = 0.03 + 0.045 * min(t / 0.2, 1.0)
            ring = []
            for k in range(28):
                a = 2 * math.pi * k / 28
                crease = 1 + 0.14 * math.sin(7 * a + phase) * t
                ring.append((half * math.cos(a) * crease, -0.085 + deep * math.sin(a) * crease, -0.02 - length * t))
            rings.append(ring)
        hung, category = loft(cloth, rings).within((-1, -1, -2), (1, -0.004, 1)), "clothes"
    whole = hook + hung
    low = float(whole.vertices[:, 2].min())
    hung, hook = hung.moved(z=-low), hook.moved(z=-low)
    parts = (Part("coat" if category == "clothes" else "hung bag", hung, category), Part("hook", hook, "otherprop"))
    return Piece("hung coat", parts, hung=max(1.7 + low, 0.05))


def towel_on_rail(rng: random.Random, looks: Looks) -> Piece:
    """Make a towel over a rail on the wall."""
    width = rng.uniform(0.45, 0.65)
    rail = cylinder(looks.chrome, 0.009, width, 0.001, 12).turned(90, "Y").moved(-width / 2, -0.07, 0.0)
    ends = [
        box(looks.chrome, (s * width / 2 - 0.012, -0.08, -0.012), (s * width / 2 + 0.012, 0.0, 0.012), 0.003)
        for s in (-1, 1)
    ]
    parts, drop = [], 0.0
    for x in [0.0] if rng.random() < 0.6 else [-0.25 * width, 0.25 * width]:
        wide, front = (0.75 if x == 0.0 else 0.4) * width, rng.uniform(0.3, 0.55)
        cloth = looks.towel if rng.random() < 0.7 else looks.cloth(rng)
        hung = textiles.draped(cloth, wide, front, rng.uniform(0.2, front), 0.0125, rng).moved(x, -0.07, 0.0)
        parts.append(Part("towel", hung.within((-1, -1, -2), (1, -0.003, 1)), "towel"))
        drop = max(drop, -float(hung.vertices[:, 2].min()))
    parts.append(Part("towel rail", join([rail, *ends]), "otherstructure"))
    raised = tuple(Part(part.name, part.shape.moved(z=drop), part.category) for part in parts)
    return Piece("towel rail", raised, hung=max(rng.uniform(1.15, 1.4) - drop, 0.3))
