"""Parts of the data: seeded shares of which the smaller lie in the larger, and rooms held out whole.

Which part an item is in depends on its name and the seed alone, not on what else there is or in which order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sweepset.errors import SweepsetError

PARTS = ("test", "validation", "real", "synthetic")
"""Names of the parts of a run's own data."""


def take_share(names: Sequence[str], share: float, seed: int) -> tuple[str, ...]:
    """Return a share of the names, 0 < share <= 1, in their order; with one seed, smaller shares lie in larger ones."""
    if not 0 < share <= 1:
        raise SweepsetError(f"share {share}: a share is more than 0, and 1 at most")
    count = round(share * len(names))
    if not count:
        raise SweepsetError(f"share {share} of {len(names)} items is none: give a larger share")
    taken = set(_shuffled(names, seed)[:count])
    return tuple(name for name in names if name in taken)


def split_seeded(names: Sequence[str], seed: int, share: float = 0.8) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return train and test: a share of the names, regardless of rooms, and the rest.

    Frames of one room come into both, so that the test overrates a model; `neighbour_share` says how much there is of
    it. For comparison with others who split so.
    """
    train = take_share(names, share, seed)
    chosen = set(train)
    return train, tuple(name for name in names if name not in chosen)


def hold_out_rooms(
    names: Sequence[str], rooms: Sequence[str | None], share: float, seed: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return train and validation: whole rooms are held out until they have `share` of the items.

    Raise SweepsetError if rooms are not known, or there are too few to hold any out.
    """
    if len(names) != len(rooms) or None in rooms:
        raise SweepsetError(
            "rooms of the images are not known: name a split instead of a share, or give data that names rooms"
        )
    of = dict(zip(names, rooms, strict=True))
    held: set[str | None] = set()
    count = 0
    for room in _shuffled(sorted({room for room in rooms if room is not None}), seed):
        if count >= share * len(names):
            break
        held.add(room)
        count += sum(other == room for other in rooms)
    if not 0 < count < len(names):
        raise SweepsetError(
            f"cannot hold out {share} of {len(names)} items in {len(set(rooms))} rooms, whole rooms only: give more "
            "rooms, such as renders of other seeds, or a share between 0 and 1"
        )
    return tuple(n for n in names if of[n] not in held), tuple(n for n in names if of[n] in held)


def neighbour_share(train: Sequence[str], test: Sequence[str]) -> float:
    """Return the share of test frames with the frame just before or after them in train, names being numbers.

    In NYU Depth V2 these are mostly of one room: such a test frame is no new one to the model.
    """
    known = {int(name) for name in train}
    return sum(bool({int(name) - 1, int(name) + 1} & known) for name in test) / len(test)


def _shuffled(names: Sequence[str], seed: int) -> list[str]:
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).digest())
