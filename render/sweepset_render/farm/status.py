"""The log of a dataset's runs, as lines of JSON, and the status of a dataset, read from its log."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sweepset import dataset, files
from sweepset.errors import SweepsetError

from .. import storage
from .events import Began, Failed, Report, Retried, Started, Written

NAMES = {Started: "start", Began: "ready", Written: "frame", Retried: "retry", Failed: "failed"}
"""The events that are logged, by their names in the log."""
KEPT = ("worker", "unit", "frame", "frames", "seconds", "memory", "reason")
"""The fields of a report and its event that are logged, in this order."""
KEEP = 30.0
"""Seconds for which lines are collected in an object store, where each write makes a file."""
RECENT = 200
"""Frames that the pace is taken from."""


def log_file(folder: Path) -> Path:
    """Return the log file of a dataset's runs."""
    return folder / dataset.STATE / "log.jsonl"


class Log:
    """Writes the events of a run as lines of JSON, "begin" first; each command appends to the log.

    Object stores cannot append to a file: there, a new file is written every `KEEP` seconds.
    """

    def __init__(self, folder: Path, frames: int | None, there: int, workers: int) -> None:
        self._path = log_file(folder)
        self._lines = ["\n"] if _is_torn(self._path) else []
        self._saved = 0.0
        self._write("begin", frames=frames, there=there, workers=workers, pid=os.getpid(), host=platform.node())

    def tell(self, report: Report) -> None:
        """Write a report, if its event is logged."""
        if type(report.event) in NAMES:
            told = {**vars(report), **vars(report.event)}
            self._write(NAMES[type(report.event)], **{key: told[key] for key in KEPT if key in told})

    def close(self) -> None:
        """Write the lines that are left."""
        if self._lines:
            self._save()

    def _write(self, event: str, **what: Any) -> None:
        self._lines.append(json.dumps({"time": round(time.time(), 3), "event": event, **what}) + "\n")
        if not storage.is_remote(self._path) or time.monotonic() > self._saved + KEEP:
            self._save()

    def _save(self) -> None:
        with files.writing(self._path):
            if storage.is_remote(self._path):
                files.write(self._path.with_name(f"log-{time.time_ns()}.jsonl"), "".join(self._lines).encode())
            else:
                with self._path.open("a", encoding="utf-8") as file:
                    file.writelines(self._lines)
        self._lines, self._saved = [], time.monotonic()


@dataclass(frozen=True)
class Worker:
    """The last report of a worker: its frame, the seconds for it, and resident memory in bytes."""

    frame: int | None
    seconds: float | None
    memory: int | None


@dataclass(frozen=True)
class Status:
    """The status of a dataset.

    `state` is running, stopped, complete, incomplete, which is done with failed frames, or early, which was finished
    with fewer frames.

    `frames` is None while the number is unknown; `pace` is in frames per second, `left` in seconds.
    """

    state: str
    done: int
    frames: int | None
    failed: int
    retries: int
    pace: float | None
    left: float | None
    host: str
    pid: int
    workers: dict[int, Worker] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the status in JSON's types."""
        return asdict(self)


def _is_torn(path: Path) -> bool:
    """Return whether a log ends in half a line, as a killed command may leave it."""
    if storage.is_remote(path) or not path.exists() or not path.stat().st_size:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() != b"\n"


def read(folder: Path) -> Status:
    """Return the status of a dataset; raise SweepsetError if `render` or `farm` began none in the folder."""
    logs = sorted(path for path in storage.entries(folder / dataset.STATE) if path.suffix == ".jsonl")
    if not logs:
        raise SweepsetError(f"no run in {str(folder)!r}: give the folder that `sweepset render` or `farm` writes to")
    began: dict[str, Any] = {}
    times: list[float] = []
    workers: dict[int, Worker] = {}
    failed = retries = 0
    for entry in _entries(logs):
        if entry["event"] == "begin":
            began, times, workers, failed, retries = entry, [], {}, 0, 0
        elif entry["event"] == "ready":
            began = {**began, "frames": began["frames"] or entry["frames"]}
        elif entry["event"] == "frame":
            times = [*times[-RECENT:], entry["time"]]
            workers[entry["worker"]] = Worker(entry["frame"], entry.get("seconds"), entry.get("memory"))
        elif entry["event"] == "failed":
            failed += len(entry["frames"])
        retries += entry["event"] == "retry"
    done = sum(1 for path in storage.entries(folder / dataset.STATE / "frames") if path.suffix == ".json")
    frames = began["frames"]
    pace = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else None
    running = storage.is_held(folder / dataset.STATE / "lock")
    finished = (folder / "dataset.json").exists() and done + failed == frames
    if running:
        state = "running"
    elif finished:
        state = "incomplete" if failed else "complete"
    else:
        state = "early" if _is_finished_early(folder, done) else "stopped"
    left = (frames - done - failed) / pace if running and pace and frames else None
    return Status(state, done, frames, failed, retries, pace, left, began["host"], began["pid"], workers)


def _is_finished_early(folder: Path, done: int) -> bool:
    """Return whether the frames that are done are a dataset, as `sweepset finish` makes it."""
    try:
        return 0 < done == len(dataset.read_finished(folder)["frames"])
    except SweepsetError:
        return False


def lines(status: Status) -> Iterator[str]:
    """Yield a status as lines for people."""
    said = {
        "running": f"running: process {status.pid} on {status.host}",
        "stopped": "stopped; run the same command again to go on",
        "complete": "complete",
        "early": "finished early; run the same command again to render the other frames",
        "incomplete": "done, but frames failed; run the same command again to retry them",
    }
    yield said[status.state]
    frames = "?" if status.frames is None else status.frames
    yield f"{status.done} of {frames} frames, {status.failed} failed, {status.retries} tried again"
    if status.state == "running":
        pace = f"{status.pace:.2f} frames/s" if status.pace else "starting"
        yield pace + (f", {timedelta(seconds=round(status.left))} left" if status.left is not None else "")
        for number, worker in sorted(status.workers.items()):
            memory = f", {worker.memory >> 20} MiB" if worker.memory else ""
            yield f"worker {number}: frame {worker.frame}, {worker.seconds} s{memory}"


def _entries(files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """Yield the entries of logs, without lines that a killed command left unfinished."""
    for line in _lines(files):
        with suppress(ValueError):
            yield json.loads(line)


def _lines(files: Sequence[Path]) -> Iterator[str]:
    for path in files:
        if storage.is_remote(path):
            yield from next(storage.read([path])).splitlines()
        else:
            with path.open(encoding="utf-8") as file:
                yield from file
