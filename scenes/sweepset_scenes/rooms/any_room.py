"""Any furnished room: its kind drawn by the seed as often as NYU Depth V2 shows it.

The numbers are those of the 1,449 labelled images by their scene type (the field `sceneTypes` of
nyu_depth_v2_labeled.mat): bedroom 383, kitchen 225 and office kitchen 10, living room 221, bathroom 121, dining room
117 and dinette 4, office 78, home office 50, study 25, study room 7 and computer lab 6. Shops, classrooms and other
rare types are left out.
"""

from __future__ import annotations

import random
from importlib import import_module

KINDS = {
    "bedroom": 383,
    "kitchen": 235,
    "living_room": 221,
    "office": 166,
    "bathroom": 121,
    "dining_room": 121,
}
"""Kinds of rooms, each a module of this package, and their weights."""


def draw_kind(seed: int) -> str:
    """Return the kind of room that a seed stands for."""
    return random.Random(f"kind {seed}").choices(list(KINDS), list(KINDS.values()))[0]


def build(seed: int) -> None:
    """Build a room of some kind into the current scene."""
    import_module(f".{draw_kind(seed)}", __package__).build(seed)
