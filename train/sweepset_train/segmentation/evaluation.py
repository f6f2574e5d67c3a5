"""What a trained model is worth: its predictions, their confusion matrices and scores, and pictures of both."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from sweepset import dataset
from sweepset.errors import SweepsetError
from sweepset.host import page
from sweepset.taxonomy import Taxonomy

from ..data.cache import resize_image, resize_label
from ..data.sources import read_image
from ..data.splits import Part, open_parts
from ..runs import Run
from . import augmentation, metrics
from . import pictures as panels

BATCH = 8
SHOWN = 3
"""Images in each of the panels best, median and worst."""
PAGE_PHOTOS, PAGE_WIDTH = 24, 320
"""Photos on the page of predictions, and their width there."""


@dataclass(frozen=True)
class Evaluation:
    """A model's predictions on a part, counted."""

    names: tuple[str, ...]
    matrices: np.ndarray
    """(N, C, C) int64, a confusion matrix an image, rows truth, columns prediction."""
    boundaries: np.ndarray
    """(N, C) float64, boundary F1 of each class in each image, NaN where it has no boundary."""
    taxonomy: Taxonomy

    @property
    def matrix(self) -> np.ndarray:
        """The sum over images, (C, C)."""
        total: np.ndarray = self.matrices.sum(0)
        return total

    def summary(self) -> dict[str, float]:
        """Return all scores that are a single number, by name."""
        by_image = metrics.mean(self.boundaries)
        return {**metrics.summarize(self.matrix), "boundary_f1": float(metrics.mean(by_image))}

    def by_class(self) -> dict[str, dict[str, float]]:
        """Return the scores of each class, by its name."""
        columns = {
            "iou": metrics.iou(self.matrix),
            "recall": metrics.class_accuracy(self.matrix),
            "precision": metrics.precision(self.matrix),
            "dice": metrics.dice(self.matrix),
            "boundary_f1": metrics.mean(self.boundaries.T),
            "pixels": self.matrix.sum(1).astype(np.float64),
        }
        return {
            category.name: {name: float(values[number]) for name, values in columns.items()}
            for number, category in enumerate(self.taxonomy)
        }


def choose_device(name: str = "auto") -> torch.device:
    """Return a device by its name, the fastest for `auto`."""
    found = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if name == "gpu" and found == "cpu":
        raise SweepsetError("PyTorch finds no GPU: give --device cpu, or see what `nvidia-smi` says")
    return torch.device("cpu" if name == "cpu" else found)


def predict(model: nn.Module, images: np.ndarray, device: torch.device) -> np.ndarray:
    """Return the classes of a batch of images (B, H, W, 3) uint8 RGB as train ids (B, H, W) uint8."""
    with torch.inference_mode():
        inputs = augmentation.prepare(torch.from_numpy(np.array(images)).permute(0, 3, 1, 2).to(device))
        classes: np.ndarray = model(inputs).argmax(1).to(torch.uint8).cpu().numpy()
    return classes


def evaluate(part: Part, kinds: Taxonomy, answer: Callable[[np.ndarray], np.ndarray]) -> Evaluation:
    """Return the counts of what `answer` makes of a part: images (B, H, W, 3) uint8 to train ids (B, H, W)."""
    if [c.name for c in part.cached.taxonomy] != [c.name for c in kinds]:
        raise SweepsetError(
            f"the data is in taxonomy {part.cached.taxonomy.name}, the model in {kinds.name}: both must be one"
        )
    matrices, boundaries = [], []
    for start in range(0, len(part), BATCH):
        chosen = part.indices[start : start + BATCH]
        truth, predicted = part.cached.labels[chosen], answer(part.cached.images[chosen])
        matrices.append(metrics.confusion(truth, predicted, len(kinds)))
        pairs = zip(truth, predicted, strict=True)
        boundaries += [metrics.boundary_f1(one, other, len(kinds)) for one, other in pairs]
    return Evaluation(part.names, np.concatenate(matrices), np.stack(boundaries), kinds)


