"""Layouts of solids: they lie on each other or on the ground, in nothing, and as their parameters say."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blenders import DEFAULT, EACH
from commands import Run, refused
from sweepset_render.blender.installations import Blender
from sweepset_scenes.objects.parameters import KINDS
from truth import Dataset, ask, judge, run_script

LAYOUTS = int(os.environ.get("LAYOUTS", "20"))
"""Layouts of the long test; LAYOUTS=200 makes more, which takes minutes."""
APART = {"surfaces": "other", "ground": "other", "lights": "other"}
SCRIPT = Path(__file__).with_name("solids_check.py")


def build(blender: Blender, *wanted: dict[str, Any]) -> list[dict[str, Any]]:
    out = run_script(blender, SCRIPT, json.dumps(wanted))
    return [json.loads(line[7:]) for line in out.splitlines() if line.startswith("LAYOUT ")]


@pytest.mark.parametrize("each", EACH)
def test_solids_lie(each: Blender) -> None:
    all_kinds = {"kinds": "all", "count": [12, 20]}
    few, again, many, other, floating = build(
        each,
        {"seed": 1, **all_kinds},
        {"seed": 1, **all_kinds},
        {"seed": 2, "count": [49, 49]},
        {"seed": 3, **all_kinds},
        {"seed": 4, "count": [30, 30], "physics": False, "kinds": "cube,cone", **APART},
    )
    for one in (few, again, many, other, floating):
        assert not one["faults"], one["faults"]
    assert few["places"] == again["places"]
    assert 12 <= few["count"] <= 20
    assert many["count"] == 49
    assert many["kinds"] == ["cube", "cylinder", "sphere"]
    assert set(few["kinds"]) | set(other["kinds"]) > {"cube", "torus", "prism"}
    assert floating["kinds"] == ["cone", "cube"]
    # No material of the families that are kept apart is one that a varied scene draws.
    assert set(floating["materials"]) <= {"glaze", "leather", "cloth", "terrazzo", "mosaic"}
    assert not set(floating["materials"]) & {*few["materials"], *many["materials"], *other["materials"]}
    heights = np.array(floating["places"])[:, 11]
    assert np.ptp(heights) > 0.2


@pytest.mark.full
def test_many_layouts_lie() -> None:
    """Nothing explodes: nothing is further away than a fall of the highest takes it."""
    wanted = [{"seed": seed, "kinds": "all" if seed % 2 else "cube,sphere,cylinder"} for seed in range(LAYOUTS)]
    found = [one for first in range(0, LAYOUTS, 20) for one in build(DEFAULT, *wanted[first : first + 20])]
    assert not [(n, one["faults"]) for n, one in enumerate(found) if one["faults"]]
    assert max(np.abs(np.array(one["places"])[:, [3, 7]]).max() for one in found) < 4
    assert {kind for one in found for kind in one["kinds"]} == set(KINDS)
    assert 10 <= min(one["count"] for one in found) <= max(one["count"] for one in found) <= 49


def test_labels_are_the_ray_casts(run: Run, tmp_path: Path, blender: Blender) -> None:
    done = run("render", "solids", "--out", tmp_path / "out", "--frames", "2", "--size", "96x72", "--samples", "1",
               "--seed", "5", "--blender", blender.executable)  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = Dataset(tmp_path / "out")
    assert found.record["job"]["sweep"]["name"] == "hemisphere"
    assert found.record["job"]["sweep"]["target"] == [0.0, 0.0, 0.1]
    assert found.record["taxonomy"]["name"] == "solids"
    assert set(np.unique(found.array("labels", 0))) >= {1, 2, 3, 4}
    for entry in found.cameras:  # the sweep looks from 0.9 to 2.2 m, 15 to 75 degrees above the point (0, 0, 0.1)
        away = np.array(entry["camera_to_world"])[:3, 3] - (0, 0, 0.1)
        assert 0.9 <= np.linalg.norm(away) <= 2.2
        assert 14.9 <= np.degrees(np.arcsin(away[2] / np.linalg.norm(away))) <= 75.1
    judge(found, ask(blender, found, tmp_path / "truth.npz", scene="solids", seed=5))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("count=0,5", "count is (0.0, 5.0); write least,largest between 1 and 500"),
        ("kinds=cube,egg", "name some of cube, sphere"),
        ("physics=perhaps", "expected on or off"),
        ("ground=lawn", "choose varied, plain or other"),
    ],
)
def test_refuses(run: Run, tmp_path: Path, given: str, words: str) -> None:
    assert words in refused(run("render", "solids", "--out", tmp_path / "out", "-p", given))
    assert not (tmp_path / "out").exists()
