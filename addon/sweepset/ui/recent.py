"""The operator behind number keys and pie menu: it labels what is selected with a category at hand."""

from __future__ import annotations

import bpy
from bpy.props import IntProperty

from ..errors import SweepsetError
from . import categories
from .base import reported
from .labelling import assign, has_categories, has_selection
from .part_labels import assign_faces


class SWEEPSET_OT_assign_recent(bpy.types.Operator):
    """Give the selected objects, or in Edit Mode the selected faces, a category at hand"""

    bl_idname = "sweepset.assign_recent"
    bl_label = "Assign Recent Category"
    bl_options = {"REGISTER", "UNDO"}

    number: IntProperty(
        name="Number", description="Which of the categories at hand", default=1, min=1, max=categories.AT_HAND
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there is a category to give."""
        if context.mode not in {"OBJECT", "EDIT_MESH"}:
            cls.poll_message_set("Objects are labelled in Object Mode, faces in Edit Mode")
            return False
        return has_categories(cls, context) and (context.mode == "EDIT_MESH" or has_selection(cls, context))

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        """Say which category it is."""
        at_hand = context.scene.sweepset.at_hand
        what = "faces" if context.mode == "EDIT_MESH" else "objects"
        if properties.number <= len(at_hand):
            return f"Label the selected {what} {at_hand[properties.number - 1].name}"
        return f"Label the selected {what} with a category used lately"

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Label what is selected."""
        at_hand = context.scene.sweepset.at_hand
        if self.number > len(at_hand):
            raise SweepsetError(f"there is no category {self.number}: only {len(at_hand)} are at hand")
        label = assign_faces if context.mode == "EDIT_MESH" else assign
        label(self, context, at_hand[self.number - 1].name)
        return {"FINISHED"}


register, unregister = bpy.utils.register_classes_factory((SWEEPSET_OT_assign_recent,))
