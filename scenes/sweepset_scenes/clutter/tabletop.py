"""Things on tables, desks, shelves and rims: books, paper, crockery, bottles, food, toiletries.

Makers of pieces, for `what_lies_where`.
"""

from __future__ import annotations

import math
import random

from ..materials.room_materials import Looks
from ..piece import Part, Piece
from ..shapes import cabinetry, crockery, paper
from ..shapes.padding import padded
from ..shapes.primitives import ball, box, cylinder, join, lathe, loft, prism, rounded, smooth, tube, vessel
from .belongings import one


def books_lying(rng: random.Random, looks: Looks) -> Piece:
    """Make one to six books or magazines on top of each other."""
    return one("books", paper.lying_books(looks.books(rng), looks.pages, rng, rng.randint(1, 6)), "books")


def books_standing(rng: random.Random, looks: Looks) -> Piece:
    """Make a row of books, 15 to 60 cm long, some leaning."""
    tall = rng.uniform(0.19, 0.28)
    row = paper.standing_books(looks.books(rng), looks.pages, rng, rng.uniform(0.15, 0.6), tall, 0.75 * tall)
    return one("books", row, "books")


def open_book(rng: random.Random, looks: Looks) -> Piece:
    """Make a book that lies open."""
    page = looks.page(rng)
    halves = []
    for s in (-1, 1):
        cover = box(looks.books(rng), (0.0, -0.12, 0.0), (s * 0.155, 0.12, 0.003), 0.0005)
        leaves = box(page, (0.0, -0.117, 0.003), (s * 0.15, 0.117, 0.016), 0.003).fitted()
        halves.append((cover + leaves).turned(-s * 3.0, "Y").moved(z=0.004))
    return one("open book", join(halves), "books")


def binders(rng: random.Random, looks: Looks) -> Piece:
    """Make two to eight lever-arch files, 8 by 29 by 32 cm."""
    parts, x = [], 0.0
    for _ in range(rng.randint(2, 8)):
        wide = rng.choice((0.05, 0.08))
        spine = looks.colored(rng)
        parts.append(box(spine, (x, -0.285, 0.0), (x + wide, 0.0, 0.318), 0.003))
        parts.append(box(looks.paper, (x + 0.3 * wide, -0.2865, 0.12), (x + 0.7 * wide, -0.2845, 0.27), 0.0003))
        x += wide + 0.001
    return one("binders", join(parts))


def papers(rng: random.Random, looks: Looks) -> Piece:
    """Make a loose stack of papers."""
    parts = []
    for i in range(rng.randint(2, 7)):
        page = box(looks.page(rng), (-0.105, -0.1485, 0.001 * i), (0.105, 0.1485, 0.001 * i + 0.0008), 0.0002).fitted()
        parts.append(page.turned(rng.uniform(-25, 25)).moved(rng.uniform(-0.04, 0.04), rng.uniform(-0.04, 0.04)))
    return one("papers", join(parts), "paper")


def newspaper(rng: random.Random, looks: Looks) -> Piece:
    """Make a folded newspaper."""
    return one("newspaper", box(looks.page(rng), (-0.16, -0.2, 0.0), (0.16, 0.2, 0.008), 0.003).fitted(), "paper")


def letter_tray(rng: random.Random, looks: Looks) -> Piece:
    """Make one to three trays with papers."""
    body, parts = rng.choice((looks.black, looks.plastic, looks.wood2)), []
    for i in range(rng.randint(1, 3)):
        z = 0.075 * i
        parts.append(box(body, (-0.13, -0.17, z), (0.13, 0.17, z + 0.004), 0.001))
        parts += [box(body, (s * 0.13, -0.17, z), (s * 0.126, 0.17, z + 0.06), 0.001) for s in (-1, 1)]
        parts.append(box(body, (-0.13, 0.166, z), (0.13, 0.17, z + 0.075), 0.001))
        tall = z + rng.uniform(0.008, 0.03)
        parts.append(box(looks.page(rng), (-0.105, -0.14, z + 0.004), (0.105, 0.155, tall), 0.001).fitted())
    return one("letter tray", join(parts))


