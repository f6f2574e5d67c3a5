"""Read the files of 3D models into the cache, and report what is in them; render a picture of each on request."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix, Vector

from sweepset.blender import compat
from sweepset.models import Facts, Model, format_of
from sweepset.protocol import ModelRead, Step, tell
from sweepset_render.blender import tasks
from sweepset_scenes import light_sources
from sweepset_scenes.models import library

SIZE, SAMPLES = 224, 12
"""Pixels of a picture's sides, and its samples."""
AROUND = Vector((1.0, -1.3, 0.8))
"""Where a picture is taken from."""


def run(data: dict[str, Any]) -> None:
    """Do a task of `tasks.ReadModels`, one model after the other, so that a crash says which one it was."""
    task = tasks.from_json(tasks.ReadModels, data)
    for number, (path, sha256) in enumerate(task.models):
        bpy.ops.wm.read_factory_settings(use_empty=True)
        file = Path(path)
        tell(Step(f"reading {file.name}"))
        found = library.facts(file, sha256)
        if task.folder and not found.problem:
            _picture(file, sha256, found, Path(task.folder) / f"{number}.png")
        tell(ModelRead(number, asdict(found)))


def _picture(file: Path, sha256: str, found: Facts, place: Path) -> None:
    """Render a picture of a model, upright, one unit large."""
    loaded = library.load(file.parent, Model(file.name, sha256, "", scale=1 / max(found.size), up=""))
    scene = bpy.context.scene
    item = bpy.data.objects.new("model", loaded.mesh)
    scene.collection.objects.link(item)
    turn = Matrix.Rotation(math.pi / 2 if format_of(file).up == "y" else 0.0, 4, "X")
    middle = Vector(np.mean([loaded.hull.min(axis=0), loaded.hull.max(axis=0)], axis=0))
    item.matrix_world = turn @ Matrix.Translation(-middle)
    light_sources.sky((1.0, 1.0, 1.0), (0.75, 0.8, 0.9), 0.8)
    light_sources.sun(-20.0, 50.0, 2.5)
    light_sources.expose()
    light_sources.render_with_few_samples(SAMPLES)
    lens = bpy.data.cameras.new("camera")
    lens.type, lens.ortho_scale = "ORTHO", 1.4
    camera = bpy.data.objects.new("camera", lens)
    camera.matrix_world = Matrix.Translation(4 * AROUND) @ AROUND.to_track_quat("Z", "Y").to_matrix().to_4x4()
    scene.collection.objects.link(camera)
    scene.camera = camera
    render = scene.render
    render.resolution_x = render.resolution_y = SIZE
    render.resolution_percentage = 100
    compat.use_image_format(render.image_settings, "PNG")
    render.filepath = str(place)
    bpy.ops.render.render(write_still=True)
