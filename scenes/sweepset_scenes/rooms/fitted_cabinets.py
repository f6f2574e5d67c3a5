"""Runs of fitted kitchen cabinets: base units, sink, stove and refrigerator in a row, wall cabinets and tiles above.

Widths are those of EN 1116: units of 0.3 to 0.9 m in steps that fit, 0.6 m for machines, 0.9 m high, 0.6 m deep.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from ..clutter import cookware
from ..furniture import carcass
from ..materials.room_materials import Looks
from ..piece import Part, Piece, Surface
from ..shapes import appliances, cabinetry
from ..shapes.cabinetry import HEIGHT, Style
from ..shapes.primitives import Material, box, join, spot
from ..shapes.walls import Opening

BACK = 0.018
"""Gap between units and the wall, for its baseboard; counters reach the wall."""
UPPER, TALL = 1.40, 0.72
"""The underside of wall cabinets above the floor, and their height."""
DEEP = 0.635 + BACK
"""Depth of a counter from the wall."""
FRIDGE, MACHINE = 0.78, 0.60
OVER_FRIDGE = 1.84
"""The underside of the cabinet above a refrigerator."""
CORNER = DEEP + 0.005
"""Length at its end that a run leaves to the run round the corner."""
UPPER_CORNER = cabinetry.UPPER_DEPTH + 0.003
LEAST = 0.3
"""The least width of a unit or of a wall cabinet."""
CASING = 0.11
"""Reach of a window's casing and sill beyond its hole, with a margin."""


@dataclass(frozen=True)
class Unit:
    """One unit of a run: its kind, its left side on the wall and its width.

    Kinds are "sink", "stove", "dishwasher", "refrigerator", "plain", "corner" (hidden behind the run round the corner)
    and "beyond" (taken by the corner of the run round the corner).
    """

    kind: str
    left: float
    width: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


@dataclass(frozen=True)
class Kit:
    """The fronts, appliances and materials that all runs of one kitchen share."""

    style: Style
    finish: appliances.Finish
    cold: appliances.Finish
    steel: Material
    gas: bool
    hood: bool
    bowls: int


def draw_kit(rng: random.Random, looks: Looks) -> Kit:
    """Choose fronts, handles and appliances."""
    finish = cookware.finish(rng, looks)
    return Kit(
        carcass.fronts(rng, looks),
        finish,
        rng.choice((finish, finish, cookware.finish(rng, looks))),
        rng.choice((looks.steel, looks.steel, looks.ceramic)),
        rng.random() < 0.6,
        rng.random() < 0.7,
        rng.choice((1, 2)),
    )


def draw_units(
    rng: random.Random,
    span: tuple[float, float],
    fixed: Sequence[str],
    ends: tuple[str, str],
    windows: Sequence[Opening],
) -> list[Unit] | None:
    """Fill a stretch of wall with units, in an order fit for cooking; None if the stretch is too short.

    `ends` are what the run has at its left and right: "" for a free end, else "corner" or "beyond". A sink is as near
    to the middle of a window as possible; no refrigerator is before a window.
    """
    widths = {"stove": MACHINE, "dishwasher": MACHINE, "refrigerator": FRIDGE, "sink": rng.choice((0.6, 0.8, 0.9))}
    taken = [CORNER if end else 0.0 for end in ends]
    low, high = span[0] + taken[0], span[1] - taken[1]
    rest = high - low - sum(widths[kind] for kind in fixed)
    count = max(round(rest / rng.uniform(0.42, 0.62)), 1)
    if rest / count < LEAST:
        return None
    widths["plain"] = rest / count
    best, best_off = None, float("inf")
    for _ in range(120):
        order = rng.sample([*fixed, *["plain"] * count], len(fixed) + count)
        if not _is_good(order, ends):
            continue
        units, x = [Unit(ends[0], span[0], CORNER)] if ends[0] else [], low
        for kind in order:
            units.append(Unit(kind, x, widths[kind]))
            x += widths[kind]
        if ends[1]:
            units.append(Unit(ends[1], x, CORNER))
        if any(unit.kind == "refrigerator" and _covers(unit, hole) for unit in units for hole in windows):
            continue
        sinks = [unit.middle for unit in units if unit.kind == "sink"]
        off = min((abs(x - hole.middle) for x in sinks for hole in windows), default=0.0)
        if off < best_off:
            best, best_off = units, off
    return best


def _covers(unit: Unit, hole: Opening) -> bool:
    """Tell whether a unit reaches before a window, its casing or its sill."""
    return unit.left < hole.right + CASING and unit.right > hole.left - CASING


