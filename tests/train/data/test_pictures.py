"""Photos and masks as cameras and editors write them are read as what they show, or refused by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

Image = pytest.importorskip("PIL.Image")

from sweepset import taxonomy  # noqa: E402
from sweepset.errors import SweepsetError  # noqa: E402
from sweepset.host import pictures  # noqa: E402
from sweepset.taxonomy import Category, Taxonomy  # noqa: E402
from sweepset_train.data import sources  # noqa: E402

HELD = 0x112
KINDS = Taxonomy("abc", tuple(Category(k, name, "", (k, k, k), True) for k, name in enumerate("abc", 1)))


def corners(width: int = 12, height: int = 8) -> np.ndarray:
    """Return a picture of four flat quarters: red, green, blue and grey from the top left, row by row."""
    picture = np.zeros((height * 2, width * 2, 3), np.uint8)
    picture[:height, :width] = 230, 20, 20
    picture[:height, width:] = 20, 200, 20
    picture[height:, :width] = 20, 20, 220
    picture[height:, width:] = 120, 120, 120
    return picture


def ids_of(picture: np.ndarray) -> np.ndarray:
    """Return which quarter's colour each pixel has: 1 red, 2 green, 3 blue, 0 grey."""
    spread = picture.max(-1).astype(int) - picture.min(-1) > 90
    return np.where(spread, picture.argmax(-1) + 1, 0)


def save(path: Path, pixels: np.ndarray, held: int = 1, **how: object) -> Path:
    exif = Image.Exif()
    exif[HELD] = held
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, exif=exif, **how)
    return path


# What a camera stores when it is held so, by the standard's words: which edges of the scene are row 0 and column 0.
STORED: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    1: lambda seen: seen,  # top, left
    2: lambda seen: seen[:, ::-1],  # top, right
    3: lambda seen: seen[::-1, ::-1],  # bottom, right
    4: lambda seen: seen[::-1],  # bottom, left
    5: lambda seen: seen.swapaxes(0, 1),  # left, top
    6: lambda seen: seen.swapaxes(0, 1)[::-1],  # right, top
    7: lambda seen: seen[::-1, ::-1].swapaxes(0, 1),  # right, bottom
    8: lambda seen: seen.swapaxes(0, 1)[:, ::-1],  # left, bottom
}


def refused(call: Callable[[], object], *words: str) -> None:
    with pytest.raises(SweepsetError) as error:
        call()
    assert all(word in str(error.value) for word in words), str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
def test_photos_are_turned_as_they_were_held(tmp_path: Path, suffix: str) -> None:
    for seen in (corners(), corners(10, 10)):
        for held, stored in STORED.items():
            pixels = np.ascontiguousarray(stored(seen))
            path = save(tmp_path / f"{held}.{suffix}", pixels, held, **({} if suffix == "tif" else {"quality": 95}))
            read = pictures.read_image(path)
            assert read.shape == seen.shape, (suffix, held)
            assert (ids_of(read) == ids_of(seen)).mean() > 0.97, (suffix, held)


def test_a_broken_or_strange_orientation_changes_nothing(tmp_path: Path) -> None:
    for held in (0, 9):
        assert (ids_of(pictures.read_image(save(tmp_path / "a.png", corners(), held))) == ids_of(corners())).all()


def test_deep_and_odd_photos_have_the_colours_that_they_show(tmp_path: Path) -> None:
    grey = np.arange(0, 250, 10, dtype=np.uint8).reshape(5, 5)
    deep = grey.astype(np.uint16) * 257
    Image.fromarray(deep).save(tmp_path / "deep.png")
    Image.fromarray(deep).save(tmp_path / "deep.tif")
    Image.fromarray(grey).save(tmp_path / "grey.png")
    Image.fromarray(grey > 100).save(tmp_path / "two.png")
    for name, expected in (("deep.png", grey), ("deep.tif", grey), ("grey.png", grey), ("two.png", (grey > 100) * 255)):
        assert np.array_equal(pictures.read_image(tmp_path / name), np.repeat(expected[:, :, None], 3, 2)), name
    seen = Image.fromarray(corners())
    seen.quantize(4, method=Image.Quantize.FASTOCTREE).save(tmp_path / "palette.png")
    seen.convert("CMYK").save(tmp_path / "cmyk.jpg", quality=98)
    seen.convert("CMYK").save(tmp_path / "cmyk.tif")
    seen.save(tmp_path / "rgb.bmp")
    for name in ("palette.png", "cmyk.jpg", "cmyk.tif", "rgb.bmp"):
        assert (ids_of(pictures.read_image(tmp_path / name)) == ids_of(corners())).mean() > 0.97, name


