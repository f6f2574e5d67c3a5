"""The task of detection through all that trains, scores, predicts, cuts, compares and examines."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("lightning")

import torch
from pycocotools import mask as rle

import detection_data
from sweepset_train import crops, evaluation, experiment, prediction, runs, training
from sweepset_train.comparison import plan, report, results
from sweepset_train.data import splits
from sweepset_train.data.sources import train_ids
from sweepset_train.detection import network
from sweepset_train.detection.predictions import Detections, encode
from sweepset_train.detection.task import TASK
from sweepset_train.doctor import diagnosis, domain, trial
from sweepset_train.doctor.domain import Domain
from sweepset_train.models.build import ModelSpec
from sweepset_train.settings import Data

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("repeatable")]
CPU = torch.device("cpu")
CALM = ["scale=[1,1]", "flip=0", "color=0", "blur=0", "jpeg=0", "paste=0"]


def quiet(_: str) -> None:
    """Hear nothing."""


def seen(*masks: np.ndarray, scores: tuple[float, ...]) -> Detections:
    boxes = np.zeros((len(masks), 4), np.float32)
    encoded = tuple(encode(mask) for mask in masks)
    return Detections(
        masks[0].shape, boxes, np.zeros(len(masks), int), np.array(scores, np.float32), encoded, 0.5
    )  # fmt: skip


def test_trained_stopped_scored_and_cut(tmp_path: Path) -> None:
    folder = detection_data.write(tmp_path / "data", count=6)
    (tmp_path / "val.txt").write_text("004 005")
    (tmp_path / "train.txt").write_text("000 001 002 003")
    changes = [
        *detection_data.changes(folder, max_steps=2, batch=2, average=0.5, heads_first=1, checkpoint_every=1),
        f"data.train={tmp_path / 'train.txt'}",
        f"data.validate_on={tmp_path / 'val.txt'}",
    ]
    asked = experiment.read("vehicles", changes)
    run, _ = training.fit(asked, tmp_path / "run", quiet)

    class Stop(training.Callback):
        def on_train_batch_end(self, trainer: object, *_: object) -> None:
            if getattr(trainer, "global_step", 0) == 2:
                raise KeyError("stopped")

    with pytest.raises(KeyError, match="stopped"):
        training.fit(asked, tmp_path / "half", quiet, [Stop()])
    told: list[str] = []
    training.fit(asked, tmp_path / "half", told.append)
    assert "resuming from step 1" in told
    one, other = (torch.load(tmp_path / n / "checkpoints" / "last.ckpt", weights_only=True) for n in ("run", "half"))
    assert all(torch.equal(value, other["state_dict"][name]) for name, value in one["state_dict"].items())
    assert any(name.startswith("average.network.backbone") for name in one["state_dict"])

    part = splits.open_part(folder, asked, "all", run.taxonomy)
    place, found, _ = evaluation.evaluate_run(run, part, "all", "best", CPU)
    assert {"curves.png", "confusion.png", "scores.md", "detections.npz"} <= {path.name for path in place.iterdir()}
    assert "Images by class" in (place / "scores.md").read_text(encoding="utf-8")
    assert 0 <= found.summary()["accuracy"] <= 1
    # Photos of nothing alone: no average precision, and all about false alarms.
    (tmp_path / "photos" / "none").mkdir(parents=True)
    for number in range(3):
        shutil.copy(folder / "images" / f"{number:03d}.png", tmp_path / "photos" / "none")
    nothing = splits.open_part(tmp_path / "photos", asked, "all", run.taxonomy)
    place, found, _ = evaluation.evaluate_run(run, nothing, "photos", "best", CPU)
    scores = (place / "scores.md").read_text(encoding="utf-8")
    assert "| mask AP | - |" in scores
    assert "| nothing | 3 |" in scores
    out = tmp_path / "out"
    assert prediction.predict_folder(run, folder / "images", out, "best", CPU) == 6
    results = json.loads((out / "results.json").read_text())
    images = json.loads((out / "images.json").read_text())
    assert [one["id"] for one in images["images"]] == [1, 2, 3, 4, 5, 6]
    assert {one["category_id"] for one in results} <= {0, 5}
    assert all(rle.decode(one["segmentation"]).shape == (64, 64) for one in results)
    cut, missing = crops.crop_folder(run, [folder / "images"], tmp_path / "crops", 0.1, "best", CPU)
    assert cut + missing == 6
    assert len(json.loads((tmp_path / "crops" / "crops.json").read_text())["not_found"]) == missing


@pytest.mark.full
def test_ways_to_train_are_compared(tmp_path: Path) -> None:
    folder = detection_data.write(tmp_path / "data", count=6)
    for part, names in (("train", "000 001 002"), ("test", "003 004 005")):
        (tmp_path / f"{part}.txt").write_text(names)
    changes = [*detection_data.changes(folder, max_steps=1, batch=1), "data.size=[32, 32]"]
    changes = [one for one in changes if not one.startswith("data.synthetic_share")]  # a comparison sets it
    changes += [f"data.train={tmp_path / 'train.txt'}", f"data.test={tmp_path / 'test.txt'}"]
    arms = {"longer": {"like": "real", "changes": {"trainer.max_steps": 2}}}
    grid = {"arms": ["real", "longer"], "seeds": 3}
    content = {"experiment": "vehicles", "arms": arms, "grids": [grid], "contrasts": [["longer", "real"]]}
    (tmp_path / "asked.json").write_text(json.dumps(content))  # JSON is YAML
    comparison = plan.read(tmp_path / "asked.json")
    trials = plan.plan(comparison, changes)
    for one in trials:
        run, parts = training.fit(one.experiment, tmp_path / "all" / one.name, quiet)
        assert parts.test is not None
        evaluation.evaluate_run(run, parts.test, "test", "best", CPU)
    found = results.find(tmp_path / "all", comparison, trials, parts.test)
    report.write(results.Outcome(tmp_path / "all", comparison, trials, parts, found, {}, {}, []))
    text = (tmp_path / "all" / "report.md").read_text(encoding="utf-8")
    assert "| arm | real | renders | steps | seeds | mask AP |" in text
    numbers = json.loads((tmp_path / "all" / "scores.json").read_text(encoding="utf-8"))
    assert {"mask_ap", "box_ap50", "accuracy", "box", "ball"} <= set(numbers["differences"][0]["difference"])


def test_the_main_thing_is_the_largest_that_counts() -> None:
    small, large, unsure = np.zeros((3, 40, 60), bool)
    small[5:9, 5:9] = large[10:30, 20:50] = unsure[:, :] = True
    shares = TASK.foreground(seen(small, large, unsure, scores=(0.9, 0.8, 0.4)))
    assert shares is not None
    assert np.array_equal(shares > 0.5, large)
    assert crops.main_box(shares, 0.1) == (17, 7, 53, 33)
    assert crops.main_box(shares, 1) == (0, 0, 60, 40)
    nothing = TASK.foreground(seen(small, scores=(0.1,)))
    assert nothing is not None
    assert crops.main_box(nothing, 0.1) is None


@pytest.mark.parametrize("name", ["mask-rcnn", "faster-rcnn"])
def test_predictions_at_the_size_of_a_photo(name: str) -> None:
    """Boxes and masks are scaled together."""
    torch.manual_seed(0)
    model = network.build(ModelSpec(name, "mobilenet_v3_small-gn", "none"), 2).eval()
    images = torch.randn(1, 3, 64, 96)
    (small,), (large,) = TASK.predict(model, images), TASK.predict(model, images, (128, 288))
    assert small.size == (64, 96)
    assert large.size == (128, 288)
    assert np.allclose(large.boxes, small.boxes * [3, 2, 3, 2], atol=1e-3)
    areas = [int(rle.area(list(one.masks)).sum()) for one in (small, large)]
    assert areas[1] == pytest.approx(6 * areas[0], rel=0.2)


def test_detections_in_a_part_of_an_image() -> None:
    inside, across, beyond = np.zeros((3, 40, 60), bool)
    inside[10:20, 20:30] = across[0:30, 5:15] = beyond[35:40, 0:60] = True
    whole = seen(inside, across, beyond, scores=(0.9, 0.8, 0.7))
    whole.boxes[:] = [[20, 10, 30, 20], [5, 0, 15, 30], [0, 35, 60, 40]]
    part = TASK.crop(whole, (10, 5, 60, 35))
    assert part.size == (30, 50)
    assert part.boxes.tolist() == [[10, 5, 20, 15], [0, 0, 5, 25]]
    assert np.allclose(part.scores, (0.9, 0.8))
    assert np.array_equal(part.mask(0), inside[5:35, 10:60])
    assert np.array_equal(part.mask(1), across[5:35, 10:60])


def test_weights_from_files(tmp_path: Path) -> None:
    spec = ModelSpec("faster-rcnn", "mobilenet_v3_small-gn", "none")
    first = network.build(spec, 2)
    torch.save({f"features.{name}": value for name, value in first.body.state_dict().items()}, tmp_path / "body.pth")
    torch.save({f"layer{k}": value for k, value in enumerate(first.body.state_dict().values())}, tmp_path / "order.pth")
    torch.save(first.state_dict(), tmp_path / "whole.pth")
    for name in ("body", "order", "whole"):
        other = network.build(ModelSpec(spec.name, spec.encoder, str(tmp_path / f"{name}.pth")), 5)
        for key, value in first.body.state_dict().items():
            assert torch.equal(value, other.body.state_dict()[key]), (name, key)
        if name == "whole":
            assert torch.equal(
                first.network.get_parameter("rpn.head.cls_logits.weight"),
                other.network.get_parameter("rpn.head.cls_logits.weight"),
            )
    for wrong, said in (
        (ModelSpec("mask-rcnn", "resnet101", "none"), "choose one of resnet18"),
        (ModelSpec("mask-rcnn-v2", "resnet18", "none"), "choose resnet50"),
        (ModelSpec("mask-rcnn", "resnet18", "coco"), "no COCO weights"),
        (ModelSpec("mask-rcnn", "resnet18-gn", "imagenet"), "no ImageNet weights"),
        (ModelSpec("mask-rcnn", "resnet18-gn", str(tmp_path / "body.pth")), "no such encoder"),
    ):
        with pytest.raises(training.SweepsetError, match=said):
            network.build(wrong, 2)


def look(folder: Path) -> Domain:
    """Return what the doctor reads of a folder."""
    source = TASK.open(folder, Data())
    names = {"all": tuple(item.name for item in source.items)}
    return domain.look("data", source, train_ids(source, source.taxonomy), names, lambda _: None)


def test_the_doctor_knows_instances(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "try_batch", lambda *_: (None, []))
    folder = detection_data.write(tmp_path / "data", count=6)
    path = folder / "annotations" / "instances_all.json"
    data = json.loads(path.read_text())
    data["annotations"][0]["bbox"][0] = 60
    data["annotations"][1]["segmentation"].append([1, 2, 3, 4])
    path.write_text(json.dumps(data))
    whole = ["data.train=all", "data.validate_on=null", "data.test=null", "data.crop=null"]
    asked = experiment.read("vehicles", [*whole, "data.taxonomy=own"])
    found = diagnosis.examine([folder], asked)
    texts = {(one.code, one.message.partition(":")[2].strip() or one.message) for one in found.findings}
    assert any(code == "noted" and "1 of" in text and "beyond their image" in text for code, text in texts)
    assert any(code == "noted" and "less than three points" in text for code, text in texts)
    assert ("empty-images", "1 of 6 images show no instance") in texts
    assert all(one.severity == "note" for one in found.findings), found.findings


@pytest.mark.full
def test_the_doctor_lets_a_small_detector_learn_a_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = detection_data.write(tmp_path / "data", count=4)
    seen_data = look(folder)
    kinds = seen_data.source.taxonomy
    tried, found = trial.try_batch([seen_data], kinds, TASK)
    assert found == []
    assert tried is not None
    assert tried.score >= trial.LEARNED
    assert tried.steps < trial.STEPS
    monkeypatch.setattr(trial, "STEPS", 5)
    _, (finding,) = trial.try_batch([seen_data], kinds, TASK)
    assert "(box AP at IoU 0.5) on 4 images in 5 steps, and 0.9 is easy" in finding.message


@pytest.mark.full
def test_a_small_detector_learns_eight_images(tmp_path: Path) -> None:
    folder = detection_data.write(tmp_path / "data")
    changes = detection_data.changes(folder, max_steps=130, batch=4, learning_rate=2e-3, average=0)
    changes += [*(f"augmentation.{one}" for one in CALM), "trainer.precision=auto", "trainer.validate_every=1000"]
    changes += ["trainer.schedule=one-cycle"]
    asked = experiment.read("vehicles", changes)
    run, _ = training.fit(asked, tmp_path / "run", quiet)
    part = splits.open_part(folder, asked, "all", run.taxonomy)
    _, found, _ = evaluation.evaluate_run(run, part, "all", "last", CPU)
    assert found.summary()["mask_ap"] >= 0.9


@pytest.mark.full
def test_a_killed_training_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    folder = detection_data.write(tmp_path / "data")
    changes = detection_data.changes(folder, max_steps=10, batch=2, checkpoint_every=2, average=0.9)
    command = [sys.executable, "-m", "sweepset_train", "fit", "vehicles", "--out", str(tmp_path / "killed")]
    command += [word for one in changes for word in ("--set", one)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    while process.poll() is None and not (tmp_path / "killed" / "checkpoints" / "last.ckpt").exists():
        time.sleep(0.01)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    told: list[str] = []
    for name in ("whole", "killed"):
        training.fit(experiment.read("vehicles", changes), tmp_path / name, told.append)
    assert any(line.startswith("resuming from step") for line in told)
    one, other = (
        torch.load(tmp_path / n / "checkpoints" / "last.ckpt", weights_only=True) for n in ("whole", "killed")
    )
    assert runs.open_run(tmp_path / "killed").task.name == "detection"
    assert all(torch.equal(value, other["state_dict"][name]) for name, value in one["state_dict"].items())
