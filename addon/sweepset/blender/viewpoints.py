"""Find by ray cast where a person could stand in a scene, and what they would see from there.

All lengths are in scene units; `unit_scale` is metres in one of them.
"""

from __future__ import annotations

import math
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property

import bpy
import numpy as np
from mathutils import Vector

from .. import sweeps
from ..protocol import Step, tell
from ..sweeps import Viewpoints
from . import instances, labels
from .rays import Rays

HEAD_ROOM = 1.9
"""Metres of free height above a floor that people can stand on."""
SURROUNDINGS = 60.0
"""Metres: larger objects, such as a sky dome or terrain, are ignored in finding where the scene is."""
GRID = (16, 12)
"""Rays across and down a view that is scored."""
OUTDOORS = 6.0
"""Metres: without walls around, stand no farther than this from an object."""
TOWARDS_OBJECTS = 0.75
"""Share of views that turn towards an object; the others turn anywhere."""
FILLING = 0.5
"""Steradians: objects that look larger than this are no more likely to be looked at."""
PLACES = 3000
"""The largest number of places on a floor that are tested for standing room."""
MANY = 500
"""Copies in a scene above which fewer places are tested, and rays are cast in trees of ours."""
TELL = 5.0
"""Seconds after which a search tells how far it is."""
TRIES, CHOICE = 80, 6
"""Views tried before the best is taken; good views after which the search ends."""
ROUND = 8
"""Frames that are chosen beside each other: each knows those before it in its round, and no others."""
TOWARDS_NEW = 0.5
"""Share of views that turn towards an object which no frame of the round shows yet, if there are any."""
VISIBLE, CLEAR = 0.01, 0.02
"""Share of a view from which on a thing counts as shown, and from which on larger does not count more."""
APART = 1.5, 60.0
"""Metres and degrees: views that are closer in both are alike."""
TWIN = 3.0
"""New things that a view has to show more than another to be chosen although it repeats an earlier one."""


@dataclass(frozen=True)
class View:
    """Hits of a grid of rays: distances in scene units (inf for nothing), and shares by object, with its category.

    An object without a label is a category of its own.
    """

    distances: np.ndarray
    things: dict[tuple[str, str], float]

    @property
    def shares(self) -> dict[str, float]:
        """The share of each category."""
        shares: defaultdict[str, float] = defaultdict(float)
        for (_, category), share in self.things.items():
            shares[category] += share
        return shares

    @property
    def shown(self) -> dict[tuple[str, str], float]:
        """The objects that are large enough in view, with their categories."""
        return {thing: share for thing, share in self.things.items() if share > VISIBLE}

    @property
    def variety(self) -> float:
        """How likely two rays meet different categories."""
        return 1.0 - sum(share * share for share in self.shares.values())


@dataclass
class Shown:
    """What the frames of a round show so far: their poses, and the objects and categories in them."""

    poses: list[np.ndarray] = field(default_factory=list)
    objects: set[str] = field(default_factory=set)
    categories: set[str] = field(default_factory=set)

    def add(self, pose: np.ndarray, view: View) -> None:
        """Add a frame."""
        self.poses.append(pose)
        self.objects.update(name for name, _ in view.shown)
        self.categories.update(category for _, category in view.shown)

    def worth(self, pose: np.ndarray, view: View, metre: float) -> float:
        """Return how much a view adds: new objects count one, those of new categories two; repetitions cost."""
        new = sum(
            min(share / CLEAR, 1.0) * (1 if category in self.categories else 2)
            for (name, category), share in view.shown.items()
            if name not in self.objects
        )
        alike = max((_likeness(pose, earlier, metre) for earlier in self.poses), default=0.0)
        return new * (1 - alike) - TWIN * alike + view.variety


@dataclass(frozen=True)
class Stand:
    """A point on a floor with head room, and whether walls surround it."""

    position: tuple[float, float, float]
    inside: bool


