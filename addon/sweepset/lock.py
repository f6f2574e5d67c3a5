"""A lock on a file that one process holds at a time, and that ends with this process."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import IO


def take(path: Path, wait: bool) -> IO[str] | None:
    """Lock a file and return it open: closing it frees the lock. None if another holds it and `wait` is off."""
    while True:
        file = path.open("w")
        while not _try(file):
            if not wait:
                file.close()
                return None
            time.sleep(0.2)
        if _is_there(path, file):
            return file
        file.close()


def _is_there(path: Path, file: IO[str]) -> bool:
    """Return whether an open file still has its name: the last to hold the lock may have removed it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


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
