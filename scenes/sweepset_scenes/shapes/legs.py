"""Legs of furniture: legs of several kinds, sleds, columns, star feet. They stand on z = 0, about the origin."""

from __future__ import annotations

import math

from .primitives import Material, Shape, arc, ball, box, cylinder, join, lathe, loft, tube

FAR = 9.0


def leg(material: Material, kind: str, height: float, thick: float, out: tuple[int, int] = (1, 1)) -> Shape:
    """Make one leg that ends at `height`; `out` is the direction of its corner, to which it splays."""
    half = thick / 2
    if kind == "square":
        return box(material, (-half, -half, 0.0), (half, half, height), 0.003)
    if kind == "tapered":
        rings = []
        for z, w in ((0.0, half * 0.55), (0.004, half * 0.62), (height * 0.8, half), (height, half)):
            rings.append([(a * w, b * w, z) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))])
        return loft(material, rings)
    if kind == "round":
        return lathe(material, [(half * 0.8, 0.0), (half * 0.85, 0.004), (half, height)], 14)
    if kind == "turned":
        profile = [(0.5, 0.0), (0.7, 0.03), (0.5, 0.09), (0.62, 0.3), (0.95, 0.6), (0.6, 0.7), (1.0, 0.74), (1.0, 1.0)]
        return lathe(material, [(half * r, height * z) for r, z in profile], 16)
    x, y = out[0] * 0.22 * height, out[1] * 0.16 * height
    if kind == "splayed":
        path = [(x, y, -0.005), (0.0, 0.0, height)]
        return tube(material, path, (half * 0.6, half), 12).within((-FAR, -FAR, 0.0), (FAR, FAR, height))
    rod = 0.006
    path = [(-0.03, 0.0, height), (x * 0.4 - 0.008, y * 0.4, rod), (x * 0.4 + 0.008, y * 0.4, rod), (0.03, 0.0, height)]
    return tube(material, path, rod, 8).within((-FAR, -FAR, 0.0), (FAR, FAR, height))


def four(material: Material, kind: str, x: float, y: float, height: float, thick: float = 0.045) -> Shape:
    """Make four legs whose tops are at (+-x, +-y)."""
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    return join([leg(material, kind, height, thick, at).moved(at[0] * x, at[1] * y) for at in corners])


def sled(material: Material, x: float, y: float, height: float, bar: float = 0.011) -> Shape:
    """Make two loops of round bar at -x and x, joined by a bar below the seat."""
    r = 0.05
    half = [(0.0, -y, height - bar), (0.0, -y, bar + r)]
    half += [(0.0, *point[1:]) for point in arc((0.0, -y + r, bar + r), r, 180, 270, 4, "YZ")]
    path = half + [(0.0, -b, c) for _, b, c in reversed(half)]
    loop = tube(material, path, bar, 8)
    parts = [loop.moved(-x), loop.moved(x)]
    for at in (-y * 0.6, y * 0.6):
        parts.append(tube(material, [(-x, -y, height - bar), (-x, at, height - bar)], bar * 0.9, 8))
        parts.append(tube(material, [(x, -y, height - bar), (x, at, height - bar)], bar * 0.9, 8))
        parts.append(tube(material, [(-x, at, height - bar), (x, at, height - bar)], bar * 0.9, 8))
    return join(parts)


def trestles(material: Material, x: float, y: float, height: float, thick: float = 0.035) -> Shape:
    """Make two A-shaped trestles at -x and x."""
    parts = []
    for s in (-1, 1):
        for t in (-1, 1):
            path = [(s * x, t * y, -0.01), (s * x, t * y * 0.35, height - thick)]
            parts.append(tube(material, path, thick * 0.5, 8).within((-FAR, -FAR, 0.0), (FAR, FAR, height)))
        low, high = (s * x - thick / 2, -y * 0.55, height - thick), (s * x + thick / 2, y * 0.55, height)
        parts.append(box(material, low, high, 0.003))
        z = height * 0.3
        parts.append(tube(material, [(s * x, -y * 0.8, z), (s * x, y * 0.8, z)], thick * 0.3, 8))
    return join(parts)


