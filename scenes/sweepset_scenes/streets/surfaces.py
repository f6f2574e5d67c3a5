"""Outdoor surfaces: asphalt, paving, brick, plaster, windows of houses. Lengths are metres, colours linear RGB."""

from __future__ import annotations

import random
from typing import Any

from ..materials import shaders
from ..materials.shaders import Color, Graph, Material, mean, shade, srgb, unsampled, vary

BRICKS = (0x8A4B38, 0x9C5B43, 0x6E3B2E, 0xB07A56, 0xA88B6A, 0x75665A, 0xC2A98A, 0x5A4A44)
PLASTERS = (
    0xD8CDB8,
    0xE3DFD6,
    0xC9B08A,
    0xB9A99A,
    0xD9B9A0,
    0xA9B0A6,
    0xB8C0C8,
    0xE0D2A8,
    0xC58F74,
    0x8E9AA3,
    0xCFC8BE,
)
STONES = (0xB8AE9C, 0x9F9A90, 0xC8BFAE, 0x8C8880)
FRAMES = (0xE8E8E4, 0xE8E8E4, 0x2A2C2E, 0x3E4A44, 0x5A3F2E, 0x26323E, 0x7A7D80)
"""Colours of window frames and doors."""


def ground(name: str, tone: Any, g: Graph, wet: bool, rough: float, dull: Any = None) -> Material:
    """Finish a ground's surface; a wet one is darker and mirrors in its puddles."""
    if not wet:
        return g.surface(color=tone, roughness=rough, specular=0.25)
    puddles = g.span(g.noise(g.in_space(), 0.35, 4.0, 0.6), 0.5, 0.6)
    tone = g.mix(g.span(puddles, 0.0, 1.0, 0.3, 0.55), tone, (0.0, 0.0, 0.0))
    return g.surface(color=tone, roughness=g.span(puddles, 0.0, 1.0, 0.36, 0.05), specular=0.5)


def asphalt(rng: random.Random, wet: bool) -> Material:
    """Make asphalt: grains, patches of other ages, cracks, stains."""
    grey = rng.uniform(0.045, 0.13)
    base = vary(rng, (grey, grey * 0.99, grey * 0.97), 0.05)
    g = Graph("asphalt", base)
    space = g.in_space()
    grains = g.node("TexVoronoi", {"Vector": space, "Scale": 95.0}).outputs["Color"]
    grain = g.node("SeparateColor", {0: grains}).outputs[0]
    tone = g.mix(g.span(grain, 0.15, 0.95), shade(base, 0.6), shade(base, 1.55))
    clouds = g.span(g.noise(space, 0.5, 4.0, 0.65), 0.3, 0.7)
    tone = g.mix(g.math("MULTIPLY", clouds, 0.45), tone, shade(base, 0.6))
    old = g.node("TexVoronoi", {"Vector": space, "Scale": 0.16}).outputs["Color"]
    patch = g.math("GREATER_THAN", g.node("SeparateColor", {0: old}).outputs[0], 0.7)
    tone = g.mix(g.math("MULTIPLY", patch, 0.35), tone, shade(base, rng.choice((0.5, 1.6))))
    bent = g.node("VectorMath", {0: space, 1: g.node("TexNoise", {"Vector": space, "Scale": 1.5}).outputs[1]})
    cracks = g.node("TexVoronoi", {"Vector": bent.outputs[0], "Scale": 0.45}, feature="DISTANCE_TO_EDGE").outputs[0]
    somewhere = g.span(g.noise(space, 0.13, 1.0), 0.45, 0.6)
    crack = g.math("MULTIPLY", g.span(cracks, 0.004, 0.011, rng.uniform(0.1, 0.6), 0.0), somewhere)
    tone = g.mix(crack, tone, shade(base, 0.2))
    stains = g.span(g.noise(space, 0.9, 2.0, 0.5), 0.62, 0.72, 0.0, 0.55)
    return ground("asphalt", g.mix(stains, tone, shade(base, 0.35)), g, wet, rng.uniform(0.75, 0.95))


