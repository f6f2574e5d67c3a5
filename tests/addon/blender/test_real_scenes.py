"""Files as people download them: rendered right in spite of what is in them, and what it was is told."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from commands import Run
from sweepset_render.blender.installations import Blender

FAST = ("--size", "80x60", "--samples", "4", "--frames", "2")


@pytest.fixture(scope="module")
def found(run: Run, real_scenes: Path) -> Callable[..., dict[str, dict[str, str]]]:
    """Return a function that checks a scene, once, and returns what was found, by code."""
    known: dict[tuple[str, ...], dict[str, dict[str, str]]] = {}

    def check(name: str, *options: str) -> dict[str, dict[str, str]]:
        key = (name, *options)
        if key not in known:
            done = run("check", real_scenes / f"{name}.blend", "--json", *options, timeout=90)
            assert done.returncode == 0, done.stderr
            known[key] = {finding["code"]: finding for finding in json.loads(done.stdout)}
        return known[key]

    return check


@pytest.fixture
def dataset(render: Callable[..., Path], real_scenes: Path, blender: Blender) -> Callable[..., Path]:
    """Return a function that renders a scene, once, and returns the dataset's folder."""

    def render_small(name: str, *options: str) -> Path:
        frames = () if "--frames" in options else ("--frames", "2")
        scene = real_scenes / f"{name}.blend"
        return render(scene, *frames, *options, blender=blender, size="80x60", samples=4, timeout=90)

    return render_small


@pytest.mark.parametrize(
    ("name", "code", "severity"),
    [
        ("outside", "pixels-unlabelled", "warning"),
        ("outside", "outside-taxonomy", "error"),
        ("settings", "image-missing", "warning"),
        ("settings", "stamp", "note"),
        ("settings", "render-region", "note"),
        ("settings", "sample-offset", "note"),
        ("settings", "material-override", "note"),
        ("settings", "scenes", "note"),
        ("settings", "view-layers", "note"),
        ("settings", "labelled-hidden", "note"),
        *(
            pytest.param(*row, marks=pytest.mark.full)
            for row in (
                ("unlabelled", "unlabelled", "warning"),
                ("indices", "pass-indices-adopted", "warning"),
                ("indices", "pass-index-unknown", "warning"),
                ("dark", "no-light", "warning"),
                ("blinding", "exposure", "note"),
                ("cameras", "camera-type", "warning"),
                ("cameras", "camera-empty", "error"),
                ("cameras", "camera-blocked", "warning"),
                ("scripts", "scripts", "warning"),
                ("linked", "library-missing", "error"),
                ("empty", "empty", "error"),
                ("millimetres", "units", "warning"),
            )
        ),
    ],
)
def test_check_tells(found: Callable[..., dict[str, dict[str, str]]], name: str, code: str, severity: str) -> None:
    finding = found(name)[code]
    assert finding["severity"] == severity
    assert finding["message"]


def test_check_of_a_plain_scene_finds_nothing_bad(found: Callable[..., dict[str, dict[str, str]]]) -> None:
    assert set(found("plain")) <= {"exposure"}


@pytest.mark.full
def test_what_is_known_is_not_told_twice(found: Callable[..., dict[str, dict[str, str]]]) -> None:
    assert "pixels-unlabelled" not in found("unlabelled")


@pytest.mark.full
def test_units_can_be_corrected(found: Callable[..., dict[str, dict[str, str]]]) -> None:
    assert "units" not in found("millimetres", "--unit", "0.001")


@pytest.mark.full
def test_any_view_layer_gives_pictures(dataset: Callable[..., Path]) -> None:
    folder = dataset("settings", "--view-layer", "second")
    assert cv2.imread(str(folder / "images" / "000000.png")).mean() > 25
    assert (cv2.imread(str(folder / "labels" / "000000.png"), cv2.IMREAD_UNCHANGED) > 0).all()


def test_a_label_that_is_not_in_the_taxonomy_is_unlabelled(dataset: Callable[..., Path]) -> None:
    labels = [cv2.imread(str(path), cv2.IMREAD_UNCHANGED) for path in (dataset("outside") / "labels").glob("*.png")]
    assert not any((label == 4).any() for label in labels)  # the bed has the strange label
    assert any((label == 0).any() for label in labels)


@pytest.mark.full
def test_pass_indices_are_taken_as_labels(dataset: Callable[..., Path]) -> None:
    record = json.loads((dataset("indices") / "dataset.json").read_text())["frames"][0]
    assert {int(number) for number in record["pixels"]} <= {0, *range(1, 10)}
    assert any(number != "0" for number in record["pixels"])


def test_settings_are_put_aside(dataset: Callable[..., Path]) -> None:
    folder = dataset("settings")
    image = cv2.imread(str(folder / "images" / "000000.png"), cv2.IMREAD_UNCHANGED)
    label = cv2.imread(str(folder / "labels" / "000000.png"), cv2.IMREAD_UNCHANGED)
    assert image.shape == (60, 80, 3)
    assert label.shape == (60, 80)
    # A closed room: no ray leaves it, so a pixel without label would be one outside the old render region.
    assert (label > 0).all()
    assert 14 not in label  # the desk is in a collection that doesn't render


