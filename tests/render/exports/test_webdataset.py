"""Shards of WebDataset hold whole samples, as its library reads them."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from exported import open_coco, shards, yolo
from hard_dataset import NAMES, hard_frame, make, originals, read_png, told_by

# pycocotools does not know numpy 2's keyword yet.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def test_shards_hold_samples_whole(tmp_path: Path) -> None:
    hard = make(tmp_path / "näme.v2", [hard_frame()] * 5)
    told_by(hard, "webdataset", tmp_path / "out", shard_size=2)
    read = list(shards(tmp_path / "out"))
    assert [shard for shard, _, _ in read] == [f"train-00000{n}.tar" for n in (0, 0, 1, 1, 2)]
    assert len({key for _, key, _ in read}) == 5
    listed = json.loads((tmp_path / "out" / "categories.json").read_bytes())
    assert {c["id"]: c["name"] for c in listed["categories"]} == NAMES
    for (_, _, files), (frame, label, ids) in zip(read, originals(hard), strict=True):
        assert set(files) == {"png", "npz", "json"}
        assert files["png"] == (hard / f"images/{frame:06d}.png").read_bytes()
        arrays = np.load(io.BytesIO(files["npz"]))
        assert (arrays["label"] == label).all()
        assert (arrays["instances"][label > 0] == ids[label > 0]).all()
        about = json.loads(files["json"])
        assert about["frame"] == frame
        assert np.shape(about["camera"]["K"]) == (3, 3)
        assert {s["category"] for s in about["segments"]} == set(NAMES.values())
        assert sum(s["area"] for s in about["segments"]) == (label > 0).sum()


READ_SHARD = """
import hashlib, sys, webdataset
for sample in webdataset.WebDataset(sys.argv[1], shardshuffle=False).decode():
    label = sample["npz"]["label"]
    print(sample["json"]["frame"], label.dtype, hashlib.sha256(label.tobytes()).hexdigest(), len(sample["png"]))
"""


def test_webdataset_reads_shards(hard: Path, tmp_path: Path) -> None:
    pytest.importorskip("webdataset")
    told_by(hard, "webdataset", tmp_path / "out")
    # A process of its own, as the library leaves files open.
    command = [sys.executable, "-c", READ_SHARD, str(tmp_path / "out" / "train-000000.tar")]
    read = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout.splitlines()
    for line, (frame, label, _) in zip(read, originals(hard), strict=True):
        size = (hard / f"images/{frame:06d}.png").stat().st_size
        assert line == f"{frame} uint16 {hashlib.sha256(label.tobytes()).hexdigest()} {size}"


def test_jpeg_images_stay_jpeg(hard: Path, tmp_path: Path) -> None:
    data = json.loads((hard / "dataset.json").read_text(encoding="utf-8"))
    for record in data["frames"]:
        path = hard / record["files"]["image"]
        record["files"]["image"] = record["files"]["image"].replace(".png", ".jpg")
        path.with_suffix(".jpg").write_bytes(cv2.imencode(".jpg", read_png(path))[1].tobytes())
        path.unlink()
    (hard / "dataset.json").write_text(json.dumps(data), encoding="utf-8")
    told_by(hard, "webdataset", tmp_path / "shards")
    assert [files["jpg"] for _, _, files in shards(tmp_path / "shards")] == [
        (hard / f"images/{frame:06d}.jpg").read_bytes() for frame in (0, 1)
    ]
    told_by(hard, "yolo", tmp_path / "yolo")
    assert len(list(yolo(tmp_path / "yolo"))) == 2
    told_by(hard, "coco", tmp_path / "coco")
    coco = open_coco(tmp_path / "coco" / "annotations" / "instances_train.json")
    assert all((tmp_path / "coco" / "train" / image["file_name"]).suffix == ".jpg" for image in coco.imgs.values())
