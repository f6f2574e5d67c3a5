"""Photos with masks in the Carvana challenge's layout: bright ellipses of four vehicles before a dark wall."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

VEHICLES, VIEWS, SIZE = 4, 4, (48, 32)
PALETTE = [0, 0, 0, 255, 255, 255] + [0] * 762


def masks() -> dict[str, np.ndarray]:
    """Return the mask (H, W) bool of each photo by its name."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[: SIZE[1], : SIZE[0]]
    found = {}
    for vehicle in range(VEHICLES):
        for view in range(1, VIEWS + 1):
            x, y, a, b = rng.uniform((20, 13, 8, 6), (28, 19, 16, 10))
            found[f"{vehicle:06x}_{view:02d}"] = ((columns - x) / a) ** 2 + ((rows - y) / b) ** 2 < 1
    return found


def write(folder: Path) -> Path:
    """Write photos, masks as GIF of palette indices 0 and 1, and metadata; return the folder."""
    rng = np.random.default_rng(1)
    for name in ("train", "train_masks"):
        (folder / name).mkdir(parents=True)
    for name, mask in masks().items():
        pixels = np.clip(rng.normal(70 + 110 * mask[:, :, None], 10, (*mask.shape, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / "train" / f"{name}.jpg", quality=95)
        picture = Image.fromarray(mask.astype(np.uint8), "P")
        picture.putpalette(PALETTE)
        picture.save(folder / "train_masks" / f"{name}_mask.gif")
    rows = [f"{vehicle:06x},{'SUV' if vehicle % 2 else 'sedan'}" for vehicle in range(VEHICLES)]
    (folder / "metadata.csv").write_text("\n".join(["id,body", *rows]), encoding="utf-8")
    return folder


def changes(folder: Path, **trainer: object) -> list[str]:
    """Return changes of the experiment `masking` that train the smallest network on that folder for some steps."""
    settings: dict[str, object] = {"max_steps": 40, "batch": 4, "validate_every": 10, "checkpoint_every": 15}
    settings |= {"accelerator": "cpu", "learning_rate": 0.003, "samples": 1} | trainer
    data = {"real": folder, "size": "[48, 32]", "validate_on": 0.25, "test": 0.25}
    given = [f"data.{key}={value}" for key, value in data.items()]
    given += [f"trainer.{key}={value}" for key, value in settings.items()]
    return [*given, "model.name=cnn"]
