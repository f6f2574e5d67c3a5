"""A country road between fields: verges, trees, a guard rail or a fence, poles with wires. It runs along x, y = 0."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import Any

import numpy as np

from ..materials.shaders import Color, Graph, Material, plain, shade, srgb, vary
from ..piece import Piece, Placed, single
from ..shapes.primitives import Shape, box, cylinder, join, place, shape, spot
from . import ground, houses, surfaces
from .conditions import Conditions
from .props import furniture, plants, posts
from .scene import build_scene
from .sidewalks import Furniture
from .world import Berth, Footprint, World

LANE, SHOULDER, END = 3.5, 1.2, 150.0
"""Width of a lane and of the paved strip beside it, half the road's length, metres."""
BERTH, APART = 14.0, 26.0
"""Length of a berth in a lane, and metres from one to the next."""
HALF = LANE + SHOULDER
"""Half the width of what is paved."""
OVER_ROAD = 4.0
"""Height of the lowest branches of an avenue: lorries drive below them."""
WOOD = 30.0
"""Length of a piece of a wood's edge, metres."""
FIELDS = {
    "spring": (0x6B8A3A, 0x7C9440, 0x8A6F55),
    "summer": (0xC4AE66, 0x7A8C42, 0x8E9A4E, 0xCDBA7A),
    "autumn": (0x9A8A55, 0x8A6F55, 0x7A7C42),
    "winter": (0x8A745E, 0x84815A, 0x908B70),
}
"""Colours of fields by season, as a screen's 0xRRGGBB."""


def build(seed: int, **choice: Any) -> None:
    """Build a country road with vehicles into the current scene."""
    build_scene("road", build_world, seed, **choice)


def build_world(rng: random.Random, conditions: Conditions) -> World:
    """Build the road, its verges, fields to the horizon, and what stands beside it."""
    paints = ground.make_paints(rng, conditions.wet)
    marks = ground.dashes(-END, END, 0.0, *rng.choice(((3.0, 6.0), (6.0, 6.0), (10.0, 0.0))))
    for side in (1, -1):
        marks += ground.dashes(-END, END, side * (LANE + 0.1), 1.0, 0.0)
    ground.road(paints, [(-END, -HALF, END, HALF)], marks, ())
    verge = rng.uniform(5.0, 9.0)
    things = Furniture()
    _lay_fields(rng, conditions, verge, things)
    _grow_grass(rng, conditions, verge, things)
    _line(rng, conditions, things)
    things.build()
    berths = [
        Berth(Footprint(x, -side * LANE / 2, BERTH, LANE - 0.1, 0.0 if side > 0 else 180.0), "lane", x == 0.0)
        for side in (1, -1)
        for x in (k * APART for k in range(-4, 5))
    ]
    return World(
        berths=tuple(berths),
        walks=tuple(Footprint(0.0, side * (LANE + 0.65), 90.0, 0.2) for side in (1, -1)),
        obstacles=tuple(things.obstacles),
        lamps=tuple(things.lamps),
        brightness=0.19,
        openness=0.95,
    )


def _lay_fields(rng: random.Random, conditions: Conditions, verge: float, things: Furniture) -> None:
    """Make verges, fields that rise and fall, and woods where they end."""
    grass = surfaces.grass(rng, conditions.season)
    wood = single("wood", _wood(rng, conditions.season), "vegetation")
    for side in (1, -1):
        place("verge", _hills(rng, grass, side, (HALF, HALF + verge), (-0.02, 0.1), 0.1), "terrain")
        start, low = HALF + verge, 0.1
        for k in range(3):
            stop, high = start + rng.uniform(30.0, 60.0) * (1 + k), low + rng.uniform(-0.4, 2.0) * (1 + k)
            field = _field(rng, rng.choice(FIELDS[conditions.season]))
            place("field", _hills(rng, field, side, (start, stop), (low, high), 1.0 + k), "terrain")
            start, low = stop, high
        for k in range(10):
            turn = rng.choice((0.0, 180.0))
            things.placed.append(Placed(wood, spot((k - 4.5) * WOOD, side * (start - 6.0), low - 0.5, turn)))
        for way in (1, -1):
            for k in range(5):
                y = side * (HALF + 7.0 + (k + 0.5) * WOOD)
                things.placed.append(Placed(wood, spot(way * (END - 5.0), y, 0.0, 90.0)))


