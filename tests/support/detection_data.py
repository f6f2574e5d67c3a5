"""Pictures of boxes and balls on noise, as COCO's JSON: what a detector learns quickly."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

KINDS = [{"id": 0, "name": "box", "color": [220, 60, 40]}, {"id": 5, "name": "ball", "color": [40, 90, 220]}]


def picture(rng: np.random.Generator, side: int, empty: bool) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """Return a picture (side, side, 3) and its annotations: a red box, a blue ball, or both, and none if `empty`."""
    image = rng.normal(110, 25, (side, side, 3))
    rows, columns = np.mgrid[:side, :side] + 0.5
    annotations = []
    first = int(rng.integers(2))
    for place in range(0 if empty else int(rng.integers(1, 3))):
        kind = KINDS[(first + place) % 2]
        size = int(rng.integers(side // 4, side // 2 - 2))
        left = int(rng.integers(1, side // 2 - size)) + place * side // 2 if size < side // 2 - 1 else place * side // 2
        top = int(rng.integers(0, side - size))
        if kind["name"] == "box":
            outline = [left, top, left + size, top, left + size, top + size, left, top + size]
            image[top : top + size, left : left + size] = (200, 50, 40)
        else:
            turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
            middle = np.array([left, top]) + size / 2
            outline = (middle + size / 2 * np.stack([np.cos(turns), np.sin(turns)], 1)).ravel().tolist()
            image[(columns - middle[0]) ** 2 + (rows - middle[1]) ** 2 < (size / 2) ** 2] = (40, 80, 210)
        annotations.append(
            {"category_id": kind["id"], "bbox": [left, top, size, size], "area": size * size, "segmentation": [outline]}
        )
    return np.clip(image + rng.normal(0, 6, image.shape), 0, 255).astype(np.uint8), annotations


def write(
    folder: Path, count: int = 8, side: int = 64, empty: Callable[[int], bool] = lambda k: k % 4 == 3, seed: int = 0
) -> Path:
    """Write pictures and `annotations/instances_all.json`, image ids and annotation ids from 0; return the folder."""
    rng = np.random.default_rng(seed)
    (folder / "annotations").mkdir(parents=True)
    (folder / "images").mkdir()
    data: dict[str, Any] = {"images": [], "annotations": [], "categories": KINDS}
    for number in range(count):
        image, annotations = picture(rng, side, empty(number))
        Image.fromarray(image).save(folder / "images" / f"{number:03d}.png")
        data["images"].append({"id": number, "file_name": f"{number:03d}.png", "width": side, "height": side})
        for one in annotations:
            data["annotations"].append({"id": len(data["annotations"]), "image_id": number, "iscrowd": 0, **one})
    (folder / "annotations" / "instances_all.json").write_text(json.dumps(data), encoding="utf-8")
    return folder


def changes(folder: Path, **trainer: object) -> list[str]:
    """Return changes of the experiment `vehicles` that train a small detector on that folder."""
    data = {
        "real": folder, "taxonomy": folder / "annotations" / "instances_all.json", "size": "[64, 64]", "train": "all",
        "validate_on": "null", "test": "null", "synthetic_share": 0,
    }  # fmt: skip
    settings: dict[str, object] = {
        "max_steps": 4, "batch": 4, "warm_up": 0, "heads_first": 0, "validate_every": 2, "checkpoint_every": 2,
        "accelerator": "cpu", "precision": "float32", "deterministic": True, "samples": 2,
    }  # fmt: skip
    given = [f"data.{key}={value}" for key, value in data.items()]
    given += [f"trainer.{key}={value}" for key, value in (settings | trainer).items()]
    return [*given, "model.encoder=mobilenet_v3_small-gn", "model.weights=none"]
