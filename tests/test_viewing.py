"""Seeing labels, inside each Blender: colours that leave nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from sweepset_render.blender import Blender, installed
from truth import run_script


@pytest.fixture(params=installed(), ids=str)
def each(request: pytest.FixtureRequest) -> Blender:
    """Return each Blender on this machine."""
    return request.param


def test_colors_come_and_go(each: Blender, tmp_path: Path) -> None:
    """Objects' colours and views' shading are the user's again: after off, undo, redo, save, reload, append."""
    run_script(each, "colors_case.py", tmp_path)
    assert (tmp_path / "done.json").exists()
