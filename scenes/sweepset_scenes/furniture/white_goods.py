"""White goods: refrigerators and washing machines, 0.60 m wide and deep unless small (EN 1116)."""

from __future__ import annotations

import random

from ..materials.room_materials import Looks
from ..piece import Part, Piece, Surface, settled
from ..shapes import appliances
from ..shapes.primitives import (
    box,
    cylinder,
    join,
    lathe,
)
from . import carcass


def refrigerator(rng: random.Random, looks: Looks) -> Piece:
    """Make a refrigerator: two doors, or an office's small one."""
    small = rng.random() < 0.3
    body = rng.choice((looks.white, looks.white, looks.steel, looks.black))
    finish = appliances.Finish(body, looks.metal, looks.black, looks.screen, looks.chrome)
    width, high, deep = (
        (0.5, 0.85, 0.52) if small else (rng.uniform(0.6, 0.8), rng.uniform(1.5, 1.85), rng.uniform(0.62, 0.72))
    )
    shape = appliances.refrigerator(finish, width, high, deep, 0.7 if small else rng.uniform(0.58, 0.68)).moved(
        -width / 2
    )
    return settled(
        Piece(
            "refrigerator",
            (Part("refrigerator", shape, "refridgerator"),),
            (carcass.top(width, deep - 0.08, high - 0.012),),
            (),
            0.7,
        )
    )


def washing_machine(rng: random.Random, looks: Looks) -> Piece:
    """Make a washing machine or a dryer with its round door (0.6 m wide, 0.85 m high: EN 60456)."""
    deep = rng.uniform(0.5, 0.6)
    parts = [
        box(looks.white, (-0.298, -deep + 0.01, 0.015), (0.298, 0.0, 0.85), 0.008),
        box(looks.white, (-0.298, -deep, 0.72), (0.298, -deep + 0.03, 0.845), 0.006),
    ]
    ring = lathe(
        rng.choice((looks.chrome, looks.plastic, looks.white)),
        [(0.2, 0.0), (0.2, 0.03), (0.17, 0.045), (0.15, 0.04), (0.15, 0.0)],
        36,
        closed=True,
    )
    bull = cylinder(looks.screen, 0.153, 0.02, 0.006, 32)
    parts.append((ring + bull).turned(90, "X").moved(0.0, -deep + 0.012, 0.4))
    parts.append(box(looks.plastic, (-0.28, -deep - 0.003, 0.74), (-0.1, -deep + 0.004, 0.83), 0.003))
    parts.append(box(looks.screen, (0.08, -deep - 0.002, 0.765), (0.2, -deep + 0.004, 0.81), 0.002))
    parts.append(
        lathe(looks.chrome, [(0.035, 0.0), (0.033, 0.02), (0.01, 0.025)], 20).turned(90, "X").moved(0.0, -deep, 0.785)
    )
    parts += [
        cylinder(looks.plastic, 0.009, 0.008, 0.002, 12).turned(90, "X").moved(0.225 + 0.025 * (i % 3), -deep, z)
        for z in rng.choice(((), (0.785,), (0.775, 0.8)))
        for i in range(3)
    ]
    if rng.random() < 0.5:
        parts.append(box(looks.white, (0.12, -deep + 0.006, 0.03), (0.26, -deep + 0.012, 0.14), 0.002))
    parts += [
        cylinder(looks.black, 0.02, 0.018, 0.002, 12).moved(x, y, 0.0)
        for x in (-0.25, 0.25)
        for y in (-deep + 0.06, -0.05)
    ]
    surface = Surface((-0.27, -deep + 0.04), (0.27, -0.03), 0.85, 0.6, "top")
    return settled(
        Piece("washing machine", (Part("washing machine", join(parts), "otherfurniture"),), (surface,), (), 0.6)
    )
