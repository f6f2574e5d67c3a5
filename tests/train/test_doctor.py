"""The doctor: each fault that is planted is found and named, and what is right is left in peace."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("segmentation_models_pytorch")

from PIL import Image  # noqa: E402

from sweepset import taxonomy  # noqa: E402
from sweepset.findings import Finding  # noqa: E402
from sweepset_train import cli, experiment  # noqa: E402
from sweepset_train.doctor import diagnosis  # noqa: E402

WHOLE = ("data.train=all", "data.validate_on=null", "data.test=null", "data.crop=null", "data.labels_taxonomy=nyu40")
COLORS = np.random.default_rng(7).integers(30, 225, (256, 3))
IDS = taxonomy.load("nyu40").ids
Change = Callable[[np.ndarray], np.ndarray]


def room(rng: np.random.Generator, size: tuple[int, int] = (96, 72)) -> tuple[np.ndarray, np.ndarray]:
    """Return a picture of a room and its label in ids of nyu40: ceiling, wall, floor, and things where they stand."""
    width, height = size
    label = np.full((height, width), IDS["wall"], np.uint16)
    label[: height // 10] = IDS["ceiling"]
    label[-height // 3 :] = IDS["floor"]

    def put(name: str, tall: float, wide: float, bottom: float) -> None:
        h, w = int(tall * height), int(wide * width)
        left, low = rng.integers(0, width - w), int(bottom * height)
        label[low - h : low, left : left + w] = IDS[name]

    put("window", 0.3, 0.2, rng.uniform(0.4, 0.5))
    put("picture", 0.12, 0.12, rng.uniform(0.3, 0.5))
    put("cabinet", 0.45, 0.3, rng.uniform(0.75, 0.85))
    put("bed", 0.3, 0.35, rng.uniform(0.85, 1))
    put("table", 0.2, 0.25, rng.uniform(0.8, 1))
    put("chair", 0.25, 0.12, rng.uniform(0.8, 1))
    image = COLORS[label] + rng.normal(0, 25, (1, 1, 3)) + rng.normal(0, 6, (*label.shape, 3))
    return np.clip(image, 0, 255).astype(np.uint8), label


def write(
    folder: Path, count: int = 8, seed: int = 0, change: Change = lambda label: label, size: tuple[int, int] = (96, 72)
) -> Path:
    """Write rooms, their labels changed, as a folder of images and labels."""
    rng = np.random.default_rng(seed)
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    for number in range(count):
        image, label = room(rng, size)
        Image.fromarray(image).save(folder / "images" / f"{number:04d}.png")
        Image.fromarray(change(label)).save(folder / "labels" / f"{number:04d}.png")
    return folder


def examine(*folders: Path, changes: tuple[str, ...] = ()) -> list[Finding]:
    """Return what the doctor finds in folders."""
    asked = experiment.read("baseline", [*WHOLE, *changes])
    return list(diagnosis.examine(folders, asked).findings)


def only(findings: list[Finding], code: str) -> Finding:
    """Return the one finding, which has this code."""
    assert [finding.code for finding in findings] == [code], findings
    return findings[0]


def named(findings: list[Finding], code: str) -> Finding:
    """Return the one finding of this code."""
    found = [finding for finding in findings if finding.code == code]
    assert len(found) == 1, findings
    return found[0]


@pytest.fixture
def untried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the trial of a small network, which takes seconds and which the other checks do not need."""
    monkeypatch.setattr(diagnosis, "try_batch", lambda *_: (None, []))


def test_what_is_right_is_left_in_peace(tmp_path: Path) -> None:
    assert examine(write(tmp_path / "one"), write(tmp_path / "two", seed=1)) == []
    assert examine(write(tmp_path / "large", seed=2), changes=("data.taxonomy=nyu40",)) == []


@pytest.mark.full
def test_frames_of_nyu_are_left_in_peace(shared: Path) -> None:
    if not (shared / "nyu" / "label40").is_dir():
        pytest.skip("no frames of NYU Depth V2")
    changes = ("data.labels=label40", "data.train=train381", "data.test=val414")
    assert examine(shared / "nyu", changes=changes) == []


def test_a_rendered_kitchen_is_left_in_peace(kitchen: Path) -> None:
    assert examine(kitchen) == []


