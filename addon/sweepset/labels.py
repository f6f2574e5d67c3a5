"""Labels in a .blend: which category an object, a material or a mesh face has.

Labels are plain custom properties, so they survive saving, appending and linking without this add-on:

- an object or a material: the category's *name*, under `KEY`;
- mesh faces: the category's *id* in the integer face attribute `KEY` (0 for none), the names of those ids as JSON
  in the mesh's custom property `KEY`, so that faces keep their meaning in another file;
- a scene: the taxonomy as JSON, under `TAXONOMY_KEY`.

The finest label wins: face over material over object.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import bpy
import numpy as np

from . import taxonomy as taxonomies
from .errors import SweepsetError
from .taxonomy import Category, Taxonomy

KEY = "sweepset_category"
TAXONOMY_KEY = "sweepset_taxonomy"


def set_category(item: bpy.types.Object | bpy.types.Material, category: Category | None) -> None:
    """Label an object or a material; None clears its label."""
    if category is not None:
        item[KEY] = category.name
    elif KEY in item:
        del item[KEY]


def category_name(item: bpy.types.Object | bpy.types.Material) -> str:
    """Return the name of the category that an object or a material is labelled with, '' where it has none."""
    name = item.get(KEY, "")
    return name if isinstance(name, str) else ""


def set_face_category(mesh: bpy.types.Mesh, faces: Iterable[int], category: Category | None) -> None:
    """Label faces of a mesh by their index; None clears their labels. Not for a mesh in Edit Mode."""
    names = face_names(mesh)
    if category and names.get(category.id, category.name) != category.name:
        raise SweepsetError(
            f"faces of {mesh.name!r} have id {category.id} for {names[category.id]!r}, which is {category.name!r} now: "
            "clear their labels first, or label in one taxonomy"
        )
    ids = face_ids(mesh)
    ids[list(faces)] = category.id if category else taxonomies.UNLABELLED
    attribute = mesh.attributes.get(KEY) or mesh.attributes.new(KEY, "INT", "FACE")
    attribute.data.foreach_set("value", ids)  # type: ignore[attr-defined]
    if category:
        names[category.id] = category.name
    mesh[KEY] = json.dumps({str(number): names[number] for number in np.unique(ids).tolist() if number in names})


def face_ids(mesh: bpy.types.Mesh) -> np.ndarray:
    """Return the faces' category ids, (faces,) int32, 0 where a face has no label of its own."""
    ids = np.zeros(len(mesh.polygons), np.int32)
    attribute = mesh.attributes.get(KEY)
    if attribute is not None and attribute.domain == "FACE" and attribute.data_type == "INT":
        attribute.data.foreach_get("value", ids)
    return ids


def face_names(mesh: bpy.types.Mesh) -> dict[int, str]:
    """Map the ids of a mesh's face labels to the categories' names."""
    try:
        return {int(number): str(name) for number, name in json.loads(mesh.get(KEY, "{}")).items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def write_taxonomy(scene: bpy.types.Scene, taxonomy: Taxonomy) -> None:
    """Store a taxonomy in a scene, so that the labelled file is complete in itself."""
    scene[TAXONOMY_KEY] = json.dumps(taxonomy.to_json())


def read_taxonomy(scene: bpy.types.Scene) -> Taxonomy | None:
    """Return the taxonomy that a scene carries, None where it carries none."""
    text = scene.get(TAXONOMY_KEY)
    if not isinstance(text, str):
        return None
    try:
        data = json.loads(text)
    except ValueError as error:
        raise SweepsetError(
            f"scene {scene.name!r}: custom property {TAXONOMY_KEY!r} is not JSON ({error}); delete it or mend it"
        ) from None
    return taxonomies.parse(data, f"in scene {scene.name}")


def used() -> set[str]:
    """Return the names of all labels in the open file."""
    names = {category_name(item) for items in (bpy.data.objects, bpy.data.materials) for item in items}
    for mesh in bpy.data.meshes:
        if KEY in mesh.attributes:
            by_id = face_names(mesh)
            names |= {
                by_id.get(number, f"category {number}") for number in np.unique(face_ids(mesh)).tolist() if number
            }
    return names - {""}


def any_label() -> bool:
    """Tell whether the open file has any label at all."""
    return bool(used())
