"""Furnishing, the same for all kinds of rooms: from the shell to the light.

`build` draws a floor plan, lets the kind furnish a `Layout`, hangs pictures and strews clutter, dresses the windows,
builds all objects and lights the room.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from .. import piece as pieces
from ..clutter import on_walls, what_lies_where
from ..furniture import lamps, textiles
from ..materials.room_materials import mix_looks
from ..piece import Piece, Placed
from ..shapes import walls
from ..shapes.primitives import join, place, spot
from ..shapes.walls import Wall
from . import illumination, openings
from .floor_plans import Hull, draw_hull
from .layout import SKIRT, Layout, block
from .room_kind import Interior, Maker, RoomKind


def build(kind: RoomKind, seed: int) -> None:
    """Build a room of a kind into the current scene."""
    room, first = begin(kind, seed)
    over = kind.furnish(room, first)
    light_ceiling(room)
    furnish_walls(room, over)
    strew(room)
    finish(room)


def begin(kind: RoomKind, seed: int) -> tuple[Interior, Any]:
    """Start a room: draw materials, the height of tiles, and floor plans until the first furniture finds a place."""
    rng = random.Random(f"{kind.name} {seed}")
    looks, tiled = mix_looks(rng, kind.finishes), rng.choice(kind.tiles)
    while True:
        hull = draw_hull(rng, kind.form)
        layout = Layout(hull, rng, 0.008 if tiled else 0.0)
        for wall, door in hull.doors:
            layout.placed.append(Placed(openings.doorway(looks, door), wall.at))
            for part in layout.placed[-1].piece.parts:
                layout.solid.add(block(wall.at, *part.bounds), door)
        interior = Interior(kind, rng, looks, hull, layout, tiled)
        first = kind.place_first(interior) if hull.doors else None
        if first is not None:
            return interior, first


def finish(interior: Interior) -> None:
    """Dress the windows, build all objects, and light the room.

    Windows have curtains and blinds by the kind's chances; without a lamp in the room nobody draws them.
    """
    _build_shell(interior)
    placed = interior.layout.placed
    lit = any(one.piece.lights for one in placed)
    covered = _dress_windows(interior, interior.kind.curtains * lit, interior.kind.blinds * lit)
    items = pieces.build(placed)
    room = interior.hull.room
    windows = [
        illumination.Window(
            wall.at @ spot(one.hole.middle, 0.0, (one.hole.sill + one.hole.head) / 2),
            one.hole.width,
            one.hole.height,
            share,
        )
        for (wall, one), share in zip(interior.hull.windows, covered)
    ]
    size = (room.width, room.depth, room.height)
    illumination.illuminate(interior.rng, interior.looks, size, windows, placed, items)


def _build_shell(interior: Interior) -> None:
    """Build floor, ceiling, walls with their tiles and baseboards, and the visible part of hallways."""
    rng, looks, hull = interior.rng, interior.looks, interior.hull
    room = hull.room
    place("floor", walls.floor(looks.floor, room), "floor")
    place("ceiling", walls.ceiling(looks.ceiling, room), "ceiling")
    other = rng.choice(room.walls) if rng.random() < 0.12 else None
    tall, thick = rng.uniform(0.06, 0.15), rng.uniform(0.011, 0.016)
    columns = any(one.piece.name == "column" for one in interior.layout.placed)
    cornice = room.slope is None and rng.random() < 0.25 and not columns
    for wall in room.walls:
        holes = hull.holes(wall)
        material = looks.accent_wall if wall is other else looks.wall
        place(f"wall {wall.side}", walls.wall(material, wall.length, room.height, holes, wall.ends), "wall", wall.at)
        if interior.tiled:
            tiles = walls.cladding(looks.tile, wall.length, min(interior.tiled, room.height), holes)
            place(f"tiles {wall.side}", tiles, "wall", wall.at)
        else:
            skirts = [walls.strip(looks.trim, *span, 0.0, tall, thick) for span in _between_doors(hull, wall)]
            if skirts:
                place(f"baseboard {wall.side}", join(skirts), "wall", wall.at)
        if cornice:
            strip = walls.strip(looks.trim, 0.0, wall.length, room.height - 0.07, 0.07, 0.03)
            place(f"cornice {wall.side}", strip, "wall", wall.at)
    for wall, door in hull.doors:
        if door.angle:
            pieces.build([Placed(openings.hallway(looks, door), wall.at)])
    for wall, window in hull.windows:
        pieces.build([Placed(openings.window(looks, window), wall.at)])


def _between_doors(hull: Hull, wall: Wall) -> list[tuple[float, float]]:
    """Return the stretches of a wall's foot that no door or window takes."""
    x, spans = -0.0, []
    for hole in sorted((hole for hole in hull.holes(wall) if hole.sill < 0.2), key=lambda hole: hole.left):
        spans.append((x, hole.left - 0.076))
        x = hole.right + 0.076
    spans.append((x, wall.length))
    return [(a, b) for a, b in spans if b - a > 0.03]


