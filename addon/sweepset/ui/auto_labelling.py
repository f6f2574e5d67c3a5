"""Panel Auto-Label: a category proposed for each object, to accept, change or reject."""

from __future__ import annotations

import textwrap
from typing import Any

import bpy
from bpy.props import EnumProperty, IntProperty

from ..blender import labels
from ..blender.labelling import colors, proposals
from ..errors import SweepsetError
from . import proposal_rows
from .base import SidebarPanel, letters, reported
from .changes import labels_changed
from .icons import swatch
from .proposal_rows import GROUPS, SWEEPSET_PG_proposal, SWEEPSET_PG_proposals

ICONS = {"linked": "LINKED", "unknown": "QUESTION", "rejected": "X", "gone": "GHOST_DISABLED"}
"""Icons of objects without an open proposal."""
SOURCES = {"name": "OBJECT_DATA", "shape": "MESH_CUBE", "pass index": "LINENUMBERS_ON"}
"""Icons of a proposal's evidence."""
LABELLED = "CHECKMARK"
OPEN = ("SURE", "UNSURE")
"""Groups of rows that wait for a decision."""
WIDE = 46
"""Letters in a line at which there is room for more columns."""


class _ListOperator(bpy.types.Operator):
    """Shared by operators on the list: they need the list, and Object Mode, in which labels can be undone."""

    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there is a list to work on."""
        if not _object_mode(cls, context):
            return False
        if proposal_rows.get().scene != context.scene.name:
            cls.poll_message_set("Propose labels for this scene first")
            return False
        return True


class SWEEPSET_OT_propose_labels(bpy.types.Operator):
    """Propose a category for each object by its names or, if these say nothing, its shape. Nothing is labelled yet"""

    bl_idname = "sweepset.propose_labels"
    bl_label = "Propose Labels"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether labels can be proposed."""
        return _object_mode(cls, context)

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Fill the list."""
        found = proposals.propose(context.scene, labels.taxonomy_of(context.scene), context.view_layer)
        proposal_rows.fill(context.scene, found)
        if not found:
            raise SweepsetError("nothing to label: no object of this scene is rendered and has a surface")
        self.report({"INFO"}, _counted(proposal_rows.get()))
        return {"FINISHED"}


class SWEEPSET_OT_accept_proposals(_ListOperator):
    """Label all objects whose proposal is at or above the threshold; the others stay unchanged"""

    bl_idname = "sweepset.accept_proposals"
    bl_label = "Accept All"

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Label the sure ones."""
        proposal_rows.refresh(context.scene)
        rows = proposal_rows.get()
        given = [proposal_rows.suggestion(row) for row in proposal_rows.sure(rows)]
        known = [suggestion for suggestion in given if suggestion is not None]
        if not known:
            raise SweepsetError(
                f"no proposal at or above the threshold {rows.threshold:.2f}: lower it, or accept single ones"
            )
        done = proposals.apply(known, labels.taxonomy_of(context.scene), threshold=0.0)
        labels_changed(context.scene)
        shaped = sum(suggestion.source == "shape" for suggestion in known)
        text = f"{done} objects labelled" + (f", {shaped} of them by shape: check those" if shaped else "")
        if len(known) < len(given):
            text += f"; {len(given) - len(known)} changed since: propose again"
        self.report({"INFO"}, text)
        return {"FINISHED"}


