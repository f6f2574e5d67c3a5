"""Trees, bushes and hedges: branches, and leaves as single faces, so that light falls through a crown.

A leaf here stands for a spray of real ones: a kite of 15 to 45 cm, bent along its middle.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...materials.shaders import Color, Graph, Material, mean, shade, srgb, vary
from ...piece import Piece, single
from ...shapes.primitives import Shape, box, join, shape, smooth, tube

SEASONS = ("spring", "summer", "autumn", "winter")
FORMS = ("round", "spreading", "column", "birch", "young", "conifer", "palm")
"""Forms of trees; palms keep to places without a winter."""
GREENS = (0x5A7A35, 0x66863C, 0x6F8A42, 0x4A6A35, 0x7A944C)
LEAVES = {
    "spring": (0x7C9A3F, 0x88A347, 0x6E8F3A, 0xE6B8C2, 0xF0E6E2),
    "summer": GREENS,
    "autumn": (0xC08A1E, 0xB5541C, 0x8F2F1A, 0xA9862B, 0x6F6A2A),
    "winter": (0x6E5A38,),
}
"""Colours of leaves and blossom by season, as a screen's 0xRRGGBB."""
BARKS = (0x4A3F35, 0x5B5046, 0x3C342C, 0x6A5F52)


@dataclass(frozen=True)
class _Crown:
    """How a tree branches: lengths as shares of its height, angles in degrees from the upright."""

    clear: float
    """Height of the lowest limbs."""
    limbs: int
    reach: float
    """Length of a limb; those further up are shorter."""
    rise: tuple[float, float]
    """Angle of the lowest and of the highest limbs."""
    height: tuple[float, float]
    """Metres."""
    leaves: int


CROWNS = {
    "round": _Crown(0.26, 10, 0.34, (72, 25), (6.0, 11.0), 2600),
    "spreading": _Crown(0.28, 9, 0.46, (66, 45), (5.5, 9.0), 2800),
    "column": _Crown(0.14, 16, 0.22, (32, 12), (8.0, 14.0), 2600),
    "birch": _Crown(0.24, 13, 0.28, (55, 22), (7.0, 12.0), 2300),
    "young": _Crown(0.42, 7, 0.3, (52, 20), (4.2, 5.8), 1200),
}


def tree(rng: random.Random, season: str = "summer", form: str = "", clear: float = 0.0) -> Piece:
    """Make a tree of 4 to 14 m; of any form but a palm if none is named.

    A broadleaf has neither branches nor leaves below `clear` metres: streets have theirs pruned.
    """
    form = form or rng.choice(FORMS[:-1])
    made = {"conifer": _conifer, "palm": _palm}.get(form)
    return single("tree", made(rng) if made else _broadleaf(rng, season, form, clear), "vegetation")


def bush(rng: random.Random, season: str = "summer") -> Piece:
    """Make a bush of 0.6 to 2 m: stems from the ground, leaves in clumps."""
    wide, tall = rng.uniform(0.5, 1.2), rng.uniform(0.6, 1.8)
    stems, tips = [], []
    bark = _bark(rng, rng.choice(BARKS))
    for _ in range(rng.randint(6, 11)):
        turn, out = rng.uniform(0, 2 * math.pi), rng.uniform(0.25, 1.0)
        tip = np.array(
            (0.8 * wide * out * math.cos(turn), 0.8 * wide * out * math.sin(turn), tall * (1.1 - 0.55 * out))
        )
        stems.append(
            tube(bark, [(0.1 * tip[0], 0.1 * tip[1], -0.05), tuple(0.6 * tip), tuple(tip)], [0.02, 0.013, 0.006], 4)
        )
        tips += [(tip, 0.42 * wide), (0.62 * tip, 0.4 * wide)]
    if season != "winter":
        stems.append(foliage(rng, _foliage(rng, season), tips, 1300, (0.1, 0.2), 0.9))
    return single("bush", join(stems), "vegetation")


