"""Whether a training fits a device, found out before it begins: its model takes a batch without memory or numbers."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from sweepset import taxonomy
from sweepset.errors import SweepsetError

from . import runs
from .experiment import Experiment
from .settings import Training


def check(experiment: Experiment, at_once: int = 1) -> None:
    """Raise SweepsetError if a training's model is not available, can't take its batches, or lacks memory for them.

    `at_once` is how many such trainings share the device. The model and its batch are made on PyTorch's device `meta`,
    which has shapes and no content, so that this takes no memory. The estimate is a lower bound: weights with their
    gradients and the optimizer's state, what the backward pass keeps of the forward pass, and the batch.
    """
    settings, title = experiment.trainer, runs.model_spec(experiment).title
    share = max(1, settings.batch // _devices(settings))
    width, height = experiment.seen
    with torch.device("meta"):
        model = runs.build_model(experiment, "none", _classes(experiment))
        images = torch.zeros(share, 3, height, width)
    try:
        needed = _estimate(experiment, model.train(), images) * at_once
    except NotImplementedError:  # an operation that `meta` lacks: what is needed stays unknown
        return
    except (AssertionError, ValueError, RuntimeError) as error:
        if "more than 1 value per channel" in str(error):
            raise SweepsetError(
                f"{title} normalizes over its batch, and {share} image of {width}x{height} on each device gives it one "
                "value: set trainer.batch to 2 or more for each device, or take another model.name"
            ) from None
        if _answers(model.eval(), images):  # it needs targets in train mode: what it needs stays unknown
            return
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SweepsetError(f"{title} takes no batch of {share} images of {width}x{height}: {reason}") from None
    free = _free(settings)
    if free is not None and needed > free:
        together = f", {at_once} runs at once" if at_once > 1 else ""
        raise SweepsetError(
            f"too little memory: {title} needs {_gigabytes(needed)} or more with trainer.batch {settings.batch} and "
            f"images of [{width}, {height}]{together}, and {_gigabytes(free)} are free: set one of them lower"
            + (", or give fewer --jobs" if at_once > 1 else "")
        )


def _answers(model: nn.Module, images: Tensor) -> bool:
    """Return whether a model takes images at all."""
    try:
        model(images)
    except NotImplementedError:
        return True
    except (AssertionError, ValueError, RuntimeError):
        return False
    return True


def _estimate(experiment: Experiment, model: nn.Module, images: Tensor) -> int:
    """Return the bytes that a device needs at least to train a model on batches such as `images`."""
    settings = experiment.trainer
    kept = _kept(model, images)
    if runs.precision_of(settings) != "32-true":
        kept //= 2
    weights = sum(one.numel() * one.element_size() for one in model.parameters())
    states = {"adamw": 2, "sgd": 1, "rmsprop": 1}[settings.optimizer]
    # Images: as they are cached, in bytes, this batch and the next; and as the model takes them.
    pixels = images.numel() // 3
    return weights * (2 + states) + kept + pixels * (2 * 4 + 3 * 4)


def _kept(model: nn.Module, images: Tensor) -> int:
    """Return the bytes that the backward pass keeps of a forward pass."""
    found: dict[int, tuple[Any, int]] = {}

    def pack(tensor: Tensor) -> Tensor:
        if not isinstance(tensor, nn.Parameter):
            storage = tensor.untyped_storage()
            found[storage._cdata] = storage, storage.nbytes()  # held, so that no other gets its number
        return tensor

    unpack: Callable[[Tensor], Tensor] = lambda tensor: tensor  # noqa: E731
    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        output = model(images)
    logits = output.numel() * output.element_size() if isinstance(output, Tensor) else 0
    # Of the logits, the loss keeps the logarithms of shares, and the backward pass makes their gradient.
    return sum(size for _, size in found.values()) + 2 * logits


def _classes(experiment: Experiment) -> int:
    """Return how many classes an experiment learns."""
    kind, _, count = experiment.data.taxonomy.rpartition("-")
    if kind == "commonest" and count.isdigit():
        return max(1, int(count))
    if experiment.data.taxonomy == "own":  # known once the data is read: an estimate of the least
        return 2
    return len(taxonomy.load(experiment.data.taxonomy, least=0))


def _devices(settings: Training) -> int:
    """Return how many devices a batch is divided among."""
    if isinstance(settings.devices, int):
        return settings.devices * settings.nodes
    gpus = torch.cuda.device_count() if settings.accelerator != "cpu" else 0
    return max(1, gpus) * settings.nodes


def _free(settings: Training) -> int | None:
    """Return the bytes that are free on the device, None if it does not say."""
    if settings.accelerator != "cpu" and torch.cuda.is_available():
        return int(torch.cuda.mem_get_info()[0])
    return _free_in_system()


def _free_in_system(root: Path = Path("/")) -> int | None:
    """Return the bytes that a process can still take: what the system has, and its control group allows."""
    found = []
    try:
        lines = dict(line.split(":", 1) for line in (root / "proc/meminfo").read_text().splitlines())
        found.append(int(lines["MemAvailable"].split()[0]) * 1024)
    except (OSError, KeyError, ValueError):
        if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
            found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        group = root / "sys/fs/cgroup"
        try:
            # The cache of files counts as used, and is given back when memory is needed.
            rows = dict(line.split() for line in (group / limit).with_name("memory.stat").read_text().splitlines())
            taken = int((group / used).read_text()) - int(rows.get("file", rows.get("cache", 0)))
            found.append(int((group / limit).read_text()) - taken)
        except (OSError, ValueError):  # no such group, or no limit: "max"
            continue
    return min(found, default=None)


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:,.1f} GB"
