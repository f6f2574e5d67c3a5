"""A thing on another background, with the shadow that it throws on the floor below it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageColor, ImageOps
from scipy import ndimage

from sweepset.errors import SweepsetError
from sweepset.host.pictures import read_image

DARKEST = 0.8
"""How much light the shadow takes where the thing touches the floor."""
SHADOW_SIDE = 600
"""The longer side, in pixels, at which shadows are computed at least."""
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
    The floor is the line through the lowest parts of both halves, so that a thing that is seen at an angle keeps its
    wheels on it. The shadow is sharpest and darkest where it touches.
    """
    found = alpha >= 0.5
    columns = np.flatnonzero(found.any(0))
    taken = np.zeros(alpha.shape, np.float32)
    if not len(columns):
        return taken
    height = len(alpha)
    bottoms = height - 1 - found[::-1, columns].argmax(0)
    floor = _floor(columns, bottoms)
    span, tall = len(columns), np.ptp(np.flatnonzero(found.any(1))) + 1
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


def _floor(columns: np.ndarray, bottoms: np.ndarray) -> np.ndarray:
    """Return the row of the floor below each column: through the lowest parts of the left and of the right half."""
    middle = (columns[0] + columns[-1]) / 2
    lowest = []
    for half in (columns <= middle, columns > middle):
        if half.any():
            places = np.flatnonzero(half)
            best = places[bottoms[places].argmax()]
            lowest.append((columns[best], bottoms[best]))
    if len(lowest) < 2 or lowest[0][0] == lowest[1][0]:
        return np.full(len(columns), float(bottoms.max()))
    (x0, y0), (x1, y1) = lowest
    slope = np.clip((y1 - y0) / (x1 - x0), -0.35, 0.35)
    return np.asarray(np.clip(y0 + slope * (columns - x0), min(y0, y1), max(y0, y1)))
