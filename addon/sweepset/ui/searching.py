"""The search of the category list: what it finds becomes the category that Assign gives.

A list draws its search and may not write while it draws, so a timer chooses the category.
"""

from __future__ import annotations

import bpy

from . import categories
from .base import redraw_views

_texts: dict[int, str] = {}
"""The text that was searched last, by the region that draws the list."""
_wanted: dict[str, str] = {}
"""By scene, the text whose category is to be chosen."""


def note(context: bpy.types.Context, text: str) -> None:
    """Take note of the text in a list's search, on each redraw; a new one chooses a category soon.

    Only a change counts: what the user chooses afterwards, by a click or a number key, stays chosen.
    """
    region = context.region.as_pointer() if context.region is not None else 0
    if _texts.get(region, "") == text:
        return
    _texts[region] = text
    if text:
        _wanted[context.scene.name_full] = text
        if not bpy.app.timers.is_registered(_choose):
            bpy.app.timers.register(_choose)


def matches(entry: categories.SWEEPSET_PG_category, text: str) -> bool:
    """Tell whether a category has a text in its name or supercategory."""
    return text.casefold() in f"{entry.name} {entry.supercategory}".casefold()


def found(scene: bpy.types.Scene, text: str) -> str:
    """Return the name of the category that a search chooses, '' if it finds none.

    That is the category of this very name, else the chosen one if it is among those found, else the first of them.
    """
    names = [entry.name for entry in scene.sweepset.categories if matches(entry, text)]
    same = [name for name in names if name.casefold() == text.casefold()]
    chosen = [name for name in names if name == categories.active(scene)]
    return next(iter([*same, *chosen, *names]), "")


def _choose() -> None:
    for name, text in _wanted.items():
        scene = next((one for one in bpy.data.scenes if one.name_full == name and one.library is None), None)
        chosen = found(scene, text) if scene is not None else ""
        if chosen:
            categories.choose(scene, chosen)
    _wanted.clear()
    redraw_views()


def register() -> None:
    """Do nothing: the list calls `note`."""


def unregister() -> None:
    """Forget all searches."""
    if bpy.app.timers.is_registered(_choose):
        bpy.app.timers.unregister(_choose)
    _texts.clear()
    _wanted.clear()
