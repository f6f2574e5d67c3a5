"""Run inside Blender: go through the list of proposals of an unlabelled room as a user does.

The last argument is the room's .blend, from `unlabelled.py`. What is labelled is read from the custom properties.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import bpy

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "addon"))

import sweepset  # noqa: E402
from sweepset.ui import auto_labelling, proposal_rows  # noqa: E402

ROOM = sys.argv[-1]
KEY = "sweepset_category"
SURE = {"Cube.001", "Cube.002", "Cube.003", "IKEA_sofa_EKTORP.001", "Plane", "Plane.001", "Yatak", "door_handle"}
"""What `sweepset label` labels in this room, by test_label_command.py."""
ops = bpy.ops.sweepset


def labels() -> dict[str, str]:
    """Return the labels of the file's objects."""
    return {item.name: item[KEY] for item in bpy.data.objects if item.get(KEY)}


def groups() -> dict[str, set[str]]:
    """Return the names of the objects in each group of the list."""
    rows = proposal_rows.get()
    found: dict[str, set[str]] = {name: set() for name, *_ in proposal_rows.GROUPS}
    for row in rows.rows:
        found[proposal_rows.group(row, rows.threshold)].add(row.name)
    return found


def index(name: str) -> int:
    """Return the place of an object's row."""
    return [row.name for row in proposal_rows.get().rows].index(name)


def refused(operator: Callable[..., object], **keys: object) -> str:
    """Return what an operator says that does not work."""
    said = ""
    try:
        operator(**keys)
    except RuntimeError as error:
        said = str(error)
    assert said, "it worked"
    assert "Traceback" not in said
    return said


def open_room() -> None:
    """Open the room, and propose."""
    bpy.ops.wm.open_mainfile(filepath=ROOM, load_ui=False)
    bpy.ops.ed.undo_push(message="opened")
    ops.propose_labels()


def select(name: str) -> None:
    """Select one object."""
    for item in bpy.context.view_layer.objects:
        item.select_set(item.name == name)
    bpy.context.view_layer.objects.active = bpy.data.objects[name]


def test_proposes_and_labels_nothing() -> None:
    bpy.ops.wm.open_mainfile(filepath=ROOM, load_ui=False)
    before = labels()
    ops.propose_labels()
    assert labels() == before == {"Kissen": "towel"}
    assert groups() == {"SURE": SURE, "UNSURE": set(), "LEFT": {"Object_7", "Stuhl"}, "DONE": {"Kissen"}}
    rows = {row.name: row for row in proposal_rows.get().rows}
    assert {name for name, row in rows.items() if row.source == "shape"} == {
        "Cube.001",
        "Cube.002",
        "Plane",
        "Plane.001",
    }
    assert all("shape" in row.reason for row in rows.values() if row.source == "shape")
    assert rows["Plane"].confidence < rows["IKEA_sofa_EKTORP.001"].confidence
    assert "library.blend" in rows["Stuhl"].reason
    assert rows["Stuhl"].category == "chair"
    assert rows["Object_7"].reason


def test_accepts_all_in_one_step() -> None:
    open_room()
    rows = proposal_rows.get()
    ops.reject_proposal(index=index("Yatak"))
    rows.threshold = 0.71  # Plane's shape alone is 0.70 sure
    unsure = {row.name for row in rows.rows if row.source == "shape" and row.confidence < 0.71}
    assert "Plane" in unsure
    assert groups()["UNSURE"] == unsure
    ops.accept_proposals("EXEC_DEFAULT", True)
    assert set(labels()) == SURE - unsure - {"Yatak"} | {"Kissen"}
    assert labels()["door_handle"] == "otherprop"
    assert labels()["Kissen"] == "towel"
    assert groups()["DONE"] == set(labels())
    assert groups()["SURE"] == set()
    assert "sweepset_taxonomy" in bpy.context.scene.keys()  # noqa: SIM118
    bpy.ops.ed.undo()
    assert labels() == {"Kissen": "towel"}
    assert groups()["SURE"] == SURE - unsure - {"Yatak"}
    bpy.ops.ed.redo()
    assert groups()["DONE"] == set(labels()) == SURE - unsure - {"Yatak"} | {"Kissen"}
    assert "threshold" in refused(ops.accept_proposals)
    rows.threshold = 0.6


