"""Seeing labels, inside each Blender: colours that leave nothing behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sweepset_render.blender import Blender, installed
from truth import Dataset, compare, run_script


@pytest.fixture(params=installed(), ids=str)
def each(request: pytest.FixtureRequest) -> Blender:
    """Return each Blender on this machine."""
    return request.param


def test_colors_come_and_go(each: Blender, tmp_path: Path) -> None:
    """Objects' colours and views' shading are the user's again: after off, undo, redo, save, reload, append."""
    run_script(each, "colors_case.py", tmp_path)
    assert (tmp_path / "done.json").exists()


def test_label_maps_are_the_datasets(each: Blender, render: Callable[..., Path], hazard: Path, tmp_path: Path) -> None:
    """A camera's label map is what the command renders for it, and the file is as it was, set up for F12 or not."""
    taxonomy = hazard.with_name(f"{hazard.stem}.taxonomy.json")
    options = ("--sweep", "cameras", "--seed", "7", "--taxonomy", taxonomy)
    dataset = Dataset(render(hazard, *options, blender=each))
    run_script(each, "label_map_case.py", hazard, "320x240", tmp_path)
    shots = sorted(tuple(path.stem.split(" ", 1)) for path in tmp_path.glob("*.npz") if not path.stem.startswith("999"))
    assert len(shots) == len(dataset.frames) >= 6  # the command's frames are in this order: by time, then by name
    for frame, (time, camera) in zip(dataset.frames, shots):
        with np.load(tmp_path / f"{time} {camera}.npz") as found:
            agreement = compare(found["ids"].astype(np.int32), dataset.array("labels", frame).astype(np.int32))
            assert agreement.holds, f"{camera} at {time}: {agreement.text}"
            depth = dataset.array("depth", frame)
            assert (found["met"] == (depth > 0)).mean() > 0.9995
    states = json.loads((tmp_path / "states.json").read_text())
    for name in [name for name in states if name.startswith("before")]:
        before, after = states[name], states[name.replace("before", "after")]
        assert before.keys() == after.keys(), name
        changed = {
            key: [(setting, before[key][setting], after[key][setting]) for setting in before[key]
                  if before[key][setting] != after[key][setting]]
            for key in before if before[key] != after[key]
        }  # fmt: skip
        assert changed == {}, name
