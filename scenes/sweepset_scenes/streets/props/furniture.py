"""What stands on sidewalks and along plots: benches, bins, fences, walls, boxes and hydrants."""

from __future__ import annotations

import math
import random

from ...materials.shaders import Material, concrete, metal, paint, plain, srgb, tiles, vary, wood
from ...piece import Piece, single
from ...shapes.primitives import Shape, box, cylinder, join, lathe, prism, sheet, smooth, tube

FENCES = ("picket", "board", "rail", "bars", "wire")
WALLS = ("brick", "plaster", "stone")


def bench(rng: random.Random) -> Piece:
    """Make a bench of 1.2 to 2 m whose sitter looks towards -y: slats on iron, or a block of concrete with slats."""
    long = rng.uniform(1.2, 2.0)
    slat = _planks(rng, "slat")
    iron = plain("iron", vary(rng, srgb(rng.choice((0x17191A, 0x24332B, 0x6A6E70)))), 0.5)
    parts = [
        box(slat, (-long / 2, -0.22 + 0.115 * k, 0.43), (long / 2, -0.12 + 0.115 * k, 0.465), 0.006) for k in range(4)
    ]
    if rng.random() < 0.7:
        back = [
            box(slat, (-long / 2, -0.018, 0.1 + 0.13 * k), (long / 2, 0.018, 0.2 + 0.13 * k), 0.006) for k in range(3)
        ]
        parts += [part.turned(-14, "X").moved(0.0, 0.24, 0.45) for part in back]
    for x in (-long / 2 + 0.15, long / 2 - 0.15):
        parts += [
            tube(iron, [(x, -0.24, 0.0), (x, -0.2, 0.41)], 0.022, 6),
            tube(iron, smooth([(x, 0.28, 0.0), (x, 0.21, 0.41), (x, 0.36, 0.9)], 3), 0.022, 6),
            box(iron, (x - 0.025, -0.23, 0.4), (x + 0.025, 0.24, 0.432), 0.004),
        ]
    return single("bench", join(parts), "bench")


def bin_(rng: random.Random) -> Piece:
    """Make a litter bin, a wheeled bin, or a basket on a post."""
    kind = rng.choice(("litter", "wheeled", "basket"))
    color = vary(rng, srgb(rng.choice((0x2A4A38, 0x3A3D40, 0x24406A, 0x6A2E22, 0x7A7C7E))), 0.15)
    hull = plain("bin", color, 0.5)
    dark = plain("opening", (0.01, 0.01, 0.01), 0.8)
    if kind == "litter":
        made = lathe(hull, [(0.2, 0.0), (0.24, 0.05), (0.26, 0.75), (0.27, 0.8), (0.24, 0.92), (0.05, 1.0)], 18)
        made = made + box(dark, (-0.14, -0.27, 0.72), (0.14, -0.2, 0.84), 0.02)
    elif kind == "wheeled":
        lid = plain("lid", vary(rng, srgb(rng.choice((0x24406A, 0x2A4A38, 0x3A3D40, 0xC9A21E))), 0.1), 0.45)
        # Its sides lean out upwards.
        tub = box(hull, (-0.25, -0.3, 0.06), (0.25, 0.28, 1.0), 0.03)
        tub = tub.bent(lambda p: p * (1.0, 1.0, 1.0) * ((0.82 + 0.18 * p[:, 2:3]) * (1, 1, 0) + (0, 0, 1)))
        wheel = cylinder(dark, 0.1, 0.05, 0.01, 14).turned(90, "Y")
        made = join(
            [
                tub,
                box(lid, (-0.28, -0.35, 1.0), (0.28, 0.32, 1.06), 0.025),
                wheel.moved(-0.29, 0.26, 0.1),
                wheel.moved(0.24, 0.26, 0.1),
            ]
        )
        made = made + tube(hull, [(-0.2, 0.34, 0.98), (0.2, 0.34, 0.98)], 0.018, 6)
    else:
        post = lathe(plain("post", srgb(0x6A6E70), 0.5), [(0.035, 0.0), (0.03, 1.15)], 10)
        made = post + lathe(
            hull, [(0.14, 0.55), (0.17, 0.58), (0.19, 1.02), (0.2, 1.05), (0.16, 1.05), (0.14, 0.6)], 16
        ).moved(0.0, -0.2, 0.0)
    return single("bin", made, "bin")


