"""Run inside Blender, save or render colours under some colour management: `color_case.py save|render FOLDER`.

`save` writes files whose cards have a known reflectance, in daylight of an even grey, so that no pixel has noise; and
what Blender makes of each. `render` renders them as datasets are and writes FOLDER/result.json: each card's image, as
Blender saves it and as it is here, and its albedo; and what is found.
"""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "addon"), str(ROOT / "tests" / "support")]

import hazard  # noqa: E402
from sweepset import png, taxonomy  # noqa: E402
from sweepset.blender import compat, labels, preparation  # noqa: E402
from sweepset.blender.capture import capture, metering, rendering  # noqa: E402
from sweepset.job import Job  # noqa: E402

FOLDER = Path(sys.argv[-1])
SIZE = (48, 16)
PLAIN, PRINTED = (0.5, 0.1, 0.08), (40, 120, 200)
"""The colour of the left card, linear, and of the picture on the middle one, sRGB; the right one is grey."""


def card(x: float, color: tuple[float, float, float]) -> Any:
    """Add a card of a diffuse colour, labelled, a third of the picture, and return its shader."""
    material = hazard.shader_material("card", "ShaderNodeBsdfDiffuse")
    shader = next(node for node in material.node_tree.nodes if node.bl_idname == "ShaderNodeBsdfDiffuse")
    shader.inputs["Color"].default_value = (*color, 1)
    mesh = hazard.card("card", 2, 2)
    mesh.materials.append(material)
    labels.set_category(hazard.add(mesh, "card", (x, 3, -1)), taxonomy.load("nyu40").category("picture"))
    return shader


def build() -> bpy.types.Scene:
    """Build the scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.preferences.filepaths.save_version = 0
    scene = bpy.context.scene
    labels.write_taxonomy(scene, taxonomy.load("nyu40"))
    scene.render.engine = "CYCLES"
    scene.view_settings.view_transform = "Standard"
    scene.world = bpy.data.worlds.new("world")
    compat.nodes_of(scene.world).nodes["Background"].inputs["Color"].default_value = (0.6, 0.6, 0.6, 1)
    card(-2, PLAIN)
    printed = card(0, (1, 1, 1))
    (FOLDER / "print.png").write_bytes(png.encode(np.full((4, 4, 3), PRINTED, np.uint8)))
    texture = printed.id_data.nodes.new("ShaderNodeTexImage")
    texture.image = bpy.data.images.load(str(FOLDER / "print.png"))
    printed.id_data.links.new(texture.outputs["Color"], printed.inputs["Color"])
    card(2, (0.18, 0.18, 0.18))
    lens = bpy.data.cameras.new("camera")
    lens.sensor_width, lens.lens = 36, 18
    scene.camera = hazard.add(lens, "camera", (0, 0, 0), rotation_euler=(math.pi / 2, 0, 0))
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.cycles.samples = 4
    return scene


def save() -> None:
    """Save the files."""

    def keep(name: str) -> None:
        bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / f"{name}.blend"), compress=False)

    build()
    keep("plain")
    scene = build()
    scene.display_settings.display_device = next(
        name for name in compat.choices(scene.display_settings, "display_device") if name != "sRGB"
    )
    keep("display")
    scene = build()
    scene.view_settings.gamma, scene.view_settings.exposure = 1.4, 0.5
    scene.view_settings.use_curve_mapping = True
    scene.view_settings.curve_mapping.curves[3].points[1].location = (1.0, 0.7)
    scene.view_settings.curve_mapping.update()
    keep("curves")
    scene = build()
    scene.render.image_settings.color_management = "OVERRIDE"
    view = scene.render.image_settings.view_settings
    view.view_transform, view.exposure, view.use_curve_mapping = "Filmic", 0.3, True
    view.curve_mapping.curves[3].points.new(0.4, 0.5)
    view.curve_mapping.update()
    keep("override")
    build().view_settings.view_transform = "False Color"
    keep("chart")
    if hasattr(bpy.types, "WM_OT_set_working_color_space") or hasattr(bpy.data, "colorspace"):
        for space in ("ACEScg", "Linear Rec.2020"):
            build()
            bpy.ops.wm.set_working_color_space(working_space=space)
            keep(space)


def read(path: Path) -> np.ndarray:
    """Read an 8-bit image as Blender saved it, (H, W, 3)."""
    return np.rint(255 * capture.read_image(path)).astype(int)


def of_cards(image: np.ndarray) -> list[list[int]]:
    """Return the three cards' colours, at their middles."""
    return [image[SIZE[1] // 2, SIZE[0] * x // 6].tolist() for x in (1, 3, 5)]


def render(path: Path) -> dict[str, Any]:
    """Render a file by Blender alone, then as a dataset's frame."""
    found = preparation.open_file(str(path), False)
    scene = bpy.context.scene
    # Blender 3.4 crashes if it saves an image for a view that its configuration lacks.
    alone = path.stem != "display" and not (path.stem == "override" and os.environ.get("OCIO"))
    if alone:
        scene.render.filepath = str(FOLDER / "own.png")
        scene.render.image_settings.color_mode = "RGB"
        scene.cycles.use_denoising = False
        bpy.ops.render.render(write_still=True)
    job = Job(
        str(path), False, "", {"name": "cameras"}, frames=1, size=SIZE, samples=4, denoise=False,
        outputs=("instances", "depth", "albedo", "normals"),
    )  # fmt: skip
    stage = rendering.set_stage(job)
    pose = rendering.place(stage, job).pose(0)
    shots = capture.Capture(stage.scene, stage.view_layer, job, stage.ids, stage.unit_scale, FOLDER)
    found += stage.findings + metering.expose(shots, stage.scene, [pose], job.exposure).findings
    frame = shots.render(0, pose, None, FOLDER / "image.png", FOLDER / "right.png")
    others = ("label", "instances", "depth", "normals")
    return {
        "own": of_cards(read(FOLDER / "own.png")) if alone else None,
        "image": of_cards(read(FOLDER / "image.png")),
        "albedo": of_cards(frame.arrays["albedo"]),
        "geometry": [frame.arrays[kind].ravel().tolist() for kind in others],
        "found": {one.code: f"{one.subject}: {one.message}" for one in found},
    }


if sys.argv[-2] == "save":
    save()
else:
    result = {path.stem: render(path) for path in sorted(FOLDER.glob("*.blend"))}
    (FOLDER / "result.json").write_text(json.dumps(result), encoding="utf-8")
sys.stdout.flush()
os._exit(0)
