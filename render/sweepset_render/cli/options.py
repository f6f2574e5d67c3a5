"""Options that commands share, the types of their values, and what they ask for as one object."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

import sweepset_scenes
from sweepset import parameters, quality, supplies, sweeps, taxonomy, variety
from sweepset.errors import SweepsetError
from sweepset.ground_truth import BY_DEFAULT, ON_REQUEST
from sweepset.job import SENSORS, Job

from .. import storage
from ..blender import devices
from ..farm import scene_parameters
from ..farm.request import Request
from ..farm.shard import Limits
from ..farm.workers import Crew
from . import job_defaults


@dataclass(frozen=True)
class Running:
    """Options of a run that do not change its frames."""

    blender_path: str | None
    out: Path | None = None
    strict: bool = False
    overwrite: bool = False
    workers: int | None = None
    tries: int = Crew.tries
    recycle_frames: int = Limits.frames
    recycle_memory: int | None = None
    time_limit: float | None = None
    device: str = "auto"

    def limits(self, threads: int) -> Limits:
        """Return how long a Blender with so many threads is kept, 0 for all cores."""
        memory = self.recycle_memory << 20 if self.recycle_memory else None
        return Limits(self.recycle_frames, memory, self.time_limit, threads=threads, device=self.device)


class Size(click.ParamType):
    """WIDTHxHEIGHT in pixels."""

    name = "WxH"
    least, most = 16, 8192

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Return (width, height)."""
        if isinstance(value, tuple):
            return value
        try:
            width, height = (int(part) for part in value.lower().split("x"))
        except ValueError:
            self.fail(f"{value!r} is not a size; write WIDTHxHEIGHT such as 640x480", param, ctx)
        if not (self.least <= width <= self.most and self.least <= height <= self.most):
            self.fail(f"{value!r} is out of range; each side has {self.least} to {self.most} pixels", param, ctx)
        return width, height


class Duration(click.ParamType):
    """Seconds, written such as 2h, 1h30m, 90m or 45s."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return seconds."""
        parts = re.fullmatch(r"(?:([\d.]+)h)?(?:([\d.]+)m)?(?:([\d.]+)s)?", str(value))
        with suppress(ValueError):
            numbers = [float(part or 0) for part in parts.groups()] if parts else []
            if sum(numbers) > 0:
                return sum(number * seconds for number, seconds in zip(numbers, (3600, 60, 1), strict=True))
        self.fail(f"{value!r} is not a time; write one such as 2h, 1h30m, 90m or 45s", param, ctx)


class Place(click.ParamType):
    """A folder, or a URL that fsspec knows."""

    name = "DIR|URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return its path."""
        return storage.find(value) if isinstance(value, str) else value


class Device(click.ParamType):
    """The device that Cycles renders on."""

    name = "auto|cpu|gpu|gpu:K"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the value if it is a device's name."""
        return devices.check(value)


class Exposure(click.ParamType):
    """'auto', 'keep' or a number of stops."""

    name = "auto|keep|STOPS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the value as text."""
        if value in ("auto", "keep"):
            return value
        try:
            if -10 <= float(value) <= 10:
                return str(float(value))
        except ValueError:
            pass
        self.fail(f"{value!r} is not auto, keep or a number of stops from -10 to 10", param, ctx)


BLENDER_OPTION = click.option(
    "--blender", "blender_path", metavar="PATH",
    help="A Blender (3.4 to 5.2) or a Python with the bpy wheel.  [default: BLENDER's, else the one set up here]",
)  # fmt: skip
TAXONOMY_OPTION = click.option(
    "--taxonomy", "taxonomy_name", metavar="NAME|FILE",
    help=f"{', '.join(taxonomy.shipped())}, or a JSON file.  [default: the scene's own, else nyu40]",
)  # fmt: skip


def read_options(options: dict[str, Any]) -> tuple[Request, Running]:
    """Return what the options of `scene_options` and of `render_options` ask for, within their command."""
    left = dict(options)
    running = Running(**{field.name: left.pop(field.name) for field in fields(Running) if field.name in left})
    scene, models = left.pop("scene"), left.pop("models", None)
    if not scene and models is None:
        raise SweepsetError("no scene: name one, or a folder of your own models with --models DIR")
    scenes = job_defaults.scenes(scene or sweepset_scenes.OF_MODELS)
    suited, *texts = scene_parameters.sweep_of(scenes)
    sweep = left.pop("sweep_name") or suited
    texts = [*(texts if sweep == suited else ()), *job_defaults.parameters(sweep), *left.pop("parameters")]
    placed, of_scenes = scene_parameters.parse(scenes, sweep, texts)
    model_scale = left.pop("model_scale", None) or 0.0
    asked = Request(
        tuple(scenes),
        sweeps.to_json(placed),
        read_taxonomy(left.pop("taxonomy_name")) or job_defaults.embedded_taxonomy(),
        left.pop("unit") or 0.0,
        left.pop("variations", 1),
        {name: left.pop(name, None) for name in supplies.FOLDERS},
        _read_render_options(left) if "preset" in left else left,
        of_scenes,
        models,
        model_scale,
    )
    return asked, running


