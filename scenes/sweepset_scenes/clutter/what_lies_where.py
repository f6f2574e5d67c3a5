"""Which things lie, stand and hang where: makers by the kind of surface and of room, each with its weight."""

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
"""What things stand on a surface of a kind (see `pieces.Surface`)."""

FLOOR: dict[str, Weighted] = {
    "bedroom": ((b.clothes_heap, 4), (b.thrown_garment, 2), (b.shoes, 4), (b.laundry_basket, 3), (b.moving_box, 1.5),
                (b.storage_box, 1.5), (b.backpack, 2), (b.handbag, 1), (b.suitcase, 1.5), (b.duffel_bag, 1),
                (b.book_pile, 1), (b.toy_blocks, 0.7), (b.toy_car, 0.5), (b.teddy, 0.7), (b.play_ball, 0.7),
                (b.waste_basket, 1.5), (b.fan, 0.8), (b.guitar, 0.6), (b.floor_plant, 0.6), (b.dropped_towel, 0.6)),
    "living_room": ((b.floor_plant, 3), (b.toy_blocks, 1.5), (b.toy_car, 1), (b.play_ball, 1), (b.teddy, 0.8),
                    (b.book_pile, 1.5), (b.basket, 2), (b.handbag, 1.5), (b.backpack, 1), (b.shoes, 1.5),
                    (b.moving_box, 1), (b.open_box, 0.8), (b.shopping_bag, 1), (b.cables, 1), (b.guitar, 0.8),
                    (b.fan, 0.7), (b.floor_papers, 0.6), (b.blanket, 0.6)),
    "office": ((b.moving_box, 3), (b.open_box, 2), (b.waste_basket, 4), (b.backpack, 2.5), (b.handbag, 1.5),
               (b.cables, 2.5), (b.book_pile, 2), (b.floor_papers, 1.5), (b.floor_plant, 1.5), (b.shopping_bag, 1),
               (b.storage_box, 1), (b.shoes, 0.5), (b.fan, 1)),
    "bathroom": ((b.waste_basket, 4), (b.laundry_basket, 3), (b.dropped_towel, 2), (b.clothes_heap, 1.5),
                 (b.basket, 1.5), (b.storage_box, 0.7), (b.shoes, 0.7), (b.floor_plant, 0.4)),
    "dining_room": ((b.floor_plant, 3), (b.moving_box, 1), (b.shopping_bag, 2), (b.handbag, 1), (b.backpack, 1),
                    (b.basket, 1.5), (b.toy_car, 0.5), (b.play_ball, 0.5), (b.book_pile, 0.5), (b.shoes, 1)),
    "kitchen": ((b.shopping_bag, 3), (b.waste_basket, 3), (b.moving_box, 1), (b.open_box, 1), (b.basket, 1),
                (b.shoes, 1.5), (b.backpack, 1), (b.floor_plant, 1), (b.toy_car, 0.4), (b.dropped_towel, 0.3)),
}  # fmt: skip
"""What lies on the floor of a room of a kind."""

PICTURES: Weighted = ((w.picture, 6), (w.picture_group, 2), (w.poster, 1), (w.mirror, 0.7))
WALLS: dict[str, Weighted] = {
    "bedroom": (*PICTURES, (w.poster, 3), (w.wall_shelf, 2), (w.tapestry, 1), (w.coat_rack, 1), (w.clock, 0.4),
                (w.pinboard, 1), (w.calendar, 0.6), (w.air_conditioner, 0.3), (w.ornament, 0.5)),
    "living_room": (*PICTURES, (w.wall_shelf, 2), (w.clock, 0.7), (w.tapestry, 0.6), (w.ornament, 1.2),
                    (w.air_conditioner, 0.3)),
    "office": ((w.whiteboard, 4), (w.blackboard, 0.8), (w.projector_screen, 0.8), (w.pinboard, 2.5), (w.poster, 2),
               (w.picture, 2), (w.calendar, 1.5), (w.notes, 2), (w.clock, 1), (w.wall_shelf, 1.5), (w.coat_rack, 0.7),
               (w.air_vent, 0.7)),
    "bathroom": ((w.picture, 2), (b.towel_on_rail, 4), (w.mirror, 1), (w.wall_shelf, 1.5), (w.air_vent, 1),
                 (w.coat_rack, 0.7)),
    "dining_room": (*PICTURES, (w.clock, 0.8), (w.ornament, 1.5), (w.wall_shelf, 0.7)),
    "kitchen": ((w.picture, 3), (w.picture_group, 0.7), (w.clock, 2), (w.calendar, 2), (w.wall_shelf, 1.5),
                (w.notes, 1), (b.towel_on_rail, 1.5), (w.pinboard, 0.7), (w.ornament, 0.7), (w.air_vent, 0.5)),
}  # fmt: skip
"""What hangs on the walls of a room of a kind; sockets, switches and radiators have places of their own."""


def draw(rng: random.Random, looks: Looks, makers: Weighted) -> Piece:
    """Make a piece by one of the makers, chosen by weight."""
    return rng.choices([maker for maker, _ in makers], [weight for _, weight in makers])[0](rng, looks)
