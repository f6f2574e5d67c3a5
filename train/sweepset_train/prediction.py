"""A trained model's predictions: for arrays of images, and for a folder of photos with masks, overlays and a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from sweepset import dataset, files
from sweepset.errors import SweepsetError
from sweepset.host import page
from sweepset.host.pictures import read_image

from .data import augmentation
from .data.labels import resize_image
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
    model = run.load_model(checkpoint).to(place)

    def answer(images: np.ndarray) -> Predictions:
        return predict(run.task, model, images, place)

    return answer


def predict_photo(run: Run, model: nn.Module, image: np.ndarray, device: torch.device) -> Prediction:
    """Return the prediction for a photo (H, W, 3) uint8 RGB of any size, at that size.

    The model sees the photo at the size that it was trained at.
    """
    small = resize_image(image, run.experiment.data.size)
    with torch.inference_mode():
        inputs = augmentation.prepare(torch.from_numpy(small.copy()).permute(2, 0, 1)[None].to(device))
        height, width = image.shape[:2]
        return run.task.predict(model, inputs, (height, width))[0]


def predict_folder(run: Run, photos: Path, out: Path, checkpoint: str, device: torch.device) -> int:
    """Write predictions and overlays for all photos of a folder, and a page of some of them; return how many.

    The files of predictions, such as masks of category ids, have the photos' names and sizes. Photos are turned upright
    as their camera noted.
    """
    paths = _photos(photos)
    model, task = run.load_model(checkpoint).to(device), run.task
    for name in (task.saved, "overlays"):
        files.make_folder(out / name)
    on_page = {paths[k] for k in np.linspace(0, len(paths) - 1, min(PAGE_PHOTOS, len(paths))).astype(int)}
    pictures: list[page.Picture] = []
    for path in paths:
        image = read_image(path)
        predicted = predict_photo(run, model, image, device)
        task.save(out / task.saved, path.stem, predicted, run.taxonomy)
        overlay = task.draw(image, predicted, run.taxonomy, over=True)
        with files.replacing(out / "overlays" / f"{path.stem}.jpg") as temporary:
            Image.fromarray(overlay).save(temporary, quality=90)
        if path in on_page:
            size = (PAGE_WIDTH, max(1, round(PAGE_WIDTH * image.shape[0] / image.shape[1])))
            both = np.concatenate([resize_image(image, size), resize_image(overlay, size)], 1)
            pictures.append(page.embed(both, path.name))
    files.write_json(out / "taxonomy.json", run.taxonomy.to_json())
    text = f"{len(pictures)} of {len(paths)} photos, and the predicted classes over them."
    sections = [page.Section("Photos", text, legend=run.taxonomy, pictures=pictures)]
    page.write(out / "index.html", "Predictions", f"by {run.folder.resolve().name}", sections)
    return len(paths)


def _photos(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise SweepsetError(f"no folder {str(folder)!r}: give a folder of photos")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in dataset.PICTURES and path.name[0] != ".")
    if not paths:
        raise SweepsetError(f"{str(folder)!r} has no photos: expected {', '.join(dataset.PICTURES)}")
    stems = [path.stem for path in paths]
    twice = next((path for path in paths if stems.count(path.stem) > 1), None)
    if twice:
        raise SweepsetError(
            f"two photos are named {twice.stem!r}, and predictions have the photos' names: rename one of them"
        )
    return paths
