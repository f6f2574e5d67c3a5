"""The Sweep panel, without a window: its cameras, its dataset and its job file are the command's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from blenders import DEFAULT, EACH
from commands import Run
from sweepset_render.blender.installations import Blender, applications
from truth import run_script
from window import missing, run_in_window

HERE = Path(__file__).resolve().parent
SIZE = (64, 48)
FRAMES = 3
IN_EACH = ("viewpoints", "cameras")
IN_ONE = ("orbit", "gimbal", "path")
"""Sweeps that are looked at in every Blender, and those that are in one."""


@dataclass(frozen=True)
class Case:
    """A Blender, and the folder that `sweep_case.py` wrote in it."""

    blender: Blender
    folder: Path

    @property
    def result(self) -> dict[str, Any]:
        """Return what the case noted."""
        return json.loads((self.folder / "result.json").read_text())


@pytest.fixture(scope="module", params=EACH)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Run the case in a Blender."""
    rooms, folder = tmp_path_factory.mktemp("rooms"), tmp_path_factory.mktemp("sweep")
    run_script(request.param, "real_scenes.py", rooms)
    sweeps = IN_EACH if request.param != DEFAULT else (*IN_ONE, *IN_EACH)
    run_script(request.param, HERE / "sweep_case.py", ",".join(sweeps), rooms / "plain.blend", folder)
    return Case(request.param, folder)


@pytest.fixture(scope="module")
def command(case: Case, run: Run) -> Path:
    """Render the case's viewpoints by the command, from the job file, and return the dataset's folder."""
    return render(case, run, "viewpoints", case.folder / "viewpoints.json")


def render(case: Case, run: Run, name: str, *arguments: str | Path) -> Path:
    """Render by the command and return the dataset's folder."""
    out = case.folder / f"command {name}"
    done = run("render", *arguments, "--out", out, "--blender", case.blender.executable)
    assert done.returncode == 0, done.stderr
    return out


def cameras(folder: Path) -> list[dict[str, Any]]:
    """Return the cameras of a dataset."""
    return json.loads((folder / "cameras.json").read_text())["frames"]


def array(folder: Path, kind: str, frame: int) -> np.ndarray:
    """Return a frame's file."""
    return cv2.imread(str(folder / kind / f"{frame:06d}.png"), cv2.IMREAD_UNCHANGED)


def test_the_preview_shows_the_commands_cameras(case: Case, run: Run, command: Path) -> None:
    for sweep in {*IN_EACH, *IN_ONE} & case.result.keys():
        shown, job = case.result[sweep], case.folder / f"{sweep}.json"
        rendered = cameras(
            command if sweep == "viewpoints" else render(case, run, sweep, job, "--without", "instances")
        )
        assert len(shown["matrices"]) == len(rendered) == FRAMES
        for matrix, lens, camera in zip(shown["matrices"], shown["lenses"], rendered, strict=True):
            to_world = np.array(matrix) @ np.diag([1, -1, -1, 1])
            to_world[:3, 3] *= shown["unit"]
            assert np.allclose(to_world, camera["camera_to_world"], atol=1e-5), sweep
            assert np.allclose(lens, camera["K"], atol=1e-3), sweep


def test_a_job_file_renders_as_options_by_hand_do(case: Case, run: Run, command: Path) -> None:
    by_hand = render(
        case, run, "by hand", case.folder / "scene.blend", "--frames", "3", "--seed", "7", "--samples", "1",
        "--lens-jitter", "0.2", "--size", "64x48", "-p", "clearance=0.1",
    )  # fmt: skip
    for kind in ("labels", "instances", "depth", "images"):
        for frame in range(FRAMES):
            name = f"{kind}/{frame:06d}.png"
            assert (command / name).read_bytes() == (by_hand / name).read_bytes()


def test_the_window_writes_what_the_command_writes(case: Case, command: Path) -> None:
    window = case.folder / "window"
    for kind in ("images", "labels", "instances", "depth"):
        for frame in range(FRAMES):
            mine, theirs = array(window, kind, frame), array(command, kind, frame)
            assert mine.dtype == theirs.dtype
            assert (mine == theirs).all()
    mine, theirs = (json.loads((folder / "dataset.json").read_text()) for folder in (window, command))
    assert mine.keys() == theirs.keys()
    for key in ("format", "taxonomy", "job", "render", "splits", "instances"):
        assert mine[key] == theirs[key], key
    for one, other in zip(mine["frames"], theirs["frames"], strict=True):
        assert {**one, "seconds": 0} == {**other, "seconds": 0}
    assert cameras(window) == cameras(command)
    assert not list((window / ".sweepset").glob("raw-*"))
    assert "complete already" in case.result["again"]
    page = (window / "index.html").read_text(encoding="utf-8")
    assert page.count('src="images/') == page.count('src="labels/') == FRAMES
    assert all(
        category["name"] in page for category in mine["taxonomy"]["categories"] if str(category["id"]) in shown(mine)
    )


def shown(data: dict[str, Any]) -> set[str]:
    """Return the ids that any frame of a dataset shows."""
    return {number for frame in data["frames"] for number in frame["pixels"]}


def test_the_scene_stays_as_it_was(case: Case) -> None:
    for key, before in case.result["before"].items():
        assert case.result["after"][key] == before, key


def test_a_baked_camera_repeats_the_sweep(case: Case) -> None:
    """Read the keyed camera by another script, and its lens by hand: pixels a millimetre of the sensor's width."""
    out = case.folder / "baked.json"
    run_script(case.blender, "poses.py", case.folder / "baked.blend", out)
    (name,) = (name for name in json.loads(out.read_text()) if name.startswith("Sweep"))
    baked, shown = json.loads(out.read_text())[name], case.result["cameras"]
    assert sorted(map(int, baked)) == list(range(FRAMES))
    for frame in range(FRAMES):
        one = baked[str(frame)]
        assert np.allclose(
            one["camera_to_world"], np.array(shown["matrices"][frame]) @ np.diag([1, -1, -1, 1]), atol=1e-5
        )
        assert one["sensor_fit"] == "HORIZONTAL"
        focal = one["lens"] / one["sensor_width"] * SIZE[0]
        middle = (SIZE[0] / 2 - one["shift_x"] * SIZE[0], SIZE[1] / 2 + one["shift_y"] * SIZE[0])
        expected = [[focal, 0, middle[0]], [0, focal, middle[1]], [0, 0, 1]]
        assert np.allclose(shown["lenses"][frame], expected, atol=1e-3)
        assert abs(middle[0] - SIZE[0] / 2) > 1  # the camera's lens is shifted


def test_plain_renders_of_the_baked_camera_have_the_commands_labels(case: Case, command: Path) -> None:
    for frame in range(FRAMES):
        assert (array(case.folder / "f12", "labels", frame) == array(command, "labels", frame)).all()
        assert array(case.folder / "f12", "images", frame).shape == (SIZE[1], SIZE[0], 3)


@pytest.mark.full
@pytest.mark.skipif(bool(missing()), reason=missing() or "-")
def test_the_window_previews_renders_and_cancels(tmp_path: Path) -> None:
    application = applications()[0]
    run_script(application, "real_scenes.py", tmp_path)
    run_in_window(HERE / "sweep_window_case.py", tmp_path / "plain.blend", tmp_path, timeout=300)
