"""Pictures as cameras and editors write them: photos as RGB, held upright, and masks as ids."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
from PIL import Image

from ..errors import SweepsetError

ORIENTATION = 0x112
"""EXIF's tag for how a camera was held: 1 to 8, 1 if the stored picture is upright."""
LOSSY = {"JPEG", "MPO", "JPEG2000", "AVIF"}
"""Formats that change values, as Pillow names them."""
LOSSY_TIFF = {"jpeg", "tiff_jpeg", "webp"}
"""Compressions that do, of TIFF."""


def read_image(path: Path) -> np.ndarray:
    """Return a photo as (H, W, 3) uint8 RGB, upright as EXIF notes that the camera was held.

    16-bit values are scaled to 8 bits. Transparent pixels become black, as Blender's empty background is. Of several
    pages or frames it is the first. Raise SweepsetError if the file is missing, broken, or of a kind without a known
    white, such as floats.
    """
    with _opened(path) as picture:
        _load(picture, path)
        # Asked after loading: Pillow turns TIFFs itself.
        return turn(_rgb(picture, path), _held(picture))


def read_label(path: Path, ids: Collection[int] = (), held: int = 1) -> np.ndarray:
    """Return a mask as ids, (H, W) uint16: grey values, or the indices of a palette.

    A mask with an EXIF orientation is turned upright by it, then by `held`, that of its photo if the mask was drawn
    on the photo as it is stored. An alpha beside greys must be opaque everywhere. Raise SweepsetError if the file is
    missing or broken, has several channels, or is in a format that changes values, such as JPEG. Raise it too for a
    palette of greys in another order than its indices, if all greys are among `ids`: either could be meant.
    """
    with _opened(path) as picture:
        if _is_lossy(picture, path):
            raise SweepsetError(
                f"{str(path)!r} is a label in a lossy format, {picture.format}, which changes ids: write labels anew "
                "from where they were drawn, as PNG"
            )
        _load(picture, path)
        found = _one_channel(picture, path)
        if picture.mode in ("P", "PA"):
            _refuse_greys(picture, found, path, ids)
        own = _held(picture)
    if found.dtype.kind == "f" or found.min() < 0 or found.max() > 65535:
        raise SweepsetError(
            f"{str(path)!r} has values from {found.min()} to {found.max()}, {found.dtype}: ids are whole, 0 to 65535"
        )
    return np.ascontiguousarray(turn(turn(found.astype(np.uint16), own), held))


def read_grey(path: Path, held: int = 1) -> np.ndarray:
    """Return a black-and-white mask as it looks, (H, W) uint16: grey values, which a palette of greys gives too.

    In a palette of colours, the indices are the values. It is turned as `read_label` turns it. Raise SweepsetError as
    `read_label` does.
    """
    with _opened(path) as picture:
        palette = np.array((picture.getpalette("RGB") or []) if picture.mode == "P" else [], np.uint8).reshape(-1, 3)
    values = read_label(path, (), held)
    used = np.flatnonzero(np.bincount(values.ravel()))
    greys = palette[used[used < len(palette)]]
    if len(palette) and len(greys) == len(used) and (greys == greys[:, :1]).all():
        table = np.zeros(65536, np.uint16)
        table[used] = greys[:, 0]
        return np.asarray(table[values])
    return values


def orientation(path: Path) -> int:
    """Return EXIF's orientation of a picture, 1 to 8."""
    with _opened(path) as picture:
        return _held(picture)


def color_profile(path: Path) -> bytes | None:
    """Return the ICC profile that a photo's RGB values are in; None if it has none, or is kept in other colours."""
    with _opened(path) as picture:
        profile = picture.info.get("icc_profile")
        return profile if profile and picture.mode in ("RGB", "RGBA") else None


def turn(pixels: np.ndarray, held: int) -> np.ndarray:
    """Return stored pixels (H, W, ...) upright, by EXIF's orientation: mirrored, turned, or both."""
    turned = pixels.swapaxes(0, 1) if held >= 5 else pixels
    if held in (3, 4, 7, 8):
        turned = turned[::-1]
    if held in (2, 3, 6, 7):
        turned = turned[:, ::-1]
    return np.ascontiguousarray(turned)


