"""The hash of the scenes' code, by which a dataset knows that it was rendered by the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sweepset_scenes


def test_any_changed_file_changes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Path(sweepset_scenes.__file__).parent
    shutil.copytree(source, tmp_path / "copy", ignore=shutil.ignore_patterns("__pycache__"))
    whole = sweepset_scenes.digest()
    monkeypatch.setattr(sweepset_scenes, "__file__", str(tmp_path / "copy" / "__init__.py"))
    assert sweepset_scenes.digest() == whole
    files = sorted((tmp_path / "copy").rglob("*.py"))
    assert any(len(path.relative_to(tmp_path / "copy").parts) > 2 for path in files)
    for path in files:
        before = path.read_bytes()
        path.write_bytes(before + b"#")
        assert sweepset_scenes.digest() != whole, path
        path.write_bytes(before)
    moved = files[-1].rename(files[-1].with_name("another_name.py"))
    assert sweepset_scenes.digest() != whole, moved
