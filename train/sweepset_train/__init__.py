"""Train models on photos and renders, score them, and compare them.

    import sweepset_train as st
    run = st.fit("mixed", "runs/mixed", nyu="nyu/nyu_depth_v2_labeled.mat", data=["renders/kitchen"])

Importing this is cheap: a name is imported, and PyTorch with it, when it is used. docs/api.md explains each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepset import lazy

if TYPE_CHECKING:
    from sweepset.errors import SweepsetError as SweepsetError

    from .api import Model as Model
    from .api import evaluate as evaluate
    from .api import fit as fit
    from .api import load as load
    from .api import predict as predict
    from .data.labels import IGNORE as IGNORE
    from .data.renders import RenderDataset as RenderDataset
    from .runs import Run as Run

_HOMES = {
    "IGNORE": "sweepset_train.data.labels",
    "Model": "sweepset_train.api",
    "RenderDataset": "sweepset_train.data.renders",
    "Run": "sweepset_train.runs",
    "SweepsetError": "sweepset.errors",
    "evaluate": "sweepset_train.api",
    "fit": "sweepset_train.api",
    "load": "sweepset_train.api",
    "predict": "sweepset_train.api",
}
__all__ = [*_HOMES]
__getattr__ = lazy.names(__name__, _HOMES)
