"""Metrics: hand-worked 4x4 images with void and absent classes, scikit-learn and torchmetrics on random ones."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("PIL")
pytest.importorskip("scipy")

from sweepset.errors import SweepsetError
from sweepset_train.boundaries import boundary_f1
from sweepset_train.segmentation import metrics

V = 255

TRUTH = np.array([[0, 0, 1, 1], [0, 0, 1, V], [2, 2, 2, V], [2, 2, V, V]], np.uint8)
PREDICTION = np.array([[0, 0, 1, 1], [0, 3, 2, 0], [2, 2, 1, 1], [2, 0, 3, 2]], np.uint8)
"""Five classes: 0, 1 and 2 in the truth, 3 predicted once (and once more on void), 4 nowhere."""
MATRIX = [[3, 0, 0, 1, 0], [0, 2, 1, 0, 0], [1, 1, 3, 0, 0], [0] * 5, [0] * 5]


def random_images(classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return truth with void and a prediction that is right for most pixels, (3, 20, 30); the last class is nowhere."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes - 1, (3, 20, 30)).astype(np.uint8)
    prediction = np.where(rng.random(truth.shape) < 0.6, truth, rng.integers(0, classes - 1, truth.shape))
    truth[rng.random(truth.shape) < 0.2] = V
    return truth, prediction.astype(np.uint8)


def test_confusion_by_hand() -> None:
    matrix = metrics.confusion(TRUTH[None], PREDICTION[None], 5)
    assert matrix.dtype == np.int64
    assert matrix.tolist() == [MATRIX]


def test_scores_by_hand() -> None:
    matrix = np.array(MATRIX)
    assert metrics.global_accuracy(matrix) == pytest.approx(8 / 12)
    recall = [3 / 4, 2 / 3, 3 / 5, math.nan, math.nan]
    assert metrics.class_accuracy(matrix).tolist() == pytest.approx(recall, nan_ok=True)
    assert metrics.precision(matrix).tolist() == pytest.approx([3 / 4, 2 / 3, 3 / 4, 0, math.nan], nan_ok=True)
    iou = [3 / 5, 2 / 4, 3 / 6, 0, math.nan]
    assert metrics.iou(matrix).tolist() == pytest.approx(iou, nan_ok=True)
    assert metrics.dice(matrix).tolist() == pytest.approx([6 / 8, 4 / 6, 6 / 9, 0, math.nan], nan_ok=True)
    names = metrics.summarize(matrix)
    assert names["mean_class_accuracy"] == pytest.approx((3 / 4 + 2 / 3 + 3 / 5) / 3)
    assert names["mean_iou"] == pytest.approx((3 / 5 + 1 / 2 + 1 / 2 + 0) / 4)
    assert names["frequency_weighted_iou"] == pytest.approx(4 / 12 * 3 / 5 + 3 / 12 * 1 / 2 + 5 / 12 * 1 / 2)
    assert names["mean_precision"] == pytest.approx((3 / 4 + 2 / 3 + 3 / 4 + 0) / 4)
    assert names["mean_dice"] == pytest.approx((6 / 8 + 4 / 6 + 6 / 9 + 0) / 4)
    # The original's figure: true positives and true negatives of classes 0 to 4, of 12 pixels.
    assert names["original_class_accuracy"] == pytest.approx(sum([10, 10, 9, 11, 12]) / 12 / 5)


def test_scores_without_background_by_hand() -> None:
    """Of 8 pixels of classes 1 and 2, 5 are right; class 3 is predicted and never there, class 4 is in neither."""
    found = metrics.without(np.array(MATRIX), 0)
    assert found["accuracy"] == pytest.approx(5 / 8)
    assert found["mean IoU"] == pytest.approx((2 / 4 + 3 / 6 + 0) / 3)


def test_confusion_is_scikit_learns() -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    truth, prediction = random_images(7)
    ours = metrics.confusion(truth, prediction, 7)
    for matrix, one, other in zip(ours, truth, prediction):
        seen = one != V
        assert np.array_equal(matrix, sklearn.confusion_matrix(one[seen], other[seen], labels=range(7)))


def test_scores_are_scikit_learns() -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    truth, prediction = random_images(6)
    matrix = metrics.confusion(truth, prediction, 6).sum(0)
    seen = truth != V
    given = (truth[seen], prediction[seen])
    assert metrics.global_accuracy(matrix) == pytest.approx(sklearn.accuracy_score(*given))
    assert metrics.mean(metrics.class_accuracy(matrix)) == pytest.approx(sklearn.balanced_accuracy_score(*given))
    kinds = {"labels": range(5), "average": None}
    assert metrics.iou(matrix)[:5].tolist() == pytest.approx(sklearn.jaccard_score(*given, **kinds).tolist())
    assert metrics.precision(matrix)[:5].tolist() == pytest.approx(sklearn.precision_score(*given, **kinds).tolist())
    assert metrics.dice(matrix)[:5].tolist() == pytest.approx(sklearn.f1_score(*given, **kinds).tolist())
    weighted = sklearn.jaccard_score(*given, average="weighted")
    assert metrics.frequency_weighted_iou(matrix) == pytest.approx(weighted)
    assert math.isnan(metrics.iou(matrix)[5])


def test_confusion_is_torchmetrics() -> None:
    torch = pytest.importorskip("torch")
    classification = pytest.importorskip("torchmetrics.classification")
    truth, prediction = random_images(6, seed=4)
    theirs = classification.MulticlassConfusionMatrix(6, ignore_index=V)
    expected = theirs(torch.from_numpy(prediction).long(), torch.from_numpy(truth).long())
    assert metrics.confusion(truth, prediction, 6).sum(0).tolist() == expected.tolist()


def test_many_matrices_at_once() -> None:
    matrices = metrics.confusion(*random_images(5), 5)
    for function in (metrics.global_accuracy, metrics.iou, metrics.frequency_weighted_iou):
        together = function(np.stack([matrices, matrices[::-1]]))
        assert np.array_equal(together[1, 2], function(matrices[0]), equal_nan=True)


@pytest.mark.parametrize("classes", [2, 5, 16])
def test_the_originals_class_accuracy_says_no_more_than_global_accuracy(classes: int) -> None:
    matrix = metrics.confusion(*random_images(classes, seed=classes), classes).sum(0)
    overall = metrics.global_accuracy(matrix)
    assert metrics.original_class_accuracy(matrix) == pytest.approx(1 - 2 * (1 - overall) / classes)


def test_the_originals_own_figures() -> None:
    matrix = np.zeros((16, 16), np.int64)
    matrix[0, 0], matrix[1, 2] = 5611, 4389
    assert round(100 * float(metrics.original_class_accuracy(matrix)), 2) == 94.51


def test_nothing_labelled_is_nan() -> None:
    matrix = metrics.confusion(np.full((1, 2, 2), V), np.zeros((1, 2, 2), np.int64), 3)[0]
    assert matrix.sum() == 0
    assert all(math.isnan(value) for value in metrics.summarize(matrix).values())


def test_a_perfect_prediction_is_1() -> None:
    truth = np.where(TRUTH == V, 0, TRUTH)
    assert set(metrics.summarize(metrics.confusion(truth[None], truth[None], 3)[0]).values()) == {1.0}
    assert boundary_f1(truth, truth, 3).tolist() == [1, 1, 1]


def test_values_that_are_no_class_are_refused() -> None:
    image = np.zeros((1, 2, 2), np.int64)
    with pytest.raises(SweepsetError, match="truth has class 4.*0 to 3"):
        metrics.confusion(image + 4, image, 4)
    with pytest.raises(SweepsetError, match="prediction has class -1"):
        metrics.confusion(image, image - 1, 4)
    with pytest.raises(SweepsetError, match="same"):
        metrics.confusion(image, image[:, :1], 4)


def halves(edge: int, width: int = 40, height: int = 30) -> np.ndarray:
    """Return an image of class 0 left of a column and class 1 from there on."""
    return np.repeat((np.arange(width) >= edge)[None].astype(np.uint8), height, 0)


def test_boundary_f1_by_hand() -> None:
    truth = halves(20)  # a diagonal of 50 pixels: 2 % is 1 pixel
    assert boundary_f1(truth, halves(21), 2, 0.02).tolist() == [1, 1]
    assert boundary_f1(truth, halves(22), 2, 0.02).tolist() == [0, 0]
    assert boundary_f1(truth, halves(22), 2, 0.04).tolist() == [1, 1]
    # The upper half is right, the lower off by 6 columns. Of class 0 the predicted boundary is 15 pixels at column 19,
    # 15 at column 25, and columns 20 to 24 of the lower half's first row, of which only column 20 is near enough; to it
    # is one of the true boundary's lower half.
    prediction = np.concatenate([halves(20)[:15], halves(26)[15:]])
    recall, share = 16 / 30, 16 / (15 + 15 + 5)
    found = boundary_f1(truth, prediction, 2, 0.02)[0]
    assert found == pytest.approx(2 * recall * share / (recall + share))


def test_boundaries_of_void_and_of_the_image_are_none() -> None:
    truth = halves(20)
    truth[:, 18:22] = V
    assert np.isnan(boundary_f1(truth, halves(20), 2)).all()
    truth = halves(20)
    truth[:15] = V
    prediction = halves(20)
    prediction[:15] = 1 - prediction[:15]
    assert boundary_f1(truth, prediction, 2).tolist() == [1, 1]


def test_boundary_of_a_class_that_was_not_found_is_0_and_of_an_absent_one_nan() -> None:
    truth = halves(20)
    scores = boundary_f1(truth, np.zeros_like(truth), 3)
    assert scores[:2].tolist() == [0, 0]
    assert math.isnan(scores[2])
