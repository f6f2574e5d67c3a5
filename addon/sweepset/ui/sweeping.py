"""Panel Sweep: choose how cameras are placed, preview, bake and render them, or write a job file for the command."""

from __future__ import annotations

import dataclasses
import hashlib
import shlex
from pathlib import Path
from typing import Any, ClassVar

import bpy
import numpy as np
from bpy_extras.io_utils import ExportHelper

from .. import job_file, sweeps
from ..blender import compat, shots
from ..blender.capture.background import Background
from ..blender.capture.dataset_writer import check_folder
from ..blender.shots import Shot
from ..errors import SweepsetError
from ..protocol import Done, Event, FrameWritten, PoseFound, PosesReady, SweepReady
from . import frustums, output
from .base import SidebarPanel, draw_lines, redraw_views, reported, settings_layout
from .frustums import Preview

TICK = 0.1
"""Seconds between reads of the background Blender's reports."""
DECIDING = ("sweep", "frames", "seed", "size", "fov", "lens_jitter", "scene_name", "view_layer")
"""Fields of a job that decide where its cameras are."""


class _Working:
    """Mix-in for operators that start a Blender in the background, one at a time.

    Called by a script, they wait for it. From the window, they run while the user works, until Cancel; Esc belongs to
    what the user does meanwhile.
    """

    running: ClassVar[_Working | None] = None
    title: ClassVar[str]
    done, total = 0, 0
    cancelled = False

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether nothing runs."""
        if _Working.running is not None:
            cls.poll_message_set(f"{_Working.running.title} is running: wait for it, or cancel it")
            return False
        return True

    def begin(self, context: bpy.types.Context) -> Background:
        """Start the work."""
        raise NotImplementedError

    def follow(self, event: Event) -> None:
        """Take note of an event."""
        raise NotImplementedError

    def end(self) -> None:
        """Report that the work is done."""
        raise NotImplementedError

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Do the work and wait for it."""
        background = self.begin(context)
        try:
            for event in background.wait():
                self.follow(event)
        finally:
            background.stop()
        self.end()
        return {"FINISHED"}

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Start the work and return to the user."""
        try:
            self._background = self.begin(context)
        except SweepsetError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        manager = context.window_manager
        self._timer = manager.event_timer_add(TICK, window=context.window)
        manager.modal_handler_add(self)
        _Working.running = self
        context.workspace.status_text_set(f"{self.title}: the cross in the panel Sweep cancels it")
        redraw_views()
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Follow the work until it is done, fails or is cancelled."""
        if self.cancelled:
            self.cancel(context)
            self.report(
                {"INFO"}, f"{self.title} cancelled" + (f" at {self.done} of {self.total}" if self.total else "")
            )
            return {"CANCELLED"}
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        try:
            for told in self._background.poll():
                redraw_views()
                if isinstance(told, Done):
                    self.cancel(context)
                    self.end()
                    return {"FINISHED"}
                self.follow(told)
        except SweepsetError as error:
            self.cancel(context)
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"PASS_THROUGH"}

    def cancel(self, context: bpy.types.Context) -> None:
        """End the work; Blender calls this too when it closes the file."""
        _Working.running = None
        self._background.stop()
        context.window_manager.event_timer_remove(self._timer)
        if context.workspace is not None:
            context.workspace.status_text_set(None)
        redraw_views()


class SWEEPSET_OT_preview_sweep(_Working, bpy.types.Operator):
    """Find the cameras of the sweep, the same as in a render, and show them in the 3D view"""

    bl_idname = "sweepset.preview_sweep"
    bl_label = "Preview Sweep"
    title = "Preview of the sweep"

    def begin(self, context: bpy.types.Context) -> Background:
        """Look for views in the present file, saved or not."""
        self._scene = context.scene.name_full
        self._job = output.job_of(context, "", "")
        blend = bpy.data.filepath
        if bpy.data.is_dirty or not blend:
            blend = str(Path(bpy.app.tempdir) / "sweepset-preview.blend")
            try:
                bpy.ops.wm.save_as_mainfile(filepath=blend, copy=True, check_existing=False)
            except RuntimeError as error:
                raise SweepsetError(
                    f"cannot save a copy of the file to look for views in: {' '.join(str(error).split())}"
                ) from None
        return Background("poses", output.job_of(context, blend, ""))

    def follow(self, event: Event) -> None:
        """Show a new camera."""
        if isinstance(event, PosesReady):
            self.total = event.frames
            self._preview = Preview(self._scene, self._job, event.unit_scale, self.total)
        elif isinstance(event, PoseFound):
            self.done += 1
            matrix, lens = np.array(event.matrix), np.array(event.K)
            self._preview.shots.append(Shot(event.frame, matrix, lens, event.time))
            frustums.show(self._preview)

    def end(self) -> None:
        """Report how many there are."""
        self.report({"INFO"}, f"{self.done} cameras")


