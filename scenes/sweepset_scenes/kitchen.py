"""An eat-in kitchen: an L of cabinets with sink, stove and refrigerator, a table by the window, and what lies about.

The room's south-west corner is the origin. The run of cabinets stands at the north and the west wall, the table in the
south-east, the door in the south wall. Things at a wall are placed in that wall's own coordinates (see `shell`).
"""

from __future__ import annotations

import random

import bpy
import numpy as np
from mathutils import Matrix
from sweepset import labels

from . import appliances, furniture, light, prints, shell, things
from .palette import Palette, mix_palette
from .parts import Shape, box, join, nyu40, place, repeat, smooth, spot, tube
from .shell import Opening, Room

UPPER, TALL = 1.40, 0.76
"""The underside of wall cabinets above the floor, and their height."""
COUNTER = furniture.HEIGHT
FRIDGE = 0.74


def build(seed: int) -> None:
    """Build the kitchen into the current scene; the seed varies sizes, materials, light and what lies where."""
    rng = random.Random(seed)
    labels.write_taxonomy(bpy.context.scene, nyu40())
    room = Room(rng.uniform(4.2, 4.6), rng.uniform(4.4, 4.8), rng.uniform(2.45, 2.6))
    p = mix_palette(rng)
    drawers = rng.choice((0.45, 0.5, 0.55))
    sink = 0.62 + drawers + 0.45
    over_sink = Opening(sink - 0.56, sink + 0.56, 1.12, 2.08)
    dining = Opening(room.depth - 2.1, room.depth - 0.8, 0.92, 2.1)
    build_shell(room, p, over_sink, dining, rng)
    build_north(room, p, drawers, sink, over_sink, rng)
    build_west(room, p, rng)
    build_east(room, p, dining, rng)
    build_south(room, p, rng)
    build_table(room, p, rng)
    build_light(room, p, over_sink, dining, rng)


def pressed(plant: Shape, behind: float, below: float = 0.0) -> Shape:
    """Return a plant that keeps off a wall `behind` it, and maybe off the sill that it hangs over."""
    return plant.within((-1, -1, below), (1, behind, 3))


def lean(points: np.ndarray) -> np.ndarray:
    """Tilt what hangs over a chair's back as the back is tilted."""
    return points + np.stack((0 * points[:, 2], 0.1875 * points[:, 2], 0 * points[:, 2]), axis=1)


def build_shell(room: Room, p: Palette, over_sink: Opening, dining: Opening, rng: random.Random) -> None:
    """Build floor, ceiling, walls, baseboards, windows with their blind and curtains."""
    w, d, h = room.width, room.depth, room.height
    place("floor", box(p.floor, (-0.2, -0.2, -0.1), (w + 0.2, d + 0.2, 0.0), 0.0005), "floor")
    place("ceiling", box(p.ceiling, (-0.2, -0.2, h), (w + 0.2, d + 0.2, h + 0.1), 0.0005), "ceiling")
    door = w - 0.75
    skirts = {
        "north": [],
        "west": [(0.0, d - 2.24)],
        "east": [(0.78, d)],
        "south": [(0.0, door - 0.51), (door + 0.51, w)],
    }
    for side, opening in (("north", over_sink), ("west", None), ("east", dining), ("south", None)):
        at = room.wall(side)
        place(f"wall {side}", shell.wall(p.wall, room.length(side), h, opening), "wall", at)
        for left, right in skirts[side]:
            place(f"baseboard {side}", shell.strip(p.trim, left, right, 0.0, 0.09), "wall", at)
        if p.cornice:
            place(f"cornice {side}", shell.strip(p.trim, 0.0, room.length(side), h - 0.06, 0.06, 0.03), "wall", at)
    north, east = room.wall("north"), room.wall("east")
    place("window over sink", shell.window(p.trim, p.pane, over_sink, 2), "window", north)
    place("dining window", shell.window(p.trim, p.pane, dining, 2, bars=rng.random() < 0.5), "window", east)
    drop = rng.uniform(0.3, 0.62) * over_sink.height
    blind = shell.blind(p.slats, p.cord, over_sink.width - 0.012, drop, rng.uniform(38, 52))
    place("blind", blind, "blinds", north @ spot(over_sink.left + 0.006, 0.045, over_sink.head - 0.002))
    left, width = dining.left - 0.24, dining.width + 0.48
    rod = dining.head + 0.13
    place("curtain rod", shell.curtain_rod(p.dark_metal, width), "curtain", east @ spot(left, 0.0, rod))
    wide = rng.uniform(0.34, 0.46)
    for x in (left + 0.02, left + width - wide - 0.02):
        cloth = shell.curtain(p.curtain, wide, rod - rng.uniform(0.06, 0.12), 5, rng)
        place("curtain", cloth, "curtain", east @ spot(x, -0.13, rod + 0.022))


