"""Save scenes to judge ground truth by: run inside a Blender, `ground_truth_scenes.py -- FOLDER`.

`moving.blend` has things of every kind, some of which move, before a moving camera, in units of half a metre, and
`moving.json` where Blender says that the objects are at each frame. `hidden.blend` has cubes whose share in view can be
worked out by hand. `many.blend` has more copies of a cube than 15 bits count.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

import hazard
from sweepset import taxonomy
from sweepset.blender import labels

KINDS = ("floor", "wall", "thing", "copy", "mover", "part")
TAXONOMY = taxonomy.parse(
    {"name": "moving", "categories": [{"id": 300 * n, "name": name} for n, name in enumerate(KINDS, 1)]}, "moving"
)
FRAMES = (1, 4)


def add(name: str, data: Any, kind: str, place: tuple[float, float, float], **settings: Any) -> bpy.types.Object:
    """Add a labelled object."""
    item = hazard.add(data, name, place, **settings)
    labels.set_category(item, TAXONOMY.category(kind))
    return item


def diffuse(name: str, color: tuple[float, float, float]) -> bpy.types.Material:
    """Make a material that is one colour and nothing else."""
    item = hazard.shader_material(name, "ShaderNodeBsdfDiffuse")
    node = next(node for node in item.node_tree.nodes if node.bl_idname == "ShaderNodeBsdfDiffuse")
    node.inputs["Color"].default_value = (*color, 1)
    return item


def glow(name: str) -> bpy.types.Material:
    """Make a material that shines and reflects nothing."""
    return hazard.shader_material(name, "ShaderNodeEmission")


def start() -> bpy.types.Scene:
    """Begin an empty scene with light from everywhere, so that renders have little noise."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.preferences.filepaths.save_version = 0
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    world = scene.world = bpy.data.worlds.new("world")
    if bpy.app.version < (5, 0):
        world.use_nodes = True
    tree = world.node_tree
    node = next((n for n in tree.nodes if n.bl_idname == "ShaderNodeBackground"), None)
    if node is None:
        node, end = tree.nodes.new("ShaderNodeBackground"), tree.nodes.new("ShaderNodeOutputWorld")
        tree.links.new(node.outputs[0], end.inputs["Surface"])
    node.inputs["Color"].default_value = (1, 1, 1, 1)
    labels.write_taxonomy(scene, TAXONOMY)
    return scene


def copy_on_points(host: bpy.types.Object, source: bpy.types.Object) -> None:
    """Give an object geometry nodes that put a copy of another on each of its points."""

    def build(tree: bpy.types.NodeTree, points: Any) -> Any:
        return hazard.instance_on_points(tree, points, hazard.object_info(tree, source), 1)

    hazard.add_nodes(host, hazard.node_group("Copies", build))


def add_camera(name: str, place: tuple[float, float, float], turn: tuple[float, float, float], **lens: Any) -> Any:
    """Add a camera whose picture is as wide as it is far away."""
    data = bpy.data.cameras.new(name)
    data.lens = data.sensor_width = 36
    for key, value in lens.items():
        setattr(data, key, value)
    return hazard.add(data, name, place, rotation_euler=turn)


def key(item: bpy.types.Object, path: str, first: tuple[float, ...], last: tuple[float, ...]) -> None:
    """Move a property from one value at the first frame to another at the last."""
    for frame, value in zip(FRAMES, (first, last)):
        setattr(item, path, value)
        item.keyframe_insert(path, frame=frame)


