"""The Blenders on this machine: find one, describe it, run a script in it; and read a .blend's header.

A Blender is either an application (`blender`) or the bpy wheel, that is, a Python that can `import bpy`.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO, Literal

from zstandard import ZstdDecompressionReader, ZstdDecompressor, ZstdError

from sweepset.errors import SweepsetError

OLDEST = (3, 4)
"""The oldest Blender that Sweepset runs in."""
WHEELS = {"4.5": (3, 11), "5.2": (3, 13), "5.0": (3, 11), "4.2": (3, 11)}
"""The Blender versions that come as a wheel, and the Python that each needs; preferred ones first."""
READY = "blender-version"
"""The file that marks a wheel's environment as whole; it holds the full version."""

_IN_FOLDER = (
    "blender",
    "blender.exe",
    "Contents/MacOS/Blender",
    "Blender.app/Contents/MacOS/Blender",
    "bin/python",
    "Scripts/python.exe",
)
_HEADER = re.compile(rb"BLENDER(?:[-_][vV](\d{3})|\d\d-\d\dv(\d{4}))")


@dataclass(frozen=True)
class Blender:
    """A Blender that runs on this machine; `executable` is `blender` itself or, for the wheel, its Python."""

    kind: Literal["wheel", "application"]
    executable: Path
    version: tuple[int, int, int]

    def __str__(self) -> str:
        return f"Blender {'.'.join(map(str, self.version))} ({self.kind}, {self.executable})"

    def command(self, script: Path, *args: str, trust_scripts: bool = False) -> list[str]:
        """Return the command that runs a Python script in this Blender, the arguments after `--`.

        It exits with status 1 when the script raises. `trust_scripts` lets a .blend's own scripts run in an
        application; in the wheel it is `use_scripts` of `bpy.ops.wm.open_mainfile` that decides.
        """
        if self.kind == "wheel":
            return [str(self.executable), str(script), "--", *args]
        trust = "--enable-autoexec" if trust_scripts else "--disable-autoexec"
        options = ["-b", "--factory-startup", trust, "--python-exit-code", "1", "-P", str(script)]
        return [str(self.executable), *options, "--", *args]

    @staticmethod
    def environment() -> dict[str, str]:
        """Return the environment variables to run it with: the user's, less what redirects Python's imports."""
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
        # A script's own folder is no import path in the application, so it is none in the wheel either.
        return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONSAFEPATH": "1"}


def find(path: str | os.PathLike[str] | None = None) -> Blender:
    """Return the Blender to use: `path`, else that of BLENDER, else the project's own wheel, else `blender` on PATH.

    A path names a Blender, a Python with bpy, or a folder with either. Raise SweepsetError if there is none.
    """
    if path:
        return _describe(_locate(str(path), "--blender"))
    if given := os.environ.get("BLENDER"):
        return _describe(_locate(given, "BLENDER"))
    for blender in (*wheels(), *applications()):
        return blender
    raise SweepsetError(
        "no Blender found: run `sweepset setup` to install one for this project, "
        "or name one of version 3.4 or later with --blender PATH or BLENDER=PATH"
    )


def installed() -> list[Blender]:
    """Return every Blender found, oldest first: that of BLENDER, the project's wheels, `blender` on PATH."""
    given = [find()] if os.environ.get("BLENDER") else []
    found = {blender.executable: blender for blender in (*given, *wheels(), *applications())}
    return sorted(found.values(), key=lambda blender: blender.version)


def wheels() -> list[Blender]:
    """Return the wheels that `install.set_up` installed for this project, preferred ones first."""
    found = []
    for version in WHEELS:
        folder = home() / f"bpy-{version}"
        executable = python_in(folder)
        if executable.is_file() and (folder / READY).is_file():
            found.append(Blender("wheel", executable, parse_version((folder / READY).read_text())))
    return found


def applications() -> list[Blender]:
    """Return the `blender` on PATH, if Sweepset runs in it."""
    executable = shutil.which("blender")
    try:
        return [_describe(Path(executable))] if executable else []
    except SweepsetError:
        return []


def home() -> Path:
    """Return the folder for this project's wheels: `.blender` in a checkout, else one among the user's data."""
    checkout = Path(__file__).resolve().parents[3]
    if (checkout / "setup.cfg").is_file() and (checkout / "addon" / "sweepset").is_dir():
        return checkout / ".blender"
    if os.name == "nt":
        data = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        data = Path.home() / "Library" / "Application Support"
    else:
        data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "sweepset"


