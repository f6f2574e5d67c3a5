"""Labels, instances, depth and cameras of rendered datasets against an independent ray cast."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sweepset_render.blender.installations import Blender
from truth import UNSURE, Dataset, Truth, ask, boundaries, compare, judge, render_hazard, run_script

Render = Callable[..., Path]
HAIRY = ("hairy", "furry")
CAMERAS = ("Überblick", "shifted", "scaled", "close", "back")


@pytest.fixture(scope="session")
def hazard_dataset(render: Render, hazard: Path, blender: Blender) -> Dataset:
    """Return the scene of hazards as the default Blender renders it."""
    return render_hazard(render, hazard, blender)


@pytest.fixture(scope="session")
def hazard_truth(
    hazard_dataset: Dataset, hazard: Path, blender: Blender, tmp_path_factory: pytest.TempPathFactory
) -> Truth:
    """Return the ray cast of that dataset."""
    return ask(blender, hazard_dataset, tmp_path_factory.mktemp("truth") / "hazard.npz", blend=hazard)


def test_comparison_fails_on_faults() -> None:
    """A judge that cannot say no is none."""
    expected = np.zeros((240, 320), np.int32)
    expected[60:180, 80:240] = 7
    assert compare(expected, expected).holds
    shifted = np.roll(expected, 1, 1)
    assert compare(shifted, expected).far == 0
    assert not compare(shifted, expected).holds
    speck = expected.copy()
    speck[100, 100] = 8
    assert not compare(speck, expected).holds
    edge = expected.copy()
    edge[60, 80] = 0
    assert compare(edge, expected).holds
    unsure = expected.copy()
    unsure[100, 100] = UNSURE
    assert compare(speck, unsure).holds


def test_hazard_truth_sees_everything(hazard_dataset: Dataset, hazard_truth: Truth) -> None:
    """The ray cast meets every piece of the scene, and none that is out of sight."""
    seen = np.concatenate([hazard_truth.array("label", frame).ravel() for frame in hazard_dataset.frames])
    counts = {name: int((seen == number).sum()) for name, number in hazard_dataset.categories.items()}
    assert counts.pop("never") == 0
    assert {name: count for name, count in counts.items() if count < 60} == {}
    assert (seen == UNSURE).mean() < 0.01
    assert (seen == 0).any()


def test_hazard_labels(hazard_dataset: Dataset, hazard_truth: Truth) -> None:
    """Whatever hazards a scene holds, labels are what rays through the pixels' centres meet."""
    judge(hazard_dataset, hazard_truth)


@pytest.mark.full
def test_hazard_labels_oldest(
    render: Render, hazard: Path, blender: Blender, blenders: list[Blender], tmp_path: Path
) -> None:
    """The same in the oldest Blender."""
    if blenders[0].version == blender.version:
        pytest.skip("only one Blender is installed")
    dataset = render_hazard(render, hazard, blenders[0])
    judge(dataset, ask(blenders[0], dataset, tmp_path / "truth.npz", blend=hazard))


def test_hazard_cameras(hazard_dataset: Dataset, hazard: Path, blender: Blender, tmp_path: Path) -> None:
    """Cameras are those of the file, each at each moment, with its lens and without parents' scale."""
    out = tmp_path / "cameras.json"
    run_script(blender, "poses.py", hazard, out)
    expected = json.loads(out.read_text(encoding="utf-8"))
    table = {entry["frame"]: entry for entry in hazard_dataset.record["frames"]}
    height, width = hazard_dataset.array("labels", 0).shape
    found = set()
    for entry in hazard_dataset.cameras:
        row = table[entry["frame"]]
        pose = np.array(entry["camera_to_world"])
        np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-5)
        assert np.linalg.det(pose[:3, :3]) == pytest.approx(1, abs=1e-5)
        name, camera = next(
            (name, camera)
            for name, moments in expected.items()
            for time, camera in moments.items()
            if int(time) == row["time"] and np.allclose(camera["camera_to_world"], pose, atol=1e-4)
        )
        found.add((name, row["time"]))
        # The lens by Blender's manual: the sensor is fitted to the wider side, or to the height where it says so.
        fit = height / camera["sensor_height"] if camera["sensor_fit"] == "VERTICAL" else width / camera["sensor_width"]
        side = height if camera["sensor_fit"] == "VERTICAL" else width
        focal = camera["lens"] * fit
        middle = (width / 2 - camera["shift_x"] * side, height / 2 + camera["shift_y"] * side)
        expected_matrix = [[focal, 0, middle[0]], [0, focal, middle[1]], [0, 0, 1]]
        np.testing.assert_allclose(entry["K"], expected_matrix, atol=0.02, err_msg=name)
    assert found >= {(name, 5) for name in CAMERAS} | {("Überblick", 6)}


