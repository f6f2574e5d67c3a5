"""Run a script in a Blender and follow what it tells."""

from __future__ import annotations

import json
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sweepset.errors import Failure, SweepsetError
from sweepset.protocol import MARK, TEMPORARY

from .. import storage
from . import devices
from .devices import Device
from .installations import Blender

BOOTSTRAP = Path(__file__).resolve().parents[1] / "inside_blender" / "bootstrap.py"
TAIL = 15
"""Lines of Blender's log that a crash report shows."""
POLL = 0.2
"""Seconds between two looks at whether a Blender has to be ended."""


class BlenderCrash(Failure):
    """Blender ended without a reason, or had to be ended; the message holds the tail of its log."""


class Refusal(SweepsetError):
    """The worker refuses its scene, which another try would not change."""


def follow(
    blender: Blender,
    script: str,
    task: Mapping[str, Any],
    folder: Path,
    *,
    log: Path | None = None,
    trust_scripts: bool = False,
    must_end: Callable[[], str | None] | None = None,
) -> Iterator[dict[str, Any]]:
    """Run a script of `inside_blender`, such as "worker", in a Blender and yield its events, one at a time.

    The task's file lies in `folder`, and so does what Blender leaves behind where it is killed; the caller removes it.
    Blender's other output goes to `log`, else to a file there.
    Raise SweepsetError where the script refuses its input, BlenderCrash where it ends in any other way but done, or
    where `must_end`, asked again and again from another thread, gives a reason. Leaving the loop early ends Blender.
    """
    folder = folder.resolve()
    place = folder / "task.json"
    place.write_text(json.dumps(task), encoding="utf-8")
    command = blender.command(BOOTSTRAP, script, str(place), trust_scripts=trust_scripts)
    tail: deque[str] = deque(maxlen=TAIL)
    reasons: list[str] = []
    gone = threading.Event()
    with (log or folder / "blender.log").open("a", encoding="utf-8") as written:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=blender.environment() | dict.fromkeys(TEMPORARY, str(folder)),
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


def find_gpus(blender: Blender) -> list[Device]:
    """Start a Blender and return the GPUs that Cycles can use, each once."""
    with storage.scratch() as folder:
        told = list(follow(blender, "list_gpus", {}, folder))
    return devices.usable([Device(*one) for one in told[0]["found"]])