def pens(rng: random.Random, looks: Looks) -> Piece:
    """Make a cup full of pens."""
    parts = [vessel(rng.choice((looks.black, looks.glazed(rng), looks.metal)), [(0.036, 0.0), (0.04, 0.1)], 0.003)]
    for _ in range(rng.randint(4, 9)):
        a, lean = rng.uniform(0, 6.3), rng.uniform(0.012, 0.036)
        top = (1.5 * lean * math.cos(a), 1.5 * lean * math.sin(a), rng.uniform(0.13, 0.18))
        parts.append(tube(looks.colored(rng), [(-0.3 * top[0], -0.3 * top[1], 0.006), top], 0.0042, 6))
    return one("pens", join(parts))


def notebook(rng: random.Random, looks: Looks) -> Piece:
    """Make a notebook with a pen on it."""
    thick = rng.uniform(0.008, 0.02)
    pad = box(looks.colored(rng), (-0.075, -0.105, 0.0), (0.075, 0.105, thick), 0.003)
    pen = cylinder(looks.colored(rng), 0.005, 0.14, 0.002, 8).turned(90, "X").moved(0.0, 0.07, thick + 0.005)
    return one("notebook", pad + pen.turned(rng.uniform(-40, 40)))


def mug(rng: random.Random, looks: Looks) -> Piece:
    """Make a mug or a cup on a saucer."""
    cup = crockery.mug(looks.glazed(rng), rng.uniform(0.035, 0.045), rng.uniform(0.07, 0.105))
    if rng.random() < 0.3:
        cup = cup.moved(z=0.008) + crockery.plate(looks.glazed(rng), 0.075)
    return one("mug", cup.turned(rng.uniform(0, 360)))


def drinking_glass(rng: random.Random, looks: Looks) -> Piece:
    """Make a tumbler or a wine glass."""
    if rng.random() < 0.5:
        return one("glass", vessel(looks.glass, [(0.03, 0.0), (0.036, 0.12)], 0.002))
    bowl = [(0.034, 0.0), (0.034, 0.003), (0.005, 0.008), (0.004, 0.09), (0.03, 0.11), (0.04, 0.15), (0.034, 0.2)]
    return one("wine glass", lathe(looks.glass, bowl, 20))


def bottle(rng: random.Random, looks: Looks) -> Piece:
    """Make one to four bottles of drink or oil."""
    parts = []
    for i in range(rng.choice((1, 1, 2, 3, 4))):
        one_bottle = crockery.bottle(
            looks.liquid_glass(rng),
            looks.colored(rng),
            looks.box_print(rng) if rng.random() < 0.7 else None,
            rng.uniform(0.03, 0.042),
            rng.uniform(0.2, 0.33),
        )
        parts.append(one_bottle.moved(0.095 * i, rng.uniform(-0.02, 0.02)))
    return one("bottles", join(parts))


def dishes(rng: random.Random, looks: Looks) -> Piece:
    """Make plates and bowls that were used or stacked."""
    china, count = looks.glazed(rng), rng.randint(1, 5)
    parts = [crockery.plates(china, count, rng.uniform(0.09, 0.135))]
    if rng.random() < 0.6:
        parts.append(crockery.bowl(looks.glazed(rng), 0.075).moved(rng.uniform(-0.02, 0.02), 0.0, 0.0085 * count))
    return one("dishes", join(parts))


def place_setting(rng: random.Random, looks: Looks) -> Piece:
    """Make a laid place: a mat, a plate, a glass, knife and fork."""
    parts = [
        prism(looks.cloth(rng), rounded(0.42, 0.3, 0.02), 0.003, 0.001),
        crockery.plate(looks.ceramic, 0.13).moved(z=0.0032),
    ]
    for x in (-0.165, 0.165, 0.185):
        parts.append(box(looks.chrome, (x - 0.006, -0.09, 0.0032), (x + 0.006, 0.1, 0.0055), 0.001))
    parts.append(vessel(looks.glass, [(0.028, 0.0), (0.034, 0.11)], 0.002).moved(0.15, 0.17, 0.0))
    return one("place setting", join(parts))


