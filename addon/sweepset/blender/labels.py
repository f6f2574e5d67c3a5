"""Labels in a .blend: which category an object, a material or a mesh face has.

Labels are plain custom properties, so they survive saving, appending and linking without this add-on:

- an object, a material or a world: the category's *name*, under `KEY`; a world's is for pixels without a surface;
- mesh faces: the category's *id* in the integer face attribute `KEY` (0 for none), the names of those ids as JSON
  in the mesh's custom property `KEY`, so that faces keep their meaning in another file;
- a scene: the taxonomy as JSON, under `TAXONOMY_KEY`.

The finest label wins: face over material over object.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import bpy
import numpy as np

# isort: split
import bmesh  # comes with bpy

from .. import taxonomy as taxonomies
from ..errors import SweepsetError
from ..taxonomy import Category, Taxonomy
from . import compat

KEY = "sweepset_category"
TAXONOMY_KEY = "sweepset_taxonomy"
SUBJECT_KEY = "sweepset_subject"
"""Custom property, true, of the object that a scene is about: sweeps look at it."""
BACKDROP_KEY = "sweepset_backdrop"
"""Custom property, true, of an object that cameras do not see if photos are behind the scene."""
VISIBLE_TYPES = {"MESH", "CURVE", "SURFACE", "META", "FONT", "CURVES", "POINTCLOUD"}
"""Types of objects that have a surface, which Cycles gives an index."""


def set_category(item: bpy.types.Object | bpy.types.Material | bpy.types.World, category: Category | None) -> None:
    """Label an object, a material or a world; None clears its label.

    One with an `obstacle` would lose it on the next load.
    """
    if category is not None:
        item[KEY] = category.name
    elif KEY in item:
        if item.override_library:
            item[KEY] = ""  # a deleted property would come back from the library
        else:
            del item[KEY]
    if item.override_library and KEY in item:
        item.override_library.is_system_override = False
        item.property_overridable_library_set(f'["{KEY}"]', True)


def obstacle(item: bpy.types.ID) -> str:
    """Say why Blender would not save a new label of an object, a material or a mesh; '' if it would."""
    if item.library is not None:
        return f"linked from {item.library.filepath}: label it in that file, or make it local"
    override = item.override_library
    if override and override.reference is not None and KEY not in override.reference:
        where = override.reference.library.filepath
        return (
            f"a library override of an object without a label in {where}: Blender would not save one; "
            "label it in that file, or make it local"
        )
    return ""


def set_subject(item: bpy.types.Object) -> None:
    """Make an object the one that its scene is about."""
    item[SUBJECT_KEY] = True


def set_backdrop(item: bpy.types.Object) -> None:
    """Make an object one that gives way to photos behind the scene."""
    item[BACKDROP_KEY] = True


def subject_of(scene: bpy.types.Scene) -> bpy.types.Object | None:
    """Return the object that a scene is about, the first by name of several; None if none was made it."""
    return next((item for item in sorted(scene.objects, key=lambda one: one.name) if item.get(SUBJECT_KEY)), None)


def category_name(item: bpy.types.Object | bpy.types.Material | bpy.types.World) -> str:
    """Return the name of the category of an object, a material or a world, '' for none."""
    name = item.get(KEY, "")
    return name if isinstance(name, str) else ""


def set_face_category(mesh: bpy.types.Mesh, faces: Iterable[int], category: Category | None) -> None:
    """Label faces of a mesh by their index, in Edit Mode or out of it; None clears their labels."""
    attribute = mesh.attributes.get(KEY)
    if attribute is not None and not _is_label(attribute):
        raise SweepsetError(f"mesh {mesh.name!r} has another attribute of the name {KEY!r}: rename it first")
    names, ids = face_names(mesh), face_ids(mesh)
    if category and names.get(category.id, category.name) != category.name and (ids == category.id).any():
        raise SweepsetError(
            f"faces of {mesh.name!r} have id {category.id} for {names[category.id]!r}, which is {category.name!r} now: "
            "clear their labels first, or label in one taxonomy"
        )
    ids[list(faces)] = category.id if category else taxonomies.UNLABELLED
    if category:
        names[category.id] = category.name
    _write_faces(mesh, ids, names)


def _write_faces(mesh: bpy.types.Mesh, ids: np.ndarray, names: Mapping[int, str]) -> None:
    if mesh.is_editmode:
        faces = bmesh.from_edit_mesh(mesh).faces
        layer = faces.layers.int.get(KEY) or faces.layers.int.new(KEY)
        for face, number in zip(faces, ids.tolist()):
            face[layer] = number
        bmesh.update_edit_mesh(mesh, loop_triangles=False, destructive=False)
    else:
        attribute = mesh.attributes.get(KEY) or mesh.attributes.new(KEY, "INT", "FACE")
        attribute.data.foreach_set("value", ids)
        # Edit Mode's own undo restores ids but not names: there, names of unused ids have to stay.
        names = {number: names[number] for number in np.unique(ids).tolist() if number in names}
    mesh[KEY] = json.dumps({str(number): name for number, name in sorted(names.items())})


def face_ids(mesh: bpy.types.Mesh) -> np.ndarray:
    """Return the faces' category ids, (faces,) int32, 0 for a face without its own label."""
    if mesh.is_editmode:
        faces = bmesh.from_edit_mesh(mesh).faces
        layer = faces.layers.int.get(KEY)
        return np.array([face[layer] for face in faces] if layer else [0] * len(faces), np.int32)
    ids = np.zeros(len(mesh.polygons), np.int32)
    attribute = mesh.attributes.get(KEY)
    if attribute is not None and _is_label(attribute):
        attribute.data.foreach_get("value", ids)
    return ids


