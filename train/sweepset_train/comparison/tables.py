"""Tables of a comparison: arms, differences, break-even shares, classes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from sweepset.host.page import Section, Table

from ..averages import mean
from . import texts
from .plan import REAL, TWICE
from .results import Answers, Outcome, real_images, renders


def arms(outcome: Outcome, answers: Answers) -> Table:
    """Return the scores of each arm on each share of the real images."""
    task = answers.task
    rows = []
    for (arm, _), cell in answers.ordered():
        scores = [*cell.scored.by_seed.T[: len(task.compared)], *(cell.extra(task, extra) for extra in task.extras)]
        counts = real_images(outcome.folder, cell), renders(outcome.folder, cell)
        steps = cell.trials[0].experiment.trainer.max_steps
        rows.append([arm, *(f"{n:,}" for n in (*counts, steps)), str(len(cell.trials)), *map(texts.spread, scores)])
    titles = [*(task.titles[name] for name in task.compared), *(extra.title for extra in task.extras)]
    return Table(["arm", "real", "renders", "steps", "seeds", *titles], rows)


def differences(answers: Answers) -> Table:
    """Return the planned differences with their intervals."""
    compared = answers.task.compared
    rows = []
    for difference in answers.differences:
        contrast, estimate = difference.contrast, difference.estimate
        values = [f"{100 * estimate.point[k]:+.1f} {texts.interval(estimate, k)}" for k in range(len(compared))]
        pair = f"{contrast.arm} - {contrast.other}"
        percent = 100 * estimate.chance[0]
        chance = "> 99.9 %" if percent > 99.9 else "< 0.1 %" if percent < 0.1 else f"{percent:.1f} %"
        share = texts.share(contrast.fraction)
        rows.append([pair, share, str(difference.seeds), *values, chance, texts.p_value(difference.corrected)])
    titles = [answers.task.titles[name] for name in compared]
    return Table(["difference", "of the real images", "seeds", *titles, "chance of improvement", "p"], rows)


def break_evens(outcome: Outcome) -> Table:
    """Return the share of the real images that, with renders, is as good as all of them without."""
    rows = []
    cells = outcome.found.cells
    for arm, found in outcome.found.break_even.items():
        least = min(fraction for name, fraction in cells if name == arm and fraction is not None)
        point, *ends = [
            "more than all" if share is None else f"{share:.0%}" + " or less" * math.isclose(share, least)
            for share in (found.point, found.low, found.high)
        ]
        everything = found.high is None and found.low is not None and math.isclose(found.low, least)
        rows.append([arm, point, "not determined" if everything else " to ".join(ends)])
    return Table(["arm", "break-even", "95 % interval"], rows)


def classes(outcome: Outcome) -> Iterator[Section]:
    """Go over the classes of the differences with real images alone."""
    task = outcome.found.task
    first, title = len(task.compared), next(iter(task.class_titles.values()))
    names = [category.name for category in outcome.parts.taxonomy]
    for difference in outcome.found.differences:
        contrast, estimate = difference.contrast, difference.estimate
        if contrast.other != REAL or contrast.arm == TWICE:
            continue
        own, base = outcome.found.cells_of(contrast)
        rows = []
        for k in np.argsort(-np.nan_to_num(estimate.point[first:]), kind="stable"):
            column = first + int(k)
            levels = [texts.points(float(mean(cell.scored.by_seed[:, column]))) for cell in (base, own)]
            point = estimate.point[column]
            change = "-" if math.isnan(point) else f"{100 * point:+.1f} {texts.interval(estimate, column)}"
            rows.append([names[k], *levels, change])
        yield Section(
            f"Classes: {contrast.arm} against {contrast.other} on {texts.share(contrast.fraction)} of the real images",
            f"{title} in hundredths, the class that gained most first.",
            table=Table(["class", contrast.other, contrast.arm, "difference"], rows),
        )
