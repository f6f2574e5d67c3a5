"""Render one frame in Blender: the image to a file, the ground truth as arrays."""

from __future__ import annotations

import errno
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from . import cameras, compat, compositing, dataset, passes, preparation
from .compositing import Output
from .errors import SweepsetError
from .instances import MAX_INSTANCES, Indexed, Instances, evaluate, number_objects, visible
from .job import Job
from .sweeps import Pose
from .taxonomy import UNLABELLED

RAW = (
    Output("object", "Object Index", "OPEN_EXR", 32),
    Output("material", "Material Index", "OPEN_EXR", 32),
    Output("depth", "Depth", "OPEN_EXR", 32),
)
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Weights of linear red, green, blue: Rec. ITU-R BT.709."""
USUAL_LUMINANCE = (0.03, 0.8)
"""Log-average luminances that are left as the scene's author exposed them."""
BEST_LUMINANCE = (0.1, 0.4)
"""Log-average luminances that a scene is brought to from below and from above the usual ones."""
NO_LIGHT = 1e-4
"""A scene whose log-average luminance is below this, at its author's exposure, has no light to speak of."""


@dataclass(frozen=True)
class Frame:
    """What was rendered: arrays by kind, (H, W) uint16, and the camera as `cameras.json` has it."""

    arrays: dict[str, np.ndarray]
    camera: dict[str, Any]
    time: int


