"""The command `sweepset-train`, run as a user runs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

import training_data  # noqa: E402
from commands import Train  # noqa: E402
from sweepset_train import cli  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]

# Lightning and TensorBoard warn of themselves.
pytestmark = pytest.mark.filterwarnings("ignore")


def test_as_a_process_of_its_own(tmp_path: Path) -> None:
    data = training_data.write(tmp_path / "data")
    asked = [word for change in training_data.changes(data) for word in ("--set", change)]
    folders = os.pathsep.join([str(ROOT / name) for name in ("addon", "train")])
    environment = {**os.environ, "PYTHONPATH": folders, "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    environment["SWEEPSET_CACHE"] = str(tmp_path / "cache")
    fitted = subprocess.run(
        [sys.executable, "-m", "sweepset_train.cli", "fit", "baseline", *asked],
        env=environment, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    assert (fitted.returncode, fitted.stderr) == (0, "")
    assert re.search(r"step 20 of 20: loss \d+\.\d+, mean IoU", fitted.stdout)
    assert "| mean IoU |" in fitted.stdout
    assert (tmp_path / "runs/baseline-0/evaluation/test/scores.json").exists()


def test_from_photos_to_masks(train: Train, tmp_path: Path) -> None:
    data = training_data.write(tmp_path / "data")
    asked = [word for change in training_data.changes(data) for word in ("--set", change)]
    assert train("fit", "baseline", *asked)[0] == 0
    status, said, _ = train("fit", "baseline", *asked)
    assert status == 0
    assert "is trained: 20 steps" in said
    assert train("evaluate", "runs/baseline-0", "--part", "validation")[0] == 0
    assert (tmp_path / "runs/baseline-0/evaluation/validation/confusion.npz").exists()
    status, said, _ = train("evaluate", "runs/baseline-0", data, "--split", data / "train.txt")
    assert status == 0
    assert "8 of these 8 images were trained on" in said
    assert "8 images." in said
    assert (tmp_path / "runs/baseline-0/evaluation/data-train/scores.json").exists()
    status, said, _ = train("evaluate", "runs/baseline-0", data, "--split", data / "test.txt")
    assert status == 0
    assert "trained on" not in said
    assert train("predict", "runs/baseline-0", data / "images", "--out", "masks")[0] == 0
    assert len(list((tmp_path / "masks" / "masks").glob("*.png"))) == 12


def test_errors_are_one_line_and_status_2(train: Train) -> None:
    for words, expected in (
        (["fit", "baseline"], "make nyu"),
        (["fit", "mixed"], "trains on renders and real photos, and none were given: make some with `make render"),
        (["fit", "mixed"], "make nyu"),
        (["fit", "baseline", "--nyu", "none.mat"], "no file"),
        (["fit", "baseline", "--set", "trainer.max_step=1"], "did you mean max_steps"),
        (["evaluate", "nowhere"], "is no run"),
        (["bench", "baseline", "--set", "model.encoder=resnet81"], "resnet81"),
        (["fit"], "Missing argument"),
    ):
        status, said, told = train(*words)
        assert (status, said) == (2, ""), words
        assert told.startswith("sweepset-train: ")
        assert expected in told
        assert told.count("\n") == 1


def test_every_command_and_option_is_documented() -> None:
    pages = ("training", "comparison", "masking", "classification", "detection")
    text = "".join((ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8") for page in pages)
    assert {"fit", "evaluate", "predict", "nyu"} <= set(cli.cli.commands)
    for name, command in cli.cli.commands.items():
        assert f"sweepset-train {name}" in text
        for parameter in command.params:
            for option in parameter.opts:
                assert not option.startswith("--") or option in text, f"{name} {option}"


@pytest.mark.full
def test_a_run_has_a_page_that_opens_from_disk(train: Train, tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    from browser import Browser

    data = training_data.write(tmp_path / "data")
    asked = [word for change in training_data.changes(data) for word in ("--set", change)]
    status, said, _ = train("fit", "baseline", *asked)
    assert status == 0
    assert "open runs/baseline-0/report.html" in said
    assert train("evaluate", "runs/baseline-0", "--part", "validation")[0] == 0
    assert train("predict", "runs/baseline-0", data / "images", "--out", "masks")[0] == 0
    browser = Browser(tmp_path / "profile")
    try:
        for page, pictures in (("runs/baseline-0/report.html", 7), ("masks/index.html", 12)):
            browser.open((tmp_path / page).as_uri())
            browser.wait("document.readyState == 'complete' && document.querySelector('h1')")
            text = browser.evaluate("document.body.innerText")
            broken = "[...document.images].filter(image => !image.complete || !image.naturalWidth).length"
            assert browser.evaluate(broken) == 0
            assert browser.evaluate("document.images.length") == pictures
            assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
            if page.startswith("runs"):
                scores = json.loads((tmp_path / "runs/baseline-0/evaluation/test/scores.json").read_text("utf-8"))
                for words in ("mean IoU", f"{scores['scores']['mean_iou']:.4f}", "max_steps: 20", "1 - 2 (1 - G) / C"):
                    assert words in text
        assert browser.errors == []
        assert [url for url in browser.requests if not url.startswith(("data:", "file:", "about:"))] == []
    finally:
        browser.close()
