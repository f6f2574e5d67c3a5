"""Soft edges: how much of each pixel is foreground, and the colour that it has there."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

BAND = 0.004
"""How far from the mask's edge pixels may be mixed, as a share of the image's diagonal."""
ISLAND = 0.02
"""The least area of a piece beside the largest one, as a share of that: a smaller one is left out."""
COLORS = (45, 4)
"""How far around a soft pixel the colours of its foreground are looked for, in pixels: first far, then near."""
FLATNESS = 1e-4
"""Squared contrast, of colours in 0..1, below which the filter takes a neighbourhood for flat."""


def soften(image: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the alpha (H, W) float32 of a photo (H, W, 3) uint8, from shares (H, W) that are decided at 0.5.

    Alpha follows the photo's own edges in a band around the mask's: a guided filter, with the photo's colours as guide
    (K. He, J. Sun, X. Tang, "Guided Image Filtering", TPAMI 2013). Outside the band it is 0 or 1. Loose islands are
    left out.
    """
    found = _without_islands(shares >= 0.5)
    reach = max(3, round(BAND * float(np.hypot(*found.shape))))
    alpha = found.astype(np.float32)
    near = ndimage.binary_dilation(found, iterations=reach) & ~ndimage.binary_erosion(found, iterations=reach)
    if not near.any():
        return alpha
    around = _box(near, 3 * reach)
    filtered = _guided(image[around].astype(np.float32) / 255, shares[around].astype(np.float32), reach)
    # A filter of means neither reaches 0 nor 1: the outer tenths are cut off.
    filtered = np.clip((filtered - 0.1) / 0.8, 0, 1)
    alpha[around] = np.where(near[around], filtered, alpha[around])
    return alpha


def _without_islands(found: np.ndarray) -> np.ndarray:
    """Return a mask (H, W) bool without pieces that are small beside its largest one."""
    pieces, count = ndimage.label(found)
    if count < 2:
        return found
    areas = np.bincount(pieces.ravel())
    areas[0] = 0
    return np.asarray((areas >= ISLAND * areas.max())[pieces] & found)


def foreground_colors(image: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Return the colours of the foreground (H, W, 3) uint8, without what shines through at its soft edges.

    M. Forte, "Approximate Fast Foreground Colour Estimation", ICIP 2021: the colours around a pixel, weighted by alpha,
    then moved so that foreground and background together give the photo again.
    """
    soft = (alpha > 0) & (alpha < 1)
    if not soft.any():
        return image
    around = _box(soft, 4 * COLORS[0])
    photo, share = image[around].astype(np.float32), alpha[around][..., None].astype(np.float32)
    front, behind = photo, photo
    for reach in COLORS:
        front, behind = (_weighted(one, own, reach) for one, own in ((front, share), (behind, 1 - share)))
        front = np.clip(front + share * (photo - share * front - (1 - share) * behind), 0, 255)
    clean = np.array(image)
    clean[around][soft[around]] = np.rint(front).astype(np.uint8)[soft[around]]
    return clean


def _weighted(colors: np.ndarray, weights: np.ndarray, reach: int) -> np.ndarray:
    """Return the mean of colours (H, W, 3) around each pixel, by weights (H, W, 1)."""
    size = (2 * reach + 1, 2 * reach + 1, 1)
    total = ndimage.uniform_filter(weights, size, mode="nearest")
    return np.asarray(ndimage.uniform_filter(colors * weights, size, mode="nearest") / np.maximum(total, 1e-4))


def _box(inside: np.ndarray, margin: int) -> tuple[slice, slice]:
    """Return the rows and columns of what is inside, with a margin."""
    places = [np.flatnonzero(inside.any(axis)) for axis in (1, 0)]
    rows, columns = (slice(max(0, int(own[0]) - margin), int(own[-1]) + margin + 1) for own in places)
    return rows, columns


def _guided(guide: np.ndarray, values: np.ndarray, reach: int) -> np.ndarray:
    """Return values (H, W) filtered by a guide (H, W, 3) in 0..1: in each window a linear function of its colours."""

    def mean(planes: np.ndarray) -> np.ndarray:
        size = (2 * reach + 1, 2 * reach + 1, *[1] * (planes.ndim - 2))
        return np.asarray(ndimage.uniform_filter(planes, size, mode="nearest"))

    center, middle = mean(guide), mean(values)
    together = mean(guide * values[..., None]) - center * middle[..., None]
    pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
    a, b, c, d, e, f = (
        mean(guide[..., i] * guide[..., j]) - center[..., i] * center[..., j] + FLATNESS * (i == j) for i, j in pairs
    )
    # The inverse of the symmetric matrix of covariances, written out: far faster than a solver for each pixel.
    inverse = (d * f - e * e, c * e - b * f, b * e - c * d, a * f - c * c, b * c - a * e, a * d - b * b)
    whole = a * inverse[0] + b * inverse[1] + c * inverse[2]
    x, y, z = (together[..., k] for k in range(3))
    slopes = [
        (inverse[0] * x + inverse[1] * y + inverse[2] * z) / whole,
        (inverse[1] * x + inverse[3] * y + inverse[4] * z) / whole,
        (inverse[2] * x + inverse[4] * y + inverse[5] * z) / whole,
    ]
    offset = middle - sum(slope * center[..., k] for k, slope in enumerate(slopes))
    return np.asarray(sum(mean(slope) * guide[..., k] for k, slope in enumerate(slopes)) + mean(offset))
