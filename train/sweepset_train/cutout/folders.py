"""Photos and folders of photos, cut out one by one: PNGs of soft edges, and pictures on a new background."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from sweepset import files, outputs, png
from sweepset.errors import Failure, SweepsetError
from sweepset.findings import Finding
from sweepset.host import page
from sweepset.host.pictures import color_profile, read_image

from ..data.labels import resize_image
from ..photos import find
from ..prediction import predict_photo
from ..runs import Run
from . import composing, matting

PAGE_PHOTOS, PAGE_WIDTH = 24, 420
"""Photos on the page, and their width there."""
CHECKERS = (235, 205)
"""The greys of what shows through on the page."""


def cut_folder(
    run: Run,
    photos: Sequence[Path],
    out: Path,
    background: str | None,
    checkpoint: str,
    device: torch.device,
    tell: Callable[[str], None],
) -> tuple[int, float]:
    """Write what a run finds in photos to `out`, with a page; return how many there are, and seconds for each.

    `cutouts` has PNGs with alpha; `composed` has the things on the background, if one is given. Pictures are upright,
    and keep their photo's colour profile. Raise SweepsetError for bad input, and Failure, after all is written, if
    photos could not be read.
    """
    behind = None if background is None else composing.read_background(background)
    found, _ = find(photos, out)
    outputs.demand(out, "cutouts")
    model = run.load_answering(checkpoint).to(device)
    shown = {found[k].name for k in np.linspace(0, len(found) - 1, min(PAGE_PHOTOS, len(found))).astype(int)}
    pictures: list[page.Picture] = []
    broken: list[Finding] = []
    begun = time.monotonic()
    for photo in found:
        try:
            image = read_image(photo.path)
        except SweepsetError as error:
            tell(f"left out: {error}")
            broken.append(Finding("unreadable", "error", photo.name, str(error), "replace it, and cut out again"))
            continue
        shares = run.task.foreground(predict_photo(run, model, image, device))
        if shares is None:
            raise SweepsetError(
                f"{str(run.folder)!r} is of task {run.experiment.task}, without a foreground: give a run of masking"
            )
        alpha = matting.soften(image, shares)
        colors = matting.foreground_colors(image, alpha)
        profile = color_profile(photo.path)
        _save(
            out / "cutouts" / f"{photo.name}.png", np.dstack([colors, np.rint(255 * alpha).astype(np.uint8)]), profile
        )
        on = None
        if behind is not None:
            on = composing.compose(colors, alpha, composing.fit(behind, *alpha.shape))
            _save(out / "composed" / f"{photo.name}.png", on, profile)
        if photo.name in shown:
            pictures.append(page.embed(_side_by_side(image, colors, alpha, on), photo.name))
    count = len(found) - len(broken)
    seconds = (time.monotonic() - begun) / max(1, count)
    text = f"{len(pictures)} of {count} photos, what was cut out, and, if a background was given, the thing on it."
    sections = [page.Section("Photos", text, pictures=pictures)]
    sections += [page.Section("Left out", "", broken)] if broken else []
    page.write(out / "index.html", "Cut out", f"by {run.folder.resolve().name}, {seconds:.1f} s a photo", sections)
    if broken:
        raise Failure(f"{len(broken)} of {len(found)} photos can't be read; the other {count} are in {str(out)!r}")
    return count, seconds


def _save(path: Path, pixels: np.ndarray, profile: bytes | None) -> None:
    files.make_folder(path.parent)
    with files.replacing(path, png.check) as temporary:
        Image.fromarray(pixels).save(temporary, "PNG", icc_profile=profile, compress_level=3)


def _side_by_side(image: np.ndarray, colors: np.ndarray, alpha: np.ndarray, on: np.ndarray | None) -> np.ndarray:
    """Return a photo, its cutout on checkers, and the composed picture if there is one, small and in a row."""
    height, width = alpha.shape
    rows, columns = np.indices((height, width)) // max(1, width // 60)
    checkers = np.repeat(np.where((rows + columns) % 2, *CHECKERS)[..., None], 3, axis=2)
    cut = np.rint(colors * alpha[..., None] + checkers * (1 - alpha[..., None])).astype(np.uint8)
    size = (PAGE_WIDTH, max(1, round(PAGE_WIDTH * height / width)))
    return np.concatenate([resize_image(one, size) for one in (image, cut, on) if one is not None], 1)
