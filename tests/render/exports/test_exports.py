"""Exports are read by the libraries and the rules of those who train on them, and hold what the dataset holds."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from commands import CHECKOUT, Run
from sweepset import taxonomy
from sweepset.errors import SweepsetError
from sweepset_render import exports
from sweepset_render.exports import outlines, splits

# pycocotools does not know numpy 2's keyword yet.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

THINGS = {"chair, \"old\" / 'new'": 300, "椅子 🪑": 32767, "lamp: #1 [on]": 7}
"""Names that are hard on CSV, YAML and JSON, with ids of one and of two bytes."""
STUFF = {"壁 & floor": 299}
NAMES = {number: name for name, number in {**THINGS, **STUFF}.items()}
KINDS = {
    "name": "hard",
    "categories": [
        {"id": number, "name": name, "supercategory": "家具", "isthing": int(name in THINGS)}
        for name, number in {**THINGS, **STUFF}.items()
    ],
}


def make(folder: Path, frames: Sequence[dict[str, Any]], kinds: dict[str, Any] = KINDS, **job: Any) -> Path:
    """Write a dataset by hand, by the rules of docs/dataset.md.

    A frame has `label` and `instances`, (H, W), a list of `objects` for their file, and what else is in its record.
    """
    records = []
    instances: dict[int, dict[str, Any]] = {}
    for number, given in enumerate(frames):
        frame = dict(given)
        label, ids, objects = frame.pop("label"), frame.pop("instances", None), frame.pop("objects", None)
        image = np.random.default_rng(number).integers(0, 255, (*label.shape, 3), np.uint8)
        pictures = {"image": ("images", image), "label": ("labels", label), "instances": ("instances", ids)}
        files = {}
        for kind, (place, array) in pictures.items():
            if array is not None:
                files[kind] = f"{place}/{number:06d}.png"
                (folder / place).mkdir(parents=True, exist_ok=True)
                (folder / files[kind]).write_bytes(cv2.imencode(".png", array)[1].tobytes())
        if objects is not None:
            files["objects"] = f"objects/{number:06d}.json"
            (folder / "objects").mkdir(exist_ok=True)
            (folder / files["objects"]).write_text(json.dumps({"objects": objects}))
        if ids is not None:
            for i, at in zip(*map(np.ndarray.tolist, np.unique(ids, return_index=True)), strict=True):
                instances[i] = {"id": i, "object": f'Möbel "{i}", 物', "category_id": int(label.flat[at])}
            instances.pop(0, None)
        found, counts = np.unique(label, return_counts=True)
        pixels = dict(zip(map(str, found.tolist()), counts.tolist(), strict=True))
        records.append({"frame": number, "time": 1, "files": files, "pixels": pixels, **frame})
    data = {
        "format": 1,
        "name": folder.name,
        "taxonomy": kinds,
        "job": {"scene": "room.blend", "procedural": False, "scene_sha256": "5a", "seed": 0, **job},
        "instances": list(instances.values()),
        "frames": records,
    }
    (folder / "dataset.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    camera = {"K": [[100, 0, 32], [0, 100, 24], [0, 0, 1]], "camera_to_world": np.eye(4).tolist(), "seed": 0}
    cameras = [{"frame": record["frame"], **camera} for record in records]
    (folder / "cameras.json").write_text(json.dumps({"frames": cameras}))
    return folder


def hard_frame(height: int = 48, width: int = 64) -> dict[str, Any]:
    """Return a frame with a ring, a thing in two pieces, one that touches itself at a corner, one pixel, and a wall."""
    label, ids = np.full((height, width), 299, np.uint16), np.full((height, width), 9, np.uint16)
    label[40:], ids[40:] = 0, 0  # sky

    def thing(number: int, category: int, *where: tuple[slice, slice]) -> None:
        for place in where:
            label[place], ids[place] = category, number

    thing(40001, 300, np.s_[5:25, 5:25])
    thing(9, 299, np.s_[10:18, 8:20])  # the ring's hole shows the wall
    thing(65535, 300, np.s_[5:15, 30:34], np.s_[20:24, 40:60])
    thing(3, 32767, np.s_[26:30, 0:4], np.s_[30:34, 4:8])
    thing(4, 7, np.s_[30:31, 50:51])
    thing(5, 7, np.s_[44:48, 60:64])
    return {"label": label, "instances": ids}


@pytest.fixture
def hard(tmp_path: Path) -> Path:
    """Return a dataset of two hard frames in a folder with a hard name."""
    mirrored = {kind: np.ascontiguousarray(array[:, ::-1]) for kind, array in hard_frame().items()}
    return make(tmp_path / "Küche, 'A' 台所 🍳", [hard_frame(), mirrored])


def told_by(
    datasets: Path | Sequence[Path], form: str, out: Path, overwrite: bool = False, **options: Any
) -> list[str]:
    """Export in this process and return what was told."""
    told: list[str] = []
    folders = [datasets] if isinstance(datasets, Path) else datasets
    exports.export(folders, exports.Options(form, **options), out, overwrite, told.append, lambda frames: None)
    return told


def read_png(path: Path) -> np.ndarray:
    """Read a PNG as it is."""
    array = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    assert array is not None, path
    return array


def originals(folder: Path) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Go over a dataset's frames: number, label and instances."""
    for record in json.loads((folder / "dataset.json").read_text(encoding="utf-8"))["frames"]:
        files = record["files"]
        yield record["frame"], read_png(folder / files["label"]), read_png(folder / files["instances"])


