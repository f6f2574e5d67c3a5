"""The light of a room: hour and weather outside, lamps that are on, and the camera's exposure and white balance."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Matrix, Vector

from sweepset.color import LUMINANCE

from .. import light_sources
from ..materials.room_materials import Looks
from ..materials.shaders import Color, Material
from ..piece import Light, Placed

DAYLIGHT = 55.0
"""Watts that a square metre of window lets in on a usual day."""
SUN = 24.0
"""Watts on a square metre that faces the sun."""
FURNISHED = 0.36
"""Reflectance of a furnished room as a share of its surfaces' own: furniture absorbs the rest."""
DARK = 0.3
"""Level of daylight below which a lamp is on."""
LEAST = 12.0
"""Watts of lamps that are on in the dark."""
EVENING = 1.5
"""Watts of light on a square metre of floor: where windows and lamps give less, soft light from above makes up for it:
a lone lamp would leave half of the room black."""
BRIGHTNESS = (0.08, 0.125, 0.23)
"""The least, usual and largest mean luminance of an exposed picture."""

OUTDOORS = (
    ((0.16, 0.22, 0.09), 4.0),
    ((0.07, 0.11, 0.05), 6.0),
    ((0.22, 0.19, 0.1), 5.0),
    ((0.26, 0.24, 0.21), 1.6),
    ((0.22, 0.13, 0.09), 1.6),
    ((0.3, 0.32, 0.34), 1.2),
)
"""Blurred views outside: the colour of trees (in summer, dark, in autumn) or houses, and their number side by side."""


@dataclass(frozen=True)
class Window:
    """A window's opening: its middle on the wall's face in the wall's own axes (-y is the room), and its size.

    `covered` is the share that curtains and blinds cover.
    """

    at: Matrix
    width: float
    height: float
    covered: float = 0.0


@dataclass(frozen=True)
class Weather:
    """Daylight: its level, 1 on a usual day, the sky's temperature in kelvin, its sun (share, elevation in degrees)."""

    level: float
    kelvin: float
    sun: float
    elevation: float


def draw_weather(rng: random.Random) -> Weather:
    """Draw an hour and a weather: sunny, cloudy, low sun, dusk or night."""
    kind = rng.choices(("sunny", "cloudy", "low sun", "dusk", "night"), (30, 27, 8, 10, 25))[0]
    if kind == "sunny":
        return Weather(rng.uniform(0.8, 1.6), rng.uniform(6500, 9000), rng.uniform(0.6, 1.2), rng.uniform(25, 60))
    if kind == "cloudy":
        return Weather(rng.uniform(0.35, 1.0), rng.uniform(6000, 7500), 0.0, 45.0)
    if kind == "low sun":
        return Weather(rng.uniform(0.3, 0.7), rng.uniform(7000, 11000), rng.uniform(0.3, 0.7), rng.uniform(5, 18))
    if kind == "dusk":
        return Weather(rng.uniform(0.04, 0.15), rng.uniform(8000, 12000), 0.0, 0.0)
    return Weather(rng.uniform(0.001, 0.004), 4000.0, 0.0, 0.0)


