"""Export COCO's instances and panoptic forms."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from pycocotools import mask as masks

import sweepset
from sweepset.errors import SweepsetError
from sweepset.taxonomy import Category

from . import keypoints
from .selection import Sample, Segment, Selection


def write_instances(selection: Selection, folder: Path) -> None:
    """Write images into FOLDER/SPLIT and annotations/instances_SPLIT.json with RLE masks."""
    categories = [category for category in selection.taxonomy if category.isthing or selection.options.stuff]
    if not categories:
        raise SweepsetError(f"taxonomy {selection.taxonomy.name} has no things to annotate: pass --stuff")
    images, annotations = count(1), count(1)
    points = keypoints.names(selection)
    for split in selection.counts:
        (folder / split).mkdir()
        data = _data(split, categories)
        for entry in data["categories"]:
            if entry["id"] in points:
                entry.update(keypoints=list(points[entry["id"]]), skeleton=[])
        for sample in selection.samples(split):
            image = _image(sample, next(images), folder / split)
            data["images"].append(image)
            objects = keypoints.objects_of(sample) if points else {}
            for segment in sample.segments:
                if segment.category in categories:
                    data["annotations"].append(
                        {
                            "id": next(annotations),
                            "image_id": image["id"],
                            **segment.to_json(),
                            "segmentation": _rle(segment, image["height"], image["width"]),
                            "instance_id": segment.number,
                            "object": segment.object,
                            **_keypoints(segment, objects, points, (image["width"], image["height"])),
                        }
                    )
        _write(folder, f"instances_{split}", data)


def _keypoints(
    segment: Segment,
    objects: Mapping[int, Mapping[str, Any]],
    points: Mapping[int, Sequence[str]],
    size: tuple[int, int],
) -> dict[str, Any]:
    """Return a thing's keypoints in COCO's words; nothing if its category has none."""
    if segment.category.id not in points:
        return {}
    flat = keypoints.flat(segment, objects, points[segment.category.id], size)
    return {"keypoints": flat, "num_keypoints": sum(flag > 0 for flag in flat[2::3])}


def write_panoptic(selection: Selection, folder: Path) -> None:
    """Write images into FOLDER/SPLIT, annotations/panoptic_SPLIT.json and its PNGs beside it."""
    images = count(1)
    for split in selection.counts:
        (folder / split).mkdir()
        pictures = folder / "annotations" / f"panoptic_{split}"
        pictures.mkdir(parents=True)
        data = _data(split, selection.taxonomy)
        for category, entry in zip(selection.taxonomy, data["categories"], strict=True):
            entry.update(isthing=int(category.isthing), color=list(category.color))
        for sample in selection.samples(split):
            image = _image(sample, next(images), folder / split)
            data["images"].append(image)
            numbers = np.zeros(image["height"] * image["width"], np.uint32)
            for segment in sample.segments:
                numbers[segment.pixels] = segment.number
            numbers = numbers.reshape(image["height"], image["width"], order="F")
            blue_green_red = np.stack([numbers >> 16, numbers >> 8 & 255, numbers & 255], 2).astype(np.uint8)
            (pictures / f"{sample.name}.png").write_bytes(cv2.imencode(".png", blue_green_red)[1].tobytes())
            data["annotations"].append(
                {
                    "image_id": image["id"],
                    "file_name": f"{sample.name}.png",
                    "segments_info": [{"id": segment.number, **segment.to_json()} for segment in sample.segments],
                }
            )
        _write(folder, f"panoptic_{split}", data)


def _data(split: str, categories: Iterable[Category]) -> dict[str, Any]:
    return {
        "info": {"description": f"{split}, made by Sweepset", "version": sweepset.__version__},
        "licenses": [],
        "categories": [{"id": c.id, "name": c.name, "supercategory": c.supercategory} for c in categories],
        "images": [],
        "annotations": [],
    }


def _image(sample: Sample, number: int, folder: Path) -> dict[str, Any]:
    height, width = sample.label.shape
    name = sample.place_image(folder)
    origin = {"dataset": sample.dataset.name, "frame": sample.frame.number}
    return {"id": number, "file_name": name, "width": width, "height": height, **origin}


def _rle(segment: Segment, height: int, width: int) -> dict[str, Any]:
    """Return COCO's compressed run-length encoding, its counts as text."""
    gaps = np.flatnonzero(np.diff(segment.pixels) > 1)
    starts = segment.pixels[np.r_[0, gaps + 1]]
    ends = segment.pixels[np.r_[gaps, -1]] + 1
    edges = np.stack([starts, ends], 1).ravel()
    runs = np.diff(np.r_[0, edges, height * width])
    encoded = masks.frPyObjects({"size": [height, width], "counts": runs.tolist()}, height, width)
    return {"size": [height, width], "counts": encoded["counts"].decode("ascii")}


def _write(folder: Path, name: str, data: dict[str, Any]) -> None:
    """Write JSON in ASCII, which readers of any encoding read correctly."""
    place = folder / "annotations" / f"{name}.json"
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps(data), encoding="ascii")
