"""Tables and desks.

Dining tables are 0.72 to 0.76 m high with 0.6 m of edge for each person (DIN 68885, Neufert), desks 0.72 to
0.75 m high and 0.6 to 0.8 m deep (EN 527), coffee tables 0.35 to 0.48 m, console tables 0.75 to 0.85 m.
"""

from __future__ import annotations

import random

from ..materials.room_materials import Looks
from ..piece import Part, Piece, Surface, settled
from ..shapes import cabinetry, legs
from ..shapes.primitives import Material, Shape, box, cylinder, join, lathe, loft, prism, rounded, tube


def dining_table(rng: random.Random, looks: Looks) -> Piece:
    """Make a rectangular table to eat at, for four to eight."""
    width, deep = rng.choice(((1.2, 0.75), (1.4, 0.8), (1.5, 0.9), (1.8, 0.9), (2.0, 1.0), (0.8, 0.8)))
    high = rng.uniform(0.72, 0.76)
    top, frame = _woods(rng, looks)
    kind = rng.choice(("tapered", "square", "turned", "trestle", "splayed", "sled", "pillars"))
    thick = rng.uniform(0.022, 0.045)
    parts = [_slab(rng, looks, top, width, deep, thick).moved(z=high - thick)]
    under = high - thick + 0.002
    x, y = width / 2 - 0.07, deep / 2 - 0.07
    if kind in ("tapered", "square", "turned"):
        parts.append(legs.four(frame, kind, x, y, under, rng.uniform(0.055, 0.08)))
        parts.append(_apron(frame, x, y, under, 0.09))
    elif kind == "trestle":
        for s in (-1, 1):
            at = s * (width / 2 - 0.28)
            parts.append(box(frame, (at - 0.04, -y + 0.06, 0.0), (at + 0.04, y - 0.06, 0.06), 0.006))
            parts.append(box(frame, (at - 0.03, -0.09, 0.055), (at + 0.03, 0.09, under - 0.04), 0.005))
            parts.append(box(frame, (at - 0.04, -y + 0.08, under - 0.045), (at + 0.04, y - 0.08, under), 0.005))
        parts.append(box(frame, (-width / 2 + 0.25, -0.02, 0.3), (width / 2 - 0.25, 0.02, 0.4), 0.004).crossed())
    elif kind == "pillars":
        parts += [
            legs.column(frame, min(0.3, y), under, rng.choice(("disc", "cross"))).moved(s * (width / 2 - 0.35))
            for s in ((-1, 1) if width > 1.3 else (0,))
        ]
    else:
        parts.append(legs.stand(frame, kind, width - 0.04, deep - 0.04, under, 0.06))
    return settled(Piece("dining table", (Part("table", join(parts), "table"),), (_on(width, deep, high, "table"),)))


def round_table(rng: random.Random, looks: Looks) -> Piece:
    """Make a round or oval table to eat at, on a column or on legs."""
    radius, high = rng.uniform(0.45, 0.65), rng.uniform(0.72, 0.76)
    top, frame = _woods(rng, looks)
    long = rng.choice((1.0, 1.0, 1.35))
    thick = rng.uniform(0.02, 0.035)
    disc = lathe(top, [(radius - 0.012, 0.0), (radius, 0.008), (radius, thick - 0.008), (radius - 0.008, thick)], 48)
    parts = [disc.scaled(long, 1.0, 1.0).moved(z=high - thick)]
    under = high - thick + 0.002
    kind = rng.choice(("turned column", "disc", "cross", "tapered", "splayed"))
    if kind in ("tapered", "splayed"):
        x, y = radius * 0.66 * long, radius * 0.66
        lean = 0.0 if kind == "tapered" else 0.1
        parts.append(legs.four(frame, kind, x - lean, y - lean, under, 0.055))
        if kind == "tapered":
            parts.append(_apron(frame, x, y, under, 0.08))
    else:
        parts.append(legs.column(frame, radius * 0.72, under, kind.split()[0]))
    reach = radius * 0.66
    surface = Surface((-reach * long, -reach), (reach * long, reach), high, 1.0, "table")
    return settled(Piece("round table", (Part("table", join(parts), "table"),), (surface,)))


