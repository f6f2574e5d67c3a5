"""Clutter of the eat-in kitchen: on the counters, the refrigerator, the shelves, the table."""

from __future__ import annotations

import random
from collections.abc import Sequence

import bpy
import numpy as np
from mathutils import Matrix

from ...shapes import appliances, cabinetry, cloth, crockery, paper
from ...shapes.primitives import Shape, ball, box, join, place, smooth, spot, tube
from .palette import Palette
from .plan import CASE_HEIGHT, COUNTER, FRIDGE_DEPTH, FRIDGE_HEIGHT, TALL, UPPER, Plan

SHELVES = (1.38, 1.74)
"""Upper faces of the wall shelves."""
HOOKS = 1.62
"""The lower edge of the board with hooks."""


def put(name: str, what: Shape, at: Matrix, category: str = "otherprop") -> bpy.types.Object:
    """Place a thing; most of them have no category of their own."""
    return place(name, what, category, at)


def pressed(plant: Shape, behind: float, below: float = 0.0) -> Shape:
    """Return a plant that keeps off a wall `behind` it, and maybe off the sill that it hangs over."""
    return plant.within((-1, -1, below), (1, behind, 3))


def leaning(points: np.ndarray) -> np.ndarray:
    """Tilt a jacket as the chair's back below it."""
    return points + points[:, 2:] * (0.0, 0.1875, 0.0)


