"""Many workers and long runs, as a user meets them: real Blenders, which crash, hang and are killed."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from commands import Run, assert_whole, label_bytes, start, wait_for, wait_until, workers
from sweepset import lock, sweeps
from sweepset.job import Job
from sweepset_render.blender import installations as blenders_here
from sweepset_render.blender import process
from sweepset_render.blender.installations import Blender
from sweepset_render.datasets import dataset, verification
from sweepset_render.exports import splits
from sweepset_render.farm import plan, shard, status

FAST = ("--size", "80x60", "--samples", "2")
SABOTAGE = """
import os, runpy, sys
bootstrap, script, task = sys.argv[1:]
root = os.path.abspath(os.path.join(bootstrap, *[os.pardir] * 4))
sys.path += [os.path.join(root, name) for name in ("addon", "render", "scenes")]
import bpy
from sweepset.blender.capture import capture
render = capture.Capture.render
def sabotaged(self, frame, *rest):
    if str(frame) in os.environ.get("SWEEPSET_TEST_CRASH", "").split():
        print("ouch", flush=True)
        os.kill(os.getpid(), 11)
    return render(self, frame, *rest)
capture.Capture.render = sabotaged
sys.argv = [bootstrap, "--", script, task]
runpy.run_path(bootstrap, run_name="__main__")
"""


@pytest.fixture(scope="module")
def whole(run: Run, room: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a dataset that one Blender rendered undisturbed."""
    folder = tmp_path_factory.mktemp("undisturbed") / "whole"
    done = run("render", room, "--out", folder, *FAST, timeout=200)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def fragile(tmp_path: Path) -> Path:
    """Return a Blender that crashes at the frames that SWEEPSET_TEST_CRASH names, where there is a wheel."""
    wheel = next(iter(blenders_here.wheels()), None)
    if wheel is None:
        pytest.skip("no wheel to sabotage")
    (tmp_path / "sabotage.py").write_text(SABOTAGE)
    path = tmp_path / "blender"
    version = ".".join(map(str, wheel.version))
    path.write_text(
        f"""#!{sys.executable}
import os, sys
if "--version" in sys.argv:
    print("Blender {version}")
else:
    worker, script, task = sys.argv[sys.argv.index("-P") + 1], *sys.argv[-2:]
    sabotage = [{str(wheel.executable)!r}, {str(tmp_path / "sabotage.py")!r}, worker, script, task]
    os.execv(sabotage[0], sabotage)
"""
    )
    path.chmod(0o755)
    return path


def told(folder: Path, event: str) -> list[dict[str, object]]:
    """Return the events of a kind in a dataset's log."""
    lines = (folder / ".sweepset" / "log.jsonl").read_text().splitlines()
    return [entry for entry in map(json.loads, lines) if entry["event"] == event]


def ground_truth(folder: Path) -> dict[str, bytes]:
    return {
        f"{kind}/{path.name}": path.read_bytes()
        for kind in ("labels", "instances", "depth")
        for path in sorted((folder / kind).iterdir())
    }


def records(folder: Path) -> list[dict[str, object]]:
    rows = json.loads((folder / "dataset.json").read_text())["frames"]
    return [{key: value for key, value in row.items() if key != "seconds"} for row in rows]


