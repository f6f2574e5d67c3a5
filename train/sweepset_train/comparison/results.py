"""The results of a comparison: scores of arms, differences with their intervals, and the break-even share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sweepset import dataset

from .. import evaluation
from .. import task as tasks
from ..data.splits import Part, Parts
from ..task import Extra, Tallies, Task
from . import LEAST, resampling
from . import plan as comparisons
from .plan import REAL, Comparison, Contrast, Trial
from .resampling import BreakEven, Estimate, Resampling, Scored

FEWEST = 5
"""Rooms that intervals over test images take; of fewer, they are too short, and of one, over seeds alone."""
Key = tuple[str, float | None]
"""An arm, on a share of the real images."""


@dataclass(frozen=True)
class Cell:
    """The finished runs of one arm on one share of the real images."""

    trials: tuple[Trial, ...]
    tallies: tuple[Tallies, ...]
    """Those of the test images, by seed."""
    scored: Scored
    level: Estimate | None
    """None if there are fewer seeds than an interval takes."""

    def extra(self, task: Task, extra: Extra) -> np.ndarray:
        """Return a score that has no interval, by seed."""
        return np.array([task.summarize(own)[extra.score] for own in self.tallies])


@dataclass(frozen=True)
class Difference:
    """A planned difference with enough finished runs."""

    contrast: Contrast
    estimate: Estimate
    corrected: float
    """The p-value of the headline score, corrected for all planned differences after Holm."""
    seeds: int

    @property
    def is_shown(self) -> bool:
        """Whether the difference in the headline score is unlikely to be chance."""
        estimate = self.estimate
        return bool(self.corrected < 1 - resampling.LEVEL and estimate.low[0] * estimate.high[0] > 0)


@dataclass(frozen=True)
class Answers:
    """The results of a comparison's finished runs."""

    task: Task
    names: tuple[str, ...]
    rooms: int
    """How many rooms, or runs of neighbouring frames, the test images are of."""
    cells: dict[Key, Cell]
    differences: tuple[Difference, ...]
    break_even: dict[str, BreakEven]
    """By arm: the share of the real images that, with renders, is as good as all of them without."""

    def ordered(self) -> list[tuple[Key, Cell]]:
        """Return the cells by share of the real images, those without real images first."""
        return sorted(self.cells.items(), key=lambda item: item[0][1] or 0)

    def cells_of(self, contrast: Contrast) -> tuple[Cell, Cell]:
        """Return the runs of a difference's two arms."""
        one, other = (_cell(self.cells, arm, contrast.fraction) for arm in (contrast.arm, contrast.other))
        assert one
        assert other
        return one, other


@dataclass(frozen=True)
class Outcome:
    """A comparison with the results of its runs: what a report is written from."""

    folder: Path
    comparison: Comparison
    trials: Sequence[Trial]
    parts: Parts
    found: Answers
    elsewhere: dict[str, Answers]
    """Results on other data, by its name."""
    failures: dict[str, str]
    """Why runs failed, by their names."""
    score_on: Sequence[Path]
    """That other data."""

    @property
    def test(self) -> Part:
        """The test images."""
        assert self.parts.test is not None
        return self.parts.test


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
    """Return the results of the finished runs in a folder, scored on the test part or other data by its name."""
    draws, task = Resampling(rooms_of(part)), tasks.find(trials[0].experiment.task)
    cells: dict[Key, Cell] = {}
    groups: dict[Key, list[Trial]] = {}
    for trial in trials:
        if evaluation.is_of(_scores(folder, trial, on), part, task):
            groups.setdefault((trial.arm, trial.fraction), []).append(trial)
    for key, own in groups.items():
        tallies = tuple(evaluation.read_tallies(_scores(folder, trial, on), task) for trial in own)
        scored = draws.score(task.score, tallies, [trial.experiment.seed for trial in own])
        cells[key] = Cell(tuple(own), tallies, scored, draws.level(scored) if len(own) >= LEAST else None)

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
    return Answers(task, part.names, draws.rooms, cells, differences, _break_even(comparison, cells, draws))


def _scores(folder: Path, trial: Trial, on: str) -> Path:
    return folder / trial.name / "evaluation" / on


def _cell(cells: dict[Key, Cell], arm: str, fraction: float | None) -> Cell | None:
    """Return an arm's runs on a share of the real images, or its runs without real images."""
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
