"""The layout of a dataset on disk, the contract between rendering and training. Imports no bpy."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from .errors import SweepsetError

FORMAT_VERSION = 1
FOLDERS = {
    "image": "images",
    "label": "labels",
    "instances": "instances",
    "depth": "depth",
    "depth-float": "depth",
    "normals": "normals",
    "flow": "flow",
    "albedo": "albedo",
    "objects": "objects",
    "points": "pointclouds",
    "stereo": "images_right",
}
SUFFIXES = {"depth-float": "exr", "objects": "json", "points": "ply"}
"""Formats of what is no PNG; images, also those of stereo, may be JPEG."""
DEPTH_LIMIT = 65535
"""The farthest depth in millimetres that a 16-bit PNG holds; what is farther is 0, none."""
STATE = ".sweepset"
"""Folder inside a dataset for what is not part of it: the job, records of frames, logs."""


def frame_file(kind: str, frame: int, suffix: str = "png") -> str:
    """Return the path of a frame's file inside the dataset, such as 'images/000012.png'."""
    return f"{FOLDERS[kind]}/{frame:06d}.{suffix}"


def write_json(path: Path, data: Any) -> None:
    """Write JSON, whole or not at all."""
    write_whole(path, json.dumps(data, ensure_ascii=False, indent=1).encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: to a temporary name, then renamed."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(data)
    os.replace(temporary, path)


def read_json(path: Path) -> Any:
    """Read a JSON file of a dataset; raise SweepsetError where it is missing or broken."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SweepsetError(
            f"no {path.name} in {str(path.parent)!r}: give the folder that `sweepset render` wrote"
        ) from None
    except (OSError, ValueError) as error:
        raise SweepsetError(f"cannot read {str(path)!r}: {error}") from None
