"""Folders of images and train ids, as segmentation tools read them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from hard_dataset import NAMES, categories, hard_frame, make, originals, read_png, told_by
from sweepset import taxonomy

# pycocotools does not know numpy 2's keyword yet.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.mark.parametrize(("form", "nothing"), [("folder", 255), ("nyu16", 16)])
def test_folders_hold_train_ids(kitchen: Path, tmp_path: Path, form: str, nothing: int) -> None:
    told_by(kitchen, form, tmp_path / "out")
    classes = json.loads((tmp_path / "out" / "classes.json").read_bytes())
    assert classes["ignore_index"] == nothing
    nyu40 = {c["id"]: c["name"] for c in categories(kitchen).values()}
    # By hand from the maps that the taxonomy names: what has no name of its own there is unlabelled.
    target = taxonomy.load("nyu40").maps["syntrain16"] if form == "nyu16" else {}
    rows = [json.loads(line) for line in (tmp_path / "out/train/metadata.jsonl").read_text().splitlines()]
    for row, (frame, label, _) in zip(rows, originals(kitchen), strict=True):
        assert row["frame"] == frame
        mask = read_png(tmp_path / "out" / "train" / row["mask_file_name"])
        assert mask.dtype == np.uint8
        for number in np.unique(label).tolist():
            name = target.get(nyu40.get(number), nyu40.get(number))
            wanted = classes["classes"].index(name) if name in classes["classes"] else nothing
            assert (mask[label == number] == wanted).all(), name
        image = (tmp_path / "out" / "train" / row["file_name"]).read_bytes()
        assert image == (kitchen / f"images/{frame:06d}.png").read_bytes()
    if form == "nyu16":
        assert classes["classes"][:3] == ["wall", "floor", "picture"]
        assert len(classes["classes"]) == 16
        assert nothing in mask


def test_wide_ids_become_train_ids(hard: Path, tmp_path: Path) -> None:
    told_by(hard, "folder", tmp_path / "out")
    classes = json.loads((tmp_path / "out" / "classes.json").read_bytes())
    assert classes["classes"] == list(NAMES.values())
    for (_, label, _), path in zip(originals(hard), sorted((tmp_path / "out/train/masks").iterdir()), strict=True):
        mask = read_png(path)
        assert ((mask == 255) == (label == 0)).all()
        assert (np.array([*classes["category_ids"], *[0] * 252])[mask] == label).all()


def test_sixteen_classes_keep_their_numbers(tmp_path: Path) -> None:
    names = ["bed", "floor", "wall", "spoon"]
    kinds = {"name": "mine", "categories": [{"id": 500 + n, "name": name} for n, name in enumerate(names)]}
    label = np.array([[0, 500, 501, 502, 503]], np.uint16).repeat(16, axis=0).repeat(4, axis=1)
    told = told_by(make(tmp_path / "room", [{"label": label}], kinds), "nyu16", tmp_path / "out", ignore=("floor",))
    assert "spoon 64 pixels" in told[0]
    mask = read_png(tmp_path / "out/train/masks/room_000000.png")
    assert mask[0, ::4].tolist() == [16, 12, 16, 0, 16]


@pytest.mark.filterwarnings("default")
def test_hugging_face_reads_folders(hard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    huggingface = pytest.importorskip("datasets")
    other = make(tmp_path / "other", [hard_frame()], scene_sha256="b7")
    told_by([hard, other], "folder", tmp_path / "out", shares=(1, 1, 0))
    read = huggingface.load_dataset("imagefolder", data_dir=str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert sorted(len(rows) for rows in read.values()) == [1, 2]
    assert set(read) == {"train", "validation"}
    for rows in read.values():
        for row in rows:
            source = hard if row["dataset"] == hard.name else other
            label = read_png(source / f"labels/{row['frame']:06d}.png")
            image = read_png(source / f"images/{row['frame']:06d}.png")
            mask = np.array(row["mask"])
            assert (np.array([*NAMES, *[0] * 252])[mask] == label).all()
            assert (np.array(row["image"]) == image[:, :, ::-1]).all()
