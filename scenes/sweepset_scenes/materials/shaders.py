"""Shader materials for rooms: paint, wood, tile, stone, metal, glass, cloth, paper. Lengths are metres on the surface.

Colours are linear RGB.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import bpy

from sweepset.blender import compat

Color = tuple[float, float, float]
Material = bpy.types.Material


class Graph:
    """The node tree of one new material, and short words to fill it."""

    def __init__(self, name: str, color: Color = (0.8, 0.8, 0.8)) -> None:
        self.material = bpy.data.materials.new(name)
        tree = compat.nodes_of(self.material)
        self.material.diffuse_color = (*color, 1.0)
        self.nodes, self.links = tree.nodes, tree.links
        self.nodes.clear()

    def node(self, kind: str, inputs: dict[Any, Any] | None = None, **settings: Any) -> bpy.types.Node:
        """Add a node; inputs map a socket (name or number) to a value or to another node's output."""
        node = self.nodes.new(f"ShaderNode{kind}")
        for key, value in settings.items():
            setattr(node, key, value)
        for key, value in (inputs or {}).items():
            self.feed(node.inputs[key], value)
        return node

    def feed(self, socket: bpy.types.NodeSocket, value: Any) -> None:
        """Link an output to a socket, or set the socket's value."""
        if isinstance(value, bpy.types.NodeSocket):
            self.links.new(value, socket)
        elif isinstance(value, tuple) and len(value) == 3 and socket.type == "RGBA":
            socket.default_value = (*value, 1.0)
        else:
            socket.default_value = value

    def finish(self, shader: bpy.types.NodeSocket) -> Material:
        """Make a shader the material's surface."""
        self.links.new(shader, self.node("OutputMaterial").inputs["Surface"])
        return self.material

    def surface(self, **values: Any) -> Material:
        """Finish with a Principled shader, its inputs by the keys of `compat.PRINCIPLED`."""
        shader = self.node("BsdfPrincipled")
        values.setdefault("roughness", 0.5)
        for key, value in values.items():
            self.feed(compat.principled(shader, key), value)
        return self.finish(shader.outputs[0])

    def matt(self, color: Any) -> Material:
        """Finish with a surface without any shine, the cheapest there is."""
        return self.finish(self.node("BsdfDiffuse", {"Color": color}).outputs[0])

    def on_surface(self, scale: Sequence[float] = (1, 1, 1), shift: bool = False) -> bpy.types.NodeSocket:
        """Return texture coordinates in metres on the surface; with `shift`, each piece has its own part of them."""
        vector = self.node("UVMap").outputs[0]
        if shift:
            island = self.node("NewGeometry").outputs["Random Per Island"]
            vector = self.node(
                "VectorMath", {0: vector, 1: self.math("MULTIPLY", island, 37.0)}, operation="ADD"
            ).outputs[0]
        return self.node("Mapping", {"Vector": vector, "Scale": tuple(scale)}).outputs[0]

    def in_space(self, scale: float = 1.0) -> bpy.types.NodeSocket:
        """Return texture coordinates in metres in the object."""
        vector = self.node("TexCoord").outputs["Object"]
        return self.node("Mapping", {"Vector": vector, "Scale": (scale,) * 3}).outputs[0]

    def noise(self, vector: bpy.types.NodeSocket, scale: float, detail: float = 3.0, rough: float = 0.5) -> Any:
        """Return noise from about 0.25 to 0.75."""
        inputs = {"Vector": vector, "Scale": scale, "Detail": detail, "Roughness": rough}
        return self.node("TexNoise", inputs).outputs[0]

    def math(self, operation: str, a: Any, b: Any = 0.0) -> bpy.types.NodeSocket:
        """Return a sum, a product …"""
        return self.node("Math", {0: a, 1: b}, operation=operation).outputs[0]

    def span(self, value: Any, low: float, high: float, to_low: float = 0.0, to_high: float = 1.0) -> Any:
        """Map one range to another, clamped."""
        return self.node("MapRange", {0: value, 1: low, 2: high, 3: to_low, 4: to_high}).outputs[0]

    def mix(self, factor: Any, a: Any, b: Any, blend: str = "MIX") -> bpy.types.NodeSocket:
        """Return a mix of two colours."""
        return self.node("MixRGB", {0: factor, 1: a, 2: b}, blend_type=blend).outputs[0]

    def ramp(self, factor: Any, stops: Sequence[tuple[float, Color]], sharp: bool = False) -> bpy.types.NodeSocket:
        """Map a value to colours."""
        node = self.node("ValToRGB", {0: factor})
        node.color_ramp.interpolation = "CONSTANT" if sharp else "LINEAR"
        elements = node.color_ramp.elements
        while len(elements) < len(stops):
            elements.new(1.0)
        for element, (position, color) in zip(elements, stops):
            element.position, element.color = position, (*color, 1.0)
        return node.outputs[0]

    def bump(self, height: Any, distance: float, strength: float = 1.0) -> bpy.types.NodeSocket:
        """Return normals of a height map that is `distance` metres deep."""
        return self.node("Bump", {"Height": height, "Distance": distance, "Strength": strength}).outputs[0]


