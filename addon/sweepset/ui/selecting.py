"""Operators that find objects by label: select them, or show only them."""

from __future__ import annotations

from collections.abc import Callable

import bpy
from bpy.props import BoolProperty

from ..blender import labels
from ..errors import SweepsetError
from . import categories
from .base import reported
from .labelling import can_label_objects, category_property, count, has_categories

Wanted = Callable[[bpy.types.Object], bool]


def select(operator: bpy.types.Operator, context: bpy.types.Context, wanted: Wanted, what: str) -> None:
    """Select the wanted objects, or the instances that show them, and report how many can't be selected."""
    found, hidden = _find(context, wanted)
    if not found:
        raise SweepsetError(
            f"no {what} can be selected" + (f": {count(hidden)} hidden" if hidden else " in this view layer")
        )
    for item in context.view_layer.objects:
        item.select_set(False)
    for item in found:
        item.select_set(True)
    if context.view_layer.objects.active not in found:
        context.view_layer.objects.active = found[0]
    text = f"{count(found)} selected"
    operator.report({"INFO"}, f"{text}, {len(hidden)} hidden" if hidden else text)


def _find(context: bpy.types.Context, wanted: Wanted) -> tuple[list[bpy.types.Object], list[bpy.types.Object]]:
    """Return the wanted objects of the view layer that can be selected, and those that can't."""
    reachable, hidden = [], []
    for item in context.view_layer.objects:
        if any(map(wanted, labels.targets(item))):
            (reachable if item.visible_get() and not item.hide_select else hidden).append(item)
    return reachable, hidden


def has_label(name: str) -> Wanted:
    """Return a test for objects with a label of their own."""
    return lambda item: labels.category_name(item) == name


def has_none(scene: bpy.types.Scene) -> Wanted:
    """Return a test for objects that render and have no label."""
    rendered = set(labels.labellable(scene))
    return lambda item: item in rendered and not labels.is_labelled(item)


class SWEEPSET_OT_select_category(bpy.types.Operator):
    """Select the objects that are labelled with the category"""

    bl_idname = "sweepset.select_category"
    bl_label = "Select Objects of Category"
    bl_options = {"REGISTER", "UNDO"}

    category: category_property()

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether objects can be selected."""
        return can_label_objects(cls, context) and has_categories(cls, context)

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Select them."""
        self.category = self.category or categories.active(context.scene)
        select(self, context, has_label(self.category), f"object labelled {self.category}")
        return {"FINISHED"}


class SWEEPSET_OT_select_unlabelled(bpy.types.Operator):
    """Select the objects that render and have no label yet, neither their own nor on all of their materials or faces"""

    bl_idname = "sweepset.select_unlabelled"
    bl_label = "Select Unlabelled"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether objects can be selected."""
        return can_label_objects(cls, context)

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Select them."""
        select(self, context, has_none(context.scene), "unlabelled object")
        return {"FINISHED"}


class SWEEPSET_OT_isolate(bpy.types.Operator):
    """Show only the objects of the category, or the unlabelled ones, in Local View. Repeat to leave it"""

    bl_idname = "sweepset.isolate"
    bl_label = "Isolate"
    bl_options = {"REGISTER", "UNDO"}

    category: category_property()
    unlabelled: BoolProperty(name="Unlabelled", description="Show the objects without a label", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether this is a 3D view."""
        if context.space_data is None or context.space_data.type != "VIEW_3D":
            cls.poll_message_set("It works in a 3D view")
            return False
        return can_label_objects(cls, context)

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Enter Local View, or leave it."""
        if context.space_data.local_view is not None:
            bpy.ops.view3d.localview(frame_selected=False)
            return {"FINISHED"}
        if not self.unlabelled:
            self.category = self.category or categories.active(context.scene)
        wanted = has_none(context.scene) if self.unlabelled else has_label(self.category)
        found, _ = _find(context, wanted)
        if not found:
            what = "unlabelled" if self.unlabelled else f"labelled {self.category or 'with a category'}"
            raise SweepsetError(f"no object in view is {what}")
        selected = list(context.selected_objects)
        for item in selected:
            item.select_set(False)
        for item in found:
            item.select_set(True)
        bpy.ops.view3d.localview(frame_selected=False)
        for item in found:
            item.select_set(item in selected)
        return {"FINISHED"}


register, unregister = bpy.utils.register_classes_factory(
    (SWEEPSET_OT_select_category, SWEEPSET_OT_select_unlabelled, SWEEPSET_OT_isolate)
)
