"""Run inside Blender: label a grid of planes, set up compositing beside a user's own nodes, render, take it away.

Writes FOLDER/result.json with the scene's state before, during and after, and FOLDER/label_*.png from plain renders.
The last argument is the folder.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "addon"))

from sweepset import taxonomy  # noqa: E402
from sweepset.blender import compat, compositing, labels, passes  # noqa: E402
from sweepset.errors import SweepsetError  # noqa: E402

FOLDER = Path(sys.argv[-1])
IDS = [1, 2, 200, 255, 256, 2049, 32767]
TAXONOMY = taxonomy.parse({"name": "grid", "categories": [{"id": n, "name": f"number {n}"} for n in IDS]}, "grid")


def tree_of(scene: bpy.types.Scene) -> bpy.types.NodeTree | None:
    return scene.compositing_node_group if hasattr(scene, "compositing_node_group") else scene.node_tree


def state(scene: bpy.types.Scene) -> dict[str, object]:
    """Return what compositing must leave alone."""
    tree, layer = tree_of(scene), scene.view_layers[0]
    nodes, links = [], []
    if tree is not None and (hasattr(scene, "compositing_node_group") or scene.use_nodes):
        nodes = sorted((n.name, n.bl_idname, tuple(n.location), n.mute) for n in tree.nodes)
        links = sorted(
            (ln.from_node.name, ln.from_socket.name, ln.to_node.name, ln.to_socket.name) for ln in tree.links
        )
    return {
        "nodes": nodes,
        "links": links,
        "in use": bool(tree) if hasattr(scene, "compositing_node_group") else scene.use_nodes,
        "layer": [
            layer.pass_alpha_threshold, layer.use_pass_object_index, layer.use_pass_material_index, layer.use_pass_z
        ],
        "materials": sorted(material.name for material in bpy.data.materials),
        "slots": {
            mesh.name: ([m.name if m else "" for m in mesh.materials], [p.material_index for p in mesh.polygons])
            for mesh in bpy.data.meshes
        },
        "indices": sorted((item.name, item.pass_index) for item in (*bpy.data.objects, *bpy.data.materials)),
        "compositing": scene.render.use_compositing,
        "item keys": sorted(key for item in (*bpy.data.objects, *bpy.data.meshes) for key in item.keys()),  # noqa: SIM118
        "groups": len(bpy.data.node_groups),
        "keys": sorted(scene.keys()),
    }  # fmt: skip


def build() -> bpy.types.Scene:
    """Build a row of seven planes of 16x16 pixels, one for each id, the last two labelled by material and by face."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.cycles.use_denoising = False  # Debian's Blender is built without a denoiser
    scene.render.resolution_x, scene.render.resolution_y = 16 * (len(IDS) + 1), 16
    for place, number in enumerate(IDS):
        mesh = bpy.data.meshes.new(f"plane {number}")
        mesh.from_pydata([(x, y, 0) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))], [], [(0, 1, 2, 3)])
        item = bpy.data.objects.new(f"plane {number}", mesh)
        item.location.x = place
        item.pass_index = 77  # the user's own
        scene.collection.objects.link(item)
        category = TAXONOMY.category(number)
        other = TAXONOMY.category(IDS[0])
        if place == len(IDS) - 1:
            labels.set_category(item, other)
            mesh.materials.append(bpy.data.materials.new("wood"))
            labels.set_category(mesh.materials[0], TAXONOMY.category(IDS[1]))
            labels.set_face_category(mesh, [0], category)
        elif place == len(IDS) - 2:
            labels.set_category(item, other)
            mesh.materials.append(bpy.data.materials.new("stone"))
            labels.set_category(mesh.materials[0], category)
        elif place == 2:  # a face label on a mesh without any material
            labels.set_category(item, other)
            labels.set_face_category(mesh, [0], category)
        else:
            labels.set_category(item, category)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", len(IDS) + 1
    camera.location = ((len(IDS) + 1) / 2, 0.5, 5)
    scene.collection.objects.link(camera)
    scene.camera = camera
    return scene


def add_own_nodes(scene: bpy.types.Scene) -> None:
    """Add what a user might have: render layers through a blur to the result."""
    if hasattr(scene, "compositing_node_group"):
        tree = scene.compositing_node_group = bpy.data.node_groups.new("mine", "CompositorNodeTree")
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        result = tree.nodes.new("NodeGroupOutput")
    else:
        scene.use_nodes = True
        tree = scene.node_tree
        tree.nodes.clear()
        result = tree.nodes.new("CompositorNodeComposite")
    layers, blur = tree.nodes.new("CompositorNodeRLayers"), tree.nodes.new("CompositorNodeBlur")
    tree.links.new(layers.outputs[0], blur.inputs[0])
    tree.links.new(blur.outputs[0], result.inputs[0])


def render(scene: bpy.types.Scene, name: str, max_id: int) -> None:
    """Set up labels and compositing, and render as F12 does."""
    passes.write_categories(TAXONOMY)
    folder = FOLDER / name
    compositing.set_up(scene, scene.view_layers[0], [compositing.label_output(max_id)], folder)
    scene.render.filepath = str(FOLDER / f"{name}.png")
    bpy.ops.render.render(write_still=True)


def main() -> None:
    """Run the case."""
    result: dict[str, object] = {}
    engines = compat.choices(bpy.context.scene.render, "engine")
    for own in (False, True):
        scene = build()
        if own:
            add_own_nodes(scene)
        before = state(scene)
        render(scene, f"wide {own}", 32767)
        compositing.set_up(scene, scene.view_layers[0], [compositing.label_output(32767)], FOLDER)  # twice is once
        compositing.remove(scene)
        compositing.remove(scene)
        passes.remove()
        result[str(own)] = {"before": before, "after": state(scene)}
    for item in bpy.data.objects:  # what does not fit 8 bits goes
        if item.name.endswith(("256", "2049", "32767")):
            item.hide_render = True
    render(scene, "narrow", 255)
    scene.render.engine = compat.EEVEE_IDS[0] if compat.EEVEE_IDS[0] in engines else compat.EEVEE_IDS[1]
    try:
        compositing.set_up(scene, scene.view_layers[0], [compositing.label_output(255)], FOLDER)
    except SweepsetError as error:
        result["eevee"] = str(error)
    (FOLDER / "result.json").write_text(json.dumps(result))


if __name__ == "__main__":
    main()