def _hills(
    rng: random.Random,
    material: Material,
    side: int,
    ys: tuple[float, float],
    heights: tuple[float, float],
    rise: float,
) -> Shape:
    """Make a strip of uneven ground along the road from one height to another, level along its edges."""
    phases = [rng.uniform(0, 2 * math.pi) for _ in range(3)]
    x, away = np.meshgrid(np.linspace(-END, END, 41), np.linspace(*ys, 7))
    share = (away - ys[0]) / (ys[1] - ys[0])
    wave = np.sin(x / 23.0 + phases[0]) + np.sin(x / 9.0 + phases[1]) * 0.3 + np.sin(away / 7.0 + phases[2]) * 0.5
    z = heights[0] + (heights[1] - heights[0]) * share + 0.25 * rise * wave * np.sin(math.pi * share)
    points = np.stack((x, side * away, z), axis=2).reshape(-1, 3)
    faces = []
    for i in range(6):
        for j in range(40):
            a, b = i * 41 + j, (i + 1) * 41 + j
            faces.append((a, a + 1, b + 1, b) if side > 0 else (b, b + 1, a + 1, a))
    return shape(material, points, faces)


def _field(rng: random.Random, code: int) -> Material:
    """Make a field: furrows or rows of plants along the road, patches."""
    color: Color = vary(rng, srgb(code), 0.15)
    g = Graph("field", color)
    space = g.in_space()
    patches = g.span(g.noise(space, 0.07, 4.0, 0.6), 0.3, 0.7)
    fine = g.span(g.noise(space, 3.0, 3.0, 0.7), 0.3, 0.7)
    y = g.node("SeparateXYZ", {0: space}).outputs[1]
    rows = g.math("PINGPONG", g.math("MULTIPLY", y, rng.uniform(0.8, 2.2)), 1.0)
    tone = g.mix(patches, shade(color, 0.8), shade(color, 1.2))
    tone = g.mix(g.math("MULTIPLY", fine, 0.5), tone, shade(color, 0.6))
    return g.matt(g.mix(g.span(rows, 0.2, 0.8, 0.0, rng.uniform(0.1, 0.5)), tone, shade(color, 0.65)))


def _grow_grass(rng: random.Random, conditions: Conditions, verge: float, things: Furniture) -> None:
    """Put patches of high grass on the verges, denser near the middle, where cameras are."""
    patches = [single("grass", _blades(rng, conditions.season), "terrain") for _ in range(3)]
    for side in (1, -1):
        for _ in range(110):
            x = min(max(rng.gauss(0.0, 20.0), -END), END)
            y = side * (HALF + 0.6 + (verge - 1.2) * rng.random() ** 1.3)
            things.placed.append(Placed(rng.choice(patches), spot(x, y, 0.0, rng.uniform(0, 360))))


def _blades(rng: random.Random, season: str) -> Shape:
    """Make a patch of grass, some 2 m wide: blades as single faces."""
    code = {"winter": 0x8A8558, "autumn": 0x8A8A4A, "spring": 0x6E9440}.get(season, 0x748C42)
    color = vary(rng, srgb(code), 0.12)
    g = Graph("blades", color)
    chance = g.node("NewGeometry").outputs["Random Per Island"]
    blade = g.matt(g.mix(chance, shade(color, 0.6), shade(color, 1.3)))
    own = np.random.default_rng(rng.getrandbits(32))
    count = 260
    x, y = own.normal(0.0, 0.5, (2, count))
    tall, turn = own.uniform(0.06, 0.3, count), own.uniform(0, 2 * math.pi, count)
    foot = np.stack((x, y, np.full(count, -0.1)), axis=1)
    aside = np.stack((np.cos(turn), np.sin(turn), 0 * turn), axis=1) * 0.05 * tall[:, None]
    lean = np.stack((own.normal(0, 0.3, count) * tall, own.normal(0, 0.3, count) * tall, tall + 0.1), axis=1)
    points = np.stack((foot - aside, foot + aside, foot + lean), axis=1).reshape(-1, 3)
    return shape(blade, points, [(3 * k, 3 * k + 1, 3 * k + 2) for k in range(count)])


def _wood(rng: random.Random, season: str) -> Shape:
    """Make the edge of a wood along x, seen from afar: crowns beside each other."""
    code = {"winter": 0x6A5E50, "autumn": 0x9A762E, "spring": 0x6F8A42}.get(season, 0x546E3A)
    color = vary(rng, srgb(code), 0.15)
    g = Graph("wood", color)
    leaf = g.matt(g.mix(g.node("NewGeometry").outputs["Random Per Island"], shade(color, 0.5), shade(color, 1.2)))
    clumps = [
        (np.array((x + rng.uniform(-2, 2), rng.uniform(-3, 3), rng.uniform(2.5, 9.0))), rng.uniform(2.2, 4.0))
        for x in np.arange(-WOOD / 2, WOOD / 2, 3.0)
        for _ in range(2)
    ]
    return plants.foliage(rng, leaf, clumps, 2500, (0.9, 1.8), 0.9)