def fence(rng: random.Random, length: float, kind: str = "", height: float = 0.0) -> Piece:
    """Make a fence along x, centred: pickets, boards, rails, iron bars or wire mesh."""
    kind = kind or rng.choice(FENCES)
    tall = height or {"picket": 1.0, "board": 1.8, "rail": 1.1, "bars": 1.3, "wire": 1.6}[kind] * rng.uniform(0.9, 1.1)
    makers = {"picket": _pickets, "board": _boards, "rail": _rails, "bars": _bars, "wire": _mesh}
    return single("fence", join(makers[kind](rng, length, tall)), "fence")


def wall(rng: random.Random, length: float, kind: str = "", height: float = 0.0) -> Piece:
    """Make a garden wall along x, centred: brick, plaster or stone, with its coping."""
    kind, tall = kind or rng.choice(WALLS), height or rng.uniform(0.6, 1.9)
    body: Material
    if kind == "brick":
        body = tiles(
            "brick",
            vary(rng, srgb(rng.choice((0x8A4632, 0x9C5A3C, 0x6E3A2C, 0xB08A68))), 0.12),
            srgb(0xB8B0A2),
            0.22,
            0.075,
            0.5,
            0.85,
            gap=0.012,
        )
    elif kind == "stone":
        body = tiles(
            "stone",
            vary(rng, srgb(rng.choice((0x8E8A80, 0x9C927E, 0x77746E))), 0.12),
            srgb(0x6A665E),
            0.4,
            0.19,
            0.37,
            0.85,
            gap=0.02,
        )
    else:
        body = paint("plaster", vary(rng, srgb(rng.choice((0xE4DFD2, 0xD6C7A8, 0xC9C6BF, 0xE0D2C0))), 0.1), None, 0.3)
    cap = concrete("coping", vary(rng, srgb(0xA9A498)), 0.8)
    made = box(body, (-length / 2, -0.12, 0.0), (length / 2, 0.12, tall), 0.004)
    return single(
        "wall",
        made + box(cap, (-length / 2 - 0.02, -0.16, tall), (length / 2 + 0.02, 0.16, tall + 0.07), 0.012),
        "wall",
    )


def guard_rail(rng: random.Random, length: float) -> Piece:
    """Make a crash barrier along x that faces -y: a rail of W form on posts 2 m apart."""
    steel = metal("galvanized", vary(rng, (0.52, 0.53, 0.54), 0.1), 0.5)
    profile = [
        (-0.02, 0.45),
        (-0.02, 0.49),
        (-0.09, 0.53),
        (-0.09, 0.56),
        (-0.02, 0.6),
        (-0.09, 0.64),
        (-0.09, 0.67),
        (-0.02, 0.71),
        (-0.02, 0.75),
    ]
    rows = [[(-length / 2, y, z), (length / 2, y, z)] for y, z in profile]
    parts = [sheet(steel, rows, 0.004)]
    count = max(round(length / 2), 1)
    for k in range(count):
        x = -length / 2 + (k + 0.5) * length / count
        parts.append(box(steel, (x - 0.03, -0.02, 0.0), (x + 0.03, 0.1, 0.74), 0.004))
    return single("guard rail", join(parts), "fence")