def strew_north(plan: Plan, p: Palette, rng: random.Random) -> None:
    """Strew the north counter, the window sill, the tops of the cabinets, and lay the mat."""
    wall, sink, stop = plan.room.wall("north"), plan.sink, plan.stop
    top = wall @ spot(0, 0, COUNTER)
    rack = crockery.dish_rack(p.cabinets.chrome, p.crockery.china, p.cabinets.dark_plastic)
    put("dish rack", rack, top @ spot(sink + 0.68, -0.27, 0, rng.uniform(-4, 4)))
    put(
        "soap",
        crockery.bottle(p.furniture.plastics[0], p.furniture.white_plastic, p.papers.package[3], 0.028, 0.165),
        top @ spot(sink - 0.3, -0.075),
    )
    put("sponge", crockery.sponge(p.food.sponge), top @ spot(sink - 0.2, -0.055, 0, rng.uniform(-8, 8)))
    put(
        "detergent",
        crockery.bottle(p.furniture.plastics[1], p.furniture.plastics[2], None, 0.034, 0.168),
        top @ spot(sink - 0.37, -0.06),
    )
    put(
        "kitchen roll",
        crockery.paper_roll(p.papers.paper_white, p.cabinets.chrome),
        top @ spot(sink - 0.55, -0.14),
        "paper",
    )
    put(
        "coffee maker",
        appliances.coffee_maker(p.cabinets.finish, p.crockery.clear, p.crockery.coffee),
        top @ spot(0.42, -0.2, 0, 35),
    )
    put("tea", paper.carton(p.papers.package[3], 0.13, 0.07, 0.08), top @ spot(0.12, -0.06), "box")
    put("crackers", paper.carton(p.papers.package[1], 0.16, 0.06, 0.22), top @ spot(0.12, -0.2, 0, 50), "box")
    put("mug", crockery.mug(p.crockery.mugs[0]), top @ spot(0.72, -0.38, 0, rng.uniform(0, 360)))
    put("mug", crockery.mug(p.crockery.mugs[2]), top @ spot(0.66, -0.28, 0, rng.uniform(0, 360)))
    oven = top @ spot(stop - 0.29, -0.23, 0, rng.uniform(-3, 3))
    put("microwave", appliances.microwave(p.cabinets.finish), oven)
    put("bread basket", crockery.basket(p.crockery.wicker, 0.28, 0.2, 0.07), oven @ spot(0.0, 0.02, 0.28))
    put("bread", crockery.loaf(p.food.crust), oven @ spot(0.0, 0.02, 0.284, 80))
    put(
        "mail",
        paper.papers(p.papers.note, rng, 4, 0.11, 0.22),
        top @ spot(stop - 0.28, -0.53, 0, rng.uniform(80, 100)),
        "paper",
    )
    put("toaster", appliances.toaster(p.cabinets.finish), top @ spot(sink + 1.08, -0.36, 0, rng.uniform(-25, 10)))
    outlet = plan.over_sink.right + 0.2
    cord = [(sink + 0.98, -0.3, 0.03), (sink + 0.97, -0.12, 0.0045), (sink + 0.9, -0.05, 0.0045)]
    cord += [(outlet + 0.02, -0.035, 0.1), (outlet, -0.03, 0.25)]
    put("cord", tube(p.cabinets.dark_plastic, smooth(cord), 0.003, 6), top)
    plug = box(p.cabinets.dark_plastic, (-0.018, -0.045, -0.018), (0.018, 0.0, 0.018), 0.006)
    put("plug", plug, top @ spot(outlet, -0.0175, 0.25))
    if stop - sink > 2.08:
        put("fruit", crockery.fruit(p.food.fruit, p.crockery.china, rng, 0.12), top @ spot(stop - 0.68, -0.3))
    towel = cloth.draped(p.cloths.dishcloth, 0.3, 0.3, 0.22, 0.0115, rng)
    put("tea towel", towel, wall @ spot(sink + 0.75, -0.64, COUNTER - 0.203), "towel")
    sill = wall @ spot(0, 0, plan.over_sink.sill + 0.012)
    green = crockery.plant(p.food.leaf, p.food.terracotta, p.food.soil, rng, 0.2, 0.1, 16)
    put("sill plant", pressed(green, 0.085), sill @ spot(plan.over_sink.left + 0.18, 0.01))
    put(
        "sill mug", crockery.mug(p.crockery.mugs[1], 0.036, 0.08), sill @ spot(plan.over_sink.right - 0.16, 0.02, 0, 30)
    )
    roof = wall @ spot(plan.uppers, 0, UPPER + TALL + (0.055 if p.cabinets.cornice else 0.0))
    put("basket on cabinet", crockery.basket(p.crockery.wicker, 0.34, 0.22, 0.16), roof @ spot(0.3, -0.16, 0, 8))
    put(
        "pot on cabinet",
        crockery.pot(p.crockery.enamel, p.cabinets.dark_plastic, 0.13, 0.15),
        roof @ spot(0.75, -0.18, 0, 20),
    )
    mat = cloth.mat(p.cloths.mat, rng.uniform(0.85, 1.1), 0.52)
    put("mat at sink", mat, wall @ spot(sink, -0.98, 0, rng.uniform(-4, 4)), "floor mat")


def strew_refrigerator(plan: Plan, p: Palette, rng: random.Random) -> None:
    """Stick notes on the refrigerator, put boxes and a basket on it."""
    at = plan.room.wall("north") @ spot(plan.fridge, 0)
    notes = (
        (0.3, 1.62, p.papers.note, 0.1, 0.14),
        (0.52, 1.58, p.papers.photo, 0.1, 0.15),
        (0.38, 1.0, p.papers.calendar, 0.21, 0.28),
        (0.58, 0.86, p.papers.note, 0.12, 0.16),
    )
    for x, z, material, wide, tall in notes:
        lean = Matrix.Rotation(rng.uniform(-0.08, 0.08), 4, "Y")
        page = paper.page(material, wide, tall)
        put("note", page, at @ spot(x, -FRIDGE_DEPTH - 0.001, z) @ lean, "paper")
        x += rng.uniform(-0.02, 0.02)
        put("magnet", crockery.magnet(rng.choice(p.furniture.plastics)), at @ spot(x, -FRIDGE_DEPTH - 0.002, z - 0.015))
    top = at @ spot(0, 0, FRIDGE_HEIGHT - 0.012)
    put("basket on refrigerator", crockery.basket(p.crockery.wicker, 0.3, 0.24, 0.1), top @ spot(0.5, -0.4, 0, -6))
    if rng.random() < 0.6:
        put(
            "box on refrigerator",
            paper.carton(p.papers.package[3], 0.17, 0.08, 0.07),
            top @ spot(0.2, -0.52, 0, 12),
            "box",
        )


