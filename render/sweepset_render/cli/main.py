"""The command `sweepset`."""

from __future__ import annotations

import difflib
import hashlib
import json
import shlex
import sys
import webbrowser
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from rich.markup import escape
from rich.progress import Progress as Bars

import sweepset
import sweepset_scenes
from sweepset import dataset, naming, quality, supplies, sweeps, taxonomy
from sweepset.errors import SweepsetError
from sweepset.findings import SEVERITIES, Finding
from sweepset.host import command
from sweepset.host.command import console, errors
from sweepset.job import ON_REQUEST, OUTPUTS, Job
from sweepset.protocol import Scene

from .. import exports, storage
from ..bench import cost as bench
from ..bench import presets
from ..blender import install, labelling, process
from ..blender import installations as blenders
from ..blender.installations import Blender
from ..datasets import contact_sheet, stats, verification, viewer
from ..datasets import dataset as reading
from ..farm import estimate, status
from ..farm import plan as plans
from ..farm import workers as crews
from ..farm.dataset_builder import Collection
from ..farm.events import Began, Failed
from ..farm.plan import Plan
from ..farm.progress import Progress
from ..farm.ray_cluster import Cluster
from ..farm.shard import Limits
from ..farm.workers import Crew
from . import job_defaults
from .options import BLENDER_OPTION, CREW_OPTIONS, Duration, Place, Size, render_options, scene_options

CHECK_FRAMES, CHECK_SIZE, CHECK_SAMPLES = 6, (160, 120), 8


@click.group(context_settings=command.CONTEXT)
@click.version_option(sweepset.__version__, prog_name="sweepset")
def cli() -> None:
    """Turn labelled Blender scenes into image/label pairs."""


@cli.command()
@scene_options
@render_options
@click.option("--budget", type=Duration(),
              help="Choose how many frames fit this time, or which preset, where --frames says how many.")  # fmt: skip
def render(**options: Any) -> None:
    """Render image/label pairs from SCENE: the name of a shipped scene, a .blend file, or the .json file of a job.

    Running the same command again finishes what is missing.
    """
    _render(**options)


@cli.command()
@scene_options
@render_options
@click.option(
    "--plan",
    "only_plan",
    is_flag=True,
    help="Render a few frames only, and tell what all take on workers that are machines like this one.",
)
@click.option("--price", type=click.FloatRange(0), metavar="P", help="With --plan: of one machine for an hour.")
@click.option("--json", "as_json", is_flag=True, help="With --plan: print JSON instead of lines.")  # fmt: skip
@click.option(
    "--ray",
    "address",
    metavar="HOST:PORT|auto|local",
    help="Render on the nodes of a Ray cluster: of its head's address, of this machine, or made here.",
)
@click.option(
    "--cpus-per-worker",
    type=click.IntRange(1),
    metavar="N",
    help="With --ray: CPU cores that each worker takes.  [default: those of the smallest node; 1 with GPUs]",
)
@click.option("--gpus-per-worker", type=click.FloatRange(0), default=0, show_default=True, metavar="N",
              help="With --ray: GPUs that each worker takes.")  # fmt: skip
def farm(
    only_plan: bool,
    price: float | None,
    as_json: bool,
    address: str | None,
    cpus_per_worker: int | None,
    gpus_per_worker: float,
    **options: Any,
) -> None:
    """Render a large job: SCENE is its .json file, or what `render` takes.

    Running the same command again finishes what is missing.
    """
    if only_plan:
        _show_plan(price, as_json, **options)
    elif price is not None or as_json:
        raise SweepsetError("--price and --json tell of a plan: pass --plan too")
    elif address is not None:
        with closing(Cluster(address, cpus_per_worker, gpus_per_worker)) as cluster:
            _render(budget=None, cluster=cluster, **options)
    else:
        _render(budget=None, **options)


