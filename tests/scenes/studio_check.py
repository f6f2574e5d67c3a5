"""In Blender: pose the 16 views of the studio; print for each the front's azimuth, and where camera and wall are."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "addon"), str(ROOT / "scenes")]

import sweepset_scenes  # noqa: E402
from sweepset import sweeps  # noqa: E402
from sweepset.blender.placement import Placement  # noqa: E402

VIEWS = 16
bpy.ops.wm.read_factory_settings(use_empty=True)
sweepset_scenes.build("studio", 3)
scene, layer = bpy.context.scene, bpy.context.view_layer
layer.update()
name, *texts = sweepset_scenes.SCENES["studio"].sweep
placement = Placement(scene, layer, sweeps.parse(name, texts), VIEWS, 3, 1.0, 57.0, 0.0, 1.5)
(main,) = (item for item in scene.objects if item.get("sweepset_subject"))
for frame in range(VIEWS):
    pose = placement.pose(frame)
    scene.frame_set(int(pose.time))
    front = -main.matrix_world.col[1]
    wall = scene.objects["wall"].matrix_world
    still = ["/".join(f"{value:.5f}" for row in matrix for value in row) for matrix in (pose.matrix.tolist(), wall)]
    print("VIEW", math.degrees(math.atan2(front[1], front[0])), *still, flush=True)
