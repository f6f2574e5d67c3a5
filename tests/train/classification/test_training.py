"""The task by the commands: trained, resumed, scored, shown, predicted; a linear layer on features; bad input."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from PIL import Image  # noqa: E402

import class_data  # noqa: E402
from commands import Train  # noqa: E402
from sweepset_train import experiment, training  # noqa: E402
from sweepset_train.classification.linear import fit  # noqa: E402

# Lightning and TensorBoard warn of themselves.
pytestmark = pytest.mark.filterwarnings("ignore")


def asked(changes: list[str]) -> list[str]:
    return [word for change in changes for word in ("--set", change)]


def refused(answer: tuple[int, str, str]) -> str:
    status, _, told = answer
    assert status == 2, told
    assert told.count("\n") == 1, told
    return told


def test_a_network_learns_three_colours(train: Train, tmp_path: Path) -> None:
    photos = class_data.write(tmp_path / "photos")
    changes = class_data.changes(photos)
    status, out, told = train("fit", "classify", *asked(changes), "--out", "run")
    assert status == 0, told
    assert "| top-1 accuracy | 1.0000 | 0.3333 |" in out
    assert "Intervals. 95 %" in out
    folder = tmp_path / "run" / "evaluation" / "test"
    assert {path.name for path in folder.glob("*.png")} == {
        "confusion.png", "reliability.png", "looked.png", "images.png",
    }  # fmt: skip
    assert "What the network looked at" in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    Image.new("RGB", (50, 20), (230, 40, 40)).save(tmp_path / "new.png")
    assert train("predict", "run", "new.png", "--out", "out")[0] == 0
    shares = json.loads((tmp_path / "out" / "classes" / "new.json").read_text(encoding="utf-8"))
    assert next(iter(shares)) == "red"
    assert sum(shares.values()) == pytest.approx(1, abs=1e-4)
    with (tmp_path / "out" / "classes" / "classes.csv").open(encoding="utf-8") as file:
        assert [row["class"] for row in csv.DictReader(file)] == ["red"]
    # A run that stopped goes on to the same bits, with its average and temperature.

    class Stop(training.Callback):
        def on_train_batch_end(self, trainer: object, *_: object) -> None:
            if getattr(trainer, "global_step", 0) == 19:
                raise KeyError("stopped")

    wanted = experiment.read("classify", changes)
    with pytest.raises(KeyError, match="stopped"):
        training.fit(wanted, tmp_path / "half", lambda _: None, [Stop()])
    training.fit(wanted, tmp_path / "half", lambda _: None)
    one, other = (torch.load(tmp_path / n / "checkpoints" / "last.ckpt", weights_only=True) for n in ("run", "half"))
    assert float(one["state_dict"]["average.temperature"]) != 1
    assert all(torch.equal(value, other["state_dict"][name]) for name, value in one["state_dict"].items())


def test_a_linear_layer_on_features(train: Train, tmp_path: Path) -> None:
    photos = class_data.write(tmp_path / "photos")
    changes = [one for one in class_data.changes(photos) if one.startswith(("data.", "model.encoder", "model.weights"))]
    status, out, told = train("fit", "classify-linear", *asked(changes), "--out", "run")
    assert status == 0, told
    assert "fitted without steps" in out
    assert "| top-1 accuracy | 1.0000 |" in out
    assert train("fit", "classify-linear", *asked(changes), "--out", "again")[0] == 0
    one, other = (torch.load(tmp_path / n / "checkpoints" / "last.ckpt", weights_only=True) for n in ("run", "again"))
    assert all(torch.equal(value, other["state_dict"][name]) for name, value in one["state_dict"].items())


def test_the_fit_is_that_of_scikit_learn() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 5)).astype(np.float32)
    y = (x[:, :3] + rng.normal(size=(120, 3))).argmax(1)
    penalty = 0.01
    weight, bias = fit(torch.from_numpy(x), torch.from_numpy(y), torch.full((120,), 1 / 120), 3, penalty)
    theirs = linear_model.LogisticRegression(C=1 / (2 * penalty * 120), tol=1e-8, max_iter=1000).fit(x, y)
    assert weight.numpy() == pytest.approx(theirs.coef_, abs=2e-3)
    shares = torch.softmax(torch.from_numpy(x) @ weight.T + bias, 1).numpy()
    assert shares == pytest.approx(theirs.predict_proba(x), abs=2e-3)


def test_bad_input_is_one_line(train: Train, tmp_path: Path) -> None:
    photos = class_data.write(tmp_path / "photos", 3)
    changes = class_data.changes(photos)
    whole = (photos / "red" / "00.png").read_bytes()
    (photos / "red" / "00.png").write_bytes(whole[:200])
    assert "cannot read" in refused(train("fit", "classify", *asked(changes), "--out", "run"))
    (photos / "red" / "00.png").write_bytes(whole)
    for change, message in (
        ("model.encoder=resnet5000", "unknown model.encoder 'resnet5000'"),
        ("model.name=unet", "model.name is 'unet'"),
        ("data.test=0.99", ""),
    ):
        answer = train("fit", "classify", *asked([*changes, change]), "--out", "run")
        if message:
            assert message in refused(answer)
    assert "augmentation.mixup is set, and task segmentation does not heed it" in refused(
        train("fit", "baseline", "--set", "augmentation.mixup=0.2", "--set", f"data.real={photos}")
    )
    (tmp_path / "labels.csv").write_text("file,class\nnone.jpg,a\n", encoding="utf-8")
    assert "files that are missing" in refused(
        train("fit", "classify", *asked([*changes, f"data.real={tmp_path / 'labels.csv'}"]), "--out", "run")
    )


def test_a_test_class_that_training_never_saw(train: Train, tmp_path: Path) -> None:
    for part, seed in (("train", 1), ("test", 2)):
        class_data.write(tmp_path / "photos" / part, 6, seed=seed)
    Image.new("RGB", (40, 30), (128, 128, 128)).save(tmp_path / "grey.png")
    (tmp_path / "photos" / "test" / "grey").mkdir()
    (tmp_path / "grey.png").rename(tmp_path / "photos" / "test" / "grey" / "0.png")
    changes = class_data.changes(tmp_path / "photos", max_steps=4, validate_every=4)
    status, out, told = train(
        "fit",
        "classify",
        *asked([*changes, "data.train=train", "data.test=test", "data.validate_on=null"]),
        "--out",
        "run",
    )
    assert status == 0, told
    assert "no training image shows grey: the model cannot learn them" in out
    assert "| grey | 0.0000 |" in out