def bowl(rng: random.Random, looks: Looks) -> Piece:
    """Make a bowl, maybe with fruit."""
    radius = rng.uniform(0.09, 0.16)
    if rng.random() < 0.5:
        return one("fruit bowl", crockery.fruit([looks.colored(rng) for _ in range(3)], looks.glazed(rng), rng, radius))
    return one("bowl", crockery.bowl(looks.glazed(rng), radius, 0.55 * radius))


def food_packages(rng: random.Random, looks: Looks) -> Piece:
    """Make cartons and tins of food; they are labelled a box."""
    parts, x = [], 0.0
    for _ in range(rng.randint(1, 4)):
        w, d, h = rng.uniform(0.08, 0.2), rng.uniform(0.05, 0.08), rng.uniform(0.14, 0.3)
        parts.append(paper.carton(looks.box_print(rng), w, d, h).turned(rng.uniform(-15, 15)).moved(x + w / 2))
        x += w + rng.uniform(0.015, 0.04)
    return one("cartons", join(parts), "box")


def tins(rng: random.Random, looks: Looks) -> Piece:
    """Make tins, jars or canisters."""
    parts, x = [], 0.0
    for _ in range(rng.randint(1, 4)):
        r, h = rng.uniform(0.033, 0.055), rng.uniform(0.08, 0.18)
        kind = rng.random()
        if kind < 0.4:
            tin = crockery.jar(looks.glass, looks.metal, looks.colored(rng), r, h, rng.uniform(0.3, 0.9))
        elif kind < 0.7:
            tin = cylinder(looks.box_print(rng), r, h, 0.003)
        else:
            tin = crockery.canister(looks.glazed(rng), looks.metal, r, h)
        parts.append(tin.moved(x + r))
        x += 2 * r + 0.02
    return one("tins", join(parts))


def small_box(rng: random.Random, looks: Looks) -> Piece:
    """Make a box of games, tissues or jewellery."""
    w, d, h = rng.uniform(0.1, 0.32), rng.uniform(0.08, 0.26), rng.uniform(0.04, 0.12)
    face = rng.choice((looks.box_print(rng), looks.colored(rng), looks.wood2, looks.cardboard))
    body = box(face, (-w / 2, -d / 2, 0.0), (w / 2, d / 2, h), 0.003)
    if rng.random() < 0.4:
        body = body + padded(looks.paper, 0.35 * w, 0.3 * d, 0.05, 0.012).moved(z=h - 0.01)
    return one("box", body, "box")


def remote_control(rng: random.Random, looks: Looks) -> Piece:
    """Make one or two remote controls."""
    parts = []
    for i in range(rng.randint(1, 2)):
        body = padded(looks.black, rng.uniform(0.04, 0.05), rng.uniform(0.14, 0.22), 0.02, 0.008)
        keys = [
            box(
                looks.colored(rng),
                (x - 0.004, -0.045 + 0.022 * k, 0.018),
                (x + 0.004, -0.037 + 0.022 * k, 0.022),
                0.001,
            )
            for x in (-0.011, 0.0, 0.011)
            for k in range(5)
        ]
        parts.append(join([body, *keys]).turned(rng.uniform(-30, 30)).moved(0.09 * i))
    return one("remote controls", join(parts))


def phone(rng: random.Random, looks: Looks) -> Piece:
    """Make a mobile phone or a desk telephone."""
    if rng.random() < 0.5:
        body = padded(looks.black, 0.072, 0.148, 0.008, 0.003) + box(
            looks.screen, (-0.033, -0.07, 0.0075), (0.033, 0.07, 0.0085)
        )
        return one("phone", body)
    shell = looks.black if rng.random() < 0.5 else looks.plastic
    body = padded(shell, 0.19, 0.21, 0.045, 0.012).turned(9, "X")
    receiver = padded(shell, 0.05, 0.21, 0.04, 0.018).moved(-0.06, 0.0, 0.05)
    keys = [
        box(
            looks.white,
            (0.01 + 0.022 * i, -0.06 + 0.022 * j, 0.04),
            (0.026 + 0.022 * i, -0.044 + 0.022 * j, 0.05),
            0.002,
        )
        for i in range(3)
        for j in range(4)
    ]
    return one("telephone", join([body, receiver, *keys]))


