"""The seam between a task and the modules that train, score and compare: one `Task` in a folder of its own.

`TASKS` names the tasks. All other modules know a task only as the `Task` that `find` returns, and by the `names` of its
models and losses. Importing this module does not import PyTorch.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

import numpy as np

from sweepset.errors import SweepsetError
from sweepset.taxonomy import Taxonomy

from .settings import Data, Training

if TYPE_CHECKING:
    from torch import Tensor, nn

    from .data.labels import Crop, Size
    from .data.sources import Source
    from .models.build import ModelSpec

TASKS = {
    "segmentation": "sweepset_train.segmentation.task",
    "masking": "sweepset_train.masking.task",
    "classification": "sweepset_train.classification.task",
    "detection": "sweepset_train.detection.task",
}
"""The module of each task by name; its `TASK` is the task. It is imported when the task is needed.

The module's package, or the module itself if it is in none, has the names of the task's `MODELS` and `LOSSES`.
"""

Labels = np.ndarray
"""The labels of one image in a cache: (H, W) train ids | (H, W, 2) train ids and instance numbers | () train id."""
Prediction = Any
"""A model's output for one image, drawn and scored by its task alone."""
Predictions = Sequence[Prediction] | np.ndarray
"""A prediction for each image of a batch."""
Batch = dict[str, Any]
"""`images` (B, 3, H, W) float32 as models expect them, and `targets`, in whatever form the task's loss takes."""
Tallies = Mapping[str, np.ndarray]
"""Arrays by name, each with images on its first axis. Lists of varying length are padded to a fixed length."""


@dataclass(frozen=True)
class Extra:
    """A score that a comparison shows beside the others, without an interval."""

    key: str
    """In a comparison's scores.json."""
    score: str
    """In what `summarize` returns."""
    title: str
    text: str
    """One sentence about it."""


@dataclass(frozen=True)
class ScoreTable:
    """A table of an evaluation: numbers are texts, the first column names its row."""

    title: str
    text: str
    """One or two sentences about it."""
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Task(Protocol):
    """Something to learn from images: the form of its labels, its models and losses, its scores and pictures."""

    name: str
    headline: str
    """The score that checkpoints, early stopping and comparisons go by; the first of `compared`. Higher is better."""
    compared: tuple[str, ...]
    """The overall scores that `score` returns first; the score of each class follows."""
    image_score: str
    """The score, of those in `compared`, that ranks images."""
    shown: tuple[str, ...]
    """Scores to print and to plot at each validation."""
    titles: Mapping[str, str]
    """Titles of overall scores, in the order of tables; a score without a title is in no table."""
    class_titles: Mapping[str, str]
    """Titles of the scores of a class: first the compared score, last the amount of truth, a count."""
    about_scores: str
    """One or two sentences: which classes have no score."""
    extras: tuple[Extra, ...]
    plots: Mapping[str, tuple[str, str]]
    """Files that `plot` writes, each with a title and a sentence."""
    scores_nothing: bool
    """Whether images without any labelled pixel have scores too, such as how often nothing was found."""
    tallied: str
    """The name of the .npz file of tallies in an evaluation."""
    saved: str
    """The folder that `save` writes to."""
    prior: str
    """The prior's answer in words; empty if the task has none."""
    trial: ModelSpec | None
    """A network that learns a batch of four images within seconds, for the doctor; None if no network does."""
    trial_score: str
    """The score, of those in `compared`, that tells how well it did."""

    # Data

    def open(self, place: Path, data: Data) -> Source:
        """Return the labelled images of one place: a file, a dataset of Sweepset, or a folder."""

    def open_renders(self, folders: Sequence[Path], data: Data) -> Source:
        """Return the labelled images of datasets of Sweepset."""

    # Training

    def build(self, spec: ModelSpec, num_classes: int) -> nn.Module:
        """Return the model; raise SweepsetError if the name, the encoder or the weights are not available."""

    def objective(self, settings: Training, counts: np.ndarray) -> nn.Module:
        """Return the loss as a module of no parameters, from (model, batch) to a scalar.

        `counts` (N, C) are the pixels of each class in each training image.
        """

    def augment(self, images: Tensor, labels: Tensor, drawn: Tensor) -> Batch:
        """Return a batch to train on, varied as `drawn` says, from images (B, 3, H, W) and labels as cached.

        `drawn` (B, 20 or 25) is what `data.augmentation.draw` returns.
        """

    def predict(self, model: nn.Module, images: Tensor, size: tuple[int, int] | None = None) -> Predictions:
        """Return the predictions for images (B, 3, H, W) as models expect them; at `size` (height, width) if given.

        In validation the model answers in bf16 if the run trains in bf16: NumPy has no such type.
        """

    def crop(self, predicted: Prediction, box: Crop) -> Prediction:
        """Return the prediction for the part of its image in a box of left, top, right and bottom."""

    def foreground(self, predicted: Prediction) -> np.ndarray | None:
        """Return how surely each pixel is of what is to be cut out, (H, W) float32, decided at 0.5; None if unknown."""

    # Scores

    def tally(self, labels: np.ndarray, predicted: Predictions, num_classes: int, thorough: bool = True) -> Tallies:
        """Return the counts of each image that scores follow from; without `thorough`, those of a validation."""

    def score(self, tallies: Tallies, weights: np.ndarray | None = None) -> np.ndarray:
        """Return the scores (M,) of all images; with weights (K, N), how often each draw has each image, (K, M).

        The columns are `compared`, then each class. NaN means that the images say nothing about a score.
        """

    def settle(self, model: nn.Module, tallies: Tallies) -> None:
        """Let the model keep what it learns from its validation, such as a threshold, in its buffers."""

    def summarize(self, tallies: Tallies) -> dict[str, float]:
        """Return all overall scores by name."""

    def by_class(self, tallies: Tallies) -> dict[str, np.ndarray]:
        """Return the scores (C,) of each class, by the names in `class_titles`."""

    def tables(self, tallies: Tallies, taxonomy: Taxonomy) -> Sequence[ScoreTable]:
        """Return tables of the task's own for readers of an evaluation; there may be none."""

    def explain(self, scores: Mapping[str, float], num_classes: int) -> str:
        """Return a note for readers of these overall scores; it may be empty."""

    def learn_prior(self, labels: Iterable[np.ndarray], num_classes: int) -> np.ndarray | None:
        """Return the content of a prior, a guess without looking, from batches of training labels; None if none."""

    def repeat_prior(self, prior: np.ndarray, count: int, size: Size) -> Predictions:
        """Return the prior's predictions for `count` images of `size`, (width, height)."""

    # Pictures and files

    def draw(self, image: np.ndarray, shown: Prediction, taxonomy: Taxonomy, over: bool = False) -> np.ndarray:
        """Return labels or a prediction as a picture (H, W, 3) uint8, beside its image, or `over` it."""

    def plot(self, folder: Path, tallies: Tallies, taxonomy: Taxonomy) -> None:
        """Write the pictures of tallies that `plots` names."""

    def illustrate(
        self,
        folder: Path,
        images: Callable[[int], np.ndarray],
        tallies: Tallies,
        taxonomy: Taxonomy,
        answer: Callable[[np.ndarray], Predictions],
    ) -> None:
        """Write the pictures named in `plots` that show images of an evaluation; there may be none.

        `images` returns the one of a position in the tallies, (H, W, 3) uint8, and `answer` the predictions for some.
        """

    def save(self, folder: Path, name: str, predicted: Prediction, taxonomy: Taxonomy) -> None:
        """Write the prediction for one photo into `folder`, which is `saved` in the folder of predictions."""

    def gather(self, folder: Path, photos: Mapping[str, Path], taxonomy: Taxonomy) -> None:
        """Write what one file holds for all photos, by their names, after the prediction of each was saved."""

    # Speed

    def make_data(self, folder: Path) -> dict[str, Any]:
        """Write images to measure speed on; return the keys of `Data` that read them."""

    def plain_steps(
        self, model: nn.Module, data: Data, trainer: Training, folder: Path, num_classes: int
    ) -> Callable[[], None] | None:
        """Return a function that trains `model` one step without thought of speed, on images put into `folder`.

        None if the task has no such plain way to compare with.
        """


