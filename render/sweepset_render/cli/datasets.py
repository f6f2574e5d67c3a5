"""Commands about finished datasets: verify, view, export, compare."""

from __future__ import annotations

import json
import sys
import webbrowser
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.progress import Progress

from sweepset import dataset, files, taxonomy
from sweepset.host import command
from sweepset.host.command import console, errors

from .. import exports
from ..datasets import contact_sheet, crops, verification, viewer
from ..datasets import dataset as reading
from ..datasets import stats as statistics


@click.command()
@click.argument("folder", metavar="DATASET", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def verify(folder: Path, as_json: bool) -> None:
    """List what is wrong with the files of DATASET, a folder that `render` wrote, here and in its index.html.

    Exit status 1 if there is an error or a warning.
    """
    data = reading.Dataset(folder)
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bar:
        job = bar.add_task("verify", total=len(data))
        verified = verification.verify(data, lambda count: bar.advance(job, count))
    try:
        contact_sheet.write(data.folder, data.data, verification.record(data.folder, verified))
    except files.WriteError as error:
        errors.print(f"{verification.FILE} and index.html stay as they are: {escape(str(error))}", style="yellow")
    if as_json:
        click.echo(json.dumps([finding.to_json() for finding in verified.findings], ensure_ascii=False, indent=1))
    else:
        command.show_table(str(folder), verified.findings)
        if any(finding.severity == "error" for finding in verified.findings):
            command.say(
                f"To render again what is missing or has changed since it was rendered, and only this: {_how(data)}"
            )
    if any(finding.severity != "note" for finding in verified.findings):
        sys.exit(1)


def _how(data: reading.Dataset) -> str:
    """Return the command line that rendered a dataset, or where to find out."""
    try:
        return (data.folder / dataset.STATE / dataset.TYPED).read_text(encoding="utf-8")
    except OSError:
        return "run its render command again; `job` in dataset.json has what it asked for"


@click.command()
@click.argument("folder", metavar="DATASET", type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="The page's port; 0: a free one.")
@click.option("--no-browser", is_flag=True, help="Only print the page's address.")
def view(folder: Path, port: int, no_browser: bool) -> None:
    """Look through DATASET, a folder that `render` wrote, in a browser: images below every ground truth.

    The page is served to this machine only, until Ctrl-C.
    """
    with viewer.Viewer(reading.Dataset(folder), port) as server:
        console.print(f"{escape(str(folder))} at {server.url} until Ctrl-C")
        if not no_browser:
            webbrowser.open(server.url)
        with suppress(KeyboardInterrupt):
            server.serve_forever()


@click.command()
@click.argument("datasets", nargs=-1, required=True, metavar="DATASET...", type=click.Path(path_type=Path))
@click.option("--to", "form", type=click.Choice(list(exports.FORMATS)), required=True, help="The format to write.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", required=True, help="The folder to write.")
@click.option("--taxonomy", metavar="NAME|FILE",
              help="Map categories to another taxonomy: "
                   f"{', '.join(taxonomy.shipped())}, or a JSON file.  [default: keep them]")  # fmt: skip
@click.option("--split", "shares", default="80,10,10", show_default=True, metavar="TRAIN,VAL,TEST",
              help="Shares of the splits; all frames of a scene's variation go to the same split.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Decides the splits.")
@click.option("--min-visibility", type=click.FloatRange(0, 1), default=0.0, show_default=True, metavar="SHARE",
              help="Leave out instances with a smaller visible share.")  # fmt: skip
@click.option("--min-area", type=click.IntRange(0), default=0, show_default=True, metavar="PIXELS",
              help="Leave out smaller instances.")  # fmt: skip
@click.option("--ignore", multiple=True, metavar="CATEGORY", help="Leave out a category; repeatable.")
@click.option("--stuff", is_flag=True, help="For coco: also annotate stuff such as walls.")
@click.option("--shard-size", type=click.IntRange(1), metavar="N",
              help=f"For webdataset: samples in a shard.  [default: {exports.webdataset.SIZE}]")  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace an export in the folder.")
def export(datasets: tuple[Path, ...], form: str, out: Path, shares: str, overwrite: bool, **settings: Any) -> None:
    """Write datasets in another format for training; the datasets stay as they are."""
    options = exports.Options(form, shares=exports.splits.parse_shares(shares), **settings)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("export", total=None)
        selection = exports.export(
            datasets,
            options,
            out,
            overwrite,
            say=lambda line: progress.console.print(escape(line)),
            advance=lambda frames: progress.update(bar, advance=1, total=frames),
        )
    counts = ", ".join(f"{split} {count}" for split, count in selection.counts.items())
    console.print(f"{len(selection)} images ({counts}) in {escape(str(out))}")


@click.command()
@click.argument("first", metavar="A", type=click.Path(path_type=Path))
@click.argument("second", metavar="[B]", required=False, type=click.Path(path_type=Path))
@click.option("--taxonomy", "taxonomy_name", metavar="NAME|FILE",
              help=f"Count in {', '.join(taxonomy.shipped())}, or a JSON file.  "
                   "[default: A's own, else nyu40]")  # fmt: skip
@click.option("--images", default="images", show_default=True, metavar="NAME",
              help="The images' subfolder, in a plain folder.")  # fmt: skip
@click.option("--labels", default="labels", show_default=True, metavar="NAME",
              help="The labels' subfolder, in a plain folder.")  # fmt: skip
@click.option("--crops", "as_crops", is_flag=True,
              help="Measure the largest thing of each frame in its box, beside photos of one thing each.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write a page with plots, such as a.html.")
def stats(
    first: Path,
    second: Path | None,
    taxonomy_name: str | None,
    images: str,
    labels: str,
    as_crops: bool,
    as_json: bool,
    out: Path | None,
) -> None:
    """Count categories, depth, brightness and contrast in the frames of A, and measure how far B differs from A.

    A and B are datasets, or plain folders of images and labels such as NYU Depth V2's; with --crops, a plain folder
    holds photos of one thing each.
    """
    kinds = statistics.choose_taxonomy(first, taxonomy_name)
    asked = [first, second] if second else [first]
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bars:
        bar = bars.add_task("stats", total=None)
        count = (
            partial(crops.count, kinds=kinds)
            if as_crops
            else partial(statistics.count, kinds=kinds, images=images, labels=labels)
        )
        found = [count(place, advance=lambda: bars.advance(bar)) for place in asked]
    one, other = found[0], found[1] if second else None
    if out:
        statistics.write(out.expanduser(), one, other)
    if as_json:
        result = statistics.Comparison(one, other) if other else one
        click.echo(json.dumps(result.to_json(), ensure_ascii=False, indent=1))
    else:
        statistics.show(one, other)


COMMANDS = (verify, view, export, stats)
