"""Fireplaces."""

from __future__ import annotations

import random

from ..materials.room_materials import Looks
from ..piece import Part, Piece, settled
from ..shapes.primitives import (
    box,
    cylinder,
    join,
)
from . import carcass


def fireplace(rng: random.Random, looks: Looks) -> Piece:
    """Make a cold fireplace: mantelpiece, hearth, and an opening 0.6 to 0.9 m wide and 0.65 to 0.75 m high."""
    wide, high, leg = rng.uniform(0.6, 0.9), rng.uniform(0.65, 0.75), rng.uniform(0.15, 0.3)
    width, top, deep = wide + 2 * leg, high + rng.uniform(0.2, 0.4), rng.uniform(0.2, 0.35)
    frame_, lining = (
        rng.choice((looks.trim, looks.wood, looks.tile, looks.stone)),
        rng.choice((looks.black, looks.tile)),
    )
    ledge, hearth = rng.uniform(0.03, 0.12), rng.uniform(0.25, 0.4)
    parts = [
        *(box(frame_, (x, -deep, 0.0), (x + leg, 0.0, high), 0.004) for x in (-width / 2, wide / 2)),
        box(frame_, (-width / 2, -deep, high), (width / 2, 0.0, top), 0.004),
        box(frame_, (-width / 2 - ledge, -deep - ledge, top), (width / 2 + ledge, 0.0, top + 0.05), 0.006),
        box(lining, (-wide / 2, -0.02, 0.0), (wide / 2, 0.0, high), 0.001),
        box(looks.stone, (-width / 2, -deep - hearth, 0.0), (width / 2, -deep, 0.04), 0.004),
    ]
    for k in range(rng.choice((0, 0, 1, 2))):
        log = cylinder(looks.wood2, 0.045, 0.7 * wide, 0.006, 14).turned(90, "Y")
        parts.append(log.moved(-0.35 * wide, -0.08 - 0.095 * k, 0.045))
    surface = carcass.top(width, deep + ledge, top + 0.05)
    return settled(Piece("fireplace", (Part("fireplace", join(parts), "otherstructure"),), (surface,), (), 0.5))
