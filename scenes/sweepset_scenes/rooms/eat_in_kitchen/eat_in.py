"""An eat-in kitchen: an L of cabinets with sink, stove and refrigerator, a table by the window, and clutter.

`plan` holds the measures, `palette` the materials, `clutter` the things that lie about.
"""

from __future__ import annotations

import random

import bpy
from mathutils import Matrix

from sweepset.blender import labels

from ... import light_sources
from ...shapes import appliances, cabinetry, walls
from ...shapes.primitives import box, join, place, repeat, spot
from . import clutter
from .palette import Palette, mix_palette
from .plan import (
    CASE,
    CASE_HEIGHT,
    COUNTER,
    FRIDGE,
    FRIDGE_DEPTH,
    FRIDGE_HEIGHT,
    MACHINE,
    NARROW,
    SINK_UNIT,
    TALL,
    UPPER,
    Plan,
    draw_plan,
)

CORNER_UPPER = 0.345
"""How far the wall cabinets of one run reach into the other's corner."""
CASE_LEVELS = (0.08, 0.42, 0.76, 1.1, 1.42)


def build(seed: int) -> None:
    """Build the kitchen into the current scene; the seed varies sizes, materials, light and clutter."""
    rng = random.Random(seed)
    plan = draw_plan(rng)
    p = mix_palette(rng)
    build_shell(plan, p, rng)
    build_windows(plan, p, rng)
    build_north(plan, p, rng)
    build_west(plan, p)
    build_rest(plan, p)
    table, seats, backs = build_table(plan, p, rng)
    clutter.strew_north(plan, p, rng)
    clutter.strew_refrigerator(plan, p, rng)
    clutter.strew_west(plan, p, rng)
    clutter.strew_shelves(plan, p, rng)
    clutter.strew_bookcase(plan, p, rng, CASE_LEVELS)
    clutter.strew_south(plan, p, rng)
    clutter.strew_table(p, rng, table, seats, backs)
    build_light(plan, p, rng)


def build_shell(plan: Plan, p: Palette, rng: random.Random) -> None:
    """Build floor, ceiling, walls, baseboards and the door."""
    room = plan.room
    w, d, h = room.width, room.depth, room.height
    place("floor", walls.floor(p.shell.floor, room), "floor")
    place("ceiling", walls.ceiling(p.shell.ceiling, room), "ceiling")
    door = w - 0.75
    skirts: dict[str, list[tuple[float, float]]] = {
        "north": [],
        "west": [(0.0, plan.end - 0.02)],
        "east": [(0.78, d)],
        "south": [(0.0, door - 0.51), (door + 0.51, w)],
    }
    for side, openings in (("north", [plan.over_sink]), ("west", []), ("east", [plan.dining]), ("south", [])):
        at = room.wall(side)
        place(f"wall {side}", walls.wall(p.shell.wall, room.length(side), h, openings), "wall", at)
        for left, right in skirts[side]:
            place(f"baseboard {side}", walls.strip(p.shell.trim, left, right, 0.0, 0.09), "wall", at)
        if p.cabinets.cornice:
            place(
                f"cornice {side}", walls.strip(p.shell.trim, 0.0, room.length(side), h - 0.06, 0.06, 0.03), "wall", at
            )
    place("door", walls.door(p.shell.door, p.shell.trim, p.cabinets.chrome), "door", room.wall("south") @ spot(door, 0))
    vent = walls.grille(p.furniture.white_plastic, p.cabinets.dark_metal, 0.36, 0.16)
    place("vent", vent, "otherstructure", spot(w * 0.36, 1.3, h))


def build_windows(plan: Plan, p: Palette, rng: random.Random) -> None:
    """Build the windows, a blind in one and curtains before the other, a radiator below it."""
    north, east = plan.room.wall("north"), plan.room.wall("east")
    over_sink, dining = plan.over_sink, plan.dining
    place("window over sink", walls.window(p.shell.trim, p.shell.pane, over_sink, 2), "window", north)
    place("dining window", walls.window(p.shell.trim, p.shell.pane, dining, 2, bars=rng.random() < 0.5), "window", east)
    drop = rng.uniform(0.3, 0.62) * over_sink.height
    blind = walls.blind(p.shell.slats, p.shell.cord, over_sink.width - 0.012, drop, rng.uniform(38, 52))
    place("blind", blind, "blinds", north @ spot(over_sink.left + 0.006, 0.045, over_sink.head - 0.002))
    left, width, rod = dining.left - 0.24, dining.width + 0.48, dining.head + 0.13
    place("curtain rod", walls.curtain_rod(p.cabinets.dark_metal, width), "curtain", east @ spot(left, 0.0, rod))
    wide = rng.uniform(0.34, 0.46)
    for x in (left + 0.02, left + width - wide - 0.02):
        cloth = walls.curtain(p.shell.curtain, wide, rod - rng.uniform(0.06, 0.12), 5, rng)
        place("curtain", cloth, "curtain", east @ spot(x, -0.13, rod + 0.022))
    place(
        "radiator",
        appliances.radiator(p.shell.trim, p.cabinets.chrome, 1.1),
        "otherfurniture",
        east @ spot(dining.middle - 0.55, 0),
    )


