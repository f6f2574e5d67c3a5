"""Work beside the steps of a training: lines and pictures of its progress, checkpoints, signals."""

from __future__ import annotations

import io
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lightning as L
import numpy as np
import torch
from lightning.pytorch.callbacks import Callback, Checkpoint, EarlyStopping, ModelCheckpoint, TQDMProgressBar
from lightning.pytorch.plugins.io import TorchCheckpointIO

from sweepset import files

from . import runs
from .data import augmentation
from .data.splits import Part, Parts
from .pages import pictures
from .runs import Run
from .stream import tensors

Tell = Callable[[str], None]


class WholeFiles(TorchCheckpointIO):
    """Checkpoints that are replaced as a whole.

    Lightning moves its own from another file system byte by byte, and leaves half a file if that is interrupted.
    """

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        """Write a temporary file beside the path, and rename it."""
        data = io.BytesIO()
        torch.save(checkpoint, data)
        files.write(Path(path), data.getbuffer())


class Reporter(Callback):
    """Lines and pictures of how a run goes."""

    def __init__(self, run: Run, parts: Parts, tell: Tell) -> None:
        self.run, self.part, self.tell = run, parts.validation, tell
        self.begun, self.at = time.monotonic(), 0

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Begin to measure."""
        self.begun, self.at = time.monotonic(), trainer.global_step

    def on_train_batch_end(self, trainer: L.Trainer, *_: Any) -> None:
        """Report the step if there is no validation to report it."""
        every = self.run.experiment.trainer.validate_every
        if trainer.is_global_zero and self.part is None and trainer.global_step % every == 0:
            self.report_step(trainer, "not validated")

    def on_validation_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Report the scores, and draw sample images with their predictions."""
        if not trainer.is_global_zero or self.part is None:
            return
        scores, task = trainer.callback_metrics, self.run.task
        self.report_step(trainer, ", ".join(f"{task.titles[name]} {float(scores[name]):.3f}" for name in task.shown))
        count = self.run.experiment.trainer.samples
        if count:
            self.draw(self.part, trainer, pl_module, count)

    def report_step(self, trainer: L.Trainer, scores: str) -> None:
        """Report the step with its loss, scores and pace."""
        module: Any = trainer.lightning_module
        self.tell(
            f"step {trainer.global_step} of {trainer.max_steps}: loss {float(module.latest):.3f}, {scores}, "
            f"{self.pace(trainer):.1f} images/s"
        )

    def draw(self, part: Part, trainer: L.Trainer, module: Any, count: int) -> None:
        """Write images from all over the part beside their truth and their predictions."""
        places = np.unique(np.linspace(0, len(part) - 1, min(count, len(part))).astype(int))
        chosen = np.sort(part.indices)[places]
        task, cached, kinds = self.run.task, part.cached, self.run.taxonomy
        batch = tensors(cached.images[chosen], cached.labels[chosen], trainer)
        with torch.inference_mode(), trainer.precision_plugin.forward_context():
            model = runs.answering(self.run.experiment, module.answering, flips=False)
            predicted = task.predict(model, augmentation.prepare(batch["images"].to(module.device)))
        rows = []
        for index, found in zip(chosen, predicted, strict=True):
            image = np.asarray(cached.images[index])
            rows.append([image, *(task.draw(image, shown, kinds) for shown in (cached.labels[index], found))])
        texts = [f"{cached.names[index]}: image, truth, prediction" for index in chosen]
        pictures.draw_rows(self.run.folder / "pictures" / f"step-{trainer.global_step:06d}.png", rows, texts)

    def pace(self, trainer: L.Trainer) -> float:
        """Return images a second since the run began or was resumed, with validations and checkpoints."""
        steps = trainer.global_step - self.at
        return steps * self.run.experiment.trainer.batch / (time.monotonic() - self.begun)


class Last(Checkpoint):
    """The checkpoint that a run resumes from: every so many steps, and after a validation on its step."""

    def __init__(self, path: Path, every: int, validate_every: int | None) -> None:
        self.path, self.every, self.validate_every = path, every, validate_every
        self.stopping = False

    def on_train_batch_end(self, trainer: L.Trainer, *_: Any) -> None:
        """Save unless a validation follows."""
        if not (self.validate_every and trainer.global_step % self.validate_every == 0):
            self.save(trainer)

    def on_validation_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Save with the decisions of the validation."""
        self.save(trainer)

    def save(self, trainer: L.Trainer) -> None:
        """Save if it is time to, or the run is to stop; several processes may not stop after the same step."""
        if trainer.global_step % self.every == 0 or (self.stopping and trainer.world_size == 1):
            trainer.save_checkpoint(self.path)
        if self.stopping:
            raise KeyboardInterrupt

    @contextmanager
    def heeding_signals(self) -> Iterator[None]:
        """Stop a run after its step on Ctrl-C or SIGTERM, and at once on a second Ctrl-C.

        An interruption within a step can leave locks of other threads behind, and the process would wait for them.
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


def lightnings_own(run: Run, parts: Parts) -> list[Callback]:
    """Return Lightning's callbacks of a run: a progress bar, the best checkpoint, and early stopping if asked for."""
    settings, headline = run.experiment.trainer, run.task.headline
    found: list[Callback] = [TQDMProgressBar() if sys.stderr.isatty() else TQDMProgressBar(refresh_rate=0)]
    if parts.validation:
        found.append(
            ModelCheckpoint(
                run.folder / "checkpoints", "best", monitor=headline, mode="max", save_on_train_epoch_end=False,
                enable_version_counter=False,
            )
        )  # fmt: skip
        if settings.patience:
            found.append(EarlyStopping(headline, 0.0, settings.patience, mode="max", check_on_train_epoch_end=False))
    return found
