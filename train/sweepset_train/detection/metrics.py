"""Scores of detections from the tables of `matching.py`: average precision by COCO's rules, and images by class.

T. Lin et al., "Microsoft COCO: Common Objects in Context", ECCV 2014, and pycocotools, whose values these are: the mean
over IoU thresholds and 101 recalls of the best precision at this recall or more. Here images have weights, how often a
resampling has drawn them, and only the sums over images are made anew for each draw.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from scipy import stats

from ..averages import divide, mean
from .matching import AREAS, IOUS, LEFT_OUT, RIGHT, WRONG

RECALLS = np.linspace(0, 1, 101)
COMPARED = ("mask_ap", "mask_ap50", "box_ap", "box_ap50", "accuracy")
"""The overall scores that `score` returns, before the mask AP of each class."""
TITLES = {
    **{
        f"{kind}_ap{end}": f"{kind} AP{title}"
        for kind in ("mask", "box")
        for end, title in (
            ("", ""),
            ("50", " at IoU 0.5"),
            ("75", " at IoU 0.75"),
            *((f"_{a}", f", {a}") for a in [*AREAS][1:]),
        )
    },
    "accuracy": "images whose best detection is right",
    "best_threshold": "threshold of the best F1",
    "threshold": "threshold used",
}
CLASS_TITLES = {
    "mask_ap": "mask AP",
    "mask_ap50": "mask AP at IoU 0.5",
    "box_ap": "box AP",
    "box_ap50": "box AP at IoU 0.5",
    "truths": "instances",
}
LEVEL = 0.95
"""Of Wilson's intervals."""
Tables = Mapping[str, np.ndarray]


def precisions(tables: Tables, kind: str, label: int, area: int = 0, weights: np.ndarray | None = None) -> np.ndarray:
    """Return a class's precision at RECALLS (K, T, 101) for weights (K, N) of the images; NaN without a truth.

    `kind` is `masks` or `boxes`, `area` a position in AREAS.
    """
    drawn = np.ones((1, len(tables["scores"]))) if weights is None else np.asarray(weights, np.float64)
    wanted = drawn @ tables["truths"][:, label, area]
    if not wanted.any():
        return np.full((len(drawn), len(IOUS), len(RECALLS)), np.nan)
    image, place = np.nonzero((tables["labels"] == label) & (tables["scores"] >= 0))
    order = np.argsort(-tables["scores"][image, place], kind="stable")
    image, place = image[order], place[order]
    found = np.zeros((len(drawn), len(IOUS), len(RECALLS)))
    states = tables[kind][image, place, :, area]
    each = drawn[:, image]
    # Each draw's recalls are moved into a range of their own, so that one search finds the places of all draws.
    own = 2.0 * np.arange(len(drawn))[:, None]
    for level in range(len(IOUS)):
        right = np.cumsum(each * (states[:, level] == RIGHT), 1)
        wrong = np.cumsum(each * (states[:, level] == WRONG), 1)
        # Only a right detection raises the recall, so that the others need no place on the curve.
        steps = np.flatnonzero(states[:, level] == RIGHT)
        if not len(steps):
            continue
        right, wrong = right[:, steps], wrong[:, steps]
        curve = right / (right + wrong + np.spacing(1))
        curve = np.maximum.accumulate(curve[:, ::-1], 1)[:, ::-1]
        reached = np.nan_to_num(divide(right, wanted[:, None]))
        at = np.searchsorted((reached + own).ravel(), (RECALLS + own).ravel(), side="left")
        at = at.reshape(len(drawn), -1) - len(steps) * np.arange(len(drawn))[:, None]
        best = np.take_along_axis(curve, np.minimum(at, len(steps) - 1), 1)
        found[:, level] = np.where(at < len(steps), best, 0)
    found[wanted == 0] = np.nan
    return found


def average_precisions(tables: Tables, kind: str, area: int = 0, weights: np.ndarray | None = None) -> np.ndarray:
    """Return average precision (K, T, C) at each IoU threshold, of each class; NaN without a truth."""
    classes = range(tables["truths"].shape[1])
    return np.stack([precisions(tables, kind, label, area, weights).mean(2) for label in classes], 2)


