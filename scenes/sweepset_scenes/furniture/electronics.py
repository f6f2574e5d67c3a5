"""Electronics: televisions, monitors, laptops, keyboards, computers, copiers, speakers, consoles.

Screens are 16:9: by their diagonal in inches, 0.886 wide and 0.498 high per unit of diagonal; televisions of 32 to 65
inches, monitors of 19 to 27, laptops of 13 to 16. Keyboards are 0.36 or 0.44 m wide (ISO 9995's 19 mm pitch), mice
0.11 m long, copiers take A4.
"""

from __future__ import annotations

import math
import random
from dataclasses import replace

from ..materials.room_materials import Looks
from ..materials.shaders import Material
from ..piece import Part, Piece, settled, single
from ..shapes.primitives import Shape, box, cylinder, frame, join, lathe, loft, prism, rounded, smooth, tube

INCH = 0.0254
WIDE, TALL = 0.8716, 0.4903
"""Width and height of a 16:9 screen by its diagonal."""


def television(rng: random.Random, looks: Looks) -> Piece:
    """Make a television that stands: flat on a foot or two feet, or an old one with a tube."""
    if rng.random() < 0.25:
        return _tube_television(rng, looks)
    shape, width, _ = _flat(rng, looks, rng.choice((32, 37, 40, 43, 50, 55)), rng.uniform(0.008, 0.03))
    lift = rng.uniform(0.05, 0.1)
    shape = shape.moved(z=lift)
    foot = rng.choice(("disc", "feet", "slab"))
    if foot == "feet":
        for s in (-1, 1):
            x = s * width * 0.36
            shape += tube(looks.black, [(x, -0.02, lift + 0.01), (x, -0.13, 0.008)], 0.008, 6)
            shape += tube(looks.black, [(x, -0.02, lift + 0.01), (x, 0.1, 0.008)], 0.008, 6)
    else:
        shape += box(looks.black, (-0.05, -0.02, 0.008), (0.05, 0.01, lift + 0.06), 0.004)
        outline = rounded(width * 0.42, 0.22, 0.1 if foot == "disc" else 0.02, 5)
        shape += prism(looks.black, outline, 0.014, 0.004).moved(y=-0.01)
    return settled(single("television", shape, "television"))


def wall_television(rng: random.Random, looks: Looks) -> Piece:
    """Make a flat television on a wall, its lower edge 0.9 to 1.3 m high."""
    shape, _, high = _flat(rng, looks, rng.choice((40, 43, 50, 55, 65)), rng.uniform(0.006, 0.02))
    mount = box(looks.black, (-0.15, 0.02, high / 2 - 0.12), (0.15, 0.08, high / 2 + 0.12), 0.003)
    piece = settled(single("television", shape + mount, "television"))
    return replace(piece, hung=rng.uniform(0.95, 1.25))


def monitor(rng: random.Random, looks: Looks) -> Piece:
    """Make a computer's monitor on its stand, or two side by side."""
    size = rng.choice((19, 22, 24, 27))
    lit = rng.random() < 0.6
    image = looks.screen_image(rng) if lit else looks.screen
    body = rng.choice((looks.black, looks.black, looks.plastic, looks.white))
    count = 2 if rng.random() < 0.2 else 1
    parts = []
    for i in range(count):
        shape, width, high = _screen(
            body, image, size, rng.uniform(0.008, 0.022), 0.03, ratio=rng.choice((0.5625, 0.625))
        )
        lift = rng.uniform(0.08, 0.16)
        shape = shape.turned(-rng.uniform(0, 6), "X").moved(z=lift)
        shape += box(body, (-0.025, 0.012, 0.008), (0.025, 0.035, lift + high * 0.5), 0.004)
        if rng.random() < 0.5:
            shape += prism(body, rounded(0.24, 0.19, 0.08, 5), 0.012, 0.003).moved(y=0.01)
        else:
            shape += prism(body, rounded(0.26, 0.18, 0.012, 3), 0.012, 0.003).moved(y=0.01)
        if count == 2:
            shape = shape.turned((9, -9)[i]).moved((i - 0.5) * (width + 0.02))
        parts.append(shape)
    return settled(single("monitor", join(parts), "otherprop"))