def _plan_of(
    blender: Blender,
    scene: str,
    sweep_name: str,
    parameters: tuple[str, ...],
    frames: int | None,
    preset: str,
    samples: int | None,
    variations: int,
    extra: tuple[str, ...],
    without: tuple[str, ...],
    baseline: float | None,
    image_format: str,
    taxonomy_name: str | None,
    unit: float | None,
    textures: Path | None,
    hdris: Path | None,
    **settings: Any,
) -> Plan:
    """Return the plan of what was asked for."""
    wanted = [_job(name, sweep_name, parameters, taxonomy_name, unit, blender) for name in job_defaults.scenes(scene)]
    if baseline and "stereo" not in extra:
        raise SweepsetError(f"--baseline {baseline} is for stereo pairs: pass --with stereo too")
    common = {
        "frames": frames,
        "outputs": tuple(n for n in (*OUTPUTS, *ON_REQUEST) if n in extra or n in set(OUTPUTS) - set(without)),
        "baseline": baseline or Job.baseline,
        "format": image_format,
        "preset": preset,
        "samples": _settle_samples(preset, samples),
        **_supplies(textures, hdris),
        **settings,
    }
    return plans.make([replace(job, **common) for job in wanted], variations)


def _supplies(textures: Path | None, hdris: Path | None) -> dict[str, str]:
    """Return what a job says of folders of textures and HDRIs, which have to hold some."""
    found: dict[str, str] = {}
    if textures is not None:
        folder = textures.expanduser().resolve()
        files = list(supplies.pictures(supplies.find_textures(folder)))
        found |= {"textures": str(folder), "textures_sha256": supplies.checksum(folder, files)}
    if hdris is not None:
        folder = hdris.expanduser().resolve()
        found |= {"hdris": str(folder), "hdris_sha256": supplies.checksum(folder, supplies.find_skies(folder))}
    return found


def _show_plan(price: float | None, as_json: bool, out: Path | None, workers: int | None, **options: Any) -> None:
    """Measure a few frames and tell what all of a plan take."""
    asked = {key: value for key, value in options.items() if key not in CREW_OPTIONS}
    blender = blenders.find(options["blender_path"])
    plan, pace = estimate.measure(_plan_of(blender, **asked), blender, options["device"])
    told = estimate.simulate(plan, pace, workers or 1)
    free = estimate.free_space(out or Path("renders"))
    if as_json:
        cost = None if price is None else told.cost(price)
        click.echo(json.dumps({**told.to_json(), "pace": vars(pace), "free": free, "cost": cost}, indent=1))
        return
    for line in estimate.lines(told, pace, free, price):
        console.print(escape(line))


def _fit(plan: Plan, blender: Blender, budget: float, folder: Path, device: str) -> Plan:
    """Choose the frames or the preset that fit a time, and say so; a dataset that was begun keeps what was chosen."""
    source = click.get_current_context().get_parameter_source
    choose = "frames" if plan.frames is None or source("frames") is ParameterSource.DEFAULT else "preset"
    settings = ("frames",) if choose == "frames" else ("preset", "samples")
    if choose == "preset" and ParameterSource.COMMANDLINE in (source("preset"), source("samples")):
        raise SweepsetError("--budget has nothing to choose: leave out --frames, or --preset and --samples")
    begun = folder / dataset.STATE / "job.json"
    if begun.exists():
        before = dataset.read_json(begun)["job"]
        plan = estimate.with_settings(plan, **{name: before[name] for name in settings})
        console.print(f"budget: going on as before with {plan.frames} frames, preset {plan.jobs[0].preset}")
        return plan
    plan, pace = estimate.fit(plan, blender, budget, choose, device)
    console.print(
        f"budget: {plan.total} frames, preset {plan.jobs[0].preset}, at {pace.frame:.1f} s a frame; "
        f"about {estimate.simulate(plan, pace, 1).seconds:.0f} s of {budget:.0f} s"
    )
    return plan


