"""Render a plan with many workers: hand out shards, retry those that fail, and report events.

Each worker is a thread that renders shard after shard. The function that it calls decides whether a process of this
machine or a node of a cluster renders a shard.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ..blender import devices
from ..blender.process import BlenderCrash, Refusal
from . import shard
from .dataset_builder import DatasetBuilder
from .events import Began, Failed, Report, Retried, ShardEvent, Started, Written
from .plan import Plan, Shard
from .shard import Limits

Events = Generator[Report, None, None]
"""The reports of a run; closing it ends the run."""
Run = Callable[[Shard, int, Limits, threading.Event], Iterator[ShardEvent]]
"""Renders a shard for a worker, as `shard.render` does, until the event is set."""


@dataclass(frozen=True)
class Crew:
    """How many workers there are, how often a frame is tried, and how long a Blender is kept."""

    workers: int = 1
    tries: int = 3
    limits: Limits = field(default_factory=Limits)


def threads(workers: int) -> int:
    """Return the number of threads for each of several Blenders on this machine; 0, all cores, for a single one."""
    return 0 if workers == 1 else max(1, (os.cpu_count() or 1) // workers)


def here(builder: DatasetBuilder, look_through_cameras: bool = False, gpus: int = 0) -> Run:
    """Return a function that renders a shard in a process of this machine, each worker on its own GPU if any."""

    def run(one: Shard, worker: int, limits: Limits, stop: threading.Event) -> Iterator[ShardEvent]:
        return shard.render(
            one, builder.blender, builder.folder, builder.place.raw(worker), builder.place.log(worker),
            replace(limits, device=devices.of_worker(limits.device, worker, gpus)),
            shows(builder.plan, one.unit), stop, look_through_cameras,
        )  # fmt: skip

    return run


def shows(plan: Plan, unit: int) -> dict[str, Any]:
    """Return the scene and variation for the records of a unit's frames, if there are several units.

    A scene that is one of several kinds by its seed also says which one it is.
    """
    names = dict(zip(("scene", "variation"), plan.name_of(unit), strict=True)) if plan.several else {}
    kind = plan.kind_of(unit)
    return {**names, "kind": kind} if kind else names


def render(builder: DatasetBuilder, crew: Crew, run: Run | None = None) -> Events:
    """Render the frames that a dataset lacks and finish it, yielding reports; the builder has begun, and is closed.

    Raise an error that no retry can help: a refusal of the only scene, a full disk, or a Blender that never renders a
    frame. If no frame is rendered, nothing is left behind; otherwise the frames stay for the next run.
    """
    team = _Team(builder, crew, run or here(builder))
    try:
        for report in team.work():
            builder.place.check_lock()
            builder.note(report)
            yield report
        if team.failed and not builder.there().any():
            raise team.first_crash
        builder.finish(team.failed)
    except BaseException:
        team.end()
        builder.place.abandon()
        raise
    finally:
        team.end()
        builder.place.close()


class _Team:
    """Threads that take shards, and their shared record of failures."""

    def __init__(self, builder: DatasetBuilder, crew: Crew, run: Run) -> None:
        self._builder, self._crew, self._run = builder, crew, run
        self.failed: dict[int, str] = {}
        self.first_crash: Exception = BlenderCrash("no frame came about")
        self._several = builder.plan.several
        self._fresh = builder.plan.shards(builder.there(), crew.workers)
        self._again: deque[Shard] = deque()
        self._busy = 0
        self._state = threading.Condition()
        self._reports: queue.SimpleQueue[Report | BaseException | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._starts: Counter[int] = Counter()
        self._tries: Counter[int] = Counter()
        self._limits = crew.limits
        self._threads = [
            threading.Thread(target=self._serve, args=(worker,), name=f"worker {worker}", daemon=True)
            for worker in range(1, crew.workers + 1)
        ]

    def work(self) -> Iterator[Report]:
        """Start all workers and yield their reports until nothing is left to do."""
        for thread in self._threads:
            thread.start()
        at_work = len(self._threads)
        while at_work:
            told = self._reports.get()
            if isinstance(told, BaseException):
                raise told
            if told is None:
                at_work -= 1
            else:
                yield told

    def end(self) -> None:
        """End all workers and their Blenders."""
        self._stop.set()
        with self._state:
            self._state.notify_all()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def _serve(self, worker: int) -> None:
        try:
            while (one := self._take()) is not None:
                try:
                    self._render(one, worker)
                finally:
                    with self._state:
                        self._busy -= 1
                        self._state.notify_all()
        except BaseException as error:
            self._reports.put(error)
        finally:
            self._reports.put(None)

    def _take(self) -> Shard | None:
        """Return a shard to render; None when no shard is left and no running one can be retried."""
        with self._state:
            while not self._stop.is_set():
                one = self._again.popleft() if self._again else next(self._fresh, None)
                if one is not None:
                    self._busy += 1
                    return one
                if not self._busy:
                    return None
                self._state.wait()
        return None

    def _render(self, one: Shard, worker: int) -> None:
        left = None if one.frames is None else list(one.frames)
        ready = False
        try:
            for event in self._run(one, worker, self._limits, self._stop):
                if isinstance(event, Started):
                    ready = False
                elif isinstance(event, Began):
                    ready = True
                    left = list(one.chosen(event.frames)) if left is None else left
                    self._starts[one.unit] = 0
                    self._learn(start=event.took)
                elif isinstance(event, Written):
                    assert left is not None
                    left.remove(event.frame - one.offset)
                    self._learn(frame=event.took)
                self._reports.put(Report(worker, one.unit, event, len(left or ())))
        except Refusal as error:
            if not self._several:
                raise
            self._give_up(one, left or [], error, worker)
        except BlenderCrash as error:
            if not self._stop.is_set():
                self._try_again(one, left, ready, error, worker)

    def _learn(self, start: float = 0.0, frame: float = 0.0) -> None:
        with self._state:
            self._limits = replace(
                self._limits,
                start=max(self._limits.start or 0.0, start) or None,
                frame=max(self._limits.frame or 0.0, frame) or None,
            )

    def _try_again(self, one: Shard, left: list[int] | None, ready: bool, error: BlenderCrash, worker: int) -> None:
        """Put back the frames that a crashed Blender left, the one it crashed in last; give up frames out of tries."""
        if left == []:
            return
        if not ready or left is None:
            self._starts[one.unit] += 1
            if self._starts[one.unit] < self._crew.tries:
                self._put_back(replace(one, frames=None if left is None else tuple(left)), error, worker)
            elif self._several and left is not None:
                self._give_up(one, left, error, worker)
            else:
                raise error
            return
        bad, *others = left
        self._tries[one.offset + bad] += 1
        if self._tries[one.offset + bad] < self._crew.tries:
            others.append(bad)
        else:
            self._give_up(one, [bad], error, worker)
        if others:
            self._put_back(replace(one, frames=tuple(others)), error, worker)

    def _put_back(self, one: Shard, error: Exception, worker: int) -> None:
        with self._state:
            self._again.append(one)
        self._reports.put(Report(worker, one.unit, Retried(str(error))))

    def _give_up(self, one: Shard, frames: list[int], error: Exception, worker: int) -> None:
        numbers = [one.offset + frame for frame in frames]
        with self._state:
            if not self.failed:
                self.first_crash = error
            self.failed |= dict.fromkeys(numbers, str(error))
        self._reports.put(Report(worker, one.unit, Failed(numbers, str(error))))
