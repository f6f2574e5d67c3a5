"""From a sweep to camera poses in a scene: a class for each sweep, and the table of them.

Such a class is made of a sweep, its site and the number of frames asked for; `_Placed` says what it has.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import bpy
import numpy as np

from .. import sweeps
from ..errors import SweepsetError
from ..findings import Finding
from ..sweeps import Cameras, Gimbal, Hemisphere, Orbit, Path, Photographer, Pose, Sweep, Turntable, Viewpoints
from . import labels, photographer, timeline, viewpoints
from .cameras import camera_matrix, curve_points
from .viewpoints import Surroundings
from .volumes import passed_by_rays

CLOSE_UP_KEY = "sweepset_close_up"
"""The custom property of a scene of close-ups: x, y, z, radius of what they look at and how near they come, in metres,
and the lowest elevation, in degrees, from which it is seen."""
SIDES = 7
"""Sides from which a camera may look at a subject that something hides."""
SIDESTEP, OPEN = 27.0, 0.8
"""Degrees that a camera goes aside to see a subject that something stands near to, and the share of its distance that
it needs."""
LOOK_HEIGHT = 0.8
"""Metres above the floor that an orbit without a target looks at."""
SEEN_HEIGHT = 0.5
"""Metres above the floor of a second point that cameras should see."""
TURNTABLE_LOOK = 0.55
"""The same for a turntable: the floor before a car and the wall above it are as high as in sellers' photos."""


@dataclass(frozen=True)
class Site:
    """The scene that cameras are placed in: `unit_scale` is metres per scene unit, `aspect` an image's width/height.

    `fov` is the sweep's field of view in degrees, from which each frame's differs by a share of `lens_jitter` at most.
    """

    scene: bpy.types.Scene
    view_layer: bpy.types.ViewLayer
    seed: int
    unit_scale: float
    aspect: float
    fov: float
    lens_jitter: float

    def draw(self, frame: int) -> tuple[float, random.Random]:
        """Return a frame's field of view in degrees, and its random numbers."""
        rng = sweeps.random_for(self.seed, frame)
        return min(self.fov * (1 + rng.uniform(-self.lens_jitter, self.lens_jitter)), sweeps.WIDEST_FOV), rng

    @cached_property
    def surroundings(self) -> Surroundings:
        """The scene to cast rays in, evaluated on first use."""
        found = Surroundings(self.scene, self.view_layer.depsgraph, self.unit_scale)
        if found.empty:
            raise SweepsetError(
                "the scene shows nothing: no visible object has a surface; check what is hidden from renders"
            )
        return found

    @cached_property
    def moving(self) -> set[bpy.types.ID]:
        """All data that changes with the scene's time, found on first use."""
        return timeline.moving(self.scene, self.view_layer)

    @property
    def metre(self) -> float:
        """A metre in scene units."""
        return 1.0 / self.unit_scale


class _Placed(Protocol):
    """A sweep at a site: `frames` is their number, `findings` say how it was decided.

    `times` are the scene's times that frames show, by frame and over again; empty if they show the present one.
    """

    frames: int
    span: int
    findings: Sequence[Finding] = ()
    times: Sequence[int] = ()

    def pose(self, frame: int, fov: float, rng: random.Random) -> Pose:
        """Return a frame's pose for a field of view in degrees and the frame's random numbers."""

    def following(self, frame: int) -> int | None:
        """Return the same camera's next frame, which may be after the last; None if there is none."""


class _OnViewpoints(_Placed):
    """Cameras at places where a person could stand, each far from those before it.

    Frames are chosen in rounds of `viewpoints.ROUND`: a frame depends on those before it in its round alone.
    """

    def __init__(self, sweep: Viewpoints, site: Site, frames: int | None) -> None:
        self._sweep, self._site = sweep, site
        self.frames = frames or sweeps.DEFAULT_FRAMES
        self.span = viewpoints.ROUND
        self._round, self._shown = 0, viewpoints.Shown()
        self._found: dict[int, Pose] = {}

    @cached_property
    def _stands(self) -> list[viewpoints.Stand]:
        found = self._site.surroundings.stands(self._sweep)
        if not found:
            raise SweepsetError(
                "viewpoints found no floor with head room to stand on: use --sweep orbit, or --unit if the "
                "scene's units are not metres"
            )
        return found

    @cached_property
    def _order(self) -> list[int]:
        return viewpoints.spread(self._stands, sweeps.random_for(self._site.seed).randrange(len(self._stands)))

    def pose(self, frame: int, fov: float, rng: random.Random) -> Pose:
        if frame not in self._found:  # it is also asked for when the light is metered
            self._find(frame)
        return self._found[frame]

    def _find(self, frame: int) -> None:
        """Find the pose of a frame, and those of its round that come before it."""
        site, stands = self._site, self._stands
        number, place = divmod(frame, viewpoints.ROUND)
        if number != self._round:
            self._round, self._shown = number, viewpoints.Shown()
        for earlier in range(len(self._shown.poses), place + 1):
            at = number * viewpoints.ROUND + earlier
            own = stands[self._order[at % len(stands)]]
            lens, chance = site.draw(at)
            viewpoints.choose(site.surroundings, stands, self._sweep, lens, site.aspect, own, self._shown, chance)
            self._found[at] = Pose(self._shown.poses[earlier], lens, site.scene.frame_current)

    def following(self, frame: int) -> int | None:
        return None


