"""Models by name: SegNet, the architectures of segmentation-models-pytorch, and the smallest network as a baseline."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import segmentation_models_pytorch as smp
import timm
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models import VGG16_BN_Weights

from sweepset.errors import SweepsetError

from .baselines import three_layer_cnn
from .names import NAMES
from .segnet import SegNet

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""ImageNet's mean and deviation of RGB in 0..1: all models expect (image / 255 - MEAN) / STD."""

STRIDE = 32
"""The sides of an image must be multiples of this in the deepest of the library's encoders."""


@dataclass(frozen=True)
class ModelSpec:
    """Which model, and what it starts from."""

    name: str = "unet"
    """One of NAMES."""
    encoder: str = "resnet34"
    """An encoder of segmentation-models-pytorch; SegNet and the small network have their own."""
    weights: str = "imagenet"
    """`imagenet` (downloaded), `none` (random), or a file with the state of such a model or of its encoder."""
    dropout: float = 0
    """Before the last layer, of models of a task that heeds it."""

    @property
    def title(self) -> str:
        """The model in words, with its encoder unless it has only one."""
        return self.name if self.name in ("segnet", "cnn") else f"{self.name} with {self.encoder}"


def build_model(spec: ModelSpec, num_classes: int) -> nn.Module:
    """Return the model, from images (B, 3, H, W) to logits (B, num_classes, H, W), for any H and W.

    Raise SweepsetError if the name, the encoder or the weights are not available.
    """
    if spec.name not in NAMES:
        raise SweepsetError(f"unknown model {spec.name!r}: choose one of {', '.join(NAMES)}")
    given = spec.weights not in ("imagenet", "none")
    model: nn.Module
    if spec.name == "segnet":
        model = SegNet(num_classes)
        if spec.weights == "imagenet":
            model.load_encoder(_download_vgg())
    elif spec.name == "cnn":
        if spec.weights == "imagenet":
            raise SweepsetError("model cnn has no ImageNet weights: set model.weights to none or to a file")
        model = three_layer_cnn(num_classes)
    else:
        model = Padded(_build_smp(spec, num_classes))
    if given:
        load_weights(model, Path(spec.weights).expanduser())
    return model


