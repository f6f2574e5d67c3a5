"""Render one frame in Blender: the image to a file, the ground truth as arrays."""

from __future__ import annotations

import errno
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ... import boxes, ground_truth, motion
from ...color import LUMINANCE
from ...errors import SweepsetError
from ...job import Job
from ...motion import View
from ...sweeps import Pose
from ...taxonomy import UNLABELLED
from .. import cameras, color_management, compat, compositing, labels, lamps, passes
from ..compositing import Output
from ..instances import MAX_INSTANCES, Indexed, Instances, evaluate, number_objects, visible
from ..volumes import volumes, without_volumes
from . import arrays
from .arrays import NOTHING, SKY, Rendered
from .flash import Flash
from .models import Models


def raw_name(source: str) -> str:
    """Return the name of a pass's file, such as 'diffuse' for 'Diffuse Color'."""
    return source.split()[0].lower()


def _raw(*passes: str) -> tuple[Output, ...]:
    return tuple(Output(raw_name(source), source, "OPEN_EXR", 32) for source in passes)


METERED_WIDTH, METERED_SAMPLES = 64, 16
"""The width in pixels and the samples of a render that is metered for exposure."""
RAW = _raw("Object Index", "Material Index", "Depth")
"""The passes of every frame. Cycles takes them from the first sample, without filtering; others it averages."""


@dataclass(frozen=True)
class Frame:
    """A rendered frame: arrays by kind as they are stored, and the camera as in `cameras.json`.

    Arrays are (H, W) uint16; normals and flow (H, W, 3) uint16, albedo (H, W, 3) uint8, in RGB order; depth-float is
    (H, W) float32. `objects` are boxes and poses, None if not asked for; `no_flow` names the objects whose
    flow is undefined because they change shape or disappear; `table` lists the instances of the frame's moment.
    """

    arrays: dict[str, np.ndarray]
    camera: dict[str, Any]
    time: int
    objects: list[dict[str, Any]] | None
    no_flow: list[str]
    table: list[dict[str, Any]]


