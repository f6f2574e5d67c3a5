"""Experiments: all that decides what a training does, as YAML files that are checked when they are read."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from sweepset.errors import SweepsetError

from .models import build
from .segmentation import losses

FOLDER = Path(__file__).resolve().parents[1] / "experiments"
"""Those that come with Sweepset."""


def _absolute(value: Any) -> Any:
    return Path(value).expanduser().resolve() if isinstance(value, str | Path) and str(value) else value


Place = Annotated[Path, BeforeValidator(_absolute)]
"""A path, absolute from when it is read."""
Positive = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]


class Section(BaseModel):
    """A part of an experiment; a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Data(Section):
    """Which images, divided how."""

    taxonomy: str = "nyu13"
    """What is learned: a taxonomy's name or file, or `commonest-30` for the 30 commonest of the training part."""
    size: tuple[Positive, Positive] = (160, 128)
    """Width and height that all images are resized to."""
    crop: tuple[int, int, int, int] | None = (41, 45, 601, 471)
    """Left, top, right, bottom that real images are cut to before; NYU's usual one."""
    real: Place | None = None
    """nyu_depth_v2_labeled.mat, or a folder of images and labels."""
    labels: str = "labels"
    """The folder of labels beside `images`, where `real` is a folder."""
    labels_taxonomy: str = "nyu894"
    """What the ids in that folder mean."""
    void: tuple[int, ...] = (0,)
    """Ids in that folder that stand for no category."""
    train: str = "train795"
    """A split: of NYU, seeded80 or seeded20, all, a splits.mat, or a text file of names."""
    fraction: Annotated[float, Field(gt=0, le=1)] = 1
    """The share of the training images that is used; smaller shares lie in larger ones."""
    validate_on: str | float | None = 0.1
    """What checkpoints are chosen on: a split, or the share of the training part's rooms that is held out for it."""
    test: str | None = "test654"
    """The split that a finished run is scored on."""
    split_seed: Seed = 0
    """Decides fractions, held-out rooms and seeded splits; the same for all runs that are compared."""
    synthetic: tuple[Place, ...] = ()
    """Folders that `sweepset render` wrote."""
    synthetic_share: Share = 0
    """The share of synthetic images in each batch."""
    pretrain_steps: Annotated[int, Field(ge=0)] = 0
    """Steps on synthetic images alone before all others."""


class Model(Section):
    """Which network, and what it starts from."""

    name: Literal[build.NAMES] = "unet"  # type: ignore[valid-type]
    encoder: str = "resnet34"
    weights: str = "imagenet"
    """`imagenet`, `none`, or a file with weights, such as another run's checkpoint."""


class Augmentation(Section):
    """How training images are varied."""

    flip: Share = 0.5
    """How often they are mirrored."""
    scale: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]] = (1.0, 1.5)
    """From what to what they are enlarged before a part of their size is cut out; below 1 the border is void."""
    color: Annotated[float, Field(ge=0, lt=1)] = 0.2
    """By how much brightness, contrast and saturation differ at most."""


class Training(Section):
    """How the weights are found."""

    max_steps: Positive = 1000
    batch: Positive = 16
    """Images of one step, over all devices."""
    optimizer: Literal["adamw", "sgd"] = "adamw"
    learning_rate: Annotated[float, Field(gt=0)] = 1e-3
    momentum: Share = 0.9
    """Of SGD."""
    weight_decay: Annotated[float, Field(ge=0)] = 1e-4
    schedule: Literal["one-cycle", "poly", "constant"] = "one-cycle"
    loss: Literal[losses.NAMES] = "cross-entropy"  # type: ignore[valid-type]
    balance: bool = False
    """Whether classes are weighted by median frequency."""
    precision: Literal["auto", "bf16", "float32"] = "auto"
    compile: bool = False
    """Whether PyTorch compiles the network first, which pays over long runs on a GPU."""
    deterministic: bool = False
    """Whether only algorithms are used that give the same bits each time; slower on a GPU."""
    accelerator: Literal["auto", "cpu", "gpu"] = "auto"
    devices: Positive | Literal["auto"] = "auto"
    """Of each machine."""
    nodes: Positive = 1
    """Machines."""
    validate_every: Positive = 100
    """Steps from one validation to the next."""
    checkpoint_every: Positive = 100
    """Steps that a killed run loses at most."""
    patience: Positive | None = None
    """Validations without a better mean IoU before the training ends early."""
    samples: Annotated[int, Field(ge=0)] = 4
    """Validation images that are drawn with their predictions at each validation."""


class Experiment(Section):
    """All that decides what a training does."""

    seed: Seed = 0
    """Decides first weights, the order of images, and how they are varied."""
    data: Data = Data()
    model: Model = Model()
    augmentation: Augmentation = Augmentation()
    trainer: Training = Training()


def read(name: str | Path, changes: Sequence[str] = ()) -> Experiment:
    """Return the experiment of a file, or of one that comes with Sweepset, with changes such as `trainer.batch=8`.

    Raise SweepsetError where there is none, or a key or a value is wrong.
    """
    path = find(name)
    content = load(path, "experiment")
    content = {} if content is None else content
    if not isinstance(content, dict):
        raise SweepsetError(f"experiment {str(path)!r} is no list of keys and values: write `model:` and so on")
    for change in changes:
        _change(content, change)
    return parse(content, str(path))


def load(path: Path, what: str) -> Any:
    """Return what a YAML file holds; raise SweepsetError, which calls it `what`, where it can't be read."""
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

    Raise SweepsetError where a key or a value is wrong.
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
    """Return a YAML file, given as a path or by its name in `folder`; raise SweepsetError where there is none."""
    for path in (Path(name).expanduser(), folder / f"{name}.yaml"):
        if path.is_file():
            return path
    known = names(folder)
    close = difflib.get_close_matches(str(name), known, n=1)
    guess = f"; did you mean {close[0]}?" if close else ""
    raise SweepsetError(f"no {what} {str(name)!r}: give a YAML file, or one of {', '.join(known)}{guess}")


def differences(one: Experiment, other: Experiment) -> list[str]:
    """Return the keys in which two experiments differ, with both values."""
    a, b = (_flat(experiment.model_dump(mode="json")) for experiment in (one, other))
    return [f"{key} {a[key]} and {b[key]}" for key in a if a[key] != b[key]]


def explain(error: ValidationError, section: Any) -> str:
    """Say what is wrong with the first wrong key of a section, in a line."""
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
    """Return a question for the nearest of the known words, nothing where none is near."""
    close = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {close[0]}? " if close else ""


def _change(content: dict[str, Any], change: str) -> None:
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
