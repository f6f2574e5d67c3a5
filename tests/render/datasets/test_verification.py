"""`sweepset verify`: each planted fault is found in its frames, and clean datasets give no finding.

A fault is planted into a copy of a rendered dataset, and what its records say of the pictures is made to agree, so that
only the pictures themselves can tell.
"""

from __future__ import annotations

import functools
import itertools
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import OpenEXR
import pytest

from commands import CHECKOUT, Run
from sweepset import taxonomy
from sweepset.findings import Finding
from sweepset.job import ON_REQUEST
from sweepset_render.blender.installations import Blender
from sweepset_render.datasets import dataset, geometry, verification

Render = Callable[..., Path]


class Copy:
    """A copy of a dataset to spoil."""

    def __init__(self, source: Path, folder: Path) -> None:
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns(".sweepset"))
        self.folder = folder
        self.data = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))

    def path(self, kind: str, frame: int) -> Path:
        return self.folder / self.data["frames"][frame]["files"][kind]

    def read(self, kind: str, frame: int) -> np.ndarray:
        array = cv2.imread(str(self.path(kind, frame)), cv2.IMREAD_UNCHANGED)
        assert array is not None
        return array

    def write(self, kind: str, frame: int, array: np.ndarray) -> None:
        assert cv2.imwrite(str(self.path(kind, frame)), array)
        self.record(frame)

    def swap(self, kind: str, first: int, second: int) -> None:
        a, b = self.read(kind, first), self.read(kind, second)
        self.write(kind, first, b)
        self.write(kind, second, a)

    def add(self, kind: str, folder: str, arrays: list[np.ndarray]) -> None:
        """Add a ground truth that is stored as pictures."""
        (self.folder / folder).mkdir()
        for frame, array in enumerate(arrays):
            self.data["frames"][frame]["files"][kind] = f"{folder}/{frame:06d}.png"
            assert cv2.imwrite(str(self.path(kind, frame)), array)
        self.save()

    def record(self, frame: int) -> None:
        """Let a frame's record agree with its pictures, so far as these can be read."""
        entry = self.data["frames"][frame]
        ids, counts = np.unique(self.read("label", frame), return_counts=True)
        entry["pixels"] = {str(number): int(count) for number, count in zip(ids, counts)}
        entry["mean"] = round(float(self.read("image", frame).mean()), 2)
        if "depth" in entry["files"]:
            entry["median_depth"] = int(np.median(self.read("depth", frame)))
        self.save()

    def drop(self, *kinds: str) -> None:
        """Leave ground truths out, as if they had never been rendered."""
        for kind in kinds:
            for entry in self.data["frames"]:
                (self.folder / entry["files"].pop(kind)).unlink()
        self.data["job"]["outputs"] = [kind for kind in self.data["job"]["outputs"] if kind not in kinds]
        self.save()

    def save(self) -> None:
        (self.folder / "dataset.json").write_text(json.dumps(self.data), encoding="utf-8")

    def verify(self) -> dict[str, Finding]:
        return {finding.code: finding for finding in verification.verify(dataset.Dataset(self.folder)).findings}


@pytest.fixture
def copy(kitchen: Path, tmp_path: Path) -> Copy:
    return Copy(kitchen, tmp_path / "copy")


def expect(found: dict[str, Finding], *frames: int, **codes: str) -> None:
    """Check that what was planted was found, in its frames, and nobody else accused."""
    for code in codes.values():
        assert code in found, f"{code} is not among {[f.message for f in found.values()]}"
        assert list(found[code].frames) == sorted(frames), found[code]
        assert all(f"{frame:06d}" in found[code].subject for frame in frames)
    for finding in found.values():
        assert set(finding.frames) <= set(frames), finding


def test_swapped_images(copy: Copy) -> None:
    copy.swap("image", 2, 9)
    expect(copy.verify(), 2, 9, code="swapped")


