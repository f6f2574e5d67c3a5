"""Runs of a comparison on the nodes of a Ray cluster, all of which see its folder and data at the same paths."""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sweepset.errors import SweepsetError

from . import local_runner
from .local_runner import Progress
from .plan import Trial

POLL = 0.5
"""Seconds between two looks at what is done."""
REACHED = 10.0
"""Seconds to wait for the cluster's head."""
RETRIES = 2
"""How often a run whose node died is gone on with on another."""


def train(
    address: str, folder: Path, trials: Sequence[Trial], score_on: Sequence[Path], tell: Callable[[Progress], None]
) -> None:
    """Train and score trials as `comparing.train` does, each on a GPU of the cluster, or a core where it has none.

    `address` is HOST:PORT of its head, `auto` for the one that this machine is a node of, or `local` for one of this
    machine alone. Raise SweepsetError where there is none.
    """
    ray = _connect(address)
    try:
        gpus = sum(node["Resources"].get("GPU", 0) for node in ray.nodes() if node["Alive"])
        work = ray.remote(num_cpus=1, num_gpus=int(gpus > 0), max_retries=RETRIES)(_work)
        local_runner.write_experiments(folder, trials)
        pending = {work.remote(folder.absolute(), trial, [*score_on], gpus > 0): trial for trial in trials}
        while pending:
            for done in ray.wait(list(pending), timeout=POLL)[0]:
                trial = pending.pop(done)
                try:
                    failure = ray.get(done)
                except ray.exceptions.RayError as error:
                    failure = " ".join(str(error).split())
                tell(Progress(trial, done=not failure, failure=failure))
    finally:
        ray.shutdown()


def _work(folder: Path, trial: Trial, score_on: Sequence[Path], on_gpu: bool) -> str:
    """Train a trial on a node; return why it failed, nothing where it did not."""
    if not (folder / local_runner.ASKED).is_dir():
        return f"a node does not see {str(folder)!r}: name a folder that all nodes share with --out"
    told: list[Progress] = []
    local_runner.execute(folder, trial, score_on, {} if on_gpu else {"OMP_NUM_THREADS": "1"}, told.append, set())
    return told[-1].failure


def _connect(address: str) -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ModuleNotFoundError:
        raise SweepsetError("--ray needs Ray: pip install 'sweepset[farm]', or leave --ray out") from None
    host, _, port = address.partition(":")
    try:
        if port:
            socket.create_connection((host, int(port)), REACHED).close()  # Ray itself tries for minutes
        stopped = signal.getsignal(signal.SIGTERM)
        ray.init(address, logging_level=logging.ERROR, log_to_driver=False)
        signal.signal(signal.SIGTERM, stopped)  # which Ray sets to a handler of its own
    except (ConnectionError, OSError, ValueError, RuntimeError) as error:
        raise SweepsetError(
            f"--ray {address}: no cluster there ({' '.join(str(error).split())}); start its head with "
            "`ray start --head --port 6379` and name it as HOST:6379, or pass auto on one of its nodes"
        ) from None
    return ray
