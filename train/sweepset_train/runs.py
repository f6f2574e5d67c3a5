"""The folder of a run: its experiment, data and versions, its course, and its weights.

| file | holds |
| --- | --- |
| `experiment.yaml` | the experiment, all keys with their values |
| `taxonomy.json` | the model's classes |
| `about.json` | versions, the state of the code in git, hashes of data and splits |
| `metrics.csv` | step, name, value: losses, learning rates, scores on the validation part |
| `checkpoints/last.ckpt`, `best.ckpt` | all that resuming needs; the best by the headline score in validation |
| `pictures/`, `curves.png` | validation images with predictions as they changed; losses and scores by step |
| `finished.json` | marks a finished run: steps, images trained on per second, device and threads |
| `prior.npy` | a guess without looking; of segmentation (H, W) uint8, the commonest class at each place |
| `tensorboard/` | the metrics again, for TensorBoard |
| `evaluation/NAME/` | tallies, scores and pictures, by `evaluation.py` |
| `report.html` | tables and pictures of all this in one page |
"""

from __future__ import annotations

import csv
import importlib.metadata
import io
import platform
import shutil
import subprocess
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import torch
from lightning.pytorch.loggers.logger import Logger
from lightning.pytorch.utilities import rank_zero_only
from torch import nn

import sweepset
from sweepset import dataset, files, lock, outputs, taxonomy
from sweepset.errors import SweepsetError
from sweepset.taxonomy import Taxonomy

from . import experiment as experiments
from . import task as tasks
from .data.sampling import PARTS
from .data.splits import Parts
from .experiment import Experiment
from .models.build import ModelSpec, load_weights
from .models.whole import Whole
from .settings import Training
from .task import Task

CHECKPOINTS = ("best", "last")
LIBRARIES = ("torch", "torchvision", "lightning", "segmentation-models-pytorch", "numpy", "pillow")


@dataclass(frozen=True)
class Run:
    """A run's folder, with what decides it."""

    folder: Path
    experiment: Experiment
    taxonomy: Taxonomy

    @property
    def task(self) -> Task:
        """The run's task."""
        return tasks.find(self.experiment.task)

    def checkpoint(self, name: str = "best") -> Path:
        """Return a checkpoint's file; the last one if `best` is asked for and none was chosen."""
        paths = [self.folder / "checkpoints" / f"{one}.ckpt" for one in ((name, "last") if name == "best" else (name,))]
        for path in paths:
            if path.exists():
                return path
        raise SweepsetError(f"run {str(self.folder)!r} has no checkpoint {name}: train it with `sweepset-train fit`")

    def load_model(self, name: str = "best") -> nn.Module:
        """Return the model with a checkpoint's weights, ready to predict."""
        model: Any = build_model(self.experiment, "none", len(self.taxonomy))
        load_weights(model, self.checkpoint(name))
        loaded: nn.Module = model.eval().to(memory_format=torch.channels_last)
        return loaded

    def load_answering(self, name: str = "best") -> nn.Module:
        """Return the model as it answers: for images of any size, by tiles and flips if its experiment says so."""
        return answering(self.experiment, self.load_model(name))


def build_model(experiment: Experiment, weights: str, num_classes: int) -> nn.Module:
    """Return the experiment's model, from other weights than it asks for."""
    return tasks.find(experiment.task).build(replace(model_spec(experiment), weights=weights), num_classes)


def answering(experiment: Experiment, model: nn.Module, flips: bool = True) -> nn.Module:
    """Return a model as it answers images of the data's size; without `flips`, as it is validated."""
    crop, settings = experiment.augmentation.crop, experiment.prediction
    flips = flips and settings.flips
    return Whole(model, crop, settings.overlap, flips).eval() if crop or flips else model


def model_spec(experiment: Experiment) -> ModelSpec:
    """Return the model that an experiment asks for."""
    asked = experiment.model
    return ModelSpec(asked.name, asked.encoder, asked.weights, asked.dropout)


def precision_of(settings: Training) -> Any:
    """Return Lightning's name of the precision; `auto` is bf16 if the device multiplies it faster."""
    if settings.precision != "auto":
        return {"bf16": "bf16-mixed", "float32": "32-true"}[settings.precision]
    if settings.accelerator != "cpu" and torch.cuda.is_available():
        fast = torch.cuda.get_device_capability() >= (8, 0)
    else:
        fast = any(getattr(torch.cpu, f"_is_{name}_supported", bool)() for name in ("avx512_bf16", "amx_tile"))
    return "bf16-mixed" if fast else "32-true"


def open_run(folder: Path) -> Run:
    """Return a run by its folder; raise SweepsetError if it is none."""
    folder = folder.expanduser()
    path = experiments.of_run(folder)
    kinds = taxonomy.parse(dataset.read_json(folder / "taxonomy.json"), str(folder / "taxonomy.json"), least=0)
    return Run(folder, experiments.read(path), kinds)


def refuse_other(folder: Path, own: str = "a run") -> None:
    """Raise SweepsetError if a folder to write to holds anything but `own`, which is one of `outputs.MARKS`."""
    if folder.exists() and not folder.is_dir():
        raise SweepsetError(f"{str(folder)!r} is a file: name another folder with --out")
    outputs.demand(folder, own)
    names = {path.name for path in folder.iterdir()} if folder.exists() else set()
    left = {"checkpoints", "pictures", "tensorboard", "prior.npy"}  # of a run that was killed as it began
    others = sorted(name for name in names - left if name[0] != ".")
    if others and not names & {*outputs.MARKS[own]}:
        raise SweepsetError(
            f"{str(folder)!r} holds something else, such as {others[0]!r}: name a new or an empty folder with --out"
        )


