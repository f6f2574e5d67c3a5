"""A scene of copies of models, for `sweepset render`: solids of all kinds, and blocks with keypoints. Runs in Blender.

The camera `1 solids` sees solids that float; `2 blocks` sees copies of one block far away from them: one as it is, one
turned, one behind a screen, and one of half the size, mirrored.
"""

from __future__ import annotations

import json
from pathlib import Path

import bpy
from mathutils import Euler, Matrix, Vector

import sweepset_scenes

TAXONOMY = str(Path(sweepset_scenes.__file__).parent / "objects" / "taxonomy.json")
CORNERS = [(0, 0, 0), (0.3, 0, 0), (0.3, 0.1, 0), (0.1, 0.1, 0), (0.1, 0.2, 0), (0, 0.2, 0)]
"""The outline of an L of the block, which is 0.1 high."""
KEYPOINTS = {"tip": (0.3, 0.1, 0.1), "heel": (0.0, 0.0, 0.0), "beside": (0.3, 0.2, 0.1)}
"""`beside` is no part of the block, so that nothing but a screen can hide it."""
AWAY = Vector((50, 0, 1))
PLACES = {
    "plain": Matrix.Translation(AWAY),
    "turned": Matrix.Translation(AWAY + Vector((0.5, 0.1, 0))) @ Euler((0.7, -0.4, 2.0)).to_matrix().to_4x4(),
    "hidden": Matrix.Translation(AWAY + Vector((-0.5, 0.2, 0))),
    "small": Matrix.Translation(AWAY + Vector((0.1, 0.5, 0.1))) @ Matrix.Diagonal((-0.5, 0.5, 0.5, 1)),
}


def build(seed: int) -> None:
    """Build the scene."""
    from sweepset_scenes.objects import solids

    solids.build(seed, kinds="all", count=(21, 21), physics=False, surfaces="plain", ground="plain", lights="sun")
    top = [(x, y, 0.1) for x, y, _ in CORNERS]
    faces = [list(range(6))[::-1], list(range(6, 12)), *([i, (i + 1) % 6, (i + 1) % 6 + 6, i + 6] for i in range(6))]
    mesh = bpy.data.meshes.new("block")
    mesh.from_pydata([*CORNERS, *top], [], faces)
    for name, place in PLACES.items():
        item = _add(name, mesh, "prism")
        item.matrix_world = place
        item["sweepset_model"], item["sweepset_keypoints"] = "parts/Block 木.obj", json.dumps(KEYPOINTS)
    screen = bpy.data.meshes.new("screen")
    screen.from_pydata([(-1, 0, 0), (1, 0, 0), (1, 0, 1), (-1, 0, 1)], [], [[0, 1, 2, 3]])
    # In front of the tip and what is beside it, not of the heel.
    item = _add("screen", screen, "background")
    item.matrix_world = Matrix.Translation(AWAY + Vector((-0.2, -0.3, 0))) @ Matrix.Diagonal((0.12, 1, 1, 1))
    _look("1 solids", Vector((0.2, -2.2, 1.2)), Vector((0, 0, 0.3)))
    _look("2 blocks", AWAY + Vector((0, -2, 0.8)), AWAY + Vector((0.05, 0.2, 0)))


def _add(name: str, mesh: bpy.types.Mesh, category: str) -> bpy.types.Object:
    item = bpy.data.objects.new(name, mesh)
    item["sweepset_category"] = category
    bpy.context.scene.collection.objects.link(item)
    return item


def _look(name: str, place: Vector, target: Vector) -> None:
    camera = bpy.data.objects.new(name, bpy.data.cameras.new(name))
    camera.data.angle = 0.9
    camera.matrix_world = Matrix.Translation(place) @ (target - place).to_track_quat("-Z", "Y").to_matrix().to_4x4()
    bpy.context.scene.collection.objects.link(camera)
