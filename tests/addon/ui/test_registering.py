"""Register, unregister, register: the add-on leaves nothing behind, in each Blender."""

from __future__ import annotations

from pathlib import Path

import pytest

from blenders import EACH
from sweepset_render.blender.installations import Blender
from truth import run_script


@pytest.mark.parametrize("blender", EACH)
def test_nothing_stays_behind(blender: Blender) -> None:
    run_script(blender, Path(__file__).with_name("registering_case.py"))
