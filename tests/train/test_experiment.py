"""Experiments: what comes with Sweepset is whole, unknown keys and wrong values are refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("yaml")

from sweepset.errors import SweepsetError
from sweepset_train import experiment


@pytest.mark.parametrize("name", experiment.names())
def test_those_that_come_with_it_are_read_and_kept_whole(name: str, tmp_path: Path) -> None:
    one = experiment.read(name)
    (tmp_path / "again.yaml").write_text(experiment.dump(one), encoding="utf-8")
    assert experiment.read(tmp_path / "again.yaml") == one


def test_the_usual_ones_are_there() -> None:
    assert {"baseline", "mixed", "synthetic", "segnet"} <= set(experiment.names())
    assert experiment.read("segnet").data.size == (480, 360)
    assert experiment.read("mixed").data.synthetic_share == 0.25


def test_changes_win_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    changes = ["trainer.max_steps=7", "trainer.learning_rate=1e-5", "data.size=[32, 24]", "data.synthetic=[a, b]"]
    one = experiment.read("baseline", changes)
    assert (one.trainer.max_steps, one.trainer.learning_rate, one.data.size) == (7, 1e-5, (32, 24))
    assert one.data.synthetic == (tmp_path / "a", tmp_path / "b")
    assert experiment.differences(one, experiment.read("baseline", [*changes, "seed=3"])) == ["seed 0 and 3"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("trainer.max_step=5", "unknown key trainer.max_step; did you mean max_steps"),
        ("dat.size=5", "unknown key dat; did you mean data"),
        ("trainer.max_steps=many", "trainer.max_steps is 'many'"),
        ("trainer.batch=0", "trainer.batch is 0: .*greater than 0"),
        ("model.name=unnet", "model.name is 'unnet': .*'unet'"),
        ("trainer.loss=dyce", "trainer.loss is 'dyce': did you mean dice"),
        ("task=segmentatoin", "task is 'segmentatoin': did you mean segmentation"),
        ("task=3", "task is 3: .*string"),
        ("trainer.batch", "write KEY=VALUE"),
        ("seed.of=3", "seed.*(unknown|valid integer)"),
    ],
)
def test_wrong_keys_and_values_are_named(change: str, words: str) -> None:
    with pytest.raises(SweepsetError, match=words) as caught:
        experiment.read("baseline", [change])
    assert "\n" not in str(caught.value)


def test_files_that_are_no_experiments(tmp_path: Path) -> None:
    with pytest.raises(SweepsetError, match="no experiment 'basline'.*did you mean baseline"):
        experiment.read("basline")
    for text, words in (("- 3\n", "no list of keys"), ("a: [", "cannot read")):
        (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(SweepsetError, match=words):
            experiment.read(tmp_path / "bad.yaml")


def test_files_from_before_there_were_tasks_are_read() -> None:
    before = experiment.read("baseline").model_dump(mode="json")
    assert before.pop("task") == "segmentation"
    assert experiment.parse(before, "before") == experiment.read("baseline")
