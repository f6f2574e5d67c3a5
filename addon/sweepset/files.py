"""Write files whole or not at all, and say in one sentence why one could not be written. Imports no bpy."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .errors import SweepsetError

TEMPORARY = ".tmp"
"""Part of the name of a file that is not complete; a killed process leaves it behind."""
FULL = 16 << 20
"""A disk with fewer free bytes counts as full if a library fails to write there and gives no reason."""
AGAIN = "free some space and run the same command again"
ELSEWHERE = "name another place"
REASONS = {
    errno.ENOSPC: ("the disk is full", AGAIN),
    errno.EDQUOT: ("your quota on the disk is used up", AGAIN),
    errno.EFBIG: ("the file is larger than the system allows", "raise the limit (ulimit -f), or name another place"),
    errno.EROFS: ("the disk is read-only", ELSEWHERE),
    errno.EACCES: ("no permission to write there", "change the permissions, or name another place"),
    errno.EPERM: ("no permission to write there", "change the permissions, or name another place"),
    errno.EISDIR: ("it is a folder", "name a file"),
    errno.ENOTDIR: ("a part of the path is a file", ELSEWHERE),
    errno.EEXIST: ("a file of this name is there", ELSEWHERE),
    errno.ENOENT: ("its folder does not exist", "make the folder, or name another place"),
    errno.ENAMETOOLONG: ("the name is too long", "name a shorter one"),
}
"""What an error number means, and what to do about it."""
WORDS = {number: words for number, words in REASONS.items() if number not in (errno.ENOENT, errno.EEXIST)}
"""Error numbers that say the same wherever they come from."""


class WriteError(SweepsetError):
    """A file could not be written; what was there before is whole, and nothing half-written is left."""


def write(path: Path, data: bytes | memoryview) -> None:
    """Write a file whole or not at all; raise WriteError. Object stores do so themselves."""
    if not isinstance(path, Path):
        try:
            path.write_bytes(data)
        except Exception as error:  # each kind of store has errors of its own
            raise WriteError(f"cannot write {str(path)!r}: {' '.join(str(error).split())}; {ELSEWHERE}") from None
        return
    with _replacing(path, "", None, len(data)) as temporary:
        temporary.write_bytes(data)
        if temporary.stat().st_size != len(data):
            raise OSError(errno.EIO, f"only {temporary.stat().st_size} of {len(data)} bytes arrived")


def write_json(path: Path, data: Any) -> None:
    """Write JSON whole or not at all; raise WriteError."""
    write(path, json.dumps(data, ensure_ascii=False, indent=1).encode())


@contextmanager
def replacing(path: Path, check: Callable[[Path], object] | None = None) -> Iterator[Path]:
    """Give a name of the same suffix beside `path` to write to, and rename it to `path` when it is complete.

    `check` opens what was written; any exception of it means that the file is incomplete. Until then a file `path`
    stays as it is. Raise WriteError.
    """
    with _replacing(path, path.suffix, check, None) as temporary:
        yield temporary


@contextmanager
def _replacing(path: Path, suffix: str, check: Callable[[Path], object] | None, needed: int | None) -> Iterator[Path]:
    path = Path(os.path.realpath(path))  # a link keeps leading to the file
    temporary = path.with_name(f".{uuid.uuid4().hex[:8]}{TEMPORARY}{suffix}")  # two may write the same
    try:
        _refuse_special(path)
        yield temporary
        _check(temporary, check)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())  # after a power cut, a name may be there whose content is not
        os.replace(temporary, path)
    except OSError as error:
        _remove(temporary)  # what it takes is free again
        raise WriteError(explain(path, error, needed)) from None
    finally:
        _remove(temporary)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _check(temporary: Path, check: Callable[[Path], object] | None) -> None:
    """Raise OSError if what was written cannot be opened."""
    if check is None:
        return
    try:
        check(temporary)
    except Exception as error:
        raise OSError(f"what was written cannot be opened: {error}") from None


def _refuse_special(path: Path) -> None:
    """Raise OSError for a folder, and for a device or a pipe, which a rename would remove."""
    with suppress(FileNotFoundError):
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(kind):
            raise OSError(errno.EINVAL, "it is no ordinary file", str(path))


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder beside `path` to write to, and put it in the place of `path` when it is complete.

    Raise WriteError; until then a folder `path` stays as it is.
    """
    path = Path(os.path.realpath(path))
    new, old = (path.with_name(f"{path.name}.{word}-{os.getpid()}") for word in ("new", "old"))
    try:
        with writing(path):
            new.mkdir(parents=True)
            yield new
            if path.exists():
                path.rename(old)
            try:
                new.rename(path)
            except OSError:
                if old.exists():
                    old.rename(path)
                raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raise WriteError, about `path` unless the error names a file, if something cannot be written meanwhile."""
    try:
        yield
    except OSError as error:
        raise WriteError(explain(error.filename or path, error)) from None


def make_folder(path: Path) -> None:
    """Make a folder and those above it, if they are not there; raise WriteError."""
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)


def explain(path: Path | str, error: OSError, needed: int | None = None) -> str:
    """Return why a file cannot be written, in a sentence: the path, needed and free bytes where they matter, advice."""
    _, advice = REASONS.get(_number(path, error), ("", ELSEWHERE))
    return f"cannot write {str(path)!r}: {reason(path, error, needed)}; {advice}"


def reason(path: Path | str, error: OSError, needed: int | None = None) -> str:
    """Return why a file cannot be written, with the needed and free bytes where they matter."""
    number = _number(path, error)
    text, _ = REASONS.get(number, (error.strerror or str(error) or type(error).__name__, ""))
    return f"{text} ({_space(Path(path), needed)})" if number in (errno.ENOSPC, errno.EDQUOT) else text


def _number(path: Path | str, error: OSError) -> int:
    """Return an error's number, 0 for none; NumPy and Pillow give none if a disk is full, object stores give none."""
    if error.errno is None and isinstance(path, Path | str) and free_space(Path(path)) < FULL:
        return errno.ENOSPC
    return error.errno or 0


def _space(path: Path, needed: int | None) -> str:
    """Return the needed and the free space of a disk in words; a disk may also have no room for another name."""
    place = _existing(path)
    wanted = f"{in_bytes(needed)} needed, " if needed is not None else ""
    if hasattr(os, "statvfs"):
        found = os.statvfs(place)
        if found.f_files and not found.f_favail:
            return "it holds as many files as it can"
    return f"{wanted}{in_bytes(free_space(place))} free"


def free_space(path: Path) -> int:
    """Return the free bytes on the disk of a file or folder, which may not exist yet."""
    return shutil.disk_usage(_existing(path)).free


def _existing(path: Path) -> Path:
    path = Path(os.path.abspath(path))
    return next((place for place in (path, *path.parents) if os.access(place, os.F_OK)), Path(path.anchor))


def in_bytes(size: float) -> str:
    """Return a number of bytes in words, such as '1.4 MB'."""
    power = 0
    while size >= 1000 and power < 4:
        size, power = size / 1000, power + 1
    return f"{size:.1f} {('B', 'kB', 'MB', 'GB', 'TB')[power]}" if power else f"{size:.0f} B"
