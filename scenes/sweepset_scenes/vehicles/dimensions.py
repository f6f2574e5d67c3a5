"""Dimensions of vehicles, drawn from distributions of real ones, in metres.

Lengths, widths, heights, wheelbases and track widths of 6,356 bodies are those of NHTSA's and Transport Canada's
vehicle specifications (mostly North American, 1971 on), as the 10th, 50th and 90th percentiles in centimetres. Their
tables have no rows for minivans, crossovers, box trucks and buses: the first two are drawn from the lower part of vans
and SUVs, the others from usual sizes. Tyres and ground clearances are ranges of data sheets.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

Spread = tuple[float, float, float]
NORMAL_P90 = 1.2816
"""The standard normal's 90th percentile: half the distance between the 10th and the 90th, in deviations."""
FARTHEST = 2.3
"""Deviations at which draws end, just inside the 1st and the 99th percentile (2.326)."""
COMMON = {"length": 1.0, "wheelbase": 0.9, "width": 0.6, "height": 0.2}
"""How far each dimension follows the vehicle's general size, as a correlation: long ones have long wheelbases."""
RATIOS = {("wheelbase", "length"): 0.05, ("height", "width"): 0.11, ("width", "length"): 0.09}
"""By how much a vehicle's ratios may differ from those of its body's medians."""


@dataclass(frozen=True)
class Sizes:
    """A body's length, width, height and wheelbase at p10, p50, p90, and median front track, cm; then ranges in m."""

    length: Spread
    width: Spread
    height: Spread
    wheelbase: Spread
    track: float
    tyre: tuple[float, float]
    clearance: tuple[float, float]


CAR_TYRE, CAR_CLEARANCE = (0.62, 0.68), (0.14, 0.17)
PICKUP_TYRE, PICKUP_CLEARANCE = (0.76, 0.84), (0.24, 0.30)
SIZES = {
    "city car": Sizes(
        (365, 371, 380), (153, 159, 163), (133, 136, 152), (227, 229, 238), 138, (0.57, 0.60), (0.14, 0.16)
    ),
    "hatchback": Sizes(
        (381, 429, 466), (159, 170, 182), (129, 136, 150), (237, 250, 265), 147, CAR_TYRE, CAR_CLEARANCE
    ),
    "sedan": Sizes((439, 479, 521), (168, 180, 190), (136, 142, 148), (252, 272, 299), 154, CAR_TYRE, CAR_CLEARANCE),
    "wagon": Sizes((437, 474, 517), (168, 180, 200), (138, 147, 180), (250, 272, 302), 152, CAR_TYRE, CAR_CLEARANCE),
    "coupe": Sizes((428, 460, 508), (168, 181, 195), (124, 134, 142), (241, 264, 290), 153, CAR_TYRE, (0.12, 0.15)),
    "convertible": Sizes(
        (403, 453, 486), (168, 181, 193), (122, 133, 143), (235, 257, 281), 153, CAR_TYRE, (0.12, 0.15)
    ),
    "suv": Sizes((439, 476, 525), (178, 190, 202), (162, 173, 193), (262, 283, 310), 162, (0.70, 0.76), (0.18, 0.22)),
    "crossover": Sizes(
        (425, 450, 478), (176, 184, 192), (156, 164, 172), (256, 268, 284), 157, (0.67, 0.73), (0.17, 0.20)
    ),
    "minivan": Sizes((453, 488, 515), (182, 194, 201), (168, 177, 186), (280, 297, 308), 166, CAR_TYRE, (0.15, 0.18)),
    "van": Sizes((480, 535, 600), (190, 200, 204), (185, 205, 252), (290, 320, 351), 170, (0.66, 0.72), (0.17, 0.21)),
    "pickup regular": Sizes(
        (479, 540, 579), (198, 201, 204), (180, 187, 194), (275, 334, 357), 170, PICKUP_TYRE, PICKUP_CLEARANCE
    ),
    "pickup extended": Sizes(
        (520, 571, 619), (198, 201, 204), (180, 187, 194), (319, 365, 400), 168, PICKUP_TYRE, PICKUP_CLEARANCE
    ),
    "pickup crew": Sizes(
        (555, 613, 657), (199, 202, 205), (187, 194, 201), (342, 392, 437), 174, PICKUP_TYRE, PICKUP_CLEARANCE
    ),
    "box truck": Sizes(
        (640, 760, 880), (225, 240, 250), (300, 335, 360), (350, 420, 500), 195, (0.78, 0.86), (0.25, 0.32)
    ),
    "bus": Sizes((1060, 1200, 1220), (250, 255, 258), (290, 305, 318), (540, 590, 610), 210, (0.95, 1.0), (0.26, 0.32)),
}
"""Sizes by body. Widths and heights of pickups are published as medians only: their spread is 1.5 and 4 percent."""


@dataclass(frozen=True)
class Dimensions:
    """One vehicle's own, in metres."""

    length: float
    width: float
    height: float
    wheelbase: float
    track: float
    tyre: float
    clearance: float


def quantile(spread: Spread, deviations: float) -> float:
    """Return the value (cm) that lies some deviations from the median, by a normal distribution split there."""
    low, middle, high = spread
    return middle + deviations * (high - middle if deviations > 0 else middle - low) / NORMAL_P90


def draw_dimensions(rng: random.Random, body: str) -> Dimensions:
    """Draw the dimensions of a vehicle of some body."""
    sizes = SIZES[body]
    drawn = _draw(rng, sizes)
    while not _in_proportion(sizes, drawn):
        drawn = _draw(rng, sizes)
    width = drawn["width"]
    return Dimensions(
        **drawn,
        track=sizes.track / sizes.width[1] * width,
        tyre=rng.uniform(*sizes.tyre),
        clearance=rng.uniform(*sizes.clearance),
    )


def _draw(rng: random.Random, sizes: Sizes) -> dict[str, float]:
    general, drawn = _normal(rng), {}
    for name, common in COMMON.items():
        own = common * general + math.sqrt(1 - common**2) * _normal(rng)
        drawn[name] = quantile(getattr(sizes, name), min(max(own, -FARTHEST), FARTHEST)) / 100
    return drawn


def _in_proportion(sizes: Sizes, drawn: dict[str, float]) -> bool:
    """Tell whether ratios of dimensions are near those of the medians: extremes seldom meet in one vehicle."""
    for (a, b), tolerance in RATIOS.items():
        usual = getattr(sizes, a)[1] / getattr(sizes, b)[1]
        if abs(drawn[a] / drawn[b] / usual - 1) > tolerance:
            return False
    return True


def _normal(rng: random.Random) -> float:
    return min(max(rng.gauss(0.0, 1.0), -FARTHEST), FARTHEST)
