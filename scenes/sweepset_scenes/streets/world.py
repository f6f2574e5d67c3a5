"""What a world tells about itself: the ground that is free for vehicles and people, what stands in the way, its lamps.

Lengths are metres. A heading is the direction that a vehicle's front points to, in degrees from +x towards +y. The
ground is z = 0, and the main vehicle stands within some 15 m of the origin. Imports no bpy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

Point = tuple[float, float, float]
Color = tuple[float, float, float]


@dataclass(frozen=True)
class Footprint:
    """A rectangle on the ground: its middle, its length along its heading, and its width across it."""

    x: float
    y: float
    length: float
    width: float
    heading: float = 0.0

    @property
    def axes(self) -> np.ndarray:
        """The unit vectors along and across, (2, 2)."""
        turn = math.radians(self.heading)
        return np.array(((math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))))

    @property
    def corners(self) -> np.ndarray:
        """The four corners in turn, (4, 2)."""
        half = np.array(((1, 1), (-1, 1), (-1, -1), (1, -1))) * (self.length / 2, self.width / 2)
        return half @ self.axes + (self.x, self.y)

    def overlaps(self, other: Footprint, gap: float = 0.0) -> bool:
        """Tell whether another one comes nearer than `gap`, by separating axes."""
        mine, others = self.corners, other.corners
        for axis in (*self.axes, *other.axes):
            a, b = mine @ axis, others @ axis
            if a.max() + gap <= b.min() or b.max() + gap <= a.min():
                return False
        return True

    def holds(self, other: Footprint) -> bool:
        """Tell whether another one lies within."""
        along = np.abs((other.corners - (self.x, self.y)) @ self.axes.T)
        return bool((along <= np.array((self.length / 2, self.width / 2)) + 1e-6).all())


@dataclass(frozen=True)
class Berth:
    """Free ground for one vehicle, which faces its heading.

    `kind` is "lane" (it drives or waits), "parked" (along a kerb), "stall" or "driveway" (it may stand there
    backwards). Only a `main` one may hold the main vehicle. Vehicles higher than `height` do not fit.
    """

    ground: Footprint
    kind: str
    main: bool = False
    height: float = math.inf


@dataclass(frozen=True)
class Lamp:
    """A street lamp's light: its place, watts, linear colour, and radius."""

    at: Point
    power: float
    color: Color = (1.0, 0.75, 0.45)
    radius: float = 0.12


@dataclass(frozen=True)
class World:
    """Where vehicles and people fit among what a world built.

    At least one main berth has to be long, wide and high enough for a bus (13 m by 3.3 m, no `height`).
    """

    berths: tuple[Berth, ...]
    walks: tuple[Footprint, ...] = ()
    """Ground where people stand or walk along the heading, either way."""
    walks_height: float = 0.0
    """Height of the walks above the ground of the berths."""
    obstacles: tuple[Footprint, ...] = ()
    """What stands near berths and walks: walls, posts, trunks, bins. Neither vehicles nor people touch them."""
    lamps: tuple[Lamp, ...] = ()
    """They burn at dusk and at night; those nearest to the main vehicle are used."""
    brightness: float = 0.25
    """Mean reflectance of what a camera sees, without vehicles and sky: the exposure follows it."""
    openness: float = 0.7
    """Share of the sky that its ground sees: 0 for an indoor car park, whose lamps then always burn."""
