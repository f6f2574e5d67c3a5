"""A dealer's studio: a vehicle on a turntable before a curved pale wall with lettering, under a round soft box.

The turntable is keyframed: it turns once over the scene's frame range, a tenth of a degree a frame, and the wall stays.
The camera of the sweep `turntable` stands towards -y.
"""

from __future__ import annotations

import math
import random

import bpy
import numpy as np
from mathutils import Matrix

from sweepset.blender import compat, labels

from .. import light_sources
from ..materials.shaders import Color, Graph, Material, plain, shade, srgb, vary
from ..shapes.lettering import lettering
from ..shapes.primitives import Shape, box, join, lathe, place, shape
from ..vehicles.choice import bodies_of, draw_body
from ..vehicles.vehicle import Vehicle, make_vehicle, place_vehicle

RADIUS, WALL, COVE = 10.0, 6.4, 0.5
"""The wall's distance from the turntable's axis, its height, and the radius of the curve at its foot, metres."""
STEPS = 3600
"""Frames of a turn: views at 360/N degrees are exact for 16, 24, 36, 48 and their like."""
CAMERA = (("AgX", "Filmic"), ("AgX - Very High Contrast", "Very High Contrast"), 0.3)
"""View transform, looks and stops of a camera that keeps a pale wall just below white."""
NAMES = (
    "Calder",
    "Northgate",
    "Halvorsen",
    "Brightwater",
    "Meridian",
    "Oakline",
    "Tessaro",
    "Lindqvist",
    "Farrow",
    "Solano",
)
TRADES = ("Motors", "Autos", "Cars", "Auto Group", "Drive", "Auto Center")
"""Words that invented dealers are called by."""
TOO_LONG = ("bus", "box truck")
"""Bodies that a turntable of this size does not hold; a user may still ask for them."""


def build(seed: int, body: str = "") -> None:
    """Build a studio with a vehicle on its turntable into the current scene."""

    def draw(part: str) -> random.Random:
        return random.Random(f"studio {seed} {part}")

    made = _vehicle(draw("vehicle"), body)
    item = place_vehicle(made, Matrix.Rotation(math.radians(draw("place").gauss(0.0, 2.0)), 4, "Z"))
    item.name = f"main {made.body}"
    labels.set_subject(item)
    disc = _room(draw("room"))
    _turn((item, *disc))
    _light(draw("light"))
    light_sources.render_with_few_samples()


def _vehicle(rng: random.Random, body: str) -> Vehicle:
    drawn = draw_body(rng, body)
    while drawn in TOO_LONG and any(name not in TOO_LONG for name in bodies_of(body)):
        drawn = draw_body(rng, body)
    return make_vehicle(rng, drawn)