def build_north(room: Room, p: Palette, drawers: float, sink: float, over_sink: Opening, rng: random.Random) -> None:
    """Build the north wall's run: drawers, sink, dishwasher, a unit, the refrigerator, and what stands on them."""
    at = room.wall("north")
    style = p.style
    fridge = room.width - 0.06 - FRIDGE
    stop = fridge - 0.03
    x = 0.62
    place("drawers", furniture.base_unit(style, drawers, (0.15, 0.2, 0.2), 0), "cabinet", at @ spot(x, 0))
    x += drawers
    place("sink unit", furniture.base_unit(style, 0.9, (0.15,), 2, hollow=0.2), "cabinet", at @ spot(x, 0))
    x += 0.9
    place("dishwasher", appliances.dishwasher(p.finish), "otherstructure", at @ spot(x, 0))
    x += 0.6
    place("base unit", furniture.base_unit(style, stop - x, (0.15,), 2), "cabinet", at @ spot(x, 0))
    hole = (sink - 0.39, -0.53, sink + 0.39, -0.13)
    place("counter north", furniture.counter_with_hole(p.counter, 0.001, stop + 0.012, hole), "counter", at)
    place("sink", appliances.basin(p.steel, p.dark_metal, hole, rng.choice((1, 2))), "sink", at)
    tap = appliances.tap(p.chrome).turned(rng.uniform(-20, 20))
    place("tap", tap, "sink", at @ spot(sink, -0.075, COUNTER + 0.002))
    tiles = [
        box(p.backsplash, (0.001, -0.009, COUNTER), (over_sink.left - 0.071, 0.0, UPPER + 0.01), 0.001),
        box(p.backsplash, (over_sink.left - 0.071, -0.009, COUNTER), (over_sink.right + 0.071, 0.0, over_sink.sill - 0.045), 0.001),
        box(p.backsplash, (over_sink.right + 0.071, -0.009, COUNTER), (stop, 0.0, UPPER + 0.01), 0.001),
    ]
    place("backsplash north", join(tiles), "wall", at)

    corner = box(style.carcass, (0.0, -0.32, UPPER), (0.344, -0.002, UPPER + TALL), 0.001)
    left = over_sink.left - 0.09 - 0.345
    place("corner cabinet", corner + furniture.wall_unit(style, left, TALL, 1, "right").moved(0.345, 0, UPPER), "cabinet", at)
    start = over_sink.right + 0.09
    count = 3 if stop - start > 1.3 else 2
    leaf = (stop - start) / count
    for i in range(count):
        unit = furniture.wall_unit(style, leaf, TALL, 1, "left" if i % 2 else "right")
        place("wall cabinet", unit, "cabinet", at @ spot(start + i * leaf, 0, UPPER))
    above = furniture.wall_unit(style, room.width - stop - 0.004, UPPER + TALL - 1.84, 2, depth=0.36)
    place("cabinet over refrigerator", above, "cabinet", at @ spot(stop, 0, 1.84))
    if p.cornice:
        place("cabinet cornice", furniture.cornice(style, room.width - start - 0.004, 0.345), "cabinet", at @ spot(start, 0, UPPER + TALL))

    put = at @ Matrix.Translation((0, 0, COUNTER))
    place("dish rack", things.dish_rack(p.chrome, p.china, p.dark_plastic), "otherprop", put @ spot(sink + 0.39 + 0.29, -0.27, 0, rng.uniform(-4, 4)))
    place("soap", things.bottle(p.plastics[0], p.white_plastic, p.package[3], 0.028, 0.165), "otherprop", put @ spot(sink - 0.3, -0.075))
    place("sponge", things.sponge(p.sponge), "otherprop", put @ spot(sink - 0.2, -0.055, 0, rng.uniform(-8, 8)))
    place("detergent", things.bottle(p.plastics[1], p.plastics[2], None, 0.034, 0.168), "otherprop", put @ spot(sink - 0.37, -0.06))
    sill = at @ Matrix.Translation((0, 0, over_sink.sill + 0.012))
    place("sill plant", pressed(things.plant(p.leaf, p.terracotta, p.soil, rng, 0.2, 0.1, 16), 0.085), "otherprop", sill @ spot(over_sink.left + 0.18, 0.01))
    place("sill jar", things.mug(p.mugs[1], 0.036, 0.08), "otherprop", sill @ spot(over_sink.right - 0.16, 0.02, 0, 30))
    place("kitchen roll", things.paper_roll(p.paper_white, p.chrome), "paper", put @ spot(0.62 + drawers - 0.1, -0.14))
    place("coffee maker", appliances.coffee_maker(p.finish, p.clear, p.coffee), "otherprop", put @ spot(0.42, -0.2, 0, 35))
    place("mug", things.mug(p.mugs[0]), "otherprop", put @ spot(0.72, -0.38, 0, rng.uniform(0, 360)))
    place("mug", things.mug(p.mugs[2]), "otherprop", put @ spot(0.66, -0.28, 0, rng.uniform(0, 360)))
    oven = at @ spot(stop - 0.29, -0.23, COUNTER, rng.uniform(-3, 3))
    place("microwave", appliances.microwave(p.finish), "otherprop", oven)
    place("basket on microwave", things.basket(p.wicker, 0.28, 0.2, 0.07), "otherprop", oven @ spot(0.0, 0.02, 0.28))
    place("bread", things.loaf(p.crust), "otherprop", oven @ spot(0.0, 0.02, 0.284, 80))
    place("toaster", appliances.toaster(p.finish), "otherprop", put @ spot(sink + 1.08, -0.36, 0, rng.uniform(-25, 10)))
    if stop - sink > 2.08:
        place("fruit", things.fruit(p.fruit, p.china, rng, 0.12), "otherprop", put @ spot(stop - 0.68, -0.3))

    place("refrigerator", appliances.refrigerator(p.cold, FRIDGE), "refridgerator", at @ spot(fridge, 0))
    door = at @ Matrix.Translation((fridge, -0.7, 0))
    notes = ((0.3, 1.62, p.note, 0.1, 0.14), (0.52, 1.58, p.photo, 0.1, 0.15), (0.38, 1.0, p.calendar, 0.21, 0.28), (0.58, 0.86, p.note, 0.12, 0.16))
    for x, z, material, w, tall in notes:
        lean = Matrix.Rotation(rng.uniform(-0.08, 0.08), 4, "Y")
        place("note on refrigerator", things.page(material, w, tall), "paper", door @ spot(x, -0.001, z) @ lean)
        place("magnet", things.magnet(rng.choice(p.plastics)), "otherprop", door @ spot(x + rng.uniform(-0.02, 0.02), -0.002, z - 0.015))
    for x in (0.62 + drawers - 0.24, over_sink.right + 0.2, stop - 0.55):
        place("socket", appliances.socket(p.white_plastic, p.dark_metal), "otherstructure", at @ spot(x, -0.0088, 1.15))
    cord = [(sink + 0.98, -0.3, 0.03), (sink + 0.97, -0.12, 0.0045), (sink + 0.9, -0.05, 0.0045), (over_sink.right + 0.22, -0.035, 0.1), (over_sink.right + 0.2, -0.03, 0.25)]
    place("cord", tube(p.dark_plastic, smooth(cord), 0.003, 6), "otherprop", put)
    place("plug", box(p.dark_plastic, (-0.018, -0.045, -0.018), (0.018, 0.0, 0.018), 0.006), "otherprop", put @ spot(over_sink.right + 0.2, -0.0175, 0.25))
    place("mail", things.papers(p.note, rng, 4, 0.11, 0.22), "paper", put @ spot(stop - 0.28, -0.53, 0, rng.uniform(80, 100)))
    place("tea", things.carton(p.package[3], 0.13, 0.07, 0.08), "box", put @ spot(0.12, -0.06))
    place("crackers", things.carton(p.package[1], 0.16, 0.06, 0.22), "box", put @ spot(0.12, -0.2, 0, 50))
    cloth = things.draped(p.dishcloth, 0.3, 0.3, 0.22, 0.0115, rng)
    place("tea towel", cloth, "towel", at @ spot(sink + 0.75, -0.64, COUNTER - 0.038 - 0.165))
    top = at @ Matrix.Translation((fridge, 0, 1.728))
    place("basket on refrigerator", things.basket(p.wicker, 0.3, 0.24, 0.1), "otherprop", top @ spot(0.5, -0.4, 0, -6))
    if rng.random() < 0.6:
        place("cereal on refrigerator", things.carton(p.package[3], 0.17, 0.08, 0.07), "box", top @ spot(0.2, -0.52, 0, 12))
    roof = at @ Matrix.Translation((0, 0, UPPER + TALL + (0.055 if p.cornice else 0.0)))
    place("basket on cabinet", things.basket(p.wicker, 0.34, 0.22, 0.16), "otherprop", roof @ spot(start + 0.3, -0.16, 0, 8))
    place("pot on cabinet", things.pot(p.enamel, p.dark_plastic, 0.13, 0.15), "otherprop", roof @ spot(start + 0.75, -0.18, 0, 20))
    mat = things.mat(p.mat, rng.uniform(0.85, 1.1), 0.52)
    place("mat at sink", mat, "floor mat", at @ spot(sink, -0.98, 0, rng.uniform(-4, 4)))


