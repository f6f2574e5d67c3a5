"""Small things: crockery, pots, bottles, food, plants, tools.

They are centred on the origin and stand on z = 0 unless their docstrings say otherwise. Lengths are metres.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from .primitives import (
    Material,
    Shape,
    arc,
    ball,
    box,
    cylinder,
    join,
    lathe,
    loft,
    prism,
    rounded,
    sheet,
    tube,
    vessel,
)


def plate(material: Material, radius: float = 0.13) -> Shape:
    """Make a plate."""
    out = [(radius * 0.55, 0.0), (radius * 0.62, 0.004), (radius, 0.018)]
    return lathe(material, [*out, (radius - 0.003, 0.021), (radius * 0.64, 0.009), (radius * 0.5, 0.007)], 36)


def plates(material: Material, count: int, radius: float = 0.13) -> Shape:
    """Make a stack of plates."""
    return join([plate(material, radius).moved(z=0.0085 * i) for i in range(count)])


def bowl(material: Material, radius: float = 0.08, height: float = 0.065) -> Shape:
    """Make a bowl."""
    out = [
        (radius * 0.45, 0.0),
        (radius * 0.48, 0.006),
        (radius * 0.75, height * 0.35),
        (radius * 0.94, height * 0.75),
        (radius, height),
    ]
    return vessel(material, out, 0.005, 32)


def vase(material: Material) -> Shape:
    """Make a vase, 20 cm high."""
    return vessel(material, [(0.04, 0.0), (0.06, 0.05), (0.05, 0.13), (0.028, 0.17), (0.034, 0.2)], 0.004)


def mug(material: Material, radius: float = 0.041, height: float = 0.095) -> Shape:
    """Make a mug, its handle towards +x."""
    body = vessel(material, [(radius - 0.004, 0.0), (radius, 0.005), (radius, height)], 0.004, 24)
    ear = [(x, 0.0, z) for x, _, z in arc((radius - 0.004, 0.0, height / 2), 0.03, 80, -80, 8)]
    return body + tube(material, ear, 0.006, 8)


def bottle(
    glass: Material, cap: Material, label: Material | None, radius: float = 0.036, height: float = 0.29
) -> Shape:
    """Make a bottle with a cap and a paper label."""
    r, h = radius, height
    out = [
        (r - 0.004, 0.0),
        (r, 0.005),
        (r, h * 0.58),
        (r * 0.75, h * 0.68),
        (r * 0.36, h * 0.78),
        (r * 0.34, h * 0.95),
    ]
    parts = [lathe(glass, out, 22), cylinder(cap, r * 0.42, h * 0.08, 0.002, 16).moved(z=h * 0.92)]
    if label is not None:
        parts.append(
            lathe(
                label,
                [(r + 0.0002, h * 0.18), (r + 0.0006, h * 0.185), (r + 0.0006, h * 0.495), (r + 0.0002, h * 0.5)],
                22,
            )
        )
    return join(parts)


def jar(
    glass: Material, lid: Material, filling: Material, radius: float = 0.05, height: float = 0.16, full: float = 0.7
) -> Shape:
    """Make a jar of something, with a lid."""
    r, h = radius, height
    glass_part = lathe(glass, [(r - 0.004, 0.0), (r, 0.004), (r, h * 0.86), (r * 0.86, h * 0.92)], 24)
    food = cylinder(filling, r - 0.004, h * 0.84 * full, 0.003, 24).moved(z=0.004)
    return join([food, glass_part, cylinder(lid, r * 0.93, h * 0.12, 0.003, 24).moved(z=h * 0.9)])


def canister(body: Material, lid: Material, radius: float, height: float) -> Shape:
    """Make a tin with a lid and a knob."""
    knob = lathe(lid, [(0.006, 0.0), (0.012, 0.008), (0.009, 0.016)], 14).moved(z=height + 0.01)
    return join(
        [
            cylinder(body, radius, height, 0.004, 28),
            cylinder(lid, radius + 0.002, 0.014, 0.003, 28).moved(z=height - 0.002),
            knob,
        ]
    )


def pot(body: Material, grip: Material, radius: float = 0.11, height: float = 0.12, lid: bool = True) -> Shape:
    """Make a cooking pot with two ears and a lid."""
    parts = [vessel(body, [(radius - 0.008, 0.0), (radius, 0.008), (radius, height)], 0.003, 36)]
    for s in (-1, 1):
        ear = [(s * (radius - 0.002), -0.035, height - 0.03), (s * (radius + 0.03), -0.03, height - 0.026)]
        parts.append(tube(grip, [*ear, (ear[1][0], 0.03, ear[1][2]), (ear[0][0], 0.035, ear[0][2])], 0.006, 8))
    if lid:
        parts.append(
            lathe(
                body,
                [
                    (radius + 0.002, height - 0.001),
                    (radius + 0.003, height + 0.004),
                    (radius * 0.6, height + 0.02),
                    (0.02, height + 0.026),
                ],
                36,
            )
        )
        parts.append(lathe(grip, [(0.008, height + 0.025), (0.018, height + 0.042), (0.012, height + 0.05)], 16))
    return join(parts)


def pan(body: Material, grip: Material, radius: float = 0.13) -> Shape:
    """Make a frying pan, its handle towards -y."""
    parts = [vessel(body, [(radius * 0.8, 0.0), (radius * 0.84, 0.005), (radius, 0.045)], 0.003, 36)]
    return join(
        [
            *parts,
            tube(
                grip,
                [(0.0, -radius + 0.006, 0.036), (0.0, -radius - 0.06, 0.055), (0.0, -radius - 0.19, 0.065)],
                (0.008, 0.01, 0.011),
                10,
            ),
        ]
    )


def utensils(crock: Material, woods: Sequence[Material], rng: random.Random) -> Shape:
    """Make a crock with spoons, spatulas and a whisk."""
    parts = [vessel(crock, [(0.052, 0.0), (0.058, 0.01), (0.06, 0.15), (0.063, 0.16)], 0.005, 28)]
    for i in range(7):
        angle, lean = 2 * math.pi * i / 7 + rng.uniform(-0.3, 0.3), rng.uniform(0.025, 0.042)
        tall = rng.uniform(0.27, 0.35)
        dx, dy = math.cos(angle), math.sin(angle)
        foot, head = (-0.02 * dx, -0.02 * dy, 0.012), (lean * dx * 2.2, lean * dy * 2.2, tall)
        material = rng.choice(list(woods))
        parts.append(tube(material, [foot, head], (0.005, 0.006), 8))
        if i % 3 == 2:
            blade = prism(material, rounded(0.065, 0.09, 0.015, 3), 0.005, 0.001).turned(90, "X")
        else:
            blade = ball(material, 0.03, 14).scaled(0.9, 0.25, 1.35)
        parts.append(blade.turned(math.degrees(angle) + 90).moved(head[0] * 1.08, head[1] * 1.08, tall + 0.03))
    return join(parts)


def knife_block(wood: Material, grip: Material, metal: Material) -> Shape:
    """Make a leaning block with five knives."""
    parts = [box(wood, (-0.05, -0.07, 0.0), (0.05, 0.07, 0.2), 0.004)]
    for i in range(5):
        x, y = -0.03 + 0.03 * (i % 3), -0.03 + 0.06 * (i // 3)
        parts.append(box(metal, (x - 0.0015, y - 0.011, 0.198), (x + 0.0015, y + 0.011, 0.21), 0.0004))
        parts.append(box(grip, (x - 0.008, y - 0.012, 0.209), (x + 0.008, y + 0.012, 0.3), 0.004))
    lean = join(parts).turned(18, "X").moved(z=0.0215)
    return lean + box(wood, (-0.045, -0.055, 0.0), (0.045, 0.066, 0.03), 0.003)


def board(material: Material, width: float = 0.24, height: float = 0.36) -> Shape:
    """Make a chopping board that lies on z = 0."""
    return prism(material, rounded(width, height, 0.03, 5), 0.018, 0.004)


def loaf(crust: Material, length: float = 0.24) -> Shape:
    """Make a loaf of bread."""
    rings = []
    for i in range(9):
        t = -1 + 2 * i / 8
        size = max(1 - abs(t) ** 4, 0.15) ** 0.5
        ring = [
            (0.055 * size * math.cos(a), length / 2 * t, 0.048 + 0.045 * size * math.sin(a))
            for a in (2 * math.pi * k / 16 for k in range(16))
        ]
        rings.append([(x, y, max(z, 0.004)) for x, y, z in reversed(ring)])
    return loft(crust, rings)


def fruit(skins: Sequence[Material], dish: Material, rng: random.Random, radius: float = 0.14) -> Shape:
    """Make a bowl full of round fruit, all as one shape."""
    parts = [bowl(dish, radius, 0.075)]
    spots = [(0.0, 0.0, 0.052)] + [
        (radius * 0.56 * math.cos(a), radius * 0.56 * math.sin(a), 0.062)
        for a in (2 * math.pi * k / 5 for k in range(5))
    ]
    spots += [(0.036 * math.cos(a), 0.036 * math.sin(a), 0.118) for a in (0.6, 2.7, 4.8)]
    for x, y, z in spots:
        size = rng.uniform(0.036, 0.041)
        skin = rng.choice(list(skins))
        one = ball(skin, size, 18).scaled(1.0, 1.0, rng.uniform(0.88, 1.0))
        stalk = tube(skin, [(0.0, 0.0, size * 0.8), (0.003, 0.0, size * 1.12)], 0.002, 6)
        parts.append((one + stalk).turned(rng.uniform(-40, 40), "X").moved(x, y, z))
    return join(parts)


def bin_with_lid(body: Material, lid: Material, radius: float = 0.15, height: float = 0.55) -> Shape:
    """Make a pedal bin."""
    parts = [lathe(lid, [(radius, 0.0), (radius + 0.004, 0.006), (radius + 0.004, 0.03), (radius, 0.034)], 36)]
    parts.append(lathe(body, [(radius - 0.002, 0.03), (radius, 0.04), (radius, height)], 36))
    parts.append(
        lathe(
            lid,
            [
                (radius + 0.004, height - 0.005),
                (radius + 0.005, height + 0.015),
                (radius * 0.8, height + 0.05),
                (0.03, height + 0.06),
            ],
            36,
        )
    )
    return join([*parts, box(lid, (-0.035, -radius - 0.04, 0.008), (0.035, -radius + 0.01, 0.02), 0.003)])


def plant(
    leaf: Material,
    pot_material: Material,
    soil: Material,
    rng: random.Random,
    height: float = 0.3,
    spread: float = 0.14,
    leaves: int = 22,
) -> Shape:
    """Make a potted plant with arching leaves."""
    r = min(0.35 * spread + 0.03, 0.16)
    tall = r * 1.6
    parts = [vessel(pot_material, [(r * 0.7, 0.0), (r * 0.73, 0.004), (r, tall)], 0.005, 24)]
    parts.append(cylinder(soil, r * 0.92, 0.01, 0.002, 20).moved(z=tall * 0.84))
    for i in range(leaves):
        angle, reach = 2.4 * i + rng.uniform(-0.3, 0.3), spread * rng.uniform(0.5, 1.15)
        rise, wide = (height - tall) * rng.uniform(0.45, 1.0), spread * rng.uniform(0.09, 0.15)
        rows = []
        for k in range(8):
            t = k / 7
            w = wide * math.sin(math.pi * min(0.12 + 0.88 * t, 0.985)) ** 0.8
            x, z = reach * t**1.4 + 0.006, tall * 0.86 + rise * math.sin(1.9 * t) / math.sin(1.57)
            rows.append([(x - 0.12 * abs(s) * w, s * w, z + 0.35 * abs(s) * w) for s in (1, 0.5, 0, -0.5, -1)])
        parts.append(sheet(leaf, rows, 0.0012).turned(math.degrees(angle)))
    return join(parts)


def paper_roll(paper: Material, metal: Material) -> Shape:
    """Make a kitchen roll on a stand."""
    roll = lathe(
        paper, [(0.022, 0.013), (0.056, 0.013), (0.058, 0.016), (0.058, 0.236), (0.056, 0.239), (0.022, 0.239)], 32
    )
    return join(
        [
            cylinder(metal, 0.075, 0.012, 0.003, 28),
            cylinder(metal, 0.006, 0.29, 0.002, 10),
            ball(metal, 0.012, 12).moved(z=0.29),
            roll,
        ]
    )


def dish_rack(wire: Material, dishes: Material, tray: Material) -> Shape:
    """Make a drying rack, 42 by 30 cm, with plates, a bowl and a mug."""
    parts = [prism(tray, rounded(0.44, 0.32, 0.03, 3), 0.012, 0.003)]
    for z in (0.03, 0.11):
        ring = rounded(0.42, 0.3, 0.03, 3)
        parts.append(tube(wire, [(x, y, z) for x, y in [*ring, ring[0]]], 0.0025, 6))
    for i in range(13):
        x = -0.18 + 0.03 * i
        parts.append(tube(wire, [(x, -0.15, 0.11), (x, -0.148, 0.03), (x, 0.148, 0.03), (x, 0.15, 0.11)], 0.002, 6))
    for i in range(4):
        parts.append(
            plate(dishes, 0.11 if i < 3 else 0.09)
            .turned(80, "Y")
            .moved(-0.15 + 0.034 * i, 0.02, 0.145 if i < 3 else 0.125)
        )
    parts.append(bowl(dishes, 0.07, 0.06).turned(180, "X").moved(0.1, 0.06, 0.094))
    return join([*parts, mug(dishes).turned(180, "X").moved(0.1, -0.085, 0.128)])


def broom(stick: Material, brush: Material) -> Shape:
    """Make a broom that stands on its bristles, leaning towards +y."""
    head = box(brush, (-0.15, -0.025, 0.0), (0.15, 0.025, 0.075), 0.004) + box(
        stick, (-0.155, -0.03, 0.073), (0.155, 0.03, 0.1), 0.006
    )
    return head + tube(stick, [(0.0, 0.0, 0.095), (0.0, 0.0, 1.3)], 0.011, 12).turned(-6, "X")


def clock(rim: Material, face: Material, hands: Material, radius: float = 0.13) -> Shape:
    """Make a wall clock, centred on the origin."""
    ring = [(radius, 0.0), (radius, 0.03), (radius - 0.006, 0.036), (radius - 0.014, 0.03), (radius - 0.014, 0.015)]
    parts = [lathe(rim, ring, 40), cylinder(face, radius - 0.013, 0.018, 0.001, 40)]
    for i in range(12):
        tick = box(hands, (-0.002, radius * 0.72, 0.017), (0.002, radius * 0.82, 0.0192), 0.0004)
        parts.append(tick.turned(30 * i))
    parts.append(box(hands, (-0.003, -0.015, 0.02), (0.003, radius * 0.45, 0.022), 0.0006).turned(-55))
    parts.append(box(hands, (-0.002, -0.02, 0.0225), (0.002, radius * 0.68, 0.024), 0.0006).turned(60))
    return join(parts).turned(90, "X")


def sponge(material: Material) -> Shape:
    """Make a sponge."""
    return box(material, (-0.045, -0.03, 0.0), (0.045, 0.03, 0.026), 0.004)


def magnet(material: Material, radius: float = 0.014) -> Shape:
    """Make a round magnet on a door at y = 0, centred on the origin."""
    return cylinder(material, radius, 0.007, 0.002, 14).turned(90, "X")


def basket(material: Material, width: float = 0.3, depth: float = 0.22, height: float = 0.14) -> Shape:
    """Make a wicker basket of stacked rods, open at the top."""
    parts = [prism(material, rounded(width * 0.9, depth * 0.88, 0.04, 4), 0.008, 0.002)]
    count = int(height / 0.011)
    for i in range(count):
        grow = 0.9 + 0.1 * i / count
        ring = rounded(width * grow, depth * grow, 0.045, 4)
        parts.append(tube(material, [(x, y, 0.008 + 0.011 * i) for x, y in [*ring, ring[0]]], 0.0064, 6))
    return join(parts)
