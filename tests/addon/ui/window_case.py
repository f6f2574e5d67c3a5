"""Run in Blender's window: use the add-on as a user does, by mouse and keys, one case after the other.

The argument is a folder: results.json there says of each case "" or what it raised; a failed one leaves a picture.
"""

from __future__ import annotations

import json
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
from mathutils import Quaternion

import room
import screen
from screen import Steps

FOLDER = Path(screen.ARGS[0])
ONLY = screen.ARGS[1:]
"""Names of cases to run alone, for a look at one."""
CHAIRS = ("Chair.001", "Chair.002")


def labels() -> dict[str, str]:
    """Return the objects' labels."""
    found = {item.name: item.get("sweepset_category", "") for item in bpy.data.objects}
    return {name: label for name, label in found.items() if label}


def color(name: str) -> tuple[int, int, int]:
    """Return the colour of a category of the shipped taxonomy, from its file."""
    shipped = json.loads((screen.ROOT / "addon" / "sweepset" / "taxonomies" / "nyu40.json").read_text())
    return tuple(next(one["color"] for one in shipped["categories"] if one["name"] == name))


def seen(item: str, rgb: tuple[int, int, int], picture: np.ndarray, tolerance: int = 3) -> bool:
    """Tell whether a colour is seen in a picture of the window where an object is, a little beside its origin's dot."""
    x, y = screen.place(item)
    return bool((np.abs(picture[y + 8, x + 8].astype(int) - rgb) <= tolerance).all())


def choose(category: str) -> None:
    """Choose a category in the list."""
    settings = bpy.context.scene.sweepset
    settings.active_index = settings.categories.find(category)


def chosen() -> str:
    """Return the category that is chosen in the list."""
    settings = bpy.context.scene.sweepset
    return settings.categories[settings.active_index].name


def begin() -> Steps:
    """Build the room and look at it from above, and a little from the front."""
    room.build()
    yield
    view = screen.area().spaces.active
    view.region_3d.view_perspective = "ORTHO"
    view.region_3d.view_rotation = Quaternion((0.966, 0.259, 0, 0))
    view.region_3d.view_location, view.region_3d.view_distance = (7.5, 0, 0), 25
    view.overlay.show_floor = view.overlay.show_axis_x = view.overlay.show_axis_y = False
    yield from screen.redraw()
    bpy.ops.ed.undo_push(message="The room")
    yield


def undo(at: tuple[int, int]) -> Steps:
    """Press Ctrl Z."""
    yield from screen.press("Z", at, ctrl=True)
    yield from screen.redraw()


def test_click_select_and_number_key() -> Steps:
    yield from screen.click(*screen.place("Table"))
    assert bpy.context.view_layer.objects.active.name == "Table"
    name = bpy.context.scene.sweepset.recent[1].name
    yield from screen.press("TWO", screen.place("Table"), ctrl=True, alt=True)
    assert labels() == {"Table": name}, labels()
    yield from undo(screen.place("Table"))
    assert labels() == {}, labels()


def test_pie_menu() -> Steps:
    x, y = screen.place("Cube.017")
    yield from screen.press("L", (x, y - 120), shift=True, ctrl=True)
    yield 0.4  # it opens with an animation
    yield from screen.redraw()
    screen.shoot(FOLDER / "pie.png")
    yield from screen.move(x - 60, y - 120)
    yield 0.2
    yield from screen.click(x - 100, y - 120)
    yield from screen.redraw()
    first = bpy.context.scene.sweepset.recent[0].name  # Blender puts the first to the left
    assert labels() == dict.fromkeys(CHAIRS, first), labels()


