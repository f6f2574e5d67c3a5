"""`sweepset export`, as a user meets it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from commands import CHECKOUT, Run, refused
from hard_dataset import NAMES, THINGS, hard_frame, make, read_png, told_by
from sweepset.errors import SweepsetError
from sweepset_render import exports

# pycocotools does not know numpy 2's keyword yet.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


NEEDING_MORE = {"nyu16", "bop", "yolo-pose"}
"""Formats that take another taxonomy, or objects/, which the dataset has not."""


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(folder.rglob("*"))
    }


def test_command_writes_whole_and_leaves_datasets_alone(run: Run, hard: Path, tmp_path: Path) -> None:
    before = digest(hard)
    for form in exports.FORMATS:
        if form not in NEEDING_MORE:
            done = run("export", hard, "--to", form, "--out", tmp_path / "out" / form)
            assert done.returncode == 0, done.stderr
            assert "2 images (train 2)" in done.stdout
            assert (tmp_path / "out" / form / "export.json").is_file()
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(exports.FORMATS) - NEEDING_MORE
    assert digest(hard) == before
    image = next((tmp_path / "out" / "coco" / "train").iterdir())
    assert image.samefile(hard / "images" / "000000.png") or image.samefile(hard / "images" / "000001.png")


def test_every_format_is_documented() -> None:
    text = (CHECKOUT / "docs" / "exports.md").read_text(encoding="utf-8")
    assert [form for form in exports.FORMATS if f"`{form}`" not in text] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--to", "pascal"], "voc"),
        (["--to", "coco", "--split", "80,20"], "80,10,10"),
        (["--to", "coco", "--split", "0,50,50"], "train needs more"),
        (["--to", "coco", "--split", "nan,1,1"], "nan"),
        (["--to", "coco", "--taxonomy", "nyu41"], "nyu40"),
        (["--to", "coco", "--taxonomy", "nyu13"], "no category of hard"),
        (["--to", "coco", "--ignore", "cat"], "unknown category 'cat'"),
        (["--to", "coco", "--min-visibility", "0.5"], "objects"),
        (["--to", "coco", "--min-visibility", "5"], "5"),
        (["--to", "yolo", "--stuff"], "--to coco"),
        (["--to", "coco", "--shard-size", "5"], "webdataset"),
        (["--to", "webdataset", "--shard-size", "0"], "0"),
        (["--to", "nyu16", "--taxonomy", "nyu40"], "syntrain16"),
        (["--to", "nyu16"], "no category of hard"),
        (["--to", "yolo", *(part for name in THINGS for part in ("--ignore", name))], "no things"),
        (["--to", "folder", *(part for name in NAMES.values() for part in ("--ignore", name))], "--ignore"),
    ],
)
def test_refuses_options(run: Run, hard: Path, tmp_path: Path, options: list[str], words: str) -> None:
    assert words in refused(run("export", hard, "--out", tmp_path / "out", *options))
    assert [path.name for path in tmp_path.iterdir()] == [hard.name]


def test_refuses_folders(run: Run, hard: Path, tmp_path: Path) -> None:
    def say(*arguments: Path | str) -> str:
        return refused(run("export", *arguments, "--to", "folder"))

    before = digest(hard)
    assert "no dataset.json" in say(tmp_path, "--out", tmp_path / "out")
    assert "named twice" in say(hard, hard / "." / "", "--out", tmp_path / "out")
    assert "in each other" in say(hard, "--out", hard)
    assert "in each other" in say(hard, "--out", hard / "export", "--overwrite")
    assert "in each other" in say(hard, "--out", tmp_path, "--overwrite")
    full = tmp_path / "full"
    full.mkdir()
    (full / "thesis.txt").write_text("mine")
    assert "no export" in say(hard, "--out", full, "--overwrite")
    assert "no export" in say(hard, "--out", full / "thesis.txt", "--overwrite")
    assert (full / "thesis.txt").read_text() == "mine"
    assert digest(hard) == before


def test_overwrites_exports_only_when_asked(hard: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()  # an empty folder will do
    told_by(hard, "coco", out)
    there = digest(out)
    with pytest.raises(SweepsetError, match="--overwrite"):
        told_by(hard, "yolo", out)
    assert digest(out) == there
    (hard / "labels" / "000001.png").write_bytes((hard / "labels" / "000001.png").read_bytes()[:200])
    with pytest.raises(SweepsetError, match="cut off"):
        told_by(hard, "yolo", out, overwrite=True)
    assert digest(out) == there
    assert {path.name for path in tmp_path.iterdir()} == {"out", hard.name}
    (hard / "labels" / "000001.png").write_bytes((hard / "labels" / "000000.png").read_bytes())
    (hard / "instances" / "000001.png").write_bytes((hard / "instances" / "000000.png").read_bytes())
    told_by(hard, "yolo", out, overwrite=True)
    assert (out / "data.yaml").is_file()
    assert not (out / "annotations").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"out", hard.name}


def test_stopped_leaves_nothing(hard: Path, tmp_path: Path) -> None:
    def stop(frames: int) -> None:
        assert frames == 2
        assert len(list(tmp_path.iterdir())) == 2  # the dataset and what is on its way
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exports.export([hard], exports.Options("coco"), tmp_path / "out", False, print, stop)
    assert [path.name for path in tmp_path.iterdir()] == [hard.name]


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("labels", lambda array: array + 1, "lacks"),
        ("labels", lambda array: np.where(array == 299, 7, array).astype(np.uint16), "no instance id"),
        ("instances", lambda array: np.where(array == 3, 40001, array).astype(np.uint16), "instance 40001 shows both"),
        ("instances", lambda array: array[:-1], "differ in size"),
        ("instances", lambda array: array.astype(np.uint8), "uint8"),
        ("images", lambda array: array[:, :-1], "differ in size"),
        ("images", lambda array: array[:, :, 0], "1 channels"),
    ],
)
def test_refuses_frames_that_contradict_themselves(
    tmp_path: Path, kind: str, change: Callable[[np.ndarray], np.ndarray], words: str
) -> None:
    frame = hard_frame()
    if words == "no instance id":
        frame["instances"][frame["label"] == 299] = 0
    folder = make(tmp_path / "room", [frame])
    path = folder / kind / "000000.png"
    path.write_bytes(cv2.imencode(".png", change(read_png(path)))[1].tobytes())
    with pytest.raises(SweepsetError, match=words):
        told_by(folder, "coco", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["room"]
