"""On walls: pictures, posters, mirrors, shelves, boards, clocks, hooks with coats, radiators, columns, switches.

Makers of pieces whose `hung` is the height of their lowest point: pictures hang with their middle at eye level, 1.45
to 1.6 m; switches at 1.05 to 1.2 m, sockets at 0.3 m (usual in Europe and North America).
"""

from __future__ import annotations

import math
import random
from dataclasses import replace

from ..materials.room_materials import Looks
from ..piece import Part, Piece, Surface, settled, single
from ..shapes import appliances, cabinetry, crockery, paper
from ..shapes.primitives import Material, Shape, box, cylinder, frame, join, sheet
from . import belongings


def hung(name: str, shape: Shape, category: str, middle: float) -> Piece:
    """Make a piece of one thing on a wall, its middle at a height."""
    low, high = shape.vertices.min(axis=0), shape.vertices.max(axis=0)
    moved = shape.moved(-float(low[0] + high[0]) / 2, -float(high[1]), -float(low[2]))
    return Piece(name, (Part(name, moved, category),), hung=max(middle - float(high[2] - low[2]) / 2, 0.05))


def _rim(rng: random.Random, looks: Looks) -> Material:
    return rng.choice((looks.wood, looks.wood2, looks.black, looks.white, looks.metal, looks.gilt))


def _framed(rng: random.Random, looks: Looks, width: float, height: float) -> Shape:
    """Make a framed picture, centred on the origin: with or without a passe-partout, a wide or a slim frame."""
    image, rim = looks.picture(rng), _rim(rng, looks)
    if rng.random() < 0.2:  # a canvas without a frame
        return box(image, (-width / 2, -0.03, -height / 2), (width / 2, 0.0, height / 2), 0.002).fitted(image)
    mat = rng.choice((0.002, 0.002, 0.04, 0.07)) * min(1.0, 2 * min(width, height))
    shape = cabinetry.picture_frame(rim, looks.paper, image, width, height, mat).fitted(image)
    if rng.random() < 0.3:
        wide = rng.uniform(0.03, 0.07)
        outer = (-width / 2 - wide, -height / 2 - wide, width / 2 + wide, height / 2 + wide)
        inner = (-width / 2 + 0.01, -height / 2 + 0.01, width / 2 - 0.01, height / 2 - 0.01)
        shape = shape + frame(rim, outer, inner, -0.001, -0.035)
    return shape


def picture(rng: random.Random, looks: Looks) -> Piece:
    """Make a picture, 20 cm to 1.2 m wide."""
    width = rng.choice((0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.2)) * rng.uniform(0.9, 1.1)
    height = min(width * rng.choice((0.7, 0.75, 1.0, 1.3, 1.4)), 1.1)
    return hung("picture", _framed(rng, looks, width, height), "picture", rng.uniform(1.4, 1.65))


def picture_group(rng: random.Random, looks: Looks) -> Piece:
    """Make two to six pictures hung together: in a row, a column or a grid."""
    columns, rows = rng.choice(((2, 1), (3, 1), (1, 2), (1, 3), (2, 2), (3, 2)))
    size = rng.uniform(0.18, 0.36)
    width, height = size * rng.choice((0.75, 1.0, 1.0)), size
    parts = []
    for i in range(columns):
        for j in range(rows):
            one = _framed(rng, looks, width, height).moved((i - (columns - 1) / 2) * (width + 0.17), 0.0, 0.0)
            low = float(one.vertices[:, 2].min())
            parts.append(Part("picture", one.moved(z=-low + j * (height + 0.17)), "picture"))
    tall = rows * (height + 0.17)
    return Piece("pictures", tuple(parts), hung=max(1.5 - tall / 2, 0.9))


def poster(rng: random.Random, looks: Looks) -> Piece:
    """Make a poster without a frame: A3 to 70 by 100 cm, a corner maybe loose."""
    width = rng.choice((0.3, 0.42, 0.5, 0.6, 0.7))
    height, curl = 1.41 * width, rng.choice((0.0, 0.0, 0.03))
    rows = []
    for i in range(7):
        v = i / 6
        rows.append(
            [
                (width * (j / 6 - 0.5), -0.0015 - curl * max(j / 6 - 0.7, 0.0) * max(0.4 - v, 0.0) * 8, height * v)
                for j in range(7)
            ]
        )
    return hung("poster", sheet(looks.poster(rng), rows, 0.0008).fitted(), "picture", rng.uniform(1.4, 1.7))


