"""A dataset that is damaged, stopped early or asked to be larger: the same command mends it; whole frames stay."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from commands import Run, assert_whole, refused, start, wait_until
from sweepset import dataset, files, sweeps
from sweepset.errors import SweepsetError
from sweepset.job import Job
from sweepset_render import exports
from sweepset_render.datasets import verification
from sweepset_render.datasets.dataset import Dataset
from sweepset_render.farm import dataset_builder, growth, plan
from sweepset_render.farm.plan import Plan

FAST = ("--size", "64x48", "--samples", "1")
OWN = ("dataset.json", "index.html")
"""Files that hold seconds and versions, so that two renders of one job differ in them."""


@pytest.fixture(scope="module")
def small(run: Run, room: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a dataset of four frames."""
    folder = tmp_path_factory.mktemp("small") / "small"
    done = run("render", room, "--out", folder, *FAST, "--frames", "4", timeout=200)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def copy(small: Path, tmp_path: Path) -> Path:
    return shutil.copytree(small, tmp_path / "copy")


def contents(folder: Path) -> dict[str, bytes]:
    """Return the content of all files that a job decides."""
    paths = (path for path in folder.rglob("*") if path.is_file() and dataset.STATE not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths if path.name not in OWN}


def touched(folder: Path) -> dict[str, int]:
    return {path.stem: path.stat().st_mtime_ns for path in (folder / dataset.STATE / "frames").iterdir()}


def test_the_same_command_repairs(run: Run, room: Path, small: Path, copy: Path) -> None:
    (copy / "labels" / "000000.png").unlink()
    os.truncate(copy / "depth" / "000001.png", 100)
    with (copy / "images" / "000002.png").open("r+b") as file:  # as long as before
        file.seek(200)
        file.write(b"\0\1\2\3")
    (copy / "cameras.json").write_text("{")
    before = touched(copy)
    done = run("render", room, "--out", copy, *FAST, "--frames", "4", timeout=200)
    assert done.returncode == 0, done.stderr
    assert "3 frames are rendered again" in done.stdout
    for words in ("labels/000000.png is missing", "depth/000001.png has 100 bytes", "images/000002.png has changed"):
        assert words in done.stdout
    assert contents(copy) == contents(small)
    assert [name for name, time in touched(copy).items() if time == before[name]] == ["000003"]
    done = run("render", room, "--out", copy, *FAST, "--frames", "4", timeout=60)
    assert "complete already" in done.stdout


def test_verify_says_how_to_repair(run: Run, room: Path, small: Path, copy: Path) -> None:
    """What verify found is compared with the records although no file is newer, as after `cp -p`."""
    path = copy / "labels" / "000003.png"
    data = bytearray(path.read_bytes())
    data[60] ^= 255
    facts = path.stat()
    path.write_bytes(data)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    done = run("verify", copy, timeout=60)
    assert done.returncode == 1
    assert re.search(r"render .*--frames 4", done.stdout), done.stdout
    for name in ("units/000000.json", "frames/000001.json"):  # the state may be damaged too
        (copy / dataset.STATE / name).write_text("{")
    done = run("render", room, "--out", copy, *FAST, "--frames", "4", timeout=200)
    assert done.returncode == 0, done.stderr
    assert "3 frames are rendered again" in done.stdout
    assert contents(copy) == contents(small)
    assert not (copy / verification.FILE).exists()
    assert not [finding for finding in verification.verify(Dataset(copy)).findings if finding.severity != "note"]


def test_a_dataset_grows_to_what_would_have_been_rendered_at_once(run: Run, room: Path, copy: Path) -> None:
    before, first = touched(copy), contents(copy)
    more = ("--frames", "5", "--variations", "2")
    for words in (("--frames", "4", "--variations", "2"), more):  # the second one gives frames other numbers
        done = run("render", room, "--out", copy, *FAST, *words, timeout=200)
        assert done.returncode == 0, done.stderr
        assert "The job has grown" in done.stdout
    assert {name: data for name, data in contents(copy).items() if name in first and "camera" not in name} == {
        name: data for name, data in first.items() if "camera" not in name
    }
    assert_whole(copy, 10)
    whole = copy.with_name("whole")
    assert run("render", room, "--out", whole, *FAST, *more, timeout=200).returncode == 0
    assert contents(copy) == contents(whole)
    one, other = (json.loads((folder / "dataset.json").read_text()) for folder in (copy, whole))
    for row in (*one["frames"], *other["frames"]):
        row.pop("seconds")
    assert one["frames"] == other["frames"]
    assert one["job"] == other["job"]
    assert len(before) == 4
    line = refused(run("render", room, "--out", copy, *FAST, "--frames", "3", "--variations", "2", timeout=60))
    assert "a dataset does not shrink" in line
    assert "sweepset finish" in line
    assert contents(copy) == contents(whole)


