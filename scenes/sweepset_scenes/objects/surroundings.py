"""What solids lie on and stand before, and their light."""

from __future__ import annotations

import colorsys
import math
import random

import bpy
from mathutils import Matrix, Vector

from .. import light_sources
from ..materials import shaders
from ..materials.shaders import Material
from ..shapes import primitives
from .surfaces import OTHER, SURFACES, color

THICK = 0.5
"""Metres of ground and walls: a falling thing must not pass them within a step of the simulation."""
FAR = 12.0
"""Metres of ground on each side of the middle."""
IRRADIANCE = 8.0
"""Watts on a square metre of ground from all lamps and the sky, which shows a mid grey as mid grey."""

WHITE = (1.0, 1.0, 1.0)


def build(rng: random.Random, kind: str, reach: float) -> list[bpy.types.Object]:
    """Make the ground, and maybe walls around what lies within `reach` metres; return the boxes.

    `kind` is the scene's parameter `ground`.
    """
    varied = kind != "plain"
    if kind == "varied":
        ground = _ground(rng)
    else:
        ground = rng.choice(OTHER)(rng) if varied else shaders.plain("ground", (0.3, 0.3, 0.3), 0.8)
    items = [block("ground", ground, (2 * FAR, 2 * FAR, THICK), Matrix.Translation((0, 0, -THICK / 2)))]
    walls = rng.choice((0, 0, 1, 2, 4)) if varied else 0
    papers = OTHER if kind == "other" else (_paint, _paint, *SURFACES)
    paint = rng.choice(papers)(rng) if walls else None
    high = rng.uniform(0.3, 2.5) if walls == 4 else 4.0
    away = reach + (rng.uniform(0.3, 0.8) if walls == 4 else rng.uniform(0.6, 2.0)) + THICK / 2
    turn = rng.uniform(0, 360)
    for side in range(walls):
        at = Matrix.Rotation(math.radians(turn + 90 * side), 4, "Z") @ Matrix.Translation((0, away, high / 2))
        items.append(block("wall", paint, (2 * FAR, THICK, high), at))
    return items


def block(name: str, material: Material | None, size: tuple[float, float, float], at: Matrix) -> bpy.types.Object:
    """Place a box about its own origin, as rigid bodies need it."""
    x, y, z = (length / 2 for length in size)
    return primitives.place(name, primitives.box(material, (-x, -y, -z), (x, y, z)), "background", at)


def _paint(rng: random.Random) -> Material:
    return shaders.paint("wall paint", color(rng, (0.0, 0.5)), None)


def _ground(rng: random.Random) -> Material:
    first = color(rng, (0.0, 0.6))
    makers = (
        lambda: shaders.planks("planks", shaders.shade((0.5, 0.33, 0.18), rng.uniform(0.4, 0.8)), (0.5, 0.33, 0.18)),
        lambda: shaders.tiles("tiles", first, (0.4, 0.4, 0.38), *(2 * (rng.uniform(0.1, 0.5),))),
        lambda: shaders.concrete("concrete", color(rng, (0.0, 0.2)), 0.7),
        lambda: shaders.carpet("carpet", first),
        lambda: shaders.stone("granite", first, shaders.shade(first, 1.5), shaders.shade(first, 0.4)),
        lambda: shaders.plain("table top", first, rng.uniform(0.2, 0.9)),
        lambda: rng.choice(SURFACES)(rng),
    )
    return rng.choice(makers)()


def light(rng: random.Random, kind: str, above: str = "varied") -> None:
    """Light the scene by the sky and by one to four lamps, and expose it.

    `kind` and `above` are the scene's parameters `lights` and `sky`.
    """
    if kind == "other":
        _light_apart(rng)
        return
    varied = kind == "varied"
    lamps = rng.randint(1, 4) if varied else 1
    sky = rng.uniform(0.1, 0.7)
    weights = [rng.uniform(0.3, 1.0) for _ in range(lamps)]
    level = IRRADIANCE * 2 ** rng.gauss(0.0, 0.35) if varied else IRRADIANCE
    horizon, zenith = (light_sources.temper(rng.uniform(4500, 9500)) for _ in range(2))
    if above == "plain":
        horizon, zenith, sky = WHITE, WHITE, 0.3
    light_sources.sky(horizon, zenith, sky * level / math.pi)
    for weight in weights:
        part = (1 - sky) * level * weight / sum(weights)
        tint = light_sources.temper(rng.uniform(3600, 8500)) if varied else WHITE
        bearing, elevation = (rng.uniform(0, 360), rng.uniform(20, 85)) if varied else (40.0, 50.0)
        if not varied or rng.random() < 0.4:
            light_sources.sun(bearing, elevation, part / math.sin(math.radians(elevation)), tint)
        else:
            _lamp(rng, bearing, elevation, part, tint)
    light_sources.expose(0.0, rng.choice(light_sources.VIEWS) if varied else light_sources.VIEWS[0])
    light_sources.render_with_few_samples()


def _light_apart(rng: random.Random) -> None:
    """Light the scene as `varied` never does: by small coloured lamps, some low, before trees or houses."""
    hues = [color(rng, (0.0, 0.6)) for _ in range(3)]
    light_sources.outside(hues[0], hues[1], hues[2], rng.uniform(1.0, 3.0), rng.uniform(0.5, 2.0))
    lamps = rng.randint(2, 5)
    level = IRRADIANCE * 2 ** rng.gauss(0.0, 0.35)
    for _ in range(lamps):
        red, green, blue = colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.2, 0.7), 1.0)
        _lamp(rng, rng.uniform(0, 360), rng.uniform(12, 60), level / lamps, (red, green, blue), (0.02, 0.1))
    light_sources.expose(0.0, rng.choice(light_sources.VIEWS))
    light_sources.render_with_few_samples()


def _lamp(
    rng: random.Random,
    bearing: float,
    elevation: float,
    irradiance: float,
    tint: shaders.Color,
    sizes: tuple[float, float] = (0.2, 1.5),
) -> None:
    """Add a lamp of a size in metres that gives the ground below the solids an irradiance in watts a square metre."""
    distance, size = rng.uniform(1.5, 4.0), rng.uniform(*sizes)
    up = math.radians(elevation)
    at = distance * Vector(
        (math.cos(up) * math.cos(math.radians(bearing)), math.cos(up) * math.sin(math.radians(bearing)), math.sin(up))
    )
    # A Lambertian lamp of power P gives P/π W/sr along its axis.
    power = irradiance * math.pi * distance**2 / math.sin(up)
    place = Matrix.Translation(at) @ at.to_track_quat("Z", "Y").to_matrix().to_4x4()
    light_sources.area("lamp", place, (size, size), power, tint, round_=rng.random() < 0.5)
