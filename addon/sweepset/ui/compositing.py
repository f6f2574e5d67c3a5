"""Panel Compositing: plain renders of the scene write labels."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..blender import labels, lamps
from ..blender.capture import direct_render
from ..blender.volumes import volumes
from ..errors import SweepsetError
from . import output
from .base import SidebarPanel, draw_lines, out_of_edit_mode, reported, settings_layout

WAIT = 0.25
"""Seconds between checks for changed labels that can be written."""
BUSY = 60.0
"""Seconds until a render that needs the main thread gives up on it: it may be waiting for the render to end."""


def _settings(context: bpy.types.Context) -> direct_render.Settings:
    chosen: Any = context.scene.sweepset_output
    return direct_render.Settings(
        chosen.direct_folder, (chosen.width, chosen.height), image=chosen.direct_image, depth=chosen.direct_depth
    )


class _ObjectMode:
    """Mix-in for operators that write pass indices: they need to read all faces, with no render running."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether no object is in Edit Mode, and nothing renders."""
        if context.mode.startswith("EDIT"):
            cls.poll_message_set("Leave Edit Mode first: the labels of faces can't be read in it")
            return False
        if bpy.app.is_job_running("RENDER"):
            cls.poll_message_set("Wait until the render is done")
            return False
        return True


class SWEEPSET_OT_set_up_compositing(_ObjectMode, bpy.types.Operator):
    """Make every render of this scene, by F12 or Ctrl F12, write label images, until you press Remove"""

    bl_idname = "sweepset.set_up_compositing"
    bl_label = "Set Up Compositing"
    bl_options = {"REGISTER", "UNDO"}

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Set up the scene with the panel's settings, again if it is set up already."""
        scene, settings = context.scene, _settings(context)
        output.folder_of(settings.folder, "compositing")  # raises if it is not a folder
        aside = direct_render.set_up(scene, context.view_layer, settings)
        unknown = labels.used() - set(labels.taxonomy_of(scene).ids)
        if unknown:
            names = ", ".join(map(repr, sorted(unknown)[:5]))
            self.report({"WARNING"}, f"Not in the taxonomy, and written as unlabelled: {names}")
        if not labels.any_label():
            self.report({"WARNING"}, "Nothing is labelled yet: labels are black until objects are")
        if any(volumes()):
            self.report({"WARNING"}, "Fog and other volumes blur labels here; Render Sweep keeps them sharp")
        if lamps.seen_by_cameras(scene):
            self.report(
                {"WARNING"}, "Lamps in view get the labels of what is behind them; Render Sweep gives them none"
            )
        if aside:
            self.report({"INFO"}, f"Renders write labels; put aside until Remove: {', '.join(aside)}")
        return {"FINISHED"}


class SWEEPSET_OT_remove_compositing(_ObjectMode, bpy.types.Operator):
    """Remove Sweepset's nodes, and restore all settings"""

    bl_idname = "sweepset.remove_compositing"
    bl_label = "Remove"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there is something to remove."""
        if not direct_render.is_set_up(context.scene):
            cls.poll_message_set("Compositing is not set up in this scene")
            return False
        return super().poll(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Restore the scene."""
        direct_render.remove(context.scene)
        return {"FINISHED"}


