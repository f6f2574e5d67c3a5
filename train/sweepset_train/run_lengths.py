"""Masks as runs of pixels in a table, as the Carvana challenge took them and published those of its training photos.

A run is its first pixel, counted from 1, and its length. In the challenge's own train_masks.csv, pixels are counted
row by row (`rows`); other challenges, and pycocotools, count column by column (`columns`).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from sweepset import files, png
from sweepset.errors import SweepsetError
from sweepset.host.pictures import read_grey

ORDERS = ("rows", "columns")
"""The orders in which pixels are counted."""
HEAD = ["img", "rle_mask"]
MASKS = (".png", ".gif", ".bmp", ".tif", ".tiff")


def encode(mask: np.ndarray, order: str = "rows") -> str:
    """Return the runs of a mask (H, W) bool as text, such as '1 3 10 5'; an empty mask is an empty text."""
    flat = np.concatenate([[False], _turned(mask.astype(bool), order).ravel(), [False]])
    starts, ends = np.flatnonzero(flat[1:] & ~flat[:-1]), np.flatnonzero(~flat[1:] & flat[:-1])
    return " ".join(str(number) for pair in zip(starts + 1, ends - starts, strict=True) for number in pair)


def decode(text: str, size: tuple[int, int], order: str = "rows") -> np.ndarray:
    """Return the mask (H, W) bool of runs; `size` is width and height.

    Raise SweepsetError if the text is no runs, or these overlap or leave the picture.
    """
    width, height = size
    try:
        numbers = np.array(text.split(), np.int64).reshape(-1, 2)
    except ValueError:
        raise SweepsetError(f"{text[:40]!r} is no runs: write pairs of a first pixel and a length") from None
    starts, ends = numbers[:, 0] - 1, numbers.sum(1) - 1
    if len(starts) and (starts[0] < 0 or (numbers[:, 1] < 1).any() or (starts[1:] < ends[:-1]).any()):
        raise SweepsetError(f"{text[:40]!r} is no runs: first pixels start at 1, rise, and runs do not overlap")
    if len(ends) and ends[-1] > width * height:
        raise SweepsetError(f"a run ends at pixel {ends[-1]}, and {width}x{height} ends before: give another size")
    changes = np.zeros(width * height + 1, np.int8)
    np.add.at(changes, starts, 1)
    np.add.at(changes, ends, -1)
    filled = np.cumsum(changes[:-1]).astype(bool)
    return filled.reshape(height, width) if order == "rows" else _turned(filled.reshape(width, height), order)


def pack(folder: Path, table: Path, order: str = "rows") -> int:
    """Write the masks of a folder, in which all but 0 is foreground, as a table; return how many there are.

    Photos are named as their masks, as JPEG. Raise SweepsetError if there are none, or one can't be read.
    """
    paths = sorted(path for path in folder.glob("*") if path.suffix.lower() in MASKS) if folder.is_dir() else []
    if not paths:
        raise SweepsetError(f"{str(folder)!r} has no masks: expected a folder of {', '.join(MASKS)}, or a table")
    write(table, {f"{path.stem.removesuffix('_mask')}.jpg": encode(read_grey(path) > 0, order) for path in paths})
    return len(paths)


def unpack(table: Path, folder: Path, size: tuple[int, int], order: str = "rows") -> int:
    """Write the masks of a table to a folder, as PNGs of 0 and 255; return how many there are."""
    masks = {name: decode(runs, size, order) for name, runs in read(table).items()}
    files.make_folder(folder)
    for name, mask in masks.items():
        with files.replacing(folder / f"{Path(name).stem}.png", png.check) as temporary:
            Image.fromarray(np.where(mask, 255, 0).astype(np.uint8)).save(temporary)
    return len(masks)


def write(path: Path, masks: Mapping[str, str]) -> None:
    """Write a table of the runs of masks, by the names of their photos."""
    with files.replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(HEAD)
        table.writerows(sorted(masks.items()))


def read(path: Path) -> dict[str, str]:
    """Return the runs of masks by the names of their photos; raise SweepsetError if the file is no such table."""
    csv.field_size_limit(2**31 - 1)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SweepsetError(f"cannot read {str(path)!r}: {error}; give a table of {', '.join(HEAD)}") from None
    if not rows or rows[0] != HEAD or any(len(row) != 2 for row in rows):
        raise SweepsetError(f"{str(path)!r} is no table of {', '.join(HEAD)}: each row has a photo's name and its runs")
    return {row[0]: row[1] for row in rows[1:]}


def _turned(mask: np.ndarray, order: str) -> np.ndarray:
    """Return a mask so that its pixels, row by row, are in an order."""
    if order not in ORDERS:
        raise SweepsetError(f"order {order!r}: choose one of {', '.join(ORDERS)}")
    return mask if order == "rows" else mask.T