def test_hazard_depth(hazard_dataset: Dataset, hazard_truth: Truth) -> None:
    """Depth is in millimetres along the camera's axis, 0 where there is none."""
    names = hazard_truth.instances
    hairy = [number for number, name in enumerate(names) if name in HAIRY]
    far, checked = 0, 0
    for frame in hazard_dataset.frames:
        depth = hazard_dataset.array("depth", frame)
        assert depth.dtype == np.uint16
        distance = hazard_truth.array("distance", frame).astype(np.float64) * 1000
        instance = hazard_truth.array("instance", frame)
        sure = ~boundaries(instance) & ~np.isin(instance, hairy)
        sure &= ~boundaries((hazard_truth.array("label", frame) == UNSURE).astype(np.int32))
        none = sure & ((instance < 0) | (distance > 65535))
        assert not depth[none].any(), f"frame {frame}: depth where there is none"
        solid = sure & (instance >= 0) & (distance < 65000)
        tolerance = np.maximum(2, 0.002 * distance)
        close = np.abs(depth - distance, where=solid, out=np.zeros_like(distance)) <= tolerance
        low, high = extremes(np.where(instance < 0, 0, distance))
        between = (depth >= low - tolerance) & (depth <= high + tolerance)
        wrong = np.argwhere(solid & ~between)
        assert not len(wrong), f"frame {frame}: depth wrong at (row, column) {wrong[:8].tolist()}"
        far += int((solid & ~close).sum())
        checked += int(solid.sum())
    assert checked > 100_000
    assert far / checked < 0.0005


def extremes(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the greatest value of every pixel's 3x3 neighbourhood."""
    padded = np.pad(values, 1, mode="edge")
    height, width = values.shape
    stack = np.stack([padded[i : i + height, j : j + width] for i in range(3) for j in range(3)])
    return stack.min(0), stack.max(0)


def test_hazard_instances(hazard_dataset: Dataset, hazard_truth: Truth) -> None:
    """An instance's id is one for the whole dataset, and its own; parts with labels of their own have their own."""
    names = hazard_truth.instances
    rows = {row["id"]: row for row in hazard_dataset.record["instances"]}
    assert len(rows) == len(hazard_dataset.record["instances"])
    ids: dict[tuple[str, int], set[int]] = {}
    for frame in hazard_dataset.frames:
        got = hazard_dataset.array("instances", frame)
        assert got.dtype == np.uint16
        expected, label = hazard_truth.array("instance", frame), hazard_truth.array("label", frame)
        sure = ~boundaries(expected) & ~boundaries(label) & (label > 0)
        for number, category in np.unique(np.stack([expected[sure], label[sure]]), axis=1).T.tolist():
            here = sure & (expected == number) & (label == category)
            ids.setdefault((names[number], category), set()).update(np.unique(got[here]).tolist())
        assert not got[(expected < 0) & ~boundaries(expected)].any(), f"frame {frame}: an instance where there is none"
    assert len(ids) > 60
    assert {key: numbers for key, numbers in ids.items() if len(numbers) != 1 or 0 in numbers} == {}
    keys_of: dict[int, list[tuple[str, int]]] = {}
    for key, (number,) in ids.items():
        keys_of.setdefault(number, []).append(key)
    assert {number: keys for number, keys in keys_of.items() if len(keys) > 1} == {}
    stated = {key: rows[number]["category_id"] for number, (key,) in keys_of.items()}
    assert {key: category for key, category in stated.items() if category != key[1]} == {}


@pytest.mark.full
def test_kitchen_labels(render: Render, blender: Blender, tmp_path: Path) -> None:
    """The shipped kitchen is labelled truly."""
    dataset = Dataset(
        render("kitchen", "--sweep", "viewpoints", "--frames", "3", "--seed", "11", blender=blender, size="320x240")
    )
    truth = ask(blender, dataset, tmp_path / "truth.npz", scene="kitchen", seed=11)
    assert len(dataset.frames) == 3
    seen = np.concatenate([truth.array("label", frame).ravel() for frame in dataset.frames])
    assert len(np.unique(seen)) >= 6
    judge(dataset, truth)


@pytest.mark.full
@pytest.mark.parametrize(
    ("name", "rule", "sweep"),
    [
        ("apartment_morse_v265", "objects", ("viewpoints", "--frames", "3")),
        ("bmw27_gpu", "materials", ("cameras", "--frames", "3")),
        ("dining_japanese_v280", "objects", ("orbit", "--frames", "2")),
    ],
)
def test_real_scenes(
    name: str, rule: str, sweep: tuple[str, ...], render: Render, blender: Blender, shared: Path, tmp_path: Path
) -> None:
    """Scenes that others made, old ones among them, are labelled truly."""
    source = shared / "scenes" / f"{name}.blend"
    if not source.is_file():
        pytest.skip(f"no {source}")
    copy = tmp_path / source.name
    run_script(blender, "relabel.py", source, rule, copy)
    dataset = Dataset(render(copy, "--sweep", *sweep, "--seed", "3", blender=blender, size="240x180"))
    truth = ask(blender, dataset, tmp_path / "truth.npz", blend=copy)
    seen = np.concatenate([truth.array("label", frame).ravel() for frame in dataset.frames])
    assert len(np.unique(seen)) >= 5
    judge(dataset, truth)
