"""The materials of vehicles: paint as sold, glass, lamps, rubber, chrome, plastic. Colours are linear RGB."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from ..materials.shaders import Color, Graph, Material, glow, metal, plain, shade, srgb, vary
from .services import Service

PAINTS: tuple[tuple[str, float, tuple[int, ...]], ...] = (
    ("white", 0.27, (0xF2F2EF, 0xECEAE4, 0xF5F6F7)),
    ("black", 0.20, (0x0B0B0D, 0x101114, 0x15130F)),
    ("grey", 0.16, (0x4A4D50, 0x5E6164, 0x3A3D41, 0x73777A)),
    ("silver", 0.13, (0xB4B7BA, 0xA3A6A8, 0xC3C4C4)),
    ("blue", 0.09, (0x1F3C6B, 0x24508F, 0x162440, 0x3C6FA8, 0x5C7C99)),
    ("red", 0.075, (0x8E1218, 0xA91C1C, 0x5E0F14, 0xB5221E)),
    ("brown", 0.035, (0x4A3A2C, 0x7B6A55, 0x9C8B70, 0x3A2A22)),
    ("green", 0.025, (0x1E3B2C, 0x2F4F3A, 0x50604A, 0x6E8B3D)),
    ("orange", 0.008, (0xC4571B, 0xB3471A)),
    ("yellow", 0.007, (0xD9B21C, 0xE0C341)),
)
"""Paints and how often they are drawn, by estimate: white, black, grey and silver are two thirds of cars."""

LIVERIES = (0x1F4E8C, 0xB3261E, 0x1E6B45, 0xE0A81C, 0xD9622B, 0x2C2F33, 0x5A2D7A, 0x6FA8DC)
"""Colours of firms and bus companies, as a screen's 0xRRGGBB."""
FLEETS = (0xF2F2EF, 0xECEAE4, 0xF2F2EF, 0xE9E2CC, 0xC3C4C4, 0x2A5CA8, 0xA91C1C, 0x2F7A4A, 0xE0A81C, 0x8FB4CE)
"""Paints of buses and trucks: most are pale, hardly one is black."""


def draw_paint(rng: random.Random) -> tuple[str, Color, bool]:
    """Draw a paint: its name, colour, and whether it is metallic."""
    name, _, codes = rng.choices(PAINTS, [share for _, share, _ in PAINTS])[0]
    metallic = name == "silver" or rng.random() < (0.2 if name == "white" else 0.6)
    return name, vary(rng, srgb(rng.choice(codes)), 0.12), metallic


def car_paint(name: str, color: Color, metallic: bool, dirt: float = 0.0, rust: float = 0.0) -> Material:
    """Make paint below clear coat, with flakes if metallic; `dirt` greys the lower sides, `rust` eats them, 0 to 1."""
    g = Graph(name, color)
    tone: Any = color
    if metallic:
        flakes = g.node("TexVoronoi", {"Vector": g.in_space(), "Scale": 900.0}).outputs["Color"]
        chance = g.node("SeparateColor", {0: flakes}).outputs[0]
        tone = g.mix(g.span(chance, 0.5, 1.0, 0.0, 0.5), shade(color, 0.9), shade(color, 1.3))
        tone = g.mix(g.node("LayerWeight", {"Blend": 0.3}).outputs[1], tone, shade(color, 0.45))
    rough: Any = 0.35 if metallic else 0.45
    coat: Any = 1.0
    if dirt > 0:
        height = g.node("SeparateXYZ", {0: g.node("TexCoord").outputs["Object"]}).outputs[2]
        cloud = g.noise(g.in_space(), 2.2, 4.0, 0.6)
        low = g.span(g.math("ADD", height, g.math("MULTIPLY", cloud, -0.5)), -0.1, 0.55, dirt, 0.06 * dirt)
        tone = g.mix(low, tone, srgb(0x7A7061))
        rough = g.span(low, 0.0, 1.0, rough, 0.9)
        coat = g.span(low, 0.0, 0.6, 1.0, 0.0)
    shine: Any = 0.55 if metallic else 0.0
    if rust > 0:
        height = g.node("SeparateXYZ", {0: g.node("TexCoord").outputs["Object"]}).outputs[2]
        spots = g.noise(g.in_space(), 5.0, 8.0, 0.68)
        # Sills and the rims of wheel arches rust first.
        eaten = g.math("ADD", spots, g.span(height, 0.2, 0.95, 0.16 + 0.14 * rust, -0.16))
        eaten = g.span(eaten, 0.62, 0.66)
        grain = g.noise(g.in_space(), 60.0, 3.0, 0.6)
        tone = g.mix(eaten, tone, g.mix(grain, srgb(0x3B1F12), srgb(0x8A4A22)))
        rough = g.math("MAXIMUM", rough, g.math("MULTIPLY", eaten, 0.95))
        coat = g.math("MULTIPLY", coat, g.math("SUBTRACT", 1.0, eaten))
        shine = g.span(eaten, 0.0, 1.0, shine, 0.0)
    return g.surface(color=tone, roughness=rough, metallic=shine, coat=coat)


