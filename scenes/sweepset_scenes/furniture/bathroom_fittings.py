"""Bathrooms' small fittings: towel rails, mirrors, paper holders, brushes, scales, bins."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np

from ..materials.room_materials import Looks
from ..piece import Light, Part, Piece, Surface, settled, single
from ..shapes import cabinetry
from ..shapes.cloth import draped
from ..shapes.crockery import bin_with_lid
from ..shapes.legs import circle
from ..shapes.primitives import (
    ball,
    box,
    cylinder,
    join,
    lathe,
    loft,
    prism,
    rounded,
    tube,
    vessel,
)


def towel_rail(rng: random.Random, looks: Looks) -> Piece:
    """Make a rail on a wall with towels over it: one bar, two, or a heated ladder (1.1 to 1.3 m high)."""
    kind = rng.choice(("bar", "bar", "ladder", "ring"))
    metal = rng.choice((looks.chrome, looks.metal, looks.white))
    cloth = rng.choice((looks.towel, looks.towel, looks.cloth(rng)))
    if kind == "ladder":
        width, tall = rng.uniform(0.45, 0.6), rng.uniform(0.8, 1.4)
        w = width / 2
        parts = [tube(metal, [(s * w, -0.07, 0.0), (s * w, -0.07, tall)], 0.015, 10) for s in (-1, 1)]
        count = int(tall / 0.07)
        gap = rng.randrange(3, 8)
        bars = [0.05 + (tall - 0.1) * i / (count - 1) for i in range(count) if i % 8 != gap]
        parts += [tube(metal, [(-w, -0.075, z), (w, -0.075, z)], 0.009, 8) for z in bars]
        parts += [
            tube(metal, [(s * w, 0.0, z), (s * w, -0.07, z)], 0.01, 8) for s in (-1, 1) for z in (0.1, tall - 0.1)
        ]
        items = [Part("towel radiator", join(parts), "otherfurniture")]
        if rng.random() < 0.7:
            towel = draped(cloth, rng.uniform(0.3, width - 0.1), rng.uniform(0.3, 0.5), 0.25, 0.0135, rng)
            towel = towel.bent(lambda p: np.stack((p[:, 0], np.minimum(p[:, 1], 0.04), p[:, 2]), 1))
            items.append(Part("towel", towel.moved(0.0, -0.075, bars[-1] + 0.001), "towel"))
        piece = settled(Piece("towel radiator", tuple(items)))
        return replace(piece, hung=rng.uniform(0.3, 0.5))
    if kind == "ring":
        ring = [
            (0.085 * math.sin(a), -0.055, -0.085 + 0.085 * math.cos(a))
            for a in (2 * math.pi * i / 24 for i in range(25))
        ]
        body = tube(metal, ring, 0.005, 8) + tube(metal, [(0.0, 0.0, 0.01), (0.0, -0.055, 0.0)], 0.01, 8)
        towel = draped(cloth, 0.3, rng.uniform(0.3, 0.45), rng.uniform(0.2, 0.3), 0.009, rng)
        towel = towel.bent(
            lambda p: np.stack(
                (p[:, 0] * (0.35 + 0.65 * np.clip(-p[:, 2] / 0.25, 0, 1)), np.minimum(p[:, 1], 0.045), p[:, 2]), 1
            )
        )
        items = [Part("towel ring", body, "otherstructure"), Part("towel", towel.moved(0.0, -0.055, -0.1685), "towel")]
    else:
        width = rng.uniform(0.45, 0.75)
        w = width / 2
        parts = []
        rows = (0.0,) if rng.random() < 0.7 else (0.0, -0.12)
        for z in rows:
            y = -0.07
            parts.append(tube(metal, [(-w, y, z), (w, y, z)], 0.009, 10))
            parts += [tube(metal, [(s * w, 0.0, z), (s * w, y, z)], 0.01, 8) for s in (-1, 1)]
        items = [Part("towel rail", join(parts), "otherstructure")]
        count = rng.choice((1, 1, 2))
        for i in range(count):
            wide = min(rng.uniform(0.26, 0.42), (width - 0.06) / count)
            towel = draped(
                rng.choice((cloth, looks.towel)), wide, rng.uniform(0.3, 0.6), rng.uniform(0.25, 0.5), 0.0125, rng
            )
            towel = towel.bent(lambda p: np.stack((p[:, 0], np.minimum(p[:, 1], 0.055), p[:, 2]), 1))
            x = (i - (count - 1) / 2) * (width / 2)
            items.append(Part("towel", towel.moved(x, -0.07, 0.001), "towel"))
    piece = settled(Piece("towel rail", tuple(items)))
    return replace(piece, hung=max(rng.uniform(1.15, 1.35) - float(piece.size[2]), 0.3))


def mirror_cabinet(rng: random.Random, looks: Looks) -> Piece:
    """Make a cabinet with mirror doors over a washbasin, 1.2 to 1.3 m high."""
    doors = rng.choice((1, 2, 3))
    width, high, deep = doors * rng.uniform(0.28, 0.4), rng.uniform(0.55, 0.75), rng.uniform(0.12, 0.17)
    body, w = rng.choice((looks.white, looks.painted, looks.wood)), width / 2
    case = box(body, (-w, -deep + 0.02, 0.0), (w, 0.0, high), 0.002)
    panes = []
    for i in range(doors):
        x = -w + width / doors * i
        case += box(
            body, (x + 0.002, -deep + 0.004, 0.002), (x + width / doors - 0.002, -deep + 0.021, high - 0.002), 0.002
        )
        panes.append(
            box(
                looks.mirror,
                (x + 0.008, -deep, 0.008),
                (x + width / doors - 0.008, -deep + 0.005, high - 0.008),
                0.0015,
            )
        )
    parts = [Part("mirror cabinet", case, "cabinet"), Part("mirror", join(panes), "mirror")]
    lights = []
    if rng.random() < 0.5:
        bar = box(looks.chrome, (-w * 0.8, -deep * 0.7, high), (w * 0.8, -deep * 0.2, high + 0.08), 0.004)
        count = max(int(width / 0.2), 2)
        for i in range(count):
            x = -w * 0.7 + 1.4 * w * i / (count - 1)
            bar += ball(looks.bulb, 0.04, 16).moved(x, -deep * 0.7 - 0.03, high + 0.045)
        parts.append(Part("mirror lamp", bar, "lamp"))
        lights.append(Light((0.0, -deep - 0.05, high + 0.03), 12.0, 0.1, glow=looks.bulb))
    surface = Surface((-w + 0.03, -deep + 0.03), (w - 0.03, -0.02), high, 0.3, "top")
    piece = settled(Piece("mirror cabinet", tuple(parts), () if lights else (surface,), tuple(lights)))
    return replace(piece, hung=rng.uniform(1.2, 1.3))


def wall_mirror(rng: random.Random, looks: Looks) -> Piece:
    """Make a mirror on a wall: framed, bare, round or arched (its middle 1.5 to 1.6 m high)."""
    kind = rng.choice(("frame", "frame", "bare", "round", "arch"))
    width, high = rng.uniform(0.4, 0.9), rng.uniform(0.55, 1.0)
    wood = rng.choice((looks.wood, looks.metal, looks.painted, looks.black))
    if kind == "frame":
        shape = cabinetry.mirror(wood, looks.mirror, width, high)
    elif kind == "bare":
        shape = box(looks.mirror, (-width / 2, -0.008, -high / 2), (width / 2, -0.002, high / 2), 0.003)
        shape += join(
            [
                box(looks.chrome, (x - 0.012, -0.011, z - 0.012), (x + 0.012, 0.0, z + 0.012), 0.002)
                for x in (-width * 0.35, width * 0.35)
                for z in (-high / 2, high / 2)
            ]
        )
    else:
        r = width / 2
        outline = circle(r, 40)
        if kind == "arch":
            outline = [(x, y + high * 0.3) for x, y in circle(r, 40) if y >= -1e-9] + [
                (-r, -high * 0.5),
                (r, -high * 0.5),
            ]
        inner = [(x * (1 - 0.06), y * (1 - 0.06)) for x, y in outline]
        rings = [
            [(x, y, z) for x, y in ring] for ring, z in ((outline, 0.0), (outline, 0.024), (inner, 0.02), (inner, 0.0))
        ]
        shape = (
            loft(wood, rings, closed=True)
            + prism(looks.mirror, [(x * 0.96, y * 0.96) for x, y in outline], 0.012, 0.001)
        ).turned(90, "X")
    piece = settled(single("mirror", shape, "mirror"))
    return replace(piece, hung=rng.uniform(1.5, 1.6) - float(piece.size[2]) / 2)


def toilet_paper(rng: random.Random, looks: Looks) -> Piece:
    """Make a roll of paper on its holder at a wall, 0.7 m high."""
    roll = (
        lathe(looks.paper, [(0.007, 0.0), (0.055, 0.0), (0.055, 0.1), (0.007, 0.1)], 24, closed=True)
        .turned(90, "Y")
        .moved(-0.05, -0.075, 0.0)
    )
    arm = tube(looks.chrome, [(0.065, 0.0, 0.0), (0.065, -0.075, 0.0), (-0.06, -0.075, 0.0)], 0.005, 8)
    plate = cylinder(looks.chrome, 0.024, 0.008, 0.002, 16).turned(90, "X").moved(0.065, 0.0, 0.0)
    loose = box(looks.paper, (-0.05, -0.1305, -rng.uniform(0.05, 0.12)), (0.05, -0.1295, 0.0), 0.0002)
    piece = settled(single("toilet paper", join([roll, arm, plate, loose]), "otherprop"))
    return replace(piece, hung=0.62)


def toilet_brush(rng: random.Random, looks: Looks) -> Piece:
    """Make a brush in its holder."""
    body = rng.choice((looks.white, looks.chrome, looks.ceramic, looks.plastic))
    holder = vessel(body, [(0.045, 0.0), (0.05, 0.01), (0.05, rng.uniform(0.1, 0.22)), (0.048, 0.225)], 0.004, 20)
    return settled(
        single("toilet brush", holder + tube(body, [(0, 0, 0.003), (0.006, 0, 0.38)], (0.012, 0.007), 8), "otherprop")
    )


def scales(rng: random.Random, looks: Looks) -> Piece:
    """Make bathroom scales."""
    body = rng.choice((looks.white, looks.black, looks.glass, looks.metal))
    wide, high = rng.uniform(0.27, 0.32), rng.uniform(0.02, 0.035)
    shape = prism(body, rounded(wide, 0.3, rng.choice((0.02, 0.05, 0.08)), 4), high, 0.008)
    return settled(
        single(
            "scales",
            shape + box(looks.screen, (-0.04, 0.08, high - 0.001), (0.04, 0.12, high + 0.0005), 0.0005),
            "otherprop",
        )
    )


def waste_bin(rng: random.Random, looks: Looks) -> Piece:
    """Make a small bin, round or square, of plastic, metal or wicker, with paper in it now and then."""
    kind = rng.choice(("round", "square", "wicker", "pedal"))
    body = {"wicker": looks.basket}.get(kind) or rng.choice((looks.black, looks.white, looks.metal, looks.colored(rng)))
    r, high = rng.uniform(0.1, 0.14), rng.uniform(0.26, 0.36)
    shape = vessel(body, [(r * 0.78, 0.0), (r * 0.8, 0.008), (r, high)], 0.004, 4 if kind == "square" else 24)
    if kind == "square":
        shape = shape.turned(45)
    if kind == "pedal":
        shape = bin_with_lid(body, looks.black, r, high)
    elif rng.random() < 0.5:
        crumple = [
            (0.01, 0.004),
            (r * 0.5, 0.006),
            (r * 0.62, high * 0.4),
            (r * 0.7, high * 0.62),
            (r * 0.4, high * 0.8),
            (0.01, high * 0.85),
        ]
        shape += lathe(looks.paper, crumple, 9)
    return settled(single("waste bin", shape, "otherprop"))
