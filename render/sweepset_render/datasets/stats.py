"""Statistics of labelled images: categories, depth, brightness, contrast; and how far two sets differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from sweepset import dataset, outputs, taxonomy
from sweepset.errors import SweepsetError
from sweepset.ground_truth import KINDS
from sweepset.host import command, page
from sweepset.host.pictures import read_image, read_label
from sweepset.taxonomy import MAX_ID, UNLABELLED, Taxonomy

from . import dataset as reading

VOID = 255
"""The id of no category in labels of plain folders, like 0, unless the taxonomy has a category of this id."""
NO_CATEGORY = 0xFFFF
"""A value in tables of ids that is no category's id."""
SHOWN = 0.001
"""Share of a frame's pixels from which the category counts as visible in it."""
COMMONEST, FACTOR = 20, 2.0
"""Number of the commonest categories that are compared, and the factor by which their shares may differ."""


@dataclass(frozen=True)
class Measure:
    """A number of each frame or pixel: its unit, and its histogram's edges; values beyond them count at the ends."""

    unit: str
    of: str
    edges: np.ndarray


MEASURES = {
    "categories": Measure("categories", "frames", np.arange(26.0)),
    "depth": Measure("m", "pixels", np.arange(0, 10.1, 0.5)),
    "brightness": Measure("grey level", "frames", np.arange(0, 257, 16.0)),
    "contrast": Measure("grey levels", "frames", np.arange(0, 129, 8.0)),
}
"""Visible categories; depth along the camera's axis; mean and deviation of the grey levels of labelled pixels."""


@dataclass(frozen=True)
class Histogram:
    """Counts of a measure's values between its edges, (N,) int64, and the mean of all values, NaN of none."""

    measure: Measure
    counts: np.ndarray
    mean: float

    @property
    def shares(self) -> np.ndarray:
        """Return the counts as shares, (N,) float64."""
        return self.counts / max(self.counts.sum(), 1)


@dataclass(frozen=True)
class Statistics:
    """Statistics of a set of labelled images; `pixels` are counts by id, no category at 0, (MAX_ID + 1,) int64.

    `counted` says what they are counts of; in statistics of crops, `frames` is the number of crops.
    """

    name: str
    taxonomy: Taxonomy
    frames: int
    pixels: np.ndarray
    histograms: Mapping[str, Histogram]
    """By the names of their measures; depth only if all frames have it."""
    counted: str = "labelled pixels"

    @cached_property
    def shares(self) -> dict[str, float]:
        """Return each category's share of what is counted and has one, the commonest first."""
        labelled = max(int(self.pixels.sum() - self.pixels[UNLABELLED]), 1)
        ordered = sorted(self.taxonomy, key=lambda category: -self.pixels[category.id])
        return {category.name: float(self.pixels[category.id] / labelled) for category in ordered}

    @property
    def unlabelled(self) -> float:
        """Return the share of all that is counted that is of no category."""
        return float(self.pixels[UNLABELLED] / max(self.pixels.sum(), 1))

    def to_json(self) -> dict[str, Any]:
        """Return all of it in JSON's types."""
        return {
            "name": self.name,
            "frames": self.frames,
            "taxonomy": self.taxonomy.name,
            "unlabelled": self.unlabelled,
            "shares": self.shares,
            "histograms": {
                name: {
                    "unit": found.measure.unit,
                    "edges": found.measure.edges.tolist(),
                    "counts": found.counts.tolist(),
                    "mean": found.mean,
                }
                for name, found in self.histograms.items()
            },
        }


@dataclass(frozen=True)
class Comparison:
    """How far `second` is from `first`, in one taxonomy."""

    first: Statistics
    second: Statistics

    @property
    def ratios(self) -> dict[str, float]:
        """Return the second's share of each category over the first's, the first's commonest first; 1 of two zeros."""
        return {name: _ratio(self.second.shares[name], share) for name, share in self.first.shares.items()}

    @property
    def commonest(self) -> list[str]:
        """Return the first's commonest categories, which are compared."""
        return [name for name, share in self.first.shares.items() if share > 0][:COMMONEST]

    @property
    def near(self) -> list[str]:
        """Return the compared categories whose shares differ by no more than FACTOR."""
        return [name for name in self.commonest if 1 / FACTOR <= self.ratios[name] <= FACTOR]

    @property
    def distances(self) -> dict[str, float]:
        """Return the Jensen-Shannon distance of the categories' shares, and of each measure that both have."""
        names = self.first.shares
        own, other = (np.array([one.shares[name] for name in names]) for one in (self.first, self.second))
        measures = {
            name: jensen_shannon(found.shares, self.second.histograms[name].shares)
            for name, found in self.first.histograms.items()
            if name in self.second.histograms
        }
        return {"shares": jensen_shannon(own, other), **measures}

    def to_json(self) -> dict[str, Any]:
        """Return all of it in JSON's types."""
        return {
            "first": self.first.to_json(),
            "second": self.second.to_json(),
            "ratios": {name: None if ratio == float("inf") else ratio for name, ratio in self.ratios.items()},
            "commonest": self.commonest,
            "within_factor": FACTOR,
            "near": self.near,
            "distances": self.distances,
        }


