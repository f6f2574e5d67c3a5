"""Run inside Blender: tell which coordinates are no numbers or too coarse, and which copies points belong to.

`precision_case.py -- FOLDER`: it writes FOLDER/told.json: by scene the findings as [code, subject, message].
"""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "addon"))

from sweepset.blender import instances, precision  # noqa: E402

FOLDER = Path(sys.argv[-1])


def cube(name: str, place: tuple[float, float, float] = (0, 0, 0), inside: float = 0.0) -> bpy.types.Object:
    """Add a cube of 1 m whose own coordinates begin at x = `inside`."""
    mesh = bpy.data.meshes.new(name)
    corners = [(x + inside, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]
    mesh.from_pydata(corners, [], [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])
    item = bpy.data.objects.new(name, mesh)
    item.location = place
    bpy.context.scene.collection.objects.link(item)
    return item


def told(unit_scale: float = 1.0) -> list[list[str]]:
    bpy.context.view_layer.update()
    found = precision.inspect(bpy.context.view_layer.depsgraph, unit_scale)
    return [[finding.code, finding.subject, finding.message] for finding in found]


result = {}
for scene, unit in (("near", 1.0), ("map", 1.0), ("own coordinates", 1.0), ("millimetres", 0.001), ("broken", 1.0)):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    cube("good")
    if scene == "near":
        cube("dome", (-50000, -50000, -50000)).scale = (1e5, 1e5, 1e5)
        cube("flat").scale = (0, 0, 0)
    elif scene == "map":
        cube("house", (500000, 4100000, 100))
    elif scene == "own coordinates":
        cube("terrain", (-4e6, 0, 0), 4e6)
    elif scene == "millimetres":
        cube("part", (5e5, 0, 0))
    else:
        cube("torn", (3, 0, 0)).data.vertices[7].co = (math.nan, math.nan, math.nan)
        cube("nowhere", (math.nan, 0, 0))
    result[scene] = told(unit)

boxes = [(math.nan, math.nan), (0, 1), (3, 4), (-math.inf, math.inf)]
copies = [
    instances.Copy(str(k), (), np.eye(4), np.full(3, low), np.full(3, high), "", (), np.zeros((8, 3)))
    for k, (low, high) in enumerate(np.array(boxes, float))
]
group = instances._Group(copies, {"": None})
result["nearest"] = np.atleast_1d(group.nearest(lambda: np.array([[0.5] * 3, [3.5] * 3, [2.6] * 3]))).tolist()
(FOLDER / "told.json").write_text(json.dumps(result), encoding="utf-8")
sys.stdout.flush()
os._exit(0)
