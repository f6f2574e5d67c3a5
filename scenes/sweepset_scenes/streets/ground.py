"""Roads and sidewalks: asphalt with markings, kerbs, covers. A road runs along x, its middle is y = 0; metres."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..materials import shaders
from ..materials.shaders import Material
from ..shapes.primitives import box, place
from . import surfaces
from .panels import Panels

KERB = 0.13
"""Height of a kerb."""
PAINT = 0.002
"""Height of markings above the asphalt: wheels stand on both."""
BELOW = -0.3
"""Where ground ends below."""
Rect = tuple[float, float, float, float]
"""A rectangle on the ground: x0, y0, x1, y1."""


@dataclass(frozen=True)
class Paints:
    """The materials of a road."""

    asphalt: Material
    marking: Material
    paving: Material
    kerb: Material
    iron: Material


def make_paints(rng: random.Random, wet: bool) -> Paints:
    """Make the materials of a road."""
    return Paints(
        surfaces.asphalt(rng, wet),
        surfaces.marking(wet),
        surfaces.paving(rng, wet),
        shaders.concrete("kerb", shaders.vary(rng, (0.3, 0.29, 0.27), 0.2), 0.85),
        shaders.metal("iron cover", (0.09, 0.085, 0.08), 0.55),
    )


def road(paints: Paints, areas: Iterable[Rect], marks: Iterable[Rect], covers: Sequence[tuple[float, float]]) -> None:
    """Make the road of areas of asphalt, with markings and round covers upon it."""
    panels = Panels()
    for x0, y0, x1, y1 in areas:
        panels.level(paints.asphalt, (x0, y0), (x1, y1), 0.0)
        panels.add(paints.asphalt, (x0, y1, BELOW), (x1 - x0, 0, 0), (0, y0 - y1, 0))
    for x0, y0, x1, y1 in marks:
        panels.level(paints.marking, (x0, y0), (x1, y1), PAINT)
    for x, y in covers:
        panels.level(paints.iron, (x - 0.33, y - 0.2), (x + 0.33, y + 0.2), PAINT)
        panels.level(paints.iron, (x - 0.2, y - 0.33), (x + 0.2, y + 0.33), PAINT + 0.0005)
    place("road", panels.shape(), "road")


def sidewalk(paints: Paints, area: Rect, kerbs: Iterable[str] = ("south",)) -> None:
    """Make a raised sidewalk with kerb stones along sides named south, north, west and east."""
    x0, y0, x1, y1 = area
    panels = Panels()
    panels.block(paints.paving, (x0, y0, BELOW), (x1, y1, KERB))
    stones = {
        "south": (x0, y0 - 0.01, x1, y0 + 0.16),
        "north": (x0, y1 - 0.16, x1, y1 + 0.01),
        "west": (x0 - 0.01, y0, x0 + 0.16, y1),
        "east": (x1 - 0.16, y0, x1 + 0.01, y1),
    }
    for side in kerbs:
        a, b, c, d = stones[side]
        panels.join(box(paints.kerb, (a, b, BELOW), (c, d, KERB + 0.003), 0.012))
    place("sidewalk", panels.shape(), "sidewalk")


def dashes(x0: float, x1: float, y: float, on: float, off: float, width: float = 0.12) -> list[Rect]:
    """Return a broken line along x; with `off` 0 a solid one."""
    if off == 0:
        return [(x0, y - width / 2, x1, y + width / 2)]
    count = int((x1 - x0 + off) // (on + off))
    return [(x0 + k * (on + off), y - width / 2, x0 + k * (on + off) + on, y + width / 2) for k in range(count)]


def zebra(x: float, half: float, deep: float = 3.5) -> list[Rect]:
    """Return the bars of a crossing at x, over a road of half a width."""
    count = int(2 * half / 1.0)
    start = -count / 2 * 1.0
    return [(x - deep / 2, start + k + 0.25, x + deep / 2, start + k + 0.75) for k in range(count)]