class Surroundings:
    """The evaluated scene, for ray casts."""

    def __init__(self, scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph, unit_scale: float) -> None:
        self.scene, self.depsgraph, self.unit_scale = scene, depsgraph, unit_scale
        named = [
            ("" if instance.object.type == "CURVE" else instance.object.name, instances.bounds(instance))
            for instance in instances.visible(depsgraph)  # a curve with a surface is listed as a mesh, too
        ]
        named = [(name, box) for name, box in named if np.isfinite(box).all()]
        own = labels.subject_of(scene)
        self._own_subject = next((box for name, box in named if own is not None and name == own.name), None)
        boxes = [box for _, box in named]
        small = [box for box in boxes if np.linalg.norm(box[1] - box[0]) * unit_scale <= SURROUNDINGS] or boxes
        self.low = np.min([low for low, _ in small], axis=0) if small else np.zeros(3)
        self.high = np.max([high for _, high in small], axis=0) if small else np.zeros(3)
        self.empty = not small
        # The cost of a ray grows with the scene; the cost of the whole search should not.
        self._places = PLACES * min(1.0, MANY / max(len(boxes), 1))
        self._many = len(boxes) > MANY
        extent = float(np.linalg.norm(self.high - self.low))
        objects = [(name, box) for name, box in named if np.linalg.norm(box[1] - box[0]) < 0.5 * extent]
        self.alone = not objects
        """Whether the scene is a single thing: none of its objects is much smaller than the whole."""
        self._names = [name for name, _ in objects] or [""]
        self.objects = np.array([(low + high) / 2 for _, (low, high) in objects] or [self.middle])
        sizes = np.sort(np.array([high - low for _, (low, high) in objects] or [np.ones(3)]), axis=1)
        self._bulks = sizes[:, 0] ** 2
        self._faces = sizes[:, 1] * sizes[:, 2]

    @cached_property
    def _rays(self) -> Rays:
        """Search trees of a scene with so many copies that Blender's own rays are slow."""
        return Rays(self.depsgraph)

    @property
    def middle(self) -> np.ndarray:
        """The middle of the scene, (3,)."""
        return (self.low + self.high) / 2

    def subject(self) -> tuple[np.ndarray, float]:
        """Return the floor point, (3,), below the middle of most objects, and the radius that holds them.

        A scene with a subject has it below that instead.
        """
        if self._own_subject is not None:
            low, high = self._own_subject
            return np.array([*(low + high)[:2] / 2, low[2]]), float(np.linalg.norm(high - low)) / 2
        if self.alone and not self.empty:
            radius = max(float(np.linalg.norm(self.high - self.low)) / 2, 0.5 / self.unit_scale)
            return np.array([*self.middle[:2], self.low[2]]), radius
        low, high = np.percentile(self.objects, (10, 90), axis=0)
        middle = (low + high) / 2
        down, _, _ = self.cast(middle, np.array([0.0, 0.0, -1.0]))
        floor = middle[2] - down if math.isfinite(down) else self.low[2]
        radius = max(float(np.linalg.norm(high - low)) / 2, 0.5 / self.unit_scale)
        return np.array([middle[0], middle[1], max(floor, self.low[2])]), radius

    @property
    def has_subject(self) -> bool:
        """Whether an object of the scene was made its subject, and is visible."""
        return self._own_subject is not None

    def free(self, origin: np.ndarray, direction: np.ndarray, reach: float) -> float:
        """Return the distance to the first surface along a unit direction that is not the subject's own, or `reach`."""
        subject, gone = labels.subject_of(self.scene), 0.0
        while gone < reach:
            distance, item, _ = self.cast(origin + gone * direction, direction, reach - gone)
            if item is None:
                return reach
            if subject is None or item.name != subject.name:
                return gone + distance
            gone += distance + 1e-4 / self.unit_scale
        return reach

    def draw_object(self, position: np.ndarray, rng: random.Random, shown: Shown) -> np.ndarray:
        """Draw an object's middle, (3,), with a chance that grows with the apparent size of the ball inside the object.

        Flat objects, such as doors, curtains and pictures, are seen beside the others anyway, and seldom drawn. Or draw
        one that is not `shown` yet, flat ones too: a sink and a stove are flat.
        """
        squares = np.maximum(((self.objects - position) ** 2).sum(axis=1), 1e-9)
        # A near object fills the view, but can't fill more than it.
        sizes = np.minimum(self._bulks / squares, FILLING)
        seen = {"", *shown.objects}
        new = np.array([name not in seen for name in self._names])
        if shown.poses and rng.random() < TOWARDS_NEW and new.any():
            sizes = np.minimum(self._faces / squares, FILLING) * new
        upto = np.cumsum(sizes + 1e-9)
        return self.objects[min(int(np.searchsorted(upto, rng.random() * upto[-1])), len(upto) - 1)]

    def cast(
        self, origin: np.ndarray, direction: np.ndarray, reach: float = 1e6
    ) -> tuple[float, bpy.types.Object | None, Vector]:
        """Return the distance to the first surface along a unit direction, inf for none, its object and normal."""
        if self._many:
            return self._rays.cast(origin, direction, reach)
        hit, location, normal, _, item, _ = self.scene.ray_cast(
            self.depsgraph, Vector(origin), Vector(direction), distance=reach
        )
        if not hit:
            return math.inf, None, normal
        return (location - Vector(origin)).length, item, normal

    def look(self, pose: np.ndarray, fov: float, aspect: float) -> View:
        """Cast a grid of rays through a view and return their hits."""
        half = math.tan(math.radians(fov) / 2)
        columns, rows = GRID
        distances: list[float] = []
        seen: Counter[tuple[str, str]] = Counter()
        for row in range(rows):
            for column in range(columns):
                x, y = half * (2 * (column + 0.5) / columns - 1), half / aspect * (1 - 2 * (row + 0.5) / rows)
                ray = pose[:3, :3] @ np.array([x, y, -1.0])
                distance, item, _ = self.cast(pose[:3, 3], ray / np.linalg.norm(ray))
                distances.append(distance)
                if item is not None:
                    seen[item.name, labels.category_name(item) or item.name] += 1
        return View(np.array(distances), {thing: count / len(distances) for thing, count in seen.items()})

    def stands(self, sweep: Viewpoints) -> list[Stand]:
        """Return places to stand, on a grid over the scene; only those inside rooms, if there are any."""
        metre = 1.0 / self.unit_scale
        extent = self.high - self.low
        step = max(0.25 * metre, math.sqrt(max(extent[0] * extent[1], 1e-9) / self._places))
        levels: dict[int, list[np.ndarray]] = {}
        across = np.arange(self.low[0] + step / 2, self.high[0], step)
        told = time.monotonic()
        for done, x in enumerate(across):
            if time.monotonic() > told + TELL:
                told = time.monotonic()
                tell(Step(f"looking for places to stand: {done / len(across):.0%} of the scene"))
            for y in np.arange(self.low[1] + step / 2, self.high[1], step):
                for floor in self._floors(x, y):
                    levels.setdefault(round(floor[2] * self.unit_scale / 0.1), []).append(floor)
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
        return float(np.linalg.norm(self.objects - stand.position, axis=1).min()) <= OUTDOORS / self.unit_scale

    def _floors(self, x: float, y: float) -> list[np.ndarray]:
        """Return the points of upward surfaces with head room above (x, y), highest first."""
        floors, top = [], self.high[2] + 1.0 / self.unit_scale
        ceiling, height = math.inf, top
        for _ in range(16):
            distance, _, normal = self.cast(np.array([x, y, height]), np.array([0.0, 0.0, -1.0]))
            surface = height - distance
            if surface < self.low[2] - 1e-3 / self.unit_scale:
                break
            if abs(normal[2]) > 0.7 and ceiling - surface >= HEAD_ROOM / self.unit_scale:
                floors.append(np.array([x, y, surface]))
            ceiling, height = surface, surface - 1e-3 / self.unit_scale
        return floors

    @staticmethod
    def _floor_levels(levels: dict[int, list[np.ndarray]]) -> list[int]:
        """Return the heights, in tenths of a metre, of floors: no larger surface is just below or above them."""
        accepted: list[int] = []
        for level in sorted(levels, key=lambda key: (-len(levels[key]), key)):
            if all(abs(level - other) <= 1 or abs(level - other) > 16 for other in accepted):
                accepted.append(level)
        return accepted