def build_north(plan: Plan, p: Palette, rng: random.Random) -> None:
    """Build the north wall's run: drawers, sink, dishwasher, a unit, the refrigerator, cabinets above."""
    at, style, window = plan.room.wall("north"), p.cabinets.style, plan.over_sink
    x = plan.sink - SINK_UNIT / 2
    place(
        "drawers",
        cabinetry.base_unit(style, plan.drawers, (0.15, 0.2, 0.2), 0),
        "cabinet",
        at @ spot(x - plan.drawers, 0),
    )
    place("sink unit", cabinetry.base_unit(style, SINK_UNIT, (0.15,), 2, hollow=0.2), "cabinet", at @ spot(x, 0))
    x += SINK_UNIT
    place("dishwasher", appliances.dishwasher(p.cabinets.finish), "otherstructure", at @ spot(x, 0))
    x += MACHINE
    place("base unit", cabinetry.base_unit(style, plan.stop - x, (0.15,), 2), "cabinet", at @ spot(x, 0))
    hole = (plan.sink - 0.39, -0.53, plan.sink + 0.39, -0.13)
    place("counter north", cabinetry.counter_with_hole(p.shell.counter, 0.001, plan.stop + 0.012, hole), "counter", at)
    place("sink", appliances.basin(p.cabinets.steel, p.cabinets.dark_metal, hole, rng.choice((1, 2))), "sink", at)
    tap = appliances.tap(p.cabinets.chrome).turned(rng.uniform(-20, 20))
    place("tap", tap, "sink", at @ spot(plan.sink, -0.075, COUNTER + 0.002))
    left, right, under = window.left - 0.071, window.right + 0.071, window.sill - 0.045
    tiles = [
        box(p.shell.backsplash, (0.001, -0.009, COUNTER), (left, 0.0, UPPER + 0.01), 0.001),
        box(p.shell.backsplash, (left, -0.009, COUNTER), (right, 0.0, under), 0.001),
        box(p.shell.backsplash, (right, -0.009, COUNTER), (plan.stop, 0.0, UPPER + 0.01), 0.001),
    ]
    place("backsplash north", join(tiles), "wall", at)

    corner = box(style.carcass, (0.0, -0.32, 0.0), (CORNER_UPPER - 0.001, -0.002, TALL), 0.001)
    last = cabinetry.wall_unit(style, window.left - 0.09 - CORNER_UPPER, TALL, 1, "right").moved(CORNER_UPPER)
    place("corner cabinet", corner + last, "cabinet", at @ spot(0, 0, UPPER))
    length = plan.stop - plan.uppers
    count = 3 if length > 1.3 else 2
    for i in range(count):
        unit = cabinetry.wall_unit(style, length / count, TALL, 1, "left" if i % 2 else "right")
        place("wall cabinet", unit, "cabinet", at @ spot(plan.uppers + i * length / count, 0, UPPER))
    low = 1.84
    above = cabinetry.wall_unit(style, plan.room.width - plan.stop - 0.004, UPPER + TALL - low, 2, depth=0.36)
    place("cabinet over refrigerator", above, "cabinet", at @ spot(plan.stop, 0, low))
    if p.cabinets.cornice:
        moulding = cabinetry.cornice(style, plan.room.width - plan.uppers - 0.004, 0.345)
        place("cabinet cornice", moulding, "cabinet", at @ spot(plan.uppers, 0, UPPER + TALL))
    fridge = appliances.refrigerator(p.cabinets.cold, FRIDGE, FRIDGE_HEIGHT, FRIDGE_DEPTH)
    place("refrigerator", fridge, "refridgerator", at @ spot(plan.fridge, 0))