@pytest.mark.full
def test_swapped_images_of_neighbours(render: Render, blender: Blender, tmp_path: Path) -> None:
    """Neither turns an orbit of three degrees a frame, nor its missing depth, hide a swap."""
    options = ("--sweep", "orbit", "-p", "turns=0.1", "--frames", "12")
    orbit = Copy(render("kitchen", *options, size="160x120", blender=blender), tmp_path / "orbit")
    assert not orbit.verify()
    orbit.swap("image", 5, 6)
    expect(orbit.verify(), 5, 6, code="swapped")
    orbit.drop("depth")
    expect(orbit.verify(), 5, 6, code="swapped")


def test_swapped_labels(copy: Copy) -> None:
    copy.swap("label", 0, 7)
    expect(copy.verify(), 0, 7, code="label-mismatch")
    copy.drop("instances")
    expect(copy.verify(), 0, 7, code="swapped")


def test_swapped_depth(copy: Copy) -> None:
    copy.swap("depth", 3, 4)
    expect(copy.verify(), 3, 4, code="swapped")


def test_image_of_another_frame(copy: Copy) -> None:
    """An image is recognized as another's though it is not that one to the byte."""
    image = copy.read("image", 4)
    copy.write("image", 8, cv2.convertScaleAbs(image, alpha=0.95))
    expect(copy.verify(), 8, code="image-mismatch")


def test_images_all_one_frame_late(copy: Copy) -> None:
    images = [copy.read("image", frame) for frame in range(12)]
    for frame in range(12):
        copy.write("image", frame, images[frame - 1])
    expect(copy.verify(), *range(12), code="image-mismatch")


def test_off_by_one_ids(copy: Copy) -> None:
    label = copy.read("label", 5)
    copy.write("label", 5, np.where((label > 0) & (label < 40), label + 1, label).astype(np.uint8))
    found = copy.verify()
    expect(found, 5, code="wrong-category")
    assert "its table says" in found["wrong-category"].message


def test_one_off_by_one_id(copy: Copy) -> None:
    label = copy.read("label", 5)
    number = int(np.bincount(label.ravel())[1:].argmax()) + 1
    copy.write("label", 5, np.where(label == number, number + 1, label).astype(np.uint8))
    expect(copy.verify(), 5, code="wrong-category")


def test_off_by_one_ids_without_instances(copy: Copy) -> None:
    copy.drop("instances")
    label = copy.read("label", 5)
    copy.write("label", 5, np.where((label > 0) & (label < 40), label + 1, label).astype(np.uint8))
    expect(copy.verify(), 5, code="views-differ")


def shifted(array: np.ndarray, x: int, y: int) -> np.ndarray:
    padded = np.pad(array, 8, mode="edge")
    height, width = array.shape
    return padded[8 - y : 8 - y + height, 8 - x : 8 - x + width]


@pytest.mark.parametrize("shift", [(2, 0), (0, -2), (1, 1), (-3, 2)])
def test_shifted_label(copy: Copy, shift: tuple[int, int]) -> None:
    copy.write("label", 6, shifted(copy.read("label", 6), *shift))
    found = copy.verify()
    expect(found, 6, code="shifted")
    assert "({:+d}, {:+d}) pixels off the instances".format(*shift) in found["shifted"].message


def test_shifted_label_and_instances(copy: Copy) -> None:
    for kind in ("label", "instances"):
        copy.write(kind, 6, shifted(copy.read(kind, 6), 2, 0))
    found = copy.verify()
    expect(found, 6, code="shifted")
    assert "(+2, +0) pixels off the depth" in found["shifted"].message


def test_shifted_label_without_other_truth(copy: Copy) -> None:
    copy.drop("instances", "depth")
    assert not copy.verify()
    copy.write("label", 6, shifted(copy.read("label", 6), 3, 0))
    found = copy.verify()
    expect(found, 6, code="shifted")
    assert "off the image" in found["shifted"].message


