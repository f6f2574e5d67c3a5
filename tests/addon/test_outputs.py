"""No command writes among another one's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from sweepset import outputs
from sweepset.errors import SweepsetError


@pytest.mark.parametrize("what", outputs.MARKS)
def test_a_folder_of_another_command_is_refused(what: str, tmp_path: Path) -> None:
    for number, mark in enumerate(outputs.MARKS[what]):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / mark).touch()
        outputs.demand(folder, what)
        for other in set(outputs.MARKS) - {what}:
            with pytest.raises(SweepsetError, match=f"holds {what}: name a new or an empty folder"):
                outputs.demand(folder, other)
        if what in outputs.CLOSED:
            with pytest.raises(SweepsetError, match=f"is in .* which holds {what}"):
                outputs.demand(folder / "new" / "page.html", "a run")
        else:
            outputs.demand(folder / "new", "a run")


def test_new_and_empty_folders_are_free(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "new" / "newer"):
        for what in outputs.MARKS:
            outputs.demand(folder, what)
