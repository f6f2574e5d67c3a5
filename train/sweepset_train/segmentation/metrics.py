"""Scores of predicted label maps: confusion matrices, and all scores that follow from them.

One confusion matrix (C, C) int64 an image, rows truth, columns prediction; void pixels are not in it. Scores take
matrices of any leading shape (..., C, C) and return (...) or, by class, (..., C). To score a set of images, sum their
matrices first: a mean of the images' own scores is another number.

An undefined score of a class is NaN, and no part of a mean over classes:

| score | of a class | NaN if |
| --- | --- | --- |
| class accuracy (recall) | share of its pixels that were found | it is not in the truth |
| precision | share of its predicted pixels that are right | it was never predicted |
| IoU, Dice | overlap of truth and prediction | it is in neither; 0 if it is in only one of them |
"""

from __future__ import annotations

import numpy as np

from sweepset.errors import SweepsetError

from ..averages import divide, mean
from ..data.labels import IGNORE

TITLES = {
    "global_accuracy": "global accuracy",
    "mean_class_accuracy": "mean class accuracy (recall)",
    "mean_iou": "mean IoU",
    "frequency_weighted_iou": "frequency-weighted IoU",
    "mean_precision": "mean precision",
    "mean_dice": "mean Dice",
    "boundary_f1": "boundary F1",
}
"""Titles of scores in tables."""
COMPARED = ("mean_iou", "mean_class_accuracy", "global_accuracy")
"""The overall scores that comparisons resample, in the order of `score`."""
CLASS_TITLES = {
    "iou": "IoU",
    "recall": "recall",
    "precision": "precision",
    "dice": "Dice",
    "boundary_f1": "boundary F1",
    "pixels": "pixels",
}
"""Titles of the scores of a class."""


def confusion(truth: np.ndarray, prediction: np.ndarray, num_classes: int) -> np.ndarray:
    """Return the confusion matrix of each image, (N, C, C) int64, from train ids (N, H, W); IGNORE in truth is void.

    Raise SweepsetError if a value is no class.
    """
    if truth.shape != prediction.shape or truth.ndim != 3:
        raise SweepsetError(
            f"truth is {truth.shape} and prediction {prediction.shape}: both must be the same (N, H, W)"
        )
    labelled = truth != IGNORE
    for name, values in (("truth", truth[labelled]), ("prediction", prediction[labelled])):
        wrong = values[(values < 0) | (values >= num_classes)]
        if wrong.size:
            raise SweepsetError(
                f"{name} has class {wrong[0]}: classes are 0 to {num_classes - 1}; data and model must share a taxonomy"
            )
    image = np.arange(len(truth)).reshape(-1, 1, 1)
    cells = (image * num_classes + truth.astype(np.int64)) * num_classes + prediction
    counts = np.bincount(cells[labelled], minlength=len(truth) * num_classes**2)
    return counts.reshape(len(truth), num_classes, num_classes)


def global_accuracy(matrix: np.ndarray) -> np.ndarray:
    """Return the share of labelled pixels that are right."""
    return divide(_hits(matrix).sum(-1), matrix.sum((-2, -1)))


def without(matrix: np.ndarray, background: int) -> dict[str, float]:
    """Return, by their titles, scores of one matrix (C, C) that leave out the class `background`.

    The accuracy is that of fast.ai's lessons: of the pixels whose truth is another class, the share that is right.
    """
    rest = np.delete(matrix, background, axis=0)
    others = np.delete(iou(matrix), background)
    right = np.delete(_hits(matrix), background).sum()
    return {"accuracy": float(divide(right, rest.sum())), "mean IoU": float(mean(others))}


def class_accuracy(matrix: np.ndarray) -> np.ndarray:
    """Return each class's recall: the share of its pixels that were found."""
    return divide(_hits(matrix), matrix.sum(-1))


def precision(matrix: np.ndarray) -> np.ndarray:
    """Return the share of the pixels predicted as each class that are of it."""
    return divide(_hits(matrix), matrix.sum(-2))


def iou(matrix: np.ndarray) -> np.ndarray:
    """Return each class's intersection over union."""
    return divide(_hits(matrix), matrix.sum(-1) + matrix.sum(-2) - _hits(matrix))


def dice(matrix: np.ndarray) -> np.ndarray:
    """Return each class's Dice, which is also its F1: twice the intersection over the sum of both areas."""
    return divide(2 * _hits(matrix), matrix.sum(-1) + matrix.sum(-2))


def frequency_weighted_iou(matrix: np.ndarray) -> np.ndarray:
    """Return the IoU's mean over classes, each weighted by its share of the truth."""
    weights = divide(matrix.sum(-1), matrix.sum((-2, -1))[..., None])
    return np.where(weights > 0, weights * iou(matrix), weights).sum(-1)


def original_class_accuracy(matrix: np.ndarray) -> np.ndarray:
    """Return what the original experiment called average class accuracy, to set its figures beside ours.

    It is the mean over classes of (true positives + true negatives) / all pixels. A wrong pixel is wrong for two of the
    C classes and right for the others, so that this is 1 - 2 (1 - G) / C for global accuracy G: it contains no more
    information than G, and is high for any prediction if classes are many.
    """
    total = matrix.sum((-2, -1))[..., None]
    wrong = matrix.sum(-1) + matrix.sum(-2) - 2 * _hits(matrix)
    return divide(total - wrong, total).mean(-1)


def explain_original(score: float, accuracy: float, num_classes: int) -> str:
    """Return a note on the original's score beside global accuracy."""
    return (
        f'The original experiment\'s "class accuracy" would be {score:.4f}. It counts true negatives and is '
        f"1 - 2 (1 - G) / C, here 1 - 2 (1 - {accuracy:.4f}) / {num_classes}, so it contains no more "
        "information than global accuracy G."
    )


def score(matrix: np.ndarray) -> np.ndarray:
    """Return the scores (..., 3 + C) of matrices (..., C, C): those of COMPARED, then each class's IoU."""
    by_class = iou(matrix)
    first = (mean(by_class), mean(class_accuracy(matrix)), global_accuracy(matrix))
    return np.concatenate([np.stack(first, -1), by_class], -1)


def summarize(matrix: np.ndarray) -> dict[str, float]:
    """Return all scores of one matrix (C, C) that are a single number, by name."""
    return {
        "global_accuracy": float(global_accuracy(matrix)),
        "mean_class_accuracy": float(mean(class_accuracy(matrix))),
        "mean_iou": float(mean(iou(matrix))),
        "frequency_weighted_iou": float(frequency_weighted_iou(matrix)),
        "mean_precision": float(mean(precision(matrix))),
        "mean_dice": float(mean(dice(matrix))),
        "original_class_accuracy": float(original_class_accuracy(matrix)),
    }


def _hits(matrix: np.ndarray) -> np.ndarray:
    return np.diagonal(matrix, axis1=-2, axis2=-1)
