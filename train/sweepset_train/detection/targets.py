"""Training images varied with their labels, and the boxes and masks that a network learns from."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ..data import augmentation
from ..data.labels import IGNORE
from .instances import TINY

EDGE = 1.0
"""Deviation in pixels of the blur of a pasted instance's edge."""


def augment(images: Tensor, labels: Tensor, drawn: Tensor) -> tuple[Tensor, list[dict[str, Tensor]]]:
    """Return images (B, 3, H, W) as models expect them, varied, and the targets of each; both come as uint8.

    Labels (B, H, W, 2) are sampled at the nearest pixel. Images whose draw says so get instances of the next image of
    the batch on top (G. Ghiasi et al., "Simple Copy-Paste is a Strong Data Augmentation Method for Instance
    Segmentation", CVPR 2021).
    """
    pixels, grid = augmentation.vary(images, drawn)
    places = labels.permute(0, 3, 1, 2).float()
    places[:, 0] = IGNORE - places[:, 0]  # void is what the sampler gives outside, 0; so is no instance
    places = F.grid_sample(places, grid, "nearest", "zeros", align_corners=False)
    ids, numbers = (IGNORE - places[:, 0]).to(torch.uint8), places[:, 1].to(torch.uint8)
    if len(images) > 1:
        pixels, ids, numbers = paste(pixels, ids, numbers, drawn[:, 9] > 0)
    return pixels, [targets(one, other) for one, other in zip(ids, numbers, strict=True)]


def paste(pixels: Tensor, ids: Tensor, numbers: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return a batch whose chosen images (B,) bool show all instances of the next image, where that has them.

    Numbers of pasted instances are those of the next image above the largest own one; more than 255 are not pasted.
    """
    other_ids, other_numbers = ids.roll(-1, 0), numbers.roll(-1, 0).int()
    most = numbers.flatten(1).amax(1).int().view(-1, 1, 1)
    room = other_numbers + most <= 255
    mask = (other_numbers > 0) & room & chosen.to(pixels.device).view(-1, 1, 1)
    soft = _blurred(mask.float())[:, None]
    blended = torch.lerp(pixels, pixels.roll(-1, 0), soft)
    return (
        blended.contiguous(memory_format=torch.channels_last),
        torch.where(mask, other_ids, ids),
        torch.where(mask, other_numbers + most, numbers.int()).to(torch.uint8),
    )


def _blurred(masks: Tensor) -> Tensor:
    """Return masks (B, H, W) with soft edges."""
    reach = torch.arange(-2, 3, device=masks.device, dtype=masks.dtype)
    weights = torch.exp(-(reach**2) / (2 * EDGE**2))
    weights = weights / weights.sum()
    found = F.conv2d(masks[:, None], weights.view(1, 1, 5, 1), padding=(2, 0))
    return F.conv2d(found, weights.view(1, 1, 1, 5), padding=(0, 2))[:, 0]


def targets(ids: Tensor, numbers: Tensor) -> dict[str, Tensor]:
    """Return the target of an image from train ids and instance numbers (H, W).

    `boxes` (n, 4) float32 as left, top, right, bottom, the last two outside; `labels` (n,) int64 from 1; `masks`
    (n, H, W) uint8. Instances of fewer than TINY pixels are left out; n may be 0.
    """
    found, counts = numbers.unique(return_counts=True)
    found = found[(found > 0) & (counts >= TINY)]
    masks = numbers == found.view(-1, 1, 1)
    labels = torch.where(masks, ids, 0).flatten(1).amax(1).long() + 1 if len(found) else found.long()
    boxes = ids.new_zeros((len(found), 4), dtype=torch.float32)
    for axis, (low, high) in ((1, (0, 2)), (2, (1, 3))):
        lines = masks.any(axis)
        places = torch.arange(lines.shape[1], device=ids.device).expand_as(lines)
        if len(found):
            boxes[:, low] = places.masked_fill(~lines, lines.shape[1]).amin(1).float()
            boxes[:, high] = places.masked_fill(~lines, -1).amax(1).float() + 1
    return {"boxes": boxes, "labels": labels, "masks": masks.to(torch.uint8)}
