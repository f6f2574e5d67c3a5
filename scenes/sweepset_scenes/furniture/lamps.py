"""Lamps: on the floor, on tables and desks, on walls, below ceilings.

Floor lamps are 1.4 to 1.8 m high, table lamps 0.35 to 0.70 m, pendants end 0.6 to 0.75 m above a table or 2.0 m above
the floor (Neufert). Power is that of light in watts, what a bulb of 40 to 100 W gives a room.
"""

from __future__ import annotations

import math
import random
from dataclasses import replace

from ..materials.room_materials import Looks
from ..materials.shaders import Material
from ..piece import Light, Part, Piece, settled
from ..shapes import appliances
from ..shapes.primitives import Shape, ball, box, cylinder, frame, join, lathe, loft, smooth, tube

FAR = 9.0


def floor_lamp(rng: random.Random, looks: Looks) -> Piece:
    """Make a floor lamp: a shade on a post or a tripod, an uplighter, an arc, a reading lamp, a paper column."""
    kind = rng.choice(("shade", "shade", "tripod", "uplight", "arc", "reading", "column"))
    metal = rng.choice((looks.metal, looks.black, looks.chrome))
    high = rng.uniform(1.45, 1.75)
    base = lathe(metal, [(0.14, 0.0), (0.145, 0.012), (0.12, 0.022), (0.02, 0.03)], 32)
    at, power, shines = (0.0, 0.0, high - 0.15), 14.0, "round"
    if kind == "column":
        wide, tall = rng.uniform(0.12, 0.18), rng.uniform(1.0, 1.4)
        shade = _lantern(looks.shade, wide, tall, rng).moved(z=0.03)
        parts = [
            cylinder(metal, wide, 0.032, 0.004, 24),
            shade,
            _bulb(looks.bulb).moved(z=0.35),
            tube(metal, [(0, 0, 0.02), (0, 0, 0.36)], 0.006, 8),
        ]
        at = (0.0, 0.0, tall * 0.5)
    elif kind == "uplight":
        parts = [base, tube(metal, [(0, 0, 0.02), (0, 0, high - 0.06)], 0.012, 10)]
        bowl = [
            (0.03, high - 0.07),
            (0.11, high - 0.03),
            (0.15, high),
            (0.143, high),
            (0.1, high - 0.022),
            (0.02, high - 0.06),
        ]
        glass = rng.choice((metal, looks.shade))
        parts += [lathe(glass, bowl, 32), _bulb(looks.bulb, 0.8).moved(z=high - 0.065)]
        at, power, shines = (0.0, 0.0, high + 0.01), 24.0, "up"
    elif kind == "arc":
        reach = rng.uniform(0.8, 1.1)
        high += 0.2
        path = [
            (0.0, 0.0, 0.03),
            (0.0, 0.0, high * 0.7),
            (reach * 0.25, 0.0, high * 0.97),
            (reach * 0.7, 0.0, high),
            (reach, 0.0, high - 0.2),
        ]
        parts = [base.scaled(1.2, 1.2, 1.6), tube(metal, smooth(path, 6), 0.011, 10)]
        dome = _dome(metal, looks.bulb, 0.16).moved(reach, 0.0, high - 0.38)
        parts.append(dome)
        at, shines = (reach, 0.0, high - 0.37), "down"
    elif kind == "reading":
        path = [(0.0, 0.0, 0.03), (0.0, 0.0, high * 0.85), (0.0, -0.08, high * 0.93), (0.0, -0.25, high * 0.9)]
        parts = [base, tube(metal, smooth(path, 5), 0.009, 8)]
        parts.append(_dome(metal, looks.bulb, 0.09).moved(z=-0.118).turned(25, "X").moved(0.0, -0.25, high * 0.9))
        at, power, shines = (0.0, -0.24, high * 0.9 - 0.11), 9.0, "down"
    else:
        shade, tall = _shade(rng, looks.shade, metal, rng.uniform(0.17, 0.26))
        parts = [
            shade.moved(z=high - tall),
            _bulb(looks.bulb).moved(z=high - tall * 0.75),
            _harp(metal, high - tall * 0.75, high),
        ]
        if kind == "tripod":
            top = high - tall * 0.8
            parts += [
                tube(rng.choice((looks.wood, looks.black)), [(0.3, 0.0, -0.01), (0.02, 0.0, top)], (0.012, 0.016), 8)
                .within((-FAR, -FAR, 0.0), (FAR, FAR, FAR))
                .turned(120 * i + 30)
                for i in range(3)
            ]
            parts.append(cylinder(metal, 0.035, 0.05, 0.004, 16).moved(z=top - 0.04))
        else:
            parts += [base, tube(metal, [(0, 0, 0.02), (0, 0, high - tall * 0.76)], 0.011, 10)]
            if rng.random() < 0.3:
                parts.append(
                    lathe(looks.glass, [(0.15, 0.55), (0.17, 0.555), (0.17, 0.565), (0.012, 0.565), (0.012, 0.55)], 32)
                )
        at = (0.0, 0.0, high - tall * 0.55)
    return _lamp("floor lamp", join(parts), Light(at, power, 0.06, glow=looks.bulb, shines=shines))


