"""The page of a sweep: all runs in a table, parallel coordinates, importance of each key, the best run's settings."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

from sweepset import files, png
from sweepset.host import page
from sweepset.host.page import Section, Table

from .. import experiment as experiments
from .. import task as tasks
from .plan import Choices, Range, Sweep, dump, text
from .study import Result


def write(folder: Path, sweep: Sweep, found: Sequence[Result], importance: Mapping[str, float]) -> Path:
    """Write sweep.html, runs.csv and plots to a sweep's folder; return the page's path."""
    task = tasks.find(sweep.base.task)
    title = task.titles[task.headline]
    head = ["run", f"{title}, validation", *sweep.space, "state"]
    rows = [[one.name, _number(one.value), *map(text, one.settings.values()), _state(one)] for one in found]
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows([head, *rows])
    files.write(folder / "runs.csv", table.getvalue().encode())
    done = [one for one in found if one.state == "done"]
    sections = [Section("Runs", "The best first, by the best of each run's validations.", table=Table(head, rows))]
    if done:
        draw_coordinates(folder / "coordinates.png", sweep, found, title)
        best = done[0]
        sections.insert(0, Section("Best", items=[_describe(best, title), f"its report: {best.name}/report.html"]))
        sections.append(
            Section(
                "Parallel coordinates",
                "A line a run, coloured by its score; dashed: ended early.",
                pictures=[page.embed_file(folder / "coordinates.png")],
            )
        )
    if importance:
        draw_importance(folder / "importance.png", importance)
        sections.append(
            Section(
                "Importance",
                "Each key's share in what sets the best runs apart (PED-ANOVA). Of few runs, it says little.",
                pictures=[page.embed_file(folder / "importance.png")],
            )
        )
    if done:
        asked = experiments.change(sweep.base, done[0].settings)
        sections.append(Section(f"Experiment of {done[0].name}", code=experiments.dump(asked)))
    sections.append(Section("Sweep", code=dump(sweep)))
    counts = ", ".join(
        f"{sum(one.state == state for one in found)} {state}"
        for state in ("done", "ended early", "failed", "unfinished")
        if any(one.state == state for one in found)
    )
    place = folder / "sweep.html"
    page.write(place, folder.resolve().name, f"{sweep.runs} runs: {counts}", sections)
    return place


def draw_coordinates(path: Path, sweep: Sweep, found: Sequence[Result], title: str) -> None:
    """Write an axis for each key, and one for the score, with a line for each run that has a score."""
    scored = [one for one in reversed(found) if one.value is not None]
    values = np.array([one.value for one in scored], float)
    low, high = float(values.min()), float(values.max())
    keys = [*sweep.space]
    figure = Figure(figsize=(2.0 + 1.7 * len(keys), 4), layout="constrained")
    axes = figure.subplots()
    for one, value in zip(scored, values, strict=True):
        share = (value - low) / (high - low) if high > low else 1.0
        heights = [*(_height(sweep.space[key], one.settings[key]) for key in keys), share]
        style = "-" if one.state == "done" else "--"
        axes.plot(heights, style, color=colormaps["viridis"](share), linewidth=1.4, alpha=0.85)
    for place, key in enumerate(keys):
        _label(axes, place, sweep.space[key])
    axes.text(len(keys), -0.03, f"{low:.3f}", ha="center", va="top", fontsize=8)
    axes.text(len(keys), 1.03, f"{high:.3f}", ha="center", va="bottom", fontsize=8)
    axes.set_xticks(range(len(keys) + 1), [*keys, title], fontsize=8)
    axes.tick_params(axis="x", pad=16, length=0)
    axes.set_yticks([])
    axes.set_xlim(-0.3, len(keys) + 0.3)
    axes.set_ylim(-0.1, 1.1)
    for place in range(len(keys) + 1):
        axes.axvline(place, color="0.75", zorder=0)
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)
    with files.replacing(path, png.check) as temporary:
        figure.savefig(temporary, dpi=100)


def draw_importance(path: Path, importance: Mapping[str, float]) -> None:
    """Write a bar for each key, the most important one on top."""
    names = sorted(importance, key=lambda key: importance[key])
    figure = Figure(figsize=(6, 1.2 + 0.35 * len(names)), layout="constrained")
    axes = figure.subplots()
    axes.barh(names, [importance[name] for name in names])
    axes.set_xlabel("share")
    with files.replacing(path, png.check) as temporary:
        figure.savefig(temporary, dpi=100)


def _height(one: Choices | Range, value: object) -> float:
    """Return the place of a value on its axis, 0 to 1."""
    if isinstance(one, Choices):
        return one.values.index(value) / max(1, len(one.values) - 1)
    number, low, high = float(str(value)), one.low, one.high
    if one.log:
        number, low, high = np.log(number), np.log(low), np.log(high)
    return float((number - low) / (high - low))


def _label(axes: object, place: int, one: Choices | Range) -> None:
    values = one.values if isinstance(one, Choices) else (one.low, one.high)
    for value in values:
        height = _height(one, value)
        axes.annotate(  # type: ignore[attr-defined]
            text(value), (place, height), (4, 0), textcoords="offset points", fontsize=8, va="center"
        )


def _describe(one: Result, title: str) -> str:
    chosen = ", ".join(f"{key} {text(value)}" for key, value in one.settings.items())
    return f"{one.name}: {title} {_number(one.value)} in validation, with {chosen}"


def _state(one: Result) -> str:
    return f"{one.state}: {one.reason}" if one.reason else one.state


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
