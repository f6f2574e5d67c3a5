"""A run's page, report.html: scores, curves, pictures and settings in one file."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sweepset import dataset
from sweepset.host import page
from sweepset.host.page import Section, Table

from ..runs import Run, model_spec


def write(run: Run) -> Path:
    """Write the page of a run from the files in its folder; return its path."""
    path = run.folder / "report.html"
    finished = run.folder / "finished.json"
    state = "not finished"
    if finished.exists():
        pace = dataset.read_json(finished)
        state = f"{pace['steps']} steps, {pace['images_per_second']} images/s"
    lead = f"{model_spec(run.experiment).title}, {len(run.taxonomy)} classes of {run.taxonomy.name}; {state}"
    page.write(path, run.folder.resolve().name, lead, [*_evaluations(run), *_course(run), *_settings(run)])
    return path


def _evaluations(run: Run) -> Iterator[Section]:
    """Go over the evaluations, that on the test part first."""
    folders = sorted((run.folder / "evaluation").glob("*/scores.json"), key=lambda p: (p.parent.name != "test", p))
    for path in folders:
        yield from _evaluation(run, path.parent)


def _evaluation(run: Run, folder: Path) -> Iterator[Section]:
    """Go over the scores and pictures of one evaluation."""
    task, name = run.task, folder.name
    found: dict[str, Any] = dataset.read_json(folder / "scores.json")
    own, prior = found["scores"], found["prior"]
    columns = {"model": own, **({task.prior: prior} if prior else {})}
    yield Section(
        f"Scores on {name}",
        f"{found['images']} images"
        + (f", beside the {task.prior}." if prior else ".")
        + " In brackets 95 % intervals over images." * bool(found.get("intervals")),
        table=Table(
            ["score", *columns],
            [
                [task.titles[key], *(_number(s[key]) + _interval(found, key, name) for name, s in columns.items())]
                for key in own
                if key in task.titles
            ],
        ),
    )
    amount = list(task.class_titles)[-1]
    rows = [
        [kind, *(f"{value:.0f}" if key == amount else _number(value) for key, value in scores.items())]
        for kind, scores in found["classes"].items()
    ]
    yield Section(
        f"Classes on {name}",
        task.explain(own, len(found["classes"])),
        table=Table(["class", *(task.class_titles[key] for key in next(iter(found["classes"].values())))], rows),
    )
    for extra in found.get("tables", []):
        yield Section(f"{extra['title']} on {name}", extra["text"], table=Table(extra["head"], extra["rows"]))
    for file, (title, text) in task.plots.items():
        yield Section(f"{title} on {name}", text, pictures=_pictures(folder / file))
    yield Section(
        f"Best, median and worst images of {name}",
        f"By {task.titles[task.image_score]}: image, truth, prediction.",
        legend=run.taxonomy,
        pictures=_pictures(folder / "images.png"),
    )


def _course(run: Run) -> Iterator[Section]:
    """Go over how the training went."""
    curves = _pictures(run.folder / "curves.png")
    if curves:
        yield Section("Curves", pictures=curves)
    steps = sorted((run.folder / "pictures").glob("step-*.png"))
    if steps:
        chosen = list(dict.fromkeys([steps[0], steps[-1]]))
        titles = [f"after step {int(path.stem.partition('-')[2])}" for path in chosen]
        pictures = [page.embed_file(path, title) for path, title in zip(chosen, titles, strict=True)]
        yield Section("Validation images", "Image, truth, prediction.", legend=run.taxonomy, pictures=pictures)


def _settings(run: Run) -> Iterator[Section]:
    """Go over the versions, data and settings of the run."""
    about: dict[str, Any] = dataset.read_json(run.folder / "about.json")
    rows = [[name, version] for name, version in about["versions"].items()]
    git = about["git"]
    if git:
        rows.append(["commit", git["commit"] + (", with changes" if git["changed"] else "")])
    if about["test_neighbours_in_train"] is not None:
        rows.append(["test frames with a neighbour in train", f"{about['test_neighbours_in_train']:.0%}"])
    for part, hashes in about["data"].items():
        rows.append([part, f"{hashes['images']} images; content {hashes['content']}; split {hashes['split'][:16]}"])
    yield Section("Versions and data", table=Table([], rows, numbers=False))
    yield Section("Experiment", code=(run.folder / "experiment.yaml").read_text(encoding="utf-8"))


def _pictures(path: Path) -> list[page.Picture]:
    return [page.embed_file(path)] if path.exists() else []


def _interval(found: dict[str, Any], key: str, column: str) -> str:
    """Return the interval of the model's score as a text, nothing if it has none."""
    low, high = found.get("intervals", {}).get(key, (None, None)) if column == "model" else (None, None)
    return "" if low is None else f" [{low:.3f}, {high:.3f}]"


def _number(value: float | None) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:.4f}"
