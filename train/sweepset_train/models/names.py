"""The names of models, without what builds them: PyTorch takes seconds to import."""

ARCHITECTURES = (
    "unet",
    "unetplusplus",
    "manet",
    "linknet",
    "fpn",
    "pspnet",
    "pan",
    "deeplabv3",
    "deeplabv3plus",
    "upernet",
    "segformer",
    "dpt",
)
"""Those of segmentation-models-pytorch."""

NAMES = ("segnet", *ARCHITECTURES, "cnn")
