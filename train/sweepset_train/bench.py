"""Measure how fast training is: beside one batch held in memory, and beside training the plain way."""

from __future__ import annotations

import math
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning as L
import numpy as np
import torch
import torch.nn.functional as F
from lightning.pytorch.callbacks import Callback
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torch.utils.flop_counter import FlopCounterMode

from . import runs, training
from .data import sources, splits
from .data.cache import Size
from .data.sources import IGNORE
from .experiment import Data, Experiment
from .models.build import MEAN, STD
from .segmentation.losses import build_loss

PICTURES, PICTURE_SIZE = 32, (640, 480)
"""How many the plain way reads; the size of those that are made where no data is given."""
WARM_UP = 2
"""Steps before any is measured."""
ON_GPU = (
    ("baseline", ()),
    ("baseline", ("model.encoder=resnet34", "data.size=[480, 360]")),
    ("segnet", ()),
)
"""Experiments and changes of them that are measured on a GPU where none is named."""
ON_CPU = ON_GPU[:1]


@dataclass(frozen=True)
class Pace:
    """Seconds of a round's steps: on the clock, and of the processor in all threads."""

    clock: float
    processor: float


@dataclass(frozen=True)
class Speed:
    """What was measured, in rounds of `steps` steps: of a whole training, of one batch held in memory, and plain."""

    batch: int
    steps: int
    training: tuple[Pace, ...]
    held: tuple[Pace, ...]
    plain: tuple[Pace, ...]
    flops: float
    """Of a step, forward and backward."""
    peak: float
    """Flops a second where large matrices are multiplied."""
    memory: int | None
    """Bytes of a GPU that training took at most; None on a CPU."""

    def images_per_second(self, paces: Iterable[Pace]) -> float:
        """Return the median over rounds."""
        return self.steps * self.batch / statistics.median(pace.clock for pace in paces)

    @property
    def share_of_peak(self) -> float:
        """How much of the peak training reaches."""
        return self.flops / self.batch * self.images_per_second(self.training) / self.peak


def ratio(own: Iterable[Pace], other: Iterable[Pace], of: str = "clock") -> float:
    """Return how many times as fast one way is as another: the median of the rounds' ratios."""
    return statistics.median(getattr(b, of) / getattr(a, of) for a, b in zip(own, other, strict=True))


def measure(experiment: Experiment, rounds: int, steps: int) -> Speed:
    """Train an experiment for some steps, and in turns as many on one batch held in memory and as many the plain way.

    Nothing is downloaded: weights are random. Where it names no data, it is trained on pictures that are made for it.
    """
    with tempfile.TemporaryDirectory(prefix="sweepset-bench-") as folder:
        given = experiment.data.synthetic if experiment.data.synthetic_share else ()
        alone = {"validate_on": None, "test": None, "pretrain_steps": 0, "synthetic": given}
        data = experiment.data.model_copy(update=alone)
        if data.real is None and not data.synthetic:
            made = Path(folder) / "made"
            _write_pictures(made, _make_pictures())
            os.environ["SWEEPSET_CACHE"] = str(Path(folder) / "cache")
            own = {"real": made, "labels_taxonomy": "nyu40", "train": "all", "crop": None, "synthetic_share": 0.0}
            data = data.model_copy(update=own)
        count = WARM_UP + rounds * (1 + steps)
        # What is done now and then, such as checkpoints, falls into no round.
        seldom = {"checkpoint_every": count + 1, "validate_every": count + 1}
        trainer = experiment.trainer.model_copy(update={"max_steps": count, "devices": 1, "nodes": 1, **seldom})
        model = experiment.model.model_copy(update={"weights": "none"})
        asked = experiment.model_copy(update={"data": data, "trainer": trainer, "model": model})
        turns = _Turns(asked, Path(folder) / "pictures", steps)
        training.fit(asked, Path(folder) / "run", lambda _: None, [turns])
        ours, held, plain = (tuple(paces) for paces in turns.paces.values())
        return Speed(trainer.batch, steps, ours, held, plain, turns.flops, turns.peak, turns.memory)


def describe(experiment: Experiment, speed: Speed, device: str) -> str:
    """Return what was measured as text."""
    model, size = experiment.model, experiment.data.size
    encoder = "" if model.name in ("segnet", "cnn") else f" {model.encoder}"
    kind = training.precision_of(experiment.trainer)
    pace = {way: speed.images_per_second(getattr(speed, way)) for way in ("training", "held", "plain")}
    memory = "" if speed.memory is None else f", {speed.memory / 2**30:.1f} GiB"
    lines = [
        f"{model.name}{encoder}, {size[0]}x{size[1]}, batch {speed.batch}, {kind}, {device}, "
        f"medians of {len(speed.training)} rounds of {speed.steps} steps:",
        f"  training            {pace['training']:7.1f} images/s, {speed.share_of_peak:.0%} of the peak of "
        f"{speed.peak / 1e12:.2f} Tflop/s{memory}",
        f"  one batch in memory {pace['held']:7.1f} images/s",
        f"  the plain way       {pace['plain']:7.1f} images/s",
    ]
    for text, other, aim in (("one batch in memory", speed.held, 0.95), ("the plain way", speed.plain, 2)):
        found = [ratio(speed.training, other, of) for of in ("clock", "processor")]
        by_time = "" if speed.memory is not None else f", by processor time {found[1]:.3f}"
        lines.append(f"  training over {text}: {found[0]:.3f}{by_time} (aim: {aim} or more)")
    return "\n".join(lines)


