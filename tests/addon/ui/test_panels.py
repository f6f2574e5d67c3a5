"""Panels, menus and lists never raise: drawn in each state a file can be in, by each Blender, and in a real window."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import window
from blenders import EACH
from commands import CHECKOUT
from sweepset_render.blender.installations import Blender
from truth import run_script

SCRIPT = Path(__file__).with_name("panels_case.py")
OUTSIDE = Path(os.environ.get("SWEEPSET_SHARED", CHECKOUT.parent / "shared")) / "scenes"
"""Other people's scenes: drawn too where they are at hand."""


@pytest.mark.parametrize("blender", EACH)
def test_nothing_raises_on_a_layout_that_checks(blender: Blender) -> None:
    output = run_script(blender, SCRIPT, OUTSIDE if OUTSIDE.is_dir() else "")
    _, raised, text = output.partition("Traceback (most recent call last)")  # printed by what Blender calls back
    assert not raised, text[:3000]


@pytest.mark.full
@pytest.mark.skipif(bool(window.missing()), reason=window.missing() or "there is a window")
def test_nothing_raises_in_a_window() -> None:
    window.run_in_window(SCRIPT, OUTSIDE if OUTSIDE.is_dir() else "", timeout=420, size=(1000, 700))