def mirror(rng: random.Random, looks: Looks) -> Piece:
    """Make a mirror: small, round or as tall as a person."""
    kind = rng.choice(("square", "round", "tall"))
    if kind == "round":
        radius = rng.uniform(0.2, 0.4)
        disc = cylinder(looks.mirror, radius, 0.01, 0.002, 40) + cylinder(
            _rim(rng, looks), radius + 0.03, 0.006, 0.002, 40
        )
        return hung("mirror", disc.turned(90, "X"), "mirror", 1.5)
    width, height, middle = (0.45, 1.3, 1.0) if kind == "tall" else (rng.uniform(0.4, 0.9), rng.uniform(0.5, 0.8), 1.5)
    return hung("mirror", cabinetry.mirror(_rim(rng, looks), looks.mirror, width, height), "mirror", middle)


def clock(rng: random.Random, looks: Looks) -> Piece:
    """Make a wall clock."""
    face = crockery.clock(_rim(rng, looks), looks.paper, looks.black, rng.uniform(0.1, 0.17))
    return hung("clock", face, "otherprop", rng.uniform(1.8, 2.05))


def whiteboard(rng: random.Random, looks: Looks) -> Piece:
    """Make a whiteboard: 60 by 45 cm, or as wide as 2.4 m."""
    width = rng.choice((0.6, 0.9, 1.2, 1.8, 2.4))
    height = 0.45 if width < 0.7 else rng.choice((0.6, 0.9, 1.2))
    shape = cabinetry.whiteboard(looks.whiteboard, looks.metal, width, height).fitted(looks.whiteboard)
    pens = [
        cylinder(looks.colored(rng), 0.009, 0.13, 0.002, 8)
        .turned(90, "Y")
        .moved(-0.15 + 0.14 * i, -0.045, -height / 2 + 0.012)
        for i in range(2)
    ]
    return hung("whiteboard", join([shape, *pens]), "whiteboard", 1.5)


def blackboard(rng: random.Random, looks: Looks) -> Piece:
    """Make a blackboard, 90 cm to 2.4 m wide; nyu40 has it among other structures."""
    width = rng.choice((0.9, 1.2, 1.8, 2.4))
    rim = rng.choice((looks.wood, looks.wood2, looks.metal))
    shape = cabinetry.whiteboard(looks.black, rim, width, rng.choice((0.6, 0.9, 1.2)))
    return hung("blackboard", shape, "otherstructure", 1.5)


def projector_screen(rng: random.Random, looks: Looks) -> Piece:
    """Make a screen that is let down from its case: 1.4 to 2.0 m wide, 16:10 or 4:3."""
    width = rng.uniform(1.4, 2.0)
    height = width * rng.choice((0.625, 0.75))
    cloth = box(looks.paper, (-width / 2, -0.045, 0.0), (width / 2, -0.043, height), 0.0005)
    parts = [cloth, box(looks.white, (-width / 2 - 0.06, -0.09, height), (width / 2 + 0.06, 0.0, height + 0.09), 0.01)]
    parts.append(cylinder(looks.black, 0.012, width + 0.02, 0.002, 12).turned(90, "Y").moved(-width / 2 - 0.01, -0.044))
    return hung("projector screen", join(parts), "otherstructure", 1.45)


def column(rng: random.Random, looks: Looks, high: float = 2.5) -> Piece:
    """Make a column or a boxed pipe from floor to ceiling, square or round, 0.2 to 0.5 m thick."""
    size = rng.uniform(0.2, 0.5)
    face = rng.choice((looks.wall, looks.wall, looks.accent_wall, looks.trim, looks.trim))
    if rng.random() < 0.25:
        return settled(single("column", cylinder(face, 0.4 * size, high, 0.003, 32), "otherstructure"))
    deep = size * rng.uniform(0.6, 1.0)
    parts = [box(face, (-size / 2, -deep, 0.0), (size / 2, 0.0, high), 0.003)]
    if rng.random() < 0.5:
        parts.append(box(looks.trim, (-size / 2 - 0.012, -deep - 0.012, 0.0), (size / 2 + 0.012, 0.0, 0.09), 0.003))
    return settled(single("column", join(parts), "otherstructure"))