class _Turns(Callback):
    """Lets a training pause after each round of its steps, while as many are taken the other ways."""

    def __init__(self, experiment: Experiment, pictures: Path, steps: int) -> None:
        self.experiment, self.pictures, self.steps = experiment, pictures, steps
        self.paces: dict[str, list[Pace]] = {"training": [], "held": [], "plain": []}
        self.flops = self.peak = 0.0
        self.memory: int | None = None

    def on_train_batch_end(
        self, trainer: L.Trainer, pl_module: L.LightningModule, outputs: Any, batch: dict[str, Tensor], batch_idx: int
    ) -> None:
        """Let the other ways have their turns.

        The first step of a round is not measured: its batch was gathered while the others had theirs.
        """
        done = trainer.global_step - WARM_UP
        if done == 0:
            self.prepare(trainer, pl_module, batch)
        if done > 0 and done % (1 + self.steps) == 0:
            self.paces["training"].append(self.watch.read())
            for way, step in self.others.items():
                self.watch.begin()
                for _ in range(self.steps):
                    step()
                self.paces[way].append(self.watch.read())
        if done > 0 and done % (1 + self.steps) == 1:
            self.watch.begin()

    def prepare(self, trainer: L.Trainer, module: Any, batch: dict[str, Tensor]) -> None:
        """Take the first steps of the other ways, and count."""
        device = module.device
        self.watch = _Watch(device)
        held = _held(trainer, module, batch)
        held()
        if device.type == "cuda":
            self.memory = torch.cuda.max_memory_allocated(device)
        _write_pictures(self.pictures, _read_pictures(self.experiment.data, module.num_classes))
        plain = _plain(self.experiment, self.pictures, module.num_classes, device)
        with FlopCounterMode(display=False) as counter:
            plain()
        self.flops = float(counter.get_total_flops())
        self.peak = _peak(self.watch, torch.bfloat16 if "bf16" in str(trainer.precision) else torch.float32)
        self.others = {"held": held, "plain": plain}


class _Watch:
    """Measures how long a device works."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.begin()

    def begin(self) -> None:
        """Begin now."""
        self.wait()
        self.clock, self.processor = time.perf_counter(), time.process_time()

    def read(self) -> Pace:
        """Return the time since then."""
        self.wait()
        return Pace(time.perf_counter() - self.clock, time.process_time() - self.processor)

    def wait(self) -> None:
        """Wait until a GPU has done all that it was told."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


def _held(trainer: L.Trainer, module: Any, batch: dict[str, Tensor]) -> Callable[[], None]:
    """Return a function that takes a step of the module's network, and nothing else, on one batch that is ready."""
    images, labels = batch["images"], batch["labels"]
    loss_of = build_loss(module.experiment.trainer.loss, module.class_weights)
    optimizer = trainer.optimizers[0]

    def step() -> None:
        optimizer.zero_grad()
        with trainer.precision_plugin.forward_context():
            loss = loss_of(module.model(images), labels)
        loss.backward()
        optimizer.step()

    return step


class _Pictures(Dataset[tuple[Tensor, Tensor]]):
    """Pictures and their classes in a folder, decoded and resized whenever they are asked for."""

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


def _plain(experiment: Experiment, folder: Path, num_classes: int, device: torch.device) -> Callable[[], None]:
    """Return a function that takes a step as it is done without thought of speed.

    In float32, channels first, without variations, with PyTorch's own loader, which decodes in processes of its own
    where a GPU leaves the cores to it.
    """
    model: nn.Module = runs.build_spec(experiment, "none", num_classes).to(device).train()
    settings = experiment.trainer
    optimizer = torch.optim.AdamW(model.parameters(), settings.learning_rate)
    on_gpu = device.type == "cuda"
    workers = min(8, os.cpu_count() or 1) if on_gpu else 0
    loader = DataLoader(
        _Pictures(folder, experiment.data.size, 8 * settings.batch), settings.batch, shuffle=True,
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


def _peak(watch: _Watch, kind: torch.dtype) -> float:
    """Return flops a second at the best of some products of large matrices."""
    size = 8192 if watch.device.type == "cuda" else 1536
    matrix = torch.randn(size, size, device=watch.device).to(kind)
    times = []
    for _ in range(8):
        watch.begin()
        matrix @ matrix
        times.append(watch.read().clock)
    return 2 * size**3 / min(times)


def _read_pictures(data: Data, num_classes: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Go over some of the data's images with labels of as many classes; which is which makes no difference here."""
    source = splits.open_source(data.real, data) if data.real else sources.open_datasets(data.synthetic)
    for index in range(min(PICTURES, len(source))):
        image, label = source.read(index)
        yield image, label % num_classes


def _make_pictures() -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Go over images that are as hard to decode as photos, and labels in ids of nyu40."""
    rng = np.random.default_rng(0)
    for _ in range(PICTURES):
        coarse = Image.fromarray(rng.integers(40, 216, (12, 16, 3), np.uint8))
        smooth = np.asarray(coarse.resize(PICTURE_SIZE, Image.Resampling.BILINEAR))
        image = smooth + rng.integers(0, 8, smooth.shape, np.uint8)
        patches = Image.fromarray(rng.integers(0, 41, (6, 8), np.uint8))
        yield image, np.asarray(patches.resize(PICTURE_SIZE, Image.Resampling.NEAREST))


def _write_pictures(folder: Path, pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> None:
    """Write images and labels as PNGs."""
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    for number, pair in enumerate(pairs):
        for name, pixels in zip(("images", "labels"), pair, strict=True):
            Image.fromarray(pixels.astype(np.uint8)).save(folder / name / f"{number:04d}.png", compress_level=1)
