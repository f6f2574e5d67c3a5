"""Run inside Blender: draw every panel, menu and list of the add-on in each of `states`, in a window too.

The last argument is the folder with other people's scenes, "" for none.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import bpy

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "addon"), str(HERE.parent / "scenes")]

import drawing  # noqa: E402
import states  # noqa: E402
import sweepset  # noqa: E402
import sweepset.ui  # noqa: E402

OUTSIDE = Path(sys.argv[-1]) if sys.argv[-1] else None
errors: list[str] = []
calls: Counter[str] = Counter()
state = ""


def classes(base: type) -> list[type]:
    """Return the add-on's classes of a kind."""
    found = [getattr(bpy.types, name) for name in dir(bpy.types)]
    ours = [one for one in found if isinstance(one, type) and one.__module__.startswith("sweepset")]
    return [one for one in ours if issubclass(one, base)]


def watch(kind: type, name: str) -> None:
    """Count the calls of a class's function, and keep what it raises with the state it was raised in."""
    really: Callable[..., object] = getattr(kind, name)

    def call(*args: object) -> object:
        calls[f"{kind.__name__}.{name}"] += 1
        try:
            return really(*args)
        except BaseException:
            errors.append(f"{state}: {kind.__name__}.{name}:\n{traceback.format_exc(limit=-3)}")
            raise

    names = ", ".join(inspect.signature(really).parameters)  # Blender counts them
    setattr(kind, name, eval(f"lambda {names}: call({names})", {"call": call}))


def open_all() -> None:
    """Let all panels start open: closed ones are not drawn."""
    for one in bpy.types.Panel.__subclasses__():
        if one.__module__.startswith("sweepset"):
            one.bl_options = set(getattr(one, "bl_options", set())) - {"DEFAULT_CLOSED"}


def draw_without_window() -> None:
    """Draw all panels and menus on a layout that checks."""
    window = bpy.context.window_manager.windows[0]
    for kind in (*classes(bpy.types.Panel), *classes(bpy.types.Menu)):
        space = getattr(kind, "bl_space_type", "VIEW_3D")
        area = next((one for one in window.screen.areas if one.type == space), None)
        if area is None:
            continue  # told by `finish`
        part = getattr(kind, "bl_region_type", "WINDOW")
        region = next(one for one in area.regions if one.type == part)
        with bpy.context.temp_override(window=window, area=area, region=region):
            try:
                calls[kind.__name__] += drawing.draw(kind)
            except BaseException:
                errors.append(f"{state}: {kind.__name__}:\n{traceback.format_exc(limit=-4)}")


def draw_all() -> Iterator[None]:
    """Draw in each state, and yield for Blender to draw."""
    global state, total
    for name in states.states(OUTSIDE):
        state = name
        total += 1
        for scene in bpy.data.scenes:
            scene.update_tag()  # what a script sets as a custom property goes unnoticed otherwise
        bpy.context.view_layer.update()
        draw_without_window()
        yield
        for fill in (bpy.ops.sweepset.propose_labels, bpy.ops.sweepset.audit):
            with contextlib.suppress(RuntimeError):  # what it reports as an error
                if fill.poll():
                    fill()
        state = f"{name}, with lists filled"
        draw_without_window()
        yield


def finish() -> None:
    """Tell what was drawn and what went wrong."""
    kinds = (*classes(bpy.types.Panel), *classes(bpy.types.Menu))
    never = [kind.__name__ for kind in kinds if not calls[kind.__name__]]
    if not bpy.app.background:
        never += [
            f"{kind.__name__} by Blender" for kind in classes(bpy.types.Panel) if not calls[f"{kind.__name__}.draw"]
        ]
    unique = list(dict.fromkeys(errors + [f"never drawn: {one}" for one in never]))
    print(f"{len(unique)} errors in {total} states; drawn: {dict(calls)}")
    assert not unique, "\n".join(unique[:12])


def in_window() -> Iterator[None]:
    """Draw in each state, and let Blender draw."""
    import screen

    yield from screen.show_sidebar()
    calls.clear()
    for _ in draw_all():
        yield from screen.redraw()
    finish()


total = 0
open_all()
sweepset.register()
for kind in (*classes(bpy.types.Panel), *classes(bpy.types.Menu), *classes(bpy.types.UIList)):
    for name in ("draw", "draw_header", "draw_item", "filter_items"):
        if any(name in vars(base) for base in kind.__mro__ if base.__module__.startswith("sweepset")):
            watch(kind, name)
if bpy.app.background:
    try:
        for _ in draw_all():
            pass
        finish()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)
else:
    import screen

    screen.run(in_window())
