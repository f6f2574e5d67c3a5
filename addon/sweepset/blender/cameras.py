"""From a sweep to camera poses in a scene, and from a camera to its intrinsics."""

from __future__ import annotations

import math
import random

import bpy
import numpy as np
from mathutils import Vector

from .. import sweeps
from ..errors import SweepsetError
from ..sweeps import Cameras, Gimbal, Orbit, Path, Pose, Sweep, Viewpoints
from . import viewpoints
from .viewpoints import Surroundings

OPENCV_FROM_BLENDER = np.diag([1.0, -1.0, -1.0, 1.0])
"""Turns camera axes: Blender's y up and z backward into OpenCV's y down and z forward."""


class Placement:
    """The poses of one sweep through one scene; any of them can be had without the others."""

    def __init__(
        self,
        scene: bpy.types.Scene,
        view_layer: bpy.types.ViewLayer,
        sweep: Sweep,
        frames: int | None,
        seed: int,
        unit: float,
        fov: float,
        lens_jitter: float,
        aspect: float,
    ) -> None:
        self._scene, self._view_layer, self._sweep, self._seed = scene, view_layer, sweep, seed
        self._unit, self._fov, self._lens_jitter, self._aspect = unit, fov, lens_jitter, aspect
        self._own = _own_shots(scene, sweep) if isinstance(sweep, Cameras) else []
        keyed = isinstance(sweep, Path) and self._path(sweep.along).type == "CAMERA"
        natural = len(self._own) or (scene.frame_end - scene.frame_start + 1 if keyed else sweeps.DEFAULT_FRAMES)
        self.frames = frames or natural
        self._surroundings: Surroundings | None = None
        self._stands: list[viewpoints.Stand] = []
        self._route: np.ndarray | None = None

    @property
    def surroundings(self) -> Surroundings:
        """The scene to cast rays in, evaluated when it is first asked for."""
        if self._surroundings is None:
            self._surroundings = Surroundings(self._scene, self._view_layer.depsgraph, self._unit)
            if self._surroundings.empty:
                raise SweepsetError(
                    "the scene shows nothing: no visible object has a surface; check what is hidden from renders"
                )
        return self._surroundings

    def pose(self, frame: int) -> Pose:
        """Return the pose of a frame. The scene's time may have been moved to find it."""
        rng = sweeps.random_for(self._seed, frame)
        fov = min(self._fov * (1 + rng.uniform(-self._lens_jitter, self._lens_jitter)), sweeps.WIDEST_FOV)
        if isinstance(self._sweep, Cameras):
            time, name = self._own[frame % len(self._own)]
            return self._through(self._scene.objects[name], time, fov)
        if isinstance(self._sweep, Path):
            return self._along(self._sweep, frame, fov)
        time = self._scene.frame_current
        if isinstance(self._sweep, Viewpoints):
            return Pose(self._viewpoint(self._sweep, frame, fov, rng), fov, time)
        return Pose(self._around(self._sweep, frame, fov), fov, time)

    def following(self, frame: int) -> int | None:
        """Return the frame that continues this one's motion: the same camera's next. None for its last one."""
        if isinstance(self._sweep, Viewpoints):
            return None
        after = frame + 1
        if isinstance(self._sweep, Gimbal):
            after = frame + len(self._sweep.distances) * len(self._sweep.heights)
        elif isinstance(self._sweep, Cameras):
            position = frame % len(self._own)
            later = (n for n in range(position + 1, len(self._own)) if self._own[n][1] == self._own[position][1])
            after = frame - position + next(later, self.frames)
        return after if after < self.frames else None

    def _viewpoint(self, sweep: Viewpoints, frame: int, fov: float, rng: random.Random) -> np.ndarray:
        if not self._stands:
            self._stands = self.surroundings.stands(sweep)
            if not self._stands:
                raise SweepsetError(
                    "viewpoints found no floor with head room to stand on: use --sweep orbit, or --unit if the "
                    "scene's units are not metres"
                )
        order = list(range(len(self._stands)))
        sweeps.random_for(self._seed).shuffle(order)
        return viewpoints.choose(self.surroundings, self._stands, sweep, fov, self._aspect, order, frame, rng)

    def _subject(self, target: tuple[float, ...]) -> tuple[np.ndarray, float]:
        """Return the point that an orbit circles and its subject's radius, in scene units."""
        if target:
            return np.array(target) / self._unit, 1.0 / self._unit
        return self.surroundings.subject()

    def _around(self, sweep: Orbit | Gimbal, frame: int, fov: float) -> np.ndarray:
        metre = 1.0 / self._unit
        base, size = self._subject(sweep.target)
        turn = 360.0 * sweep.turns
        if isinstance(sweep, Gimbal):
            cameras = [(distance, height) for height in sweep.heights for distance in sweep.distances]
            steps = math.ceil(self.frames / len(cameras))
            distance, height = cameras[frame % len(cameras)]
            azimuth = turn * (frame // len(cameras)) / steps
            radius = self._up_to_walls(base, azimuth, height * metre, distance * metre)
        else:
            azimuth, height = sweep.start + turn * frame / self.frames, sweep.height
            whole = size / math.sin(math.radians(min(fov, 120.0)) / 2)
            radius = sweep.radius * metre or self._up_to_walls(base, azimuth, height * metre, whole)
        position = sweeps.around(base, radius, azimuth, height * metre)
        look = base if sweep.target else base + np.array([0.0, 0.0, 0.8 * metre])
        return sweeps.look_at(position, look)

    def _up_to_walls(self, base: np.ndarray, azimuth: float, height: float, radius: float) -> float:
        """Return how far a camera can step back from an axis, `radius` at most, and never through a wall around it."""
        axis = base + np.array([0.0, 0.0, height])
        free, _, _ = self.surroundings.cast(axis, sweeps.direction(azimuth, 0.0))
        behind, _, _ = self.surroundings.cast(axis, sweeps.direction(azimuth + 180.0, 0.0))
        enclosed = math.isfinite(free) and math.isfinite(behind)
        return min(radius, max(0.85 * free, 0.3 / self._unit)) if enclosed else radius

    def _through(self, camera: bpy.types.Object, time: int, fov: float) -> Pose:
        """Return the pose of a camera of the file at a time, which becomes the scene's; its own lens, if it has one."""
        if self._scene.frame_current != time:
            self._scene.frame_set(time)
        matrix = camera_matrix(camera, self._view_layer.depsgraph)
        if camera.data.type != "PERSP":
            return Pose(matrix, fov, time)
        return Pose(matrix, math.degrees(camera.data.angle_x), time, camera.name)

    def _path(self, name: str) -> bpy.types.Object:
        able = {
            item.name: item
            for item in self._scene.objects
            if item.type == "CURVE" or (item.type == "CAMERA" and moves(item))
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
        what = f"no curve or keyframed camera {name!r}" if name else "it is not clear which to take"
        raise SweepsetError(f"sweep path: {what}: pass -p along=NAME with one of {', '.join(map(repr, able))}")

    def _along(self, sweep: Path, frame: int, fov: float) -> Pose:
        path = self._path(sweep.along)
        position = frame / max(self.frames - 1, 1)
        if path.type == "CAMERA":
            start, end = self._scene.frame_start, self._scene.frame_end
            return self._through(path, round(start + position * (end - start)), fov)
        if self._route is None:
            self._route = _curve_points(path, self._view_layer.depsgraph)
        points = self._route
        lengths = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))]
        ahead = lengths[-1] * 1e-3

        def at(length: float) -> np.ndarray:
            return np.array([np.interp(length, lengths, points[:, axis]) for axis in range(3)])

        here = min(position * lengths[-1], lengths[-1] - ahead)
        lift = np.array([0.0, 0.0, sweep.height / self._unit])
        if sweep.look == "ahead":
            matrix = sweeps.look_along(at(here) + lift, at(here + ahead) - at(here))
        else:
            matrix = sweeps.look_at(at(here) + lift, self.surroundings.subject()[0])
        return Pose(matrix, fov, self._scene.frame_current)


