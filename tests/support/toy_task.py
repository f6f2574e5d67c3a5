"""A task of the tests' own, the smallest one: a whole image is dark or bright. It shows that the seam is enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch.nn.functional as F
from torch import Tensor, nn

from sweepset import files, taxonomy
from sweepset.taxonomy import Taxonomy
from sweepset_train.averages import divide
from sweepset_train.data import augmentation
from sweepset_train.data.labels import IGNORE, Crop, Framing, Size
from sweepset_train.data.sources import Item, Source, read_image
from sweepset_train.models.build import ModelSpec
from sweepset_train.settings import Data, Training
from sweepset_train.task import Batch, Extra, Predictions, ScoreTable, Tallies, Task

MODELS, LOSSES = ("linear",), ("cross-entropy",)
KINDS = {"name": "light", "categories": [{"id": 3, "name": "dark"}, {"id": 7, "name": "bright"}]}


class ClassIds:
    """An id an image."""

    key: tuple[str, ...] = ("ids",)

    def categories(self, labels: np.ndarray) -> np.ndarray:
        return np.asarray(labels).reshape(1, 1)

    def encode(self, labels: np.ndarray, table: np.ndarray, framing: Framing) -> np.ndarray:
        return np.asarray(table[labels])


class Objective(nn.Module):
    def forward(self, model: nn.Module, batch: Batch) -> Tensor:
        return F.cross_entropy(model(batch["images"]), batch["targets"].long(), ignore_index=IGNORE)


class Light:
    name = "light"
    headline = "top1"
    compared: tuple[str, ...] = ("top1",)
    image_score = "top1"
    shown: tuple[str, ...] = ("top1",)
    titles: Mapping[str, str] = {"top1": "top-1 accuracy"}
    class_titles: Mapping[str, str] = {"recall": "recall", "images": "images"}
    about_scores = "A class without an image has no score (-)."
    extras: tuple[Extra, ...] = ()
    plots: Mapping[str, tuple[str, str]] = {}
    scores_nothing = False
    tallied = "hits"
    saved = "classes"
    prior = ""
    trial: ModelSpec | None = None
    trial_score = "top1"

    def open(self, place: Path, data: Data) -> Source:
        paths = sorted((place / "images").iterdir())

        def read(index: int) -> tuple[np.ndarray, np.ndarray]:
            image = read_image(paths[index])
            return image, np.array(7 if image.mean() > 127 else 3, np.uint16)

        kinds = taxonomy.parse(KINDS, "light")
        items = tuple(Item(path.stem, None, str(path)) for path in paths)
        return Source(str(place), kinds, items, tuple(paths), read, form=ClassIds())

    def open_renders(self, folders: Sequence[Path], data: Data) -> Source:
        return self.open(folders[0], data)

    def build(self, spec: ModelSpec, num_classes: int) -> nn.Module:
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, num_classes))

    def objective(self, settings: Training, counts: np.ndarray) -> nn.Module:
        return Objective()

    def augment(self, images: Tensor, labels: Tensor, drawn: Tensor) -> Batch:
        return {"images": augmentation.vary(images, drawn)[0], "targets": labels}

    def predict(self, model: nn.Module, images: Tensor, size: tuple[int, int] | None = None) -> Predictions:
        return [{"scores": one.float().softmax(0).cpu().numpy()} for one in model(images)]

    def crop(self, predicted: Any, box: Crop) -> Any:
        return predicted

    def foreground(self, predicted: Any) -> np.ndarray | None:
        return None

    def tally(self, labels: np.ndarray, predicted: Predictions, num_classes: int, thorough: bool = True) -> Tallies:
        best = np.array([one["scores"].argmax() for one in predicted])
        truth = labels[:, None] == np.arange(num_classes)
        return {"truth": truth, "hit": truth & (best == labels)[:, None]}

    def score(self, tallies: Tallies, weights: np.ndarray | None = None) -> np.ndarray:
        own = np.ones((1, len(tallies["hit"]))) if weights is None else weights
        hit, truth = own @ tallies["hit"], own @ tallies["truth"]
        found = np.concatenate([divide(hit.sum(1), truth.sum(1))[:, None], divide(hit, truth)], 1)
        return found[0] if weights is None else found

    def settle(self, model: nn.Module, tallies: Tallies) -> None:
        """Keep nothing of a validation."""

    def summarize(self, tallies: Tallies) -> dict[str, float]:
        return {"top1": float(self.score(tallies)[0])}

    def by_class(self, tallies: Tallies) -> dict[str, np.ndarray]:
        return {"recall": self.score(tallies)[1:], "images": tallies["truth"].sum(0).astype(float)}

    def tables(self, tallies: Tallies, taxonomy: Taxonomy) -> tuple[ScoreTable, ...]:
        rows = tuple((one.name, str(count)) for one, count in zip(taxonomy, tallies["truth"].sum(0), strict=True))
        return (ScoreTable("Light", "How often there is any.", ("class", "images"), rows),)

    def explain(self, scores: Mapping[str, float], num_classes: int) -> str:
        return ""

    def learn_prior(self, labels: Iterable[np.ndarray], num_classes: int) -> np.ndarray | None:
        return None

    def repeat_prior(self, prior: np.ndarray, count: int, size: Size) -> Predictions:
        raise NotImplementedError

    def draw(self, image: np.ndarray, shown: Any, taxonomy: Taxonomy, over: bool = False) -> np.ndarray:
        number = int(shown["scores"].argmax() if isinstance(shown, dict) else shown)
        drawn = np.array(image)
        drawn[:4] = taxonomy.categories[number].color
        return drawn

    def plot(self, folder: Path, tallies: Tallies, taxonomy: Taxonomy) -> None:
        """Write nothing."""

    def illustrate(self, folder: Path, images: Any, tallies: Tallies, taxonomy: Taxonomy, answer: Any) -> None:
        """Write nothing."""

    def save(self, folder: Path, name: str, predicted: Any, taxonomy: Taxonomy) -> None:
        files.write_json(folder / f"{name}.json", dict(zip([c.name for c in taxonomy], predicted["scores"].tolist())))

    def gather(self, folder: Path, photos: Mapping[str, Path], taxonomy: Taxonomy) -> None:
        files.write_json(folder / "all.json", {name: str(path) for name, path in photos.items()})

    def make_data(self, folder: Path) -> dict[str, Any]:
        raise NotImplementedError

    def plain_steps(
        self, model: nn.Module, data: Data, trainer: Training, folder: Path, num_classes: int
    ) -> Callable[[], None] | None:
        return None


TASK: Task = Light()
