"""How a script inside Blender tells its host what happens: lines of JSON on standard output. Imports no bpy."""

from __future__ import annotations

import json
from typing import Any

MARK = "@sweepset "
"""Begins each such line; all others are Blender's own."""
TEMPORARY = ("TMPDIR", "TMP", "TEMP")
"""What names the folder for temporary files, of which each version of Blender reads another first.

A Blender that is ended leaves a folder there; whoever started it therefore gives it one that goes.
"""


def tell(event: str, **what: Any) -> None:
    """Tell the host what happened, on a line of its own."""
    print(f"\n{MARK}{json.dumps({'event': event, **what})}", flush=True)
