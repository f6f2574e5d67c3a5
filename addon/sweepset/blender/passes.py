"""Pass indices from labels, on objects and on materials.

The label of a pixel is its material's pass index if there is one, else its object's. A copy of the face's material
carries a face label, so that it survives every modifier that keeps materials.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable

import bpy
import numpy as np

from ..errors import SweepsetError
from ..taxonomy import UNLABELLED, Category, Taxonomy
from . import compat, labels

VARIANT_KEY = "sweepset_variant"
"""Custom property of a material that was copied to carry a face label: the name it got, which the user may change.

Of a mesh: JSON, the slot of the material that a copy is of, by this name.
"""

BASE_KEY = "sweepset_base"
"""Custom property of such a copy: the material it is of."""
NO_SLOT_KEY = "sweepset_no_slot"
"""Custom property of a mesh that had no material slot before."""
PADDING_KEY = "sweepset_padding"
"""Custom property of a mesh whose last slot was repeated: where that begins and how often."""
KEPT_KEY = "sweepset_pass_index"
"""Custom property of an object or a material whose pass index was overwritten: what it was."""

Number = Callable[[str], int]
"""From a category's name to the pass index that stands for it, 0 for none."""


def write_categories(taxonomy: Taxonomy) -> set[str]:
    """Set the pass index of every object and material to the id of its category, 0 for none.

    `remove` restores the indices. Return the labels that are not in the taxonomy; they count as none.
    """
    ids = taxonomy.ids
    for item in (*bpy.data.objects, *bpy.data.materials):
        if KEPT_KEY not in item:
            item[KEPT_KEY] = item.pass_index
    for item in bpy.data.objects:
        item.pass_index = ids.get(labels.category_name(item), UNLABELLED)
    write_material_indices(lambda name: ids.get(name, UNLABELLED))
    return labels.used() - set(ids)


def remove() -> None:
    """Remove what `write_categories` added, and restore the pass indices."""
    remove_variants()
    for item in (*bpy.data.objects, *bpy.data.materials):
        if KEPT_KEY in item:
            item.pass_index = item[KEPT_KEY]
            del item[KEPT_KEY]


def edited() -> list[str]:
    """Return the names of the objects in Edit Mode, in which the labels of faces can't be read."""
    return [item.name for item in bpy.data.objects if item.mode == "EDIT"]


def refuse_edit_mode() -> None:
    """Raise SweepsetError if an object is in Edit Mode."""
    names = edited()
    if names:
        raise SweepsetError(f"{names[0]!r} is in Edit Mode, where its labels can't be read: leave Edit Mode first")


def checksum(taxonomy: Taxonomy) -> int:
    """Return a number that changes with the labels of the file and their ids."""
    number = zlib.crc32(json.dumps(taxonomy.ids).encode())
    for item in (*bpy.data.objects, *bpy.data.materials):
        if VARIANT_KEY not in item:
            number = zlib.crc32(f"{item.name_full}\0{labels.category_name(item)}\0".encode(), number)
    for mesh in bpy.data.meshes:
        if labels.KEY in mesh.attributes:
            number = zlib.crc32(labels.face_ids(mesh).tobytes(), zlib.crc32(str(mesh.get(labels.KEY)).encode(), number))
    return number


def write_material_indices(number: Number) -> None:
    """Set the pass index of every material by its label, and of labelled faces by copies of their materials.

    A second run changes nothing; `remove_variants` removes the copies.
    """
    remove_variants()
    for material in bpy.data.materials:
        material.pass_index = number(labels.category_name(material))
    variants: dict[tuple[bpy.types.Material | None, str], bpy.types.Material] = {}

    def variant(base: bpy.types.Material | None, name: str) -> bpy.types.Material:
        if (base, name) not in variants:
            copy = base.copy() if base else bpy.data.materials.new("Default")
            copy.name = f"{base.name if base else 'Default'} ({name})"
            copy[VARIANT_KEY] = copy.name
            if base:
                copy[BASE_KEY] = base
            if KEPT_KEY in copy:
                del copy[KEPT_KEY]
            copy.pass_index = number(name)
            variants[base, name] = copy
        return variants[base, name]

    for mesh, ids in _labelled_meshes():
        _give_faces_variants(mesh, ids, variant)


