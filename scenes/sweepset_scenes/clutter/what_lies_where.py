"""Makers of things by the kind of surface that they lie or stand on, each with its weight.

Things on floors and walls depend on the kind of room: see `RoomKind`.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from ..materials.room_materials import Looks
from ..piece import Piece
from . import belongings as b
from . import cookware as c
from . import on_walls as w
from . import tabletop as t

Maker = Callable[[random.Random, Looks], Piece]
Weighted = tuple[tuple[Maker, float], ...]

PAPER: Weighted = ((t.papers, 3), (t.books_lying, 3), (t.open_book, 1), (t.newspaper, 1), (t.notebook, 1))
DRINK: Weighted = ((t.mug, 3), (t.drinking_glass, 2), (t.bottle, 2))
DECORATION: Weighted = (
    (t.photo_frame, 2), (t.vase, 2), (t.candles, 1), (t.figurine, 2), (t.small_plant, 2), (t.small_box, 1.5),
)  # fmt: skip
GADGETS: Weighted = ((t.remote_control, 1.5), (t.phone, 1), (t.headphones, 0.6), (t.alarm_clock, 0.7))
FOOD: Weighted = ((t.food_packages, 3), (t.tins, 2), (t.bowl, 2), (t.dishes, 2), (t.bottle, 3), (t.tray, 1))
KITCHEN: Weighted = (
    (c.microwave, 1.5), (c.toaster, 1.5), (c.kettle, 1.5), (c.coffee_maker, 1.5), (c.pots, 2), (c.utensils, 2.5),
    (c.paper_roll, 1.2), (c.dish_rack, 0.8), (c.chopping_board, 1.5),
)  # fmt: skip
BATH: Weighted = (
    (t.toiletries, 6), (t.toothbrushes, 3), (t.soap, 2), (b.folded_towels, 2), (t.toilet_rolls, 1.5), (t.candles, 0.5),
)  # fmt: skip

ON: dict[str, Weighted] = {
    "desk": (*PAPER, *DRINK, *GADGETS, (t.pens, 2), (t.letter_tray, 1.5), (t.binders, 1), (t.photo_frame, 1),
             (t.small_plant, 0.7), (t.speaker, 0.7), (t.small_box, 1), (b.handbag, 0.3)),
    "table": (*DRINK, *FOOD, (t.place_setting, 2), (t.vase, 1.5), (t.candles, 1), (t.papers, 1), (t.laid_table, 1.5),
              (t.newspaper, 0.7), (b.shopping_bag, 0.5)),
    "low table": (*PAPER, *DRINK, *DECORATION, (t.remote_control, 3), (t.bowl, 1), (t.tray, 1)),
    "counter": (*FOOD, *KITCHEN, (t.mug, 1), (t.small_plant, 0.5), (b.folded_towels, 0.5), (b.shopping_bag, 0.7)),
    "top": (*DECORATION, *GADGETS, (t.books_lying, 2), (t.toiletries, 1.5), (t.tray, 0.5), (b.folded_clothes, 0.8),
            (b.handbag, 0.6), (b.shoe_box, 0.7), (t.basket_of_things, 1), (t.speaker, 0.6), (t.game_console, 0.7)),
    "shelf": (*DECORATION, (t.books_standing, 9), (t.books_lying, 3), (t.binders, 1), (t.small_box, 2),
              (b.shoe_box, 0.7), (t.basket_of_things, 1.5), (t.speaker, 0.7), (t.game_console, 0.7), (t.tins, 0.5),
              (b.teddy, 0.4)),
    "seat": ((b.thrown_garment, 4), (b.folded_clothes, 2), (b.handbag, 2), (b.backpack, 1.5), (b.blanket, 2),
             (t.books_lying, 1), (t.newspaper, 1), (b.teddy, 0.5), (t.remote_control, 1)),
    "bed": ((b.thrown_garment, 4), (b.clothes_heap, 4), (b.folded_clothes, 2), (b.blanket, 2), (b.handbag, 1),
            (b.backpack, 0.8), (t.books_lying, 1), (t.open_book, 1), (b.teddy, 1.5), (b.folded_towels, 1),
            (t.papers, 0.7)),
    "rim": BATH,
    "floor": ((b.moving_box, 2), (b.open_box, 1.5), (b.storage_box, 1.5), (b.shoe_box, 1), (b.shoes, 3),
              (b.backpack, 1.5), (b.shopping_bag, 1), (b.duffel_bag, 0.7), (b.basket, 1), (b.waste_basket, 1.5),
              (b.cables, 1)),
}  # fmt: skip
"""Things on a kind of surface (see `piece.Surface`)."""

PICTURES: Weighted = ((w.picture, 6), (w.picture_group, 2), (w.poster, 1), (w.mirror, 0.7))
"""Pictures, posters and mirrors, which hang above furniture."""


def draw(rng: random.Random, looks: Looks, makers: Weighted) -> Piece:
    """Make a piece by one of the makers, chosen by weight."""
    return rng.choices([maker for maker, _ in makers], [weight for _, weight in makers])[0](rng, looks)
