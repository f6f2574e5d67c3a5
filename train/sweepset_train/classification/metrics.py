"""Scores of classified images: accuracy, recall by class, calibration.

Tallies are `truth` (N,), train ids with IGNORE for images of no class; `logits` (N, C) as the model answers, divided by
its temperature; and that `temperature` (N,). Images of no class have no part in any score.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import optimize

from ..averages import divide, mean
from ..data.labels import IGNORE

TOP = 5
BINS = 15
"""Bins of equal width for the calibration error."""
COMPARED = ("top1", "mean_class_accuracy", "top5", "ece")
"""The overall scores that comparisons resample, in the order of `score`."""
TITLES = {
    "top1": "top-1 accuracy",
    "top5": "top-5 accuracy",
    "mean_class_accuracy": "mean class accuracy (recall)",
    "mean_f1": "mean F1",
    "nll": "negative log-likelihood",
    "ece": "calibration error (ECE)",
    "ece_before": "ECE without temperature",
    "temperature": "temperature",
}
CLASS_TITLES = {"recall": "recall", "precision": "precision", "f1": "F1", "images": "images"}
Tallies = Mapping[str, np.ndarray]


def score(tallies: Tallies, weights: np.ndarray | None = None) -> np.ndarray:
    """Return the scores (4 + C,) of COMPARED and each class's recall; with weights (K, N), of each draw (K, 4 + C)."""
    truth, logits = known(tallies)
    count, classes = logits.shape
    own = np.ones((1, count)) if weights is None else weights[:, tallies["truth"] != IGNORE]
    place = rank(logits, truth)
    of_class = truth[:, None] == np.arange(classes)
    first = place == 0
    recall = divide(own @ (of_class & first[:, None]), own @ of_class)
    total = own.sum(1)
    found = np.column_stack(
        [divide(own @ first, total), mean(recall), divide(own @ (place < TOP), total), _ece(logits, truth, own), recall]
    )
    return found[0] if weights is None else found


def summarize(tallies: Tallies) -> dict[str, float]:
    """Return all overall scores by name."""
    truth, logits = known(tallies)
    top1, mean_class, top5, ece = (float(value) for value in score(tallies)[: len(COMPARED)])
    temperature = float(tallies["temperature"][0])
    ones = np.ones((1, len(truth)))
    sure = log_shares(logits)[np.arange(len(truth)), truth]
    return {
        "top1": top1,
        "top5": top5,
        "mean_class_accuracy": mean_class,
        "mean_f1": float(mean(by_class(tallies)["f1"])),
        "nll": float(-sure.mean()) if len(sure) else float("nan"),
        "ece": ece,
        "ece_before": float(_ece(logits * temperature, truth, ones)[0]),
        "temperature": temperature,
    }


def by_class(tallies: Tallies) -> dict[str, np.ndarray]:
    """Return the scores (C,) of each class; F1 is of a class in truth or prediction."""
    matrix = confusion(tallies)
    hits = np.diagonal(matrix).astype(float)
    return {
        "recall": divide(hits, matrix.sum(1)),
        "precision": divide(hits, matrix.sum(0)),
        "f1": divide(2 * hits, matrix.sum(0) + matrix.sum(1)),
        "images": matrix.sum(1).astype(float),
    }


def known(tallies: Tallies) -> tuple[np.ndarray, np.ndarray]:
    """Return truth (M,) and logits (M, C) of the images with a class."""
    labelled = tallies["truth"] != IGNORE
    return tallies["truth"][labelled].astype(np.int64), tallies["logits"][labelled].astype(np.float64)


def confusion(tallies: Tallies) -> np.ndarray:
    """Return how many images of each class (rows) were answered as each class (columns), (C, C) int64."""
    truth, logits = known(tallies)
    classes = logits.shape[1]
    cells = truth * classes + logits.argmax(1) if len(truth) else truth
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def rank(logits: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return how many classes come before the true one, (N,); of equal ones, those with lower ids come first."""
    own = np.take_along_axis(logits, truth[:, None], 1)
    before = np.arange(logits.shape[1]) < truth[:, None]
    found: np.ndarray = ((logits > own) | ((logits == own) & before)).sum(1)
    return found


def log_shares(logits: np.ndarray) -> np.ndarray:
    """Return the logarithms of softmax."""
    apart = logits - logits.max(1, keepdims=True) if len(logits) else logits
    return np.asarray(apart - np.log(np.exp(apart).sum(1, keepdims=True)))


def reliability(logits: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return by bin of confidence: images, mean confidence, share of right answers; NaN in empty bins."""
    confidence, right, place = _confidence(logits, truth)
    count = np.bincount(place, minlength=BINS)
    return (
        count,
        divide(np.bincount(place, confidence, BINS), count),
        divide(np.bincount(place, right, BINS), count),
    )


def best_temperature(logits: np.ndarray, truth: np.ndarray) -> float:
    """Return the temperature to divide logits by that makes the truth likeliest.

    C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017. 1 if no image has a class.
    """
    labelled = truth != IGNORE
    if not labelled.any():
        return 1.0
    values, own = np.asarray(logits[labelled], np.float64), truth[labelled].astype(np.int64)

    def loss(log: float) -> float:
        return float(-log_shares(values / np.exp(log))[np.arange(len(own)), own].mean())

    return float(np.exp(optimize.minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def _ece(logits: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the expected calibration error (K,): the mean distance of confidence and accuracy over bins, by images."""
    confidence, right, place = _confidence(logits, truth)
    binned = (place[:, None] == np.arange(BINS)) * (right - confidence)[:, None]
    return divide(np.abs(weights @ binned).sum(1), weights.sum(1))


def _confidence(logits: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    shares = np.exp(log_shares(logits))
    confidence = shares.max(1) if len(shares) else np.zeros(0)
    right = (logits.argmax(1) == truth).astype(float) if len(truth) else np.zeros(0)
    return confidence, right, np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)
