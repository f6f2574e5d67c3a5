"""Run inside Blender: call every operator of the add-on, undo it, redo it, and compare what labels and files hold.

`CALLS` says how each operator is called; an operator without an entry fails. Then each is called in each of `states`,
where it may report errors, and must not raise.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "addon"), str(ROOT / "scenes")]

import room  # noqa: E402
import states  # noqa: E402
import sweepset  # noqa: E402
from sweepset import taxonomy  # noqa: E402
from sweepset.blender import labels  # noqa: E402

FOLDER = Path(tempfile.mkdtemp())


@dataclass(frozen=True)
class Call:
    """How an operator is called: after what, with which properties, and whether it changes the file."""

    prepare: Callable[[], object] = lambda: None
    keys: dict[str, Any] = field(default_factory=dict)
    changes: bool = True
    everywhere: bool = True
    """Whether it is quick enough to be called in each state."""


def select(*names: str) -> None:
    """Select these objects, the last active."""
    for item in bpy.context.view_layer.objects:
        item.select_set(item.name in names)
    bpy.context.view_layer.objects.active = bpy.data.objects[names[-1]] if names else None


def label(**names: str) -> None:
    """Label objects, by name."""
    for name, category in names.items():
        labels.set_category(bpy.data.objects[name], taxonomy.load("nyu40").category(category))


def edit() -> None:
    """Edit the table with one face selected."""
    select("Table")
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="DESELECT")
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.data.objects["Table"].data.polygons[0].select = True
    bpy.ops.object.mode_set(mode="EDIT")


def propose() -> None:
    """Fill the list of proposals."""
    bpy.ops.sweepset.propose_labels()


def set_up() -> None:
    """Set up compositing."""
    CALLS["set_up_compositing"].prepare()
    bpy.ops.sweepset.set_up_compositing()


def sweep() -> None:
    """Ask for the file's one camera."""
    settings = bpy.context.scene.sweepset_output
    settings.sweep, settings.size, settings.samples = "cameras", (32, 32), 1
    settings.sweep_folder = str(FOLDER / "sweep")


def preview() -> None:
    """Show the cameras of a sweep."""
    sweep()
    bpy.ops.sweepset.preview_sweep()


def save() -> None:
    """Ask for the file's one camera, in the file on disk."""
    sweep()
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "saved.blend"))


TAXONOMY = FOLDER / "own.json"
TAXONOMY.write_text('{"name": "own", "categories": [{"id": 1, "name": "chair"}, {"id": 2, "name": "rest"}]}')

CALLS: dict[str, Call] = {
    "choose_taxonomy": Call(lambda: label(Table="table"), {"name": "nyu13"}),
    "load_taxonomy": Call(lambda: label(Table="table"), {"filepath": str(TAXONOMY)}),
    "assign": Call(keys={"category": "chair"}),
    "clear": Call(lambda: label(**{"Chair.001": "chair"})),
    "copy_label": Call(lambda: label(**{"Chair.002": "chair"})),
    "assign_collection": Call(keys={"category": "chair"}),
    "assign_recent": Call(keys={"number": 2}),
    "assign_faces": Call(edit, {"category": "chair"}),
    "clear_faces": Call(lambda: (edit(), bpy.ops.sweepset.assign_faces(category="chair"))),
    "select_faces": Call(
        lambda: (edit(), bpy.ops.sweepset.assign_faces(category="chair"), bpy.ops.mesh.select_all(action="DESELECT")),
        {"category": "chair"},
    ),
    "assign_slot": Call(lambda: select("Table"), {"category": "table", "slot": 1}),
    "clear_slot": Call(lambda: (select("Table"), bpy.ops.sweepset.assign_slot(category="table", slot=1)), {"slot": 1}),
    "select_category": Call(lambda: label(Table="table"), {"category": "table"}),
    "select_unlabelled": Call(lambda: label(Table="table")),
    "propose_labels": Call(changes=False),
    "accept_proposals": Call(propose),
    "accept_proposal": Call(propose, {"index": 0}),
    "change_proposal": Call(propose, {"index": 0, "category": "table"}),
    "reject_proposal": Call(propose, {"index": 0}, changes=False),
    "toggle_colors": Call(),
    "preview_labels": Call(everywhere=False),
    "measure_unlabelled": Call(everywhere=False),
    "audit": Call(),
    "select_audited": Call(lambda: (label(Table="table"), bpy.ops.sweepset.audit()), {"row": 1}),
    "set_up_compositing": Call(lambda: setattr(bpy.context.scene.sweepset_output, "direct_folder", str(FOLDER))),
    "remove_compositing": Call(set_up),
    "preview_sweep": Call(sweep, changes=False, everywhere=False),
    "hide_sweep": Call(preview, changes=False),
    "bake_sweep": Call(preview),
    "render_sweep": Call(save, changes=False, everywhere=False),
    "write_job": Call(save, {"filepath": str(FOLDER / "job.json")}, changes=False),
}
IN_WINDOW = {"label_by_clicking", "point_at_label", "isolate", "leave_sweep_camera", "cancel_sweep"}
"""What needs a window: see `window_case.py`."""


def value_of(thing: Any) -> Any:
    """Return a property's value in Python's own types."""
    if isinstance(thing, bpy.types.ID):
        return thing.name
    if isinstance(thing, bpy.types.PropertyGroup):
        return {key: value_of(getattr(thing, key)) for key in thing.bl_rna.properties.keys() if key != "rna_type"}  # noqa: SIM118
    if hasattr(thing, "to_dict"):
        return thing.to_dict()
    if hasattr(thing, "to_list"):
        return thing.to_list()
    if isinstance(thing, (str, int, float, bool, type(None), set)):
        return thing
    return [value_of(one) for one in thing]


