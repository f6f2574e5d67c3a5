"""Operators: each can be undone and redone, and none raises, whatever the file holds; in each Blender."""

from __future__ import annotations

from pathlib import Path

import pytest

from blenders import EACH
from sweepset_render.blender.installations import Blender
from truth import run_script


@pytest.mark.parametrize("blender", EACH)
def test_each_is_undone_and_none_raises(blender: Blender) -> None:
    output = run_script(blender, Path(__file__).with_name("operators_case.py"))
    _, raised, text = output.partition("Traceback (most recent call last)")  # printed by what Blender calls back
    assert not raised, text[:3000]
