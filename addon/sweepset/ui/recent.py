"""The recent categories: on number keys, in a pie menu, as buttons. The keys can be changed in the preferences."""

from __future__ import annotations

from collections.abc import Iterator

import bpy
import rna_keymap_ui
from bpy.props import IntProperty

from ..errors import SweepsetError
from . import categories
from .base import SidebarPanel, is_narrow, reported
from .labelling import assign, category_property, has_categories, has_selection
from .part_labels import assign_faces

NUMBERS = ("ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE", "ZERO")
"""Blender's names of the number keys, in the order of the recent categories."""
MODES = ("Object Mode", "Mesh")
"""Key maps in which the keys assign labels."""

_added: list[tuple[bpy.types.KeyMap, bpy.types.KeyMapItem]] = []


class SWEEPSET_OT_assign_recent(bpy.types.Operator):
    """Give the selected objects, or in Edit Mode the selected faces, a recent category"""

    bl_idname = "sweepset.assign_recent"
    bl_label = "Assign Recent Category"
    bl_options = {"REGISTER", "UNDO"}

    number: IntProperty(
        name="Number", description="Which of the recent categories", default=1, min=1, max=categories.RECENT
    )
    category: category_property()

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there is a category to assign."""
        if context.mode not in {"OBJECT", "EDIT_MESH"}:
            cls.poll_message_set("Objects are labelled in Object Mode, faces in Edit Mode")
            return False
        return has_categories(cls, context) and (context.mode == "EDIT_MESH" or has_selection(cls, context))

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        """Say which category it is."""
        recent = context.scene.sweepset.recent
        what = "faces" if context.mode == "EDIT_MESH" else "objects"
        if properties.number <= len(recent):
            return f"Label the selected {what} {recent[properties.number - 1].name}"
        return f"Label the selected {what} with a category used lately"

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Label the selection."""
        recent = context.scene.sweepset.recent
        if not self.category and self.number > len(recent):
            raise SweepsetError(f"there is no category {self.number}: there are {len(recent)} recent ones")
        label = assign_faces if context.mode == "EDIT_MESH" else assign
        self.category = label(self, context, self.category or recent[self.number - 1].name)
        return {"FINISHED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the category in the panel of the last operation: a number says nothing there."""
        self.layout.prop(self, "category")


class SWEEPSET_MT_recent_pie(bpy.types.Menu):
    """The first eight recent categories, for the selected objects or faces."""

    bl_idname = "SWEEPSET_MT_recent_pie"
    bl_label = "Label"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the pie; a category stays in its place while it is a recent one."""
        pie = self.layout.menu_pie()
        for number, entry in enumerate(categories.recent(context.scene)[:8], 1):
            pie.operator(
                "sweepset.assign_recent", text=entry.name, icon_value=entry.icon, translate=False
            ).number = number


class SWEEPSET_PT_recent(SidebarPanel, bpy.types.Panel):
    """The categories of the number keys and the pie menu."""

    bl_idname = "SWEEPSET_PT_recent"
    bl_parent_id = "SWEEPSET_PT_labels"
    bl_label = "Recent Categories"
    bl_order = 1

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there are any."""
        return bool(context.scene.sweepset.categories)

    def draw(self, context: bpy.types.Context) -> None:
        """Draw a button for each, in the order of the number keys."""
        layout = self.layout
        mode = "Mesh" if context.mode == "EDIT_MESH" else "Object Mode"
        items = [item for keymap, item in _user_items(context) if keymap.name == mode and item.active]
        keys = [item for item in items if item.idname == "sweepset.assign_recent"]
        first = next((item for item in keys if item.properties.number == 1), None)
        pie = next((item for item in items if item.idname == "wm.call_menu_pie"), None)
        told = [f"{first.to_string()} … 0"] if first is not None else []
        told += [f"pie menu {pie.to_string()}"] if pie is not None else []
        narrow = is_narrow(context)
        for text in told if narrow else [", ".join(told)] if told else []:
            layout.label(text=text)
        grid = layout.grid_flow(row_major=False, columns=1 if narrow else 2, even_columns=True, align=True)
        for number, entry in enumerate(categories.recent(context.scene), 1):
            text = f"{number % 10}  {entry.name}"
            grid.operator("sweepset.assign_recent", text=text, icon_value=entry.icon, translate=False).number = number


class SWEEPSET_AP_preferences(bpy.types.AddonPreferences):
    """The add-on's preferences: its keys."""

    bl_idname = __package__.rpartition(".")[0]

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the keys, to be changed here or in Blender's key map editor."""
        layout = self.layout.column()
        for name in MODES:
            layout.label(text=name)
            for keymap, item in _user_items(context):
                if keymap.name == name:
                    layout.context_pointer_set("keymap", keymap)
                    rna_keymap_ui.draw_kmi(
                        ["ADDON", "USER", "DEFAULT"], context.window_manager.keyconfigs.user, keymap, item, layout, 0
                    )


def _user_items(context: bpy.types.Context) -> Iterator[tuple[bpy.types.KeyMap, bpy.types.KeyMapItem]]:
    """Yield our items with the user's changes."""
    config = context.window_manager.keyconfigs.user
    for name in MODES:
        keymap = config.keymaps.get(name) if config is not None else None
        for item in keymap.keymap_items if keymap is not None else ():
            pie = item.idname == "wm.call_menu_pie" and item.properties.name == "SWEEPSET_MT_recent_pie"
            if pie or item.idname == "sweepset.assign_recent":
                yield keymap, item


register_classes, unregister_classes = bpy.utils.register_classes_factory(
    (SWEEPSET_OT_assign_recent, SWEEPSET_MT_recent_pie, SWEEPSET_PT_recent, SWEEPSET_AP_preferences)
)


def register() -> None:
    """Add operator, menu and panel, and the keys if there is a window."""
    register_classes()
    config = bpy.context.window_manager.keyconfigs.addon
    if config is None:
        return
    for name in MODES:
        keymap = config.keymaps.new(name, space_type="EMPTY")
        for number, key in reversed(list(enumerate(NUMBERS, 1))):  # the preferences list the newest first
            # Blender uses the plain keys, and those with Shift or Alt, for collections.
            item = keymap.keymap_items.new("sweepset.assign_recent", key, "PRESS", ctrl=True, alt=True)
            item.properties.number = number
            _added.append((keymap, item))
        item = keymap.keymap_items.new("wm.call_menu_pie", "L", "PRESS", shift=True, ctrl=True)
        item.properties.name = "SWEEPSET_MT_recent_pie"
        _added.append((keymap, item))


def unregister() -> None:
    """Remove them."""
    for keymap, item in _added:
        keymap.keymap_items.remove(item)
    _added.clear()
    unregister_classes()
