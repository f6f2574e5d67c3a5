"""The statistics of a comparison: under a planted truth, beside scipy's own bootstrap, and by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats

pytest.importorskip("torch")

from sweepset_train.comparison import resampling
from sweepset_train.comparison.resampling import Estimate, Resampling, Scored
from sweepset_train.segmentation import metrics
from sweepset_train.segmentation.task import TASK

PIXELS = 200


def matrices(accuracy: np.ndarray) -> np.ndarray:
    """Return confusion matrices (S, N, C, C) of classes with given accuracies (S, N, C), mistakes spread evenly."""
    right = np.round(np.clip(accuracy, 0.02, 0.98) * PIXELS)
    count = accuracy.shape[-1]
    found = np.repeat(((PIXELS - right) / (count - 1))[..., None], count, axis=-1)
    diagonal = np.arange(count)
    found[..., diagonal, diagonal] = right
    return found


def scored(draws: Resampling, found: np.ndarray, seeds: Sequence[int]) -> Scored:
    """Return the scores of confusion matrices (S, N, C, C)."""
    return draws.score(TASK.score, [{"matrices": own} for own in found], seeds)


def two_arms(rng: np.random.Generator, seeds: int, seed_spread: float, image_spread: float, gain: float) -> list:
    """Return two arms whose trainings and test images differ by chance; the second is better by `gain`."""
    images, classes = 40, 3
    hard = rng.normal(0, 1, (1, images, 1))  # images that are hard for both
    return [
        matrices(
            0.6
            + better
            + seed_spread * rng.normal(0, 1, (seeds, 1, classes))
            + image_spread * (hard + 0.5 * rng.normal(0, 1, (1, images, classes)))
            + 0.3 * image_spread * rng.normal(0, 1, (seeds, images, classes))
        )
        for better in (0, gain)
    ]


@pytest.mark.parametrize(
    ("seeds", "seed_spread", "image_spread"), [(5, 0.02, 0.1), (5, 0.04, 0.02), (3, 0.04, 0.02), (3, 0.01, 0.1)]
)
def test_equal_arms_differ_by_nothing_in_95_percent(seeds: int, seed_spread: float, image_spread: float) -> None:
    """Whether trainings differ more than images, or the other way round, with five seeds or three."""
    draws, repeats = Resampling(range(40), 300), 250
    covered = shown = 0
    for repeat in range(repeats):
        one, other = two_arms(np.random.default_rng(repeat), seeds, seed_spread, image_spread, 0)
        found = draws.difference(scored(draws, other, range(seeds)), scored(draws, one, range(seeds)))
        covered += found.low[0] <= 0 <= found.high[0]
        shown += found.p[0] < 0.05
    # 0.95 apart from three standard deviations of so many repeats.
    assert 0.905 <= covered / repeats <= 0.99
    assert 0.01 <= shown / repeats <= 0.095


def test_a_planted_gain_of_three_points_is_found() -> None:
    draws = Resampling(range(40), 300)
    found = 0
    gains = []
    for repeat in range(20):
        one, other = two_arms(np.random.default_rng(repeat), 5, 0.01, 0.1, 0.03)
        truth = (
            metrics.iou(matrices(np.full((1, 1, 3), 0.63)))[0, 0, 0]
            - metrics.iou(matrices(np.full((1, 1, 3), 0.6)))[0, 0, 0]
        )
        estimate = draws.difference(scored(draws, other, range(5)), scored(draws, one, range(5)))
        found += estimate.low[0] > 0
        gains.append(estimate.point[0])
        assert estimate.chance[0] > 0.8
    assert found >= 18
    assert np.mean(gains) == pytest.approx(truth, abs=0.006)


def test_draws_of_images_are_those_of_scipy() -> None:
    """With trainings that are all alike, only images count: then it is scipy's bootstrap of a ratio."""
    rng = np.random.default_rng(0)
    right, wrong = rng.integers(20, 90, 50), rng.integers(5, 60, 50)
    one = np.zeros((3, 50, 2, 2))
    one[:, :, 0, 0], one[:, :, 0, 1] = right, wrong

    def share(a: np.ndarray, b: np.ndarray, axis: int = -1) -> np.ndarray:
        return a.sum(axis) / (a.sum(axis) + b.sum(axis))

    expected = stats.bootstrap(
        (right, wrong), share, paired=True, vectorized=True, method="percentile", rng=rng, n_resamples=20_000
    ).confidence_interval
    draws = Resampling(range(50), 20_000)
    found = draws.level(scored(draws, one, (0, 1, 2)))
    column = TASK.compared.index("global_accuracy")
    # Ours is wider by t with 49 degrees of freedom and the unbiased variance.
    wider = stats.t.isf(0.025, 49) / stats.norm.isf(0.025) * np.sqrt(50 / 49)
    assert found.high[column] - found.low[column] == pytest.approx(wider * (expected.high - expected.low), rel=0.03)
    assert found.point[column] == pytest.approx(right.sum() / (right + wrong).sum())


