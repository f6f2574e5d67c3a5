"""A trained model's predictions: for arrays of images, and for a folder of photos with masks, overlays and a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from sweepset import files, outputs
from sweepset.errors import Failure, SweepsetError
from sweepset.findings import Finding
from sweepset.host import page
from sweepset.host.pictures import read_image

from .data import augmentation
from .data.labels import Framing, resize_image
from .photos import find
from .runs import Run
from .task import Prediction, Predictions, Task

PAGE_PHOTOS, PAGE_WIDTH = 24, 320
"""Photos on the page of predictions, and their width there."""

Answer = Callable[[np.ndarray], Predictions]
"""From images (B, H, W, 3) uint8 RGB to a prediction each."""


def choose_device(name: str = "auto") -> torch.device:
    """Return a device by its name, the fastest one for `auto`."""
    found = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if name == "gpu" and found == "cpu":
        raise SweepsetError("PyTorch finds no GPU: give --device cpu, or see what `nvidia-smi` says")
    return torch.device("cpu" if name == "cpu" else found)


def predict(task: Task, model: nn.Module, images: np.ndarray, device: torch.device) -> Predictions:
    """Return the predictions for a batch of images (B, H, W, 3) uint8 RGB."""
    with torch.inference_mode():
        inputs = augmentation.prepare(torch.from_numpy(np.array(images)).permute(0, 3, 1, 2).to(device))
        return task.predict(model, inputs)


def answer_by(run: Run, checkpoint: str = "best", device: torch.device | None = None) -> Answer:
    """Return a function that predicts images by a run's model, at the size that they have."""
    place = device or choose_device()
    model = run.load_answering(checkpoint).to(place)

    def answer(images: np.ndarray) -> Predictions:
        return predict(run.task, model, images, place)

    return answer


def predict_photo(run: Run, model: nn.Module, image: np.ndarray, device: torch.device) -> Prediction:
    """Return the prediction for a photo (H, W, 3) uint8 RGB of any size, at that size.

    The model sees the photo at the size that it was trained at.
    """
    settings = run.experiment.data
    framing = Framing(settings.size, pad=settings.fit == "pad")
    small, (whole, place) = framing.image(image), framing.unframe(image.shape[:2])
    with torch.inference_mode():
        inputs = augmentation.prepare(torch.from_numpy(small.copy()).permute(2, 0, 1)[None].to(device))
        predicted = run.task.predict(model, inputs, whole)[0]
    return run.task.crop(predicted, place) if framing.pad else predicted


def predict_folder(
    run: Run,
    photos: Path | Sequence[Path],
    out: Path,
    checkpoint: str,
    device: torch.device,
    tell: Callable[[str], None] = lambda line: None,
) -> int:
    """Write predictions and overlays for photos and those in folders, and a page of some; return how many there are.

    The files of predictions, such as masks of category ids, have the photos' names and sizes, upright as their camera
    noted. A photo that can't be read is told, and left out. Raise SweepsetError for bad input, and Failure, after all
    is written, if photos were left out.
    """
    found, others = find([photos] if isinstance(photos, Path) else photos, out)
    outputs.demand(out, "predictions")
    if others:
        kinds = ", ".join(sorted({path.suffix.lower() or path.name for path in others}))
        tell(f"left out as no photos: {len(others)} ({kinds})")
    model, task = run.load_answering(checkpoint).to(device), run.task
    broken: list[Finding] = []
    pictures: list[page.Picture] = []
    on_page = {found[k].name for k in np.linspace(0, len(found) - 1, min(PAGE_PHOTOS, len(found))).astype(int)}
    for photo in found:
        try:
            image = read_image(photo.path)
        except SweepsetError as error:
            tell(f"left out: {error}")
            broken.append(Finding("unreadable", "error", photo.name, str(error), "replace it, and predict again"))
            continue
        predicted = predict_photo(run, model, image, device)
        for name in (task.saved, "overlays"):
            files.make_folder((out / name / photo.name).parent)
        task.save(out / task.saved, photo.name, predicted, run.taxonomy)
        overlay = task.draw(image, predicted, run.taxonomy, over=True)
        with files.replacing(out / "overlays" / f"{photo.name}.jpg") as temporary:
            Image.fromarray(overlay).save(temporary, quality=90)
        if photo.name in on_page:
            size = (PAGE_WIDTH, max(1, round(PAGE_WIDTH * image.shape[0] / image.shape[1])))
            both = np.concatenate([resize_image(image, size), resize_image(overlay, size)], 1)
            pictures.append(page.embed(both, photo.name))
    count = len(found) - len(broken)
    left_out = {finding.subject for finding in broken}
    if count:
        kept = {photo.name: photo.path for photo in found if photo.name not in left_out}
        task.gather(out / task.saved, kept, run.taxonomy)
    _write_page(run, out, pictures, count, broken)
    if broken:
        raise Failure(
            f"{len(broken)} of {len(found)} photos can't be read and were left out, such as "
            f"{broken[0].message.partition(':')[0].removeprefix('cannot read ')}; the other {count} are in {str(out)!r}"
        )
    return count


def _write_page(run: Run, out: Path, pictures: Sequence[page.Picture], count: int, broken: Sequence[Finding]) -> None:
    """Write the page of predictions, with the photos that were left out, and the classes beside it."""
    files.make_folder(out)
    files.write_json(out / "taxonomy.json", run.taxonomy.to_json())
    text = f"{len(pictures)} of {count} photos, and the predicted classes over them."
    sections = [page.Section("Photos", text, legend=run.taxonomy, pictures=pictures)]
    if broken:
        sections.append(page.Section("Left out", "", broken))
    page.write(out / "index.html", "Predictions", f"by {run.folder.resolve().name}", sections)
