"""Estimates: what a plan takes, against shards handed out one by one; and what --plan and --budget tell and choose."""

from __future__ import annotations

import json
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import pytest

from commands import Run
from sweepset import dataset, sweeps
from sweepset.job import Job
from sweepset_render.cli import options
from sweepset_render.farm import estimate, plan

KITCHEN = Job("kitchen", True, "0", sweeps.to_json(sweeps.parse("viewpoints", [])), frames=10)
PACE = estimate.Pace(start=5.0, frame=2.0, size=1e5)
FAST = ("--size", "80x60", "--samples", "1")


@pytest.mark.parametrize("workers", [1, 2, 7])
@pytest.mark.parametrize(("frames", "variations"), [(3, 1), (10, 4), (700, 3)])
def test_time_is_that_of_the_shards_handed_out_one_by_one(workers: int, frames: int, variations: int) -> None:
    whole = plan.make([replace(KITCHEN, frames=frames)], variations)
    told = estimate.simulate(whole, PACE, workers)
    done = np.zeros(workers)
    count = 0
    for one in whole.shards(np.zeros(whole.total or 0, bool), workers):
        done[np.argmin(done)] += PACE.start + PACE.frame * len(one.frames or ())
        count += 1
    assert (told.shards, told.frames) == (count, frames * variations)
    assert told.seconds == pytest.approx(done.max())
    assert told.busy == pytest.approx(done.sum())
    assert told.size == pytest.approx(frames * variations * 1e5)


def test_cost_is_of_all_machines_for_as_long_as_it_takes() -> None:
    # By hand: 4 shards of 250 frames, 505 s each, on 4 machines; 4 x 505 s at 2 an hour.
    told = estimate.simulate(plan.make([replace(KITCHEN, frames=1000)]), PACE, 4)
    assert (told.seconds, told.cost(2.0)) == (505.0, pytest.approx(4 * 505 / 3600 * 2))


@pytest.mark.parametrize(("frames", "variations"), [(1000, 10_000), (10_000_000, 1), (1, 10_000_000)])
def test_a_thousand_workers_and_ten_million_frames(frames: int, variations: int) -> None:
    begun = time.process_time()
    tracemalloc.start()
    whole = plan.make([replace(KITCHEN, frames=frames)], variations)
    told = estimate.simulate(whole, PACE, 1000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"{told.shards:,} shards: {peak / 1e3:.0f} kB, {time.process_time() - begun:.2f} s")
    assert told.frames == 10_000_000
    assert peak < 1e6
    # No schedule beats the work divided by the workers; this one is one shard off at most.
    least = told.busy / 1000
    assert least - 1e-3 <= told.seconds <= least + PACE.start + plan.LARGEST * PACE.frame


@pytest.mark.parametrize(
    ("text", "seconds"), [("2h", 7200), ("1h30m", 5400), ("90m", 5400), ("1.5h", 5400), ("45s", 45)]
)
def test_reads_times(text: str, seconds: float) -> None:
    assert options.Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "2", "h", "0s", "1.2.3h", "-1h", "1m2h"])
def test_refuses_what_is_no_time(text: str) -> None:
    with pytest.raises(click.BadParameter, match="not a time; write one such as 2h"):
        options.Duration().convert(text, None, None)


def test_plan_measures_and_leaves_nothing_behind(run: Run, room: Path, tmp_path: Path) -> None:
    command = ("farm", room, *FAST, "--frames", "1000", "--plan", "--workers", "10", "--out", tmp_path / "out")
    done = run(*command, "--price", "3", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["frames"], told["units"], told["shards"], told["workers"]) == (1000, 1, 10, 10)
    assert told["pace"]["start"] > 0 < told["pace"]["frame"]
    assert told["seconds"] == pytest.approx(told["pace"]["start"] + 100 * told["pace"]["frame"])
    assert told["cost"] == pytest.approx(10 * told["seconds"] / 3600 * 3)
    # A frame of 80x60 has four PNGs, of 14 400 bytes at most where the image is pure noise.
    assert 500 < told["pace"]["size"] < 40_000
    assert not (tmp_path / "out").exists()


@pytest.mark.full
def test_budget_chooses_once(run: Run, room: Path, tmp_path: Path) -> None:
    command = ("render", room, *FAST, "--without", "instances", "--budget", "100s", "--out", tmp_path / "out")
    # A camera sweep of the file itself would have no end; orbit takes any number of frames.
    command = (*command, "--sweep", "orbit", "-p", "target=0,0,0.5", "-p", "radius=1.5")
    job = tmp_path / "out" / ".sweepset" / "job.json"
    first = run(*command)
    assert first.returncode == 0, first.stderr
    frames = dataset.read_json(job)["job"]["frames"]
    assert frames >= 1
    assert f"budget: {frames} frames, preset standard" in first.stdout
    assert len(dataset.read_json(tmp_path / "out" / "dataset.json")["frames"]) == frames
    again = run(*command)
    assert again.returncode == 0, again.stderr
    assert f"going on as before with {frames} frames" in again.stdout
    assert "nothing to render" in again.stdout


@pytest.mark.full
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--budget", "1s"], "not one frame fits"),
        (["--budget", "1s", "--frames", "5", "--preset", "draft"], "nothing to choose"),
        (["--budget", "soon"], "is not a time"),
    ],
)
def test_refuses_a_budget_that_cannot_be(run: Run, room: Path, tmp_path: Path, options: list[str], words: str) -> None:
    done = run("render", room, "--size", "80x60", *options, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()
