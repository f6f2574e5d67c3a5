"""Label a scene and save a copy."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import bpy

from sweepset import files, taxonomy
from sweepset.blender import labels, preparation
from sweepset.blender.labelling import proposals
from sweepset.blender.labelling.proposals import Suggestion
from sweepset.errors import SweepsetError
from sweepset.protocol import Labelled, ObjectLabel, tell
from sweepset.taxonomy import Taxonomy
from sweepset_render.blender import tasks


def run(data: dict[str, Any]) -> None:
    """Do a task of `tasks.Label`: label all objects that can be labelled, save the copy and report each object."""
    task = tasks.from_json(tasks.Label, data)
    preparation.open_file(task.scene, task.trust_scripts)
    given = task.taxonomy
    wanted = taxonomy.parse(given, given["name"]) if given else None
    found: dict[str, Suggestion] = {}
    kinds = taxonomy.default()
    for scene in bpy.data.scenes:
        if scene.library is None:
            kinds = _settle_taxonomy(scene, wanted, kinds)
    for scene in bpy.data.scenes:
        for suggestion in proposals.propose(scene, kinds, preparation.pick_view_layer(scene, "")):
            known = found.get(suggestion.object.name_full)
            if known is None or suggestion.confidence > known.confidence:
                found[suggestion.object.name_full] = suggestion
    proposals.apply(list(found.values()), kinds, task.threshold)
    _save(task)
    objects = [
        ObjectLabel(
            object=name,
            category=suggestion.category,
            confidence=suggestion.confidence,
            reason=suggestion.reason,
            source=suggestion.source,
            state="new" if _is_new(suggestion) else _state(suggestion),
        )
        for name, suggestion in sorted(found.items())
    ]
    tell(Labelled(kinds.name, objects))


def _save(task: tasks.Label) -> None:
    """Save the open file as a copy and open this copy's table, as Blender may report a cut-off file as saved."""
    needed = os.path.getsize(task.scene)
    try:
        bpy.ops.wm.save_as_mainfile(filepath=task.out, check_existing=False, copy=True, relative_remap=True)
        with bpy.data.libraries.load(task.out) as (saved, _):  # type: ignore[func-returns-value]
            found = set(saved.objects)
        lost = {item.name for item in bpy.data.objects if item.library is None and item.users} - found
        if lost:
            raise OSError(f"what was written lacks objects, such as {min(lost)!r}")
    except (RuntimeError, OSError) as error:
        words = " ".join(str(error).split()).removeprefix("Error: ")
        # Blender's own reason for a full disk is another one, such as "No such file or directory".
        number = errno.ENOSPC if files.free_space(Path(task.out)) < needed else errno.EIO
        raise SweepsetError(files.explain(task.target, OSError(number, words), needed)) from None


def _settle_taxonomy(scene: bpy.types.Scene, wanted: Taxonomy | None, default: Taxonomy) -> Taxonomy:
    """Return the taxonomy to label in: `wanted`, else the scene's own, else the default.

    Raise SweepsetError if existing labels would lose their meaning.
    """
    own = labels.read_taxonomy(scene)
    if wanted is None:
        return own or default
    if own is not None and own != wanted and labels.any_label():
        raise SweepsetError(
            f"--taxonomy {wanted.name}: the file has labels of {own.name} already; leave the option out to go on in "
            f"{own.name}, and pass it to sweepset render, which maps them"
        )
    return wanted


def _is_new(suggestion: Suggestion) -> bool:
    return suggestion.state == "proposed" and bool(labels.category_name(suggestion.object))


def _state(suggestion: Suggestion) -> str:
    return "unsure" if suggestion.state == "proposed" else suggestion.state
