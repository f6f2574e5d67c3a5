"""Job files as defaults of the command's options: an option on the command line overrides the job file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sweepset import job_file, supplies, taxonomy
from sweepset.errors import SweepsetError
from sweepset.ground_truth import BY_DEFAULT

KEY = "sweepset.job"
"""The key under which a command's context keeps the content of the job file."""
SAME = (
    "frames", "variations", "preset", "samples", "denoise", "fov", "lens_jitter", "seed", "quality", "exposure",
    "scene_name", "view_layer", "sensor", "flash", "vary",
)  # fmt: skip
"""Keys of a job file whose option has the same name and takes the value as text."""


def read(context: click.Context, _: click.Parameter, scene: str) -> str:
    """Take the scene and defaults of options from a job file; return its first scene, or a scene that is none."""
    if Path(scene).suffix.lower() != ".json":
        return scene
    path = Path(scene).expanduser()
    data = job_file.read(path)
    context.meta[KEY] = data
    found: dict[str, Any] = {name: str(data[name]) for name in SAME if data.get(name) is not None}
    found |= {option: data[key] for key, option in (("format", "image_format"), ("unit", "unit")) if data.get(key)}
    if "sweep" in data:
        if not isinstance(data["sweep"], dict) or "name" not in data["sweep"]:
            raise SweepsetError(f'job {scene!r}: sweep is {data["sweep"]!r}; write {{"name": "orbit", "radius": 2}}')
        found["sweep_name"] = data["sweep"]["name"]
    if "size" in data:
        found["size"] = "x".join(map(str, data["size"])) if isinstance(data["size"], list) else str(data["size"])
    for key, option in (("taxonomy", "taxonomy_name"), *((name, name) for name in supplies.FOLDERS)):
        if isinstance(data.get(key), str) and data[key]:
            beside = path.parent / data[key]
            found[option] = str(beside) if beside.exists() else data[key]
    if "outputs" in data:
        if not isinstance(data["outputs"], list):
            raise SweepsetError(
                f"job {scene!r}: outputs is {data['outputs']!r}; write a list such as {list(BY_DEFAULT)}"
            )
        found["extra"] = [name for name in data["outputs"] if name not in BY_DEFAULT]
        found["without"] = [name for name in BY_DEFAULT if name not in data["outputs"]]
        if "stereo" in data["outputs"] and "baseline" in data:
            found["baseline"] = str(data["baseline"])
    if data.get("trust_scripts"):
        found["trust_scripts"] = str(data["trust_scripts"])
    context.default_map = {**(context.default_map or {}), **found}
    return data["scenes"][0]


def scenes(scene: str) -> list[str]:
    """Return all scenes of the command's job file, `scene` first; without a job file, `scene` alone."""
    return click.get_current_context().meta.get(KEY, {}).get("scenes", [scene])


def parameters(sweep: str) -> list[str]:
    """Return the parameters of this sweep and of scenes in the command's job file, as `key=value`."""
    data = click.get_current_context().meta.get(KEY, {})
    given = dict(data.get("sweep", {}))
    if given.pop("name", sweep) != sweep:
        given = {}
    own = data.get("scene_parameters", {})
    if not isinstance(own, dict):
        raise SweepsetError(f'scene_parameters is {own!r}; write an object such as {{"cups": 3}}')
    return [f"{key}={_as_text(value)}" for key, value in {**given, **own}.items()]


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def embedded_taxonomy() -> dict[str, Any] | None:
    """Return the taxonomy written in the command's job file, in JSON's types, None if it has none."""
    given = click.get_current_context().meta.get(KEY, {}).get("taxonomy")
    return taxonomy.parse(given, "in the job").to_json() if isinstance(given, dict) else None
