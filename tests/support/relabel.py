"""Label somebody's scene by a simple rule and save a copy: run inside a Blender, `relabel.py -- FILE RULE COPY`.

RULE is `objects`, object number modulo the number of categories, or `materials`, the same with materials.
"""

from __future__ import annotations

import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "addon"))

from sweepset import taxonomy
from sweepset.blender import labels

COUNT = 23
"""How many categories there are; one in so many items has no label."""


def relabel(source: str, rule: str, copy: str) -> None:
    """Open a file, label what the rule says, and save a copy."""
    bpy.ops.wm.open_mainfile(filepath=source, load_ui=False, use_scripts=False)
    categories = [{"id": number, "name": f"category {number}"} for number in range(1, COUNT + 1)]
    rules = taxonomy.parse({"name": "rule", "categories": categories}, "rule")
    items = bpy.data.objects if rule == "objects" else bpy.data.materials
    for number, item in enumerate(sorted(items, key=lambda item: item.name)):
        if chosen := number % (COUNT + 1):
            labels.set_category(item, rules.category(chosen))
    labels.write_taxonomy(bpy.context.scene, rules)
    bpy.ops.wm.save_as_mainfile(filepath=copy)


if __name__ == "__main__":
    relabel(*sys.argv[-3:])