def build_moving(path: Path) -> None:
    """Build and save the scene of moving things, and write where its objects are."""
    scene = start()
    scene.unit_settings.scale_length = 0.5
    scene.frame_start, scene.frame_end = FRAMES
    tiles = hazard.mesh("tiles", [(-8, -8, 0), (8, -8, 0), (8, 12, 0), (-8, 12, 0)], [(0, 1, 2, 3)])
    tiles.materials.append(diffuse("tiles", (0.2, 0.4, 0.6)))
    add("floor", tiles, "floor", (0, 0, 0))
    wall = add("wall", hazard.box("wall", (16, 0.4, 6)), "wall", (0, 6, 0))
    wall.data.materials.append(diffuse("checks", (1, 1, 1)))
    tree = wall.data.materials[0].node_tree
    checks = tree.nodes.new("ShaderNodeTexChecker")
    checks.inputs["Color1"].default_value = (0.8, 0.1, 0.1, 1)
    checks.inputs["Color2"].default_value = (0.1, 0.1, 0.7, 1)
    checks.inputs["Scale"].default_value = 12
    shader = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeBsdfDiffuse")
    tree.links.new(checks.outputs["Color"], shader.inputs["Color"])
    add("lamp", hazard.box("lamp", (0.4, 0.4, 0.4)), "thing", (-1.2, 2.6, 1.6)).data.materials.append(glow("ember"))
    add('das "große", Buch', hazard.box("book", (1.2, 0.4, 1.0)), "thing", (-2.6, 1.0, 0), rotation_euler=(0, 0, 0.5))
    add("椅子, 🪑", hazard.ball("ball", 0.7), "thing", (2.4, 1.2, 0))
    add("mirrored", hazard.ball("ellipsoid", 0.6, 12), "thing", (3.8, 3.4, 0), scale=(-1, 0.6, 1.6))

    slider = add("slider", hazard.box("slider", (0.8, 0.8, 0.8)), "mover", (0, 0, 0))
    key(slider, "location", (-1.2, -0.6, 0), (0.4, 0.2, 0.3))
    key(slider, "rotation_euler", (0, 0, 0), (0, 0, 0.6))
    pivot = hazard.add(None, "pivot", (0.4, 2.6, 0), scale=(2, 2, 2))
    key(pivot, "rotation_euler", (0, 0, 0.2), (0, 0, 0.9))
    add("arm", hazard.box("arm", (1.0, 0.3, 0.5)), "mover", (0.2, 0, 0), parent=pivot, scale=(1, 1, 0.7))
    wave = add("wave", hazard.box("wave", (0.9, 0.9, 0.9)), "mover", (-4.2, 3.2, 0))
    wave.shape_key_add(name="Basis")
    bent = wave.shape_key_add(name="bent")
    for point in list(bent.data)[4:]:
        point.co.x += 0.6
    for frame, value in zip(FRAMES, (0.0, 1.0)):
        bent.value = value
        bent.keyframe_insert("value", frame=frame)

    part = hazard.box("half and half", (0.9, 0.7, 1.1))
    labels.set_face_category(part, [1, 5], TAXONOMY.category("part"))
    add("parts", part, "thing", (-0.8, 4.4, 0), rotation_euler=(0, 0, 0.3))

    source = add("source", hazard.box("source", (0.35, 0.35, 0.35)), "copy", (0, 0, -9), hide_render=True)
    points = hazard.mesh("points", [(0.5 * i, 0.5 * j, 0) for i in range(3) for j in range(2)], [])
    host = add("host", points, "copy", (2.6, -0.8, 0))
    copy_on_points(host, source)
    key(host, "location", (2.6, -0.8, 0), (2.2, -0.5, 0.1))
    group = bpy.data.collections.new("Gruppe")
    for name, x in (("left", -0.3), ("right", 0.3)):
        inner = bpy.data.objects.new(name, hazard.box(name, (0.3, 0.4, 0.5)))
        inner.location.x = x
        labels.set_category(inner, TAXONOMY.category("copy"))
        group.objects.link(inner)
    for number in range(2):
        empty = hazard.add(None, f"group {number}", (-3.0 + 1.4 * number, -1.2, 0))
        empty.instance_type, empty.instance_collection = "COLLECTION", group
    emitter = add("emitter", hazard.ball("emitter", 0.4, 4), "copy", (4.6, 0.6, 0), show_instancer_for_render=False)
    settings = emitter.modifiers.new("Particles", "PARTICLE_SYSTEM").particle_system.settings
    settings.type, settings.count, settings.hair_length, settings.use_emit_random = "HAIR", 8, 0.5, False
    settings.render_type, settings.instance_object, settings.particle_size = "OBJECT", source, 1.0

    camera = add_camera("Kamera", (0, -7, 3), (1.25, 0, 0), shift_x=0.05)
    key(camera, "location", (-0.4, -7.2, 3), (0.6, -6.6, 2.8))
    key(camera, "rotation_euler", (1.25, 0, 0.05), (1.22, 0.03, -0.06))
    camera.data.dof.use_dof, camera.data.dof.focus_distance, camera.data.dof.aperture_fstop = True, 6, 2.8
    scene.camera = camera
    found: dict[str, dict[int, Any]] = {}
    for frame in range(FRAMES[0], FRAMES[1] + 1):
        scene.frame_set(frame)
        depsgraph = bpy.context.evaluated_depsgraph_get()
        for item in scene.objects:
            found.setdefault(item.name, {})[frame] = np.array(item.evaluated_get(depsgraph).matrix_world).tolist()
    path.with_suffix(".json").write_text(json.dumps(found), encoding="utf-8")
    bpy.ops.wm.save_as_mainfile(filepath=str(path))


def build_hidden(path: Path) -> None:
    """Build and save cubes before a camera at the origin that looks along +y."""
    scene = start()
    cube = hazard.box("cube")
    for name, place in (("hidden", (-1, 4.5, -0.5)), ("outside", (2, 4.5, -0.5)), ("behind", (0, -4, -0.5))):
        add(name, cube, "thing", place)
    add("screen", hazard.card("screen", 0.5, 1.5), "wall", (-0.75, 2, -0.75))
    add("back", hazard.card("back", 40, 40), "wall", (0, 20, -20))
    add("floor", hazard.box("floor", (2, 14, 0.1)), "floor", (0, 2, -1.2))
    scene.camera = add_camera("Kamera", (0, 0, 0), (math.pi / 2, 0, 0))
    bpy.ops.wm.save_as_mainfile(filepath=str(path))


def build_many(path: Path) -> None:
    """Build and save 33,000 copies of a cube, some seen from above, one a pixel of 60x46."""
    scene = start()
    source = add("würfel 🎲", hazard.box("cube", (0.6, 0.6, 0.6)), "copy", (0, 0, -9), hide_render=True)
    columns, rows = 220, 150
    places = [(i - (columns - 1) / 2, j - (rows - 1) / 2, 0) for j in range(rows) for i in range(columns)]
    host = add("host", hazard.mesh("points", places, []), "copy", (0, 0, 0))
    copy_on_points(host, source)
    scene.camera = add_camera("Kamera", (80, 52, 60), (0, 0, 0))  # above the last of them
    bpy.ops.wm.save_as_mainfile(filepath=str(path))


if __name__ == "__main__":
    folder = Path(sys.argv[-1])
    build_moving(folder / "moving.blend")
    build_hidden(folder / "hidden.blend")
    build_many(folder / "many.blend")
