"""Datasets to export: a rendered one, and one that is hard on every format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hard_dataset import hard_frame, make


@pytest.fixture
def hard(tmp_path: Path) -> Path:
    """Return a dataset of two hard frames in a folder with a hard name."""
    mirrored = {kind: np.ascontiguousarray(array[:, ::-1]) for kind, array in hard_frame().items()}
    return make(tmp_path / "Küche, 'A' 台所 🍳", [hard_frame(), mirrored])


@pytest.fixture(params=["kitchen", "hard"])
def dataset(request: pytest.FixtureRequest) -> Path:
    """Return each of the datasets in turn."""
    return request.getfixturevalue(request.param)