@pytest.mark.parametrize("shift", [1, -1])
def test_ids_that_are_off_by_one(tmp_path: Path, shift: int) -> None:
    data = write(tmp_path / "data", change=lambda label: (label.astype(int) + shift).astype(np.uint16))
    finding = named(examine(data), "off-by-one")
    assert finding.subject == "data"
    assert f"likely one too {'high' if shift > 0 else 'low'}" in finding.message
    assert finding.severity == "warning"


def test_ids_that_are_off_by_one_and_outside(tmp_path: Path) -> None:
    def change(label: np.ndarray) -> np.ndarray:
        label[:2, :2] = 40
        return (label + 1).astype(np.uint16)

    findings = examine(write(tmp_path / "data", change=change))
    assert "very likely one too high: no id would be outside" in named(findings, "off-by-one").message
    outside = named(findings, "outside-taxonomy")
    assert ": 41; the first in" in outside.message
    assert "0000.png" in outside.message


@pytest.mark.full
def test_two_domains_of_a_taxonomy_of_no_room(tmp_path: Path) -> None:
    kinds = {"name": "own", "categories": [{"id": number, "name": f"thing {number}"} for number in range(1, 41)]}
    (tmp_path / "own.json").write_text(json.dumps(kinds), encoding="utf-8")
    changes = (f"data.labels_taxonomy={tmp_path / 'own.json'}", f"data.taxonomy={tmp_path / 'own.json'}")
    one = write(tmp_path / "one")
    assert examine(one, write(tmp_path / "two", seed=1), changes=changes) == []
    off = write(tmp_path / "off", seed=1, change=lambda label: label + np.uint16(1))
    finding = named(examine(one, off, changes=changes), "off-by-one")
    assert finding.subject == "one, off"
    assert "possibly" in finding.message
    assert "ids of one one higher" in finding.message


def test_masks_in_black_and_white(tmp_path: Path) -> None:
    data = write(tmp_path / "data", change=lambda label: np.where(label == IDS["floor"], 255, 0).astype(np.uint8))
    assert only(examine(data), "mask-0-255").severity == "error"


def test_void(tmp_path: Path) -> None:
    def bury(label: np.ndarray) -> np.ndarray:
        label[20:] = 0
        return label

    found = examine(write(tmp_path / "much", change=bury))
    assert "72.2 % of the pixels are void" in named(found, "mostly-void").message
    empty = write(tmp_path / "empty", change=lambda label: label * np.uint16(0))
    assert only(examine(empty), "all-void").severity == "error"


def test_categories_without_a_counterpart(tmp_path: Path) -> None:
    kinds = {"name": "few", "categories": [{"id": 1, "name": "floor"}, {"id": 2, "name": "wall"}]}
    (tmp_path / "few.json").write_text(json.dumps(kinds), encoding="utf-8")
    found = examine(write(tmp_path / "data"), changes=(f"data.taxonomy={tmp_path / 'few.json'}",))
    finding = only(found, "unmapped")
    assert finding.severity == "warning"
    assert finding.message.startswith("7 categories, ")
    assert "cabinet (" in finding.message


@pytest.mark.full
def test_classes_that_a_split_lacks(tmp_path: Path) -> None:
    data = write(tmp_path / "data")
    for path in sorted((data / "labels").iterdir())[:6]:
        with Image.open(path) as picture:
            label = np.asarray(picture)
        Image.fromarray(np.where(label == IDS["bed"], IDS["floor"], label).astype(np.uint8)).save(path)
    (tmp_path / "train.txt").write_text("\n".join(f"{k:04d}" for k in range(6)), encoding="utf-8")
    (tmp_path / "test.txt").write_text("0006\n0007", encoding="utf-8")
    changes = (f"data.train={tmp_path / 'train.txt'}", f"data.test={tmp_path / 'test.txt'}")
    finding = only(examine(data, changes=changes), "absent")
    assert (finding.severity, finding.subject) == ("warning", "data train")
    assert "no image shows bed, which" in finding.message
    swapped = (f"data.train={tmp_path / 'test.txt'}", f"data.test={tmp_path / 'train.txt'}")
    finding = only(examine(data, changes=swapped), "absent")
    assert (finding.severity, finding.subject) == ("note", "data test")


