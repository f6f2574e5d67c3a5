"""Rays through search trees of ours, in scenes of many copies, meet what Blender's own rays meet."""

from __future__ import annotations

from pathlib import Path

import pytest

from blenders import EDGES
from sweepset_render.blender.installations import Blender
from truth import run_script

CASE = Path(__file__).with_name("rays_case.py")


@pytest.mark.parametrize("one", EDGES)
def test_rays_meet_the_same_surfaces(one: Blender) -> None:
    assert "RAYS " in run_script(one, CASE)
