"""Limits beyond which a frame or a dataset is reported."""

from __future__ import annotations

from sweepset import dataset

BLACK, DIM, WHITE = 6.0, 38, dataset.WHITE
"""An image is black if its mean 8-bit value is below the first, and its brightest part below the second: a small lit
thing on black is none. The third is the value from which a pixel is blown out."""
BLOCKED = 500
"""Median depth in millimetres below which a view is blocked."""
BLOWN_SHARE = 0.4
UNLABELLED_SHARE = 0.05
"""Shares of pixels above which an image counts as blown out, and a dataset as poorly labelled."""