def build_west(plan: Plan, p: Palette) -> None:
    """Build the west wall's run: stove and hood between cabinets; beyond it two shelves and a board with hooks."""
    at, style, d = plan.room.wall("west"), p.cabinets.style, plan.room.depth
    stove, end = plan.stove, plan.end
    beside = stove + MACHINE + 0.002
    place(
        "narrow unit", cabinetry.base_unit(style, NARROW - 0.002, (0.15,), 1, "right"), "cabinet", at @ spot(beside, 0)
    )
    place("counter west", cabinetry.counter(p.shell.counter, beside, d - 0.6352), "counter", at)
    place(
        "stove",
        appliances.stove(p.cabinets.finish, MACHINE - 0.002, p.gas),
        "otherstructure",
        at @ spot(stove + 0.001, 0),
    )
    _build_end_unit(p, at @ spot(end, 0))
    tiles = [
        box(p.shell.backsplash, (end, -0.009, COUNTER), (d - 0.009, 0.0, UPPER + 0.01), 0.001),
        box(p.shell.backsplash, (stove, -0.0088, UPPER), (stove + MACHINE, 0.0, 1.7), 0.001),
    ]
    place("backsplash west", join(tiles), "wall", at)
    hood = appliances.hood(p.cabinets.finish, MACHINE - 0.004, plan.room.height - 1.6)
    place("hood", hood, "otherstructure", at @ spot(stove + 0.002, -0.001, 1.6))
    unit = cabinetry.wall_unit(style, d - CORNER_UPPER - beside, TALL, 2)
    place("wall cabinet", unit, "cabinet", at @ spot(beside, 0, UPPER))
    place("wall cabinet", cabinetry.wall_unit(style, 0.598, TALL, 2), "cabinet", at @ spot(end, 0, UPPER))
    start, length = plan.shelf
    for z in clutter.SHELVES:
        place(
            "shelf",
            cabinetry.ledge(p.furniture.wood, p.cabinets.dark_metal, length, 0.2),
            "shelves",
            at @ spot(start, 0, z),
        )
    place(
        "hooks",
        cabinetry.coat_hooks(p.furniture.wood, p.cabinets.dark_metal),
        "otherstructure",
        at @ spot(0.2, 0, clutter.HOOKS),
    )


def _build_end_unit(p: Palette, at: Matrix) -> None:
    """Build the run's last unit with its own top as one object, its faces labelled by their material."""
    unit = cabinetry.base_unit(p.cabinets.style, 0.598, (0.15,), 2)
    item = place("end unit", unit + cabinetry.counter(p.shell.counter, -0.02, 0.6), "cabinet", at)
    top = [face.index for face in item.data.polygons if item.data.materials[face.material_index] == p.shell.counter]
    labels.set_face_category(item.data, top, labels.taxonomy_of(bpy.context.scene).category("counter"))


def build_rest(plan: Plan, p: Palette) -> None:
    """Build the furniture of the other walls: bookcase, whiteboard, television, mirror, sockets."""
    east, south, w = plan.room.wall("east"), plan.room.wall("south"), plan.room.width
    case = cabinetry.bookcase(p.furniture.wood, CASE, CASE_HEIGHT, CASE_LEVELS)
    place("bookcase", case, "bookshelf", east @ spot(plan.case, -0.016))
    place(
        "whiteboard",
        cabinetry.whiteboard(p.fittings.board_face, p.cabinets.chrome),
        "whiteboard",
        south @ spot(w - 1.85, 0, 1.5),
    )
    place(
        "television",
        appliances.television(p.cabinets.finish, 0.66, 0.39),
        "television",
        south @ spot(w - 2.68, 0, 1.55),
    )
    place(
        "mirror",
        cabinetry.mirror(p.papers.frames[2], p.fittings.mirror, 0.38, 0.6),
        "mirror",
        south @ spot(w - 3.32, 0, 1.55),
    )
    for i, z in enumerate((1.7, 1.32)):
        picture = cabinetry.picture_frame(p.papers.frames[i], p.papers.mount, p.papers.images[1 + i], 0.38, 0.3, 0.03)
        place("picture", picture, "picture", south @ spot(w - 3.82, 0, z))
    start, length = plan.shelf
    picture = cabinetry.picture_frame(p.papers.frames[0], p.papers.mount, p.papers.images[0], 0.42, 0.32)
    place("picture", picture, "picture", plan.room.wall("west") @ spot(start + length / 2, 0, 2.14))
    socket = appliances.socket(p.furniture.white_plastic, p.cabinets.dark_metal)
    north = plan.room.wall("north")
    spots = [north @ spot(x, -0.0088, 1.15) for x in (plan.sink - 0.69, plan.over_sink.right + 0.2, plan.stop - 0.55)]
    for at in (*spots, east @ spot(plan.dining.left - 0.35, 0, 0.35)):
        place("socket", socket, "otherstructure", at)
    switch = appliances.socket(p.furniture.white_plastic, p.cabinets.dark_metal, switch=True)
    place("switch", switch, "otherstructure", south @ spot(w - 1.32, 0, 1.1))


