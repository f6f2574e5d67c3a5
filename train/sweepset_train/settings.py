"""The sections of an experiment: their keys, what they mean, and their defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _absolute(value: Any) -> Any:
    return Path(value).expanduser().resolve() if isinstance(value, str | Path) and str(value) else value


Place = Annotated[Path, BeforeValidator(_absolute)]
"""A path, made absolute when it is read."""
Positive = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]


class Section(BaseModel):
    """A part of an experiment; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Data(Section):
    """Which images to use, and how to divide them."""

    taxonomy: str = "nyu13"
    """The classes to learn: a taxonomy's name or file, `own` for those that the data names, or `commonest-30` for the
    30 commonest of the training part."""
    size: tuple[Positive, Positive] = (160, 128)
    """Width and height that all images are resized to."""
    fit: Literal["stretch", "pad"] = "stretch"
    """`pad` keeps each image's ratio of width to height, and fills what is left of `size` with the mean colour; it is
    void in labels. `stretch` does not."""
    crop: tuple[int, int, int, int] | None = (41, 45, 601, 471)
    """Left, top, right, bottom of the crop of real images, before resizing; the default is NYU's usual crop."""
    real: Place | None = None
    """nyu_depth_v2_labeled.mat, a folder of images and labels, renders, or what `sweepset export --to folder` wrote."""
    images: str = "images"
    """The folder of photos, if `real` is a folder."""
    labels: str = "labels"
    """The folder of labels beside that of photos."""
    labels_taxonomy: str = "nyu894"
    """The taxonomy of the ids in that folder."""
    labels_from_zero: bool = False
    """Whether labels in that folder hold positions in that taxonomy, 0 for its first category, instead of its ids."""
    labels_upright: bool = True
    """Whether labels in that folder were drawn on photos held upright; false if on the pixels as their files store
    them, before EXIF turns a photo."""
    void: tuple[int, ...] | None = None
    """Ids in that folder that stand for no category; by default 0, or 255 where 0 is a category."""
    train: str = "train795"
    """A split: of NYU, seeded80 or seeded20, all, a splits.mat, or a text file of names."""
    fraction: Annotated[float, Field(gt=0, le=1)] = 1
    """The share of the training images to use; a larger share contains the smaller ones."""
    per_class: Positive | None = None
    """How many training images of each class to use, at most, of images that have a class each; a larger number
    contains the smaller ones."""
    table: Place | None = None
    """Of images with a class each: a CSV with the classes of images in `real`, by their file names or by an id."""
    column: str | None = None
    """Of images with a class each: the column of that CSV, or of `real` if it is one, that has the class."""
    by_name: bool = False
    """Of images with a class each: whether the class of a render is the name of its main object, such as a vehicle's
    body, instead of its category."""
    rename: dict[str, str] = {}
    """Of images with a class each: names of classes in the data, and the classes that they are learned as."""
    boxes: bool = True
    """Of images with a class each: whether to crop each to its box, if the data has boxes, and each render to its main
    object."""
    validate_on: str | float | None = 0.1
    """Where the best checkpoint is chosen: a split, or the share of the training part's rooms to hold out."""
    test: str | float | None = "test654"
    """What a finished run is scored on: a split, or the share of the training part's rooms to hold out. Trained on
    renders alone, only such a share."""
    split_seed: Seed = 0
    """Decides fractions, held-out rooms and seeded splits; the same for all runs that are compared."""
    synthetic: tuple[Place, ...] = ()
    """Folders that `sweepset render` wrote."""
    synthetic_share: Share = 0
    """The share of synthetic images in each batch."""
    pretrain_steps: Annotated[int, Field(ge=0)] = 0
    """Steps on synthetic images alone, before all others."""