def test_single_rows() -> None:
    open_room()
    ops.accept_proposal("EXEC_DEFAULT", True, index=index("Plane"))
    assert labels() == {"Kissen": "towel", "Plane": "floor"}
    assert "labelled" in refused(ops.accept_proposal, index=index("Plane"))
    ops.change_proposal("EXEC_DEFAULT", True, index=index("Object_7"), category="chair")
    ops.change_proposal("EXEC_DEFAULT", True, index=index("Yatak"), category="sofa")
    assert (labels()["Object_7"], labels()["Yatak"]) == ("chair", "sofa")
    bpy.ops.ed.undo()
    assert "Yatak" not in labels()
    assert "Yatak" in groups()["SURE"]
    for operator, keys in ((ops.accept_proposal, {}), (ops.change_proposal, {"category": "chair"})):
        assert "library.blend" in refused(operator, index=index("Stuhl"), **keys)
    assert "propose" in refused(ops.accept_proposal, index=999)
    ops.reject_proposal(index=index("Yatak"))
    assert "Yatak" in groups()["LEFT"]
    ops.propose_labels()
    assert "Yatak" in groups()["LEFT"], "a rejection is forgotten"
    ops.reject_proposal(index=index("Yatak"))
    assert "Yatak" in groups()["SURE"]


def test_what_changed_meanwhile() -> None:
    open_room()
    places = {name: index(name) for name in ("Yatak", "IKEA_sofa_EKTORP.001", "door_handle")}
    bpy.data.objects["Yatak"].name = "bed"
    bpy.data.objects.remove(bpy.data.objects["IKEA_sofa_EKTORP.001"])
    select("door_handle")
    ops.choose_taxonomy(name="nyu40")
    ops.assign(category="clothes")
    assert "door_handle" in groups()["DONE"]
    assert proposal_rows.get().rows[places["door_handle"]].label == "clothes"
    assert "Yatak" in refused(ops.accept_proposal, index=places["Yatak"])
    ops.accept_proposals()
    assert groups()["LEFT"] == {"Object_7", "Stuhl", "Yatak", "IKEA_sofa_EKTORP.001"}
    assert "bed" not in labels()
    ops.propose_labels()
    assert groups()["SURE"] == {"bed"}


def test_deleted_objects_are_gone() -> None:
    open_room()
    select("Yatak")
    bpy.ops.object.delete()
    assert "Yatak" not in bpy.data.objects, "the list keeps what the user deletes"


def test_faces_of_a_whole_room() -> None:
    bpy.ops.wm.open_mainfile(filepath=ROOM, load_ui=False)
    for name in ("Plane", "Plane.001", "Cube.001", "Cube.002"):
        bpy.data.objects.remove(bpy.data.objects[name])
    mesh = bpy.data.meshes.new("Cube")
    corners = [(x, y, z) for x in (-2.1, 2.1) for y in (-2.1, 2.1) for z in (0, 2.5)]
    sides = [(0, 2, 6, 4), (1, 5, 7, 3), (0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6)]  # low, high, around
    mesh.from_pydata(corners, [], sides)
    item = bpy.data.objects.new("Cube.017", mesh)
    bpy.context.scene.collection.objects.link(item)
    bpy.ops.ed.undo_push(message="built")
    ops.propose_labels()
    assert proposal_rows.get().rows[index("Cube.017")].source == "shape"
    ops.accept_proposal("EXEC_DEFAULT", True, index=index("Cube.017"))
    ids = [0] * 6
    item.data.attributes[KEY].data.foreach_get("value", ids)
    assert labels()["Cube.017"] == "wall"
    assert ids == [2, 22, 0, 0, 0, 0]  # nyu40's floor and ceiling
    bpy.ops.ed.undo()
    assert KEY not in bpy.data.meshes[bpy.data.objects["Cube.017"].data.name].attributes
    ops.propose_labels()
    bpy.data.objects["Cube.017"].data = bpy.data.meshes.new("another")
    assert "propose again" in refused(ops.accept_proposal, index=index("Cube.017"))


