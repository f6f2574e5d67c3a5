"""The scene's categories for Blender's lists: a mirror of its taxonomy, which stays the only truth.

Also the chosen category, and the ten recent ones for number keys and the pie menu.
"""

from __future__ import annotations

import zlib

import bpy
from bpy.props import CollectionProperty, IntProperty, IntVectorProperty, PointerProperty, StringProperty

from ..blender import labels
from ..errors import SweepsetError
from ..taxonomy import Category
from . import icons

RECENT = 10
"""Number of recent categories: one for each number key."""


class SWEEPSET_PG_category(bpy.types.PropertyGroup):
    """A category of the scene's taxonomy."""

    supercategory: StringProperty()
    color: IntVectorProperty(size=3)

    @property
    def icon(self) -> int:
        """The icon value of its swatch."""
        return icons.swatch(tuple(self.color))


class SWEEPSET_PG_recent(bpy.types.PropertyGroup):
    """A recent category, by name: it keeps its number while it is recent."""

    used: IntProperty()


class SWEEPSET_PG_labelling(bpy.types.PropertyGroup):
    """The interface's data about a scene's labels, besides the labels themselves."""

    categories: CollectionProperty(type=SWEEPSET_PG_category)
    active_index: IntProperty(name="Category", description="The category that Assign gives", options={"SKIP_SAVE"})
    recent: CollectionProperty(type=SWEEPSET_PG_recent)
    taxonomy: StringProperty()
    mirrored: StringProperty()
    problem: StringProperty()


def mirror(scene: bpy.types.Scene) -> None:
    """Update the lists to the scene's taxonomy if they differ."""
    settings = scene.sweepset
    text = scene.get(labels.TAXONOMY_KEY, "")
    checksum = f"{zlib.crc32(str(text).encode()):08x}" if text else ""
    if settings.mirrored == checksum or scene.library is not None:
        return
    chosen = active(scene)
    settings.categories.clear()
    settings.mirrored, settings.taxonomy, settings.problem = checksum, "", ""
    try:
        taxonomy = labels.read_taxonomy(scene)
    except SweepsetError as error:
        settings.problem = str(error)
        taxonomy = None
    if taxonomy is not None:
        settings.taxonomy = taxonomy.name
        for category in taxonomy:
            entry = settings.categories.add()
            entry.name, entry.supercategory, entry.color = category.name, category.supercategory, category.color
    settings.active_index = max(settings.categories.find(chosen), 0)
    for place in reversed(range(len(settings.recent))):
        if settings.recent[place].name not in settings.categories:
            settings.recent.remove(place)
    for entry in settings.categories:
        if len(settings.recent) < RECENT and entry.name not in settings.recent:
            settings.recent.add().name = entry.name


def active(scene: bpy.types.Scene) -> str:
    """Return the name of the chosen category, '' for none."""
    settings = scene.sweepset
    if 0 <= settings.active_index < len(settings.categories):
        return settings.categories[settings.active_index].name
    return ""


def wanted(scene: bpy.types.Scene, name: str) -> Category:
    """Return the category with a name, the chosen one for ''; raise SweepsetError if there is none."""
    taxonomy = labels.read_taxonomy(scene)
    if taxonomy is None:
        raise SweepsetError("the scene has no taxonomy: choose one in the sidebar, tab Sweepset")
    return taxonomy.category(name or active(scene))


def recent(scene: bpy.types.Scene) -> list[SWEEPSET_PG_category]:
    """Return the recent categories, in the order of their numbers."""
    settings = scene.sweepset
    return [settings.categories[one.name] for one in settings.recent if one.name in settings.categories]


def choose(scene: bpy.types.Scene, name: str) -> None:
    """Choose a category for Assign to give."""
    scene.sweepset.active_index = max(scene.sweepset.categories.find(name), 0)


def note_use(scene: bpy.types.Scene, name: str) -> None:
    """Choose a category and make it a recent one, in place of the least recently used."""
    choose(scene, name)
    entries = scene.sweepset.recent
    entry = entries.get(name)
    if entry is None:
        entry = entries.add() if len(entries) < RECENT else min(reversed(entries.values()), key=lambda one: one.used)
        entry.name = name
    entry.used = max(one.used for one in entries) + 1


register_classes, unregister_classes = bpy.utils.register_classes_factory(
    (SWEEPSET_PG_category, SWEEPSET_PG_recent, SWEEPSET_PG_labelling)
)


def register() -> None:
    """Add the lists to scenes."""
    register_classes()
    bpy.types.Scene.sweepset = PointerProperty(type=SWEEPSET_PG_labelling)


def unregister() -> None:
    """Remove them."""
    del bpy.types.Scene.sweepset
    unregister_classes()
