"""In Blender: make every piece of furniture by many seeds and print what is wrong with each, as JSON.

Meshes are judged by Blender's bmesh, what rests and what intersects by ray cast and nearest points.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import json
import os
import random
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "addon"), str(ROOT / "scenes")]

import bpy  # noqa: E402, F401 - before its modules

# isort: split
import bmesh  # noqa: E402
import numpy as np  # noqa: E402
from mathutils import Vector  # noqa: E402
from mathutils.bvhtree import BVHTree  # noqa: E402

import sweepset_scenes  # noqa: E402
from sweepset import taxonomy  # noqa: E402
from sweepset_scenes.materials.room_materials import Looks, mix_looks  # noqa: E402
from sweepset_scenes.piece import Part, Piece  # noqa: E402
from sweepset_scenes.rooms.any_room import ROOM_KINDS  # noqa: E402

FEW = 3
"""Seeds of a maker of clutter, whose pieces are simple, and of the checks that take long."""
TOUCH, DEEP = 0.005, 0.005
Maker = Callable[[random.Random, Looks], Piece]


def makers() -> dict[str, tuple[str, Maker]]:
    """Return folder and maker by module and name: all public functions of (rng, looks) that return a piece."""
    found = {}
    root = Path(sweepset_scenes.__file__).parent
    for path in sorted(root.glob("*/**/*.py")):
        folder = path.parent.relative_to(root).parts
        module = importlib.import_module(".".join(("sweepset_scenes", *folder, path.stem)))
        for name, made in vars(module).items():
            if inspect.isfunction(made) and made.__module__ == module.__name__ and not name.startswith("_"):
                signature = inspect.signature(made)
                needed = [one.name for one in signature.parameters.values() if one.default is one.empty]
                if signature.return_annotation == "Piece" and needed == ["rng", "looks"]:
                    assert f"{path.stem}.{name}" not in found, path
                    found[f"{path.stem}.{name}"] = folder[0], made
    return found


@cache
def room(seed: int) -> tuple[Looks, tuple]:
    """Return the materials of a seed's room and the random numbers' state after them, which all its pieces share."""
    rng = random.Random(seed)
    kinds = list(ROOM_KINDS.values())
    return mix_looks(rng, kinds[seed % len(kinds)].finishes), rng.getstate()


def make(maker: Maker, seed: int) -> tuple[Piece, float]:
    """Return a piece of a seed and how long it took."""
    looks, state = room(seed)
    rng = random.Random()
    rng.setstate(state)
    start = time.perf_counter()
    piece = maker(rng, looks)
    return piece, time.perf_counter() - start


def form(piece: Piece) -> str:
    """Return a hash of a piece's shapes and places, to the hundredth of a millimetre."""
    parts = [np.round(_points(part), 5).tobytes() for part in piece.parts]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def mesh_faults(piece: Piece) -> list[str]:
    """Return what is wrong with a piece's meshes: open edges, faces that look inwards."""
    faults = []
    for part in piece.parts:
        shape = part.shape
        if not np.isfinite(shape.vertices).all():
            faults.append(f"{part.name}: a vertex is no number")
            continue
        mesh = bmesh.new()
        corners = [mesh.verts.new(point) for point in shape.vertices.tolist()]
        for face in shape.faces:
            mesh.faces.new([corners[i] for i in face])
        mesh.normal_update()
        wrong = sum(not (edge.is_manifold and edge.is_contiguous) for edge in mesh.edges)
        if wrong:
            faults.append(f"{part.name}: {wrong} edges are open or turn round")
        if any(not corner.link_faces for corner in corners):
            faults.append(f"{part.name}: loose vertices")
        for number, island in enumerate(_islands(len(corners), shape.faces)):
            volume = _volume(shape.vertices, [shape.faces[i] for i in island])
            if volume <= 0:
                faults.append(f"{part.name}: island {number} has a volume of {volume * 1e6:.2f} cm3")
        mesh.free()
    return faults


