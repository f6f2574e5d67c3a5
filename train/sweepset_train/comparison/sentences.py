"""The findings of a comparison and their limits, in words."""

from __future__ import annotations

from collections.abc import Iterator

from . import plan as comparisons
from . import texts
from .plan import MIXED, PRETRAINED, REAL, SYNTHETIC, TWICE
from .results import FEWEST, Difference, Key, Outcome, real_images, renders


def headlines(outcome: Outcome) -> list[str]:
    """Return what was found, a sentence for each arm on each share of the real images.

    It is about the difference from photos alone if that was asked for, else about the first difference that was.
    """
    chosen: dict[Key, Difference] = {}
    for difference in outcome.found.differences:
        contrast = difference.contrast
        key = contrast.arm, contrast.fraction
        if contrast.arm != TWICE and (key not in chosen or contrast.other == REAL):
            chosen[key] = difference
    return [_sentence(outcome, difference) for difference in chosen.values()]


def _sentence(outcome: Outcome, difference: Difference) -> str:
    contrast, estimate = difference.contrast, difference.estimate
    own, base = outcome.found.cells_of(contrast)
    photos, made = real_images(outcome.folder, base), renders(outcome.folder, own)
    low, high = estimate.low[0], estimate.high[0]
    title = _title(outcome)
    by = f"{100 * abs(estimate.point[0]):.1f} points {texts.interval(estimate, 0, flip=estimate.point[0] < 0)}"
    levels = f"from {texts.points(base.scored.by_seed[:, 0].mean())} to {texts.points(own.scored.by_seed[:, 0].mean())}"
    like = comparisons.base(outcome.comparison, contrast.arm)
    how = {
        MIXED: f"With {photos} real photos, adding {made:,} renders to the batches",
        PRETRAINED: f"With {photos} real photos, training on {made:,} renders before",
        SYNTHETIC: f"In place of {photos} real photos, {made:,} renders alone",
        REAL: f"With {photos} real photos, the change",
        TWICE: f"With {photos} real photos, more steps",
    }[like]
    name = "" if contrast.arm == like else f" ({contrast.arm})"
    if contrast.other != REAL:
        how, name = f"With {photos} real photos, {contrast.arm} in place of {contrast.other}", ""
    if low <= 0 <= high:
        return (
            f"{how}{name} changed {title} by {100 * estimate.point[0]:+.1f} points {texts.interval(estimate, 0)}, "
            f"{levels}: no difference beyond chance."
        )
    verb = "raised" if low > 0 else "lowered"
    doubt = "" if difference.is_shown else ", which may be chance, given how many differences were asked for"
    return f"{how}{name} {verb} {title} by {by}, {levels}{doubt}."


def limits(outcome: Outcome) -> Iterator[str]:
    """Go over the limits of what the runs show."""
    cells = outcome.found.cells
    done = {trial.name for cell in cells.values() for trial in cell.trials}
    missing = [trial.name for trial in outcome.trials if trial.name not in done]
    if missing:
        shown = ", ".join(
            f"{name} ({outcome.failures[name]})" if name in outcome.failures else name for name in missing
        )
        yield f"{len(missing)} of {len(outcome.trials)} runs are missing: {shown}."
    few = min((len(cell.trials) for cell in cells.values()), default=0)
    if few < 5:
        yield f"Some arms have {few} seeds: their intervals are wide, and a real difference may not be seen."
    if any(room is None for room in outcome.test.cached.rooms):
        yield (
            "Rooms of the test images are not known. Runs of neighbouring frames are drawn instead, or single images "
            "if their names are not numbers: if several of these show one room, intervals are too short."
        )
    if outcome.found.rooms < FEWEST:
        yield f"Test images of {outcome.found.rooms} rooms say little about others: intervals are too short."
    if outcome.found.differences:
        yield (
            f"Intervals of classes and of other scores than {_title(outcome)} are not corrected for their number: "
            "one in twenty misses the truth."
        )
    asked = outcome.trials[0].experiment
    size = "x".join(map(str, asked.data.size))
    yield (
        f"This is about {asked.model.name} at {size} pixels, {asked.trainer.max_steps:,} steps from weights "
        f"{asked.model.weights!r}, these photos and these renders; others may give another answer."
    )
    longer = {fraction for arm, fraction in cells if comparisons.base(outcome.comparison, arm) == TWICE}
    shares = sorted({fraction for _, fraction in cells if fraction is not None} - longer)
    if shares:
        on = " and ".join(map(texts.share, shares))
        yield (
            f"There is no arm with more steps on {on} of the real images: it was not tested whether more training on "
            "photos alone does the same."
        )


def _title(outcome: Outcome) -> str:
    return outcome.found.task.titles[outcome.found.task.headline]
