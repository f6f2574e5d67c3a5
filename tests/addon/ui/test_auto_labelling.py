"""Auto-label in each Blender: proposals are accepted, changed, rejected, undone, and survive what happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from blenders import EACH
from sweepset_render.blender.installations import Blender
from truth import run_script


@pytest.fixture(scope="module")
def room(built: Callable[..., Path]) -> Path:
    """Return the .blend of an unlabelled room, saved by the oldest Blender here."""
    return built("unlabelled.py", "build") / "scene" / "room.blend"


@pytest.mark.parametrize("blender", EACH)
def test_list_of_proposals(blender: Blender, room: Path) -> None:
    run_script(blender, Path(__file__).with_name("auto_labelling_case.py"), room)
