"""The list of proposals in the window: the proposal for each object, and its state now.

It is stored in the window manager: it is made again in a second, and belongs neither into the .blend nor into undo.
Objects are found by name, as a pointer would keep objects that the user deletes in the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from ..blender import labels
from ..blender.labelling.proposals import THRESHOLD, Suggestion

GROUPS = (
    ("SURE", "Sure", "Proposals at or above the threshold, which Accept takes"),
    ("UNSURE", "Unsure", "Proposals below the threshold"),
    ("LEFT", "Other", "Objects without a proposal, linked ones, and rejected proposals: they stay unlabelled"),
    ("DONE", "Labelled", "Objects that have a label"),
)


class SWEEPSET_PG_proposal(bpy.types.PropertyGroup):
    """The proposal for an object; `name` and `library` find the object."""

    library: StringProperty()
    category: StringProperty()
    confidence: FloatProperty()
    reason: StringProperty()
    state: StringProperty()  # as in Suggestion
    source: StringProperty()  # as in Suggestion
    faces: StringProperty()  # JSON, '' for none
    polygons: IntProperty()  # of the mesh that `faces` are faces of
    rejected: BoolProperty()
    label: StringProperty()  # what the object is labelled by now, '' for nothing
    gone: BoolProperty()


def _select(rows: SWEEPSET_PG_proposals, context: bpy.types.Context) -> None:
    """Select the object of the clicked row, or its instances, if they are in the view layer."""
    row = active(rows)
    item = find(row) if row else None
    if item is None or context.mode != "OBJECT":
        return
    layer = context.view_layer
    shown = [item] if item.name in layer.objects and layer.objects[item.name] == item else _instancers(item, layer)
    for other in layer.objects.selected[:]:
        other.select_set(False)
    for one in shown:
        one.select_set(True)
    layer.objects.active = shown[0] if shown else None


def _instancers(item: bpy.types.Object, layer: bpy.types.ViewLayer) -> list[bpy.types.Object]:
    homes = [one for one in layer.objects if one.instance_type == "COLLECTION" and one.instance_collection]
    return [one for one in homes if item.name in one.instance_collection.all_objects]


class SWEEPSET_PG_proposals(bpy.types.PropertyGroup):
    """The list, and its filters."""

    scene: StringProperty()
    rows: CollectionProperty(type=SWEEPSET_PG_proposal)
    active: IntProperty(default=-1, update=_select)
    threshold: FloatProperty(
        name="Threshold",
        description="Least confidence of a proposal that counts as sure",
        default=THRESHOLD,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    show: EnumProperty(
        name="Show",
        description="Rows that the list shows; Shift-click to show several kinds",
        items=GROUPS,
        options={"ENUM_FLAG"},
        default={"SURE", "UNSURE", "LEFT"},
    )


def get() -> SWEEPSET_PG_proposals:
    """Return the list of this session."""
    return bpy.data.window_managers[0].sweepset_proposals


def active(rows: SWEEPSET_PG_proposals) -> SWEEPSET_PG_proposal | None:
    """Return the row that was clicked last, None for none."""
    return rows.rows[rows.active] if 0 <= rows.active < len(rows.rows) else None


def find(row: SWEEPSET_PG_proposal) -> bpy.types.Object | None:
    """Return a row's object, None if it was renamed or deleted."""
    return bpy.data.objects.get((row.name, row.library or None))


def group(row: SWEEPSET_PG_proposal, threshold: float) -> str:
    """Return which of GROUPS a row is in."""
    if row.label:
        return "DONE"
    if row.gone or row.rejected or row.state != "proposed":
        return "LEFT"
    return "SURE" if row.confidence >= threshold - 1e-6 else "UNSURE"  # the slider's 0.6 is a little more


def fill(scene: bpy.types.Scene, suggestions: Sequence[Suggestion]) -> None:
    """Make the list anew; a rejected proposal stays rejected."""
    rows = get()
    rejected = {(row.name, row.library, row.category) for row in rows.rows if row.rejected}
    rows.rows.clear()
    rows.scene, rows.active = scene.name_full, -1
    for suggestion in suggestions:
        row, item = rows.rows.add(), suggestion.object
        row.name, row.library = item.name, item.library.filepath if item.library else ""
        row.category, row.confidence = suggestion.category, suggestion.confidence
        row.reason, row.state, row.source = suggestion.reason, suggestion.state, suggestion.source
        if suggestion.faces:
            row.faces, row.polygons = json.dumps(suggestion.faces), len(item.data.polygons)
        row.rejected = (row.name, row.library, row.category) in rejected
    refresh(scene)


def suggestion(row: SWEEPSET_PG_proposal) -> Suggestion | None:
    """Return a row's proposal, None if its object is gone or has another mesh."""
    item = find(row)
    if item is None or (row.faces and len(item.data.polygons) != row.polygons):
        return None
    faces = json.loads(row.faces) if row.faces else {}
    return Suggestion(item, row.category, row.confidence, row.reason, row.state, faces, row.source)


def refresh(scene: bpy.types.Scene) -> None:
    """Look up which objects of the list have a label now and which are gone, if the list is of this scene."""
    rows = get()
    if not rows.rows or rows.scene != scene.name_full:
        return
    items = {(item.name, item.library.filepath if item.library else ""): item for item in bpy.data.objects}
    for row in rows.rows:
        item = items.get((row.name, row.library))
        label = _label(item) if item else ""
        if row.label != label:
            row.label = label
        if row.gone != (item is None):
            row.gone = item is None


def _label(item: bpy.types.Object) -> str:
    return labels.category_name(item) or ("by its parts" if labels.is_labelled(item) else "")


def clear() -> None:
    """Empty the list: another file starts without one."""
    rows = get()
    rows.rows.clear()
    rows.scene, rows.active = "", -1


def counts(rows: SWEEPSET_PG_proposals) -> dict[str, int]:
    """Count the rows of each group."""
    found = dict.fromkeys((name for name, *_ in GROUPS), 0)
    for row in rows.rows:
        found[group(row, rows.threshold)] += 1
    return found


def sure(rows: SWEEPSET_PG_proposals) -> Iterator[SWEEPSET_PG_proposal]:
    """Yield the rows that are sure enough."""
    return (row for row in rows.rows if group(row, rows.threshold) == "SURE")


classes = (SWEEPSET_PG_proposal, SWEEPSET_PG_proposals)
register_classes, unregister_classes = bpy.utils.register_classes_factory(classes)


def register() -> None:
    """Add the list to the window manager."""
    register_classes()
    bpy.types.WindowManager.sweepset_proposals = bpy.props.PointerProperty(type=SWEEPSET_PG_proposals)


def unregister() -> None:
    """Remove the list."""
    del bpy.types.WindowManager.sweepset_proposals
    unregister_classes()
