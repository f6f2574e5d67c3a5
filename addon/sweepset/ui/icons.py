"""Swatches: icons of one colour, for lists of categories."""

from __future__ import annotations

import bpy.utils.previews
import numpy as np

SIZE = 32
"""Edge of a swatch in pixels."""
BORDER = 4
"""Pixels left clear around it, so that swatches in a list stand apart."""

_swatches: bpy.utils.previews.ImagePreviewCollection | None = None


def swatch(color: tuple[int, int, int]) -> int:
    """Return the icon value of a swatch; `color` is 8-bit sRGB. 0, for no icon, if the add-on isn't registered."""
    if _swatches is None:
        return 0
    name = "{:02x}{:02x}{:02x}".format(*color)
    if name not in _swatches:
        pixels = np.zeros((SIZE, SIZE, 4), np.float32)
        pixels[BORDER:-BORDER, BORDER:-BORDER] = (*(np.array(color, np.float32) / 255), 1.0)
        preview = _swatches.new(name)
        preview.icon_size = preview.image_size = (SIZE, SIZE)
        preview.icon_pixels_float = preview.image_pixels_float = pixels.ravel()  # type: ignore[assignment]
    return _swatches[name].icon_id


def register() -> None:
    """Make room for swatches."""
    global _swatches
    _swatches = bpy.utils.previews.new()


def unregister() -> None:
    """Free the swatches."""
    global _swatches
    bpy.utils.previews.remove(_swatches)
    _swatches = None