def laptop(rng: random.Random, looks: Looks) -> Piece:
    """Make a laptop, open or closed."""
    size = rng.choice((13, 14, 15, 16)) * INCH
    width, deep = size * WIDE + 0.02, size * TALL * 1.12 + 0.04
    body = rng.choice((looks.black, looks.metal, looks.plastic, looks.white))
    base = prism(body, rounded(width, deep, 0.012, 3), 0.014, 0.003)
    if rng.random() < 0.25:
        lid = prism(body, rounded(width, deep, 0.012, 3), 0.007, 0.002).moved(z=0.0145)
        return settled(single("laptop", base + lid, "otherprop"))
    keys = [box(looks.black, (-width * 0.44, -0.02, 0.0135), (width * 0.44, deep * 0.42, 0.0148), 0.0004)]
    keys.append(
        _keys(looks.black if body is not looks.black else looks.plastic, width * 0.86, deep * 0.4, 5).moved(
            0.0, deep * 0.2, 0.0147
        )
    )
    keys.append(box(looks.black, (-0.05, -deep * 0.44, 0.0135), (0.05, -deep * 0.12, 0.0143), 0.0003))
    image = looks.screen_image(rng) if rng.random() < 0.65 else looks.screen
    lid, _, _ = _screen(body, image, size / INCH, 0.008, 0.006, 0.625)
    lid = lid.turned(-rng.uniform(8, 30), "X").moved(0.0, deep / 2 - 0.004, 0.015)
    shape = join([base, *keys, lid])
    return settled(single("laptop", shape, "otherprop"))


def keyboard(rng: random.Random, looks: Looks) -> Piece:
    """Make a keyboard and a mouse, with a pad and cables now and then."""
    width = rng.choice((0.36, 0.44, 0.44))
    body = rng.choice((looks.black, looks.black, looks.white, looks.plastic))
    caps = rng.choice((body, looks.black, looks.white))
    shape = prism(body, rounded(width, 0.14, 0.01, 2), 0.016, 0.004) + _keys(caps, width * 0.95, 0.115, 5).moved(
        z=0.0158
    )
    shape = shape.turned(3, "X")
    shape = shape.moved(z=-float(shape.vertices[:, 2].min()))
    parts = [Part("keyboard", shape, "otherprop")]
    x, z = width / 2 + rng.uniform(0.08, 0.14), 0.0
    if rng.random() < 0.4:
        pad = prism(rng.choice((looks.black, looks.cloth(rng))), rounded(0.23, 0.19, 0.01, 2), 0.003, 0.001)
        parts.append(Part("mouse pad", pad.moved(x + 0.05, 0.0), "otherprop"))
        x, z = x + 0.05, 0.003
    mouse = _mouse(rng.choice((body, looks.black)))
    if rng.random() < 0.6:
        cable = [(0.0, 0.052, 0.012), (0.02, 0.12, 0.003), (-0.03, 0.2, 0.003), (-0.05, 0.26, 0.003)]
        mouse += tube(looks.black, smooth(cable), 0.0022, 6)
    parts.append(
        Part("mouse", mouse.turned(rng.uniform(-20, 20)).moved(x, rng.uniform(-0.03, 0.03), z + 0.0002), "otherprop")
    )
    return settled(Piece("keyboard and mouse", tuple(parts)))


def computer(rng: random.Random, looks: Looks) -> Piece:
    """Make a computer's tower (0.18 to 0.22 m wide, 0.35 to 0.45 m high) or a flat desktop case."""
    body = rng.choice((looks.black, looks.black, looks.plastic, looks.white))
    face = rng.choice((body, looks.black, looks.metal))
    width, deep, high = rng.uniform(0.17, 0.22), rng.uniform(0.36, 0.46), rng.uniform(0.34, 0.45)
    w = width / 2
    parts = [
        box(body, (-w, -deep + 0.03, 0.01), (w, 0.0, high), 0.004),
        box(face, (-w, -deep, 0.012), (w, -deep + 0.031, high - 0.002), 0.01),
    ]
    z = high - 0.06
    for _ in range(rng.choice((0, 1, 2))):
        parts.append(
            box(
                looks.metal if face is not looks.metal else looks.black,
                (-w + 0.02, -deep - 0.002, z),
                (w - 0.02, -deep + 0.004, z + 0.035),
                0.002,
            )
        )
        z -= 0.05
    parts.append(cylinder(looks.metal, 0.012, 0.005, 0.001, 16).turned(90, "X").moved(0.0, -deep + 0.001, z - 0.02))
    for i in range(rng.choice((0, 5, 8))):
        parts.append(
            box(
                looks.screen,
                (-w + 0.03, -deep - 0.001, 0.04 + 0.013 * i),
                (w - 0.03, -deep + 0.003, 0.046 + 0.013 * i),
                0.001,
            )
        )
    parts += [
        box(looks.black, (x - 0.012, y - 0.02, 0.0), (x + 0.012, y + 0.02, 0.012), 0.002)
        for x in (-w + 0.03, w - 0.03)
        for y in (-deep + 0.06, -0.05)
    ]
    shape = join(parts)
    if rng.random() < 0.15:
        shape = shape.turned(90, "Y")
    return settled(single("computer", shape, "otherprop"))


