"""Run inside Blender: save a room to vary, and one where most has to stay, into a folder: `varied_scene.py -- FOLDER`.

Most things are boxes, so that a test can reckon by hand what is in what: each has its half sizes in `half`.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import bpy

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "addon"))

from sweepset import taxonomy  # noqa: E402
from sweepset.blender import labels  # noqa: E402

FOLDER = Path(sys.argv[-1])
NYU40 = taxonomy.load("nyu40")
SIDES = {
    "floor": ((0, 0, 0), (0, 0)),
    "ceiling": ((0, 0, 2.6), (math.pi, 0)),
    "wall 1": ((0, 2, 1.3), (math.pi / 2, 0)),
    "wall 2": ((0, -2, 1.3), (-math.pi / 2, 0)),
    "wall 3": ((2, 0, 1.3), (0, -math.pi / 2)),
    "wall 4": ((-2, 0, 1.3), (0, math.pi / 2)),
}
COLORS = {"red": (0.6, 0.05, 0.05), "green": (0.05, 0.4, 0.1), "blue": (0.05, 0.1, 0.5), "oak wood": (0.4, 0.25, 0.1)}


def material(name: str, color: tuple[float, float, float], shine: float = 0.0) -> bpy.types.Material:
    """Make a plain material, or one that shines."""
    made = bpy.data.materials.new(name)
    if made.node_tree is None:
        made.use_nodes = True
    shader = next(node for node in made.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (*color, 1)
    if shine:
        shader.inputs["Emission Color" if "Emission Color" in shader.inputs else "Emission"].default_value = (*color, 1)
        shader.inputs["Emission Strength"].default_value = shine
    return made


def add(name: str, mesh: bpy.types.Mesh | None, place: tuple[float, float, float], category: str) -> bpy.types.Object:
    """Add an object; '' labels it as nothing."""
    item = bpy.data.objects.new(name, mesh)
    item.location = place
    bpy.context.scene.collection.objects.link(item)
    if category:
        labels.set_category(item, NYU40.category(category))
    return item


def mesh(name: str, half: tuple[float, float, float]) -> bpy.types.Mesh:
    """Make a box's mesh around its origin; its last face is on top."""
    corners = [(x * half[0], y * half[1], z * half[2]) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    made = bpy.data.meshes.new(name)
    made.from_pydata(corners, [], faces)
    return made


def box(
    name: str, category: str, at: tuple[float, float], on: float, half: tuple[float, float, float], look: Any
) -> Any:
    """Stand a box at x, y on a height."""
    made = mesh(name, half)
    if look is not None:
        made.materials.append(look)
    item = add(name, made, (*at, on + half[2]), category)
    item["half"] = half
    return item


def build() -> bpy.types.Scene:
    """Build the room."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    labels.write_taxonomy(scene, NYU40)
    looks = {name: material(name, color) for name, color in COLORS.items()}
    for name, (place, turn) in SIDES.items():
        side = bpy.data.meshes.new(name)
        side.from_pydata([(-2, -2, 0), (2, -2, 0), (2, 2, 0), (-2, 2, 0)], [], [(0, 1, 2, 3)])
        side.materials.append(looks["oak wood"] if name == "floor" else material(name, (0.7, 0.7, 0.65)))
        item = add(name, side, place, name.split()[0])
        item.rotation_euler[:2] = turn
    box("table", "table", (0.2, 0.3), 0.0, (0.5, 0.35, 0.36), looks["oak wood"])
    for k, at in enumerate(((0.0, 0.2), (0.3, 0.4), (0.5, 0.1))):
        box(f"book {k}", "books", at, 0.72, (0.1, 0.07, 0.02), looks[("red", "green", "blue")[k]])
    # Two of one mesh, and one on the other.
    crate = box("crate", "box", (-1.4, 1.3), 0.0, (0.2, 0.15, 0.12), looks["green"])
    again = add("crate again", crate.data, (-1.42, 1.32, 0.36), "box")
    again["half"] = (0.2, 0.15, 0.12)
    for k, at in enumerate(((-0.9, -0.2), (1.3, 0.3), (0.2, -0.7))):
        box(f"chair {k}", "chair", at, 0.0, (0.22, 0.23, 0.42), looks[("red", "blue", "green")[k]])
    # A label of a face, and one of a material.
    chest = box("chest", "dresser", (1.5, -1.4), 0.0, (0.3, 0.25, 0.3), looks["oak wood"])
    labels.set_face_category(chest.data, [5], NYU40.category("towel"))
    paper = material("paper", (0.8, 0.8, 0.8))
    labels.set_category(paper, NYU40.category("paper"))
    sheets = box("sheets", "books", (-1.3, -1.4), 0.0, (0.15, 0.2, 0.05), looks["red"])
    sheets.data.materials.append(paper)
    sheets.data.polygons[5].material_index = 1
    # A lamp with its light, and a child that goes along.
    lamp = box("lamp", "lamp", (-0.2, 1.5), 0.0, (0.12, 0.12, 0.5), material("shade", (0.8, 0.8, 0.7), 2.0))
    knob = mesh("knob", (0.03, 0.03, 0.03))
    child = add("knob", knob, (0, 0, 0.53), "lamp")
    child.parent = lamp
    child["half"] = (0.03, 0.03, 0.03)
    for name, place, power in (("bulb", (-0.2, 1.5, 0.6), 20), ("ceiling light", (0.0, 0.0, 2.4), 60)):
        light = bpy.data.objects.new(name, bpy.data.lights.new(name, "POINT"))
        light.location, light.data.energy = place, power
        scene.collection.objects.link(light)
    picture = box("picture", "picture", (0.5, 1.985), 1.2, (0.3, 0.01, 0.2), material("picture", (0.2, 0.3, 0.6)))
    picture["half"] = (0.3, 0.01, 0.2)
    for k, (place, turn) in enumerate((((-1.7, -1.7, 1.9), (1.1, 0, -0.8)), ((1.7, 1.7, 2.0), (1.0, 0, 2.4)))):
        camera = bpy.data.objects.new(f"camera {k}", bpy.data.cameras.new(f"camera {k}"))
        camera.location, camera.rotation_euler = place, turn
        camera.data.angle = 1.4
        scene.collection.objects.link(camera)
        scene.camera = camera
    return scene


def bind() -> None:
    """Make things that have to stay where they are, of kinds that would move."""
    looks = bpy.data.materials
    keyed = box("keyed", "bag", (-1.7, 0.0), 0.0, (0.1, 0.1, 0.1), looks["red"])
    keyed.keyframe_insert("location", frame=1)
    held = box("held", "bag", (-1.7, 0.4), 0.0, (0.1, 0.1, 0.1), looks["red"])
    held.constraints.new("LIMIT_LOCATION")
    aim = box("aim", "bag", (-1.7, 0.8), 0.0, (0.1, 0.1, 0.1), looks["red"])
    eye = bpy.data.objects.new("eye", bpy.data.cameras.new("eye"))
    bpy.context.scene.collection.objects.link(eye)
    eye.constraints.new("TRACK_TO").target = aim
    box("unknown", "", (1.75, 1.7), 0.0, (0.1, 0.1, 0.1), looks["blue"])
    # Under something unknown: it would be left in the air.
    box("plinth", "box", (1.2, 1.6), 0.0, (0.15, 0.15, 0.2), looks["green"])
    box("statue", "", (1.2, 1.6), 0.4, (0.1, 0.1, 0.15), looks["blue"])
    group = bpy.data.collections.new("copied")
    copied = box("copied", "bag", (0.0, -1.6), 0.0, (0.1, 0.1, 0.1), looks["red"])
    group.objects.link(copied)
    empty = bpy.data.objects.new("copies", None)
    empty.instance_type, empty.instance_collection, empty.location = "COLLECTION", group, (0.5, 0, 0)
    bpy.context.scene.collection.objects.link(empty)
    looks["blue"].node_tree.animation_data_create()
    looks["blue"].diffuse_color = (0.1, 0.1, 0.9, 1)
    looks["blue"].keyframe_insert("diffuse_color", frame=1)


def enlarge(times: float) -> None:
    """Make all so many times as large, and the unit as many times smaller."""
    scene = bpy.context.scene
    scene.unit_settings.scale_length = 1 / times
    for item in scene.objects:
        item.location *= times
    for data in bpy.data.meshes:
        for vertex in data.vertices:
            vertex.co *= times


build()
enlarge(100)
bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "centimetres.blend"), compress=False)
build()
bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "room.blend"), compress=False)
bind()
bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "bound.blend"), compress=False)
