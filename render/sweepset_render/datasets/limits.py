"""Limits beyond which a frame or a dataset is reported."""

from __future__ import annotations

from sweepset import dataset

BLACK, WHITE = 6.0, dataset.WHITE
"""Mean 8-bit value below which an image is black; value from which a pixel is blown out."""
BLOCKED = 500
"""Median depth in millimetres below which a view is blocked."""
BLOWN_SHARE = 0.4
UNLABELLED_SHARE = 0.05
"""Shares of pixels above which an image counts as blown out, and a dataset as poorly labelled."""
