"""What commands share: the options of what is rendered and how, and the types of their values."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from sweepset import quality, sweeps, taxonomy, variety
from sweepset.job import ON_REQUEST, OUTPUTS, SENSORS, Job

from .. import storage
from ..blender import devices
from ..farm.shard import Limits
from ..farm.workers import Crew
from . import job_defaults

CREW_OPTIONS = (
    "blender_path",
    "strict",
    "overwrite",
    "tries",
    "recycle_frames",
    "recycle_memory",
    "time_limit",
    "device",
)
"""Options of a run that decide nothing of what its frames show."""


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
            self.fail(f"{value!r} is no size; write WIDTHxHEIGHT such as 640x480", param, ctx)
        if not (self.least <= width <= self.most and self.least <= height <= self.most):
            self.fail(f"{value!r} is out of range; each side is from {self.least} to {self.most} pixels", param, ctx)
        return width, height


class Duration(click.ParamType):
    """Seconds, written as 2h, 1h30m, 90m or 45s."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return seconds."""
        parts = re.fullmatch(r"(?:([\d.]+)h)?(?:([\d.]+)m)?(?:([\d.]+)s)?", str(value))
        with suppress(ValueError):
            numbers = [float(part or 0) for part in parts.groups()] if parts else []
            if sum(numbers) > 0:
                return sum(number * seconds for number, seconds in zip(numbers, (3600, 60, 1), strict=True))
        self.fail(f"{value!r} is no time; write one such as 2h, 1h30m, 90m or 45s", param, ctx)


class Place(click.ParamType):
    """A folder, or a URL that fsspec knows."""

    name = "DIR|URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return its path."""
        return storage.find(value) if isinstance(value, str) else value


