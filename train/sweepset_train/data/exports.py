"""What `sweepset export --to folder` or `nyu16` wrote: images, and masks of positions from 0 that a file explains."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sweepset import dataset, taxonomy
from sweepset.errors import SweepsetError

from .sources import Item, Source, from_zero, of_files

CLASSES = "classes.json"
SPLITS = ("train", "val", "test")


def is_export(folder: Path) -> bool:
    """Return whether a folder is such an export, or one of its splits."""
    return _classes(folder.expanduser()) is not None


def open_export(folder: Path) -> Source:
    """Return the pairs of an export with its own splits, or those of one split if that is the folder.

    Raise SweepsetError if a picture has no counterpart, or the classes are incomplete.
    """
    folder = folder.expanduser()
    path = _classes(folder)
    assert path is not None
    about = dataset.read_json(path)
    try:
        kinds, void = from_zero(taxonomy.parse(about["taxonomy"], str(path))), (int(about["ignore_index"]),)
    except (KeyError, TypeError, ValueError) as error:
        raise SweepsetError(f"{str(path)!r} is incomplete ({error}): export again") from None
    items, pairs, splits = [], [], {}
    whole = path.parent == folder
    for split in [name for name in SPLITS if (folder / name).is_dir()] if whole else [""]:
        found = dataset.pair_pictures(folder / split, "images", "masks")
        own = [Item(f"{split}/{mask.stem}" if split else mask.stem, None, str(mask)) for _, mask in found]
        splits[split or folder.name] = tuple(item.name for item in own)
        items += own
        pairs += found
    if not items:
        raise SweepsetError(f"{str(folder)!r} has no split: expected one of {', '.join(SPLITS)}; export again")
    return of_files(str(folder), kinds, tuple(items), pairs, void, splits)


def _classes(folder: Path) -> Path | None:
    """Return the file that explains the masks of an export, of which `folder` is all or a split; None if it is none."""
    for place in (folder, folder.resolve().parent):
        path = place / CLASSES
        if path.is_file() and (place == folder or (folder / "masks").is_dir()):
            content: Any = dataset.read_json(path)
            if isinstance(content, dict) and "taxonomy" in content and "ignore_index" in content:
                return path
    return None
