"""Build scenes by code: shipped ones, and those of a user's own Python file with `build(seed)`."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

import bpy

import sweepset_scenes
from sweepset import parameters, taxonomy
from sweepset.blender import labels
from sweepset.errors import SweepsetError
from sweepset.findings import Finding


def build(scene: str, seed: int, given: dict[str, Any]) -> list[Finding]:
    """Build a scene, a shipped one's name or a Python file, into an empty file, which replaces the open one.

    `given` are its parameters, in JSON's types. Return what a shipped scene found.
    """
    bpy.ops.wm.read_factory_settings(use_empty=True)
    if scene.lower().endswith(".py"):
        _build_own(Path(scene), seed, parameters.from_json(given))
        return []
    return sweepset_scenes.build(scene, seed, **parameters.from_json(given))


def _build_own(path: Path, seed: int, given: dict[str, Any]) -> None:
    """Run a user's file and its `build`; the scene carries its TAXONOMY. All its errors are SweepsetErrors."""
    module = ModuleType("sweepset_own_scene")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # as an import does; dataclasses look there
    sys.path.insert(0, str(path.parent))  # for modules beside it
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True), module.__dict__)
        build_own = module.__dict__.get("build")
        if not callable(build_own):
            raise SweepsetError("no function build(seed): define one that builds and labels the scene")
        named = module.__dict__.get("TAXONOMY")
        kinds = None if named is None else _read_taxonomy(path, named)
        if kinds:
            labels.write_taxonomies(kinds)
        build_own(seed, **given)
        if kinds:  # again: `build` may have added scenes
            labels.write_taxonomies(kinds)
    except (Exception, SystemExit) as error:
        raise SweepsetError(_explain(path, error)) from error


def _read_taxonomy(path: Path, given: object) -> taxonomy.Taxonomy:
    """Return the taxonomy that a file's TAXONOMY names, by name, by path from there, or as a dictionary."""
    if isinstance(given, dict):
        return taxonomy.parse(given, "TAXONOMY")
    beside = path.parent / str(given)
    return taxonomy.load(str(beside if beside.is_file() else given))


def _explain(path: Path, error: BaseException) -> str:
    """Return an error in a file as `file:line: kind: message`, on one line."""
    lines = [entry.lineno for entry in traceback.extract_tb(error.__traceback__) if entry.filename == str(path)]
    line, message = (lines or [1])[-1], " ".join(str(error).split())
    if isinstance(error, SyntaxError) and error.filename == str(path):
        line, message = error.lineno, error.msg
    kind = "" if isinstance(error, SweepsetError) else f"{type(error).__name__}: "
    return f"{path}:{line}: {kind}{message}"
