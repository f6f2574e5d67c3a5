"""Experiments: all settings of a training, as YAML files that are checked when they are read."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError, model_validator

from sweepset.errors import SweepsetError

from . import task as tasks
from .settings import Augmentation, Data, Model, Predicting, Section, Seed, Training

OPTIONAL = (
    *(f"data.{name}" for name in ("per_class", "table", "column", "by_name", "rename", "boxes")),
    *(f"augmentation.{name}" for name in ("mixup", "cutmix", "crop", "paste")),
    *("model.dropout", "trainer.label_smoothing", "prediction.flips"),
)
"""Keys that only the tasks heed whose packages list them in `HEEDS`; for others, to set one is an error."""
FOLDER = Path(__file__).resolve().parents[1] / "experiments"
"""The folder of the experiments that come with Sweepset."""


class Experiment(Section):
    """All settings of a training."""

    task: str = "segmentation"
    """One of the names in `task.TASKS`."""
    seed: Seed = 0
    """Decides first weights, the order of images, and how they are varied."""
    data: Data = Data()
    model: Model = Model()
    augmentation: Augmentation = Augmentation()
    trainer: Training = Training()
    prediction: Predicting = Predicting()

    @model_validator(mode="after")
    def _fits_its_task(self) -> Experiment:
        if self.task not in tasks.TASKS:
            raise ValueError(_unknown("task", self.task, [*tasks.TASKS]))
        models, losses = tasks.names(self.task)
        if self.model.name not in models:
            raise ValueError(_unknown("model.name", self.model.name, models))
        if self.trainer.loss not in losses:
            raise ValueError(_unknown("trainer.loss", self.trainer.loss, losses))
        for key in set(OPTIONAL) - {*tasks.heeds(self.task)}:
            section, name = key.split(".")
            own = getattr(self, section)
            if getattr(own, name) != type(own).model_fields[name].default:
                raise ValueError(f"{key} is set, and task {self.task} does not heed it: leave it out")
        crop, size = self.augmentation.crop, self.data.size
        if crop and (crop[0] > size[0] or crop[1] > size[1]):
            raise ValueError(f"augmentation.crop {[*crop]} exceeds data.size {[*size]}: set a smaller crop, or null")
        return self

    @property
    def seen(self) -> tuple[int, int]:
        """Width and height of the images that the model trains on."""
        return self.augmentation.crop or self.data.size


def read(name: str | Path, changes: Sequence[str] = ()) -> Experiment:
    """Return the experiment of a file, or of one that comes with Sweepset, with changes such as `trainer.batch=8`.

    Raise SweepsetError if there is none, or a key or a value is wrong.
    """
    path = find(name)
    content = load(path, "experiment")
    content = {} if content is None else content
    if not isinstance(content, dict):
        raise SweepsetError(f"experiment {str(path)!r} is no list of keys and values: write `model:` and so on")
    for change in changes:
        put_change(content, change)
    return parse(content, str(path))


def load(path: Path, what: str) -> Any:
    """Return the content of a YAML file; raise SweepsetError, which calls it `what`, if it can't be read."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SweepsetError(f"cannot read {what} {str(path)!r}: {_first_line(error)}") from None


def parse(content: Any, where: str) -> Experiment:
    """Check an experiment as YAML gives it; raise SweepsetError with `where` and the first wrong key or value."""
    try:
        return Experiment.model_validate(content)
    except ValidationError as error:
        raise SweepsetError(f"experiment {where!r}: {explain(error, Experiment)}") from None


def change(experiment: Experiment, changes: Mapping[str, Any]) -> Experiment:
    """Return an experiment with other values, by keys such as `trainer.batch`.

    Raise SweepsetError if a key or a value is wrong.
    """
    content = experiment.model_dump(mode="json")
    for key, value in changes.items():
        _put(content, key, value)
    return parse(content, ", ".join(changes))


def dump(section: Section) -> str:
    """Return an experiment, or another section, as YAML, all keys with their values."""
    return yaml.safe_dump(section.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def names(folder: Path = FOLDER) -> list[str]:
    """Return the names of the experiments that come with Sweepset, or of what else is in a folder of YAML files."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def find(name: str | Path, folder: Path = FOLDER, what: str = "experiment") -> Path:
    """Return a YAML file, given as a path or by its name in `folder`; raise SweepsetError if there is none."""
    for path in (Path(name).expanduser(), folder / f"{name}.yaml"):
        if path.is_file():
            return path
    known = names(folder)
    close = difflib.get_close_matches(str(name), known, n=1)
    guess = f"; did you mean {close[0]}?" if close else ""
    raise SweepsetError(f"no {what} {str(name)!r}: give a YAML file, or one of {', '.join(known)}{guess}")


def of_run(folder: Path) -> Path:
    """Return the file of a run's experiment; raise SweepsetError if the folder holds no run."""
    path = folder.expanduser() / "experiment.yaml"
    if not path.is_file() or not path.with_name("taxonomy.json").is_file():
        raise SweepsetError(f"{str(folder)!r} is no run: give a folder that `sweepset-train fit` wrote")
    return path


def differences(one: Experiment, other: Experiment) -> list[str]:
    """Return the keys in which two experiments differ, with both values."""
    a, b = (_flat(experiment.model_dump(mode="json")) for experiment in (one, other))
    return [f"{key} {a[key]} and {b[key]}" for key in a if a[key] != b[key]]


def explain(error: ValidationError, section: Any) -> str:
    """Explain in a line the first wrong key of a section."""
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    key = ".".join(place)
    expected = {"model_type": "keys and values", "dict_type": "keys and values", "tuple_type": "a list"}
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    if first["type"] == "missing":
        return f"{key} is missing"
    if first["type"] in expected:
        return f"{key or 'it'} is {first['input']!r}: write {expected[first['type']]}"
    if first["type"] != "extra_forbidden":
        return f"{key or 'it'} is {first['input']!r}: {first['msg'][0].lower()}{first['msg'][1:]}"
    for part in first["loc"][:-1]:
        if isinstance(section, type) and issubclass(section, Section):
            section = section.model_fields[str(part)].annotation
        else:  # a list's items, or a mapping's values
            section = get_args(section)[isinstance(part, str)]
    known = list(section.model_fields)
    return f"unknown key {key}; {guess(place[-1], known)}known are {', '.join(known)}"


def guess(word: str, known: Sequence[str]) -> str:
    """Return a question for the nearest of the known words, or nothing if none is near."""
    close = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {close[0]}? " if close else ""


def _unknown(key: str, value: str, known: Sequence[str]) -> str:
    return f"{key} is {value!r}: {guess(value, known)}choose one of {', '.join(map(repr, known))}"


def put_change(content: dict[str, Any], change: str) -> None:
    """Set a key of an experiment's content, as `--set` writes it."""
    key, equals, value = change.partition("=")
    if not equals or not all(key.strip().split(".")):
        raise SweepsetError(f"--set {change!r}: write KEY=VALUE such as trainer.max_steps=500")
    try:
        _put(content, key.strip(), yaml.safe_load(value))
    except yaml.YAMLError as error:
        raise SweepsetError(f"--set {change!r}: {_first_line(error)}") from None


def _put(content: dict[str, Any], key: str, value: Any) -> None:
    *sections, last = key.split(".")
    place = content
    for part in sections:
        place = place.setdefault(part, {})
        if not isinstance(place, dict):
            raise SweepsetError(f"cannot set {key}: {part} has no keys")
    place[last] = value


def _flat(content: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in content.items():
        found |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return found


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())
