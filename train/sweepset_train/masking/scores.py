"""Scores of binary masks, for every threshold at once: from histograms of an image's shares in truth and outside it.

A share is how surely a pixel is foreground, 0 to 255; at threshold t, pixels of t and more are foreground.
"""

from __future__ import annotations

import numpy as np

from ..averages import divide, mean
from ..data.labels import IGNORE
from ..task import Tallies

LEVELS = 256
WORST = 10
"""Images whose mean Dice is told as that of the worst."""


def histograms(truth: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return pixels by share, (2, LEVELS) int64, outside the truth and in it, from maps (H, W); IGNORE is left out."""
    labelled = truth != IGNORE
    cells = truth[labelled].astype(np.int64) * LEVELS + shares[labelled]
    return np.bincount(cells, minlength=2 * LEVELS).reshape(2, LEVELS)


def thresholds(tallies: Tallies) -> np.ndarray:
    """Return the threshold (N,) that each image was predicted at; in a validation, which chooses it, the best."""
    tallied = tallies["histograms"]
    return tallies["thresholds"] if "thresholds" in tallies else np.full(len(tallied), best_threshold(tallied))


def matrices(tallies: Tallies) -> np.ndarray:
    """Return the confusion matrix of each image, (N, 2, 2), rows truth."""
    tallied = tallies["histograms"]
    above = np.arange(LEVELS) >= thresholds(tallies)[:, None, None]
    found = np.where(above, tallied, 0).sum(-1)
    return np.stack([tallied.sum(-1) - found, found], -1)


def dice(matrix: np.ndarray) -> np.ndarray:
    """Return the foreground's Dice of matrices (..., 2, 2): 1 if it is neither in the truth nor predicted."""
    hits, areas = matrix[..., 1, 1], matrix[..., 1, :].sum(-1) + matrix[..., :, 1].sum(-1)
    return np.where(areas > 0, divide(2 * hits, areas), 1.0)


def iou(matrix: np.ndarray) -> np.ndarray:
    """Return its intersection over union: 1 if it is neither in the truth nor predicted."""
    hits = matrix[..., 1, 1]
    areas = matrix[..., 1, :].sum(-1) + matrix[..., :, 1].sum(-1) - hits
    return np.where(areas > 0, divide(hits, areas), 1.0)


def curve(tallied: np.ndarray) -> np.ndarray:
    """Return the mean Dice (LEVELS,) of images at each threshold, from histograms (N, 2, LEVELS).

    Images without a labelled pixel are left out.
    """
    found = tallied[:, :, ::-1].cumsum(-1)[:, :, ::-1].astype(np.float64)
    areas = tallied[:, 1].sum(-1)[:, None] + found.sum(1)
    by_image = np.where(areas > 0, divide(2 * found[:, 1], areas), 1.0)
    labelled = tallied.sum((1, 2)) > 0
    return np.asarray(by_image[labelled].mean(0) if labelled.any() else np.ones(LEVELS))


def best_threshold(tallied: np.ndarray) -> int:
    """Return the threshold of the highest mean Dice, 1 to 255: of a plateau its middle, nearest to a half."""
    scores = curve(tallied)[1:]
    best = 1 + np.flatnonzero(scores >= scores.max() - 1e-12)
    runs = np.split(best, np.flatnonzero(np.diff(best) > 1) + 1)
    middles = [int(run[len(run) // 2]) for run in runs]
    return min(middles, key=lambda level: abs(level - LEVELS // 2))


def by_image(tallies: Tallies) -> np.ndarray:
    """Return Dice, IoU and boundary F1 of each image, (N, 3); NaN where it says nothing about a score."""
    matrix = matrices(tallies)
    labelled = matrix.sum((1, 2)) > 0
    boundaries = tallies.get("boundaries", np.full(len(matrix), np.nan))
    return np.stack([np.where(labelled, dice(matrix), np.nan), np.where(labelled, iou(matrix), np.nan), boundaries], 1)


def score(tallies: Tallies, weights: np.ndarray) -> np.ndarray:
    """Return mean Dice, IoU and boundary F1, then both classes' IoU, (K, 5), for weights (K, N) of the images."""
    each = by_image(tallies)
    known = ~np.isnan(each)
    means = divide(weights @ np.where(known, each, 0), weights @ known.astype(np.float64))
    matrix = matrices(tallies)
    summed = (weights @ matrix.reshape(len(matrix), 4).astype(np.float64)).reshape(-1, 2, 2)
    return np.concatenate([means, class_iou(summed)], 1)


def class_iou(matrix: np.ndarray) -> np.ndarray:
    """Return the IoU of both classes over all pixels, (..., 2); NaN for a class in neither truth nor prediction."""
    hits = np.diagonal(matrix, axis1=-2, axis2=-1)
    return divide(hits, matrix.sum(-1) + matrix.sum(-2) - hits)


def summarize(tallies: Tallies) -> dict[str, float]:
    """Return all overall scores by name."""
    each = by_image(tallies)
    ranked = np.sort(each[~np.isnan(each[:, 0]), 0])
    some = len(ranked) > 0
    found = {
        "dice": float(mean(each[:, 0])),
        "dice_median": float(np.median(ranked)) if some else float("nan"),
        "dice_worst": float(ranked[:WORST].mean()) if some else float("nan"),
        "iou": float(mean(each[:, 1])),
        "threshold": float(thresholds(tallies).mean() / (LEVELS - 1)),
    }
    return found | ({"boundary_f1": float(mean(each[:, 2]))} if "boundaries" in tallies else {})
