"""Run a sweep: Optuna chooses settings and ends hopeless runs; each run trains in a process of its own.

Optuna's journal in the sweep's folder has each run's settings before it starts and its scores as they come. A killed
sweep goes on: unfinished runs resume from their checkpoints, with the same settings.
"""

from __future__ import annotations

import os
import subprocess
import threading
import warnings
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
import yaml
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import Trial, TrialState

from sweepset import files, lock
from sweepset.errors import SweepsetError

from .. import experiment as experiments
from .. import runs
from .. import task as tasks
from ..comparison.local_runner import COMMAND, Slot
from ..experiment import Experiment
from .plan import Choices, Range, Sweep, dump, text

POLL = 0.3
"""Seconds between two looks at a run."""
STARTUP = 4
"""Finished runs before others are compared with them."""
REASON = "reason"
"""The attribute of a failed run that says why."""
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """One run of a sweep."""

    number: int
    state: str
    """done, ended early, failed or unfinished."""
    value: float | None
    """The best headline score in validation."""
    settings: dict[str, Any]
    reason: str = ""

    @property
    def name(self) -> str:
        """The name of its folder."""
        return name_of(self.number)


def name_of(number: int) -> str:
    """Return the name of a run's folder."""
    return f"run-{number:03d}"


def begin(folder: Path, sweep: Sweep) -> optuna.Study:
    """Return the study of a sweep in its folder, new or as it was left; raise SweepsetError if it is of another."""
    runs.refuse_other(folder, "a sweep")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    files.make_folder(folder)
    kept = folder / "sweep.yaml"
    if kept.exists() and yaml.safe_load(kept.read_text(encoding="utf-8")) != yaml.safe_load(dump(sweep)):
        raise SweepsetError(f"{str(folder)!r} has another sweep: name another folder with --out")
    new = not kept.exists()
    journal = folder / "journal.log"
    if new:  # of a sweep that was killed as it began
        journal.unlink(missing_ok=True)
    storage = JournalStorage(JournalFileBackend(str(journal)))
    how = sweep.how
    pruner: optuna.pruners.BasePruner = optuna.pruners.NopPruner()
    if how.prune:
        pruner = optuna.pruners.MedianPruner(STARTUP, (how.patience - 1) * sweep.base.trainer.validate_every)
    study = optuna.create_study(
        storage=storage, study_name="sweep", direction="maximize", pruner=pruner, load_if_exists=True
    )
    files.write(kept, dump(sweep).encode())
    return study


