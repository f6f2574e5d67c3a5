"""Furniture of wood and board: cabinets, counters, shelves, bookcases, tables, chairs.

Furniture at a wall has its back on y = 0, its front towards -y and its lower left corner at x = 0; free furniture is
centred on the origin. Lengths are metres; sizes are those of fitted kitchens (EN 1116: 0.60 deep, 0.90 high).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .primitives import Material, Shape, box, cylinder, frame, join, lathe, loft, panel, prism, rounded, tube

HEIGHT, DEPTH, TOP = 0.90, 0.60, 0.038
"""A counter's height with its top, a base unit's depth with its door, the top's thickness."""
PLINTH, DOOR = 0.10, 0.020
"""The recessed foot's height, a door's thickness."""
UPPER_DEPTH = 0.34


@dataclass(frozen=True)
class Style:
    """How a kitchen's fronts look: their profile (shaker, raised, flat), materials and handle (bar, knob, cup)."""

    profile: str
    front: Material
    carcass: Material
    plinth: Material
    metal: Material
    handle: str


def front(style: Style, width: float, height: float) -> Shape:
    """Make a door or a drawer's front, its lower left corner the origin."""
    t = DOOR
    if style.profile == "flat" or min(width, height) < 0.2:
        steps = [(0.0, t - 0.003), (0.003, t)]
        if style.profile != "flat":
            steps = [(0.0, t - 0.006), (0.004, t - 0.004), (0.014, t), (0.015, t)]
        return (
            panel(style.front, width, height, steps)
            if height > width
            else panel(style.front, width, height, steps).crossed()
        )
    rail = 0.058
    wood = style.front
    parts = [
        box(wood, (0, -t, 0), (rail, 0, height), 0.0025),
        box(wood, (width - rail, -t, 0), (width, 0, height), 0.0025),
        box(wood, (rail - 0.001, -t, 0), (width - rail + 0.001, 0, rail), 0.0025).crossed(),
        box(wood, (rail - 0.001, -t, height - rail), (width - rail + 0.001, 0, height), 0.0025).crossed(),
    ]
    steps = [(0.0, 0.009), (0.001, 0.009)]
    if style.profile == "raised":
        steps = [(0.0, 0.007), (0.006, 0.007), (0.04, 0.017), (0.042, 0.018)]
    fill = panel(wood, width - 2 * rail + 0.01, height - 2 * rail + 0.01, steps)
    return join([*parts, fill.moved(rail - 0.005, 0.0, rail - 0.005)])


def handle(style: Style, upright: bool = False, length: float = 0.128) -> Shape:
    """Make a handle centred on the origin, on a front at y = 0."""
    metal = style.metal
    if style.handle == "knob":
        profile = [(0.009, 0.0), (0.006, 0.004), (0.006, 0.012), (0.014, 0.018), (0.016, 0.023), (0.011, 0.028)]
        return lathe(metal, profile, 14).turned(90, "X")
    if style.handle == "cup" and not upright:
        rows = ((0.0, 0.022), (0.01, 0.024), (0.02, 0.018), (0.026, 0.004))
        rings = [
            [(x * 0.045, -y * w, z - 0.012) for x, w in ((-1, 0.3), (-0.7, 1), (0.7, 1), (1, 0.3))] for z, y in rows
        ]
        return loft(metal, [ring + [(x, 0.0, z) for x, _, z in reversed(ring)] for ring in rings])
    half = length / 2
    path = [(-half, 0.0, 0.0), (-half, -0.02, 0.0), (-half + 0.008, -0.028, 0.0)]
    path += [(-x, y, z) for x, y, z in reversed(path)]
    bar = tube(metal, path, 0.0045, 8)
    return bar.turned(90, "Y") if upright else bar


