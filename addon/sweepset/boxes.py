"""Boxes, visibility and pose of the instances in a frame, from meshes and the instance map. Imports no bpy.

An object is measured as if nothing hid it, in the image and a field around it that is one image size wider on every
side; anything beyond is not counted. Input lengths are in scene units, results in metres and pixels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .motion import View

ROWS = 256
"""The most rows of pixels that are tested for an object; of a higher object, every second, third … row."""
FIELD = 1.0
"""The width of the field around the image, in image sizes on every side."""
SPANS = 2**20
"""The most triangle rows at once, to bound memory."""


@dataclass(frozen=True)
class Shape:
    """Triangles of a mesh: `vertices`, (n, 3) float, and `triangles`, (m, 3), indices of them."""

    vertices: np.ndarray
    triangles: np.ndarray


@dataclass(frozen=True)
class Extent:
    """An instance in the instance map: `box` x, y, width, height in pixels, and `area`, its number of pixels."""

    box: tuple[int, int, int, int]
    area: int


def extents(ids: np.ndarray) -> dict[int, Extent]:
    """Return box and area of every instance in an instance map, (H, W), but for 0."""
    flat = ids.ravel()
    order = np.argsort(flat, kind="stable")
    starts = np.flatnonzero(np.diff(flat[order], prepend=-1))
    rows, columns = order // ids.shape[1], order % ids.shape[1]
    left, top = (np.minimum.reduceat(place, starts) for place in (columns, rows))
    width, height = (np.maximum.reduceat(place, starts) + 1 - low for place, low in ((columns, left), (rows, top)))
    areas = np.diff(starts, append=flat.size)
    boxes = np.stack([left, top, width, height, areas], 1).tolist()
    numbers = flat[order[starts]].tolist()
    return {number: Extent((x, y, w, h), area) for number, (x, y, w, h, area) in zip(numbers, boxes) if number}


def describe(
    shape: Shape, matrix: np.ndarray, seen: Extent, view: View, size: tuple[int, int], near: float, unit_scale: float
) -> dict[str, Any]:
    """Return boxes, visibility and pose of one instance, as in `objects/000000.json`.

    `matrix` takes the shape to the world, (4, 4); `near` is the camera's near clipping distance; `unit_scale` is metres
    per scene unit.
    """
    world_to_camera = np.linalg.inv(view.to_world)
    place = world_to_camera @ matrix
    local = shape.vertices @ place[:3, :3].T + place[:3, 3]
    amodal, covered = _alone(_project(local, shape.triangles, view.intrinsics, near), size)
    x, y, width, height = seen.box
    box = (x + 0.5, y + 0.5, x + width - 0.5, y + height - 0.5)  # of what is seen: hair, say, is no part of the mesh
    if amodal is not None:
        box = (*np.minimum(box[:2], amodal[:2]).tolist(), *np.maximum(box[2:], amodal[2:]).tolist())
    pose = rigid(matrix)
    own = shape.vertices @ (matrix[:3, :3].T @ pose[:3, :3])
    low, high = own.min(0) * unit_scale, own.max(0) * unit_scale
    to_camera = world_to_camera @ pose
    to_camera[:3, 3] *= unit_scale
    return {
        "bbox": list(seen.box),
        "area": seen.area,
        "amodal_bbox": [round(value, 2) for value in (box[0], box[1], box[2] - box[0], box[3] - box[1])],
        "visibility": round(seen.area / max(covered, seen.area), 4),
        "object_to_camera": to_camera.round(6).tolist(),
        "box": {"center": ((low + high) / 2).round(6).tolist(), "size": (high - low).round(6).tolist()},
    }


def rigid(matrix: np.ndarray) -> np.ndarray:
    """Return a pose, (4, 4), without its scale: the nearest rotation, with all axes turned if it mirrors."""
    linear = matrix[:3, :3]
    u, _, v = np.linalg.svd(-linear if np.linalg.det(linear) < 0 else linear)
    u[:, 2] *= np.sign(np.linalg.det(u @ v))  # of something flat, whose normal may come out either way
    result = matrix.copy()
    result[:3, :3] = u @ v
    return result


def stretch(matrix: np.ndarray) -> np.ndarray:
    """Return what a pose's scale and shear make of a shape, (3, 3), in the axes of `rigid(matrix)`.

    It is rounded to five digits, so that copies of one size have one shape, however they are turned.
    """
    found = rigid(matrix)[:3, :3].T @ matrix[:3, :3]
    largest = float(f"{np.abs(found).max():.5g}")
    return (found / largest).round(5) * largest if largest else found


@dataclass(frozen=True)
class Silhouette:
    """What a shape covers alone: `mask`, (H, W) bool, in the image; `box` and `area`, also beside the image.

    `box` is x, y, width, height in whole pixels.
    """

    mask: np.ndarray
    box: tuple[int, int, int, int]
    area: int


def silhouette(
    shape: Shape, pose: np.ndarray, intrinsics: np.ndarray, size: tuple[int, int], near: float
) -> Silhouette:
    """Return the pixels whose centres a shape covers, as if nothing hid it; `pose` takes it to the camera's axes."""
    local = shape.vertices @ pose[:3, :3].T + pose[:3, 3]
    cover = _cover(_project(local, shape.triangles, intrinsics, near), size, rows=2**20)
    width, height = size
    mask = np.zeros((height, width), bool)
    if cover is None or not cover.covered.any():
        return Silhouette(mask, (0, 0, 0, 0), 0)
    left, top = np.floor(cover.first).astype(int).tolist()
    rows, columns = np.nonzero(cover.covered)
    rows, columns = rows + top, columns + left
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    mask[rows[inside], columns[inside]] = True
    x, y = int(columns.min()), int(rows.min())
    return Silhouette(mask, (x, y, int(columns.max()) + 1 - x, int(rows.max()) + 1 - y), len(rows))