@pytest.mark.parametrize("share", [0.99, 0.5, 0.02])
@pytest.mark.parametrize("kind", ["image", "label", "depth"])
def test_truncated_png(copy: Copy, kind: str, share: float) -> None:
    path = copy.path(kind, 1)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    expect(copy.verify(), 1, code="file-broken")


def test_damaged_png(copy: Copy) -> None:
    path = copy.path("label", 1)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    expect(copy.verify(), 1, code="file-broken")


def test_truncated_jpeg(copy: Copy) -> None:
    for frame in range(12):
        image = copy.read("image", frame)
        copy.path("image", frame).unlink()
        copy.data["frames"][frame]["files"]["image"] = f"images/{frame:06d}.jpg"
        copy.write("image", frame, image)
    assert not copy.verify()
    path = copy.path("image", 11)
    path.write_bytes(path.read_bytes()[:-100])
    expect(copy.verify(), 11, code="file-broken")


def test_truncated_exr(copy: Copy) -> None:
    for frame in range(12):
        depth = copy.read("depth", frame).astype(np.float32) / 1000
        name = f"depth/{frame:06d}.exr"
        copy.data["frames"][frame]["files"]["depth-float"] = name
        header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
        OpenEXR.File(header, {"V": depth}).write(str(copy.folder / name))
    copy.save()
    assert not copy.verify()
    path = copy.path("depth-float", 3)
    path.write_bytes(path.read_bytes()[:-500])
    expect(copy.verify(), 3, code="file-broken")


def test_duplicated_frame(copy: Copy) -> None:
    for kind in ("image", "label", "instances", "depth"):
        copy.write(kind, 10, copy.read(kind, 2))
    expect(copy.verify(), 2, 10, code="duplicate")


def test_duplicated_image(copy: Copy) -> None:
    copy.write("image", 10, copy.read("image", 2))
    found = copy.verify()
    expect(found, 2, 10, code="duplicate")
    assert found["image-mismatch"].frames == [10]


def test_nearly_duplicated_frame(copy: Copy) -> None:
    for kind in ("label", "instances", "depth"):
        copy.write(kind, 10, copy.read(kind, 2))
    image = copy.read("image", 2)
    noise = np.random.default_rng(0).normal(0, 2, image.shape)
    copy.write("image", 10, np.clip(image + noise, 0, 255).astype(np.uint8))
    copy.data["frames"][10]["files"].pop("depth")
    copy.data["job"]["outputs"].remove("depth")
    copy.save()
    found = copy.verify()
    assert found["near-duplicate"].frames == [2, 10]
    assert found["near-duplicate"].severity == "note"


@pytest.mark.parametrize("share", [0.005, 0.05])
@pytest.mark.parametrize("kinds", [("label",), ("instances",), ("label", "instances")])
def test_speckle(copy: Copy, kinds: tuple[str, ...], share: float) -> None:
    random = np.random.default_rng(0)
    spots = random.random(copy.read("label", 4).shape) < share
    for kind in kinds:
        array = copy.read(kind, 4)
        array[spots] = random.choice(np.unique(array), int(spots.sum()))
        copy.write(kind, 4, array)
    expect(copy.verify(), 4, code="speckle")


def test_speckle_without_other_truth(copy: Copy) -> None:
    copy.drop("instances", "depth")
    random = np.random.default_rng(0)
    label = copy.read("label", 4)
    spots = random.random(label.shape) < 0.01
    label[spots] = random.choice(np.unique(label), int(spots.sum()))
    copy.write("label", 4, label)
    expect(copy.verify(), 4, code="speckle")


@functools.cache
def seen(copy: Copy, frame: int) -> dict[int, int]:
    """Return the pixels of each instance of a frame, the largest first."""
    ids, counts = np.unique(copy.read("instances", frame), return_counts=True)
    return dict(sorted(zip(ids.tolist(), counts.tolist()), key=lambda item: -item[1]))


