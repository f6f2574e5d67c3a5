"""Volumes: found in a scene, and removed from it while its ground truth is rendered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bpy
import numpy as np

from . import instances


def volumes() -> tuple[list[bpy.types.NodeSocket], list[bpy.types.Object]]:
    """Return the linked volume inputs of material and world outputs, and the volume objects that render."""
    owners = [*bpy.data.materials, *bpy.data.worlds]
    nodes = [node for owner in owners if owner.node_tree for node in owner.node_tree.nodes]
    inputs = [node.inputs.get("Volume") for node in nodes if node.type in ("OUTPUT_MATERIAL", "OUTPUT_WORLD")]
    items = [item for item in bpy.data.objects if item.type == "VOLUME" and not item.hide_render]
    return [socket for socket in inputs if socket is not None and socket.is_linked], items


@contextmanager
def without_volumes(depsgraph: bpy.types.Depsgraph) -> Iterator[None]:
    """Remove volumes within the context; the surfaces around them are invisible or clear meanwhile.

    `depsgraph` holds the scene at its present time. A clear surface is not enough: Cycles continues a ray a little
    behind it, and so would miss a surface in the same plane.
    """
    inputs, items = volumes()
    shells = [item for item in hulls(depsgraph) if item.visible_camera]
    links = [(link.from_socket, socket) for socket in inputs for link in socket.links]
    clear: list[bpy.types.Node] = []
    for _, socket in links:
        tree: Any = socket.id_data
        tree.links.remove(socket.links[0])
        if socket.node.type == "OUTPUT_MATERIAL" and not socket.node.inputs["Surface"].is_linked:
            clear.append(tree.nodes.new("ShaderNodeBsdfTransparent"))
            tree.links.new(clear[-1].outputs[0], socket.node.inputs["Surface"])
    for item in items:
        item.hide_render = True
    for item in shells:
        item.visible_camera = False
    try:
        yield
    finally:
        for item in shells:
            item.visible_camera = True
        for item in items:
            item.hide_render = False
        for node in clear:
            tree = node.id_data
            tree.nodes.remove(node)
        for source, socket in links:
            tree = socket.id_data
            tree.links.new(source, socket)


@contextmanager
def passed_by_rays(view_layer: bpy.types.ViewLayer) -> Iterator[None]:
    """Let rays that are cast in the viewport's scene pass the surfaces around volumes within the context."""
    shells = [item for item in hulls(view_layer.depsgraph) if not item.hide_viewport]
    for item in shells:
        item.hide_viewport = True
    if shells:
        view_layer.update()
    try:
        yield
    finally:
        for item in shells:
            item.hide_viewport = False
        if shells:
            view_layer.update()


def is_volume(material: bpy.types.Material | None) -> bool:
    """Tell whether a material has a volume and no surface."""
    output = material.node_tree.get_output_node("CYCLES") if material and material.node_tree else None
    return output is not None and output.inputs["Volume"].is_linked and not output.inputs["Surface"].is_linked


def hulls(depsgraph: bpy.types.Depsgraph) -> list[bpy.types.Object]:
    """Return the objects that are only the surface around a volume, in every copy.

    Objects that place others or have particles are left out: what these are would be invisible with them.
    """
    foggy = {material for material in bpy.data.materials if is_volume(material)}
    found: dict[bpy.types.Object, bool] = {}
    known: set[tuple[bpy.types.Object, int]] = set()
    for instance in instances.visible(depsgraph) if foggy else ():
        item, original = instance.object, instance.object.original
        if instance.is_instance and instance.parent.original != original:
            found[instance.parent.original] = False
        shape = (original, item.data.as_pointer())
        if shape not in known:
            known.add(shape)
            found[original] = found.get(original, True) and _is_hull(item, foggy)
    return [item for item, hull in found.items() if hull and not item.particle_systems]


def _is_hull(item: bpy.types.Object, foggy: set[bpy.types.Material]) -> bool:
    """Tell whether all faces of an evaluated object have one of some materials."""
    own, brought = item.material_slots, getattr(item.data, "materials", ())
    slots = [
        own[number].material if number < len(own) and own[number].link == "OBJECT" else material
        for number, material in enumerate(brought)
    ]
    materials = [material.original if material else None for material in slots]
    if not foggy.intersection(materials):
        return False
    mesh = instances.mesh_of(item)
    used = np.unique(mesh.slots).clip(0, len(materials) - 1).tolist() if mesh else []
    return bool(used) and {materials[number] for number in used} <= foggy
