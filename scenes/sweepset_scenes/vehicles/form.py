"""The form of one vehicle: its lower body and its cabin as bare shells, and the lines that everything else follows.

All lengths are metres; the vehicle is centred on the origin, stands on z = 0 and looks towards -y.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np

from .bodies import BODIES, Body, Range
from .dimensions import Dimensions, draw_dimensions
from .shell import Curve, End, Level, Plan, curve, rounding, shell
from .skin import Skin

SHOULDER = (0.035, 0.055)
"""How far the shoulder is rounded in and up."""
SUNK = 0.05
"""How far the cabin's walls reach into the lower body."""
WALL_LEVELS = 18


@dataclass
class Form:
    """The shells of a vehicle (right halves) and its lines."""

    name: str
    body: Body
    size: Dimensions
    lower: Skin
    upper: Skin
    plan: Plan
    cabin: Plan
    front_axle: float
    rear_axle: float
    cowl: float
    """The y of the windshield's foot at the middle; `header` is that of its top, `rear` that of the rear window's."""
    header: float
    rear: float
    foot: float
    edge: Curve
    """Height of the lower body's wall by y, below its rounded shoulder."""
    belt: Curve
    """Height of the shoulder, where the windows begin."""
    rail: Curve
    """Height of the cabin's wall, where the roof begins to round."""
    era: float
    """From 0 (1980) to 1 (2020): what is drawn later follows it."""

    @property
    def radius(self) -> float:
        """Of the tyres."""
        return self.size.tyre / 2


def pick(rng: random.Random, within: Range) -> float:
    """Draw from a range."""
    return rng.uniform(*within)


def draw_form(rng: random.Random, name: str) -> Form:
    """Draw a vehicle's dimensions and proportions, and make its shells."""
    body, size = BODIES[name], draw_dimensions(rng, name)
    era = rng.uniform(0.0, 1.0) ** 0.6
    nose, tail = -size.length / 2, size.length / 2
    front_axle = nose + pick(rng, body.overhang) * (size.length - size.wheelbase)
    rear_axle = front_axle + size.wheelbase
    cowl = front_axle + pick(rng, body.dash) * size.wheelbase / 2.7
    cowl_z, belt_z = pick(rng, body.cowl) * size.height, 0.0
    belt_z = cowl_z + pick(rng, body.rise)
    out, up = pick(rng, SHOULDER), rng.uniform(0.035, 0.05)
    hood_z = max(min(pick(rng, body.hood) * size.height, cowl_z - (0.05 if body.blunt else 0.1)), 0.70) - up
    tail_z = belt_z + rng.uniform(-0.01, 0.03)
    edge = curve(
        [
            (nose, hood_z),
            (nose + 0.35 * (cowl - nose), hood_z + (0.45 if body.blunt else 0.6) * (cowl_z - up - hood_z)),
            (cowl + 0.1, cowl_z - up),
            (rear_axle, belt_z - up),
            (tail, tail_z - up),
        ],
        0.16,
    )
    foot = tail - pick(rng, body.deck) * (size.length if body.bed else 1.0)
    cabin, rail, header, rear, upper = _cabin(rng, body, size, (cowl, foot), edge, up)
    plan, lower = _lower(rng, body, size, edge, (out, up), era, (cowl, foot))
    return Form(
        name,
        body,
        size,
        lower,
        upper,
        plan,
        cabin,
        front_axle,
        rear_axle,
        cowl,
        header,
        rear,
        foot,
        edge,
        lambda y: edge(y) + up,
        rail,
        era,
    )


