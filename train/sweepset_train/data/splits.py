"""The data of an experiment: opened, decoded, and divided into training, validation and test."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sweepset import taxonomy
from sweepset.errors import SweepsetError
from sweepset.taxonomy import Taxonomy

from .. import task as tasks
from ..experiment import Experiment
from ..settings import Data
from . import nyu, sampling, sources
from .cache import Cached, open_cache
from .sources import Source


@dataclass(frozen=True)
class Part:
    """Some of the images of a cache."""

    cached: Cached
    indices: np.ndarray
    """(n,) int64, positions in the cache."""

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the images."""
        return tuple(self.cached.names[index] for index in self.indices)

    @property
    def digest(self) -> str:
        """A hash of the images' names, in their order."""
        return hashlib.sha256("\n".join(self.names).encode()).hexdigest()


@dataclass(frozen=True)
class Parts:
    """All images of an experiment; an unused part is None."""

    taxonomy: Taxonomy
    real: Part | None
    synthetic: Part | None
    validation: Part | None
    test: Part | None
    leak: float | None
    """The share of test frames with a neighbour among the training frames; None if names are not numbers."""

    def counts(self) -> np.ndarray:
        """Return the pixels of each class in each training image, (N, C) int64."""
        return np.concatenate([part.cached.counts[part.indices] for part in (self.real, self.synthetic) if part])

    def named(self) -> dict[str, Part]:
        """Return the parts that there are by name."""
        every = {"real": self.real, "synthetic": self.synthetic, "validation": self.validation, "test": self.test}
        return {name: part for name, part in every.items() if part is not None}


def open_parts(experiment: Experiment) -> Parts:
    """Open, decode and divide the data of an experiment.

    Raise SweepsetError if data is missing, a split does not fit it, or an image is in train and in another part.
    """
    settings, task = experiment.data, tasks.find(experiment.task)
    share = settings.synthetic_share
    if settings.synthetic and not share and not settings.pretrain_steps:
        raise SweepsetError("data.synthetic is given but data.synthetic_share is 0: give a share, or no renders")
    lacking = {}
    if (share or settings.pretrain_steps) and not settings.synthetic:
        lacking["renders"] = (
            "make some with `make render SCENE=kitchen` and pass --data renders/kitchen "
            "(with make: DATA=renders/kitchen)"
        )
    if share < 1 and settings.real is None:
        lacking["real photos"] = (
            "fetch NYU Depth V2 (2.8 GB) with `make nyu` and pass --nyu nyu/nyu_depth_v2_labeled.mat "
            "(with make: NYU=…), or train on renders alone: `sweepset-train fit synthetic --data renders/kitchen`"
        )
    if lacking:
        raise SweepsetError(
            f"this experiment trains on {' and '.join(lacking)}, and none were given: {'; '.join(lacking.values())}"
        )
    source = task.open(settings.real, settings) if settings.real else None
    split: dict[str, tuple[str, ...]] = {}
    if source:
        split = divide(source, settings)
    target = choose_taxonomy(settings, source, split.get("train", ()))
    photos = open_cache(source, target, settings.size, settings.crop) if source else None
    renders = None
    if settings.synthetic:
        renders = open_cache(task.open_renders(settings.synthetic), target, settings.size)
    real = validation = test = synthetic = None
    if photos:
        real = Part(photos, photos.indices(split["train"])) if share < 1 else None
        validation = Part(photos, photos.indices(split["validation"])) if "validation" in split else None
        test = Part(photos, photos.indices(split["test"])) if "test" in split else None
    if renders:
        names = renders.names
        if photos is None and isinstance(settings.validate_on, float):
            names, held = sampling.hold_out_rooms(names, renders.rooms, settings.validate_on, settings.split_seed)
            validation = Part(renders, renders.indices(held))
        synthetic = Part(renders, renders.indices(names))
    return Parts(target, real, synthetic, validation, test, _leak(split))


