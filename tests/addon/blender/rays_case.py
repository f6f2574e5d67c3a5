"""Run inside Blender: rays in our trees and Blender's own rays meet the same surfaces; prints the differences."""

from __future__ import annotations

import math
import os
import random
import sys
from pathlib import Path

import bpy
import numpy as np
from mathutils import Vector

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "addon"))

from sweepset.blender import viewpoints  # noqa: E402
from sweepset.blender.placement import Placement  # noqa: E402
from sweepset.blender.rays import Rays  # noqa: E402
from sweepset.sweeps import Viewpoints  # noqa: E402

RAYS = 300


def build() -> None:
    """Build a walled yard with grass by particles, copies by a collection, sheared and flat things, and a text."""
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True, load_ui=False)
    draw = random.Random(0)
    bpy.ops.mesh.primitive_plane_add(size=12)
    ground = bpy.context.object
    bpy.ops.mesh.primitive_cone_add(radius1=0.02, depth=0.2, location=(3, 3, 0.1))
    blade = bpy.context.object
    ground.modifiers.new("grass", "PARTICLE_SYSTEM")
    grass = ground.particle_systems[0].settings
    grass.type, grass.count, grass.render_type, grass.instance_object = "HAIR", 600, "OBJECT", blade
    for x, y, wide, deep in ((6, 0, 0.1, 12), (-6, 0, 0.1, 12), (0, 6, 12, 0.1), (0, -6, 12, 0.1)):
        bpy.ops.mesh.primitive_cube_add(size=1, location=(x, y, 1.5), scale=(wide, deep, 3))
    box = bpy.context.object.data
    group = bpy.data.collections.new("group")
    inner = bpy.data.objects.new("inner", box)
    inner.scale, inner.rotation_euler = (0.3, 0.5, 0.7), (0.3, 0.4, 0.5)
    group.objects.link(inner)
    for number in range(8):
        empty = bpy.data.objects.new(f"copy {number}", None)
        empty.instance_type, empty.instance_collection = "COLLECTION", group
        empty.location = [draw.uniform(-5, 5), draw.uniform(-5, 5), draw.uniform(0, 2)]
        empty.scale = [draw.uniform(0.3, 1.5) * draw.choice((-1, 1)) for _ in range(3)]
        bpy.context.scene.collection.objects.link(empty)
    flat = bpy.data.objects.new("flat", box)
    flat.scale, flat.location = (2, 2, 0), (0, 0, 2.5)  # scaled to nothing in one direction
    bpy.context.scene.collection.objects.link(flat)
    bpy.ops.object.text_add(location=(0, 0, 1), rotation=(1.5, 0, 0), scale=(3, 3, 3))
    bpy.context.view_layer.update()


def compare() -> float:
    """Return the largest difference of distances; rays that only one of them ends count as infinite."""
    scene, depsgraph, draw, worst = bpy.context.scene, bpy.context.view_layer.depsgraph, random.Random(1), 0.0
    rays = Rays(depsgraph)
    for number in range(RAYS):
        origin = np.array([draw.uniform(-5, 5), draw.uniform(-5, 5), draw.uniform(0.05, 2.4)])
        along = np.array([0, 0, -1.0]) if number % 5 == 0 else np.array([draw.gauss(0, 1) for _ in range(3)])
        along /= np.linalg.norm(along)
        hit, place, _, _, _, _ = scene.ray_cast(depsgraph, Vector(origin), Vector(along))
        expected = (place - Vector(origin)).length if hit else math.inf
        found, item, normal = rays.cast(origin, along, 1e6)
        assert (item is not None) == math.isfinite(found)
        assert item is None or abs(normal.length - 1) < 1e-4
        worst = max(worst, 0.0 if found == expected else abs(found - expected))
    assert not rays.cast(np.array([0, 0, 1.0]), np.array([0, 0, 1.0]), 0.1)[1]  # nothing so near
    return worst


def poses(frames: int) -> list[list[float]]:
    scene, layer = bpy.context.scene, bpy.context.view_layer
    placed = Placement(scene, layer, Viewpoints(), frames, 3, 1.0, 57.0, 0.0, 4 / 3)
    return [placed.pose(frame).matrix.ravel().tolist() for frame in range(3)]


build()
worst = compare()
assert worst < 1e-4, worst
assert len(list(bpy.context.view_layer.depsgraph.object_instances)) > viewpoints.MANY
few, many = poses(3), poses(9)
assert few == many, "the first frames of a larger sweep differ"
print("RAYS", worst)
sys.stdout.flush()
os._exit(0)
