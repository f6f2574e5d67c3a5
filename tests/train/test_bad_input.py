"""Bad input to training, by the command: one line, status 2, and a run that goes on once it is mended."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")
h5py = pytest.importorskip("h5py")
scipy_io = pytest.importorskip("scipy.io")

from PIL import Image  # noqa: E402

import training_data  # noqa: E402
from commands import Train  # noqa: E402
from sweepset import taxonomy  # noqa: E402
from sweepset_train import runs  # noqa: E402
from sweepset_train.data import nyu  # noqa: E402

# Lightning and TensorBoard warn of themselves.
pytestmark = pytest.mark.filterwarnings("ignore")


def asked(changes: list[str]) -> list[str]:
    """Return changes as words of the command."""
    return [word for change in changes for word in ("--set", change)]


def refused(answer: tuple[int, str, str]) -> str:
    """Return the one line of an error."""
    status, _, told = answer
    assert status == 2, told
    assert told.startswith("sweepset-train: ")
    assert told.count("\n") == 1, told
    return told


def write_mat(path: Path, **changes: object) -> Path:
    """Write a file of two frames in the layout of NYU's, with other contents where given."""
    names = list(json.loads((Path(nyu.__file__).parent / "nyu894.json").read_text(encoding="utf-8"))["nyu40"])
    content = {"images": np.zeros((2, 3, 640, 480), np.uint8), "labels": np.ones((2, 640, 480), np.uint16)} | changes
    with h5py.File(path, "w") as file:
        for key, value in content.items():
            if value is not None:
                file[key] = value
        texts = [file.create_dataset(f"#refs#/{k}", data=np.array([*map(ord, name)])) for k, name in enumerate(names)]
        file["names"] = np.array([[text.ref for text in texts]], h5py.ref_dtype)
    return path


def test_files_that_are_not_nyu(train: Train, tmp_path: Path) -> None:
    whole = write_mat(tmp_path / "whole.mat").read_bytes()
    (tmp_path / "truncated.mat").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.mat").write_text("no MATLAB", encoding="utf-8")
    scipy_io.savemat(tmp_path / "old.mat", {"images": np.zeros(3)})
    write_mat(tmp_path / "bare.mat", labels=None)
    write_mat(tmp_path / "turned.mat", labels=np.ones((2, 480, 640), np.uint16))
    write_mat(tmp_path / "outside.mat", labels=np.full((2, 640, 480), 900, np.uint16))
    (tmp_path / "one.txt").write_text("0001", encoding="utf-8")
    (tmp_path / "two.txt").write_text("0002", encoding="utf-8")
    changes = asked(["data.train=one.txt", "data.validate_on=null", "data.test=two.txt", "model.weights=none"])
    for name, words in (
        ("truncated", "is truncated: fetch it again"),
        ("text", "is no MATLAB 7.3 file"),
        ("old", "is no MATLAB 7.3 file"),
        ("bare", "has no labels"),
        ("turned", r"expected (N, 3, W, H) uint8 and (N, W, H) uint16"),
        ("outside", "has the value 900 in 307200 pixels"),
    ):
        assert words in refused(train("fit", "baseline", "--nyu", f"{name}.mat", *changes)), name
        assert not (tmp_path / "runs").exists()


def test_splits_that_do_not_match(train: Train, tmp_path: Path) -> None:
    data = training_data.write(tmp_path / "data")
    scipy_io.savemat(tmp_path / "splits.mat", {"trainNdxs": np.arange(1, 9), "testNdxs": np.arange(9, 15)})
    (tmp_path / "short.mat").write_bytes((tmp_path / "splits.mat").read_bytes()[:150])
    (tmp_path / "names.txt").write_text("0001 0002 kitchen", encoding="utf-8")
    (tmp_path / "twice.txt").write_text("0001 0001", encoding="utf-8")
    for change, words in (
        ("data.train=splits.mat", "divides 14 frames, 1 to 14, and"),
        ("data.train=short.mat", "as splits.mat: it is not, or not a whole one"),
        ("data.train=names.txt", "1 of the 3 images for train are not in"),
        ("data.train=twice.txt", "has a name twice"),
        ("data.train=nowhere.txt", "unknown split 'nowhere.txt'"),
        (f"data.test={data / 'train.txt'}", "are in both train and test"),
    ):
        told = refused(train("fit", "baseline", *asked([*training_data.changes(data), change])))
        assert words in told, change


def test_folders_that_are_not_whole(train: Train, tmp_path: Path) -> None:
    def fit(data: Path) -> str:
        return refused(train("fit", "baseline", *asked(training_data.changes(data))))

    for name in ("images", "labels"):
        (tmp_path / "empty" / name).mkdir(parents=True)
    assert "has no pictures" in fit(tmp_path / "empty")
    (tmp_path / "bare").mkdir()
    assert "expected a folder of images and one of labels" in fit(tmp_path / "bare")
    small = training_data.write(tmp_path / "small")
    with Image.open(small / "images" / "0003.png") as picture:
        picture.resize((32, 24)).save(small / "images" / "0003.png")
    assert "0003.png is 64x48 and its image 32x24: both must have one size" in fit(small)
    alone = training_data.write(tmp_path / "alone")
    (alone / "labels" / "0004.png").unlink()
    assert "has no counterpart in 'labels'" in fit(alone)


