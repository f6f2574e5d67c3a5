"""Scores of classified images equal scikit-learn's, and hand calculation where it has none."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")
sklearn_metrics = pytest.importorskip("sklearn.metrics")

from sweepset_train.classification import metrics  # noqa: E402


def tallied(count: int = 300, classes: int = 8, temperature: float = 2.0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, classes - 1, count).astype(np.uint8)  # the last class is not in the truth
    logits = rng.normal(0, 1, (count, classes)).astype(np.float32)
    logits[np.arange(count), truth] += 1
    truth[:20] = 255
    return {"truth": truth, "logits": logits, "temperature": np.full(count, temperature)}


def test_scores_are_those_of_scikit_learn() -> None:
    tallies = tallied()
    truth, logits = metrics.known(tallies)
    assert len(truth) == 280
    answers, found = logits.argmax(1), metrics.summarize(tallies)
    labels = np.arange(8)
    assert found["top1"] == pytest.approx(sklearn_metrics.accuracy_score(truth, answers))
    assert found["top5"] == pytest.approx(sklearn_metrics.top_k_accuracy_score(truth, logits, k=5, labels=labels))
    with pytest.warns(UserWarning, match="y_pred contains classes"):
        assert found["mean_class_accuracy"] == pytest.approx(sklearn_metrics.balanced_accuracy_score(truth, answers))
    shares = np.exp(metrics.log_shares(logits))
    assert found["nll"] == pytest.approx(sklearn_metrics.log_loss(truth, shares, labels=labels))
    assert np.array_equal(metrics.confusion(tallies), sklearn_metrics.confusion_matrix(truth, answers, labels=labels))
    precision, recall, f1, images = sklearn_metrics.precision_recall_fscore_support(
        truth, answers, labels=labels, zero_division=np.nan
    )
    own = metrics.by_class(tallies)
    for name, theirs in (("precision", precision), ("recall", recall), ("f1", f1), ("images", images)):
        known = ~np.isnan(theirs) & (images > 0)
        assert own[name][known] == pytest.approx(theirs[known]), name
    assert np.isnan(own["recall"][7])


def test_draws_are_scores_of_the_images_drawn() -> None:
    tallies = tallied(60)
    weights = np.random.default_rng(1).multinomial(60, np.full(60, 1 / 60), 5).astype(float)
    for row, found in zip(weights, metrics.score(tallies, weights), strict=True):
        repeated = {name: np.repeat(values, row.astype(int), axis=0) for name, values in tallies.items()}
        assert found == pytest.approx(metrics.score(repeated), nan_ok=True)
    alone = metrics.score(tallies, np.eye(60))
    truth, logits = tallies["truth"][20:], tallies["logits"][20:]
    assert np.array_equal(alone[20:, 0], logits.argmax(1) == truth)
    assert np.isnan(alone[:20, 0]).all()


def test_calibration_by_hand() -> None:
    # Four answers of confidence 0.8, three of them right, and two of 0.6, one of them right: two bins.
    shares = np.array([[0.8, 0.2]] * 4 + [[0.6, 0.4]] * 2)
    truth = np.array([0, 0, 0, 1, 0, 1])
    tallies = {"truth": truth, "logits": np.log(shares), "temperature": np.ones(6)}
    expected = 4 / 6 * abs(0.75 - 0.8) + 2 / 6 * abs(0.5 - 0.6)
    assert metrics.summarize(tallies)["ece"] == pytest.approx(expected)
    count, confidence, accuracy = metrics.reliability(np.log(shares), truth)
    assert count.sum() == 6
    assert confidence[count > 0] == pytest.approx([0.6, 0.8])
    assert accuracy[count > 0] == pytest.approx([0.5, 0.75])


def test_the_temperature_is_found_again() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (20_000, 4))
    truth = (logits + rng.gumbel(size=logits.shape)).argmax(1)  # drawn by softmax: a temperature of 1 is right
    assert metrics.best_temperature(logits * 3, truth) == pytest.approx(3, rel=0.03)
    assert metrics.best_temperature(logits, np.full(20_000, 255)) == 1


def test_of_equal_classes_the_first_is_answered() -> None:
    logits = np.zeros((3, 3))
    assert metrics.rank(logits, np.array([0, 1, 2])).tolist() == [0, 1, 2]
