"""Object-index compositing: nodes that write passes to files, put into a scene and taken out again.

The user's own nodes, and whether the compositor was on, stay unchanged.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy

from ..errors import SweepsetError
from . import compat

STATE_KEY = "sweepset_compositing"
"""Custom property of a scene with our nodes, and of their view layer: the settings to restore with `remove`."""
NODE_KEY = "sweepset"
"""Custom property that marks a node as ours."""
MUTED_KEY = "sweepset_muted"
"""Custom property of a user's node that is muted while our nodes are there."""

PASS_SWITCHES = {
    "Object Index": "use_pass_object_index",
    "Material Index": "use_pass_material_index",
    "Depth": "use_pass_z",
    "Combined": "use_pass_combined",
    "Normal": "use_pass_normal",
    "Diffuse Color": "use_pass_diffuse_color",
    "Glossy Color": "use_pass_glossy_color",
    "Transmission Color": "use_pass_transmission_color",
    "Lamps": "use_pass_combined",  # a light group's pass has no switch
}
IN_COLOR = ("Combined", "Normal", "Diffuse Color", "Glossy Color", "Transmission Color", "Lamps")
"""Passes of three channels."""
ALPHA_THRESHOLD = 0.002
"""Labels and depth see through surfaces that are less opaque than this.

Half a step of an 8-bit alpha channel. Above it the first surface a ray meets counts, whole; at 0 even a fully
transparent one would, and at Blender's own 0.5 a half-transparent one turns to noise.
"""


@dataclass(frozen=True)
class Output:
    """One file per frame: `source` is 'label', 'millimetres' or a pass, `depth` bits a channel of a PNG or OPEN_EXR.

    The frame's number follows `name` or replaces its `#`; a folder may precede it. `scale` turns the scene's units
    into millimetres.
    """

    name: str
    source: str
    file_format: str
    depth: int
    scale: float = 1.0


def label_output(max_id: int, name: str = "label") -> Output:
    """Return the output for label PNGs that hold category ids up to `max_id`: 8 bits if they suffice, else 16."""
    return Output(name, "label", "PNG", 8 if max_id <= 255 else 16)


def set_up(
    scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, outputs: Sequence[Output], folder: str | Path
) -> list[bpy.types.Node]:
    """Add the nodes that write `outputs` to `folder` at every render, and return the File Output nodes.

    Raise SweepsetError if the scene doesn't render with Cycles: EEVEE has no index pass. The nodes of a tree that was
    switched off are muted while ours are there.
    """
    if scene.render.engine != "CYCLES":
        raise SweepsetError(
            f"scene {scene.name!r} renders with {scene.render.engine}, which has no object-index pass: choose Cycles"
        )
    remove(scene)
    had_compositor = compat.has_compositor(scene)
    used = {name for output in outputs for name in _passes(output)}
    tree = compat.compositor_tree(scene)
    before = {node.name for node in tree.nodes}
    state = {"had_compositor": had_compositor, "use_compositing": scene.render.use_compositing}
    scene[STATE_KEY] = json.dumps(state)
    scene.render.use_compositing = True
    for node in [] if had_compositor else [node for node in tree.nodes if not node.mute]:
        node[MUTED_KEY] = node.mute = True
    wanted = {PASS_SWITCHES[name]: True for name in sorted(used)}
    wanted["pass_alpha_threshold"] = ALPHA_THRESHOLD
    view_layer[STATE_KEY] = json.dumps({name: getattr(view_layer, name) for name in wanted})
    for name, value in wanted.items():
        setattr(view_layer, name, value)
    layers = tree.nodes.new("CompositorNodeRLayers")
    layers.scene, layers.layer = scene, view_layer.name
    layers.label = "Sweepset"
    if not had_compositor:
        compat.add_image_output(tree, compat.pass_socket(layers, "Combined"))
    written = [
        compat.add_file_output(
            tree,
            _value(tree, layers, output),
            _folder(folder, output),
            output.name.rpartition("/")[2],
            output.file_format,
            str(output.depth),
            in_color=output.source in IN_COLOR,
        )
        for output in outputs
    ]
    ours = [node for node in tree.nodes if node.name not in before]
    _mark_and_place(ours)
    scene[STATE_KEY] = json.dumps({**state, "nodes": len(ours)})
    return written