def _render(
    out: Path | None,
    budget: float | None,
    strict: bool,
    overwrite: bool,
    workers: int | None,
    tries: int,
    recycle_frames: int,
    recycle_memory: int | None,
    time_limit: float | None,
    device: str,
    blender_path: str | None,
    scene: str,
    cluster: Cluster | None = None,
    **asked: Any,
) -> None:
    blender = blenders.find(blender_path)
    plan = _plan_of(blender, scene, **asked)
    folder = (out or Path("renders") / Path(scene).stem).expanduser()
    if budget is not None:
        plan = _fit(plan, blender, budget, folder, device)
    collection = Collection(folder, plan, blender)
    collection.begin(overwrite)
    if collection.complete:
        collection.close()
        written = dataset.read_json(collection.folder / "dataset.json")["findings"]
        _be_strict([Finding(**entry) for entry in written], strict)
        console.print(f"{escape(str(collection.folder))} is complete already; nothing to render.")
        _say_where(collection.folder)
        return
    there = int(collection.there().sum())
    memory = recycle_memory << 20 if recycle_memory else None
    workers = workers or (cluster.workers if cluster else 1)
    threads = cluster.cpus if cluster else crews.threads(workers)
    limits = Limits(recycle_frames, memory, time_limit, threads=threads, device=device)
    crew = Crew(workers, tries, limits)
    console.print(
        f"Rendering {escape(scene)} with {escape(str(blender))}" + (f"; {there} frames are there" if there else "")
    )
    if cluster is not None:
        run = cluster.run(collection, blender_path)
    else:
        gpus = len(process.find_gpus(blender)) if workers > 1 and device != "cpu" else 0
        run = crews.here(collection, gpus=gpus)
    failed = _follow(crews.render(collection, crew, run), collection, crew, there, strict)
    _say_where(collection.folder)
    _be_strict(collection.findings, strict)
    if failed:
        raise click.exceptions.Exit(1)


def _follow(events: crews.Events, collection: Collection, crew: Crew, there: int, strict: bool) -> int:
    """Show and log what happens in a run, and return how many frames failed."""
    log = status.Log(collection.folder, collection.plan.total, there, crew.workers)
    shown = failed = 0
    with closing(events), closing(log), Progress(console, crew.workers, there, collection.plan.total) as progress:
        for report in events:
            log.tell(report)
            command.show_findings(collection.findings[shown:])
            shown = len(collection.findings)
            if isinstance(report.event, (Scene, Began)):
                _be_strict(collection.findings, strict)
            failed += len(report.event.frames) if isinstance(report.event, Failed) else 0
            progress.tell(report)
    command.show_findings(collection.findings[shown:])
    return failed


@cli.command("status")
@click.argument("folder", metavar="DATASET", type=Place())
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of lines.")
def show_status(folder: Path, as_json: bool) -> None:
    """Tell how DATASET stands, the folder of a job that runs, was stopped, or is done."""
    with storage.reached(folder):
        told = status.read(folder)
    if as_json:
        click.echo(json.dumps(told.to_json(), indent=1))
        return
    for line in status.lines(told):
        console.print(escape(line))


def _settle_samples(preset: str, samples: int | None) -> int:
    """Return the samples that were asked for, else the preset's; a preset on the command line outdoes a job's file."""
    source = click.get_current_context().get_parameter_source
    by_file = source("preset") is ParameterSource.COMMANDLINE and source("samples") is ParameterSource.DEFAULT_MAP
    return quality.named(preset).samples if samples is None or by_file else samples


def _be_strict(found: Sequence[Finding], strict: bool) -> None:
    bad = [finding for finding in found if finding.severity != "note"]
    if strict and bad:
        raise SweepsetError(
            f"--strict: {len(bad)} findings, first: {bad[0].message} ({bad[0].subject}); {bad[0].advice}"
        )


@cli.command()
@scene_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--strict", is_flag=True, help="Exit with status 1 where there is an error or a warning.")
def check(
    scene: str,
    sweep_name: str,
    parameters: tuple[str, ...],
    blender_path: str | None,
    taxonomy_name: str | None,
    unit: float | None,
    as_json: bool,
    strict: bool,
    **settings: Any,
) -> None:
    """List what is wrong with SCENE, or with each scene of a job, how bad it is and what to do.

    Renders a few small frames of each to see.
    """
    blender = blenders.find(blender_path)
    common = {"frames": CHECK_FRAMES, "size": CHECK_SIZE, "samples": CHECK_SAMPLES, **settings}
    asked = [
        replace(_job(name, sweep_name, parameters, taxonomy_name, unit, blender), **common)
        for name in job_defaults.scenes(scene)
    ]
    plan = plans.make(asked)
    kinds: dict[str, Any] | None = None
    found = []
    for name, job in zip(plan.names, asked, strict=True):
        findings, own = _examine(job, blender, alone=not plan.several)
        kinds = kinds or own
        if own != kinds and own and kinds:
            what = f"has taxonomy {own['name']}, the first scene has {kinds['name']} or other categories"
            findings.append(Finding("taxonomy", "error", "scene", what, "pass --taxonomy to map all"))
        findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
        found += [{"scene": name, **finding.to_json()} for finding in findings]
        if not as_json:
            command.show_table(name if plan.several else scene, findings)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    if strict and any(finding["severity"] != "note" for finding in found):
        sys.exit(1)


