"""Render shards on the nodes of a Ray cluster, after checking that each node can."""

from __future__ import annotations

import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sweepset
from sweepset import dataset, files
from sweepset.errors import SweepsetError
from sweepset.host import ray_connection

from .. import storage
from ..blender import installations as blenders
from ..blender.installations import Blender
from ..blender.process import BlenderCrash
from . import shard, workers
from .dataset_builder import DatasetBuilder
from .events import ShardEvent
from .plan import Shard
from .shard import Limits

TOKEN = "cluster"
"""The file in a dataset's state whose content shows a node that it sees the same folder as the command.

It exists as long as the command renders: a node stops when it is gone or another command's.
"""
POLL, WATCHED = 0.5, 1.0
"""Seconds between two checks whether a shard must stop, by the command and by a node."""
LOOKED = 300.0
"""Seconds to wait for a node's check, for which Ray starts a process, and"""
ENDED = 5.0
"""for the end of a shard that was stopped."""


@dataclass(frozen=True)
class Demands:
    """What a node needs so that its frames equal those of any other node; `version` is Sweepset's.

    `blender_path` None means the node's own Blender, of the same version. `scenes` are files with their SHA-256.
    """

    version: str
    blender_path: str | None
    blender: tuple[int, int, int]
    scenes: tuple[tuple[str, str], ...]
    folder: Path
    token: str

    @property
    def token_file(self) -> Path:
        """The path of the token."""
        return self.folder / dataset.STATE / TOKEN


