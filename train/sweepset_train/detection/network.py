"""Mask R-CNN and Faster R-CNN of torchvision, set for small images.

Anchors begin at 16 pixels, and there are fewer proposals than torchvision's defaults, which are for sides of 800. The
network takes images at the size that they have: torchvision's own resizing is left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.models import detection, get_model, get_model_weights
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.backbone_utils import mobilenet_backbone, resnet_fpn_backbone
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor
from torchvision.ops import FrozenBatchNorm2d, MultiScaleRoIAlign

from sweepset.errors import SweepsetError

from ..models.build import ModelSpec, explain_difference, no_download, read_weights
from . import MODELS

GROUPED = "-gn"
"""The end of the name of an encoder with GroupNorm."""
RESNETS = ("resnet18", "resnet34", "resnet50")
MOBILENETS = ("mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small")
ENCODERS = tuple(f"{name}{end}" for name in (*RESNETS, *MOBILENETS) for end in ("", GROUPED))
"""Those without GroupNorm keep the statistics of their weights (frozen batch norm), and need such."""
LEAN = {
    "rpn_pre_nms_top_n_train": 500,
    "rpn_pre_nms_top_n_test": 500,
    "rpn_post_nms_top_n_train": 200,
    "rpn_post_nms_top_n_test": 200,
    "rpn_batch_size_per_image": 128,
    "box_batch_size_per_image": 64,
}
RATIOS = (0.5, 1.0, 2.0)
THRESHOLD = 0.5
"""The score from which a detection counts, until a validation has chosen one."""


class Detector(nn.Module):
    """A network of torchvision with the score from which its detections count.

    In train mode, it takes images (B, 3, H, W) and a list of B targets and returns its losses by name; in eval mode, it
    takes images alone and returns for each `boxes` (n, 4) as left, top, right, bottom, `labels` (n,) from 1, `scores`
    (n,), and of Mask R-CNN `masks` (n, 1, 28, 28), shares within the box.
    """

    threshold: Tensor

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.network.transform = AsGiven()
        self.register_buffer("threshold", torch.tensor(THRESHOLD))

    @property
    def body(self) -> nn.Module:
        """The encoder without the feature pyramid."""
        return self.network.get_submodule("backbone.body")

    def forward(self, images: Tensor, targets: Sequence[Mapping[str, Tensor]] | None = None) -> Any:
        """Return losses in train mode, detections in eval mode."""
        return self.network(images, targets)


class AsGiven(nn.Module):
    """What stands for torchvision's transform: images and detections stay as they are, apart from padding to 32."""

    def forward(self, images: Tensor, targets: Any = None) -> tuple[ImageList, Any]:
        """Return images whose sides divide by 32, with their true sizes, and the targets."""
        height, width = images.shape[2:]
        padded = nn.functional.pad(images, (0, -width % 32, 0, -height % 32))
        return ImageList(padded, [(height, width)] * len(images)), targets

    def postprocess(self, found: Any, sizes: Any, originals: Any) -> Any:
        """Return detections in the pixels of the images, masks in their boxes."""
        return found


def build(spec: ModelSpec, num_classes: int) -> Detector:
    """Return a detector of `num_classes` classes, with its first weights.

    Raise SweepsetError if the name, the encoder or the weights are not available.
    """
    if spec.name not in MODELS:
        raise SweepsetError(f"unknown model {spec.name!r}: choose one of {', '.join(MODELS)}")
    whole = spec.name.endswith("-v2")
    if spec.encoder not in (("resnet50",) if whole else ENCODERS):
        allowed = "resnet50" if whole else f"one of {', '.join(ENCODERS)}"
        raise SweepsetError(f"model.encoder {spec.encoder!r} of {spec.name}: choose {allowed}")
    detector = Detector(_second(spec, num_classes) if whole else _first(spec, num_classes))
    if spec.weights == "coco":
        _load_matching(detector.network, _download_coco(spec), "the COCO weights")
    elif spec.weights == "imagenet":
        _load_body(detector, _download_body(spec.encoder), "the ImageNet weights")
    elif spec.weights != "none":
        _load_file(detector, Path(spec.weights).expanduser())
    return detector


def _first(spec: ModelSpec, num_classes: int) -> nn.Module:
    """Return a network as torchvision's first version, on any encoder; light encoders have heads of half the width."""
    name = spec.encoder.removesuffix(GROUPED)
    norm: Any = _group_norm if spec.encoder.endswith(GROUPED) else FrozenBatchNorm2d
    settings: dict[str, Any] = {**LEAN}
    if name in RESNETS:
        backbone = resnet_fpn_backbone(backbone_name=name, weights=None, norm_layer=norm, trainable_layers=5)
        anchors = AnchorGenerator(tuple((16 * 2**level,) for level in range(5)), (RATIOS,) * 5)
        pooled = ["0", "1", "2", "3"]
    else:
        # Three strides, 8, 16 and 32, and a pooled one: half of the time of stride 4 at little loss.
        stages = len(_strided(get_model(name, weights=None).features))
        layers = [*range(stages - 4, stages - 2), stages - 1]
        backbone = mobilenet_backbone(
            backbone_name=name, weights=None, fpn=True, norm_layer=norm, trainable_layers=stages, returned_layers=layers
        )
        sizes = tuple((16 * 2**level, round(16 * 2 ** (level + 0.5))) for level in range(4))
        anchors = AnchorGenerator(sizes, (RATIOS,) * 4)
        pooled = ["0", "1", "2"]
    settings["box_roi_pool"] = MultiScaleRoIAlign(pooled, 7, 2)
    light = name != "resnet50"
    if light:
        settings |= {"box_head": TwoMLPHead(256 * 7 * 7, 512), "box_predictor": FastRCNNPredictor(512, num_classes + 1)}
    kind: Any = detection.FasterRCNN
    if spec.name.startswith("mask"):
        kind = detection.MaskRCNN
        settings["mask_roi_pool"] = MultiScaleRoIAlign(pooled, 14, 2)
        if light:
            settings["mask_head"] = MaskRCNNHeads(256, (128, 128, 128, 128), 1)
            settings["mask_predictor"] = MaskRCNNPredictor(128, 128, num_classes + 1)
    network: nn.Module = kind(backbone, None if light else num_classes + 1, rpn_anchor_generator=anchors, **settings)
    return network


