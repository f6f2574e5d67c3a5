"""Which images each step trains on, as a function of seed and step alone, so that a run can resume at any step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from sweepset.errors import SweepsetError

REAL, SYNTHETIC = 0, 1
"""Domains, in this order wherever there are both."""


@dataclass(frozen=True)
class Mix:
    """Batches with a fixed share of synthetic images among real ones.

    Each domain goes round by itself: all its images once in a new order, then again, however batches fall. Where the
    share of a batch is no whole number, batches alternate between the two next to it, so that it holds over the run.
    """

    real: int
    """How many real images there are; 0 if only synthetic ones are trained on."""
    synthetic: int
    batch: int
    share: float
    """The synthetic images' share of each batch, 0 to 1."""
    seed: int

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise SweepsetError(f"seed {self.seed}: a seed is 0 or more")
        if self.batch < 1:
            raise SweepsetError(f"batch {self.batch}: a batch has 1 or more images")
        if not 0 <= self.share <= 1:
            raise SweepsetError(f"synthetic share {self.share}: a share is from 0 to 1")
        for name, count, share in (("real", self.real, 1 - self.share), ("synthetic", self.synthetic, self.share)):
            if share and not count:
                raise SweepsetError(f"synthetic share {self.share} needs {name} images, and there are none: add some")

    def at(self, step: int) -> list[tuple[int, int]]:
        """Return the batch of a step, from 0: pairs of domain (REAL or SYNTHETIC) and index in it, real ones first."""
        drawn = [self._drawn(step), self._drawn(step + 1)]
        return [
            (domain, self._index(domain, position))
            for domain in (REAL, SYNTHETIC)
            for position in range(drawn[0][domain], drawn[1][domain])
        ]

    def steps(self, start: int = 0) -> Iterator[list[tuple[int, int]]]:
        """Go over the batches from a step on, without end."""
        step = start
        while True:
            yield self.at(step)
            step += 1

    def _drawn(self, steps: int) -> tuple[int, int]:
        """Return how many images of each domain the first `steps` batches have together."""
        total = steps * self.batch
        synthetic = int(total * Fraction(self.share).limit_denominator(10**6))
        return total - synthetic, synthetic

    def _index(self, domain: int, position: int) -> int:
        count = (self.real, self.synthetic)[domain]
        return int(_order(self.seed, domain, position // count, count)[position % count])


@lru_cache(maxsize=8)
def _order(seed: int, domain: int, round_: int, count: int) -> np.ndarray:
    return np.random.default_rng((seed, domain, round_)).permutation(count)