def srgb(code: int) -> Color:
    """Return the linear colour of a screen's 0xRRGGBB."""
    channels = ((code >> shift & 255) / 255 for shift in (16, 8, 0))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


def shade(color: Color, factor: float) -> Color:
    """Return a lighter or darker colour."""
    red, green, blue = (min(channel * factor, 0.95) for channel in color)
    return red, green, blue


def vary(rng: random.Random, color: Color, by: float = 0.08) -> Color:
    """Return a colour a little off, lighter or darker and a touch of another tint."""
    tone = rng.uniform(1 - by, 1 + by)
    red, green, blue = (min(channel * tone * rng.uniform(1 - by / 3, 1 + by / 3), 0.9) for channel in color)
    return red, green, blue


def mute(color: Color, by: float) -> Color:
    """Return a colour nearer to the grey that is as light, by a share."""
    grey = 0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2]
    red, green, blue = (channel + by * (grey - channel) for channel in color)
    return red, green, blue


def mean(a: Color, b: Color) -> Color:
    """Return the colour halfway between two."""
    red, green, blue = ((p + q) / 2 for p, q in zip(a, b))
    return red, green, blue


def paint(name: str, color: Color, roughness: float | None = None, worn: float = 0.1) -> Material:
    """Make paint on plaster or wood, faintly stained; without a roughness it is matt."""
    g = Graph(name, color)
    stain = g.span(g.noise(g.in_space(), 1.3, 3.0, 0.65), 0.35, 0.65)
    tone = g.mix(stain, shade(color, 1 - worn), color)
    return g.matt(tone) if roughness is None else g.surface(color=tone, roughness=roughness, specular=0.3)


def wood(name: str, dark: Color, light: Color, roughness: float = 0.35, scale: float = 1.0) -> Material:
    """Make varnished wood, its grain along v; each piece is cut from another place."""
    g = Graph(name, mean(dark, light))
    plank = g.on_surface((14.0 * scale, 0.9 * scale, 1.0), shift=True)
    figure = g.noise(plank, 1.2, 2.0, 0.55)
    rings = g.math("FRACT", g.math("MULTIPLY", figure, 7.0))
    rings = g.math("PINGPONG", g.math("MULTIPLY", rings, 2.0), 1.0)
    pores = g.noise(g.on_surface((420.0, 9.0, 1.0), shift=True), 1.0, 1.0)
    color = g.mix(g.span(rings, 0.0, 1.0, 0.15, 0.85), dark, light)
    color = g.mix(g.span(pores, 0.46, 0.62, 0.0, 0.35), color, shade(dark, 0.6))
    island = g.node("NewGeometry").outputs["Random Per Island"]
    color = g.mix(g.span(island, 0.0, 1.0, 0.0, 0.28), color, dark)
    return g.surface(color=color, roughness=g.span(pores, 0.3, 0.7, roughness - 0.06, roughness + 0.1))


def tiles(
    name: str,
    color: Color,
    grout: Color,
    width: float,
    height: float,
    offset: float = 0.0,
    roughness: float = 0.15,
    accent: Color | None = None,
    gap: float = 0.003,
) -> Material:
    """Make tiles with grout, `width` by `height`; `offset` shifts every second row by that part of a tile."""
    g = Graph(name, color)
    surface = g.on_surface()
    values = {"Vector": surface, "Color1": (0.0, 0.0, 0.0), "Color2": (1.0, 1.0, 1.0), "Mortar": (0.5, 0.5, 0.5)}
    values |= {"Scale": 1.0, "Mortar Size": gap / 2, "Mortar Smooth": 0.2, "Bias": 0.0}
    values |= {"Brick Width": width, "Row Height": height}
    brick = g.node("TexBrick", values, offset=offset, offset_frequency=2, squash=1.0)
    chance, seam = brick.outputs[0], brick.outputs[1]
    mottle = g.span(g.noise(surface, 9.0, 3.0, 0.65), 0.3, 0.7)
    tone = g.mix(chance, shade(color, 0.86), shade(color, 1.06))
    if accent is not None:
        tone = g.mix(g.math("GREATER_THAN", chance, 0.8), tone, accent)
    tone = g.mix(g.math("MULTIPLY", mottle, 0.3), tone, shade(color, 0.62))
    return g.surface(
        color=g.mix(seam, tone, g.mix(mottle, shade(grout, 0.7), grout)),
        roughness=g.math("ADD", g.math("MULTIPLY", seam, 0.6), g.span(mottle, 0, 1, roughness, roughness + 0.12)),
        normal=g.bump(g.math("SUBTRACT", 1.0, seam), 0.0015, 0.6),
    )


