"""Run in Blender's window: use the add-on as careless users do, one case after the other.

The argument is a folder: results.json there says of each case "" or what it raised; a failed one leaves a picture.
"""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
from mathutils import Quaternion

import room
import screen
from screen import Steps

FOLDER = Path(screen.ARGS[0])


def begin() -> Steps:
    """Build the room and look at it straight from above."""
    room.build()
    yield
    view = screen.area().spaces.active
    view.region_3d.view_perspective = "ORTHO"
    view.region_3d.view_rotation = Quaternion((1, 0, 0, 0))
    view.region_3d.view_location, view.region_3d.view_distance = (7.5, 0, 0), 25
    view.overlay.show_overlays = True
    yield from screen.redraw()
    bpy.ops.ed.undo_push(message="The room")
    yield


def operate(name: str, **keys: object) -> None:
    """Call an operator of the add-on in the 3D view, with a step of undo as from a button."""
    with screen.context():
        getattr(bpy.ops.sweepset, name)("EXEC_DEFAULT", True, **keys)


def label_face(item: str, face: int, category: str) -> tuple[int, int, int]:
    """Label a face, and return its category's colour."""
    from sweepset import labels, taxonomy
    from sweepset.ui.changes import labels_changed

    chosen = taxonomy.load("nyu40").category(category)
    labels.set_face_category(bpy.data.objects[item].data, [face], chosen)
    labels_changed(bpy.context.scene)
    return chosen.color


def shows(item: str, rgb: tuple[int, int, int]) -> bool:
    """Tell whether a colour is seen in the window where an object is, a little beside its origin's dot."""
    x, y = screen.place(item)
    return bool((np.abs(screen.pixels()[y + 8, x + 8].astype(int) - rgb) <= 9).all())


TOP = 5
"""The face of the room's boxes that is on top."""


def test_parts_in_local_view() -> Steps:
    color = label_face("Table", TOP, "sofa")
    operate("toggle_colors")
    yield from screen.redraw()
    assert shows("Table", color)
    with screen.context():
        bpy.ops.object.select_all(action="DESELECT")
        bpy.data.objects["Table"].select_set(True)
        bpy.ops.view3d.localview(frame_selected=False)
    yield from screen.redraw()
    there = shows("Table", color)
    with screen.context():
        bpy.ops.view3d.localview(frame_selected=False)
    assert there, "a labelled face is not drawn in Local View"


def test_parts_follow_the_animation() -> Steps:
    color = label_face("Table", TOP, "sofa")
    table = bpy.data.objects["Table"]
    for frame, place in ((1, 0.0), (10, -3.0)):
        table.location.y = place
        table.keyframe_insert("location", frame=frame)
    bpy.context.scene.frame_set(1)
    operate("toggle_colors")
    yield from screen.redraw()
    assert shows("Table", color)
    bpy.context.scene.frame_set(10)
    yield from screen.redraw()
    assert screen.place("Table") == screen.place(table.matrix_world.translation)
    assert shows("Table", color), "a labelled face stays where its object was"


def test_parts_of_wires_are_not_drawn() -> Steps:
    color = label_face("Table", TOP, "sofa")
    bpy.data.objects["Table"].display_type = "WIRE"
    operate("toggle_colors")
    yield from screen.redraw()
    assert not shows("Table", color), "a part hides what is behind an object that is shown as wires"


def test_views_that_open_in_colors() -> Steps:
    operate("toggle_colors")
    area = screen.area("DOPESHEET_EDITOR")
    try:
        area.type = "VIEW_3D"
        yield from screen.redraw()
        yield 0.2
        shading = area.spaces.active.shading
        assert (shading.type, shading.color_type) == ("SOLID", "OBJECT"), "a new 3D view is not in colours"
        operate("toggle_colors")
        assert shading.color_type == "MATERIAL", "its own shading did not come back"
    finally:
        area.type = "DOPESHEET_EDITOR"


def test_own_color_chosen_in_colors() -> Steps:
    table = bpy.data.objects["Table"]
    table.color = (0.1, 0.2, 0.3, 1)
    operate("toggle_colors")
    table.color = chosen = (0.5, 0.25, 0.75, 1)
    yield from screen.redraw()
    operate("toggle_colors")
    assert tuple(table.color) == chosen, "what the user chose meanwhile is lost"


screen.run_cases(globals(), begin, FOLDER, screen.ARGS[1:])
