"""A sweep's cameras in the 3D views: numbered frustums, and looking through one of them."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass, field
from typing import Any, ClassVar

import blf
import bpy
import gpu
import numpy as np
from bpy.app.handlers import persistent
from bpy_extras.view3d_utils import location_3d_to_region_2d
from gpu_extras.batch import batch_for_shader
from mathutils import Matrix, Vector

from ..blender import compat, shots
from ..blender.shots import Shot
from ..job import Job
from .base import redraw_views

FIRST, LAST = 0.60, 0.06
"""Hues of the first and the last frame's camera; the others' are in between."""
CHOSEN = (1.0, 1.0, 1.0)
LENGTH, SHARE = 0.25, 0.03
"""Length of a frustum: at least these metres, or this share of the extent of the cameras."""
BEHIND = 0.6
"""Strength of colours behind other surfaces, such as the walls of a room seen from outside."""
EDGES = ((0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (2, 3), (3, 4), (4, 1))
MANY = 200
"""More cameras than this are not numbered."""
VIEWPORT = 36.0
"""A 3D view's lens in millimetres shows 2 * atan(36 / lens) across its longer side."""


@dataclass
class Preview:
    """The cameras of a scene's sweep found so far; `unit_scale` is metres in a unit of the scene."""

    scene: str
    job: Job
    unit_scale: float
    total: int
    shots: list[Shot] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether all cameras were found."""
        return len(self.shots) == self.total

    def length(self) -> float:
        """Return how long to draw a frustum, in scene units."""
        places = np.array([shot.matrix[:3, 3] for shot in self.shots])
        return max(LENGTH / self.unit_scale, SHARE * float(np.linalg.norm(np.ptp(places, axis=0))))


class _Shown:
    """The preview that is shown now, in this session."""

    preview: ClassVar[Preview | None] = None
    handles: ClassVar[list[Any]] = []
    batch: ClassVar[Any] = None
    before: ClassVar[tuple[bpy.types.SpaceView3D, Matrix, float, Any] | None] = None  # a view that looks through one


def preview_of(scene: bpy.types.Scene) -> Preview | None:
    """Return the preview that is shown of a scene, None for none."""
    preview = _Shown.preview
    return preview if preview is not None and preview.scene == scene.name_full else None


def show(preview: Preview) -> None:
    """Show a preview in place of an earlier one; call it again after cameras were added."""
    _Shown.preview, _Shown.batch = preview, None
    if not _Shown.handles and not bpy.app.background:
        add = bpy.types.SpaceView3D.draw_handler_add
        _Shown.handles = [add(_draw, (), "WINDOW", "POST_VIEW"), add(_draw_numbers, (), "WINDOW", "POST_PIXEL")]
    redraw_views()


def hide() -> None:
    """Hide the cameras, and restore a view that looks through one."""
    for handle in _Shown.handles:
        bpy.types.SpaceView3D.draw_handler_remove(handle, "WINDOW")
    _Shown.preview, _Shown.batch, _Shown.handles = None, None, []
    step_back()
    redraw_views()


def look_through(context: bpy.types.Context) -> None:
    """Make the 3D view look through the chosen camera of the preview."""
    preview, space = preview_of(context.scene), context.space_data
    _Shown.batch = None
    if preview is None or not isinstance(space, bpy.types.SpaceView3D):
        return
    view, shot = space.region_3d, chosen(context.scene, preview)
    if _Shown.before is None:
        _Shown.before = (space, view.view_matrix.copy(), space.lens, view.view_perspective)
    view.view_perspective = "PERSP"
    regions = {region.type: region for region in context.area.regions}
    whole, aside = regions["WINDOW"], max(regions[side].width for side in ("UI", "TOOLS"))
    width, height = preview.job.size
    # The view's lens fits the longer side of the region; the image should fill the free part of it, minus a margin.
    across = max(width / max(whole.width - 2 * aside, 1), height / whole.height) * max(whole.width, whole.height)
    space.lens = VIEWPORT * 2 * float(shot.lens[0, 0]) / across / 1.1
    view.view_matrix = Matrix(shot.matrix.tolist()).inverted()
    redraw_views()


def step_back() -> None:
    """Restore the view that looks through a camera."""
    if _Shown.before is None:
        return
    space, matrix, lens, perspective = _Shown.before
    _Shown.before, _Shown.batch = None, None
    if any(space == other for screen in bpy.data.screens for area in screen.areas for other in area.spaces):
        space.lens, space.region_3d.view_perspective = lens, perspective
        space.region_3d.view_matrix = matrix


def looks_through() -> bool:
    """Tell whether a view looks through a camera of the preview."""
    return _Shown.before is not None


def chosen(scene: bpy.types.Scene, preview: Preview) -> Shot:
    """Return the camera that is chosen in the panel, the last one if there are fewer."""
    settings: Any = scene.sweepset_output
    return preview.shots[min(settings.shown, len(preview.shots) - 1)]


def _color(position: int, total: int) -> tuple[float, float, float]:
    share = position / max(total - 1, 1)
    return colorsys.hsv_to_rgb(FIRST + share * (LAST - FIRST), 0.9, 1.0)


def _draw() -> None:
    preview = preview_of(bpy.context.scene)
    if preview is None or not preview.shots or not bpy.context.space_data.overlay.show_overlays:
        return
    shader = compat.builtin_shader("FLAT_COLOR")
    if _Shown.batch is None:
        _Shown.batch = _make_batch(preview, shader, BEHIND), _make_batch(preview, shader, 1.0)
    gpu.state.line_width_set(2.0)
    _Shown.batch[0].draw(shader)
    gpu.state.depth_test_set("LESS_EQUAL")
    _Shown.batch[1].draw(shader)
    gpu.state.depth_test_set("NONE")
    gpu.state.line_width_set(1.0)


def _make_batch(preview: Preview, shader: Any, strength: float) -> Any:
    """Return the lines of all frustums, their colours dimmed to a strength."""
    places: list[tuple[float, ...]] = []
    colors: list[tuple[float, ...]] = []
    length, here = preview.length(), chosen(bpy.context.scene, preview)
    for position, shot in enumerate(preview.shots):
        points = shots.frustum(shot, preview.job.size, length)
        up = points[1:3].mean(0) + 0.25 * (points[1] - points[4])  # a tick on the upper edge shows the upward direction
        lines = [(points[a], points[b]) for a, b in EDGES] + [(points[1], up), (up, points[2])]
        color = CHOSEN if looks_through() and shot is here else _color(position, preview.total)
        for line in lines:
            places += [tuple(point.tolist()) for point in line]
            colors += 2 * [(*(strength * part for part in color), 1.0)]
    return batch_for_shader(shader, "LINES", {"pos": places, "color": colors})


def _draw_numbers() -> None:
    context = bpy.context
    preview = preview_of(context.scene)
    if preview is None or len(preview.shots) > MANY or not context.space_data.overlay.show_overlays:
        return
    blf.size(0, round(11 * context.preferences.system.ui_scale))
    blf.enable(0, blf.SHADOW)
    blf.shadow(0, 3, 0.0, 0.0, 0.0, 0.9)
    blf.color(0, 1.0, 1.0, 1.0, 1.0)
    for shot in preview.shots:
        at = location_3d_to_region_2d(context.region, context.region_data, Vector(shot.matrix[:3, 3].tolist()))
        if at is not None:
            blf.position(0, at.x + 4, at.y + 4, 0)
            blf.draw(0, str(shot.frame))
    blf.disable(0, blf.SHADOW)


@persistent
def _forget(*_: Any) -> None:
    """Forget the preview when another file is opened: its scene has none, and its views are others."""
    _Shown.before = None
    hide()


def register() -> None:
    """Listen for opened files."""
    bpy.app.handlers.load_pre.append(_forget)


def unregister() -> None:
    """Stop drawing."""
    bpy.app.handlers.load_pre.remove(_forget)
    hide()
