"""All numbers of a comparison, for its scores.json."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from .resampling import Estimate
from .results import Answers, Outcome, real_images, renders


def to_json(outcome: Outcome) -> dict[str, object]:
    """Return all numbers in JSON's types."""
    elsewhere = {name: _answers(outcome, answers) for name, answers in outcome.elsewhere.items()}
    even = {arm: dataclasses.asdict(found) for arm, found in outcome.found.break_even.items()}
    return {
        **_answers(outcome, outcome.found), "break_even": even, "elsewhere": elsewhere, "failures": outcome.failures
    }  # fmt: skip


def _answers(outcome: Outcome, answers: Answers) -> dict[str, object]:
    names = [*answers.task.compared, *(category.name for category in outcome.parts.taxonomy)]

    def by_name(values: np.ndarray) -> dict[str, float | None]:
        return {name: None if math.isnan(v) else float(v) for name, v in zip(names, values, strict=True)}

    def interval(estimate: Estimate | None) -> dict[str, object]:
        return {"low": by_name(estimate.low), "high": by_name(estimate.high)} if estimate else {}

    return {
        "arms": [
            {
                "arm": arm,
                "fraction": fraction,
                "real": real_images(outcome.folder, cell),
                "renders": renders(outcome.folder, cell),
                "runs": {
                    trial.name: by_name(scores) for trial, scores in zip(cell.trials, cell.scored.by_seed, strict=True)
                },
                **{extra.key: cell.extra(answers.task, extra).tolist() for extra in answers.task.extras},
                **interval(cell.level),
            }
            for (arm, fraction), cell in answers.ordered()
        ],
        "differences": [
            {
                "arm": d.contrast.arm,
                "other": d.contrast.other,
                "fraction": d.contrast.fraction,
                "seeds": d.seeds,
                "difference": by_name(d.estimate.point),
                **interval(d.estimate),
                "chance": by_name(d.estimate.chance),
                "p": by_name(d.estimate.p),
                "p_corrected": d.corrected,
            }
            for d in answers.differences
        ],
    }
