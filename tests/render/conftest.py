"""Scenes that several tests of rendering share."""

from __future__ import annotations

from pathlib import Path

import pytest

from sweepset_render.blender.installations import Blender
from truth import run_script


@pytest.fixture(scope="session")
def room(blenders: list[Blender], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small labelled .blend."""
    folder = tmp_path_factory.mktemp("room")
    run_script(blenders[0], "real_scenes.py", folder)
    return folder / "plain.blend"
