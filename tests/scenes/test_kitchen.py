"""Kitchens as viewpoints see them: varied, labelled all over, and never with the camera's nose in a cupboard."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from commands import Run

FRAMES = 12


@pytest.fixture(scope="module", params=[0, pytest.param(3, marks=pytest.mark.full)], ids="seed {}".format)
def folder(request: pytest.FixtureRequest, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Render a sweep through a kitchen, small, for its labels and depth."""
    out = tmp_path_factory.mktemp("kitchen") / "out"
    options = ("--frames", str(FRAMES), "--size", "160x120", "--samples", "1", "--no-denoise")
    done = run("render", "kitchen", "--out", out, "--seed", str(request.param), *options, timeout=200)
    assert done.returncode == 0, done.stderr
    return out


def test_what_is_in_view(folder: Path) -> None:
    data = json.loads((folder / "dataset.json").read_text())
    names = {str(category["id"]): category["name"] for category in data["taxonomy"]["categories"]}
    pixels = [record["pixels"] for record in data["frames"]]
    seen = {names[number] for counts in pixels for number in counts if number != "0"}
    assert len(seen) >= 14, seen
    assert {"wall", "floor", "cabinet", "counter", "sink", "refridgerator", "window"} <= seen
    assert sum(counts.get("0", 0) for counts in pixels) < 0.01 * FRAMES * 160 * 120


def test_every_view_is_worth_having(folder: Path) -> None:
    for path in sorted((folder / "labels").iterdir()):
        _, counts = np.unique(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), return_counts=True)
        assert len(counts) >= 4, path
        assert counts.max() < 0.8 * counts.sum(), path


def test_nothing_is_too_near(folder: Path) -> None:
    for path in sorted((folder / "depth").iterdir()):
        depth = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        # A view is judged by a grid of rays; what slips between them is thin.
        assert (depth < 250).mean() < 0.01, path


def test_cameras_are_held_as_a_person_would(folder: Path) -> None:
    cameras = json.loads((folder / "cameras.json").read_text())["frames"]
    heights = [camera["camera_to_world"][2][3] for camera in cameras]
    assert 1.39 < min(heights)
    assert max(heights) < 1.71
    downs = [camera["camera_to_world"][2][1] for camera in cameras]  # the image's down axis points down
    assert max(downs) < -0.85
    places = np.array([camera["camera_to_world"] for camera in cameras])[:, :2, 3]
    assert len({tuple(place.round(1)) for place in places}) > FRAMES // 2
