"""Labelled images decoded once, in arrays that are mapped into memory, and found again by their content."""

from __future__ import annotations

import errno
import hashlib
import itertools
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from sweepset import dataset, files, lock, taxonomy
from sweepset.errors import SweepsetError
from sweepset.taxonomy import Taxonomy

from .labels import Crop, Framing, Size
from .sources import Source, check_ids, train_ids

FORMAT = 2
"""Increased when the same source would be stored differently."""
BATCH = 64
"""Images that are decoded before any of them is written, at most."""
HELD = 1 << 30
"""Bytes of decoded images that are held at most, if they are large."""


def default_folder() -> Path:
    """Return the folder of caches: SWEEPSET_CACHE, else `sweepset` in the user's cache."""
    own = os.environ.get("SWEEPSET_CACHE")
    return Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "sweepset"


@dataclass(frozen=True)
class Cached:
    """Labelled images of one size; items are in the order of their source."""

    key: str
    """A hash of everything that the content depends on."""
    images: np.ndarray
    """(N, H, W, 3) uint8 RGB, mapped, not to be written to."""
    labels: np.ndarray
    """(N, ...) as the source's form of labels encodes them, mapped, not to be written to; of label maps (N, H, W) uint8
    train ids and IGNORE."""
    counts: np.ndarray
    """(N, C) int64: pixels of each class."""
    names: tuple[str, ...]
    rooms: tuple[str | None, ...]
    groups: tuple[Mapping[str, str], ...]
    taxonomy: Taxonomy

    def __len__(self) -> int:
        return len(self.names)

    def indices(self, names: tuple[str, ...]) -> np.ndarray:
        """Return the positions of items, (n,) int64; raise SweepsetError if one is missing."""
        places = {name: index for index, name in enumerate(self.names)}
        missing = [name for name in names if name not in places]
        if missing:
            raise SweepsetError(
                f"{len(missing)} of {len(names)} items are not in the data, such as {missing[0]!r}: "
                f"it has {len(self)}, such as {self.names[0]!r}; give the split of this data"
            )
        return np.array([places[name] for name in names], np.int64)


def open_cache(
    source: Source,
    target: Taxonomy,
    size: Size,
    crop: Crop | None = None,
    folder: Path | None = None,
    pad: bool = False,
) -> Cached:
    """Return a source's images and labels in train ids of `target`, cropped and resized; decode them if it is new.

    Images are resized by averaging areas (bilinear if they grow), labels by the nearest pixel. A cache is
    complete or absent, and of several processes that want one, one makes it. Raise SweepsetError if an item cannot
    be read, a label has a value outside its taxonomy, or the disk is full.
    """
    if not source.items:
        raise SweepsetError(f"{source.name!r} has no images: there is nothing to train on")
    if min(size) < 1:
        raise SweepsetError(f"size {size[0]}x{size[1]}: width and height are 1 or more pixels")
    table = train_ids(source, target)
    ids = hashlib.sha256(table.tobytes()).hexdigest()
    asked = [FORMAT, source.digest(), target.to_json(), ids, list(size), crop and list(crop), *source.form.key]
    asked += ["pad"] if pad else []
    key = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:32]
    framing = Framing(size, crop, pad)
    place = (folder or default_folder()).expanduser() / key
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            held = lock.take(place.with_suffix(".lock"), wait=True)
            assert held is not None
            with held:
                if not place.exists():
                    _make(place, source, target, table, framing)
    except OSError as error:
        raise SweepsetError(
            f"cannot write the cache {str(place)!r}: {files.reason(place, error, _bytes(source, size))}; free some "
            "space, or name another folder in SWEEPSET_CACHE"
        ) from None
    return _open(place)


def _make(place: Path, source: Source, target: Taxonomy, table: np.ndarray, framing: Framing) -> None:
    """Write a cache under a temporary name and give it its own last; the caller holds its lock."""
    temporary = place.with_suffix(".tmp")
    shutil.rmtree(temporary, ignore_errors=True)  # of a process that was killed
    temporary.mkdir()
    try:
        if shutil.disk_usage(temporary).free < _bytes(source, framing.size):
            raise OSError(errno.ENOSPC, "")
        counts = np.zeros((len(source), len(target)), np.int64)
        width, height = framing.size
        # Written in order: through a memory map, a full disk would kill the process.
        with (temporary / "images.npy").open("wb") as images, (temporary / "labels.npy").open("wb") as labels:
            _begin(images, np.dtype(np.uint8), (len(source), height, width, 3))
            for index, (image, encoded) in enumerate(_decoded(source, table, framing)):
                if index == 0:
                    _begin(labels, encoded.dtype, (len(source), *encoded.shape))
                images.write(image.tobytes())
                labels.write(encoded.tobytes())
                classes = source.form.categories(encoded)
                counts[index] = np.bincount(classes.ravel(), minlength=256)[: len(target)]
        np.save(temporary / "counts.npy", counts)
        about = {
            "names": [item.name for item in source.items],
            "rooms": [item.room for item in source.items],
            "groups": [dict(item.groups) for item in source.items],
            "taxonomy": target.to_json(),
        }
        files.write_json(temporary / "about.json", about)
        os.replace(temporary, place)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _decoded(source: Source, table: np.ndarray, framing: Framing) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    size, crop = framing.size, framing.crop

    def decode(index: int) -> tuple[np.ndarray, np.ndarray]:
        image, label = source.read(index)
        item = source.items[index]
        check_ids(source.form.categories(label), table, item.where)
        height, width = image.shape[:2]
        left, top, right, bottom = crop or (0, 0, width, height)
        if not (0 <= left < right <= width and 0 <= top < bottom <= height):
            raise SweepsetError(
                f"{item.where} is {width}x{height}: crop {crop} (left, top, right, bottom) exceeds it; for other data "
                "than NYU's set data.crop=null"
            )
        return framing.image(image), source.form.encode(label, table, framing)

    with ThreadPoolExecutor() as pool:
        order = iter(range(len(source)))
        held = max(1, min(BATCH, HELD // (4 * size[0] * size[1])))
        while batch := list(itertools.islice(order, held)):
            yield from pool.map(decode, batch)


def _begin(file: BinaryIO, kind: np.dtype, shape: tuple[int, ...]) -> None:
    """Write the head of an .npy file."""
    descr = np.lib.format.dtype_to_descr(kind)
    np.lib.format.write_array_header_1_0(file, {"descr": descr, "fortran_order": False, "shape": shape})


def _open(place: Path) -> Cached:
    about = dataset.read_json(place / "about.json")
    return Cached(
        place.name,
        np.load(place / "images.npy", mmap_mode="r"),
        np.load(place / "labels.npy", mmap_mode="r"),
        np.load(place / "counts.npy"),
        tuple(about["names"]),
        tuple(about["rooms"]),
        tuple(about.get("groups") or [{}] * len(about["names"])),  # caches of earlier versions have none
        taxonomy.parse(about["taxonomy"], str(place), least=0),
    )


def _bytes(source: Source, size: Size) -> int:
    return len(source) * size[0] * size[1] * 4