def test_merged_instances_of_two_categories(copy: Copy) -> None:
    label, instances = copy.read("label", 3), copy.read("instances", 3)
    categories = {number: int(label[instances == number][0]) for number in seen(copy, 3) if number}
    first = next(iter(categories))
    small = [number for number, pixels in seen(copy, 3).items() if number and pixels < 0.05 * label.size]
    second = next(number for number in small if categories[number] != categories[first])
    instances[instances == second] = first
    copy.write("instances", 3, instances)
    found = copy.verify()
    assert found["mixed-instance"].frames == [3]
    assert all(finding.frames == [3] for finding in found.values())


def test_merged_instances_of_one_category(copy: Copy) -> None:
    """Two things that became one are told by other frames, which see two."""
    kind = {entry["id"]: entry["category_id"] for entry in copy.data["instances"]}
    frame, first, second = max(
        (
            (frame, first, second)
            for frame in range(12)
            for first, second in itertools.permutations(set(seen(copy, frame)) - {0}, 2)
            if kind[first] == kind[second]
        ),
        key=lambda case: min(seen(copy, case[0])[case[1]], seen(copy, case[0])[case[2]]),
    )
    instances = copy.read("instances", frame)
    instances[instances == second] = first
    copy.write("instances", frame, instances)
    expect(copy.verify(), frame, code="merged-instance")


def test_missing_file(copy: Copy) -> None:
    copy.path("depth", 8).unlink()
    expect(copy.verify(), 8, code="file-missing")


def test_stray_file(copy: Copy) -> None:
    shutil.copy(copy.path("image", 0), copy.folder / "images" / "000000 copy.png")
    found = copy.verify()
    assert list(found) == ["file-stray"]
    assert "images/000000 copy.png" in found["file-stray"].message


@pytest.mark.parametrize("kind", ["image", "label", "instances", "depth"])
def test_wrong_size(copy: Copy, kind: str) -> None:
    array = copy.read(kind, 7)
    cv2.imwrite(str(copy.path(kind, 7)), cv2.resize(array, (80, 60), interpolation=cv2.INTER_NEAREST))
    expect(copy.verify(), 7, code="wrong-size")


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("image", lambda a: a.astype(np.uint16)),
        ("image", lambda a: a[:, :, 0]),
        ("label", lambda a: a.astype(np.uint16)),
        ("label", lambda a: np.dstack([a] * 3)),
        ("instances", lambda a: a.astype(np.uint8)),
        ("depth", lambda a: (a >> 8).astype(np.uint8)),
    ],
)
def test_wrong_type(copy: Copy, kind: str, change: Callable[[np.ndarray], np.ndarray]) -> None:
    cv2.imwrite(str(copy.path(kind, 7)), change(copy.read(kind, 7)))
    expect(copy.verify(), 7, code="wrong-type")


def test_id_outside_the_taxonomy(copy: Copy) -> None:
    label = copy.read("label", 2)
    label[10:14, 10:14] = 99
    copy.write("label", 2, label)
    found = copy.verify()
    expect(found, 2, code="outside-taxonomy")
    assert "ids 99" in found["outside-taxonomy"].message


def test_instance_of_nobody(copy: Copy) -> None:
    instances = copy.read("instances", 2)
    instances[instances == instances[60, 80]] = 60000
    copy.write("instances", 2, instances)
    found = copy.verify()
    assert found["unknown-instance"].frames == [2]


def test_black_image(copy: Copy) -> None:
    copy.write("image", 9, np.zeros_like(copy.read("image", 9)))
    expect(copy.verify(), 9, code="black")


def test_blown_out_image(copy: Copy) -> None:
    copy.write("image", 9, cv2.convertScaleAbs(copy.read("image", 9), alpha=6))
    found = copy.verify()
    assert found["blown-out"].frames == [9]


