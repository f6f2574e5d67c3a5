"""One vehicle before a plain or a graded backdrop, in the sun or under soft boxes; the seed draws its body and paint.

The backdrop is a drum of 31 m radius whose floor curves up into its wall, so that every view ends on it.
"""

from __future__ import annotations

import math
import random

import numpy as np
from mathutils import Matrix

from sweepset.blender import labels

from .. import light_sources
from ..materials.shaders import Color, Graph, Material, mean, srgb, vary
from ..shapes.primitives import place, shape, spot
from .choice import draw_body
from .vehicle import make_vehicle, place_vehicle

RADIUS, WALL, CURVE = 31.0, 8.0, 6.0
"""The drum's radius, the height of its wall, and the radius of the curve between floor and wall, metres.

It is large enough for sweeps to take it for surroundings, not for a thing to look at.
"""
BACKDROPS = (0xF2F2F0, 0xD8D8D6, 0x9A9B9D, 0x6A6D71, 0x3E4044, 0x7FA0C4, 0xB9C7B0, 0xC9B79C, 0x8C3B33, 0x2E4057)
"""Colours of backdrops, as a screen's 0xRRGGBB."""


def build(seed: int, body: str = "") -> None:
    """Build a vehicle before a backdrop into the current scene: of a body or a category, or of any."""
    rng = random.Random(f"blank {seed}")
    made = make_vehicle(rng, draw_body(rng, body))
    item = place_vehicle(made, spot(rng.uniform(-0.5, 0.5), rng.uniform(-0.5, 0.5), 0.0, rng.uniform(0.0, 360.0)))
    item.name = f"main {made.body}"
    labels.set_subject(item)
    tone = _backdrop(rng)
    _light(rng, tone)
    light_sources.render_with_few_samples()


def _backdrop(rng: random.Random) -> Color:
    """Make the drum, and return the colour of its floor."""
    first = vary(rng, srgb(rng.choice(BACKDROPS)), 0.1)
    second = first if rng.random() < 0.5 else vary(rng, srgb(rng.choice(BACKDROPS)), 0.1)
    material = _graded("backdrop", first, second, rng.uniform(0.25, 0.7))
    bend = [(RADIUS - CURVE + CURVE * math.sin(t), CURVE - CURVE * math.cos(t)) for t in np.linspace(0, math.pi / 2, 9)]
    profile = [(RADIUS * 0.4, 0.0), *bend, (RADIUS, WALL)]
    count = 64
    points = [(0.0, 0.0, 0.0)]
    for radius, z in profile:
        points += [(radius * math.cos(t), radius * math.sin(t), z) for t in np.linspace(0, 2 * math.pi, count, False)]
    faces: list[tuple[int, ...]] = [(0, 1 + k, 1 + (k + 1) % count) for k in range(count)]
    for row in range(len(profile) - 1):
        a, b = 1 + row * count, 1 + (row + 1) * count
        faces += [(a + k, b + k, b + (k + 1) % count, a + (k + 1) % count) for k in range(count)]
    labels.set_backdrop(place("backdrop", shape(material, points, faces), "backdrop"))
    return first


def _graded(name: str, low: Color, high: Color, roughness: float) -> Material:
    """Make a surface whose colour changes from the floor to 6 m above it."""
    g = Graph(name, mean(low, high))
    height = g.node("SeparateXYZ", {0: g.node("TexCoord").outputs["Object"]}).outputs[2]
    return g.surface(color=g.mix(g.span(height, 0.0, 6.0), low, high), roughness=roughness, specular=0.3)


def _light(rng: random.Random, tone: Color) -> None:
    """Light the drum by the sun and a sky, or by soft boxes; expose for its floor."""
    sunny = rng.random() < 0.5
    sky = rng.uniform(0.5, 1.1) if sunny else rng.uniform(0.35, 0.9)
    light_sources.sky((1.0, 1.0, 1.0), vary(rng, (0.45, 0.62, 0.9) if sunny else (0.7, 0.7, 0.7), 0.1), sky)
    irradiance = 0.75 * math.pi * sky
    """Watts that reach a square metre of the floor, nearly."""
    if sunny:
        elevation, strength = rng.uniform(25, 65), rng.uniform(2.0, 4.5)
        warmth = light_sources.temper(rng.uniform(4600, 6000))
        light_sources.sun(rng.uniform(0, 360), elevation, strength, warmth)
        irradiance += 0.7 * strength * math.sin(math.radians(elevation))
    else:
        for _ in range(rng.randint(2, 4)):
            at = Matrix.Translation((rng.uniform(-5, 5), rng.uniform(-5, 5), rng.uniform(4.5, 7.0)))
            size = (rng.uniform(1.0, 2.5), rng.uniform(3.0, 7.0))
            power = rng.uniform(100, 300)
            turned = at @ Matrix.Rotation(rng.uniform(0, math.pi), 4, "Z")
            light_sources.area("soft box", turned, size, power, light_sources.temper(rng.uniform(4800, 6500)))
            irradiance += 0.5 * power / (math.pi * at.translation.z**2)
    # A camera meters the picture: half of it floor, half of it a vehicle of no known paint.
    seen = (0.6 * float(np.dot(tone, light_sources.LUMINANCE)) + 0.4 * 0.25) * irradiance / math.pi
    wanted = 0.28 * 2 ** rng.gauss(0.0, 0.3)
    light_sources.expose(math.log2(wanted / seen), rng.choice(light_sources.VIEWS))
