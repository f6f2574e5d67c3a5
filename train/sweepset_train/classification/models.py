"""Networks that classify: an encoder, the mean of its features, dropout and a linear layer."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..data.labels import IGNORE


class Classifier(nn.Module):
    """Images (B, 3, H, W) to logits (B, C), in eval mode divided by a temperature, so that shares are calibrated."""

    temperature: Tensor

    def __init__(self, encoder: nn.Module, width: int, num_classes: int, dropout: float) -> None:
        """Take an encoder of timm or of segmentation-models-pytorch with `width` features."""
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, num_classes)
        self.register_buffer("temperature", torch.ones(()))

    @property
    def body(self) -> nn.Module:
        """The encoder."""
        return self.encoder

    def features(self, images: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return pooled features (B, F), and (B, F, h, w) by place if the pooled ones are their mean."""
        encoder: Any = self.encoder
        if hasattr(encoder, "forward_head"):
            found = encoder.forward_features(images)
            pooled = encoder.forward_head(found, pre_logits=True)
            by_place = found if found.dim() == 4 and found.shape[1] == pooled.shape[1] else None
            return pooled, by_place
        found = encoder(images)[-1]
        return found.mean((2, 3)), found

    def forward(self, images: Tensor) -> Tensor:
        """Return logits."""
        logits: Tensor = self.head(self.dropout(self.features(images)[0]))
        return logits if self.training else logits / self.temperature

    def look(self, images: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return logits, and how much each place speaks for the likeliest class, (B, h, w), None if unknown.

        B. Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR 2016.
        """
        pooled, by_place = self.features(images)
        logits = self.head(pooled) / self.temperature
        if by_place is None:
            return logits, None
        weights = self.head.weight[logits.argmax(1)]
        return logits, torch.einsum("bfhw,bf->bhw", by_place.to(weights.dtype), weights)


class Objective(nn.Module):
    """Cross-entropy with smoothed labels; images may be mixed of two classes, `shares` of the first."""

    weights: Tensor | None

    def __init__(self, smoothing: float, weights: Tensor | None) -> None:
        super().__init__()
        self.smoothing = smoothing
        self.register_buffer("weights", weights, persistent=False)

    def forward(self, model: nn.Module, batch: Any) -> Tensor:
        """Return the mean loss of images with a class, a scalar float32; 0 if there is none."""
        logits = model(batch["images"]).float()
        first, second = (self._losses(logits, batch[name].long()) for name in ("targets", "others"))
        losses = batch["shares"] * first + (1 - batch["shares"]) * second
        return losses.sum() / (batch["targets"] != IGNORE).sum().clamp(min=1)

    def _losses(self, logits: Tensor, targets: Tensor) -> Tensor:
        return F.cross_entropy(
            logits, targets, self.weights, ignore_index=IGNORE, reduction="none", label_smoothing=self.smoothing
        )
