"""What a layout is made of: a user's models, and distractors; each one object, with the hull that it collides as."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix

from sweepset import models as own
from sweepset import supplies
from sweepset.blender import labels
from sweepset.models import BACKGROUND, Model, Models
from sweepset.taxonomy import Category

from .. import piece as pieces
from ..clutter import what_lies_where
from ..materials.room_materials import Finishes, Looks, mix_looks
from ..materials.shaders import Material
from ..models import library
from ..models.library import Loaded
from ..piece import Placed
from . import surfaces

LARGEST = 0.3
"""Metres of the largest side of clutter among models, at most."""
MADE_OF = {
    "metal": "screw bolt nut washer gear bracket bearing spring nail key knife fork spoon can tin wrench pipe valve",
    "paper": "carton box package parcel book card envelope",
    "plastic": "bottle cap lego toy case housing cover clip connector bucket crate",
    "rubber": "tire tyre wheel seal gasket ring hose grip",
    "wood": "chair table board plank shelf pencil spoon crate",
    "stone": "mug cup bowl plate vase pot tile brick statue figurine teapot bunny",
}
"""Words in names that tell what a thing is likely made of, beside the names of materials themselves."""


@dataclass(frozen=True, eq=False)
class Thing:
    """A thing: its root object, the points of its hull in the root's axes, (n, 3), and what turns it upright."""

    item: bpy.types.Object
    hull: np.ndarray
    upright: Matrix
    model: Model | None = None

    @cached_property
    def middle(self) -> np.ndarray:
        """The middle of its bounding box in the root's axes, (3,)."""
        return (self.hull.min(axis=0) + self.hull.max(axis=0)) / 2

    @cached_property
    def radius(self) -> float:
        """The radius of the ball about its middle that holds it."""
        return float(np.linalg.norm(self.hull - self.middle, axis=1).max())


def draw_models(rng: random.Random, known: Models, count: int, distractors: bool) -> list[Model]:
    """Draw models by their weights: those to be found, or those that only distract, as many as there are to draw."""
    able = [one for one in known.models if one.weight and (one.category == BACKGROUND) == distractors]
    return rng.choices(able, [one.weight for one in able], k=count) if able else []


def make_models(rng: random.Random, folder: Path, drawn: Sequence[Model], varied: bool) -> list[Thing]:
    """Make an object of each drawn model, at the origin. The current scene must be empty."""
    for model in {model.file: model for model in drawn}.values():
        library.facts(folder / model.file, model.sha256)  # Here already: to read a file empties the scene.
    loaded: dict[str, Loaded] = {}
    made = []
    for model in drawn:
        if model.file not in loaded:
            loaded[model.file] = library.load(folder, model)
            _unwrap(loaded[model.file].mesh)
        made.append(_make_model(rng, loaded[model.file], varied))
    return made


def _make_model(rng: random.Random, loaded: Loaded, varied: bool) -> Thing:
    model, mesh = loaded.model, loaded.mesh
    item = bpy.data.objects.new(Path(model.file).stem, mesh)
    item[own.MODEL_KEY], item[own.KEYPOINTS_KEY], item[own.SYMMETRY_KEY] = model.file, loaded.keypoints, model.symmetry
    item[labels.KEY] = model.category
    bpy.context.scene.collection.objects.link(item)
    bare = not any(slot.material for slot in item.material_slots)
    if not item.material_slots:
        mesh.materials.append(None)
    if bare or varied:
        for slot in item.material_slots:
            slot.link = "OBJECT"
            slot.material = _material(rng, "" if varied else f"{model.category} {model.file}")
    upright = Matrix.Rotation(math.pi / 2 if model.up == "y" else 0.0, 4, "X")
    return Thing(item, loaded.hull, upright, model)


def _material(rng: random.Random, name: str) -> Material:
    """Make the material that a name tells, or one at random."""
    words = set(supplies.words(name))
    words |= {word.rstrip("s") for word in words}
    told = [role for role in MADE_OF if words & {role, *MADE_OF[role].split()}]
    return surfaces.made_of(rng, supplies.role_of(name) or (rng.choice(told) if told else ""))


def _unwrap(mesh: bpy.types.Mesh) -> None:
    """Give a mesh without texture coordinates those of the nearest axis plane, in metres, as all shapes have them."""
    if mesh.uv_layers:
        return
    count = len(mesh.loops)
    vertices, totals = np.empty(count, np.int32), np.empty(len(mesh.polygons), np.int32)
    normals = np.empty(3 * len(mesh.polygons), np.float32)
    mesh.loops.foreach_get("vertex_index", vertices)
    mesh.polygons.foreach_get("loop_total", totals)
    mesh.polygons.foreach_get("normal", normals)
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    planes = np.array(((1, 2), (0, 2), (0, 1)))[np.argmax(np.abs(normals.reshape(-1, 3)), axis=1)]
    flat = np.take_along_axis(points.reshape(-1, 3)[vertices], np.repeat(planes, totals, axis=0), axis=1)
    mesh.uv_layers.new(name="UVMap").data.foreach_set("uv", flat.astype(np.float32).ravel())


def make_clutter(rng: random.Random, count: int, size: float) -> list[Thing]:
    """Make small things of a room, about as large as `size` metres; their labels are in the scene's taxonomy."""
    looks = mix_looks(rng, Finishes())
    return [_make_clutter(rng, looks, size) for _ in range(count)]


def _make_clutter(rng: random.Random, looks: Looks, size: float) -> Thing:
    limit = min(max(2.5 * size, 0.08), LARGEST)
    for _ in range(12):
        piece = what_lies_where.draw(rng, looks, what_lies_where.ON[rng.choice(("desk", "table", "top", "counter"))])
        if float(piece.size.max()) <= limit and not piece.lights:
            break
    main = pieces.build([Placed(piece, Matrix.Identity(4))])[0]
    to_main = np.array(main.matrix_world.inverted())
    points = np.concatenate(
        [part.shape.vertices @ np.array(part.at.to_3x3()).T + np.array(part.at.translation) for part in piece.parts]
    )
    return Thing(main, points @ to_main[:3, :3].T + to_main[:3, 3], Matrix.Identity(4))


def label_background(items: Sequence[bpy.types.Object], category: Category) -> None:
    """Label all objects but models as background, whatever they were in another taxonomy."""
    for item in items:
        if own.MODEL_KEY not in item and item.type in labels.VISIBLE_TYPES:
            labels.set_category(item, category)