def paving(rng: random.Random, wet: bool) -> Material:
    """Make slabs of a sidewalk, or its concrete in bays."""
    width, height = rng.choice(((0.4, 0.4), (0.6, 0.4), (0.5, 0.5), (0.2, 0.1), (1.5, 1.6)))
    base = vary(rng, srgb(rng.choice((0xA39E95, 0x8F8C86, 0xB0A798, 0x96897C, 0x7F7F80))), 0.1)
    g = Graph("paving", base)
    surface = g.on_surface()
    values = {"Vector": surface, "Color1": (0.0, 0.0, 0.0), "Color2": (1.0, 1.0, 1.0), "Mortar": (0.5, 0.5, 0.5)}
    values |= {"Scale": 1.0, "Mortar Size": 0.004 if width < 1 else 0.008, "Mortar Smooth": 0.3, "Bias": 0.0}
    values |= {"Brick Width": width, "Row Height": height}
    brick = g.node("TexBrick", values, offset=rng.choice((0.0, 0.5)), offset_frequency=2, squash=1.0)
    chance, seam = brick.outputs[0], brick.outputs[1]
    space = g.in_space()
    grain = g.span(g.noise(space, 70.0, 2.0, 0.7), 0.3, 0.7)
    tone = g.mix(grain, shade(base, 0.78), shade(base, 1.15))
    tone = g.mix(g.math("MULTIPLY", chance, 0.35), tone, shade(base, 0.62))
    dirt = g.span(g.noise(space, 0.8, 4.0, 0.65), 0.4, 0.75, 0.0, 0.6)
    tone = g.mix(dirt, tone, shade(base, 0.45))
    # Spots of chewing gum.
    gum = g.node("TexVoronoi", {"Vector": space, "Scale": 2.2}).outputs[0]
    tone = g.mix(g.span(gum, 0.03, 0.05, 0.5, 0.0), tone, shade(base, 0.3))
    return ground("paving", g.mix(seam, tone, shade(base, 0.32)), g, wet, 0.85)


def marking(wet: bool) -> Material:
    """Make the paint of road markings, worn off in places."""
    g = Graph("marking", (0.7, 0.7, 0.68))
    space = g.in_space()
    worn = g.math("ADD", g.noise(space, 30.0, 3.0, 0.8), g.math("MULTIPLY", g.noise(space, 0.7, 2.0), 0.5))
    worn = g.span(worn, 0.78, 0.92, 0.0, 0.8)
    return ground("marking", g.mix(worn, (0.62, 0.62, 0.59), (0.1, 0.1, 0.1)), g, wet, 0.6)


def brickwork(rng: random.Random) -> Material:
    """Make a wall of bricks."""
    base = vary(rng, srgb(rng.choice(BRICKS)), 0.15)
    grout = shade(base, 1.5) if rng.random() < 0.6 else shade(base, 0.5)
    return shaders.tiles("brick", base, mean(grout, (0.4, 0.38, 0.35)), 0.22, 0.075, 0.5, 0.8, shade(base, 0.7), 0.012)


def stonework(rng: random.Random) -> Material:
    """Make a wall of cut stones."""
    base = vary(rng, srgb(rng.choice(STONES)), 0.12)
    size = rng.choice(((0.8, 0.4), (1.0, 0.5), (0.6, 0.3)))
    return shaders.tiles("stone wall", base, shade(base, 0.5), *size, 0.5, 0.7, None, 0.008)


def plaster(rng: random.Random, color: Color | None = None) -> Material:
    """Make plaster with rain's streaks and dirt near the ground."""
    base = color or vary(rng, srgb(rng.choice(PLASTERS)), 0.12)
    g = Graph("plaster", base)
    space = g.in_space()
    rough = g.span(g.noise(space, 24.0, 3.0, 0.7), 0.3, 0.7)
    tone = g.mix(rough, shade(base, 0.9), shade(base, 1.05))
    streaks = g.noise(g.node("Mapping", {"Vector": space, "Scale": (2.4, 2.4, 0.12)}).outputs[0], 1.0, 4.0, 0.7)
    tone = g.mix(g.span(streaks, 0.45, 0.75, 0.0, rng.uniform(0.15, 0.5)), tone, shade(base, 0.5))
    height = g.node("SeparateXYZ", {0: space}).outputs[2]
    splashed = g.math("ADD", height, g.math("MULTIPLY", g.noise(space, 1.7, 3.0), 0.8))
    return g.matt(g.mix(g.span(splashed, 0.35, 1.3, 0.45, 0.0), tone, shade(base, 0.35)))


