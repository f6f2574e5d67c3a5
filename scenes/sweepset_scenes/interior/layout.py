"""The places of pieces in a room: against walls, in corners, beside, before, above and on one another.

A `Layout` holds the placed pieces. Each method draws some places and takes the first that fits: inside the room, clear
of all others, with a way left to walk. Pieces are upright boxes, one per part; `kept` boxes are space that has to stay
free, before a wardrobe or inside a door's swing. Lengths are metres.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from mathutils import Matrix, Vector
from mathutils.bvhtree import BVHTree

from ..piece import Piece, Placed, Surface
from ..shapes.primitives import spot
from ..shapes.walls import WALL, Wall
from .floor_plans import Hull
from .openings import Door

GAP = 0.012
"""Gap between pieces."""
BASEBOARD = 0.017
"""Least gap between standing pieces and all walls."""
OFF = 0.022
"""Gap between a wall and a piece that stands at it."""
SKIRT = 0.16
"""Height of the baseboard, below which nothing hangs."""
CORNICE = 0.08
"""Gap between high pieces and the ceiling."""
BODY = 0.2
"""Radius of a walking person."""
STEP = 0.1
"""Cell of the grid on which ways to walk are searched."""
LOW = 0.05
"""Lower things can be walked on."""
SOFT = {"bed": (0.06, 0.02), "seat": (0.06, 0.001)}
"""Surfaces that give way: how uneven they may be below a thing, and how deep it sinks in."""
TRIES = 40


@dataclass(frozen=True)
class Block:
    """An upright box, maybe turned: its corners on the floor, (4, 2), in order, and from which height to which."""

    corners: np.ndarray
    bottom: float
    top: float

    @property
    def low(self) -> np.ndarray:
        return np.append(self.corners.min(axis=0), self.bottom)

    @property
    def high(self) -> np.ndarray:
        return np.append(self.corners.max(axis=0), self.top)


def block(at: Matrix, low: Sequence[float], high: Sequence[float]) -> Block:
    """Return a box between two corners in the axes of `at`, which is turned about the vertical only."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    corners = [at @ Vector((x, y, 0.0)) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
    up = at.translation.z
    return Block(np.array([corner[:2] for corner in corners]), up + float(z0), up + float(z1))


def blocks(placed: Placed) -> list[Block]:
    """Return the boxes of a piece's parts."""
    return [block(placed.at, *part.bounds) for part in placed.piece.parts]


def overlap(a: Block, b: Block, gap: float = 0.0) -> bool:
    """Tell whether two boxes come nearer than `gap` to each other; above each other they may touch."""
    if a.bottom >= b.top - 1e-4 or b.bottom >= a.top - 1e-4:
        return False
    for corners in (a.corners, b.corners):
        for edge in (corners[1] - corners[0], corners[2] - corners[1]):
            length = math.hypot(edge[0], edge[1])
            if length < 1e-9:
                continue
            p, q = a.corners @ edge / length, b.corners @ edge / length
            if p.max() + gap <= q.min() or q.max() + gap <= p.min():
                return False
    return True


class Crowd:
    """Boxes with their owners; finds the owners of boxes that another box meets."""

    def __init__(self) -> None:
        self._blocks: list[tuple[Block, object]] = []
        self._low, self._high = np.zeros((64, 3)), np.zeros((64, 3))

    def add(self, block: Block, owner: object) -> None:
        """Take in a box."""
        count = len(self._blocks)
        if count == len(self._low):
            self._low, self._high = np.tile(self._low, (2, 1)), np.tile(self._high, (2, 1))
        self._low[count], self._high[count] = block.low, block.high
        self._blocks.append((block, owner))

    def meets(self, block: Block, gap: float = 0.0, but: Collection[object] = ()) -> list[object]:
        """Return the owners of the boxes that a box meets."""
        count = len(self._blocks)
        beside = np.array((gap, gap, 0.0))
        near = (self._low[:count] < block.high + beside) & (self._high[:count] > block.low - beside)
        found = []
        for i in np.flatnonzero(near.all(axis=1)):
            other, owner = self._blocks[i]
            if not any(owner is one for one in but) and overlap(block, other, gap):
                found.append(owner)
        return found

    def __iter__(self) -> Iterable[tuple[Block, object]]:
        return iter(self._blocks)