def _is_good(order: Sequence[str], ends: tuple[str, str]) -> bool:
    """Tell whether one can work at units in an order from the left to the right."""
    if "refrigerator" in order:
        free = [order[i] for i, end in ((0, ends[0]), (-1, ends[1])) if not end]
        if "refrigerator" not in free:
            return False
    pairs = [{a, b} for a, b in pairwise(order)]
    if any(pair <= {"stove", "sink", "refrigerator"} for pair in pairs):
        return False
    if "dishwasher" in order and {"dishwasher", "sink"} not in pairs:
        return False
    return "stove" not in (order[0], order[-1])


def make_run(
    rng: random.Random, looks: Looks, kit: Kit, units: Sequence[Unit], holes: Sequence[Opening], height: float
) -> Piece:
    """Make a run along a wall of a height, in the wall's own axes; `holes` are the wall's, none may be a door there."""
    parts = [part for unit in units for part in _unit(rng, looks, kit, unit)]
    surfaces = []
    for without, some in groupby(units, key=lambda unit: unit.kind in ("refrigerator", "stove", "beyond")):
        if not without:
            stretch = list(some)
            parts.append(_counter(looks, stretch))
            surfaces += _surfaces(stretch)
    parts.append(_splash(looks, units, holes))
    parts += _above(rng, looks, kit, units, holes, height)
    surfaces += [
        Surface((unit.left + 0.08, -0.6), (unit.right - 0.08, -0.1), 1.728, 0.1 if height < 2.5 else 0.3, "top")
        for unit in units
        if unit.kind == "refrigerator" and not any(part.name == "cabinet over refrigerator" for part in parts)
    ]
    return Piece("fitted cabinets", tuple(parts), tuple(surfaces), (), 0.8)


def _unit(rng: random.Random, looks: Looks, kit: Kit, unit: Unit) -> Iterator[Part]:
    """Make one unit without its counter."""
    at, w = spot(unit.left, -BACK), unit.width
    if unit.kind == "refrigerator":
        cold = appliances.refrigerator(kit.cold, w - 0.04, split=rng.uniform(0.58, 0.68)).moved(0.02)
        yield Part("refrigerator", cold, "refridgerator", at)
    elif unit.kind == "stove":
        yield Part("stove", appliances.stove(kit.finish, w - 0.004, kit.gas).moved(0.002), "otherstructure", at)
        if rng.random() < 0.6:
            z = HEIGHT + (0.0385 if kit.gas else 0.0186)
            burner = at @ spot(rng.choice((0.157, w - 0.157)), rng.choice((-0.18, -0.45)), z)
            yield Part("pot", cookware.pot(rng, looks), "otherprop", burner)
    elif unit.kind == "dishwasher":
        yield Part("dishwasher", appliances.dishwasher(kit.finish, w), "otherstructure", at)
    elif unit.kind == "corner":
        # Off the other wall's baseboard, too, at either end.
        yield Part(
            "corner unit",
            box(kit.style.carcass, (BACK, -0.58, 0.0), (w - BACK, -0.005, HEIGHT - 0.04), 0.001),
            "cabinet",
            at,
        )
    elif unit.kind != "beyond":
        yield Part("base unit", _base(rng, kit, unit), "cabinet", at)
    if unit.kind == "sink":
        hole = _hole(unit)
        yield Part("sink", appliances.basin(kit.steel, looks.black, hole, kit.bowls), "sink")
        tap = appliances.tap(looks.chrome, 0.19, rng.uniform(0.2, 0.32)).turned(rng.uniform(-20, 20))
        yield Part("tap", tap, "sink", spot(unit.middle, -0.06 - BACK, HEIGHT + 0.0005))


def _base(rng: random.Random, kit: Kit, unit: Unit) -> cabinetry.Shape:
    doors = 2 if unit.width > 0.58 else 1
    if unit.kind == "sink":
        return cabinetry.base_unit(kit.style, unit.width, (0.15,), doors, hollow=0.2)
    if rng.random() < 0.3 and unit.width < 0.7:
        return cabinetry.base_unit(kit.style, unit.width, (0.15, 0.2, 0.2), 0)
    return cabinetry.base_unit(kit.style, unit.width, rng.choice(((0.15,), (0.15,), ())), doors)


def _hole(unit: Unit) -> tuple[float, float, float, float]:
    """Return the hole for the sink in a counter: x0, y0, x1, y1."""
    half = unit.width / 2 - 0.06
    return unit.middle - half, -0.53 - BACK, unit.middle + half, -0.12 - BACK


def _counter(looks: Looks, units: Sequence[Unit]) -> Part:
    """Make the counter over neighbouring units."""
    left, right = units[0].left, units[-1].right
    holes = [_hole(unit) for unit in units if unit.kind == "sink"]
    if holes:
        top = cabinetry.counter_with_hole(looks.stone, left, right, holes[0], DEEP)
    else:
        top = cabinetry.counter(looks.stone, left, right, DEEP)
    return Part("counter", top, "counter")


