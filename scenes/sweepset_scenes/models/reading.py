"""Read a file of a 3D model into one object: its meshes joined, closed to what a file may lack, and not too fine.

A mesh keeps its file's axes and units, so that a pose is about the coordinates that the user's other programs show.
FBX, USD and Blender files have axes and units of their own rules: they are read into Blender's, z up and metres.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

from sweepset import models
from sweepset.blender import compat, preparation
from sweepset.models import Facts

from ..shapes.primitives import SHARP

FINEST = 200_000
"""Triangles of a model, at most: finer ones are reduced, as pictures do not show more."""
LARGEST = 1e6
"""Units from the origin from which single precision blurs a mesh."""
HULL = 240
"""Directions in which a hull touches its mesh: enough that a ball of 10 cm is 0.4 mm larger than it."""
BODY, HULL_NAME = "model", "hull"
"""The names of the objects that a read model has: what is seen, and what it collides as."""
KEYPOINT = "kp_"
"""The start of the names of empties that are keypoints."""


class Unusable(Exception):
    """A file holds no model that can be used; the message says why."""


def read(path: Path) -> Facts:
    """Read a file into the objects BODY and HULL_NAME of the current scene, which must be empty; return what is in it.

    Raise Unusable if there is no model in it.
    """
    warnings: list[str] = []
    _open(path)
    warnings += [f"{finding.subject}: {models.NO_FILE}; plain grey replaces it" for finding in _missing_images()]
    if any(item.animation_data and item.animation_data.action for item in bpy.data.objects):
        warnings.append("animated: shown as it is at the current frame")
    keypoints = _keypoints()
    meshes = _evaluate()
    if not meshes:
        raise Unusable("no faces: it has no mesh, curve or surface that renders")
    body = _join(meshes)
    found = len(body.data.polygons)
    _demand_sound(body.data)
    warnings += _mend(body)
    if (triangles := _triangles(body.data)) > FINEST:
        body.data = _reduced(body, FINEST / triangles)
        warnings.append(f"reduced from {found} to {len(body.data.polygons)} polygons")
    if models.format_of(path).up == "y":  # read by its rules to z up
        back = Matrix.Rotation(-math.pi / 2, 4, "X")
        body.data.transform(back)
        keypoints = {name: list(back @ point) for name, point in keypoints.items()}
    body.name = body.data.name = BODY
    body[models.KEYPOINTS_KEY] = json.dumps({name: [round(x, 9) for x in at] for name, at in keypoints.items()})
    low, high = _bounds(body.data)
    _add_hull(points_of(body.data))
    return Facts(
        tuple(float(length) for length in high - low),
        len(meshes),
        found,
        len(body.data.polygons),
        sum(slot is not None for slot in body.data.materials),
        tuple(sorted(keypoints)),
        tuple(warnings),
    )


def points_of(mesh: bpy.types.Mesh) -> np.ndarray:
    """Return the vertices of a mesh, (n, 3)."""
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    return points.reshape(-1, 3).astype(float)


def _open(path: Path) -> None:
    """Bring what is in a file into the current scene."""
    suffix = path.suffix.lower()
    if suffix == ".blend":
        _append(path)
        return
    importer = compat.importer(suffix)
    if importer is None:
        raise Unusable(f"Blender {bpy.app.version_string} cannot import {suffix} files: save it as .glb")
    try:
        done = importer(filepath=str(path))
    except RuntimeError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.startswith("Location")]
        raise Unusable(f"Blender cannot read it: {(lines or ['no reason given'])[-1]}") from None
    if "FINISHED" not in done:
        raise Unusable("Blender cannot read it: the file is broken, or of another format than its suffix says")


def _append(path: Path) -> None:
    """Link the objects of a .blend's first scene, or all if it has none."""
    try:
        with bpy.data.libraries.load(str(path), link=False) as (there, here):  # type: ignore[func-returns-value]
            here.scenes = there.scenes[:1]
            if not there.scenes:
                here.objects = there.objects
    except (OSError, RuntimeError) as error:
        raise Unusable(f"Blender cannot read it: {str(error).strip().splitlines()[-1]}") from None
    if here.scenes:
        for item in here.scenes[0].collection.children:
            bpy.context.scene.collection.children.link(item)
        items = list(here.scenes[0].collection.objects)
    else:
        items = [item for item in here.objects if item is not None]
    for item in items:
        if item.name not in bpy.context.scene.collection.objects:
            bpy.context.scene.collection.objects.link(item)


def _missing_images() -> list[Any]:
    return list(preparation.replace_missing_images())


def _keypoints() -> dict[str, Any]:
    bpy.context.view_layer.update()
    return {
        item.name[len(KEYPOINT) :]: item.matrix_world.translation.copy()
        for item in bpy.context.scene.objects
        if item.type == "EMPTY" and item.name.startswith(KEYPOINT) and len(item.name) > len(KEYPOINT)
    }


