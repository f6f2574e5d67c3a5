"""Commands about this machine and its files: install and list Blenders, list scenes and models, measure costs."""

from __future__ import annotations

from pathlib import Path

import click
from rich.markup import escape

import sweepset_scenes
from sweepset import outputs, parameters, sweeps
from sweepset.host import command
from sweepset.host.command import console

from .. import storage
from ..bench import cost, presets
from ..blender import install
from ..blender import installations as blenders
from ..farm.request import Request
from ..models import listing, page, reading
from .options import BLENDER_OPTION, Size


@click.command()
@click.option("--version", metavar="X.Y", help="The Blender, such as 4.2.  [default: the best for the Pythons here]")
@click.option("--all", "every", is_flag=True, help="Install every Blender that the Pythons here can run.")
def setup(version: str | None, every: bool) -> None:
    """Install a Blender for this project: the bpy wheel, in an environment of its own."""
    if every:
        install.set_up_all(console.print)
    else:
        console.print(str(install.set_up(version, console.print)))


@click.command("blenders")
def list_blenders() -> None:
    """List the Blenders found on this machine, oldest first."""
    for blender in blenders.installed():
        console.print(str(blender))


@click.command("scenes")
def list_scenes() -> None:
    """List the scenes that come with Sweepset, with their parameters for -p."""
    for name, scene in sweepset_scenes.SCENES.items():
        console.print(f"{name:12} {scene.kind}: {scene.about}")
        for one in parameters.describe(scene.parameters):
            console.print(f"{'':12} -p {one.key}={one.default}: {one.help}")


@click.command("models")
@click.argument("folder", metavar="DIR|TABLE", type=click.Path(path_type=Path))
@click.option("--model-scale", type=click.FloatRange(0, min_open=True), metavar="METRES",
              help="Metres in a unit of the models' files.  [default: guessed from their size]")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), default=Path("models.html"), show_default=True, metavar="FILE",
              help="The page to write, with a picture of each model.")  # fmt: skip
@BLENDER_OPTION
def list_models(folder: Path, model_scale: float | None, out: Path, blender_path: str | None) -> None:
    """List your own 3D models in DIR, or those of a table, as `render --models` uses them, and write a page of them."""
    blender = blenders.find(blender_path)
    listed = listing.find(folder)
    outputs.demand_outside(out.expanduser())
    with storage.scratch() as pictures:
        found = reading.read(listed.folder, listed.models, model_scale or 0.0, blender, pictures, command.say)
        told = [*listed.findings, *reading.findings_of(found)]
        page.write(out.expanduser(), listed.folder, found, told, pictures)
    command.tabulate(page.HEAD, page.rows(found), str(folder))
    command.show_findings(listed.findings)
    console.print(f"{len(found)} models; open {escape(str(out))}")


@click.command()
@click.argument("scene", default="kitchen")
@click.option("--frames", type=click.IntRange(2), default=8, show_default=True, help="Frames in each round.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True,
              help="Rounds of each side, in turns.")  # fmt: skip
@click.option("--size", type=Size(), default="640x480", show_default=True, help="Width and height in pixels.")
@click.option("--samples", type=click.IntRange(1), default=32, show_default=True, help="Samples per pixel.")
@click.option("--long", "long_frames", type=click.IntRange(0), default=200, show_default=True,
              help="Frames of the sweep that measures memory; 0 skips it.")  # fmt: skip
@click.option("--only-long", is_flag=True, help="Measure memory only, frame by frame.")
@click.option("--workers", type=click.IntRange(2), metavar="N",
              help="Compare this many Blenders at once with a single one instead.")  # fmt: skip
@click.option("--presets", "only_presets", is_flag=True,
              help="Compare quality presets with plain Blender and a reference instead.")  # fmt: skip
@click.option("--reference", type=click.IntRange(1), default=presets.REFERENCE_SAMPLES, show_default=True, metavar="N",
              help="With --presets: samples of the reference, which takes minutes a frame.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), default=Path("renders/presets"), show_default=True,
              help="With --presets: folder for images, table and plot; a reference in it is reused.")  # fmt: skip
@BLENDER_OPTION
def bench(
    scene: str,
    frames: int,
    rounds: int,
    size: tuple[int, int],
    samples: int,
    long_frames: int,
    only_long: bool,
    workers: int | None,
    only_presets: bool,
    reference: int,
    out: Path,
    blender_path: str | None,
) -> None:
    """Measure the cost of ground truth against Blender alone, and memory over a long sweep."""
    blender = blenders.find(blender_path)
    settings = {"frames": frames, "size": size}
    if only_presets:
        (job,) = Request((scene,), settings={**settings, "outputs": ()}).plan(blender).jobs
        presets.compare(job, blender, out, reference, console.print)
        return
    asked = Request((scene,), sweeps.to_json(sweeps.Orbit()), settings={**settings, "samples": samples})
    (job,) = asked.plan(blender).jobs
    console.print(str(blender))
    if workers:
        cost.compare_workers(job, blender, workers, rounds, console.print)
        return
    if not only_long:
        cost.compare(job, blender, rounds, console.print)
    if long_frames:
        cost.watch_memory(job, blender, long_frames, console.print)


COMMANDS = (setup, list_blenders, list_scenes, list_models, bench)
