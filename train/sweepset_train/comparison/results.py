"""What the runs of a comparison say: scores of arms, differences with their intervals, and the break-even share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sweepset import dataset

from ..data.splits import Part
from ..segmentation import evaluation
from . import plan as comparisons
from . import resampling
from .plan import REAL, Comparison, Contrast, Trial
from .resampling import LEAST, BreakEven, Estimate, Resampling, Scored

FEWEST = 5
"""Rooms that intervals over test images take; of fewer, they are too short, and of one, over seeds alone."""
Key = tuple[str, float | None]
"""An arm, on a share of the real images."""


@dataclass(frozen=True)
class Cell:
    """The finished runs of one arm on one share of the real images."""

    trials: tuple[Trial, ...]
    matrices: np.ndarray
    """(S, N, C, C), a confusion matrix a seed and test image."""
    scored: Scored
    level: Estimate | None
    """None of fewer seeds than an interval takes."""


@dataclass(frozen=True)
class Difference:
    """A planned difference that there are runs for."""

    contrast: Contrast
    estimate: Estimate
    corrected: float
    """The p-value of the mean IoU, corrected for all planned differences after Holm."""
    seeds: int

    @property
    def is_shown(self) -> bool:
        """Whether chance is no likely reason for the difference in mean IoU."""
        estimate = self.estimate
        return bool(self.corrected < 1 - resampling.LEVEL and estimate.low[0] * estimate.high[0] > 0)


@dataclass(frozen=True)
class Answers:
    """All that a comparison's runs say so far."""

    names: tuple[str, ...]
    rooms: int
    """How many rooms, or runs of neighbouring frames, the test images are of."""
    cells: dict[Key, Cell]
    differences: tuple[Difference, ...]
    break_even: dict[str, BreakEven]
    """By arm: how few real images, with renders, are as good as all of them without."""

    def cells_of(self, contrast: Contrast) -> tuple[Cell, Cell]:
        """Return the runs of a difference's two arms."""
        one, other = (_cell(self.cells, arm, contrast.fraction) for arm in (contrast.arm, contrast.other))
        assert one
        assert other
        return one, other


def rooms_of(part: Part) -> list[str]:
    """Return the room of each image of a part, as far as it is known.

    Where it is not and images are named by numbers, as NYU's are, a run of neighbouring numbers counts as a room. In
    NYU's own splits it holds whole rooms, so that intervals come out rather too wide than too short. Where there are
    hardly any such runs, numbers say nothing, and each image counts by itself.
    """
    rooms = [part.cached.rooms[index] for index in part.indices]
    names = part.names
    if None not in rooms:
        return [str(room) for room in rooms]
    if not all(name.isdigit() for name in names):
        return list(names)
    numbers = np.array([int(name) for name in names])
    ordered = np.sort(numbers)
    first = dict(zip(ordered, np.cumsum(np.diff(ordered, prepend=ordered[0]) > 1), strict=True))
    if first[ordered[-1]] + 1 < FEWEST:
        return list(names)
    return [str(first[number]) for number in numbers]


def find(folder: Path, comparison: Comparison, trials: Sequence[Trial], part: Part, on: str = "test") -> Answers:
    """Return what the finished runs in a folder say, scored on the test part or other data by its name."""
    draws = Resampling(rooms_of(part))
    cells: dict[Key, Cell] = {}
    groups: dict[Key, list[Trial]] = {}
    for trial in trials:
        if evaluation.is_of(_scores(folder, trial, on), part):
            groups.setdefault((trial.arm, trial.fraction), []).append(trial)
    for key, own in groups.items():
        matrices = np.stack([np.load(_scores(folder, trial, on) / "confusion.npz")["matrices"] for trial in own])
        scored = draws.score(matrices, [trial.experiment.seed for trial in own])
        cells[key] = Cell(tuple(own), matrices, scored, draws.level(scored) if len(own) >= LEAST else None)

    found: list[tuple[Contrast, Estimate, int]] = []
    planned = comparisons.contrasts(comparison, trials)
    for contrast in planned:
        one, other = (_cell(cells, arm, contrast.fraction) for arm in (contrast.arm, contrast.other))
        common = len(set(one.scored.seeds) & set(other.scored.seeds)) if one and other else 0
        if one and other and common >= LEAST:
            found.append((contrast, draws.difference(one.scored, other.scored), common))
    # Those that there are no runs for yet count too, as if they said nothing.
    unknown = [1.0] * (len(planned) - len(found))
    corrected = resampling.holm([*(float(estimate.p[0]) for _, estimate, _ in found), *unknown])
    differences = tuple(Difference(c, e, p, n) for (c, e, n), p in zip(found, corrected, strict=False))
    return Answers(part.names, draws.rooms, cells, differences, _break_even(comparison, cells, draws))


def _scores(folder: Path, trial: Trial, on: str) -> Path:
    return folder / trial.name / "evaluation" / on


def _cell(cells: dict[Key, Cell], arm: str, fraction: float | None) -> Cell | None:
    """Return an arm's runs on a share of the real images, or those that have no real images."""
    return cells.get((arm, fraction)) or cells.get((arm, None))


def _break_even(comparison: Comparison, cells: dict[Key, Cell], draws: Resampling) -> dict[str, BreakEven]:
    whole = cells.get((REAL, 1.0))
    shares: dict[str, list[float]] = {}
    for arm, fraction in cells:
        if fraction is not None and comparisons.has_renders(comparison, arm):
            shares.setdefault(arm, []).append(fraction)
    found = {}
    for arm, fractions in shares.items():
        if whole is None or len(fractions) < 2:
            continue
        pairs = [(fraction, cells[arm, fraction].scored) for fraction in sorted(fractions)]
        if all(len(set(one.seeds) & set(whole.scored.seeds)) >= LEAST for _, one in pairs):
            differences = [draws.difference(one, whole.scored) for _, one in pairs]
            found[arm] = resampling.break_even([fraction for fraction, _ in pairs], differences)
    return found


def real_images(folder: Path, cell: Cell) -> int:
    """Return how many real images a cell's runs were trained on."""
    return _count(folder, cell, "real")


def renders(folder: Path, cell: Cell) -> int:
    """Return how many renders they were."""
    return _count(folder, cell, "synthetic")


def _count(folder: Path, cell: Cell, part: str) -> int:
    about = dataset.read_json(folder / cell.trials[0].name / "about.json")
    return int(about["data"].get(part, {"images": 0})["images"])