@dataclass
class Layout:
    """A room that is being furnished."""

    hull: Hull
    rng: random.Random
    skin: float = 0.0
    """Thickness of what covers the walls."""
    placed: list[Placed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.solid, self.kept = Crowd(), Crowd()
        self._goals: list[Block] = []
        self._held: list[tuple[Placed, list[BVHTree]]] = []
        room = self.hull.room
        for x0, y0, x1, y1 in room.blocks:
            self.solid.add(block(spot(0, 0), (x0, y0, 0.0), (x1, y1, room.height)), None)
        for wall, door in self.hull.doors:
            o, w = door.hole, door.leaf_width
            deep = w + 0.05 if door.inwards and door.design else 0.65
            self.kept.add(block(wall.at, (o.left - 0.09, -deep, 0.0), (o.right + 0.09, 0.0, o.head + 0.1)), door)
        for wall, window in self.hull.windows:
            o = window.hole
            low = 0.0 if window.full else o.sill - 0.06
            deep = 0.6 if window.full else 0.3
            self.kept.add(block(wall.at, (o.left - 0.1, -deep, low), (o.right + 0.1, 0.0, o.head + 0.1)), window)

    # What fits.

    def fits(
        self, piece: Piece, at: Matrix, gap: float = GAP, beside: Collection[object] = (), on: object = None
    ) -> bool:
        """Tell whether a piece fits at a place; it may enter space kept by pieces it is `beside`, and its holder."""
        room = self.hull.room
        mine = blocks(Placed(piece, at))
        for one in mine:
            stands = on is None and piece.hung == 0.0 and one.bottom < SKIRT
            if not self._is_inside(one, BASEBOARD if stands else -1e-3):
                return False
            if any(one.top > room.ceiling(float(x), float(y)) + 1e-3 for x, y in one.corners):
                return False
            if self.solid.meets(one, gap, (on,) if on is not None else ()):
                return False
            if stands and None in self.solid.meets(one, BASEBOARD):
                return False
            if on is None and self.kept.meets(one, 0.0, beside):
                return False
        return piece.front == 0.0 or not self.solid.meets(self._before(piece, at), 0.0, beside)

    def _is_inside(self, one: Block, off: float) -> bool:
        """Tell whether a box is so far inside the rectangle around the room."""
        room = self.hull.room
        return all(off <= x <= room.width - off and off <= y <= room.depth - off for x, y in one.corners)

    def _before(self, piece: Piece, at: Matrix) -> Block:
        """Return the box before a piece that its use needs free."""
        low, high = piece.low, piece.high
        top = max(high[2], LOW + 0.01)
        return block(at, (low[0] + 0.02, low[1] - piece.front, LOW), (high[0] - 0.02, low[1], top))

    def add(self, piece: Piece, at: Matrix) -> Placed:
        """Put a piece at a place, whether it fits or not, and keep the space before it free."""
        one = Placed(piece, at)
        self.placed.append(one)
        for mine in blocks(one):
            self.solid.add(mine, one)
        if piece.front:
            before = self._before(piece, at)
            self.kept.add(before, one)
            if at.translation.z < 0.5:
                self._goals.append(before)
        return one

    def keep(self, owner: Placed, margin: float) -> None:
        """Keep room free all around a piece."""
        low, high = owner.piece.low, owner.piece.high
        ring = block(owner.at, (low[0] - margin, low[1] - margin, LOW), (high[0] + margin, high[1] + margin, 1.5))
        self.kept.add(ring, owner)

    def try_at(
        self, piece: Piece, at: Matrix, gap: float = GAP, beside: Collection[object] = (), on: object = None
    ) -> Placed | None:
        """Put a piece somewhere if it fits and leaves a way to walk."""
        if not self.fits(piece, at, gap, beside, on):
            return None
        flat = piece.high[2] < LOW or (piece.size[1] < 0.12 and piece.hung > 0.0)
        if on is None and at.translation.z + piece.low[2] < 1.7 and not flat:
            before = [self._before(piece, at)] if piece.front and at.translation.z < 0.5 else []
            if not self.is_walkable(blocks(Placed(piece, at)), before):
                return None
        return self.add(piece, at)

    # Ways to walk.

    def is_walkable(self, more: Sequence[Block] = (), goals: Sequence[Block] = ()) -> bool:
        """Tell whether, with more boxes, one can walk from the door to most of the floor and to all that is used."""
        room = self.hull.room
        xs = np.arange(STEP / 2, room.width, STEP)
        ys = np.arange(STEP / 2, room.depth, STEP)
        free = np.ones((len(xs), len(ys)), bool)
        free[(xs < BODY) | (xs > room.width - BODY), :] = False
        free[:, (ys < BODY) | (ys > room.depth - BODY)] = False
        # Doors move.
        standing = (one for one, owner in self.solid if not isinstance(owner, Door))
        for one in (*standing, *more):
            if one.top > LOW and one.bottom < 1.8:
                low, high = one.low - BODY, one.high + BODY
                across = np.flatnonzero((xs > low[0]) & (xs < high[0]))
                along = np.flatnonzero((ys > low[1]) & (ys < high[1]))
                if len(across) and len(along):
                    free[across[0] : across[-1] + 1, along[0] : along[-1] + 1] = False
        wall, door = self.hull.doors[0]
        x, y = wall.point(door.hole.middle, -0.35)
        start = (min(int(x / STEP), len(xs) - 1), min(int(y / STEP), len(ys) - 1))
        reached = flood(free, start)
        if reached.sum() < max(0.8 * free.sum(), 25):
            return False
        for goal in (*self._goals, *goals):
            low, high = goal.low - BODY, goal.high + BODY
            part = reached[np.ix_((xs > low[0]) & (xs < high[0]), (ys > low[1]) & (ys < high[1]))]
            if not part.any():
                return False
        return True

    # Ways to place.

    def against(
        self,
        piece: Piece,
        walls: Sequence[Wall] | None = None,
        corner: float = 0.3,
        beside: Collection[object] = (),
        off: float = OFF,
        tries: int = TRIES,
    ) -> Placed | None:
        """Put a piece against a wall, with the given chance into its corner."""
        half = piece.size[0] / 2
        middle = float(piece.low[0] + piece.high[0]) / 2
        usable = [
            wall for wall in (walls if walls is not None else self.hull.room.walls) if wall.length > 2 * half + 0.05
        ]
        if not usable:
            return None
        for _ in range(tries):
            wall = self.rng.choices(usable, [wall.length for wall in usable])[0]
            spare = wall.length - 2 * half - 2 * OFF
            if self.rng.random() < corner:
                x = half + OFF + self.rng.choice((0.0, spare))
            else:
                x = half + OFF + self.rng.random() * max(spare, 0.0)
            at = wall.at @ spot(x - middle, -off - float(piece.high[1]), 0.0)
            one = self.try_at(piece, at, beside=beside)
            if one is not None:
                return one
        return None

    def in_corner(self, piece: Piece, degrees: float = 45.0) -> Placed | None:
        """Put a piece into a corner, turned towards the room's middle."""
        walls = [wall for wall in self.hull.room.walls if wall.ends[0] == WALL]
        self.rng.shuffle(walls)
        for wall in walls:
            t = piece.size[0] / 2 * math.cos(math.radians(degrees)) + 2 * OFF
            one = self.try_at(piece, wall.at @ spot(t, -t, 0.0, degrees + self.rng.uniform(-4, 4)))
            if one is not None:
                return one
        return None

    def facing(
        self, piece: Piece, target: Placed, near: float = 1.4, far: float = 6.0, spread: float = 0.3
    ) -> Placed | None:
        """Put a piece against the wall that another piece faces."""
        middle = target.at @ Vector((0.0, float(target.piece.low[1]), 0.0))
        ahead = target.at.to_3x3() @ Vector((0.0, -1.0, 0.0))
        for wall in self.hull.room.walls:
            outward = wall.at.to_3x3() @ Vector((0.0, 1.0, 0.0))
            local = wall.at.inverted() @ middle
            if outward.dot(ahead) < 0.9 or not near < -local.y < far:
                continue
            for i in range(16):
                x = local.x + self.rng.gauss(0.0, spread * (1 + i / 8))
                if piece.size[0] / 2 + OFF < x < wall.length - piece.size[0] / 2 - OFF:
                    off = OFF if piece.hung == 0.0 else 0.001 + self.skin + float(piece.high[1])
                    one = self.try_at(piece, wall.at @ spot(x, -off, piece.hung))
                    if one is not None:
                        return one
        return None

    def beside(self, piece: Piece, anchor: Placed, side: int, gap: float = 0.05) -> Placed | None:
        """Put a piece at the left (-1) or the right (1) of another one that stands at a wall, their backs in line."""
        half = float(piece.size[0]) / 2
        edge = float(anchor.piece.high[0] if side > 0 else -anchor.piece.low[0])
        return self.try_at(piece, anchor.at @ spot(side * (edge + gap + half), 0.0), beside=(anchor,))

    def before(
        self, piece: Piece, anchor: Placed, away: float, x: float = 0.0, turn: float = 0.0, exact: bool = False
    ) -> Placed | None:
        """Put a piece `away` from another one's front, turned by 180 to face it; `exact` goes by shapes, not boxes."""
        depth = float(piece.size[1])
        y = float(anchor.piece.low[1]) - away - (depth if abs(turn) > 90 else 0.0)
        at = anchor.at @ spot(x, y, 0.0, turn)
        if not exact:
            return self.try_at(piece, at, beside=(anchor,))
        return self.tucked(piece, at, anchor)

    def tucked(self, piece: Piece, at: Matrix, anchor: Placed) -> Placed | None:
        """Put a piece partly under or into another one's box, if their shapes do not touch."""
        others = [one for mine in blocks(Placed(piece, at)) for one in self.solid.meets(mine, GAP)]
        if any(one is not anchor for one in others) or touch(Placed(piece, at), anchor):
            return None
        if not self.fits(piece, at, 0.0, (anchor,), anchor) or any(
            self.kept.meets(mine, 0.0, (anchor,)) for mine in blocks(Placed(piece, at))
        ):
            return None
        if not self.is_walkable(blocks(Placed(piece, at))):
            return None
        return self.add(piece, at)

    def freely(
        self, piece: Piece, turns: Sequence[float] = (0, 90, 180, 270), loose: float = 4.0, margin: float = 0.0
    ) -> Placed | None:
        """Put a piece on the floor, the first tries near the room's middle, with a margin kept free around it."""
        room = self.hull.room
        for i in range(TRIES):
            spread = 0.15 + 0.5 * i / TRIES
            x = room.width * (0.5 + self.rng.uniform(-spread, spread))
            y = room.depth * (0.5 + self.rng.uniform(-spread, spread))
            turn = self.rng.choice(turns) + self.rng.uniform(-loose, loose)
            depth = float(piece.size[1]) / 2
            at = spot(x, y, 0.0, turn) @ spot(0.0, depth)
            low, high = piece.low, piece.high
            ring = block(at, (low[0] - margin, low[1] - margin, LOW), (high[0] + margin, high[1] + margin, 1.0))
            if self._is_inside(ring, 0.0) and not self.solid.meets(ring):
                one = self.try_at(piece, at)
                if one is not None:
                    if margin:
                        self.keep(one, margin)
                    return one
        return None

    def wall_of(self, placed: Placed) -> tuple[Wall, float] | None:
        """Return the wall that a piece stands or hangs at, and where on it."""
        for wall in self.hull.room.walls:
            local = wall.at.inverted() @ placed.at
            turned = abs(local[0][0] - 1.0) < 1e-3
            if turned and -0.15 < local.translation.y <= 0.01 and 0 < local.translation.x < wall.length:
                return wall, float(local.translation.x)
        return None

    def hang(
        self,
        piece: Piece,
        over: Placed | None = None,
        walls: Sequence[Wall] | None = None,
        beside: Collection[object] = (),
        spread: float = 0.12,
        tries: int = 20,
    ) -> Placed | None:
        """Hang a piece on a wall, maybe above another one."""
        half = float(piece.size[0]) / 2
        for _ in range(tries):
            height = piece.hung
            if over is not None:
                there = self.wall_of(over)
                if there is None:
                    return None
                wall, x = there
                x += self.rng.gauss(0.0, spread) * float(over.piece.size[0]) / 2
                height = max(height, float(over.at.translation.z + over.piece.high[2]) + 0.1)
            else:
                wall = self.rng.choice(walls if walls is not None else self.hull.room.walls)
                x = self.rng.uniform(0.0, wall.length)
            # Clear of corners, and of a cornice.
            x_fits = half + 0.03 < x < wall.length - half - 0.03
            if not x_fits or max(height, SKIRT) + float(piece.high[2]) > self.hull.room.height - CORNICE:
                continue
            at = wall.at @ spot(x, -0.001 - self.skin - float(piece.high[1]), max(height, SKIRT))
            one = self.try_at(piece, at, 0.03, beside)
            if one is not None:
                return one
        return None

    def below_ceiling(self, piece: Piece, x: float, y: float) -> Placed | None:
        """Hang a piece from the ceiling, where it is level."""
        room = self.hull.room
        one = Placed(piece, spot(x, y, room.height - 0.0005))
        for mine in blocks(one):
            if not self._is_inside(mine, GAP) or self.solid.meets(mine, GAP):
                return None
            if any(room.ceiling(float(x), float(y)) < room.height - 1e-3 for x, y in mine.corners):
                return None
        return self.add(piece, one.at)

    def lay(self, piece: Piece, at: Matrix) -> Placed | None:
        """Lay a rug with its middle at `at`, under what stands there."""
        middle = at @ spot(0.0, float(piece.size[1]) / 2)
        one = Placed(piece, middle)
        for mine in blocks(one):
            if not self._is_inside(mine, 0.02):
                return None
            if any(owner is None for owner in self.solid.meets(mine, 0.02)):
                return None
            if any(_lies_flat(owner) for owner in self.solid.meets(mine, 0.02)):
                return None
            if any(not isinstance(owner, Placed) for owner in self.kept.meets(mine)):
                return None
        return self.add(piece, middle)

    def put_on(
        self,
        piece: Piece,
        holder: Placed,
        surface: Surface,
        turn: Callable[[], float],
        back: bool = False,
        tries: int = 8,
    ) -> Placed | None:
        """Put a thing on a free part of a piece's surface, at its `back` or anywhere."""
        top = float(holder.at.translation.z) + surface.z + float(piece.size[2])
        if piece.size[2] > surface.room - 0.01 or top > self.hull.room.height - CORNICE:
            return None
        for _ in range(tries):
            degrees = turn()
            wide, deep = _extent(piece, degrees)
            spare = (surface.high[0] - surface.low[0] - wide, surface.high[1] - surface.low[1] - deep)
            if min(spare) < 0.0:
                continue
            x = surface.low[0] + wide / 2 + self.rng.random() * spare[0]
            y = surface.low[1] + deep / 2 + (1.0 if back else self.rng.random()) * spare[1]
            middle = spot(0.0, -float(piece.low[1] + piece.high[1]) / 2)
            at = holder.at @ spot(x, y, surface.z + 0.0004, degrees) @ middle
            # Below a desk or a bed there is more free space than boxes tell.
            if surface.kind == "floor" and touch(Placed(piece, at), holder):
                continue
            if surface.kind in SOFT:
                # Bedding and seats are uneven: things on them sink in a little at the highest points.
                uneven, sinks = SOFT[surface.kind]
                levels = self._levels(piece, at, holder)
                if max(levels) - min(levels) > uneven:
                    continue
                at = spot(0.0, 0.0, max(levels) - sinks - float(at.translation.z)) @ at
            others = [block(holder.at, *part.bounds) for part in holder.piece.parts[1:]]
            mine = blocks(Placed(piece, at))
            if surface.kind in ("shelf", "top"):
                if any(overlap(a, b, 0.004) for a in mine for b in others):
                    continue
                # A shelf that became shallower on its way up may have no board here.
                under = at @ Vector((0.0, float(piece.low[1] + piece.high[1]) / 2, 0.01))
                down = Vector((0.0, 0.0, -1.0))
                if all(tree.ray_cast(under, down, 0.02)[0] is None for tree in self._trees_of(holder)):
                    continue
            one = self.try_at(piece, at, 0.006, on=holder)
            if one is not None:
                return one
        return None

    def _levels(self, piece: Piece, at: Matrix, holder: Placed) -> list[float]:
        """Return how high a piece reaches at points below another one that is to lie on it."""
        found = []
        for i in range(5):
            for j in range(5):
                across, along = (float(a + (b - a) * (k + 0.5) / 5) for a, b, k in zip(piece.low, piece.high, (i, j)))
                above = at @ Vector((across, along, 0.3))
                hits = [tree.ray_cast(above, Vector((0.0, 0.0, -1.0)), 0.6)[0] for tree in self._trees_of(holder)]
                found.append(max((hit.z for hit in hits if hit is not None), default=-1.0))
        return found

    def _trees_of(self, holder: Placed) -> list[BVHTree]:
        """Return the trees of a piece's parts, made once."""
        for one, trees in self._held:
            if one is holder:
                return trees
        self._held.append((holder, _trees(holder)))
        return self._held[-1][1]

    def drop(self, piece: Piece, turn: Callable[[], float], near_walls: bool = True, tries: int = 14) -> Placed | None:
        """Put a thing on the floor, rather near a wall or a piece than in the middle."""
        room = self.hull.room
        for _ in range(tries):
            degrees = turn()
            if near_walls:
                wall = self.rng.choice(room.walls)
                deep = _extent(piece, degrees)[1]
                x = self.rng.uniform(0.0, wall.length)
                y = -(deep / 2 + OFF + abs(self.rng.gauss(0.0, 0.25)))
                at = wall.at @ spot(x, y, 0.0, degrees)
            else:
                at = spot(self.rng.uniform(0, room.width), self.rng.uniform(0, room.depth), 0.0, degrees)
            at = at @ spot(0.0, -float(piece.low[1] + piece.high[1]) / 2, 0.0005)
            one = self.try_at(piece, at)
            if one is not None:
                return one
        return None


def _lies_flat(owner: object) -> bool:
    return isinstance(owner, Placed) and float(owner.piece.high[2]) < LOW and owner.at.translation.z < 0.01


def _extent(piece: Piece, degrees: float) -> tuple[float, float]:
    """Return a turned piece's width and depth."""
    c, s = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    wide, deep = float(piece.size[0]), float(piece.size[1])
    return wide * c + deep * s, wide * s + deep * c


def flood(free: np.ndarray, start: tuple[int, int]) -> np.ndarray:
    """Return the free cells reached from free ones near a start, (W, H) bool; steps go along the axes."""
    reached = np.zeros_like(free)
    x, y = start
    near = (slice(max(x - 3, 0), x + 4), slice(max(y - 3, 0), y + 4))
    reached[near] = free[near]
    count = -1
    while reached.sum() != count:
        count = reached.sum()
        # Runs along an axis are filled at once.
        for axis in (0, 1):
            for view in (slice(None), slice(None, None, -1)):
                cells, open_ = np.moveaxis(reached, axis, 0)[view], np.moveaxis(free, axis, 0)[view]
                for i in range(1, len(cells)):
                    cells[i] |= cells[i - 1] & open_[i]
    return reached


def touch(a: Placed, b: Placed) -> bool:
    """Tell whether the shapes of two pieces cut each other."""
    return any(p.overlap(q) for p in _trees(a) for q in _trees(b))


def _trees(placed: Placed) -> list[BVHTree]:
    trees = []
    for part in placed.piece.parts:
        at = np.array(placed.at @ part.at)
        points = part.shape.vertices @ at[:3, :3].T + at[:3, 3]
        trees.append(BVHTree.FromPolygons(points.tolist(), part.shape.faces))
    return trees
