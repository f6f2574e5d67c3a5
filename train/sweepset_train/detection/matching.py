"""What scores of detections follow from, image by image: matches by COCO's rules, confusion, the class of the best.

Tables of N images, C classes, D = 100 detections of an image, the best first, T IoU thresholds, A areas:

| name | shape | holds |
| --- | --- | --- |
| `scores` | (N, D) | the detections' scores; -1 where there is none |
| `labels` | (N, D) | their classes |
| `boxes`, `masks` | (N, D, T, A) uint8 | by the IoU of boxes or masks: WRONG, RIGHT or LEFT_OUT |
| `truths` | (N, C, A) | instances to find |
| `confusion` | (N, C + 1, C + 1) | truth by class of detections that count; last row: nothing there, column: missed |
| `main` | (N,) | class of the image, -1 for none |
| `threshold` | (N,) | the score from which detections count |
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pycocotools import mask as rle
from pycocotools.cocoeval import COCOeval

from . import instances
from .instances import Truth
from .predictions import MOST, Detections, encode

IOUS = np.linspace(0.5, 0.95, 10)
AREAS = {"all": (0, 1e10), "small": (0, 32**2), "medium": (32**2, 96**2), "large": (96**2, 1e10)}
"""Ranges of COCO, in pixels of the images as they are scored."""
WRONG, RIGHT, LEFT_OUT = 0, 1, 2
MEETS = 0.5
"""The IoU of masks from which a detection that counts has found a truth, in the confusion."""


def tally(labels: np.ndarray, predicted: Sequence[Detections], num_classes: int) -> dict[str, np.ndarray]:
    """Return the tables of images by labels (N, h, w, 2) as cached and detections of their size."""
    rows = [_tally(one, found, num_classes) for one, found in zip(labels, predicted, strict=True)]
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def _tally(labels: np.ndarray, found: Detections, num_classes: int) -> dict[str, np.ndarray]:
    truths = instances.decode(labels)
    encoded = [encode(truth.mask) for truth in truths]
    rows = match(truths, encoded, found, num_classes)
    return {
        **rows,
        "confusion": confuse(truths, encoded, found, num_classes),
        "main": np.array(instances.main_class(labels), np.int16),
        "threshold": np.array(found.threshold, np.float32),
    }


def match(
    truths: Sequence[Truth], encoded: Sequence[dict[str, object]], found: Detections, num_classes: int
) -> dict[str, np.ndarray]:
    """Return an image's matches, made by pycocotools."""
    count = min(len(found.scores), MOST)
    scores, labels = np.full(MOST, -1, np.float32), np.full(MOST, -1, np.int16)
    scores[:count], labels[:count] = found.scores[:count], found.labels[:count]
    tables = {}
    demanded = np.zeros((num_classes, len(AREAS)), np.int32)
    for name, kind in (("boxes", "bbox"), ("masks", "segm")):
        judge = COCOeval(iouType=kind)
        judge.params.iouThrs, judge.params.maxDets = IOUS, [MOST]
        for number, (truth, mask) in enumerate(zip(truths, encoded, strict=True), 1):
            own = {"id": number, "bbox": list(truth.box), "segmentation": mask, "area": int(truth.mask.sum())}
            judge._gts[0, truth.label].append({**own, "iscrowd": int(truth.ignored), "ignore": int(truth.ignored)})
        areas = rle.area(list(found.masks)) if found.masks else []
        for place in range(count):
            left, top, right, bottom = map(float, found.boxes[place])
            box = [left, top, right - left, bottom - top]
            area = box[2] * box[3] if kind == "bbox" else int(areas[place])
            one = {"id": place + 1, "bbox": box, "segmentation": found.masks[place], "area": area}
            judge._dts[0, int(labels[place])].append({**one, "score": float(scores[place])})
        states = np.zeros((MOST, len(IOUS), len(AREAS)), np.uint8)
        for label in {label for _, label in (*judge._gts, *judge._dts)}:
            judge.ious[0, label] = judge.computeIoU(0, label)
            for column, area_range in enumerate(AREAS.values()):
                result = judge.evaluateImg(0, label, list(area_range), MOST)
                if result is None:
                    continue
                judged = np.where(result["dtIgnore"], LEFT_OUT, np.where(result["dtMatches"] > 0, RIGHT, WRONG))
                states[np.array(result["dtIds"], int) - 1, :, column] = judged.T
                demanded[label, column] = int((result["gtIgnore"] == 0).sum())
        tables[name] = states
    return {"scores": scores, "labels": labels, **tables, "truths": demanded}


def confuse(
    truths: Sequence[Truth], encoded: Sequence[dict[str, object]], found: Detections, num_classes: int
) -> np.ndarray:
    """Return an image's confusion (C + 1, C + 1) of the detections that count, whatever their class.

    The best detection chooses first, the truth that it meets best. One without a truth left is on nothing, unless half
    of it is in an ignored area.
    """
    table = np.zeros((num_classes + 1, num_classes + 1), np.int32)
    wanted = [k for k, truth in enumerate(truths) if not truth.ignored]
    areas = [k for k, truth in enumerate(truths) if truth.ignored]
    count = found.counted
    ious = np.zeros((count, len(truths)))
    if count and truths:
        ious = np.asarray(rle.iou(list(found.masks[:count]), list(encoded), [int(t.ignored) for t in truths]))
    left = set(wanted)
    for place in range(count):
        label = int(found.labels[place])
        best = max(left, key=lambda k: (ious[place, k], -k), default=None)
        if best is not None and ious[place, best] >= MEETS:
            left.remove(best)
            table[truths[best].label, label] += 1
        elif not any(ious[place, k] >= MEETS for k in areas):
            table[num_classes, label] += 1
    for k in left:
        table[truths[k].label, num_classes] += 1
    return table
