"""Any furnished room: its kind drawn by the seed as often as NYU Depth V2 shows it.

`RoomKind.nyu_weight` counts the 1,449 labelled images by their scene type (the field `sceneTypes` of
nyu_depth_v2_labeled.mat): bedroom 383, kitchen 225 and office kitchen 10, living room 221, bathroom 121, dining room
117 and dinette 4, office 78, home office 50, study 25, study room 7 and computer lab 6. Shops, classrooms and other
rare types are left out.
"""

from __future__ import annotations

import random

from .. import SCENES
from . import bathroom, bedroom, dining_room, kitchen, living_room, office

ROOM_KINDS = {
    module.KIND.name: module.KIND for module in (bedroom, kitchen, living_room, office, bathroom, dining_room)
}
"""All kinds of rooms; a seed's kind depends on their order."""


def draw_kind(seed: int) -> str:
    """Return the name of the kind of room that a seed stands for."""
    weights = [kind.nyu_weight for kind in ROOM_KINDS.values()]
    return random.Random(f"kind {seed}").choices(list(ROOM_KINDS), weights)[0]


def build(seed: int) -> None:
    """Build a room of some kind into the current scene."""
    SCENES[draw_kind(seed)].build(seed)
