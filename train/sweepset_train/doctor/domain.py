"""The labelled images of one place, read once: what the checks look at."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from sweepset.errors import SweepsetError
from sweepset.host.pictures import turn

from ..data.cache import BATCH
from ..data.labels import resize_image
from ..data.sources import SizesDiffer, Source
from .shapes import Shape, measure

BANDS = 4
"""Parts of an image's height, from the top, in which values are counted."""
THUMBNAIL = (32, 24)
"""Width and height of the thumbnails that images are compared by."""

Tell = Callable[[int], None]


@dataclass(frozen=True)
class Domain:
    """The labelled images of one place, and their contents."""

    name: str
    source: Source
    table: np.ndarray
    """The train id of each label id, from `train_ids`."""
    parts: dict[str, tuple[str, ...]]
    """Names of images by part; one part if no splits were asked for."""
    counts: dict[str, np.ndarray]
    """By part, (65536, BANDS) int64: pixels of each value."""
    first: dict[int, str]
    """The label in which a value was met first."""
    thumbnails: dict[str, np.ndarray]
    """(H * W * 3,) float32 by image, of mean 0 and length 1, or all 0 if it has one colour."""
    sizes: Counter[tuple[int, int]]
    has_places: bool
    """Whether labels have enough rows for places in an image; a class per image has a single pixel."""
    broken: dict[str, list[str]]
    """Faults of single images, by code."""
    shapes: dict[str, Shape]
    """Of binary masks, by image; empty for other labels."""
    edges: tuple[tuple[float, float], ...]
    """Of each photo that EXIF turns and whose label would fit turned too: `edge_strength` of its label, and of that."""

    @property
    def total(self) -> np.ndarray:
        """Pixels of each value in all parts, (65536, BANDS) int64."""
        summed: np.ndarray = np.sum(list(self.counts.values()), 0)
        return summed

    @property
    def values(self) -> list[int]:
        """The values that occur."""
        found: list[int] = np.flatnonzero(self.total.sum(1)).tolist()
        return found

    @property
    def has_ids(self) -> bool:
        """Whether labels hold ids, and not black-and-white masks or nothing."""
        return bool(self.values) and not self.is_mask

    @property
    def is_mask(self) -> bool:
        """Whether labels hold nothing but 0 and 255."""
        return self.values in ([255], [0, 255])

    def groups(self) -> Iterator[tuple[str, str]]:
        """Go over the parts, each with the name that it has beside other domains."""
        for part in self.parts:
            yield part, self.name if len(self.parts) == 1 else f"{self.name} {part}"


def look(
    name: str, source: Source, table: np.ndarray, split: dict[str, tuple[str, ...]], tell: Tell, masks: bool = False
) -> Domain:
    """Read all images of a source's parts once; `tell` hears of each.

    `masks` says that train id 1 is the shape of a thing.
    """
    part_of = {item: part for part, items in split.items() for item in items}
    counts = {part: np.zeros((65536, BANDS), np.int64) for part in split}
    first: dict[int, str] = {}
    thumbnails: dict[str, np.ndarray] = {}
    sizes: Counter[tuple[int, int]] = Counter()
    broken: dict[str, list[str]] = {}
    edges: list[tuple[float, float]] = []
    shapes: dict[str, Shape] = {}
    rows = 0

    def read(index: int) -> tuple[str, Any]:
        """Return a fault as code and message, or an empty code and the contents."""
        try:
            image, label = source.read(index)
        except SizesDiffer as error:
            return "sizes-differ", str(error)
        except SweepsetError as error:
            return "unreadable", str(error)
        ids = source.form.categories(label)
        values = [np.bincount(band.ravel()) for band in np.array_split(ids, BANDS)]
        held = source.held(index) if source.labels_upright else 1
        turned = turn(ids, held)
        seen = None
        if held > 1 and turned.shape == ids.shape == image.shape[:2]:
            seen = edge_strength(image, ids), edge_strength(image, turned)
        shape = measure(table[ids] == 1) if masks else None
        return "", (len(ids), values, _thumbnail(image), (image.shape[1], image.shape[0]), seen, shape)

    chosen = [index for index, item in enumerate(source.items) if item.name in part_of]
    with ThreadPoolExecutor() as pool:
        order = iter(chosen)
        while batch := list(itertools.islice(order, BATCH)):
            for index, (code, answer) in zip(batch, pool.map(read, batch), strict=True):
                tell(1)
                item = source.items[index]
                if code:
                    broken.setdefault(code, []).append(answer)
                    continue
                height, values, thumbnails[item.name], size, seen, shape = answer
                if shape is not None:
                    shapes[item.name] = shape
                edges += [seen] if seen else []
                rows = max(rows, height)
                sizes[size] += 1
                for band, pixels in enumerate(values):
                    counts[part_of[item.name]][: len(pixels), band] += pixels
                    for value in np.flatnonzero(pixels):
                        first.setdefault(int(value), item.where)
    return Domain(
        name, source, table, split, counts, first, thumbnails, sizes, rows >= BANDS, broken, shapes, tuple(edges)
    )


def by_class(pixels: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Return pixels of each train id, of OUTSIDE and IGNORE, (256,), from those of each value."""
    return np.bincount(table, pixels, minlength=256)


def edge_strength(image: np.ndarray, ids: np.ndarray) -> float:
    """Return how much stronger an image (H, W, 3) changes where its label (H, W) does than elsewhere; 1 by chance."""
    grey = image.mean(-1)
    changes = [np.abs(np.diff(grey, axis=axis)) for axis in (0, 1)]
    borders = [np.diff(ids.astype(np.int32), axis=axis) != 0 for axis in (0, 1)]
    on = np.concatenate([change[border] for change, border in zip(changes, borders, strict=True)])
    every = np.mean([change.mean() for change in changes])
    return float(on.mean() / every) if len(on) and every else 1.0


def _thumbnail(image: np.ndarray) -> np.ndarray:
    small = resize_image(image, THUMBNAIL).astype(np.float32).ravel()
    small -= small.mean()
    length = float(np.linalg.norm(small))
    return small / length if length > len(small) ** 0.5 else np.zeros_like(small)
