"""The difference between two ways of training, and its uncertainty: test images and seeds are resampled.

Scores of a way to train depend on which images it is tested on and on the seeds it was trained with. Both are drawn
again, with replacement, many times (B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", 1993): images room
by room, as those of one room are alike, and seeds across them, the same draws for all ways, so that common effects
of two of them cancel in their difference.

Seeds are few, and a plain bootstrap makes intervals of few too short (T. Hesterberg, "What Teachers Should Know About
the Bootstrap", The American Statistician 69, 2015). Deviations of the draws are therefore stretched, so that their
variance is the unbiased one and their 95 % those of Student's t, with as many degrees of freedom as seeds and rooms
together leave (F. E. Satterthwaite, Biometrics Bulletin 2, 1946).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from ..averages import divide, mean
from ..task import Tallies
from . import LEAST

DRAWS = 10_000
LEVEL = 0.95
"""Of the intervals."""
CHUNK = 500
"""Draws that are scored at a time."""

Score = Callable[[Tallies, np.ndarray | None], np.ndarray]
"""From tallies of N images, and how often each of K draws has each image (K, N), to scores (M,) or (K, M)."""


@dataclass(frozen=True)
class Scored:
    """The scores (M,) of one way to train, by seed and by draw; NaN if a draw has no score for a class."""

    seeds: tuple[int, ...]
    by_seed: np.ndarray
    """(S, M), on all images."""
    drawn: np.ndarray
    """(K, S, M), on the images of each draw."""


@dataclass(frozen=True)
class Estimate:
    """A score or a difference of scores, each array (M,), with its interval."""

    point: np.ndarray
    low: np.ndarray
    high: np.ndarray
    chance: np.ndarray
    """The share of draws above 0."""
    p: np.ndarray
    """Of the hypothesis that it is 0, two-sided."""
    draws: np.ndarray
    """(K, M), stretched as the interval is."""


class Resampling:
    """Draws of test images and of seeds, the same for all arms."""

    def __init__(self, rooms: Sequence[Hashable], draws: int = DRAWS, seed: int = 0) -> None:
        """Take the room of each test image; images of one room are drawn together."""
        _, room = np.unique([str(name) for name in rooms], return_inverse=True)
        self.rooms, self._draws, self._seed = int(room.max()) + 1, draws, seed
        rng = np.random.default_rng(seed)
        times = rng.multinomial(self.rooms, np.full(self.rooms, 1 / self.rooms), draws)
        self._images = times[:, room].astype(np.float64)

    def score(self, score: Score, tallies: Sequence[Tallies], seeds: Sequence[int]) -> Scored:
        """Score one way to train from the tallies of the test images, by seed; `score` is a task's."""
        drawn = [
            np.stack([score(own, self._images[start : start + CHUNK]) for own in tallies], 1)
            for start in range(0, self._draws, CHUNK)
        ]
        return Scored(tuple(seeds), np.stack([score(own, None) for own in tallies]), np.concatenate(drawn))

    def difference(self, one: Scored, other: Scored) -> Estimate:
        """Return the paired difference of `one` from `other` over shared seeds."""
        common = [seed for seed in one.seeds if seed in other.seeds]
        a, b = ([scored.seeds.index(seed) for seed in common] for scored in (one, other))
        by_seed = one.by_seed[a] - other.by_seed[b]
        return self._estimate(by_seed, one.drawn[:, a] - other.drawn[:, b], common)

    def level(self, one: Scored) -> Estimate:
        """Return the scores of one way to train."""
        return self._estimate(one.by_seed, one.drawn, one.seeds)

    def _seeds(self, seeds: Sequence[int]) -> np.ndarray:
        """Return how often each of some seeds is drawn, (K, S), as shares; the same for the same seeds."""
        rng = np.random.default_rng([self._seed, 1, *seeds])
        return rng.multinomial(len(seeds), np.full(len(seeds), 1 / len(seeds)), self._draws) / len(seeds)

    def _estimate(self, by_seed: np.ndarray, drawn: np.ndarray, seeds: Sequence[int]) -> Estimate:
        if len(seeds) < LEAST:
            raise ValueError(f"{len(seeds)} seeds in common: their spread takes {LEAST} or more")
        shares, known = self._seeds(seeds), ~np.isnan(drawn)
        filled = np.where(known, drawn, 0)
        crossed = divide(np.einsum("ks,ksm->km", shares, filled), np.einsum("ks,ksm->km", shares, known))
        by_images = divide(filled.sum(1), known.sum(1))
        point = mean(by_seed.T)
        of_seeds = _variance(by_seed) / len(seeds)
        of_images = _variance(by_images) * self.rooms / max(1, self.rooms - 1)
        variance = of_seeds + of_images
        parts = of_seeds**2 / (len(seeds) - 1) + of_images**2 / max(1, self.rooms - 1)
        freedom = divide(variance**2, parts)
        tail = (1 - LEVEL) / 2
        wider = stats.t.isf(tail, freedom) / stats.norm.isf(tail)
        stretch = wider * np.sqrt(divide(variance, _variance(crossed)))
        draws = point + np.where(variance > 0, stretch, 0) * (crossed - mean(crossed.T))
        low, high = (_quantile(draws, share) for share in (tail, 1 - tail))
        p = 2 * stats.t.sf(np.abs(divide(point, np.sqrt(variance))), freedom)
        above = np.where(np.isnan(draws), np.nan, draws > 0)
        return Estimate(point, low, high, mean(above.T), np.where(variance > 0, p, point == 0), draws)


