"""Keypoints of the things of an export, by the names that a category's models give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sweepset import model_files

from ..datasets.dataset import Dataset
from .selection import Sample, Segment, Selection

UNKNOWN, HIDDEN, VISIBLE = 0, 1, 2
"""COCO's flags: not in the image; in it, behind something; seen."""


def names(selection: Selection) -> dict[int, tuple[str, ...]]:
    """Return the names of keypoints of each category that has any, by its id, in the order of the alphabet."""
    found: dict[int, set[str]] = {}
    for dataset, table in selection.tables():
        for frame in dataset if _has_any(dataset) else ():
            for entry in frame.objects.values() if frame.has("objects") else ():
                if points := entry.get("keypoints"):
                    found.setdefault(int(table[entry["category_id"]]), set()).update(points)
    return {category.id: tuple(sorted(found[category.id])) for category in selection.taxonomy if category.id in found}


def _has_any(dataset: Dataset) -> bool:
    """Return whether a dataset has models, which alone have keypoints."""
    return (dataset.folder / model_files.FOLDER).is_dir()


def objects_of(sample: Sample) -> Mapping[int, Mapping[str, Any]]:
    """Return what is told of a frame's objects by instance id; nothing if the frame does not tell."""
    return sample.frame.objects if sample.frame.has("objects") else {}


def flat(
    segment: Segment, objects: Mapping[int, Mapping[str, Any]], wanted: Sequence[str], size: tuple[int, int]
) -> list[float]:
    """Return x, y in pixels and COCO's flag of each wanted keypoint of a thing; 0, 0, 0 for one outside the image."""
    points = objects.get(segment.number, {}).get("keypoints", {})
    values: list[float] = []
    for name in wanted:
        row = points.get(name)
        x, y = (row and row["pixel"]) or (-1.0, -1.0)
        if 0 <= x < size[0] and 0 <= y < size[1]:
            values += [x, y, VISIBLE if row["visible"] else HIDDEN]
        else:
            values += [0, 0, UNKNOWN]
    return values