def _evaluate() -> list[bpy.types.Mesh]:
    """Return meshes of all that renders, modifiers applied, instances made real, in world space."""
    found = []
    depsgraph = bpy.context.evaluated_depsgraph_get()
    for instance in depsgraph.object_instances:
        item = instance.object
        if item.type not in ("MESH", "CURVE", "SURFACE", "META", "FONT") or item.original.hide_render:
            continue
        try:
            mesh = bpy.data.meshes.new_from_object(item, preserve_all_data_layers=True, depsgraph=depsgraph)
        except RuntimeError:
            continue
        if mesh is None or not len(mesh.polygons):
            continue
        matrix = instance.matrix_world.copy()
        mesh.transform(matrix)
        if matrix.determinant() < 0:
            mesh.flip_normals()
        for layer in mesh.uv_layers:
            if layer.active_render:
                layer.name = "UVMap"  # joined ones need one name
                break
        found.append(mesh)
    return found


def _join(meshes: list[bpy.types.Mesh]) -> bpy.types.Object:
    """Return one object of all meshes, alone in the scene."""
    scene = bpy.context.scene
    bpy.data.batch_remove(list(bpy.data.objects))
    items = []
    for mesh in meshes:
        items.append(bpy.data.objects.new(BODY, mesh))
        scene.collection.objects.link(items[-1])
    first = items[0]
    if len(items) > 1:
        with bpy.context.temp_override(
            object=first, active_object=first, selected_objects=items, selected_editable_objects=items
        ):
            bpy.ops.object.join()
    return first


def _bounds(mesh: bpy.types.Mesh) -> tuple[np.ndarray, np.ndarray]:
    points = points_of(mesh)
    return points.min(axis=0), points.max(axis=0)


def _demand_sound(mesh: bpy.types.Mesh) -> None:
    points = points_of(mesh)
    if not np.isfinite(points).all():
        raise Unusable("vertices at no place (NaN or infinite)")
    if np.ptp(points, axis=0).max() <= 0:
        raise Unusable("all vertices at one place")
    if not any(face.area for face in mesh.polygons):
        raise Unusable("no surface: all faces are points or lines")
    if np.abs(points).max() > LARGEST * max(np.ptp(points, axis=0).max(), 1e-9):
        raise Unusable("too far from its origin for its size: move it there")


def _mend(body: bpy.types.Object) -> list[str]:
    """Give a mesh what its file lacks: valid faces, normals that point outwards, smooth shading, colours."""
    mesh, told = body.data, []
    if mesh.validate(verbose=False):
        told.append("invalid faces removed")
    if not mesh.has_custom_normals:
        mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
        compat.sharpen(mesh, SHARP)
    if _volume(mesh) < 0:
        mesh.flip_normals()
        told.append("inside out: turned outwards")
    if not any(mesh.materials) and len(mesh.color_attributes):
        mesh.materials.clear()
        mesh.materials.append(_of_colors(mesh.color_attributes[0].name))
    mesh.update()
    return told


def _volume(mesh: bpy.types.Mesh) -> float:
    """Return the signed volume of a mesh about its middle, which is negative if its faces point inwards."""
    mesh.calc_loop_triangles()
    corners = np.empty(3 * len(mesh.loop_triangles), np.int32)
    mesh.loop_triangles.foreach_get("vertices", corners)
    points = points_of(mesh)
    a, b, c = (points - points.mean(axis=0))[corners.reshape(-1, 3)].transpose(1, 0, 2)
    total, parts = np.einsum("ij,ij->i", a, np.cross(b, c)), np.ptp(points, axis=0).max() ** 3
    return float(total.sum() / 6) if abs(total.sum()) > 1e-6 * parts else 0.0


def _triangles(mesh: bpy.types.Mesh) -> int:
    mesh.calc_loop_triangles()
    return len(mesh.loop_triangles)


def _of_colors(name: str) -> bpy.types.Material:
    """Return a material that shows the colours of a mesh's vertices."""
    material = bpy.data.materials.new("colours of vertices")
    tree = compat.nodes_of(material)
    shader = next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")
    colors = tree.nodes.new("ShaderNodeVertexColor")
    colors.layer_name = name
    tree.links.new(colors.outputs["Color"], compat.principled(shader, "color"))
    return material


def _reduced(body: bpy.types.Object, share: float) -> bpy.types.Mesh:
    """Return a mesh with a share of an object's triangles."""
    modifier = body.modifiers.new("fewer", "DECIMATE")
    modifier.ratio = share
    depsgraph = bpy.context.evaluated_depsgraph_get()
    mesh = bpy.data.meshes.new_from_object(
        body.evaluated_get(depsgraph), preserve_all_data_layers=True, depsgraph=depsgraph
    )
    body.modifiers.clear()
    return mesh


def _add_hull(points: np.ndarray) -> None:
    """Add the points of a mesh that are farthest in many directions: it collides as their hull."""
    touching = np.unique(np.argmax(points @ _directions(HULL).T, axis=0))
    mesh = bpy.data.meshes.new(HULL_NAME)
    mesh.from_pydata(points[touching].tolist(), [], [])
    item = bpy.data.objects.new(HULL_NAME, mesh)
    bpy.context.scene.collection.objects.link(item)


def _directions(count: int) -> np.ndarray:
    """Return unit vectors spread evenly over the sphere, (count, 3), and those along the axes."""
    steps = np.arange(count) + 0.5
    height, turn = 1 - 2 * steps / count, math.pi * (1 + math.sqrt(5)) * steps
    level = np.sqrt(1 - height**2)
    axes = np.concatenate([np.eye(3), -np.eye(3)])
    return np.concatenate([np.stack((level * np.cos(turn), level * np.sin(turn), height), axis=1), axes])
