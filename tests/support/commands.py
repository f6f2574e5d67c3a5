"""The commands as processes: how they are started, waited for, and what a refusal looks like."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from sweepset import dataset

CHECKOUT = Path(__file__).resolve().parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
Train = Callable[..., tuple[int, str, str]]


def environment() -> dict[str, str]:
    """Return the environment in which this checkout's commands run."""
    folders = [str(CHECKOUT / name) for name in ("addon", "render", "train", "scenes")]
    path = os.pathsep.join([*folders, *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"}


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """Check that a command was refused in one line, and return the line."""
    assert done.returncode == 2, (done.stdout, done.stderr)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("sweepset: ")
    assert "Traceback" not in done.stdout
    return lines[0]


def assert_whole(folder: Path, frames: int) -> None:
    """Check that a dataset is complete and nothing temporary is in it."""
    data = json.loads((folder / "dataset.json").read_text())
    assert [record["frame"] for record in data["frames"]] == list(range(frames))
    for record in data["frames"]:
        for kind, name in record["files"].items():
            array = cv2.imread(str(folder / name), cv2.IMREAD_UNCHANGED)
            assert array is not None, name
            assert array.shape[:2] == (data["job"]["size"][1], data["job"]["size"][0])
            assert array.dtype == (np.uint16 if kind in ("instances", "depth") else np.uint8)
    assert len(json.loads((folder / "cameras.json").read_text())["frames"]) == frames
    assert not list(folder.rglob("*.tmp"))
    assert not (folder / dataset.STATE / "raw").exists()


def label_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "labels").iterdir())}


def start(*args: str | Path) -> subprocess.Popen[str]:
    """Start the real command in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "sweepset_render.cli", *map(str, args)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def workers(folder: Path) -> list[int]:
    """Return the processes whose task lies in a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            arguments = (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if entry.name.isdigit() and str(folder) in arguments and "bootstrap.py" in arguments:
            found.append(int(entry.name))
    return found


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Wait until something holds and return whether it does."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def wait_for(path: Path, process: subprocess.Popen[str], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, f"no {path} after {seconds} s"
        time.sleep(0.02)