def strew_west(plan: Plan, p: Palette, rng: random.Random) -> None:
    """Strew the stove and the counters beside it, and stand things below the shelves."""
    wall, stove = plan.room.wall("west"), plan.stove
    top = wall @ spot(stove, 0, COUNTER)
    hot = top @ spot(0, 0, 0.039 if p.gas else 0.018)
    put(
        "kettle",
        appliances.kettle(p.cabinets.finish, p.crockery.kettle),
        hot @ spot(0.155, -0.18, 0, rng.uniform(200, 260)),
    )
    if rng.random() < 0.5:
        put("pot", crockery.pot(p.cabinets.steel, p.cabinets.dark_plastic), hot @ spot(0.445, -0.45, 0, 20))
    else:
        put(
            "pan",
            crockery.pan(p.cabinets.dark_metal, p.cabinets.dark_plastic),
            hot @ spot(0.445, -0.45, 0, rng.uniform(-50, -15)),
        )
    towel = cloth.draped(p.cloths.towel, 0.29, 0.42, 0.3, 0.0125, rng)
    put("towel", towel, wall @ spot(stove + rng.uniform(0.25, 0.35), -0.677, 0.69), "towel")
    put(
        "utensils",
        crockery.utensils(p.crockery.crock, (p.crockery.spoon, p.cabinets.steel, p.cabinets.dark_plastic), rng),
        top @ spot(-0.1, -0.14),
    )
    put(
        "oil",
        crockery.bottle(p.crockery.green_glass, p.cabinets.dark_plastic, p.papers.label, 0.034, 0.28),
        top @ spot(-0.23, -0.1),
    )
    put(
        "vinegar",
        crockery.bottle(p.crockery.brown_glass, p.cabinets.dark_plastic, p.papers.label, 0.03, 0.25),
        top @ spot(-0.31, -0.12),
    )
    board = top @ spot(-0.27, -0.4)
    put("chopping board", crockery.board(p.crockery.board), board @ spot(0, 0, 0, rng.uniform(70, 100)))
    lemon = ball(p.food.fruit[2], 0.032).scaled(1.2, 1, 1).moved(z=0.032)
    put("lemon", lemon, board @ spot(0.04, 0.03, 0.0182))
    put(
        "knives",
        crockery.knife_block(p.crockery.spoon, p.cabinets.dark_plastic, p.cabinets.steel),
        top @ spot(-0.47, -0.15, 0, rng.uniform(-20, 20)),
    )
    for i, tall in enumerate((0.2, 0.16, 0.13)):
        put(
            "canister",
            crockery.canister(p.crockery.enamel, p.cabinets.chrome, 0.05 + 0.03 * tall, tall),
            top @ spot(0.68 + 0.15 * i, -0.13),
        )
    cookbooks = paper.standing_books(p.papers.books, p.papers.pages, rng, 0.24)
    put("cookbooks", cookbooks, wall @ spot(plan.room.depth - 0.62, -0.27, COUNTER), "books")
    put(
        "waste bin",
        crockery.bin_with_lid(p.cabinets.steel, p.cabinets.dark_plastic),
        wall @ spot(plan.end - 0.24, -0.2),
        "otherfurniture",
    )
    bag = paper.shopping_bag(p.food.kraft, p.shell.cord)
    put("shopping bag", bag, wall @ spot(plan.end - 0.62, -0.16, 0, rng.uniform(-12, 12)), "bag")
    put("stool", cabinetry.stool(p.furniture.chair, 0.45), wall @ spot(plan.shelf[0] + 0.04, -0.24, 0, 20), "chair")


