"""Run a script in a real Blender window, under Xvfb: in a test by `run_in_window`.

By hand: `python tests/support/window.py SCRIPT`.

The script runs in Blender with factory settings and simulated events only; it imports `screen` for its steps:

    import bpy
    import screen

    def steps():
        screen.enable()                      # the add-on, as Blender enables it
        yield                                # Blender handles events and draws
        with screen.context("VIEW_3D"):
            bpy.ops.sweepset.select_unlabelled()
        yield from screen.show_sidebar()
        screen.shoot("/tmp/panel.png")
        yield from screen.click(*screen.place("Cube"))
        assert bpy.context.object.name == "Cube"

    screen.run(steps())

It ends with status 0 after the last step, with 1 and the traceback where a step raises, and in any case after its time.
`run_in_window` also fails where anything was raised while Blender drew: panels and handlers print their errors only.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from sweepset_render.blender.installations import Blender, applications

ROOT = Path(__file__).resolve().parents[2]
PATH = os.pathsep.join(str(ROOT / name) for name in ("tests/support", "addon", "scenes"))
"""What a script may import from."""
SIZE = (1600, 900)
"""Of the window, in pixels."""


def missing() -> str:
    """Return what a window would need that is not here, "" where nothing."""
    if not shutil.which("xvfb-run"):
        return "no xvfb-run on PATH to open a window in (Debian: apt-get install xvfb)"
    if not applications():
        return "no Blender application on PATH; the wheels have no window (Debian: apt-get install blender)"
    return ""


def start(
    script: Path, *args: str | Path, timeout: float = 120, size: tuple[int, int] = SIZE
) -> subprocess.CompletedProcess[str]:
    """Run a script in a window and return its status and output, stderr in stdout; kill it after `timeout` seconds."""
    width, height = size
    command = [
        *("xvfb-run", "--auto-servernum", "--server-args", f"-screen 0 {width}x{height}x24"),
        *(str(applications()[0].executable), "--factory-startup", "--enable-event-simulate"),
        *("--window-geometry", "0", "0", str(width), str(height), "--no-window-focus"),
        *("--python-use-system-env", "--python-exit-code", "1"),
        *("-P", str(script), "--", *map(str, args)),
    ]
    environment = {**Blender.environment(), "SCREEN_SECONDS": str(timeout - 5), "PYTHONPATH": PATH}
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # xvfb-run, Xvfb and Blender
        output = (process.communicate()[0] or "") + f"\nkilled after {timeout:g} seconds"
    return subprocess.CompletedProcess(command, process.returncode, output)


def run_in_window(script: Path, *args: str | Path, timeout: float = 120, size: tuple[int, int] = SIZE) -> str:
    """Run a script in a window and return what it printed; AssertionError where it fails or prints a traceback."""
    done = start(script, *args, timeout=timeout, size=size)
    assert done.returncode == 0, f"{script.name} failed with status {done.returncode}:\n{done.stdout[-6000:]}"
    assert "Traceback (most recent call last)" not in done.stdout, f"{script.name} drew errors:\n{done.stdout[-6000:]}"
    return done.stdout


if __name__ == "__main__":
    if lacking := missing():
        sys.exit(lacking)
    result = start(Path(sys.argv[1]).resolve(), *sys.argv[2:], timeout=float(os.environ.get("SCREEN_SECONDS", "120")))
    print(result.stdout, end="")
    sys.exit(result.returncode)
