"""Label by Clicking: a tool that labels objects by clicking them, or dragging over them, in the 3D view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy
import gpu
import numpy as np
from bpy.app.handlers import persistent
from gpu_extras.batch import batch_for_shader
from mathutils import Matrix, Vector

from ..blender import compat, instances, labels
from ..errors import SweepsetError
from ..taxonomy import UNLABELLED_COLOR
from . import categories
from .base import redraw_views
from .changes import labels_changed
from .labelling import can_label_objects, has_categories
from .part_colors import nearer
from .recent import NUMBERS

PASSED_ON = {
    *("MIDDLEMOUSE", "WHEELUPMOUSE", "WHEELDOWNMOUSE", "WHEELINMOUSE", "WHEELOUTMOUSE"),
    *("TRACKPADPAN", "TRACKPADZOOM", "MOUSEROTATE", "MOUSESMARTZOOM", "HOME", "ACCENT_GRAVE", "N", "Z"),
}
"""Events that Blender still handles: they move the view, show the sidebar, choose the shading, undo."""
STEP = 6
"""Pixels of a drag between two tests for an object."""
HITS = 200
"""Surfaces, hidden or seen from behind, that a ray passes before a click counts as one on nothing."""
MOST = 500_000
"""Largest number of triangles of a surface that is highlighted below the mouse."""


@dataclass(frozen=True)
class Hit:
    """The object below the mouse, and the place of its copy."""

    item: bpy.types.Object
    matrix: Matrix


def pick(
    context: bpy.types.Context, space: bpy.types.SpaceView3D, region: bpy.types.Region, x: float, y: float
) -> Hit | None:
    """Return the object at a pixel of a 3D view's region, None for none."""
    place = 2 * x / region.width - 1, 2 * y / region.height - 1
    unproject = np.linalg.inv(np.array(region.data.perspective_matrix, np.float64))
    near, far = (unproject @ (*place, depth, 1.0) for depth in (-1.0, 1.0))
    start, end = Vector(near[:3] / near[3]), Vector(far[:3] / far[3])
    direction = (end - start).normalized()
    depsgraph = context.evaluated_depsgraph_get()
    for _ in range(HITS):
        left = (end - start).length
        hit, location, normal, _, item, matrix = context.scene.ray_cast(depsgraph, start, direction, distance=left)
        if not hit:
            return None
        if _is_seen(depsgraph, item.original, matrix, normal.dot(direction) > 0, space):
            return Hit(item.original, matrix.copy())
        start = location + direction * max(1e-5, 1e-5 * location.length)
        if (end - start).dot(direction) <= 0:
            return None
    return None


def _is_seen(
    depsgraph: bpy.types.Depsgraph,
    item: bpy.types.Object,
    matrix: Matrix,
    from_behind: bool,
    space: bpy.types.SpaceView3D,
) -> bool:
    """Tell whether a view shows a surface that a ray hit."""
    if item.display_type in {"WIRE", "BOUNDS"}:
        return False
    shading = space.shading
    if from_behind and shading.type == "SOLID" and shading.show_backface_culling:
        return False
    # Only evaluated objects know about Local View.
    if np.allclose(matrix, item.matrix_world, atol=1e-5):
        return item.evaluated_get(depsgraph).visible_in_viewport_get(space)
    return space.local_view is None or any(
        instance.is_instance
        and instance.object.original == item
        and np.allclose(instance.matrix_world, matrix, atol=1e-5)
        and instance.parent.visible_in_viewport_get(space)
        for instance in depsgraph.object_instances
    )


class _Running:
    """The tool while it runs: what it draws, and the category that it gives, which undo must not change."""

    handles: list[Any] = []
    below = ""
    matrix = Matrix()
    batch: gpu.types.GPUBatch | None = None
    brush = ""
    color: tuple[float, float, float] = (1.0, 1.0, 1.0)


def is_running() -> bool:
    """Tell whether the tool runs."""
    return bool(_Running.handles)


def _highlight(hit: Hit | None, depsgraph: bpy.types.Depsgraph | None) -> None:
    """Highlight an object, or nothing. Only its name is kept, as undo may remove the object."""
    name = hit.item.name_full if hit is not None else ""
    if hit is not None:
        _Running.matrix = hit.matrix
    if name == _Running.below:
        return
    _Running.below, _Running.batch = name, None
    mesh = instances.mesh_of(hit.item.evaluated_get(depsgraph)) if hit is not None else None
    if mesh is not None and 0 < len(mesh.triangles) <= MOST:
        shader = compat.builtin_shader("UNIFORM_COLOR")
        _Running.batch = batch_for_shader(shader, "TRIS", {"pos": mesh.vertices}, indices=mesh.triangles)


