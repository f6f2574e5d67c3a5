"""What a folder holds, told by files that commands leave there: no command writes among another one's files."""

from __future__ import annotations

from pathlib import Path

from .errors import SweepsetError

MARKS = {
    "a dataset": ("dataset.json", ".sweepset"),
    "an export": ("export.json",),
    "a run": ("experiment.yaml",),
    "a sweep": ("sweep.yaml",),
    "a comparison": ("experiments",),
    "predictions": ("overlays",),
    "cutouts": ("cutouts",),
    "crops": ("crops.json",),
    "a comparison of presets": ("presets.json",),
}
"""What commands write, each with files or folders of which one is there."""
CLOSED = ("a dataset", "an export")
"""Those whose readers read whole folders, so that nothing may be added below them either."""


def found(folder: Path) -> str:
    """Return what a folder holds, '' for none of these."""
    return next((what for what, marks in MARKS.items() if any((folder / mark).exists() for mark in marks)), "")


def demand(out: Path, own: str) -> None:
    """Raise SweepsetError if a folder holds anything of MARKS but `own`, or is below a dataset or an export."""
    held = found(out)
    if held and held != own:
        raise SweepsetError(f"--out {str(out)!r} holds {held}: name a new or an empty folder")
    demand_outside(out)


def demand_outside(out: Path) -> None:
    """Raise SweepsetError if a file or folder is to be written below a dataset or an export."""
    for place in out.absolute().parents:
        if (held := found(place)) in CLOSED:
            raise SweepsetError(f"--out {str(out)!r} is in {str(place)!r}, which holds {held}: name another place")
