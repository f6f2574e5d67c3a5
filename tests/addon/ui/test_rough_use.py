"""The add-on used carelessly: in each Blender, and in a real window, where `rough_case.py` has the cases."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import window
from blenders import EACH
from sweepset_render.blender.installations import Blender
from truth import run_script

SCRIPT = Path(__file__).with_name("rough_case.py")
CASES = re.findall(r"^def (test_\w+)", SCRIPT.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("each", EACH)
def test_set_up_scenes(each: Blender, tmp_path: Path) -> None:
    """What users do to a scene that is set up neither spoils its labels nor stays after Remove."""
    run_script(each, Path(__file__).with_name("rough_compositing_case.py"), tmp_path)
    assert (tmp_path / "done").exists()


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Run all cases in one window and return what each raised, "" for nothing."""
    folder = tmp_path_factory.mktemp("rough")
    window.run_in_window(SCRIPT, folder, timeout=420)
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


@pytest.mark.full
@pytest.mark.skipif(bool(window.missing()), reason=window.missing() or "there is a window")
@pytest.mark.parametrize("case", CASES)
def test_rough_use(results: dict[str, str], case: str) -> None:
    assert results[case] == ""
