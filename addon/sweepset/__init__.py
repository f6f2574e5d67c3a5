"""Sweepset inside Blender: labels, passes, sweeps, and the layout of a dataset."""

from ._version import __version__

__all__ = ["__version__"]

bl_info = {  # for Blender before 4.2; later ones read blender_manifest.toml
    "name": "Sweepset",
    "description": "Label a scene's objects and render image/label pairs",
    "author": "Sweepset's authors",
    "version": (0, 1, 0),
    "blender": (3, 4, 0),
    "location": "3D View > Sidebar > Sweepset",
    "category": "Scene",
}


def register() -> None:
    """Register the interface."""
    from . import ui

    ui.register()


def unregister() -> None:
    """Take the interface back."""
    from . import ui

    ui.unregister()