def test_colours_of_16_bits_are_scaled(tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    deep = corners()[:, :, ::-1].astype(np.uint16) * 257
    for name in ("deep.png", "deep.tif"):
        cv2.imwrite(str(tmp_path / name), deep)
        assert np.abs(pictures.read_image(tmp_path / name).astype(int) - corners()).max() <= 1, name


def test_transparent_pixels_are_black(tmp_path: Path) -> None:
    alpha = np.full(corners().shape[:2], 255, np.uint8)
    alpha[:4], alpha[4:8] = 0, 128
    clear = np.dstack([corners(), alpha])
    Image.fromarray(clear).save(tmp_path / "rgba.png")
    Image.fromarray(np.dstack([clear[..., 0], alpha])).save(tmp_path / "la.png")
    Image.fromarray(clear).quantize(16).save(tmp_path / "palette.png")
    for name in ("rgba.png", "la.png", "palette.png"):
        read = pictures.read_image(tmp_path / name)
        assert read.shape[2] == 3
        assert not read[:4].any(), name
        assert abs(int(read[5, 2, 0]) - 115) <= 3, name
    assert np.array_equal(pictures.read_image(tmp_path / "rgba.png")[8:], corners()[8:])


def test_pictures_without_a_known_white_are_refused(tmp_path: Path) -> None:
    Image.fromarray(np.ones((4, 4), np.float32)).save(tmp_path / "float.tif")
    Image.fromarray(np.full((4, 4), 70000, np.int32)).save(tmp_path / "int.tif")
    for name in ("float.tif", "int.tif"):
        refused(lambda name=name: pictures.read_image(tmp_path / name), name, "8 or 16 bits")
    refused(lambda: pictures.read_label(tmp_path / "float.tif"), "float.tif")
    refused(lambda: pictures.read_label(tmp_path / "int.tif"), "int.tif", "0 to 65535")


def palette_mask(path: Path, indices: np.ndarray, palette: np.ndarray) -> Path:
    mask = Image.fromarray(indices.astype(np.uint8)).convert("P")
    mask.putdata(indices.ravel().tolist())
    mask.putpalette(palette.astype(np.uint8).tobytes())
    mask.save(path)
    return path


def test_masks_are_read_as_ids(tmp_path: Path) -> None:
    ids = np.array([[0, 1, 2], [3, 2, 1]], np.uint8)
    Image.fromarray(ids).save(tmp_path / "grey.png")
    Image.fromarray(ids).save(tmp_path / "grey.tif")
    Image.fromarray(ids).save(tmp_path / "grey.bmp")
    Image.fromarray(np.dstack([ids, np.full_like(ids, 255)])).save(tmp_path / "alpha.png")
    for name in ("grey.png", "grey.tif", "grey.bmp", "alpha.png"):
        assert np.array_equal(pictures.read_label(tmp_path / name), ids), name
    wide = ids.astype(np.uint16) * 300
    Image.fromarray(wide).save(tmp_path / "wide.png")
    assert np.array_equal(pictures.read_label(tmp_path / "wide.png"), wide)
    Image.fromarray(ids > 1).save(tmp_path / "bits.png")
    assert np.array_equal(pictures.read_label(tmp_path / "bits.png"), ids > 1)
    colors = np.random.default_rng(0).integers(0, 256, (256, 3))
    assert np.array_equal(pictures.read_label(palette_mask(tmp_path / "colors.png", ids, colors)), ids)


def test_palettes_of_greys_in_another_order(tmp_path: Path) -> None:
    """Greys that are ids could be what is meant, where a program packed a grey mask; no other greys can."""
    ids = np.array([[0, 1, 2], [3, 2, 1]], np.uint8)
    for name, greys in (("reversed", np.arange(256)[::-1]), ("spread", np.minimum(255, np.arange(256) * 85))):
        path = palette_mask(tmp_path / f"{name}.png", ids, np.repeat(greys[:, None], 3, 1))
        assert np.array_equal(pictures.read_label(path, {0, 1, 2, 3}), ids), name
    for name, greys in (("packed", [0, 5, 20, 31]), ("swapped", [0, 2, 1, 3])):
        path = palette_mask(tmp_path / f"{name}.png", ids, np.repeat(np.array(greys)[:, None], 3, 1))
        refused(lambda path=path: pictures.read_label(path, {*range(41)}), f"{name}.png", "index 1", f"grey {greys[1]}")
    ordered = palette_mask(tmp_path / "ordered.png", ids, np.repeat(np.arange(256)[:, None], 3, 1))
    assert np.array_equal(pictures.read_label(ordered, {0, 1, 2, 3}), ids)


def test_masks_that_hold_no_ids_are_refused(tmp_path: Path) -> None:
    ids = np.kron(np.array([[1, 2], [3, 0]], np.uint8), np.ones((16, 16), np.uint8))
    Image.fromarray(ids).save(tmp_path / "lossy.jpg")
    (tmp_path / "renamed.png").write_bytes((tmp_path / "lossy.jpg").read_bytes())
    Image.fromarray(np.dstack([ids] * 3)).save(tmp_path / "lossy.webp", quality=80)
    Image.fromarray(ids).save(tmp_path / "lossy.tif", compression="jpeg")
    for name in ("lossy.jpg", "renamed.png", "lossy.webp", "lossy.tif"):
        refused(lambda name=name: pictures.read_label(tmp_path / name), name, "lossy", "PNG")
    Image.fromarray(np.dstack([ids] * 3)).save(tmp_path / "equal.webp", lossless=True)
    Image.fromarray(corners()).save(tmp_path / "colors.png")
    Image.fromarray(np.dstack([ids, ids * 60])).save(tmp_path / "clear.png")
    refused(lambda: pictures.read_label(tmp_path / "equal.webp"), "equal.webp", "save it as grey")
    refused(lambda: pictures.read_label(tmp_path / "colors.png"), "colors.png", "(230, 20, 20)", "id of the category")
    refused(lambda: pictures.read_label(tmp_path / "clear.png"), "clear.png", "transparen")


def pairs(folder: Path, held: int, upright: bool) -> sources.Source:
    """Write a photo that was held so, and its mask as drawn on it upright or as stored; return them opened."""
    seen = corners()
    save(folder / "images/a.jpg", np.ascontiguousarray(STORED[held](seen)), held, quality=98)
    mask = ids_of(seen).astype(np.uint8)
    save(folder / "labels/a.png", np.ascontiguousarray(mask if upright else STORED[held](mask)))
    return sources.open_folder(folder, KINDS, labels_upright=upright)


@pytest.mark.parametrize("upright", [True, False])
def test_labels_lie_on_their_photos(tmp_path: Path, upright: bool) -> None:
    for held in STORED:
        image, label = pairs(tmp_path / str(held), held, upright).read(0)
        assert image.shape == corners().shape
        assert (ids_of(image) == label).mean() > 0.97, held


def test_a_mask_with_an_orientation_of_its_own_is_turned_by_it(tmp_path: Path) -> None:
    mask = ids_of(corners()).astype(np.uint8)
    path = save(tmp_path / "a.png", np.ascontiguousarray(STORED[6](mask)), 6)
    assert np.array_equal(pictures.read_label(path), mask)


def test_a_mask_that_lies_on_its_side_is_explained(tmp_path: Path) -> None:
    pairs(tmp_path / "stored", 6, upright=False)
    pairs(tmp_path / "upright", 6, upright=True)
    stored = sources.open_folder(tmp_path / "stored", KINDS)
    upright = sources.open_folder(tmp_path / "upright", KINDS, labels_upright=False)
    refused(lambda: stored.read(0), "labels/a.png", "orientation 6", "data.labels_upright=false")
    refused(lambda: upright.read(0), "labels/a.png", "orientation 6", "data.labels_upright=true")
    save(tmp_path / "plain/images/a.png", corners())
    save(tmp_path / "plain/labels/a.png", np.ascontiguousarray(ids_of(corners()).astype(np.uint8).T))
    refused(lambda: sources.open_folder(tmp_path / "plain", KINDS).read(0), "labels/a.png", "on its side")
    assert stored.digest() != sources.open_folder(tmp_path / "stored", KINDS, labels_upright=False).digest()


def test_ids_from_zero(tmp_path: Path) -> None:
    mask = np.array([[0, 1], [2, 255]], np.uint8)
    save(tmp_path / "images/a.png", np.zeros((2, 2, 3), np.uint8))
    save(tmp_path / "labels/a.png", mask)
    own = taxonomy.parse({"categories": [{"id": k, "name": name} for k, name in enumerate("abc")]}, "zero", least=0)
    for kinds in (own, sources.from_zero(KINDS)):
        source = sources.open_folder(tmp_path, kinds)
        table = sources.train_ids(source, own if kinds is own else KINDS)
        assert sources.to_train_ids(source.read(0)[1], table, "").tolist() == [[0, 1], [2, sources.IGNORE]]
    refused(lambda: taxonomy.parse(own.to_json(), "zero"), "id 0", "from 1")
