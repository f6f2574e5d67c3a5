"""Evaluation of a trained model on some images: tallies of its predictions, their scores, and pictures of both."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sweepset import dataset, files
from sweepset.errors import SweepsetError
from sweepset.taxonomy import Taxonomy

from . import experiment as experiments
from . import grouping, runs
from . import task as tasks
from .data.splits import Part, check_labelled, open_part, open_parts
from .pages import pictures
from .prediction import Answer, answer_by
from .runs import Run
from .task import Prediction, ScoreTable, Tallies, Task

BATCH = 8
SHOWN = 3
"""Images of each group in the picture of the best, median and worst ones."""


@dataclass(frozen=True)
class Evaluation:
    """A model's predictions on a part, tallied."""

    task: Task
    names: tuple[str, ...]
    tallies: Tallies
    taxonomy: Taxonomy
    rooms: tuple[str | None, ...]
    """What each image shows; None if it is not known, or it shows something of its own."""
    groups: tuple[Mapping[str, str], ...] = ()

    def tables(self) -> list[ScoreTable]:
        """Return the task's own tables, and those of groups of images."""
        own = self.task.tables(self.tallies, self.taxonomy)
        return [*own, *grouping.tables(self.task, self.tallies, self.rooms, self.groups)]

    def intervals(self) -> dict[str, tuple[float, float]]:
        """Return the 95 % interval of each compared score over other images, by name; NaN if it can't be told.

        It says nothing about other trainings: comparisons do.
        """
        _, low, high = grouping.intervals(self.task, self.tallies, grouping.name_rooms(self.rooms))
        return {name: (float(low[m]), float(high[m])) for m, name in enumerate(self.task.compared)}

    def summary(self) -> dict[str, float]:
        """Return all scores that are a single number, by name."""
        return self.task.summarize(self.tallies)

    def by_class(self) -> dict[str, dict[str, float]]:
        """Return the scores of each class, by its name."""
        columns = self.task.by_class(self.tallies)
        return {
            category.name: {name: float(values[number]) for name, values in columns.items()}
            for number, category in enumerate(self.taxonomy)
        }

    def by_image(self) -> np.ndarray:
        """Return the score (N,) by which the task ranks images."""
        column = self.task.compared.index(self.task.image_score)
        ranked: np.ndarray = self.task.score(self.tallies, np.eye(len(self.names)))[:, column]
        return ranked


def evaluate(task: Task, part: Part, kinds: Taxonomy, answer: Answer) -> Evaluation:
    """Return the tallies of the predictions of `answer` for a part; raise SweepsetError if its classes are others."""
    if [c.name for c in part.cached.taxonomy] != [c.name for c in kinds]:
        raise SweepsetError(
            f"the data is in taxonomy {part.cached.taxonomy.name}, the model in {kinds.name}: both must be one"
        )
    if not len(part):
        raise SweepsetError("the part to score has no images: give more data, or another split")
    if not task.scores_nothing:
        check_labelled(part, "scored")
    tallies = []
    for start in range(0, len(part), BATCH):
        chosen = part.indices[start : start + BATCH]
        tallies.append(task.tally(part.cached.labels[chosen], answer(part.cached.images[chosen]), len(kinds)))
    rooms, groups = ([own[index] for index in part.indices] for own in (part.cached.rooms, part.cached.groups))
    return Evaluation(task, part.names, tasks.join(tallies), kinds, tuple(rooms), tuple(groups))


def choose_part(run: Run, data: Path | None, part: str, split: str | None, changes: Sequence[str]) -> tuple[Part, str]:
    """Return images to score, and the evaluation's name: a part of the run's own data, or a split of other data.

    `changes` are of the experiment, and say how other data is read. Raise SweepsetError if there are none such.
    """
    if data is None:
        if split or changes:
            raise SweepsetError("--split and --set need DATA: add it, or use --part")
        own = open_parts(run.experiment).named().get(part)
        if own is None:
            raise SweepsetError(f"run {str(run.folder)!r} has no part {part}: name another with --part, or give data")
        return own, part
    asked = experiments.read(run.folder / "experiment.yaml", changes)
    return open_part(data.expanduser(), asked, split or "all", run.taxonomy), runs.evaluation_name(data, split)


def count_trained_on(run: Run, part: Part) -> int:
    """Return how many images of a part the run was trained on, if the part is of the run's own data."""
    data: dict[str, Any] = dataset.read_json(run.folder / "about.json")["data"]
    if part.cached.key not in {data[name]["content"] for name in ("real", "synthetic") if name in data}:
        return 0
    opened = open_parts(run.experiment)
    own = [one for one in (opened.real, opened.synthetic) if one and one.cached.key == part.cached.key]
    return len(set(part.names) & {name for one in own for name in one.names})


def repeat_prior(task: Task, prior: np.ndarray) -> Answer:
    """Return a function that answers a prior, whatever the images are."""

    def answer(images: np.ndarray) -> Any:
        height, width = images.shape[1:3]
        return task.repeat_prior(prior, len(images), (width, height))

    return answer