def copier(rng: random.Random, looks: Looks) -> Piece:
    """Make an office's copier that stands on the floor, 1.0 to 1.2 m high."""
    width, deep, high = rng.uniform(0.58, 0.68), rng.uniform(0.6, 0.7), rng.uniform(0.95, 1.15)
    body, dark = rng.choice((looks.white, looks.plastic)), looks.black
    w, d = width / 2, deep
    parts = [
        box(dark, (-w + 0.04, -d + 0.04, 0.0), (w - 0.04, -0.04, 0.05), 0.004),
        box(body, (-w, -d, 0.045), (w, 0.0, high - 0.32), 0.01),
    ]
    for i in range(rng.choice((2, 3, 4))):
        z = 0.09 + 0.13 * i
        parts.append(box(body, (-w + 0.02, -d - 0.008, z), (w - 0.02, -d + 0.002, z + 0.12), 0.004))
        parts.append(box(dark, (-0.1, -d - 0.01, z + 0.08), (0.1, -d - 0.006, z + 0.105), 0.002))
    parts.append(box(body, (-w, -0.12, high - 0.33), (w, 0.0, high - 0.13), 0.006))
    parts.append(box(body, (w - 0.1, -d, high - 0.33), (w, -0.1, high - 0.13), 0.006))
    parts.append(box(body, (-w, -d, high - 0.14), (w, 0.0, high - 0.07), 0.008))
    parts.append(box(dark, (-w + 0.02, -d + 0.06, high - 0.072), (w - 0.05, -0.02, high), 0.012))
    panel = (
        box(dark, (-0.16, -0.09, 0.0), (0.16, 0.05, 0.03), 0.006)
        + box(looks.screen_image(rng), (-0.09, -0.07, 0.029), (0.03, 0.03, 0.0315), 0.001).fitted()
    )
    parts.append(panel.turned(20, "X").moved(w - 0.2, -d - 0.03, high - 0.12))
    parts.append(box(looks.paper, (-w + 0.06, -d + 0.05, high - 0.321), (-w + 0.36, -d + 0.26, high - 0.31), 0.001))
    return settled(single("copier", join(parts), "otherprop"))


def speaker(rng: random.Random, looks: Looks) -> Piece:
    """Make a loudspeaker: a small one for a shelf, or a tall one that stands on the floor."""
    tall = rng.random() < 0.4
    width, deep = rng.uniform(0.13, 0.22), rng.uniform(0.16, 0.3)
    high = rng.uniform(0.8, 1.05) if tall else rng.uniform(0.22, 0.38)
    body, w = rng.choice((looks.black, looks.wood, looks.wood2)), width / 2
    parts = [box(body, (-w, -deep, 0.0), (w, 0.0, high), 0.004)]
    if rng.random() < 0.35:
        parts.append(box(looks.black, (-w + 0.01, -deep - 0.012, 0.02), (w - 0.01, -deep + 0.001, high - 0.01), 0.005))
    else:
        z = high - w
        for radius in (w * 0.35, w * 0.8) if not tall else (w * 0.35, w * 0.75, w * 0.75):
            cone = [
                (radius, 0.0),
                (radius, 0.006),
                (radius * 0.88, 0.007),
                (radius * 0.35, -0.01),
                (radius * 0.2, 0.0),
                (0.004, 0.004),
            ]
            ring = lathe(
                looks.plastic,
                [(radius * 1.08, -0.002), (radius * 1.08, 0.004), (radius * 0.96, 0.004), (radius * 0.96, -0.002)],
                24,
                closed=True,
            )
            shape = lathe(looks.black, [(0.004, -0.014), (radius, -0.014), *cone], 24) + ring
            parts.append(shape.turned(90, "X").moved(0.0, -deep, z))
            z -= radius * 2.3
    return settled(single("speaker", join(parts), "otherprop"))


