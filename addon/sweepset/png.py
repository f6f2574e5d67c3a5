"""Write PNG files with numpy alone, for Blender's Python, and tell whole ones. Imports no bpy."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOR_TYPES = {1: 0, 3: 2}
"""PNG's number for grey and for RGB, by channels."""
UP = 2
"""The filter that stores each row as its difference from the one above."""


def encode(array: np.ndarray) -> bytes:
    """Return a PNG file of an image, (H, W) or (H, W, 3), uint8 or uint16."""
    height, width, *channels = array.shape
    rows = np.ascontiguousarray(array, array.dtype.newbyteorder(">")).view(np.uint8).reshape(height, -1)
    filtered = np.empty((height, rows.shape[1] + 1), np.uint8)
    filtered[:, 0] = UP
    filtered[0, 1:] = rows[0]
    filtered[1:, 1:] = rows[1:] - rows[:-1]
    color = COLOR_TYPES[channels[0] if channels else 1]
    header = struct.pack(">IIBBBBB", width, height, 8 * array.dtype.itemsize, color, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(filtered.tobytes(), 6)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def check(path: Path) -> None:
    """Raise ValueError if a file is no PNG or is cut off; its pixels are not read."""
    data = path.read_bytes()
    if not data.startswith(SIGNATURE) or not data.endswith(_chunk(b"IEND", b"")):
        raise ValueError("it is no complete PNG")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
