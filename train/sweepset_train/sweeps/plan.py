"""What a sweep varies: an experiment's YAML in which values may be lists of choices, or ranges.

trainer:
  batch: [8, 16]                                        # choices
  learning_rate: {from: 0.0001, to: 0.01, log: true}    # a range
data:
  size: [[128, 128], [160, 160]]                        # choices of a value that is itself a list
sweep: {runs: 20}
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from sweepset.errors import SweepsetError

from .. import experiment as experiments
from ..experiment import Experiment
from ..settings import Positive, Section, Seed

FOLDER = Path(__file__).resolve().parents[2] / "sweeps"
"""The folder of the sweeps that come with Sweepset."""
SECTIONS = ("data", "model", "augmentation", "trainer")
MOST = 1000
"""Runs of a grid at most, unless `runs` says how many to sample."""


class How(Section):
    """How a sweep goes about."""

    runs: Positive | None = None
    """How many to sample; without it, all combinations of the choices."""
    prune: bool = True
    """Whether to end runs early whose validation scores are below the median of the others at the same step."""
    patience: Annotated[int, Field(ge=1)] = 1
    """Validations of each run before it may be ended."""
    seed: Seed = 0
    """Of the samples."""


@dataclass(frozen=True)
class Choices:
    """Some values, each as YAML gives it."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class Range:
    """All values between two, whole ones if both are."""

    low: float
    high: float
    log: bool

    @property
    def whole(self) -> bool:
        """Whether values are whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int)


@dataclass(frozen=True)
class Sweep:
    """An experiment, and what is varied in it."""

    base: Experiment
    space: Mapping[str, Choices | Range]
    """By keys such as `trainer.batch`."""
    how: How

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return self.how.runs or len(self.grid())

    def grid(self) -> list[dict[str, Any]]:
        """Return all combinations of choices; none if runs are sampled."""
        if self.how.runs:
            return []
        values = [one.values if isinstance(one, Choices) else () for one in self.space.values()]
        return [dict(zip(self.space, combination, strict=True)) for combination in itertools.product(*values)]

    def to_json(self) -> dict[str, Any]:
        """Return all that decides the runs."""
        space = {
            key: [*one.values] if isinstance(one, Choices) else {"from": one.low, "to": one.high, "log": one.log}
            for key, one in self.space.items()
        }
        return {"experiment": self.base.model_dump(mode="json"), "space": space, "sweep": self.how.model_dump()}


def read(name: str | Path, changes: Sequence[str] = ()) -> Sweep:
    """Return the sweep of a file, or of a sweep or an experiment that comes with Sweepset, with changes of its values.

    Raise SweepsetError if there is none, nothing is varied, a value is wrong, or a grid has a range or too many runs.
    """
    shipped = FOLDER / f"{name}.yaml"
    path = shipped if shipped.is_file() else experiments.find(name, what="sweep or experiment")
    content = experiments.load(path, "sweep") or {}
    if not isinstance(content, dict):
        raise SweepsetError(f"sweep {str(path)!r} is no list of keys and values: write `trainer:` and so on")
    for change in changes:
        experiments.put_change(content, change)
    try:
        how = How.model_validate(content.pop("sweep", None) or {})
    except ValidationError as error:
        raise SweepsetError(f"sweep {str(path)!r}: sweep.{experiments.explain(error, How)}") from None
    space: dict[str, Choices | Range] = {}
    for key, annotation in _fields().items():
        section, _, field = key.rpartition(".")
        own = content.get(section) if section else content
        if isinstance(own, dict) and field in own:
            varied = _varied(key, own[field], annotation)
            if varied is not None:
                space[key] = varied
                own[field] = varied.values[0] if isinstance(varied, Choices) else varied.low
    base = experiments.parse(content, str(path))
    if not space:
        raise SweepsetError(
            f"sweep {str(path)!r} varies nothing: give a key a list of values, such as trainer.batch=[8, 16], or a "
            "range, such as trainer.learning_rate={from: 0.0001, to: 0.01, log: true}"
        )
    sweep = Sweep(base, {key: _checked(base, key, one) for key, one in space.items()}, how)
    _check(sweep, str(path))
    return sweep


def _fields() -> dict[str, Any]:
    """Return the type of each key of an experiment."""
    found: dict[str, Any] = {"seed": Experiment.model_fields["seed"].rebuild_annotation()}
    for section in SECTIONS:
        annotation: Any = Experiment.model_fields[section].annotation
        found |= {f"{section}.{name}": field.rebuild_annotation() for name, field in annotation.model_fields.items()}
    return found


def _varied(key: str, value: Any, annotation: Any) -> Choices | Range | None:
    """Return choices or a range, None if a value is simply one of its key."""
    if not isinstance(value, (list, dict)):
        return None
    try:
        TypeAdapter(annotation).validate_python(value)
    except ValidationError:
        pass
    else:
        return None
    if isinstance(value, list):
        if not value:
            raise SweepsetError(f"{key} is an empty list: give values to choose from")
        return Choices(tuple(value))
    if {"from", "to"} <= {*value} <= {"from", "to", "log"}:
        low, high = (_number(key, value[end]) for end in ("from", "to"))
        log = bool(value.get("log", False))
        if not low < high or (log and low <= 0):
            raise SweepsetError(f"{key} is from {low} to {high}: the first is less, and more than 0 with log")
        return Range(low, high, log)
    raise SweepsetError(f"{key} is {value!r}: write a list of values, or {{from: 1, to: 10, log: true}}")


def _number(key: str, value: Any) -> float:
    try:
        found = value if isinstance(value, int) and not isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        raise SweepsetError(f"{key} has the end {value!r}: a range is between two numbers")
    return found


def _checked(base: Experiment, key: str, one: Choices | Range) -> Choices | Range:
    """Return choices as the experiment reads them; raise SweepsetError for one, or the end of a range, it refuses."""
    found = []
    for value in one.values if isinstance(one, Choices) else (one.low, one.high):
        content = experiments.change(base, {key: value}).model_dump(mode="json")
        for part in key.split("."):
            content = content[part]
        found.append(content)
    return Choices(tuple(found)) if isinstance(one, Choices) else one


def _check(sweep: Sweep, where: str) -> None:
    ranges = [key for key, one in sweep.space.items() if isinstance(one, Range)]
    if ranges and not sweep.how.runs:
        raise SweepsetError(
            f"sweep {where!r}: {ranges[0]} is a range: say how many runs to sample, such as sweep.runs=20"
        )
    if not sweep.how.runs and sweep.runs > MOST:
        raise SweepsetError(f"sweep {where!r} has {sweep.runs:,} combinations: set sweep.runs to sample some of them")
    if sweep.base.data.validate_on is None:
        raise SweepsetError("a sweep chooses by scores in validation, and data.validate_on is null: hold out a share")
    for key in ("data.test", "data.validate_on", "data.split_seed", "data.taxonomy"):
        if key in sweep.space:
            raise SweepsetError(f"a sweep cannot vary {key}: scores on other images or classes cannot be compared")


def text(value: Any) -> str:
    """Return a value in a few characters."""
    if isinstance(value, float):
        return f"{value:.3g}"
    return value if isinstance(value, str) else json.dumps(value)


def dump(sweep: Sweep) -> str:
    """Return a sweep as YAML."""
    return yaml.safe_dump(sweep.to_json(), sort_keys=False, allow_unicode=True)
