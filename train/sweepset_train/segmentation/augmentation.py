"""Variations of training images and their label maps together."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ..data import augmentation
from ..data.labels import IGNORE


def augment(images: Tensor, labels: Tensor, drawn: Tensor) -> tuple[Tensor, Tensor]:
    """Return images (B, 3, H, W) as models expect them and labels (B, H, W), varied; both come as uint8.

    Labels are sampled at the nearest pixel; outside them is void.
    """
    pixels, grid = augmentation.vary(images, drawn)
    # Void is stored as what the sampler gives outside, 0.
    places = F.grid_sample(IGNORE - labels[:, None].float(), grid, "nearest", "zeros", align_corners=False)
    return pixels, (IGNORE - places[:, 0]).to(torch.uint8)
