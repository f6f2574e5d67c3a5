"""Label a scene inside Blender and save a copy: `blender -b -P labeller.py -- TASK.json`, or `python labeller.py …`.

TASK.json names the .blend, the file to write, the taxonomy (None for the scene's own), the threshold, and whether the
.blend's scripts may run. What happens is told as by `worker.py`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import bpy

HERE = Path(__file__).resolve().parent
# The packages lie beside each other: in one folder when installed, in folders of their own in a checkout.
for place in (HERE.parent, HERE.parent.parent / "addon"):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

from sweepset import labels, preparation, proposals, taxonomy  # noqa: E402
from sweepset.errors import SweepsetError  # noqa: E402
from sweepset.proposals import Suggestion  # noqa: E402
from sweepset.protocol import tell  # noqa: E402
from sweepset.taxonomy import Taxonomy  # noqa: E402


def run(task: dict[str, Any]) -> None:
    """Open the task's .blend, label what can be, save the copy and tell about each object."""
    preparation.open_file(task["scene"], task["trust_scripts"])
    given = task["taxonomy"]
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
    proposals.apply(list(found.values()), kinds, task["threshold"])
    try:
        bpy.ops.wm.save_as_mainfile(filepath=task["out"], check_existing=False, copy=True, relative_remap=True)
    except RuntimeError as error:
        reason = " ".join(str(error).split()).removeprefix("Error: ")
        raise SweepsetError(f"cannot write {task['out']!r}: {reason}") from None
    tell(
        "labelled",
        taxonomy=kinds.name,
        objects=[
            {
                "object": name,
                "category": suggestion.category,
                "confidence": suggestion.confidence,
                "reason": suggestion.reason,
                "source": suggestion.source,
                "state": "new" if _is_new(suggestion) else _state(suggestion),
            }
            for name, suggestion in sorted(found.items())
        ],
    )
    tell("done")


def _settle_taxonomy(scene: bpy.types.Scene, wanted: Taxonomy | None, default: Taxonomy) -> Taxonomy:
    """Return the taxonomy to label in: the one that is wanted, else the scene's own, else the default.

    Raise SweepsetError where labels that are there would lose their meaning.
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


def main(arguments: list[str]) -> int:
    """Run the task whose file is named last and return the exit status."""
    task = json.loads(Path(arguments[-1]).read_text(encoding="utf-8"))
    try:
        run(task)
    except SweepsetError as error:
        tell("error", message=str(error))
        return 2
    return 0


if __name__ == "__main__":
    status = main(sys.argv)
    sys.stdout.flush()
    os._exit(status)  # all is written; Blender's own clean-up can hang, and costs time
