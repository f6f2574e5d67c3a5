"""Where in rooms each category is, and how well labels agree with it: what shifted ids are recognized by."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from sweepset import taxonomy

from .. import data
from ..data.labels import IGNORE, OUTSIDE
from ..data.sources import Source, train_ids
from .domain import BANDS

MARGIN = 0.08
"""How much better shifted ids must agree with the places in rooms. For rightly labelled photos of rooms, four at a
time, and for renders the difference was never above -0.02; for most that were shifted it is above 0.1."""
AGREEING = 0.5
"""The least agreement from which anything is concluded."""


def expected_places(source: Source) -> tuple[np.ndarray, np.ndarray] | None:
    """Return a table of ids and where rooms show each class, (C, BANDS); None if the categories are not of rooms."""
    nyu40, own = taxonomy.load("nyu40"), source.taxonomy
    judge = nyu40 if own.ids == nyu40.ids or own.maps.get("nyu40") else own
    known = judge.ids_from(nyu40)
    positions = {category.id: place for place, category in enumerate(judge)}
    path = Path(data.__path__[0]) / "nyu_places.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    expected = np.zeros((len(judge), BANDS))
    for category, shares in zip(nyu40, content["shares"], strict=True):
        if category.name in known:
            expected[positions[known[category.name]]] += shares
    if expected.sum() < AGREEING:
        return None
    return train_ids(source, judge), expected / expected.sum()


def found_places(pixels: np.ndarray, table: np.ndarray, shift: int) -> np.ndarray:
    """Return the share of each train id and of OUTSIDE in each band, (256, BANDS), with ids shifted first."""
    found = np.zeros((256, BANDS))
    for value in np.flatnonzero(pixels.sum(1)):
        moved = value + shift
        number = table[moved] if 0 <= moved < len(table) else OUTSIDE
        if number != IGNORE:
            found[number] += pixels[value]
    return found / max(1, found.sum())


def agreement(one: np.ndarray, other: np.ndarray) -> float:
    """Return how alike two distributions are, 0 to 1: Bhattacharyya's coefficient."""
    count = min(len(one), len(other))
    return float(np.sqrt(one[:count] * other[:count]).sum())
