"""Printed and painted surfaces: images on faces, patterned cloth, paper with writing, boxes, book covers."""

from __future__ import annotations

import random
from typing import Any

import bpy
import numpy as np

from .shaders import Color, Graph, Material, shade, srgb, unsampled


def load(name: str, pixels: np.ndarray) -> bpy.types.Image:
    """Make an image of Blender's, kept in the file, of one of `images`: (H, W, 3) in 0..1, sRGB."""
    height, width = pixels.shape[:2]
    image = bpy.data.images.new(name, width, height)
    filled = np.ones((height, width, 4), np.float32)
    filled[..., :3] = pixels[::-1]
    image.pixels.foreach_set(filled.ravel())
    image.pack()
    return image


def picture(name: str, pixels: np.ndarray, roughness: float = 0.5) -> Material:
    """Make a printed face that shows an image once, on shapes that are `fitted`."""
    g = Graph(name, _mean(pixels))
    shown = g.node("TexImage", {"Vector": g.node("UVMap").outputs[0]}, image=load(name, pixels)).outputs[0]
    return g.matt(shown) if roughness >= 0.8 else g.surface(color=shown, roughness=roughness, specular=0.3)


def lit(name: str, pixels: np.ndarray, strength: float = 1.0) -> Material:
    """Make the face of a screen that shows an image once, on shapes that are `fitted`; it shines."""
    g = Graph(name, _mean(pixels))
    shown = g.node("TexImage", {"Vector": g.node("UVMap").outputs[0]}, image=load(name, pixels)).outputs[0]
    shining = g.node("Emission", {"Color": shown, "Strength": strength}).outputs[0]
    gloss = g.node("BsdfGlossy", {"Color": (1.0, 1.0, 1.0), "Roughness": 0.1}).outputs[0]
    return unsampled(g.finish(g.node("MixShader", {0: 0.04, 1: shining, 2: gloss}).outputs[0]))


def patterned(name: str, pixels: np.ndarray, repeat: float, sheen: float = 0.0) -> Material:
    """Make cloth or paper with a pattern that repeats every `repeat` metres; with `sheen`, light comes through."""
    g = Graph(name, _mean(pixels))
    vector = g.on_surface((1.0 / repeat,) * 3)
    shown = g.node("TexImage", {"Vector": vector}, image=load(name, pixels)).outputs[0]
    weave = g.span(g.noise(g.on_surface((500.0, 500.0, 1.0)), 1.0, 0.0), 0.3, 0.7, 0.0, 0.3)
    tone = g.mix(weave, shown, (0.0, 0.0, 0.0))
    if not sheen:
        return g.matt(tone)
    lit_through = g.node("BsdfTranslucent", {"Color": shown}).outputs[0]
    face = g.node("BsdfDiffuse", {"Color": tone}).outputs[0]
    return g.finish(g.node("MixShader", {0: sheen, 1: face, 2: lit_through}).outputs[0])


def _mean(pixels: np.ndarray) -> Color:
    """Return an image's mean colour, linear."""
    red, green, blue = (round(255 * float(c)) for c in pixels.mean(axis=(0, 1)))
    return srgb(red << 16 | green << 8 | blue)


def writing(
    name: str, color: Color = (0.82, 0.81, 0.77), ink: Color = (0.06, 0.06, 0.08), line: float = 0.012
) -> Material:
    """Make paper with lines of something like writing, `line` metres apart."""
    g = Graph(name, color)
    surface = g.on_surface()
    v = g.node("SeparateXYZ", {0: surface}).outputs[1]
    row = g.math("FRACT", g.math("DIVIDE", v, line))
    inside = g.math("MULTIPLY", g.math("GREATER_THAN", row, 0.3), g.math("LESS_THAN", row, 0.72))
    letters = g.noise(g.on_surface((1.6 / line, 0.5 / line, 1.0)), 3.0, 3.0, 0.7)
    words = g.noise(g.on_surface((0.35 / line, 1.0 / line, 1.0)), 1.0, 0.0)
    marks = g.math("MULTIPLY", g.math("GREATER_THAN", letters, 0.5), g.math("GREATER_THAN", words, 0.42))
    tone = g.mix(g.span(g.noise(surface, 8.0), 0.3, 0.7), shade(color, 0.93), color)
    return g.matt(g.mix(g.math("MULTIPLY", inside, marks), tone, ink))


