"""The default sweep: its first frames are spread over the room and what it holds, whatever the number of frames."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from blenders import EACH
from sweepset_render.blender.installations import Blender
from truth import run_script


@pytest.mark.parametrize("blender", EACH)
def test_first_frames(blender: Blender, tmp_path: Path) -> None:
    out = tmp_path / "views.json"
    run_script(blender, Path(__file__).with_name("viewpoints_case.py"), out)
    told = json.loads(out.read_text(encoding="utf-8"))
    assert {kind: room["seen"] for kind, room in told.items()} == {
        "kitchen": ["sink", "stove"], "dining_room": ["chair", "table"],
    }  # fmt: skip
    for kind, room in told.items():
        assert room["many"] == room["few"], kind
        assert room["alone"] == [room["few"][2], room["later"][2]], kind
        for one, other in combinations(np.array(room["few"]), 2):
            apart = np.linalg.norm(one[:3, 3] - other[:3, 3])
            turned = np.degrees(np.arccos(np.clip(one[:3, 2] @ other[:3, 2], -1, 1)))
            assert apart > 1.0 or turned > 30.0, (kind, apart, turned)
