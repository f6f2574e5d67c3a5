"""The command `sweepset-train`."""

from __future__ import annotations

import dataclasses
import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markdown import Markdown
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

import sweepset
from sweepset import files, outputs
from sweepset.errors import SweepsetError
from sweepset.host import command
from sweepset.host.command import console, errors, say

from .data.given import check_given
from .data.sampling import PARTS

if TYPE_CHECKING:
    from .comparison.local_runner import Slot
    from .comparison.plan import Trial
    from .data.splits import Part
    from .doctor.diagnosis import Diagnosis
    from .runs import Run

# Importing PyTorch takes seconds: commands import it when they run, so that --help does not wait for it.

DEVICES = click.Choice(["auto", "cpu", "gpu"])
NYU_OPTION = click.option(
    "--nyu", type=click.Path(path_type=Path), help="Real photos: nyu_depth_v2_labeled.mat (data.real)."
)
DATA_OPTION = click.option(
    "--data", multiple=True, type=click.Path(path_type=Path), help="A folder of renders (data.synthetic); repeatable."
)


@click.group(context_settings=command.CONTEXT)
@click.version_option(sweepset.__version__, prog_name="sweepset-train")
def cli() -> None:
    """Train segmentation models on photos, on renders, and on both, and score them."""


@cli.command()
@click.argument("experiment")
@NYU_OPTION
@DATA_OPTION
@click.option("--out", type=click.Path(path_type=Path), help="The run's folder  [default: runs/EXPERIMENT-SEED]")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change a key, such as trainer.batch=8.")
def fit(experiment: str, nyu: Path | None, data: tuple[Path, ...], out: Path | None, changes: tuple[str, ...]) -> None:
    """Train EXPERIMENT, a YAML file or one that comes with Sweepset, and score it.

    Run the same command again to resume a stopped run.
    """
    from . import experiment as experiments

    asked = experiments.read(experiment, [*_given(nyu, data), *changes])
    check_given(asked.data)
    from . import training
    from .pages import run_report

    folder = (out or Path("runs") / f"{Path(experiment).stem}-{asked.seed}").expanduser()
    run, splits = training.fit(asked, folder, say if training.is_first() else lambda _: None)
    if not training.is_first():
        return
    where = shlex.quote(str(folder))
    if splits.test is None:
        run_report.write(run)
        say(
            "trained; there are no scores, as nothing was held out for a test (data.test). Try the model: "
            f"sweepset-train predict {where} PHOTOS --out DIR"
        )
        return
    _score(run, splits.test, "test", "best", "auto")


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("data", required=False, type=click.Path(path_type=Path))
@click.option("--part", type=click.Choice(PARTS), default="test",
              help="The part of the run's own data, if no DATA is given.  [default: test]")  # fmt: skip
@click.option("--split", help="The split of DATA  [default: all of it]")
@click.option("--checkpoint", type=click.Choice(["best", "last"]), default="best", show_default=True)
@click.option(
    "--set", "changes", multiple=True, metavar="KEY=VALUE", help="How DATA is read, such as data.labels=label40."
)
@click.option("--device", type=DEVICES, default="auto", show_default=True)
def evaluate(
    run: Path,
    data: Path | None,
    part: str,
    split: str | None,
    checkpoint: str,
    changes: tuple[str, ...],
    device: str,
) -> None:
    """Score RUN on a part of its own data, or on DATA: NYU's file, renders, or a folder of images and labels."""
    from . import experiment as experiments

    experiments.of_run(run)
    from . import evaluation as evaluations
    from . import runs

    opened = runs.open_run(run)
    chosen, name = evaluations.choose_part(opened, data, part, split, changes)
    known = evaluations.count_trained_on(opened, chosen) if data else 0
    if known:
        say(f"{known} of these {len(chosen)} images were trained on: the scores overrate the model; name a --split")
    _score(opened, chosen, name, checkpoint, device)


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("photos", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=Path("predictions"), show_default=True)
@click.option("--checkpoint", type=click.Choice(["best", "last"]), default="best", show_default=True)
@click.option("--device", type=DEVICES, default="auto", show_default=True)
def predict(run: Path, photos: tuple[Path, ...], out: Path, checkpoint: str, device: str) -> None:
    """Write masks and overlays for PHOTOS, files or folders, by the model of RUN, a folder or an ONNX file.

    Exits with status 1 if some photos could not be read; the others are predicted.
    """
    from . import experiment as experiments

    if run.suffix != ".onnx":
        experiments.of_run(run)
    from . import onnx_form, prediction, runs

    opened = onnx_form.open_file(run.expanduser()) if run.suffix == ".onnx" else runs.open_run(run)
    chosen = prediction.choose_device(device)
    places = [place.expanduser() for place in photos]
    count = prediction.predict_folder(opened, places, out.expanduser(), checkpoint, chosen, say)
    saved, page = opened.task.saved, shlex.quote(str(out / "index.html"))
    say(f"{count} {saved} in {out / saved}, overlays in {out / 'overlays'}; open {page}")


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("photos", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=Path("cutouts"), show_default=True)
@click.option("--background", metavar="COLOR|PICTURE",
              help="Also put the things on a colour, such as white or #8090a0, or on a picture.")  # fmt: skip
