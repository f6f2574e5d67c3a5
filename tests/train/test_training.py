"""Training: models overfit, a killed run goes on to the same bits, steps follow from the seed, broken runs are kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from lightning import LightningModule, Trainer  # noqa: E402
from lightning.pytorch.callbacks import Callback  # noqa: E402

import training_data  # noqa: E402
from sweepset.errors import SweepsetError  # noqa: E402
from sweepset_train import evaluation, experiment, prediction, runs, training  # noqa: E402
from sweepset_train.data import augmentation, splits  # noqa: E402
from sweepset_train.learner import rate_factor  # noqa: E402
from sweepset_train.segmentation.augmentation import augment  # noqa: E402
from sweepset_train.segmentation.task import TASK  # noqa: E402
from sweepset_train.settings import Augmentation, Training  # noqa: E402
from sweepset_train.stream import Stream  # noqa: E402

# Lightning and TensorBoard warn of themselves.
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("repeatable")]


def quiet(_: str) -> None:
    """Hear nothing."""


def lasting(data: Path) -> list[str]:
    """Return changes for a run that lasts long enough to be stopped."""
    return training_data.changes(data, max_steps=60, checkpoint_every=10, precision="float32")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run that was never stopped; its data is beside it."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SWEEPSET_CACHE", str(folder / "cache"))
        changes = lasting(training_data.write(folder / "data"))
        training.fit(experiment.read("baseline", changes), folder / "run", quiet)
    return folder / "run"


@pytest.mark.parametrize("name", ["unet", pytest.param("segnet", marks=pytest.mark.full)])
def test_models_overfit_two_images(tmp_path: Path, name: str) -> None:
    data = training_data.write(tmp_path / "data", 6, (32, 32))
    changes = training_data.changes(data, max_steps=120, batch=8)
    changes += [f"model.name={name}", "model.encoder=resnet18", "data.size=[32, 32]", "data.taxonomy=nyu40"]
    changes += ["data.validate_on=null", "augmentation.flip=0", "augmentation.scale=[1, 1]", "augmentation.color=0"]
    run, all_parts = training.fit(experiment.read("baseline", changes), tmp_path / "run", quiet)
    answer = prediction.answer_by(run, "last", torch.device("cpu"))

    assert all_parts.real is not None
    assert len(all_parts.real) == 2
    assert evaluation.evaluate(TASK, all_parts.real, run.taxonomy, answer).summary()["global_accuracy"] > 0.99


@pytest.mark.parametrize("sent", ["SIGKILL", "SIGINT", "SIGTERM"])
def test_a_run_that_was_stopped_goes_on_to_the_same_bits(tmp_path: Path, undisturbed: Path, sent: str) -> None:
    seldom = 10 if sent == "SIGKILL" else 50
    changes = [*lasting(undisturbed.parent / "data"), "data.test=null", f"trainer.checkpoint_every={seldom}"]
    stopped = tmp_path / "stopped"
    words = [word for change in changes for word in ("--set", change)]
    command = [sys.executable, "-m", "sweepset_train.cli", "fit", "baseline", *words, "--out", str(stopped)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        deadline = time.monotonic() + 240
        while max([step for pairs in runs.read_metrics(stopped).values() for step, _ in pairs], default=0) < 19:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.Signals[sent])
        _, told = process.communicate(timeout=120)
    finally:
        process.kill()
        process.wait()
    if sent == "SIGKILL":
        assert process.returncode == -signal.SIGKILL
    else:
        assert process.returncode == 130
        assert told.strip() == "sweepset-train: stopped; run the same command again to go on"
        assert 20 <= torch.load(stopped / "checkpoints" / "last.ckpt", weights_only=True)["global_step"] < 50
    assert not (stopped / "finished.json").exists()
    again: list[str] = []
    training.fit(experiment.read("baseline", changes), stopped, again.append)
    assert any(line.startswith("resuming from step") for line in again)
    for name in runs.CHECKPOINTS:
        one, other = (
            torch.load(folder / "checkpoints" / f"{name}.ckpt", weights_only=True) for folder in (undisturbed, stopped)
        )
        assert one["global_step"] == other["global_step"]
        assert all(torch.equal(value, other["state_dict"][key]) for key, value in one["state_dict"].items())
    assert runs.read_metrics(undisturbed)["loss"] == runs.read_metrics(stopped)["loss"]
    assert len(runs.read_metrics(undisturbed)["loss"]) == 6


def test_a_loss_that_is_no_number_keeps_the_last_good_checkpoint(tmp_path: Path) -> None:
    data = training_data.write(tmp_path / "data")
    changes = training_data.changes(data, learning_rate=1e25, optimizer="sgd", schedule="one-cycle", checkpoint_every=1)
    with pytest.raises(SweepsetError, match="no number after .* steps: lower trainer.learning_rate"):
        training.fit(experiment.read("baseline", changes), tmp_path / "run", quiet)
    assert (tmp_path / "run" / "experiment.yaml").exists()
    for path in (tmp_path / "run" / "checkpoints").iterdir():
        state = torch.load(path, weights_only=True)["state_dict"]
        assert all(torch.isfinite(value).all() for value in state.values())


def test_a_folder_holds_one_run(tmp_path: Path) -> None:
    data = training_data.write(tmp_path / "data")
    changes = training_data.changes(data, max_steps=4)
    asked = experiment.read("baseline", changes)
    run, _ = training.fit(asked, tmp_path / "run", quiet)
    before = run.checkpoint("last").read_bytes()
    training.fit(asked, tmp_path / "run", quiet)
    assert run.checkpoint("last").read_bytes() == before
    with pytest.raises(SweepsetError, match="differs in seed 0 and 1"):
        training.fit(experiment.read("baseline", [*changes, "seed=1"]), tmp_path / "run", quiet)
    _, held = runs.begin(tmp_path / "run", asked, splits.open_parts(asked))
    with held, pytest.raises(SweepsetError, match="another process"):
        training.fit(asked, tmp_path / "run", quiet)
    with (data / "labels" / "0001.png").open("ab") as file:
        file.write(b" ")
    with pytest.raises(SweepsetError, match="data of the run .* has changed"):
        training.fit(asked, tmp_path / "run", quiet)


def test_what_came_to_nothing_leaves_its_folder(tmp_path: Path) -> None:
    changes = training_data.changes(training_data.write(tmp_path / "data"), max_steps=4, validate_every=2)
    for wrong, words in (("model.name=unet", "resnet81"), ("trainer.accelerator=gpu", "trainer.accelerator gpu, ")):
        if "gpu" in wrong and torch.cuda.is_available():
            continue
        asked = experiment.read("baseline", [*changes, "model.encoder=resnet81", wrong])
        with pytest.raises(SweepsetError, match=words):
            training.fit(asked, tmp_path / "run", quiet)
    run, _ = training.fit(experiment.read("baseline", changes), tmp_path / "run", quiet)
    assert runs.open_run(run.folder).experiment.model.encoder == "resnet18"


def test_a_row_that_was_written_in_part_is_dropped(tmp_path: Path) -> None:
    for torn in ("1", "19", "19,lo", "19,loss,0."):
        (tmp_path / "metrics.csv").write_text(f"step,name,value\n9,loss,0.5\n{torn}", encoding="utf-8")
        runs.MetricsFile(tmp_path, 15).log_metrics({"loss": 0.25}, 19)
        assert runs.read_metrics(tmp_path) == {"loss": [(9, 0.5), (19, 0.25)]}, torn


def test_parts_that_overlap_or_do_not_fit_are_refused(tmp_path: Path) -> None:
    data = training_data.write(tmp_path / "data")
    for change, words in (
        (f"data.test={data / 'train.txt'}", "8 images are in both train and test, such as '0001'"),
        (f"data.validate_on={data / 'test.txt'}", "2 images are in both validation and test, such as '0011'"),
        ("data.test=test654", r"of the 654 images for test are not in"),
        ("data.test=tset654", "unknown split 'tset654'"),
        ("data.validate_on=0.2", "rooms of the images are not known"),
        ("data.synthetic_share=0.5", "trains on renders, and none were given"),
    ):
        with pytest.raises(SweepsetError, match=words):
            splits.open_parts(experiment.read("baseline", [*training_data.changes(data), change]))


def test_smaller_fractions_lie_in_larger_ones(tmp_path: Path) -> None:
    changes = training_data.changes(training_data.write(tmp_path / "data"))
    found = []
    for fraction in (0.25, 0.5, 1):
        opened = splits.open_parts(experiment.read("baseline", [*changes, f"data.fraction={fraction}"]))
        assert opened.real is not None
        found.append(set(opened.real.names))
    assert [len(names) for names in found] == [2, 4, 8]
    assert found[0] < found[1] < found[2]


# Augmentation


def test_without_variation_images_stay_as_they_are() -> None:
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (3, 3, 13, 17), generator=generator, dtype=torch.uint8)
    labels = torch.randint(0, 14, (3, 13, 17), generator=generator, dtype=torch.uint8)
    labels[0, :4] = 255
    drawn = augmentation.draw(Augmentation(flip=0, scale=(1, 1), color=0), 3, 1, 5)
    pixels, places = augment(images, labels, drawn)
    assert torch.equal(places, labels)
    assert torch.allclose(pixels, augmentation.prepare(images), atol=1e-4)
    drawn = augmentation.draw(Augmentation(flip=1, scale=(1, 1), color=0), 3, 1, 5)
    pixels, places = augment(images, labels, drawn)
    assert torch.equal(places, labels.flip(2))
    assert torch.allclose(pixels, augmentation.prepare(images.flip(3)), atol=1e-4)


def test_images_and_labels_move_together() -> None:
    # Each class has a colour of its own, so that a label can be told from its image.
    labels = torch.arange(4, dtype=torch.uint8).repeat_interleave(8)[None, None, :].expand(16, 24, 32).contiguous()
    images = (labels * 60)[:, None].expand(-1, 3, -1, -1).contiguous()
    drawn = augmentation.draw(Augmentation(flip=0.5, scale=(0.5, 2), color=0), 16, 0, 0)
    pixels, places = augment(images, labels, drawn)
    told = pixels[:, 0] * 0.229 + 0.485
    inside = places != 255
    off = (told * 255 / 60 - places).abs()[inside]
    assert (off < 0.51).float().mean() > 0.99
    assert (off < 0.01).float().mean() > 0.8
    assert inside.float().mean() > 0.5
    assert not inside.all()


def test_colours_by_hand() -> None:
    # Two pixels, (200, 100, 30) and (40, 60, 20): their means are 110 and 40, that of all is 75.
    images = torch.tensor([[[200, 40]], [[100, 60]], [[30, 20]]], dtype=torch.uint8)[None]
    labels = torch.zeros(1, 1, 2, dtype=torch.uint8)
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    for factors, expected in (
        ((0.5, 1, 1), [[[100, 20]], [[50, 30]], [[15, 10]]]),
        ((2, 1, 1), [[[255, 80]], [[200, 120]], [[60, 40]]]),
        ((1, 0.5, 1), [[[137.5, 57.5]], [[87.5, 67.5]], [[52.5, 47.5]]]),
        ((1, 1, 0), [[[110, 40]], [[110, 40]], [[110, 40]]]),
    ):
        pixels, _ = augment(images, labels, torch.tensor([[1.0, 1, 0, 0, *factors, *[0] * 13]]))
        assert torch.allclose((pixels[0] * std + mean) * 255, torch.tensor(expected, dtype=torch.float32), atol=0.01)


def test_images_are_varied_alike_in_any_precision(tmp_path: Path) -> None:
    data = training_data.write(tmp_path / "data")

    class Seen(Callback):
        def __init__(self) -> None:
            self.images: list[torch.Tensor] = []

        def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
            model: Any = pl_module.model
            model.register_forward_pre_hook(lambda _, given: self.images.append(given[0].clone()))

    found = []
    for precision in ("float32", "bf16"):
        seen = Seen()
        changes = [*training_data.changes(data, max_steps=2, precision=precision), "data.validate_on=null"]
        training.fit(experiment.read("baseline", changes), tmp_path / precision, quiet, [seen])
        found.append(seen.images)
    assert [len(images) for images in found] == [2, 2]
    for one, other in zip(*found, strict=True):
        assert one.dtype == other.dtype == torch.float32
        assert torch.equal(one, other)


def test_draws_follow_from_seed_and_step() -> None:
    settings = Augmentation()
    one = augmentation.draw(settings, 8, 3, 100)
    assert torch.equal(one, augmentation.draw(settings, 8, 3, 100))
    assert not torch.equal(one, augmentation.draw(settings, 8, 3, 101))
    assert not torch.equal(one, augmentation.draw(settings, 8, 4, 100))


def test_rates_rise_and_fall() -> None:
    poly = Training(schedule="poly", max_steps=100)
    assert rate_factor(poly, 0, 0) == 1
    assert rate_factor(poly, 50, 0) == pytest.approx(0.5**0.9)
    cycle = Training(schedule="one-cycle", max_steps=200)
    rates = [rate_factor(cycle, step, 100) for step in range(200)]
    assert rates[:100] == rates[100:]
    assert rates[0] == pytest.approx(0.04)
    assert max(rates) == pytest.approx(rates[30]) == pytest.approx(1)
    assert rates[99] < 0.01


# Several devices


def test_devices_divide_each_batch_among_them(tmp_path: Path) -> None:
    asked = experiment.read("baseline", training_data.changes(training_data.write(tmp_path / "data")))
    opened = splits.open_parts(asked)

    def batch(rank: int, devices: int, step: int) -> dict[str, torch.Tensor]:
        place = SimpleNamespace(root_device=torch.device("cpu"))
        trainer = SimpleNamespace(global_rank=rank, world_size=devices, strategy=place)
        return Stream(asked, opened, trainer).batch(step)

    for step in range(4):
        whole, first, second = batch(0, 1, step), batch(0, 2, step), batch(1, 2, step)
        for name in ("images", "labels", "drawn"):
            values = whole[name]
            assert torch.equal(values[0::2], first[name])
            assert torch.equal(values[1::2], second[name])
    with pytest.raises(SweepsetError, match="batch 4 does not divide by 3 devices"):
        batch(0, 3, 0)


@pytest.mark.full
def test_two_processes_train_as_one(tmp_path: Path) -> None:
    data = training_data.write(tmp_path / "data")
    changes = training_data.changes(data, max_steps=4, validate_every=2, checkpoint_every=3, precision="float32")
    # As many labelled pixels in each image, so that the mean over processes is that over pixels.
    changes += ["augmentation.scale=[1, 1]"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    found = {}
    for devices in (1, 2):
        folder = tmp_path / str(devices)
        given = [word for change in [*changes, f"trainer.devices={devices}"] for word in ("--set", change)]
        command = [sys.executable, "-m", "sweepset_train.cli", "fit", "baseline", *given, "--out", str(folder)]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=400, check=False)
        assert ran.returncode == 0, ran.stderr
        state = torch.load(folder / "checkpoints" / "last.ckpt", weights_only=True)["state_dict"]
        scores = (folder / "evaluation" / "test" / "scores.md").read_text(encoding="utf-8")
        found[devices] = (state, dict(runs.read_metrics(folder)["mean_iou"]), scores)
        assert ran.stdout.count("mean class accuracy") == 1
    (one, validated, scores), (two, validated_by_two, scores_of_two) = found[1], found[2]
    assert all(torch.allclose(value, two[name], atol=1e-5) for name, value in one.items())
    assert validated == pytest.approx(validated_by_two, abs=0.01)
    assert scores.splitlines()[:2] == scores_of_two.splitlines()[:2]