def calendar(name: str, head: Color, paper: Color = (0.84, 0.83, 0.8)) -> Material:
    """Make a month's sheet: a grid of days, 0.04 m apart, below a coloured head."""
    g = Graph(name, paper)
    values = {"Vector": g.on_surface(), "Color1": paper, "Color2": shade(paper, 0.97), "Mortar": (0.2, 0.2, 0.22)}
    values |= {"Scale": 1.0, "Mortar Size": 0.0008, "Brick Width": 0.042, "Row Height": 0.036}
    grid = g.node("TexBrick", values, offset=0.0).outputs[0]
    notes = g.math("GREATER_THAN", g.noise(g.on_surface((70.0, 140.0, 1.0)), 1.0, 2.0), 0.6)
    return g.matt(g.mix(g.math("MULTIPLY", notes, 0.7), grid, head))


def package(
    name: str, ground: Color, accent: Color, label: Color = (0.8, 0.76, 0.66), height: float = 0.29
) -> Material:
    """Make a printed box `height` metres high: a field of colour, a picture, a name in big letters, small print."""
    g = Graph(name, ground)
    surface = g.on_surface()
    u, v = (g.node("SeparateXYZ", {0: surface}).outputs[i] for i in (0, 1))

    def between(low: float, high: float) -> Any:
        return g.math("MULTIPLY", g.math("GREATER_THAN", v, low * height), g.math("LESS_THAN", v, high * height))

    wave = g.math("MULTIPLY", g.math("SINE", g.math("MULTIPLY", u, 9.0 / height)), 0.05 * height)
    color = g.mix(g.math("LESS_THAN", g.math("ADD", v, wave), 0.42 * height), ground, accent)
    crumbs = g.node("TexVoronoi", {"Vector": surface, "Scale": 11.0 / height}).outputs[0]
    picture = g.mix(g.span(crumbs, 0.2, 0.6), label, shade(accent, 0.5))
    bowl = g.math("LESS_THAN", g.math("ABSOLUTE", u), 0.21 * height)
    color = g.mix(g.math("MULTIPLY", between(0.12, 0.38), bowl), color, picture)
    shapes = g.noise(g.on_surface((4.4 / height, 1.1 / height, 1.0)), 2.0, 2.0, 0.7)
    letters = g.math("MULTIPLY", g.math("GREATER_THAN", shapes, 0.47), between(0.62, 0.84))
    color = g.mix(g.math("MULTIPLY", letters, g.math("LESS_THAN", g.math("ABSOLUTE", u), 0.26 * height)), color, label)
    small = g.noise(g.on_surface((60.0 / height, 34.0 / height, 1.0)), 1.0, 1.0)
    marks = g.math("MULTIPLY", g.math("GREATER_THAN", small, 0.52), between(0.5, 0.56))
    return g.surface(color=g.mix(marks, color, label), roughness=0.4)


def covers(name: str, colors: list[Color]) -> Material:
    """Make book covers: each book of a shape takes one of the colours and carries a title."""
    g = Graph(name, colors[0])
    island = g.node("NewGeometry").outputs["Random Per Island"]
    stops = [(i / len(colors), color) for i, color in enumerate(colors)]
    color = g.ramp(island, stops, sharp=True)
    v = g.node("SeparateXYZ", {0: g.on_surface()}).outputs[1]
    place = g.math("FRACT", g.math("ADD", g.math("MULTIPLY", v, 4.5), g.math("MULTIPLY", island, 91.0)))
    band = g.math("MULTIPLY", g.math("GREATER_THAN", place, 0.3), g.math("LESS_THAN", place, 0.62))
    letters = g.math("GREATER_THAN", g.noise(g.on_surface((210.0, 95.0, 1.0), shift=True), 1.0, 1.0), 0.54)
    return g.surface(color=g.mix(g.math("MULTIPLY", band, letters), color, (0.75, 0.7, 0.55)), roughness=0.45)