def base_unit(
    style: Style,
    width: float,
    rows: Sequence[float] = (0.16,),
    doors: int = 1,
    hinge: str = "left",
    hollow: float = 0.0,
) -> Shape:
    """Make a base cabinet below a counter: drawers of the given heights from the top, then doors (0 for none).

    `hollow` leaves that much room for a sink, between the sides and behind the front.
    """
    top, gap, d = HEIGHT - TOP, 0.0025, DEPTH - DOOR
    parts = [
        box(style.carcass, (0.001, -d, PLINTH), (width - 0.001, -0.005, top - hollow), 0.001),
        box(style.plinth, (0.0, -d + 0.05, 0.0), (width, -d + 0.066, PLINTH + 0.005), 0.001).crossed(),
    ]
    if hollow:
        parts.append(box(style.carcass, (0.001, -d, top - hollow - 0.001), (width - 0.001, -d + 0.018, top), 0.001))
        for x in (0.001, width - 0.019):
            parts.append(box(style.carcass, (x, -d + 0.017, top - hollow - 0.001), (x + 0.018, -0.005, top), 0.001))
    z = top - 0.008
    rows = list(rows) if doors else [*rows, z - PLINTH - sum(rows)]
    for tall in rows:
        parts.append(front(style, width - 2 * gap, tall - 2 * gap).moved(gap, -d, z - tall + gap))
        parts.append(handle(style).moved(width / 2, -d - DOOR, z - min(tall / 2, 0.09)))
        z -= tall
    for i in range(doors):
        leaf = width / doors
        parts.append(front(style, leaf - 2 * gap, z - PLINTH - 2 * gap).moved(i * leaf + gap, -d, PLINTH + gap))
        right = (i == 0) if doors == 2 else hinge == "left"
        x = i * leaf + (leaf - 0.04 if right else 0.04)
        parts.append(handle(style, upright=True).moved(x, -d - DOOR, z - 0.12))
    return join(parts)


def wall_unit(
    style: Style, width: float, height: float, doors: int = 1, hinge: str = "left", depth: float = UPPER_DEPTH
) -> Shape:
    """Make a wall cabinet, its underside on z = 0."""
    d, gap = depth - DOOR, 0.0025
    parts = [
        box(style.carcass, (0.001, -d, 0.012), (width - 0.001, -0.003, height), 0.001),
        box(style.carcass, (0.001, -d, 0.0), (0.017, -0.003, 0.02), 0.001),
        box(style.carcass, (width - 0.017, -d, 0.0), (width - 0.001, -0.003, 0.02), 0.001),
    ]
    for i in range(doors):
        leaf = width / doors
        parts.append(front(style, leaf - 2 * gap, height - gap).moved(i * leaf + gap, -d, 0.0))
        right = (i == 0) if doors == 2 else hinge == "left"
        x = i * leaf + (leaf - 0.04 if right else 0.04)
        parts.append(handle(style, upright=True).moved(x, -d - DOOR, min(0.12, height / 2)))
    return join(parts)


def cornice(style: Style, width: float, depth: float) -> Shape:
    """Make the moulding on top of wall cabinets, its underside on z = 0."""
    rings = []
    for out, z in ((0.0, 0.0), (0.012, 0.006), (0.02, 0.03), (0.038, 0.042), (0.038, 0.055)):
        rings.append([(0.0, -depth - out, z), (width, -depth - out, z), (width, -0.003, z), (0.0, -0.003, z)])
    return loft(style.front, rings).crossed()


def counter(material: Material, left: float, right: float, depth: float = 0.635) -> Shape:
    """Make a counter's top along a wall, with 35 mm over the fronts."""
    return box(material, (left, -depth, HEIGHT - TOP), (right, -0.001, HEIGHT), 0.005)


def counter_with_hole(
    material: Material, left: float, right: float, hole: Sequence[float], depth: float = 0.635
) -> Shape:
    """Make a counter's top with a rectangular hole (x0, y0, x1, y1)."""
    outer, b = (left, -depth, right, -0.001), 0.005
    rings = []
    for (x0, y0, x1, y1), inset, z in (
        (outer, 0, HEIGHT - TOP),
        (outer, 0, HEIGHT - b),
        (outer, b, HEIGHT),
        (hole, 0, HEIGHT),
        (hole, 0, HEIGHT - TOP),
    ):
        rings.append(
            [
                (x0 + inset, y0 + inset, z),
                (x1 - inset, y0 + inset, z),
                (x1 - inset, y1 - inset, z),
                (x0 + inset, y1 - inset, z),
            ]
        )
    return loft(material, rings, closed=True)


def ledge(material: Material, bracket: Material, width: float, depth: float = 0.2) -> Shape:
    """Make a wall shelf on two brackets, its upper face on z = 0."""
    parts = [box(material, (0.0, -depth, -0.026), (width, -0.001, 0.0), 0.003).crossed()]
    for x in (0.09, width - 0.09):
        parts.append(box(bracket, (x - 0.012, -0.006, -0.17), (x + 0.012, 0.0, -0.026), 0.001))
        parts.append(box(bracket, (x - 0.012, -depth * 0.85, -0.032), (x + 0.012, 0.0, -0.026), 0.001))
        parts.append(tube(bracket, [(x, -0.004, -0.15), (x, -depth * 0.7, -0.03)], 0.005, 6))
    return join(parts)


