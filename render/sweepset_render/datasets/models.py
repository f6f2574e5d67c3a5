"""Read the models of a dataset: the meshes and symmetries of what its objects are copies of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sweepset import dataset, model_files
from sweepset.errors import SweepsetError
from sweepset.model_files import Shape

BLOCK = 2**22
"""The most distances that are computed at once, to bound memory."""


@dataclass(frozen=True)
class Model:
    """A model in metres, in the axes of the poses of `objects/`; `key` names its files.

    `discrete` are its symmetries, (4, 4) each; `continuous` have an `axis` and an `offset`; `keypoints` are (3,) by
    name.
    """

    key: str
    name: str
    shape: Shape
    discrete: tuple[np.ndarray, ...]
    continuous: tuple[Mapping[str, Any], ...]
    keypoints: Mapping[str, np.ndarray]


def read(folder: Path, key: str) -> Model:
    """Return a model of the dataset in a folder; raise SweepsetError if its files are missing or damaged."""
    place = folder / model_files.FOLDER
    facts = dataset.read_json(place / f"{key}.json")
    mesh = place / f"{key}.ply"
    try:
        shape = model_files.decode(mesh.read_bytes())
    except OSError as error:
        raise SweepsetError(f"cannot read {str(mesh)!r}: {error.strerror}; render the dataset again") from None
    except ValueError as error:
        raise SweepsetError(f"{str(mesh)!r} {error}: copy it again, or render the dataset again") from None
    return Model(
        key,
        facts["model"],
        shape,
        tuple(np.array(one) for one in facts["symmetries"]["discrete"]),
        tuple(facts["symmetries"]["continuous"]),
        {name: np.array(at) for name, at in facts["keypoints"].items()},
    )


def faults(folder: Path, keys: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Yield the models of a dataset that cannot be used, and whether their files are there: of other content, then."""
    for key in keys:
        try:
            mesh, facts = ((folder / model_files.FOLDER / f"{key}.{kind}").read_bytes() for kind in ("ply", "json"))
        except OSError:
            yield key, False
            continue
        if not model_files.is_of(key, mesh, facts):
            yield key, True


def diameter(points: np.ndarray) -> float:
    """Return the largest distance of two of some points, (n, 3)."""
    points = points.astype(np.float64)
    away = np.linalg.norm(points - points.mean(0), axis=1)
    first = points[away.argmax()]
    far = points[np.linalg.norm(points - first, axis=1).argmax()]
    known = float(np.linalg.norm(far - first))
    # Both ends of a longer line are at least as far from the middle as what its other end cannot reach.
    some = points[away >= known - away.max() - 1e-9]
    step = max(1, BLOCK // len(some))
    squares = (((some[at : at + step, None] - some[None]) ** 2).sum(2).max() for at in range(0, len(some), step))
    return float(np.sqrt(max(squares)))