def pinboard(rng: random.Random, looks: Looks) -> Piece:
    """Make a board of cork or felt with notes and photos on it."""
    face = looks.pinboard(rng)
    width = rng.uniform(0.6, 1.2)
    shape = cabinetry.whiteboard(face, looks.wood2, width, width * rng.uniform(0.6, 0.75)).fitted(face)
    return hung("pin board", shape, "otherprop", 1.5)


def calendar(rng: random.Random, looks: Looks) -> Piece:
    """Make a wall calendar, a picture above a month."""
    image, page = looks.picture(rng), looks.page(rng)
    upper = box(image, (-0.15, -0.004, 0.0), (0.15, -0.001, 0.22), 0.0005).fitted(image)
    lower = box(page, (-0.15, -0.003, -0.22), (0.15, -0.001, -0.001), 0.0005).fitted(page)
    return hung("calendar", upper + lower, "paper", rng.uniform(1.4, 1.6))


def notes(rng: random.Random, looks: Looks) -> Piece:
    """Make papers pinned to a wall."""
    parts = []
    for _ in range(rng.randint(2, 7)):
        face = looks.page(rng)
        note = paper.page(face, 0.21 * rng.uniform(0.5, 1.0), 0.29 * rng.uniform(0.5, 1.0)).fitted(face)
        parts.append(note.moved(rng.uniform(-0.35, 0.35), -0.0006 * len(parts), rng.uniform(-0.2, 0.2)))
    return hung("notes", join(parts), "paper", 1.45)


def wall_shelf(rng: random.Random, looks: Looks) -> Piece:
    """Make one to three boards on brackets, for things to stand on."""
    length, depth = rng.uniform(0.5, 1.4), rng.uniform(0.16, 0.26)
    wood, count, pitch = rng.choice((looks.wood, looks.wood2, looks.painted)), rng.choice((1, 1, 2, 3)), 0.34
    parts, surfaces = [], []
    for i in range(count):
        ledge = cabinetry.ledge(wood, looks.metal, length, depth)
        top = float(ledge.vertices[:, 2].max())
        low = float(ledge.vertices[:, 2].min())
        parts.append(ledge.moved(-length / 2, 0.0, pitch * i - low))
        z = pitch * i - low + top
        # Below another board, things stand between its brackets.
        room, edge = (pitch - 0.08, 0.11) if i < count - 1 else (0.45, 0.02)
        surfaces.append(Surface((-length / 2 + edge, -depth + 0.01), (length / 2 - edge, -0.01), z, room, "shelf"))
    made = Part("wall shelf", join(parts), "shelves")
    return Piece("wall shelf", (made,), tuple(surfaces), hung=rng.uniform(1.15, 1.6))


def coat_rack(rng: random.Random, looks: Looks) -> Piece:
    """Make a board with hooks and, on some of them, coats and bags."""
    count = rng.randint(3, 6)
    board = cabinetry.coat_hooks(rng.choice((looks.wood, looks.wood2, looks.white)), looks.metal, count)
    parts = []
    for i in range(count):
        if rng.random() < 0.55:
            one = belongings.hanging_coat(rng, looks).parts[0]
            top = float(one.shape.vertices[:, 2].max())
            x = (i + 0.5 - count / 2) * 0.17
            parts.append(replace(one, shape=one.shape.scaled(0.7, 0.85, 1.0).moved(x, -0.012 * i, 0.03 - top)))
    bottom = min((float(part.shape.vertices[:, 2].min()) for part in parts), default=0.0)
    parts = [replace(part, shape=part.shape.moved(z=-bottom)) for part in parts]
    parts.insert(0, Part("coat hooks", board.moved(-count * 0.085, 0.0, -bottom), "otherstructure"))
    return Piece("coat rack", tuple(parts), hung=max(rng.uniform(1.55, 1.7) + bottom, 0.05))


def radiator(rng: random.Random, looks: Looks) -> Piece:
    """Make a panel radiator with its valve, 0.6 to 1.6 m wide (EN 442: 0.3 to 0.6 m high below windows)."""
    width, height = rng.uniform(0.6, 1.6), rng.choice((0.3, 0.4, 0.55, 0.6))
    shape = appliances.radiator(looks.white, looks.chrome, width, height)
    low, high = shape.vertices.min(axis=0), shape.vertices.max(axis=0)
    moved = shape.moved(-float(low[0] + high[0]) / 2, -float(high[1]), -float(low[2]))
    return Piece("radiator", (Part("radiator", moved, "otherfurniture"),), hung=0.0)


