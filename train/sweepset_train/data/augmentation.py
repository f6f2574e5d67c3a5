"""Variations of training images, a batch at a time, on the device that they are on.

The variations of a step follow from seed and step alone, so that a resumed run equals one that never stopped, and from
an image's place in the step, however the step is divided over devices.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torchvision import io
from torchvision.transforms.v2 import functional

from ..models.build import MEAN, STD
from ..settings import Augmentation
from .labels import Size


def draw(settings: Augmentation, batch: int, seed: int, step: int) -> Tensor:
    """Return how each image of a step is varied, (batch, 20) float32, or (batch, 25) if settings ask for more.

    Columns: 1 or -1 if mirrored; scale; place of the crop across and down, -1 to 1; factors of brightness, contrast and
    saturation; deviation of the blur in pixels, 0 for none; quality as JPEG, 0 for none; 1 if it gets instances pasted;
    angle in radians; left, top, right and bottom of what is erased, as shares of the sides, all 0 for nothing; the
    image's own share if it is blended with another, else 1; the sides of what is taken from another, all 0 for nothing.
    Then shifts across and down as shares of the sides; what is added to hue, in turns, and to saturation and value.
    """
    rng = np.random.default_rng((seed, step))
    uniform = rng.random((batch, 7), np.float32)
    spoiled = rng.random((batch, 5), np.float32)
    low, high = settings.scale
    angle = np.radians(settings.rotate) * (2 * rng.random(batch) - 1)
    erased = np.where(rng.random(batch) < settings.erase, rng.uniform(0.02, 0.33, batch), 0)
    mixed, cut = (rng.beta(how, how, batch) if how else np.ones(batch) for how in (settings.mixup, settings.cutmix))
    blends = rng.random(batch) < 0.5 if settings.mixup and settings.cutmix else np.full(batch, bool(settings.mixup))
    columns = [
        np.where(uniform[:, 0] < settings.flip, -1, 1),
        low * (high / low) ** uniform[:, 1],
        *(2 * uniform[:, 2:4].T - 1),
        *(1 + settings.color * (2 * uniform[:, 4:].T - 1)),
        np.where(spoiled[:, 0] < 0.5, settings.blur * spoiled[:, 1], 0),
        np.where(spoiled[:, 2] < settings.jpeg, np.rint(20 + 70 * spoiled[:, 3]), 0),
        spoiled[:, 4] < settings.paste,
        angle,
        *_rectangles(rng, erased, 3.3),
        np.where(blends, mixed, 1),
        *_rectangles(rng, np.where(blends, 0, 1 - cut), 1),
    ]
    greatest = (settings.shift, settings.shift, settings.hue / 360, settings.saturation, settings.value)
    if any(greatest):
        more = 2 * rng.random((5, batch), np.float32) - 1
        columns += [most * own for most, own in zip(greatest, more, strict=True)]
    return torch.from_numpy(np.stack(columns, 1).astype(np.float32))


def _rectangles(rng: np.random.Generator, areas: np.ndarray, ratio: float) -> np.ndarray:
    """Return left, top, right, bottom (4, batch) of rectangles in a unit square; sides are up to `ratio` to each other.

    An area of 0 gives zeros.
    """
    sides = np.exp(np.log(ratio) * rng.uniform(-1, 1, len(areas)))
    width, height = np.minimum(np.sqrt(areas * sides), 1), np.minimum(np.sqrt(areas / sides), 1)
    left, top = rng.random(len(areas)) * (1 - width), rng.random(len(areas)) * (1 - height)
    return np.where(areas > 0, np.stack([left, top, left + width, top + height]), 0)


def _inside(rectangles: Tensor, height: int, width: int) -> Tensor:
    """Return which pixels (B, 1, H, W) have their centres in rectangles (B, 4) of shares of the sides."""
    left, top, right, bottom = rectangles.T.reshape(4, -1, 1, 1, 1)
    across = ((torch.arange(width, device=rectangles.device) + 0.5) / width).view(1, 1, 1, -1)
    down = ((torch.arange(height, device=rectangles.device) + 0.5) / height).view(1, 1, -1, 1)
    return (across >= left) & (across < right) & (down >= top) & (down < bottom)


def mix(images: Tensor, drawn: Tensor) -> tuple[Tensor, Tensor]:
    """Return images (B, 3, H, W), each mixed with the next of its batch as `drawn` says, and its own share (B,).

    The next of the last is the first. H. Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018; S. Yun
    et al., "CutMix: Regularization Strategy to Train Strong Classifiers", ICCV 2019.
    """
    drawn = drawn.to(images.device)
    other = images.roll(-1, 0)
    taken = _inside(drawn[:, 16:20], *images.shape[2:])
    share = drawn[:, 15] * (1 - taken.float().mean((1, 2, 3)))
    blended = torch.lerp(other, images, drawn[:, 15].view(-1, 1, 1, 1))
    return _laid_out(torch.where(taken, other, blended)), share


def crop_place(size: Size, crop: Size, index: int, seed: int, step: int) -> tuple[slice, slice]:
    """Return the rows and columns of the part of a step's image to train on; `size` and `crop` are width and height."""
    rng = np.random.default_rng((seed, step, index))
    left, top = (int(rng.integers(0, whole - part + 1)) for whole, part in zip(size, crop, strict=True))
    return slice(top, top + crop[1]), slice(left, left + crop[0])


