"""Install Blender for this project: the bpy wheel, in a virtual environment of its own.

A wheel runs under a single Python version and pins numpy; neither should bind the host.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from sweepset import files, lock
from sweepset.errors import SweepsetError

from .installations import READY, WHEELS, Blender, applications, find, home, last_line, python_in, run, wheels

Report = Callable[[str], object]

_LIBRARIES = "libxi6 libxfixes3 libxrender1 libxkbcommon0 libsm6 libgl1 libegl1 libgomp1"
"""Debian's and Ubuntu's packages of the system libraries that Blender needs."""


def set_up(version: str | None = None, report: Report = print) -> Blender:
    """Make a Blender ready and return it; with everything there already, do nothing.

    Without a version: the Blender that BLENDER names; else a wheel installed before; else a new wheel, for the running
    Python if possible; else `blender` on PATH. Raise SweepsetError, with the alternatives, if all fail.
    """
    if version is None:
        return _default(report)
    if version not in WHEELS:
        raise SweepsetError(f"no Blender {version!r} to install: name one of {', '.join(sorted(WHEELS))}")
    for blender in wheels():
        if f"{blender.version[0]}.{blender.version[1]}" == version:
            return blender
    python = interpreter(WHEELS[version]) or _fetch_python(WHEELS[version], report)
    if not python:
        raise SweepsetError(f"Blender {version} {_needs(WHEELS[version])}")
    return _install(version, python, report)


def set_up_all(report: Report = print) -> list[Blender]:
    """Make every wheel ready that this machine has a Python for, and return them, oldest first."""
    ready = []
    for version, needed in sorted(WHEELS.items()):
        if interpreter(needed):
            ready.append(set_up(version, report))
        else:
            report(f"Left out Blender {version}: it needs a Python {needed[0]}.{needed[1]} with venv")
    return ready


def _default(report: Report) -> Blender:
    if os.environ.get("BLENDER"):
        return find()
    if ready := wheels():
        return ready[0]
    versions = sorted(("4.5", "5.2"), key=lambda version: WHEELS[version] != sys.version_info[:2])
    for version in versions:
        if interpreter(WHEELS[version]):
            return set_up(version, report)
    for blender in applications():
        report(f"Using {blender}")
        return blender
    return set_up(versions[0], report)


def interpreter(needed: tuple[int, int]) -> Path | None:
    """Find a Python of this major and minor version that can make virtual environments; None if there is none."""
    check = f"import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != {needed})"
    for candidate in dict.fromkeys(_candidates(f"{needed[0]}.{needed[1]}")):
        if candidate.is_file() and run([candidate, "-c", check]).returncode == 0:
            return candidate
    return None


def _candidates(version: str) -> Iterator[Path]:
    """Go over the paths that a Python of a version may have; most do not exist, and some are of another version."""
    yield Path(sys.executable)
    for on_path in os.get_exec_path():  # one by one: the first may be a shim that does not run
        for name in (f"python{version}", "python3", "python"):
            if found := shutil.which(name, path=on_path):
                yield Path(found)
    if os.name == "nt":
        yield Path(run(["py", f"-{version}", "-c", "import sys; print(sys.executable)"]).stdout.strip() or "py")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or Path.home() / ".local" / "share" / "uv" / "python")
    for folder in (pyenv / "versions", pyenv / "pyenv-win" / "versions", uv, _fetched()):
        for pattern in (f"{version}*", f"cpython-{version}*"):
            for installation in sorted(folder.glob(pattern), reverse=True):
                yield installation / "python.exe" if os.name == "nt" else installation / "bin" / f"python{version}"


def _fetched() -> Path:
    return home() / "python"


def _fetch_python(needed: tuple[int, int], report: Report) -> Path | None:
    """Let uv, if installed, download a Python into this project's folder."""
    command = [sys.executable, "-m", "uv"] if find_spec("uv") else [shutil.which("uv") or ""]
    if command == [""]:
        return None
    version = f"{needed[0]}.{needed[1]}"
    report(f"Fetching a Python {version} for Blender with uv")
    fetched = run([*command, "python", "install", "--install-dir", _fetched(), "--no-bin", version], timeout=1800)
    if fetched.returncode:
        report(f"uv could not: {last_line(fetched.stdout)}")
    return interpreter(needed)


