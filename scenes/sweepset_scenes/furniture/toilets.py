"""Toilets, on the floor or hung on the wall.

They are 0.36 to 0.40 m wide, 0.62 to 0.72 m deep, their seats 0.40 to 0.46 m high (EN 997; ADA 604.4: 0.43 to 0.485).
"""

from __future__ import annotations

import math
import random

from ..materials.room_materials import Looks
from ..materials.shaders import Material
from ..piece import Part, Piece, Surface, settled
from ..shapes.primitives import (
    Shape,
    box,
    cylinder,
    join,
    loft,
    prism,
    rounded,
    tube,
)

Ring = list[tuple[float, float]]


def toilet(rng: random.Random, looks: Looks) -> Piece:
    """Make a toilet with its tank: lid down or up, round or long, its tank narrow or wide; or hung on the wall."""
    white, width, long = looks.ceramic, rng.uniform(0.35, 0.39), rng.uniform(0.43, 0.5)
    high, hung = rng.uniform(0.38, 0.42), rng.random() < 0.2
    up, lidded = rng.random() < 0.25, rng.random() < 0.85
    seat_material = rng.choice((looks.white, looks.ceramic, looks.wood)) if rng.random() < 0.2 else looks.white
    tank = 0.0 if hung else rng.uniform(0.17, 0.2)
    start = -tank - 0.02
    egg = _egg(width, long, start)
    bowl, top = _bowl(white, egg, start, long, high, hung)
    parts = [bowl]
    if hung:
        parts.append(box(white, (-0.13, start - 0.12, 0.09), (0.13, 0.0, top - 0.01), 0.02))
        parts.append(box(looks.chrome, (-0.12, -0.012, top + 0.5), (0.12, 0.0, top + 0.66), 0.003))
        parts.append(box(looks.white, (-0.14, -0.008, top + 0.48), (0.14, 0.0, top + 0.68), 0.002))
    else:
        parts += _cistern(rng, looks, start, tank, top)
    outer = [(x * 1.02, y) for x, y in egg]
    cy = start - long * 0.45
    hole = [(x * 0.66, cy + (y - cy) * 0.68 - 0.02) for x, y in egg]
    seat = loft(
        seat_material,
        [[(x, y, z) for x, y in one] for one, z in ((outer, 0.0), (outer, 0.016), (hole, 0.018), (hole, 0.0))],
        closed=True,
    )
    lid = prism(seat_material, outer, 0.016, 0.006)
    hinge = start - 0.005

    def open_up(shape: Shape, degrees: float) -> Shape:
        return shape.moved(0.0, -hinge, 0.0).turned(-degrees, "X").moved(0.0, hinge, 0.0)

    if up:
        tilt = rng.uniform(93, 97) if hung else 90 - 1.0
        raised = open_up(lid.moved(z=0.02 if not hung else 0.0), tilt)
        parts.append(seat.moved(z=top + 0.004))
        parts.append(raised.moved(z=top + 0.01, y=-float(raised.vertices[:, 1].max()) - tank - 0.02))
    elif lidded:
        parts += [seat.moved(z=top + 0.004), lid.moved(z=top + 0.0235)]
    else:
        parts.append(seat.moved(z=top + 0.004))
    parts.append(cylinder(looks.chrome, 0.01, 0.16, 0.002, 10).turned(90, "Y").moved(-0.08, hinge + 0.008, top + 0.016))
    shape = join(parts)
    surfaces = (
        () if hung else (Surface((-0.15, -tank + 0.03), (0.15, -0.03), float(shape.vertices[:, 2].max()), 0.4, "top"),)
    )
    if up or hung:
        surfaces = ()
    if hung:
        # A hung toilet ends above the floor: a plate on the wall extends the box of the piece down to the floor.
        parts.append(box(white, (-0.2, -0.001 - 0.02, 0.0), (0.2, 0.0, top + 0.3), 0.002))
        shape = join(parts)
    return settled(Piece("toilet", (Part("toilet", shape, "toilet"),), surfaces, (), 0.6))


def _bowl(white: Material, egg: Ring, start: float, long: float, high: float, hung: bool) -> tuple[Shape, float]:
    """Make a toilet's bowl, on the floor or hung on the wall; return it and the height of its rim."""

    def ring(grow: float, z: float, back: float = 0.0, narrow: float = 1.0) -> list:
        cy = start - long * 0.45
        return [(x * grow * narrow, cy + (y - cy) * grow + back, z) for x, y in egg]

    if hung:
        rings = [
            ring(0.45, 0.0, 0.1),
            ring(0.62, 0.04, 0.07),
            ring(0.85, 0.18, 0.02),
            ring(0.97, high - 0.12),
            ring(1.0, high - 0.06),
        ]
        rings = [[(x, min(y, -0.002), z + 0.06) for x, y, z in one] for one in rings]
    else:
        rings = [
            ring(0.66, 0.0, 0.07, 0.8),
            ring(0.66, 0.02, 0.07, 0.8),
            ring(0.58, 0.12, 0.07, 0.72),
            ring(0.7, high * 0.6, 0.05, 0.85),
            ring(0.93, high - 0.07, 0.01),
            ring(1.0, high - 0.02),
            ring(1.0, high),
        ]
    top = rings[-1][0][2]
    inside = [
        ring(0.8, top),
        ring(0.76, top - 0.03),
        ring(0.6, top - 0.12, -0.02),
        ring(0.3, top - 0.19, -0.02),
        ring(0.1, top - 0.2, -0.02),
    ]
    return loft(white, [*rings, *inside]), top


def _cistern(rng: random.Random, looks: Looks, start: float, tank: float, top: float) -> list[Shape]:
    """Make the tank of a toilet that stands, its lid, its foot, and a button or a lever."""
    white = looks.ceramic
    wide, tall = rng.uniform(0.36, 0.46), rng.uniform(0.3, 0.4)
    parts = [_block(white, wide - 0.02, tank - 0.01, tall, 0.03).moved(0.0, -tank / 2 - 0.005, top + 0.005)]
    parts.append(_block(white, wide, tank + 0.012, 0.035, 0.03).moved(0.0, -tank / 2 - 0.008, top + tall + 0.004))
    parts.append(box(white, (-0.12, start - 0.13, top - 0.14), (0.12, -0.02, top + 0.006), 0.02))
    if rng.random() < 0.5:
        parts.append(cylinder(looks.chrome, 0.022, 0.01, 0.003, 16).moved(0.0, -tank / 2, top + tall + 0.037))
    else:
        lever = cylinder(looks.chrome, 0.012, 0.02, 0.002, 12).turned(90, "X")
        lever += tube(looks.chrome, [(0.0, -0.017, 0.0), (0.07, -0.02, -0.01)], (0.007, 0.006), 8)
        parts.append(lever.moved(-wide / 2 + 0.06, -tank - 0.003, top + tall - 0.06))
    return parts


def _egg(width: float, long: float, back: float) -> Ring:
    """Return a toilet's outline: round in front, straight at its back at y = `back`; counter-clockwise."""
    points = []
    count = 28
    for i in range(count):
        a = 2 * math.pi * i / count
        c, s = math.cos(a), math.sin(a)
        flat = abs(c) ** (0.72 if s > 0 else 1.0)
        x = width / 2 * math.copysign(flat, c)
        y = s * (long * 0.42 if s > 0 else long * 0.58)
        points.append((x, back - long * 0.42 + (min(y, long * 0.4))))
    return points


def _block(material: Material, width: float, deep: float, high: float, radius: float) -> Shape:
    return prism(material, rounded(width, deep, radius, 4), high, 0.008)
