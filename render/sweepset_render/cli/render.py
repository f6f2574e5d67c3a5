"""Commands that open scenes: render, farm, status, check, label."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from rich.markup import escape

from sweepset import dataset, files, naming
from sweepset.errors import SweepsetError
from sweepset.findings import SEVERITIES, Finding
from sweepset.host import command
from sweepset.host.command import console
from sweepset.job import Job
from sweepset.protocol import Scene

from .. import storage
from ..blender import installations as blenders
from ..blender import labelling, process
from ..blender.installations import Blender
from ..farm import dataset_builder, estimate, request, workers
from ..farm import plan as plans
from ..farm import status as statuses
from ..farm.dataset_builder import DatasetBuilder
from ..farm.events import Began, Failed, Written
from ..farm.plan import Plan
from ..farm.progress import Progress
from ..farm.ray_cluster import Cluster
from ..farm.request import Request
from ..farm.workers import Crew
from .options import (
    BLENDER_OPTION,
    TAXONOMY_OPTION,
    Duration,
    Place,
    Running,
    read_options,
    read_taxonomy,
    render_options,
    scene_options,
)

Watch = Callable[[int, int | None], None]
CHECKED, LOOKED_AT = {"size": (160, 120), "samples": 8}, 6
"""Settings of the frames that `check` renders, and how many of each scene's frames it renders."""


@click.command()
@scene_options
@render_options
@click.option("--budget", type=Duration(),
              help="Choose the number of frames that fits this time; with --frames, the preset.")  # fmt: skip
def render(budget: float | None, **options: Any) -> None:
    """Render image/label pairs from SCENE: a shipped scene's name, a .blend file, a .py file, or a job's .json file.

    A .py file has a function `build(seed)` that builds and labels the scene in Blender, and may have TAXONOMY: a
    taxonomy's name, file or dictionary. Its code runs; --trust-scripts is for scripts inside a .blend.

    Run the same command again to render missing frames.
    """
    asked, running = read_options(options)
    _exit_if(run(asked, running, budget=budget, typed=command.line(*sys.argv[1:])))


@click.command()
@scene_options
@render_options
@click.option("--plan", "only_plan", is_flag=True,
              help="Render a few frames only, and estimate the whole job, assuming workers like this "
                   "machine.")  # fmt: skip
@click.option("--price", type=click.FloatRange(0), metavar="P", help="With --plan: the price of a machine's hour.")
@click.option("--json", "as_json", is_flag=True, help="With --plan: print JSON instead of lines.")
@click.option("--ray", "address", metavar="HOST:PORT|auto|local",
              help="Render on a Ray cluster: the address of its head, auto for this machine's, local for a new one "
                   "of this machine alone.")  # fmt: skip
@click.option("--cpus-per-worker", type=click.IntRange(1), metavar="N",
              help="With --ray: CPU cores of each worker.  [default: the smallest node's; 1 with GPUs]")  # fmt: skip
@click.option("--gpus-per-worker", type=click.FloatRange(0), default=0, show_default=True, metavar="N",
              help="With --ray: GPUs of each worker.")  # fmt: skip
def farm(
    only_plan: bool,
    price: float | None,
    as_json: bool,
    address: str | None,
    cpus_per_worker: int | None,
    gpus_per_worker: float,
    **options: Any,
) -> None:
    """Render a large job: SCENE is its .json file, or any scene that `render` takes.

    Run the same command again to render missing frames.
    """
    asked, running = read_options(options)
    if only_plan:
        _estimate(asked, running, price, as_json)
    elif price is not None or as_json:
        raise SweepsetError("--price and --json are for an estimate: pass --plan too")
    elif address is not None:
        with closing(Cluster(address, cpus_per_worker, gpus_per_worker)) as cluster:
            _exit_if(run(asked, running, cluster=cluster, typed=command.line(*sys.argv[1:])))
    else:
        _exit_if(run(asked, running, typed=command.line(*sys.argv[1:])))


def _estimate(asked: Request, running: Running, price: float | None, as_json: bool) -> None:
    """Measure a few frames and print the estimate of a whole plan."""
    blender = blenders.find(running.blender_path)
    plan, pace = estimate.measure(asked.plan(blender), blender, running.device)
    found = estimate.simulate(plan, pace, running.workers or 1)
    free = estimate.free_space(running.out or Path("renders"))
    if as_json:
        cost = None if price is None else found.cost(price)
        click.echo(json.dumps({**found.to_json(), "pace": vars(pace), "free": free, "cost": cost}, indent=1))
        return
    for line in estimate.lines(found, pace, free, price):
        command.say(line)