def begin(folder: Path, experiment: Experiment, parts: Parts) -> tuple[Run, IO[str]]:
    """Begin a run in a folder, or resume the one that has a checkpoint there; return it with its lock.

    Raise SweepsetError if another run is in the folder, its data has changed, or a process is at it.
    """
    run = Run(folder, experiment, parts.taxonomy)
    files.make_folder(folder)
    with files.writing(folder):
        held = lock.take(folder / ".lock", wait=False)
    if held is None:
        raise SweepsetError(
            f"another process trains in {str(folder)!r}: wait for it, or name another folder with --out"
        )
    if check(folder, experiment, parts):
        return run, held
    # A run that failed before its first checkpoint, for example by an unknown encoder, leaves nothing behind.
    (folder / "prior.npy").unlink(missing_ok=True)
    shutil.rmtree(folder / "tensorboard", ignore_errors=True)
    files.make_folder(folder / "checkpoints")
    files.make_folder(folder / "pictures")
    files.write(folder / "experiment.yaml", experiments.dump(experiment).encode())
    files.write_json(folder / "taxonomy.json", parts.taxonomy.to_json())
    data = {"data": _describe_all(parts), "test_neighbours_in_train": parts.leak}
    files.write_json(folder / "about.json", {"versions": _versions(), "git": _git_state(), **data})
    return run, held


def check(folder: Path, experiment: Experiment, parts: Parts) -> bool:
    """Return whether a folder holds a run of an experiment; raise SweepsetError if it is of another, or other data.

    A run is there once it has a checkpoint.
    """
    if not any((folder / "checkpoints").glob("*.ckpt")):
        return False
    differ = experiments.differences(open_run(folder).experiment, experiment)
    if differ:
        raise SweepsetError(
            f"{str(folder)!r} has another run, which differs in {differ[0]}: name another folder with --out"
        )
    if dataset.read_json(folder / "about.json")["data"] != _describe_all(parts):
        raise SweepsetError(
            f"the data of the run in {str(folder)!r} has changed since it began: name another folder with --out"
        )
    return True


def _describe_all(parts: Parts) -> dict[str, Any]:
    """Return the description of a run's data."""
    return {name: _describe(part) for name, part in parts.named().items()}


def evaluation_name(data: Path, split: str | None = None) -> str:
    """Return the name of an evaluation on other data than a run's own, after its folder or file, and the split."""
    name = "-".join([data.resolve().stem, *([Path(split).stem] if split else [])])
    return f"{name}-data" if name in PARTS else name


def read_metrics(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Return all metrics of a run by name, as pairs of step and value."""
    found: dict[str, list[tuple[int, float]]] = {}
    path = folder / "metrics.csv"
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found.setdefault(row["name"], []).append((int(row["step"]), float(row["value"])))
    return found


def slim(folder: Path) -> None:
    """Keep only the weights of a finished run's checkpoints, a third of their size; it can't be resumed then."""
    for path in sorted((folder / "checkpoints").glob("*.ckpt")):
        whole = torch.load(path, map_location="cpu", weights_only=True)
        kept = io.BytesIO()
        torch.save({name: whole[name] for name in ("state_dict", "global_step")}, kept)
        files.write(path, kept.getvalue())


class MetricsFile(Logger):
    """Metrics by step in a CSV file that continues from a checkpoint."""

    def __init__(self, folder: Path, steps: int) -> None:
        """Drop rows after the first `steps` steps, those of the checkpoint to resume from."""
        super().__init__()
        self.path = folder / "metrics.csv"
        rows = self.path.read_text(encoding="utf-8").splitlines()[1:] if self.path.exists() else []
        # A killed process may leave part of a row. A row with a comma has its whole step, which decides about it.
        whole = (row for row in rows if "," in row)
        self.kept = ["step,name,value", *(row for row in whole if int(row.partition(",")[0]) < steps)]

    @property
    def name(self) -> str:
        """Name the logger."""
        return "metrics"

    @property
    def version(self) -> str:
        """Name the logger's version, of which there is one."""
        return ""

    def log_hyperparams(self, params: dict[str, Any] | Namespace, *args: Any, **kwargs: Any) -> None:
        """Do nothing: experiment.yaml has them."""

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Add rows."""
        if self.kept:
            files.write(self.path, "".join(f"{row}\n" for row in self.kept).encode())
            self.kept.clear()
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(f"{step},{name},{float(value)!r}\n" for name, value in metrics.items() if name != "epoch")


def _describe(part: Any) -> dict[str, Any]:
    return {"images": len(part), "content": part.cached.key, "split": part.digest}


def _versions() -> dict[str, str]:
    versions = {name: importlib.metadata.version(name) for name in LIBRARIES}
    return {"sweepset": sweepset.__version__, "python": platform.python_version(), **versions}


def _git_state() -> dict[str, Any] | None:
    """Return the commit of the code and whether it was changed since; None if it is in no checkout."""

    def ask(*words: str) -> str:
        command = ["git", "-C", str(Path(__file__).parent), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.strip()

    try:
        return {"commit": ask("rev-parse", "HEAD"), "changed": bool(ask("status", "--porcelain", "--", "."))}
    except (OSError, subprocess.SubprocessError):
        return None
