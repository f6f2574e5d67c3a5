"""NYU Depth V2: its labelled frames, its splits, its 894 names, and fetching it.

N. Silberman, D. Hoiem, P. Kohli, R. Fergus, "Indoor Segmentation and Support Inference from RGBD Images", ECCV 2012.
A frame's name is its number, from 1, in four digits: '0001' to '1449'.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import scipy.io

from sweepset import taxonomy
from sweepset.errors import SweepsetError
from sweepset.files import reason
from sweepset.taxonomy import Taxonomy

from .sources import Item, Source

FRAMES = 1449
CROP = (41, 45, 601, 471)
"""The usual crop for evaluation, (left, top, right, bottom): a white border has no depth and is often left out."""
SPLITS = ("train795", "test654", "train381", "val414")
"""Official splits: 795 and 654 of all frames, and the two parts that the 795 are usually divided into."""
CHUNK = 1 << 20
ATTEMPTS = 5


@dataclass(frozen=True)
class Remote:
    """A file to fetch."""

    url: str
    md5: str
    size: int | None = None
    """Bytes, if known beforehand."""

    @property
    def name(self) -> str:
        """The file's name on this machine."""
        return self.url.rpartition("/")[2]


FILES = (
    Remote(
        "http://horatio.cs.nyu.edu/mit/silberman/nyu_depth_v2/nyu_depth_v2_labeled.mat",
        "520609c519fba3ba5ac58c8fefcc3530",
        2_972_037_809,
    ),
    Remote(
        "http://horatio.cs.nyu.edu/mit/silberman/indoor_seg_sup/splits.mat",
        "08e3c3aea27130ac7c01ffd739a4535f",
    ),
)


def load_taxonomy(name: str | Path) -> Taxonomy:
    """Return a taxonomy as `sweepset.taxonomy.load` does, or `nyu894`, the raw names with maps to nyu40 and nyu13.

    A taxonomy may have an id 0.
    To the original's 16 and any others, the raw names go by equal names.
    """
    if str(name) != "nyu894":
        return taxonomy.load(name, least=0)
    nyu40 = taxonomy.load("nyu40")
    facts: dict[str, int] = _facts("nyu894.json")["nyu40"]
    to40 = {raw: nyu40.category(number).name for raw, number in facts.items()}
    to13 = {raw: nyu40.maps["nyu13"][category] for raw, category in to40.items()}
    categories = [{"id": number, "name": raw} for number, raw in enumerate(facts, 1)]
    return taxonomy.parse(
        {"name": "nyu894", "categories": categories, "maps": {"nyu40": to40, "nyu13": to13}}, "nyu894"
    )


def open_mat(path: Path) -> Source:
    """Return the frames of `nyu_depth_v2_labeled.mat`, or of a file with the same layout and fewer frames.

    The layout is that of MATLAB 7.3, HDF5: images (N, 3, W, H) uint8, labels (N, W, H) uint16, names (1, 894), and
    scenes (1, N), the rooms, if any. Raise SweepsetError if it is another file, or not whole.
    """
    path = path.expanduser()
    kinds = load_taxonomy("nyu894")

    def read(index: int) -> tuple[np.ndarray, np.ndarray]:
        with _opened(path) as file:
            try:
                image, label = file["images"][index], file["labels"][index]
            except OSError:
                raise SweepsetError(f"frame {index + 1} of {str(path)!r} is damaged: fetch the file again") from None
        return np.ascontiguousarray(image.transpose(2, 1, 0)), np.ascontiguousarray(label.T)

    with _opened(path) as file:
        missing = [key for key in ("images", "labels", "names") if not isinstance(file.get(key), h5py.Dataset)]
        if missing:
            raise SweepsetError(f"{str(path)!r} has no {missing[0]}: give nyu_depth_v2_labeled.mat")
        images, labels = file["images"], file["labels"]
        count, *sides = labels.shape
        if (
            labels.ndim != 3
            or labels.dtype != np.uint16
            or images.shape != (count, 3, *sides)
            or images.dtype != np.uint8
        ):
            raise SweepsetError(
                f"{str(path)!r} has images {images.shape} {images.dtype} and labels {labels.shape} {labels.dtype}: "
                "expected (N, 3, W, H) uint8 and (N, W, H) uint16"
            )
        names = _texts(file, "names")
        for number, (theirs, ours) in enumerate(zip(names, kinds), 1):
            if theirs != ours.name:
                raise SweepsetError(f"label {number} of {str(path)!r} is {theirs!r}, of NYU Depth V2 {ours.name!r}")
        if len(names) != len(kinds):
            raise SweepsetError(f"{str(path)!r} names {len(names)} labels: NYU Depth V2 has {len(kinds)}")
        rooms: Sequence[str | None] = _texts(file, "scenes") if "scenes" in file else [None] * count
        if len(rooms) != count:
            raise SweepsetError(f"{str(path)!r} has {count} frames and {len(rooms)} scenes: fetch the file again")
    items = tuple(Item(frame_name(k), room, f"frame {k} of {str(path)!r}") for k, room in enumerate(rooms, 1))
    return Source(str(path), kinds, items, (path,), read)


def frame_name(number: int) -> str:
    """Return the name of a frame by its number, from 1."""
    return f"{number:04d}"


