"""Updates after a change of labels, called by operators and by undo, redo and load."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..blender import labels
from . import categories, compositing, proposal_rows, viewing

_counted: dict[str, labels.Progress] = {}
"""By scene, as counted since the last change."""
_faces: dict[str, dict[str, int]] = {}
"""The same by mesh."""


def progress(scene: bpy.types.Scene) -> labels.Progress:
    """Return the progress of a scene's labelling; counted once after each change, so that panels can ask often."""
    if scene.name_full not in _counted:
        _counted[scene.name_full] = labels.progress(scene)
    return _counted[scene.name_full]


def face_counts(mesh: bpy.types.Mesh) -> dict[str, int]:
    """Return the number of faces of a mesh by label; counted once after each change."""
    if mesh.name_full not in _faces:
        _faces[mesh.name_full] = labels.face_counts(mesh)
    return _faces[mesh.name_full]


def _count_anew() -> None:
    _counted.clear()
    _faces.clear()


def labels_changed(scene: bpy.types.Scene) -> None:
    """Update everything that shows labels; every operator that changes labels ends with it."""
    _count_anew()
    for one in bpy.data.scenes:
        categories.mirror(one)
    proposal_rows.refresh(scene)
    viewing.labels_changed(scene)
    compositing.follow_labels(scene)


@persistent
def _all_changed(*_: Any) -> None:
    """Update after undo and redo, which restore labels, and whether they are shown as colours."""
    for scene in bpy.data.scenes:
        if scene.library is None:
            labels_changed(scene)
    viewing.follow()


@persistent
def _file_opened(*_: Any) -> None:
    proposal_rows.clear()
    compositing.write_again()
    _all_changed()


@persistent
def _something_changed(scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> None:
    """Recount if objects may be new or gone, or a script may have written labels; mere motion changes no counts."""
    if all(_only_moved(update) for update in depsgraph.updates):
        return
    _count_anew()
    categories.mirror(scene)
    compositing.follow_soon()


def _only_moved(update: bpy.types.DepsgraphUpdate) -> bool:
    return update.is_updated_transform and not update.is_updated_geometry and not update.is_updated_shading


HANDLERS = {
    "undo_post": _all_changed,
    "redo_post": _all_changed,
    "load_post": _file_opened,
    "depsgraph_update_post": _something_changed,
}


def register() -> None:
    """Listen for undo, redo, load and updates."""
    for name, handler in HANDLERS.items():
        getattr(bpy.app.handlers, name).append(handler)
    if isinstance(bpy.data, bpy.types.BlendData):
        _all_changed()
    else:  # Blender's data can't be read while it enables an add-on
        bpy.app.timers.register(_all_changed)


def unregister() -> None:
    """Stop listening."""
    if bpy.app.timers.is_registered(_all_changed):
        bpy.app.timers.unregister(_all_changed)
    for name, handler in HANDLERS.items():
        getattr(bpy.app.handlers, name).remove(handler)
    _count_anew()
