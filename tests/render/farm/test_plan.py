"""Plans: which frames there are, what they show, and in which shards they come."""

from __future__ import annotations

import json
import resource
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sweepset import dataset, job_file, sweeps, taxonomy
from sweepset.errors import SweepsetError
from sweepset.job import Job
from sweepset.protocol import Scene
from sweepset_render.farm import plan, workers
from sweepset_render.farm.dataset_builder import DatasetBuilder
from sweepset_render.farm.events import Report

KITCHEN = Job("kitchen", True, "0", sweeps.to_json(sweeps.parse("viewpoints", [])), frames=10)
FLAT = replace(KITCHEN, scene="/rooms/flat.blend", procedural=False)


def nothing(whole: plan.Plan) -> np.ndarray:
    assert whole.total is not None
    return np.zeros(whole.total, bool)


def test_frames_are_numbered_scene_by_scene_variation_by_variation() -> None:
    whole = plan.make([replace(KITCHEN, frames=4), replace(KITCHEN, scene="hall", frames=4)], 3)
    assert (whole.units, whole.total) == (6, 24)
    # By hand: scene 1, variation 2 is unit 5; its frame 3 is the last.
    assert whole.unit_of(23) == (5, 3)
    assert whole.name_of(5) == ("hall", 2)
    assert (whole.job_of(5).scene, whole.job_of(5).variation, whole.job_of(5).own_seed) == ("hall", 2, 2)
    assert whole.unit_of(4) == (1, 0)


@pytest.mark.parametrize("workers", [1, 2, 3, 7, 100])
@pytest.mark.parametrize(("frames", "variations"), [(1, 1), (10, 1), (7, 13), (1000, 2)])
def test_shards_hold_each_missing_frame_once(workers: int, frames: int, variations: int) -> None:
    whole = plan.make([replace(KITCHEN, frames=frames)], variations)
    there = np.random.default_rng(0).random(whole.total) < 0.3
    shards = list(whole.shards(there, workers))
    numbers = [shard.offset + frame for shard in shards for frame in shard.frames or ()]
    assert sorted(numbers) == np.flatnonzero(~there).tolist()
    assert all(whole.unit_of(number)[0] == shard.unit for shard in shards for number in [shard.offset])
    assert all(0 < len(shard.frames or ()) <= plan.LARGEST for shard in shards)
    assert len(list(whole.shards(nothing(whole), workers))) == whole.shard_count(workers)
    assert max(len(shard.frames or ()) for shard in shards) <= -(-(whole.total or 0) // workers)


@pytest.mark.parametrize("total", [1, 5, 16, 97])
@pytest.mark.parametrize("workers", [1, 2, 5])
def test_parts_hold_each_frame_once_however_many_there_turn_out_to_be(total: int, workers: int) -> None:
    shards = list(plan.make([replace(FLAT, frames=None)]).shards(np.zeros(0, bool), workers))
    assert [frame for shard in shards for frame in shard.chosen(total)] == list(range(total))


def test_ten_million_frames_need_no_ten_million_objects() -> None:
    whole = plan.make([replace(KITCHEN, frames=100)], 100_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = sum(1 for _ in whole.shards(nothing(whole), 1000))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert count == whole.shard_count(1000) == 100_000
    assert grown < 60e6, grown


def test_units_of_a_large_dataset_are_read_in_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = taxonomy.load("nyu40").to_json()
    monkeypatch.setattr(dataset, "read_json", lambda path: {"taxonomy": kinds, "findings": []})

    def seconds(units: int) -> float:
        builder = DatasetBuilder(Path("nowhere"), plan.make([replace(KITCHEN, frames=1)], units), None)
        for unit in range(units):
            builder.note(Report(1, unit, Scene([], kinds, "CPU")))
        begun = time.process_time()
        assert len(builder._read_units([{"frame": frame} for frame in range(units)])) == units
        return time.process_time() - begun

    few, many = (min(seconds(units) for _ in range(3)) for units in (1_000, 16_000))
    assert many < 40 * few  # 16 times, and 256 times if each unit looks at all


def test_several_scenes_have_a_number_of_frames() -> None:
    assert plan.make([replace(KITCHEN, frames=None)]).frames is None
    assert plan.make([replace(KITCHEN, frames=None)], 2).frames == sweeps.DEFAULT_FRAMES


def test_scenes_of_one_name_are_told_apart() -> None:
    whole = plan.make([FLAT, replace(FLAT, scene="/others/flat.blend"), KITCHEN])
    assert [whole.name_of(unit) for unit in range(3)] == [("flat", 0), ("flat-2", 0), ("kitchen", 0)]


def test_refuses_a_scene_that_is_named_twice() -> None:
    with pytest.raises(SweepsetError, match="named twice"):
        plan.make([KITCHEN, KITCHEN])


def test_a_job_file_names_scenes_and_variations(tmp_path: Path) -> None:
    (tmp_path / "flat.blend").touch()
    path = tmp_path / "job.json"
    path.write_text(json.dumps({"scenes": ["kitchen", "flat.blend"], "variations": 3}))
    assert job_file.read(path) == {"scenes": ["kitchen", str(tmp_path / "flat.blend")], "variations": 3}
    for bad in ({"scenes": []}, {"scenes": "kitchen"}, {"scene": "kitchen", "scenes": ["kitchen"]}, {"variation": 1}):
        path.write_text(json.dumps({"scene": "kitchen"} | bad if bad == {"variation": 1} else bad))
        with pytest.raises(SweepsetError):
            job_file.read(path)


def test_units_of_rooms_say_their_kind() -> None:
    rooms = plan.make([replace(KITCHEN, scene="rooms")], 6)
    shown = [workers.shows(rooms, unit) for unit in range(6)]
    assert [(told["scene"], told["variation"]) for told in shown] == [("rooms", number) for number in range(6)]
    assert len({told["kind"] for told in shown}) == 6
    later = plan.make([replace(KITCHEN, scene="rooms", seed=2)])
    assert workers.shows(later, 0) == {"kind": shown[2]["kind"]}
    assert workers.shows(plan.make([KITCHEN], 2), 1) == {"scene": "kitchen", "variation": 1}