def coffee_table(rng: random.Random, looks: Looks) -> Piece:
    """Make a low table before a sofa: with a shelf, of glass, a block, a chest, round."""
    width, deep, high = rng.uniform(0.9, 1.3), rng.uniform(0.5, 0.7), rng.uniform(0.36, 0.48)
    top, frame = _woods(rng, looks)
    kind = rng.choice(("shelf", "glass", "block", "drawers", "round", "legs", "waterfall"))
    w, d = width / 2, deep / 2
    parts: list[Shape] = []
    surfaces = [_on(width, deep, high, "low table")]
    thick = rng.uniform(0.02, 0.04)
    if kind == "round":
        radius = deep * 0.68
        parts.append(
            lathe(
                top,
                [
                    (radius - 0.01, high - thick),
                    (radius, high - thick + 0.006),
                    (radius, high - 0.006),
                    (radius - 0.008, high),
                ],
                44,
            )
        )
        style = rng.choice(("splayed", "disc", "hairpin"))
        if style == "disc":
            parts.append(legs.column(frame, radius * 0.6, high - thick + 0.002))
        else:
            parts.append(legs.four(frame, style, radius * 0.5, radius * 0.5, high - thick + 0.002, 0.04))
        surfaces = [Surface((-radius * 0.66,) * 2, (radius * 0.66,) * 2, high, 1.0, "low table")]
    elif kind == "glass":
        parts.append(prism(looks.glass, rounded(width, deep, 0.04, 4), 0.01, 0.002).moved(z=high - 0.01))
        steel = rng.choice((looks.chrome, looks.metal, looks.black, frame))
        parts.append(
            legs.stand(steel, rng.choice(("square", "sled", "round")), width - 0.1, deep - 0.08, high - 0.01, 0.05)
        )
        if rng.random() < 0.6:
            parts.append(box(frame, (-w + 0.09, -d + 0.08, 0.13), (w - 0.09, d - 0.08, 0.148), 0.003).crossed())
            surfaces.append(Surface((-w + 0.14, -d + 0.12), (w - 0.14, d - 0.12), 0.148, high - 0.17, "shelf"))
    elif kind == "block":
        parts.append(
            box(frame, (-w + 0.04, -d + 0.04, 0.0), (w - 0.04, d - 0.04, high - thick + 0.001), 0.003).crossed()
        )
        parts.append(_slab(rng, looks, top, width, deep, thick).moved(z=high - thick))
    elif kind == "waterfall":
        t = 0.04
        parts.append(box(top, (-w, -d, high - t), (w, d, high), 0.004).crossed())
        parts += [box(top, (s * w, -d, 0.0), (s * (w - t), d, high - t + 0.001), 0.004) for s in (-1, 1)]
        if rng.random() < 0.5:
            parts.append(
                box(top, (-w + 0.02, -d + 0.02, high * 0.4), (w - 0.02, d - 0.02, high * 0.4 + 0.025), 0.003).crossed()
            )
            surfaces.append(
                Surface((-w + 0.08, -d + 0.05), (w - 0.08, d - 0.05), high * 0.4 + 0.025, high * 0.5, "shelf")
            )
    else:
        parts.append(_slab(rng, looks, top, width, deep, thick).moved(z=high - thick))
        under = high - thick + 0.002
        style = (
            rng.choice(("square", "tapered", "turned"))
            if kind != "legs"
            else rng.choice(("splayed", "hairpin", "sled"))
        )
        parts.append(legs.stand(frame, style, width - 0.02, deep - 0.02, under, rng.uniform(0.04, 0.07)))
        if kind == "shelf":
            z = rng.uniform(0.1, 0.16)
            parts.append(box(frame, (-w + 0.05, -d + 0.05, z - 0.02), (w - 0.05, d - 0.05, z), 0.003).crossed())
            surfaces.append(Surface((-w + 0.12, -d + 0.1), (w - 0.12, d - 0.1), z, under - z - 0.03, "shelf"))
        if kind == "drawers":
            parts.append(box(frame, (-w + 0.06, -d + 0.06, under - 0.14), (w - 0.06, d - 0.06, under), 0.002).crossed())
            for s in (-1, 1):
                low = (s * (w - 0.1), -d + 0.045, under - 0.13)
                parts.append(box(frame, low, (s * 0.015, -d + 0.062, under - 0.012), 0.003).crossed())
                knob = lathe(looks.metal, [(0.006, 0.0), (0.012, 0.015), (0.008, 0.022)], 12).turned(90, "X")
                parts.append(knob.moved(s * w * 0.52, -d + 0.046, under - 0.07))
    return settled(Piece("coffee table", (Part("coffee table", join(parts), "table"),), tuple(surfaces), (), 0.35))


