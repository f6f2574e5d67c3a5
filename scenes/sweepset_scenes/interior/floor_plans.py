"""Floor plans of rooms, drawn by a seed: size and outline, sloped ceilings, places of doors and windows.

Sizes are those of North American flats and houses: doors 0.70 to 0.90 m wide, sills 0.75 to 1.1 m high, ceilings
2.4 to 2.9 m. Lengths are metres.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from ..shapes.walls import WALL, Opening, Rect, Room, Slope, Wall
from . import openings
from .openings import Door, Window

SPAN = tuple[float, float]
EDGE = 0.12
"""Width of a casing beside a hole."""


@dataclass(frozen=True)
class Form:
    """The forms that a kind of room may have: ranges in metres, chances from 0 to 1, numbers to choose from."""

    width: SPAN
    depth: SPAN
    height: SPAN = (2.4, 2.8)
    corner: float = 0.3
    """Chance of an L, a corner that another room takes."""
    niche: float = 0.15
    """Chance of a block that stands out of a wall: a chimney, a duct."""
    slope: float = 0.08
    doors: tuple[int, ...] = (1, 2)
    windows: tuple[int, ...] = (1, 1, 2)
    sills: SPAN = (0.75, 1.05)
    full: float = 0.1
    """Chance that a window reaches to the floor."""
    wide: SPAN = (0.6, 1.5)
    """Width of windows."""
    passage: float = 0.1
    """Chance that a doorway has no door."""


@dataclass(frozen=True)
class Hull:
    """A room with its doors and windows, each with its wall; the first door is the entrance."""

    room: Room
    doors: tuple[tuple[Wall, Door], ...]
    windows: tuple[tuple[Wall, Window], ...]

    def holes(self, wall: Wall) -> list[Opening]:
        """Return the holes in a wall."""
        return [one.hole for there, one in (*self.doors, *self.windows) if there == wall]


def draw_hull(rng: random.Random, form: Form) -> Hull:
    """Draw a room's form."""
    room = _draw_room(rng, form)
    taken: dict[Wall, list[Rect]] = {wall: [] for wall in room.walls}
    doors: list[tuple[Wall, Door]] = []
    design = rng.choice(("flat", "two", "six", "six", "five"))
    for number in range(rng.choice(form.doors)):
        door = _draw_door(rng, form, room, taken, design, number)
        if door is not None:
            doors.append(door)
    windows: list[tuple[Wall, Window]] = []
    style = (rng.choice((1, 1, 2)), rng.choice((1, 2)), rng.random() < 0.3)
    sides = [wall for wall in room.walls if not taken[wall]] or list(room.walls)
    outer = rng.sample(sides, min(2, len(sides)))
    sill, head = rng.uniform(*form.sills), rng.uniform(1.95, 2.2)
    for _ in range(rng.choice(form.windows)):
        window = _draw_window(rng, form, room, taken, outer, (sill, head), style)
        if window is not None:
            windows.append(window)
    return Hull(room, tuple(doors), tuple(windows))


def _draw_room(rng: random.Random, form: Form) -> Room:
    width, depth, height = rng.uniform(*form.width), rng.uniform(*form.depth), rng.uniform(*form.height)
    if rng.random() < 0.5:
        width, depth = depth, width
    blocks: tuple[Rect, ...] = ()
    chance = rng.random()
    if chance < form.corner:
        x, y = rng.uniform(0.2, 0.42) * width, rng.uniform(0.2, 0.42) * depth
        x0, y0 = rng.choice((0.0, width - x)), rng.choice((0.0, depth - y))
        blocks = ((x0, y0, x0 + x, y0 + y),)
    elif chance < form.corner + form.niche:
        wide, deep = rng.uniform(0.7, 1.5), rng.uniform(0.3, 0.45)
        x0 = rng.uniform(0.7, max(width - wide - 0.7, 0.71))
        y0 = rng.choice((0.0, depth - deep))
        if x0 + wide < width - 0.6:
            blocks = ((x0, y0, x0 + wide, y0 + deep),)
    slope = None
    if not blocks and rng.random() < form.slope:
        side = rng.choice(("west", "north", "east", "south"))
        across = width if side in ("west", "east") else depth
        knee = rng.uniform(1.2, 1.7)
        slope = Slope(side, knee, min((height - knee) * rng.uniform(0.9, 1.5), 0.5 * across))
    return Room(width, depth, height, blocks, slope)