def score(tables: Tables, weights: np.ndarray | None = None) -> np.ndarray:
    """Return the scores (K, 5 + C) of COMPARED, then the mask AP of each class; (5 + C,) without weights."""
    drawn = np.ones((1, len(tables["scores"]))) if weights is None else np.asarray(weights, np.float64)
    masks, boxes = (average_precisions(tables, kind, 0, drawn) for kind in ("masks", "boxes"))
    hit = (best_classes(tables) == tables["main"]).astype(np.float64)
    columns = [
        mean(masks.mean(1)), mean(masks[:, 0]), mean(boxes.mean(1)), mean(boxes[:, 0]),
        divide(drawn @ hit, drawn.sum(1)),
    ]  # fmt: skip
    found = np.concatenate([np.stack(columns, 1), masks.mean(1)], 1)
    return found[0] if weights is None else found


def summarize(tables: Tables) -> dict[str, float]:
    """Return all overall scores by name."""
    found = {}
    for name, kind in (("mask", "masks"), ("box", "boxes")):
        whole = average_precisions(tables, kind)[0]
        found[f"{name}_ap"] = float(mean(whole.mean(0)))
        found[f"{name}_ap50"], found[f"{name}_ap75"] = float(mean(whole[0])), float(mean(whole[5]))
        for column, area in enumerate([*AREAS][1:], 1):
            found[f"{name}_ap_{area}"] = float(mean(average_precisions(tables, kind, column)[0].mean(0)))
    hit = best_classes(tables) == tables["main"]
    found["accuracy"] = float(hit.mean())
    found["best_threshold"] = best_threshold(tables)
    found["threshold"] = float(tables["threshold"][0])
    return found


def by_class(tables: Tables) -> dict[str, np.ndarray]:
    """Return the scores (C,) of each class, and its instances."""
    masks, boxes = (average_precisions(tables, kind)[0] for kind in ("masks", "boxes"))
    return {
        "mask_ap": masks.mean(0),
        "mask_ap50": masks[0],
        "box_ap": boxes.mean(0),
        "box_ap50": boxes[0],
        "truths": tables["truths"][:, :, 0].sum(0).astype(np.float64),
    }


def best_threshold(tables: Tables) -> float:
    """Return the score from which detections have the best F1 over all classes, by masks at an IoU of 0.5.

    It is midway to the next lower score, so that it holds in other images too; NaN if there is nothing to find, or
    nothing was found.
    """
    there = tables["scores"] >= 0
    states, scores = tables["masks"][:, :, 0, 0][there], tables["scores"][there].astype(np.float64)
    order = np.argsort(-scores[states != LEFT_OUT], kind="stable")
    states, scores = states[states != LEFT_OUT][order], scores[states != LEFT_OUT][order]
    wanted = int(tables["truths"][:, :, 0].sum())
    right = np.cumsum(states == RIGHT)
    if not wanted or not len(states) or not right[-1]:
        return math.nan
    f1 = 2 * right / (np.arange(1, len(states) + 1) + wanted)
    f1[:-1][scores[:-1] == scores[1:]] = 0  # equal scores count together
    best = int(np.argmax(f1))
    return float((scores[best] + scores[best + 1]) / 2 if best + 1 < len(scores) else scores[best])


def best_classes(tables: Tables) -> np.ndarray:
    """Return the class (N,) of the best detection of each image, -1 if none counts."""
    counts = tables["scores"][:, 0] >= tables["threshold"]
    return np.where(counts, tables["labels"][:, 0], -1)


def image_rows(tables: Tables) -> Iterator[tuple[int, dict[str, tuple[int, int]]]]:
    """Go over the classes that images show or were taken for, nothing (-1) last: pairs of a part and a whole.

    `precision`: right among those taken for it; `recall`: found among those that show it; `false alarms`: taken for it
    among those that don't show it.
    """
    found, main = best_classes(tables), tables["main"]
    for label in [*sorted({*found.tolist(), *main.tolist()} - {-1}), -1]:
        right = int(((found == label) & (main == label)).sum())
        taken, shown = int((found == label).sum()), int((main == label).sum())
        yield label, {
            "precision": (right, taken), "recall": (right, shown), "false alarms": (taken - right, len(main) - shown)
        }  # fmt: skip


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return the interval of a share (E. B. Wilson, JASA 22, 1927); NaN if the whole is 0."""
    if not whole:
        return math.nan, math.nan
    z = float(stats.norm.isf((1 - LEVEL) / 2))
    share = part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return max(0.0, middle - half), min(1.0, middle + half)
