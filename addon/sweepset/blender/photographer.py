"""Find by ray cast where a photographer of a scene's subject would stand.

All lengths are in scene units, but for the sweep's parameters.
"""

from __future__ import annotations

import math
import random

import bpy
import numpy as np

from .. import sweeps
from ..errors import SweepsetError
from ..sweeps import Photographer
from . import labels
from .viewpoints import Surroundings

SIDES = ((45.0, 14.0, 60), (90.0, 8.0, 18), (0.0, 8.0, 14), (0.0, 180.0, 8))
"""Degrees from the subject's front or back, their standard deviation, and how often a view is from there."""
LOW, HIGH = 0.08, 0.06
"""Share of the views from the knees, and from above eye height."""
EDGE = 1.02
"""How far corners of an uncut subject's box may be from the middle, in halves of the picture; bodies are smaller."""
TRIES = 80
POINTS = 48
"""Points of the subject that are tested for what hides them."""
CLEARANCE = 0.35
"""Metres around a camera that hold nothing."""
STEP = 0.5
"""Metres by which the ground below a camera may be higher or lower than that below the subject."""


def choose(
    surroundings: Surroundings, scene: bpy.types.Scene, sweep: Photographer, aspect: float, rng: random.Random
) -> tuple[np.ndarray, float]:
    """Return a pose, (4, 4), and its field of view in degrees: the first that hides little enough, else the best tried.

    Raises SweepsetError if no camera could stand anywhere around the subject.
    """
    corners, points, heading, name = _subject(surroundings, scene, rng)
    metre = 1.0 / surroundings.unit_scale
    best: tuple[float, np.ndarray, float] | None = None
    wants_cut = rng.random() < sweep.cut
    for _ in range(TRIES):
        fov = sweeps.fov_of(math.exp(rng.uniform(*(math.log(lens) for lens in sweep.lens))))
        eye, target = _stand(surroundings, corners, sweep, heading, rng)
        pose, there = _frame(eye, target, corners, sweep, fov, aspect, wants_cut, rng)
        if not there or not _can_stand(surroundings, pose[:3, 3], corners[:, 2].min(), metre):
            continue
        hidden = _hidden(surroundings, pose[:3, 3], points, name)
        if best is None or hidden < best[0]:
            best = hidden, pose, fov
        if hidden <= sweep.hidden:
            break
    if best is None:
        raise SweepsetError(
            "sweep photographer: no place around the subject is free for a camera; use another fill or lens, or "
            "--sweep orbit"
        )
    return best[1], best[2]


def _subject(
    surroundings: Surroundings, scene: bpy.types.Scene, rng: random.Random
) -> tuple[np.ndarray, np.ndarray, float, str]:
    """Return the corners of the subject's own box, (8, 3), points on it, (n, 3), its heading in degrees, and its name.

    A scene without a subject has most of its objects as one.
    """
    own = labels.subject_of(scene)
    if own is None or not surroundings.has_subject:
        base, radius = surroundings.subject()
        offsets = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (0, 1)]) * 0.7 * radius
        points = (
            base
            + np.array([(rng.uniform(-0.7, 0.7), rng.uniform(-0.7, 0.7), rng.uniform(0, 0.7)) for _ in range(POINTS)])
            * radius
        )
        return base + offsets, points, 0.0, ""
    matrix = np.array(own.matrix_world)
    corners = np.array([tuple(corner) for corner in own.bound_box]) @ matrix[:3, :3].T + matrix[:3, 3]
    front = -matrix[:3, 1]
    heading = math.degrees(math.atan2(front[1], front[0]))
    if own.type == "MESH" and len(own.data.vertices):
        picked = [own.data.vertices[rng.randrange(len(own.data.vertices))].co for _ in range(POINTS)]
        points = np.array([tuple(point) for point in picked]) @ matrix[:3, :3].T + matrix[:3, 3]
    else:
        mix = np.array([[rng.random() for _ in range(3)] for _ in range(POINTS)])
        points = corners.min(axis=0) + mix * (corners.max(axis=0) - corners.min(axis=0))
    return corners, points, heading, own.name


def _stand(
    surroundings: Surroundings, corners: np.ndarray, sweep: Photographer, heading: float, rng: random.Random
) -> tuple[np.ndarray, np.ndarray]:
    """Return an eye somewhere on the right side of the subject, at its height, and the point it looks at."""
    metre = 1.0 / surroundings.unit_scale
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    angle, deviation, _ = rng.choices(SIDES, [side[2] for side in SIDES])[0]
    turn = angle + (rng.gauss(0.0, deviation) if deviation < 90 else rng.uniform(0.0, 180.0))
    azimuth = heading + rng.choice((-1, 1)) * turn + rng.choice((0.0, 180.0))
    floor = corners[:, 2].min()
    height, chance = rng.uniform(*sweep.eye), rng.random()
    if chance < LOW:
        height *= rng.uniform(0.3, 0.7)
    elif chance > 1 - HIGH:
        height *= rng.uniform(1.3, 2.2)
    return sweeps.around((*middle[:2], floor), 1.0, azimuth, height * metre), middle


