"""Show the progress of a run: bars on a terminal, one for each worker, otherwise lines."""

from __future__ import annotations

import time
from collections import deque
from datetime import timedelta
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bars

from sweepset.protocol import Step

from .events import Began, Failed, Report, Retried, Started, Written

RECENT = 50
"""Frames that the pace is taken from."""
SHOWN = 16
"""The most workers that have their own bar."""


class Progress:
    """Frame k of n, the pace, the time left and failures: a context manager that is told the reports of a run."""

    def __init__(self, console: Console, workers: int, there: int, frames: int | None) -> None:
        self._console, self.done, self.frames, self._there = console, there, frames, there
        self._failed = self._retries = 0
        self._times: deque[float] = deque(maxlen=RECENT)
        text = TextColumn("{task.description}")
        self._bars = Bars(text, BarColumn(), TextColumn("{task.fields[pace]}"), console=console, transient=True,
                          disable=console.quiet or not console.is_terminal)  # fmt: skip
        self._all = self._bars.add_task("", total=frames, visible=False, pace="")
        shown = range(1, min(workers, SHOWN) + 1) if workers > 1 else ()
        self._workers = {k: self._bars.add_task(f"worker {k}", total=None, pace="") for k in shown}
        self._shards: dict[int, int] = {}

    def __enter__(self) -> Progress:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bars.stop()

    def tell(self, report: Report) -> None:
        """Show a report."""
        event = report.event
        if isinstance(event, Step):
            self._say(event.what, report.worker)
            return
        if isinstance(event, Began):
            self.frames = self.frames or event.frames
            if not self._times:
                self._times.append(time.monotonic())
            self._shards[report.worker] = report.left
        elif isinstance(event, Written):
            self.done += 1
            self._times.append(time.monotonic())
        elif isinstance(event, Retried):
            self._retries += 1
            self._console.print(f"tried again: {escape(_first(event.reason))}", style="yellow")
        elif isinstance(event, Failed):
            self._failed += len(event.frames)
            self._console.print(escape(f"frames {event.frames[:5]} failed: {event.reason}"), style="bold red")
        self._draw(report)

    def _say(self, what: str, worker: int) -> None:
        """Show what happens before the first frame of this run; later, the pace says more."""
        if worker in self._workers:
            self._bars.update(self._workers[worker], pace=what)
        if self.done > self._there:
            return
        if self._console.is_terminal:
            self._bars.update(self._all, description=what, visible=True)
        elif worker == 1:
            self._console.print(escape(what))

    def _draw(self, report: Report) -> None:
        event = report.event
        line = f"frame {self.done} of {self.frames}"
        pace = self._pace() + (f", {self._failed} failed" if self._failed else "")
        visible = self.frames is not None
        self._bars.update(
            self._all, description=line, completed=self.done, total=self.frames, visible=visible, pace=pace
        )
        if report.worker in self._workers and isinstance(event, (Started, Began, Written)):
            total = self._shards.get(report.worker)
            last = "starting"
            if isinstance(event, Written):
                last = f"frame {event.frame}, {event.seconds:.1f} s, {event.memory >> 20} MiB"
            self._bars.update(
                self._workers[report.worker],
                total=total,
                completed=(total or 0) - report.left,
                pace=last,
            )
        if isinstance(event, Written) and not self._console.is_terminal:
            self._console.print(f"{line}, {pace}")

    def _pace(self) -> str:
        if len(self._times) < 2 or self.frames is None:
            return "starting"
        each = (self._times[-1] - self._times[0]) / (len(self._times) - 1)
        left = timedelta(seconds=round(each * (self.frames - self.done - self._failed)))
        rate = f"{each:.1f} s/frame" if each >= 1 else f"{1 / max(each, 1e-6):.1f} frames/s"
        return f"{rate}, {left} left"


def _first(reason: str) -> str:
    return reason.split(";")[0]
