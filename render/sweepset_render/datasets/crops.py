"""Statistics of things cut out by their boxes: how wide, how bright; photos of one thing each beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from sweepset import supplies
from sweepset.errors import SweepsetError
from sweepset.host.pictures import read_image
from sweepset.taxonomy import MAX_ID, UNLABELLED, Taxonomy

from . import dataset as reading
from .stats import MEASURES, Histogram, Measure, Statistics, is_dataset

CROP_MEASURES = {
    "share": Measure("of the frame", "crops", np.linspace(0, 1, 21)),
    "aspect": Measure("width / height", "crops", np.arange(0, 4.1, 0.25)),
    "brightness": MEASURES["brightness"],
    "contrast": MEASURES["contrast"],
    "saturation": Measure("of 255", "crops", np.arange(0, 257, 16.0)),
}
"""The box's share of the frame, in datasets; its shape; the mean and deviation of its grey levels; mean saturation."""
Crop = tuple[int, np.ndarray, float | None]
"""The category's id, the picture inside the box, (height, width, 3) uint8, and the box's share of the frame."""


def count(place: Path, kinds: Taxonomy, advance: Callable[[], None] = lambda: None) -> Statistics:
    """Measure the largest thing of each frame of a dataset in its box, or each picture of a plain folder as it is.

    Things are the instances whose category is a thing. `advance` is called after each picture. Raise SweepsetError if
    a dataset has no instances, or a folder no pictures.
    """
    pixels = np.zeros(MAX_ID + 1, np.int64)
    values: dict[str, list[float]] = {name: [] for name in CROP_MEASURES}
    with ThreadPoolExecutor() as pool:
        looks = _of_dataset(place, kinds) if is_dataset(place) else _of_folder(place)
        for crop in pool.map(lambda look: look(), looks):
            advance()
            if crop is not None:
                pixels[crop[0]] += 1
                for name, value in _measure(crop):
                    values[name].append(value)
    if not pixels.sum():
        raise SweepsetError(f"{str(place)!r} shows no thing that could be cut out: no instance's category is a thing")
    histograms = {}
    for name, measure in CROP_MEASURES.items():
        if len(values[name]) == pixels.sum():
            low, high = measure.edges[[0, -1]]
            counts, _ = np.histogram(np.clip(values[name], low, high), measure.edges)
            histograms[name] = Histogram(measure, counts, float(np.mean(values[name])))
    return Statistics(str(place), kinds, int(pixels.sum()), pixels, histograms, counted="crops")


def _measure(crop: Crop) -> Iterator[tuple[str, float]]:
    _, image, share = crop
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    yield "aspect", image.shape[1] / image.shape[0]
    yield "brightness", float(grey.mean())
    yield "contrast", float(grey.std())
    yield "saturation", float(cv2.cvtColor(image, cv2.COLOR_RGB2HSV)[..., 1].mean())
    if share is not None:
        yield "share", share


def _of_dataset(folder: Path, kinds: Taxonomy) -> list[Callable[[], Crop | None]]:
    data = reading.Dataset(folder)
    known = kinds.ids_from(data.taxonomy)
    things = {one.id: known.get(one.name, UNLABELLED) for one in data.taxonomy if one.isthing}

    def look(frame: reading.Frame) -> Crop | None:
        if not frame.has("instances"):
            raise SweepsetError(f"{str(folder)!r} has no instances to cut out: render with them, their default")
        ids = frame.instances
        sizes = np.bincount(ids.ravel())
        found = [
            number
            for number, record in frame.instance_records.items()
            if number < len(sizes) and sizes[number] and record["category_id"] in things
        ]
        if not found:
            return None
        main = max(found, key=lambda number: int(sizes[number]))
        rows, columns = (np.flatnonzero((ids == main).any(axis)) for axis in (1, 0))
        image = frame.image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return things[frame.instance_records[main]["category_id"]], image, image[..., 0].size / ids.size

    return [lambda frame=frame: look(frame) for frame in data]  # type: ignore[misc]


def _of_folder(folder: Path) -> list[Callable[[], Crop | None]]:
    files = supplies.find_photos(folder.expanduser(), "crops")
    return [lambda path=path: (UNLABELLED, read_image(path), None) for path in files]  # type: ignore[misc]