def _examine(job: Job, blender: Blender, alone: bool) -> tuple[list[Finding], dict[str, Any] | None]:
    """Render a few frames of a scene into a folder that goes; return what was found, and the scene's taxonomy.

    What cannot even be opened is a finding too, or an error where it is examined `alone`.
    """
    with storage.scratch() as folder:
        collection = Collection(folder / "check", plans.make([job]), blender)
        collection.begin()
        try:
            for _ in crews.render(collection, Crew(), crews.here(collection, look_through_cameras=True)):
                pass
        except SweepsetError as error:
            if alone and not collection.findings:
                raise
            code, subject = ("sweep", job.sweep["name"]) if collection.findings else ("scene", "scene")
            collection.findings.append(Finding(code, "error", subject, str(error)))
    return collection.findings, collection.taxonomy


@cli.command()
@click.argument("scene")
@click.option("--auto", is_flag=True, help="Propose labels from names and, for floor, walls and ceiling, from shape.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", required=True, help="The .blend to write.")
@click.option("--taxonomy", "taxonomy_name", metavar="NAME|FILE",
              help=f"{', '.join(taxonomy.shipped())}, or a JSON file; else the scene's own, else nyu40.")  # fmt: skip
@click.option("--threshold", type=click.FloatRange(0, 1), default=naming.THRESHOLD, show_default=True,
              help="Label what is at least this sure.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--overwrite", is_flag=True, help="Replace the file to write, where it is there.")
@click.option("--trust-scripts", is_flag=True, help="Run the scripts inside the .blend.")
@BLENDER_OPTION
def label(
    scene: str,
    auto: bool,
    out: Path,
    taxonomy_name: str | None,
    threshold: float,
    as_json: bool,
    overwrite: bool,
    trust_scripts: bool,
    blender_path: str | None,
) -> None:
    """Write a copy of SCENE, a .blend file, with labels on its objects; SCENE itself stays as it is."""
    if not auto:
        raise SweepsetError("label: pass --auto to label by names and shape; in Blender you can label by hand")
    out = out.expanduser()
    place, procedural = _find_scene(scene)
    if procedural:
        raise SweepsetError(f"{scene!r} is a shipped scene and labelled already: sweepset render {scene}")
    labelling.check_target(place, out, overwrite)
    blender = blenders.find(blender_path)
    job = _job(scene, "viewpoints", (), taxonomy_name, None, blender)
    result = labelling.label(blender, place, out, job.taxonomy, threshold, trust_scripts)
    if as_json:
        click.echo(json.dumps(result.to_json(), ensure_ascii=False, indent=1))
    else:
        labelling.show(result)


@cli.command("export")
@click.argument("datasets", nargs=-1, required=True, metavar="DATASET...", type=click.Path(path_type=Path))
@click.option("--to", "form", type=click.Choice(list(exports.FORMATS)), required=True, help="The format to write.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", required=True, help="The folder to write.")
@click.option("--taxonomy", metavar="NAME|FILE",
              help=f"Map categories to {', '.join(taxonomy.shipped())}, or a JSON file's; else they stay.")  # fmt: skip
@click.option("--split", "shares", default="80,10,10", show_default=True, metavar="TRAIN,VAL,TEST",
              help="Shares of the splits; a scene's variation is in one of them.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Decides the splits.")
@click.option("--min-visibility", type=click.FloatRange(0, 1), default=0.0, show_default=True, metavar="SHARE",
              help="Leave out things of which less is seen.")  # fmt: skip
@click.option("--min-area", type=click.IntRange(0), default=0, show_default=True, metavar="PIXELS",
              help="Leave out things that are smaller.")  # fmt: skip
@click.option("--ignore", multiple=True, metavar="CATEGORY", help="Leave out a category; may be repeated.")
@click.option("--stuff", is_flag=True, help="For coco: annotate stuff such as walls, too.")
@click.option("--shard-size", type=click.IntRange(1), metavar="N",
              help=f"For webdataset: samples in a shard.  [default: {exports.webdataset.SIZE}]")  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace an export in the folder.")
def run_export(datasets: tuple[Path, ...], form: str, out: Path, shares: str, overwrite: bool, **settings: Any) -> None:
    """Write datasets in a form that others train on; the datasets stay as they are."""
    options = exports.Options(form, shares=exports.splits.parse_shares(shares), **settings)
    with Bars(console=console, transient=True, disable=not console.is_terminal) as progress:
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