def test_empty_frame(copy: Copy) -> None:
    for kind in ("label", "instances", "depth"):
        copy.write(kind, 9, np.zeros_like(copy.read(kind, 9)))
    found = copy.verify()
    assert found["empty"].frames == [9]
    assert "8.3% of pixels are unlabelled" in found["pixels-unlabelled"].message


def test_frame_of_a_single_thing(copy: Copy) -> None:
    for kind in ("label", "instances"):
        copy.write(kind, 9, np.full_like(copy.read(kind, 9), copy.read(kind, 9)[60, 80]))
    assert copy.verify()["near-empty"].frames == [9]


def test_changed_pictures(copy: Copy) -> None:
    """The records tell of any picture that is not what was rendered."""
    image = copy.read("image", 1)
    cv2.imwrite(str(copy.path("image", 1)), image // 2)
    expect(copy.verify(), 1, code="changed")


def test_pose_of_another_frame(copy: Copy) -> None:
    cameras = json.loads((copy.folder / "cameras.json").read_text())
    cameras["frames"][3]["camera_to_world"] = cameras["frames"][6]["camera_to_world"]
    (copy.folder / "cameras.json").write_text(json.dumps(cameras))
    assert 3 in copy.verify()["views-disagree"].frames


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c["frames"].pop(4), "does not have the frame"),
        (lambda c: c["frames"][4]["K"][0].__setitem__(0, -1), "focal lengths"),
        (lambda c: c["frames"][4]["camera_to_world"][0].__setitem__(0, 5), "no rotation"),
        (lambda c: c["frames"][4].update(camera_to_world=None), "no 4x4"),
    ],
)
def test_cameras_that_cannot_be(copy: Copy, change: Callable[[Any], Any], message: str) -> None:
    cameras = json.loads((copy.folder / "cameras.json").read_text())
    change(cameras)
    (copy.folder / "cameras.json").write_text(json.dumps(cameras))
    found = copy.verify()
    expect(found, 4, code="camera")
    assert message in found["camera"].message


def test_tables_that_contradict_themselves(copy: Copy) -> None:
    copy.data["splits"] = {"train": [0, 1, 77], "test": [1]}
    copy.data["instances"][0]["category_id"] = 555
    copy.save()
    message = copy.verify()["table"].message
    assert "frame 000077, which the table does not have" in message
    assert "frame 000001 are in several splits" in message
    assert "category 555" in message


@pytest.fixture(scope="session")
def everything(render: Render, blender: Blender) -> Path:
    """Return a dataset with every ground truth there is."""
    extra = [option for kind in ON_REQUEST for option in ("--with", kind)]
    return render(
        "kitchen", "--sweep", "orbit", "-p", "turns=0.2", "--frames", "4", *extra, size="160x120", blender=blender
    )


@pytest.fixture
def rich(everything: Path, tmp_path: Path) -> Copy:
    return Copy(everything, tmp_path / "rich")


