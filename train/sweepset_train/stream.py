"""The batches of a run: an endless stream to train on, and the validation images once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import lightning as L
import numpy as np
import torch
from torch import Tensor

from sweepset.errors import SweepsetError

from .data import augmentation
from .data.mixing import Mix
from .data.splits import Part, Parts
from .experiment import Experiment


class Stream:
    """The batches of a run from a step on, without end; a thread gathers the next one during each step."""

    def __init__(self, experiment: Experiment, parts: Parts, trainer: L.Trainer) -> None:
        settings = experiment.trainer
        if settings.batch % trainer.world_size:
            raise SweepsetError(
                f"trainer.batch {settings.batch} does not divide by {trainer.world_size} devices: give a multiple of it"
            )
        self.experiment, self.trainer = experiment, trainer
        self.domains = (parts.real, parts.synthetic)
        counts = [len(part) if part else 0 for part in self.domains]
        share = experiment.data.synthetic_share
        self.mix = Mix(counts[0], counts[1], settings.batch, share, experiment.seed)
        self.pretraining = None
        if experiment.data.pretrain_steps:
            self.pretraining = Mix(0, counts[1], settings.batch, 1, experiment.seed)

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        step = self.trainer.global_step
        with ThreadPoolExecutor(1) as pool:
            following = pool.submit(self.batch, step)
            while True:
                batch = following.result()
                step += 1
                following = pool.submit(self.batch, step)
                yield batch

    def batch(self, step: int) -> dict[str, Tensor]:
        """Return this device's share of a step: images (B, 3, H, W) uint8, labels as cached, and how they are varied.

        The content follows from the seed and the step alone, not from earlier steps.
        """
        own = slice(self.trainer.global_rank, None, self.trainer.world_size)
        pretraining = self.experiment.data.pretrain_steps
        if self.pretraining and step < pretraining:
            chosen = self.pretraining.at(step)
        else:
            chosen = self.mix.at(step - pretraining)
        images, labels = [], []
        seed, crop = self.experiment.seed, self.experiment.augmentation.crop
        for place, (domain, index) in list(enumerate(chosen))[own]:
            part = self.domains[domain]
            assert part is not None
            image, label = (kept[part.indices[index]] for kept in (part.cached.images, part.cached.labels))
            if crop:
                where = augmentation.crop_place(self.experiment.data.size, crop, place, seed, step)
                image, label = image[where], _cropped(label, where, image.shape[:2])
            images.append(image)
            labels.append(label)
        drawn = augmentation.draw(self.experiment.augmentation, len(chosen), seed, step)[own]
        pixels = augmentation.spoil(np.stack(images), drawn)
        return {**tensors(pixels, np.stack(labels), self.trainer), "drawn": drawn}


class Validation:
    """The images of a part once, in batches; each device has its share."""

    def __init__(self, part: Part, batch: int, trainer: L.Trainer) -> None:
        self.part, self.size, self.trainer = part, batch, trainer
        self.indices = np.sort(part.indices)[trainer.global_rank :: trainer.world_size]

    def __len__(self) -> int:
        return math.ceil(len(self.indices) / self.size)

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        for start in range(0, len(self.indices), self.size):
            chosen = self.indices[start : start + self.size]
            yield tensors(self.part.cached.images[chosen], self.part.cached.labels[chosen], self.trainer)


class Batches(L.LightningDataModule):
    """The data of a run in the form that Lightning expects."""

    def __init__(self, experiment: Experiment, parts: Parts) -> None:
        super().__init__()
        self.experiment, self.parts = experiment, parts

    def train_dataloader(self) -> Any:
        """Return the stream, from the trainer's current step."""
        assert self.trainer is not None
        return Stream(self.experiment, self.parts, self.trainer)

    def val_dataloader(self) -> Any:
        """Return the validation part, or nothing if there is none."""
        assert self.trainer is not None
        if self.parts.validation is None:
            return []
        return Validation(self.parts.validation, self.experiment.trainer.batch, self.trainer)


def _cropped(label: np.ndarray, where: tuple[slice, slice], size: tuple[int, ...]) -> np.ndarray:
    """Return a part of a label map."""
    if label.shape[:2] != size:
        raise SweepsetError("augmentation.crop needs labels that are maps, as segmentation has: set it to null")
    return label[where]


def tensors(images: np.ndarray, labels: np.ndarray, trainer: L.Trainer) -> dict[str, Tensor]:
    """Return images (B, H, W, 3) as (B, 3, H, W) with channels last in memory, and labels, ready to be moved."""
    batch = {"images": torch.from_numpy(images).permute(0, 3, 1, 2), "labels": torch.from_numpy(labels)}
    on_gpu = trainer.strategy.root_device.type == "cuda"
    return {name: tensor.pin_memory() for name, tensor in batch.items()} if on_gpu else batch
