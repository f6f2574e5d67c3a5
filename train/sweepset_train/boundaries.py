"""How well the boundaries of predicted regions meet those of the truth."""

from __future__ import annotations

import math

import numpy as np
from scipy import ndimage

from .data.labels import IGNORE

TOLERANCE = 0.0075
"""How far off a boundary may be, as a share of the image's diagonal: 0.75 %, as Csurka et al. have it."""


def boundary_f1(
    truth: np.ndarray, prediction: np.ndarray, num_classes: int, tolerance: float = TOLERANCE
) -> np.ndarray:
    """Return how well each class's boundaries are met in one image, (C,) float64, from train ids (H, W).

    G. Csurka, D. Larlus, F. Perronnin, "What is a good evaluation measure for semantic segmentation?", BMVC 2013. A
    pixel is on its class's boundary if one of its 4 neighbours is of another class; neither void nor the image's
    edge makes a boundary, and predictions count only where the truth is labelled. Precision is the share of predicted
    boundary pixels that have one of the truth within `tolerance` times the image's diagonal, recall the reverse, and
    the score their harmonic mean. NaN for a class without a boundary in the truth. An image's score is the mean of its
    classes, that of several images the mean of theirs.
    """
    reach = tolerance * math.hypot(*truth.shape)
    wanted = edges(truth)
    found = edges(np.where(truth == IGNORE, IGNORE, prediction))
    scores = np.full(num_classes, np.nan)
    for number in range(num_classes):
        here, there = wanted & (truth == number), found & (prediction == number)
        if not here.any():
            continue
        met, hit = 0.0, 0.0
        if there.any():
            met = float((ndimage.distance_transform_edt(~there)[here] <= reach).mean())
            hit = float((ndimage.distance_transform_edt(~here)[there] <= reach).mean())
        scores[number] = 2 * met * hit / (met + hit) if met + hit else 0.0
    return scores


def edges(labels: np.ndarray) -> np.ndarray:
    """Return (H, W) bool: pixels with a 4-neighbour of another class; void is no class."""
    edges = np.zeros(labels.shape, bool)
    for first, second in ((np.s_[:-1], np.s_[1:]), (np.s_[:, :-1], np.s_[:, 1:])):
        a, b = labels[first], labels[second]
        differ = (a != b) & (a != IGNORE) & (b != IGNORE)
        edges[first] |= differ
        edges[second] |= differ
    return edges
