"""YOLO's boxes and outlines: those of the masks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from pycocotools import mask as masks

from exported import yolo
from hard_dataset import THINGS, categories, extent, originals, things, told_by
from sweepset_render.exports import outlines

# pycocotools does not know numpy 2's keyword yet.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def test_yolo_boxes_are_the_extent_of_masks(dataset: Path, tmp_path: Path) -> None:
    told_by(dataset, "yolo", tmp_path / "out")
    kinds = categories(dataset)
    expected = things(dataset)
    for (frame, label, _), (stem, lines) in zip(originals(dataset), yolo(tmp_path / "out"), strict=True):
        assert stem.endswith(f"_{frame:06d}")
        height, width = label.shape
        read = []
        for name, (x, y, w, h) in lines:
            box = np.array([(x - w / 2) * width, (y - h / 2) * height, w * width, h * height])
            assert np.abs(box - box.round()).max() < 0.01
            read.append((name, *box.round().astype(int).tolist()))
        truth = [(kinds[c]["name"], *extent(mask)) for (number, _), (c, mask) in expected.items() if number == frame]
        assert sorted(read) == sorted(truth)


def drawn_by_coco(values: Sequence[float], height: int, width: int) -> np.ndarray:
    """Return the mask that pycocotools draws for a polygon in pixels."""
    return masks.decode(masks.frPyObjects([list(values)], height, width))[:, :, 0].astype(bool)


def test_yolo_outlines_draw_the_masks(dataset: Path, tmp_path: Path) -> None:
    told_by(dataset, "yolo-segment", tmp_path / "out")
    kinds = categories(dataset)
    expected = things(dataset)
    for (frame, label, _), (_, lines) in zip(originals(dataset), yolo(tmp_path / "out"), strict=True):
        height, width = label.shape
        read = []
        for name, values in lines:
            assert len(values) >= 6
            corners = (np.reshape(values, (-1, 2)) * (width, height)).round()
            assert np.abs(np.reshape(values, (-1, 2)) * (width, height) - corners).max() < 0.01
            read.append((name, drawn_by_coco(corners.ravel(), height, width).tobytes()))
        truth = [(kinds[c]["name"], m.tobytes()) for (number, _), (c, m) in expected.items() if number == frame]
        assert sorted(read) == sorted(truth)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9])
def test_outlines_of_any_mask(share: float) -> None:
    for seed in range(5):
        mask = np.random.default_rng(seed).random((30, 40)) < share
        mask[0, 0] = True
        loops = outlines.trace(mask)
        x, y = np.concatenate(loops).T
        assert x.min() == 0
        assert y.min() == 0
        signed = [(np.roll(a, -1) * b - a * np.roll(b, -1)).sum() / -2 for a, b in (loop.T for loop in loops)]
        assert sum(signed) == mask.sum()  # the shoelace formula: pieces are positive, holes negative
        assert (np.array(signed) > 0).sum() == cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)[0] - 1
        assert (drawn_by_coco(outlines.join(loops).ravel(), 30, 40) == mask).all()


def test_yolo_without_val_validates_on_train(hard: Path, tmp_path: Path) -> None:
    told_by(hard, "yolo", tmp_path / "out")
    data = yaml.safe_load((tmp_path / "out" / "data.yaml").read_text(encoding="utf-8"))
    assert data["val"] == data["train"] == "images/train"
    assert "test" not in data
    assert list(data["names"].values()) == list(THINGS)
