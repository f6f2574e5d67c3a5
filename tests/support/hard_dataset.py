"""A dataset by hand, hard on every format, and what it holds, for tests of exports."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from sweepset_render import exports

THINGS = {"chair, \"old\" / 'new'": 300, "椅子 🪑": 32767, "lamp: #1 [on]": 7}
"""Names that are hard on CSV, YAML and JSON, with ids of one and of two bytes."""
STUFF = {"壁 & floor": 299}
NAMES = {number: name for name, number in {**THINGS, **STUFF}.items()}
KINDS = {
    "name": "hard",
    "categories": [
        {"id": number, "name": name, "supercategory": "家具", "isthing": int(name in THINGS)}
        for name, number in {**THINGS, **STUFF}.items()
    ],
}


def make(folder: Path, frames: Sequence[dict[str, Any]], kinds: dict[str, Any] = KINDS, **job: Any) -> Path:
    """Write a dataset by hand, by the rules of docs/dataset.md.

    A frame has `label` and `instances`, (H, W), a list of `objects` for their file, and what else is in its record.
    """
    records = []
    instances: dict[int, dict[str, Any]] = {}
    for number, given in enumerate(frames):
        frame = dict(given)
        label, ids, objects = frame.pop("label"), frame.pop("instances", None), frame.pop("objects", None)
        image = np.random.default_rng(number).integers(0, 255, (*label.shape, 3), np.uint8)
        pictures = {"image": ("images", image), "label": ("labels", label), "instances": ("instances", ids)}
        files = {}
        for kind, (place, array) in pictures.items():
            if array is not None:
                files[kind] = f"{place}/{number:06d}.png"
                (folder / place).mkdir(parents=True, exist_ok=True)
                (folder / files[kind]).write_bytes(cv2.imencode(".png", array)[1].tobytes())
        if objects is not None:
            files["objects"] = f"objects/{number:06d}.json"
            (folder / "objects").mkdir(exist_ok=True)
            (folder / files["objects"]).write_text(json.dumps({"objects": objects}))
        if ids is not None:
            for i, at in zip(*map(np.ndarray.tolist, np.unique(ids, return_index=True)), strict=True):
                instances[i] = {"id": i, "object": f'Möbel "{i}", 物', "category_id": int(label.flat[at])}
            instances.pop(0, None)
        found, counts = np.unique(label, return_counts=True)
        pixels = dict(zip(map(str, found.tolist()), counts.tolist(), strict=True))
        records.append({"frame": number, "time": 1, "files": files, "pixels": pixels, **frame})
    data = {
        "format": 1,
        "name": folder.name,
        "taxonomy": kinds,
        "job": {"scene": "room.blend", "procedural": False, "scene_sha256": "5a", "seed": 0, **job},
        "instances": list(instances.values()),
        "frames": records,
    }
    (folder / "dataset.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    camera = {"K": [[100, 0, 32], [0, 100, 24], [0, 0, 1]], "camera_to_world": np.eye(4).tolist(), "seed": 0}
    cameras = [{"frame": record["frame"], **camera} for record in records]
    (folder / "cameras.json").write_text(json.dumps({"frames": cameras}))
    return folder


def hard_frame(height: int = 48, width: int = 64) -> dict[str, Any]:
    """Return a frame with a ring, a thing in two pieces, one that touches itself at a corner, one pixel, and a wall."""
    label, ids = np.full((height, width), 299, np.uint16), np.full((height, width), 9, np.uint16)
    label[40:], ids[40:] = 0, 0  # sky

    def thing(number: int, category: int, *where: tuple[slice, slice]) -> None:
        for place in where:
            label[place], ids[place] = category, number

    thing(40001, 300, np.s_[5:25, 5:25])
    thing(9, 299, np.s_[10:18, 8:20])  # the ring's hole shows the wall
    thing(65535, 300, np.s_[5:15, 30:34], np.s_[20:24, 40:60])
    thing(3, 32767, np.s_[26:30, 0:4], np.s_[30:34, 4:8])
    thing(4, 7, np.s_[30:31, 50:51])
    thing(5, 7, np.s_[44:48, 60:64])
    return {"label": label, "instances": ids}


def told_by(
    datasets: Path | Sequence[Path], form: str, out: Path, overwrite: bool = False, **options: Any
) -> list[str]:
    """Export in this process and return what was told."""
    told: list[str] = []
    folders = [datasets] if isinstance(datasets, Path) else datasets
    exports.export(folders, exports.Options(form, **options), out, overwrite, told.append, lambda frames: None)
    return told


def read_png(path: Path) -> np.ndarray:
    """Read a PNG as it is."""
    array = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    assert array is not None, path
    return array


def originals(folder: Path) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Go over a dataset's frames: number, label and instances."""
    for record in json.loads((folder / "dataset.json").read_text(encoding="utf-8"))["frames"]:
        files = record["files"]
        yield record["frame"], read_png(folder / files["label"]), read_png(folder / files["instances"])


def categories(folder: Path) -> dict[int, dict[str, Any]]:
    """Return a dataset's categories by id."""
    data = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    return {category["id"]: category for category in data["taxonomy"]["categories"]}


def things(folder: Path) -> dict[tuple[int, int], tuple[int, np.ndarray]]:
    """Return category and mask of all things by frame and instance id."""
    kinds = categories(folder)
    found = {}
    for number, label, ids in originals(folder):
        for i in np.unique(ids[label > 0]).tolist():
            mask = (ids == i) & (label > 0)
            category = int(label[mask][0])
            if kinds[category]["isthing"]:
                found[number, i] = category, mask
    return found


def extent(mask: np.ndarray) -> list[int]:
    """Return x, y, width and height of a mask."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return [columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1]