class _OnOrbit(_Placed):
    """One camera that circles a target."""

    def __init__(self, sweep: Orbit, site: Site, frames: int | None) -> None:
        self._sweep, self._site = sweep, site
        self.frames = self.span = frames or sweeps.DEFAULT_FRAMES

    def pose(self, frame: int, fov: float, rng: random.Random) -> Pose:
        sweep, site = self._sweep, self._site
        base, size = _subject(site, sweep.target)
        azimuth = sweep.start + 360.0 * sweep.turns * frame / self.frames
        whole = size / math.sin(math.radians(min(fov, 120.0)) / 2)
        height = sweep.height * site.metre
        sights = _sights(site, sweep.target, base)
        radius = sweep.radius * site.metre or _up_to_walls(site, base, azimuth, height, whole, sights)
        return Pose(_around(site, sweep.target, base, radius, azimuth, height), fov, site.scene.frame_current)

    def following(self, frame: int) -> int | None:
        return frame + 1


class _OnGimbal(_Placed):
    """Several cameras that turn together: a frame of each, then the next step of the turn.

    They follow a subject that moves with the scene's time, over the whole of its frame range.
    """

    def __init__(self, sweep: Gimbal, site: Site, frames: int | None) -> None:
        self._sweep, self._site = sweep, site
        self._cameras = sweep.cameras
        self.frames = self.span = frames or sweeps.DEFAULT_FRAMES
        self._steps = math.ceil(self.frames / len(self._cameras))
        self._places: dict[int, np.ndarray] = {}
        """Where a subject that moves is, by the scene's time."""
        own = None if sweep.target else labels.subject_of(site.scene)
        if own is not None and own in site.moving:
            spread = timeline.spread(site.scene, self._steps)
            times = [spread[n // len(self._cameras)] for n in range(self.frames)]
            found = timeline.places(site.scene, own, times)
            if np.ptp(list(found.values()), axis=0).max() > 0.01 * site.metre:  # not if it turns where it is
                self.times, self._places = times, found

    @cached_property
    def _base(self) -> np.ndarray:
        """The point below the subject at the present time; below one that moves, from its object."""
        base, _ = _subject(self._site, self._sweep.target)
        own = labels.subject_of(self._site.scene)
        return base - own.matrix_world.translation if self._places and own is not None else base

    def pose(self, frame: int, fov: float, rng: random.Random) -> Pose:
        sweep, site = self._sweep, self._site
        base, time = self._base, site.scene.frame_current
        if self._places:
            time = self.times[frame]
            base = base + self._places[time]
        distance, height = (length * site.metre for length in self._cameras[frame % len(self._cameras)])
        azimuth = 360.0 * sweep.turns * (frame // len(self._cameras)) / self._steps
        radius = _up_to_walls(site, base, azimuth, height, distance, _sights(site, sweep.target, base))
        return Pose(_around(site, sweep.target, base, radius, azimuth, height), fov, time)

    def following(self, frame: int) -> int | None:
        return frame + len(self._cameras)


class _OnPath(_Placed):
    """A camera that travels along a curve, or a keyframed camera of the file."""

    def __init__(self, sweep: Path, site: Site, frames: int | None) -> None:
        self._sweep, self._site = sweep, site
        self._guide = _guide(site, sweep.along).name
        own = len(timeline.moments(site.scene)) if self._keyed else sweeps.DEFAULT_FRAMES
        self.frames = self.span = frames or own
        if self._keyed:
            self.times = timeline.spread(site.scene, self.frames)
            self.findings = _repeated(self.frames, len(set(self.times)), f"{self._guide} has")

    @property
    def _keyed(self) -> bool:
        return self._site.scene.objects[self._guide].type == "CAMERA"

    @cached_property
    def _route(self) -> np.ndarray:
        return curve_points(self._site.scene.objects[self._guide], self._site.view_layer.depsgraph)

    def pose(self, frame: int, fov: float, rng: random.Random) -> Pose:
        site, scene = self._site, self._site.scene
        position = frame / max(self.frames - 1, 1)
        if self._keyed:
            return _through(site, self._guide, self.times[frame], fov)
        points = self._route
        lengths = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))]
        ahead = lengths[-1] * 1e-3

        def at(length: float) -> np.ndarray:
            return np.array([np.interp(length, lengths, points[:, axis]) for axis in range(3)])

        here = min(position * lengths[-1], lengths[-1] - ahead)
        eye = at(here) + np.array([0.0, 0.0, self._sweep.height / site.unit_scale])
        if self._sweep.look == "ahead":
            matrix = sweeps.look_along(eye, at(here + ahead) - at(here))
        else:
            matrix = sweeps.look_at(eye, site.surroundings.subject()[0])
        return Pose(matrix, fov, scene.frame_current)

    def following(self, frame: int) -> int | None:
        return frame + 1