def _lower(
    rng: random.Random,
    body: Body,
    size: Dimensions,
    edge: Curve,
    shoulder: tuple[float, float],
    era: float,
    ends: tuple[float, float],
) -> tuple[Plan, Skin]:
    nose, tail = -size.length / 2, size.length / 2
    fronts, rears = (
        End(pick(rng, body.bow), pick(rng, body.boxy) + (0.5 if k else 0.0), rng.uniform(0.03, 0.07)) for k in (0, 1)
    )
    plan = Plan(nose, tail, size.width / 2, fronts, rears)
    share = np.linspace(0.0, 1.0, WALL_LEVELS)
    upright = rng.uniform(0.02, 0.05) if body.bed else rng.uniform(0.04, 0.12)
    chin = rng.uniform(0.05, 0.12)
    front = curve([(0, chin), (0.2, 0.02), (0.4, 0), (0.55, 0.008), (0.8, 0.45 * upright), (1, upright)], 0.06)(share)
    hollow, back = (0.004, 0.02) if body.bed else (rng.uniform(0.02, 0.05), rng.uniform(0.03, 0.07))
    rear = curve([(0, 0.11), (0.15, 0.03), (0.38, 0), (0.5, 0.004), (0.58, hollow), (0.8, hollow), (1, back)], 0.05)(
        share
    )
    crease, tuck = rng.uniform(0.66, 0.82), rng.uniform(0.02, 0.035)
    side = curve(
        [(0, 0.075), (0.07, 0.05), (0.2, rng.uniform(0.022, 0.035)), (0.45, 0.006), (crease, 0.0), (1, tuck)], 0.03
    )(share)
    wall = [
        Level(float(t), float(a - front.min()), float(b - rear.min()), float(c - side.min()))
        for t, a, b, c in zip(share, front, rear, side)
    ]
    flange = Level(0.0, wall[0].front + 0.1, wall[0].rear + 0.1, wall[0].side + 0.08, 0.0, "under")
    low = curve(
        [
            (nose, size.clearance + 0.085),
            (nose + 0.6, size.clearance + 0.04),
            (tail - 0.7, size.clearance + 0.05),
            (tail, size.clearance + 0.13),
        ],
        0.12,
    )
    out, up = shoulder
    levels = [flange, *wall, *rounding(wall[-1], out, up, 0.06)]
    hood, deck = rng.uniform(0.04, 0.075), 0.0 if body.bed else rng.uniform(0.015, 0.035)
    cowl, foot = ends
    crown = curve([(nose, hood), (cowl, hood), (cowl + 1.0, deck), (foot, deck), (tail, deck)])
    return plan, shell(plan, levels, low, edge, crown)


def _cabin(
    rng: random.Random, body: Body, size: Dimensions, feet: tuple[float, float], edge: Curve, up: float
) -> tuple[Plan, Curve, float, float, Skin]:
    """Make the cabin: its plan, the height of its wall by y, the ends of its roof, and its shell."""
    cowl, foot = feet
    roof_up, crown = rng.uniform(0.035, 0.05), rng.uniform(0.03, 0.05)
    peak = size.height - roof_up - crown
    header_z = peak - rng.uniform(0.025, 0.05)
    rear_z = peak - pick(rng, body.drop)
    front_slope, rear_slope = (math.tan(math.radians(pick(rng, a))) for a in (body.windshield, body.backlight))
    low_front, low_rear = (float(edge(np.array(y))) + up - SUNK for y in feet)
    header = cowl + (header_z - low_front) / front_slope
    rear = foot - (rear_z - low_rear) / rear_slope
    rear = max(rear, header + 0.35)
    middle = header + rng.uniform(0.30, 0.45) * (rear - header)
    line = [(cowl, header_z - 0.01), (header, header_z), (middle, peak), (rear, rear_z), (foot, rear_z - 0.01)]
    smooth = curve(line, 0.2)
    lost = peak - float(smooth(np.linspace(header, rear, 100)).max())

    def rail(y: np.ndarray) -> np.ndarray:
        # Smoothing lowers the peak, which is the vehicle's height.
        return smooth(y) + lost

    inset = rng.uniform(0.055, 0.075)
    lean = pick(rng, body.lean)
    share = np.linspace(0.0, 1.0, 13)
    bulge = np.sin(math.pi * share)
    front = share * (header - cowl) - rng.uniform(0.015, 0.035) * bulge
    back = share * (foot - rear) - rng.uniform(0.01, 0.035) * bulge
    side = share * lean * (peak - low_front) - 0.012 * bulge
    wall = [Level(float(t), float(a), float(b), float(c)) for t, a, b, c in zip(share, front, back, side)]
    levels = [*wall, *rounding(wall[-1], rng.uniform(0.07, 0.11), roof_up, 0.07)]
    plan = Plan(
        cowl,
        foot,
        size.width / 2 - inset,
        End(rng.uniform(0.36, 0.46), rng.uniform(2.8, 3.3), rng.uniform(0.02, 0.05)),
        End(rng.uniform(0.30, 0.42), rng.uniform(2.9, 3.6), rng.uniform(0.05, 0.10)),
    )
    skin = shell(plan, levels, lambda y: edge(y) + up - SUNK, rail, lambda y: np.full_like(y, crown))
    return plan, rail, header, rear, skin