def holm(p: Sequence[float]) -> list[float]:
    """Return p-values corrected for how many there are (S. Holm, Scandinavian Journal of Statistics 6, 1979)."""
    corrected, least = [0.0] * len(p), 0.0
    for rank, place in enumerate(sorted(range(len(p)), key=lambda k: p[k])):
        least = max(least, min(1.0, (len(p) - rank) * p[place]))
        corrected[place] = least
    return corrected


@dataclass(frozen=True)
class BreakEven:
    """The least share of the real images that is as good as all of them.

    None stands for more than the largest share that was tried; the smallest stands for itself and less.
    """

    point: float | None
    low: float | None
    high: float | None


def break_even(shares: Sequence[float], differences: Sequence[Estimate]) -> BreakEven:
    """Return the share from which on the first score of `differences` is 0 or more; each is at a share of real images.

    Between two shares it is taken to be straight in the logarithm of the share.
    """
    order = np.argsort(shares)
    places = np.log(np.asarray(shares, float)[order])
    crossing = _crossings(places, np.stack([differences[k].draws[:, 0] for k in order], 1))
    point = _crossings(places, np.array([[differences[k].point[0] for k in order]]))[0]
    tail = (1 - LEVEL) / 2
    low, high = (np.quantile(crossing, share, method="inverted_cdf") for share in (tail, 1 - tail))
    return BreakEven(*(float(np.exp(place)) if np.isfinite(place) else None for place in (point, low, high)))


def _crossings(places: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the place from which on each row of values (K, F) is 0 or more, (K,); infinity if its last is below."""
    found = np.full(len(values), np.inf)
    stays = np.ones(len(values), bool)
    for k in range(len(places) - 1, -1, -1):
        stays &= values[:, k] >= 0
        if k == 0:
            found[stays] = places[0]
        else:
            before, after = values[:, k - 1], values[:, k]
            between = stays & (before < 0)
            part = np.divide(before, before - after, out=np.zeros_like(before), where=between)
            found = np.where(between, places[k - 1] + part * (places[k] - places[k - 1]), found)
    return found


def _variance(values: np.ndarray) -> np.ndarray:
    """Return the unbiased variance over the first axis, of values that are not NaN."""
    known = ~np.isnan(values)
    apart = np.where(known, values - mean(values.T), 0)
    return divide((apart**2).sum(0), np.maximum(known.sum(0) - 1, 0))


def _quantile(values: np.ndarray, share: float) -> np.ndarray:
    """Return a quantile over the first axis, of values that are not NaN; NaN if all are."""
    empty = np.isnan(values).all(0)
    found: np.ndarray = np.nanquantile(np.where(empty, 0, values), share, axis=0)
    return np.where(empty, np.nan, found)
