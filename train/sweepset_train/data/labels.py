"""How labels are kept: train ids, sizes, and the form of one image's labels from a source into a cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PIL import Image

IGNORE = 255
"""The train id of void pixels: no class, and no part of any loss or score."""
OUTSIDE = 254
"""In a table of train ids: the label's id is not in its taxonomy."""

BORDER = (124, 116, 104)
"""The mean colour of ImageNet, which is 0 to a network."""

Size = tuple[int, int]
"""Width and height in pixels."""
Crop = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are outside."""


@dataclass(frozen=True)
class Framing:
    """How images of any size, and their labels, come to one size."""

    size: Size
    crop: Crop | None = None
    """What is cut out first."""
    pad: bool = False
    """Whether the image keeps its ratio of width to height, between borders, instead of being stretched."""

    def image(self, image: np.ndarray) -> np.ndarray:
        """Return an image (H, W, 3) uint8 at the size; borders have the mean colour, as in augmentation."""
        image = self._cut(image)
        left, top, right, bottom = self.place(image.shape[:2])
        inner = resize_image(image, (right - left, bottom - top))
        return self._bordered(inner, (left, top), np.array(BORDER, np.uint8))

    def label(self, label: np.ndarray, border: int) -> np.ndarray:
        """Return a map (H, W) of ids at the size, by the nearest pixel; `border` is the id of borders."""
        label = self._cut(label)
        left, top, right, bottom = self.place(label.shape[:2])
        inner = resize_label(label, (right - left, bottom - top))
        return self._bordered(inner, (left, top), np.array(border, label.dtype))

    def place(self, shape: tuple[int, int]) -> Crop:
        """Return where an image of (height, width), cut out already, is within the size."""
        width, height = self.size
        if not self.pad:
            return 0, 0, width, height
        scale = min(width / shape[1], height / shape[0])
        inner = max(1, min(width, round(shape[1] * scale))), max(1, min(height, round(shape[0] * scale)))
        left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
        return left, top, left + inner[0], top + inner[1]

    def unframe(self, shape: tuple[int, int]) -> tuple[tuple[int, int], Crop]:
        """Return how large a framed image (height, width) is if the one in it has its `shape`, and its place there."""
        height, width = shape
        left, top, right, bottom = self.place(shape)
        across, down = width / (right - left), height / (bottom - top)
        left, top = round(left * across), round(top * down)
        whole = max(top + height, round(self.size[1] * down)), max(left + width, round(self.size[0] * across))
        return whole, (left, top, left + width, top + height)

    def _cut(self, pixels: np.ndarray) -> np.ndarray:
        if self.crop is None:
            return pixels
        left, top, right, bottom = self.crop
        return pixels[top:bottom, left:right]

    def _bordered(self, inner: np.ndarray, corner: tuple[int, int], border: np.ndarray) -> np.ndarray:
        height, width = inner.shape[:2]
        if (width, height) == self.size:
            return inner
        framed = np.empty((self.size[1], self.size[0], *inner.shape[2:]), inner.dtype)
        framed[...] = border
        framed[corner[1] : corner[1] + height, corner[0] : corner[0] + width] = inner
        return framed


class LabelForm(Protocol):
    """The form of a source's labels: a map of ids, or an array that only its task understands."""

    key: tuple[str, ...]
    """Part of a cache's key, so that two forms of one source have a cache each."""

    def categories(self, labels: np.ndarray) -> np.ndarray:
        """Return the category ids in labels as a map (h, w); a single pixel if an image as a whole has a category."""

    def encode(self, labels: np.ndarray, table: np.ndarray, framing: Framing) -> np.ndarray:
        """Return the labels of an image as a cache keeps them, of one shape and type for all images.

        `table` (65536,) uint8 gives the train id of each category id.
        """


class LabelMaps:
    """Labels (H, W) of category ids, kept as train ids (h, w) uint8."""

    key: tuple[str, ...] = ()  # caches of label maps are older than other forms

    def categories(self, labels: np.ndarray) -> np.ndarray:
        """Return the labels."""
        return labels

    def encode(self, labels: np.ndarray, table: np.ndarray, framing: Framing) -> np.ndarray:
        """Return the train ids at the framing's size; borders are void."""
        return framing.label(table[labels], IGNORE)


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
