"""Panel Audit: what is left to do before a labelled scene is rendered; each row selects its objects."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, IntProperty, PointerProperty, StringProperty

from ..blender import labels
from ..blender.labelling import audit, sight
from ..blender.labelling.audit import GROUPS, Row
from ..errors import SweepsetError
from . import frustums, previewing, selecting
from .base import SidebarPanel, draw_wrapped, reported

ICONS = {
    "OBJECT": "OBJECT_DATA",
    "MATERIAL": "MATERIAL",
    "MESH": "MESH_DATA",
    "IMAGE": "IMAGE_DATA",
    "CATEGORY": "BOOKMARKS",
}
SEVERITY_ICONS = {"error": "CANCEL", "warning": "ERROR", "note": "INFO"}


def _choose(found: Any, context: bpy.types.Context) -> None:
    """Select the objects of the clicked row, as far as possible."""
    if context.mode != "OBJECT" or not 0 <= found.active < len(found.rows) or not found.rows[found.active].kind:
        return
    wanted = _objects(context.scene, found.active)
    chosen = set()
    for item in context.view_layer.objects:
        if wanted.intersection(labels.targets(item)) and _is_reachable(item):
            chosen.add(item)
        item.select_set(item in chosen)
    if chosen:
        context.view_layer.objects.active = min(chosen, key=lambda item: item.name)


class SWEEPSET_PG_audit_row(bpy.types.PropertyGroup):
    """A row of the list: a group's title, or one finding about `name`."""

    code: StringProperty()
    kind: StringProperty(description="As in audit.Row; empty for a group's title")
    why: StringProperty()
    count: IntProperty()
    is_open: BoolProperty(name="Show", description="Show what it is about")


class SWEEPSET_PG_audit(bpy.types.PropertyGroup):
    """The findings of a scene's last audit."""

    rows: CollectionProperty(type=SWEEPSET_PG_audit_row)
    active: IntProperty(name="Finding", update=_choose)
    looked: StringProperty(description="The cameras of the last audit; empty before the first audit")
    checksum: StringProperty(description="The labels at the last audit")


