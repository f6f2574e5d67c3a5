"""Panel Labels: taxonomy, categories, progress, and the objects left."""

from __future__ import annotations

import bpy
from bpy.props import BoolProperty

from ..blender import compat
from . import categories, changes, picking, searching
from .base import SidebarPanel, append_to_menus, draw_lines, remove_from_menus


class SWEEPSET_UL_categories(bpy.types.UIList):
    """The categories, searched by name and supercategory."""

    bl_idname = "SWEEPSET_UL_categories"

    is_known: BoolProperty(
        description="Whether the list was drawn before: after that, the user opens and closes its search"
    )

    def draw_item(
        self,
        context: bpy.types.Context,
        layout: bpy.types.UILayout,
        data: bpy.types.AnyType,
        item: categories.SWEEPSET_PG_category,
        icon: int,
        active_data: bpy.types.AnyType,
        active_property: str,
        index: int = 0,
        flt_flag: int = 0,
    ) -> None:
        """Draw a category: swatch, name, how many objects have it."""
        layout.label(text=item.name, icon_value=item.icon, translate=False)
        number = changes.progress(context.scene).objects.get(item.name, 0)
        right = layout.row()
        right.alignment = "RIGHT"
        right.active = bool(number)
        right.label(text=f"{number:,}" if number else "–", translate=False)

    def filter_items(
        self, context: bpy.types.Context, data: bpy.types.AnyType, property: str
    ) -> tuple[list[int], list[int]]:
        """Show the categories that have the searched text in their name or supercategory."""
        if not self.is_known:
            self.is_known = self.use_filter_show = True
        searched = self.filter_name.strip()
        searching.note(context, searched)
        if not searched:
            return [], []
        show = self.bitflag_filter_item
        return [show if searching.matches(one, searched) else 0 for one in data.categories], []


class SWEEPSET_MT_recent(bpy.types.Menu):
    """The recent categories, for the selected objects or faces."""

    bl_idname = "SWEEPSET_MT_recent"
    bl_label = "Label"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw a row for each category."""
        for number, entry in enumerate(categories.recent(context.scene), 1):
            self.layout.operator("sweepset.assign_recent", text=entry.name, icon_value=entry.icon).number = number
        self.layout.separator()
        self.layout.operator("sweepset.copy_label")
        self.layout.operator("sweepset.clear_faces" if context.mode == "EDIT_MESH" else "sweepset.clear")


class SWEEPSET_MT_collection(bpy.types.Menu):
    """The recent categories, for a whole collection."""

    bl_idname = "SWEEPSET_MT_collection"
    bl_label = "Label Collection"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw a row for each category."""
        for entry in categories.recent(context.scene):
            row = self.layout.operator("sweepset.assign_collection", text=entry.name, icon_value=entry.icon)
            row.category = entry.name


class SWEEPSET_MT_more(bpy.types.Menu):
    """More actions on labels."""

    bl_idname = "SWEEPSET_MT_more"
    bl_label = "More"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the actions that the panel has no room for."""
        layout = self.layout
        layout.operator("sweepset.copy_label", icon="PASTEDOWN")
        layout.menu("SWEEPSET_MT_collection", icon="OUTLINER_COLLECTION")
        layout.separator()
        layout.operator("wm.call_menu_pie", text="Pie Menu").name = "SWEEPSET_MT_recent_pie"


class SWEEPSET_PT_labels(SidebarPanel, bpy.types.Panel):
    """Label objects: choose a category, assign it, see the objects left."""

    bl_idname = "SWEEPSET_PT_labels"
    bl_label = "Labels"
    bl_order = 0

    def draw(self, context: bpy.types.Context) -> None:
        """Draw taxonomy, progress, categories and actions."""
        layout, settings = self.layout, context.scene.sweepset
        row = layout.row(align=True)
        row.operator_menu_enum("sweepset.choose_taxonomy", "name", text=settings.taxonomy or "Choose Taxonomy")
        row.operator("sweepset.load_taxonomy", text="", icon="FILE_FOLDER")
        if settings.problem:
            draw_lines(context, layout, settings.problem, "ERROR")
        _draw_progress(context, layout)
        if not settings.categories:
            return
        row = layout.row()
        row.template_list("SWEEPSET_UL_categories", "", settings, "categories", settings, "active_index", rows=7)
        row.column().menu("SWEEPSET_MT_more", text="", icon="DOWNARROW_HLT")
        editing = context.mode == "EDIT_MESH"
        row = layout.row(align=True)
        row.scale_y = 1.25
        name = categories.active(context.scene)
        swatch = settings.categories[name].icon if name else 0
        assign = "sweepset.assign_faces" if editing else "sweepset.assign"
        row.operator(assign, text=f"Assign {name}", icon_value=swatch, translate=False)
        row.operator("sweepset.clear_faces" if editing else "sweepset.clear", text="", icon="X")
        alone = context.space_data is not None and getattr(context.space_data, "local_view", None) is not None
        column = layout.column(align=True)
        row = column.row(align=True)
        row.operator("sweepset.select_faces" if editing else "sweepset.select_category", text="Select")
        row.operator("sweepset.isolate", text="", icon="HIDE_OFF", depress=alone)
        row = column.row(align=True)
        row.operator("sweepset.select_unlabelled")
        row.operator("sweepset.isolate", text="", icon="HIDE_OFF", depress=alone).unlabelled = True
        layout.operator("sweepset.label_by_clicking", icon="RESTRICT_SELECT_OFF", depress=picking.is_running())
        _draw_outside(context, layout)


def _draw_progress(context: bpy.types.Context, layout: bpy.types.UILayout) -> None:
    progress = changes.progress(context.scene)
    if not progress.total:
        layout.label(text="Nothing to label: no object is rendered", icon="INFO")
        return
    text = f"{progress.labelled:,} of {progress.total:,} objects labelled"
    compat.draw_progress(layout, progress.labelled / progress.total, text)


def _draw_outside(context: bpy.types.Context, layout: bpy.types.UILayout) -> None:
    """Draw the labels that are in use but not in the taxonomy."""
    settings = context.scene.sweepset
    outside = [name for name in changes.progress(context.scene).objects if name not in settings.categories]
    if outside:
        column = layout.column(align=True)
        column.label(text=f"Not in {settings.taxonomy}:", icon="ERROR")
        for name in sorted(outside)[:5]:
            column.operator("sweepset.select_category", text=f"Select {name}", translate=False).category = name
        if len(outside) > 5:
            column.label(text=f"and {len(outside) - 5} more")


def _draw_object_menu(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    if context.scene.sweepset.categories:
        self.layout.separator()
        self.layout.menu("SWEEPSET_MT_recent")


def _draw_collection_menu(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    if context.scene.sweepset.categories:
        self.layout.separator()
        self.layout.menu("SWEEPSET_MT_collection")


MENUS = {
    "VIEW3D_MT_object_context_menu": _draw_object_menu,
    "VIEW3D_MT_edit_mesh_context_menu": _draw_object_menu,
    "OUTLINER_MT_object": _draw_object_menu,
    "OUTLINER_MT_collection": _draw_collection_menu,
}
"""Blender's own menus that end with ours."""

register_classes, unregister_classes = bpy.utils.register_classes_factory(
    (
        SWEEPSET_UL_categories,
        SWEEPSET_MT_recent,
        SWEEPSET_MT_collection,
        SWEEPSET_MT_more,
        SWEEPSET_PT_labels,
    )
)


def register() -> None:
    """Add the panel and the menus."""
    register_classes()
    append_to_menus(MENUS)


def unregister() -> None:
    """Take them away."""
    remove_from_menus(MENUS)
    unregister_classes()
