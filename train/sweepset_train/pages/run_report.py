"""A run's page, report.html: scores, curves, pictures and settings in one file."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sweepset import dataset
from sweepset.host import page
from sweepset.host.page import Section, Table

from ..runs import Run
from ..segmentation import metrics


def write(run: Run) -> Path:
    """Write the page of a run from what its folder holds so far; return where."""
    path = run.folder / "report.html"
    finished = run.folder / "finished.json"
    told = "not at its end"
    if finished.exists():
        pace = dataset.read_json(finished)
        told = f"{pace['steps']} steps, {pace['images_per_second']} images/s"
    model = run.experiment.model
    name = model.name if model.name in ("segnet", "cnn") else f"{model.name} with {model.encoder}"
    lead = f"{name}, {len(run.taxonomy)} classes of {run.taxonomy.name}; {told}"
    page.write(path, run.folder.resolve().name, lead, [*_evaluations(run), *_course(run), *_settings(run)])
    return path


def _evaluations(run: Run) -> Iterator[Section]:
    """Go over the evaluations, that on the test part first."""
    folders = sorted((run.folder / "evaluation").glob("*/scores.json"), key=lambda p: (p.parent.name != "test", p))
    for path in folders:
        found: dict[str, Any] = dataset.read_json(path)
        own, prior, name = found["scores"], found["prior"], path.parent.name
        rows = [
            [metrics.TITLES[key], _number(value), _number(prior[key])]
            for key, value in own.items()
            if key in metrics.TITLES
        ]
        yield Section(
            f"Scores on {name}",
            f"{found['images']} images, beside the commonest class at each place of the image.",
            table=Table(["score", "model", "commonest class"], rows),
        )
        columns = list(next(iter(found["classes"].values())))
        rows = [
            [kind, *(f"{value:.0f}" if key == "pixels" else _number(value) for key, value in scores.items())]
            for kind, scores in found["classes"].items()
        ]
        yield Section(
            f"Classes on {name}",
            metrics.explain_original(own["original_class_accuracy"], own["global_accuracy"], len(found["classes"])),
            table=Table(["class", *(metrics.CLASS_TITLES[key] for key in columns)], rows),
        )
        yield Section(
            f"Confusion on {name}",
            "Of each class's pixels, the share that was predicted as each: rows truth, columns prediction.",
            pictures=_pictures(path.parent / "confusion.png"),
        )
        yield Section(
            f"Best, median and worst images of {name}",
            "By global accuracy: image, truth, prediction. Void is black.",
            legend=run.taxonomy,
            pictures=_pictures(path.parent / "images.png"),
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
    """Go over what decided the run."""
    about: dict[str, Any] = dataset.read_json(run.folder / "about.json")
    rows = [[name, version] for name, version in about["versions"].items()]
    git = about["git"]
    if git:
        rows.append(["commit", git["commit"] + (", with changes" if git["changed"] else "")])
    if about["test_neighbours_in_train"] is not None:
        rows.append(["test frames with a neighbour in train", f"{about['test_neighbours_in_train']:.0%}"])
    for part, hashes in about["data"].items():
        rows.append([part, f"{hashes['images']} images; content {hashes['content']}; split {hashes['split'][:16]}"])
    yield Section("What with", table=Table([], rows, numbers=False))
    yield Section("Experiment", code=(run.folder / "experiment.yaml").read_text(encoding="utf-8"))


def _pictures(path: Path) -> list[page.Picture]:
    return [page.embed_file(path)] if path.exists() else []


def _number(value: float | None) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:.4f}"
