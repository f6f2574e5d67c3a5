"""Coordinates that 32-bit floats do not hold: those that are no numbers, and those far from the origin."""

from __future__ import annotations

from collections.abc import Iterator

import bpy
import numpy as np

from ..findings import Finding
from .instances import bounds, visible

LARGEST_ERROR = 1e-3
"""Metres: depth is stored to this."""


def inspect(depsgraph: bpy.types.Depsgraph, unit_scale: float) -> Iterator[Finding]:
    """Yield findings about objects with coordinates that are no numbers or too coarse; `unit_scale` in metres."""
    broken, coarse, worst = set(), set(), 0.0
    shapes: dict[str, bool] = {}
    for instance in visible(depsgraph):
        item = instance.object
        matrix, corners = np.array(instance.matrix_world), np.array([tuple(c) for c in item.bound_box])
        name = item.original.name
        if item.name_full not in shapes:
            shapes[item.name_full] = _is_finite(item)
        if not (np.isfinite(matrix).all() and np.isfinite(corners).all() and shapes[item.name_full]):
            broken.add(name)
            continue
        scale = np.linalg.norm(matrix[:3, :3], axis=0).max()
        error = max(_spacing(*bounds(instance)), scale * _spacing(corners.min(0), corners.max(0))) * unit_scale
        if error > LARGEST_ERROR:
            coarse.add(name)
            worst = max(worst, error)
    if broken:
        what = "places or shapes with coordinates that are no numbers; what has them is not drawn"
        yield Finding("not-finite", "error", _names(broken), what, "clear their transforms, or remove these vertices")
    if coarse:
        what = f"far from the origin: coordinates are stored to {worst:.2g} m, so shapes, depth and poses are not exact"
        yield Finding("far-from-origin", "warning", _names(coarse), what, "move the scene to the origin and apply that")


def _is_finite(item: bpy.types.Object) -> bool:
    if item.type != "MESH":
        return True
    places = np.empty(3 * len(item.data.vertices), np.float32)
    item.data.vertices.foreach_get("co", places)
    return bool(np.isfinite(places).all())


def _spacing(low: np.ndarray, high: np.ndarray) -> float:
    """Return the distance of neighbouring 32-bit floats at the point of a box, (3,) each, that is nearest to 0."""
    nearest = np.where((low <= 0) & (high >= 0), 0.0, np.minimum(abs(low), abs(high)))
    return float(np.spacing(np.float32(nearest.max())))


def _names(found: set[str]) -> str:
    names = sorted(found)
    return ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
