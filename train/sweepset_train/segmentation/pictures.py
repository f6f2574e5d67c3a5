"""Pictures of label maps and of confusion matrices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from sweepset import files, png
from sweepset.host.page import VOID_COLOR
from sweepset.taxonomy import UNLABELLED_COLOR, Taxonomy

from ..data.labels import OUTSIDE


def colorize(label: np.ndarray, kinds: Taxonomy) -> np.ndarray:
    """Return train ids (H, W) in their categories' colours, (H, W, 3) uint8; void is black, OUTSIDE magenta."""
    table = np.full((256, 3), VOID_COLOR, np.uint8)
    table[OUTSIDE] = UNLABELLED_COLOR
    table[: len(kinds)] = [category.color for category in kinds]
    return table[label]


def overlay(image: np.ndarray, label: np.ndarray, kinds: Taxonomy) -> np.ndarray:
    """Return an image with the colours of its classes over it, (H, W, 3) uint8."""
    return (image // 2 + colorize(label, kinds) // 2).astype(np.uint8)


def draw_confusion(path: Path, matrix: np.ndarray, kinds: Taxonomy) -> None:
    """Write a confusion matrix (C, C) as a picture: each row's shares, rows truth, columns prediction."""
    whole = matrix.sum(1, keepdims=True)
    shares = np.divide(matrix, whole, out=np.full(matrix.shape, np.nan), where=whole > 0)
    count = len(kinds)
    side = 2.5 + 0.42 * count
    figure = Figure(figsize=(side, side), layout="constrained")
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    labels = [category.name for category in kinds]
    axes.set_xticks(range(count), labels, rotation=90)
    axes.set_yticks(range(count), labels)
    axes.set_xlabel("predicted")
    axes.set_ylabel("truth (rows without truth are white)")
    for row, column in zip(*np.nonzero(shares >= 0.005), strict=True):
        share = shares[row, column]
        axes.text(
            column, row, f"{100 * share:.0f}", ha="center", va="center", fontsize=7, color="wk"[bool(share < 0.5)]
        )
    axes.set_title("% of each class's pixels")
    with files.replacing(path, png.check) as temporary:
        figure.savefig(temporary, dpi=100)
