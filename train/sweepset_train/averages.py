"""Division and means where some values are unknown (NaN): such a value has no part in a mean."""

from __future__ import annotations

import numpy as np


def divide(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divide, with NaN where `whole` is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, np.float64), np.asarray(whole, np.float64))
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


def mean(values: np.ndarray) -> np.ndarray:
    """Return the mean over the last axis of the values that are not NaN; NaN if all are."""
    known = ~np.isnan(values)
    return divide(np.where(known, values, 0).sum(-1), known.sum(-1))