def planks(name: str, dark: Color, light: Color, width: float = 0.12, length: float = 1.4) -> Material:
    """Make a floor of boards that run along v."""
    g = Graph(name, mean(dark, light))
    across = g.node("Mapping", {"Vector": g.node("UVMap").outputs[0], "Rotation": (0.0, 0.0, 1.5707963)}).outputs[0]
    values = {"Vector": across, "Color1": (0.0, 0.0, 0.0), "Color2": (1.0, 1.0, 1.0), "Mortar": (0.5, 0.5, 0.5)}
    values |= {"Scale": 1.0, "Mortar Size": 0.0012, "Mortar Smooth": 0.1, "Bias": 0.0}
    values |= {"Brick Width": length, "Row Height": width}
    brick = g.node("TexBrick", values, offset=0.37, offset_frequency=2)
    chance, seam = brick.outputs[0], brick.outputs[1]
    moved = g.node("VectorMath", {0: g.on_surface(), 1: g.math("MULTIPLY", chance, 23.0)}, operation="ADD").outputs[0]
    stretched = g.node("Mapping", {"Vector": moved, "Scale": (16.0, 1.1, 1.0)}).outputs[0]
    figure = g.noise(stretched, 1.1, 2.0, 0.6)
    grain = g.math("PINGPONG", g.math("MULTIPLY", figure, 9.0), 1.0)
    color = g.mix(g.span(grain, 0, 1, 0.1, 0.8), dark, light)
    color = g.mix(g.math("MULTIPLY", chance, 0.4), color, dark)
    worn = g.noise(g.on_surface(), 1.7, 3.0, 0.65)
    return g.surface(
        color=g.mix(seam, color, shade(dark, 0.25)),
        roughness=g.span(worn, 0.3, 0.7, 0.25, 0.5),
    )


def stone(name: str, base: Color, fleck: Color, dark: Color, scale: float = 1.0, roughness: float = 0.18) -> Material:
    """Make polished granite or, with near colours, laminate."""
    g = Graph(name, mean(base, fleck))
    space = g.in_space(scale)
    cloud = g.span(g.noise(space, 6.0, 2.0, 0.6), 0.35, 0.65)
    grain = g.node("TexVoronoi", {"Vector": space, "Scale": 230.0}).outputs["Color"]
    chance = g.node("SeparateColor", {0: grain})
    color = g.mix(g.math("MULTIPLY", cloud, 0.5), base, fleck)
    color = g.mix(g.math("MULTIPLY", g.span(chance.outputs[0], 0.55, 0.9), 0.8), color, fleck)
    color = g.mix(g.math("MULTIPLY", g.span(chance.outputs[1], 0.72, 0.9), 0.9), color, dark)
    return g.surface(color=color, roughness=g.span(cloud, 0, 1, roughness, roughness + 0.1))


def marble(name: str, base: Color, vein: Color, scale: float = 1.0, roughness: float = 0.15) -> Material:
    """Make polished marble: veins that wind through clouds."""
    g = Graph(name, base)
    space = g.in_space(scale)
    cloud = g.noise(space, 1.8, 3.0, 0.6)
    vein_at = g.math("ABSOLUTE", g.math("SUBTRACT", g.noise(space, 3.5, 4.0, 0.65), 0.5))
    color = g.mix(g.span(cloud, 0.3, 0.7, 0.0, 0.35), base, shade(vein, 1.4))
    return g.surface(color=g.mix(g.span(vein_at, 0.0, 0.025, 0.75, 0.0), color, vein), roughness=roughness)