def _line(rng: random.Random, conditions: Conditions, things: Furniture) -> None:
    """Put trees, bushes, poles, a guard rail, reflector posts, a sign and now and then houses beside the road."""
    season = conditions.season
    trees = [plants.tree(rng, season, form) for form in rng.sample((*plants.CROWNS, "conifer"), 2)]
    avenue = plants.tree(rng, season, rng.choice(("round", "column", "birch")), OVER_ROAD)
    bushes = [plants.bush(rng, season) for _ in range(2)]
    rail = furniture.guard_rail(rng, 4.0) if rng.random() < 0.45 else None
    fence = furniture.fence(rng, 5.0, rng.choice(("rail", "wire"))) if rng.random() < 0.5 else None
    lined, post = rng.random() < 0.35, _reflector()
    things.put(posts.sign(rng, rng.choice(("limit", "warning"))), rng.uniform(9, 14), -(HALF + 1.4), 0.0, -90.0)
    for side in (1, -1):
        turn = 0.0 if side > 0 else 180.0
        if rail is not None and side > 0:
            for k in range(-20, 20):
                things.put(rail, 4.0 * k + 2.0, side * (HALF + 0.7), 0.0, turn, -0.1)
        else:
            for k in range(-4, 5):
                things.put(post, 25.0 * k, side * (HALF + 0.5), 0.0, turn)
        if lined:
            for k in range(-9, 10):
                at = spot(11.0 * k + rng.uniform(-1, 1), side * (HALF + 2.6), -0.05, rng.uniform(0, 360))
                things.placed.append(Placed(avenue, at))
        for _ in range(rng.randint(12, 26)):
            away = HALF + 7.0 + rng.random() ** 2 * 60.0
            at = spot(rng.uniform(-90, 90), side * away, -0.1, rng.uniform(0, 360))
            things.placed.append(Placed(rng.choice((*trees, avenue, *bushes)), at))
        if fence is not None and side < 0:
            things.placed += [Placed(fence, spot(5.0 * k, side * (HALF + 4.6), -0.05)) for k in range(-16, 17)]
    if rng.random() < 0.6:
        _wires(rng, things, rng.choice((1, -1)), HALF + rng.uniform(3.4, 4.2))
    if rng.random() < 0.5:
        _farm(rng, conditions, rng.choice((1, -1)))


def _wires(rng: random.Random, things: Furniture, side: int, away: float) -> None:
    """Put utility poles along the road and hang wires between them."""
    pole = posts.utility_pole(rng)
    tall, shift = float(pole.high[2]), rng.uniform(-15, 15)
    xs = [k * 42.0 + shift for k in range(-3, 4)]
    for x in xs:
        things.put(pole, x, side * away, 0.0, 90.0)
    lines = [
        posts.wire((a, side * away + off, tall - 0.48), (b, side * away + off, tall - 0.48), 0.6)
        for a, b in pairwise(xs)
        for off in (-1.0, -0.5, 0.5, 1.0)
    ]
    place("wires", join(lines), "other")


def _farm(rng: random.Random, conditions: Conditions, side: int) -> None:
    """Put one or two houses into the fields."""
    kit = houses.make_house_kit(rng, conditions.dark)
    x, away = rng.uniform(-45, 25), rng.uniform(38.0, 60.0)
    for k in range(rng.randint(1, 2)):
        at = spot(x + 22.0 * k, side * (away + 5.0 * k), 0.6, (0.0 if side > 0 else 180.0) + rng.uniform(-25, 25))
        place("house", houses.detached(rng, kit).shape, "building", at)


def _reflector() -> Piece:
    """Make a post with a reflector, as along country roads."""
    white, black = plain("post", (0.75, 0.75, 0.73), 0.5), plain("cap", (0.03, 0.03, 0.03), 0.6)
    shine = plain("reflector", (0.9, 0.45, 0.1), 0.2)
    post = cylinder(white, 0.055, 0.95, 0.01, 10) + cylinder(black, 0.0555, 0.2, 0.01, 10).moved(z=0.7)
    return single("reflector post", post + box(shine, (-0.025, -0.06, 0.74), (0.025, -0.05, 0.86), 0.004), "pole")