def socket(rng: random.Random, looks: Looks) -> Piece:
    """Make one to three sockets side by side."""
    count = rng.choice((1, 1, 2, 3))
    row = join([appliances.socket(looks.white, looks.black).moved(0.081 * i) for i in range(count)])
    return hung("socket", row, "otherprop", rng.choice((0.3, 0.3, 0.3, 1.1)))


def switch(rng: random.Random, looks: Looks) -> Piece:
    """Make one or two light switches."""
    row = join(
        [appliances.socket(looks.white, looks.black, True).moved(0.081 * i) for i in range(rng.choice((1, 1, 2)))]
    )
    return hung("switch", row, "otherstructure", rng.uniform(1.05, 1.2))


def thermostat(rng: random.Random, looks: Looks) -> Piece:
    """Make a thermostat or an intercom."""
    w, h = rng.uniform(0.04, 0.06), rng.uniform(0.045, 0.11)
    body = box(looks.white, (-w, -0.03, -h), (w, 0.0, h), 0.006)
    window = box(looks.screen, (-0.6 * w, -0.0312, 0.1 * h), (0.6 * w, -0.0295, 0.6 * h), 0.0005)
    return hung("thermostat", body + window, "otherstructure", rng.uniform(1.3, 1.5))


def air_vent(rng: random.Random, looks: Looks) -> Piece:
    """Make a ventilation grille, low or high on the wall."""
    w, h = rng.uniform(0.2, 0.6), rng.uniform(0.12, 0.3)
    parts = [frame(looks.white, (-w / 2, 0.0, w / 2, h), (-w / 2 + 0.02, 0.02, w / 2 - 0.02, h - 0.02), 0.0, -0.008)]
    parts.append(box(looks.black, (-w / 2 + 0.015, -0.003, 0.015), (w / 2 - 0.015, -0.001, h - 0.015), 0.0005))
    for i in range(int((h - 0.04) / 0.016)):
        slat = box(looks.white, (-w / 2 + 0.018, -0.005, 0.0), (w / 2 - 0.018, -0.002, 0.009), 0.0005)
        parts.append(slat.moved(z=0.024 + 0.016 * i))
    return hung("vent", join(parts), "otherstructure", rng.choice((0.2, 2.25)))


def air_conditioner(rng: random.Random, looks: Looks) -> Piece:
    """Make the indoor unit of an air conditioner, 80 by 28 by 20 cm, high on the wall."""
    body = box(looks.white, (-0.4, -0.2, 0.0), (0.4, 0.0, 0.28), 0.03)
    flap = box(looks.plastic, (-0.36, -0.203, 0.03), (0.36, -0.19, 0.07), 0.004)
    return hung("air conditioner", body + flap, "otherstructure", 2.15)


def tapestry(rng: random.Random, looks: Looks) -> Piece:
    """Make a cloth or a flag on the wall."""
    width, height, phase = rng.uniform(0.7, 1.5), rng.uniform(0.8, 1.4), rng.uniform(0, 6)
    rows = [
        [
            (width * (j / 12 - 0.5), -0.012 - 0.008 * math.sin(9 * j / 12 + phase) * (1 - i / 8), height * i / 8)
            for j in range(13)
        ]
        for i in range(9)
    ]
    return hung("wall hanging", sheet(looks.cloth(rng), rows, 0.003), "otherprop", 1.5)


def ornament(rng: random.Random, looks: Looks) -> Piece:
    """Make a mask, a plate or a cross on the wall."""
    if rng.random() < 0.5:
        plate = crockery.plate(looks.glazed(rng), rng.uniform(0.1, 0.18)).turned(90, "X")
        return hung("wall plate", plate, "otherprop", rng.uniform(1.5, 1.8))
    tall, wide, wood = (
        rng.uniform(0.2, 0.4),
        rng.uniform(0.02, 0.04),
        rng.choice((looks.wood, looks.wood2, looks.metal)),
    )
    cross = box(wood, (-wide / 2, -0.015, 0.0), (wide / 2, 0.0, tall), 0.003)
    arm = box(wood, (-tall * 0.3, -0.0149, tall * 0.62), (tall * 0.3, -0.0001, tall * 0.62 + wide), 0.003)
    return hung("cross", cross + arm, "otherprop", rng.uniform(1.6, 1.9))
