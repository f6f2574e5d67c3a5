"""Label a .blend by its objects' names: check the files, run Blender, and keep the copy that it saved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweepset import files, outputs
from sweepset.errors import SweepsetError
from sweepset.host import command
from sweepset.protocol import Labelled, ObjectLabel

from . import process, tasks
from .installations import Blender

STATES = {
    "new": ("labelled", ""),
    "labelled": ("had a label", "dim"),
    "unsure": ("unlabelled: below the threshold", "yellow"),
    "linked": ("unlabelled: linked", "yellow"),
    "unknown": ("unlabelled", "yellow"),
}
"""The states of `ObjectLabel` in words, each with its style; in the order of the report."""


@dataclass(frozen=True)
class Labelling:
    """A labelled copy `out` of a .blend; objects whose confidence is below `threshold` stayed unlabelled."""

    scene: str
    out: str
    taxonomy: str
    threshold: float
    objects: list[ObjectLabel]

    def to_json(self) -> dict[str, Any]:
        """Return it in JSON's types."""
        return {**vars(self), "objects": [vars(item) for item in self.objects]}


def check_target(scene: Path, out: Path, overwrite: bool) -> None:
    """Raise SweepsetError if `out` is no file that may be written."""
    if out.suffix.lower() != ".blend":
        raise SweepsetError(f"--out {str(out)!r} is no .blend: give a name that ends in .blend")
    if out.resolve() == scene.resolve() or (out.exists() and out.samefile(scene)):
        raise SweepsetError(f"--out {str(out)!r} is the scene itself, which is never written over: give another name")
    outputs.demand_outside(out)
    if out.is_dir():
        raise SweepsetError(f"--out {str(out)!r} is a folder: give the name of a file")
    if out.exists() and not overwrite:
        raise SweepsetError(f"--out {str(out)!r} is there already: give another name, or pass --overwrite")


def label(
    blender: Blender,
    scene: Path,
    out: Path,
    taxonomy: dict[str, Any] | None,
    threshold: float,
    trust_scripts: bool,
) -> Labelling:
    """Write a labelled copy of a .blend, whole or not at all, and return how each object was labelled."""
    files.make_folder(out.parent)
    with files.replacing(out) as part:
        part.touch()  # before Blender opens the scene, which may take minutes
        part.unlink()
        task = tasks.Label(str(scene.resolve()), str(part), str(out), taxonomy, threshold, trust_scripts)
        labelled = process.ask(blender, task, Labelled, trust_scripts=trust_scripts)
    return Labelling(str(scene), str(out), labelled.taxonomy, threshold, labelled.objects)


def show(result: Labelling) -> None:
    """Print how each object was labelled, and what to do next."""
    objects = result.objects
    rows, styles = [], []
    for state, (words, style) in STATES.items():
        for entry in _of(objects, state):
            sure = f"{entry.confidence:.2f}" if entry.category else ""
            rows.append((entry.object, entry.category, sure, entry.reason, words))
            styles.append(style)
    command.tabulate(("object", "category", "confidence", "reason", ""), rows, result.scene, styles=styles)
    count = {state: len(list(_of(objects, state))) for state in STATES}
    text = f"{count['new']} of {len(objects)} objects labelled in {result.taxonomy}"
    for source in ("shape", "pass index"):
        by_source = sum(entry.source == source for entry in _of(objects, "new"))
        if by_source:
            text += f", {by_source} by {source}"
    if count["labelled"]:
        text += f", {count['labelled']} had a label"
    left = count["unsure"] + count["linked"] + count["unknown"]
    command.say(f"{text}; {left} stay unlabelled." if left else f"{text}.")
    if count["unsure"]:
        command.say(f"Below the threshold: {count['unsure']}; --threshold changes it.")
    command.say(f"Check the list, correct labels in Blender, then run: {command.line('render', result.out)}")


def _of(objects: Iterable[ObjectLabel], state: str) -> Iterable[ObjectLabel]:
    return (entry for entry in objects if entry.state == state)
