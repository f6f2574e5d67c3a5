"""The add-on's interface in Blender's window: panels, operators, keys.

Each part registers its own classes, properties, keys and handlers, and removes them.
"""

from __future__ import annotations

from . import (
    auditing,
    auto_labelling,
    categories,
    changes,
    compositing,
    frustums,
    icons,
    labelling,
    labels_panel,
    menus,
    output,
    part_labels,
    picking,
    previewing,
    proposal_rows,
    recent,
    searching,
    selecting,
    sweeping,
    taxonomies,
    viewing,
)

PARTS = (
    icons,
    categories,
    taxonomies,
    labelling,
    selecting,
    searching,
    labels_panel,
    menus,
    part_labels,
    recent,
    picking,
    proposal_rows,
    auto_labelling,
    previewing,
    viewing,
    output,
    frustums,
    auditing,
    sweeping,
    compositing,
    changes,
)
"""In the order in which they register; they unregister in reverse."""


def register() -> None:
    """Register all parts."""
    for part in PARTS:
        part.register()


def unregister() -> None:
    """Remove all that `register` added."""
    for part in reversed(PARTS):
        part.unregister()
