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
    """Return the frames of datasets with their instances; raise SweepsetError if one has none."""
    source = sources.open_datasets(folders)
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
        place = objects[index]
        if place is not None:
            hidden = [one["id"] for one in dataset.read_json(place)["objects"] if one["visibility"] < HIDDEN]
            numbers = np.where(np.isin(numbers, hidden), 0, numbers)
        return image, np.stack([label, numbers], -1).astype(np.uint16)

    files = (*source.files, *maps, *(path for path in objects if path))
    return replace(source, files=files, read_item=read, form=INSTANCE_MAPS)


def _beside(label: Path, kind: str) -> Path:
    """Return the file of another kind of ground truth of a label's frame."""
    return label.parents[1] / KINDS[kind].folder / f"{label.stem}.{KINDS[kind].suffix}"
