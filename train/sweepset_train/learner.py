"""A model in training: its loss, its optimizer with a schedule, and its scores in validation, as a Lightning module."""

from __future__ import annotations

import copy
import math
from typing import Any

import lightning as L
import numpy as np
import torch
from torch import Tensor, nn

from sweepset.errors import SweepsetError

from . import runs
from . import task as tasks
from .data import augmentation
from .experiment import Experiment
from .settings import Training
from .task import Batch, Tallies

LOG_EVERY = 10
"""Steps between two logged losses; a loss that is not finite stops the run after at most as many."""


class Learner(L.LightningModule):
    """A model, trained by the loss of its task. Checkpoints hold it as `model`, and nothing of the loss."""

    broken: Tensor
    average: nn.Module | None

    def __init__(self, experiment: Experiment, model: nn.Module, objective: nn.Module, num_classes: int) -> None:
        """Take a model and the loss of a batch, from (model, batch) to a scalar."""
        super().__init__()
        self.experiment, self.model, self.objective = experiment, model, objective
        self.task, self.num_classes = tasks.find(experiment.task), num_classes
        self.average = copy.deepcopy(model).requires_grad_(False) if experiment.trainer.average else None
        self.body = _body(experiment, model) if experiment.trainer.heads_first else None
        self.register_buffer("broken", torch.zeros((), dtype=torch.bool), persistent=False)
        self.latest = torch.tensor(math.nan)
        """The loss of the latest step."""
        self.tallied: list[Tallies] = []
        self.plateau = Plateau()

    @property
    def answering(self) -> nn.Module:
        """The network that answers: the average of the weights if there is one."""
        return self.model if self.average is None else self.average

    def on_fit_start(self) -> None:
        """Refuse what several devices cannot do: they wait for the gradients of all weights."""
        if self.body is not None and self.trainer.world_size > 1:
            raise SweepsetError(
                f"trainer.heads_first {self.experiment.trainer.heads_first} needs one device, and "
                f"{self.trainer.world_size} train: set it to 0, or trainer.devices to 1"
            )

    def on_after_batch_transfer(self, batch: Batch, dataloader_idx: int) -> Batch:
        """Make images what models expect, and vary those to train on: on the device, and in float32.

        In a step's own bf16, sampling positions would be off by up to half a pixel.
        """
        if self.trainer.training:
            return self.task.augment(batch["images"], batch["labels"], batch["drawn"])
        return {"images": augmentation.prepare(batch["images"]), "labels": batch["labels"]}

    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """Let random layers follow from seed and step alone."""
        torch.manual_seed(hash((self.experiment.seed, self.global_step, self.global_rank)) & 0xFFFFFFFF)
        if self.body is not None:
            self.body.requires_grad_(self.global_step >= self.experiment.trainer.heads_first)

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """Return the loss of a step."""
        loss: Tensor = self.objective(self.model, batch)
        if self.experiment.trainer.l1:
            weights = [one for one in self.model.parameters() if one.dim() > 1 and one.requires_grad]
            loss = loss + self.experiment.trainer.l1 * torch.stack([one.abs().sum() for one in weights]).sum()
        self.latest = loss.detach()
        # Kept on the device: to read it at every step would make the processor wait for the GPU.
        self.broken |= ~torch.isfinite(self.latest)
        if (self.global_step + 1) % LOG_EVERY == 0:
            self._refuse_broken()
            optimizer: Any = self.optimizers()
            self.log_dict({"loss": self.latest, "learning_rate": optimizer.param_groups[0]["lr"]})
        return loss

    def optimizer_step(self, *args: Any, **kwargs: Any) -> None:
        """Take a step, and let the average follow the weights; at first quickly, so that it forgets the first ones."""
        super().optimizer_step(*args, **kwargs)
        if self.average is None:
            return
        kept = min(self.experiment.trainer.average, (1 + self.global_step) / (10 + self.global_step))
        with torch.no_grad():
            for mean, weight in zip(self.average.parameters(), self.model.parameters(), strict=True):
                mean.lerp_(weight, 1 - kept)
            for own, buffer in zip(self.average.buffers(), self.model.buffers(), strict=True):
                own.copy_(buffer)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Refuse to save broken weights: the checkpoint before stays."""
        self.broken |= ~torch.stack([torch.isfinite(p).all() for p in self.model.parameters()]).all()
        self._refuse_broken()
        checkpoint["plateau"] = dict(vars(self.plateau))

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Go on to wait for better scores; checkpoints of earlier versions have none."""
        vars(self.plateau).update(checkpoint.get("plateau", {}))

    def on_validation_epoch_start(self) -> None:
        """Forget the tallies of the validation before."""
        self.tallied.clear()

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """Tally a batch."""
        predicted = self.task.predict(runs.answering(self.experiment, self.answering, flips=False), batch["images"])
        labels = batch["labels"].cpu().numpy()
        self.tallied.append(self.task.tally(labels, predicted, self.num_classes, thorough=False))

    def on_validation_epoch_end(self) -> None:
        """Log the scores of the whole part."""
        tallies = tasks.join(self._gathered())
        scores = self.task.summarize(tallies)
        for network in filter(None, (self.model, self.average)):
            self.task.settle(network, tallies)
        self.plateau.see(scores[self.task.headline])
        # An undefined score, such as one of images without labels, must not be chosen as the best.
        self.log_dict({name: np.float32(0 if math.isnan(score) else score).item() for name, score in scores.items()})

    def configure_optimizers(self) -> Any:
        """Return the optimizer and its schedule, a factor of the learning rate that follows from the step alone."""
        settings = self.experiment.trainer
        rate, decay = settings.learning_rate, settings.weight_decay
        optimizer: torch.optim.Optimizer
        if settings.optimizer == "sgd":
            optimizer = torch.optim.SGD(self.model.parameters(), rate, settings.momentum, weight_decay=decay)
        elif settings.optimizer == "rmsprop":
            optimizer = torch.optim.RMSprop(self.model.parameters(), rate, alpha=0.9, weight_decay=decay)  # as Keras'
        else:
            optimizer = torch.optim.AdamW(self.model.parameters(), rate, weight_decay=decay)
        pretraining = self.experiment.data.pretrain_steps

        def factor(step: int) -> float:
            lowered = self.plateau.factor if settings.schedule == "plateau" else 1.0
            return rate_factor(settings, step, pretraining) * lowered

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def _gathered(self) -> list[Tallies]:
        """Return the tallies of all devices, which have different numbers of images."""
        if self.trainer.world_size == 1:
            return self.tallied
        every: list[Any] = [None] * self.trainer.world_size
        torch.distributed.all_gather_object(every, self.tallied)
        return [tallies for own in every for tallies in own]

    def _refuse_broken(self) -> None:
        if self.broken:
            raise SweepsetError(
                f"the loss is no number after {self.global_step} steps: lower trainer.learning_rate "
                f"({self.experiment.trainer.learning_rate}) in a run of its own, or set trainer.precision to float32; "
                f"the run is kept as it was at the last checkpoint"
            )


