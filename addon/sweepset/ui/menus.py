"""The menu Sweepset in the menus Object and Mesh, with every operator: Blender's search (F3) goes through menus."""

from __future__ import annotations

import bpy

from .base import append_to_menus, remove_from_menus
from .labels_panel import SWEEPSET_MT_collection, SWEEPSET_MT_recent

OPERATORS = {
    "OBJECT": (
        ("load_taxonomy",),
        ("assign", "clear", "copy_label", "assign_slot", "clear_slot"),
        ("select_category", "select_unlabelled", "isolate", "label_by_clicking"),
        ("propose_labels", "accept_proposals"),
        ("toggle_colors", "preview_labels", "measure_unlabelled", "audit"),
        (
            "preview_sweep",
            "hide_sweep",
            "leave_sweep_camera",
            "bake_sweep",
            "render_sweep",
            "cancel_sweep",
            "write_job",
        ),
        ("set_up_compositing", "remove_compositing"),
    ),
    "EDIT_MESH": (("assign_faces", "clear_faces", "select_faces"),),
}
"""Operators by mode, in groups. Those on a row of a list are in the lists alone."""
TEXTS = {
    "hide_sweep": "Hide Sweep",
    "cancel_sweep": "Cancel Sweep",
    "remove_compositing": "Remove Compositing",
    "accept_proposals": "Accept All Proposals",
}
"""Texts of operators whose names are clear in their panels only."""


class SWEEPSET_MT_object(bpy.types.Menu):
    """Every operator on objects and on the scene."""

    bl_idname = "SWEEPSET_MT_object"
    bl_label = "Sweepset"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the operators."""
        self.layout.operator_menu_enum("sweepset.choose_taxonomy", "name", text="Choose Taxonomy")
        _draw(self.layout, "OBJECT")
        if context.scene.sweepset.categories:
            self.layout.separator()
            self.layout.menu(SWEEPSET_MT_recent.bl_idname)
            self.layout.menu(SWEEPSET_MT_collection.bl_idname)


class SWEEPSET_MT_mesh(bpy.types.Menu):
    """Every operator on faces."""

    bl_idname = "SWEEPSET_MT_mesh"
    bl_label = "Sweepset"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the operators."""
        _draw(self.layout, "EDIT_MESH")
        if context.scene.sweepset.categories:
            self.layout.separator()
            self.layout.menu(SWEEPSET_MT_recent.bl_idname)


def _draw(layout: bpy.types.UILayout, mode: str) -> None:
    for group in OPERATORS[mode]:
        layout.separator()
        for name in group:
            texts = {"text": TEXTS[name]} if name in TEXTS else {}
            layout.operator(f"sweepset.{name}", **texts)


def _draw_object(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.separator()
    self.layout.menu(SWEEPSET_MT_object.bl_idname)


def _draw_mesh(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.separator()
    self.layout.menu(SWEEPSET_MT_mesh.bl_idname)


MENUS = {"VIEW3D_MT_object": _draw_object, "VIEW3D_MT_edit_mesh": _draw_mesh}
"""Blender's own menus that end with ours."""

register_classes, unregister_classes = bpy.utils.register_classes_factory((SWEEPSET_MT_object, SWEEPSET_MT_mesh))


def register() -> None:
    """Add the menus."""
    register_classes()
    append_to_menus(MENUS)


def unregister() -> None:
    """Take them away."""
    remove_from_menus(MENUS)
    unregister_classes()
