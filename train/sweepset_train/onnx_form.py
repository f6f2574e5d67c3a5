"""A run's model as one ONNX file, checked by ONNX Runtime, which holds its experiment and classes too.

The file takes images (B, 3, H, W) as models expect them, at the size that the run trained at, and gives what the model
returns. A model that answers a list, one entry an image, takes one image at a time.
"""

from __future__ import annotations

import json
import logging
import warnings
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from torch import Tensor, nn
from torch.utils import _pytree as tree

from sweepset import files, taxonomy
from sweepset.errors import Failure, SweepsetError

from . import experiment as experiments
from .runs import Run

SUFFIX = ".onnx"
KEY = "sweepset"
"""Of the file's metadata: experiment, classes and form of the answers, as JSON."""
NEAR = 1e-3
"""How far answers of both may be apart, as a share of the largest one."""
CHECKED = 3
"""Images to check with."""


def export(run: Run, path: Path, checkpoint: str = "best") -> float:
    """Write a run's model; return how far its answers are from PyTorch's, as a share of the largest.

    Raise SweepsetError if the model can't be written as ONNX, and Failure if its answers differ by more than NEAR;
    there is no file then.
    """
    model = run.load_model(checkpoint).float().to(memory_format=torch.contiguous_format)
    width, height = run.experiment.data.size
    images = torch.randn(CHECKED, 3, height, width, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        singly = isinstance(model(images[:1]), list)
        leaves, form = tree.tree_flatten(model(images[:1] if singly else images))
    whole = _Flat(model).eval()
    about = {
        "experiment": yaml.safe_load(experiments.dump(run.experiment)),
        "taxonomy": run.taxonomy.to_json(),
        "form": tree.treespec_dumps(form),
        "singly": singly,
    }
    with files.replacing(path) as temporary:
        place = temporary.with_name(f"{temporary.name}{SUFFIX}")
        try:
            _write(whole, images[:1] if singly else images, place, [f"output{k}" for k in range(len(leaves))], singly)
            _add_metadata(place, about)
            apart = _compare(whole, Answering(place, about), images, singly)
            if not apart <= NEAR:
                raise Failure(
                    f"ONNX Runtime's answers are {apart:.1e} from PyTorch's, and {NEAR:g} is allowed: no file"
                )
            place.replace(temporary)
        finally:
            place.unlink(missing_ok=True)
    return apart


class Answering(nn.Module):
    """A model in an ONNX file: images (B, 3, H, W) to what the exported model returns."""

    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        super().__init__()
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.form, self.singly = tree.treespec_loads(about["form"]), bool(about["singly"])

    def forward(self, images: Tensor) -> Any:
        """Return the model's answers."""
        if not self.singly:
            return tree.tree_unflatten(self.leaves(images), self.form)
        return [answer for one in images for answer in tree.tree_unflatten(self.leaves(one[None]), self.form)]

    def leaves(self, images: Tensor) -> list[Tensor]:
        """Return the tensors in the model's answers."""
        given = {self.session.get_inputs()[0].name: images.contiguous().cpu().float().numpy()}
        return [torch.from_numpy(np.array(value)) for value in self.session.run(None, given)]


@dataclass(frozen=True)
class Exported(Run):
    """A run that is an ONNX file, `folder`: it predicts, and no more."""

    about: dict[str, Any] = field(default_factory=dict)

    def load_model(self, name: str = "best") -> nn.Module:
        """Return the model; the file has one, whatever checkpoint is asked for."""
        return Answering(self.folder, self.about).eval()


def open_file(path: Path) -> Exported:
    """Return a run by its ONNX file; raise SweepsetError if Sweepset did not write it."""
    import onnx

    try:
        model = onnx.load(str(path), load_external_data=False)
    except Exception as error:  # protobuf raises errors of many types
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SweepsetError(f"cannot read {str(path)!r}: {reason}") from None
    found = {one.key: one.value for one in model.metadata_props}
    if KEY not in found:
        raise SweepsetError(f"{str(path)!r} is not from `sweepset-train export`: it has no experiment and no classes")
    about = json.loads(found[KEY])
    kinds = taxonomy.parse(about["taxonomy"], str(path), least=0)
    return Exported(path, experiments.parse(about["experiment"], str(path)), kinds, about)


class _Flat(nn.Module):
    """A model whose answers are tensors in a tuple."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        return tuple(tree.tree_leaves(self.model(images)))


def _write(model: nn.Module, images: Tensor, path: Path, names: list[str], singly: bool) -> None:
    """Write a model, with any number of images in a batch unless it takes one at a time."""
    batch = None if singly else ({0: torch.export.Dim("batch", min=1)},)
    quiet = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript", "torch.export")]
    levels = [one.level for one in quiet]
    try:
        for one in quiet:
            one.setLevel(logging.ERROR)
        with warnings.catch_warnings(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            warnings.simplefilter("ignore")
            torch.onnx.export(
                model, (images,), str(path), input_names=["images"], output_names=names, dynamic_shapes=batch,
                dynamo=True, external_data=False,
            )  # fmt: skip
    except Exception as error:  # the exporter raises errors of many types
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise SweepsetError(f"this model cannot be written as ONNX: {reason}") from None
    finally:
        for one, level in zip(quiet, levels, strict=True):
            one.setLevel(level)


def _add_metadata(path: Path, about: dict[str, Any]) -> None:
    import onnx

    model = onnx.load(str(path))
    model.metadata_props.add(key=KEY, value=json.dumps(about))
    onnx.save(model, str(path))


def _compare(model: nn.Module, other: Answering, images: Tensor, singly: bool) -> float:
    """Return the largest difference of answers, as a share of the largest value; infinity if shapes differ."""
    worst = 0.0
    for batch in images.split(1) if singly else (images, images[:1]):
        with torch.inference_mode():
            pairs = zip(model(batch), other.leaves(batch), strict=True)
        for one, theirs in pairs:
            if one.shape != theirs.shape:
                return float("inf")
            if one.numel():
                apart = (one.float() - theirs.float()).abs().max() / one.float().abs().max().clamp(min=1)
                worst = max(worst, float(apart))
    return worst
