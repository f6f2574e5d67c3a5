"""Folders of photos, one class a folder: what each photo shows is known, and not where."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sweepset import dataset, taxonomy
from sweepset.errors import SweepsetError
from sweepset.host.pictures import read_image

from ..data.sources import Item, Source
from .instances import INSTANCE_MAPS, NOTHING

NONE = ("none", "nothing")
"""Names of a folder of photos that show no class."""


def is_class_folders(place: Path) -> bool:
    """Return whether a folder has folders of pictures, and no pictures of its own."""
    return place.is_dir() and not _pictures(place) and any(_pictures(path) for path in place.iterdir() if path.is_dir())


def open_class_folders(place: Path, wanted: str) -> Source:
    """Return the photos below a folder, each an ignored area of its folder's class from edge to edge.

    So they say nothing about average precision, and all about the class of the best detection. `wanted` names the
    taxonomy to score in. Raise SweepsetError if a folder is named as none of its classes.
    """
    folders = [path for path in sorted(place.iterdir()) if path.is_dir() and _pictures(path)]
    if wanted == "own":
        raise SweepsetError(
            f"{str(place)!r} has photos by class, and data.taxonomy is own: name the classes by "
            "--set data.taxonomy=RUN/taxonomy.json"
        )
    target = taxonomy.load(wanted, least=0)
    strange = [path.name for path in folders if path.name not in (*NONE, *target.ids)]
    if strange:
        raise SweepsetError(
            f"{str(place / strange[0])!r} is named as no class: name folders {', '.join(target.ids)}, or none for "
            "photos of no class"
        )
    photos = [(path, folder.name) for folder in folders for path in _pictures(folder)]

    def read(index: int) -> tuple[np.ndarray, np.ndarray]:
        path, name = photos[index]
        image = read_image(path)
        labels = np.zeros((*image.shape[:2], 2), np.uint16)
        labels[..., 0] = target.ids.get(name, NOTHING)
        return image, labels

    items = tuple(Item(f"{name}/{path.stem}", None, str(path)) for path, name in photos)
    files = tuple(path for path, _ in photos)
    return Source(str(place), target, items, files, read, (NOTHING,), form=INSTANCE_MAPS)


def _pictures(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in dataset.PICTURES and not p.name.startswith("."))