def car_glass(name: str, tint: Color) -> Material:
    """Make a car's glass: what is behind it is tinted, not bent; its own label is seen, as of any opaque surface."""
    g = Graph(name, tint)
    facing = g.node("Fresnel", {"IOR": 1.6}).outputs[0]
    through = g.node("BsdfRefraction", {"Color": tint, "Roughness": 0.0, "IOR": 1.0}).outputs[0]
    mirror = g.node("BsdfGlossy", {"Color": (1.0, 1.0, 1.0), "Roughness": 0.01}).outputs[0]
    seen = g.node("MixShader", {0: facing, 1: through, 2: mirror}).outputs[0]
    clear = g.node("BsdfTransparent", {"Color": tint}).outputs[0]
    shadow = g.node("LightPath").outputs["Is Shadow Ray"]
    return g.finish(g.node("MixShader", {0: shadow, 1: seen, 2: clear}).outputs[0])


def rubber(name: str) -> Material:
    """Make the dull rubber of tyres."""
    return plain(name, (0.018, 0.018, 0.018), 0.75)


class Finishes(dict[str, Material]):
    """The materials of one vehicle by finish, each made when first used."""

    def __init__(self, makers: dict[str, Callable[[], Material]]) -> None:
        super().__init__()
        self._makers = makers

    def __missing__(self, finish: str) -> Material:
        self[finish] = self._makers[finish]()
        return self[finish]