def table_lamp(rng: random.Random, looks: Looks) -> Piece:
    """Make a table lamp: a shade on a turned, glazed, wooden or metal foot, a ball, a lantern."""
    kind = rng.choice(("vase", "turned", "stick", "block", "ball", "lantern", "gourd"))
    high = rng.uniform(0.38, 0.66)
    metal = rng.choice((looks.metal, looks.black, looks.chrome))
    body = rng.choice((looks.glazed(rng), looks.ceramic, looks.wood, metal, looks.glass))
    if kind == "ball":
        radius = rng.uniform(0.09, 0.15)
        parts = [
            lathe(metal, [(radius * 0.5, 0.0), (radius * 0.55, 0.02), (radius * 0.3, 0.035)], 24),
            ball(looks.bulb, radius, 24).moved(z=radius + 0.03),
        ]
        return _lamp("table lamp", join(parts), Light((0.0, 0.0, radius + 0.03), 6.0, radius, glow=looks.bulb))
    if kind == "lantern":
        wide, tall = rng.uniform(0.08, 0.13), rng.uniform(0.24, 0.36)
        parts = [
            cylinder(metal, wide * 0.9, 0.02, 0.003, 20),
            _lantern(looks.shade, wide, tall, rng).moved(z=0.018),
            _bulb(looks.bulb).moved(z=0.1),
            tube(metal, [(0, 0, 0.01), (0, 0, 0.11)], 0.006, 8),
        ]
        return _lamp("table lamp", join(parts), Light((0.0, 0.0, tall / 2), 5.0, 0.05, glow=looks.bulb))
    shade, tall = _shade(rng, looks.shade, metal, rng.uniform(0.11, 0.2) * high / 0.5)
    foot = high - tall * 0.85
    r = rng.uniform(0.05, 0.09)
    profiles = {
        "vase": [
            (r * 0.7, 0.0),
            (r * 0.75, 0.01),
            (r, foot * 0.35),
            (r * 0.8, foot * 0.65),
            (r * 0.3, foot * 0.85),
            (r * 0.35, foot * 0.9),
            (0.012, foot * 0.92),
        ],
        "gourd": [
            (r * 0.8, 0.0),
            (r * 1.15, foot * 0.2),
            (r * 0.9, foot * 0.42),
            (r * 0.45, foot * 0.52),
            (r * 0.75, foot * 0.68),
            (r * 0.4, foot * 0.86),
            (0.012, foot * 0.92),
        ],
        "turned": [
            (r, 0.0),
            (r, 0.015),
            (r * 0.4, 0.04),
            (r * 0.25, foot * 0.3),
            (r * 0.5, foot * 0.45),
            (r * 0.22, foot * 0.6),
            (r * 0.32, foot * 0.9),
            (0.012, foot * 0.92),
        ],
        "stick": [(r * 1.1, 0.0), (r * 1.1, 0.012), (r * 0.2, 0.02), (0.01, 0.05), (0.009, foot * 0.92)],
    }
    if kind == "block":
        stem = box(body, (-r * 0.9, -r * 0.9, 0.0), (r * 0.9, r * 0.9, foot * 0.8), 0.006)
        stem += cylinder(metal, 0.01, foot * 0.2, 0.001, 12).moved(z=foot * 0.79)
    else:
        stem = lathe(body if kind != "stick" else metal, profiles[kind], 28)
    neck = cylinder(metal, 0.012, foot * 0.12 + 0.02, 0.002, 12).moved(z=foot * 0.9)
    parts = [
        stem,
        neck,
        shade.moved(z=high - tall),
        _bulb(looks.bulb, 0.8).moved(z=foot + 0.01),
        _harp(metal, foot + 0.015, high),
    ]
    return _lamp("table lamp", join(parts), Light((0.0, 0.0, high - tall * 0.5), 7.0, 0.05, glow=looks.bulb))


