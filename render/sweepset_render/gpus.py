"""Tell which GPUs Cycles finds; runs inside Blender: `blender -b -P gpus.py`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
for place in (HERE.parent, *(HERE.parent.parent / folder for folder in ("addon", "scenes"))):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

from sweepset import compat  # noqa: E402
from sweepset.protocol import tell  # noqa: E402

if __name__ == "__main__":
    tell("gpus", found=compat.gpus())
    tell("done")
    sys.stdout.flush()
    os._exit(0)
