"""The task of detection: boxes and masks of single things. Importing this is cheap: `task` has the task itself."""

MODELS = ("mask-rcnn", "mask-rcnn-v2", "faster-rcnn", "faster-rcnn-v2")
LOSSES = ("rcnn",)
HEEDS = ("augmentation.paste",)
