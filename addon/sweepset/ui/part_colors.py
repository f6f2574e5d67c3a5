"""Labelled parts in the 3D view: faces and materials with their own labels, drawn over their objects' colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bmesh
import bpy
import gpu
import numpy as np
from bpy.app.handlers import persistent
from gpu_extras.batch import batch_for_shader
from mathutils import Matrix

from ..blender import compat, instances, labels
from ..blender.labelling import colors

LIFT = 0.0005
"""Parts are drawn nearer to the eye than their surface by this share of the distance."""
EDITED_ALPHA = 0.9
"""Opacity of parts in Edit Mode, in which the selection has to show through."""


@dataclass(frozen=True)
class Place:
    """A copy of a shape: its object, and its place."""

    owner: bpy.types.Object
    key: str
    matrix: Matrix


class _Drawn:
    """Drawn data, kept from one redraw to the next."""

    handle: Any = None
    shapes: dict[str, gpu.types.GPUBatch | None] = {}
    places: list[Place] | None = None


def forget() -> None:
    """Forget the drawn data: the next redraw makes them anew."""
    _Drawn.shapes.clear()
    _Drawn.places = None


def follow(on: bool) -> None:
    """Draw parts, or stop drawing them."""
    forget()
    if on and _Drawn.handle is None and not bpy.app.background:
        _Drawn.handle = bpy.types.SpaceView3D.draw_handler_add(_draw, (), "WINDOW", "POST_VIEW")
        bpy.app.handlers.depsgraph_update_post.append(_forget_changed)
        bpy.app.handlers.frame_change_post.append(_forget_changed)
    elif not on and _Drawn.handle is not None:
        bpy.types.SpaceView3D.draw_handler_remove(_Drawn.handle, "WINDOW")
        bpy.app.handlers.depsgraph_update_post.remove(_forget_changed)
        bpy.app.handlers.frame_change_post.remove(_forget_changed)
        _Drawn.handle = None


@persistent
def _forget_changed(_: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> None:
    for update in depsgraph.updates:
        if isinstance(update.id, bpy.types.Object):
            if update.is_updated_geometry:
                _Drawn.shapes.pop(update.id.original.name_full, None)
            _Drawn.places = None
        elif isinstance(update.id, (bpy.types.Collection, bpy.types.Scene)):
            _Drawn.places = None


def _draw() -> None:
    context = bpy.context
    if context.scene != colors.colored_scene() or context.space_data.shading.type != "SOLID":
        return
    depsgraph = context.view_layer.depsgraph
    if _Drawn.places is None:
        _Drawn.places = _find(depsgraph)
    if not _Drawn.places:
        return
    shader = compat.builtin_shader("FLAT_COLOR")
    gpu.state.depth_test_set("LESS_EQUAL")
    gpu.state.blend_set("ALPHA")
    with gpu.matrix.push_pop_projection():
        gpu.matrix.load_projection_matrix(nearer(context.region_data))
        for place in _Drawn.places:
            # Only evaluated objects know about Local View.
            if place.owner.evaluated_get(depsgraph).visible_in_viewport_get(context.space_data):
                with gpu.matrix.push_pop():
                    gpu.matrix.multiply_matrix(place.matrix)
                    _Drawn.shapes[place.key].draw(shader)
    gpu.state.blend_set("NONE")
    gpu.state.depth_test_set("NONE")


def nearer(view: bpy.types.RegionView3D) -> Matrix:
    """Return a view's projection with depths a little nearer."""
    projection = gpu.matrix.get_projection_matrix()
    if view.is_perspective:
        projection[2][3] *= 1 + LIFT
    else:
        projection[2][3] += projection[2][2] * LIFT * view.view_distance
    return projection


def _find(depsgraph: bpy.types.Depsgraph) -> list[Place]:
    """Return the copies of shapes with parts, and make new shapes."""
    scene = colors.colored_scene()
    table = colors.category_colors(scene) if scene else {}
    places = []
    for instance in instances.visible(depsgraph):
        item = instance.object
        if item.display_type in {"WIRE", "BOUNDS"}:
            continue
        key = item.original.name_full
        if key not in _Drawn.shapes:
            _Drawn.shapes[key] = _shape(item, table)
        if _Drawn.shapes[key] is not None:
            owner = (instance.parent if instance.is_instance and instance.parent else item).original
            places.append(Place(owner, key, instance.matrix_world.copy()))
    return places


def _shape(item: bpy.types.Object, table: dict[str, tuple[int, int, int]]) -> gpu.types.GPUBatch | None:
    """Return a batch of an evaluated object's labelled parts in its own space, None for none."""
    original = item.original
    slots = labels.slots(original)
    if len(set(slots)) == 1:  # the object's own colour shows it
        slots = [""] * len(slots)
    faces = original.type == "MESH" and labels.KEY in original.data.attributes
    if original.mode == "EDIT" and original.type == "MESH":
        corners, names = _edited_parts(original, slots)
        alpha = EDITED_ALPHA
    elif faces or len(set(slots)) > 1:
        corners, names = _parts(item, slots)
        alpha = 1.0
    else:
        return None
    if not len(corners):
        return None
    known = sorted(set(names))
    palette = np.array([[*(c / 255 for c in table.get(name, table[""])), alpha] for name in known], np.float32)
    rows = palette[[known.index(name) for name in names]] if len(known) > 1 else palette[[0] * len(names)]
    shader = compat.builtin_shader("FLAT_COLOR")
    return batch_for_shader(shader, "TRIS", {"pos": corners, "color": rows.repeat(3, axis=0)})


def _parts(item: bpy.types.Object, slots: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Return the corners, (3 n, 3) float32, of an evaluated object's labelled triangles, and their labels."""
    try:
        mesh = item.to_mesh()
    except RuntimeError:
        return np.empty((0, 3), np.float32), []
    try:
        mesh.calc_loop_triangles()
        count = len(mesh.loop_triangles)
        faces, vertices = np.empty(count, np.int32), np.empty(3 * count, np.int32)
        mesh.loop_triangles.foreach_get("polygon_index", faces)
        mesh.loop_triangles.foreach_get("vertices", vertices)
        places = np.empty(3 * len(mesh.vertices), np.float32)
        mesh.vertices.foreach_get("co", places)
        materials = np.zeros(len(mesh.polygons), np.int32)
        mesh.polygons.foreach_get("material_index", materials)
        ids = labels.face_ids(mesh)
        names = labels.face_names(item.original.data) if item.original.type == "MESH" else {}
        by_face = labels.by_face(ids, materials, names, slots)[faces]
        chosen = by_face != ""
        corners = places.reshape(-1, 3)[vertices.reshape(-1, 3)[chosen].ravel()]
        return corners, by_face[chosen].tolist()
    finally:
        item.to_mesh_clear()


def _edited_parts(item: bpy.types.Object, slots: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Return the same as `_parts` for a mesh in Edit Mode, without its modifiers."""
    cage = bmesh.from_edit_mesh(item.data)
    layer = cage.faces.layers.int.get(labels.KEY)
    names = labels.face_names(item.data)
    ids = np.array([face[layer] if layer else 0 for face in cage.faces], np.int32)
    materials = np.array([face.material_index for face in cage.faces], np.int32)
    by_face = labels.by_face(ids, materials, names, slots)
    cage.faces.index_update()
    corners, found = [], []
    for triangle in cage.calc_loop_triangles():
        face = triangle[0].face
        if by_face[face.index] and not face.hide:
            corners += [tuple(loop.vert.co) for loop in triangle]
            found.append(by_face[face.index])
    return np.array(corners, np.float32).reshape(-1, 3), found
