"""Labelling inside each Blender: what counts, what Blender keeps, parts, and another taxonomy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from blenders import EACH
from sweepset import taxonomy
from sweepset_render.blender.installations import Blender
from truth import run_script


@pytest.fixture(scope="module", params=EACH)
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run the cases in a Blender and return what they found."""
    blender: Blender = request.param
    folder = tmp_path_factory.mktemp("labelling")
    run_script(blender, Path(__file__).with_name("labelling_case.py"), folder)
    return json.loads((folder / "result.json").read_text(encoding="utf-8"))


def test_what_renders_counts(found: dict[str, Any]) -> None:
    result = found["counts_what_renders"]
    assert result["counted"] == result["rendered"]
    assert {"copied though hidden", "in back in", "in scattered"} <= set(result["counted"])


def test_labelled_by_all_parts_is_labelled(found: dict[str, Any]) -> None:
    result = found["counts_parts"]
    assert result["labelled"] == ["faces", "materials", "own"]
    assert result["progress"] == [3, 7, {"wall": 1}]


def test_another_taxonomy_maps_labels(found: dict[str, Any]) -> None:
    result = found["changes_taxonomy"]
    assert result["nyu13"] == {
        "sofa": "sofa",
        "own": "spaceship",
        "screen": "tv",
        "faces": ["furniture", "floor", "objects", ""],
        "scene": "nyu13",
    }
    assert result["left"] == ["spaceship"]


def test_what_does_not_map_stays_and_is_told(found: dict[str, Any]) -> None:
    result = found["changes_taxonomy"]
    assert result["syntrain16"] == {**result["nyu13"], "scene": "syntrain16"}
    assert result["unmapped"] == ["furniture", "objects", "spaceship", "tv"]
    assert result["list"] == [category.name for category in taxonomy.load("syntrain16")]


def test_broken_taxonomies_are_told(found: dict[str, Any]) -> None:
    result = found["refuses_taxonomies"]
    assert ["not JSON" in result["errors"][0], "more than once" in result["errors"][1]] == [True, True]
    assert "cannot read" in result["errors"][2]
    assert result["kept"]
    assert "is not JSON" in result["problem"]
    assert result["listed"] == 0
    assert result["after"] == ""


def test_faces_of_several_meshes(found: dict[str, Any]) -> None:
    result = found["edits_faces"]
    assert result["inside"] == [{"door": 1}, {"door": 1}]
    assert result["faces"] == [["door", "", ""], ["", "door"]]
    assert result["shape"] == 5
    assert result["hidden"] == [False, False, True]
    assert "lamp" in result["recent"]
    assert "select faces" in result["nothing selected"]
    assert result["cleared"] == [["", "", ""], ["", ""]]


def test_linked_objects_are_refused(found: dict[str, Any]) -> None:
    result = found["labels_library"]["False"]
    assert set(result["errors"]) == {"labelled there", "bare there"}
    assert all("linked from" in text and "label it in that file" in text for text in result["errors"].values())
    assert result["before"] == result["again"] == {"labelled there": "wall", "bare there": None}


def test_overrides_keep_what_was_not_refused(found: dict[str, Any]) -> None:
    result = found["labels_library"]["True"]
    assert result["errors"]["labelled there"] == ""
    assert "library override" in result["errors"]["bare there"]
    assert result["before"] == result["again"] == {"labelled there": "chair", "bare there": None}
    assert result["listed"] == 40
    assert found["labels_library"]["cleared"] == ""


def test_instances_pass_labels_on(found: dict[str, Any]) -> None:
    result = found["labels_many"]
    assert result["unlabelled"] == ["first", "one", "second", "third", "two"]
    assert result["instance"] == {"in sofas": "sofa", "cushion": "sofa", "one": None, "two": None}
    assert "surface" in result["light"]


def test_one_label_to_many(found: dict[str, Any]) -> None:
    result = found["labels_many"]
    assert (result["material"], result["copied"]) == ("table", "desk")
    assert result["progress"] == [5, 5]
    assert result["collection"] == ["box", "box", "box", None]


def test_recent_categories_keep_their_numbers(found: dict[str, Any]) -> None:
    result = found["labels_many"]
    first = [category.name for category in taxonomy.load("nyu40")][:9]
    assert result["recent"] == [*first, "desk"]
    assert result["tenth"] == "desk"
    assert result["desks"] == ["first", "second", "third"]


def test_shapes_contradict_names(found: dict[str, Any]) -> None:
    result = found["proposes"]["shapes"]
    assert result["Floor.001"] == ["wall", True, "shape"]  # its level faces get floor and ceiling
    assert [result[name][1] for name in ("Ceiling fitting", "Wall.flat", "Wall")] == [False, False, True]


def test_mesh_and_collection_that_disagree_say_little(found: dict[str, Any]) -> None:
    result = found["proposes"]["shapes"]
    assert [result[name][1] for name in ("Cube.001", "Cube.002")] == [False, True]
    assert result["Cube.002"][0] == "chair"


def test_pass_indices_count_if_many_objects_have_fitting_ones(found: dict[str, Any]) -> None:
    result = found["proposes"]
    assert len(result["labels"]) == 11
    assert {case: result[case] for case in ("lone", "few", "numbers", "foreign", "against names")} == {
        "lone": [], "few": [], "numbers": [], "foreign": [], "against names": [],
    }  # fmt: skip