def stereo(rng: random.Random, looks: Looks) -> Piece:
    """Make boxes below a television or in a shelf: amplifier, player, receiver, one on the other."""
    parts, z = [], 0.0
    for _ in range(rng.choice((1, 1, 2, 3))):
        width, deep, high = rng.uniform(0.34, 0.43), rng.uniform(0.24, 0.34), rng.uniform(0.045, 0.13)
        body, w = rng.choice((looks.black, looks.metal)), width / 2
        parts.append(box(body, (-w, -deep, z + 0.008), (w, 0.0, z + high), 0.003))
        parts += [
            cylinder(looks.black, 0.015, 0.01, 0.001, 10).moved(x, y, z)
            for x in (-w + 0.04, w - 0.04)
            for y in (-deep + 0.04, -0.04)
        ]
        parts.append(
            box(
                looks.screen,
                (-w * 0.5, -deep - 0.002, z + high * 0.45),
                (w * 0.4, -deep + 0.002, z + high * 0.75),
                0.001,
            )
        )
        if high > 0.09:
            parts.append(
                cylinder(looks.metal, 0.02, 0.02, 0.003, 20).turned(90, "X").moved(w * 0.72, -deep, z + high * 0.55)
            )
        parts += [
            cylinder(looks.metal, 0.006, 0.008, 0.001, 10)
            .turned(90, "X")
            .moved(-w * 0.9 + 0.025 * i, -deep, z + high * 0.5)
            for i in range(4)
        ]
        z += high
    return settled(single("stereo", join(parts), "otherprop"))


def game_console(rng: random.Random, looks: Looks) -> Piece:
    """Make a game console with one or two controllers and their cables."""
    body = rng.choice((looks.black, looks.white, looks.plastic))
    parts = [prism(body, rounded(0.28, 0.22, rng.choice((0.01, 0.06)), 4), rng.uniform(0.05, 0.09), 0.01).moved(y=0.0)]
    parts.append(box(looks.screen, (-0.12, -0.112, 0.02), (0.02, -0.105, 0.03), 0.001))
    items = [Part("game console", join(parts), "otherprop")]
    for i in range(rng.choice((1, 2))):
        pad = prism(
            body,
            [
                (-0.05, -0.02),
                (0.05, -0.02),
                (0.085, -0.06),
                (0.09, 0.01),
                (0.06, 0.045),
                (-0.06, 0.045),
                (-0.09, 0.01),
                (-0.085, -0.06),
            ],
            0.035,
            0.012,
        )
        pad += join([cylinder(looks.black, 0.012, 0.012, 0.003, 12).moved(x, -0.005, 0.034) for x in (-0.035, 0.035)])
        if rng.random() < 0.5:
            pad += tube(
                looks.black,
                smooth([(0.0, 0.04, 0.012), (0.04, 0.1, 0.004), (-0.06, 0.15, 0.004), (0.0, 0.24, 0.004)]),
                0.003,
                6,
            )
        items.append(
            Part("controller", pad.turned(rng.uniform(-40, 40)).moved(-0.14 + 0.26 * i, -0.4, 0.0), "otherprop")
        )
    return settled(Piece("game console", tuple(items)))


def _flat(rng: random.Random, looks: Looks, inches: float, rim: float) -> tuple[Shape, float, float]:
    image = looks.screen_image(rng) if rng.random() < 0.2 else looks.screen
    return _screen(looks.black, image, inches, rim, rng.uniform(0.03, 0.06))


