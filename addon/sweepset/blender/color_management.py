"""Colour management: how saved images are encoded, what linear colours mean, and what a file lost of it on loading.

The names of displays, views and colour spaces come from Blender's own OpenColorIO configuration or from the one that
the environment variable OCIO names.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from .. import png
from ..findings import Finding
from . import compat

TECHNICAL = ("Raw", "Filmic Log", "AgX Log", "False Color")
"""View transforms whose images are data or a chart, not a picture."""
LOST = re.compile(r'(?:Color management: |color_management\W+WARNING )(?:scene )?(view|look|image colorspace) "(.*)" ')
"""What Blender prints about a view, a look or a colour space of a file that its configuration lacks."""


def use_srgb(scene: bpy.types.Scene) -> Iterator[Finding]:
    """Have images saved in sRGB, with the view of the file's output; yield findings about what that changes."""
    yield from _adopt_override(scene)
    view, display = scene.view_settings, scene.display_settings
    names = compat.choices(display, "display_device")
    srgb = next((name for name in sorted(names, key="sRGB".__ne__) if "srgb" in name.lower()), None)
    before = display.display_device, view.view_transform
    if srgb is None:
        advice = "unset OCIO, or set it to a configuration that has one"
        yield Finding("display", "warning", scene.name, f"no sRGB display; images are encoded for {before[0]}", advice)
    elif before[0] != srgb:
        display.display_device = srgb  # type: ignore[assignment]
        what = f"the file is for the display {before[0]}; images are saved for {srgb}"
        if view.view_transform == before[1]:
            yield Finding("display", "note", scene.name, what)
        else:
            what += f", which has no view {before[1]}: {view.view_transform} is used"
            yield Finding("display", "warning", scene.name, what, "choose a view for sRGB in the file")
    if view.view_transform in TECHNICAL:
        what = f"the view transform {view.view_transform} makes no natural pictures; images have it"
        advice = "choose Standard, Filmic or AgX in Render Properties, Color Management"
        yield Finding("view-transform", "note", scene.name, what, advice)


def _adopt_override(scene: bpy.types.Scene) -> Iterator[Finding]:
    """Make the output's own display and view, if it overrides the scene's, those of the scene."""
    output: Any = scene.render.image_settings
    if output.color_management != "OVERRIDE":
        return
    theirs, ours, display = output.view_settings, scene.view_settings, output.display_settings.display_device
    if display and theirs.view_transform:
        scene.display_settings.display_device = display
        ours.view_transform = theirs.view_transform  # which decides the looks
        for row in theirs.bl_rna.properties:
            if not row.is_readonly and getattr(theirs, row.identifier) != "":
                setattr(ours, row.identifier, getattr(theirs, row.identifier))
        if ours.use_curve_mapping:
            _copy_curves(theirs.curve_mapping, ours.curve_mapping)
    else:
        what = "the output's own display or view is one that this Blender lacks; the scene's is used"
        yield Finding("view-transform", "warning", scene.name, what, "choose another in Output Properties")
    output.color_management = "FOLLOW_SCENE"


def _copy_curves(theirs: bpy.types.CurveMapping, ours: bpy.types.CurveMapping) -> None:
    """Make our curves like theirs; a curve has at least two points."""
    for mine, one in zip(ours.curves, theirs.curves):
        while len(mine.points) < len(one.points):
            mine.points.new(1.0, 1.0)
        while len(mine.points) > len(one.points):
            mine.points.remove(mine.points[-1])
        for here, there in zip(mine.points, one.points):
            here.location, here.handle_type = there.location, there.handle_type
    ours.update()


def to_rec709() -> np.ndarray | None:
    """Return the matrix, (3, 3), from Blender's linear colours to linear Rec. 709; None if they are the same.

    The columns of its inverse are what Blender makes of the sRGB colours red, green and blue.
    """
    with tempfile.TemporaryDirectory(dir=bpy.app.tempdir) as folder:
        path = Path(folder) / "primaries.png"
        path.write_bytes(png.encode(np.uint16(65535 * np.vstack([np.eye(3), np.ones(3)])[None])))
        image = bpy.data.images.load(str(path))
        pixels = np.empty(image.size[0] * image.channels, np.float32)
        image.pixels.foreach_get(pixels)
        bpy.data.images.remove(image)
    colors = pixels.reshape(4, -1)[:, :3].astype(np.float64)
    to_working = (colors[:3] / colors[3]).T
    return None if np.allclose(to_working, np.eye(3), atol=1e-4) else np.linalg.inv(to_working)


@contextmanager
def noticing_losses() -> Iterator[list[Finding]]:
    """Yield a list that holds, after the context, a finding for each view, look and colour space that loading lost.

    Blender replaces them by defaults and says so on standard output alone.
    """
    found: list[Finding] = []
    with _stdout_copied() as text:
        yield found
    for kind, name in dict.fromkeys(LOST.findall("".join(text))):
        if kind == "image colorspace":
            advice = f"choose another for its textures, or set OCIO to the configuration that has {name}"
            what = "a texture's colour space that this Blender lacks; its default was used"
            found.append(Finding("color-space", "warning", name, what, advice))
        else:
            advice = (
                f"render with the Blender, or the OCIO configuration, that has {name}, or choose another in the file"
            )
            what = f"a {kind} that this Blender lacks; its default was used, and images look different"
            found.append(Finding("view-transform", "warning", name, what, advice))


@contextmanager
def _stdout_copied() -> Iterator[list[str]]:
    """Yield a list that holds, after the context, what the whole process wrote to standard output meanwhile."""
    written: list[str] = []
    flush = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None).fflush
    sys.stdout.flush()
    flush(None)
    kept = os.dup(1)
    try:
        with tempfile.TemporaryFile() as file:
            os.dup2(file.fileno(), 1)
            try:
                yield written
            finally:
                sys.stdout.flush()
                flush(None)
                os.dup2(kept, 1)
                file.seek(0)
                text = file.read()
                os.write(1, text)
                written.append(text.decode("utf-8", "replace"))
    finally:
        os.close(kept)
