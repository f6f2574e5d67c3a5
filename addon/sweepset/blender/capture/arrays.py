"""Make a frame's ground truth from the passes that Blender rendered: a function for each kind, arrays as stored.

The functions are found by their kind in MAKERS. Flow, boxes and stereo pairs need more than the passes of one render;
`capture` makes them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ... import dataset
from ...color import encode_srgb
from ...motion import View
from ..instances import Instances

SKY = 1e9
"""A depth of this many scene units or more is nothing."""
NOTHING = 1e10
"""The depth that Cycles writes for the sky."""


@dataclass(frozen=True)
class Rendered:
    """A render's passes, and the tables that turn them into ground truth.

    `passes` are (H, W) float32, or (H, W, 3) for colours and vectors, by `capture.raw_name`. `object_ids` and
    `material_ids` give the category id of each pass index; 0 for objects and materials without a label. `view` is in
    scene units, `unit_scale` metres in one of them. `instances` finds those of the scene's present time. `to_rec709` is
    `color_management.to_rec709()`.
    """

    passes: dict[str, np.ndarray]
    object_ids: np.ndarray
    material_ids: np.ndarray
    view: View
    unit_scale: float
    instances: Callable[[], Instances]
    to_rec709: np.ndarray | None

    @cached_property
    def objects(self) -> np.ndarray:
        """Pass indices of objects, (H, W) int32."""
        return np.rint(self.passes["object"]).astype(np.int32)

    @cached_property
    def materials(self) -> np.ndarray:
        """Pass indices of materials, (H, W) int32; 0 for a material without a label."""
        return np.rint(self.passes["material"]).astype(np.int32)

    @property
    def depth(self) -> np.ndarray:
        """Depth in scene units, (H, W) float32; SKY or more for nothing."""
        return self.passes["depth"]


def make_label(rendered: Rendered) -> np.ndarray:
    """Return category ids, (H, W) uint16: the material's label if it has one, otherwise the object's."""
    by_material, by_object = rendered.material_ids[rendered.materials], rendered.object_ids[rendered.objects]
    return np.where(rendered.materials > 0, by_material, by_object).astype(np.uint16)


def make_depth(rendered: Rendered) -> np.ndarray:
    """Return millimetres, (H, W) uint16; 0 for nothing and beyond 16 bits."""
    millimetres = np.rint(rendered.depth.astype(np.float64) * rendered.unit_scale * 1000)
    return np.where(millimetres <= dataset.DEPTH_LIMIT, millimetres, 0).astype(np.uint16)


def make_instances(rendered: Rendered) -> np.ndarray:
    """Return instance ids, (H, W) uint16."""
    lift = rendered.view.lift
    ids = rendered.instances().ids(rendered.objects, rendered.materials, lambda pixels: lift(rendered.depth, pixels))
    return ids.reshape(rendered.objects.shape)


def make_float_depth(rendered: Rendered) -> np.ndarray:
    """Return metres, (H, W) float32; 0 for nothing."""
    return np.where(rendered.depth < SKY, rendered.depth * np.float32(rendered.unit_scale), np.float32(0))


def make_normals(rendered: Rendered) -> np.ndarray:
    """Return normals in the camera's axes, (H, W, 3) uint16: 32768 + 32767 n, 0 for nothing."""
    normals = np.where((rendered.depth < SKY)[..., None], rendered.passes["normal"], 0)
    length = np.linalg.norm(normals, axis=2, keepdims=True)
    unit = normals @ rendered.view.to_world[:3, :3] / np.where(length > 0, length, 1)
    return np.where(length > 0, 32768 + np.rint(32767 * unit), 0).astype(np.uint16)


def make_albedo(rendered: Rendered) -> np.ndarray:
    """Return the share of light that comes back, (H, W, 3) uint8 sRGB."""
    passes = rendered.passes
    linear = passes["diffuse"] + passes["glossy"] + passes["transmission"]
    if rendered.to_rec709 is not None:
        linear = linear @ rendered.to_rec709.T
    return np.rint(255 * encode_srgb(np.clip(linear, 0, 1))).astype(np.uint8)


MAKERS: dict[str, Callable[[Rendered], np.ndarray]] = {
    "label": make_label,
    "depth": make_depth,
    "instances": make_instances,
    "depth-float": make_float_depth,
    "normals": make_normals,
    "albedo": make_albedo,
}