class Padded(nn.Module):
    """A network whose sides must divide by STRIDE, for any size: images are padded, logits cropped.

    Padding is with 0, the mean colour, to the right and at the bottom.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    @property
    def body(self) -> nn.Module:
        """The encoder."""
        return self.network.get_submodule("encoder")

    def forward(self, images: Tensor) -> Tensor:
        """Return logits at the size of `images`."""
        height, width = images.shape[2:]
        logits: Tensor = self.network(F.pad(images, (0, -width % STRIDE, 0, -height % STRIDE)))
        return logits[:, :, :height, :width]


def load_weights(model: nn.Module, path: Path) -> None:
    """Load a file into a model: the state of such a model, bare or in a Lightning checkpoint, or of its encoder.

    In a checkpoint, it is the state of a module's attribute `average` if it has one, else of `model`.
    An encoder's is torchvision's VGG16-BN for SegNet, and for the others what their encoder calls its layers, which is
    as torchvision has them for most. Raise SweepsetError if the file is neither.
    """
    state = read_weights(path)
    own = model.state_dict()
    encoder = None if isinstance(model, SegNet) else getattr(model, "body", None)
    if isinstance(model, SegNet) and "features.0.weight" in state:
        try:
            model.load_encoder(state)
        except ValueError:
            raise SweepsetError(f"{str(path)!r} is no VGG16-BN: give torchvision's vgg16_bn or a SegNet") from None
    elif isinstance(encoder, nn.Module) and _fits(encoder.state_dict(), state):
        encoder.load_state_dict({name: state[name] for name in encoder.state_dict()})
    elif _fits(own, state) and len(own) == len(state):
        model.load_state_dict(state)
    else:
        raise SweepsetError(f"{str(path)!r} has weights of another model: {explain_difference(own, state)}")


def read_weights(path: Path) -> Mapping[str, Tensor]:
    """Return the tensors of a file of weights, or of the network in a Lightning checkpoint, by name.

    Raise SweepsetError if there are none.
    """
    try:
        data = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise SweepsetError(f"no weights {str(path)!r}: give imagenet, none, or a file that exists") from None
    except Exception as error:  # torch's unpickler raises errors of many types
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SweepsetError(f"cannot read weights {str(path)!r}: {reason}") from None
    state = data if isinstance(data, Mapping) else {}
    if isinstance(state.get("state_dict"), Mapping):
        whole = state["state_dict"].items()
        prefix = "average." if any(name.startswith("average.") for name in state["state_dict"]) else "model."
        state = {name.removeprefix(prefix): value for name, value in whole if name.startswith(prefix)}
    if not state or not all(isinstance(value, Tensor) for value in state.values()):
        raise SweepsetError(f"{str(path)!r} holds no weights: give a file with a model's state_dict")
    return state


def _fits(own: Mapping[str, Tensor], state: Mapping[str, Tensor]) -> bool:
    return all(name in state and state[name].shape == value.shape for name, value in own.items())


def explain_difference(own: Mapping[str, Tensor], state: Mapping[str, Tensor]) -> str:
    """Describe the first difference."""
    for name, value in own.items():
        if name not in state:
            return f"it has no {name}"
        if state[name].shape != value.shape:
            return f"{name} is {tuple(state[name].shape)} there and {tuple(value.shape)} here"
    return f"it also has {next(name for name in state if name not in own)}"


def _download_vgg() -> Mapping[str, Tensor]:
    try:
        return VGG16_BN_Weights.IMAGENET1K_V1.get_state_dict(progress=True, check_hash=True)
    except (OSError, RuntimeError) as error:
        raise no_download("the ImageNet weights of vgg16_bn", error) from None


def _build_smp(spec: ModelSpec, num_classes: int) -> nn.Module:
    _check_encoder(spec.encoder)
    weights: str | bool | None = None
    if spec.weights == "imagenet":
        # Encoders of timm have weights of their own names, and take only whether to load them.
        weights = True if spec.encoder.startswith("tu-") else "imagenet"
    try:
        with quiet_hub():
            return smp.create_model(spec.name, spec.encoder, weights, classes=num_classes)
    except OSError as error:
        raise no_download(f"the ImageNet weights of {spec.encoder}", error) from None
    except (KeyError, ValueError, RuntimeError) as error:
        reason = str(error.args[0] if error.args else error).splitlines()[0]
        raise SweepsetError(f"model {spec.name} with encoder {spec.encoder!r}: {reason}") from None


def _check_encoder(name: str) -> None:
    """Raise SweepsetError for an encoder that does not exist, with those of the nearest names."""
    of_timm = name.startswith("tu-")
    known = timm.list_models() if of_timm else smp.encoders.get_encoder_names()
    own = name.removeprefix("tu-").partition(".")[0] if of_timm else name
    if own not in known:
        near = ", ".join(f"tu-{one}" if of_timm else one for one in difflib.get_close_matches(own, known))
        raise SweepsetError(
            f"unknown model.encoder {name!r}: {f'did you mean one of {near}? ' if near else ''}choose one of the "
            f"{len(smp.encoders.get_encoder_names())} of segmentation-models-pytorch, such as resnet18, or one of timm "
            "as tu-NAME"
        )


@contextmanager
def quiet_hub() -> Iterator[None]:
    """Let the hub of weights not print each of its attempts to connect; an error at the end says why."""
    logger = logging.getLogger("huggingface_hub")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def no_download(what: str, error: Exception) -> SweepsetError:
    """Return an error that says why weights cannot be downloaded, and what to do."""
    reason = (str(error).splitlines() or [type(error).__name__])[0].partition(". ")[0]
    return SweepsetError(f"cannot get {what} ({reason}): set model.weights to none, or to a file with them")
