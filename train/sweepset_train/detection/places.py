"""Which images with instances a path holds."""

from __future__ import annotations

from pathlib import Path

from sweepset.errors import SweepsetError

from ..data.sources import Source
from ..settings import Data
from .class_folders import is_class_folders, open_class_folders
from .coco import find, open_coco
from .renders import open_datasets
from .voc import is_voc, open_voc


def open_source(place: Path, settings: Data) -> Source:
    """Return images with instances from renders, COCO's JSON, Pascal VOC, or folders of one class each."""
    place = place.expanduser()
    if (place / "dataset.json").is_file():
        return open_datasets([place])
    if find(place):
        return open_coco(place)
    if is_voc(place):
        return open_voc(place)
    if is_class_folders(place):
        return open_class_folders(place, settings.taxonomy)
    raise SweepsetError(
        f"{str(place)!r} has no instances: give renders, COCO's JSON or a folder with its `annotations`, a folder of "
        "Pascal VOC, or one with a folder of photos for each class"
    )