def official_split(name: str) -> tuple[str, ...]:
    """Return the names of the frames in one of SPLITS."""
    facts = _facts("nyu_splits.json")
    train = sorted(facts["train381"] + facts["val414"])
    match name:
        case "train795":
            numbers = train
        case "test654":
            numbers = sorted(set(range(1, FRAMES + 1)).difference(train))
        case "train381" | "val414":
            numbers = facts[name]
        case _:
            raise SweepsetError(f"unknown split {name!r}: choose one of {', '.join(SPLITS)}")
    return tuple(map(frame_name, numbers))


def read_splits(path: Path, source: Source) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of train and test frames from a `splits.mat`, of MATLAB 5 or 7.3, for a source of all frames.

    Raise SweepsetError if the file is another, or does not divide the frames of `source`.
    """
    path = path.expanduser()
    keys = ("trainNdxs", "testNdxs")
    try:
        if h5py.is_hdf5(path):
            with h5py.File(path) as file:
                arrays = [np.asarray(file[key]) for key in keys]
        else:
            data = scipy.io.loadmat(path, variable_names=keys)
            arrays = [data[key] for key in keys]
        train, test = ([int(number) for number in array.ravel()] for array in arrays)
    except Exception as error:  # scipy's parser raises errors of many types
        reason = "no such file" if isinstance(error, FileNotFoundError) else "it is not, or not a whole one"
        raise SweepsetError(f"cannot read {str(path)!r} as splits.mat: {reason}") from None
    frames = {item.name for item in source.items}
    numbers = [*train, *test]
    names = list(map(frame_name, numbers))
    if len(set(names)) != len(names) or set(names) != frames:
        raise SweepsetError(
            f"{str(path)!r} divides {len(numbers)} frames, {min(numbers, default=0)} to {max(numbers, default=0)}, and "
            f"{source.name!r} has {len(frames)}: a split must hold each frame once; give the splits.mat of this file"
        )
    return tuple(names[: len(train)]), tuple(names[len(train) :])


def download(
    folder: Path, files: Sequence[Remote] = FILES, tell: Callable[[str, int, int | None], None] | None = None
) -> list[Path]:
    """Fetch files that are not in `folder` yet, and resume an attempt that stopped; return all paths.

    Each file has its name only when it is whole and its checksum is right. `tell` hears name, bytes and total. Raise
    SweepsetError if the server cannot be reached or sends something else, or the disk is full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_fetch(file, folder, tell or (lambda *_: None)) for file in files]
    except OSError as error:
        raise SweepsetError(
            f"cannot write to {str(folder)!r}: {reason(folder, error)}; run it again to continue"
        ) from None


def _fetch(file: Remote, folder: Path, tell: Callable[[str, int, int | None], None]) -> Path:
    target, partial = folder / file.name, folder / f"{file.name}.part"
    if target.exists():
        if _md5(target) != file.md5:
            raise SweepsetError(f"{str(target)!r} is not the published file: move it away and run again")
        return target
    for attempt in range(1, ATTEMPTS + 1):
        before = partial.stat().st_size if partial.exists() else 0
        if file.size and shutil.disk_usage(folder).free < file.size - before:
            raise OSError(errno.ENOSPC, "")
        try:
            _append(file, partial, before, tell)
            break
        except urllib.error.HTTPError as error:
            error.close()
            raise SweepsetError(f"{file.url} answered {error.code} {error.reason}: try again later") from None
        except (urllib.error.URLError, HTTPException, ConnectionError, TimeoutError) as error:
            after = partial.stat().st_size if partial.exists() else 0
            if attempt == ATTEMPTS or after == before:
                raise SweepsetError(
                    f"{file.url} stopped after {after} bytes ({error}): run it again to continue from there"
                ) from None
    if _md5(partial) != file.md5:
        partial.unlink()
        raise SweepsetError(f"{file.url} sent something else than the published file: run it again")
    os.replace(partial, target)
    return target


def _append(file: Remote, partial: Path, start: int, tell: Callable[[str, int, int | None], None]) -> None:
    """Append the server's bytes from `start` on; raise ConnectionError if it sends fewer than it announced."""
    request = urllib.request.Request(file.url, headers={"Range": f"bytes={start}-"} if start else {})
    try:
        answer = urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as error:
        if error.code != 416:
            raise
        error.close()  # nothing is left to send
        return
    with answer, partial.open("ab" if answer.status == 206 else "wb") as out:
        length = answer.headers.get("Content-Length")
        total = None if length is None else out.tell() + int(length)
        while data := answer.read(CHUNK):
            out.write(data)
            tell(file.name, out.tell(), total)
        if total is not None and out.tell() < total:
            raise ConnectionError("the connection was closed")


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _opened(path: Path) -> h5py.File:
    try:
        return h5py.File(path, "r")
    except FileNotFoundError:
        raise SweepsetError(f"no file {str(path)!r}: fetch it with `make nyu`, or give its path") from None
    except OSError as error:
        whole = "truncated" not in str(error)
        what = "is no MATLAB 7.3 file: give nyu_depth_v2_labeled.mat" if whole else "is truncated: fetch it again"
        raise SweepsetError(f"{str(path)!r} {what}") from None


def _texts(file: h5py.File, key: str) -> list[str]:
    """Return a cell array of texts, which HDF5 stores as references to arrays of characters."""
    return ["".join(map(chr, np.asarray(file[reference]).ravel())) for reference in np.asarray(file[key]).ravel()]


def _facts(name: str) -> Any:
    return json.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))
