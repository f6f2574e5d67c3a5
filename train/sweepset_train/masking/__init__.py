"""The task of cutting a thing out of its photo. Importing this is cheap: `task` has the task itself."""

from ..models.names import ARCHITECTURES

MODELS = ("small-unet", *ARCHITECTURES, "cnn")
LOSSES = ("bce-dice", "bce", "dice")
HEEDS = ("augmentation.crop", "prediction.flips")
"""The keys of an experiment that only some tasks heed, and this one does."""