def state() -> dict[str, object]:
    """Return all of the file that operators of ours may change."""
    found: dict[str, object] = {}
    for name in ("objects", "materials", "meshes", "collections", "cameras", "node_groups", "actions"):
        found[name] = [item.name for item in getattr(bpy.data, name) if item.users]
    for item in bpy.data.objects:
        if item.mode == "EDIT":
            item.update_from_editmode()
        found[f"object {item.name}"] = [tuple(item.color), item.pass_index, item.hide_render, item.hide_viewport]
        if item.name in bpy.context.view_layer.objects:
            found[f"object {item.name}"] += [item.select_get(), item.hide_get()]
    for owner in (*bpy.data.objects, *bpy.data.materials, *bpy.data.scenes, *bpy.data.collections):
        for key in owner.keys():  # noqa: SIM118
            if key.startswith("sweepset_") and key not in owner.bl_rna.properties:
                found[f"{owner.bl_rna.identifier} {owner.name}: {key}"] = value_of(owner[key])
    for mesh in bpy.data.meshes:
        names = labels.face_names(mesh)  # Edit Mode's own undo leaves names of ids that are gone
        found[f"faces of {mesh.name}"] = [(names.get(number), number) for number in labels.face_ids(mesh).tolist()]
        found[f"selection in {mesh.name}"] = [face.select for face in mesh.polygons]
        found[f"slots of {mesh.name}"] = [
            [one.name if one else "" for one in mesh.materials],
            [face.material_index for face in mesh.polygons],
        ]
    for item in bpy.data.materials:
        found[f"material {item.name}"] = item.pass_index
    scene = bpy.context.scene
    tree = scene.compositing_node_group if hasattr(scene, "compositing_node_group") else scene.node_tree
    layer = bpy.context.view_layer
    active = layer.objects.active
    found["scene"] = [
        sorted(node.name for node in tree.nodes) if tree else None, scene.render.filepath, scene.render.engine,
        scene.render.resolution_x, scene.camera.name, layer.use_pass_object_index, layer.pass_alpha_threshold,
        scene.frame_current, scene.frame_end, active.name if active else "", bpy.context.mode,
    ]  # fmt: skip
    for name in ("sweepset", "sweepset_view", "sweepset_output", "sweepset_audit"):
        # Edit Mode's own undo does not bring back which category is chosen.
        if hasattr(scene, name) and not (name == "sweepset" and bpy.context.mode.startswith("EDIT")):
            found.update({f"{name}.{key}": value for key, value in value_of(getattr(scene, name)).items()})
    return found


def differences(one: dict[str, object], other: dict[str, object]) -> str:
    """Return where two states differ."""
    keys = [key for key in {**one, **other} if one.get(key) != other.get(key)]
    return "; ".join(f"{key}: {one.get(key)} -> {other.get(key)}" for key in keys)[:1500]


def check(name: str) -> None:
    """Call an operator, undo, redo, undo."""
    bpy.ops.wm.open_mainfile(filepath=str(FOLDER / "room.blend"), load_ui=False)
    call = CALLS[name]
    call.prepare()
    bpy.ops.ed.undo_push(message="before")
    operator = getattr(bpy.ops.sweepset, name)
    rna = operator.get_rna_type()
    assert rna.description, "it has no tooltip"
    assert not rna.description.endswith("."), "Blender ends tooltips with a full stop by itself"
    assert operator.poll(), "its poll says no"
    before = state()
    result = operator("EXEC_DEFAULT", True, **call.keys)
    assert result == {"FINISHED"}, f"it returned {result}"
    after = state()
    undoable = "UNDO" in getattr(getattr(bpy.types, f"SWEEPSET_OT_{name}"), "bl_options", ())
    if not call.changes:
        assert after == before, f"it is said to change nothing: {differences(before, after)}"
        assert not undoable, "it changes nothing, and can be undone"
        return
    assert after != before, "it changed nothing"
    assert undoable, "it changes the file, and can't be undone"
    for _ in range(2):
        bpy.ops.ed.undo()
        assert state() == before, f"undo: {differences(before, state())}"
        bpy.ops.ed.redo()
        assert state() == after, f"redo: {differences(after, state())}"


def survive(names: list[str]) -> list[str]:
    """Call operators in each state that a file can be in; return what they raised."""
    raised = {}
    for place in states.states(None):
        for name in names:
            operator = getattr(bpy.ops.sweepset, name)
            try:
                if operator.poll():
                    operator("EXEC_DEFAULT", **CALLS[name].keys)
            except RuntimeError as error:  # what an operator reports as an error
                if "Traceback" in str(error):
                    raised.setdefault(f"{name}: {str(error).strip().splitlines()[-1]}", f"{place}: {name}: {error}")
            except TypeError as error:  # the file has no such category to choose
                if "Converting py args" not in str(error):
                    raise
    return list(raised.values())


def main() -> None:
    """Check all operators, and tell all that fail."""
    sweepset.register()
    room.build()
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "room.blend"))
    there = set(dir(bpy.ops.sweepset)) - IN_WINDOW
    failed = []
    if there != set(CALLS):
        failed.append(
            f"no entry in CALLS: {sorted(there - set(CALLS))}; no such operator: {sorted(set(CALLS) - there)}"
        )
    for name in sorted(there & set(CALLS)):
        try:
            check(name)
        except BaseException:
            failed.append(f"{name}: {traceback.format_exc(limit=-1)}")
    failed += survive(sorted(name for name in there & set(CALLS) if CALLS[name].everywhere))
    assert not failed, "\n".join(failed)


try:
    main()
except BaseException:
    traceback.print_exc()
    sys.stderr.flush()
    os._exit(1)
os._exit(0)