def hedge(rng: random.Random, length: float, height: float = 1.2, depth: float = 0.6, season: str = "summer") -> Piece:
    """Make a clipped hedge along x: a dark core, and leaves on its sides and top, a metre's for each metre."""
    evergreen = season == "summer" or rng.random() < 0.6
    leaf = _foliage(rng, "summer" if evergreen else season)
    core = box(
        _dark(), (-length / 2 + 0.06, -depth / 2 + 0.06, 0.0), (length / 2 - 0.06, depth / 2 - 0.06, height - 0.06)
    )
    sides = ((0, 2, depth / 2), (0, 2, -depth / 2), (0, 1, height), (1, 2, length / 2), (1, 2, -length / 2))
    size = np.array((length, depth, height))
    own = np.random.default_rng(rng.getrandbits(32))
    points, ways = [], []
    for a, b, at in sides:
        count = int(150 * size[a] * size[b])
        normal = 3 - a - b
        spot = np.empty((count, 3))
        spot[:, [a, b]] = own.random((count, 2)) * size[[a, b]]
        spot[:, :2] -= size[:2] / 2 * [normal != 0, normal != 1]
        spot[:, normal] = at + own.normal(0.0, 0.03, count) - 0.03 * np.sign(at)
        way = own.normal(0.0, 0.45, (count, 3))
        way[:, normal] += math.copysign(1.0, at)
        points.append(spot)
        ways.append(way)
    leaves = _kites(own, leaf, np.concatenate(points), np.concatenate(ways), (0.1, 0.19))
    return single("hedge", join([core, leaves.bent(lambda p: np.maximum(p, (-1e9, -1e9, 0.0)))]), "vegetation")


def foliage(
    rng: random.Random,
    material: Material,
    clumps: Sequence[tuple[np.ndarray, float]],
    count: int,
    length: tuple[float, float],
    flat: float = 0.7,
    clear: float = -math.inf,
) -> Shape:
    """Make leaves in clumps, each of a middle and a radius; `flat` is the height of a clump by its width.

    None hang below the height `clear`.
    """
    own = np.random.default_rng(rng.getrandbits(32))
    middles = np.array([middle for middle, _ in clumps])
    radii = np.array([radius for _, radius in clumps])
    which = own.choice(len(radii), count, p=radii**2 / (radii**2).sum())
    away = own.normal(size=(count, 3))
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    # Most leaves are near the outside of their clump, where the light is.
    away *= (own.random((count, 1)) ** 0.45) * (1.0, 1.0, flat)
    points = middles[which] + away * radii[which, None]
    ways = away + own.normal(0.0, 0.45, (count, 3)) + (0.0, 0.0, 0.5)
    above = points[:, 2] - length[1] > clear
    return _kites(own, material, points[above], ways[above], length)


def _kites(
    own: np.random.Generator, material: Material, points: np.ndarray, normals: np.ndarray, length: tuple[float, float]
) -> Shape:
    """Make a leaf of two triangles at each point, (n, 3), facing along its normal, (n, 3)."""
    count = len(points)
    normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-6)
    along = np.cross(normals, own.normal(size=(count, 3)))
    along[:, 2] -= 0.35  # leaves hang
    along -= (along * normals).sum(axis=1, keepdims=True) * normals
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    across = np.cross(normals, along)
    long = own.uniform(*length, (count, 1))
    wide = long * own.uniform(0.24, 0.36, (count, 1))
    belly = points + 0.1 * long * along
    corners = np.stack(
        (
            points - 0.5 * long * along,
            belly + wide * across - 0.25 * wide * normals,
            points + 0.5 * long * along - 0.1 * long * normals,
            belly - wide * across - 0.25 * wide * normals,
        ),
        axis=1,
    ).reshape(-1, 3)
    first = np.arange(0, 4 * count, 4)[:, None]
    faces = (first + np.array((0, 1, 2, 0, 2, 3))).reshape(-1, 3)
    return shape(material, corners, [tuple(face) for face in faces.tolist()])


def _broadleaf(rng: random.Random, season: str, form: str, clear: float) -> Shape:
    crown = CROWNS[form]
    tall = rng.uniform(*crown.height)
    lowest = max(crown.clear, min(clear / tall, 0.7))
    bark = _bark(rng, 0xC9C4B8, 0x2A2825) if form == "birch" else _bark(rng, rng.choice(BARKS))
    girth = tall * rng.uniform(0.016, 0.022) * (0.6 if form in ("birch", "young") else 1.0)
    stem = _path(rng, np.zeros(3) - (0, 0, 0.1), np.array((0.0, 0.0, 1.0)), tall * 0.86, 0.05)
    parts = [
        tube(bark, stem, [girth * (1.35 if i == 0 else 1.0 - 0.8 * i / (len(stem) - 1)) for i in range(len(stem))], 8)
    ]
    tips: list[tuple[np.ndarray, float]] = [(np.array(stem[-1]), 0.1 * tall)]
    bare = season == "winter"
    turn = rng.uniform(0, 360)
    for k in range(crown.limbs):
        share = k / (crown.limbs - 1)
        turn += 137.5 + rng.uniform(-25, 25)
        height = lowest + (0.8 - lowest) * share
        angle = math.radians(crown.rise[0] + (crown.rise[1] - crown.rise[0]) * share + rng.uniform(-8, 8))
        # The longest limbs are a third of the way up the crown.
        long = (
            tall * crown.reach * (0.8 + 0.5 * share if share < 0.35 else 1.18 - 0.85 * share) * rng.uniform(0.8, 1.15)
        )
        way = np.array(
            (
                math.sin(angle) * math.cos(math.radians(turn)),
                math.sin(angle) * math.sin(math.radians(turn)),
                math.cos(angle),
            )
        )
        start = _along(stem, height / 0.86)
        _branch(rng, bark, start, way, long, girth * 0.5 * (1.0 - 0.5 * share), 2 if bare else 1, parts, tips, clear)
    if not bare:
        count = int(crown.leaves * (rng.uniform(0.5, 0.9) if season == "autumn" else 1.0))
        scale = math.sqrt(tall / 8.0)
        parts.append(foliage(rng, _foliage(rng, season), tips, count, (0.2 * scale, 0.42 * scale), clear=clear))
    return join(parts)


