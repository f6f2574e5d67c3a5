"""Materials that a solid may have, each drawn by random numbers."""

from __future__ import annotations

import colorsys
import random

from ..materials import painting, prints, shaders
from ..materials.shaders import Color, Material


def color(rng: random.Random, saturation: tuple[float, float] = (0.0, 1.0)) -> Color:
    """Draw a colour of any hue, linear, as pigments have it."""
    value = rng.uniform(0.04, 0.8)
    red, green, blue = colorsys.hsv_to_rgb(rng.random(), rng.uniform(*saturation), value)
    return max(red, 0.02), max(green, 0.02), max(blue, 0.02)


def plain_color(rng: random.Random) -> Material:
    """Make half-matt paint of one colour."""
    return shaders.plain("paint", color(rng, (0.3, 1.0)), 0.5)


def _plastic(rng: random.Random) -> Material:
    return shaders.plain("plastic", color(rng), rng.uniform(0.15, 0.6), coat=rng.choice((0.0, 0.0, 0.5)))


def _rubber(rng: random.Random) -> Material:
    return shaders.plain("rubber", color(rng), 0.9, vary=rng.uniform(0.0, 0.2))


def _metal(rng: random.Random) -> Material:
    tint = rng.choice(((0.6, 0.6, 0.59), (0.9, 0.88, 0.83), (0.85, 0.6, 0.25), (0.8, 0.42, 0.28), (0.2, 0.2, 0.21)))
    return shaders.metal("metal", tint, rng.uniform(0.12, 0.5), brushed=rng.random() < 0.5)


def _wood(rng: random.Random) -> Material:
    light = shaders.vary(rng, rng.choice(((0.55, 0.34, 0.16), (0.7, 0.5, 0.3), (0.32, 0.17, 0.08))), 0.2)
    return shaders.wood("wood", shaders.shade(light, rng.uniform(0.45, 0.75)), light, rng.uniform(0.25, 0.6), 2.5)


def _stone(rng: random.Random) -> Material:
    base = color(rng, (0.0, 0.3))
    return shaders.marble("marble", base, shaders.shade(base, rng.choice((0.3, 1.8))), rng.uniform(2.0, 5.0))


def _concrete(rng: random.Random) -> Material:
    return shaders.concrete("concrete", color(rng, (0.0, 0.25)), rng.uniform(0.5, 0.9))


def _pattern(rng: random.Random) -> Material:
    colors = painting.family(rng)
    return prints.patterned("pattern", painting.pattern(rng, colors), rng.uniform(0.05, 0.15))


SURFACES = (_plastic, _plastic, _rubber, _metal, _wood, _stone, _concrete, _pattern)
"""Makers of materials, as often as they occur."""


def _cardboard(rng: random.Random) -> Material:
    base = shaders.vary(rng, rng.choice(((0.45, 0.3, 0.17), (0.55, 0.4, 0.25), (0.7, 0.68, 0.62))), 0.15)
    return shaders.plain("cardboard", base, rng.uniform(0.7, 0.95), vary=rng.uniform(0.05, 0.2))


def _painted_metal(rng: random.Random) -> Material:
    return shaders.plain("painted metal", color(rng), rng.uniform(0.2, 0.45), coat=rng.choice((0.0, 0.5, 1.0)))


MADE_OF = {
    "metal": (_metal, _metal, _painted_metal),
    "plastic": (_plastic,),
    "rubber": (_rubber,),
    "wood": (_wood,),
    "paper": (_cardboard,),
    "stone": (_stone, _concrete, _plastic),
}
"""Makers of materials of what things are made of."""
LIKELY = (_painted_metal, _metal, _plastic, _plastic, _rubber, _wood, _cardboard)
"""Makers of materials of manufactured things."""


def made_of(rng: random.Random, role: str) -> Material:
    """Make a material of a role, such as metal, or of a manufactured thing where the role tells nothing."""
    return rng.choice(MADE_OF.get(role, LIKELY))(rng)


def _glaze(rng: random.Random) -> Material:
    return shaders.plain("glaze", color(rng), 0.04, coat=1.0)


def _leather(rng: random.Random) -> Material:
    return shaders.leather("leather", color(rng, (0.1, 0.7)))


def _cloth(rng: random.Random) -> Material:
    pattern = rng.choice(("plain", "stripes", "checks", "border"))
    return shaders.cloth("cloth", color(rng), color(rng), pattern, rng.uniform(0.02, 0.06))


def _terrazzo(rng: random.Random) -> Material:
    base = color(rng, (0.0, 0.4))
    return shaders.stone("terrazzo", base, color(rng), shaders.shade(base, 0.3), rng.uniform(0.5, 1.5))


def _mosaic(rng: random.Random) -> Material:
    return shaders.tiles("mosaic", color(rng), color(rng, (0.0, 0.2)), *(2 * (rng.uniform(0.015, 0.05),)))


OTHER = (_glaze, _leather, _cloth, _terrazzo, _mosaic)
"""Makers of materials that SURFACES has none of: for a test of what a model learned from those."""
FAMILIES = {"varied": SURFACES, "other": OTHER}
"""Makers of materials by the scene's parameter."""
