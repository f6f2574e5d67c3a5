"""Let EEVEE's images and Cycles' ground truth show the same surfaces, where the engines read a scene differently.

Only for a scene whose images EEVEE renders: there, Cycles renders nothing that people look at.
"""

from __future__ import annotations

from typing import Any

import bpy

from . import compat, islands
from .labelling import alpha


def agree(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer) -> None:
    """Change a scene in memory so that both engines show the same surfaces to cameras."""
    compat.subdivide_evenly(scene)
    _hide_from_eevee(scene, view_layer)
    drawn = [material for material in bpy.data.materials if not material.is_grease_pencil]
    islands.make_known(drawn)
    for material in drawn:
        if material.use_backface_culling:
            compat.nodes_of(material)
        if compat.has_nodes(material):
            _use_one_output(material.node_tree)
            if material.use_backface_culling:
                _cull(material.node_tree)
        compat.draw_by_alpha(scene, material, alpha.of(material) != "opaque")


def _hide_from_eevee(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer) -> None:
    """Hide what Cycles' cameras do not see: EEVEE draws indirect-only objects, until 4.1 also all others."""
    shown = set(view_layer.objects)
    for item in bpy.data.objects:
        if not item.visible_camera or (item in shown and item.indirect_only_get(view_layer=view_layer)):
            compat.hide_from_camera(scene, item)


def _use_one_output(tree: Any) -> None:
    """Have Cycles read the material output that EEVEE reads."""
    wanted = tree.get_output_node("EEVEE")
    for node in [node for node in tree.nodes if node.type == "OUTPUT_MATERIAL"]:
        if node == wanted:
            node.target, node.is_active_output = "ALL", True
        else:
            tree.nodes.remove(node)


def _cull(tree: Any) -> None:
    """Make surfaces clear to Cycles from behind."""
    output = tree.get_output_node("CYCLES")
    if output is None:
        return
    own = tree.nodes.new("ShaderNodeOutputMaterial")
    own.target = "CYCLES"
    geometry, mix = tree.nodes.new("ShaderNodeNewGeometry"), tree.nodes.new("ShaderNodeMixShader")
    clear = tree.nodes.new("ShaderNodeBsdfTransparent")
    tree.links.new(geometry.outputs["Backfacing"], mix.inputs[0])
    tree.links.new(clear.outputs[0], mix.inputs[2])
    tree.links.new(mix.outputs[0], own.inputs["Surface"])
    for name, socket in (("Surface", mix.inputs[1]), ("Displacement", own.inputs["Displacement"])):
        for link in output.inputs[name].links:
            tree.links.new(link.from_socket, socket)
