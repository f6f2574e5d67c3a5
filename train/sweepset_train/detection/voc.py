"""Pascal VOC: a folder with `JPEGImages` and `Annotations`, and `SegmentationObject` for images that have masks."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from sweepset import dataset, taxonomy
from sweepset.errors import SweepsetError
from sweepset.host.pictures import read_image

from ..data.sources import Item, Source
from .coco import box_mask
from .instances import INSTANCE_MAPS, NOTHING, paint

IMAGES, ANNOTATIONS, OBJECTS = "JPEGImages", "Annotations", "SegmentationObject"


def is_voc(place: Path) -> bool:
    """Return whether a folder has the form of Pascal VOC."""
    return (place / IMAGES).is_dir() and (place / ANNOTATIONS).is_dir()


def open_voc(place: Path) -> Source:
    """Return a folder's images; a difficult object is an ignored area, an object without a mask covers its box.

    Categories are the names in the annotations, by the alphabet. Splits are those of `ImageSets/Main`. Raise
    SweepsetError if a file is no such XML or an image has no annotation.
    """
    pictures = {
        path.stem: path for path in sorted((place / IMAGES).iterdir()) if path.suffix.lower() in dataset.PICTURES
    }
    found = {path.stem: path for path in sorted((place / ANNOTATIONS).glob("*.xml"))}
    for one, other, what in ((found, pictures, IMAGES), (pictures, found, ANNOTATIONS)):
        alone = next((path for stem, path in one.items() if stem not in other), None)
        if alone is not None:
            raise SweepsetError(f"{str(alone)!r} has no counterpart in {what!r}: each image needs its annotation")
    if not pictures:
        raise SweepsetError(f"{str(place / IMAGES)!r} has no images: there is nothing to learn from or to score")
    objects = {stem: _objects(path) for stem, path in found.items()}
    names = sorted({name for some in objects.values() for name, _, _ in some})
    if not names:
        raise SweepsetError(f"no file in {str(place / ANNOTATIONS)!r} has an object: there is nothing to learn")
    kinds = taxonomy.parse(
        {"name": place.resolve().name, "categories": [{"id": k, "name": name} for k, name in enumerate(names, 1)]},
        str(place),
    )
    stems = list(pictures)
    maps = {stem: place / OBJECTS / f"{stem}.png" for stem in stems}

    def read(index: int) -> tuple[np.ndarray, np.ndarray]:
        stem = stems[index]
        image = read_image(pictures[stem])
        size = image.shape[:2]
        numbers = np.asarray(Image.open(maps[stem])) if maps[stem].exists() else np.zeros(size, np.uint8)
        if numbers.shape != size:
            raise SweepsetError(f"{str(maps[stem])!r} has another size than its image: both must have one size")
        annotated = []
        for number, (name, corners, difficult) in enumerate(objects[stem], 1):
            own = numbers == number
            mask = own if own.any() else box_mask(corners, size)
            if mask.any():
                annotated.append((kinds.ids[name], mask, difficult))
        return image, paint(size, annotated)

    items = tuple(Item(stem, None, str(found[stem])) for stem in stems)
    files = (*pictures.values(), *found.values(), *(path for path in maps.values() if path.exists()))
    sets = sorted((place / "ImageSets" / "Main").glob("*.txt"))
    splits = {path.stem: tuple(path.read_text(encoding="utf-8").split()) for path in sets if "_" not in path.stem}
    return Source(str(place), kinds, items, files, read, (NOTHING,), form=INSTANCE_MAPS, splits=splits)


def _objects(path: Path) -> list[tuple[str, tuple[float, float, float, float], bool]]:
    """Return the objects of an annotation: name, left, top, right, bottom, and whether it is difficult."""
    try:
        found = []
        for one in ElementTree.parse(path).getroot().iter("object"):
            name, box = one.findtext("name"), one.find("bndbox")
            if not name or box is None:
                raise ValueError("an object has no name or no bndbox")
            x0, y0, x1, y1 = (float(box.findtext(key) or "") for key in ("xmin", "ymin", "xmax", "ymax"))
            # VOC counts pixels from 1, and its corners are pixels of the box.
            found.append((name.strip(), (x0 - 1, y0 - 1, x1, y1), one.findtext("difficult") == "1"))
        return found
    except (OSError, ElementTree.ParseError, ValueError) as error:
        raise SweepsetError(f"cannot read the annotation {str(path)!r}: {error}") from None
