"""Measure how fast training is: beside one batch held in memory, and beside training the plain way."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning as L
import torch
from lightning.pytorch.callbacks import Callback
from torch.utils.flop_counter import FlopCounterMode

from . import runs, training
from . import task as tasks
from .experiment import Experiment
from .task import Batch

WARM_UP = 2
"""Steps before any is measured."""
ON_GPU = (
    ("baseline", ()),
    ("baseline", ("model.encoder=resnet34", "data.size=[480, 360]")),
    ("segnet", ()),
)
"""Experiments, and changes of them, to measure on a GPU if none is named."""
ON_CPU = ON_GPU[:1]


@dataclass(frozen=True)
class Pace:
    """Seconds of a round's steps: on the clock, and of the processor in all threads."""

    clock: float
    processor: float


@dataclass(frozen=True)
class Speed:
    """Measured paces, in rounds of `steps` steps: of a whole training, of one batch held in memory, and plain."""

    batch: int
    steps: int
    training: tuple[Pace, ...]
    held: tuple[Pace, ...]
    plain: tuple[Pace, ...]
    flops: float
    """Of a step, forward and backward."""
    peak: float
    """Flops a second when large matrices are multiplied."""
    memory: int | None
    """Bytes of a GPU that training took at most; None on a CPU."""

    def images_per_second(self, paces: Iterable[Pace]) -> float:
        """Return the median over rounds."""
        return self.steps * self.batch / statistics.median(pace.clock for pace in paces)

    @property
    def share_of_peak(self) -> float:
        """How much of the peak training reaches."""
        return self.flops / self.batch * self.images_per_second(self.training) / self.peak


def ratio(own: Iterable[Pace], other: Iterable[Pace], of: str = "clock") -> float:
    """Return how many times as fast one way is as another: the median of the rounds' ratios."""
    return statistics.median(getattr(b, of) / getattr(a, of) for a, b in zip(own, other, strict=True))


def measure(experiment: Experiment, rounds: int, steps: int) -> Speed:
    """Train an experiment for some steps, and in turns as many on one batch held in memory and as many the plain way.

    Nothing is downloaded: weights are random. An experiment without data is trained on pictures made for it.
    """
    with tempfile.TemporaryDirectory(prefix="sweepset-bench-") as folder:
        given = experiment.data.synthetic if experiment.data.synthetic_share else ()
        alone = {"validate_on": None, "test": None, "pretrain_steps": 0, "synthetic": given}
        data = experiment.data.model_copy(update=alone)
        if data.real is None and not data.synthetic:
            made = Path(folder) / "made"
            os.environ["SWEEPSET_CACHE"] = str(Path(folder) / "cache")
            data = data.model_copy(update=tasks.find(experiment.task).make_data(made))
        count = WARM_UP + rounds * (1 + steps)
        # Occasional work, such as checkpoints, falls into no round.
        seldom = {"checkpoint_every": count + 1, "validate_every": count + 1}
        trainer = experiment.trainer.model_copy(update={"max_steps": count, "devices": 1, "nodes": 1, **seldom})
        model = experiment.model.model_copy(update={"weights": "none"})
        asked = experiment.model_copy(update={"data": data, "trainer": trainer, "model": model})
        turns = _Turns(asked, Path(folder) / "pictures", steps)
        training.fit(asked, Path(folder) / "run", lambda _: None, [turns])
        ours, held, plain = (tuple(paces) for paces in turns.paces.values())
        return Speed(trainer.batch, steps, ours, held, plain, turns.flops, turns.peak, turns.memory)