def open_part(path: Path, experiment: Experiment, split: str, target: Taxonomy) -> Part:
    """Return a split of other labelled images, sized and cropped as an experiment's real ones.

    Renders are not cropped.
    """
    settings = experiment.data
    source = tasks.find(experiment.task).open(path, settings)
    crop = None if (path / "dataset.json").is_file() else settings.crop
    cached = open_cache(source, target, settings.size, crop)
    return Part(cached, cached.indices(_names(split, source, settings, 1)))


def divide(source: Source, settings: Data) -> dict[str, tuple[str, ...]]:
    """Return the names of train, validation and test, as far as the settings ask for them."""
    every = tuple(item.name for item in source.items)
    rooms = {item.name: item.room for item in source.items}
    split = {"train": _names(settings.train, source, settings, 0)}
    if settings.test is not None:
        split["test"] = _names(settings.test, source, settings, 1)
    if isinstance(settings.validate_on, str):
        split["validation"] = _names(settings.validate_on, source, settings, 1)
    for part, names in split.items():
        missing = sorted(set(names) - set(every))
        if missing:
            raise SweepsetError(
                f"{len(missing)} of the {len(names)} images for {part} are not in {source.name!r}, such as "
                f"{missing[0]!r}: it has {len(every)}, such as {every[0]!r}; set "
                f"data.{'validate_on' if part == 'validation' else part} to a split of this data, such as "
                f"{'seeded80' if part == 'train' else 'seeded20'} or a text file of names"
            )
    for one, other in itertools.combinations(("train", "validation", "test"), 2):
        both = sorted(set(split.get(one, ())) & set(split.get(other, ())))
        if both:
            raise SweepsetError(
                f"{len(both)} images are in both {one} and {other}, such as {both[0]!r}: scores on them say nothing; "
                "choose splits that exclude each other"
            )
    if isinstance(settings.validate_on, float):
        names = split["train"]
        split["train"], split["validation"] = sampling.hold_out_rooms(
            names, [rooms[name] for name in names], settings.validate_on, settings.split_seed
        )
    split["train"] = sampling.take_share(split["train"], settings.fraction, settings.split_seed)
    return split


def _names(split: str, source: Source, settings: Data, role: int) -> tuple[str, ...]:
    """Return a split's names; of a splits.mat, those of train if `role` is 0, those of test if it is 1."""
    every = tuple(item.name for item in source.items)
    if split in nyu.SPLITS:
        return nyu.official_split(split)
    if split in ("seeded80", "seeded20"):
        return sampling.split_seeded(every, settings.split_seed)[split == "seeded20"]
    if split == "all":
        return every
    path = Path(split).expanduser()
    if path.suffix == ".mat":
        return nyu.read_splits(path, source)[role]
    try:
        names = path.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError):
        raise SweepsetError(
            f"unknown split {split!r}: choose one of {', '.join(nyu.SPLITS)}, seeded80, seeded20, all, or give a "
            "splits.mat or a text file of names"
        ) from None
    if not names or len(set(names)) != len(names):
        raise SweepsetError(f"split {split!r} has {'a name twice' if names else 'no names'}: write each name once")
    return tuple(names)


def choose_taxonomy(settings: Data, source: Source | None, train: Sequence[str]) -> Taxonomy:
    """Return the classes to learn; the commonest categories are counted in the images named in `train`."""
    kind, _, count = settings.taxonomy.rpartition("-")
    if kind != "commonest":
        return taxonomy.load(settings.taxonomy)
    if not count.isdigit() or not int(count) or source is None:
        raise SweepsetError(f"taxonomy {settings.taxonomy!r}: write commonest-30, with photos to count them in")
    return sources.commonest(source, int(count), train)


def _leak(split: dict[str, tuple[str, ...]]) -> float | None:
    numbered = all(name.isdigit() for names in split.values() for name in names)
    return sampling.neighbour_share(split["train"], split["test"]) if "test" in split and numbered else None
