"""Where things come to lie: started apart from each other above an area, and settled by physics.

The simulation runs on hulls alone, enlarged so that things have the size of a hand: the solver's tolerances are
lengths, and screws would sink into each other.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Euler, Matrix

# isort: split
import bmesh

from ..shapes import primitives
from . import physics
from .things import Thing

HAND = 0.07
"""Metres of the median radius in the simulation."""
DENSITY = 600.0
"""Kilograms of a cubic metre."""
CROWDED = {"none": 4.0, "some": 1.5, "heavy": 0.5}
"""Area by the area of all things' balls, by the parameter `occlusion`."""
TRIES = 60


@dataclass(frozen=True)
class Box:
    """A box that nothing moves: its sizes, and its middle's transform."""

    size: tuple[float, float, float]
    at: Matrix


def box_of(item: bpy.types.Object) -> Box:
    """Return a box-shaped object as a box; its origin is its middle."""
    return Box(tuple(item.dimensions), item.matrix_world.copy())


def area(things: Sequence[Thing], occlusion: str) -> float:
    """Return the half side of the square on which things should lie."""
    needed = CROWDED[occlusion] * sum(math.pi * thing.radius**2 for thing in things)
    return max(math.sqrt(needed) / 2, *(1.05 * thing.radius for thing in things))


def start(
    rng: random.Random,
    things: Sequence[Thing],
    half: tuple[float, float],
    stacked: bool,
    level: float = 0.0,
    standing: float = 0.0,
) -> list[Matrix | None]:
    """Return where the things' middles start, in layers above an area; None for those without a place.

    A share of `standing` things is turned about the vertical only. Only `stacked` things make more than one layer.
    """
    layers: list[list[tuple[float, float, float]]] = [[]]
    spots: list[tuple[float, float, int] | None] = []
    for thing in things:
        spot = None
        for layer in range(len(layers) + stacked):
            layers += [[]] if layer == len(layers) else []
            if found := _free(rng, layers[layer], half, thing.radius):
                layers[layer].append((*found, thing.radius))
                spot = (*found, layer)
                break
        spots.append(spot)
    thick = [2.1 * max((radius for *_, radius in layer), default=0.0) for layer in layers]
    places: list[Matrix | None] = []
    for thing, spot in zip(things, spots):
        upright = rng.random() < standing
        turn = Matrix.Rotation(rng.uniform(0, 2 * math.pi), 4, "Z") @ thing.upright if upright else random_turn(rng)
        if spot:
            x, y, layer = spot
            lowest = float(((thing.hull - thing.middle) @ np.array(turn)[2, :3]).min())
            z = level + sum(thick[:layer]) + 0.05 * thing.radius - lowest
            places.append(Matrix.Translation((x, y, z)) @ turn)
        else:
            places.append(None)
    return places


def random_turn(rng: random.Random) -> Matrix:
    """Return a rotation at random."""
    return Euler([rng.uniform(0, 2 * math.pi) for _ in range(3)]).to_matrix().to_4x4()


def _free(
    rng: random.Random, taken: Sequence[tuple[float, float, float]], half: tuple[float, float], radius: float
) -> tuple[float, float] | None:
    for _ in range(TRIES):
        x, y = (rng.uniform(-1, 1) * max(side - radius, 0.0) for side in half)
        if all(math.hypot(x - a, y - b) > 1.02 * (radius + r) for a, b, r in taken):
            return x, y
    return None


def settle(things: Sequence[Thing], places: Sequence[Matrix], fixed: Sequence[Box]) -> list[Matrix]:
    """Let things fall from where their middles start, and return the transforms of their middles at rest."""
    if not things:
        return []
    larger = HAND / float(np.median([thing.radius for thing in things]))
    bodies, made = [], []
    for thing, place in zip(things, places, strict=True):
        hull, volume = _hull(larger * (thing.hull - thing.middle))
        made.append(bpy.data.objects.new("hull", hull))
        bpy.context.scene.collection.objects.link(made[-1])
        at = place.copy()
        at.translation = larger * place.translation
        made[-1].matrix_world = at
        bodies.append(physics.Body(made[-1], "CONVEX_HULL", DENSITY * max(volume, 1e-5)))
    count = len(made)
    for box in fixed:
        half = [larger * length / 2 for length in box.size]
        shape = primitives.box(None, [-length for length in half], half)
        at = box.at.normalized()
        at.translation = larger * box.at.translation
        mesh = bpy.data.meshes.new("box")
        mesh.from_pydata(shape.vertices.tolist(), [], shape.faces)
        made.append(bpy.data.objects.new("box", mesh))
        bpy.context.scene.collection.objects.link(made[-1])
        made[-1].matrix_world = at
    bpy.context.view_layer.update()
    physics.settle(bodies, made[count:])
    found = []
    for body in bodies:
        found.append(body.item.matrix_world.normalized())
        found[-1].translation = body.item.matrix_world.translation / larger
    for item in made:
        bpy.data.meshes.remove(item.data)  # and the object
    return found


def _hull(points: np.ndarray) -> tuple[bpy.types.Mesh, float]:
    """Return the mesh of points' convex hull, and its volume."""
    made = bmesh.new()
    for point in points:
        made.verts.new(point)
    found = bmesh.ops.convex_hull(made, input=made.verts)
    loose = [one for one in {*found["geom_interior"], *found["geom_unused"]} if isinstance(one, bmesh.types.BMVert)]
    bmesh.ops.delete(made, geom=loose, context="VERTS")
    volume = abs(made.calc_volume())
    mesh = bpy.data.meshes.new("hull")
    made.to_mesh(mesh)
    made.free()
    return mesh, volume
