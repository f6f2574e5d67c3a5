"""In Blender: a small room to try the interface on: a table, two chairs, a box called Cube, floor, sun and camera."""

from __future__ import annotations

import bpy
from mathutils import Euler

from sweepset import taxonomy
from sweepset.blender import labels

PLACES = {"Table": 0, "Chair.001": 4, "Chair.002": 8, "Cube.017": 12}
"""Boxes of two metres and where they stand along x; the floor is below."""


def build() -> bpy.types.Scene:
    """Build the room instead of what is open, with a taxonomy and without labels; the chairs are selected."""
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True, load_ui=False)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.render.resolution_x, scene.render.resolution_y = 160, 120
    scene.cycles.samples = 1
    group = bpy.data.collections.new("Seats")
    scene.collection.children.link(group)
    for name, place in PLACES.items():
        item = bpy.data.objects.new(name, _box(name, 1.0))
        item.location.x = place
        (group if name.startswith("Chair") else scene.collection).objects.link(item)
        item.select_set(name.startswith("Chair"))
    bpy.context.view_layer.objects.active = bpy.data.objects["Chair.002"]
    floor = bpy.data.objects.new("Floor", _box("Floor", 1.0))
    floor.location, floor.scale = (6, 0, -1.1), (20, 20, 0.1)
    scene.collection.objects.link(floor)
    table = bpy.data.objects["Table"].data
    for name in ("wood", "glass"):
        table.materials.append(bpy.data.materials.new(name))
    light = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.location, camera.rotation_euler = (6, -20, 12), Euler((1.05, 0, 0))
    for item in (light, camera):
        scene.collection.objects.link(item)
    scene.camera = camera
    labels.write_taxonomy(scene, taxonomy.load("nyu40"))
    return scene


def _box(name: str, half: float) -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new(name)
    corners = [(x * half, y * half, z * half) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]  # the last on top
    mesh.from_pydata(corners, [], faces)
    return mesh
