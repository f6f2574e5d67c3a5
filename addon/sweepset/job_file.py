"""A job in a file, which a user or the window wrote for `sweepset render JOB.json`. Imports no bpy."""

from __future__ import annotations

import dataclasses
import difflib
import json
import os
from pathlib import Path
from typing import Any

from . import files
from .errors import SweepsetError
from .job import ON_DISK, Job

FOUND = ("procedural", "scene_sha256", "variation", "textures_sha256", "hdris_sha256", "backgrounds_sha256")
"""Fields of a job that its file lacks: the command finds them in the scene and in folders."""
_NAMES = tuple(field.name for field in dataclasses.fields(Job) if field.name not in FOUND)
KEYS = ("scenes", "variations", *(ON_DISK.get(name, name) for name in _NAMES))
"""Keys of a job file: the other fields of a job, several `scenes` instead of one, and `variations` of each."""


def write(path: Path, job: Job) -> None:
    """Write a job file; the scene path is relative to the job file."""
    data = {key: value for key, value in job.to_json().items() if key in KEYS}
    try:
        data["scene"] = os.path.relpath(job.scene, path.parent).replace(os.sep, "/")
    except ValueError:  # on another drive
        data["scene"] = job.scene
    files.write_json(path, data)


def read(path: Path) -> dict[str, Any]:
    """Return a job file's content, its scene or scenes as `scenes`, relative to this folder; refuse unknown keys."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SweepsetError(
            f"cannot read the job {str(path)!r}: {error.strerror}; give a .blend, or a job file that is there"
        ) from None
    except ValueError as error:
        raise SweepsetError(f"job {str(path)!r} is not JSON: {error}") from None
    scenes = data.get("scenes", [data.get("scene")]) if isinstance(data, dict) else None
    if not isinstance(scenes, list) or not scenes or not all(isinstance(name, str) for name in scenes):
        raise SweepsetError(
            f'job {str(path)!r}: expected an object with a "scene", such as {{"scene": "flat.blend"}}, or "scenes", '
            'such as ["kitchen", "flat.blend"]'
        )
    for key in data:
        if key not in KEYS:
            close = difflib.get_close_matches(key, KEYS, n=1, cutoff=0.5)
            guess = f"did you mean {close[0]!r}?" if close else f"it may have {', '.join(KEYS)}"
            raise SweepsetError(f"job {str(path)!r}: unknown key {key!r}; {guess}")
    if "scene" in data and "scenes" in data:
        raise SweepsetError(f"job {str(path)!r} has both scene and scenes: leave one of them out")
    found = [str(path.parent / name) if (path.parent / name).exists() else name for name in scenes]
    return {**{key: value for key, value in data.items() if key != "scene"}, "scenes": found}
