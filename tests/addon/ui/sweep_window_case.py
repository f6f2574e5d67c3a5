"""Run in Blender's window: preview, look through, render, cancel and go on, and what happens when the file changes.

`sweep_window_case.py -- ROOM.blend FOLDER` writes pictures and a dataset into FOLDER.
"""

from __future__ import annotations

import json
from pathlib import Path

import bpy
import numpy as np

import screen

FOLDER = Path(screen.ARGS[-1])
MIDDLE = (600, 400)


def state() -> list[object]:
    """Return what work in the background must leave alone."""
    scene = bpy.context.scene
    render = scene.render
    counts = [len(getattr(bpy.data, kind)) for kind in ("objects", "cameras", "materials", "images", "node_groups")]
    return [counts, scene.camera, scene.frame_current, render.engine, render.resolution_x, render.filepath, render.fps]


def at_work() -> bool:
    """Tell whether something runs in the background."""
    from sweepset.ui.sweeping import _Working

    return _Working.running is not None


def orange_and_blue() -> int:
    """Return how many pixels of the window have the strong colours that frustums have."""
    pixels = screen.pixels()[100:800, 100:1000].astype(int)
    return int(((pixels.max(2) - pixels.min(2)) > 100).sum())


def work(operator: object) -> None:
    """Call an operator as a button does."""
    with screen.context("VIEW_3D"):
        assert operator("INVOKE_DEFAULT") == {"RUNNING_MODAL"}


def look_through(plain: int) -> screen.Steps:
    """Look through a camera of the preview and back, and hide it; `plain` pixels have strong colours without it."""
    from sweepset.ui import frustums

    scene = bpy.context.scene
    settings = scene.sweepset_output
    space = screen.area().spaces.active
    view, lens = np.array(space.region_3d.view_matrix), space.lens
    with screen.context("VIEW_3D", "UI"):
        settings.shown = 3
    yield from screen.redraw()
    shot = frustums.preview_of(scene).shots[3]
    assert np.allclose(np.array(space.region_3d.view_matrix.inverted()), shot.matrix, atol=1e-4)
    screen.shoot(FOLDER / "look.png")
    for corner in frustums.shots.frustum(shot, (64, 48), 1.0)[1:]:  # what the camera sees is in view
        x, y = screen.place(screen.Vector(corner))
        main, side = screen.region(), screen.region(part="UI")
        assert main.x < x < main.x + main.width - side.width, (x, y)
        assert main.y < y < main.y + main.height, (x, y)
    assert bpy.ops.sweepset.leave_sweep_camera() == {"FINISHED"}
    yield from screen.redraw()
    assert np.allclose(np.array(space.region_3d.view_matrix), view, atol=1e-4)
    assert space.lens == lens
    assert bpy.ops.sweepset.hide_sweep() == {"FINISHED"}
    yield from screen.redraw()
    assert orange_and_blue() < plain + 50


def render_and_cancel() -> screen.Steps:
    """Cancel a render in the middle, and finish it."""
    settings = bpy.context.scene.sweepset_output
    records = FOLDER / "dataset" / ".sweepset" / "frames"
    settings.samples = 300  # frames take so long that there is time to cancel
    work(bpy.ops.sweepset.render_sweep)
    yield lambda: len(list(records.glob("*.json"))) >= 1
    yield from screen.press("ESC", MIDDLE)
    yield 0.5
    assert at_work(), "Esc, which users press for many things, ends a render"
    with screen.context():
        bpy.ops.sweepset.cancel_sweep("INVOKE_DEFAULT")
    yield lambda: not at_work()
    finished = len(list(records.glob("*.json")))
    assert 1 <= finished < 5, finished
    assert not (FOLDER / "dataset" / "dataset.json").exists()
    yield 1.0
    assert len(list(records.glob("*.json"))) == finished  # nothing works on
    work(bpy.ops.sweepset.render_sweep)
    yield lambda: not at_work()
    assert len(json.loads((FOLDER / "dataset" / "dataset.json").read_text())["frames"]) == 5


def go_to_another_file() -> screen.Steps:
    """Cancel a preview; a new file ends another, and has its own."""
    from sweepset.ui import frustums

    work(bpy.ops.sweepset.preview_sweep)
    assert bpy.ops.sweepset.cancel_sweep() == {"FINISHED"}
    yield lambda: not at_work()
    work(bpy.ops.sweepset.preview_sweep)
    bpy.ops.wm.read_homefile(app_template="")  # a new file ends what was at work for the old one
    yield 0.3
    assert not at_work()
    assert frustums.preview_of(bpy.context.scene) is None
    assert not bpy.ops.sweepset.render_sweep.poll()  # never saved
    bpy.context.scene.sweepset_output.sweep = "orbit"
    bpy.context.scene.sweepset_output.frames = 4
    work(bpy.ops.sweepset.preview_sweep)  # a preview needs no saved file
    yield lambda: not at_work()
    assert len(frustums.preview_of(bpy.context.scene).shots) == 4


def steps() -> screen.Steps:
    """Work through the panel."""
    bpy.ops.wm.open_mainfile(filepath=screen.ARGS[-2])
    yield 0.3
    screen.enable()
    from sweepset.ui import frustums

    scene = bpy.context.scene
    settings = scene.sweepset_output
    settings.frames, settings.samples, settings.width, settings.height = 5, 1, 64, 48
    settings.sweep_folder = str(FOLDER / "dataset")
    yield from screen.show_sidebar()
    before, plain = state(), orange_and_blue()

    work(bpy.ops.sweepset.preview_sweep)
    assert at_work()
    assert not bpy.ops.sweepset.render_sweep.poll()  # one at a time
    yield lambda: not at_work()
    assert len(frustums.preview_of(scene).shots) == 5
    yield from screen.redraw()
    screen.shoot(FOLDER / "preview.png")
    assert orange_and_blue() > plain + 500, (plain, orange_and_blue())

    yield from look_through(plain)
    assert state() == before

    yield from render_and_cancel()
    assert state() == before

    settings.sweep_folder = "/proc/nowhere"
    work(bpy.ops.sweepset.render_sweep)  # fails, and says so, without a traceback
    yield lambda: not at_work()

    yield from go_to_another_file()
    work(bpy.ops.sweepset.preview_sweep)
    screen.disable()
    yield 0.3
    yield from screen.redraw()


screen.run(steps())
