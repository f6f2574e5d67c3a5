"""In Blender: make vehicles of every body by many seeds and print what rays and counts say of each, as JSON.

Arguments after `--`: the first seed, the number of seeds, then bodies.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "addon"), str(ROOT / "scenes")]

import bpy  # noqa: E402, F401 - before its modules

# isort: split
import numpy as np  # noqa: E402
from mathutils import Vector  # noqa: E402
from mathutils.bvhtree import BVHTree  # noqa: E402

from sweepset_scenes.vehicles.vehicle import Vehicle, make_vehicle  # noqa: E402

FAR = 20.0


def middles(low: float, high: float, count: int) -> np.ndarray:
    """Return the middles of equal parts of a range: a ray at its end would graze what reaches farthest."""
    return low + (np.arange(count) + 0.5) * (high - low) / count


def rays(made: Vehicle, tree: BVHTree) -> dict[str, list[tuple[str, float, float]]]:
    """Cast parallel rays from six sides; return per side the part, the height and the facing of each first hit.

    The facing is the cosine between the face's normal and the way back: above 0 for a face seen from its front.
    """
    (x0, y0, _), (x1, y1, z1) = made.shape.vertices.min(axis=0), made.shape.vertices.max(axis=0)
    across, along, up = middles(x0, x1, 24), middles(y0, y1, 48), middles(0.02, z1, 36)
    starts = {
        "front": [((x, -FAR, z), (0, 1, 0)) for x in across for z in up],
        "rear": [((x, FAR, z), (0, -1, 0)) for x in across for z in up],
        "left": [((-FAR, y, z), (1, 0, 0)) for y in along for z in up],
        "right": [((FAR, y, z), (-1, 0, 0)) for y in along for z in up],
        "above": [((x, y, FAR), (0, 0, -1)) for x in across for y in along],
    }
    found: dict[str, list[tuple[str, float, float]]] = {}
    for side, cast in starts.items():
        found[side] = []
        for start, way in cast:
            place, normal, face, _ = tree.ray_cast(Vector(start), Vector(way))
            if place is not None:
                found[side].append((made.parts[face], place.z, -normal.dot(Vector(way))))
    return found


def at(made: Vehicle, tree: BVHTree, start: tuple[float, float, float], way: tuple[float, float, float]) -> str:
    """Return the part that a ray meets first."""
    face = tree.ray_cast(Vector(start), Vector(way))[2]
    return "" if face is None else made.parts[face]


def open_edges(made: Vehicle, part: str) -> int:
    """Count the edges of a part that do not join two faces in opposite directions."""
    ways: Counter[tuple[int, int]] = Counter()
    for face, name in zip(made.shape.faces, made.parts):
        if name == part:
            ways.update(zip(face, (*face[1:], face[0])))
    return sum(count != 1 or ways[b, a] != 1 for (a, b), count in ways.items())


def judge(body: str, seed: int) -> dict[str, Any]:
    """Make a vehicle and return what is found about it."""
    made = make_vehicle(random.Random(f"{body} {seed}"), body)
    points, names = made.shape.vertices, np.array(made.parts)
    by_part = {
        str(name): points[np.unique([v for k in np.flatnonzero(names == name) for v in made.shape.faces[k]])]
        for name in np.unique(names)
    }
    inked = np.array(
        [
            points[list(face)].mean(axis=0)
            for face, material in zip(made.shape.faces, made.shape.materials)
            if material.name.startswith("livery ink")
        ]
    ).reshape(-1, 3)
    tree = BVHTree.FromPolygons(points.tolist(), made.shape.faces)
    hits = rays(made, tree)
    sills = made.size.clearance + 0.2  # below them, rays pass under the vehicle to its wells and its far side
    tyres = by_part["wheel"]
    middle = tyres[:, 1].mean()
    wheels = [
        tyres[(np.sign(tyres[:, 0]) == side) & ((tyres[:, 1] > middle) == rear)] for side in (-1, 1) for rear in (0, 1)
    ]
    others = np.concatenate([found for name, found in by_part.items() if name != "wheel"])
    order = np.linspace(0.0, 1.0, len(points)) / len(points)
    return {
        "body": made.body,
        "service": made.service,
        "seed": seed,
        "kind": made.kind,
        "size": {name: getattr(made.size, name) for name in ("length", "width", "height", "wheelbase")},
        "box": (points.max(axis=0) - points.min(axis=0)).tolist(),
        "wheelbase": float(np.mean(wheels[1][:, 1]) - np.mean(wheels[0][:, 1])),
        "wheels": [float(one[:, 2].min()) for one in wheels],
        "clearance": float(others[:, 2].min()),
        "roof": float(max(z for part, z, _ in hits["above"] if part in ("body", "window", "bed"))),
        "seen": {side: dict(Counter(part for part, _, _ in found)) for side, found in hits.items()},
        "low glass": {
            side: sum(part == "window" and z < 0.9 for part, z, _ in hits[side]) for side in ("left", "right")
        },
        "backs": {
            side: sum(facing < 0 for part, z, facing in found if part != "window" and z > sills) / len(found)
            for side, found in hits.items()
        },
        "hub": at(made, tree, (FAR, float(wheels[2][:, 1].mean()), made.size.tyre / 2 - 0.05), (-1, 0, 0)),
        "open wheel": open_edges(made, "wheel"),
        "inked": sorted({"right" if x < 0 else "left" for x in inked[:, 0]}),
        "highest lamp": float(by_part["lamp"][:, 2].max()),
        "faces": len(made.shape.faces),
        "finite": bool(np.isfinite(points).all()),
        "faces of": hashlib.sha256(json.dumps(made.shape.faces).encode()).hexdigest(),
        "form": [points.mean(axis=0).tolist(), (points**2).mean(axis=0).tolist(), (order @ points).tolist()],
    }


given_first, given_count, *bodies = sys.argv[sys.argv.index("--") + 1 :]
for body in bodies:
    for seed in range(int(given_first), int(given_first) + int(given_count)):
        print("VEHICLE " + json.dumps(judge(body, seed)), flush=True)