class SWEEPSET_OT_audit(bpy.types.Operator):
    """Find what is left to do: unlabelled objects, unknown labels, categories that no camera sees, and more"""

    bl_idname = "sweepset.audit"
    bl_label = "Audit Scene"
    bl_options = {"REGISTER", "UNDO"}

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Fill the list."""
        scene, view_layer = context.scene, context.view_layer
        view_layer.update()
        shots, size, looked = _cameras(scene, view_layer)
        names = labels.taxonomy_of(scene).ids
        with previewing.busy(context, "Auditing the scene"):
            rows = audit.audit(scene, view_layer, names, shots, size)
        found = scene.sweepset_audit
        found.rows.clear()
        for code, things in rows.items():
            title = found.rows.add()
            title.code, title.count, title.is_open = code, len(things), len(things) <= 5
            for row in things:
                added = found.rows.add()
                added.code, added.kind, added.name, added.why = code, row.kind, row.name, row.why
        found.active = 0
        found.looked, found.checksum = looked, previewing.checksum(scene)
        count = sum(map(len, rows.values()))
        self.report({"INFO"}, f"{count} finding{'s' if count != 1 else ''}" if count else "Nothing left to do")
        return {"FINISHED"}


class SWEEPSET_OT_select_audited(bpy.types.Operator):
    """Select the row's object, or the objects that use its material, mesh, image or category"""

    bl_idname = "sweepset.select_audited"
    bl_label = "Select"
    bl_options = {"REGISTER", "UNDO"}

    row: IntProperty(name="Row", description="Number of the row in the list", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Ask for Object Mode."""
        if context.mode != "OBJECT":
            cls.poll_message_set("Objects are selected in Object Mode")
            return False
        return True

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Select, or say why not."""
        rows = context.scene.sweepset_audit.rows
        if not 0 <= self.row < len(rows):
            raise SweepsetError(f"no row {self.row} in the audit, which has {len(rows)}: audit again")
        wanted = _objects(context.scene, self.row)
        if not wanted:
            raise SweepsetError(f"nothing in the scene uses {rows[self.row].name!r} any more: audit again")
        shown = [item for item in context.view_layer.objects if wanted.intersection(labels.targets(item))]
        if not any(map(_is_reachable, shown)):
            item = min(wanted, key=lambda one: one.name)
            raise SweepsetError(f"{item.name!r} can't be selected: {_why_out_of_reach(item, context)}")
        selecting.select(self, context, lambda item: item in wanted, "such object")
        return {"FINISHED"}


class SWEEPSET_UL_audit(bpy.types.UIList):
    """Groups of findings, each with its rows below it when open."""

    def draw_item(
        self,
        context: bpy.types.Context,
        layout: bpy.types.UILayout,
        data: bpy.types.AnyType,
        item: SWEEPSET_PG_audit_row,
        icon: int,
        active_data: bpy.types.AnyType,
        active_property: str,
        index: int = 0,
        flt_flag: int = 0,
    ) -> None:
        """Draw a title or a row."""
        line = layout.row(align=True)
        if item.kind:
            line.separator(factor=2.0)
            line.label(text=item.name, icon=ICONS[item.kind], translate=False)
        else:
            severity, title, _ = GROUPS[item.code]
            triangle = "DISCLOSURE_TRI_DOWN" if item.is_open else "DISCLOSURE_TRI_RIGHT"
            line.prop(item, "is_open", text="", icon=triangle, emboss=False)
            line.label(text=title, icon=SEVERITY_ICONS[severity])
            count = line.row()
            count.alignment = "RIGHT"
            count.label(text=f"{item.count:,}")
        line.operator("sweepset.select_audited", text="", icon="RESTRICT_SELECT_OFF", emboss=False).row = index

    def filter_items(self, context: bpy.types.Context, data: Any, name: str) -> tuple[list[int], list[int]]:
        """Leave out rows of closed groups, and rows that the search does not match."""
        rows = getattr(data, name)
        is_open = {row.code: row.is_open for row in rows if not row.kind}
        text = self.filter_name.lower()
        keep = [
            (not row.kind or is_open.get(row.code, False) or bool(text)) and (not text or text in row.name.lower())
            for row in rows
        ]
        return [self.bitflag_filter_item if one else 0 for one in keep], []


class SWEEPSET_PT_audit(SidebarPanel, bpy.types.Panel):
    """Findings about labels, on request."""

    bl_idname = "SWEEPSET_PT_audit"
    bl_label = "Audit"
    bl_order = 30
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the button, the list, and details of the chosen row."""
        layout, found = self.layout, context.scene.sweepset_audit
        layout.operator("sweepset.audit", icon="VIEWZOOM")
        if not found.looked:
            return
        if found.checksum != previewing.checksum(context.scene):
            layout.label(text="Labels changed since", icon="FILE_REFRESH")
        if not found.rows:
            layout.label(text="Nothing left to do", icon="CHECKMARK")
        else:
            layout.template_list("SWEEPSET_UL_audit", "", found, "rows", found, "active", rows=6)
            if 0 <= found.active < len(found.rows):
                row = found.rows[found.active]
                column = layout.column(align=True)
                draw_wrapped(context, column, GROUPS[row.code][2])
                draw_wrapped(context, column, row.why[:1].upper() + row.why[1:])
        draw_wrapped(context, layout.column(align=True), found.looked, "CAMERA_DATA")


def _cameras(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer) -> tuple[list[Any], tuple[int, int], str]:
    """Return the cameras to look through, the size of their images, and a description."""
    preview = frustums.preview_of(scene)
    if preview is not None and preview.whole:
        count = len(preview.shots)
        return preview.shots, preview.job.size, f"Seen through {count} camera{'s' if count != 1 else ''} of the sweep"
    size = (scene.render.resolution_x, scene.render.resolution_y)
    shots = sight.own_shots(scene, view_layer.depsgraph, size)
    if not shots:
        return [], size, "No cameras: preview a sweep first to know what they miss"
    count = len(shots)
    return shots, size, f"Seen through {count} camera{'s' if count != 1 else ''} of the scene"


def _objects(scene: bpy.types.Scene, number: int) -> set[bpy.types.Object]:
    """Return the objects of a row; for a group's title those of all its rows."""
    rows = scene.sweepset_audit.rows
    title = rows[number]
    chosen = [title] if title.kind else [row for row in rows if row.kind and row.code == title.code]
    return set(audit.users([Row(row.kind, row.name) for row in chosen], scene))


def _is_reachable(item: bpy.types.Object) -> bool:
    return item.visible_get() and not item.hide_select


def _why_out_of_reach(item: bpy.types.Object, context: bpy.types.Context) -> str:
    """Say why an object can't be selected."""
    if item.name not in context.view_layer.objects:
        if item.name not in context.scene.objects:
            return "it is not in this scene" if item.users_scene else "it is there only as copies, or not at all"
        return f"{audit.why_hidden(item, context.view_layer)}, or it is in another view layer"
    return "its selection is disabled" if item.visible_get() else "it is hidden in this view layer"


classes = (
    SWEEPSET_PG_audit_row,
    SWEEPSET_PG_audit,
    SWEEPSET_OT_audit,
    SWEEPSET_OT_select_audited,
    SWEEPSET_UL_audit,
    SWEEPSET_PT_audit,
)
_register_classes, _unregister_classes = bpy.utils.register_classes_factory(classes)


def register() -> None:
    """Register the panel, and give scenes a place for findings."""
    _register_classes()
    bpy.types.Scene.sweepset_audit = PointerProperty(type=SWEEPSET_PG_audit)


def unregister() -> None:
    """Remove them."""
    del bpy.types.Scene.sweepset_audit
    _unregister_classes()
