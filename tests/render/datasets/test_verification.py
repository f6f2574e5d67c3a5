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
from spoiled import Copy, expect
from sweepset import taxonomy
from sweepset.errors import SweepsetError
from sweepset.findings import Finding
from sweepset_render.blender.installations import Blender
from sweepset_render.datasets import contact_sheet, dataset, geometry, verification

Render = Callable[..., Path]


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
    # Cameras that stand still see two moments that are nearly alike.
    found = clean(render(hazard, *options, samples=16, blender=blender))
    assert [finding.code for finding in found] == ["near-duplicate"]
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


def test_a_page_names_the_file_that_it_cannot_show(copy: Copy) -> None:
    path = copy.path("image", 0)
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(SweepsetError, match=f"{path.name}' is cut off"):
        contact_sheet.write(copy.folder, copy.data)