def _screen(
    body: Material, image: Material, inches: float, rim: float, thick: float, ratio: float = 0.5625
) -> tuple[Shape, float, float]:
    """Make an upright screen, its lower edge on z = 0 and its back around y = 0; return it, its width and height."""
    wide = inches * INCH / math.hypot(1.0, ratio)
    tall = wide * ratio
    w, high = wide / 2 + rim, tall + 2 * rim + 0.006
    parts = [frame(body, (-w, 0.0, w, high), (-wide / 2, rim + 0.006, wide / 2, high - rim), 0.0, -0.012)]
    parts.append(box(body, (-w + 0.002, -0.004, 0.002), (w - 0.002, 0.006, high - 0.002), 0.002))
    if thick > 0.01:
        parts.append(box(body, (-w * 0.72, 0.005, high * 0.12), (w * 0.72, thick - 0.012, high * 0.85), 0.012))
    parts.append(
        box(image, (-wide / 2 - 0.001, -0.008, rim + 0.005), (wide / 2 + 0.001, -0.0035, high - rim + 0.001), 0.0004)
    )
    return join(parts).fitted(image), 2 * w, high


def _tube_television(rng: random.Random, looks: Looks) -> Piece:
    """Make a television with a tube, 4:3, as deep as it is high."""
    wide = rng.choice((14, 20, 24, 28)) * INCH * 0.8
    tall = wide * 0.75
    body = rng.choice((looks.black, looks.plastic, looks.wood))
    w, high, deep = wide / 2 + 0.04, tall + 0.12, wide * 0.85
    rings = []
    for y, grow in ((-deep + 0.0, 1.0), (-deep + 0.12, 1.0), (-deep * 0.45, 0.85), (-0.06, 0.5), (0.0, 0.45)):
        rings.append([(x * grow, -y, z * grow) for x, z in rounded(2 * w, high, 0.02, 2)[::-1]])
    back = loft(body, [[(x, -y, z + high / 2) for x, y, z in ring] for ring in rings])
    face = frame(body, (-w, 0.0, w, high), (-wide / 2, 0.08, wide / 2, high - 0.04), -deep + 0.002, -deep - 0.02)
    glass = []
    for i in range(4):
        t = i / 3
        glass.append(
            [
                (x * (1 - 0.7 * t), -deep + 0.004 - 0.014 * math.sin(t * 1.5), z * (1 - 0.7 * t) + high / 2 + 0.02)
                for x, z in rounded(wide + 0.004, tall + 0.004, 0.02, 3)
            ]
        )
    parts = [back, face, loft(looks.screen, glass)]
    for i in range(6):
        parts.append(
            box(
                looks.plastic if body is not looks.plastic else looks.black,
                (w - 0.1 - 0.03 * i, -deep - 0.024, 0.025),
                (w - 0.085 - 0.03 * i, -deep - 0.018, 0.035),
                0.001,
            )
        )
    parts.append(box(body, (-w * 0.7, -deep + 0.05, -0.015), (w * 0.7, -deep * 0.4, 0.02), 0.003))
    return settled(single("television", join(parts), "television"))


def _keys(caps: Material, width: float, deep: float, rows: int) -> Shape:
    """Make rows of keys on z = 0, each row's wide keys as blocks of few faces."""
    parts, pitch = [], deep / rows
    count = round(width / 0.0195)
    for j in range(rows):
        y = -deep / 2 + pitch * j
        x, step = -width / 2, width / count
        i = 0
        while i < count:
            span = 6 if (j == 0 and i == 4) else 1
            parts.append(_cap(caps, x + 0.0012, y + 0.0012, step * span - 0.0024, pitch - 0.0024))
            x += step * span
            i += span
    return join(parts)


def _cap(material: Material, x: float, y: float, wide: float, deep: float) -> Shape:
    """Make one key of eight corners."""
    rings = []
    for inset, z in ((0.0, 0.0), (0.0014, 0.0035)):
        rings.append(
            [
                (x + inset, y + inset, z),
                (x + wide - inset, y + inset, z),
                (x + wide - inset, y + deep - inset, z),
                (x + inset, y + deep - inset, z),
            ]
        )
    return loft(material, rings)


def _mouse(body: Material) -> Shape:
    """Make a mouse, 11 cm long, its front towards +y."""
    rings = []
    for shrink, z in ((0.9, 0.0), (1.0, 0.006), (0.98, 0.016), (0.85, 0.028), (0.55, 0.036), (0.2, 0.0385)):
        rings.append([(x * shrink, y * shrink - 0.008 * (1 - shrink), z) for x, y in rounded(0.06, 0.105, 0.028, 4)])
    return loft(body, rings)
