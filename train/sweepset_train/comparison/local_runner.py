"""Train the missing runs of a comparison, each in its own process, several at once."""

from __future__ import annotations

import os
import queue
import re
import shlex
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from sweepset import dataset, files
from sweepset.errors import SweepsetError
from sweepset.taxonomy import Taxonomy

from .. import bench, evaluation, memory, runs
from .. import experiment as experiments
from .. import task as tasks
from ..data.splits import Part, Parts, open_part, open_parts
from .plan import Trial

COMMAND = (sys.executable, "-m", "sweepset_train.cli")
STEP = re.compile(r"^step (\d+) of \d+")
ASKED = "experiments"
"""The folder of what runs train, in a comparison's."""
MEASURED = 4
"""Steps to measure a pace by, if no run is done yet."""
Slot = Mapping[str, str]
"""The environment of runs that use one share of the machine in turn: a GPU, or some cores."""


@dataclass(frozen=True)
class Progress:
    """How far a run is: at a step, done, or failed for a reason."""

    trial: Trial
    step: int = 0
    done: bool = False
    failure: str = ""


def slots(jobs: int | None = None) -> list[Slot]:
    """Return what runs take turns at: this machine's GPUs, else its cores, divided among `jobs` runs at once.

    Without `jobs`, one core each: two networks on a core each train faster than one on two.
    """
    gpus = torch.cuda.device_count()
    if gpus:
        return [{"CUDA_VISIBLE_DEVICES": str(number % gpus)} for number in range(jobs or gpus)]
    cores = os.cpu_count() or 1
    count = jobs or cores
    return [{"OMP_NUM_THREADS": str(max(1, cores // count))}] * count


def check_memory(trials: Sequence[Trial], shares: Sequence[Slot]) -> None:
    """Raise SweepsetError if a device lacks memory for the trials that are trained on it at once."""
    at_once = min(len(trials), -(-len(shares) // max(1, torch.cuda.device_count())))
    checked = set()
    for trial in trials:
        asked = trial.experiment
        key = asked.model, asked.trainer.batch, asked.data.size, asked.data.taxonomy
        if key not in checked:
            memory.check(asked, at_once)
            checked.add(key)


def open_all(folder: Path, trials: Sequence[Trial]) -> Parts:
    """Open and decode the data of all trials; return that of the first.

    Raise SweepsetError if data is missing or broken, trials are not scored on the same images, or the folder has
    runs of other settings or other data.
    """
    runs.refuse_other(folder, "a comparison")
    kinds: dict[tuple[str, str], Parts] = {}
    for trial in trials:
        asked = trial.experiment
        key = asked.task, asked.data.model_dump_json()
        if key not in kinds:
            kinds[key] = open_parts(asked)
        runs.check(folder / trial.name, asked, kinds[key])
    if len({task for task, _ in kinds}) > 1:
        raise SweepsetError("the arms differ in task: set it for all runs, in `changes` or with --set")
    first, *others = kinds.values()
    if first.test is None:
        raise SweepsetError("a comparison needs a test split: set data.test")
    for other in others:
        if other.test is None or other.test.digest != first.test.digest or other.taxonomy.ids != first.taxonomy.ids:
            raise SweepsetError(
                "the arms differ in data.test or data.taxonomy: set these for all runs, in `changes` or with --set"
            )
    return first


def open_others(places: Sequence[Path], trials: Sequence[Trial], kinds: Taxonomy) -> dict[str, Part]:
    """Open and decode other data to score trials on, by the name of its evaluation.

    Raise SweepsetError if it is missing or broken, or two have one name.
    """
    found: dict[str, Part] = {}
    for place in places:
        name = runs.evaluation_name(place)
        if name in found:
            raise SweepsetError(f"--score-on {str(place)!r}: there is other data named {name!r}; rename a folder")
        found[name] = open_part(place, trials[0].experiment, "all", kinds)
    return found


def is_trained(folder: Path, trial: Trial) -> bool:
    """Return whether a trial's run, in a folder of all, is trained."""
    return (folder / trial.name / "finished.json").exists()


def is_done(folder: Path, trial: Trial, scored_on: Mapping[str, Part]) -> bool:
    """Return whether a trial's run is trained and scored on parts, by the names of their evaluations."""
    return is_trained(folder, trial) and all(
        evaluation.is_of(folder / trial.name / "evaluation" / name, part, tasks.find(trial.experiment.task))
        for name, part in scored_on.items()
    )


def estimate(folder: Path, trials: Sequence[Trial], missing: Sequence[Trial], count: int) -> float:
    """Return the estimated hours of missing trials, `count` at once, at the pace of finished runs or a measured one."""
    paces = [pace(folder, trial)["images_per_second"] for trial in trials if is_trained(folder, trial)]
    if not paces and missing:
        torch.set_num_threads(int(slots(count)[0].get("OMP_NUM_THREADS", torch.get_num_threads())))
        speed = bench.measure(missing[0].experiment, 1, MEASURED)
        paces = [speed.images_per_second(speed.training)]
    images = sum(trial.experiment.trainer.max_steps * trial.experiment.trainer.batch for trial in missing)
    return images / (sorted(paces)[len(paces) // 2] * count) / 3600 if missing else 0.0


def pace(folder: Path, trial: Trial) -> dict[str, Any]:
    """Return how fast a trained run was, and on what."""
    measured: dict[str, Any] = dataset.read_json(folder / trial.name / "finished.json")
    return measured


def train(
    folder: Path,
    trials: Sequence[Trial],
    score_on: Sequence[Path],
    shares: Sequence[Slot],
    tell: Callable[[Progress], None],
) -> None:
    """Train and score trials, each in the folder of its name in `folder`, as many at once as there are shares.

    Several threads call `tell`. A failed run does not stop the others. An interrupted command ends its runs; the same
    command again resumes them.
    """
    write_experiments(folder, trials)
    free: queue.Queue[Slot] = queue.Queue()
    for share in shares:
        free.put(share)
    running: set[subprocess.Popen[str]] = set()
    stopped = threading.Event()

    def tell_on(progress: Progress) -> None:
        if not stopped.is_set():
            tell(progress)

    def work(trial: Trial) -> None:
        share = free.get()
        try:
            execute(folder, trial, score_on, share, tell_on, running)
        finally:
            free.put(share)

    with ThreadPoolExecutor(len(shares)) as pool:
        jobs = [pool.submit(work, trial) for trial in trials]
        try:
            for job in as_completed(jobs):
                job.result()
        except BaseException:
            stopped.set()
            for job in jobs:
                job.cancel()
            for process in list(running):
                with suppress(ProcessLookupError):
                    process.terminate()
            raise


def execute(
    folder: Path,
    trial: Trial,
    score_on: Sequence[Path],
    share: Slot,
    tell: Callable[[Progress], None],
    running: set[subprocess.Popen[str]],
) -> None:
    """Train and score one trial in processes of its own, put into `running`; keep its weights alone."""
    own = folder / trial.name
    commands = [
        ["fit", str(_asked(folder, trial)), "--out", str(own)],
        *(["evaluate", str(own), str(data)] for data in score_on),
    ]
    for words in commands:
        failure = _follow([*COMMAND, *words], share, lambda step: tell(Progress(trial, step)), running)
        if failure:
            tell(Progress(trial, failure=failure))
            return
    runs.slim(own)
    tell(Progress(trial, trial.experiment.trainer.max_steps, done=True))


def command(folder: Path, trial: Trial, score_on: Sequence[Path]) -> str:
    """Return the command that trains and scores a trial again, in a folder `again`, on as many threads."""
    words = ["sweepset-train", "fit", str(_asked(folder, trial)), "--out", "again"]
    measured = pace(folder, trial) if is_trained(folder, trial) else {}
    if measured.get("device") == "cpu":
        words.insert(0, f"OMP_NUM_THREADS={measured['threads']}")
    scoring = [["sweepset-train", "evaluate", "again", str(place)] for place in score_on]
    return " && ".join(map(shlex.join, [words, *scoring]))


def write_experiments(folder: Path, trials: Sequence[Trial]) -> None:
    """Write what trials train, so that each can be trained again by itself."""
    files.make_folder(folder / ASKED)
    for trial in trials:
        files.write(_asked(folder, trial), experiments.dump(trial.experiment).encode())


def _asked(folder: Path, trial: Trial) -> Path:
    return folder / ASKED / f"{trial.name}.yaml"


def _follow(words: Sequence[str], share: Slot, tell: Callable[[int], None], running: set[subprocess.Popen[str]]) -> str:
    """Run a command and report its steps; return why it failed, or nothing if it did not."""
    last: deque[str] = deque(maxlen=1)
    process = subprocess.Popen(
        words, env={**os.environ, **share}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    running.add(process)
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip():
            last.append(line.strip())
        found = STEP.match(line)
        if found:
            tell(int(found[1]))
    status = process.wait()
    if status == -9:  # SIGKILL, which Linux sends if memory is used up
        return "killed by the system, most likely for lack of memory: give fewer --jobs, or a smaller trainer.batch"
    return f"status {status}: {' '.join(last)}" if status else ""
