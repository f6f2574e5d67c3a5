"""Auto exposure inside each Blender: pictures of known light are kept, or corrected by stops worked out by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from blenders import EDGES
from sweepset_render.blender.installations import Blender
from truth import run_script


@pytest.fixture(scope="module", params=EDGES)
def metered(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Meter the pictures in a Blender and return what was done about each."""
    blender: Blender = request.param
    folder = tmp_path_factory.mktemp("light")
    run_script(blender, Path(__file__).with_name("light_case.py"), folder)
    return json.loads((folder / "result.json").read_text(encoding="utf-8"))


def linear(value: float) -> float:
    """Return the light that the view Standard shows as a value: the curve of sRGB, by its definition."""
    return ((value + 0.055) / 1.055) ** 2.4


def test_what_is_exposed_is_kept(metered: dict[str, Any]) -> None:
    """Whatever share is empty, before whatever background, and however small the lit part of a dark picture is."""
    kept = {name: one for name, one in metered.items() if name.startswith("kept")}
    assert len(kept) > 30
    assert {name: one["stops"] for name, one in kept.items() if one["stops"]} == {}
    assert {code for one in kept.values() for code in one["codes"]} <= {"transparent-film"}


def test_what_is_black_is_raised(metered: dict[str, Any]) -> None:
    """By as much, whatever is around it; and what is brightest stays below white."""
    wanted = math.log2(linear(0.35) / 0.002)
    alone = [one for name, one in metered.items() if name.startswith("dark: ") and " of " in name]
    assert len(alone) == 20
    for one in alone:
        assert one["stops"] == pytest.approx(wanted, abs=0.15)
        assert one["codes"] == ["exposure"]
        assert f"raised by {one['stops']:.1f} stops" in one["messages"][0]
    limited = metered["dark: no pixel is blown out"]
    assert limited["stops"] == pytest.approx(math.log2(linear(0.9) / 0.015), abs=0.15)


def test_what_is_blown_out_is_lowered(metered: dict[str, Any]) -> None:
    wanted = math.log2(linear(0.66) / 20)
    for name in ("bright: all", "bright: some"):
        assert metered[name]["stops"] == pytest.approx(wanted, abs=0.15)
        assert f"lowered by {-metered[name]['stops']:.1f} stops" in metered[name]["messages"][0]
    assert metered["bright: filmic"]["stops"] < -6


def test_only_a_scene_without_light_is_told_to_have_none(metered: dict[str, Any]) -> None:
    assert metered["unlit"]["codes"][0] == "no-light"
    assert metered["unlit: lamp"]["codes"] == ["unlit"]
    assert [name for name, one in metered.items() if "no-light" in one["codes"]] == ["unlit"]