def _draw() -> None:
    if _Running.batch is None:
        return
    shader = compat.builtin_shader("UNIFORM_COLOR")
    gpu.state.blend_set("ALPHA")
    gpu.state.depth_test_set("LESS_EQUAL")
    with gpu.matrix.push_pop_projection(), gpu.matrix.push_pop():
        gpu.matrix.load_projection_matrix(nearer(bpy.context.region_data))
        gpu.matrix.multiply_matrix(_Running.matrix)
        shader.bind()
        shader.uniform_float("color", (*_Running.color, 0.45))
        _Running.batch.draw(shader)
    gpu.state.depth_test_set("NONE")
    gpu.state.blend_set("NONE")


class SWEEPSET_OT_label_by_clicking(bpy.types.Operator):
    """Label objects that you click, and unlabelled ones that you drag over, in the 3D view, until you press Esc"""

    bl_idname = "sweepset.label_by_clicking"
    bl_label = "Label by Clicking"
    bl_options = {"REGISTER"}  # each stroke is its own undo step

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there is a 3D view, and a category."""
        if context.area is None or context.area.type != "VIEW_3D":
            cls.poll_message_set("It works in a 3D view")
            return False
        if is_running():
            cls.poll_message_set("It is running: press Esc in the 3D view to end it")
            return False
        return can_label_objects(cls, context) and has_categories(cls, context)

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Begin."""
        self.painting = self.clearing = self.relabelling = False
        self.done: set[str] = set()
        self.kept: list[str] = []  # labelled already: a click labels them anew, a drag leaves them
        self.last = (0, 0)
        self.told = ""
        _Running.handles.append(bpy.types.SpaceView3D.draw_handler_add(_draw, (), "WINDOW", "POST_VIEW"))
        context.window_manager.modal_handler_add(self)
        context.window.cursor_modal_set("PAINT_BRUSH")
        self._show(context)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Handle an event."""
        if context.mode != "OBJECT" or not context.scene.sweepset.categories or not is_running():
            self.cancel(context)
            return {"CANCELLED"}
        if event.type in {"ESC", "RET"} or (event.type == "RIGHTMOUSE" and event.value == "PRESS"):
            self._end_stroke(context)
            self.cancel(context)
            return {"FINISHED"}
        if event.type == "LEFTMOUSE" and event.value == "RELEASE" and self.painting:
            self._end_stroke(context)
            return {"RUNNING_MODAL"}
        _Running.brush = categories.active(context.scene)
        found = _view_at(context, event.mouse_x, event.mouse_y)
        if event.type in {"MOUSEMOVE", "INBETWEEN_MOUSEMOVE"}:
            self._move(context, event, found)
            return {"RUNNING_MODAL"} if self.painting else {"PASS_THROUGH"}
        if found is None or event.type in PASSED_ON or event.alt or event.type.startswith(("NDOF", "NUMPAD", "TIMER")):
            return {"PASS_THROUGH"}
        if event.type == "LEFTMOUSE" and event.value in {"PRESS", "DOUBLE_CLICK"}:
            self.painting, self.clearing, self.relabelling = True, event.ctrl, event.shift
            self.last = (event.mouse_x, event.mouse_y)
            self._touch(context, *found, *self.last)
        elif event.type in NUMBERS and event.value == "PRESS":
            recent = categories.recent(context.scene)
            number = NUMBERS.index(event.type)
            if number < len(recent):
                categories.choose(context.scene, recent[number].name)
                redraw_views()
        self._show(context)
        return {"RUNNING_MODAL"}

    def cancel(self, context: bpy.types.Context) -> None:
        """End the tool, also when Blender opens another file."""
        stop()
        if context.window is not None:
            context.window.cursor_modal_restore()
        if context.workspace is not None:
            context.workspace.status_text_set(None)
        redraw_views()

    def _move(
        self, context: bpy.types.Context, event: bpy.types.Event, found: tuple[bpy.types.Area, bpy.types.Region] | None
    ) -> None:
        """Find the object below the mouse; while painting, also those on the way there."""
        here = (event.mouse_x, event.mouse_y)
        if found is None:
            _highlight(None, None)
        elif self.painting:
            (x0, y0), (x1, y1) = self.last, here
            steps = max(1, int(max(abs(x1 - x0), abs(y1 - y0)) / STEP))
            for step in range(1, steps + 1):
                self._touch(context, *found, x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps)
        else:
            area, region = found
            hit = pick(context, area.spaces.active, region, here[0] - region.x, here[1] - region.y)
            _highlight(hit, context.evaluated_depsgraph_get())
        self.last = here
        self._show(context)
        redraw_views()

    def _touch(
        self, context: bpy.types.Context, area: bpy.types.Area, region: bpy.types.Region, x: float, y: float
    ) -> None:
        """Label the object at a place of the window."""
        hit = pick(context, area.spaces.active, region, x - region.x, y - region.y)
        _highlight(hit, context.evaluated_depsgraph_get())
        if hit is None or hit.item.name_full in (*self.done, *self.kept):
            return
        if not (self.clearing or self.relabelling) and labels.is_labelled(hit.item):
            self.kept.append(hit.item.name_full)
            return
        self._label(context, hit.item)

    def _label(self, context: bpy.types.Context, item: bpy.types.Object) -> None:
        """Label an object, or say why not."""
        obstacle = labels.obstacle(item)
        self.told = f"{item.name} can't be labelled: {obstacle}" if obstacle else ""
        if not obstacle:
            try:
                category = None if self.clearing else categories.wanted(context.scene, "")
            except SweepsetError as error:
                self.told = str(error)
                return
            labels.set_category(item, category)
            self.done.add(item.name_full)

    def _end_stroke(self, context: bpy.types.Context) -> None:
        """Make one undo step of all labels since the button was pressed."""
        self.painting = False
        if len(self.kept) == 1 and not self.done:  # a click, or a drag over this object alone
            item = next((one for one in bpy.data.objects if one.name_full == self.kept[0]), None)
            if item is not None:
                self._label(context, item)
        elif self.kept:
            count = f"{len(self.kept)} labelled object" + ("s" if len(self.kept) != 1 else "")
            self.told = f"{count} kept: hold Shift to label them anew"
        self.kept = []
        if not self.done:
            self._show(context)
            return
        name = categories.active(context.scene)
        count = f"{len(self.done)} object" + ("s" if len(self.done) != 1 else "")
        if not self.clearing:
            categories.note_use(context.scene, name)
        labels_changed(context.scene)
        bpy.ops.ed.undo_push(message=f"Clear {count}" if self.clearing else f"Label {count} {name}")
        self.done = set()
        self._show(context)
        redraw_views()

    def _show(self, context: bpy.types.Context) -> None:
        """Show in the status bar the effect of a click and the object below the mouse."""
        entry = context.scene.sweepset.categories[categories.active(context.scene)]
        color = UNLABELLED_COLOR if self.clearing and self.painting else entry.color
        _Running.color = (color[0] / 255, color[1] / 255, color[2] / 255)
        parts = [f"Click or drag: {entry.name}", "Shift: labelled ones too", "Ctrl: clear", "Esc: end"]
        item = next((one for one in bpy.data.objects if one.name_full == _Running.below), None)
        if item is not None:
            parts.insert(0, f"{item.name}: {labels.category_name(item) or 'unlabelled'}")
        if self.told:
            parts.insert(0, self.told)
        parts += [f"{number % 10} {one.name}" for number, one in enumerate(categories.recent(context.scene), 1)]
        context.workspace.status_text_set("   |   ".join(parts))


def _view_at(context: bpy.types.Context, x: int, y: int) -> tuple[bpy.types.Area, bpy.types.Region] | None:
    """Return the 3D view and its region at a place of the window, None if another region is in front."""
    for area in context.screen.areas:
        if area.type != "VIEW_3D" or not _holds(area, x, y):
            continue
        regions = [region for region in area.regions if region.width > 1 and _holds(region, x, y)]
        if all(region.type == "WINDOW" for region in regions):
            return next(((area, region) for region in regions), None)
    return None


def _holds(box: bpy.types.Area | bpy.types.Region, x: int, y: int) -> bool:
    return box.x <= x < box.x + box.width and box.y <= y < box.y + box.height


def stop() -> None:
    """Remove the tool's drawing; a running tool ends with the next event."""
    for handle in _Running.handles:
        bpy.types.SpaceView3D.draw_handler_remove(handle, "WINDOW")
    _Running.handles.clear()
    _Running.brush = ""
    _Running.below, _Running.batch = "", None


@persistent
def _keep_brush(*_: Any) -> None:
    """Give the chosen category back after undo and redo, which restore the one of that time."""
    scene = bpy.context.scene
    if _Running.brush in scene.sweepset.categories:
        categories.choose(scene, _Running.brush)


HANDLERS = ("undo_post", "redo_post")

register_classes, unregister_classes = bpy.utils.register_classes_factory((SWEEPSET_OT_label_by_clicking,))


def register() -> None:
    """Add the tool."""
    register_classes()
    for name in HANDLERS:
        getattr(bpy.app.handlers, name).append(_keep_brush)


def unregister() -> None:
    """Remove it, even if it runs."""
    stop()
    for name in HANDLERS:
        getattr(bpy.app.handlers, name).remove(_keep_brush)
    unregister_classes()
