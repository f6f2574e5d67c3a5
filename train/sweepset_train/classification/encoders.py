"""Classifiers by name, on the encoders of timm and of segmentation-models-pytorch."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import segmentation_models_pytorch as smp
import timm
from torch import nn

from sweepset.errors import SweepsetError

from ..models.build import ModelSpec, load_weights, no_download, quiet_hub
from .linear import Linear
from .models import Classifier


def build(spec: ModelSpec, num_classes: int) -> Classifier:
    """Return the network; raise SweepsetError if the encoder or its weights are not available."""
    encoder, width = _encoder(spec)
    made = {"classifier": Classifier, "linear": Linear}[spec.name](encoder, width, num_classes, spec.dropout)
    if spec.weights not in ("imagenet", "none"):
        load_weights(made, Path(spec.weights).expanduser())
    return made


def _encoder(spec: ModelSpec) -> tuple[nn.Module, int]:
    """Return an encoder, and how many features it has."""
    of_smp = smp.encoders.get_encoder_names()
    name, pretrained = spec.encoder.removeprefix("tu-"), spec.weights == "imagenet"
    try:
        with quiet_hub():
            if name.partition(".")[0] in timm.list_models():
                network: Any = timm.create_model(name, pretrained=pretrained, num_classes=0)
                return network, int(getattr(network, "head_hidden_size", network.num_features))
            if name in of_smp:
                encoder = smp.encoders.get_encoder(name, weights="imagenet" if pretrained else None)
                return encoder, int(encoder.out_channels[-1])
    except OSError as error:
        raise no_download(spec.encoder, error) from None
    except (KeyError, ValueError, RuntimeError) as error:
        reason = str(error.args[0] if error.args else error).splitlines()[0]
        raise SweepsetError(f"model {spec.name} with encoder {spec.encoder!r}: {reason}") from None
    near = ", ".join(difflib.get_close_matches(name, [*timm.list_models(), *of_smp]))
    raise SweepsetError(
        f"unknown model.encoder {spec.encoder!r}: {f'did you mean one of {near}? ' if near else ''}choose one of timm, "
        "such as resnet50, or of segmentation-models-pytorch, such as mobilenet_v2"
    )
