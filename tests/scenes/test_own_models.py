"""A user's own models: eight formats of one wedge, read alike; and a dataset of them, judged by the ray cast."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from blenders import DEFAULT, EDGES
from commands import Run, label_bytes, refused
from sweepset.errors import SweepsetError
from sweepset.models import Model
from sweepset_render.blender.installations import Blender
from sweepset_render.models import listing
from sweepset_render.models.reading import read as read_models
from truth import Dataset, ask, judge, run_script

Once = Callable[[object, Callable[[Path], object]], Path]
LAYOUTS = int(os.environ.get("LAYOUTS", "4"))
"""Layouts of the test of how models lie; LAYOUTS=200 makes more, which takes minutes."""
Z_UP = np.array(((0, 0, 0), (0.12, 0.08, 0.05)))
Y_UP = np.array(((0, 0, -0.08), (0.12, 0.05, 0)))
"""The wedge's corners in a file's axes: Blender's y is glTF's and OBJ's -z."""
BOUNDS = {
    "glb.glb": Y_UP,
    "part.gltf": Y_UP,
    "くさび.obj": Y_UP,
    "stl.stl": Z_UP,
    "ply.ply": Z_UP,
    "fbx.fbx": Z_UP,
    "usd.usdc": Z_UP,
    "blend.blend": Z_UP,
}
VOLUME = 0.12 * 0.08 * 0.02 + 0.02 * 0.08 * 0.03


@pytest.fixture(scope="module")
def folder(once: Once) -> Path:
    return once("model files", lambda place: run_script(DEFAULT, "model_files.py", place))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("each", EDGES)
def test_formats_are_read_alike(each: Blender, folder: Path) -> None:
    old = each.version < (4, 0)
    names = {*BOUNDS, "broken.glb", "empty.obj", "flat.obj"}
    if old:
        names.remove("blend.blend")  # which it crashes at
    paths = [str(path) for path in sorted(folder.rglob("*")) if path.name in names]
    out = run_script(each, Path(__file__).with_name("models_check.py"), json.dumps(paths))
    found = {
        row["file"]: row for row in (json.loads(line[6:]) for line in out.splitlines() if line.startswith("MODEL"))
    }
    assert "Blender cannot read it" in found["broken.glb"]["problem"]
    assert "no faces" in found["empty.obj"]["problem"]
    # Its coordinates are NaN, which newer importers read as 0.
    assert ("vertices at no place" if old else "no surface") in found["flat.obj"]["problem"]
    for name, bounds in BOUNDS.items():
        if old and name == "blend.blend":
            continue
        row = found[name]
        if old and name == "usd.usdc":  # no importer
            assert "cannot import .usdc files" in row["problem"]
            continue
        assert not row["problem"], row
        np.testing.assert_allclose((row["low"], row["high"]), bounds, atol=2e-6, err_msg=name)
        np.testing.assert_allclose(row["hull"], bounds, atol=2e-6, err_msg=name)
        if name != "ply.ply":  # whose exporter leaves a mirrored mesh inside out
            assert row["volume"] == pytest.approx(VOLUME, rel=1e-4), name  # positive: faces point outwards
        if name not in ("stl.stl", "ply.ply", "くさび.obj", "usd.usdc"):  # which hold no empties, or not as such
            assert list(row["keypoints"]) == ["top"], name
            middle = (0.01, 0.05, -0.04) if bounds is Y_UP else (0.01, 0.04, 0.05)
            np.testing.assert_allclose(row["keypoints"]["top"], middle, atol=2e-6, err_msg=name)


def test_refuses_blends_without_loading_them(tmp_path: Path) -> None:
    """A damaged .blend, or one of a newer Blender in any of the three headers, is a problem; no Blender is asked."""
    header, end = b"BLENDER-v405", b"." * 32 + b"ENDB"
    contents = {
        "plain": (header + end, "saved by Blender 4.5, newer than the 3.4.1 in use"),
        "gzip": (gzip.compress(header + end), "saved by Blender 4.5"),
        "new": (b"BLENDER17-01v0502REND" + end, "saved by Blender 5.2"),
        "cut": (header + end[:-4], "is cut short"),
        "other": (b"PK", "is not a .blend"),
    }
    for name, (content, _) in contents.items():
        (tmp_path / f"{name}.blend").write_bytes(content)
    listed = [Model(f"{name}.blend", name, name) for name in contents]
    nothing = Blender("application", Path("/nonexistent"), (3, 4, 1))
    for one, (_, words) in zip(read_models(tmp_path, listed, 0.0, nothing), contents.values(), strict=True):
        assert words in one.facts.problem


