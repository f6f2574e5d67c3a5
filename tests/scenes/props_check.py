"""Run inside Blender: makes every prop of streets some times, and writes what the test judges.

`props_check.py -- OUT.json`
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "addon"), str(ROOT / "scenes")]

from sweepset import taxonomy  # noqa: E402
from sweepset_scenes.piece import Piece  # noqa: E402
from sweepset_scenes.shapes.primitives import Shape  # noqa: E402
from sweepset_scenes.streets.props import furniture, people, plants, posts  # noqa: E402

SEEDS = 3
CATEGORIES = {category.name for category in taxonomy.load("vehicles").categories}


def open_edges(shape: Shape) -> tuple[int, float]:
    """Return how many edges have not two faces in opposite directions, and the smallest volume of a connected part."""
    keys = [tuple(point) for point in np.round(shape.vertices, 5).tolist()]
    names = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    faces = [[names[keys[i]] for i in face] for face in shape.faces]
    edges: Counter[tuple[int, int]] = Counter()
    parent = list(range(len(names)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for face in faces:
        for a, b in pairwise([*face, face[0]]):
            if a != b:
                edges[a, b] += 1
                parent[root(a)] = root(b)
    places = np.array(list(names))
    volumes: dict[int, float] = defaultdict(float)
    for face in faces:
        first = places[face[0]]
        for b, c in pairwise(face[1:]):
            volumes[root(face[0])] += float(np.dot(first, np.cross(places[b], places[c]))) / 6
    return sum(count != edges[b, a] for (a, b), count in edges.items()), min(volumes.values())


def made() -> list[tuple[str, Piece]]:
    """Return all props by name."""
    found: list[tuple[str, Piece]] = []
    for seed in range(SEEDS):
        rng = random.Random(seed)
        found += [
            (f"tree {form}", plants.tree(rng, season, form)) for form in plants.FORMS for season in ("summer", "winter")
        ]
        found += [("bush", plants.bush(rng)), ("hedge", plants.hedge(rng, 3.0))]
        found += [("person", people.person(rng, pose)) for pose in people.POSES]
        found += [("child", people.person(rng, child=True))]
        found += [(f"lamp {kind}", posts.street_lamp(rng, kind)) for kind in posts.LAMPS]
        found += [("signal", posts.traffic_light(rng)), ("signal", posts.traffic_light(rng, 4.0))]
        found += [("sign", posts.sign(rng, kind)) for kind in posts.SIGNS]
        found += [("bollard", posts.bollard(rng)), ("utility pole", posts.utility_pole(rng)), ("cone", posts.cone(rng))]
        found += [
            ("bench", furniture.bench(rng)),
            ("bin", furniture.bin_(rng)),
            ("rail", furniture.guard_rail(rng, 4.0)),
        ]
        found += [("fence", furniture.fence(rng, 3.0, kind)) for kind in furniture.FENCES]
        found += [("wall", furniture.wall(rng, 3.0, kind)) for kind in furniture.WALLS]
        found += [("mailbox", furniture.mailbox(rng)), ("hydrant", furniture.hydrant(rng))]
        found += [("cabinet", furniture.cabinet(rng))]
        found += [("trolley", furniture.trolley(rng)), ("shelter", furniture.shelter(rng, 2.4, 4.8))]
    return found


bpy.ops.wm.read_factory_settings(use_empty=True)
told = []
for name, piece in made():
    assert {part.category for part in piece.parts} <= CATEGORIES, name
    row = {"name": name, "low": piece.low.tolist(), "size": piece.size.tolist()}
    row["faces"] = sum(len(part.shape.faces) for part in piece.parts)
    row["categories"] = [part.category for part in piece.parts]
    checks = [open_edges(part.shape) for part in piece.parts] if row["categories"] != ["vegetation"] else []
    row["open"] = sum(edges for edges, _ in checks)
    row["volume"] = min((volume for _, volume in checks), default=1.0)
    told.append(row)
Path(sys.argv[-1]).write_text(json.dumps(told), encoding="utf-8")
