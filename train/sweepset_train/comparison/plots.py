"""Plots of a comparison: scores by share of the real images, and differences."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from sweepset import files, png

from . import texts
from .plan import MIXED, PRETRAINED, REAL, SYNTHETIC, TWICE
from .resampling import Estimate
from .results import Outcome

COLORS = {REAL: "#4c72b0", TWICE: "#8c9fc5", MIXED: "#dd8452", PRETRAINED: "#55a868", SYNTHETIC: "#8172b3"}


def draw_scores(path: Path, outcome: Outcome) -> None:
    """Write the headline score of each arm by share of the real images: a dot a seed, means with intervals."""
    cells = outcome.found.cells
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    fractions = sorted({fraction for _, fraction in cells if fraction is not None})
    arms = list(dict.fromkeys(arm for arm, _ in cells))
    for number, arm in enumerate(arms):
        color = COLORS.get(arm) or f"C{number}"
        own = sorted((f, cell) for (name, f), cell in cells.items() if name == arm and f is not None)
        if not own:
            values = 100 * cells[arm, None].scored.by_seed[:, 0]
            axes.axhspan(values.min(), values.max(), color=color, alpha=0.2, label=arm)
            continue
        shift = 1.03 ** (number - len(arms) / 2)
        places = [100 * f * shift for f, _ in own]
        means = [100 * cell.scored.by_seed[:, 0].mean() for _, cell in own]
        spans = np.array([_span(cell.level) for _, cell in own]).T
        axes.errorbar(places, means, spans, color=color, capsize=3, marker="_", label=arm)
        for place, (_, cell) in zip(places, own, strict=True):
            values = 100 * cell.scored.by_seed[:, 0]
            axes.plot(np.full(len(values), place), values, ".", color=color, alpha=0.5)
    axes.set_xscale("log")
    axes.set_xticks([100 * f for f in fractions], [f"{f:.0%}" for f in fractions])
    axes.minorticks_off()
    axes.set_xlabel("share of the real images")
    axes.set_ylabel(f"{_title(outcome)}, hundredths")
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right upper")
    with files.replacing(path, png.check) as temporary:
        figure.savefig(temporary, dpi=110)


def draw_differences(path: Path, outcome: Outcome) -> None:
    """Write the planned differences in the headline score with their intervals."""
    rows = outcome.found.differences
    if not rows:
        return
    with matplotlib.rc_context({"font.size": 9}):
        figure = Figure(figsize=(7, 0.8 + 0.32 * len(rows)), layout="constrained")
        axes = figure.subplots()
        for place, difference in enumerate(rows):
            point = 100 * difference.estimate.point[0]
            color = COLORS.get(difference.contrast.arm, "black")
            span = np.array([_span(difference.estimate)]).T
            axes.errorbar([point], [place], xerr=span, color=color, marker="o", capsize=3)
        labels = [f"{d.contrast.arm} - {d.contrast.other}, {texts.share(d.contrast.fraction)}" for d in rows]
        axes.set_yticks(range(len(rows)), labels)
        axes.invert_yaxis()
        axes.axvline(0, color="black", linewidth=0.8)
        axes.set_xlabel(f"difference in {_title(outcome)}, points, with 95 % intervals")
        axes.grid(alpha=0.3, axis="x")
        with files.replacing(path, png.check) as temporary:
            figure.savefig(temporary, dpi=110)


def _title(outcome: Outcome) -> str:
    return outcome.found.task.titles[outcome.found.task.headline]


def _span(estimate: Estimate | None) -> tuple[float, float]:
    """Return how far an interval of the first score reaches down and up, in hundredths."""
    if estimate is None:
        return 0.0, 0.0
    point = estimate.point[0]
    return max(0.0, 100 * (point - estimate.low[0])), max(0.0, 100 * (estimate.high[0] - point))