def moves(item: bpy.types.Object) -> bool:
    """Tell whether an object is animated, by itself, by a parent or by what constrains it."""
    seen: set[bpy.types.Object] = set()
    waiting: list[bpy.types.Object | None] = [item]
    while waiting:
        current = waiting.pop()
        if current is None or current in seen:
            continue
        seen.add(current)
        for holder in (current, current.data):
            animation = getattr(holder, "animation_data", None)
            if animation and (animation.action or animation.drivers or animation.nla_tracks):
                return True
        waiting += [current.parent, *(getattr(constraint, "target", None) for constraint in current.constraints)]
    return False


def _own_shots(scene: bpy.types.Scene, sweep: Cameras) -> list[tuple[int, str]]:
    """Return time and camera of a file's perspective cameras, at each frame where one moves, in order of time."""
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
    times = range(scene.frame_start, scene.frame_end + 1)
    return sorted((t, c.name) for c in usable for t in (times if moves(c) else [scene.frame_current]))


def camera_matrix(camera: bpy.types.Object, depsgraph: bpy.types.Depsgraph) -> np.ndarray:
    """Return a camera's pose, (4, 4), in scene units with Blender's camera axes."""
    return np.array(camera.evaluated_get(depsgraph).matrix_world.normalized())


def _curve_points(curve: bpy.types.Object, depsgraph: bpy.types.Depsgraph) -> np.ndarray:
    """Return points along a curve in world space, (n, 3), n >= 2."""
    if len(curve.data.splines) != 1:
        raise SweepsetError(
            f"sweep path: curve {curve.name!r} has {len(curve.data.splines)} splines; a path is one: separate them"
        )
    plain = curve.data.copy()
    plain.bevel_depth, plain.extrude, plain.bevel_object = 0.0, 0.0, None
    item = bpy.data.objects.new("Sweepset path", plain)
    try:
        mesh = item.to_mesh()
        matrix = curve.evaluated_get(depsgraph).matrix_world
        points = np.array([tuple(matrix @ Vector(vertex.co)) for vertex in mesh.vertices])
        if curve.data.splines[0].use_cyclic_u and len(points):
            points = np.vstack([points, points[:1]])
    finally:
        bpy.data.objects.remove(item)
        bpy.data.curves.remove(plain)
    if len(points) < 2 or np.allclose(points, points[0]):
        raise SweepsetError(f"sweep path: curve {curve.name!r} has no length; draw at least two points")
    return points


def intrinsics(camera: bpy.types.Object, depsgraph: bpy.types.Depsgraph, width: int, height: int) -> np.ndarray:
    """Return K, (3, 3), in pixels, with pixel centres at .5, of a perspective camera with square pixels."""
    projection = np.array(camera.evaluated_get(depsgraph).calc_matrix_camera(depsgraph, x=width, y=height))
    return np.array(
        [
            [projection[0, 0] * width / 2, 0.0, width / 2 * (1 - projection[0, 2])],
            [0.0, projection[1, 1] * height / 2, height / 2 * (1 + projection[1, 2])],
            [0.0, 0.0, 1.0],
        ]
    )