class Plateau:
    """The factor of the learning rate that falls to a tenth wherever the headline score stops to rise."""

    PATIENCE, BETTER = 4, 1e-4
    """Validations without a better score until it falls; by how much a score must be better."""

    def __init__(self) -> None:
        self.best, self.waited, self.factor = -math.inf, 0, 1.0

    def see(self, score: float) -> None:
        """Take the score of a validation; an undefined one is no better."""
        if score > self.best + self.BETTER:
            self.best, self.waited = float(score), 0
            return
        self.waited += 1
        if self.waited >= self.PATIENCE:
            self.waited, self.factor = 0, self.factor / 10


def rate_factor(settings: Training, step: int, pretraining: int) -> float:
    """Return the learning rate of a step, as a share of the highest; a pretraining has a schedule of its own."""
    return min(1.0, (step + 1) / (settings.warm_up + 1)) * _scheduled(settings, step, pretraining)


def _scheduled(settings: Training, step: int, pretraining: int) -> float:
    begin, end = (0, pretraining) if step < pretraining else (pretraining, settings.max_steps)
    progress = min(1.0, (step - begin) / max(1, end - begin))
    match settings.schedule:
        case "poly":
            return (1 - progress) ** 0.9  # the power of DeepLab's schedule
        case "one-cycle":
            # As PyTorch's OneCycleLR: a rise over 30 % of the steps from 1/25, then down to 1/10,000 of the highest.
            rise = 0.3
            if progress < rise:
                return _ease(1 / 25, 1, progress / rise)
            return _ease(1, 1e-4, (progress - rise) / (1 - rise))
    return 1.0


def _body(experiment: Experiment, model: nn.Module) -> nn.Module:
    """Return the part of a model that learns after its heads."""
    body = getattr(model, "body", None)
    if not isinstance(body, nn.Module):
        raise SweepsetError(
            f"model {experiment.model.name} has no body apart from its heads: set trainer.heads_first to 0"
        )
    return body


def _ease(start: float, end: float, progress: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2
