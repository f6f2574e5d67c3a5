"""In Blender: let convex models fall on a floor, and print what is wrong with how they lie: `FOLDER SEEDS`."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import bpy
import numpy as np
import solids_check

import sweepset_scenes

BRICK = [(x, y, z) for x in (-40, 40) for y in (0, 60) for z in (0, 50)]
GEM = [(30, 0, 0), (-30, 0, 0), (0, 45, 0), (0, -45, 0), (0, 0, 60), (0, 0, -20)]
BALL = [
    (50 * math.cos(a) * math.sin(b), 50 * math.sin(a) * math.sin(b), 50 * math.cos(b))
    for a in np.arange(24) * math.pi / 12
    for b in (np.arange(12) + 0.5) * math.pi / 12
]
"""Corners in millimetres, about another point than their middle."""


def write(place: Path, points: list[tuple[float, ...]]) -> None:
    """Write the convex hull of points as an OBJ."""
    made = solids_check.bmesh.new()
    for point in points:
        made.verts.new(point)
    solids_check.bmesh.ops.convex_hull(made, input=made.verts)
    made.verts.index_update()
    lines = [f"v {x:g} {y:g} {z:g}" for x, y, z in (vertex.co for vertex in made.verts)]
    lines += ["f " + " ".join(str(vertex.index + 1) for vertex in face.verts) for face in made.faces]
    place.write_text("\n".join(lines))
    made.free()


folder = Path(sys.argv[-2])
known = {"folder": str(folder), "models": [], "findings": []}
for name, points in (("brick", BRICK), ("gem", GEM), ("ball", BALL)):
    write(folder / f"{name}.obj", points)
    known["models"].append(
        {"file": f"{name}.obj", "sha256": f"lie-{name}", "category": name, "scale": 0.001, "up": "y"}
    )


def build(seed: int, **more: object) -> list[bpy.types.Object]:
    """Build a layout and return its models."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    asked = {"setting": "floor", "count": (8, 20), "distractors": 0.0, "occlusion": ("some", "heavy", "none")[seed % 3]}
    sweepset_scenes.build("objects", seed, models=known, **asked, **more)
    return [item for item in bpy.data.objects if "sweepset_model" in item]


for seed in json.loads(sys.argv[-1]):
    items = build(seed)
    wrong = solids_check.faults(items, True)
    if bpy.context.scene.rigidbody_world is not None or any(item.rigid_body for item in items):
        wrong.append("physics is left in the scene")
    places = [[x for row in item.matrix_world for x in row] for item in items]
    layout = json.loads(bpy.context.scene["sweepset_layout"])
    again = [[x for row in item.matrix_world for x in row] for item in build(seed, layout=layout)]
    told = {"seed": seed, "faults": wrong, "count": len(items), "same": places == again}
    print("LAYOUT", json.dumps({**told, "far": float(np.abs(np.array(places)[:, [3, 7]]).max())}), flush=True)