def cladding(rng: random.Random) -> Material:
    """Make panels of metal or fibre cement, as newer houses have."""
    base = vary(rng, srgb(rng.choice((0x4A4D50, 0x8C8F92, 0xB8B6B0, 0x6E5A4A, 0xC4BFB6, 0x3A4248))), 0.1)
    return shaders.tiles("cladding", base, shade(base, 0.3), rng.uniform(0.8, 1.6), rng.uniform(0.5, 1.2), 0.0, 0.4)


def panes(dark: bool, lit: float = 0.35) -> Material:
    """Make the glass of houses' windows with what is behind it: dark rooms, curtains, blinds; in the dark some are lit.

    Texture coordinates are 0..1 over a pane, plus whole numbers by which it differs from others.
    """
    g = Graph("window pane", (0.05, 0.06, 0.07))
    uv = g.node("UVMap").outputs[0]
    cell = g.node("VectorMath", {0: uv}, operation="FLOOR").outputs[0]
    place = g.node("VectorMath", {0: uv, 1: cell}, operation="SUBTRACT").outputs[0]
    u, v = (g.node("SeparateXYZ", {0: place}).outputs[i] for i in (0, 1))
    chance = g.node("SeparateColor", {0: g.node("TexWhiteNoise", {"Vector": cell}).outputs["Color"]})
    first, second, third = (chance.outputs[i] for i in range(3))
    # A ceiling and a back wall, dim.
    room = g.mix(g.span(v, 0.75, 0.8), (0.018, 0.018, 0.02), (0.05, 0.048, 0.045))
    room = g.mix(g.math("MULTIPLY", g.span(g.noise(uv, 6.0, 2.0), 0.45, 0.55), 0.6), room, (0.006, 0.006, 0.006))
    side = g.math("ABSOLUTE", g.math("SUBTRACT", u, 0.5))
    folds = g.span(g.math("SINE", g.math("MULTIPLY", u, 90.0)), -1.0, 1.0, 0.65, 1.0)
    cloth = g.mix(third, (0.32, 0.3, 0.26), (0.16, 0.13, 0.11))
    cloth = g.mix(1.0, cloth, folds, "MULTIPLY")
    open_by = g.span(second, 0.0, 1.0, 0.15, 0.5)
    curtain = g.math("MULTIPLY", g.math("GREATER_THAN", side, open_by), g.math("GREATER_THAN", first, 0.35))
    seen = g.mix(curtain, room, cloth)
    slats = g.span(g.math("SINE", g.math("MULTIPLY", v, 160.0)), -0.4, 0.4, 0.7, 1.0)
    blind = g.mix(1.0, (0.42, 0.41, 0.39), slats, "MULTIPLY")
    down = g.math("GREATER_THAN", v, g.span(second, 0.0, 1.0, 1.0, 0.2))
    shut = g.math("MULTIPLY", down, g.math("GREATER_THAN", third, 0.72))
    seen = g.mix(shut, seen, blind)
    wave = g.bump(g.noise(g.in_space(), 0.9, 1.0), 0.01, 0.25)
    mirror = g.node("BsdfGlossy", {"Color": (0.9, 0.95, 1.0), "Roughness": 0.015, "Normal": wave}).outputs[0]
    body = g.node("BsdfDiffuse", {"Color": seen}).outputs[0]
    if dark:
        on = g.math("GREATER_THAN", first, 1.0 - lit)
        warm = g.mix(second, (1.0, 0.66, 0.32), (1.0, 0.88, 0.7))
        glow = g.mix(
            1.0, warm, g.mix(0.75, (0.15, 0.15, 0.15), g.mix(1.0, seen, (3.0, 3.0, 3.0), "MULTIPLY")), "MULTIPLY"
        )
        shine = g.node("Emission", {"Color": glow, "Strength": g.math("MULTIPLY", on, 0.5)}).outputs[0]
        body = g.node("AddShader", {0: body, 1: shine}).outputs[0]
    facing = g.node("Fresnel", {"IOR": 1.9}).outputs[0]
    return unsampled(g.finish(g.node("MixShader", {0: facing, 1: body, 2: mirror}).outputs[0]))