class Row(NamedTuple):
    """A category in a table: its shares in one or two sets, their ratio, and whether the ratio is too far from 1."""

    name: str
    shares: tuple[float, ...]
    ratio: float
    far: bool


@dataclass(frozen=True)
class _Frames:
    """Labelled images of one folder; `read` returns an image, its label and its depth in millimetres, if any."""

    name: str
    count: int
    read: Callable[[int], tuple[np.ndarray, np.ndarray, np.ndarray | None]]
    ids: np.ndarray
    """The id in the taxonomy of each id of the labels, (65536,) uint16, or NO_CATEGORY."""


def jensen_shannon(one: np.ndarray, other: np.ndarray) -> float:
    """Return the Jensen-Shannon distance, to base 2, of two distributions: 0 for the same, 1 for nothing in common."""
    middle = (one + other) / 2

    def divergence(p: np.ndarray) -> float:
        some = p > 0
        return float(np.sum(p[some] * np.log2(p[some] / middle[some])))

    return float(np.sqrt(max(divergence(one) + divergence(other), 0.0) / 2))


def choose_taxonomy(place: Path, name: str | None) -> Taxonomy:
    """Return the taxonomy to count in: the named one, else a dataset's own, else the default."""
    if name:
        return taxonomy.load(name)
    return reading.Dataset(place).taxonomy if is_dataset(place) else taxonomy.default()


def count(
    place: Path, kinds: Taxonomy, images: str, labels: str, advance: Callable[[], None] = lambda: None
) -> Statistics:
    """Count a dataset's frames, or the pairs of the subfolders `images` and `labels` of a plain folder.

    A dataset's categories are mapped to `kinds`; a plain folder's labels hold its ids. `advance` is called
    after each image. Raise SweepsetError if files are missing, broken or contradict each other.
    """
    frames = _of_dataset(place, kinds) if is_dataset(place) else _of_folders(place, kinds, images, labels)
    pixels = np.zeros(MAX_ID + 1, np.int64)
    counts = {name: np.zeros(len(measure.edges) - 1, np.int64) for name, measure in MEASURES.items()}
    sums, numbers, with_depth = dict.fromkeys(MEASURES, 0.0), dict.fromkeys(MEASURES, 0), 0
    with ThreadPoolExecutor() as pool:
        for seen, values in pool.map(lambda index: _look(frames, index), range(frames.count)):
            pixels += seen
            with_depth += "depth" in values
            for name, (binned, total, number) in values.items():
                counts[name] += binned
                sums[name] += total
                numbers[name] += number
            advance()
    histograms = {
        name: Histogram(MEASURES[name], counts[name], sums[name] / numbers[name] if numbers[name] else float("nan"))
        for name in MEASURES
        if name != "depth" or with_depth == frames.count
    }
    return Statistics(frames.name, kinds, frames.count, pixels, histograms)


def write(path: Path, first: Statistics, second: Statistics | None) -> None:
    """Write a page with tables and plots of one set of images, or of two side by side."""
    outputs.demand_outside(path)
    sets, seen = [first, second] if second else [first], list(rows(first, second))
    page.fill(
        path,
        __package__,
        "stats.html",
        title=" and ".join(one.name for one in sets),
        sets=sets,
        both=Comparison(first, second) if second else None,
        rows=seen,
        widest=max((share for row in seen for share in row.shares), default=1.0),
        measures={name: found.measure for one in sets for name, found in one.histograms.items()},
        factor=FACTOR,
    )


