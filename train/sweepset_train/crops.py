"""Photos cut to their main thing, where a trained model sees it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from sweepset import files, outputs
from sweepset.errors import Failure, SweepsetError
from sweepset.host.pictures import read_image

from .photos import find
from .prediction import predict_photo
from .runs import Run

LISTED = "crops.json"
"""The file that says where in its photo each crop is, and in which photos nothing was found."""


def main_box(shares: np.ndarray, margin: float) -> tuple[int, int, int, int] | None:
    """Return left, top, right and bottom of the foreground (H, W), with a share of its longer side around it.

    Foreground is a share of 0.5 or more. The box ends at the photo's edge; None without foreground.
    """
    there = shares >= 0.5
    rows, columns = np.flatnonzero(there.any(1)), np.flatnonzero(there.any(0))
    if not len(rows):
        return None
    left, top, right, bottom = int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
    around = round(margin * max(right - left, bottom - top))
    height, width = shares.shape
    return max(0, left - around), max(0, top - around), min(width, right + around), min(height, bottom + around)


def crop_folder(
    run: Run,
    photos: Sequence[Path],
    out: Path,
    margin: float,
    checkpoint: str,
    device: torch.device,
    tell: Callable[[str], None] = lambda line: None,
) -> tuple[int, int]:
    """Write a JPEG of the main thing of each photo, and `crops.json`; return how many were cut and not found.

    Crops have the photos' names, below the same folders. Raise SweepsetError for bad input or a run whose task knows no
    main thing, and Failure, after all is written, if photos can't be read.
    """
    found, _ = find(photos, out)
    outputs.demand(out, "crops")
    model = run.load_answering(checkpoint).to(device)
    boxes: dict[str, list[int]] = {}
    missing, broken = [], []
    for photo in found:
        try:
            image = read_image(photo.path)
        except SweepsetError as error:
            tell(f"left out: {error}")
            broken.append(photo.name)
            continue
        shares = run.task.foreground(predict_photo(run, model, image, device))
        if shares is None:
            raise SweepsetError(
                f"task {run.task.name} of {str(run.folder)!r} finds no main thing: give a run of detection or masking"
            )
        box = main_box(shares, margin)
        if box is None:
            missing.append(photo.name)
            tell(f"nothing found: {photo.path}")
            continue
        left, top, right, bottom = box
        boxes[photo.name] = [*box]
        files.make_folder((out / photo.name).parent)
        with files.replacing(out / f"{photo.name}.jpg") as temporary:
            Image.fromarray(image[top:bottom, left:right]).save(temporary, quality=95)
    files.make_folder(out)
    files.write_json(out / LISTED, {"boxes": boxes, "not_found": missing, "unreadable": broken})
    if broken:
        raise Failure(f"{len(broken)} of {len(found)} photos can't be read, such as {broken[0]!r}; the others are done")
    return len(boxes), len(missing)
