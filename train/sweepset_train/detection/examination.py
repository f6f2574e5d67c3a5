"""What the doctor looks for in labels of instances."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sweepset.findings import Finding
from sweepset.taxonomy import Taxonomy

from ..doctor.domain import Domain

LEFT_OUT = ("void", "without_counterpart", "zero_based", "off_by_one")
"""Checks of label maps that mean nothing here: most pixels are of no class, and places tell nothing about ids."""
LOOKED_AT = 200
"""Images of a place at most, from all over it."""
SMALL = 1 / 16
"""Of an image's longer side: the smallest anchor is 16 pixels, in images of 256."""
MANY = 0.2
"""The share of such instances from which there is a warning."""


def sizes(domains: Sequence[Domain], target: Taxonomy) -> Iterator[Finding]:
    """Find instances that are small beside the anchors, images without any, and labels with none at all."""
    for domain in domains:
        shares: list[float] = []
        empty = 0
        places = {item.name: place for place, item in enumerate(domain.source.items)}
        readable = sorted(domain.thumbnails)
        chosen = np.unique(np.linspace(0, len(readable) - 1, min(LOOKED_AT, len(readable))).astype(int))
        for name in (readable[k] for k in chosen):
            labels = domain.source.read(places[name])[1]
            own = _longer_sides(labels, domain.table, len(target))
            shares += own
            empty += not own
        if not len(chosen):
            continue
        if not shares:
            yield Finding(
                "no-instances", "error", domain.name, f"none of {len(chosen)} images has an instance of {target.name}",
                "name a taxonomy of what the data shows (data.taxonomy); renders need instances",
            )  # fmt: skip
            continue
        small = float(np.mean(np.array(shares) < SMALL))
        if small > MANY:
            yield Finding(
                "small-instances", "warning", domain.name,
                f"{100 * small:.0f} % of {len(shares)} instances are shorter than 1/16 of their image's longer side, "
                "which in images of 256 pixels is the smallest anchor",
                "train at a larger data.size, or cut the images into parts",
            )  # fmt: skip
        if empty:
            yield Finding(
                "empty-images", "note", domain.name, f"{empty} of {len(chosen)} images show no instance",
                "right: they teach what is nothing",
            )  # fmt: skip


def _longer_sides(labels: np.ndarray, table: np.ndarray, num_classes: int) -> list[float]:
    """Return the longer side of each instance as a share of that of its image."""
    known = (table[labels[..., 0]] < num_classes) & (labels[..., 1] > 0)
    found = []
    for number in np.unique(labels[..., 1][known]):
        rows, columns = np.nonzero(known & (labels[..., 1] == number))
        longer = max(int(np.ptp(rows)), int(np.ptp(columns))) + 1
        found.append(longer / max(labels.shape[:2]))
    return found


CHECKS = (sizes,)
