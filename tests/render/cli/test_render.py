"""The command, as a user meets it: refusals, repeats, crashes, and what is left on disk."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from commands import (
    CHECKOUT,
    Run,
    assert_whole,
    label_bytes,
    refused,
    start,
    wait_for,
    wait_until,
    workers,
)
from sweepset import dataset
from sweepset_render.blender.installations import Blender
from sweepset_render.cli import main

FAST = ("--size", "80x60", "--samples", "2")


def image_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "images").iterdir())}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--size", "0x0"], "0x0"),
        (["--size", "0"], "WIDTHxHEIGHT"),
        (["--frames", "-3"], "-3"),
        (["--frames", "0"], "0"),
        (["--samples", "0"], "0"),
        (["--sweep", "spiral"], "viewpoints"),
        (["-p", "speed=3"], "clearance"),
        (["--taxonomy", "nyu41"], "nyu40"),
        (["--exposure", "bright"], "bright"),
        (["--fov", "200"], "200"),
        (["--blender", "no such blender"], "no such blender"),
        (["--scene-name", "no such scene"], "no such scene"),
        (["--view-layer", "no such layer"], "no such layer"),
        (["--sweep", "cameras"], "no perspective camera"),
        (["--sweep", "path"], "along"),
        (["--sweep", "cameras", "-p", "only=nobody"], "nobody"),
        (["--colour"], "colour"),
    ],
)
def test_refuses_options(run: Run, room: Path, tmp_path: Path, options: list[str], words: str) -> None:
    assert words in refused(run("render", room, "--out", tmp_path / "out", *FAST, *options, timeout=60))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("zeros.blend", bytes(5000), "not a .blend"),
        ("text.blend", b"hello", "not a .blend"),
        ("empty.blend", b"", "not a .blend"),
        ("newer.blend", b"BLENDER17-01v0999" + bytes(4000), "newer"),
        ("cut.blend", None, "cut.blend"),
    ],
)
def test_refuses_files(run: Run, room: Path, tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(room.read_bytes()[:20000] if content is None else content)
    done = run("render", path, "--out", tmp_path / "out", *FAST, timeout=60)
    assert words in refused(done)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("name", "words"), [("folder.blend", "is a folder"), ("folder.py", "cannot read")])
def test_refuses_a_folder_for_a_scene(run: Run, tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / name).mkdir()
    line = refused(run("render", tmp_path / name, "--out", tmp_path / "out", timeout=60))
    assert words in line
    assert "name a" in line  # what to do


def test_names_close_scenes(run: Run, tmp_path: Path) -> None:
    assert "did you mean kitchen" in refused(run("render", "kichen", "--out", tmp_path / "out"))


def test_refuses_folders_it_cannot_have(run: Run, room: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("dear")
    assert "other things" in refused(run("render", room, "--out", tmp_path / "mine", *FAST))
    assert "is a file" in refused(run("render", room, "--out", tmp_path / "mine" / "thesis.txt", *FAST))
    assert "cannot write" in refused(run("render", room, "--out", "/proc/nowhere/out", *FAST))
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "dear"


def test_a_disk_that_fills_while_rendering_is_told_and_the_job_goes_on(run: Run, room: Path, disk: Path) -> None:
    command = ("render", room, "--out", disk / "out", "--size", "80x60", "--samples", "1", "--frames", "24")
    subprocess.run(["mount", "-o", "remount,size=450k", disk], check=True)
    line = refused(run(*command, timeout=300))
    assert re.search(r"the disk is full \(.* free\); free some space and run the same command again", line), line
    assert not (disk / "out" / "dataset.json").exists()
    there = {path.name: path.read_bytes() for path in (disk / "out" / ".sweepset" / "frames").iterdir()}
    assert there
    subprocess.run(["mount", "-o", "remount,size=50m", disk], check=True)
    assert run(*command, timeout=300).returncode == 0
    assert_whole(disk / "out", 24)
    assert there.items() <= {p.name: p.read_bytes() for p in (disk / "out" / ".sweepset" / "frames").iterdir()}.items()


def test_the_same_job_gives_the_same_bytes(run: Run, room: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        done = run("render", room, "--out", tmp_path / name, "--frames", "3", *FAST, timeout=90)
        assert done.returncode == 0, done.stderr
    assert_whole(tmp_path / "one", 3)
    assert label_bytes(tmp_path / "one") == label_bytes(tmp_path / "two")
    assert image_bytes(tmp_path / "one") == image_bytes(tmp_path / "two")
    for kind in ("instances", "depth"):
        one, two = ([p.read_bytes() for p in sorted((tmp_path / n / kind).iterdir())] for n in ("one", "two"))
        assert one == two


def test_another_seed_gives_other_views(run: Run, room: Path, tmp_path: Path) -> None:
    for seed in ("0", "1"):
        run("render", room, "--out", tmp_path / seed, "--frames", "2", "--seed", seed, *FAST, timeout=90)
    assert label_bytes(tmp_path / "0") != label_bytes(tmp_path / "1")


def test_repeating_renders_nothing_and_another_job_is_refused(run: Run, room: Path, tmp_path: Path) -> None:
    command = ("render", room, "--out", tmp_path / "out", "--frames", "2", *FAST)
    assert run(*command, timeout=90).returncode == 0
    written = (tmp_path / "out" / "labels" / "000000.png").stat().st_mtime_ns
    again = run(*command, timeout=30)
    assert again.returncode == 0
    assert "complete" in again.stdout
    assert (tmp_path / "out" / "labels" / "000000.png").stat().st_mtime_ns == written
    assert "seed" in refused(run(*command, "--seed", "5", timeout=30))
    assert run(*command, "--seed", "5", "--overwrite", timeout=90).returncode == 0
    assert_whole(tmp_path / "out", 2)


@pytest.mark.full
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds processes in /proc")
def test_no_temporary_file_outlasts_the_next_command(
    run: Run, room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    process = start("check", room)
    assert wait_until(lambda: bool(list(temporary.rglob("blender_*"))), 60)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    assert wait_until(lambda: not workers(temporary), 5), "Blenders outlive their command"
    assert list(temporary.iterdir()), "nothing is left that the next command could remove"
    commands = (("check", room), ("label", room, "--auto", "--out", tmp_path / "labelled.blend"))
    for command in (*commands, ("farm", room, "--plan", *FAST), ("render", room, "--out", tmp_path / "out", *FAST)):
        assert run(*command, timeout=200).returncode == 0
        assert not list(temporary.rglob("*")), command
    assert not list((tmp_path / "out").rglob("blender_*"))


@pytest.mark.full
def test_check_looks_at_all_scenes(run: Run, room: Path, tmp_path: Path) -> None:
    other = tmp_path / "nyu13.blend"
    by_name = ("label", room.with_name("unlabelled.blend"), "--auto", "--taxonomy", "nyu13", "--out", other)
    assert run(*by_name, timeout=120).returncode == 0
    job = tmp_path / "job.json"
    job.write_text(json.dumps({"scenes": [str(room), str(room.with_name("dark.blend")), str(other)]}))
    done = run("check", job, "--json", "--strict", "--exposure", "keep", timeout=300)
    assert done.returncode == 1, done.stderr
    found = {(entry["scene"], entry["code"]) for entry in json.loads(done.stdout) if entry["severity"] == "error"}
    assert ("dark", "black") in found
    assert ("nyu13", "taxonomy") in found
    assert "plain" not in {scene for scene, _ in found}


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds processes in /proc")
@pytest.mark.parametrize("victim", ["worker", "command"])
def test_killed_at_work_it_goes_on_to_the_same_labels(run: Run, room: Path, tmp_path: Path, victim: str) -> None:
    options = ("--frames", "6", "--size", "160x120", "--samples", "16")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert run("render", room, "--out", whole, *options, timeout=120).returncode == 0
    process = start("render", room, "--out", broken, *options)
    wait_for(broken / dataset.STATE / "frames" / "000001.json", process)
    if victim == "worker":
        (pid,) = workers(broken)
        os.kill(pid, signal.SIGKILL)
        said, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        assert "tried again" in said
        assert "signal 9" in said
    else:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=30)
        if sys.platform == "linux":
            assert wait_until(lambda: not workers(broken), 5), "a Blender outlives its command"
        assert not (broken / "dataset.json").exists()
        again = run("render", room, "--out", broken, *options, timeout=120)
        assert again.returncode == 0, again.stderr
        assert re.search(r"[2-5] frames are there", again.stdout)
    assert_whole(broken, 6)
    assert label_bytes(broken) == label_bytes(whole)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds processes in /proc")
@pytest.mark.parametrize("told", ["Ctrl-C", "SIGTERM"])
def test_stopped_it_ends_at_once_and_says_how_to_go_on(room: Path, tmp_path: Path, told: str) -> None:
    out = tmp_path / "out"
    process = start("farm", room, "--out", out, "--workers", "2", "--frames", "40", *FAST)
    wait_for(out / dataset.STATE / "frames" / "000000.json", process)
    if told == "Ctrl-C":
        os.killpg(process.pid, signal.SIGINT)  # a terminal tells all of its processes
    else:
        os.kill(process.pid, signal.SIGTERM)
    said, errors = process.communicate(timeout=20)
    assert process.returncode == 130, errors
    assert errors.split("\n") == ["", "sweepset: stopped; run the same command again to go on", ""]
    assert "tried again" not in said
    assert not workers(out)
    assert not list(out.rglob("raw-*"))


def test_overwriting_keeps_what_was_until_the_new_job_runs(run: Run, room: Path, tmp_path: Path) -> None:
    command = ("render", room, "--out", tmp_path / "out", "--frames", "2", *FAST)
    (tmp_path / "out.before").mkdir()
    (tmp_path / "out.before" / "thesis.txt").write_text("dear")
    assert run(*command, timeout=90).returncode == 0
    before = label_bytes(tmp_path / "out")
    refused(run(*command, "--sweep", "cameras", "--overwrite", timeout=60))
    assert label_bytes(tmp_path / "out") == before
    assert_whole(tmp_path / "out", 2)
    assert run(*command, "--seed", "1", "--overwrite", timeout=90).returncode == 0
    assert label_bytes(tmp_path / "out") != before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out.before"]
    assert (tmp_path / "out.before" / "thesis.txt").read_text() == "dear"  # whosever it is


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds processes in /proc")
def test_two_commands_do_not_share_a_folder(run: Run, room: Path, tmp_path: Path) -> None:
    command = ("render", room, "--out", tmp_path / "out", "--frames", "8", "--size", "160x120", "--samples", "16")
    first = start(*command)
    wait_for(tmp_path / "out" / dataset.STATE / "frames" / "000000.json", first)
    assert "another command" in refused(run(*command, timeout=60))
    first.communicate(timeout=120)
    assert first.returncode == 0
    assert_whole(tmp_path / "out", 8)


def test_a_crash_before_the_first_frame_leaves_nothing(run: Run, room: Path, tmp_path: Path, blender: Blender) -> None:
    fake = tmp_path / "blender"
    version = ".".join(map(str, blender.version))
    fake.write_text(
        f'#!/bin/sh\ncase "$*" in *--version*) echo "Blender {version}";; *) echo ouch; kill -SEGV $$;; esac\n'
    )
    fake.chmod(0o755)
    done = run("render", room, "--out", tmp_path / "out", "--blender", fake, *FAST)
    assert done.returncode == 1
    assert "signal 11" in done.stderr
    assert "ouch" in done.stderr
    assert not (tmp_path / "out").exists()


def test_jpeg_and_leaving_out(run: Run, room: Path, tmp_path: Path) -> None:
    options = ("--frames", "1", "--format", "jpg", "--without", "depth", "--without", "instances")
    assert run("render", room, "--out", tmp_path / "out", *FAST, *options, timeout=60).returncode == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir() if p.name[0] != ".") == [
        "cameras.json", "dataset.json", "images", "index.html", "labels",
    ]  # fmt: skip
    assert cv2.imread(str(tmp_path / "out" / "images" / "000000.jpg")).shape == (60, 80, 3)


def test_a_taxonomy_maps_labels(run: Run, room: Path, tmp_path: Path) -> None:
    for name in ("nyu40", "nyu13"):
        done = run("render", room, "--out", tmp_path / name, "--frames", "2", "--taxonomy", name, *FAST, timeout=60)
        assert done.returncode == 0, done.stderr
    fine, coarse = (
        np.stack([cv2.imread(str(p), cv2.IMREAD_UNCHANGED) for p in sorted((tmp_path / name / "labels").iterdir())])
        for name in ("nyu40", "nyu13")
    )
    expected = {1: 12, 2: 5, 22: 3, 4: 1, 5: 4, 3: 6}  # wall, floor, ceiling, bed, chair; cabinet is furniture
    for number in np.unique(fine):
        assert (coarse[fine == number] == expected[number]).all()


def write_job(folder: Path, **data: object) -> Path:
    """Write a job's file."""
    path = folder / "job.json"
    path.write_text(json.dumps(data))
    return path


