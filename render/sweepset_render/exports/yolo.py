"""Export YOLO's forms in Ultralytics' layout: boxes, outlines, keypoints and oriented boxes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from sweepset.errors import SweepsetError

from . import keypoints, outlines
from .selection import Sample, Segment, Selection

BEYOND = 0.5
"""Pixels by which corners of an oriented box may be moved to the image's edge; readers refuse a place beyond it."""
Describe = Callable[[Sample, Segment, int, int], Sequence[float]]
"""Returns the numbers of a thing in an image of a width and a height."""


def write_boxes(selection: Selection, folder: Path) -> None:
    """Write a line for each thing: class, centre x and y, width, height, as shares of the image's."""

    _write(selection, folder, lambda _, segment, width, height: _box(segment, width, height))


def write_outlines(selection: Selection, folder: Path) -> None:
    """Write a line for each thing: class, then x and y of the corners of one polygon, as shares of the image's size."""

    def outline(_: Sample, segment: Segment, width: int, height: int) -> list[float]:
        polygon = outlines.join(outlines.trace(segment.mask())) + segment.box[:2]
        return (polygon / (width, height)).ravel().tolist()

    _write(selection, folder, outline)


def write_oriented(selection: Selection, folder: Path) -> None:
    """Write a line for each thing: class, then x and y of the corners of the smallest rectangle around its pixels.

    If that reaches beyond the image, it is the smallest upright one.
    """

    def corners(_: Sample, segment: Segment, width: int, height: int) -> list[float]:
        points = np.concatenate(outlines.trace(segment.mask())) + segment.box[:2]
        rectangle = cv2.boxPoints(cv2.minAreaRect(points.astype(np.float32)))
        inside = np.clip(rectangle, 0, (width, height))
        if np.abs(inside - rectangle).max() > BEYOND:
            x, y, w, h = segment.box
            inside = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
        found: list[float] = (inside / (width, height)).ravel().tolist()
        return found

    _write(selection, folder, corners)


def write_poses(selection: Selection, folder: Path) -> None:
    """Write a line for each thing: its box as in `write_boxes`, then x, y and COCO's flag of each keypoint.

    All categories have the keypoints of all; those that a thing's model lacks are 0.
    """
    names = tuple(sorted({name for own in keypoints.names(selection).values() for name in own}))
    if not names:
        raise SweepsetError(
            "--to yolo-pose: no thing in these datasets has keypoints: give a model empties named kp_*, and render "
            "with `--with objects`"
        )

    def pose(sample: Sample, segment: Segment, width: int, height: int) -> list[float]:
        flat = keypoints.flat(segment, keypoints.objects_of(sample), names, (width, height))
        shares = [value / (width, height, 1)[position % 3] for position, value in enumerate(flat)]
        return [*_box(segment, width, height), *shares]

    rows = [
        f"kpt_shape: [{len(names)}, 3]",
        "# keypoints, in this order:",
        *(f"# {json.dumps(name)}" for name in names),
    ]
    _write(selection, folder, pose, rows)


def _box(segment: Segment, width: int, height: int) -> list[float]:
    """Return centre x and y, width and height, as shares of the image's."""
    x, y, w, h = segment.box
    return [(x + w / 2) / width, (y + h / 2) / height, w / width, h / height]


def _write(selection: Selection, folder: Path, describe: Describe, further: Sequence[str] = ()) -> None:
    """Write images/SPLIT, labels/SPLIT and data.yaml; classes are numbered from 0 over the things of the taxonomy.

    `further` are lines of data.yaml.
    """
    things = [category for category in selection.taxonomy if category.isthing]
    if not things:
        raise SweepsetError(f"taxonomy {selection.taxonomy.name} has no things to detect: name another --taxonomy")
    classes = {category.id: number for number, category in enumerate(things)}
    for split in selection.counts:
        for kind in ("images", "labels"):
            (folder / kind / split).mkdir(parents=True)
        for sample in selection.samples(split):
            sample.place_image(folder / "images" / split)
            height, width = sample.label.shape
            lines = [
                " ".join(
                    [str(classes[s.category.id]), *(f"{value:.6f}" for value in describe(sample, s, width, height))]
                )
                for s in sample.segments
                if s.category.isthing
            ]
            text = "".join(f"{line}\n" for line in lines)
            (folder / "labels" / split / f"{sample.name}.txt").write_text(text, encoding="ascii")
    # Readers insist on val. A string of JSON is one of YAML, too.
    places = {split: f"images/{split}" for split in selection.counts}
    rows = [f"{split}: {place}" for split, place in {"val": places["train"], **places}.items()]
    names = [f"  {number}: {json.dumps(c.name, ensure_ascii=False)}" for number, c in enumerate(things)]
    (folder / "data.yaml").write_text("\n".join([*rows, *further, "names:", *names, ""]), encoding="utf-8")
