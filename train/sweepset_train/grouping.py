"""Scores of groups of images, with intervals over the rooms or vehicles that the images show."""

from __future__ import annotations

import warnings
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
    """Return the headline score of all images and of each group, with intervals; nothing if no image is in a group."""
    keys = sorted({key for own in groups for key in own})
    if not keys:
        return []
    room = name_rooms(rooms)
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


def name_rooms(rooms: Sequence[str | None]) -> np.ndarray:
    """Return the names (N,) of the images' rooms; an image whose room is not known is a room of its own."""
    return np.array([name or f"image {place}" for place, name in enumerate(rooms)])


def intervals(
    task: Task, tallies: Tallies, rooms: np.ndarray, chosen: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the compared scores (M,) of the chosen images (N,) bool, or of all, and their intervals' ends over rooms.

    Ends are NaN if rooms are too few, or if a score is known in no draw. Rooms are drawn with replacement (B. Efron,
    R. J. Tibshirani, "An Introduction to the Bootstrap", 1993). The draws' mean is moved to the score, since draws
    with repeated images favour some scores; deviations are stretched as Student's t asks for, since rooms are few.
    """
    chosen = np.ones(len(rooms), bool) if chosen is None else chosen
    columns = len(task.compared)
    names, room = np.unique(rooms[chosen], return_inverse=True)
    point = task.score(tallies, chosen[None].astype(np.float64))[0, :columns]
    count = len(names)
    if count < FEWEST:
        return point, np.full(columns, np.nan), np.full(columns, np.nan)
    weights = np.zeros((DRAWS, len(chosen)))
    weights[:, chosen] = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), DRAWS)[:, room]
    drawn = task.score(tallies, weights)[:, :columns]
    tail = (1 - LEVEL) / 2
    stretch = np.sqrt(count / (count - 1)) * stats.t.isf(tail, count - 1) / stats.norm.isf(tail)
    with warnings.catch_warnings():  # a score that is known in no draw
        warnings.simplefilter("ignore", RuntimeWarning)
        low, high = np.nanquantile(point + stretch * (drawn - np.nanmean(drawn, 0)), (tail, 1 - tail), axis=0)
    return point, np.maximum(0.0, low), np.minimum(1.0, high)


def _row(task: Task, tallies: Tallies, rooms: np.ndarray, chosen: np.ndarray, name: str) -> tuple[str, ...]:
    column = task.compared.index(task.headline)
    point, low, high = (float(ends[column]) for ends in intervals(task, tallies, rooms, chosen))
    between = "-" if np.isnan(low) else f"{low:.4f} to {high:.4f}"
    return name, str(int(chosen.sum())), str(len(set(rooms[chosen]))), f"{point:.4f}", between
