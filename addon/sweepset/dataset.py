"""The layout of a dataset on disk, the contract between rendering and training. Imports no bpy."""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ._version import __version__
from .errors import SweepsetError
from .findings import Finding
from .ground_truth import KINDS
from .protocol import FrameDone
from .taxonomy import Taxonomy

FORMAT_VERSION = 1
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp")
"""Suffixes of pictures in folders that Sweepset did not write."""
DEPTH_LIMIT = 65535
"""The farthest depth in millimetres that a 16-bit PNG holds; anything farther is stored as 0, no depth."""
WHITE = 253
"""A pixel is blown out if all its channels have this 8-bit value or more."""
STATE = ".sweepset"
"""Folder inside a dataset for the state of its runs: the job, records of frames, logs."""
TYPED = "command"
"""File in this folder with the command line that a user typed last to render the dataset."""
RENDER = ("denoised", "exposure", "view_transform", "unit", "varied", "layout")
"""Keys of Ready that `dataset.json` keeps for readers; `layout` is there if things lie by physics."""


def frame_file(kind: str, frame: int, image_format: str = "png") -> str:
    """Return the path of a frame's file inside the dataset, such as 'images/000012.png'."""
    return f"{KINDS[kind].folder}/{frame:06d}.{KINDS[kind].suffix or image_format}"


def record_file(folder: Path, frame: int) -> Path:
    """Return the file of a frame's record."""
    return folder / STATE / "frames" / f"{frame:06d}.json"


def unit_file(folder: Path, unit: int) -> Path:
    """Return the file that keeps the events before the first frame of a variation of a scene."""
    return folder / STATE / "units" / f"{unit:06d}.json"


def record(
    done: FrameDone,
    shows: Mapping[str, Any],
    files: Mapping[str, str],
    image: np.ndarray,
    label: np.ndarray,
    depth: np.ndarray | None,
    contents: Mapping[str, bytes],
) -> dict[str, Any]:
    """Return the record of a rendered frame: its row of `dataset.json`, its camera, and what its files hold.

    `shows` holds the row's `scene` and `variation`, and is empty in a dataset of one scene in one variation. `image` is
    (H, W, 3) uint8, `label` (H, W), `depth` in millimetres; `contents` are those of the files.
    """
    ids, counts = np.unique(label, return_counts=True)
    row = {
        "frame": done.frame,
        "time": done.time,
        "files": dict(files),
        "pixels": {str(number): count for number, count in zip(ids.tolist(), counts.tolist())},
        "mean": round(float(image.mean()), 2),
        "blown": round(float((image.min(2) >= WHITE).mean()), 4),
        "brightest": brightest(image),
        "median_depth": int(np.median(depth)) if depth is not None else None,
        "seconds": done.seconds,
        "camera": done.camera,
        "stored": {kind: fingerprint(data) for kind, data in contents.items()},
        **shows,
    }
    if done.instances is not None:
        row["instances"] = done.instances
    if done.no_flow is not None:
        row |= {"following": done.following, "no_flow": done.no_flow}
    return row


def brightest(image: np.ndarray) -> int:
    """Return the largest channel's value of an image's brightest part, a thousandth of its pixels; `image` is uint8."""
    return int(np.percentile(image.max(2), 99.9))


def fingerprint(data: bytes) -> list[int]:
    """Return the size and the CRC-32 of a file's content, by which a record tells whether the file has changed."""
    return [len(data), zlib.crc32(data)]


def describe(
    name: str,
    taxonomy: Taxonomy,
    job: Mapping[str, Any],
    ready: Mapping[str, Any],
    findings: Sequence[Finding],
    frames: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return the content of `dataset.json`; `ready` is the JSON of the event before the first frame."""
    return {
        "format": FORMAT_VERSION,
        "name": name,
        "taxonomy": taxonomy.to_json(),
        "job": dict(job),
        "versions": {
            "sweepset": __version__,
            "blender": ready["blender"],
            "python": ".".join(map(str, sys.version_info[:3])),
        },
        "render": {key: ready[key] for key in RENDER if key in ready},
        "findings": [finding.to_json() for finding in findings],
        "splits": {"train": [frame["frame"] for frame in frames]},
        "instances": ready["instances"],
        "frames": [{key: value for key, value in frame.items() if key != "stored"} for frame in frames],
        "missing": [],
    }


def pair_pictures(folder: Path, images: str, labels: str) -> list[tuple[Path, Path]]:
    """Return pairs of an image and a label of the same name, apart from the suffix, from two folders in `folder`.

    Pairs are sorted. Raise SweepsetError if a folder is missing or empty, or an image or label has no counterpart.
    """
    pictures, masks = _pictures(folder / images), _pictures(folder / labels)
    for one, other, what in ((pictures, masks, labels), (masks, pictures, images)):
        alone = next((path for stem, path in one.items() if stem not in other), None)
        if alone is not None:
            raise SweepsetError(f"{str(alone)!r} has no counterpart in {what!r}: each image needs a label of its name")
    return [(pictures[stem], masks[stem]) for stem in pictures]


def _pictures(folder: Path) -> dict[str, Path]:
    """Return a folder's pictures by stem, sorted."""
    if not folder.is_dir():
        raise SweepsetError(f"no folder {str(folder)!r}: expected a folder of images and one of labels beside it")
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in PICTURES and not path.name.startswith("."):
            if path.stem in found:
                raise SweepsetError(f"{str(path)!r} and {found[path.stem].name!r} have one name: rename one of them")
            found[path.stem] = path
    if not found:
        raise SweepsetError(f"{str(folder)!r} has no pictures: expected {', '.join(PICTURES)}")
    return found


def read_finished(folder: Path, keys: Collection[str] = (), of_frames: Collection[str] = ()) -> dict[str, Any]:
    """Return the content of FOLDER/dataset.json, which has a taxonomy, a job and frames with a number and files.

    Raise SweepsetError if it is missing, of another format, names files outside the folder, or lacks one of these or of
    `keys`, or a frame lacks one of `of_frames`.
    """
    path = folder / "dataset.json"
    data = read_json(path)
    version = data.get("format") if isinstance(data, dict) else None
    if version != FORMAT_VERSION:
        raise SweepsetError(
            f"{str(path)!r} has format {version!r}; this Sweepset reads {FORMAT_VERSION}: "
            "update Sweepset or render again"
        )
    missing = {"taxonomy", "job", "frames", *keys} - data.keys()
    if missing:
        raise SweepsetError(f"{str(path)!r} has no {', '.join(sorted(missing))}: render again")
    for row in data["frames"]:
        if not isinstance(row, dict) or not isinstance(row.get("files", {}), dict):
            raise SweepsetError(f"{str(path)!r} has {row!r} for a frame: render again")
        missing = {"frame", "files", *of_frames} - row.keys()
        if missing:
            raise SweepsetError(f"a frame in {str(path)!r} has no {', '.join(sorted(missing))}: render again")
        for name in row["files"].values():
            if Path(name).is_absolute() or ".." in Path(name).parts:
                raise SweepsetError(f"{str(path)!r} names {name!r}, a file outside: render again")
    return data


def read_json(path: Path) -> Any:
    """Read a JSON file of a dataset; raise SweepsetError if it is missing or broken."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SweepsetError(
            f"no {path.name} in {str(path.parent)!r}: give the folder that `sweepset render` wrote"
        ) from None
    except (OSError, ValueError) as error:
        raise SweepsetError(f"cannot read {str(path)!r}: {error}") from None
