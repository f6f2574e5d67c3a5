"""Letters as shapes, of Blender's own font."""

from __future__ import annotations

import bpy
import numpy as np

from .primitives import Material, Shape, shape


def lettering(material: Material, text: str, height: float, depth: float = 0.004) -> Shape:
    """Make upright letters that face -y, capitals `height` metres high: centred on x = 0, their back on y = 0."""
    curve = bpy.data.curves.new("lettering", "FONT")
    curve.body, curve.extrude, curve.resolution_u = text, 0.05, 3
    item = bpy.data.objects.new("lettering", curve)
    try:
        mesh = item.to_mesh()
        points = np.array([tuple(vertex.co) for vertex in mesh.vertices])
        faces = [tuple(face.vertices) for face in mesh.polygons]
    finally:
        bpy.data.objects.remove(item)
        bpy.data.curves.remove(curve)
    low, high = points.min(axis=0), points.max(axis=0)
    points -= ((low[0] + high[0]) / 2, 0.0, low[2])
    capital = 0.729  # of the font's size
    scale = height / capital
    points = np.stack((points[:, 0] * scale, -points[:, 2] / 0.1 * depth, points[:, 1] * scale), axis=1)
    return shape(material, points, faces)
