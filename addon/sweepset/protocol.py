"""How a script inside Blender tells its host what happens: lines of JSON on standard output. Imports no bpy."""

from __future__ import annotations

import json
from typing import Any

MARK = "@sweepset "
"""Begins each such line; all others are Blender's own."""


def tell(event: str, **what: Any) -> None:
    """Tell the host what happened, on a line of its own."""
    print(f"\n{MARK}{json.dumps({'event': event, **what})}", flush=True)
