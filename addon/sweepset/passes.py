"""Pass indices from labels, on objects and on materials.

The label of a pixel is its material's pass index where there is one, else its object's. A face label is carried by a
copy of the face's material, so that it survives every modifier that keeps materials.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import bpy
import numpy as np

from . import labels
from .taxonomy import Category, Taxonomy

VARIANT_KEY = "sweepset_variant"
"""Custom property of a material that was copied to carry a face label: the category's name."""

Number = Callable[[str], int]
"""From a category's name to the pass index that stands for it, 0 for none."""


def write_categories(taxonomy: Taxonomy) -> None:
    """Set every object's and material's pass index to the id of its category, 0 where it has none."""
    ids = taxonomy.ids
    for item in bpy.data.objects:
        item.pass_index = ids.get(labels.category_name(item), 0)
    write_material_indices(lambda name: ids.get(name, 0))


def write_material_indices(number: Number) -> None:
    """Set every material's pass index by its label, and give labelled faces copies of their materials with theirs.

    Running it again gives the same; `remove_variants` takes the copies away.
    """
    remove_variants()
    for material in bpy.data.materials:
        material.pass_index = number(labels.category_name(material))
    variants: dict[tuple[bpy.types.Material | None, str], bpy.types.Material] = {}

    def variant(base: bpy.types.Material | None, name: str) -> bpy.types.Material:
        if (base, name) not in variants:
            copy = base.copy() if base else bpy.data.materials.new("Default")
            copy.name = f"{base.name if base else 'Default'} ({name})"
            copy[VARIANT_KEY] = name
            copy.pass_index = number(name)
            variants[base, name] = copy
        return variants[base, name]

    for mesh, ids in _labelled_meshes():
        _give_faces_variants(mesh, ids, variant)


def remove_variants() -> None:
    """Give labelled faces their own materials back, and delete the copies."""
    copies = [material for material in bpy.data.materials if VARIANT_KEY in material]
    if not copies:
        return
    for mesh in bpy.data.meshes:
        first = next((i for i, m in enumerate(mesh.materials) if m is not None and VARIANT_KEY in m), None)
        if first is None:
            continue
        slots = _material_indices(mesh)
        own = np.array(mesh.get(VARIANT_KEY, []), np.int32)
        moved = slots >= first
        slots[moved] = own[slots[moved] - first]
        mesh.polygons.foreach_set("material_index", slots)
        while len(mesh.materials) > first:
            mesh.materials.pop(index=len(mesh.materials) - 1)
        if mesh.get("sweepset_no_slot"):
            mesh.materials.clear()
            del mesh["sweepset_no_slot"]
        del mesh[VARIANT_KEY]
        mesh.update()
    for material in copies:
        bpy.data.materials.remove(material)


def adopt_pass_indices(taxonomy: Taxonomy) -> tuple[int, list[int]]:
    """Label objects by the pass indices they have, as tools without labels of their own leave a file.

    Return how many objects were labelled, and the indices that are no category's id.
    """
    adopted, unknown = 0, set()
    known: dict[int, Category] = {category.id: category for category in taxonomy}
    for item in bpy.data.objects:
        if item.pass_index in known:
            labels.set_category(item, known[item.pass_index])
            adopted += 1
        elif item.pass_index:
            unknown.add(item.pass_index)
    return adopted, sorted(unknown)


def _labelled_meshes() -> Iterable[tuple[bpy.types.Mesh, np.ndarray]]:
    for mesh in bpy.data.meshes:
        if labels.KEY in mesh.attributes:
            ids = labels.face_ids(mesh)
            if ids.any():
                yield mesh, ids


def _material_indices(mesh: bpy.types.Mesh) -> np.ndarray:
    slots = np.zeros(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("material_index", slots)
    return slots


def _give_faces_variants(
    mesh: bpy.types.Mesh, ids: np.ndarray, variant: Callable[[bpy.types.Material | None, str], bpy.types.Material]
) -> None:
    names = labels.face_names(mesh)
    if not mesh.materials:
        mesh.materials.append(None)
        mesh["sweepset_no_slot"] = True
    first = len(mesh.materials)
    slots = np.minimum(_material_indices(mesh), first - 1)  # Blender reads an index past the end as the last slot
    users = [item for item in bpy.data.objects if item.data == mesh]
    own = []
    for slot, number in np.unique(np.stack([slots, ids])[:, ids > 0], axis=1).T.tolist():
        name = names.get(number, f"category {number}")
        added = len(mesh.materials)
        mesh.materials.append(variant(mesh.materials[slot], name))
        for item in users:
            if item.material_slots[slot].link == "OBJECT":
                item.material_slots[added].link = "OBJECT"
                item.material_slots[added].material = variant(item.material_slots[slot].material, name)
        slots[(slots == slot) & (ids == number)] = added
        own.append(slot)
    mesh.polygons.foreach_set("material_index", slots)
    mesh[VARIANT_KEY] = own
    mesh.update()