@click.option("--checkpoint", type=click.Choice(["best", "last"]), default="best", show_default=True)
@click.option("--device", type=DEVICES, default="auto", show_default=True)
def cutout(
    run: Path, photos: tuple[Path, ...], out: Path, background: str | None, checkpoint: str, device: str
) -> None:
    """Cut things out of PHOTOS, files or folders, by the model of RUN, of task masking: PNGs with soft edges.

    Exits with status 1 if some photos could not be read; the others are cut out.
    """
    from . import experiment as experiments

    experiments.of_run(run)
    from . import prediction, runs
    from .cutout import folders

    opened, chosen = runs.open_run(run), prediction.choose_device(device)
    places = [place.expanduser() for place in photos]
    out = out.expanduser()
    count, seconds = folders.cut_folder(opened, places, out, background, checkpoint, chosen, say)
    say(f"{count} cut out, {seconds:.1f} s a photo; open {shlex.quote(str(out / 'index.html'))}")


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("photo", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=Path("activations.html"), show_default=True,
              help="The page to write.")  # fmt: skip
@click.option("--layer", "layers", multiple=True, metavar="NAME",
              help="A layer to show; repeatable.  [default: the last of each size]")  # fmt: skip
@click.option("--checkpoint", type=click.Choice(["best", "last"]), default="best", show_default=True)
@click.option("--device", type=DEVICES, default="auto", show_default=True)
def activations(run: Path, photo: Path, out: Path, layers: tuple[str, ...], checkpoint: str, device: str) -> None:
    """Show what the network of RUN sees in PHOTO: feature maps, where it is active, what each decoder level knows."""
    from . import experiment as experiments

    experiments.of_run(run)
    from . import prediction, runs
    from .activations import page

    opened, chosen = runs.open_run(run), prediction.choose_device(device)
    shown = page.write(opened, photo.expanduser(), out.expanduser(), layers, checkpoint, chosen)
    say(f"layers: {', '.join(shown)}; open {shlex.quote(str(out))}")


@cli.command()
@click.argument("masks", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True,
              help="The table to write, or the folder of masks.")  # fmt: skip
@click.option("--order", type=click.Choice(["rows", "columns"]), default="rows", show_default=True,
              help="How pixels are counted: row by row, as Carvana's own table does, or column by column.")  # fmt: skip
@click.option("--size", metavar="WxH", default="1918x1280", show_default=True, help="Of masks from a table.")
def runlengths(masks: Path, out: Path, order: str, size: str) -> None:
    """Write a folder of MASKS as a table of run lengths, as the Carvana challenge takes them, or a table as MASKS."""
    from . import run_lengths

    masks, out = masks.expanduser(), out.expanduser()
    if masks.is_file():
        width, cross, height = size.partition("x")
        if not (cross and width.isdigit() and height.isdigit() and int(width) and int(height)):
            raise SweepsetError(f"--size {size!r}: write width and height in pixels, such as 1918x1280")
        count = run_lengths.unpack(masks, out, (int(width), int(height)), order)
        say(f"{count} masks in {out}")
    else:
        say(f"{run_lengths.pack(masks, out, order)} masks in {out}")


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--to", "form", type=click.Choice(["onnx"]), required=True, help="The form of the file.")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write  [default: RUN/model.onnx]")
@click.option("--checkpoint", type=click.Choice(["best", "last"]), default="best", show_default=True)
def export(run: Path, form: str, out: Path | None, checkpoint: str) -> None:
    """Write the model of RUN as one file for other programs, and check its answers; `predict` reads it too."""
    from . import experiment as experiments

    experiments.of_run(run)
    path = (out or run / f"model.{form}").expanduser()
    if path.suffix != f".{form}":
        raise SweepsetError(f"--out {str(path)!r}: name a file that ends in .{form}")
    outputs.demand_outside(path)
    from . import onnx_form, runs

    files.make_folder(path.parent)
    apart = onnx_form.export(runs.open_run(run), path, checkpoint)
    say(f"written to {path}: {path.stat().st_size / 1e6:.1f} MB; its answers are within {apart:.1e} of PyTorch's")


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("photos", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=Path("crops"), show_default=True)
@click.option("--margin", type=click.FloatRange(0, 2), default=0.1, show_default=True,
              help="Around the main thing, as a share of its longer side.")  # fmt: skip
