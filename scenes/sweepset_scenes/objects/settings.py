"""Settings in which a user's models appear: what they lie on, and what is around them. Things lie above z = 0."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Matrix, Vector

from sweepset.blender import labels

from .. import SCENES
from ..materials import painting, prints, shaders
from ..shapes import primitives
from ..shapes.primitives import Shape
from . import surfaces, surroundings
from .heap import Box, box_of

ROOMS = ("dining_room", "dining_room", "office", "living_room")
"""Scenes of rooms with tables; a room without a large one is drawn again."""
SMALLEST = 0.35
"""Metres of the shorter side of a table."""
DEEP = 0.5
"""Metres of a collider below a surface: nothing may fall through it within a step of the simulation."""
HIGH = 3.0
"""Metres of a collider beside things, above which nothing starts."""


@dataclass(frozen=True)
class Place:
    """Where things lie: half the sides of the area, the boxes that hold them, and the heights of boards.

    `lost` is the height below which a thing has fallen off, `turn` the area's direction, and `lowest` the elevation
    from which cameras see it, in degrees. `standing` is the share of things that start upright.
    """

    half: tuple[float, float]
    fixed: tuple[Box, ...]
    boards: tuple[float, ...] = (0.0,)
    lost: float = -0.01
    turn: float = 0.0
    falls: bool = True
    standing: float = 0.0
    lowest: float = -90.0


def slab(half: tuple[float, float], top: float = 0.0, turn: float = 0.0, thick: float = DEEP) -> Box:
    """Return the box below a rectangular surface about the vertical axis."""
    at = Matrix.Rotation(math.radians(turn), 4, "Z") @ Matrix.Translation((0, 0, top - thick / 2))
    return Box((2 * half[0], 2 * half[1], thick), at)


def floor(rng: random.Random, half: float, tall: float) -> Place:
    """Put things on a floor, maybe between walls."""
    items = surroundings.build(rng, "varied", half + 0.3)
    surroundings.light(rng, "varied")
    return Place((half, half), tuple(box_of(item) for item in items))


def bin_(rng: random.Random, half: float, tall: float) -> Place:
    """Put things into an open box on a floor."""
    wide, deep = half * rng.uniform(0.95, 1.25), half * rng.uniform(0.95, 1.25)
    high, thick = max(half * rng.uniform(0.35, 0.9), 0.5 * tall), max(0.004, 0.03 * half)
    material = surfaces.made_of(rng, rng.choice(("plastic", "plastic", "paper", "metal", "wood")))
    sides = []
    for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        middle = Vector((x * (wide + thick / 2), y * (deep + thick / 2), (high - thick) / 2))
        size = Vector((thick if x else 2 * (wide + thick), thick if y else 2 * deep, high + thick))
        sides.append(primitives.box(material, middle - size / 2, middle + size / 2, 0.2 * thick))
    sides.append(primitives.box(material, (-wide, -deep, -thick), (wide, deep, 0.0), 0.0))
    primitives.place("bin", primitives.join(sides), "background")
    _ground(rng, half + 0.4, -thick)
    surroundings.light(rng, "varied")
    fixed = [slab((wide + DEEP, deep + DEEP))]
    for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):  # the walls, up to where things start
        at = Matrix.Translation((x * (wide + DEEP / 2), y * (deep + DEEP / 2), HIGH / 2))
        fixed.append(Box((DEEP if x else 2 * (wide + DEEP), DEEP if y else 2 * deep, HIGH), at))
    lowest = math.degrees(math.atan2(high, 0.9 * min(wide, deep)))
    return Place((wide, deep), tuple(fixed), lowest=lowest)


def turntable(rng: random.Random, half: float, tall: float) -> Place:
    """Put things on a round plate before a plain backdrop, as in a scanner."""
    radius, thick = 1.45 * half, rng.uniform(0.015, 0.04)
    top = shaders.plain("turntable", 3 * (rng.choice((0.03, 0.3, 0.75)),), rng.uniform(0.3, 0.8))
    primitives.place("turntable", primitives.cylinder(top, radius, thick, 0.002, 96).moved(z=-thick), "background")
    foot = primitives.cylinder(surfaces.made_of(rng, "plastic"), 0.6 * radius, 0.05, 0.004, 64)
    primitives.place("foot", foot.moved(z=-thick - 0.05), "background")
    _ground(rng, radius + 0.3, -thick - 0.05, plain=rng.random() < 0.6)
    surroundings.light(rng, "varied")
    return Place((half, half), (slab((2 * radius, 2 * radius)),))


def conveyor(rng: random.Random, half: float, tall: float) -> Place:
    """Put things on a belt that runs through the picture, between rails."""
    wide = half * rng.uniform(0.7, 0.9)
    long = max(half**2 / wide, half)
    end, rail = max(3.0, 3 * long), max(0.02, 0.08 * wide)
    belt = shaders.plain("belt", 3 * (rng.choice((0.015, 0.03, 0.06)),), 0.85, vary=0.2)
    if rng.random() < 0.3:
        belt = shaders.plain("belt", surfaces.color(rng, (0.3, 0.8)), 0.8, vary=0.2)
    frame = surfaces.made_of(rng, "metal")
    primitives.place("belt", primitives.box(belt, (-end, -wide, -0.02), (end, wide, 0.0)), "background")
    parts: list[Shape] = []
    for side in (-1, 1):
        inner, outer = side * wide, side * (wide + rail)
        parts.append(primitives.box(frame, (-end, inner, -0.12), (end, outer, rng.uniform(0.005, 0.03))))
        for x in np.arange(-end + 0.3, end, 1.4):
            parts.append(primitives.box(frame, (x, inner, -0.8), (x + 0.05, outer, -0.1)))
    primitives.place("conveyor", primitives.join(parts), "background")
    _ground(rng, 4 * half + 1.0, -0.8)
    surroundings.light(rng, "varied")
    return Place((long, wide), (slab((end, wide)),), standing=0.3)


def shelf(rng: random.Random, half: float, tall: float) -> Place:
    """Put things on the boards of an open rack, which is seen from all sides."""
    count = rng.randint(2, 3)
    deep = min(max(0.6 * half, 0.55 * tall), 0.35)
    wide = max(half**2 / deep / count, 1.2 * deep)
    gap, thick = tall * rng.uniform(1.3, 1.9) + 0.06, 0.015
    material = surfaces.made_of(rng, rng.choice(("metal", "wood", "wood")))
    boards = tuple(gap * number for number in range(count))
    parts = [primitives.box(material, (-wide, -deep, z - thick), (wide, deep, z)) for z in boards]
    high = boards[-1] + rng.choice((0.02, 0.7)) * gap
    for x in (-wide, wide):
        for y in (-deep, deep):
            parts.append(primitives.box(material, (x - 0.012, y - 0.012, -0.3), (x + 0.012, y + 0.012, high)))
    primitives.place("rack", primitives.join(parts), "background")
    _ground(rng, wide + 0.3, -0.3)
    surroundings.light(rng, "varied")
    fixed = tuple(slab((wide, deep), z, thick=thick) for z in boards)
    return Place((0.97 * wide, 0.97 * deep), fixed, boards, standing=0.8)


def air(rng: random.Random, half: float, tall: float) -> Place:
    """Let things float before a random picture on all sides: domain randomization."""
    makers = (painting.abstract, painting.collage, painting.landscape, painting.still_life, _noise)
    image = rng.choice(makers)(rng)
    dome = prints.lit("backdrop", image, rng.uniform(0.3, 1.2))
    far = 6 * half + 2.0
    ball = primitives.ball(dome, far, 48)
    turns = np.arctan2(ball.vertices[:, 1], ball.vertices[:, 0]) / math.pi, ball.vertices[:, 2] / far
    flat = np.stack([(np.abs(turns[0])), (turns[1] + 1) / 2], axis=1)  # mirrored, so that it has no seam
    shape = Shape(
        ball.vertices,
        [face[::-1] for face in ball.faces],
        [flat[list(face[::-1])] for face in ball.faces],
        ball.materials,
    )
    primitives.place("backdrop", shape, "background")
    surroundings.light(rng, "varied")
    return Place((half, half), (), falls=False)


def _noise(rng: random.Random) -> np.ndarray:
    """Return an image of colours at random, (H, W, 3), in squares of a random size."""
    count = rng.choice((8, 24, 64))
    drawn = np.random.default_rng(rng.getrandbits(32)).random((count, count, 3))
    return np.repeat(np.repeat(drawn, 192 // count, axis=0), 192 // count, axis=1)


def tabletop(rng: random.Random, half: float, tall: float) -> Place:
    """Put things on a table in a furnished room, which is cleared, moved to the origin, and stays as it is else."""
    while True:
        table, top = None, None
        before = set(bpy.data.objects)
        SCENES[rng.choice(ROOMS)].build(rng.getrandbits(30))
        made = [item for item in bpy.data.objects if item not in before]
        bpy.context.view_layer.update()
        found = [(item, _top(item)) for item in made if labels.category_name(item) in ("table", "desk")]
        found = [one for one in found if one[1] and 2 * min(one[1][1]) >= SMALLEST and _open_above(one[0], *one[1])]
        if found:
            table, top = max(found, key=lambda one: one[1][1][0] * one[1][1][1])
            break
        for item in made:
            bpy.data.objects.remove(item)
    at, sides = top
    _clear(table, at, sides)
    shift = Matrix.Translation(-at.translation)
    for item in made_roots(set(bpy.data.objects) - before):
        item.matrix_world = shift @ item.matrix_world
    bpy.context.view_layer.update()
    turn = math.degrees(math.atan2(at.col[0].y, at.col[0].x))
    inner = tuple(min(side, max(half * 1.4, 0.1)) for side in sides)
    return Place(
        inner, (slab(sides, turn=turn), slab((6.0, 6.0), top=-float(at.translation.z))), turn=turn, standing=0.5
    )


def made_roots(items: set[bpy.types.Object]) -> list[bpy.types.Object]:
    """Return the objects that have no parent."""
    return [item for item in items if item.parent is None]


def _top(item: bpy.types.Object) -> tuple[Matrix, tuple[float, float]] | None:
    """Return the middle of a table's top and half its sides, None if most of its top is no level surface."""
    points = np.array([vertex.co for vertex in item.data.vertices])
    low, high = points.min(axis=0), points.max(axis=0)
    normals = np.array([face.normal.z for face in item.data.polygons])
    places = np.array([face.center.z for face in item.data.polygons])
    areas = np.array([face.area for face in item.data.polygons])
    level = areas[(normals > 0.99) & (places > high[2] - 0.01)].sum()
    wide, deep = (high - low)[:2]
    upper = points[points[:, 2] > high[2] - 0.01]
    low, high = upper.min(axis=0), upper.max(axis=0)
    if not 0.3 < high[2] < 1.3 or level < 0.55 * wide * deep:
        return None
    round_ = 0.7 if level < 0.9 * wide * deep else 0.95
    half = (round_ * float(high[0] - low[0]) / 2, round_ * float(high[1] - low[1]) / 2)
    middle = Vector((*((low + high) / 2)[:2], high[2]))
    for x, y in itertools.product(np.linspace(-1, 1, 5), repeat=2):  # an L-shaped desk lacks a part of its rectangle
        above = middle + Vector((x * half[0], y * half[1], 0.1))
        hit, place, _, _ = item.ray_cast(above, (0.0, 0.0, -1.0))
        if not hit or place.z < middle.z - 0.01:
            return None
    return item.matrix_world @ Matrix.Translation(middle), half


