"""Scores of detections: pycocotools' own, weights of images, the threshold, the confusion, images by class."""

from __future__ import annotations

import contextlib
import io
import math

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("segmentation_models_pytorch")

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from sweepset_train.data.labels import Framing
from sweepset_train.detection import instances, matching, metrics
from sweepset_train.detection.predictions import Detections, encode

pytestmark = pytest.mark.filterwarnings("ignore")  # pycocotools asks NumPy for what it no longer has

SIDE = 120
CLASSES = 3


def square(left: int, top: int, width: int, height: int) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), bool)
    mask[top : top + height, left : left + width] = True
    return mask


def labelled(*shown: tuple[int, np.ndarray, bool]) -> np.ndarray:
    """Return labels as cached of classes with masks, and whether each is an ignored area."""
    table = np.full(65536, 255, np.uint8)
    table[:CLASSES] = np.arange(CLASSES)
    raw = instances.paint((SIDE, SIDE), shown)
    return instances.INSTANCE_MAPS.encode(raw, table, Framing((SIDE, SIDE)))


def detections(*found: tuple[int, float, np.ndarray], threshold: float = 0.5) -> Detections:
    found = tuple(sorted(found, key=lambda one: -one[1]))
    boxes = [instances.Truth(0, mask, False).box for _, _, mask in found]
    corners = np.array([[x, y, x + w, y + h] for x, y, w, h in boxes], np.float32).reshape(-1, 4)
    labels, scores = (np.array([one[k] for one in found]) for k in (0, 1))
    masks = tuple(encode(mask) for _, _, mask in found)
    return Detections((SIDE, SIDE), corners, labels.astype(int), scores.astype(np.float32), masks, threshold)


def hand_made(rng: np.random.Generator, count: int, ties: bool = True) -> tuple[np.ndarray, list[Detections]]:
    """Return images with crowds, empty ones and ones without a detection; scores tie, within images too if `ties`."""
    labels, found = [], []
    for number in range(count):
        shown, seen = [], []
        for _ in range(rng.integers(0, 5) if number % 5 else 0):
            left, top = rng.integers(0, 60, 2)
            mask = square(left, top, *rng.integers(6, 60 if number % 3 else 110, 2))
            label = int(rng.integers(CLASSES))
            shown.append((label, mask, bool(rng.random() < 0.2)))
            for _ in range(rng.integers(0, 3)):
                moved = np.roll(mask, rng.integers(-6, 7, 2), (0, 1))
                seen.append((label if rng.random() < 0.8 else (label + 1) % CLASSES, round(rng.random(), 1), moved))
        if rng.random() < 0.4:
            seen.append((int(rng.integers(CLASSES)), round(rng.random(), 1), square(*rng.integers(0, 50, 2), 20, 30)))
        if not ties:
            seen = [(label, k / 20, mask) for k, (label, _, mask) in zip(rng.permutation(20), seen, strict=False)]
        labels.append(labelled(*shown))
        found.append(detections(*(seen if number % 7 else ())))
    return np.stack(labels), found


def by_pycocotools(labels: np.ndarray, found: list[Detections], kind: str) -> np.ndarray:
    """Return precision (T, 101, C, A) of pycocotools from files of its own form; NaN for -1."""
    truth, results = [], []
    for image, (one, seen) in enumerate(zip(labels, found, strict=True), 1):
        for thing in instances.decode(one):
            truth.append(
                {
                    "id": len(truth) + 1, "image_id": image, "category_id": thing.label, "bbox": list(thing.box),
                    "area": int(thing.mask.sum()), "iscrowd": int(thing.ignored), "segmentation": encode(thing.mask),
                }
            )  # fmt: skip
        for place in range(len(seen.scores)):
            x0, y0, x1, y1 = map(float, seen.boxes[place])
            own = {"bbox": [x0, y0, x1 - x0, y1 - y0]} if kind == "bbox" else {"segmentation": seen.masks[place]}
            results.append(
                {"image_id": image, "category_id": int(seen.labels[place]), "score": float(seen.scores[place]), **own}
            )
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {
            "info": {}, "annotations": truth, "categories": [{"id": k, "name": str(k)} for k in range(CLASSES)],
            "images": [{"id": k, "height": SIDE, "width": SIDE} for k in range(1, len(labels) + 1)],
        }  # fmt: skip
        coco.createIndex()
        judge = COCOeval(coco, coco.loadRes(results), kind)
        judge.evaluate()
        judge.accumulate()
    precision = judge.eval["precision"][..., -1]
    return np.where(precision < 0, np.nan, precision)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_average_precision_is_that_of_pycocotools(seed: int) -> None:
    """Crowds, ties, empty images, images without detections; all areas and classes, boxes and masks."""
    labels, found = hand_made(np.random.default_rng(seed), 30)
    tables = matching.tally(labels, found, CLASSES)
    for kind, name in (("bbox", "boxes"), ("segm", "masks")):
        expected = by_pycocotools(labels, found, kind)
        for area in range(len(matching.AREAS)):
            for label in range(CLASSES):
                own = metrics.precisions(tables, name, label, area)[0]
                assert np.allclose(own, expected[:, :, label, area], atol=1e-12, equal_nan=True)
        told = metrics.summarize(tables)
        name = name.removesuffix("s").removesuffix("e")
        assert told[f"{name}_ap"] == pytest.approx(np.nanmean(expected[..., 0]), abs=1e-12)
        assert told[f"{name}_ap75"] == pytest.approx(np.nanmean(expected[5, ..., 0]), abs=1e-12)


