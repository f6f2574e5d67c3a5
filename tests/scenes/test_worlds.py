"""Worlds of vehicles: nothing in them touches, their wheels stand on the ground, their labels are true."""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from commands import Run, refused
from sweepset_render.blender.installations import Blender
from sweepset_scenes import MIXTURES, kind_of
from sweepset_scenes.streets.conditions import HOURS, SEASONS, WEATHERS, WORLDS
from sweepset_scenes.streets.world import Footprint
from truth import Dataset, ask, judge, run_script

BUILT = tuple(name for name in WORLDS if name != "blank")
"""Worlds that vehicles share with others."""
SEEDS = int(os.environ.get("WORLDS", "4"))
"""Seeds of each world in the long test; WORLDS=100 makes more, which takes half an hour."""
SCRIPT = Path(__file__).with_name("worlds_check.py")


def check(blender: Blender, world: str, first: int, count: int) -> list[dict[str, Any]]:
    """Build seeds of a world in a Blender, and assert that they make sense."""
    out = run_script(blender, SCRIPT, world, str(first), str(count), "cameras")
    found = [json.loads(line[6:]) for line in out.splitlines() if line.startswith("WORLD ")]
    assert len(found) == count
    for one in found:
        name = (world, one["seed"])
        assert one["cuts"] == [], name
        assert one["cameras"] == [], name
        assert max(one["covered"]) <= 0.4, name
        assert one["unlabelled"] == [], name
        assert len(one["main"]) == 1, name
        assert one["main"][0].startswith("main "), name
        assert all(abs(low) < 0.005 for low in one["wheels"]), name
        assert one["sky"] == "sky", name
        assert one["meshes"] <= 6, name
    return found


@pytest.mark.parametrize("world", BUILT)
def test_nothing_touches(world: str, blender: Blender) -> None:
    (one,) = check(blender, world, 2, 1)
    assert one["vehicles"] >= 3


@pytest.mark.full
@pytest.mark.parametrize("world", BUILT)
def test_nothing_touches_over_seeds(world: str, blender: Blender) -> None:
    found = check(blender, world, 10, SEEDS)
    assert sum(one["vehicles"] for one in found) >= 5 * SEEDS
    assert any(one["people"] for one in found)


@pytest.mark.full
def test_worlds_are_built_in_every_blender(blenders: list[Blender]) -> None:
    for each in blenders:
        check(each, "street", 3, 1)


@pytest.mark.full
@pytest.mark.parametrize("world", BUILT)
def test_main_vehicles_drive_and_gimbals_follow(world: str, blender: Blender) -> None:
    out = run_script(blender, SCRIPT, world, "5", "2", "driving")
    found = [json.loads(line[6:])["moments"] for line in out.splitlines() if line.startswith("WORLD ")]
    assert len(found) == 2
    for moments in found:
        assert [one["time"] for one in moments] == [0, 25, 50]
        assert not any(one["cuts"] for one in moments)
        start, middle, end = ([one["at"][axis] for axis in (0, 1)] for one in moments)
        assert math.dist(start, end) == pytest.approx(2 * math.dist(start, middle), abs=1e-3)
        assert 2 < math.dist(start, end) < 10.1
        assert max(one["away"] for one in moments) < 9


def test_labels_are_true(run: Run, blender: Blender, tmp_path: Path) -> None:
    """Those of the sky too, which is the world's."""
    which = ("vehicles", "-p", "world=street", "--seed", "3", "--out", tmp_path / "out")
    options = ("--frames", "2", "--size", "120x90", "--samples", "1", "--no-denoise", "--with", "objects")
    done = run("render", *which, *options, timeout=300)
    assert done.returncode == 0, done.stderr
    found = Dataset(tmp_path / "out")
    judge(found, ask(blender, found, tmp_path / "truth.npz", scene="street", seed=3))
    data = json.loads((tmp_path / "out" / "dataset.json").read_text())
    mains = [one for one in data["instances"] if one["object"].startswith("main ")]
    assert len(mains) == 1
    kinds = {kind["id"] for kind in data["taxonomy"]["categories"] if kind["name"] in ("car", "suv", "pickup", "van")}
    vehicles = [one for one in data["instances"] if one["category_id"] in kinds]
    assert len(vehicles) == len({one["object"] for one in vehicles})


def test_a_row_of_seeds_shows_all_worlds() -> None:
    worlds = [kind_of("vehicles", seed) for seed in range(1000)]
    counts = Counter(worlds)
    assert set(counts) == set(WORLDS) == set(MIXTURES["vehicles"])
    assert max(counts.values()) - min(counts.values()) <= 3
    length = 4 * len(WORLDS)
    assert all(set(worlds[k : k + length]) == set(WORLDS) for k in range(1000 - length))
    assert kind_of("vehicles", 0, "suburb") == "suburb"


@pytest.mark.parametrize(
    ("key", "names"), [("hour", HOURS), ("weather", WEATHERS), ("season", SEASONS), ("world", WORLDS)]
)
def test_unknown_choices_are_refused(key: str, names: Any, run: Run, tmp_path: Path) -> None:
    done = run("render", "vehicles", "--out", tmp_path / "out", "-p", f"{key}=noon", "--frames", "1")
    told = refused(done)
    assert key in told
    assert all(name in told for name in names)


def test_rectangles_overlap_by_separating_axes() -> None:
    car = Footprint(0.0, 0.0, 4.0, 2.0)
    assert car.overlaps(Footprint(3.9, 0.0, 4.0, 2.0))
    assert not car.overlaps(Footprint(4.1, 0.0, 4.0, 2.0))
    assert car.overlaps(Footprint(4.1, 0.0, 4.0, 2.0), 0.2)
    # Turned by 45 degrees, a square's corner reaches farther than its side.
    reach = math.sqrt(2.0)
    assert car.overlaps(Footprint(2 + reach - 0.01, 0.0, 2.0, 2.0, 45.0))
    assert not car.overlaps(Footprint(2 + reach + 0.01, 0.0, 2.0, 2.0, 45.0))
    # Their boxes along x and y overlap; they do not.
    assert not Footprint(0.0, 0.0, 6.0, 0.2, 45.0).overlaps(Footprint(1.0, -1.0, 6.0, 0.2, 45.0))
    assert Footprint(0.0, 0.0, 6.0, 4.0).holds(car)
    assert not car.holds(Footprint(0.0, 0.0, 6.0, 1.0))
