"""The data of an experiment: opened, decoded, and divided into training, validation and test."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping, Sequence
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
from .given import check_given
from .sources import Source
from .split_files import read_names


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
    notes: tuple[str, ...] = ()
    """What a user should know of the data before training, a line each."""

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
    check_given(settings)
    share = settings.synthetic_share
    source = task.open(settings.real, settings) if settings.real else None
    split: dict[str, tuple[str, ...]] = {}
    if source:
        split = divide(source, settings)
    rendered = task.open_renders(settings.synthetic, settings) if settings.synthetic else None
    target = choose_taxonomy(settings, source or rendered, split.get("train", ()))
    pad = settings.fit == "pad"
    photos = open_cache(source, target, settings.size, settings.crop, pad=pad) if source else None
    renders = open_cache(rendered, target, settings.size, pad=pad) if rendered else None
    parts = _parts(photos, split) if photos else {}
    real, synthetic = (parts.get("train") if share < 1 else None), None
    if renders and photos:
        synthetic = Part(renders, renders.indices(renders.names))
    elif renders:
        kinds = rendered.kinds if rendered else None
        parts = _parts(renders, divide_renders(renders.names, renders.rooms, settings, kinds))
        synthetic = parts["train"]
    leak = None if source and source.kinds else _leak(split)
    notes = tuple(note for one in (source, rendered) if one for note in one.notes)
    found = Parts(target, real, synthetic, parts.get("validation"), parts.get("test"), leak, notes)
    for name, part in found.named().items():
        check_labelled(part, name)
    return found


def _parts(cached: Cached, split: Mapping[str, tuple[str, ...]]) -> dict[str, Part]:
    return {name: Part(cached, cached.indices(names)) for name, names in split.items()}


def check_labelled(part: Part, name: str) -> None:
    """Raise SweepsetError if no pixel of a part is of a class."""
    if not part.cached.counts[part.indices].any():
        raise SweepsetError(
            f"the {len(part)} images of the {name} part have no labelled pixel, all are void: there is nothing to "
            "learn or to score; choose another split, or see what labels hold with `sweepset-train doctor`"
        )


def open_part(path: Path, experiment: Experiment, split: str, target: Taxonomy) -> Part:
    """Return a split of other labelled images, sized and cropped as an experiment's real ones.

    Renders are not cropped.
    """
    settings = experiment.data
    source = tasks.find(experiment.task).open(path, settings)
    crop = None if (path / "dataset.json").is_file() else settings.crop
    cached = open_cache(source, target, settings.size, crop, pad=settings.fit == "pad")
    return Part(cached, cached.indices(_names(split, source, settings, 1)))


def divide_renders(
    names: Sequence[str], rooms: Sequence[str | None], settings: Data, kinds: sampling.Kinds | None = None
) -> dict[str, tuple[str, ...]]:
    """Return the names of train, test and validation of renders that are trained on alone: rooms are held out whole.

    Raise SweepsetError if the settings ask for a split by name, or there are too few rooms.
    """
    of = dict(zip(names, rooms, strict=True))
    split = {"train": tuple(names)}
    for part, share in (("test", settings.test), ("validation", settings.validate_on)):
        if isinstance(share, str):
            key = "test" if part == "test" else "validate_on"
            raise SweepsetError(
                f"data.{key} is {share!r}, a split of photos, and there are none: set data.{key} to the share of the "
                "renders to hold out in whole rooms, such as 0.2, or to null"
            )
        if share is not None:
            _hold_out(split, part, share, of, settings, kinds)
    return split


def _hold_out(
    split: dict[str, tuple[str, ...]],
    part: str,
    share: float,
    rooms: Mapping[str, str | None],
    settings: Data,
    kinds: sampling.Kinds | None,
) -> None:
    """Move a share of the training images, or of each class, in whole rooms, to another part."""
    names = split["train"]
    if kinds:
        split["train"], split[part] = sampling.hold_out_of_each(names, rooms, share, settings.split_seed, kinds)
        return
    split["train"], split[part] = sampling.hold_out_rooms(
        names, [rooms[name] for name in names], share, settings.split_seed
    )


def divide(source: Source, settings: Data) -> dict[str, tuple[str, ...]]:
    """Return the names of train, validation and test, as far as the settings ask for them."""
    every = tuple(item.name for item in source.items)
    rooms, kinds = {item.name: item.room for item in source.items}, source.kinds
    split = {"train": _names(settings.train, source, settings, 0)}
    if isinstance(settings.test, str):
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
                f"{_example(part, source)} or a text file of names"
            )
    for one, other in itertools.combinations(("train", "validation", "test"), 2):
        both = sorted(set(split.get(one, ())) & set(split.get(other, ())))
        if both:
            raise SweepsetError(
                f"{len(both)} images are in both {one} and {other}, such as {both[0]!r}: scores on them say nothing; "
                "choose splits that exclude each other"
            )
    for part, share in (("test", settings.test), ("validation", settings.validate_on)):
        if isinstance(share, float):
            _hold_out(split, part, share, rooms, settings, kinds)
    split["train"] = sampling.take_share(split["train"], settings.fraction, settings.split_seed, kinds)
    if settings.per_class and kinds:
        split["train"] = sampling.take_each(split["train"], settings.per_class, settings.split_seed, kinds)
    return split


def _names(split: str, source: Source, settings: Data, role: int) -> tuple[str, ...]:
    """Return a split's names; of a splits.mat, those of train if `role` is 0, those of test if it is 1."""
    every = tuple(item.name for item in source.items)
    if split in source.splits:
        return source.splits[split]
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
        return read_names(path, source)
    except (OSError, ValueError):  # ValueError: no path at all
        known = ", ".join([*source.splits, *nyu.SPLITS])
        raise SweepsetError(
            f"unknown split {split!r}: choose one of {known}, seeded80, seeded20, all, or give a splits.mat or a text "
            "file of names"
        ) from None


def _example(part: str, source: Source) -> str:
    """Return a split that a part of a source can be."""
    own = {"train": "train", "validation": "val", "test": "test"}[part]
    return own if own in source.splits else "seeded80" if part == "train" else "seeded20"


def choose_taxonomy(settings: Data, source: Source | None, train: Sequence[str]) -> Taxonomy:
    """Return the classes to learn; the commonest categories are counted in the images named in `train`."""
    if settings.taxonomy == "own" and source is not None:
        return source.taxonomy
    kind, _, count = settings.taxonomy.rpartition("-")
    if kind != "commonest":
        return taxonomy.load(settings.taxonomy, least=0)
    if not count.isdigit() or not int(count) or source is None:
        raise SweepsetError(f"taxonomy {settings.taxonomy!r}: write commonest-30, with photos to count them in")
    return sources.commonest(source, int(count), train)


def _leak(split: dict[str, tuple[str, ...]]) -> float | None:
    numbered = all(name.isdigit() for names in split.values() for name in names)
    return sampling.neighbour_share(split["train"], split["test"]) if "test" in split and numbered else None
