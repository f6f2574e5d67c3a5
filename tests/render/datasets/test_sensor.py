"""The sensor: lenses judged by OpenCV's own model, noise by its statistics, ground truth by where things went."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from commands import Run
from sweepset.job import SENSORS
from sweepset_render.datasets import sensor

SHAPE = (120, 160)
LENS = np.array([[150.0, 0.0, 80.0], [0.0, 150.0, 60.0], [0.0, 0.0, 1.0]])
KINDS = [kind for kind in SENSORS if kind != "none"]


def frame() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return a picture whose pixels tell where they were: a coarse grid of ids, and depth along columns."""
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    label = (1 + (rows // 20) * 8 + columns // 20).astype(np.uint16)
    image = np.repeat((40 + 3 * (label % 61))[..., None], 3, axis=2).astype(np.uint8)
    return image, {"label": label, "depth": (1000 + 10 * columns).astype(np.uint16)}


def test_lens_is_that_of_opencv() -> None:
    for kind in KINDS:
        for number in range(5):
            faults = sensor.draw(kind, 7, number)
            points = np.random.default_rng(number).uniform(-0.6, 0.6, (2, 200))
            solid = np.concatenate([points, np.ones((1, 200))]).T
            expected, _ = cv2.projectPoints(solid, np.zeros(3), np.zeros(3), np.eye(3), np.array(faults.distortion))
            assert np.allclose(sensor.bend(points, faults.distortion), expected[:, 0].T, atol=1e-9)
            assert np.allclose(
                sensor.unbend(sensor.bend(points, faults.distortion), faults.distortion), points, atol=1e-5
            )


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_missing_at_the_edge(kind: str) -> None:
    for number in range(10):
        faults = sensor.draw(kind, 3, number)
        lens = sensor.longer(LENS, faults.distortion, SHAPE)
        columns, rows = sensor.sources(lens, faults.distortion, LENS, SHAPE)
        assert min(columns.min(), rows.min()) >= 0
        assert columns.max() <= SHAPE[1]
        assert rows.max() <= SHAPE[0]
        assert lens[0, 0] >= LENS[0, 0]
        assert lens[0, 0] < 1.2 * LENS[0, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_ground_truth_is_where_the_camera_says(kind: str) -> None:
    """A point of the world, projected by OpenCV with the K and the distortion that are told, has its own label."""
    image, arrays = frame()
    _, bent, told = sensor.apply(kind, 5, 2, image, arrays, LENS)
    lens, distortion = np.array(told["K"]), np.array(told["distortion"])
    checked = 0
    for row in range(10, 120, 20):
        for column in range(10, 160, 20):
            ray = np.linalg.inv(LENS) @ (column + 0.5, row + 0.5, 1.0)
            place, _ = cv2.projectPoints(ray[None], np.zeros(3), np.zeros(3), lens, distortion)
            x, y = np.floor(place.ravel()).astype(int)
            if 0 <= x < SHAPE[1] and 0 <= y < SHAPE[0]:
                assert bent["label"][y, x] == arrays["label"][row, column]
                assert abs(int(bent["depth"][y, x]) - int(arrays["depth"][row, column])) <= 10
                checked += 1
    assert checked > 30


@pytest.mark.parametrize("kind", KINDS)
def test_image_and_label_are_bent_alike(kind: str) -> None:
    """Away from edges, the image's grey tells the label that is there, but for the camera's curve."""
    image, arrays = frame()
    faults = sensor.draw(kind, 5, 2)
    bent_image, bent, told = sensor.apply(kind, 5, 2, image, arrays, LENS)
    assert bent_image.shape == image.shape
    inner = cv2.erode(bent["label"], np.ones((9, 9))) == cv2.dilate(bent["label"], np.ones((9, 9)))
    expected = 40 + 3 * (bent["label"] % 61).astype(float)
    # Vignetting, white balance and noise change greys, but by far less than a cell differs from others on average.
    grey = bent_image[..., 1].astype(float)[inner]
    curve = np.polyfit(expected[inner], grey, 3)
    assert inner.mean() > 0.2
    assert np.abs(grey - np.polyval(curve, expected[inner])).mean() < 12
    assert told["sensor"]["vignette"] == faults.vignette


def test_every_id_was_there_before() -> None:
    image, arrays = frame()
    arrays["label"][50:52, 60:63] = 999
    for number in range(4):
        _, bent, _ = sensor.apply("kinect", 1, number, image, arrays, LENS)
        assert set(np.unique(bent["label"])) <= set(np.unique(arrays["label"]))
        assert bent["label"].dtype == np.uint16


def test_chance_comes_from_seed_and_frame() -> None:
    image, arrays = frame()
    one, two, other = (sensor.apply("kinect", 1, number, image, arrays, LENS)[0] for number in (4, 4, 5))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)
    assert not np.array_equal(one, sensor.apply("kinect", 2, 4, image, arrays, LENS)[0])


def test_smaller_pictures_have_less_noise() -> None:
    """The mean of 16 pixels has a sixteenth of their variance."""
    whole, small = sensor.draw("kinect", 1, 2), sensor.draw("kinect", 1, 2, 160)
    assert (small.shot, small.read) == pytest.approx((whole.shot / 16, whole.read / 16))
    assert small.gain == whole.gain


def test_noise_grows_with_light() -> None:
    """Shot noise: the variance in linear light is read + shot * light, which a flat grey shows."""
    plain = sensor.Sensor((0, 0, 0, 0, 0), 0.0, 0.0, (1.0, 1.0), 0.01, 4e-4, 1e-5, False, 0.0, 0.0, 0.0, None)
    for light in (0.05, 0.2, 0.5):
        flat = np.full((200, 200, 3), light, np.float32)
        made = sensor.to_linear(sensor.expose(flat, plain, np.random.default_rng(0)))
        assert made.mean() == pytest.approx(light, rel=0.02)
        assert made.var() == pytest.approx(1e-5 + 4e-4 * light, rel=0.15)


def test_dark_pictures_are_made_up_for() -> None:
    """By the share of the stops between a picture and the usual one that is told: half of them is a root."""
    half = sensor.Sensor((0, 0, 0, 0, 0), 0.0, 0.0, (1.0, 1.0), 0.01, 0.0, 0.0, False, 0.5, 0.0, 0.0, None)
    for light in (0.02, 0.6):
        made = sensor.expose(np.full((*SHAPE, 3), light, np.float32), half, np.random.default_rng(0))
        assert sensor.to_linear(made).mean() == pytest.approx((light * sensor.USUAL) ** 0.5, rel=0.03)


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 43, 197), (0.5, 23.5, 225), (1.0, 4, 253)])
def test_grey_values_are_spread(share: float, low: float, high: float) -> None:
    """A ramp from 40 to 200 has its 2nd percentile at 43, its 98th at 197: both move to 4 and 253 by the share told."""
    ramp = np.repeat(np.linspace(40, 200, 160, dtype=np.float32)[None, :, None], 3, axis=2).repeat(120, axis=0)
    spread = sensor.Sensor((0, 0, 0, 0, 0), 0.0, 0.0, (1.0, 1.0), 0.01, 0.0, 0.0, False, 0.0, share, 0.0, None)
    made = sensor.expose(sensor.to_linear(ramp.round().astype(np.uint8)), spread, np.random.default_rng(0))
    assert np.percentile(made, (2, 98)) == pytest.approx((low, high), abs=1.5)