def build_west(room: Room, p: Palette, rng: random.Random) -> None:
    """Build the west wall's run: stove and hood between cabinets; beyond it shelves, hooks and a calendar."""
    at = room.wall("west")
    style = p.style
    d = room.depth
    stove, end = d - 1.62, d - 2.22
    place("narrow unit", furniture.base_unit(style, 0.4 - 0.002, (0.15,), 1, "right"), "cabinet", at @ spot(stove + 0.602, 0))
    place("counter west", furniture.counter(p.counter, stove + 0.602, d - 0.6352), "counter", at)
    place("stove", appliances.stove(p.finish, 0.598, p.gas), "otherstructure", at @ spot(stove + 0.001, 0))
    _end_unit(p, at @ spot(end, 0))
    tiles = [
        box(p.backsplash, (end, -0.009, COUNTER), (d - 0.009, 0.0, UPPER + 0.01), 0.001),
        box(p.backsplash, (stove - 0.0, -0.0088, UPPER), (stove + 0.6, 0.0, 1.7), 0.001),
    ]
    place("backsplash west", join(tiles), "wall", at)
    place("hood", appliances.hood(p.finish, 0.596, room.height - 1.6), "otherstructure", at @ spot(stove + 0.002, -0.001, 1.6))
    right = furniture.wall_unit(style, d - 0.345 - stove - 0.602, TALL, 2)
    place("wall cabinet", right, "cabinet", at @ spot(stove + 0.602, 0, UPPER))
    place("wall cabinet", furniture.wall_unit(style, 0.598, TALL, 2), "cabinet", at @ spot(end, 0, UPPER))

    put = at @ Matrix.Translation((0, 0, COUNTER))
    grate = 0.039 if p.gas else 0.018
    place("kettle", appliances.kettle(p.finish, p.kettle), "otherprop", put @ spot(stove + 0.155, -0.18, grate, rng.uniform(200, 260)))
    if rng.random() < 0.5:
        place("pot", things.pot(p.steel, p.dark_plastic), "otherprop", put @ spot(stove + 0.445, -0.45, grate, 20))
    else:
        place("pan", things.pan(p.dark_metal, p.dark_plastic), "otherprop", put @ spot(stove + 0.445, -0.45, grate, rng.uniform(-50, -15)))
    towel = things.draped(p.towel, 0.29, 0.42, 0.3, 0.0125, rng)
    place("towel", towel, "towel", at @ spot(stove + rng.uniform(0.25, 0.35), -0.677, 0.69))
    place("utensils", things.utensils(p.crock, (p.spoon, p.steel, p.dark_plastic), rng), "otherprop", put @ spot(stove - 0.1, -0.14))
    place("oil", things.bottle(p.green_glass, p.dark_plastic, p.label, 0.034, 0.28), "otherprop", put @ spot(stove - 0.23, -0.1))
    place("vinegar", things.bottle(p.brown_glass, p.dark_plastic, p.label, 0.03, 0.25), "otherprop", put @ spot(stove - 0.31, -0.12))
    place("chopping board", things.board(p.board), "otherprop", put @ spot(stove - 0.27, -0.4, 0, rng.uniform(70, 100)))
    place("knives", things.knife_block(p.spoon, p.dark_plastic, p.steel), "otherprop", put @ spot(stove - 0.47, -0.15, 0, rng.uniform(-20, 20)))
    on_board = put @ spot(stove - 0.27, -0.4, 0.0182)
    place("lemon", things.ball(p.fruit[2], 0.032).scaled(1.2, 1, 1).moved(z=0.032), "otherprop", on_board @ spot(0.04, 0.03))
    for i, tall in enumerate((0.2, 0.16, 0.13)):
        tin = things.canister(p.enamel, p.chrome, 0.05 + 0.012 * tall * 5 / 2, tall)
        place("canister", tin, "otherprop", put @ spot(stove + 0.68 + 0.15 * i, -0.13))
    place("cookbooks", things.standing_books(p.books, p.pages, rng, 0.24), "books", put @ spot(d - 0.62, -0.27, 0, 0))

    wall = end - 0.06
    shelf = min(0.95, wall - 1.05)
    low, high = 1.38, 1.74
    start = wall - shelf - 0.1
    for z in (low, high):
        place("shelf", furniture.ledge(p.wood, p.dark_metal, shelf, 0.2), "shelves", at @ spot(start, 0, z))
    lower, upper = at @ Matrix.Translation((start, 0, low)), at @ Matrix.Translation((start, 0, high))
    place("spices", things.standing_books(p.books, p.pages, rng, 0.28, 0.23, 0.16), "books", lower @ spot(0.04, -0.02))
    for i, x in enumerate((0.4, 0.52, 0.64)):
        if x < shelf - 0.06:
            place("jar", things.jar(p.clear, p.chrome, p.fillings[i], 0.048, 0.14 + 0.03 * rng.random(), rng.uniform(0.4, 0.9)), "otherprop", lower @ spot(x, -0.1))
    place("bowls", join([things.bowl(p.china, 0.075).moved(z=0.018 * i) for i in range(4)]), "otherprop", upper @ spot(0.12, -0.1))
    place("plates", things.plates(p.china, 7, 0.09), "otherprop", upper @ spot(0.34, -0.1))
    place("plant on shelf", pressed(things.plant(p.leaf, p.terracotta, p.soil, rng, 0.22, 0.13, 18), 0.094), "otherprop", upper @ spot(shelf - 0.16, -0.1))
    for i in range(2):
        place("mug on shelf", things.mug(p.mugs[i]), "otherprop", upper @ spot(0.52 + 0.1 * i, -0.1, 0, rng.uniform(200, 300)))
    picture = furniture.picture_frame(p.frames[0], p.mount, p.images[0], 0.42, 0.32)
    place("picture", picture, "picture", at @ spot(start + shelf / 2, 0, 2.14))
    hooks = at @ Matrix.Translation((0.2, 0, 1.62))
    place("hooks", furniture.coat_hooks(p.wood, p.dark_metal), "otherstructure", hooks)
    held = hooks @ Matrix.Translation((0, 0, 0.03))
    place("apron", things.apron(p.apron, rng), "clothes", held @ spot(0.085, 0))
    place("bag on hook", things.tote(p.tote), "bag", held @ spot(0.595, 0))
    month = things.page(p.calendar, 0.3, 0.4, 0.012) + furniture.board_of_paper(p.images[2], 0.3, 0.2)
    place("calendar", month, "paper", at @ spot((0.76 + start) / 2 + 0.02, -0.001, 1.5))
    place("stool", furniture.stool(p.chair, 0.45), "chair", at @ spot(start + 0.22, -0.24, 0, 20))
    place("waste bin", things.bin_with_lid(p.steel, p.dark_plastic), "otherfurniture", at @ spot(end - 0.24, -0.2, 0, 0))
    bag = things.shopping_bag(p.kraft, p.cord)
    place("shopping bag", bag, "bag", at @ spot(end - 0.62, -0.16, 0, rng.uniform(-12, 12)))


