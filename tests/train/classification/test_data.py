"""Images with a class each: where classes come from, how parts are divided, and bad input."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
scipy_io = pytest.importorskip("scipy.io")

from PIL import Image  # noqa: E402

import class_data  # noqa: E402
from sweepset.errors import SweepsetError  # noqa: E402
from sweepset_train import experiment  # noqa: E402
from sweepset_train.classification.data import open_renders, open_source  # noqa: E402
from sweepset_train.data import splits  # noqa: E402
from sweepset_train.data.cache import open_cache  # noqa: E402
from sweepset_train.settings import Data  # noqa: E402

pytestmark = pytest.mark.usefixtures("repeatable")


def photo(path: Path, seed: int, size: tuple[int, int] = (32, 24)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (6, 8, 3), np.uint8))
    small.resize(size, Image.Resampling.BICUBIC).save(path)
    return path


def test_folders_and_their_splits(tmp_path: Path) -> None:
    source = open_source(class_data.write(tmp_path / "flat", 3), Data())
    assert [category.name for category in source.taxonomy] == ["blue", "green", "red"]
    image, label = source.read(4)
    assert (image.shape, label.shape, int(label)) == ((30, 40, 3), (), 2)
    assert source.items[4].name == "green/01"
    for part, seed in (("train", 1), ("test", 2)):
        class_data.write(tmp_path / "parted" / part, 2, seed=seed)
    parted = open_source(tmp_path / "parted", Data(rename={"red": "warm"}))
    assert {name: len(names) for name, names in parted.splits.items()} == {"train": 6, "test": 6}
    assert [category.name for category in parted.taxonomy] == ["blue", "green", "warm"]


def test_a_csv_and_its_faults(tmp_path: Path) -> None:
    for number in range(4):
        photo(tmp_path / "images" / f"{number}.jpg", number)
    table = tmp_path / "car_dataset_labels.csv"
    table.write_text("filename;label;year\n0.jpg;Audi;2001\n1.jpg;BMW;2002\n2;Audi;\n3.jpg;;2004\n", encoding="utf-8")
    source = open_source(table, Data())
    assert [item.kind for item in source.items] == ["Audi", "BMW", "Audi"]
    assert any("1 rows of car_dataset_labels.csv have no label" in note for note in source.notes)
    by_year = open_source(table, Data(column="year"))
    assert [item.kind for item in by_year.items] == ["2001", "2002", "2004"]
    for text, message in (
        ("file,class\n0.jpg,a\n9.jpg,b\n8.jpg,b\n", "names 2 of 3 files that are missing, such as '9.jpg'"),
        ("file,class\n0.jpg,a\n0.jpg,b\n", "gives '0.jpg' two classes, 'a' and 'b'"),
        ("file,make,body\n0.jpg,a,b\n", "several columns: set data.column to one of make, body"),
        ("file,class\n", "has 2 columns and 0 rows"),
    ):
        table.write_text(text, encoding="utf-8")
        with pytest.raises(SweepsetError, match=message):
            open_source(table, Data())
    table.write_text("file,class\n0.jpg,a\n", encoding="utf-8")
    with pytest.raises(SweepsetError, match="no column 'colour': set data.column to one of class"):
        open_source(table, Data(column="colour"))


def test_metadata_joined_by_id(tmp_path: Path) -> None:
    for number, name in enumerate(("0ed6_01", "0ed6_09", "3cb2_01", "unknown_01")):
        photo(tmp_path / "train" / f"{name}.jpg", number)
    table = tmp_path / "metadata.csv"
    table.write_text("id,year,make\n0ed6,2012,Acura\n3cb2,2009,Kia\n77aa,2011,Ford\n", encoding="utf-8")
    source = open_source(tmp_path / "train", Data(table=table, column="make"))
    assert [(item.name, item.kind, item.room) for item in source.items] == [
        ("0ed6_01", "Acura", "0ed6"), ("0ed6_09", "Acura", "0ed6"), ("3cb2_01", "Kia", "3cb2"),
    ]  # fmt: skip
    assert "1 of 4 pictures have no make" in source.notes[0]


def test_the_devkit_of_stanford_cars(tmp_path: Path) -> None:
    """Files in the layouts of cars_annos.mat and of the devkit; boxes are 1-based and hold their last pixel."""
    kinds = np.array(["AM General Hummer SUV 2000", "Acura RL Sedan 2012"], object)
    rows = []
    for number in (1, 2, 3):
        pixels = np.zeros((24, 32, 3), np.uint8)
        pixels[3:9, 4:20] = 200 + number
        (tmp_path / "car_ims").mkdir(exist_ok=True)
        Image.fromarray(pixels).save(tmp_path / "car_ims" / f"{number:06d}.png")
        rows.append((f"car_ims/{number:06d}.png", 5, 4, 20, 9, 1 + number % 2, int(number == 3)))
    fields = ("relative_im_path", "bbox_x1", "bbox_y1", "bbox_x2", "bbox_y2", "class", "test")
    annotations = np.array(rows, dtype=[(name, object) for name in fields])
    scipy_io.savemat(tmp_path / "cars_annos.mat", {"annotations": annotations, "class_names": kinds})
    source = open_source(tmp_path / "cars_annos.mat", Data())
    assert source.splits == {"train": ("car_ims/000001", "car_ims/000002"), "test": ("car_ims/000003",)}
    assert [item.kind for item in source.items] == [kinds[1], kinds[0], kinds[1]]
    image, _ = source.read(0)
    assert image.shape == (6, 16, 3)
    assert (image == 201).all()
    assert open_source(tmp_path / "cars_annos.mat", Data(boxes=False)).read(0)[0].shape == (24, 32, 3)
    kit = tmp_path / "devkit"
    kit.mkdir()
    fields = (*fields[1:6], "fname")
    rows = [(*row[1:6], Path(row[0]).name) for row in rows]
    scipy_io.savemat(kit / "cars_train_annos.mat", {"annotations": np.array(rows, [(n, object) for n in fields])})
    with pytest.raises(SweepsetError, match=r"no class names: put the devkit's cars_meta.mat beside it"):
        open_source(kit / "cars_train_annos.mat", Data())
    scipy_io.savemat(kit / "cars_meta.mat", {"class_names": kinds})
    assert len(open_source(kit / "cars_train_annos.mat", Data())) == 3
    (tmp_path / "car_ims" / "000002.png").unlink()
    with pytest.raises(SweepsetError, match=r"names 1 of 3 images that are missing"):
        open_source(kit / "cars_train_annos.mat", Data())


def test_renders_have_the_class_of_their_largest_thing(tmp_path: Path) -> None:
    folder = tmp_path / "renders"
    for name in ("images", "labels", "instances"):
        (folder / name).mkdir(parents=True)
    frames = []
    for number, pixels in enumerate(([1] * 6 + [2] * 2, [2] * 5 + [1] * 3, [0] * 8)):
        instances = np.array([pixels], np.uint16)
        Image.fromarray(np.zeros((1, 8, 3), np.uint8)).save(folder / f"images/{number}.png")
        Image.fromarray(instances).save(folder / f"instances/{number}.png")
        Image.fromarray(np.array([0, 3, 1], np.uint8)[instances]).save(folder / f"labels/{number}.png")
        files = {"image": f"images/{number}.png", "label": f"labels/{number}.png"}
        frames.append({"frame": number, "files": {**files, "instances": f"instances/{number}.png"}})
    kinds = [{"id": 1, "name": "car"}, {"id": 3, "name": "pickup"}, {"id": 5, "name": "road", "isthing": 0}]
    content = {
        "format": 1, "job": {"scene": "blank", "seed": 0}, "frames": frames,
        "taxonomy": {"name": "v", "categories": kinds},
        "instances": [
            {"id": 1, "object": "pickup crew.003", "category_id": 3}, {"id": 2, "object": "sedan", "category_id": 1},
        ],
    }  # fmt: skip
    (folder / "dataset.json").write_text(json.dumps(content), encoding="utf-8")
    source = open_renders([folder], Data())
    assert [item.kind for item in source.items] == ["pickup", "car"]
    assert source.notes[0] == "1 frames show no thing and are left out"
    assert [source.read(k)[0].shape for k in range(2)] == [(1, 6, 3), (1, 5, 3)]  # cut to the thing
    whole = open_renders([folder], Data(boxes=False))
    assert whole.read(0)[0].shape == (1, 8, 3)
    cut, uncut = (open_cache(one, one.taxonomy, (8, 4), folder=tmp_path / "cache").key for one in (source, whole))
    assert cut != uncut
    named = open_renders([folder], Data(by_name=True, rename={"pickup crew": "Cab"}))
    assert [item.kind for item in named.items] == ["Cab", "sedan"]


def test_parts_have_all_classes_and_near_duplicates_stay_together(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for place, kind in enumerate("abc"):
        for number in range(20):
            path = photo(tmp_path / "photos" / kind / f"{number}.png", 100 * place + number, (64, 48))
            if number < 5:  # the same photo, compressed
                Image.open(path).save(path.with_name(f"{number}-again.jpg"), quality=90)
    photo(tmp_path / "photos" / "rare" / "0.png", int(rng.integers(1000, 2000)))
    changes = [f"data.real={tmp_path / 'photos'}", "data.size=[16, 12]", "model.weights=none"]
    asked = experiment.read("classify", changes)
    found = splits.open_parts(asked)
    assert found.real
    assert found.validation
    assert found.test
    assert any("30 images in 15 groups are nearly the same" in note for note in found.notes)
    assert any("1 of 4 classes have under 10 images: rare 1" in note for note in found.notes)
    parts = [part.names for part in (found.real, found.validation, found.test)]
    for kind, counts in (("a", (18, 2, 5)), ("rare", (1, 0, 0))):
        seen = [sum(name.startswith(f"{kind}/") for name in names) for names in parts]
        assert all(abs(one - other) <= 2 for one, other in zip(seen, counts, strict=True)), (kind, seen)
    sides = {name: place for place, names in enumerate(parts) for name in names}
    for kind in "abc":
        for number in range(5):
            assert sides[f"{kind}/{number}"] == sides[f"{kind}/{number}-again"]
    few = splits.open_parts(experiment.read("classify", [*changes, "data.per_class=3"])).real
    more = splits.open_parts(experiment.read("classify", [*changes, "data.per_class=5"])).real
    assert few
    assert more
    assert Counter(name.partition("/")[0] for name in few.names) == {"a": 3, "b": 3, "c": 3, "rare": 1}
    assert set(few.names) < set(more.names)


def test_pictures_of_any_kind(tmp_path: Path) -> None:
    pixels = Image.fromarray(np.random.default_rng(0).integers(0, 256, (24, 32, 3), np.uint8))
    (tmp_path / "a").mkdir()
    pixels.convert("CMYK").save(tmp_path / "a" / "cmyk.jpg")
    pixels.convert("L").save(tmp_path / "a" / "grey.png")
    pixels.convert("P").save(tmp_path / "a" / "palette.png")
    pixels.convert("RGBA").save(tmp_path / "a" / "alpha.png")
    Image.new("RGB", (1, 1), (200, 0, 0)).save(tmp_path / "a" / "one.png")
    exif = Image.Exif()
    exif[0x112] = 6
    pixels.save(tmp_path / "a" / "turned.jpg", exif=exif)
    source = open_source(tmp_path, Data())
    shapes = {item.name: source.read(index)[0].shape for index, item in enumerate(source.items)}
    assert shapes["a/turned"] == (32, 24, 3)
    assert shapes["a/one"] == (1, 1, 3)
    assert shapes["a/cmyk"] == shapes["a/grey"] == shapes["a/palette"] == shapes["a/alpha"] == (24, 32, 3)
    (tmp_path / "b").mkdir()
    pixels.save(tmp_path / "b" / "one.png")
    pixels.save(tmp_path / "b" / "one.jpg")
    with pytest.raises(SweepsetError, match=r"one.png' have one name: rename one of them"):
        open_source(tmp_path, Data())