def test_images_of_a_room_are_drawn_together() -> None:
    """Rooms of images that are all alike tell no more than one image of each."""
    rooms = matrices(0.6 + 0.1 * np.random.default_rng(1).normal(0, 1, (1, 12, 3))).repeat(3, axis=0)
    fourfold, repeated = Resampling([k // 4 for k in range(48)], 4000), rooms.repeat(4, axis=1)
    widths = []
    single, apart = Resampling(range(12), 4000), Resampling(range(48), 4000)
    for draws, found in ((single, rooms), (fourfold, repeated), (apart, repeated)):
        level = draws.level(scored(draws, found, (0, 1, 2)))
        widths.append(level.high[0] - level.low[0])
    assert fourfold.rooms == 12
    assert widths[1] == pytest.approx(widths[0], rel=0.05)
    assert widths[2] < 0.6 * widths[1]


def test_arms_are_paired_by_seed() -> None:
    """What a seed does to both arms is no difference between them."""
    rng = np.random.default_rng(2)
    common = 0.6 + 0.1 * rng.normal(0, 1, (4, 1, 3)) + np.zeros((4, 30, 3))
    draws = Resampling(range(30), 500)
    one, other = scored(draws, matrices(common), (3, 1, 2, 7)), scored(draws, matrices(common + 0.02), (3, 1, 2, 7))
    found = draws.difference(other, one)
    assert found.low[0] > 0
    assert found.high[0] - found.low[0] < 0.01
    assert draws.level(one).high[0] - draws.level(one).low[0] > 0.05
    # Seeds are found by their names, not by their places; those that one arm lacks are left out.
    swapped = scored(draws, matrices(common[[3, 1, 0]] + 0.02), (7, 1, 3))
    assert draws.difference(swapped, one).point[0] == pytest.approx(
        (swapped.by_seed[:, 0] - one.by_seed[[3, 1, 0], 0]).mean()
    )


def test_a_class_that_is_nowhere_has_no_score() -> None:
    found = np.zeros((3, 10, 3, 3))
    found[:, :, 0, 0], found[:, :, 1, 1], found[:, :, 0, 1] = 50, 30, 20
    draws = Resampling(range(10), 200)
    level = draws.level(scored(draws, found, (0, 1, 2)))
    assert np.isnan(level.point[-1])
    assert np.isnan([level.low[-1], level.high[-1]]).all()
    assert level.point[0] == pytest.approx((50 / 70 + 30 / 50) / 2)


def test_two_seeds_are_too_few() -> None:
    draws = Resampling(range(10), 200)
    one = scored(draws, matrices(np.full((2, 10, 3), 0.5)), (0, 1))
    with pytest.raises(ValueError, match="2 seeds in common"):
        draws.level(one)


@pytest.mark.parametrize(
    ("given", "expected"),
    [([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]), ([0.5], [0.5]), ([0.6, 0.6], [1.0, 1.0]), ([], [])],
)
def test_holm_by_hand(given: list[float], expected: list[float]) -> None:
    assert resampling.holm(given) == pytest.approx(expected)


def differences(*points: float, spread: float = 0.0) -> Sequence[Estimate]:
    rng = np.random.default_rng(0)
    found = []
    for point in points:
        draws = point + spread * rng.normal(0, 1, (2000, 1))
        arrays = [np.array([point])] * 5
        found.append(Estimate(*arrays, draws))
    return found


def test_break_even_by_hand() -> None:
    # Halfway between 10 % and 40 % in the logarithm is 20 %.
    assert resampling.break_even([0.1, 0.4], differences(-0.02, 0.02)).point == pytest.approx(0.2)
    assert resampling.break_even([0.4, 0.1, 1.0], differences(0.02, -0.02, 0.03)).point == pytest.approx(0.2)
    # Good at once, never, and only where it stays so.
    assert resampling.break_even([0.1, 1.0], differences(0.01, 0.02)).point == pytest.approx(0.1)
    assert resampling.break_even([0.1, 1.0], differences(-0.03, -0.01)).point is None
    assert resampling.break_even([0.1, 0.3, 1.0], differences(0.01, -0.05, -0.03)).point is None
    assert resampling.break_even([0.05, 0.1, 0.4], differences(0.01, -0.02, 0.02)).point == pytest.approx(0.2)
    found = resampling.break_even([0.1, 0.4], differences(-0.02, 0.02, spread=0.004))
    assert found.low is not None
    assert found.high is not None
    assert 0.1 < found.low < 0.2 < found.high < 0.4