def test_a_job_file_stands_for_options_and_gives_way_to_them(run: Run, room: Path, tmp_path: Path) -> None:
    (tmp_path / "scenes").mkdir()
    shutil.copy(room, tmp_path / "scenes" / "room.blend")
    tiny = {"name": "tiny", "categories": [{"id": 300, "name": "bed"}, {"id": 2, "name": "floor"}]}
    job = write_job(
        tmp_path, scene="scenes/room.blend", sweep={"name": "orbit", "target": [0.2, -0.3, 0.5], "radius": 1.2},
        frames=3, size=[80, 60], samples=2, seed=4, taxonomy=tiny, outputs=["depth"], denoise=False, exposure="1",
        unit=2.0,
    )  # fmt: skip
    by_file = ("render", job, "--out", tmp_path / "file", "--frames", "2", "-p", "height=0.4", "--samples", "1")
    assert run(*by_file, timeout=90).returncode == 0
    (tmp_path / "tiny.json").write_text(json.dumps(tiny))
    by_hand = (
        "render", tmp_path / "scenes" / "room.blend", "--out", tmp_path / "hand", "--sweep", "orbit", "-p",
        "target=0.2,-0.3,0.5", "-p", "radius=1.2", "-p", "height=0.4", "--frames", "2", "--size", "80x60", "--samples",
        "1", "--seed", "4", "--taxonomy", tmp_path / "tiny.json", "--without", "instances", "--no-denoise",
        "--exposure", "1", "--unit", "2",
    )  # fmt: skip
    assert run(*by_hand, timeout=90).returncode == 0
    jobs = [json.loads((tmp_path / name / "dataset.json").read_text())["job"] for name in ("file", "hand")]
    assert jobs[0] == jobs[1]
    assert label_bytes(tmp_path / "file") == label_bytes(tmp_path / "hand")
    found = json.loads(run("check", job, "--json", timeout=90).stdout)
    assert any("outside" in entry["code"] or "taxonomy" in entry["message"] for entry in found)
    # Another sweep on the command line does not take the job's parameters.
    other = ("render", job, "--out", tmp_path / "other", "--sweep", "viewpoints", "--frames", "1")
    assert run(*other, timeout=90).returncode == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"sweeps": {"name": "orbit"}}, "did you mean 'sweep'"),
        ({"samplse": 3}, "did you mean 'samples'"),
        ({"scene_sha256": "0"}, "unknown key 'scene_sha256'"),
        ({"sweep": "orbit"}, '"name": "orbit"'),
        ({"sweep": {"name": "spiral"}}, "spiral"),
        ({"sweep": {"name": "orbit", "speed": 3}}, "speed"),
        ({"size": [80]}, "WIDTHxHEIGHT"),
        ({"seed": 2.5}, "2.5"),
        ({"outputs": ["colour"]}, "colour"),
        ({"outputs": "depth"}, "list"),
        ({"scene": "nowhere.blend"}, "nowhere.blend"),
        ({"scene": 3}, '"scene"'),
    ],
)
def test_refuses_job_files(run: Run, room: Path, tmp_path: Path, data: dict[str, object], words: str) -> None:
    job = write_job(tmp_path, **{"scene": str(room), **data})
    assert words in refused(run("render", job, "--out", tmp_path / "out", timeout=60))
    assert not (tmp_path / "out").exists()