def _fit(plan: Plan, blender: Blender, budget: float, folder: Path, device: str) -> Plan:
    """Choose the number of frames or the preset that fits a time, and report it; a started dataset keeps its choice."""
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


def _exit_if(failed: int) -> None:
    if failed:
        raise click.exceptions.Exit(1)


def run(
    asked: Request,
    running: Running,
    *,
    budget: float | None = None,
    cluster: Cluster | None = None,
    watch: Watch | None = None,
    typed: str = "",
) -> int:
    """Render the frames that are missing, print the progress, and return how many failed.

    `watch` is called with the numbers of finished and of all frames, None while that is unknown. `typed` is the command
    line, which the folder keeps.
    """
    blender = blenders.find(running.blender_path)
    plan = asked.plan(blender)
    folder = (running.out or Path("renders") / Path(asked.scenes[0]).stem).expanduser()
    if budget is not None:
        plan = _fit(plan, blender, budget, folder, running.device)
    builder = DatasetBuilder(folder, plan, blender)
    builder.begin(running.overwrite)
    if typed:
        files.write(builder.folder / dataset.STATE / dataset.TYPED, typed.encode())
    for line in _changes(builder):
        command.say(line)
    if builder.complete:
        builder.place.close()
        written = dataset.read_json(builder.folder / "dataset.json")["findings"]
        _be_strict([Finding(**entry) for entry in written], running.strict)
        console.print(f"{escape(str(builder.folder))} is complete already; nothing to render.")
        _say_where(builder.folder)
        return 0
    there = int(builder.there().sum())
    count = running.workers or (cluster.workers if cluster else 1)
    crew = Crew(count, running.tries, running.limits(cluster.cpus if cluster else workers.threads(count)))
    command.say(f"Rendering {asked.scenes[0]} with {blender}" + (f"; {there} frames are there" if there else ""))
    if cluster is not None:
        render_shard = cluster.run(builder, running.blender_path)
    else:
        gpus = len(process.find_gpus(blender)) if count > 1 and running.device != "cpu" else 0
        render_shard = workers.here(builder, gpus=gpus)
    events = workers.render(builder, crew, render_shard)
    failed = _follow(events, builder, crew, there, running.strict, watch)
    _say_where(builder.folder)
    _be_strict(builder.findings, running.strict)
    return failed


def _changes(builder: DatasetBuilder) -> Iterator[str]:
    """Yield what was found and done in a folder whose frames are not only those of the same job, whole."""
    if builder.grown:
        was, total = builder.grown.before.total, builder.grown.after.total
        if was != total:
            yield f"The job has grown from {was} to {total} frames; those that are there stay."
    reasons = list(builder.damaged.values())
    if reasons:
        more = f" and {len(reasons) - 3} more" if len(reasons) > 3 else ""
        frames = "1 frame is" if len(reasons) == 1 else f"{len(reasons)} frames are"
        yield f"{frames} rendered again: {'; '.join(reasons[:3])}{more}"


def _follow(
    events: workers.Events, builder: DatasetBuilder, crew: Crew, there: int, strict: bool, watch: Watch | None
) -> int:
    """Show and log the events of a run, and return how many frames failed."""
    log = statuses.Log(builder.folder, builder.plan.total, there, crew.workers)
    shown = failed = 0
    with closing(events), closing(log), Progress(console, crew.workers, there, builder.plan.total) as progress:
        for report in events:
            log.tell(report)
            command.show_findings(builder.findings[shown:])
            shown = len(builder.findings)
            if isinstance(report.event, (Scene, Began)):
                _be_strict(builder.findings, strict)
            failed += len(report.event.frames) if isinstance(report.event, Failed) else 0
            progress.tell(report)
            if watch and isinstance(report.event, Written):
                watch(progress.done, progress.frames)
    command.show_findings(builder.findings[shown:])
    return failed


def _be_strict(found: Sequence[Finding], strict: bool) -> None:
    bad = [finding for finding in found if finding.severity != "note"]
    if strict and bad:
        raise SweepsetError(
            f"--strict: {len(bad)} findings, first: {bad[0].message} ({bad[0].subject}); {bad[0].advice}"
        )