def _rgb(picture: Image.Image, path: Path) -> np.ndarray:
    """Return a loaded picture as (H, W, 3) uint8."""
    mode = picture.mode
    if mode.startswith("I;16") or (mode == "I" and picture.format == "PNG"):
        white = 2 ** _bits(picture) - 1
        grey = np.clip(np.rint(np.asarray(picture) * (255 / white)), 0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    if mode in ("I", "F"):
        raise SweepsetError(
            f"{str(path)!r} holds {'whole numbers of 32 bits' if mode == 'I' else 'floats'}, of which none is known to "
            "be white: save it with 8 or 16 bits a channel"
        )
    try:
        if picture.has_transparency_data:
            seen = picture.convert("RGBA")
            return np.asarray(Image.alpha_composite(Image.new("RGBA", seen.size, (0, 0, 0, 255)), seen))[:, :, :3]
        return np.asarray(picture.convert("RGB"))
    except ValueError:
        raise SweepsetError(f"{str(path)!r} is in the colours {mode}: save it as RGB") from None


def _bits(picture: Image.Image) -> int:
    """Return how many bits the values of a grey picture have that is kept with 16."""
    bits = getattr(picture, "tag_v2", {}).get(258, (16,))
    return int(bits[0] if isinstance(bits, tuple) else bits)


def _one_channel(picture: Image.Image, path: Path) -> np.ndarray:
    """Return a loaded mask's values (H, W); an alpha beside them must be opaque."""
    pixels = np.asarray(picture)
    if pixels.ndim == 2:
        return pixels
    if picture.mode in ("LA", "PA"):
        if (pixels[..., 1] != 255).any():
            raise SweepsetError(
                f"{str(path)!r} has transparent pixels, and a label has an id in each: save it without transparency"
            )
        return pixels[..., 0]
    colors = pixels[..., :3]
    colored = np.argwhere((colors != colors[..., :1]).any(-1))
    what = "equal in each pixel: save it as grey, 8-bit or 16-bit"
    if len(colored):
        example = tuple(colors[tuple(colored[0])].tolist())
        what = f"such as {example}: write the id of the category that each colour stands for"
    raise SweepsetError(f"{str(path)!r} has channels {picture.mode}, {what}; a label has one channel, of ids")


def _refuse_greys(picture: Image.Image, indices: np.ndarray, path: Path, ids: Collection[int]) -> None:
    """Refuse a palette of greys that could be meant as ids instead of their indices."""
    palette = np.array(picture.getpalette("RGB") or [], np.uint8).reshape(-1, 3)
    used = np.flatnonzero(np.bincount(indices.ravel()))
    used = used[used < len(palette)]
    greys = palette[used, 0]
    if (palette[used] != greys[:, None]).any() or np.array_equal(greys, used):
        return
    if set(greys.tolist()) <= set(ids):
        first = int(np.flatnonzero(greys != used)[0])
        raise SweepsetError(
            f"{str(path)!r} has a palette of greys in another order than its indices: a pixel of index {used[first]} "
            f"is grey {greys[first]}, and either may be its id; save it as grey without a palette, or with colours"
        )


def _is_lossy(picture: Image.Image, path: Path) -> bool:
    if picture.format == "WEBP":
        return b"VP8L" not in _webp_chunks(path.read_bytes())
    return picture.format in LOSSY or picture.info.get("compression") in LOSSY_TIFF


def _webp_chunks(data: bytes) -> set[bytes]:
    """Return the kinds of chunks in a WebP file; VP8L are lossless pixels."""
    at, found = 12, set()
    while at + 8 <= len(data):
        found.add(data[at : at + 4])
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    return found


def _held(picture: Image.Image) -> int:
    try:
        held = picture.getexif().get(ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError):  # a broken note says nothing about how the camera was held
        return 1
    return held if held in range(1, 9) else 1


def _opened(path: Path) -> Image.Image:
    try:
        return Image.open(path)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _unreadable(path, error) from None


def _load(picture: Image.Image, path: Path) -> None:
    try:
        picture.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> SweepsetError:
    if isinstance(error, Image.DecompressionBombError):
        return SweepsetError(f"{str(path)!r} has more pixels than can be read safely: save it smaller")
    reason = "no such file" if isinstance(error, FileNotFoundError) else "no whole picture"
    return SweepsetError(f"cannot read {str(path)!r}: {reason}; put the right file there or leave the item out")