@click.option("--checkpoint", type=click.Choice(["best", "last"]), default="best", show_default=True)
@click.option("--device", type=DEVICES, default="auto", show_default=True)
def crops(run: Path, photos: tuple[Path, ...], out: Path, margin: float, checkpoint: str, device: str) -> None:
    """Cut PHOTOS, files or folders, to the main thing that the model of RUN sees in each.

    Lists the photos in which it sees none. Exits with status 1 if some photos could not be read.
    """
    from . import experiment as experiments

    experiments.of_run(run)
    from . import crops as cutting
    from . import prediction, runs

    places, folder = [place.expanduser() for place in photos], out.expanduser()
    opened, chosen = runs.open_run(run), prediction.choose_device(device)
    cut, missing = cutting.crop_folder(opened, places, folder, margin, checkpoint, chosen, say)
    say(f"{cut} crops in {out}; {missing} photos in which nothing was found are listed in {out / cutting.LISTED}")


@cli.command()
@click.argument("data", nargs=-1, required=True, metavar="DATA...", type=click.Path(path_type=Path))
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE",
              help="How DATA is read, such as data.labels=label40 or data.taxonomy=nyu40.")  # fmt: skip
@click.option("--experiment", default="baseline", show_default=True,
              help="The experiment that DATA is for, such as masking.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--page", type=click.Path(path_type=Path), default=Path("doctor.html"), show_default=True,
              help="The page to write, with samples of images and labels.")  # fmt: skip
def doctor(data: tuple[Path, ...], changes: tuple[str, ...], experiment: str, as_json: bool, page: Path) -> None:
    """Find what is wrong with DATA before training: NYU's file, renders, or folders of images and labels.

    Reads all of a folder, unless --set names splits. Exits with status 1 on an error or a warning.
    """
    from . import experiment as experiments

    whole = ["data.train=all", "data.validate_on=null", "data.test=null", "data.crop=null"]
    asked = experiments.read(experiment, [*whole, *changes])
    for path in data:
        if not path.expanduser().exists():
            raise SweepsetError(f"no file or folder {str(path)!r}: give NYU's file, renders, or images and labels")
    from .doctor import diagnosis, report

    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bar:
        job = bar.add_task("reading", total=None)
        found = diagnosis.examine([path.expanduser() for path in data], asked, lambda count: bar.advance(job, count))
    report.write(page.expanduser(), found)
    if as_json:
        content = {
            "findings": [finding.to_json() for finding in found.findings],
            "shares": found.shares(),
            "one_batch": found.trial and dataclasses.asdict(found.trial),
        }
        click.echo(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        _show(found, page)
    if any(finding.severity != "note" for finding in found.findings):
        sys.exit(1)


@cli.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("nyu"), show_default=True)
def nyu(out: Path) -> None:
    """Fetch NYU Depth V2's labelled frames (2.8 GB) and splits; resume an attempt that stopped."""
    from .data import nyu as dataset

    with Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(),
        console=errors, transient=True, disable=not errors.is_terminal,
    ) as bar:  # fmt: skip
        jobs = {file.name: bar.add_task(file.name, total=file.size, visible=False) for file in dataset.FILES}

        def tell(name: str, done: int, total: int | None) -> None:
            bar.update(jobs[name], completed=done, total=total, visible=True)

        paths = dataset.download(out.expanduser(), tell=tell)
    for path in paths:
        say(str(path))


