"""Training: batches from caches, the model as a Lightning module, and a run from its beginning or where it stopped.

A run is one pass over an endless stream of batches. What a step does follows from the weights before it, the seed and
the step's number alone, so that it makes no difference where a run was interrupted.
"""

from __future__ import annotations

import ctypes
import errno
import io
import logging
import math
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lightning as L
import numpy as np
import torch
from lightning.pytorch.callbacks import Callback, Checkpoint, EarlyStopping, ModelCheckpoint, TQDMProgressBar
from lightning.pytorch.loggers import Logger, TensorBoardLogger
from lightning.pytorch.plugins.io import TorchCheckpointIO
from lightning.pytorch.utilities import rank_zero_only
from lightning.pytorch.utilities.exceptions import MisconfigurationException
from torch import Tensor, nn

from sweepset import dataset
from sweepset.errors import SweepsetError

from . import runs
from .data.mixing import Mix
from .data.splits import Part, Parts, open_parts
from .experiment import Experiment, Training
from .runs import MetricsFile, Run
from .segmentation import augmentation, metrics, pictures
from .segmentation.losses import build_loss, median_frequency_weights

LOG_EVERY = 10
"""Steps between two logged losses; a loss that is no number stops the run after as many."""
CURVES = {"loss": "loss", "learning_rate": "learning rate", "mean_iou": "validation: mean IoU",
          "global_accuracy": "validation: global accuracy"}  # fmt: skip
Tell = Callable[[str], None]
Batch = dict[str, Tensor]


class Stream:
    """The batches of a run from a step on, without end; the next one is gathered while one is trained on."""

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

    def __iter__(self) -> Iterator[Batch]:
        step = self.trainer.global_step
        with ThreadPoolExecutor(1) as pool:
            following = pool.submit(self.batch, step)
            while True:
                batch = following.result()
                step += 1
                following = pool.submit(self.batch, step)
                yield batch

    def batch(self, step: int) -> Batch:
        """Return this device's images (B, 3, H, W) and labels (B, H, W) of a step, uint8, and how they are varied."""
        own = slice(self.trainer.global_rank, None, self.trainer.world_size)
        pretraining = self.experiment.data.pretrain_steps
        if self.pretraining and step < pretraining:
            chosen = self.pretraining.at(step)
        else:
            chosen = self.mix.at(step - pretraining)
        images, labels = [], []
        for domain, index in chosen[own]:
            part = self.domains[domain]
            assert part is not None
            images.append(part.cached.images[part.indices[index]])
            labels.append(part.cached.labels[part.indices[index]])
        seed = self.experiment.seed
        drawn = augmentation.draw(self.experiment.augmentation, len(chosen), seed, step)[own]
        return {**_tensors(np.stack(images), np.stack(labels), self.trainer), "drawn": drawn}


class Validation:
    """The images of a part once, in batches; each device has its share."""

    def __init__(self, part: Part, batch: int, trainer: L.Trainer) -> None:
        self.part, self.size, self.trainer = part, batch, trainer
        self.indices = np.sort(part.indices)[trainer.global_rank :: trainer.world_size]

    def __len__(self) -> int:
        return math.ceil(len(self.indices) / self.size)

    def __iter__(self) -> Iterator[Batch]:
        for start in range(0, len(self.indices), self.size):
            chosen = self.indices[start : start + self.size]
            yield _tensors(self.part.cached.images[chosen], self.part.cached.labels[chosen], self.trainer)


class Batches(L.LightningDataModule):
    """The data of a run, as Lightning wants it."""

    def __init__(self, experiment: Experiment, parts: Parts) -> None:
        super().__init__()
        self.experiment, self.parts = experiment, parts

    def train_dataloader(self) -> Any:
        """Return the stream, from the step that the trainer is at."""
        assert self.trainer is not None
        return Stream(self.experiment, self.parts, self.trainer)

    def val_dataloader(self) -> Any:
        """Return the validation part, or nothing where there is none."""
        assert self.trainer is not None
        if self.parts.validation is None:
            return []
        return Validation(self.parts.validation, self.experiment.trainer.batch, self.trainer)