def _branch(
    rng: random.Random,
    bark: Material,
    start: np.ndarray,
    way: np.ndarray,
    long: float,
    girth: float,
    depth: int,
    parts: list[Shape],
    tips: list[tuple[np.ndarray, float]],
    clear: float,
) -> None:
    """Grow a branch with its twigs, and add where leaves are; none that hangs below the height `clear`."""
    path = _path(rng, start, way, long, 0.12, 4)
    if min(point[2] for point in path) - girth < clear:
        return
    parts.append(
        tube(bark, path, [girth * (1.0 - 0.75 * i / (len(path) - 1)) for i in range(len(path))], 5 if depth else 3)
    )
    tips += [(np.array(path[-1]), 0.5 * long), (_along(path, 0.6), 0.42 * long)]
    if depth == 0:
        return
    for share in (0.4, 0.62, 0.8, 0.95) if depth == 1 else (0.3, 0.48, 0.64, 0.8, 0.95):
        aside = np.cross(way, (rng.gauss(0, 1), rng.gauss(0, 1), rng.gauss(0, 1)))
        aside /= np.linalg.norm(aside)
        onward = way + aside * rng.uniform(0.5, 1.0) + (0, 0, 0.25)
        twig = long * rng.uniform(0.35, 0.55)
        _branch(
            rng,
            bark,
            _along(path, share),
            onward / np.linalg.norm(onward),
            twig,
            girth * 0.5,
            depth - 1,
            parts,
            tips,
            clear,
        )


def _conifer(rng: random.Random) -> Shape:
    """Make a spruce: whorls of hanging boughs, each with needles on both sides."""
    tall = rng.uniform(5.0, 13.0)
    wide, clear = tall * rng.uniform(0.16, 0.24), rng.uniform(0.3, 1.2)
    bark = _bark(rng, 0x4A3B2E)
    parts = [tube(bark, [(0, 0, -0.1), (0, 0, tall / 2), (0, 0, tall)], [0.018 * tall, 0.01 * tall, 0.01], 7)]
    own = np.random.default_rng(rng.getrandbits(32))
    points, ways = [], []
    z, turn = clear, rng.uniform(0, 360)
    while z < tall - 0.2:
        reach = wide * (1 - (z - clear) / (tall - clear)) ** 0.85 + 0.12
        for k in range(9):
            turn += 360 / 9 + rng.uniform(-7, 7)
            angle, long = math.radians(turn), reach * rng.uniform(0.82, 1.12)
            out = np.array((math.cos(angle), math.sin(angle), 0.0))
            count, tier = max(int(long * 13), 4), z + rng.uniform(-0.16, 0.16)
            share = own.random(count)
            sag = -0.32 * long * share + 0.12 * long * share**2
            across = np.cross(out, (0, 0, 1)) * own.normal(0, 0.16 * long, count)[:, None] * (1.1 - share[:, None])
            points.append(out * (share * long)[:, None] + across + np.stack((0 * sag, 0 * sag, tier + sag), axis=1))
            ways.append(np.tile(out * 0.45 + (0, 0, 1.0), (count, 1)) + own.normal(0, 0.3, (count, 3)))
            if k % 3 == 0:
                parts.append(
                    tube(bark, [(0, 0, z), tuple(out * long * 0.8 + (0, 0, z - 0.2 * long))], [0.025, 0.008], 3)
                )
        z += rng.uniform(0.3, 0.42) * (0.75 + tall / 26)
    green = _leaf("needles", vary(rng, srgb(rng.choice((0x42583A, 0x4A6040, 0x55706A))), 0.15), 0.15)
    parts.append(_kites(own, green, np.concatenate(points), np.concatenate(ways), (0.3, 0.6)))
    return join(parts)


