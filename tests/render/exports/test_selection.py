"""What is exported: splits, filters, maps between taxonomies."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from exported import open_coco, panoptic, shards
from hard_dataset import KINDS, NAMES, THINGS, hard_frame, make, originals, read_png, told_by
from sweepset.errors import SweepsetError
from sweepset_render.exports import FORMATS, splits

# pycocotools does not know numpy 2's keyword yet.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def scene(folder: Path, frames: int = 2, **more: Any) -> Path:
    """Make a dataset of equal frames."""
    job = {key: more.pop(key) for key in ("scene_sha256", "seed", "scene", "procedural") if key in more}
    return make(folder, [{**hard_frame(), **more} for _ in range(frames)], **job)


def split_of(out: Path) -> dict[tuple[str, int], str]:
    """Return the split of each frame of an export of folders."""
    found = {}
    for path in out.glob("*/metadata.jsonl"):
        for line in path.read_text().splitlines():
            row = json.loads(line)
            found[row["dataset"], row["frame"]] = path.parent.name
    return found


def test_splits_never_share_a_variation(tmp_path: Path) -> None:
    varied = make(tmp_path / "varied", [{**hard_frame(), "variation": n // 3} for n in range(30)])
    told = told_by(varied, "folder", tmp_path / "out", shares=(60, 20, 20))
    assert all(line.startswith("splits: ") for line in told)
    where = split_of(tmp_path / "out")
    by_variation = [{where["varied", frame] for frame in range(first, first + 3)} for first in range(0, 30, 3)]
    assert all(len(splits_seen) == 1 for splits_seen in by_variation)
    counts = [sum(one == {name} for one in by_variation) for name in ("train", "val", "test")]
    assert counts == [6, 2, 2]
    told_by(varied, "folder", tmp_path / "again", shares=(60, 20, 20))
    assert split_of(tmp_path / "again") == where
    told_by(varied, "folder", tmp_path / "other", shares=(60, 20, 20), seed=1)
    assert split_of(tmp_path / "other") != where
    record = json.loads((tmp_path / "out" / "export.json").read_bytes())
    assert sorted(unit["variation"] for unit in record["splits"]["train"]) == [
        n for n, one in enumerate(by_variation) if one == {"train"}
    ]


def test_one_room_is_one_split(tmp_path: Path) -> None:
    """A file of the user's shows the same room whatever the seed; a shipped scene is built by it."""
    same = [scene(tmp_path / name, seed=seed) for name, seed in (("a", 0), ("b", 1))]
    told = told_by(same, "folder", tmp_path / "same")
    assert any("every frame is train" in line for line in told)
    assert set(split_of(tmp_path / "same").values()) == {"train"}
    built = [
        scene(tmp_path / name, seed=seed, procedural=True, scene="kitchen")
        for name, seed in (("c", 0), ("d", 1), ("e", 1))
    ]
    told = told_by(built, "folder", tmp_path / "built", shares=(1, 1, 0))
    assert all(line.startswith("splits: ") for line in told)
    where = split_of(tmp_path / "built")
    assert where["c", 0] != where["d", 0] == where["e", 1]


@pytest.mark.parametrize(
    ("units", "shares", "expected"),
    [
        (1, (80, 10, 10), [1, 0, 0]),
        (2, (80, 10, 10), [1, 1, 0]),
        (3, (80, 10, 10), [1, 1, 1]),
        (4, (80, 10, 10), [2, 1, 1]),
        (20, (80, 10, 10), [16, 2, 2]),
        (5, (1, 0, 0), [5, 0, 0]),
        (10, (0.5, 0, 0.5), [5, 0, 5]),
    ],
)
def test_shares(units: int, shares: tuple[float, float, float], expected: list[int]) -> None:
    given = splits.assign({("room", number, 0): 7 for number in range(units)}, shares, 0)
    assert [list(given.values()).count(name) for name in ("train", "val", "test")] == expected


def test_shares_count_frames() -> None:
    frames = {("small", 0, 0): 2, ("large", 0, 0): 90, ("middle", 0, 0): 10}
    given = splits.assign(frames, (80, 20, 0), 0)
    assert given == {("small", 0, 0): "val", ("large", 0, 0): "train", ("middle", 0, 0): "val"}


def test_several_datasets_keep_apart(tmp_path: Path) -> None:
    places = [tmp_path / "one" / "My room!", tmp_path / "two" / "my room?", tmp_path / "three" / "台所"]
    folders = [scene(place, scene_sha256=str(i)) for i, place in enumerate(places)]
    told_by(folders, "coco", tmp_path / "out", shares=(1, 1, 1))
    names, images, annotations = [], [], []
    for split in ("train", "val", "test"):
        coco = open_coco(tmp_path / "out" / "annotations" / f"instances_{split}.json")
        images += list(coco.imgs)
        annotations += list(coco.anns)
        names += [image["file_name"].lower() for image in coco.imgs.values()]
        assert {image["dataset"] for image in coco.imgs.values()} <= {place.name for place in places}
        for image in coco.imgs.values():
            source = next(place for place in places if place.name == image["dataset"])
            exported = (tmp_path / "out" / split / image["file_name"]).read_bytes()
            assert exported == (source / f"images/{image['frame']:06d}.png").read_bytes()
    assert len(set(names)) == len(set(images)) == 6
    assert len(set(annotations)) == len(annotations) == 6 * 5
    assert all(name.isascii() and name.count(".") == 1 for name in names)


