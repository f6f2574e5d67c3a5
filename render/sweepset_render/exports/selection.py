"""The content of an export: frames of one or more datasets in one taxonomy, filtered and split."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sweepset import taxonomy
from sweepset.errors import SweepsetError
from sweepset.taxonomy import MAX_ID, UNLABELLED, Category, Taxonomy

from ..datasets.dataset import Dataset, Frame
from . import splits

STUFF = 1 << 16
"""Stuff's segments are numbered from here, by category, above all instance ids."""
NO_CATEGORY = 0xFFFF
"""In a table of ids: no category of the dataset has this id."""


@dataclass(frozen=True)
class Options:
    """What was asked for; `taxonomy` is a name or a file, `shares` are of train, val and test."""

    format: str
    taxonomy: str | None = None
    shares: tuple[float, float, float] = (80, 10, 10)
    seed: int = 0
    min_visibility: float = 0.0
    min_area: int = 0
    ignore: tuple[str, ...] = ()
    stuff: bool = False
    shard_size: int | None = None


@dataclass(frozen=True)
class Segment:
    """The visible pixels of one thing, or of all stuff of one category.

    `number` is unique in the image: the instance id of a thing, or STUFF plus the category's id. `pixels` are positions
    in the image counted down its columns, ascending, as COCO counts them.
    """

    number: int
    category: Category
    object: str
    pixels: np.ndarray
    height: int
    """Of the image."""

    @property
    def area(self) -> int:
        """Count the pixels."""
        return len(self.pixels)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Return x, y, width and height in pixels of the box around the pixels."""
        rows = self.pixels % self.height
        left, right = int(self.pixels[0]) // self.height, int(self.pixels[-1]) // self.height
        top, bottom = int(rows.min()), int(rows.max())
        return left, top, right - left + 1, bottom - top + 1

    def to_json(self) -> dict[str, Any]:
        """Return what every format in JSON says of a segment, in COCO's words."""
        return {"category_id": self.category.id, "area": self.area, "bbox": list(self.box), "iscrowd": 0}

    def mask(self) -> np.ndarray:
        """Return the pixels inside `box`, (h, w) bool."""
        left, top, width, height = self.box
        mask = np.zeros((height, width), bool)
        mask[self.pixels % self.height - top, self.pixels // self.height - left] = True
        return mask


@dataclass(frozen=True)
class Sample:
    """A frame as it is exported: `label` (H, W) uint16, ids of the export's taxonomy, and its segments."""

    name: str
    """Unique in the export and safe in every file system: file names begin with it."""
    dataset: Dataset
    frame: Frame
    label: np.ndarray
    instances: np.ndarray | None
    """(H, W) uint16, 0 also for filtered things; None if the dataset has none."""
    segments: tuple[Segment, ...]

    def place_image(self, folder: Path, name: str = "") -> str:
        """Put the image into a folder, as a hard link if possible, and return its file name; `name` is without suffix.

        Without a name, it is the sample's.
        """
        source = self.frame.path("image")
        target = folder / f"{name or self.name}{source.suffix}"
        try:
            os.link(source.resolve(), target)
        except OSError:
            shutil.copyfile(source, target)
        return target.name


@dataclass(frozen=True)
class Selection:
    """Frames by split, and how their ids become those of `taxonomy`, which lacks what is ignored."""

    options: Options
    taxonomy: Taxonomy
    datasets: tuple[Dataset, ...]
    units: Mapping[splits.Unit, str]
    advance: Callable[[int], None]
    """Called after each frame, with the number of all."""
    _tables: tuple[np.ndarray, ...]
    _names: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of frames of each split that has any, train first."""
        of = Counter(self.units[splits.unit(dataset, frame)] for dataset in self.datasets for frame in dataset)
        return {split: of[split] for split in splits.SPLITS if of[split]}

    def __len__(self) -> int:
        return sum(map(len, self.datasets))

    def tables(self) -> Iterator[tuple[Dataset, np.ndarray]]:
        """Yield each dataset and the exported id of each of its ids, (65536,) uint16."""
        return zip(self.datasets, self._tables, strict=True)

    def samples(self, split: str) -> Iterator[Sample]:
        """Yield a split's frames; raise SweepsetError if a frame's files contradict each other."""
        for dataset, table, name in zip(self.datasets, self._tables, self._names, strict=True):
            for frame in dataset:
                if self.units[splits.unit(dataset, frame)] == split:
                    yield self._sample(dataset, frame, table, f"{name}_{frame.number:06d}")
                    self.advance(len(self))

    def _sample(self, dataset: Dataset, frame: Frame, table: np.ndarray, name: str) -> Sample:
        stored = frame.read("label")
        label = table[stored]
        if (label == NO_CATEGORY).any():
            strange = np.unique(stored[label == NO_CATEGORY]).tolist()
            raise broken(frame, f"its label has ids {strange} that taxonomy {dataset.taxonomy.name} lacks")
        if frame.read("image").shape[:2] != label.shape:
            raise broken(frame, "its image and its label differ in size")
        if not frame.has("instances"):
            return Sample(name, dataset, frame, label, None, ())
        instances = frame.read("instances")
        if instances.shape != label.shape:
            raise broken(frame, "its instances and its label differ in size")
        objects = frame.objects if self.options.min_visibility else {}
        segments = []
        for segment in self._segments(frame, label, instances):
            if segment.category.isthing and not self._wanted(frame, segment, objects):
                label[segment.pixels % segment.height, segment.pixels // segment.height] = UNLABELLED
            else:
                segments.append(segment)
        return Sample(name, dataset, frame, label, np.where(label, instances, 0).astype(np.uint16), tuple(segments))

    def _segments(self, frame: Frame, label: np.ndarray, instances: np.ndarray) -> Iterator[Segment]:
        """Yield the segments of a label: each thing by its instance id, then stuff by category."""
        categories = {category.id: category for category in self.taxonomy}
        is_thing = np.zeros(MAX_ID + 1, bool)
        is_thing[[category.id for category in self.taxonomy if category.isthing]] = True
        ids, numbers = label.ravel(order="F"), instances.ravel(order="F").astype(np.int32)
        if (is_thing[ids] & (numbers == 0)).any():
            raise broken(frame, "it has things that are labelled but have no instance id")
        numbers = np.where(is_thing[ids], numbers, STUFF + ids.astype(np.int32))
        numbers[ids == UNLABELLED] = 0
        order = np.argsort(numbers, kind="stable")
        order = order[np.count_nonzero(numbers == 0) :]
        for pixels in np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1) if len(order) else ():
            number, found = int(numbers[pixels[0]]), np.unique(ids[pixels])
            if len(found) > 1:
                names = " and ".join(categories[i].name for i in found.tolist())
                raise broken(frame, f"its instance {number} shows both {names}")
            entry = frame.instance_records.get(number, {}) if number < STUFF else {}
            yield Segment(number, categories[int(found[0])], entry.get("object", ""), pixels, label.shape[0])

    def _wanted(self, frame: Frame, segment: Segment, objects: Mapping[int, Mapping[str, Any]]) -> bool:
        if segment.area < self.options.min_area:
            return False
        if not self.options.min_visibility:
            return True
        if segment.number not in objects:
            raise broken(frame, f"its objects lack instance {segment.number}")
        return objects[segment.number]["visibility"] >= self.options.min_visibility


def select(
    folders: Sequence[Path],
    options: Options,
    needs: Sequence[str],
    say: Callable[[str], None],
    advance: Callable[[int], None],
) -> Selection:
    """Open datasets and decide what becomes of their categories and which split a frame is in, telling what is lost."""
    datasets = tuple(map(Dataset, folders))
    places = [dataset.folder.resolve() for dataset in datasets]
    twice = next((folder for folder in folders if places.count(folder.expanduser().resolve()) > 1), None)
    if twice is not None:
        raise SweepsetError(f"dataset {str(twice)!r} is named twice: name each once")
    for dataset in datasets:
        if not len(dataset):
            raise SweepsetError(f"dataset {str(dataset.folder)!r} has no frames: render it again")
        _need(dataset, options, needs)
    full = taxonomy.load(options.taxonomy) if options.taxonomy else _common(datasets)
    for name in options.ignore:
        full.category(name)
    kept = Taxonomy(full.name, tuple(c for c in full if c.name not in options.ignore), full.maps)
    if not len(kept):
        raise SweepsetError(f"--ignore leaves nothing of taxonomy {full.name}: ignore fewer categories")
    tables = tuple(_table(dataset, full, kept, say) for dataset in datasets)
    shown = Counter(splits.unit(dataset, frame) for dataset in datasets for frame in dataset)
    units = splits.assign(shown, options.shares, options.seed)
    if len(units) == 1 and sum(share > 0 for share in options.shares) > 1:
        say("one scene in one variation, which splits must not share: every frame is train")
    return Selection(options, kept, datasets, units, advance, tables, _names(datasets))


def _need(dataset: Dataset, options: Options, needs: Sequence[str]) -> None:
    """Raise SweepsetError if a dataset lacks ground truth that its format or the options need."""
    reasons = dict.fromkeys(needs, f"--to {options.format}")
    if options.min_visibility:
        reasons["objects"] = "--min-visibility"
    if options.min_area:
        reasons["instances"] = "--min-area"
    for kind, why in reasons.items():
        bare = next((frame for frame in dataset if not frame.has(kind)), None)
        if bare is not None:
            raise SweepsetError(
                f"{why} needs {kind}, which frame {bare.number} of {str(dataset.folder)!r} has not: "
                f"render the dataset with {kind}, or export without {why}"
            )


def _common(datasets: Sequence[Dataset]) -> Taxonomy:
    """Return the taxonomy that all datasets have."""
    first = datasets[0].taxonomy
    for dataset in datasets[1:]:
        if [(c.id, c.name, c.isthing) for c in dataset.taxonomy] != [(c.id, c.name, c.isthing) for c in first]:
            raise SweepsetError(
                f"datasets differ in taxonomy: {str(datasets[0].folder)!r} has {first.name}, "
                f"{str(dataset.folder)!r} has {dataset.taxonomy.name}, or other categories: pass --taxonomy to map all"
            )
    return first


def _table(dataset: Dataset, full: Taxonomy, kept: Taxonomy, say: Callable[[str], None]) -> np.ndarray:
    """Return the exported id of each id of a dataset, (65536,) uint16, and tell which categories are lost."""
    targets = full.ids_from(dataset.taxonomy)
    if not targets:
        raise SweepsetError(
            f"no category of {dataset.taxonomy.name}, the taxonomy of {str(dataset.folder)!r}, is one of {full.name}: "
            f"name another --taxonomy, or add a map to {full.name} to the taxonomy of the dataset"
        )
    left = {category.id for category in kept}
    table = np.full(1 << 16, NO_CATEGORY, np.uint16)
    table[UNLABELLED] = UNLABELLED
    for category in dataset.taxonomy:
        target = targets.get(category.name, UNLABELLED)
        table[category.id] = target if target in left else UNLABELLED
    records = [frame.record["pixels"] for frame in dataset]
    counts = {c.name: sum(record.get(str(c.id), 0) for record in records) for c in dataset.taxonomy}
    lost = {name: count for name, count in counts.items() if count and name not in targets}
    if lost:
        pixels = sum(count for record in records for count in record.values())
        listed = ", ".join(f"{name} {count} pixels" for name, count in sorted(lost.items(), key=lambda item: -item[1]))
        say(
            f"{dataset.name}: {full.name} has no category for {listed}; they become unlabelled "
            f"({sum(lost.values()) / pixels:.1%} of all pixels)"
        )
    return table


def _names(datasets: Sequence[Dataset]) -> tuple[str, ...]:
    """Return a short name for each dataset, unique whatever the letters' case, of plain letters, digits, - and _."""
    names: list[str] = []
    for dataset in datasets:
        plain = re.sub(r"[^A-Za-z0-9_-]+", "_", dataset.name).strip("_-")[:64] or "dataset"
        name, number = plain, 1
        while name.lower() in (other.lower() for other in names):
            number += 1
            name = f"{plain}-{number}"
        names.append(name)
    return tuple(names)


def broken(frame: Frame, what: str) -> SweepsetError:
    """Return the error of a frame whose files contradict each other."""
    return SweepsetError(
        f"frame {frame.number} of {str(frame.folder)!r} is broken: {what}; see `sweepset verify`, render it again"
    )