def side_table(rng: random.Random, looks: Looks) -> Piece:
    """Make a small table beside a seat: round or square, with or without a shelf, or one that slides over a sofa."""
    size, high = rng.uniform(0.38, 0.55), rng.uniform(0.48, 0.62)
    top, frame = _woods(rng, looks)
    kind = rng.choice(("legs", "column", "drum", "C", "tray", "shelf"))
    r, w, t = size / 2, size / 2, 0.022
    parts: list[Shape] = []
    surfaces = [Surface((-w * 0.66,) * 2, (w * 0.66,) * 2, high, 1.0, "low table")]
    disc = lathe(top, [(r - 0.008, 0.0), (r, 0.006), (r, t - 0.006), (r - 0.006, t)], 36).moved(z=high - t)
    square = prism(top, rounded(size, size, 0.015, 3), t, 0.004).crossed().moved(z=high - t)
    if kind == "column":
        parts += [disc, legs.column(frame, r * 0.75, high - t + 0.002, rng.choice(("disc", "turned")))]
    elif kind == "drum":
        profile = [(r * 0.9, 0.0), (r, 0.02), (r, high - 0.02), (r * 0.94, high)]
        if rng.random() < 0.5:
            profile = [
                (r * 0.9, 0.0),
                (r * 0.95, 0.02),
                (r * 0.62, high * 0.5),
                (r * 0.95, high - 0.02),
                (r * 0.94, high),
            ]
        parts.append(lathe(frame, profile, 36))
    elif kind == "C":
        parts.append(square)
        for s in (-1, 1):
            x = s * (w - 0.02)
            path = [
                (x, -w + 0.02, high - t - 0.009),
                (x, w - 0.02, high - t - 0.009),
                (x, w - 0.02, 0.01),
                (x, -w + 0.02, 0.01),
            ]
            parts += [tube(looks.metal, path[i : i + 2], 0.01, 8) for i in range(3)]
        parts.append(tube(looks.metal, [(-w + 0.02, -w + 0.02, 0.01), (w - 0.02, -w + 0.02, 0.01)], 0.01, 8))
    elif kind == "tray":
        rim = [(r, 0.0), (r + 0.004, 0.04), (r - 0.002, 0.04), (r - 0.005, 0.006), (0.03, 0.006)]
        parts.append(lathe(looks.metal, [(0.03, 0.0), *rim], 36).moved(z=high - 0.006))
        parts.append(legs.four(frame, "splayed", r * 0.45, r * 0.45, high - 0.004, 0.028))
    else:
        parts += [
            square,
            legs.stand(frame, rng.choice(("tapered", "square", "turned")), size, size, high - t + 0.002, 0.035),
        ]
        parts.append(_apron(frame, w - 0.05, w - 0.05, high - t + 0.002, 0.06))
        if kind == "shelf":
            z = rng.uniform(0.14, 0.22)
            parts.append(box(frame, (-w + 0.035, -w + 0.035, z - 0.018), (w - 0.035, w - 0.035, z), 0.003).crossed())
            surfaces.append(Surface((-w + 0.08,) * 2, (w - 0.08,) * 2, z, high - t - z - 0.08, "shelf"))
    return settled(Piece("side table", (Part("side table", join(parts), "table"),), tuple(surfaces)))