def _dress_windows(interior: Interior, curtains: float, blinds: float) -> list[float]:
    """Hang curtains and blinds if nothing is in their way; return the covered share of each window."""
    rng, looks, layout = interior.rng, interior.looks, interior.layout
    with_curtains, with_blinds = rng.random() < curtains, rng.random() < blinds
    covered = []
    for wall, one in interior.hull.windows:
        share, o = 0.0, one.hole
        if with_blinds and not one.full:
            blind = textiles.blinds(rng, looks, o.width - 0.02, o.head - 0.006, o.sill + 0.02)
            layout.add(blind, wall.at @ spot(o.middle, 0.082, blind.hung))
            share = 0.8 * float(blind.size[2]) / o.height
        for _ in range(3 if with_curtains else 0):
            piece = textiles.curtains(rng, looks, o.width, o.head + rng.uniform(0.09, 0.16), o.sill)
            at = wall.at @ spot(o.middle, -0.001 - layout.skin, piece.hung)
            if layout.fits(piece, at, 0.0, beside=(one,)):
                layout.add(piece, at)
                cloths = [part.bounds for part in piece.parts[1:]]
                over = sum(max(min(high[0], o.width / 2) - max(low[0], -o.width / 2), 0.0) for low, high in cloths)
                share = max(share, 0.9 * float(over) / o.width)
                break
        covered.append(min(share, 0.95))
    return covered


def fulfil_wishes(interior: Interior) -> list[Placed]:
    """Fulfil the kind's wishes in their order, if there is space; return the placed furniture.

    Rooms are more or less full: a wish has its chance once in some, in others up to three times.
    """
    layout, found = interior.layout, []
    room = interior.hull.room
    if room.slope is None and interior.maybe(interior.kind.columns):
        column = on_walls.column(interior.rng, interior.looks, room.height - 0.001)
        if interior.maybe(0.7):
            layout.against(column, corner=0.5)
        else:
            layout.freely(column, loose=0.0)
    full = interior.rng.uniform(1.0, 3.0)
    for wish in interior.kind.wishes:
        for _ in range(wish.most):
            if interior.maybe((1.0 - wish.chance) ** full):
                continue
            piece = interior.make(*wish.makers)
            if wish.where == "floor":
                one = layout.freely(piece)
            elif wish.where == "askew":
                one = layout.in_corner(piece)
            else:
                one = layout.against(piece, corner=0.75 if wish.where == "corner" else 0.25)
            if one is not None:
                found.append(one)
                if 0.4 < float(one.piece.high[2]) < 1.0 and interior.maybe(0.3):
                    put_first(interior, one, (lamps.table_lamp,))
    return found


def light_ceiling(interior: Interior) -> None:
    """Hang a lamp in the room's middle, more of them in large rooms."""
    room, rng = interior.hull.room, interior.rng
    if interior.hull.windows and not interior.maybe(interior.kind.lit):
        return
    lamp = interior.make(*interior.kind.lamps)
    across, along = max(1, round(room.width / 4.5)), max(1, round(room.depth / 4.5))
    for i in range(across):
        for j in range(along):
            for attempt in range(20):  # farther aside, past furniture that reaches the ceiling
                aside = 0.05 + 0.03 * attempt
                x = room.width * (i + 0.5) / across + rng.gauss(0.0, aside)
                y = room.depth * (j + 0.5) / along + rng.gauss(0.0, aside)
                if interior.layout.below_ceiling(lamp, x, y) is not None:
                    break


def put_first(interior: Interior, holder: Placed, makers: Sequence[Maker], spread: float = 12.0) -> Placed | None:
    """Put a piece on the largest surface of another one, at its back."""
    surfaces = [s for s in holder.piece.surfaces if s.kind not in ("floor", "seat", "bed")]
    if not surfaces:
        return None
    best = max(surfaces, key=lambda s: (s.high[0] - s.low[0]) * (s.high[1] - s.low[1]) * min(s.room, 0.8))
    rng = interior.rng
    return interior.layout.put_on(interior.make(*makers), holder, best, lambda: rng.gauss(0.0, spread), True, 20)