def describe(experiment: Experiment, speed: Speed, device: str) -> str:
    """Return what was measured as text."""
    size = experiment.data.size
    kind = runs.precision_of(experiment.trainer)
    ways = {"training": speed.training, "one batch in memory": speed.held, "the plain way": speed.plain}
    memory = "" if speed.memory is None else f", {speed.memory / 2**30:.1f} GiB"
    lines = [
        f"{runs.model_spec(experiment).title}, {size[0]}x{size[1]}, batch {speed.batch}, {kind}, {device}, "
        f"medians of {len(speed.training)} rounds of {speed.steps} steps; "
        f"training reaches {speed.share_of_peak:.0%} of the peak of {speed.peak / 1e12:.2f} Tflop/s{memory}:"
    ]
    lines += [f"  {way:19} {speed.images_per_second(paces):7.1f} images/s" for way, paces in ways.items() if paces]
    for way, aim in (("one batch in memory", 0.95), ("the plain way", 2)):
        if ways[way]:
            found = [ratio(speed.training, ways[way], of) for of in ("clock", "processor")]
            by_time = "" if speed.memory is not None else f", by processor time {found[1]:.3f}"
            lines.append(f"  training over {way}: {found[0]:.3f}{by_time} (aim: {aim} or more)")
    return "\n".join(lines)


class _Turns(Callback):
    """Lets a training pause after each round of its steps, while as many are taken the other ways."""

    def __init__(self, experiment: Experiment, pictures: Path, steps: int) -> None:
        self.experiment, self.pictures, self.steps = experiment, pictures, steps
        self.paces: dict[str, list[Pace]] = {"training": [], "held": [], "plain": []}
        self.flops = self.peak = 0.0
        self.memory: int | None = None

    def on_train_batch_end(
        self, trainer: L.Trainer, pl_module: L.LightningModule, outputs: Any, batch: Batch, batch_idx: int
    ) -> None:
        """Let the other ways have their turns.

        The first step of a round is not measured: its batch was gathered while the others had theirs.
        """
        done = trainer.global_step - WARM_UP
        if done == 0:
            self.prepare(trainer, pl_module, batch)
        if done > 0 and done % (1 + self.steps) == 0:
            self.paces["training"].append(self.watch.read())
            for way, step in self.others.items():
                self.watch.begin()
                for _ in range(self.steps):
                    step()
                self.paces[way].append(self.watch.read())
        if done > 0 and done % (1 + self.steps) == 1:
            self.watch.begin()

    def prepare(self, trainer: L.Trainer, module: Any, batch: Batch) -> None:
        """Take the first steps of the other ways, and count."""
        device = module.device
        self.watch = _Watch(device)
        held = _held(trainer, module, batch)
        held()
        if device.type == "cuda":
            self.memory = torch.cuda.max_memory_allocated(device)
        network = runs.build_model(self.experiment, "none", module.num_classes).to(device).train()
        data, settings = self.experiment.data, self.experiment.trainer
        plain = module.task.plain_steps(network, data, settings, self.pictures, module.num_classes)
        with FlopCounterMode(display=False) as counter:
            (plain or held)()
        self.flops = float(counter.get_total_flops())
        self.peak = _peak(self.watch, torch.bfloat16 if "bf16" in str(trainer.precision) else torch.float32)
        self.others = {"held": held, **({"plain": plain} if plain else {})}


class _Watch:
    """Measures how long a device works."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.begin()

    def begin(self) -> None:
        """Begin now."""
        self.wait()
        self.clock, self.processor = time.perf_counter(), time.process_time()

    def read(self) -> Pace:
        """Return the time since then."""
        self.wait()
        return Pace(time.perf_counter() - self.clock, time.process_time() - self.processor)

    def wait(self) -> None:
        """Wait until a GPU has done all its work."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


def _held(trainer: L.Trainer, module: Any, batch: Batch) -> Callable[[], None]:
    """Return a function that takes a step of the module's network, and nothing else, on one batch that is ready."""
    optimizer = trainer.optimizers[0]

    def step() -> None:
        optimizer.zero_grad()
        with trainer.precision_plugin.forward_context():
            loss = module.objective(module.model, batch)
        loss.backward()
        optimizer.step()

    return step


def _peak(watch: _Watch, kind: torch.dtype) -> float:
    """Return flops a second at the best of some products of large matrices."""
    size = 8192 if watch.device.type == "cuda" else 1536
    matrix = torch.randn(size, size, device=watch.device).to(kind)
    times = []
    for _ in range(8):
        watch.begin()
        matrix @ matrix
        times.append(watch.read().clock)
    return 2 * size**3 / min(times)
