"""In Blender's window: run steps between redraws, send events, take pictures. See `window.py` for how a script starts.

A script's steps are a generator. `yield` gives Blender one turn to handle events and draw, `yield 0.5` as many seconds,
`yield test` turns until test() is true. Places are pixels of the window, from its lower left corner.
"""

from __future__ import annotations

import faulthandler
import itertools
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import addon_utils
import bpy
import numpy as np
from bpy_extras.view3d_utils import location_3d_to_region_2d
from mathutils import Vector

ROOT = Path(__file__).resolve().parents[2]
ARGS = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
"""The script's arguments."""
Steps = Iterator["float | Callable[[], object] | None"]

bpy.context.preferences.view.show_splash = False


def run(steps: Steps) -> None:
    """Run a generator's steps, then end Blender; with status 1 where one raises, or the time is up."""
    seconds = float(os.environ.get("SCREEN_SECONDS", "115"))
    faulthandler.dump_traceback_later(seconds, exit=True)
    waiting: Callable[[], object] | None = None

    def step() -> float:
        nonlocal waiting
        try:
            if waiting is not None and not waiting():
                return 0.02
            waiting = None
            wish = next(steps)
            if callable(wish):
                waiting = wish
                return 0.02
            return 0.02 if wish is None else wish
        except StopIteration:
            _end(0)
        except BaseException:
            traceback.print_exc()
            _end(1)
        return 0.0

    # Persistent, so that a step may open a file.
    bpy.app.timers.register(step, first_interval=0.2, persistent=True)


def run_cases(found: dict[str, Any], begin: Callable[[], Steps], folder: Path, only: Sequence[str] = ()) -> None:
    """Run the steps `test_…` of a module one after the other with the add-on, each after `begin`, then end Blender.

    FOLDER/results.json says of each "" or what it raised; one that failed leaves a picture.
    """

    def steps() -> Steps:
        enable()
        results = {}
        for name in [name for name in found if name.startswith("test_") and (not only or name in only)]:
            try:
                yield from begin()
                yield from found[name]()
                results[name] = ""
            except Exception:
                results[name] = traceback.format_exc()
                shoot(folder / f"{name}.png")
                print(f"{name} failed:\n{results[name].replace('Traceback', 'trace')}", file=sys.stderr, flush=True)
                yield from press("ESC", (region().x + 100, region().y + 100))
            (folder / "results.json").write_text(json.dumps(results))
            print(name, "failed" if results[name] else "passed", flush=True)

    run(steps())


def enable() -> None:
    """Enable the add-on from this checkout as Blender does."""

    def fail(error: BaseException) -> None:
        raise error

    addon_utils.enable("sweepset", handle_error=fail)


def disable() -> None:
    """Disable the add-on as Blender does."""
    addon_utils.disable("sweepset")


def window() -> bpy.types.Window:
    """Return Blender's first window."""
    return bpy.data.window_managers[0].windows[0]


def area(kind: str = "VIEW_3D") -> bpy.types.Area:
    """Return the largest area of a kind, as in `Area.type`; AssertionError where there is none."""
    found = [one for one in window().screen.areas if one.type == kind]
    assert found, f"no area {kind!r} in the window, only {[one.type for one in window().screen.areas]}"
    return max(found, key=lambda one: one.width * one.height)


def region(kind: str = "VIEW_3D", part: str = "WINDOW") -> bpy.types.Region:
    """Return a region of an area, as in `Region.type`."""
    return next(one for one in area(kind).regions if one.type == part)


def context(kind: str = "VIEW_3D", part: str = "WINDOW") -> AbstractContextManager[None]:
    """Return the context of an area's region for operators: `with context("VIEW_3D"): bpy.ops…`."""
    return bpy.context.temp_override(window=window(), area=area(kind), region=region(kind, part))


def redraw() -> Steps:
    """Draw everything once more."""
    for one in window().screen.areas:
        one.tag_redraw()
    yield
    yield