def test_label_by_clicking() -> Steps:
    choose("table")
    with screen.context():
        bpy.ops.sweepset.label_by_clicking("INVOKE_DEFAULT")
    yield from screen.click(*screen.place("Table"))
    assert labels() == {"Table": "table"}, labels()
    yield from screen.redraw()
    screen.shoot(FOLDER / "clicking.png")
    recent = [entry.name for entry in bpy.context.scene.sweepset.recent]
    yield from screen.press("THREE", screen.place("Floor"))
    yield from screen.drag(screen.place("Chair.001"), screen.place("Chair.002"))
    third = bpy.context.scene.sweepset.recent[2].name
    assert third == recent[2], "a recent category changed its number"
    found = labels()
    assert found == {"Table": "table", **dict.fromkeys(CHAIRS, third), "Floor": third} or found == {
        "Table": "table",
        **dict.fromkeys(CHAIRS, third),
    }, found  # the floor shows between the chairs
    yield from screen.click(*screen.place("Chair.001"), ctrl=True)
    assert "Chair.001" not in labels(), "Ctrl click did not clear"
    yield from screen.press("ESC", screen.place("Cube.017"))
    before = labels()
    yield from screen.click(*screen.place("Cube.017"))
    assert labels() == before, "it labels after Esc"
    assert bpy.context.view_layer.objects.active.name == "Cube.017", "clicks do not select after Esc"
    yield from undo(screen.place("Cube.017"))  # the selection
    yield from undo(screen.place("Cube.017"))  # the clearing
    assert labels().get("Chair.001") == third, labels()
    yield from undo(screen.place("Cube.017"))
    assert labels() == {"Table": "table"}, labels()
    yield from undo(screen.place("Cube.017"))
    assert labels() == {}, labels()


def test_clicking_keeps_brush_and_finished_objects() -> Steps:
    """Undo leaves the brush alone; a drag leaves labels alone, unless Shift is held; a click does not."""
    choose("table")
    with screen.context():
        bpy.ops.sweepset.label_by_clicking("INVOKE_DEFAULT")
    yield from screen.click(*screen.place("Table"))
    yield from screen.press("THREE", screen.place("Floor"))
    brush = bpy.context.scene.sweepset.recent[2].name
    yield from screen.click(*screen.place("Chair.001"))
    assert labels() == {"Table": "table", "Chair.001": brush}, labels()
    yield from undo(screen.place("Cube.017"))
    assert labels() == {"Table": "table"}, labels()
    assert chosen() == brush, "undo changed the brush"
    yield from screen.drag(screen.place("Table"), screen.place("Chair.001"))
    found = labels()
    assert (found["Table"], found["Chair.001"]) == ("table", brush), found
    yield from screen.click(*screen.place("Table"), shift=True)
    assert labels()["Table"] == brush, "Shift does not label anew"
    yield from screen.press("TWO", screen.place("Floor"))
    yield from screen.click(*screen.place("Table"))
    assert labels()["Table"] == bpy.context.scene.sweepset.recent[1].name, "a click does not label anew"
    yield from screen.press("ESC", screen.place("Cube.017"))


def test_search_chooses() -> Steps:
    """What a search finds is what Assign gives; what is chosen afterwards stays."""
    from sweepset.ui import searching

    def search(text: str) -> Steps:
        with screen.context(part="UI"):
            searching.note(bpy.context, text)
        yield lambda: not bpy.app.timers.is_registered(searching._choose)

    choose("wall")
    yield from search("refrid")
    assert chosen() == "refridgerator", chosen()
    with screen.context():
        bpy.ops.sweepset.assign("INVOKE_DEFAULT", True)
    assert labels() == dict.fromkeys(CHAIRS, "refridgerator"), labels()
    choose("bed")  # by a click or a number key
    yield from search("refrid")
    assert chosen() == "bed", "an old search chooses again"
    yield from search("")
    assert chosen() == "bed", "clearing a search chooses"
    yield from search("table")  # of many, the one of this very name
    assert chosen() == "table", chosen()
    choose("window")
    yield from search("w")  # the chosen one is among those found
    assert chosen() == "window", chosen()
    yield from search("no such thing")
    assert chosen() == "window", chosen()