def alarm_clock(rng: random.Random, looks: Looks) -> Piece:
    """Make a clock that stands."""
    if rng.random() < 0.5:
        body = box(looks.black, (-0.075, -0.05, 0.0), (0.075, 0.0, 0.065), 0.006)
        digits = [
            box(looks.colored(rng), (x, -0.0515, 0.02), (x + 0.015, -0.0495, 0.045), 0.0004)
            for x in (-0.05, -0.025, 0.012, 0.037)
        ]
        return one("clock radio", join([body, *digits]))
    face = crockery.clock(rng.choice((looks.metal, looks.black)), looks.paper, looks.black, rng.uniform(0.045, 0.07))
    return one("alarm clock", face)


def photo_frame(rng: random.Random, looks: Looks) -> Piece:
    """Make a framed photo that stands leaning."""
    w, h = rng.choice(((0.13, 0.18), (0.18, 0.13), (0.2, 0.25), (0.1, 0.15)))
    rim = rng.choice((looks.wood2, looks.black, looks.metal, looks.wood))
    image = looks.picture(rng)
    shape = cabinetry.picture_frame(rim, looks.paper, image, w, h, 0.012).fitted(image)
    return one("photo", shape.turned(-12, "X"), "picture")


def candles(rng: random.Random, looks: Looks) -> Piece:
    """Make one to three candles."""
    parts, x = [], 0.0
    for _ in range(rng.randint(1, 3)):
        r, h = rng.uniform(0.012, 0.04), rng.uniform(0.06, 0.2)
        parts.append((cylinder(looks.white, r, h, 0.004, 20) + cylinder(looks.metal, r + 0.02, 0.008)).moved(x))
        x += 2 * r + 0.06
    return one("candles", join(parts))


def vase(rng: random.Random, looks: Looks) -> Piece:
    """Make a vase, maybe with flowers."""
    tall, wide = rng.uniform(0.12, 0.32), rng.uniform(0.035, 0.075)
    profile = [
        (0.6 * wide, 0.0),
        (wide, 0.3 * tall),
        (0.8 * wide, 0.65 * tall),
        (0.45 * wide, 0.88 * tall),
        (0.55 * wide, tall),
    ]
    parts = [vessel(looks.glazed(rng), profile, 0.004)]
    for _ in range(rng.choice((0, 0, 5, 9))):
        a, lean = rng.uniform(0, 6.3), rng.uniform(0.02, 0.1)
        top = (lean * math.cos(a), lean * math.sin(a), tall * rng.uniform(1.4, 1.9))
        parts.append(
            tube(looks.plant, smooth([(0.0, 0.0, 0.1 * tall), (0.1 * top[0], 0.1 * top[1], tall), top]), 0.0025, 5)
        )
        parts.append(ball(looks.colored(rng), rng.uniform(0.016, 0.032), 10).scaled(1.0, 1.0, 0.7).moved(*top))
    return one("vase", join(parts))


def figurine(rng: random.Random, looks: Looks) -> Piece:
    """Make an ornament: a turned figure, a stone, a model."""
    radii = [rng.uniform(0.015, 0.05) for _ in range(6)]
    tall = rng.uniform(0.08, 0.25)
    turned = lathe(looks.glazed(rng), [(r, tall * i / 5) for i, r in enumerate(radii)], 18)
    return one("ornament", turned.scaled(1.0, rng.uniform(0.5, 1.0), 1.0))


