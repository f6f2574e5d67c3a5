"""Soft things: upholstered blocks, pillows, cloth draped over things. They lie on z = 0, about the origin."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree

from .primitives import Material, Shape, loft, rounded, sheet


def ripple(rng: random.Random, length: float = 0.4, count: int = 5) -> Callable[[float, float], float]:
    """Return a smooth bumpy function of (x, y), 0 to 1, its bumps about `length` apart."""
    waves = []
    for _ in range(count):
        turn, size = rng.uniform(0, 2 * math.pi), 2 * math.pi / (length * rng.uniform(0.6, 1.7))
        waves.append((size * math.cos(turn), size * math.sin(turn), rng.uniform(0, 2 * math.pi)))
    return lambda x, y: 0.5 + 0.5 / count * sum(math.sin(a * x + b * y + c) for a, b, c in waves)


def padded(
    material: Material, width: float, depth: float, height: float, radius: float = 0.04, crown: float = 0.0
) -> Shape:
    """Make an upholstered block with round edges; `crown` is how much its top bulges, within the height."""
    r = min(radius, 0.45 * (height - crown), 0.3 * min(width, depth))
    side = height - crown
    turns = [math.pi / 2 * i / 3 for i in range(4)]
    steps = [(r * (1 - math.sin(t)), r * (1 - math.cos(t))) for t in turns]
    steps += [(r * (1 - math.cos(t)), side - r + r * math.sin(t)) for t in turns]
    if crown:
        far = 0.5 * min(width, depth)
        steps += [(r + (far - r) * f, side + crown * math.sin(math.pi / 2 * f / 0.75)) for f in (0.2, 0.45, 0.75)]
    rings = []
    for inset, z in steps:
        w, d = width - 2 * inset, depth - 2 * inset
        corner = max(min(1.4 * r, 0.49 * min(width, depth)) - 0.5 * inset, 0.1 * min(w, d), 0.002)
        rings.append([(x, y, z) for x, y in rounded(w, d, min(corner, 0.49 * min(w, d)), 3)])
    return loft(material, rings)


def upright(flat: Shape, depth: float, lean: float = 0.0) -> Shape:
    """Stand a block of `depth` that lies on z = 0 up on its back edge: its top faces the front, `lean` degrees back."""
    return flat.moved(y=depth / 2).turned(90 - lean, "X")


def pillow(
    material: Material, width: float, depth: float, thick: float, rng: random.Random, dent: float = 0.12
) -> Shape:
    """Make a pillow: full in the middle, thin at its seam, its corners drawn out."""
    count, rings = 28, []
    bump = ripple(rng, 0.25)
    for i in range(9):
        t = math.pi / 2 * (-1 + 2 * (i + 0.12) / 8.24)
        size, rise = math.cos(t) ** 0.55, math.sin(t)
        ring = []
        for j in range(count):
            a = 2 * math.pi * (j + 0.5) / count
            c, s = math.cos(a), math.sin(a)
            reach = (abs(c) ** 5 + abs(s) ** 5) ** -0.2 * (1 - 0.05 * (1 - abs(math.sin(2 * a))))
            x, y = width / 2 * c * reach * size, depth / 2 * s * reach * size
            middle = 1 - dent * max(rise, 0.0) * (1 - bump(x, y)) * 2
            # Its lower side is flatter, pressed by its weight.
            ring.append((x, y, thick * (0.42 + 0.58 * rise * middle if rise > 0 else 0.42 + 0.42 * rise)))
        rings.append(ring)
    made = loft(material, rings)
    return made.moved(z=-float(made.vertices[:, 2].min()))


def laid(
    material: Material,
    width: float,
    depth: float,
    hang: tuple[float, float, float, float],
    rng: random.Random,
    thick: float = 0.03,
    bumps: float = 0.02,
    floor: float = -9.0,
    steps: int = 30,
) -> Shape:
    """Make cloth that lies on a block of `width` by `depth`, its top at z = 0, and hangs down at its sides.

    `hang` is how far it hangs at the left, right, front and back; it ends above `floor`. `bumps` is how high its folds
    are on top.
    """
    left, right, front, back = hang
    xs = np.linspace(-width / 2 - left, width / 2 + right, steps)
    ys = np.linspace(-depth / 2 - front, depth / 2 + back, steps)
    fold, fine = ripple(rng, 0.45), ripple(rng, 0.16)
    gap = thick / 2 + 0.002
    soft = 0.035

    def rise(x: float, y: float) -> float:
        return bumps * (0.65 * fold(x, y) + 0.35 * fine(x, y))

    # It lies on the middle of the block below, whose edges are round.
    least = min(rise(x, y) for y in ys for x in xs if abs(x) < 0.4 * width and abs(y) < 0.4 * depth)
    rows = []
    for y in ys:
        row = []
        for x in xs:
            ex, ey = max(abs(x) - width / 2, 0.0), max(abs(y) - depth / 2, 0.0)
            far = math.hypot(ex, ey)
            px, py = min(max(x, -width / 2), width / 2), min(max(y, -depth / 2), depth / 2)
            top = max(rise(x, y) - least, 0.0)
            if far > 0:
                out = (gap + 0.004) * (1 - math.exp(-far / 0.02)) + 0.05 * far * fold(1.7 * x, 1.7 * y)
                px += math.copysign(out * ex / far, x)
                py += math.copysign(out * ey / far, y)
            fade = math.exp(-far / soft)
            row.append((px, py, max(gap + top * fade - max(far - soft * (1 - fade) * 0.6, 0.0), floor + gap)))
        rows.append(row)
    return sheet(material, rows, thick)


def level(below: Shape, x: float, y: float, width: float, depth: float, above: float) -> float:
    """Return the height at which a thing of `width` by `depth` at (x, y) rests on `below`, seen from `above`."""
    tree = BVHTree.FromPolygons(below.vertices.tolist(), below.faces)
    heights = []
    for u in np.linspace(-0.5, 0.5, 9):
        for v in np.linspace(-0.5, 0.5, 9):
            hit = tree.ray_cast(Vector((x + u * width, y + v * depth, above)), Vector((0.0, 0.0, -1.0)))[0]
            if hit is not None:
                heights.append(hit.z)
    return max(heights)
