"""Pictures of classified images: names, what spoke for a class, confusion, reliability, confused pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont

from sweepset import files, png
from sweepset.taxonomy import Taxonomy

from ..pages.pictures import draw_rows
from . import metrics

PAIRS, EXAMPLES, SHOWN = 6, 4, 6
"""Confused pairs that are shown, photos of each; right and wrong photos with what spoke for their class."""
NAMED = 40
"""Classes up to which a confusion matrix has their names and numbers."""
LEAST = 96
"""Pixels that a picture with a name has at least on its shorter side."""

Images = Callable[[int], np.ndarray]


def caption(image: np.ndarray, text: str, color: tuple[int, int, int]) -> np.ndarray:
    """Return an image (H, W, 3) with a text over its lower edge and a bar of a colour above that."""
    picture = Image.fromarray(np.ascontiguousarray(image))
    width, height = picture.size
    size = max(9, min(24, height // 9))
    font = ImageFont.load_default(size)
    draw = ImageDraw.Draw(picture)
    while len(text) > 4 and draw.textlength(text, font=font) > width - 4:
        text = f"{text[:-2]}…"
    top = height - size - 6
    draw.rectangle((0, top, width, height), fill=(0, 0, 0))
    draw.rectangle((0, top - 3, width, top - 1), fill=color)
    draw.text((2, top + 1), text, fill=(255, 255, 255), font=font)
    return np.asarray(picture)


def activation(image: np.ndarray, places: np.ndarray | None) -> np.ndarray:
    """Return an image with what speaks for its class (h, w) over it, red most; as it is if that is not known."""
    if places is None:
        return image
    positive = np.maximum(places, 0)
    shares = (255 * positive / max(float(positive.max()), 1e-9)).astype(np.uint8)
    size = (image.shape[1], image.shape[0])
    smooth = np.asarray(Image.fromarray(shares).resize(size, Image.Resampling.BICUBIC)) / 255
    heat = (255 * colormaps["turbo"](smooth)[..., :3]).astype(np.uint8)
    return (0.55 * image + 0.45 * heat).astype(np.uint8)


def draw_confusion(path: Path, matrix: np.ndarray, kinds: Taxonomy) -> None:
    """Write a confusion matrix (C, C): each row's shares, rows truth, columns prediction."""
    whole = matrix.sum(1, keepdims=True)
    shares = np.divide(matrix, whole, out=np.full(matrix.shape, np.nan), where=whole > 0)
    count = len(kinds)
    side = 2.5 + 0.42 * min(count, 20)
    figure = Figure(figsize=(side, side), layout="constrained")
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xlabel("predicted")
    axes.set_ylabel("truth (rows without truth are white)")
    axes.set_title("% of each class's images")
    if count <= NAMED:
        labels = [category.name for category in kinds]
        axes.set_xticks(range(count), labels, rotation=90, fontsize=8)
        axes.set_yticks(range(count), labels, fontsize=8)
        for row, column in zip(*np.nonzero(shares >= 0.005), strict=True):
            share = shares[row, column]
            color = "wk"[bool(share < 0.5)]
            axes.text(column, row, f"{100 * share:.0f}", ha="center", va="center", fontsize=7, color=color)
    _save(figure, path)


def draw_reliability(path: Path, logits: np.ndarray, truth: np.ndarray, temperature: float) -> None:
    """Write how often answers of each confidence are right, with the temperature and without it."""
    figure = Figure(figsize=(7.4, 3.6), layout="constrained")
    sides = ((logits * temperature, "without temperature"), (logits, f"with temperature {temperature:.2f}"))
    for axes, (values, title) in zip(figure.subplots(1, 2), sides, strict=True):
        count, confidence, accuracy = metrics.reliability(values, truth)
        places = (np.arange(metrics.BINS) + 0.5) / metrics.BINS
        axes.plot([0, 1], [0, 1], color="0.6", linestyle=":")
        axes.bar(places, count / max(1, count.sum()), 1 / metrics.BINS, color="0.88")
        seen = count > 0
        axes.plot(confidence[seen], accuracy[seen], marker=".")
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="share right; bars: images", title=title)
    _save(figure, path)


def confused(matrix: np.ndarray) -> list[tuple[int, int]]:
    """Return the pairs of truth and prediction that are confused most often, the most frequent first."""
    wrong = matrix - np.diag(np.diagonal(matrix))
    order = np.argsort(-wrong, axis=None, kind="stable")
    pairs = [divmod(int(cell), len(matrix)) for cell in order[: len(matrix) ** 2]]
    return [pair for pair in pairs if wrong[pair] > 0]


def draw_confused(path: Path, images: Images, truth: np.ndarray, logits: np.ndarray, kinds: Taxonomy) -> None:
    """Write photos of the most confused pairs: those taken for another class, beside right ones of that class.

    `truth` (N,) and `logits` (N, C) are of the images by their position.
    """
    answers, rows, texts = logits.argmax(1), [], []
    matrix = np.zeros((len(kinds), len(kinds)), np.int64)
    np.add.at(matrix, (truth[truth < len(kinds)], answers[truth < len(kinds)]), 1)
    for one, other in confused(matrix)[:PAIRS]:
        wrong = np.flatnonzero((truth == one) & (answers == other))
        right = np.flatnonzero((truth == other) & (answers == other))
        wrong = wrong[np.argsort(-logits[wrong, other], kind="stable")][:EXAMPLES]
        right = right[np.argsort(-logits[right, other], kind="stable")][:EXAMPLES]
        rows.append([enlarged(images(int(place))) for place in (*wrong, *right)])
        names = [category.name for category in kinds]
        count = f"{len(wrong)} of {matrix[one, other]}"
        texts.append(f"{count} {names[one]} taken for {names[other]}, then {len(right)} {names[other]}")
    if rows:
        draw_rows(path, rows, texts)
    else:
        path.unlink(missing_ok=True)


def enlarged(image: np.ndarray) -> np.ndarray:
    """Return a small image enlarged by a whole factor, so that a name fits on it."""
    times = max(1, -(-LEAST // min(image.shape[:2])))
    return image.repeat(times, 0).repeat(times, 1)


def draw_looked(path: Path, rows: Sequence[Sequence[np.ndarray]], texts: Sequence[str]) -> None:
    """Write photos with what spoke for their class; remove a former file if there are none."""
    if rows:
        draw_rows(path, rows, texts)
    else:
        path.unlink(missing_ok=True)


def _save(figure: Figure, path: Path) -> None:
    with files.replacing(path, png.check) as temporary:
        figure.savefig(temporary, dpi=100)