def test_search_in_menus() -> Steps:
    """Blender's search finds an operator of ours by its name."""
    at = screen.place("Floor")
    yield from screen.press("F3", at)
    yield 0.5
    for letter in "audit scene":
        key = "SPACE" if letter == " " else letter.upper()
        yield from screen.press(key, at, unicode=letter)
    yield 0.5
    screen.shoot(FOLDER / "search.png")
    yield from screen.press("RET", at)
    yield 1.0
    assert bpy.context.scene.sweepset_audit.looked, "F3 does not find Audit Scene"


def test_clicking_ends_with_another_file() -> Steps:
    choose("table")
    with screen.context():
        bpy.ops.sweepset.label_by_clicking("INVOKE_DEFAULT")
    yield from screen.move(*screen.place("Table"))
    yield from begin()
    yield from screen.click(*screen.place("Table"))
    assert labels() == {}, "it labels in the next file"


def test_faces() -> Steps:
    at = screen.place("Table")
    yield from screen.click(*at)
    yield from screen.press("TAB", at)
    assert bpy.context.mode == "EDIT_MESH", bpy.context.mode
    yield from screen.press("A", at, alt=True)  # select none
    yield from screen.press("THREE", at)  # faces
    yield from screen.click(*at)
    mesh = bpy.data.objects["Table"].data
    name = bpy.context.scene.sweepset.recent[1].name
    yield from screen.press("TWO", at, ctrl=True, alt=True)
    yield from screen.press("TAB", at)
    assert bpy.context.mode == "OBJECT"
    ids = [value.value for value in mesh.attributes["sweepset_category"].data]
    number = bpy.context.scene.sweepset.categories.find(name) + 1
    assert ids == [0, 0, 0, 0, 0, number], f"{ids} instead of {name} for the top"
    assert json.loads(mesh["sweepset_category"]) == {str(number): name}


def test_colors() -> Steps:
    choose("table")
    with screen.context():
        bpy.ops.object.select_all(action="DESELECT")
        bpy.data.objects["Table"].select_set(True)
        bpy.ops.sweepset.assign("INVOKE_DEFAULT", True)
        bpy.data.objects["Table"].color = own = (0.25, 0.5, 0.75, 1.0)
        bpy.ops.object.select_all(action="DESELECT")
    space = screen.area().spaces.active
    before = (space.shading.type, space.shading.color_type, space.shading.light)
    bpy.ops.ed.undo_push(message="labelled")
    yield from screen.redraw()
    assert not seen("Table", color("table"), screen.pixels())
    with screen.context():
        bpy.ops.sweepset.toggle_colors("INVOKE_DEFAULT", True)
    yield from screen.redraw()
    picture = screen.pixels()
    assert seen("Table", color("table"), picture), "the table does not show its category's colour"
    assert seen("Cube.017", (255, 0, 255), picture), "what is unlabelled is not loud"
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "colored.blend"))
    yield from screen.redraw()
    assert seen("Table", color("table"), screen.pixels()), "colours went with saving"
    other = shutil.copy(FOLDER / "colored.blend", FOLDER / "other.blend")  # not from the very file that is open
    with bpy.data.libraries.load(str(other)) as (_, loaded):
        loaded.objects = ["Table"]
    assert tuple(loaded.objects[0].color) == own, "the file holds a category's colour"
    bpy.data.objects.remove(loaded.objects[0])
    yield from screen.redraw()
    yield from undo(screen.place("Floor"))
    assert (space.shading.type, space.shading.color_type, space.shading.light) == before, "undo left the shading"
    assert tuple(bpy.data.objects["Table"].color) == own, "undo left a colour"
    assert not seen("Table", color("table"), screen.pixels()), "undo left what is seen"
    yield from screen.press("Z", screen.place("Floor"), ctrl=True, shift=True)
    yield from screen.redraw()
    assert seen("Table", color("table"), screen.pixels()), "redo did not bring colours back"
    with screen.context():
        bpy.ops.sweepset.toggle_colors("INVOKE_DEFAULT", True)
    yield from screen.redraw()
    assert tuple(bpy.data.objects["Table"].color) == own
    assert (space.shading.type, space.shading.color_type, space.shading.light) == before
    bpy.ops.wm.open_mainfile(filepath=str(FOLDER / "colored.blend"), load_ui=False)
    yield from screen.redraw()
    assert seen("Table", color("table"), screen.pixels()), "a file saved in colours does not open in them"
    with screen.context():
        bpy.ops.sweepset.toggle_colors("INVOKE_DEFAULT", True)
    yield from screen.redraw()
    assert tuple(bpy.data.objects["Table"].color) == own, "reloaded, the user's colour is lost"


