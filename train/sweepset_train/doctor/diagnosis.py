"""All that was found in some places of labelled images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sweepset.errors import SweepsetError
from sweepset.findings import SEVERITIES, Finding
from sweepset.taxonomy import Taxonomy

from .. import task as tasks
from ..data import nyu
from ..data.labels import IGNORE
from ..data.sources import train_ids
from ..data.splits import choose_taxonomy, divide
from ..experiment import Experiment
from ..task import Task
from .checks import CHECKS
from .domain import Domain, Tell, by_class, look
from .trial import Trial, try_batch


@dataclass(frozen=True)
class Diagnosis:
    """All that was found."""

    task: Task
    taxonomy: Taxonomy
    domains: tuple[Domain, ...]
    findings: tuple[Finding, ...]
    trial: Trial | None

    def shares(self) -> dict[str, dict[str, float]]:
        """Return each group's share of every class among its labelled pixels, and of void among all."""
        found: dict[str, dict[str, float]] = {}
        for domain in self.domains:
            for part, group in domain.groups():
                pixels = by_class(domain.counts[part].sum(1), domain.table)
                labelled = max(1, pixels[: len(self.taxonomy)].sum())
                found[group] = {c.name: float(pixels[k] / labelled) for k, c in enumerate(self.taxonomy)}
                found[group]["void"] = float(pixels[IGNORE] / max(1, pixels.sum()))
        return found


def examine(paths: Sequence[Path], experiment: Experiment, tell: Tell | None = None) -> Diagnosis:
    """Read data as an experiment would, and check it; `tell` hears how many images are done.

    Renders have no splits. NYU's own file has its official split if none is asked for. Raise SweepsetError if data
    cannot be opened at all, or a taxonomy shares no category with that to train on.
    """
    settings, task = experiment.data, tasks.find(experiment.task)
    opened = [(path, task.open(path, settings)) for path in paths]
    names = [path.resolve().stem for path in paths]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise SweepsetError(f"two places are named {twice!r}: give each a name of its own")
    target = None
    domains = []
    for name, (path, source) in zip(names, opened, strict=True):
        own = settings
        if (path / "dataset.json").is_file():
            own = settings.model_copy(update={"train": "all", "test": None, "validate_on": None})
        elif len(source) == nyu.FRAMES and settings.train == "all" and settings.test is None:
            own = settings.model_copy(update={"train": "train795", "test": "test654"})
        split = divide(source, own)
        target = target or choose_taxonomy(settings, source, split["train"])
        domains.append(
            look(name, source, train_ids(source, target), split, tell or (lambda _: None), target.name == "mask")
        )
    assert target is not None
    more, left_out = tasks.checks(task.name)
    checks = [check for check in CHECKS if check.__name__ not in left_out]
    found = [finding for check in (*checks, *more) for finding in check(domains, target)]
    trial, about_batch = try_batch(domains, target, task)
    findings = sorted([*found, *about_batch], key=lambda finding: SEVERITIES.index(finding.severity))
    return Diagnosis(task, target, tuple(domains), tuple(findings), trial)


def tabulate(found: Diagnosis) -> tuple[list[str], list[list[str]]]:
    """Return the head and rows of a table of classes: their shares in % side by side, void last."""
    shares = found.shares()
    names = [*(category.name for category in found.taxonomy), "void"]
    rows = [[name, *(f"{100 * group[name]:.1f}" for group in shares.values())] for name in names]
    return ["class", *shares], rows