def build_table(plan: Plan, p: Palette, rng: random.Random) -> tuple[Matrix, list[Matrix], list[Matrix]]:
    """Build the table and its chairs; return the transforms of its top, of the seats and of the chairs' backs."""
    x, y = plan.table
    at = spot(x, y + rng.uniform(-0.05, 0.1), 0, rng.uniform(-5, 5))
    if rng.random() < 0.35:
        place("table", cabinetry.round_table(p.furniture.table, p.furniture.chair, 0.58), "table", at)
        places = [(0.0, 0.62, 0), (0.0, -0.62, 180), (-0.67, 0.0, 90)]
    else:
        place("table", cabinetry.table(p.furniture.table, p.furniture.table, 1.25, 0.8), "table", at)
        places = [(-0.27, 0.5, 0), (0.27, 0.5, 0), (-0.27, -0.5, 180), (0.27, -0.5, 180)]
    chairs: list[Matrix] = []
    first = None
    for i, (sx, sy, degrees) in enumerate(places):
        out = rng.uniform(0.0, 0.22) if i != 1 else 0.3
        pulled = spot(sx, sy, 0, degrees) @ spot(rng.uniform(-0.03, 0.03), out, 0, rng.uniform(-9, 9))
        chairs.append(at @ pulled)
        if first is None:
            first = place("chair", cabinetry.chair(p.furniture.chair, p.chair_kind), "chair", chairs[0])
        else:
            repeat(first, chairs[-1])
    seats = [chair @ spot(0, -0.01, 0.4502) for chair in chairs]
    backs = [chair @ spot(0, 0.243, 0.921) for chair in chairs]
    return at @ spot(0, 0, 0.75), seats, backs


def build_light(plan: Plan, p: Palette, rng: random.Random) -> None:
    """Light the room: daylight in both windows, sun, a ceiling lamp, a pendant, a strip below wall cabinets."""
    room = plan.room
    sky = (0.86, 0.93, 1.0)
    for side, opening, power in (("north", plan.over_sink, 48.0), ("east", plan.dining, 80.0)):
        at = room.wall(side) @ spot(opening.middle, 0.02, (opening.sill + opening.head) / 2)
        size = (opening.width - 0.1, opening.height - 0.1)
        light_sources.area(f"daylight {side}", at, size, power * p.mood.day, sky, "room")
    bearing, elevation = rng.uniform(-25, 25), rng.uniform(28, 42)
    if p.mood.sun:
        light_sources.sun(bearing, elevation, 26.0 * p.mood.sun)
    light_sources.outside((0.55, 0.75, 1.0), (0.9, 0.95, 1.0), (0.16, 0.24, 0.08), 4.0, 4.0 * p.mood.day)
    warm = (1.0, 0.8, 0.56)
    h = room.height
    lamp = spot(room.width * 0.5, room.depth - 1.75, h)
    place("ceiling lamp", appliances.ceiling_lamp(p.fittings.diffuser, p.cabinets.chrome), "lamp", lamp)
    light_sources.area(
        "ceiling light", lamp @ spot(0, 0, -0.11), (0.34, 0.34), 52.0 * p.mood.evening, warm, round_=True
    )
    drop, hang = h - 1.84, spot(*plan.table, h)
    place("pendant", appliances.pendant(p.fittings.shade, p.fittings.bulb, p.cabinets.dark_metal, drop), "lamp", hang)
    light_sources.area(
        "pendant light", hang @ spot(0, 0, 0.02 - drop), (0.26, 0.26), 22.0 * p.mood.evening, warm, round_=True
    )
    strip = room.wall("north") @ spot((plan.uppers + plan.stop) / 2, -0.2, UPPER - 0.012)
    light_sources.area("strip light", strip, (plan.stop - plan.uppers - 0.06, 0.05), 5.0 * p.mood.evening, warm)
    light_sources.expose(p.mood.exposure, rng.choice(light_sources.VIEWS))
    light_sources.render_with_few_samples()
