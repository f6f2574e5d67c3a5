"""Parts of the data: seeded shares of which the smaller lie in the larger, and rooms held out whole.

Which part an item is in depends on its name and the seed alone, not on what else there is or in which order.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sweepset.errors import SweepsetError

PARTS = ("test", "validation", "real", "synthetic")
"""Names of the parts of a run's own data."""


Kinds = Mapping[str, str]
"""The class of each item by its name."""


def take_share(names: Sequence[str], share: float, seed: int, kinds: Kinds | None = None) -> tuple[str, ...]:
    """Return a share of the names, 0 < share <= 1, in their order; with one seed, smaller shares lie in larger ones.

    If items have classes, it is that share of each class, and one item at least.
    """
    if not 0 < share <= 1:
        raise SweepsetError(f"share {share}: a share is more than 0, and 1 at most")
    if kinds:
        groups = _by_kind(names, kinds).values()
        return _some(names, [(own, max(1, round(share * len(own)))) for own in groups], seed)
    count = round(share * len(names))
    if not count:
        raise SweepsetError(f"share {share} of {len(names)} items is none: give a larger share")
    return _some(names, [(names, count)], seed)


def take_each(names: Sequence[str], count: int, seed: int, kinds: Kinds) -> tuple[str, ...]:
    """Return `count` names of each class, or all that there are, in their order; smaller counts lie in larger ones."""
    return _some(names, [(own, count) for own in _by_kind(names, kinds).values()], seed)


def _some(names: Sequence[str], groups: Iterable[tuple[Sequence[str], int]], seed: int) -> tuple[str, ...]:
    taken = {name for own, count in groups for name in _shuffled(own, seed)[:count]}
    return tuple(name for name in names if name in taken)


def _by_kind(names: Sequence[str], kinds: Kinds) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(kinds[name], []).append(name)
    return found


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


def hold_out_of_each(
    names: Sequence[str], rooms: Mapping[str, str | None], share: float, seed: int, kinds: Kinds
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return train and validation: of each class, whole rooms are held out until they have `share` of its items.

    At least one room of a class is held out if it has several, and never all of them. A room of several classes counts
    to the class that most of its items have; items without a room are each a room. Raise SweepsetError if no class has
    two rooms.
    """
    members: dict[str, list[str]] = {}
    for name in names:
        members.setdefault(rooms[name] or f"item {name}", []).append(name)
    of_kind: dict[str, list[str]] = {}
    for room, own in members.items():
        seen = Counter(kinds[name] for name in own)
        of_kind.setdefault(min(seen, key=lambda kind: (-seen[kind], kind)), []).append(room)
    held: set[str] = set()
    for own in of_kind.values():
        wanted = max(1, round(share * sum(len(members[room]) for room in own)))
        count = 0
        for room in _shuffled(own, seed)[:-1]:
            if count >= wanted:
                break
            held.update(members[room])
            count += len(members[room])
    if not held:
        raise SweepsetError(
            f"cannot hold out {share} of {len(names)} images: no class has two that are no near-duplicates of each "
            "other; give more images, or name splits"
        )
    return tuple(name for name in names if name not in held), tuple(name for name in names if name in held)


def neighbour_share(train: Sequence[str], test: Sequence[str]) -> float:
    """Return the share of test frames with the frame just before or after them in train, names being numbers.

    In NYU Depth V2 these are mostly of one room: such a test frame is no new one to the model.
    """
    known = {int(name) for name in train}
    return sum(bool({int(name) - 1, int(name) + 1} & known) for name in test) / len(test)


def _shuffled(names: Sequence[str], seed: int) -> list[str]:
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).digest())
