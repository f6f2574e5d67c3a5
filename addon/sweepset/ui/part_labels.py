"""Labels of parts of a mesh: of faces in Edit Mode, of material slots; and the panel that shows them."""

from __future__ import annotations

from collections.abc import Iterator

import bmesh
import bpy
from bpy.props import IntProperty

from ..blender import labels
from ..errors import SweepsetError
from ..taxonomy import Category
from . import categories, changes
from .base import SidebarPanel, draw_lines, reported
from .changes import labels_changed
from .labelling import can_label_objects, category_property, has_categories


def _in_edit_mode(cls: type[bpy.types.Operator], context: bpy.types.Context) -> bool:
    if context.mode != "EDIT_MESH":
        cls.poll_message_set("Select faces in a mesh's Edit Mode")
        return False
    return True


def _label_faces(operator: bpy.types.Operator, context: bpy.types.Context, category: Category | None) -> None:
    """Label the selected faces of all meshes in Edit Mode, None clears, and report."""
    chosen = {}
    for item in context.objects_in_mode_unique_data:
        faces = bmesh.from_edit_mesh(item.data).faces
        selected = [place for place, face in enumerate(faces) if face.select]
        if selected:
            chosen[item.data] = selected
    if not chosen:
        raise SweepsetError("no face is selected: select faces, in face select mode (press 3)")
    for mesh, selected in chosen.items():
        labels.set_face_category(mesh, selected, category)
    total = sum(map(len, chosen.values()))
    counted = f"{total:,} face" + ("s" if total != 1 else "")
    operator.report({"INFO"}, f"{counted} labelled {category.name}" if category else f"Label cleared from {counted}")


def assign_faces(operator: bpy.types.Operator, context: bpy.types.Context, name: str) -> str:
    """Label the selected faces with a category, the chosen one for ''; return its name."""
    category = categories.wanted(context.scene, name)
    _label_faces(operator, context, category)
    categories.note_use(context.scene, category.name)
    labels_changed(context.scene)
    return category.name


class SWEEPSET_OT_assign_faces(bpy.types.Operator):
    """Give the selected faces a category of their own. The rest of the object keeps the object's"""

    bl_idname = "sweepset.assign_faces"
    bl_label = "Assign Category to Faces"
    bl_options = {"REGISTER", "UNDO"}

    category: category_property()

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether faces can be labelled."""
        return _in_edit_mode(cls, context) and has_categories(cls, context)

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Label the selected faces."""
        self.category = assign_faces(self, context, self.category)
        return {"FINISHED"}


class SWEEPSET_OT_clear_faces(bpy.types.Operator):
    """Remove the selected faces' own labels, so that those of their material or object count again"""

    bl_idname = "sweepset.clear_faces"
    bl_label = "Clear Label of Faces"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether a mesh is in Edit Mode."""
        return _in_edit_mode(cls, context)

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Clear the selected faces' labels."""
        _label_faces(self, context, None)
        labels_changed(context.scene)
        return {"FINISHED"}


class SWEEPSET_OT_select_faces(bpy.types.Operator):
    """Select the faces that are labelled with the category"""

    bl_idname = "sweepset.select_faces"
    bl_label = "Select Faces of Category"
    bl_options = {"REGISTER", "UNDO"}

    category: category_property()

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether a mesh is in Edit Mode."""
        return _in_edit_mode(cls, context)

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Select them, on all meshes in Edit Mode."""
        self.category = self.category or categories.active(context.scene)
        bpy.ops.mesh.select_all(action="DESELECT")
        total = 0
        for item in context.objects_in_mode_unique_data:
            names = labels.face_names(item.data)
            edited = bmesh.from_edit_mesh(item.data)
            for face, number in zip(edited.faces, labels.face_ids(item.data).tolist()):
                if number and names.get(number) == self.category and not face.hide:
                    face.select_set(True)
                    total += 1
            edited.select_flush_mode()
            bmesh.update_edit_mesh(item.data, loop_triangles=False, destructive=False)
        if not total:
            raise SweepsetError(f"no face in Edit Mode is labelled {self.category}")
        self.report({"INFO"}, f"{total:,} faces selected")
        return {"FINISHED"}


class _SlotOperator(bpy.types.Operator):
    """Shared by operators on a material slot of the active object."""

    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether the active object has materials."""
        if not can_label_objects(cls, context):
            return False
        if context.object is None or not any(slot.material for slot in context.object.material_slots):
            cls.poll_message_set("The active object has no material")
            return False
        return True

    def label(self, context: bpy.types.Context, category: Category | None) -> None:
        """Label the slot's material, and report its other objects."""
        item = context.object
        place = item.active_material_index if self.slot < 0 else self.slot
        material = item.material_slots[place].material if place < len(item.material_slots) else None
        if material is None:
            raise SweepsetError(f"material slot {place + 1} of {item.name} is empty: put a material there first")
        obstacle = labels.obstacle(material)
        if obstacle:
            raise SweepsetError(f"cannot label material {material.name}: {obstacle}")
        labels.set_category(material, category)
        labels_changed(context.scene)
        users = sum(any(slot.material == material for slot in other.material_slots) for other in bpy.data.objects)
        where = f" on all {users:,} objects that have it" if users > 1 else ""
        text = (
            f"Material {material.name} labelled {category.name}" if category else f"Label cleared from {material.name}"
        )
        self.report({"INFO"}, text + where)


