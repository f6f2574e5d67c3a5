"""Show category colours on objects in the viewport, and restore the user's own colours.

`Object.color` holds a category's colour only while the object has `OWN_KEY`, so that undo, which restores both or
neither, never loses the user's colour.
"""

from __future__ import annotations

import bpy
import numpy as np

from ...color import decode_srgb
from ...errors import SweepsetError
from ...taxonomy import UNLABELLED_COLOR, Category
from .. import labels
from ..labels import VISIBLE_TYPES

KEY = "sweepset_colors"
"""Custom property of a scene whose categories are shown as colours."""
OWN_KEY = "sweepset_own_color"
"""Custom property of an object that shows its category's colour: its own colour, then that of the category.

If the object shows a third colour, the user chose it, and it becomes its own.
"""

Color = tuple[float, float, float, float]
"""Scene-linear red, green, blue, and alpha."""


def linear(color: tuple[int, int, int]) -> Color:
    """Return an 8-bit sRGB colour as Blender keeps colours: scene-linear, in single precision."""
    red, green, blue = decode_srgb(np.array(color) / 255).astype(np.float32).tolist()
    return red, green, blue, 1.0


def colored_scene() -> bpy.types.Scene | None:
    """Return the scene whose categories the open file's objects show, None if they show their own colours."""
    return next((scene for scene in bpy.data.scenes if scene.get(KEY) and scene.library is None), None)


def switch_on(scene: bpy.types.Scene) -> None:
    """Show every object in the colour of its category, by the scene's taxonomy."""
    switch_off()
    scene[KEY] = True
    refresh(scene)


def switch_off() -> None:
    """Restore every object's own colour."""
    for scene in bpy.data.scenes:
        if KEY in scene and scene.library is None:
            del scene[KEY]
    take_off()


def refresh(scene: bpy.types.Scene) -> None:
    """Update all objects' colours to their labels; `scene` is the scene whose categories they show.

    Without a scene, objects that came from another file in a category's colour get their own colour back.
    """
    shown = colored_scene()
    if shown is None:
        take_off()
    elif shown == scene:
        colors = {name: linear(color) for name, color in category_colors(scene).items()}
        for item in bpy.data.objects:
            if item.type in VISIBLE_TYPES:
                _put_on(item, colors.get(whole_label(item), colors[""]))


def take_off() -> None:
    """Give objects their own colours until the next `refresh`: files are saved with them."""
    for item in bpy.data.objects:
        if OWN_KEY in item:
            item.color = _own(item)
            del item[OWN_KEY]


def settled(item: bpy.types.Object, on: bool) -> bool:
    """Tell whether an object, possibly a new one, shows a category's colour if colours are on, and its own if not."""
    return (OWN_KEY in item) == (on and item.type in VISIBLE_TYPES)


def category_colors(scene: bpy.types.Scene) -> dict[str, tuple[int, int, int]]:
    """Map the names of a scene's categories to their colours, 8-bit sRGB; '' to the colour of unlabelled objects."""
    try:
        categories: tuple[Category, ...] = labels.taxonomy_of(scene).categories
    except SweepsetError:  # the panel Labels reports it
        categories = ()
    return {"": UNLABELLED_COLOR, **{category.name: category.color for category in categories}}


def whole_label(item: bpy.types.Object) -> str:
    """Return the label that an object shows on parts without one: its materials' if they agree, else its own.

    '' for none.
    """
    names = set(labels.slots(item))
    return (names.pop() if len(names) == 1 else "") or labels.category_name(item)


def _own(item: bpy.types.Object) -> Color:
    """Return an object's own colour."""
    kept = item.get(OWN_KEY, ())
    red, green, blue, alpha = kept[:4] if tuple(kept[4:]) == tuple(item.color) else item.color
    return red, green, blue, alpha


def _put_on(item: bpy.types.Object, color: Color) -> None:
    kept = (*_own(item), *color)
    if tuple(item.get(OWN_KEY, ())) != kept:
        item[OWN_KEY] = kept
    if tuple(item.color) != color:
        item.color = color
