"""Parameters that a user sets by `key=value`: those of a sweep and of a scene. Imports no bpy.

What has parameters is a frozen dataclass whose fields have a default, made by `declare`, and which checks its values
in `__post_init__` by `demand`. A value is text, true or false, a number, or several numbers.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Any, NamedTuple

from .errors import SweepsetError

SWITCHED = {"true": True, "on": True, "false": False, "off": False}


def declare(default: Any, help: str, *, unset: str = "", names_object: bool = False, unit: str = "") -> Any:
    """Declare a parameter; its text is a row of docs/commands.md, and for a sweep also the tooltip in Blender.

    `unset` says what happens if the parameter is left out, unless its default says so. `names_object`: the parameter
    is the name of an object in the scene. `unit` is the unit of its numbers, as Blender's window shows it.
    """
    told = {"help": help, "unset": unset, "names_object": names_object, "unit": unit}
    return field(default=default, metadata=told)


def demand(owner: str, values: Any, key: str, holds: bool, allowed: str) -> None:
    """Raise an error that names the parameter, the field `key` of `values`, and its owner, such as `sweep orbit`."""
    if not holds:
        raise SweepsetError(f"{owner}: {key} is {getattr(values, key)!r}; {allowed}")


def keys(kind: type) -> tuple[str, ...]:
    """Return the keys of the parameters of a kind."""
    return tuple(item.name for item in dataclasses.fields(kind))


class Description(NamedTuple):
    """A parameter in words: its key, what it means, its default, and what happens without it if there is none."""

    key: str
    help: str
    default: str
    unset: str


def describe(kind: type) -> Iterator[Description]:
    """Yield each parameter of a kind in words."""
    for item in dataclasses.fields(kind):
        told = item.metadata
        yield Description(item.name, told.get("help", ""), as_text(item.default), told.get("unset", ""))


def as_text(value: Any) -> str:
    """Return a value as a user writes it behind `key=`."""
    if isinstance(value, tuple):
        return ",".join(f"{number:g}" for number in value)
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else f"{value:g}"


def parse(owner: str, kind: type, texts: Iterable[str]) -> dict[str, Any]:
    """Return the values that `key=value` texts give parameters of a kind; lists are separated by commas.

    Raise SweepsetError, which names the owner, for an unknown key and for a value of another type.
    """
    defaults = {item.name: item.default for item in dataclasses.fields(kind)}
    values: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or key not in defaults:
            raise SweepsetError(f"{owner} takes no {text!r}: write key=value with one of {', '.join(defaults)}")
        values[key] = _convert(owner, key, value, defaults[key])
    return values


def _convert(owner: str, key: str, value: str, default: Any) -> Any:
    try:
        if isinstance(default, tuple):
            numbers = tuple(float(part) for part in value.split(",") if part.strip())
        elif isinstance(default, str):
            return value
        elif isinstance(default, bool):
            return SWITCHED[value.lower()]
        else:
            numbers = (float(value),)
        if not all(math.isfinite(number) for number in numbers):
            raise ValueError
    except (ValueError, KeyError):
        kind = "finite numbers separated by commas" if isinstance(default, tuple) else "a finite number"
        kind = "on or off" if isinstance(default, bool) else kind
        raise SweepsetError(f"{owner}: {key} is {value!r}; expected {kind}") from None
    return numbers if isinstance(default, tuple) else type(default)(numbers[0])


def to_json(values: dict[str, Any]) -> dict[str, Any]:
    """Return values as JSON's types, the form that `from_json` reads."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}


def from_json(data: dict[str, Any]) -> dict[str, Any]:
    """Return values from the result of `to_json`."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