class Device(click.ParamType):
    """What Cycles renders on."""

    name = "auto|cpu|gpu|gpu:K"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the value, where it is one of these."""
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
        self.fail(f"{value!r} is neither auto, keep nor a number of stops from -10 to 10", param, ctx)


BLENDER_OPTION = click.option(
    "--blender", "blender_path", metavar="PATH",
    help="A Blender (3.4 to 5.2) or a Python with the bpy wheel; else that of BLENDER, else the one set up here.",
)  # fmt: skip


def scene_options(command: Any) -> Any:
    """Add what `render` and `check` share."""
    for option in reversed(
        [
            click.argument("scene", callback=job_defaults.read, is_eager=True),
            click.option("--sweep", "sweep_name", default="viewpoints", metavar="NAME",
                         help=f"How to place cameras: {', '.join(sweeps.SWEEPS)}.  [default: viewpoints]"),
            click.option("-p", "--parameter", "parameters", multiple=True, metavar="KEY=VALUE",
                         help="A parameter of the sweep; may be repeated."),
            click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True,
                         help="Decides everything random."),
            click.option("--taxonomy", "taxonomy_name", metavar="NAME|FILE",
                         help=f"{', '.join(taxonomy.shipped())}, or a JSON file; else the scene's own, else nyu40."),
            click.option("--exposure", type=Exposure(), default="auto", show_default=True,
                         help="auto corrects a scene that comes out black or blown out; keep leaves it."),
            click.option("--scene-name", default="", metavar="NAME", help="The scene to use, of several in the file."),
            click.option("--view-layer", default="", metavar="NAME", help="The view layer to use, of several."),
            click.option("--unit", type=click.FloatRange(0, min_open=True), metavar="METRES",
                         help="Metres in a unit of the scene, where the file is wrong about it."),
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
    """Add what `render` and `farm` share."""
    for option in reversed(
        [
            click.option("--out", type=Place(),
                         help="Dataset folder, or a URL such as s3://bucket/folder.  [default: renders/SCENE]"),
            click.option("--frames", type=click.IntRange(1, 10_000_000), metavar="N",
                         help="Frames to render, of each variation of each scene.  "
                              f"[default: {sweeps.DEFAULT_FRAMES}, or all that the sweep has]"),
            click.option("--variations", type=click.IntRange(1, 10_000_000), default=1, show_default=True, metavar="N",
                         help="Variations of each scene; of a .blend, the first is the file as it is."),
            click.option("--vary", default="", metavar="STRENGTH|PART=STRENGTH,...|random",
                         help=f"How much variations differ, 0 to 1, or part by part: {', '.join(variety.PARTS)}.  "
                              "[default: 0.5 for a .blend]"),
            click.option("--textures", type=click.Path(path_type=Path), metavar="DIR",
                         help="A folder of textures for variations and shipped scenes."),
            click.option("--hdris", type=click.Path(path_type=Path), metavar="DIR",
                         help="A folder of HDRIs for the sky of variations and shipped scenes."),
            click.option("--size", type=Size(), default="640x480", show_default=True,
                         help="Width and height in pixels."),
            click.option("--preset", type=click.Choice(list(quality.PRESETS)), default=quality.DEFAULT,
                         show_default=True,
                         help="How good images are, and how long they take; realtime renders them with EEVEE."),
            click.option("--samples", type=click.IntRange(1, 65536),
                         help="Samples per pixel, at most.  [default: the preset's]"),
            click.option("--denoise/--no-denoise", default=True, show_default=True,
                         help="Denoise images, where Blender can."),
            click.option("--lens-jitter", type=click.FloatRange(0, 0.9), default=0.0, show_default=True,
                         metavar="SHARE", help="Vary the field of view by up to this share, either way."),
            click.option("--sensor", type=click.Choice(SENSORS), default="none", show_default=True,
                         help="Give images the faults of a camera: its lens, noise, sharpening; labels bend alike."),
            click.option("--flash", type=click.FloatRange(0, 1), default=0.0, show_default=True, metavar="SHARE",
                         help="Light this share of the frames by a flash on the camera."),
            click.option("--format", "image_format", type=click.Choice(["png", "jpg"]), default="png",
                         show_default=True, help="Format of images; labels are always PNG."),
            click.option("--quality", type=click.IntRange(1, 100), default=92, show_default=True,
                         help="Quality of JPEG images."),
            click.option("--with", "extra", multiple=True, type=click.Choice(ON_REQUEST),
                         help="Add a ground truth; may be repeated."),
            click.option("--without", multiple=True, type=click.Choice(OUTPUTS),
                         help="Leave out a ground truth; may be repeated."),
            click.option("--baseline", type=click.FloatRange(0, 100, min_open=True), metavar="METRES",
                         help=f"How far to the right stereo's second camera is.  [default: {Job.baseline}]"),
            click.option("--strict", is_flag=True,
                         help="Fail on the scene's errors and warnings, an unlabelled scene among them."),
            click.option("--overwrite", is_flag=True, help="Replace a dataset of another job in the output folder."),
            click.option("--device", type=Device(), default="auto", show_default=True,
                         help="What Cycles renders on: auto takes a GPU where there is one, one for each worker."),
            click.option("--workers", type=click.IntRange(1, 10_000), metavar="N",
                         help="Blenders at work at once, which share the cores.  [default: 1]"),
            click.option("--tries", type=click.IntRange(1), default=Crew.tries, show_default=True, metavar="N",
                         help="How often a frame is tried that Blender fails at."),
            click.option("--recycle-frames", type=click.IntRange(1), default=Limits.frames, show_default=True,
                         metavar="N", help="Frames after which a Blender is replaced by a fresh one."),
            click.option("--recycle-memory", type=click.IntRange(1), metavar="MB",
                         help="Resident memory above which it is, too."),
            click.option("--time-limit", type=click.FloatRange(0, min_open=True), metavar="SECONDS",
                         help="End a Blender that takes longer for a start or a frame.  [default: learned]"),
        ]
    ):  # fmt: skip
        command = option(command)
    return command