def _lowest(room: Room, wall: Wall, left: float, right: float) -> float:
    """Return how low the ceiling comes over a stretch of a wall."""
    return min(room.ceiling(*wall.point(x)) for x in (left, right))


def _is_free(room: Room, taken: dict[Wall, list[Rect]], wall: Wall, hole: Opening) -> bool:
    """Tell whether a hole, with its casing, fits in a wall beside the others."""
    left, right = hole.left - EDGE, hole.right + EDGE
    if left < 0.0 or right > wall.length or hole.head + 0.12 > _lowest(room, wall, hole.left, hole.right):
        return False
    return all(right < low or left > high for low, _, high, _ in taken[wall])


def _has_hall(room: Room, wall: Wall, hole: Opening) -> bool:
    """Tell whether the hallway behind a hole keeps clear of the room, its own walls included."""
    xs = [hole.left - 0.9 + i * (hole.width + 1.8) / 12 for i in range(13)]
    return not any(room.holds(*wall.point(x, WALL + 0.05 + i * 0.15)) for x in xs for i in range(11))


def _draw_door(
    rng: random.Random, form: Form, room: Room, taken: dict[Wall, list[Rect]], design: str, number: int
) -> tuple[Wall, Door] | None:
    passage = number > 0 and rng.random() < form.passage
    stands_open = rng.random() < 0.25
    for _ in range(60):
        wall = rng.choice(room.walls)
        door = openings.draw_door(rng, rng.uniform(0.08, 0.3), "" if passage else design, stands_open)
        hole = door.hole
        room_for = wall.length - hole.right - EDGE
        if room_for < 0.0:
            continue
        # Most doors are near a corner.
        shift = rng.choice((0.0, room_for - rng.uniform(0.0, 0.15), rng.uniform(0.0, room_for)))
        hole = Opening(hole.left + max(shift, 0.0), hole.right + max(shift, 0.0), hole.sill, hole.head)
        # The hallway behind an open door must not reach into another part of the room.
        closed = not _has_hall(room, wall, hole)
        if _is_free(room, taken, wall, hole) and not (closed and passage):
            taken[wall].append((hole.left - EDGE, 0.0, hole.right + EDGE, 0.0))
            return wall, Door(hole, door.design, door.left, door.inwards, 0.0 if closed else door.angle)
    return None


def _draw_window(
    rng: random.Random,
    form: Form,
    room: Room,
    taken: dict[Wall, list[Rect]],
    outer: list[Wall],
    levels: tuple[float, float],
    style: tuple[int, int, bool],
) -> tuple[Wall, Window] | None:
    columns, rows, bars = style
    full = rng.random() < form.full
    for _ in range(40):
        wall = rng.choice(outer)
        width = rng.uniform(1.4, 2.3) if full else rng.uniform(*form.wide)
        if width > wall.length - 2 * EDGE - 0.1:
            continue
        left = rng.choice((rng.uniform(EDGE, wall.length - EDGE - width), (wall.length - width) / 2))
        sill, head = (0.02, 2.05) if full else levels
        hole = Opening(left, left + width, sill, head)
        if _is_free(room, taken, wall, hole):
            taken[wall].append((left - EDGE, 0.0, left + width + EDGE, 0.0))
            many = 2 if full else max(columns, round(width / 1.0))
            return wall, Window(hole, many, 1 if full else rows, bars and not full)
    return None
