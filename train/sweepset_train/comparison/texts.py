"""Scores, intervals and shares as text."""

from __future__ import annotations

import math

import numpy as np

from .resampling import Estimate


def interval(estimate: Estimate, column: int, flip: bool = False) -> str:
    ends = [100 * estimate.low[column], 100 * estimate.high[column]]
    low, high = [-end for end in reversed(ends)] if flip else ends
    return f"[{low:.1f}, {high:.1f}]"


def spread(values: np.ndarray) -> str:
    if len(values) == 1:
        return points(values[0])
    return f"{points(values.mean())} ± {points(values.std(ddof=1))}"


def points(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.1f}"


def share(fraction: float | None) -> str:
    """Return a share of the real images as a text; renders alone are on none."""
    return "0%" if fraction is None else f"{100 * fraction:.4g}%"


def p_value(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