def _room(rng: random.Random) -> list[bpy.types.Object]:
    """Make floor, wall and lettering, and return the objects of the turntable."""
    pale: Color = vary(rng, (0.82, 0.825, 0.83), 0.04)
    floor_tone = vary(rng, (0.14, 0.142, 0.143), 0.2)
    rough = rng.uniform(0.2, 0.36)
    floor = _worn("floor", floor_tone, rough)
    wall = Graph("wall", pale).matt(pale)
    count = 72
    turns = np.linspace(0, 2 * math.pi, count, endpoint=False)
    bend = [(RADIUS - COVE + COVE * math.sin(t), COVE - COVE * math.cos(t)) for t in np.linspace(0, math.pi / 2, 6)]
    radius, edge = rng.uniform(3.1, 3.5), rng.uniform(0.02, 0.05)
    place("floor", _rings(floor, [(radius - edge / 2, 0.0), (RADIUS - COVE, 0.0)], turns), "backdrop")
    place("wall", _rings(wall, [*bend, (RADIUS, WALL)], turns), "backdrop")
    ceiling = plain("ceiling", srgb(0x35383B), 0.9)
    place(
        "ceiling",
        shape(
            ceiling, [(RADIUS * math.cos(t), RADIUS * math.sin(t), WALL) for t in turns], [tuple(range(count))[::-1]]
        ),
        "backdrop",
    )
    seam = Graph("seam", shade(pale, 0.6)).matt(shade(pale, 0.6))
    # Panels of the wall meet at upright lines that are a little darker.
    first, panels = rng.uniform(0, 360), rng.randint(5, 9)
    lines = [
        _arc(seam, RADIUS - 0.004, COVE, WALL, first + 360 * k / panels, first + 360 * k / panels + 0.06)
        for k in range(panels)
    ]
    place("wall seams", join([*lines, _foot(seam)]), "backdrop")
    if rng.random() < 0.9:
        _letter(rng)
    ring = plain("ring", srgb(rng.choice((0x2E3032, 0x55585A, 0x6E7274))), 0.35, 0.5)
    disc_tone = shade(floor_tone, rng.uniform(0.92, 1.04))
    plate = lathe(
        _worn("disc", disc_tone, rough * rng.uniform(0.9, 1.4), tracks=True),
        [(0.01, 0.001), (radius - edge, 0.001), (radius - edge, 0.004), (0.01, 0.004)],
        72,
    )
    rim = lathe(
        ring, [(radius - edge, 0.0005), (radius, 0.0005), (radius, 0.005), (radius - edge, 0.005)], 72, closed=True
    )
    if rng.random() < 0.5:
        # Its plates meet at lines that cross.
        line = plain("turntable seams", shade(disc_tone, 0.45), 0.6)
        first, count = rng.uniform(0, 180), rng.randint(2, 4)
        bar = box(line, (0.1 - radius, -0.006, 0.0035), (radius - 0.1, 0.006, 0.0043))
        plate = join([plate, *(bar.turned(first + 180 * k / count) for k in range(count))])
    return [
        place("turntable", plate.moved(z=-0.0045), "backdrop"),
        place("turntable ring", rim.moved(z=-0.003), "backdrop"),
    ]


def _letter(rng: random.Random) -> None:
    """Write the dealer's name on the wall behind the turntable, large, once or twice."""
    code = rng.choice((0x1E3F6E, 0x2B2E31, 0x7A1E22, 0x1E5A4A, 0x44484C, 0x1F7AA8))
    ink = plain("lettering", vary(rng, srgb(code)), 0.5)
    text = rng.choice(NAMES) + rng.choice(("", " " + rng.choice(TRADES)))
    text = text.upper() if rng.random() < 0.7 else text
    letters = lettering(ink, text, rng.uniform(1.2, 2.0), 0.02)
    wide = float(letters.vertices[:, 0].max() - letters.vertices[:, 0].min())
    fit = min(1.0, rng.uniform(11.0, 15.0) / wide)
    letters, wide = letters.scaled(fit, 1.0, fit), fit * wide
    height = COVE + rng.choice((0.05, rng.uniform(0.05, 0.9)))
    arc = math.degrees(wide / RADIUS)
    bearing = 90.0 + rng.uniform(-8, 8)
    count = 2 if rng.random() < 0.4 and arc < 150 else 1

    def bend(points: np.ndarray) -> np.ndarray:
        turn, out = math.radians(90) - points[:, 0] / RADIUS, RADIUS - 0.008 + points[:, 1]
        return np.stack((out * np.cos(turn), out * np.sin(turn), points[:, 2] + height), axis=1)

    one = letters.bent(bend)
    place("lettering", join([one.turned(bearing - 90 + 360 * k / count) for k in range(count)]), "backdrop")


def _turn(items: tuple[bpy.types.Object, ...]) -> None:
    """Key a turn of the turntable with all that stands on it."""
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end, scene.frame_step = 0, STEPS - 1, 1
    axis = bpy.data.objects.new("turntable axis", None)
    scene.collection.objects.link(axis)
    for item in items:
        item.parent = axis
    for time, angle in ((0, 0.0), (STEPS, -2 * math.pi)):
        axis.rotation_euler[2] = angle
        axis.keyframe_insert("rotation_euler", index=2, frame=time)
    for curve in compat.curves(axis):
        for key in curve.keyframe_points:
            key.interpolation = "LINEAR"
    scene.frame_set(0)


