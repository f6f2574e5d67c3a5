"""Sweeps by name, their parameters, and the geometry of camera poses. Imports no bpy.

A pose is a camera-to-world matrix, (4, 4) float64, with Blender's camera axes (x right, y up, looking along -z), in
scene units.
"""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from .errors import SweepsetError

DEFAULT_FRAMES = 16
"""Frames of a sweep that has no number of its own."""
WIDEST_FOV = 170.0
"""Degrees; a pinhole camera ends at 180."""
KINECT_FOV = 57.0
"""Horizontal field of view in degrees of the first Kinect, which took the photos of NYU Depth V2."""


@dataclass(frozen=True)
class Orbit:
    """Circle a target, looking at it. Lengths in metres, angles in degrees."""

    target: tuple[float, ...] = ()
    """x,y,z of the point to look at; left out: the middle of most of the scene's things."""
    radius: float = 0.0
    """Distance from the axis; 0: as far as the room lets it, or far enough to see the whole subject."""
    height: float = 1.5
    """Height of the camera above the target, or above the floor below the scene's things."""
    turns: float = 1.0
    """Full turns over all frames."""
    start: float = 0.0
    """Azimuth of the first frame, from +x towards +y."""


@dataclass(frozen=True)
class Gimbal:
    """Turn several cameras together around a target: every distance at every height. Lengths in metres."""

    target: tuple[float, ...] = ()
    """x,y,z of the point to look at; left out: as for orbit."""
    distances: tuple[float, ...] = (1.5, 2.5)
    """Distances of the cameras from the axis."""
    heights: tuple[float, ...] = (0.6, 1.5)
    """Heights of the cameras above the target, or above the floor below the scene's things."""
    turns: float = 1.0
    """Full turns over all frames."""


Look = Literal["ahead", "subject"]


@dataclass(frozen=True)
class Path:
    """Travel along a curve, or as a keyframed camera does."""

    along: str = ""
    """Name of the curve or camera; left out: the file's only one."""
    look: Look = "ahead"
    """Where to look on a curve: ahead, or at the subject."""
    height: float = 0.0
    """Metres to lift the camera above the curve."""


@dataclass(frozen=True)
class Viewpoints:
    """Stand where a person could, look around as a person with a camera would. Lengths in metres, angles in degrees."""

    height: tuple[float, float] = (1.4, 1.7)
    """Lowest and highest height of the camera above the floor."""
    pitch: tuple[float, float] = (-25.0, 5.0)
    """Lowest and highest view, 0 level, negative downwards."""
    roll: float = 1.5
    """Standard deviation of the roll of a hand-held camera."""
    clearance: float = 0.3
    """Nothing in view is nearer than this."""
    categories: int = 4
    """How many categories (objects, where nothing is labelled) a view should hold."""


@dataclass(frozen=True)
class Cameras:
    """Use every perspective camera of the file, at each frame of its animation."""

    only: str = ""
    """Name of a single camera to use; left out: all."""


SWEEPS: dict[str, type] = {
    "viewpoints": Viewpoints,
    "orbit": Orbit,
    "gimbal": Gimbal,
    "path": Path,
    "cameras": Cameras,
}
Sweep = Orbit | Gimbal | Path | Viewpoints | Cameras


@dataclass(frozen=True)
class Pose:
    """Where a camera is: its matrix, its horizontal field of view in degrees, the scene's time as a frame number.

    A pose with a `camera` is that of a camera in the file, with the lens it has there.
    """

    matrix: np.ndarray
    fov: float
    time: int
    camera: str = ""


def parse(name: str, parameters: Iterable[str]) -> Sweep:
    """Make a sweep from its name and `key=value` texts; lists are separated by commas."""
    if name not in SWEEPS:
        raise SweepsetError(f"unknown sweep {name!r}: choose one of {', '.join(SWEEPS)}")
    fields = {field.name: field for field in dataclasses.fields(SWEEPS[name])}
    values: dict[str, Any] = {}
    for text in parameters:
        key, equals, value = text.partition("=")
        if not equals or key not in fields:
            raise SweepsetError(f"sweep {name} takes no {text!r}: write key=value with one of {', '.join(fields)}")
        values[key] = _convert(name, key, value, fields[key].default)
    return from_json({"name": name, **values})


def from_json(data: dict[str, Any]) -> Sweep:
    """Make a sweep from `{"name": …, parameters}` and check its values."""
    kind = SWEEPS[data["name"]]
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k != "name"}
    sweep = kind(**values)
    _check(data["name"], sweep)
    return sweep


