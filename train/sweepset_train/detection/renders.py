"""The instances of Sweepset's datasets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sweepset import dataset
from sweepset.errors import SweepsetError
from sweepset.ground_truth import KINDS
from sweepset.host.pictures import read_label

from ..data import sources
from ..data.sources import Source
from .instances import INSTANCE_MAPS

HIDDEN = 0.1
"""The visible share of an instance below which it is an ignored area; known if the dataset has `objects`."""


def open_datasets(folders: Sequence[Path]) -> Source:
    """Return the frames of datasets with their instances; raise SweepsetError if one has none.

    Categories that are no things, such as the background of a user's own models, are left out.
    """
    source = sources.open_datasets(folders)
    things = tuple(category for category in source.taxonomy if category.isthing) or source.taxonomy.categories
    stuff = [category.id for category in source.taxonomy if category not in things]
    labels = [Path(item.where) for item in source.items]
    maps = [_beside(label, "instances") for label in labels]
    missing = next((path for path in maps if not path.exists()), None)
    if missing:
        raise SweepsetError(
            f"{str(missing.parents[1])!r} has no instances ({missing.name} is not in {missing.parent.name!r}): "
            "detection needs them; render with `--with instances`, or name other renders"
        )
    objects = [path if path.exists() else None for path in (_beside(label, "objects") for label in labels)]

    def read(index: int) -> tuple[np.ndarray, np.ndarray]:
        image, label = source.read_item(index)
        numbers = read_label(maps[index])
        label = np.where(np.isin(label, stuff), 0, label)
        place = objects[index]
        if place is not None:
            hidden = [one["id"] for one in dataset.read_json(place)["objects"] if one["visibility"] < HIDDEN]
            numbers = np.where(np.isin(numbers, hidden), 0, numbers)
        return image, np.stack([label, numbers], -1).astype(np.uint16)

    files = (*source.files, *maps, *(path for path in objects if path))
    kinds = source.taxonomy
    if stuff:  # another name, as equal ones promise equal categories
        kinds = replace(kinds, name=f"{kinds.name}-things", categories=things)
    return replace(source, files=files, read_item=read, form=INSTANCE_MAPS, taxonomy=kinds)


def _beside(label: Path, kind: str) -> Path:
    """Return the file of another kind of ground truth of a label's frame."""
    return label.parents[1] / KINDS[kind].folder / f"{label.stem}.{KINDS[kind].suffix}"
