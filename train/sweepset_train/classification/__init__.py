"""The task of image classification: a class an image. Importing this is cheap: `task` has the task itself."""

MODELS = ("classifier", "linear")
LOSSES = ("cross-entropy",)
HEEDS = (
    "data.per_class",
    "data.table",
    "data.column",
    "data.by_name",
    "data.rename",
    "data.boxes",
    "model.dropout",
    "augmentation.mixup",
    "augmentation.cutmix",
    "trainer.label_smoothing",
)
"""The keys of an experiment that only some tasks heed, and this one does."""