def place(item: bpy.types.Object | str | Vector) -> tuple[int, int]:
    """Return where an object's origin, or a point in world space, is in the window's 3D view."""
    if isinstance(item, str):
        item = bpy.data.objects[item]
    point = item.matrix_world.translation if isinstance(item, bpy.types.Object) else item
    main = region()
    at = location_3d_to_region_2d(main, area().spaces.active.region_3d, point)
    assert at is not None, f"{item} is behind the view"
    return main.x + round(at.x), main.y + round(at.y)


def event(type: str, value: str = "PRESS", at: tuple[int, int] = (0, 0), **keys: object) -> None:
    """Send one event: `event("A", "PRESS", (x, y), ctrl=True)`; types and values as in `bpy.types.Event`."""
    window().event_simulate(type=type, value=value, x=at[0], y=at[1], **keys)


def move(x: int, y: int) -> Steps:
    """Move the mouse."""
    event("MOUSEMOVE", "NOTHING", (x, y))
    yield


def click(x: int, y: int, button: str = "LEFTMOUSE", **keys: bool) -> Steps:
    """Move the mouse to a place and click."""
    yield from move(x, y)
    event(button, "PRESS", (x, y), **keys)
    yield
    event(button, "RELEASE", (x, y), **keys)
    yield


def drag(*places: tuple[int, int], button: str = "LEFTMOUSE") -> Steps:
    """Press the button at the first place, move over the others, and release it at the last."""
    yield from move(*places[0])
    event(button, "PRESS", places[0])
    yield
    for (x0, y0), (x1, y1) in itertools.pairwise(places):
        for step in range(1, 9):
            yield from move(round(x0 + (x1 - x0) * step / 8), round(y0 + (y1 - y0) * step / 8))
    event(button, "RELEASE", places[-1])
    yield


def press(key: str, at: tuple[int, int], unicode: str | None = None, **keys: bool) -> Steps:
    """Press and release a key with the mouse at a place."""
    yield from move(*at)
    event(key, "PRESS", at, **({} if unicode is None else {"unicode": unicode}), **keys)
    yield
    event(key, "RELEASE", at, **keys)
    yield


def show_sidebar(tab: str = "Sweepset", width: int = 0) -> Steps:
    """Open the 3D view's sidebar at a tab, by clicking the tab; `width` widens it by as many pixels."""
    drawn = []

    class Probe(bpy.types.Panel):
        bl_idname = "SCREEN_PT_probe"
        bl_label = ""
        bl_space_type, bl_region_type, bl_category = "VIEW_3D", "UI", tab
        bl_options = {"HIDE_HEADER"}

        def draw(self, context: bpy.types.Context) -> None:
            drawn.append(True)

    area().spaces.active.show_region_ui = True
    bpy.utils.register_class(Probe)
    yield from redraw()
    yield 0.3  # Blender slides it in
    sidebar = region(part="UI")
    if width:
        edge = (sidebar.x + 8, sidebar.y + sidebar.height // 2)
        yield from drag(edge, (edge[0] - width, edge[1]))
        yield from redraw()
    for down in range(20, 600, 20):
        drawn.clear()
        yield from redraw()
        if drawn:
            break
        sidebar = region(part="UI")
        yield from click(sidebar.x + sidebar.width - 8, sidebar.y + sidebar.height - down)
    bpy.utils.unregister_class(Probe)
    yield from redraw()
    assert drawn, f"no tab {tab!r} in the sidebar"


def shoot(path: str | Path, kind: str | None = None) -> None:
    """Write the window, or one area of it, as a PNG."""
    if kind is None:
        with bpy.context.temp_override(window=window()):
            bpy.ops.screen.screenshot(filepath=str(path), check_existing=False)
    else:
        with context(kind):
            bpy.ops.screen.screenshot_area(filepath=str(path), check_existing=False)


def pixels() -> np.ndarray:
    """Return what the window shows, (H, W, 3) uint8 sRGB, row 0 at the bottom, so that [y, x] is a place."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "window.png"
        shoot(path)
        image = bpy.data.images.load(str(path))
        try:
            width, height = image.size
            values = np.empty(width * height * image.channels, np.float32)
            image.pixels.foreach_get(values)
            return np.rint(values.reshape(height, width, image.channels)[..., :3] * 255).astype(np.uint8)
        finally:
            bpy.data.images.remove(image)


def _end(status: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    time.sleep(0.1)
    os._exit(status)