class Cluster:
    """A connected Ray cluster, and the CPU cores and GPUs of each worker."""

    def __init__(self, address: str, cpus: int | None = None, gpus: float = 0) -> None:
        """Connect to an address as `ray_connection.connect` takes.

        `cpus` None means those of the smallest node that has any; 1 with GPUs. Raise SweepsetError if there is no such
        cluster, or no node with room for a worker.
        """
        self._ray = ray_connection.connect(address)
        cores = [int(node["Resources"].get("CPU", 0)) for node in ray_connection.nodes(self._ray)]
        self.cpus = cpus or (1 if gpus else min(filter(None, cores), default=1))
        self._gpus = gpus
        rooms = [self._room(node) for node in ray_connection.nodes(self._ray)]
        self.workers = sum(rooms)
        if not self.workers:
            self.close()
            raise SweepsetError(
                f"--ray {address}: none of {len(rooms)} nodes has {self.cpus} CPU cores"
                + (f" and {gpus:g} GPUs" if gpus else "")
                + " for a worker: ask for less with --cpus-per-worker or --gpus-per-worker, or add a node"
            )

    def close(self) -> None:
        """Leave the cluster, which ends everything that still runs for this command."""
        self._ray.shutdown()

    def run(self, builder: DatasetBuilder, blender_path: str | None) -> workers.Run:
        """Return a function that renders a shard of a dataset on some node.

        If a node lacks something, raise SweepsetError and leave the dataset as it was.
        """
        try:
            demands = self._demand(builder, blender_path)
            self._look(demands)
        except BaseException:
            builder.place.abandon()
            builder.place.close()
            raise
        work = self._ray.remote(num_returns="streaming", max_retries=0, num_cpus=self.cpus, num_gpus=self._gpus)(_work)

        def run(one: Shard, worker: int, limits: Limits, stop: threading.Event) -> Iterator[ShardEvent]:
            log = None if storage.is_remote(builder.folder) else builder.place.log(worker).absolute()
            stream = work.remote(demands, one, limits, workers.shows(builder.plan, one.unit), log)
            return self._follow(stream, stop, demands)

        return run

    def _room(self, node: dict[str, Any]) -> int:
        """Return how many workers fit on a node."""
        resources = node["Resources"]
        room = int(resources.get("CPU", 0) // self.cpus)
        return min(room, int(resources.get("GPU", 0) // self._gpus)) if self._gpus else room

    def _demand(self, builder: DatasetBuilder, blender_path: str | None) -> Demands:
        folder = builder.folder if storage.is_remote(builder.folder) else builder.folder.absolute()
        scenes = tuple((job.file, job.scene_sha256) for job in builder.plan.jobs if job.file)
        demands = Demands(sweepset.__version__, blender_path, builder.blender.version, scenes, folder, uuid.uuid4().hex)
        files.write(demands.token_file, demands.token.encode())
        return demands

    def _look(self, demands: Demands) -> None:
        """Check all nodes that have room for a worker; raise SweepsetError if a node lacks something.

        Ray retries a killed check; a node lost meanwhile lacks nothing.
        """
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        asked = []
        for node in ray_connection.nodes(self._ray):
            if self._room(node):
                where = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
                look = self._ray.remote(num_cpus=0, scheduling_strategy=where)(_lack)
                asked.append((node["NodeManagerHostname"], look.remote(demands)))
        exceptions = self._ray.exceptions
        for name, answer in asked:
            try:
                lacking = self._ray.get(answer, timeout=LOOKED)
            except (exceptions.NodeDiedError, exceptions.TaskUnschedulableError):
                continue
            except exceptions.RayError as error:
                lacking = _explain(error)
            if lacking:
                raise SweepsetError(f"node {name}: {lacking}")

    def _follow(self, stream: Any, stop: threading.Event, demands: Demands) -> Iterator[ShardEvent]:
        """Yield the events of a shard on a node; raise its error there, or BlenderCrash if the node is lost."""
        exceptions = self._ray.exceptions
        try:
            while True:
                ready, _ = self._ray.wait([stream], timeout=POLL, fetch_local=False)
                if stop.is_set():
                    self._stop(stream, demands)
                    raise BlenderCrash("stopped")
                if not ready:
                    continue
                try:
                    event = next(stream)
                except StopIteration:
                    return
                yield self._ray.get(event)
        except exceptions.RayTaskError as error:
            if isinstance(error.cause, (SweepsetError, BlenderCrash)):
                raise error.cause from None
            raise BlenderCrash(_explain(error)) from None
        except exceptions.RayError as error:
            raise BlenderCrash(f"a node or its worker was lost: {_first_line(error)}") from None

    def _stop(self, stream: Any, demands: Demands) -> None:
        """Let the nodes stop, and wait until one has ended a shard and cleaned up, after which it writes no more.

        Ray's own cancelling can end the command itself if the task is a generator.
        """
        end = time.monotonic() + ENDED
        demands.token_file.unlink(missing_ok=True)
        with suppress(StopIteration, self._ray.exceptions.RayError):
            while (left := end - time.monotonic()) > 0:
                if self._ray.wait([stream], timeout=left, fetch_local=False)[0]:
                    self._ray.get(next(stream))


def _work(
    demands: Demands, one: Shard, limits: Limits, shows: dict[str, Any], log: Path | None
) -> Iterator[ShardEvent]:
    """Render a shard on this node and yield its events."""
    if lacking := _lack(demands):
        raise BlenderCrash(f"node {socket.gethostname()}: {lacking}")
    blender = _find_blender(demands.blender_path)
    stop = threading.Event()
    threading.Thread(target=_watch, args=(demands, stop), daemon=True).start()
    try:
        with storage.scratch() as scratch:
            log = log or scratch / "blender.log"
            yield from shard.render(one, blender, demands.folder, scratch / "raw", log, limits, shows, stop)
    finally:
        stop.set()


def _watch(demands: Demands, stop: threading.Event) -> None:
    """Stop a shard when its command has ended, or another command renders to the same folder."""
    while not stop.wait(WATCHED):
        try:
            if demands.token_file.read_text() != demands.token:
                stop.set()
        except FileNotFoundError:
            stop.set()
        except Exception:  # out of reach for the moment; each kind of place has errors of its own
            continue


def _lack(wanted: Demands) -> str | None:
    """Return what this node lacks of a command's demands, None if it has everything."""
    if sweepset.__version__ != wanted.version:
        return f"has Sweepset {sweepset.__version__}, the command {wanted.version}: install the same on all nodes"
    try:
        blender = _find_blender(wanted.blender_path)
    except SweepsetError as error:
        return str(error)
    if blender.version != wanted.blender:
        here, there = (".".join(map(str, numbers)) for numbers in (blender.version, wanted.blender))
        return f"has Blender {here}, the command {there}: install the same on all nodes, or name one with --blender"
    for scene, sha256 in wanted.scenes:
        try:
            if blenders.digest(scene) != sha256:
                return f"has another {scene!r} than the command: copy the scene there, or put it into a shared folder"
        except OSError:
            return f"has no {scene!r}: copy the scene to the same path there, or put it into a shared folder"
    try:
        if wanted.token_file.read_text() == wanted.token:
            return None
    except Exception as error:  # each kind of place has errors of its own
        reason = _first_line(error)
    else:
        reason = "it holds something else there"
    return f"cannot see --out {str(wanted.folder)!r} ({reason}): name a shared folder, or a URL as s3://bucket/folder"


@cache
def _find_blender(path: str | None) -> Blender:
    return blenders.find(path)


def _explain(error: Exception) -> str:
    text = str(error)
    if "No module named 'sweepset" in text:
        return "has no Sweepset in the Python that Ray runs in: pip install 'sweepset[render,farm]' there"
    return _first_line(error) if "\n" not in text else blenders.last_line(text)


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
