"""Pictures of masks, and the curve that thresholds are chosen by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy import ndimage

from sweepset import files, png

from ..data.labels import IGNORE
from . import scores

VOID = (110, 60, 130)
"""The colour of pixels of neither class."""


def draw(shares: np.ndarray, void: np.ndarray | None = None) -> np.ndarray:
    """Return shares (H, W) uint8 as a grey picture (H, W, 3) uint8, void pixels in a colour."""
    grey = np.repeat(shares[:, :, None], 3, axis=2)
    if void is not None:
        grey[void] = VOID
    return grey


def draw_over(image: np.ndarray, found: np.ndarray, color: tuple[int, int, int]) -> np.ndarray:
    """Return an image (H, W, 3) with what is not foreground (H, W) bool dark, and a line around the foreground."""
    drawn = np.where(found[:, :, None], image, image // 3).astype(np.uint8)
    wide = max(1, round(max(found.shape) / 600))
    around = ndimage.binary_dilation(found, iterations=wide) & ~found
    drawn[around] = color
    return drawn


def label_shares(label: np.ndarray) -> np.ndarray:
    """Return a label of train ids (H, W) as shares: 255 in the foreground."""
    return np.where(label == 1, 255, 0).astype(np.uint8)


def void_of(label: np.ndarray) -> np.ndarray:
    """Return where a label (H, W) is void."""
    return np.asarray(label == IGNORE)


def draw_curve(path: Path, tallied: np.ndarray, thresholds: np.ndarray) -> None:
    """Write the mean Dice by threshold, with the one that was used."""
    values = scores.curve(tallied)
    used, best = float(thresholds.mean()) / (scores.LEVELS - 1), scores.best_threshold(tallied)
    figure = Figure(figsize=(6, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.plot(np.arange(1, scores.LEVELS) / (scores.LEVELS - 1), values[1:])
    axes.axvline(used, color="C1", label=f"used: {used:.3f}")
    axes.plot(best / (scores.LEVELS - 1), values[best], "o", color="C0", label=f"best here: {values[best]:.4f}")
    axes.set_xlabel("threshold")
    axes.set_ylabel("mean Dice")
    axes.grid(alpha=0.3)
    axes.legend()
    with files.replacing(path, png.check) as temporary:
        figure.savefig(temporary, dpi=100)