def desk_lamp(rng: random.Random, looks: Looks) -> Piece:
    """Make a desk lamp: two arms with joints, a goose neck, a banker's lamp, a bar of light."""
    kind = rng.choice(("arms", "neck", "banker", "bar"))
    metal = rng.choice((looks.metal, looks.black, looks.chrome, looks.colored(rng), looks.white))
    base = lathe(metal, [(0.085, 0.0), (0.09, 0.01), (0.08, 0.02), (0.015, 0.028)], 28)
    shines = "down"
    if kind == "banker":
        parts = [
            base.scaled(1.1, 1.1, 1.0),
            tube(looks.metal, [(0, 0, 0.02), (0, 0, 0.3), (0, -0.03, 0.368)], 0.008, 8),
        ]
        glass = rng.choice((looks.colored(rng), looks.glazed(rng)))
        half = [
            (0.0, -0.07 * math.sin(a) - 0.03, 0.3 + 0.07 * math.cos(a))
            for a in (math.pi * (-0.5 + i / 8) for i in range(9))
        ]
        inner = [(0.0, (y + 0.03) * 0.94 - 0.03, 0.3 + (z - 0.3) * 0.94) for _, y, z in reversed(half)]
        ring = [(y, z) for _, y, z in half + inner]
        parts.append(loft(glass, [[(x, y, z) for y, z in ring] for x in (-0.13, 0.13)]))
        parts.append(cylinder(looks.bulb, 0.014, 0.2, 0.003, 12).turned(90, "Y").moved(-0.1, -0.03, 0.325))
        at = (0.0, -0.03, 0.3)
    elif kind == "bar":
        turn = rng.uniform(-15, 15)
        arm = tube(metal, [(0, 0, 0.02), (0, 0.02, 0.36), (0, -0.02, 0.42)], 0.009, 8)
        head = box(metal, (-0.2, -0.06, 0.415), (0.2, -0.015, 0.43), 0.004) + box(
            looks.bulb, (-0.19, -0.055, 0.411), (0.19, -0.02, 0.4155), 0.001
        )
        parts = [base, (arm + head).turned(turn)]
        at = (0.0, -0.04, 0.405)
    else:
        lean, fold = rng.uniform(8, 28), rng.uniform(70, 110)
        if kind == "arms":
            a, b = math.radians(90 + lean), math.radians(90 + lean - fold)
            elbow = (0.34 * math.cos(a), 0.025 + 0.34 * math.sin(a))
            tip = (elbow[0] + 0.32 * math.cos(b), elbow[1] + 0.32 * math.sin(b))
            bars = []
            for x in (-0.012, 0.012):
                bars.append(tube(metal, [(x, 0.0, 0.025), (x, -elbow[0], elbow[1])], 0.004, 6))
                bars.append(tube(metal, [(x, -elbow[0], elbow[1]), (x, -tip[0], tip[1])], 0.004, 6))
            bars.append(cylinder(metal, 0.014, 0.04, 0.002, 14).turned(90, "Y").moved(-0.02, -elbow[0], elbow[1]))
            parts = [base, *bars]
            end = (-tip[0], tip[1])
        else:
            path = smooth([(0, 0, 0.02), (0, 0.03, 0.22), (0, 0.0, 0.36), (0, -0.12, 0.4), (0, -0.2, 0.34)], 5)
            parts = [base, tube(looks.metal, path, 0.008, 8)]
            end = (-0.2, 0.34)
        parts.append(
            _dome(metal, looks.bulb, 0.07).moved(z=-0.092).turned(rng.uniform(-5, 25), "X").moved(0.0, end[0], end[1])
        )
        at = (0.0, end[0], end[1] - 0.09)
    shape = join(parts)
    return _lamp("desk lamp", shape, Light(at, 4.0, 0.03, glow=looks.bulb, shines=shines))


