"""Pictures of images with their labels, of confusion matrices, and of a run's curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageDraw

from sweepset.host.page import VOID_COLOR
from sweepset.taxonomy import Taxonomy

GAP, LINE = 4, 14
"""Pixels between pictures; of a line of text."""


def colorize(label: np.ndarray, kinds: Taxonomy) -> np.ndarray:
    """Return train ids (H, W) in their categories' colours, (H, W, 3) uint8; void is black."""
    table = np.full((256, 3), VOID_COLOR, np.uint8)
    table[: len(kinds)] = [category.color for category in kinds]
    return table[label]


def overlay(image: np.ndarray, label: np.ndarray, kinds: Taxonomy) -> np.ndarray:
    """Return an image with the colours of its classes over it, (H, W, 3) uint8."""
    return (image // 2 + colorize(label, kinds) // 2).astype(np.uint8)


def draw_rows(path: Path, rows: Sequence[Sequence[np.ndarray]], texts: Sequence[str]) -> None:
    """Write rows of pictures (H, W, 3) uint8, all of one size, each with a text above it."""
    height, width = rows[0][0].shape[:2]
    size = (max(map(len, rows)) * (width + GAP) - GAP, len(rows) * (LINE + height + GAP) - GAP)
    sheet = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    for number, (row, text) in enumerate(zip(rows, texts, strict=True)):
        top = number * (LINE + height + GAP)
        draw.text((2, top + 1), text, fill="black")
        for column, picture in enumerate(row):
            sheet.paste(Image.fromarray(picture), (column * (width + GAP), top + LINE))
    sheet.save(path)


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
    figure.savefig(path, dpi=100)


def draw_curves(path: Path, metrics: Mapping[str, Sequence[tuple[int, float]]], groups: Mapping[str, str]) -> None:
    """Write metrics by step, one plot for each name in `groups` that was logged, titled by its value."""
    shown = [(name, title) for name, title in groups.items() if metrics.get(name)]
    if not shown:
        return
    with matplotlib.rc_context({"font.size": 9}):
        figure = Figure(figsize=(4 * len(shown), 3), layout="constrained")
        for axes, (name, title) in zip(np.ravel(figure.subplots(1, len(shown))), shown, strict=True):
            steps, values = zip(*metrics[name], strict=True)
            axes.plot(steps, values, marker="." if len(steps) < 30 else None)
            axes.set_title(title)
            axes.set_xlabel("step")
            axes.grid(alpha=0.3)
        figure.savefig(path, dpi=100)