def test_weights_are_repetitions() -> None:
    """The score of a draw equals that of a set in which each image is as often as it was drawn, by pycocotools too.

    Ties within an image are another matter: copies of the image shuffle them.
    """
    labels, found = hand_made(np.random.default_rng(3), 14, ties=False)
    tables = matching.tally(labels, found, CLASSES)
    weights = np.random.default_rng(4).multinomial(14, np.full(14, 1 / 14), 5)
    drawn = metrics.score(tables, weights)
    for own, row in zip(drawn, weights, strict=True):
        chosen = np.repeat(np.arange(14), row)
        repeated = {name: values[chosen] for name, values in tables.items()}
        assert np.allclose(own, metrics.score(repeated), atol=1e-12, equal_nan=True)
        expected = by_pycocotools(labels[chosen], [found[k] for k in chosen], "segm")[..., 0]
        assert own[0] == pytest.approx(np.nanmean(np.nanmean(expected, (0, 1))), abs=1e-12)


def test_perfect_and_shifted_answers() -> None:
    thing = square(20, 20, 40, 40)
    labels = np.stack([labelled((1, thing, False)), labelled()])
    perfect = matching.tally(labels, [detections((1, 0.9, thing)), detections()], CLASSES)
    assert metrics.score(perfect)[:5].tolist() == pytest.approx([1] * 5)
    assert np.isnan(metrics.by_class(perfect)["mask_ap"][[0, 2]]).all()
    # 40 x 40 moved by 8: 32 x 40 in both, 48 x 40 in either, an IoU of 2/3, right at 0.50, 0.55, 0.60 and 0.65.
    moved = matching.tally(labels, [detections((1, 0.9, square(28, 20, 40, 40))), detections()], CLASSES)
    assert metrics.summarize(moved)["mask_ap"] == pytest.approx(0.4)
    assert metrics.summarize(moved)["box_ap"] == pytest.approx(0.4)
    # A better scored false alarm in the empty image halves the precision at each recall.
    alarm = matching.tally(labels, [detections((1, 0.8, thing)), detections((1, 0.9, thing))], CLASSES)
    assert metrics.summarize(alarm)["mask_ap"] == pytest.approx(0.5)


def test_threshold_of_the_best_f1() -> None:
    one, other, empty = square(5, 5, 30, 30), square(60, 60, 40, 40), square(70, 5, 20, 20)
    labels = np.stack([labelled((0, one, False), (0, other, False)), labelled()])
    found = [detections((0, 0.9, one), (0, 0.6, other)), detections((0, 0.3, empty))]
    tables = matching.tally(labels, found, CLASSES)
    assert metrics.best_threshold(tables) == pytest.approx(0.45)
    nothing = matching.tally(labels[1:], [detections()], CLASSES)
    assert math.isnan(metrics.best_threshold(nothing))


def test_confusion_and_images_by_class() -> None:
    one, other, crowd = square(5, 5, 30, 30), square(60, 60, 40, 40), square(0, 80, 50, 40)
    labels = np.stack([labelled((0, one, False), (1, other, False), (2, crowd, True)), labelled(), labelled()])
    found = [
        # The first is taken for another class, the second is missed, one is in the crowd, one below the threshold.
        detections((1, 0.9, one), (2, 0.8, square(5, 85, 20, 20)), (1, 0.4, other)),
        detections((0, 0.7, one)),
        detections((0, 0.4, one)),
    ]
    tables = matching.tally(labels, found, CLASSES)
    expected = np.zeros((4, 4), int)
    expected[0, 1] = expected[1, 3] = expected[3, 0] = 1
    assert np.array_equal(tables["confusion"].sum(0), expected)
    assert tables["main"].tolist() == [1, -1, -1]
    rows = dict(metrics.image_rows(tables))
    assert rows[1] == {"precision": (1, 1), "recall": (1, 1), "false alarms": (0, 2)}
    assert rows[-1] == {"precision": (1, 1), "recall": (1, 2), "false alarms": (0, 1)}
    assert rows[0] == {"precision": (0, 1), "recall": (0, 0), "false alarms": (1, 3)}


def test_wilsons_interval() -> None:
    """38 of 50: 0.626 to 0.857, as statistics tables have it."""
    assert metrics.wilson(38, 50) == pytest.approx((0.6259, 0.8570), abs=1e-4)
    assert metrics.wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert all(map(math.isnan, metrics.wilson(0, 0)))