def _light(rng: random.Random) -> None:
    """Hang a round soft box over the turntable, or several long ones; the room between is dim."""
    # The camera is balanced to the lamps, but for a little.
    white: Color = (1 + rng.gauss(0.0, 0.006), 1.0, 1 + rng.gauss(0.0, 0.01))
    power = rng.uniform(0.9, 1.1)
    height = 6.2
    if rng.random() < 0.7:
        size = rng.uniform(10.0, 12.0)
        lamp = light_sources.area(
            "soft box", Matrix.Translation((0, 0, height)), (size, size), 2200.0 * power, white, round_=True
        )
        lamp.visible_glossy = True
    else:
        count = rng.randint(3, 5)
        for k in range(count):
            at = Matrix.Translation(((k - (count - 1) / 2) * 9.0 / count, 0.0, height))
            lamp = light_sources.area("soft box", at, (9.0 / count * 0.72, 9.5), 2200.0 * power / count, white)
            lamp.visible_glossy = True
    light_sources.sky((0.2, 0.2, 0.2), (0.2, 0.2, 0.2), 0.1)
    light_sources.expose(rng.gauss(0.0, 0.1), CAMERA)


def _worn(name: str, color: Color, roughness: float, tracks: bool = False) -> Material:
    """Make a lacquered floor: scuffed, its shine uneven; with `tracks`, tyres left two dark bands."""
    g = Graph(name, color)
    cloud = g.noise(g.in_space(), 1.3, 4.0, 0.65)
    fine = g.noise(g.in_space(), 14.0, 3.0, 0.7)
    tone = g.mix(g.span(cloud, 0.35, 0.7, 0.0, 0.35), color, shade(color, 0.8))
    tone = g.mix(g.span(fine, 0.6, 0.72, 0.0, 0.05), tone, shade(color, 0.55))
    if tracks:
        across = g.node("SeparateXYZ", {0: g.in_space()}).outputs[0]
        off = g.math("ABSOLUTE", g.math("SUBTRACT", g.math("ABSOLUTE", across), 0.76))
        band = g.math("MULTIPLY", g.span(off, 0.06, 0.17, 0.4, 0.0), g.span(fine, 0.35, 0.6))
        tone = g.mix(band, tone, shade(color, 0.4))
    return g.surface(color=tone, roughness=g.span(cloud, 0.3, 0.7, roughness * 0.8, roughness * 1.25), specular=0.5)


def _rings(material: Material, profile: list[tuple[float, float]], turns: np.ndarray) -> Shape:
    """Make a surface of rings about the axis that is seen from inside and above."""
    count = len(turns)
    points = [(r * math.cos(t), r * math.sin(t), z) for r, z in profile for t in turns]
    faces = []
    for row in range(len(profile) - 1):
        a, b = row * count, (row + 1) * count
        faces += [(a + k, b + k, b + (k + 1) % count, a + (k + 1) % count) for k in range(count)]
    return shape(material, points, faces)


def _arc(material: Material, radius: float, low: float, high: float, start: float, stop: float) -> Shape:
    """Make a strip of a wall, seen from inside."""
    a, b = math.radians(start), math.radians(stop)
    points = [(radius * math.cos(t), radius * math.sin(t), z) for t, z in ((a, low), (a, high), (b, high), (b, low))]
    return shape(material, points, [(0, 1, 2, 3)])


def _foot(material: Material) -> Shape:
    """Make the line where the floor's lacquer ends and the wall's cove begins."""
    turns = np.linspace(0, 2 * math.pi, 72, endpoint=False)
    return _rings(material, [(RADIUS - COVE - 0.012, 0.002), (RADIUS - COVE + 0.012, 0.002)], turns)