def pendant(rng: random.Random, looks: Looks, drop: float | None = None) -> Piece:
    """Make a lamp that hangs from a ceiling at z = 0: a cone, a globe, a drum, a bowl, a lantern; `drop` long."""
    drop = drop or rng.uniform(0.5, 1.0)
    kind = rng.choice(("cone", "globe", "drum", "lantern", "bowl", "cluster"))
    metal = rng.choice((looks.metal, looks.black, looks.white))
    radius = rng.uniform(0.14, 0.26)
    shines, at = "round", (0.0, 0.0, -drop + 0.1)
    if kind == "cone":
        shape = appliances.pendant(
            rng.choice((metal, looks.shade, looks.colored(rng))), looks.bulb, metal, drop, radius
        )
        at, shines = (0.0, 0.0, -drop + 0.02), "down"
        return _lamp("pendant lamp", shape, Light(at, 16.0, 0.08, glow=looks.bulb, shines=shines), hanging=True)
    rose = lathe(metal, [(0.02, -0.03), (0.05, -0.02), (0.052, 0.0)], 24)
    parts = [rose]
    if kind == "cluster":
        for i in range(3):
            x, y = 0.13 * math.cos(2.1 * i), 0.13 * math.sin(2.1 * i)
            end = -drop + 0.1 * i
            parts.append(tube(metal, [(0.02 * x, 0.02 * y, -0.02), (x, y, -0.12), (x, y, end + 0.13)], 0.003, 6))
            glass = [
                (0.025, end + 0.15),
                (0.03, end + 0.13),
                (0.07, end + 0.05),
                (0.075, end),
                (0.071, end),
                (0.066, end + 0.05),
                (0.02, end + 0.135),
            ]
            parts.append(lathe(looks.glass, list(reversed(glass)), 20).moved(x, y))
            parts.append(_bulb(looks.bulb, 0.8).turned(180, "X").moved(x, y, end + 0.138))
    elif kind == "globe":
        parts += [
            ball(looks.bulb, radius * 0.75, 24).moved(z=-drop + radius * 0.75),
            tube(metal, [(0, 0, -0.02), (0, 0, -drop + radius * 1.48)], 0.004, 8),
        ]
        parts.append(cylinder(metal, 0.03, 0.04, 0.003, 16).moved(z=-drop + radius * 1.46))
    elif kind == "bowl":
        bowl = [
            (0.01, -drop),
            (radius * 0.6, -drop + 0.02),
            (radius, -drop + 0.09),
            (radius * 0.98, -drop + 0.09),
            (radius * 0.58, -drop + 0.026),
            (0.008, -drop + 0.008),
        ]
        parts.append(lathe(looks.bulb, bowl, 36))
        parts += [
            tube(metal, [(radius * 0.97, 0.0, -drop + 0.085), (0.01, 0.0, -drop * 0.35)], 0.003, 6).turned(120 * i)
            for i in range(3)
        ]
        parts.append(tube(metal, [(0, 0, -0.02), (0, 0, -drop * 0.36)], 0.006, 8))
    else:
        tall = radius * rng.uniform(0.8, 1.2) if kind == "drum" else radius * 1.6
        if kind == "drum":
            shade = lathe(
                looks.shade,
                [(radius, 0.0), (radius, tall), (radius - 0.004, tall), (radius - 0.004, 0.0)],
                36,
                closed=True,
            )
        else:
            shade = _lantern(looks.shade, radius, tall, rng)
        parts += [shade.moved(z=-drop), tube(metal, [(0, 0, -0.02), (0, 0, -drop + tall * 0.62)], 0.004, 8)]
        parts += [
            _bulb(looks.bulb).turned(180, "X").moved(z=-drop + tall * 0.63),
            _spider(metal, -drop + tall * 0.64, radius - 0.002),
        ]
    return _lamp("pendant lamp", join(parts), Light(at, 16.0, 0.08, glow=looks.bulb, shines=shines), hanging=True)


