"""Files that are missing are told, of every kind, with what uses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from blenders import EACH
from sweepset_render.blender.installations import Blender
from truth import run_script

MISSING = {
    "with a gap": "1 of 4 files are missing, first",
    "sky": "1 of 4 files are missing, first",
    "smoke": "smoke.vdb",
    "fire": "3 of 3 files are missing, first",
    "moved": "moves.pc2",
    "replaced": "gone.abc",
    "lamp": "lamp.ies",
}
"""What is missing, by what uses it. Nothing else is: it is there, hidden, or not used."""


@pytest.mark.parametrize("one", EACH)
def test_missing_files_are_told(once: Callable[..., Path], one: Blender) -> None:
    script = Path(__file__).with_name("files_case.py")
    folder = once((script.name, str(one)), lambda folder: run_script(one, script, folder))
    told = {subject: (code, message) for code, subject, message in json.loads((folder / "told.json").read_text())}
    assert told.keys() == MISSING.keys()
    for subject, (code, message) in told.items():
        assert code == "file-missing"
        assert MISSING[subject] in message
    assert "picture_0003.png" in told["with a gap"][1]