class Segmentation(L.LightningModule):
    """A model with its loss, its optimizer and its scores."""

    class_weights: Tensor | None
    broken: Tensor

    def __init__(self, experiment: Experiment, model: nn.Module, num_classes: int, weights: Tensor | None) -> None:
        """Take a model; `weights` (C,) balance the classes of its loss."""
        super().__init__()
        self.experiment, self.model, self.num_classes = experiment, model, num_classes
        self.register_buffer("class_weights", weights, persistent=False)
        self.register_buffer("broken", torch.zeros((), dtype=torch.bool), persistent=False)
        self.loss = torch.tensor(math.nan)  # of the latest step
        self.matrix = np.zeros((num_classes, num_classes), np.int64)

    def on_after_batch_transfer(self, batch: Batch, dataloader_idx: int) -> Batch:
        """Make images what models expect, and vary those that are trained on: on the device, and in float32.

        In a step's own bf16 the places that pixels come from would be off by up to half a pixel.
        """
        images, labels = batch["images"], batch["labels"]
        if self.trainer.training:
            images, labels = augmentation.augment(images, labels, batch["drawn"])
        else:
            images = augmentation.prepare(images)
        return {"images": images, "labels": labels}

    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """Let random layers follow from seed and step alone."""
        torch.manual_seed(hash((self.experiment.seed, self.global_step, self.global_rank)) & 0xFFFFFFFF)

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """Return the loss of a step."""
        loss_of = build_loss(self.experiment.trainer.loss, self.class_weights)
        loss = loss_of(self.model(batch["images"]), batch["labels"])
        self.loss = loss.detach()
        self.broken |= ~torch.isfinite(self.loss)
        if (self.global_step + 1) % LOG_EVERY == 0:
            self._refuse_broken()
            optimizer: Any = self.optimizers()
            self.log_dict({"loss": self.loss, "learning_rate": optimizer.param_groups[0]["lr"]})
        return loss

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Save nothing that is broken: the checkpoint before it stays."""
        self.broken |= ~torch.stack([torch.isfinite(p).all() for p in self.model.parameters()]).all()
        self._refuse_broken()

    def on_validation_epoch_start(self) -> None:
        """Begin to count."""
        self.matrix[:] = 0

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """Count a batch's right and wrong pixels."""
        predicted = self.model(batch["images"]).argmax(1).cpu().numpy()
        self.matrix += metrics.confusion(batch["labels"].cpu().numpy(), predicted, self.num_classes).sum(0)

    def on_validation_epoch_end(self) -> None:
        """Log the scores of the whole part."""
        total = torch.from_numpy(self.matrix).to(self.device)
        summed: Any = self.trainer.strategy.reduce(total, reduce_op="sum")
        scores = metrics.summarize(summed.cpu().numpy())
        # A score that says nothing, where no pixel is labelled, is none to choose checkpoints by.
        self.log_dict({name: np.float32(0 if math.isnan(score) else score).item() for name, score in scores.items()})

    def configure_optimizers(self) -> Any:
        """Return the optimizer and its schedule, a factor of the learning rate that follows from the step alone."""
        settings = self.experiment.trainer
        rate, decay = settings.learning_rate, settings.weight_decay
        optimizer: torch.optim.Optimizer
        if settings.optimizer == "sgd":
            optimizer = torch.optim.SGD(self.model.parameters(), rate, settings.momentum, weight_decay=decay)
        else:
            optimizer = torch.optim.AdamW(self.model.parameters(), rate, weight_decay=decay)
        pretraining = self.experiment.data.pretrain_steps
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_factor(settings, step, pretraining))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def _refuse_broken(self) -> None:
        if self.broken:
            raise SweepsetError(
                f"the loss is no number after {self.global_step} steps: lower trainer.learning_rate "
                f"({self.experiment.trainer.learning_rate}) in a run of its own, or set trainer.precision to float32; "
                f"the run is kept as it was at the last checkpoint"
            )


def rate_factor(settings: Training, step: int, pretraining: int) -> float:
    """Return the learning rate of a step, as a share of the highest; a pretraining has a course of its own."""
    begin, end = (0, pretraining) if step < pretraining else (pretraining, settings.max_steps)
    progress = min(1.0, (step - begin) / max(1, end - begin))
    match settings.schedule:
        case "poly":
            return (1 - progress) ** 0.9
        case "one-cycle":
            rise = 0.3
            if progress < rise:
                return _ease(1 / 25, 1, progress / rise)
            return _ease(1, 1e-4, (progress - rise) / (1 - rise))
    return 1.0


