"""What follows a change of labels: the one place that operators and undo, redo and load tell."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..blender import labels
from . import categories, compositing, proposal_rows, viewing

_counted: dict[str, labels.Progress] = {}
"""By scene, as counted since something last changed."""
_faces: dict[str, dict[str, int]] = {}
"""The same by mesh."""


def progress(scene: bpy.types.Scene) -> labels.Progress:
    """Return how far a scene's labelling has come; counted once after each change, so that panels may ask."""
    if scene.name_full not in _counted:
        _counted[scene.name_full] = labels.progress(scene)
    return _counted[scene.name_full]


def face_counts(mesh: bpy.types.Mesh) -> dict[str, int]:
    """Return how many faces of a mesh have which label; counted once after each change."""
    if mesh.name_full not in _faces:
        _faces[mesh.name_full] = labels.face_counts(mesh)
    return _faces[mesh.name_full]


def _count_anew() -> None:
    _counted.clear()
    _faces.clear()


def labels_changed(scene: bpy.types.Scene) -> None:
    """Bring all that shows labels up to date; every operator that changes labels ends with it."""
    _count_anew()
    for one in bpy.data.scenes:
        categories.mirror(one)
    proposal_rows.refresh(scene)
    viewing.labels_changed(scene)
    compositing.follow_labels(scene)


@persistent
def _all_changed(*_: Any) -> None:
    """Undo and redo bring back labels, and whether they are shown as colours."""
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
    """Objects may have come or gone, or a script written labels; what only moves leaves counts as they are."""
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
    else:  # Blender keeps its data out of reach while it enables an add-on
        bpy.app.timers.register(_all_changed)


def unregister() -> None:
    """Stop listening."""
    if bpy.app.timers.is_registered(_all_changed):
        bpy.app.timers.unregister(_all_changed)
    for name, handler in HANDLERS.items():
        getattr(bpy.app.handlers, name).remove(handler)
    _count_anew()
