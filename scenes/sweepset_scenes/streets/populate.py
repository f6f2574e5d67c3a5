"""Vehicles in a world: the main one and others, each where it fits and touches nothing."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace

import bpy
import numpy as np
from mathutils import Vector

from sweepset.blender import compat, labels
from sweepset.errors import SweepsetError

from ..piece import Placed, build
from ..shapes.primitives import repeat, spot
from ..vehicles.choice import draw_body
from ..vehicles.paint import PAINTS, car_paint, draw_paint
from ..vehicles.vehicle import Vehicle, make_vehicle, place_vehicle
from .props.people import person
from .world import Berth, Footprint, World

FILLED = {"lane": 0.4, "parked": 0.8, "stall": 0.65, "driveway": 0.7}
"""Share of the berths of each kind that hold a vehicle."""
EITHER_WAY = {"stall": 0.3, "driveway": 0.3, "parked": 0.06}
"""How often a vehicle faces the other way: it was parked backwards."""
FORMS = 4
"""Different vehicles that are made beside the main one: their copies, in other paints, cost nearly nothing."""
MOST = 28
"""Vehicles of a scene: those nearest to the main one, more or less."""
FIGURES, MOST_PEOPLE = 3, 9
"""Different people that are made, and how many groups of them a world has at most."""
DRIVE, DRIVE_STEPS = 10.0, 50
"""Metres that a driving vehicle covers at most, and the last frame of its drive, whose first is 0."""
GAP = 0.25
"""Metres that vehicles keep from each other and from what stands."""
PAINTED = {f"{name} paint" for name, _, _ in PAINTS}
"""Names of the materials that a copy has of its own."""


@dataclass
class _Model:
    """A vehicle that was made: its extent, mirrors included, and its object, once it has one."""

    vehicle: Vehicle
    length: float
    width: float
    height: float
    item: bpy.types.Object | None = None

    @classmethod
    def make(cls, rng: random.Random, body: str) -> _Model:
        vehicle = make_vehicle(rng, body)
        x, y, z = np.abs(vehicle.shape.vertices).max(axis=0).tolist()
        return cls(vehicle, 2 * y, 2 * x, z)

    def fits(self, berth: Berth) -> bool:
        ground = berth.ground
        return self.length <= ground.length and self.width <= ground.width and self.height <= berth.height


def populate(rng: random.Random, world: World, body: str = "", driving: bool = False) -> Footprint:
    """Put a main vehicle, of a body or a category or of any, and others into a world; return the main one's ground.

    The main vehicle is the scene's subject (`labels.set_subject`), and its object's name begins with "main". If it is
    `driving`, it stands in a lane, and is keyframed along it.
    """
    main = _Model.make(rng, draw_body(rng, body))
    usable = [berth for berth in world.berths if berth.main and (berth.kind == "lane" or not driving)]
    fitting = [berth for berth in usable if main.fits(berth)]
    if not fitting:
        raise SweepsetError(f"no main berth of this world holds a {main.vehicle.body}: it needs one for a bus")
    # Kinds first: a street has more places to park than lanes.
    kind = rng.choice(sorted({berth.kind for berth in fitting}))
    chosen = rng.choice([berth for berth in fitting if berth.kind == kind])
    ground = _settle(rng, chosen, main, world.obstacles, ())
    # What stands near may leave too little of a berth to a large vehicle.
    for other in sorted(fitting, key=lambda one: one.kind != kind):
        if ground is None:
            chosen, ground = other, _settle(rng, other, main, world.obstacles, ())
    if ground is None:
        raise SweepsetError(f"each main berth of this world is blocked for a {main.vehicle.body}")
    item = _stand(rng, main, ground)
    item.name = f"main {main.vehicle.body}"
    labels.set_subject(item)
    others = [_Model.make(rng, draw_body(rng)) for _ in range(FORMS)] if len(world.berths) > 1 else []
    taken = [ground]
    if driving:
        way = _way(ground, world.obstacles)
        _drive(item, ground.axes[0] * (way.length - ground.length))
        taken = [way]
    nearest = sorted(world.berths, key=lambda one: rng.uniform(0.3, 1.0) * _apart(one.ground, ground))
    for berth in nearest:
        models = [model for model in (*others, main) if model.fits(berth)]
        if berth is chosen or not models or len(taken) >= MOST or rng.random() > FILLED[berth.kind]:
            continue
        model = rng.choice(models)
        place = _settle(rng, berth, model, world.obstacles, taken)
        if place is not None:
            _stand(rng, model, place)
            taken.append(place)
    _walk(rng, world, taken)
    return ground


def _apart(one: Footprint, other: Footprint) -> float:
    return math.dist((one.x, one.y), (other.x, other.y))


def _way(ground: Footprint, obstacles: Iterable[Footprint]) -> Footprint:
    """Return the ground that a vehicle covers if it drives ahead as far as nothing stands in its way."""
    way = ground
    for metres in np.arange(0.5, DRIVE + 0.5, 0.5).tolist():
        x, y = (ground.x, ground.y) + ground.axes[0] * metres / 2
        longer = replace(ground, x=float(x), y=float(y), length=ground.length + metres)
        if any(longer.overlaps(other) for other in obstacles):
            break
        way = longer
    return way


def _drive(item: bpy.types.Object, way: np.ndarray) -> None:
    """Key a vehicle's drive at an even speed, by `way` metres in x and y over the scene's frame range."""
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end, scene.frame_step = 0, DRIVE_STEPS, 1
    start = item.location.copy()
    for time, share in ((0, 0.0), (DRIVE_STEPS, 1.0)):
        item.location = start + share * Vector((*way, 0.0))
        item.keyframe_insert("location", frame=time)
    for curve in compat.curves(item):
        for key in curve.keyframe_points:
            key.interpolation = "LINEAR"
    scene.frame_set(0)


def _walk(rng: random.Random, world: World, taken: list[Footprint]) -> None:
    """Put people on the walks, alone and in pairs, and now and then one beside a vehicle."""
    people = [person(rng) for _ in range(FIGURES)] if world.walks else []
    placed: list[Placed] = []
    for _ in range(rng.randint(0, MOST_PEOPLE) if people else 0):
        walk = rng.choice(world.walks)
        along, across = ((rng.random() - 0.5) * size for size in (walk.length, walk.width))
        heading = walk.heading + rng.choice((0.0, 180.0)) + rng.gauss(0.0, 12.0)
        for step in (0.0, 0.75) if rng.random() < 0.3 else (0.0,):
            x, y = np.array((along, across + step)) @ walk.axes + (walk.x, walk.y)
            ground = Footprint(float(x), float(y), 0.7, 0.7, heading)
            if not any(ground.overlaps(other, 0.1) for other in (*world.obstacles, *taken)):
                at = spot(ground.x, ground.y, world.walks_height, heading + 90.0)
                placed.append(Placed(rng.choice(people), at))
                taken.append(ground)
    build(placed)


def _settle(
    rng: random.Random, berth: Berth, model: _Model, obstacles: Iterable[Footprint], taken: Iterable[Footprint]
) -> Footprint | None:
    """Return the ground of a vehicle somewhere in a berth; None if it would touch something."""
    for attempt in range(4):
        free = (1 - attempt / 4) / 2
        along = rng.uniform(-free, free) * (berth.ground.length - model.length)
        across = rng.uniform(-free, free) * (berth.ground.width - model.width)
        x, y = np.array((along, across)) @ berth.ground.axes + (berth.ground.x, berth.ground.y)
        heading = berth.ground.heading + rng.gauss(0.0, 0.8)
        heading += 180.0 if rng.random() < EITHER_WAY.get(berth.kind, 0.0) else 0.0
        ground = Footprint(float(x), float(y), model.length, model.width, heading)
        if not any(ground.overlaps(other, GAP) for other in taken) and not any(
            ground.overlaps(other) for other in obstacles
        ):
            return ground
    return None


def _stand(rng: random.Random, model: _Model, ground: Footprint) -> bpy.types.Object:
    """Make the object of a vehicle, or a copy in another paint that shares its mesh."""
    at = spot(ground.x, ground.y, 0.0, ground.heading + 90.0)
    if model.item is None:
        model.item = place_vehicle(model.vehicle, at)
        return model.item
    item = repeat(model.item, at)
    item.name = model.vehicle.body
    name, color, metallic = draw_paint(rng)
    for slot in item.material_slots:
        if slot.material is not None and slot.material.name.split(".")[0] in PAINTED:
            slot.link = "OBJECT"
            slot.material = car_paint(f"{name} paint", color, metallic, max(0.0, rng.gauss(-0.05, 0.25)))
    return item
