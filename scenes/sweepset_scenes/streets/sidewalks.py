"""What stands on sidewalks: lamps, trees, bins, signs, benches, traffic lights, each with the ground that it takes."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from mathutils import Vector

from ..piece import Piece, Placed, build
from ..shapes.primitives import spot
from .conditions import Conditions
from .props import furniture, plants, posts
from .world import Footprint, Lamp

LOW = 1.9
"""What a piece has below this height, in metres, stands in the way of vehicles and people."""
HEADROOM = 2.7
"""Height of the lowest branches and leaves of trees beside sidewalks, and where vehicles park."""
SIZES = {"tree": (6.5, 12.0), "lamp": (18.0, 26.0), "thing": (5.0, 16.0)}
"""Metres between trees, lamps and other things along a kerb."""


@dataclass
class Furniture:
    """Pieces that were placed, to be built together; what stands in the way, and lamps."""

    placed: list[Placed] = field(default_factory=list)
    obstacles: list[Footprint] = field(default_factory=list)
    lamps: list[Lamp] = field(default_factory=list)

    def put(self, piece: Piece, x: float, y: float, z: float, turn: float, gap: float = 0.15) -> bool:
        """Place a piece, turned from facing -y by degrees, unless it would stand in another one."""
        low, high = standing(piece)
        middle, size = (low + high) / 2, high - low
        angle = math.radians(turn)
        shift = (
            middle[0] * math.cos(angle) - middle[1] * math.sin(angle),
            middle[0] * math.sin(angle) + middle[1] * math.cos(angle),
        )
        ground = Footprint(x + float(shift[0]), y + float(shift[1]), float(size[0]), float(size[1]), turn)
        if any(ground.overlaps(other, gap) for other in self.obstacles):
            return False
        at = spot(x, y, z, turn)
        self.placed.append(Placed(piece, at))
        self.obstacles.append(ground)
        for light in piece.lights:
            place = at @ Vector(light.at)
            self.lamps.append(Lamp((place.x, place.y, place.z), light.power, light.color, light.radius))
        return True

    def build(self) -> None:
        """Make the objects."""
        build(self.placed)


def standing(piece: Piece) -> tuple[np.ndarray, np.ndarray]:
    """Return the rectangle, low and high corner (2,), of what a piece has at the height of people and vehicles."""
    points = np.concatenate(
        [part.shape.vertices @ np.array(part.at.to_3x3()).T + np.array(part.at.translation) for part in piece.parts]
    )
    near = points[points[:, 2] < LOW] if piece.name != "tree" else points[points[:, 2] < 0.6]
    return near[:, :2].min(axis=0), near[:, :2].max(axis=0)


@dataclass(frozen=True)
class Row:
    """A sidewalk along x: its side (+1 north of the road, -1 south), its kerb's y, width and height, and its ends."""

    side: int
    kerb: float
    width: float
    height: float
    ends: tuple[float, float]

    @property
    def turn(self) -> float:
        """The turn of a piece that faces the road."""
        return 0.0 if self.side > 0 else 180.0


def furnish(
    rng: random.Random, conditions: Conditions, rows: Sequence[Row], free: Sequence[float], taken: Furniture
) -> None:
    """Put things along the kerbs of sidewalks, and before their houses; none within 2.5 m of an x that is `free`."""
    kinds: Sequence[Callable[[random.Random], Piece]] = (
        furniture.bin_, furniture.bin_, furniture.bench, furniture.mailbox, furniture.hydrant, furniture.cabinet,
        posts.sign, posts.sign, posts.bollard,
    )  # fmt: skip
    lamp = posts.street_lamp(rng)
    form = rng.choice(("round", "spreading", "column", "birch", "young"))
    trees = [plants.tree(rng, conditions.season, form, HEADROOM) for _ in range(2)] if rng.random() < 0.8 else []
    things = [rng.choice(kinds)(rng) for _ in range(6)]
    for row in rows:
        start, stop = row.ends

        def put(piece: Piece, x: float, back: float, row: Row = row) -> None:
            if all(abs(x - other) > 2.5 for other in free):
                taken.put(piece, x, row.kerb + row.side * back, row.height, row.turn)

        for x in _along(rng, start, stop, "lamp"):
            put(lamp, x, 0.5)
        if trees and rng.random() < 0.85:
            for x in _along(rng, start, stop, "tree"):
                put(rng.choice(trees), x, 0.85)
        for x in _along(rng, start, stop, "thing"):
            piece = rng.choice(things)
            put(piece, x, 0.65 if rng.random() < 0.7 else row.width - 0.5)


def _along(rng: random.Random, start: float, stop: float, kind: str) -> list[float]:
    """Return places along a row, at a pitch that is drawn for all."""
    low, high = SIZES[kind]
    pitch, x, found = rng.uniform(low, high), start + rng.uniform(1.0, high), []
    while x < stop - 1.0:
        found.append(x)
        x += pitch * (rng.uniform(0.5, 1.6) if kind == "thing" else rng.uniform(0.95, 1.05))
    return found
