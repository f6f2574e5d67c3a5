"""Images and labels show the same: volumes, shutters, lamps in view, and materials that EEVEE draws otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from blenders import EDGES
from commands import Run
from sweepset_render.blender.installations import Blender
from truth import Dataset

Render = Callable[..., Dataset]
COLORS = {"floor": (0.74, 0.74, 0.74), "wall": (0, 0, 1), "red": (1, 0, 0), "green": (0, 1, 0), "screen": (0, 1, 1)}
"""What each category shines in, as `agreement_scenes.py` has it, in sRGB."""
COLUMNS = np.arange(80)
COMMON = ("--sweep", "cameras", "--exposure", "keep", "--no-denoise")


@pytest.fixture(scope="module")
def scenes(built: Callable[..., Path]) -> Path:
    """Return the folder of the scenes."""
    return built("agreement_scenes.py")


@pytest.fixture
def shown(render: Callable[..., Path], scenes: Path, blender: Blender) -> Render:
    """Return a function that renders a scene's cameras and returns the dataset."""

    def render_small(name: str, *options: str, blender: Blender = blender, samples: int = 4) -> Dataset:
        path = scenes / f"{name}.blend"
        return Dataset(render(path, *COMMON, *options, blender=blender, size="80x60", samples=samples))

    return render_small


def image(dataset: Dataset, frame: int) -> np.ndarray:
    """Return a frame's image, (H, W, 3) uint8 in RGB order."""
    return cv2.imread(str(dataset.folder / "images" / f"{frame:06d}.png"))[..., ::-1]


def inner(label: np.ndarray) -> np.ndarray:
    """Return the pixels whose neighbours all have their label."""
    kernel = np.ones((3, 3), np.uint8)
    return cv2.erode(label.astype(np.uint8), kernel) == cv2.dilate(label.astype(np.uint8), kernel)


@pytest.mark.parametrize("blender", EDGES)
def test_volumes_take_nothing_from_surfaces_in_their_planes(shown: Render, blender: Blender) -> None:
    fog, air = (shown(name, blender=blender) for name in ("fog", "air"))
    for kind in ("labels", "depth"):
        np.testing.assert_array_equal(fog.array(kind, 0), air.array(kind, 0))
    assert (fog.array("labels", 0) > 0).all()


def test_a_volume_is_no_obstacle_and_needs_no_label(run: Run, scenes: Path) -> None:
    done = run("check", scenes / "fog.blend", "--json", "--sweep", "cameras")
    assert done.returncode == 0, done.stderr
    assert {"camera-blocked", "objects-unlabelled"}.isdisjoint(found["code"] for found in json.loads(done.stdout))


@pytest.mark.parametrize("blender", EDGES)
@pytest.mark.parametrize(("name", "camera"), [("shutter_start", 0.25), ("shutter_end", -0.25), ("rolling", 0.0)])
def test_labels_are_in_the_middle_of_the_blur(shown: Render, blender: Blender, name: str, camera: float) -> None:
    # The camera moves 1 m a frame, and the shutter is open for half a frame before, after or around frame 2.
    dataset = shown(name, "--frames", "2", "--with", "flow", blender=blender, samples=32)
    assert [entry["time"] for entry in dataset.record["frames"]] == [1, 2]
    for frame, x in ((0, camera - 1), (1, camera)):
        assert dataset.cameras[frame]["camera_to_world"][0][3] == pytest.approx(x, abs=1e-3)
    # Above the horizon, the green box is before the wall only.
    green = image(dataset, 1)[:28, :, 1].astype(float)
    green = np.where(green > 8, green, 0).sum(0)  # without dither
    label = (dataset.array("labels", 1) == dataset.categories["green"])[:28].sum(0)
    assert ((green > 0) & (label == 0)).sum() > 4, "nothing is blurred"
    assert abs(np.average(COLUMNS, weights=green) - np.average(COLUMNS, weights=label)) < 0.7
    flow = cv2.imread(str(dataset.folder / "flow" / "000000.png"), cv2.IMREAD_UNCHANGED)[..., ::-1]
    right = (int(flow[59, 60, 0]) - 32768) / 64  # 29.5 pixels below the horizon, and 1.6 m below the camera
    assert right == pytest.approx(-29.5 / 1.6, abs=0.1)
    told = [found["code"] for found in dataset.record["findings"]]
    assert ("rolling-shutter" in told) == (name == "rolling")


@pytest.mark.parametrize("blender", EDGES)
def test_a_lamp_in_view_has_no_label(shown: Render, blender: Blender) -> None:
    dataset = shown("lamps", "--frames", "2", "--with", "albedo", blender=blender)
    (told,) = [found for found in dataset.record["findings"] if found["code"] == "lamps-visible"]
    assert "SPOT" in told["subject"]
    for frame in dataset.frames:
        label, depth, ids = (dataset.array(kind, frame) for kind in ("labels", "depth", "instances"))
        pane = label == dataset.categories["screen"]
        assert pane.sum() > 60
        white = (image(dataset, frame) > 250).all(2) & ~pane  # only lamps are
        np.testing.assert_array_equal((label == 0)[inner(white)], white[inner(white)])
        assert cv2.connectedComponents((white & inner(white)).astype(np.uint8))[0] - 1 == 6
        assert ((depth == 0) == (label == 0)).all()
        assert ((ids == 0) == (label == 0)).all()


@pytest.mark.full
@pytest.mark.parametrize("blender", EDGES)
def test_two_engines_show_the_same_surfaces(shown: Render, blender: Blender) -> None:
    dataset = shown("engines", "--preset", "realtime", blender=blender)
    label = dataset.array("labels", 0)
    colors = np.array([(0, 0, 0), *COLORS.values()])
    seen = np.abs(image(dataset, 0)[:, :, None] / 255.0 - colors).sum(3).argmin(2)
    wrong = (seen != label) & inner(label) & inner(seen)
    assert not wrong.any(), np.argwhere(wrong)[:5]
    # Of fifteen panels, two are held out, seven are clear, culled or hidden, and six are there.
    screens = inner(label) & (label == dataset.categories["screen"])
    assert cv2.connectedComponents(screens.astype(np.uint8))[0] - 1 == 6


@pytest.mark.full
@pytest.mark.parametrize("blender", EDGES)
def test_islands_differ_in_both_engines(shown: Render, blender: Blender) -> None:
    """EEVEE knows no random number for an island by itself: all books of a shelf would be white."""
    for preset in ("draft", "realtime"):
        dataset = shown("islands", "--preset", preset, blender=blender)
        card = (dataset.array("labels", 0) == dataset.categories["screen"]) & inner(dataset.array("labels", 0))
        count, cards = cv2.connectedComponents(card.astype(np.uint8))
        assert count - 1 == 8
        greys = [image(dataset, 0)[cards == number].astype(float) for number in range(1, count)]
        assert max(np.ptp(grey, axis=0).max() for grey in greys) <= 6  # a card has one colour
        assert len({round(grey.mean() / 8) for grey in greys}) >= 6