def test_the_same_photo_in_two_splits(tmp_path: Path) -> None:
    data = write(tmp_path / "data")
    with Image.open(data / "images" / "0001.png") as picture:
        stream = io.BytesIO()
        picture.point(lambda value: min(255, int(value * 1.1))).resize((80, 60)).save(stream, "JPEG", quality=50)
    with Image.open(stream) as again:
        again.resize((96, 72)).save(data / "images" / "0007.png")
    shutil.copy(data / "labels" / "0001.png", data / "labels" / "0007.png")
    (tmp_path / "train.txt").write_text("\n".join(f"{k:04d}" for k in range(6)), encoding="utf-8")
    (tmp_path / "test.txt").write_text("0006\n0007", encoding="utf-8")
    changes = (f"data.train={tmp_path / 'train.txt'}", f"data.test={tmp_path / 'test.txt'}")
    finding = only(examine(data, changes=changes), "near-duplicates")
    assert finding.subject == "data train, data test"
    assert "1 images of data test are nearly the same" in finding.message
    assert "such as 0007 as 0001" in finding.message


@pytest.mark.full
def test_sizes_that_differ(tmp_path: Path) -> None:
    data = write(tmp_path / "data")
    with Image.open(data / "images" / "0002.png") as picture:
        picture.resize((64, 48)).save(data / "images" / "0002.png")
    finding = only(examine(data), "sizes-differ")
    assert "0002.png is 96x72 and its image 64x48" in finding.message
    wide = write(tmp_path / "wide", seed=3, size=(128, 72))
    finding = only(examine(write(tmp_path / "other"), wide), "stretched")
    assert "from 96x72 to 128x72" in finding.message


def test_labels_that_cannot_be_read(tmp_path: Path) -> None:
    data = write(tmp_path / "data")
    Image.new("RGB", (96, 72)).save(data / "labels" / "0001.png")
    (data / "images" / "0003.png").write_bytes((data / "images" / "0003.png").read_bytes()[:300])
    finding = only(examine(data), "unreadable")
    assert finding.message.startswith("2 images or labels can't be read: ")


@pytest.mark.full
def test_labels_of_noise_are_not_learned(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)

    def scatter(label: np.ndarray) -> np.ndarray:
        return rng.permutation(label.ravel()).reshape(label.shape)

    finding = named(examine(write(tmp_path / "data", change=scatter)), "one-batch")
    assert "a small network reaches" in finding.message
    one = write(tmp_path / "one", change=lambda label: np.full_like(label, IDS["wall"]))
    assert "all labelled pixels are wall" in named(examine(one), "one-class").message


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    data = write(tmp_path / "data")

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["doctor", *words, "--set", "data.labels_taxonomy=nyu40"])
        return (int(ended.value.code or 0), *capsys.readouterr())

    status, said, _ = run("data")
    assert status == 0
    assert "Findings: no problems found." in said
    text = (tmp_path / "doctor.html").read_text(encoding="utf-8")
    assert "http" not in text
    assert text.count("data:image/png;base64,") == 3
    for path in (data / "labels").iterdir():
        with Image.open(path) as picture:
            label = np.asarray(picture)
        Image.fromarray((label == 1).astype(np.uint8) * np.uint8(255)).save(path)
    status, said, _ = run("data", "--json", "--page", "other.html")
    assert status == 1
    content = json.loads(said)
    assert [finding["code"] for finding in content["findings"]] == ["mask-0-255"]
    assert content["shares"]["data"].keys() >= {"wall", "void"}
    assert "black-and-white masks" in (tmp_path / "other.html").read_text(encoding="utf-8")
    assert run("nowhere")[0] == 2
    (tmp_path / "bare" / "images").mkdir(parents=True)
    assert run("bare") == (2, "", run("bare")[2])


