"""Object-index compositing inside each Blender: a plain render writes exact label PNGs, and nothing stays behind."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from blenders import EACH
from sweepset import dataset
from sweepset_render.blender.installations import Blender

SCRIPT = Path(__file__).with_name("compositing_case.py")
IDS = [1, 2, 200, 255, 256, 2049, 32767]


@pytest.fixture(scope="module", params=EACH)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the case in a Blender and return where it wrote."""
    blender: Blender = request.param
    place = tmp_path_factory.mktemp("compositing")
    done = subprocess.run(
        blender.command(SCRIPT, str(place)), env=blender.environment(), capture_output=True, text=True, timeout=120
    )
    assert (place / "result.json").exists(), done.stdout[-2000:] + done.stderr[-2000:]
    return place


def read(folder: Path) -> np.ndarray:
    """Return the one label PNG in a folder."""
    (path,) = folder.glob("*.png")
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)


@pytest.mark.parametrize("own", ["False", "True"])
def test_label_pixels_are_the_ids(folder: Path, own: str) -> None:
    label = read(folder / f"wide {own}")
    assert label.dtype == np.uint16
    assert label.shape == (16, 16 * (len(IDS) + 1))
    expected = np.repeat([*IDS, 0], 16)
    assert (label == expected).all()


def test_small_ids_fit_8_bits(folder: Path) -> None:
    label = read(folder / "narrow")
    assert label.dtype == np.uint8
    assert (label == np.repeat([1, 2, 200, 255, 0, 0, 0, 0], 16)).all()


def test_eevee_is_refused(folder: Path) -> None:
    assert "Cycles" in json.loads((folder / "result.json").read_text())["eevee"]


@pytest.mark.parametrize("own", ["False", "True"])
def test_removing_gives_back_what_was(folder: Path, own: str) -> None:
    result = json.loads((folder / "result.json").read_text())[own]
    assert result["after"] == result["before"]


@pytest.fixture(scope="module", params=EACH)
def direct(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the operators' case in a Blender and return where it wrote."""
    blender: Blender = request.param
    place = tmp_path_factory.mktemp("direct")
    done = subprocess.run(
        blender.command(SCRIPT.with_name("direct_case.py"), str(place)),
        env={**blender.environment(), "PYTHONPATH": str(SCRIPT.parent)},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert (place / "direct.json").exists(), done.stdout[-3000:] + done.stderr[-3000:]
    return place


@pytest.mark.parametrize("name", ["plain", "own", "spoiled"])
def test_plain_renders_write_a_datasets_files(direct: Path, name: str) -> None:
    """One row of planes, 16 pixels each, five units below an orthographic camera, and nothing at the right end."""
    for frame in (12, 13, 14, 15):
        label, image, depth = (
            cv2.imread(str(direct / name / dataset.frame_file(kind, frame)), cv2.IMREAD_UNCHANGED)
            for kind in ("label", "image", "depth")
        )
        ids = [200, *IDS[1:]] if frame == 15 else IDS
        assert label.dtype == depth.dtype == np.uint16
        assert (label == np.repeat([*ids, 0], 16)).all()
        assert (depth == np.repeat([5000] * len(IDS) + [0], 16)).all()
        assert image.dtype == np.uint8
        assert image.shape == (16, 16 * (len(IDS) + 1), 3)
    assert len(list((direct / name).rglob("*.*"))) == 4 * 3


@pytest.mark.parametrize("name", ["plain", "own", "spoiled"])
def test_the_operators_give_back_what_was(direct: Path, name: str) -> None:
    result = json.loads((direct / "direct.json").read_text())[name]
    for key, before in result["before"].items():
        assert result["after"][key] == before, key
