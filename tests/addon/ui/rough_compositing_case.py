"""Run inside Blender: scenes that are set up for label renders, and what users do to them before they press Remove.

The argument is a folder; `done` is written there after the last case.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "addon"), str(ROOT / "scenes")]

import room  # noqa: E402
import sweepset  # noqa: E402
from sweepset import taxonomy  # noqa: E402
from sweepset.blender import compat, labels  # noqa: E402
from sweepset.blender.capture import direct_render  # noqa: E402
from sweepset.errors import SweepsetError  # noqa: E402
from sweepset.ui.changes import labels_changed  # noqa: E402

FOLDER = Path(sys.argv[-1])
NYU40 = taxonomy.load("nyu40")
TABLE, CHAIR = (NYU40.category(name) for name in ("table", "chair"))


def set_up(scene: bpy.types.Scene) -> None:
    settings = direct_render.Settings(str(FOLDER / "out"), (32, 24))
    direct_render.set_up(scene, scene.view_layers[0], settings)


def rendered(bits: int = 8) -> set[int]:
    """Render the open scene and return the ids that its label image, of so many bits, holds."""
    bpy.ops.render.render()
    (path,) = (FOLDER / "out" / "labels").glob("*.png")
    image = bpy.data.images.load(str(path))
    image.colorspace_settings.name = "Non-Color"
    values = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(values)
    bpy.data.images.remove(image)
    path.unlink()
    return set(np.rint(values.reshape(-1, 4)[:, 0] * (2**bits - 1)).astype(int).tolist())


def tree(scene: bpy.types.Scene) -> bpy.types.NodeTree:
    return compat.compositor_tree(scene)


def check_own_nodes_stay(scene: bpy.types.Scene) -> None:
    set_up(scene)
    tree(scene).nodes.new("CompositorNodeBlur").name = "mine"
    direct_render.remove(scene)
    trees = [*bpy.data.node_groups, *filter(None, [getattr(scene, "node_tree", None)])]
    assert "mine" in [node.name for one in trees for node in one.nodes], "a node of the user's was deleted"
    assert all(one.users for one in bpy.data.node_groups), "a node of the user's will not be saved"


def check_renamed_layer(scene: bpy.types.Scene) -> None:
    layer = scene.view_layers[0]
    before = layer.use_pass_object_index, layer.pass_alpha_threshold, list(layer.keys())
    set_up(scene)
    layer.name = "another name"
    assert TABLE.id in rendered()
    assert direct_render.spoiled(scene) == []
    direct_render.remove(scene)
    assert (layer.use_pass_object_index, layer.pass_alpha_threshold, list(layer.keys())) == before


def check_renamed_node(scene: bpy.types.Scene) -> None:
    if hasattr(scene, "compositing_node_group"):
        return  # there a tree is in use or is none
    node = tree(scene).nodes.new("CompositorNodeBlur")
    scene.use_nodes = False
    set_up(scene)
    assert node.mute
    node.name = "another name"
    direct_render.remove(scene)
    assert not node.mute
    assert not node.keys()


def check_renamed_copy_of_material(scene: bpy.types.Scene) -> None:
    mesh = bpy.data.objects["Table"].data
    labels.set_face_category(mesh, [0, 1, 5], CHAIR)
    before = [one.material_index for one in mesh.polygons], list(mesh.materials)
    set_up(scene)
    for material in bpy.data.materials:
        material.name = f"mine {material.name}"
    assert CHAIR.id in rendered()
    direct_render.remove(scene)
    assert ([one.material_index for one in mesh.polygons], list(mesh.materials)) == before


def check_two_scenes(scene: bpy.types.Scene) -> None:
    scene.camera.data.dof.use_dof = True
    set_up(scene)
    other = bpy.data.scenes.new("other")
    for item in scene.objects:
        other.collection.objects.link(item)
    other.camera = scene.camera
    labels.write_taxonomy(other, taxonomy.parse({"name": "own", "categories": [{"id": 99, "name": "table"}]}, "own"))
    refused = False
    try:
        set_up(other)
    except SweepsetError:
        refused = True
    assert refused, "two taxonomies share the objects' one index"
    assert TABLE.id in rendered()
    labels.write_taxonomy(other, NYU40)
    set_up(other)
    direct_render.remove(scene)
    assert not scene.camera.data.dof.use_dof, "blur is back in a scene that is still set up"
    direct_render.remove(other)
    assert scene.camera.data.dof.use_dof
    assert not scene.camera.data.keys()


def check_copied_scene(scene: bpy.types.Scene) -> None:
    set_up(scene)
    copy = scene.copy()
    assert direct_render.spoiled(scene) == []
    direct_render.remove(copy)
    assert TABLE.id in rendered(), "Remove in a copy of the scene broke the original"
    direct_render.remove(scene)
    assert not compat.has_compositor(scene)


def check_linked_scene(scene: bpy.types.Scene) -> None:
    set_up(scene)
    path = FOLDER / "set up.blend"
    bpy.data.libraries.write(str(path), {scene})
    scene = room.build()
    with bpy.data.libraries.load(str(path), link=True) as (_, here):
        here.scenes = ["Scene"]
    set_up(scene)
    direct_render.remove(scene)
    kept = [item.name for item in scene.objects if "sweepset_pass_index" in item]
    assert not kept, f"a linked scene that is set up keeps what Remove gives back: {kept}"


def check_spoiled(scene: bpy.types.Scene) -> None:
    set_up(scene)
    assert direct_render.spoiled(scene) == []
    scene.render.engine = "BLENDER_WORKBENCH"
    scene.render.use_motion_blur = True
    scene.camera.data.dof.use_dof = True
    ours = next(node for node in tree(scene).nodes if node.bl_idname == "CompositorNodeOutputFile")
    tree(scene).nodes.remove(ours)
    told = direct_render.spoiled(scene)
    assert told == ["nodes", "engine Workbench", "motion blur", "depth of field of Camera"], told
    set_up(scene)
    assert direct_render.spoiled(scene) == []
    assert TABLE.id in rendered()


def check_labels_of_scripts(scene: bpy.types.Scene) -> None:
    """Labels that no operator wrote, and objects that come with labels, are in the next render."""
    set_up(scene)
    bpy.data.objects["Floor"][labels.KEY] = "chair"
    assert CHAIR.id in rendered()
    path = FOLDER / "chair.blend"
    bpy.data.objects["Chair.001"][labels.KEY] = "sofa"
    bpy.data.libraries.write(str(path), {bpy.data.objects["Chair.001"]})
    bpy.data.objects.remove(bpy.data.objects["Chair.001"])
    with bpy.data.libraries.load(str(path)) as (_, here):
        here.objects = ["Chair.001"]
    scene.collection.objects.link(here.objects[0])
    found = rendered()
    assert found == {0, TABLE.id, CHAIR.id, NYU40.category("sofa").id}, found
    wide = [{"id": 400, "name": "table"}, {"id": 7, "name": "sofa"}]
    labels.write_taxonomy(scene, taxonomy.parse({"name": "wide", "categories": wide}, "wide"))
    labels.set_face_category(bpy.data.objects["Table"].data, [0, 1, 5], CHAIR)
    assert rendered(bits=16) == {0, 400, 7}
    direct_render.remove(scene)


def check_unreadable_taxonomy(scene: bpy.types.Scene) -> None:
    set_up(scene)
    scene[labels.TAXONOMY_KEY] = "{nonsense"
    labels_changed(scene)
    assert TABLE.id in rendered(), "labels went with their taxonomy"
    direct_render.remove(scene)


def main() -> None:
    sweepset.register()
    for name, check in [one for one in globals().items() if one[0].startswith("check_")]:
        scene = room.build()
        labels.set_category(bpy.data.objects["Table"], TABLE)
        check(scene)
        print(name, "passed", flush=True)
    (FOLDER / "done").touch()
    sys.stdout.flush()
    os._exit(0)


main()
