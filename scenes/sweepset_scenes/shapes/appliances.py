"""Appliances and fixtures: stove, hood, refrigerator, dishwasher, sink, microwave, kettle, television, radiator, lamps.

Things at a wall have their backs on y = 0, their fronts towards -y and their lower left corner at x = 0; small
appliances are centred on the origin. Lengths are metres, sizes those of common European appliances.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .cabinetry import HEIGHT, TOP
from .primitives import Material, Shape, arc, box, cylinder, frame, join, lathe, loft, prism, rounded, tube


@dataclass(frozen=True)
class Finish:
    """The materials of appliances."""

    body: Material
    metal: Material
    dark: Material
    screen: Material
    chrome: Material


def bar(material: Material, start: float, stop: float, out: float = 0.045, radius: float = 0.009) -> Shape:
    """Make a bar handle along x from `start` to `stop`, `out` from the door at y = 0."""
    parts = [cylinder(material, radius, stop - start, 0.002, 12).turned(90, "Y").moved(start, -out, 0.0)]
    for x in (start + 0.04, stop - 0.04):
        parts.append(cylinder(material, radius * 0.7, out, 0.001, 10).turned(90, "X").moved(x, 0.0, 0.0))
    return join(parts)


def stove(f: Finish, width: float = 0.60, gas: bool = True, depth: float = 0.62) -> Shape:
    """Make a freestanding range: oven, drawer, panel with knobs, four burners."""
    w, d = width, depth
    parts = [
        box(f.body, (0.0, -d + 0.03, 0.09), (w, -0.01, HEIGHT - 0.03), 0.003),
        box(f.dark, (0.02, -d + 0.06, 0.0), (w - 0.02, -0.05, 0.1), 0.002),
        box(f.body, (0.004, -d - 0.005, 0.1), (w - 0.004, -d + 0.031, 0.235), 0.005),
        box(f.body, (0.004, -d - 0.012, 0.243), (w - 0.004, -d + 0.031, 0.745), 0.006),
        box(f.screen, (0.085, -d - 0.0145, 0.33), (w - 0.085, -d - 0.008, 0.62), 0.002),
        bar(f.metal, 0.05, w - 0.05).moved(0.0, -d - 0.012, 0.69),
        box(f.body, (0.0, -d - 0.008, 0.755), (w, -d + 0.06, HEIGHT - 0.005), 0.006),
        box(f.body if gas else f.screen, (0.0, -d + 0.002, HEIGHT - 0.035), (w, -0.012, HEIGHT + 0.004), 0.004),
        box(f.screen, (w / 2 - 0.055, -d - 0.0105, 0.8), (w / 2 + 0.055, -d - 0.005, 0.85), 0.001),
    ]
    knob = [(0.023, 0.0), (0.024, 0.006), (0.018, 0.01), (0.016, 0.028), (0.013, 0.03)]
    for x in (0.07, 0.15, w - 0.15, w - 0.07):
        parts.append(lathe(f.dark, knob, 18).turned(90, "X").moved(x, -d - 0.007, 0.825))
        parts.append(box(f.metal, (x - 0.0015, -d - 0.0385, 0.822), (x + 0.0015, -d - 0.0365, 0.84), 0.0003))
    z = HEIGHT + 0.004
    for x, y, r in ((0.155, -0.18, 0.055), (w - 0.155, -0.18, 0.07), (0.155, -0.45, 0.07), (w - 0.155, -0.45, 0.055)):
        if gas:
            cup = [(r * 0.75, 0.0), (r * 0.75, 0.008), (r * 0.6, 0.012), (r * 0.6, 0.019), (r * 0.52, 0.022)]
            parts.append(lathe(f.dark, cup, 24).moved(x, y, z))
            for angle in (0, 90, 180, 270):
                finger = box(f.dark, (0.02, -0.004, 0.024), (0.112, 0.004, 0.034), 0.002)
                parts.append(finger.turned(angle).moved(x, y, z))
            ring = [(x + sx * 0.115, y + sy * 0.115) for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
            for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1]):
                low = (min(ax, bx) - 0.004, min(ay, by) - 0.004, z + 0.024)
                parts.append(box(f.dark, low, (max(ax, bx) + 0.004, max(ay, by) + 0.004, z + 0.034), 0.002))
            parts += [
                box(f.dark, (a - 0.005, b - 0.005, z - 0.001), (a + 0.005, b + 0.005, z + 0.03), 0.001) for a, b in ring
            ]
        else:
            coil = [
                (
                    x + (0.015 + (r * 1.2 - 0.015) * i / 60) * math.cos(i * 0.5),
                    y + (0.015 + (r * 1.2 - 0.015) * i / 60) * math.sin(i * 0.5),
                    z + 0.009,
                )
                for i in range(61)
            ]
            parts.append(tube(f.dark, coil, 0.005, 6))
            parts.append(
                lathe(f.metal, [(r * 1.32, 0.0), (r * 1.34, 0.004), (r * 1.26, 0.0055), (r * 1.2, 0.001)], 28).moved(
                    x, y, z
                )
            )
    parts.append(box(f.body, (0.0, -0.055, z - 0.01), (w, -0.012, z + 0.06), 0.004))
    return join(parts)


def hood(f: Finish, width: float = 0.60, height: float = 0.9, depth: float = 0.48) -> Shape:
    """Make a chimney hood, its underside on z = 0, its chimney up to `height`."""
    w, c = width / 2, 0.13
    lip = [[(-w, -depth), (w, -depth), (w, -0.002), (-w, -0.002)], [(-c, -0.27), (c, -0.27), (c, -0.002), (-c, -0.002)]]
    rings = [[(x + w, y, z) for x, y in lip[i]] for i, z in ((0, 0.0), (0, 0.055), (1, 0.25))]
    parts = [loft(f.metal, rings), box(f.metal, (w - c + 0.004, -0.266, 0.245), (w + c - 0.004, -0.002, height), 0.002)]
    parts.append(box(f.dark, (0.05, -depth + 0.05, -0.004), (width - 0.05, -0.08, 0.006), 0.001))
    for i in range(4):
        x = w + (i - 1.5) * 0.04
        parts.append(cylinder(f.dark, 0.008, 0.006, 0.001, 12).turned(90, "X").moved(x, -depth + 0.002, 0.028))
    return join(parts)


def refrigerator(
    f: Finish, width: float = 0.74, height: float = 1.74, depth: float = 0.70, split: float = 0.62
) -> Shape:
    """Make a two-door refrigerator; `split` is the lower door's share of the height."""
    d, gap, foot = depth - 0.065, 0.006, 0.06
    parts = [
        box(f.body, (0.003, -d, foot - 0.02), (width - 0.003, -0.03, height - 0.012), 0.006),
        box(f.dark, (0.02, -d + 0.03, 0.0), (width - 0.02, -0.06, foot), 0.002),
        box(f.dark, (0.012, -d - 0.012, foot + 0.012), (width - 0.012, -d + 0.002, height - 0.024), 0.001),
    ]
    middle = foot + (height - foot) * split
    for low, high in ((foot, middle - gap / 2), (middle + gap / 2, height)):
        # The door's front bulges a little, as pressed steel does, which makes its reflections soft and bent.
        rings = []
        for bulge, y in ((0.012, d + 0.006), (0.002, d + 0.016), (0.0, d + 0.05), (0.01, d + 0.062), (0.03, depth)):
            ring = rounded(width - 2 * bulge, high - low - 2 * bulge, 0.02, 3)
            rings.append([(x + width / 2, -y, z + (low + high) / 2) for x, z in ring])
        parts.append(loft(f.body, rings))
        upper = low > foot
        length = min(0.55, (high - low) * 0.72)
        start = low + 0.05 if upper else high - 0.05 - length
        grip = bar(f.metal, 0.0, length, 0.05, 0.011).turned(-90, "Y").moved(0.06, -depth + 0.001, start)
        parts.append(grip)
    for z in (height - 0.004,):
        parts.append(box(f.dark, (width - 0.09, -d - 0.03, z - 0.012), (width - 0.02, -d + 0.05, z + 0.012), 0.003))
    return join(parts)


