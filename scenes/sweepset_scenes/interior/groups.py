"""Things that belong together: a bed and its night stands, a sofa and a low table, a desk or a table with chairs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ..furniture import electronics, lamps, tables, textiles
from ..piece import Placed
from ..shapes.primitives import spot
from . import furnish
from .room_kind import Interior, Maker


def sleep(
    room: Interior, makers: Sequence[Maker], stands: Sequence[Maker], bench: Sequence[Maker] = ()
) -> Placed | None:
    """Put a bed with its head to a wall, most often away from corners, and night stands beside it."""
    layout, rng = room.layout, room.rng
    bed = None
    for maker in makers:
        piece = room.make(maker)
        wide = float(piece.size[0]) > 1.2
        bed = layout.against(piece, corner=0.15 if wide else 0.75)
        if bed is not None:
            break
    if bed is None:
        return None
    if stands:
        stand = room.make(*stands)
        for side in rng.sample((-1, 1), 2):
            if rng.random() < 0.85:
                other = stand if rng.random() < 0.7 else room.make(*stands)
                one = layout.beside(other, bed, side, rng.uniform(0.03, 0.15))
                if one is not None and rng.random() < 0.75:
                    furnish.put_first(room, one, (lamps.table_lamp,))
    if rng.random() < 0.35:
        foot = float(bed.piece.low[1])
        layout.lay(room.make(textiles.rug), bed.at @ spot(rng.uniform(-0.6, 0.6), foot + rng.uniform(-0.3, 0.5)))
    if bench and rng.random() < 0.3:
        layout.before(room.make(*bench), bed, rng.uniform(0.04, 0.15))
    return bed


def sit(room: Interior, makers: Sequence[Maker]) -> Placed | None:
    """Put a sofa at a wall or with its back to the room, a low table before it, side tables and armchairs around."""
    layout, rng = room.layout, room.rng
    sofa = None
    for _ in range(4):
        piece = room.make(*makers)
        if rng.random() < 0.8:
            sofa = layout.against(piece, corner=0.2, off=rng.uniform(0.03, 0.12))
        else:
            sofa = layout.freely(piece, loose=0.0)
        if sofa is not None:
            break
    if sofa is None:
        return None
    if rng.random() < 0.8:
        low = furnish.ungrouped(room.make(tables.coffee_table))
        for away in (rng.uniform(0.3, 0.45), 0.3):
            x = rng.gauss(0.0, 0.1)
            at = sofa.at @ spot(x, float(sofa.piece.low[1]) - away, 0.0, rng.gauss(0.0, 2.0))
            if layout.tucked(low, at, sofa) is not None:
                break
    for side in rng.sample((-1, 1), 2):
        if rng.random() < 0.5:
            table = furnish.ungrouped(room.make(tables.side_table))
            one = layout.beside(table, sofa, side, rng.uniform(0.03, 0.1))
            if one is not None and rng.random() < 0.6:
                furnish.put_first(room, one, (lamps.table_lamp,))
        elif rng.random() < 0.4:
            layout.beside(room.make(lamps.floor_lamp), sofa, side, rng.uniform(0.03, 0.1))
    if rng.random() < 0.6:
        for _ in range(3):
            away = float(sofa.piece.low[1]) - rng.uniform(0.5, 0.9)
            if layout.lay(room.make(textiles.rug), sofa.at @ spot(0.0, away, 0.0, rng.gauss(0.0, 1.5))) is not None:
                break
    return sofa


def seats_around(room: Interior, sofa: Placed, makers: Sequence[Maker], count: int) -> list[Placed]:
    """Put armchairs at the sides of the room before a sofa, turned towards its middle."""
    layout, rng = room.layout, room.rng
    found = []
    for side in rng.sample((-1, 1), 2)[:count]:
        piece = furnish.ungrouped(room.make(*makers))
        deep = float(piece.size[1])
        for _ in range(10):
            out = float(sofa.piece.size[0]) / 2 + rng.uniform(-0.1, 0.7)
            away = rng.uniform(0.25, 1.3)
            # Its front looks across; its back, at y = 0 of its own, is on the outer side.
            at = sofa.at @ spot(side * (out + deep * 0.4), float(sofa.piece.low[1]) - away - 0.3, 0.0, side * -90.0)
            at = at @ spot(0.0, 0.0, 0.0, rng.uniform(-5.0, 40.0) * side)
            one = layout.try_at(piece, at, beside=(sofa,))
            if one is not None:
                found.append(one)
                break
    return found


def work(
    room: Interior, desks: Sequence[Maker], chairs: Sequence[Maker], computer: float = 0.6, corner: float = 0.5
) -> Placed | None:
    """Put a desk at a wall with a chair before it, pushed in, pulled out or turned away."""
    layout = room.layout
    desk = None
    for _ in range(4):
        desk = layout.against(room.make(*desks), corner=corner)
        if desk is not None:
            break
    if desk is None:
        return None
    seat_at(room, desk, chairs)
    if room.maybe(computer):
        equip(room, desk)
    if room.maybe(0.4):
        furnish.put_first(room, desk, (lamps.desk_lamp,), 25.0)
    return desk


def seat_at(room: Interior, desk: Placed, chairs: Sequence[Maker]) -> Placed | None:
    """Put a chair before a desk or a dressing table."""
    layout, rng = room.layout, room.rng
    chair = furnish.ungrouped(room.make(*chairs))
    low = desk.piece.low
    for i in range(10):
        x = rng.gauss(0.0, 0.12 + 0.03 * i)
        away = rng.uniform(-0.3, 0.25) + 0.05 * i
        at = desk.at @ spot(x, float(low[1]) - away - float(chair.size[1]), 0.0, 180.0 + rng.gauss(0.0, 25.0))
        one = layout.tucked(chair, at, desk)
        if one is not None:
            return one
    return None


def dine(
    room: Interior, makers: Sequence[Maker], chairs: Sequence[Maker], at_wall: float = 0.15, share: float = 0.9
) -> Placed | None:
    """Put a table in the room, or at a wall in small ones, with chairs around it."""
    layout, rng = room.layout, room.rng
    for _ in range(5):
        piece = room.make(*makers)
        if rng.random() < at_wall:
            table = layout.against(piece, corner=0.3)
        else:
            table = layout.freely(piece, loose=3.0, margin=rng.uniform(0.45, 0.7))
            table = table or layout.freely(piece, turns=(0, 90), loose=1.0, margin=0.35)
        if table is not None:
            furnish.chairs_at(room, table, chairs, share)
            middle = table.at @ spot(0.0, -float(table.piece.size[1]) / 2)
            if rng.random() < 0.35:
                layout.lay(room.make(textiles.rug), middle)
            x, y = middle.translation.x, middle.translation.y
            if rng.random() < 0.75:
                high = room.hull.room.height - float(table.piece.high[2]) - rng.uniform(0.6, 0.75)
                lamp = rng.choice((partial(lamps.pendant, drop=high), lamps.chandelier, lamps.ceiling_lamp))
                layout.below_ceiling(room.make(lamp), x, y)
            return table
    return None


def watch(room: Interior, viewer: Placed, stands: Sequence[Maker]) -> Placed | None:
    """Put a television in sight of a seat or a bed: on a stand at the wall, on the wall, or on a stand in a corner."""
    layout, rng = room.layout, room.rng
    if rng.random() < 0.2:
        screen = layout.facing(room.make(electronics.wall_television), viewer, 1.5, 7.0)
        if screen is not None:
            return screen
    piece = room.make(*stands)
    stand = layout.facing(piece, viewer, 1.0, 7.0) or layout.in_corner(piece) or layout.against(piece)
    if stand is None:
        return None
    screen = furnish.put_first(room, stand, (electronics.television,), 3.0)
    for maker in (electronics.stereo, electronics.speaker, electronics.game_console):
        if rng.random() < 0.35:
            furnish.put_first(room, stand, (maker,), 5.0)
    return screen


def equip(room: Interior, desk: Placed) -> None:
    """Put a computer on a desk: a monitor with a keyboard before it and a tower below, or a laptop."""
    layout, rng = room.layout, room.rng
    if rng.random() < 0.3:
        furnish.put_first(room, desk, (electronics.laptop,), 10.0)
        return
    screen = furnish.put_first(room, desk, (electronics.monitor,), 12.0)
    if screen is None:
        return
    keys = room.make(electronics.keyboard)
    deep = float(keys.size[1])
    front = float(screen.piece.low[1]) - rng.uniform(0.08, 0.2)
    at = screen.at @ spot(rng.uniform(-0.05, 0.05), front - float(keys.high[1]), 0.0, rng.gauss(0.0, 4.0))
    edge = (desk.at.inverted() @ at).translation.y - deep
    if edge > float(desk.piece.low[1]):
        layout.try_at(keys, at, 0.004, on=desk)
    tower = room.make(electronics.computer)
    for surface in desk.piece.surfaces:
        if surface.kind == "floor" and layout.put_on(tower, desk, surface, lambda: rng.gauss(0.0, 8.0)) is not None:
            return
    layout.drop(tower, lambda: rng.gauss(0.0, 8.0))
