"""In Blender: read model files and print what is in each as JSON, with facts that a sum over faces tells."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "addon"), str(ROOT / "scenes")]

import bpy  # noqa: E402

# isort: split
import bmesh  # noqa: E402

from sweepset.models import Model  # noqa: E402
from sweepset_scenes.models import library  # noqa: E402

for path in json.loads(sys.argv[-1]):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    file = Path(path)
    found = library.facts(file, f"check-{file.name}")
    told = {"file": file.name, "problem": found.problem, "warnings": found.warnings, "objects": found.objects}
    if not found.problem:
        scale = 1.0 if max(found.size) < 1 else 0.001
        loaded = library.load(file.parent, Model(file.name, f"check-{file.name}", "", scale=scale))
        own = bmesh.new()
        own.from_mesh(loaded.mesh)
        corners = [vertex.co for vertex in own.verts]
        told["low"], told["high"] = ([pick(c[axis] for c in corners) for axis in range(3)] for pick in (min, max))
        told["volume"] = own.calc_volume(signed=True)
        told["keypoints"] = json.loads(loaded.keypoints)
        told["hull"] = [loaded.hull.min(axis=0).tolist(), loaded.hull.max(axis=0).tolist()]
        told["materials"] = found.materials
        own.free()
    print("MODEL", json.dumps(told), flush=True)
