"""SegNet: VGG16's convolutions, and a decoder that mirrors them and puts values back at the positions of the pooling.

V. Badrinarayanan, A. Kendall, R. Cipolla, "SegNet: A Deep Convolutional Encoder-Decoder Architecture for Image
Segmentation", TPAMI 2017 (arXiv:1511.00561), with the layers of the authors' own `segnet_train.prototxt`: 26
convolutions of 3x3 with biases, each but the last followed by batch normalization and ReLU; five poolings, which round
up as Caffe's do, so that 480x360 becomes 240x180, 120x90, 60x45, 30x23 and 15x12; 29.4 million parameters.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTHS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
"""Channels of VGG16's convolutions, by stage; each stage ends in a pooling."""


class SegNet(nn.Module):
    """Images (B, 3, H, W) to logits (B, num_classes, H, W), for any H and W."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        encoder: list[nn.Module] = []
        decoder: list[nn.Module] = []
        width = 3
        for widths in WIDTHS:
            steps = list(zip((width, *widths[:-1]), widths, strict=True))
            encoder.append(nn.Sequential(*(_convolution(a, b) for a, b in steps)))
            mirrored = [_convolution(b, a) for a, b in reversed(steps)]
            if not decoder:
                mirrored[-1] = nn.Conv2d(widths[0], num_classes, 3, padding=1)
            decoder.insert(0, nn.Sequential(*mirrored))
            width = widths[-1]
        self.encoder, self.decoder = nn.ModuleList(encoder), nn.ModuleList(decoder)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 4:
                nn.init.kaiming_normal_(parameter, mode="fan_out", nonlinearity="relu")
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    @property
    def body(self) -> nn.Module:
        """The encoder."""
        return self.encoder

    def forward(self, images: Tensor) -> Tensor:
        """Return logits at the size of `images`."""
        x, pools = images, []
        for stage in self.encoder:
            x = stage(x)
            size = x.shape[-2:]
            x, indices = F.max_pool2d(x, 2, ceil_mode=True, return_indices=True)
            pools.append((indices, size))
        for stage in self.decoder:
            indices, size = pools.pop()
            x = stage(unpool(x, indices, size))
        return x

    def load_encoder(self, state: Mapping[str, Tensor]) -> None:
        """Take over the convolutions of a VGG16-BN, from its state as torchvision has it; its classifier is left out.

        Raise ValueError if `state` is no such network's.
        """
        layers = [layer for layer in self.encoder.modules() if isinstance(layer, nn.Conv2d | nn.BatchNorm2d)]
        theirs: dict[int, dict[str, Tensor]] = {}
        for key, value in state.items():
            match key.split("."):
                case ["features", number, name] if number.isdigit():
                    theirs.setdefault(int(number), {})[name] = value
        for layer, (_, values) in zip(layers, sorted(theirs.items()), strict=True):
            expected = layer.state_dict()
            # The published file is older than this counter, which only unusual settings of the normalization read.
            expected.pop("num_batches_tracked", None)
            values.pop("num_batches_tracked", None)
            if {k: v.shape for k, v in expected.items()} != {k: v.shape for k, v in values.items()}:
                raise ValueError("layers of other shapes than VGG16-BN's")
            layer.load_state_dict(values, strict=False)


def unpool(x: Tensor, indices: Tensor, size: torch.Size) -> Tensor:
    """Put the values of a pooling back where they came from, zeros elsewhere: (B, C, h, w) to (B, C, *size).

    The same as `MaxUnpool2d`, which refuses to run under `torch.use_deterministic_algorithms`. Windows that don't
    overlap never write to one place twice, so the result is deterministic. The layout in memory stays that of `x`.
    """
    if x.is_contiguous():
        zeros = x.new_zeros((*x.shape[:2], size.numel()))
        return zeros.scatter(2, indices.flatten(2), x.flatten(2)).unflatten(2, size)
    x, indices = x.movedim(1, -1), indices.movedim(1, -1)
    zeros = x.new_zeros((x.shape[0], size.numel(), x.shape[-1]))
    return zeros.scatter(1, indices.flatten(1, 2), x.flatten(1, 2)).unflatten(1, size).movedim(-1, 1)


def _convolution(inward: int, outward: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(inward, outward, 3, padding=1), nn.BatchNorm2d(outward), nn.ReLU(inplace=True))
