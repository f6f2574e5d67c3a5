"""Comparisons: their runs by hand, and a small one from end to end with real processes."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml

pytest.importorskip("torch")
pytest.importorskip("lightning")

import training_data
from commands import Train
from sweepset import dataset, files, taxonomy
from sweepset.errors import SweepsetError
from sweepset_train.comparison import plan, results
from sweepset_train.comparison.plan import Comparison, Contrast
from sweepset_train.data import splits
from sweepset_train.data.cache import open_cache
from sweepset_train.data.places import open_source
from sweepset_train.settings import Data

ROOT = Path(__file__).resolve().parents[3]
Compare = Callable[..., "subprocess.CompletedProcess[str]"]

# Lightning and TensorBoard warn of themselves.
pytestmark = pytest.mark.filterwarnings("ignore")


def write_renders(folder: Path, count: int = 6) -> Path:
    """Write images and labels as `sweepset render` does, as far as training reads them."""
    training_data.write(folder, count)
    kinds = taxonomy.load("nyu40")
    frames = [
        {"frame": k, "files": {"image": f"images/{k + 1:04d}.png", "label": f"labels/{k + 1:04d}.png"}}
        for k in range(count)
    ]
    job = {"scene": "room", "procedural": True, "seed": 0}
    content = {"format": dataset.FORMAT_VERSION, "job": job, "frames": frames, "taxonomy": kinds.to_json()}
    files.write_json(folder / "dataset.json", content)
    return folder


def made(**keys: object) -> Comparison:
    return Comparison.model_validate({"grids": [{"fractions": [0.1, 1.0], "seeds": 3}], **keys})


def test_every_run_is_there_once() -> None:
    trials = plan.plan(made(), ["data.real=photos", "data.synthetic=[renders]", "trainer.max_steps=100"])
    names = [trial.name for trial in trials]
    # Four arms on two shares, and renders alone, which no share matters to.
    assert len(names) == len(set(names)) == 3 * (4 * 2 + 1)
    by_name = {trial.name: trial.experiment for trial in trials}
    real, twice, mixed = by_name["real-10-2"], by_name["real-twice-10-2"], by_name["mixed-100-0"]
    assert (real.data.fraction, real.data.synthetic, real.data.synthetic_share, real.seed) == (0.1, (), 0, 2)
    assert (real.trainer.max_steps, twice.trainer.max_steps) == (100, 200)
    assert (mixed.data.synthetic_share, mixed.data.fraction, len(mixed.data.synthetic)) == (0.5, 1, 1)
    pretrained, synthetic = by_name["pretrained-10-1"], by_name["synthetic-1"]
    assert (pretrained.data.pretrain_steps, pretrained.trainer.max_steps, pretrained.data.synthetic_share) == (
        50,
        100,
        0,
    )
    assert synthetic.data.synthetic_share == 1
    # But for that, all have the same settings, and the same fractions and seeded splits.
    for trial in trials:
        assert trial.experiment.trainer.max_steps == 100 * (1 + (trial.arm == "real-twice"))
        assert trial.experiment.data.split_seed == real.data.split_seed
        assert trial.experiment.model == real.model


def test_a_further_arm_is_one_with_changes() -> None:
    asked = made(arms={"few": {"like": "mixed", "changes": {"data.synthetic_share": 0.25}}},
                 grids=[{"arms": ["real", "few"], "seeds": 3}])  # fmt: skip
    trials = plan.plan(asked, ["data.synthetic=[renders]"])
    assert {trial.experiment.data.synthetic_share for trial in trials if trial.arm == "few"} == {0.25}
    assert plan.contrasts(asked, trials) == [Contrast("few", "real", 1.0)]


def test_renders_alone_differ_once_whatever_shares_there_are() -> None:
    """Two arms of renders alone are no different on each share of the photos, which neither is trained on."""
    asked = made(arms={"other": {"like": "synthetic", "changes": {"trainer.max_steps": 10}}},
                 grids=[{"arms": ["real", "synthetic", "other"], "fractions": [0.1, 1.0], "seeds": 3}],
                 contrasts=[["other", "synthetic"], ["other", "real"]])  # fmt: skip
    found = plan.contrasts(asked, plan.plan(asked, ["data.synthetic=[renders]"]))
    assert found == [
        Contrast("other", "synthetic", None), Contrast("other", "real", 0.1), Contrast("other", "real", 1.0)
    ]  # fmt: skip


def test_differences_are_planned_before_any_run() -> None:
    trials = plan.plan(made(grids=[{"fractions": [0.1], "seeds": 3}, {"arms": ["real", "mixed"], "seeds": 3}]))
    found = [(c.arm, c.other, c.fraction) for c in plan.contrasts(made(), trials)]
    assert found == [
        ("real-twice", "real", 0.1),
        ("mixed", "real", 0.1),
        ("pretrained", "real", 0.1),
        ("synthetic", "real", 0.1),
        ("mixed", "real-twice", 0.1),
        ("pretrained", "real-twice", 0.1),
        ("mixed", "real", 1.0),
        ("synthetic", "real", 1.0),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"grids": [{"seed": 3}]}, "unknown key grids.0.seed; did you mean seeds? known are arms, fractions, seeds"),
        ({"grids": [{"seeds": 2}]}, "grids.0.seeds is 2: input should be greater than or equal to 3"),
        ({"grids": [{"fractions": [0]}]}, "grids.0.fractions.0 is 0: input should be greater than 0"),
        ({}, "grids is missing"),
        ({"grids": [{"arms": ["mixt"]}]}, "unknown arm 'mixt'; did you mean mixed? known are real, real-twice, mixed"),
        ({"grids": [{"arms": ["a"]}], "arms": {"a": {"like": "b"}}}, "arm 'a' is like 'b': choose one of real,"),
        ({"grids": [{}], "changes": {"trainer.steps": 3}}, "unknown key trainer.steps"),
        ([], "it is []: write keys and values"),
        ({"grids": []}, "grids is []: tuple should have at least 1 item"),
        ({"grids": [{"arms": "real"}]}, "grids.0.arms is 'real': write a list"),
        ({"grids": [{}], "arms": {"mixed": {"like": "real"}}}, "arm 'mixed' is always there: give yours another name"),
        ({"grids": [{}], "arms": {"a/b": {"like": "real"}}}, "arms.a/b"),
        ({"grids": [{}], "arms": {"a": {"like": "real", "changes": {"seed": 1}}}}, "arm 'a' changes seed, which"),
        ({"grids": [{"arms": ["a"]}], "arms": {"a": {"like": "real", "changes": {"a.b": 1}}}}, "arm 'a': experiment"),
        ({"grids": [{}], "changes": {"data.fraction": 0.1}}, "a comparison sets data.fraction itself: set fractions"),
        ({"grids": [{}], "changes": {"data.train": datetime.date(2020, 1, 1), "seeds": 1}}, "unknown key seeds"),
        ({"grids": [{"fractions": [0.33333333, 0.33333334]}]}, "two runs would be in one folder, 'real-33.3333-0'"),
        ({"grids": [{}], "contrasts": [["mixd", "real"]]}, "no grid has an arm 'mixd'; did you mean mixed?"),
        ({"grids": [{"arms": ["real"]}], "contrasts": [["mixed", "real"]]}, "arm 'mixed'; there are real"),
        ({"grids": [{}], "contrasts": [["mixed", "mixed"]]}, "ask for each difference of two arms once"),
        ({"grids": [{}], "contrasts": [["mixed", "real"], ["real", "mixed"]]}, "ask for each difference of two"),
        ({"grids": [{}], "experiment": "nyu-smal"}, "no experiment 'nyu-smal': give a YAML file, or one of"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(content: object, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "asked.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(SweepsetError) as raised:
        plan.plan(plan.read(path))
    assert expected in str(raised.value)


def test_those_that_come_with_it_can_be_planned() -> None:
    assert plan.find("nyu-small").is_file()
    for path in plan.FOLDER.glob("*.yaml"):
        assert plan.plan(plan.read(path), ["data.real=photos", "data.synthetic=[renders]"])


def test_neighbouring_frames_count_as_a_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = training_data.write(tmp_path / "data")
    settings = {"real": data, "crop": None, "size": (32, 24), "labels_taxonomy": "nyu40", "train": "all", "test": None}
    opened = open_source(data, Data(**settings, validate_on=None))
    cached = open_cache(opened, taxonomy.load("nyu40"), (32, 24), folder=tmp_path / "cache")
    chosen = splits.Part(cached, cached.indices(("0001", "0002", "0007", "0004", "0003", "0008")))
    assert results.rooms_of(chosen) == list(chosen.names)  # hardly any runs
    monkeypatch.setattr(results, "FEWEST", 2)
    rooms = results.rooms_of(chosen)
    assert rooms[0] == rooms[1] == rooms[3] == rooms[4]
    assert rooms[2] == rooms[5] != rooms[0]


def words(data: Path, renders: Path) -> list[str]:
    """Return what a comparison of the smallest network is asked with."""
    given = training_data.changes(data, max_steps=6, checkpoint_every=2, validate_every=3)
    given.remove(f"data.validate_on={data / 'val.txt'}")
    asked = [*given, "data.validate_on=null", "data.taxonomy=nyu40", f"data.synthetic=['{renders}']"]
    return [word for change in asked for word in ("--set", change)]


def write_asked(folder: Path) -> Path:
    path = folder / "asked.yaml"
    grid = {"arms": ["real", "mixed"], "fractions": [1.0], "seeds": 3}
    path.write_text(yaml.safe_dump({"experiment": "baseline", "grids": [grid]}), encoding="utf-8")
    return path


def check_scores(every: Path) -> None:
    """Check the comparison's numbers against those of the runs."""
    told = json.loads((every / "scores.json").read_text())
    assert {(row["arm"], len(row["runs"])) for row in told["arms"]} == {("real", 3), ("mixed", 3)}
    for row in told["arms"]:
        for name, scores in row["runs"].items():
            own = json.loads((every / name / "evaluation" / "test" / "scores.json").read_text())
            assert scores["mean_iou"] == pytest.approx(own["scores"]["mean_iou"])
            assert scores["floor"] == pytest.approx(own["classes"]["floor"]["iou"])
    (difference,) = told["differences"]
    means = {row["arm"]: np.mean([scores["mean_iou"] for scores in row["runs"].values()]) for row in told["arms"]}
    assert difference["difference"]["mean_iou"] == pytest.approx(means["mixed"] - means["real"])
    assert difference["low"]["mean_iou"] <= difference["difference"]["mean_iou"] <= difference["high"]["mean_iou"]


