"""Pictures of the test images that renders changed most."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from sweepset.host import page
from sweepset.host.page import Picture, Section

from .. import runs
from .. import task as tasks
from ..pages import pictures
from ..prediction import answer_by
from . import plan as comparisons
from . import texts
from .plan import MIXED, PRETRAINED, REAL
from .results import Cell, Difference, Outcome

SHOWN_CLASSES, SHOWN_IMAGES = 2, 3
"""How many classes that gained and lost most, and images that changed most, to show."""


def sections(outcome: Outcome) -> Iterator[Section]:
    """Go over pictures of what the best arm with renders changed, on the smallest share of the real images."""
    best = _best(outcome)
    if best is None:
        return
    cells = outcome.found.cells_of(best.contrast)[::-1]
    task, kinds = outcome.found.task, outcome.parts.taxonomy
    shown = _Predictions(outcome, cells)
    row = "image, truth, real, " + best.contrast.arm
    before, after = (_by_image(outcome, cell) for cell in cells)
    change = after - before
    gains = change[:, task.compared.index(task.image_score)]
    order = [int(k) for k in np.argsort(-gains, kind="stable") if not math.isnan(gains[k])]
    seed = cells[0].trials[0].experiment.seed
    text = f"By {task.titles[task.image_score]} of each image, mean over seeds; pictures of seed {seed}: {row}."
    groups = {"improved": order[:SHOWN_IMAGES], "worsened": order[::-1][:SHOWN_IMAGES]}
    for verb, places in groups.items():
        drawn = [shown.picture(k, f"{outcome.found.names[k]}: {100 * gains[k]:+.1f} points") for k in places]
        title = f"Images that renders {verb}: {best.contrast.arm} on {texts.share(best.contrast.fraction)}"
        yield Section(title, text, legend=kinds, pictures=drawn)
    # A change counts by how much of the class an image shows: else a few pixels would outweigh a whole floor.
    weighed = np.nan_to_num(change[:, len(task.compared) :]) * outcome.test.cached.counts[outcome.test.indices]
    points = best.estimate.point[len(task.compared) :]
    ranked = [int(k) for k in np.argsort(-points, kind="stable") if not math.isnan(points[k])]
    for verb, sign, classes in (("gained", 1, ranked[:SHOWN_CLASSES]), ("lost", -1, ranked[::-1][:SHOWN_CLASSES])):
        for number in classes:
            if sign * points[number] <= 0:
                continue
            places = [int(k) for k in np.argsort(-sign * weighed[:, number], kind="stable")[:SHOWN_IMAGES]]
            drawn = [shown.picture(k, outcome.found.names[k]) for k in places]
            score = next(iter(task.class_titles.values()))
            text = f"{score} {100 * points[number]:+.1f} points; the images that it changed in most: {row}."
            name = [category.name for category in kinds][number]
            yield Section(f"A class that {verb}: {name}", text, legend=kinds, pictures=drawn)


def _best(outcome: Outcome) -> Difference | None:
    """Return the best difference of an arm with photos and renders from photos alone, on the fewest photos."""
    candidates = [
        d
        for d in outcome.found.differences
        if d.contrast.other == REAL and comparisons.base(outcome.comparison, d.contrast.arm) in (MIXED, PRETRAINED)
    ]
    least = min((d.contrast.fraction for d in candidates if d.contrast.fraction), default=None)
    if least is None:
        return None
    return max((d for d in candidates if d.contrast.fraction == least), key=lambda d: d.estimate.point[0])


def _by_image(outcome: Outcome, cell: Cell) -> np.ndarray:
    """Return the scores (N, M) of each image, over the predictions of all seeds."""
    each = np.eye(len(outcome.found.names))
    return outcome.found.task.score(tasks.join(cell.tallies), np.tile(each, len(cell.tallies)))


class _Predictions:
    """Pictures of test images beside the predictions of the first run of some cells."""

    def __init__(self, outcome: Outcome, cells: Sequence[Cell]) -> None:
        self.part, self.kinds, self.task = outcome.test, outcome.parts.taxonomy, outcome.found.task
        opened = [runs.open_run(outcome.folder / cell.trials[0].name) for cell in cells]
        self.answers = [answer_by(run) for run in opened]

    def picture(self, place: int, caption: str) -> Picture:
        """Return an image, its truth and each prediction beside each other."""
        index = self.part.indices[place]
        image, truth = np.array(self.part.cached.images[index]), self.part.cached.labels[index]
        predicted = [answer(image[None])[0] for answer in self.answers]
        tiles = [image, *(self.task.draw(image, shown, self.kinds) for shown in (truth, *predicted))]
        gap = np.full((len(image), pictures.GAP, 3), 255, np.uint8)
        return page.embed(np.concatenate([part for tile in tiles for part in (tile, gap)][:-1], 1), caption)
