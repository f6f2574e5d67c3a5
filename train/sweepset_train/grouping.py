"""Scores of groups of images, with intervals over the rooms or vehicles that the images show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

from .task import ScoreTable, Tallies, Task

DRAWS, LEVEL = 2000, 0.95
FEWEST = 3
"""Rooms that an interval takes."""


def tables(
    task: Task, tallies: Tallies, rooms: Sequence[str | None], groups: Sequence[Mapping[str, str]]
) -> list[ScoreTable]:
    """Return the headline score of all images and of each group, with intervals; nothing if no image is in a group.

    An image whose room is not known counts as a room of its own.
    """
    keys = sorted({key for own in groups for key in own})
    if not keys:
        return []
    room = np.array([name or f"image {place}" for place, name in enumerate(rooms)])
    title = task.titles[task.headline]
    head = (title, "images", "vehicles", "mean", f"{LEVEL:.0%} interval")
    text = "Intervals are over vehicles, all images of a vehicle together: - if there are fewer than three."
    found = [ScoreTable("Interval", text, head, (_row(task, tallies, room, np.ones(len(room), bool), "all"),))]
    for key in keys:
        values = [own.get(key, "") for own in groups]
        rows = [
            _row(task, tallies, room, np.array([one == value for one in values]), value or "not known")
            for value in sorted(set(values))
        ]
        found.append(ScoreTable(f"By {key}", text, (key, *head[1:]), tuple(rows)))
    return found


def interval(task: Task, tallies: Tallies, rooms: np.ndarray, chosen: np.ndarray) -> tuple[float, float, float]:
    """Return the headline score of the chosen images (N,) bool and its interval over their rooms; NaN if too few.

    Rooms are drawn with replacement. Deviations are stretched as Student's t asks for, since rooms are few.
    """
    column = task.compared.index(task.headline)
    names, room = np.unique(rooms[chosen], return_inverse=True)
    point = float(task.score(tallies, chosen[None].astype(np.float64))[0, column])
    count = len(names)
    if count < FEWEST:
        return point, np.nan, np.nan
    weights = np.zeros((DRAWS, len(chosen)))
    weights[:, chosen] = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), DRAWS)[:, room]
    drawn = task.score(tallies, weights)[:, column]
    tail = (1 - LEVEL) / 2
    stretch = np.sqrt(count / (count - 1)) * stats.t.isf(tail, count - 1) / stats.norm.isf(tail)
    low, high = np.nanquantile(point + stretch * (drawn - np.nanmean(drawn)), (tail, 1 - tail))
    return point, max(0.0, float(low)), min(1.0, float(high))


def _row(task: Task, tallies: Tallies, rooms: np.ndarray, chosen: np.ndarray, name: str) -> tuple[str, ...]:
    point, low, high = interval(task, tallies, rooms, chosen)
    between = "-" if np.isnan(low) else f"{low:.4f} to {high:.4f}"
    return name, str(int(chosen.sum())), str(len(set(rooms[chosen]))), f"{point:.4f}", between