def _frame(
    eye: np.ndarray,
    target: np.ndarray,
    corners: np.ndarray,
    sweep: Photographer,
    fov: float,
    aspect: float,
    wants_cut: bool,
    rng: random.Random,
) -> tuple[np.ndarray, bool]:
    """Return the pose that steps back from the target until the subject has its size, and whether it is right.

    It is if the subject is before the camera, and inside the picture unless the edge is to cut it: turning the view
    aside and rolling it move the corners a little further than was planned.
    """
    size = rng.uniform(*sweep.fill)
    way = np.array([*(eye - target)[:2], 0.0])
    way /= np.linalg.norm(way)
    half = math.tan(math.radians(fov) / 2)
    near, far = 0.3, 400.0
    reach = float(np.linalg.norm(corners.max(axis=0) - corners.min(axis=0)))

    def look(distance: float) -> tuple[np.ndarray, np.ndarray]:
        position = np.array([*(target[:2] + way[:2] * distance * reach), eye[2]])
        pose = sweeps.look_at(position, target)
        seen = (corners - position) @ pose[:3, :3]
        depth = np.maximum(-seen[:, 2], 1e-3 * reach)
        return pose, np.stack((seen[:, 0] / depth / half, seen[:, 1] / depth / half * aspect), axis=1)

    for _ in range(30):
        distance = math.sqrt(near * far)
        _, shown = look(distance)
        span = (shown.max(axis=0) - shown.min(axis=0)) / 2
        near, far = (distance, far) if span.max() > size else (near, distance)
    pose, shown = look(far)
    low, high = shown.min(axis=0), shown.max(axis=0)
    shift = np.array([_slack(low[axis], high[axis], wants_cut, rng) for axis in (0, 1)])
    if wants_cut:
        shift[1] *= 0.3
    depth = far * reach
    aim = target + pose[:3, 0] * shift[0] * half * depth + pose[:3, 1] * shift[1] * half / aspect * depth
    turned = sweeps.look_along(pose[:3, 3], aim - pose[:3, 3], rng.gauss(0.0, 1.0))
    seen = (corners - turned[:3, 3]) @ turned[:3, :3]
    if (seen[:, 2] >= 0).any():
        return turned, False
    shown = np.abs(seen[:, :2] / -seen[:, 2:] / (half, half / aspect)).max()
    return turned, bool(shown > 1.0 if wants_cut else shown <= EDGE)


def _slack(low: float, high: float, wants_cut: bool, rng: random.Random) -> float:
    """Return how far the view may turn aside, in halves of the picture, for a subject from `low` to `high` in it."""
    middle, free = (low + high) / 2, max(1 - (high - low) / 2, 0.0)
    if wants_cut:
        return middle + rng.choice((-1, 1)) * (free + rng.uniform(0.1, 0.45) * (high - low))
    return middle + rng.triangular(-1, 1, 0) * max(free - 0.04, 0.0) * 0.9


def _can_stand(surroundings: Surroundings, eye: np.ndarray, floor: float, metre: float) -> bool:
    """Tell whether a camera is inside nothing, near nothing, and above ground that is about as high as the floor."""
    ways = [sweeps.direction(yaw, pitch) for pitch in (-45.0, 0.0, 45.0) for yaw in range(0, 360, 45)]
    ways += [np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.0, -1.0])]
    inside = 0
    for way in ways:
        distance, item, normal = surroundings.cast(eye, way)
        if item is not None and distance < CLEARANCE * metre:
            return False
        inside += item is not None and float(np.array(normal) @ way) > 0.0
    below, item, _ = surroundings.cast(eye, np.array([0.0, 0.0, -1.0]))
    on_ground = item is not None and abs(eye[2] - below - floor) <= STEP * metre
    # Inside a solid all faces are seen from behind; of leaves about half are.
    return on_ground and inside <= 2 * len(ways) // 3


def _hidden(surroundings: Surroundings, eye: np.ndarray, points: np.ndarray, name: str) -> float:
    """Return the share of points of the subject that something else is in front of."""
    hidden = 0
    for point in points:
        distance = float(np.linalg.norm(point - eye))
        reached, item, _ = surroundings.cast(eye, (point - eye) / distance, distance * 0.98)
        hidden += item is not None and item.name != name and (bool(name) or reached < 0.8 * distance)
    return hidden / len(points)