def evaluate_run(
    run: Run, part: Part, name: str, checkpoint: str, device: torch.device
) -> tuple[Path, Evaluation, Evaluation | None]:
    """Evaluate a run's checkpoint on a part, and its prior; write both to the run's folder, and return them."""
    answer = answer_by(run, checkpoint, device)
    found = evaluate(run.task, part, run.taxonomy, answer)
    path = run.folder / "prior.npy"
    prior = evaluate(run.task, part, run.taxonomy, repeat_prior(run.task, np.load(path))) if path.exists() else None
    folder = run.folder / "evaluation" / name
    write(folder, part, found, prior, answer)
    return folder, found, prior


def write(folder: Path, part: Part, found: Evaluation, prior: Evaluation | None, answer: Answer) -> None:
    """Write an evaluation beside that of a prior: tallies, scores, a table, pictures."""
    files.make_folder(folder)
    classes = [category.name for category in found.taxonomy]
    about: dict[str, Any] = {"names": found.names, "classes": classes, "content": part.cached.key}
    arrays: dict[str, Any] = {**found.tallies, **{name: np.array(value) for name, value in about.items()}}
    with files.replacing(tallies_file(folder, found.task)) as temporary:
        np.savez_compressed(temporary, **arrays)
    content = {
        "scores": found.summary(),
        "intervals": {name: [*ends] for name, ends in found.intervals().items()},
        "prior": prior and prior.summary(),
        "classes": found.by_class(),
        "tables": [dataclasses.asdict(table) for table in found.tables()],
        "images": len(part),
    }
    files.write_json(folder / "scores.json", _without_nan(content))
    files.write(folder / "scores.md", describe(found, prior).encode())
    found.task.plot(folder, found.tallies, found.taxonomy)

    def image(place: int) -> np.ndarray:
        return np.asarray(part.cached.images[part.indices[place]])

    found.task.illustrate(folder, image, found.tallies, found.taxonomy, answer)
    _draw_extremes(folder / "images.png", part, found, answer)


def tallies_file(folder: Path, task: Task) -> Path:
    """Return the file of an evaluation's tallies."""
    return folder / f"{task.tallied}.npz"


def read_tallies(folder: Path, task: Task) -> Tallies:
    """Return the tallies of an evaluation by its folder."""
    with np.load(tallies_file(folder, task)) as stored:
        return {name: stored[name] for name in stored.files if name not in ("names", "classes", "content")}


def is_of(folder: Path, part: Part, task: Task) -> bool:
    """Return whether a folder has an evaluation on a part as it is now."""
    if not (folder / "scores.json").exists():
        return False
    with np.load(tallies_file(folder, task)) as stored:
        return str(stored["content"]) == part.cached.key and tuple(stored["names"]) == part.names


def describe(found: Evaluation, prior: Evaluation | None) -> str:
    """Return the scores as a page of Markdown."""
    task, own = found.task, found.summary()
    columns = {"model": own, **({task.prior: prior.summary()} if prior else {})}
    lines = [f"| score | {' | '.join(columns)} |", f"| --- |{' --- |' * len(columns)}"]
    for name, title in task.titles.items():
        lines.append(f"| {title} | {' | '.join(_number(scores[name]) for scores in columns.values())} |")
    ends = {name: pair for name, pair in found.intervals().items() if not math.isnan(pair[0])}
    told = ", ".join(f"{task.titles[name]} {low:.3f} to {high:.3f}" for name, (low, high) in ends.items())
    lines += ["", f"{len(found.names)} images. {task.about_scores}", ""]
    lines += [f"95 % intervals over images: {told}.", ""] if told else []
    explained = task.explain(own, len(found.taxonomy))
    lines += [explained, ""] if explained else []
    lines += [
        f"| class | {' | '.join(task.class_titles.values())} |",
        f"| --- |{' --- |' * len(task.class_titles)}",
    ]
    for name, scores in found.by_class().items():
        *shares, count = scores.values()
        lines.append(f"| {name} | {' | '.join(map(_number, shares))} | {count:.0f} |")
    for table in found.tables():
        lines += ["", f"{table.title}. {table.text}", ""]
        lines += [f"| {' | '.join(row)} |" for row in (table.head, ["---"] * len(table.head), *table.rows)]
    return "\n".join(lines) + "\n"


def _draw_extremes(path: Path, part: Part, found: Evaluation, answer: Answer) -> None:
    """Write the best, median and worst images: image, truth, prediction."""
    scores = found.by_image()
    order = [int(k) for k in np.argsort(-scores, kind="stable") if not math.isnan(scores[k])]
    if not order:
        return
    middle = max(0, len(order) // 2 - SHOWN // 2)
    rows, texts, drawn = [], [], set[int]()
    groups = {"best": order[:SHOWN], "median": order[middle : middle + SHOWN], "worst": order[-SHOWN:]}

    def picture(image: np.ndarray, shown: Prediction) -> np.ndarray:
        return found.task.draw(image, shown, found.taxonomy)

    for group, places in groups.items():
        for place in places:
            if place in drawn:
                continue
            drawn.add(place)
            index = part.indices[place]
            image = np.asarray(part.cached.images[index])
            rows.append([image, picture(image, part.cached.labels[index]), picture(image, answer(image[None])[0])])
            texts.append(f"{group}: {found.names[place]}, {scores[place]:.3f}")
    pictures.draw_rows(path, rows, texts)


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.4f}"


def _without_nan(content: Any) -> Any:
    """Return JSON's types with null for NaN."""
    if isinstance(content, dict):
        return {key: _without_nan(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_without_nan(value) for value in content]
    return None if isinstance(content, float) and math.isnan(content) else content
