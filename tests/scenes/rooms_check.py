"""Check the physical sense of furnished rooms: run inside a Blender, `rooms_check.py -- KIND FIRST COUNT [spoilt]`.

For each seed a line of JSON: {"kind", "seed", "seconds", "problems": [...]}. It goes by the finished objects alone:
their meshes, their labels and who is whose child. Solid things of different pieces must not cut each other by more
than 5 mm; each piece must rest on something, hang on a wall or from the ceiling; nothing is outside the walls; one can
walk from the door to the room's middle; each camera of a sweep sees three categories and nothing nearer than 0.3 m.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Vector
from mathutils.bvhtree import BVHTree

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "addon"), str(ROOT / "scenes")]

import sweepset_scenes  # noqa: E402
from sweepset import sweeps  # noqa: E402
from sweepset.blender.placement import Placement  # noqa: E402
from sweepset_scenes.rooms import kitchen  # noqa: E402
from sweepset_scenes.shapes import primitives  # noqa: E402

KEY = "sweepset_category"
SOFT = {"pillow", "clothes", "curtain", "towel", "shower curtain", "floor mat", "bag", "paper", "blinds"}
"""Categories that give way: pillows lie in each other, clothes on everything."""
YIELDING = {"bed", "sofa", "chair", "pillow", "clothes", "towel"}
"""What is upholstered: things sink into it, and its surface is uneven."""
SHELL = re.compile(
    r"((wall|tiles|baseboard|cornice) (north|east|south|west)"
    r"|floor|ceiling|door frame|window|hallway.*)(\.\d+)?"
)
DEPTH, SINKING, TOUCH, UNEVEN = 0.005, 0.04, 0.012, 0.06
"""Metres: how deep solid things may cut, what lies may sink into bedding, how near is touching, how uneven cloth is."""
CELL, BODY = 0.05, 0.2
FRAMES = 3


@dataclass
class Thing:
    """One object: its points and triangles in the world, and the piece that it belongs to."""

    name: str
    category: str
    piece: str
    shell: bool
    points: np.ndarray
    faces: list[tuple[int, ...]]
    tree: BVHTree
    edges: np.ndarray

    @property
    def low(self) -> np.ndarray:
        return self.points.min(axis=0)

    @property
    def high(self) -> np.ndarray:
        return self.points.max(axis=0)


def things() -> list[Thing]:
    """Return all objects with a mesh."""
    found = []
    for item in bpy.context.scene.objects:
        if item.type != "MESH":
            continue
        root = item
        while root.parent is not None:
            root = root.parent
        mesh = item.data
        local = np.empty(len(mesh.vertices) * 3, np.float32)
        mesh.vertices.foreach_get("co", local)
        at = np.array(item.matrix_world)
        points = local.reshape(-1, 3).astype(float) @ at[:3, :3].T + at[:3, 3]
        edges = np.empty(len(mesh.edges) * 2, np.int32)
        mesh.edges.foreach_get("vertices", edges)
        faces = [tuple(face.vertices) for face in mesh.polygons]
        tree = BVHTree.FromPolygons(points.tolist(), faces)
        shell = SHELL.fullmatch(root.name) is not None
        found.append(Thing(item.name, item[KEY], root.name, shell, points, faces, tree, edges.reshape(-1, 2)))
    return found


def is_inside(tree: BVHTree, point: np.ndarray) -> bool:
    """Tell whether a point is inside closed surfaces, which may overlap: a ray leaves more of them than it enters.

    So do rays in all directions then. One alone may miss one of two faces that lie in each other.
    """
    for direction in (Vector((0.31, 0.17, 0.94)), Vector((-0.52, 0.44, -0.73)), Vector((0.79, -0.58, 0.19))):
        direction.normalize()
        start, winding = Vector(point), 0
        for _ in range(64):
            location, normal, _, _ = tree.ray_cast(start, direction)
            if location is None:
                break
            winding += 1 if normal.dot(direction) > 0 else -1
            start = location + direction * 1e-6
        if winding <= 0:
            return False
    return True


def penetration(a: Thing, b: Thing) -> float:
    """Return how deep points of one thing, or of its edges, are inside the other."""
    pairs = a.tree.overlap(b.tree)
    if not pairs:
        return 0.0
    deepest = 0.0
    for one, other in ((a, b), (b, a)):
        low, high = other.low + DEPTH, other.high - DEPTH
        ends = one.points[one.edges]
        near = ((ends.min(axis=1) < high) & (ends.max(axis=1) > low)).all(axis=1)
        ends = ends[near]
        if len(ends) > 1500:
            ends = ends[:: len(ends) // 1500 + 1]
        samples = np.concatenate([ends[:, 0] + t * (ends[:, 1] - ends[:, 0]) for t in (0.0, 0.25, 0.5, 0.75, 1.0)])
        samples = np.unique(samples.round(5), axis=0)
        samples = samples[((samples > low) & (samples < high)).all(axis=1)]
        for point in samples:
            distance = other.tree.find_nearest(Vector(point))[3]
            if distance is not None and distance > max(DEPTH, deepest) and is_inside(other.tree, point):
                deepest = distance
    return deepest


def find_cuts(found: list[Thing]) -> list[str]:
    """Find solid things of different pieces that cut each other."""
    solid = [thing for thing in found if thing.category not in SOFT]
    problems = []
    for i, a in enumerate(solid):
        for b in solid[i + 1 :]:
            if a.piece == b.piece or (a.shell and b.shell):
                continue
            if (np.minimum(a.high, b.high) - np.maximum(a.low, b.low)).min() <= DEPTH:
                continue
            depth = penetration(a, b)
            if depth > (SINKING if "bed" in (a.category, b.category) and not (a.shell or b.shell) else DEPTH):
                problems.append(f"{a.name} cuts {b.name} by {1000 * depth:.0f} mm")
    return problems


def find_floating(found: list[Thing]) -> list[str]:
    """Find pieces that neither rest on something nor hang."""
    pieces: dict[str, list[Thing]] = {}
    for thing in found:
        pieces.setdefault(thing.piece, []).append(thing)
    problems = []
    for name, members in pieces.items():
        if members[0].shell:
            continue
        points = np.concatenate([member.points for member in members])
        others = [thing for thing in found if thing.piece != name]
        low, high = points.min(axis=0) - UNEVEN, points.max(axis=0) + UNEVEN
        others = [one for one in others if ((one.low < high) & (one.high > low)).all()]
        if not any(rests(points, other) for other in others):
            problems.append(f"{name} floats at {points[:, 2].min():.3f} m")
    return problems


def rests(points: np.ndarray, other: Thing) -> bool:
    """Tell whether a thing of these points stands on, lies on or hangs at another one."""
    reach = UNEVEN if other.category in YIELDING else TOUCH
    bottom = points[points[:, 2] < points[:, 2].min() + 0.03]
    for point in bottom[:: max(len(bottom) // 60, 1)]:
        location = other.tree.ray_cast(Vector(point) + Vector((0, 0, reach)), Vector((0, 0, -1)), 2 * reach)[0]
        if location is not None:
            return True
    if other.category in ("wall", "ceiling", "door", "window", "cabinet"):
        nearest = sorted(points, key=lambda point: other.tree.find_nearest(Vector(point))[3] or 0.0)[:1]
        return other.tree.find_nearest(Vector(nearest[0]))[3] < TOUCH
    return False


def find_outside(found: list[Thing]) -> list[str]:
    """Find things beyond the walls: their middle has no floor of the room below it or none of its ceiling above."""
    floor = next(thing for thing in found if thing.name == "floor")
    ceiling = next(thing for thing in found if thing.name == "ceiling")
    walls = [thing for thing in found if thing.shell and thing.name.startswith("wall ")]
    problems = []
    for thing in found:
        if thing.shell or thing.category in ("blinds",):
            continue
        middle = Vector((thing.low + thing.high) / 2)
        below = floor.tree.ray_cast(middle, Vector((0, 0, -1)))[0]
        above = ceiling.tree.ray_cast(middle, Vector((0, 0, 1)))[0]
        if below is None or above is None or any(is_inside(wall.tree, np.array(middle)) for wall in walls):
            problems.append(f"{thing.name} is outside the room")
    return problems


def find_no_way(found: list[Thing]) -> list[str]:
    """Find whether one cannot walk from a door to the middle of the room; doors open, mats are walked on."""
    floor = next(thing for thing in found if thing.name == "floor")
    blocking = [
        thing
        for thing in found
        if not thing.name.startswith("door") and thing.category not in ("floor mat", "floor") and thing.low[2] < 1.8
    ]
    tree = merged(blocking)
    low, high = floor.low, floor.high
    xs, ys = np.arange(low[0], high[0], CELL), np.arange(low[1], high[1], CELL)
    free = np.zeros((len(xs), len(ys)), bool)
    down = Vector((0, 0, -1))
    for i, x in enumerate(xs):
        for j, y in enumerate(ys):
            if floor.tree.ray_cast(Vector((x, y, 1.0)), down)[0] is None:
                continue
            hit, normal, _, _ = tree.ray_cast(Vector((x, y, 1.8)), down, 1.8)
            # What is flat is walked on; a ray that leaves through an underside was inside something tall.
            free[i, j] = hit is None or (hit.z < 0.06 and normal.z > 0)
    reach = math.ceil(BODY / CELL)
    wide = free.copy()
    for i in range(-reach, reach + 1):
        for j in range(-reach, reach + 1):
            if math.hypot(i, j) * CELL <= BODY:
                wide &= np.roll(np.roll(free, i, axis=0), j, axis=1)
    middle = (np.array([xs[0] + xs[-1], ys[0] + ys[-1]])) / 2
    # Steps from cell to cell, from those before the doors.
    cells = np.argwhere(wide)
    if not len(cells):
        return ["there is no room to stand"]
    places = np.stack((xs[cells[:, 0]], ys[cells[:, 1]]), axis=1)
    doors = [(thing.low + thing.high)[:2] / 2 for thing in found if thing.name.split(".")[0] == "door frame"]
    away = np.min([np.linalg.norm(places - door, axis=1) for door in doors], axis=0)
    reached = {tuple(cell) for cell in cells[away < 0.8]}
    waiting = list(reached)
    while waiting:
        i, j = waiting.pop()
        for step in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)):
            if 0 <= step[0] < len(xs) and 0 <= step[1] < len(ys) and wide[step] and step not in reached:
                reached.add(step)
                waiting.append(step)
    if not reached:
        return ["no way in from any door"]
    # A table may be in the middle, and a nook between its chairs nearer to it than the way around them.
    stood = np.array([(xs[i], ys[j]) for i, j in reached])
    nearest, got = (np.linalg.norm(them - middle, axis=1).min() for them in (places, stood))
    if got > nearest + 0.6:
        return [f"no way from a door to the middle: {got:.1f} m short of it"]
    return []


def merged(found: list[Thing]) -> BVHTree:
    """Return one tree of the faces of many things."""
    points, faces, count = [], [], 0
    for thing in found:
        points += thing.points.tolist()
        faces += [tuple(corner + count for corner in face) for face in thing.faces]
        count += len(thing.points)
    return BVHTree.FromPolygons(points, faces)


def find_poor_views(found: list[Thing], seed: int) -> list[str]:
    """Find cameras that see too little or something too near, by rays through a grid of pixels."""
    problems = []
    scene, layer = bpy.context.scene, bpy.context.view_layer
    layer.update()
    fov = 58.0
    placement = Placement(scene, layer, sweeps.Viewpoints(), FRAMES, seed, 1.0, fov, 0.05, 4 / 3)
    for frame in range(FRAMES):
        pose = placement.pose(frame)
        half = math.tan(math.radians(pose.fov) / 2)
        seen: Counter[str] = Counter()
        nearest = math.inf
        for row in range(18):
            for column in range(24):
                x, y = half * (2 * (column + 0.5) / 24 - 1), half * 0.75 * (1 - 2 * (row + 0.5) / 18)
                ray = pose.matrix[:3, :3] @ np.array([x, y, -1.0])
                best, category = math.inf, ""
                origin, direction = Vector(pose.matrix[:3, 3]), Vector(ray / np.linalg.norm(ray))
                hit, location, _, _, item, _ = scene.ray_cast(layer.depsgraph, origin, direction)
                if hit:
                    best, category = (location - origin).length, item[KEY]
                    seen[category] += 1
                nearest = min(nearest, best)
        if len([name for name, count in seen.items() if count >= 2]) < 3:
            problems.append(f"frame {frame} sees only {', '.join(sorted(seen))}")
        if nearest < 0.3:
            problems.append(f"frame {frame} has something at {nearest:.2f} m")
    return problems


def spoil() -> None:
    """Lift one piece off the floor, push the others back, into walls, and block the doors."""
    standing = [
        item
        for item in bpy.context.scene.objects
        if item.type == "MESH" and item.parent is None and not SHELL.fullmatch(item.name)
        if item[KEY] not in SOFT and item.matrix_world.translation.z < 0.001 and item.dimensions.z > 0.4
    ]
    standing[0].matrix_world = Matrix.Translation((0, 0, 0.15)) @ standing[0].matrix_world
    for pushed in standing[1:]:
        pushed.matrix_world = pushed.matrix_world @ Matrix.Translation((0, 0.1, 0))
    for frame in [item for item in bpy.context.scene.objects if item.name.split(".")[0] == "door frame"]:
        points = np.array([frame.matrix_world @ vertex.co for vertex in frame.data.vertices])
        (x0, y0, _), (x1, y1, _) = points.min(axis=0), points.max(axis=0)
        primitives.place(
            "barrier", primitives.box(None, (x0 - 0.9, y0 - 0.9, 0.0), (x1 + 0.9, y1 + 0.9, 1.0)), "otherprop"
        )
    bpy.context.view_layer.update()


def main() -> None:
    """Check so many rooms of a kind, from a seed on, but no kitchen that is laid out by hand."""
    kind, first, count, *more = sys.argv[sys.argv.index("--") + 1 :]
    seeds = (seed for seed in itertools.count(int(first)) if kind != "kitchen" or not kitchen.is_eat_in(seed))
    for seed in itertools.islice(seeds, int(count)):
        bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
        start = time.process_time()
        sweepset_scenes.build(kind, seed)
        seconds = time.process_time() - start
        if more == ["spoilt"]:
            spoil()
        found = things()
        problems = find_cuts(found) + find_floating(found) + find_outside(found) + find_no_way(found)
        problems += find_poor_views(found, seed)
        vertices = sum(len(mesh.vertices) for mesh in bpy.data.meshes)
        categories = sorted({thing.category for thing in found})
        line = {"kind": kind, "seed": seed, "seconds": round(seconds, 2), "objects": len(found), "vertices": vertices}
        print(json.dumps({**line, "categories": categories, "problems": problems}), flush=True)
    os._exit(0)


main()