def console_table(rng: random.Random, looks: Looks) -> Piece:
    """Make a narrow table along a wall, with drawers or a shelf."""
    width, deep, high = rng.uniform(0.8, 1.3), rng.uniform(0.28, 0.4), rng.uniform(0.74, 0.86)
    top, frame = _woods(rng, looks)
    w, d, t = width / 2, deep / 2, 0.025
    parts = [_slab(rng, looks, top, width, deep, t).moved(z=high - t)]
    under = high - t + 0.002
    surfaces = [_on(width, deep, high, "top")]
    kind = rng.choice(("square", "tapered", "turned", "sled", "hairpin"))
    parts.append(legs.stand(frame, kind, width, deep, under, 0.045))
    if kind in ("square", "tapered", "turned"):
        tall = rng.uniform(0.08, 0.15)
        parts.append(_apron(frame, w - 0.05, d - 0.05, under, tall))
        count = rng.choice((0, 2, 3))
        for i in range(count):
            wide = (width - 0.2) / count
            x = -w + 0.1 + wide * i
            parts.append(
                box(
                    frame,
                    (x + 0.01, -d + 0.03, under - tall + 0.012),
                    (x + wide - 0.01, -d + 0.045, under - 0.012),
                    0.003,
                ).crossed()
            )
            knob = lathe(looks.metal, [(0.006, 0.0), (0.012, 0.015), (0.008, 0.022)], 12).turned(90, "X")
            parts.append(knob.moved(x + wide / 2, -d + 0.031, under - tall / 2))
    if kind in ("square", "tapered") and rng.random() < 0.6:
        z = rng.uniform(0.15, 0.25)
        parts.append(box(frame, (-w + 0.035, -d + 0.035, z - 0.02), (w - 0.035, d - 0.035, z), 0.003).crossed())
        surfaces.append(Surface((-w + 0.1, -d + 0.07), (w - 0.1, d - 0.07), z, under - z - 0.2, "shelf"))
    return settled(Piece("console table", (Part("console table", join(parts), "table"),), tuple(surfaces), (), 0.4))


def desk(rng: random.Random, looks: Looks) -> Piece:
    """Make a writing desk: on legs, with one or two pedestals of drawers, on trestles, or with panels as sides."""
    width, deep = rng.choice(((1.0, 0.55), (1.2, 0.6), (1.4, 0.7), (1.6, 0.8), (1.2, 0.75), (1.5, 0.75)))
    return _desk("desk", rng, looks, width, deep)


def office_desk(rng: random.Random, looks: Looks) -> Piece:
    """Make an office's desk: panel or steel legs, a modesty panel, a pedestal (EN 527: 0.74 m high, 0.8 m deep)."""
    return _desk("office desk", rng, looks, rng.choice((1.4, 1.6, 1.8)), rng.choice((0.75, 0.8)), office=True)