def _project(local: np.ndarray, triangles: np.ndarray, intrinsics: np.ndarray, near: float) -> np.ndarray:
    """Return triangles in pixels, (m, 3, 2), of vertices in the camera's axes, cut off at the near plane."""
    in_front = (local[:, 2] >= near)[triangles]
    whole = in_front.all(1)
    corners = local @ intrinsics.T
    with np.errstate(divide="ignore", invalid="ignore"):
        corners = corners[:, :2] / corners[:, 2:]
    if whole.all():
        return corners[triangles]
    cut = [piece @ intrinsics.T for piece in _cut(local[triangles[in_front.any(1) & ~whole]], near)]
    return np.concatenate([corners[triangles[whole]], *(piece[..., :2] / piece[..., 2:] for piece in cut)])


def _cut(triangles: np.ndarray, near: float) -> Iterator[np.ndarray]:
    """Yield the parts in front, (k, 3, 3), of triangles that cross the plane z = near."""
    in_front = triangles[..., 2] >= near
    for count in (1, 2):
        chosen = triangles[in_front.sum(1) == count]
        odd = (in_front[in_front.sum(1) == count] == (count == 1)).argmax(1)  # the corner that is alone on its side
        a, b, c = (chosen[np.arange(len(chosen)), (odd + turn) % 3] for turn in range(3))
        ab, ac = (a + (near - a[:, 2:]) / (other[:, 2:] - a[:, 2:]) * (other - a) for other in (b, c))
        if count == 1:
            yield np.stack([a, ab, ac], 1)
        else:
            yield np.stack([ab, b, c], 1)
            yield np.stack([ab, c, ac], 1)


def _alone(triangles: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray | None, float]:
    """Return the box, left, top, right, bottom, and the pixels that projected triangles, (m, 3, 2), cover.

    Both end at the field's edge. Pixels are counted at their centres; if there are more than ROWS rows, only in every
    second, third … row.
    """
    cover = _cover(triangles, size, ROWS)
    return (None, 0.0) if cover is None else (cover.box, float(cover.covered.sum()) * cover.step)


@dataclass(frozen=True)
class _Cover:
    """What triangles cover: `covered`, (rows, columns) bool, of pixels from the centre `first` on, each `step` rows."""

    box: np.ndarray
    first: np.ndarray
    step: int
    covered: np.ndarray


def _cover(triangles: np.ndarray, size: tuple[int, int], rows: int) -> _Cover | None:
    """Return what projected triangles, (m, 3, 2), cover in the field, tested in so many rows; None for nothing."""
    most_rows = rows
    field = np.array(size, float)
    low, high = -FIELD * field, (1 + FIELD) * field
    least, most = triangles.min(1), triangles.max(1)
    inside = ((most > low) & (least < high)).all(1)
    if not inside.any():
        return None
    triangles, least, most = triangles[inside], least[inside], most[inside]
    low, high = np.maximum(low, least.min(0)), np.minimum(high, most.max(0))
    step = max(1, math.ceil((high - low)[1] / most_rows))
    first = np.floor(low) + 0.5  # the first centre, from which columns and rows are counted
    columns, rows = (np.floor((high - first) / (1, step)).astype(int) + 1).tolist()
    top = np.maximum(np.ceil((least[:, 1] - first[1]) / step), 0).astype(int)
    bottom = np.minimum(np.floor((most[:, 1] - first[1]) / step), rows - 1).astype(int)
    heights = np.maximum(bottom - top + 1, 0)
    ends = np.cumsum(heights)
    change = np.zeros(rows * (columns + 1), np.int64)
    for start in range(0, int(ends[-1]), SPANS):
        span = np.arange(start, min(start + SPANS, int(ends[-1])))
        of = np.searchsorted(ends, span, side="right")
        row = top[of] + span - (ends[of] - heights[of])
        left, right = _cross(triangles[of], first[1] + row * step)
        begin = np.clip(np.ceil(left - first[0]), 0, columns).astype(int)
        end = np.clip(np.floor(right - first[0]) + 1, begin, columns).astype(int)
        for place, sign in ((begin, 1), (end, -1)):
            change += sign * np.bincount(row * (columns + 1) + place, minlength=len(change))
    covered = np.cumsum(change.reshape(rows, columns + 1), axis=1) > 0
    return _Cover(np.concatenate([low, high]), first, step, covered)


def _cross(triangles: np.ndarray, height: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where horizontal lines at n heights enter and leave n triangles, (n, 3, 2); inf and -inf if they miss."""
    left, right = np.full(len(height), np.inf), np.full(len(height), -np.inf)
    for corner in range(3):
        (ax, ay), (bx, by) = triangles[:, corner].T, triangles[:, (corner + 1) % 3].T
        crosses = (ay <= height) != (by <= height)
        x = ax[crosses] + (height - ay)[crosses] / (by - ay)[crosses] * (bx - ax)[crosses]
        left[crosses], right[crosses] = np.minimum(left[crosses], x), np.maximum(right[crosses], x)
    return left, right
