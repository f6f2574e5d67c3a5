"""Storage of datasets: folders, and object stores at a URL such as s3://bucket/folder, through fsspec."""

from __future__ import annotations

import json
import os
import platform
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, Any, cast

from sweepset import files, lock
from sweepset.errors import SweepsetError

BEAT = 10.0
"""Seconds after which a lease is renewed."""
PATIENCE = 3 * BEAT
"""Seconds without a renewal after which a lease counts as left behind by a killed command."""
RECENT = 2 * PATIENCE
"""Age in seconds up to which a lease counts as held when there is no time to wait; clocks may differ a little."""
FETCHED = 256
"""Files fetched at once."""


def find(given: str) -> Path:
    """Return the path of a folder or of a URL; raise SweepsetError if no installed package can reach the URL.

    The path of a URL has the methods of `pathlib.Path` but is none; it writes a file whole or not at all, and has no
    empty folders.
    """
    protocol, mark, rest = given.partition("://")
    if not mark:
        return Path(given).expanduser()
    if protocol in ("file", "local"):
        return Path(rest)
    try:
        from upath import UPath
    except ModuleNotFoundError:
        raise SweepsetError(f"{given!r}: a URL needs the extra farm: pip install 'sweepset[farm]'") from None
    try:
        place = UPath(given, use_listings_cache=False)  # others may be writing there
        place.fs.root_marker  # noqa: B018 — opens the file system
    except ImportError as error:
        raise SweepsetError(f"{given!r}: {error}: pip install it") from None
    except ValueError as error:
        raise SweepsetError(
            f"{given!r}: {error}; name a folder, or a URL that fsspec knows, as s3://bucket/folder"
        ) from None
    return cast(Path, place)


def is_remote(place: Path) -> bool:
    """Return whether a place is at a URL."""
    return not isinstance(place, Path)


@contextmanager
def reached(place: Path) -> Iterator[None]:
    """Raise SweepsetError if a place at a URL can't be reached; each kind of store has exceptions of its own."""
    try:
        yield
    except (OSError, SweepsetError):
        raise
    except Exception as error:
        if not is_remote(place):
            raise
        raise SweepsetError(f"cannot reach {str(place)!r}: {error}") from None


def make(folder: Path) -> None:
    """Make a folder; nothing at a URL, where folders need no making and the bucket is its owner's."""
    if not is_remote(folder):
        files.make_folder(folder)


def entries(folder: Path) -> Iterator[Path]:
    """Go over the entries of a folder; none if the folder does not exist."""
    try:
        yield from folder.iterdir()
    except (FileNotFoundError, NotADirectoryError):
        return


@dataclass(frozen=True)
class Listed:
    """A file's size in bytes and, on a disk, when it was changed, in nanoseconds; 0 at a URL."""

    size: int
    changed: int


def listing(folder: Path) -> dict[str, Listed]:
    """Return the files of a folder by name, without those in folders below; none if the folder does not exist."""
    if is_remote(folder):
        place = cast(Any, folder)
        try:
            rows = place.fs.ls(place.path, detail=True, refresh=True)
        except FileNotFoundError:
            return {}
        return {row["name"].rpartition("/")[2]: Listed(row["size"] or 0, 0) for row in rows if row["type"] == "file"}
    found = {}
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as rows:
        for row in rows:
            if row.is_file():
                facts = row.stat()
                found[row.name] = Listed(facts.st_size, facts.st_mtime_ns)
    return found


def read(files: Sequence[Path]) -> Iterator[str]:
    """Go over the texts of files of one place; at a URL, many are fetched at once."""
    for at in range(0, len(files), FETCHED):
        some: Sequence[Any] = files[at : at + FETCHED]
        if is_remote(some[0]):
            found = some[0].fs.cat([file.path for file in some])
            yield from (found[file.path].decode() for file in some)
        else:
            yield from (file.read_text(encoding="utf-8") for file in some)


def remove(folder: Path) -> None:
    """Remove a folder and its content, as far as possible."""
    if not is_remote(folder):
        shutil.rmtree(folder, ignore_errors=True)
    elif folder.exists():
        cast(Any, folder).fs.rm(cast(Any, folder).path, recursive=True)


def take(path: Path) -> IO[str] | Lease | None:
    """Take the lock of a place and return it, to be closed; None if another command has it."""
    if not is_remote(path):
        return lock.take(path, wait=False)
    try:
        return Lease(path)
    except BlockingIOError:
        return None