def small_plant(rng: random.Random, looks: Looks) -> Piece:
    """Make a pot plant for tables and sills."""
    tall = rng.uniform(0.15, 0.42)
    return one(
        "plant",
        crockery.plant(looks.plant, looks.pot, looks.soil, rng, tall, rng.uniform(0.08, 0.18), rng.randint(12, 24)),
    )


def tray(rng: random.Random, looks: Looks) -> Piece:
    """Make a tray with a pot and cups."""
    w, d = 0.44, 0.3
    rings = [
        [(x, y, z) for x, y in rounded(w * s, d * s, 0.03)]
        for s, z in ((0.94, 0.0), (1.0, 0.03), (0.985, 0.03), (0.93, 0.006))
    ]
    from_wood = rng.choice((looks.wood2, looks.metal, looks.black))
    parts = [loft(from_wood, rings), crockery.mug(looks.glazed(rng)).moved(0.1, -0.05, 0.006)]
    parts.append(
        vessel(looks.glazed(rng), [(0.05, 0.0), (0.075, 0.06), (0.06, 0.11), (0.03, 0.125)]).moved(-0.08, 0.03, 0.006)
    )
    return one("tray", join(parts))


def headphones(rng: random.Random, looks: Looks) -> Piece:
    """Make headphones that lie."""
    bow = [(0.085 * math.cos(t), 0.1 * math.sin(t), 0.02) for t in (math.pi * k / 12 for k in range(13))]
    ears = [cylinder(looks.black, 0.036, 0.035, 0.008, 20).moved(s * 0.085, -0.01) for s in (-1, 1)]
    return one("headphones", join([tube(looks.black, bow, 0.008, 8), *ears]))


def toiletries(rng: random.Random, looks: Looks) -> Piece:
    """Make bottles, tubes and jars of soap, shampoo, cream."""
    parts, x = [], 0.0
    for _ in range(rng.randint(2, 6)):
        r, h = rng.uniform(0.018, 0.036), rng.uniform(0.07, 0.22)
        body, kind = looks.colored(rng), rng.random()
        if kind < 0.35:  # with a pump
            shape = cylinder(body, r, h, 0.006, 20)
            neck = [(0.0, 0.0, h), (0.0, 0.0, h + 0.04), (0.0, -0.045, h + 0.035)]
            shape = shape + cylinder(looks.white, 0.012, 0.02).moved(z=h) + tube(looks.white, neck, 0.005, 6)
        elif kind < 0.7:
            shape = prism(body, rounded(2 * r, 1.2 * r, 0.5 * r, 3), h, 0.005)
            shape = shape + cylinder(looks.colored(rng), 0.5 * r, 0.025, 0.003, 14).moved(z=h)
        elif kind < 0.85:  # a tube on its cap
            rings = [
                [(x_, y, z) for x_, y in rounded(2 * r, 2 * r * s, 0.9 * r * s, 3)] for s, z in ((0.9, 0.03), (0.15, h))
            ]
            shape = loft(body, rings) + cylinder(looks.white, 0.85 * r, 0.03, 0.002, 16)
        else:
            shape = cylinder(body, r, 0.4 * h, 0.004) + cylinder(looks.white, r + 0.002, 0.02, 0.003).moved(z=0.4 * h)
        parts.append(shape.moved(x + r, rng.uniform(-0.02, 0.02)))
        x += 2 * r + rng.uniform(0.008, 0.03)
    return one("toiletries", join(parts))


def toothbrushes(rng: random.Random, looks: Looks) -> Piece:
    """Make a tumbler with toothbrushes."""
    parts = [vessel(rng.choice((looks.glass, looks.glazed(rng))), [(0.03, 0.0), (0.035, 0.1)], 0.003)]
    for k in range(rng.randint(1, 4)):
        a = 1.6 * k + rng.uniform(0, 1)
        top = (0.045 * math.cos(a), 0.045 * math.sin(a), 0.17)
        parts.append(tube(looks.colored(rng), [(-0.3 * top[0], -0.3 * top[1], 0.006), top], 0.004, 6))
        parts.append(box(looks.white, (-0.006, -0.008, 0.0), (0.006, 0.008, 0.028), 0.001).moved(*top))
    return one("toothbrushes", join(parts))


