"""Write one wedge as a file of each format, by Blender's exporters: run inside a Blender, `model_files.py -- FOLDER`.

The wedge is 0.12 x 0.08 x 0.05 m in Blender's axes (z up), of two meshes, one of them below a mirrored parent.
"""

from __future__ import annotations

import sys
from pathlib import Path

import bpy


def box(name: str, low: tuple[float, ...], high: tuple[float, ...]) -> bpy.types.Object:
    """Make a closed box."""
    corners = [(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(corners, [], faces)
    item = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(item)
    return item


def make(scale: float, colored: bool) -> None:
    """Make the wedge in an empty scene, `scale` units a metre."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    foot = box("foot", (0, 0, 0), (0.12, 0.08, 0.02))
    tower = box("tower", (-0.02, 0, 0.02), (0, 0.08, 0.05))
    tower.scale = (-1, 1, 1)  # mirrored, to x from 0 to 0.02
    top = bpy.data.objects.new("kp_top", None)
    top.location = (0.01, 0.04, 0.05)
    bpy.context.scene.collection.objects.link(top)
    for item in (foot, tower, top):
        item.location = [scale * x for x in item.location]
        item.scale = [scale * x for x in item.scale]
    if colored:
        material = bpy.data.materials.new("red")
        material.diffuse_color = (0.8, 0.1, 0.1, 1)
        material.use_nodes = True
        foot.data.materials.append(material)
        tower.data.materials.append(material)
    bpy.context.view_layer.update()


folder = Path(sys.argv[-1])
make(1.0, True)
bpy.ops.export_scene.gltf(filepath=str(folder / "glb.glb"))
(folder / "gltf").mkdir()
bpy.ops.export_scene.gltf(filepath=str(folder / "gltf" / "part.gltf"), export_format="GLTF_SEPARATE")
bpy.ops.wm.obj_export(filepath=str(folder / "くさび.obj"))
bpy.ops.export_scene.fbx(filepath=str(folder / "fbx.fbx"))
bpy.ops.wm.usd_export(filepath=str(folder / "usd.usdc"))
bpy.ops.wm.save_as_mainfile(filepath=str(folder / "blend.blend"))
make(1000.0, False)  # millimetres
bpy.ops.wm.stl_export(filepath=str(folder / "stl.stl"))
bpy.ops.wm.ply_export(filepath=str(folder / "ply.ply"))
(folder / "broken.glb").write_bytes(b"glTF\x02\0\0\0")
(folder / "empty.obj").write_text("v 0 0 0\n")
(folder / "flat.obj").write_text("v 0 0 0\nv nan 0 0\nv 0 1 0\nf 1 2 3\n")  # Blender reads NaN in an OBJ as 0
(folder / "parts.zip").write_bytes(b"PK")
