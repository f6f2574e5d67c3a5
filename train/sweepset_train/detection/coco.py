"""COCO's JSON of annotations: its images with their instances."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from pycocotools import mask as masks

from sweepset import taxonomy
from sweepset.errors import SweepsetError
from sweepset.host.pictures import read_image
from sweepset.taxonomy import Taxonomy

from ..data.sources import Item, Source
from .instances import INSTANCE_MAPS, NOTHING, paint

PREFIX = "instances_"


def find(place: Path) -> dict[str, Path]:
    """Return the files of annotations of a place by split: a JSON file, or a folder with `annotations`."""
    if place.suffix == ".json":
        return {place.stem.removeprefix(PREFIX): place}
    found = sorted((place / "annotations").glob(f"{PREFIX}*.json"))
    return {path.stem.removeprefix(PREFIX): path for path in found}


def open_coco(place: Path) -> Source:
    """Return the images of one or several files of annotations, their splits by the files' names.

    Raise SweepsetError if a file is no such JSON, images are missing, or categories differ between files.
    """
    opened = {split: _Annotations(path, split) for split, path in find(place).items()}
    first = next(iter(opened.values()))
    items: list[Item] = []
    splits: dict[str, tuple[str, ...]] = {}
    read: list[tuple[_Annotations, int]] = []
    for split, one in opened.items():
        if one.kinds.ids != first.kinds.ids:
            raise SweepsetError(
                f"{str(one.path)!r} has other categories than {str(first.path)!r}: both need the same ids and names"
            )
        names = [f"{split}/{name}" if len(opened) > 1 else name for name in one.names]
        items += [Item(name, None, f"{str(one.path)!r}, image {n!r}") for name, n in zip(names, one.names, strict=True)]
        splits[split] = tuple(names)
        read += [(one, index) for index in range(len(names))]

    def read_item(index: int) -> tuple[np.ndarray, np.ndarray]:
        one, own = read[index]
        return one.read(own)

    files = tuple(path for one in opened.values() for path in (one.path, *one.pictures))
    notes = tuple(note for one in opened.values() for note in one.notes())
    return Source(
        str(place), first.kinds, tuple(items), files, read_item, (NOTHING,), form=INSTANCE_MAPS, splits=splits,
        notes=notes,
    )  # fmt: skip


class _Annotations:
    """A file of annotations."""

    def __init__(self, path: Path, split: str) -> None:
        self.path = path
        data = _load(path)
        self.kinds: Taxonomy = taxonomy.parse({**data, "name": path.stem}, str(path), least=0)
        folder = _picture_folder(path, split, data["images"])
        self.images: list[Mapping[str, Any]] = data["images"]
        self.pictures = [folder / image["file_name"] for image in self.images]
        self.names = [str(Path(image["file_name"]).with_suffix("")) for image in self.images]
        twice = next((name for name in set(self.names) if self.names.count(name) > 1), None) if self.names else None
        if twice is not None:
            raise SweepsetError(f"{str(path)!r} has two images {twice!r}: give each a file name of its own")
        missing = [picture for picture in self.pictures if not picture.is_file()]
        if missing:
            raise SweepsetError(
                f"{len(missing)} of {len(self.images)} images of {str(path)!r} are missing, such as "
                f"{str(missing[0])!r}: put them there, or take them out of the JSON"
            )
        known, ids = {image["id"] for image in self.images}, set(self.kinds.ids.values())
        self.annotations: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
        for one in data["annotations"]:
            for key, allowed in (("image_id", known), ("category_id", ids)):
                if one.get(key) not in allowed:
                    raise SweepsetError(
                        f"annotation {one.get('id')} of {str(path)!r} has {key} {one.get(key)!r}, which is not in the "
                        "file: correct or remove it"
                    )
            if one.get("bbox") and not _are_numbers(one["bbox"], 4):
                raise SweepsetError(
                    f"annotation {one.get('id')} of {str(path)!r} has bbox {one['bbox']!r}: "
                    "expected x, y, width, height"
                )
            self.annotations[one["image_id"]].append(one)

    def notes(self) -> Iterator[str]:
        """Go over what is odd in the annotations, and what becomes of it."""
        sizes = {image["id"]: (image.get("width", math.inf), image.get("height", math.inf)) for image in self.images}
        counts: Counter[str] = Counter()
        for one in (one for own in self.annotations.values() for one in own):
            x, y, width, height = one.get("bbox") or (0, 0, 1, 1)
            whole_width, whole_height = sizes[one["image_id"]]
            # Half a pixel is rounding.
            if x < -0.5 or y < -0.5 or x + width > whole_width + 0.5 or y + height > whole_height + 0.5:
                counts["have boxes that reach beyond their image: they are cut off there"] += 1
            if min(width, height) <= 0:
                counts["have boxes without an area"] += 1
            polygons = one.get("segmentation")
            if isinstance(polygons, list) and any(len(part) < 6 for part in polygons):
                counts["have polygons of less than three points: these are left out"] += 1
            if not polygons:
                counts["have no mask: their boxes are taken for it"] += 1
        for text, count in counts.items():
            yield f"{self.path.name}: {count} of {sum(map(len, self.annotations.values()))} annotations {text}"

    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return an image and its labels (H, W, 2)."""
        image = read_image(self.pictures[index])
        size = image.shape[:2]
        told = self.images[index]
        if "height" in told and (told["height"], told["width"]) != size:
            raise SweepsetError(
                f"{str(self.pictures[index])!r} is {size[1]}x{size[0]}, and {told['width']}x{told['height']} in "
                f"{str(self.path)!r}: both must have one size"
            )
        annotated = []
        for one in self.annotations[told["id"]]:
            mask = mask_of(one, size, f"annotation {one.get('id')} of {str(self.path)!r}")
            if mask.any():
                annotated.append((int(one["category_id"]), mask, bool(one.get("iscrowd"))))
        return image, paint(size, annotated)