def test_any_number_of_workers_gives_the_same_bytes(run: Run, room: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run("farm", room, "--out", out, *FAST, "--workers", "3", "--recycle-frames", "3", timeout=300)
    assert done.returncode == 0, done.stderr
    assert_whole(out, sweeps.DEFAULT_FRAMES)
    assert ground_truth(out) == ground_truth(whole)
    assert records(out) == records(whole)
    assert (out / "cameras.json").read_bytes() == (whole / "cameras.json").read_bytes()
    # 16 frames in three parts are 5, 5 and 6: two Blenders for each.
    assert len(told(out, "start")) == 6
    assert {entry["worker"] for entry in told(out, "frame")} == {1, 2, 3}


def test_a_frame_that_always_fails_is_missing_until_it_does_not(
    run: Run, room: Path, whole: Path, fragile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    command = (
        "farm",
        room,
        "--out",
        out,
        *FAST,
        "--frames",
        "6",
        "--workers",
        "2",
        "--tries",
        "2",
        "--blender",
        fragile,
    )
    monkeypatch.setenv("SWEEPSET_TEST_CRASH", "1 4")
    done = run(*command, timeout=400)
    assert done.returncode == 1, done.stderr
    assert "2 of 6 frames failed" in done.stdout
    data = json.loads((out / "dataset.json").read_text())
    assert [row["frame"] for row in data["frames"]] == [0, 2, 3, 5]
    assert [entry["frame"] for entry in data["missing"]] == [1, 4]
    assert all("ouch" in entry["reason"] and "signal 11" in entry["reason"] for entry in data["missing"])
    assert len(told(out, "retry")) >= 2
    found = verification.verify(dataset.Dataset(out)).findings
    assert any(finding.code == "frames-missing" and "000001, 000004" in finding.message for finding in found), found
    state = json.loads(run("status", out, "--json").stdout)
    assert (state["state"], state["done"], state["failed"]) == ("incomplete", 4, 2)
    assert "2 failed" in run("status", out).stdout
    monkeypatch.delenv("SWEEPSET_TEST_CRASH")
    again = run(*command, timeout=300)
    assert again.returncode == 0, again.stderr
    assert_whole(out, 6)
    assert json.loads((out / "dataset.json").read_text())["missing"] == []
    assert json.loads(run("status", out, "--json").stdout)["state"] == "complete"


@pytest.mark.full
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds processes in /proc")
def test_killed_over_and_over_it_ends_with_the_same_bytes(run: Run, room: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ("farm", room, "--out", out, *FAST, "--workers", "2")
    process = start(*command)
    wait_for(out / ".sweepset" / "log.jsonl", process)
    state = json.loads(run("status", out, "--json").stdout)
    assert (state["state"], state["pid"]) == ("running", process.pid)
    for number in (1, 4):
        assert wait_until(lambda number=number: len(list((out / "labels").glob("*.png"))) >= number, 120)
        for victim in workers(out)[:1]:
            os.kill(victim, signal.SIGKILL)
    assert wait_until(lambda: len(list((out / "labels").glob("*.png"))) >= 7, 120)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    assert wait_until(lambda: not workers(out), 5), "Blenders outlive their command"
    assert json.loads(run("status", out, "--json").stdout)["state"] == "stopped"
    again = run(*command, timeout=300)
    assert again.returncode == 0, again.stderr
    assert_whole(out, sweeps.DEFAULT_FRAMES)
    assert ground_truth(out) == ground_truth(whole)
    assert not list(out.rglob("raw-*"))


@pytest.mark.full
def test_variations_are_rooms_of_their_own(run: Run, tmp_path: Path) -> None:
    job = tmp_path / "job.json"
    job.write_text(json.dumps({"scenes": ["kitchen"], "variations": 2, "frames": 2, "size": [80, 60], "samples": 2}))
    out = tmp_path / "out"
    done = run("farm", job, "--out", out, "--workers", "2", timeout=400)
    assert done.returncode == 0, done.stderr
    assert_whole(out, 4)
    data = dataset.Dataset(out)
    assert [(frame.scene, frame.variation) for frame in data] == [("kitchen", n) for n in (0, 0, 1, 1)]
    # The variation 1 is what the seed 1 shows.
    alone = tmp_path / "alone"
    assert run("render", "kitchen", "--seed", "1", "--frames", "2", "--out", alone, *FAST, timeout=300).returncode == 0
    ours, theirs = label_bytes(out), label_bytes(alone)
    assert [ours["000002.png"], ours["000003.png"]] == list(theirs.values())
    assert ours["000000.png"] != ours["000002.png"]
    # Each frame has the table of its own room, and is compared with frames of its own room only.
    tables = [frame.instance_records for frame in data]
    assert tables[2] == next(iter(dataset.Dataset(alone))).instance_records
    wrong = [f for f in verification.verify(data).findings if f.severity == "error"]
    assert wrong == []
    # What shows one room is in one split, in whichever dataset.
    units = [splits.unit(data, frame) for frame in data]
    other = dataset.Dataset(alone)
    assert units[0] == units[1] != units[2] == units[3] == splits.unit(other, next(iter(other)))
    assert "kitchen · 1" in (out / "index.html").read_text()
    assert run("render", job, "--out", out, timeout=60).stdout.count("complete already") == 1
    grown = run("render", job, "--out", out, "--variations", "3", timeout=300)
    assert grown.returncode == 0, grown.stderr
    after = label_bytes(out)
    assert len(after) == 6
    assert {name: after[name] for name in ours} == ours


def test_a_scene_that_changes_meanwhile_is_not_mixed(run: Run, room: Path, tmp_path: Path) -> None:
    scene, out = tmp_path / "room.blend", tmp_path / "out"
    scene.write_bytes(room.read_bytes())
    process = start("farm", scene, "--out", out, *FAST, "--frames", "6", "--recycle-frames", "2")
    wait_for(out / ".sweepset" / "frames" / "000000.json", process)
    scene.write_bytes(room.with_name("dark.blend").read_bytes())
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "room.blend' has changed since the command began" in errors
    assert len(told(out, "start")) == 1
    scene.write_bytes(room.read_bytes())
    again = run("farm", scene, "--out", out, *FAST, "--frames", "6", timeout=200)
    assert again.returncode == 0, again.stderr
    assert "2 frames are there" in again.stdout
    assert_whole(out, 6)


def test_a_blender_that_hangs_is_ended(blender: Blender, tmp_path: Path) -> None:
    hanging = tmp_path / "blender"
    hanging.write_text("#!/bin/sh\necho 'the last words'\nexec sleep 600\n")
    hanging.chmod(0o755)
    job = Job("kitchen", True, "0", sweeps.to_json(sweeps.parse("viewpoints", [])), frames=2)
    (one,) = plan.make([job]).shards(dataset.np.zeros(2, bool), 1)
    stuck = Blender("application", hanging, blender.version)
    begun = time.monotonic()
    with pytest.raises(process.BlenderCrash, match=r"stuck for 1 s(.|\n)*the last words"):
        list(
            shard.render(
                one, stuck, tmp_path, tmp_path / "raw", tmp_path / "log", shard.Limits(seconds=1), {}, threading.Event()
            )
        )
    assert time.monotonic() - begun < 30
    assert not (tmp_path / "raw").exists()


def test_a_lock_is_of_the_file_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = lock.take(path, wait=False)
    assert first is not None
    taken = []
    waiting = threading.Thread(target=lambda: taken.append(lock.take(path, wait=True)))
    waiting.start()
    time.sleep(0.5)
    assert not taken
    path.unlink()
    first.close()
    waiting.join(10)
    assert path.exists()
    assert lock.take(path, wait=False) is None
    taken[0].close()


def test_patience_follows_the_longest_so_far() -> None:
    limits = shard.Limits()
    assert limits.patience(None) == 3600
    assert limits.patience(0.5) == 60
    assert limits.patience(10) == 200
    assert replace(limits, seconds=5).patience(10) == 5


def test_a_log_that_a_killed_command_left_torn_is_gone_on_with(tmp_path: Path) -> None:
    path = status.log_file(tmp_path)
    path.parent.mkdir()
    for torn in ("", '{"time": 1.0, "ev'):
        with path.open("a", encoding="utf-8") as file:
            file.write(torn)
        status.Log(tmp_path, 4, 0, 1).close()
    lines = path.read_text(encoding="utf-8").split("\n")
    assert [line.startswith("{") for line in lines] == [True, True, True, False]
    assert [json.loads(lines[k])["event"] for k in (0, 2)] == ["begin", "begin"]