def strew_shelves(plan: Plan, p: Palette, rng: random.Random) -> None:
    """Fill the wall shelves, hang a calendar, an apron and a bag beside them."""
    wall = plan.room.wall("west")
    start, length = plan.shelf
    lower, upper = (wall @ spot(start, 0, z) for z in SHELVES)
    books = paper.standing_books(p.papers.books, p.papers.pages, rng, 0.28, 0.23, 0.16)
    put("books on shelf", books, lower @ spot(0.04, -0.02), "books")
    for x, filling in zip((0.4, 0.52, 0.64), p.crockery.fillings):
        jar = crockery.jar(
            p.crockery.clear, p.cabinets.chrome, filling, 0.048, rng.uniform(0.14, 0.17), rng.uniform(0.4, 0.9)
        )
        if x < length - 0.06:
            put("jar", jar, lower @ spot(x, -0.1))
    put(
        "bowls",
        join([crockery.bowl(p.crockery.china, 0.075).moved(z=0.018 * i) for i in range(4)]),
        upper @ spot(0.12, -0.1),
    )
    put("plates", crockery.plates(p.crockery.china, 7, 0.09), upper @ spot(0.34, -0.1))
    for i in range(2):
        put(
            "mug on shelf",
            crockery.mug(p.crockery.mugs[i]),
            upper @ spot(0.52 + 0.1 * i, -0.1, 0, rng.uniform(200, 300)),
        )
    green = crockery.plant(p.food.leaf, p.food.terracotta, p.food.soil, rng, 0.22, 0.13, 18)
    put("plant on shelf", pressed(green, 0.094), upper @ spot(length - 0.16, -0.1))
    month = paper.page(p.papers.calendar, 0.3, 0.4, 0.012) + paper.card(p.papers.images[2], 0.3, 0.2)
    put("calendar", month, wall @ spot((0.76 + start) / 2 + 0.04, -0.001, 1.5), "paper")
    hooks = wall @ spot(0.2, 0, HOOKS + 0.03)
    put("apron", cloth.apron(p.cloths.apron, rng), hooks @ spot(0.085, 0), "clothes")
    put("bag on hook", cloth.tote(p.cloths.tote).within((-1, -1, -1), (1, -0.003, 1)), hooks @ spot(0.425, 0), "bag")


def strew_bookcase(plan: Plan, p: Palette, rng: random.Random, levels: Sequence[float]) -> None:
    """Fill the bookcase, and put a plant into the window beside it."""
    wall = plan.room.wall("east")
    case = wall @ spot(plan.case, -0.016)
    for z in levels[1:4]:
        board = case @ spot(0.027, -0.042, z)
        length = rng.uniform(0.34, 0.62)
        put("books", paper.standing_books(p.papers.books, p.papers.pages, rng, length, 0.26, 0.2), board, "books")
        if length < 0.4:
            put(
                "books lying",
                paper.lying_books(p.papers.books, p.papers.pages, rng, 3),
                board @ spot(0.555, -0.1, 0, 90),
                "books",
            )
    put("basket", crockery.basket(p.crockery.wicker, 0.32, 0.22, 0.2), case @ spot(0.22, -0.15, levels[0]))
    put(
        "box in bookcase",
        paper.carton(p.papers.package[3], 0.22, 0.18, 0.16),
        case @ spot(0.53, -0.15, levels[0], 5),
        "box",
    )
    put("vase", crockery.vase(p.crockery.crock), case @ spot(0.17, -0.14, levels[4]))
    photo = (
        cabinetry.picture_frame(p.papers.frames[1], p.papers.mount, p.papers.photo, 0.15, 0.2, 0.012)
        .turned(-8, "X")
        .moved(z=0.1)
    )
    put("photo", photo, case @ spot(0.42, -0.12, levels[4]), "picture")
    green = crockery.plant(p.food.leaf, p.food.terracotta, p.food.soil, rng, 0.34, 0.2, 26)
    put("plant on bookcase", pressed(green, 0.13), case @ spot(0.5, -0.14, CASE_HEIGHT))
    put(
        "box on bookcase", paper.carton(p.food.kraft, 0.26, 0.2, 0.14), case @ spot(0.18, -0.145, CASE_HEIGHT, 4), "box"
    )
    green = crockery.plant(p.food.leaf, p.crockery.china, p.food.soil, rng, 0.26, 0.13, 20)
    sill = wall @ spot(plan.dining.middle + 0.3, 0.015, plan.dining.sill + 0.012)
    put("plant in window", pressed(green, 0.08), sill)