def _palm(rng: random.Random) -> Shape:
    """Make a palm: a leaning trunk, and fronds of two rows of leaflets."""
    tall = rng.uniform(5.0, 9.0)
    lean = np.array((rng.uniform(-0.7, 0.7), rng.uniform(-0.7, 0.7), 0.0))
    top = np.array((lean[0], lean[1], tall))
    bark = _bark(rng, 0x7A6A55)
    path = smooth([(0, 0, -0.1), tuple(0.25 * lean + (0, 0, tall / 2)), tuple(top)], 4)
    parts = [tube(bark, path, [0.2 if i == 0 else 0.15 - 0.03 * i / len(path) for i in range(len(path))], 8)]
    own = np.random.default_rng(rng.getrandbits(32))
    points, faces = [], []
    for k in range(rng.randint(16, 22)):
        turn, rise, long = k * 2.399, rng.uniform(-0.5, 1.1), rng.uniform(1.8, 2.6)
        out = np.array((math.cos(turn), math.sin(turn), 0.0))
        side = np.array((-math.sin(turn), math.cos(turn), 0.0))
        for t in np.linspace(0.12, 1.0, 16):
            mid = (
                top
                + out * long * t * math.cos(rise * (1 - t))
                + np.array((0, 0, long * (math.sin(rise) * t - 0.75 * t * t)))
            )
            size = 0.5 * math.sin(math.pi * min(0.15 + 0.8 * t, 1.0)) + 0.12
            for s in (-1, 1):
                tip = (
                    mid
                    + s * side * size * 0.85
                    + out * 0.3 * size
                    - np.array((0, 0, 0.45 * size + own.uniform(0, 0.1)))
                )
                first = len(points)
                points += [mid - 0.05 * out, mid + 0.05 * out, tip]
                faces.append((first, first + 1, first + 2) if s < 0 else (first + 1, first, first + 2))
    green = _leaf("frond", vary(rng, srgb(rng.choice((0x4F6B2C, 0x5F7438))), 0.12), 0.25)
    return join([*parts, shape(green, points, faces)])


def _path(rng: random.Random, start: np.ndarray, way: np.ndarray, long: float, bend: float, steps: int = 5) -> list:
    """Return points of a stem that winds a little and turns upwards."""
    points, way = [tuple(start)], np.array(way, float)
    here = np.array(start, float)
    for _ in range(steps - 1):
        here = here + way * long / (steps - 1)
        points.append(tuple(here))
        way = way + np.array((rng.gauss(0, bend), rng.gauss(0, bend), abs(rng.gauss(0, bend)) + 0.02))
        way /= np.linalg.norm(way)
    return points


def _along(path: Sequence, share: float) -> np.ndarray:
    """Return the point at a share of a path."""
    points = np.array(path, float)
    at = min(max(share, 0.0), 1.0) * (len(points) - 1)
    i = min(int(at), len(points) - 2)
    return points[i] + (at - i) * (points[i + 1] - points[i])


def _foliage(rng: random.Random, season: str) -> Material:
    return _leaf("leaves", vary(rng, srgb(rng.choice(LEAVES[season])), 0.12), 0.28)


def _leaf(name: str, color: Color, through: float) -> Material:
    """Make leaves that differ in tone, and that let some light through."""
    g = Graph(name, color)
    chance = g.node("NewGeometry").outputs["Random Per Island"]
    patch = g.span(g.noise(g.in_space(), 0.9, 2.0), 0.3, 0.7)
    yellow = (min(color[0] * 1.5 + 0.01, 0.9), min(color[1] * 1.3, 0.9), color[2] * 0.9)
    tone = g.mix(chance, shade(color, 0.7), g.mix(patch, color, yellow))
    lit = g.node("BsdfTranslucent", {"Color": tone}).outputs[0]
    face = g.node("BsdfDiffuse", {"Color": tone}).outputs[0]
    return g.finish(g.node("MixShader", {0: through, 1: face, 2: lit}).outputs[0])


def _bark(rng: random.Random, code: int, marks: int = 0) -> Material:
    """Make bark with furrows, or with dark marks across it as a birch has."""
    color = vary(rng, srgb(code), 0.15)
    g = Graph("bark", color)
    vector = g.node(
        "Mapping", {"Vector": g.in_space(), "Scale": (2.0, 2.0, 9.0) if marks else (9.0, 9.0, 1.4)}
    ).outputs[0]
    furrow = g.span(g.noise(vector, 1.6, 4.0, 0.65), 0.55 if marks else 0.35, 0.65)
    return g.matt(g.mix(furrow, color if marks else shade(color, 0.55), srgb(marks) if marks else color))


def _dark() -> Material:
    """Make the inside of a hedge."""
    color = mean(srgb(0x1A2412), srgb(0x2A2A1A))
    return Graph("hedge inside", color).matt(color)
