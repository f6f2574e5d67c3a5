"""Pieces: things that are placed as a whole, such as a bed with its pillows or a lamp with its light.

A piece's own axes: centred on x = 0, its back at y = 0, its front towards -y, standing on z = 0. A piece for a
wall has its lowest point at z = 0, and `hung` is the height of that point; a piece for a ceiling hangs down from z = 0.
Lengths are metres. A maker is a function `(rng, looks) -> Piece` that takes all random numbers from `rng`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import bpy
import numpy as np
from mathutils import Matrix

from .shapes.primitives import Material, Point, Shape, place, repeat


@dataclass(frozen=True)
class Part:
    """One labelled object of a piece: shape, category in the scene's taxonomy, and its place in the piece's axes.

    Parts that share one `Shape` share one mesh.
    """

    name: str
    shape: Shape
    category: str
    at: Matrix = field(default_factory=lambda: Matrix.Identity(4))

    @cached_property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """The corners of its bounding box in the piece's axes, two of (3,)."""
        turn, shift = np.array(self.at.to_3x3()), np.array(self.at.translation)
        points = self.shape.vertices @ turn.T + shift
        return points.min(axis=0), points.max(axis=0)


@dataclass(frozen=True)
class Surface:
    """A surface of a piece for things to lie or stand on: a level rectangle at `z` with `room` metres free above it.

    Its kind is its use: "desk", "table" (to eat at), "low table", "counter", "top" (of a dresser, a night stand, a
    cabinet), "shelf" (things stand with their backs to high y), "seat", "bed", "rim" (of a bathtub, a washbasin) or
    "floor" (below a desk or a bed).
    """

    low: tuple[float, float]
    high: tuple[float, float]
    z: float
    room: float
    kind: str


@dataclass(frozen=True)
class Light:
    """A lamp's light: its place, watts, radius, linear colour, and direction.

    `shines` is "round" (a bulb), "down" or "up" (a disc). `glow` is the material that shines while it is on.
    """

    at: Point
    power: float
    radius: float = 0.05
    color: tuple[float, float, float] = (1.0, 0.8, 0.56)
    shines: str = "round"
    glow: Material | None = None


@dataclass(frozen=True)
class Piece:
    """A thing that is placed as a whole.

    The first part is the main one: the others are its children in Blender. `front` is the free depth that using the
    piece needs before it; `hung` the height of the lowest point of a piece on a wall.
    """

    name: str
    parts: tuple[Part, ...]
    surfaces: tuple[Surface, ...] = ()
    lights: tuple[Light, ...] = ()
    front: float = 0.0
    hung: float = 0.0

    @cached_property
    def low(self) -> np.ndarray:
        """The lower corner of the bounding box over all parts, (3,)."""
        return np.min([part.bounds[0] for part in self.parts], axis=0)

    @cached_property
    def high(self) -> np.ndarray:
        """The upper corner of the bounding box over all parts, (3,)."""
        return np.max([part.bounds[1] for part in self.parts], axis=0)

    @property
    def size(self) -> np.ndarray:
        """Its width, depth and height, (3,)."""
        return self.high - self.low


@dataclass(frozen=True)
class Placed:
    """A piece and its transform in the room."""

    piece: Piece
    at: Matrix


def build(placed: Iterable[Placed]) -> list[bpy.types.Object]:
    """Make the objects of all pieces in the current scene, and return each piece's main one."""
    made: dict[int, bpy.types.Object] = {}
    shapes: list[Shape] = []  # kept, so that no new shape gets the id of a deleted one
    return [_build_one(one, made, shapes) for one in placed]


def _build_one(placed: Placed, made: dict[int, bpy.types.Object], shapes: list[Shape]) -> bpy.types.Object:
    items = []
    for part in placed.piece.parts:
        at, first = placed.at @ part.at, made.get(id(part.shape))
        if first is None:
            items.append(place(part.name, part.shape, part.category, at))
            made[id(part.shape)] = items[-1]
            shapes.append(part.shape)
        else:
            items.append(repeat(first, at))
    main = items[0]
    for item in items[1:]:
        item.parent = main
        item.matrix_parent_inverse = main.matrix_world.inverted()
    return main


def settled(piece: Piece, hanging: bool = False) -> Piece:
    """Return a piece moved to its own axes: x = 0 its middle, y = 0 its back, z = 0 its lowest point.

    A piece `hanging` from a ceiling is centred on the origin, its top at z = 0.
    """
    low, high = piece.low, piece.high
    x, y, z = -(low[0] + high[0]) / 2, -high[1], -low[2]
    if hanging:
        y, z = -(low[1] + high[1]) / 2, -high[2]
    x, y, z = float(x), float(y), float(z)
    shift = Matrix.Translation((x, y, z))
    return replace(
        piece,
        parts=tuple(replace(part, at=shift @ part.at) for part in piece.parts),
        surfaces=tuple(
            replace(s, low=(s.low[0] + x, s.low[1] + y), high=(s.high[0] + x, s.high[1] + y), z=s.z + z)
            for s in piece.surfaces
        ),
        lights=tuple(replace(s, at=(s.at[0] + x, s.at[1] + y, s.at[2] + z)) for s in piece.lights),
    )


def single(name: str, shape: Shape, category: str, surfaces: Sequence[Surface] = (), front: float = 0.0) -> Piece:
    """Make a piece of one part."""
    return Piece(name, (Part(name, shape, category),), tuple(surfaces), (), front)
