"""The report of a comparison: findings in plain words, tables, plots, and pictures of what changed.

report.html holds all of it in one file; report.md holds the words, tables and plots, but no test image.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sweepset import files
from sweepset.host import page
from sweepset.host.page import Picture, Section

from .. import experiment as experiments
from . import LEAST, changed_images, local_runner, numbers, plots, sentences, tables
from .resampling import DRAWS
from .results import Outcome


def write(outcome: Outcome) -> Path:
    """Write report.html, report.md, scores.json and plots to a comparison's folder; return the first's place."""
    folder = outcome.folder
    plots.draw_scores(folder / "scores.png", outcome)
    plots.draw_differences(folder / "differences.png", outcome)
    files.write_json(folder / "scores.json", numbers.to_json(outcome))
    words, settings = [*_words(outcome)], [*_settings(outcome)]
    title = folder.resolve().name
    done = sum(len(cell.trials) for cell in outcome.found.cells.values())
    lead = f"{done} of {len(outcome.trials)} runs, {len(outcome.found.names)} test images"
    files.write(folder / "report.md", _markdown(title, lead, [*words, *settings]).encode())
    place = folder / "report.html"
    page.write(place, title, lead, [*words, *changed_images.sections(outcome), *settings])
    return place


def _words(outcome: Outcome) -> Iterator[Section]:
    """Go over the findings, without pictures of images."""
    found, task = outcome.found, outcome.found.task
    yield Section("Findings", items=sentences.headlines(outcome) or [f"No two arms have {LEAST} seeds each yet."])
    yield Section(
        "Arms", _about_scores(outcome), table=tables.arms(outcome, found), pictures=_plot(outcome, "scores.png")
    )
    if found.differences:
        yield Section(
            "Differences",
            f"In points (hundredths), with 95 % intervals over test images and seeds, resampled {DRAWS:,} times. The "
            f"chance of improvement is the share of draws above 0; p is for {task.titles[task.headline]}, corrected "
            "after Holm for the number of rows.",
            table=tables.differences(found),
            pictures=_plot(outcome, "differences.png"),
        )
    if found.break_even:
        yield Section(
            "Break-even",
            "The share of the real images that, with renders, is as good as all of them without. Between the shares "
            "that were tried, it is interpolated linearly in the share's logarithm.",
            table=tables.break_evens(outcome),
        )
    yield from tables.classes(outcome)
    for name, answers in outcome.elsewhere.items():
        yield Section(f"On {name}", f"{len(answers.names)} images.", table=tables.arms(outcome, answers))
        if answers.differences:
            yield Section(f"Differences on {name}", table=tables.differences(answers))
    yield Section("What cannot be concluded", items=[*sentences.limits(outcome)])


def _settings(outcome: Outcome) -> Iterator[Section]:
    """Go over the settings of the runs, and the commands that repeat them."""
    yield Section("Settings", _hours(outcome), code=experiments.dump(outcome.comparison))
    first = outcome.trials[0]
    yield Section(f"Experiment of {first.name}", code=experiments.dump(first.experiment))
    commands = [local_runner.command(outcome.folder, trial, outcome.score_on) for trial in outcome.trials]
    yield Section(
        "Commands",
        "Each trains and scores one run again. On the same machine, with the same versions, its numbers are the same.",
        code="\n".join(commands),
    )


def _about_scores(outcome: Outcome) -> str:
    task = outcome.found.task
    images, rooms = len(outcome.found.names), outcome.found.rooms
    return (
        f"Mean over seeds ± standard deviation, in hundredths, on {images} test images of {rooms} rooms, or runs of "
        f"neighbouring frames. {' '.join([task.about_scores, *(extra.text for extra in task.extras)])}"
    )


def _hours(outcome: Outcome) -> str:
    seconds = 0.0
    for cell in outcome.found.cells.values():
        for trial in cell.trials:
            pace = local_runner.pace(outcome.folder, trial)
            seconds += pace["steps"] * trial.experiment.trainer.batch / pace["images_per_second"]
    return f"{seconds / 3600:.1f} hours of training, summed over runs. Each run's folder holds its own settings."


def _markdown(title: str, lead: str, sections: Sequence[Section]) -> str:
    lines = [f"# {title}", "", lead]
    for section in sections:
        lines += ["", f"## {section.title}", ""]
        if section.text:
            lines += [section.text, ""]
        lines += [f"- {item}" for item in section.items]
        if section.table:
            lines += ["| " + " | ".join(row) + " |" for row in (section.table.head, ["---"] * len(section.table.head))]
            lines += ["| " + " | ".join(row) + " |" for row in section.table.rows]
        lines += [f"\n![{picture.caption}]({picture.caption})" for picture in section.pictures]
        if section.code:
            lines += ["```", section.code.rstrip(), "```"]
    return "\n".join(lines) + "\n"


def _plot(outcome: Outcome, name: str) -> list[Picture]:
    path = outcome.folder / name
    return [page.embed_file(path, name)] if path.exists() else []
