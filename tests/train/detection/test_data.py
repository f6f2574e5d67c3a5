"""Labels of instances from renders, COCO's JSON, Pascal VOC and folders of photos, and what training makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("segmentation_models_pytorch")

import torch
from PIL import Image
from pycocotools import mask as rle

import detection_data
import hard_dataset
from sweepset import taxonomy
from sweepset.errors import SweepsetError
from sweepset_train.data import augmentation, sources
from sweepset_train.data.cache import open_cache
from sweepset_train.data.labels import IGNORE, Framing
from sweepset_train.detection import coco, instances, places, renders, targets
from sweepset_train.settings import Augmentation, Data

pytestmark = pytest.mark.filterwarnings("ignore")  # pycocotools asks NumPy for what it no longer has

SIZE = (40, 60)
"""Height and width."""


def square(left: int, top: int, width: int, height: int) -> np.ndarray:
    mask = np.zeros(SIZE, bool)
    mask[top : top + height, left : left + width] = True
    return mask


def test_overlaps_crowds_and_tiny_instances() -> None:
    raw = instances.paint(
        SIZE, [(7, square(5, 5, 10, 10), False), (7, square(0, 0, 30, 30), False), (2, square(20, 20, 20, 20), True),
               (2, square(50, 30, 3, 3), False), (2, square(45, 0, 8, 8), False)],
    )  # fmt: skip
    table = np.full(65536, IGNORE, np.uint8)
    table[[2, 7]] = 1, 0
    encoded = instances.INSTANCE_MAPS.encode(raw, table, Framing((60, 40)))
    truths = instances.decode(encoded)
    assert [(one.label, one.ignored, one.box) for one in truths] == [
        (0, False, (0, 0, 30, 30)),
        (0, False, (5, 5, 10, 10)),
        (1, False, (45, 0, 8, 8)),
        (1, True, (20, 20, 33, 20)),  # the crowd, as far as nothing is on it, and what is too small to demand
    ]
    assert truths[0].mask.sum() == 800
    assert truths[3].mask.sum() == 400 - 100 + 9
    assert instances.main_class(encoded) == 0


def test_renders_have_no_stuff_to_find(tmp_path: Path) -> None:
    frame = hard_dataset.hard_frame()
    source = renders.open_datasets([hard_dataset.make(tmp_path, [frame])])
    assert {kind.name for kind in source.taxonomy} == {*hard_dataset.THINGS}
    _, labels = source.read_item(0)
    ids = np.where(frame["label"] == 299, 0, frame["label"])
    np.testing.assert_array_equal(labels, np.stack([ids, frame["instances"]], -1))
    whole = taxonomy.parse(hard_dataset.KINDS, "hard")  # named as the classes to learn, it still fits
    encoded = source.form.encode(labels, sources.train_ids(source, whole), Framing((64, 48)))
    assert {one.label for one in instances.decode(encoded)} == {0, 1, 2}


def test_forms_of_masks() -> None:
    """Polygons, also beyond the image and of two points; run lengths as list, text and bytes."""
    wanted = square(10, 5, 20, 10)
    encoded = rle.encode(np.asfortranarray(wanted, np.uint8))
    runs = np.diff(np.flatnonzero(np.diff(np.r_[0, wanted.T.ravel(), 0])), prepend=0)
    uncompressed = [*runs.tolist(), wanted.size - int(runs.sum())]
    corners = [10, 5, 30, 5, 30, 15, 10, 15]
    for segmentation in (
        [corners], {"size": list(SIZE), "counts": encoded["counts"]}, {"size": list(SIZE), "counts": uncompressed},
        {"size": list(SIZE), "counts": encoded["counts"].decode()}, [[10, 5, 30, 15]], [], None,
    ):  # fmt: skip
        annotation = {"segmentation": segmentation, "bbox": [10, 5, 20, 10]}
        assert np.array_equal(coco.mask_of(annotation, SIZE, ""), wanted), segmentation
    outside = coco.mask_of({"segmentation": [[-10, -5, 30, -5, 30, 15, -10, 15]]}, SIZE, "")
    assert np.array_equal(outside, square(0, 0, 30, 15))
    assert not coco.mask_of({"bbox": [100, 100, 5, 5]}, SIZE, "").any()
    for wrong, said in (
        ({"segmentation": {"counts": [5, 5]}}, "runs that don't make up the 2400 pixels"),
        ({"segmentation": {"size": [1, 1], "counts": b""}}, "size"),
        ({"segmentation": {"counts": 3}}, "expected a list, a text or bytes"),
        ({"segmentation": "x"}, "expected polygons"),
        ({"segmentation": {"size": list(SIZE), "counts": "zz!"}}, "mask that can't be read"),
        ({"segmentation": {"counts": [5, "a"]}}, "don't make up"),
        ({"segmentation": [["a"] * 6]}, "polygon of other things than numbers"),
        ({"segmentation": [[float("nan")] * 6]}, "polygon of other things than numbers"),
        ({"bbox": [1, 2]}, "no mask"),
    ):
        with pytest.raises(SweepsetError, match=said):
            coco.mask_of(wrong, SIZE, "annotation 3")


def test_coco_with_ids_from_0(tmp_path: Path) -> None:
    folder = detection_data.write(tmp_path / "data")
    source = places.open_source(folder, Data())
    assert len(source) == 8
    assert source.splits == {"all": tuple(f"{k:03d}" for k in range(8))}
    target = taxonomy.load(folder / "annotations" / "instances_all.json", least=0)
    cached = open_cache(source, target, (64, 64), None, tmp_path / "cache")
    assert cached.labels.shape == (8, 64, 64, 2)
    told = json.loads((folder / "annotations" / "instances_all.json").read_text())
    for number, labels in enumerate(cached.labels):
        own = [one for one in told["annotations"] if one["image_id"] == number]
        found = instances.decode(labels)
        kinds = sorted([0, 5][one.label] for one in found)
        assert kinds == sorted(one["category_id"] for one in own)
        for box in (one["bbox"] for one in own):
            assert any(np.abs(np.subtract(one.box, box)).max() <= 1 for one in found)
    # The JSON itself and its folder are the same.
    assert len(places.open_source(folder / "annotations" / "instances_all.json", Data())) == 8


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda data: data["images"].append({"id": 99, "file_name": "lost.png"}), "1 of 9 images .* are missing"),
        (lambda data: data["annotations"][0].update(category_id=3), "category_id 3, which is not in the file"),
        (lambda data: data["annotations"][0].update(image_id=77), "image_id 77"),
        (lambda data: data["annotations"][0].update(bbox="x"), "has bbox 'x'"),
        (lambda data: data.pop("categories"), "no list 'categories'"),
        (lambda data: data["images"].append(dict(data["images"][0])), "two images '000'"),
        (lambda data: data["images"][0].update(width=65), "is 64x64, and 65x64"),
    ],
)
def test_bad_coco(tmp_path: Path, spoil: Any, said: str) -> None:
    folder = detection_data.write(tmp_path / "data")
    path = folder / "annotations" / "instances_all.json"
    data = json.loads(path.read_text())
    spoil(data)
    path.write_text(json.dumps(data))
    with pytest.raises(SweepsetError, match=said):
        places.open_source(folder, Data()).read(0)


def test_voc(tmp_path: Path) -> None:
    for name in ("JPEGImages", "Annotations", "SegmentationObject", "ImageSets/Main"):
        (tmp_path / name).mkdir(parents=True)
    box = "<bndbox><xmin>11</xmin><ymin>6</ymin><xmax>30</xmax><ymax>15</ymax></bndbox>"
    texts = {
        "a": f"<object><name>dog</name>{box}</object>",
        "b": f"<object><name>cat</name>{box}</object>",
        "c": f"<object><name>cat</name><difficult>1</difficult>{box}</object>",
        "d": "",
    }
    for name, text in texts.items():
        Image.new("RGB", SIZE[::-1]).save(tmp_path / "JPEGImages" / f"{name}.jpg")
        (tmp_path / "Annotations" / f"{name}.xml").write_text(f"<annotation>{text}</annotation>")
    Image.fromarray(square(12, 7, 5, 5).astype(np.uint8)).save(tmp_path / "SegmentationObject" / "b.png")
    (tmp_path / "ImageSets" / "Main" / "train.txt").write_text("a\nb")
    source = places.open_source(tmp_path, Data())
    assert source.taxonomy.ids == {"cat": 1, "dog": 2}
    assert source.splits == {"train": ("a", "b")}
    masks = [source.read(k)[1] for k in range(4)]
    assert np.array_equal(masks[0][..., 0] == 2, square(10, 5, 20, 10))
    assert np.array_equal(masks[1][..., 0] == 1, square(12, 7, 5, 5))
    assert ((masks[2][..., 0] == 1) & (masks[2][..., 1] == 0)).sum() == 200
    assert (masks[3][..., 0] == instances.NOTHING).all()
    (tmp_path / "Annotations" / "a.xml").write_text("<annotation><object></object></annotation>")
    with pytest.raises(SweepsetError, match="no name"):
        places.open_source(tmp_path, Data())


def test_folders_of_one_class_each(tmp_path: Path) -> None:
    for name in ("car", "pickup", "none"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        Image.new("RGB", (8, 6)).save(tmp_path / "photos" / name / "1.jpg")
    settings = Data(taxonomy="vehicle-bodies")
    source = places.open_source(tmp_path / "photos", settings)
    target = taxonomy.load("vehicle-bodies")
    cached = open_cache(source, target, (8, 6), None, tmp_path / "cache")
    assert [instances.main_class(one) for one in cached.labels] == [0, -1, 2]
    (tmp_path / "photos" / "none").rename(tmp_path / "photos" / "tram")
    with pytest.raises(SweepsetError, match="no class: name folders car, suv"):
        places.open_source(tmp_path / "photos", settings)
    with pytest.raises(SweepsetError, match="data.taxonomy=RUN/taxonomy.json"):
        places.open_source(tmp_path / "photos", Data(taxonomy="own"))
    with pytest.raises(SweepsetError, match="has no instances: give renders"):
        places.open_source(tmp_path / "elsewhere", settings)


def test_targets_follow_the_image() -> None:
    """A mirrored, enlarged image has mirrored, enlarged boxes; what has left it has none."""
    labels = np.full((1, 32, 32, 2), (IGNORE, 0), np.uint8)
    labels[0, 8:16, 4:12] = 1, 1
    labels[0, 20:22, 28:30] = 0, 2  # too small
    images = torch.zeros((1, 3, 32, 32), dtype=torch.uint8)
    images[0, :, 8:16, 4:12] = 255
    drawn = augmentation.draw(Augmentation(flip=1, scale=(1, 1), color=0), 1, 0, 0)
    pixels, (found,) = targets.augment(images, torch.from_numpy(labels), drawn)
    assert found["boxes"].tolist() == [[20, 8, 28, 16]]
    assert found["labels"].tolist() == [2]
    bright = pixels[0].mean(0) > 0
    assert torch.equal(bright, found["masks"][0].bool())
    labels[...] = IGNORE, 0
    _, (empty,) = targets.augment(images, torch.from_numpy(labels), drawn)
    assert empty["boxes"].shape == (0, 4)
    assert empty["masks"].shape == (0, 32, 32)
    assert empty["labels"].dtype == torch.int64


def test_instances_are_pasted() -> None:
    labels = torch.full((2, 32, 32, 2), IGNORE, dtype=torch.uint8)
    labels[..., 1] = 0
    labels[0, 2:12, 2:12] = torch.tensor([0, 1], dtype=torch.uint8)
    labels[1, 6:16, 6:16] = torch.tensor([1, 1], dtype=torch.uint8)
    images = torch.zeros((2, 3, 32, 32), dtype=torch.uint8)
    images[1] = 255
    drawn = augmentation.draw(Augmentation(flip=0, scale=(1, 1), color=0), 2, 0, 0)
    drawn[0, 9] = 1
    pixels, (one, other) = targets.augment(images, labels, drawn)
    assert one["labels"].tolist() == [1, 2]
    assert one["boxes"].tolist() == [[2, 2, 12, 12], [6, 6, 16, 16]]
    assert int(one["masks"][0].sum()) == 100 - 36  # the pasted one is in front
    assert pixels[0, 0, 10, 10] > 2 > 0 > pixels[0, 0, 4, 4]
    assert other["labels"].tolist() == [2]
