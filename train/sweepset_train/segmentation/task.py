"""Semantic segmentation: a class for each pixel, scored by confusion matrices."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from sweepset import files, png
from sweepset.taxonomy import Taxonomy

from ..averages import mean
from ..boundaries import boundary_f1
from ..data import sources
from ..data.labels import Crop, Size, resize_label
from ..data.places import open_source
from ..data.sources import Source
from ..models.baselines import PositionPrior
from ..models.build import ModelSpec, build_model
from ..settings import Data, Training
from ..task import Batch, Extra, Prediction, Predictions, ScoreTable, Tallies, Task
from . import augmentation, metrics, pictures, plain
from .losses import Objective, median_frequency_weights

BACKGROUND = "background"
"""The category that scores without background leave out."""
ORIGINAL = Extra(
    "original",
    "original_class_accuracy",
    "the original's",
    'The last column is what the original experiment called "class accuracy": 1 - 2 (1 - G) / C, for global accuracy G '
    "and C classes. It contains no more information than G.",
)


class Segmentation:
    """The task: labels and predictions are maps (H, W) uint8 of train ids, with IGNORE for void pixels in labels."""

    name = "segmentation"
    headline = "mean_iou"
    compared: tuple[str, ...] = metrics.COMPARED
    image_score = "global_accuracy"
    shown: tuple[str, ...] = ("mean_iou", "global_accuracy")
    titles: Mapping[str, str] = metrics.TITLES
    class_titles: Mapping[str, str] = metrics.CLASS_TITLES
    about_scores = "A class in neither truth nor prediction has no score (-), and means leave it out."
    extras: tuple[Extra, ...] = (ORIGINAL,)
    plots: Mapping[str, tuple[str, str]] = {
        "confusion.png": (
            "Confusion",
            "The share of each class's pixels that was predicted as each class: rows truth, columns prediction.",
        )
    }
    scores_nothing = False
    tallied = "confusion"
    saved = "masks"
    prior = "commonest class per place"
    trial: ModelSpec | None = ModelSpec("unet", "resnet18", "none")
    trial_score = "global_accuracy"

    def open(self, place: Path, data: Data) -> Source:
        """Return images with label maps from NYU's file, a dataset of Sweepset or a folder."""
        return open_source(place, data)

    def open_renders(self, folders: Sequence[Path], data: Data) -> Source:
        """Return the frames of datasets with their label maps."""
        return sources.open_datasets(folders)

    def build(self, spec: ModelSpec, num_classes: int) -> nn.Module:
        """Return a model from images (B, 3, H, W) to logits (B, C, H, W)."""
        return build_model(spec, num_classes)

    def objective(self, settings: Training, counts: np.ndarray) -> nn.Module:
        """Return the loss over labelled pixels, with balanced classes if the settings ask for it."""
        weights = median_frequency_weights(counts) if settings.balance else None
        return Objective(settings.loss, weights)

    def augment(self, images: Tensor, labels: Tensor, drawn: Tensor) -> Batch:
        """Return images and label maps, varied together."""
        images, targets = augmentation.augment(images, labels, drawn)
        return {"images": images, "targets": targets}

    def predict(self, model: nn.Module, images: Tensor, size: tuple[int, int] | None = None) -> np.ndarray:
        """Return the train ids (B, H, W) uint8 of images."""
        logits = model(images)
        if size is None:
            classes = logits.argmax(1).to(torch.uint8)
        else:
            classes = torch.stack([classes_at(one, size) for one in logits])
        found: np.ndarray = classes.cpu().numpy()
        return found

    def crop(self, predicted: Prediction, box: Crop) -> Prediction:
        """Return the part of a map in a box."""
        left, top, right, bottom = box
        return predicted[top:bottom, left:right]

    def foreground(self, predicted: Prediction) -> np.ndarray | None:
        """Return None: no class is the one to cut out."""
        return None

    def tally(self, labels: np.ndarray, predicted: Predictions, num_classes: int, thorough: bool = True) -> Tallies:
        """Return a confusion matrix an image (N, C, C), and if `thorough` the boundary F1 (N, C) of its classes."""
        found = np.asarray(predicted)
        matrices = metrics.confusion(labels, found, num_classes)
        if not thorough:
            return {"matrices": matrices}
        pairs = zip(labels, found, strict=True)
        boundaries = np.stack([boundary_f1(one, other, num_classes) for one, other in pairs])
        return {"matrices": matrices, "boundaries": boundaries}

    def score(self, tallies: Tallies, weights: np.ndarray | None = None) -> np.ndarray:
        """Return the scores of the summed, or weighted, matrices."""
        matrices = tallies["matrices"]
        if weights is None:
            return metrics.score(matrices.sum(0))
        flat = matrices.reshape(len(matrices), -1).astype(np.float64)
        return metrics.score((weights @ flat).reshape(-1, *matrices.shape[1:]))

    def settle(self, model: nn.Module, tallies: Tallies) -> None:
        """Keep nothing of a validation."""

    def summarize(self, tallies: Tallies) -> dict[str, float]:
        """Return all scores of the summed matrix, and the mean boundary F1 of the images if it was tallied."""
        found = metrics.summarize(tallies["matrices"].sum(0))
        if "boundaries" in tallies:
            found["boundary_f1"] = float(mean(mean(tallies["boundaries"])))
        return found

    def by_class(self, tallies: Tallies) -> dict[str, np.ndarray]:
        """Return the scores of each class, and its pixels."""
        matrix = tallies["matrices"].sum(0)
        return {
            "iou": metrics.iou(matrix),
            "recall": metrics.class_accuracy(matrix),
            "precision": metrics.precision(matrix),
            "dice": metrics.dice(matrix),
            "boundary_f1": mean(tallies["boundaries"].T),
            "pixels": matrix.sum(1).astype(np.float64),
        }

    def tables(self, tallies: Tallies, taxonomy: Taxonomy) -> tuple[ScoreTable, ...]:
        """Return the scores without the background, if there is a category of that name."""
        names = [category.name for category in taxonomy]
        if BACKGROUND not in names or len(names) < 2:
            return ()
        scores = metrics.without(tallies["matrices"].sum(0), names.index(BACKGROUND))
        rows = tuple((title, "-" if math.isnan(value) else f"{value:.4f}") for title, value in scores.items())
        text = "Over the pixels that show something else, whatever was predicted there; IoU counts false finds too."
        return (ScoreTable("Without background", text, ("score", "model"), rows),)

    def explain(self, scores: Mapping[str, float], num_classes: int) -> str:
        """Return the original experiment's score, and why it is in no table."""
        return metrics.explain_original(scores["original_class_accuracy"], scores["global_accuracy"], num_classes)

    def learn_prior(self, labels: Iterable[np.ndarray], num_classes: int) -> np.ndarray | None:
        """Return the commonest class at each place of the training images, (H, W) uint8."""
        prior: PositionPrior | None = None
        for batch in labels:
            height, width = batch.shape[1:]
            prior = prior or PositionPrior(num_classes, (width, height))
            prior.count([torch.from_numpy(batch)])
        assert prior is not None
        found: np.ndarray = prior(torch.zeros(1, 3, height, width))[0].argmax(0).numpy().astype(np.uint8)
        return found

    def repeat_prior(self, prior: np.ndarray, count: int, size: Size) -> np.ndarray:
        """Return the commonest class at each place, for each image."""
        return np.broadcast_to(resize_label(prior, size), (count, *size[::-1]))

    def draw(self, image: np.ndarray, shown: Prediction, taxonomy: Taxonomy, over: bool = False) -> np.ndarray:
        """Return a map of train ids in its classes' colours."""
        return pictures.overlay(image, shown, taxonomy) if over else pictures.colorize(shown, taxonomy)

    def plot(self, folder: Path, tallies: Tallies, taxonomy: Taxonomy) -> None:
        """Write the summed confusion matrix as a picture."""
        pictures.draw_confusion(folder / "confusion.png", tallies["matrices"].sum(0), taxonomy)

    def illustrate(
        self,
        folder: Path,
        images: Callable[[int], np.ndarray],
        tallies: Tallies,
        taxonomy: Taxonomy,
        answer: Callable[[np.ndarray], Predictions],
    ) -> None:
        """Write nothing: evaluations show images with their masks."""

    def save(self, folder: Path, name: str, predicted: Prediction, taxonomy: Taxonomy) -> None:
        """Write a mask of category ids, 8-bit or, if an id exceeds 255, 16-bit."""
        ids = np.array([category.id for category in taxonomy])
        ids = ids.astype(np.uint8 if ids.max() < 256 else np.uint16)
        with files.replacing(folder / f"{name}.png", png.check) as temporary:
            Image.fromarray(ids[predicted]).save(temporary)

    def gather(self, folder: Path, photos: Mapping[str, Path], taxonomy: Taxonomy) -> None:
        """Write nothing: each photo has its mask."""

    def make_data(self, folder: Path) -> dict[str, Any]:
        """Write images and label maps to measure speed on."""
        return plain.make_data(folder)

    def plain_steps(
        self, model: nn.Module, data: Data, trainer: Training, folder: Path, num_classes: int
    ) -> Callable[[], None] | None:
        """Return a function that takes a step with PyTorch's own loader and loss."""
        return plain.steps(model, data, trainer, folder, num_classes)


def classes_at(logits: Tensor, size: tuple[int, int]) -> Tensor:
    """Return the classes of an image (H, W) uint8 from smaller logits (C, h, w), at another size, (height, width).

    Logits are interpolated one class at a time, so that memory for a large photo does not grow with the classes.
    """
    best = torch.full(size, -torch.inf, device=logits.device)
    classes = torch.zeros(size, dtype=torch.uint8, device=logits.device)
    for number, one in enumerate(logits.float()):
        enlarged = F.interpolate(one[None, None], size, mode="bilinear")[0, 0]
        classes.masked_fill_(enlarged > best, number)
        torch.maximum(best, enlarged, out=best)
    return classes


TASK: Task = Segmentation()
