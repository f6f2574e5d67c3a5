"""Where datasets go: folders, and places behind a URL such as s3://bucket/folder, which fsspec reaches."""

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
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, Any, cast

from sweepset import lock
from sweepset.errors import SweepsetError

BEAT = 10.0
"""Seconds after which a lease is renewed."""
PATIENCE = 3 * BEAT
"""Seconds without a renewal after which a lease counts as left by a command that was killed."""
RECENT = 2 * PATIENCE
"""Age in seconds up to which a lease is taken for held where there is no time to wait; clocks may differ a little."""
FETCHED = 256
"""Files that are fetched at once."""


def find(given: str) -> Path:
    """Return the path of a folder, or of a URL as if it were one; raise SweepsetError where nothing here can reach it.

    A URL's path writes a file whole or not at all, knows no empty folders, and is no `pathlib.Path`.
    """
    protocol, mark, rest = given.partition("://")
    if not mark:
        return Path(given).expanduser()
    if protocol in ("file", "local"):
        return Path(rest)
    try:
        from upath import UPath
    except ModuleNotFoundError:
        raise SweepsetError(f"{given!r}: a URL needs Sweepset's farm; pip install 'sweepset[farm]'") from None
    try:
        place = UPath(given, use_listings_cache=False)  # others may be writing there
        place.fs.root_marker  # noqa: B018 — opens the file system
    except ImportError as error:
        raise SweepsetError(f"{given!r}: {error}: pip install it beside Sweepset") from None
    except ValueError as error:
        raise SweepsetError(
            f"{given!r}: {error}; name a folder, or a URL that fsspec knows, as s3://bucket/folder"
        ) from None
    return cast(Path, place)


def is_remote(place: Path) -> bool:
    """Return whether a place is behind a URL."""
    return not isinstance(place, Path)


@contextmanager
def reached(place: Path) -> Iterator[None]:
    """Tell in one line what keeps a place behind a URL from being reached; each kind of store has errors of its own."""
    try:
        yield
    except (OSError, SweepsetError):
        raise
    except Exception as error:
        if not is_remote(place):
            raise
        raise SweepsetError(f"cannot reach {str(place)!r}: {error}") from None


def make(folder: Path) -> None:
    """Make a folder; behind a URL there is nothing to make, and its bucket is its owner's to make."""
    if not is_remote(folder):
        folder.mkdir(parents=True, exist_ok=True)


def entries(folder: Path) -> Iterator[Path]:
    """Yield what is in a folder, nothing where there is none."""
    try:
        yield from folder.iterdir()
    except (FileNotFoundError, NotADirectoryError):
        return


def read(files: Sequence[Path]) -> Iterator[str]:
    """Yield the texts in files of one place; behind a URL, many are fetched at once."""
    for at in range(0, len(files), FETCHED):
        some: Sequence[Any] = files[at : at + FETCHED]
        if is_remote(some[0]):
            found = some[0].fs.cat([file.path for file in some])
            yield from (found[file.path].decode() for file in some)
        else:
            yield from (file.read_text(encoding="utf-8") for file in some)


def remove(folder: Path) -> None:
    """Remove a folder and all in it, so far as it is there and can be removed."""
    if not is_remote(folder):
        shutil.rmtree(folder, ignore_errors=True)
    elif folder.exists():
        cast(Any, folder).fs.rm(cast(Any, folder).path, recursive=True)


def take(path: Path) -> IO[str] | Lease | None:
    """Take the lock of a place and return it, to be closed; None where another command has it."""
    if not is_remote(path):
        return lock.take(path, wait=False)
    try:
        return Lease(path)
    except BlockingIOError:
        return None


@contextmanager
def scratch() -> Iterator[Path]:
    """Make a folder on this machine for what is under way; those that killed processes left go."""
    root = Path(tempfile.gettempdir())
    for left in root.glob("sweepset-*.lock"):
        with suppress(OSError):
            _remove_unheld(left)
    held = root / f"sweepset-{uuid.uuid4().hex}.lock"
    taken = lock.take(held, wait=True)
    assert taken is not None  # it waits
    with taken:
        folder = held.with_suffix("")
        folder.mkdir()
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
    """Remove a folder and its lock, which stays where a Blender that is ending still writes: the next time, both go."""
    folder = held.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)
    if os.name == "nt":  # where an open file cannot be removed
        taken.close()
    if not folder.exists():
        held.unlink(missing_ok=True)


class Lease:
    """A lock on a place behind a URL: a file that one command made and renews, and that others therefore respect.

    A command that was killed leaves one behind. It is taken over at once where that command ran on this machine, else
    when nobody has renewed it for some time. Clocks of different machines are not compared.
    """

    def __init__(self, path: Any) -> None:
        """Take the lease; raise BlockingIOError where another command has it. May wait for `PATIENCE` seconds."""
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
        """Return what the lease says, None where there is none."""
        try:
            return _read_lease(self._path)
        except FileNotFoundError:
            return None

    def _is_ours(self) -> bool:
        held = self._read()
        return held is not None and held["id"] == self._state["id"]

    def _take_over(self) -> None:
        """Wait until it is sure that nobody holds the lease, and take it."""
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
    """Return whether a command has the lock of a place, so far as can be told without waiting."""
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
    """Return what a lease says, by one request: opened as a file, it fails where it is renewed meanwhile."""
    return cast("dict[str, Any]", json.loads(path.fs.cat_file(path.path)))


def _host() -> str:
    return f"{platform.node()} {uuid.getnode():x}"


def _is_running(pid: int) -> bool:
    """Return whether there is a process of this number, as far as the system tells."""
    if os.name == "nt":  # where asking for a process would end it
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _is_dead(lease: dict[str, Any]) -> bool:
    """Return whether a lease is of a process of this machine that is no more."""
    if lease["host"] != _host():
        return False
    # A container's processes have the same numbers each time.
    return lease["pid"] == os.getpid() or not _is_running(lease["pid"])
