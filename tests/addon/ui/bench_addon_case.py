"""Run inside Blender, in a window where there is one: time the add-on on a scene of 2,000 objects, print JSON.

The scene: 2,000 objects with 400 meshes of 600 faces and 40 materials in 50 collections; a third is called Cube, the
others as objects of real scenes are.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "addon")]

import sweepset  # noqa: E402

OBJECTS = 2000
TIMES = 20
"""Redraws of which the median is taken."""


def build() -> None:
    """Build the scene."""
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True, load_ui=False)
    scene = bpy.context.scene
    known = list(json.loads((ROOT / "tests" / "addon" / "names.json").read_text(encoding="utf-8"))["tune"])
    rows, columns = 20, 30
    x, y = np.meshgrid(np.linspace(-0.4, 0.4, columns + 1), np.linspace(-0.4, 0.4, rows + 1))
    vertices = np.stack([x, y, 0.2 * np.sin(9 * x)], axis=2).reshape(-1, 3).tolist()
    corner = [row * (columns + 1) + column for row in range(rows) for column in range(columns)]
    faces = [(k, k + 1, k + columns + 2, k + columns + 1) for k in corner]
    materials = [bpy.data.materials.new(f"material {number}") for number in range(40)]
    meshes = []
    for number in range(400):
        mesh = bpy.data.meshes.new(f"mesh {number}")
        mesh.from_pydata(vertices, [], faces)
        mesh.materials.append(materials[number % len(materials)])
        meshes.append(mesh)
    groups = [bpy.data.collections.new(f"group {number}") for number in range(50)]
    for group in groups:
        scene.collection.children.link(group)
    for number in range(OBJECTS):
        name = "Cube" if number % 3 == 0 else known[number % len(known)]
        item = bpy.data.objects.new(name, meshes[number % len(meshes)])
        item.location = (number % 50, number // 50, 0)
        groups[number % len(groups)].objects.link(item)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.location = (25, 20, 60)
    scene.collection.objects.link(camera)
    scene.camera = camera
    bpy.ops.sweepset.choose_taxonomy(name="nyu40")


def timed(work: Callable[[], object]) -> float:
    """Return how long some work takes, in seconds, with what Blender evaluates after it."""
    start = time.perf_counter()
    work()
    bpy.context.view_layer.update()
    return time.perf_counter() - start


def measure() -> dict[str, float]:
    """Time what has a bar; each as a click does it, with its step of undo."""
    from sweepset.ui import changes

    for item in bpy.context.view_layer.objects:
        item.select_set(item.type == "MESH")
    bpy.ops.ed.undo_push(message="the scene")
    found = {"assign to all": timed(lambda: bpy.ops.sweepset.assign("EXEC_DEFAULT", True, category="chair"))}
    assert sum(item.get("sweepset_category") == "chair" for item in bpy.data.objects) == OBJECTS
    changes._count_anew()
    counted = []
    found["count"] = timed(lambda: counted.append(changes.progress(bpy.context.scene)))
    assert (counted[0].labelled, counted[0].total) == (OBJECTS, OBJECTS), counted
    found["colors on"] = timed(lambda: bpy.ops.sweepset.toggle_colors("EXEC_DEFAULT", True))
    found["colors off"] = timed(lambda: bpy.ops.sweepset.toggle_colors("EXEC_DEFAULT", True))
    found["undo"] = timed(lambda: bpy.ops.ed.undo())
    bpy.ops.ed.redo()
    bpy.ops.sweepset.clear("EXEC_DEFAULT", True)
    found["auto-label: propose"] = timed(lambda: bpy.ops.sweepset.propose_labels("EXEC_DEFAULT", True))
    found["auto-label: accept all"] = timed(lambda: bpy.ops.sweepset.accept_proposals("EXEC_DEFAULT", True))
    assert sum("sweepset_category" in item for item in bpy.data.objects) > OBJECTS // 3
    found["select unlabelled"] = timed(lambda: bpy.ops.sweepset.select_unlabelled("EXEC_DEFAULT", True))
    return found


def draw_panels() -> Iterator[dict[str, float]]:
    """Time drawing the window with all panels in the sidebar, and with Blender's own of the tab View; off the scene.

    The redraw is Blender's whole one, from laying out to the swap of buffers.
    """
    import screen

    def redraw() -> float:
        with screen.context():
            start = time.perf_counter()
            bpy.ops.wm.redraw_timer(type="DRAW_WIN_SWAP", iterations=1)
            return time.perf_counter() - start

    found = {}
    screen.area().spaces.active.region_3d.view_location = (0, 0, 1e4)
    for tab in ("View", "Sweepset"):
        yield from screen.show_sidebar(tab)
        yield from screen.redraw()
        redraw()
        found[f"draw the window, tab {tab}"] = statistics.median(redraw() for _ in range(TIMES))
    yield found


def tell(found: dict[str, float]) -> None:
    """Print the times for `bench_addon.py` to read."""
    print("TIMES " + json.dumps(found), flush=True)


def in_window() -> Iterator[object]:
    """Measure between redraws."""
    build()
    yield
    yield
    found = measure()
    for step in draw_panels():
        if isinstance(step, dict):
            found.update(step)
        else:
            yield step
    tell(found)


if bpy.app.background:
    sweepset.register()
    build()
    tell(measure())
    os._exit(0)
else:
    import screen
    import sweepset.ui

    for panel in bpy.types.Panel.__subclasses__():
        if panel.__module__.startswith("sweepset"):  # all open: closed ones are not drawn
            panel.bl_options = set(getattr(panel, "bl_options", set())) - {"DEFAULT_CLOSED"}
    screen.enable()
    screen.run(in_window())