def dishwasher(f: Finish, width: float = 0.60, depth: float = 0.60) -> Shape:
    """Make a dishwasher below a counter: door, panel with buttons, handle."""
    d, top = depth - 0.025, HEIGHT - TOP
    parts = [
        box(f.dark, (0.004, -d, 0.02), (width - 0.004, -0.02, top - 0.002), 0.002),
        box(f.body, (0.006, -depth, 0.11), (width - 0.006, -d + 0.001, top - 0.125), 0.005),
        box(f.body, (0.006, -depth - 0.003, top - 0.119), (width - 0.006, -d + 0.001, top - 0.008), 0.005),
        box(f.screen, (width - 0.2, -depth - 0.005, top - 0.08), (width - 0.06, -depth - 0.001, top - 0.045), 0.001),
        bar(f.metal, 0.06, width - 0.06, 0.04, 0.008).moved(0.0, -depth, top - 0.165),
        box(f.dark, (0.01, -depth + 0.05, 0.0), (width - 0.01, -depth + 0.08, 0.105), 0.002),
    ]
    for i in range(5):
        x = 0.07 + 0.035 * i
        parts.append(cylinder(f.metal, 0.007, 0.006, 0.001, 12).turned(90, "X").moved(x, -depth - 0.001, top - 0.062))
    return join(parts)


