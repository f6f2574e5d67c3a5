"""The labels of an image as a map of classes and a map of instance numbers, and the instances in them.

Labels are (H, W, 2): the category of each pixel, and the number of its instance. So all images have labels of one
shape. These rules hold:

- A pixel belongs to one instance. Where annotations overlap, it belongs to the smaller one.
- An instance is a number together with a category. Its box is the one around its pixels.
- A category without a number is an ignored area: a crowd, or instances too small or too hidden to demand. It is
  neither missed nor a false alarm in scores, and background in training.
- Instances of fewer than TINY pixels at the size of the cache become ignored areas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..data.labels import IGNORE, Framing

TINY = 16
"""Pixels that an instance has at least."""
MOST = 255
"""Instances of one image at most; the smallest of more become ignored areas."""
NOTHING = 65535
"""In labels of COCO, VOC and folders, the id of pixels of no category: categories may have any other id, also 0."""


class InstanceMaps:
    """Labels (H, W, 2) uint16 of category ids and instance numbers, kept as (h, w, 2) uint8 train ids and numbers."""

    key: tuple[str, ...] = ("instances",)

    def categories(self, labels: np.ndarray) -> np.ndarray:
        """Return the map of categories."""
        return labels[..., 0]

    def encode(self, labels: np.ndarray, table: np.ndarray, framing: Framing) -> np.ndarray:
        """Return train ids and numbers from 1, largest instance first, at another size by the nearest pixel."""
        ids, numbers = framing.label(table[labels[..., 0]], IGNORE), framing.label(labels[..., 1], 0)
        keys = np.where((ids != IGNORE) & (numbers > 0), numbers.astype(np.int64) * 256 + ids + 1, 0)
        found, where, counts = np.unique(keys, return_inverse=True, return_counts=True)
        own = np.zeros(len(found), np.uint8)
        order = [k for k in np.argsort(-counts, kind="stable") if found[k] and counts[k] >= TINY][:MOST]
        own[order] = np.arange(1, len(order) + 1)
        return np.stack([ids, own[where.reshape(keys.shape)]], -1)


INSTANCE_MAPS = InstanceMaps()


@dataclass(frozen=True)
class Truth:
    """An instance, or an ignored area, of an image."""

    label: int
    """Its train id."""
    mask: np.ndarray
    """(H, W) bool."""
    ignored: bool

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, width and height."""
        rows, columns = np.flatnonzero(self.mask.any(1)), np.flatnonzero(self.mask.any(0))
        left, top = columns[0], rows[0]
        return float(left), float(top), float(columns[-1] + 1 - left), float(rows[-1] + 1 - top)


def decode(labels: np.ndarray) -> list[Truth]:
    """Return the instances in labels (h, w, 2) as cached, by number, then the ignored areas, one a class."""
    ids, numbers = labels[..., 0], labels[..., 1]
    found = []
    for number in range(1, int(numbers.max(initial=0)) + 1):
        mask = numbers == number
        if mask.any():
            found.append(Truth(int(ids[mask][0]), mask, False))
    for label in np.unique(ids[(numbers == 0) & (ids != IGNORE)]):
        found.append(Truth(int(label), (ids == label) & (numbers == 0), True))
    return found


def main_class(labels: np.ndarray) -> int:
    """Return the class of the largest instance, else of the largest ignored area, else -1: what an image shows."""
    truths = decode(labels)
    wanted = [truth for truth in truths if not truth.ignored] or truths
    return max(wanted, key=lambda truth: int(truth.mask.sum())).label if wanted else -1


def paint(size: tuple[int, int], annotated: Sequence[tuple[int, np.ndarray, bool]]) -> np.ndarray:
    """Return labels (H, W, 2) uint16 from categories with masks (H, W) bool, and whether each is an ignored area.

    `size` is (height, width). Larger ones are painted first, ignored areas before all others.
    """
    labels = np.zeros((*size, 2), np.uint16)
    labels[..., 0] = NOTHING
    order = sorted(annotated, key=lambda one: (not one[2], -int(one[1].sum())))
    for number, (category, mask, ignored) in enumerate(order, 1):
        labels[mask] = category, 0 if ignored else number
    return labels
