"""In Blender: build layouts of solids and print, as JSON, what is wrong with how they lie.

What lies on or in what is judged by nearest points of the meshes, not by the simulation.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "addon"), str(ROOT / "scenes")]

import bpy  # noqa: E402

# isort: split
import bmesh  # noqa: E402
import numpy as np  # noqa: E402

import sweepset_scenes  # noqa: E402

DEEP, NEAR = 0.002, 0.004
"""Metres that two things may be inside each other, and apart where one lies on the other."""


def points(item: bpy.types.Object) -> np.ndarray:
    """Return points on a mesh in world space, (n, 3): vertices, and four on each edge."""
    mesh = item.data
    own = np.array([vertex.co for vertex in mesh.vertices])
    ends = own[[list(edge.vertices) for edge in mesh.edges]]
    between = [ends[:, 0] + share * (ends[:, 1] - ends[:, 0]) for share in (0.2, 0.4, 0.6, 0.8)]
    everything = np.concatenate([own, *between])
    matrix = np.array(item.matrix_world)
    return everything @ matrix[:3, :3].T + matrix[:3, 3]


def planes(item: bpy.types.Object) -> np.ndarray:
    """Return the planes of a mesh's convex hull in world space, (n, 4): outward normals and offsets."""
    hull = bmesh.new()
    hull.from_mesh(item.data)
    bmesh.ops.transform(hull, matrix=item.matrix_world, verts=hull.verts)
    bmesh.ops.convex_hull(hull, input=hull.verts)
    middle = np.mean([vertex.co for vertex in hull.verts], axis=0)
    normals = np.array([face.normal for face in hull.faces])
    offsets = np.array([face.normal.dot(face.verts[0].co) for face in hull.faces])
    hull.free()
    outward = np.sign(offsets - normals @ middle)
    return np.c_[normals * outward[:, None], offsets * outward]


def height(sides: np.ndarray, surface: np.ndarray) -> float:
    """Return how far a surface is from a hull: exactly where it is inside, negative; at most the distance outside."""
    return float((surface @ sides[:, :3].T - sides[:, 3]).max(axis=1).min())


def faults(items: list[bpy.types.Object], lying: bool) -> list[str]:
    """Return what is wrong with solids that lie, or that float."""
    found = []
    bpy.context.view_layer.update()
    on, sides = {item: points(item) for item in items}, {item: planes(item) for item in items}
    middle = {item: surface.mean(axis=0) for item, surface in on.items()}
    reach = {item: np.linalg.norm(surface - middle[item], axis=1).max() for item, surface in on.items()}
    for item in items:
        lowest = float(on[item][:, 2].min())
        near = [
            other
            for other in items
            if other is not item and np.linalg.norm(middle[item] - middle[other]) < reach[item] + reach[other] + NEAR
        ]
        gaps = [min(height(sides[item], on[other]), height(sides[other], on[item])) for other in near]
        nearest = min([lowest, *gaps])
        if nearest < -DEEP:
            found.append(f"{item.name} is {-nearest * 1000:.1f} mm inside something")
        if lying and nearest > NEAR:
            found.append(f"{item.name} floats {nearest * 1000:.1f} mm above everything")
        own = bmesh.new()
        own.from_mesh(item.data)
        if not all(edge.is_manifold for edge in own.edges) or own.calc_volume(signed=True) <= 0:
            found.append(f"{item.name} is not closed, or inside out")
        own.free()
    return found


def build(seed: int, **parameters: Any) -> dict[str, Any]:
    """Build a layout and return what is wrong with it, and facts about it."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    sweepset_scenes.build("solids", seed, **parameters)
    items = [one for one in bpy.data.objects if one.type == "MESH" and one.name.split(".")[0] not in ("ground", "wall")]
    wrong = faults(items, parameters.get("physics", True))
    if bpy.context.scene.rigidbody_world is not None or any(item.rigid_body for item in items):
        wrong.append("physics is left in the scene")
    return {
        "faults": wrong,
        "kinds": sorted({item["sweepset_category"] for item in items}),
        "count": len(items),
        "materials": sorted({slot.material.name.split(".")[0] for item in items for slot in item.material_slots}),
        "places": [[round(value, 6) for row in item.matrix_world for value in row] for item in items],
    }


if __name__ == "__main__":
    for number, line in enumerate(json.loads(sys.argv[-1])):
        print("LAYOUT", json.dumps({"number": number, **build(**line)}), flush=True)