def test_parts_in_color() -> Steps:
    yield from test_faces()
    with screen.context():
        bpy.ops.object.select_all(action="DESELECT")
        bpy.ops.sweepset.toggle_colors("INVOKE_DEFAULT", True)
    yield from screen.redraw()
    name = next(iter(json.loads(bpy.data.objects["Table"].data["sweepset_category"]).values()))
    assert seen("Table", color(name), screen.pixels()), "the labelled face does not show its colour"


def test_isolate() -> Steps:
    bpy.data.objects["Table"]["sweepset_category"] = "table"
    choose("table")
    yield
    view = screen.area().spaces.active
    with screen.context():
        bpy.ops.sweepset.isolate("INVOKE_DEFAULT", True)
    yield from screen.redraw()
    assert view.local_view is not None
    objects = bpy.context.evaluated_depsgraph_get().objects  # only what is evaluated knows of Local View
    there = {item.name for item in objects if item.visible_in_viewport_get(view)}
    with screen.context():
        bpy.ops.sweepset.isolate("INVOKE_DEFAULT", True)
    yield from screen.redraw()
    assert view.local_view is None
    assert there == {"Table"}, there


def test_auto_label() -> Steps:
    yield from screen.show_sidebar(width=120)
    with screen.context():
        bpy.ops.sweepset.propose_labels("INVOKE_DEFAULT", True)
    yield from screen.redraw()
    screen.shoot(FOLDER / "auto_label.png")
    assert labels() == {}, "a proposal labels"
    with screen.context():
        bpy.ops.sweepset.accept_proposals("INVOKE_DEFAULT", True)
    yield from screen.redraw()
    found = labels()
    assert found["Chair.001"] == found["Chair.002"] == "chair", found
    assert (found["Table"], found["Floor"]) == ("table", "floor"), found
    yield from undo(screen.place("Floor"))
    assert labels() == {}, labels()


def test_audit() -> Steps:
    with screen.context():
        bpy.ops.sweepset.audit("INVOKE_DEFAULT", True)
        bpy.ops.object.select_all(action="DESELECT")
    found = bpy.context.scene.sweepset_audit
    names = [row.name for row in found.rows]
    yield from screen.redraw()
    assert {*room.PLACES, "Floor"} <= set(names), names
    found.active = names.index("Cube.017")  # as a click on the row does
    yield from screen.redraw()
    selected = [item.name for item in bpy.context.view_layer.objects if item.select_get()]
    assert selected == ["Cube.017"], selected


def test_preview_labels() -> Steps:
    for name in CHAIRS:
        bpy.data.objects[name]["sweepset_category"] = "chair"
    yield
    with screen.context():
        bpy.ops.sweepset.preview_labels("INVOKE_DEFAULT", True)
    yield 0.5
    editors = [
        area.spaces.active.image
        for window in bpy.context.window_manager.windows
        for area in window.screen.areas
        if area.type == "IMAGE_EDITOR"
    ]
    assert len(editors) == 1, "no Image Editor shows the preview"
    assert editors[0] is not None
    image = editors[0]
    pixels = np.empty(image.size[0] * image.size[1] * image.channels, np.float32)
    image.pixels.foreach_get(pixels)
    colors = {tuple(row) for row in np.rint(pixels.reshape(-1, image.channels)[:, :3] * 255).astype(int).tolist()}
    assert color("chair") in colors, colors
    assert (255, 0, 255) in colors, "what is unlabelled is not loud"