def trolley(rng: random.Random) -> Piece:
    """Make a shopping trolley pushed towards -y: a basket of wire on four castors."""
    steel = metal("trolley wire", vary(rng, (0.55, 0.56, 0.57), 0.05), 0.35)
    grip = plain("grip", vary(rng, srgb(rng.choice((0x8C2B2B, 0x24406A, 0x2F6B4A, 0xC9831E))), 0.1), 0.5)
    rubber = plain("castor", (0.03, 0.03, 0.03), 0.7)

    def ring(share: float) -> list[tuple[float, float, float]]:
        """The basket grows upwards, and leans out to its front."""
        wide, front, z = 0.2 + 0.07 * share, -0.36 - 0.12 * share, 0.5 + 0.45 * share
        return [(-wide, 0.4, z), (-wide, front, z), (wide, front, z), (wide, 0.4, z), (-wide, 0.4, z)]

    parts = [tube(steel, ring(share), 0.006 if share < 1 else 0.011, 5) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    for low, high in ((0, 1), (1, 2), (2, 3), (3, 4)):
        for k in range(9):
            feet = [
                tuple(a + (b - a) * k / 9 for a, b in zip(ring(share)[low], ring(share)[high])) for share in (0.0, 1.0)
            ]
            parts.append(tube(steel, feet, 0.004, 4))
    parts += [tube(steel, [(0.2 - 0.05 * k, 0.4, 0.5), (0.2 - 0.05 * k, -0.36, 0.5)], 0.004, 4) for k in range(1, 8)]
    for x in (-0.2, 0.2):
        parts.append(tube(steel, [(x, 0.4, 0.12), (x, 0.42, 0.5), (1.2 * x, 0.44, 1.0)], 0.013, 6))
        parts.append(tube(steel, [(x, 0.42, 0.14), (x, -0.3, 0.14), (x, -0.2, 0.5)], 0.013, 6))
        for y in (0.38, -0.3):
            parts.append(cylinder(rubber, 0.06, 0.03, 0.006, 12).turned(90, "Y").moved(x - 0.015, y, 0.06))
    parts.append(tube(grip, [(-0.27, 0.46, 1.0), (0.27, 0.46, 1.0)], 0.02, 8))
    return single("trolley", join(parts), "other")


def shelter(rng: random.Random, wide: float, deep: float) -> Piece:
    """Make a shelter for trolleys, open towards -y: a frame of tubes with a bent roof, and a rail on each side."""
    steel = metal("shelter frame", vary(rng, (0.5, 0.51, 0.52), 0.1), 0.45)
    roof = plain("shelter roof", vary(rng, srgb(rng.choice((0xB8C4C8, 0x8C9A9E, 0x24406A, 0x2F6B4A))), 0.1), 0.3)
    x, y = wide / 2 - 0.05, deep / 2 - 0.05
    parts = [tube(steel, [(i * x, j * y, 0.0), (i * x, j * y, 2.15)], 0.03, 8) for i in (-1, 1) for j in (-1, 1)]
    for i in (-1, 1):
        for z in (0.3, 0.75):
            parts.append(tube(steel, [(i * x, -y, z), (i * x, y, z)], 0.022, 8))
    parts.append(tube(steel, [(-x, y, 0.75), (x, y, 0.75)], 0.022, 8))
    bent = [(i * x * 1.08, 2.15 + 0.3 * (1 - i * i)) for i in (k / 5 - 1 for k in range(11))]
    parts.append(sheet(roof, [[(a, -y - 0.15, z), (a, y + 0.15, z)] for a, z in bent], 0.012))
    return single("trolley shelter", join(parts), "other")


def mailbox(rng: random.Random) -> Piece:
    """Make a mailbox on its post, as along suburban roads."""
    hull = plain("mailbox", vary(rng, srgb(rng.choice((0x1B1D1F, 0xE4E2DC, 0x6A2420, 0x24406A)))), 0.4)
    outline = [(-0.09, 0.0), (0.09, 0.0)] + [
        (0.09 * math.cos(t), 0.12 + 0.09 * math.sin(t)) for t in (math.pi * k / 8 for k in range(9))
    ]
    from_side = prism(hull, outline, 0.45, 0.003).turned(90, "X")
    post = box(_planks(rng, "post"), (-0.045, -0.045, 0.0), (0.045, 0.045, 1.04), 0.005)
    flag = box(plain("flag", srgb(0xB3201E), 0.4), (0.095, -0.05, 1.12), (0.1, 0.05, 1.3), 0.001)
    return single("mailbox", join([post, from_side.moved(0.0, 0.2, 1.04), flag]), "other")


def hydrant(rng: random.Random) -> Piece:
    """Make a fire hydrant."""
    red = plain("hydrant", vary(rng, srgb(rng.choice((0xB3201E, 0xD8A81E, 0xC9C6C0)))), 0.45)
    body = lathe(
        red,
        [
            (0.15, 0.0),
            (0.15, 0.04),
            (0.1, 0.06),
            (0.1, 0.5),
            (0.13, 0.52),
            (0.12, 0.58),
            (0.08, 0.66),
            (0.03, 0.7),
            (0.03, 0.75),
        ],
        16,
    )
    nozzle = cylinder(red, 0.05, 0.34, 0.01, 12).turned(90, "Y").moved(-0.17, 0.0, 0.4)
    return single(
        "hydrant",
        join([body, nozzle, cylinder(red, 0.065, 0.16, 0.01, 12).turned(90, "X").moved(0.0, 0.0, 0.38)]),
        "other",
    )


def cabinet(rng: random.Random) -> Piece:
    """Make a roadside cabinet for cables."""
    grey = plain("cabinet", vary(rng, srgb(rng.choice((0x8E928C, 0x5E6A60, 0xB4B2AA))), 0.1), 0.55, vary=0.08)
    wide, tall = rng.uniform(0.5, 1.2), rng.uniform(0.9, 1.35)
    parts = [
        box(grey, (-wide / 2, -0.17, 0.06), (wide / 2, 0.17, tall), 0.01),
        box(concrete("base", srgb(0x8A8780), 0.8), (-wide / 2 - 0.02, -0.19, 0.0), (wide / 2 + 0.02, 0.19, 0.08), 0.01),
    ]
    parts.append(box(grey, (-wide / 2 - 0.02, -0.2, tall), (wide / 2 + 0.02, 0.2, tall + 0.05), 0.015))
    return single("cabinet", join(parts), "other")


def _pickets(rng: random.Random, length: float, tall: float) -> list[Shape]:
    color = vary(rng, srgb(rng.choice((0xEDEBE4, 0xEDEBE4, 0x8A6A48, 0x6E6258))), 0.08)
    board = paint("picket", color, 0.5, 0.2)
    parts = [box(board, (-length / 2, 0.0, z), (length / 2, 0.04, z + 0.08), 0.004) for z in (0.22 * tall, 0.74 * tall)]
    count = max(int(length / 0.14), 1)
    one = box(board, (-0.04, -0.02, 0.06), (0.04, 0.0, tall), 0.003)
    one = one.bent(lambda p: p * ((p[:, 2:3] < tall - 0.01) * (0.98, 0, 0) + (0.02, 1, 1)))
    parts += [one.moved(-length / 2 + (k + 0.5) * length / count) for k in range(count)]
    return parts + _posts(board, length, tall - 0.06, 0.04, 0.078)


def _boards(rng: random.Random, length: float, tall: float) -> list[Shape]:
    board = _planks(rng, "board")
    count = max(round(length / 0.16), 1)
    wide = length / count
    parts = [
        box(
            board,
            (-length / 2 + k * wide + 0.003, -0.012, 0.05),
            (-length / 2 + (k + 1) * wide - 0.003, 0.012, tall + rng.uniform(-0.008, 0.008)),
            0.003,
        )
        for k in range(count)
    ]
    return parts + _posts(board, length, tall + 0.05, 0.045, 0.055)


def _rails(rng: random.Random, length: float, tall: float) -> list[Shape]:
    board = _planks(rng, "rail")
    rails = [
        box(board, (-length / 2, -0.03, tall * s - 0.06), (length / 2, 0.015, tall * s + 0.06), 0.01).crossed()
        for s in (0.4, 0.68, 0.94)
    ]
    return rails + _posts(board, length, tall + 0.08, 0.06, 0.05)


def _bars(rng: random.Random, length: float, tall: float) -> list[Shape]:
    iron = plain("iron", vary(rng, srgb(rng.choice((0x17191A, 0x1E2E26, 0x3A3D40)))), 0.45)
    parts = [box(iron, (-length / 2, -0.015, z), (length / 2, 0.015, z + 0.03), 0.003) for z in (0.12, tall - 0.15)]
    count = max(round(length / 0.13), 1)
    one = lathe(iron, [(0.009, 0.04), (0.009, tall - 0.06), (0.016, tall - 0.04), (0.001, tall)], 5)
    return (
        parts
        + [one.moved(-length / 2 + (k + 0.5) * length / count) for k in range(count)]
        + _posts(iron, length, tall, 0.025, 0.0)
    )


def _mesh(rng: random.Random, length: float, tall: float) -> list[Shape]:
    """Make wires crossing each other, 12 cm apart: coarse enough to be cheap."""
    steel = metal("wire", vary(rng, (0.45, 0.47, 0.45), 0.15), 0.5)
    parts = [
        tube(steel, [(-length / 2, 0, z), (length / 2, 0, z)], 0.004 if 0 < k < 12 else 0.02, 4)
        for k, z in enumerate(0.06 + (tall - 0.1) * k / 12 for k in range(13))
    ]
    count = max(round(length / 0.12), 1)
    parts += [
        tube(
            steel,
            [(-length / 2 + k * length / count, 0, 0.05), (-length / 2 + k * length / count, 0, tall - 0.04)],
            0.004,
            3,
        )
        for k in range(count + 1)
    ]
    return parts + _posts(steel, length, tall + 0.05, 0.03, 0.0)


def _posts(material: Material, length: float, tall: float, half: float, y: float) -> list[Shape]:
    """Make posts about 2.2 m apart, behind a fence by `y`."""
    count = max(math.ceil(length / 2.2), 1)
    return [
        box(material, (x - half, y - half, 0.0), (x + half, y + half, tall), 0.006)
        for x in (-length / 2 + half + k * (length - 2 * half) / count for k in range(count + 1))
    ]


def _planks(rng: random.Random, name: str) -> Material:
    light = vary(rng, srgb(rng.choice((0x9A7A56, 0x7A5C40, 0x8E8578, 0x6A5A4A, 0xB08A60))), 0.1)
    dark = (light[0] * 0.55, light[1] * 0.52, light[2] * 0.5)
    return wood(name, dark, light, 0.7)
