"""What the parts of the interface share: where panels are, and how an operator tells of bad input."""

from __future__ import annotations

from collections.abc import Callable

import bpy

from ..errors import SweepsetError


class SidebarPanel:
    """Mix-in for panels in the 3D view's sidebar, tab Sweepset."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Sweepset"


def reported(
    execute: Callable[[bpy.types.Operator, bpy.types.Context], set[str]],
) -> Callable[[bpy.types.Operator, bpy.types.Context], set[str]]:
    """Let an operator's `execute` report a SweepsetError in Blender's own way, and cancel."""

    def execute_reported(self: bpy.types.Operator, context: bpy.types.Context) -> set[str]:
        try:
            return execute(self, context)
        except SweepsetError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}

    return execute_reported


def register() -> None:
    """Nothing of its own to register."""


def unregister() -> None:
    """Nothing of its own to take back."""