def landscape(name: str, rng: random.Random) -> Material:
    """Make a painting: sky, hills, a field, in broad strokes."""
    g = Graph(name)
    surface = g.on_surface()
    v = g.node("SeparateXYZ", {0: surface}).outputs[1]
    ground = rng.uniform(0.0, 1.0)
    height = g.math("ADD", g.math("MULTIPLY", v, 2.2), g.math("MULTIPLY", g.noise(surface, 5.0, 4.0, 0.6), 0.7))
    warm = (rng.uniform(0.35, 0.7), rng.uniform(0.25, 0.4), rng.uniform(0.08, 0.2))
    cool = (rng.uniform(0.1, 0.25), rng.uniform(0.25, 0.4), rng.uniform(0.35, 0.6))
    stops = [
        (0.0, (0.05, 0.07, 0.03)),
        (0.3, (0.13, 0.19 + 0.1 * ground, 0.06)),
        (0.45, warm),
        (0.55, (0.08, 0.12, 0.14)),
        (0.62, shade(cool, 1.6)),
        (1.0, cool),
    ]
    color = g.ramp(g.span(height, 0.15, 1.25), stops)
    strokes = g.noise(g.on_surface((60.0, 25.0, 1.0)), 1.0, 3.0, 0.7)
    color = g.mix(g.span(strokes, 0.35, 0.65, 0.0, 0.4), color, (0.75, 0.7, 0.6))
    return g.surface(color=color, roughness=0.5, normal=g.bump(strokes, 0.002, 0.4))


def poster(name: str, rng: random.Random) -> Material:
    """Make a print: flat shapes of a few colours."""
    g = Graph(name)
    surface = g.on_surface()
    cells = g.node("TexVoronoi", {"Vector": surface, "Scale": rng.uniform(6.0, 10.0)})
    split = g.math("FRACT", g.math("MULTIPLY", cells.outputs[0], rng.uniform(3.0, 6.0)))
    hue = [(rng.uniform(0.3, 0.7), rng.uniform(0.1, 0.3), rng.uniform(0.05, 0.15)), (0.7, 0.64, 0.5)]
    hue += [(0.06, 0.1, rng.uniform(0.15, 0.3)), (0.75, rng.uniform(0.4, 0.55), 0.12)]
    color = g.ramp(split, [(0.0, hue[1]), (0.3, hue[0]), (0.55, hue[2]), (0.75, hue[3])], sharp=True)
    return g.surface(color=color, roughness=0.35)


def scribble(name: str, ground: Color = (0.8, 0.8, 0.79)) -> Material:
    """Make a whiteboard's face with marker lines on it."""
    g = Graph(name, ground)
    surface = g.on_surface()
    v = g.node("SeparateXYZ", {0: surface}).outputs[1]
    row = g.math("FRACT", g.math("DIVIDE", v, 0.085))
    wave = g.math("MULTIPLY", g.math("SUBTRACT", g.noise(g.on_surface((55.0, 9.0, 1.0)), 1.0, 3.0, 0.65), 0.5), 1.3)
    near = g.math("ABSOLUTE", g.math("SUBTRACT", g.math("SUBTRACT", row, 0.5), wave))
    words = g.math("GREATER_THAN", g.noise(g.on_surface((7.0, 11.0, 1.0)), 1.0, 0.0), 0.47)
    ink = g.math("MULTIPLY", g.math("LESS_THAN", near, 0.05), words)
    hue = g.ramp(g.noise(surface, 4.0, 0.0), [(0.0, (0.03, 0.05, 0.3)), (0.5, (0.35, 0.03, 0.03))], sharp=True)
    smear = g.span(g.noise(surface, 5.0, 4.0), 0.35, 0.7, 0.0, 0.25)
    return g.surface(color=g.mix(ink, g.mix(smear, ground, shade(ground, 0.75)), hue), roughness=0.2)
