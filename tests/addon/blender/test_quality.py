"""Presets: what they ask of Blender; and EEVEE's images against the labels that one sample of Cycles gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from commands import Run
from sweepset import quality
from sweepset.errors import SweepsetError
from sweepset_render.blender.installations import Blender
from truth import Dataset

Render = Callable[..., Path]
COLORS = {"wall": (0, 0, 1), "chair": (0, 1, 0), "table": (1, 1, 0), "lamp": (1, 0, 0)}
"""What each category shines in, in `glowing_scene.py`."""
CAMERAS = ("--sweep", "cameras", "--exposure", "keep", "--frames", "3", "--without", "depth", "--without", "instances")


@pytest.fixture(scope="module")
def scenes(built: Callable[..., Path]) -> Path:
    """Return the folder of the glowing scenes."""
    return built("glowing_scene.py")


@pytest.fixture(scope="module")
def engines(blender: Blender, blenders: list[Blender]) -> list[Blender]:
    """Return the oldest, the newest and the usual Blender: EEVEE without a GPU is too slow to try more."""
    return list(dict.fromkeys([blenders[0], blender, blenders[-1]]))


def image(dataset: Dataset, frame: int) -> np.ndarray:
    """Return a frame's image, (H, W, 3) in RGB order, from 0 to 1."""
    return cv2.imread(str(dataset.folder / "images" / f"{frame:06d}.png"))[..., ::-1] / 255.0


def ids_of_colors(picture: np.ndarray, dataset: Dataset) -> np.ndarray:
    """Return the id of the category whose colour is nearest to each pixel's."""
    colors = np.array(list(COLORS.values()), float)
    nearest = np.argmin(((picture[:, :, None] - colors) ** 2).sum(3), axis=2)
    return np.array([dataset.categories[name] for name in COLORS])[nearest]


def inner(label: np.ndarray, margin: int = 1) -> np.ndarray:
    """Return the pixels whose neighbours all have their label: those more than so many from an edge."""
    label = label.astype(np.float32)
    kernel = np.ones((2 * margin + 1,) * 2, np.uint8)
    return cv2.erode(label, kernel) == cv2.dilate(label, kernel)


@pytest.mark.full
@pytest.mark.parametrize("preset", ["standard", "realtime"])
def test_images_show_what_labels_say(preset: str, render: Render, scenes: Path, engines: list[Blender]) -> None:
    for blender in engines:
        # EEVEE is slow without a GPU: `test_engines_agree_on_where_things_are` looks at the same renders.
        options = (*CAMERAS, *(["--no-denoise"] if preset == "realtime" else []), "--preset", preset)
        dataset = Dataset(render(scenes / "sharp.blend", *options, blender=blender, size="160x120", samples=4))
        for frame in dataset.frames:
            label = dataset.array("labels", frame)
            assert set(np.unique(label)) == {dataset.categories[name] for name in COLORS}
            seen = ids_of_colors(image(dataset, frame), dataset)
            wrong = (seen != label) & inner(label)
            assert not wrong.any(), (blender, frame, np.argwhere(wrong)[:5])
            # On edges, where a pixel shows two things, most agree as well, and no side is favoured.
            edges = ~inner(label)
            assert (seen == label)[edges].mean() > 0.8, (blender, frame)


@pytest.mark.full
def test_engines_agree_on_where_things_are(render: Render, scenes: Path, engines: list[Blender]) -> None:
    options = (*CAMERAS, "--no-denoise", "--preset")  # of so few samples, the denoiser would blur edges
    for blender in engines:
        by = {
            preset: Dataset(
                render(scenes / "sharp.blend", *options, preset, blender=blender, size="160x120", samples=4)
            )
            for preset in ("standard", "realtime")
        }
        for frame in by["standard"].frames:
            label = by["standard"].array("labels", frame)
            np.testing.assert_array_equal(label, by["realtime"].array("labels", frame))
            difference = np.abs(image(by["standard"], frame) - image(by["realtime"], frame)).max(2)
            # Both engines' pixels reach 1.5 pixels far.
            assert difference[inner(label, 2)].max() < 0.02, (blender, frame)


@pytest.mark.full
@pytest.mark.parametrize("preset", ["standard", "realtime"])
def test_motion_blur_has_its_middle_where_the_label_is(
    preset: str, render: Render, scenes: Path, engines: list[Blender]
) -> None:
    for blender in engines:
        dataset = Dataset(
            render(scenes / "blurred.blend", *CAMERAS, "--preset", preset, blender=blender, size="160x120", samples=16)
        )
        for frame in dataset.frames:
            # The ball is before the wall only, in the upper half of the picture.
            lamp = (dataset.array("labels", frame) == dataset.categories["lamp"])[:60]
            red = image(dataset, frame)[:60, :, 0]
            assert ((red > 0.2) & (red < 0.8)).sum() > 40, (blender, frame, "nothing is blurred")
            columns = np.arange(160)
            middle = (lamp.sum(0) * columns).sum() / lamp.sum()
            seen = (red.sum(0) * columns).sum() / red.sum()
            assert abs(seen - middle) < 1, (blender, frame, seen, middle)


def test_says_so_where_there_is_no_opengl(
    run: Run, scenes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_FILENAMES", str(tmp_path / "none.json"))
    options = ("--preset", "realtime", "--size", "80x60", "--frames", "1")
    done = run("render", scenes / "sharp.blend", *options, "--out", tmp_path / "out")
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert "preset realtime: EEVEE needs OpenGL" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_samples_change_a_preset_in_proportion() -> None:
    standard = quality.named("standard")
    half = standard.with_samples(standard.samples // 2)
    assert half.samples == standard.samples // 2
    assert half.threshold == pytest.approx(2 * standard.threshold)
    assert half.least_samples == standard.least_samples // 2
    assert standard.with_samples(standard.samples) == standard
    assert standard.with_samples(1).least_samples == 1
    assert standard.with_samples(1).threshold <= 1


def test_refuses_an_unknown_preset() -> None:
    with pytest.raises(SweepsetError, match="no preset 'best'; choose one of draft, standard, fine, realtime"):
        quality.named("best")


def test_a_job_file_names_a_preset_and_the_command_outdoes_it(run: Run, scenes: Path, tmp_path: Path) -> None:
    job = tmp_path / "job.json"
    job.write_text(json.dumps({"scene": str(scenes / "sharp.blend"), "preset": "draft", "samples": 3}))
    common = ("--sweep", "cameras", "--frames", "1", "--size", "32x24", "--no-denoise", "--exposure", "keep")
    for name, options in (("file", ()), ("command", ("--preset", "standard")), ("both", ("--samples", "2"))):
        done = run("render", job, *common, *options, "--out", tmp_path / name)
        assert done.returncode == 0, done.stderr
    told = {name: Dataset(tmp_path / name).record["job"] for name in ("file", "command", "both")}
    assert {name: (one["preset"], one["samples"]) for name, one in told.items()} == {
        "file": ("draft", 3),
        "command": ("standard", quality.named("standard").samples),
        "both": ("draft", 2),
    }