def concrete(name: str, color: Color, roughness: float = 0.6) -> Material:
    """Make concrete, screed or rough plaster: blotched, with pores."""
    g = Graph(name, color)
    space = g.in_space()
    blotch = g.span(g.noise(space, 1.1, 4.0, 0.65), 0.3, 0.7)
    pores = g.span(g.noise(space, 60.0, 1.0), 0.3, 0.42, 0.35, 0.0)
    tone = g.mix(pores, g.mix(blotch, shade(color, 0.78), shade(color, 1.1)), shade(color, 0.5))
    return g.matt(tone) if roughness >= 0.8 else g.surface(color=tone, roughness=roughness)


def carpet(name: str, color: Color, pile: float = 1.0, worn: float = 0.15) -> Material:
    """Make a fitted carpet: tufts, `pile` times 4 mm thick, and paths that are worn."""
    g = Graph(name, color)
    surface = g.on_surface()
    tufts = g.span(g.noise(surface, 160.0 / pile, 2.0, 0.7), 0.3, 0.7)
    paths = g.span(g.noise(surface, 1.2, 2.0), 0.35, 0.65)
    tone = g.mix(tufts, shade(color, 0.55), shade(color, 1.12))
    return g.matt(g.mix(g.math("MULTIPLY", paths, worn), tone, shade(color, 0.6)))


def leather(name: str, color: Color, roughness: float = 0.4, worn: float = 0.2) -> Material:
    """Make leather: creased, paler where it is worn."""
    g = Graph(name, color)
    space = g.in_space()
    wear = g.span(g.noise(space, 4.0, 3.0, 0.6), 0.45, 0.75, 0.0, worn)
    creases = g.node("TexVoronoi", {"Vector": space, "Scale": 90.0}).outputs[0]
    tone = g.mix(wear, g.mix(g.span(creases, 0.1, 0.5, 0.25, 0.0), color, shade(color, 0.6)), shade(color, 1.8))
    return g.surface(
        color=tone, roughness=g.span(wear, 0.0, 0.3, roughness, roughness + 0.2), normal=g.bump(creases, 0.001, 0.3)
    )


def metal(name: str, color: Color = (0.6, 0.6, 0.59), roughness: float = 0.3, brushed: bool = False) -> Material:
    """Make metal; brushed metal has fine lines along v and smudges."""
    g = Graph(name, color)
    if not brushed:
        return g.surface(color=color, roughness=roughness, metallic=1.0)
    lines = g.noise(g.on_surface((900.0, 6.0, 1.0)), 1.0, 0.0)
    smudge = g.noise(g.in_space(), 5.0, 2.0, 0.6)
    return g.surface(
        color=g.mix(g.span(lines, 0.3, 0.7, 0.0, 0.5), color, shade(color, 0.8)),
        roughness=g.math(
            "ADD", g.span(lines, 0.3, 0.7, -0.05, 0.05), g.span(smudge, 0.3, 0.7, roughness, roughness + 0.14)
        ),
        metallic=1.0,
        normal=g.bump(g.noise(g.in_space(), 1.6, 0.0), 0.004, 0.35),
    )


def plain(
    name: str, color: Color, roughness: float = 0.4, metallic: float = 0.0, coat: float = 0.0, vary: float = 0.0
) -> Material:
    """Make plastic, enamel, ceramic, lacquer; with `vary`, it is mottled like fruit or clay; matt from 0.8."""
    g = Graph(name, color)
    tone: Any = color
    if vary:
        cloud = g.span(g.noise(g.in_space(), 22.0, 2.0, 0.6), 0.3, 0.7)
        tone = g.mix(cloud, shade(color, 1 - vary), shade(color, 1 + vary))
    if roughness >= 0.8:
        return g.matt(tone)
    return g.surface(color=tone, roughness=roughness, metallic=metallic, coat=coat)


def cloth(
    name: str, color: Color, second: Color | None = None, pattern: str = "plain", pitch: float = 0.05
) -> Material:
    """Make woven cloth: `plain`, `stripes` (across v), `checks`, or `border` (stripes now and then)."""
    g = Graph(name, color)
    surface = g.on_surface()
    u, v = (g.node("SeparateXYZ", {0: surface}).outputs[i] for i in (0, 1))
    weave = g.noise(surface, 700.0, 0.0)
    tone: Any = g.mix(g.span(g.noise(surface, 14.0, 2.0), 0.3, 0.7), shade(color, 0.82), color)
    if second is not None:
        share = 0.18 if pattern == "border" else 0.5
        band = g.math("LESS_THAN", g.math("FRACT", g.math("DIVIDE", v, pitch)), share)
        if pattern == "checks":
            other = g.math("LESS_THAN", g.math("FRACT", g.math("DIVIDE", u, pitch)), share)
            band = g.math("MULTIPLY", g.math("ADD", band, other), 0.5)
        tone = g.mix(band, tone, second)
    return g.matt(g.mix(g.span(weave, 0.3, 0.7, 0.0, 0.3), tone, shade(color, 0.6)))


