"""Run inside Blender: materials of rooms, clutter and things on walls, looked at one by one.

`looks_case.py` fails with an AssertionError that says what is wrong.
"""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "addon"), str(ROOT / "scenes")]

from sweepset import taxonomy  # noqa: E402
from sweepset_scenes.clutter import what_lies_where  # noqa: E402
from sweepset_scenes.materials import color_schemes  # noqa: E402
from sweepset_scenes.materials.room_materials import Looks, mix_looks  # noqa: E402
from sweepset_scenes.rooms.any_room import ROOM_KINDS  # noqa: E402
from sweepset_scenes.shapes.primitives import Shape  # noqa: E402

ROLES = [name for name, value in vars(Looks).items() if isinstance(value, cached_property)]
MAKERS = ("picture", "poster", "pinboard", "page", "books", "screen_image", "cloth", "colored", "glazed", "box_print")


def fingerprint(material: bpy.types.Material) -> list:
    """Return what a material is made of: its nodes with all values and images' pixels, and its links."""
    told: list = []
    for node in material.node_tree.nodes:
        values = [
            tuple(s.default_value) if hasattr(s.default_value, "__len__") else s.default_value
            for s in node.inputs
            if hasattr(s, "default_value")
        ]
        image = getattr(node, "image", None)
        told.append((node.bl_idname, values, np.array(image.pixels[:]).sum() if image else None))
        if node.type == "VALTORGB":
            told.append([(e.position, tuple(e.color)) for e in node.color_ramp.elements])
    told += sorted((k.from_node.name, k.from_socket.identifier, k.to_node.name, k.to_socket.identifier)
                   for k in material.node_tree.links)  # fmt: skip
    return told


def make_all(seed: int, kind: str, order: list[str]) -> dict[str, list]:
    """Make the materials of a room in an order of roles; return the fingerprint of each."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    made = mix_looks(random.Random(seed), ROOM_KINDS[kind].finishes)
    told = {role: fingerprint(getattr(made, role)) for role in order}
    rng = random.Random(seed)
    for maker in MAKERS:
        told[maker] = fingerprint(getattr(made, maker)(rng))
    return told


def check_materials() -> None:
    floors, walls = set(), []
    one, other = make_all(5, "bedroom", ROLES), make_all(5, "bedroom", ROLES[::-1])
    assert one == other, [name for name in one if one[name] != other[name]]
    assert len(bpy.data.materials) < 80, len(bpy.data.materials)
    for number, kind in enumerate(ROOM_KINDS):
        for seed in range(100 * number, 100 * number + 12):
            made = mix_looks(random.Random(seed), ROOM_KINDS[kind].finishes)
            walls.append(tuple(made.wall.diffuse_color)[:3])
            floors.add(round(sum(made.floor.diffuse_color), 3))
    colors = np.array(walls)
    assert len(floors) > 25, len(floors)
    assert len(set(walls)) == len(walls)
    # Walls of rooms are pale more often than not, and of no strong colour.
    assert 0.25 < np.median(colors.max(axis=1)) < 0.85, np.median(colors.max(axis=1))
    assert (colors.min(axis=1) / colors.max(axis=1)).mean() > 0.5
    for kind in ROOM_KINDS.values():
        assert color_schemes.SCHEMES.keys() >= kind.finishes.schemes.keys()


def volume(shape: Shape) -> float:
    """Return the volume that a shape's faces enclose: negative where they point inwards."""
    triangles = np.array([(face[0], b, c) for face in shape.faces for b, c in pairwise(face[1:])])
    corners = shape.vertices[triangles]
    return float(np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))) / 6


def check_pieces() -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    made = mix_looks(random.Random(3), ROOM_KINDS["bedroom"].finishes)
    kinds = ROOM_KINDS.values()
    tables = (*what_lies_where.ON.values(), *(kind.floor for kind in kinds), *(kind.walls for kind in kinds))
    makers = list(dict.fromkeys(maker for table in tables for maker, _ in table))
    assert len(makers) > 60, len(makers)
    seen: Counter[str] = Counter()
    for maker in makers:
        for seed in range(2):
            piece = maker(random.Random(seed), made)
            name = f"{maker.__name__} {seed}"
            assert abs(piece.low[2]) < 2e-3, (name, piece.low)
            assert abs(piece.high[1]) < 4e-3, (name, piece.high)
            assert (piece.size > 5e-4).all(), (name, piece.size)
            assert (piece.size < 2.6).all(), (name, piece.size)
            again = maker(random.Random(seed), made)
            for part, same in zip(piece.parts, again.parts):
                taxonomy.default().category(part.category)
                seen[part.category] += 1
                assert np.array_equal(part.shape.vertices, same.shape.vertices), name
                assert np.isfinite(part.shape.vertices).all(), name
                assert all(material is not None for material in part.shape.materials), name
                edges = Counter(
                    (min(a, b), max(a, b)) for face in part.shape.faces for a, b in zip(face, (*face[1:], face[0]))
                )
                assert all(count % 2 == 0 for count in edges.values()), f"{name} {part.name} is open"
                assert volume(part.shape) > 0, f"{name} {part.name} is inside out"
                for uv, face in zip(part.shape.uvs, part.shape.faces):
                    assert uv.shape == (len(face), 2), name
    wanted = {
        "books",
        "box",
        "bag",
        "clothes",
        "towel",
        "paper",
        "picture",
        "mirror",
        "whiteboard",
        "shelves",
        "otherprop",
    }
    assert wanted <= seen.keys(), wanted - seen.keys()


check_materials()
check_pieces()
sys.stdout.flush()
os._exit(0)