def shop_inside(rng: random.Random) -> Material:
    """Make the walls of a lit shop: shelves with goods of many colours."""
    base = vary(rng, srgb(rng.choice((0xD8CDB8, 0xB9A58A, 0xE6E2DA, 0x8A6E55, 0x5A6068))), 0.1)
    g = Graph("shop inside", base)
    surface = g.on_surface()
    values = {"Vector": surface, "Color1": (0.0, 0.0, 0.0), "Color2": (1.0, 1.0, 1.0), "Mortar": (0.5, 0.5, 0.5)}
    values |= {"Scale": 1.0, "Mortar Size": 0.025, "Mortar Smooth": 0.0, "Bias": 0.0}
    values |= {"Brick Width": rng.uniform(0.06, 0.24), "Row Height": rng.uniform(0.28, 0.45)}
    brick = g.node("TexBrick", values, offset=0.3, offset_frequency=2)
    hue = g.node("CombineXYZ", {0: brick.outputs[0], 1: brick.outputs[0], 2: 0.0}).outputs[0]
    goods = g.node("TexWhiteNoise", {"Vector": hue}).outputs["Color"]
    goods = g.mix(0.84, g.mix(1.0, goods, goods, "MULTIPLY"), shade(base, 0.4))
    shelf = g.span(g.node("SeparateXYZ", {0: surface}).outputs[1], 2.1, 2.2)
    tone = g.mix(shelf, g.mix(brick.outputs[1], goods, shade(base, 0.6)), base)
    body = g.node("BsdfDiffuse", {"Color": tone}).outputs[0]
    shine = g.node("Emission", {"Color": tone, "Strength": rng.uniform(0.05, 0.16)}).outputs[0]
    return unsampled(g.finish(g.node("AddShader", {0: body, 1: shine}).outputs[0]))


def grass(rng: random.Random, season: str) -> Material:
    """Make a lawn, seen from some metres away: blades, clover, bare and dry places."""
    base = vary(rng, srgb({"winter": 0x77744A, "autumn": 0x717A3C, "spring": 0x62793C}.get(season, 0x66733F)), 0.12)
    g = Graph("grass", base)
    space = g.in_space()
    blades = g.span(g.noise(space, 55.0, 3.0, 0.75), 0.3, 0.7)
    tone = g.mix(blades, shade(base, 0.35), shade(base, 1.3))
    dry = g.span(g.noise(space, 0.7, 4.0, 0.6), 0.42, 0.72, 0.0, 0.6)
    tone = g.mix(dry, tone, mean(base, (0.35, 0.3, 0.13)))
    mown = g.math(
        "GREATER_THAN", g.math("SINE", g.math("MULTIPLY", g.node("SeparateXYZ", {0: space}).outputs[0], 5.0)), 0.0
    )
    return g.matt(g.mix(g.math("MULTIPLY", mown, 0.12), tone, shade(base, 0.5)))


def roof_tiles(rng: random.Random) -> Material:
    """Make roof tiles or shingles."""
    base = vary(rng, srgb(rng.choice((0x6E3B2E, 0x4A4644, 0x7A4B36, 0x3B3E42, 0x5A4A40, 0x6B655C))), 0.12)
    size = rng.choice(((0.24, 0.32), (0.3, 0.14), (0.33, 0.38)))
    return shaders.tiles("roof", base, shade(base, 0.35), *size, 0.5, 0.75, shade(base, 0.75), 0.012)
