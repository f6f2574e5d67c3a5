"""One process at a time: a lock on a file, which ends with the process that holds it."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import IO


def take(path: Path, wait: bool) -> IO[str] | None:
    """Lock a file and return it open: closing it frees the lock. None where another holds it and `wait` is off."""
    file = path.open("w")
    while not _try(file):
        if not wait:
            file.close()
            return None
        time.sleep(0.2)
    return file


def _try(file: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
