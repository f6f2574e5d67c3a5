"""Where a person could stand in a scene, and what they would see from there. Found by casting rays.

All lengths are in scene units; `unit` is metres in one of them.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Vector

from .. import sweeps
from ..sweeps import Viewpoints
from . import instances, labels

HEAD_ROOM = 1.9
"""Free height in metres above a floor that people stand on."""
SURROUNDINGS = 60.0
"""Metres: larger things, such as a sky dome or the land, don't tell where the scene is."""
GRID = (16, 12)
"""Rays across and down a view that is judged."""
OUTDOORS = 6.0
"""Metres: where no walls are, stand no farther than this from a thing."""
TOWARDS_OBJECTS = 0.75
"""Share of views that are turned towards one of the scene's things, the others anywhere."""
FILLING = 0.5
"""Steradians from which on a thing is no likelier to be looked at for being larger."""
PLACES = 3000
"""The most places of a floor that are looked at for standing room."""
TRIES, CHOICE = 80, 3
"""Views looked at before the best of them is taken; good views from which one is chosen."""


@dataclass(frozen=True)
class View:
    """What a grid of rays saw: distances in scene units (inf for nothing), and the share of each category."""

    distances: np.ndarray
    shares: dict[str, float]

    @property
    def variety(self) -> float:
        """How likely two rays meet different categories."""
        return 1.0 - sum(share * share for share in self.shares.values())


@dataclass(frozen=True)
class Stand:
    """A point of a floor with head room above it, and whether walls are around it."""

    position: tuple[float, float, float]
    inside: bool


class Surroundings:
    """The evaluated scene, to cast rays in."""

    def __init__(self, scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph, unit: float) -> None:
        self.scene, self.depsgraph, self.unit = scene, depsgraph, unit
        boxes = [instances.bounds(instance) for instance in instances.visible(depsgraph)]
        boxes = [box for box in boxes if np.isfinite(box).all()]
        small = [box for box in boxes if np.linalg.norm(box[1] - box[0]) * unit <= SURROUNDINGS] or boxes
        self.low = np.min([low for low, _ in small], axis=0) if small else np.zeros(3)
        self.high = np.max([high for _, high in small], axis=0) if small else np.zeros(3)
        self.empty = not small
        # A ray costs in proportion to what there is; the whole search should not.
        self._places = PLACES * min(1.0, 500 / max(len(boxes), 1))
        extent = float(np.linalg.norm(self.high - self.low))
        objects = [box for box in small if np.linalg.norm(box[1] - box[0]) < 0.5 * extent]
        self.objects = np.array([(low + high) / 2 for low, high in objects] or [self.middle])
        sizes = np.array([high - low for low, high in objects] or [np.ones(3)])
        self._bulks = sizes.min(axis=1) ** 2

    @property
    def middle(self) -> np.ndarray:
        """The middle of the scene, (3,)."""
        return (self.low + self.high) / 2

    def subject(self) -> tuple[np.ndarray, float]:
        """Return the floor point, (3,), below the middle of most things, and the radius that holds them."""
        low, high = np.percentile(self.objects, (10, 90), axis=0)
        middle = (low + high) / 2
        down, _, _ = self.cast(middle, np.array([0.0, 0.0, -1.0]))
        floor = middle[2] - down if math.isfinite(down) else self.low[2]
        radius = max(float(np.linalg.norm(high - low)) / 2, 0.5 / self.unit)
        return np.array([middle[0], middle[1], max(floor, self.low[2])]), radius

    def draw_object(self, position: np.ndarray, rng: random.Random) -> np.ndarray:
        """Return the middle of a thing, (3,), each as likely as a ball that fits into it is large from a position.

        What is flat, such as doors, curtains and pictures, is seen beside the rest, and seldom looked for.
        """
        squares = np.maximum(((self.objects - position) ** 2).sum(axis=1), 1e-9)
        # What is near fills the view, and no more than that.
        upto = np.cumsum(np.minimum(self._bulks / squares, FILLING) + 1e-9)
        return self.objects[min(int(np.searchsorted(upto, rng.random() * upto[-1])), len(upto) - 1)]

    def cast(
        self, origin: np.ndarray, direction: np.ndarray, reach: float = 1e6
    ) -> tuple[float, bpy.types.Object | None, Vector]:
        """Return the distance to the first surface along a unit direction, inf for none, its object and normal."""
        hit, location, normal, _, item, _ = self.scene.ray_cast(
            self.depsgraph, Vector(origin), Vector(direction), distance=reach
        )
        if not hit:
            return math.inf, None, normal
        return (location - Vector(origin)).length, item, normal

    def look(self, pose: np.ndarray, fov: float, aspect: float) -> View:
        """Cast a grid of rays through a view and return what they met."""
        half = math.tan(math.radians(fov) / 2)
        columns, rows = GRID
        distances, seen = [], Counter()
        for row in range(rows):
            for column in range(columns):
                x, y = half * (2 * (column + 0.5) / columns - 1), half / aspect * (1 - 2 * (row + 0.5) / rows)
                ray = pose[:3, :3] @ np.array([x, y, -1.0])
                distance, item, _ = self.cast(pose[:3, 3], ray / np.linalg.norm(ray))
                distances.append(distance)
                if item is not None:
                    seen[labels.category_name(item) or item.name] += 1
        return View(np.array(distances), {name: count / len(distances) for name, count in seen.items()})

    def stands(self, sweep: Viewpoints) -> list[Stand]:
        """Return where a person could stand, on a grid over the scene; those inside rooms only, where there are any."""
        metre = 1.0 / self.unit
        extent = self.high - self.low
        step = max(0.25 * metre, math.sqrt(max(extent[0] * extent[1], 1e-9) / self._places))
        levels: dict[int, list[np.ndarray]] = {}
        for x in np.arange(self.low[0] + step / 2, self.high[0], step):
            for y in np.arange(self.low[1] + step / 2, self.high[1], step):
                for floor in self._floors(x, y):
                    levels.setdefault(round(floor[2] * self.unit / 0.1), []).append(floor)
        found: list[Stand] = []
        for level in self._floor_levels(levels):
            for floor in levels[level]:
                eye = floor + np.array([0.0, 0.0, sum(sweep.height) / 2 * metre])
                around = [self.cast(eye, sweeps.direction(yaw, 0.0))[0] for yaw in range(0, 360, 30)]
                if min(around) >= max(sweep.clearance, 0.3) * metre:
                    walls = sum(distance <= 15 * metre for distance in around)
                    found.append(Stand(tuple(floor.tolist()), walls >= 10))
        inside = [stand for stand in found if stand.inside]
        near = [stand for stand in found if self._near_objects(stand)]
        return inside if len(inside) >= 4 else near or found

    def _near_objects(self, stand: Stand) -> bool:
        return float(np.linalg.norm(self.objects - stand.position, axis=1).min()) <= OUTDOORS / self.unit

    def _floors(self, x: float, y: float) -> list[np.ndarray]:
        """Return the points of upward surfaces with head room above (x, y), highest first."""
        floors, top = [], self.high[2] + 1.0 / self.unit
        ceiling, height = math.inf, top
        for _ in range(16):
            distance, _, normal = self.cast(np.array([x, y, height]), np.array([0.0, 0.0, -1.0]))
            surface = height - distance
            if surface < self.low[2] - 1e-3 / self.unit:
                break
            if abs(normal[2]) > 0.7 and ceiling - surface >= HEAD_ROOM / self.unit:
                floors.append(np.array([x, y, surface]))
            ceiling, height = surface, surface - 1e-3 / self.unit
        return floors

    @staticmethod
    def _floor_levels(levels: dict[int, list[np.ndarray]]) -> list[int]:
        """Return the heights, in tenths of a metre, that are floors: no larger surface just below or above them."""
        accepted: list[int] = []
        for level in sorted(levels, key=lambda key: (-len(levels[key]), key)):
            if all(abs(level - other) <= 1 or abs(level - other) > 16 for other in accepted):
                accepted.append(level)
        return accepted


