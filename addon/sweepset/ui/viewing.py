"""Panel View: show categories as colours in the 3D view."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..blender import compat
from ..blender.labelling import colors
from . import part_colors, previewing
from .base import SidebarPanel, reported

SOLID = {"light": "FLAT", "color_type": "OBJECT", "show_cavity": True, "cavity_type": "SCREEN"}
"""Settings of solid shading that show an object's exact colour, and its shape by edges."""


class SWEEPSET_OT_toggle_colors(bpy.types.Operator):
    """Show every object in the color of its category. Own colors and the views' shading are restored afterwards"""

    bl_idname = "sweepset.toggle_colors"
    bl_label = "Category Colors"
    bl_options = {"REGISTER", "UNDO"}

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Switch colours on or off."""
        if colors.colored_scene() is None:
            colors.switch_on(context.scene)
        else:
            colors.switch_off()
        follow()
        return {"FINISHED"}


class SWEEPSET_PT_view(SidebarPanel, bpy.types.Panel):
    """Categories in the viewport, and in a preview render."""

    bl_idname = "SWEEPSET_PT_view"
    bl_label = "View"
    bl_order = 20

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the toggle, and the previews."""
        on = colors.colored_scene() is not None
        self.layout.operator("sweepset.toggle_colors", icon="COLOR", depress=on)
        previewing.draw(self.layout, context.scene)


def labels_changed(scene: bpy.types.Scene) -> None:
    """Update colours to the labels."""
    colors.refresh(scene)
    part_colors.forget()
    previewing.labels_changed()


class _Noticed:
    """The draw handler that notices 3D views which are opened while colours are on."""

    handle: Any = None


def follow() -> None:
    """Set the 3D views' shading, whether colours are on or off."""
    on = colors.colored_scene() is not None
    for space in _views():
        _shade(space.shading, on)
    part_colors.follow(on)
    if on and _Noticed.handle is None and not bpy.app.background:
        _Noticed.handle = bpy.types.SpaceView3D.draw_handler_add(_notice, (), "WINDOW", "POST_PIXEL")
    elif not on and _Noticed.handle is not None:
        bpy.types.SpaceView3D.draw_handler_remove(_Noticed.handle, "WINDOW")
        _Noticed.handle = None


def _notice() -> None:
    """Shade a newly opened 3D view, by a timer, as drawing must not change it."""
    if not bpy.context.space_data.shading.sweepset_own and not bpy.app.timers.is_registered(follow):
        bpy.app.timers.register(follow)


def _views() -> Iterator[bpy.types.SpaceView3D]:
    """Yield all 3D views of the file, including those of areas that show another editor now."""
    for screen in bpy.data.screens:
        for area in screen.areas:
            yield from (space for space in area.spaces if space.type == "VIEW_3D")


def _shade(shading: bpy.types.View3DShading, on: bool) -> None:
    """Switch a 3D view to plain object colours, or back to its own shading."""
    if on and not shading.sweepset_own:
        kind = shading.type
        shading.type = "SOLID"  # other types show other settings by these names
        shading.sweepset_own = json.dumps({"type": kind, "solid": {name: getattr(shading, name) for name in SOLID}})
        for name, value in SOLID.items():
            setattr(shading, name, value)
    elif not on and shading.sweepset_own:
        own = json.loads(shading.sweepset_own)
        shading.property_unset("sweepset_own")
        shading.type = "SOLID"
        for name, value in own["solid"].items():
            setattr(shading, name, value)
        shading.type = own["type"]


@persistent
def _put_away(*_: Any) -> None:
    """Restore the user's own colours and shading before a file is saved."""
    listeners = bpy.app.handlers.depsgraph_update_post
    if _look_at_new in listeners:  # the scene is drawn once more for the file's thumbnail, before it is written
        listeners.remove(_look_at_new)
    if "save_post_fail" not in HANDLERS:
        bpy.app.timers.register(_put_back)
    colors.take_off()
    for space in _views():
        _shade(space.shading, False)


@persistent
def _put_back(*_: Any) -> None:
    if _look_at_new not in bpy.app.handlers.depsgraph_update_post:
        bpy.app.handlers.depsgraph_update_post.append(_look_at_new)
    scene = colors.colored_scene()
    if scene is not None:
        colors.refresh(scene)
        follow()


@persistent
def _look_at_new(_: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> None:
    """Colour new objects, and restore own colours of those that came with a category's colour."""
    scene = colors.colored_scene()
    changed = [update.id.original for update in depsgraph.updates if isinstance(update.id, bpy.types.Object)]
    if not all(colors.settled(item, scene is not None) for item in changed):
        colors.refresh(scene or bpy.context.scene)


HANDLERS = {
    "save_pre": _put_away,
    "save_post": _put_back,
    "depsgraph_update_post": _look_at_new,
}
if compat.knows(bpy.app.handlers, "save_post_fail"):  # from 3.6 on
    HANDLERS["save_post_fail"] = _put_back

classes = (SWEEPSET_OT_toggle_colors, SWEEPSET_PT_view)
_register_classes, _unregister_classes = bpy.utils.register_classes_factory(classes)


def register() -> None:
    """Register the panel, and listen for what changes objects and views."""
    _register_classes()
    bpy.types.View3DShading.sweepset_own = bpy.props.StringProperty(
        name="Own Shading", description="This 3D view's shading without category colors", options={"HIDDEN"}
    )
    for name, handler in HANDLERS.items():
        getattr(bpy.app.handlers, name).append(handler)


def unregister() -> None:
    """Restore all own colours, and remove what `register` added."""
    colors.switch_off()
    follow()
    for timer in (follow, _put_back):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)
    for name, handler in HANDLERS.items():
        getattr(bpy.app.handlers, name).remove(handler)
    del bpy.types.View3DShading.sweepset_own
    _unregister_classes()
