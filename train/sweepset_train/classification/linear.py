"""A linear layer on frozen features: the quick baseline. Features are computed once and kept; the fit takes seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from sweepset import files

from ..data import augmentation
from ..data.cache import Cached, default_folder
from ..data.labels import IGNORE
from ..data.splits import Part, Parts
from ..experiment import Experiment
from .metrics import best_temperature
from .models import Classifier

PENALTIES = (1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 1e-1)
"""Weights of the squared coefficients that are tried, if there are validation images to choose by."""
USUAL = 1e-3
"""The one that is taken if there are none."""
BATCH, ITERATIONS = 64, 200


class Linear(Classifier):
    """A classifier of which only the last layer is fitted, by multinomial logistic regression on standardized features.

    Each image is there twice, as it is and mirrored. Renders weigh `data.synthetic_share` together, photos the rest.
    """

    def solve(self, parts: Parts, experiment: Experiment, tell: Callable[[str], None]) -> None:
        """Fit the last layer to the training images."""
        share = experiment.data.synthetic_share
        given = [(part, own) for part, own in ((parts.real, 1 - share), (parts.synthetic, share)) if part and own]
        sets = [(self._read(part, tell), own) for part, own in given]
        x = torch.cat([features.flatten(0, 1) for (features, _), _ in sets])
        y = torch.cat([labels.repeat(2) for (_, labels), _ in sets])
        weights = torch.cat([torch.full((2 * len(labels),), own / (2 * len(labels))) for (_, labels), own in sets])
        labelled = y != IGNORE
        x, y, weights = x[labelled], y[labelled], weights[labelled] / weights[labelled].sum()
        mean, deviation = x.mean(0), x.std(0).clamp(min=1e-6)
        x = (x - mean) / deviation
        held = self._read(parts.validation, tell) if parts.validation else None
        best, chosen = -1.0, None
        for penalty in PENALTIES if held else (USUAL,):
            weight, bias = fit(x, y, weights, self.head.out_features, penalty)
            weight, bias = weight / deviation, bias - (weight / deviation) @ mean
            right = 0.0
            if held:
                known = held[1] != IGNORE
                answers = (held[0][0] @ weight.T + bias).argmax(1)
                right = float((answers == held[1])[known].float().mean())
            if right > best:
                best, chosen = right, (weight, bias, penalty)
        assert chosen is not None
        self.head.weight.data.copy_(chosen[0])
        self.head.bias.data.copy_(chosen[1])
        if held:
            logits = (held[0][0] @ chosen[0].T + chosen[1]).numpy()
            self.temperature.fill_(best_temperature(logits, held[1].numpy()))
        tell(
            f"linear layer on {len(y) // 2} images, penalty {chosen[2]:g}"
            + (f", validation {best:.3f}" if held else "")
        )

    def _read(self, part: Part, tell: Callable[[str], None]) -> tuple[Tensor, Tensor]:
        """Return features (2, N, F) of a part, as it is and mirrored, and labels (N,)."""
        places = np.sort(part.indices)
        every = self._kept(part.cached, tell)
        return torch.from_numpy(np.array(every[:, places])), torch.from_numpy(
            np.array(part.cached.labels[places])
        ).long()

    def _kept(self, cached: Cached, tell: Callable[[str], None]) -> np.ndarray:
        """Return the features (2, N, F) float32 of all images of a cache, kept in the folder of caches."""
        state = hashlib.sha256(type(self.encoder).__name__.encode())
        for name, value in self.encoder.state_dict().items():
            state.update(name.encode() + value.cpu().contiguous().numpy().tobytes())
        place = default_folder().expanduser() / f"features-{cached.key}-{state.hexdigest()[:16]}.npy"
        if not place.is_file():
            tell(f"features of {len(cached)} images, once")
            self._compute(cached, place)
        found: np.ndarray = np.load(place, mmap_mode="r")
        return found

    def _compute(self, cached: Cached, place: Path) -> None:
        self.eval()
        found: list[list[np.ndarray]] = [[], []]
        with torch.inference_mode():
            for start in range(0, len(cached), BATCH):
                pixels = torch.from_numpy(np.array(cached.images[start : start + BATCH])).permute(0, 3, 1, 2)
                for side, images in enumerate((pixels, pixels.flip(3))):
                    found[side].append(self.features(augmentation.prepare(images))[0].float().numpy())
        with files.replacing(place) as temporary, temporary.open("wb") as file:
            np.save(file, np.stack([np.concatenate(side) for side in found]))


def fit(x: Tensor, y: Tensor, weights: Tensor, num_classes: int, penalty: float) -> tuple[Tensor, Tensor]:
    """Return the weight (C, F) and bias (C,) of a multinomial logistic regression, with a penalty on squared weights.

    `weights` (N,) are those of the images, with the sum 1.
    """
    weight = torch.zeros(num_classes, x.shape[1], requires_grad=True)
    bias = torch.zeros(num_classes, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=ITERATIONS, line_search_fn="strong_wolfe")

    def closure() -> Any:
        optimizer.zero_grad()
        losses = F.cross_entropy(x @ weight.T + bias, y, reduction="none")
        loss = (weights * losses).sum() + penalty * (weight**2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return weight.detach(), bias.detach()