def test_refuses_what_is_no_job_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "job.json").write_text("{")
    assert "is not JSON" in refused(run("render", tmp_path / "job.json"))
    assert "cannot read the job" in refused(run("render", tmp_path / "nothing.json"))


@pytest.mark.parametrize("sweep", ["orbit", "gimbal"])
def test_sweeps_look_at_their_target(run: Run, room: Path, tmp_path: Path, sweep: str) -> None:
    target = np.array([0.2, -0.3, 0.5])
    options = ["--sweep", sweep, "-p", "target=0.2,-0.3,0.5", "--frames", "8", "--without", "instances"]
    options += ["-p", "radius=1.2"] if sweep == "orbit" else ["-p", "distances=0.8,1.2"]
    assert run("render", room, "--out", tmp_path / "out", *FAST, *options, timeout=60).returncode == 0
    places = []
    for camera in json.loads((tmp_path / "out" / "cameras.json").read_text())["frames"]:
        pose, k = np.array(camera["camera_to_world"]), np.array(camera["K"])
        x, y, z = k @ (np.linalg.inv(pose) @ [*target, 1])[:3]
        assert np.allclose((x / z, y / z), (40, 30), atol=0.01)  # the middle of 80x60
        assert z > 0
        places.append(pose[:3, 3] - target)
    distances = np.linalg.norm([place[:2] for place in places], axis=1)
    heights = [place[2] for place in places]
    if sweep == "orbit":
        assert np.allclose(distances, 1.2, atol=1e-4)
        azimuths = np.unwrap([np.arctan2(place[1], place[0]) for place in places])
        assert np.allclose(np.diff(azimuths), np.pi / 4, atol=1e-4)
    else:
        assert sorted({(round(d, 3), round(h, 3)) for d, h in zip(distances, heights, strict=True)}) == [
            (0.8, 0.6), (0.8, 1.5), (1.2, 0.6), (1.2, 1.5),
        ]  # fmt: skip


