"""Things on kitchen counters: small appliances, pots, utensils, food, drying dishes. Makers of pieces."""

from __future__ import annotations

import random

from ..materials.room_materials import Looks
from ..piece import Piece
from ..shapes import appliances, crockery
from ..shapes.primitives import Shape
from .belongings import one


def finish(rng: random.Random, looks: Looks) -> appliances.Finish:
    """Choose what an appliance is made of."""
    body = rng.choice((looks.steel, looks.steel, looks.white, looks.white, looks.black))
    return appliances.Finish(body, looks.metal, looks.black, looks.screen, looks.chrome)


def microwave(rng: random.Random, looks: Looks) -> Piece:
    """Make a microwave oven, 45 to 53 cm wide."""
    width, deep, high = rng.uniform(0.45, 0.53), rng.uniform(0.34, 0.4), rng.uniform(0.26, 0.31)
    return one("microwave", appliances.microwave(finish(rng, looks), width, deep, high))


def toaster(rng: random.Random, looks: Looks) -> Piece:
    """Make a toaster, long or short side to the front."""
    return one("toaster", appliances.toaster(finish(rng, looks)).turned(rng.choice((0, 0, 90))))


def kettle(rng: random.Random, looks: Looks) -> Piece:
    """Make a kettle."""
    body = rng.choice((looks.chrome, looks.steel, looks.colored(rng)))
    return one("kettle", appliances.kettle(finish(rng, looks), body).turned(rng.uniform(0, 360)))


def coffee_maker(rng: random.Random, looks: Looks) -> Piece:
    """Make a drip coffee machine."""
    return one("coffee maker", appliances.coffee_maker(finish(rng, looks), looks.glass, looks.soil))


def pot(rng: random.Random, looks: Looks) -> Shape:
    """Make a pot or a pan, its bottom's middle the origin."""
    if rng.random() < 0.3:
        return crockery.pan(looks.black, looks.black, rng.uniform(0.11, 0.14))
    body = rng.choice((looks.steel, looks.steel, looks.black, looks.colored(rng)))
    return crockery.pot(body, looks.black, rng.uniform(0.08, 0.125), rng.uniform(0.09, 0.16), rng.random() < 0.7)


def pots(rng: random.Random, looks: Looks) -> Piece:
    """Make a pot or a pan that stands on a counter."""
    return one("pot", pot(rng, looks))


def utensils(rng: random.Random, looks: Looks) -> Piece:
    """Make a crock full of spoons, or a block with knives."""
    if rng.random() < 0.4:
        return one("knife block", crockery.knife_block(looks.wood2, looks.black, looks.steel))
    return one("utensils", crockery.utensils(looks.glazed(rng), (looks.wood, looks.wood2), rng))


def paper_roll(rng: random.Random, looks: Looks) -> Piece:
    """Make a kitchen roll."""
    return one("paper towels", crockery.paper_roll(looks.paper, looks.metal), "paper")


def dish_rack(rng: random.Random, looks: Looks) -> Piece:
    """Make a drying rack full of dishes."""
    return one("dish rack", crockery.dish_rack(looks.metal, looks.glazed(rng), rng.choice((looks.white, looks.black))))


def chopping_board(rng: random.Random, looks: Looks) -> Piece:
    """Make a chopping board, maybe with a loaf on it."""
    shape = crockery.board(looks.wood2, rng.uniform(0.2, 0.28), rng.uniform(0.3, 0.42))
    if rng.random() < 0.4:
        shape = shape + crockery.loaf(looks.basket).moved(z=0.018)
    return one("chopping board", shape)