class _OnCameras(_Placed):
    """The file's own cameras."""

    def __init__(self, sweep: Cameras, site: Site, frames: int | None) -> None:
        self._site = site
        self._shots, told = _own_shots(site, sweep)
        self.frames, self.span = frames or len(self._shots), len(self._shots)
        self.times = [time for time, _ in self._shots[: self.frames]]
        self.findings = told + _repeated(self.frames, len(self._shots), "the file's cameras have")

    def pose(self, frame: int, fov: float, rng: random.Random) -> Pose:
        time, name = self._shots[frame % len(self._shots)]
        return _through(self._site, name, time, fov)

    def following(self, frame: int) -> int | None:
        position = frame % len(self._shots)
        camera = self._shots[position][1]
        later = (n for n in range(position + 1, len(self._shots)) if self._shots[n][1] == camera)
        return next((frame - position + n for n in later), None)


class _OnHemisphere(_Placed):
    """Cameras above a target, spread evenly, each apart from the others."""

    def __init__(self, sweep: Hemisphere, site: Site, frames: int | None) -> None:
        self._sweep, self._site = sweep, site
        self.frames, self.span = frames or sweeps.DEFAULT_FRAMES, sweeps.DEFAULT_FRAMES

    def pose(self, frame: int, fov: float, rng: random.Random) -> Pose:
        sweep, site = self._sweep, self._site
        base, size = _subject(site, sweep.target)
        stated = sweep.target or CLOSE_UP_KEY in site.scene
        target = base if stated else base + np.array([0.0, 0.0, LOOK_HEIGHT * site.metre])
        start = sweeps.random_for(site.seed)
        turn, rise = sweeps.spread(frame, (start.random(), start.random()))
        lowest = min(float(site.scene[CLOSE_UP_KEY][5]), sweep.elevation[1]) if CLOSE_UP_KEY in site.scene else -90.0
        low, high = (math.sin(math.radians(max(angle, lowest))) for angle in sweep.elevation)
        # A band of a sphere has its area in proportion to its height.
        elevation = math.asin(low + rise * (high - low))
        wide = 2 * math.tan(math.radians(fov) / 2)
        """The picture's width at a distance of 1."""
        whole = size / math.sin(math.atan(min(wide, wide / site.aspect) / 2))
        least, most = sweep.fill
        near, far = (
            distance * site.metre or max(whole / share, _reach(site))
            for distance, share in zip(sweep.distance, (most, least))
        )
        distance = rng.uniform(near, far)
        level, height = (distance * part(elevation) for part in (math.cos, math.sin))
        if CLOSE_UP_KEY in site.scene and not sweep.target:
            eye = _in_sight(site, target, 360 * turn, elevation, distance)
        else:
            sights = _sights(site, sweep.target, base)
            azimuth = _open_side(site, target, 360 * turn, height, level, sights)
            eye = sweeps.around(target, _up_to_walls(site, target, azimuth, height, level, sights), azimuth, height)
        right, up = sweeps.look_at(eye, target)[:3, :2].T
        aside, above = (rng.uniform(-sweep.aim, sweep.aim) * wide * distance for _ in range(2))
        matrix = sweeps.look_at(eye, target + aside * right + above / site.aspect * up)
        return Pose(matrix, fov, site.scene.frame_current)

    def following(self, frame: int) -> int | None:
        return None