def check_other_data(compare: Compare, tmp_path: Path) -> None:
    """Score on other data: refused if it is not there, done once, and anew if it has changed."""
    every = tmp_path / "all"
    nowhere = compare("--score-on", "nowhere")
    assert (nowhere.returncode, nowhere.stdout) == (2, "")
    assert "no folder" in nowhere.stderr
    others = write_renders(tmp_path / "others", 4)
    assert "6 runs, 0 to train, 6 to score, 2 at once" in compare("--score-on", "others", "--plan").stdout
    assert compare("--score-on", "others").returncode == 0
    assert "6 runs, 0 to train, 0 to score, 2 at once" in compare("--score-on", "others", "--plan").stdout
    (elsewhere,) = json.loads((every / "scores.json").read_text())["elsewhere"].values()
    assert [len(row["runs"]) for row in elsewhere["arms"]] == [3, 3]
    # Other images in the same place are scored on anew.
    shutil.copy(others / "labels" / "0001.png", others / "labels" / "0002.png")
    assert "6 runs, 0 to train, 6 to score" in compare("--score-on", "others", "--plan").stdout
    both = compare("--score-on", "others", "--score-on", str(tmp_path / "photos" / ".." / "others"))
    assert (both.returncode, both.stdout) == (2, "")
    assert "there is other data named 'others'" in both.stderr