def vary(images: Tensor, drawn: Tensor) -> tuple[Tensor, Tensor]:
    """Return images (B, 3, H, W) uint8 as models expect them, varied, and the grid (B, H, W, 2) they were sampled at.

    Images are sampled bilinearly; outside them, and where they are erased, is the mean colour.
    """
    drawn = drawn.to(images.device)
    flip, scale, across, down, brightness, contrast, saturation = drawn[:, :7].T.reshape(7, -1, 1, 1, 1)
    colors = images.float().mul_(brightness / 255)
    colors = torch.lerp(colors.mean((1, 2, 3), keepdim=True), colors, contrast)
    colors = torch.lerp(colors.mean(1, keepdim=True), colors, saturation).clamp_(0, 1)
    more = drawn[:, 20:].T.reshape(-1, len(drawn), 1, 1, 1)
    if len(more):
        colors = _shift_hsv(colors, more[2], more[3], more[4])
    angle, room = drawn[:, 10].view(-1, 1, 1, 1), (1 - 1 / scale).abs()
    cosine, sine, ratio = torch.cos(angle), torch.sin(angle), images.shape[3] / images.shape[2]
    rows = [
        flip * cosine / scale, -flip * sine / ratio / scale, across * room,
        sine * ratio / scale, cosine / scale, down * room,
    ]  # fmt: skip
    if len(more):
        rows[2], rows[5] = rows[2] + 2 * more[0], rows[5] + 2 * more[1]
    theta = torch.cat(rows, 1).view(-1, 2, 3)
    grid = F.affine_grid(theta, [len(images), 1, *images.shape[2:]], align_corners=False)
    pixels = F.grid_sample(_normalize(colors), grid, "bilinear", "zeros", align_corners=False)
    pixels = pixels.masked_fill(_inside(drawn[:, 11:15], *images.shape[2:]), 0)
    return _laid_out(pixels), grid


def spoil(images: np.ndarray, drawn: Tensor) -> np.ndarray:
    """Return images (B, H, W, 3) uint8 as poorer cameras give them: blurred, then compressed, as `drawn` says."""
    blurs, qualities = drawn[:, 7:9].T
    if not blurs.any() and not qualities.any():
        return images
    spoiled = list(torch.from_numpy(images).permute(0, 3, 1, 2))
    for place in blurs.nonzero().ravel().tolist():
        deviation = float(blurs[place])
        width = 2 * max(1, round(3 * deviation)) + 1
        if width < 2 * min(images.shape[1:3]):  # torchvision mirrors at the border, by less than the image
            spoiled[place] = functional.gaussian_blur(spoiled[place], [width, width], [deviation, deviation])
    for place in qualities.nonzero().ravel().tolist():
        spoiled[place] = io.decode_image(io.encode_jpeg(spoiled[place].contiguous(), int(qualities[place])))
    return torch.stack(spoiled).permute(0, 2, 3, 1).numpy()


def prepare(images: Tensor) -> Tensor:
    """Return images (B, 3, H, W) uint8 RGB as models expect them, float32."""
    return _laid_out(_normalize(images.float().div_(255)))


def _shift_hsv(colors: Tensor, hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    """Return colours (B, 3, H, W) in 0..1 with amounts added to hue, in turns, and to saturation and value."""
    most, where = colors.max(1, keepdim=True)
    range_ = most - colors.amin(1, keepdim=True)
    red, green, blue = colors.split(1, 1)
    safe = range_.clamp(min=torch.finfo(torch.float32).tiny)
    sixths = torch.where(where == 0, (green - blue) / safe, torch.where(where == 1, 2 + (blue - red) / safe,
                                                                         4 + (red - green) / safe))  # fmt: skip
    bright = (most + value).clamp(0, 1)
    pure = (range_ / most.clamp(min=torch.finfo(torch.float32).tiny) + saturation).clamp(0, 1)
    pure = torch.where(range_ > 0, pure, 0)  # a grey has no hue to show
    places = torch.tensor([5.0, 3.0, 1.0], device=colors.device).view(1, 3, 1, 1)
    place = (places + sixths + 6 * hue) % 6
    return bright - bright * pure * torch.minimum(place, 4 - place).clamp(0, 1)


def _normalize(colors: Tensor) -> Tensor:
    """Make colours in 0..1 what models expect, in place."""
    mean, std = (colors.new_tensor(values).view(3, 1, 1) for values in (MEAN, STD))
    return colors.sub_(mean).div_(std)


def _laid_out(images: Tensor) -> Tensor:
    """Return images with their channels last in memory, which is faster for convolutions."""
    return images.contiguous(memory_format=torch.channels_last)