def chandelier(rng: random.Random, looks: Looks) -> Piece:
    """Make a chandelier of three to eight arms below a ceiling at z = 0, with small shades or bare candles."""
    drop, radius, count = rng.uniform(0.55, 0.9), rng.uniform(0.25, 0.4), rng.choice((3, 5, 6, 8))
    metal = rng.choice((looks.metal, looks.black))
    low = -drop
    parts = [
        lathe(metal, [(0.02, -0.04), (0.06, -0.02), (0.062, 0.0)], 24),
        tube(metal, [(0, 0, -0.03), (0, 0, low + 0.2)], 0.006, 8),
    ]
    parts.append(
        lathe(
            metal,
            [
                (0.008, low),
                (0.03, low + 0.03),
                (0.015, low + 0.08),
                (0.04, low + 0.13),
                (0.015, low + 0.2),
                (0.008, low + 0.24),
            ],
            20,
        )
    )
    shaded = rng.random() < 0.5
    for i in range(count):
        arm = tube(
            metal,
            smooth(
                [
                    (0.02, 0, low + 0.12),
                    (radius * 0.45, 0, low + 0.02),
                    (radius * 0.85, 0, low + 0.04),
                    (radius, 0, low + 0.13),
                ],
                5,
            ),
            0.007,
            8,
        )
        cup = lathe(
            metal, [(0.01, low + 0.125), (0.03, low + 0.14), (0.03, low + 0.148), (0.008, low + 0.146)], 14
        ).moved(radius)
        candle = cylinder(looks.white, 0.011, 0.07, 0.002, 12).moved(radius, 0.0, low + 0.145)
        flame = lathe(looks.bulb, [(0.007, 0.0), (0.015, 0.02), (0.01, 0.045), (0.002, 0.062)], 12).moved(
            radius, 0.0, low + 0.213
        )
        one = join([arm, cup, candle, flame])
        if shaded:
            shade = lathe(looks.shade, [(0.06, 0.0), (0.035, 0.085), (0.032, 0.085), (0.057, 0.0)], 18, closed=True)
            one += shade.moved(radius, 0.0, low + 0.19)
            one += tube(metal, [(radius - 0.047, 0.0, low + 0.225), (radius + 0.047, 0.0, low + 0.225)], 0.0015, 6)
        parts.append(one.turned(360 / count * i))
    return _lamp("chandelier", join(parts), Light((0.0, 0.0, low + 0.22), 24.0, radius, glow=looks.bulb), hanging=True)


def ceiling_lamp(rng: random.Random, looks: Looks) -> Piece:
    """Make a lamp at a ceiling at z = 0: dome, drum, square, a bar with spots."""
    kind = rng.choice(("dome", "dome", "drum", "square", "spots"))
    metal = rng.choice((looks.metal, looks.chrome, looks.white))
    radius = rng.uniform(0.14, 0.24)
    shines, low = "down", -0.11
    if kind == "dome":
        shape = appliances.ceiling_lamp(looks.bulb, metal, radius)
    elif kind == "drum":
        tall = rng.uniform(0.1, 0.16)
        shape = cylinder(looks.bulb, radius, tall, 0.01, 36).moved(z=-tall) + lathe(
            metal, [(radius - 0.002, -0.025), (radius + 0.006, -0.02), (radius + 0.006, 0.0)], 36
        )
        low = -tall - 0.01
    elif kind == "square":
        shape = box(looks.bulb, (-radius, -radius, -0.07), (radius, radius, -0.01), 0.012) + box(
            metal, (-radius - 0.01, -radius - 0.01, -0.02), (radius + 0.01, radius + 0.01, 0.0), 0.003
        )
    else:
        wide = 0.4
        shape = box(metal, (-wide, -0.02, -0.03), (wide, 0.02, 0.0), 0.004)
        for x in (-wide * 0.8, 0.0, wide * 0.8):
            can = lathe(metal, [(0.03, 0.0), (0.04, 0.09), (0.035, 0.09), (0.026, 0.01)], 18)
            can += cylinder(looks.bulb, 0.028, 0.01, 0.002, 16).moved(z=0.06)
            head = can.turned(180 + rng.uniform(-40, 40), "X").turned(rng.uniform(0, 360))
            shape += head.moved(x, 0.0, -0.075) + tube(metal, [(x, 0.0, -0.02), (x, 0.0, -0.09)], 0.006, 8)
        low, shines = -0.16, "round"
    return _lamp(
        "ceiling lamp", shape, Light((0.0, 0.0, low), 26.0, radius * 0.8, glow=looks.bulb, shines=shines), hanging=True
    )


