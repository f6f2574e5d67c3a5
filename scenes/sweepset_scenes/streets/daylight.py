"""The light of a world: sky and sun by hour and weather, street lamps in the dark, and the exposure.

The unit of radiance is arbitrary: a sunny noon's horizon is about 1, and the exposure follows.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

import bpy
import numpy as np
from mathutils import Matrix, Vector

from sweepset.blender import compat, labels
from sweepset.color import LUMINANCE

from .. import light_sources
from ..materials.shaders import Color, vary
from .conditions import Conditions
from .world import Lamp, World

LAMPS = 5
"""Street lamps that burn: each further one costs noise, and those far away light little."""
MIDDLE_GREY = 0.27
"""The usual mean luminance of an exposed picture, and how many stops it deviates."""
DEVIATION = 0.3
IN_SUN = 3
"""Bearings of the sun that are tried until it shines on the main vehicle: people photograph cars in the sun."""
SHADED = 0.3
"""Share of the sun's light that counts for the exposure if the main vehicle is in the shade."""
AROUND = 4.0
"""Metres around the main vehicle whose light by lamps counts for the exposure."""
MAP = 512
"""Width of the map by which Cycles aims at bright parts of the sky."""


@dataclass(frozen=True)
class Sky:
    """A sky: radiance at the horizon, at the zenith and around the sun; its clouds (share, radiance); the sun."""

    horizon: Color
    zenith: Color
    glow: Color
    clouds: tuple[float, Color]
    bearing: float
    elevation: float
    sun: float
    """Watts on a square metre that faces the sun; 0 behind clouds and at night."""
    kelvin: float = 5500.0

    @property
    def irradiance(self) -> float:
        """Watts that the sky gives a square metre of open ground, nearly."""
        share, cloud = self.clouds
        mean = (1 - share) * (0.5 * np.array(self.horizon) + 0.5 * np.array(self.zenith)) + share * np.array(cloud)
        return math.pi * float(mean @ LUMINANCE)

    @property
    def towards_sun(self) -> Vector:
        """The unit vector to the sun; of a sun below the horizon, to just above it."""
        turn, rise = math.radians(self.bearing), math.radians(max(self.elevation, 2.0))
        return Vector((math.cos(rise) * math.cos(turn), math.cos(rise) * math.sin(turn), math.sin(rise)))


def draw_sky(rng: random.Random, conditions: Conditions) -> Sky:
    """Draw the sky of an hour and a weather."""
    bearing = rng.uniform(0.0, 360.0)
    cloudy = conditions.weather != "sunny"
    level = rng.uniform(0.75, 1.25)

    def tint(*color: float) -> Color:
        red, green, blue = (level * c for c in vary(rng, (color[0], color[1], color[2]), 0.08))
        return red, green, blue

    if conditions.hour == "night":
        town = rng.uniform(0.3, 1.0)
        low = (0.010 * town, 0.008 * town, 0.007)
        return Sky(low, (0.0015, 0.002, 0.0035), (0, 0, 0), (0.5 if cloudy else 0.15, low), bearing, 30.0, 0.0)
    if conditions.hour == "dusk":
        if cloudy:
            grey = tint(0.08, 0.085, 0.1)  # cameras balance most of the blue
            return Sky(grey, tint(0.06, 0.066, 0.08), (0.02, 0.015, 0.01), (0.9, grey), bearing, 0.0, 0.0)
        shares = (rng.uniform(0.1, 0.5), tint(0.10, 0.075, 0.085))
        return Sky(tint(0.2, 0.15, 0.14), tint(0.03, 0.055, 0.12), tint(0.5, 0.2, 0.06), shares, bearing, -2.0, 0.0)
    low_sun = conditions.hour == "low_sun"
    if cloudy:
        grey = tint(0.62, 0.66, 0.72) if not low_sun else tint(0.36, 0.37, 0.42)
        bright = (min(1.25 * grey[0], 0.9), min(1.25 * grey[1], 0.9), min(1.25 * grey[2], 0.9))
        return Sky(grey, bright, (0.1, 0.1, 0.1), (0.85, grey), bearing, rng.uniform(8, 50), 0.0)
    shares = (rng.choice((0.0, rng.uniform(0.1, 0.45))), tint(0.85, 0.86, 0.88))
    if low_sun:
        elevation = rng.uniform(5.0, 15.0)
        warm = tint(0.8, 0.6, 0.42)
        glow = (1.6, 0.9, 0.4)
        sun = rng.uniform(3.5, 6.5)
        return Sky(
            warm, tint(0.2, 0.33, 0.6), glow, (shares[0], warm), bearing, elevation, sun, rng.uniform(2700, 3800)
        )
    return Sky(
        tint(0.85, 0.94, 1.02),
        tint(0.26, 0.45, 0.88),
        (0.6, 0.55, 0.45),
        shares,
        bearing,
        rng.uniform(24, 66),
        rng.uniform(5.0, 8.0),
        rng.uniform(4900, 5800),
    )


