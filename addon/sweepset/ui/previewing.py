"""Previews of the label map: rendered into the Image Editor, or measured for unlabelled pixels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import bpy
import numpy as np

from ..blender import labels, passes
from ..blender.capture import label_map
from ..blender.capture.label_map import LabelMap
from ..errors import SweepsetError
from ..taxonomy import UNLABELLED_COLOR
from . import legend
from .base import out_of_edit_mode, reported

IMAGE = "Sweepset Labels"
MEASURED = 480
"""Pixels of the longer side of a label map that is only measured."""
SETTLED = 0.2
"""Seconds until a window that was opened has its size."""
LARGEST = 4096
"""Pixels of the longer side of a preview."""

_checksums: dict[str, str] = {}
"""Checksums of the present labels, by scene."""


class SWEEPSET_PG_view(bpy.types.PropertyGroup):
    """The last measurement through a scene's camera."""

    share: bpy.props.FloatProperty(name="Unlabelled", description="Share of unlabelled pixels")
    camera: bpy.props.StringProperty(name="Camera", description="The camera through which it was measured")
    checksum: bpy.props.StringProperty(name="Labels", description="The labels and the view that were measured")


class SWEEPSET_OT_preview_labels(bpy.types.Operator):
    """Render the labels that the scene's camera sees into the Image Editor; without a camera, those in this view"""

    bl_idname = "sweepset.preview_labels"
    bl_label = "Preview Labels"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Ask for a camera or a view."""
        if camera_of(context.scene) is None and not isinstance(context.region_data, bpy.types.RegionView3D):
            cls.poll_message_set("The scene has no camera")
            return False
        return True

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Render, write the image, show it."""
        with busy(context, "Rendering the labels"), _eye(context) as (camera, size):
            found = label_map.render(context.scene, context.view_layer, camera, _within(size, LARGEST))
            own = camera == camera_of(context.scene)
        if own:
            _note(context.scene, found)
        image = _write(context.scene, found, camera_of(context.scene).name if own else "the view")
        if not bpy.app.background:
            _show(context, image)
        self.report({"INFO"}, f"{found.unlabelled:.1%} of the pixels are unlabelled")
        return {"FINISHED"}


class SWEEPSET_OT_measure_unlabelled(bpy.types.Operator):
    """Measure the share of pixels that are unlabelled from the scene's camera"""

    bl_idname = "sweepset.measure_unlabelled"
    bl_label = "Measure Unlabelled Pixels"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Ask for a camera."""
        if camera_of(context.scene) is None:
            cls.poll_message_set("The scene has no camera")
            return False
        return True

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Render small, and keep the share."""
        scene = context.scene
        with busy(context, "Measuring unlabelled pixels"):
            size = _within(_render_size(scene), MEASURED)
            _note(scene, label_map.render(scene, context.view_layer, camera_of(scene), size))
        return {"FINISHED"}


def camera_of(scene: bpy.types.Scene) -> bpy.types.Object | None:
    """Return a scene's camera, None if it has none or an object of another type."""
    return scene.camera if scene.camera is not None and scene.camera.type == "CAMERA" else None


def labels_changed() -> None:
    """Have the measurement compared with the present labels."""
    _checksums.clear()


def draw(layout: bpy.types.UILayout, scene: bpy.types.Scene) -> None:
    """Draw the buttons, and the measurement."""
    column = layout.column(align=True)
    column.operator("sweepset.preview_labels", icon="IMAGE_DATA")
    column.operator("sweepset.measure_unlabelled", icon="VIEW_CAMERA")
    found = scene.sweepset_view
    if not found.camera:
        return
    stale = camera_of(scene) is None or found.checksum != _checksum(scene)
    result = layout.column(align=True)
    result.active = not stale
    result.label(text=f"{found.share:.1%} of pixels unlabelled", icon="BLANK1" if stale else "INFO")
    result.label(text=f"from {found.camera}", icon="BLANK1", translate=False)
    if stale:
        layout.label(text="Labels or camera changed since", icon="FILE_REFRESH")


def _note(scene: bpy.types.Scene, found: LabelMap) -> None:
    view = scene.sweepset_view
    view.share, view.camera, view.checksum = found.unlabelled, scene.camera.name, _checksum(scene)


def checksum(scene: bpy.types.Scene) -> str:
    """Return a text that changes with the labels of the file; worked out once after each change."""
    if scene.name_full not in _checksums:
        try:
            _checksums[scene.name_full] = str(passes.checksum(labels.taxonomy_of(scene)))
        except SweepsetError:  # the panel Labels reports it
            _checksums[scene.name_full] = "no taxonomy"
    return _checksums[scene.name_full]


def _checksum(scene: bpy.types.Scene) -> str:
    """Return a text that changes with the labels of the file, and with the scene's camera."""
    place = [round(number, 4) for row in scene.camera.matrix_world for number in row]
    return f"{checksum(scene)} {place} {scene.camera.data.angle:.4f}"