def choose(
    surroundings: Surroundings,
    stands: list[Stand],
    sweep: Viewpoints,
    fov: float,
    aspect: float,
    order: list[int],
    frame: int,
    rng: random.Random,
) -> np.ndarray:
    """Return a pose for a frame: of some good views the most varied, else the best of all that were tried.

    A good view has nothing too near, enough categories, and no single one filling it. The first tries are from a stand
    of the frame's own.
    """
    metre = 1.0 / surroundings.unit
    best, best_score, good = None, (-math.inf, 0.0), 0
    for attempt in range(TRIES):
        # The first tries are spent at the frame's own place, so that a sweep covers the whole floor.
        stand = stands[order[frame % len(order)]] if attempt < 12 else rng.choice(stands)
        height = rng.uniform(*sweep.height) * metre
        position = np.array(stand.position) + np.array([rng.uniform(-0.1, 0.1), rng.uniform(-0.1, 0.1), 0]) * metre
        position[2] += height
        middle = surroundings.draw_object(position, rng) - position
        yaw, pitch = rng.uniform(0, 360), rng.uniform(*sweep.pitch)
        if rng.random() < TOWARDS_OBJECTS:
            yaw = math.degrees(math.atan2(middle[1], middle[0])) + rng.gauss(0.0, 15.0)
            rise = math.degrees(math.atan2(middle[2], math.hypot(middle[0], middle[1])))
            # What stands low is often in the lower half, with what is behind it above.
            pitch = min(max(rng.random() * rise + rng.gauss(0.0, 5.0), sweep.pitch[0]), sweep.pitch[1])
        view = sweeps.direction(yaw, pitch)
        pose = sweeps.look_along(position, view, rng.gauss(0.0, sweep.roll))
        seen = surroundings.look(pose, fov, aspect)
        score = _score(seen, sweep, metre), seen.variety
        if score > best_score:
            best, best_score = pose, score
        good += score[0] >= 0
        if good == CHOICE:
            break
    return best


def _score(view: View, sweep: Viewpoints, metre: float) -> float:
    """Return how good a view is: 0 or more for a good one, the less the worse."""
    filling = max(view.shares.values(), default=1.0)
    nothing = float(np.isinf(view.distances).mean())
    near = view.distances.min() < max(sweep.clearance, 0.05) * metre
    close = float((view.distances < 0.9 * metre).mean())
    missing = max(0, sweep.categories - sum(share > 0.01 for share in view.shares.values()))
    return -(
        10.0 * near + missing + max(0.0, filling - 0.5) * 5 + max(0.0, nothing - 0.4) * 5 + max(0.0, close - 0.35) * 5
    )
