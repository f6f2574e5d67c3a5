"""Training: a run from its beginning, or from where it stopped.

A run is one pass over an endless stream of batches. The result of a step follows from the weights before it, the seed
and the step's number alone, so an interruption makes no difference to the result.
"""

from __future__ import annotations

import ctypes
import io
import logging
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lightning as L
import numpy as np
import torch
from lightning.pytorch.callbacks import Callback
from lightning.pytorch.loggers import Logger, TensorBoardLogger
from lightning.pytorch.utilities import rank_zero_only
from lightning.pytorch.utilities.exceptions import MisconfigurationException
from torch import nn

from sweepset import files
from sweepset.errors import SweepsetError
from sweepset.host.command import lacks_memory

from . import callbacks as beside
from . import evaluation, memory, runs
from .callbacks import Last, Reporter, Tell, WholeFiles
from .data.given import check_given
from .data.places import is_rendered
from .data.splits import Parts, open_parts
from .experiment import Experiment
from .learner import LOG_EVERY, Learner
from .pages import pictures
from .runs import MetricsFile, Run
from .stream import Batches
from .task import Solved


def fit(
    experiment: Experiment, folder: Path, tell: Tell = print, callbacks: Sequence[Callback] = ()
) -> tuple[Run, Parts]:
    """Train an experiment in a folder, from the beginning or from its last checkpoint; return the run and its data.

    Lightning calls `callbacks` before those of Sweepset. Raise SweepsetError if data is missing, the folder holds
    another run, or the loss is no number.
    """
    _quieten()
    _keep_memory()
    runs.refuse_other(folder)
    check_given(experiment.data)
    if not (folder / "finished.json").exists():
        memory.check(experiment)
    with _explained(experiment, folder):
        parts = open_parts(experiment)
    held = None
    if is_first():
        run, held = runs.begin(folder, experiment, parts)
        _keep_prior(run, parts)
        _introduce(experiment, parts, tell)
    else:
        run = Run(folder, experiment, parts.taxonomy)
    try:
        last = folder / "checkpoints" / "last.ckpt"
        step = int(torch.load(last, map_location="cpu", weights_only=True)["global_step"]) if last.exists() else 0
        if (folder / "finished.json").exists():
            tell(f"{folder} is trained: {step} steps")
            return run, parts
        if step:
            tell(f"resuming from step {step}")
        with _explained(experiment, folder):
            _train(run, parts, step, last if step else None, tell, callbacks)
    finally:
        if held:
            held.close()
    return run, parts


def _train(
    run: Run, parts: Parts, step: int, checkpoint: Path | None, tell: Tell, callbacks: Sequence[Callback]
) -> None:
    """Train a run from a checkpoint, or from first weights."""
    settings = run.experiment.trainer
    module = _learner(run, parts, checkpoint)
    path = run.folder / "checkpoints" / "last.ckpt"
    if isinstance(module.model, Solved):
        _solve(run, parts, module.model, path, tell)
        return
    reporter = Reporter(run, parts, tell)
    last = Last(path, settings.checkpoint_every, settings.validate_every if parts.validation else None)
    loggers: list[Logger] = [MetricsFile(run.folder, step)]
    loggers.append(TensorBoardLogger(run.folder, "tensorboard", "", purge_step=step or None))
    trainer = L.Trainer(
        accelerator=settings.accelerator,
        devices=settings.devices if settings.accelerator != "cpu" or settings.devices != "auto" else 1,
        num_nodes=settings.nodes,
        precision=runs.precision_of(settings),
        deterministic=settings.deterministic,
        gradient_clip_val=settings.clip,
        max_steps=settings.max_steps,
        limit_val_batches=None if parts.validation else 0,
        val_check_interval=settings.validate_every if parts.validation else None,
        check_val_every_n_epoch=None,
        num_sanity_val_steps=0,
        log_every_n_steps=LOG_EVERY,
        logger=loggers,
        # The last checkpoint comes last, so that it holds what the callbacks before it decided at the same step.
        callbacks=[*callbacks, reporter, *beside.lightnings_own(run, parts), last],
        plugins=[WholeFiles()],
        enable_model_summary=False,
        use_distributed_sampler=False,
        default_root_dir=run.folder,
    )
    try:
        with last.heeding_signals():
            trainer.fit(module, Batches(run.experiment, parts), ckpt_path=checkpoint, weights_only=True)
    except SystemExit:  # how Lightning ends after Ctrl-C and SIGTERM
        if not trainer.interrupted:
            raise
    if trainer.interrupted:
        raise KeyboardInterrupt
    trainer.save_checkpoint(path)
    if trainer.is_global_zero:
        pictures.draw_curves(run.folder / "curves.png", runs.read_metrics(run.folder), _curves(run))
        where = {"device": trainer.strategy.root_device.type, "threads": torch.get_num_threads()}
        pace = {"steps": trainer.global_step, "images_per_second": round(reporter.pace(trainer), 2)}
        files.write_json(run.folder / "finished.json", {**pace, **where})
    tell(f"trained {trainer.global_step} steps, {reporter.pace(trainer):.1f} images/s")


