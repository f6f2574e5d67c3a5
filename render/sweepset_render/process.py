"""Run the worker in a Blender and follow what it tells."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sweepset.errors import SweepsetError
from sweepset.protocol import MARK

from . import devices
from .blender import Blender
from .devices import Device

WORKER = Path(__file__).with_name("worker.py")
GPUS = Path(__file__).with_name("gpus.py")
TAIL = 15
"""Lines of Blender's log that a crash report shows."""
POLL = 0.2
"""Seconds between two looks at whether a Blender has to be ended."""


class BlenderCrash(Exception):
    """Blender ended without having said why, or had to be; the message holds the tail of its log. Exit status 1."""


class Refusal(SweepsetError):
    """The worker refuses its scene, which another try would not change."""


def follow(
    blender: Blender,
    task: Mapping[str, Any],
    folder: Path,
    log: Path,
    trust_scripts: bool = False,
    must_end: Callable[[], str | None] | None = None,
) -> Iterator[dict[str, Any]]:
    """Run the worker on a task in `folder`, all of its files there, and yield what it tells, as `events` does."""
    place = folder / "task.json"
    place.write_text(json.dumps({**task, "folder": str(folder.resolve())}), encoding="utf-8")
    command = blender.command(WORKER, str(place.resolve()), trust_scripts=trust_scripts)
    yield from events(command, blender, log, must_end, folder)


def events(
    command: list[str],
    blender: Blender,
    log: Path,
    must_end: Callable[[], str | None] | None = None,
    temporary: Path | None = None,
) -> Iterator[dict[str, Any]]:
    """Run a command in a Blender and yield what it tells, one event at a time; its other output goes to `log`.

    Blender leaves a folder behind where it is killed, in `temporary` or else where the system has such.
    Raise SweepsetError where the worker refuses its input, BlenderCrash where it ends in any other way but done, or
    where `must_end`, asked again and again from another thread, gives a reason. Leaving the loop early ends the worker.
    """
    tail: deque[str] = deque(maxlen=TAIL)
    reasons: list[str] = []
    gone = threading.Event()
    with log.open("a", encoding="utf-8") as written:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=blender.environment() | ({"TMPDIR": str(temporary.resolve())} if temporary else {}),
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        assert process.stdout is not None

        def watch(why: Callable[[], str | None]) -> None:
            while not gone.wait(POLL):
                if reason := why():
                    reasons.append(reason)
                    process.kill()
                    return

        if must_end is not None:
            threading.Thread(target=watch, args=(must_end,), daemon=True).start()
        try:
            for line in process.stdout:
                if line.startswith(MARK):
                    event = json.loads(line[len(MARK) :])
                    if event["event"] == "error":
                        raise (Refusal if event.get("refused") else SweepsetError)(event["message"])
                    yield event
                    if event["event"] == "done":
                        return
                else:
                    written.write(line)
                    if line.strip():
                        tail.append(line.rstrip())
            status = process.wait()
        finally:
            gone.set()
            if process.poll() is None:
                process.kill()
                process.wait()
            process.stdout.close()
    reason = reasons[0] if reasons else f"signal {-status}" if status < 0 else f"exit status {status}"
    raise BlenderCrash(
        f"{blender} ended before its frames were done ({reason}); its last words:\n"
        + "\n".join(f"  {line}" for line in tail)
    )


def find_gpus(blender: Blender, folder: Path) -> list[Device]:
    """Start a Blender and return the GPUs that Cycles can use, each once; `folder` is for its files and goes."""
    folder.mkdir()
    told = list(events(blender.command(GPUS), blender, folder / "log", temporary=folder))
    shutil.rmtree(folder)
    return devices.usable([Device(*one) for one in told[0]["found"]])


def is_running(pid: int) -> bool:
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
