"""Evaluation: scores of what was predicted, by scikit-learn; files that agree with them; photos of any size."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")
sklearn_metrics = pytest.importorskip("sklearn.metrics")

from PIL import Image  # noqa: E402
from torch.utils._python_dispatch import TorchDispatchMode  # noqa: E402

import training_data  # noqa: E402
from sweepset.errors import SweepsetError  # noqa: E402
from sweepset_train import evaluation, experiment, prediction, runs, training  # noqa: E402
from sweepset_train.data import splits  # noqa: E402
from sweepset_train.data.splits import Part, Parts  # noqa: E402
from sweepset_train.runs import Run  # noqa: E402
from sweepset_train.segmentation.task import TASK, classes_at  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Run, Parts]]:
    """Return a run with its data."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SWEEPSET_CACHE", str(folder / "cache"))
        changes = training_data.changes(training_data.write(folder / "data"), max_steps=30)
        yield training.fit(experiment.read("baseline", changes), folder / "run", lambda _: None)


def test_scores_are_those_of_scikit_learn(trained: tuple[Run, Parts]) -> None:
    run, all_parts = trained
    part = all_parts.test
    assert part is not None
    folder, found, prior = evaluation.evaluate_run(run, part, "test", "best", CPU)
    predicted = prediction.predict(TASK, run.load_model("best"), part.cached.images[part.indices], CPU)
    truth = part.cached.labels[part.indices]
    classes = list(range(len(run.taxonomy)))
    for matrix, one, other in zip(found.tallies["matrices"], truth, predicted):
        seen = one != 255
        assert np.array_equal(matrix, sklearn_metrics.confusion_matrix(one[seen], other[seen], labels=classes))
    seen = truth != 255
    scores = found.summary()
    assert scores["global_accuracy"] == pytest.approx(sklearn_metrics.accuracy_score(truth[seen], predicted[seen]))
    recall = sklearn_metrics.balanced_accuracy_score(truth[seen], predicted[seen])
    assert scores["mean_class_accuracy"] == pytest.approx(recall)
    assert scores["global_accuracy"] > prior.summary()["global_accuracy"] + 0.02
    stored = np.load(folder / "confusion.npz")
    assert np.array_equal(stored["matrices"], found.tallies["matrices"])
    assert stored["names"].tolist() == ["0011", "0012"]
    content = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    assert content["scores"] == pytest.approx(scores)
    assert content["classes"]["tv"]["iou"] is None
    identity = 1 - 2 * (1 - scores["global_accuracy"]) / 13
    assert scores["original_class_accuracy"] == pytest.approx(identity)
    assert f"{identity:.4f}" in (folder / "scores.md").read_text(encoding="utf-8")
    for name in ("confusion.png", "images.png"):
        with Image.open(folder / name) as picture:
            picture.load()


def test_the_prior_is_the_commonest_class_at_each_place(trained: tuple[Run, Parts]) -> None:
    run, all_parts = trained
    assert all_parts.real is not None
    labels = all_parts.real.cached.labels[all_parts.real.indices]
    counts = np.stack([(labels == k).sum(0) for k in range(13)])
    prior = np.load(run.folder / "prior.npy")
    labelled = counts.max(0) > 0
    assert np.array_equal(np.take_along_axis(counts, prior[None].astype(int), 0)[0], counts.max(0))
    wall = [category.name for category in run.taxonomy].index("wall")
    assert (prior[~labelled] == wall).all()


def test_the_run_says_what_it_was(trained: tuple[Run, Parts]) -> None:
    run, all_parts = trained
    about = json.loads((run.folder / "about.json").read_text(encoding="utf-8"))
    assert torch.__version__.startswith(about["versions"]["torch"])
    assert about["data"]["real"] == {
        "images": 8,
        "content": all_parts.real.cached.key if all_parts.real else "",
        "split": all_parts.real.digest if all_parts.real else "",
    }
    assert runs.open_run(run.folder) == run
    logged = runs.read_metrics(run.folder)
    assert [step for step, _ in logged["loss"]] == [9, 19, 29]
    assert logged["loss"][-1][1] < logged["loss"][0][1]
    assert sorted(path.name for path in (run.folder / "pictures").iterdir()) == [
        "step-000010.png",
        "step-000020.png",
        "step-000030.png",
    ]


def test_masks_of_photos_have_their_size_and_ids(trained: tuple[Run, Parts], tmp_path: Path) -> None:
    run, all_parts = trained
    (tmp_path / "photos").mkdir()
    part = all_parts.test
    assert part is not None
    image, label = part.cached.images[part.indices[0]], part.cached.labels[part.indices[0]]
    Image.fromarray(np.array(image)).resize((128, 96), Image.Resampling.NEAREST).save(tmp_path / "photos" / "a.png")
    Image.fromarray(np.array(image)).save(tmp_path / "photos" / "b.jpg", quality=95)
    assert prediction.predict_folder(run, tmp_path / "photos", tmp_path / "out", "best", CPU) == 2
    ids = {number: category.id for number, category in enumerate(run.taxonomy)}
    for name, scale in (("a", 2), ("b", 1)):
        with Image.open(tmp_path / "out" / "masks" / f"{name}.png") as mask:
            found = np.asarray(mask)
        truth = np.vectorize(ids.get, otypes=[int])(np.where(label == 255, 0, label)).repeat(scale, 0).repeat(scale, 1)
        seen = (label != 255).repeat(scale, 0).repeat(scale, 1)
        assert found.shape == truth.shape
        assert (found == truth)[seen].mean() > 0.97
        with Image.open(tmp_path / "out" / "overlays" / f"{name}.jpg") as overlay:
            assert overlay.size == found.shape[::-1]


def test_large_photos_take_no_more_memory_where_classes_are_many() -> None:
    class Largest(TorchDispatchMode):
        """Notes how many values the largest tensor has that comes about."""

        values = 0

        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            out = func(*args, **(kwargs or {}))
            if isinstance(out, torch.Tensor):
                self.values = max(self.values, out.numel())
            return out

    generator = torch.Generator().manual_seed(0)
    for height, width in ((150, 401), (16, 20), (9, 33)):
        logits = torch.randn(40, 16, 20, generator=generator)
        with Largest() as largest:
            found = classes_at(logits, (height, width))
        assert largest.values <= max(height * width, logits.numel())
        whole = torch.nn.functional.interpolate(logits[None], (height, width), mode="bilinear")
        assert torch.equal(found.long(), whole[0].argmax(0))


def test_bad_input_is_named(trained: tuple[Run, Parts], tmp_path: Path) -> None:
    run, _ = trained
    with pytest.raises(SweepsetError, match="is no run"):
        runs.open_run(tmp_path)
    with pytest.raises(SweepsetError, match="has no photos"):
        prediction.predict_folder(run, tmp_path, tmp_path / "out", "best", CPU)
    other = training_data.write(tmp_path / "other")
    changes = [*training_data.changes(other), "data.taxonomy=nyu40"]
    part = splits.open_parts(experiment.read("baseline", changes)).test
    assert isinstance(part, Part)
    with pytest.raises(SweepsetError, match="taxonomy nyu40, the model in nyu13"):
        evaluation.evaluate_run(run, part, "other", "best", CPU)