@runtime_checkable
class Solved(Protocol):
    """A model that is fitted without steps, such as a linear layer on frozen features."""

    def solve(self, parts: Any, experiment: Any, tell: Callable[[str], None]) -> None:
        """Fit the model to the training images of `Parts`, as an `Experiment` asks; `tell` hears of the progress."""


def find(name: str) -> Task:
    """Return a task by its name; raise SweepsetError if there is none."""
    if name not in TASKS:
        raise SweepsetError(f"unknown task {name!r}: choose one of {', '.join(TASKS)}")
    return cast(Task, importlib.import_module(TASKS[name]).TASK)


def names(task: str) -> tuple[Sequence[str], Sequence[str]]:
    """Return the names of a task's models and of its losses."""
    package = importlib.import_module(TASKS[task].rpartition(".")[0] or TASKS[task])
    return package.MODELS, package.LOSSES


def heeds(task: str) -> Sequence[str]:
    """Return the keys of `experiment.OPTIONAL` that a task heeds, its package's `HEEDS`."""
    package = importlib.import_module(TASKS[task].rpartition(".")[0] or TASKS[task])
    return getattr(package, "HEEDS", ())


def checks(task: str) -> tuple[Sequence[Callable[..., Iterable[Any]]], Sequence[str]]:
    """Return the doctor's checks of a task's own, and the names of those that it leaves out.

    They are `CHECKS` and `LEFT_OUT` of the module `examination` in the task's package, if it has one.
    """
    name = f"{TASKS[task].rpartition('.')[0] or TASKS[task]}.examination"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return (), ()
    return module.CHECKS, module.LEFT_OUT


def join(tallies: Iterable[Tallies]) -> Tallies:
    """Return the tallies of the images of several batches."""
    every = list(tallies)
    return {name: np.concatenate([one[name] for one in every]) for name in every[0]}