def test_taxonomies_are_mapped_or_refused(tmp_path: Path) -> None:
    other = {
        "name": "other",
        "categories": [{"id": 1, "name": "Stuhl"}, {"id": 2, "name": "lamp: #1 [on]"}, {"id": 3, "name": "Katze"}],
        "maps": {"hard": {"Stuhl": "椅子 🪑"}},
    }
    label = np.repeat(np.array([[0, 1, 2, 3]], np.uint8), 4, axis=0).repeat(8, axis=1)
    foreign = make(tmp_path / "foreign", [{"label": label, "instances": label.astype(np.uint16)}], other)
    mine = scene(tmp_path / "mine")
    with pytest.raises(SweepsetError, match="--taxonomy"):
        told_by([mine, foreign], "folder", tmp_path / "out")
    (tmp_path / "hard.json").write_text(json.dumps(KINDS))
    told = told_by([mine, foreign], "coco-panoptic", tmp_path / "out", taxonomy=str(tmp_path / "hard.json"))
    assert [line for line in told if "Katze" in line] == [
        "foreign: hard has no category for Katze 32 pixels; they become unlabelled (25.0% of all pixels)"
    ]
    *_, (drawn, annotation) = panoptic(tmp_path / "out")
    category = {segment["id"]: NAMES[segment["category_id"]] for segment in annotation["segments_info"]}
    assert category == {1: "椅子 🪑", 2: "lamp: #1 [on]"}
    assert (drawn == np.where(label == 3, 0, label)).all()
    with pytest.raises(SweepsetError, match="no category of hard"):
        told_by(mine, "nyu16", tmp_path / "sixteen")


def test_small_and_hidden_things_are_left_out_everywhere(tmp_path: Path) -> None:
    frame = hard_frame()
    seen = {40001: 1.0, 65535: 0.2, 3: 0.5, 4: 1.0, 5: 0.05}
    objects = [{"id": i, "category_id": 300, "visibility": share} for i, share in seen.items()]
    folder = make(tmp_path / "room", [{**frame, "objects": objects}])
    told_by(folder, "coco-panoptic", tmp_path / "visible", min_visibility=0.5)
    drawn, _ = next(panoptic(tmp_path / "visible"))
    assert set(np.unique(drawn).tolist()) == {0, (1 << 16) + 299, 40001, 3, 4}
    told_by(folder, "coco-panoptic", tmp_path / "large", min_area=17)
    drawn, _ = next(panoptic(tmp_path / "large"))
    assert set(np.unique(drawn).tolist()) == {0, (1 << 16) + 299, 40001, 65535, 3}
    told_by(folder, "folder", tmp_path / "masks", min_area=17)
    mask = read_png(tmp_path / "masks/train/masks/room_000000.png")
    assert ((mask == 255) == ((frame["label"] == 0) | np.isin(frame["instances"], [4, 5]))).all()
    told_by(folder, "webdataset", tmp_path / "shards", min_area=17)
    (_, _, files), *_ = shards(tmp_path / "shards")
    assert set(np.unique(np.load(io.BytesIO(files["npz"]))["instances"]).tolist()) == {0, 9, 3, 40001, 65535}
    segments = json.loads(files["json"])["segments"]
    assert {s["id"]: s["visibility"] for s in segments if "visibility" in s} == {40001: 1.0, 65535: 0.2, 3: 0.5}
    assert {s["id"]: s["category_id"] for s in segments}[3] == 32767


def test_ignored_categories_are_unlabelled(hard: Path, tmp_path: Path) -> None:
    told = told_by(hard, "coco-panoptic", tmp_path / "out", ignore=("椅子 🪑", "壁 & floor"))
    assert not any("no category" in line for line in told)
    for (drawn, _), (_, label, _) in zip(panoptic(tmp_path / "out"), originals(hard), strict=True):
        assert ((drawn > 0) == np.isin(label, [300, 7])).all()
    told_by(hard, "yolo", tmp_path / "yolo", ignore=("椅子 🪑",))
    data = yaml.safe_load((tmp_path / "yolo" / "data.yaml").read_text(encoding="utf-8"))
    assert list(data["names"].values()) == [name for name in THINGS if name != "椅子 🪑"]


def test_labels_alone_are_enough_for_folders(tmp_path: Path) -> None:
    bare = make(tmp_path / "bare", [{"label": hard_frame()["label"]}])
    told_by(bare, "folder", tmp_path / "out")
    told_by(bare, "webdataset", tmp_path / "shards")
    (_, _, files), *_ = shards(tmp_path / "shards")
    assert set(np.load(io.BytesIO(files["npz"]))) == {"label"}
    forms = [name for name, row in FORMATS.items() if "instances" in row.needs]
    assert forms
    for form in forms:
        with pytest.raises(SweepsetError, match="instances"):
            told_by(bare, form, tmp_path / form)
