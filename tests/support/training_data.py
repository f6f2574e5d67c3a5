"""Labelled images that are quick to learn: a blue square on red, class floor on wall, with void at the top."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def write(folder: Path, count: int = 12, size: tuple[int, int] = (64, 48)) -> Path:
    """Write images and labels in ids of nyu40, and names of three parts as text files; return the folder."""
    rng = np.random.default_rng(0)
    names = [f"{k:04d}" for k in range(1, count + 1)]
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    for name in names:
        label = np.full(size[::-1], 1, np.uint8)
        image = np.full((*size[::-1], 3), (200, 40, 40), np.uint8)
        x, y = rng.integers(4, (size[0] - 20, size[1] - 20))
        label[y : y + 16, x : x + 16] = 2
        image[y : y + 16, x : x + 16] = (30, 60, 220)
        label[:3] = 0
        image = np.clip(image + rng.normal(0, 12, image.shape), 0, 255).astype(np.uint8)
        Image.fromarray(image).save(folder / "images" / f"{name}.png")
        Image.fromarray(label).save(folder / "labels" / f"{name}.png")
    for part, some in (("train", names[:-4]), ("val", names[-4:-2]), ("test", names[-2:])):
        (folder / f"{part}.txt").write_text("\n".join(some), encoding="utf-8")
    return folder


def changes(folder: Path, **trainer: object) -> list[str]:
    """Return changes of an experiment that train the smallest network on that folder, as the command takes them."""
    settings: dict[str, object] = {"max_steps": 20, "batch": 4, "validate_every": 10, "checkpoint_every": 7}
    data = {
        "real": folder,
        "crop": "null",
        "size": "[64, 48]",
        "labels_taxonomy": "nyu40",
        "train": folder / "train.txt",
        "validate_on": folder / "val.txt",
        "test": folder / "test.txt",
    }
    given = [f"data.{key}={value}" for key, value in data.items()]
    given += [f"trainer.{key}={value}" for key, value in (settings | {"accelerator": "cpu"} | trainer).items()]
    return [*given, "model.name=cnn", "model.weights=none"]
