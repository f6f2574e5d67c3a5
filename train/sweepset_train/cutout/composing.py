"""A thing on another background, with the shadow that it throws on the floor below it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageColor, ImageOps
from scipy import ndimage, signal

from sweepset.errors import SweepsetError
from sweepset.host.pictures import read_image

DARKEST = 0.8
"""How much light the shadow takes where the thing touches the floor."""
SHADOW_SIDE = 600
"""The longer side, in pixels, at which shadows are computed at least."""
CLEARANCE = 0.12
"""How far above the floor a thing is at its ends, as a car's bumpers are, as a share of its height."""
SOFTNESS = 0.012
"""The blur of the shadow near the thing, as a share of the thing's width; farther off it is four times this."""


def read_background(text: str) -> np.ndarray:
    """Return a background: a colour as (1, 1, 3) uint8, such as `white` or `#8090a0`, or a picture as (H, W, 3).

    Raise SweepsetError if the text is neither.
    """
    path = Path(text).expanduser()
    if path.is_file():
        return read_image(path)
    try:
        return np.array(ImageColor.getrgb(text)[:3], np.uint8).reshape(1, 1, 3)
    except ValueError:
        raise SweepsetError(
            f"--background {text!r} is neither a file nor a colour: give a picture, or one such as white or #8090a0"
        ) from None


def fit(background: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return a background at a size: a picture fills it, and what exceeds it is cut off evenly."""
    if background.shape[:2] == (1, 1):
        return np.broadcast_to(background, (height, width, 3)).copy()
    return np.asarray(ImageOps.fit(Image.fromarray(background), (width, height), Image.Resampling.LANCZOS))


def shadow(alpha: np.ndarray) -> np.ndarray:
    """Return how much light a thing (H, W) takes from the floor, 0 to 1, (H, W) float32.

    A contact shadow, as soft light from above makes it: below each column's lowest part, where this is near the floor.
    The floor goes through what stands on it, so that a thing that is seen at an angle keeps its wheels there. The
    shadow is sharpest and darkest where it touches.
    """
    found = alpha >= 0.5
    columns = np.flatnonzero(found.any(0))
    taken = np.zeros(alpha.shape, np.float32)
    if not len(columns):
        return taken
    height = len(alpha)
    bottoms = height - 1 - found[::-1, columns].argmax(0)
    span, tall = len(columns), int(np.ptp(np.flatnonzero(found.any(1)))) + 1
    floor = _floor(columns, bottoms, tall)
    above = np.clip(floor - bottoms, 0, None)
    # A car's sill, a quarter of its height above the floor, still keeps much of the light from it.
    strength = np.clip(1 - above / tall, 0, 1) ** 2
    rows = np.arange(height)[:, None]
    deep = max(2.0, 0.05 * tall)
    below = rows - floor[None]
    own = strength * np.where(below < 0, np.clip(1 + below / (2 * deep), 0, 1), np.clip(1 - below / deep, 0, 1))
    taken[:, columns] = own
    near, far = (ndimage.gaussian_filter(taken, max(1.0, k * SOFTNESS * span)) for k in (1, 4))
    return np.asarray(DARKEST * np.clip(0.65 * near + 0.35 * far, 0, 1), np.float32)


def compose(colors: np.ndarray, alpha: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Return a thing, colours (H, W, 3) uint8 and alpha (H, W), on a background (H, W, 3) uint8 with its shadow."""
    lit = background * (1 - _large_shadow(alpha))[..., None]
    mixed = colors * alpha[..., None] + lit * (1 - alpha[..., None])
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def _large_shadow(alpha: np.ndarray) -> np.ndarray:
    """Return the shadow of a large picture from a small one: it is soft, and large blurs take long."""
    step = max(1, max(alpha.shape) // SHADOW_SIDE)
    taken = shadow(alpha[::step, ::step])
    if step == 1:
        return taken
    return np.asarray(Image.fromarray(taken).resize(alpha.shape[::-1], Image.Resampling.BILINEAR))


def _floor(columns: np.ndarray, bottoms: np.ndarray, tall: int) -> np.ndarray:
    """Return the row of the floor below each column, from the lowest parts (N,) of a thing's columns.

    It goes through what stands on it, as wheels do: parts that are lower than those on both sides, and of these the
    lower hull. At its ends the thing is CLEARANCE above the floor, which does not sink there.
    """
    smooth = ndimage.maximum_filter1d(bottoms, max(1, len(columns) // 100))
    standing, _ = signal.find_peaks(smooth, prominence=0.03 * tall)
    standing = np.union1d(standing, bottoms.argmax())
    ends = max(1, len(columns) // 25)
    left, right = (own.max() + CLEARANCE * tall for own in (bottoms[:ends], bottoms[-ends:]))
    places = [0, *standing, len(columns) - 1]
    rows = [min(left, smooth[standing[0]]), *smooth[standing], min(right, smooth[standing[-1]])]
    hull: list[tuple[float, float]] = []
    for x, y in zip(places, rows, strict=True):
        while len(hull) > 1 and _above(hull[-2], hull[-1], (x, y)):
            hull.pop()
        hull.append((float(x), float(y)))
    across, down = np.array(hull).T
    return np.asarray(np.interp(np.arange(len(columns)), across, down))


def _above(one: tuple[float, float], middle: tuple[float, float], other: tuple[float, float]) -> bool:
    """Tell whether a point is on the line between two others, or above it: rows count downwards."""
    return (middle[1] - one[1]) * (other[0] - one[0]) <= (other[1] - one[1]) * (middle[0] - one[0])
