"""`sweepset label`, as a user meets it; what it saved is read by Blender itself."""

from __future__ import annotations

import hashlib
import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blenders import EACH
from commands import Run, refused
from sweepset import files
from sweepset.host import command
from sweepset_render.blender.installations import Blender
from truth import run_script


def read(blender: Blender, place: Path, tmp_path: Path) -> dict[str, Any]:
    """Return the labels and files of a .blend."""
    run_script(blender, "unlabelled.py", "read", place, tmp_path / "read.json")
    return json.loads((tmp_path / "read.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def room(built: Callable[..., Path]) -> Path:
    """Return the .blend of an unlabelled room."""
    return built("unlabelled.py", "build") / "scene" / "room.blend"


@pytest.mark.parametrize("blender", EACH)
def test_labels_a_copy(run: Run, blender: Blender, room: Path, tmp_path: Path) -> None:
    before = hashlib.sha256(room.read_bytes()).hexdigest()
    out = tmp_path / "out" / "labelled.blend"
    done = run("label", room, "--auto", "--out", out, "--json", "--blender", blender.executable, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    states = {entry["object"]: (entry["category"], entry["state"]) for entry in told["objects"]}
    there = read(blender, out, tmp_path)
    assert there["labels"] == {
        "Plane": "floor",
        "Plane.001": "ceiling",
        "Cube.001": "wall",
        "Cube.002": "wall",
        "Cube.003": "table",
        "Object_7": "",
        "IKEA_sofa_EKTORP.001": "sofa",
        "door_handle": "otherprop",
        "Yatak": "bed",
        "Kissen": "towel",
        "lamp hidden": "",
        "Stuhl": "",
    }
    assert states["Kissen"] == ("towel", "labelled")
    assert states["Object_7"] == ("", "unknown")
    assert "lamp hidden" not in states
    linked = next(entry for entry in told["objects"] if entry["object"].startswith("Stuhl"))
    assert (linked["category"], linked["state"]) == ("chair", "linked")
    assert "library.blend" in linked["reason"]
    shaped = next(entry for entry in told["objects"] if entry["object"] == "Plane")
    assert shaped["confidence"] < 0.8
    assert "shape" in shaped["reason"]
    assert there["taxonomy"] == told["taxonomy"] == "nyu40"
    assert there["images"] == {"wood.png": True}
    assert all(path.startswith("//") for path in there["relative"])
    assert there["libraries"] == [True]
    assert [path.name for path in out.parent.iterdir()] == ["labelled.blend"]
    assert hashlib.sha256(room.read_bytes()).hexdigest() == before


def test_table_says_what_comes_next(run: Run, room: Path, tmp_path: Path) -> None:
    out = tmp_path / "my rooms" / "it's labelled.blend"
    done = run("label", room, "--auto", "--out", out, "--threshold", "0.8", "--taxonomy", "nyu13", timeout=120)
    assert done.returncode == 0, done.stderr
    *program, verb, scene = shlex.split(done.stdout.rstrip().rpartition("then run: ")[2])
    assert (verb, scene) == ("render", str(out))
    pasted = subprocess.run([*program, "--version"], capture_output=True, text=True, timeout=60)
    assert "sweepset" in pasted.stdout, pasted.stderr
    assert "objects labelled in nyu13" in done.stdout
    assert "Below the threshold: " in done.stdout


def test_pass_indices_are_taken_for_labels(run: Run, blender: Blender, room: Path, tmp_path: Path) -> None:
    out = tmp_path / "labelled.blend"
    scene = room.with_name("indexed.blend")
    done = run("label", scene, "--auto", "--out", out, "--json", "--blender", blender.executable, timeout=120)
    assert done.returncode == 0, done.stderr
    told = {entry["object"]: entry for entry in json.loads(done.stdout)["objects"]}
    assert {name for name, entry in told.items() if entry["source"] == "pass index"} == {
        "Object_7",
        "Yatak",
        "Cube.003",
    }
    assert told["Object_7"]["state"] == "new"
    assert "pass index 5" in told["Object_7"]["reason"]
    there = read(blender, out, tmp_path)["labels"]
    assert (there["Object_7"], there["Kissen"]) == ("chair", "pillow")
    out.unlink()
    assert "3 by pass index" in run("label", scene, "--auto", "--out", out, timeout=120).stdout
    out.unlink()
    lone = run("label", room.with_name("lone_index.blend"), "--auto", "--out", out, timeout=120)
    assert "pass index" not in lone.stdout
    assert read(blender, out, tmp_path)["labels"]["Object_7"] == ""


def test_command_lines_name_the_program_as_it_was_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "a folder" / "sweepset"
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(program), "label"])
    assert command.line("render", "my room.blend") == f"'{program}' render 'my room.blend'"
    monkeypatch.setenv("PATH", str(program.parent))
    assert command.line("verify", tmp_path) == f"sweepset verify {tmp_path}"


def test_label_refuses(run: Run, room: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.blend"
    there.write_bytes(b"precious")
    link = tmp_path / "link.blend"
    link.symlink_to(room)
    for options, words in (
        (["--out", tmp_path / "new.blend"], "--auto"),
        (["--auto"], "--out"),
        (["--auto", "--out", room, "--overwrite"], "never written over"),
        (["--auto", "--out", link, "--overwrite"], "never written over"),
        (["--auto", "--out", there], "--overwrite"),
        (["--auto", "--out", tmp_path, "--overwrite"], ".blend"),
        (["--auto", "--out", tmp_path / "new.png"], ".blend"),
        (["--auto", "--out", tmp_path / "new.blend", "--threshold", "2"], "2"),
        (["--auto", "--out", tmp_path / "new.blend", "--taxonomy", "nyu41"], "nyu40"),
        (["--auto", "--out", there / "new.blend"], "cannot write"),
    ):
        assert words in refused(run("label", room, *options, timeout=60)), options
    assert "kitchen" in refused(run("label", "kitchen", "--auto", "--out", tmp_path / "new.blend", timeout=60))
    assert "no scene" in refused(run("label", "nothing.blend", "--auto", "--out", tmp_path / "new.blend", timeout=60))
    broken = tmp_path / "broken.blend"
    broken.write_bytes(room.read_bytes()[:400])
    assert "broken.blend" in refused(run("label", broken, "--auto", "--out", tmp_path / "new.blend", timeout=60))
    assert there.read_bytes() == b"precious"
    assert {path.name for path in tmp_path.iterdir()} == {"there.blend", "link.blend", "broken.blend"}


@pytest.mark.full
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "apartment_morse_v265.blend",
            {
                "IKEA_sofa_EKTORP": "sofa",
                "IKEA_armchair_EKTORP.001": "chair",
                "IKEA_bed_FJELLSE": "bed",
                "IKEAShelf_mesh.001": "shelves",
                "office_desk.003": "desk",
                "C6_plein_ext_P": "wall",
                "Plane": "floor",
                "IKEA_console_HEMNES": "",
            },
        ),
        (
            "dining_japanese_v280.blend",
            {
                "Chair.003": "chair",
                "円.005": "lamp",
                "平面": "table",
                "円": "otherprop",
                "立方体": "wall",
                "円.002": "",
            },
        ),
    ],
)
def test_scenes_from_outside(
    run: Run, blender: Blender, shared: Path, tmp_path: Path, name: str, expected: dict[str, str]
) -> None:
    scene, out = shared / "scenes" / name, tmp_path / "labelled.blend"
    if not scene.is_file():
        pytest.skip(f"no {scene}")
    done = run("label", scene, "--auto", "--out", out, timeout=120)
    assert done.returncode == 0, done.stderr
    there = read(blender, out, tmp_path)
    assert {key: there["labels"][key] for key in expected} == expected
    if "立方体" in expected:
        assert there["faces"]["立方体"] == ["", "ceiling", "floor"]


def test_a_full_disk_leaves_the_old_file(run: Run, room: Path, disk: Path) -> None:
    """The old .blend is whole and no part of another is there, be the disk full at the first byte or at the last."""
    scene = room.stat().st_size
    for room_for in (0, scene // 2, scene - 8192):
        (disk / "out.blend").write_bytes(b"precious")
        (disk / "ballast").write_bytes(b"")
        (disk / "ballast").write_bytes(bytes(files.free_space(disk) - room_for))
        line = refused(run("label", room, "--auto", "--out", disk / "out.blend", "--overwrite", timeout=60))
        assert f"cannot write {str(disk / 'out.blend')!r}: the disk is full (" in line
        assert "needed" in line
        assert (disk / "out.blend").read_bytes() == b"precious"
        assert {path.name for path in disk.iterdir()} == {"out.blend", "ballast"}
