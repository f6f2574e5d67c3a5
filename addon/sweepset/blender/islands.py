"""A random number for each island of a mesh, which Cycles gives to materials and EEVEE does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy
import numpy as np

from . import compat

KEY = "sweepset_island"
"""Attribute of vertices: from 0 to 1, the same in an island."""
GOLDEN = (5**0.5 - 1) / 2
"""Its multiples modulo 1 are spread evenly, however many there are."""


def make_known(materials: list[bpy.types.Material]) -> None:
    """Have materials read an island's number from an attribute instead of Geometry > Random Per Island."""
    trees = [tree for tree in bpy.data.node_groups if tree.bl_idname == "ShaderNodeTree"]
    trees += [material.node_tree for material in materials if compat.has_nodes(material)]
    if sum(_relink(tree) for tree in trees if tree.library is None):
        for mesh in bpy.data.meshes:
            if mesh.library is None and mesh.materials and len(mesh.vertices):
                _write(mesh)


def _relink(tree: Any) -> bool:
    """Replace the links of a tree from Random Per Island; return whether there were any."""
    found = list(_links(tree))
    if not found:
        return False
    node = tree.nodes.new("ShaderNodeAttribute")
    node.attribute_type, node.attribute_name = "GEOMETRY", KEY
    for link in found:
        tree.links.new(node.outputs["Fac"], link.to_socket)
    return True


def _links(tree: Any) -> Iterator[Any]:
    for node in tree.nodes:
        if node.type == "NEW_GEOMETRY":
            yield from node.outputs["Random Per Island"].links


def _write(mesh: bpy.types.Mesh) -> None:
    """Write the attribute of a mesh."""
    ends = np.empty(2 * len(mesh.edges), np.int32)
    mesh.edges.foreach_get("vertices", ends)
    numbers = np.unique(of(len(mesh.vertices), ends.reshape(-1, 2)), return_inverse=True)[1]
    attribute = mesh.attributes.get(KEY) or mesh.attributes.new(KEY, "FLOAT", "POINT")
    attribute.data.foreach_set("value", ((numbers + 1) * GOLDEN % 1.0).astype(np.float32))


def of(count: int, edges: np.ndarray) -> np.ndarray:
    """Return for each of `count` vertices the smallest vertex of its island, (count,); `edges` is (m, 2)."""
    root = np.arange(count)
    while True:
        a, b = root[edges[:, 0]], root[edges[:, 1]]
        apart = a != b
        if not apart.any():
            return root
        np.minimum.at(root, np.maximum(a, b)[apart], np.minimum(a, b)[apart])
        while (root[root] != root).any():
            root = root[root]