def _needs(needed: tuple[int, int]) -> str:
    version = f"{needed[0]}.{needed[1]}"
    return (
        f"needs a Python {version} with venv, and none was found: install one (from the distribution, python.org, "
        f"or `uv python install {version}`), or install Blender from blender.org and pass --blender PATH or set BLENDER"
    )


def _install(version: str, python: Path, report: Report) -> Blender:
    """Install a wheel; a folder under its final name is complete, and with `READY` in it, it is known to start."""
    folder = home() / f"bpy-{version}"
    with _alone():
        if not python_in(folder).is_file():
            report(f"Installing Blender {version} into {folder} (about 400 MB to download, once)")
            part = folder.with_name(f"{folder.name}.part")
            made = run([python, "-m", "venv", "--clear", part])
            if made.returncode:
                raise SweepsetError(f"{python} cannot make a virtual environment in {part}: {last_line(made.stdout)}")
            _pip_install(python_in(part), f"bpy=={version}.*")
            shutil.rmtree(folder, ignore_errors=True)  # an environment whose Python is gone
            part.rename(folder)
        files.write(folder / READY, _first_start(version, folder, report).encode())
    return next(blender for blender in wheels() if blender.executable == python_in(folder))


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other process installs here; the lock ends with the process that holds it, and its children."""
    path = home() / "lock"
    files.make_folder(path.parent)
    with files.writing(path.parent):
        file = lock.take(path, wait=True)
    assert file is not None
    with file:
        os.set_inheritable(file.fileno(), True)
        yield


def _pip_install(python: Path, requirement: str) -> None:
    """Install a wheel with an environment's pip, and show its progress on a terminal."""
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--only-binary", ":all:", *quiet]
    done = subprocess.run(
        [*command, requirement],
        env=Blender.environment(),
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        close_fds=False,  # pip keeps the lock, should it outlive this process
    )
    if done.returncode:
        reason = next((line for line in done.stderr.splitlines() if line.startswith("ERROR:")), last_line(done.stderr))
        raise SweepsetError(
            f"pip could not install {requirement} ({reason.removeprefix('ERROR: ')}): check the network and the disk, "
            "or install Blender from blender.org and pass --blender PATH or set BLENDER"
        )


def _first_start(version: str, folder: Path, report: Report) -> str:
    """Start a wheel and return its version; install the system libraries that it lacks, if allowed."""
    start: list[str | Path] = [python_in(folder), "-c", "import bpy; print(*bpy.app.version, sep='.')"]
    started = run(start)
    if started.returncode and "cannot open shared object file" in started.stdout:
        _install_libraries(last_line(started.stdout), report)
        started = run(start)
    if started.returncode:
        raise SweepsetError(
            f"Blender {version} was installed but does not start: {last_line(started.stdout)}; "
            f"delete {folder} and set up again, or install Blender from blender.org and pass --blender PATH"
        )
    return last_line(started.stdout)


def _install_libraries(reason: str, report: Report) -> None:
    """Install Blender's system libraries with apt as root; otherwise raise SweepsetError with the command to run."""
    if not shutil.which("apt-get"):
        names = "libXi, libXfixes, libXrender, libxkbcommon, libSM, libGL, libEGL, libgomp"
        raise SweepsetError(f"Blender lacks system libraries ({reason}): install {names}, then run this again")
    if os.geteuid() != 0:
        raise SweepsetError(
            f"Blender lacks system libraries ({reason}): run `sudo apt-get install -y {_LIBRARIES}`, then this again"
        )
    report(f"Installing the system libraries that Blender needs: {_LIBRARIES}")
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *_LIBRARIES.split()]):
        command = ["apt-get", "-qq", *arguments]
        done = subprocess.run(
            command,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            raise SweepsetError(f"`{' '.join(command)}` failed: {last_line(done.stdout)}; then run this again")