def _second(spec: ModelSpec, num_classes: int) -> nn.Module:
    """Return torchvision's second version, with deeper heads and batch norm that learns, on ResNet-50."""
    make = detection.maskrcnn_resnet50_fpn_v2 if spec.name.startswith("mask") else detection.fasterrcnn_resnet50_fpn_v2
    network: Any = make(weights=None, weights_backbone=None, num_classes=num_classes + 1, **LEAN)
    network.rpn.anchor_generator = AnchorGenerator(tuple((16 * 2**level,) for level in range(5)), (RATIOS,) * 5)
    made: nn.Module = network
    return made


def _strided(features: nn.Module) -> list[int]:
    """Return the layers of a MobileNet that torchvision counts as stages."""
    layers = list(features.children())
    return [0, *(k for k, layer in enumerate(layers) if getattr(layer, "_is_cn", False)), len(layers) - 1]


def _group_norm(channels: int) -> nn.Module:
    return nn.GroupNorm(math.gcd(32, channels), channels)


def _download_coco(spec: ModelSpec) -> Mapping[str, Tensor]:
    """Return the weights that torchvision trained on COCO."""
    names = {
        "mask-rcnn": detection.MaskRCNN_ResNet50_FPN_Weights,
        "mask-rcnn-v2": detection.MaskRCNN_ResNet50_FPN_V2_Weights,
        "faster-rcnn": detection.FasterRCNN_ResNet50_FPN_Weights,
        "faster-rcnn-v2": detection.FasterRCNN_ResNet50_FPN_V2_Weights,
    }
    if spec.encoder != "resnet50":
        raise SweepsetError(
            f"{spec.name} with {spec.encoder} has no COCO weights: set model.encoder to resnet50, or model.weights to "
            "imagenet, none or a file"
        )
    try:
        found: Mapping[str, Tensor] = names[spec.name].DEFAULT.get_state_dict(progress=True, check_hash=True)
        return found
    except (OSError, RuntimeError) as error:
        raise no_download(f"the COCO weights of {spec.name}", error) from None


def _download_body(encoder: str) -> Mapping[str, Tensor]:
    if encoder.endswith(GROUPED):
        raise SweepsetError(f"{encoder} has no ImageNet weights: set model.weights to none or to a file")
    try:
        found: Mapping[str, Tensor] = get_model_weights(encoder).DEFAULT.get_state_dict(progress=True, check_hash=True)
        return found
    except (OSError, RuntimeError) as error:
        raise no_download(f"the ImageNet weights of {encoder}", error) from None


def _load_file(detector: Detector, path: Path) -> None:
    """Load the weights of a detector, ours or torchvision's, or those of an encoder."""
    state = read_weights(path)
    if any(name.startswith("network.backbone.") for name in state):
        own = {name.removeprefix("network."): value for name, value in state.items() if name.startswith("network.")}
        _load_matching(detector.network, own, repr(str(path)))
    elif any(name.startswith("backbone.") for name in state):
        _load_matching(detector.network, state, repr(str(path)))
    else:
        _load_body(detector, state, repr(str(path)))


def _load_matching(network: nn.Module, state: Mapping[str, Tensor], what: str) -> None:
    """Load a whole detector's weights; the last layers stay as they are where the classes are others."""
    own = network.state_dict()
    same = {name: value for name, value in state.items() if name in own and own[name].shape == value.shape}
    lacking = [name for name in own if name not in same and "predictor" not in name and "num_batches" not in name]
    if lacking:
        raise SweepsetError(f"{what} are of another model: {explain_difference(own, state)}")
    network.load_state_dict(same, strict=False)


def _load_body(detector: Detector, state: Mapping[str, Tensor], what: str) -> None:
    """Load an encoder's weights: by the names of torchvision's classifiers, else in the order of the layers."""
    own = detector.body.state_dict()
    named = {name.removeprefix("encoder.").removeprefix("features."): value for name, value in state.items()}
    if not all(name in named and named[name].shape == value.shape for name, value in own.items()):
        counters = {name for name in named if name.endswith("num_batches_tracked")}
        values = [value for name, value in named.items() if name not in counters]
        shapes = [value.shape for value in own.values()]
        if len(values) < len(own) or [value.shape for value in values[: len(own)]] != shapes:
            raise SweepsetError(f"{what} hold no such encoder: {explain_difference(own, named)}")
        named = dict(zip(own, values, strict=False))
    detector.body.load_state_dict({name: named[name] for name in own})