def _solve(run: Run, parts: Parts, model: Solved, path: Path, tell: Tell) -> None:
    """Fit a model that takes no steps, and write its checkpoint."""
    begun = time.monotonic()
    model.solve(parts, run.experiment, tell)
    assert isinstance(model, nn.Module)
    state = {f"model.{name}": value for name, value in model.state_dict().items()}
    data = io.BytesIO()
    torch.save({"state_dict": state, "global_step": 0}, data)
    files.write(path, data.getvalue())
    if parts.validation:
        found = evaluation.evaluate(run.task, parts.validation, run.taxonomy, evaluation.answer_by(run, "last"))
        MetricsFile(run.folder, 0).log_metrics(found.summary(), 0)
    seconds = time.monotonic() - begun
    pace = {"steps": 0, "images_per_second": round(len(parts.counts()) / seconds, 2)}
    files.write_json(run.folder / "finished.json", {**pace, "device": "cpu", "threads": torch.get_num_threads()})
    tell(f"fitted without steps in {seconds:.1f} s")


def _learner(run: Run, parts: Parts, checkpoint: Path | None) -> Learner:
    """Return the model to train, with first weights unless a checkpoint brings its own."""
    experiment, settings, num_classes = run.experiment, run.experiment.trainer, len(parts.taxonomy)
    # Before the model is built: first weights follow from the seed.
    L.seed_everything(experiment.seed, verbose=False)
    model: Any = runs.build_model(experiment, "none" if checkpoint else experiment.model.weights, num_classes)
    model.to(memory_format=torch.channels_last)
    if settings.compile:
        model.compile()
    return Learner(experiment, model, run.task.objective(settings, parts.counts()), num_classes)


def _curves(run: Run) -> dict[str, str]:
    """Return which metrics to plot, with their titles."""
    shown = {name: f"validation: {run.task.titles[name]}" for name in run.task.shown}
    return {"loss": "loss", "learning_rate": "learning rate", **shown}


def _keep_prior(run: Run, parts: Parts) -> None:
    """Write the task's prior, a guess without looking that follows from the training labels, if it has one."""
    path = run.folder / "prior.npy"
    prior = None if path.exists() else run.task.learn_prior(_training_labels(parts), len(parts.taxonomy))
    if prior is not None:
        with files.replacing(path) as temporary:
            np.save(temporary, prior)


def _training_labels(parts: Parts, batch: int = 64) -> Iterator[np.ndarray]:
    """Go over the labels of all training images, some at a time."""
    for part in (parts.real, parts.synthetic):
        for start in range(0, len(part) if part else 0, batch):
            assert part is not None
            yield part.cached.labels[np.sort(part.indices[start : start + batch])]


@contextmanager
def _explained(experiment: Experiment, folder: Path) -> Iterator[None]:
    """Turn the errors that a user can fix into SweepsetError."""
    settings = experiment.trainer
    try:
        yield
    except MisconfigurationException as error:
        raise SweepsetError(
            f"trainer.accelerator {settings.accelerator}, trainer.devices {settings.devices}, trainer.nodes "
            f"{settings.nodes}: {' '.join(str(error).split())}; name devices of this machine"
        ) from None
    except (MemoryError, RuntimeError) as error:
        if not lacks_memory(error):
            raise
        raise SweepsetError(
            f"too little memory for trainer.batch {settings.batch} and data.size {[*experiment.data.size]}: give a "
            "smaller one of them, in a run of its own"
        ) from None
    except OSError as error:
        if error.errno not in files.WORDS:
            raise
        raise files.WriteError(files.explain(error.filename or folder, error)) from None


def is_first() -> bool:
    """Return whether this is the first of the processes that train together, which prints and writes for all."""
    return getattr(rank_zero_only, "rank", None) in (None, 0)


def _introduce(experiment: Experiment, parts: Parts, tell: Tell) -> None:
    # A folder of renders that takes the place of photos holds none.
    real = "rendered" if experiment.data.real and is_rendered(experiment.data.real) else "real"
    sizes = ", ".join(f"{len(part)} {real if name == 'real' else name}" for name, part in parts.named().items())
    tell(f"images: {sizes}; {len(parts.taxonomy)} classes of {parts.taxonomy.name}")
    for note in parts.notes:
        tell(note)
    absent = [c.name for c, pixels in zip(parts.taxonomy, parts.counts().sum(0), strict=True) if not pixels]
    if absent:
        tell(f"no training image shows {', '.join(absent)}: the model cannot learn them")
    if parts.leak is not None and parts.leak > 0.5:
        tell(
            f"{parts.leak:.0%} of the test frames have a neighbour in train, mostly of the same room: this split "
            "overrates the model; test654 does so less"
        )


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
