"""`sweepset bench --presets`: its measures against hand-worked values and another library, and a small run."""

from __future__ import annotations

import json
import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from commands import Run
from sweepset_render.bench import presets
from sweepset_render.bench.presets import PLAIN, Shot
from sweepset_render.blender.installations import Blender


def plain_image(value: int) -> np.ndarray:
    """Return an image of one value, 16x16 in three channels."""
    return np.full((16, 16, 3), value, np.uint8)


def test_psnr_by_hand() -> None:
    assert presets.psnr(plain_image(110), plain_image(100)) == pytest.approx(20 * math.log10(25.5))
    assert presets.psnr(plain_image(0), plain_image(255)) == pytest.approx(0)
    assert presets.psnr(plain_image(7), plain_image(7)) == math.inf
    # One value of the 768 is off by 16: the mean of squares is a third.
    image = plain_image(100)
    image[3, 4, 1] = 116
    assert presets.psnr(image, plain_image(100)) == pytest.approx(10 * math.log10(3 * 255**2))


def test_ssim_by_hand() -> None:
    assert presets.ssim(plain_image(9), plain_image(9)) == pytest.approx(1)
    # Without variance, only the means are compared: (2 x y + a) / (x^2 + y^2 + a), a = 2.55^2.
    wanted = (2 * 100 * 50 + 2.55**2) / (100**2 + 50**2 + 2.55**2)
    assert presets.ssim(plain_image(50), plain_image(100)) == pytest.approx(wanted)


def test_ssim_agrees_with_another_library() -> None:
    metrics = pytest.importorskip("torchmetrics.functional.image")
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    reference = cv2.GaussianBlur(rng.integers(0, 256, (40, 56, 3), np.uint8), (5, 5), 2)
    image = np.clip(reference + rng.normal(0, 12, reference.shape), 0, 255).astype(np.uint8)
    one, other = (torch.tensor(array.astype(float)).permute(2, 0, 1)[None] for array in (image, reference))
    # It gives a value for each pixel; those of whole windows lie 5 or more from the edge.
    full = metrics.structural_similarity_index_measure(one, other, data_range=255.0, return_full_image=True)[1]
    wanted = float(full[..., 5:-5, 5:-5].mean())
    assert wanted < 0.95
    assert presets.ssim(image, reference) == pytest.approx(wanted, abs=1e-4)


def test_rows_are_means_and_the_least() -> None:
    shots = [Shot(PLAIN, 0, 20, 36, 50, 0.99), Shot(PLAIN, 1, 10, 24, 48, 0.97)]
    shots += [Shot(name, k, 1.0, 2 + k, 40 + k, 0.9) for name in presets.COMPARED if name != PLAIN for k in (0, 1)]
    rows = {row.name: row for row in presets.summarize(shots)}
    assert list(rows) == [*(name for name in presets.COMPARED if name != PLAIN), PLAIN]
    plain, fine = rows[PLAIN], rows["fine"]
    assert (plain.frames_an_hour, plain.processor, plain.speed) == pytest.approx((240, 30, 1))
    assert (plain.psnr_least, plain.psnr_mean, plain.ssim) == pytest.approx((48, 49, 0.98))
    assert (fine.frames_an_hour, fine.processor, fine.speed) == pytest.approx((3600, 2.5, 12))
    assert (fine.psnr_least, fine.psnr_mean) == pytest.approx((40, 40.5))


@pytest.mark.full
def test_presets_of_a_small_scene(run: Run, hazard: Path, blenders: list[Blender], tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = ("--presets", "--frames", "2", "--size", "48x32", "--reference", "64", "--out", out)
    command = ("bench", hazard, *options, "--blender", blenders[-1].executable)
    done = run(*command)
    assert done.returncode == 0, done.stderr
    told = json.loads((out / "presets.json").read_text(encoding="utf-8"))
    assert [row["name"] for row in told["rows"]] == list(presets.COMPARED)
    assert [(shot["frame"], shot["name"]) for shot in told["shots"]] == [
        (k, n) for k in (0, 1) for n in presets.COMPARED
    ]
    for shot in told["shots"]:
        image, reference = (
            cv2.imread(str(out / f"{name}-{shot['frame']:06d}.png")).astype(float)
            for name in (shot["name"], "reference")
        )
        assert image.shape == (32, 48, 3)
        assert shot["psnr"] == pytest.approx(20 * math.log10(255 / math.sqrt(((image - reference) ** 2).mean())))
        assert shot["processor"] > 0
        assert shot["clock"] > 0
        # Another frame is another picture, and a preset's picture is of its frame.
        other = cv2.imread(str(out / f"reference-{1 - shot['frame']:06d}.png")).astype(float)
        assert shot["psnr"] > 20 * math.log10(255 / math.sqrt(((image - other) ** 2).mean())) + 3
    lines = [line.split()[0] for line in done.stdout.splitlines()[-len(presets.COMPARED) :]]
    assert (out / "presets.png").exists() or "matplotlib" in done.stdout
    assert lines == list(presets.COMPARED) or not (out / "presets.png").exists()
    # A reference that is there is not rendered again; one of other cameras is.
    assert "reference:" in done.stdout
    for more, rendered in ((), False), (("--size", "32x48"), True):
        again = run(*command, *more)
        assert again.returncode == 0, again.stderr
        assert ("reference:" in again.stdout) == rendered
