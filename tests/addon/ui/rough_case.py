"""Run in Blender's window: use the add-on as careless users do, one case after the other.

The argument is a folder: results.json there says of each case "" or what it raised; a failed one leaves a picture.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

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
    from sweepset import taxonomy
    from sweepset.blender import labels
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


def test_clicking_ends_with_the_addon() -> Steps:
    choose("table")
    for way in ("disable", "mode", "area"):
        with screen.context():
            assert bpy.ops.sweepset.label_by_clicking("INVOKE_DEFAULT") == {"RUNNING_MODAL"}
        yield from screen.move(*screen.place("Table"))
        if way == "disable":
            screen.disable()
        elif way == "mode":
            bpy.context.view_layer.objects.active = bpy.data.objects["Table"]
            with screen.context():
                bpy.ops.object.mode_set(mode="EDIT")
        else:
            screen.area().type = "CONSOLE"
        yield from screen.move(400, 400)
        yield from screen.press("ESC", (400, 400))
        yield from screen.redraw()
        if way == "disable":
            screen.enable()
        elif way == "mode":
            with screen.context():
                bpy.ops.object.mode_set(mode="OBJECT")
        else:
            screen.area("CONSOLE").type = "VIEW_3D"
        yield
        yield from screen.click(*screen.place("Table"))
        assert "sweepset_category" not in bpy.data.objects["Table"], f"it labels after {way}"
        with screen.context():
            assert bpy.ops.sweepset.label_by_clicking.poll(), f"it can't be started again after {way}"


def choose(category: str) -> None:
    """Choose a category in the list."""
    settings = bpy.context.scene.sweepset
    settings.active_index = settings.categories.find(category)


def children() -> set[int]:
    """Return the processes that this one started and that still run."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = stat.read_text().split(" ", 1)
            state, parent = rest.rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == os.getpid() and state != "Z":
            found.add(int(pid))
    return found


def test_background_ends_with_what_it_is_for() -> Steps:
    before = children()
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "room.blend"))
    for way in ("open", "disable", "undo"):
        settings = bpy.context.scene.sweepset_output
        settings.sweep, settings.frames, settings.size = "orbit", 30, (64, 48)
        with screen.context():
            assert bpy.ops.sweepset.preview_sweep("INVOKE_DEFAULT") == {"RUNNING_MODAL"}
        yield 0.3
        assert children() - before
        if way == "open":
            bpy.ops.wm.open_mainfile(filepath=str(FOLDER / "room.blend"), load_ui=False)
        elif way == "disable":
            screen.disable()
            screen.enable()
        else:
            with screen.context():
                bpy.ops.ed.undo_push(message="one")
                bpy.data.objects["Table"].location.z = 3
                bpy.ops.ed.undo_push(message="two")
                bpy.ops.ed.undo()
            yield lambda: bpy.ops.sweepset.bake_sweep.poll()
            with screen.context():
                bpy.ops.sweepset.hide_sweep()
        yield 0.5
        assert not children() - before, f"a process outlives {way}"
        assert bpy.ops.sweepset.preview_sweep.poll(), f"it can't be started again after {way}"


def test_panels_with_an_unreadable_taxonomy() -> Steps:
    """Errors in panels are printed, and fail the run."""
    yield from screen.show_sidebar()
    operate("audit")
    operate("measure_unlabelled")
    prepare()
    operate("set_up_compositing")
    yield from screen.redraw()
    bpy.context.scene["sweepset_taxonomy"] = "{nonsense"
    bpy.context.scene.update_tag()
    bpy.context.view_layer.update()
    from sweepset.ui.changes import labels_changed

    labels_changed(bpy.context.scene)
    yield from screen.redraw()
    screen.shoot(FOLDER / "unreadable.png")
    assert bpy.context.scene.sweepset.problem
    with screen.context():
        bpy.ops.sweepset.choose_taxonomy("EXEC_DEFAULT", True, name="nyu40")
    yield from screen.redraw()
    assert not bpy.context.scene.sweepset.problem
    operate("remove_compositing")


def prepare() -> None:
    """Choose a folder and a size for label renders."""
    settings = bpy.context.scene.sweepset_output
    settings.width, settings.height, settings.direct_folder = 64, 48, str(FOLDER / "direct")


def test_f12_after_undo_and_append() -> Steps:
    from sweepset import taxonomy
    from sweepset.blender import labels

    table, chair = (taxonomy.load("nyu40").category(name) for name in ("table", "chair"))
    labels.set_category(bpy.data.objects["Table"], table)
    labels.set_category(bpy.data.objects["Floor"], chair)
    bpy.data.libraries.write(str(FOLDER / "one.blend"), {bpy.data.objects["Floor"]})
    labels.set_category(bpy.data.objects["Floor"], None)
    prepare()
    bpy.ops.ed.undo_push(message="labelled")
    operate("set_up_compositing")
    with screen.context():
        bpy.ops.object.select_all(action="SELECT")
    operate("assign", category="bed")
    yield
    with screen.context():
        bpy.ops.ed.undo()
    yield 0.6
    folder = FOLDER / "direct" / "labels"
    found = yield from render_really(folder)
    assert found == {0, table.id}, found
    with bpy.data.libraries.load(str(FOLDER / "one.blend")) as (_, here):
        here.objects = ["Floor"]
    here.objects[0].location.z = 2
    bpy.context.scene.collection.objects.link(here.objects[0])
    found = yield from render_really(folder)
    assert chair.id in found, f"an appended object is not labelled: {found}"
    operate("remove_compositing")
    assert "sweepset_direct_render" not in bpy.context.scene