def remove_variants() -> None:
    """Restore the materials of labelled faces, and delete the copies wherever they are now."""
    copies = {material: material.get(BASE_KEY) for material in bpy.data.materials if VARIANT_KEY in material}
    if not copies:
        return
    for mesh in [mesh for mesh in bpy.data.meshes if any(material in copies for material in mesh.materials)]:
        own = json.loads(mesh.get(VARIANT_KEY, "{}"))
        slots = _material_indices(mesh)
        for place in reversed(range(len(mesh.materials))):
            material = mesh.materials[place]
            if material not in copies:
                continue
            if material[VARIANT_KEY] in own:
                slots[slots == place] = own[material[VARIANT_KEY]]
                slots[slots > place] -= 1
                mesh.materials.pop(index=place)
            else:  # the user put it there
                mesh.materials[place] = copies[material]
        start, padding = mesh.get(PADDING_KEY, (0, 0))
        for _ in range(padding):
            mesh.materials.pop(index=start)
        slots[slots >= start + padding] -= padding
        if mesh.get(NO_SLOT_KEY) and len(mesh.materials) == 1 and mesh.materials[0] is None:
            mesh.materials.clear()
        _set_material_indices(mesh, slots)
        for key in (VARIANT_KEY, NO_SLOT_KEY, PADDING_KEY):
            if key in mesh:
                del mesh[key]
        mesh.update()
    for item in bpy.data.objects:
        for slot in item.material_slots:
            if slot.material in copies:
                slot.material = copies[slot.material]
    for material in copies:
        compat.delete(bpy.data.materials, material)


def adopt_pass_indices(taxonomy: Taxonomy) -> tuple[int, list[int]]:
    """Label objects by their pass indices, for files from tools without labels of their own.

    Return the number of objects labelled, and the indices that are not ids of a category.
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


def _set_material_indices(mesh: bpy.types.Mesh, slots: np.ndarray) -> None:
    if mesh.library is None:
        mesh.polygons.foreach_set("material_index", slots)
        return
    for polygon, slot in zip(mesh.polygons, slots.tolist()):  # on linked data, foreach_set does nothing
        polygon.material_index = slot


def _highest_slot(item: bpy.types.Object, last: int) -> int:
    """Return the highest slot that an object's modifiers may choose by number, at least `last`."""
    highest = last
    for modifier in item.modifiers:
        if modifier.type == "BEVEL":
            highest = max(highest, modifier.material)
        elif modifier.type == "SOLIDIFY":
            highest = max(highest, last + modifier.material_offset, last + modifier.material_offset_rim)
        elif modifier.type == "BOOLEAN" and modifier.object:
            highest = max(highest, len(modifier.object.material_slots) - 1)
    return highest


def _give_faces_variants(
    mesh: bpy.types.Mesh, ids: np.ndarray, variant: Callable[[bpy.types.Material | None, str], bpy.types.Material]
) -> None:
    names = labels.face_names(mesh)
    if not mesh.materials:
        mesh.materials.append(None)
        mesh[NO_SLOT_KEY] = True
    users = [item for item in bpy.data.objects if item.data == mesh]
    last = len(mesh.materials) - 1
    slots = np.minimum(_material_indices(mesh), last)  # Blender reads an index past the end as the last slot
    # Modifiers may choose such an index too: it has to stay the last slot, not become a copy.
    padding = max(_highest_slot(item, last) for item in users) - last if users else 0
    for _ in range(padding):
        mesh.materials.append(mesh.materials[last])
    mesh[PADDING_KEY] = [last + 1, padding]
    own: dict[str, int] = {}
    for slot, number in np.unique(np.stack([slots, ids])[:, ids > 0], axis=1).T.tolist():
        name = names.get(number, f"category {number}")
        added = len(mesh.materials)
        copy = variant(mesh.materials[slot], name)
        mesh.materials.append(copy)
        for item in users:
            if item.material_slots[slot].link == "OBJECT":
                item.material_slots[added].link = "OBJECT"
                item.material_slots[added].material = variant(item.material_slots[slot].material, name)
        slots[(slots == slot) & (ids == number)] = added
        own[copy[VARIANT_KEY]] = slot
    _set_material_indices(mesh, slots)
    mesh[VARIANT_KEY] = json.dumps(own)
    mesh.update()
