"""The page of a photo's activations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
import torch

from sweepset import outputs
from sweepset.errors import SweepsetError
from sweepset.host import page
from sweepset.host.pictures import read_image

from ..data import augmentation
from ..data.labels import Framing, resize_image
from ..runs import Run
from . import recording
from .recording import Layer

CHANNELS, WIDTH = 8, 160
"""Channels shown of a layer, and their width."""


def write(run: Run, photo: Path, path: Path, names: Sequence[str], checkpoint: str, device: torch.device) -> list[str]:
    """Write a page of what the layers of some names, or the ends of all stages, see in a photo; return their names.

    Raise SweepsetError if the photo can't be read, a layer is missing, or the run's model gives no map.
    """
    if path.exists() and not path.is_file():
        raise SweepsetError(f"--out {str(path)!r} is a folder: name the page to write, such as activations.html")
    outputs.demand_outside(path)
    settings = run.experiment.data
    image = Framing(settings.size, pad=settings.fit == "pad").image(read_image(photo))
    model = run.load_model(checkpoint).to(device)
    inputs = augmentation.prepare(torch.from_numpy(image.copy()).permute(2, 0, 1)[None].to(device))
    layers, logits = recording.record(model, inputs)
    chosen = recording.choose(layers, names)
    threshold = dict(model.named_buffers()).get("threshold")
    edge = 0.5 if threshold is None else float(threshold)
    sections = [
        page.Section(
            "Photo and answer", "At the size at which the model sees it.", legend=run.taxonomy,
            pictures=[page.embed(image), page.embed(_answer(run, image, logits, edge))],
        ),
        page.Section(
            "Where layers are active",
            "The first principal component of each layer's channels over the photo (Eigen-CAM): red is most active. It "
            "takes no gradients, and no class.",
            pictures=[page.embed(_heat(image, recording.principal(one)), _title(one)) for one in chosen],
        ),
        page.Section(
            "What each level knows of the answer",
            "The best linear guess of the final answer from the maps of one decoder level alone, fitted on this photo; "
            "R² is the share of the logits' variance that it explains. A network without a decoder shows all levels.",
            pictures=[_level(run, image, one, logits, edge) for one in _decoding(chosen)],
        ),
        *(page.Section(f"Maps of {_title(one)}", _told(one), pictures=[page.embed(_sheet(one))]) for one in chosen),
    ]  # fmt: skip
    lead = f"{photo.name}, by {run.folder.resolve().name}, checkpoint {checkpoint}"
    page.write(path, "Activations", lead, sections)
    return [one.name for one in chosen]


def _decoding(layers: Sequence[Layer]) -> list[Layer]:
    return [one for one in layers if one.decodes] or list(layers)


def _answer(run: Run, image: np.ndarray, logits: np.ndarray, edge: float) -> np.ndarray:
    """Return the classes of logits over the photo; of one logit, where it is above the threshold."""
    if len(logits) == 1:
        classes = (logits[0] > np.log(edge / (1 - edge))).astype(np.uint8)
    else:
        classes = logits.argmax(0).astype(np.uint8)
    return run.task.draw(image, classes, run.taxonomy, over=True)


def _level(run: Run, image: np.ndarray, layer: Layer, logits: np.ndarray, edge: float) -> page.Picture:
    guess, share = recording.read_out(layer, logits)
    return page.embed(_answer(run, image, guess, edge), f"{_title(layer)}: R² {share:.3f}")


def _heat(image: np.ndarray, active: np.ndarray) -> np.ndarray:
    """Return a map (H, W) from 0 to 1 in colours over an image."""
    colors = (255 * matplotlib.colormaps["turbo"](active)[..., :3]).astype(np.uint8)
    large = resize_image(colors, (image.shape[1], image.shape[0]))
    return np.asarray(image // 2 + large // 2, np.uint8)


def _sheet(layer: Layer) -> np.ndarray:
    """Return the channels that vary most, side by side."""
    maps = recording.strongest(layer, CHANNELS)
    size = (WIDTH, max(1, round(WIDTH * maps.shape[1] / maps.shape[2])))
    colors = (255 * matplotlib.colormaps["viridis"](maps)[..., :3]).astype(np.uint8)
    small = [np.pad(resize_image(one, size), ((2, 2), (2, 2), (0, 0)), constant_values=255) for one in colors]
    return np.concatenate(small, 1)


def _title(layer: Layer) -> str:
    channels, height, width = layer.features.shape
    return f"{layer.name}, {channels} maps of {width}x{height}"


def _told(layer: Layer) -> str:
    count = min(CHANNELS, len(layer.features))
    return f"The {count} channels that vary most over the photo, each from its least to its greatest value."