def _open_above(table: bpy.types.Object, at: Matrix, half: tuple[float, float]) -> bool:
    """Return whether a table has no shelf or cabinet above it."""
    size = 2 * min(half)
    for item in bpy.data.objects:
        corners = [at.inverted() @ item.matrix_world @ Vector(corner) for corner in item.bound_box]
        low, high = (Vector(pick(axis) for axis in zip(*corners)) for pick in (min, max))
        over = all(low[axis] < 0.8 * half[axis] and high[axis] > -0.8 * half[axis] for axis in (0, 1))
        if (
            item.type == "MESH"
            and item != table
            and over
            and 0.15 < low.z < 1.0
            and (high - low).xy.length > 0.5 * size
        ):
            return False
    return True


def _clear(table: bpy.types.Object, at: Matrix, half: tuple[float, float]) -> None:
    """Remove what stands on a table, with what belongs to it, and lamps above it."""
    to_table = at.inverted()
    doomed = set()
    for item in bpy.data.objects:
        if item == table or item.parent == table or item.type not in ("MESH", "LIGHT"):
            continue
        corners = [item.matrix_world @ Vector(corner) for corner in item.bound_box]
        middle = to_table @ (sum(corners, Vector()) / 8)
        lowest = min((to_table @ corner).z for corner in corners)
        beside = abs(middle.x) > 1.1 * half[0] or abs(middle.y) > 1.1 * half[1]
        if not beside and -0.02 < lowest < (0.4 if item.type == "LIGHT" else 0.03):
            doomed.add(item.parent or item)
    for item in [*(child for one in doomed for child in one.children), *doomed]:
        bpy.data.objects.remove(item)


def _ground(rng: random.Random, reach: float, level: float, plain: bool = False) -> None:
    for item in surroundings.build(rng, "plain" if plain else "varied", reach):
        item.matrix_world = Matrix.Translation((0, 0, level)) @ item.matrix_world


SETTINGS: dict[str, Callable[[random.Random, float, float], Place]] = {
    "tabletop": tabletop,
    "bin": bin_,
    "floor": floor,
    "shelf": shelf,
    "conveyor": conveyor,
    "turntable": turntable,
    "air": air,
}
"""Makers of settings by their name; each gets half the side of the area wanted, and the height of the tallest thing."""
