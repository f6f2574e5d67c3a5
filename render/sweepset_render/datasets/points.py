"""A frame as a point cloud: PLY, one point for each pixel that shows a surface."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from sweepset.errors import SweepsetError

POINT = np.dtype(
    [
        *((name, "<f4") for name in ("x", "y", "z", "nx", "ny", "nz")),
        *((name, "u1") for name in ("red", "green", "blue")),
        *((name, "<u2") for name in ("category", "instance")),
    ]
)
"""One point: place and normal in world metres, 8-bit sRGB, category id, instance id."""
NAMES = {"<f4": "float", "|u1": "uchar", "<u2": "ushort"}
PLY_TYPES = {"float": "<f4", "double": "<f8", "uchar": "u1", "uint8": "u1", "ushort": "<u2", "uint16": "<u2",
             "int": "<i4", "uint": "<u4", "short": "<i2", "char": "i1"}  # fmt: skip


def encode(arrays: Mapping[str, np.ndarray], intrinsics: np.ndarray, to_world: np.ndarray) -> bytes:
    """Return a binary PLY of a frame's points, row by row.

    `arrays` has the `image` in BGR order, `label`, `instances`, `depth-float` and `normals`, as they are stored.
    """
    depth = arrays["depth-float"].astype(np.float64)
    row, column = np.nonzero(depth)
    local = np.stack([column + 0.5, row + 0.5, np.ones(len(row))], 1) @ np.linalg.inv(intrinsics).T
    places = local * depth[row, column, None] @ to_world[:3, :3].T + to_world[:3, 3]
    stored = arrays["normals"][row, column].astype(np.float64)
    normals = np.where(stored.any(1, keepdims=True), (stored - 32768) / 32767, 0) @ to_world[:3, :3].T
    points = np.empty(len(row), POINT)
    for names, values in (
        (("x", "y", "z"), places),
        (("nx", "ny", "nz"), normals),
        (("blue", "green", "red"), arrays["image"][row, column]),
        (("category", "instance"), np.stack([arrays[kind][row, column] for kind in ("label", "instances")], 1)),
    ):
        for name, column_of in zip(names, values.T, strict=True):
            points[name] = column_of
    properties = [f"property {NAMES[POINT[name].str]} {name}" for name in POINT.names or ()]
    header = ["ply", "format binary_little_endian 1.0", f"element vertex {len(points)}", *properties, "end_header", ""]
    return "\n".join(header).encode() + points.tobytes()


def read(path: Path) -> np.ndarray:
    """Return a binary PLY's vertices as a structured array; raise SweepsetError if it is none, or cut off."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SweepsetError(f"cannot read {str(path)!r}: {error.strerror}") from None
    head, mark, body = data.partition(b"end_header\n")
    lines = [line.split() for line in head.decode("ascii", "replace").splitlines()]
    if not mark or lines[:1] != [["ply"]] or ["format", "binary_little_endian", "1.0"] not in lines:
        raise SweepsetError(f"{str(path)!r} is no binary little-endian PLY")
    count = next((int(line[2]) for line in lines if line[:2] == ["element", "vertex"]), 0)
    kind = np.dtype([(line[2], PLY_TYPES[line[1]]) for line in lines if line[:1] == ["property"] and len(line) == 3])
    if len(body) != count * kind.itemsize:
        raise SweepsetError(
            f"{str(path)!r} has {len(body)} bytes of points; {count} points are {count * kind.itemsize}"
        )
    return np.frombuffer(body, kind)