@pytest.mark.full
@pytest.mark.parametrize("name", ["dark", "blinding"])
def test_images_are_neither_black_nor_blown_out(dataset: Callable[..., Path], name: str) -> None:
    for path in (dataset(name) / "images").glob("*.png"):
        image = cv2.imread(str(path))
        assert 25 < image.mean() < 235
        assert (image > 250).mean() < 0.4


@pytest.mark.full
def test_only_usable_cameras_are_used(dataset: Callable[..., Path]) -> None:
    folder = dataset("cameras", "--sweep", "cameras", "-p", "only=good", "--frames", "1")
    camera = json.loads((folder / "cameras.json").read_text())["frames"][0]
    # Blender's camera at (0, -1.9, 1.3) that looks along +y: OpenCV's x right, y down, z forward.
    expected = [[1, 0, 0, 0], [0, 0, 1, -1.9], [0, -1, 0, 1.3], [0, 0, 0, 1]]
    assert np.allclose(camera["camera_to_world"], expected, atol=1e-5)


def test_instances_follow_what_comes_and_goes(dataset: Callable[..., Path]) -> None:
    folder = dataset("moving", "--sweep", "cameras", "--frames", "4")
    data = json.loads((folder / "dataset.json").read_text())
    sofa, lamps = [], set()
    for record in data["frames"]:
        label, instance = (
            cv2.imread(str(folder / record["files"][kind]), cv2.IMREAD_UNCHANGED) for kind in ("label", "instances")
        )
        table = {row["id"]: row for row in record.get("instances", data["instances"])}
        assert ((instance > 0) == (label > 0)).all()
        for number in np.unique(instance[instance > 0]).tolist():
            assert set(label[instance == number].tolist()) == {table[number]["category_id"]}
        lamps |= {(len(table), number) for number in np.unique(instance[label == 35]).tolist()}
        sofa.append(bool((label == 6).any()))
    assert [record["time"] for record in data["frames"]] == [1, 2, 3, 4]
    assert sofa == [True, True, False, False]
    # Three copies of an object that the viewport doesn't show, known by the same ids while the same things are there.
    assert len({number for size, number in lamps if size == max(lamps)[0]}) <= 3
    assert len({number for _, number in lamps}) >= 3


@pytest.mark.full
@pytest.mark.parametrize("name", ["fog", "focus", "editing", "linked parts"])
def test_labels_are_those_of_the_plain_twin(dataset: Callable[..., Path], name: str) -> None:
    twin, other = (dataset(scene, "--sweep", "cameras", "--frames", "1") for scene in ("twin", name))
    for kind in ("labels", "depth"):
        expected, got = (
            cv2.imread(str(folder / kind / "000000.png"), cv2.IMREAD_UNCHANGED).astype(int) for folder in (twin, other)
        )
        assert (np.abs(expected - got) <= (1 if kind == "depth" else 0)).all(), kind
        if kind == "labels":
            assert {1, 2, 3, 4, 8} <= set(np.unique(expected).tolist())  # the door is a face's label


@pytest.mark.full
def test_copies_of_materials_do_not_leak_into_bevels(dataset: Callable[..., Path]) -> None:
    label = cv2.imread(
        str(dataset("bevel", "--sweep", "cameras", "--frames", "1") / "labels" / "000000.png"), cv2.IMREAD_UNCHANGED
    )
    assert 4 in label
    assert 23 not in label


def test_scripts_run_only_when_trusted(run: Run, real_scenes: Path, tmp_path: Path) -> None:
    mark = real_scenes / "scripts ran"
    for trusted, flag in ((False, []), (True, ["--trust-scripts"])):
        done = run("render", real_scenes / "scripts.blend", "--out", tmp_path / str(trusted), *FAST, *flag, timeout=90)
        assert done.returncode == 0, done.stderr
        assert mark.exists() == trusted


@pytest.mark.full
def test_the_scene_is_not_saved_over(run: Run, real_scenes: Path, tmp_path: Path) -> None:
    path = real_scenes / "settings.blend"
    before, when = path.read_bytes(), path.stat().st_mtime_ns
    assert run("render", path, "--out", tmp_path / "out", *FAST, timeout=90).returncode == 0
    assert path.read_bytes() == before
    assert path.stat().st_mtime_ns == when


def test_unlabelled_fails_when_strict(run: Run, real_scenes: Path, tmp_path: Path) -> None:
    done = run("render", real_scenes / "unlabelled.blend", "--out", tmp_path / "out", "--strict", *FAST, timeout=90)
    assert done.returncode == 2
    assert "unlabelled" in done.stderr or "nothing is labelled" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.full
@pytest.mark.parametrize(("along", "last"), [("route", (1, 1, 1.5)), ("travelling", (1, -1.5, 1.3))])
def test_path_goes_from_end_to_end(dataset: Callable[..., Path], along: str, last: tuple[float, float, float]) -> None:
    folder = dataset("paths", "--sweep", "path", "-p", f"along={along}", "--frames", "5")
    places = [
        np.array(camera["camera_to_world"])[:3, 3]
        for camera in json.loads((folder / "cameras.json").read_text())["frames"]
    ]
    assert np.allclose(places[0], (-1, -1, 1.5) if along == "route" else (-1, -1.5, 1.3), atol=0.01)
    assert np.allclose(places[-1], last, atol=0.01)
    steps = [np.linalg.norm(b - a) for a, b in itertools.pairwise(places)]
    assert min(steps) > 0.2