class _OnTurntable(_Placed):
    """A camera on a tripod before a subject that turns with the scene's time, or that circles one which doesn't."""

    def __init__(self, sweep: Turntable, site: Site, frames: int | None) -> None:
        self._sweep, self._site = sweep, site
        self.frames = self.span = frames or sweeps.DEFAULT_FRAMES
        own, moments = labels.subject_of(site.scene), timeline.moments(site.scene)
        self._turns = own is not None and own in site.moving
        if self._turns:
            # The range ends one step before the first view comes again.
            self.times = [moments[round(len(moments) * n / self.frames) % len(moments)] for n in range(self.frames)]
            self.findings = _repeated(self.frames, len(set(self.times)), "the scene's frame range has")

    @cached_property
    def _start(self) -> tuple[np.ndarray, float]:
        """The point that the camera looks at, and its subject's radius; at the first frame's time."""
        if self._turns and self._site.scene.frame_current != self.times[0]:
            self._site.scene.frame_set(self.times[0])
        base, size = _subject(self._site, self._sweep.target)
        return (base if self._sweep.target else base + np.array([0.0, 0.0, TURNTABLE_LOOK * self._site.metre])), size

    def pose(self, frame: int, fov: float, rng: random.Random) -> Pose:
        sweep, site = self._sweep, self._site
        target, size = self._start
        share, time = frame / self.frames, site.scene.frame_current
        if self._turns:
            share, time = 0.0, self.times[frame]
        lens = sweeps.fov_of(sweep.lens)
        whole = size / math.sin(math.radians(lens) / 2)
        azimuth = sweep.start + 360.0 * share
        height = sweep.height * site.metre - (0.0 if sweep.target else TURNTABLE_LOOK * site.metre)
        radius = sweep.distance * site.metre or _up_to_walls(site, target, azimuth, height, whole, [target])
        eye = sweeps.around(target, radius, azimuth, height)
        return Pose(sweeps.look_at(eye, target), lens, time)

    def following(self, frame: int) -> int | None:
        return frame + 1


class _OnPhotographer(_Placed):
    """Cameras where a photographer of the subject might stand, each frame's by its own chance."""

    def __init__(self, sweep: Photographer, site: Site, frames: int | None) -> None:
        self._sweep, self._site = sweep, site
        self.frames, self.span = frames or sweeps.DEFAULT_FRAMES, sweeps.DEFAULT_FRAMES

    def pose(self, frame: int, fov: float, rng: random.Random) -> Pose:
        site = self._site
        matrix, lens = photographer.choose(site.surroundings, site.scene, self._sweep, site.aspect, rng)
        return Pose(matrix, lens, site.scene.frame_current)

    def following(self, frame: int) -> int | None:
        return None


PLACED = {
    Viewpoints: _OnViewpoints,
    Orbit: _OnOrbit,
    Gimbal: _OnGimbal,
    Path: _OnPath,
    Cameras: _OnCameras,
    Hemisphere: _OnHemisphere,
    Turntable: _OnTurntable,
    Photographer: _OnPhotographer,
}


class Placement:
    """The poses of one sweep through one scene; each can be had without most others.

    The first `span` frames stand for all in what is settled for all of them, such as the exposure; of open-ended
    sweeps, `span` does not depend on the number of frames.
    `times` are the scene's times that frames show, `findings` what is to be told of the choice of frames.
    """

    def __init__(
        self,
        scene: bpy.types.Scene,
        view_layer: bpy.types.ViewLayer,
        sweep: Sweep,
        frames: int | None,
        seed: int,
        unit_scale: float,
        fov: float,
        lens_jitter: float,
        aspect: float,
    ) -> None:
        self._site = Site(scene, view_layer, seed, unit_scale, aspect, fov, lens_jitter)
        self._placed: _Placed = PLACED[type(sweep)](sweep, self._site, frames)
        self.frames = self._placed.frames
        self.findings = list(self._placed.findings)
        self.times = sorted(set(self._placed.times)) or [scene.frame_current]
        self.span = self._placed.span

    def pose(self, frame: int) -> Pose:
        """Return the pose of a frame. This may change the scene's current time."""
        with passed_by_rays(self._site.view_layer):
            return self._placed.pose(frame, *self._site.draw(frame))

    def following(self, frame: int) -> int | None:
        """Return the frame that continues this one's motion: the same camera's next. None for its last one."""
        after = self._placed.following(frame)
        return after if after is not None and after < self.frames else None


