"""Pictures of instances and detections, curves of precision over recall, and the confusion."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageDraw

from sweepset import files, png
from sweepset.taxonomy import Taxonomy

from . import metrics
from .instances import decode
from .predictions import Detections

Shown = tuple[int, np.ndarray, str]
"""A class, its mask (H, W) bool, and a text."""


def draw(image: np.ndarray, shown: np.ndarray | Detections, kinds: Taxonomy, over: bool) -> np.ndarray:
    """Return labels (h, w, 2) or detections as a picture (H, W, 3) uint8: masks and boxes `over` the image or on grey.

    Detections that don't count are not drawn; ignored areas are dim and have no box.
    """
    found: list[Shown] = []
    base = image if over else np.repeat(image.mean(2, keepdims=True) * 0.6 + 60, 3, 2).astype(np.uint8)
    if isinstance(shown, Detections):
        names = [kinds.categories[k].name for k in shown.labels]
        found = [
            (int(shown.labels[k]), shown.mask(k), f"{names[k]} {shown.scores[k]:.2f}")
            for k in reversed(range(shown.counted))
        ]
    else:
        for truth in decode(np.asarray(shown)):
            found.append((truth.label, truth.mask, "" if truth.ignored else kinds.categories[truth.label].name))
    return _paint(base, found, kinds)


def _paint(base: np.ndarray, shown: Sequence[Shown], kinds: Taxonomy) -> np.ndarray:
    painted = base.astype(np.float32)
    for label, mask, text in shown:
        color = np.array(kinds.categories[label].color, np.float32)
        share = 0.5 if text else 0.2
        painted[mask] = (1 - share) * painted[mask] + share * color
        edge = mask & ~(_inner(mask))
        painted[edge] = color if text else painted[edge]
    sheet = Image.fromarray(np.clip(painted, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(sheet)
    width = max(1, round(min(base.shape[:2]) / 250))
    size = max(10.0, min(base.shape[:2]) / 24)
    for label, mask, text in shown:
        if not text or not mask.any():
            continue
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        corners = [int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])]
        ink = kinds.categories[label].color
        pen.rectangle(corners, outline=ink, width=width)
        *_, right, bottom = pen.textbbox((0, 0), text, font_size=size)
        at = (min(corners[0], max(0, base.shape[1] - right - 2)), max(0, corners[1] - bottom - 2))
        pen.rectangle([at[0], at[1], at[0] + right + 2, at[1] + bottom + 2], fill=ink)
        light = 0.299 * ink[0] + 0.587 * ink[1] + 0.114 * ink[2] > 140
        pen.text((at[0] + 1, at[1] + 1), text, fill="black" if light else "white", font_size=size)
    return np.asarray(sheet)


def _inner(mask: np.ndarray) -> np.ndarray:
    """Return the pixels of a mask whose four neighbours are in it."""
    padded = np.pad(mask, 1)
    inner: np.ndarray = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:] & mask
    return inner


def draw_curves(path: Path, tables: metrics.Tables, kinds: Taxonomy) -> None:
    """Write the curves of precision over recall of each class with a truth, by masks at an IoU of 0.5."""
    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    for label, category in enumerate(kinds):
        if tables["truths"][:, label, 0].sum():
            curve = metrics.precisions(tables, "masks", label)[0, 0]
            axes.plot(
                metrics.RECALLS,
                curve,
                color=np.array(category.color) / 255,
                label=f"{category.name}, {curve.mean():.2f}",
            )
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))
    axes.grid(alpha=0.3)
    if axes.lines:
        axes.legend(title="class, AP at IoU 0.5")
    with files.replacing(path, png.check) as temporary:
        figure.savefig(temporary, dpi=100)


def draw_confusion(path: Path, tables: metrics.Tables, kinds: Taxonomy) -> None:
    """Write the confusion as counts: rows truth, columns what was found there; those of classes that occur."""
    table = tables["confusion"].sum(0)
    last = len(kinds)
    occurring = [k for k in range(last) if table[k].any() or table[:, k].any()]
    names = [kinds.categories[k].name for k in occurring]
    table = table[np.ix_([*occurring, last], [*occurring, last])].astype(float)
    whole = table.sum(1, keepdims=True)
    shares = np.divide(table, whole, out=np.zeros_like(table), where=whole > 0)
    side = 2.5 + 0.6 * len(names)
    figure = Figure(figsize=(side + 0.5, side), layout="constrained")
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names) + 1), [*names, "missed"], rotation=90)
    axes.set_yticks(range(len(names) + 1), [*names, "nothing there"])
    axes.set(xlabel="found", ylabel="truth")
    for row, column in np.ndindex(table.shape):
        if (row, column) != (len(names), len(names)):
            dark = bool(shares[row, column] >= 0.5)
            axes.text(column, row, f"{table[row, column]:.0f}", ha="center", va="center", color="kw"[dark], fontsize=8)
    with files.replacing(path, png.check) as temporary:
        figure.savefig(temporary, dpi=100)
