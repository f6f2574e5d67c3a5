"""Run inside Blender: save an unlabelled room with a texture and a linked chair; or tell what a .blend's labels are.

`unlabelled.py -- build FOLDER` makes FOLDER/scene/room.blend, beside it indexed.blend, the room
with pass indices, and lone_index.blend, with one;
`unlabelled.py -- read FILE OUT` writes OUT, a JSON file.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "addon"))

from sweepset import taxonomy  # noqa: E402
from sweepset.blender import labels  # noqa: E402


def box(
    name: str, low: tuple[float, float, float], high: tuple[float, float, float], material: str = ""
) -> bpy.types.Object:
    """Add a box to the scene."""
    corners = [(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
    mesh = bpy.data.meshes.new("Cube")
    mesh.from_pydata(corners, [], [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])
    item = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(item)
    if material:
        mesh.materials.append(bpy.data.materials.get(material) or bpy.data.materials.new(material))
    return item


def build(folder: Path) -> None:
    """Save a library with a chair, and a room that links it."""
    scene_folder, library = folder / "scene", folder / "scene" / "library.blend"
    (scene_folder / "textures").mkdir(parents=True)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    box("Stuhl", (1, 1, 0), (1.5, 1.5, 0.9))
    bpy.ops.wm.save_as_mainfile(filepath=str(library))

    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    box("Plane", (-2, -2, -0.1), (2, 2, 0))
    box("Plane.001", (-2, -2, 2.5), (2, 2, 2.6))
    box("Cube.001", (-2.1, -2, 0), (-2, 2, 2.5))
    box("Cube.002", (-2, 2, 0), (2, 2.1, 2.5))
    box("Object_7", (0, 0, 0), (0.4, 0.4, 0.5))
    box("IKEA_sofa_EKTORP.001", (-1.9, -1, 0), (-1, 1, 0.8))
    box("door_handle", (1.9, 0, 1), (1.95, 0.1, 1.05))
    box("Yatak", (0.5, -1.9, 0), (1.9, 0.2, 0.5))
    box("lamp hidden", (0, 0, 1), (0.2, 0.2, 1.4)).hide_render = True
    labels.set_category(box("Kissen", (1, -1, 0.5), (1.4, -0.6, 0.6)), taxonomy.load("nyu40").category("towel"))
    item = box("Cube.003", (0, 1, 0), (0.8, 1.8, 0.75), "Wood")
    home = bpy.data.collections.new("Coffee table")
    scene.collection.children.link(home)
    home.objects.link(item)
    image = bpy.data.images.new("wood", 4, 4)
    image.filepath_raw, image.file_format = str(scene_folder / "textures" / "wood.png"), "PNG"
    image.save()
    bpy.data.images.remove(image)
    image = bpy.data.images.load(str(scene_folder / "textures" / "wood.png"))
    image.use_fake_user = True
    place = scene_folder / "room.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(place))
    with bpy.data.libraries.load(str(library), link=True, relative=True) as (source, target):
        target.objects = list(source.objects)
    for linked in target.objects:
        scene.collection.objects.link(linked)
    image.filepath = "//textures/wood.png"
    bpy.ops.wm.save_as_mainfile(filepath=str(place))
    labels.set_category(bpy.data.objects["Kissen"], None)
    bpy.data.objects["Object_7"].pass_index = 5  # a chair
    bpy.ops.wm.save_as_mainfile(filepath=str(scene_folder / "lone_index.blend"))
    for name, index in {"Yatak": 4, "Cube.003": 7, "Kissen": 77}.items():  # a bed, a table, and nothing
        bpy.data.objects[name].pass_index = index
    bpy.ops.wm.save_as_mainfile(filepath=str(scene_folder / "indexed.blend"))


def read(place: str, out: str) -> None:
    """Write the labels, the taxonomy and the files of a .blend."""
    bpy.ops.wm.open_mainfile(filepath=place, load_ui=False, use_scripts=False)
    stored = labels.read_taxonomy(bpy.context.scene)
    told = {
        "labels": {item.name: labels.category_name(item) for item in bpy.data.objects},
        "faces": {
            item.name: sorted({labels.face_names(item.data).get(number, "") for number in labels.face_ids(item.data)})
            for item in bpy.data.objects
            if item.type == "MESH" and labels.face_ids(item.data).any()
        },
        "taxonomy": stored.name if stored else "",
        "images": {
            image.name: os.path.isfile(bpy.path.abspath(image.filepath))
            for image in bpy.data.images
            if image.source == "FILE"
        },
        "relative": [image.filepath for image in bpy.data.images if image.source == "FILE"],
        "libraries": [os.path.isfile(bpy.path.abspath(library.filepath)) for library in bpy.data.libraries],
    }
    Path(out).write_text(json.dumps(told), encoding="utf-8")


words = sys.argv[sys.argv.index("--") + 1 :]
if words[0] == "build":
    build(Path(words[1]))
else:
    read(words[1], words[2])
sys.stdout.flush()
os._exit(0)