def _end_unit(p: Palette, at: Matrix) -> None:
    """Build the run's last unit with its own top as one object, its faces labelled by what they are made of."""
    unit = furniture.base_unit(p.style, 0.598, (0.15,), 2)
    item = place("end unit", unit + furniture.counter(p.counter, -0.02, 0.6), "cabinet", at)
    top = [face.index for face in item.data.polygons if item.data.materials[face.material_index] == p.counter]
    labels.set_face_category(item.data, top, nyu40().category("counter"))


def build_east(room: Room, p: Palette, dining: Opening, rng: random.Random) -> None:
    """Build the east wall: a bookcase beside the refrigerator, a radiator below the window."""
    at = room.wall("east")
    width = 0.72
    case = at @ spot(1.18, -0.016)
    levels = (0.08, 0.42, 0.76, 1.1, 1.42)
    place("bookcase", furniture.bookcase(p.wood, width, 1.76, levels), "bookshelf", case)
    for i, z in enumerate(levels):
        board = case @ Matrix.Translation((0.022, -0.012, z))
        if i in (1, 2, 3):
            length = rng.uniform(0.36, 0.64)
            place("books", things.standing_books(p.books, p.pages, rng, length, 0.26, 0.2), "books", board @ spot(0.005, -0.03))
            if length < 0.4:
                place("books lying", things.lying_books(p.books, p.pages, rng, 3), "books", board @ spot(0.56, -0.13, 0, 90))
    place("basket", things.basket(p.wicker, 0.32, 0.22, 0.2), "otherprop", case @ spot(0.22, -0.15, levels[0]))
    place("box in bookcase", things.carton(p.package[3], 0.22, 0.18, 0.16), "box", case @ spot(0.53, -0.15, levels[0], 5))
    place("vase", things.vessel(p.crock, [(0.04, 0), (0.06, 0.05), (0.05, 0.13), (0.028, 0.17), (0.034, 0.2)], 0.004), "otherprop", case @ spot(0.17, -0.14, levels[4]))
    small = furniture.picture_frame(p.frames[1], p.mount, p.photo, 0.15, 0.2, 0.012).turned(-8, "X").moved(z=0.1)
    place("photo", small, "picture", case @ spot(0.42, -0.12, levels[4] + 0.003))
    place("plant on bookcase", pressed(things.plant(p.leaf, p.terracotta, p.soil, rng, 0.34, 0.2, 26), 0.13), "otherprop", case @ spot(0.5, -0.14, 1.76))
    place("box on bookcase", things.carton(p.kraft, 0.26, 0.2, 0.14), "box", case @ spot(0.18, -0.145, 1.76, 4))
    place("radiator", appliances.radiator(p.trim, p.chrome, 1.1), "otherfurniture", at @ spot(dining.middle - 0.55, 0, 0))
    sill = at @ Matrix.Translation((0, -0.0, dining.sill + 0.012))
    place("plant in window", pressed(things.plant(p.leaf, p.china, p.soil, rng, 0.26, 0.13, 20), 0.08, -0.085), "otherprop", sill @ spot(dining.middle + 0.3, 0.015))
    place("socket", appliances.socket(p.white_plastic, p.dark_metal), "otherstructure", at @ spot(dining.left - 0.35, 0, 0.35))


