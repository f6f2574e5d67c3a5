"""Export folders of images and masks, for mmsegmentation, Hugging Face datasets and whoever reads pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from sweepset import taxonomy
from sweepset.errors import SweepsetError
from sweepset.taxonomy import MAX_ID, Taxonomy

from .selection import Selection

IGNORED = 255
"""The value of unlabelled pixels in a mask of train ids."""
EMPTY = 16
"""The value of unlabelled pixels in the 16-class form."""


def write(selection: Selection, folder: Path) -> None:
    """Write masks of train ids, from 0 in the taxonomy's order; unlabelled pixels are 255."""
    if len(selection.taxonomy) > IGNORED:
        raise SweepsetError(
            f"taxonomy {selection.taxonomy.name} has {len(selection.taxonomy)} categories; 8-bit masks hold {IGNORED}: "
            "pass --taxonomy with fewer, leave some out with --ignore, or export webdataset"
        )
    train_ids = {category.id: number for number, category in enumerate(selection.taxonomy)}
    _write(selection, folder, selection.taxonomy, train_ids, IGNORED)


def write_nyu16(selection: Selection, folder: Path) -> None:
    """Write masks of the original experiment's 16 classes, 0 to 15; unlabelled pixels are 16."""
    kinds = taxonomy.load("syntrain16")
    _write(selection, folder, kinds, {category.id: category.id - 1 for category in kinds}, EMPTY)


def _write(selection: Selection, folder: Path, kinds: Taxonomy, train_ids: Mapping[int, int], nothing: int) -> None:
    table = np.full(MAX_ID + 1, nothing, np.uint8)
    for category in selection.taxonomy:
        table[category.id] = train_ids[category.id]
    for split in selection.counts:
        images, masks = folder / split / "images", folder / split / "masks"
        images.mkdir(parents=True)
        masks.mkdir()
        rows = []
        for sample in selection.samples(split):
            image = sample.place_image(images)
            mask = f"{sample.name}.png"
            (masks / mask).write_bytes(cv2.imencode(".png", table[sample.label])[1].tobytes())
            rows.append(
                {
                    "file_name": f"images/{image}",
                    "mask_file_name": f"masks/{mask}",
                    "dataset": sample.dataset.name,
                    "frame": sample.frame.number,
                }
            )
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
        (folder / split / "metadata.jsonl").write_text(text, encoding="ascii")
    classes = {
        "classes": [category.name for category in kinds],
        "palette": [list(category.color) for category in kinds],
        "mask_values": list(range(len(kinds))),
        "ignore_index": nothing,
        "category_ids": [category.id for category in kinds],
        "taxonomy": kinds.to_json(),
    }
    (folder / "classes.json").write_text(json.dumps(classes, indent=1), encoding="ascii")
