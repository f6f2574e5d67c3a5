"""Sweeps by name, their parameters, and the geometry of camera poses. Imports no bpy.

A sweep is a dataclass here, a member of `Sweep` and a row of `SWEEPS`; `blender/placement.py` places its cameras.
A pose is a camera-to-world matrix, (4, 4) float64, with Blender's camera axes (x right, y up, looking along -z), in
scene units.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_type_hints

import numpy as np

from . import parameters
from .errors import SweepsetError
from .parameters import Description, declare

DEFAULT_FRAMES = 16
"""Frames of a sweep that has no number of its own."""
WIDEST_FOV = 170.0
"""Degrees; a pinhole camera ends at 180."""
SENSOR = 36.0
"""Width in millimetres of the sensor that focal lengths are for."""
SHORTEST_LENS = 5.0
"""Millimetres."""
KINECT_FOV = 57.0
"""Horizontal field of view in degrees of the first Kinect, which took the photos of NYU Depth V2."""


def _demand(sweep: Sweep, key: str, holds: bool, allowed: str) -> None:
    """Raise an error that names a parameter, unless its value holds."""
    parameters.demand(f"sweep {name_of(sweep)}", sweep, key, holds, allowed)


def _demand_choice(sweep: Sweep, key: str) -> None:
    allowed = get_args(get_type_hints(type(sweep))[key])
    _demand(sweep, key, getattr(sweep, key) in allowed, f"choose {' or '.join(allowed)}")


def _demand_target(sweep: Orbit | Gimbal | Hemisphere | Turntable) -> None:
    _demand(sweep, "target", len(sweep.target) in (0, 3), "write three numbers, x,y,z, or leave it out")


@dataclass(frozen=True)
class Viewpoints:
    """Stand where a person could, and look around like a person with a camera."""

    height: tuple[float, float] = declare(
        (1.4, 1.7), "lowest and highest height of the camera above the floor", unit="m"
    )
    pitch: tuple[float, float] = declare(
        (-25.0, 5.0), "lowest and highest view, 0 is level, negative is downwards", unit="°"
    )
    roll: float = declare(1.5, "standard deviation of the roll of a hand-held camera", unit="°")
    clearance: float = declare(0.3, "nothing in view is nearer than this", unit="m")
    categories: int = declare(4, "how many categories a view should show; objects if nothing is labelled")

    def __post_init__(self) -> None:
        for key in ("height", "pitch"):
            pair = getattr(self, key)
            _demand(self, key, len(pair) == 2 and pair[0] <= pair[1], "write lowest,highest")
        _demand(self, "height", self.height[0] > 0, "write heights above 0")
        _demand(self, "pitch", -90 < self.pitch[0] and self.pitch[1] < 90, "write angles between -90 and 90")
        _demand(self, "roll", self.roll >= 0, "write an angle of 0 or more")
        _demand(self, "clearance", self.clearance >= 0, "write a distance of 0 or more")
        _demand(self, "categories", self.categories >= 1, "write a number of 1 or more")


@dataclass(frozen=True)
class Orbit:
    """Circle a target and look at it."""

    target: tuple[float, ...] = declare(
        (), "x,y,z of the point to look at", unset="the middle of most of the scene's objects", unit="m"
    )
    radius: float = declare(
        0.0, "distance from the axis; 0: far enough to see the whole subject, or as far as the walls allow", unit="m"
    )
    height: float = declare(
        1.5, "height of the camera above the target, or above the floor below the objects", unit="m"
    )
    turns: float = declare(1.0, "full turns over all frames")
    start: float = declare(0.0, "azimuth of the first frame, from +x towards +y", unit="°")

    def __post_init__(self) -> None:
        _demand_target(self)
        _demand(self, "radius", self.radius >= 0, "write a distance in metres, 0 for as far as the room lets it")


@dataclass(frozen=True)
class Gimbal:
    """Turn several cameras together around a target, one at every distance and height."""

    target: tuple[float, ...] = declare((), "x,y,z of the point to look at", unset="as for `orbit`", unit="m")
    distances: tuple[float, ...] = declare(
        (1.5, 2.5), "distances of the cameras from the axis, less before a wall", unit="m"
    )
    heights: tuple[float, ...] = declare(
        (0.6, 1.5), "heights of the cameras above the target, or above the floor below the objects", unit="m"
    )
    elevations: tuple[float, ...] = declare(
        (), "angle of each distance's single camera above the floor, instead of heights", unset="heights", unit="°"
    )
    turns: float = declare(1.0, "full turns over all frames")

    def __post_init__(self) -> None:
        _demand_target(self)
        _demand(self, "distances", bool(self.distances) and min(self.distances) > 0, "write distances above 0")
        _demand(self, "heights", bool(self.heights), "write at least one height")
        fit = not self.elevations or len(self.elevations) == len(self.distances)
        _demand(self, "elevations", fit, f"write as many angles as distances, {len(self.distances)}, or none")
        within = all(-90 < angle < 90 for angle in self.elevations)
        _demand(self, "elevations", within, "write angles between -90 and 90")

    @property
    def cameras(self) -> list[tuple[float, float]]:
        """The distance from the axis and the height of each camera, metres."""
        if self.elevations:
            angles = [math.radians(angle) for angle in self.elevations]
            return [(d * math.cos(a), d * math.sin(a)) for d, a in zip(self.distances, angles)]
        return [(distance, height) for height in self.heights for distance in self.distances]


@dataclass(frozen=True)
class Path:
    """Travel along a curve, or as a keyframed camera does."""

    along: str = declare("", "name of the curve or camera", unset="the file's only one", names_object=True)
    look: Literal["ahead", "subject"] = declare("ahead", "where to look on a curve: `ahead`, or at the `subject`")
    height: float = declare(0.0, "how far the camera is lifted above the curve", unit="m")

    def __post_init__(self) -> None:
        _demand_choice(self, "look")


@dataclass(frozen=True)
class Cameras:
    """Use every perspective camera of the file, or those of timeline markers, at each frame of the animation."""

    only: str = declare("", "name of a single camera to use", unset="those of markers, or all", names_object=True)
    time: Literal["animation", "current"] = declare(
        "animation",
        "`animation`: the scene's frame range and step, for what a camera sees change; `current`: its current frame",
    )

    def __post_init__(self) -> None:
        _demand_choice(self, "time")


@dataclass(frozen=True)
class Hemisphere:
    """Look at a target from everywhere above it: each number of frames covers the hemisphere evenly."""

    target: tuple[float, ...] = declare((), "x,y,z of the point to look at", unset="as for `orbit`", unit="m")
    distance: tuple[float, float] = declare(
        (0.0, 0.0),
        "nearest and farthest distance of the camera from the target; 0,0: from where it sees all objects",
        unit="m",
    )
    elevation: tuple[float, float] = declare(
        (10.0, 80.0), "lowest and highest angle of the camera above the target", unit="°"
    )
    fill: tuple[float, float] = declare(
        (1.0, 1.0), "for distance=0,0: least and largest share of the picture's shorter side that the objects take"
    )
    aim: float = declare(0.15, "how far from the picture's middle the target may be, as a share of the picture's width")

    def __post_init__(self) -> None:
        _demand_target(self)
        near, far = self.distance if len(self.distance) == 2 else (1.0, 0.0)
        _demand(self, "distance", 0 < near <= far or near == far == 0, "write nearest,farthest above 0, or 0,0")
        low, high = self.elevation if len(self.elevation) == 2 else (1.0, 0.0)
        _demand(self, "elevation", -90 < low <= high < 90, "write lowest,highest between -90 and 90")
        small, large = self.fill if len(self.fill) == 2 else (1.0, 0.0)
        _demand(self, "fill", 0 < small <= large <= 4, "write least,largest between 0 and 4")
        _demand(self, "aim", 0 <= self.aim <= 0.5, "write a share from 0 to 0.5")


@dataclass(frozen=True)
class Turntable:
    """Take views at equal angles from a tripod, of a subject on a turntable.

    A keyframed subject turns by itself: the frames are spread over the scene's frame range, and the camera stands
    still. Around any other subject the camera circles; then its surroundings seem to turn, too.
    """

    target: tuple[float, ...] = declare((), "x,y,z of the point to look at", unset="as for `orbit`", unit="m")
    distance: float = declare(0.0, "distance from the axis; 0: far enough to see the whole subject", unit="m")
    height: float = declare(1.5, "height of the camera above the floor", unit="m")
    lens: float = declare(40.0, "focal length, of a sensor 36 mm wide", unit="mm")
    start: float = declare(-90.0, "azimuth of the first frame's camera, from +x towards +y", unit="°")

    def __post_init__(self) -> None:
        _demand_target(self)
        _demand(self, "distance", self.distance >= 0, "write a distance in metres, 0 for as far as needed")
        _demand(self, "lens", SHORTEST_LENS <= self.lens, f"write a focal length of {SHORTEST_LENS:g} mm or more")


@dataclass(frozen=True)
class Photographer:
    """Photograph the scene's subject as people photograph cars, three-quarter views most."""

    lens: tuple[float, float] = declare(
        (35.0, 85.0), "shortest and longest focal length, of a sensor 36 mm wide", unit="mm"
    )
    eye: tuple[float, float] = declare((1.2, 1.75), "lowest and highest usual height of the camera", unit="m")
    fill: tuple[float, float] = declare(
        (0.45, 1.0), "smallest and largest usual share of the picture's width or height that the subject takes"
    )
    cut: float = declare(0.12, "share of the frames whose edge cuts the subject")
    hidden: float = declare(0.2, "largest share of the subject that something in front of it may hide")

    def __post_init__(self) -> None:
        for key in ("lens", "eye", "fill"):
            low, high = getattr(self, key) if len(getattr(self, key)) == 2 else (1.0, 0.0)
            _demand(self, key, 0 < low <= high, "write lowest,highest above 0")
        _demand(self, "lens", SHORTEST_LENS <= self.lens[0], f"write focal lengths of {SHORTEST_LENS:g} mm or more")
        _demand(self, "fill", self.fill[1] <= 1, "write shares of 1 or less")
        _demand(self, "cut", 0 <= self.cut <= 1, "write a share from 0 to 1")
        _demand(self, "hidden", 0 <= self.hidden <= 1, "write a share from 0 to 1")