def corner_desk(rng: random.Random, looks: Looks) -> Piece:
    """Make an L-shaped desk: a main top and a return at one side."""
    width, deep, reach, side = (
        rng.uniform(1.5, 1.8),
        rng.uniform(0.65, 0.75),
        rng.uniform(1.3, 1.6),
        rng.choice((-1, 1)),
    )
    wing, high, t = rng.uniform(0.5, 0.6), rng.uniform(0.72, 0.75), rng.uniform(0.02, 0.03)
    top, frame = _woods(rng, looks)
    w = width / 2
    outline = [(-w, -reach), (-w + wing, -reach), (-w + wing, -deep), (w, -deep), (w, 0.0), (-w, 0.0)]
    if side > 0:
        outline = [(-x, y) for x, y in reversed(outline)]
    parts = [prism(top, outline, t, 0.003).moved(z=high - t)]
    under = high - t + 0.001
    for x0, x1, y0, y1 in (
        (w - 0.03, w - 0.008, -deep + 0.03, -0.03),
        (-w + 0.008, -w + 0.03, -deep, -0.03),
        (-w + 0.04, -w + wing - 0.04, -reach + 0.02, -reach + 0.042),
    ):
        if side > 0:
            x0, x1 = -x1, -x0
        parts.append(box(frame, (x0, y0, 0.0), (x1, y1, under), 0.002))
    parts.append(box(frame, (-w + 0.02, -0.05, 0.25), (w - 0.02, -0.032, under), 0.002).crossed())
    x = -side * (w - 0.035 - 0.21)
    parts.append(_pedestal(rng, looks, frame, 0.42, deep - 0.12, under).moved(x, -0.05))
    surfaces = (
        Surface(
            (-w + 0.05 + (wing if side < 0 else 0), -deep + 0.05),
            (w - 0.05 - (wing if side > 0 else 0), -0.05),
            high,
            1.0,
            "desk",
        ),
        Surface(
            *(
                ((-w + 0.05, -reach + 0.05), (-w + wing - 0.05, -0.05))
                if side < 0
                else ((w - wing + 0.05, -reach + 0.05), (w - 0.05, -0.05))
            ),
            high,
            1.0,
            "desk",
        ),
    )
    return settled(Piece("corner desk", (Part("corner desk", join(parts), "desk"),), surfaces, (), 0.75))


def meeting_table(rng: random.Random, looks: Looks) -> Piece:
    """Make an office's table: a large top on steel legs, columns or panels."""
    width, deep, high = rng.uniform(1.6, 2.4), rng.uniform(0.9, 1.1), rng.uniform(0.73, 0.75)
    top, t = rng.choice((looks.wood, looks.painted, looks.white)), 0.028
    steel = rng.choice((looks.chrome, looks.metal, looks.black))
    boat = rng.random() < 0.4
    outline = rounded(width, deep, 0.06, 4)
    if boat:
        outline = [(x, y * (1 - 0.14 * (2 * x / width) ** 2)) for x, y in _along(outline, width)]
    parts = [prism(top, outline, t, 0.004).crossed().moved(z=high - t)]
    under = high - t + 0.001
    if rng.random() < 0.5:
        parts.append(legs.four(steel, "round", width / 2 - 0.15, deep / 2 - 0.2, under, 0.06))
    else:
        parts += [
            legs.column(steel, 0.34, under, rng.choice(("disc", "cross"))).moved(s * width * 0.28) for s in (-1, 1)
        ]
    return settled(
        Piece("meeting table", (Part("meeting table", join(parts), "table"),), (_on(width, deep * 0.84, high, "desk"),))
    )


def dressing_table(rng: random.Random, looks: Looks) -> Piece:
    """Make a dressing table with drawers and a mirror on it."""
    width, deep, high = rng.uniform(0.85, 1.15), rng.uniform(0.4, 0.48), rng.uniform(0.72, 0.77)
    frame = rng.choice((looks.wood, looks.painted))
    w, d, t = width / 2, deep / 2, 0.024
    parts = [prism(frame, rounded(width, deep, 0.02, 3), t, 0.005).crossed().moved(z=high - t)]
    under = high - t + 0.001
    parts.append(legs.four(frame, rng.choice(("tapered", "turned", "square")), w - 0.05, d - 0.05, under, 0.045))
    count, tall = rng.choice((2, 3)), 0.13
    parts.append(box(frame, (-w + 0.03, -d + 0.03, under - tall), (w - 0.03, d - 0.03, under), 0.002).crossed())
    for i in range(count):
        wide = (width - 0.08) / count
        x = -w + 0.04 + wide * i
        parts.append(
            box(
                frame,
                (x + 0.004, -d + 0.014, under - tall + 0.006),
                (x + wide - 0.004, -d + 0.031, under - 0.006),
                0.004,
            ).crossed()
        )
        knob = lathe(looks.metal, [(0.006, 0.0), (0.013, 0.016), (0.008, 0.024)], 12).turned(90, "X")
        parts.append(knob.moved(x + wide / 2, -d + 0.015, under - tall / 2))
    tall = rng.uniform(0.5, 0.7)
    if rng.random() < 0.5:
        radius = tall * 0.46
        rim = [
            (radius + 0.025, 0.0),
            (radius + 0.025, 0.022),
            (radius - 0.004, 0.022),
            (radius - 0.004, 0.012),
            (0.02, 0.012),
        ]
        glass = cylinder(looks.mirror, radius, 0.004, 0.001, 40).moved(z=0.011)
        shape = (lathe(frame, [(0.02, 0.0), *rim], 40) + glass).turned(90, "X").moved(0.0, 0.0, radius + 0.06)
        shape = shape + join(
            [box(frame, (s * 0.05 - 0.012, -0.02, 0.0), (s * 0.05 + 0.012, 0.0, 0.12), 0.002) for s in (-1, 1)]
        )
    else:
        shape = cabinetry.mirror(frame, looks.mirror, width * rng.uniform(0.5, 0.8), tall).moved(0.0, 0.0, tall / 2)
    parts_ = (Part("dressing table", join(parts), "desk"), Part("mirror", shape.moved(0.0, d - 0.04, high), "mirror"))
    surface = Surface((-w + 0.05, -d + 0.04), (w - 0.05, d - 0.1), high, 0.5, "top")
    return settled(Piece("dressing table", parts_, (surface,), (), 0.6))


