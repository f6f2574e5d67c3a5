"""Shapes of binary masks: holes, loose islands, and disagreement with the mirrored view of the same vehicle."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

HOLES, ISLANDS = 0.005, 0.001
"""Shares of the foreground from which holes in it and islands beside its largest part are told. Real cars have holes,
between running boards and sills, so that these are notes."""
ALIKE, HEIGHTS = 0.8, 0.05
"""The least overlap of a view with its mirrored partner, both cut to their boxes; how far their heights may differ, as
a share. Of 14 photos of real cars from ahead and behind, the least overlap was 0.83."""
ROUND, SIDE = 16, 96
"""Views of a turntable's full turn; the side of a silhouette that is compared."""
VIEWED = re.compile(r"(.+)_(\d\d?)")
CODES = {
    "mask-holes": "have holes",
    "mask-islands": "have islands beside the largest part",
    "mask-shape": "differ from the mirrored view of their vehicle",
    "mask-empty": "have no foreground",
}
"""What suspect masks are told for."""


@dataclass(frozen=True)
class Shape:
    """What is kept of one mask."""

    foreground: int
    holes: int
    islands: int
    """In pixels."""
    height: int
    """Of its box."""
    silhouette: np.ndarray
    """(SIDE, SIDE) bool: its box, resized."""


@dataclass(frozen=True)
class Suspect:
    """A mask that may be wrong, and why."""

    name: str
    code: str
    """One of CODES."""
    text: str
    amount: float
    """How wrong; suspects are told in this order."""


def measure(mask: np.ndarray) -> Shape:
    """Return the shape of a mask (H, W) bool."""
    if not mask.any():
        return Shape(0, 0, 0, 0, np.zeros((SIDE, SIDE), bool))
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    box = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    parts, count = ndimage.label(np.pad(~box, 1, constant_values=True))
    outside = int((parts == parts[0, 0]).sum()) if count else 0
    holes = int((parts > 0).sum()) - outside
    pieces, _ = ndimage.label(box, np.ones((3, 3)))
    sizes = np.bincount(pieces.ravel())[1:]
    places = [((np.arange(SIDE) + 0.5) * side / SIDE).astype(int) for side in box.shape]
    silhouette = box[np.ix_(*places)]
    return Shape(int(sizes.sum()), holes, int(sizes.sum() - sizes.max()), box.shape[0], silhouette)


def suspects(shapes: Mapping[str, Shape]) -> list[Suspect]:
    """Return the masks that may be wrong, the most suspect first of each code."""
    found: list[Suspect] = []
    for name, one in shapes.items():
        if not one.foreground:
            found.append(Suspect(name, "mask-empty", "no foreground", 1.0))
            continue
        for code, pixels, least in (("mask-holes", one.holes, HOLES), ("mask-islands", one.islands, ISLANDS)):
            if pixels / one.foreground > least:
                share = f"{100 * pixels / one.foreground:.1f} % of the foreground"
                text = f"{'holes' if code == 'mask-holes' else 'islands'} of {pixels} pixels, {share}"
                found.append(Suspect(name, code, text, pixels / one.foreground))
        found += _unlike(name, one, shapes)
    return sorted(found, key=lambda one: (list(CODES).index(one.code), -one.amount, one.name))


def _unlike(name: str, one: Shape, shapes: Mapping[str, Shape]) -> list[Suspect]:
    """Return a suspect if a view differs from that which shows the vehicle's other side; from itself, ahead and behind.

    Of 16 views of a turntable, view 1 being from ahead, view k shows mirrored what view 18 - k does.
    """
    match = VIEWED.fullmatch(name)
    if not match or not 1 <= int(match[2]) <= ROUND:
        return []
    partner = f"{match[1]}_{(ROUND + 1 - int(match[2])) % ROUND + 1:02d}"
    other = shapes.get(partner)
    if other is None or not other.foreground:
        return []
    mirrored = other.silhouette[:, ::-1]
    overlap = float((one.silhouette & mirrored).sum() / (one.silhouette | mirrored).sum())
    apart = abs(one.height - other.height) / max(one.height, other.height)
    if overlap >= ALIKE and apart <= HEIGHTS:
        return []
    text = f"overlap {overlap:.3f} with {partner} mirrored, heights {one.height} and {other.height}"
    return [Suspect(name, "mask-shape", text, max(1 - overlap, apart))]
