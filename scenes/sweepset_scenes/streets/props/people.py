"""People as figures: standing, walking or sitting; their build, hair, clothes and bags differ."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np

from ...materials.shaders import Color, Graph, Material, plain, shade, srgb, vary
from ...piece import Piece, single
from ...shapes.primitives import Point, Shape, ball, box, join, lathe, tube

SKINS = (0xF0C8A8, 0xE0AC86, 0xC68A5E, 0x9A6440, 0x6E4428, 0x4A2C1C)
HAIRS = (0x1A1512, 0x2E2018, 0x4A3222, 0x7A5632, 0xB48A52, 0x8A8784, 0xC9C6C0, 0x6A2E1C)
TOPS = (0xF2F2EE, 0x1D1F24, 0x2A3B5C, 0x6B7280, 0x8C2B2B, 0xC9A227, 0x2F5D46, 0x4A86B8, 0xB8632E, 0x7A4E7E, 0xD9B8A8)
BOTTOMS = (0x1C2333, 0x2B3A55, 0x4C5F7E, 0x1B1B1D, 0x5A5148, 0xB7A98F, 0x6B6E72, 0x34402E)
SHOES = (0x15151A, 0x3A2A1E, 0xE8E8E6, 0x7A7A7C, 0x8C2B2B)
POSES = ("standing", "walking", "waiting")


def person(rng: random.Random, pose: str = "", child: bool = False) -> Piece:
    """Make a person who stands, walks towards -y or waits, a hand at the ear; a child is 1.0 to 1.5 m tall."""
    pose = pose or rng.choice(POSES[:2])
    tall = rng.uniform(1.02, 1.45) if child else min(max(rng.gauss(1.70, 0.09), 1.5), 1.95)
    # The figure is made 1.75 m tall, then scaled; a child's head is larger.
    figure = join(_figure(rng, pose, 1.22 if child else 1.0, rng.uniform(0.9, 1.22)))
    figure = figure.scaled(tall / 1.75, tall / 1.75, tall / 1.75)
    return single("person", figure.moved(z=-float(figure.vertices[:, 2].min())), "person")


def _figure(rng: random.Random, pose: str, head: float, broad: float) -> list[Shape]:
    skin = _skin(rng)
    dress = rng.random() < 0.2
    coat = not dress and rng.random() < 0.35
    top = _cloth(rng, "top", rng.choice(TOPS))
    bottom = top if dress else _cloth(rng, "bottom", rng.choice(BOTTOMS))
    bare = dress or rng.random() < 0.2
    shoe = plain("shoe", vary(rng, srgb(rng.choice(SHOES))), 0.5)
    stride = rng.uniform(18, 32) if pose == "walking" else rng.uniform(0, 5)
    parts: list[Shape] = []
    knees = _legs(rng, parts, bottom, skin if bare else bottom, shoe, stride, broad)
    hem = min(knees) if dress else (0.72 if coat else 0.9)
    flare = 0.2 if dress else 0.175
    trunk = [(0.02, hem), (flare * broad, hem), (0.172 * broad, 0.95), (0.142 * broad, 1.1), (0.17 * broad, 1.27)]
    trunk += [(0.19, 1.38), (0.165, 1.435), (0.085, 1.475), (0.06, 1.49)]
    parts.append(lathe(top, trunk, 18).scaled(1.0, 0.62, 1.0))
    if not (dress or coat):
        parts.append(
            lathe(bottom, [(0.02, 0.84), (0.165 * broad, 0.86), (0.168 * broad, 0.93), (0.02, 0.96)], 14).scaled(
                1.0, 0.62, 1.0
            )
        )
    sleeve = rng.choice((0.45, 1.0)) if not coat else 1.0
    swing = stride * 0.9 if pose == "walking" else rng.uniform(-4, 8)
    for side in (1, -1):
        raised = pose == "waiting" and side == 1
        parts += _arm(rng, side, side * swing, raised, top, skin, sleeve)
    parts += _head(rng, skin, head)
    parts += _bag(rng, coat)
    return parts


def _legs(
    rng: random.Random, parts: list[Shape], thigh: Material, calf: Material, shoe: Material, stride: float, broad: float
) -> list[float]:
    """Add legs, one foot before the other by `stride` degrees, and return the heights of the knees."""
    knees = []
    for side in (1, -1):
        swing = math.radians(side * stride)
        bend = math.radians(6 + (max(-side * stride, 0) * 0.9))
        hip = np.array((side * 0.088, 0.0, 0.92))
        knee = hip + 0.44 * np.array((side * 0.02, -math.sin(swing), -math.cos(swing)))
        ankle = knee + 0.42 * np.array((0.0, -math.sin(swing - bend), -math.cos(swing - bend)))
        wide = 0.082 * broad
        mid = 0.5 * (hip + knee)
        parts.append(tube(thigh, _points(hip, mid, knee), [wide * 1.1, wide, 0.058], 10))
        shin = knee + 0.35 * (ankle - knee)
        end = 0.05 if calf is thigh else 0.036
        parts.append(tube(calf, _points(knee, shin, ankle), [0.06, 0.058 if calf is thigh else 0.052, end], 10))
        foot = lathe(shoe, [(0.01, -0.045), (0.9, -0.045), (1.0, -0.02), (0.8, 0.03), (0.3, 0.055), (0.01, 0.06)], 12)
        foot = foot.scaled(0.045, 0.135, 1.0)
        tilt = -math.degrees(swing - bend) * (0.75 if side * stride < 0 else 0.6)
        parts.append(foot.moved(0.0, -0.055, -0.03).turned(tilt, "X").moved(*ankle))
        knees.append(float(knee[2]))
    return knees


def _arm(
    rng: random.Random, side: int, swing: float, raised: bool, top: Material, skin: Material, sleeve: float
) -> list[Shape]:
    """Make an arm; swung forward by degrees, or bent up to the ear."""
    angle, out = math.radians(-swing), rng.uniform(0.1, 0.16)
    shoulder = np.array((side * 0.18, 0.0, 1.395))
    way = np.array((side * out, -math.sin(-angle), -math.cos(angle)))
    elbow = shoulder + 0.29 * way / np.linalg.norm(way)
    if raised:
        elbow = shoulder + np.array((side * 0.12, -0.1, -0.24))
        hand = elbow + np.array((-side * 0.1, -0.14, 0.18))
    else:
        bend = angle - math.radians(rng.uniform(12, 30))
        hand = elbow + 0.25 * np.array((side * 0.02, math.sin(bend), -math.cos(bend)))
    wrist = elbow + 0.96 * (hand - elbow)
    rounding = [shoulder - 0.045 * way, shoulder - 0.03 * way, shoulder]
    upper = tube(
        top,
        _points(*rounding, shoulder + 0.4 * (elbow - shoulder), elbow),
        [0.012, 0.042, 0.058, 0.056, 0.047],
        9,
    )
    lower = tube(top if sleeve == 1.0 else skin, _points(elbow, 0.5 * (elbow + wrist), wrist), [0.045, 0.042, 0.03], 9)
    reach = (hand - elbow) / np.linalg.norm(hand - elbow)
    palm = tube(skin, _points(wrist, wrist + 0.07 * reach, wrist + 0.17 * reach), [0.026, 0.042, 0.016], 8)
    return [upper, lower, palm]


def _head(rng: random.Random, skin: Material, size: float) -> list[Shape]:
    """Make neck, head, nose, ears, eyes and hair or a hat; the chin is 1.52 m up."""
    shape = [
        (0.004, -0.118),
        (0.038, -0.112),
        (0.058, -0.08),
        (0.07, -0.03),
        (0.076, 0.02),
        (0.072, 0.065),
        (0.05, 0.1),
        (0.004, 0.115),
    ]
    head = [lathe(skin, shape, 16).scaled(1.0, 1.22, 1.0)]
    head.append(lathe(skin, [(0.005, 0.0), (0.02, 0.005), (0.005, 0.05)], 8).moved(0.0, -0.093, -0.04))
    for side in (1, -1):
        head.append(ball(skin, 1.0, 8).scaled(0.012, 0.024, 0.034).moved(side * 0.076, 0.012, -0.015))
        head.append(
            ball(plain("eye", (0.02, 0.015, 0.012), 0.2), 1.0, 6)
            .scaled(0.012, 0.01, 0.007)
            .moved(side * 0.03, -0.08, 0.005)
        )
    mouth = plain("mouth", srgb(0x8A4A42), 0.6)
    head.append(ball(mouth, 1.0, 6).scaled(0.024, 0.012, 0.006).moved(0.0, -0.078, -0.065))
    hair = Graph("hair", (0.1, 0.08, 0.06)).matt(vary(rng, srgb(rng.choice(HAIRS)), 0.2))
    kind = rng.choice(("short", "short", "short", "long", "long", "bun", "cap", "bald"))
    if kind != "bald":
        crown = lathe(hair, [(0.076, -0.02), (0.086, 0.02), (0.083, 0.07), (0.062, 0.112), (0.004, 0.132)], 16)
        head.append(crown.scaled(1.0, 1.22, 1.0).turned(-20, "X").moved(0.0, 0.016, 0.004))
        back = lathe(hair, [(0.02, -0.09), (0.07, -0.07), (0.078, 0.0), (0.07, 0.06), (0.01, 0.08)], 12)
        head.append(back.scaled(1.0, 0.8, 1.0).moved(0.0, 0.04, 0.0))
    if kind == "long":
        fall = rng.uniform(0.16, 0.3)
        head.append(
            lathe(hair, [(0.05, -fall), (0.078, -0.8 * fall), (0.08, 0.0), (0.06, 0.06)], 12)
            .scaled(1.0, 0.55, 1.0)
            .moved(0.0, 0.055, 0.0)
        )
    elif kind == "bun":
        head.append(ball(hair, 0.042, 10).moved(0.0, 0.1, 0.06))
    elif kind == "cap":
        cloth = _cloth(rng, "cap", rng.choice(TOPS))
        head.append(
            lathe(cloth, [(0.082, 0.03), (0.086, 0.05), (0.07, 0.115), (0.004, 0.135)], 14).scaled(1.0, 1.22, 1.0)
        )
        head.append(
            lathe(cloth, [(0.01, 0.03), (0.08, 0.03), (0.08, 0.042), (0.01, 0.046)], 14)
            .scaled(0.95, 1.3, 1.0)
            .moved(0.0, -0.075, 0.005)
        )
    neck = tube(skin, [(0.0, 0.012, 1.44), (0.0, 0.005, 1.56)], [0.06, 0.052], 10)
    return [neck, *(part.scaled(size, size, size).moved(0.0, -0.012, 1.52 + 0.118 * size) for part in head)]


def _bag(rng: random.Random, coat: bool) -> list[Shape]:
    """Make a backpack, a bag on the shoulder, or none."""
    kind = rng.choice(("none", "none", "backpack", "bag"))
    if kind == "none":
        return []
    stuff = _cloth(rng, "bag", rng.choice((0x1B1B1D, 0x3A2A1E, 0x2A3B5C, 0x6E2B2B, 0x6B6E72, 0x2F5D46)))
    if kind == "backpack":
        return [box(stuff, (-0.14, 0.09, 1.0), (0.14, 0.23, 1.42), 0.05)]
    strap = tube(stuff, [(-0.1, 0.0, 1.47), (-0.21, -0.03, 1.3), (-0.25, -0.02, 1.0)], 0.012, 5)
    return [strap, box(stuff, (-0.31, -0.16, 0.74), (-0.22, 0.14, 1.02), 0.025)]


def _points(*points: np.ndarray) -> Sequence[Point]:
    return [(float(x), float(y), float(z)) for x, y, z in points]


def _skin(rng: random.Random) -> Material:
    color = vary(rng, srgb(rng.choice(SKINS)), 0.1)
    return Graph("skin", color).surface(color=color, roughness=0.55, specular=0.3)


def _cloth(rng: random.Random, name: str, code: int) -> Material:
    """Make cloth with soft folds, now and then with stripes across."""
    color: Color = vary(rng, srgb(code), 0.12)
    g = Graph(name, color)
    folds = g.span(g.noise(g.in_space(), 9.0, 2.0, 0.6), 0.3, 0.7)
    tone = g.mix(folds, shade(color, 0.68), shade(color, 1.08))
    if name == "top" and rng.random() < 0.2:
        height = g.node("SeparateXYZ", {0: g.in_space()}).outputs[2]
        band = g.math("LESS_THAN", g.math("FRACT", g.math("MULTIPLY", height, 14.0)), 0.4)
        tone = g.mix(band, tone, vary(rng, srgb(rng.choice(TOPS))))
    return g.matt(tone)
