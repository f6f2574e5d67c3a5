"""sRGB's curve and Rec. 709's luminance (numpy only)."""

from __future__ import annotations

import numpy as np

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
"""Weights of linear red, green, blue: Rec. ITU-R BT.709."""


def encode_srgb(linear: np.ndarray) -> np.ndarray:
    """Return linear light from 0 to 1 as sRGB values from 0 to 1."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def decode_srgb(values: np.ndarray) -> np.ndarray:
    """Return sRGB values from 0 to 1 as linear light from 0 to 1."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