Sweep = Viewpoints | Orbit | Gimbal | Path | Cameras | Hemisphere | Turntable | Photographer


@dataclass(frozen=True)
class Kind:
    """Facts about a sweep that its parameters don't change.

    `continuous`: a camera moves on from frame to frame, so that there is optical flow. `own_frames`: the file says how
    many frames there are. `own_lens`: the file or the sweep says what lenses the cameras have, not the job's field of
    view. `open_ended`: a frame is the same however many there are, so that a dataset can grow.
    """

    parameters: type
    continuous: bool = True
    own_frames: bool = False
    own_lens: bool = False
    open_ended: bool = False

    @property
    def help(self) -> str:
        """A sentence about the sweep."""
        return (self.parameters.__doc__ or "").split("\n")[0].rstrip(".")


# The window's settings are saved with a sweep's number in this order: a new one goes to the end.
SWEEPS: dict[str, Kind] = {
    "viewpoints": Kind(Viewpoints, continuous=False, open_ended=True),
    "orbit": Kind(Orbit),
    "gimbal": Kind(Gimbal),
    "path": Kind(Path, own_frames=True),
    "cameras": Kind(Cameras, own_frames=True, own_lens=True, open_ended=True),
    "hemisphere": Kind(Hemisphere, continuous=False, open_ended=True),
    "turntable": Kind(Turntable, own_lens=True),
    "photographer": Kind(Photographer, continuous=False, own_lens=True, open_ended=True),
}


