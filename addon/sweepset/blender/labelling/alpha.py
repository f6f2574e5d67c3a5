"""Classify a material's surface by its nodes: opaque, clear, or partly clear."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy

from ..compositing import ALPHA_THRESHOLD
from ..volumes import is_volume


def of(material: bpy.types.Material | None) -> str:
    """Return 'opaque', 'clear' for an invisible surface, or 'partial' for anything between."""
    output = material.node_tree.get_output_node("CYCLES") if material and material.node_tree else None
    if output is None or not output.inputs["Surface"].is_linked:
        return "clear" if is_volume(material) else "opaque"
    found = {_of(node) for node in _shaders(output.inputs["Surface"])}
    return found.pop() if len(found) == 1 else "partial" if found & {"clear", "partial"} else "opaque"


def _of(node: Any) -> str:
    """Return the same for one shader."""
    if node.type == "BSDF_PRINCIPLED":
        alpha = node.inputs["Alpha"]
        if alpha.is_linked:
            return "partial"
        return "opaque" if alpha.default_value >= 1 else "partial" if alpha.default_value > ALPHA_THRESHOLD else "clear"
    if node.type == "BSDF_TRANSPARENT":
        color = node.inputs["Color"]
        return "partial" if color.is_linked or min(color.default_value[:3]) < 1 - ALPHA_THRESHOLD else "clear"
    return "opaque"


def _shaders(socket: Any) -> Iterator[bpy.types.Node]:
    """Yield the shaders that reach a socket."""
    for link in socket.links:
        node = link.from_node
        if node.type == "MIX_SHADER":
            factor = node.inputs[0]
            if factor.is_linked or factor.default_value < 1:
                yield from _shaders(node.inputs[1])
            if factor.is_linked or factor.default_value > 0:
                yield from _shaders(node.inputs[2])
        elif node.type in ("ADD_SHADER", "REROUTE"):
            for one in node.inputs:
                yield from _shaders(one)
        elif node.type == "GROUP" and node.node_tree is not None:
            ends = [end for end in node.node_tree.nodes if end.type == "GROUP_OUTPUT" and end.is_active_output]
            for one in [one for end in ends for one in end.inputs if one.identifier == link.from_socket.identifier]:
                yield from _shaders(one)
        else:
            yield node