def test_sweep_preview() -> Steps:
    settings = bpy.context.scene.sweepset_output
    settings.sweep, settings.frames, settings.size = "orbit", 6, (160, 120)
    yield from screen.redraw()
    before = screen.pixels()
    with screen.context():
        assert bpy.ops.sweepset.preview_sweep("INVOKE_DEFAULT") == {"RUNNING_MODAL"}
    yield lambda: bpy.ops.sweepset.bake_sweep.poll()
    yield from screen.redraw()
    with_frustums = screen.pixels()
    screen.shoot(FOLDER / "sweep.png")
    with screen.context():
        bpy.ops.sweepset.bake_sweep("INVOKE_DEFAULT", True)
    scene = bpy.context.scene
    assert (scene.frame_start, scene.frame_end) == (0, 5)
    places = []
    for frame in range(6):
        scene.frame_set(frame)
        places.append(tuple(round(c, 3) for c in scene.camera.matrix_world.translation))
    assert len(set(places)) == 6, places
    with screen.context():
        bpy.ops.sweepset.hide_sweep("INVOKE_DEFAULT", True)
    yield from undo(screen.place("Floor"))
    yield from screen.redraw()
    window = screen.region()
    part = np.s_[window.y : window.y + window.height - 80, window.x + 80 : window.x + window.width - 400]
    changed = (before[part] != with_frustums[part]).any(axis=2).sum()
    assert changed > 300, f"only {changed} pixels show cameras"
    assert bpy.context.scene.camera.name == "Camera", "undo did not take the baked camera"


def test_render_and_cancel() -> Steps:
    settings = bpy.context.scene.sweepset_output
    settings.sweep, settings.frames, settings.size, settings.samples = "orbit", 200, (64, 48), 1
    settings.sweep_folder = str(FOLDER / "dataset")
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "room.blend"))
    yield
    with screen.context():
        assert bpy.ops.sweepset.render_sweep("INVOKE_DEFAULT") == {"RUNNING_MODAL"}
    images = FOLDER / "dataset" / "images"
    yield lambda: images.is_dir() and len(list(images.glob("*.png"))) >= 2
    assert not bpy.ops.sweepset.render_sweep.poll(), "it starts twice"
    yield from screen.redraw()
    screen.shoot(FOLDER / "rendering.png")
    with screen.context():
        bpy.ops.sweepset.cancel_sweep("INVOKE_DEFAULT")
    yield lambda: bpy.ops.sweepset.render_sweep.poll()
    yield 1.0
    there = len(list(images.glob("*.png")))
    yield 1.5
    assert 2 <= there < 200, there
    assert len(list(images.glob("*.png"))) == there, "it goes on after Cancel"


def run_all() -> Steps:
    """Run all cases, each in a room of its own."""
    screen.enable()
    cases: dict[str, Callable[[], Steps]] = {
        name: function
        for name, function in globals().items()
        if name.startswith("test_") and (not ONLY or name in ONLY)
    }
    results = {}
    for name, function in cases.items():
        try:
            yield from begin()
            yield from function()
            results[name] = ""
        except Exception:
            results[name] = traceback.format_exc()
            screen.shoot(FOLDER / f"{name}.png")
            print(f"{name} failed:\n{results[name].replace('Traceback', 'trace')}", file=sys.stderr, flush=True)
            yield from screen.press("ESC", screen.place("Floor"))
        (FOLDER / "results.json").write_text(json.dumps(results))
        print(name, "failed" if results[name] else "passed", flush=True)


screen.run(run_all())