class SWEEPSET_PT_compositing(SidebarPanel, bpy.types.Panel):
    """The files that renders write, and the buttons that set up and remove this."""

    bl_idname = "SWEEPSET_PT_compositing"
    bl_label = "Compositing"
    bl_order = 50
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw settings, buttons and the settings put aside."""
        layout, scene = settings_layout(self, context), context.scene
        settings: Any = scene.sweepset_output
        there = direct_render.is_set_up(scene)
        output.draw_size(layout, settings)
        layout.prop(settings, "direct_folder")
        column = layout.column(heading="Also")
        column.prop(settings, "direct_image")
        column.prop(settings, "direct_depth")
        column = layout.column()
        changed = there and direct_render.settings_of(scene) != _settings(context)
        row = column.row(align=True)
        text = "Update" if there else "Set Up Compositing"
        row.operator("sweepset.set_up_compositing", text=text, icon="FILE_REFRESH" if there else "NODE_COMPOSITING")
        if there:
            row.operator("sweepset.remove_compositing", icon="X")
        if changed:
            draw_lines(context, layout, "Settings changed: press Update", "INFO")
        spoiled = direct_render.spoiled(scene) if there else []
        if spoiled:
            text = f"Changed since: {', '.join(spoiled)}. Renders write wrong labels until you press Update"
            draw_lines(context, layout, text, "ERROR")
        elif there:
            aside = direct_render.put_aside(scene)
            until = f"; put aside until Remove: {', '.join(aside)}" if aside else ""
            draw_lines(context, layout, f"F12 and Ctrl F12 write labels{until}", "CHECKMARK")
        for what in [] if there else _spoilers(scene):
            draw_lines(context, layout, what, "INFO")


def _spoilers(scene: bpy.types.Scene) -> list[str]:
    """Return warnings about settings that the set-up will put aside."""
    found = []
    if scene.render.engine != "CYCLES":
        found.append("Labels need Cycles: set up switches to it")
    camera = scene.camera.data if scene.camera is not None else None
    if scene.render.use_motion_blur or (isinstance(camera, bpy.types.Camera) and camera.dof.use_dof):
        found.append("Blur spoils labels: set up switches it off")
    if scene.camera is None:
        found.append("The scene has no camera to render from")
    return found


def follow_labels(scene: bpy.types.Scene) -> None:
    """Write changed labels again, as soon as no Edit Mode or render is in the way."""
    if not direct_render.refresh(scene):
        follow_soon()


def follow_soon() -> None:
    """Check soon whether labels changed: by a script, or with objects from another file."""
    set_up = any(direct_render.is_set_up(scene) for scene in bpy.data.scenes)
    if set_up and not bpy.app.timers.is_registered(_catch_up):
        bpy.app.timers.register(_catch_up, first_interval=WAIT)


def _catch_up() -> float | None:
    waiting = [scene for scene in bpy.data.scenes if scene.library is None and not direct_render.refresh(scene)]
    return WAIT if waiting else None


@persistent
def _write_before_render(*_: Any) -> None:
    """Write changed labels before a render reads the scene, which may be sooner than `_catch_up` runs.

    Blender calls this in the thread of the render, or in its main thread if the interface waits for the render.
    """
    if threading.current_thread() is threading.main_thread():
        _write_now()
    elif any(direct_render.is_set_up(scene) for scene in bpy.data.scenes):
        _MainThread(_write_now).run()


def _write_now() -> None:
    stale = [scene for scene in bpy.data.scenes if scene.library is None and not direct_render.is_fresh(scene)]
    if not stale:
        return
    with out_of_edit_mode(bpy.context):
        written = [direct_render.rewrite(scene, rendering=False) for scene in stale]
    if not all(written):
        raise SweepsetError("an object in another window's Edit Mode keeps its old labels in this render")


class _MainThread:
    """Runs a function in Blender's main thread, the only one that may change data, from another thread."""

    def __init__(self, function: Callable[[], None]) -> None:
        self._function = function
        self._begun, self._done = threading.Lock(), threading.Event()

    def run(self) -> None:
        """Run the function, and wait for its end; raise SweepsetError if the main thread is busy for too long."""
        bpy.app.timers.register(self._run)
        if not self._done.wait(BUSY) and self._begun.acquire(blocking=False):
            raise SweepsetError(f"Blender was busy for {BUSY:g} s: this render may show labels of before")
        self._done.wait()

    def _run(self) -> None:
        if self._begun.acquire(blocking=False):
            try:
                self._function()
            finally:
                self._done.set()


def write_again() -> None:
    """Write all labels after a file was opened: linked objects do not keep their pass indices."""
    for scene in bpy.data.scenes:
        if scene.library is None:
            direct_render.rewrite(scene)


classes = (SWEEPSET_OT_set_up_compositing, SWEEPSET_OT_remove_compositing, SWEEPSET_PT_compositing)
_register_classes, _unregister_classes = bpy.utils.register_classes_factory(classes)


def register() -> None:
    """Add the panel, and write labels before each render."""
    _register_classes()
    bpy.app.handlers.render_init.append(_write_before_render)


def unregister() -> None:
    """Remove the panel."""
    bpy.app.handlers.render_init.remove(_write_before_render)
    if bpy.app.timers.is_registered(_catch_up):
        bpy.app.timers.unregister(_catch_up)
    _unregister_classes()