def build_south(room: Room, p: Palette, rng: random.Random) -> None:
    """Build the south wall: door, whiteboard, clock, television, mirror, pictures; boxes and a plant below them."""
    at = room.wall("south")
    w = room.width
    place("door", shell.door(p.door, p.trim, p.chrome), "door", at @ spot(w - 0.75, 0))
    place("switch", appliances.socket(p.white_plastic, p.dark_metal, switch=True), "otherstructure", at @ spot(w - 1.32, 0, 1.1))
    place("door mat", things.mat(p.door_mat, 0.7, 0.42), "floor mat", at @ spot(w - 0.75, -0.36, 0, rng.uniform(-3, 3)))
    board = box(p.board_face, (-0.37, -0.013, -0.25), (0.37, -0.004, 0.25), 0.0005)
    board += shell.frame(p.chrome, (-0.385, -0.265, 0.385, 0.265), (-0.365, -0.245, 0.365, 0.245), -0.001, -0.018)
    board += box(p.chrome, (-0.2, -0.06, -0.275), (0.2, -0.002, -0.262), 0.002)
    place("whiteboard", board, "whiteboard", at @ spot(w - 1.85, 0, 1.5))
    place("clock", things.clock(p.dark_plastic, p.paper_white, p.dark_metal), "otherprop", at @ spot(w - 1.85, 0, 2.05))
    place("television", appliances.television(p.finish, 0.66, 0.39), "television", at @ spot(w - 2.68, 0, 1.55))
    mirror = shell.frame(p.frames[2], (-0.19, -0.3, 0.19, 0.3), (-0.155, -0.265, 0.155, 0.265), -0.001, -0.024)
    mirror += box(p.mirror, (-0.16, -0.012, -0.27), (0.16, -0.004, 0.27), 0.0005)
    place("mirror", mirror, "mirror", at @ spot(w - 3.32, 0, 1.55))
    for i, z in enumerate((1.7, 1.32)):
        one = furniture.picture_frame(p.frames[i], p.mount, p.images[1 + i], 0.38, 0.3, 0.03)
        place("picture", one, "picture", at @ spot(w - 3.82, 0, z))
    parcel = things.open_box(p.kraft, 0.34, 0.28, 0.26)
    place("cardboard box", parcel, "box", at @ spot(w - 1.76, -0.22, 0, rng.uniform(-6, 6)))
    place("broom", things.broom(p.spoon, p.bristle), "otherprop", at @ spot(w - 1.37, -0.2, 0, 0))
    tall = things.plant(p.leaf, p.terracotta, p.soil, rng, 1.05, 0.36, 30).within((-0.27, -0.3, 0), (0.5, 0.33, 2))
    place("tall plant", tall, "otherprop", at @ spot(0.47, -0.36))


