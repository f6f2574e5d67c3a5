"""Feature maps of a network, recorded as it answers, and what can be read from them without gradients."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sweepset.errors import SweepsetError

RIDGE = 1e-3
"""How strongly a read-out prefers small weights, as a share of the features' mean square."""


@dataclass(frozen=True)
class Layer:
    """The output of one layer for one photo."""

    name: str
    features: np.ndarray
    """(C, H, W) float32."""
    decodes: bool
    """Whether it comes after the smallest maps, on the way back to the photo's size."""


def record(model: nn.Module, images: Tensor) -> tuple[list[Layer], np.ndarray]:
    """Return the outputs of all layers that are maps, in the order of their end, and the logits (C, H, W).

    `images` (1, 3, H, W) are as models expect them. Raise SweepsetError if the model does not answer each pixel.
    """
    found: list[tuple[str, Tensor]] = []

    def hook(name: str) -> object:
        def keep(module: nn.Module, inputs: object, output: object) -> None:
            if isinstance(output, Tensor) and output.ndim == 4 and output.shape[2] > 1:
                found.append((name, output[0].float()))

        return keep

    handles = [module.register_forward_hook(hook(name)) for name, module in model.named_modules() if name]
    try:
        with torch.inference_mode():
            logits = model(images)
    finally:
        for handle in handles:
            handle.remove()
    if not isinstance(logits, Tensor) or logits.ndim != 4:
        raise SweepsetError("this model gives no map of the photo: activations are shown of masking and segmentation")
    if not found:
        raise SweepsetError("this model has no layers inside: choose another run")
    areas = [map_.shape[1] * map_.shape[2] for _, map_ in found]
    deepest = len(areas) - 1 - areas[::-1].index(min(areas))
    layers = [Layer(name, map_.cpu().numpy(), place > deepest) for place, (name, map_) in enumerate(found)]
    return layers, logits[0].float().cpu().numpy()


def choose(layers: Sequence[Layer], names: Sequence[str]) -> list[Layer]:
    """Return the layers of some names, else the last one of each size in turn: the ends of a network's stages.

    Raise SweepsetError if there is none of a name.
    """
    by_name = {layer.name: layer for layer in layers}
    for name in names:
        if name not in by_name:
            close = difflib.get_close_matches(name, by_name, n=3)
            some = ", ".join(close or list(by_name)[:: max(1, len(by_name) // 6)])
            raise SweepsetError(f"no layer {name!r} with maps: choose one such as {some}")
    if names:
        return [by_name[name] for name in names]
    following = [*layers[1:], None]
    return [
        one for one, other in zip(layers, following, strict=True)
        if other is None or one.features.shape[1:] != other.features.shape[1:]
    ]  # fmt: skip


def strongest(layer: Layer, count: int) -> np.ndarray:
    """Return the maps (n, H, W) of the channels that vary most, each from 0 to 1."""
    order = np.argsort(-layer.features.reshape(len(layer.features), -1).std(1), kind="stable")[:count]
    maps = layer.features[order]
    low, high = (edge(maps, (1, 2), keepdims=True) for edge in (np.min, np.max))
    return np.asarray((maps - low) / np.maximum(high - low, 1e-12))


def principal(layer: Layer) -> np.ndarray:
    """Return where a layer is active, (H, W) from 0 to 1: the first principal component of its channels.

    M. B. Muhammad, M. Yeasin, "Eigen-CAM: Class Activation Map using Principal Components", IJCNN 2020. It takes no
    gradients, and no class. Its sign is that of the mean activation.
    """
    flat = layer.features.reshape(len(layer.features), -1).astype(np.float64)
    centred = flat - flat.mean(1, keepdims=True)
    _, vectors = np.linalg.eigh(centred @ centred.T)
    found = vectors[:, -1] @ centred
    found *= np.sign(found @ centred.mean(0)) or 1.0
    found -= found.min()
    return np.asarray(found / max(float(found.max()), 1e-12)).reshape(layer.features.shape[1:])


def read_out(layer: Layer, logits: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the best linear guess of the logits (C, H, W) from a layer's maps alone, at the logits' size, and its R².

    The weights are those of least squares on this very photo: what a level knows of the answer, not what it was trained
    to say.
    """
    size = layer.features.shape[1:]
    wanted = F.adaptive_avg_pool2d(torch.from_numpy(logits)[None], size)[0].numpy().reshape(len(logits), -1)
    features = layer.features.reshape(len(layer.features), -1)
    rows = np.concatenate([features, np.ones((1, features.shape[1]))]).astype(np.float64)
    ridge = RIDGE * (rows**2).mean() * rows.shape[1] / len(rows)
    weights = np.linalg.solve(rows @ rows.T + ridge * np.eye(len(rows)), rows @ wanted.T)
    guess = (weights.T @ rows).astype(np.float32)
    spread = ((wanted - wanted.mean(1, keepdims=True)) ** 2).sum()
    share = 1 - float(((wanted - guess) ** 2).sum() / max(float(spread), 1e-12))
    maps = torch.from_numpy(guess.reshape(len(logits), *size))[None]
    return F.interpolate(maps, logits.shape[1:], mode="bilinear")[0].numpy(), share
