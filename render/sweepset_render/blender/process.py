"""Run a script in a Blender and follow its events."""

from __future__ import annotations

import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from sweepset import files
from sweepset.errors import Failure, SweepsetError
from sweepset.protocol import TEMPORARY, Done, Error, Event, Gpus, parse

from .. import storage
from . import devices, tasks
from .devices import Device
from .installations import Blender
from .tasks import Task

BOOTSTRAP = Path(__file__).resolve().parents[1] / "inside_blender" / "bootstrap.py"
TAIL = 15
"""Lines of Blender's log that a crash report shows."""
POLL = 0.2
"""Seconds between two looks at whether a Blender has to be ended."""
Answer = TypeVar("Answer", bound=Event)


class BlenderCrash(Failure):
    """Blender ended without a reason, or had to be ended; the message holds the tail of its log."""


class Refusal(SweepsetError):
    """The worker refuses its scene; another try would end in the same way."""


def follow(
    blender: Blender,
    task: Task,
    folder: Path,
    *,
    log: Path | None = None,
    trust_scripts: bool = False,
    must_end: Callable[[], str | None] | None = None,
) -> Iterator[Event]:
    """Run a task's script in a Blender and yield its events but for Done, one at a time.

    The task's file is in `folder`, as are the temporary files of a killed Blender; the caller removes the folder.
    Blender's other output goes to `log`, by default to a file in `folder`.

    Raise SweepsetError if the script refuses its input. Raise BlenderCrash if it ends without Done or reports an
    invalid event, or if `must_end`, which another thread calls again and again, returns a reason. Leaving the loop
    early ends Blender.
    """
    folder = folder.resolve()
    place = folder / "task.json"
    files.write_json(place, tasks.to_json(task))
    command = blender.command(BOOTSTRAP, task.script, str(place), trust_scripts=trust_scripts)
    tail: deque[str] = deque(maxlen=TAIL)
    reasons: list[str] = []
    gone = threading.Event()
    log = log or folder / "blender.log"
    with files.writing(log):
        written = log.open("a", encoding="utf-8")
    with written:
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
                event = _parse(line, blender)
                if isinstance(event, Error):
                    raise (Refusal if event.refused else SweepsetError)(event.message)
                if isinstance(event, Done):
                    return
                if event is not None:
                    yield event
                    continue
                with files.writing(log):
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


def _parse(line: str, blender: Blender) -> Event | None:
    try:
        return parse(line)
    except ValueError as error:
        raise BlenderCrash(f"{blender} reported {error}") from None


def ask(blender: Blender, task: Task, kind: type[Answer], *, trust_scripts: bool = False) -> Answer:
    """Run a task whose script reports one event of a kind, and return it; raise as `follow` does."""
    with storage.scratch() as folder:
        events = list(follow(blender, task, folder, trust_scripts=trust_scripts))
    return next(event for event in events if isinstance(event, kind))


def find_gpus(blender: Blender) -> list[Device]:
    """Start a Blender and return the GPUs that Cycles can use, each once."""
    return devices.usable([Device(*found) for found in ask(blender, tasks.ListGpus(), Gpus).found])