def to_json(sweep: Sweep) -> dict[str, Any]:
    """Return a sweep as JSON's types, the form that `from_json` reads."""
    values = {key: list(value) if isinstance(value, tuple) else value for key, value in vars(sweep).items()}
    return {"name": type(sweep).__name__.lower(), **values}


def _convert(sweep: str, key: str, value: str, default: Any) -> Any:
    try:
        if isinstance(default, tuple):
            numbers = tuple(float(part) for part in value.split(",") if part.strip())
        elif isinstance(default, str):
            return value
        else:
            numbers = (float(value),)
        if not all(math.isfinite(number) for number in numbers):
            raise ValueError
    except ValueError:
        kind = "finite numbers separated by commas" if isinstance(default, tuple) else "a finite number"
        raise SweepsetError(f"sweep {sweep}: {key} is {value!r}; expected {kind}") from None
    return numbers if isinstance(default, tuple) else type(default)(numbers[0])


def _check(name: str, sweep: Sweep) -> None:
    def demand(holds: bool, key: str, allowed: str) -> None:
        if not holds:
            raise SweepsetError(f"sweep {name}: {key} is {getattr(sweep, key)!r}; {allowed}")

    if isinstance(sweep, (Orbit, Gimbal)):
        demand(len(sweep.target) in (0, 3), "target", "write three numbers, x,y,z, or leave it out")
    if isinstance(sweep, Orbit):
        demand(sweep.radius >= 0, "radius", "write a distance in metres, 0 for as far as the room lets it")
    if isinstance(sweep, Gimbal):
        demand(bool(sweep.distances) and min(sweep.distances) > 0, "distances", "write distances above 0")
        demand(bool(sweep.heights), "heights", "write at least one height")
    if isinstance(sweep, Path):
        demand(sweep.look in get_args(Look), "look", f"choose {' or '.join(get_args(Look))}")
    if isinstance(sweep, Viewpoints):
        for key in ("height", "pitch"):
            pair = getattr(sweep, key)
            demand(len(pair) == 2 and pair[0] <= pair[1], key, "write lowest,highest")
        demand(sweep.height[0] > 0, "height", "write heights above 0")
        demand(-90 < sweep.pitch[0] and sweep.pitch[1] < 90, "pitch", "write angles between -90 and 90")
        demand(sweep.roll >= 0, "roll", "write an angle of 0 or more")
        demand(sweep.clearance >= 0, "clearance", "write a distance of 0 or more")
        demand(sweep.categories >= 1, "categories", "write a number of 1 or more")


def random_for(seed: int, *numbers: int) -> random.Random:
    """Return the random numbers of one frame: the same for the same job's seed and frame, on every machine."""
    return random.Random("/".join(str(number) for number in (seed, *numbers)))


def look_along(position: Iterable[float], direction: Iterable[float], roll: float = 0.0) -> np.ndarray:
    """Return the pose at `position` that looks along `direction`, upright but for `roll` degrees clockwise."""
    backward = -np.asarray(tuple(direction), float)
    backward /= np.linalg.norm(backward)
    up = np.array([0.0, 0.0, 1.0]) if abs(backward[2]) < 0.9999 else np.array([0.0, 1.0, 0.0])
    right = np.cross(up, backward)
    right /= np.linalg.norm(right)
    upward = np.cross(backward, right)
    angle = math.radians(roll)
    pose = np.eye(4)
    pose[:3, 0] = math.cos(angle) * right - math.sin(angle) * upward
    pose[:3, 1] = math.sin(angle) * right + math.cos(angle) * upward
    pose[:3, 2] = backward
    pose[:3, 3] = tuple(position)
    return pose


def look_at(position: Iterable[float], target: Iterable[float]) -> np.ndarray:
    """Return the upright pose at `position` that looks at `target`."""
    position = np.asarray(tuple(position), float)
    return look_along(position, np.asarray(tuple(target), float) - position)


def direction(yaw: float, pitch: float) -> np.ndarray:
    """Return the unit vector of a view: `yaw` degrees from +x towards +y, `pitch` degrees above the horizon."""
    yaw, pitch = math.radians(yaw), math.radians(pitch)
    return np.array([math.cos(pitch) * math.cos(yaw), math.cos(pitch) * math.sin(yaw), math.sin(pitch)])


def around(axis: Iterable[float], radius: float, azimuth: float, height: float) -> np.ndarray:
    """Return the point at `radius` and `azimuth` degrees around the vertical axis through `axis`, `height` above it."""
    return np.asarray(tuple(axis), float) + radius * direction(azimuth, 0.0) + np.array([0.0, 0.0, height])