def folding_table(rng: random.Random, looks: Looks) -> Piece:
    """Make a plastic or wooden table on folding steel legs."""
    width, deep = rng.choice(((1.22, 0.61), (1.52, 0.71), (1.83, 0.76), (0.86, 0.86)))
    high = rng.uniform(0.71, 0.74)
    top = rng.choice((looks.white, looks.plastic, looks.wood2))
    w, d, t = width / 2, deep / 2, 0.04
    parts = [prism(top, rounded(width, deep, 0.06, 4), t, 0.012).crossed().moved(z=high - t)]
    for s in (-1, 1):
        x = s * (w - 0.16)
        for y in (-d + 0.09, d - 0.09):
            parts.append(tube(looks.metal, [(x, y, 0.0), (x, y, high - t + 0.002)], 0.014, 8))
        parts.append(tube(looks.metal, [(x, -d + 0.09, 0.02), (x, d - 0.09, 0.02)], 0.014, 8))
        parts.append(tube(looks.metal, [(x, 0.0, high - t), (x, 0.0, 0.3)], 0.01, 8))
        parts.append(tube(looks.metal, [(x, 0.0, 0.32), (s * (w - 0.55), 0.0, high - t + 0.002)], 0.009, 8))
        parts.append(tube(looks.metal, [(x, -d + 0.09, 0.3), (x, d - 0.09, 0.3)], 0.01, 8))
    return settled(
        Piece("folding table", (Part("folding table", join(parts), "table"),), (_on(width, deep, high, "table"),))
    )