def soap(rng: random.Random, looks: Looks) -> Piece:
    """Make a bar of soap in its dish."""
    dish = prism(looks.glazed(rng), rounded(0.12, 0.085, 0.02), 0.016, 0.004)
    return one("soap", dish + padded(looks.colored(rng), 0.08, 0.05, 0.024, 0.01).moved(z=0.016))


def toilet_rolls(rng: random.Random, looks: Looks) -> Piece:
    """Make one to four spare rolls."""
    roll = lathe(
        looks.paper, [(0.02, 0.0), (0.055, 0.0), (0.057, 0.003), (0.057, 0.097), (0.055, 0.1), (0.02, 0.1)], 24
    )
    places = ((0.0, 0.0), (0.118, 0.0), (0.0, 0.1005), (0.118, 0.1005))
    return one("toilet rolls", join([roll.moved(x, 0.0, z) for x, z in places[: rng.randint(1, 4)]]))


def basket_of_things(rng: random.Random, looks: Looks) -> Piece:
    """Make a small basket with things in it."""
    w, d, h = rng.uniform(0.18, 0.32), rng.uniform(0.14, 0.24), rng.uniform(0.07, 0.15)
    weave = crockery.basket(looks.basket, w, d, h)
    fill = [
        ball(looks.colored(rng), rng.uniform(0.025, 0.04), 12).moved(
            rng.uniform(-0.25, 0.25) * w, rng.uniform(-0.2, 0.2) * d, 0.75 * h
        )
        for _ in range(6)
    ]
    return one("basket", join([weave, *fill]))


def game_console(rng: random.Random, looks: Looks) -> Piece:
    """Make a set-top box, a player or a console with a controller's cable."""
    w, d, h = rng.uniform(0.2, 0.43), rng.uniform(0.18, 0.3), rng.uniform(0.035, 0.09)
    body = box(
        rng.choice((looks.black, looks.black, looks.white, looks.metal)),
        (-w / 2, -d / 2, 0.0),
        (w / 2, d / 2, h),
        0.004,
    )
    slot = box(looks.screen, (-0.3 * w, -d / 2 - 0.001, 0.5 * h), (0.3 * w, -d / 2 + 0.001, 0.62 * h), 0.0003)
    return one("player", body + slot)


def speaker(rng: random.Random, looks: Looks) -> Piece:
    """Make a loudspeaker."""
    w, d, h = rng.uniform(0.09, 0.22), rng.uniform(0.1, 0.22), rng.uniform(0.15, 0.38)
    parts = [box(rng.choice((looks.black, looks.wood)), (-w / 2, -d / 2, 0.0), (w / 2, d / 2, h), 0.004)]
    for z, r in ((0.3 * h, 0.38 * w), (0.75 * h, 0.22 * w)):
        parts.append(
            lathe(looks.black, [(r, 0.0), (r, 0.004), (0.8 * r, 0.002), (0.2 * r, -0.004)], 24)
            .turned(90, "X")
            .moved(0.0, -d / 2, z)
        )
    return one("loudspeaker", join(parts))


def laid_table(rng: random.Random, looks: Looks, places: int = 1) -> Piece:
    """Make a centre piece: a runner with a bowl or candles on it."""
    cloth = prism(looks.cloth(rng), rounded(rng.uniform(0.7, 1.1), 0.34, 0.01, 2), 0.003, 0.001)
    middle = rng.choice((vase, bowl, candles))(rng, looks)
    shift = -float(middle.high[1] + middle.low[1]) / 2
    parts = [Part(part.name, part.shape.moved(y=shift, z=0.003), part.category, part.at) for part in middle.parts]
    runner = Part("runner", cloth, "otherprop")
    back = float(runner.bounds[1][1])
    return Piece(
        "centre piece", tuple(Part(p.name, p.shape.moved(y=-back), p.category, p.at) for p in (runner, *parts))
    )
