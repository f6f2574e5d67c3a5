"""Parameters of scenes: a shipped scene declares them, a user's own Python file has them as arguments of `build`."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sweepset_scenes
from sweepset import parameters, sweeps
from sweepset.errors import SweepsetError

from . import request


def kind_of(scene: str) -> type:
    """Return the dataclass of a scene's parameters; a .blend has none. Raise SweepsetError without a scene."""
    path = request.find(scene)
    if path is None:
        return sweepset_scenes.SCENES[scene].parameters
    if not request.is_code(path):
        return sweepset_scenes.NoParameters
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except (SyntaxError, ValueError, OSError):  # told with its line when the file runs
        return sweepset_scenes.NoParameters
    build = next((one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "build"), None)
    return sweepset_scenes.NoParameters if build is None else _from_signature(path, build.args)


def _from_signature(path: Path, arguments: ast.arguments) -> type:
    """Return the dataclass of a function's arguments behind the first, which is the seed; each needs a default."""
    places = [*arguments.posonlyargs, *arguments.args]
    defaults = [*[None] * (len(places) - len(arguments.defaults)), *arguments.defaults, *arguments.kw_defaults]
    found = []
    for argument, default in list(zip([*places, *arguments.kwonlyargs], defaults, strict=True))[1:]:
        try:
            value = None if default is None else ast.literal_eval(default)
        except ValueError:
            value = None
        numbers = isinstance(value, tuple) and all(type(one) in (int, float) for one in value)
        if not numbers and not isinstance(value, str | bool | int | float):
            raise SweepsetError(
                f"{path}:{argument.lineno}: parameter {argument.arg} of build needs a default that says its type: "
                "text, a number, True, False, or a tuple of numbers"
            )
        found.append((argument.arg, type(value), parameters.declare(value, "")))
    return dataclasses.make_dataclass("Parameters", found, frozen=True)


def sweep_of(scenes: Iterable[str]) -> tuple[str, ...]:
    """Return the sweep that suits all scenes, and its parameters as `key=value`; viewpoints if they differ."""
    viewpoints = sweepset_scenes.Scene.sweep
    found = {sweepset_scenes.SCENES[name].sweep if name in sweepset_scenes.SCENES else viewpoints for name in scenes}
    return found.pop() if len(found) == 1 else viewpoints


def parse(scenes: Iterable[str], sweep: str, texts: Iterable[str]) -> tuple[sweeps.Sweep, dict[str, dict[str, Any]]]:
    """Return the sweep of this name, and by scene the values of its parameters in JSON's types.

    `texts` are `key=value`. A key is a parameter of the sweep or of some scenes; all scenes that have it take it.
    """
    kinds = {scene: kind_of(scene) for scene in scenes}
    known = {scene: parameters.keys(kind) for scene, kind in kinds.items()}
    of_scenes = {key for keys in known.values() for key in keys}
    of_sweep = parameters.keys(sweeps.kind(sweep).parameters)
    given = [(text, text.partition("=")[0]) for text in texts]
    for text, key in given:
        if of_scenes and key not in (*of_sweep, *of_scenes):
            raise SweepsetError(
                f"sweep {sweep} and {', '.join(kinds)} take no {text!r}: write key=value with one of "
                f"{', '.join((*of_sweep, *sorted(of_scenes)))}"
            )
    values = {}
    for scene, kind in kinds.items():
        own = [text for text, key in given if key in known[scene]]
        values[scene] = parameters.to_json(vars(kind(**parameters.parse(f"scene {scene}", kind, own))))
    return sweeps.parse(sweep, [text for text, key in given if key not in of_scenes]), values