def illuminate(
    rng: random.Random,
    looks: Looks,
    size: Sequence[float],
    windows: Sequence[Window],
    placed: Sequence[Placed],
    items: Sequence[bpy.types.Object],
) -> None:
    """Light a room of some width, depth and height, and expose the picture for it.

    `items` are the main objects that were built of `placed`. Lamps that stay off lose their glow.
    """
    weather = draw_weather(rng)
    while windows and weather.level < DARK and not any(one.piece.lights for one in placed):
        weather = draw_weather(rng)
    on = _switch_lamps(rng, looks, weather, windows, placed, items)
    # White balance corrects most of the light's colour, as cameras do.
    day = light_sources.temper(weather.kelvin)
    bulbs = [light_sources.temper(rng.choice((2700, 2700, 3000, 3000, 4000, 5000))) for _ in on]
    flux = [(DAYLIGHT * weather.level * w.width * w.height * (1 - 0.8 * w.covered), day) for w in windows]
    flux += [(lamp.power, color) for (lamp, _), color in zip(on, bulbs)]
    wide, deep, high = size
    lifting = max(EVENING * wide * deep - sum(power for power, _ in flux), 0.0)
    flux.append((lifting, light_sources.temper(4000)))
    total = max(sum(power for power, _ in flux), 1e-6)
    mean = np.array([sum(power * color[i] for power, color in flux) / total for i in range(3)])
    # And part of the colour of walls and floor, which automatic white balance takes for grey.
    shell = [list(material.diffuse_color)[:3] for material in (looks.wall, looks.wall, looks.floor, looks.ceiling)]
    reflected = min(max(FURNISHED * float(np.mean(shell, axis=0) @ LUMINANCE), 0.08), 0.4)
    seen_on = np.mean(shell[:3], axis=0)
    seen_on /= seen_on @ LUMINANCE
    gains = mean ** -rng.uniform(0.75, 1.0) * seen_on ** -rng.uniform(0.3, 0.9)
    gains /= gains @ LUMINANCE

    def seen(color: Sequence[float]) -> Color:
        red, green, blue = (c * gain for c, gain in zip(color, gains))
        return red, green, blue

    surface = 2 * (wide * deep + wide * high + deep * high)
    luminance = total * reflected / (1 - reflected) / (math.pi * surface)
    wanted = min(max(BRIGHTNESS[1] * 2 ** rng.gauss(0.0, 0.4), BRIGHTNESS[0]), BRIGHTNESS[2])
    exposure = math.log2(wanted / luminance)
    unit = 2.0**-exposure
    """The radiance that the picture shows as 1."""
    for window, (power, _) in zip(windows, flux):
        at = window.at @ Matrix.Translation((0.0, 0.02, 0.0))
        light_sources.area("daylight", at, (window.width * 0.95, window.height * 0.95), power, seen(day), "room")
    if weather.sun and windows:
        # Most bearings let the sun shine in through one window; not all.
        inward = -(rng.choice(list(windows)).at.to_3x3() @ Vector((0.0, -1.0, 0.0)))
        bearing = math.degrees(math.atan2(inward.y, inward.x)) + rng.uniform(-110, 110)
        color = light_sources.temper(rng.uniform(4200, 5200) if weather.elevation > 20 else rng.uniform(2300, 3500))
        strength = min(SUN * weather.sun, 40.0 * unit)
        light_sources.sun(bearing, weather.elevation, strength, seen(color))
    shown = min(5.0 * weather.level, rng.uniform(1.5, 8.0) * unit)
    clear = (0.5, 0.72, 1.0) if weather.sun else (0.8, 0.88, 1.0)
    light_sources.outside(seen(clear), seen((0.9, 0.95, 1.0)), *rng.choice(OUTDOORS), shown)
    for (lamp, at), color in zip(on, bulbs):
        _shine(lamp, at, seen(color))
    if lifting:
        above = Matrix.Translation((wide / 2, deep / 2, high - 0.03))
        soft = light_sources.area(
            "soft light", above, (0.8 * wide, 0.8 * deep), lifting, seen(light_sources.temper(4000))
        )
        soft.visible_glossy = False
    for glowing in {id(lamp.glow): lamp.glow for lamp, _ in on if lamp.glow is not None}.values():
        set_glow(glowing, rng.uniform(4.0, 9.0) * unit)
    for image in looks.screens:
        set_glow(image, rng.uniform(0.45, 1.0) * unit)
    light_sources.expose(exposure, rng.choice(light_sources.VIEWS))
    light_sources.render_with_few_samples()


def _switch_lamps(
    rng: random.Random,
    looks: Looks,
    weather: Weather,
    windows: Sequence[Window],
    placed: Sequence[Placed],
    items: Sequence[bpy.types.Object],
) -> list[tuple[Light, Matrix]]:
    """Return the lights that are on, more of them without daylight, and put out the others."""
    day = sum(w.width * w.height * (1 - w.covered) for w in windows) * weather.level
    chance = 0.4 if day > 0.4 else 0.8
    with_light = [i for i, one in enumerate(placed) if one.piece.lights]
    burning = [i for i in with_light if rng.random() < chance]
    power = [sum(lamp.power for lamp in one.piece.lights) for one in placed]
    too_little = sum(power[i] for i in burning) < LEAST if day < DARK else not burning and day <= 0.8
    if with_light and too_little:
        # The strongest lamp is on if it would be too dark.
        burning = sorted({*burning, max(with_light, key=lambda i: power[i])})
    for i in with_light:
        if i not in burning:
            _put_out([items[i], *items[i].children], [lamp.glow for lamp in placed[i].piece.lights], looks.bulb_off)
    return [(lamp, placed[i].at) for i in burning for lamp in placed[i].piece.lights]


def _put_out(items: Iterable[bpy.types.Object], glows: Sequence[Material | None], dull: Material) -> None:
    """Replace the glowing materials of objects by a dull one, in their own slots: other objects share the meshes."""
    for item in items:
        for slot in item.material_slots:
            if slot.material is not None and slot.material in glows:
                slot.link = "OBJECT"
                slot.material = dull


def _shine(lamp: Light, at: Matrix, color: Color) -> None:
    """Add a lamp's light to the scene."""
    here = at @ Matrix.Translation(lamp.at)
    if lamp.shines != "round":
        turned = here if lamp.shines == "down" else here @ Matrix.Rotation(math.pi, 4, "X")
        light_sources.area("lamp light", turned, (2 * lamp.radius,) * 2, lamp.power, color, round_=True)
        return
    bulb = bpy.data.lights.new("lamp light", "POINT")
    bulb.energy, bulb.color, bulb.shadow_soft_size = lamp.power, color, lamp.radius
    item = bpy.data.objects.new("lamp light", bulb)
    item.matrix_world = here
    item.visible_camera, item.visible_glossy = False, False
    bpy.context.scene.collection.objects.link(item)


def set_glow(material: Material, strength: float) -> None:
    """Set how brightly a material of `shaders.glow` shines."""
    for node in material.node_tree.nodes:
        if node.type == "EMISSION":
            node.inputs["Strength"].default_value = strength
