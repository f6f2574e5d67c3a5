"""The task of semantic segmentation. Importing this is cheap: `task` has the task itself."""

from ..models.names import NAMES

MODELS = NAMES
LOSSES = ("cross-entropy", "dice", "focal")
HEEDS = ("augmentation.crop", "prediction.flips")
"""The keys of an experiment that only some tasks heed, and this one does."""
