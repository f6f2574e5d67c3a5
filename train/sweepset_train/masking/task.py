"""Binary segmentation: what belongs to the thing in a photo, by one logit a pixel and a threshold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from sweepset import files, png
from sweepset.errors import SweepsetError
from sweepset.host.pictures import read_grey
from sweepset.taxonomy import Taxonomy

from .. import run_lengths
from ..boundaries import boundary_f1
from ..data import augmentation, sources
from ..data.labels import IGNORE, Crop, Size, resize_image
from ..data.places import is_rendered, open_source
from ..data.sources import Source
from ..models.build import ModelSpec
from ..settings import Data, Training
from ..task import Batch, Extra, Prediction, Predictions, ScoreTable, Tallies, Task
from . import networks, pictures, reading, scores
from .losses import Objective

PICTURES = 24
"""How many pictures are made to measure speed on."""


@dataclass(frozen=True)
class Mask:
    """What a model says about an image: how surely each pixel is foreground, and from when on it counts as that."""

    shares: np.ndarray
    """(H, W) uint8: 255 is sure."""
    threshold: int
    """1 to 255."""

    @property
    def found(self) -> np.ndarray:
        """Where the foreground is, (H, W) bool."""
        return np.asarray(self.shares >= self.threshold)


class Masking:
    """The task: labels are maps (H, W) uint8 of 0 for background, 1 for foreground and IGNORE, predictions Masks."""

    name = "masking"
    headline = "dice"
    compared: tuple[str, ...] = ("dice", "iou", "boundary_f1")
    image_score = "dice"
    shown: tuple[str, ...] = ("dice", "iou", "threshold")
    titles: Mapping[str, str] = {
        "dice": "Dice",
        "dice_median": "median Dice",
        "dice_worst": f"Dice of the {scores.WORST} worst",
        "iou": "IoU",
        "boundary_f1": "boundary F1",
        "threshold": "threshold",
    }
    class_titles: Mapping[str, str] = {"iou": "IoU", "recall": "recall", "precision": "precision", "pixels": "pixels"}
    about_scores = (
        "Dice, IoU and boundary F1 are means over images: 1 where foreground is neither in the truth nor predicted. "
        "Scores of classes are over all pixels."
    )
    extras: tuple[Extra, ...] = ()
    plots: Mapping[str, tuple[str, str]] = {
        "threshold.png": (
            "Threshold",
            "The mean Dice at each threshold. The one that was used was chosen on the validation part.",
        )
    }
    scores_nothing = False
    tallied = "shares"
    saved = "masks"
    prior = "mean mask"
    trial: ModelSpec | None = ModelSpec("unet", "resnet18", "none")
    trial_score = "dice"

    def open(self, place: Path, data: Data) -> Source:
        """Return photos with masks, or renders with their labels."""
        if place.is_file():
            raise SweepsetError(f"{str(place)!r} is a file: give a folder of photos and masks, or of renders")
        return open_source(place, data) if is_rendered(place) else reading.open_masks(place, data)

    def open_renders(self, folders: Sequence[Path], data: Data) -> Source:
        """Return the frames of datasets; their taxonomy's map to `mask` says what is foreground."""
        return sources.open_datasets(folders)

    def build(self, spec: ModelSpec, num_classes: int) -> nn.Module:
        """Return a model from images (B, 3, H, W) to logits (B, 1, H, W); raise SweepsetError for other classes."""
        if num_classes != 2:
            raise SweepsetError(f"task masking has two classes, not {num_classes}: set data.taxonomy=mask")
        return networks.build(spec)

    def objective(self, settings: Training, counts: np.ndarray) -> nn.Module:
        """Return the loss over labelled pixels."""
        if settings.balance:
            raise SweepsetError("trainer.balance is for classes, and task masking has one: set it to false")
        return Objective(settings.loss)

    def augment(self, images: Tensor, labels: Tensor, drawn: Tensor) -> Batch:
        """Return images and masks, varied together; masks are sampled at the nearest pixel, and void outside."""
        pixels, grid = augmentation.vary(images, drawn)
        places = F.grid_sample(IGNORE - labels[:, None].float(), grid, "nearest", "zeros", align_corners=False)
        return {"images": pixels, "targets": (IGNORE - places[:, 0]).to(torch.uint8)}

    def predict(self, model: nn.Module, images: Tensor, size: tuple[int, int] | None = None) -> list[Mask]:
        """Return the masks of images, from logits that are enlarged to `size` first."""
        threshold = max(1, round(float(cast(Tensor, model.threshold)) * (scores.LEVELS - 1)))
        found = []
        for logits in model(images).float():
            if size is not None and logits.shape[1:] != size:
                logits = F.interpolate(logits[None], size, mode="bilinear", align_corners=False)[0]
            shares = (torch.sigmoid(logits[0]) * (scores.LEVELS - 1)).round().to(torch.uint8)
            found.append(Mask(shares.cpu().numpy(), threshold))
        return found

    def crop(self, predicted: Prediction, box: Crop) -> Prediction:
        """Return the part of a mask in a box."""
        left, top, right, bottom = box
        return replace(predicted, shares=predicted.shares[top:bottom, left:right])

    def foreground(self, predicted: Prediction) -> np.ndarray | None:
        """Return the shares, moved so that the threshold is at 0.5."""
        steps = (0, predicted.threshold, scores.LEVELS - 1)
        return np.interp(predicted.shares, steps, (0, 0.5, 1)).astype(np.float32)

    def tally(self, labels: np.ndarray, predicted: Predictions, num_classes: int, thorough: bool = True) -> Tallies:
        """Return histograms of shares (N, 2, LEVELS), and if `thorough` thresholds (N,) and boundary F1 (N,).

        A validation is scored at the best threshold, which the model then takes.
        """
        pairs = list(zip(labels, predicted, strict=True))
        found = {"histograms": np.stack([scores.histograms(label, mask.shares) for label, mask in pairs])}
        if thorough:
            found["thresholds"] = np.array([mask.threshold for _, mask in pairs])
            of_foreground = [boundary_f1(label, mask.found.astype(np.uint8), 2)[1] for label, mask in pairs]
            found["boundaries"] = np.array(of_foreground)
        return found

    def score(self, tallies: Tallies, weights: np.ndarray | None = None) -> np.ndarray:
        """Return the means over images, and the classes' IoU over all pixels."""
        found = scores.score(tallies, np.ones((1, len(tallies["histograms"]))) if weights is None else weights)
        return found[0] if weights is None else found

    def settle(self, model: nn.Module, tallies: Tallies) -> None:
        """Let the model take the threshold of the highest mean Dice."""
        with torch.no_grad():
            model.get_buffer("threshold").fill_(scores.best_threshold(tallies["histograms"]) / (scores.LEVELS - 1))

    def summarize(self, tallies: Tallies) -> dict[str, float]:
        """Return all overall scores."""
        return scores.summarize(tallies)

    def by_class(self, tallies: Tallies) -> dict[str, np.ndarray]:
        """Return the scores of background and foreground over all pixels."""
        matrix = scores.matrices(tallies).sum(0)
        hits = np.diagonal(matrix)
        return {
            "iou": scores.class_iou(matrix),
            "recall": scores.divide(hits, matrix.sum(1)),
            "precision": scores.divide(hits, matrix.sum(0)),
            "pixels": matrix.sum(1).astype(np.float64),
        }

    def tables(self, tallies: Tallies, taxonomy: Taxonomy) -> tuple[ScoreTable, ...]:
        """Return no tables of its own."""
        return ()

    def explain(self, scores: Mapping[str, float], num_classes: int) -> str:
        """Return nothing."""
        return ""

    def learn_prior(self, labels: Iterable[np.ndarray], num_classes: int) -> np.ndarray | None:
        """Return the mean mask of the training images, (H, W) uint8 shares."""
        inside = known = np.zeros(1)
        for batch in labels:
            inside = inside + (batch == 1).sum(0)
            known = known + (batch != IGNORE).sum(0)
        return np.rint(255 * inside / np.maximum(known, 1)).astype(np.uint8)

    def repeat_prior(self, prior: np.ndarray, count: int, size: Size) -> list[Mask]:
        """Return the mean mask for each image."""
        whole = np.repeat(prior[:, :, None], 3, axis=2)
        return [Mask(np.ascontiguousarray(resize_image(whole, size)[:, :, 0]), scores.LEVELS // 2)] * count

    def draw(self, image: np.ndarray, shown: Prediction, taxonomy: Taxonomy, over: bool = False) -> np.ndarray:
        """Return a mask in greys, or the image with all but the foreground darkened."""
        predicted = isinstance(shown, Mask)
        found = shown.found if predicted else np.asarray(shown == 1)
        if over:
            return pictures.draw_over(image, found, taxonomy.categories[1].color)
        shares = shown.shares if predicted else pictures.label_shares(shown)
        return pictures.draw(shares, None if predicted else pictures.void_of(shown))

    def plot(self, folder: Path, tallies: Tallies, taxonomy: Taxonomy) -> None:
        """Write the curve of thresholds."""
        pictures.draw_curve(folder / "threshold.png", tallies["histograms"], scores.thresholds(tallies))

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
        """Write a mask of 0 and 255."""
        with files.replacing(folder / f"{name}.png", png.check) as temporary:
            Image.fromarray(np.where(predicted.found, 255, 0).astype(np.uint8)).save(temporary)

    def gather(self, folder: Path, photos: Mapping[str, Path], taxonomy: Taxonomy) -> None:
        """Write the masks as run lengths too, in the Carvana challenge's form."""
        masks = {path.name: run_lengths.encode(read_grey(folder / f"{name}.png") > 0) for name, path in photos.items()}
        run_lengths.write(folder.parent / "submission.csv", masks)

    def make_data(self, folder: Path) -> dict[str, Any]:
        """Write noisy photos with a bright ellipse each, and its mask."""
        rng = np.random.default_rng(0)
        rows, columns = np.mgrid[:480, :640]
        for name in ("images", "masks"):
            (folder / name).mkdir(parents=True)
        for number in range(PICTURES):
            x, y, a, b = rng.uniform((200, 150, 80, 50), (440, 330, 190, 140))
            mask = ((columns - x) / a) ** 2 + ((rows - y) / b) ** 2 < 1
            image = rng.integers(60, 130, (480, 640, 3)) + 90 * mask[:, :, None]
            for kind, pixels in (("images", image), ("masks", 255 * mask)):
                Image.fromarray(pixels.astype(np.uint8)).save(folder / kind / f"{number:04d}.png", compress_level=1)
        return {"real": folder, "labels": "masks", "train": "all", "crop": None, "synthetic_share": 0.0}

    def plain_steps(
        self, model: nn.Module, data: Data, trainer: Training, folder: Path, num_classes: int
    ) -> Callable[[], None] | None:
        """Return None: segmentation has the plain way to compare with."""
        return None


TASK: Task = Masking()