def precision_of(settings: Training) -> Any:
    """Return Lightning's name of the precision; `auto` is bf16 where the device multiplies it faster."""
    if settings.precision != "auto":
        return {"bf16": "bf16-mixed", "float32": "32-true"}[settings.precision]
    if settings.accelerator != "cpu" and torch.cuda.is_available():
        fast = torch.cuda.get_device_capability() >= (8, 0)
    else:
        fast = any(getattr(torch.cpu, f"_is_{name}_supported", bool)() for name in ("avx512_bf16", "amx_tile"))
    return "bf16-mixed" if fast else "32-true"


class _WholeFiles(TorchCheckpointIO):
    """Checkpoints that are there whole or as they were before.

    Lightning's own are moved from another file system, byte by byte, and half there where that is interrupted.
    """

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        """Write a file beside its place first."""
        data = io.BytesIO()
        torch.save(checkpoint, data)
        temporary = Path(f"{path}.tmp")
        try:
            temporary.write_bytes(data.getbuffer())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


class _Told(Callback):
    """Lines and pictures of how a run goes."""

    def __init__(self, run: Run, parts: Parts, tell: Tell) -> None:
        self.run, self.part, self.tell = run, parts.validation, tell
        self.begun, self.at = time.monotonic(), 0

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Begin to measure."""
        self.begun, self.at = time.monotonic(), trainer.global_step

    def on_train_batch_end(self, trainer: L.Trainer, *_: Any) -> None:
        """Tell how far it is where no validation does."""
        every = self.run.experiment.trainer.validate_every
        if trainer.is_global_zero and self.part is None and trainer.global_step % every == 0:
            self.tell_step(trainer, "not validated")

    def tell_step(self, trainer: L.Trainer, scores: str) -> None:
        """Tell the step with its loss, scores and pace."""
        module: Any = trainer.lightning_module
        self.tell(
            f"step {trainer.global_step} of {trainer.max_steps}: loss {float(module.loss):.3f}, {scores}, "
            f"{self.pace(trainer):.1f} images/s"
        )

    def on_validation_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Tell the scores, and draw sample images with their predictions."""
        if not trainer.is_global_zero or self.part is None:
            return
        scores = {name: float(value) for name, value in trainer.callback_metrics.items()}
        self.tell_step(trainer, f"mean IoU {scores['mean_iou']:.3f}, global accuracy {scores['global_accuracy']:.3f}")
        count = self.run.experiment.trainer.samples
        if count:
            self.draw(self.part, trainer, pl_module, count)

    def draw(self, part: Part, trainer: L.Trainer, module: Any, count: int) -> None:
        """Write images from all over the part, their truth, and what the model makes of them."""
        places = np.unique(np.linspace(0, len(part) - 1, min(count, len(part))).astype(int))
        chosen = np.sort(part.indices)[places]
        batch = _tensors(part.cached.images[chosen], part.cached.labels[chosen], trainer)
        with torch.inference_mode(), trainer.precision_plugin.forward_context():
            inputs = augmentation.prepare(batch["images"].to(module.device))
            predicted = module.model(inputs).argmax(1).cpu().numpy()
        rows = [
            [
                np.asarray(part.cached.images[index]),
                *(pictures.colorize(one, self.run.taxonomy) for one in (truth, found)),
            ]
            for index, truth, found in zip(chosen, part.cached.labels[chosen], predicted, strict=True)
        ]
        texts = [f"{part.cached.names[index]}: image, truth, prediction" for index in chosen]
        pictures.draw_rows(self.run.folder / "pictures" / f"step-{trainer.global_step:06d}.png", rows, texts)

    def pace(self, trainer: L.Trainer) -> float:
        """Return images trained on in a second since the run began or went on, with all that comes between."""
        steps = trainer.global_step - self.at
        return steps * self.run.experiment.trainer.batch / (time.monotonic() - self.begun)