def furnish_walls(interior: Interior, over: Sequence[Placed]) -> None:
    """Hang sockets, switches, pictures above furniture, and the kind's things on walls."""
    rng, looks, layout, hull = interior.rng, interior.looks, interior.layout, interior.hull
    for wall, door in hull.doors:
        x = door.hole.right + 0.2 if door.left else door.hole.left - 0.2
        switch = on_walls.switch(rng, looks)
        if 0.05 < x < wall.length - 0.05:
            layout.try_at(switch, wall.at @ spot(x, -0.001 - layout.skin - float(switch.high[1]), switch.hung), 0.02)
    for one in over:
        if rng.random() < 0.55:
            layout.hang(what_lies_where.draw(rng, looks, what_lies_where.PICTURES), over=one)
    length = sum(wall.length for wall in hull.room.walls)
    for _ in range(int(length * rng.uniform(0.1, 0.6) + rng.random())):
        layout.hang(what_lies_where.draw(rng, looks, interior.kind.walls))
    for _ in range(rng.randint(2, 5)):
        layout.hang(on_walls.socket(rng, looks))
    if rng.random() < 0.2:
        layout.hang(on_walls.thermostat(rng, looks))


def heat(interior: Interior, chance: float = 0.4) -> None:
    """Put radiators below windows."""
    rng, layout = interior.rng, interior.layout
    if rng.random() > chance:
        return
    for wall, window in interior.hull.windows:
        piece = on_walls.radiator(rng, interior.looks)
        low = max(piece.hung, SKIRT)
        at = wall.at @ spot(window.hole.middle, -0.001 - layout.skin - float(piece.high[1]), low)
        if low + float(piece.high[2]) < window.hole.sill - 0.08:
            layout.try_at(piece, at)


AMOUNTS = {
    "desk": 13.0,
    "table": 7.0,
    "low table": 9.0,
    "counter": 12.0,
    "top": 13.0,
    "shelf": 14.0,
    "seat": 0.8,
    "bed": 1.1,
    "rim": 16.0,
    "floor": 1.2,
}
"""Things on a square metre of a surface."""


def strew(interior: Interior) -> None:
    """Put things on all surfaces and on the floor, more or fewer of them from room to room."""
    rng, looks, layout = interior.rng, interior.looks, interior.layout
    mess = rng.choice((0.6, 0.9, 1.2, 1.5, 1.9, 2.5))
    for holder in list(layout.placed):
        for surface in holder.piece.surfaces:
            wide, deep = (b - a for a, b in zip(surface.low, surface.high))
            count = AMOUNTS[surface.kind] * wide * deep * mess * rng.uniform(0.3, 1.5)
            things = interior.kind.on.get(surface.kind, what_lies_where.ON[surface.kind])
            for _ in range(min(int(count + rng.random()), 14)):
                piece = what_lies_where.draw(rng, looks, things)
                layout.put_on(piece, holder, surface, _turns(rng, surface.kind), surface.kind == "shelf")
    for _ in range(int(interior.area * mess * rng.uniform(0.3, 0.8) + rng.random())):
        layout.drop(
            what_lies_where.draw(rng, looks, interior.kind.floor),
            lambda: rng.gauss(0.0, 25.0),
            rng.random() < 0.85,
        )


def _turns(rng: random.Random, kind: str) -> Callable[[], float]:
    if kind == "shelf":
        return lambda: rng.gauss(0.0, 1.5)
    if kind in ("bed", "floor", "seat"):
        return lambda: rng.uniform(0.0, 360.0)
    return lambda: rng.gauss(0.0, 20.0)


def ungrouped(piece: Piece) -> Piece:
    """Return a piece without free space before it, for pieces that stand before another one."""
    return replace(piece, front=0.0)


def chairs_at(interior: Interior, table: Placed, makers: Sequence[Maker], share: float = 0.85) -> list[Placed]:
    """Put chairs of one kind around a table, pushed in or pulled out, some turned a little."""
    rng, layout = interior.rng, interior.layout
    chair = ungrouped(interior.make(*makers))
    low, high = table.piece.low, table.piece.high
    wide, deep = float(high[0] - low[0]), float(high[1] - low[1])
    middle = spot(float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2)
    places: list[tuple[float, float, float]] = []
    for length, out, turns in ((wide, deep, (0.0, 180.0)), (deep, wide, (90.0, -90.0))):
        count = int(length / (float(chair.size[0]) + 0.12))
        for turn in turns:
            places += [((i + 0.5) * length / count - length / 2, out / 2, turn) for i in range(count)]
    found = []
    for x, out, turn in places:
        if rng.random() > share:
            continue
        # A chair's own back is at y = 0; its front, towards the table, is to reach under the top.
        for pushed in (rng.uniform(0.05, 0.3), 0.0, -0.1):
            y = out + float(chair.size[1]) - pushed
            at = table.at @ middle @ spot(0, 0, 0, turn) @ spot(x, y, 0.0, rng.gauss(0.0, 6.0))
            one = layout.tucked(chair, at, table)
            if one is not None:
                found.append(one)
                break
    return found