@dataclass(frozen=True)
class Pose:
    """Where a camera is: its matrix, its horizontal field of view in degrees, the scene's time as a frame number.

    A pose with a `camera` is that of a camera in the file, with the lens it has there.
    """

    matrix: np.ndarray
    fov: float
    time: int
    camera: str = ""


def name_of(sweep: Sweep) -> str:
    """Return the name of a sweep in `SWEEPS`."""
    return next(name for name, kind in SWEEPS.items() if kind.parameters is type(sweep))


def kind(name: str) -> Kind:
    """Return the facts about a sweep; raise SweepsetError if there is none of this name."""
    if name not in SWEEPS:
        raise SweepsetError(f"unknown sweep {name!r}: choose one of {', '.join(SWEEPS)}")
    return SWEEPS[name]


def describe(name: str) -> Iterator[Description]:
    """Yield each parameter of a sweep in words."""
    return parameters.describe(SWEEPS[name].parameters)


def parse(name: str, texts: Iterable[str]) -> Sweep:
    """Make a sweep from its name and `key=value` texts; lists are separated by commas."""
    own = kind(name).parameters
    return own(**parameters.parse(f"sweep {name}", own, texts))


def from_json(data: dict[str, Any]) -> Sweep:
    """Make a sweep from `{"name": …, parameters}`."""
    values = parameters.from_json({key: value for key, value in data.items() if key != "name"})
    return SWEEPS[data["name"]].parameters(**values)


def to_json(sweep: Sweep) -> dict[str, Any]:
    """Return a sweep as JSON's types, the form that `from_json` reads."""
    return {"name": name_of(sweep), **parameters.to_json(vars(sweep))}


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


def spread(number: int, offset: tuple[float, float] = (0.0, 0.0)) -> tuple[float, float]:
    """Return the point of this number in the unit square: the first n cover it evenly for every n.

    Roberts' R2 sequence: multiples of 1/g and 1/g² modulo 1, g³ = g + 1 (M. Roberts 2018, The Unreasonable
    Effectiveness of Quasirandom Sequences).
    """
    plastic = 1.32471795724474602596
    return (offset[0] + number / plastic) % 1.0, (offset[1] + number / plastic**2) % 1.0


def fov_of(lens: float) -> float:
    """Return the horizontal field of view in degrees of a focal length in millimetres."""
    return math.degrees(2 * math.atan(SENSOR / 2 / lens))


def around(axis: Iterable[float], radius: float, azimuth: float, height: float) -> np.ndarray:
    """Return the point at `radius` and `azimuth` degrees around the vertical axis through `axis`, `height` above it."""
    return np.asarray(tuple(axis), float) + radius * direction(azimuth, 0.0) + np.array([0.0, 0.0, height])
