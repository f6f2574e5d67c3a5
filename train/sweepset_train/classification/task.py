"""Image classification: a class for each image, scored by accuracy, recall of classes and calibration."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from sweepset import dataset, files
from sweepset.taxonomy import Taxonomy

from ..data import augmentation
from ..data.labels import IGNORE, Crop, Size
from ..data.sources import Source
from ..models.build import ModelSpec
from ..settings import Data, Training
from ..task import Batch, Extra, Prediction, Predictions, ScoreTable, Tallies, Task
from . import data as sources
from . import encoders, metrics, models, pictures

DRAWS, LEVEL = 2000, 0.95
"""Resamplings of an evaluation's images, and the level of their intervals."""


@dataclass(frozen=True)
class Answer:
    """A model's answer for an image."""

    logits: np.ndarray
    """(C,) float32, divided by the temperature."""
    temperature: float
    places: np.ndarray | None = None
    """How much each place speaks for the likeliest class, (h, w) float32; None if that is not known."""

    def shares(self) -> np.ndarray:
        """Return the probabilities (C,) of the classes."""
        return np.asarray(np.exp(metrics.log_shares(self.logits[None].astype(np.float64))[0]))


class Classification:
    """The task: labels are train ids () uint8, predictions are `Answer`s."""

    name = "classification"
    headline = "top1"
    compared: tuple[str, ...] = metrics.COMPARED
    image_score = "top1"
    shown: tuple[str, ...] = ("top1", "mean_class_accuracy")
    titles: Mapping[str, str] = metrics.TITLES
    class_titles: Mapping[str, str] = metrics.CLASS_TITLES
    about_scores = "A class without an image has no recall (-), and means leave it out."
    extras: tuple[Extra, ...] = ()
    plots: Mapping[str, tuple[str, str]] = {
        "confusion.png": ("Confusion", "The share of each class's images: rows truth, columns prediction."),
        "confused.png": (
            "The most confused pairs",
            "Photos that were taken for another class, then photos of that class that were recognized.",
        ),
        "reliability.png": (
            "Reliability",
            "How often answers of each confidence are right, before and after the temperature that validation chose.",
        ),
        "looked.png": (
            "What the network looked at",
            "Right and wrong photos that it was surest of, and what in them spoke for its answer (class activation).",
        ),
    }
    scores_nothing = False
    tallied = "answers"
    saved = "classes"
    prior = "commonest class"
    trial: ModelSpec | None = None
    trial_score = "top1"

    def open(self, place: Path, data: Data) -> Source:
        """Return images with a class each from folders, a CSV, a devkit or a dataset of Sweepset."""
        return sources.open_source(place, data)

    def open_renders(self, folders: Sequence[Path], data: Data) -> Source:
        """Return the frames of datasets with the class of their main object."""
        return sources.open_renders(folders, data)

    def build(self, spec: ModelSpec, num_classes: int) -> nn.Module:
        """Return a network from images (B, 3, H, W) to logits (B, C)."""
        return encoders.build(spec, num_classes)

    def objective(self, settings: Training, counts: np.ndarray) -> nn.Module:
        """Return cross-entropy with smoothed labels, with balanced classes if asked for."""
        weights = None
        if settings.balance:
            own = counts.sum(0).astype(np.float64)
            weights = torch.from_numpy(np.where(own > 0, np.median(own[own > 0]) / np.maximum(own, 1), 0)).float()
        return models.Objective(settings.label_smoothing, weights)

    def augment(self, images: Tensor, labels: Tensor, drawn: Tensor) -> Batch:
        """Return varied images, each mixed with the next one if the experiment asks for it, and both classes."""
        pixels, shares = augmentation.mix(augmentation.vary(images, drawn)[0], drawn)
        return {"images": pixels, "targets": labels, "others": labels.roll(-1, 0), "shares": shares}

    def predict(self, model: nn.Module, images: Tensor, size: tuple[int, int] | None = None) -> list[Answer]:
        """Return the answers for images."""
        look = getattr(model, "look", None)
        logits, places = look(images) if look else (model(images), None)
        temperature = float(getattr(model, "temperature", 1.0))
        values = logits.float().cpu().numpy()
        if places is None:
            return [Answer(one, temperature) for one in values]
        return [Answer(one, temperature, at) for one, at in zip(values, places.float().cpu().numpy(), strict=True)]

    def crop(self, predicted: Prediction, box: Crop) -> Prediction:
        """Return the same: borders have no class of their own."""
        return predicted

    def foreground(self, predicted: Prediction) -> np.ndarray | None:
        """Return None: nothing is to be cut out."""
        return None

    def tally(self, labels: np.ndarray, predicted: Predictions, num_classes: int, thorough: bool = True) -> Tallies:
        """Return truth, logits and temperature of each image."""
        return {
            "truth": np.asarray(labels, np.uint8),
            "logits": np.stack([one.logits for one in predicted]),
            "temperature": np.array([one.temperature for one in predicted]),
        }

    def settle(self, model: nn.Module, tallies: Tallies) -> None:
        """Let the model divide its logits by the temperature that fits a validation best."""
        own = float(tallies["temperature"][0]) * metrics.best_temperature(tallies["logits"], tallies["truth"])
        model.get_buffer("temperature").fill_(own)

    def score(self, tallies: Tallies, weights: np.ndarray | None = None) -> np.ndarray:
        """Return top-1, mean class accuracy, top-5 and calibration error, then each class's recall."""
        return metrics.score(tallies, weights)

    def summarize(self, tallies: Tallies) -> dict[str, float]:
        """Return all overall scores."""
        return metrics.summarize(tallies)

    def by_class(self, tallies: Tallies) -> dict[str, np.ndarray]:
        """Return recall, precision, F1 and images of each class."""
        return metrics.by_class(tallies)

    def tables(self, tallies: Tallies, taxonomy: Taxonomy) -> tuple[ScoreTable, ...]:
        """Return the intervals of the main scores, and the most confused pairs."""
        rng = np.random.default_rng(0)
        count = len(tallies["truth"])
        draws = metrics.score(tallies, rng.multinomial(count, np.full(count, 1 / count), DRAWS).astype(np.float64))
        tail = (1 - LEVEL) / 2
        points = metrics.score(tallies)
        rows = []
        for place, name in enumerate(metrics.COMPARED):
            low, high = np.nanquantile(draws[:, place], (tail, 1 - tail))
            rows.append((metrics.TITLES[name], f"{points[place]:.4f}", f"{low:.4f}", f"{high:.4f}"))
        text = f"95 % intervals over these {count} images, resampled {DRAWS:,} times."
        found = [ScoreTable("Intervals", text, ("score", "value", "from", "to"), tuple(rows))]
        matrix, names = metrics.confusion(tallies), [category.name for category in taxonomy]
        pairs = pictures.confused(matrix)[:10]
        if pairs:
            head = ("truth", "taken for", "images", "of its class")
            shown = tuple(
                (names[a], names[b], str(matrix[a, b]), f"{matrix[a, b] / matrix[a].sum():.0%}") for a, b in pairs
            )
            found.append(ScoreTable("Confused", "The pairs that were confused most often.", head, shown))
        return tuple(found)

    def explain(self, scores: Mapping[str, float], num_classes: int) -> str:
        """Return a note on top-5 where it says little."""
        return f"With {num_classes} classes, top-5 accuracy says little." if num_classes <= 2 * metrics.TOP else ""

    def learn_prior(self, labels: Iterable[np.ndarray], num_classes: int) -> np.ndarray | None:
        """Return the images of each class, (C,) int64."""
        counts = np.zeros(256, np.int64)
        for batch in labels:
            counts += np.bincount(batch.ravel(), minlength=256)
        return counts[:num_classes]

    def repeat_prior(self, prior: np.ndarray, count: int, size: Size) -> list[Answer]:
        """Return the classes by how common they are, for each image."""
        return [Answer(np.log(prior + 1e-9).astype(np.float32), 1.0)] * count

    def draw(self, image: np.ndarray, shown: Prediction, taxonomy: Taxonomy, over: bool = False) -> np.ndarray:
        """Return the image with the name of its class, or of the answer and its probability."""
        if isinstance(shown, Answer):
            number = int(shown.logits.argmax())
            text = f"{taxonomy.categories[number].name} {shown.shares()[number]:.0%}"
        else:
            number = int(shown)
            text = "no class" if number == IGNORE else taxonomy.categories[number].name
        color = (0, 0, 0) if number == IGNORE else taxonomy.categories[number].color
        return pictures.caption(image, text, color)

    def plot(self, folder: Path, tallies: Tallies, taxonomy: Taxonomy) -> None:
        """Write the confusion matrix and the reliability."""
        pictures.draw_confusion(folder / "confusion.png", metrics.confusion(tallies), taxonomy)
        truth, logits = metrics.known(tallies)
        pictures.draw_reliability(folder / "reliability.png", logits, truth, float(tallies["temperature"][0]))

    def illustrate(
        self,
        folder: Path,
        images: Callable[[int], np.ndarray],
        tallies: Tallies,
        taxonomy: Taxonomy,
        answer: Callable[[np.ndarray], Predictions],
    ) -> None:
        """Write photos of confused pairs, and what the network looked at in right and in wrong ones."""
        truth, logits = tallies["truth"].astype(np.int64), tallies["logits"]
        pictures.draw_confused(folder / "confused.png", images, truth, logits, taxonomy)
        sure, answers = np.exp(metrics.log_shares(logits.astype(np.float64))).max(1), logits.argmax(1)
        rows, texts = [], []
        for name, chosen in (("right", truth == answers), ("wrong", (truth != answers) & (truth != IGNORE))):
            places = np.flatnonzero(chosen)
            places = places[np.argsort(-sure[places], kind="stable")][: pictures.SHOWN]
            if not len(places):
                continue
            photos = [images(int(place)) for place in places]
            found = answer(np.stack(photos))
            if found[0].places is None:
                continue
            pairs = list(zip(photos, found, strict=True))
            rows.append([self.draw(pictures.enlarged(photo), one, taxonomy) for photo, one in pairs])
            rows.append([pictures.activation(pictures.enlarged(photo), one.places) for photo, one in pairs])
            names = [taxonomy.categories[truth[place]].name for place in places]
            texts += [f"{name}; the truth: {', '.join(names)}", "what spoke for the answer"]
        pictures.draw_looked(folder / "looked.png", rows, texts)

    def save(self, folder: Path, name: str, predicted: Prediction, taxonomy: Taxonomy) -> None:
        """Write the probability of each class, the likeliest first, as JSON."""
        shares = predicted.shares()
        order = np.argsort(-shares, kind="stable")
        found = {taxonomy.categories[number].name: round(float(shares[number]), 6) for number in order}
        files.write_json(folder / f"{name}.json", found)

    def gather(self, folder: Path, photos: Mapping[str, Path], taxonomy: Taxonomy) -> None:
        """Write a CSV of all photos: file, class and its probability."""
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(["file", "class", "probability"])
        for name, path in photos.items():
            found = dataset.read_json(folder / f"{name}.json")
            kind = next(iter(found))
            table.writerow([str(path), kind, found[kind]])
        files.write(folder / "classes.csv", text.getvalue().encode())

    def make_data(self, folder: Path) -> dict[str, Any]:
        """Write noisy pictures of three classes to measure speed on."""
        rng = np.random.default_rng(0)
        for number in range(24):
            place = folder / f"class-{number % 3}"
            files.make_folder(place)
            pixels = rng.integers(0, 256, (240, 320, 3), np.uint8)
            pixels[..., number % 3] //= 4
            Image.fromarray(pixels).save(place / f"{number:04d}.png")
        return {"real": folder, "taxonomy": "own", "crop": None, "train": "all", "validate_on": None, "test": None}

    def plain_steps(
        self, model: nn.Module, data: Data, trainer: Training, folder: Path, num_classes: int
    ) -> Callable[[], None] | None:
        """Return None: there is no plain way to compare with."""
        return None


TASK: Task = Classification()
"""What `task.find` returns."""
