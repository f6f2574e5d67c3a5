"""Seeing labels and what is left to do, inside each Blender; and in its window."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import window
from blenders import EACH
from sweepset_render.blender.installations import Blender
from truth import Dataset, compare, run_script


@pytest.fixture(params=EACH)
def each(request: pytest.FixtureRequest) -> Blender:
    """Return each Blender on this machine."""
    return request.param


def test_colors_come_and_go(each: Blender, tmp_path: Path) -> None:
    """Objects' colours and views' shading are the user's again: after off, undo, redo, save, reload, append."""
    run_script(each, Path(__file__).with_name("colors_case.py"), tmp_path)
    assert (tmp_path / "done.json").exists()


def test_label_maps_are_the_datasets(each: Blender, render: Callable[..., Path], hazard: Path, tmp_path: Path) -> None:
    """A camera's label map is what the command renders for it, and the file is as it was, set up for F12 or not."""
    taxonomy = hazard.with_name(f"{hazard.stem}.taxonomy.json")
    options = ("--sweep", "cameras", "--seed", "7", "--taxonomy", taxonomy)
    dataset = Dataset(render(hazard, *options, blender=each))
    run_script(each, Path(__file__).with_name("label_map_case.py"), hazard, "320x240", tmp_path)
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


def audit(blender: Blender, scene: Path, folder: Path) -> dict[str, dict[str, dict[str, object]]]:
    """Return the rows of an audit by code and name; titles have the name ''."""
    out = folder / "audit.json"
    run_script(blender, Path(__file__).with_name("audit_case.py"), scene, out)
    found: dict[str, dict[str, dict[str, object]]] = {}
    for row in json.loads(out.read_text(encoding="utf-8"))["rows"]:
        found.setdefault(row["code"], {})[row["name"]] = row
    return found


def test_audit_of_hazards(each: Blender, hazard: Path, tmp_path: Path) -> None:
    """Every hazard that labels have is found, and nothing else; what cameras see is what the rendered truth says."""
    found = audit(each, hazard, tmp_path)
    names = {code: set(rows) - {""} for code, rows in found.items()}
    linked = f"from the library [{hazard.stem}.library.blend]"
    assert names == {
        "unlabelled": {"unlabelled", "shared none"},
        "linked": {linked},
        "never-visible": {"never"},
        "labelled-hidden": {"hidden everywhere", "in collection not rendered", "not rendered"},
        "partial-alpha": {"Blatt", "faint pane", "pane"},
    }
    assert found["unlabelled"][""]["selects"] == ["shared none", "unlabelled"]
    assert found["partial-alpha"]["Blatt"]["selects"] == ["leaf", "leaf card"]
    assert "not for cameras" in found["never-visible"]["never"]["selects"]
    assert "label it in that file" in found["linked"][linked]["why"]
    assert found["linked"][linked]["selects"] == ["from the library"]
    assert "is hidden" in found["labelled-hidden"]["hidden everywhere"]["selects"]
    assert "collection not rendered" in found["labelled-hidden"]["in collection not rendered"]["why"]


def test_audit_of_downloads(blender: Blender, real_scenes: Path, tmp_path: Path) -> None:
    """Missing textures and strange labels lead to the objects that have them."""
    settings = audit(blender, real_scenes / "settings.blend", tmp_path)
    assert settings["image-missing"]["wood.png"]["selects"] == ["floor"]
    assert settings["labelled-hidden"]["bench"]["why"] == "collection hidden is disabled in renders"
    outside = audit(blender, real_scenes / "outside.blend", tmp_path)
    assert outside["outside-taxonomy"]["bett"]["why"] == "hovercraft"
    assert outside["outside-taxonomy"]["bett"]["selects"] == ["bett"]
    assert audit(blender, real_scenes / "plain.blend", tmp_path) == {}


@pytest.mark.full
@pytest.mark.skipif(bool(window.missing()), reason=window.missing())
def test_colors_and_preview_in_a_window(tmp_path: Path) -> None:
    """The 3D view shows the very colours of objects, materials and faces; the preview leaves the user's render."""
    window.run_in_window(Path(__file__).with_name("viewing_case.py"), tmp_path, timeout=150)
    assert (tmp_path / "done").exists()