def _say_where(folder: Path) -> None:
    frames = len(list((folder / "labels").glob("*.png")))
    command.say(f"{frames} image/label pairs in {folder}; open {shlex.quote(str(folder / 'index.html'))}")


@click.command()
@click.argument("folder", metavar="DATASET", type=Place())
def finish(folder: Path) -> None:
    """Make a dataset of the frames that are there in DATASET, the folder of a job that was stopped.

    Its render command, run again, renders the others.
    """
    builder = dataset_builder.finish_early(folder)
    for reason in builder.damaged.values():
        command.say(f"left out: {reason}")
    command.show_findings(builder.findings)
    there = int(builder.there().sum()) if builder.plan.total else sum(1 for _ in builder.place.records())
    if there != builder.plan.total:
        command.say(
            f"{there} of {builder.plan.total or 'all'} frames; the render command, run again, renders the others"
        )
    _say_where(folder)


@click.command()
@click.argument("folder", metavar="DATASET", type=Place())
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of lines.")
def status(folder: Path, as_json: bool) -> None:
    """Report the state of DATASET, the folder of a job: running, stopped or complete."""
    with storage.reached(folder):
        found = statuses.read(folder)
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=1))
        return
    for line in statuses.lines(found):
        command.say(line)


@click.command()
@scene_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--strict", is_flag=True, help="Exit with status 1 if there is an error or a warning.")
def check(as_json: bool, strict: bool, **options: Any) -> None:
    """List what is wrong with SCENE, or with each scene of a job, how bad it is and what to do.

    Renders a few small frames of each scene.
    """
    asked, running = read_options(options)
    blender = blenders.find(running.blender_path)
    plan = replace(asked, settings={**asked.settings, **CHECKED}).plan(blender)
    kinds: dict[str, Any] | None = None
    found = []
    for name, job in zip(plan.names, plan.jobs, strict=True):
        findings, own = _examine(job, blender, alone=not plan.several)
        kinds = kinds or own
        if own != kinds and own and kinds:
            what = f"has taxonomy {own['name']}, the first scene has {kinds['name']} or other categories"
            findings.append(Finding("taxonomy", "error", "scene", what, "pass --taxonomy to map all"))
        findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
        found += [{"scene": name, **finding.to_json()} for finding in findings]
        if not as_json:
            command.show_table(name if plan.several else asked.scenes[0], findings)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    if strict and any(finding["severity"] != "note" for finding in found):
        sys.exit(1)


def _examine(job: Job, blender: Blender, alone: bool) -> tuple[list[Finding], dict[str, Any] | None]:
    """Render a few frames of a scene into a temporary folder; return the findings, and the scene's taxonomy.

    A scene that can't be opened is a finding too, or an error if it is the only scene.
    """
    with storage.scratch() as folder:
        builder = DatasetBuilder(folder / "check", replace(plans.make([job]), sample=LOOKED_AT), blender)
        builder.begin()
        try:
            for _ in workers.render(builder, Crew(), workers.here(builder, look_through_cameras=True)):
                pass
        except SweepsetError as error:
            opened = builder.taxonomy is not None
            if alone and not opened:
                raise
            code, subject = ("sweep", job.sweep["name"]) if opened else ("scene", "scene")
            builder.findings.append(Finding(code, "error", subject, str(error)))
    return builder.findings, builder.taxonomy


@click.command()
@click.argument("scene")
@click.option("--auto", is_flag=True, help="Propose labels from names and, for floor, walls and ceiling, from shape.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", required=True, help="The .blend to write.")
@TAXONOMY_OPTION
@click.option("--threshold", type=click.FloatRange(0, 1), default=naming.THRESHOLD, show_default=True,
              help="Label objects with at least this confidence.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
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
    place = request.find(scene)
    if place is None or request.is_code(place):
        raise SweepsetError(f"{scene!r} is built by code, which labels it: {command.line('render', scene)}")
    labelling.check_target(place, out, overwrite)
    blender = blenders.find(blender_path)
    (job,) = Request((scene,), taxonomy=read_taxonomy(taxonomy_name)).plan(blender).jobs
    result = labelling.label(blender, place, out, job.taxonomy, threshold, trust_scripts)
    if as_json:
        click.echo(json.dumps(result.to_json(), ensure_ascii=False, indent=1))
    else:
        labelling.show(result)


COMMANDS = (render, farm, finish, status, check, label)