def test_everything_is_clean(rich: Copy, run: Run) -> None:
    result = run("verify", rich.folder, "--json")
    assert result.returncode == 0, result.stdout
    assert json.loads(result.stdout) == []


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("normals", lambda a: a[:, :, ::-1], "off what depth says"),  # x and z exchanged
        ("normals", lambda a: np.where(a > 0, 65535 - a, 0), "off what depth says"),  # away from the camera
        ("normals", lambda a: a // 2, "unit length"),
        ("flow", lambda a: a[:, :, [0, 2, 1]], "off what depth and cameras say"),  # u and v exchanged (BGR)
        (
            "flow",
            lambda a: np.where(a[:, :, :1] == 1, [1, 32768, 32768], a),
            "off what depth and cameras say",
        ),  # stands still
        ("flow", lambda a: np.where(a[:, :, :1] == 1, a * [0, 1, 1] + [2, 0, 0], a), "neither defined"),
    ],
)
def test_wrong_directions(rich: Copy, kind: str, change: Callable[[np.ndarray], np.ndarray], message: str) -> None:
    rich.write(kind, 1, change(rich.read(kind, 1)).astype(np.uint16))
    found = rich.verify()
    expect(found, 1, code=f"{kind}-wrong")
    assert message in found[f"{kind}-wrong"].message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda thing: thing.update(bbox=[thing["bbox"][0] + 1, *thing["bbox"][1:]]), "its mask"),
        (lambda thing: thing.update(area=thing["area"] + 1), "has area"),
        (lambda thing: thing.update(category_id=thing["category_id"] + 1), "has category"),
        (lambda thing: thing.update(visibility=1.5), "visibility 1.5"),
        (lambda thing: thing.update(amodal_bbox=[0, 0, 1, 1]), "does not hold"),
        (lambda thing: thing["object_to_camera"][0].__setitem__(0, 7), "no rotation"),
        (lambda thing: thing.update(id=54321), "not listed"),
    ],
)
def test_wrong_boxes(rich: Copy, change: Callable[[dict[str, Any]], Any], message: str) -> None:
    path = rich.path("objects", 2)
    told = json.loads(path.read_text(encoding="utf-8"))
    change(max(told["objects"], key=lambda thing: thing["area"]))
    path.write_text(json.dumps(told), encoding="utf-8")
    found = rich.verify()
    expect(found, 2, code="objects-wrong")
    assert message in found["objects-wrong"].message


def test_float_depth_of_another_frame(rich: Copy) -> None:
    shutil.copy(rich.path("depth-float", 0), rich.path("depth-float", 3))
    expect(rich.verify(), 3, code="depth-mismatch")


def test_points_of_another_frame(rich: Copy) -> None:
    shutil.copy(rich.path("points", 0), rich.path("points", 3))
    expect(rich.verify(), 3, code="points-wrong")


def test_truncated_points(rich: Copy) -> None:
    path = rich.path("points", 3)
    path.write_bytes(path.read_bytes()[:-7])
    expect(rich.verify(), 3, code="file-broken")


def test_right_image_of_another_frame(rich: Copy) -> None:
    image = rich.read("stereo", 3)
    rich.write("stereo", 0, image)
    expect(rich.verify(), 0, code="stereo-wrong")


def clean(folder: Path) -> list[Finding]:
    """Return what verify finds in a dataset, but that much of it is unlabelled, which is true."""
    found = verification.verify(dataset.Dataset(folder)).findings
    return [finding for finding in found if finding.code != "pixels-unlabelled"]


@pytest.mark.full
@pytest.mark.parametrize(
    "options",
    [
        ("--frames", "12", "--format", "jpg"),
        ("--sweep", "orbit", "--frames", "12"),
        ("--sweep", "gimbal", "--frames", "12"),
        ("--frames", "6", "--seed", "3", "--without", "depth"),
        ("--frames", "6", "--seed", "3", "--without", "instances"),
    ],
)
def test_clean_kitchens(render: Render, blender: Blender, options: tuple[str, ...]) -> None:
    assert clean(render("kitchen", *options, size="160x120", samples=16, blender=blender)) == []


@pytest.mark.full
def test_clean_hazards(render: Render, blender: Blender, hazard: Path) -> None:
    """Hair, holes, mirrors, moving things, ids up to 32767: nothing of it is taken for a fault."""
    taxonomy = hazard.with_name(f"{hazard.stem}.taxonomy.json")
    options = ("--sweep", "cameras", "--seed", "7", "--taxonomy", taxonomy)
    assert clean(render(hazard, *options, samples=16, blender=blender)) == []
    few = ("--frames", "6", "--exposure", "-2", "--taxonomy", taxonomy)
    assert clean(render(hazard, *few, size="160x120", samples=16, blender=blender)) == []