class _Last(Checkpoint):
    """The checkpoint that a run goes on from: as often as asked for, and after a validation on its step."""

    def __init__(self, path: Path, every: int, validate_every: int | None) -> None:
        self.path, self.every, self.validate_every = path, every, validate_every
        self.stopping = False

    def on_train_batch_end(self, trainer: L.Trainer, *_: Any) -> None:
        """Save where no validation follows."""
        if not (self.validate_every and trainer.global_step % self.validate_every == 0):
            self.save(trainer)

    def on_validation_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Save with what the validation decided."""
        self.save(trainer)

    def save(self, trainer: L.Trainer) -> None:
        """Save where it is time to, or the run is to stop; several processes may not stop after the same step."""
        if trainer.global_step % self.every == 0 or (self.stopping and trainer.world_size == 1):
            trainer.save_checkpoint(self.path)
        if self.stopping:
            raise KeyboardInterrupt

    @contextmanager
    def heeding_signals(self) -> Iterator[None]:
        """Stop a run after its step where Ctrl-C or SIGTERM ask for it; on a second Ctrl-C at once.

        An interruption in the middle of a step can leave locks of other threads behind, which are then waited for.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(*_: Any) -> None:
            self.stopping = True
            signal.signal(signal.SIGINT, signal.default_int_handler)

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def fit(
    experiment: Experiment, folder: Path, tell: Tell = print, callbacks: Sequence[Callback] = ()
) -> tuple[Run, Parts]:
    """Train an experiment in a folder, from the beginning or from its last checkpoint on; return the run and its data.

    `callbacks` of Lightning come before its own.

    Raise SweepsetError where data is missing, the folder holds another run, or the loss is no number.
    """
    _quieten()
    _keep_memory()
    parts = open_parts(experiment.data)
    held = None
    if is_first():
        run, held = runs.begin(folder, experiment, parts)
        if not (folder / "prior.npy").exists():
            np.save(folder / "prior.tmp.npy", runs.commonest_per_place(parts))
            (folder / "prior.tmp.npy").replace(folder / "prior.npy")
        _introduce(parts, tell)
    else:
        run = Run(folder, experiment, parts.taxonomy)
    try:
        last = folder / "checkpoints" / "last.ckpt"
        step = int(torch.load(last, map_location="cpu", weights_only=True)["global_step"]) if last.exists() else 0
        if (folder / "finished.json").exists():
            tell(f"{folder} is trained: {step} steps")
            return run, parts
        if step:
            tell(f"going on from step {step}")
        _train(run, parts, step, last if step else None, tell, callbacks)
    except MisconfigurationException as error:
        settings = experiment.trainer
        raise SweepsetError(
            f"trainer.accelerator {settings.accelerator}, trainer.devices {settings.devices}, trainer.nodes "
            f"{settings.nodes}: {' '.join(str(error).split())}; name devices that are here"
        ) from None
    except torch.OutOfMemoryError:
        raise SweepsetError(
            f"the GPU has too little memory for trainer.batch {experiment.trainer.batch} and data.size "
            f"{experiment.data.size}: give a smaller one of them, in a run of its own"
        ) from None
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise SweepsetError(
            f"the disk is full, the run in {str(folder)!r} is kept as it was at the last checkpoint: free some space "
            "and run the same command again to go on"
        ) from None
    finally:
        if held:
            held.close()
    return run, parts