@cli.command()
@click.argument("experiment", required=False)
@click.option("--nyu", type=click.Path(path_type=Path), help="Real photos  [default: generated images]")
@click.option("--data", multiple=True, type=click.Path(path_type=Path), help="A folder of renders; repeatable.")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change a key, such as trainer.batch=8.")
@click.option("--rounds", type=click.IntRange(1), default=9, show_default=True)
@click.option("--steps", type=click.IntRange(1), default=4, show_default=True, help="Steps of a round.")
def bench(
    experiment: str | None, nyu: Path | None, data: tuple[Path, ...], changes: tuple[str, ...], rounds: int, steps: int
) -> None:
    """Measure how fast EXPERIMENT trains, beside one batch held in memory and beside the plain way.

    Without EXPERIMENT: baseline, and on a GPU segnet and a larger U-Net too.
    """
    from . import experiment as experiments

    if experiment:
        experiments.read(experiment, [*_given(nyu, data), *changes])
    from . import bench as benches
    from . import prediction

    device = prediction.choose_device()
    cases = benches.ON_GPU if device.type == "cuda" else benches.ON_CPU
    for name, own in ((experiment, ()),) if experiment else cases:
        asked = experiments.read(name, [*_given(nyu, data), *own, *changes])
        say(benches.describe(asked, benches.measure(asked, rounds, steps), device.type))


@cli.command()
@click.argument("comparison")
@NYU_OPTION
@DATA_OPTION
@click.option("--out", type=click.Path(path_type=Path), help="Folder of all runs  [default: runs/COMPARISON]")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE",
              help="Change a key of all runs, such as trainer.max_steps=400.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), help="Runs at once  [default: one a GPU, else one a core]")
@click.option("--score-on", multiple=True, type=click.Path(path_type=Path),
              help="Other data to score each run on, such as renders not trained on; repeatable.")  # fmt: skip
@click.option("--ray", metavar="ADDRESS", help="Train on a Ray cluster: HOST:PORT of its head, auto, or local.")
@click.option("--plan", is_flag=True, help="Print the runs and the estimated hours, and train none.")
def compare(
    comparison: str,
    nyu: Path | None,
    data: tuple[Path, ...],
    out: Path | None,
    changes: tuple[str, ...],
    jobs: int | None,
    score_on: tuple[Path, ...],
    ray: str | None,
    plan: bool,
) -> None:
    """Train every run of COMPARISON, a YAML file or one that comes with Sweepset, and report the differences.

    Run the same command again to resume. Exits with status 1 if a run failed.
    """
    from .comparison import plan as comparisons

    if ray and jobs:
        raise click.UsageError("--jobs is for this machine: leave it out with --ray, which trains a run a GPU or core")
    asked = comparisons.read(comparison)
    trials = comparisons.plan(asked, [*_given(nyu, data), *changes])
    for trial in trials:
        check_given(trial.experiment.data)
    from .comparison import local_runner, report, results, sentences

    folder = (out or Path("runs") / Path(comparison).stem).expanduser()
    shares = local_runner.slots(jobs)
    if not ray:
        local_runner.check_memory(trials, shares)
    splits = local_runner.open_all(folder, trials)
    assert splits.test
    places = [place.expanduser().resolve() for place in score_on]
    others = local_runner.open_others(places, trials, splits.taxonomy)
    missing = [trial for trial in trials if not local_runner.is_done(folder, trial, {"test": splits.test, **others})]
    if plan:
        left = [trial for trial in missing if not local_runner.is_trained(folder, trial)]
        hours = local_runner.estimate(folder, trials, left, len(shares))
        states = {trial.name: "" if trial in left else ", to score" for trial in missing}
        say("\n".join(trial.name + states.get(trial.name, ", done") for trial in trials))
        say(
            f"{len(trials)} runs, {len(left)} to train, {len(missing) - len(left)} to score, {len(shares)} at once: "
            f"about {hours:.1f} hours"
        )
        return
    failures = _train_all(folder, missing, places, shares, ray)
    found = results.find(folder, asked, trials, splits.test)
    elsewhere = {name: results.find(folder, asked, trials, part, name) for name, part in others.items()}
    outcome = results.Outcome(folder, asked, trials, splits, found, elsewhere, failures, places)
    place = report.write(outcome)
    for sentence in sentences.headlines(outcome):
        say(sentence)
    say(f"open {shlex.quote(str(place))}")
    if failures:
        sys.exit(1)


@cli.command()
@click.argument("experiment")
@NYU_OPTION
@DATA_OPTION
@click.option("--out", type=click.Path(path_type=Path), help="Folder of all runs  [default: runs/EXPERIMENT-sweep]")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE",
              help="Change a key, to a value, a list of values or a range, such as trainer.batch=[8, 16].")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), help="Runs at once  [default: one a GPU, else one a core]")
