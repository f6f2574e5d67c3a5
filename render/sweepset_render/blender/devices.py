"""The devices that Cycles renders on: those found in Blender, and the choice among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sweepset.errors import SweepsetError

KINDS = ("OPTIX", "CUDA", "HIP", "ONEAPI", "METAL")
"""Cycles' ways to use a GPU, the faster first if a GPU has two of them."""


@dataclass(frozen=True)
class Device:
    """A GPU as Cycles sees it; `key` is Cycles' own id of it."""

    kind: str
    key: str
    name: str


def check(wanted: str) -> str:
    """Return a device option if it is valid: 'auto', 'cpu', 'gpu', or 'gpu:K' for the K-th GPU from 0."""
    if not re.fullmatch(r"auto|cpu|gpu(:\d+)?", wanted):
        raise SweepsetError(f"--device {wanted!r}: choose auto, cpu, gpu, or gpu:0, gpu:1 … for one of several")
    return wanted


def usable(found: Sequence[Device]) -> list[Device]:
    """Return each GPU once, all of the first kind that any has: Cycles uses one kind at a time."""
    kind = next((kind for kind in KINDS if any(device.kind == kind for device in found)), None)
    return [device for device in found if device.kind == kind]


def choose(wanted: str, found: Sequence[Device]) -> Device | None:
    """Return the GPU to render on, None for the CPU; raise SweepsetError if it does not exist."""
    gpus = usable(found)
    if wanted == "cpu" or (wanted == "auto" and not gpus):
        return None
    number = int(wanted.partition(":")[2] or 0)
    if number >= len(gpus):
        there = ", ".join(f"gpu:{i} {gpu.name} ({gpu.kind})" for i, gpu in enumerate(gpus)) or "no GPU"
        raise SweepsetError(f"--device {wanted}: Blender finds {there}; choose one of these, auto or cpu")
    return gpus[number]


def of_worker(wanted: str, worker: int, gpus: int) -> str:
    """Return the device of a worker, counted from 1, on a machine with so many GPUs: each in turn has its own."""
    return f"gpu:{(worker - 1) % gpus}" if gpus and wanted in ("auto", "gpu") else wanted
