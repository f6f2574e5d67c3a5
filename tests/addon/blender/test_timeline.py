"""Time: which moments of a file's animation its cameras show, and simulations that are not baked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from blenders import EACH
from commands import Run, label_bytes, refused
from sweepset_render.blender.installations import Blender
from truth import Dataset, run_script

SMALL = ("--sweep", "cameras", "--exposure", "keep", "--no-denoise", "--without", "depth")
STILL = {
    "nothing": ([], []),
    "image": ([], []),
    "wave that does not render": ([], []),
    "collision": ([], []),
    "still hair": ([], []),
    "light": (["lamp"], []),
    "world": (["sky"], []),
    "driver in a node group": (["paint"], []),
    "image sequence": (["paint"], []),
    "movie": (["paint"], []),
    "exposure": (["Scene"], []),
    "strips": (["box"], []),
    "carried copy": (["carrier"], []),
    "appearing": (["box"], []),
    "wave": (["box"], []),
    "scene time": (["box"], []),
    "emitter": (["source"], []),
    "camera on a curve": ([], ["camera"]),
    "camera on a vertex": (["box"], ["camera"]),
    "camera on a bone": ([], ["camera"]),
    "camera by a driver": ([], ["camera"]),
}
"""What a camera that stands still sees change, and the cameras that move, by the scene of `timeline_case.py`."""
NEEDS_BAKING = {
    "rigid body": "ball (rigid body)",
    "hidden rigid body": "",
    "cloth": "box (cloth)",
    "cloth that does not render": "",
    "soft body": "box (soft body)",
    "emitter": "source (particles)",
    "emitter of particles that stay": "",
    "still hair": "",
    "hair": "source (hair)",
    "dynamic paint": "box (dynamic paint)",
    "zone": "box (simulation nodes)",
}


@pytest.fixture(scope="module")
def scenes(built: Callable[..., Path]) -> Path:
    """Return the folder of the scenes."""
    return built("timeline_scenes.py")


@pytest.fixture(scope="module")
def rendered(render: Callable[..., Path], scenes: Path, blender: Blender) -> Callable[..., Dataset]:
    """Return a function that renders a scene with its own cameras, once."""

    def render_small(name: str, *options: str) -> Dataset:
        scene = scenes / f"{name}.blend"
        return Dataset(render(scene, *SMALL, *options, blender=blender, size="64x48", samples=1, timeout=90))

    return render_small


def codes(dataset: Dataset) -> dict[str, str]:
    return {finding["code"]: finding["message"] for finding in dataset.record["findings"]}


def times(dataset: Dataset) -> list[int]:
    return [record["time"] for record in dataset.record["frames"]]


@pytest.mark.parametrize("one", EACH)
def test_what_changes_and_what_needs_baking(once: Callable[..., Path], one: Blender) -> None:
    script = Path(__file__).with_name("timeline_case.py")
    folder = once((script.name, str(one)), lambda folder: run_script(one, script, folder))
    told = json.loads((folder / "told.json").read_text())
    for name, (seen, cameras) in STILL.items():
        found, moving = told["changes"][name]
        assert (bool(found), moving) == (bool(seen), cameras), name
        assert set(seen) <= set(found), name
    assert {*NEEDS_BAKING} - {*told["unbaked"]} <= {"zone"}  # simulation zones came with Blender 3.6
    for name, (first, later, *baked) in told["unbaked"].items():
        assert not first, name
        assert (NEEDS_BAKING[name] in later) if NEEDS_BAKING[name] else not later, (name, later)
        assert not any(baked), name


def test_a_still_camera_shows_the_animation(rendered: Callable[..., Dataset]) -> None:
    dataset = rendered("slider", "--with", "objects")
    assert times(dataset) == [1, 6, 11, 16]
    assert "1 to 16 in steps of 5, as these change: slider" in codes(dataset)["animation"]
    for frame, time in enumerate(times(dataset)):
        told = json.loads((dataset.folder / "objects" / f"{frame:06d}.json").read_text())["objects"]
        (box,) = (row for row in told if row["object"] == "slider")
        assert box["object_to_camera"][0][3] == pytest.approx(-3 + 0.25 * (time - 1), abs=1e-4)


def test_the_current_frame_can_be_had_alone(rendered: Callable[..., Dataset]) -> None:
    dataset = rendered("slider", "-p", "time=current")
    assert times(dataset) == [3]
    assert "animation" not in codes(dataset)


def test_moments_that_are_rendered_again_are_told(rendered: Callable[..., Dataset]) -> None:
    assert "frames-repeat" not in codes(rendered("slider"))
    dataset = rendered("slider", "--frames", "5")
    assert times(dataset) == [1, 6, 11, 16, 1]
    assert "4 different moments" in codes(dataset)["frames-repeat"]


def test_markers_choose_the_camera(rendered: Callable[..., Dataset]) -> None:
    dataset = rendered("markers")
    assert times(dataset) == [1, 2, 3, 4, 5, 6]
    # Blender's own rule: before the first marker its camera counts already.
    assert [camera["camera_to_world"][0][3] for camera in dataset.cameras] == [-1, -1, -1, -1, 1, 1]
    only = rendered("markers", "-p", "only=still", "--frames", "3")
    assert [camera["camera_to_world"][0][3] for camera in only.cameras] == [0, 0, 0]
    assert times(only) == [1, 2, 3]


def test_a_scene_that_does_not_change_is_rendered_once_per_camera(rendered: Callable[..., Dataset]) -> None:
    dataset = rendered("unchanged")
    assert times(dataset) == [1, 1]
    assert "animation" not in codes(dataset)


def test_a_simulation_that_is_not_baked_is_refused(run: Run, scenes: Path, tmp_path: Path) -> None:
    falling = scenes / "falling.blend"
    line = refused(run("render", falling, "--out", tmp_path / "out", *SMALL, "--size", "32x24", "--samples", "1"))
    assert "ball (rigid body)" in line
    assert "bake" in line
    assert not (tmp_path / "out").exists()
    (told,) = (
        f for f in json.loads(run("check", falling, "--sweep", "cameras", "--json").stdout) if f["code"] == "sweep"
    )
    assert told["severity"] == "error"
    assert "ball (rigid body)" in told["message"]


def test_a_simulation_is_no_obstacle_at_its_first_frame(rendered: Callable[..., Dataset]) -> None:
    assert times(rendered("falling", "-p", "time=current")) == [1]


def test_a_baked_simulation_is_the_same_with_any_workers(rendered: Callable[..., Dataset]) -> None:
    one, two = rendered("fallen", "--with", "objects"), rendered("fallen", "--with", "objects", "--workers", "2")
    assert times(one) == list(range(1, 13))
    assert label_bytes(one.folder) == label_bytes(two.folder)
    for frame in range(12):
        told = [(d.folder / "objects" / f"{frame:06d}.json").read_bytes() for d in (one, two)]
        assert told[0] == told[1]
        (ball,) = (row for row in json.loads(told[0])["objects"] if row["object"] == "ball")
        height = 1.5 - ball["object_to_camera"][1][3]  # the camera is at 1.5, and its y axis leads down
        assert height == pytest.approx(3 - 9.81 / 2 * (frame / 24) ** 2, abs=0.02)  # Blender's steps are finite
