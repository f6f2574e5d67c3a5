"""Whether an experiment's data is there at all, asked before anything slow is imported or read."""

from __future__ import annotations

from sweepset import dataset
from sweepset.errors import SweepsetError

from ..settings import Data


def check_given(settings: Data) -> None:
    """Raise SweepsetError if an experiment lacks data to train on, or data that it names is missing."""
    share = settings.synthetic_share
    if settings.synthetic and not share and not settings.pretrain_steps:
        raise SweepsetError("data.synthetic is given but data.synthetic_share is 0: give a share, or no renders")
    lacking = {}
    if (share or settings.pretrain_steps) and not settings.synthetic:
        lacking["renders"] = (
            "make some with `make render SCENE=kitchen` and pass --data renders/kitchen "
            "(with make: DATA=renders/kitchen)"
        )
    if share < 1 and settings.real is None:
        lacking["real photos"] = (
            "fetch NYU Depth V2 (2.8 GB) with `make nyu` and pass --nyu nyu/nyu_depth_v2_labeled.mat "
            "(with make: NYU=…), or train on renders alone: `sweepset-train fit synthetic --data renders/kitchen`"
        )
    if lacking:
        raise SweepsetError(
            f"this experiment trains on {' and '.join(lacking)}, and none were given: {'; '.join(lacking.values())}"
        )
    if settings.real is not None and not settings.real.exists():
        raise SweepsetError(f"no file or folder {str(settings.real)!r}: fetch it with `make nyu`, or give its path")
    for folder in settings.synthetic:
        dataset.read_finished(folder)