def illuminate(rng: random.Random, conditions: Conditions, world: World, at: tuple[float, float]) -> None:
    """Light a world by its hour and weather, with the street lamps nearest to a place, and expose the picture."""
    sky = draw_sky(rng, conditions)
    in_sun = sky.sun > 0 and world.openness > 0 and _shines(sky, at)
    for _ in range(IN_SUN):
        if sky.sun and not in_sun:
            sky = replace(sky, bearing=rng.uniform(0.0, 360.0))
            in_sun = _shines(sky, at)
    _show(sky)
    indoors = world.openness == 0.0
    irradiance = 0.0 if indoors else sky.irradiance * (0.35 + 0.65 * world.openness)
    if sky.sun:
        irradiance += 0.0 if indoors else (1.0 if in_sun else SHADED) * sky.sun * math.sin(math.radians(sky.elevation))
        light_sources.sun(sky.bearing, sky.elevation, sky.sun, light_sources.temper(sky.kelvin))
    if conditions.dark or indoors:
        lamps = sorted(world.lamps, key=lambda lamp: math.dist(lamp.at[:2], at))[:LAMPS]
        for lamp in lamps:
            disc = (2 * lamp.radius, 2 * lamp.radius)
            place = Matrix.Translation(lamp.at)
            red, green, blue = (0.45 * c + 0.55 for c in lamp.color)  # cameras balance half of it
            light_sources.area("street lamp", place, disc, lamp.power, (red, green, blue), round_=True)
            irradiance += _below(lamp, at)
    seen = 0.8 * world.brightness * irradiance / math.pi
    darker = 0.0 if indoors else {"night": -0.6, "dusk": -0.3}.get(conditions.hour, 0.0)
    wanted = MIDDLE_GREY * 2 ** (darker + rng.gauss(0.0, DEVIATION))
    light_sources.expose(math.log2(wanted / seen), rng.choice(light_sources.VIEWS))


def _below(lamp: Lamp, at: tuple[float, float]) -> float:
    """Return the watts that a Lambertian lamp gives a square metre of the ground around a place, nearly."""
    around = [(at[0] + x, at[1] + y) for x in (-AROUND, 0.0, AROUND) for y in (-AROUND, 0.0, AROUND)]
    height = max(lamp.at[2], 1.0)
    squares = [height**2 + math.dist(lamp.at[:2], place) ** 2 for place in around]
    return lamp.power * height**2 / math.pi * sum(1 / square**2 for square in squares) / len(squares)


def _shines(sky: Sky, at: tuple[float, float]) -> bool:
    """Tell whether nothing is between the sun and a place, at the height of most roofs of cars."""
    layer = bpy.context.view_layer
    layer.update()
    start = Vector((*at, 1.9))
    met = bpy.context.scene.ray_cast(layer.depsgraph, start + 1.5 * sky.towards_sun, sky.towards_sun)[0]
    return not met


def _show(sky: Sky) -> None:
    """Make the scene's world of a sky, with clouds and a haze towards its horizon; the world is labelled `sky`."""
    scene = bpy.context.scene
    world = bpy.data.worlds.new("sky")
    scene.world = world
    labels.set_category(world, labels.taxonomy_of(scene).category("sky"))
    tree = compat.nodes_of(world)
    nodes, links = tree.nodes, tree.links
    nodes.clear()

    def node(kind: str, *values: object, **settings: object) -> bpy.types.NodeSocket:
        made = nodes.new(f"ShaderNode{kind}")
        for key, value in settings.items():
            setattr(made, key, value)
        for socket, value in zip(made.inputs, values):
            if isinstance(value, bpy.types.NodeSocket):
                links.new(value, socket)
            elif isinstance(value, tuple) and socket.type == "RGBA":
                socket.default_value = (*value, 1.0)
            elif value is not None:
                socket.default_value = value
        return made.outputs[0]

    def math_node(operation: str, *values: object) -> bpy.types.NodeSocket:
        return node("Math", *values, operation=operation)

    direction = nodes.new("ShaderNodeTexCoord").outputs["Generated"]
    parts = nodes.new("ShaderNodeSeparateXYZ")
    links.new(direction, parts.inputs[0])
    height = math_node("MAXIMUM", parts.outputs[2], 0.0)
    color = node("MixRGB", math_node("POWER", height, 0.55), sky.horizon, sky.zenith)
    dot = nodes.new("ShaderNodeVectorMath")
    dot.operation = "DOT_PRODUCT"
    links.new(direction, dot.inputs[0])
    dot.inputs[1].default_value = sky.towards_sun
    near = math_node("POWER", math_node("MAXIMUM", dot.outputs["Value"], 0.0), 12.0)
    color = node("MixRGB", near, color, sky.glow, blend_type="ADD")
    share, white = sky.clouds
    if share:
        # Clouds on a ceiling: nearer ones larger, those at the horizon drawn together.
        flat = math_node("ADD", height, 0.12)
        over = nodes.new("ShaderNodeCombineXYZ")
        for axis in (0, 1):
            links.new(math_node("DIVIDE", parts.outputs[axis], flat), over.inputs[axis])
        over.inputs[2].default_value = sky.bearing
        noise = nodes.new("ShaderNodeTexNoise")
        links.new(over.outputs[0], noise.inputs["Vector"])
        noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = 0.9, 5.0
        edge = 0.72 - 0.42 * share
        there = node("MapRange", noise.outputs[0], edge - 0.08, edge + 0.12, 0.0, 0.9)
        shaded = node("MapRange", noise.outputs[0], edge, edge + 0.3, 1.0, 0.6)
        lit = node("MixRGB", shaded, tuple(0.55 * c for c in white), white)
        haze = node("MapRange", height, 0.0, 0.18, 0.25, 1.0)
        color = node("MixRGB", math_node("MULTIPLY", there, haze), color, lit)
    ground = tuple(0.35 * c for c in sky.horizon)
    above = node("MapRange", parts.outputs[2], -0.03, 0.0, 0.0, 1.0)
    color = node("MixRGB", above, ground, color)
    background = node("Background", color, 1.0)
    links.new(background, nodes.new("ShaderNodeOutputWorld").inputs["Surface"])
    settings = compat.cycles_settings(world)
    if settings is not None:
        settings.sampling_method, settings.sample_map_resolution = "MANUAL", MAP