class SWEEPSET_OT_assign_slot(_SlotOperator):
    """Give the material a category, for all faces that have it, on every object"""

    bl_idname = "sweepset.assign_slot"
    bl_label = "Assign Category to Material"

    category: category_property()
    slot: IntProperty(default=-1, options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        """Say which category it is."""
        name = properties.category or categories.active(context.scene) or "a category"
        return f"Label the material {name}, for all faces that have it, on every object"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there is a material, and a category."""
        return has_categories(cls, context) and super().poll(context)

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Label the slot's material."""
        category = categories.wanted(context.scene, self.category)
        self.label(context, category)
        categories.note_use(context.scene, category.name)
        self.category = category.name
        return {"FINISHED"}


class SWEEPSET_OT_clear_slot(_SlotOperator):
    """Remove the material's label"""

    bl_idname = "sweepset.clear_slot"
    bl_label = "Clear Label of Material"

    slot: IntProperty(default=-1, options={"HIDDEN", "SKIP_SAVE"})

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Clear the slot's material."""
        self.label(context, None)
        return {"FINISHED"}


class SWEEPSET_PT_active_object(SidebarPanel, bpy.types.Panel):
    """The active object's labels: its parts' and, for the rest, its own."""

    bl_idname = "SWEEPSET_PT_active_object"
    bl_parent_id = "SWEEPSET_PT_labels"
    bl_label = "Active Object"
    bl_order = 0

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the labels of faces, materials and the object."""
        layout, item = self.layout, context.object
        if item is None:
            layout.label(text="No active object", icon="INFO")
            return
        targets = labels.targets(item)
        if not targets:
            layout.label(text=f"{item.name}: nothing to label", icon="INFO", translate=False)
            return
        if targets != [item]:
            text = f"Instance of {item.instance_collection.name}, with {len(targets):,} to label"
            layout.label(text=text, icon="OUTLINER_OB_GROUP_INSTANCE", translate=False)
        obstacle = next(filter(None, map(labels.obstacle, targets)), "")
        if obstacle:
            draw_lines(context, layout, obstacle, "LINKED")
        if targets != [item]:
            return
        column = layout.column(align=True)
        parts = [*self._draw_faces(context, column, item), *self._draw_materials(context, column, item)]
        what = "The rest" if any(parts) else item.name
        _draw_row(context, column, what, "OBJECT_DATA", labels.category_name(item), "unlabelled")

    @staticmethod
    def _draw_faces(context: bpy.types.Context, column: bpy.types.UILayout, item: bpy.types.Object) -> Iterator[bool]:
        """Draw the categories of faces; yield True for each."""
        if item.type != "MESH":
            return
        for name, number in sorted(changes.face_counts(item.data).items()):
            _draw_row(context, column, f"{number:,} face" + ("s" if number != 1 else ""), "FACESEL", name)
            yield True

    @staticmethod
    def _draw_materials(
        context: bpy.types.Context, column: bpy.types.UILayout, item: bpy.types.Object
    ) -> Iterator[bool]:
        """Draw the material slots; yield whether each has a label."""
        for place, slot in enumerate(item.material_slots):
            if slot.material is None:
                continue
            name = labels.category_name(slot.material)
            row = _draw_row(context, column, slot.material.name, "MATERIAL", name)
            row.operator("sweepset.assign_slot", text="", icon="CHECKMARK", emboss=False).slot = place
            if name:
                row.operator("sweepset.clear_slot", text="", icon="X", emboss=False).slot = place
            yield bool(name)


def _draw_row(
    context: bpy.types.Context, column: bpy.types.UILayout, what: str, icon: str, name: str, without: str = "–"
) -> bpy.types.UILayout:
    """Draw a part, and its label with its swatch, in red if the taxonomy lacks it; return the row."""
    split = column.split(factor=0.5)
    split.label(text=what, icon=icon, translate=False)
    entry = context.scene.sweepset.categories.get(name)
    row = split.row(align=True)
    label = row.row(align=True)
    if entry is not None:
        label.label(text=name, icon_value=entry.icon, translate=False)
    elif name:
        label.alert = True
        label.label(text=name, icon="ERROR", translate=False)
    else:
        label.active = False
        label.label(text=without)
    return row


def _draw_material_menu(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    if context.scene.sweepset.categories:
        name = categories.active(context.scene)
        self.layout.separator()
        self.layout.operator("sweepset.assign_slot", text=f"Label {name}", translate=False)
        self.layout.operator("sweepset.clear_slot")


register_classes, unregister_classes = bpy.utils.register_classes_factory(
    (
        SWEEPSET_OT_assign_faces,
        SWEEPSET_OT_clear_faces,
        SWEEPSET_OT_select_faces,
        SWEEPSET_OT_assign_slot,
        SWEEPSET_OT_clear_slot,
        SWEEPSET_PT_active_object,
    )
)


def register() -> None:
    """Add operators, panel and the entries of the material slots' menu."""
    register_classes()
    bpy.types.MATERIAL_MT_context_menu.append(_draw_material_menu)


def unregister() -> None:
    """Take them away."""
    bpy.types.MATERIAL_MT_context_menu.remove(_draw_material_menu)
    unregister_classes()