def office_light(rng: random.Random, looks: Looks) -> Piece:
    """Make an office's light below a ceiling at z = 0: a panel of 0.6 m, or fluorescent tubes in a trough."""
    width, deep = rng.choice(((0.6, 0.6), (1.2, 0.3), (1.2, 0.6)))
    w, d = width / 2, deep / 2
    rim = frame(looks.white, (-w, -d, w, d), (-w + 0.02, -d + 0.02, w - 0.02, d - 0.02), 0.0, -0.05).turned(90, "X")
    shape = rim.moved(z=0.0)
    shape = shape.moved(z=-float(shape.vertices[:, 2].max()))
    if rng.random() < 0.5:
        shape += box(looks.bulb, (-w + 0.018, -d + 0.018, -0.04), (w - 0.018, d - 0.018, -0.03), 0.001)
    else:
        shape += box(looks.white, (-w + 0.018, -d + 0.018, -0.012), (w - 0.018, d - 0.018, -0.002), 0.001)
        for i in range(count := 2 if deep < 0.5 else 3):
            y = -d + deep * (i + 0.5) / count
            shape += cylinder(looks.bulb, 0.013, width - 0.06, 0.002, 12).turned(90, "Y").moved(-w + 0.03, y, -0.03)
    light = Light((0.0, 0.0, -0.06), 34.0, min(w, d), (1.0, 0.95, 0.88), "down", looks.bulb)
    return _lamp("office light", shape, light, hanging=True)


def wall_lamp(rng: random.Random, looks: Looks) -> Piece:
    """Make a lamp on a wall, 1.6 to 1.9 m high: a half bowl, a shade on an arm, a bar over a mirror."""
    kind = rng.choice(("bowl", "arm", "bar", "globe"))
    metal = rng.choice((looks.metal, looks.chrome, looks.black))
    plate = cylinder(metal, 0.05, 0.02, 0.004, 24).turned(90, "X")
    shines, at = "round", (0.0, -0.12, 0.06)
    if kind == "bar":
        wide = rng.uniform(0.2, 0.35)
        parts = [
            box(metal, (-0.06, -0.03, -0.03), (0.06, 0.0, 0.03), 0.004),
            box(metal, (-wide, -0.06, -0.012), (wide, -0.028, 0.012), 0.003),
        ]
        parts.append(cylinder(looks.bulb, 0.02, wide * 1.9, 0.004, 16).turned(90, "Y").moved(-wide * 0.95, -0.078, 0.0))
        at = (0.0, -0.11, 0.0)
    elif kind == "bowl":
        bowl = [(0.03, 0.0), (0.1, 0.05), (0.13, 0.11), (0.124, 0.11), (0.09, 0.055), (0.02, 0.01)]
        shape = lathe(rng.choice((looks.shade, metal)), bowl, 28).moved(0.0, -0.135, 0.0)
        parts = [
            plate.moved(z=0.05),
            shape,
            _bulb(looks.bulb, 0.6).moved(0.0, -0.135, 0.012),
            tube(metal, [(0, -0.01, 0.05), (0, -0.06, 0.045)], 0.008, 8),
        ]
        at, shines = (0.0, -0.135, 0.13), "up"
    else:
        arm = tube(
            metal, smooth([(0, -0.01, 0.0), (0, -0.07, -0.03), (0, -0.12, -0.02), (0, -0.13, 0.02)], 4), 0.007, 8
        )
        parts = [plate, arm]
        if kind == "globe":
            parts.append(ball(looks.bulb, 0.065, 20).moved(0.0, -0.13, 0.08))
            at = (0.0, -0.13, 0.08)
        else:
            shade, tall = _shade(rng, looks.shade, metal, 0.085)
            parts += [
                shade.moved(0.0, -0.13, 0.03),
                _bulb(looks.bulb, 0.6).moved(0.0, -0.13, 0.015),
                _harp(metal, 0.045, 0.03 + tall).moved(0.0, -0.13, 0.0),
            ]
    piece = _lamp("wall lamp", join(parts), Light(at, 7.0, 0.05, glow=looks.bulb, shines=shines))
    return replace(piece, hung=rng.uniform(1.55, 1.85))


def _lamp(name: str, shape: Shape, light: Light, hanging: bool = False) -> Piece:
    return settled(Piece(name, (Part(name, shape, "lamp"),), (), (light,)), hanging)