def mask_of(annotation: Mapping[str, Any], size: tuple[int, int], where: str) -> np.ndarray:
    """Return the mask (H, W) bool of an annotation for an image of `size`, (height, width).

    Its segmentation is polygons, of which parts outside the image are cut off and those of less than three points are
    left out, or a run-length encoding whose counts are a list, text or bytes. Without a segmentation or a polygon that
    is left, the mask is the box. Raise SweepsetError with `where` for anything else.
    """
    given = annotation.get("segmentation")
    if isinstance(given, list):
        polygons = [one for one in given if isinstance(one, list) and len(one) >= 6 and len(one) % 2 == 0]
        if not polygons:
            return _box_mask(annotation, size, where)
        if not all(_are_numbers(one, len(one)) for one in polygons):
            raise SweepsetError(f"{where} has a polygon of other things than numbers: expected x, y, x, y and so on")
        encoded = masks.merge(masks.frPyObjects([[float(v) for v in one] for one in polygons], *size))
    elif isinstance(given, dict):
        if list(given.get("size", size)) != list(size):
            raise SweepsetError(f"{where} has a mask of size {given['size']}, and its image {list(size)}: correct it")
        counts = given.get("counts")
        if isinstance(counts, list):
            if not _are_numbers(counts, len(counts)) or sum(counts) != size[0] * size[1]:
                raise SweepsetError(
                    f"{where} has runs that don't make up the {size[0] * size[1]} pixels of its image: correct them"
                )
            encoded = masks.frPyObjects({"size": list(size), "counts": counts}, *size)
        elif isinstance(counts, str | bytes):
            encoded = {"size": list(size), "counts": counts.encode() if isinstance(counts, str) else counts}
        else:
            raise SweepsetError(f"{where} has counts {counts!r}: expected a list, a text or bytes")
    elif given is None:
        return _box_mask(annotation, size, where)
    else:
        raise SweepsetError(f"{where} has segmentation {given!r}: expected polygons or a run-length encoding")
    try:
        found: np.ndarray = masks.decode(encoded).astype(bool)
    except ValueError as error:
        raise SweepsetError(f"{where} has a mask that can't be read ({error}): correct it") from None
    return found


def _are_numbers(values: Any, count: int) -> bool:
    """Return whether values are a list of so many finite numbers."""
    return (
        isinstance(values, Sequence)
        and len(values) == count
        and all(isinstance(value, int | float) and math.isfinite(value) for value in values)
    )


def _box_mask(annotation: Mapping[str, Any], size: tuple[int, int], where: str) -> np.ndarray:
    """Return the mask of an annotation's box, as far as it is in the image."""
    box = annotation.get("bbox")
    if not _are_numbers(box, 4):
        raise SweepsetError(f"{where} has bbox {box!r} and no mask: expected x, y, width, height")
    x, y, width, height = map(float, cast(Sequence[float], box))
    return box_mask((x, y, x + width, y + height), size)


def box_mask(corners: tuple[float, float, float, float], size: tuple[int, int]) -> np.ndarray:
    """Return the pixels (H, W) bool whose centres are in a box of left, top, right, bottom."""
    rows, columns = (np.arange(count) + 0.5 for count in size)
    left, top, right, bottom = corners
    return np.outer((rows > top) & (rows < bottom), (columns > left) & (columns < right))


def _load(path: Path) -> dict[str, Any]:
    """Return the content of a file of annotations."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SweepsetError(f"no file {str(path)!r}: give COCO's JSON of annotations") from None
    except (OSError, ValueError) as error:
        raise SweepsetError(f"cannot read {str(path)!r}: {' '.join(str(error).split())}") from None
    for key in ("images", "annotations", "categories"):
        if not isinstance(data, dict) or not isinstance(data.get(key), list):
            raise SweepsetError(f"{str(path)!r} has no list {key!r}: give COCO's JSON of annotations")
    for image in data["images"]:
        if not isinstance(image, dict) or "id" not in image or not isinstance(image.get("file_name"), str):
            raise SweepsetError(f"{str(path)!r} has the image {image!r}: expected an id and a file_name")
    if not data["images"]:
        raise SweepsetError(f"{str(path)!r} has no images: there is nothing to learn from or to score")
    return data


def _picture_folder(path: Path, split: str, images: Sequence[Mapping[str, Any]]) -> Path:
    """Return the folder that an annotation file's images are in: the first of the usual places with one of them."""
    root = path.parent.parent if path.parent.name == "annotations" else path.parent
    places = [root / split, root / "images" / split, root / "images", root, path.parent]
    return next((place for place in places if any((place / i["file_name"]).is_file() for i in images)), places[0])
