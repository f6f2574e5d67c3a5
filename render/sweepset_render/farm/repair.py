"""Find the frames of a dataset whose files are missing or damaged, so that they are rendered again.

All files are checked for their existence and size, which needs no reading. The content is compared with the record's
checksum if the file is newer than its record, or if `sweepset verify` found something in its frame.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sweepset import dataset
from sweepset.errors import SweepsetError

from .. import storage
from ..datasets import verification
from ..storage import Listed


def damaged(folder: Path, listed: Mapping[str, Listed]) -> Iterator[tuple[int, str]]:
    """Yield the frames that are damaged, each with the reason; `listed` are the files of their records by name."""
    suspected = _suspected(folder)
    listings: dict[str, dict[str, Listed]] = {}
    paths = [folder / dataset.STATE / "frames" / name for name in listed]
    for path, text in zip(paths, storage.read(paths), strict=True):
        number = int(path.stem)
        try:
            record = json.loads(text)
            names, stored = record["files"], record.get("stored", {})
        except (ValueError, KeyError, AttributeError, TypeError):
            yield number, f"{path.name}, its record, is damaged"
            continue
        for kind, name in names.items():
            place = str(Path(name).parent)
            if place not in listings:
                listings[place] = storage.listing(folder / place)
            found = listings[place].get(Path(name).name)
            deep = number in suspected or _is_newer(found, listed[path.name])
            if reason := _reason(folder / name, found, stored.get(kind), deep):
                yield number, f"{name} {reason}"
                break


def _is_newer(found: Listed | None, record: Listed) -> bool:
    return found is not None and found.changed > record.changed


def _reason(path: Path, found: Listed | None, stored: Sequence[int] | None, read: bool) -> str:
    """Return what is wrong with a file, '' for nothing; `read` compares its content too."""
    if found is None:
        return "is missing"
    if stored is None:  # of an older Sweepset
        return "" if found.size else "is empty"
    size, checksum = stored
    if found.size != size:
        return f"has {found.size} bytes instead of {size}"
    return "has changed" if read and zlib.crc32(path.read_bytes()) != checksum else ""


def _suspected(folder: Path) -> Collection[int]:
    """Return the frames in which the last verification found something."""
    with suppress(SweepsetError):  # a damaged file says nothing
        told: dict[str, Any] | None = verification.recorded(folder)
        return {entry["frame"] for entry in told["frames"]} if told else set()
    return set()


def is_finished(folder: Path, frames: int) -> bool:
    """Return whether the files beside the frames are there, and list so many frames without a missing one."""
    try:
        data = dataset.read_finished(folder)
        cameras = dataset.read_json(folder / "cameras.json")["frames"]
    except (SweepsetError, KeyError, TypeError):
        return False
    whole = len(data["frames"]) == len(cameras) == frames and not data.get("missing")
    return whole and (folder / "index.html").exists()


def units_lacking(folder: Path, units: Collection[int]) -> list[int]:
    """Return the units, of some that have frames, whose facts are missing or damaged."""
    lacking = []
    for unit in units:
        try:
            dataset.read_json(dataset.unit_file(folder, unit))
        except SweepsetError:
            lacking.append(unit)
    return lacking
