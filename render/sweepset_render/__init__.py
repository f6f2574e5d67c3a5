"""Render labelled Blender scenes into datasets, read them, check them and export them.

    import sweepset_render as sr
    dataset = sr.Dataset("renders/kitchen")
    print(dataset[0].label.shape)

Importing this is cheap: a name is imported when it is used. docs/api.md explains each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepset import lazy

if TYPE_CHECKING:
    from sweepset.errors import Failure as Failure
    from sweepset.errors import SweepsetError as SweepsetError
    from sweepset.findings import Finding as Finding
    from sweepset.taxonomy import Taxonomy as Taxonomy

    from .api import export as export
    from .api import render as render
    from .api import verify as verify
    from .datasets.dataset import Camera as Camera
    from .datasets.dataset import Dataset as Dataset
    from .datasets.dataset import Frame as Frame

_HOMES = {
    "Camera": "sweepset_render.datasets.dataset",
    "Dataset": "sweepset_render.datasets.dataset",
    "Failure": "sweepset.errors",
    "Finding": "sweepset.findings",
    "Frame": "sweepset_render.datasets.dataset",
    "SweepsetError": "sweepset.errors",
    "Taxonomy": "sweepset.taxonomy",
    "export": "sweepset_render.api",
    "render": "sweepset_render.api",
    "verify": "sweepset_render.api",
}
__all__ = [*_HOMES]
__getattr__ = lazy.names(__name__, _HOMES)
