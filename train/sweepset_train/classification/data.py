"""Images with a class each: folders by class, a CSV, the devkit of Stanford Cars, and datasets of Sweepset."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sweepset import dataset, taxonomy
from sweepset.dataset import PICTURES
from sweepset.errors import SweepsetError
from sweepset.host.pictures import read_image, read_label
from sweepset.taxonomy import Taxonomy

from ..data import sources
from ..data.labels import Framing
from ..data.sources import Item, Source
from ..settings import Data
from . import devkit, duplicates, tables

SPLITS = ("train", "val", "valid", "validation", "test")
"""Names of folders that are splits, with folders by class in each."""
FEW = 10
"""Images of a class below which a user is told."""


Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are outside."""


class ClassIds:
    """A category id an image, () uint16, kept as a train id."""

    def __init__(self, boxes: Sequence[Box | None] = ()) -> None:
        """Take the boxes that images are cropped to: images cropped in another way have another cache."""
        cut = hashlib.sha256(json.dumps(boxes).encode()).hexdigest()
        self.key: tuple[str, ...] = ("class", *([cut] if any(boxes) else []))

    def categories(self, labels: np.ndarray) -> np.ndarray:
        """Return the id as a map of one pixel."""
        return np.asarray(labels).reshape(1, 1)

    def encode(self, labels: np.ndarray, table: np.ndarray, framing: Framing) -> np.ndarray:
        """Return the train id, () uint8."""
        return np.asarray(table[labels])


@dataclass(frozen=True)
class Labelled:
    """An image with its class."""

    path: Path
    name: str
    kind: str
    box: Box | None = None
    room: str | None = None


def open_source(place: Path, data: Data) -> Source:
    """Return the images of a folder, a CSV, a devkit's .mat or a dataset of Sweepset, with the class of each.

    Near-duplicates share a room, so that no split divides them. Raise SweepsetError if there are none, a file that is
    named is missing, or two images have one name.
    """
    if place.suffix.lower() == ".mat":
        found, splits = devkit.read(place)
        return _source(place, [Labelled(*one) for one in found], data, splits)
    if place.is_file():
        rows, notes = tables.read_labels(place, data.column)
        return _source(place, [Labelled(path, name, kind) for path, name, kind in rows], data, notes=notes)
    if not place.is_dir():
        raise SweepsetError(f"no file or folder {str(place)!r}: give folders by class, a CSV or a dataset")
    if (place / "dataset.json").is_file():
        return open_renders([place], data)
    if data.table is not None:
        joined, notes = tables.join(_pictures(place), place, data.table, data.column)
        images = [Labelled(path, name, kind, room=room) for path, name, kind, room in joined]
        return _source(place, images, data, notes=notes)
    return _source(place, *_by_folder(place, data))


def open_renders(folders: Sequence[Path], data: Data) -> Source:
    """Return the frames of datasets of Sweepset: the class is the category of the largest thing in a frame.

    With `data.by_name`, it is that thing's name, such as a vehicle's body; with `data.boxes`, frames are cropped to it
    if the dataset has instances. Frames without a thing are left out.
    """
    opened = sources.open_datasets(folders)
    tables_of = {folder.resolve().name: _Things(folder.expanduser()) for folder in folders}
    images, blank = [], 0
    for index, item in enumerate(opened.items):
        name, _, number = item.name.partition("/")
        main = tables_of[name].main(int(number), opened.taxonomy, data.by_name)
        if main is None:
            blank += 1
            continue
        images.append(Labelled(opened.files[2 * index], item.name, *main, room=item.room))
    notes = (f"{blank} frames show no thing and are left out",) if blank else ()
    return _source(Path(opened.name), images, data, notes=notes)


class _Things:
    """The instances of one dataset, and which of them is largest in a frame."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, dataset.read_finished(folder)
        self.frames: dict[int, Any] = {frame["frame"]: frame for frame in self.data["frames"]}

    def main(self, number: int, kinds: Taxonomy, by_name: bool) -> tuple[str, Box | None] | None:
        """Return the category, or the name, of the largest thing of a frame, and its box; None if it shows none.

        Without instances, there is no box.
        """
        frame = self.frames[number]
        things = {one.id: one.name for one in kinds if one.isthing}
        if "instances" not in frame["files"]:
            if by_name:
                raise SweepsetError(
                    f"{str(self.folder)!r} has no instances, which data.by_name needs: render with them"
                )
            pixels = np.bincount(read_label(self.folder / frame["files"]["label"]).ravel(), minlength=65536)
            best = max(things, key=lambda one: int(pixels[one]), default=0)
            return (things[best], None) if things and pixels[best] else None
        numbers = read_label(self.folder / frame["files"]["instances"])
        pixels = np.bincount(numbers.ravel(), minlength=65536)
        known = [one for one in self._instances(frame) if one["category_id"] in things]
        largest = max(known, key=lambda one: int(pixels[one["id"]]), default=None)
        if largest is None or not pixels[largest["id"]]:
            return None
        # Blender numbers objects of one name: sedan.001; the vehicle that a scene is about is a "main sedan".
        name = re.sub(r"^main |\.\d+$", "", largest["object"]) if by_name else things[largest["category_id"]]
        there = numbers == largest["id"]
        rows, columns = np.flatnonzero(there.any(1)), np.flatnonzero(there.any(0))
        return name, (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)

    def _instances(self, frame: Any) -> Any:
        """Return the table of instances that a frame's ids are of."""
        if "instances" in frame:
            return frame["instances"]
        for unit in self.data.get("units", ()):
            if all(unit.get(key) == frame[key] for key in ("scene", "variation") if key in frame):
                return unit["instances"]
        return self.data["instances"]


