"""Lights, the world outside, exposure and Cycles' settings. Metres and watts."""

from __future__ import annotations

import math

import bpy
import numpy as np
from mathutils import Matrix

from sweepset.blender import compat
from sweepset.color import LUMINANCE

from .materials.shaders import Color

BLACKBODY = {
    2000: (1.0, 0.29, 0.03),
    2700: (1.0, 0.4, 0.1),
    3000: (1.0, 0.46, 0.15),
    4000: (1.0, 0.64, 0.37),
    5000: (1.0, 0.78, 0.62),
    6500: (1.0, 0.95, 0.97),
    8000: (0.77, 0.82, 1.0),
    12000: (0.52, 0.65, 1.0),
}
"""Linear colours of light by its temperature in kelvin."""
TURNS = {"down": (0.0, "X"), "room": (-90.0, "X")}

VIEWS = (
    (("AgX", "Filmic"), ("AgX - Very High Contrast", "Very High Contrast"), 0.0),
    (("Standard",), ("High Contrast",), -0.5),
    (("Standard",), ("Very High Contrast",), -0.5),
)
"""View transforms and looks, the first that a Blender has, and stops: cameras that spare bright light or clip it."""


def temper(kelvin: float) -> Color:
    """Return the linear colour of light of a temperature, its luminance 1."""
    rows = np.array(list(BLACKBODY.values()))
    color = np.array([np.interp(kelvin, list(BLACKBODY), rows[:, i]) for i in range(3)])
    red, green, blue = (float(c) for c in color / (color @ LUMINANCE))
    return red, green, blue


def area(
    name: str,
    at: Matrix,
    size: tuple[float, float],
    power: float,
    color: Color,
    towards: str = "down",
    round_: bool = False,
) -> bpy.types.Object:
    """Add a soft lamp that cameras do not see, shining down or from a wall into the room (its own -y)."""
    lamp = bpy.data.lights.new(name, "AREA")
    lamp.shape = "ELLIPSE" if round_ else "RECTANGLE"
    lamp.size, lamp.size_y = size
    lamp.energy, lamp.color = power, color
    item = bpy.data.objects.new(name, lamp)
    degrees, axis = TURNS[towards]
    item.matrix_world = at @ Matrix.Rotation(math.radians(degrees), 4, axis)
    # A mirror shows the window behind it.
    item.visible_camera, item.visible_glossy = False, towards == "down"
    bpy.context.scene.collection.objects.link(item)
    return item


def sun(bearing: float, elevation: float, strength: float, color: Color = (1.0, 0.86, 0.68)) -> bpy.types.Object:
    """Add the sun; `bearing` in degrees from +X towards +Y, `strength` in watts a square metre."""
    lamp = bpy.data.lights.new("sun", "SUN")
    lamp.energy, lamp.color, lamp.angle = strength, color, math.radians(1.2)
    item = bpy.data.objects.new("sun", lamp)
    turn = Matrix.Rotation(math.radians(bearing), 4, "Z") @ Matrix.Rotation(math.radians(90 - elevation), 4, "Y")
    item.matrix_world = turn
    bpy.context.scene.collection.objects.link(item)
    return item


def sky(horizon: Color, zenith: Color, strength: float) -> None:
    """Make the world a sky that brightens to its horizon."""
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    tree = compat.nodes_of(world)
    nodes, links = tree.nodes, tree.links
    nodes.clear()
    height = nodes.new("ShaderNodeSeparateXYZ")
    links.new(nodes.new("ShaderNodeTexCoord").outputs["Generated"], height.inputs[0])
    ramp = nodes.new("ShaderNodeValToRGB")
    links.new(height.outputs[2], ramp.inputs[0])
    low, high = ramp.color_ramp.elements
    low.color, high.color = (*horizon, 1.0), (*zenith, 1.0)
    background = nodes.new("ShaderNodeBackground")
    links.new(ramp.outputs[0], background.inputs["Color"])
    background.inputs["Strength"].default_value = strength
    links.new(background.outputs[0], nodes.new("ShaderNodeOutputWorld").inputs["Surface"])