def spread(stands: list[Stand], first: int) -> list[int]:
    """Return the order of stands in which each is farthest from those before it, beginning with the `first`."""
    places = np.array([stand.position for stand in stands])
    order, far = [first], ((places - places[first]) ** 2).sum(axis=1)
    far[first] = -1.0
    while len(order) < len(stands):
        following = int(far.argmax())
        order.append(following)
        far = np.minimum(far, ((places - places[following]) ** 2).sum(axis=1))
        far[following] = -1.0
    return order


def choose(
    surroundings: Surroundings,
    stands: list[Stand],
    sweep: Viewpoints,
    fov: float,
    aspect: float,
    own: Stand,
    shown: Shown,
    rng: random.Random,
) -> np.ndarray:
    """Return a pose for a frame: of some good views the one that adds most to those `shown`, else the best one tried.

    A good view has nothing too near, enough categories, and none that fills it. The first tries are from the frame's
    `own` stand. The pose is added to `shown`.
    """
    metre = 1.0 / surroundings.unit_scale
    best, best_score, good = None, (-math.inf, 0.0), 0
    for attempt in range(TRIES):
        # The first tries stay at the frame's own place, so that a sweep covers the whole floor.
        stand = own if attempt < 12 else rng.choice(stands)
        height = rng.uniform(*sweep.height) * metre
        position = np.array(stand.position) + np.array([rng.uniform(-0.1, 0.1), rng.uniform(-0.1, 0.1), 0]) * metre
        position[2] += height
        middle = surroundings.draw_object(position, rng, shown) - position
        yaw, pitch = rng.uniform(0, 360), rng.uniform(*sweep.pitch)
        if rng.random() < TOWARDS_OBJECTS:
            yaw = math.degrees(math.atan2(middle[1], middle[0])) + rng.gauss(0.0, 15.0)
            rise = math.degrees(math.atan2(middle[2], math.hypot(middle[0], middle[1])))
            # Low objects are often in the lower half of a photo, with their background above.
            pitch = min(max(rng.random() * rise + rng.gauss(0.0, 5.0), sweep.pitch[0]), sweep.pitch[1])
        view = sweeps.direction(yaw, pitch)
        pose = sweeps.look_along(position, view, rng.gauss(0.0, sweep.roll))
        seen = surroundings.look(pose, fov, aspect)
        score = _score(seen, sweep, metre), shown.worth(pose, seen, metre)
        if score > best_score:
            best, best_view, best_score = pose, seen, score
        good += score[0] >= 0
        if good == CHOICE:
            break
    shown.add(best, best_view)
    return best


def _likeness(pose: np.ndarray, other: np.ndarray, metre: float) -> float:
    """Return how alike two poses are: 0 if their places or directions are far apart, 1 if they are the same."""
    distance = float(np.linalg.norm(pose[:3, 3] - other[:3, 3])) / metre
    angle = math.degrees(math.acos(min(max(float(pose[:3, 2] @ other[:3, 2]), -1.0), 1.0)))
    return max(0.0, 1.0 - distance / APART[0]) * max(0.0, 1.0 - angle / APART[1])


def _score(view: View, sweep: Viewpoints, metre: float) -> float:
    """Return the score of a view: 0 or more for a good view, lower for a worse one."""
    filling = max(view.shares.values(), default=1.0)
    nothing = float(np.isinf(view.distances).mean())
    near = view.distances.min() < max(sweep.clearance, 0.05) * metre
    close = float((view.distances < 0.9 * metre).mean())
    missing = max(0, sweep.categories - sum(share > 0.01 for share in view.shares.values()))
    return -(
        10.0 * near + missing + max(0.0, filling - 0.5) * 5 + max(0.0, nothing - 0.4) * 5 + max(0.0, close - 0.35) * 5
    )
