"""How labels are kept: train ids, sizes, and the form of one image's labels from a source into a cache."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from PIL import Image

IGNORE = 255
"""The train id of void pixels: no class, and no part of any loss or score."""
OUTSIDE = 254
"""In a table of train ids: the label's id is not in its taxonomy."""

Size = tuple[int, int]
"""Width and height in pixels."""
Crop = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are outside."""


class LabelForm(Protocol):
    """The form of a source's labels: a map of ids, or an array that only its task understands."""

    key: tuple[str, ...]
    """Part of a cache's key, so that two forms of one source have a cache each."""

    def categories(self, labels: np.ndarray) -> np.ndarray:
        """Return the category ids in labels as a map (h, w); a single pixel if an image as a whole has a category."""

    def encode(self, labels: np.ndarray, table: np.ndarray, size: Size, crop: Crop | None) -> np.ndarray:
        """Return the labels of an image as a cache keeps them, of one shape and type for all images.

        `table` (65536,) uint8 gives the train id of each category id.
        """


class LabelMaps:
    """Labels (H, W) of category ids, kept as train ids (h, w) uint8."""

    key: tuple[str, ...] = ()  # caches of label maps are older than other forms

    def categories(self, labels: np.ndarray) -> np.ndarray:
        """Return the labels."""
        return labels

    def encode(self, labels: np.ndarray, table: np.ndarray, size: Size, crop: Crop | None) -> np.ndarray:
        """Return the train ids, cropped and resized to the nearest pixel."""
        ids = table[labels]
        if crop is not None:
            left, top, right, bottom = crop
            ids = ids[top:bottom, left:right]
        return resize_label(ids, size)


LABEL_MAPS = LabelMaps()


def resize_image(image: np.ndarray, size: Size) -> np.ndarray:
    """Return an image (H, W, 3) uint8 at another size: areas are averaged if it shrinks, bilinear if it grows."""
    if image.shape[:2] == size[::-1]:
        return image
    shrinks = size[0] <= image.shape[1] and size[1] <= image.shape[0]
    how = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(np.ascontiguousarray(image)).resize(size, how))


def resize_label(label: np.ndarray, size: Size) -> np.ndarray:
    """Return a label (H, W) at another size: each pixel takes the value at its centre."""
    rows, columns = (
        ((np.arange(new) + 0.5) * old / new).astype(np.int64) for new, old in zip(size[::-1], label.shape, strict=True)
    )
    return label[np.ix_(rows, columns)]