def _is_label(attribute: bpy.types.Attribute) -> bool:
    return attribute.domain == "FACE" and attribute.data_type == "INT"


def face_names(mesh: bpy.types.Mesh) -> dict[int, str]:
    """Map the ids of a mesh's face labels to the categories' names."""
    text = mesh.get(KEY)
    try:
        names = json.loads(text) if isinstance(text, str) else {}
        return {int(number): str(name) for number, name in names.items()} if isinstance(names, dict) else {}
    except ValueError:
        return {}


def face_counts(mesh: bpy.types.Mesh) -> dict[str, int]:
    """Count the labelled faces of a mesh by the category's name."""
    names = face_names(mesh)
    numbers, counts = np.unique(face_ids(mesh), return_counts=True)
    found = zip(numbers.tolist(), counts.tolist())
    return {names.get(number, f"category {number}"): count for number, count in found if number}


def slots(item: bpy.types.Object) -> list[str]:
    """Return the labels of the materials in an object's slots, '' for none."""
    return [category_name(slot.material) if slot.material else "" for slot in item.material_slots]


def by_face(ids: np.ndarray, materials: np.ndarray, names: Mapping[int, str], slots: Sequence[str]) -> np.ndarray:
    """Return the label of each face by its own id, else by its material's slot, (faces,) text, '' for none.

    `names` are those of the ids, `slots` the labels of the materials.
    """
    found = np.array([*slots, ""], object)[np.minimum(materials, max(len(slots) - 1, 0))]
    for number in np.unique(ids).tolist():
        if number:
            found[ids == number] = names.get(number, f"category {number}")
    return found


def write_taxonomy(scene: bpy.types.Scene, taxonomy: Taxonomy) -> None:
    """Store a taxonomy in a scene, so that the labelled file is self-contained."""
    scene[TAXONOMY_KEY] = json.dumps(taxonomy.to_json())


def write_taxonomies(taxonomy: Taxonomy) -> None:
    """Store a taxonomy in each scene of the file."""
    for scene in bpy.data.scenes:
        if scene.library is None:
            write_taxonomy(scene, taxonomy)


def read_taxonomy(scene: bpy.types.Scene) -> Taxonomy | None:
    """Return a scene's own taxonomy, None if it has none."""
    text = scene.get(TAXONOMY_KEY)
    if not isinstance(text, str):
        return None
    return _parse(text, scene.name)


@lru_cache(maxsize=8)
def _parse(text: str, scene: str) -> Taxonomy:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SweepsetError(
            f"scene {scene!r}: custom property {TAXONOMY_KEY!r} is not JSON ({error}); delete it or fix it"
        ) from None
    return taxonomies.parse(data, f"in scene {scene}")


def taxonomy_of(scene: bpy.types.Scene) -> Taxonomy:
    """Return the taxonomy of a scene's labels: its own, else the default."""
    return read_taxonomy(scene) or taxonomies.default()


def change_taxonomy(new: Taxonomy) -> list[str]:
    """Map all labels of the file to another taxonomy and store it; return the names that did not map.

    Names map as `Taxonomy.ids_from` says, from the scenes' taxonomies. Labels that don't map, and those of owners with
    an `obstacle`, stay.
    """
    names = new.ids
    target = {name: name for name in names}
    for scene in bpy.data.scenes:
        try:
            old = read_taxonomy(scene)
        except SweepsetError:  # an unreadable taxonomy has no maps, and is about to be replaced
            old = None
        if old is not None:
            target.update({name: new.category(number).name for name, number in new.ids_from(old).items()})
    for item in (*bpy.data.objects, *bpy.data.materials):
        name = category_name(item)
        if name != target.get(name, name) and not obstacle(item):
            set_category(item, new.category(target[name]))
    for mesh in bpy.data.meshes:
        if face_ids(mesh).any() and not obstacle(mesh):
            _change_faces(mesh, target, names)
    write_taxonomies(new)
    return sorted(used() - set(names))


def _change_faces(mesh: bpy.types.Mesh, target: Mapping[str, str], new_ids: Mapping[str, int]) -> None:
    old_ids, old_names = face_ids(mesh), face_names(mesh)
    ids, names = np.zeros_like(old_ids), {}
    spare = iter(range(taxonomies.MAX_ID, 0, -1))
    for number in [number for number in np.unique(old_ids).tolist() if number]:
        name = old_names.get(number, f"category {number}")
        name = target.get(name, name)
        # A name that the new taxonomy lacks must not use its ids.
        fresh = new_ids[name] if name in new_ids else next(n for n in spare if n not in new_ids.values())
        ids[old_ids == number] = fresh
        names[fresh] = name
    _write_faces(mesh, ids, names)


