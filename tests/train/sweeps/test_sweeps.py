"""Sweeps: what varies, runs that are killed and gone on with, pages; and models as ONNX files."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")
optuna = pytest.importorskip("optuna")

import class_data  # noqa: E402
import training_data  # noqa: E402
from commands import Train, environment  # noqa: E402
from sweepset.errors import SweepsetError  # noqa: E402
from sweepset_train import experiment, onnx_form, runs, training  # noqa: E402
from sweepset_train.comparison import local_runner  # noqa: E402
from sweepset_train.sweeps import plan  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")


def asked(changes: list[str]) -> list[str]:
    return [word for change in changes for word in ("--set", change)]


def test_lists_and_ranges(tmp_path: Path) -> None:
    path = tmp_path / "asked.yaml"
    path.write_text(
        "task: classification\nmodel: {name: classifier, encoder: [resnet18, resnet50]}\n"
        "data: {taxonomy: own, crop: null, size: [[64, 64], [128, 96]], validate_on: 0.1, test: 0.2}\n"
        "augmentation: {scale: [0.9, 1.3]}\ntrainer: {learning_rate: {from: 1e-4, to: 0.01, log: true}}\n"
        "sweep: {runs: 7}\n",
        encoding="utf-8",
    )
    found = plan.read(path)
    assert found.runs == 7
    assert found.space == {
        "data.size": plan.Choices(([64, 64], [128, 96])),
        "model.encoder": plan.Choices(("resnet18", "resnet50")),
        "trainer.learning_rate": plan.Range(1e-4, 0.01, True),
    }
    grid = plan.read(path, ["trainer.learning_rate=[0.001, 0.01]", "sweep.runs=null"])
    assert [one["trainer.learning_rate"] for one in grid.grid()] == [0.001, 0.01] * 4
    for change, message in (
        ("sweep.runs=null", "is a range: say how many runs to sample"),
        ("model.encoder=[]", "empty list"),
        ("trainer.batch=[8, many]", "trainer.batch is 'many'"),
        ("trainer.batch={from: 8, to: 2}", "from 8 to 2"),
        ("sweep.run=3", "did you mean runs"),
        ("data.validate_on=null", "a sweep chooses by scores in validation"),
        ("data.test=[0.1, 0.2]", "cannot vary data.test"),
    ):
        with pytest.raises(SweepsetError, match=message):
            plan.read(path, [change])
    with pytest.raises(SweepsetError, match="varies nothing"):
        plan.read("classify")


@pytest.mark.full
def test_a_killed_sweep_loses_nothing(train: Train, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment().items():  # of the runs' processes too
        monkeypatch.setenv(name, value)
    photos = class_data.write(tmp_path / "photos", 6)
    steps = {"max_steps": 12, "validate_every": 6, "checkpoint_every": 2}
    words = ["sweep", "classify", *asked([*class_data.changes(photos, **steps), "trainer.batch=[3, 6]"])]
    words += ["--out", "sweep", "--jobs", "1"]
    command = [sys.executable, "-W", "ignore", "-m", "sweepset_train.cli", *words]
    killed = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, start_new_session=True)
    second = tmp_path / "sweep" / "run-001" / "checkpoints" / "last.ckpt"
    while killed.poll() is None and not second.exists():
        time.sleep(0.01)
    os.killpg(killed.pid, signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    first = (tmp_path / "sweep" / "run-000" / "finished.json").read_bytes()
    status, out, told = train(*words)
    assert status == 0, told
    assert "2 runs, 1 to train" in out
    assert (tmp_path / "sweep" / "run-000" / "finished.json").read_bytes() == first
    assert "resuming from step" in (tmp_path / "sweep" / "experiments" / "run-001.log").read_text(encoding="utf-8")
    with (tmp_path / "sweep" / "runs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert sorted((row["run"], row["state"]) for row in rows) == [("run-000", "done"), ("run-001", "done")]
    # Each run is the one that nobody killed and no sweep began, by as many threads.
    torch.set_num_threads(int(local_runner.slots(1)[0].get("OMP_NUM_THREADS", 1)))
    for row in rows:
        name = row["run"]
        wanted = experiment.read(tmp_path / "sweep" / "experiments" / f"{name}.yaml")
        training.fit(wanted, tmp_path / name, lambda _: None)
        one, other = (
            torch.load(folder / name / "checkpoints" / "last.ckpt", weights_only=True)["state_dict"]
            for folder in (tmp_path, tmp_path / "sweep")
        )
        assert all(torch.equal(value, other[key]) for key, value in one.items())
        scores = [runs.read_metrics(folder / name)["top1"] for folder in (tmp_path, tmp_path / "sweep")]
        assert scores[0] == scores[1]
        assert float(row["top-1 accuracy, validation"]) == pytest.approx(max(value for _, value in scores[0]), abs=1e-3)


def test_a_sweep_of_linear_layers_and_its_page(train: Train, tmp_path: Path) -> None:
    changes = [one for one in class_data.changes(class_data.write(tmp_path / "photos")) if one.startswith("data.")]
    changes += ["model.weights=none", "model.encoder=resnet10t", "data.per_class=[2, null]"]
    words = ["sweep", "classify-linear", *asked(changes), "--out", "tuned", "--jobs", "2"]
    status, out, told = train(*words)
    assert status == 0, told
    assert "2 runs, 2 to train" in out
    with (tmp_path / "tuned" / "runs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {(row["data.per_class"], row["state"]) for row in rows} == {("2", "done"), ("null", "done")}
    page = (tmp_path / "tuned" / "sweep.html").read_text(encoding="utf-8")
    assert "Parallel coordinates" in page
    status, out, _ = train(*words)
    assert (status, "to train" in out) == (0, False)
    status, _, told = train(*words, "--set", "data.per_class=[3, null]")
    assert status == 2
    assert "has another sweep: name another folder" in told


@pytest.mark.parametrize("task", ["segmentation", "classification"])
def test_a_model_as_onnx(task: str, train: Train, tmp_path: Path) -> None:
    if task == "segmentation":
        photos = training_data.write(tmp_path / "photos") / "images"
        changes = training_data.changes(tmp_path / "photos", max_steps=2, validate_every=2)
        name = "baseline"
    else:
        photos = class_data.write(tmp_path / "photos")
        changes, name = class_data.changes(photos, max_steps=4, validate_every=2, average=0), "classify"
    assert train("fit", name, *asked(changes), "--out", "run")[0] == 0
    status, out, told = train("export", "run", "--to", "onnx", "--out", "model.onnx")
    assert status == 0, told
    assert "of PyTorch's" in out
    opened, run = onnx_form.open_file(tmp_path / "model.onnx"), runs.open_run(tmp_path / "run")
    assert opened.taxonomy.ids == run.taxonomy.ids
    width, height = run.experiment.data.size
    for count in (1, 5):
        images = torch.randn(count, 3, height, width)
        with torch.inference_mode():
            one, other = run.load_model()(images), opened.load_model()(images)
        assert torch.allclose(one, other, atol=1e-3)
    for place in ("run", "model.onnx"):
        assert train("predict", place, photos, "--out", f"out-{place}")[0] == 0
    if task == "classification":
        one, other = (
            json.loads((tmp_path / f"out-{place}" / "classes" / "red" / "00.json").read_text())
            for place in ("run", "model.onnx")
        )
        assert one == pytest.approx(other, abs=1e-3)
    else:
        for mask in (tmp_path / "out-run" / "masks").glob("*.png"):
            assert mask.read_bytes() == (tmp_path / "out-model.onnx" / "masks" / mask.name).read_bytes()
    (tmp_path / "other.onnx").write_bytes(np.zeros(40, np.uint8).tobytes())
    status, _, told = train("predict", "other.onnx", photos, "--out", "no")
    assert (status, told.count("\n")) == (2, 1)