def _subject(site: Site, target: tuple[float, ...]) -> tuple[np.ndarray, float]:
    """Return the point that cameras circle and its subject's radius, in scene units."""
    if target:
        return np.array(target) / site.unit_scale, site.metre
    if CLOSE_UP_KEY in site.scene:
        *at, radius, _, _ = site.scene[CLOSE_UP_KEY]
        return np.array(at) * site.metre, float(radius) * site.metre
    return site.surroundings.subject()


def _reach(site: Site) -> float:
    """Return how far from its subject a camera has to stay, in scene units: 0 unless the scene says so."""
    return float(site.scene[CLOSE_UP_KEY][4]) * site.metre if CLOSE_UP_KEY in site.scene else 0.0


def _in_sight(site: Site, target: np.ndarray, azimuth: float, elevation: float, distance: float) -> np.ndarray:
    """Return the place of a camera that sees a scene's stated subject, from another side if something is between.

    Where something is on all sides, the camera comes nearer.
    """
    best, free = np.zeros(3), -1.0
    for attempt in range(SIDES):
        flat = sweeps.direction(azimuth + 360.0 * attempt / SIDES, 0.0)
        way = np.array([*(math.cos(elevation) * flat[:2]), math.sin(elevation)])
        seen = _free(site, target, way, 1.1 * distance) / 1.1
        if seen > free:
            best, free = way, seen
        if free >= distance * (1 - 1e-6):
            break
    return target + min(free, distance) * best


def _free(site: Site, target: np.ndarray, way: np.ndarray, most: float) -> float:
    """Return how far a ray from a subject goes, `most` at most, past the things that belong to the subject."""
    reach, gone = _reach(site), 0.0
    while gone < most:
        there, item, _ = site.surroundings.cast(target + gone * way, way, most - gone)
        if item is None:
            return most
        gone += there
        if gone > reach or max(tuple(item.dimensions)) > 2 * reach:
            return gone
        gone += 1e-3 * reach
    return most


def _sights(site: Site, target: tuple[float, ...], base: np.ndarray) -> list[np.ndarray]:
    """Return the points of a subject on the floor at `base` that cameras around it should see, a stated target alone.

    Two of them: through a slit, such as another car's windows, a camera may see one.
    """
    heights = (0.0,) if target else (LOOK_HEIGHT, SEEN_HEIGHT)
    return [base + np.array([0.0, 0.0, height * site.metre]) for height in heights]


def _around(
    site: Site, target: tuple[float, ...], base: np.ndarray, radius: float, azimuth: float, height: float
) -> np.ndarray:
    """Return the pose on a circle around `base`, looking at the target, or above the floor at `base` without one."""
    position = sweeps.around(base, radius, azimuth, height)
    return sweeps.look_at(position, _sights(site, target, base)[0])


def _up_to_walls(
    site: Site, base: np.ndarray, azimuth: float, height: float, radius: float, sights: Sequence[np.ndarray]
) -> float:
    """Return how far a camera can step back from an axis, `radius` at most, and never through a wall around it.

    A camera of a scene with a subject stays before whatever stands around that, and before what hides any of `sights`:
    things between them may be lower than the camera.
    """
    axis = base + np.array([0.0, 0.0, height])
    surroundings, nearest = site.surroundings, 0.3 / site.unit_scale
    way = sweeps.direction(azimuth, 0.0)
    if surroundings.has_subject:
        level = min(radius, max(0.9 * surroundings.free(axis, way, radius / 0.9), nearest))
        share = min(_clear(site, point, axis + level * way) for point in sights)
        return level if share == 1.0 else max(0.9 * level * share, nearest)
    # The sides of a single thing are no walls around it.
    start = surroundings.subject()[1] if surroundings.alone else 0.0
    ways = (way, sweeps.direction(azimuth + 180.0, 0.0))
    free, behind = (start + surroundings.cast(axis + start * way, way)[0] for way in ways)
    enclosed = math.isfinite(free) and math.isfinite(behind)
    return min(radius, max(0.85 * free, nearest)) if enclosed else radius


def _clear(site: Site, point: np.ndarray, eye: np.ndarray) -> float:
    """Return the share of the way from a point of the subject to a camera that is free, 1.0 if all is."""
    sight = eye - point
    length = float(np.linalg.norm(sight))
    return min(site.surroundings.free(point, sight / length, length) / length, 1.0)


