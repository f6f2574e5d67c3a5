"""Answers for whole images by a network that was trained on parts of them: overlapping tiles, averaged over flips."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from sweepset.errors import SweepsetError


class Whole(nn.Module):
    """A network from images (B, 3, H, W) to logits (B, C, H, W), applied to tiles; other attributes are its own.

    Where tiles overlap, their logits are averaged; the weight of a tile falls towards its edge, where it sees less.
    """

    def __init__(self, network: nn.Module, tile: tuple[int, int] | None, overlap: float, flips: bool) -> None:
        """Take the width and height of tiles, None for none, and by what share of these they overlap at least."""
        super().__init__()
        self.network, self.tile, self.overlap, self.flips = network, tile, overlap, flips

    def __getattr__(self, name: str) -> Any:
        """Return an attribute, if need be the network's."""
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("network"), name)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits at the size of `images`."""
        height, width = images.shape[2:]
        if self.tile is None or (width <= self.tile[0] and height <= self.tile[1]):
            return self._answer(images)
        w, h = min(self.tile[0], width), min(self.tile[1], height)
        weight = _ramp(h, images.device)[:, None] * _ramp(w, images.device)
        total, summed = torch.zeros(height, width, device=images.device), None
        for top in _starts(height, h, self.overlap):
            for left in _starts(width, w, self.overlap):
                where = (..., slice(top, top + h), slice(left, left + w))
                logits = self._answer(images[where]).float() * weight
                if summed is None:
                    summed = logits.new_zeros(*logits.shape[:2], height, width)
                summed[where] += logits
                total[where] += weight
        assert summed is not None
        return summed / total

    def _answer(self, images: Tensor) -> Tensor:
        logits = self.network(images)
        if not isinstance(logits, Tensor) or logits.shape[2:] != images.shape[2:]:
            raise SweepsetError(
                "augmentation.crop and prediction.flips need a model that answers each pixel: set null and false"
            )
        return (logits + self.network(images.flip(3)).flip(3)) / 2 if self.flips else logits


def _starts(whole: int, part: int, overlap: float) -> Iterator[int]:
    """Go over the first pixels of evenly spread parts of a length that cover the whole of it."""
    count = 1 + math.ceil((whole - part) / max(1, part * (1 - overlap)))
    for k in range(count):
        yield round(k * (whole - part) / max(1, count - 1))


def _ramp(length: int, device: torch.device) -> Tensor:
    """Return weights (length,) that rise from the ends to the middle."""
    places = torch.arange(length, device=device) + 0.5
    return torch.minimum(places, length - places) / (length / 2)
