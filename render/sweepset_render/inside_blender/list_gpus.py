"""Report the GPUs that Cycles finds."""

from __future__ import annotations

from typing import Any

from sweepset.blender import compat
from sweepset.protocol import Gpus, tell


def run(task: dict[str, Any]) -> None:
    """Report the GPUs; the task is empty."""
    tell(Gpus(compat.gpus()))