def outside(sky: Color, horizon: Color, ground: Color, scale: float, strength: float) -> None:
    """Make the world: sky over blurred trees or houses, seen through windows but hardly lighting the room.

    As a dim light it makes no noise. `ground` is the colour of trees or houses, `scale` their number side by side.
    """
    scene = bpy.context.scene
    world = bpy.data.worlds.new("outside")
    scene.world = world
    tree = compat.nodes_of(world)
    nodes, links = tree.nodes, tree.links
    nodes.clear()

    def node(kind: str, **inputs: object) -> bpy.types.Node:
        made = nodes.new(f"ShaderNode{kind}")
        for key, value in inputs.items():
            socket = made.inputs[int(key[1:])]
            if isinstance(value, bpy.types.NodeSocket):
                links.new(value, socket)
            else:
                socket.default_value = value
        return made

    direction = node("TexCoord").outputs["Generated"]
    height = node("SeparateXYZ", _0=direction).outputs[2]
    crowns, leaves = nodes.new("ShaderNodeTexNoise"), nodes.new("ShaderNodeTexNoise")
    for noise, fine, detail in ((crowns, 1.0, 6.0), (leaves, 9.5, 3.0)):
        links.new(direction, noise.inputs["Vector"])
        noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = fine * scale, detail
    edge = node("MapRange", _0=crowns.outputs[0], _1=0.3, _2=0.7, _3=-0.22, _4=0.42)
    level = node("Math", _0=height, _1=edge.outputs[0])
    level.operation = "SUBTRACT"
    green = node(
        "MixRGB", _0=leaves.outputs[0], _1=(*(0.25 * c for c in ground), 1.0), _2=(*(1.9 * c for c in ground), 1.0)
    )
    lawn = node("MapRange", _0=height, _1=-0.5, _2=-0.05, _3=0.7, _4=0.0)
    green = node("MixRGB", _0=lawn.outputs[0], _1=green.outputs[0], _2=(0.3, 0.33, 0.2, 1.0))
    air = node("MixRGB", _0=node("MapRange", _0=height, _1=0.0, _2=0.7).outputs[0], _1=(*horizon, 1.0), _2=(*sky, 1.0))
    through = node("MapRange", _0=level.outputs[0], _1=-0.02, _2=0.05)
    view = node("MixRGB", _0=through.outputs[0], _1=green.outputs[0], _2=air.outputs[0])
    path = node("LightPath")
    seen = node("Math", _0=path.outputs["Is Camera Ray"], _1=path.outputs["Is Glossy Ray"])
    seen.operation = "MAXIMUM"
    seen = node("Math", _0=seen.outputs[0], _1=path.outputs["Is Transmission Ray"])
    seen.operation = "MAXIMUM"
    power = node("MapRange", _0=seen.outputs[0], _1=0.0, _2=1.0, _3=0.15 * strength, _4=strength)
    background = node("Background", _0=view.outputs[0], _1=power.outputs[0])
    links.new(background.outputs[0], nodes.new("ShaderNodeOutputWorld").inputs["Surface"])
    cycles = compat.cycles_settings(world)
    if cycles is not None:
        cycles.sampling_method = "NONE"


def expose(exposure: float = 0.0, view: tuple[tuple[str, ...], tuple[str, ...], float] = VIEWS[0]) -> None:
    """Set exposure, view transform and look: the response to bright light, and the contrast."""
    settings = bpy.context.scene.view_settings
    compat.choose(settings, "view_transform", *view[0])
    compat.choose(settings, "look", *view[1], "None")
    settings.exposure, settings.gamma = exposure + view[2], 1.0


def render_with_few_samples(samples: int = 32) -> None:
    """Set Cycles for a room: few bounces, no caustics, clamped fireflies, denoised if this Blender can."""
    scene = bpy.context.scene
    compat.choose(scene.render, "engine", "CYCLES")
    settings = compat.cycles_settings(scene)
    if settings is None:
        return
    settings.samples = samples
    settings.use_adaptive_sampling, settings.adaptive_threshold, settings.adaptive_min_samples = True, 0.1, 8
    settings.max_bounces, settings.diffuse_bounces, settings.glossy_bounces = 6, 3, 3
    settings.transmission_bounces, settings.transparent_max_bounces = 4, 8
    settings.caustics_reflective = settings.caustics_refractive = False
    settings.sample_clamp_indirect, settings.blur_glossy = 4.0, 0.5
    # Few lamps: choosing among them cleverly costs more than it saves.
    compat.use_light_tree(scene, False)
    settings.use_denoising = compat.has_open_image_denoise()
    compat.choose(settings, "denoiser", "OPENIMAGEDENOISE")