class SWEEPSET_OT_accept_proposal(_ListOperator):
    """Label this object as proposed"""

    bl_idname = "sweepset.accept_proposal"
    bl_label = "Accept Proposal"

    index: IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Label the object of a row."""
        row = _row(self.index)
        suggestion = proposal_rows.suggestion(row)
        if suggestion is None:
            raise SweepsetError(f"{row.name!r} was renamed, deleted or remodelled since: propose again")
        if row.label:
            raise SweepsetError(f"{row.name!r} is labelled {row.label} already: choose a category to change that")
        if not row.category or proposals.apply([suggestion], labels.taxonomy_of(context.scene), threshold=0.0) == 0:
            raise SweepsetError(f"{row.name!r} can't be labelled so: {row.reason}")
        labels_changed(context.scene)
        return {"FINISHED"}


_offered: list[tuple[str, str, str, int, int]] = []
"""The last items of the search popup: Blender needs these texts kept."""


def _category_items(_: Any, context: bpy.types.Context | None) -> list[tuple[str, str, str, int, int]]:
    found = colors.category_colors(context.scene) if context else {}
    names = [name for name in found if name]
    _offered[:] = [(name, name, "", swatch(found[name]), place) for place, name in enumerate(names)]
    return _offered


class SWEEPSET_OT_change_proposal(_ListOperator):
    """Label this object with another category, found by search"""

    bl_idname = "sweepset.change_proposal"
    bl_label = "Choose Category"
    bl_property = "category"

    index: IntProperty(options={"HIDDEN", "SKIP_SAVE"})
    category: EnumProperty(name="Category", items=_category_items)

    def invoke(self, context: bpy.types.Context, _: bpy.types.Event) -> set[str]:
        """Ask for the category."""
        context.window_manager.invoke_search_popup(self)
        return {"RUNNING_MODAL"}

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Label the object of a row."""
        row, kinds = _row(self.index), labels.taxonomy_of(context.scene)
        item = proposal_rows.find(row)
        if item is None:
            raise SweepsetError(f"{row.name!r} was renamed or deleted since: propose again")
        obstacle = labels.obstacle(item)
        if obstacle:
            raise SweepsetError(f"{row.name!r} can't be labelled: {obstacle}")
        labels.set_category(item, kinds.category(self.category))
        labels.write_taxonomies(kinds)
        labels_changed(context.scene)
        return {"FINISHED"}


class SWEEPSET_OT_reject_proposal(_ListOperator):
    """Leave this object unlabelled; repeat to undo that"""

    bl_idname = "sweepset.reject_proposal"
    bl_label = "Reject Proposal"
    bl_options = {"REGISTER"}

    index: IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Reject a row, or reopen it."""
        row = _row(self.index)
        row.rejected = not row.rejected
        return {"FINISHED"}


class SWEEPSET_UL_proposals(bpy.types.UIList):
    """The proposals: object, category, how sure, accept, reject."""

    def draw_item(
        self,
        context: bpy.types.Context,
        layout: bpy.types.UILayout,
        data: SWEEPSET_PG_proposals,
        item: SWEEPSET_PG_proposal,
        icon: int,
        active_data: SWEEPSET_PG_proposals,
        active_property: str,
        index: int,
    ) -> None:
        """Draw one row."""
        gone = item.gone or proposal_rows.find(item) is None
        kind = proposal_rows.group(item, data.threshold)
        row = layout.row(align=True)
        split = row.split(factor=0.6)
        color = colors.category_colors(context.scene).get(item.category) if item.category else None
        given = {"icon_value": swatch(color)} if kind in OPEN and color else {"icon": _icon(item, gone)}
        split.label(text=item.name, **given)
        split.label(text=item.label or item.category)
        if item.source != "name" and kind in OPEN:
            row.label(icon=SOURCES[item.source])
        if letters(context) < WIDE:  # the buttons are below the list, for the row that was clicked
            return
        sure = row.row()
        sure.ui_units_x, sure.active = 1.8, kind == "SURE"
        sure.label(text=f"{item.confidence:.0%}" if item.category else "")
        change = row.row()
        change.enabled = not gone and item.state != "linked"
        change.operator("sweepset.change_proposal", text="", icon="VIEWZOOM", emboss=False).index = index
        decide = row.row(align=True)
        decide.enabled = not gone and item.state == "proposed" and not item.label
        for name, sign in (("accept", "CHECKMARK"), ("reject", "LOOP_BACK" if item.rejected else "X")):
            decide.operator(f"sweepset.{name}_proposal", text="", icon=sign, emboss=False).index = index

    def filter_items(
        self, context: bpy.types.Context, data: SWEEPSET_PG_proposals, name: str
    ) -> tuple[list[int], list[int]]:
        """Filter rows by the groups that are shown and by the text, in name or category."""
        rows, text = getattr(data, name), self.filter_name.casefold().strip("*")
        shown, threshold, bit = data.show, data.threshold, self.bitflag_filter_item
        flags = [
            bit
            if proposal_rows.group(row, threshold) in shown
            and (not text or text in f"{row.name} {row.label or row.category}".casefold())
            else 0
            for row in rows
        ]
        order = bpy.types.UI_UL_list.sort_items_by_name(rows) if self.use_filter_sort_alpha else []
        return flags, order


class SWEEPSET_PT_auto_labelling(SidebarPanel, bpy.types.Panel):
    """Propose labels, and go through the proposals."""

    bl_idname = "SWEEPSET_PT_auto_labelling"
    bl_label = "Auto-Label"
    bl_order = 10

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the list, and details of the clicked row."""
        layout, rows = self.layout, proposal_rows.get()
        there = bool(rows.rows) and rows.scene == context.scene.name_full
        layout.operator("sweepset.propose_labels", text="Propose Again" if there else "Propose Labels", icon="VIEWZOOM")
        if not there:
            return
        counts = proposal_rows.counts(rows)
        layout.prop(rows, "threshold", slider=True)
        groups = layout.grid_flow(row_major=True, columns=4 if letters(context) >= WIDE else 2, align=True)
        for name, text, _ in GROUPS:
            groups.prop_enum(rows, "show", name, text=f"{text} {counts[name]}")
        layout.template_list("SWEEPSET_UL_proposals", "", rows, "rows", rows, "active", rows=8)
        accept = layout.row()
        accept.enabled = counts["SURE"] > 0
        accept.operator("sweepset.accept_proposals", text=f"Accept {counts['SURE']} Proposals", icon="CHECKMARK")
        if proposal_rows.active(rows) is not None:
            _draw_active(layout.box().column(align=True), rows, context)