def used() -> set[str]:
    """Return the names of all labels in the open file."""
    names = {category_name(item) for items in (bpy.data.objects, bpy.data.materials, bpy.data.worlds) for item in items}
    for mesh in bpy.data.meshes:
        if KEY in mesh.attributes:
            names |= face_counts(mesh).keys()
    return names - {""}


def any_label() -> bool:
    """Tell whether the open file has any label at all."""
    return bool(used())


@dataclass(frozen=True)
class Progress:
    """Progress of labelling: the number of objects to label, and of labelled ones.

    `objects` counts objects by the name of their own label.
    """

    total: int
    labelled: int
    objects: Mapping[str, int]


def progress(scene: bpy.types.Scene) -> Progress:
    """Count a scene's objects and their labels."""
    items = labellable(scene)
    own = Counter(map(category_name, items))
    bare = own.pop("", 0)
    by_parts = sum(is_labelled(item) for item in items if not category_name(item)) if bare else 0
    return Progress(len(items), len(items) - bare + by_parts, own)


def is_labelled(item: bpy.types.Object) -> bool:
    """Tell whether an object has a label, or all of its materials or all of its faces have one."""
    if category_name(item):
        return True
    materials = [slot.material for slot in item.material_slots]
    if materials and all(material is not None and category_name(material) for material in materials):
        return True
    return item.type == "MESH" and KEY in item.data.attributes and bool(face_ids(item.data).all())


def labellable(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """Return the objects with a surface that a scene renders, including those of which only copies render."""
    found: dict[bpy.types.Object, None] = {}
    layers = [layer for layer in scene.view_layers if layer.use] or scene.view_layers[:1]
    collections = [collection for layer in layers for collection in _rendered(layer.layer_collection)]
    seen = set()
    while collections:
        collection = collections.pop()
        if collection in seen:
            continue
        seen.add(collection)
        waiting = [item for item in collection.objects if not item.hide_render]
        while waiting:
            item = waiting.pop()
            if item in found:
                continue
            found[item] = None
            if item.instance_type == "COLLECTION" or len(item.modifiers):
                for copied in _copied(item):
                    if isinstance(copied, bpy.types.Collection):
                        collections += _inside(copied)
                    else:  # it renders, even if its original is hidden
                        waiting.append(copied)
    return [item for item in found if item.type in VISIBLE_TYPES]


def targets(item: bpy.types.Object) -> list[bpy.types.Object]:
    """Return the objects that a label of `item` applies to: itself, or the objects a collection's instance shows."""
    if item.type in VISIBLE_TYPES:
        return [item]
    if item.instance_type != "COLLECTION" or item.instance_collection is None:
        return []
    shown = [one for collection in _inside(item.instance_collection) for one in collection.objects]
    return list(dict.fromkeys(target for one in shown if not one.hide_render for target in targets(one)))


def _rendered(layer: bpy.types.LayerCollection) -> Iterator[bpy.types.Collection]:
    """Yield the collections that a view layer renders; children of an excluded one may render."""
    if not layer.collection.hide_render:
        if not layer.exclude:
            yield layer.collection
        for child in layer.children:
            yield from _rendered(child)


def _inside(collection: bpy.types.Collection) -> Iterator[bpy.types.Collection]:
    """Yield an instanced collection and those in it that render."""
    if not collection.hide_render:
        yield collection
        for child in collection.children:
            yield from _inside(child)


def _copied(item: bpy.types.Object) -> Iterator[bpy.types.Object | bpy.types.Collection]:
    """Yield the objects and collections that an object places copies of: as empty, by particles or geometry nodes."""
    if item.instance_type == "COLLECTION" and item.instance_collection is not None:
        yield item.instance_collection
    for modifier in item.modifiers:
        copied = []
        if modifier.type == "PARTICLE_SYSTEM":
            settings = modifier.particle_system.settings
            kinds = {"OBJECT": settings.instance_object, "COLLECTION": settings.instance_collection}
            copied = [kinds.get(settings.render_type)]
        elif modifier.type == "NODES" and modifier.node_group is not None:
            given = [value for value in compat.modifier_inputs(modifier) if isinstance(value, bpy.types.Collection)]
            copied = [*given, *_placed(modifier.node_group)]
        yield from (one for one in copied if one is not None)


def _placed(tree: bpy.types.NodeTree) -> Iterator[bpy.types.Object | bpy.types.Collection]:
    """Yield the objects and collections named by the nodes of a tree and of the groups in it."""
    for node in tree.nodes:
        if node.bl_idname == "GeometryNodeCollectionInfo":
            yield node.inputs["Collection"].default_value
        elif node.bl_idname == "GeometryNodeObjectInfo" and node.inputs["As Instance"].default_value:
            yield node.inputs["Object"].default_value
        elif node.bl_idname == "GeometryNodeGroup" and node.node_tree is not None:
            yield from _placed(node.node_tree)