@pytest.mark.full
@pytest.mark.parametrize("name", ["apartment_morse_v265", "bmw27_gpu", "dining_japanese_v280"])
def test_clean_scenes_from_outside(render: Render, blender: Blender, shared: Path, name: str) -> None:
    sweep = ("--sweep", "orbit") if name.startswith("bmw") else ()
    scene = shared / "scenes" / f"{name}.blend"
    assert clean(render(scene, *sweep, "--frames", "6", size="160x120", blender=blender)) == []


def test_the_command(run: Run, copy: Copy, tmp_path: Path) -> None:
    """Exit status, JSON, table, and what the dataset's page and record say of a verification."""
    result = run("verify", copy.folder)
    assert (result.returncode, result.stderr) == (0, "")
    assert "no problems found" in result.stdout
    page = copy.folder / "index.html"
    assert "verified the dataset's files and found nothing" in page.read_text(encoding="utf-8")
    before = (copy.folder / "dataset.json").read_bytes()

    copy.path("image", 0).write_bytes(b"")
    copy.path("label", 5).unlink()
    result = run("verify", copy.folder)
    assert result.returncode == 1
    assert "missing" in result.stdout
    result = run("verify", copy.folder, "--json")
    assert result.returncode == 1
    told = {entry["code"]: entry for entry in json.loads(result.stdout)}
    assert told["file-broken"]["frames"] == [0]
    assert told["file-missing"]["frames"] == [5]
    kept = json.loads((copy.folder / "verification.json").read_text(encoding="utf-8"))
    assert kept["findings"] == [*told.values()]
    assert [entry["frame"] for entry in kept["frames"]] == [0, 5]
    assert kept["frames"][1]["remarks"][0] == {"code": "file-missing", "detail": "labels/000005.png"}
    text = page.read_text(encoding="utf-8")
    assert "labels/000005.png" in text
    assert text.count("<figure>") == 10, "what can be read is shown"
    assert (copy.folder / "dataset.json").read_bytes() == before, "dataset.json stays as it is"

    result = run("verify", tmp_path)
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1


def test_many_frames_are_shared_out(copy: Copy) -> None:
    """Several processes find the same as one."""
    records = copy.data["frames"]
    copy.data["frames"] = [{**records[k % 12], "frame": k} for k in range(60)]
    copy.data["splits"] = {}
    copy.save()
    cameras = json.loads((copy.folder / "cameras.json").read_text())["frames"]
    repeated = [{**cameras[k % 12], "frame": k} for k in range(60)]
    (copy.folder / "cameras.json").write_text(json.dumps({"frames": repeated}))
    copy.path("label", 7).unlink()
    found = copy.verify()
    assert found["file-missing"].frames == [7, 19, 31, 43, 55]
    assert set(found) == {"file-missing", "duplicate"}


def test_every_code_is_documented() -> None:
    text = (CHECKOUT / "docs" / "dataset.md").read_text(encoding="utf-8")
    for code, meaning in verification.CODES.items():
        assert f"| `{code}` | {meaning.severity} |" in text, code


def test_slats_are_not_what_is_between_them() -> None:
    def view(ids: int, depth: np.ndarray) -> geometry.View | None:
        camera = {"K": [[60, 0, 30], [0, 60, 20], [0, 0, 1]], "camera_to_world": np.eye(4).tolist()}
        things = {number: {"id": number, "object": "thing", "category_id": 1} for number in (1, 2)}
        frame = dataset.Frame(Path(), {"frame": ids, "time": 1, "files": {}}, camera, things)
        arrays = {"instances": np.full(depth.shape, ids, np.uint16), "depth": depth.astype(np.uint16)}
        return geometry.view(frame, arrays, taxonomy.load("nyu40"))

    slats = np.where(np.arange(40)[:, None] % 3 == 0, 2000, 2100) * np.ones((1, 60))
    between, plane = np.full((40, 60), 2050.0), 2000 + 2 * np.arange(60) * np.ones((40, 1))
    assert not list(geometry.compare_views([view(1, slats), view(2, between)]))
    assert list(geometry.compare_views([view(1, plane), view(2, plane)]))
