"""The task of semantic segmentation. Importing this is cheap: `task` has the task itself."""

from ..models.names import NAMES

MODELS = NAMES
LOSSES = ("cross-entropy", "dice", "focal")