def read_taxonomy(name: str | None) -> dict[str, Any] | None:
    """Return a taxonomy in JSON's types by its name or file, None for none."""
    return taxonomy.load(name).to_json() if name else None


def _read_render_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options that only `render_options` has as fields of a job."""
    settings = dict(options)
    extra, without, baseline, suffix = (settings.pop(n) for n in ("extra", "without", "baseline", "image_format"))
    if baseline and "stereo" not in extra:
        raise SweepsetError(f"--baseline {baseline} is for stereo pairs: pass --with stereo too")
    outputs = (*BY_DEFAULT, *ON_REQUEST)
    return {
        **settings,
        "outputs": tuple(n for n in outputs if n in extra or (n in BY_DEFAULT and n not in without)),
        "baseline": baseline or Job.baseline,
        "samples": _settle_samples(settings["preset"], settings["samples"]),
        "format": suffix,
    }


def _settle_samples(preset: str, samples: int | None) -> int:
    """Return the samples asked for, else the preset's; a command-line preset overrides the job file."""
    source = click.get_current_context().get_parameter_source
    by_file = source("preset") is ParameterSource.COMMANDLINE and source("samples") is ParameterSource.DEFAULT_MAP
    return quality.named(preset).samples if samples is None or by_file else samples


def _parameters() -> str:
    """Return the keys of the parameters of all sweeps and shipped scenes, with their defaults."""
    kinds = {name: kind.parameters for name, kind in sweeps.SWEEPS.items()}
    kinds |= {f"scene {name}": scene.parameters for name, scene in sweepset_scenes.SCENES.items()}
    texts = []
    for name, kind in kinds.items():
        keys = [f"{one.key}={one.default}" if one.default else one.key for one in parameters.describe(kind)]
        texts += [f"{name}: {' '.join(keys)}"] if keys else []
    return "; ".join(texts) + "."


def scene_options(command: Any) -> Any:
    """Add the options that `render`, `farm` and `check` share."""
    for option in reversed(
        [
            click.argument("scene", required=False, default="", callback=job_defaults.read, is_eager=True),
            click.option("--models", type=click.Path(path_type=Path), metavar="DIR|TABLE",
                         help="Your own 3D models, for the scene objects, which SCENE may then leave out: a folder of "
                              ".glb, .gltf, .obj, .stl, .ply, .fbx, .usd or .blend files, or a table of them."),
            click.option("--model-scale", type=click.FloatRange(0, min_open=True), metavar="METRES",
                         help="Metres in a unit of the models' files.  [default: guessed from their size]"),
            click.option("--sweep", "sweep_name", metavar="NAME",
                         help=f"How to place cameras: {', '.join(sweeps.SWEEPS)}.  "
                              "[default: the shipped scene's own, else viewpoints]"),
            click.option("-p", "--parameter", "parameters", multiple=True, metavar="KEY=VALUE",
                         help=f"A parameter of the sweep or the scene; repeatable. {_parameters()}"),
            click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True,
                         help="Seed of everything random."),
            TAXONOMY_OPTION,
            click.option("--exposure", type=Exposure(), default="auto", show_default=True,
                         help="auto corrects black or blown-out images; keep leaves the scene's exposure."),
            click.option("--scene-name", default="", metavar="NAME", help="Which scene of the file to use."),
            click.option("--view-layer", default="", metavar="NAME", help="Which view layer to use."),
            click.option("--unit", type=click.FloatRange(0, min_open=True), metavar="METRES",
                         help="Metres in a unit of the scene, if the file states it wrongly."),
            click.option("--fov", type=click.FloatRange(1, sweeps.WIDEST_FOV), default=sweeps.KINECT_FOV,
                         show_default=True,
                         help="Horizontal field of view in degrees."),
            click.option("--trust-scripts", is_flag=True, help="Run the scripts inside the .blend."),
            BLENDER_OPTION,
        ]
    ):  # fmt: skip
        command = option(command)
    return command


