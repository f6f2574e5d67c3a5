"""Run inside Blender: the panel's operators make plain renders write a dataset's files, and give the scene back.

Writes FOLDER/direct.json with states before and after, and the files of plain renders. The last argument is the folder.
"""

from __future__ import annotations

import json
import os
import sys
import traceback

import bpy
from compositing_case import FOLDER, IDS, ROOT, TAXONOMY, add_own_nodes, build, state

sys.path.insert(0, str(ROOT / "addon"))
from sweepset.blender import compat


def settings(owner: bpy.types.bpy_struct) -> dict[str, object]:
    """Return all plain settings of a struct, whatever they are called in this Blender."""
    found: dict[str, object] = {}
    for prop in owner.bl_rna.properties:
        value = getattr(owner, prop.identifier, None)
        if isinstance(value, (bool, int, float, str)):
            found[prop.identifier] = value
        elif isinstance(value, bpy.types.Material):
            found[prop.identifier] = value.name
    return found


def everything(scene: bpy.types.Scene) -> dict[str, object]:
    """Return what the operators must give back."""
    layer = scene.view_layers[0]
    owners = {"scene": scene, "render": scene.render, "cycles": scene.cycles, "layer": layer}
    owners |= {"images": scene.render.image_settings, "view": scene.view_settings}
    owners |= {camera.name: camera.dof for camera in bpy.data.cameras}
    found = {name: settings(owner) for name, owner in owners.items()}
    for name in ("use_nodes", "users"):  # from 5.0 on the first says nothing; the second is how Blender counts
        found["scene"].pop(name, None)
    found["curves"] = {camera.name: [curve.mute for curve in compat.curves(camera)] for camera in bpy.data.cameras}
    return {**state(scene), **found, "camera keys": [sorted(camera.keys()) for camera in bpy.data.cameras]}


def spoil(scene: bpy.types.Scene, engine: str) -> None:
    """Set all that would spoil labels."""
    render, layer, camera = scene.render, scene.view_layers[0], scene.camera.data
    render.use_motion_blur = render.use_border = render.use_stamp = render.film_transparent = True
    render.border_max_x = 0.5
    render.use_compositing = False
    render.resolution_x, render.resolution_y, render.resolution_percentage = 333, 222, 25
    render.pixel_aspect_x = 2.0
    layer.material_override = bpy.data.materials.new("clay")
    camera.dof.use_dof, camera.dof.aperture_fstop = True, 0.01
    camera.dof.focus_distance = 0.5
    camera.dof.keyframe_insert("use_dof", frame=1)
    render.engine = engine


def run() -> dict[str, object]:
    """Set up, render, change a label, render, remove; with and without a user's own nodes and each engine."""
    import sweepset
    from sweepset.blender import labels
    from sweepset.ui import changes

    sweepset.register()
    result: dict[str, object] = {}
    engines = compat.choices(bpy.context.scene.render, "engine")
    for name, own, spoiled in (("plain", False, False), ("own", True, False), ("spoiled", True, True)):
        scene = build()
        labels.write_taxonomy(scene, TAXONOMY)
        if own:
            add_own_nodes(scene)
        if spoiled:
            spoil(scene, next(engine for engine in compat.EEVEE_IDS if engine in engines))
        chosen = scene.sweepset_output
        chosen.width, chosen.height = (16 * (len(IDS) + 1), 16)
        chosen.direct_folder = str(FOLDER / name)
        chosen.direct_depth = True
        before = everything(scene)
        assert bpy.ops.sweepset.set_up_compositing() == {"FINISHED"}
        assert bpy.ops.sweepset.set_up_compositing() == {"FINISHED"}  # twice is once
        scene.render.filepath = str(FOLDER / f"{name}_")
        scene.frame_set(12)
        bpy.ops.render.render()
        scene.frame_start, scene.frame_end = 13, 14
        bpy.ops.render.render(animation=True)
        labels.set_category(bpy.data.objects["plane 1"], TAXONOMY.category(200))
        changes.labels_changed(scene)
        scene.frame_set(15)
        bpy.ops.render.render()
        labels.set_category(bpy.data.objects["plane 1"], TAXONOMY.category(1))
        changes.labels_changed(scene)
        assert bpy.ops.sweepset.remove_compositing() == {"FINISHED"}
        assert not bpy.ops.sweepset.remove_compositing.poll()
        scene.frame_set(1)
        scene.frame_start, scene.frame_end = 1, 250
        scene.render.filepath = before["render"]["filepath"]
        result[name] = {"before": before, "after": everything(scene)}
    return result


if __name__ == "__main__":
    try:
        (FOLDER / "direct.json").write_text(json.dumps(run()))
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