def test_corners_are_darker() -> None:
    faults = sensor.Sensor((0, 0, 0, 0, 0), 0.0, 0.3, (1.0, 1.0), 0.01, 0.0, 0.0, True, 0.0, 0.0, 0.0, None)
    made = sensor.to_linear(sensor.expose(np.full((*SHAPE, 3), 0.5, np.float32), faults, np.random.default_rng(0)))
    assert made[60, 80].mean() == pytest.approx(0.5, rel=0.02)
    assert made[0, 0].mean() == pytest.approx(0.35, rel=0.03)


def test_red_is_larger_than_blue() -> None:
    """Fringes: a white spot far from the middle is farther out in red than in blue, by the share that is told."""
    image = np.zeros((*SHAPE, 3), np.uint8)
    cv2.circle(image, (150, 60), 5, (255, 255, 255), -1)
    plain = sensor.Sensor((0, 0, 0, 0, 0), 0.02, 0.0, (1.0, 1.0), 0.01, 0.0, 0.0, False, 0.0, 0.0, 0.0, None)
    bent = sensor._bend_image(image, LENS, LENS, plain)
    across = np.arange(SHAPE[1]) + 0.5
    blue, green, red = ((bent[..., i].sum(0) * across).sum() / bent[..., i].sum() for i in range(3))
    assert red - green == pytest.approx(0.02 * 70, rel=0.1)
    assert green - blue == pytest.approx(0.02 * 70, rel=0.1)