def build_table(room: Room, p: Palette, rng: random.Random) -> None:
    """Build the table with its chairs, cushions, and a meal's remains."""
    x, y = room.width - 1.75, 1.42 + rng.uniform(-0.05, 0.1)
    turn = rng.uniform(-5, 5)
    at = spot(x, y, 0, turn)
    round_one = rng.random() < 0.35
    if round_one:
        place("table", furniture.round_table(p.table, p.chair, 0.58), "table", at)
    else:
        place("table", furniture.table(p.table, p.table, 1.25, 0.8), "table", at)
    reach = 0.62 if round_one else 0.5
    seats = [(-0.27, reach, 0), (0.27, reach, 0), (-0.27, -reach, 180), (0.27, -reach, 180)]
    if round_one:
        seats = [(0.0, reach, 0), (0.0, -reach, 180), (-reach - 0.05, 0.0, 90)]
    chair = None
    for i, (sx, sy, degrees) in enumerate(seats):
        out = rng.uniform(0.0, 0.22) if i != 1 else 0.3
        push = out if sy > 0 else -out if sy < 0 else 0.0
        place_at = at @ spot(sx + (-out if sy == 0 else rng.uniform(-0.03, 0.03)), sy + push, 0, degrees + rng.uniform(-9, 9))
        if chair is None:
            chair = place("chair", furniture.chair(p.chair, p.chair_kind), "chair", place_at)
        else:
            repeat(chair, place_at)
        if i != 2:
            place("cushion", furniture.cushion(p.cushion, 0.38, 0.36), "pillow", place_at @ spot(0, -0.01, 0.4502, rng.uniform(-4, 4)))
        if i == 2:
            coat = things.jacket(p.coat, rng).bent(lean)
            place("jacket", coat, "clothes", place_at @ spot(0, 0.243, 0.921))
    top = at @ Matrix.Translation((0, 0, 0.75))
    place("fruit bowl", things.fruit(p.fruit, p.crock, rng), "otherprop", top @ spot(0.05, 0.08))
    place("newspaper", things.papers(p.news, rng, 3, 0.29, 0.38), "paper", top @ spot(-0.28, -0.16, 0, 95))
    place("mug on table", things.mug(p.mugs[0]), "otherprop", top @ spot(0.03, -0.25, 0, rng.uniform(0, 360)))
    place("plate on table", things.plate(p.china, 0.12), "otherprop", top @ spot(0.26, -0.22))
    place("bowl on plate", things.bowl(p.mugs[1], 0.07), "otherprop", top @ spot(0.26, -0.22, 0.0095))
    place("cereal", things.carton(p.package[0]), "box", top @ spot(0.34, 0.24, 0, rng.uniform(-25, 25)))
    place("bottle on table", things.bottle(p.clear, p.plastics[0], p.package[1], 0.037, 0.26), "otherprop", top @ spot(0.07, -0.12))
    place("magazines", things.lying_books(p.books, p.pages, rng, 3), "books", top @ spot(-0.34, 0.23, 0, 15))
    place("napkin", things.mat(p.towel, 0.2, 0.2, 0.006), "towel", top @ spot(0.45, -0.06, 0, 20))


