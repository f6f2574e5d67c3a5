"""Run inside Blender: tell which files are missing in a scene made here that needs files of many kinds.

`files_case.py -- FOLDER`: it writes FOLDER/told.json, the findings as [code, subject, message].
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "addon"))

from sweepset.blender import compat, external_files  # noqa: E402

FOLDER = Path(sys.argv[-1])
DATA = bpy.data


def link(name: str, data: bpy.types.ID | None) -> bpy.types.Object:
    item = DATA.objects.new(name, data)
    bpy.context.scene.collection.objects.link(item)
    return item


def face(name: str) -> bpy.types.Object:
    mesh = DATA.meshes.new(name)
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    return link(name, mesh)


def play(nodes: bpy.types.NodeTree, kind: str, frames: int) -> None:
    """Add an image sequence, of which the files 1, 2 and 4 are there."""
    node = nodes.nodes.new(kind)
    node.image = DATA.images.load(str(FOLDER / "picture_0001.png"))
    node.image.source, node.image_user.frame_duration = "SEQUENCE", frames


def cached(name: str) -> bpy.types.Modifier:
    modifier = face(name).modifiers.new("cache", "MESH_CACHE")
    modifier.filepath = "//gone/moves.pc2"
    return modifier


bpy.ops.wm.read_factory_settings(use_empty=True)
scene = bpy.context.scene
picture = DATA.images.new("picture", 2, 2)
picture.file_format = "PNG"
for number in (1, 2, 4):
    picture.filepath_raw = str(FOLDER / f"picture_{number:04d}.png")
    picture.save()
for name, frames in (("with a gap", 4), ("without a gap", 2)):
    paint = DATA.materials.new(name)
    play(compat.nodes_of(paint), "ShaderNodeTexImage", frames)
    face(name).data.materials.append(paint)
scene.world = DATA.worlds.new("sky")
play(compat.nodes_of(scene.world), "ShaderNodeTexEnvironment", 4)
for name, path in (("smoke", "//gone/smoke.vdb"), ("fire", "//gone/fire_0001.vdb")):
    volume = DATA.volumes.new(name)
    volume.filepath = path
    volume.is_sequence, volume.frame_duration = name == "fire", 3
    link(name, volume)
cached("moved")
cached("hidden").id_data.hide_viewport = True
cached("not rendered").show_viewport = False
bpy.ops.cachefile.open(filepath=str(FOLDER / "gone.abc"))
face("replaced").modifiers.new("cache", "MESH_SEQUENCE_CACHE").cache_file = DATA.cache_files[0]
lamp = DATA.lights.new("lamp", "POINT")
lamp.use_nodes = True
profile = lamp.node_tree.nodes.new("ShaderNodeTexIES")
profile.mode, profile.filepath = "EXTERNAL", "//gone/lamp.ies"
link("lamp", lamp)
face("sea").modifiers.new("ocean", "OCEAN")  # has a path, which it does not use
bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "files.blend"))
bpy.context.view_layer.update()
found = external_files.missing(bpy.context.view_layer.depsgraph)
told = [[finding.code, finding.subject, finding.message] for finding in found]
(FOLDER / "told.json").write_text(json.dumps(told), encoding="utf-8")
sys.stdout.flush()
os._exit(0)
