"""Sheets of pictures, and curves of metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageDraw

from sweepset import files, png

GAP, LINE = 4, 14
"""Pixels between pictures; of a line of text."""


def draw_rows(path: Path, rows: Sequence[Sequence[np.ndarray]], texts: Sequence[str]) -> None:
    """Write rows of pictures (H, W, 3) uint8, all of one size, each with a text above it."""
    height, width = rows[0][0].shape[:2]
    size = (max(map(len, rows)) * (width + GAP) - GAP, len(rows) * (LINE + height + GAP) - GAP)
    sheet = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    for number, (row, text) in enumerate(zip(rows, texts, strict=True)):
        top = number * (LINE + height + GAP)
        draw.text((2, top + 1), text, fill="black")
        for column, picture in enumerate(row):
            sheet.paste(Image.fromarray(picture), (column * (width + GAP), top + LINE))
    with files.replacing(path, png.check) as temporary:
        sheet.save(temporary)


def draw_curves(path: Path, metrics: Mapping[str, Sequence[tuple[int, float]]], groups: Mapping[str, str]) -> None:
    """Write metrics by step, one plot for each name in `groups` that was logged, titled by its value."""
    shown = [(name, title) for name, title in groups.items() if metrics.get(name)]
    if not shown:
        return
    with matplotlib.rc_context({"font.size": 9}):
        figure = Figure(figsize=(4 * len(shown), 3), layout="constrained")
        for axes, (name, title) in zip(np.ravel(figure.subplots(1, len(shown))), shown, strict=True):
            steps, values = zip(*metrics[name], strict=True)
            axes.plot(steps, values, marker="." if len(steps) < 30 else None)
            axes.set_title(title)
            axes.set_xlabel("step")
            axes.grid(alpha=0.3)
        with files.replacing(path, png.check) as temporary:
            figure.savefig(temporary, dpi=100)
