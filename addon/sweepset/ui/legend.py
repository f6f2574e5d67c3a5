"""The legend of a previewed label map, drawn over it in the Image Editor; it marks the category under the mouse."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import blf
import bpy
import gpu
import numpy as np
from gpu_extras.batch import batch_for_shader

from ..blender import compat

KEY = "sweepset_legend"
"""Custom property of an image that shows a label map: its legend."""
INK, DIM, PAPER, MARK = (1, 1, 1, 1), (1, 1, 1, 0.6), (0.1, 0.1, 0.1, 0.85), (1, 1, 1, 0.15)

Color = tuple[int, int, int]


@dataclass(frozen=True)
class Row:
    """A category that a label map shows: its name, its colour, 8-bit sRGB, and its share of the pixels."""

    name: str
    color: Color
    share: float


class _Drawn:
    """Data kept from one redraw to the next."""

    handle: Any = None
    keys: list[tuple[bpy.types.KeyMap, bpy.types.KeyMapItem]] = []
    pointed: Color | None = None
    picture: tuple[str, np.ndarray] | None = None  # the colours of the image that the mouse was over last, (H, W, 3)


class SWEEPSET_OT_point_at_label(bpy.types.Operator):
    """Name the category under the mouse in the legend"""

    bl_idname = "sweepset.point_at_label"
    bl_label = "Point at Label"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Ask for a label map in the editor."""
        return _shown(context) is not None

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Look up the colour under the mouse, and pass the event on."""
        image = _shown(context)
        across, up = context.region.view2d.region_to_view(event.mouse_region_x, event.mouse_region_y)
        pointed = _color_at(image, across, up) if image else None
        if pointed != _Drawn.pointed:
            _Drawn.pointed = pointed
            context.area.tag_redraw()
        return {"PASS_THROUGH"}


def write(image: bpy.types.Image, rows: list[Row], seen_from: str) -> None:
    """Give an image its legend, largest share first."""
    table = [[row.name, row.color, row.share] for row in sorted(rows, key=lambda row: -row.share)]
    _Drawn.picture = None
    image[KEY] = json.dumps({"from": seen_from, "rows": table})


def read(image: bpy.types.Image) -> tuple[list[Row], str]:
    """Return an image's legend, and the name of its view."""
    kept = json.loads(image[KEY])
    return [Row(name, tuple(color), share) for name, color, share in kept["rows"]], kept["from"]


def _shown(context: bpy.types.Context) -> bpy.types.Image | None:
    """Return the label map that the context's Image Editor shows."""
    image = getattr(context.space_data, "image", None)
    return image if image is not None and isinstance(image.get(KEY), str) else None


def _color_at(image: bpy.types.Image, across: float, up: float) -> Color | None:
    """Return the colour of an image at a place, 0 to 1 in both directions; None outside."""
    if not (0 <= across < 1 and 0 <= up < 1):
        return None
    width, height = image.size
    if _Drawn.picture is None or _Drawn.picture[0] != image.name_full:
        values = np.empty(width * height * image.channels, np.float32)
        image.pixels.foreach_get(values)
        colors = np.rint(values.reshape(height, width, image.channels)[..., :3] * 255).astype(np.uint8)
        _Drawn.picture = (image.name_full, colors)
    red, green, blue = _Drawn.picture[1][int(up * height), int(across * width)].tolist()
    return red, green, blue


def _draw() -> None:
    context = bpy.context
    image = _shown(context)
    if image is None:
        return
    rows, seen_from = read(image)
    scale = context.preferences.system.ui_scale
    line, edge, wide = 20 * scale, 10 * scale, 0.0
    blf.size(0, 12 * scale)
    title = f"Labels from {seen_from}"
    texts = [(row.name, f"{row.share:.1%}" if row.share >= 0.001 else "< 0.1%") for row in rows]
    wide = max(blf.dimensions(0, title)[0], *(blf.dimensions(0, a + b)[0] + line + 2 * edge for a, b in texts))
    top, left = _corner(context)
    height = max(1, int((top - 3 * edge) // line) - 1)
    columns = [range(start, min(start + height, len(rows))) for start in range(0, len(rows), height)]
    tall = (len(columns[0]) + 1) * line + 2 * edge
    _box(left, top - tall, len(columns) * (wide + 2 * edge), tall, PAPER)
    _text(left + edge, top - edge - 0.75 * line, title, DIM)
    for column, numbers in enumerate(columns):
        x = left + edge + column * (wide + 2 * edge)
        for place, number in enumerate(numbers):
            y = top - edge - (place + 2) * line
            row, (name, share) = rows[number], texts[number]
            if row.color == _Drawn.pointed:
                _box(x - 0.5 * edge, y, wide + edge, line, MARK)
            _box(x, y + 0.2 * line, 0.6 * line, 0.6 * line, (*(value / 255 for value in row.color), 1.0))
            _text(x + line, y + 0.25 * line, name, INK)
            _text(x + wide - blf.dimensions(0, share)[0], y + 0.25 * line, share, DIM)


def _corner(context: bpy.types.Context) -> tuple[float, float]:
    """Return the height and the left edge of the area that the editor's header and toolbar leave free."""
    edge = 10 * context.preferences.system.ui_scale
    top, left = context.region.height - edge, edge
    for one in context.area.regions:
        if context.preferences.system.use_region_overlap and one.width > 1 and one.height > 1:
            if one.type in ("HEADER", "TOOL_HEADER") and one.alignment == "TOP":
                top -= one.height if one.y < context.region.y + context.region.height else 0
            elif one.type == "TOOLS":
                left += one.width
    return top, left


def _box(x: float, y: float, width: float, height: float, color: tuple[float, ...]) -> None:
    shader = compat.builtin_shader("UNIFORM_COLOR")
    corners = [(x, y, 0), (x + width, y, 0), (x + width, y + height, 0), (x, y + height, 0)]
    batch = batch_for_shader(shader, "TRI_FAN", {"pos": corners})
    gpu.state.blend_set("ALPHA")
    shader.bind()
    shader.uniform_float("color", color)
    batch.draw(shader)
    gpu.state.blend_set("NONE")


def _text(x: float, y: float, text: str, color: tuple[float, ...]) -> None:
    blf.position(0, x, y, 0)
    blf.color(0, *color)
    blf.draw(0, text)


def register() -> None:
    """Draw legends, and follow the mouse over label maps."""
    bpy.utils.register_class(SWEEPSET_OT_point_at_label)
    if bpy.app.background:
        return
    _Drawn.handle = bpy.types.SpaceImageEditor.draw_handler_add(_draw, (), "WINDOW", "POST_PIXEL")
    keymap = bpy.context.window_manager.keyconfigs.addon.keymaps.new("Image", space_type="IMAGE_EDITOR")
    _Drawn.keys.append((keymap, keymap.keymap_items.new("sweepset.point_at_label", "MOUSEMOVE", "ANY")))


def unregister() -> None:
    """Remove what `register` added."""
    if _Drawn.handle is not None:
        bpy.types.SpaceImageEditor.draw_handler_remove(_Drawn.handle, "WINDOW")
        _Drawn.handle = None
    for keymap, item in _Drawn.keys:
        keymap.keymap_items.remove(item)
    _Drawn.keys.clear()
    _Drawn.picture = _Drawn.pointed = None
    bpy.utils.unregister_class(SWEEPSET_OT_point_at_label)
