"""Networks of one logit a pixel: the small U-Net of the Carvana challenge, and those of `models` with one class."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sweepset.errors import SweepsetError

from ..models.build import ModelSpec, build_model, load_weights

WIDTHS = (32, 64, 128, 256)
"""Channels of the small U-Net's stages, each of half the size before; its middle has twice the last."""


class SmallUNet(nn.Module):
    """Images (B, 3, H, W) to logits (B, 1, H, W), for any H and W: 8.6 million parameters.

    Two 3x3 convolutions with batch norm and ReLU a stage on the way down, three on the way up, where features are
    enlarged to the nearest pixel and joined with those of the way down. The form is that of P. Giannakopoulos's U-Net
    for 128x128 pixels in the Carvana Image Masking Challenge (2017), after Heng CherKeng's, with half its widths.
    """

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        before = (3, *widths[:-1])
        self.down = nn.ModuleList(_stage(a, b, 2) for a, b in zip(before, widths, strict=True))
        self.middle = _stage(widths[-1], 2 * widths[-1], 2)
        above = (*widths[1:], 2 * widths[-1])
        self.up = nn.ModuleList(_stage(a + b, b, 3) for a, b in reversed(list(zip(above, widths, strict=True))))
        self.head = nn.Conv2d(widths[0], 1, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits at the size of `images`."""
        features, kept = images, []
        for stage in self.down:
            features = stage(features)
            kept.append(features)
            features = F.max_pool2d(features, 2, ceil_mode=True)
        features = self.middle(features)
        for stage, beside in zip(self.up, reversed(kept), strict=True):
            height, width = beside.shape[2:]
            # Sides that are odd came from rounding up: the last row or column is cut off.
            larger = features.repeat_interleave(2, 2).repeat_interleave(2, 3)[:, :, :height, :width]
            features = stage(torch.cat([beside, larger], 1))
        logits: Tensor = self.head(features)
        return logits


def build(spec: ModelSpec) -> nn.Module:
    """Return a network with a buffer `threshold`, the share from which a pixel is foreground.

    Raise SweepsetError if the name, the encoder or the weights are not available.
    """
    given = spec.weights not in ("imagenet", "none")
    model: nn.Module
    if spec.name == "small-unet":
        if spec.weights == "imagenet":
            raise SweepsetError("model small-unet has no ImageNet weights: set model.weights to none or to a file")
        model = SmallUNet()
    else:
        model = build_model(replace(spec, weights="none") if given else spec, 1)
    model.register_buffer("threshold", torch.tensor(0.5))
    if given:
        load_weights(model, Path(spec.weights).expanduser())
    return model


def _stage(before: int, width: int, count: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for number in range(count):
        layers += [nn.Conv2d(width if number else before, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)]
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)
