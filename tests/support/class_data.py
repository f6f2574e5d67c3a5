"""Images with a class each that are quick to learn: red, green and blue noise, in folders of their names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = ("blue", "green", "red")


def write(folder: Path, count: int = 12, size: tuple[int, int] = (40, 30), seed: int = 0) -> Path:
    """Write `count` pictures of each class; return the folder."""
    rng = np.random.default_rng(seed)
    for place, name in enumerate(CLASSES):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            pixels = rng.integers(0, 110, (*size[::-1], 3), np.uint8)
            pixels[..., 2 - place] += 140
            Image.fromarray(pixels).save(folder / name / f"{number:02d}.png")
    return folder


def changes(folder: Path, **trainer: object) -> list[str]:
    """Return changes of an experiment that train a small network on that folder, as the command takes them."""
    settings: dict[str, object] = {"max_steps": 24, "batch": 6, "validate_every": 8, "checkpoint_every": 8}
    settings |= {"accelerator": "cpu", "precision": "float32", "heads_first": 2, "average": 0.9} | trainer
    data = {"real": folder, "size": "[32, 24]", "validate_on": 0.2, "test": 0.25}
    given = [f"data.{key}={value}" for key, value in data.items()]
    given += [f"trainer.{key}={value}" for key, value in settings.items()]
    return [*given, "model.encoder=resnet10t", "model.weights=none", "augmentation.mixup=0.2", "augmentation.cutmix=1"]
