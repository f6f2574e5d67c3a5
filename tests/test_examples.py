"""The Python API, and the examples of docs/examples, run as a reader runs them."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.transforms import v2 as transforms

import sweepset_render as sr
import sweepset_train as st
from commands import Run
from sweepset.host import command

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "docs" / "examples"
Example = Callable[..., str]


def python(*words: str | Path) -> str:
    """Run Python on the checkout; return its output."""
    folders = [str(ROOT / name) for name in ("addon", "render", "train", "scenes")]
    path = os.pathsep.join([*folders, *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{words}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the dataset that the example renders."""
    out = tmp_path_factory.mktemp("examples") / "office"
    said = python(EXAMPLES / "render_and_verify.py", out)
    assert "5 of 5 frames" in said
    assert "error" not in said
    assert "{'train': 5}" in said
    assert (out.parent / "office-coco" / "annotations").is_dir()
    return out


def test_all_examples_are_short_and_tested() -> None:
    own = Path(__file__).read_text(encoding="utf-8")
    found = sorted(EXAMPLES.glob("*.py"))
    assert len(found) == 5
    for path in found:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 25, path.name
        assert f'"{path.name}"' in own, path.name


def test_reading(office: Path) -> None:
    said = python(EXAMPLES / "read_dataset.py", office)
    assert "5 frames in taxonomy nyu40" in said
    assert said.count("the middle pixel shows") == 5


def test_own_scene(run: Run, tmp_path: Path) -> None:
    options = ("--sweep", "orbit", "--frames", "2", "--size", "64x48", "--samples", "1")
    done = run("render", EXAMPLES / "own_scene.py", "--out", tmp_path / "toys", *options)
    assert done.returncode == 0, done.stderr
    dataset = sr.Dataset(tmp_path / "toys")
    assert dataset.taxonomy.name == "toys"
    assert {0, 1, 2, 3} >= set(np.unique(dataset[0].label).tolist()) >= {1, 2, 3}
    assert not [finding for finding in sr.verify(dataset) if finding.severity == "error"]


def test_own_training(office: Path) -> None:
    losses = re.findall(r"loss ([\d.]+)", python(EXAMPLES / "own_training.py", office))
    assert len(losses) == 3
    assert float(losses[2]) < float(losses[0])


def test_training_and_predicting(office: Path, tmp_path: Path) -> None:
    said = python(EXAMPLES / "train_and_predict.py", office, tmp_path / "run")
    assert re.search(r"mean IoU 0\.\d+, global accuracy 0\.\d+\n5 masks\n\d+% of the pixels", said)
    assert len(list((tmp_path / "run" / "predictions" / "masks").iterdir())) == 5


def test_render_dataset(office: Path) -> None:
    dataset = st.RenderDataset(office, taxonomy="nyu13")
    image, label = dataset[1]
    frame = sr.Dataset(office)[1]
    assert image.dtype == torch.float32
    assert np.array_equal((image * 255).round().to(torch.uint8).permute(1, 2, 0).numpy(), frame.image)
    assert label.dtype == torch.int64
    assert set(label.unique().tolist()) <= {*range(13), st.IGNORE}
    rendered = sr.Dataset(office).taxonomy
    walls = [rendered.ids[name] for name, mapped in rendered.maps["nyu13"].items() if mapped == "wall"]
    place = [category.name for category in dataset.taxonomy].index("wall")
    assert np.array_equal(label.numpy() == place, np.isin(frame.label, walls))
    assert len(list(dataset)) == len(dataset) == 5
    flipped = st.RenderDataset([office], "nyu13", size=(48, 36), transform=transforms.RandomHorizontalFlip(1))
    assert torch.equal(flipped[1][1], st.RenderDataset(office, "nyu13", (48, 36))[1][1].flip(1))
    again = pickle.loads(pickle.dumps(flipped))
    assert torch.equal(again[0][0], flipped[0][0])
    with pytest.raises(sr.SweepsetError, match="no dataset.json"):
        st.RenderDataset(office.parent)


def test_frames_have_arrays_in_units(office: Path) -> None:
    dataset = sr.Dataset(str(office))
    frame = dataset[-1]
    assert frame.number == 4 == len(dataset) - 1
    assert [one.number for one in dataset] == [0, 1, 2, 3, 4]
    assert frame.image.shape == (72, 96, 3)
    assert frame.depth.dtype == np.float32
    assert np.array_equal(frame.depth, frame.read("depth").astype(np.float32) / 1000)
    assert np.allclose(np.linalg.norm(frame.normals, axis=2)[frame.depth > 0], 1, atol=0.01)
    assert frame.camera.K.shape == (3, 3)
    assert frame.camera.distortion is None
    assert frame.objects.keys() == set(np.unique(frame.instances).tolist()) - {0}
    with pytest.raises(sr.SweepsetError, match="has no flow: it has image, label, instances, depth, objects, normals"):
        frame.flow  # noqa: B018
    with pytest.raises(IndexError):
        dataset[5]
    with pytest.raises(TypeError, match="slice"):
        dataset[0:2]  # type: ignore[index]


def test_rendering_again_opens_a_finished_dataset(office: Path) -> None:
    options = {"frames": 5, "size": (96, 72), "samples": 2, "with_": ["normals", "objects"]}
    seen: list[int] = []
    assert len(sr.render("office", office, progress=lambda done, total: seen.append(done), **options)) == 5
    assert not seen
    with pytest.raises(sr.SweepsetError, match="seed"):
        sr.render("office", office, **options, seed=9)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"frame": 2}, "no option 'frame'; did you mean frames"),
        ({"frames": 0}, "0 is not in the range"),
        ({"size": (4, 4)}, "out of range"),
        ({"sweep": "spiral"}, "spiral"),
        ({"parameter": {"radius": -1}, "sweep": "orbit"}, "radius"),
        ({"with_": "heat"}, "heat"),
    ],
)
def test_bad_options_are_errors(options: dict[str, object], told: str, tmp_path: Path) -> None:
    with pytest.raises(sr.SweepsetError, match=told):
        sr.render("office", tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_imports_are_cheap() -> None:
    python(
        "-c", "import sys, sweepset_render, sweepset_train; assert not {'cv2', 'click', 'torch'} & sys.modules.keys()"
    )


def test_renders_in_two_threads_print_nothing_and_leave_printing_on() -> None:
    first, second = command.quiet(), command.quiet()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert command.console.quiet
    second.__exit__(None, None, None)
    assert not command.console.quiet
