"""The plain way to train a segmentation model, which `bench` compares with: PyTorch's own loader and loss."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from ..data import sources
from ..data.labels import IGNORE, Size
from ..data.places import open_source
from ..models.build import MEAN, STD
from ..settings import Data, Training

PICTURES, PICTURE_SIZE = 32, (640, 480)
"""How many pictures the plain way reads; the size of those that are made."""


def make_data(folder: Path) -> dict[str, Any]:
    """Write images that are as hard to decode as photos, and labels in ids of nyu40; return the keys to read them."""
    rng = np.random.default_rng(0)
    pairs = []
    for _ in range(PICTURES):
        coarse = Image.fromarray(rng.integers(40, 216, (12, 16, 3), np.uint8))
        smooth = np.asarray(coarse.resize(PICTURE_SIZE, Image.Resampling.BILINEAR))
        image = smooth + rng.integers(0, 8, smooth.shape, np.uint8)
        patches = Image.fromarray(rng.integers(0, 41, (6, 8), np.uint8))
        pairs.append((image, np.asarray(patches.resize(PICTURE_SIZE, Image.Resampling.NEAREST))))
    _write(folder, pairs)
    return {"real": folder, "labels_taxonomy": "nyu40", "train": "all", "crop": None, "synthetic_share": 0.0}


def steps(model: nn.Module, data: Data, trainer: Training, folder: Path, num_classes: int) -> Callable[[], None]:
    """Return a function that takes a step without thought of speed, on some of the data's images put into `folder`.

    In float32, channels first, without variations, with PyTorch's own loader, which decodes in processes of its own
    if a GPU leaves the cores to it.
    """
    _write(folder, _read(data, num_classes))
    device = next(model.parameters()).device
    optimizer = torch.optim.AdamW(model.parameters(), trainer.learning_rate)
    on_gpu = device.type == "cuda"
    workers = min(8, os.cpu_count() or 1) if on_gpu else 0
    loader = DataLoader(
        _Pictures(folder, data.size, 8 * trainer.batch), trainer.batch, shuffle=True,
        num_workers=workers, pin_memory=on_gpu, persistent_workers=workers > 0,
    )  # fmt: skip

    def go_round() -> Iterator[Any]:
        while True:
            yield from loader

    batches = go_round()

    def step() -> None:
        images, labels = (tensor.to(device, non_blocking=True) for tensor in next(batches))
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels, ignore_index=IGNORE).backward()
        optimizer.step()

    return step


class _Pictures(Dataset[tuple[Tensor, Tensor]]):
    """Pictures and their classes in a folder, decoded and resized each time they are asked for."""

    def __init__(self, folder: Path, size: Size, least: int) -> None:
        paths = [sorted((folder / name).iterdir()) for name in ("images", "labels")]
        self.pairs = list(zip(*paths, strict=True))
        self.pairs *= math.ceil(least / len(self.pairs))
        self.size = size

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        """Return an image (3, H, W) float32 and its classes (H, W) int64."""
        image, label = (Image.open(path) for path in self.pairs[index])
        colors = np.asarray(image.resize(self.size, Image.Resampling.BILINEAR), np.float32) / 255
        classes = np.asarray(label.resize(self.size, Image.Resampling.NEAREST), np.int64)
        pixels = (colors - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
        return torch.from_numpy(pixels).permute(2, 0, 1).contiguous(), torch.from_numpy(classes)


def _read(data: Data, num_classes: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Go over some of the data's images with labels of as many classes; which class is which does not matter here."""
    source = open_source(data.real, data) if data.real else sources.open_datasets(data.synthetic)
    for index in range(min(PICTURES, len(source))):
        image, label = source.read(index)
        yield image, label % num_classes


def _write(folder: Path, pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> None:
    """Write images and labels as PNGs."""
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    for number, pair in enumerate(pairs):
        for name, pixels in zip(("images", "labels"), pair, strict=True):
            Image.fromarray(pixels.astype(np.uint8)).save(folder / name / f"{number:04d}.png", compress_level=1)
