"""Datasets to spoil: copies of a rendered kitchen, and of one with every ground truth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from spoiled import Copy
from sweepset.ground_truth import ON_REQUEST
from sweepset_render.blender.installations import Blender

Render = Callable[..., Path]


@pytest.fixture
def copy(kitchen: Path, tmp_path: Path) -> Copy:
    return Copy(kitchen, tmp_path / "copy")


@pytest.fixture(scope="session")
def everything(render: Render, blender: Blender) -> Path:
    """Return a dataset with every ground truth there is."""
    extra = [option for kind in ON_REQUEST for option in ("--with", kind)]
    return render(
        "kitchen", "--sweep", "orbit", "-p", "turns=0.2", "--frames", "4", *extra, size="160x120", blender=blender
    )


@pytest.fixture
def rich(everything: Path, tmp_path: Path) -> Copy:
    return Copy(everything, tmp_path / "rich")
