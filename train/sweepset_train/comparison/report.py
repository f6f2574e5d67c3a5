"""The report of a comparison: what was found in plain words, tables, plots, and pictures of what changed.

report.html holds all of it in one file; report.md the words, tables and plots, but no test image.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
import torch
from matplotlib.figure import Figure

from sweepset import dataset
from sweepset.host import page
from sweepset.host.page import Picture, Section, Table

from .. import experiment as experiments
from .. import runs
from ..data.splits import Part, Parts
from ..segmentation import evaluation, metrics
from ..segmentation import pictures as panels
from . import local_runner
from . import plan as comparisons
from . import results as finding
from .plan import MIXED, PRETRAINED, REAL, SYNTHETIC, TWICE, Comparison, Trial
from .resampling import DRAWS, LEAST, SCORES, Estimate
from .results import FEWEST, Answers, Cell, Difference

COLORS = {REAL: "#4c72b0", TWICE: "#8c9fc5", MIXED: "#dd8452", PRETRAINED: "#55a868", SYNTHETIC: "#8172b3"}
SHOWN_CLASSES, SHOWN_IMAGES = 2, 3
"""Classes that gained and lost most, and images that changed most, that are shown."""


@dataclass(frozen=True)
class Report:
    """What a report is written from."""

    folder: Path
    comparison: Comparison
    trials: Sequence[Trial]
    parts: Parts
    found: Answers
    elsewhere: dict[str, Answers]
    """Answers on other data by its name."""
    failures: dict[str, str]
    """Why runs failed, by their names."""
    score_on: Sequence[Path]
    """That other data."""

    @property
    def test(self) -> Part:
        """The test images."""
        assert self.parts.test is not None
        return self.parts.test


def write(report: Report) -> Path:
    """Write report.html, report.md, scores.json and plots to a comparison's folder; return the first's place."""
    folder = report.folder
    _draw_scores(folder / "scores.png", report)
    _draw_differences(folder / "differences.png", report)
    dataset.write_json(folder / "scores.json", _tell(report))
    words, settings = [*_words(report)], [*_settings(report)]
    title = folder.resolve().name
    done = sum(len(cell.trials) for cell in report.found.cells.values())
    lead = f"{done} of {len(report.trials)} runs, {len(report.found.names)} test images"
    dataset.write_whole(folder / "report.md", _markdown(title, lead, [*words, *settings]).encode())
    place = folder / "report.html"
    page.write(place, title, lead, [*words, *_changes(report), *settings])
    return place


def headlines(report: Report) -> list[str]:
    """Return what was found, a sentence for each arm on each share of the real images.

    It is about the difference from photos alone, where that was asked for, else about the first one that was.
    """
    told: dict[finding.Key, Difference] = {}
    for difference in report.found.differences:
        contrast = difference.contrast
        key = contrast.arm, contrast.fraction
        if contrast.arm != TWICE and (key not in told or contrast.other == REAL):
            told[key] = difference
    return [_sentence(report, difference) for difference in told.values()]


def _sentence(report: Report, difference: Difference) -> str:
    contrast, estimate = difference.contrast, difference.estimate
    own, base = report.found.cells_of(contrast)
    photos, made = finding.real_images(report.folder, base), finding.renders(report.folder, own)
    low, high = estimate.low[0], estimate.high[0]
    by = f"{100 * abs(estimate.point[0]):.1f} points {_interval(estimate, 0, flip=estimate.point[0] < 0)}"
    levels = f"from {_points(base.scored.by_seed[:, 0].mean())} to {_points(own.scored.by_seed[:, 0].mean())}"
    like = comparisons.base(report.comparison, contrast.arm)
    how = {
        MIXED: f"With {photos} real photos, adding {made:,} renders to the batches",
        PRETRAINED: f"With {photos} real photos, training on {made:,} renders before",
        SYNTHETIC: f"In place of {photos} real photos, {made:,} renders alone",
        REAL: f"With {photos} real photos, the change",
        TWICE: f"With {photos} real photos, more steps",
    }[like]
    name = "" if contrast.arm == like else f" ({contrast.arm})"
    if contrast.other != REAL:
        how, name = f"With {photos} real photos, {contrast.arm} in place of {contrast.other}", ""
    if low <= 0 <= high:
        return (
            f"{how}{name} changed mean IoU by {100 * estimate.point[0]:+.1f} points {_interval(estimate, 0)}, "
            f"{levels}: no difference can be told from chance."
        )
    verb = "raised" if low > 0 else "lowered"
    doubt = "" if difference.is_shown else ", which may be chance, given how many differences were asked for"
    return f"{how}{name} {verb} mean IoU by {by}, {levels}{doubt}."


def _words(report: Report) -> Iterator[Section]:
    """Go over what was found, without pictures of images."""
    found = report.found
    yield Section("Findings", items=headlines(report) or [f"There are no two arms with {LEAST} seeds each yet."])
    yield Section("Arms", _about_scores(report), table=_arms(report, found), pictures=_plot(report, "scores.png"))
    if found.differences:
        yield Section(
            "Differences",
            f"In points (hundredths), with 95 % intervals over test images and seeds, drawn again {DRAWS:,} times. The "
            "chance of improvement is the share of draws above 0; p is for mean IoU, for all rows together after Holm.",
            table=_differences(found),
            pictures=_plot(report, "differences.png"),
        )
    if found.break_even:
        yield Section(
            "Break-even",
            "How much of the real images, with renders, is as good as all of them without; straight lines between the "
            "shares that were tried, in the share's logarithm.",
            table=Table(["arm", "break-even", "95 % interval"], [*_break_evens(report)]),
        )
    yield from _classes(report)
    for name, answers in report.elsewhere.items():
        yield Section(f"On {name}", f"{len(answers.names)} images.", table=_arms(report, answers))
        if answers.differences:
            yield Section(f"Differences on {name}", table=_differences(answers))
    yield Section("What cannot be concluded", items=[*_limits(report)])


def _settings(report: Report) -> Iterator[Section]:
    """Go over what decided the runs."""
    yield Section("Settings", _hours(report), code=experiments.dump(report.comparison))
    first = report.trials[0]
    yield Section(f"Experiment of {first.name}", code=experiments.dump(first.experiment))
    commands = [local_runner.command(report.folder, trial, report.score_on) for trial in report.trials]
    yield Section(
        "Commands",
        "Each trains and scores one run again. On the same machine, with the same versions, its numbers are the same.",
        code="\n".join(commands),
    )


def _about_scores(report: Report) -> str:
    images, rooms = len(report.found.names), report.found.rooms
    return (
        f"Mean over seeds ± standard deviation, in hundredths, on {images} test images of {rooms} rooms, or runs of "
        "neighbouring frames. Means are over classes; one in neither truth nor prediction is none of them. The last "
        'column is what the original experiment called "class accuracy": 1 - 2 (1 - G) / C of global accuracy G and C '
        "classes, which says nothing that G does not."
    )


def _arms(report: Report, answers: Answers) -> Table:
    rows = []
    for (arm, _), cell in _ordered(answers):
        totals = cell.matrices.sum(1)
        original = metrics.original_class_accuracy(totals)
        spreads = [_spread(cell.scored.by_seed[:, k]) for k in range(len(SCORES))]
        counts = finding.real_images(report.folder, cell), finding.renders(report.folder, cell)
        steps = cell.trials[0].experiment.trainer.max_steps
        rows.append(
            [arm, *(f"{count:,}" for count in counts), f"{steps:,}", str(len(cell.trials)), *spreads, _spread(original)]
        )
    titles = [metrics.TITLES[name] for name in SCORES]
    return Table(["arm", "real", "renders", "steps", "seeds", *titles, "the original's"], rows)


def _differences(answers: Answers) -> Table:
    rows = []
    for difference in answers.differences:
        contrast, estimate = difference.contrast, difference.estimate
        values = [f"{100 * estimate.point[k]:+.1f} {_interval(estimate, k)}" for k in range(len(SCORES))]
        pair = f"{contrast.arm} - {contrast.other}"
        percent = 100 * estimate.chance[0]
        chance = "> 99.9 %" if percent > 99.9 else "< 0.1 %" if percent < 0.1 else f"{percent:.1f} %"
        rows.append([pair, _share(contrast.fraction), str(difference.seeds), *values, chance, _p(difference.corrected)])
    titles = [metrics.TITLES[name] for name in SCORES]
    return Table(["difference", "of the real images", "seeds", *titles, "chance of improvement", "p"], rows)


def _break_evens(report: Report) -> Iterator[list[str]]:
    cells = report.found.cells
    for arm, found in report.found.break_even.items():
        least = min(fraction for name, fraction in cells if name == arm and fraction is not None)
        texts = [
            "more than all" if share is None else f"{share:.0%}" + " or less" * math.isclose(share, least)
            for share in (found.point, found.low, found.high)
        ]
        interval = f"{texts[1]} to {texts[2]}"
        everything = found.high is None and found.low is not None and math.isclose(found.low, least)
        yield [arm, texts[0], "not determined" if everything else interval]


def _classes(report: Report) -> Iterator[Section]:
    """Go over the classes of the differences with real images alone."""
    names = [category.name for category in report.parts.taxonomy]
    for difference in report.found.differences:
        contrast, estimate = difference.contrast, difference.estimate
        if contrast.other != REAL or contrast.arm == TWICE:
            continue
        own, base = report.found.cells_of(contrast)
        rows = []
        for k in np.argsort(-np.nan_to_num(estimate.point[len(SCORES) :]), kind="stable"):
            column = len(SCORES) + int(k)
            levels = [_points(float(metrics.mean(cell.scored.by_seed[:, column]))) for cell in (base, own)]
            point = estimate.point[column]
            change = "-" if math.isnan(point) else f"{100 * point:+.1f} {_interval(estimate, column)}"
            rows.append([names[k], *levels, change])
        yield Section(
            f"Classes: {contrast.arm} against {contrast.other} on {_share(contrast.fraction)} of the real images",
            "IoU in hundredths, the class that gained most first.",
            table=Table(["class", contrast.other, contrast.arm, "difference"], rows),
        )


def _limits(report: Report) -> Iterator[str]:
    """Go over what the runs do not tell."""
    cells = report.found.cells
    done = {trial.name for cell in cells.values() for trial in cell.trials}
    missing = [trial.name for trial in report.trials if trial.name not in done]
    if missing:
        shown = ", ".join(f"{name} ({report.failures[name]})" if name in report.failures else name for name in missing)
        yield f"{len(missing)} of {len(report.trials)} runs are missing: {shown}."
    few = min((len(cell.trials) for cell in cells.values()), default=0)
    if few < 5:
        yield f"Some arms have {few} seeds: their intervals are wide, and a difference that is there may not be seen."
    if any(room is None for room in report.test.cached.rooms):
        yield (
            "Rooms of the test images are not known; runs of neighbouring frames are drawn instead, or single images "
            "where their names are no such numbers: where several of these are of one room, intervals are too short."
        )
    if report.found.rooms < FEWEST:
        yield f"Test images of {report.found.rooms} rooms say little about others: intervals are too short."
    if report.found.differences:
        yield (
            "Intervals of classes and of other scores than mean IoU are not corrected for how many there are: one in "
            "twenty misses the truth."
        )
    asked = report.trials[0].experiment
    size = "x".join(map(str, asked.data.size))
    yield (
        f"This is about {asked.model.name} at {size} pixels, {asked.trainer.max_steps:,} steps from weights "
        f"{asked.model.weights!r}, these photos and these renders; other ones may answer differently."
    )
    longer = {fraction for arm, fraction in cells if comparisons.base(report.comparison, arm) == TWICE}
    shares = sorted({fraction for _, fraction in cells if fraction is not None} - longer)
    if shares:
        on = " and ".join(map(_share, shares))
        yield (
            f"There is no arm with more steps on {on} of the real images: whether more training on photos alone does "
            "the same was not asked there."
        )


def _hours(report: Report) -> str:
    seconds = 0.0
    for cell in report.found.cells.values():
        for trial in cell.trials:
            told = local_runner.pace(report.folder, trial)
            seconds += told["steps"] * trial.experiment.trainer.batch / told["images_per_second"]
    return f"{seconds / 3600:.1f} hours of training, summed over runs. Each run's folder holds its own settings."


def _changes(report: Report) -> Iterator[Section]:
    """Go over pictures of what the best arm with renders changed, on the smallest share of the real images."""
    kinds = report.parts.taxonomy
    candidates = [
        d
        for d in report.found.differences
        if d.contrast.other == REAL and comparisons.base(report.comparison, d.contrast.arm) in (MIXED, PRETRAINED)
    ]
    least = min((d.contrast.fraction for d in candidates if d.contrast.fraction), default=None)
    if least is None:
        return
    best = max((d for d in candidates if d.contrast.fraction == least), key=lambda d: d.estimate.point[0])
    cells = report.found.cells_of(best.contrast)[::-1]
    before, after = (cell.matrices.mean(0) for cell in cells)
    shown = _Predictions(report, cells)
    row = "image, truth, real, " + best.contrast.arm
    gains = metrics.global_accuracy(after) - metrics.global_accuracy(before)
    order = [int(k) for k in np.argsort(-gains, kind="stable") if not math.isnan(gains[k])]
    told = (
        f"Global accuracy of each image, mean over seeds; pictures of seed {cells[0].trials[0].experiment.seed}: {row}."
    )
    texts = {"Images that renders mended": order[:SHOWN_IMAGES], "Images that they broke": order[::-1][:SHOWN_IMAGES]}
    for title, places in texts.items():
        pictures = [shown.picture(k, f"{report.found.names[k]}: {100 * gains[k]:+.1f} points") for k in places]
        yield Section(f"{title}: {best.contrast.arm} on {_share(least)}", told, legend=kinds, pictures=pictures)
    change = best.estimate.point[len(SCORES) :]
    ranked = [int(k) for k in np.argsort(-change, kind="stable") if not math.isnan(change[k])]
    for title, classes in (("gained", ranked[:SHOWN_CLASSES]), ("lost", ranked[::-1][:SHOWN_CLASSES])):
        sign = 1 if title == "gained" else -1
        for number in classes:
            if sign * change[number] <= 0:
                continue
            hits = sign * (after[:, number, number] - before[:, number, number])
            places = [int(k) for k in np.argsort(-hits, kind="stable")[:SHOWN_IMAGES]]
            pictures = [shown.picture(k, report.found.names[k]) for k in places]
            told = f"IoU {100 * change[number]:+.1f} points; the images that it changed in most: {row}."
            name = [category.name for category in kinds][number]
            yield Section(f"A class that {title}: {name}", told, legend=kinds, pictures=pictures)


class _Predictions:
    """Pictures of test images beside what the first run of each of some cells makes of them."""

    def __init__(self, report: Report, cells: Sequence[Cell]) -> None:
        self.part, self.kinds = report.test, report.parts.taxonomy
        self.device = evaluation.choose_device()
        folders = [report.folder / cell.trials[0].name for cell in cells]
        self.models = [runs.open_run(folder).load_model().to(self.device) for folder in folders]

    def picture(self, place: int, caption: str) -> Picture:
        """Return an image, its truth and each prediction beside each other."""
        index = self.part.indices[place]
        image, truth = np.array(self.part.cached.images[index]), self.part.cached.labels[index]
        with torch.inference_mode():
            predicted = [evaluation.predict(model, image[None], self.device)[0] for model in self.models]
        tiles = [image, *(panels.colorize(label, self.kinds) for label in (truth, *predicted))]
        gap = np.full((len(image), panels.GAP, 3), 255, np.uint8)
        return page.embed(np.concatenate([part for tile in tiles for part in (tile, gap)][:-1], 1), caption)


def _draw_scores(path: Path, report: Report) -> None:
    """Write the mean IoU of each arm by share of the real images: each seed a dot, means with intervals."""
    cells = report.found.cells
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    fractions = sorted({fraction for _, fraction in cells if fraction is not None})
    arms = list(dict.fromkeys(arm for arm, _ in cells))
    for number, arm in enumerate(arms):
        color = COLORS.get(arm) or f"C{number}"
        own = sorted((f, cell) for (name, f), cell in cells.items() if name == arm and f is not None)
        if not own:
            values = 100 * cells[arm, None].scored.by_seed[:, 0]
            axes.axhspan(values.min(), values.max(), color=color, alpha=0.2, label=arm)
            continue
        shift = 1.03 ** (number - len(arms) / 2)
        places = [100 * f * shift for f, _ in own]
        means = [100 * cell.scored.by_seed[:, 0].mean() for _, cell in own]
        spans = np.array([_span(cell.level) for _, cell in own]).T
        axes.errorbar(places, means, spans, color=color, capsize=3, marker="_", label=arm)
        for place, (_, cell) in zip(places, own, strict=True):
            values = 100 * cell.scored.by_seed[:, 0]
            axes.plot(np.full(len(values), place), values, ".", color=color, alpha=0.5)
    axes.set_xscale("log")
    axes.set_xticks([100 * f for f in fractions], [f"{f:.0%}" for f in fractions])
    axes.minorticks_off()
    axes.set_xlabel("share of the real images")
    axes.set_ylabel("mean IoU, hundredths")
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right upper")
    figure.savefig(path, dpi=110)


def _draw_differences(path: Path, report: Report) -> None:
    """Write the planned differences in mean IoU with their intervals."""
    rows = report.found.differences
    if not rows:
        return
    with matplotlib.rc_context({"font.size": 9}):
        figure = Figure(figsize=(7, 0.8 + 0.32 * len(rows)), layout="constrained")
        axes = figure.subplots()
        for place, difference in enumerate(rows):
            point = 100 * difference.estimate.point[0]
            color = COLORS.get(difference.contrast.arm, "black")
            span = np.array([_span(difference.estimate)]).T
            axes.errorbar([point], [place], xerr=span, color=color, marker="o", capsize=3)
        labels = [f"{d.contrast.arm} - {d.contrast.other}, {_share(d.contrast.fraction)}" for d in rows]
        axes.set_yticks(range(len(rows)), labels)
        axes.invert_yaxis()
        axes.axvline(0, color="black", linewidth=0.8)
        axes.set_xlabel("difference in mean IoU, points, with 95 % intervals")
        axes.grid(alpha=0.3, axis="x")
        figure.savefig(path, dpi=110)


def _span(estimate: Estimate | None) -> tuple[float, float]:
    """Return how far an interval of the first score reaches down and up, in hundredths."""
    if estimate is None:
        return 0.0, 0.0
    point = estimate.point[0]
    return max(0.0, 100 * (point - estimate.low[0])), max(0.0, 100 * (estimate.high[0] - point))


def _tell(report: Report) -> dict[str, object]:
    """Return all numbers in JSON's types."""
    elsewhere = {name: _tell_answers(report, answers) for name, answers in report.elsewhere.items()}
    even = {arm: dataclasses.asdict(found) for arm, found in report.found.break_even.items()}
    return {
        **_tell_answers(report, report.found), "break_even": even, "elsewhere": elsewhere, "failures": report.failures
    }  # fmt: skip


