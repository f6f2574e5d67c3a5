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

from ..data.cache import BATCH
from ..data.labels import resize_image
from ..data.sources import SizesDiffer, Source

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


def look(name: str, source: Source, table: np.ndarray, split: dict[str, tuple[str, ...]], tell: Tell) -> Domain:
    """Read all images of a source's parts once; `tell` hears of each."""
    part_of = {item: part for part, items in split.items() for item in items}
    counts = {part: np.zeros((65536, BANDS), np.int64) for part in split}
    first: dict[int, str] = {}
    thumbnails: dict[str, np.ndarray] = {}
    sizes: Counter[tuple[int, int]] = Counter()
    broken: dict[str, list[str]] = {}
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
        return "", (len(ids), values, _thumbnail(image), (image.shape[1], image.shape[0]))

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
                height, values, thumbnails[item.name], size = answer
                rows = max(rows, height)
                sizes[size] += 1
                for band, pixels in enumerate(values):
                    counts[part_of[item.name]][: len(pixels), band] += pixels
                    for value in np.flatnonzero(pixels):
                        first.setdefault(int(value), item.where)
    return Domain(name, source, table, split, counts, first, thumbnails, sizes, rows >= BANDS, broken)


def by_class(pixels: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Return pixels of each train id, of OUTSIDE and IGNORE, (256,), from those of each value."""
    return np.bincount(table, pixels, minlength=256)


def _thumbnail(image: np.ndarray) -> np.ndarray:
    small = resize_image(image, THUMBNAIL).astype(np.float32).ravel()
    small -= small.mean()
    length = float(np.linalg.norm(small))
    return small / length if length > len(small) ** 0.5 else np.zeros_like(small)