def test_f12_right_after_a_change() -> Steps:
    """A render that begins before Blender has reported the change shows it all the same, in Edit Mode too."""
    from sweepset import taxonomy

    category = taxonomy.load("nyu40").category
    prepare()
    operate("set_up_compositing")
    folder = FOLDER / "direct" / "labels"
    found = yield from render_really(folder)
    assert found == {0}, found
    bpy.data.objects["Floor"]["sweepset_category"] = "floor"  # as a script labels
    found = yield from render_really(folder)
    assert found == {0, category("floor").id}, found
    floor, table = bpy.data.objects["Floor"], bpy.data.objects["Table"]
    with screen.context():
        bpy.ops.object.select_all(action="DESELECT")
        for item in (floor, table):
            item.select_set(True)
        bpy.context.view_layer.objects.active = floor
        bpy.ops.object.mode_set(mode="EDIT")
        table.select_set(False)
        bpy.ops.mesh.select_all(action="SELECT")
    operate("assign_faces", category="bed")
    found = yield from render_really(folder)
    assert found == {0, category("bed").id}, found
    assert [item.mode for item in (floor, table)] == ["EDIT", "EDIT"], "the render ended Edit Mode"
    assert not table.select_get()
    with screen.context():
        bpy.ops.object.mode_set(mode="OBJECT")
        bpy.ops.render.render()
    found = ids_in(folder)
    assert found == {0, category("bed").id}, found
    operate("remove_compositing")
    assert not floor.material_slots, "Remove left copies of materials behind"


def close_windows() -> None:
    """Close all windows but the first."""
    for one in bpy.context.window_manager.windows[1:]:
        with bpy.context.temp_override(window=one):
            bpy.ops.wm.window_close()


def closed_windows() -> bool:
    """Close all windows but the first; return False while a thread of Blender forbids that, as previews do."""
    try:
        close_windows()
    except RuntimeError as error:
        if "in this state" not in str(error):
            raise
        return False
    return True


def render_really(folder: Path) -> Generator[Any, Any, set[int]]:
    """Press F12, wait, and return the ids that the label image holds."""
    for path in folder.glob("*.png"):
        path.unlink()
    with screen.context():
        bpy.ops.render.render("INVOKE_DEFAULT")
    yield lambda: list(folder.glob("*.png")) and not bpy.app.is_job_running("RENDER")
    yield 0.3
    yield closed_windows
    yield
    return ids_in(folder)


def ids_in(folder: Path) -> set[int]:
    """Return the ids that the only label image of a folder holds."""
    (path,) = folder.glob("*.png")
    image = bpy.data.images.load(str(path))
    image.colorspace_settings.name = "Non-Color"
    values = np.array(image.pixels[:])
    bpy.data.images.remove(image)
    return set(np.rint(values.reshape(-1, 4)[:, 0] * 255).astype(int).tolist())


def test_folders_that_cannot_be_written() -> Steps:
    """A folder in a file's place, or below one, is refused when it is chosen and not at F12."""
    prepare()
    (FOLDER / "file").write_text("")
    for path in (FOLDER / "file", FOLDER / "file" / "below"):
        bpy.context.scene.sweepset_output.direct_folder = str(path)
        told = ""
        try:
            operate("set_up_compositing")
        except RuntimeError as error:
            told = str(error)
        assert "choose a folder" in told, told
    yield


def test_rows_of_deleted_objects() -> Steps:
    operate("propose_labels")
    operate("audit")
    from sweepset.ui import proposal_rows

    yield from screen.show_sidebar()
    bpy.data.objects.remove(bpy.data.objects["Chair.001"])
    yield from screen.redraw()
    rows = proposal_rows.get()
    rows.active = [row.name for row in rows.rows].index("Chair.001")
    audited = bpy.context.scene.sweepset_audit
    audited.active = [row.name for row in audited.rows].index("Chair.001")
    yield from screen.redraw()
    operate("accept_proposals")
    assert bpy.data.objects["Chair.002"]["sweepset_category"] == "chair"
    yield from screen.redraw()


def test_many_categories() -> Steps:
    path = FOLDER / "many.json"
    categories = [{"id": n, "name": f'category "{n}" \\ 😀'} for n in range(1, 901)]
    path.write_text(json.dumps({"name": "many", "categories": categories}))
    yield from screen.show_sidebar()
    begun = time.perf_counter()
    operate("load_taxonomy", filepath=str(path))
    print(f"900 categories loaded in {time.perf_counter() - begun:.2f} s")
    begun = time.perf_counter()
    yield from screen.redraw()
    with screen.context():
        bpy.ops.wm.redraw_timer(type="DRAW_WIN_SWAP", iterations=5)
    print(f"drawn five times in {time.perf_counter() - begun:.2f} s")
    with screen.context():
        bpy.ops.object.select_all(action="SELECT")
    operate("assign", category=categories[898]["name"])
    assert bpy.data.objects["Table"]["sweepset_category"] == categories[898]["name"]
    operate("toggle_colors")
    yield from screen.redraw()
    screen.shoot(FOLDER / "many.png")


def test_preview_without_an_image_editor() -> Steps:
    operate("preview_labels")
    yield 1.0
    new = bpy.context.window_manager.windows[-1]
    area = new.screen.areas[0]
    assert area.ui_type == "IMAGE_EDITOR", area.ui_type
    region = next(one for one in area.regions if one.type == "WINDOW")
    across, up = region.width, region.height
    corners = [region.view2d.view_to_region(*corner, clip=False) for corner in ((0, 0), (1, 1))]
    close_windows()
    yield from screen.redraw()
    (left, low), (right, high) = corners
    assert 0 <= left < right <= across, corners
    assert 0 <= low < high <= up, corners


screen.run_cases(globals(), begin, FOLDER, screen.ARGS[1:])
