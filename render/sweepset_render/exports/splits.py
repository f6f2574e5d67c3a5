"""Split frames into train, val and test by what they show, so that no two splits see the same room."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sweepset.errors import SweepsetError

from ..reading import Dataset, Frame

SPLITS = ("train", "val", "test")

Unit = tuple[str, int, int | None]
"""What a frame shows: scene, variation, seed."""


def parse_shares(text: str) -> tuple[float, float, float]:
    """Read shares such as '80,10,10', of train, val and test."""
    try:
        train, val, test = (float(part) for part in text.split(","))
    except ValueError:
        train = val = test = -1
    if not (0 < train < float("inf") and 0 <= val < float("inf") and 0 <= test < float("inf")):
        raise SweepsetError(
            f"--split {text!r} is no split: write three shares, of train, val and test, such as 80,10,10; "
            "train needs more than 0"
        )
    return train, val, test


def unit(dataset: Dataset, frame: Frame) -> Unit:
    """Return what a frame shows.

    The seed counts where it changes the scene: it builds the shipped scenes, and decides each variation of others;
    else it only places cameras, and frames of another seed show the same room.
    """
    job = dataset.job
    scene = job["scene"] if job["procedural"] else job["scene_sha256"]
    name = frame.record.get("scene", "")
    seeded = job["procedural"] or "variation" in frame.record
    return f"{scene} {name}".strip(), frame.variation, job["seed"] if seeded else None


def assign(units: Sequence[Unit], shares: tuple[float, float, float], seed: int) -> dict[Unit, str]:
    """Return the split of each unit: whole units, in an order that only `seed` decides, so that it can be repeated.

    Each split with a share gets a unit as far as there are enough, train first; then shares decide.
    """
    order = sorted(set(units), key=lambda one: hashlib.sha256(repr((seed, one)).encode()).digest())
    wanted = [len(order) * share / sum(shares) for share in shares]
    counts = [0, 0, 0]
    for _ in order:
        owed = [i for i in range(3) if wanted[i] > 0 and counts[i] == 0]
        counts[owed[0] if owed else max(range(3), key=lambda i: wanted[i] - counts[i])] += 1
    names = [name for name, count in zip(SPLITS, counts, strict=True) for _ in range(count)]
    return dict(zip(order, names, strict=True))
