"""What follows a change of labels: the one place that operators and undo, redo and load tell."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.handlers import persistent


def labels_changed(scene: bpy.types.Scene) -> None:
    """Bring all that shows labels up to date; every operator that changes labels ends with it."""


@persistent
def _all_scenes_changed(*_: Any) -> None:
    for scene in bpy.data.scenes:
        if scene.library is None:
            labels_changed(scene)


HANDLERS = ("undo_post", "redo_post", "load_post")


def register() -> None:
    """Listen for undo, redo and load."""
    for name in HANDLERS:
        getattr(bpy.app.handlers, name).append(_all_scenes_changed)


def unregister() -> None:
    """Stop listening."""
    for name in HANDLERS:
        getattr(bpy.app.handlers, name).remove(_all_scenes_changed)
