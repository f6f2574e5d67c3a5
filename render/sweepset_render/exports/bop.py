"""Export 6D poses in the form of the BOP benchmark: scenes, masks, depth, and models in millimetres.

https://github.com/thodan/bop_toolkit/blob/master/docs/bop_datasets_format.md
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from sweepset import boxes, model_files
from sweepset.errors import SweepsetError

from ..datasets import models
from ..datasets.models import Model
from . import splits
from .selection import Sample, Selection, broken

MILLIMETRES = 1000.0
NEAR = 0.02
"""Metres from the camera from which on things are rendered."""


def write(selection: Selection, folder: Path) -> None:
    """Write models/, and for each split a folder of a scene for each room: rgb, depth, masks, poses and cameras."""
    known = _Known(folder / "models")
    first = None
    for split in selection.counts:
        rooms = groupby(selection.samples(split), lambda sample: splits.unit(sample.dataset, sample.frame))
        for number, (_, samples) in enumerate(rooms):
            scene = _Scene(folder / split / f"{number:06d}", known)
            for image, sample in enumerate(samples):
                scene.add(image, sample)
                first = first or sample
            scene.write()
    assert first is not None
    known.write()
    if not known.numbers:
        raise SweepsetError(
            "--to bop: no thing in these datasets is a copy of a model: render some with `--models DIR` or the scene "
            "solids, and `--with objects`"
        )
    height, width = first.label.shape
    lens = _intrinsics(first)
    told = {"fx": lens[0, 0], "fy": lens[1, 1], "cx": lens[0, 2], "cy": lens[1, 2], "depth_scale": 1.0}
    _write(folder / "camera.json", {**told, "width": width, "height": height})


class _Known:
    """The models that were met, numbered from 1 in the order in which images show them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.numbers: dict[str, int] = {}
        self._models: dict[str, Model] = {}
        self._info: dict[int, dict[str, Any]] = {}
        folder.mkdir()

    def find(self, sample: Sample, key: str) -> tuple[int, Model]:
        """Return a model and its number, and write its mesh if it is new."""
        if key not in self.numbers:
            model = models.read(sample.dataset.folder, key)
            number = len(self.numbers) + 1
            points = model.shape.vertices * MILLIMETRES
            mesh = model_files.encode(points, model.shape.triangles)
            (self._folder / f"obj_{number:06d}.ply").write_bytes(mesh)
            self.numbers[key], self._models[key], self._info[number] = number, model, _describe(model, points)
        return self.numbers[key], self._models[key]

    def write(self) -> None:
        """Write models_info.json."""
        _write(self._folder / "models_info.json", {str(number): told for number, told in self._info.items()})


class _Scene:
    """A folder of images of one room."""

    def __init__(self, folder: Path, known: _Known) -> None:
        self._folder, self._known = folder, known
        self._cameras: dict[str, Any] = {}
        self._poses: dict[str, list[dict[str, Any]]] = {}
        self._facts: dict[str, list[dict[str, Any]]] = {}
        for kind in ("rgb", "depth", "mask", "mask_visib"):
            (folder / kind).mkdir(parents=True)

    def add(self, image: int, sample: Sample) -> None:
        """Write an image with its depth and masks, and keep its poses."""
        sample.place_image(self._folder / "rgb", f"{image:06d}")
        depth = sample.frame.read("depth")
        _draw(self._folder / "depth" / f"{image:06d}.png", depth)
        world_to_camera = np.linalg.inv(sample.frame.camera.camera_to_world)
        self._cameras[str(image)] = {
            "cam_K": _intrinsics(sample).ravel().tolist(),
            "cam_R_w2c": world_to_camera[:3, :3].ravel().tolist(),
            "cam_t_w2c": (world_to_camera[:3, 3] * MILLIMETRES).tolist(),
            "depth_scale": 1.0,
        }
        poses, facts = self._poses.setdefault(str(image), []), self._facts.setdefault(str(image), [])
        for position, (entry, seen) in enumerate(_copies(sample)):
            number, model = self._known.find(sample, entry["model"])
            pose = np.array(entry["object_to_camera"])
            poses.append(
                {
                    "cam_R_m2c": pose[:3, :3].ravel().tolist(),
                    "cam_t_m2c": (pose[:3, 3] * MILLIMETRES).tolist(),
                    "obj_id": number,
                }
            )
            shape = boxes.Shape(model.shape.vertices, model.shape.triangles)
            size = (seen.shape[1], seen.shape[0])
            alone = boxes.silhouette(shape, pose, sample.frame.camera.K, size, NEAR)
            whole = alone.mask | seen  # the renderer and this may differ by a pixel at edges
            facts.append(
                {
                    "bbox_obj": list(alone.box),
                    "bbox_visib": entry["bbox"],
                    "px_count_all": max(alone.area, int(seen.sum())),
                    "px_count_valid": int((depth[whole] > 0).sum()),
                    "px_count_visib": int(seen.sum()),
                    "visib_fract": int(seen.sum()) / max(alone.area, int(seen.sum())),
                }
            )
            for kind, mask in (("mask", whole), ("mask_visib", seen)):
                _draw(self._folder / kind / f"{image:06d}_{position:06d}.png", 255 * mask.astype(np.uint8))

    def write(self) -> None:
        """Write the scene's three files of JSON."""
        for name, told in (("camera", self._cameras), ("gt", self._poses), ("gt_info", self._facts)):
            _write(self._folder / f"scene_{name}.json", told)


def _copies(sample: Sample) -> Iterator[tuple[Mapping[str, Any], np.ndarray]]:
    """Yield what is told of each thing that is a copy of a model, and its visible pixels, (H, W) bool."""
    objects = sample.frame.objects
    for segment in sample.segments:
        if not segment.category.isthing:
            continue
        entry = objects.get(segment.number)
        if entry is None:
            raise broken(sample.frame, f"its objects lack instance {segment.number}")
        if "model" in entry:
            seen = np.zeros(sample.label.size, bool)
            seen[segment.pixels] = True
            yield entry, seen.reshape(sample.label.shape, order="F")


def _describe(model: Model, points: np.ndarray) -> dict[str, Any]:
    """Return a model's entry in models_info.json; `points` are its vertices in millimetres."""
    low, high = points.min(0).astype(float), points.max(0).astype(float)
    told: dict[str, Any] = {"diameter": models.diameter(points)}
    told |= {f"min_{axis}": value for axis, value in zip("xyz", low.tolist(), strict=True)}
    told |= {f"size_{axis}": value for axis, value in zip("xyz", (high - low).tolist(), strict=True)}
    if model.discrete:
        told["symmetries_discrete"] = [_in_millimetres(one).ravel().tolist() for one in model.discrete]
    if model.continuous:
        told["symmetries_continuous"] = [
            {"axis": list(one["axis"]), "offset": [MILLIMETRES * value for value in one["offset"]]}
            for one in model.continuous
        ]
    return {**told, "name": model.name}


def _in_millimetres(matrix: np.ndarray) -> np.ndarray:
    """Return a rotation about a point, (4, 4) in metres, in millimetres."""
    found = matrix.copy()
    found[:3, 3] *= MILLIMETRES
    return found


def _intrinsics(sample: Sample) -> np.ndarray:
    """Return K with the centre of the first pixel at 0, as the benchmark has it; ours is at 0.5."""
    lens = sample.frame.camera.K.copy()
    lens[:2, 2] -= 0.5
    return lens


def _draw(path: Path, array: np.ndarray) -> None:
    path.write_bytes(cv2.imencode(".png", array)[1].tobytes())


def _write(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, indent=1), encoding="ascii")
