"""The models that a scene's objects are copies of, as a dataset keeps them: names, symmetries and PLY. Imports no bpy.

A model has two files in the folder `models` of a dataset: KEY.ply, its mesh, and KEY.json, the facts about it. Both
are in metres and in the axes that the poses in `objects/` are of. The key follows from the content, so that all workers
of a job write the same files.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

FOLDER = "models"
"""The folder in a dataset."""
DIGITS = 6
"""Digits after the point, of metres."""


@dataclass(frozen=True)
class Shape:
    """A model's mesh in metres: `vertices`, (n, 3), and `triangles`, (m, 3), indices of them."""

    vertices: np.ndarray
    triangles: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "vertices", self.vertices.astype("<f4"))
        object.__setattr__(self, "triangles", self.triangles.astype("<i4"))


def files(name: str, shape: Shape, symmetry: str, keypoints: Mapping[str, Sequence[float]]) -> tuple[str, bytes, bytes]:
    """Return a model's key and the contents of its PLY and its JSON; `keypoints` are in metres, like the shape."""
    discrete, continuous = symmetries(symmetry, middle(shape))
    low, high = shape.vertices.min(0), shape.vertices.max(0)
    told = {
        "model": name,
        "size": (high - low).astype(float).round(DIGITS).tolist(),
        "symmetries": {"discrete": discrete, "continuous": continuous},
        "keypoints": {key: np.round(at, DIGITS).tolist() for key, at in keypoints.items()},
    }
    ply, facts = encode(shape.vertices, shape.triangles), json.dumps(told, indent=1, ensure_ascii=False).encode()
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name.rpartition(".")[0] or name).strip("-").lower()[:40] or "model"
    return f"{plain}-{_checksum(ply, facts)}", ply, facts


def is_of(key: str, ply: bytes, facts: bytes) -> bool:
    """Return whether the contents of a model's PLY and JSON are those that its key follows from."""
    return key.rpartition("-")[2] == _checksum(ply, facts)


def _checksum(ply: bytes, facts: bytes) -> str:
    return hashlib.sha256(ply + facts).hexdigest()[:10]


def encode(vertices: np.ndarray, triangles: np.ndarray) -> bytes:
    """Return a binary little-endian PLY of vertices, (n, 3), with their normals, and triangles, (m, 3)."""
    corners = vertices[triangles].astype(np.float64)
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros((len(vertices), 3))
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], faces)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    names = ("x", "y", "z", "nx", "ny", "nz")
    header = [
        "ply",
        "format binary_little_endian 1.0",
        f"element vertex {len(vertices)}",
        *(f"property float {name}" for name in names),
        f"element face {len(triangles)}",
        "property list uchar int vertex_indices",
        "end_header",
        "",
    ]
    rows = np.empty(len(triangles), [("count", "u1"), ("corners", "<i4", 3)])
    rows["count"], rows["corners"] = 3, triangles
    points = np.concatenate([vertices, normals], 1).astype("<f4")
    return "\n".join(header).encode() + points.tobytes() + rows.tobytes()


def decode(data: bytes) -> Shape:
    """Return the mesh of a PLY that `encode` made; raise ValueError if it is none, or cut off."""
    head, mark, body = data.partition(b"end_header\n")
    found = re.search(rb"element vertex (\d+)\n.*element face (\d+)\n", head, re.DOTALL)
    if not mark or not found:
        raise ValueError("is no PLY of a model")
    vertices, faces = int(found[1]), int(found[2])
    if len(body) != 24 * vertices + 13 * faces:
        raise ValueError("is cut off")
    points = np.frombuffer(body, "<f4", 6 * vertices).reshape(-1, 6)
    rows = np.frombuffer(body, [("count", "u1"), ("corners", "<i4", 3)], faces, 24 * vertices)
    return Shape(points[:, :3], rows["corners"])


def middle(shape: Shape) -> np.ndarray:
    """Return the centroid of a mesh's surface, (3,), which all axes of symmetry pass through."""
    corners = shape.vertices[shape.triangles].astype(np.float64)
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    total = float(areas.sum())
    centres = corners.mean(1)
    middle: np.ndarray = (centres * areas[:, None]).sum(0) / total if total else shape.vertices.mean(0)
    return middle


def symmetries(text: str, about: np.ndarray) -> tuple[list[list[list[float]]], list[dict[str, list[float]]]]:
    """Return the symmetries that a text such as `x2 z4` or `z` names, about axes through a point, (3,).

    The discrete ones are all rotations but the identity that the turns generate together, (4, 4) each; the continuous
    ones have an `axis` and an `offset`, a point on it.
    """
    turns: list[np.ndarray] = []
    continuous: list[dict[str, list[float]]] = []
    for part in text.split():
        axis = "xyz".index(part[0])
        if part[1:]:
            turns.append(_turn(axis, 2 * np.pi / int(part[1:])))
        else:
            continuous.append({"axis": np.eye(3)[axis].tolist(), "offset": about.round(DIGITS).tolist()})
    group = [np.eye(3)]
    for one in group:  # grows while it is gone over, until all products are in it
        for turn in turns:
            made = turn @ one
            if not any(np.allclose(made, other, atol=1e-6) for other in group):
                group.append(made)
    discrete = []
    for rotation in group[1:]:
        matrix = np.eye(4)
        matrix[:3, :3], matrix[:3, 3] = rotation, about - rotation @ about
        discrete.append((matrix.round(9) + 0.0).tolist())
    return discrete, continuous


def _turn(axis: int, angle: float) -> np.ndarray:
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[first, first] = matrix[second, second] = np.cos(angle)
    matrix[first, second], matrix[second, first] = -np.sin(angle), np.sin(angle)
    return matrix


def place_keypoints(points: Mapping[str, Sequence[float]], pose: np.ndarray, intrinsics: np.ndarray) -> dict[str, Any]:
    """Return each keypoint's `point` in the camera's axes and its `pixel`, None if it is behind the camera."""
    placed = {}
    for name, at in points.items():
        point = pose[:3, :3] @ np.array(at) + pose[:3, 3]
        seen = intrinsics @ point
        pixel = (seen[:2] / seen[2]).round(2).tolist() if point[2] > 0 else None
        placed[name] = {"point": point.round(DIGITS).tolist(), "pixel": pixel}
    return placed
