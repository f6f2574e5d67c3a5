"""The scene of solids: cubes, spheres, cylinders and others, which lie, lean or float before a ground."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bpy
from mathutils import Euler, Matrix

from sweepset import models
from sweepset.blender.placement import CLOSE_UP_KEY

from ..materials.shaders import Material
from ..shapes import primitives
from ..shapes.primitives import Shape
from . import physics, surroundings
from .parameters import Solids
from .surfaces import FAMILIES, plain_color

DENSITY = 600.0
"""Kilograms of a cubic metre: wood."""
FARTHEST = 2.2
"""Metres of the scene's own cameras from the middle, at most: walls stand beyond them."""
APART = 1.75
"""Edge of a cell by the size of the largest solid, whose longest diagonal it holds: that of a cube is √3."""


@dataclass(frozen=True)
class Kind:
    """A kind of solid: how it is made, of a material, a size and a slenderness, and what it collides as."""

    make: Callable[[Material, float, float], Shape]
    collides_as: physics.Shape
    symmetry: str
    """Its turns into itself, as `models.SYMMETRY_KEY` has them."""
    slender: tuple[float, float] = (1.0, 1.0)
    """The least and largest height by width."""


def _upright(make: Callable[[Material, float, float], Shape]) -> Callable[[Material, float, float], Shape]:
    """Return a maker of a solid about the origin, from one of a diameter and a height that stands on z = 0.

    The longer of both is the solid's size.
    """

    def made(material: Material, size: float, slender: float) -> Shape:
        width, height = (size, size * slender) if slender <= 1 else (size / slender, size)
        return make(material, width, height).moved(z=-height / 2)

    return made


def _cube(material: Material, size: float, _: float) -> Shape:
    half = size / 2
    return primitives.box(material, (-half,) * 3, (half,) * 3, 0.02 * size)


def _cylinder(material: Material, width: float, height: float) -> Shape:
    return primitives.cylinder(material, width / 2, height, 0.02 * width, 48)


def _cone(material: Material, width: float, height: float) -> Shape:
    return primitives.lathe(material, [(width / 2, 0.0), (0.002 * width, height)], 48)


def _torus(material: Material, size: float, slender: float) -> Shape:
    thick = size * slender / 2
    turns = [2 * math.pi * i / 24 for i in range(24)]
    profile = [(size / 2 - thick + thick * math.cos(t), thick * math.sin(t)) for t in turns]
    return primitives.lathe(material, profile, 48, closed=True)


def _capsule(material: Material, width: float, height: float) -> Shape:
    radius, steps = width / 2, 10
    cap = [math.pi / 2 * (i + 0.2) / steps for i in range(steps)]
    top = [(radius * math.cos(t), height - radius + radius * math.sin(t)) for t in cap]
    bottom = [(r, height - z) for r, z in reversed(top)]
    return primitives.lathe(material, [*bottom, *top], 48)


def _prism(material: Material, width: float, height: float) -> Shape:
    corners = [
        (width / 2 * math.cos(t), width / 2 * math.sin(t)) for t in (math.pi * (0.5 + 2 * i / 3) for i in range(3))
    ]
    return primitives.prism(material, corners, height, 0.02 * width)


KINDS = {
    "cube": Kind(_cube, "BOX", "x4 y4 z4"),
    "sphere": Kind(lambda material, size, _: primitives.ball(material, size / 2, 48), "SPHERE", "x y z"),
    "cylinder": Kind(_upright(_cylinder), "CYLINDER", "z x2", (0.4, 2.0)),
    "cone": Kind(_upright(_cone), "CONVEX_HULL", "z", (0.8, 1.8)),
    "torus": Kind(_torus, "CONVEX_HULL", "z x2", (0.2, 0.4)),
    "capsule": Kind(_upright(_capsule), "CONVEX_HULL", "z x2", (1.5, 2.8)),
    "prism": Kind(_upright(_prism), "CONVEX_HULL", "z3 y2", (0.4, 2.0)),
}
"""All kinds by their category."""


def build(seed: int, **parameters: Any) -> None:
    """Build a layout of solids, its ground, walls and light into the current scene."""
    asked = Solids(**parameters)
    rng = random.Random(f"solids {seed}")
    number = rng.randint(*(round(end) for end in asked.count))
    cell = APART * asked.size[1]
    across = max(2, math.ceil(math.sqrt(number / 3)))
    cells = [(i, j, k) for k in range(-(-number // across**2) + 1) for j in range(across) for i in range(across)]
    if not asked.physics:
        rng.shuffle(cells)
    bodies = []
    for i, j, k in cells[:number]:
        name = rng.choice(asked.chosen)
        kind, size = KINDS[name], rng.uniform(*asked.size)
        material = plain_color(rng) if asked.surfaces == "plain" else rng.choice(FAMILIES[asked.surfaces])(rng)
        solid = kind.make(material, size, rng.uniform(*kind.slender))
        at = [cell * (i - (across - 1) / 2), cell * (j - (across - 1) / 2), cell * (k + 0.6)]
        free = (cell - math.sqrt(3) * size) / 2
        place = Matrix.Translation([middle + rng.uniform(-free, free) for middle in at])
        turn = Euler([rng.uniform(0, 2 * math.pi) for _ in range(3)]).to_matrix().to_4x4()
        item = primitives.place(name, solid, name, place @ turn)
        item[models.MODEL_KEY], item[models.SYMMETRY_KEY] = name, kind.symmetry
        bodies.append(physics.Body(item, kind.collides_as, DENSITY * size**3 / 2))
    fixed = surroundings.build(rng, asked.ground, max(0.5 * across * cell, FARTHEST))
    if asked.physics:
        physics.settle(bodies, fixed)
    surroundings.light(rng, asked.lights, asked.sky)
    # As close-ups, so that few layouts are lost in white; the scene's sweep has a target of its own.
    bpy.context.scene[CLOSE_UP_KEY] = [0.0, 0.0, asked.size[1], asked.size[1], 0.5 * across * cell, -90.0]