def render_options(command: Any) -> Any:
    """Add the options that `render` and `farm` share."""
    for option in reversed(
        [
            click.option("--out", type=Place(),
                         help="Dataset folder, or a URL such as s3://bucket/folder.  [default: renders/SCENE]"),
            click.option("--frames", type=click.IntRange(1, 10_000_000), metavar="N",
                         help="Frames of each variation of each scene.  "
                              f"[default: {sweeps.DEFAULT_FRAMES}, or all that the sweep has]"),
            click.option("--variations", type=click.IntRange(1, 10_000_000), default=1, show_default=True, metavar="N",
                         help="Variations of each scene; a .blend's first one is the file unchanged."),
            click.option("--vary", default="", metavar="STRENGTH|PART=STRENGTH,...|random",
                         help=f"How much variations differ, 0 to 1, or part by part: {', '.join(variety.PARTS)}.  "
                              "[default: 0.5 for a .blend]"),
            click.option("--textures", type=click.Path(path_type=Path), metavar="DIR",
                         help="A folder of textures for variations and for scenes built by code."),
            click.option("--hdris", type=click.Path(path_type=Path), metavar="DIR",
                         help="A folder of HDRIs for the sky of variations and of scenes built by code."),
            click.option("--backgrounds", type=click.Path(path_type=Path), metavar="DIR",
                         help="A folder of photos for what is behind everything in variations and scenes built by "
                              "code; a scene's backdrop gives way to them."),
            click.option("--size", type=Size(), default="640x480", show_default=True,
                         help="Width and height in pixels."),
            click.option("--preset", type=click.Choice(list(quality.PRESETS)), default=quality.DEFAULT,
                         show_default=True,
                         help="Quality of images, against their cost; realtime renders with EEVEE."),
            click.option("--samples", type=click.IntRange(1, 65536),
                         help="Most samples per pixel.  [default: the preset's]"),
            click.option("--denoise/--no-denoise", default=True, show_default=True,
                         help="Denoise images, if Blender can."),
            click.option("--lens-jitter", type=click.FloatRange(0, 0.9), default=0.0, show_default=True,
                         metavar="SHARE", help="Vary the field of view by up to this share, up and down."),
            click.option("--sensor", type=click.Choice(SENSORS), default="none", show_default=True,
                         help="Give images a camera's faults: lens distortion, noise, sharpening; labels are "
                              "distorted alike."),
            click.option("--flash", type=click.FloatRange(0, 1), default=0.0, show_default=True, metavar="SHARE",
                         help="Light this share of the frames with a flash on the camera."),
            click.option("--format", "image_format", type=click.Choice(["png", "jpg"]), default="png",
                         show_default=True, help="Format of images; labels are always PNG."),
            click.option("--quality", type=click.IntRange(1, 100), default=92, show_default=True,
                         help="Quality of JPEG images."),
            click.option("--with", "extra", multiple=True, type=click.Choice(ON_REQUEST),
                         help="Add a ground truth; repeatable."),
            click.option("--without", multiple=True, type=click.Choice(BY_DEFAULT),
                         help="Leave out a ground truth; repeatable."),
            click.option("--baseline", type=click.FloatRange(0, 100, min_open=True), metavar="METRES",
                         help=f"Distance of stereo's second camera, to the right.  [default: {Job.baseline}]"),
            click.option("--strict", is_flag=True,
                         help="Fail on errors and warnings, such as an unlabelled scene."),
            click.option("--overwrite", is_flag=True, help="Replace another job's dataset in the output folder."),
            click.option("--device", type=Device(), default="auto", show_default=True,
                         help="Device of Cycles; auto: a GPU for each worker if there are any, else the CPU."),
            click.option("--workers", type=click.IntRange(1, 10_000), metavar="N",
                         help="Number of Blenders at once, which share the cores.  [default: 1]"),
            click.option("--tries", type=click.IntRange(1), default=Crew.tries, show_default=True, metavar="N",
                         help="Tries of a frame before it counts as failed."),
            click.option("--recycle-frames", type=click.IntRange(1), default=Limits.frames, show_default=True,
                         metavar="N", help="Frames after which a new Blender replaces the old one."),
            click.option("--recycle-memory", type=click.IntRange(1), metavar="MB",
                         help="Resident memory above which a new Blender replaces it."),
            click.option("--time-limit", type=click.FloatRange(0, min_open=True), metavar="SECONDS",
                         help="End a Blender whose start or frame takes longer.  [default: from the pace so far]"),
        ]
    ):  # fmt: skip
        command = option(command)
    return command
