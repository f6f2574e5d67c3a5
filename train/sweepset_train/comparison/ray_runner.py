"""Train a comparison's runs on the nodes of a Ray cluster, which share its folder and data at the same paths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sweepset.host import ray_connection

from . import local_runner
from .local_runner import Progress
from .plan import Trial

POLL = 0.5
"""Seconds between two checks for finished runs."""
RETRIES = 2
"""How often a run whose node died is continued on another."""


def train(
    address: str, folder: Path, trials: Sequence[Trial], score_on: Sequence[Path], tell: Callable[[Progress], None]
) -> None:
    """Train and score trials as `local_runner.train` does, each on a GPU of the cluster, or on a core if it has none.

    `address` is as for `ray_connection.connect`. Raise SweepsetError if there is no such cluster.
    """
    ray = ray_connection.connect(address)
    try:
        gpus = sum(node["Resources"].get("GPU", 0) for node in ray_connection.nodes(ray))
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
    """Train a trial on a node; return the reason if it failed, else an empty text."""
    if not (folder / local_runner.ASKED).is_dir():
        return f"a node does not see {str(folder)!r}: name a folder that all nodes share with --out"
    seen: list[Progress] = []
    local_runner.execute(folder, trial, score_on, {} if on_gpu else {"OMP_NUM_THREADS": "1"}, seen.append, set())
    return seen[-1].failure