def bookcase(material: Material, width: float, height: float, levels: Sequence[float], depth: float = 0.28) -> Shape:
    """Make an open bookcase with boards whose upper faces are at `levels`."""
    t = 0.02
    parts = [
        box(material, (0.0, -depth, 0.0), (t, -0.002, height), 0.002),
        box(material, (width - t, -depth, 0.0), (width, -0.002, height), 0.002),
        box(material, (t - 0.001, -0.01, 0.06), (width - t + 0.001, -0.002, height - 0.001), 0.001),
        box(material, (t - 0.001, -depth + 0.001, height - t), (width - t + 0.001, -0.003, height), 0.002).crossed(),
        box(
            material, (t - 0.001, -depth + 0.03, 0.0), (width - t + 0.001, -depth + 0.045, levels[0] - t + 0.002), 0.001
        ).crossed(),
    ]
    for z in levels:
        parts.append(box(material, (t - 0.001, -depth + 0.002, z - t), (width - t + 0.001, -0.009, z), 0.002).crossed())
    return join(parts)


def table(top: Material, legs: Material, width: float, depth: float, height: float = 0.75) -> Shape:
    """Make a dining table, centred, with an apron and tapered legs."""
    x, y = width / 2 - 0.07, depth / 2 - 0.07
    parts = [prism(top, rounded(width, depth, 0.025, 3), 0.03, 0.006).crossed().moved(z=height - 0.03)]
    for s in (-1, 1):
        parts.append(box(legs, (-x, s * y - 0.01, height - 0.12), (x, s * y + 0.01, height - 0.028), 0.002).crossed())
        parts.append(box(legs, (s * x - 0.01, -y, height - 0.12), (s * x + 0.01, y, height - 0.028), 0.002).crossed())
        for t in (-1, 1):
            rings = []
            for z, w in ((0.0, 0.019), (0.003, 0.021), (height - 0.13, 0.034), (height - 0.029, 0.034)):
                rings.append([(s * x + a * w, t * y + b * w, z) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))])
            parts.append(loft(legs, rings))
    return join(parts)


def round_table(top: Material, legs: Material, radius: float, height: float = 0.75) -> Shape:
    """Make a round table on a turned column with four feet."""
    parts = [
        lathe(
            top,
            [
                (radius - 0.012, height - 0.03),
                (radius, height - 0.022),
                (radius, height - 0.008),
                (radius - 0.008, height),
            ],
            56,
        )
    ]
    column = [
        (0.06, 0.13),
        (0.075, 0.18),
        (0.045, 0.26),
        (0.04, 0.34),
        (0.06, 0.48),
        (0.038, 0.56),
        (0.04, 0.66),
        (0.09, height - 0.03),
    ]
    parts.append(lathe(legs, column, 24))
    for i in range(4):
        path = [(0.03, 0.0, 0.2), (0.16, 0.0, 0.17), (0.3, 0.0, 0.08), (0.4, 0.0, 0.03)]
        parts.append(tube(legs, path, (0.03, 0.032, 0.028, 0.026), 10).turned(45 + 90 * i))
    return join(parts)


def chair(wood: Material, kind: str = "slats") -> Shape:
    """Make a dining chair, its front towards -y: seat at 0.45, back to 0.92 (`slats`, `ladder` or `spindles`)."""
    parts = [prism(wood, rounded(0.43, 0.42, 0.04, 4), 0.03, 0.006).moved(z=0.42)]
    for s in (-1, 1):
        parts.append(tube(wood, [(s * 0.185, -0.185, 0.0), (s * 0.178, -0.175, 0.425)], (0.014, 0.02), 10))
        path = [(s * 0.182, 0.225, 0.0), (s * 0.178, 0.18, 0.42), (s * 0.178, 0.19, 0.6), (s * 0.176, 0.25, 0.92)]
        parts.append(tube(wood, path, (0.014, 0.019, 0.018, 0.014), 10))
        parts.append(tube(wood, [(s * 0.182, -0.181, 0.2), (s * 0.18, 0.203, 0.2)], 0.009, 8))
    parts.append(tube(wood, [(-0.18, 0.01, 0.2), (0.18, 0.01, 0.2)], 0.009, 8))
    parts.append(box(wood, (-0.17, -0.185, 0.37), (0.17, -0.168, 0.421), 0.002).crossed())

    def lean(z: float) -> float:
        return 0.19 + 0.06 * max(z - 0.6, 0.0) / 0.32 - 0.01 * max(0.6 - z, 0.0) / 0.18

    def rail(z: float, tall: float) -> Shape:
        board = box(wood, (-0.178, -0.008, -tall / 2), (0.178, 0.008, tall / 2), 0.003).crossed()
        return board.turned(-10, "X").moved(0.0, lean(z), z)

    parts.append(rail(0.88, 0.07))
    if kind == "ladder":
        parts += [rail(0.58, 0.045), rail(0.73, 0.05)]
    else:
        parts.append(rail(0.55, 0.03))
        for x in (-0.105, -0.035, 0.035, 0.105):
            ends = [(x, lean(0.55), 0.55), (x, lean(0.86), 0.86)]
            if kind == "spindles":
                parts.append(tube(wood, ends, 0.008, 8))
            else:
                flat = tube(wood, [(0.0, y, z) for _, y, z in ends], 0.008, 8).scaled(2.6, 1.0, 1.0)
                parts.append(flat.moved(x))
    return join(parts)


