"""Cut out: soft edges against a known alpha, shadows below what stands, backgrounds, turned photos with a profile."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import masked_photos

pytest.importorskip("torch")
pytest.importorskip("lightning")

from PIL import Image, ImageCms
from scipy import ndimage

from commands import Train
from sweepset.errors import SweepsetError
from sweepset_train import experiment, training
from sweepset_train.cutout import composing, matting

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("repeatable")]


def blended(size: int = 600) -> tuple[np.ndarray, np.ndarray]:
    """Return a dark disc with edges of known alpha before a bright wall, and that alpha."""
    rows, columns = np.mgrid[:size, :size]
    alpha = np.clip((size / 3 - np.hypot(rows - size / 2, columns - size / 2)) / 3 + 0.5, 0, 1)
    image = alpha[..., None] * (30, 60, 160) + (1 - alpha[..., None]) * (230, 225, 220)
    return np.rint(image).astype(np.uint8), alpha


def test_edges_follow_the_photo() -> None:
    """From a mask that is wrong by two pixels, alpha comes nearer to the truth than the mask is; colours are clean."""
    image, truth = blended()
    mask = ndimage.binary_dilation(truth >= 0.5, iterations=2).astype(np.float32)
    alpha = matting.soften(image, mask)
    assert np.abs(alpha - truth).mean() < 0.85 * np.abs(mask - truth).mean()
    assert set(np.unique(alpha[[0, 300], [0, 300]])) == {0, 1}
    colors = matting.foreground_colors(image, truth.astype(np.float32))
    edge = (truth > 0.3) & (truth < 0.9)
    off = [np.abs(one[edge].astype(int) - (30, 60, 160)).mean() for one in (colors, image)]
    assert off[0] < off[1] / 4
    assert not matting.soften(image, np.zeros_like(mask)).any()
    loose = mask.copy()
    loose[5:15, 5:15] = 1
    assert np.array_equal(matting.soften(image, loose), alpha)


def test_shadows_lie_where_wheels_stand() -> None:
    """A box on two legs: darkest below the legs, none beside or above it; an empty mask throws none."""
    alpha = np.zeros((100, 160), np.float32)
    alpha[30:70, 30:130] = 1
    alpha[70:80, 40:55] = alpha[70:80, 105:120] = 1
    taken = composing.shadow(alpha)
    assert 0.2 < taken[79, 47] <= composing.DARKEST
    assert taken[79, 47] > taken[79, 15]
    assert taken[:25].max() < 0.01
    assert taken[99].max() < 0.1
    assert not composing.shadow(np.zeros((20, 30), np.float32)).any()
    found = composing.compose(np.zeros((100, 160, 3), np.uint8), alpha, np.full((100, 160, 3), 200, np.uint8))
    assert not found[50, 80].any()
    assert (found[5, 5] == 200).all()


def test_shadows_follow_wheels_at_an_angle() -> None:
    """A car seen at an angle: near wheel low in the middle, far wheels higher at both sides; none floats, no bar."""
    alpha = np.zeros((120, 160), np.float32)
    alpha[20:60, 20:140] = 1
    for left, bottom in ((72, 90), (122, 75), (30, 78)):
        alpha[60:bottom, left : left + 10] = 1
    taken = composing.shadow(alpha)
    for left, bottom in ((72, 90), (122, 75), (30, 78)):
        assert taken[bottom, left + 5] > 0.2
        assert taken[bottom + 12 :, left + 5].max() < 0.2
    assert taken[86:, :60].max() < 0.2
    assert taken[86:, 100:].max() < 0.2


def test_backgrounds(tmp_path: Path) -> None:
    assert composing.read_background("#102030").tolist() == [[[16, 32, 48]]]
    Image.new("RGB", (40, 10), "red").save(tmp_path / "wall.png")
    assert composing.fit(composing.read_background(str(tmp_path / "wall.png")), 30, 20).shape == (30, 20, 3)
    with pytest.raises(SweepsetError, match="neither a file nor a colour"):
        composing.read_background("walll.png")


def test_the_command(tmp_path: Path, train: Train) -> None:
    folder = masked_photos.write(tmp_path / "data")
    run, _ = training.fit(experiment.read("masking", masked_photos.changes(folder)), tmp_path / "run", lambda _: None)
    name, mask = next(iter(masked_photos.masks().items()))
    photos, profile = tmp_path / "photos" / "lot", ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photos.mkdir(parents=True)
    exif = Image.Exif()
    exif[0x112] = 6
    stored = np.rot90(np.asarray(Image.open(folder / "train" / f"{name}.jpg")))
    Image.fromarray(stored).save(photos / "turned.jpg", quality=95, exif=exif, icc_profile=profile)
    (photos / "broken.jpg").write_bytes(b"\xff\xd8nothing")
    words = ("--out", tmp_path / "out", "--background", "white")
    status, _, told = train("cutout", run.folder, tmp_path / "photos", *words)
    assert status == 1
    assert "1 of 2 photos can't be read" in told
    cut = Image.open(tmp_path / "out" / "cutouts" / "lot" / "turned.png")
    assert (cut.mode, cut.size) == ("RGBA", masked_photos.SIZE)
    assert cut.info["icc_profile"] == profile
    assert ((np.asarray(cut)[..., 3] >= 128) == mask).mean() > 0.95
    on = np.asarray(Image.open(tmp_path / "out" / "composed" / "lot" / "turned.png"))
    assert on[0, 0].min() > 240
    assert "lot/turned" in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    for arguments, text in (
        ([folder, photos], "is no run"),
        ([run.folder, tmp_path / "none"], "no folder"),
        ([run.folder, photos, "--background", "nocolor"], "neither a file nor a colour"),
        ([run.folder, photos, "--out", run.folder], "holds a run"),
    ):
        status, _, told = train("cutout", *arguments)
        assert status == 2
        assert text in told
        assert len(told.splitlines()) == 1
