"""The interface by mouse and keys, in a real window: `window_case.py` has the cases."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import window

SCRIPT = Path(__file__).with_name("window_case.py")
CASES = re.findall(r"^def (test_\w+)", SCRIPT.read_text(encoding="utf-8"), re.MULTILINE)

pytestmark = pytest.mark.skipif(bool(window.missing()), reason=window.missing() or "there is a window")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Run all cases in one window and return what each raised, "" for nothing."""
    folder = tmp_path_factory.mktemp("window")
    window.run_in_window(SCRIPT, folder, timeout=420)
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


@pytest.mark.full
@pytest.mark.parametrize("case", CASES)
def test_interface(results: dict[str, str], case: str) -> None:
    assert results[case] == ""
