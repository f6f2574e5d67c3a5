"""Scenes that a user's own Python file builds: rendered, varied by seed, resumed, refused with file and line."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from commands import Run, assert_whole, label_bytes, refused
from sweepset import dataset
from sweepset_render.blender.installations import Blender

SCENE = """
import random
import bpy

TAXONOMY = {"name": "toys", "categories": [{"id": 7, "name": "block"}, {"id": 200, "name": "ground"}]}

def build(seed):
    draw = random.Random(seed)
    bpy.ops.mesh.primitive_plane_add(size=8)
    bpy.context.object["sweepset_category"] = "ground"
    bpy.ops.mesh.primitive_cube_add(location=(draw.uniform(-2, 2), draw.uniform(-2, 2), 0.5))
    bpy.context.object["sweepset_category"] = "block"
    bpy.context.object.scale.z = draw.uniform(0.5, 2)
    bpy.ops.object.light_add(type="SUN")
"""
ADDED = """bpy.context.object["sweepset_category"] = "ground" if ground else "block"
    assert (blocks, ground, name, high) == ((-1.0, 1.0), False, "tower", 3)"""
FAST = ("--sweep", "orbit", "-p", "target=0,0,0", "-p", "radius=5", "-p", "height=3", "--size", "80x60",
        "--samples", "1")  # fmt: skip


def ids(folder: Path) -> list[int]:
    labels = [cv2.imread(str(path), cv2.IMREAD_UNCHANGED) for path in sorted((folder / "labels").iterdir())]
    return np.unique(np.stack(labels)).tolist()


def test_renders_varies_and_resumes(run: Run, tmp_path: Path) -> None:
    scene, out = tmp_path / "toys.py", tmp_path / "out"
    scene.write_text(SCENE, encoding="utf-8")
    asked = ("render", scene, "--out", out, "--frames", "1", "--variations", "2", "--seed", "4", *FAST)
    done = run(*asked)
    assert done.returncode == 0, done.stderr
    assert_whole(out, 2)
    assert set(ids(out)) == {0, 7, 200}
    data = dataset.read_json(out / "dataset.json")
    assert data["taxonomy"]["name"] == "toys"
    assert not [finding for finding in data["findings"] if finding["severity"] == "error"]
    first, second = label_bytes(out).values()
    assert first != second
    other = run("render", scene, "--out", tmp_path / "fifth", "--frames", "1", "--seed", "5", *FAST)
    assert other.returncode == 0, other.stderr
    assert [*label_bytes(tmp_path / "fifth").values()] == [second]  # variation v is what seed + v shows
    assert "nothing to render" in run(*asked).stdout
    scene.write_text(SCENE + "\n# changed\n", encoding="utf-8")
    assert "scene_sha256" in refused(run(*asked))


def test_takes_a_taxonomy_by_name_or_file(run: Run, tmp_path: Path, blenders: list[Blender]) -> None:
    scene, out = tmp_path / "toys.py", tmp_path / "out"
    scene.write_text(SCENE.replace('{"name": "toys"', '_ = {"name": "toys"') + '\nTAXONOMY = "own.json"\n')
    (tmp_path / "own.json").write_text('{"categories": [{"id": 1, "name": "block"}, {"id": 2, "name": "ground"}]}')
    done = run("render", scene, "--out", out, "--frames", "1", *FAST, "--blender", blenders[0].executable)
    assert done.returncode == 0, done.stderr
    assert set(ids(out)) == {0, 1, 2}
    (tmp_path / "job.json").write_text('{"scene": "toys.py", "taxonomy": "nyu40"}')
    checked = run("check", tmp_path / "job.json", "--json")
    assert checked.returncode == 0, checked.stderr


def test_parameters_are_arguments_of_build(run: Run, tmp_path: Path) -> None:
    scene, out = tmp_path / "toys.py", tmp_path / "out"
    added = SCENE.replace("def build(seed):", "def build(seed, blocks=(), *, ground=True, name='block', high=1):")
    added = added.replace('bpy.context.object["sweepset_category"] = "ground"', ADDED)
    scene.write_text(added, encoding="utf-8")
    asked = ("render", scene, "--frames", "1", *FAST)
    done = run(*asked, "--out", out, "-p", "blocks=-1,1", "-p", "ground=off", "-p", "name=tower", "-p", "high=3")
    assert done.returncode == 0, done.stderr
    assert set(ids(out)) <= {0, 7}
    job = dataset.read_json(out / "dataset.json")["job"]
    assert job["scene_parameters"] == {"blocks": [-1.0, 1.0], "ground": False, "name": "tower", "high": 3}
    assert "other scene_parameters" in refused(run(*asked, "--out", out))
    for given, words in (
        ("high=much", "high is 'much'; expected a finite number"),
        ("hight=3", "radius, height, turns, start, blocks, ground, high, name"),
        ("ground=1", "on or off"),
    ):
        assert words in refused(run(*asked, "--out", tmp_path / "none", "-p", given))
    scene.write_text(SCENE.replace("(seed)", "(seed, blocks)"), encoding="utf-8")
    assert f"{scene}:7: parameter blocks of build needs a default" in refused(run(*asked, "--out", tmp_path / "none"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1\n", ":1: no function build(seed)"),
        ("def build(seed):\n    return 1 / 0\n", ":2: ZeroDivisionError: division by zero"),
        ("def build(seed:\n", ":1: SyntaxError: "),
        ("import nothing_of_this_name\ndef build(seed): ...\n", ":1: ModuleNotFoundError: "),
        ("TAXONOMY = 'nyu41'\ndef build(seed): ...\n", ": cannot read taxonomy 'nyu41'"),
        ("raise SystemExit(0)\n", ":1: SystemExit: 0"),
    ],
)
def test_says_file_and_line(run: Run, tmp_path: Path, text: str, words: str) -> None:
    scene = tmp_path / "broken.py"
    scene.write_text(text, encoding="utf-8")
    line = refused(run("render", scene, "--out", tmp_path / "out", *FAST, timeout=60))
    assert str(scene) in line
    assert words in line
    assert not (tmp_path / "out").exists()