def _render_size(scene: bpy.types.Scene) -> tuple[int, int]:
    render = scene.render
    width, height = (
        max(1, side * render.resolution_percentage // 100) for side in (render.resolution_x, render.resolution_y)
    )
    return width, height


def _within(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """Return a size scaled down to a longest side."""
    scale = min(1.0, longest / max(size))
    return max(4, round(size[0] * scale)), max(4, round(size[1] * scale))


@contextmanager
def busy(context: bpy.types.Context, work: str) -> Iterator[None]:
    """Say what Blender works on, with the waiting cursor, and leave Edit Mode, for the duration of the context."""
    shown = context.window is not None and not bpy.app.background
    if shown:
        context.window.cursor_set("WAIT")
        context.workspace.status_text_set(f"{work}: Blender answers again when this is done")
        bpy.ops.wm.redraw_timer(type="DRAW_WIN_SWAP", iterations=1)
    try:
        with out_of_edit_mode(context):
            yield
    finally:
        if shown:
            context.window.cursor_set("DEFAULT")
            context.workspace.status_text_set(None)


@contextmanager
def _eye(context: bpy.types.Context) -> Iterator[tuple[bpy.types.Object, tuple[int, int]]]:
    """Yield the scene's camera, else one that looks as the 3D view does, and the size of its picture."""
    scene = context.scene
    camera = camera_of(scene)
    if camera is not None:
        yield camera, _render_size(scene)
        return
    view, region = context.region_data, context.region
    projection = view.window_matrix
    lens = bpy.data.cameras.new("Sweepset view")
    lens.sensor_fit = "HORIZONTAL"
    lens.clip_start, lens.clip_end = context.space_data.clip_start, context.space_data.clip_end
    if view.is_perspective:
        lens.angle = 2 * math.atan(1 / projection[0][0])
    else:
        lens.type, lens.ortho_scale = "ORTHO", 2 / projection[0][0]
        lens.clip_start = -lens.clip_end
    eye = bpy.data.objects.new("Sweepset view", lens)
    eye.matrix_world = view.view_matrix.inverted()
    try:
        yield eye, (region.width, region.height)
    finally:
        bpy.data.objects.remove(eye)
        bpy.data.cameras.remove(lens)


def _write(scene: bpy.types.Scene, found: LabelMap, seen_from: str) -> bpy.types.Image:
    """Write a label map in its categories' colours into the preview's image, and its legend beside it."""
    height, width = found.ids.shape
    image = next((one for one in bpy.data.images if legend.KEY in one and one.library is None), None)
    if image is None:
        image = bpy.data.images.new(IMAGE, width, height)
    elif tuple(image.size) != (width, height):
        image.scale(width, height)
    rows, picture = [], np.zeros((height, width, 4), np.float32)
    picture[..., 3] = 1.0
    known = {category.id: category for category in labels.taxonomy_of(scene)}
    for number in np.unique(found.ids[found.met]).tolist():
        pixels = found.met & (found.ids == number)
        name, color = (known[number].name, known[number].color) if number else ("unlabelled", UNLABELLED_COLOR)
        picture[pixels, :3] = np.array(color, np.float32) / 255
        rows.append(legend.Row(name, color, float(pixels.mean())))
    if not found.met.all():
        rows.append(legend.Row("nothing there", (0, 0, 0), float((~found.met).mean())))
    image.pixels.foreach_set(picture[::-1].ravel())
    image.update()
    image.pack()  # else Blender would ask for it to be saved
    legend.write(image, rows, seen_from)
    return image


def _show(context: bpy.types.Context, image: bpy.types.Image) -> None:
    """Show an image in an open Image Editor, else in the place of Blender's renders."""
    areas = _image_editors(context)
    if not areas:
        bpy.ops.render.view_show("INVOKE_DEFAULT")
        areas = _image_editors(context)
    for area in areas[:1]:
        if area.spaces.active.image != image:
            area.spaces.active.image = image
            bpy.app.timers.register(_fit, first_interval=SETTLED)
        area.tag_redraw()


def _fit() -> None:
    """Fit the preview into the Image Editors that show it."""
    context = bpy.context
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            image = area.spaces.active.image if area.ui_type == "IMAGE_EDITOR" else None
            if image is not None and legend.KEY in image:
                region = next(one for one in area.regions if one.type == "WINDOW")
                with context.temp_override(window=window, area=area, region=region):
                    bpy.ops.image.view_all(fit_view=True)


def _image_editors(context: bpy.types.Context) -> list[bpy.types.Area]:
    windows = context.window_manager.windows
    return [area for window in windows for area in window.screen.areas if area.ui_type == "IMAGE_EDITOR"]


classes = (SWEEPSET_PG_view, SWEEPSET_OT_preview_labels, SWEEPSET_OT_measure_unlabelled)
_register_classes, _unregister_classes = bpy.utils.register_classes_factory(classes)


def register() -> None:
    """Register the operators and their data."""
    _register_classes()
    bpy.types.Scene.sweepset_view = bpy.props.PointerProperty(type=SWEEPSET_PG_view)
    legend.register()


def unregister() -> None:
    """Take them back."""
    if bpy.app.timers.is_registered(_fit):
        bpy.app.timers.unregister(_fit)
    legend.unregister()
    del bpy.types.Scene.sweepset_view
    _checksums.clear()
    _unregister_classes()
