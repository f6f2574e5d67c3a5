"""The detections of an image: boxes, classes, scores and masks, and COCO's JSON of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from pycocotools import mask as masks
from torch import Tensor
from torchvision.models.detection.roi_heads import paste_masks_in_image

from sweepset.taxonomy import Taxonomy

from ..data.labels import Crop
from .coco import box_mask
from .network import Detector

MOST = 100
"""Detections of an image at most, as COCO counts them."""
Rle = dict[str, Any]
"""COCO's run-length encoding: `size` (height, width) and `counts`, bytes."""


@dataclass(frozen=True)
class Detections:
    """What a detector finds in an image of `size` (height, width), the best first."""

    size: tuple[int, int]
    boxes: np.ndarray
    """(n, 4) float32: left, top, right, bottom, in pixels."""
    labels: np.ndarray
    """(n,) int64, train ids."""
    scores: np.ndarray
    """(n,) float32."""
    masks: tuple[Rle, ...]
    """Of Faster R-CNN, the boxes filled."""
    threshold: float
    """The score from which detections count."""

    @property
    def counted(self) -> int:
        """How many detections count."""
        return int((self.scores >= self.threshold).sum())

    def mask(self, index: int) -> np.ndarray:
        """Return a detection's mask (H, W) bool."""
        found: np.ndarray = masks.decode(self.masks[index]).astype(bool)
        return found


def detect(model: Detector, images: Tensor, size: tuple[int, int] | None) -> list[Detections]:
    """Return the detections in images (B, 3, H, W), at `size` (height, width) if given."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        found = model(images)
    model.train(was_training)
    height, width = images.shape[2:]
    wanted = size or (height, width)
    scale = torch.tensor([wanted[1] / width, wanted[0] / height] * 2)
    return [_at(one, wanted, scale, float(model.threshold)) for one in found]


def _at(found: Mapping[str, Tensor], size: tuple[int, int], scale: Tensor, threshold: float) -> Detections:
    """Return a network's detections at a size, to which `scale` (4,) brings the boxes."""
    boxes = found["boxes"].float().cpu() * scale
    order = torch.argsort(found["scores"].float().cpu(), descending=True, stable=True)[:MOST]
    order = order[((boxes[order, 2:] - boxes[order, :2]) > 0).all(1)]
    boxes = boxes[order]
    if "masks" in found:
        shares = found["masks"].float().cpu()[order]
        # One at a time: a hundred masks of a large photo would take gigabytes.
        pasted = [paste_masks_in_image(shares[[k]], boxes[[k]], size)[0, 0].numpy() >= 0.5 for k in range(len(boxes))]
    else:
        pasted = [box_mask(tuple(box), size) for box in boxes.tolist()]
    return Detections(
        size,
        boxes.numpy(),
        found["labels"].cpu()[order].numpy() - 1,
        found["scores"].float().cpu()[order].numpy(),
        tuple(encode(mask) for mask in pasted),
        threshold,
    )


def crop(found: Detections, box: Crop) -> Detections:
    """Return the detections in the part of an image in a box, as far as they are in it."""
    left, top, right, bottom = box
    corners = np.array([left, top, left, top], np.float32)
    boxes = np.clip(found.boxes - corners, 0, [right - left, bottom - top] * 2).astype(np.float32)
    kept: list[int] = np.flatnonzero((boxes[:, 2:] > boxes[:, :2]).all(1)).tolist()
    masks = tuple(encode(found.mask(k)[top:bottom, left:right]) for k in kept)
    size = bottom - top, right - left
    return Detections(size, boxes[kept], found.labels[kept], found.scores[kept], masks, found.threshold)


def encode(mask: np.ndarray) -> Rle:
    """Return a mask (H, W) bool as a run-length encoding."""
    encoded: Rle = masks.encode(np.asfortranarray(mask, np.uint8))
    return encoded


def to_coco(found: Detections, image_id: int, taxonomy: Taxonomy) -> list[dict[str, Any]]:
    """Return detections as COCO's results: `bbox` is x, y, width and height, `counts` text."""
    ids = [category.id for category in taxonomy]
    return [
        {
            "image_id": image_id,
            "category_id": ids[label],
            "bbox": [round(v, 2) for v in (x0, y0, x1 - x0, y1 - y0)],
            "score": round(score, 5),
            "segmentation": {"size": list(found.size), "counts": mask["counts"].decode("ascii")},
        }
        for (x0, y0, x1, y1), label, score, mask in zip(
            found.boxes.tolist(), found.labels.tolist(), found.scores.tolist(), found.masks, strict=True
        )
    ]
