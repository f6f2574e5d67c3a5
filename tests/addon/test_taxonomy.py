"""Taxonomies: the shipped ones against the published facts, and what is refused."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from sweepset import taxonomy
from sweepset.errors import SweepsetError


@pytest.mark.parametrize(("name", "count"), [("nyu40", 40), ("nyu13", 13), ("syntrain16", 16)])
def test_shipped_ones_have_contiguous_ids_and_colours_of_their_own(name: str, count: int) -> None:
    kinds = taxonomy.load(name)
    assert [category.id for category in kinds] == list(range(1, count + 1))
    assert len({category.color for category in kinds}) == count
    assert taxonomy.UNLABELLED_COLOR not in {category.color for category in kinds}


def test_known_ids() -> None:
    ids = taxonomy.load("nyu40").ids
    assert (ids["wall"], ids["refridgerator"], ids["otherprop"]) == (1, 24, 40)


def test_maps_of_nyu40() -> None:
    nyu40, nyu13, original = (taxonomy.load(name) for name in ("nyu40", "nyu13", "syntrain16"))
    to13 = nyu13.ids_from(nyu40)
    assert {nyu13.category(to13[name]).name for name in ("door", "wall")} == {"wall"}
    assert nyu13.category(to13["bookshelf"]).name == "furniture"
    assert "person" not in to13 or nyu13.category(to13["person"]).name == "objects"
    assert sorted(original.ids_from(nyu40).values()) == list(range(1, 17))


def test_maps_agree_with_the_facts(shared: Path) -> None:
    facts = json.loads((shared / "nyu" / "classes.json").read_text())
    nyu40, nyu13 = taxonomy.load("nyu40"), taxonomy.load("nyu13")
    assert {str(category.id): category.name for category in nyu40} == facts["nyu40"]
    assert {str(category.id): category.name for category in nyu13} == facts["nyu13"]
    expected = {facts["nyu40"][k]: v for k, v in facts["nyu40_to_nyu13"].items() if v}
    assert nyu13.ids_from(nyu40) == expected


def test_names_that_no_map_has_go_by_equal_names() -> None:
    own = taxonomy.parse({"name": "own", "categories": [{"id": 7, "name": "chair"}, {"id": 8, "name": "rug"}]}, "own")
    assert taxonomy.load("nyu40").ids_from(own) == {"chair": 5}


def test_json_round_trip() -> None:
    kinds = taxonomy.load("nyu40")
    assert taxonomy.parse(json.loads(json.dumps(kinds.to_json())), "again") == kinds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{bad", "not JSON"),
        ("[]", "categories"),
        ('{"categories": []}', "no categories"),
        ('{"categories": [{"id": 0, "name": "a"}]}', "id 0"),
        ('{"categories": [{"id": 40000, "name": "a"}]}', "40000"),
        ('{"categories": [{"id": 1.5, "name": "a"}]}', "1.5"),
        ('{"categories": [{"id": true, "name": "a"}]}', "True"),
        ('{"categories": [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]}', "id 1"),
        ('{"categories": [{"id": 1, "name": "a"}, {"id": 2, "name": "a"}]}', "name 'a'"),
        ('{"categories": [{"id": 1, "name": ""}]}', "name ''"),
        ('{"categories": [{"id": 1, "name": "a", "color": [1, 2]}]}', "color"),
        ('{"categories": [{"id": 1, "name": "a"}], "maps": []}', "maps"),
        ('{"categories": [{"id": 1, "name": "a\\u0000b"}]}', "one line"),
        ('{"categories": [{"id": 1, "name": "\\ud800"}]}', "one line"),
        ('{"categories": ' + "[" * 100_000, "can't be read as JSON"),
        ('{"categories": [{"id": ' + "9" * 5000 + ', "name": "a"}]}', "mine.json"),
    ],
)
def test_refuses(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "mine.json"
    path.write_text(text)
    with pytest.raises(SweepsetError, match="mine.json") as refused:
        taxonomy.load(path)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("path", ["~nobody-of-this-name/x.json", "a\0b", ""])
def test_refuses_what_is_no_path(path: str) -> None:
    with pytest.raises(SweepsetError, match="cannot read"):
        taxonomy.load(path)


def test_the_largest_is_read_at_once() -> None:
    largest = {"categories": [{"id": number, "name": f"category {number}"} for number in range(1, 32768)]}
    begun = time.perf_counter()
    assert len(taxonomy.parse(largest, "largest")) == 32767
    assert time.perf_counter() - begun < 5  # by comparing each with each it takes 18