def sheer(name: str, color: Color) -> Material:
    """Make thin curtain cloth or a shade that light comes through."""
    g = Graph(name, color)
    lit = g.node("BsdfTranslucent", {"Color": color}).outputs[0]
    weave = g.span(g.noise(g.on_surface((500.0, 500.0, 1.0)), 1.0, 1.0), 0.3, 0.7)
    face = g.node("BsdfDiffuse", {"Color": g.mix(weave, shade(color, 0.8), color)}).outputs[0]
    return g.finish(g.node("MixShader", {0: 0.35, 1: face, 2: lit}).outputs[0])


def lampshade(name: str, color: Color, through: float = 0.45) -> Material:
    """Make a lamp's shade: it glows, and lets part of the light of a lamp inside pass without noise."""
    g = Graph(name, color)
    weave = g.span(g.noise(g.on_surface((300.0, 300.0, 1.0)), 1.0, 1.0), 0.3, 0.7)
    face = g.node("BsdfDiffuse", {"Color": g.mix(weave, shade(color, 0.85), color)}).outputs[0]
    lit = g.node("BsdfTranslucent", {"Color": color}).outputs[0]
    body = g.node("MixShader", {0: 0.5, 1: face, 2: lit}).outputs[0]
    clear = g.node("BsdfTransparent", {"Color": shade(color, through)}).outputs[0]
    shadow = g.node("LightPath").outputs["Is Shadow Ray"]
    return g.finish(g.node("MixShader", {0: shadow, 1: body, 2: clear}).outputs[0])


def pane(name: str = "window glass", tint: Color = (0.95, 0.98, 0.96)) -> Material:
    """Make window glass: what a camera sees through it is not bent, and light passes without noise."""
    g = Graph(name, tint)
    facing = g.node("LayerWeight", {"Blend": 0.25}).outputs[0]
    through = g.node("BsdfRefraction", {"Color": tint, "Roughness": 0.0, "IOR": 1.0}).outputs[0]
    mirror = g.node("BsdfGlossy", {"Color": (1.0, 1.0, 1.0), "Roughness": 0.02}).outputs[0]
    seen = g.node("MixShader", {0: g.span(facing, 0.0, 1.0, 0.05, 0.5), 1: through, 2: mirror}).outputs[0]
    clear = g.node("BsdfTransparent", {"Color": tint}).outputs[0]
    camera = g.node("LightPath").outputs["Is Camera Ray"]
    return g.finish(g.node("MixShader", {0: camera, 1: clear, 2: seen}).outputs[0])


def glass(name: str, tint: Color, density: float = 0.25) -> Material:
    """Make the thin glass of bottles and jars; light passes without noise."""
    g = Graph(name, tint)
    facing = g.node("LayerWeight", {"Blend": 0.4}).outputs[1]
    clear = g.node("BsdfTransparent", {"Color": tint}).outputs[0]
    body = g.node("BsdfDiffuse", {"Color": shade(tint, 0.8)}).outputs[0]
    body = g.node("MixShader", {0: density, 1: clear, 2: body}).outputs[0]
    gloss = g.node("BsdfGlossy", {"Color": (1.0, 1.0, 1.0), "Roughness": 0.04}).outputs[0]
    seen = g.node("MixShader", {0: g.span(facing, 0.0, 1.0, 0.06, 0.6), 1: body, 2: gloss}).outputs[0]
    shadow = g.node("LightPath").outputs["Is Shadow Ray"]
    return g.finish(g.node("MixShader", {0: shadow, 1: seen, 2: clear}).outputs[0])


def glow(name: str, color: Color, strength: float) -> Material:
    """Make a surface that shines. The lamp inside it, whose light passes, lights the room: it is not sampled itself."""
    g = Graph(name, color)
    shining = g.node("Emission", {"Color": color, "Strength": strength}).outputs[0]
    clear = g.node("BsdfTransparent").outputs[0]
    shadow = g.node("LightPath").outputs["Is Shadow Ray"]
    return unsampled(g.finish(g.node("MixShader", {0: shadow, 1: shining, 2: clear}).outputs[0]))


def unsampled(material: Material) -> Material:
    """Keep Cycles from taking a material that shines for a lamp, which would cost noise; return it."""
    compat.sample_emission(material, False)
    return material
