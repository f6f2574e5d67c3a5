"""The annotations of Stanford Cars: `cars_annos.mat`, or a devkit's `cars_train_annos.mat` beside `cars_meta.mat`.

J. Krause et al., "3D Object Representations for Fine-Grained Categorization", 3dRR 2013. Each annotation has a box,
1-based and with its last pixel inside, a class, 1-based, and a file; `test` tells the split.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from scipy import io

from sweepset.errors import SweepsetError

Found = tuple[Path, str, str, tuple[int, int, int, int]]
FOLDERS = ("", "car_ims", "images", "cars_train", "cars_test")
"""Where images are, beside the annotations or one folder above."""


def read(path: Path) -> tuple[list[Found], dict[str, tuple[str, ...]]]:
    """Return path, name, class and box of each image, and the names of train and test if the file has them.

    Raise SweepsetError if the file is none of these, or an image is missing.
    """
    content = _load(path)
    if "annotations" not in content:
        raise SweepsetError(
            f"{str(path)!r} has no annotations: give cars_annos.mat, or a devkit's cars_train_annos.mat"
        )
    kinds = _names(path, content)
    found: list[Found] = []
    parts: dict[str, list[str]] = {}
    missing = []
    records = np.atleast_1d(content["annotations"])
    fields = records.dtype.names or ()
    if not {"bbox_x1", "bbox_y1", "bbox_x2", "bbox_y2", "class"} <= {*fields}:
        raise SweepsetError(f"{str(path)!r} has annotations of {', '.join(fields)}: expected boxes, class and file")
    file = "relative_im_path" if "relative_im_path" in fields else "fname"
    for record in records:
        name = str(record[file])
        place = _find(path.parent, name)
        if place is None:
            missing.append(name)
            continue
        number = int(record["class"])
        if not 1 <= number <= len(kinds):
            raise SweepsetError(f"{str(path)!r}: {name} has class {number}, and there are {len(kinds)}")
        left, top, right, bottom = (int(record[f"bbox_{side}"]) for side in ("x1", "y1", "x2", "y2"))
        stem = name.removesuffix(Path(name).suffix)
        found.append((place, stem, kinds[number - 1], (left - 1, top - 1, right, bottom)))
        if "test" in fields:
            parts.setdefault("test" if int(record["test"]) else "train", []).append(stem)
    if missing:
        raise SweepsetError(
            f"{str(path)!r} names {len(missing)} of {len(records)} images that are missing, such as {missing[0]!r}: "
            "unpack the images (car_ims, cars_train) beside it"
        )
    return found, {part: tuple(names) for part, names in parts.items()}


def _names(path: Path, content: dict[str, Any]) -> list[str]:
    meta = path.with_name("cars_meta.mat")
    if "class_names" not in content and not meta.is_file():
        raise SweepsetError(f"{str(path)!r} has no class names: put the devkit's cars_meta.mat beside it")
    named = content if "class_names" in content else _load(meta)
    return [str(name) for name in np.atleast_1d(named["class_names"])]


def _find(folder: Path, name: str) -> Path | None:
    places = [
        base / below / part for base in (folder, folder.parent) for below in FOLDERS for part in {name, Path(name).name}
    ]
    return next((place for place in places if place.is_file()), None)


def _load(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = io.loadmat(str(path), squeeze_me=True)
    except (OSError, ValueError, NotImplementedError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise SweepsetError(f"cannot read {str(path)!r} as a MATLAB file: {reason}") from None
    return content