@contextmanager
def scratch() -> Iterator[Path]:
    """Make a temporary folder on this machine, and remove those that killed processes left behind."""
    root = Path(tempfile.gettempdir())
    for left in root.glob("sweepset-*.lock"):
        with suppress(OSError):
            _remove_unheld(left)
    held = root / f"sweepset-{uuid.uuid4().hex}.lock"
    with files.writing(root):
        taken = lock.take(held, wait=True)
        assert taken is not None  # it waits
        folder = held.with_suffix("")
        folder.mkdir()
    with taken:
        try:
            yield folder
        finally:
            _remove_scratch(held, taken)


def _remove_unheld(left: Path) -> None:
    taken = lock.take(left, wait=False)
    if taken is not None:
        with taken:
            _remove_scratch(left, taken)


def _remove_scratch(held: Path, taken: IO[str]) -> None:
    """Remove a folder and its lock; if an ending Blender still writes there, both stay until the next time."""
    folder = held.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)
    if os.name == "nt":  # Windows can't remove an open file
        taken.close()
    if not folder.exists():
        held.unlink(missing_ok=True)


class Lease:
    """A lock on a place at a URL: a file that one command makes and renews as long as it runs.

    A killed command leaves its lease behind. A lease of a dead process of this machine is taken over at once, another
    after some time without a renewal. Clocks of different machines are not compared.
    """

    def __init__(self, path: Any) -> None:
        """Take the lease; raise BlockingIOError if another command has it. May wait for `PATIENCE` seconds."""
        self._path = path
        self._state: dict[str, Any] = {"host": _host(), "pid": os.getpid(), "id": uuid.uuid4().hex, "beats": 0}
        self.lost = False
        try:
            path.fs.pipe_file(path.path, self._text(), mode="create")
        except FileExistsError:
            self._take_over()
        self._closing = threading.Event()
        self._renewer = threading.Thread(target=self._renew, name="lease", daemon=True)
        self._renewer.start()

    def close(self) -> None:
        """Give the lease back."""
        self._closing.set()
        self._renewer.join()
        with suppress(Exception):  # out of reach: it will be found abandoned
            if self._is_ours():
                self._path.unlink()

    def _text(self) -> bytes:
        return json.dumps(self._state).encode()

    def _read(self) -> dict[str, Any] | None:
        """Return the lease's content, None if there is no lease."""
        try:
            return _read_lease(self._path)
        except FileNotFoundError:
            return None

    def _is_ours(self) -> bool:
        held = self._read()
        return held is not None and held["id"] == self._state["id"]

    def _take_over(self) -> None:
        """Wait until nobody holds the lease for certain, and take it."""
        before = self._read()
        end = time.monotonic() + PATIENCE
        while before and not _is_dead(before) and time.monotonic() < end:
            time.sleep(BEAT / 10)
            held = self._read()
            if held and held != before:
                raise BlockingIOError(held)
            before = held
        self._path.write_bytes(self._text())
        time.sleep(BEAT / 10)  # of two that find it abandoned, the last to write has it
        if not self._is_ours():
            raise BlockingIOError

    def _renew(self) -> None:
        while not self._closing.wait(BEAT):
            try:
                if not self._is_ours():
                    self.lost = True
                    return
                self._state["beats"] += 1
                self._path.write_bytes(self._text())
            except Exception:  # out of reach for the moment; each backend has errors of its own
                continue


def is_held(path: Path) -> bool:
    """Return whether a command has the lock of a place, as far as known without waiting."""
    if not is_remote(path):
        taken = lock.take(path, wait=False)
        if taken is not None:
            taken.close()
        return taken is None
    if not path.exists():
        return False
    age = datetime.now(timezone.utc) - cast(Any, path).fs.modified(cast(Any, path).path)
    return age.total_seconds() < RECENT and not _is_dead(_read_lease(path))


def _read_lease(path: Any) -> dict[str, Any]:
    """Return a lease's content, by one request: reading it as an open file fails if it is renewed meanwhile."""
    return cast("dict[str, Any]", json.loads(path.fs.cat_file(path.path)))


def _host() -> str:
    return f"{platform.node()} {uuid.getnode():x}"


def _is_running(pid: int) -> bool:
    """Return whether a process of this number exists, as far as the system reports."""
    if os.name == "nt":  # on Windows, os.kill with 0 ends the process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _is_dead(lease: dict[str, Any]) -> bool:
    """Return whether a lease is of a process of this machine that has ended."""
    if lease["host"] != _host():
        return False
    # In a container, processes have the same numbers at each start.
    return lease["pid"] == os.getpid() or not _is_running(lease["pid"])