def basin(steel: Material, dark: Material, hole: Sequence[float], bowls: int = 1) -> Shape:
    """Make a sink that lies in a counter's hole (x0, y0, x1, y1) at counter height: rim, bowls, drains."""
    x0, y0, x1, y1 = hole
    parts = []
    leaf = (x1 - x0) / bowls
    for i in range(bowls):
        a, b = x0 + i * leaf, x0 + (i + 1) * leaf
        left, right = 0.016 if i == 0 else 0.0, 0.016 if i == bowls - 1 else 0.0
        outer = ((a - left, y0 - 0.016), (b + right, y1 + 0.016))
        cx, cy = (a + b) / 2, (y0 + y1) / 2

        def ring(w: float, h: float, r: float, z: float, cx: float = cx, cy: float = cy) -> list:
            return [(cx + x, cy + y, HEIGHT + z) for x, y in rounded(w, h, r, 4)]

        w, h = leaf, y1 - y0
        rim = rounded(outer[1][0] - outer[0][0], outer[1][1] - outer[0][1], 0.012 if bowls == 1 else 0.002, 4)
        ox = (outer[0][0] + outer[1][0]) / 2
        edge = [[(ox + x, cy + y, HEIGHT + z) for x, y in rim] for z in (0.0003, 0.004)]
        inside = [
            ring(w - 0.022, h - 0.022, 0.05, 0.004),
            ring(w - 0.032, h - 0.032, 0.05, -0.006),
            ring(w - 0.05, h - 0.05, 0.05, -0.15),
            ring(w - 0.1, h - 0.1, 0.06, -0.18),
            ring(0.09, 0.09, 0.044, -0.186),
        ]
        under = [
            ring(0.1, 0.1, 0.048, -0.19),
            ring(w - 0.09, h - 0.09, 0.06, -0.186),
            ring(w - 0.04, h - 0.04, 0.05, -0.15),
        ]
        under.append(ring(w - 0.024, h - 0.024, 0.05, -0.006))
        parts.append(loft(steel, [*under, *edge, *inside]))
        drain = lathe(dark, [(0.04, 0.0), (0.04, 0.002), (0.03, 0.004), (0.012, 0.001)], 20)
        parts.append(drain.moved(cx, cy, HEIGHT - 0.187))
    return join(parts)


def tap(chrome: Material, reach: float = 0.19, rise: float = 0.27) -> Shape:
    """Make a mixer tap that stands on z = 0 and reaches towards -y."""
    parts = [lathe(chrome, [(0.028, 0.0), (0.028, 0.006), (0.022, 0.012), (0.02, 0.06), (0.014, 0.07)], 20)]
    bow = reach / 2
    path = [(0.0, 0.0, 0.06), (0.0, 0.0, rise - bow)]
    path += [(0.0, y, z) for _, y, z in arc((0.0, -bow, rise - bow), bow, 0, 180, 10, "YZ")][1:]
    path.append((0.0, -reach, rise - bow - 0.05))
    parts.append(tube(chrome, path, 0.011, 12))
    parts.append(cylinder(chrome, 0.014, 0.025, 0.002, 14).moved(0.0, -reach, rise - bow - 0.07))
    lever = tube(chrome, [(0.018, 0.0, 0.045), (0.045, 0.0, 0.055), (0.1, 0.0, 0.085)], (0.009, 0.008, 0.005), 10)
    return join([*parts, lever])