def is_whole(scene: bpy.types.Scene) -> bool:
    """Tell whether the nodes that `set_up` added to a scene still write all of its outputs."""
    if STATE_KEY not in scene or not scene.render.use_compositing or not compat.has_compositor(scene):
        return False
    ours = [node for node in compat.compositor_tree(scene).nodes if NODE_KEY in node]
    written = [node for node in ours if node.bl_idname == "CompositorNodeOutputFile"]
    return (
        len(ours) == json.loads(scene[STATE_KEY])["nodes"]
        and not any(node.mute for node in ours)
        and all(node.inputs[0].is_linked for node in written)
        and all(node.scene == scene for node in ours if node.bl_idname == "CompositorNodeRLayers")
    )


def remove(scene: bpy.types.Scene) -> None:
    """Remove our nodes from a scene and restore what `set_up` changed; do nothing if there are none."""
    if STATE_KEY not in scene:
        return
    state = json.loads(scene[STATE_KEY])
    del scene[STATE_KEY]
    if compat.has_compositor(scene):
        tree = compat.compositor_tree(scene)
        if not any(STATE_KEY in other for other in compat.composited_by(tree)):  # a copy of the scene may share them
            _take_out(tree)
    scene.render.use_compositing = state["use_compositing"]
    if not state["had_compositor"]:
        compat.drop_compositor(scene)
    for view_layer in scene.view_layers:
        if STATE_KEY in view_layer:
            for name, value in json.loads(view_layer[STATE_KEY]).items():
                setattr(view_layer, name, value)
            del view_layer[STATE_KEY]


def _take_out(tree: bpy.types.NodeTree) -> None:
    for node in [node for node in tree.nodes if NODE_KEY in node]:
        tree.nodes.remove(node)
    for node in tree.nodes:
        if MUTED_KEY in node:
            node.mute = False
            del node[MUTED_KEY]


def _folder(folder: str | Path, output: Output) -> str:
    """Return the path of an output; `folder` may begin with Blender's `//`, which a Path would not always keep."""
    below = output.name.rpartition("/")[0]
    return f"{folder}{'' if str(folder).endswith(('/', os.sep)) else '/'}{below}" if below else str(folder)


def _passes(output: Output) -> tuple[str, ...]:
    composed = {"label": ("Object Index", "Material Index"), "millimetres": ("Depth",)}
    return composed.get(output.source, (output.source,))


def _value(tree: bpy.types.NodeTree, layers: bpy.types.Node, output: Output) -> bpy.types.NodeSocket:
    """Return the socket that an output writes.

    A label is the material's index if there is one, else the object's, scaled so that the PNG holds the integer.
    Millimetres that a PNG can't hold are 0, as are those of the sky.
    """
    if output.source == "millimetres":
        distance = compat.add_math(tree, "MULTIPLY", compat.pass_socket(layers, "Depth"), output.scale)
        held = compat.add_math(tree, "LESS_THAN", distance.outputs[0], 2.0**output.depth - 0.5)
        share = compat.add_math(tree, "DIVIDE", distance.outputs[0], float(2**output.depth - 1))
        return compat.add_math(tree, "MULTIPLY", share.outputs[0], held.outputs[0]).outputs[0]
    if output.source != "label":
        return compat.pass_socket(layers, output.source)
    of_object, of_material = (compat.pass_socket(layers, name) for name in _passes(output))
    no_material = compat.add_math(tree, "LESS_THAN", of_material, 0.5)
    label = compat.add_math(tree, "MULTIPLY_ADD", of_object, no_material.outputs[0], of_material)
    return compat.add_math(tree, "DIVIDE", label.outputs[0], float(2**output.depth - 1)).outputs[0]


def _mark_and_place(nodes: Sequence[bpy.types.Node]) -> None:
    for position, node in enumerate(nodes):
        node[NODE_KEY] = True
        node.location = (220 * position, -600)