def column(material: Material, radius: float, height: float, foot: str = "disc") -> Shape:
    """Make a column on a `disc`, or on `cross` or `turned` feet; `radius` is that of its foot."""
    if foot == "disc":
        profile = [(radius, 0.0), (radius, 0.01), (radius * 0.85, 0.022), (0.05, 0.035), (0.035, 0.06)]
        return lathe(material, [*profile, (0.035, height - 0.03), (0.12, height - 0.006), (0.12, height)], 32)
    if foot == "cross":
        beams = [box(material, (-radius, -0.035, 0.0), (radius, 0.035, 0.05), 0.004).turned(a) for a in (45, 135)]
        post = box(material, (-0.045, -0.045, 0.045), (0.045, 0.045, height), 0.004)
        plate = box(material, (-radius * 0.6, -0.04, height - 0.03), (radius * 0.6, 0.04, height), 0.003)
        return join([*beams, post, plate.turned(45), plate.turned(135)])
    profile = [(0.06, 0.13), (0.075, 0.18), (0.045, 0.26), (0.04, 0.34), (0.06, 0.48), (0.038, 0.56), (0.04, 0.66)]
    scale = height / 0.72
    parts = [lathe(material, [(r, z * scale) for r, z in profile] + [(0.1, height)], 24)]
    for i in range(4):
        path = [(0.03, 0.0, 0.2), (radius * 0.4, 0.0, 0.17), (radius * 0.75, 0.0, 0.08), (radius, 0.0, 0.026)]
        foot_shape = tube(material, path, (0.03, 0.032, 0.028, 0.026), 10).within((-FAR, -FAR, 0.0), (FAR, FAR, FAR))
        parts.append(foot_shape.turned(45 + 90 * i))
    return join(parts)


def star(
    metal: Material, dark: Material, height: float, radius: float = 0.31, arms: int = 5, wheels: bool = True
) -> Shape:
    """Make an office chair's foot: a gas spring on a star with castors (EN 1335: five arms at least)."""
    lift = 0.06 if wheels else 0.0
    parts = [
        lathe(metal, [(0.038, lift + 0.02), (0.04, lift + 0.09), (0.026, lift + 0.1), (0.026, height * 0.65)], 18),
        lathe(dark, [(0.018, height * 0.6), (0.018, height)], 14),
    ]
    for i in range(arms):
        arm = tube(metal, [(0.02, 0.0, lift + 0.06), (radius, 0.0, lift + 0.018)], (0.024, 0.015), 8)
        if wheels:
            arm = arm + tube(dark, [(radius, 0.0, 0.045), (radius, 0.0, lift + 0.02)], 0.006, 8)
            wheel = cylinder(dark, 0.028, 0.05, 0.006, 14).turned(90, "X").moved(radius, 0.025, 0.028)
            arm = arm + wheel
        else:
            arm = arm + cylinder(dark, 0.016, 0.02, 0.002, 12).moved(radius)
        parts.append(arm.turned(360 / arms * i + 90))
    return join(parts)


def buns(material: Material, x: float, y: float, height: float = 0.06) -> Shape:
    """Make four round feet."""
    foot = ball(material, height / 2, 14).scaled(1.25, 1.25, 1.0).moved(z=height / 2)
    return join([foot.moved(s * x, t * y) for s in (-1, 1) for t in (-1, 1)])


def stand(material: Material, kind: str, width: float, depth: float, height: float, thick: float = 0.045) -> Shape:
    """Make a stand of `width` by `depth`, its top at `height`: four legs, a `sled`, `trestles` or a `plinth`."""
    x, y = width / 2 - 0.05, depth / 2 - 0.05
    if kind == "sled":
        return sled(material, x, y, height)
    if kind == "trestles":
        return trestles(material, x - 0.1, y, height)
    if kind == "plinth":
        return box(material, (-x - 0.02, -y, 0.0), (x + 0.02, y, height), 0.003)
    if kind == "buns":
        return buns(material, x, y, height)
    if kind in ("splayed", "hairpin"):
        lean = 0.22 * height * (1.0 if kind == "splayed" else 0.4)
        return four(material, kind, max(x - lean, 0.02), max(y - 0.75 * lean, 0.02), height, thick)
    return four(material, kind, x, y, height, thick)


def circle(radius: float, count: int = 24) -> list[tuple[float, float]]:
    """Return points of a circle, counter-clockwise."""
    return [
        (radius * math.cos(2 * math.pi * i / count), radius * math.sin(2 * math.pi * i / count)) for i in range(count)
    ]
