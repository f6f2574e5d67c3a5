"""Strew foreign objects about a scene: plain shapes with random patterns, for domain randomization."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import bpy
import numpy as np
from mathutils import Euler, Matrix, Vector

# isort: split
import bmesh  # comes with bpy

from ...supplies import Texture
from ...taxonomy import Category
from .. import labels
from ..viewpoints import Surroundings
from . import surfaces
from .loose_objects import Body, LooseObjects, transformed

MOST = 16
"""Their number at full strength."""
SIZES = (0.05, 0.3)
"""Their smallest and largest size in metres."""
TRIES = 20
CATEGORY = "otherprop"
"""Their label, if the dataset's taxonomy has this category."""


def strew(
    scene: bpy.types.Scene,
    around: Surroundings,
    objects: LooseObjects,
    rng: random.Random,
    strength: float,
    category: Category | None,
    textures: Sequence[Texture],
) -> int:
    """Put objects on the surfaces below random places around a scene's subject; return how many found a place."""
    middle, radius = around.subject()
    unit_scale, put = around.unit_scale, 0
    for number in range(round(MOST * strength)):
        shape = _make_shape(rng, rng.uniform(*SIZES) / unit_scale)
        turn = np.array(Euler([rng.uniform(-math.pi, math.pi) for _ in range(3)]).to_matrix().to_4x4())
        item = bpy.data.objects.new(f"Sweepset distractor {number}", shape)
        labels.set_category(item, category)
        material = bpy.data.materials.new(item.name)
        surfaces.scramble(material, rng, 0.3 / unit_scale, textures)
        shape.materials.append(material)
        vertices = transformed(np.array([vertex.co for vertex in shape.vertices]), turn)
        shape.calc_loop_triangles()
        triangles = np.array([tuple(triangle.vertices) for triangle in shape.loop_triangles])
        for _ in range(TRIES):
            across, along, up = (
                rng.uniform(-radius, radius),
                rng.uniform(-radius, radius),
                rng.uniform(0.2, 2.0) / unit_scale,
            )
            start = middle + np.array([across, along, up])
            far, _, normal = around.cast(start, np.array([0.0, 0.0, -1.0]))
            if not math.isfinite(far) or normal.z < 0.9:
                continue
            place = Matrix.Translation(Vector((*start[:2], start[2] - far - vertices[:, 2].min())))
            body = Body(item.name, transformed(vertices, np.array(place)), triangles)
            if objects.has_room(body):
                objects.add(body)
                item.matrix_world = place @ Matrix(turn)
                scene.collection.objects.link(item)
                put += 1
                break
        else:
            bpy.data.objects.remove(item)
    return put


def _make_shape(rng: random.Random, size: float) -> bpy.types.Mesh:
    """Make a box, a ball, a cone, a cylinder or a lump of a size."""
    mesh = bpy.data.meshes.new("Sweepset distractor")
    shape = bmesh.new()
    kind = rng.choice(("box", "ball", "cone", "cylinder", "lump"))
    if kind == "box":
        bmesh.ops.create_cube(shape, size=size)
    elif kind in ("ball", "lump"):
        bmesh.ops.create_icosphere(shape, subdivisions=3 if kind == "ball" else 1, radius=size / 2)
    else:
        top = rng.uniform(0, 0.3) if kind == "cone" else 1.0
        bmesh.ops.create_cone(
            shape, cap_ends=True, segments=24, radius1=size / 2, radius2=top * size / 2, depth=size
        )  # fmt: skip
    stretch = Vector([rng.uniform(0.35, 1.0) for _ in range(3)])
    for vertex in shape.verts:
        vertex.co *= stretch
        if kind == "lump":
            vertex.co *= rng.uniform(0.6, 1.0)
    shape.to_mesh(mesh)
    shape.free()
    return mesh
