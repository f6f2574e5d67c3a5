"""Pascal VOC by its development kit's rules, and oriented boxes: both around the masks' own pixels."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from exported import yolo
from hard_dataset import categories, extent, originals, things, told_by


def test_voc_boxes_are_the_extent_of_masks(dataset: Path, tmp_path: Path) -> None:
    told_by(dataset, "voc", tmp_path / "out")
    out, kinds, expected = tmp_path / "out", categories(dataset), things(dataset)
    names = (out / "ImageSets" / "Main" / "train.txt").read_text().split()
    assert len(names) == len({*names}) == len(list((out / "Annotations").iterdir()))
    for (frame, label, _), name in zip(originals(dataset), names, strict=True):
        root = ElementTree.parse(out / "Annotations" / f"{name}.xml").getroot()
        assert (out / "JPEGImages" / root.findtext("filename")).is_file()
        assert [int(root.findtext(f"size/{key}")) for key in ("height", "width", "depth")] == [*label.shape, 3]
        read = []
        for one in root.iter("object"):
            left, top, right, bottom = (int(one.findtext(f"bndbox/{key}")) for key in ("xmin", "ymin", "xmax", "ymax"))
            assert 1 <= left <= right <= label.shape[1]
            assert 1 <= top <= bottom <= label.shape[0]
            assert {one.findtext(key) for key in ("truncated", "occluded", "difficult")} <= {"0", "1"}
            read.append((one.findtext("name"), [left - 1, top - 1, right - left + 1, bottom - top + 1]))
        truth = [(kinds[c]["name"], extent(mask)) for (number, _), (c, mask) in expected.items() if number == frame]
        assert sorted(read) == sorted(truth)


def test_oriented_boxes_hold_their_masks(dataset: Path, tmp_path: Path) -> None:
    told_by(dataset, "yolo-obb", tmp_path / "out")
    kinds, expected = categories(dataset), things(dataset)
    for (frame, label, _), (_, lines) in zip(originals(dataset), yolo(tmp_path / "out"), strict=True):
        height, width = label.shape
        truth = [(kinds[c]["name"], mask) for (number, _), (c, mask) in expected.items() if number == frame]
        assert len(lines) == len(truth)
        for name, values in lines:
            corners = (np.reshape(values, (4, 2)) * (width, height)).astype(np.float32)
            fits = []
            for other, mask in truth:
                rows, columns = np.nonzero(mask)
                centres = np.stack([columns, rows], 1) + 0.5
                inside = min(cv2.pointPolygonTest(corners, tuple(map(float, at)), True) for at in centres)
                upright, least = (areas(mask, turns) for turns in ([0.0], np.radians(np.arange(0, 90, 0.5))))
                # A turned rectangle reaches some pixels further than the mask, and must not leave the picture.
                room = min(rows.min(), columns.min(), height - 1 - rows.max(), width - 1 - columns.max())
                area = cv2.contourArea(corners)
                fits.append(name == other and inside > -0.1 and area <= (upright if room < 3 else least) * 1.01 + 0.1)
            assert any(fits), name


def areas(mask: np.ndarray, turns: np.ndarray | list[float]) -> float:
    """Return the least area of a rectangle of one of these turns, in radians, around a mask's pixels."""
    rows, columns = np.nonzero(mask)
    corners = np.concatenate([np.stack([columns + x, rows + y], 1) for x in (0, 1) for y in (0, 1)])
    found = []
    for turn in turns:
        across, down = (corners @ [np.cos(t), np.sin(t)] for t in (turn, turn + np.pi / 2))
        found.append(float(np.ptp(across) * np.ptp(down)))
    return min(found)


@pytest.mark.parametrize("form", ["voc", "yolo-obb"])
def test_nothing_to_detect(hard: Path, tmp_path: Path, form: str) -> None:
    kinds = [kind["name"] for kind in categories(hard).values() if kind["isthing"]]
    with pytest.raises(Exception, match="has no things to detect"):
        told_by(hard, form, tmp_path / "out", ignore=tuple(kinds))
    assert not (tmp_path / "out").exists()