def stool(wood: Material, height: float = 0.62) -> Shape:
    """Make a round stool."""
    parts = [lathe(wood, [(0.15, height - 0.032), (0.165, height - 0.02), (0.165, height - 0.008), (0.15, height)], 28)]
    for i in range(4):
        legs = [(0.105, 0.0, height - 0.03), (0.165, 0.0, 0.0)]
        parts.append(tube(wood, legs, (0.017, 0.013), 10).turned(45 + 90 * i))
    ring = [(0.14, 0.0, 0.22)]
    parts += [tube(wood, [ring[0], (0.0, 0.14, 0.22)], 0.008, 8).turned(45 + 90 * i) for i in range(4)]
    return join(parts)


def cushion(material: Material, width: float = 0.38, depth: float = 0.37, height: float = 0.045) -> Shape:
    """Make a seat cushion that lies on z = 0."""
    rings = []
    for inset, z in ((0.03, 0.0), (0.006, 0.008), (0.0, 0.018), (0.004, 0.028), (0.03, 0.038), (0.1, height)):
        ring = rounded(width - 2 * inset, depth - 2 * inset, max(0.05 - inset * 0.4, 0.02), 4)
        rings.append([(x, y, z) for x, y in ring])
    return loft(material, rings)


def picture_frame(
    wood: Material, mount: Material, image: Material, width: float, height: float, mat: float = 0.04
) -> Shape:
    """Make a framed picture on a wall, centred on the origin; `mat` is the passe-partout's width."""
    w, h, f = width, height, 0.022
    parts = [frame(wood, (0, 0, w, h), (f, f, w - f, h - f), -0.001, -0.024)]
    parts.append(box(mount, (f - 0.003, -0.012, f - 0.003), (w - f + 0.003, -0.002, h - f + 0.003), 0.0005))
    low = f + mat
    parts.append(box(image, (low, -0.0135, low), (w - low, -0.0115, h - low), 0.0003))
    return join(parts).moved(-w / 2, 0.0, -h / 2)


def whiteboard(face: Material, rim: Material, width: float = 0.77, height: float = 0.53) -> Shape:
    """Make a whiteboard with a tray on a wall, centred on the origin."""
    w, h = width / 2, height / 2
    parts = [box(face, (-w + 0.015, -0.013, -h + 0.015), (w - 0.015, -0.004, h - 0.015), 0.0005)]
    parts.append(frame(rim, (-w, -h, w, h), (-w + 0.02, -h + 0.02, w - 0.02, h - 0.02), -0.001, -0.018))
    return join([*parts, box(rim, (-0.2, -0.06, -h - 0.01), (0.2, -0.002, -h + 0.003), 0.002)])


def mirror(wood: Material, silver: Material, width: float, height: float) -> Shape:
    """Make a framed mirror on a wall, centred on the origin."""
    w, h, f = width / 2, height / 2, 0.035
    rim = frame(wood, (-w, -h, w, h), (-w + f, -h + f, w - f, h - f), -0.001, -0.024)
    return rim + box(silver, (-w + f - 0.005, -0.012, -h + f - 0.005), (w - f + 0.005, -0.004, h - f + 0.005), 0.0005)


def coat_hooks(board: Material, metal: Material, count: int = 4, pitch: float = 0.17) -> Shape:
    """Make a board with hooks, its lower left corner the origin; hooks hold at y = -0.05, z = 0.03."""
    parts = [box(board, (0.0, -0.016, 0.0), (count * pitch, -0.001, 0.09), 0.003).crossed()]
    for i in range(count):
        x = (i + 0.5) * pitch
        path = [(x, -0.014, 0.055), (x, -0.035, 0.035), (x, -0.05, 0.028), (x, -0.062, 0.04), (x, -0.064, 0.055)]
        parts.append(tube(metal, path, 0.005, 8))
        parts.append(cylinder(metal, 0.014, 0.004, 0.001, 14).turned(90, "X").moved(x, -0.015, 0.055))
    return join(parts)