def _draw_active(layout: bpy.types.UILayout, rows: SWEEPSET_PG_proposals, context: bpy.types.Context) -> None:
    """Draw details of the clicked row, with its buttons."""
    row = rows.rows[rows.active]
    gone = proposal_rows.find(row) is None
    layout.label(text=row.name, icon=_icon(row, gone))
    told = [f"Proposed: {row.category}, {row.confidence:.0%} sure"] if row.category else []
    told.append("Renamed or deleted since: propose again" if gone else row.reason)
    told += ["Rejected"] if row.rejected else []
    told += [f"Labelled: {row.label}"] if row.label else []
    for line in (line for text in told for line in textwrap.wrap(text[:1].upper() + text[1:], letters(context))):
        layout.label(text=line)
    if gone or row.state == "linked":
        return
    layout.separator()
    buttons = layout.row(align=True)
    if row.category and not row.label:
        buttons.operator("sweepset.accept_proposal", text="Accept").index = rows.active
        buttons.operator("sweepset.reject_proposal", text="Restore" if row.rejected else "Reject").index = rows.active
    layout.operator("sweepset.change_proposal", text="Choose Category…", icon="VIEWZOOM").index = rows.active


def _icon(row: SWEEPSET_PG_proposal, gone: bool) -> str:
    if row.label and not gone:
        return LABELLED
    state = "gone" if gone else "rejected" if row.rejected else row.state
    return ICONS.get(state) or SOURCES[row.source]


def _counted(rows: SWEEPSET_PG_proposals) -> str:
    """Count rows by kind, as text."""
    counts = proposal_rows.counts(rows)
    linked = sum(row.state == "linked" for row in rows.rows)
    unknown = sum(row.state == "unknown" and not row.label for row in rows.rows)
    words = [
        f"{counts['UNSURE']} unsure",
        f"{unknown} without a proposal",
        f"{linked} linked",
        f"{counts['DONE']} labelled",
    ]
    return ", ".join([f"{counts['SURE']} to accept", *(text for text in words if not text.startswith("0 "))])


def _object_mode(operator: type[bpy.types.Operator], context: bpy.types.Context) -> bool:
    if context.mode != "OBJECT":
        operator.poll_message_set("Go to Object Mode first: labels given here could not be undone")
        return False
    return True


def _row(index: int) -> SWEEPSET_PG_proposal:
    rows = proposal_rows.get().rows
    if not 0 <= index < len(rows):
        raise SweepsetError(f"row {index}: the list has {len(rows)} rows; propose again")
    return rows[index]


classes = (
    SWEEPSET_OT_propose_labels,
    SWEEPSET_OT_accept_proposals,
    SWEEPSET_OT_accept_proposal,
    SWEEPSET_OT_change_proposal,
    SWEEPSET_OT_reject_proposal,
    SWEEPSET_UL_proposals,
    SWEEPSET_PT_auto_labelling,
)
register, unregister = bpy.utils.register_classes_factory(classes)
