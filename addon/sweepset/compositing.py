"""Object-index compositing: nodes that write passes to files, put into a scene and taken out again.

The user's own nodes, and whether the compositor was in use, stay as they were.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy

from . import compat
from .errors import SweepsetError

STATE_KEY = "sweepset_compositing"
"""Custom property of a scene that has our nodes: what to give back when they go."""
NODE_KEY = "sweepset"
"""Custom property that marks a node as ours."""

PASS_SWITCHES = {
    "Object Index": "use_pass_object_index",
    "Material Index": "use_pass_material_index",
    "Depth": "use_pass_z",
    "Combined": "use_pass_combined",
    "Normal": "use_pass_normal",
    "Diffuse Color": "use_pass_diffuse_color",
    "Glossy Color": "use_pass_glossy_color",
    "Transmission Color": "use_pass_transmission_color",
}
IN_COLOR = ("Combined", "Normal", "Diffuse Color", "Glossy Color", "Transmission Color")
"""Passes of three channels."""
ALPHA_THRESHOLD = 0.002
"""What is less opaque than this is seen through by labels and depth.

Half a step of an 8-bit alpha channel. Above it the first surface a ray meets counts, whole; at 0 even a fully
transparent one would, and at Blender's own 0.5 a half-transparent one turns to noise.
"""


@dataclass(frozen=True)
class Output:
    """One file a frame: `source` is 'label', 'millimetres' or a pass, `depth` bits a channel of a PNG or OPEN_EXR.

    The frame's number stands behind `name`, or where `#` are in it; a folder may stand before it. `scale` turns the
    scene's units into millimetres.
    """

    name: str
    source: str
    file_format: str
    depth: int
    scale: float = 1.0


def label_output(max_id: int, name: str = "label") -> Output:
    """Return the output for label PNGs that hold category ids up to `max_id`: 8 bits where they suffice, else 16."""
    return Output(name, "label", "PNG", 8 if max_id <= 255 else 16)


def set_up(
    scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, outputs: Sequence[Output], folder: str | Path
) -> list[bpy.types.Node]:
    """Add the nodes that write `outputs` to `folder` at every render, and return the File Output nodes.

    Raise SweepsetError where the scene doesn't render with Cycles: EEVEE has no index pass. A tree that was switched
    off keeps its nodes muted while ours are in.
    """
    if scene.render.engine != "CYCLES":
        raise SweepsetError(
            f"scene {scene.name!r} renders with {scene.render.engine}, which has no object-index pass: choose Cycles"
        )
    remove(scene)
    had_compositor = compat.has_compositor(scene)
    used = {name for output in outputs for name in _passes(output)}
    state = {
        "had_compositor": had_compositor,
        "view_layer": view_layer.name,
        "alpha_threshold": view_layer.pass_alpha_threshold,
        "switches": {PASS_SWITCHES[name]: getattr(view_layer, PASS_SWITCHES[name]) for name in sorted(used)},
    }
    tree = compat.compositor_tree(scene)
    before = {node.name for node in tree.nodes}
    state["use_compositing"] = scene.render.use_compositing
    state["muted"] = [] if had_compositor else [node.name for node in tree.nodes if not node.mute]
    scene[STATE_KEY] = json.dumps(state)
    scene.render.use_compositing = True
    for name in state["muted"]:
        tree.nodes[name].mute = True
    for switch in state["switches"]:
        setattr(view_layer, switch, True)
    view_layer.pass_alpha_threshold = ALPHA_THRESHOLD
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
    _mark_and_place([node for node in tree.nodes if node.name not in before])
    return written


def remove(scene: bpy.types.Scene) -> None:
    """Take our nodes out of a scene and give back what `set_up` changed; nothing where there are none."""
    if STATE_KEY not in scene:
        return
    state = json.loads(scene[STATE_KEY])
    del scene[STATE_KEY]
    if compat.has_compositor(scene):
        tree = compat.compositor_tree(scene)
        for node in [node for node in tree.nodes if NODE_KEY in node]:
            tree.nodes.remove(node)
        for name in state["muted"]:
            if name in tree.nodes:
                tree.nodes[name].mute = False
    scene.render.use_compositing = state["use_compositing"]
    if not state["had_compositor"]:
        compat.drop_compositor(scene)
    view_layer = scene.view_layers.get(state["view_layer"])
    if view_layer is not None:
        view_layer.pass_alpha_threshold = state["alpha_threshold"]
        for switch, value in state["switches"].items():
            setattr(view_layer, switch, value)


def _folder(folder: str | Path, output: Output) -> str:
    """Return where an output goes; `folder` may begin with Blender's `//`, which a Path would not keep everywhere."""
    below = output.name.rpartition("/")[0]
    return f"{folder}{'' if str(folder).endswith(('/', os.sep)) else '/'}{below}" if below else str(folder)


def _passes(output: Output) -> tuple[str, ...]:
    composed = {"label": ("Object Index", "Material Index"), "millimetres": ("Depth",)}
    return composed.get(output.source, (output.source,))


def _value(tree: bpy.types.NodeTree, layers: bpy.types.Node, output: Output) -> bpy.types.NodeSocket:
    """Return the socket that an output writes.

    A label is the material's index where there is one, else the object's, scaled so that the PNG holds the integer.
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