def build_light(room: Room, p: Palette, over_sink: Opening, dining: Opening, rng: random.Random) -> None:
    """Light the room: daylight in both windows, sun, a ceiling lamp, a pendant, strips below wall cabinets."""
    sky = (0.86, 0.93, 1.0)
    for side, opening, power in (("north", over_sink, 48.0), ("east", dining, 80.0)):
        at = room.wall(side) @ spot(opening.middle, 0.02, (opening.sill + opening.head) / 2)
        light.area(f"daylight {side}", at, (opening.width - 0.1, opening.height - 0.1), power * p.day, sky, "room")
    bearing, elevation = rng.uniform(-25, 25), rng.uniform(28, 42)
    if p.sun:
        light.sun(bearing, elevation, 2.6 * p.sun)
    light.outside((0.55, 0.75, 1.0), (0.9, 0.95, 1.0), (0.16, 0.24, 0.08), 4.0 * p.day)
    warm = (1.0, 0.8, 0.56)
    h = room.height
    lamp = spot(room.width * 0.5, room.depth - 1.75, h)
    vent = shell.grille(p.white_plastic, p.dark_metal, 0.36, 0.16)
    place("vent", vent, "otherstructure", spot(room.width * 0.36, 1.3, h))
    place("ceiling lamp", appliances.ceiling_lamp(p.diffuser, p.chrome), "lamp", lamp)
    light.area("ceiling light", lamp @ Matrix.Translation((0, 0, -0.11)), (0.34, 0.34), 52.0 * p.evening, warm, round_=True)
    drop = h - 1.84
    hang = spot(room.width - 1.75, 1.42, h)
    place("pendant", appliances.pendant(p.shade, p.bulb, p.dark_metal, drop), "lamp", hang)
    light.area("pendant light", hang @ Matrix.Translation((0, 0, -drop + 0.02)), (0.26, 0.26), 22.0 * p.evening, warm, round_=True)
    start, stop = over_sink.right + 0.12, room.width - 0.06 - FRIDGE - 0.06
    strip = room.wall("north") @ spot((start + stop) / 2, -0.2, UPPER - 0.012)
    light.area("strip north", strip, (stop - start, 0.05), 5.0 * p.evening, warm)
    light.expose(p.exposure)
    light.render_with_few_samples()