def python_in(environment: Path) -> Path:
    """Return the Python of a virtual environment."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(command: Sequence[str | Path], timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run a short command and return it with its output, stderr in stdout; status 127 if it does not start."""
    try:
        return subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=Blender.environment(),
            text=True,
            errors="replace",
            timeout=timeout,  # seconds; the first start of a new program can be slow
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 127, str(error))


def last_line(output: str) -> str:
    """Return the last line of an output with any text, in which Python names an error."""
    return next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "it printed nothing")


def _locate(given: str, source: str) -> Path:
    """Return the executable that a path names, by itself, as a folder, or as a command on PATH."""
    path = Path(given).expanduser()
    if path.is_dir():
        for name in _IN_FOLDER:
            if (path / name).is_file():
                return (path / name).absolute()
        raise SweepsetError(f"{source}: the folder {given!r} holds no Blender and no Python environment with bpy")
    if path.is_file():
        return path.absolute()  # not resolved: a virtual environment's Python is a link
    if command := shutil.which(given):
        return Path(command).absolute()
    raise SweepsetError(
        f"{source}: there is no {given!r}; name a Blender of version 3.4 or later or a Python with bpy, or leave it out"
    )


def _describe(executable: Path) -> Blender:
    """Run an executable to learn its Blender's version; raise SweepsetError if it is no Blender or too old."""
    kind: Literal["wheel", "application"] = "application"
    printed = run([executable, "--version"])
    version = re.search(r"^Blender (\d+\.\d+(?:\.\d+)?)", printed.stdout, re.MULTILINE)
    if printed.stdout.startswith("Python "):
        kind = "wheel"
        printed = run([executable, "-c", "import bpy; print('Blender', '.'.join(map(str, bpy.app.version)))"])
        version = re.search(r"^Blender (\d+\.\d+\.\d+)$", printed.stdout, re.MULTILINE)
    if printed.returncode or not version:
        raise SweepsetError(f"{executable} is neither a Blender nor a Python with bpy: {last_line(printed.stdout)}")
    blender = Blender(kind, executable, parse_version(version[1]))
    if blender.version < OLDEST:
        raise SweepsetError(f"{blender} is too old: Sweepset needs 3.4 or later")
    return blender


def parse_version(version: str) -> tuple[int, int, int]:
    """Return the numbers of a version such as 4.5.3."""
    major, minor, patch = ([int(number) for number in version.split(".")] + [0])[:3]
    return major, minor, patch


def blend_version(path: str | os.PathLike[str]) -> tuple[int, int]:
    """Return the version of Blender that saved a .blend, read from the file and without Blender.

    Raise SweepsetError if it is missing, no file, not readable, no .blend, or cut short.
    """
    path = Path(path)
    if not path.exists():
        raise SweepsetError(f"there is no file {str(path)!r}; name a .blend file")
    if not path.is_file():
        raise SweepsetError(f"{str(path)!r} is {'a folder' if path.is_dir() else 'no file'}; name a .blend file")
    tail = b""
    try:
        with path.open("rb") as file, _unpacked(file) as data:
            header = _HEADER.match(data.read(17))
            while header and (chunk := data.read(1 << 20)):
                tail = tail[-64:] + chunk
    except OSError as error:
        raise SweepsetError(f"cannot read {str(path)!r}: {error.strerror or error}") from None
    except (EOFError, zlib.error, ZstdError) as error:
        raise SweepsetError(f"{str(path)!r} is damaged: {error}; save or copy it again") from None
    if not header:
        raise SweepsetError(f"{str(path)!r} is not a .blend: it does not begin as Blender's files do")
    if b"ENDB" not in tail[-4096:]:
        raise SweepsetError(f"{str(path)!r} is cut short: the end of a .blend is missing; save or copy it again")
    return divmod(int(header[1] or header[2]), 100)


def digest(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a scene's file in hexadecimal, read again if the file has changed; raise OSError."""
    about = os.stat(path)
    return _digest(os.fspath(path), about.st_size, about.st_mtime_ns)


@cache
def _digest(path: str, size: int, changed: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpacked(file: BinaryIO) -> BinaryIO | gzip.GzipFile | ZstdDecompressionReader:
    """Return the content of a .blend, which may be plain, gzip (Blender before 3.0) or zstandard (since)."""
    magic = file.read(4)
    file.seek(0)
    if magic == b"\x28\xb5\x2f\xfd":
        return ZstdDecompressor().stream_reader(file, read_across_frames=True)
    if magic[:2] == b"\x1f\x8b":
        return gzip.open(file)
    return file
