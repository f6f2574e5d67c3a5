"""Photos with binary masks: the Carvana challenge's layout, plain folders, and every kind of mask that comes along."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import masked_photos

pytest.importorskip("torch")
pytest.importorskip("lightning")

from PIL import Image

from commands import Train
from sweepset.errors import SweepsetError
from sweepset_train.data.sources import SizesDiffer, Source
from sweepset_train.masking import reading
from sweepset_train.settings import Data

ELLIPSE = next(iter(masked_photos.masks().values()))


def folder_with(tmp_path: Path, mask: Image.Image, name: str = "a.png", photo: Image.Image | None = None) -> Source:
    """Return the source of one photo and its mask."""
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
    (photo or Image.new("RGB", masked_photos.SIZE)).save(tmp_path / "images" / "a.jpg")
    mask.save(tmp_path / "masks" / name)
    return reading.open_masks(tmp_path, Data())


def test_the_challenges_layout(tmp_path: Path) -> None:
    source = reading.open_masks(masked_photos.write(tmp_path), Data())
    assert len(source) == 16
    for index, (name, mask) in enumerate(masked_photos.masks().items()):
        item = source.items[index]
        body = "SUV" if int(name[:6], 16) % 2 else "sedan"
        assert (item.name, item.room, item.groups) == (name, name[:6], {"body": body, "view": name[7:]})
        assert np.array_equal(source.read(index)[1], np.where(mask, 2, 1))
    (tmp_path / "train").rename(tmp_path / "train_hq")
    assert len(reading.open_masks(tmp_path, Data(images="train_hq"))) == 16
    with pytest.raises(SweepsetError, match="no folder .*train'"):
        reading.open_masks(tmp_path, Data())


@pytest.mark.parametrize(
    "values", [(0, 1), (0, 255), (0, 3)], ids=["0 and 1", "0 and 255", "any other value"]
)  # fmt: skip
def test_any_value_but_0_is_foreground(tmp_path: Path, values: tuple[int, int]) -> None:
    source = folder_with(tmp_path, Image.fromarray(np.where(ELLIPSE, values[1], values[0]).astype(np.uint8)))
    assert np.array_equal(source.read(0)[1], np.where(ELLIPSE, 2, 1))


def test_other_forms_of_masks(tmp_path: Path) -> None:
    """Of 1 and of 16 bits, with a palette upside down, with soft edges, of parts."""
    inverted = Image.fromarray((~ELLIPSE).astype(np.uint8), "P")
    inverted.putpalette([255, 255, 255, 0, 0, 0] + [0] * 762)
    parts = ELLIPSE * np.arange(1, 5).repeat(8)[:, None]
    masks = {
        "bits": Image.fromarray(ELLIPSE),
        "deep": Image.fromarray(np.where(ELLIPSE, 65535, 0).astype(np.uint16)),
        "inverted": inverted,
        "parts": Image.fromarray(parts.astype(np.uint8)),
    }
    for name, mask in masks.items():
        mask.save(tmp_path / f"{name}.png")
        assert np.array_equal(reading.read_mask(tmp_path / f"{name}.png"), np.where(ELLIPSE, 2, 1)), name
    soft = np.tile(np.arange(0, 256, 5, np.uint8), (4, 1))
    Image.fromarray(soft).save(tmp_path / "soft.png")
    assert np.array_equal(reading.read_mask(tmp_path / "soft.png"), np.where(soft >= 128, 2, 1))


def test_255_beside_parts_may_mean_void(tmp_path: Path) -> None:
    values = np.where(ELLIPSE, 1, 0).astype(np.uint8)
    values[0] = 255
    Image.fromarray(values).save(tmp_path / "mask.png")
    with pytest.raises(SweepsetError, match=r"values 0, 1, 255.*data.void=\[255\]"):
        reading.read_mask(tmp_path / "mask.png")
    found = reading.read_mask(tmp_path / "mask.png", [255])
    assert np.array_equal(found[1:], np.where(ELLIPSE, 2, 1)[1:])
    assert not found[0].any()


def test_photos_as_cameras_write_them(tmp_path: Path) -> None:
    """Turned by EXIF, with a mask that is upright; and in CMYK."""
    photo = Image.new("CMYK", masked_photos.SIZE[::-1], (0, 255, 255, 0))
    exif = Image.Exif()
    exif[0x112] = 6
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
    photo.save(tmp_path / "images" / "a.jpg", exif=exif)
    Image.fromarray(ELLIPSE).save(tmp_path / "masks" / "a_mask.png")
    image, label = reading.open_masks(tmp_path, Data()).read(0)
    assert image.shape == (32, 48, 3)
    assert image[0, 0, 0] > 200 > 60 > image[0, 0, 1]
    assert np.array_equal(label, np.where(ELLIPSE, 2, 1))
    Image.fromarray(np.rot90(ELLIPSE)).save(tmp_path / "masks" / "a_mask.png")
    assert reading.open_masks(tmp_path, Data(labels_upright=False)).read(0)[1].shape == (32, 48)
    with pytest.raises(SizesDiffer, match="is 32x48 and its image 48x32"):
        reading.open_masks(tmp_path, Data()).read(0)


def test_what_does_not_fit_is_told(tmp_path: Path) -> None:
    source = folder_with(tmp_path, Image.fromarray(ELLIPSE[:20]))
    with pytest.raises(SizesDiffer, match="is 48x20 and its image 48x32"):
        source.read(0)
    (tmp_path / "masks" / "a.png").rename(tmp_path / "masks" / "b.png")
    with pytest.raises(SweepsetError, match="a.jpg' has no mask of its name"):
        reading.open_masks(tmp_path, Data())
    (tmp_path / "images" / "a.jpg").rename(tmp_path / "images" / "b.jpg")
    (tmp_path / "metadata.csv").write_text("name,body\nb,SUV", encoding="utf-8")
    with pytest.raises(SweepsetError, match="has no column id"):
        reading.open_masks(tmp_path, Data())
    with pytest.raises(SweepsetError, match="has no masks: expected a folder train_masks"):
        reading.open_masks(tmp_path / "images", Data())


def test_the_command_tells_bad_folders_in_a_line(tmp_path: Path, train: Train) -> None:
    folder = masked_photos.write(tmp_path / "photos")
    small = Image.new("L", (10, 10), 255)
    for name, spoil, text in (
        ("size", lambda: small.save(folder / "train_masks" / "000000_01_mask.gif"), "is 10x10 and its image 48x32"),
        ("pair", lambda: (folder / "train_masks" / "000000_01_mask.gif").unlink(), "has no mask of its name"),
        ("folder", lambda: (folder / "train").rename(folder / "others"), "no folder"),
    ):
        spoil()
        status, _, told = train("fit", "masking", "--set", f"data.real={folder}", "--out", tmp_path / name)
        assert status == 2
        assert text in told
        assert len(told.splitlines()) == 1
        assert not (tmp_path / name).exists()
