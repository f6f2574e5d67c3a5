"""Run inside Blender: save .blend files as people find them, each with hazards of its own, into a folder.

The last argument is the folder. Every file but `unlabelled` has a room of six labelled planes and three labelled boxes.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

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


def add(name: str, vertices: list[tuple[float, float, float]], faces: list[tuple[int, ...]]) -> bpy.types.Object:
    """Add a mesh object to the scene."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices, [], faces)
    item = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(item)
    return item


def box(name: str, low: tuple[float, float, float], high: tuple[float, float, float]) -> bpy.types.Object:
    """Add a box."""
    corners = [(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
    return add(name, corners, [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])


def room(label: bool = True) -> bpy.types.Scene:
    """Build the room, with a lamp."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    for name, (place, turn) in SIDES.items():
        side = add(name, [(-2, -2, 0), (2, -2, 0), (2, 2, 0), (-2, 2, 0)], [(0, 1, 2, 3)])
        side.location, side.rotation_euler[:2] = place, turn
    box("bett", (-1.9, -1.9, 0), (-0.6, 0.1, 0.5))
    box("椅子", (1.2, -1.8, 0), (1.7, -1.3, 0.9))
    box("Schränkchen ü", (0.4, 1.5, 0), (1.8, 1.95, 1.2))
    names = {"bett": "bed", "椅子": "chair", "Schränkchen ü": "cabinet"}
    for item in scene.objects if label else ():
        labels.set_category(item, NYU40.category(names.get(item.name, item.name.split()[0])))
    lamp = bpy.data.objects.new("lamp", bpy.data.lights.new("lamp", "POINT"))
    lamp.data.energy, lamp.location = 60, (0, 0, 2.3)
    scene.collection.objects.link(lamp)
    return scene


def save(name: str) -> None:
    """Save the file at hand."""
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / f"{name}.blend"), compress=False)


def camera(scene: bpy.types.Scene, name: str, place: tuple[float, float, float], kind: str = "PERSP") -> None:
    """Add a camera that looks along +y and make it the active one."""
    item = bpy.data.objects.new(name, bpy.data.cameras.new(name))
    item.data.type = kind
    item.location, item.rotation_euler = place, (math.pi / 2, 0, 0)
    scene.collection.objects.link(item)
    scene.camera = item


room()
save("plain")

room(label=False)
save("unlabelled")

scene = room(label=False)
for number, item in enumerate(item for item in scene.objects if item.type == "MESH"):
    item.pass_index = number + 1
scene.objects["bett"].pass_index = 900
save("indices")

scene = room()
scene.objects["bett"][labels.KEY] = "hovercraft"
save("outside")

scene = room()
bpy.data.objects.remove(scene.objects["lamp"])
save("dark")

scene = room()
scene.objects["lamp"].data.energy = 2e5
save("blinding")

scene = room()
scene.render.use_stamp = scene.render.use_border = True
scene.render.border_max_x = scene.render.border_max_y = 0.3
scene.render.resolution_percentage, scene.render.pixel_aspect_x = 25, 2
scene.render.film_transparent = True
scene.cycles.sample_offset = 3
scene.view_layers[0].samples = 1
scene.view_layers[0].material_override = bpy.data.materials.new("clay")
scene.render.filepath = "C:\\Users\\somebody\\picture"
scene.render.image_settings.file_format = "JPEG"
image = bpy.data.images.new("wood.png", 4, 4)
image.filepath, image.source = "C:\\Users\\somebody\\textures\\wood.png", "FILE"
material = bpy.data.materials.new("wood")
material.use_nodes = True
texture = material.node_tree.nodes.new("ShaderNodeTexImage")
texture.image = image
material.node_tree.links.new(texture.outputs[0], material.node_tree.nodes["Principled BSDF"].inputs["Base Color"])
scene.objects["floor"].data.materials.append(material)
hidden = bpy.data.collections.new("hidden")
scene.collection.children.link(hidden)
hidden.hide_render = True
bench = box("bench", (-0.5, 0, 0), (0.5, 0.5, 1))
scene.collection.objects.unlink(bench)
hidden.objects.link(bench)
labels.set_category(bench, NYU40.category("desk"))
scene.objects["椅子"].hide_viewport = True
other = bpy.data.scenes.new("other 世界")
scene.view_layers.new("second")
save("settings")

scene = room()
camera(scene, "flat", (0, -1.9, 1.3), "ORTHO")
camera(scene, "round", (0, -1.9, 1.3), "PANO")
camera(scene, "blocked", (0, 3.0, 1.3))
camera(scene, "buried", (1.45, -1.55, 0.45))
camera(scene, "good", (0, -1.9, 1.3))
scene.camera = scene.objects["bett"]
save("cameras")

scene = room()
text = bpy.data.texts.new("evil.py")
text.use_module = True
text.write(f"import pathlib\npathlib.Path({str(FOLDER / 'scripts ran')!r}).write_text('yes')\n")
curve = scene.objects["bett"].driver_add("location", 0)
curve.driver.expression = "len(__import__('os').listdir('.')) * 0 - 1"
save("scripts")

scene = room()
FAR = box("far", (-0.2, 0, 0), (0.2, 0.2, 0.4))
bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "library.blend"), compress=False)
room()
with bpy.data.libraries.load(str(FOLDER / "library.blend"), link=True) as (there, here):
    here.objects = ["far"]
bpy.context.scene.collection.objects.link(bpy.data.objects["far"])
save("linked")
(FOLDER / "library.blend").unlink()

scene = room()
for item in scene.objects:
    item.hide_render = True
save("empty")

scene = room()
for item in scene.objects:
    item.location *= 1000
    item.scale *= 1000
save("millimetres")

scene = room()
key = bpy.data.curves.new("route", "CURVE")
key.dimensions = "3D"
spline = key.splines.new("POLY")
spline.points.add(2)
for point, place in zip(spline.points, ((-1, -1, 1.5, 1), (1, -1, 1.5, 1), (1, 1, 1.5, 1))):
    point.co = place
scene.collection.objects.link(bpy.data.objects.new("route", key))
camera(scene, "travelling", (-1, -1.5, 1.3))
travelling = scene.objects["travelling"]
for frame, x in ((1, -1), (5, 1)):
    travelling.location.x = x
    travelling.keyframe_insert("location", frame=frame)
scene.frame_start, scene.frame_end = 1, 5
save("paths")

scene = room()
camera(scene, "filming", (-1, -1.9, 1.3))
filming = scene.objects["filming"]
for frame, x in ((1, -1), (4, 1)):
    filming.location.x = x
    filming.keyframe_insert("location", frame=frame)
scene.frame_start, scene.frame_end = 1, 4
sometimes = box("a sofa, sometimes", (-0.6, 0.2, 0), (0.2, 0.6, 0.7))
labels.set_category(sometimes, NYU40.category("sofa"))
for frame, hidden in ((1, False), (3, True)):
    sometimes.hide_render = hidden
    sometimes.keyframe_insert("hide_render", frame=frame)
stock = bpy.data.collections.new("stock")
lamp = box("a lamp", (0, 0, 0), (0.15, 0.15, 0.3))
scene.collection.objects.unlink(lamp)
stock.objects.link(lamp)
labels.set_category(lamp, NYU40.category("lamp"))
lamp.hide_viewport = True
for number in range(3):
    copy = bpy.data.objects.new(f"copy {number}", None)
    copy.instance_type, copy.instance_collection = "COLLECTION", stock
    copy.location = (-0.2 + 0.4 * number, 0.9, 1.0)
    scene.collection.objects.link(copy)
scene.frame_set(4)
save("moving")


def filmed() -> bpy.types.Scene:
    """Build the room with a camera, the twin that hazards are compared with."""
    scene = room()
    camera(scene, "good", (0, -1.9, 1.3))
    good = scene.objects["good"]
    good.rotation_euler.x, good.data.angle, good.data.clip_start = 1.2, 1.9, 0.01
    front = scene.objects["Schränkchen ü"].data
    labels.set_face_category(front, [2], NYU40.category("door"))  # the face towards the camera
    return scene


filmed()
save("twin")

scene = filmed()
fog = box("fog", (-1.9, -1.95, 0.1), (1.9, 1.4, 2.5))
mist = bpy.data.materials.new("mist")
mist.use_nodes = True
mist.node_tree.nodes.clear()
output = mist.node_tree.nodes.new("ShaderNodeOutputMaterial")
scatter = mist.node_tree.nodes.new("ShaderNodeVolumeScatter")
scatter.inputs["Density"].default_value = 0.5
mist.node_tree.links.new(scatter.outputs[0], output.inputs["Volume"])
fog.data.materials.append(mist)
save("fog")

scene = filmed()
lens = scene.objects["good"].data
lens.dof.use_dof, lens.dof.focus_distance, lens.dof.aperture_fstop = True, 0.3, 0.1
lens.dof.keyframe_insert("use_dof", frame=1)
save("focus")

scene = filmed()
bpy.context.view_layer.objects.active = scene.objects["Schränkchen ü"]
bpy.ops.object.mode_set(mode="EDIT")
save("editing")
bpy.ops.object.mode_set(mode="OBJECT")

scene = filmed()
bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "cabinets.blend"), compress=False)
scene = filmed()
bpy.data.objects.remove(scene.objects["Schränkchen ü"])
with bpy.data.libraries.load(str(FOLDER / "cabinets.blend"), link=True) as (there, here):
    here.objects = ["Schränkchen ü"]
bpy.context.scene.collection.objects.link(bpy.data.objects["Schränkchen ü"])
save("linked parts")

scene = filmed()
for name in ("bett", "椅子"):
    item = scene.objects[name]
    item.data.materials.append(bpy.data.materials.new("paint"))
    labels.set_face_category(item.data, [4], NYU40.category("books"))  # below
    bevel = item.modifiers.new("bevel", "BEVEL")
    bevel.width, bevel.material = 0.02, 1
save("bevel")
