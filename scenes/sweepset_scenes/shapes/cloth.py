"""Cloth things: towels, clothes, bags, mats.

Things hang from the origin towards -z, in front of a wall at y = 0 or over a bar. Lengths are metres.
"""

from __future__ import annotations

import math
import random
from itertools import pairwise

import numpy as np

from .primitives import Material, Shape, join, loft, prism, rounded, sheet, tube


def draped(material: Material, width: float, front: float, back: float, radius: float, rng: random.Random) -> Shape:
    """Make a towel over a bar along x at the origin; it hangs `front` and `back` down, centred."""
    path = [(-radius, -front + front * i / 8) for i in range(9)]
    path += [(radius * math.cos(a), radius * math.sin(a)) for a in (math.pi - math.pi * k / 6 for k in range(1, 6))]
    path += [(radius, -back * i / 6) for i in range(7)]
    phase = rng.uniform(0, 6)
    rows = []
    for y, z in path:
        hang = max(-z, 0.0)
        row = []
        for j in range(17):
            s = j / 16
            wave = 0.3 * min(hang, 0.12) * 0.12 * math.sin(9 * s + phase) * (-1 if y < 0 else 0.3)
            x = (s - 0.5) * width * (1 - 0.25 * min(hang, 0.3)) + 0.02 * hang * math.sin(phase)
            row.append((x, y + wave - (0.01 * hang if y < 0 else 0.0), z))
        rows.append(row)
    return sheet(material, rows, 0.004)


def jacket(material: Material, rng: random.Random, width: float = 0.5) -> Shape:
    """Make a jacket over a chair's back that runs along x at the origin: body, collar, two sleeves behind."""
    phase = rng.uniform(0, 6)

    def crumple(points: np.ndarray) -> np.ndarray:
        x, y, z = points.T
        hang = np.clip(-z, 0.0, 0.5)
        side = np.where(y < 0, -1.0, 1.0)
        fold = 0.02 * hang / 0.4 * np.sin(24 * x + 5 * z + phase) + 0.012 * np.sin(9 * x - 17 * z + phase)
        shoulders = 0.05 * np.clip(np.abs(x) / (width / 2) - 0.4, 0.0, 1.0) ** 2
        ragged = 0.03 * np.sin(8 * x + phase) * hang
        return np.stack(
            (x * (1 - 0.35 * hang), y + side * (0.006 + np.abs(fold) * (hang > 0.02)), z - shoulders - ragged), axis=1
        )

    parts = [draped(material, width, 0.3, 0.46, 0.024, rng).bent(crumple)]
    for s in (-1, 1):
        path = [(s * 0.2, 0.05, -0.05), (s * 0.235, 0.062, -0.2), (s * 0.225, 0.068, -0.38), (s * 0.2, 0.064, -0.55)]
        parts.append(tube(material, path, (0.05, 0.056, 0.05, 0.042), 14).scaled(1.0, 0.72, 1.0).moved(0.0, 0.018, 0.0))
    collar = [(-0.09, 0.012, 0.012), (-0.03, 0.03, 0.022), (0.03, 0.03, 0.022), (0.09, 0.012, 0.012)]
    return join([*parts, tube(material, collar, 0.02, 10)])


def apron(material: Material, rng: random.Random) -> Shape:
    """Make an apron on a hook at the origin: neck band, bib, skirt, pocket; 0.95 long."""
    outline = ((0.0, 0.0), (0.12, 0.11), (0.3, 0.13), (0.42, 0.24), (0.95, 0.22))
    phase = rng.uniform(0, 6)
    rows = []
    for i in range(21):
        z = 0.16 + 0.8 * (1 - i / 20)
        half = next(b[1] + (a[1] - b[1]) * (b[0] - z) / (b[0] - a[0]) for a, b in pairwise(outline) if z <= b[0] + 0.02)
        deep = 0.012 + 0.022 * min((z - 0.16) * 2, 1.0)
        rows.append(
            [
                (half * s * 0.82, -0.042 + deep * math.sin(6.5 * s + phase) - 0.01 * z, -z)
                for s in (j / 10 - 1 for j in range(21))
            ]
        )
    bib = sheet(material, rows, 0.003)
    neck = [
        (-0.1, -0.04, -0.17),
        (-0.05, -0.045, -0.06),
        (0.0, -0.05, 0.004),
        (0.05, -0.045, -0.06),
        (0.1, -0.04, -0.17),
    ]
    return bib + tube(material, neck, 0.006, 6)


def tote(material: Material, width: float = 0.26, height: float = 0.36) -> Shape:
    """Make a cloth bag that hangs from a hook at the origin by its handles."""
    rings = []
    for v, half, deep in (
        (1.0, 0.42, 0.03),
        (0.93, 0.5, 0.055),
        (0.5, 0.5, 0.06),
        (0.1, 0.48, 0.04),
        (0.0, 0.47, 0.025),
    ):
        rings.append(
            [
                (
                    width * half * math.cos(a),
                    -0.075 + deep * math.sin(a) * (1 + 0.15 * math.sin(5 * a)),
                    -0.26 - height * v,
                )
                for a in (2 * math.pi * k / 24 for k in range(24))
            ]
        )
    parts = [loft(material, rings)]
    for y in (-0.045, -0.075):
        strap = [
            (-width * 0.25, y, -0.3),
            (-width * 0.12, y, -0.12),
            (0.0, -0.052 + (y + 0.06) * 0.3, 0.0),
            (width * 0.12, y, -0.12),
            (width * 0.25, y, -0.3),
        ]
        parts.append(tube(material, strap, 0.007, 6))
    return join(parts)


def mat(material: Material, width: float, depth: float, thickness: float = 0.009) -> Shape:
    """Make a floor mat on z = 0."""
    return prism(material, rounded(width, depth, 0.012, 2), thickness, 0.003)