def _shade(rng: random.Random, cloth: Material, metal: Material, radius: float) -> tuple[Shape, float]:
    """Make a shade that is open above and below, standing on z = 0; return it and its height."""
    kind = rng.choice(("drum", "cone", "bell", "square", "empire"))
    tall = radius * {"drum": 1.1, "cone": 1.25, "bell": 1.3, "square": 1.3, "empire": 1.1}[kind]
    top = {"drum": 0.95, "cone": 0.4, "bell": 0.42, "square": 0.7, "empire": 0.6}[kind] * radius
    steps = 5 if kind == "bell" else 1
    out = []
    for i in range(steps + 1):
        t = i / steps
        out.append((radius + (top - radius) * (t if kind != "bell" else 1 - (1 - t) ** 2.2), tall * t))
    inside = [(r - 0.003, z) for r, z in reversed(out)]
    shape = lathe(cloth, [*out, *inside], 4 if kind == "square" else 32, closed=True)
    spokes = [tube(metal, [(0.0, 0.0, tall - 0.008), (top - 0.002, 0.0, tall - 0.008)], 0.0015, 6) for _ in range(4)]
    shape = join([shape, *(spoke.turned(90 * i) for i, spoke in enumerate(spokes))])
    return (shape.turned(45) if kind == "square" else shape), tall


def _harp(metal: Material, z: float, top: float) -> Shape:
    """Make the holder of a shade at `top`: a socket below `z` and two wires around the bulb."""
    high = top - 0.008 - z
    path = [(0.012, 0.0, z - 0.01), (0.045, 0.0, z + 0.3 * high), (0.04, 0.0, z + 0.75 * high), (0.0, 0.0, z + high)]
    wire = tube(metal, smooth(path, 3), 0.0018, 6)
    return join([cylinder(metal, 0.014, 0.03, 0.003, 12).moved(z=z - 0.03), wire, wire.turned(180)])


def _spider(metal: Material, z: float, reach: float = 0.0) -> Shape:
    """Make the holder of a shade: a socket and, with a reach, three spokes."""
    parts = [cylinder(metal, 0.014, 0.03, 0.003, 12).moved(z=z - 0.03)]
    if reach:
        parts += [
            tube(metal, [(0.0, 0.0, z - 0.01), (reach, 0.0, z - 0.01)], 0.0015, 6).turned(120 * i) for i in range(3)
        ]
    return join(parts)


def _bulb(glow: Material, size: float = 1.0) -> Shape:
    """Make a bulb that stands on z = 0."""
    profile = [(0.012, 0.0), (0.014, 0.02), (0.029, 0.055), (0.03, 0.075), (0.02, 0.095), (0.004, 0.104)]
    return lathe(glow, [(r * size, z * size) for r, z in profile], 16)


def _dome(metal: Material, glow: Material, radius: float) -> Shape:
    """Make a reflector that is open below at z = 0, with its bulb."""
    tall = radius * 1.25
    out = [
        (radius, 0.0),
        (radius * 0.93, tall * 0.35),
        (radius * 0.6, tall * 0.7),
        (radius * 0.28, tall * 0.85),
        (radius * 0.25, tall * 1.1),
    ]
    inside = [(r - 0.003, z - 0.002) for r, z in reversed(out[:-2])]
    shell = lathe(metal, [*out, (0.01, tall * 1.1), (0.01, tall * 0.8), *inside], 28, closed=True)
    bulb = _bulb(glow, min(radius / 0.075, 1.0) * 0.8)
    return shell + bulb.turned(180, "X").moved(z=tall * 0.82)


def _lantern(paper: Material, radius: float, tall: float, rng: random.Random) -> Shape:
    """Make a paper lantern with ribs that stands on z = 0: a ball, an oval or a column."""
    ribs = max(round(tall / 0.03), 6)
    straight = rng.random() < 0.4
    out = []
    for i in range(2 * ribs + 1):
        t = i / (2 * ribs)
        wide = 1.0 if straight else max(math.sqrt(max(1 - (2 * t - 1) ** 2, 0.0)), 0.35)
        out.append((radius * wide * (1.0 if i % 2 else 0.975), tall * t))
    inside = [(r - 0.002, z) for r, z in reversed(out)]
    return lathe(paper, [*out, *inside], 24, closed=True)
