"""The label map that a camera sees, rendered as a dataset's labels are, from a copy of the scene."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from .. import cameras, compat, compositing, labels, passes, preparation
from ..volumes import without_volumes
from . import capture, direct_render
from .arrays import SKY


@dataclass(frozen=True)
class LabelMap:
    """Labels of a view: `ids` of categories, (H, W) uint16, 0 unlabelled; `met`, (H, W) bool: the ray met a surface."""

    ids: np.ndarray
    met: np.ndarray

    @property
    def unlabelled(self) -> float:
        """Share of the pixels that show a surface without a label."""
        return float((self.met & (self.ids == 0)).mean())


def render(
    scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, camera: bpy.types.Object, size: tuple[int, int]
) -> LabelMap:
    """Render the labels that a camera sees, by one sample of Cycles; `size` is width and height.

    The user's scene, render result and data stay as they are. Labels outside the taxonomy count as none. Raise
    SweepsetError if an object is in Edit Mode, in which its labels cannot be read.
    """
    passes.refuse_edit_mode()
    with (
        _written(scene),
        _copy(scene, view_layer, camera, size) as copy,
        without_volumes(view_layer.depsgraph),
        tempfile.TemporaryDirectory(dir=bpy.app.tempdir) as folder,
    ):
        compositing.set_up(copy, copy.view_layers[view_layer.name], capture.RAW, folder)
        bpy.ops.render.render(write_still=False, scene=copy.name)
        raw = {
            output.name: capture.read_image(next(Path(folder).glob(f"{output.name}*.exr"), None))[..., 0]
            for output in capture.RAW
        }
    ids = np.where(raw["material"] > 0.5, raw["material"], raw["object"])
    return LabelMap(np.rint(ids).astype(np.uint16), raw["depth"] < SKY)


@contextmanager
def _written(scene: bpy.types.Scene) -> Iterator[None]:
    """Have the pass indices be the scene's categories."""
    owner = next((other for other in bpy.data.scenes if direct_render.is_set_up(other)), None)
    if owner is not None:  # they are, and stay
        direct_render.refresh(owner)
        yield
        return
    try:
        passes.write_categories(labels.taxonomy_of(scene))
        yield
    finally:
        passes.remove()


@contextmanager
def _copy(
    scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, camera: bpy.types.Object, size: tuple[int, int]
) -> Iterator[bpy.types.Scene]:
    """Make a copy of a scene that is fit to render labels, with a camera of its own."""
    lens = camera.data.copy()
    lens.animation_data_clear()  # which would switch depth of field on again
    lens.dof.use_dof = False
    eye = bpy.data.objects.new("Sweepset view", lens)
    eye.matrix_world = cameras.camera_matrix(camera, view_layer.depsgraph).T.tolist()
    try:
        with compat.scene_copy(scene) as copy:
            copy.collection.objects.link(eye)
            copy.camera = eye
            _settle(copy, copy.view_layers[view_layer.name], size)
            yield copy
    finally:
        bpy.data.objects.remove(eye)
        bpy.data.cameras.remove(lens)


def _settle(copy: bpy.types.Scene, view_layer: bpy.types.ViewLayer, size: tuple[int, int]) -> None:
    """Set all that a label map needs in a copy of a scene."""
    compat.clear_compositor(copy)
    for key in (compositing.STATE_KEY, direct_render.KEY):
        if key in copy:
            del copy[key]
    for marker in copy.timeline_markers:
        marker.camera = None
    for layer in copy.view_layers:
        layer.use = layer == view_layer
    for owner, name, value, _, _ in preparation.spoilers(copy, view_layer):
        setattr(owner, name, value)
    render, cycles = copy.render, copy.cycles
    render.engine = "CYCLES"  # type: ignore[assignment]
    render.resolution_x, render.resolution_y, render.resolution_percentage = *size, 100
    render.use_motion_blur = render.use_crop_to_border = render.use_sequencer = render.use_persistent_data = False
    render.use_file_extension = True
    cycles.device = "CPU"
    cycles.samples = 1
    cycles.use_denoising = cycles.use_adaptive_sampling = cycles.use_animated_seed = False
    cycles.time_limit = 0.0
    cycles.max_bounces = 0  # light is not looked at
    cycles.transparent_max_bounces = max(cycles.transparent_max_bounces, preparation.CLEAR_BOUNCES)
