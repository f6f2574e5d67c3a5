"""Write the poses and lenses of a file's cameras: run inside a Blender, `poses.py -- FILE OUT.json`.

OUT.json maps each camera of the scene and each of its frames to `camera_to_world`, OpenCV's axes, and the lens.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np


def poses(source: str, out: str) -> None:
    """Open a file and write its cameras."""
    bpy.ops.wm.open_mainfile(filepath=source, load_ui=False, use_scripts=False)
    scene = bpy.context.scene
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for time in range(scene.frame_start, scene.frame_end + 1):
        scene.frame_set(time)
        depsgraph = bpy.context.evaluated_depsgraph_get()
        for camera in (item for item in scene.objects if item.type == "CAMERA"):
            matrix = np.array(camera.evaluated_get(depsgraph).matrix_world)
            matrix[:3, :3] /= np.linalg.norm(matrix[:3, :3], axis=0)
            lens = {name: getattr(camera.data, name) for name in ("lens", "sensor_width", "sensor_height")}
            lens |= {name: getattr(camera.data, name) for name in ("sensor_fit", "shift_x", "shift_y")}
            pose = (matrix @ np.diag([1, -1, -1, 1])).tolist()
            found.setdefault(camera.name, {})[time] = {"camera_to_world": pose, **lens}
    Path(out).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    poses(*sys.argv[-2:])
