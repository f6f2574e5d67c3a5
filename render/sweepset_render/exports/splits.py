"""Split frames into train, val and test by scene and variation, so that no two splits show the same room."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sweepset.errors import SweepsetError

from ..datasets.dataset import Dataset, Frame

SPLITS = ("train", "val", "test")

FAR = 5.0
"""Points by which a split's share may differ from the one asked for without a remark."""

Unit = tuple[str, int, int | None]
"""The room that a frame shows: scene, variation, seed."""


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

    The seed counts where it changes the scene: it decides each variation of a .blend but the first, the file as it is,
    and builds the shipped scenes, whose variation v is what a seed shows that is v higher; else it only places
    cameras, and frames of another seed show the same room.
    """
    scene, seed = dataset.scene_of(frame), dataset.job["seed"]
    if scene["procedural"]:
        return scene["scene"], 0, seed + frame.variation
    return scene["scene_sha256"], frame.variation, seed if frame.variation else None


def assign(frames: Mapping[Unit, int], shares: tuple[float, float, float], seed: int) -> dict[Unit, str]:
    """Return the split of each unit, given how many frames show it.

    Units are given out whole, the largest first, in an order among equals that only `seed` decides, to the split that
    lacks most frames; but each split with a share gets one as far as there are enough, train first.
    """
    order = sorted(frames, key=lambda one: (-frames[one], hashlib.sha256(repr((seed, one)).encode()).digest()))
    lacking = {name: sum(frames.values()) * share / sum(shares) for name, share in zip(SPLITS, shares, strict=True)}
    empty = [name for name in SPLITS if lacking[name] > 0]
    given = {}
    for number, one in enumerate(order):
        among = empty if len(order) - number <= len(empty) else SPLITS
        given[one] = max(among, key=lambda name: lacking[name])
        lacking[given[one]] -= frames[one]
        if given[one] in empty:
            empty.remove(given[one])
    return given


def remark(counts: Mapping[str, int], shares: tuple[float, float, float], units: int) -> str:
    """Return a line about splits far from the shares asked for, as rooms are not divided; none if they are near.

    That a single room is in train is told elsewhere.
    """
    total = sum(counts.values())
    got = [100 * counts.get(name, 0) / total for name in SPLITS]
    asked = [100 * share / sum(shares) for share in shares]
    if units == 1 or max(abs(one - other) for one, other in zip(got, asked, strict=True)) <= FAR:
        return ""
    told = ", ".join(f"{name} {share:.0f} %" for name, share in zip(SPLITS, got, strict=True))
    return (
        f"splits: {told} of the frames instead of {','.join(f'{share:.0f}' for share in asked)}, as all frames of a "
        f"room are in one split and there are {units} rooms: render more variations"
    )
