"""The bench of training measures what it says: a slow loader shows, and work is counted."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

import training_data  # noqa: E402
from sweepset_train import bench, experiment  # noqa: E402
from sweepset_train.bench import Pace  # noqa: E402
from sweepset_train.segmentation import plain  # noqa: E402
from sweepset_train.stream import Stream  # noqa: E402

# Lightning and TensorBoard warn of themselves.
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("repeatable")]


def test_ratios_by_hand() -> None:
    own = [Pace(1, 2), Pace(2, 2), Pace(1, 1)]
    other = [Pace(3, 1), Pace(3, 2), Pace(2, 4)]
    assert bench.ratio(own, other) == 2
    assert bench.ratio(own, other, "processor") == 1


@pytest.mark.full
def test_a_slow_loader_is_told_and_work_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = training_data.changes(training_data.write(tmp_path / "data"), precision="float32")
    asked = experiment.read("baseline", changes)
    monkeypatch.setattr(plain, "PICTURES", 3)
    batch = Stream.batch

    def load_slowly(self: Stream, step: int) -> Any:
        time.sleep(1.5)
        return batch(self, step)

    monkeypatch.setattr(Stream, "batch", load_slowly)
    slow = bench.measure(asked, rounds=2, steps=2)
    assert len(slow.training) == len(slow.held) == len(slow.plain) == 2
    # 8 images in the time of two batches, or little less, as a batch is gathered while one is trained on.
    assert slow.images_per_second(slow.training) < 4
    assert bench.ratio(slow.training, slow.held) < 0.9
    # Three convolutions of 5x5 at 64x48, batch 4: forward, and backward twice, but not to the image.
    macs = 4 * 64 * 48 * 25 * (3 * 32 * 2 + (32 * 32 + 32 * 13) * 3)
    assert slow.flops == 2 * macs
    assert slow.peak > 0
    assert slow.memory is None
    told = bench.describe(asked, slow, "cpu")
    assert "cnn, 64x48, batch 4, 32-true, cpu" in told


def test_pictures_are_made_where_no_data_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "PICTURES", 3)
    changes = ["model.name=cnn", "model.weights=none", "data.size=[32, 24]", "trainer.batch=2"]
    speed = bench.measure(experiment.read("segnet", [*changes, "trainer.accelerator=cpu"]), rounds=1, steps=1)
    assert speed.images_per_second(speed.plain) > 0