def _open_side(
    site: Site, base: np.ndarray, azimuth: float, height: float, radius: float, sights: Sequence[np.ndarray]
) -> float:
    """Return an azimuth, or the nearest one where a camera can step back from a subject; the most open one if none."""
    if not site.surroundings.has_subject:
        return azimuth
    ways = [azimuth + side * SIDESTEP * k for k in range(7) for side in (1, -1)]
    return max(ways, key=lambda way: min(_up_to_walls(site, base, way, height, radius, sights), OPEN * radius))


def _through(site: Site, name: str, time: int, fov: float) -> Pose:
    """Return the pose of a camera of the file at a time, which becomes the scene's; its own lens, if it has one."""
    if site.scene.frame_current != time:
        site.scene.frame_set(time)
    camera = site.scene.objects[name]
    matrix = camera_matrix(camera, site.view_layer.depsgraph)
    if camera.data.type != "PERSP":
        return Pose(matrix, fov, time)
    return Pose(matrix, math.degrees(camera.data.angle_x), time, camera.name)


def _guide(site: Site, name: str) -> bpy.types.Object:
    """Return the curve or moving camera of this name, the only one for ''."""
    able = {
        item.name: item
        for item in site.scene.objects
        if item.type == "CURVE" or (item.type == "CAMERA" and item in site.moving)
    }
    if name in able:
        return able[name]
    if not name and len(able) == 1:
        return next(iter(able.values()))
    if not able:
        raise SweepsetError(
            "sweep path: the file has no curve and no keyframed camera to travel along; add one in Blender, or use "
            "--sweep viewpoints"
        )
    what = f"no curve or keyframed camera {name!r}" if name else "the file has several curves or keyframed cameras"
    raise SweepsetError(f"sweep path: {what}: pass -p along=NAME with one of {', '.join(map(repr, able))}")


def _own_shots(site: Site, sweep: Cameras) -> tuple[list[tuple[int, str]], list[Finding]]:
    """Return time and name of the shots of a file's perspective cameras, by time, and what is to be told of them."""
    scene = site.scene
    cameras = sorted((item for item in scene.objects if item.type == "CAMERA"), key=lambda item: item.name)
    if sweep.only and sweep.only not in [camera.name for camera in cameras]:
        raise SweepsetError(
            f"sweep cameras: no camera {sweep.only!r}; the file has {', '.join(c.name for c in cameras) or 'none'}"
        )
    usable = [c for c in cameras if c.data.type == "PERSP" and sweep.only in ("", c.name)]
    if not usable:
        raise SweepsetError(
            f"sweep cameras: the file has no perspective camera to use (cameras: "
            f"{', '.join(f'{c.name}, {c.data.type.lower()}' for c in cameras) or 'none'}); use --sweep viewpoints"
        )
    if sweep.time == "current":
        return [(scene.frame_current, camera.name) for camera in usable], []
    moments, marked = timeline.moments(scene), {} if sweep.only else timeline.marked_cameras(scene)
    if marked:
        shots = [(time, marked[time].name) for time in moments if marked[time] in usable]
        return shots, [_told(scene, moments, "as timeline markers choose the camera")]
    changing = timeline.seen(site.moving, scene, site.view_layer)
    moves = [camera for camera in usable if changing or camera in site.moving or camera.data in site.moving]
    shots = sorted((t, c.name) for c in usable for t in (moments if c in moves else [scene.frame_current]))
    if not moves:
        return shots, []
    names = changing or [camera.name for camera in moves]
    why = f"as these change: {', '.join(names[:6])}{' …' if len(names) > 6 else ''}"
    return shots, [_told(scene, moments, why)]


def _told(scene: bpy.types.Scene, moments: range, why: str) -> Finding:
    """Return the finding that frames are those of an animation."""
    step = f" in steps of {moments.step}" if moments.step > 1 else ""
    what = f"frames are those of the animation, {moments[0]} to {moments[-1]}{step}, {why}"
    return Finding("animation", "note", scene.name, what, "pass -p time=current for the current frame alone")


def _repeated(frames: int, different: int, who: str) -> list[Finding]:
    """Return the finding that frames show the same moments again, if they do."""
    if frames <= different:
        return []
    what = f"{frames} frames are wanted, and {who} {different} different moments: some are rendered again"
    return [Finding("frames-repeat", "warning", "sweep", what, f"pass --frames {different} or fewer")]
