"""Describe an instance by its model: which it is, and where its keypoints are; write the model's files once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ... import boxes, files, model_files, models
from ...motion import View
from ..instances import Instances, Member
from ..rays import Rays

NEAR = 0.002
"""Metres before a keypoint, which lies on or in a surface, within which a surface does not hide it."""


class Models:
    """The models of a scene, whose files are written into a folder as frames show them."""

    def __init__(self, folder: Path, unit_scale: float) -> None:
        self._folder, self._unit_scale = folder / model_files.FOLDER, unit_scale
        self._keys: dict[tuple[Any, ...], tuple[str, dict[str, list[float]]]] = {}
        self._rays: Rays | None = None

    def forget_surfaces(self) -> None:
        """Note that the scene changed."""
        self._rays = None

    def describe(
        self, instances: Instances, member: Member, told: dict[str, Any], view: View, depsgraph: bpy.types.Depsgraph
    ) -> dict[str, Any]:
        """Return `model` and `keypoints` of an instance as in `objects/000000.json`; nothing if it is of no model.

        `told` has its `object_to_camera`.
        """
        item = bpy.data.objects.get(member.copy.name)
        if item is None or not item.get(models.MODEL_KEY):
            return {}
        key, keypoints = self._find(item, instances, member)
        if not keypoints:
            return {"model": key}
        pose = np.array(told["object_to_camera"])
        placed = model_files.place_keypoints(keypoints, pose, view.intrinsics)
        for row in placed.values():
            row["visible"] = row["pixel"] is not None and self._is_seen(np.array(row["point"]), view, depsgraph)
        return {"model": key, "keypoints": placed}

    def _find(self, item: bpy.types.Object, instances: Instances, member: Member) -> tuple[str, dict[str, list[float]]]:
        """Return the key of an instance's model and its keypoints in metres, and write the model's files if new."""
        stretch = boxes.stretch(member.copy.matrix) * self._unit_scale
        name, symmetry = str(item[models.MODEL_KEY]), str(item.get(models.SYMMETRY_KEY, ""))
        given = str(item.get(models.KEYPOINTS_KEY, "") or "{}")
        known = (name, symmetry, given, member.copy.mesh, member.parts, stretch.tobytes())
        if known not in self._keys:
            shape = instances.shape(member)
            keypoints = {key: (stretch @ np.array(at)).tolist() for key, at in json.loads(given).items()}
            own = model_files.Shape(shape.vertices @ stretch.T, shape.triangles)
            key, ply, facts = model_files.files(name, own, symmetry, keypoints)
            files.make_folder(self._folder)
            files.write(self._folder / f"{key}.ply", ply)
            files.write(self._folder / f"{key}.json", facts)
            self._keys[known] = key, keypoints
        return self._keys[known]

    def _is_seen(self, point: np.ndarray, view: View, depsgraph: bpy.types.Depsgraph) -> bool:
        """Return whether nothing is between the camera and a point in its axes, (3,) in metres."""
        if self._rays is None:
            self._rays = Rays(depsgraph)
        distance = float(np.linalg.norm(point))
        ray = view.to_world[:3, :3] @ (point / distance)
        reach = (distance - NEAR) / self._unit_scale
        return reach <= 0 or self._rays.cast(view.to_world[:3, 3], ray, reach)[1] is None
