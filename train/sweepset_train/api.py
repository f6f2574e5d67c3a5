"""Train, score and predict from Python, by the code and with the options of the commands: docs/api.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from . import evaluation, prediction, runs, training
from . import experiment as experiments
from .pages import run_report
from .runs import Run


def fit(
    experiment: str | Path,
    out: str | Path,
    *,
    nyu: str | Path | None = None,
    data: Sequence[str | Path] = (),
    changes: Mapping[str, Any] | None = None,
    say: Callable[[str], None] | None = None,
) -> Run:
    """Train an experiment in the folder `out` and return the run; a stopped run continues.

    `changes` are those of --set, such as `{"trainer.batch": 8}`. `say` is called with a line about the progress. Raise
    SweepsetError for bad input, or if the loss is no number.
    """
    given: dict[str, Any] = {"data.real": nyu} if nyu else {}
    given |= {"data.synthetic": list(data)} if data else {}
    asked = experiments.read(experiment, _lines({**given, **(changes or {})}))
    run, _ = training.fit(asked, Path(out).expanduser(), say or (lambda line: None))
    if training.is_first():
        run_report.write(run)
    return run


def evaluate(
    run: Run | str | Path,
    data: str | Path | None = None,
    *,
    part: str = "test",
    split: str | None = None,
    checkpoint: str = "best",
    device: str = "auto",
    changes: Mapping[str, Any] | None = None,
) -> dict[str, float]:
    """Score a run on a part of its own data, or on other data; write the evaluation, return the scores."""
    opened = _open(run)
    chosen, name = evaluation.choose_part(opened, Path(data) if data else None, part, split, _lines(changes or {}))
    place = prediction.choose_device(device)
    _, found, _ = evaluation.evaluate_run(opened, chosen, name, checkpoint, place)
    run_report.write(opened)
    return found.summary()


def predict(
    run: Run | str | Path,
    photos: str | Path | Sequence[str | Path],
    out: str | Path,
    *,
    checkpoint: str = "best",
    device: str = "auto",
) -> int:
    """Write predictions and overlays for photos and those in folders, and a page of some; return the number of photos.

    Raise Failure, after all is written, if some photos could not be read.
    """
    given = [photos] if isinstance(photos, str | Path) else photos
    places = [Path(one).expanduser() for one in given]
    return prediction.predict_folder(
        _open(run), places, Path(out).expanduser(), checkpoint, prediction.choose_device(device)
    )


class Model:
    """A trained model that predicts arrays."""

    def __init__(self, run: Run, checkpoint: str, device: str) -> None:
        self.run, self.taxonomy = run, run.taxonomy
        self._device = prediction.choose_device(device)
        self._network = run.load_answering(checkpoint).to(self._device)

    def predict(self, image: np.ndarray) -> Any:
        """Return what the run's task predicts for an image (H, W, 3) uint8 RGB of any size.

        For segmentation (H, W) uint8, train ids: positions in `taxonomy`.
        """
        return prediction.predict_photo(self.run, self._network, image, self._device)


def load(run: Run | str | Path, checkpoint: str = "best", device: str = "auto") -> Model:
    """Return the model of a run with the weights of a checkpoint."""
    return Model(_open(run), checkpoint, device)


def _open(run: Run | str | Path) -> Run:
    return run if isinstance(run, Run) else runs.open_run(Path(run))


def _lines(changes: Mapping[str, Any]) -> list[str]:
    """Return changes as `--set` takes them, values in YAML."""
    return [f"{key}={_yaml(value)}" for key, value in changes.items()]


def _yaml(value: Any) -> str:
    if isinstance(value, Path):
        value = str(value)
    elif isinstance(value, list | tuple):
        value = [str(one) if isinstance(one, Path) else one for one in value]
    return yaml.safe_dump(value, default_flow_style=True, width=float("inf")).removesuffix("...\n").strip()
