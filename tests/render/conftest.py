"""Scenes that several tests of rendering share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def room(real_scenes: Path) -> Path:
    """Return a small labelled .blend."""
    return real_scenes / "plain.blend"
