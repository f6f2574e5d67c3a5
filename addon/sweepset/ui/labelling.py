"""Operators that label objects: the selected ones, a collection's, or like the active one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import bpy
from bpy.props import StringProperty

from ..blender import labels
from ..errors import SweepsetError
from ..taxonomy import Category
from . import categories
from .base import reported
from .changes import labels_changed


def category_names(operator: bpy.types.Operator, context: bpy.types.Context, text: str) -> Iterator[str]:
    """Yield the names that a field for a category offers."""
    yield from context.scene.sweepset.categories.keys()


def category_property() -> object:
    """Return the category property of an operator."""
    return StringProperty(
        name="Category",
        description="The category to assign; if empty, the one chosen in the list",
        search=category_names,
        options={"SKIP_SAVE"},
    )


def can_label_objects(cls: type[bpy.types.Operator], context: bpy.types.Context) -> bool:
    """Tell whether objects may be labelled now; say why not."""
    if context.mode != "OBJECT":
        cls.poll_message_set("Objects are labelled in Object Mode, faces in Edit Mode")
        return False
    return True


def has_categories(cls: type[bpy.types.Operator], context: bpy.types.Context) -> bool:
    """Tell whether there is a category to give; say why not."""
    if not context.scene.sweepset.categories:
        cls.poll_message_set("Choose a taxonomy first")
        return False
    return True


def has_selection(cls: type[bpy.types.Operator], context: bpy.types.Context) -> bool:
    """Tell whether an object is selected; say why not."""
    if not context.selected_objects:
        cls.poll_message_set("Select objects first")
        return False
    return True


def give(operator: bpy.types.Operator, items: Iterable[bpy.types.Object], category: Category | None) -> None:
    """Label all objects that can be, or clear labels for None, and report; raise SweepsetError if none can be."""
    targets = dict.fromkeys(target for item in items for target in labels.targets(item))
    if not targets:
        raise SweepsetError(
            "nothing here has a surface: meshes, curves, text and instances of collections can be labelled"
        )
    obstacles = {target: labels.obstacle(target) for target in targets}
    free = [target for target, why in obstacles.items() if not why]
    why = Counter(filter(None, obstacles.values())).most_common(1)
    if not free:
        names = ", ".join(target.name for target in list(targets)[:3]) + (" …" if len(targets) > 3 else "")
        raise SweepsetError(f"cannot label {names}: {why[0][0]}")
    for target in free:
        labels.set_category(target, category)
    text = f"{count(free)} labelled {category.name}" if category else f"Label cleared from {count(free)}"
    if why:
        operator.report({"WARNING"}, f"{text}; {len(targets) - len(free)} not: {why[0][0]}")
    else:
        operator.report({"INFO"}, text)


def count(items: list[bpy.types.Object]) -> str:
    """Return a number of objects, in words."""
    return f"{len(items):,} object" + ("s" if len(items) != 1 else "")


def assign(operator: bpy.types.Operator, context: bpy.types.Context, name: str) -> str:
    """Label the selected objects with a category, the chosen one for ''; return its name."""
    category = categories.wanted(context.scene, name)
    give(operator, context.selected_objects, category)
    categories.note_use(context.scene, category.name)
    labels_changed(context.scene)
    return category.name


class SWEEPSET_OT_assign(bpy.types.Operator):
    """Give the selected objects a category. Instances of a collection pass it on to the objects they show"""

    bl_idname = "sweepset.assign"
    bl_label = "Assign Category"
    bl_options = {"REGISTER", "UNDO"}

    category: category_property()

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there is something to label, and a category."""
        return can_label_objects(cls, context) and has_categories(cls, context) and has_selection(cls, context)

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Label the selected objects."""
        self.category = assign(self, context, self.category)
        return {"FINISHED"}


class SWEEPSET_OT_clear(bpy.types.Operator):
    """Remove the selected objects' own labels. Labels of their materials and faces stay"""

    bl_idname = "sweepset.clear"
    bl_label = "Clear Label"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether an object is selected."""
        return can_label_objects(cls, context) and has_selection(cls, context)

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Clear the selected objects' labels."""
        give(self, context.selected_objects, None)
        labels_changed(context.scene)
        return {"FINISHED"}


class SWEEPSET_OT_copy_label(bpy.types.Operator):
    """Give the other selected objects the label of the active one"""

    bl_idname = "sweepset.copy_label"
    bl_label = "Copy Label to Selected"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there is a label to copy, and something to copy it to."""
        if not (can_label_objects(cls, context) and has_categories(cls, context)):
            return False
        if context.object is None or not labels.category_name(context.object):
            cls.poll_message_set("The active object has no label of its own")
            return False
        if not set(context.selected_objects) - {context.object}:
            cls.poll_message_set("Select other objects, too, the labelled one last")
            return False
        return True

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Label the others like the active one."""
        category = categories.wanted(context.scene, labels.category_name(context.object))
        give(self, [item for item in context.selected_objects if item != context.object], category)
        categories.note_use(context.scene, category.name)
        labels_changed(context.scene)
        return {"FINISHED"}


class SWEEPSET_OT_assign_collection(bpy.types.Operator):
    """Give all objects of the active collection, and of the collections in it, a category"""

    bl_idname = "sweepset.assign_collection"
    bl_label = "Label Collection"
    bl_options = {"REGISTER", "UNDO"}

    category: category_property()

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether the collection has objects."""
        if not (can_label_objects(cls, context) and has_categories(cls, context)):
            return False
        if not any(len(collection.all_objects) for collection in _collections(context)):
            cls.poll_message_set("The active collection is empty")
            return False
        return True

    @reported
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Label the collections' objects."""
        category = categories.wanted(context.scene, self.category)
        items = (item for collection in _collections(context) for item in collection.all_objects)
        give(self, (item for item in items if item.type in labels.VISIBLE_TYPES), category)
        self.category = category.name
        categories.note_use(context.scene, category.name)
        labels_changed(context.scene)
        return {"FINISHED"}


def _collections(context: bpy.types.Context) -> list[bpy.types.Collection]:
    """Return the collections that are selected in the outliner, else the active one."""
    selected = context.selected_ids if context.area is not None and context.area.type == "OUTLINER" else ()
    return [one for one in selected if isinstance(one, bpy.types.Collection)] or [context.collection]


register, unregister = bpy.utils.register_classes_factory(
    (
        SWEEPSET_OT_assign,
        SWEEPSET_OT_clear,
        SWEEPSET_OT_copy_label,
        SWEEPSET_OT_assign_collection,
    )
)
