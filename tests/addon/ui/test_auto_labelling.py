"""Auto-label in each Blender: proposals are accepted, changed, rejected, undone, and survive what happens meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from sweepset_render.blender.installations import Blender, installed
from truth import run_script


@pytest.fixture(scope="module")
def room(blenders: list[Blender], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the .blend of an unlabelled room, saved by the oldest Blender here."""
    folder = tmp_path_factory.mktemp("unlabelled")
    run_script(blenders[0], "unlabelled.py", "build", folder)
    return folder / "scene" / "room.blend"


@pytest.mark.parametrize("blender", installed(), ids=str)
def test_list_of_proposals(blender: Blender, room: Path) -> None:
    run_script(blender, Path(__file__).with_name("auto_labelling_case.py"), room)
