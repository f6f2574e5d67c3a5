"""Any furnished room: its kind drawn by the seed as often as NYU Depth V2 shows it."""

from __future__ import annotations

from .. import MIXED, SCENES, kind_of
from . import bathroom, bedroom, dining_room, kitchen, living_room, office

ROOM_KINDS = {
    module.KIND.name: module.KIND for module in (bedroom, kitchen, living_room, office, bathroom, dining_room)
}
"""All kinds of rooms."""


def build(seed: int) -> None:
    """Build a room of some kind into the current scene."""
    SCENES[kind_of(MIXED, seed)].build(seed)
