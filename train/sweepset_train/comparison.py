"""Comparisons: ways to train (*arms*) beside each other, on shares of the real images, with several seeds.

All arms take the same steps, but for the one that takes twice as many, and all shares of the real images lie in each
other, so that an arm's gain can come from what it is trained on alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from sweepset.errors import SweepsetError

from . import experiment as experiments
from .experiment import Experiment, Section, Share
from .resampling import LEAST

FOLDER = Path(__file__).resolve().parents[1] / "comparisons"
"""Those that come with Sweepset."""
REAL, TWICE, MIXED, PRETRAINED, SYNTHETIC = "real", "real-twice", "mixed", "pretrained", "synthetic"
ARMS = (REAL, TWICE, MIXED, PRETRAINED, SYNTHETIC)
"""The arms that are always there."""
Portion = Annotated[float, Field(gt=0, le=1)]


class Arm(Section):
    """A further arm: one that is there, with changes."""

    like: str
    changes: dict[str, Any] = {}
    """Keys of the experiment, such as `data.synthetic_share`, and their values."""


class Grid(Section):
    """Every one of some arms on each of some shares of the real images, with each of some seeds."""

    arms: tuple[str, ...] = ARMS
    fractions: tuple[Portion, ...] = (1.0,)
    seeds: Annotated[int, Field(ge=LEAST)] = 5
    """How many, from the experiment's own on."""


class Comparison(Section):
    """What is compared."""

    experiment: str = "nyu-small"
    """What all runs have in common: an experiment's name or file."""
    changes: dict[str, Any] = {}
    """Keys of the experiment and their values, for all runs."""
    synthetic_share: Share = 0.5
    """Of a batch of `mixed`."""
    pretrain_share: Share = 0.5
    """Of the steps of `pretrained`."""
    arms: dict[str, Arm] = {}
    """Further arms by name."""
    grids: tuple[Grid, ...]
    contrasts: tuple[tuple[str, str], ...] | None = None
    """Pairs of arms whose difference is asked for, the better one first; else each with real, and those with renders
    with real-twice."""


@dataclass(frozen=True)
class Trial:
    """One run of a comparison."""

    arm: str
    fraction: float | None
    """Of the real images; None for renders alone."""
    experiment: Experiment

    @property
    def name(self) -> str:
        """The name of its folder."""
        share = "" if self.fraction is None else f"-{100 * self.fraction:g}"
        return f"{self.arm}{share}-{self.experiment.seed}"


@dataclass(frozen=True)
class Contrast:
    """A planned difference: `arm` less `other`, both on a share of the real images."""

    arm: str
    other: str
    fraction: float


def read(name: str | Path) -> Comparison:
    """Return the comparison of a file, or of one that comes with Sweepset; raise SweepsetError where it is wrong."""
    path = find(name)
    content = experiments.load(path, "comparison")
    try:
        return Comparison.model_validate(content)
    except ValidationError as error:
        raise SweepsetError(f"comparison {str(path)!r}: {experiments.explain(error, Comparison)}") from None


def find(name: str | Path) -> Path:
    """Return the file of a comparison, given as a path or by the name of one that comes with Sweepset."""
    return experiments.find(name, FOLDER, "comparison")


def plan(comparison: Comparison, changes: Sequence[str] = ()) -> list[Trial]:
    """Return all runs, each once, seed by seed; `changes` such as `data.real=photos` are for all of them.

    Raise SweepsetError for an arm that is not known, or a change that cannot be made.
    """
    own = [f"{key}={json.dumps(value)}" for key, value in comparison.changes.items()]
    base = experiments.read(comparison.experiment, [*own, *changes])
    found: dict[str, Trial] = {}
    for grid in comparison.grids:
        for seed in range(base.seed, base.seed + grid.seeds):
            for fraction in grid.fractions:
                for arm in grid.arms:
                    told = {"seed": seed, **settings(comparison, arm, base)}
                    renders_alone = told.get("data.synthetic_share") == 1
                    asked = experiments.change(base, {**told, "data.fraction": 1.0 if renders_alone else fraction})
                    trial = Trial(arm, None if renders_alone else fraction, asked)
                    found.setdefault(trial.name, trial)
    return list(found.values())


def settings(comparison: Comparison, arm: str, base: Experiment) -> dict[str, Any]:
    """Return what an arm changes in an experiment, key by key."""
    steps = base.trainer.max_steps
    real = {"data.synthetic": [], "data.synthetic_share": 0.0, "data.pretrain_steps": 0}
    match arm:
        case "real":
            return real
        case "real-twice":
            return {**real, "trainer.max_steps": 2 * steps}
        case "mixed":
            return {"data.synthetic_share": comparison.synthetic_share, "data.pretrain_steps": 0}
        case "pretrained":
            return {"data.synthetic_share": 0.0, "data.pretrain_steps": round(comparison.pretrain_share * steps)}
        case "synthetic":
            return {"data.synthetic_share": 1.0, "data.pretrain_steps": 0}
    if arm not in comparison.arms:
        known = [*ARMS, *comparison.arms]
        raise SweepsetError(f"unknown arm {arm!r}; {experiments.guess(arm, known)}known are {', '.join(known)}")
    own = comparison.arms[arm]
    if own.like not in ARMS:
        raise SweepsetError(f"arm {arm!r} is like {own.like!r}: choose one of {', '.join(ARMS)}")
    return {**settings(comparison, own.like, base), **own.changes}


def contrasts(comparison: Comparison, trials: Sequence[Trial]) -> list[Contrast]:
    """Return the planned differences, on each share of the real images that both arms are trained on.

    An arm without real images is on every share.
    """
    on: dict[str, set[float | None]] = {}
    for trial in trials:
        on.setdefault(trial.arm, set()).add(trial.fraction)
    pairs = comparison.contrasts
    if pairs is None:
        others = [arm for arm in on if arm != REAL]
        pairs = tuple((arm, REAL) for arm in others)
        pairs += tuple((arm, TWICE) for arm in others if arm != TWICE and on[arm] != {None})
    fractions = sorted({trial.fraction for trial in trials if trial.fraction is not None})
    return [
        Contrast(arm, other, fraction)
        for fraction in fractions
        for arm, other in pairs
        if all({fraction, None} & on.get(one, set()) for one in (arm, other))
    ]


def base(comparison: Comparison, arm: str) -> str:
    """Return which of the arms that are always there an arm is, or is like."""
    return arm if arm in ARMS else comparison.arms[arm].like
