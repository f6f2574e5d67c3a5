"""Which labelled images a path holds."""

from __future__ import annotations

from pathlib import Path

from ..settings import Data
from . import exports, nyu, sources
from .sources import Source


def is_rendered(path: Path) -> bool:
    """Return whether a path is a dataset of renders, or an export of one."""
    return (path / "dataset.json").is_file() or exports.is_export(path)


def open_source(path: Path, settings: Data) -> Source:
    """Return labelled images from NYU's file, a dataset of Sweepset, an export, or a folder of images and labels."""
    if path.is_file() or path.suffix == ".mat":
        return nyu.open_mat(path)
    if (path / "dataset.json").is_file():
        return sources.open_datasets([path])
    if exports.is_export(path):
        return exports.open_export(path)
    kinds = nyu.load_taxonomy(settings.labels_taxonomy)
    if settings.labels_from_zero:
        kinds = sources.from_zero(kinds)
    return sources.open_folder(
        path, kinds, labels=settings.labels, void=settings.void, labels_upright=settings.labels_upright
    )