def test_links_are_followed_once(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "store" / "my cups").mkdir(parents=True)
    (tmp_path / "store" / "my cups" / "a (1).obj").write_text("v 0 0 0\n")
    (tmp_path / "parts" / "b.obj").symlink_to(tmp_path / "store" / "my cups" / "a (1).obj")
    (tmp_path / "parts" / "cups").symlink_to(tmp_path / "store" / "my cups")
    (tmp_path / "store" / "my cups" / "loop").symlink_to(tmp_path / "parts")
    found = listing.find(tmp_path / "parts").models
    assert [(one.file, one.category) for one in found] == [("b.obj", "b"), ("cups/a (1).obj", "cups")]
    (tmp_path / "parts" / "models.csv").write_text("file\nb.obj\n")
    assert [one.file for one in listing.find(tmp_path / "parts").models] == ["b.obj"]
    (tmp_path / "parts" / "models.csv").unlink()
    (tmp_path / "parts" / "gone.obj").symlink_to(tmp_path / "gone.obj")
    with pytest.raises(SweepsetError, match="cannot read the model .*gone.obj.*No such file"):
        listing.find(tmp_path / "parts")


def test_a_folder_becomes_a_dataset(run: Run, tmp_path: Path, folder: Path) -> None:
    out = tmp_path / "out"
    asked = ("render", "--models", folder, "--out", out, "-p", "setting=floor", "-p", "count=8,8", "--frames", "2",
             "--size", "96x72", "--samples", "1", "--seed", "2")  # fmt: skip
    done = run(*asked)
    assert done.returncode == 0, done.stderr
    for words in ("broken.glb", "empty.obj", "flat.obj", "parts.zip", "read as millimetres"):
        assert words in done.stdout + done.stderr
    found = Dataset(out)
    names = {"background", "glb", "gltf", "くさび", "stl", "ply", "fbx", "usd", "blend"}
    assert set(found.categories) == names
    assert found.record["job"]["sweep"]["name"] == "hemisphere"
    assert len(found.record["job"]["scene_parameters"]["models"]["models"]) == 8
    layout = found.record["render"]["layout"]
    assert len([row for row in layout if row]) >= 8
    assert {1} < set(np.unique(found.array("labels", 0)))
    given = found.record["job"]["scene_parameters"]
    judge(found, ask(DEFAULT, found, tmp_path / "truth.npz", scene="objects", seed=2, parameters=given))
    before = label_bytes(out)
    (out / "labels" / "000001.png").unlink()
    assert run(*asked).returncode == 0  # from the recorded layout
    assert label_bytes(out) == before
    shutil.copytree(folder, tmp_path / "changed")
    with (tmp_path / "changed" / "くさび.mtl").open("a") as material:
        material.write("\n# another\n")
    changed = refused(run(*("render", "--models", tmp_path / "changed", *asked[3:])))
    assert "another job (other scene_parameters)" in changed


def test_models_lie(tmp_path: Path) -> None:
    """On a floor and in heaps, bricks, gems and balls neither float nor sink into each other by 2 mm."""
    found = []
    for first in range(0, LAYOUTS, 20):
        seeds = list(range(first, min(first + 20, LAYOUTS)))
        out = run_script(DEFAULT, Path(__file__).with_name("models_lie_check.py"), str(tmp_path), json.dumps(seeds))
        found += [json.loads(line[7:]) for line in out.splitlines() if line.startswith("LAYOUT ")]
    assert len(found) == LAYOUTS
    assert not [one for one in found if one["faults"]]
    assert min(one["count"] for one in found) >= 6
    assert max(one["far"] for one in found) < 3  # nothing explodes
    assert all(one["same"] for one in found)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: None, "has no files of the kinds .glb"),
        (lambda folder: (folder / "a.step").touch(), "it has a.step"),
        (lambda folder: (folder / "models.csv").write_text("file\nx.obj\n"), "models.csv line 2: no file 'x.obj'"),
        (lambda folder: (folder / "models.csv").write_text("file,weight\na.obj,0\n"), "weight above 0"),
        (lambda folder: (folder / "models.csv").write_text("file,scale\na.obj,0\n"), "scale is '0'; write metres per"),
        (lambda folder: (folder / "models.csv").write_text("file,size\na.obj,0\n"), "unknown column 'size'"),
        (lambda folder: (folder / "models.json").write_text("{}"), "expected a list of objects"),
        (lambda folder: (folder / "models.csv").write_text("file,symmetry\na.obj,q\n"), "symmetry is 'q'"),
    ],
)
def test_refuses_folders(run: Run, tmp_path: Path, make: Callable[[Path], object], words: str) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    make(folder)
    if (folder / "models.csv").exists():
        (folder / "a.obj").write_text("v 0 0 0\n")
    assert words in refused(run("render", "--models", folder, "--out", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("render",), "no scene: name one, or a folder"),
        (("render", "objects"), "name their folder with --models DIR"),
        (("render", "kitchen", "--models", "."), "--models is for the scene objects"),
        (("render", "--models", "nowhere"), "is not there: name a folder"),
        (("render", "--models", "here.zip"), "unpack it and name the folder"),
        (("render", "--models", ".", "-p", "setting=moon"), "choose one of tabletop, bin"),
        (("models", "nowhere"), "is not there: name a folder"),
    ],
)
def test_refuses_commands(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.zip").touch()
    assert words in refused(run(*arguments))