class Capture:
    """A scene ready to render frames of a job."""

    def __init__(
        self,
        scene: bpy.types.Scene,
        view_layer: bpy.types.ViewLayer,
        job: Job,
        ids: dict[str, int],
        unit: float,
        folder: Path,
    ) -> None:
        self._scene, self._view_layer, self._job, self._unit = scene, view_layer, job, unit
        self._folder = folder
        self._indexed = Indexed()
        passes.write_material_indices(self._indexed.material_number)
        number_objects(self._indexed)
        self._object_ids = np.array([ids.get(name, UNLABELLED) for name in self._indexed.categories], np.uint16)
        self._material_ids = np.array([ids.get(name, UNLABELLED) for name in self._indexed.names], np.uint16)
        self._writers = compositing.set_up(scene, view_layer, RAW, folder)
        self._camera = bpy.data.objects.new("Sweepset camera", bpy.data.cameras.new("Sweepset camera"))
        scene.collection.objects.link(self._camera)
        scene.camera = self._camera
        self._camera.data.clip_start, self._camera.data.clip_end = 0.02 / unit, 1000.0 / unit
        self._volumes = preparation.clear_volumes()
        self._instances: Instances | None = None
        self._shown: list[object] = []

    def instances(self) -> Instances:
        """Return the instances of the scene at its present time."""
        self._view_layer.update()
        shown = self._what_is_shown()
        if self._instances is None or shown != self._shown:
            found: list[Instances] = []
            evaluate(self._scene, lambda depsgraph: found.append(Instances(depsgraph, self._indexed)))
            if not found:
                raise SweepsetError("Blender did not evaluate the scene for a render; see its log")
            self._instances, self._shown = found[0], shown
            count = len(found[0].table)
            if count > MAX_INSTANCES:
                raise SweepsetError(
                    f"the scene has {count} instances; a 16-bit instance map tells {MAX_INSTANCES} apart: "
                    "render with --without instances"
                )
        return self._instances

    def _what_is_shown(self) -> list[object]:
        """Return what tells whether anything moved, changed shape or came and went since the last frame."""
        hidden = [item.hide_render for item in bpy.data.objects]
        shown = [
            (i.object.name_full, np.array(i.matrix_world).tobytes(), *(tuple(c) for c in i.object.bound_box))
            for i in visible(self._view_layer.depsgraph)
        ]
        return [hidden, shown]

    def render(self, frame: int, pose: Pose, image: Path) -> Frame:
        """Render a frame; write the image to `image` and return the rest."""
        camera = self._aim(pose)
        self._scene.cycles.seed = (self._job.seed + frame) % 2**31
        self._scene.render.filepath = compat.literal(image)
        if self._needs_two_renders(camera):
            self._set_truth(False)
            bpy.ops.render.render(write_still=True, scene=self._scene.name)
            with self._sharp(camera):
                bpy.ops.render.render(write_still=False, scene=self._scene.name)
        else:
            self._set_truth(True)
            bpy.ops.render.render(write_still=True, scene=self._scene.name)
        arrays = self._read_truth(camera)
        world = cameras.camera_matrix(camera, self._view_layer.depsgraph)
        world[:3, 3] *= self._unit
        return Frame(
            arrays,
            {
                "frame": frame,
                "K": self._intrinsics(camera).tolist(),
                "camera_to_world": (world @ cameras.OPENCV_FROM_BLENDER).tolist(),
                "seed": self._job.seed,
            },
            self._scene.frame_current,
        )

    def meter(self, pose: Pose) -> float:
        """Return the log-average luminance of a small render of a pose, at the scene's exposure."""
        scene, render = self._scene, self._scene.render
        self._aim(pose)
        self._set_truth(False)
        path = self._folder / "meter.exr"
        kept = {
            (owner, name): getattr(owner, name)
            for owner, name in (
                (render, "resolution_x"),
                (render, "resolution_y"),
                (render, "filepath"),
                (scene.cycles, "samples"),
                (render.image_settings, "file_format"),
                (render.image_settings, "color_mode"),
                (render.image_settings, "color_depth"),
            )
        }
        try:
            render.resolution_x, render.resolution_y = 64, max(1, round(64 * self._job.size[1] / self._job.size[0]))
            scene.cycles.samples = 16
            render.filepath = compat.literal(path)
            render.image_settings.file_format = "OPEN_EXR"
            render.image_settings.color_depth = "32"
            bpy.ops.render.render(write_still=True, scene=scene.name)
        finally:
            for (owner, name), value in kept.items():
                setattr(owner, name, value)
        luminance = _read_image(path) @ LUMINANCE * 2.0**scene.view_settings.exposure
        return float(np.exp(np.mean(np.log(np.maximum(luminance, 1e-6)))))

    def _aim(self, pose: Pose) -> bpy.types.Object:
        if self._scene.frame_current != pose.time:
            self._scene.frame_set(pose.time)
        camera = self._scene.objects[pose.camera] if pose.camera else self._camera
        if not pose.camera:
            camera.matrix_world = pose.matrix.T.tolist()
            camera.data.sensor_fit = "HORIZONTAL"
            camera.data.angle = math.radians(pose.fov)
        self._scene.camera = camera
        self._view_layer.update()
        return camera

    def _intrinsics(self, camera: bpy.types.Object) -> np.ndarray:
        return cameras.intrinsics(camera, self._view_layer.depsgraph, *self._job.size)

    def _needs_two_renders(self, camera: bpy.types.Object) -> bool:
        """Tell whether rays scatter on their way to the first surface, by blur or in a volume."""
        return camera.data.dof.use_dof or self._scene.render.use_motion_blur or any(self._volumes)

    def _set_truth(self, on: bool) -> None:
        for writer in self._writers:
            writer.mute = not on

    @contextmanager
    def _sharp(self, camera: bpy.types.Object) -> Iterator[None]:
        """Make renders one sample of ground truth: no depth of field, no motion blur, no volumes."""
        render, cycles = self._scene.render, self._scene.cycles
        kept = render.use_motion_blur, cycles.samples, cycles.use_denoising, camera.data
        lens = camera.data.copy()  # without animation, which would switch depth of field on again
        lens.animation_data_clear()
        lens.dof.use_dof = False
        links = [(link.from_socket, socket) for socket in self._volumes[0] for link in socket.links]
        render.use_motion_blur, cycles.samples, cycles.use_denoising, camera.data = False, 1, False, lens
        for _, socket in links:
            socket.id_data.links.remove(socket.links[0])  # type: ignore[attr-defined]
        for item in self._volumes[1]:
            item.hide_render = True
        self._set_truth(True)
        try:
            yield
        finally:
            render.use_motion_blur, cycles.samples, cycles.use_denoising, camera.data = kept
            bpy.data.cameras.remove(lens)
            for source, socket in links:
                socket.id_data.links.new(source, socket)  # type: ignore[attr-defined]
            for item in self._volumes[1]:
                item.hide_render = False

    def _read_truth(self, camera: bpy.types.Object) -> dict[str, np.ndarray]:
        raw = {}
        for output in RAW:
            raw[output.name] = _read_image(next(self._folder.glob(f"{output.name}*.exr"), None))[..., 0]
        objects, materials = (np.rint(raw[name]).astype(np.int32) for name in ("object", "material"))
        distance = raw["depth"]
        label = np.where(materials > 0, self._material_ids[materials], self._object_ids[objects])
        arrays = {"label": label.astype(np.uint16)}
        if "depth" in self._job.outputs:
            millimetres = np.rint(distance.astype(np.float64) * self._unit * 1000)
            arrays["depth"] = np.where(millimetres <= dataset.DEPTH_LIMIT, millimetres, 0).astype(np.uint16)
        if "instances" in self._job.outputs:
            inverse = np.linalg.inv(self._intrinsics(camera))
            world = cameras.camera_matrix(camera, self._view_layer.depsgraph) @ cameras.OPENCV_FROM_BLENDER
            width = self._job.size[0]

            def points(pixels: np.ndarray) -> np.ndarray:
                corner = np.stack([pixels % width + 0.5, pixels // width + 0.5, np.ones(len(pixels))], 1)
                return (corner @ inverse.T * distance.ravel()[pixels, None]) @ world[:3, :3].T + world[:3, 3]

            ids = self.instances().ids(objects, materials, points)
            arrays["instances"] = ids.reshape(label.shape)
        return arrays


def _read_image(path: Path | None) -> np.ndarray:
    """Read an EXR that Blender wrote, (H, W, 3) float32, first row on top, and delete it."""
    try:
        if path is None:
            raise RuntimeError
        image = bpy.data.images.load(str(path))
    except RuntimeError:
        raise OSError(errno.ENOSPC, "Blender wrote no whole file of passes; is the disk full?") from None
    try:
        pixels = np.empty(image.size[0] * image.size[1] * image.channels, np.float32)
        image.pixels.foreach_get(pixels)  # type: ignore[attr-defined]
        return pixels.reshape(image.size[1], image.size[0], image.channels)[::-1, :, :3]
    finally:
        bpy.data.images.remove(image)
        path.unlink()


def expose(scene: bpy.types.Scene, exposure: str, luminances: list[float]) -> float | None:
    """Set the scene's exposure in stops as the job says, and return by how much it changed, None for not at all."""
    if exposure == "keep":
        return None
    if exposure != "auto":
        scene.view_settings.exposure = float(exposure)
        return None
    luminance = max(float(np.median(luminances)), 1e-6)
    if USUAL_LUMINANCE[0] <= luminance <= USUAL_LUMINANCE[1]:
        return None
    before = scene.view_settings.exposure
    wanted = BEST_LUMINANCE[luminance > USUAL_LUMINANCE[1]]
    scene.view_settings.exposure = max(-10.0, min(10.0, before + math.log2(wanted / luminance)))
    return scene.view_settings.exposure - before


def light_up(capture: Capture, scene: bpy.types.Scene, poses: list[Pose], exposure: str) -> tuple[bool, float | None]:
    """Meter the poses, add light where there is none, and expose; return whether light was added and stops changed."""
    if exposure == "keep":
        return False, None
    luminances = [capture.meter(pose) for pose in poses]
    dark = max(luminances) < NO_LIGHT
    if dark:
        preparation.add_fill_light(scene)
        luminances = [capture.meter(pose) for pose in poses]
    return dark, expose(scene, exposure, luminances)
