"""Shared by the parts of the interface: the sidebar's tab, reports of bad input, wrapped text, redraws."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import bpy

from ..errors import SweepsetError


class SidebarPanel:
    """Mix-in for panels in the 3D view's sidebar, tab Sweepset."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Sweepset"


NARROW = 30
"""Letters in a line below which two columns cut texts."""


def settings_layout(panel: bpy.types.Panel, context: bpy.types.Context) -> bpy.types.UILayout:
    """Return a panel's layout for settings: names on the left, values on the right, no dots that key them.

    In a narrow sidebar, as that of Blender 3.4 is at first, names are inside the fields.
    """
    panel.layout.use_property_split = not is_narrow(context)
    panel.layout.use_property_decorate = False
    return panel.layout


def reported(
    execute: Callable[[bpy.types.Operator, bpy.types.Context], set[str]],
) -> Callable[[bpy.types.Operator, bpy.types.Context], set[str]]:
    """Let an operator's `execute` report a SweepsetError in Blender's own way, and cancel."""

    def execute_reported(self: bpy.types.Operator, context: bpy.types.Context) -> set[str]:
        try:
            return execute(self, context)
        except SweepsetError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}

    return execute_reported


def letters(context: bpy.types.Context) -> int:
    """Return how many letters safely fit into a line of the sidebar."""
    return max(20, int(context.region.width / (6.5 * context.preferences.system.ui_scale)) - 10)


def is_narrow(context: bpy.types.Context) -> bool:
    """Return whether the sidebar has no room for two columns of text."""
    return letters(context) < NARROW


def draw_lines(context: bpy.types.Context, layout: bpy.types.UILayout, text: str, icon: str) -> None:
    """Draw a long text in lines that fit the sidebar."""
    draw_wrapped(context, layout.box().column(align=True), text, icon)


def draw_wrapped(context: bpy.types.Context, column: bpy.types.UILayout, text: str, icon: str = "NONE") -> None:
    """Draw a long text in a column, in lines that fit the sidebar."""
    for number, line in enumerate(textwrap.wrap(text, letters(context))):
        later = "NONE" if icon == "NONE" else "BLANK1"
        column.label(text=line, icon=icon if number == 0 else later, translate=False)


@contextmanager
def out_of_edit_mode(context: bpy.types.Context) -> Iterator[None]:
    """Leave Edit Mode, in which labels of faces can't be read, for the duration of the context."""
    is_editing = context.object is not None and context.object.mode == "EDIT"
    edited = list(context.objects_in_mode) if is_editing else []
    if not edited:
        yield
        return
    unselected = [item for item in edited if not item.select_get()]
    bpy.ops.object.mode_set(mode="OBJECT")
    try:
        yield
    finally:
        for item in unselected:  # Edit Mode takes in what is selected
            item.select_set(True)
        bpy.ops.object.mode_set(mode="EDIT")
        for item in unselected:
            item.select_set(False)


def redraw_views() -> None:
    """Redraw all 3D views."""
    for manager in bpy.data.window_managers:
        for window in manager.windows:
            for area in window.screen.areas:
                if area.type == "VIEW_3D":
                    area.tag_redraw()


def append_to_menus(draws: Mapping[str, Callable[..., None]]) -> None:
    """End menus of Blender, by their names, with entries of ours."""
    for name, draw in draws.items():
        getattr(bpy.types, name).append(draw)


def remove_from_menus(draws: Mapping[str, Callable[..., None]]) -> None:
    """Take the entries away again."""
    for name, draw in draws.items():
        getattr(bpy.types, name).remove(draw)
