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

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "addon"), str(ROOT / "scenes")]

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


class Guard(bpy.types.Node):
    """Lets Blender call a function in the state in which it calls panels: writing to its data raises there."""

    bl_label = "Guard"
    draw: Callable[[], None]

    @classmethod
    def poll(cls, tree: bpy.types.NodeTree) -> bool:
        """Call the function, and refuse the node."""
        Guard.draw()
        return False

    @staticmethod
    def call(function: Callable[[], None]) -> None:
        """Call a function as Blender calls a panel's `draw`."""
        Guard.draw = staticmethod(function)
        tree = bpy.data.node_groups.new("guard", "ShaderNodeTree")
        with contextlib.suppress(RuntimeError):  # it is no node for this tree
            tree.nodes.new("Guard")
        bpy.data.node_groups.remove(tree)


def guarded() -> bool:
    """Tell whether writing to a scene raises when it is drawn."""
    refused = []

    def write() -> None:
        try:
            bpy.context.scene.frame_end = 7
        except AttributeError:
            refused.append(True)

    Guard.call(write)
    return bool(refused)


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
                drawing.draw(kind)
            except BaseException:
                errors.append(f"{state}: {kind.__name__}:\n{traceback.format_exc(limit=-4)}")


def go_through() -> Iterator[None]:
    """Bring about each state and fill its lists; yield for drawing, without a window also before they are filled."""
    global state, total
    for name in states.states(OUTSIDE):
        state = name
        total += 1
        for scene in bpy.data.scenes:
            scene.update_tag()  # what a script sets as a custom property goes unnoticed otherwise
        bpy.context.view_layer.update()
        if bpy.app.background:
            yield
        for fill in (bpy.ops.sweepset.propose_labels, bpy.ops.sweepset.audit):
            window = bpy.context.window_manager.windows[0]  # after loading a file the context has none
            with contextlib.suppress(RuntimeError), bpy.context.temp_override(window=window):
                if fill.poll():  # what it reports as an error is no concern here
                    fill()
        state = f"{name}, with lists filled"
        yield


def missing_in_menus() -> set[str]:
    """Return the operators that neither a menu nor a row of a list has: Blender's search finds what is in menus."""
    from sweepset.ui import menus

    found = {name for groups in menus.OPERATORS.values() for group in groups for name in group}
    found |= {"choose_taxonomy", "assign_recent", "assign_collection"}  # in menus of their own
    on_rows = {"accept_proposal", "change_proposal", "reject_proposal", "select_audited", "point_at_label"}
    return set(dir(bpy.ops.sweepset)) - found - on_rows


def finish() -> None:
    """Tell what was drawn and what went wrong."""
    kinds = classes(bpy.types.Panel) + (classes(bpy.types.Menu) if bpy.app.background else [])
    never = [kind.__name__ for kind in kinds if not calls[f"{kind.__name__}.draw"]]
    unique = list(dict.fromkeys(errors + [f"never drawn: {one}" for one in never]))
    print(f"{len(unique)} errors in {total} states; drawn: {dict(calls)}")
    assert not unique, "\n".join(unique[:12])
    assert not missing_in_menus(), missing_in_menus()


def in_window() -> Iterator[None]:
    """Let Blender draw in each state; what is in menus it draws in the background's test only."""
    import screen

    for _ in go_through():
        yield  # a file may have come
        if not screen.area().spaces.active.show_region_ui:  # a file's first state comes with a fresh screen
            yield from screen.show_sidebar()
        before = calls["SWEEPSET_PT_labels.draw"]
        screen.region(part="UI").tag_redraw()
        yield
        yield
        assert calls["SWEEPSET_PT_labels.draw"] > before, f"{state}: Blender did not draw the panels"
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
        bpy.utils.register_class(Guard)
        assert guarded(), "this Blender lets panels write"
        for _ in go_through():
            Guard.call(draw_without_window)
        finish()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)
else:
    import screen

    screen.run(in_window())
