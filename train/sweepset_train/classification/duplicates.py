"""Near-duplicates: images that a perceptual hash cannot tell apart share a room, so that no split divides them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import imagehash
import numpy as np
from PIL import Image

from sweepset import dataset, files

from ..data.cache import default_folder

NEAR = 3
"""Bits of 64 in which the hashes of near-duplicates differ at most: compressed or brightened copies stay below, other
photos of one object seldom do."""
BLOCK = 512


def rooms(paths: Sequence[Path], names: Sequence[str]) -> tuple[list[str | None], str]:
    """Return the room of each image, named by its first image, and a note on near-duplicates, '' if there are none."""
    hashes = _hashes(paths)
    group = np.arange(len(paths))
    for start in range(0, len(paths), BLOCK):
        apart = np.bitwise_count(hashes[start : start + BLOCK, None] ^ hashes[None])
        for one, other in np.argwhere(apart <= NEAR):
            if one + start < other:
                first, second = group[one + start], group[other]
                if first != second:
                    group[group == max(first, second)] = min(first, second)
    found: list[str | None] = [names[int(place)] for place in group]
    several = int((np.bincount(group, minlength=len(paths)) > 1).sum())
    images = int(sum(count for count in np.bincount(group) if count > 1))
    note = f"{images} images in {several} groups are nearly the same; a group stays on one side of a split"
    return found, note if several else ""


def _hashes(paths: Sequence[Path]) -> np.ndarray:
    """Return the hash of each image, (N,) uint64, kept in the folder of caches as long as the files stay the same.

    An image that can't be read has a hash of its own: it is reported when it is decoded.
    """
    stated = [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
    key = hashlib.sha256(json.dumps(stated).encode()).hexdigest()[:32]
    place = default_folder().expanduser() / f"hashes-{key}.json"
    if place.is_file():
        return np.array(dataset.read_json(place), np.uint64)
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(_hash, range(len(paths)), paths))
    files.make_folder(place.parent)
    files.write_json(place, found)
    return np.array(found, np.uint64)


def _hash(index: int, path: Path) -> int:
    try:
        with Image.open(path) as picture:
            picture.draft("L", (64, 64))
            return int(str(imagehash.phash(picture.convert("L"))), 16)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return int.from_bytes(hashlib.sha256(f"{index}".encode()).digest()[:8], "big")