def _along(outline: list[tuple[float, float]], width: float) -> list[tuple[float, float]]:
    """Return an outline with points along its long sides, so that these can bend."""
    points = []
    for (x0, y0), (x1, y1) in zip(outline, outline[1:] + outline[:1]):
        steps = 8 if abs(x1 - x0) > width / 2 else 1
        points += [(x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(steps)]
    return points


def _woods(rng: random.Random, looks: Looks) -> tuple[Material, Material]:
    """Return the materials of a top and of its legs."""
    first = rng.choice((looks.wood, looks.wood, looks.wood2, looks.painted))
    second = first if rng.random() < 0.6 else rng.choice((looks.painted, looks.black, looks.metal, looks.wood2))
    return first, second


def _on(width: float, deep: float, high: float, kind: str) -> Surface:
    return Surface((-width / 2 + 0.05, -deep / 2 + 0.05), (width / 2 - 0.05, deep / 2 - 0.05), high, 1.0, kind)


def _slab(rng: random.Random, looks: Looks, top: Material, width: float, deep: float, thick: float) -> Shape:
    """Make a table's top on z = 0: one board, boards with gaps, or a frame round a field of another material."""
    kind = rng.choice(("board", "board", "soft", "boards", "field"))
    if kind == "boards":
        count = max(round(deep / 0.14), 3)
        step = deep / count
        boards = [
            box(
                top,
                (-width / 2, -deep / 2 + step * i + 0.001, 0.0),
                (width / 2, -deep / 2 + step * (i + 1) - 0.001, thick),
                0.003,
            ).crossed()
            for i in range(count)
        ]
        return join(
            [
                *boards,
                box(
                    top,
                    (-width / 2 + 0.1, -deep / 2 + 0.02, -0.002),
                    (-width / 2 + 0.16, deep / 2 - 0.02, 0.003),
                    0.001,
                ),
            ]
        )
    if kind == "field":
        rim = 0.05
        field = rng.choice((looks.painted, looks.wood2, looks.stone, looks.black))
        outer = rounded(width, deep, 0.012, 2)
        inner = rounded(width - 2 * rim, deep - 2 * rim, 0.004, 2)
        rings = [
            [(x, y, z) for x, y in ring] for ring, z in ((outer, 0.0), (outer, thick), (inner, thick), (inner, 0.0))
        ]
        plate = box(
            field,
            (-width / 2 + rim - 0.002, -deep / 2 + rim - 0.002, 0.002),
            (width / 2 - rim + 0.002, deep / 2 - rim + 0.002, thick - 0.0008),
            0.0005,
        )
        return loft(top, rings, closed=True).crossed() + plate
    radius = 0.012 if kind == "board" else rng.uniform(0.05, 0.16)
    return prism(top, rounded(width, deep, radius, 4), thick, min(0.008, thick * 0.3)).crossed()


def _apron(wood: Material, x: float, y: float, top: float, tall: float) -> Shape:
    """Make the four boards below a top, between legs at (+-x, +-y)."""
    parts = [box(wood, (-x, s * y - 0.01, top - tall), (x, s * y + 0.01, top), 0.002).crossed() for s in (-1, 1)]
    return join(parts + [box(wood, (s * x - 0.01, -y, top - tall), (s * x + 0.01, y, top), 0.002) for s in (-1, 1)])


def _pedestal(rng: random.Random, looks: Looks, wood: Material, width: float, deep: float, top: float) -> Shape:
    """Make a block of drawers below a desk's top, its back on y = 0, centred on x = 0."""
    w = width / 2
    parts = [
        box(wood, (-w, -deep, 0.04), (w, 0.0, top), 0.002),
        box(looks.black, (-w + 0.02, -deep + 0.03, 0.0), (w - 0.02, -0.03, 0.045), 0.002),
    ]
    rows = rng.choice(((0.5, 0.5), (0.25, 0.25, 0.5), (0.33, 0.33, 0.34), (0.2, 0.8)))
    grip = rng.choice(("bar", "knob", "cup"))
    style = cabinetry.Style("flat", wood, wood, wood, looks.metal, grip)
    z, tall = top - 0.012, top - 0.06
    for share in rows:
        high = tall * share
        parts.append(cabinetry.front(style, width - 0.006, high - 0.005).moved(-w + 0.003, -deep, z - high))
        parts.append(cabinetry.handle(style, length=0.12).moved(0.0, -deep - cabinetry.DOOR, z - min(high / 2, 0.08)))
        z -= high
    return join(parts)


def _desk(name: str, rng: random.Random, looks: Looks, width: float, deep: float, office: bool = False) -> Piece:
    """Make a desk about x = 0 with its back at y = 0."""
    high, t = rng.uniform(0.72, 0.75), rng.uniform(0.02, 0.035)
    top, frame = _woods(rng, looks)
    if office:
        top = rng.choice((looks.wood, looks.painted, looks.wood2))
        frame = rng.choice((top, looks.metal, looks.plastic))
    kind = rng.choice(
        ("legs", "pedestal", "double", "trestles", "panels", "sled", "hutch")
        if not office
        else ("panels", "pedestal", "double", "steel")
    )
    w, d = width / 2, deep / 2
    parts = [_slab(rng, looks, top, width, deep, t).moved(y=-d, z=high - t)]
    under = high - t + 0.002
    left = rng.choice((-1, 1))
    wood = top
    low, up = [-w + 0.06], [w - 0.06]
    if kind in ("pedestal", "double", "hutch"):
        wide = rng.uniform(0.36, 0.44)
        for s in (-1, 1) if kind == "double" else (left,):
            parts.append(_pedestal(rng, looks, wood, wide, deep - 0.04, under).moved(s * (w - wide / 2 - 0.015), -0.02))
        if kind != "double":
            s = -left
            if rng.random() < 0.5:
                parts.append(box(wood, (s * (w - 0.015), -deep + 0.02, 0.0), (s * (w - 0.04), -0.02, under), 0.002))
            else:
                for y in (-deep + 0.06, -0.06):
                    parts.append(legs.leg(frame, rng.choice(("square", "round")), under, 0.05).moved(s * (w - 0.06), y))
        parts.append(box(wood, (-w + 0.03, -0.04, high * 0.45), (w - 0.03, -0.022, under), 0.002).crossed())
    elif kind == "panels":
        parts += [
            box(wood, (s * (w - 0.01), -deep + 0.02, 0.0), (s * (w - 0.036), -0.01, under), 0.002) for s in (-1, 1)
        ]
        parts.append(box(wood, (-w + 0.03, -0.1, 0.3), (w - 0.03, -0.082, under), 0.002).crossed())
    elif kind == "steel":
        for s in (-1, 1):
            x = s * (w - 0.08)
            parts.append(box(looks.metal, (x - 0.035, -deep + 0.03, 0.0), (x + 0.035, -0.03, 0.03), 0.006))
            parts.append(box(looks.metal, (x - 0.03, -d - 0.05, 0.025), (x + 0.03, -d + 0.05, under - 0.03), 0.006))
            parts.append(box(looks.metal, (x - 0.03, -deep + 0.06, under - 0.04), (x + 0.03, -0.06, under), 0.004))
        parts.append(box(frame, (-w + 0.1, -0.16, 0.35), (w - 0.1, -0.145, under - 0.02), 0.002).crossed())
    else:
        style = {"legs": rng.choice(("square", "tapered", "round", "splayed", "hairpin", "turned"))}.get(kind, kind)
        parts.append(legs.stand(frame, style, width, deep, under, 0.05).moved(y=-d))
        if kind == "legs" and style not in ("hairpin", "splayed"):
            parts.append(_apron(frame, w - 0.05, d - 0.05, under, 0.08).moved(y=-d))
    surfaces = [Surface((low[0], -deep + 0.05), (up[0], -0.04), high, 1.0, "desk")]
    surfaces.append(Surface((-w + 0.45, -deep + 0.1), (w - 0.45, -0.12), 0.0, high - 0.2, "floor"))
    if kind == "hutch":
        tall = rng.uniform(0.35, 0.6)
        for x in (-w + 0.02, w - 0.04):
            parts.append(box(wood, (x, -0.24, high - 0.001), (x + 0.02, -0.01, high + tall), 0.002))
        parts += [
            box(wood, (-w + 0.02, -0.24, high + z - 0.02), (w - 0.02, -0.01, high + z), 0.002).crossed()
            for z in (tall, tall * 0.55)
        ]
        parts.append(
            box(wood, (-w + 0.02, -0.015, high + tall * 0.5), (w - 0.02, -0.005, high + tall), 0.001).crossed()
        )
        surfaces[0] = Surface((-w + 0.06, -deep + 0.05), (w - 0.06, -0.04), high, tall * 0.55 - 0.03, "desk")
        surfaces.append(Surface((-w + 0.05, -0.22), (w - 0.05, -0.03), high + tall * 0.55, tall * 0.45 - 0.03, "shelf"))
    return settled(Piece(name, (Part(name, join(parts), "desk"),), tuple(surfaces), (), 0.75))
