"""Run inside Blender: print the names of all properties of Blender's types, as JSON after `NAMES `."""

from __future__ import annotations

import json

import bpy

names: set[str] = set()
for name in dir(bpy.types):
    rna = getattr(getattr(bpy.types, name), "bl_rna", None)  # what all types are derived from has none
    names.update(rna.properties.keys() if rna is not None else ())
print("NAMES " + json.dumps(sorted(names)))
