"""Losses over labelled pixels: cross-entropy with balanced classes, Dice with cross-entropy, focal.

All take logits (B, C, H, W) and labels (B, H, W) of integers, train ids with IGNORE for void, and return a scalar
float32, 0 if no pixel is labelled. They reduce by their own sums, since PyTorch's own reduction over images is not
deterministic on a GPU.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sweepset.errors import SweepsetError

from ..data.labels import IGNORE
from . import LOSSES

Loss = Callable[[Tensor, Tensor], Tensor]


class Objective(nn.Module):
    """The loss of a batch: `images` (B, 3, H, W) and their `targets` (B, H, W), train ids."""

    weights: Tensor | None

    def __init__(self, name: str, weights: Tensor | None = None) -> None:
        """Take a loss by its name; `weights` (C,) balance its classes, and are in no checkpoint."""
        super().__init__()
        self.name = name
        self.register_buffer("weights", weights, persistent=False)

    def forward(self, model: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """Return the loss, a scalar."""
        return build_loss(self.name, self.weights)(model(batch["images"]), batch["targets"])


def build_loss(name: str, weights: Tensor | None = None) -> Loss:
    """Return the loss of this name; `weights` (C,) balances the classes of its cross-entropy."""
    match name:
        case "cross-entropy":
            return partial(cross_entropy, weights=weights)
        case "dice":
            return partial(dice_cross_entropy, weights=weights)
        case "focal":
            return partial(focal, weights=weights)
    raise SweepsetError(f"unknown loss {name!r}: choose one of {', '.join(LOSSES)}")


def median_frequency_weights(counts: np.ndarray) -> Tensor:
    """Return weights (C,) float32 that balance classes, from pixels of each class in each image, counts (N, C).

    A class's frequency is its share of the labelled pixels of those images that it is in; its weight is the median of
    the frequencies over its own (Eigen and Fergus, ICCV 2015, as SegNet used it). A class in no image weighs 0, and
    has no part in the median.
    """
    counts = np.asarray(counts, np.float64)
    own = counts.sum(0)
    around = np.where(counts > 0, counts.sum(1, keepdims=True), 0).sum(0)
    present = own > 0
    if not present.any():
        raise SweepsetError("no training image has a labelled pixel: classes can't be balanced; check the labels")
    frequency = own[present] / around[present]
    weights = np.zeros(counts.shape[1], np.float32)
    weights[present] = np.median(frequency) / frequency
    return torch.from_numpy(weights)


def cross_entropy(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """Return the mean over pixels, each weighted as its class."""
    losses = F.cross_entropy(logits.float(), labels.long(), weights, ignore_index=IGNORE, reduction="none")
    return losses.sum() / _weight_of(labels, weights)


def focal(logits: Tensor, labels: Tensor, weights: Tensor | None = None, gamma: float = 2.0) -> Tensor:
    """Return cross-entropy in which a pixel that is right with probability p counts (1 - p)^gamma.

    T. Lin et al., "Focal Loss for Dense Object Detection", ICCV 2017.
    """
    labels = labels.long()
    losses = F.cross_entropy(logits.float(), labels, ignore_index=IGNORE, reduction="none")
    losses = losses * (1 - torch.exp(-losses)) ** gamma
    if weights is not None:
        losses = losses * weights[labels.where(labels != IGNORE, 0)]
    return losses.sum() / _weight_of(labels, weights)


def dice_cross_entropy(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """Return 1 - the mean soft Dice of the classes that are in the batch's labels, plus cross-entropy."""
    classes = torch.arange(logits.shape[1], device=logits.device).view(1, -1, 1, 1)
    truth = labels.unsqueeze(1) == classes
    shares = logits.float().softmax(1) * (labels != IGNORE).unsqueeze(1)
    both = (shares * truth).sum((0, 2, 3))
    present = truth.sum((0, 2, 3))
    dice = 2 * both / (shares.sum((0, 2, 3)) + present).clamp(min=torch.finfo(torch.float32).tiny)
    missing = ((1 - dice) * (present > 0)).sum() / (present > 0).sum().clamp(min=1)
    return missing + cross_entropy(logits, labels, weights)


def _weight_of(labels: Tensor, weights: Tensor | None) -> Tensor:
    """Return the sum of the pixels' weights, never 0."""
    labelled = labels != IGNORE
    if weights is None:
        return labelled.sum().clamp(min=1)
    total = (weights[labels.long().where(labelled, 0)] * labelled).sum()
    return total.clamp(min=torch.finfo(torch.float32).tiny)
