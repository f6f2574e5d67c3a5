"""Furniture of hallways and laundry corners: shoe racks, coat stands, hampers."""

from __future__ import annotations

import random

from ..materials.room_materials import Looks
from ..piece import Part, Piece, settled
from ..shapes import cloth as textiles
from ..shapes.primitives import (
    Material,
    Shape,
    box,
    join,
    lathe,
    loft,
    prism,
    spot,
    tube,
    vessel,
)
from .textiles import coat, heap


def shoe_rack(rng: random.Random, looks: Looks) -> Piece:
    """Make a rack with shoes on two to four levels."""
    width, deep, count = rng.uniform(0.6, 0.95), rng.uniform(0.28, 0.33), rng.choice((2, 3, 4))
    high = 0.1 + 0.2 * (count - 1) + 0.12
    rod = rng.choice((looks.metal, looks.wood2, looks.black, looks.white))
    w = width / 2
    parts, shoes = [], []
    for s in (-1, 1):
        for y in (-deep + 0.012, -0.012):
            parts.append(box(rod, (s * w - 0.01, y - 0.01, 0.0), (s * w + 0.01, y + 0.01, high), 0.002))
        parts.append(box(rod, (s * w - 0.008, -deep + 0.012, high - 0.02), (s * w + 0.008, -0.012, high), 0.002))
    for i in range(count):
        z = 0.1 + 0.2 * i
        parts += [
            tube(rod, [(-w, y, z - 0.008), (w, y, z - 0.008)], 0.008, 8) for y in (-deep + 0.03, -deep / 2, -0.03)
        ]
        parts += [tube(rod, [(s * w, -deep + 0.01, z - 0.008), (s * w, -0.01, z - 0.008)], 0.007, 8) for s in (-1, 1)]
        x = -w + 0.07
        while x < w - 0.17:
            if rng.random() < 0.75:
                material = rng.choice((looks.black, looks.leather, looks.cloth(rng), looks.white))
                for k in (0, 1):
                    one = shoe(material, looks.black if rng.random() < 0.5 else looks.white, rng.uniform(0.25, 0.28))
                    shoes.append(one.turned(rng.uniform(-4, 4)).moved(x + 0.1 * k, -deep / 2, z))
            x += 0.22
    items = [Part("shoe rack", join(parts), "otherprop")]
    if shoes:
        items.append(Part("shoes", join(shoes), "clothes"))
    return settled(Piece("shoe rack", tuple(items)))


def coat_stand(rng: random.Random, looks: Looks) -> Piece:
    """Make a coat stand with hooks, a jacket or a bag on it."""
    high, wood = rng.uniform(1.65, 1.85), rng.choice((looks.wood, looks.black, looks.metal, looks.wood2))
    parts = [tube(wood, [(0.0, 0.0, 0.05), (0.0, 0.0, high)], (0.024, 0.018), 12)]
    if rng.random() < 0.5:
        parts.append(lathe(wood, [(0.17, 0.0), (0.17, 0.012), (0.1, 0.03), (0.03, 0.06)], 28))
    else:
        parts += [
            tube(wood, [(0.0, 0.0, 0.2), (0.14, 0.0, 0.09), (0.25, 0.0, 0.018)], 0.017, 8).turned(90 * i + 20)
            for i in range(4)
        ]
    count = rng.choice((4, 6))
    for i in range(count):
        z = high - 0.06 - 0.16 * (i % 2)
        hook = [(0.015, 0.0, z - 0.06), (0.07, 0.0, z - 0.03), (0.12, 0.0, z + 0.03), (0.15, 0.0, z + 0.08)]
        parts.append(tube(wood, hook, 0.01, 8).turned(360 / count * i))
    parts.append(lathe(wood, [(0.02, high - 0.01), (0.03, high + 0.01), (0.012, high + 0.03)], 14))
    items = [Part("coat stand", join(parts), "otherfurniture")]
    for i in (0, count // 2)[: rng.choice((0, 1, 2, 2))]:
        cloth, angle, z = looks.cloth(rng), 360 / count * i + 90, high + 0.015 - 0.16 * (i % 2)
        if rng.random() < 0.25:
            items.append(Part("bag", textiles.tote(cloth).moved(y=-0.118), "bag", spot(0.0, 0.0, z, angle)))
        else:
            jacket = coat(cloth, rng, rng.uniform(0.75, 1.0)).scaled(0.85, 0.8, 1.0).moved(y=-0.168)
            items.append(Part("coat", jacket, "clothes", spot(0.0, 0.0, z, angle)))
    return settled(Piece("coat stand", tuple(items)))


def hamper(rng: random.Random, looks: Looks) -> Piece:
    """Make a laundry basket: wicker, cloth on a frame, or plastic, with clothes over its rim now and then."""
    size, high = rng.uniform(0.36, 0.46), rng.uniform(0.45, 0.62)
    kind = rng.choice(("wicker", "plastic", "cloth"))
    r = size / 2
    material = {"wicker": looks.basket, "plastic": looks.colored(rng), "cloth": looks.cloth(rng)}[kind]
    if kind == "wicker":
        rings = round(high / 0.02)
        profile = [(r * (0.84 + 0.16 * i / rings) + 0.004 * (i % 2), i * high / rings) for i in range(rings + 1)]
        body = vessel(material, profile, 0.012, 28)
    else:
        body = vessel(
            material,
            [(r * 0.82, 0.0), (r * 0.84, 0.01), (r * 0.95, high * 0.9), (r, high * 0.93), (r, high)],
            0.006,
            28,
        )
    oblong, full = rng.random() < 0.5, rng.random() < 0.6
    if kind == "wicker" and not full:
        body += lathe(material, [(r * 0.5, high), (r * 1.03, high), (r * 1.03, high + 0.02), (0.03, high + 0.04)], 28)
    if oblong:
        body = body.scaled(1.25, 0.85, 1.0)
    parts = [Part("laundry basket", body, "otherfurniture")]
    if full:
        load = heap(looks.cloth(rng), r * 0.5, high * 1.1, rng)
        parts.append(Part("laundry", load.moved(z=0.0125 if kind == "wicker" else 0.0065), "clothes"))
    return settled(Piece("laundry basket", tuple(parts)))


def shoe(upper: Material, sole: Material, length: float) -> Shape:
    """Make a shoe on z = 0, its toe towards -y."""
    outline = [
        (0.0, -0.5),
        (0.1, -0.47),
        (0.155, -0.36),
        (0.15, -0.1),
        (0.12, 0.15),
        (0.125, 0.38),
        (0.08, 0.49),
        (0.0, 0.5),
    ]
    ring = [(x * 0.28, y) for x, y in outline] + [(-x * 0.28, y) for x, y in outline[-2:0:-1]]
    flat = [(x * length / 0.28, y * length) for x, y in ring]
    under = prism(sole, flat, 0.022, 0.004)
    rings = []
    for shrink, z, back in (
        (0.97, 0.02, 0.0),
        (0.95, 0.045, 0.0),
        (0.8, 0.065, 0.12),
        (0.62, 0.085, 0.22),
        (0.55, 0.1, 0.26),
        (0.4, 0.098, 0.26),
        (0.38, 0.05, 0.26),
    ):
        rings.append([(x * shrink, y * shrink + back * length * 0.8, z) for x, y in flat])
    return under + loft(upper, rings)