def categories(folder: Path) -> dict[int, dict[str, Any]]:
    """Return a dataset's categories by id."""
    data = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    return {category["id"]: category for category in data["taxonomy"]["categories"]}


def things(folder: Path) -> dict[tuple[int, int], tuple[int, np.ndarray]]:
    """Return category and mask of all things by frame and instance id."""
    kinds = categories(folder)
    found = {}
    for number, label, ids in originals(folder):
        for i in np.unique(ids[label > 0]).tolist():
            mask = (ids == i) & (label > 0)
            category = int(label[mask][0])
            if kinds[category]["isthing"]:
                found[number, i] = category, mask
    return found


def extent(mask: np.ndarray) -> list[int]:
    """Return x, y, width and height of a mask."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return [columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1]


def open_coco(path: Path) -> COCO:
    with redirect_stdout(io.StringIO()):
        return COCO(path)


@pytest.fixture(params=["kitchen", "hard"])
def dataset(request: pytest.FixtureRequest) -> Path:
    """Return each of the datasets in turn."""
    return request.getfixturevalue(request.param)


# COCO


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


def panoptic(out: Path, split: str = "train") -> Iterator[tuple[np.ndarray, dict[str, Any]]]:
    """Read COCO panoptic by its published rules: segment ids, (H, W), and the annotation."""
    data = json.loads((out / "annotations" / f"panoptic_{split}.json").read_bytes())
    known = {category["id"] for category in data["categories"]}
    images = {image["id"]: image for image in data["images"]}
    assert {annotation["image_id"] for annotation in data["annotations"]} == set(images)
    for annotation in data["annotations"]:
        picture = read_png(out / "annotations" / f"panoptic_{split}" / annotation["file_name"])
        assert picture.dtype == np.uint8
        image = images[annotation["image_id"]]
        assert picture.shape == (image["height"], image["width"], 3)
        assert (out / split / image["file_name"]).stem == Path(annotation["file_name"]).stem
        blue, green, red = np.moveaxis(picture.astype(int), 2, 0)
        drawn = red + 256 * green + 256**2 * blue
        segments = {segment["id"]: segment for segment in annotation["segments_info"]}
        assert len(segments) == len(annotation["segments_info"])
        assert set(np.unique(drawn[drawn > 0]).tolist()) == set(segments)
        for number, segment in segments.items():
            assert segment["category_id"] in known
            assert segment["area"] == (drawn == number).sum()
            assert segment["bbox"] == extent(drawn == number)
            assert segment["iscrowd"] == 0
        yield drawn, annotation


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


# YOLO


def yolo(out: Path, split: str = "train") -> Iterator[tuple[str, list[tuple[str, list[float]]]]]:
    """Read YOLO by Ultralytics' documented rules: a stem, and category name and numbers of each line."""
    data = yaml.safe_load((out / "data.yaml").read_text(encoding="utf-8"))
    assert {"train", "val", "names"} <= set(data)
    assert list(data["names"]) == list(range(len(data["names"])))
    images = sorted((out / data[split]).iterdir())
    assert images
    for image in images:
        head, _, tail = str(image).rpartition("/images/")  # a label's path is found by this replacement
        lines = Path(f"{head}/labels/{tail}").with_suffix(".txt").read_text(encoding="utf-8").splitlines()
        read = []
        for line in lines:
            number, *values = line.split()
            assert 0 <= min(map(float, values)) <= max(map(float, values)) <= 1
            read.append((data["names"][int(number)], [float(value) for value in values]))
        yield image.stem, read


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


# Folders


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


# WebDataset


def shards(out: Path) -> Iterator[tuple[str, str, dict[str, bytes]]]:
    """Read WebDataset by its documented rules: shard, key and files by extension; a sample's files are neighbours."""
    for path in sorted(out.glob("*.tar")):
        with tarfile.open(path) as tar:
            key, files = "", dict[str, bytes]()
            for member in tar:
                head, _, extension = member.name.partition(".")
                if head != key and files:
                    yield path.name, key, files
                    files = {}
                key = head
                assert extension not in files
                files[extension] = tar.extractfile(member).read()
            yield path.name, key, files


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


# What is exported: splits, filters, maps


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
    assert told == []
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
    assert told == []
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
    for form in ("coco", "coco-panoptic", "yolo", "yolo-segment"):
        with pytest.raises(SweepsetError, match="instances"):
            told_by(bare, form, tmp_path / form)


# The command


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(folder.rglob("*"))
    }


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """Check that a command was refused in one line, and return the line."""
    assert done.returncode == 2, (done.stdout, done.stderr)
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("sweepset: ")
    return line


def test_command_writes_whole_and_leaves_datasets_alone(run: Run, hard: Path, tmp_path: Path) -> None:
    before = digest(hard)
    for form in exports.FORMATS:
        if form != "nyu16":
            done = run("export", hard, "--to", form, "--out", tmp_path / "out" / form)
            assert done.returncode == 0, done.stderr
            assert "2 images (train 2)" in done.stdout
            assert (tmp_path / "out" / form / "export.json").is_file()
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(exports.FORMATS) - {"nyu16"}
    assert digest(hard) == before
    image = next((tmp_path / "out" / "coco" / "train").iterdir())
    assert image.samefile(hard / "images" / "000000.png") or image.samefile(hard / "images" / "000001.png")


def test_every_format_is_documented() -> None:
    for page in ("commands.md", "exports.md"):
        text = (CHECKOUT / "docs" / page).read_text(encoding="utf-8")
        assert [form for form in exports.FORMATS if f"`{form}`" not in text] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--to", "voc"], "coco"),
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