@click.option("--plan", is_flag=True, help="Print what is varied and how many runs are left, and train none.")
def sweep(
    experiment: str,
    nyu: Path | None,
    data: tuple[Path, ...],
    out: Path | None,
    changes: tuple[str, ...],
    jobs: int | None,
    plan: bool,
) -> None:
    """Train EXPERIMENT with other settings: its YAML has lists of values, or ranges, for some keys.

    Ends hopeless runs early. Run the same command again to resume. Exits with status 1 if a run failed.
    """
    from .sweeps import plan as plans

    asked = plans.read(experiment, [*_given(nyu, data), *changes])
    check_given(asked.base.data)
    if plan:
        for key, one in asked.space.items():
            values = one.values if isinstance(one, plans.Choices) else (one.low, one.high)
            joined = ", ".join(map(plans.text, values))
            say(f"{key}: {joined}" if isinstance(one, plans.Choices) else f"{key}: from {joined.replace(', ', ' to ')}")
        say(f"{asked.runs} runs")
        return
    from .comparison import local_runner
    from .sweeps import report, study

    folder = (out or Path("runs") / f"{Path(experiment).stem}-sweep").expanduser()
    begun = study.begin(folder, asked)
    runner = study.Runner(folder, asked, begun, say)
    if runner.left:
        say(f"{asked.runs} runs, {runner.left} to train")
        runner.run_all(local_runner.slots(jobs)[: runner.left])
    found = study.results(folder, asked, begun)
    place = report.write(folder, asked, found, study.importance(begun))
    say(f"open {shlex.quote(str(place))}")
    if any(one.state == "failed" for one in found) and not any(one.state == "done" for one in found):
        raise SweepsetError(f"no run of the sweep was trained: {found[0].reason}")
    if runner.failed:
        sys.exit(1)


def _train_all(
    folder: Path, missing: Sequence[Trial], score_on: Sequence[Path], shares: Sequence[Slot], ray: str | None
) -> dict[str, str]:
    """Train missing runs and show their progress; return the reasons of failures by run."""
    from .comparison import local_runner, ray_runner

    failures: dict[str, str] = {}
    steps = {trial.name: trial.experiment.trainer.max_steps for trial in missing}
    at = dict.fromkeys(steps, 0)
    ended = 0
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        whole = bar.add_task("all steps", total=sum(steps.values()))
        bars = {name: bar.add_task(name, total=count, visible=False) for name, count in steps.items()}

        def tell(progress: local_runner.Progress) -> None:
            nonlocal ended
            name = progress.trial.name
            over = progress.done or bool(progress.failure)
            at[name] = steps[name] if over else progress.step
            bar.update(bars[name], completed=at[name], visible=not over)
            bar.update(whole, completed=sum(at.values()))
            if over:
                ended += 1
                failures.update({name: progress.failure} if progress.failure else {})
                say(
                    f"{ended} of {len(steps)}: {name} {'failed: ' * bool(progress.failure)}{progress.failure or 'done'}"
                )

        if ray is None:
            local_runner.train(folder, missing, score_on, shares, tell)
        elif missing:
            ray_runner.train(ray, folder, missing, score_on, tell)
    return failures


def _given(nyu: Path | None, data: tuple[Path, ...]) -> list[str]:
    """Return data as changes of an experiment."""
    given = [f"data.real={_quoted(nyu)}"] if nyu else []
    return [*given, f"data.synthetic=[{', '.join(map(_quoted, data))}]"] if data else given


def _score(run: Run, part: Part, name: str, checkpoint: str, device: str) -> None:
    from . import evaluation, prediction
    from .pages import run_report

    folder, found, prior = evaluation.evaluate_run(run, part, name, checkpoint, prediction.choose_device(device))
    if console.is_terminal:
        console.print(Markdown(evaluation.describe(found, prior)))
    else:
        say(evaluation.describe(found, prior))
    say(f"written to {folder}; open {shlex.quote(str(run_report.write(run)))}")


def _show(found: Diagnosis, page: Path) -> None:
    """Print what the doctor found."""
    from .doctor.diagnosis import tabulate

    head, rows = tabulate(found)
    say("Share of the labelled pixels, %:")
    command.tabulate(head, rows, numbers=True)
    if found.trial:
        trial, title = found.trial, found.task.titles[found.task.trial_score]
        say(f"One batch: {title} {trial.score:.3f} after {trial.steps} steps of a small network.")
    command.show_table("Findings", found.findings)
    say(f"samples: {page}")


def _quoted(path: Path) -> str:
    """Write a path as a text of YAML."""
    return "'" + str(path).replace("'", "''") + "'"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    command.main(cli, "sweepset-train", "train", arguments)


if __name__ == "__main__":
    main()
