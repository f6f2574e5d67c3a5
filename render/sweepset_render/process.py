"""Run the worker in a Blender and follow what it tells."""

from __future__ import annotations

import json
import subprocess
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sweepset.errors import SweepsetError
from sweepset.job import Job
from sweepset.protocol import MARK

from .blender import Blender

WORKER = Path(__file__).with_name("worker.py")
TAIL = 15
"""Lines of Blender's log that a crash report shows."""


class BlenderCrash(Exception):
    """Blender ended without having said why; the message holds the tail of its log. Exit status 1."""


def follow(
    blender: Blender, job: Job, folder: Path, log: Path, skip: set[int], look_through_cameras: bool = False
) -> Iterator[dict[str, Any]]:
    """Run the job's worker and yield what it tells, one event at a time; its other output goes to `log`.

    Raise SweepsetError where the worker refuses its input, BlenderCrash where it ends in any other way but done.
    Leaving the loop early ends the worker.
    """
    task = folder / "task.json"
    task.write_text(
        json.dumps(
            {
                "job": job.to_json(),
                "folder": str(folder.resolve()),
                "skip": sorted(skip),
                "look_through_cameras": look_through_cameras,
            }
        ),
        encoding="utf-8",
    )
    yield from events(blender.command(WORKER, str(task.resolve()), trust_scripts=job.trust_scripts), blender, log)


def events(command: list[str], blender: Blender, log: Path) -> Iterator[dict[str, Any]]:
    """Run a command in a Blender and yield what it tells, as `follow` does."""
    tail: deque[str] = deque(maxlen=TAIL)
    with log.open("a", encoding="utf-8") as written:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=blender.environment(),
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line.startswith(MARK):
                    event = json.loads(line[len(MARK) :])
                    if event["event"] == "error":
                        raise SweepsetError(event["message"])
                    yield event
                    if event["event"] == "done":
                        return
                else:
                    written.write(line)
                    if line.strip():
                        tail.append(line.rstrip())
            status = process.wait()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            process.stdout.close()
    reason = f"signal {-status}" if status < 0 else f"exit status {status}"
    raise BlenderCrash(
        f"{blender} ended before its frames were done ({reason}); its last words:\n"
        + "\n".join(f"  {line}" for line in tail)
    )
