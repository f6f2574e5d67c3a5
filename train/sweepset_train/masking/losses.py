"""Losses over labelled pixels of binary masks: cross-entropy, Dice, and their sum."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..data.labels import IGNORE


class Objective(nn.Module):
    """The loss of a batch: `images` (B, 3, H, W) and their `targets` (B, H, W), 0, 1 or IGNORE."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def forward(self, model: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """Return the loss, a scalar."""
        logits, targets = model(batch["images"])[:, 0].float(), batch["targets"]
        labelled = (targets != IGNORE).float()
        truth = (targets == 1).float()
        total = logits.new_zeros(())
        if self.name in ("bce-dice", "bce"):
            total = total + cross_entropy(logits, truth, labelled)
        if self.name in ("bce-dice", "dice"):
            total = total + dice(logits, truth, labelled)
        return total


def cross_entropy(logits: Tensor, truth: Tensor, labelled: Tensor) -> Tensor:
    """Return the mean over labelled pixels, all (B, H, W); 0 if there are none."""
    losses = F.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    return (losses * labelled).sum() / labelled.sum().clamp(min=1)


def dice(logits: Tensor, truth: Tensor, labelled: Tensor) -> Tensor:
    """Return 1 - the soft Dice of all labelled pixels of a batch, all (B, H, W).

    One pixel is added to hits and areas, so that the loss is 0 where nothing is to be found and nothing was.
    """
    shares = torch.sigmoid(logits) * labelled
    both, areas = (shares * truth).sum(), shares.sum() + (truth * labelled).sum()
    return 1 - (2 * both + 1) / (areas + 1)