def draw_finishes(
    rng: random.Random, era: float = 1.0, service: Service | None = None, fleet: bool = False
) -> Finishes:
    """Draw the finishes of one vehicle: older ones rust; services and fleets of buses and trucks have own colours."""
    name, color, metallic = draw_paint(rng)
    coat = f"{name} paint"
    if fleet:
        coat, color, metallic = "fleet paint", vary(rng, srgb(rng.choice(FLEETS)), 0.1), False
    dirt = max(0.0, rng.gauss(-0.05, 0.25))
    glass = 0.72 + rng.uniform(-0.08, 0.1)
    privacy = rng.choice((glass, glass, rng.uniform(0.04, 0.25)))
    trim = rng.choice(((0.012, 0.012, 0.013), (0.02, 0.02, 0.021), (0.035, 0.034, 0.034)))
    inside = rng.choice((srgb(0x26262A), srgb(0x1B1B1D), srgb(0x4A4640), srgb(0x8B7D68), srgb(0x5E5F62)))
    alloy = rng.uniform(0.45, 0.75)
    number_plate = rng.choice(((0.75, 0.76, 0.74), (0.8, 0.8, 0.78), (0.75, 0.6, 0.12)))
    second = vary(rng, srgb(rng.choice(LIVERIES)), 0.1)
    box = srgb(0xEDEDEA) if rng.random() < 0.75 else vary(rng, srgb(rng.choice(LIVERIES)), 0.1)
    rust = rng.uniform(0.25, 1.0) if era < 0.5 and rng.random() < 0.3 else 0.0
    roof = srgb(rng.choice((0x0C0C0E, 0xF2F2EF)))
    patch, note = rng.sample((0xF2F2EF, 0x111113, 0xC23A2B, 0x2A5CA8, 0xE0C341, 0x2F7A4A), 2)
    flash = rng.choice(((0x1E4FD8, 0x1E4FD8), (0xC8102E, 0x1E4FD8)))
    if service is not None:
        chosen, ink = rng.choice(service.paints)
        coat, color, metallic = "livery paint", srgb(chosen), False
        second, box, rust = srgb(ink), srgb(chosen), 0.0
    canvas = rng.choice(((0.012, 0.012, 0.013), srgb(0x6B5B47), srgb(0x232B3E)))

    def pane(amount: float, name: str) -> Callable[[], Material]:
        return lambda: car_glass(name, (amount * 0.94, amount, amount * 0.97))

    return Finishes(
        {
            "paint": lambda: car_paint(coat, color, metallic, min(dirt, 0.8), rust),
            "roof paint": lambda: car_paint("roof paint", roof, False),
            "livery ink": lambda: plain("livery ink", second, 0.4, coat=0.6),
            "sign": lambda: plain("roof sign", srgb(0xF1E2A8), 0.3, coat=0.5),
            "beacon": lambda: _lens("beacon", srgb(flash[0])),
            "second beacon": lambda: _lens("second beacon", srgb(flash[1])),
            "sticker": lambda: plain("sticker", srgb(patch), 0.4),
            "sticker ink": lambda: plain("sticker ink", srgb(note), 0.4),
            "second paint": lambda: car_paint("second paint", second, False, min(dirt, 0.8)),
            "box": lambda: car_paint("box", box, False, min(dirt, 0.8)),
            "windshield": pane(glass, "windshield"),
            "side glass": pane(glass, "side glass"),
            "rear side glass": pane(privacy, "rear side glass"),
            "rear glass": pane(privacy, "rear glass"),
            "frit": lambda: plain("glass rim", (0.006, 0.006, 0.006), 0.08),
            "seal": lambda: plain("seal", (0.012, 0.012, 0.012), 0.55),
            "gap": lambda: plain("gap", (0.004, 0.004, 0.004), 0.9),
            "plastic": lambda: plain("black plastic", trim, 0.5),
            "dark": lambda: plain("grille", (0.008, 0.008, 0.008), 0.6),
            "under": lambda: plain("underbody", (0.01, 0.01, 0.01), 0.9),
            "well": lambda: plain("wheel well", (0.008, 0.008, 0.008), 0.9),
            "chrome": lambda: metal("chrome", (0.75, 0.75, 0.76), 0.08),
            "reflector": lambda: metal("reflector", (0.82, 0.82, 0.83), 0.12),
            "bezel": lambda: plain("bezel", (0.03, 0.03, 0.032), 0.25, coat=0.5),
            "bulb": lambda: plain("bulb", (0.8, 0.82, 0.85), 0.05, coat=1.0),
            "lens": lambda: car_glass("lamp lens", (0.95, 0.96, 0.97)),
            "red lens": lambda: _lens("red lens", (0.55, 0.012, 0.012)),
            "amber lens": lambda: _lens("amber lens", (0.85, 0.26, 0.02)),
            "tyre": lambda: rubber("tyre"),
            "alloy": lambda: metal("alloy", (alloy, alloy, alloy * 1.01), 0.28),
            "dark alloy": lambda: metal("dark alloy", (0.06, 0.06, 0.065), 0.35),
            "brake": lambda: metal("brake disc", (0.35, 0.34, 0.33), 0.4),
            "plate": lambda: plain("plate", number_plate, 0.4),
            "ink": lambda: plain("plate ink", (0.02, 0.03, 0.08), 0.5),
            "cloth": lambda: plain("seat", inside, 0.8),
            "interior": lambda: plain("interior", shade(inside, 0.6), 0.7),
            "headliner": lambda: plain("headliner", srgb(0xA8A59C), 0.9),
            "mirror": lambda: metal("mirror", (0.8, 0.82, 0.84), 0.03),
            "skin": lambda: plain("driver", srgb(0x9C7A63), 0.8),
            "canvas": lambda: plain("canvas", canvas, 0.85),
            "crate": lambda: plain("crate", srgb(0x9A7B55), 0.8),
            "liner": lambda: plain("bed liner", (0.015, 0.015, 0.015), 0.7),
            "route": lambda: glow("route", (1.0, 0.55, 0.08), 2.5),
        }
    )


def _lens(name: str, tint: Color) -> Material:
    """Make the coloured plastic of a tail lamp: half of it shows what is behind, half of it its own colour."""
    g = Graph(name, tint)
    through = g.node("BsdfRefraction", {"Color": tint, "Roughness": 0.05, "IOR": 1.0}).outputs[0]
    body = g.node("BsdfDiffuse", {"Color": tint}).outputs[0]
    inner = g.node("MixShader", {0: 0.45, 1: through, 2: body}).outputs[0]
    mirror = g.node("BsdfGlossy", {"Color": (1.0, 1.0, 1.0), "Roughness": 0.03}).outputs[0]
    facing = g.node("Fresnel", {"IOR": 1.5}).outputs[0]
    seen = g.node("MixShader", {0: facing, 1: inner, 2: mirror}).outputs[0]
    return g.finish(seen)
