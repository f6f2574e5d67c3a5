"""The seam of tasks: another task is trained, resumed, scored, compared, drawn and examined by it alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from PIL import Image  # noqa: E402

from sweepset import taxonomy  # noqa: E402
from sweepset_train import bench, evaluation, experiment, prediction, runs, task, training  # noqa: E402
from sweepset_train.comparison import plan, report, results  # noqa: E402
from sweepset_train.data import splits  # noqa: E402
from sweepset_train.doctor import diagnosis  # noqa: E402
from sweepset_train.doctor import report as doctors_report  # noqa: E402
from sweepset_train.pages import run_report  # noqa: E402

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("repeatable")]
CPU = torch.device("cpu")


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return a function that gives the changes of an experiment with dark and bright images."""
    import toy_task

    monkeypatch.setitem(task.TASKS, "light", "toy_task")
    (tmp_path / "light.json").write_text(json.dumps(toy_task.KINDS), encoding="utf-8")
    rng = np.random.default_rng(0)
    (tmp_path / "photos" / "images").mkdir(parents=True)
    for number in range(24):
        pixels = np.clip(rng.normal((60, 190)[number % 2], 20, (24, 32, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / "photos" / "images" / f"{number:04d}.png")
    for part, names in (("train", range(12)), ("val", range(12, 16)), ("test", range(16, 24))):
        (tmp_path / f"{part}.txt").write_text(" ".join(f"{k:04d}" for k in names), encoding="utf-8")

    def changes(**trainer: object) -> list[str]:
        data = {"real": tmp_path / "photos", "crop": "null", "size": "[16, 12]", "taxonomy": tmp_path / "light.json"}
        data |= {key: tmp_path / f"{name}.txt" for key, name in (("train", "train"), ("validate_on", "val"))}
        data["test"] = tmp_path / "test.txt"
        settings = {"max_steps": 30, "batch": 4, "validate_every": 10, "learning_rate": 0.1, "accelerator": "cpu"}
        given = [f"data.{key}={value}" for key, value in data.items()]
        given += [f"trainer.{key}={value}" for key, value in (settings | trainer).items()]
        return ["task=light", "model.name=linear", "model.weights=none", *given]

    return changes


def quiet(_: str) -> None:
    """Hear nothing."""


def test_another_task_goes_through_all_that_trains_and_scores(asked: Callable[..., list[str]], tmp_path: Path) -> None:
    wanted = experiment.read("baseline", asked())
    told: list[str] = []
    run, parts = training.fit(wanted, tmp_path / "run", told.append)
    assert any("top-1 accuracy 1.000" in line for line in told)
    assert not (run.folder / "prior.npy").exists()
    assert runs.read_metrics(run.folder)["top1"][-1] == (29, 1.0)
    assert parts.test is not None
    assert parts.test.cached.labels.shape == (24,)
    folder, found, prior = evaluation.evaluate_run(run, parts.test, "test", "best", CPU)
    assert prior is None
    assert found.summary() == {"top1": 1.0}
    assert np.array_equal(found.by_image(), np.ones(8))
    assert evaluation.is_of(folder, parts.test, run.task)
    assert "| dark | 1.0000 | 4 |" in (folder / "scores.md").read_text(encoding="utf-8")
    assert "top-1 accuracy" in run_report.write(run).read_text(encoding="utf-8")
    assert prediction.predict_folder(run, tmp_path / "photos" / "images", tmp_path / "out", "best", CPU) == 24
    assert json.loads((tmp_path / "out" / "classes" / "0001.json").read_text(encoding="utf-8"))["bright"] > 0.5
    # A run that stopped goes on to the same bits.
    half = asked(checkpoint_every=15)

    class Stop(training.Callback):
        def on_train_batch_end(self, trainer: object, *_: object) -> None:
            if getattr(trainer, "global_step", 0) == 17:
                raise KeyError("stopped")

    with pytest.raises(KeyError, match="stopped"):
        training.fit(experiment.read("baseline", half), tmp_path / "half", quiet, [Stop()])
    training.fit(experiment.read("baseline", half), tmp_path / "half", told.append)
    assert "resuming from step 15" in told
    one, other = (torch.load(tmp_path / n / "checkpoints" / "last.ckpt", weights_only=True) for n in ("run", "half"))
    assert all(torch.equal(value, other["state_dict"][name]) for name, value in one["state_dict"].items())
    speed = bench.measure(wanted, rounds=1, steps=1)
    assert speed.plain == ()
    assert "the plain way" not in bench.describe(wanted, speed, "cpu")


def test_another_task_is_compared(asked: Callable[..., list[str]], tmp_path: Path) -> None:
    grid = {"arms": ["real", "more"], "seeds": 3}
    arms = {"more": {"like": "real", "changes": {"trainer.max_steps": 12}}}
    content = {"experiment": "baseline", "arms": arms, "grids": [grid], "contrasts": [["more", "real"]]}
    (tmp_path / "asked.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    comparison = plan.read(tmp_path / "asked.yaml")
    trials = plan.plan(comparison, asked(max_steps=4, validate_every=4))
    for trial in trials:
        run, parts = training.fit(trial.experiment, tmp_path / "all" / trial.name, quiet)
        assert parts.test is not None
        evaluation.evaluate_run(run, parts.test, "test", "best", CPU)
    found = results.find(tmp_path / "all", comparison, trials, parts.test)
    outcome = results.Outcome(tmp_path / "all", comparison, trials, parts, found, {}, {}, [])
    report.write(outcome)
    text = (tmp_path / "all" / "report.md").read_text(encoding="utf-8")
    assert "| arm | real | renders | steps | seeds | top-1 accuracy |" in text
    assert "the change (more)" in text
    numbers = json.loads((tmp_path / "all" / "scores.json").read_text(encoding="utf-8"))
    assert set(numbers["differences"][0]["difference"]) == {"top1", "dark", "bright"}


def test_another_task_is_examined(asked: Callable[..., list[str]], tmp_path: Path) -> None:
    wanted = experiment.read("baseline", [*asked(), "data.train=all", "data.validate_on=null", "data.test=null"])
    found = diagnosis.examine([tmp_path / "photos"], wanted)
    assert found.findings == ()
    assert found.shares() == {"photos": {"dark": 0.5, "bright": 0.5, "void": 0.0}}
    doctors_report.write(tmp_path / "doctor.html", found)
    assert "Samples of photos" in (tmp_path / "doctor.html").read_text(encoding="utf-8")


def test_a_cache_is_one_of_its_form_of_labels(asked: Callable[..., list[str]], tmp_path: Path) -> None:
    first = splits.open_parts(experiment.read("baseline", asked()))
    assert first.real is not None
    assert first.real.cached.counts.tolist() == [[1, 0], [0, 1]] * 12
    assert first.taxonomy.ids == taxonomy.parse(json.loads((tmp_path / "light.json").read_text()), "").ids