@cli.command()
@click.argument("folder", metavar="DATASET", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def verify(folder: Path, as_json: bool) -> None:
    """List what is wrong with the files of DATASET, a folder that `render` wrote; its index.html shows it too.

    Exit status 1 where there is an error or a warning.
    """
    data = reading.Dataset(folder)
    with Bars(console=errors, transient=True, disable=not errors.is_terminal) as bar:
        job = bar.add_task("verify", total=len(data))
        verified = verification.verify(data, lambda count: bar.advance(job, count))
    try:
        contact_sheet.write(data.folder, data.data, verification.record(data.folder, verified))
    except OSError as error:
        errors.print(f"{verification.FILE} and index.html stay as they are: {escape(str(error))}", style="yellow")
    if as_json:
        click.echo(json.dumps([finding.to_json() for finding in verified.findings], ensure_ascii=False, indent=1))
    else:
        command.show_table(str(folder), verified.findings)
    if any(finding.severity != "note" for finding in verified.findings):
        sys.exit(1)


@cli.command("stats")
@click.argument("first", metavar="A", type=click.Path(path_type=Path))
@click.argument("second", metavar="[B]", required=False, type=click.Path(path_type=Path))
@click.option("--taxonomy", "taxonomy_name", metavar="NAME|FILE",
              help=f"Count in {', '.join(taxonomy.shipped())}, or a JSON file; else A's own, else nyu40.")  # fmt: skip
@click.option("--images", default="images", show_default=True, metavar="NAME", help="In a plain folder: its images.")
@click.option("--labels", default="labels", show_default=True, metavar="NAME", help="In a plain folder: its labels.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write a page with plots, such as a.html.")
def show_stats(
    first: Path,
    second: Path | None,
    taxonomy_name: str | None,
    images: str,
    labels: str,
    as_json: bool,
    out: Path | None,
) -> None:
    """Tell what the frames of A show, how far away and how bright, and how far those of B are from that.

    Each is a dataset, or a plain folder of images and labels such as NYU Depth V2's.
    """
    kinds = stats.choose_taxonomy(first, taxonomy_name)
    asked = [first, second] if second else [first]
    with Bars(console=errors, transient=True, disable=not errors.is_terminal) as bars:
        bar = bars.add_task("stats", total=None)
        found = [stats.count(place, kinds, images, labels, lambda: bars.advance(bar)) for place in asked]
    one, other = found[0], found[1] if second else None
    if out:
        stats.write(out.expanduser(), one, other)
    if as_json:
        told = stats.Comparison(one, other) if other else one
        click.echo(json.dumps(told.to_json(), ensure_ascii=False, indent=1))
    else:
        stats.show(one, other)


@cli.command()
@click.argument("folder", metavar="DATASET", type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="Of the page; 0 takes a free one.")
@click.option("--no-browser", is_flag=True, help="Print the page's address only.")
def view(folder: Path, port: int, no_browser: bool) -> None:
    """Look through DATASET, a folder that `render` wrote, in a browser: images under every ground truth.

    The page is served to this machine only, until Ctrl-C.
    """
    with viewer.Viewer(reading.Dataset(folder), port) as server:
        console.print(f"{escape(str(folder))} at {server.url} until Ctrl-C")
        if not no_browser:
            webbrowser.open(server.url)
        with suppress(KeyboardInterrupt):
            server.serve_forever()


@cli.command("bench")
@click.argument("scene", default="kitchen")
@click.option("--frames", type=click.IntRange(2), default=8, show_default=True, help="Frames a round.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Rounds of either, in turns.")
@click.option("--size", type=Size(), default="640x480", show_default=True, help="Width and height in pixels.")
@click.option("--samples", type=click.IntRange(1), default=32, show_default=True, help="Samples per pixel.")
@click.option("--long", "long_frames", type=click.IntRange(0), default=200, show_default=True,
              help="Frames of the sweep whose memory is watched; 0 leaves it out.")  # fmt: skip
@click.option("--only-long", is_flag=True, help="Watch memory only, frame by frame.")
@click.option("--workers", type=click.IntRange(2), metavar="N",
              help="Compare so many Blenders at once with one instead.")  # fmt: skip
@click.option("--presets", "only_presets", is_flag=True,
              help="Compare presets of quality with plain Blender and a reference instead.")  # fmt: skip
@click.option("--reference", type=click.IntRange(1), default=presets.REFERENCE_SAMPLES, show_default=True, metavar="N",
              help="With --presets: samples of the reference, which takes minutes a frame.")  # fmt: skip
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("renders/presets"),
    show_default=True,
    help="With --presets: folder of images, table and plot; a reference there is not rendered again.",
)
@BLENDER_OPTION
def run_bench(
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
    if only_presets:
        job = replace(_job(scene, "viewpoints", (), None, None, blender), frames=frames, size=size, outputs=())
        presets.compare(job, blender, out, reference, console.print)
        return
    job = replace(_job(scene, "orbit", (), None, None, blender), frames=frames, size=size, samples=samples)
    console.print(str(blender))
    if workers:
        bench.compare_workers(job, blender, workers, rounds, console.print)
        return
    if not only_long:
        bench.compare(job, blender, rounds, console.print)
    if long_frames:
        bench.watch_memory(job, blender, long_frames, console.print)


@cli.command()
@click.option("--version", metavar="X.Y", help="Which Blender, such as 4.2.  [default: the best for the Pythons here]")
@click.option("--all", "every", is_flag=True, help="All that the Pythons here can run.")
def setup(version: str | None, every: bool) -> None:
    """Install a Blender for this project: the bpy wheel, in an environment of its own."""
    if every:
        install.set_up_all(console.print)
    else:
        console.print(str(install.set_up(version, console.print)))


@cli.command("blenders")
def list_blenders() -> None:
    """List the Blenders found on this machine, oldest first."""
    for blender in blenders.installed():
        console.print(str(blender))


@cli.command("scenes")
def list_scenes() -> None:
    """List the scenes that come with Sweepset."""
    for name in sweepset_scenes.SCENES:
        console.print(name)


def _job(
    scene: str,
    sweep_name: str,
    parameters: tuple[str, ...],
    taxonomy_name: str | None,
    unit: float | None,
    blender: Blender,
) -> Job:
    """Check what was asked for, as far as the host can, and make a job of it."""
    sweep = sweeps.to_json(sweeps.parse(sweep_name, [*job_defaults.parameters(sweep_name), *parameters]))
    kinds = taxonomy.load(taxonomy_name).to_json() if taxonomy_name else job_defaults.embedded_taxonomy()
    place, procedural = _find_scene(scene)
    if procedural:
        digest = hashlib.sha256()
        for file in sorted(Path(sweepset_scenes.__file__).parent.rglob("*.py")):
            digest.update(file.read_bytes())
        sha256 = digest.hexdigest()
    else:
        saved_by = blenders.blend_version(place)
        if saved_by > blender.version[:2]:
            newer, here = (".".join(map(str, version)) for version in (saved_by, blender.version))
            raise SweepsetError(
                f"{scene!r} was saved by Blender {newer}, newer than the {here} at hand: "
                f"pass --blender with Blender {newer} or later"
            )
        sha256 = blenders.digest(place)
    name = scene if procedural else str(place.resolve())
    return Job(name, procedural, sha256, sweep, taxonomy=kinds, unit=unit or 0.0)


def _find_scene(scene: str) -> tuple[Path, bool]:
    """Return a scene's file, and whether it is a shipped scene that code builds."""
    if scene in sweepset_scenes.SCENES:
        return Path(sweepset_scenes.__file__), True
    beside = Path(sweepset_scenes.__file__).parents[1] / f"{scene}.blend"
    for place in (Path(scene).expanduser(), beside):
        if place.exists():
            return place, False
    close = difflib.get_close_matches(scene, sweepset_scenes.SCENES, n=1)
    guess = f"; did you mean {close[0]}?" if close else ""
    raise SweepsetError(
        f"no scene {scene!r}: give a .blend file that is there, or one of {', '.join(sweepset_scenes.SCENES)}{guess}"
    )


def _say_where(folder: Path) -> None:
    frames = len(list((folder / "labels").glob("*.png")))
    console.print(
        f"{frames} image/label pairs in {escape(str(folder))}; open {escape(shlex.quote(str(folder / 'index.html')))}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    command.main(cli, "sweepset", "render", arguments)


if __name__ == "__main__":
    main()