def show(first: Statistics, second: Statistics | None) -> None:
    """Print a table of categories and a table of measures."""
    both = Comparison(first, second) if second else None
    sets = [first, second] if second else [first]
    names = [one.name for one in sets]
    seen = list(rows(first, second))
    command.tabulate(
        ["category", *names, *(["ratio"] if both else [])],
        [
            [row.name, *(f"{100 * share:.2f}" for share in row.shares), *([f"{row.ratio:.2f}"] if both else [])]
            for row in seen
        ],
        f"Share of the {first.counted}, %",
        numbers=True,
        styles=["bold yellow" if row.far else None for row in seen],
    )
    means = [
        ["crops" if first.counted == "crops" else "frames", *(str(one.frames) for one in sets)],
        ["of no category, %", *(f"{100 * one.unlabelled:.2f}" for one in sets)],
    ]
    for name, measure in {name: one.measure for of in sets for name, one in of.histograms.items()}.items():
        found = [one.histograms.get(name) for one in sets]
        unit = f", {measure.unit}" if measure.unit != name else " in a frame"
        values = [f"{one.mean:.2f}" if one else "none" for one in found]
        means.append([name + unit, *values, *([f"{both.distances[name]:.3f}"] if both and all(found) else [])])
    if both:
        means.append(["shares of categories", "", "", f"{both.distances['shares']:.3f}"])
    title = "Means, and Jensen-Shannon distances from 0 to 1" if both else "Means"
    command.tabulate(["", *names, *(["distance"] if both else [])], means, title, numbers=True)
    if both and both.commonest:
        near = f"{len(both.near)} of the {len(both.commonest)} commonest categories"
        command.say(f"{near} are within a factor of {FACTOR:g}")


def rows(first: Statistics, second: Statistics | None) -> Iterator[Row]:
    """Go over the visible categories, the first's commonest first."""
    both = Comparison(first, second) if second else None
    judged = set(both.commonest) - set(both.near) if both else set()
    for name, share in first.shares.items():
        shares = (share, second.shares[name]) if second else (share,)
        if any(shares):
            yield Row(name, shares, both.ratios[name] if both else 1.0, name in judged)


def _look(frames: _Frames, index: int) -> tuple[np.ndarray, dict[str, tuple[np.ndarray, float, int]]]:
    """Return an image's pixels by id, and for each measure its counts between its edges, sum, and number of values."""
    image, label, depth = frames.read(index)
    if image.shape[:2] != label.shape:
        (high, wide), (tall, broad) = image.shape[:2], label.shape
        raise SweepsetError(
            f"an image in {frames.name!r} is {wide}x{high} and its label {broad}x{tall}: both must have one size"
        )
    pixels = np.bincount(frames.ids[label].ravel(), minlength=NO_CATEGORY + 1)
    if pixels[NO_CATEGORY]:
        strange = np.unique(label[frames.ids[label] == NO_CATEGORY]).tolist()
        raise SweepsetError(f"a label in {frames.name!r} has ids {strange}, which the taxonomy lacks: name another one")
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[frames.ids[label] != UNLABELLED]
    found = {
        "categories": np.array([np.count_nonzero(pixels[UNLABELLED + 1 :] >= SHOWN * label.size)]),
        "brightness": np.array([grey.mean()] if grey.size else []),
        "contrast": np.array([grey.std()] if grey.size else []),
    }
    if depth is not None:
        found["depth"] = depth[depth > 0] / 1000
    told = {}
    for name, values in found.items():
        edges = MEASURES[name].edges
        binned, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
        told[name] = binned, float(values.sum()), values.size
    return pixels[: MAX_ID + 1], told


def is_dataset(place: Path) -> bool:
    """Return whether a folder is a dataset of Sweepset, not a plain folder."""
    return (place.expanduser() / "dataset.json").is_file()


def _of_dataset(folder: Path, kinds: Taxonomy) -> _Frames:
    data = reading.Dataset(folder)
    frames = list(data)
    known = kinds.ids_from(data.taxonomy)
    if not known:
        raise SweepsetError(
            f"taxonomy {data.taxonomy.name} of {str(folder)!r} shares no category with {kinds.name}: name another one"
        )
    ids = np.full(NO_CATEGORY + 1, NO_CATEGORY, np.uint16)
    ids[UNLABELLED] = UNLABELLED
    for category in data.taxonomy:
        ids[category.id] = known.get(category.name, UNLABELLED)

    def read(index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        frame = frames[index]
        return frame.read("image"), frame.read("label"), frame.read("depth") if frame.has("depth") else None

    return _Frames(str(folder), len(frames), read, ids)


def _of_folders(folder: Path, kinds: Taxonomy, images: str, labels: str) -> _Frames:
    folder = folder.expanduser()
    pairs = dataset.pair_pictures(folder, images, labels)
    ids = np.full(NO_CATEGORY + 1, NO_CATEGORY, np.uint16)
    ids[[UNLABELLED, VOID]] = UNLABELLED
    known = {UNLABELLED, VOID, *kinds.ids.values()}
    for category in kinds:
        ids[category.id] = category.id

    def read(index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        depth = folder / KINDS["depth"].folder / f"{pairs[index][1].stem}.png"
        return (
            read_image(pairs[index][0]),
            read_label(pairs[index][1], known),
            reading.read_picture(depth, "depth") if depth.is_file() else None,
        )

    return _Frames(str(folder), len(pairs), read, ids)


def _ratio(share: float, of: float) -> float:
    if of == 0:
        return 1.0 if share == 0 else float("inf")
    return share / of
