"""Operators that choose the taxonomy to label with: a shipped one, or a file."""

from __future__ import annotations

import bpy
from bpy.props import EnumProperty, StringProperty

from .. import taxonomy
from ..blender import labels
from ..taxonomy import Taxonomy
from .base import reported
from .changes import labels_changed


def _shipped() -> list[tuple[str, str, str]]:
    """Return the shipped taxonomies as an enumeration's items."""
    loaded = map(taxonomy.load, taxonomy.shipped())
    return [(one.name, one.name, f"{len(one)} categories: " + ", ".join(one.ids)) for one in loaded]


def use(operator: bpy.types.Operator, context: bpy.types.Context, chosen: Taxonomy) -> None:
    """Label with a taxonomy from now on, and report labels that it lacks."""
    left = labels.change_taxonomy(chosen)
    labels_changed(context.scene)
    if left:
        shown = ", ".join(left[:8]) + (" …" if len(left) > 8 else "")
        operator.report(
            {"WARNING"}, f"Taxonomy is {chosen.name}; it has no place for these labels, which stay: {shown}"
        )
    else:
        operator.report({"INFO"}, f"Taxonomy is {chosen.name}, {len(chosen)} categories")


class SWEEPSET_OT_choose_taxonomy(bpy.types.Operator):
    """Choose the set of categories to label with. Existing labels are mapped by name, in the whole file"""

    bl_idname = "sweepset.choose_taxonomy"
    bl_label = "Choose Taxonomy"
    bl_options = {"REGISTER", "UNDO"}

    name: EnumProperty(name="Taxonomy", items=_shipped())

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Change to a shipped taxonomy."""
        use(self, context, taxonomy.load(self.name))
        return {"FINISHED"}


class SWEEPSET_OT_load_taxonomy(bpy.types.Operator):
    """Load a set of categories from a JSON file. Existing labels are mapped by name, in the whole file"""

    bl_idname = "sweepset.load_taxonomy"
    bl_label = "Load Taxonomy"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(default="*.json", options={"HIDDEN"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask for the file."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Change to the file's taxonomy."""
        use(self, context, taxonomy.load(bpy.path.abspath(self.filepath)))
        return {"FINISHED"}


register, unregister = bpy.utils.register_classes_factory((SWEEPSET_OT_choose_taxonomy, SWEEPSET_OT_load_taxonomy))
