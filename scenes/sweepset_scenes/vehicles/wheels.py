"""Wheels: tyres with grooved tread, flattened where they stand, and rims of alloy or pressed steel."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..shapes.primitives import Material, Shape, box, cylinder, join, lathe, prism

SUNK = 0.010
"""Metres that the wheel's axis is lower than the free tyre's radius: the tyre is flat where it stands."""


@dataclass(frozen=True)
class WheelStyle:
    """What all four wheels have in common."""

    radius: float
    width: float
    rim: float
    spokes: int
    spoke: float
    """Width of a spoke at the hub, metres."""
    taper: float
    twin: bool
    dish: float
    finish: str


def draw_wheel(rng: random.Random, radius: float, width: float, era: float) -> WheelStyle:
    """Draw a style: newer cars have larger rims."""
    rim = radius * (0.56 + 0.12 * era + rng.uniform(-0.02, 0.03))
    spokes = rng.choice((5, 5, 5, 6, 7, 8, 9, 10))
    return WheelStyle(
        radius,
        width,
        rim,
        spokes,
        spoke=rng.uniform(0.9, 1.4) * rim * 1.5 / spokes,
        taper=rng.uniform(0.55, 1.15),
        twin=spokes <= 6 and rng.random() < 0.45,
        dish=rng.uniform(-0.015, 0.035),
        finish=rng.choices(("alloy", "dark alloy", "steel"), (7, 2, 2))[0],
    )


def wheel(style: WheelStyle, materials: Mapping[str, Material]) -> Shape:
    """Make a wheel about the origin, its axis along x and its outside towards +x; it is not yet flattened."""
    rim_material = materials["alloy" if style.finish == "steel" else style.finish]
    tyre, rim = _tyre(style, materials["tyre"]), style.rim
    w = style.width
    # The barrel: a lip outside, and a wall that closes it inside.
    lip = [
        (rim - 0.02, -w * 0.4),
        (rim + 0.004, -w * 0.4),
        (rim + 0.004, w * 0.40),
        (rim - 0.004, w * 0.43),
        (rim - 0.016, w * 0.42),
        (rim - 0.022, w * 0.3),
        (rim - 0.03, -w * 0.2),
    ]
    barrel = lathe(rim_material, lip, 36, closed=True)
    back = cylinder(materials["under"], rim - 0.02, 0.02).moved(z=-w * 0.3)
    disc = cylinder(materials["brake"], rim * 0.72, 0.02).moved(z=-w * 0.06)
    hub = cylinder(rim_material, rim * 0.24, w * 0.30, 0.012).moved(z=w * 0.08 - style.dish)
    cap = cylinder(materials["chrome"], rim * 0.12, 0.012, 0.004).moved(z=w * 0.38 - style.dish)
    parts = [tyre, barrel, back, disc, hub, cap, *_face(style, rim_material), *_nuts(style, materials["chrome"])]
    return join(parts).turned(90, "Y")


def _tyre(style: WheelStyle, material: Material) -> Shape:
    r, rim, w = style.radius, style.rim, style.width / 2
    bulge = rim + 0.55 * (r - rim)
    right = [
        (rim - 0.006, w * 0.80),
        (rim + 0.012, w * 0.90),
        (bulge, w * 1.0),
        (r - 0.025, w * 0.95),
        (r - 0.008, w * 0.84),
    ]
    tread = []
    for at in (0.5, 0.0, -0.5):
        for edge, deep in ((0.09, 0.0), (0.07, 0.008), (-0.07, 0.008), (-0.09, 0.0)):
            tread.append((r - deep - 0.004 * (at + edge) ** 2, w * (at + edge)))
    left = [(radius, -z) for radius, z in reversed(right)]
    profile = [*right, (r - 0.002, w * 0.7), *tread, (r - 0.002, -w * 0.7), *left]
    return lathe(material, profile[::-1], 48, closed=True)


def _face(style: WheelStyle, material: Material) -> list[Shape]:
    """Return the spokes, along the rim's outer face (before it is turned: z is the axis)."""
    rim, shapes = style.rim, []
    inner, outer = rim * 0.18, rim - 0.012
    wide = style.spoke / 2
    if style.finish == "steel":
        return _cover(style, material)
    halves = (-1, 1) if style.twin else (0,)
    for k in range(style.spokes):
        for half in halves:
            a, b = wide * (0.5 if style.twin else 1.0), wide * style.taper * (0.45 if style.twin else 1.0)
            shift, spread = half * wide * 0.45, half * wide * style.taper * 0.75
            steps = np.linspace(0.0, 1.0, 5)
            sides = [
                [(inner + t * (outer - inner), shift + t * (spread - shift) + s * (a + t * (b - a))) for t in steps]
                for s in (-1, 1)
            ]
            blade = prism(material, [*sides[0], *sides[1][::-1]], 0.028, 0.007)
            blade = blade.bent(lambda p: _dished(p, style))
            shapes.append(blade.turned(360 * k / style.spokes + 90))
    return shapes


def _dished(points: np.ndarray, style: WheelStyle) -> np.ndarray:
    """Bend a spoke so that the hub lies further in than the rim."""
    radius = np.hypot(points[:, 0], points[:, 1]) / style.rim
    lift = style.width * 0.40 - 0.030 - style.dish * (1 - radius**2)
    return points + np.column_stack((np.zeros(len(points)), np.zeros(len(points)), lift))


def _cover(style: WheelStyle, material: Material) -> list[Shape]:
    """Return a wheel cover: a domed plate with a ring of bosses between which dark slots show."""
    rim, w = style.rim, style.width
    dome = [(rim * 0.70, w * 0.36), (rim * 0.55, w * 0.41), (rim * 0.2, w * 0.43), (0.001, w * 0.43)]
    shapes = [lathe(material, [(rim * 0.70, w * 0.30), *dome], 36)]
    ring = [(rim * 0.86, w * 0.30), (rim - 0.014, w * 0.30), (rim - 0.014, w * 0.385), (rim * 0.86, w * 0.38)]
    shapes.append(lathe(material, ring, 36, closed=True))
    count = style.spokes + 3
    for k in range(count):
        boss = box(
            material,
            (rim * 0.66, -0.5 * math.pi * rim / count, w * 0.30),
            (rim * 0.90, 0.5 * math.pi * rim / count, w * 0.375),
            0.006,
        )
        shapes.append(boss.turned(360 * k / count))
    return shapes


def _nuts(style: WheelStyle, material: Material) -> list[Shape]:
    count, at = 5, style.rim * 0.17
    z = style.width * 0.38 - style.dish
    if style.finish == "steel":
        return []
    return [
        cylinder(material, 0.009, 0.012, 0.002, 6).moved(at * math.cos(t), at * math.sin(t), z)
        for t in (2 * math.pi * k / count for k in range(count))
    ]


def standing(wheel_shape: Shape, style: WheelStyle, at: tuple[float, float], degrees: float = 0.0) -> Shape:
    """Return a wheel put on the ground at (x, y), its outside away from x = 0, steered, and flattened below."""
    turn = degrees + (180.0 if at[0] < 0 else 0.0)
    placed = wheel_shape.turned(turn).moved(at[0], at[1], style.radius - SUNK)
    points = placed.vertices.copy()
    points[:, 2] = np.maximum(points[:, 2], 0.0)
    return placed.bent(lambda _: points)
