"""COCO, as pycocotools and torchvision read it: each thing exactly, and every pixel of panoptic maps."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pytest
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from exported import open_coco, panoptic
from hard_dataset import categories, extent, make, originals, things, told_by

# pycocotools does not know numpy 2's keyword yet.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.mark.parametrize("kind", ["segm", "bbox"])
def test_coco_truth_against_itself_is_perfect(dataset: Path, tmp_path: Path, kind: str) -> None:
    told_by(dataset, "coco", tmp_path / "out", stuff=True)
    with redirect_stdout(io.StringIO()):
        truth = COCO(tmp_path / "out" / "annotations" / "instances_train.json")
        keys = ("image_id", "category_id", "segmentation", "bbox")
        found = [{**{key: a[key] for key in keys}, "score": 1.0} for a in truth.dataset["annotations"]]
        evaluation = COCOeval(truth, truth.loadRes(found), kind)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    assert evaluation.stats[0] == pytest.approx(1)  # AP
    assert evaluation.stats[8] == pytest.approx(1)  # AR with 100 detections an image
    assert len(truth.getCatIds()) == len(categories(dataset))


def test_coco_annotates_each_thing_exactly(dataset: Path, tmp_path: Path) -> None:
    told_by(dataset, "coco", tmp_path / "out")
    coco = open_coco(tmp_path / "out" / "annotations" / "instances_train.json")
    expected = things(dataset)
    kinds = categories(dataset)
    assert len(coco.anns) == len(coco.dataset["annotations"]) == len(expected)
    for image in coco.loadImgs(coco.getImgIds()):
        here = {i: pair for (frame, i), pair in expected.items() if frame == image["frame"]}
        annotations = coco.loadAnns(coco.getAnnIds(image["id"]))
        seen = np.zeros((image["height"], image["width"]), int)
        matched = set()
        for annotation in annotations:
            mask = coco.annToMask(annotation).astype(bool)
            seen += mask
            number = next(i for i, (_, other) in here.items() if (mask == other).all())
            matched.add(number)
            assert annotation["category_id"] == here[number][0]
            assert annotation["area"] == masks.area(annotation["segmentation"]) == here[number][1].sum()
            assert annotation["bbox"] == masks.toBbox(annotation["segmentation"]).tolist() == extent(here[number][1])
            assert annotation["iscrowd"] == 0
        assert matched == set(here)
        assert seen.max() <= 1
        assert (tmp_path / "out" / "train" / image["file_name"]).is_file()
    listed = {c["id"]: (c["name"], c["supercategory"]) for c in coco.dataset["categories"]}
    assert listed == {i: (c["name"], c["supercategory"]) for i, c in kinds.items() if c["isthing"]}


def test_coco_with_stuff_covers_all_that_is_labelled(hard: Path, tmp_path: Path) -> None:
    told_by(hard, "coco", tmp_path / "out", stuff=True)
    coco = open_coco(tmp_path / "out" / "annotations" / "instances_train.json")
    for (_, label, _), image in zip(originals(hard), coco.loadImgs(coco.getImgIds()), strict=True):
        drawn = np.zeros_like(label)
        for annotation in coco.loadAnns(coco.getAnnIds(image["id"])):
            mask = coco.annToMask(annotation).astype(bool)
            assert not drawn[mask].any()
            drawn[mask] = annotation["category_id"]
        assert (drawn == label).all()


def test_names_of_objects_survive(hard: Path, tmp_path: Path) -> None:
    told_by(hard, "coco", tmp_path / "out")
    coco = open_coco(tmp_path / "out" / "annotations" / "instances_train.json")
    expected = {(i, f'Möbel "{i}", 物') for i in (40001, 65535, 3, 4, 5)}
    assert {(a["instance_id"], a["object"]) for a in coco.anns.values()} == expected
    assert {image["dataset"] for image in coco.imgs.values()} == {hard.name}


def test_more_instances_than_fifteen_bits_hold(tmp_path: Path) -> None:
    ids = (np.arange(200 * 180) + 29000).reshape(200, 180).astype(np.uint16)
    many = make(tmp_path / "many", [{"label": np.full((200, 180), 300, np.uint16), "instances": ids}])
    told_by(many, "coco", tmp_path / "coco")
    coco = open_coco(tmp_path / "coco" / "annotations" / "instances_train.json")
    assert len(coco.anns) == 36000
    encoded = [annotation["segmentation"] for annotation in coco.anns.values()]
    assert sum(map(masks.area, encoded)) == masks.area(masks.merge(encoded)) == 36000
    told_by(many, "coco-panoptic", tmp_path / "panoptic")
    drawn, _ = next(panoptic(tmp_path / "panoptic"))
    assert (drawn == ids).all()
    told_by(many, "yolo", tmp_path / "yolo")
    assert len((tmp_path / "yolo/labels/train/many_000000.txt").read_text().splitlines()) == 36000


def test_panoptic_holds_every_pixel(dataset: Path, tmp_path: Path) -> None:
    told_by(dataset, "coco-panoptic", tmp_path / "out")
    kinds = categories(dataset)
    for (drawn, annotation), (_, label, ids) in zip(panoptic(tmp_path / "out"), originals(dataset), strict=True):
        category = {segment["id"]: segment["category_id"] for segment in annotation["segments_info"]}
        assert (np.vectorize({**category, 0: 0}.get)(drawn) == label).all()
        thing = np.isin(label, [i for i, c in kinds.items() if c["isthing"]])
        assert (drawn[thing] == ids[thing]).all()
        stuff = np.unique(np.stack([drawn, label])[:, ~thing & (label > 0)], axis=1)
        assert len(set(stuff[0].tolist())) == len(set(stuff[1].tolist())) == stuff.shape[1]  # one segment a category
    data = json.loads((tmp_path / "out" / "annotations" / "panoptic_train.json").read_bytes())
    for entry in data["categories"]:
        assert set(entry) == {"id", "name", "supercategory", "isthing", "color"}
        assert entry["isthing"] == kinds[entry["id"]]["isthing"]
        assert entry["name"] == kinds[entry["id"]]["name"]


def test_torchvision_reads_coco(dataset: Path, tmp_path: Path) -> None:
    found = pytest.importorskip("torchvision.datasets")
    told_by(dataset, "coco", tmp_path / "out")
    with redirect_stdout(io.StringIO()):
        read = found.CocoDetection(tmp_path / "out/train", tmp_path / "out/annotations/instances_train.json")
        read = found.wrap_dataset_for_transforms_v2(read, target_keys=["masks", "labels"])
    expected = things(dataset)
    for (frame, _, _), (_, target) in zip(originals(dataset), read, strict=True):
        here = [pair for (number, _), pair in expected.items() if number == frame]
        got = sorted((int(label), mask.numpy().tobytes()) for label, mask in zip(target["labels"], target["masks"]))
        assert got == sorted((category, mask.astype(np.uint8).tobytes()) for category, mask in here)
