"""A small network learns one batch by heart, which it can unless something is wrong with the labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from sweepset.findings import Finding
from sweepset.taxonomy import Taxonomy

from .. import task as tasks
from ..data.labels import IGNORE, OUTSIDE, Framing
from ..settings import Training
from ..task import Task
from .domain import Domain

IMAGES, SIZE, STEPS, LEARNED = 4, (64, 64), 120, 0.9
"""The batch that a small network must learn: images, their size, steps, and the score to reach."""
SCORED_EVERY = 5
"""Steps between two scores; each costs a forward pass, a third of a step."""
UNCHANGED = (1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, *[0.0] * 8, 1.0, *[0.0] * 4)
"""Draws of `augmentation.draw` that leave an image as it is."""


@dataclass(frozen=True)
class Trial:
    """How well a small network learned one batch."""

    images: int
    steps: int
    score: float
    """The task's `trial_score`."""


def try_batch(domains: Sequence[Domain], target: Taxonomy, task: Task) -> tuple[Trial | None, list[Finding]]:
    """Train the task's small network on one batch; return how it went, and findings."""
    images, labels, counts = _batch(domains, len(target))
    if not images or task.trial is None:
        return None, []
    shares = counts / max(1, counts.sum())
    if not shares.max():
        return None, []  # reported as all-void, or as images without instances
    if task.prior and shares.max() == 1:
        name = target.categories[int(shares.argmax())].name
        message, advice = f"all labelled pixels are {name}: anything that answers it is right", "see the samples"
        return None, [Finding("one-class", "warning", "one batch", message, advice)]
    steps, score = _learn(task, np.stack(images), np.stack(labels), len(target))
    trial = Trial(len(images), steps, score)
    if score >= LEARNED:
        return trial, []
    commonest = f" (their commonest class is {100 * shares.max():.1f} % of them)" if task.prior else ""
    message = (
        f"a small network reaches {score:.2f} ({task.titles[task.trial_score]}) on {len(images)} images in {steps} "
        f"steps, and {LEARNED} is easy if labels follow from images{commonest}"
    )
    advice = "see whether images are blank, or labels are noise or far finer than the images"
    return trial, [Finding("one-batch", "warning", "one batch", message, advice)]


def _batch(domains: Sequence[Domain], num_classes: int) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    """Return images, their labels, and the pixels (C,) of each class: some from all over each domain."""
    images, labels = [], []
    counts = np.zeros(num_classes, np.int64)
    per_domain = max(1, IMAGES // len(domains))
    for domain in domains:
        source, table = domain.source, np.where(domain.table == OUTSIDE, IGNORE, domain.table).astype(np.uint8)
        names = sorted(domain.thumbnails)
        index = {item.name: place for place, item in enumerate(source.items)}
        for place in np.unique(np.linspace(0, len(names) - 1, min(per_domain, len(names))).astype(int)):
            image, label = source.read(index[names[place]])
            images.append(Framing(SIZE).image(image))
            labels.append(source.form.encode(label, table, Framing(SIZE)))
            classes = source.form.categories(labels[-1])
            counts += np.bincount(classes.ravel(), minlength=256)[:num_classes]
    return images, labels, counts


def _learn(task: Task, images: np.ndarray, labels: np.ndarray, num_classes: int) -> tuple[int, float]:
    """Return after how many steps a small network has learned a batch, and the score that it reached."""
    assert task.trial is not None
    column = task.compared.index(task.trial_score)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # with a network as small as this, more threads only wait for each other
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = task.build(task.trial, num_classes).train()
        objective = task.objective(Training(loss=tasks.names(task.name)[1][0]), np.ones((1, num_classes)))
        pixels = torch.from_numpy(images).permute(0, 3, 1, 2)
        batch = task.augment(pixels, torch.from_numpy(labels), torch.tensor([UNCHANGED] * len(images)))
        optimizer = torch.optim.AdamW(model.parameters(), 2e-3)
        score, steps = 0.0, 0
        while steps < STEPS and score < LEARNED:
            for _ in range(SCORED_EVERY):
                optimizer.zero_grad()
                objective(model, batch).backward()
                optimizer.step()
            steps += SCORED_EVERY
            with torch.no_grad():
                predicted = task.predict(model, batch["images"])
            score = float(task.score(task.tally(labels, predicted, num_classes, thorough=False))[column])
    torch.set_num_threads(threads)
    return steps, score