class Model(Section):
    """Which network, and its first weights."""

    name: str = "unet"
    """One of the task's models."""
    encoder: str = "resnet34"
    weights: str = "imagenet"
    """`imagenet`, `none`, or a file with weights, such as another run's checkpoint."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0
    """The share of features that are left out of each step, before the last layer."""


class Augmentation(Section):
    """How training images are varied."""

    flip: Share = 0.5
    """The share of images that are mirrored."""
    scale: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]] = (1.0, 1.5)
    """Least and greatest factor of enlargement before a crop of the image's size; below 1 the border is void."""
    color: Annotated[float, Field(ge=0, lt=1)] = 0.2
    """The greatest relative change of brightness, contrast and saturation."""
    blur: Annotated[float, Field(ge=0, le=8)] = 0
    """The greatest deviation, in pixels, of the Gaussian that blurs half of the images; 0 blurs none."""
    jpeg: Share = 0
    """The share of images that are compressed as JPEG, at a quality from 20 to 90."""
    paste: Share = 0
    """Of detection: the share of images that get instances of another image of their batch."""
    rotate: Annotated[float, Field(ge=0, le=180)] = 0
    """The greatest angle of turning, in degrees, to either side; at the corners, the border is void."""
    erase: Share = 0
    """The share of images in which a random rectangle, 2 to 33 % of the area, becomes the mean colour."""
    mixup: Annotated[float, Field(ge=0)] = 0
    """Blend each image and its class with another one's; the share is drawn from Beta(mixup, mixup). 0 is off."""
    cutmix: Annotated[float, Field(ge=0)] = 0
    """Put a rectangle of another image into each, and share the class by area; drawn as that of mixup. With both, half
    of the images are mixed by either."""
    shift: Annotated[float, Field(ge=0, lt=1)] = 0
    """The greatest shift across and down, as a share of the sides."""
    hue: Annotated[float, Field(ge=0, le=180)] = 0
    """The greatest turn of the hue either way, in degrees."""
    saturation: Annotated[float, Field(ge=0, le=1)] = 0
    """The greatest amount that is added to the saturation or taken from it; saturations are from 0 to 1."""
    value: Annotated[float, Field(ge=0, le=1)] = 0
    """The same of the value, a pixel's largest channel."""
    crop: tuple[Positive, Positive] | None = None
    """Width and height of the part of each image to train on, at a random place, before all other variations; null for
    the whole image. Predictions of whole images are then put together from tiles of this size."""


class Predicting(Section):
    """How a trained model answers, in scores on the test part and for photos."""

    flips: bool = False
    """Whether answers for an image and for its mirror image are averaged."""
    overlap: Annotated[float, Field(ge=0, lt=1)] = 0.25
    """How far neighbouring tiles overlap, as a share of their sides, if training is on crops."""


class Training(Section):
    """How the weights are found."""

    max_steps: Positive = 1000
    batch: Positive = 16
    """Images of one step, over all devices."""
    optimizer: Literal["adamw", "sgd", "rmsprop"] = "adamw"
    learning_rate: Annotated[float, Field(gt=0)] = 1e-3
    momentum: Share = 0.9
    """Of SGD."""
    weight_decay: Annotated[float, Field(ge=0)] = 1e-4
    l1: Annotated[float, Field(ge=0)] = 0
    """Added to the loss, times the sum of the weights' absolute values; biases and normalizations have no part."""
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0
    """The share of an image's class that all classes are given alike."""
    schedule: Literal["one-cycle", "poly", "constant", "plateau"] = "one-cycle"
    """`plateau` divides the learning rate by ten after four validations without a better headline score."""
    warm_up: Annotated[int, Field(ge=0)] = 0
    """Steps in which the learning rate rises evenly to that of its schedule."""
    clip: Annotated[float, Field(gt=0)] | None = None
    """The greatest length of a step's gradient; a longer one is shortened to it."""
    heads_first: Annotated[int, Field(ge=0)] = 0
    """Steps in which the network's body, which may have pretrained weights, stays as it is."""
    average: Annotated[float, Field(ge=0, lt=1)] = 0
    """How much an average of the weights, which then answers in their place, keeps of itself at each step, such as
    0.999; 0 keeps no average."""
    loss: str = "cross-entropy"
    """One of the task's losses."""
    balance: bool = False
    """Whether to weight classes by median frequency."""
    precision: Literal["auto", "bf16", "float32"] = "auto"
    compile: bool = False
    """Whether PyTorch compiles the network first, which pays over long runs on a GPU."""
    deterministic: bool = False
    """Whether to use only algorithms that give the same bits each time; slower on a GPU."""
    accelerator: Literal["auto", "cpu", "gpu"] = "auto"
    devices: Positive | Literal["auto"] = "auto"
    """Of each machine."""
    nodes: Positive = 1
    """Machines."""
    validate_every: Positive = 100
    """Steps from one validation to the next."""
    checkpoint_every: Positive = 100
    """Steps between checkpoints, the most that a killed run loses."""
    patience: Positive | None = None
    """Validations without a better headline score before the training ends early."""
    samples: Annotated[int, Field(ge=0)] = 4
    """Validation images to draw with their predictions at each validation."""