def _tell_answers(report: Report, answers: Answers) -> dict[str, object]:
    names = [*SCORES, *(category.name for category in report.parts.taxonomy)]

    def by_name(values: np.ndarray) -> dict[str, float | None]:
        return {name: None if math.isnan(v) else float(v) for name, v in zip(names, values, strict=True)}

    def interval(estimate: Estimate | None) -> dict[str, object]:
        return {"low": by_name(estimate.low), "high": by_name(estimate.high)} if estimate else {}

    return {
        "arms": [
            {
                "arm": arm,
                "fraction": fraction,
                "real": finding.real_images(report.folder, cell),
                "renders": finding.renders(report.folder, cell),
                "runs": {
                    trial.name: by_name(scores) for trial, scores in zip(cell.trials, cell.scored.by_seed, strict=True)
                },
                "original": [float(value) for value in metrics.original_class_accuracy(cell.matrices.sum(1))],
                **interval(cell.level),
            }
            for (arm, fraction), cell in _ordered(answers)
        ],
        "differences": [
            {
                "arm": d.contrast.arm,
                "other": d.contrast.other,
                "fraction": d.contrast.fraction,
                "seeds": d.seeds,
                "difference": by_name(d.estimate.point),
                **interval(d.estimate),
                "chance": by_name(d.estimate.chance),
                "p": by_name(d.estimate.p),
                "p_corrected": d.corrected,
            }
            for d in answers.differences
        ],
    }


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


def _plot(report: Report, name: str) -> list[Picture]:
    path = report.folder / name
    return [page.embed_file(path, name)] if path.exists() else []


def _ordered(answers: Answers) -> list[tuple[finding.Key, Cell]]:
    """Return the cells by share of the real images, those without real images first."""
    return sorted(answers.cells.items(), key=lambda item: item[0][1] or 0)


def _interval(estimate: Estimate, column: int, flip: bool = False) -> str:
    ends = [100 * estimate.low[column], 100 * estimate.high[column]]
    low, high = [-end for end in reversed(ends)] if flip else ends
    return f"[{low:.1f}, {high:.1f}]"


def _spread(values: np.ndarray) -> str:
    if len(values) == 1:
        return _points(values[0])
    return f"{_points(values.mean())} ± {_points(values.std(ddof=1))}"


def _points(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.1f}"


def _share(fraction: float | None) -> str:
    """Return a share of the real images as a text; renders alone are on none."""
    return "0%" if fraction is None else f"{100 * fraction:.4g}%"


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