def test_gimbals_stay_inside_walls(run: Run, room: Path, tmp_path: Path) -> None:
    options = ("--sweep", "gimbal", "-p", "distances=9", "-p", "heights=1,2", "--frames", "6")
    assert run("render", room, "--out", tmp_path / "out", *FAST, *options, timeout=60).returncode == 0
    for camera in json.loads((tmp_path / "out" / "cameras.json").read_text())["frames"]:
        assert np.abs(np.array(camera["camera_to_world"])[:2, 3]).max() < 2  # the room is 4 m wide


def test_field_of_view_is_the_kinects_by_default(run: Run, room: Path, tmp_path: Path) -> None:
    assert run("render", room, "--out", tmp_path / "out", "--frames", "1", *FAST, timeout=60).returncode == 0
    k = json.loads((tmp_path / "out" / "cameras.json").read_text())["frames"][0]["K"]
    assert np.isclose(np.degrees(2 * np.arctan(40 / k[0][0])), 57, atol=0.01)
    assert np.allclose((k[0][2], k[1][2]), (40, 30))


def test_the_page_is_one_file(run: Run, room: Path, tmp_path: Path) -> None:
    assert run("render", room, "--out", tmp_path / "out", "--frames", "2", *FAST, timeout=60).returncode == 0
    page = (tmp_path / "out" / "index.html").read_text()
    assert page.count("data:image/") == 6
    assert not re.findall(r'(?:src|href)="(?!data:)', page)
    for words in ("unlabelled", "wall", "viewpoints", "80x60", "seed"):
        assert words in page


def test_every_command_and_option_is_documented() -> None:
    text = "\n".join(path.read_text() for path in [CHECKOUT / "README.md", *(CHECKOUT / "docs").glob("*.md")])
    for name, command in main.cli.commands.items():
        assert f"sweepset {name}" in text, name
        for parameter in command.params:
            for option in (*parameter.opts, *parameter.secondary_opts):
                if option.startswith("-"):
                    assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text), f"{name} {option}"


def test_make_help_lists_every_target() -> None:
    makefile = (CHECKOUT / "Makefile").read_text()
    told = subprocess.run(["make", "help"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    targets = set(re.findall(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)[0].split())
    listed = set(re.findall(r"^  ([a-z-]+) ", told, flags=re.MULTILINE))
    assert targets - listed == {"scene", "data"}  # checks that others begin with
    assert listed <= targets
    for name in ("SCENE", "FRAMES", "OUT", "SIZE", "SAMPLES", "SWEEP", "SEED", "VARIATIONS", "BLENDER", "NYU", "DATA",
                 "EXPERIMENT", "ARGS"):  # fmt: skip
        assert name in told
    assert "make help" in (CHECKOUT / "README.md").read_text()