class Runner:
    """Trains the runs of a sweep that are not finished."""

    def __init__(self, folder: Path, sweep: Sweep, study: optuna.Study, tell: Tell) -> None:
        """Find out what is left: unfinished runs first, then combinations or samples that were not tried yet."""
        self.folder, self.sweep, self.study, self.tell = folder, sweep, study, tell
        self.guard, self.stopped = threading.Lock(), threading.Event()
        self.running = set[subprocess.Popen[bytes]]()
        for old in study.get_trials(states=(TrialState.WAITING,)):  # of a sweep that was killed as it planned one
            study.tell(old.number, state=TrialState.FAIL)
        begun = study.get_trials(states=(TrialState.RUNNING,))
        known = [*begun, *study.get_trials(states=(TrialState.COMPLETE, TrialState.PRUNED))]
        self.begun = deque(begun)
        self.failed = 0
        tried = [one.params for one in known]
        grid = [{key: _packed(value) for key, value in settings.items()} for settings in sweep.grid()]
        self.planned = deque(settings for settings in grid if settings not in tried)
        self.samples = max(0, sweep.runs - len(known)) if sweep.how.runs else 0

    @property
    def left(self) -> int:
        """How many runs are not finished."""
        return len(self.begun) + len(self.planned) + self.samples

    def run_all(self, shares: Sequence[Slot]) -> None:
        """Train all, as many at once as there are shares; an interruption ends their processes."""
        with ThreadPoolExecutor(len(shares)) as pool:
            jobs = [pool.submit(self._work, share) for share in shares]
            try:
                for job in jobs:
                    job.result()
            except BaseException:
                self.stopped.set()
                for process in list(self.running):
                    with suppress(ProcessLookupError):
                        process.terminate()
                raise

    def _work(self, share: Slot) -> None:
        while not self.stopped.is_set():
            with self.guard:
                trial = self._next()
            if trial is None:
                return
            self._run(trial, share)

    def _next(self) -> Trial | None:
        """Return a run to train, None if there is none left."""
        if self.begun:
            return Trial(self.study, self.begun.popleft()._trial_id)
        if self.planned:
            self.study.enqueue_trial(self.planned.popleft())
        elif self.samples:
            self.samples -= 1
        else:
            return None
        number = len(self.study.get_trials(deepcopy=False))
        # A sampler of its own for each run: what it draws follows from seed and number, also after a kill.
        self.study.sampler = optuna.samplers.TPESampler(seed=self.sweep.how.seed + number)
        return self.study.ask({key: _distribution(one) for key, one in self.sweep.space.items()})

    def _run(self, trial: Trial, share: Slot) -> None:
        """Train a run in a process, tell Optuna its scores, and end it if Optuna says so."""
        name, settings = name_of(trial.number), unpacked(self.sweep, trial.params)
        own = self.folder / name
        asked = experiments.change(self.sweep.base, settings)
        path = self.folder / "experiments" / f"{name}.yaml"
        with self.guard:
            files.make_folder(path.parent)
            files.make_folder(own)
            files.write(path, experiments.dump(asked).encode())
        log = self.folder / "experiments" / f"{name}.log"
        # A process that a killed sweep left behind still trains this run: it is waited for.
        held = lock.take(own / ".lock", wait=True)
        if held:
            held.close()
        with log.open("wb") as output:
            words = [*COMMAND, "fit", str(path), "--out", str(own)]
            process = subprocess.Popen(
                words, env={**os.environ, **share}, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        self.running.add(process)
        pruned = False
        while True:
            with suppress(subprocess.TimeoutExpired):
                process.wait(POLL)
            ended = process.returncode is not None
            pruned = pruned or self._report(trial, asked, own)
            if ended:
                break
            if pruned:
                process.terminate()
        self.running.discard(process)
        if self.stopped.is_set() and process.returncode:
            return
        self._finish(trial, asked, own, pruned, process.returncode, log, settings)

    def _report(self, trial: Trial, asked: Experiment, own: Path) -> bool:
        """Tell Optuna new scores; return whether the run is to end."""
        values = scores(asked, own)
        with self.guard:
            known = self.study._storage.get_trial(trial._trial_id).intermediate_values
            for step, value in values:
                if step not in known:
                    trial.report(value, step)
                    known = {**known, step: value}
                    if self.sweep.how.prune and trial.should_prune():
                        return True
        return False

    def _finish(
        self, trial: Trial, asked: Experiment, own: Path, pruned: bool, status: int, log: Path, settings: dict[str, Any]
    ) -> None:
        value = max((value for _, value in scores(asked, own)), default=None)
        whole = (own / "finished.json").exists() and status == 0 and value is not None
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or [""]
        with self.guard:
            if whole:
                self.study.tell(trial, value)
            elif pruned:
                self.study.tell(trial, state=TrialState.PRUNED)
            else:
                trial.set_user_attr(REASON, f"status {status}: {lines[-1].strip()}")
                self.study.tell(trial, state=TrialState.FAIL)
                self.failed += 1
        if whole:
            runs.slim(own)
        title = tasks.find(asked.task).titles[tasks.find(asked.task).headline]
        state = f"{title} {value:.3f}" if whole else "ended early" if pruned else f"failed: {lines[-1].strip()}"
        chosen = ", ".join(f"{key} {text(one)}" for key, one in settings.items())
        self.tell(f"{own.name}: {state} ({chosen})")


def scores(asked: Experiment, own: Path) -> list[tuple[int, float]]:
    """Return the headline scores of a run's validations by step."""
    return runs.read_metrics(own).get(tasks.find(asked.task).headline, [])


def results(folder: Path, sweep: Sweep, study: optuna.Study) -> list[Result]:
    """Return all runs, the best first."""
    states = {TrialState.COMPLETE: "done", TrialState.PRUNED: "ended early", TrialState.FAIL: "failed"}
    found = []
    for one in study.get_trials(deepcopy=False):
        if len(one.params) < len(sweep.space):
            continue
        values = [value for _, value in scores(sweep.base, folder / name_of(one.number))]
        state = states.get(one.state, "unfinished")
        settings = unpacked(sweep, one.params)
        found.append(Result(one.number, state, max(values, default=None), settings, one.user_attrs.get(REASON, "")))
    return sorted(found, key=lambda one: (one.state != "done", -(one.value or 0), one.number))


def importance(study: optuna.Study) -> dict[str, float]:
    """Return each key's share in how far good runs differ from others (PED-ANOVA); none of fewer than four runs.

    S. Watanabe, A. Bansal, F. Hutter, "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary
    Subspaces", IJCAI 2023.
    """
    done = study.get_trials(states=(TrialState.COMPLETE,))
    if len(done) < STARTUP or len({one.value for one in done}) < 2:
        return {}
    evaluator = optuna.importance.PedAnovaImportanceEvaluator()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return optuna.importance.get_param_importances(study, evaluator=evaluator)


def unpacked(sweep: Sweep, params: dict[str, Any]) -> dict[str, Any]:
    """Return settings as an experiment has them."""
    return {
        key: yaml.safe_load(value) if isinstance(sweep.space[key], Choices) else value for key, value in params.items()
    }


def _packed(value: Any) -> str:
    """Return a choice as a text: Optuna takes no lists."""
    return yaml.safe_dump(value, default_flow_style=True, width=float("inf")).removesuffix("...\n").strip()


def _distribution(one: Choices | Range) -> optuna.distributions.BaseDistribution:
    if isinstance(one, Choices):
        return optuna.distributions.CategoricalDistribution([_packed(value) for value in one.values])
    if one.whole:
        return optuna.distributions.IntDistribution(int(one.low), int(one.high), log=one.log)
    return optuna.distributions.FloatDistribution(one.low, one.high, log=one.log)