class SWEEPSET_OT_hide_sweep(bpy.types.Operator):
    """Hide the cameras of the sweep"""

    bl_idname = "sweepset.hide_sweep"
    bl_label = "Hide"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether cameras are shown."""
        if frustums.preview_of(context.scene) is None:
            cls.poll_message_set("No cameras are shown")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Hide them."""
        frustums.hide()
        return {"FINISHED"}


class SWEEPSET_OT_leave_sweep_camera(bpy.types.Operator):
    """Stop looking through a camera of the sweep, and return to the earlier view"""

    bl_idname = "sweepset.leave_sweep_camera"
    bl_label = "Leave Camera"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether a view looks through a camera."""
        return frustums.looks_through()

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Step back."""
        frustums.step_back()
        redraw_views()
        return {"FINISHED"}


class SWEEPSET_OT_bake_sweep(bpy.types.Operator):
    """Make one camera with a key for each camera of the preview, at the frame of its number"""

    bl_idname = "sweepset.bake_sweep"
    bl_label = "Bake to Camera"
    bl_options = {"REGISTER", "UNDO"}

    make_active: bpy.props.BoolProperty(name="Make Active", description="Render through the new camera", default=True)
    set_range: bpy.props.BoolProperty(
        name="Set Frame Range", description="Make the scene's frames those of the sweep, from 0", default=True
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there are cameras to bake."""
        preview = frustums.preview_of(context.scene)
        if preview is None or not preview.whole:
            cls.poll_message_set("Preview the sweep first: the cameras shown are baked")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Bake the cameras that are shown."""
        scene, preview = context.scene, frustums.preview_of(context.scene)
        camera = shots.bake(scene, preview.shots, preview.job.size, preview.unit_scale)
        if self.make_active:
            scene.camera = camera
        if self.set_range:
            scene.frame_start, scene.frame_end = 0, preview.total - 1
            scene.frame_set(0)
        if any(shot.time != preview.shots[0].time for shot in preview.shots):
            self.report({"WARNING"}, "The scene is animated: at a baked frame it shows another time than in the sweep")
        return {"FINISHED"}


def _is_changed() -> bool:
    """Tell whether the file has unsaved changes; without a window, Blender can't tell."""
    return bpy.data.is_dirty and not bpy.app.background


def _saved(cls: type) -> bool:
    """Tell whether the file is saved, for an operator's poll."""
    if not bpy.data.filepath:
        cls.poll_message_set("Save the file first: the file on disk is rendered")
    elif _is_changed():
        cls.poll_message_set("Save the file first: it has changes, and the file on disk is rendered")
    return bool(bpy.data.filepath) and not _is_changed()


class SWEEPSET_OT_render_sweep(_Working, bpy.types.Operator):
    """Render the sweep's images and labels in a background Blender, while you work on here"""

    bl_idname = "sweepset.render_sweep"
    bl_label = "Render Sweep"
    title = "Render of the sweep"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether the file is saved, and nothing runs."""
        return super().poll(context) and _saved(cls)

    def begin(self, context: bpy.types.Context) -> Background:
        """Render the file on disk."""
        self._folder = output.folder_of(context.scene.sweepset_output.sweep_folder, "sweep")
        digest = hashlib.sha256(Path(bpy.data.filepath).read_bytes()).hexdigest()
        job = output.job_of(context, str(Path(bpy.data.filepath).resolve()), digest)
        check_folder(self._folder, job)
        return Background("render", job, self._folder)

    def follow(self, event: Event) -> None:
        """Count the frames."""
        if isinstance(event, SweepReady):
            self.total, self.done = event.frames, event.there
        elif isinstance(event, FrameWritten):
            self.done += 1

    def end(self) -> None:
        """Report where the dataset is."""
        self.report({"INFO"}, f"{self.done} image/label pairs in {str(self._folder)!r}")


class SWEEPSET_OT_write_job(ExportHelper, bpy.types.Operator):
    """Write these settings to a file that the command `sweepset render` renders, here or on another machine"""

    bl_idname = "sweepset.write_job"
    bl_label = "Write Job File"

    filename_ext = ".json"
    filter_glob: bpy.props.StringProperty(default="*.json", options={"HIDDEN"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether the file is saved."""
        return _saved(cls)

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Write the file."""
        path = Path(bpy.path.abspath(self.filepath)).resolve()
        job_file.write(path, output.job_of(context, str(Path(bpy.data.filepath).resolve()), ""))
        self.report({"INFO"}, f"Render it with: sweepset render {shlex.quote(str(path))}")
        return {"FINISHED"}


class SWEEPSET_OT_cancel_sweep(bpy.types.Operator):
    """End the work in the background; finished frames stay"""

    bl_idname = "sweepset.cancel_sweep"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether something runs."""
        return _Working.running is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Have it end at its next event."""
        _Working.running.cancelled = True
        return {"FINISHED"}


class SWEEPSET_PT_sweep(SidebarPanel, bpy.types.Panel):
    """The sweep's parameters and its preview."""

    bl_idname = "SWEEPSET_PT_sweep"
    bl_label = "Sweep"
    bl_order = 40
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw how cameras are placed, and the buttons that show and bake them."""
        layout, scene = settings_layout(self, context), context.scene
        settings: Any = scene.sweepset_output
        layout.prop(settings, "sweep")
        kind = sweeps.SWEEPS[settings.sweep]
        _draw_parameters(layout.column(), scene, settings)
        column = layout.column()
        if kind.own_frames:
            column.prop(settings, "every_frame")
        row = column.row()
        row.enabled = not output.all_frames(settings)
        row.prop(settings, "frames")
        column.prop(settings, "seed")
        if not kind.own_lens:
            column.prop(settings, "fov")
            column.prop(settings, "lens_jitter")
        output.draw_size(layout, settings)
        _draw_preview(layout.column(), context, settings)


def _draw_parameters(layout: bpy.types.UILayout, scene: bpy.types.Scene, settings: Any) -> None:
    group = getattr(settings, settings.sweep)
    fields = dataclasses.fields(sweeps.SWEEPS[settings.sweep].parameters)
    objects = {field.name for field in fields if field.metadata["names_object"]}
    for name in group.__annotations__:
        column = layout.column(align=True)
        if name in objects:
            column.prop_search(group, name, scene, "objects")
        elif getattr(group.bl_rna.properties[name], "array_length", 0) == 2:
            column.prop(group, name, index=0, text=group.bl_rna.properties[name].name)
            column.prop(group, name, index=1, text="to")
        else:
            column.active = getattr(group, f"use_{name}", True)  # a point in space, after its switch
            column.prop(group, name)


def _draw_preview(layout: bpy.types.UILayout, context: bpy.types.Context, settings: Any) -> None:
    preview = frustums.preview_of(context.scene)
    row = layout.row(align=True)
    row.operator("sweepset.preview_sweep", icon="HIDE_OFF")
    if preview is not None:
        row.operator("sweepset.hide_sweep", text="", icon="X")
    _draw_work(layout, SWEEPSET_OT_preview_sweep)
    if preview is not None and preview.whole:
        row = layout.row(align=True)
        row.prop(settings, "shown")
        if frustums.looks_through():
            row.operator("sweepset.leave_sweep_camera", text="", icon="LOOP_BACK")
        if _is_stale(context, preview):
            draw_lines(context, layout, "Settings changed since this preview", "INFO")
    layout.operator("sweepset.bake_sweep", icon="CAMERA_DATA")


def _is_stale(context: bpy.types.Context, preview: Preview) -> bool:
    try:
        job = output.job_of(context, "", "")
    except SweepsetError:
        return True
    return any(getattr(job, name) != getattr(preview.job, name) for name in DECIDING)


def _draw_work(layout: bpy.types.UILayout, kind: type) -> None:
    """Draw the progress of one kind of background work, and the button that ends it."""
    work = _Working.running
    if not isinstance(work, kind):
        return
    row = layout.row(align=True)
    text = f"Frame {work.done} of {work.total}" if work.total else "Starting"
    compat.draw_progress(row, work.done / max(work.total, 1), text)
    row.operator("sweepset.cancel_sweep", text="", icon="X")


class SWEEPSET_PT_sweep_render(SidebarPanel, bpy.types.Panel):
    """The files that the sweep's render writes."""

    bl_idname = "SWEEPSET_PT_sweep_render"
    bl_parent_id = "SWEEPSET_PT_sweep"
    bl_label = "Render"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the settings of the render and its buttons."""
        layout = settings_layout(self, context)
        settings: Any = context.scene.sweepset_output
        layout.prop(settings, "sweep_folder")
        column = layout.column()
        column.prop(settings, "preset")
        column.prop(settings, "samples")
        column.prop(settings, "denoise")
        column.prop(settings, "correct_exposure")
        column = layout.column(heading="Also")
        column.prop(settings, "instances")
        column.prop(settings, "depth")
        layout.prop(settings, "trust_scripts")
        column = layout.column()
        column.operator("sweepset.render_sweep", icon="RENDER_ANIMATION")
        _draw_work(column, SWEEPSET_OT_render_sweep)
        column.operator("sweepset.write_job", icon="FILE_TICK")
        if not bpy.data.filepath or _is_changed():
            draw_lines(context, column, "Save the file first: the file on disk is rendered", "INFO")


classes = (
    SWEEPSET_OT_preview_sweep,
    SWEEPSET_OT_hide_sweep,
    SWEEPSET_OT_leave_sweep_camera,
    SWEEPSET_OT_bake_sweep,
    SWEEPSET_OT_render_sweep,
    SWEEPSET_OT_write_job,
    SWEEPSET_OT_cancel_sweep,
    SWEEPSET_PT_sweep,
    SWEEPSET_PT_sweep_render,
)
_register_classes, _unregister_classes = bpy.utils.register_classes_factory(classes)


def register() -> None:
    """Add the panels."""
    _register_classes()


def unregister() -> None:
    """End running work, and remove the panels."""
    if _Working.running is not None:
        _Working.running.cancel(bpy.context)
    _unregister_classes()