def microwave(f: Finish, width: float = 0.48, depth: float = 0.36, height: float = 0.28) -> Shape:
    """Make a microwave oven, centred, its front towards -y."""
    w, d = width / 2, depth / 2
    parts = [
        box(f.body, (-w, -d + 0.02, 0.012), (w, d, height), 0.006),
        box(f.body, (-w, -d, 0.014), (w - 0.115, -d + 0.021, height - 0.002), 0.005),
        box(f.screen, (-w + 0.045, -d - 0.002, 0.055), (w - 0.16, -d + 0.003, height - 0.045), 0.002),
        box(f.dark, (w - 0.112, -d + 0.001, 0.014), (w, -d + 0.021, height - 0.002), 0.004),
        box(f.screen, (w - 0.1, -d - 0.001, height - 0.07), (w - 0.012, -d + 0.003, height - 0.03), 0.001),
        bar(f.metal, 0.0, height - 0.07, 0.03, 0.007).turned(-90, "Y").moved(w - 0.135, -d + 0.002, 0.045),
    ]
    for i in range(12):
        x, z = w - 0.095 + 0.028 * (i % 3), height - 0.1 - 0.03 * (i // 3)
        parts.append(box(f.body, (x, -d - 0.0015, z - 0.018), (x + 0.022, -d + 0.002, z), 0.001))
    for x in (-w + 0.04, w - 0.04):
        parts += [cylinder(f.dark, 0.012, 0.014, 0.001, 10).moved(x, y, 0.0) for y in (-d + 0.05, d - 0.04)]
    return join(parts)


def toaster(f: Finish) -> Shape:
    """Make a two-slot toaster, centred, 28 by 17 by 19 cm."""
    parts = [
        prism(f.metal, rounded(0.28, 0.17, 0.045, 5), 0.17, 0.012).moved(z=0.02),
        prism(f.dark, rounded(0.275, 0.165, 0.045, 5), 0.024, 0.004),
    ]
    for y in (-0.032, 0.032):
        parts.append(box(f.dark, (-0.085, y - 0.014, 0.186), (0.085, y + 0.014, 0.1905), 0.001))
    parts.append(box(f.dark, (0.138, -0.006, 0.05), (0.1425, 0.006, 0.15), 0.001))
    parts.append(box(f.dark, (0.138, -0.025, 0.13), (0.165, 0.025, 0.148), 0.004))
    return join([*parts, cylinder(f.dark, 0.014, 0.012, 0.002, 14).turned(90, "Y").moved(0.138, 0.045, 0.06)])


def kettle(f: Finish, body: Material) -> Shape:
    """Make a stove kettle, 20 cm wide, with spout and handle."""
    shell = [(0.085, 0.0), (0.1, 0.012), (0.102, 0.05), (0.085, 0.1), (0.05, 0.128), (0.046, 0.13)]
    parts = [lathe(body, shell, 32), lathe(body, [(0.048, 0.129), (0.044, 0.138), (0.012, 0.145)], 24)]
    parts.append(lathe(f.dark, [(0.006, 0.143), (0.016, 0.158), (0.014, 0.17), (0.006, 0.174)], 16))
    parts.append(tube(body, [(0.08, 0.0, 0.06), (0.115, 0.0, 0.09), (0.14, 0.0, 0.125)], (0.024, 0.017, 0.011), 12))
    grip = arc((0.0, 0.0, 0.12), 0.095, 20, 160, 10)
    return join([*parts, tube(f.dark, grip, 0.009, 10)])


def coffee_maker(f: Finish, pot: Material, coffee: Material) -> Shape:
    """Make a drip coffee machine, centred, 33 cm high, its front towards -y."""
    parts = [
        prism(f.dark, rounded(0.2, 0.26, 0.03, 4), 0.03, 0.004),
        box(f.dark, (-0.095, 0.02, 0.025), (0.095, 0.125, 0.32), 0.012),
        prism(f.dark, rounded(0.19, 0.25, 0.04, 4), 0.1, 0.01).moved(z=0.23),
        prism(f.metal, rounded(0.192, 0.252, 0.04, 4), 0.012, 0.003).moved(z=0.25),
        lathe(coffee, [(0.056, 0.0), (0.066, 0.03), (0.067, 0.06)], 24).moved(0.0, -0.045, 0.034),
        lathe(pot, [(0.058, 0.0), (0.07, 0.03), (0.071, 0.08), (0.05, 0.13), (0.055, 0.15)], 24).moved(
            0.0, -0.045, 0.031
        ),
        lathe(f.dark, [(0.056, 0.145), (0.057, 0.165), (0.045, 0.175)], 24).moved(0.0, -0.045, 0.031),
    ]
    grip = [(0.0, -0.115, 0.17), (0.0, -0.155, 0.165), (0.0, -0.16, 0.1), (0.0, -0.118, 0.08)]
    return join([*parts, tube(f.dark, grip, 0.009, 10)])


def television(f: Finish, width: float = 0.72, height: float = 0.42) -> Shape:
    """Make a flat television on a wall, centred on the origin."""
    w, h = width / 2, height / 2
    parts = [
        box(f.dark, (-w, -0.075, -h), (w, -0.04, h), 0.005),
        box(f.dark, (-0.15, -0.041, -0.12), (0.15, 0.0, 0.12), 0.003),
    ]
    parts.append(box(f.screen, (-w + 0.014, -0.0765, -h + 0.022), (w - 0.014, -0.07, h - 0.014), 0.0005))
    return join([*parts, box(f.metal, (-0.025, -0.077, -h + 0.006), (0.025, -0.073, -h + 0.014), 0.0005)])


def radiator(enamel: Material, chrome: Material, width: float, height: float = 0.55) -> Shape:
    """Make a panel radiator, its lower left corner 0.1 above the floor at x = 0."""
    count = int(width / 0.034)
    parts = [box(enamel, (0.0, -0.062, 0.1), (width, -0.05, 0.1 + height), 0.003)]
    for i in range(count):
        x = (i + 0.5) * width / count
        parts.append(box(enamel, (x - 0.011, -0.072, 0.13), (x + 0.011, -0.055, 0.07 + height), 0.005))
    parts.append(box(enamel, (0.0, -0.064, 0.096 + height), (width, -0.028, 0.106 + height), 0.002))
    parts += [box(enamel, (x - 0.015, -0.052, 0.15), (x + 0.015, 0.0, height), 0.002) for x in (0.12, width - 0.12)]
    parts.append(
        tube(
            chrome,
            [(width - 0.001, -0.045, 0.14), (width + 0.045, -0.045, 0.14), (width + 0.045, -0.045, 0.0)],
            0.009,
            10,
        )
    )
    return join(
        [*parts, lathe(enamel, [(0.018, 0.0), (0.02, 0.02), (0.016, 0.06)], 16).moved(width + 0.045, -0.045, 0.13)]
    )


def pendant(shade: Material, bulb: Material, cord: Material, drop: float, radius: float = 0.19) -> Shape:
    """Make a hanging lamp below a ceiling at z = 0; its shade ends at -`drop`."""
    tall = radius * 0.75
    out = [
        (radius, -drop),
        (radius * 0.9, -drop + tall * 0.45),
        (radius * 0.5, -drop + tall * 0.85),
        (0.035, -drop + tall),
    ]
    inside = [(r - 0.004 if r > 0.04 else 0.02, z - 0.004) for r, z in reversed(out)]
    parts = [
        lathe(shade, [*out, *inside], 40, closed=True),
        lathe(
            cord,
            [
                (0.02, -drop + tall - 0.004),
                (0.036, -drop + tall),
                (0.03, -drop + tall + 0.05),
                (0.008, -drop + tall + 0.065),
            ],
            20,
        ),
        tube(cord, [(0.0, 0.0, -drop + tall + 0.06), (0.0, 0.0, -0.02)], 0.0035, 8),
        lathe(cord, [(0.02, -0.03), (0.05, -0.02), (0.052, 0.0)], 24),
        lathe(
            bulb,
            [
                (0.008, -drop + 0.025),
                (0.03, -drop + 0.045),
                (0.032, -drop + 0.07),
                (0.016, -drop + 0.115),
                (0.014, -drop + tall - 0.002),
            ],
            20,
        ),
    ]
    return join(parts)


def ceiling_lamp(diffuser: Material, rim: Material, radius: float = 0.19) -> Shape:
    """Make a flush ceiling lamp below z = 0: a rim and a domed diffuser."""
    dome = [
        (0.03, -0.1),
        (radius * 0.45, -0.094),
        (radius * 0.75, -0.075),
        (radius * 0.95, -0.035),
        (radius * 0.95, -0.02),
    ]
    return lathe(diffuser, dome, 40) + lathe(rim, [(radius * 0.9, -0.03), (radius, -0.028), (radius, 0.0)], 40)


def socket(plate: Material, dark: Material, switch: bool = False) -> Shape:
    """Make a wall socket or a switch, centred on the origin, 8 by 8 cm."""
    parts = [box(plate, (-0.04, -0.009, -0.04), (0.04, 0.0, 0.04), 0.003)]
    if switch:
        parts.append(box(plate, (-0.026, -0.013, -0.028), (0.026, -0.008, 0.028), 0.002))
    else:
        ring = frame(plate, (-0.028, -0.028, 0.028, 0.028), (-0.022, -0.022, 0.022, 0.022), -0.008, -0.011)
        parts += [
            ring,
            *(cylinder(dark, 0.003, 0.001, 0.0003, 8).turned(90, "X").moved(x, -0.0085, 0.0) for x in (-0.01, 0.01)),
        ]
    return join(parts)
