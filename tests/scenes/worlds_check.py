"""In Blender: build worlds with vehicles by many seeds; print what their finished objects say of each, as JSON.

`worlds_check.py -- SCENE FIRST COUNT [cameras|driving]`. What cuts what is found by triangles, which share nothing with
the rectangles that placed the vehicles.
"""

from __future__ import annotations

import json
import math
import sys
import time
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

VEHICLES = {"car", "suv", "pickup", "van", "truck", "bus"}
GROUND = {"road", "sidewalk", "terrain", "backdrop"}
CAMERAS = 6


def category(item: bpy.types.Object) -> str:
    return item.get("sweepset_category", "")


def points_of(item: bpy.types.Object) -> np.ndarray:
    """Return an object's vertices in the world, (n, 3)."""
    flat = np.empty(3 * len(item.data.vertices))
    item.data.vertices.foreach_get("co", flat)
    turn = np.array(item.matrix_world)
    return flat.reshape(-1, 3) @ turn[:3, :3].T + turn[:3, 3]


def tree_of(item: bpy.types.Object, points: np.ndarray) -> BVHTree:
    return BVHTree.FromPolygons(points.tolist(), [tuple(face.vertices) for face in item.data.polygons])


def cut(solids: list[tuple[bpy.types.Object, np.ndarray]], movable: set[str]) -> list[str]:
    """Return which vehicles and people cut something that is not ground, by their triangles."""
    boxes = [(points.min(axis=0), points.max(axis=0)) for _, points in solids]
    trees: dict[int, BVHTree] = {}
    found = []
    for i, (item, _) in enumerate(solids):
        if category(item) not in movable:
            continue
        for j, (other, _) in enumerate(solids):
            if j == i or (category(other) in movable and j < i):
                continue
            if (boxes[i][0] > boxes[j][1]).any() or (boxes[j][0] > boxes[i][1]).any():
                continue
            for k in (i, j):
                if k not in trees:
                    trees[k] = tree_of(*solids[k])
            if trees[i].overlap(trees[j]):
                found.append(f"{item.name} cuts {other.name}")
    return found


def enclosed(scene: bpy.types.Scene, layer: bpy.types.ViewLayer, eye: Vector) -> bool:
    """Tell whether a camera is inside something: most rays first meet a surface from behind, or one at hand."""
    behind = 0
    for k in range(12):
        turn = 2 * math.pi * k / 12
        way = Vector((math.cos(turn), math.sin(turn), 0.15 * (-1) ** k)).normalized()
        hit, at, normal, _, item, _ = scene.ray_cast(layer.depsgraph, eye, way)
        if hit and (at - eye).length < 0.05:
            return True
        behind += hit and normal.dot(way) > 0 and category(item) not in ("vegetation", "person")
    return behind > 6


def hidden(scene: bpy.types.Scene, layer: bpy.types.ViewLayer, eye: Vector, main: bpy.types.Object) -> bool:
    """Tell whether a camera sees nothing of the main vehicle."""
    corners = [main.matrix_world @ Vector(corner) for corner in main.bound_box]
    middle = sum(corners, Vector()) / 8
    for target in (middle, *(middle.lerp(corner, 0.6) for corner in corners)):
        _, _, _, _, item, _ = scene.ray_cast(layer.depsgraph, eye, (target - eye).normalized())
        if item is not None and item.name == main.name:
            return False
    return True


def covered(scene: bpy.types.Scene, layer: bpy.types.ViewLayer, eye: Vector, main: bpy.types.Object) -> float:
    """Return the share of the main vehicle's vertices that something else is in front of."""
    points = points_of(main)[:: max(len(main.data.vertices) // 200, 1)]
    hidden = 0
    for point in points:
        way = Vector(point) - eye
        item = scene.ray_cast(layer.depsgraph, eye, way.normalized(), distance=0.99 * way.length)[4]
        hidden += item is not None and item.name != main.name
    return hidden / len(points)


def look(scene_name: str, seed: int, cameras: bool) -> dict[str, object]:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    start = time.process_time()
    sweepset_scenes.build(scene_name, seed)
    seconds = time.process_time() - start
    scene, layer = bpy.context.scene, bpy.context.view_layer
    layer.update()
    solids = [(item, points_of(item)) for item in scene.objects if item.type == "MESH" and category(item) not in GROUND]
    vehicles = [(item, points) for item, points in solids if category(item) in VEHICLES]
    mains = [item for item, _ in vehicles if item.get("sweepset_subject")]
    record = {
        "seed": seed,
        "seconds": round(seconds, 2),
        "objects": len(scene.objects),
        "faces": sum(len(mesh.polygons) for mesh in bpy.data.meshes),
        "vehicles": len(vehicles),
        "meshes": len({item.data.name for item, _ in vehicles}),
        "main": [item.name for item in mains],
        "people": sum(category(item) == "person" for item, _ in solids),
        "wheels": [float(points[:, 2].min()) for _, points in vehicles],
        "cuts": cut(solids, VEHICLES | {"person"}),
        "sky": scene.world.get("sweepset_category", ""),
        "unlabelled": [item.name for item in scene.objects if item.type == "MESH" and not category(item)],
        "cameras": [],
        "covered": [],
    }
    for name, *texts in (sweepset_scenes.SCENES[scene_name].sweep, ("hemisphere", "elevation=2,25")) if cameras else ():
        placement = Placement(scene, layer, sweeps.parse(name, tuple(texts)), CAMERAS, seed, 1.0, 57.0, 0.0, 1.0)
        for frame in range(CAMERAS):
            eye = Vector(Matrix(placement.pose(frame).matrix.tolist()).translation)
            if enclosed(scene, layer, eye) or hidden(scene, layer, eye, mains[0]) or eye.z < 0.1:
                record["cameras"].append(f"{name} {frame} at {tuple(round(c, 2) for c in eye)}")
            if name == "photographer":
                record["covered"].append(round(covered(scene, layer, eye, mains[0]), 2))
    return record


def drive(scene_name: str, seed: int) -> dict[str, object]:
    """Let the main vehicle drive; tell how far it comes, what it cuts on its way, and how a gimbal follows it."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    sweepset_scenes.build(scene_name, seed, driving=True)
    scene, layer = bpy.context.scene, bpy.context.view_layer
    layer.update()
    main = next(item for item in scene.objects if item.get("sweepset_subject"))
    sweep = sweeps.parse("gimbal", ("distances=6,7,8", "heights=1.5"))
    placement = Placement(scene, layer, sweep, 15, seed, 1.0, 57.0, 0.0, 1.0)
    found: list[dict[str, object]] = []
    for frame in (0, 7, 14):
        pose = placement.pose(frame)
        scene.frame_set(pose.time)
        solids = [(i, points_of(i)) for i in scene.objects if i.type == "MESH" and category(i) not in GROUND]
        middle = points_of(main).mean(axis=0)[:2]
        away = float(np.linalg.norm(np.array(pose.matrix)[:2, 3] - middle))
        cuts = [told for told in cut(solids, VEHICLES | {"person"}) if main.name in told]
        found.append({"time": pose.time, "at": middle.tolist(), "away": away, "cuts": cuts})
    return {"seed": seed, "moments": found}


name, first, count, *more = sys.argv[sys.argv.index("--") + 1 :]
for number in range(int(first), int(first) + int(count)):
    told = drive(name, number) if "driving" in more else look(name, number, "cameras" in more)
    print("WORLD", json.dumps(told), flush=True)
