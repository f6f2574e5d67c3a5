"""Run inside Blender: meter pictures whose light is known, and write down what was done about it: FOLDER/result.json.

A picture is 8 units wide and 6 high, 4 units before the camera, and made of cards of a known radiance. FOLDER is the
last argument.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "addon"), str(ROOT / "tests" / "support")]

import hazard  # noqa: E402
from sweepset.blender import compat  # noqa: E402
from sweepset.blender.capture import capture, metering, rendering  # noqa: E402
from sweepset.job import Job  # noqa: E402

FOLDER = Path(sys.argv[-1])
WIDE, HIGH = 8.0, 6.0


def start(world: float | None = 0.0, view: str = "Standard") -> bpy.types.Scene:
    """Begin a scene with a camera that looks along +y, and a background of one grey, None for no world."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.view_settings.view_transform = view
    if world is not None:
        scene.world = bpy.data.worlds.new("world")
        node = compat.nodes_of(scene.world).nodes["Background"]
        node.inputs["Color"].default_value = (world, world, world, 1)
    lens = bpy.data.cameras.new("camera")
    lens.sensor_width, lens.lens = 36, 18
    scene.camera = hazard.add(lens, "camera", (0, 0, 0), rotation_euler=(math.pi / 2, 0, 0))
    return scene


def shine(radiance: float, share: float = 1.2, name: str = "card", back: float = 0.0) -> bpy.types.Object:
    """Add a card that fills a share of the picture, and is black itself."""
    side = math.sqrt(share)
    mesh = hazard.card(name, WIDE * side, HIGH * side)
    material = hazard.shader_material(name, "ShaderNodeEmission")
    node = next(one for one in material.node_tree.nodes if one.bl_idname == "ShaderNodeEmission")
    node.inputs["Strength"].default_value = radiance
    mesh.materials.append(material)
    return hazard.add(mesh, name, (0, 4 + back, -HIGH * side / 2))


def lamp(watts: float, place: tuple[float, float, float]) -> bpy.types.Object:
    """Add a point lamp."""
    light = bpy.data.lights.new("lamp", "POINT")
    light.energy = watts
    return hazard.add(light, "lamp", place)


def volume(radiance: float) -> None:
    """Add a fire of 2 units' depth: gas that shines and hides nothing."""
    item = hazard.add(hazard.box("fire", (3, 2, 3)), "fire", (0, 4, -1.5))
    material = hazard.shader_material("fire", "ShaderNodeEmission")
    tree: Any = material.node_tree
    node = next(one for one in tree.nodes if one.bl_idname == "ShaderNodeEmission")
    node.inputs["Strength"].default_value = radiance / 2
    output = next(one for one in tree.nodes if one.bl_idname == "ShaderNodeOutputMaterial")
    tree.links.remove(output.inputs["Surface"].links[0])
    tree.links.new(node.outputs[0], output.inputs["Volume"])
    item.data.materials.append(material)


def pictures() -> Iterator[tuple[str, Callable[[], object]]]:
    """Go over the pictures: a name, and a function that makes one."""
    for share in (1.2, 0.5, 0.1, 0.01, 0.0005):
        for world in (0.0, 1.0, 30.0, None):
            yield f"kept: {share} of {world}", lambda s=share, w=world: (start(w), shine(0.2, s))
            yield f"dark: {share} of {world}", lambda s=share, w=world: (start(w), shine(0.002, s))
    yield "bright: all", lambda: (start(), shine(20))
    yield "bright: some", lambda: (start(), shine(20, 0.2))
    yield "kept: film", lambda: (setattr(start(0.5).render, "film_transparent", True), shine(0.2, 0.1))
    yield "kept: night", lambda: (start(), shine(0.0005), shine(0.6, 0.004, "lamp", -1))
    yield "kept: screen", lambda: (start(), shine(0.0005), shine(4, 0.02, "screen", -1))
    yield "kept: white on white", lambda: (start(), shine(1.6), shine(0.7, 0.15, "product", -1))
    yield "kept: sky", lambda: (start(9.0), shine(0.1, 0.3))
    yield "kept: fire", lambda: (start(), shine(0.0005, 0.2), volume(0.5))
    yield "kept: fire alone", lambda: (start(), volume(0.5))
    yield "kept: exposed", lambda: (setattr(start().view_settings, "exposure", 6), shine(0.003))
    yield "kept: dark window", lambda: (start(), shine(0.0005), shine(30, 0.1, "window", -1))
    yield "dark: no pixel is blown out", lambda: (start(), shine(0.001, 1.2), shine(0.015, 0.01, "lit", -1))
    yield "kept: Raw", lambda: (start(view="Raw"), shine(0.002))
    yield "kept: silhouette", lambda: (start(1.0), shine(0.0, 0.1))
    yield "unlit", lambda: (start(), shine(0.0, 0.5))
    yield "unlit: lamp", lambda: (start(), shine(0.0, 0.5), lamp(100, (0, -3, 0)))
    yield "kept: filmic", lambda: (start(view="Filmic"), shine(3.0))
    yield "bright: filmic", lambda: (start(view="Filmic"), shine(200.0))


def meter(make: Callable[[], object]) -> dict[str, Any]:
    """Make a picture, expose it, and return the change in stops and what is told."""
    make()
    job = Job("", False, "", {"name": "cameras"}, frames=1, size=(64, 48), samples=1, denoise=False)
    stage = rendering.set_stage(job)
    pose = rendering.place(stage, job).pose(0)
    shots = capture.Capture(stage.scene, stage.view_layer, job, stage.ids, stage.unit_scale, FOLDER)
    before = stage.scene.view_settings.exposure
    told = metering.expose(shots, stage.scene, [pose], "auto").findings
    stops = stage.scene.view_settings.exposure - before
    return {"stops": stops, "codes": [one.code for one in told], "messages": [one.message for one in told]}


result = {name: meter(make) for name, make in pictures()}
(FOLDER / "result.json").write_text(json.dumps(result), encoding="utf-8")
sys.stdout.flush()
os._exit(0)
