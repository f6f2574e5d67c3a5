"""Photos and binary masks: the layout of the Carvana challenge, or any two folders; masks of 0 and 1, 0 and 255 …"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from sweepset import taxonomy
from sweepset.dataset import PICTURES
from sweepset.errors import SweepsetError
from sweepset.host.pictures import orientation, read_grey, read_image

from ..data.sources import Item, Source
from ..settings import Data

BACKGROUND, FOREGROUND, VOID = 1, 2, 0
"""Ids in the taxonomy `mask`, and that of no category."""
CARVANA = "train_masks"
"""The folder of masks in the challenge's layout, beside `train` or `train_hq`."""
MASKS = ("labels", "masks", "parts")
"""Folders of masks beside photos, in the order in which they are looked for."""
SUFFIXES = (*PICTURES, ".gif")
SOFT = 16
"""Values of a mask from which it counts as drawn with soft edges, its middle grey as the edge."""
FEW = 20
"""Values of a column of metadata up to which they make groups."""
VIEWED = re.compile(r"(.+)_(\d\d?)")
"""A name in the challenge's layout: the vehicle, and the number of the view."""


def open_masks(folder: Path, settings: Data) -> Source:
    """Return photos with masks in ids of the taxonomy `mask`; the room of a photo is its vehicle, if that is known.

    A mask has its photo's name, with or without `_mask`. Any value but 0 is foreground, but for those in `data.void`,
    and in masks with soft edges those from 128 on. Raise SweepsetError if a folder is missing or empty, or a photo or a
    mask has no counterpart.
    """
    folder = folder.expanduser()
    photos, masks = _folders(folder, settings)
    pairs = _pairs(photos, masks)
    known = read_metadata(folder / "metadata.csv")
    viewed = {name: match for name in pairs if (match := VIEWED.fullmatch(name))}
    of_vehicles = len(viewed) == len(pairs) and (masks.name == CARVANA or bool(known))
    items = []
    for name, (_, mask) in pairs.items():
        vehicle = viewed[name][1] if of_vehicles else None
        groups = {**known.get(vehicle or name, {}), **known.get(name, {})}
        if of_vehicles:
            groups["view"] = f"{int(viewed[name][2]):02d}"
        items.append(Item(name, vehicle, str(mask), groups=groups))
    files = list(pairs.values())

    def read(index: int) -> tuple[np.ndarray, np.ndarray]:
        photo, mask = files[index]
        held = 1 if settings.labels_upright else orientation(photo)
        return read_image(photo), read_mask(mask, settings.void or (), held)

    return Source(
        str(folder), taxonomy.load("mask"), tuple(items), tuple(path for pair in files for path in pair), read,
        labels_upright=settings.labels_upright, held=lambda index: orientation(files[index][0]),
    )  # fmt: skip


def read_mask(path: Path, void: Sequence[int] = (), held: int = 1) -> np.ndarray:
    """Return a mask (H, W) uint16 in ids of the taxonomy `mask`, turned as `held` says.

    Raise SweepsetError if it can't be read, or holds 255 beside other values, which may mean void or foreground.
    """
    values = read_grey(path, held)
    present = np.flatnonzero(np.bincount(values.ravel()))
    some = [int(value) for value in present if value and value not in void]
    least = 1
    if 255 in some and len(some) > 1:
        if len(some) < SOFT or some[-1] > 255:
            raise SweepsetError(
                f"{str(path)!r} has the values {', '.join(map(str, [0, *some][:6]))}: a mask has 0 and one other "
                "value, or several parts of one thing; if 255 means neither, set data.void=[255]"
            )
        least = 128
    found = np.where(values >= least, FOREGROUND, BACKGROUND).astype(np.uint16)
    if len(void):
        found[np.isin(values, void)] = VOID
    return found


def read_metadata(path: Path) -> dict[str, dict[str, str]]:
    """Return what a table says about each vehicle or photo in its column `id`, in columns of few values.

    A file that is not there says nothing. Raise SweepsetError if it can't be read, or has no column `id`.
    """
    if not path.is_file():
        return {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SweepsetError(f"cannot read {str(path)!r}: {error}; write it as a CSV file in UTF-8") from None
    if rows and "id" not in rows[0]:
        raise SweepsetError(f"{str(path)!r} has no column id: name each vehicle or photo in it, as in its file's name")
    columns = [key for key in (rows[0] if rows else ()) if key and key != "id"]
    kept = [key for key in columns if 1 < len({row[key] for row in rows if row.get(key)}) <= FEW]
    return {row["id"]: {key: row[key] for key in kept if row.get(key)} for row in rows if row.get("id")}


def _folders(folder: Path, settings: Data) -> tuple[Path, Path]:
    """Return the folders of photos and of masks."""
    if (folder / CARVANA).is_dir():
        photos = folder / ("train" if settings.images == "images" else settings.images)
        return photos, folder / CARVANA
    masks = folder / settings.labels
    if not masks.is_dir() and settings.labels == MASKS[0]:
        masks = next((folder / name for name in MASKS if (folder / name).is_dir()), masks)
    if not masks.is_dir():
        raise SweepsetError(
            f"{str(folder)!r} has no masks: expected a folder {CARVANA} beside train, or {settings.labels} beside "
            f"{settings.images}; name them by data.images and data.labels"
        )
    return folder / settings.images, masks


def _pairs(photos: Path, masks: Path) -> Mapping[str, tuple[Path, Path]]:
    """Return photos and masks by name, sorted."""
    images = _pictures(photos)
    found = {name.removesuffix("_mask"): path for name, path in _pictures(masks).items()}
    for one, other, what in ((images, found, "mask"), (found, images, "photo")):
        alone = next((path for name, path in one.items() if name not in other), None)
        if alone is not None:
            raise SweepsetError(
                f"{str(alone)!r} has no {what} of its name in {str(masks if what == 'mask' else photos)!r}: add it, or "
                "leave both out"
            )
    return {name: (images[name], found[name]) for name in images}


def _pictures(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise SweepsetError(f"no folder {str(folder)!r}: expected photos and masks in two folders beside each other")
    paths = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES and path.name[0] != "."]
    found: dict[str, Path] = {}
    for path in paths:
        if path.stem in found:
            raise SweepsetError(f"{str(path)!r} and {found[path.stem].name!r} have one name: rename one of them")
        found[path.stem] = path
    if not found:
        raise SweepsetError(f"{str(folder)!r} has no pictures: expected {', '.join(SUFFIXES)}")
    return found