def check_further_arm(compare: Compare, asked: list[str], tmp_path: Path) -> None:
    """Compare with an arm that is none of those that are always there."""
    arms = {"thrice": {"like": "real-twice", "changes": {"trainer.max_steps": 8}}}
    further = {"experiment": "baseline", "arms": arms, "grids": [{"arms": ["real", "thrice"], "seeds": 3}]}
    (tmp_path / "further.yaml").write_text(yaml.safe_dump(further), encoding="utf-8")
    asked[0] = str(tmp_path / "further.yaml")
    done = compare()
    assert (done.returncode, done.stderr) == (0, "")
    assert "With 8 real photos, more steps (thrice)" in done.stdout


def check_printed_command(report: str, every: Path, environment: dict[str, str]) -> None:
    """Run the command that the report prints for a run, and get the same confusion matrices."""
    tmp_path = every.parent
    command = [sys.executable, "-m", "sweepset_train.cli"]
    (again,) = [line for line in report.splitlines() if "real-100-1.yaml" in line]
    redone = subprocess.run(
        again.replace("sweepset-train", " ".join(command)), cwd=tmp_path, env=environment, shell=True, timeout=200,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert redone.returncode == 0, redone.stderr
    counts = [
        np.load(folder / "evaluation" / "test" / "confusion.npz")["matrices"]
        for folder in (tmp_path / "again", every / "real-100-1")
    ]
    assert np.array_equal(*counts)


@pytest.mark.full
def test_from_end_to_end(tmp_path: Path) -> None:
    """Killed in the middle and begun again, with a run that fails, then without.

    The report has the runs' numbers, and a printed command gives them again.
    """
    data, renders = training_data.write(tmp_path / "photos"), write_renders(tmp_path / "renders")
    asked = [str(write_asked(tmp_path)), *words(data, renders), "--out", "all", "--jobs", "2"]
    folders = os.pathsep.join([str(ROOT / name) for name in ("addon", "train")])
    environment = {**os.environ, "PYTHONPATH": folders, "SWEEPSET_CACHE": str(tmp_path / "cache"), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "sweepset_train.cli"]
    every = tmp_path / "all"
    broken = every / "mixed-100-1"
    (every / "experiments").mkdir(parents=True)  # the mark of a comparison, which alone may be gone on with
    broken.write_text("no folder", encoding="utf-8")

    def compare(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, "compare", *asked, *more], cwd=tmp_path, env=environment, capture_output=True, text=True,
            timeout=400, check=False,
        )  # fmt: skip

    with subprocess.Popen(
        [*command, "compare", *asked], cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    ) as first:
        until = time.monotonic() + 200
        while not list(every.glob("*/finished.json")) and time.monotonic() < until:
            time.sleep(0.1)
        os.killpg(first.pid, signal.SIGKILL)
    finished = len(list(every.glob("*/evaluation/test/scores.json")))
    assert finished < 5

    def written() -> int:
        return max(path.stat().st_mtime_ns for path in (every / "experiments").glob("*.yaml"))

    begun = written()
    with subprocess.Popen(
        [*command, "compare", *asked], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as second:
        # Written when the data is open and runs begin; before, Python itself may end in another way.
        until = time.monotonic() + 200
        while written() == begun and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(4)
        second.terminate()
        said, errors = second.communicate(timeout=100)
        assert b"status 130" not in said
        assert errors.strip() == b"sweepset-train: stopped; run the same command again to go on"
    assert second.returncode == 130
    finished = len(list(every.glob("*/evaluation/test/scores.json")))
    done = compare()
    assert (done.returncode, done.stderr) == (1, "")
    assert "mixed-100-1 failed: status 2: sweepset-train: 'all/mixed-100-1' is a file: name another" in done.stdout
    assert done.stdout.count(" done\n") == 5 - finished
    assert "1 of 6 runs are missing: mixed-100-1" in (every / "report.md").read_text(encoding="utf-8")
    broken.unlink()
    done = compare()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 of 1: mixed-100-1 done\n")
    assert "With 8 real photos, adding 6 renders to the batches" in done.stdout

    other = compare("--set", "trainer.max_steps=7")
    assert (other.returncode, other.stdout) == (2, "")
    assert "has another run, which differs in trainer.max_steps" in other.stderr

    check_scores(every)
    check_other_data(compare, tmp_path)
    check_further_arm(compare, asked, tmp_path)
    asked[0] = str(write_asked(tmp_path))
    assert compare().returncode == 0

    report = (every / "report.md").read_text(encoding="utf-8")
    assert "| mixed - real | 100% | 3 |" in report
    page = (every / "report.html").read_text(encoding="utf-8")
    assert "Images that renders improved" in page
    check_printed_command(report, every, environment)


def test_a_plan_trains_nothing(train: Train, tmp_path: Path) -> None:
    data, renders = training_data.write(tmp_path / "photos"), write_renders(tmp_path / "renders")
    status, said, _ = train("compare", write_asked(tmp_path), *words(data, renders), "--out", "all", "--plan")
    assert status == 0
    assert said.startswith("real-100-0\nmixed-100-0\nreal-100-1\n")
    assert "6 runs, 6 to train" in said
    assert not (tmp_path / "all").exists()
    without = [word for word in words(data, renders) if "synthetic" not in word][:-1]
    status, _, said = train("compare", write_asked(tmp_path), *without, "--plan")
    assert status == 2
    assert "trains on renders, and none were given" in said


@pytest.mark.full
def test_on_a_cluster(
    train: Train, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Runs go to a node of Ray, which ends with the command."""
    pytest.importorskip("ray")
    short = tempfile.mkdtemp(prefix="ray", dir="/tmp")  # paths of Ray's sockets must not exceed 107 bytes
    request.addfinalizer(lambda: shutil.rmtree(short, ignore_errors=True))
    monkeypatch.setenv("RAY_TMPDIR", short)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(str(ROOT / name) for name in ("addon", "train")))
    data, renders = training_data.write(tmp_path / "photos"), write_renders(tmp_path / "renders")
    path = tmp_path / "asked.yaml"
    path.write_text(yaml.safe_dump({"experiment": "baseline", "grids": [{"arms": ["real"], "seeds": 3}]}))
    asked = [path, *words(data, renders), "--set", "trainer.max_steps=2", "--out", "all"]
    status, said, problems = train("compare", *asked, "--ray", "local")
    assert status == 0, problems
    assert {f"real-100-{seed} done" in said for seed in range(3)} == {True}
    assert len(list((tmp_path / "all").glob("*/evaluation/test/scores.json"))) == 3
    status, _, said = train("compare", *asked[:-1], "elsewhere", "--ray", "127.0.0.1:1")
    assert status == 2
    assert "--ray 127.0.0.1:1: no cluster there" in said
