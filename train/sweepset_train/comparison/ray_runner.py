"""Runs of a comparison on the nodes of a Ray cluster, all of which see its folder and data at the same paths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sweepset.host import ray_connection

from . import local_runner
from .local_runner import Progress
from .plan import Trial

POLL = 0.5
"""Seconds between two looks at what is done."""
RETRIES = 2
"""How often a run whose node died is gone on with on another."""


def train(
    address: str, folder: Path, trials: Sequence[Trial], score_on: Sequence[Path], tell: Callable[[Progress], None]
) -> None:
    """Train and score trials as `comparing.train` does, each on a GPU of the cluster, or a core where it has none.

    `address` is HOST:PORT of its head, `auto` for the one that this machine is a node of, or `local` for one of this
    machine alone. Raise SweepsetError where there is none.
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
    """Train a trial on a node; return why it failed, nothing where it did not."""
    if not (folder / local_runner.ASKED).is_dir():
        return f"a node does not see {str(folder)!r}: name a folder that all nodes share with --out"
    told: list[Progress] = []
    local_runner.execute(folder, trial, score_on, {} if on_gpu else {"OMP_NUM_THREADS": "1"}, told.append, set())
    return told[-1].failure
