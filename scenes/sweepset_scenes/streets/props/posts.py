"""What stands on a post beside a road: lamps, traffic lights, signs, bollards, and poles with wires."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import pairwise

from ...light_sources import temper
from ...materials.shaders import Graph, Material, glow, metal, plain, srgb, vary
from ...piece import Light, Part, Piece, single
from ...shapes.lettering import lettering
from ...shapes.primitives import Shape, ball, box, cylinder, join, lathe, prism, sheet, smooth, tube

LAMPS = ("arm", "double", "post", "lantern")
SIGNS = ("stop", "yield", "limit", "no parking", "parking", "warning", "one way", "street")
STREETS = ("OAK ST", "MILL RD", "ELM AVE", "HARBOR ST", "PARK LN", "HILL RD", "FERRY ST", "NORTH AVE")
"""Names of streets that are in every town."""


def street_lamp(rng: random.Random, kind: str = "") -> Piece:
    """Make a lamp of 3.2 to 9 m; an arm reaches towards -y, over the road. `Piece.lights` says where its light is."""
    kind = kind or rng.choice(LAMPS)
    steel = _steel(rng)
    color = temper(rng.choice((2200, 3000, 4000)))
    bulb = glow("lamp", color, 1.0)
    if kind in ("arm", "double"):
        tall, reach = rng.uniform(6.0, 9.0), rng.uniform(1.0, 2.2)
        parts, heads, lights = [_mast(steel, tall, 0.09, 0.05)], [], []
        for side in (-1,) if kind == "arm" else (-1, 1):
            bend = smooth([(0, 0, tall - 0.4), (0, side * 0.25 * reach, tall + 0.1), (0, side * reach, tall + 0.3)], 4)
            parts.append(tube(steel, bend, 0.035, 8))
            head = box(steel, (-0.13, side * reach - 0.28, tall + 0.26), (0.13, side * reach + 0.28, tall + 0.38), 0.05)
            heads += [
                head,
                box(bulb, (-0.1, side * reach - 0.2, tall + 0.25), (0.1, side * reach + 0.2, tall + 0.262), 0.004),
            ]
            lights.append(Light((0.0, side * reach, tall + 0.22), 220.0, 0.15, color, "down", bulb))
        return Piece("street lamp", (Part("street lamp", join([*parts, *heads]), "pole"),), (), tuple(lights))
    tall = rng.uniform(3.2, 4.5)
    foot = lathe(steel, [(0.15, 0.0), (0.15, 0.12), (0.09, 0.3), (0.05, 0.6)], 14)
    parts = [foot, _mast(steel, tall, 0.05, 0.04)]
    if kind == "post":
        parts += [lathe(steel, [(0.05, 0.0), (0.26, 0.05), (0.26, 0.09), (0.05, 0.16)], 18).moved(z=tall + 0.32)]
        parts += [lathe(bulb, [(0.09, 0.0), (0.12, 0.05), (0.12, 0.3), (0.09, 0.33)], 14).moved(z=tall)]
    else:
        outline = [(0.11 * math.cos(t), 0.11 * math.sin(t)) for t in (2 * math.pi * k / 6 for k in range(6))]
        parts += [prism(bulb, outline, 0.4, 0.03).scaled(1.15, 1.15, 1.0).moved(z=tall)]
        parts += [lathe(steel, [(0.2, 0.0), (0.16, 0.06), (0.05, 0.2), (0.01, 0.3)], 6).moved(z=tall + 0.4)]
        parts += [lathe(steel, [(0.04, -0.1), (0.14, 0.0), (0.14, 0.03)], 6).moved(z=tall)]
    light = Light((0.0, 0.0, tall + 0.2), 90.0, 0.15, color, "round", bulb)
    return Piece("street lamp", (Part("street lamp", join(parts), "pole"),), (), (light,))


def traffic_light(rng: random.Random, reach: float = 0.0, lit: str = "") -> Piece:
    """Make a traffic light that faces -y, on its pole and, with `reach`, at the end of an arm towards -x too."""
    lit = lit or rng.choice(("red", "red", "amber", "green", "green"))
    steel, hull = _steel(rng), plain("signal", vary(rng, srgb(rng.choice((0x14171A, 0x1F2A22, 0xC9A21E))), 0.1), 0.45)
    tall = 5.6 if reach else rng.uniform(3.0, 3.6)
    pole = [_mast(steel, tall + (0.3 if reach else 0.0), 0.1 if reach else 0.06, 0.07 if reach else 0.055)]
    heads = [_signal(hull, lit).moved(0.0, -0.12, tall - (2.6 if reach else 0.95))]
    if reach:
        pole.append(
            tube(steel, [(0, 0, tall), (-reach / 2, 0, tall + 0.12), (-reach, 0, tall + 0.15)], [0.07, 0.06, 0.045], 8)
        )
        heads.append(_signal(hull, lit).moved(-reach + 0.15, -0.1, tall - 0.55))
    if rng.random() < 0.5:
        heads.append(_walker(hull, lit == "red").moved(0.14, -0.06, 2.15))
    return Piece(
        "traffic light", (Part("pole", join(pole), "pole"), Part("traffic light", join(heads), "traffic light"))
    )


def sign(rng: random.Random, kind: str = "") -> Piece:
    """Make a traffic sign that faces -y, on its pole."""
    kind = kind or rng.choice(SIGNS)
    tall = rng.uniform(2.2, 2.7)
    grey = metal("sign back", (0.5, 0.5, 0.5), 0.5)
    # The plate is centred on the origin, its back on y = 0.
    plate, high = _plate(rng, kind, grey)
    pole = _mast(_steel(rng), tall + (0.02 if kind == "street" else high), 0.03, 0.03)
    return Piece(
        "sign", (Part("pole", pole, "pole"), Part("traffic sign", plate.moved(0.0, -0.032, tall), "traffic sign"))
    )


def bollard(rng: random.Random) -> Piece:
    """Make a bollard of 0.6 to 1.1 m: steel with bands, stone, or cast iron."""
    tall, kind = rng.uniform(0.7, 1.1), rng.choice(("steel", "stone", "iron"))
    if kind == "steel":
        body = plain("bollard", vary(rng, srgb(rng.choice((0x2A2C2E, 0xD8B21E, 0x7A7C7E)))), 0.4)
        band = plain("band", (0.85, 0.84, 0.8), 0.4)
        made = cylinder(body, 0.055, tall, 0.02, 16) + lathe(
            band, [(0.05, 0.0), (0.0565, 0.002), (0.0565, 0.1), (0.05, 0.102)], 16
        ).moved(z=tall - 0.22)
    elif kind == "stone":
        made = lathe(
            plain("stone", vary(rng, srgb(0x8E8A82)), 0.85, vary=0.2),
            [(0.16, 0), (0.15, 0.6 * tall), (0.13, 0.9 * tall), (0.06, tall)],
            16,
        )
    else:
        iron = plain("iron", srgb(0x17191A), 0.45)
        made = lathe(
            iron,
            [
                (0.1, 0),
                (0.1, 0.1),
                (0.065, 0.16),
                (0.055, 0.78 * tall),
                (0.08, 0.8 * tall),
                (0.08, 0.84 * tall),
                (0.05, 0.88 * tall),
                (0.06, 0.93 * tall),
                (0.01, tall),
            ],
            14,
        )
    return single("bollard", made, "pole")


def utility_pole(rng: random.Random) -> Piece:
    """Make a wooden pole of 8 to 10 m with a cross-arm along x; wires go from its insulators, `wire` hangs them."""
    tall = rng.uniform(8.0, 10.0)
    wood = plain("pole", vary(rng, srgb(0x5A4A3A)), 0.9, vary=0.3)
    parts = [_mast(wood, tall, 0.15, 0.1), box(wood, (-1.1, -0.16, tall - 0.7), (1.1, -0.06, tall - 0.58), 0.01)]
    glass = plain("insulator", srgb(0x6A7A70), 0.2)
    parts += [
        lathe(glass, [(0.03, 0), (0.04, 0.05), (0.02, 0.12)], 8).moved(x, -0.11, tall - 0.58)
        for x in (-1.0, -0.5, 0.5, 1.0)
    ]
    if rng.random() < 0.5:
        parts.append(
            cylinder(plain("transformer", srgb(0x8A8E90), 0.5), 0.24, 0.8, 0.03, 16).moved(0.0, -0.4, tall - 2.1)
        )
    return single("utility pole", join(parts), "pole")


def wire(start: Sequence[float], stop: Sequence[float], sag: float = 0.4) -> Shape:
    """Make a wire between two points that hangs through by `sag` metres."""
    steps = [k / 10 for k in range(11)]
    path = [
        tuple(a + (b - a) * t - (sag * 4 * t * (1 - t) if i == 2 else 0) for i, (a, b) in enumerate(zip(start, stop)))
        for t in steps
    ]
    return tube(plain("wire", (0.02, 0.02, 0.02), 0.6), path, 0.012, 4)


def cone(rng: random.Random) -> Piece:
    """Make a traffic cone with white bands."""
    orange, white, tall = (
        plain("cone", srgb(0xE8541E), 0.5),
        plain("band", (0.85, 0.85, 0.85), 0.4),
        rng.uniform(0.5, 0.75),
    )
    rings = [(0.14, 0.03), (0.11, 0.3), (0.085, 0.5), (0.065, 0.66), (0.03, 1.0)]
    parts = [box(orange, (-0.19, -0.19, 0.0), (0.19, 0.19, 0.035), 0.02)]
    for k, (low, high) in enumerate(pairwise(rings)):
        parts.append(lathe(white if k % 2 else orange, [(low[0], low[1] * tall), (high[0], high[1] * tall)], 16))
    return single("cone", join(parts), "other")


def _mast(material: Material, tall: float, low: float, high: float) -> Shape:
    return lathe(material, [(low, 0.0), (low, 0.02), (high, tall - 0.01), (high * 0.8, tall)], 12)


def _steel(rng: random.Random) -> Material:
    code = rng.choice((0x8E9294, 0x7C8082, 0x2A2D2F, 0x1E3A2C, 0x5B5048))
    return plain("post", vary(rng, srgb(code), 0.1), 0.5, 0.4)


def _signal(hull: Material, lit: str) -> Shape:
    """Make three lenses with their visors above each other, 0.9 m; centred on x = 0, from z = 0, its back on y = 0."""
    parts = [
        box(hull, (-0.16, -0.16, 0.0), (0.16, 0.0, 0.92), 0.03),
        box(hull, (-0.24, -0.02, -0.08), (0.24, 0.0, 1.0), 0.005),
    ]
    for k, (name, on, off) in enumerate(
        (("green", 0x35FFB0, 0x0C2A20), ("amber", 0xFFB21E, 0x2E2006), ("red", 0xFF2A1E, 0x2E0806))
    ):
        z = 0.17 + 0.29 * k
        lens = glow(name, srgb(on), 2.5) if name == lit else plain(name, srgb(off), 0.25)
        parts.append(cylinder(lens, 0.105, 0.02, 0.006, 18).turned(90, "X").moved(0.0, -0.16, z))
        rows = [
            [(0.125 * math.sin(t), y, z + 0.125 * math.cos(t)) for t in (math.radians(a) for a in range(-110, 111, 20))]
            for y in (-0.16, -0.34)
        ]
        parts.append(sheet(hull, rows, 0.006))
    return join(parts)


def _walker(hull: Material, go: bool) -> Shape:
    """Make the lights for people on foot."""
    parts = [box(hull, (-0.13, -0.12, 0.0), (0.13, 0.0, 0.55), 0.02)]
    for z, on, code in ((0.15, go, 0x35FFB0), (0.4, not go, 0xFF3A1E)):
        color = srgb(code)
        lens = glow("walker", color, 1.5) if on else plain("walker", (0.02, 0.02, 0.02), 0.4)
        parts += [
            ball(lens, 0.022, 8).moved(0.0, -0.12, z + 0.07),
            box(lens, (-0.025, -0.13, z - 0.08), (0.025, -0.115, z + 0.04), 0.01),
        ]
    return join(parts)


def _plate(rng: random.Random, kind: str, back: Material) -> tuple[Shape, float]:
    """Make a sign's plate, centred on the origin, its back on y = 0, and return how far it reaches above the middle."""
    white, red, blue, black = (_coated(code) for code in (0xE9E8E4, 0xB3201E, 0x1E4E9A, 0x121212))
    if kind == "stop":
        made = _layers([(_polygon(8, 0.39, 22.5), white), (_polygon(8, 0.365, 22.5), red)], back)
        return made + lettering(white, "STOP", 0.24, 0.003).scaled(0.92, 1.0, 1.0).moved(0.0, -0.024, -0.12), 0.36
    if kind == "yield":
        return _layers([(_polygon(3, 0.52, -90), red), (_polygon(3, 0.36, -90), white)], back), 0.26
    if kind == "warning":
        if rng.random() < 0.5:
            made = _layers([(_polygon(4, 0.45, 0), black), (_polygon(4, 0.43, 0), _coated(0xE8B21E))], back)
        else:
            made = _layers([(_polygon(3, 0.5, 90), red), (_polygon(3, 0.36, 90), white)], back)
        bar = box(black, (-0.035, -0.027, -0.06), (0.035, -0.02, 0.16), 0.003)
        return made + bar + box(black, (-0.035, -0.027, -0.15), (0.035, -0.02, -0.09), 0.003), 0.44
    if kind == "limit":
        made = _layers([(_polygon(28, 0.32), red), (_polygon(28, 0.245), white)], back)
        number = rng.choice(("20", "30", "40", "50", "60", "70"))
        return made + lettering(black, number, 0.22, 0.003).moved(0.0, -0.024, -0.11), 0.3
    if kind == "no parking":
        made = _layers([(_polygon(28, 0.3), red), (_polygon(28, 0.235), blue)], back)
        return made + box(red, (-0.25, -0.028, -0.03), (0.25, -0.02, 0.03), 0.002).turned(-45, "Y"), 0.29
    if kind == "parking":
        made = _layers([(_rectangle(0.5, 0.5), white), (_rectangle(0.47, 0.47), blue)], back)
        return made + lettering(white, "P", 0.34, 0.003).moved(0.0, -0.024, -0.17), 0.24
    if kind == "one way":
        made = _layers([(_rectangle(0.9, 0.3), blue)], back)
        arrow = prism(
            white,
            [(-0.38, -0.035), (0.2, -0.035), (0.2, -0.1), (0.39, 0.0), (0.2, 0.1), (0.2, 0.035), (-0.38, 0.035)],
            0.005,
            0.001,
        )
        return made + arrow.turned(90, "X").moved(0.0, -0.02, 0.0), 0.14
    name = rng.choice(STREETS)
    green = _coated(rng.choice((0x1E5A38, 0x1E3E7A, 0x14171A)))
    text = lettering(white, name, 0.12, 0.003)
    wide = float(text.vertices[:, 0].max()) * 2 + 0.16
    return _layers([(_rectangle(wide, 0.22), green)], back) + text.moved(0.0, -0.022, -0.06), 0.1


def _layers(outlines: Sequence[tuple[list[tuple[float, float]], Material]], back: Material) -> Shape:
    """Make a plate with layers of paint, each within the one before."""
    parts = [prism(back, outlines[0][0], 0.012, 0.001).turned(90, "X")]
    for k, (outline, material) in enumerate(outlines):
        parts.append(prism(material, outline, 0.004, 0.0005).turned(90, "X").moved(0.0, -0.012 - 0.004 * k, 0.0))
    return join(parts)


def _polygon(sides: int, radius: float, degrees: float = 0.0) -> list[tuple[float, float]]:
    turns = [math.radians(degrees + 360 * k / sides) for k in range(sides)]
    return [(radius * math.cos(t), radius * math.sin(t)) for t in turns]


def _rectangle(wide: float, tall: float) -> list[tuple[float, float]]:
    return [(-wide / 2, -tall / 2), (wide / 2, -tall / 2), (wide / 2, tall / 2), (-wide / 2, tall / 2)]


def _coated(code: int) -> Material:
    """Make the coating of a sign."""
    color = srgb(code)
    return Graph("sign", color).surface(color=color, roughness=0.35)
