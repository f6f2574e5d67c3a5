"""Detection: a box, a class, a score and a mask for each thing, scored by COCO's rules."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from sweepset import files
from sweepset.errors import SweepsetError
from sweepset.taxonomy import Taxonomy

from ..data.labels import Crop, Size
from ..data.sources import Source
from ..models.build import ModelSpec
from ..settings import Data, Training
from ..task import Batch, Extra, Prediction, Predictions, ScoreTable, Tallies, Task
from . import matching, metrics, network, pictures, places, predictions, renders, targets
from .network import Detector
from .predictions import Detections

RESULTS = "results.json"
"""The file of all detections in COCO's form, in the folder of predictions."""


class Objective(nn.Module):
    """The sum of a network's own losses: of its proposals, and of the classes, boxes and masks in them."""

    def forward(self, model: nn.Module, batch: Batch) -> Tensor:
        """Return the loss of a batch."""
        losses: dict[str, Tensor] = model(batch["images"], batch["targets"])
        return torch.stack(list(losses.values())).sum()


class Detection:
    """The task: labels are (h, w, 2) uint8, train ids and instance numbers; predictions are `Detections`."""

    name = "detection"
    headline = "mask_ap"
    compared: tuple[str, ...] = metrics.COMPARED
    image_score = "mask_ap"
    shown: tuple[str, ...] = ("mask_ap", "box_ap50")
    titles: Mapping[str, str] = metrics.TITLES
    class_titles: Mapping[str, str] = metrics.CLASS_TITLES
    about_scores = (
        "A score is missing (-) where there is no instance of its class or size. Sizes are those of the images as "
        "scored: small below 32 x 32 pixels, large from 96 x 96."
    )
    extras: tuple[Extra, ...] = ()
    plots: Mapping[str, tuple[str, str]] = {
        "curves.png": ("Precision and recall", "By masks at an IoU of 0.5, over all thresholds."),
        "confusion.png": (
            "Confusion",
            "Of the detections that count: rows truth, columns what was found there, at an IoU of masks of 0.5.",
        ),
    }
    scores_nothing = True
    tallied = "detections"
    saved = "detections"
    prior = ""
    trial: ModelSpec | None = ModelSpec("faster-rcnn", "mobilenet_v3_small-gn", "none")
    trial_score = "box_ap50"

    def open(self, place: Path, data: Data) -> Source:
        """Return images with instances from renders, COCO's JSON, Pascal VOC, or folders of one class each."""
        return places.open_source(place, data)

    def open_renders(self, folders: Sequence[Path], data: Data) -> Source:
        """Return the frames of datasets with their instances."""
        return renders.open_datasets(folders)

    def build(self, spec: ModelSpec, num_classes: int) -> nn.Module:
        """Return a detector."""
        return network.build(spec, num_classes)

    def objective(self, settings: Training, counts: np.ndarray) -> nn.Module:
        """Return the sum of the network's losses; raise SweepsetError if classes are to be balanced."""
        if settings.balance:
            raise SweepsetError("trainer.balance is true: detection has no weights of classes; set it to false")
        return Objective()

    def augment(self, images: Tensor, labels: Tensor, drawn: Tensor) -> Batch:
        """Return images and their boxes and masks, varied together."""
        pixels, found = targets.augment(images, labels, drawn)
        return {"images": pixels, "targets": found}

    def predict(self, model: nn.Module, images: Tensor, size: tuple[int, int] | None = None) -> list[Detections]:
        """Return the detections in images."""
        return predictions.detect(cast(Detector, model), images, size)

    def crop(self, predicted: Prediction, box: Crop) -> Prediction:
        """Return the detections as far as they are in a box."""
        return predictions.crop(cast(Detections, predicted), box)

    def foreground(self, predicted: Prediction) -> np.ndarray | None:
        """Return 1 in the mask of the main thing, the largest of the detections that count, and 0 elsewhere."""
        found = cast(Detections, predicted)
        masks = [found.mask(k) for k in range(found.counted)]
        main = max(masks, key=np.count_nonzero, default=np.zeros(found.size, bool))
        return main.astype(np.float32)

    def tally(self, labels: np.ndarray, predicted: Predictions, num_classes: int, thorough: bool = True) -> Tallies:
        """Return matches with the truth by COCO's rules, confusion, and the class of each image."""
        return matching.tally(labels, cast(Sequence[Detections], predicted), num_classes)

    def score(self, tallies: Tallies, weights: np.ndarray | None = None) -> np.ndarray:
        """Return average precision over all images, or over those drawn."""
        return metrics.score(tallies, weights)

    def settle(self, model: nn.Module, tallies: Tallies) -> None:
        """Let the model keep the threshold of the best F1."""
        best = metrics.best_threshold(tallies)
        cast(Detector, model).threshold.fill_(network.THRESHOLD if math.isnan(best) else best)

    def summarize(self, tallies: Tallies) -> dict[str, float]:
        """Return all overall scores."""
        return metrics.summarize(tallies)

    def by_class(self, tallies: Tallies) -> dict[str, np.ndarray]:
        """Return the scores of each class, and its instances."""
        return metrics.by_class(tallies)

    def tables(self, tallies: Tallies, taxonomy: Taxonomy) -> tuple[ScoreTable, ...]:
        """Return the images by what they show and what they were taken for."""
        names = [*(category.name for category in taxonomy), "nothing"]
        rows = []
        for label, shares in metrics.image_rows(tallies):
            shown = shares["recall"][1]
            rows.append((names[label], str(shown), *(_share(*pair) for pair in shares.values())))
        threshold = float(tallies["threshold"][0])
        text = (
            f"Each image counts once, as the class of its best detection if its score is {threshold:.2f} or more, else "
            "as nothing; it shows the class of its largest instance. Precision depends on how many images of each "
            "class there are, recall and false alarms do not. In brackets Wilson's 95 % intervals."
        )
        head = ("image shows", "images", "precision", "recall", "false alarms")
        return (ScoreTable("Images by class", text, head, tuple(rows)),)

    def explain(self, scores: Mapping[str, float], num_classes: int) -> str:
        """Return where the threshold comes from."""
        return (
            f"Detections count from a score of {scores['threshold']:.2f}, of the best F1 in the checkpoint's latest "
            f"validation ({network.THRESHOLD:.2f} without one); average precision is over all scores."
        )

    def learn_prior(self, labels: Iterable[np.ndarray], num_classes: int) -> np.ndarray | None:
        """Return none: without looking, no thing is anywhere."""
        return None

    def repeat_prior(self, prior: np.ndarray, count: int, size: Size) -> Predictions:
        """Refuse: there is no prior."""
        raise NotImplementedError

    def draw(self, image: np.ndarray, shown: Prediction, taxonomy: Taxonomy, over: bool = False) -> np.ndarray:
        """Return instances or detections with their masks, boxes and names."""
        return pictures.draw(image, shown, taxonomy, over)

    def plot(self, folder: Path, tallies: Tallies, taxonomy: Taxonomy) -> None:
        """Write the curves of precision over recall, and the confusion."""
        pictures.draw_curves(folder / "curves.png", tallies, taxonomy)
        pictures.draw_confusion(folder / "confusion.png", tallies, taxonomy)

    def illustrate(
        self,
        folder: Path,
        images: Callable[[int], np.ndarray],
        tallies: Tallies,
        taxonomy: Taxonomy,
        answer: Callable[[np.ndarray], Predictions],
    ) -> None:
        """Write nothing: the best, median and worst images show what matters."""

    def save(self, folder: Path, name: str, predicted: Prediction, taxonomy: Taxonomy) -> None:
        """Write the detections in a photo as COCO's results, with the photo's size."""
        found = predictions.to_coco(predicted, 0, taxonomy)
        height, width = predicted.size
        about = {"width": width, "height": height, "threshold": predicted.threshold}
        files.write_json(folder / f"{name}.json", {**about, "detections": found})

    def gather(self, folder: Path, photos: Mapping[str, Path], taxonomy: Taxonomy) -> None:
        """Write all detections as COCO's results, and images.json with the ids of the photos in them, from 1."""
        results, images = [], []
        for number, (name, path) in enumerate(photos.items(), 1):
            own = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            results += [{**one, "image_id": number} for one in own["detections"]]
            images.append({"id": number, "file_name": str(path), "width": own["width"], "height": own["height"]})
        kinds = [{"id": one.id, "name": one.name, "supercategory": one.supercategory} for one in taxonomy]
        files.write_json(folder.parent / RESULTS, results)
        files.write_json(folder.parent / "images.json", {"images": images, "categories": kinds})

    def make_data(self, folder: Path) -> dict[str, Any]:
        """Refuse: speed is measured on data of the user's own."""
        raise SweepsetError("bench has no data of its own for detection: give renders with --data")

    def plain_steps(
        self, model: nn.Module, data: Data, trainer: Training, folder: Path, num_classes: int
    ) -> Callable[[], None] | None:
        """Return none: torchvision has no plainer way."""
        return None


def _share(part: int, whole: int) -> str:
    """Return a share with its interval as a text."""
    if not whole:
        return "-"
    low, high = metrics.wilson(part, whole)
    return f"{part / whole:.2f} [{low:.2f}, {high:.2f}], {part} of {whole}"


TASK: Task = Detection()