@pytest.fixture(scope="module")
def folders(run: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Render the same frames plainly, through a Kinect, and with a flash."""
    made = {}
    for name, options in {"plain": (), "kinect": ("--sensor", "kinect"), "flash": ("--flash", "0.5")}.items():
        made[name] = tmp_path_factory.mktemp("sensor") / name
        size = ("--frames", "6", "--size", "160x120", "--samples", "2", "--no-denoise", "--exposure", "keep")
        done = run("render", "kitchen", "--out", made[name], *size, *options, timeout=400)
        assert done.returncode == 0, done.stderr
    return made


def cameras(folder: Path) -> list[dict]:
    return json.loads((folder / "cameras.json").read_text())["frames"]


def picture(folder: Path, kind: str, frame: int) -> np.ndarray:
    return cv2.imread(str(folder / kind / f"{frame:06d}.png"), cv2.IMREAD_UNCHANGED)


def test_a_dataset_is_bent_as_its_cameras_say(folders: dict[str, Path], run: Run) -> None:
    """Points of the plain frames, lifted by depth, land in the bent ones on the same label, by OpenCV's projection."""
    for frame, (plain, bent) in enumerate(zip(cameras(folders["plain"]), cameras(folders["kinect"]))):
        assert "distortion" not in plain
        label, other = (picture(folders[name], "labels", frame) for name in ("plain", "kinect"))
        rows, columns = np.mgrid[0:120:3, 0:160:3].reshape(2, -1)
        rays = np.linalg.inv(plain["K"]) @ np.stack([columns + 0.5, rows + 0.5, np.ones(len(rows))])
        places, _ = cv2.projectPoints(
            rays.T, np.zeros(3), np.zeros(3), np.array(bent["K"]), np.array(bent["distortion"])
        )
        x, y = np.floor(places[:, 0].T).astype(int)
        inside = (x >= 0) & (x < 160) & (y >= 0) & (y < 120)
        assert inside.mean() > 0.8
        agree = other[y[inside], x[inside]] == label[rows[inside], columns[inside]]
        assert agree.mean() > 0.96  # but for edges
    done = run("verify", folders["kinect"])
    assert done.returncode == 0, done.stdout
    assert "no problems found" in done.stdout, done.stdout


def test_a_flash_lights_some_frames(folders: dict[str, Path]) -> None:
    fired = [camera.get("flash") for camera in cameras(folders["flash"])]
    assert any(fired)
    assert not all(fired)
    lit = []
    for frame, watts in enumerate(fired):
        before, after = (picture(folders[name], "images", frame).astype(float) for name in ("plain", "flash"))
        assert np.array_equal(*(picture(folders[name], "labels", frame) for name in ("plain", "flash")))
        if watts:
            lit.append((after - before)[40:80, 50:110].mean())
        else:
            assert np.array_equal(before, after)
    # What is in the middle is lit, though a black thing there hardly is.
    assert min(lit) > 1, lit
    assert np.mean(lit) > 4, lit


def test_what_a_lens_would_move_is_refused(run: Run, tmp_path: Path) -> None:
    done = run("render", "kitchen", "--out", tmp_path / "x", "--sensor", "phone", "--with", "objects")
    assert done.returncode == 2
    assert "its lens distorts the image, but not objects" in done.stderr
