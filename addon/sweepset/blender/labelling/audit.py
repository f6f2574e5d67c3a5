"""Find what is left to do before a labelled scene is rendered: missing labels, and problems with labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import bpy

from .. import compositing, labels, preparation
from ..shots import Shot
from . import alpha, sight

GROUPS = {
    "outside-taxonomy": ("error", "Labels outside the taxonomy", "They count as none: assign other categories"),
    "unlabelled": ("warning", "Unlabelled objects", "Assign categories to them"),
    "linked": ("warning", "Objects that can't be labelled here", "Label them in their file, or make them local"),
    "never-visible": ("warning", "Categories that no camera sees", "Move a camera, or choose another sweep"),
    "image-missing": ("warning", "Missing textures", "Put the files beside the .blend; grey replaces them"),
    "labelled-hidden": ("note", "Labelled objects that don't render", "Show them in renders, if they belong there"),
    "partial-alpha": (
        "note", "Materials with partial alpha",
        f"Labels count a surface as solid if it is more opaque than {compositing.ALPHA_THRESHOLD:.1%}",
    ),
}  # fmt: skip
"""Severity as in `findings`, title and advice, by code; worst first."""


@dataclass(frozen=True)
class Row:
    """A finding's subject: `kind` is OBJECT, MATERIAL, MESH, IMAGE or CATEGORY; `name` its full name; `why` reason."""

    kind: str
    name: str
    why: str = ""


def audit(
    scene: bpy.types.Scene,
    view_layer: bpy.types.ViewLayer,
    names: Collection[str],
    shots: Sequence[Shot],
    size: tuple[int, int],
) -> dict[str, list[Row]]:
    """Return the findings in a scene, by the codes of GROUPS, worst first; codes without findings are left out.

    `names` are the categories of its taxonomy; `shots` the cameras of the sweep, with images of `size`. Without
    cameras, nothing is said about their views.
    """
    shown = labels.labellable(scene)
    bare = [(item, labels.obstacle(item)) for item in unlabelled(shown)]
    unseen = sight.unseen(scene, view_layer, shots, size) if shots else []
    clear = sorted({m.name_full for m in _materials(shown) if alpha.of(m) == "partial"})
    rows = {
        "outside-taxonomy": [Row(_kind(i), i.name_full, name) for name, items in outside(names).items() for i in items],
        "unlabelled": [Row("OBJECT", item.name_full) for item, why in bare if not why],
        "linked": [Row("OBJECT", item.name_full, why) for item, why in bare if why],
        "never-visible": [Row("CATEGORY", name) for name in unseen if name in names],
        "image-missing": [Row("IMAGE", image.name_full, image.filepath) for image in preparation.missing_images()],
        "labelled-hidden": [
            Row("OBJECT", item.name_full, why_hidden(item, view_layer))
            for item in hidden(shown)
            if item.name in scene.objects
        ],
        "partial-alpha": [Row("MATERIAL", name) for name in clear],
    }
    return {code: rows[code] for code in GROUPS if rows[code]}


def unlabelled(shown: Iterable[bpy.types.Object]) -> list[bpy.types.Object]:
    """Return the shown objects without a label whose parts aren't all labelled either."""
    return sorted((item for item in shown if not labels.is_labelled(item)), key=lambda item: item.name)


def outside(names: Collection[str]) -> dict[str, list[bpy.types.Object | bpy.types.Material | bpy.types.Mesh]]:
    """Map each label of the file that is not among `names` to its owners."""
    found: dict[str, list[bpy.types.Object | bpy.types.Material | bpy.types.Mesh]] = defaultdict(list)
    for item in (*bpy.data.objects, *bpy.data.materials):
        name = labels.category_name(item)
        if name and name not in names:
            found[name].append(item)
    for mesh in bpy.data.meshes:
        if labels.KEY in mesh.attributes:
            for name in labels.face_counts(mesh):
                if name and name not in names:
                    found[name].append(mesh)
    return dict(sorted(found.items()))


def hidden(shown: Collection[bpy.types.Object]) -> list[bpy.types.Object]:
    """Return the labelled objects of the file's scenes that are not shown."""
    there = set(shown)
    items = [item for item in bpy.data.objects if item.type in labels.VISIBLE_TYPES and item not in there]
    return sorted((item for item in items if labels.category_name(item) and item.users_scene), key=lambda i: i.name)


def why_hidden(item: bpy.types.Object, view_layer: bpy.types.ViewLayer) -> str:
    """Say why an object of the view layer's scene doesn't render."""
    if item.hide_render:
        return "it is disabled in renders"
    homes = {collection.name for collection in item.users_collection}
    waiting = [(view_layer.layer_collection, "")]
    while waiting:
        layer, why = waiting.pop()
        if layer.exclude:
            why = f"collection {layer.name} is excluded from the view layer"
        elif layer.collection.hide_render:
            why = f"collection {layer.name} is disabled in renders"
        if layer.name in homes and why:
            return why
        waiting += [(child, why) for child in layer.children]
    return "only copies of it could render, and none does"


def users(rows: Iterable[Row], scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """Return the objects that rows refer to, by use; only objects of the scene, except rows of objects themselves."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        wanted[row.kind].add(row.name)
    images = wanted["IMAGE"] and {
        material.name_full
        for material in bpy.data.materials
        if any(image.name_full in wanted["IMAGE"] for image in _images(material.node_tree))
    }
    materials = wanted["MATERIAL"] | images

    def is_about(item: bpy.types.Object) -> bool:
        return (
            bool(wanted["CATEGORY"] and wanted["CATEGORY"] & _names(item))
            or (item.type == "MESH" and item.data.name_full in wanted["MESH"])
            or bool(materials and any(material.name_full in materials for material in _materials([item])))
        )

    named = [item for item in bpy.data.objects if item.name_full in wanted["OBJECT"]]
    return [*named, *(item for item in scene.objects if is_about(item))]


def _materials(items: Iterable[bpy.types.Object]) -> Iterator[bpy.types.Material]:
    for item in items:
        yield from (slot.material for slot in item.material_slots if slot.material is not None)


def _images(tree: bpy.types.NodeTree | None) -> Iterator[bpy.types.Image]:
    """Yield the images that a node tree, and the groups in it, use."""
    node: Any
    for node in tree.nodes if tree is not None else ():
        if getattr(node, "image", None) is not None:
            yield node.image
        if node.type == "GROUP":
            yield from _images(node.node_tree)


def _names(item: bpy.types.Object) -> set[str]:
    """Return all labels of an object and its parts."""
    faces = labels.face_counts(item.data) if item.type == "MESH" else {}
    return {labels.category_name(item), *labels.slots(item), *faces}


def _kind(item: bpy.types.ID) -> str:
    return {bpy.types.Object: "OBJECT", bpy.types.Material: "MATERIAL"}.get(type(item), "MESH")