def test_pass_indices_of_a_file_without_labels() -> None:
    open_room()
    for name, number in {"Object_7": 5, "Yatak": 6, "IKEA_sofa_EKTORP.001": 6, "door_handle": 77}.items():
        bpy.data.objects[name].pass_index = number
    ops.propose_labels()
    assert {row.source for row in proposal_rows.get().rows} == {"name", "shape"}, "the file has a label"
    del bpy.data.objects["Kissen"][KEY]
    ops.propose_labels()
    rows = {row.name: row for row in proposal_rows.get().rows}
    assert {name for name, row in rows.items() if row.source == "pass index"} == {
        "Object_7", "Yatak", "IKEA_sofa_EKTORP.001"
    }  # fmt: skip
    assert (rows["Object_7"].category, rows["Yatak"].category) == ("chair", "sofa")
    assert rows["Yatak"].confidence < rows["Object_7"].confidence < rows["IKEA_sofa_EKTORP.001"].confidence
    assert "index 6" in rows["Yatak"].reason
    assert "bed" in rows["Yatak"].reason or "yatak" in rows["Yatak"].reason
    assert rows["door_handle"].category == "otherprop"


def test_clicking_a_row_selects() -> None:
    open_room()
    rows = proposal_rows.get()
    rows.active = index("Yatak")
    assert [item.name for item in bpy.context.selected_objects] == ["Yatak"]
    assert bpy.context.view_layer.objects.active.name == "Yatak"
    home = bpy.data.collections.new("Kit")
    home.objects.link(bpy.data.objects["Yatak"])
    bpy.context.scene.collection.objects.unlink(bpy.data.objects["Yatak"])
    copy = bpy.data.objects.new("copy", None)
    copy.instance_type, copy.instance_collection = "COLLECTION", home
    bpy.context.scene.collection.objects.link(copy)
    ops.propose_labels()
    assert rows.active == -1
    rows.active = index("Yatak")
    assert [item.name for item in bpy.context.selected_objects] == ["copy"]


def test_filters() -> None:
    open_room()
    rows = proposal_rows.get()

    def shown(show: set[str], text: str = "") -> set[str]:
        rows.show = show
        given = SimpleNamespace(filter_name=text, bitflag_filter_item=1 << 30, use_filter_sort_alpha=False)
        flags, _ = auto_labelling.SWEEPSET_UL_proposals.filter_items(given, bpy.context, rows, "rows")
        return {row.name for row, flag in zip(rows.rows, flags) if flag}

    assert shown({"SURE"}) == SURE
    assert shown({"LEFT", "DONE"}) == {"Object_7", "Stuhl", "Kissen"}
    assert shown({"SURE", "LEFT"}, "WALL") == {"Cube.001", "Cube.002"}
    assert shown({"SURE", "LEFT"}, "sofa") == {"IKEA_sofa_EKTORP.001"}


def test_where_it_does_not_work() -> None:
    open_room()
    select("Yatak")
    bpy.ops.object.mode_set(mode="EDIT")
    assert not ops.accept_proposals.poll()
    assert not ops.propose_labels.poll()
    bpy.ops.object.mode_set(mode="OBJECT")
    assert ops.accept_proposals.poll()
    bpy.ops.wm.open_mainfile(filepath=ROOM, load_ui=False)
    assert not proposal_rows.get().rows
    assert not ops.accept_proposals.poll()
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    assert "nothing to label" in refused(ops.propose_labels)


def test_two_thousand_objects_take_less_than_a_second() -> None:
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    mesh = bpy.data.meshes.new("Plane")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 1)], [], [(0, 1, 2)])
    names = ("Chair", "kitchenCabinet", "Esstischlampe", "Cube", "lampe de table", "IKEA_bed_FJELLSE", "椅子", "Object")
    for number in range(40):
        home = bpy.data.collections.new(f"Group {number}")
        bpy.context.scene.collection.children.link(home)
        for place in range(50):
            item = bpy.data.objects.new(names[place % len(names)], mesh)
            item.location = (place, number, 0)
            home.objects.link(item)
    for operator in (ops.propose_labels, ops.accept_proposals):
        begin = time.process_time()  # other programs may be busy
        operator()
        seconds = time.process_time() - begin
        print(f"{operator.idname()}: {seconds:.2f} s")
        assert seconds < 1.0
    assert len(labels()) >= 1250


failed = []
sweepset.register()
for name, test in [(name, thing) for name, thing in globals().items() if name.startswith("test_")]:
    try:
        test()
    except BaseException:
        failed.append(f"{name}:\n{traceback.format_exc()}")
sys.stdout.flush()
print("\n".join(failed), file=sys.stderr, flush=True)
os._exit(bool(failed))