@pytest.mark.usefixtures("untried")
@pytest.mark.parametrize(
    ("rest", "changes", "severity"),
    [(255, (), "error"), (255, ("data.void=[0,255]",), "warning"), (0, (), "warning")],
)
def test_masks_in_which_0_is_a_category(tmp_path: Path, rest: int, changes: tuple[str, ...], severity: str) -> None:
    """Background 0, two things 1 and 2, and a border that is void in some; the taxonomy has ids 1 to 3."""
    kinds = {
        "name": "abc",
        "categories": [{"id": k, "name": name} for k, name in enumerate(("back", "red", "blue"), 1)],
    }
    (tmp_path / "abc.json").write_text(json.dumps(kinds), encoding="utf-8")
    changes += tuple(f"data.{key}={tmp_path / 'abc.json'}" for key in ("taxonomy", "labels_taxonomy"))

    def change(label: np.ndarray) -> np.ndarray:
        from_zero = np.select([label == IDS["floor"], label == IDS["ceiling"]], [1, 2], 0)
        from_zero[:2] = rest
        return from_zero.astype(np.uint8)

    data = write(tmp_path / "data", change=change)
    finding = only(examine(data, changes=changes), "zero-based")
    assert finding.severity == severity
    assert "back" in finding.message
    assert "data.labels_from_zero=true" in finding.advice
    fixed = tuple(one for one in changes if not one.startswith("data.void"))
    assert examine(data, changes=(*fixed, "data.labels_from_zero=true")) == []
    from_one = write(
        tmp_path / "one", change=lambda label: np.where(change(label) == 255, 0, change(label) + 1).astype(np.uint8)
    )
    assert examine(from_one, changes=changes) == []


@pytest.mark.usefixtures("untried")
def test_lossy_masks_and_turned_photos(tmp_path: Path) -> None:
    data = write(tmp_path / "data")
    for path in sorted((data / "labels").glob("*.png"))[:3]:
        with Image.open(path) as mask:
            mask.convert("L").save(path.with_suffix(".jpg"))
        path.unlink()
    for path in sorted((data / "images").glob("*.png"))[4:6]:
        with Image.open(path) as photo:
            photo.transpose(Image.Transpose.ROTATE_90).save(path)
    findings = examine(data)
    assert {finding.code for finding in findings} == {"unreadable", "sizes-differ"}
    assert "3 images or labels can't be read" in named(findings, "unreadable").message
    assert "0000.jpg' is a label in a lossy format" in named(findings, "unreadable").message
    assert "0004.png is 96x72 and its image 72x96" in named(findings, "sizes-differ").message


@pytest.mark.usefixtures("untried")
def test_a_test_part_of_nothing_but_void(tmp_path: Path) -> None:
    data = write(tmp_path / "data")
    for number in (6, 7):
        Image.fromarray(np.zeros((72, 96), np.uint8)).save(data / "labels" / f"{number:04d}.png")
    (tmp_path / "train.txt").write_text("".join(f"{k:04d}\n" for k in range(6)), encoding="utf-8")
    (tmp_path / "test.txt").write_text("0006\n0007\n", encoding="utf-8")
    changes = (f"data.train={tmp_path / 'train.txt'}", f"data.test={tmp_path / 'test.txt'}")
    finding = named(examine(data, changes=changes), "all-void")
    assert finding.subject == "data test"
    assert finding.severity == "error"


@pytest.mark.usefixtures("untried")
def test_labels_that_were_drawn_on_stored_pixels(tmp_path: Path) -> None:
    """Square photos held in four ways, half of them: sizes say nothing, the edges in them do."""
    rng = np.random.default_rng(3)
    turns = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    for place in ("upright", "stored"):
        for name in ("images", "labels"):
            (tmp_path / place / name).mkdir(parents=True)
    for number in range(8):
        pixels, ids = room(rng, (72, 72))
        held = (1, 3, 6, 8)[number % 4]
        photo, mask = Image.fromarray(pixels), Image.fromarray(ids.astype(np.uint8))
        stored = [one.transpose(turns[held]) if held in turns else one for one in (photo, mask)]
        exif = Image.Exif()
        exif[0x112] = held
        for place, label in (("upright", mask), ("stored", stored[1])):
            stored[0].save(tmp_path / place / f"images/{number}.jpg", exif=exif, quality=95)
            label.save(tmp_path / place / f"labels/{number}.png")
    assert examine(tmp_path / "upright") == []
    finding = named(examine(tmp_path / "stored"), "labels-turned")
    assert "EXIF turns 6 photos" in finding.message
    assert examine(tmp_path / "stored", changes=("data.labels_upright=false",)) == []
