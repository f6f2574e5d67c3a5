"""Run inside Blender: label maps of a file's cameras, and whether the file is as it was before.

`label_map_case.py -- FILE.blend WIDTHxHEIGHT FOLDER` writes FOLDER/TIME CAMERA.npz with `ids` and `met`, and
FOLDER/states.json with the states before and after, also where nodes of ours were in the scene.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "addon"))

from sweepset.blender.capture import direct_render, label_map  # noqa: E402

KINDS = ("scenes", "objects", "meshes", "materials", "cameras", "worlds", "node_groups", "collections", "images",
         "lights", "curves", "actions", "particles", "linestyles")  # fmt: skip
PLAIN = {"BOOLEAN", "INT", "FLOAT", "STRING", "ENUM"}


def plain(owner: Any) -> dict[str, str]:
    """Return all plain settings of a struct, and the names of what it points to."""
    found = {}
    for prop in owner.bl_rna.properties[1:]:  # the first is the type
        if prop.identifier.startswith("session_uid"):
            continue
        try:
            value = getattr(owner, prop.identifier)
        except (AttributeError, TypeError):
            continue
        if prop.type in PLAIN:
            found[prop.identifier] = repr(tuple(value) if getattr(prop, "is_array", False) else value)
        elif isinstance(value, bpy.types.ID):
            found[prop.identifier] = value.name_full
    return found


def tree(owner: Any) -> Any:
    """Return the nodes and links of a node tree."""
    if owner is None:
        return None
    links = sorted(f"{n.from_node.name}.{n.from_socket.identifier} {n.to_node.name}.{n.to_socket.identifier}"
                   for n in owner.links)  # fmt: skip
    return {"nodes": sorted((n.name, n.mute, n.bl_idname) for n in owner.nodes), "links": links}


def state() -> dict[str, Any]:
    """Return everything of the file that a preview might disturb."""
    found: dict[str, Any] = {}
    for kind in KINDS:
        for item in getattr(bpy.data, kind, ()):
            if item.name == "Render Result":  # Blender makes it
                continue
            here = {
                **plain(item),
                "keys": {k: repr(v) for k, v in item.items() if not hasattr(v, "keys")},
            }
            here["tree"] = tree(item if kind == "node_groups" else getattr(item, "node_tree", None))
            if kind == "scenes":
                del here["users"]  # Blender loses count of them by itself
                layers = [{**plain(one), "cycles": plain(one.cycles)} for one in item.view_layers]
                here |= {"render": plain(item.render), "cycles": plain(item.cycles), "layers": layers}
                here["files"] = plain(item.render.image_settings)
                here["objects"] = sorted(one.name_full for one in item.objects)
            if kind == "meshes":
                here["slots"] = [one.name_full if one else "" for one in item.materials]
                here["faces"] = [face.material_index for face in item.polygons]
            if kind == "objects":
                here["slots"] = [
                    (one.link, one.material.name_full if one.material else "") for one in item.material_slots
                ]
            found[f"{kind} {item.name_full}"] = here
    return found


def shots(scene: bpy.types.Scene) -> list[tuple[int, bpy.types.Object]]:
    """Return times and cameras as the sweep cameras has them where something moves: all of them."""
    cameras = [item for item in scene.objects if item.type == "CAMERA"]
    return [(time, camera) for camera in cameras for time in range(scene.frame_start, scene.frame_end + 1)]


path, size, folder = sys.argv[-3:]
width, height = map(int, size.split("x"))
bpy.ops.wm.open_mainfile(filepath=path, load_ui=False)
scene = bpy.context.scene
view_layer = scene.view_layers[0]
states = {}


def look(time: int, camera: bpy.types.Object) -> None:
    """Render a camera's label map and keep it."""
    found = label_map.render(scene, view_layer, camera, (width, height))
    np.savez(Path(folder) / f"{time} {camera.name}.npz", ids=found.ids, met=found.met)


moments = shots(scene)
for moment, camera in moments:
    if scene.frame_current != moment:
        scene.frame_set(moment)
    states[f"before {moment} {camera.name}"] = state()
    look(moment, camera)
    states[f"after {moment} {camera.name}"] = state()
# With F12 set up to write labels, that stays too.
moment, camera = moments[0]
direct_render.set_up(scene, view_layer, direct_render.Settings(folder, (64, 48)))
states["before set up"] = state()
look(999, camera)
states["after set up"] = state()
(Path(folder) / "states.json").write_text(json.dumps(states))
sys.stdout.flush()
os._exit(0)
