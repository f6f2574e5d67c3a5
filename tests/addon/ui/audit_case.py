"""Run inside Blender: what the audit finds in a file, and what its rows select.

`audit_case.py -- FILE.blend OUT.json` writes the findings by code, with what each row selects or why it does not, and
the time it took.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "addon"))

import sweepset  # noqa: E402
from sweepset.blender import labels  # noqa: E402

path, out = sys.argv[-2:]
sweepset.register()
bpy.ops.wm.open_mainfile(filepath=path, load_ui=False)
scene = bpy.context.scene
if "from the library" in bpy.data.objects:  # of the scene of hazards: as if it had no label in its own file
    del bpy.data.objects["from the library"][labels.KEY]
begun = time.perf_counter()
bpy.ops.sweepset.audit()
result = {"seconds": time.perf_counter() - begun, "looked": scene.sweepset_audit.looked, "rows": []}
for number, row in enumerate(scene.sweepset_audit.rows):
    try:
        bpy.ops.sweepset.select_audited(row=number)
        selected = sorted(item.name for item in bpy.context.selected_objects)
    except RuntimeError as error:
        selected = " ".join(str(error).split())
    result["rows"].append({"code": row.code, "kind": row.kind, "name": row.name, "why": row.why, "selects": selected})
Path(out).write_text(json.dumps(result), encoding="utf-8")
sys.stdout.flush()
os._exit(0)