def write_dataset(folder: Path, kinds: str, change: dict[str, int] | None = None) -> Path:
    """Write what training reads of a finished dataset, in a taxonomy with some ids changed."""
    data = training_data.write(folder, 4)
    content = taxonomy.load(kinds).to_json()
    for category in content["categories"]:
        category["id"] = (change or {}).get(category["name"], category["id"])
    frames = [
        {"frame": k, "files": {"image": f"images/{k:04d}.png", "label": f"labels/{k:04d}.png"}} for k in range(1, 5)
    ]
    described = {"format": 1, "job": {"scene": "kitchen"}, "taxonomy": content, "frames": frames}
    (data / "dataset.json").write_text(json.dumps(described), encoding="utf-8")
    return data


def test_taxonomies_that_do_not_go_together(train: Train, tmp_path: Path) -> None:
    one, other = write_dataset(tmp_path / "one", "nyu40"), write_dataset(tmp_path / "other", "nyu13")
    told = refused(train("fit", "synthetic", "--data", one, "--data", other))
    assert "has taxonomy nyu40 and" in told
    assert "must share one" in told
    moved = write_dataset(tmp_path / "moved", "nyu40", {"chair": 141})
    assert "'chair' is 5 and 141" in refused(train("fit", "synthetic", "--data", one, "--data", moved))
    kinds = {"name": "cars", "categories": [{"id": 1, "name": "car"}]}
    (tmp_path / "cars.json").write_text(json.dumps(kinds), encoding="utf-8")
    told = refused(train("fit", "synthetic", "--data", one, "--set", "data.taxonomy=cars.json"))
    assert "shares no category with cars" in told
    photos = training_data.write(tmp_path / "photos")
    mixed = asked([*training_data.changes(photos), "data.labels_taxonomy=cars.json", "data.synthetic_share=0.5"])
    assert "shares no category with nyu13" in refused(train("fit", "baseline", "--data", one, *mixed))


def test_a_full_disk_is_told_and_the_run_goes_on(train: Train, tmp_path: Path, disk: Path) -> None:
    data = training_data.write(tmp_path / "data")
    changes = [*training_data.changes(data, max_steps=40, validate_every=20, checkpoint_every=10, samples=0)]
    fit = ("fit", "baseline", "--out", disk / "run", *asked(changes))
    ballast = disk / "ballast"
    ballast.write_bytes(b"\0" * 3_500_000)
    told = refused(train(*fit))
    assert "disk is full" in told
    assert (disk / "run" / "experiment.yaml").exists()
    for path in (disk / "run" / "checkpoints").iterdir():
        assert torch.load(path, weights_only=True)["global_step"] > 0
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=50m", disk], check=True)
    assert train(*fit)[0] == 0
    whole = tmp_path / "whole"
    assert train("fit", "baseline", "--out", whole, *asked(changes))[0] == 0
    one, other = (
        torch.load(folder / "checkpoints" / "last.ckpt", weights_only=True)["state_dict"]
        for folder in (disk / "run", whole)
    )
    assert all(torch.equal(value, other[key]) for key, value in one.items())
    assert runs.read_metrics(disk / "run")["loss"] == runs.read_metrics(whole)["loss"]


def test_no_room_for_the_cache(train: Train, tmp_path: Path, disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWEEPSET_CACHE", str(disk / "cache"))
    (disk / "ballast").write_bytes(b"\0" * 4_100_000)
    data = training_data.write(tmp_path / "data")
    told = refused(train("fit", "baseline", *asked(training_data.changes(data))))
    assert "the disk is full" in told
    (disk / "ballast").unlink()
    assert train("fit", "baseline", *asked(training_data.changes(data)))[0] == 0


def test_a_loss_that_is_no_number(train: Train, tmp_path: Path) -> None:
    data = training_data.write(tmp_path / "data")
    # The weights overflow once the rate has risen, after some checkpoints.
    changes = training_data.changes(
        data, learning_rate=1e25, optimizer="sgd", schedule="one-cycle", checkpoint_every=1, max_steps=1000
    )
    fit = ("fit", "baseline", *asked(changes))
    told = refused(train(*fit))
    assert "the loss is no number after" in told
    run = tmp_path / "runs" / "baseline-0"
    for path in (run / "checkpoints").iterdir():
        state = torch.load(path, weights_only=True)["state_dict"]
        assert all(torch.isfinite(value).all() for value in state.values())
    assert {"experiment.yaml", "about.json", "taxonomy.json"} <= {path.name for path in run.iterdir()}
    assert "the loss is no number after" in refused(train(*fit))
    assert train(*fit, "--set", "trainer.learning_rate=0.001", "--set", "trainer.max_steps=8", "--out", "other")[0] == 0