def test_what_is_there_becomes_a_dataset(run: Run, room: Path, small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ("render", room, "--out", out, *FAST, "--frames", "400")
    process = start(*command)
    wait_until(lambda: len(list((out / dataset.STATE / "frames").glob("*.json"))) >= 2, 200)
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 130
    (out / "images" / "000399.png").write_bytes(b"half")  # a frame without a record is no part of it
    there = len(list((out / dataset.STATE / "frames").glob("*.json")))
    done = run("finish", out, timeout=60)
    assert done.returncode == 0, done.stderr
    assert f"{there} of 400 frames" in done.stdout
    assert_whole(out, there)
    assert "finished early" in run("status", out, timeout=60).stdout
    assert run("verify", out, timeout=60).returncode == 0
    options = exports.Options("folder", shares=(80, 10, 10))
    assert (
        len(exports.export([out], options, tmp_path / "masks", False, lambda line: None, lambda frames: None)) == there
    )
    again = start(*command)  # the render goes on
    wait_until(lambda: len(list((out / dataset.STATE / "frames").glob("*.json"))) > there, 200)
    again.terminate()
    again.communicate(timeout=60)
    shared = [name for name in contents(small) if name in contents(out) and "/" in name]
    assert shared
    assert all(contents(small)[name] == contents(out)[name] for name in shared)


def test_finish_refuses(run: Run, small: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for place in (tmp_path / "empty", tmp_path / "nowhere"):
        assert "give the folder that `sweepset render` wrote" in refused(run("finish", place, timeout=60))
    copy = shutil.copytree(small, tmp_path / "copy")
    for path in (copy / "labels").iterdir():
        path.unlink()
    with pytest.raises(SweepsetError, match="no frame of .* is complete"):
        dataset_builder.finish_early(copy)
    assert (copy / "dataset.json").exists()


def job(scene: str = "a", sweep: str = "viewpoints", **settings: object) -> Job:
    return Job(scene, True, "1", sweeps.to_json(sweeps.parse(sweep, [])), **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (job(sweep="orbit", frames=4), job(sweep="orbit", frames=8), "sweep orbit spreads its frames"),
        (job(sweep="gimbal"), job(sweep="gimbal", frames=40), "sweep gimbal spreads its frames"),
        (job(sweep="path", frames=4), job(sweep="path", frames=5), "sweep path spreads its frames"),
        (job(frames=8), job(frames=4), "8 frames of this job, but 4 frames were asked for: a dataset does not shrink"),
        (job(), job(frames=4), "16 frames of this job"),
        (job(sweep="cameras", frames=4), job(sweep="cameras"), "pass --frames"),
    ],
)
def test_says_why_a_dataset_cannot_grow(before: Job, after: Job, words: str, tmp_path: Path) -> None:
    with pytest.raises(SweepsetError, match=words):
        growth.find(tmp_path, plan.make([before]), plan.make([after]))


def test_what_grows_and_what_is_another_job(tmp_path: Path) -> None:
    def find(before: Plan, after: Plan) -> growth.Growth | None:
        return growth.find(tmp_path, before, after)

    one = plan.make([job(frames=4)])
    assert find(one, plan.make([job(frames=4, seed=1)])) is None
    assert find(one, plan.make([job("b", frames=4)])) is None
    assert find(one, plan.make([job(frames=4, samples=3)])) is None
    orbit = plan.make([job(sweep="orbit", frames=4)])
    assert find(orbit, plan.make([job(sweep="orbit", frames=4)], 3)) is not None  # more variations of any sweep
    two = plan.make([job("a", frames=4), job("b", frames=4)], 2)
    grown = find(two, plan.make([job("b", frames=5), job("c", frames=5), job("a", frames=5)], 3))
    assert grown is not None
    assert grown.renumbers
    # Frame 0 of a's variation 1 is the first of unit 2 * 3 + 1, frame 3 of b's variation 1 the fourth of unit 1.
    assert [grown.number(4), grown.number(15)] == [7 * 5, 1 * 5 + 3]


def test_a_killed_move_goes_on(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a move of files to new numbers is cut off, the same command ends it, and another one is refused."""
    one, other = job("a", frames=4), job("b", frames=4)
    before, after = plan.make([one]), plan.make([other, one])
    state = {"job": before.to_json(), "blender": "4.5.0", "sweepset": "1"}
    rename = Path.rename
    for stop in range(1, 30):
        folder = shutil.copytree(small, tmp_path / str(stop))
        files.write_json(folder / dataset.STATE / "job.json", state)
        left = [stop]

        def cut(self: Path, target: Path, left: list[int] = left) -> Path:
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt
            return rename(self, target)

        found = growth.find(folder, before, after)
        assert found is not None
        records = (folder / dataset.STATE / "frames").iterdir
        monkeypatch.setattr(Path, "rename", cut)
        try:
            growth.apply(found, folder, records)
            stopped = False
        except KeyboardInterrupt:
            stopped = True
        monkeypatch.undo()
        if stopped:
            place = dataset_builder.DatasetFolder(folder, ())
            with pytest.raises(SweepsetError, match="was growing when its command was stopped"):
                place.open(state, overwrite=False)
            growth.apply(found, folder, records)
        for kind in ("images", "labels", "depth", "instances"):
            assert {p.name: p.read_bytes() for p in (folder / kind).iterdir()} == {
                f"{int(p.stem) + 4:06d}.png": p.read_bytes() for p in (small / kind).iterdir()
            }
        told = json.loads(dataset.record_file(folder, 5).read_text())
        assert (told["frame"], told["camera"]["frame"], told["scene"]) == (5, 5, "a")
        assert dataset.unit_file(folder, 1).exists()
        assert not (folder / dataset.STATE / growth.ASIDE).exists()
        shutil.rmtree(folder)
        if not stopped:
            break
    assert 15 < stop < 29