def _train(
    run: Run, parts: Parts, step: int, checkpoint: Path | None, tell: Tell, callbacks: Sequence[Callback]
) -> None:
    """Train a run from a checkpoint, or from first weights."""
    experiment, settings = run.experiment, run.experiment.trainer
    L.seed_everything(experiment.seed, verbose=False)
    start = "none" if checkpoint else experiment.model.weights
    model: Any = runs.build_spec(experiment, start, len(parts.taxonomy))
    model.to(memory_format=torch.channels_last)
    if settings.compile:
        model.compile()
    weights = median_frequency_weights(parts.counts()) if settings.balance else None
    module = Segmentation(experiment, model, len(parts.taxonomy), weights)
    loggers: list[Logger] = [MetricsFile(run.folder, step)]
    loggers.append(TensorBoardLogger(run.folder, "tensorboard", "", purge_step=step or None))
    told = _Told(run, parts, tell)
    path = run.folder / "checkpoints" / "last.ckpt"
    last = _Last(path, settings.checkpoint_every, settings.validate_every if parts.validation else None)
    trainer = L.Trainer(
        accelerator=settings.accelerator,
        devices=settings.devices if settings.accelerator != "cpu" or settings.devices != "auto" else 1,
        num_nodes=settings.nodes,
        precision=precision_of(settings),
        deterministic=settings.deterministic,
        max_steps=settings.max_steps,
        limit_val_batches=None if parts.validation else 0,
        val_check_interval=settings.validate_every if parts.validation else None,
        check_val_every_n_epoch=None,
        num_sanity_val_steps=0,
        log_every_n_steps=LOG_EVERY,
        logger=loggers,
        callbacks=[*callbacks, told, *_callbacks(run, parts), last],
        plugins=[_WholeFiles()],
        enable_model_summary=False,
        use_distributed_sampler=False,
        default_root_dir=run.folder,
    )
    try:
        with last.heeding_signals():
            trainer.fit(module, Batches(experiment, parts), ckpt_path=checkpoint, weights_only=True)
    except SystemExit:  # how Lightning ends after Ctrl-C and SIGTERM
        if not trainer.interrupted:
            raise
    if trainer.interrupted:
        raise KeyboardInterrupt
    trainer.save_checkpoint(path)
    if trainer.is_global_zero:
        pictures.draw_curves(run.folder / "curves.png", runs.read_metrics(run.folder), CURVES)
        where = {"device": trainer.strategy.root_device.type, "threads": torch.get_num_threads()}
        pace = {"steps": trainer.global_step, "images_per_second": round(told.pace(trainer), 2)}
        dataset.write_json(run.folder / "finished.json", {**pace, **where})
    tell(f"trained {trainer.global_step} steps, {told.pace(trainer):.1f} images/s")


def _callbacks(run: Run, parts: Parts) -> list[Callback]:
    settings = run.experiment.trainer
    found: list[Callback] = [TQDMProgressBar() if _on_terminal() else TQDMProgressBar(refresh_rate=0)]
    if parts.validation:
        found.append(
            ModelCheckpoint(
                run.folder / "checkpoints", "best", monitor="mean_iou", mode="max", save_on_train_epoch_end=False,
                enable_version_counter=False,
            )
        )  # fmt: skip
        if settings.patience:
            found.append(
                EarlyStopping("mean_iou", patience=settings.patience, mode="max", check_on_train_epoch_end=False)
            )
    return found


def is_first() -> bool:
    """Return whether this is the first of the processes that train together, which speaks and writes for all."""
    return getattr(rank_zero_only, "rank", None) in (None, 0)


def _on_terminal() -> bool:
    return sys.stderr.isatty()


def _introduce(parts: Parts, tell: Tell) -> None:
    sizes = ", ".join(f"{len(part)} {name}" for name, part in parts.named().items())
    tell(f"images: {sizes}; {len(parts.taxonomy)} classes of {parts.taxonomy.name}")
    absent = [c.name for c, pixels in zip(parts.taxonomy, parts.counts().sum(0), strict=True) if not pixels]
    if absent:
        tell(f"no training image shows {', '.join(absent)}: the model cannot learn them")
    if parts.leak is not None and parts.leak > 0.5:
        tell(
            f"{parts.leak:.0%} of the test frames have a neighbour in train, mostly of the same room: this split "
            "overrates the model; test654 does so less"
        )


def _tensors(images: np.ndarray, labels: np.ndarray, trainer: L.Trainer) -> Batch:
    """Return images (B, H, W, 3) as (B, 3, H, W) with channels last in memory, and labels, ready to be moved."""
    batch = {"images": torch.from_numpy(images).permute(0, 3, 1, 2), "labels": torch.from_numpy(labels)}
    on_gpu = trainer.strategy.root_device.type == "cuda"
    return {name: tensor.pin_memory() for name, tensor in batch.items()} if on_gpu else batch


def _ease(start: float, end: float, progress: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2


def _keep_memory() -> None:
    """Keep glibc from giving each step's memory back to the system, only to take it anew, page by page.

    M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of mallopt(3), as high as they go. Other C libraries stay as they are.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        for option in (-3, -1):
            mallopt(option, 2**31 - 1)


def _quieten() -> None:
    """Keep from the user what Lightning says about itself."""
    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning.*")
