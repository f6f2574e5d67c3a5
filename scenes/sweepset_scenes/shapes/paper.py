"""Books, papers, boxes and bags of paper.

Standing things are on z = 0; things on a wall hang from the origin in front of y = 0. Lengths are metres.
"""

from __future__ import annotations

import math
import random

from .primitives import Material, Shape, box, join, loft, rounded, sheet, tube


def carton(material: Material, width: float = 0.19, depth: float = 0.065, height: float = 0.29) -> Shape:
    """Make a printed box such as cereal's."""
    return box(material, (-width / 2, -depth / 2, 0.0), (width / 2, depth / 2, height), 0.0015)


def open_box(material: Material, width: float, depth: float, height: float) -> Shape:
    """Make an open cardboard box with its flaps out."""
    w, d, t = width / 2, depth / 2, 0.005
    parts = [box(material, (-w, -d, 0.0), (w, d, t), 0.001)]
    for s in (-1, 1):
        parts.append(box(material, (s * w, -d, 0.0), (s * (w - t), d, height), 0.001))
        parts.append(box(material, (-w + t, s * d, 0.0), (w - t, s * (d - t), height), 0.001))
        parts.append(
            box(material, (0.0, -d, -t), (width * 0.42, d, 0.0), 0.001).turned(-25, "Y").moved(w - t, 0, height)
            if s > 0
            else box(material, (-width * 0.42, -d, -t), (0.0, d, 0.0), 0.001).turned(38, "Y").moved(-w + t, 0, height)
        )
    return join(parts)


def standing_books(
    cover: Material, pages: Material, rng: random.Random, length: float, tall: float = 0.24, deep: float = 0.17
) -> Shape:
    """Make a row of books from x = 0 to about `length`, their spines towards -y at y = -`deep`."""
    parts, x = [], 0.0
    while True:
        thick, high, back = rng.uniform(0.014, 0.042), tall * rng.uniform(0.72, 1.0), deep * rng.uniform(0.82, 1.0)
        if x + thick > length:
            break
        book = _book(cover, pages, thick, back, high)
        parts.append(book.moved(x, -rng.uniform(0.0, 0.012), 0.0))
        x += thick + 0.001
    leaning = _book(cover, pages, 0.022, deep * 0.9, tall * 0.85).turned(-14, "Y")
    return join([*parts, leaning.moved(x + 0.001)]) if length - x > 0.02 and length > 0.4 else join(parts)


def lying_books(cover: Material, pages: Material, rng: random.Random, count: int) -> Shape:
    """Make a stack of books or magazines on z = 0, centred."""
    parts, z = [], 0.0
    for _ in range(count):
        thick, high, deep = rng.uniform(0.012, 0.035), rng.uniform(0.22, 0.28), rng.uniform(0.17, 0.21)
        book = _book(cover, pages, thick, deep, high).turned(90, "Y").moved(-high / 2, deep / 2, thick)
        parts.append(book.turned(rng.uniform(-12, 12)).moved(z=z))
        z += thick + 0.0005
    return join(parts)


def _book(cover: Material, pages: Material, thick: float, deep: float, high: float) -> Shape:
    """Make a book with its spine towards -y, from x = 0, y = 0 backwards of -`deep`."""
    t = 0.002
    block = box(pages, (t, -deep + t, 0.003), (thick - t, -0.003, high - 0.003), 0.0005)
    left, right = (
        box(cover, (0, -deep + 0.001, 0), (t, 0, high), 0.0005),
        box(cover, (thick - t, -deep + 0.001, 0), (thick, 0, high), 0.0005),
    )
    return join([block, left, right, box(cover, (0, -deep, 0), (thick, -deep + t, high), 0.0008)])


def page(material: Material, width: float, height: float, curl: float = 0.006, steps: int = 5) -> Shape:
    """Make a sheet of paper on a wall, its upper edge's middle the origin, its lower corners curled off the wall."""
    rows = []
    for i in range(steps + 1):
        v = 1 - i / steps
        rows.append(
            [
                (width * (j / steps - 0.5), -0.0012 - curl * v * v * (0.4 + 1.2 * abs(j / steps - 0.3)), -height * v)
                for j in range(steps + 1)
            ]
        )
    return sheet(material, rows, 0.0006)


def card(material: Material, width: float, height: float) -> Shape:
    """Make a stiff printed sheet on a wall, its lower edge's middle the origin."""
    return box(material, (-width / 2, -0.004, 0.0), (width / 2, -0.001, height), 0.0005)


def papers(material: Material, rng: random.Random, count: int = 3, width: float = 0.21, height: float = 0.297) -> Shape:
    """Make papers that lie over each other on z = 0."""
    parts = []
    for i in range(count):
        lifted = [
            [
                (width * (j / 4 - 0.5), height * (k / 4 - 0.5), 0.0012 + 0.0016 * i + 0.006 * max(0, j - 3) * (k == 4))
                for j in range(5)
            ]
            for k in range(5)
        ]
        parts.append(
            sheet(material, lifted, 0.0008)
            .turned(rng.uniform(-25, 25))
            .moved(rng.uniform(-0.04, 0.04), rng.uniform(-0.04, 0.04))
        )
    return join(parts)


def shopping_bag(
    material: Material, cord: Material, width: float = 0.3, depth: float = 0.16, height: float = 0.38
) -> Shape:
    """Make a standing paper bag with handles, open at the top, a little crumpled."""
    rings = []
    for grow, z in (
        (1.0, 0.0),
        (1.0, 0.01),
        (0.98, height * 0.5),
        (1.03, height),
        (1.0, height),
        (0.94, height * 0.5),
        (0.94, 0.02),
    ):
        ring = rounded(width * grow, depth * (grow if z < height * 0.9 else grow * 0.9), 0.008, 2)
        rings.append(
            [(x + 0.006 * math.sin(40 * y + 9 * z), y + 0.006 * math.sin(30 * x + 11 * z), z) for x, y in ring]
        )
    parts = [loft(material, rings)]
    for s in (-1, 1):
        y = s * depth * 0.43
        path = [
            (-0.06, y, height - 0.04),
            (-0.055, y, height + 0.08),
            (0.0, y * 0.9, height + 0.11),
            (0.055, y, height + 0.08),
            (0.06, y, height - 0.04),
        ]
        parts.append(tube(cord, path, 0.003, 6))
    return join(parts)