def _surfaces(units: Sequence[Unit]) -> list[Surface]:
    """Return the surfaces of the counter over neighbouring units."""
    found = []
    for wet, some in groupby(units, key=lambda unit: unit.kind == "sink"):
        stretch = list(some)
        if not wet:
            low, high = (stretch[0].left + 0.02, -0.6), (stretch[-1].right - 0.02, -0.07)
            found.append(Surface(low, high, HEIGHT, UPPER - HEIGHT - 0.03, "counter"))
    return found


def _span(units: Sequence[Unit], corner: float, beyond: float) -> tuple[float, float]:
    """Return the start and the end of a run, off the walls in its own corner and in that of the run round it."""
    off = {"corner": corner, "beyond": beyond}
    return units[0].left + off.get(units[0].kind, 0.0), units[-1].right - off.get(units[-1].kind, 0.0)


def _without(spans: Sequence[tuple[float, float]], low: float, high: float) -> list[tuple[float, float]]:
    """Return spans without the stretch between two places."""
    return [
        (a, b) for left, right in spans for a, b in ((left, min(right, low)), (max(left, high), right)) if b - a > 1e-6
    ]


def _splash(looks: Looks, units: Sequence[Unit], holes: Sequence[Opening]) -> Part:
    """Make the tiles between counters and wall cabinets, except at windows."""
    spans = [_span(units, corner=0.001, beyond=0.0095)]
    for unit in units:
        if unit.kind == "refrigerator":
            spans = _without(spans, unit.left, unit.right)
    tiles = []
    for hole in holes:
        left, right = hole.left - CASING, hole.right + CASING
        below = [(max(a, left), min(b, right)) for a, b in spans]
        top = hole.sill - 0.047
        if hole.sill < UPPER and top > HEIGHT + 0.02:
            tiles += [box(looks.tile, (a, -0.009, HEIGHT), (b, 0.0, top), 0.001) for a, b in below if b > a]
        spans = _without(spans, left, right)
    tiles += [box(looks.tile, (a, -0.009, HEIGHT), (b, 0.0, UPPER), 0.001) for a, b in spans]
    return Part("splashback", join(tiles), "wall")


def _above(
    rng: random.Random, looks: Looks, kit: Kit, units: Sequence[Unit], holes: Sequence[Opening], height: float
) -> Iterator[Part]:
    """Make wall cabinets or shelves, the hood, and the cabinet over the refrigerator, except at windows."""
    spans = [_span(units, corner=0.002, beyond=UPPER_CORNER)]
    for hole in holes:
        spans = _without(spans, hole.left - CASING, hole.right + CASING)
    for unit in units:
        if unit.kind not in ("stove", "refrigerator"):
            continue
        clear = any(a <= unit.left + 1e-6 and unit.right <= b + 1e-6 for a, b in spans)
        spans = _without(spans, unit.left, unit.right)
        if clear and unit.kind == "stove" and kit.hood:
            hood = appliances.hood(kit.finish, unit.width - 0.004, height - 0.075 - 1.6)
            yield Part("hood", hood, "otherstructure", spot(unit.left + 0.002, -0.001, 1.6))
        elif clear:
            low = OVER_FRIDGE if unit.kind == "refrigerator" else 1.62
            deep = 0.45 if unit.kind == "refrigerator" else cabinetry.UPPER_DEPTH
            over = cabinetry.wall_unit(kit.style, unit.width - 0.002, UPPER + TALL - low, 2, depth=deep)
            name = "cabinet over refrigerator" if unit.kind == "refrigerator" else "cabinet over stove"
            yield Part(name, over, "cabinet", spot(unit.left + 0.001, -0.001, low))
    shelves = rng.random() < 0.15
    for a, b in spans:
        if b - a < LEAST:
            continue
        if shelves and b - a < 1.6:
            for z in (UPPER, UPPER + 0.34):
                board = cabinetry.ledge(looks.wood, looks.black, b - a - 0.004, 0.24)
                yield Part("shelf", board, "shelves", spot(a + 0.002, -0.001, z))
            continue
        count = max(1, round((b - a) / rng.uniform(0.38, 0.55)))
        for i in range(count):
            wide = (b - a) / count
            cabinet = cabinetry.wall_unit(kit.style, wide, TALL, 2 if wide > 0.6 else 1, "left" if i % 2 else "right")
            yield Part("wall cabinet", cabinet, "cabinet", spot(a + i * wide, -0.001, UPPER))
