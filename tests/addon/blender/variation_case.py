"""Run inside Blender: open a file's variation as a worker does, save it and tell where all is.

`variation_case.py -- TASK.json`; TASK.json: {"job", "variations", "folder"}. For each variation v, it writes v.blend
and v.json, in which `varied` is what was told, and `objects` has each one's matrix, half sizes, and whether it renders.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "addon"))

from sweepset.blender import preparation  # noqa: E402
from sweepset.blender.capture import rendering  # noqa: E402
from sweepset.job import Job  # noqa: E402

task = json.loads(Path(sys.argv[-1]).read_text(encoding="utf-8"))
folder = Path(task["folder"])
for variation in task["variations"]:
    job = replace(Job.from_json(task["job"]), variation=variation)
    preparation.open_file(job.scene, False)
    stage = rendering.set_stage(job)
    told = {
        "varied": stage.varied,
        "findings": [finding.to_json() for finding in stage.findings],
        "objects": {
            item.name: {
                "matrix": [list(row) for row in item.matrix_world],
                "half": list(item.get("half", ())),
                "renders": bool(item.users_scene) and not item.hide_render,
                "materials": [slot.material.name if slot.material else "" for slot in item.material_slots],
                "power": item.data.energy if item.type == "LIGHT" else 0,
            }
            for item in bpy.data.objects
        },
    }
    (folder / f"{variation}.json").write_text(json.dumps(told), encoding="utf-8")
    if task["save"]:
        bpy.ops.wm.save_as_mainfile(filepath=str(folder / f"{variation}.blend"), copy=True, compress=False)
sys.stdout.flush()
os._exit(0)