def _by_folder(place: Path, data: Data) -> tuple[list[Labelled], Data, dict[str, tuple[str, ...]]]:
    """Return the images of folders by class, and the splits if the folders at the top are splits."""
    tops = [path for path in sorted(place.iterdir()) if path.is_dir() and not path.name.startswith(".")]
    named = bool(tops) and all(path.name in SPLITS for path in tops)
    found: list[Labelled] = []
    splits: dict[str, tuple[str, ...]] = {}
    for top in tops if named else [place]:
        own = []
        for folder in sorted(path for path in top.iterdir() if path.is_dir() and not path.name.startswith(".")):
            for path in _pictures(folder):
                name = path.relative_to(place).as_posix()
                own.append(Labelled(path, name.removesuffix(path.suffix), folder.name))
        if named:
            splits[top.name] = tuple(one.name for one in own)
        found += own
    if not found:
        raise SweepsetError(
            f"{str(place)!r} has no folders with pictures: put the images of each class into a folder of its name, or "
            "give a CSV of files and classes"
        )
    return found, data, splits


def _pictures(folder: Path) -> list[Path]:
    return [
        path for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in PICTURES and not path.name.startswith(".") and path.is_file()
    ]  # fmt: skip


def _source(
    place: Path,
    images: Sequence[Labelled],
    data: Data,
    splits: Mapping[str, tuple[str, ...]] | None = None,
    notes: Sequence[str] = (),
) -> Source:
    """Return a source of images, with classes renamed, near-duplicates in one room, and notes on both."""
    if not images:
        raise SweepsetError(f"{str(place)!r} has no images with a class: see data.table and data.column")
    ((name, times),) = Counter(one.name for one in images).most_common(1)
    if times > 1:
        twice = [one.path for one in images if one.name == name][:2]
        raise SweepsetError(f"{str(twice[0])!r} and {twice[1].name!r} have one name: rename one of them")
    kinds_of = [data.rename.get(one.kind, one.kind) for one in images]
    counts = Counter(kinds_of)
    kinds = _taxonomy(place.stem or "classes", counts)
    rooms = [one.room for one in images]
    alike = ""
    if None in rooms:
        rooms, alike = duplicates.rooms([one.path for one in images], [one.name for one in images])
    items = tuple(
        Item(one.name, room, str(one.path), kind) for one, room, kind in zip(images, rooms, kinds_of, strict=True)
    )
    few = sorted((count, kind) for kind, count in counts.items() if count < FEW)
    told = [*notes, *([alike] if alike else [])]
    if few:
        some = ", ".join(f"{kind} {count}" for count, kind in few[:5])
        told.append(f"{len(few)} of {len(counts)} classes have under {FEW} images: {some}{' …' * (len(few) > 5)}")
    ids = np.array([kinds.ids[kind] for kind in kinds_of], np.uint16)
    boxes = [one.box if data.boxes else None for one in images]

    def read(index: int) -> tuple[np.ndarray, np.ndarray]:
        image, box = read_image(images[index].path), boxes[index]
        if box is not None:
            image = _cropped(image, box, images[index].path)
        return image, ids[index]

    files = tuple(one.path for one in images)
    return Source(str(place), kinds, items, files, read, form=ClassIds(boxes), splits=splits or {}, notes=tuple(told))


def _cropped(image: np.ndarray, box: Box, path: Path) -> np.ndarray:
    height, width = image.shape[:2]
    left, top, right, bottom = max(0, box[0]), max(0, box[1]), min(width, box[2]), min(height, box[3])
    if left >= right or top >= bottom:
        raise SweepsetError(f"{str(path)!r} is {width}x{height}, and its box {box} is outside: set data.boxes=false")
    return image[top:bottom, left:right]


def _taxonomy(name: str, counts: Mapping[str, int]) -> Taxonomy:
    """Return classes in the order of their names, numbers in names by value, with ids from 1."""
    ordered = sorted(counts, key=lambda kind: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", kind)])
    categories = [{"id": number, "name": kind} for number, kind in enumerate(ordered, 1)]
    return taxonomy.parse({"name": name, "categories": categories}, name)
