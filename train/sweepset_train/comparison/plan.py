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

from pydantic import Field, ValidationError, field_validator

from sweepset.errors import SweepsetError

from .. import experiment as experiments
from ..experiment import Experiment
from ..settings import Section, Share
from . import LEAST

FOLDER = Path(__file__).resolve().parents[2] / "comparisons"
"""The folder of the comparisons that come with Sweepset."""
REAL, TWICE, MIXED, PRETRAINED, SYNTHETIC = "real", "real-twice", "mixed", "pretrained", "synthetic"
ARMS = (REAL, TWICE, MIXED, PRETRAINED, SYNTHETIC)
"""The built-in arms."""
Portion = Annotated[float, Field(gt=0, le=1)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
OWN = {
    "data.fraction": "fractions of a grid",
    "data.synthetic_share": "synthetic_share, or changes of an arm",
    "data.pretrain_steps": "pretrain_share, or changes of an arm",
}
"""Keys of the experiment that a comparison sets itself, and what to set instead."""


class Arm(Section):
    """A further arm: a built-in one with changes."""

    like: str
    changes: dict[str, Any] = {}
    """Keys of the experiment, such as `data.synthetic_share`, and their values."""


class Grid(Section):
    """All combinations of some arms, shares of the real images, and seeds."""

    arms: Annotated[tuple[str, ...], Field(min_length=1)] = ARMS
    fractions: Annotated[tuple[Portion, ...], Field(min_length=1)] = (1.0,)
    seeds: Annotated[int, Field(ge=LEAST)] = 5
    """How many, from the experiment's own on."""


class Comparison(Section):
    """Which arms are compared, on which shares of the real images, with how many seeds."""

    experiment: str = "nyu-small"
    """The experiment that all runs share, by name or file."""
    changes: dict[str, Any] = {}
    """Keys of the experiment and their values, for all runs."""
    synthetic_share: Share = 0.5
    """Of a batch of `mixed`."""
    pretrain_share: Share = 0.5
    """Of the steps of `pretrained`."""
    arms: dict[Name, Arm] = {}
    """Further arms by name."""
    grids: Annotated[tuple[Grid, ...], Field(min_length=1)]
    contrasts: tuple[tuple[str, str], ...] | None = None
    """Pairs of arms whose difference is asked for, the better one first; else each with real, and those with renders
    with real-twice."""

    @field_validator("arms")
    @classmethod
    def _are_new(cls, arms: dict[str, Arm]) -> dict[str, Arm]:
        for name, arm in arms.items():
            if name in ARMS:
                raise ValueError(f"arm {name!r} is always there: give yours another name")
            if arm.like not in ARMS:
                raise ValueError(f"arm {name!r} is like {arm.like!r}: choose one of {', '.join(ARMS)}")
            for key in {"seed", "data.fraction"} & {*arm.changes}:
                raise ValueError(f"arm {name!r} changes {key}, which a comparison sets itself: see grids")
        return arms


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
    fraction: float | None
    """None if both arms train on renders alone."""


def read(name: str | Path) -> Comparison:
    """Return the comparison of a file, or of one that comes with Sweepset; raise SweepsetError if it is wrong."""
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
    """Return all runs, each once, seed by seed; `changes` such as `data.real=photos` apply to all of them.

    Raise SweepsetError for an arm that is not known, or a change that cannot be made.
    """
    own = [f"{key}={json.dumps(value, default=str)}" for key, value in comparison.changes.items()]
    for change in (*own, *changes):
        key = change.partition("=")[0].strip()
        if key in OWN:
            raise SweepsetError(f"a comparison sets {key} itself: set {OWN[key]} in its file")
    base = experiments.read(comparison.experiment, [*own, *changes])
    found: dict[str, Trial] = {}
    for grid in comparison.grids:
        for seed in range(base.seed, base.seed + grid.seeds):
            for fraction in grid.fractions:
                for arm in grid.arms:
                    varied = {"seed": seed, **settings(comparison, arm, base)}
                    renders_alone = varied.get("data.synthetic_share") == 1
                    varied["data.fraction"] = 1.0 if renders_alone else fraction
                    trial = Trial(arm, None if renders_alone else fraction, _change(base, varied, arm))
                    if found.setdefault(trial.name, trial) != trial:
                        raise SweepsetError(
                            f"two runs would be in one folder, {trial.name!r}: give arms names, and grids fractions, "
                            "that differ by more"
                        )
    _check_contrasts(comparison, {trial.arm for trial in found.values()})
    return list(found.values())


def _change(base: Experiment, changes: dict[str, Any], arm: str) -> Experiment:
    try:
        return experiments.change(base, changes)
    except SweepsetError as error:
        raise SweepsetError(f"arm {arm!r}: {error}") from None


def _check_contrasts(comparison: Comparison, arms: set[str]) -> None:
    """Raise SweepsetError if a difference that is asked for is of arms that no grid has, of one arm, or is twice."""
    asked: set[frozenset[str]] = set()
    for pair in comparison.contrasts or ():
        for arm in pair:
            if arm not in arms:
                known = sorted(arms)
                raise SweepsetError(
                    f"contrast {[*pair]}: no grid has an arm {arm!r}; {experiments.guess(arm, known)}there are "
                    f"{', '.join(known)}"
                )
        if len({*pair}) == 1 or frozenset(pair) in asked:
            raise SweepsetError(f"contrast {[*pair]}: ask for each difference of two arms once")
        asked.add(frozenset(pair))


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
    return {**settings(comparison, own.like, base), **own.changes}


def contrasts(comparison: Comparison, trials: Sequence[Trial]) -> list[Contrast]:
    """Return the planned differences, on each share of the real images that both arms are trained on.

    An arm without real images is on every share; two such arms differ once.
    """
    on: dict[str, set[float | None]] = {}
    for trial in trials:
        on.setdefault(trial.arm, set()).add(trial.fraction)
    pairs = comparison.contrasts
    if pairs is None:
        pairs = tuple((arm, REAL) for arm in on if arm != REAL and REAL in on)
        both = [arm for arm in on if has_renders(comparison, arm) and on[arm] != {None}]
        pairs += tuple((arm, TWICE) for arm in both if TWICE in on)
    fractions = sorted({trial.fraction for trial in trials if trial.fraction is not None})
    return [
        Contrast(arm, other, fraction)
        for fraction in (None, *fractions)
        for arm, other in pairs
        if fraction in on[arm] | on[other] and all({fraction, None} & on[one] for one in (arm, other))
    ]


def base(comparison: Comparison, arm: str) -> str:
    """Return which of the arms that are always there an arm is, or is like."""
    return arm if arm in ARMS else comparison.arms[arm].like


def has_renders(comparison: Comparison, arm: str) -> bool:
    """Return whether an arm is one with renders."""
    return base(comparison, arm) not in (REAL, TWICE)