class Capture:
    """A scene ready to render frames of a job."""

    def __init__(
        self,
        scene: bpy.types.Scene,
        view_layer: bpy.types.ViewLayer,
        job: Job,
        ids: dict[str, int],
        unit_scale: float,
        folder: Path,
    ) -> None:
        self._scene, self._view_layer, self._job, self._unit_scale = scene, view_layer, job, unit_scale
        self._folder, self._needs = folder, job.needs
        self._kinds = [row for row in ground_truth.KINDS.values() if row.name in self._needs]
        self._raw = (*RAW, *(output for row in self._kinds for output in _raw(*row.passes)))
        self._lamps = [] if job.look.eevee else lamps.seen_by_cameras(scene)
        if self._lamps:
            lamps.group(view_layer, self._lamps)
            self._raw += _raw("Lamps")
        self._indexed = Indexed()
        passes.write_material_indices(self._indexed.material_number)
        number_objects(self._indexed)
        if scene.world is not None:
            self._indexed.categories[0] = labels.category_name(scene.world)
        self._needs_shapes = any(row.meshes for row in self._kinds)
        self._ids = ids
        self._object_ids = np.array([ids.get(name, UNLABELLED) for name in self._indexed.categories], np.uint16)
        self._material_ids = np.array([ids.get(name, UNLABELLED) for name in self._indexed.names], np.uint16)
        self._writers = compositing.set_up(scene, view_layer, self._raw, folder)
        self._camera = bpy.data.objects.new("Sweepset camera", bpy.data.cameras.new("Sweepset camera"))
        scene.collection.objects.link(self._camera)
        scene.camera = self._camera
        for marker in scene.timeline_markers:
            marker.camera = None  # a marker would replace the frame's camera
        self._camera.data.clip_start, self._camera.data.clip_end = 0.02 / unit_scale, 1000.0 / unit_scale
        self._flash = Flash(scene, view_layer, job.flash, unit_scale) if job.flash else None
        if "stereo" in self._needs:
            self._right = bpy.data.objects.new("Sweepset right camera", self._camera.data)
            scene.collection.objects.link(self._right)
        self._volumes = any(volumes())
        self._shutter_middle = compat.centre_shutter(scene)
        self._to_rec709 = color_management.to_rec709()
        self._instances: Instances | None = None
        self._shown: list[object] = []
        self._models = Models(folder, unit_scale)

    def instances(self) -> Instances:
        """Return the instances of the scene at its present time."""
        self._view_layer.update()
        shown = self._what_is_shown()
        if self._instances is None or shown != self._shown:
            found: list[Instances] = []
            with_shapes = self._needs_shapes
            evaluate(self._scene, lambda depsgraph: found.append(Instances(depsgraph, self._indexed, with_shapes)))
            if not found:
                raise SweepsetError("Blender did not evaluate the scene for a render; see its log")
            self._instances, self._shown = found[0], shown
            self._models.forget_surfaces()
            count = len(found[0].table)
            if count > MAX_INSTANCES:
                raise SweepsetError(
                    f"the scene has {count} instances; a 16-bit instance map tells {MAX_INSTANCES} apart: "
                    "render without instances and the ground truth made from them"
                )
        return self._instances

    def _what_is_shown(self) -> list[object]:
        """Return a state that differs between two frames if anything moved, changed shape, appeared or disappeared."""
        hidden = [item.hide_render for item in bpy.data.objects]
        shown = [
            (i.object.name_full, np.array(i.matrix_world).tobytes(), *(tuple(c) for c in i.object.bound_box))
            for i in visible(self._view_layer.depsgraph)
        ]
        # An object that changes its shape may keep its box.
        time = self._scene.frame_float if self._needs_shapes else 0
        return [time, hidden, shown]

    def render(self, frame: int, pose: Pose, following: Pose | None, image: Path, right: Path) -> Frame:
        """Render a frame; write its image to `image`, a stereo pair's second image to `right`; return the rest.

        Flow leads to the pose `following`, to whose time the scene is set; without that pose it is undefined. A frame
        with motion blur has all its ground truth at the middle of its shutter.
        """
        try:
            return self._render(frame, pose, following, image, right)
        finally:
            self._leave_shutter(pose)

    def _render(self, frame: int, pose: Pose, following: Pose | None, image: Path, right: Path) -> Frame:
        camera = self._aim(pose)
        flash = self._flash.fire(camera, self._job.own_seed, frame) if self._flash else None
        self._scene.cycles.seed = (self._job.own_seed + frame) % 2**31
        self._scene.render.filepath = compat.literal(image)
        if self._needs_two_renders(camera):
            self._set_truth(False)
            with self._lit():
                bpy.ops.render.render(write_still=True, scene=self._scene.name)
            with self._sharp(camera):
                bpy.ops.render.render(write_still=False, scene=self._scene.name)
        else:
            self._set_truth(True)
            bpy.ops.render.render(write_still=True, scene=self._scene.name)
        view = self._view(camera)
        raw = self._read_raw()
        if self._lamps:
            self._clear_lamps(raw, view)
        made = self._make_arrays(raw, view)
        told = {"frame": frame, "K": view.intrinsics.tolist(), "camera_to_world": self._in_metres(view.to_world)}
        if "stereo" in self._needs:
            told["right_to_world"] = self._render_right(camera, right)
        told["seed"] = self._job.own_seed
        if flash is not None:
            told["flash"] = flash
        table = self.instances().table if "instances" in self._needs else []
        objects = self._measure(made["instances"], view, camera) if "objects" in self._needs else None
        no_flow: list[str] = []
        if "flow" in self._needs:
            made["flow"], no_flow = self._find_flow(raw, made["instances"], view, following)
        return Frame(made, told, pose.time, objects, no_flow, table)

    def render_image(self, frame: int, pose: Pose, image: Path) -> None:
        """Render a frame's image alone, without ground truth, and write it to `image`."""
        self._aim(pose)
        self._scene.cycles.seed = (self._job.own_seed + frame) % 2**31
        self._scene.render.filepath = compat.literal(image)
        self._set_truth(False)
        with self._lit():
            bpy.ops.render.render(write_still=True, scene=self._scene.name)
        self._leave_shutter(pose)

    def _render_right(self, camera: bpy.types.Object, image: Path) -> list[list[float]]:
        """Render the image of a camera to the right of this one, and return its pose in metres."""
        self._right.parent, self._right.data = camera, camera.data
        scale = float(np.linalg.norm(np.array(camera.matrix_world)[:3, 0]))
        self._right.location = (self._job.baseline / self._unit_scale / scale, 0.0, 0.0)
        self._set_truth(False)
        self._scene.camera = self._right
        self._scene.render.filepath = compat.literal(image)
        try:
            with self._lit():
                bpy.ops.render.render(write_still=True, scene=self._scene.name)
            self._view_layer.update()
            return self._in_metres(self._view(self._right).to_world)
        finally:
            self._scene.camera = camera

    def meter(self, pose: Pose, world: bool = False, denoise: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """Return linear luminance before any exposure, and opacity, both (N,) float64, of a small render's pixels.

        Without `world`, the world behind what is seen is clear and black, also through glass. Without `denoise`, there
        is noise, but no light that a denoiser makes out of nothing.
        """
        scene, render = self._scene, self._scene.render
        self._aim(pose)
        self._set_truth(False)
        path = self._folder / "meter.exr"
        settings: list[tuple[Any, str, Any]] = [
            (render, "resolution_x", METERED_WIDTH),
            (render, "resolution_y", max(1, round(METERED_WIDTH * self._job.size[1] / self._job.size[0]))),
            (render, "filepath", compat.literal(path)),
            (render, "film_transparent", not world),
            (scene.cycles, "film_transparent_glass", not world),
            (scene.cycles, "use_denoising", scene.cycles.use_denoising and denoise),
            (scene.cycles, "samples", METERED_SAMPLES),
            (scene.cycles, "light_sampling_threshold", 0.0),
            (render.image_settings, "file_format", "OPEN_EXR"),
            (render.image_settings, "color_mode", "RGBA"),
            (render.image_settings, "color_depth", "32"),
        ]
        kept = [(owner, name, getattr(owner, name)) for owner, name, _ in settings]
        try:
            for owner, name, value in settings:
                setattr(owner, name, value)
            with self._lit():
                bpy.ops.render.render(write_still=True, scene=scene.name)
        finally:
            for owner, name, value in kept:
                setattr(owner, name, value)
            self._leave_shutter(pose)
        pixels = read_image(path, 4).reshape(-1, 4).astype(np.float64)
        light = pixels[:, :3] if self._to_rec709 is None else pixels[:, :3] @ self._to_rec709.T
        return np.nan_to_num(light @ LUMINANCE, posinf=0.0), pixels[:, 3]

    def has_lamps(self) -> bool:
        """Tell whether any lamp of the scene is on."""
        shown = (instance.object.data for instance in self._view_layer.depsgraph.object_instances)
        return any(isinstance(data, bpy.types.Light) and data.energy > 0 for data in shown)

    def _aim(self, pose: Pose) -> bpy.types.Object:
        self._set_time(pose.time + self._shutter_middle)
        camera = self._scene.objects[pose.camera] if pose.camera else self._camera
        if not pose.camera:
            camera.matrix_world = pose.matrix.T.tolist()
            camera.data.sensor_fit = "HORIZONTAL"
            camera.data.angle = math.radians(pose.fov)
        self._scene.camera = camera
        self._view_layer.update()
        return camera

    def _set_time(self, time: float) -> None:
        if abs(self._scene.frame_float - time) > 1e-4:
            self._scene.frame_set(math.floor(time), subframe=time % 1.0)

    def _leave_shutter(self, pose: Pose) -> None:
        """Set the scene back to a pose's own time, at which poses are found."""
        if self._shutter_middle:
            self._set_time(pose.time)

    def _view(self, camera: bpy.types.Object) -> View:
        """Return a camera as the evaluated scene has it, in scene units."""
        depsgraph = self._view_layer.depsgraph
        to_world = cameras.camera_matrix(camera, depsgraph) @ cameras.OPENCV_FROM_BLENDER
        return View(cameras.intrinsics(camera, depsgraph, *self._job.size), to_world)

    def _in_metres(self, to_world: np.ndarray) -> list[list[float]]:
        return [[*row[:3], row[3] * self._unit_scale] for row in to_world[:3].tolist()] + [[0.0, 0.0, 0.0, 1.0]]

    def _needs_two_renders(self, camera: bpy.types.Object) -> bool:
        """Return whether the image's render cannot also give the ground truth.

        Reasons are passes that only a single sample gives exactly, rays that scatter before they hit, and EEVEE, which
        has no index passes.
        """
        scatter = camera.data.dof.use_dof or self._scene.render.use_motion_blur or self._volumes
        return len(self._raw) > len(RAW) or scatter or self._job.look.eevee

    def _set_truth(self, on: bool) -> None:
        for writer in self._writers:
            writer.mute = not on

    @contextmanager
    def _lit(self) -> Iterator[None]:
        """Have images rendered by the engine that the job's quality is for."""
        render = self._scene.render
        kept = render.engine
        if self._job.look.eevee:
            render.engine = compat.eevee_id(self._scene)  # type: ignore[assignment]
        try:
            yield
        finally:
            render.engine = kept

    @contextmanager
    def _sharp(self, camera: bpy.types.Object) -> Iterator[None]:
        """Make renders one sample of ground truth: no depth of field, no motion blur, no volumes."""
        render, cycles = self._scene.render, self._scene.cycles
        kept = render.use_motion_blur, cycles.samples, cycles.max_bounces, cycles.use_denoising, camera.data
        lens = camera.data.copy()  # without animation, which would switch depth of field on again
        lens.animation_data_clear()
        lens.dof.use_dof = False
        render.use_motion_blur, cycles.samples, cycles.max_bounces, cycles.use_denoising = False, 1, 0, False
        camera.data = lens
        self._set_truth(True)
        try:
            with without_volumes(self._view_layer.depsgraph), lamps.unlit(self._lamps):
                yield
        finally:
            render.use_motion_blur, cycles.samples, cycles.max_bounces, cycles.use_denoising, camera.data = kept
            bpy.data.cameras.remove(lens)

    def _read_raw(self) -> dict[str, np.ndarray]:
        """Return the passes of the last render by their output's name, (H, W) or, of colours, (H, W, 3) float32."""
        raw = {}
        for output in self._raw:
            image = read_image(next(self._folder.glob(f"{output.name}*.exr"), None))
            raw[output.name] = image if output.source in compositing.IN_COLOR else image[..., 0]
        return raw

    def _clear_lamps(self, raw: dict[str, np.ndarray], view: View) -> None:
        """Empty passes where the image shows a lamp, which has no label."""
        shine = raw.pop("lamps")
        lamp = lamps.in_front(shine, raw["depth"], view, self._view_layer.depsgraph, self._lamps)
        for name, values in raw.items():
            values[lamp] = NOTHING if name == "depth" else 0

    def _make_arrays(self, raw: dict[str, np.ndarray], view: View) -> dict[str, np.ndarray]:
        """Return the ground truth of a frame that its passes give, as it is stored."""
        rendered = Rendered(
            raw, self._object_ids, self._material_ids, view, self._unit_scale, self.instances, self._to_rec709
        )
        wanted = {*ground_truth.ALWAYS, *self._needs}
        return {kind: make(rendered) for kind, make in arrays.MAKERS.items() if kind in wanted}

    def _measure(self, ids: np.ndarray, view: View, camera: bpy.types.Object) -> list[dict[str, Any]]:
        """Return the boxes, visibility and pose of each instance that a frame shows."""
        instances, result = self.instances(), []
        for number, seen in boxes.extents(ids).items():
            row, member = instances.table[number - 1], instances.members[number - 1]
            told = {"id": number, "object": row["object"], "category_id": self._ids.get(row["label"], UNLABELLED)}
            shape, near = instances.shape(member), camera.data.clip_start
            told |= boxes.describe(shape, member.copy.matrix, seen, view, self._job.size, near, self._unit_scale)
            told |= self._models.describe(instances, member, told, view, self._view_layer.depsgraph)
            result.append(told)
        return result

    def _find_flow(
        self, raw: dict[str, np.ndarray], ids: np.ndarray, now: View, following: Pose | None
    ) -> tuple[np.ndarray, list[str]]:
        """Return flow to the following pose as it is stored, and the names of objects without flow."""
        if following is None:
            return np.zeros((*ids.shape, 3), np.uint16), []
        before, time = self.instances(), self._scene.frame_float
        then = self._view(self._aim(following))
        motions = before.motions(self.instances()) if self._scene.frame_float != time else {}
        distance = np.where(raw["depth"] < SKY, raw["depth"].astype(np.float64), 0)
        lost = [number for number in np.unique(ids).tolist() if number in motions and motions[number] is None]
        names = sorted({before.table[number - 1]["object"] for number in lost})
        return motion.encode(motion.flow(distance, ids, motions, now, then)), names


def read_image(path: Path | None, channels: int = 3) -> np.ndarray:
    """Read an image that Blender wrote, (H, W, channels) float32, first row on top, as it is stored, and delete it."""
    try:
        if path is None:
            raise RuntimeError
        image = bpy.data.images.load(str(path))
    except RuntimeError:
        raise _incomplete() from None
    image.colorspace_settings.is_data = True  # else they are converted from a default colour space
    try:
        pixels = np.empty(image.size[0] * image.size[1] * image.channels, np.float32)
        if not pixels.size:  # a file without content opens as an image without pixels
            raise _incomplete()
        image.pixels.foreach_get(pixels)
        return pixels.reshape(image.size[1], image.size[0], image.channels)[::-1, :, :channels]
    finally:
        bpy.data.images.remove(image)
        path.unlink()


def _incomplete() -> OSError:
    """Return the error of a file that Blender did not write whole; Blender itself does not report a full disk."""
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