def rest_faults(piece: Piece) -> list[str]:
    """Return which parts of a piece reach into another by more than 5 mm."""
    trees = [BVHTree.FromPolygons(_points(part).tolist(), part.shape.faces) for part in piece.parts]
    faults = []
    for i, part in enumerate(piece.parts):
        points = _points(part)
        sample = points[:: max(len(points) // 400, 1)]
        for j, tree in enumerate(trees):
            low, high = piece.parts[j].bounds
            deepest = 0.0
            for point in sample[((sample > low) & (sample < high)).all(axis=1)] if i != j else ():
                distance = tree.find_nearest(Vector(point))[3]
                if distance > DEEP and _inside(tree, Vector(point)):
                    deepest = max(deepest, distance)
            if deepest:
                faults.append(f"{part.name} is {deepest * 1000:.0f} mm in {piece.parts[j].name}")
    return faults


def loose_islands(piece: Piece) -> list[str]:
    """Return what hangs in the air: islands that nothing joins, within 5 mm, to the floor, the wall or the ceiling."""
    bound = (piece.low[2] + 0.001, piece.high[1] - 0.001, piece.high[2] - 0.001)
    trees, boxes, samples, names = [], [], [], []
    for part in piece.parts:
        points = _points(part)
        for island in _islands(len(points), part.shape.faces):
            faces = [part.shape.faces[i] for i in island]
            used = points[sorted({i for face in faces for i in face})]
            trees.append(BVHTree.FromPolygons(points.tolist(), faces))
            boxes.append((used.min(axis=0), used.max(axis=0)))
            order = np.argsort(used[:, 2])  # what lies on something does so below, what hangs above
            # Two boxes that cross touch by their faces alone: the corners of each are beside the other.
            middles = np.array([points[list(face)].mean(axis=0) for face in faces[:: max(len(faces) // 60, 1)]])
            chosen = (used[:: max(len(used) // 60, 1)], used[order[:30]], used[order[-30:]], middles)
            samples.append(np.concatenate(chosen))
            names.append(part.name)
    stands = not piece.hung and piece.high[2] > 0.001
    held = [high[1] >= bound[1] or (low[2] <= bound[0] if stands else high[2] >= bound[2]) for low, high in boxes]
    todo = [i for i, one in enumerate(held) if one]
    while todo:
        a = todo.pop()
        for b in range(len(boxes)):
            if held[b] or (boxes[a][0] > boxes[b][1] + TOUCH).any() or (boxes[b][0] > boxes[a][1] + TOUCH).any():
                continue
            if trees[a].overlap(trees[b]) or _close(samples[a], trees[b]) or _close(samples[b], trees[a]):
                held[b] = True
                todo.append(b)
    return [
        f"{names[i]}: an island from {boxes[i][0].round(2).tolist()} to {boxes[i][1].round(2).tolist()} hangs loose"
        for i, one in enumerate(held)
        if not one
    ]


def _points(part: Part) -> np.ndarray:
    return part.shape.vertices @ np.array(part.at.to_3x3()).T + np.array(part.at.translation)


def _inside(tree: BVHTree, point: Vector) -> bool:
    """Tell whether rays from a point in two directions cross a surface an odd number of times."""
    for direction in (Vector((0.31, 0.17, 0.93)), Vector((-0.57, 0.71, 0.41))):
        count, at = 0, point
        while count < 50:
            hit = tree.ray_cast(at, direction)[0]
            if hit is None:
                break
            count, at = count + 1, hit + direction * 1e-5
        if count % 2 == 0:
            return False
    return True


def _close(points: np.ndarray, tree: BVHTree) -> bool:
    return any(tree.find_nearest(Vector(point), TOUCH)[0] is not None for point in points)


def _islands(count: int, faces: list[tuple[int, ...]]) -> list[list[int]]:
    """Return the faces of each island."""
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for face in faces:
        for i in face[1:]:
            parent[root(i)] = root(face[0])
    islands: dict[int, list[int]] = {}
    for number, face in enumerate(faces):
        islands.setdefault(root(face[0]), []).append(number)
    return list(islands.values())


def _volume(points: np.ndarray, faces: list[tuple[int, ...]]) -> float:
    """Return the signed volume that faces enclose, by fans of triangles."""
    triangles = np.array([(face[0], face[i], face[i + 1]) for face in faces for i in range(1, len(face) - 1)])
    a, b, c = (points[triangles[:, i]] - points[triangles[0, 0]] for i in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def main(first: int, seeds: int, wanted: list[str]) -> None:
    """Print one line of JSON for each maker."""
    for name, (family, maker) in makers().items():
        if wanted and name not in wanted and name.split(".")[0] not in wanted:
            continue
        record: dict[str, Any] = {
            "name": name,
            "family": family,
            "faults": [],
            "sizes": [],
            "counts": [],
            "forms": [],
            "seconds": [],
        }
        for seed in range(first, first + (min(seeds, FEW) if family == "clutter" else seeds)):
            piece, seconds = make(maker, seed)
            for part in piece.parts:
                taxonomy.default().category(part.category)
            faults = mesh_faults(piece)
            if seed < first + FEW:
                faults += rest_faults(piece) + loose_islands(piece)
            if form(piece) != form(make(maker, seed)[0]):
                faults.append("the same seed made another form")
            record["faults"] += [f"seed {seed}: {fault}" for fault in faults]
            record["sizes"].append([round(float(v), 4) for v in piece.size])
            record["counts"].append(sum(len(part.shape.vertices) for part in piece.parts))
            record["forms"].append(form(piece))
            record["seconds"].append(seconds)
            record["low"] = [round(float(v), 5) for v in piece.low]
            record["high"] = [round(float(v), 5) for v in piece.high]
        record["categories"] = sorted({part.category for part in piece.parts})
        print("PIECE " + json.dumps(record), flush=True)
    os._exit(0)


if __name__ == "__main__":
    given = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    main(int(given[0]), int(given[1]), given[2:])
