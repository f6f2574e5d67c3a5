"""Coordinates that are no numbers, or far from the origin, are told; they take no instance id from others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from blenders import EDGES
from sweepset_render.blender.installations import Blender
from truth import run_script


@pytest.mark.parametrize("one", EDGES)
def test_coordinates_that_do_not_fit(once: Callable[..., Path], one: Blender) -> None:
    script = Path(__file__).with_name("precision_case.py")
    folder = once((script.name, str(one)), lambda folder: run_script(one, script, folder))
    told = json.loads((folder / "told.json").read_text())
    assert not told["near"]  # a sky dome is large, not far; what is scaled to nothing is not drawn
    assert not told["millimetres"]  # half a kilometre
    for scene, name in (("map", "house"), ("own coordinates", "terrain")):
        ((code, subject, message),) = told[scene]
        assert (code, subject) == ("far-from-origin", name)
        # Between 2^21 and 2^22, neighbours of 24 binary digits are 2^-2 apart.
        assert "0.25 m" in message
    ((code, subject, _),) = told["broken"]
    assert (code, subject) == ("not-finite", "nowhere, torn")
    assert told["nearest"] == [1, 2, 2]
