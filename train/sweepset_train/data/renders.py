"""Renders as a PyTorch dataset, for training loops of a user's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset
from torchvision import tv_tensors

from sweepset import taxonomy as taxonomies
from sweepset.taxonomy import Taxonomy

from . import sources
from .labels import Size, resize_image, resize_label
from .sources import Source

Transform = Callable[[torch.Tensor, torch.Tensor], Any]


class RenderDataset(Dataset[Any]):
    """Images (3, H, W) float32 from 0 to 1 and labels (H, W) int64 of one or several datasets of Sweepset.

    Labels are train ids: positions in `taxonomy`, IGNORE for void.
    """

    taxonomy: Taxonomy

    def __init__(
        self,
        folders: str | Path | Sequence[str | Path],
        taxonomy: str | Taxonomy | None = None,
        size: Size | None = None,
        transform: Transform | None = None,
    ) -> None:
        """Open datasets, whose taxonomy is mapped to another one if given, a name, a file or a Taxonomy.

        `size` is (width, height). `transform` gets a tv_tensors.Image and a tv_tensors.Mask; its result is returned.
        Raise SweepsetError if a folder holds no finished dataset, or taxonomies do not fit.
        """
        self.folders = [Path(one) for one in ([folders] if isinstance(folders, str | Path) else folders)]
        given = taxonomies.load(taxonomy, least=0) if isinstance(taxonomy, str) else taxonomy
        self.taxonomy = given or self._source.taxonomy
        self.size, self.transform = size, transform
        self._table = sources.train_ids(self._source, self.taxonomy)

    @cached_property
    def _source(self) -> Source:
        return sources.open_datasets(self.folders)

    def __reduce__(self) -> tuple[Any, ...]:
        # A source holds functions, which a DataLoader's processes cannot be sent: each opens its own.
        return RenderDataset, (self.folders, self.taxonomy, self.size, self.transform)

    def __len__(self) -> int:
        return len(self._source)

    def __getitem__(self, index: int) -> Any:
        """Return an image and its label, or what `transform` makes of them."""
        index = range(len(self))[index]
        image, label = self._source.read(index)
        ids = sources.to_train_ids(label, self._table, self._source.items[index].where)
        if self.size is not None:
            image, ids = resize_image(image, self.size), resize_label(ids, self.size)
        pixels = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))).float() / 255
        classes = torch.from_numpy(ids.astype(np.int64))
        if self.transform is None:
            return pixels, classes
        return self.transform(tv_tensors.Image(pixels), tv_tensors.Mask(classes))