def strew_south(plan: Plan, p: Palette, rng: random.Random) -> None:
    """Stand a box, a broom and a tall plant along the south wall, lay the door mat, hang the clock."""
    wall, w = plan.room.wall("south"), plan.room.width
    put(
        "door mat",
        cloth.mat(p.cloths.door_mat, 0.7, 0.42),
        wall @ spot(w - 0.75, -0.36, 0, rng.uniform(-3, 3)),
        "floor mat",
    )
    put(
        "clock",
        crockery.clock(p.cabinets.dark_plastic, p.papers.paper_white, p.cabinets.dark_metal),
        wall @ spot(w - 1.85, 0, 2.05),
    )
    parcel = paper.open_box(p.food.kraft, 0.34, 0.28, 0.26)
    put("cardboard box", parcel, wall @ spot(w - 1.76, -0.22, 0, rng.uniform(-6, 6)), "box")
    put("broom", crockery.broom(p.crockery.spoon, p.food.bristle), wall @ spot(w - 1.37, -0.2))
    green = crockery.plant(p.food.leaf, p.food.terracotta, p.food.soil, rng, 1.05, 0.36, 30)
    put("tall plant", green.within((-0.27, -0.3, 0), (0.5, 0.33, 2)), wall @ spot(0.47, -0.36))


def strew_table(p: Palette, rng: random.Random, top: Matrix, seats: list[Matrix], backs: list[Matrix]) -> None:
    """Lay a meal's remains on the table, cushions on the chairs, and a jacket over one."""
    cushion = cabinetry.cushion(p.cloths.cushion, 0.38, 0.36)
    for seat in (*seats[:2], *seats[3:]):
        put("cushion", cushion, seat @ spot(0, 0, 0, rng.uniform(-4, 4)), "pillow")
    put("jacket", cloth.jacket(p.cloths.coat, rng).bent(leaning), backs[2], "clothes")
    put("fruit bowl", crockery.fruit(p.food.fruit, p.crockery.crock, rng), top @ spot(0.05, 0.08))
    put("newspaper", paper.papers(p.papers.news, rng, 3, 0.29, 0.38), top @ spot(-0.28, -0.16, 0, 95), "paper")
    put("mug on table", crockery.mug(p.crockery.mugs[0]), top @ spot(0.03, -0.25, 0, rng.uniform(0, 360)))
    put("plate on table", crockery.plate(p.crockery.china, 0.12), top @ spot(0.26, -0.22))
    put("bowl on plate", crockery.bowl(p.crockery.mugs[1], 0.07), top @ spot(0.26, -0.22, 0.0095))
    put("cereal", paper.carton(p.papers.package[0]), top @ spot(0.34, 0.24, 0, rng.uniform(-25, 25)), "box")
    bottle = crockery.bottle(p.crockery.clear, p.furniture.plastics[0], p.papers.package[1], 0.037, 0.26)
    put("bottle on table", bottle, top @ spot(0.07, -0.12))
    put("magazines", paper.lying_books(p.papers.books, p.papers.pages, rng, 3), top @ spot(-0.34, 0.23, 0, 15), "books")
    put("napkin", cloth.mat(p.cloths.towel, 0.2, 0.2, 0.006), top @ spot(0.45, -0.06, 0, 20), "towel")
