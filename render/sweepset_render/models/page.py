"""A page of a folder of models: a picture, the size, the unit and the faults of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sweepset.findings import Finding
from sweepset.host import page
from sweepset.host.page import Section, Table

from .reading import Read

HEAD = ("file", "category", "size in metres", "metres per unit", "polygons", "objects", "materials", "remarks")


def rows(found: Sequence[Read]) -> list[list[str]]:
    """Return a row of text for each model, its cells as in HEAD."""
    return [_row(one) for one in found]


def _row(one: Read) -> list[str]:
    model, facts = one.model, one.facts
    if facts.problem:
        return [model.file, model.category, "", "", "", "", "", f"left out: {facts.problem}"]
    size = " x ".join(f"{model.scale * length:.3g}" for length in facts.size)
    own = ", ".join(facts.keypoints)
    remarks = [one.unit, *facts.warnings, f"keypoints {own}" if own else ""]
    kept = f"{facts.kept} of {facts.polygons}" if facts.kept != facts.polygons else str(facts.polygons)
    numbers = [f"{model.scale:g}", kept, str(facts.objects), str(facts.materials)]
    return [model.file, model.category, size, *numbers, "; ".join(filter(None, remarks))]


def write(path: Path, folder: Path, found: Sequence[Read], findings: Sequence[Finding], pictures: Path) -> None:
    """Write the page; `pictures` has the picture of each model that can be used, by its number."""
    shown = [
        page.embed_file(
            picture, f"{one.model.category}: {one.model.file}, {max(one.facts.size) * one.model.scale:.3g} m"
        )
        for number, one in enumerate(found)
        if (picture := pictures / f"{number}.png").exists()
    ]
    usable = sum(not one.facts.problem for one in found)
    categories = len({one.model.category for one in found if not one.facts.problem})
    lead = f"{usable} of {len(found)} models can be used, in {categories} categories. Pictures are as large as models."
    sections = [
        Section("Findings", findings=findings),
        Section("Models", pictures=shown),
        Section("Files", table=Table(HEAD, rows(found), numbers=False)),
    ]
    page.write(path, f"Models of {folder}", lead, sections if findings else sections[1:])