def count_trained_on(run: Run, part: Part) -> int:
    """Return how many images of a part the run was trained on, where the part is of the run's own data."""
    data: dict[str, Any] = dataset.read_json(run.folder / "about.json")["data"]
    if part.cached.key not in {data[name]["content"] for name in ("real", "synthetic") if name in data}:
        return 0
    opened = open_parts(run.experiment.data)
    own = [one for one in (opened.real, opened.synthetic) if one and one.cached.key == part.cached.key]
    return len(set(part.names) & {name for one in own for name in one.names})


def repeat_prior(prior: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function as `evaluate` wants it that answers the commonest class at each place, whatever it is shown."""

    def answer(images: np.ndarray) -> np.ndarray:
        return np.broadcast_to(resize_label(prior, images.shape[2:0:-1]), images.shape[:3])

    return answer


def write(folder: Path, part: Part, found: Evaluation, prior: Evaluation, answer: Callable[..., np.ndarray]) -> None:
    """Write an evaluation beside that of the commonest class per place: counts, scores, a table, pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    classes = [category.name for category in found.taxonomy]
    np.savez_compressed(
        folder / "confusion.npz",
        matrices=found.matrices,
        boundaries=found.boundaries,
        names=np.array(found.names),
        classes=np.array(classes),
        content=np.array(part.cached.key),
    )
    content = {"scores": found.summary(), "prior": prior.summary(), "classes": found.by_class(), "images": len(part)}
    dataset.write_json(folder / "scores.json", _without_nan(content))
    dataset.write_whole(folder / "scores.md", describe(found, prior).encode())
    panels.draw_confusion(folder / "confusion.png", found.matrix, found.taxonomy)
    _draw_extremes(folder / "images.png", part, found, answer)


def is_of(folder: Path, part: Part) -> bool:
    """Return whether a folder has an evaluation on a part as it is now."""
    if not (folder / "scores.json").exists():
        return False
    with np.load(folder / "confusion.npz") as stored:
        return str(stored["content"]) == part.cached.key and tuple(stored["names"]) == part.names


def describe(found: Evaluation, prior: Evaluation) -> str:
    """Return the scores as a page of Markdown."""
    own, simple = found.summary(), prior.summary()
    lines = ["| score | model | commonest class per place |", "| --- | --- | --- |"]
    lines += [f"| {title} | {_number(own[name])} | {_number(simple[name])} |" for name, title in metrics.TITLES.items()]
    lines += [
        "",
        f"{len(found.names)} images. Of a class in neither truth nor prediction a score says nothing (-), and means "
        "are over the other classes.",
        "",
        metrics.explain_original(own["original_class_accuracy"], own["global_accuracy"], len(found.taxonomy)),
        "",
        f"| class | {' | '.join(metrics.CLASS_TITLES.values())} |",
        f"| --- |{' --- |' * len(metrics.CLASS_TITLES)}",
    ]
    for name, scores in found.by_class().items():
        *shares, pixels = scores.values()
        lines.append(f"| {name} | {' | '.join(map(_number, shares))} | {pixels:.0f} |")
    return "\n".join(lines) + "\n"


def evaluate_run(
    run: Run, part: Part, name: str, checkpoint: str, device: torch.device
) -> tuple[Path, Evaluation, Evaluation]:
    """Evaluate a run's checkpoint on a part and write it to the run's folder; return where, and both evaluations."""
    model = run.load_model(checkpoint).to(device)

    def answer(images: np.ndarray) -> np.ndarray:
        return predict(model, images, device)

    found = evaluate(part, run.taxonomy, answer)
    prior = evaluate(part, run.taxonomy, repeat_prior(np.load(run.folder / "prior.npy")))
    folder = run.folder / "evaluation" / name
    write(folder, part, found, prior, answer)
    return folder, found, prior


def classes_at(logits: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """Return the classes of an image (H, W) uint8 from smaller logits (C, h, w), at another size, (height, width).

    Logits are interpolated a class at a time, so that a large photo takes no more memory where classes are many.
    """
    best = torch.full(size, -torch.inf, device=logits.device)
    classes = torch.zeros(size, dtype=torch.uint8, device=logits.device)
    for number, one in enumerate(logits.float()):
        enlarged = F.interpolate(one[None, None], size, mode="bilinear")[0, 0]
        classes.masked_fill_(enlarged > best, number)
        torch.maximum(best, enlarged, out=best)
    return classes


def predict_folder(run: Run, photos: Path, out: Path, checkpoint: str, device: torch.device) -> int:
    """Write masks and overlays for all photos of a folder, and a page that shows some of them; return how many.

    Masks hold category ids of the run's taxonomy and have the photos' sizes; the model sees them at the size that it
    was trained at. Photos that a camera noted to be turned are turned upright.
    """
    paths = _photos(photos)
    model = run.load_model(checkpoint).to(device)
    ids = np.array([category.id for category in run.taxonomy])
    ids = ids.astype(np.uint8 if ids.max() < 256 else np.uint16)
    for name in ("masks", "overlays"):
        (out / name).mkdir(parents=True, exist_ok=True)
    on_page = {paths[k] for k in np.linspace(0, len(paths) - 1, min(PAGE_PHOTOS, len(paths))).astype(int)}
    pictures: list[page.Picture] = []
    for path in paths:
        image = read_image(path, upright=True)
        small = resize_image(image, run.experiment.data.size)
        with torch.inference_mode():
            inputs = augmentation.prepare(torch.from_numpy(small.copy()).permute(2, 0, 1)[None].to(device))
            classes = classes_at(model(inputs)[0], image.shape[:2]).cpu().numpy()
        Image.fromarray(ids[classes]).save(out / "masks" / f"{path.stem}.png")
        overlay = panels.overlay(image, classes, run.taxonomy)
        Image.fromarray(overlay).save(out / "overlays" / f"{path.stem}.jpg", quality=90)
        if path in on_page:
            size = (PAGE_WIDTH, max(1, round(PAGE_WIDTH * image.shape[0] / image.shape[1])))
            both = np.concatenate([resize_image(image, size), resize_image(overlay, size)], 1)
            pictures.append(page.embed(both, path.name))
    dataset.write_json(out / "taxonomy.json", run.taxonomy.to_json())
    text = f"{len(pictures)} of {len(paths)} photos, and the predicted classes over them."
    sections = [page.Section("Photos", text, legend=run.taxonomy, pictures=pictures)]
    page.write(out / "index.html", "Predictions", f"by {run.folder.resolve().name}", sections)
    return len(paths)


def _photos(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise SweepsetError(f"no folder {str(folder)!r}: give a folder of photos")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in dataset.PICTURES and path.name[0] != ".")
    if not paths:
        raise SweepsetError(f"{str(folder)!r} has no photos: expected {', '.join(dataset.PICTURES)}")
    stems = [path.stem for path in paths]
    twice = next((path for path in paths if stems.count(path.stem) > 1), None)
    if twice:
        raise SweepsetError(f"two photos are named {twice.stem!r}, and masks go by these names: rename one of them")
    return paths


def _draw_extremes(path: Path, part: Part, found: Evaluation, answer: Callable[..., np.ndarray]) -> None:
    """Write the best, median and worst images by global accuracy: image, truth, prediction."""
    scores = metrics.global_accuracy(found.matrices)
    order = [int(k) for k in np.argsort(-scores, kind="stable") if not math.isnan(scores[k])]
    if not order:
        return
    middle = max(0, len(order) // 2 - SHOWN // 2)
    rows, texts, drawn = [], [], set[int]()
    groups = {"best": order[:SHOWN], "median": order[middle : middle + SHOWN], "worst": order[-SHOWN:]}
    for group, places in groups.items():
        for place in places:
            if place in drawn:
                continue
            drawn.add(place)
            index = part.indices[place]
            image, truth = np.asarray(part.cached.images[index]), part.cached.labels[index]
            predicted = np.array(answer(image[None])[0])
            rows.append([image, panels.colorize(truth, found.taxonomy), panels.colorize(predicted, found.taxonomy)])
            texts.append(f"{group}: {found.names[place]}, {scores[place]:.3f}")
    panels.draw_rows(path, rows, texts)


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.4f}"


def _without_nan(content: Any) -> Any:
    """Return JSON's types with null for NaN."""
    if isinstance(content, dict):
        return {key: _without_nan(value) for key, value in content.items()}
    return None if isinstance(content, float) and math.isnan(content) else content
